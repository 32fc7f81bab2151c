//! What the admin paths do, once they may.

use super::kv::{Kv, Total};
use crate::cache::codec::{self, Brief};
use crate::cache::entry::Entry;
use crate::cache::key::Kind;
use crate::cache::lifetime::Lifetime;
use crate::cache::mark::TagMarks;
use crate::cache::profile::Profiles;
use crate::cache::tag::Tag;
use crate::error::{Error, ErrorCode};
use crate::flow::{Flow, Visit};
use crate::json::{Printer, print_list, print_number, quote};
use crate::route::admin::parse_revalidate;
use crate::store::{How, Store as _};

/// Entries in one page of a listing, at most.
const PAGE: u64 = 100;

/// `POST revalidate`: `{ tags, at }`.
///
/// # Errors
///
/// What the body lacks, or `REVALIDATE_FAILED`.
pub async fn revalidate(
    flow: &Flow<Kv>,
    visit: &Visit,
    body: &str,
    profiles: &Profiles,
) -> Result<String, Error> {
    let asked = parse_revalidate(body, profiles)?;
    let how = asked.expire.map_or(How::Expire, How::StaleThenExpire);
    let at = flow.index.store.now();
    let tags = print_list(asked.tags.iter().map(|tag| quote(tag.as_str())));
    let id = visit.record(asked.tags, how, at);
    visit.commit(&flow.index, id).await?;
    let mut answer = Printer::default();
    answer.integer("at", at.0);
    answer.json("tags", &tags);
    Ok(answer.end())
}

/// `GET entries?kind=&cursor=&limit=`: what is stored, without reading it.
///
/// # Errors
///
/// A query parameter that makes no sense, or the store's failure.
pub async fn entries(flow: &Flow<Kv>, search: &str) -> Result<String, Error> {
    let (mut kind, mut cursor, mut limit) = (None, None, PAGE);
    for (name, value) in form_urlencoded::parse(search.trim_start_matches('?').as_bytes()) {
        let bad = |fix: &str| Err(Error::new(ErrorCode::InvalidRequest, format!("{name}: {fix}")));
        match &*name {
            "kind" => match Kind::parse(&value) {
                Some(known) => kind = Some(known),
                None => return bad("use route, data, fetch or proxy"),
            },
            "cursor" => cursor = Some(value.into_owned()),
            "limit" => match value.parse() {
                Ok(number) if (1..=PAGE).contains(&number) => limit = number,
                _ => return bad("use a number from 1 to 100"),
            },
            _ => {}
        }
    }
    let prefix = flow.index.keys.entries_prefix(kind);
    let all = flow.index.keys.entries_prefix(None);
    let page = flow.index.store.list(&prefix, cursor, limit).await;
    let page =
        page.map_err(|error| Error::new(ErrorCode::Store, format!("the store did not answer: {error}")))?;
    let entries = page.keys.iter().map(|(name, metadata)| describe(name, metadata.as_deref(), &all).end());
    let mut answer = Printer::default();
    answer.json("cursor", &page.cursor.map_or_else(|| "null".to_owned(), |cursor| quote(&cursor)));
    answer.json("entries", &print_list(entries));
    Ok(answer.end())
}

/// What the header of an entry says, which stands under this name in the store.
#[must_use]
pub fn entry(name: &str, header: &str, all: &str) -> String {
    let mut shown = describe(name, Some(header), all);
    for (name, member) in [("headers", "h"), ("etag", "e"), ("data", "g")] {
        shown.json(name, &codec::member(header, member));
    }
    shown.end()
}

fn describe(name: &str, metadata: Option<&str>, all: &str) -> Printer {
    let rest = name.strip_prefix(all).unwrap_or(name);
    let (kind, readable) = rest.split_once('/').unwrap_or(("", rest));
    let path = readable.rsplit_once('~').map_or(readable, |(path, _)| path);
    let metadata = metadata.unwrap_or_default();
    let entry = codec::decode_any(metadata);
    let mut shown = Printer::default();
    shown.text("key", name);
    shown.text("kind", kind);
    shown.text("path", path);
    if let Some(entry) = &entry {
        shown.json("tags", &print_list(all_tags(entry).map(|tag| quote(tag.as_str()))));
    }
    if let Some(brief) = entry.as_ref().map(Brief::of).or_else(|| codec::read_brief(metadata)) {
        shown.count("status", brief.status);
        shown.count("tagCount", brief.tags);
        shown.integer("created", brief.created.0);
        shown.json("lifetime", &life(brief.lifetime));
        shown.count("size", brief.len);
    }
    shown
}

/// Those that an entry is bound by, whose ages the header gives in this order, and those that were told.
fn all_tags(entry: &Entry) -> impl Iterator<Item = &Tag> {
    entry.tags.iter().map(|(tag, _)| tag).chain(&entry.told)
}

fn life(lifetime: Lifetime) -> String {
    let mut life = Printer::default();
    life.json("stale", &print_number(lifetime.stale.0));
    life.json("revalidate", &print_number(lifetime.revalidate.0));
    life.json("expire", &print_number(lifetime.expire.0));
    life.end()
}

/// `GET tags/<tag>`: when it was revalidated, as the store has it.
///
/// # Errors
///
/// The store's failure.
pub async fn tag(flow: &Flow<Kv>, tag: &Tag) -> Result<String, Error> {
    let marks = flow.index.marks_of(tag).await;
    let TagMarks { hard, soft } = marks
        .map_err(|error| Error::new(ErrorCode::Store, format!("the marks could not be read: {error}")))?;
    let soft = soft.iter().map(|mark| {
        let mut shown = Printer::default();
        shown.integer("stale", mark.exact.unwrap_or(mark.s).0);
        shown.integer("expires", mark.x.0);
        shown.end()
    });
    let mut answer = Printer::default();
    answer.text("tag", tag.as_str());
    answer.maybe("expired", hard.map(|mark| mark.exact.unwrap_or(mark.t).0));
    answer.json("soft", &print_list(soft));
    Ok(answer.end())
}

/// `GET stats`: what this isolate remembers, and the keys it read and wrote.
#[must_use]
pub fn stats(flow: &Flow<Kv>, total: &Total) -> String {
    let usage = flow.index.memory.usage();
    let mut memory = Printer::default();
    for (name, number) in
        [("bodies", usage.bodies), ("bytes", usage.bytes), ("tags", usage.tags), ("keys", usage.keys)]
    {
        memory.count(name, u64::try_from(number).unwrap_or(u64::MAX));
    }
    let mut answer = Printer::default();
    answer.text("isolate", &flow.index.memory.me);
    answer.integer("now", flow.index.store.now().0);
    answer.json("memory", &memory.end());
    answer.count("reads", total.reads.get().into());
    answer.count("writes", total.writes.get().into());
    answer.end()
}
