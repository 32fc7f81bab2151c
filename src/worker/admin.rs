//! What the admin paths do, once they may.

use serde_json::{Value, json};

use super::kv::Kv;
use crate::cache::codec::{self, number};
use crate::cache::key::Kind;
use crate::cache::lifetime::Lifetime;
use crate::cache::mark::TagMarks;
use crate::cache::profile::Profiles;
use crate::cache::tag::Tag;
use crate::error::{Error, ErrorCode};
use crate::flow::{Flow, Visit};
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
) -> Result<Value, Error> {
    let asked = parse_revalidate(body, profiles)?;
    let how = asked.expire.map_or(How::Expire, How::StaleThenExpire);
    let at = flow.index.store.now();
    let tags: Vec<String> = asked.tags.iter().map(|tag| tag.as_str().to_owned()).collect();
    let id = visit.record(asked.tags, how, at);
    visit.commit(&flow.index, id).await?;
    Ok(json!({ "tags": tags, "at": at.0 }))
}

/// `GET entries?kind=&cursor=&limit=`: what is stored, without reading it.
///
/// # Errors
///
/// A query parameter that makes no sense, or the store's failure.
pub async fn entries(flow: &Flow<Kv>, search: &str) -> Result<Value, Error> {
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
    let entries: Vec<Value> =
        page.keys.iter().map(|(name, metadata)| describe(name, metadata.as_deref(), &all)).collect();
    Ok(json!({ "entries": entries, "cursor": page.cursor }))
}

fn describe(name: &str, metadata: Option<&str>, all: &str) -> Value {
    let rest = name.strip_prefix(all).unwrap_or(name);
    let (kind, readable) = rest.split_once('/').unwrap_or(("", rest));
    let path = readable.rsplit_once('~').map_or(readable, |(path, _)| path);
    let life = |l: Lifetime| json!({ "stale": number(l.stale), "revalidate": number(l.revalidate), "expire": number(l.expire) });
    let metadata = metadata.unwrap_or_default();
    if let Some(entry) = codec::decode_any(metadata) {
        let tags: Vec<&str> = entry.tags.iter().map(|(tag, _)| tag.as_str()).collect();
        let l = entry.lifetime;
        return json!({
            "key": name, "kind": kind, "path": path, "status": entry.status, "tags": tags, "tagCount": tags.len(),
            "created": entry.created.0, "lifetime": life(l), "size": entry.body_len,
        });
    }
    match codec::read_brief(metadata) {
        Some(brief) => {
            let l = brief.lifetime;
            json!({
                "key": name, "kind": kind, "path": path, "status": brief.status, "tagCount": brief.tags,
                "created": brief.created.0, "lifetime": life(l), "size": brief.len,
            })
        }
        None => json!({ "key": name, "kind": kind, "path": path }),
    }
}

/// `GET tags/<tag>`: when it was revalidated, as the store has it.
///
/// # Errors
///
/// The store's failure.
pub async fn tag(flow: &Flow<Kv>, tag: &Tag) -> Result<Value, Error> {
    let marks = flow.index.marks_of(tag).await;
    let TagMarks { hard, soft } = marks
        .map_err(|error| Error::new(ErrorCode::Store, format!("the marks could not be read: {error}")))?;
    let soft: Vec<Value> = soft
        .iter()
        .map(|mark| json!({ "stale": mark.exact.unwrap_or(mark.s).0, "expires": mark.x.0 }))
        .collect();
    let expired = hard.map(|mark| mark.exact.unwrap_or(mark.t).0);
    Ok(json!({ "tag": tag.as_str(), "expired": expired, "soft": soft }))
}

/// `GET stats`: what this isolate remembers.
#[must_use]
pub fn stats(flow: &Flow<Kv>) -> Value {
    let usage = flow.index.memory.usage();
    json!({ "isolate": &*flow.index.memory.me, "now": flow.index.store.now().0,
        "memory": { "bodies": usage.bodies, "bytes": usage.bytes, "tags": usage.tags, "keys": usage.keys } })
}
