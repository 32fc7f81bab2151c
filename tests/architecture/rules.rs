//! Each rule shown to fail, and not to fail, on sources made up for it.

use super::{tokens, violations};
use std::collections::BTreeMap;

/// What is wrong with these files, given that `lib.rs` mounts every room they name.
fn check(files: &[(&str, &str)]) -> Vec<String> {
    let rooms = super::LAYERS.iter().map(|(room, _)| format!("mod {room};\n")).collect();
    let mut sources = BTreeMap::from([("lib.rs".to_owned(), rooms)]);
    sources.extend(files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())));
    violations(&sources)
}

fn fails(files: &[(&str, &str)], with: &str) {
    let found = check(files);
    assert!(found.len() == 1 && found[0].contains(with), "expected one `{with}`, got {found:?}");
}

fn holds(files: &[(&str, &str)]) {
    assert_eq!(check(files), Vec::<String>::new());
}

#[test]
fn an_arrow_that_points_back_fails() {
    fails(&[("http.rs", "use crate::cache::Tag;")], "http.rs:1: `http` uses `cache`");
    fails(&[("time.rs", "\n\nfn f() { crate::http::date() }")], "time.rs:3: `time` uses `http`");
    fails(&[("reply.rs", "use crate::{cache::{Tag, flow}, flow::Flow};")], "`reply` uses `flow`");
    fails(
        &[("reply.rs", "use crate::{\n  time::UnixMillis,\n  worker,\n};")],
        "reply.rs:3: `reply` uses `worker`",
    );
    holds(&[("flow.rs", "use crate::{cache::{Tag, worker}, http::date, store, reply::Reply};")]);
    holds(&[("http.rs", "use crate::time::UnixMillis; // not crate::cache::Tag")]);
}

#[test]
fn an_arrow_by_super_fails() {
    fails(&[("http.rs", "use super::cache::Tag;")], "`http` uses `cache`");
    fails(
        &[("http.rs", "mod date;"), ("http/date.rs", "use super::super::store::Store;")],
        "`http` uses `store`",
    );
    fails(&[("http.rs", "mod tests { use super::super::{time, flow::Flow}; }")], "`http` uses `flow`");
    holds(&[
        ("http.rs", "mod cache;"),
        ("http/cache.rs", ""),
        ("http/mod.rs", "mod date;"),
        ("http/date.rs", "use super::cache::x;"),
    ]);
}

#[test]
fn neighbours_that_use_each_other_fail() {
    fails(&[("cache.rs", "use crate::route;"), ("route.rs", "use crate::cache;")], "use each other");
    holds(&[("route.rs", "use crate::cache;"), ("reply.rs", "use crate::store;")]);
}

#[test]
fn a_room_without_a_layer_fails() {
    fails(&[("lib.rs", "mod attic;"), ("attic.rs", "")], "`attic` has no layer");
}

#[test]
fn the_outside_fails_below_the_edges() {
    for name in super::OUTSIDE {
        fails(&[("flow.rs", &format!("fn f() {{ {name}::now() }}"))], &format!("`{name}` belongs to"));
    }
    fails(&[("store.rs", "use worker::kv::KvStore;")], "`worker` belongs to");
    fails(
        &[("store.rs", "fn f() { ::worker::now() }"), ("cache.rs", "use ::js_sys::Date;")],
        "`js_sys` belongs to",
    );
    holds(&[("worker.rs", "use worker::Env; use js_sys::Date;"), ("bindings.rs", "use crate::worker::now;")]);
    holds(&[(
        "store.rs",
        "fn f(worker: &str) { let x = \"js_sys\"; /* web_sys /* getrandom */ Instant */ }",
    )]);
    holds(&[("cache.rs", "#[wasm_bindgen_test(unsupported = test)] fn f() {}")]);
}

#[test]
fn unsafe_fails_but_in_one_file() {
    fails(&[("worker.rs", "fn f() { unsafe { g() } }")], "`unsafe` belongs to bindings/raw.rs");
    holds(&[("bindings.rs", "mod raw;"), ("bindings/raw.rs", "unsafe fn f() {}")]);
    holds(&[("lib.rs", "#![deny(unsafe_code)]")]);
}

#[test]
fn a_file_that_nothing_mounts_fails() {
    fails(&[("cache/tag.rs", "")], "cache/tag.rs: no `mod` mounts this file");
    fails(&[("cache.rs", "// mod tag;"), ("cache/tag.rs", "")], "cache/tag.rs: no `mod` mounts this file");
    holds(&[("cache.rs", "pub(crate) mod tag;"), ("cache/tag.rs", "mod set;"), ("cache/tag/set.rs", "")]);
}

#[test]
fn state_between_requests_fails() {
    fails(&[("worker.rs", "static mut COUNT: u32 = 0;")], "`static` holds state");
    fails(&[("worker.rs", "thread_local! { static A: u32 = 0 }")], "`thread_local` holds state");
    holds(&[("worker.rs", "static NAMES: &[&str] = &[\"thread_local!\"]; fn f(x: &'static mut u8) {}")]);
}

#[test]
fn trimming_unicode_space_in_http_fails() {
    fails(&[("http.rs", "mod date;"), ("http/date.rs", "fn f(s: &str) { s.trim(); }")], "`trim` strips more");
    fails(&[("http.rs", "fn f(s: &str) { s.split(',').map(str::trim_end); }")], "`trim_end` strips more");
    holds(&[
        ("http.rs", "fn f(s: &str) { s.trim_matches([' ', '\\t']); trim(s); }"),
        ("route.rs", "fn f() { s.trim() }"),
    ]);
}

#[test]
fn the_reader_leaves_out_what_is_not_code() {
    let words = |text| tokens(text).into_iter().map(|token| token.text).collect::<Vec<_>>();
    assert_eq!(words("a // b\nc"), ["a", "c"]);
    assert_eq!(words("a /* b /* c */ d */ e"), ["a", "e"]);
    assert_eq!(words(r##"a "b \" c" r#"d " e"# br"f" g"##), ["a", "g"]);
    assert_eq!(words(r"a '\'' 'b' '\u{1F600}' '“' c"), ["a", "c"]);
    assert_eq!(words("fn f<'a>(x: &'a str)"), ["fn", "f", "<", ">", "(", "x", ":", "&", "str", ")"]);
    assert_eq!(words("r#type b'x' ré"), ["r", "#", "type", "b", "ré"]);
    assert_eq!(tokens("\"a\nb\"\nc")[0].line, 3);
}
