//! Paths, patterns and methods, rule by rule (RV-7, RV-8, NV-12, NV-13; patterns as in Next's sorted routes).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use freshtag::cache::tag::Tag;
use freshtag::error::ErrorCode;
use freshtag::route::method::{Method, MethodVerdict, decide, is_middleware_only};
use freshtag::route::path_tags::{implicit_tags, revalidate_path_tags};
use freshtag::route::pattern::{Match, Matched, Param, Router};
use proptest::prelude::*;

fn router(patterns: &[&str]) -> Router {
    Router::new(&owned(patterns)).unwrap()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn one(name: &str, value: &str) -> (String, Param) {
    (name.to_owned(), Param::One(value.to_owned()))
}

fn many(name: &str, values: &[&str]) -> (String, Param) {
    (name.to_owned(), Param::Many(owned(values)))
}

#[test]
fn revalidate_path_names_tags() {
    let rows: [(&str, &str, Option<&str>, &[&str]); 19] = [
        ("RV-8", "/", None, &["/", "/index"]),
        ("RV-8", "/", Some("layout"), &["/layout"]),
        ("RV-8", "/", Some("page"), &["/page"]),
        ("RV-8", "/blog/", None, &["/blog"]),
        ("RV-8", "/blog/[slug]", Some("page"), &["/blog/[slug]/page"]),
        ("RV-8", "/(g)/blog", Some("page"), &["/(g)/blog/page"]),
        ("RV-8", "blog", None, &["blog"]),
        ("RV-8", "/blog?a=1", None, &["/blog?a=1"]),
        ("RV-7", "/index", None, &["/index", "/"]),
        ("RV-7", "", None, &[""]),
        ("RV-7", "", Some("page"), &["/page"]),
        ("RV-7", "//", None, &["/", "/index"]),
        ("RV-7", "/a//", None, &["/a/"]),
        ("RV-7", "/a//", Some("page"), &["/a/page"]),
        ("RV-7", "/blog", Some(""), &["/blog"]),
        ("RV-7", "/blog", Some("anything"), &["/blog/anything"]),
        ("RV-7", "/café", None, &["/caf%C3%A9"]),
        ("RV-7", "/", Some("index"), &["/index", "/"]),
        ("RV-7", "/blog/hello", Some("layout"), &["/blog/hello/layout"]),
    ];
    for (rule, path, kind, expected) in rows {
        let expected: Vec<Tag> = expected.iter().map(|tag| Tag::new(&format!("_N_T_{tag}"))).collect();
        let found = revalidate_path_tags(path, kind);
        assert_eq!((found.tags, found.warning), (expected, None), "{rule}: {path:?}, {kind:?}");
    }
}

#[test]
fn revalidate_path_warns_when_it_does_nothing() {
    let long = |length: usize| format!("/{}", "x".repeat(length - 1));
    let rows = [
        // rule, path, type, number of tags, warning
        ("RV-7", "/blog/[slug]".to_owned(), None, 1, Some("type")),
        ("RV-7", "/[...rest]/x".to_owned(), None, 1, Some("type")),
        ("RV-7", "/[[...rest]]".to_owned(), None, 1, Some("type")),
        ("RV-7", "/blog/[slug]".to_owned(), Some("layout"), 1, None),
        ("RV-7", "/blog/x[slug]".to_owned(), None, 1, None),
        ("RV-7", "/blog/[]".to_owned(), None, 1, None),
        ("RV-7", long(1024), None, 1, None),
        ("RV-7", long(1025), None, 0, Some("max length of 1024")),
        ("RV-7", long(1025), Some("page"), 0, Some("max length of 1024")),
        ("RV-7", format!("/{}", "😀".repeat(512)), None, 0, Some("max length of 1024")),
        ("RV-7", format!("/{}", "é".repeat(1023)), None, 1, None),
    ];
    for (rule, path, kind, count, warning) in rows {
        let found = revalidate_path_tags(&path, kind);
        assert_eq!(found.tags.len(), count, "{rule}: {path}");
        match (found.warning, warning) {
            (Some(found), Some(part)) => assert!(found.contains(part), "{rule}: {found}"),
            (found, expected) => assert_eq!(found.is_some(), expected.is_some(), "{rule}: {path}"),
        }
    }
}

#[test]
fn revalidate_path_reaches_what_is_below_a_layout() {
    let page = implicit_tags("/(g)/blog/[slug]/page", "/blog/hello");
    let rows = [
        ("RV-8", "/", Some("layout"), true),
        ("RV-8", "/(g)", Some("layout"), true),
        ("RV-8", "/(g)/blog/[slug]", Some("page"), true),
        ("RV-8", "/blog/hello", None, true),
        ("RV-8", "/blog/hello/", None, true),
        ("RV-8", "/blog", Some("layout"), false),
        ("RV-8", "/blog/hello", Some("page"), false),
        ("RV-8", "/(g)/blog", Some("page"), false),
        ("RV-8", "blog/hello", None, false),
    ];
    for (rule, path, kind, reached) in rows {
        let tags = revalidate_path_tags(path, kind).tags;
        assert_eq!(tags.iter().any(|tag| page.contains(tag)), reached, "{rule}: {path}, {kind:?}");
    }
}

#[test]
fn a_path_finds_its_route() {
    let patterns = [
        "/[id]",
        "/a/[...rest]",
        "/a/b",
        "/[id]/c",
        "/a/[id]",
        "/",
        "/b/[[...any]]",
        "/b/[x]/y",
        "/(shop)/cart",
        "/a/[id]/(deep)/[more]",
        "/café/x y",
    ];
    let router = router(&patterns);
    let rows = [
        ("/", "/", vec![]),
        ("/q", "/[id]", vec![one("id", "q")]),
        ("/a", "/[id]", vec![one("id", "a")]),
        ("/q/c", "/[id]/c", vec![one("id", "q")]),
        ("/a/b", "/a/b", vec![]),
        ("/a/c", "/a/[id]", vec![one("id", "c")]),
        ("/a/1/2", "/a/[id]/(deep)/[more]", vec![one("id", "1"), one("more", "2")]),
        ("/a/b/c", "/a/[id]/(deep)/[more]", vec![one("id", "b"), one("more", "c")]),
        ("/a/1/2/3", "/a/[...rest]", vec![many("rest", &["1", "2", "3"])]),
        ("/b", "/b/[[...any]]", vec![]),
        ("/b/1", "/b/[[...any]]", vec![many("any", &["1"])]),
        ("/b/1/y", "/b/[x]/y", vec![one("x", "1")]),
        ("/b/1/z", "/b/[[...any]]", vec![many("any", &["1", "z"])]),
        ("/cart", "/(shop)/cart", vec![]),
        ("/caf%C3%A9/x%20y", "/café/x y", vec![]),
        // matching is on the raw path, decoding is per segment
        ("/%61/b", "", vec![]),
        ("/x%2Fy", "/[id]", vec![one("id", "x/y")]),
        ("/x%2fc", "/[id]", vec![one("id", "x/c")]),
        ("/b/x%2Fy/z", "/b/[[...any]]", vec![many("any", &["x/y", "z"])]),
        ("/%E2%82%AC", "/[id]", vec![one("id", "€")]),
        ("/a+b%2B", "/[id]", vec![one("id", "a+b+")]),
        ("/%2525", "/[id]", vec![one("id", "%25")]),
        ("/..%2f..", "/[id]", vec![one("id", "../..")]),
        // nobody's
        ("/q/d", "", vec![]),
        ("/q/", "", vec![]),
        ("/a/b/", "", vec![]),
        ("//", "", vec![]),
        ("//a", "", vec![]),
        ("/a//b", "", vec![]),
        ("", "", vec![]),
        ("a", "", vec![]),
    ];
    for (path, pattern, params) in rows {
        let expected = match patterns.iter().position(|other| *other == pattern) {
            Some(index) => Matched::Route(Match { index, params }),
            None => Matched::None,
        };
        assert_eq!(router.match_path(path), expected, "{path}");
    }
}

#[test]
fn a_bad_escape_is_malformed_where_a_route_takes_it() {
    let router = router(&["/x/[id]", "/y/[...rest]", "/z/%zz"]);
    for bad in ["%", "%2", "%zz", "%2g", "%ff", "%C3", "%c0%80", "%ed%a0%80", "%00", "a%00b", "%é"] {
        assert_eq!(router.match_path(&format!("/x/{bad}")), Matched::Malformed, "{bad}");
        assert_eq!(router.match_path(&format!("/y/ok/{bad}")), Matched::Malformed, "{bad}");
        assert_eq!(router.match_path(&format!("/elsewhere/{bad}")), Matched::None, "{bad}");
    }
    assert!(matches!(router.match_path("/z/%zz"), Matched::Route(_)));
}

#[test]
fn unusable_patterns_are_refused() {
    let rows: [&[&str]; 29] = [
        &[""],
        &["a"],
        &["/a/"],
        &["//"],
        &["//a"],
        &["/[...a]/b"],
        &["/[[...a]]/b"],
        &["/[...a]/[...b]"],
        &["/[a]/[a]"],
        &["/[a]/[...a]"],
        &["/[]"],
        &["/[...]"],
        &["/[[...]]"],
        &["/[[a]]"],
        &["/[a"],
        &["/a]"],
        &["/x[a]"],
        &["/[a]x"],
        &["/[.a]"],
        &["/[…a]"],
        &["/a", "/a"],
        &["/a", "/(g)/a"],
        &["/[a]", "/[b]"],
        &["/[a]/x", "/[b]/y"],
        &["/[...a]", "/[[...b]]"],
        &["/[...a]", "/[...b]"],
        &["/", "/[[...a]]"],
        &["/a/[[...b]]", "/a/c", "/a"],
        &["/[[...a]]", "/[[...b]]"],
    ];
    for patterns in rows {
        let error = Router::new(&owned(patterns)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidPath, "{patterns:?}");
        let named =
            patterns.iter().filter(|pattern| error.message().contains(&format!("\"{pattern}\""))).count();
        assert!(named >= patterns.len().min(2), "{patterns:?}: {error}");
    }
    let rows: [&[&str]; 7] = [
        &[],
        &["/[a]", "/[...b]"],
        &["/x/[a]", "/y/[b]"],
        &["/a/[...b]", "/a"],
        &["/[a]/[b]", "/[a]"],
        &["/(g)"],
        &["/a/[[...b]]/(g)"],
    ];
    for patterns in rows {
        assert!(Router::new(&owned(patterns)).is_ok(), "{patterns:?}");
    }
}

#[test]
fn methods_choose_handlers() {
    use Method::{Delete, Get, Head, Options, Patch, Post, Put};
    let options = |allow: &str| MethodVerdict::Options { allow: allow.to_owned() };
    let rows: [(&str, &str, &[Method], MethodVerdict); 17] = [
        ("NV-12", "GET", &[Get], MethodVerdict::Run(Get)),
        ("NV-12", "HEAD", &[Get], MethodVerdict::RunGetForHead),
        ("NV-12", "HEAD", &[Get, Head], MethodVerdict::Run(Head)),
        ("NV-12", "HEAD", &[Post], MethodVerdict::NotAllowed),
        ("NV-12", "GET", &[Head], MethodVerdict::NotAllowed),
        ("NV-12", "POST", &[Get], MethodVerdict::NotAllowed),
        ("NV-12", "OPTIONS", &[Get, Options], MethodVerdict::Run(Options)),
        ("NV-12", "OPTIONS", &[Get], options("GET, HEAD, OPTIONS")),
        ("NV-12", "OPTIONS", &[Post], options("OPTIONS, POST")),
        ("NV-12", "OPTIONS", &[], options("OPTIONS")),
        (
            "NV-12",
            "OPTIONS",
            &[Put, Post, Patch, Get, Delete],
            options("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),
        ),
        ("NV-12", "TRACE", &[Get], MethodVerdict::BadRequest),
        ("NV-12", "CONNECT", &[Get], MethodVerdict::BadRequest),
        ("NV-12", "PROPFIND", &[Get], MethodVerdict::BadRequest),
        ("NV-12", "get", &[Get], MethodVerdict::BadRequest),
        ("NV-12", "", &[Get], MethodVerdict::BadRequest),
        ("NV-12", "DELETE", &[], MethodVerdict::NotAllowed),
    ];
    for (rule, method, implemented, expected) in rows {
        assert_eq!(decide(method, implemented), expected, "{rule}: {method} of {implemented:?}");
    }
    for method in Method::ALL {
        assert_eq!(Method::parse(method.as_str()), Some(method), "NV-12");
    }
}

#[test]
fn handlers_may_not_answer_as_middleware() {
    let rows = [
        ("NV-13", "x-middleware-rewrite", "/a", true),
        ("NV-13", "X-Middleware-Rewrite", "", true),
        ("NV-13", "x-middleware-next", "1", true),
        ("NV-13", "x-middleware-next", "0", false),
        ("NV-13", "x-other", "1", false),
    ];
    for (rule, header, value, expected) in rows {
        assert_eq!(is_middleware_only(header, value), expected, "{rule}: {header}: {value}");
    }
}

/// The slow way: every pattern is tried, and the best by Next's order of segments is taken.
fn oracle(patterns: &[String], path: &str) -> Option<usize> {
    fn rank(segment: &str) -> u8 {
        if segment.starts_with("[[...") {
            3
        } else if segment.starts_with("[...") {
            2
        } else {
            u8::from(segment.starts_with('['))
        }
    }
    fn fits(pattern: &[&str], path: &[&str]) -> bool {
        match (pattern, path) {
            ([], []) => true,
            ([segment, rest @ ..], path) => match (rank(segment), path) {
                (3, _) | (2, [_, ..]) => true,
                (1, [_, path @ ..]) => fits(rest, path),
                (0, [part, path @ ..]) => segment == part && fits(rest, path),
                _ => false,
            },
            _ => false,
        }
    }
    let split = |text: &str| -> Vec<String> {
        text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let path = split(path);
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let matching = patterns.iter().enumerate().filter(|(_, pattern)| {
        let pattern = split(pattern);
        fits(&pattern.iter().map(String::as_str).collect::<Vec<_>>(), &path)
    });
    let ranks = |pattern: &str| -> Vec<u8> { split(pattern).iter().map(|segment| rank(segment)).collect() };
    matching.min_by_key(|(_, pattern)| ranks(pattern)).map(|(index, _)| index)
}

fn pattern() -> impl Strategy<Value = String> {
    let segments = prop::collection::vec(prop_oneof![Just("a"), Just("b"), Just("[x]")], 0..4);
    (segments, prop_oneof![4 => Just(""), 1 => Just("[...r]"), 1 => Just("[[...r]]")]).prop_map(
        |(segments, last)| {
            // one name per depth, so that most sets of patterns are usable
            let mut pattern = String::new();
            for (depth, segment) in segments.iter().enumerate() {
                pattern.push('/');
                pattern.push_str(&segment.replace('x', &format!("x{depth}")));
            }
            if pattern.is_empty() || !last.is_empty() {
                pattern.push('/');
            }
            pattern + last
        },
    )
}

proptest! {
    #[test]
    fn precedence_agrees_with_the_slow_way(
        patterns in prop::collection::vec(pattern(), 0..8),
        path in "(/[abc]){1,4}|/",
    ) {
        if let Ok(router) = Router::new(&patterns) {
            match (router.match_path(&path), oracle(&patterns, &path)) {
                (Matched::Route(found), Some(index)) => prop_assert_eq!(found.index, index),
                (found, expected) => prop_assert_eq!((found, expected), (Matched::None, None)),
            }
        }
    }

    #[test]
    fn any_text_is_a_path_and_a_pattern(patterns in prop::collection::vec("[/\\[\\].()a%é]{0,12}", 0..3), path in any::<String>()) {
        if let Ok(router) = Router::new(&patterns) {
            let _ = router.match_path(&path);
        }
        let router = router(&["/[a]", "/[a]/[...b]"]);
        let _ = router.match_path(&format!("/{path}"));
    }

    #[test]
    fn a_parameter_is_what_was_encoded(value in "[^\u{0}]{1,20}") {
        let encoded: String = value.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let expected = Matched::Route(Match { index: 0, params: vec![one("id", &value)] });
        prop_assert_eq!(router(&["/p/[id]"]).match_path(&format!("/p/{encoded}")), expected);
    }

    /// RV-8: `revalidatePath` of a request's path reaches every page at that path.
    #[test]
    fn revalidating_a_path_reaches_its_page(pathname in "(/[a-zé%]{1,5}){1,4}") {
        let tags = revalidate_path_tags(&pathname, None).tags;
        prop_assert!(implicit_tags("/[...any]/page", &pathname).contains(tags.first().unwrap()));
    }
}

#[test]
fn matching_takes_linear_time() {
    // Twenty patterns that agree with the path nearly to their ends, and paths as long as they get.
    let mut patterns = vec!["/".to_owned() + &"a/".repeat(20) + "z"];
    for depth in 0..20 {
        patterns.push(format!("/{}[x{depth}]/{}y", "a/".repeat(depth), "a/".repeat(19 - depth)));
    }
    let router = Router::new(&patterns).unwrap();
    let rest = self::router(&["/[...rest]"]);
    let path = "/a".repeat(1500);
    let (encoded, commas) = (format!("/{}", "%61".repeat(1000)), format!("/{}", ",".repeat(3000)));

    let started = time();
    for _ in 0..1000 {
        assert_eq!(router.match_path(&path), Matched::None);
        for path in [&path, &encoded, &commas] {
            assert!(matches!(rest.match_path(path), Matched::Route(_)));
        }
    }
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[allow(clippy::disallowed_methods)] // the library has no clock; a test may look at one
fn time() -> std::time::Instant {
    std::time::Instant::now()
}
