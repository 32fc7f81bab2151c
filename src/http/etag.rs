//! Entity tags (RFC 9110 §8.8.3) and `If-None-Match` (§13.1.2).

use crate::http::text::trim_ows;

/// Whether `If-None-Match` names `etag`, so that 304 is the answer.
///
/// `header` is the field's value, several lines joined with commas; `etag` is ours, with its quotes. Comparison is
/// weak: `W/` counts for nothing (§8.8.3.2). `*` is any. A member that is no entity tag names nothing.
///
/// # Examples
///
/// ```
/// use freshtag::http::etag::if_none_match;
///
/// assert!(if_none_match(r#""a,b", W/"c""#, r#""c""#));
/// assert!(!if_none_match(r#""a,b""#, r#""b""#));
/// ```
#[must_use]
pub fn if_none_match(header: &str, etag: &str) -> bool {
    if trim_ows(header) == "*" {
        return true;
    }
    let Some((ours, "")) = opaque_tag(etag) else {
        return false;
    };

    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return false;
        }
        match opaque_tag(rest) {
            Some((theirs, behind)) if is_end_of_member(behind) => {
                if theirs == ours {
                    return true;
                }
                rest = behind;
            }
            _ => rest = rest.split_once(',').map_or("", |(_, behind)| behind),
        }
    }
}

/// The quoted part of the entity tag at the front, and what follows. There are no escapes in it.
fn opaque_tag(text: &str) -> Option<(&str, &str)> {
    let (opaque, behind) = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"')?.split_once('"')?;
    let is_etagc = |c: char| c == '!' || ('#'..='~').contains(&c) || c >= '\u{80}';
    opaque.chars().all(is_etagc).then_some((opaque, behind))
}

fn is_end_of_member(behind: &str) -> bool {
    let behind = behind.trim_start_matches([' ', '\t']);
    behind.is_empty() || behind.starts_with(',')
}
