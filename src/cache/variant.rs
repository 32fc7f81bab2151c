//! Which of the stored responses of one URL fits a request (RFC 9111 §4.1).

use sha2::{Digest, Sha256};

use crate::hex::hex;
use crate::http::headers::{Fields, values};
use crate::http::vary::Vary;

/// Request headers that choose between the HTML and the RSC form of a page: in the key whatever Vary says (T3).
pub const VARIANT_HEADERS: [&str; 4] =
    ["rsc", "next-router-state-tree", "next-router-prefetch", "next-router-segment-prefetch"];

/// Whether a field of `Vary` chooses nothing more: it is in every key, or, as bodies are kept decoded, does not matter.
#[must_use]
pub fn is_in_key(field: &str) -> bool {
    field == "accept-encoding" || VARIANT_HEADERS.contains(&field)
}

/// The request fields that chose a response: their names, and a digest of what they said.
///
/// # Examples
///
/// ```
/// use freshtag::cache::variant::Selection;
///
/// let of = |language: &str| [("accept-language".into(), language.into())];
/// let german = Selection::of(["Accept-Language"], &of("de")).unwrap();
/// assert_eq!(german.again(&of("DE")), german);
/// assert_ne!(german.again(&of("en")), german);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Selection(Box<str>);

impl Selection {
    /// What of `request` chose a response with these `Vary` lines; `None` where nothing did that is not in every key.
    #[must_use]
    pub fn of<'a>(vary: impl IntoIterator<Item = &'a str>, request: &Fields) -> Option<Self> {
        let Vary::Fields(mut fields) = Vary::parse(vary) else { return None };
        fields.retain(|field| !is_in_key(field));
        (!fields.is_empty()).then(|| Self::digest(&fields.join(","), request))
    }

    /// What the same fields of another request say.
    #[must_use]
    pub fn again(&self, request: &Fields) -> Self {
        Self::digest(self.names(), request)
    }

    /// Those fields of a request.
    #[must_use]
    pub fn fields(&self, request: &Fields) -> Vec<(Box<str>, Box<str>)> {
        request
            .iter()
            .filter(|(name, _)| self.names().split(',').any(|own| *own == **name))
            .cloned()
            .collect()
    }

    /// Whether all fields of another one are among its own.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.names().split(',').all(|name| self.names().split(',').any(|own| own == name))
    }

    /// As it stands in an entry and in a key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self(text.into())
    }

    fn names(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }

    fn digest(names: &str, request: &Fields) -> Self {
        let mut said = String::new();
        for name in names.split(',') {
            // Absent differs from empty, and no value can pose as two.
            for value in values(request, name) {
                let value = normal(name, value);
                said.push_str(&value.len().to_string());
                said.push(':');
                said.push_str(&value);
            }
            said.push(';');
        }
        let mut text = String::from(names);
        text.push(' ');
        text.push_str(&hex(&Sha256::digest(said.as_bytes())));
        Self(text.into())
    }
}

/// A value in a form that others of the same meaning share. Languages have no case, and the space between them says
/// nothing (RFC 9110 §12.5.4); their order does to many an origin. Of other fields nothing is known (T13).
fn normal(name: &str, value: &str) -> String {
    if name == "accept-language" {
        return value.chars().filter(|c| !matches!(c, ' ' | '\t')).map(|c| c.to_ascii_lowercase()).collect();
    }
    value.to_owned()
}
