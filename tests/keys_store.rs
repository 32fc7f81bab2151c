//! Names in the store: injective (T3, T6, T8), readable, and never too long.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use freshtag::cache::key::{FORMAT, KeySpace, Kind, StoreKey};
use freshtag::cache::tag::Tag;
use freshtag::error::ErrorCode;
use proptest::prelude::*;

/// Bytes a key may have in KV.
const LIMIT: usize = 512;

fn space() -> KeySpace {
    KeySpace::new("").unwrap()
}

/// The longest namespace there may be.
fn wide() -> KeySpace {
    KeySpace::new(&"n".repeat(64)).unwrap()
}

/// One way to make a key.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
enum Parts {
    Route(String, String),
    Proxy(String, String, String, String),
    Data(String, String, String),
    Plain(String),
}

impl Parts {
    fn key(&self, keys: &KeySpace) -> StoreKey {
        match self {
            Self::Route(authority, path) => keys.route(authority, path),
            Self::Proxy(authority, path, query, variant) => keys.proxy(authority, path, query, variant),
            Self::Data(build, id, args) => keys.data(build, id, args),
            Self::Plain(text) => keys.plain(text),
        }
    }
}

/// Texts made of what separates parts, so that two of them are often nearly equal.
fn text() -> impl Strategy<Value = String> {
    "[a|:0-2/~%é\u{0}]{0,5}"
}

fn parts() -> impl Strategy<Value = Parts> {
    prop_oneof![
        (text(), text()).prop_map(|(a, b)| Parts::Route(a, b)),
        (text(), text(), text(), text()).prop_map(|(a, b, c, d)| Parts::Proxy(a, b, c, d)),
        (text(), text(), text()).prop_map(|(a, b, c)| Parts::Data(a, b, c)),
        text().prop_map(Parts::Plain),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// T6: two keys are equal if and only if what they are made of is.
    #[test]
    fn keys_are_injective((a, b) in (parts(), parts())) {
        let (x, y) = (a.key(&space()), b.key(&space()));
        prop_assert_eq!(x.full() == y.full(), a == b);
        prop_assert_eq!(x.name() == y.name(), a == b);
    }

    #[test]
    fn names_are_short_and_plain(parts in parts(), long in "[é/a~ ]{0,700}") {
        for parts in [parts, Parts::Route(long.clone(), long.clone()), Parts::Plain(long)] {
            let key = parts.key(&wide());
            let name = key.name();
            prop_assert!(name.len() <= LIMIT);
            prop_assert!(name.bytes().all(|b| (b'!'..=b'~').contains(&b)), "{}", name);
            let (readable, digest) = name.rsplit_once('~').unwrap();
            prop_assert!(!readable.contains('~'));
            prop_assert!(digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit()));
        }
    }

    /// T6: two tags share a mark only if they are one tag.
    #[test]
    fn marks_are_injective((a, b) in ("[~a/é ]{0,6}", "[~a/é ]{0,6}"), pad in 0..500_usize) {
        let (long_a, long_b) = (format!("{}{a}", "x".repeat(pad)), format!("{}{b}", "x".repeat(pad)));
        for (a, b) in [(a, b), (long_a, long_b)] {
            let (a, b) = (Tag::new(&a), Tag::new(&b));
            prop_assert_eq!(space().hard_mark(&a) == space().hard_mark(&b), a == b);
            prop_assert_eq!(space().soft_marks(&a) == space().soft_marks(&b), a == b);
            prop_assert!(space().hard_mark(&a) != space().soft_marks(&b));
            prop_assert!(wide().hard_mark(&a).len() <= LIMIT && wide().soft_marks(&a).len() <= LIMIT);
        }
    }
}

#[test]
fn what_looks_alike_is_not_the_same_key() {
    let keys = space();
    let alike = [
        // T8: host, then path.
        keys.route("a.example", "/p"),
        keys.route("b.example", "/p"),
        keys.route("a.example:8080", "/p"),
        keys.route("a.example/p", ""),
        keys.route("", "a.example/p"),
        keys.route("a.example", "/P"),
        keys.route("a.example", "/p/"),
        keys.route("a.example", "//p"),
        keys.route("a.example", "/%70"),
        keys.route("A.example", "/p"),
        // T6: the cut between parts, the count of parts, their kinds.
        keys.data("", "a", "b"),
        keys.data("a", "", "b"),
        keys.data("", "a|1:b", ""),
        keys.data("", "", "a|1:b"),
        keys.data("", "f", "[\"a,b\"]"),
        keys.data("", "f", "[\"a\",\"b\"]"),
        keys.plain("a"),
        keys.plain("1:a"),
        keys.plain(""),
        keys.plain("a.example|/p"),
        // T3: the query and the variant.
        keys.proxy("a.example", "/p", "", ""),
        keys.proxy("a.example", "/p", "?a=1", ""),
        keys.proxy("a.example", "/p", "", "?a=1"),
        keys.proxy("a.example", "/p?a=1", "", ""),
        keys.proxy("a.example", "/p", "", "rsc:1:1;"),
        keys.proxy("a.example", "/p", "", "rsc:1:1;next-router-prefetch:1:1;"),
        keys.proxy("a.example", "/p", "", "next-router-prefetch:1:1;"),
    ];
    let names: HashSet<&str> = alike.iter().map(StoreKey::name).collect();
    let fulls: HashSet<&str> = alike.iter().map(StoreKey::full).collect();
    assert_eq!((names.len(), fulls.len()), (alike.len(), alike.len()), "T3, T6, T8");
}

#[test]
fn a_name_is_what_it_was() {
    // Stored entries outlive a deploy: a change here needs a new format.
    assert_eq!(FORMAT, 1);
    let key = KeySpace::new("blog").unwrap().route("example.com", "/posts/é ~1");
    assert_eq!(key.full(), "route|11:example.com|12:/posts/é ~1");
    let (readable, digest) = key.name().rsplit_once('~').unwrap();
    assert_eq!(readable, "f1-blog/e/route/example.com/posts/%C3%A9%20%7E1");
    assert_eq!(digest, "c7e378d566a447a13211b4a6cede962b9e5ff4d1e5c6035fb5f499e98f67ee9e");
    assert_eq!(space().watermark(), "f1/w");
    assert_eq!(space().hard_mark(&Tag::new("posts")), "f1/x/posts");
    assert_eq!(space().soft_marks(&Tag::new("a b")), "f1/s/a b");
    assert_eq!(space().entries_prefix(None), "f1/e/");
    assert_eq!(space().entries_prefix(Some(Kind::Data)), "f1/e/data/");
}

#[test]
fn long_tags_are_named_by_their_digest() {
    // Rows: tag, whether its name is a digest.
    let rows = [
        ("x".repeat(400), false),
        ("x".repeat(401), true),
        ("é".repeat(66), false), // 396 bytes once encoded
        ("é".repeat(67), true),
        ("~a".to_owned(), true), // so that no tag can pose as another one's digest
        ("a~".to_owned(), false),
        (String::new(), false),
    ];
    for (text, digested) in rows {
        let name = space().hard_mark(&Tag::new(&text));
        let rest = name.strip_prefix("f1/x/").unwrap();
        assert_eq!(rest.starts_with('~') && rest.len() == 65, digested, "{text}");
        // A tag that is literally the name of another's digest has a digest of its own.
        if digested {
            assert_ne!(space().hard_mark(&Tag::new(rest)), name);
        }
    }
}

#[test]
fn namespaces_are_apart() {
    let (a, b) = (KeySpace::new("a").unwrap(), KeySpace::new("b").unwrap());
    let tag = Tag::new("t");
    for (x, y) in [
        (a.watermark(), b.watermark()),
        (a.hard_mark(&tag), b.hard_mark(&tag)),
        (a.soft_marks(&tag), b.soft_marks(&tag)),
        (a.plain("k").name().to_owned(), b.plain("k").name().to_owned()),
        (a.entries_prefix(None), b.entries_prefix(None)),
    ] {
        assert_ne!(x, y);
        assert!(x.starts_with("f1-a/") && y.starts_with("f1-b/"));
    }
    // The one without a name is not a prefix of those with one.
    assert!(!a.watermark().starts_with(&space().entries_prefix(None)));
    for good in ["", "a", "A-Z_0.9", &"n".repeat(64)] {
        assert!(KeySpace::new(good).is_ok(), "{good}");
    }
    for bad in ["a/b", "a b", "é", "a~", "a:b", "\n", &"n".repeat(65)] {
        let error = KeySpace::new(bad).unwrap_err();
        assert_eq!(error.code(), ErrorCode::Config, "{bad}");
        assert!(error.message().contains("namespace"), "{error}");
    }
}

#[test]
fn kinds_have_names() {
    for kind in [Kind::Data, Kind::Fetch, Kind::Proxy, Kind::Route] {
        assert_eq!(Kind::parse(kind.as_str()), Some(kind));
    }
    for odd in ["", "Route", "page", "route "] {
        assert_eq!(Kind::parse(odd), None);
    }
}
