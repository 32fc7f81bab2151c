//! HTTP text to types and back, without opinions.

pub mod cache_control;
pub mod cookie;
pub mod date;
pub mod etag;
pub mod headers;
pub mod origin;
pub mod range;
pub mod set_cookie;
pub mod upstream;
pub mod vary;

mod block;
mod dictionary;
pub(crate) mod percent;
mod text;
