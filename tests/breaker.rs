//! A store that is late or silent: how long it is waited for, and when it is no longer asked. Ids are those of the table of
//! reliability targets (R1: reads, R2: tags) and threats (T).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use std::rc::Rc;

use freshtag::cache::decide::Why;
use freshtag::cache::lifetime::Lifetime;
use freshtag::cache::scope::RouteLife;
use freshtag::error::ErrorCode;
use freshtag::flow::Mode;
use freshtag::reply::CacheState;
use freshtag::store::double::{Op, Ops, World};
use freshtag::store::memory::MEMO_MS;
use freshtag::store::{Breaker, How, StoreError};
use freshtag::time::{Seconds, UnixMillis};
use support::{
    FOREVER, Got, answer, counter, entries, entry, isolate, ok, origin, page, plant, proxied, script, stored,
};

#[test]
fn the_breaker_opens_probes_and_closes() {
    // Rows: what happens at which ms: (f)ailure, (a)nswer, a question and what it is told (y or n).
    let rows: [(&str, &[(i64, char)]); 9] = [
        ("closed", &[(0, 'y'), (0, 'f'), (1, 'f'), (2, 'f'), (3, 'f'), (3, 'y')]),
        ("five failures", &[(0, 'f'), (0, 'f'), (0, 'f'), (0, 'f'), (0, 'f'), (0, 'n'), (4_999, 'n')]),
        ("within ten seconds", &[(0, 'f'), (0, 'f'), (0, 'f'), (0, 'f'), (9_999, 'f'), (9_999, 'n')]),
        ("and not more", &[(0, 'f'), (0, 'f'), (0, 'f'), (0, 'f'), (10_000, 'f'), (10_000, 'y')]),
        (
            "a probe each five seconds",
            &[
                (0, 'f'),
                (0, 'f'),
                (0, 'f'),
                (0, 'f'),
                (0, 'f'),
                (5_000, 'y'),
                (5_000, 'n'),
                (5_500, 'f'),
                (9_999, 'n'),
                (10_000, 'y'),
                (10_001, 'n'),
            ],
        ),
        (
            "an answer closes",
            &[
                (0, 'f'),
                (0, 'f'),
                (0, 'f'),
                (0, 'f'),
                (0, 'f'),
                (5_000, 'y'),
                (5_001, 'a'),
                (5_001, 'y'),
                (5_001, 'y'),
                (5_002, 'f'),
                (5_002, 'y'),
            ],
        ),
        (
            "so does one that was asked for before",
            &[(0, 'f'), (0, 'f'), (0, 'f'), (0, 'f'), (0, 'f'), (200, 'a'), (200, 'y')],
        ),
        (
            "half of the reads",
            &[
                (0, 'f'),
                (1, 'a'),
                (2, 'a'),
                (3, 'a'),
                (4, 'a'),
                (5, 'f'),
                (6, 'f'),
                (7, 'f'),
                (7, 'y'),
                (8, 'f'),
                (8, 'n'),
            ],
        ),
        (
            "few among many",
            &[
                (0, 'f'),
                (1, 'a'),
                (1, 'a'),
                (1, 'a'),
                (1, 'a'),
                (1, 'a'),
                (1, 'a'),
                (2, 'f'),
                (3, 'f'),
                (4, 'f'),
                (5, 'f'),
                (5, 'y'),
                (6, 'f'),
                (6, 'n'),
            ],
        ),
    ];
    for (row, events) in rows {
        let mut breaker = Breaker::default();
        for (at, (ms, event)) in events.iter().enumerate() {
            let now = UnixMillis(*ms);
            match event {
                'f' => breaker.failed(now),
                'a' => breaker.answered(),
                told => assert_eq!(breaker.admits(now), *told == 'y', "R1 {row}, event {at}"),
            }
        }
    }
}

fn life() -> RouteLife {
    RouteLife::Every(Seconds(60.0))
}

#[test]
fn a_late_store_is_raced() {
    // Rows: ms of the read, of the render; what comes first, after how many ms.
    let rows = [
        (249, 1_000, "HIT old", 249),
        (300, 20, "MISS v1", 270),
        (300, 1_000, "HIT old", 300),
        (999, 600, "MISS v1", 850),
        (999, 5_000, "HIT old", 999),
        (1_000, 5_000, "MISS v1", 5_250),
        (60_000, 20, "MISS v1", 270),
    ];
    for (reads, renders, line, after) in rows {
        let world = World::default();
        let (a, ask, origin) =
            (isolate(&world, 0, "a"), Rc::new(page("/", life())), counter(&world, renders));
        plant(&world, &ask.key, &entry(&ask.key, &[], world.now()), b"old");
        world.slow_reads("f1/", reads);
        let began = world.now();
        let got = a.get(&ask, &origin);
        assert_eq!((got.line(), world.now().since(began)), (line.to_owned(), after), "R1 {reads} {renders}");
        if let Got::Rendered { why, kept, .. } = &got {
            assert_eq!((why, *kept), (&Why::Unread, true), "R1 {reads} {renders}");
        }
        // Whoever loses ends behind the reply; a render is kept.
        world.settle();
        let raced = reads > 250;
        assert_eq!(origin.calls(), usize::from(raced), "R1 {reads} {renders}");
        let kept = if raced { "v1" } else { "old" };
        assert_eq!(
            {
                world.slow_reads("f1/", 5);
                stored(&world, &ask.key)
            }
            .unwrap()
            .1,
            kept,
            "R1 {reads} {renders}"
        );
    }
}

#[test]
fn a_late_entry_stands_in_for_a_render_that_failed_first() {
    let fresh = Lifetime { revalidate: Seconds(60.0), ..support::LIFE };
    // Rows: rule, age in s, stale-if-error in s, what is told.
    let rows = [
        ("R1 fresh", 10, 0, "HIT old"),
        ("R1 stale", 70, 0, "STALE old"),
        ("S7 inside stale-if-error", 86_500, 600, "STALE old"),
        ("S7 outside", 87_100, 600, "MISS broken"),
        ("S7 none", 86_500, 0, "MISS broken"),
    ];
    for (rule, age, grace, line) in rows {
        for bad in [Ok(answer(500, &[], "broken")), Err("unreachable")] {
            let world = World::default();
            let (a, ask) = (isolate(&world, 0, "a"), Rc::new(proxied("/")));
            let created = world.now().plus_ms(-age * 1_000);
            let mut old = entry(&ask.key, &[], created);
            old.lifetime = fresh;
            old.stale_if_error = (grace > 0).then_some(Seconds(f64::from(grace)));
            plant(&world, &ask.key, &old, b"old");
            world.slow_reads("f1/e/", 600);
            let origin = script(&world, vec![bad.clone()]);
            let got = a.get_settled(&ask, &origin).line();
            let told = if bad.is_err() { line.replace("MISS broken", "FAILED ") } else { line.to_owned() };
            assert_eq!(got, told, "{rule}");
            assert_eq!(stored(&world, &ask.key).unwrap().1, "old", "{rule}");
        }
    }
}

#[test]
fn a_silent_store_costs_a_quarter_of_a_second_and_then_nothing() {
    let world = World::default();
    let (a, origin) = (isolate(&world, 0, "a"), counter(&world, 10));
    world.slow_reads("f1/", 60_000);
    let asks: Vec<_> = (0..40).map(|n| Rc::new(page(&format!("/{n}"), life()))).collect();
    let mut waits = Vec::new();
    for ask in &asks {
        let one = a.counting();
        let began = world.now();
        let got = one.get(ask, &origin);
        assert!(matches!(got, Got::Rendered { why: Why::Unread, .. }), "R1 {got:?}");
        waits.push((world.now().since(began) - 10, one.ops().gets));
        world.pass(300);
    }
    let (slow, quick): (Vec<_>, Vec<_>) = waits.iter().partition(|(_, gets)| *gets > 0);
    assert!(slow.len() <= 7, "R1: {waits:?}");
    assert!(slow.iter().all(|(ms, _)| *ms <= 250), "R1: before it opens {waits:?}");
    assert!(quick.iter().all(|(ms, _)| *ms == 0), "R1: while it is open {waits:?}");
    // It heals with the next probe.
    world.slow_reads("f1/", 5);
    world.pass(5_000);
    let healed = isolate(&world, 1, "b").get_settled(&asks[0], &origin);
    assert!(matches!(healed, Got::Stored { .. } | Got::Rendered { why: Why::Absent, .. }));
    plant(&world, &asks[0].key, &entry(&asks[0].key, &[], world.now()), b"old");
    let elsewhere = Rc::new(page("/elsewhere", life()));
    assert_eq!(a.get_settled(&elsewhere, &origin).line().split(' ').next(), Some("MISS"));
    assert!(matches!(a.get_settled(&elsewhere, &origin), Got::Stored { doubtful: false, .. }), "R1: closed");
}

#[test]
fn three_hours_without_a_store() {
    let world = World::default();
    let (a, origin) = (isolate(&world, 0, "a"), counter(&world, 10));
    for op in [Op::Get, Op::Bulk, Op::Put] {
        world.fail(op, "", u32::MAX, StoreError::Failed("down".to_owned()));
    }
    let end = world.now().plus_ms(3 * 3_600_000);
    let (mut asked, mut counted) = (0, a.counting());
    while world.now() < end {
        counted = a.counting();
        let ask = Rc::new(page(&format!("/{}", asked % 50), life()));
        let got = counted.get(&ask, &origin);
        assert!(got.body().starts_with('v'), "R1: 0 errors caused by us: {got:?}");
        let tells = matches!(
            got,
            Got::Rendered { why: Why::Unread, .. }
                | Got::Stored { state: CacheState::Stale, doubtful: true, .. }
                | Got::Stored { state: CacheState::Miss, .. }
        );
        assert!(tells, "R2: never called fresh: {got:?}");
        asked += 1;
        world.pass(1_000);
    }
    assert!(asked > 10_000 && counted.ops().gets <= 1);
}

#[test]
fn tags_that_cannot_be_read_are_a_doubt() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)), counter(&world, 10));
    isolate(&world, 1, "b").expire("other");
    plant(&world, &ask.key, &entry(&ask.key, &["a"], world.now().plus_ms(-9_000)), b"old");
    // Rows: which keys are silent.
    for silent in ["f1/w", "f1/x/", "f1/s/"] {
        let reader = isolate(&world, 2, "c");
        world.slow_reads("f1/w", 5);
        world.slow_reads(silent, 60_000);
        let slow = origin_of(&world, 3_000);
        let got = reader.get(&ask, &slow);
        world.slow_reads(silent, 5);
        let doubt = Got::Stored {
            state: CacheState::Stale,
            body: "old".to_owned(),
            doubtful: true,
            why: Some(Why::TagsUnknown),
        };
        // A watermark that is silent alone leaves the marks, which say that it is good.
        let good = matches!(got, Got::Stored { state: CacheState::Hit, doubtful: false, .. });
        assert!(got == doubt || (silent == "f1/w" && good), "R2 {silent}: {got:?}");
    }
    assert_eq!(origin.calls(), 0);
    drop(a);
}

fn origin_of(world: &World, ms: u64) -> support::Origin {
    counter(world, ms)
}

#[test]
fn a_revalidation_is_not_cut_by_the_breaker_and_ends() {
    // Rows: which put is silent, and for how many ms; what the caller is told, and after how many ms at most.
    let rows = [
        ("", 10, true, 100),
        ("f1/x/", 4_900, true, 6_000),
        ("f1/x/", 60_000, false, 5_100),
        ("f1/w", 60_000, false, 5_100),
    ];
    for (silent, ms, good, most) in rows {
        let world = World::default();
        let a = isolate(&world, 0, "a");
        world.slow_reads("f1/", 60_000);
        let origin = counter(&world, 10);
        for n in 0..6 {
            a.get_settled(&Rc::new(page(&format!("/{n}"), life())), &origin);
        }
        if !silent.is_empty() {
            world.slow_put(silent, ms);
        }
        let began = world.now();
        let result = a.revalidate(&["a"], How::Expire);
        assert!(world.now().since(began) <= most, "R1 {silent} {ms}: {}", world.now().since(began));
        assert_eq!(
            result.map_err(|error| error.code()).err(),
            (!good).then_some(ErrorCode::RevalidateFailed)
        );
        world.settle();
        // What was given up arrives all the same, and is announced.
        let names: Vec<_> = world.dump().into_iter().map(|(name, ..)| name).collect();
        assert!(
            names.iter().any(|name| name == "f1/x/a") && names.iter().any(|name| name == "f1/w"),
            "{names:?}"
        );
    }
}

#[test]
fn a_put_that_fails_again_and_again_gives_up_at_once_or_in_seven_seconds() {
    let world = World::default();
    let a = isolate(&world, 0, "a");
    world.fail(Op::Put, "f1/x/", u32::MAX, StoreError::Failed("500".to_owned()));
    let began = world.now();
    assert_eq!(a.revalidate(&["a"], How::Expire).unwrap_err().code(), ErrorCode::RevalidateFailed);
    let took = world.now().since(began);
    assert!((5_000..7_000).contains(&took), "{took}");
}

#[test]
fn a_quick_store_is_asked_as_before() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", life())), counter(&world, 10));
    let cold = a.counting();
    assert!(matches!(cold.get_settled(&ask, &origin), Got::Rendered { why: Why::Absent, .. }));
    assert_eq!(cold.ops(), Ops { gets: 2, bulk_gets: 0, keys: 0, puts: 1 });
    world.pass(MEMO_MS);
    let warm = isolate(&world, 1, "b");
    assert_eq!(warm.get_settled(&ask, &origin).line(), "HIT v1");
    assert_eq!(warm.ops(), Ops { gets: 2, bulk_gets: 0, keys: 0, puts: 0 });
    assert_eq!(origin.modes(), [Mode::Live]);
    assert_eq!(entries(&world).len(), 1);
}

#[test]
fn a_render_that_lost_and_then_failed_leaves_the_entry() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", life())));
    plant(&world, &ask.key, &entry(&ask.key, &[], world.now()), b"old");
    world.slow_reads("f1/", 300);
    let store = world.place(9);
    let failing = origin(&world, move |_| {
        let store = store.clone();
        async move {
            freshtag::store::Store::sleep(&store, 500).await;
            Ok(support::Answer { breaks: true, ..ok("half") })
        }
    });
    assert_eq!(a.get_settled(&ask, &failing).line(), "HIT old");
    assert_eq!((failing.calls(), stored(&world, &ask.key).unwrap().1), (1, "old".to_owned()), "T2");
}
