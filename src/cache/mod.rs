//! Pure cache policy: types in, verdict out.

pub mod admit;
pub mod codec;
pub mod data_key;
pub mod decide;
pub mod entry;
pub mod fetch;
pub mod freshness;
pub mod horizon;
pub mod key;
pub mod lifetime;
pub mod mark;
pub mod profile;
pub mod scope;
pub mod seen;
pub mod sweep;
pub mod tag;
pub mod variant;
