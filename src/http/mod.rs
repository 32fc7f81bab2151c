//! HTTP text to types and back, without opinions.
