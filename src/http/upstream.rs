//! Which lines of a request go on to the origin.

use super::headers::{
    Fields, connection_listed, hop_by_hop, is_forwarding_header, is_internal_request_header,
};

/// How much of a response the origin is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Asking {
    /// What the visitor asks for, as he does.
    AsIs,
    /// A part of it, coded in no way: the platform would decode the part as if it were the whole.
    Part,
    /// All of it, so that it can be kept, in a coding that the platform takes off: it is for everybody.
    Whole,
}

/// Header lines for the origin, each `name: value` and a line feed. Names must be lower case.
///
/// What is internal (T9), about a connection (T15), or what only a trusted proxy may say (T8) stays here, also with `_`
/// for `-`, which many an origin takes for the same.
#[must_use]
pub fn upstream_lines(headers: &Fields, asking: Asking) -> String {
    let listed = connection_listed(headers.iter().filter(|(n, _)| **n == *"connection").map(|(_, v)| &**v));
    let (is_whole, is_ours) = (asking == Asking::Whole, asking != Asking::AsIs);
    let replaced = |name: &str| match name {
        "host" | "content-length" => true,
        "if-none-match" | "if-modified-since" | "if-match" | "if-unmodified-since" => is_whole,
        "accept-encoding" => is_ours,
        _ => false,
    };
    let mut lines = String::new();
    for (name, value) in headers {
        let dashed = name.replace('_', "-");
        let stays = is_internal_request_header(&dashed)
            || is_forwarding_header(&dashed)
            || hop_by_hop(name)
            || replaced(name)
            || listed.iter().any(|listed| **name == **listed);
        if !stays {
            lines.push_str(name);
            lines.push_str(": ");
            lines.push_str(value);
            lines.push('\n');
        }
    }
    lines.push_str(match asking {
        Asking::AsIs => "",
        Asking::Part => "accept-encoding: identity\n",
        Asking::Whole => "accept-encoding: gzip, br\n",
    });
    lines
}
