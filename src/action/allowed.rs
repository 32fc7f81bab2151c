//! The origins besides its own from which a site takes actions: `serverActions.allowedOrigins` (SA-10).

use crate::http::origin::{is_host_byte, lower_case};

/// A list of hosts and patterns, read once. To ask takes time that depends on the labels of the host, hardly on how
/// many patterns there are.
///
/// A pattern is a host with its port, in any case. A label `*` stands for one label, a first label `**` for one or
/// more; neither stands alone. `null` is the origin of pages that have none.
///
/// # Examples
///
/// ```
/// use freshtag::action::allowed::AllowedOrigins;
///
/// let allowed = AllowedOrigins::new(["proxy.test:8080", "*.a.test"]);
/// assert!(allowed.allows("proxy.test:8080"));
/// assert!(allowed.allows("x.A.test"));
/// assert!(!allowed.allows("a.test"));
/// assert!(!allowed.allows("x.y.a.test"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct AllowedOrigins {
    root: Labels,
}

impl AllowedOrigins {
    /// Reads the patterns. One that can match nothing is no error: see [`doubt`].
    pub fn new<T: AsRef<str>>(patterns: impl IntoIterator<Item = T>) -> Self {
        let mut root = Labels::default();
        for pattern in patterns {
            let pattern = lower_case(pattern.as_ref());
            if pattern.is_empty() {
                continue;
            }
            // Next compares the text of a wildcard, too.
            root.insert(Some(&pattern), false);
            if pattern.contains('*') && are_labels(&pattern) {
                root.insert(Some(&pattern), true);
            }
        }
        Self { root }
    }

    /// Whether an origin with this host may call actions. The host has its port, unless that is the scheme's own.
    #[must_use]
    pub fn allows(&self, host: &str) -> bool {
        self.root.match_host(Some(&lower_case(host)))
    }
}

/// What is doubtful about a pattern (T24), for a warning when an app starts.
///
/// # Examples
///
/// ```
/// use freshtag::action::allowed::{Doubt, doubt};
///
/// assert_eq!(doubt("*.com"), Some(Doubt::TooWide));
/// assert_eq!(doubt("https://a.test"), Some(Doubt::NeverMatches));
/// assert_eq!(doubt("*.a.test"), None);
/// ```
#[must_use]
pub fn doubt(pattern: &str) -> Option<Doubt> {
    let is_literal = |label: &str| {
        is_wildcard(label) || label.bytes().all(|byte| is_host_byte(byte) || b":[]".contains(&byte))
    };
    if !are_labels(pattern) || !pattern.split('.').all(is_literal) {
        return Some(Doubt::NeverMatches);
    }
    pattern.rsplit('.').take(2).any(is_wildcard).then_some(Doubt::TooWide)
}

/// See [`doubt`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Doubt {
    /// No origin of a browser is like this.
    NeverMatches = 1,
    /// One of the last two labels is a wildcard: whoever has a domain under a top level may call.
    TooWide = 2,
}

/// Labels from the right: what may stand before those that led here.
#[derive(Clone, Debug, Default)]
struct Labels {
    label: Box<str>,
    /// In the order of their labels.
    next: Vec<Self>,
    any: Option<Box<Self>>,
    /// Whether `**` stands here.
    all: bool,
    ends: bool,
}

impl Labels {
    fn insert(&mut self, rest: Option<&str>, wildcards: bool) {
        let Some(rest) = rest else {
            self.ends = true;
            return;
        };
        let (before, label) = last_label(rest);
        match label {
            "**" if wildcards => self.all = true,
            "*" if wildcards => self.any.get_or_insert_default().insert(before, wildcards),
            _ => {
                let at = self.place(label).unwrap_or_else(|at| {
                    self.next.insert(at, Self { label: label.into(), ..Self::default() });
                    at
                });
                if let Some(next) = self.next.get_mut(at) {
                    next.insert(before, wildcards);
                }
            }
        }
    }

    fn match_host(&self, rest: Option<&str>) -> bool {
        let Some(rest) = rest else {
            return self.ends;
        };
        let (before, label) = last_label(rest);
        let literal = || self.next.get(self.place(label).ok()?);
        self.all
            || literal().is_some_and(|next| next.match_host(before))
            || (!label.is_empty() && self.any.as_ref().is_some_and(|any| any.match_host(before)))
    }

    fn place(&self, label: &str) -> Result<usize, usize> {
        self.next.binary_search_by(|next| (*next.label).cmp(label))
    }
}

/// By bytes: to look for a `char` from the end takes longer.
fn last_label(text: &str) -> (Option<&str>, &str) {
    let dot = text.bytes().rposition(|byte| byte == b'.');
    let before = dot.and_then(|dot| text.get(..dot));
    (before, dot.and_then(|dot| text.get(dot.saturating_add(1)..)).unwrap_or(text))
}

/// Whether there are two labels or more wherever one is a wildcard, none is empty, and `**` stands first alone.
fn are_labels(pattern: &str) -> bool {
    !is_wildcard(pattern)
        && pattern.split('.').enumerate().all(|(at, label)| !label.is_empty() && (at == 0 || label != "**"))
}

fn is_wildcard(label: &str) -> bool {
    label == "*" || label == "**"
}
