//! An entry's header as text: one JSON object with two places to stand.
//!
//! It stands in the store's metadata where it fits the store's 1,024 bytes; else the value is framed:
//! a big-endian `u32` length, the header, the body. One codec serves both.

use super::entry::Entry;
use super::key::{FORMAT, Kind};
use super::lifetime::Lifetime;
use super::tag::Tag;
use super::variant::Selection;
use crate::json::{Json, Printer, print_list, print_number, quote};
use crate::sabotage::{self, Bug};
use crate::time::{Seconds, UnixMillis};

/// Metadata the store takes, in bytes of JSON.
pub const METADATA_LIMIT: usize = 1_024;
/// A header longer than this is not one of ours.
pub const FRAME_LIMIT: usize = 1 << 20;

/// Writes the header of an entry.
///
/// What is usual is left out: no headers, no tags, data as old as the entry. A tag whose data the render read itself
/// is its text alone; an older one carries its time.
///
/// It ends with a sum of the text before it.
#[must_use]
pub fn encode(entry: &Entry) -> String {
    let mut wire = fields(entry);
    let sum = sum(wire.so_far());
    wire.count("x", sum);
    wire.end()
}

fn fields(entry: &Entry) -> Printer {
    let mut wire = Printer::default();
    wire.count("v", FORMAT.into());
    wire.text("k", &entry.key);
    wire.text("n", entry.kind.as_str());
    wire.count("st", entry.status.into());
    wire.integer("c", entry.created.0);
    wire.text("by", &entry.by);
    wire.json("l", &lifetime_text(&entry.lifetime));
    wire.count("len", entry.body_len);
    if !entry.headers.is_empty() {
        let header = |(name, value): &(Box<str>, Box<str>)| print_list([quote(name), quote(value)]);
        wire.json("h", &print_list(entry.headers.iter().map(header)));
    }
    if !entry.tags.is_empty() {
        let tag = |(tag, as_of): &(Tag, UnixMillis)| {
            let text = quote(tag.as_str());
            if *as_of == entry.created { text } else { print_list([text, as_of.0.to_string()]) }
        };
        wire.json("g", &print_list(entry.tags.iter().map(tag)));
    }
    if !entry.told.is_empty() {
        wire.json("gt", &print_list(entry.told.iter().map(|tag| quote(tag.as_str()))));
    }
    if entry.oldest != entry.created {
        wire.integer("o", entry.oldest.0);
    }
    if let Some(seen) = &entry.seen {
        wire.text("w", seen);
    }
    if let Some(window) = entry.stale_if_error {
        wire.json("ie", &print_number(window.0));
    }
    if let Some(etag) = &entry.etag {
        wire.text("e", etag);
    }
    if let Some(selection) = &entry.selection {
        wire.text("vy", selection.as_str());
    }
    wire
}

/// A sum as it stands at the end: the name, eleven digits and the brace.
const SUM_LEN: usize = 17;

/// FNV-1a of 32 bits: two texts that differ in one byte alone never have the same. All sums have the same length.
fn sum(text: &str) -> u64 {
    let step = |sum: u32, byte: u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    u64::from(text.bytes().fold(0x811c_9dc5, step)).saturating_add(10_000_000_000)
}

/// Whether the sum is that of the text, or of what the text says, where a store writes JSON in its own way.
fn is_whole(text: &str, entry: &Entry, told: u64) -> bool {
    // Nothing follows it: of two members of a name the last one counts.
    let end = text.len().checked_sub(SUM_LEN);
    let before = end.filter(|end| text.get(*end..).is_some_and(|end| end.starts_with(",\"x\":")));
    let before = before.and_then(|end| text.get(..end));
    before.is_some_and(|before| sum(before) == told) || sum(fields(entry).so_far()) == told
}

/// Reads a header that was stored for `key`.
///
/// Anything unexpected (another format, another key, a sum that is wrong, a value a Response would refuse) reads as
/// nothing: a miss, never an error (T4, T41).
#[must_use]
pub fn decode(text: &str, key: &str) -> Option<Entry> {
    decode_any(text).filter(|entry| &*entry.key == key || sabotage::is(Bug::AnyKey))
}

/// Reads a header for a listing, whatever its key.
#[must_use]
pub fn decode_any(text: &str) -> Option<Entry> {
    let wire = Json::parse(text)?;
    let word = |name: &str| wire.text(name).map(Box::from);
    if wire.count("v") != Some(u64::from(FORMAT)) && !sabotage::is(Bug::TrustedHeader) {
        return None;
    }
    let created = UnixMillis(wire.integer("c")?);
    let status = wire.count("st").and_then(|s| u16::try_from(s).ok()).filter(|s| (200..=599).contains(s))?;
    let headers = list(&wire, "h")?.iter().map(read_header).collect::<Option<Vec<_>>>()?;
    let tags = list(&wire, "g")?.iter().map(|tag| read_tag(tag, created)).collect::<Option<Vec<_>>>()?;
    let told =
        list(&wire, "gt")?.iter().map(|tag| tag.as_text().map(Tag::new)).collect::<Option<Vec<_>>>()?;
    let stale_if_error = match wire.get("ie") {
        Some(window) => Some(seconds(window)?),
        None => None,
    };
    let etag: Option<Box<str>> = word("e");
    if !etag.as_deref().is_none_or(is_field_value) {
        return None;
    }
    let entry = Entry {
        key: word("k")?,
        kind: Kind::parse(wire.text("n")?)?,
        status,
        headers,
        tags,
        told,
        created,
        oldest: wire.integer("o").map_or(created, UnixMillis),
        by: word("by")?,
        seen: word("w"),
        lifetime: read_lifetime(wire.get("l")?)?,
        selection: wire.text("vy").map(Selection::read),
        stale_if_error,
        etag,
        body_len: wire.count("len")?,
    };
    is_whole(text, &entry, wire.count("x")?).then_some(entry)
}

/// What a header holds under a name, as JSON: `h` are response headers as pairs, `e` is the entity tag, and `g` are the
/// tags, each its text or a pair of text and time. `null` where it holds nothing.
#[must_use]
pub fn member(text: &str, name: &str) -> String {
    let held = Json::parse(text).and_then(|wire| wire.get(name).map(Json::print));
    held.unwrap_or_else(|| "null".to_owned())
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

impl Brief {
    /// Of an entry.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        Self {
            created: entry.created,
            lifetime: entry.lifetime,
            status: entry.status.into(),
            tags: u64::try_from(entry.tags.len().saturating_add(entry.told.len())).unwrap_or(u64::MAX),
            len: entry.body_len,
        }
    }
}

/// The brief form of an entry. Its `f` marks a framed value: a header has no such field.
#[must_use]
pub fn brief(entry: &Entry) -> String {
    let brief = Brief::of(entry);
    let mut wire = Printer::default();
    wire.count("v", FORMAT.into());
    wire.integer("f", 1);
    wire.integer("c", brief.created.0);
    wire.json("l", &lifetime_text(&brief.lifetime));
    wire.count("st", brief.status);
    wire.count("t", brief.tags);
    wire.count("len", brief.len);
    wire.end()
}

/// Reads [`brief`]; `None` for anything else.
#[must_use]
pub fn read_brief(text: &str) -> Option<Brief> {
    let wire = Json::parse(text)?;
    wire.get("f")?;
    Some(Brief {
        created: UnixMillis(wire.integer("c")?),
        lifetime: read_lifetime(wire.get("l")?)?,
        status: wire.count("st")?,
        tags: wire.count("t")?,
        len: wire.count("len")?,
    })
}

fn lifetime_text(lifetime: &Lifetime) -> String {
    print_list([lifetime.stale, lifetime.revalidate, lifetime.expire].map(|s| print_number(s.0)))
}

fn read_lifetime(value: &Json) -> Option<Lifetime> {
    let [stale, revalidate, expire] = value.as_list()? else { return None };
    Some(Lifetime { stale: seconds(stale)?, revalidate: seconds(revalidate)?, expire: seconds(expire)? })
}

fn seconds(value: &Json) -> Option<Seconds> {
    value.as_number().map(Seconds)
}

/// An absent list is an empty one.
fn list<'a>(wire: &'a Json, name: &str) -> Option<&'a [Json]> {
    wire.get(name).map_or(Some(&[]), Json::as_list)
}

fn read_header(value: &Json) -> Option<(Box<str>, Box<str>)> {
    let [name, value] = value.as_list()? else { return None };
    let (name, value) = (name.as_text()?, value.as_text()?);
    (is_token(name) && is_field_value(value)).then(|| (name.into(), value.into()))
}

fn read_tag(value: &Json, created: UnixMillis) -> Option<(Tag, UnixMillis)> {
    match value {
        Json::Text(tag) => Some((Tag::new(tag), created)),
        Json::List(pair) => match pair.as_slice() {
            [tag, as_of] => Some((Tag::new(tag.as_text()?), UnixMillis(as_of.as_integer()?))),
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
