//! The Workers edge: the only place that acts.

pub mod admin;
pub mod kv;
pub mod platform;
pub(crate) mod wait;
