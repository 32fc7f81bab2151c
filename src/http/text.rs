//! The small words of HTTP grammar (RFC 9110 §5.6).

/// Without the spaces and tabs around it (OWS). Rust's own `trim` would take other characters too.
pub(super) fn trim_ows(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Whether this is a `token`.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_tchar)
}

/// Whether this may stand in a `token`.
pub(super) fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The members of a comma-separated list, without the space around them; empty ones are left out.
///
/// A comma inside a quoted string separates nothing. From a quote that is never closed on, quotes are plain text: a
/// forgotten `"` must not hide a `no-store` behind it.
pub(super) fn members(list: &str) -> impl Iterator<Item = &str> {
    let (mut rest, mut quotes_count) = (Some(list), true);
    std::iter::from_fn(move || {
        let text = rest?;
        let (member, after) = match comma(text, &mut quotes_count).and_then(|at| text.split_at_checked(at)) {
            Some((member, after)) => (member, after.strip_prefix(',')),
            None => (text, None),
        };
        rest = after;
        Some(trim_ows(member))
    })
    .filter(|member| !member.is_empty())
}

/// Where the first comma outside quoted strings is.
fn comma(text: &str, quotes_count: &mut bool) -> Option<usize> {
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b',' => return Some(at),
            b'"' if *quotes_count && !skip_quoted(&mut bytes) => {
                *quotes_count = false;
                bytes = text.bytes().enumerate();
                bytes.nth(at);
            }
            _ => {}
        }
    }
    None
}

/// Goes behind the closing quote; `false` if there is none.
fn skip_quoted(bytes: &mut impl Iterator<Item = (usize, u8)>) -> bool {
    while let Some((_, byte)) = bytes.next() {
        match byte {
            b'"' => return true,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
    false
}
