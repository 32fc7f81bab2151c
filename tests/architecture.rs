//! The layout of `src/` as a test: `words <- http <- policy <- {store, reply} <- flow <- {worker, bindings}`.
//!
//! Reads the sources as tokens, without comments and strings, and fails on an arrow that points back, on JavaScript types,
//! clocks or randomness below the edges, and on a few habits that each cost somebody a bug.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/tokens.rs"]
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use tokens::{Token, tokens};

/// Every room of `src/` and its layer. A room uses lower layers, and its own layer as long as nobody there uses it back.
const LAYERS: &[(&str, usize)] = &[
    ("time", 0),
    ("secret", 0),
    ("error", 0),
    ("hex", 0),
    ("json", 0),
    ("sabotage", 0),
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
const STATE: &[&str] = &[
    // Which bug is planted in a test; no module for the web can have it.
    "sabotage.rs",
    // What runs and what it waits for, by numbers: nothing of a request but its place in the queue.
    "worker/wait.rs",
];

/// Strips Unicode white space, where HTTP knows space and tab alone.
const TRIMS: &[&str] = &["trim", "trim_start", "trim_end"];

#[test]
fn the_sources_keep_the_layout() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    read(&root, &root, &mut files);
    assert!(files.contains_key("lib.rs"), "no sources under {}", root.display());
    let found = violations(&files);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn read(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// A bug is planted under a feature that no build has by itself, and that no module for the web can have.
#[test]
fn no_module_has_a_planted_bug() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let features = manifest.split("\n[").find(|part| part.starts_with("features]")).unwrap();
    assert!(features.contains("\nsabotage = []") && !features.contains("default"), "{features}");
    let sabotage = fs::read_to_string(root.join("src/sabotage.rs")).unwrap();
    assert!(sabotage.contains(r#"#[cfg(all(feature = "sabotage", target_arch = "wasm32"))]"#));
    let build = fs::read_to_string(root.join("scripts/build")).unwrap();
    let asked = ["sabotage", "--features", "--all-features"].into_iter().find(|text| build.contains(text));
    assert_eq!(asked, None, "scripts/build takes the features that there are by default");
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
            found.push(format!("{file}: `{from}` has no layer: give it one in tests/architecture.rs"));
            continue;
        };
        for (line, to) in uses(&module, &tokens) {
            let Some(target) = self::layer(&to).filter(|_| to != *from) else {
                continue;
            };
            if target > layer {
                found.push(format!("{file}:{line}: `{from}` uses `{to}`, which stands above it"));
            } else {
                edges.entry((from.clone(), to)).or_insert(format!("{file}:{line}"));
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
            found.push(format!("{file}:{line}: `{text}` belongs to worker/ and bindings/"));
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
            found.push(format!("{file}:{line}: `{text}` strips more than HTTP's space and tab"));
        }
    }
    found
}

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().find(|(name, _)| *name == room).map(|(_, layer)| *layer)
}

/// `cache/tag.rs` is `[cache, tag]`, `cache/mod.rs` and `cache.rs` are `[cache]`, `lib.rs` is `[]`.
fn module_path(file: &str) -> Vec<String> {
    let stem = file.trim_end_matches(".rs");
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    if stem == "lib" { Vec::new() } else { stem.split('/').map(str::to_owned).collect() }
}

/// The files that the `mod name;` lines of this module mount.
fn mounts(module: &[String], tokens: &[Token]) -> Vec<String> {
    let folder: String = module.iter().map(|part| format!("{part}/")).collect();
    let names = tokens.windows(3).filter(|three| three[0].text == "mod" && three[2].text == ";");
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
