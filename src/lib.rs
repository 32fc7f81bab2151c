//! Next's cache semantics (tags, lifetimes, on-demand revalidation, ISR) for a Cloudflare Worker on Workers KV.
//!
//! Layers; an arrow never points back:
//!
//! ```text
//! words <- http <- policy <- {store, reply} <- flow <- {worker, bindings}
//! ```
//!
//! Everything below `worker` and `bindings` is plain Rust: no JavaScript types, no clock, no randomness.

pub mod error;
pub mod hex;
pub mod json;
pub mod sabotage;
pub mod secret;
pub mod time;

pub mod http;

pub mod action;
pub mod cache;
pub mod draft;
pub mod route;

pub mod reply;
pub mod store;

pub mod flow;

pub mod bindings;
pub mod worker;
