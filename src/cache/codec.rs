//! An entry's header as text: one JSON object with two places to stand.
//!
//! It stands in the store's metadata where it fits the store's 1,024 bytes; else the value is framed:
//! a big-endian `u32` length, the header, the body. One codec serves both.

use serde_json::{Map, Value, json};

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
///
/// What is usual is left out: no headers, no tags, data as old as the entry. A tag whose data the render read itself
/// is its text alone; an older one carries its time.
#[must_use]
pub fn encode(entry: &Entry) -> String {
    let mut wire = Map::new();
    let mut put = |name: &str, value: Value| {
        wire.insert(name.to_owned(), value);
    };
    put("v", FORMAT.into());
    put("k", (&*entry.key).into());
    put("n", entry.kind.as_str().into());
    put("st", entry.status.into());
    put("c", entry.created.0.into());
    put("by", (&*entry.by).into());
    put("l", lifetime_value(&entry.lifetime));
    put("len", entry.body_len.into());
    if !entry.headers.is_empty() {
        put("h", entry.headers.iter().map(|(name, value)| json!([name, value])).collect());
    }
    if !entry.tags.is_empty() {
        let tag = |(tag, as_of): &(Tag, UnixMillis)| {
            if *as_of == entry.created { tag.as_str().into() } else { json!([tag.as_str(), as_of.0]) }
        };
        put("g", entry.tags.iter().map(tag).collect());
    }
    if entry.oldest != entry.created {
        put("o", entry.oldest.0.into());
    }
    if let Some(seen) = &entry.seen {
        put("w", (&**seen).into());
    }
    if let Some(window) = entry.stale_if_error {
        put("ie", window.0.into());
    }
    if let Some(etag) = &entry.etag {
        put("e", (&**etag).into());
    }
    Value::Object(wire).to_string()
}

/// Reads a header that was stored for `key`.
///
/// Anything unexpected (another format, another key, a value a Response would refuse) reads as nothing: a miss,
/// never an error (T4, T41).
#[must_use]
pub fn decode(text: &str, key: &str) -> Option<Entry> {
    decode_any(text).filter(|entry| &*entry.key == key)
}

/// Reads a header for a listing, whatever its key.
#[must_use]
pub fn decode_any(text: &str) -> Option<Entry> {
    let wire: Value = serde_json::from_str(text).ok()?;
    let word = |name: &str| wire.get(name).and_then(Value::as_str).map(Box::from);
    let time = |name: &str| wire.get(name).and_then(Value::as_i64).map(UnixMillis);
    if wire.get("v").and_then(Value::as_u64) != Some(u64::from(FORMAT)) {
        return None;
    }
    let created = time("c")?;
    let status =
        wire.get("st")?.as_u64().and_then(|s| u16::try_from(s).ok()).filter(|s| (200..=599).contains(s))?;
    let headers = list(&wire, "h")?.iter().map(read_header).collect::<Option<Vec<_>>>()?;
    let tags = list(&wire, "g")?.iter().map(|tag| read_tag(tag, created)).collect::<Option<Vec<_>>>()?;
    let stale_if_error = match wire.get("ie") {
        Some(window) => Some(seconds(window)?),
        None => None,
    };
    let etag: Option<Box<str>> = word("e");
    if !etag.as_deref().is_none_or(is_field_value) {
        return None;
    }
    Some(Entry {
        key: word("k")?,
        kind: Kind::parse(wire.get("n")?.as_str()?)?,
        status,
        headers,
        tags,
        created,
        oldest: time("o").unwrap_or(created),
        by: word("by")?,
        seen: word("w"),
        lifetime: read_lifetime(wire.get("l")?)?,
        stale_if_error,
        etag,
        body_len: wire.get("len")?.as_u64()?,
    })
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
#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    /// When the render started.
    pub created: UnixMillis,
    /// Its lifetime.
    pub lifetime: Lifetime,
    /// HTTP status.
    pub status: u64,
    /// Number of tags.
    pub tags: u64,
    /// Bytes of the body.
    pub len: u64,
}

/// The brief form of an entry. Its `f` marks a framed value: a header has no such field.
#[must_use]
pub fn brief(entry: &Entry) -> String {
    json!({
        "v": FORMAT, "f": 1, "c": entry.created.0, "l": lifetime_value(&entry.lifetime), "st": entry.status,
        "t": entry.tags.len(), "len": entry.body_len,
    })
    .to_string()
}

/// Reads [`brief`]; `None` for anything else.
#[must_use]
pub fn read_brief(text: &str) -> Option<Brief> {
    let wire: Value = serde_json::from_str(text).ok()?;
    wire.get("f")?;
    Some(Brief {
        created: UnixMillis(wire.get("c")?.as_i64()?),
        lifetime: read_lifetime(wire.get("l")?)?,
        status: wire.get("st")?.as_u64()?,
        tags: wire.get("t")?.as_u64()?,
        len: wire.get("len")?.as_u64()?,
    })
}

fn lifetime_value(lifetime: &Lifetime) -> Value {
    [lifetime.stale, lifetime.revalidate, lifetime.expire].into_iter().map(number).collect()
}

/// Seconds as a JSON number; whole ones without a fraction, for metadata is small.
pub(crate) fn number(seconds: Seconds) -> Value {
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::float_cmp)] // compared
    let whole = seconds.0 as i64;
    #[allow(clippy::cast_precision_loss, clippy::float_cmp)] // the same number or not
    if whole as f64 == seconds.0 { whole.into() } else { seconds.0.into() }
}

fn read_lifetime(value: &Value) -> Option<Lifetime> {
    let [stale, revalidate, expire] = value.as_array()?.as_slice() else { return None };
    Some(Lifetime { stale: seconds(stale)?, revalidate: seconds(revalidate)?, expire: seconds(expire)? })
}

fn seconds(value: &Value) -> Option<Seconds> {
    value.as_f64().filter(|s| s.is_finite()).map(Seconds)
}

/// An absent list is an empty one.
fn list<'a>(wire: &'a Value, name: &str) -> Option<&'a [Value]> {
    wire.get(name).map_or(Some(&[]), |list| list.as_array().map(Vec::as_slice))
}

fn read_header(value: &Value) -> Option<(Box<str>, Box<str>)> {
    let [name, value] = value.as_array()?.as_slice() else { return None };
    let (name, value) = (name.as_str()?, value.as_str()?);
    (is_token(name) && is_field_value(value)).then(|| (name.into(), value.into()))
}

fn read_tag(value: &Value, created: UnixMillis) -> Option<(Tag, UnixMillis)> {
    match value {
        Value::String(tag) => Some((Tag::new(tag), created)),
        Value::Array(pair) => match pair.as_slice() {
            [tag, as_of] => Some((Tag::new(tag.as_str()?), UnixMillis(as_of.as_i64()?))),
            _ => None,
        },
        _ => None,
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
