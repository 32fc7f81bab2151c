//! Server Actions: who may call one, and what it is called.

pub mod allowed;
pub mod id;
pub mod origin;
