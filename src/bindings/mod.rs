//! What JavaScript calls. Conversions only: a rule or a loop here is in the wrong place.

pub mod action;
mod admin;
mod collector;
mod cookie;
pub mod core;
mod data;
pub mod draft;
mod engine;
mod error;
pub mod instance;
mod life;
mod origin;
mod promise;
mod render;
mod reply;
mod revalidate;
mod route;
pub mod set_cookie;
mod store;
mod visit;

pub use self::action::AllowedOrigins;
pub use self::collector::Collector;
pub use self::cookie::CookieScanner;
pub use self::engine::Engine;
pub use self::visit::Visit;
