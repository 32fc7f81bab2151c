//! `Cache-Control` of a response (RFC 9111 §5.2.2), and its forms for one kind of cache (RFC 9213).

use crate::http::dictionary::{self, Item};
use crate::http::text::{members, trim_ows};
use crate::time::Seconds;

/// Longer durations are cut to this (RFC 9111 §1.2.2).
const MAX_SECONDS: u32 = 1 << 31;

/// What a response says about being stored.
///
/// Where a text is in doubt, the reading is the one that stores less: of a repeated duration the smallest counts, and
/// one that is no number counts as 0 (RFC 9111 §4.2.1). One bad directive never hides the others.
///
/// # Examples
///
/// ```
/// use freshtag::http::cache_control::CacheControl;
/// use freshtag::time::Seconds;
///
/// let control = CacheControl::parse(["Public, S-MaxAge=60", r#"ext="no-store", max-age=later"#]);
/// assert!(control.public && !control.no_store);
/// assert_eq!(control.s_maxage, Some(Seconds(60.0)));
/// assert_eq!(control.max_age, Some(Seconds(0.0)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CacheControl {
    /// `no-store`
    pub no_store: bool,
    /// `no-cache`, with or without a list of fields (RFC 9111 §5.2.2.4 allows to take both alike).
    pub no_cache: bool,
    /// `private`, with or without a list of fields (RFC 9111 §5.2.2.7 allows to take both alike).
    pub private: bool,
    /// `public`
    pub public: bool,
    /// `must-revalidate`
    pub must_revalidate: bool,
    /// `must-understand`
    pub must_understand: bool,
    /// `proxy-revalidate`
    pub proxy_revalidate: bool,
    /// `immutable` (RFC 8246)
    pub immutable: bool,
    /// `no-transform`
    pub no_transform: bool,
    /// `max-age`
    pub max_age: Option<Seconds>,
    /// `s-maxage`
    pub s_maxage: Option<Seconds>,
    /// `stale-while-revalidate` (RFC 5861 §3)
    pub stale_while_revalidate: Option<Seconds>,
    /// `stale-if-error` (RFC 5861 §4)
    pub stale_if_error: Option<Seconds>,
}

impl CacheControl {
    /// Reads the values of every `Cache-Control` line of a response. Names are case-insensitive, arguments may be
    /// quoted, unknown directives are ignored.
    #[must_use]
    pub fn parse<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut control = Self::default();
        for directive in values.into_iter().flat_map(members) {
            let (name, argument) = match directive.split_once('=') {
                Some((name, argument)) => (name, Some(argument)),
                None => (directive, None),
            };
            // `no-store =x` still means no-store; `max-age =60` is a duration in doubt.
            let is_spaced = name.ends_with([' ', '\t']);
            let name = trim_ows(name).to_ascii_lowercase();
            if let Some(flag) = control.flag(&name) {
                *flag = true;
            } else if let Some(duration) = control.duration(&name) {
                let told = argument.filter(|_| !is_spaced).and_then(delta_seconds).unwrap_or(Seconds(0.0));
                *duration = Some(duration.map_or(told, |earlier| earlier.min(told)));
            }
        }
        control
    }

    /// Reads a targeted field such as `CDN-Cache-Control`; several lines are joined with commas before.
    ///
    /// `None` where it is empty or no structured dictionary: then it counts as absent (RFC 9213 §2.2). Unlike in
    /// `Cache-Control` names are lower-case, of a repeated directive the last counts, and a duration that is no
    /// integer is not used (RFC 9213 §2.1).
    ///
    /// # Examples
    ///
    /// ```
    /// use freshtag::http::cache_control::CacheControl;
    /// use freshtag::time::Seconds;
    ///
    /// let control = CacheControl::targeted("max-age=600, must-revalidate");
    /// assert_eq!(control.and_then(|control| control.max_age), Some(Seconds(600.0)));
    /// assert_eq!(CacheControl::targeted("Max-Age=600"), None);
    /// ```
    #[must_use]
    pub fn targeted(value: &str) -> Option<Self> {
        let directives = dictionary::parse(value)?;
        if directives.is_empty() {
            return None;
        }
        let mut control = Self::default();
        for (name, item) in directives {
            if let Some(flag) = control.flag(name) {
                *flag = item != Item::Boolean(false);
            } else if let Some(duration) = control.duration(name) {
                *duration = match item {
                    Item::Integer(seconds) => Some(capped(u64::try_from(seconds).unwrap_or(0))),
                    Item::Boolean(_) | Item::Other => None,
                };
            }
        }
        Some(control)
    }

    fn flag(&mut self, name: &str) -> Option<&mut bool> {
        match name {
            "immutable" => Some(&mut self.immutable),
            "must-revalidate" => Some(&mut self.must_revalidate),
            "must-understand" => Some(&mut self.must_understand),
            "no-cache" => Some(&mut self.no_cache),
            "no-store" => Some(&mut self.no_store),
            "no-transform" => Some(&mut self.no_transform),
            "private" => Some(&mut self.private),
            "proxy-revalidate" => Some(&mut self.proxy_revalidate),
            "public" => Some(&mut self.public),
            _ => None,
        }
    }

    fn duration(&mut self, name: &str) -> Option<&mut Option<Seconds>> {
        match name {
            "max-age" => Some(&mut self.max_age),
            "s-maxage" => Some(&mut self.s_maxage),
            "stale-if-error" => Some(&mut self.stale_if_error),
            "stale-while-revalidate" => Some(&mut self.stale_while_revalidate),
            _ => None,
        }
    }
}

/// `delta-seconds`, bare or quoted; `None` for anything that is not just digits.
fn delta_seconds(argument: &str) -> Option<Seconds> {
    let digits = argument.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(argument);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // Digits that do not fit are too many, not wrong.
    is_number.then(|| capped(digits.parse().unwrap_or(u64::MAX)))
}

fn capped(seconds: u64) -> Seconds {
    Seconds(u32::try_from(seconds).map_or(MAX_SECONDS, |seconds| seconds.min(MAX_SECONDS)).into())
}
