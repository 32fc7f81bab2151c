//! The pure rules as functions.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::throw;
use super::life::{life, lifetime_object, object, profiles, raw_seconds, raw_tags, seconds_or_false};
use crate::cache::fetch::{self, FetchOptions, Resolved};
use crate::cache::tag::{self, Rejected, Tag};
use crate::cache::{data_key, lifetime};
use crate::route::path_tags;
use crate::time::Seconds;

/// The three numbers of a profile, in seconds; gaps filled from the resolved default (CL-3, CL-5, CL-9).
#[wasm_bindgen(js_name = resolveCacheLife)]
pub fn resolve_cache_life(profile: &JsValue, user: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let config = object([
        ("cacheLife", user.clone()),
        ("staleTimes", super::life::get(options, "staleTimes")),
        ("expireTime", super::life::get(options, "expireTime")),
    ]);
    let profiles = profiles(&config).map_err(|error| throw(&error))?;
    let life = life(profile, &profiles).map_err(|error| throw(&error))?;
    Ok(lifetime_object(profiles.complete(life)))
}

/// The text of `Cache-Control` (CL-21). `revalidate` is seconds or `false`.
#[wasm_bindgen(js_name = cacheControlHeader)]
#[must_use]
pub fn cache_control_header(revalidate: &JsValue, expire: Option<f64>) -> String {
    lifetime::cache_control(seconds_or_false(revalidate), expire.map(Seconds))
}

/// The soft tags of a route and pathname (TG-9).
#[wasm_bindgen(js_name = implicitTags)]
#[must_use]
pub fn implicit_tags(page: &str, pathname: &str) -> Vec<String> {
    texts(&path_tags::implicit_tags(page, pathname))
}

/// The usable tags of a list, encoded, and the others with the reason (TG-1 to TG-5).
#[wasm_bindgen(js_name = validateTags)]
#[must_use]
pub fn validate_tags(list: &Array) -> JsValue {
    let validated = tag::validate(raw_tags(list));
    let valid: Array = texts(&validated.valid).into_iter().map(JsValue::from).collect();
    object([("valid", valid.into()), ("rejected", rejected(&validated.rejected).into())])
}

/// What `revalidatePath` records (RV-7): `{ tags, warning }`.
#[wasm_bindgen(js_name = revalidatePathTags)]
#[must_use]
pub fn revalidate_path_tags(path: &str, kind: Option<String>) -> JsValue {
    let found = path_tags::revalidate_path_tags(path, kind.as_deref());
    let tags: Array = texts(&found.tags).into_iter().map(JsValue::from).collect();
    object([("tags", tags.into()), ("warning", found.warning.map_or(JsValue::UNDEFINED, JsValue::from))])
}

/// The option table of `fetch` (FE-4 to FE-8): `[seconds, reason, conflict, lowers, dynamic]`, 0 seconds where the answer
/// is not kept; or the name of a misuse. `flags`: 1 `force-dynamic`, 2 `force-static`, 4 `unstable_noStore` was called,
/// 8 the request is personal.
#[wasm_bindgen(js_name = resolveFetch)]
#[must_use]
pub fn resolve_fetch(
    cache: &str,
    revalidate: &JsValue,
    mode: &str,
    flags: u32,
    enclosing: Option<f64>,
) -> JsValue {
    let resolved = fetch::resolve(&FetchOptions {
        cache: fetch::Cache::parse(cache),
        revalidate: raw_seconds(revalidate),
        mode: fetch::Mode::parse(mode),
        force_dynamic: flags & 1 != 0,
        force_static: flags & 2 != 0,
        no_store: flags & 4 != 0,
        personal: flags & 8 != 0,
        enclosing: enclosing.map(Seconds),
    });
    match resolved {
        Ok(Resolved { keep, why, conflict, lowers, dynamic }) => Array::of5(
            &keep.map_or(0.0, |seconds| seconds.0).into(),
            &why.as_str().into(),
            &conflict.into(),
            &lowers.map(|seconds| seconds.0).into(),
            &dynamic.into(),
        )
        .into(),
        Err(misuse) => misuse.as_str().into(),
    }
}

/// The key of `unstable_cache` (UN-2).
#[wasm_bindgen(js_name = unstableCacheKey)]
#[must_use]
pub fn unstable_cache_key(source: &str, parts: Option<Vec<String>>, args: &str, prefix: &str) -> String {
    data_key::unstable_cache_key(source, parts.as_deref(), args, prefix)
}

/// The key of a response (IC-6).
#[wasm_bindgen(js_name = routeCacheKey)]
#[must_use]
pub fn route_cache_key(kind: &str, source_route: &str, pathname: &str) -> String {
    data_key::route_cache_key(kind, source_route, pathname)
}

/// Tags as texts.
pub(super) fn texts(tags: &[Tag]) -> Vec<String> {
    tags.iter().map(|tag| tag.as_str().to_owned()).collect()
}

/// Rejected tags as `{ tag, reason }` objects.
pub(super) fn rejected(list: &[Rejected]) -> Array {
    list.iter()
        .map(|r| object([("tag", r.tag.as_str().into()), ("reason", r.reason.message().into())]))
        .collect()
}
