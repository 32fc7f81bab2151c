//! `Vary`: which request fields a response depends on (RFC 9110 §12.5.5).

use crate::http::text::{is_token, members};

/// More fields than this make too many variants to keep (T13).
const MAX_FIELDS: usize = 8;

/// What a response depends on besides its URL.
///
/// # Examples
///
/// ```
/// use freshtag::http::vary::Vary;
///
/// assert_eq!(Vary::parse(["Accept, RSC", "accept"]), Vary::Fields(vec!["accept".to_owned(), "rsc".to_owned()]));
/// assert_eq!(Vary::parse(["Accept, *"]), Vary::Any);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Vary {
    /// On things we cannot compare: the response fits no other request.
    Any,
    /// On these request fields: lower-case, sorted, each once. Empty if there is no `Vary`.
    Fields(Vec<String>),
}

impl Vary {
    /// Reads the values of every `Vary` line of a response. One `*` anywhere, one member that can be no field's name,
    /// or more than 8 fields make it [`Vary::Any`].
    #[must_use]
    pub fn parse<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut fields: Vec<String> = Vec::new();
        for member in values.into_iter().flat_map(members) {
            if member == "*" || !is_token(member) {
                return Self::Any;
            }
            let field = member.to_ascii_lowercase();
            if let Err(place) = fields.binary_search(&field) {
                fields.insert(place, field);
            }
            if fields.len() > MAX_FIELDS {
                return Self::Any;
            }
        }
        Self::Fields(fields)
    }
}
