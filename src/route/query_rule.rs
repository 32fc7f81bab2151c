//! Which parameters of a query count.

/// The parameters of a raw query whose raw names are listed, as they stand and in their order; the others are nobody's.
///
/// What is left out neither makes a further entry (T10) nor reaches the origin, which it could move to answer something
/// else than the entry says.
///
/// # Examples
///
/// ```
/// use freshtag::route::query_rule::listed;
///
/// let names = ["page".to_owned()];
/// assert_eq!(listed("?utm_source=x&page=2&page", &names), "?page=2&page");
/// assert_eq!(listed("?utm_source=x", &names), "");
/// ```
#[must_use]
pub fn listed(search: &str, names: &[String]) -> String {
    let mut kept = String::new();
    for parameter in search.strip_prefix('?').unwrap_or(search).split('&') {
        let name = parameter.split('=').next().unwrap_or_default();
        if !parameter.is_empty() && names.iter().any(|own| own == name) {
            kept.push(if kept.is_empty() { '?' } else { '&' });
            kept.push_str(parameter);
        }
    }
    kept
}
