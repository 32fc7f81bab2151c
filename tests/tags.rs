//! Tags, rule by rule (TG). Values were taken from Next 16.4.6.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashSet;

use freshtag::cache::tag::{RawTag, RejectReason, Tag, encode_header_safe, validate};
use freshtag::route::path_tags::{implicit_tags, route_soft_tags};
use proptest::prelude::*;

fn text(tag: &str) -> RawTag {
    RawTag::Text(tag.to_owned(), tag.encode_utf16().count())
}

fn strs(tags: &[Tag]) -> Vec<&str> {
    tags.iter().map(Tag::as_str).collect()
}

#[test]
fn tags_are_encoded_for_headers() {
    let rows = [
        ("TG-4", "é", "%C3%A9"),
        ("TG-4", "\n", "%0A"),
        ("TG-4", "\u{0}\u{1f}\u{7f}", "%00%1F%7F"),
        ("TG-4", "\t ~!", "\t ~!"),
        ("TG-4", "a,b/c%d[e]", "a,b/c%d[e]"),
        ("TG-4", "%C3%A9", "%C3%A9"),
        ("TG-4", "50 %", "50 %"),
        ("TG-4", "日本 😀", "%E6%97%A5%E6%9C%AC %F0%9F%98%80"),
        ("TG-4", "", ""),
        ("TG-6", " Posts ", " Posts "),
    ];
    for (rule, tag, encoded) in rows {
        assert_eq!(encode_header_safe(tag), encoded, "{rule}: {tag:?}");
        assert_eq!(Tag::new(tag).as_str(), encoded, "{rule}: {tag:?}");
        assert_eq!(Tag::new(tag).to_string(), encoded, "{rule}: {tag:?}");
    }
    assert_ne!(Tag::new("posts"), Tag::new("Posts"), "TG-6");
}

#[test]
fn a_tag_is_a_string_in_json() {
    assert_eq!(serde_json::to_string(&Tag::new("é,\"x\"")).unwrap(), r#""%C3%A9,\"x\"""#, "TG-4");
    assert_eq!(serde_json::from_str::<Tag>("\"é\"").unwrap(), Tag::new("é"), "TG-4");
}

#[test]
fn lists_are_sorted_out() {
    use RejectReason::{NotAString, TooLong};
    let long = |length: usize| "x".repeat(length);
    let array = || RawTag::NotAString("a,b".to_owned());
    type Row = (&'static str, Vec<RawTag>, Vec<String>, Vec<(String, RejectReason)>);
    let rows: [Row; 7] = [
        ("TG-1", vec![text("a"), text("")], vec!["a".to_owned(), String::new()], vec![]),
        (
            "TG-1",
            vec![RawTag::NotAString("null".to_owned()), text("a")],
            vec!["a".to_owned()],
            vec![("null".to_owned(), NotAString)],
        ),
        ("TG-1", vec![text(&long(256))], vec![long(256)], vec![]),
        ("TG-1", vec![text(&long(257)), text("b")], vec!["b".to_owned()], vec![(long(257), TooLong)]),
        ("TG-3", vec![text("a"), text("a")], vec!["a".to_owned(), "a".to_owned()], vec![]),
        ("TG-5", vec![text(&"é".repeat(256))], vec!["%C3%A9".repeat(256)], vec![]),
        ("TG-7", vec![array()], vec![], vec![("a,b".to_owned(), NotAString)]),
    ];
    for (rule, list, valid, rejected) in rows {
        let found = validate(list);
        assert_eq!(strs(&found.valid), valid, "{rule}");
        let found: Vec<_> = found.rejected.into_iter().map(|tag| (tag.tag, tag.reason)).collect();
        assert_eq!(found, rejected, "{rule}");
    }
    // Two code units a character: 128 fit, 129 do not.
    assert_eq!(validate([text(&"😀".repeat(128))]).valid.len(), 1, "TG-1");
    assert_eq!(validate([text(&"😀".repeat(129))]).rejected.len(), 1, "TG-1");
}

#[test]
fn a_list_has_128_tags() {
    let many = |count: usize| (0..count).map(|n| text(&n.to_string()));
    // rule, tags, kept; where Next keeps 129 we keep 128
    let rows =
        [("TG-2", 127, 127), ("TG-2", 128, 128), ("TG-2", 129, 128), ("TG-2", 130, 128), ("TG-2", 500, 128)];
    for (rule, count, kept) in rows {
        let found = validate(many(count));
        assert_eq!((found.valid.len(), found.rejected.len()), (kept, count - kept), "{rule}: {count}");
        assert!(found.rejected.iter().all(|tag| tag.reason == RejectReason::TooMany), "{rule}: {count}");
    }
    let with_bad = [RawTag::NotAString("1".to_owned())].into_iter().chain(many(128));
    assert_eq!(validate(with_bad).valid.len(), 128, "TG-2");
}

#[test]
fn reasons_are_nexts() {
    let rows = [
        ("TG-1", RejectReason::NotAString, "invalid type, must be a string"),
        ("TG-1", RejectReason::TooLong, "exceeded max length of 256"),
        ("TG-2", RejectReason::TooMany, "exceeded max tag count of 128"),
    ];
    for (rule, reason, message) in rows {
        assert_eq!(reason.message(), message, "{rule}");
    }
}

#[test]
fn a_route_implies_tags() {
    let rows: [(&str, &str, &str, &[&str]); 14] = [
        ("TG-10", "/page", "/", &["/layout", "/page", "/", "/index"]),
        (
            "TG-10",
            "/blog/[slug]/page",
            "/blog/hello",
            &["/layout", "/blog/layout", "/blog/[slug]/layout", "/blog/[slug]/page", "/blog/hello"],
        ),
        (
            "TG-10",
            "/(grp)/blog/page",
            "/blog",
            &["/layout", "/(grp)/layout", "/(grp)/blog/layout", "/(grp)/blog/page", "/blog"],
        ),
        (
            "TG-10",
            "/api/x/route",
            "/api/x",
            &["/layout", "/api/layout", "/api/x/layout", "/api/x/route", "/api/x"],
        ),
        (
            "TG-9",
            "/@modal/(.)a/page",
            "/a/",
            &["/layout", "/@modal/layout", "/@modal/(.)a/layout", "/@modal/(.)a/page", "/a/"],
        ),
        ("TG-9", "/page", "/index", &["/layout", "/page", "/index", "/"]),
        (
            "TG-9",
            "/a/page/b/page",
            "/é",
            &["/layout", "/a/layout", "/a/page", "/a/page/b/layout", "/a/page/b/page", "/%C3%A9"],
        ),
        ("TG-9", "", "/x", &["/layout", "/x"]),
        ("TG-9", "/", "/", &["/layout", "/", "/index"]),
        ("TG-9", "//a/", "/a", &["/layout", "//a/layout", "/a"]),
        ("TG-9", "/café/page", "", &["/layout", "/caf%C3%A9/layout", "/caf%C3%A9/page"]),
        ("TG-9", "x/page", "/x", &["/layout", "/x"]),
        ("TG-9", "/tagged/page", "/tagged", &["/layout", "/tagged/layout", "/tagged/page", "/tagged"]),
        ("TG-11", "/blog/page", "/blog", &["/layout", "/blog/layout", "/blog/page", "/blog"]),
    ];
    for (rule, page, pathname, expected) in rows {
        let expected: Vec<String> = expected.iter().map(|tag| format!("_N_T_{tag}")).collect();
        assert_eq!(strs(&implicit_tags(page, pathname)), expected, "{rule}: {page} at {pathname}");
    }
    let concrete = Tag::new("_N_T_/blog/hello/layout");
    assert!(!implicit_tags("/blog/[slug]/page", "/blog/hello").contains(&concrete), "TG-11");
}

#[test]
fn a_pattern_implies_the_tags_of_page_and_route() {
    let rows: [(&str, &str, &str, &[&str]); 4] = [
        ("TG-9", "/", "/", &["/layout", "/page", "/", "/index", "/route"]),
        ("TG-9", "", "/", &["/layout", "/page", "/", "/index", "/route"]),
        (
            "TG-9",
            "/api/x",
            "/api/x",
            &["/layout", "/api/layout", "/api/x/layout", "/api/x/page", "/api/x", "/api/x/route"],
        ),
        (
            "TG-9",
            "/(g)/[id]",
            "/1",
            &["/layout", "/(g)/layout", "/(g)/[id]/layout", "/(g)/[id]/page", "/1", "/(g)/[id]/route"],
        ),
    ];
    for (rule, stem, pathname, expected) in rows {
        let expected: Vec<String> = expected.iter().map(|tag| format!("_N_T_{tag}")).collect();
        assert_eq!(strs(&route_soft_tags(stem, pathname)), expected, "{rule}: {stem:?}");
    }
}

proptest! {
    /// TG-4: encoding is idempotent, gives header-safe text, and keeps what was so already.
    #[test]
    fn encoding_is_idempotent(text in any::<String>()) {
        let once = encode_header_safe(&text).into_owned();
        prop_assert_eq!(encode_header_safe(&once), once.as_str());
        prop_assert!(once.bytes().all(|byte| matches!(byte, b'\t' | 0x20..=0x7e)));
        if text.bytes().all(|byte| matches!(byte, b'\t' | 0x20..=0x7e)) {
            prop_assert_eq!(&once, &text);
        }
    }

    /// TG-4: without `%` in it, a tag can be read back, so that no two share a form.
    #[test]
    fn encoding_is_injective_without_percent(text in "[^%]*") {
        let encoded = encode_header_safe(&text);
        let mut parts = encoded.split('%');
        let mut decoded = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            let (byte, rest) = part.split_at(2);
            decoded.extend(u8::from_str_radix(byte, 16));
            decoded.extend(rest.bytes());
        }
        prop_assert_eq!(String::from_utf8(decoded), Ok(text));
    }

    /// TG-9: every tag once, the root layout first, and the same tags for page and route together.
    #[test]
    fn implied_tags_are_a_set(stem in "(/[a-z\\[\\]().]{0,4}){0,5}", pathname in "(/[a-zé]{0,3}){0,4}") {
        let all = route_soft_tags(&stem, &pathname);
        prop_assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        prop_assert_eq!(all.first(), Some(&Tag::new("_N_T_/layout")));
        let stem = stem.strip_suffix('/').unwrap_or(&stem);
        for kind in ["page", "route"] {
            for tag in implicit_tags(&format!("{stem}/{kind}"), &pathname) {
                prop_assert!(all.contains(&tag));
            }
        }
    }
}
