//! Which lines of a request go on to the origin.

use super::headers::{connection_listed, hop_by_hop, is_forwarding_header, is_internal_request_header};

/// Header lines for the origin, each `name: value` and a line feed. Names must be lower case.
///
/// What is internal (T9), about a connection (T15), or what only a trusted proxy may say (T8) stays here. With `whole`
/// also what asks for less than the whole response, so that it can be kept.
#[must_use]
pub fn upstream_lines(headers: &[(Box<str>, Box<str>)], whole: bool) -> String {
    let listed = connection_listed(headers.iter().filter(|(n, _)| **n == *"connection").map(|(_, v)| &**v));
    let partial = |name: &str| {
        matches!(name, "if-none-match" | "if-modified-since" | "if-match" | "if-unmodified-since")
    };
    let framing = |name: &str| matches!(name, "host" | "content-length");
    let mut lines = String::new();
    for (name, value) in headers {
        let stays = is_internal_request_header(name)
            || is_forwarding_header(name)
            || hop_by_hop(name)
            || framing(name)
            || (whole && partial(name))
            || listed.iter().any(|listed| **name == **listed);
        if !stays {
            lines.push_str(name);
            lines.push_str(": ");
            lines.push_str(value);
            lines.push('\n');
        }
    }
    lines
}
