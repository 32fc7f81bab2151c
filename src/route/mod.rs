//! Routes: patterns, methods, the tags a path implies, and the paths of the operator.

pub mod admin;
pub mod draft;
pub mod method;
pub mod path_rule;
pub mod path_tags;
pub mod pattern;
pub mod query_rule;
