//! The bindings under a real JavaScript engine: conversions, error codes, one trip through the flow.
#![cfg(target_arch = "wasm32")]

use freshtag::bindings::instance::{connect, heard};
use freshtag::bindings::{Engine, core, set_cookie};
use js_sys::{Array, Function, JSON, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

fn js(code: &str) -> JsValue {
    js_sys::eval(&format!("({code})")).unwrap()
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

/// A store with KV's methods over a Map.
fn kv() -> JsValue {
    js(r#"(() => {
        const all = new Map()
        const value = (key) => all.get(key)?.value ?? null
        return {
            all,
            async get(key) { return Array.isArray(key) ? new Map(key.map((k) => [k, value(k)])) : value(key) },
            async getWithMetadata(key) {
                const found = all.get(key)
                return found ? { value: new Response(found.value).body, metadata: found.metadata } : { value: null, metadata: null }
            },
            async put(key, value, options) { all.set(key, { value, metadata: options?.metadata ?? null }) },
            async list() { return { keys: [...all.keys()].map((name) => ({ name })), list_complete: true } },
            async delete(key) { all.delete(key) },
        }
    })()"#)
}

#[wasm_bindgen_test]
fn errors_are_errors_with_a_code() {
    let rows = [
        ("CL-9", "'nope'", "UNKNOWN_PROFILE"),
        ("CL-9", "null", "INVALID_CACHE_LIFE"),
        ("CL-9", "[]", "INVALID_CACHE_LIFE"),
        ("CL-6", "{ revalidate: false }", "INVALID_CACHE_LIFE"),
        ("CL-6", "{ stale: NaN }", "INVALID_CACHE_LIFE"),
        ("CL-6", "{ expire: '1' }", "INVALID_CACHE_LIFE"),
        ("CL-7", "{ revalidate: Infinity, expire: 10 }", "INVALID_CACHE_LIFE"),
    ];
    for (rule, profile, code) in rows {
        let thrown =
            core::resolve_cache_life(&js(profile), &JsValue::UNDEFINED, &JsValue::UNDEFINED).unwrap_err();
        assert!(thrown.is_instance_of::<js_sys::Error>(), "{rule} {profile}");
        assert_eq!(Reflect::get(&thrown, &"code".into()).unwrap(), JsValue::from(code), "{rule} {profile}");
    }
}

#[wasm_bindgen_test]
fn lifetimes_convert_both_ways() {
    let rows = [
        ("CL-1", "'days'", r#"{"stale":300,"revalidate":86400,"expire":604800}"#),
        ("CL-9", "{}", r#"{"stale":300,"revalidate":900,"expire":4294967294}"#),
        ("CL-2", "{ expire: Infinity }", r#"{"stale":300,"revalidate":900,"expire":4294967294}"#),
        ("CL-6", "{ stale: -0.5 }", r#"{"stale":-0.5,"revalidate":900,"expire":4294967294}"#),
    ];
    for (rule, profile, expected) in rows {
        let life = core::resolve_cache_life(&js(profile), &JsValue::UNDEFINED, &JsValue::UNDEFINED).unwrap();
        assert_eq!(text(&life), expected, "{rule} {profile}");
    }
}

#[wasm_bindgen_test]
fn set_cookie_converts_both_ways() {
    let print = |path: &str, expires, age, same_site: &str, flags| {
        let text = |text: &str| Some(text.to_owned());
        set_cookie::print_set_cookie("a", "b c", text(path), None, expires, age, text(same_site), None, flags)
    };
    let line = print("/", Some(1999.9), Some(-0.0), "Lax", 7).unwrap();
    let expected = "a=b%20c; Path=/; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; Secure; HttpOnly; SameSite=lax; Partitioned";
    assert_eq!(line, expected, "CK-5");
    let back = r#"{"name":"a","value":"b c","expires":1000,"httpOnly":true,"maxAge":0,"path":"/","sameSite":"lax","secure":true,"partitioned":true}"#;
    assert_eq!(text(&set_cookie::parse_set_cookie(&line)), back, "CK-8");
    assert_eq!(text(&set_cookie::parse_set_cookie("__proto__")), r#"{"name":"__proto__","value":"true"}"#);
    assert!(set_cookie::parse_set_cookie("").is_undefined(), "CK-8");
    assert_eq!(set_cookie::split_cookies_string("a=1, b=2,c"), ["a=1", "b=2,c"], "CK-13");

    let rows = [
        ("T30", "expires: ", print("/", Some(f64::NAN), None, "lax", 0)),
        ("T30", "expires: ", print("/", Some(f64::NEG_INFINITY), None, "lax", 0)),
        ("T30", "expires: ", print("/", Some(8.64e15), None, "lax", 0)),
        ("T30", "maxAge: ", print("/", None, Some(f64::NAN), "lax", 0)),
        ("T30", "path: ", print(";", None, None, "lax", 0)),
        ("T30", "sameSite: ", print("/", None, None, "x", 0)),
    ];
    for (rule, start, result) in rows {
        let thrown = result.unwrap_err();
        let property = |name: &str| Reflect::get(&thrown, &name.into()).unwrap().as_string().unwrap();
        assert_eq!((&*property("name"), &*property("code")), ("FreshtagError", "INVALID_COOKIE"), "{rule}");
        assert!(property("message").starts_with(start), "{rule}: {}", property("message"));
    }
}

#[wasm_bindgen_test]
fn tags_of_any_type_are_sorted_out() {
    let list: Array =
        js("['a', 1, null, {}, 'é', '\u{1F600}'.repeat(128), '\u{1F600}'.repeat(129)]").unchecked_into();
    let told = core::validate_tags(&list);
    let valid: Array = Reflect::get(&told, &"valid".into()).unwrap().unchecked_into();
    // TG-1: the length counts UTF-16 units, before encoding.
    assert_eq!(valid.length(), 3);
    assert_eq!(valid.get(1), JsValue::from("%C3%A9"));
    assert_eq!(Array::from(&Reflect::get(&told, &"rejected".into()).unwrap()).length(), 4);
}

#[wasm_bindgen_test]
fn a_wrong_configuration_names_the_field() {
    let rows = [
        (js("{}"), js("{ routes: [] }"), "get()"),
        (JsValue::UNDEFINED, js("{ namespace: 'a/b', routes: [] }"), "namespace"),
        (JsValue::UNDEFINED, js("{ leadMs: -1, routes: [] }"), "leadMs"),
        (
            JsValue::UNDEFINED,
            js("{ routes: [{ pattern: '/a', methods: [], revalidate: 'x' }] }"),
            "revalidate",
        ),
        (JsValue::UNDEFINED, js("{ routes: [], originRules: [{ match: 'docs' }] }"), "match"),
        (JsValue::UNDEFINED, js("{ routes: [], cacheLife: { blog: 1 } }"), "cacheLife.blog"),
    ];
    for (kv, config, field) in rows {
        let thrown = Engine::new(&kv, &config).err().unwrap();
        let message = String::from(thrown.unchecked_into::<js_sys::Error>().message());
        assert!(message.contains(field), "{message}");
    }
}

#[wasm_bindgen_test]
async fn a_route_is_rendered_once_and_kept() {
    let config = js("{ namespace: 'w', routes: [{ pattern: '/p/[id]', methods: ['GET'], revalidate: 60 }] }");
    let (kv, tasks) = (kv(), js("[]"));
    let engine = Engine::new(&kv, &config).unwrap();
    let defer = Function::new_with_args("task", "this.push(task)").bind0(&tasks);
    let render =
        js("(() => { let n = 0; return async (how, visit, collector) => new Response(`${how} ${++n}`) })()");
    let glue = js("{ trapped() {}, instance: () => 0 }");
    let hears = Closure::<dyn Fn(u32, bool, JsValue)>::new(heard);
    Reflect::set(&glue, &"heard".into(), hears.as_ref()).unwrap();
    connect(&glue);
    let ask = || {
        let visit = engine.visit(None, None, &defer, &JsValue::UNDEFINED);
        let render: Function = render.clone().unchecked_into();
        let reply = engine.route(&visit, 0, "GET".into(), "h", "/p/1".into(), None, false, render);
        JsFuture::from(Promise::resolve(&reply))
    };
    for state in ["x-nextjs-cache: MISS\n", "x-nextjs-cache: HIT\n"] {
        let reply: Array = ask().await.unwrap().unchecked_into();
        assert_eq!(reply.get(0), JsValue::from(200));
        assert!(reply.get(1).as_string().unwrap().contains(state), "{state}");
        let body: Function = js("(body) => new Response(body).text()").unchecked_into();
        let body: Promise = body.call1(&JsValue::UNDEFINED, &reply.get(2)).unwrap().unchecked_into();
        assert_eq!(JsFuture::from(body).await.unwrap(), JsValue::from("live 1"));
        JsFuture::from(Promise::all(&Array::from(&tasks))).await.unwrap();
    }
    let names = js_sys::eval("((kv) => [...kv.all.keys()].join())").unwrap().unchecked_into::<Function>();
    let names = names.call1(&JsValue::UNDEFINED, &kv).unwrap().as_string().unwrap();
    assert!(names.starts_with("f1-w/e/route/h/p/1~"), "{names}");
}
