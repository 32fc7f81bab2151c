//! Names in the store. This is the only place that makes them.
//!
//! A key never normalises what it is made of: parts are length-prefixed and type-tagged, so two different
//! requests cannot share one (T6, T8). Part of it is readable, so that a listing by prefix is useful.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::tag::Tag;
use crate::error::{Error, ErrorCode};
use crate::hex::{hex, push};
use crate::json::quote;

/// Version of everything that is written; a reader of another version sees nothing.
pub const FORMAT: u32 = 1;

/// Longest readable part of a key, in bytes.
const READABLE: usize = 160;
/// A tag longer than this, in bytes, is named by its digest: the store takes 512 bytes a key.
const LONGEST_TAG: usize = 400;
/// Longest user namespace, in bytes.
const LONGEST_NAMESPACE: usize = 64;

/// Makes every key of one namespace.
///
/// # Examples
///
/// ```
/// use freshtag::cache::key::KeySpace;
///
/// let keys = KeySpace::new("blog")?;
/// let key = keys.route("example.com", "/posts/1");
/// assert!(key.name().starts_with("f1-blog/e/route/example.com/posts/1~"));
/// # Ok::<(), freshtag::error::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct KeySpace {
    prefix: String,
}

impl KeySpace {
    /// `namespace` separates applications and deployments that share one store; it may be empty.
    ///
    /// # Errors
    ///
    /// `CONFIG` if it is longer than 64 bytes or holds anything but ASCII letters, digits, `-`, `_` and `.`.
    pub fn new(namespace: &str) -> Result<Self, Error> {
        let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if namespace.len() > LONGEST_NAMESPACE || !namespace.bytes().all(legal) {
            return Err(Error::new(
                ErrorCode::Config,
                format!(
                    "namespace {}: use at most {LONGEST_NAMESPACE} of the characters A-Z a-z 0-9 - _ .",
                    quote(namespace)
                ),
            ));
        }
        let dash = if namespace.is_empty() { "" } else { "-" };
        Ok(Self { prefix: format!("f{FORMAT}{dash}{namespace}") })
    }

    /// The entry of a route: one per authority and raw path (WK-16).
    #[must_use]
    pub fn route(&self, authority: &str, path: &str) -> StoreKey {
        self.entry(Kind::Route, &[authority, path], &[authority, path])
    }

    /// The entry of a response of the origin: authority, raw path, raw query, and the variant of the request (T3, T8).
    #[must_use]
    pub fn proxy(&self, authority: &str, path: &str, query: &str, variant: &str) -> StoreKey {
        self.entry(Kind::Proxy, &[authority, path, query, variant], &[authority, path, query])
    }

    /// The entry of a cached function: its id and its encoded arguments. `build` is empty where the entry is
    /// shared between builds.
    #[must_use]
    pub fn data(&self, build: &str, id: &str, args: &str) -> StoreKey {
        self.entry(Kind::Data, &[build, id, args], &[id])
    }

    /// The entry of an upstream's response: the digest of its request (FE-13). `url` is for whoever reads a listing.
    #[must_use]
    pub fn fetch(&self, url: &str, digest: &str) -> StoreKey {
        self.entry(Kind::Fetch, &["", digest], &[url])
    }

    /// The entry of a caller who chose the key text.
    #[must_use]
    pub fn plain(&self, key: &str) -> StoreKey {
        self.entry(Kind::Fetch, &[key], &[key])
    }

    /// Where the last immediate expiry of a tag stands.
    #[must_use]
    pub fn hard_mark(&self, tag: &Tag) -> String {
        format!("{}/x/{}", self.prefix, tag_name(tag))
    }

    /// Where the soft marks of a tag stand.
    #[must_use]
    pub fn soft_marks(&self, tag: &Tag) -> String {
        format!("{}/s/{}", self.prefix, tag_name(tag))
    }

    /// Where the watermark stands.
    #[must_use]
    pub fn watermark(&self) -> String {
        format!("{}/w", self.prefix)
    }

    /// What the names of all entries, or of all entries of one kind, begin with.
    #[must_use]
    pub fn entries_prefix(&self, kind: Option<Kind>) -> String {
        match kind {
            Some(kind) => format!("{}/e/{}/", self.prefix, kind.as_str()),
            None => format!("{}/e/", self.prefix),
        }
    }

    /// What the names of entries begin with that a module of another format, a digit, wrote in this namespace.
    #[must_use]
    pub fn entries_prefix_of(&self, format: char) -> String {
        let mut prefix = String::from("f");
        prefix.push(format);
        prefix.push_str(self.prefix.get(2..).unwrap_or_default());
        prefix.push_str("/e/");
        prefix
    }

    fn entry(&self, kind: Kind, parts: &[&str], readable: &[&str]) -> StoreKey {
        let mut full = String::from(kind.as_str());
        for part in parts {
            // A String cannot fail to be written to.
            let _ = write!(full, "|{}:{part}", part.len());
        }
        let digest = hex(&Sha256::digest(full.as_bytes()));
        let readable = escape(&readable.concat());
        let name = format!("{}/e/{}/{readable}~{digest}", self.prefix, kind.as_str());
        StoreKey { name, full }
    }
}

/// What an entry is the answer to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// The result of a cached function.
    Data,
    /// A response of an upstream, or one kept under a key that its caller chose.
    Fetch,
    /// A response of the origin.
    Proxy,
    /// A response of a route handler.
    Route,
}

impl Kind {
    /// As it stands in keys and headers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Fetch => "fetch",
            Self::Proxy => "proxy",
            Self::Route => "route",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Data, Self::Fetch, Self::Proxy, Self::Route].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// The name of an entry in the store, with the full text it stands for.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct StoreKey {
    name: String,
    full: String,
}

impl StoreKey {
    /// The key in the store: at most 512 bytes.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of one variant of what this names (RFC 9111 §4.1).
    #[must_use]
    pub fn variant(&self, selection: &str) -> Self {
        let mut full = self.full.clone();
        // A String cannot fail to be written to.
        let _ = write!(full, "|{}:{selection}", selection.len());
        let readable = self.name.rsplit_once('~').map_or("", |(readable, _)| readable);
        Self { name: format!("{readable}~{}", hex(&Sha256::digest(full.as_bytes()))), full }
    }

    /// The injective text that the entry repeats, so that a colliding digest reads as a miss (T4).
    #[must_use]
    pub fn full(&self) -> &str {
        &self.full
    }
}

fn tag_name(tag: &Tag) -> String {
    let text = tag.as_str();
    // A literal leading `~` is digested as well, so that no tag can pose as another one's digest.
    if text.len() > LONGEST_TAG || text.starts_with('~') {
        format!("~{}", hex(&Sha256::digest(text.as_bytes())))
    } else {
        text.to_owned()
    }
}

/// Bytes that a person and a prefix listing can live with; `~` ends the readable part.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if out.len() >= READABLE {
            break;
        }
        match byte {
            b'!'..=b'}' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                push(&mut out, byte, b'A');
            }
        }
    }
    out
}
