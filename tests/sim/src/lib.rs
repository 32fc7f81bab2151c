//! freshtag on a simulated Workers KV: one process, one seed, a clock that jumps.
//!
//! The flow, the tag index, the policy and the memory are the real ones; what is simulated is the store, the clocks, the
//! platform that starts and ends isolates, the origin and the visitors. A run is decided by its seed alone.
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
#![allow(clippy::disallowed_methods)] // how long the runs themselves take is told by the host's clock

pub mod act;
pub mod bugs;
pub mod checks;
pub mod clock;
pub mod data;
pub mod dice;
pub mod history;
pub mod isolate;
pub mod kv;
pub mod live;
pub mod origin;
pub mod place;
pub mod plan;
pub mod render;
pub mod run;
pub mod scale;
pub mod seeds;
pub mod site;
pub mod stale;
pub mod visits;
pub mod world;
