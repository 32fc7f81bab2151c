//! An entry's header as text: one JSON object with two places to stand.
//!
//! It stands in the store's metadata where it fits the store's 1,024 bytes; else the value is framed:
//! a big-endian `u32` length, the header, the body. One codec serves both.

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::key::{FORMAT, Kind};
use super::lifetime::Lifetime;
use super::tag::Tag;
use crate::time::{Seconds, UnixMillis};

/// Metadata the store takes, in bytes of JSON.
pub const METADATA_LIMIT: usize = 1_024;
/// A header longer than this is not one of ours.
pub const FRAME_LIMIT: usize = 1 << 20;

/// Writes the header of an entry.
#[must_use]
pub fn encode(entry: &Entry) -> String {
    let wire = Wire {
        v: FORMAT,
        k: entry.key.clone(),
        n: entry.kind.as_str().into(),
        st: entry.status,
        h: entry.headers.clone(),
        g: entry.tags.iter().map(|(tag, as_of)| WireTag::new(tag, *as_of, entry.created)).collect(),
        c: entry.created,
        o: (entry.oldest != entry.created).then_some(entry.oldest),
        by: entry.by.clone(),
        w: entry.seen.clone(),
        l: [entry.lifetime.stale, entry.lifetime.revalidate, entry.lifetime.expire],
        ie: entry.stale_if_error,
        e: entry.etag.clone(),
        len: entry.body_len,
    };
    // Strings and finite numbers: there is nothing in a Wire that JSON cannot hold.
    serde_json::to_string(&wire).unwrap_or_default()
}

/// Reads a header that was stored for `key`.
///
/// Anything unexpected (another format, another key, a value a Response would refuse) reads as nothing: a miss,
/// never an error (T4, T41).
#[must_use]
pub fn decode(text: &str, key: &str) -> Option<Entry> {
    let wire: Wire = serde_json::from_str(text).ok()?;
    let entry = wire.into_entry()?;
    (&*entry.key == key).then_some(entry)
}

/// Reads a header for a listing, whatever its key.
#[must_use]
pub fn decode_any(text: &str) -> Option<Entry> {
    serde_json::from_str::<Wire>(text).ok()?.into_entry()
}

/// Where a header of this text goes.
#[must_use]
pub fn place(header: &str) -> Place {
    if header.len() <= METADATA_LIMIT { Place::Metadata } else { Place::Frame }
}

/// The two places of a header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// In the store's metadata; the value is the body alone.
    Metadata,
    /// In front of the body, as [`frame`] makes it.
    Frame,
}

/// What stands in front of a framed body.
#[must_use]
pub fn frame(header: &str) -> Vec<u8> {
    let length = u32::try_from(header.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), header.as_bytes()].concat()
}

/// What a listing shows of an entry without reading it; the metadata beside a framed value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Brief {
    /// The format version.
    pub v: u32,
    /// Marks a framed value; a header has no such field.
    pub f: u8,
    /// When the render started.
    pub c: UnixMillis,
    /// Stale, revalidate, expire.
    pub l: [Seconds; 3],
    /// HTTP status.
    pub st: u16,
    /// Number of tags.
    pub t: usize,
    /// Bytes of the body.
    pub len: u64,
}

/// The brief form of an entry.
#[must_use]
pub fn brief(entry: &Entry) -> String {
    let brief = Brief {
        v: FORMAT,
        f: 1,
        c: entry.created,
        l: [entry.lifetime.stale, entry.lifetime.revalidate, entry.lifetime.expire],
        st: entry.status,
        t: entry.tags.len(),
        len: entry.body_len,
    };
    serde_json::to_string(&brief).unwrap_or_default()
}

#[derive(Serialize, Deserialize)]
struct Wire {
    v: u32,
    k: Box<str>,
    n: Box<str>,
    st: u16,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    h: Vec<(Box<str>, Box<str>)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    g: Vec<WireTag>,
    c: UnixMillis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    o: Option<UnixMillis>,
    by: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    w: Option<Box<str>>,
    l: [Seconds; 3],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ie: Option<Seconds>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    e: Option<Box<str>>,
    len: u64,
}

/// A tag whose data was read by the render itself is its text alone; an older one carries its time.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WireTag {
    Own(Tag),
    Older(Tag, UnixMillis),
}

impl WireTag {
    fn new(tag: &Tag, as_of: UnixMillis, created: UnixMillis) -> Self {
        if as_of == created { Self::Own(tag.clone()) } else { Self::Older(tag.clone(), as_of) }
    }
}

impl Wire {
    fn into_entry(self) -> Option<Entry> {
        let [stale, revalidate, expire] = self.l;
        let lawful = self.v == FORMAT
            && (200..=599).contains(&self.st)
            && [stale, revalidate, expire].iter().all(|s| s.0.is_finite())
            && self.h.iter().chain(self.e.iter().map(|e| ("etag".into(), e.clone())).collect::<Vec<_>>().iter()).all(|(name, value)| is_token(name) && is_field_value(value));
        if !lawful {
            return None;
        }
        Some(Entry {
            key: self.k,
            kind: Kind::parse(&self.n)?,
            status: self.st,
            headers: self.h,
            tags: self
                .g
                .into_iter()
                .map(|tag| match tag {
                    WireTag::Own(tag) => (tag, self.c),
                    WireTag::Older(tag, as_of) => (tag, as_of),
                })
                .collect(),
            created: self.c,
            oldest: self.o.unwrap_or(self.c),
            by: self.by,
            seen: self.w,
            lifetime: Lifetime { stale, revalidate, expire },
            stale_if_error: self.ie,
            etag: self.e,
            body_len: self.len,
        })
    }
}

/// RFC 9110 §5.6.2.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// RFC 9110 §5.5: no CR, LF or NUL; workerd refuses them with an exception. It also refuses what is not Latin-1.
fn is_field_value(value: &str) -> bool {
    value.chars().all(|c| !matches!(c, '\r' | '\n' | '\0') && u32::from(c) < 256)
}
