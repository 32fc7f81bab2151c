//! The layout of `src/` as a test: `words <- http <- policy <- {store, reply} <- flow <- {worker, bindings}`.
//!
//! Reads the sources as tokens, without comments and strings, and fails on an arrow that points back, on JavaScript types,
//! clocks or randomness below the edges, and on a few habits that each cost somebody a bug.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Every room of `src/` and its layer. A room uses lower layers, and its own layer as long as nobody there uses it back.
const LAYERS: &[(&str, usize)] = &[
    ("time", 0),
    ("secret", 0),
    ("error", 0),
    ("http", 1),
    ("cache", 2),
    ("draft", 2),
    ("action", 2),
    ("route", 2),
    ("store", 3),
    ("reply", 3),
    ("flow", 4),
    ("worker", EDGE),
    ("bindings", EDGE),
];
const EDGE: usize = 5;

/// Names that only the edges may know.
const OUTSIDE: &[&str] = &[
    "js_sys",
    "web_sys",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "serde_wasm_bindgen",
    "getrandom",
    "SystemTime",
    "Instant",
];

/// The one file that may say `unsafe`.
const UNSAFE: &str = "bindings/raw.rs";

/// The files that may hold state between requests: bytes that are keyed and bounded, never a request's own data.
const STATE: &[&str] = &[];

/// Strips Unicode white space, where HTTP knows space and tab alone.
const TRIMS: &[&str] = &["trim", "trim_start", "trim_end"];

#[test]
fn the_sources_keep_the_layout() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    read(&root, &root, &mut files);
    assert!(
        files.contains_key("lib.rs"),
        "no sources under {}",
        root.display()
    );
    let found = violations(&files);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn read(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// All that is wrong with these sources (path under `src/` to text), a line each.
fn violations(files: &BTreeMap<String, String>) -> Vec<String> {
    let mut found = Vec::new();
    let mut edges = BTreeMap::new();
    let mut mounted = BTreeSet::from(["lib.rs".to_owned(), "main.rs".to_owned()]);
    for (file, text) in files {
        let tokens = tokens(text);
        let module = module_path(file);
        mounted.extend(mounts(&module, &tokens));
        found.extend(forbidden(file, &module, &tokens));
        let Some(from) = module.first() else { continue };
        let Some(layer) = layer(from) else {
            found.push(format!(
                "{file}: `{from}` has no layer: give it one in tests/architecture.rs"
            ));
            continue;
        };
        for (line, to) in uses(&module, &tokens) {
            let Some(target) = self::layer(&to).filter(|_| to != *from) else {
                continue;
            };
            if target > layer {
                found.push(format!(
                    "{file}:{line}: `{from}` uses `{to}`, which stands above it"
                ));
            } else {
                edges
                    .entry((from.clone(), to))
                    .or_insert(format!("{file}:{line}"));
            }
        }
    }
    for ((from, to), place) in &edges {
        if from < to && edges.contains_key(&(to.clone(), from.clone())) {
            found.push(format!("{place}: `{from}` and `{to}` use each other"));
        }
    }
    for file in files.keys().filter(|file| !mounted.contains(*file)) {
        found.push(format!("{file}: no `mod` mounts this file"));
    }
    found
}

/// The names, marks and habits that this file may not have.
fn forbidden(file: &str, module: &[String], tokens: &[Token]) -> Vec<String> {
    let mut found = Vec::new();
    let edge = module.first().is_none_or(|room| layer(room) == Some(EDGE));
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.text == text);
    for (at, Token { line, text }) in tokens.iter().enumerate() {
        let before = |text: &str| at > 0 && is(at - 1, text);
        let crate_worker = text == "worker" && is(at + 1, "::") && !before("::");
        if !edge && (OUTSIDE.contains(&text.as_str()) || crate_worker) {
            found.push(format!(
                "{file}:{line}: `{text}` belongs to worker/ and bindings/"
            ));
        }
        if text == "unsafe" && file != UNSAFE {
            found.push(format!("{file}:{line}: `unsafe` belongs to {UNSAFE}"));
        }
        let state = text == "thread_local" || (text == "static" && is(at + 1, "mut"));
        if state && !STATE.contains(&file) {
            found.push(format!(
                "{file}:{line}: `{text}` holds state between requests; list the file if it may"
            ));
        }
        let trims = TRIMS.contains(&text.as_str()) && (before(".") || before("::"));
        if trims && module.first().is_some_and(|room| room == "http") {
            found.push(format!(
                "{file}:{line}: `{text}` strips more than HTTP's space and tab"
            ));
        }
    }
    found
}

fn layer(room: &str) -> Option<usize> {
    LAYERS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, layer)| *layer)
}

/// `cache/tag.rs` is `[cache, tag]`, `cache/mod.rs` and `cache.rs` are `[cache]`, `lib.rs` is `[]`.
fn module_path(file: &str) -> Vec<String> {
    let stem = file.trim_end_matches(".rs");
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    if stem == "lib" {
        Vec::new()
    } else {
        stem.split('/').map(str::to_owned).collect()
    }
}

/// The files that the `mod name;` lines of this module mount.
fn mounts(module: &[String], tokens: &[Token]) -> Vec<String> {
    let folder: String = module.iter().map(|part| format!("{part}/")).collect();
    let names = tokens
        .windows(3)
        .filter(|three| three[0].text == "mod" && three[2].text == ";");
    names
        .flat_map(|three| {
            let name = &three[1].text;
            [format!("{folder}{name}.rs"), format!("{folder}{name}/mod.rs")]
        })
        .collect()
}

/// The rooms that these tokens name, by `crate::` or by enough `super::`, with the line.
fn uses(module: &[String], tokens: &[Token]) -> Vec<(usize, String)> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut ups = 0;
        while text(at) == "super" && text(at + 1) == "::" {
            ups += 1;
            at += 2;
        }
        // An inline module (`mod tests`) needs one more `super` than its file; more than enough still ends at a room.
        if ups == 0 && text(at) == "crate" && text(at + 1) == "::" {
            at += 2;
        } else if ups == 0 || ups < module.len() {
            at += 1;
            continue;
        }
        if text(at) != "{" {
            found.extend(tokens.get(at).map(|token| (token.line, token.text.clone())));
            continue;
        }
        // In a group, the first word of each element is a room.
        let (mut depth, mut starts) = (0_usize, true);
        for Token { line, text } in &tokens[at..] {
            match text.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                "," if depth == 1 => starts = true,
                _ if depth == 1 && starts => {
                    starts = false;
                    found.push((*line, text.clone()));
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

struct Token {
    line: usize,
    text: String,
}

/// Identifiers, `::` and single marks of Rust text; comments, strings, characters and lifetimes are left out.
fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment_length(rest),
            '"' => string_length(rest),
            '\'' => quote_length(rest),
            _ => raw_string_length(rest).unwrap_or_else(|| {
                let word = rest
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                let length = if word > 0 {
                    word
                } else if rest.starts_with("::") {
                    2
                } else {
                    first.len_utf8()
                };
                if !first.is_whitespace() {
                    found.push(Token {
                        line,
                        text: rest[..length].to_owned(),
                    });
                }
                length
            }),
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

fn comment_length(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let step = match text.as_bytes().get(at..at + 2) {
            Some(b"/*") => {
                depth += 1;
                2
            }
            Some(b"*/") => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at.min(text.len())
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A character literal, or a lifetime.
fn quote_length(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some(_)) => chars
            .find(|(_, c)| *c == '\'')
            .map_or(text.len(), |(at, _)| at + 1),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => text[1..]
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(text.len(), |at| at + 1),
    }
}

fn raw_string_length(text: &str) -> Option<usize> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
        text.strip_prefix(prefix)
            .is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
    })?;
    let hashes = text[prefix.len()..].find('"')?;
    let body = prefix.len() + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(
        text[body..]
            .find(&end)
            .map_or(text.len(), |at| body + at + end.len()),
    )
}

/// Each rule shown to fail, and not to fail, on sources made up for it.
mod rules {
    use super::{tokens, violations};
    use std::collections::BTreeMap;

    /// What is wrong with these files, given that `lib.rs` mounts every room they name.
    fn check(files: &[(&str, &str)]) -> Vec<String> {
        let rooms = super::LAYERS
            .iter()
            .map(|(room, _)| format!("mod {room};\n"))
            .collect();
        let mut sources = BTreeMap::from([("lib.rs".to_owned(), rooms)]);
        sources.extend(
            files
                .iter()
                .map(|(file, text)| ((*file).to_owned(), (*text).to_owned())),
        );
        violations(&sources)
    }

    fn fails(files: &[(&str, &str)], with: &str) {
        let found = check(files);
        assert!(
            found.len() == 1 && found[0].contains(with),
            "expected one `{with}`, got {found:?}"
        );
    }

    fn holds(files: &[(&str, &str)]) {
        assert_eq!(check(files), Vec::<String>::new());
    }

    #[test]
    fn an_arrow_that_points_back_fails() {
        fails(
            &[("http.rs", "use crate::cache::Tag;")],
            "http.rs:1: `http` uses `cache`",
        );
        fails(
            &[("time.rs", "\n\nfn f() { crate::http::date() }")],
            "time.rs:3: `time` uses `http`",
        );
        fails(
            &[("reply.rs", "use crate::{cache::{Tag, flow}, flow::Flow};")],
            "`reply` uses `flow`",
        );
        fails(
            &[("reply.rs", "use crate::{\n  time::UnixMillis,\n  worker,\n};")],
            "reply.rs:3: `reply` uses `worker`",
        );
        holds(&[(
            "flow.rs",
            "use crate::{cache::{Tag, worker}, http::date, store, reply::Reply};",
        )]);
        holds(&[("http.rs", "use crate::time::UnixMillis; // not crate::cache::Tag")]);
    }

    #[test]
    fn an_arrow_by_super_fails() {
        fails(&[("http.rs", "use super::cache::Tag;")], "`http` uses `cache`");
        fails(
            &[
                ("http.rs", "mod date;"),
                ("http/date.rs", "use super::super::store::Store;"),
            ],
            "`http` uses `store`",
        );
        fails(
            &[("http.rs", "mod tests { use super::super::{time, flow::Flow}; }")],
            "`http` uses `flow`",
        );
        holds(&[
            ("http.rs", "mod cache;"),
            ("http/cache.rs", ""),
            ("http/mod.rs", "mod date;"),
            ("http/date.rs", "use super::cache::x;"),
        ]);
    }

    #[test]
    fn neighbours_that_use_each_other_fail() {
        fails(
            &[
                ("cache.rs", "use crate::route;"),
                ("route.rs", "use crate::cache;"),
            ],
            "use each other",
        );
        holds(&[
            ("route.rs", "use crate::cache;"),
            ("reply.rs", "use crate::store;"),
        ]);
    }

    #[test]
    fn a_room_without_a_layer_fails() {
        fails(
            &[("lib.rs", "mod attic;"), ("attic.rs", "")],
            "`attic` has no layer",
        );
    }

    #[test]
    fn the_outside_fails_below_the_edges() {
        for name in super::OUTSIDE {
            fails(
                &[("flow.rs", &format!("fn f() {{ {name}::now() }}"))],
                &format!("`{name}` belongs to"),
            );
        }
        fails(&[("store.rs", "use worker::kv::KvStore;")], "`worker` belongs to");
        fails(
            &[
                ("store.rs", "fn f() { ::worker::now() }"),
                ("cache.rs", "use ::js_sys::Date;"),
            ],
            "`js_sys` belongs to",
        );
        holds(&[
            ("worker.rs", "use worker::Env; use js_sys::Date;"),
            ("bindings.rs", "use crate::worker::now;"),
        ]);
        holds(&[(
            "store.rs",
            "fn f(worker: &str) { let x = \"js_sys\"; /* web_sys /* getrandom */ Instant */ }",
        )]);
        holds(&[("cache.rs", "#[wasm_bindgen_test(unsupported = test)] fn f() {}")]);
    }

    #[test]
    fn unsafe_fails_but_in_one_file() {
        fails(
            &[("worker.rs", "fn f() { unsafe { g() } }")],
            "`unsafe` belongs to bindings/raw.rs",
        );
        holds(&[
            ("bindings.rs", "mod raw;"),
            ("bindings/raw.rs", "unsafe fn f() {}"),
        ]);
        holds(&[("lib.rs", "#![deny(unsafe_code)]")]);
    }

    #[test]
    fn a_file_that_nothing_mounts_fails() {
        fails(&[("cache/tag.rs", "")], "cache/tag.rs: no `mod` mounts this file");
        fails(
            &[("cache.rs", "// mod tag;"), ("cache/tag.rs", "")],
            "cache/tag.rs: no `mod` mounts this file",
        );
        holds(&[
            ("cache.rs", "pub(crate) mod tag;"),
            ("cache/tag.rs", "mod set;"),
            ("cache/tag/set.rs", ""),
        ]);
    }

    #[test]
    fn state_between_requests_fails() {
        fails(
            &[("worker.rs", "static mut COUNT: u32 = 0;")],
            "`static` holds state",
        );
        fails(
            &[("worker.rs", "thread_local! { static A: u32 = 0 }")],
            "`thread_local` holds state",
        );
        holds(&[(
            "worker.rs",
            "static NAMES: &[&str] = &[\"thread_local!\"]; fn f(x: &'static mut u8) {}",
        )]);
    }

    #[test]
    fn trimming_unicode_space_in_http_fails() {
        fails(
            &[
                ("http.rs", "mod date;"),
                ("http/date.rs", "fn f(s: &str) { s.trim(); }"),
            ],
            "`trim` strips more",
        );
        fails(
            &[("http.rs", "fn f(s: &str) { s.split(',').map(str::trim_end); }")],
            "`trim_end` strips more",
        );
        holds(&[
            (
                "http.rs",
                "fn f(s: &str) { s.trim_matches([' ', '\\t']); trim(s); }",
            ),
            ("route.rs", "fn f() { s.trim() }"),
        ]);
    }

    #[test]
    fn the_reader_leaves_out_what_is_not_code() {
        let words = |text| {
            tokens(text)
                .into_iter()
                .map(|token| token.text)
                .collect::<Vec<_>>()
        };
        assert_eq!(words("a // b\nc"), ["a", "c"]);
        assert_eq!(words("a /* b /* c */ d */ e"), ["a", "e"]);
        assert_eq!(words(r##"a "b \" c" r#"d " e"# br"f" g"##), ["a", "g"]);
        assert_eq!(words(r"a '\'' 'b' '\u{1F600}' '“' c"), ["a", "c"]);
        assert_eq!(
            words("fn f<'a>(x: &'a str)"),
            ["fn", "f", "<", ">", "(", "x", ":", "&", "str", ")"]
        );
        assert_eq!(words("r#type b'x' ré"), ["r", "#", "type", "b", "ré"]);
        assert_eq!(tokens("\"a\nb\"\nc")[0].line, 3);
    }
}
