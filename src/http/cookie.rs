//! The `Cookie` request field (RFC 6265 §4.2).

use crate::http::text::{is_tchar, trim_ows};

/// Every value that `header` gives the cookie `name`, in order and undecoded.
///
/// The name is compared exactly. Only spaces and tabs are trimmed. Besides `;` a comma and a space before the next
/// `name=` separate too, because the Workers runtime joins two `Cookie` lines that way.
///
/// # Examples
///
/// ```
/// use freshtag::http::cookie::values_of;
///
/// let values: Vec<&str> = values_of("id=1; theme=a,b, id=2", "id").collect();
/// assert_eq!(values, ["1", "2"]);
/// ```
pub fn values_of<'a>(header: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    header.split(';').flat_map(joined_lines).filter_map(move |pair| {
        let (its_name, value) = pair.split_once('=')?;
        (trim_ows(its_name) == name).then(|| trim_ows(value))
    })
}

/// Splits at each `, ` that a token and `=` follow.
fn joined_lines(pair: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(pair);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut halves =
            text.match_indices(", ").map(|(at, _)| (text.get(..at), text.get(at.saturating_add(2)..)));
        let cut = halves.find(|(_, behind)| behind.is_some_and(starts_a_pair));
        let (first, behind) = cut.unwrap_or((Some(text), None));
        rest = behind;
        first
    })
}

fn starts_a_pair(text: &str) -> bool {
    let behind_token = text.trim_start_matches(|c| u8::try_from(c).is_ok_and(is_tchar));
    behind_token.len() < text.len() && behind_token.starts_with('=')
}
