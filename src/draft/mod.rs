//! Draft mode: who may pass the cache by, and where a link may lead.

pub mod gate;
pub mod path;
pub mod token;
