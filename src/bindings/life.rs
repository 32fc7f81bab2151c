//! JavaScript values as lifetimes, and back.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::cache::lifetime::{Life, Lifetime};
use crate::cache::profile::{ProfileOptions, Profiles, RawLife, RawSeconds, validate};
use crate::cache::tag::RawTag;
use crate::error::{Error, ErrorCode};
use crate::time::Seconds;

/// A property, `undefined` where there is none.
pub(super) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// A property that is a text.
pub(super) fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// Any value where seconds are expected.
pub(super) fn raw_seconds(value: &JsValue) -> RawSeconds {
    if value.is_undefined() {
        RawSeconds::Undefined
    } else if let Some(number) = value.as_f64() {
        RawSeconds::Number(number)
    } else if *value == JsValue::FALSE {
        RawSeconds::False
    } else {
        RawSeconds::NotANumber(show(value))
    }
}

/// A value in an error message.
pub(super) fn show(value: &JsValue) -> String {
    js_sys::JSON::stringify(value).ok().and_then(|text| text.as_string()).unwrap_or_else(|| {
        let kind = value.js_typeof().as_string().unwrap_or_default();
        format!("a {kind}")
    })
}

fn raw_life(value: &JsValue) -> RawLife {
    RawLife {
        stale: raw_seconds(&get(value, "stale")),
        revalidate: raw_seconds(&get(value, "revalidate")),
        expire: raw_seconds(&get(value, "expire")),
    }
}

/// The resolved profiles of `{ cacheLife, staleTimes, expireTime }`.
pub(super) fn profiles(config: &JsValue) -> Result<Profiles, Error> {
    let user = get(config, "cacheLife");
    let mut named = Vec::new();
    if user.is_object() {
        for entry in Object::entries(user.unchecked_ref::<Object>()).iter() {
            let entry: Array = entry.unchecked_into();
            let name = entry.get(0).as_string().unwrap_or_default();
            let life = entry.get(1);
            if !life.is_object() {
                let message = format!(
                    "cacheLife.{name} must be an object such as {{ revalidate: 900 }}, not {}",
                    show(&life)
                );
                return Err(Error::new(ErrorCode::InvalidLife, message));
            }
            named.push((name, raw_life(&life)));
        }
    } else if !user.is_undefined() {
        return Err(Error::new(ErrorCode::InvalidLife, "cacheLife must be an object of profiles by name"));
    }
    let stale_times = get(config, "staleTimes");
    let static_stale = if stale_times.is_object() {
        raw_seconds(&get(&stale_times, "static"))
    } else {
        RawSeconds::Undefined
    };
    let options = ProfileOptions {
        static_stale: Some(static_stale),
        expire_time: Some(raw_seconds(&get(config, "expireTime"))),
    };
    Profiles::new(&named, options)
}

/// The argument of `cacheLife()`: a name or an inline profile (CL-9).
pub(super) fn life(value: &JsValue, profiles: &Profiles) -> Result<Life, Error> {
    if let Some(name) = value.as_string() {
        return profiles.resolve_name(&name);
    }
    if value.is_object() && !Array::is_array(value) {
        return validate(&raw_life(value));
    }
    let message = format!(
        "Invalid `cacheLife()` option: {}. Pass a profile name such as \"hours\", or an object such as {{ revalidate: 900 }}",
        show(value)
    );
    Err(Error::new(ErrorCode::InvalidLife, message))
}

/// A lifetime as an object.
pub(super) fn lifetime_object(lifetime: Lifetime) -> JsValue {
    object([
        ("stale", lifetime.stale.0.into()),
        ("revalidate", lifetime.revalidate.0.into()),
        ("expire", lifetime.expire.0.into()),
    ])
}

/// An object with these properties.
pub(super) fn object<const N: usize>(properties: [(&str, JsValue); N]) -> JsValue {
    let object = Object::new();
    for (name, value) in properties {
        // A fresh object takes a property.
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}

/// A list of any values where tags are expected.
pub(super) fn raw_tags(list: &Array) -> Vec<RawTag> {
    list.iter().map(|value| raw_tag(&value)).collect()
}

/// Any value where a tag is expected. The length is counted as JavaScript counts it.
pub(super) fn raw_tag(value: &JsValue) -> RawTag {
    match (value.dyn_ref::<js_sys::JsString>(), value.as_string()) {
        (Some(units), Some(text)) => {
            RawTag::Text(text, usize::try_from(units.length()).unwrap_or(usize::MAX))
        }
        _ => RawTag::NotAString(show(value)),
    }
}

/// `false` or a number, where seconds or "for ever" are expected.
pub(super) fn seconds_or_false(value: &JsValue) -> Option<Seconds> {
    value.as_f64().filter(|n| n.is_finite()).map(Seconds)
}
