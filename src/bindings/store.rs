//! `createStore`: the tag-indexed store without routes.

use std::rc::Rc;

use js_sys::{Array, Function, Object, Uint8Array};
use serde::Serialize as _;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use super::core::texts;
use super::engine::{Engine, Shared};
use super::error::{fail, throw};
use super::life::{get, life, lifetime_object, object, raw_tag, show};
use super::promise::promise;
use super::visit::{Visit, checked_tag};
use crate::cache::codec;
use crate::cache::decide::{Decision, Reading, Why};
use crate::cache::entry::Entry;
use crate::cache::key::{Kind, StoreKey};
use crate::cache::seen::Floors;
use crate::cache::tag::{self, Tag};
use crate::error::ErrorCode;
use crate::flow::Flow;
use crate::store::{How, Store as _, Under};
use crate::time::{Seconds, UnixMillis};
use crate::worker::kv::Kv;
use crate::worker::platform;

#[wasm_bindgen]
impl Engine {
    /// `{ state, entry, ops }` of a key. `state` is `fresh`, `stale`, `expired` or `miss`.
    #[wasm_bindgen(js_name = storeGet)]
    pub fn store_get(
        &self,
        visit: &Visit,
        key: &str,
        soft_tags: Option<Vec<String>>,
        seen: Option<String>,
    ) -> JsValue {
        let (visit, key) = (visit.clone(), self.shared.keys.plain(key));
        promise(async move { get_now(&visit, &key, soft_tags, seen).await })
    }

    /// Stores `{ body, status, headers, tags, lifetime, created }`; `{ stored, reason, ops }`. Never rejects because of
    /// the store.
    #[wasm_bindgen(js_name = storeSet)]
    pub fn store_set(&self, visit: &Visit, key: &str, value: JsValue) -> JsValue {
        let (visit, key) = (visit.clone(), self.shared.keys.plain(key));
        promise(async move { set_now(&visit, &key, &value).await })
    }

    /// Expires tags, or with `expire` seconds makes them stale now and expired then: `{ at, seen, ops }`.
    #[wasm_bindgen(js_name = storeRevalidate)]
    pub fn store_revalidate(&self, visit: &Visit, tags: Array, expire: Option<f64>) -> JsValue {
        let visit = visit.clone();
        promise(async move { revalidate_now(&visit, &tags, expire).await })
    }
}

async fn get_now(
    visit: &Visit,
    key: &StoreKey,
    soft_tags: Option<Vec<String>>,
    seen: Option<String>,
) -> Result<JsValue, JsValue> {
    let flow = visit.need_flow()?;
    let soft: Vec<Tag> = soft_tags.unwrap_or_default().iter().map(|text| Tag::new(text)).collect();
    let floors = seen.and_then(|seen| {
        let verified = |secret| Floors::verify(&seen, secret, &visit.shared.namespace, platform::now());
        visit.shared.secrets.iter().find_map(verified)
    });
    let reading =
        Reading { now: platform::now(), lead_ms: visit.shared.lead_ms, persisted: false, lifetime: None };
    let snapshot =
        flow.index.read(key, Under { soft: &soft, own: &[] }, &floors.unwrap_or_default(), &reading).await;
    if let Some(error) = snapshot.error {
        return Err(fail(ErrorCode::Store, format!("get(key): the store did not answer: {error}")));
    }
    let state = match (&snapshot.decision, &snapshot.found) {
        (_, None) | (Decision::Render(Why::Absent), _) => "miss",
        (Decision::Serve, _) => "fresh",
        (Decision::ServeThenRefresh(_), _) => "stale",
        (Decision::Render(_), _) => "expired",
    };
    let entry = snapshot.found.map_or(JsValue::NULL, |found| entry_object(&found.entry, &found.body));
    Ok(object([("state", state.into()), ("entry", entry), ("ops", ops(&flow))]))
}

async fn set_now(visit: &Visit, key: &StoreKey, value: &JsValue) -> Result<JsValue, JsValue> {
    let flow = visit.need_flow()?;
    let body: Uint8Array = get(value, "body").dyn_into().map_err(|body| {
        fail(ErrorCode::InvalidRequest, format!("set(): body must be bytes, not {}", show(&body)))
    })?;
    let now = platform::now();
    let entry = Rc::new(plain_entry(&visit.shared, key.full(), value, &body, now)?);
    let outcome = |stored: bool, reason: Option<String>| {
        let reason = reason.map_or(JsValue::UNDEFINED, JsValue::from);
        object([("stored", stored.into()), ("reason", reason), ("ops", ops(&flow))])
    };
    if entry.body_len > visit.shared.config.most_bytes {
        return Ok(outcome(
            false,
            Some(format!("the body is larger than {} bytes", visit.shared.config.most_bytes)),
        ));
    }
    if codec::decode(&codec::encode(&entry), key.full()).is_none() {
        let message = "set(): status must be 200 to 599 and headers must be legal HTTP fields";
        return Err(fail(ErrorCode::InvalidRequest, message));
    }
    let body: JsValue = body.into();
    let held = flow.index.store.hold(body.clone()).await.unwrap_or_else(|_| body.clone());
    if !flow.index.memory.writing(key.name(), &entry, &held, now) {
        return Ok(outcome(false, Some("a newer entry is stored".to_owned())));
    }
    let result = flow.put(key.name(), &entry, &body).await;
    flow.index.memory.written(key.name(), &entry);
    Ok(match result {
        Ok(()) => outcome(true, None),
        Err(error) => {
            flow.index.memory.unwritten(key.name(), &entry);
            outcome(false, Some(error.to_string()))
        }
    })
}

async fn revalidate_now(visit: &Visit, tags: &Array, expire: Option<f64>) -> Result<JsValue, JsValue> {
    let flow = visit.need_flow()?;
    let tags = tags.iter().map(|tag| checked_tag(&tag)).collect::<Result<Vec<_>, _>>()?;
    let how = match expire {
        Some(seconds) if seconds > 0.0 => How::StaleThenExpire(Seconds(seconds)),
        _ => How::Expire,
    };
    let at = platform::now();
    let id = visit.inner.record(tags, how, at);
    visit.inner.commit(&flow.index, id).await.map_err(|error| throw(&error))?;
    let seen = visit.shared.secrets.first().zip(visit.inner.own_floors());
    let seen = seen.map(|(secret, floors)| floors.sign(secret, &visit.shared.namespace, platform::now()));
    Ok(object([("at", millis(at)), ("seen", seen.map_or(JsValue::NULL, JsValue::from)), ("ops", ops(&flow))]))
}

fn plain_entry(
    shared: &Shared,
    full: &str,
    value: &JsValue,
    body: &Uint8Array,
    now: UnixMillis,
) -> Result<Entry, JsValue> {
    let time = |value: &JsValue, name: &str| match value.as_f64() {
        #[allow(clippy::cast_possible_truncation)] // `as` saturates
        Some(ms) if ms.is_finite() => Ok(UnixMillis(ms as i64)),
        _ => Err(fail(
            ErrorCode::InvalidRequest,
            format!("set(): {name} must be milliseconds since 1970, not {}", show(value)),
        )),
    };
    let created = match get(value, "created") {
        created if created.is_undefined() => now,
        created => time(&created, "created")?,
    };
    let given = get(value, "lifetime");
    let lifetime = if given.is_undefined() {
        shared.profiles.default_lifetime()
    } else {
        let life = life(&given, &shared.profiles).map_err(|error| throw(&error))?;
        shared.profiles.complete(life)
    };
    let mut tags = Vec::new();
    for item in get(value, "tags").dyn_into::<Array>().unwrap_or_default().iter() {
        let (name, as_of) = match item.dyn_ref::<Array>() {
            Some(pair) => (pair.get(0), time(&pair.get(1), "the time of a tag")?),
            None => (item, created),
        };
        tags.extend(tag::validate([raw_tag(&name)]).valid.into_iter().map(|tag| (tag, as_of)));
    }
    tags.truncate(tag::MAX_ITEMS);
    let status = get(value, "status").as_f64().unwrap_or(200.0);
    Ok(Entry {
        told: Vec::new(),
            key: full.into(),
            kind: Kind::Fetch,
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` saturates
            status: status as u16,
            headers: pairs(&get(value, "headers")),
            oldest: tags.iter().map(|(_, as_of)| *as_of).min().map_or(created, |least| least.min(created)),
            tags,
            created,
            by: shared.memory.me.clone(),
            seen: None,
            lifetime,
            selection: None,
            stale_if_error: None,
            etag: None,
            body_len: u64::from(body.length()),
        })
}

/// Headers given as pairs, as an object, or as a `Headers`.
fn pairs(headers: &JsValue) -> Vec<(Box<str>, Box<str>)> {
    let list = match (headers.dyn_ref::<Array>(), get(headers, "entries").dyn_into::<Function>()) {
        (Some(list), _) => list.clone(),
        (None, Ok(entries)) => entries.call0(headers).ok().map(|all| Array::from(&all)).unwrap_or_default(),
        (None, Err(_)) if headers.is_object() => Object::entries(headers.unchecked_ref()),
        (None, Err(_)) => Array::new(),
    };
    let pair = |pair: JsValue| {
        let pair: Array = pair.dyn_into().ok()?;
        Some((pair.get(0).as_string()?.to_ascii_lowercase().into(), pair.get(1).as_string()?.into()))
    };
    list.iter().filter_map(pair).collect()
}

fn entry_object(entry: &Entry, body: &JsValue) -> JsValue {
    let headers: Array =
        entry.headers.iter().map(|(name, value)| Array::of2(&(&**name).into(), &(&**value).into())).collect();
    let tags: Vec<Tag> = entry.tags.iter().map(|(tag, _)| tag.clone()).collect();
    let tags: Array = texts(&tags).into_iter().map(JsValue::from).collect();
    object([
        ("body", platform::whole(body, entry.body_len)),
        ("status", entry.status.into()),
        ("headers", headers.into()),
        ("tags", tags.into()),
        ("created", millis(entry.created)),
        ("lifetime", lifetime_object(entry.lifetime)),
    ])
}

fn ops(flow: &Flow<Kv>) -> JsValue {
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    flow.index.store.ops().serialize(&plain).unwrap_or_default()
}

pub(super) fn millis(at: UnixMillis) -> JsValue {
    #[allow(clippy::cast_precision_loss)] // far below 2^53
    JsValue::from(at.0 as f64)
}
