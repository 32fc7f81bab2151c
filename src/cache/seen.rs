//! Read your own writes: what a visitor has revalidated travels with the visitor in a signed cookie, because the
//! store will show it elsewhere only after a minute.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::tag::Tag;
use crate::secret::Secret;
use crate::time::UnixMillis;

/// The cookie's name.
pub const COOKIE: &str = "__freshtag_seen";
/// How long it counts, in seconds.
pub const MAX_AGE: i64 = 120;
/// More tags than this become one floor for all.
pub const MOST_TAGS: usize = 32;

const PURPOSE: &str = "seen";

/// Times before which a visitor must not see data: per tag, and for all tags.
///
/// # Examples
///
/// ```
/// use freshtag::cache::{seen::Floors, tag::Tag};
/// use freshtag::{secret::Secret, time::UnixMillis};
///
/// let (secret, now) = (Secret::new("s"), UnixMillis(1_000_000));
/// let mut floors = Floors::default();
/// floors.raise(&Tag::new("posts"), UnixMillis(999_000));
/// let cookie = floors.sign(&secret, "f1", now);
/// let read = Floors::verify(&cookie, &secret, "f1", now).unwrap();
/// assert_eq!(read.of(&Tag::new("posts")), Some(UnixMillis(999_000)));
/// assert_eq!(Floors::verify(&cookie, &Secret::new("t"), "f1", now), None);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Floors {
    all: Option<UnixMillis>,
    tags: Vec<(u64, UnixMillis)>,
    carried: bool,
}

impl Floors {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_none() && self.tags.is_empty()
    }

    /// As a visitor brings them from elsewhere.
    #[must_use]
    pub fn carry(self) -> Self {
        Self { carried: !self.is_empty(), ..self }
    }

    /// Whether a visitor brought any of it: its times may be of another clock.
    #[must_use]
    pub fn is_carried(&self) -> bool {
        self.carried
    }

    /// The time up to which data of `tag` must not be shown.
    #[must_use]
    pub fn of(&self, tag: &Tag) -> Option<UnixMillis> {
        let own = self.tags.iter().find(|(hash, _)| *hash == short(tag)).map(|(_, t)| *t);
        own.max(self.all)
    }

    /// The latest time in it: a render that began before may hold what this visitor must not see.
    #[must_use]
    pub fn latest(&self) -> Option<UnixMillis> {
        self.tags.iter().map(|(_, t)| *t).max().max(self.all)
    }

    /// Notes that `tag` was revalidated at `t`. Beyond 32 tags one floor for all takes over.
    pub fn raise(&mut self, tag: &Tag, t: UnixMillis) {
        self.put(short(tag), t);
    }

    /// Takes in everything of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.all = self.all.max(other.all);
        self.carried |= other.carried;
        for (hash, t) in &other.tags {
            self.put(*hash, *t);
        }
    }

    fn put(&mut self, hash: u64, t: UnixMillis) {
        if let Some((_, known)) = self.tags.iter_mut().find(|(known, _)| *known == hash) {
            *known = t.max(*known);
        } else if self.tags.len() < MOST_TAGS {
            self.tags.push((hash, t));
        } else {
            self.all = self.latest().max(Some(t));
            self.tags.clear();
        }
    }

    /// As a cookie value, good for 120 s from `now`.
    #[must_use]
    pub fn sign(&self, secret: &Secret, namespace: &str, now: UnixMillis) -> String {
        let mut text = format!("1.{}", now.0);
        if let Some(all) = self.all {
            let _ = write!(text, ".*-{}", all.0);
        }
        for (hash, t) in &self.tags {
            let _ = write!(text, ".{hash:x}-{}", t.0);
        }
        let signature = secret.signature(PURPOSE, message(namespace, &text).as_bytes());
        format!("{text}.{signature}")
    }

    /// Reads a cookie value; `None` where it is forged, expired or not ours: it is then ignored.
    #[must_use]
    pub fn verify(value: &str, secret: &Secret, namespace: &str, now: UnixMillis) -> Option<Self> {
        let (text, signature) = value.rsplit_once('.')?;
        if !secret.verifies(PURPOSE, message(namespace, text).as_bytes(), signature) {
            return None;
        }
        let mut parts = text.split('.');
        let issued = match (parts.next()?, parts.next()?.parse().ok()?) {
            ("1", issued) => UnixMillis(issued),
            _ => return None,
        };
        // Clocks of two places differ a little: an issue time slightly ahead is no forgery.
        if now.since(issued) > MAX_AGE.saturating_mul(1_000) {
            return None;
        }
        let mut floors = Self::default();
        for part in parts {
            let (hash, t) = part.split_once('-')?;
            let t = UnixMillis(t.parse().ok()?);
            if hash == "*" {
                floors.all = floors.all.max(Some(t));
            } else {
                floors.put(u64::from_str_radix(hash, 16).ok()?, t);
            }
        }
        Some(floors.carry())
    }
}

/// The `Set-Cookie` value for a signed text. `secure` is false only for plain HTTP on a loopback host.
#[must_use]
pub fn set_cookie(value: &str, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/; Max-Age={MAX_AGE}; HttpOnly{secure}; SameSite=Lax")
}

fn message(namespace: &str, text: &str) -> String {
    format!("{}:{namespace}{text}", namespace.len())
}

/// 64 bits are enough: a collision invalidates too much, never too little.
fn short(tag: &Tag) -> u64 {
    let digest = Sha256::digest(tag.as_str().as_bytes());
    digest.iter().take(8).fold(0, |value, byte| (value << 8) | u64::from(*byte))
}
