//! The tag protocol on a store that is late, refuses and fails: what is read, what is written, and in what order
//! things may arrive. Ids are rules of Next (TG), threats (T) and safety properties of the store (S3 to S7).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use std::cell::RefCell;
use std::rc::Rc;

use freshtag::cache::codec;
use freshtag::cache::decide::{Decision, TagVerdict, Why, decide};
use freshtag::cache::mark::{
    HardMark, MOST_SOFT, Reader, SoftMark, TagMarks, TagState, Watermark, fold_soft, judge,
};
use freshtag::cache::seen::Floors;
use freshtag::cache::tag::Tag;
use freshtag::error::ErrorCode;
use freshtag::store::double::{Op, Ops, World};
use freshtag::store::memory::{DEFAULT_BYTES, LARGEST_BODY, MEMO_MS};
use freshtag::store::{How, Store as _, StoreError, Under};
use freshtag::time::{Seconds, UnixMillis};
use futures_util::future::{Either, join, join3, select};
use proptest::prelude::*;
use support::{Isolate, LEAD, MAX, entry, grace, isolate, keys, lifetime, plant, skewed, tags};

const MINUTE: i64 = 60_000;

fn expired(tag: &str) -> TagVerdict {
    TagVerdict::Expired(Tag::new(tag))
}

fn stale(tag: &str) -> TagVerdict {
    TagVerdict::Stale(Tag::new(tag))
}

fn failed(text: &str) -> StoreError {
    StoreError::Failed(text.to_owned())
}

/// A world with one entry under `key` and these tags, made now and stored everywhere, a second ago.
fn world_with(path: &str, names: &[&str]) -> (World, freshtag::cache::key::StoreKey) {
    let world = World::default();
    let key = keys().route("example.com", path);
    plant(&world, &key, &entry(&key, names, world.now()), b"body");
    world.pass(1_000);
    (world, key)
}

fn watermark(world: &World) -> Option<Watermark> {
    let text = world.run(world.place(99).text(&keys().watermark())).unwrap().unwrap()?;
    Some(Watermark::read(&text).unwrap())
}

fn hard_mark(world: &World, tag: &str) -> Option<HardMark> {
    let text = world.run(world.place(99).text(&keys().hard_mark(&Tag::new(tag)))).unwrap().unwrap()?;
    Some(HardMark::read(&text).unwrap())
}

fn soft_marks(world: &World, tag: &str) -> Vec<SoftMark> {
    let text = world.run(world.place(99).text(&keys().soft_marks(&Tag::new(tag)))).unwrap().unwrap();
    text.map_or_else(Vec::new, |text| SoftMark::read_list(&text).unwrap())
}

// ---- one verdict

#[test]
fn equal_times_count_as_invalid() {
    // Rows: rule, mark written by, entry own and landed at, now after the mark, as_of after the mark, verdict. The mark was
    // written at 0, with a lead of 1,000 ms and 0 as its exact time.
    use TagState::{Expired, Stale, Valid};
    let rows = [
        ("T42", "b", None, 5_000, 1_001, Valid),
        ("T42", "b", None, 5_000, 1_000, Expired),
        ("T42", "b", None, 5_000, 0, Expired),
        ("T42", "b", None, 2_000, 1_000, Expired), // the lead has just passed
        ("T42", "b", None, 1_999, 1_000, Stale),   // inside the lead: nobody renders in a loop
        ("T42", "b", None, 1_999, 1, Stale),
        ("T42", "b", None, 1_999, 0, Expired), // older than the call itself: no doubt
        ("S5", "a", Some(0), 10, 1, Valid),    // what one isolate wrote and rendered compares exactly
        ("S5", "a", Some(0), 10, 0, Expired),
        ("S5", "a", Some(0), 10, -1, Expired),
        ("S3", "a", Some(5), 10, 6, Valid),
        ("S3", "a", Some(5), 10, 5, Stale), // read while the mark was on its way: it may have undone another
        ("S3", "a", Some(5), 5_000, 1, Expired),
        ("S5", "a", Some(5), 10, 0, Expired),
        ("S5", "a", None, 1_999, 1, Stale), // its own mark, but another's entry or nested data
        ("S5", "b", Some(0), 1_999, 1, Stale), // its own entry, but another's mark
    ];
    for (rule, by, own, now, as_of, expected) in rows {
        let hard = HardMark { t: UnixMillis(LEAD), by: by.into(), exact: Some(UnixMillis(0)) };
        let marks = TagMarks { hard: Some(hard), soft: Vec::new() };
        let reader = Reader { me: "a", own: own.map(UnixMillis), lead_ms: LEAD, now: UnixMillis(now) };
        let row = (by, own, now, as_of);
        assert_eq!(judge(&marks, UnixMillis(as_of), &reader), expected, "{rule}: {row:?}");
    }
}

#[test]
fn soft_marks_are_stale_until_they_expire() {
    use TagState::{Expired, Stale, Valid};
    // Rows: rule, own and landed at, now, as_of, verdict, of a mark with s = 1,000 (exactly 0) and x = 60,000.
    let rows = [
        ("RV-3", None, 10, 1_000, Stale),
        ("RV-3", None, 10, 1_001, Valid),
        ("RV-3", None, 59_999, 1_000, Stale),
        ("RV-3", None, 60_000, 1_000, Expired),
        ("RV-3", None, 60_000, 1_001, Valid),
        ("S5", Some(0), 10, 0, Stale),
        ("S5", Some(0), 10, 1, Valid),
        ("S5", Some(0), 60_000, 0, Expired),
        ("S3", Some(5), 10, 6, Valid),
        ("S3", Some(5), 10, 5, Stale),
    ];
    for (rule, own, now, as_of, expected) in rows {
        let soft = SoftMark {
            s: UnixMillis(1_000),
            x: UnixMillis(60_000),
            by: "a".into(),
            exact: Some(UnixMillis(0)),
        };
        let marks = TagMarks { hard: None, soft: vec![soft] };
        let reader = Reader { me: "a", own: own.map(UnixMillis), lead_ms: LEAD, now: UnixMillis(now) };
        assert_eq!(judge(&marks, UnixMillis(as_of), &reader), expected, "{rule}: {:?}", (own, now, as_of));
    }
}

fn soft(s: i64, x: i64) -> SoftMark {
    SoftMark { s: UnixMillis(s), x: UnixMillis(x), by: "a".into(), exact: None }
}

fn times(marks: &[SoftMark]) -> Vec<(i64, i64)> {
    marks.iter().map(|mark| (mark.s.0, mark.x.0)).collect()
}

#[test]
fn soft_marks_fold() {
    // Rows: rule, marks, what stays. The time is 1,000.
    type Row<'a> = (&'a str, &'a [(i64, i64)], &'a [(i64, i64)]);
    let rows: [Row<'_>; 7] = [
        ("TG-15 dominated", &[(1, 9_000), (2, 8_000)], &[(2, 8_000)]),
        ("TG-15 both say something", &[(2, 9_000), (1, 8_000)], &[(1, 8_000), (2, 9_000)]),
        ("TG-15 one that has passed stays", &[(1, 900), (5, 9_000)], &[(1, 900), (5, 9_000)]),
        ("TG-15 of several passed the furthest", &[(1, 900), (3, 950)], &[(3, 950)]),
        ("TG-15 a later one, passed, stands for all", &[(1, 9_000), (3, 950)], &[(3, 950)]),
        ("TG-15 the same twice", &[(1, 9_000), (1, 9_000)], &[(1, 9_000)]),
        (
            "TG-15 the closest two of five become one, as strict as both",
            &[(1, 2_000), (2, 3_000), (3, 3_100), (4, 5_000), (5, 6_000)],
            &[(1, 2_000), (3, 3_000), (4, 5_000), (5, 6_000)],
        ),
    ];
    for (rule, marks, expected) in rows {
        let marks = marks.iter().map(|(s, x)| soft(*s, *x));
        assert_eq!(times(&fold_soft(marks.collect(), UnixMillis(1_000))), expected, "{rule}");
    }
}

proptest! {
    /// TG-15: however marks are folded and merged, at no later moment does the result say less than each did.
    #[test]
    fn folding_never_unexpires(
        list in proptest::collection::vec((0..2_000_i64, 0..4_000_i64), 0..9),
        (as_of, now, later) in (0..2_000_i64, 0..2_000_i64, 0..4_000_i64),
    ) {
        let marks: Vec<SoftMark> = list.iter().map(|(s, x)| soft(*s, *x)).collect();
        let folded = fold_soft(marks.clone(), UnixMillis(now));
        prop_assert!(folded.len() <= MOST_SOFT);
        let mut merged = TagMarks::default();
        for mark in &marks {
            merged.merge(TagMarks { hard: None, soft: vec![mark.clone()] }, UnixMillis(now));
        }
        let reader = Reader { me: "b", own: None, lead_ms: LEAD, now: UnixMillis(now + later) };
        let say = |soft: Vec<SoftMark>| judge(&TagMarks { hard: None, soft }, UnixMillis(as_of), &reader);
        let whole = say(marks);
        prop_assert!(say(folded) >= whole);
        prop_assert!(say(merged.soft) >= whole);
    }

    /// Times never go back, in whatever order marks are heard of.
    #[test]
    fn merging_keeps_the_latest(list in proptest::collection::vec(0..1_000_i64, 1..6)) {
        let mut merged = TagMarks::default();
        for t in &list {
            let hard = HardMark { t: UnixMillis(*t), by: "a".into(), exact: None };
            merged.merge(TagMarks { hard: Some(hard), soft: Vec::new() }, UnixMillis(0));
        }
        let latest = list.iter().max().map(|t| UnixMillis(*t));
        prop_assert_eq!(merged.hard.as_ref().map(|mark| mark.t), latest);
        prop_assert_eq!(merged.latest(), latest);
    }
}

#[test]
fn marks_and_watermarks_survive_their_text() {
    let hard = HardMark { t: UnixMillis(5), by: "a\"b".into(), exact: Some(UnixMillis(4)) };
    assert_eq!(HardMark::read(&hard.text()), Some(hard));
    let list = vec![soft(1, 2), SoftMark { exact: Some(UnixMillis(0)), ..soft(3, 4) }];
    assert_eq!(SoftMark::read_list(&SoftMark::list_text(&list)), Some(list));
    let mark = Watermark { t: UnixMillis(7), id: "x".into() };
    assert_eq!(Watermark::read(&mark.text()), Some(mark));
    for bad in [
        "",
        "{}",
        "[]",
        "null",
        "{\"t\":1}",
        "{\"t\":\"1\",\"by\":\"a\",\"id\":\"a\"}",
        "{\"t\":1.5,\"by\":\"a\"}",
    ] {
        assert_eq!(HardMark::read(bad), None, "{bad}");
        assert_eq!(Watermark::read(bad), None, "{bad}");
    }
    for bad in ["", "{}", "null", "[1]", "[{\"s\":1,\"by\":\"a\"}]"] {
        assert_eq!(SoftMark::read_list(bad), None, "{bad}");
    }
}

// ---- operations, asserted exactly

/// The operations of one read of `key` in an isolate, with the ms it takes.
fn reading(isolate: &Isolate, key: &freshtag::cache::key::StoreKey, under: &[Tag]) -> (Ops, i64, Decision) {
    let request = isolate.counting();
    let before = request.world.now();
    let snapshot = request.read(key, under);
    (request.ops(), request.world.now().since(before), snapshot.decision)
}

fn ops(gets: u32, bulk_gets: u32, keys: u32, puts: u32) -> Ops {
    Ops { gets, bulk_gets, keys, puts }
}

#[test]
fn a_clean_hit_is_one_round_trip() {
    let (world, key) = world_with("/", &["a", "b"]);
    let under = tags(&["soft"]);
    let b = isolate(&world, 1, "b");
    // Nothing was ever revalidated: the entry and the watermark, in parallel.
    assert_eq!(reading(&b, &key, &under), (ops(2, 0, 0, 0), 5, Decision::Serve));
    // The memo is young: the entry alone. It is read a second time, so memory holds its body now.
    assert_eq!(reading(&b, &key, &under), (ops(1, 0, 0, 0), 5, Decision::Serve));
    assert_eq!(reading(&b, &key, &under), (ops(0, 0, 0, 0), 0, Decision::Serve));
    // The memo is old: the watermark alone.
    world.pass(MEMO_MS);
    assert_eq!(reading(&b, &key, &under), (ops(1, 0, 0, 0), 5, Decision::Serve));
    // What was stored after the last revalidation is clean too.
    isolate(&world, 2, "c").expire("other");
    world.pass(5_000);
    plant(&world, &key, &entry(&key, &["a"], world.now()), b"body");
    world.pass(1_000);
    assert_eq!(reading(&isolate(&world, 3, "d"), &key, &under), (ops(2, 0, 0, 0), 5, Decision::Serve));
}

#[test]
fn a_hit_that_is_not_clean_reads_its_marks_in_bulk() {
    // Rows: tags, soft tags, bulk reads: ceil(2 (T + S) / 100).
    for (own, under, bulks) in [(1, 0, 1), (2, 3, 1), (50, 0, 1), (50, 1, 2), (100, 0, 2), (128, 10, 3)] {
        let names: Vec<String> = (0..own).map(|n| format!("tag-{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (world, key) = world_with("/", &names);
        let soft: Vec<Tag> = (0..under).map(|n| Tag::new(&format!("soft-{n}"))).collect();
        isolate(&world, 2, "c").expire("other");
        let b = isolate(&world, 1, "b");
        let all = 2 * (own + under);
        let (cold, ms, decision) = reading(&b, &key, &soft);
        // The bulk reads are in parallel as well.
        assert_eq!((cold, ms), (ops(2, bulks, all, 0), 13), "{own} + {under}");
        assert_eq!(decision, Decision::Serve);
        // Memory holds them all.
        assert_eq!(reading(&b, &key, &soft).0, ops(1, 0, 0, 0), "{own} + {under}");
    }
}

#[test]
fn marks_in_memory_are_not_read_again() {
    let (world, key) = world_with("/", &["a", "b", "c"]);
    let other = keys().route("example.com", "/other");
    plant(&world, &other, &entry(&other, &["b"], world.now()), b"body");
    isolate(&world, 2, "c").expire("unrelated");
    let b = isolate(&world, 1, "b");
    assert_eq!(reading(&b, &other, &[]).0, ops(2, 1, 2, 0));
    assert_eq!(reading(&b, &key, &[]).0, ops(1, 1, 4, 0));
    // A tag that the entry and the route share is read once.
    world.pass(MEMO_MS);
    assert_eq!(reading(&b, &other, &tags(&["b"])).0, ops(2, 1, 2, 0));
}

#[test]
fn a_revalidation_is_a_constant_number_of_writes() {
    // Rows: tags, how, operations: k puts and the watermark, and for soft marks one bulk read a hundred.
    let rows = [
        (1, How::Expire, ops(0, 0, 0, 2)),
        (3, How::Expire, ops(0, 0, 0, 4)),
        (128, How::Expire, ops(0, 0, 0, 129)),
        (1, MAX, ops(0, 1, 1, 2)),
        (3, grace(60.0), ops(0, 1, 3, 4)),
        (100, MAX, ops(0, 1, 100, 101)),
        (128, MAX, ops(0, 2, 128, 129)),
    ];
    for (count, how, expected) in rows {
        let world = World::default();
        let names: Vec<String> = (0..count).map(|n| format!("tag-{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let request = isolate(&world, 0, "a").counting();
        request.revalidate(&names, how).unwrap();
        assert_eq!(request.ops(), expected, "{count} {how:?}");
        world.settle();
        assert_eq!(request.ops(), expected, "nothing more goes on behind it");
    }
    let world = World::default();
    let request = isolate(&world, 0, "a").counting();
    request.revalidate(&[], How::Expire).unwrap();
    assert_eq!(request.ops(), Ops::default());
}

#[test]
fn a_hundred_thousand_entries_under_one_tag_are_two_writes() {
    let world = World::default();
    let all: Vec<_> = (0..100_000).map(|n| keys().route("example.com", &format!("/{n}"))).collect();
    for key in &all {
        world.tamper(key.name(), b"body", Some(&codec::encode(&entry(key, &["all"], world.now()))));
    }
    world.pass(1_000);
    let request = isolate(&world, 0, "a").counting();
    request.expire("all");
    assert_eq!(request.ops(), ops(0, 0, 0, 2));
    world.settle();
    assert_eq!(request.ops(), ops(0, 0, 0, 2));
    let b = isolate(&world, 1, "b");
    for key in all.iter().step_by(9_973) {
        assert_eq!(b.verdict(key), expired("all"), "{}", key.name());
    }
}

#[test]
fn an_unreadable_watermark_alone_makes_every_tag_worth_a_look() {
    let (world, key) = world_with("/", &["a"]);
    for corrupt in [false, true] {
        let b = isolate(&world, 1, "b");
        if corrupt {
            world.tamper(&keys().watermark(), b"not ours", None);
        } else {
            world.fail(Op::Get, "f1/w", 1, failed("watermark"));
        }
        assert_eq!(reading(&b, &key, &[]), (ops(2, 1, 2, 0), 13, Decision::Serve), "{corrupt}");
    }
}

// ---- who hears what, and when

#[test]
fn an_isolate_knows_its_own_revalidation_at_once() {
    for how in [How::Expire, MAX] {
        let (world, key) = world_with("/", &["a"]);
        let a = isolate(&world, 0, "a");
        world.slow_put("f1/", 900);
        let say = world.run(async {
            let write = Box::pin(a.revalidating(&["a"], how));
            let floors = Floors::default();
            let look = Box::pin(async {
                a.index().store.sleep(1).await;
                a.index().read(&key, Under::default(), &floors, &a.reading()).await.tags
            });
            match select(write, look).await {
                Either::Left(_) => panic!("the put takes 900 ms"),
                Either::Right((tags, _)) => tags,
            }
        });
        let expected = if how == MAX { stale("a") } else { expired("a") };
        assert_eq!(say, Some(expected), "S5 {how:?}");
    }
}

#[test]
fn everybody_hears_within_the_memo_and_the_stores_delay() {
    // S3: 60 s until the store shows it, and 5 s of memo.
    let (world, key) = world_with("/", &["a"]);
    world.lag(1, "", MINUTE);
    let b = isolate(&world, 1, "b");
    plant(&world, &key, &entry(&key, &["a"], world.now()), b"body");
    world.pass(MINUTE + 1_000);
    assert_eq!(b.verdict(&key), TagVerdict::Valid);
    let before = world.now();
    isolate(&world, 0, "a").expire("a");
    while world.now().since(before) <= MINUTE + MEMO_MS + 100 {
        let say = b.verdict(&key);
        assert!(say == TagVerdict::Valid || say == expired("a"));
        world.pass(700);
    }
    assert_eq!(b.verdict(&key), expired("a"), "S3");
}

#[test]
fn a_hard_expiry_in_one_place_and_a_soft_one_where_it_is_not_heard_of() {
    let (world, key) = world_with("/", &["a"]);
    world.lag(1, "", 30_000);
    isolate(&world, 0, "a").expire("a");
    world.pass(2_000);
    let b = isolate(&world, 1, "b");
    b.soften("a");
    assert_eq!(hard_mark(&world, "a").map(|mark| &*mark.by == "a"), Some(true), "TG-15: not overwritten");
    assert_eq!(soft_marks(&world, "a").len(), 1);
    world.pass(1_500);
    assert_eq!(isolate(&world, 2, "c").verdict(&key), expired("a"), "TG-15");
    world.pass(30_000 + MEMO_MS);
    assert_eq!(b.verdict(&key), expired("a"), "TG-15");
}

#[test]
fn soft_marks_never_unexpire() {
    // Rows: rule, first, ms between, second, ms until the look, verdict. TG-15 of Next would serve the old entry.
    let rows = [
        ("TG-15 max then { expire: 60 }", MAX, 2_000, grace(60.0), 61_000, expired("a")),
        ("TG-15 { expire: 60 } then max", grace(60.0), 2_000, MAX, 61_000, expired("a")),
        ("TG-15 { expire: 60 } passed, then max", grace(60.0), 61_000, MAX, 2_000, expired("a")),
        ("TG-15 hard then max", How::Expire, 2_000, MAX, 2_000, expired("a")),
        ("TG-15 hard then { expire: 60 }", How::Expire, 2_000, grace(60.0), 2_000, expired("a")),
        ("TG-15 max then hard", MAX, 2_000, How::Expire, 2_000, expired("a")),
        ("TG-15 max twice", MAX, 2_000, MAX, 2_000, stale("a")),
        ("TG-15 { expire: 60 } still running", grace(60.0), 2_000, MAX, 50_000, stale("a")),
    ];
    for (rule, first, between, second, later, expected) in rows {
        for (places, same) in [(["a", "a"], true), (["a", "b"], false)] {
            let (world, key) = world_with("/", &["a"]);
            let writers = [isolate(&world, 0, places[0]), isolate(&world, 1, places[1])];
            writers[0].revalidate(&["a"], first).unwrap();
            world.pass(between);
            writers[usize::from(!same)].revalidate(&["a"], second).unwrap();
            world.pass(later);
            for reader in [&writers[0], &writers[usize::from(!same)], &isolate(&world, 2, "c")] {
                assert_eq!(reader.verdict(&key), expected, "{rule}, same isolate: {same}");
            }
        }
    }
}

#[test]
fn a_fifth_soft_mark_is_merged_not_dropped() {
    let (world, key) = world_with("/", &["a"]);
    let a = isolate(&world, 0, "a");
    // Each later one expires later: none dominates another.
    for n in 0..6_u32 {
        a.revalidate(&["a"], grace(60.0 * f64::from(n + 1))).unwrap();
        world.pass(1_500);
    }
    assert_eq!(soft_marks(&world, "a").len(), MOST_SOFT);
    world.pass(MINUTE);
    assert_eq!(isolate(&world, 1, "b").verdict(&key), expired("a"), "TG-15");
}

#[test]
fn two_revalidations_of_one_tag_within_a_second_from_two_isolates() {
    // The store refuses the second put of a key within a second: it is made again, with a new time.
    for how in [How::Expire, MAX] {
        let (world, key) = world_with("/", &["a"]);
        let (a, b) = (isolate(&world, 0, "a"), isolate(&world, 1, "b").counting());
        let second = async {
            b.index().store.sleep(300).await;
            let called = b.now();
            let result = b.revalidating(&["a"], how).await;
            (called, b.now(), result)
        };
        let (first, (called, ended, second)) = world.run(join(a.revalidating(&["a"], how), second)).unwrap();
        assert_eq!((first, second), (Ok(()), Ok(())), "S6 {how:?}");
        assert!(ended.since(called) >= 1_000, "{how:?}");
        assert_eq!(b.ops().puts, 3, "the refused mark, the mark, the watermark");
        let written = match how {
            How::Expire => hard_mark(&world, "a").map(|mark| (mark.t, mark.exact)),
            How::StaleThenExpire(_) => soft_marks(&world, "a").last().map(|mark| (mark.s, mark.exact)),
        };
        let (stamp, exact) = written.unwrap();
        assert!(stamp > called.plus_ms(LEAD), "every attempt stamps anew");
        assert_eq!(exact, None, "a later attempt may overwrite somebody else's mark");
        // An entry rendered between the two calls is caught by the second.
        let between = keys().route("example.com", "/between");
        plant(&world, &between, &entry(&between, &["a"], called.plus_ms(-10)), b"body");
        world.pass(3_000);
        let expected = if how == MAX { stale("a") } else { expired("a") };
        for reader in [&a, &b, &isolate(&world, 2, "c")] {
            assert_eq!(reader.verdict(&key), expected, "{how:?}");
            assert_eq!(reader.verdict(&between), expected, "{how:?}");
        }
    }
}

#[test]
fn a_mark_that_was_refused_first_does_not_speak_exactly() {
    // b's mark stands between the call and the retry of a: what a rendered meanwhile may be older than b's data.
    let world = World::default();
    let (a, b) = (isolate(&world, 0, "a"), isolate(&world, 1, "b"));
    let key = keys().route("example.com", "/");
    world.fail(Op::Put, "f1/x/a", 1, StoreError::RateLimited);
    let called = world.now();
    let mut own = entry(&key, &["a"], called.plus_ms(200));
    own.by = "a".into();
    world.run(join(a.revalidating(&["a"], How::Expire), async {
        b.index().store.sleep(300).await;
        b.revalidating(&["a"], How::Expire).await
    }));
    world.settle();
    plant(&world, &key, &own, b"body");
    world.pass(3_000);
    assert_eq!(a.verdict(&key), expired("a"));
}

#[test]
fn one_isolate_renders_at_once_after_its_own_revalidation() {
    let world = World::default();
    let a = isolate(&world, 0, "a");
    a.expire("a");
    let key = keys().route("example.com", "/");
    let mut own = entry(&key, &["a"], world.now());
    own.by = "a".into();
    plant(&world, &key, &own, b"body");
    assert_eq!(a.verdict(&key), TagVerdict::Valid, "S5: compared exactly");
    // Not so an entry that somebody else rendered.
    let foreign = keys().route("example.com", "/foreign");
    plant(&world, &foreign, &entry(&foreign, &["a"], own.created), b"body");
    assert_eq!(a.verdict(&foreign), stale("a"));
    // For others it may be older or newer: stale while the lead lasts, expired after it.
    let b = isolate(&world, 1, "b");
    assert_eq!(b.verdict(&key), stale("a"), "nobody renders in a loop");
    world.pass(2 * LEAD);
    assert_eq!(b.verdict(&key), expired("a"));
    assert_eq!(a.verdict(&key), TagVerdict::Valid, "S5");
    // Data of the same entry that is older than its render is not the isolate's own.
    let nested = keys().route("example.com", "/nested");
    let mut made = entry(&nested, &["a"], own.created.plus_ms(1));
    (made.by, made.created) = ("a".into(), world.now());
    plant(&world, &nested, &made, b"body");
    assert_eq!(a.verdict(&nested), expired("a"));
}

#[test]
fn what_a_clock_that_is_ahead_has_dated_is_in_doubt_from_the_first_moment() {
    let world = World::default();
    let (a, ahead) = (isolate(&world, 0, "a"), skewed(&world, 1, "b", 500));
    let key = keys().route("example.com", "/");
    plant(&world, &key, &entry(&key, &["a"], ahead.now()), b"body");
    // The mark is not written yet: the soft ones are read first.
    world.slow_reads("f1/s/", 400);
    let looks = async {
        a.index().store.sleep(100).await;
        let (reading, floors) = (a.reading(), Floors::default());
        a.index().read(&key, Under::default(), &floors, &reading).await.tags
    };
    let (result, tags) = world.run(join(a.revalidating(&["a"], MAX), looks)).unwrap();
    assert_eq!((result, tags), (Ok(()), stale("a")), "S5");
}

#[test]
fn a_mark_in_time_that_arrives_after_a_later_one() {
    for (how, mark) in [(How::Expire, "f1/x/a"), (MAX, "f1/s/a")] {
        let world = World::default();
        let lead = 5 * LEAD;
        let (a, b) = (isolate(&world, 0, "a").with_lead(lead), isolate(&world, 1, "b").with_lead(lead));
        let key = keys().route("example.com", "/");
        // a's mark is on its way for less than the lead; meanwhile a renders, and b revalidates.
        world.slow_put(mark, 3_000);
        let later = async {
            b.index().store.sleep(1_100).await;
            let mut own = entry(&key, &["a"], a.now());
            own.by = "a".into();
            plant(&world, &key, &own, b"body");
            b.index().store.sleep(100).await;
            b.revalidating(&["a"], how).await
        };
        let results = world.run(join(a.revalidating(&["a"], how), later)).unwrap();
        assert_eq!(results, (Ok(()), Ok(())));
        world.settle();
        world.pass(MEMO_MS + 2 * lead);
        let expected = if how == MAX { stale("a") } else { expired("a") };
        assert_eq!(a.verdict(&key), expected, "S3 {how:?}: a's mark stands in the place of b's");
        // What it renders after that is its own.
        let mut own = entry(&key, &["a"], a.now());
        own.by = "a".into();
        plant(&world, &key, &own, b"body");
        assert_eq!(a.verdict(&key), TagVerdict::Valid, "{how:?}");
    }
}

#[test]
fn a_mark_whose_request_ended_may_be_on_its_way_for_ever() {
    let world = World::default();
    let lead = 5 * LEAD;
    let (a, b) = (isolate(&world, 0, "a").with_lead(lead), isolate(&world, 1, "b").with_lead(lead));
    let key = keys().route("example.com", "/");
    a.expire("a");
    world.pass(2 * lead);
    world.slow_put("f1/x/a", 3_000);
    world.run(async {
        let dies = Box::pin(a.revalidating(&["a"], How::Expire));
        let cut = Box::pin(a.index().store.sleep(1_100));
        assert!(matches!(select(dies, cut).await, Either::Right(_)));
        let mut own = entry(&key, &["a"], a.now());
        own.by = "a".into();
        plant(&world, &key, &own, b"body");
        b.index().store.sleep(100).await;
        b.revalidating(&["a"], How::Expire).await.unwrap();
    });
    world.settle();
    world.pass(MEMO_MS + 2 * lead);
    assert_eq!(a.verdict(&key), expired("a"), "S3: b's mark is undone");
}

#[test]
fn clocks_may_differ_by_less_than_the_lead() {
    // Rows: the writer's clock, the renderer's, the lead, in ms.
    let rows = [
        (0, 0, 1_000),
        (-400, 400, 1_000),
        (400, -400, 1_000),
        (-5_000, 5_000, 12_000),
        (5_000, -5_000, 12_000),
    ];
    for (writer, renderer, lead) in rows {
        let (world, _) = world_with("/", &[]);
        let key = keys().route("example.com", "/page");
        let b = skewed(&world, 1, "b", renderer).with_lead(lead);
        // Rendered 10 ms before the revalidation.
        plant(&world, &key, &entry(&key, &["a"], b.now().plus_ms(-10)), b"body");
        skewed(&world, 0, "a", writer).with_lead(lead).expire("a");
        let c = isolate(&world, 2, "c").with_lead(lead);
        assert_ne!(c.verdict(&key), TagVerdict::Valid, "S3 {writer} {renderer}");
        world.pass(2 * lead + 5_000);
        assert_eq!(c.verdict(&key), expired("a"), "S3 {writer} {renderer}");
    }
}

/// A put that takes so many ms, and is answered or not.
const SLOW: [fn(&World, &str, i64); 2] = [World::slow_put, World::lost_put];

#[test]
fn a_watermark_put_that_commits_after_a_later_one() {
    for put in SLOW {
        let world = World::default();
        let (a, b) = (isolate(&world, 0, "a"), isolate(&world, 1, "b"));
        let key = keys().route("example.com", "/");
        // a's watermark is on its way for 7 s, and is given up after 5. Meanwhile an entry is made, and b revalidates its tag.
        put(&world, "f1/w", 7_000);
        let later = async {
            b.index().store.sleep(4_000).await;
            plant(&world, &key, &entry(&key, &["b"], world.now()), b"body");
            b.index().store.sleep(500).await;
            let result = b.revalidating(&["b"], How::Expire).await;
            (result, watermark_of(&b).await)
        };
        let (first, (second, announced)) =
            world.run(join(a.revalidating(&["a"], How::Expire), later)).unwrap();
        assert_eq!((first.unwrap_err().code(), second), (ErrorCode::RevalidateFailed, Ok(())));
        world.pass(2_100);
        let undone = watermark(&world).unwrap();
        assert!(undone.t < announced.unwrap().t, "the earlier one arrived last");
        // It is written again a second later, with a time of then.
        world.pass(1_200);
        let again = watermark(&world).unwrap();
        assert!(again.t > world.now() && again.id != undone.id, "written again");
        assert_eq!(isolate(&world, 2, "c").verdict(&key), expired("b"), "S4");
    }
}

async fn watermark_of(isolate: &Isolate) -> Option<Watermark> {
    let text = isolate.index().store.text(&keys().watermark()).await.unwrap()?;
    Watermark::read(&text)
}

#[test]
fn a_watermark_put_slow_again_and_again_is_repeated_until_one_is_in_time() {
    let world = World::default();
    let a = isolate(&world, 0, "a").counting();
    for _ in 0..3 {
        world.slow_put("f1/w", 3_000);
    }
    a.expire("a");
    assert_eq!(a.ops().puts, 2, "the caller does not wait for the repetitions");
    world.settle();
    assert_eq!(a.ops().puts, 5);
}

#[test]
fn a_mark_put_that_arrives_after_a_later_one() {
    for (how, put) in [How::Expire, MAX].into_iter().flat_map(|how| SLOW.map(|put| (how, put))) {
        let world = World::default();
        let (a, b) = (isolate(&world, 0, "a").counting(), isolate(&world, 1, "b"));
        let key = keys().route("example.com", "/");
        let mark = if how == MAX { "f1/s/a" } else { "f1/x/a" };
        put(&world, mark, 6_000);
        let later = async {
            b.index().store.sleep(4_000).await;
            plant(&world, &key, &entry(&key, &["a"], world.now()), b"body");
            b.index().store.sleep(500).await;
            b.revalidating(&["a"], how).await
        };
        let result = world.run(join(a.revalidating(&["a"], how), later));
        let (first, second) = result.unwrap();
        assert_eq!(
            (first.unwrap_err().code(), second),
            (ErrorCode::RevalidateFailed, Ok(())),
            "given up after 5 s"
        );
        // b's mark is undone after 6 s; a's is written again a second later.
        world.pass(3_000);
        let expected = if how == MAX { stale("a") } else { expired("a") };
        let c = isolate(&world, 2, "c");
        assert_ne!(c.verdict(&key), TagVerdict::Valid, "S4 {how:?}");
        world.settle();
        world.pass(MEMO_MS + 2 * LEAD);
        assert_eq!(c.verdict(&key), expected, "S4 {how:?}");
        let exact = match how {
            How::Expire => hard_mark(&world, "a").and_then(|mark| mark.exact),
            How::StaleThenExpire(_) => soft_marks(&world, "a").last().and_then(|mark| mark.exact),
        };
        assert_eq!(exact, None, "a repetition is not exact");
        // The mark and its repetition, which is announced.
        assert_eq!(a.ops().puts, 3, "{how:?}");
    }
}

#[test]
fn a_mark_put_that_failed_late_may_have_arrived() {
    let world = World::default();
    let (a, b) = (isolate(&world, 0, "a").counting(), isolate(&world, 1, "b"));
    let key = keys().route("example.com", "/");
    // a's first put undoes b's and is said to have failed; its second one fails at once, and a gives up.
    world.lost_put("f1/x/a", 4_500);
    let later = async {
        b.index().store.sleep(3_000).await;
        plant(&world, &key, &entry(&key, &["a"], world.now()), b"body");
        b.index().store.sleep(500).await;
        let result = b.revalidating(&["a"], How::Expire).await;
        b.index().store.sleep(1_100).await;
        world.fail(Op::Put, "f1/x/a", 1, failed("boom"));
        result
    };
    let (first, second) = world.run(join(a.revalidating(&["a"], How::Expire), later)).unwrap();
    assert_eq!((first.unwrap_err().code(), second), (ErrorCode::RevalidateFailed, Ok(())));
    world.settle();
    assert_eq!(isolate(&world, 2, "c").verdict(&key), expired("a"), "S4");
    assert_eq!(a.ops().puts, 2 + 1 + 1, "a repetition with its watermark");
}

#[test]
fn a_repetition_that_arrives_after_a_later_mark() {
    let world = World::default();
    let (a, b) = (isolate(&world, 0, "a"), isolate(&world, 1, "b"));
    let key = keys().route("example.com", "/");
    // Acknowledged after 3 s, repeated from the fourth to the eleventh.
    world.slow_put("f1/x/a", 3_000);
    world.slow_put("f1/x/a", 7_000);
    a.expire("a");
    world.pass(4_500);
    plant(&world, &key, &entry(&key, &["a"], world.now()), b"body");
    world.pass(500);
    b.expire("a");
    world.settle();
    assert_eq!(isolate(&world, 2, "c").verdict(&key), expired("a"), "S4");
}

#[test]
fn a_mark_put_slow_again_and_again_is_repeated_until_one_is_in_time() {
    let world = World::default();
    let a = isolate(&world, 0, "a").counting();
    for _ in 0..3 {
        world.slow_put("f1/x/a", 1_500);
    }
    a.expire("a");
    world.settle();
    assert_eq!(a.ops().puts, 3 + 1 + 2, "three slow ones, one in time, two watermarks");
    let mark = hard_mark(&world, "a").unwrap();
    assert!(watermark(&world).unwrap().t >= mark.t, "the repetition is announced too");
}

#[test]
fn a_lead_that_covers_the_delay_needs_no_repetition() {
    let world = World::default();
    let a = isolate(&world, 0, "a").with_lead(12_000).counting();
    world.slow_put("f1/x/a", 4_000);
    a.expire("a");
    world.settle();
    assert_eq!(a.ops().puts, 2);
}

#[test]
fn marks_that_become_visible_after_the_watermark_that_announces_them() {
    let world = World::default();
    let key = keys().route("example.com", "/");
    let old = world.now();
    world.pass(2_000);
    isolate(&world, 0, "a").expire("a");
    // Place 1 sees the watermark at once and the marks a minute later.
    world.lag(1, "f1/x/", MINUTE);
    let b = isolate(&world, 1, "b");
    let announced = watermark(&world).unwrap();
    world.pass(1_000);
    // A page made under this very watermark, from data of its own for one tag and older, nested data for another.
    let mut made = entry(&key, &["own"], world.now());
    made.tags.push((Tag::new("a"), old));
    (made.seen, made.oldest) = (Some(announced.id), old);
    plant(&world, &key, &made, b"body");
    assert_eq!(b.verdict(&key), TagVerdict::Valid, "not visible yet");
    world.pass(MINUTE + MEMO_MS);
    assert_eq!(b.verdict(&key), expired("a"), "the watermark known then is no excuse for older data");
    // Nor for a soft tag of the route, which counts as old as the oldest data.
    made.tags.pop();
    plant(&world, &key, &made, b"body");
    let snapshot = isolate(&world, 2, "c").read(&key, &tags(&["a"]));
    assert_eq!(snapshot.tags, expired("a"));
}

#[test]
fn a_later_watermark_by_a_clock_that_is_behind() {
    let world = World::default();
    let lead = 12 * LEAD;
    let place = |n, name, ms| skewed(&world, n, name, ms).with_lead(lead);
    let (a, b, c) = (place(0, "a", 2_500), place(1, "b", -2_500), place(2, "c", 0));
    let key = keys().route("example.com", "/");
    a.expire("other");
    let first = world.run(watermark_of(&c)).unwrap().unwrap();
    world.run(c.index().watermark()).unwrap().unwrap();
    // Made under the first watermark, which c knows; b does not.
    let mut made = entry(&key, &["a"], c.now());
    made.seen = Some(first.id);
    plant(&world, &key, &made, b"body");
    world.pass(1_100);
    b.expire("a");
    assert!(watermark(&world).unwrap().t < first.t);
    world.pass(MEMO_MS + 2 * lead);
    assert_eq!(c.verdict(&key), expired("a"), "S3");
}

#[test]
fn data_read_under_a_watermark_needs_no_look_while_it_stands() {
    let world = World::default();
    isolate(&world, 0, "a").expire("other");
    let key = keys().route("example.com", "/");
    let mut made = entry(&key, &["own"], world.now());
    made.seen = Some(watermark(&world).unwrap().id);
    plant(&world, &key, &made, b"body");
    let b = isolate(&world, 1, "b");
    assert_eq!(reading(&b, &key, &[]).0, ops(2, 0, 0, 0), "seen");
    // Without it, data of the watermark's very time is looked at; data of a millisecond later is not.
    let t = watermark(&world).unwrap().t;
    for (name, ms, bulks) in [("/at", 0, 1), ("/after", 1, 0)] {
        let key = keys().route("example.com", name);
        plant(&world, &key, &entry(&key, &["own"], t.plus_ms(ms)), b"body");
        assert_eq!(reading(&isolate(&world, 2, "c"), &key, &[]).0, ops(2, bulks, 2 * bulks, 0), "T42 {name}");
    }
    // Another watermark with the same time would not do.
    made.seen = Some("another".into());
    plant(&world, &key, &made, b"body");
    assert_eq!(reading(&b, &key, &[]).0, ops(1, 1, 2, 0), "not seen");
}

#[test]
fn a_visitor_with_the_cookie_in_a_place_that_has_not_heard() {
    let (world, key) = world_with("/", &["a"]);
    world.lag(1, "", MINUTE);
    world.pass(MINUTE);
    let b = isolate(&world, 1, "b");
    assert_eq!(b.verdict(&key), TagVerdict::Valid);
    let at = world.now();
    isolate(&world, 0, "a").expire("a");
    let mut floors = Floors::default();
    floors.raise(&Tag::new("a"), at);
    let reading = b.reading();
    let knowing = world.run(b.index().read(&key, Under::default(), &floors, &reading)).unwrap();
    assert_eq!(knowing.tags, expired("a"));
    assert_eq!(knowing.decision, Decision::Render(Why::TagExpired(Tag::new("a"))));
    // A visitor without it is served the old one.
    assert_eq!(b.read(&key, &[]).decision, Decision::Serve);
    // The floor counts for soft tags of the route, up to its own moment, and for no other tag.
    let mut floors = Floors::default();
    floors.raise(&Tag::new("soft"), at);
    let soft = tags(&["soft"]);
    let under = world.run(b.index().read(&key, Under { soft: &soft, own: &[] }, &floors, &reading)).unwrap();
    assert_eq!(under.tags, expired("soft"));
    let beside = world.run(b.index().read(&key, Under::default(), &floors, &reading)).unwrap();
    assert_eq!(beside.tags, TagVerdict::Valid);
    // Another place's clock may be ahead by the lead.
    for (ms, expected) in [(0, expired("a")), (LEAD, expired("a")), (LEAD + 1, TagVerdict::Valid)] {
        let mut floors = Floors::default();
        let fresh = keys().route("example.com", "/fresh");
        floors.raise(&Tag::new("a"), at);
        let made = entry(&fresh, &["a"], at.plus_ms(ms));
        let b2 = isolate(&world, 1, "b2");
        let say = world.run(b2.index().verdict(&made, Under::default(), &floors, &b2.reading()));
        assert_eq!(say, Some(expected), "equal counts as invalid: {ms}");
    }
}

#[test]
fn a_clock_that_steps_back_holds_up_no_revalidation() {
    let world = World::default();
    let a = isolate(&world, 0, "a");
    a.expire("a");
    world.pass(2_000);
    let mut later = a.clone();
    later.flow.index.store = a.flow.index.store.skewed(-60_000);
    let before = world.now();
    later.expire("b");
    let took = world.now().since(before);
    assert!(took < 3_000, "L2: {took}");
}

// ---- trouble with the store

#[test]
fn refusals_of_a_mark_are_waited_out() {
    for refusals in [1, 3, 7] {
        let world = World::default();
        let a = isolate(&world, 0, "a").counting();
        world.fail(Op::Put, "f1/x/a", refusals, StoreError::RateLimited);
        let before = world.now();
        a.expire("a");
        let (took, pauses) = (world.now().since(before), i64::from(refusals));
        let range = pauses * 1_000..pauses * 1_320 + 50;
        assert!(range.contains(&took), "a second each, with jitter: {took}");
        assert_eq!(a.ops().puts, refusals + 1 + 1);
    }
}

#[test]
fn three_refusals_in_a_row_on_the_watermark_are_as_good_as_a_put() {
    // Rows: what the watermark's puts answer with, and the puts of the mark and the watermark in all.
    let (refused, broken) = (StoreError::RateLimited, failed("broken"));
    let rows = [
        (vec![(3, refused.clone())], 1 + 3),
        (vec![(2, refused.clone())], 1 + 3),
        (vec![(2, refused.clone()), (1, broken.clone()), (2, refused.clone())], 1 + 6),
        (vec![(2, broken)], 1 + 3),
    ];
    for (faults, puts) in rows {
        let world = World::default();
        let a = isolate(&world, 0, "a").counting();
        for (times, error) in &faults {
            world.fail(Op::Put, "f1/w", *times, error.clone());
        }
        a.expire("a");
        assert_eq!(a.ops().puts, puts, "{faults:?}");
        let written = watermark(&world).is_some();
        assert_eq!(written, faults != [(3, refused.clone())], "{faults:?}");
    }
}

#[test]
fn a_third_refusal_says_nothing_of_marks_written_after_the_first() {
    let world = World::default();
    let a = isolate(&world, 0, "a").counting();
    world.fail(Op::Put, "f1/w", 4, StoreError::RateLimited);
    let call = async |tag: &'static str, after: u64| {
        a.index().store.sleep(after).await;
        a.revalidating(&[tag], How::Expire).await.unwrap();
        watermark_of(&a).await.is_some()
    };
    // The first is refused twice, then the second, then the first again: what refused it may be older than the third's mark.
    let announced = world.run(join3(call("a", 0), call("b", 1_600), call("c", 2_600))).unwrap();
    assert_eq!(announced, (false, true, true), "S6");
    assert_eq!(a.ops().puts, 3 + 4 + 1);
}

#[test]
fn a_write_that_fails_for_good_is_reported_with_its_tags() {
    // Rows: rule, key that fails, error, the tags that are named, those that are not.
    #[allow(clippy::type_complexity)] // a table
    let rows: [(&str, &str, StoreError, &[&str], &[&str]); 4] = [
        ("S6", "f1/x/tag-b", failed("boom"), &["tag-b"], &["tag-a", "tag-c"]),
        ("S6", "f1/w", failed("boom"), &["tag-a", "tag-b", "tag-c"], &[]),
        ("S6", "f1/", failed("boom"), &["tag-a", "tag-b", "tag-c"], &[]),
        ("S6", "f1/x/tag-b", StoreError::RateLimited, &["tag-b"], &["tag-a", "tag-c"]),
    ];
    for (rule, key, error, named, others) in rows {
        let world = World::default();
        let a = isolate(&world, 0, "a");
        world.fail(Op::Put, key, u32::MAX, error.clone());
        let before = world.now();
        let result = a.revalidate(&["tag-a", "tag-b", "tag-c"], How::Expire);
        let took = world.now().since(before);
        let report = result.expect_err(rule);
        assert_eq!(report.code(), ErrorCode::RevalidateFailed, "{rule} {key}");
        assert!(named.iter().all(|tag| report.message().contains(tag)), "{rule} {report}");
        assert!(!others.iter().any(|tag| report.message().contains(tag)), "{rule} {report}");
        assert!(report.message().contains(&error.to_string()), "{rule} {report}");
        // Refusals for writing too often end by themselves: they get a little longer.
        let most = if error == StoreError::RateLimited { 12_000 } else { 6_500 };
        assert!((5_000..most).contains(&took), "{rule} {key}: {took}");
        if key == "f1/x/tag-b" {
            assert!(watermark(&world).is_some(), "the marks that did commit are announced");
            assert!(hard_mark(&world, "tag-a").is_some() && hard_mark(&world, "tag-b").is_none());
        }
    }
}

#[test]
fn soft_marks_that_cannot_be_read_do_not_stop_the_put() {
    let world = World::default();
    world.fail(Op::Bulk, "f1/s/", 1, failed("boom"));
    isolate(&world, 0, "a").soften("a");
    assert_eq!(soft_marks(&world, "a").len(), 1);
}

#[test]
fn marks_that_cannot_be_read_are_a_verdict() {
    let (world, key) = world_with("/", &["a"]);
    isolate(&world, 0, "a").expire("other");
    for corrupt in [false, true] {
        let b = isolate(&world, 1, "b");
        if corrupt {
            world.tamper(&keys().hard_mark(&Tag::new("a")), b"not ours", None);
        } else {
            world.fail(Op::Bulk, "f1/x/a", 1, failed("boom"));
        }
        let snapshot = b.read(&key, &[]);
        assert_eq!(snapshot.tags, TagVerdict::Unknown, "{corrupt}");
        assert_eq!(snapshot.decision, Decision::ServeThenRefresh(Why::TagsUnknown), "never called fresh");
    }
}

#[test]
fn what_a_verdict_and_an_age_decide() {
    use Decision::{Render, Serve, ServeThenRefresh};
    let (now, tag) = (UnixMillis(1_000_000_000), Tag::new("a"));
    let key = keys().route("example.com", "/");
    let (fresh, late, old) = (0, 900_001, 86_400_001);
    let valid = TagVerdict::Valid;
    let rows = [
        ("UC-20", fresh, valid.clone(), false, Serve),
        ("UC-20", 900_000, valid.clone(), false, Serve), // an age equal to the limit is inside
        ("UC-20", late, valid.clone(), false, ServeThenRefresh(Why::TimeStale)),
        ("UC-19", 86_400_000, valid.clone(), false, ServeThenRefresh(Why::TimeStale)),
        ("UC-19", old, valid.clone(), false, Render(Why::TimeExpired)),
        ("UC-19", late, valid.clone(), true, Render(Why::TimeStale)),
        ("FE-14", fresh, stale("a"), true, Render(Why::TagStale(tag.clone()))),
        ("UN-5", fresh, valid.clone(), true, Serve),
        ("IS-1", fresh, stale("a"), false, ServeThenRefresh(Why::TagStale(tag.clone()))),
        ("IS-1", fresh, expired("a"), false, Render(Why::TagExpired(tag.clone()))),
        ("TG-14", old, expired("a"), false, Render(Why::TagExpired(tag))), // expired by a tag is said first
        ("S7", old, TagVerdict::Unknown, false, Render(Why::TimeExpired)),
        ("Unknown", fresh, TagVerdict::Unknown, false, ServeThenRefresh(Why::TagsUnknown)),
        ("Unknown", fresh, TagVerdict::Unknown, true, Render(Why::TagsUnknown)),
        ("future", -1_000, valid.clone(), false, Serve),
        ("future", -1_001, valid, false, ServeThenRefresh(Why::FromFuture)),
    ];
    for (rule, age, verdict, persisted, expected) in rows {
        let made = entry(&key, &["a"], now.plus_ms(-age));
        let reading = freshtag::cache::decide::Reading { now, lead_ms: LEAD, persisted, lifetime: None };
        assert_eq!(
            decide(Some(&made), &verdict, &reading),
            expected,
            "{rule}: {age} {verdict:?} {persisted}"
        );
    }
    let made = entry(&key, &[], now.plus_ms(-10_000));
    let own = Some(lifetime(1.0, 5.0, 100.0));
    let reading = freshtag::cache::decide::Reading { now, lead_ms: LEAD, persisted: false, lifetime: own };
    let decision = decide(Some(&made), &TagVerdict::Valid, &reading);
    assert_eq!(decision, ServeThenRefresh(Why::TimeStale), "IC-7: the reader's own limit wins");
    assert_eq!(decide(None, &TagVerdict::Valid, &reading), Render(Why::Absent));
}

#[test]
fn an_entry_that_cannot_be_read_is_a_miss_with_its_error() {
    let (world, key) = world_with("/", &["a"]);
    world.fail(Op::Get, key.name(), 1, failed("boom"));
    let snapshot = isolate(&world, 1, "b").read(&key, &[]);
    assert_eq!(snapshot.decision, Decision::Render(Why::Absent));
    assert_eq!(snapshot.error, Some(failed("boom")));
}

// ---- the shared watermark put

#[test]
fn calls_within_a_second_share_a_trailing_put() {
    let world = World::default();
    let a = isolate(&world, 0, "a").counting();
    let call = async |tag: &'static str, after: u64| {
        a.index().store.sleep(after).await;
        a.revalidating(&[tag], How::Expire).await.unwrap();
        (a.now(), watermark_of(&a).await.unwrap().t)
    };
    let start = a.now();
    let ended = world.run(join3(call("a", 0), call("b", 100), call("c", 600))).unwrap();
    // Three marks, two watermarks, and none was refused.
    assert_eq!(a.ops().puts, 3 + 2);
    let (first, second, third) = ended;
    assert!(first.0.since(start) < 100, "the first does not wait");
    assert!(second.0.since(start) >= 1_000 && third.0.since(start) >= 1_000, "{ended:?}");
    assert!(third.0.since(start) < 1_200, "{ended:?}");
    assert!(second.1 > first.1, "resolved by a put that began after its own mark");
}

#[test]
fn a_put_in_flight_covers_nothing() {
    let world = World::default();
    let a = isolate(&world, 0, "a").counting();
    world.slow_put("f1/w", 800);
    let second = async {
        // The first watermark put is under way when this mark commits.
        a.index().store.sleep(200).await;
        a.revalidating(&["b"], How::Expire).await.unwrap();
        a.now()
    };
    let start = a.now();
    let (first, ended) = world.run(join(a.revalidating(&["a"], How::Expire), second)).unwrap();
    assert_eq!((first, a.ops().puts), (Ok(()), 4));
    assert!(ended.since(start) >= 1_000, "not when the first put commits, at 820");
}

#[test]
fn a_follower_survives_the_request_that_does_the_put() {
    let world = World::default();
    let a = isolate(&world, 0, "a").counting();
    world.slow_put("f1/w", 3_000);
    let ended = world.run(async {
        let dies = Box::pin(a.revalidating(&["a"], How::Expire));
        let cut = Box::pin(a.index().store.sleep(500));
        let dead = matches!(select(dies, cut).await, Either::Right(_));
        let before = a.now();
        let result = a.revalidating(&["b"], How::Expire).await;
        (dead, result, a.now().since(before))
    });
    let (dead, result, took) = ended.unwrap();
    assert!(dead, "the first request ended in the middle of its put");
    assert_eq!(result, Ok(()), "T39");
    assert!(took < 11_000, "T39: it has its own timer: {took}");
    assert!(watermark(&world).is_some());
}

#[test]
fn a_failing_watermark_fails_every_call_that_waits_for_it() {
    let world = World::default();
    let a = isolate(&world, 0, "a");
    world.fail(Op::Put, "f1/w", u32::MAX, failed("boom"));
    let second = async {
        a.index().store.sleep(300).await;
        a.revalidating(&["b"], MAX).await
    };
    let (first, second) = world.run(join(a.revalidating(&["a"], How::Expire), second)).unwrap();
    let (first, second) = (first.unwrap_err(), second.unwrap_err());
    assert!(first.message().contains(" a:") && !first.message().contains(" b:"), "S6 {first}");
    assert!(second.message().contains(" b:"), "S6 {second}");
    assert_eq!([first.code(), second.code()], [ErrorCode::RevalidateFailed; 2]);
}

#[test]
fn every_attempt_at_a_watermark_has_a_new_id_and_a_later_time() {
    let world = World::default();
    let a = isolate(&world, 0, "a");
    let seen = RefCell::new(Vec::new());
    for n in 0..4 {
        a.expire(&format!("tag-{n}"));
        let mark = watermark(&world).unwrap();
        assert!(mark.t >= world.now().plus_ms(1_900), "ahead, so that it covers its marks");
        assert!(mark.t >= hard_mark(&world, &format!("tag-{n}")).unwrap().t);
        seen.borrow_mut().push(mark);
        world.pass(300);
    }
    let seen = seen.into_inner();
    assert!(seen.windows(2).all(|pair| pair[0].id != pair[1].id && pair[0].t <= pair[1].t), "{seen:?}");
    // One from a clock that is ahead is never undone.
    let far = Watermark { t: world.now().plus_ms(500_000), id: "far".into() };
    world.tamper(&keys().watermark(), far.text().as_bytes(), None);
    world.pass(MEMO_MS);
    world.run(a.index().watermark()).unwrap().unwrap();
    a.expire("b");
    let mark = watermark(&world).unwrap();
    assert_eq!(mark.t, far.t);
    assert_ne!(mark.id, far.id);
}

#[test]
fn marks_outlive_entries_and_watermarks_have_no_ttl() {
    let world = World::default();
    isolate(&world, 0, "a").expire("a");
    isolate(&world, 0, "a").soften("b");
    let ttls: Vec<_> = world.dump().into_iter().map(|(name, _, _, ttl)| (name, ttl)).collect();
    let year = u32::try_from(Seconds::YEAR.as_millis() / 1_000).unwrap();
    for (name, ttl) in &ttls {
        match name.as_str() {
            "f1/w" => assert_eq!(*ttl, None),
            _ => assert!(ttl.is_some_and(|ttl| ttl > year), "{name}"),
        }
    }
    assert_eq!(ttls.len(), 3);
}

// ---- memory

#[test]
fn a_read_never_lowers_a_time() {
    // T43: the store shows an older mark and an older watermark after a newer one.
    let (world, key) = world_with("/", &["a"]);
    let old_mark = HardMark { t: world.now().plus_ms(-MINUTE), by: "old".into(), exact: None };
    let old_watermark = Watermark { t: world.now().plus_ms(-MINUTE), id: "old".into() };
    let a = isolate(&world, 0, "a");
    a.expire("a");
    world.tamper(&keys().hard_mark(&Tag::new("a")), old_mark.text().as_bytes(), None);
    world.tamper(&keys().watermark(), old_watermark.text().as_bytes(), None);
    world.pass(MEMO_MS + LEAD);
    assert_eq!(a.verdict(&key), expired("a"), "T43");
    assert!(
        world.run(a.index().watermark()).unwrap().unwrap().unwrap().t > world.now().plus_ms(-MINUTE),
        "T43"
    );
}

#[test]
fn memory_is_bounded() {
    let world = World::default();
    let a = isolate(&world, 0, "a");
    let memory = &a.index().memory;
    let key = keys().route("example.com", "/");
    // Marks are read where a watermark says so.
    let far = Watermark { t: UnixMillis::FAR_FUTURE, id: "far".into() };
    world.tamper(&keys().watermark(), far.text().as_bytes(), None);
    for batch in 0..102 {
        let names: Vec<String> = (0..100).map(|n| format!("{batch}-{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let made = entry(&key, &names, world.now());
        world.run(a.index().watermark());
        world.run(a.index().verdict(&made, Under::default(), &Floors::default(), &a.reading()));
    }
    assert_eq!(memory.usage().tags, 10_000, "T19");
    for n in 0..10_100 {
        let key = keys().route("example.com", &format!("/{n}"));
        plant(&world, &key, &entry(&key, &[], world.now()), b"body");
        a.read(&key, &[]);
    }
    assert_eq!(memory.usage().keys, 10_000, "T19");
    assert_eq!(memory.usage().bodies, 0, "what is read once is not held");
    let large = LARGEST_BODY;
    for n in 0..100_u64 {
        let key = keys().route("example.com", &format!("/large/{n}"));
        // The last ones are a byte too large to be held.
        let body_len = large + u64::from(n >= 90);
        let mut made = entry(&key, &[], world.now());
        made.body_len = body_len;
        plant(&world, &key, &made, b"body");
        a.read(&key, &[]);
        a.read(&key, &[]);
    }
    let usage = memory.usage();
    assert!(usage.bytes <= DEFAULT_BYTES, "T19: {usage:?}");
    assert_eq!(usage.bodies, 63, "T19: what fits beside keys and headers");
    let last = keys().route("example.com", "/large/99");
    assert_eq!(reading(&a, &last, &[]).0, ops(1, 0, 0, 0), "too large to be held");
    let held = keys().route("example.com", "/large/89");
    assert_eq!(reading(&a, &held, &[]).0, ops(0, 0, 0, 0));
}

#[test]
fn an_own_mark_that_had_to_be_forgotten_raises_a_floor_for_all() {
    for (age, expected) in [(0, true), (600_000, false)] {
        let (world, key) = world_with("/", &["lost"]);
        let a = isolate(&world, 0, "a");
        // It never reaches the store: only memory knows.
        world.fail(Op::Put, "f1/x/lost", u32::MAX, failed("boom"));
        a.revalidate(&["lost"], How::Expire).unwrap_err();
        assert_eq!(a.verdict(&key), expired("lost"));
        world.pass(age);
        let far = Watermark { t: UnixMillis::FAR_FUTURE, id: "far".into() };
        world.tamper(&keys().watermark(), far.text().as_bytes(), None);
        world.pass(MEMO_MS);
        for batch in 0..101 {
            let names: Vec<String> = (0..100).map(|n| format!("{batch}-{n}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let made = entry(&key, &names, world.now());
            world.run(a.index().watermark());
            world.run(a.index().verdict(&made, Under::default(), &Floors::default(), &a.reading()));
        }
        let say = a.verdict(&key);
        assert_eq!(say == expired("lost"), expected, "after {age} ms: {say:?}");
        let other = keys().route("example.com", "/another");
        plant(&world, &other, &entry(&other, &["another"], world.now().plus_ms(-700_000 - age)), b"body");
        assert_eq!(a.verdict(&other) == expired("another"), expected, "it stands for every tag");
    }
}

#[test]
fn a_held_body_is_judged_on_every_read() {
    // T43: times are cached, verdicts never.
    let (world, key) = world_with("/", &["a"]);
    let b = isolate(&world, 1, "b");
    for _ in 0..3 {
        b.read(&key, &[]);
    }
    assert!(b.read(&key, &[]).from_memory);
    isolate(&world, 0, "a").expire("a");
    world.pass(MEMO_MS);
    let snapshot = b.read(&key, &[]);
    assert_eq!(snapshot.tags, expired("a"), "T43");
}

#[test]
fn an_older_copy_from_the_store_does_not_replace_a_newer_one_in_memory() {
    let (world, key) = world_with("/", &["a"]);
    let b = isolate(&world, 1, "b");
    plant(&world, &key, &entry(&key, &["a"], world.now()), b"new");
    for _ in 0..2 {
        b.read(&key, &[]);
    }
    plant(&world, &key, &entry(&key, &["a"], world.now().plus_ms(-10_000)), b"old");
    // Served from memory, and where memory alone will not do, still the newer of the two.
    assert_eq!(&*b.read(&key, &[]).found.unwrap().body, b"new", "T43");
    b.soften("a");
    let snapshot = b.read(&key, &[]);
    assert_eq!(snapshot.decision, Decision::ServeThenRefresh(Why::TagStale(Tag::new("a"))));
    assert_eq!(&*snapshot.found.unwrap().body, b"new", "T43");
}

#[test]
fn hashed_marks_work_like_others() {
    let long = "x".repeat(600);
    let (world, key) = world_with("/", &[&long, "~short"]);
    isolate(&world, 0, "a").expire(&long);
    assert_eq!(isolate(&world, 1, "b").verdict(&key), expired(&long));
    let names: Vec<_> = world.dump().into_iter().map(|(name, ..)| name).collect();
    assert!(names.iter().all(|name| name.len() <= 512), "{names:?}");
    let world = Rc::new(world);
    isolate(&world, 0, "a2").soften("~short");
    assert_eq!(isolate(&world, 2, "c").read(&key, &[]).tags, expired(&long));
}
