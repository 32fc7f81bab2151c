//! The outcome of the flow as `[status, header lines, body, log line]`, and until when it is that.

use std::fmt::Write;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::engine::Shared;
use crate::cache::admit::Reason;
use crate::cache::decide::Why;
use crate::cache::key::Kind;
use crate::cache::lifetime::{JsNumber, Lifetime};
use crate::cache::seen::Floors;
use crate::error::ErrorCode;
use crate::flow::{Outcome, Rendered};
use crate::reply::{CacheState, Conditions, Head, Style, absent, rendered, stored};
use crate::store::Store as _;
use crate::worker::kv::{Body, Kv};
use crate::worker::platform;

/// What the reply is about.
pub(super) struct Asked<'a> {
    pub(super) shared: &'a Rc<Shared>,
    pub(super) kv: &'a Kv,
    pub(super) kind: Kind,
    pub(super) path: &'a str,
    pub(super) method: &'a str,
    pub(super) conditions: Conditions<'a>,
    pub(super) floors: &'a Floors,
}

/// The reply of an outcome.
pub(super) fn reply(asked: &Asked<'_>, outcome: Outcome<JsValue, Body>) -> Array {
    let style = Style { now: platform::now(), static_stale: asked.shared.config.static_stale };
    let head_only = asked.method == "HEAD";
    let mut length = None;
    let mut until = None;
    let (mut head, mut body, note) = match outcome {
        Outcome::Absent => {
            let note = Note { state: None, why: Some(Why::Absent), kept: None, skip: None };
            (absent(), JsValue::NULL, note)
        }
        Outcome::Stored { entry, body, state, doubtful, why, good_until } => {
            until = good_until;
            let head = stored(&entry, state, doubtful, &asked.conditions, &style);
            length = Some(entry.body_len);
            let note = Note { state: Some(state), why, kept: Some(entry.lifetime), skip: None };
            (head, body, note)
        }
        Outcome::Rendered { rendered: Rendered { status, headers, live }, kept, state, why, .. } => {
            let head =
                rendered(status, &headers, asked.kind, kept.as_ref(), state, &asked.conditions, &style);
            let (kept, skip) = match kept {
                Ok(lifetime) => (Some(lifetime), None),
                Err(reason) => (None, Some(reason)),
            };
            (head, live, Note { state: None, why: Some(why), kept, skip })
        }
    };
    if head_only || matches!(head.status, 204 | 205 | 304) || head.part == Some((0, 0)) {
        asked.kv.discard(body);
        body = JsValue::NULL;
    } else {
        if let Some(length) = length {
            body = platform::whole(&body, length);
        }
        if let Some((start, end)) = head.part {
            #[allow(clippy::cast_precision_loss)] // megabytes
            let part = platform::slice(&body, start as f64, end as f64);
            body = part.unwrap_or_default();
        }
    }
    let mut log = asked.shared.debug.then(|| note.explain(&mut head, asked));
    if let Some(Why::Unread | Why::TagsUnknown) = note.why {
        head.push("x-freshtag-error", ErrorCode::Store.as_str());
        log.get_or_insert_with(|| ["freshtag: STORE: KV did not answer for ", asked.path].concat());
    }
    let is_plain = asked.method == "GET" && log.is_none() && asked.conditions.are_none();
    let answer = Array::of4(
        &head.status.into(),
        &head.lines.into(),
        &body,
        &log.map_or(JsValue::UNDEFINED, JsValue::from),
    );
    if let Some(until) = until.filter(|_| is_plain) {
        #[allow(clippy::cast_precision_loss)] // far below 2^53
        answer.push(&JsValue::from_f64(until.0 as f64));
    }
    answer
}

struct Note {
    state: Option<CacheState>,
    why: Option<Why>,
    kept: Option<Lifetime>,
    skip: Option<Reason>,
}

impl Note {
    /// Adds `Cache-Status` (RFC 9211) and `Server-Timing`, and returns the line for the log.
    fn explain(&self, head: &mut Head, asked: &Asked<'_>) -> String {
        let mut status = String::from("freshtag");
        match (self.state, &self.why) {
            (Some(CacheState::Hit), _) => status.push_str("; hit"),
            (Some(_), why) => {
                // A stale answer is a hit that is being forwarded as well.
                let _ = write!(status, "; hit; fwd=stale; detail={}", why.as_ref().map_or("none", name));
            }
            (None, Some(Why::Absent)) => status.push_str("; fwd=uri-miss"),
            (None, Some(Why::Bypass)) if matches!(asked.method, "GET" | "HEAD") => {
                status.push_str("; fwd=bypass")
            }
            (None, Some(Why::Bypass)) => status.push_str("; fwd=method"),
            (None, Some(Why::Unread)) => status.push_str("; fwd=bypass; detail=unread"),
            (None, Some(Why::OnDemand)) => status.push_str("; fwd=request"),
            (None, why) => {
                let _ = write!(status, "; fwd=stale; detail={}", why.as_ref().map_or("none", name));
            }
        }
        if self.state.is_none() && self.kept.is_some() {
            status.push_str("; stored");
        }
        if let Some(kept) = self.kept.filter(|kept| !kept.revalidate.is_infinite()) {
            let _ = write!(status, "; ttl={}", JsNumber(kept.revalidate.0));
        }
        if let Some(tag) = self.why.as_ref().and_then(tag) {
            let _ = write!(status, "; tag={}", quoted(tag));
        }
        if let Some(reason) = &self.skip {
            let _ = write!(status, "; not-stored={}", reason.as_str());
        }
        let ops = asked.kv.ops();
        let timing = format!(
            "kv;desc=\"gets={} bulk={} keys={} puts={}\"",
            ops.gets, ops.bulk_gets, ops.keys, ops.puts
        );
        head.push("cache-status", &status);
        head.push("server-timing", &timing);
        let seen = if asked.floors.is_empty() { "" } else { " seen" };
        format!(
            "{} {} {} {status} gets={} bulk={} keys={} puts={}{seen}",
            asked.method, asked.path, head.status, ops.gets, ops.bulk_gets, ops.keys, ops.puts
        )
    }
}

fn name(why: &Why) -> &'static str {
    match why {
        Why::Absent => "absent",
        Why::Unread => "unread",
        Why::Bypass => "bypass",
        Why::OnDemand => "on-demand",
        Why::TimeExpired => "time-expired",
        Why::TagExpired(_) => "tag-expired",
        Why::TimeStale => "time-stale",
        Why::TagStale(_) => "tag-stale",
        Why::TagsUnknown => "tags-unknown",
        Why::FromFuture => "from-future",
    }
}

fn tag(why: &Why) -> Option<&str> {
    match why {
        Why::TagExpired(tag) | Why::TagStale(tag) => Some(tag.as_str()),
        _ => None,
    }
}

/// A string of structured fields (RFC 9651 §3.3.3); tags hold printable ASCII only, but for a tab.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\t', " "))
}
