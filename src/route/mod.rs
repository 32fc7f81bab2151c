//! Routes: patterns, methods, and the tags a path implies.
