//! Routes: patterns, methods, and the tags a path implies.

pub mod path_tags;
pub mod pattern;
