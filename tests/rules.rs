//! Rules that belong to no one file: ties, repeated calls, keys that must not meet.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use std::rc::Rc;

use freshtag::cache::freshness::origin_tags;
use freshtag::cache::key::{KeySpace, StoreKey};
use freshtag::cache::mark::{HardMark, Reader, SoftMark, TagMarks, TagState, judge};
use freshtag::cache::seen::Floors;
use freshtag::cache::tag::Tag;
use freshtag::flow::Visit;
use freshtag::route::path_tags::{origin_soft_tags, revalidate_path_tags};
use freshtag::secret::Secret;
use freshtag::store::How;
use freshtag::time::{Seconds, UnixMillis};
use proptest::prelude::*;

#[test]
fn a_tie_counts_as_invalid() {
    let hard = |t: i64| TagMarks {
        hard: Some(HardMark { t: UnixMillis(t), by: "them".into(), exact: None }),
        soft: Vec::new(),
    };
    let soft = |s: i64, x: i64| TagMarks {
        hard: None,
        soft: vec![SoftMark { s: UnixMillis(s), x: UnixMillis(x), by: "them".into(), exact: None }],
    };
    let reader = Reader { me: "me", own: None, lead_ms: 1_000, now: UnixMillis(60_000) };
    let rows = [
        ("WK-3 hard, older", hard(10_000), 9_999, TagState::Expired),
        ("WK-3 hard, tie", hard(10_000), 10_000, TagState::Expired),
        ("TG-14 hard, newer", hard(10_000), 10_001, TagState::Valid),
        ("WK-3 soft, tie, its time over", soft(10_000, 60_000), 10_000, TagState::Expired),
        ("TG-14 soft, tie, its time not over", soft(10_000, 60_001), 10_000, TagState::Stale),
        ("UC-18 soft, newer", soft(10_000, 60_001), 10_001, TagState::Valid),
    ];
    for (rule, marks, as_of, state) in rows {
        assert_eq!(judge(&marks, UnixMillis(as_of), &reader), state, "{rule}");
    }
}

#[test]
fn the_same_revalidation_twice_is_one() {
    let visit = Visit::new(Floors::default(), Rc::new(|_task| ()));
    let record = |tag: &str, how: How, at: i64| visit.record(vec![Tag::new(tag)], how, UnixMillis(at));
    let later = How::StaleThenExpire(Seconds(60.0));
    let first = record("a", How::Expire, 1_000);
    assert_eq!(record("a", How::Expire, 2_000), first, "RV-10: its time moves");
    assert_ne!(record("a", later, 2_000), first, "RV-10: another profile");
    assert_ne!(record("b", How::Expire, 2_000), first, "RV-10: another tag");
    assert_eq!(visit.floors().of(&Tag::new("a")), Some(UnixMillis(2_000)), "RV-14: whatever the profile");
}

#[test]
fn tags_of_an_origin_come_from_two_fields() {
    let headers = |list: &[(&str, &str)]| -> Vec<(Box<str>, Box<str>)> {
        list.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    };
    let long = format!("a,{},b", "x".repeat(257));
    let rows = [
        (
            "IC-12",
            vec![("x-next-cache-tags", "_N_T_/layout,_N_T_/a,posts")],
            vec!["_N_T_/layout", "_N_T_/a", "posts"],
        ),
        ("IC-12", vec![("cache-tag", "a, b\t,,c")], vec!["a", "b", "c"]),
        ("IC-12", vec![("cache-tag", "a"), ("cache-tag", "b"), ("x-other", "c")], vec!["a", "b"]),
        ("TG-1", vec![("cache-tag", &*long)], vec!["a", "b"]),
        ("TG-8", vec![("x-next-cache-tags", "one,tag")], vec!["one", "tag"]),
    ];
    for (rule, list, tags) in rows {
        let found = origin_tags(&headers(&list));
        assert_eq!(found.iter().map(Tag::as_str).collect::<Vec<_>>(), tags, "{rule}: {list:?}");
    }
}

#[test]
fn a_page_of_an_origin_is_revalidated_by_its_path() {
    let pages = ["/", "/a", "/a/b/", "/a/bc", "/1/2/3/4/5/6/7/8/9"];
    let rows: [(&str, Option<&str>, &[&str]); 10] = [
        ("/", None, &["/"]),
        ("/", Some("page"), &["/"]),
        ("/", Some("layout"), &pages),
        ("/a", None, &["/a"]),
        ("/a/", Some("page"), &["/a"]),
        ("/a", Some("layout"), &["/a", "/a/b/", "/a/bc"]),
        ("/a/b", None, &["/a/b/"]),
        ("/1/2/3/4/5/6/7/8", Some("layout"), &["/1/2/3/4/5/6/7/8/9"]),
        ("/1/2/3/4/5/6/7/8/9", None, &["/1/2/3/4/5/6/7/8/9"]),
        ("/1/2/3/4/5/6/7/8/9", Some("layout"), &[]),
    ];
    for (path, kind, reached) in rows {
        let expired = revalidate_path_tags(path, kind).tags;
        let is_reached = |page: &&str| origin_soft_tags(page).iter().any(|tag| expired.contains(tag));
        let found: Vec<&str> = pages.iter().copied().filter(is_reached).collect();
        assert_eq!(found, reached, "RV-8: {path} {kind:?}");
    }
    let deep = origin_soft_tags(&"/x".repeat(2_000));
    assert!(
        deep.len() < 16 && deep.iter().all(|tag| tag.as_str().len() < 5_000),
        "RV-8: a deep path stays cheap"
    );
}

#[test]
fn secrets_compare_as_a_whole() {
    let secret = Secret::new("correct horse");
    for wrong in ["", "c", "correct hors", "correct horse ", "correct horsf", "Correct horse"] {
        assert!(!secret.matches(wrong), "WK-15: {wrong:?}");
    }
    assert!(secret.matches("correct horse"), "WK-15");
}

proptest! {
    /// T6, T8: two keys are the same only where all their parts are.
    #[test]
    fn keys_meet_only_where_all_parts_are_the_same(
        a in proptest::collection::vec("[a/|:0-9é]{0,4}", 4),
        b in proptest::collection::vec("[a/|:0-9é]{0,4}", 4),
    ) {
        let keys = KeySpace::new("t").unwrap();
        let make = |p: &[String]| -> Vec<StoreKey> {
            vec![
                keys.route(&p[0], &p[1]),
                keys.proxy(&p[0], &p[1], &p[2], &p[3]),
                keys.data(&p[0], &p[1], &p[2]),
                keys.plain(&p[0]),
            ]
        };
        for (i, one) in make(&a).iter().enumerate() {
            for (j, other) in make(&b).iter().enumerate() {
                let parts = [2, 4, 3, 1][i];
                let same = i == j && a[..parts] == b[..parts];
                prop_assert_eq!(one.full() == other.full(), same);
                prop_assert_eq!(one.name() == other.name(), same);
            }
        }
    }
}
