//! The request flow, natively: read, decide, render, admit, write behind the reply. Ids are rules of Next and threats (T).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use std::cell::Cell;
use std::rc::Rc;

use freshtag::cache::codec;
use freshtag::cache::decide::Why;
use freshtag::cache::lifetime::{Life, Lifetime};
use freshtag::cache::scope::RouteLife;
use freshtag::cache::seen::Floors;
use freshtag::cache::tag::Tag;
use freshtag::error::ErrorCode;
use freshtag::flow::{Ask, Config, Demand, Mode, Outcome, Policy, Proxied, Visit};
use freshtag::reply::CacheState;
use freshtag::store::double::{Op, Ops, World};
use freshtag::store::memory::{LARGEST_BODY, MEMO_MS};
use freshtag::store::{Defer, How, Store as _, StoreError};
use freshtag::time::{Seconds, UnixMillis};
use futures_util::FutureExt as _;
use futures_util::future::{Either, join, select};
use support::{
    FOREVER, Got, Isolate, LEAD, MAX, Origin, answer, counter, data, entries, entry, grace, isolate, keys,
    ok, origin, page, plant, proxied, script, stored, tags, together,
};

const HOUR: i64 = 3_600_000;

fn every(seconds: f64) -> RouteLife {
    RouteLife::Every(Seconds(seconds))
}

fn ops(gets: u32, bulk_gets: u32, keys: u32, puts: u32) -> Ops {
    Ops { gets, bulk_gets, keys, puts }
}

fn failed(text: &str) -> StoreError {
    StoreError::Failed(text.to_owned())
}

// ---- miss, hit, stale

#[test]
fn miss_then_hit() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)), counter(&world, 40));
    let cold = a.counting();
    let started = world.now().plus_ms(5);
    let got = cold.get(&ask, &origin);
    assert_eq!(got.line(), "MISS v1", "IS-9");
    assert!(matches!(got, Got::Rendered { kept: true, why: Why::Absent, .. }));
    assert_eq!(entries(&world), Vec::<String>::new(), "the visitor does not wait for the put");
    world.settle();
    assert_eq!(cold.ops(), ops(2, 0, 0, 1), "an entry, a watermark, a put");
    let (kept, body) = stored(&world, &ask.key).unwrap();
    assert_eq!((kept.created, kept.oldest, &*body), (started, started, "v1"), "T42: when the render started");
    assert_eq!((&*kept.by, kept.body_len), ("a", 2));
    // From memory in the isolate that wrote it, from the store elsewhere.
    let warm = a.counting();
    assert_eq!((warm.get(&ask, &origin).line(), warm.ops()), ("HIT v1".to_owned(), ops(0, 0, 0, 0)));
    let b = isolate(&world, 1, "b").counting();
    assert_eq!((b.get(&ask, &origin).line(), b.ops()), ("HIT v1".to_owned(), ops(2, 0, 0, 0)));
    // With a young memo a miss is an entry and a put.
    let other = Rc::new(page("/other", FOREVER));
    let cold = b.counting();
    assert_eq!(cold.get_settled(&other, &origin).line(), "MISS v2");
    assert_eq!(cold.ops(), ops(1, 0, 0, 1));
    assert_eq!(origin.modes(), [Mode::Live, Mode::Live]);
}

#[test]
fn time_makes_stale_then_expires() {
    // Rows: rule, age in ms, what is told, and how the origin was then called.
    let rows: [(&str, i64, &str, &[Mode]); 5] = [
        ("IS-1", 10_000, "HIT v1", &[Mode::Live]), // an age equal to a limit is inside it
        ("IS-1", 10_001, "STALE v1", &[Mode::Live, Mode::Refresh]),
        ("UC-20", 20_000, "STALE v1", &[Mode::Live, Mode::Refresh]),
        ("UC-19", 60_000, "STALE v1", &[Mode::Live, Mode::Refresh]),
        ("IS-9", 60_001, "REVALIDATED v2", &[Mode::Live, Mode::Live]),
    ];
    for (rule, age, line, modes) in rows {
        let world = World::default();
        let mut ask = page("/", every(10.0));
        ask.implicit = tags(&["a"]);
        let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(ask), counter(&world, 0));
        let a = with_expire_time(a, 60.0);
        a.get_settled(&ask, &origin);
        let made = stored(&world, &ask.key).unwrap().0.created;
        // A store read takes 5 ms, but `now` is when the request began.
        world.pass(made.since(world.now()) + age);
        assert_eq!(a.get_settled(&ask, &origin).line(), line, "{rule} {age}");
        assert_eq!(origin.modes(), modes, "{rule} {age}");
        if modes.len() == 2 {
            assert_eq!(a.get(&ask, &origin).line(), "HIT v2", "{rule} {age}");
        }
    }
}

fn with_expire_time(mut isolate: Isolate, seconds: f64) -> Isolate {
    isolate.flow.config = Rc::new(Config { expire_time: Seconds(seconds), ..Config::default() });
    isolate
}

#[test]
fn ten_thousand_visitors_of_a_stale_page_are_one_refresh() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", every(10.0))), counter(&world, 900));
    a.get_settled(&ask, &origin);
    world.pass(11_000);
    let before = world.now();
    let visits = (0..10_000).map(|_| async { a.getting(&ask, &origin).await.line() });
    let lines = world.run(together(visits)).unwrap();
    assert!(lines.iter().all(|line| line == "STALE v1"), "UC-20");
    assert!(world.now().since(before) < 50, "nobody waits for the refresh");
    world.settle();
    assert_eq!(origin.calls(), 2, "IS-3");
    assert_eq!(a.get(&ask, &origin).line(), "HIT v2");
}

#[test]
fn a_refresh_that_never_ends_makes_room_after_half_a_minute() {
    let world = World::default();
    let (a, ask, quick) = (isolate(&world, 0, "a"), Rc::new(page("/", every(10.0))), counter(&world, 10));
    a.get_settled(&ask, &quick);
    world.pass(11_000);
    let stuck = counter(&world, 3_600_000);
    // Rows: ms to wait, then how often the origin was asked.
    for (wait, calls) in [(0, 1), (10_000, 1), (19_000, 1), (2_000, 2)] {
        world.pass(wait);
        assert_eq!(a.get(&ask, &stuck).line(), "STALE v1", "IS-3 {wait}");
        world.pass(10);
        assert_eq!(stuck.calls(), calls, "IS-3 {wait}");
    }
}

#[test]
fn a_prefetch_does_not_refresh() {
    let world = World::default();
    let (a, origin) = (isolate(&world, 0, "a"), counter(&world, 0));
    let quiet = Rc::new(Ask { quiet: true, ..page("/", every(10.0)) });
    assert_eq!(a.get_settled(&quiet, &origin).line(), "MISS v1");
    world.pass(11_000);
    assert_eq!(a.get_settled(&quiet, &origin).line(), "STALE v1", "IS-3");
    assert_eq!(origin.calls(), 1, "IS-3");
}

#[test]
fn a_tag_makes_stale_or_absent() {
    for (how, first, second) in
        [(How::Expire, "MISS v2", "HIT v2"), (MAX, "STALE v1", "HIT v2"), (grace(60.0), "STALE v1", "HIT v2")]
    {
        let world = World::default();
        let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/p", FOREVER)), counter(&world, 0));
        let b = isolate(&world, 1, "b");
        a.get_settled(&ask, &origin);
        assert_eq!(b.get(&ask, &origin).line(), "HIT v1");
        world.pass(10_000);
        // Path tags are on the entry.
        b.revalidate(&["_N_T_/p"], how).unwrap();
        assert_eq!(b.get_settled(&ask, &origin).line(), first, "IS-1 {how:?}");
        assert_eq!(b.get_settled(&ask, &origin).line(), second, "IS-1 {how:?}");
        world.pass(2 * LEAD + MEMO_MS);
        assert!(!a.get(&ask, &origin).line().contains("v1"), "S3 {how:?}");
    }
    // A grace that has passed is an expiry.
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/p", FOREVER)), counter(&world, 0));
    a.get_settled(&ask, &origin);
    world.pass(1_000);
    a.revalidate(&["_N_T_/layout"], grace(60.0)).unwrap();
    world.pass(61_000);
    let got = a.get(&ask, &origin);
    assert_eq!(got.line(), "MISS v2", "TG-14: tag-expired prints MISS");
    assert!(matches!(got, Got::Rendered { why: Why::TagExpired(_), .. }));
}

// ---- one render, many visitors

#[test]
fn a_thousand_visitors_of_a_cold_page_are_one_render() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)), counter(&world, 900));
    let visits = (0..1_000).map(|n| {
        let (a, ask, origin) = (&a, &ask, &origin);
        async move {
            a.index().store.sleep(n % 800).await;
            a.getting(ask, origin).await.line()
        }
    });
    let lines = world.run(together(visits)).unwrap();
    assert!(lines.iter().all(|line| line == "MISS v1"), "IS-4");
    world.settle();
    assert_eq!(origin.calls(), 1, "IS-4");
    // And again, when a tag has expired it.
    a.expire("_N_T_/layout");
    let lines = world.run(together((0..100).map(|_| a.getting(&ask, &origin)))).unwrap();
    assert!(lines.iter().all(|got| got.line() == "MISS v2"), "IS-4");
    assert_eq!(origin.calls(), 2, "IS-4");
}

#[test]
fn a_follower_waits_for_the_end_of_the_body() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)));
    let slow = script(&world, vec![Ok(support::Answer { body_ms: 700, ..ok("whole") })]);
    let follower = async {
        a.index().store.sleep(100).await;
        let line = a.getting(&ask, &slow).await.line();
        (line, a.now())
    };
    let start = world.now();
    let leader = a.getting(&ask, &slow);
    let (_, (line, ended)) = world.run(join(leader, follower)).unwrap();
    assert_eq!((&*line, slow.calls()), ("MISS whole", 1));
    assert!(ended.since(start) >= 700);
}

#[test]
fn a_follower_does_not_wait_longer_than_five_seconds() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)), counter(&world, 8_000));
    let follower = async {
        a.index().store.sleep(100).await;
        let began = a.now();
        let line = a.getting(&ask, &origin).await.line();
        (line, a.now().since(began))
    };
    let leader = a.getting(&ask, &origin);
    let (leader, (line, took)) = world.run(join(leader, follower)).unwrap();
    assert_eq!((leader.line(), &*line), ("MISS v1".to_owned(), "MISS v2"), "T39");
    assert!((13_000..13_100).contains(&took), "T39: {took}");
}

/// A visit whose work behind the reply is cut at a moment.
fn mortal(world: &World, until: UnixMillis) -> Rc<Visit> {
    let (place, defer) = (world.place(usize::MAX), world.defer());
    let cut: Defer = Rc::new(move |task| {
        let place = place.clone();
        defer(
            async move {
                let left = until.since(place.now()).max(0).unsigned_abs();
                select(task, Box::pin(place.sleep(left))).await;
            }
            .boxed_local(),
        );
    });
    Rc::new(Visit::new(Floors::default(), cut))
}

#[test]
fn a_leader_killed_at_any_moment_leaves_nobody_waiting() {
    for ms in 0..80 {
        let world = World::default();
        let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)));
        let place = world.place(usize::MAX);
        let origin = origin(&world, move |call| {
            let place = place.clone();
            async move {
                place.sleep(20).await;
                Ok(support::Answer { body_ms: 20, ..ok(&format!("v{}", call.number)) })
            }
        });
        let visit = mortal(&world, world.now().plus_ms(ms));
        let leader = async {
            let request = Box::pin(a.asking(&ask, &visit, &origin));
            let cut = Box::pin(a.index().store.sleep(ms.unsigned_abs()));
            matches!(select(request, cut).await, Either::Left(_))
        };
        let follower = async {
            a.index().store.sleep(7).await;
            let began = a.now();
            let got = a.getting(&ask, &origin).await;
            (got.body().to_owned(), a.now().since(began))
        };
        let (_, (body, took)) = world.run(join(leader, follower)).unwrap();
        assert!(body == "v1" || body == "v2", "T39 {ms}: {body:?}");
        assert!(took < 200, "T39: the end of the leader wakes its followers, {ms}: {took}");
        world.settle();
        assert_eq!(a.get(&ask, &origin).line(), format!("HIT {body}"), "T39 {ms}");
    }
}

#[test]
fn a_write_that_was_cut_does_not_stay_in_memory() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)));
    let large = "x".repeat(usize::try_from(LARGEST_BODY).unwrap() + 1);
    let origin = script(&world, vec![Ok(ok(&large))]);
    let visit = mortal(&world, world.now().plus_ms(15));
    world.run(a.asking(&ask, &visit, &origin)).unwrap();
    world.settle();
    assert_eq!(entries(&world).len(), 0, "cut in the middle of its put");
    assert_eq!(a.get(&ask, &origin).line(), format!("HIT {large}"));
    world.pass(60_000);
    assert_eq!(a.get(&ask, &origin).line(), format!("MISS {large}"), "T19");
}

#[test]
fn a_leader_that_is_never_polled_again_costs_its_followers_five_seconds() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)));
    let hang = origin(&world, |call| async move {
        if call.number == 1 {
            std::future::pending::<()>().await;
        }
        Ok(ok("v"))
    });
    let visit = a.visit();
    let leader = Box::pin(a.asking(&ask, &visit, &hang));
    let cut = Box::pin(a.index().store.sleep(10));
    // The platform forgets the request: its future is neither polled nor dropped.
    let forgotten = world.run(select(leader, cut)).unwrap();
    let before = world.now();
    assert_eq!(a.get_settled(&ask, &hang).line(), "MISS v", "T39");
    assert!(world.now().since(before) < 5_100, "T39");
    assert_eq!(a.get(&ask, &hang).line(), "HIT v");
    drop(forgotten);
}

#[test]
fn followers_share_nothing_that_may_not_be_shared() {
    // Rows: rule, what makes the leader's answer its own.
    type Spoil = fn(&support::Call) -> support::Answer;
    let rows: [(&str, Spoil); 5] = [
        ("T37 dynamic", |call| {
            call.scope.borrow_mut().dynamic("cookies()");
            ok("")
        }),
        ("T11 set-cookie", |_| answer(200, &[("set-cookie", "id=1")], "")),
        ("T1 private", |_| answer(200, &[("cache-control", "private")], "")),
        ("T13 vary", |_| answer(200, &[("vary", "cookie")], "")),
        ("T2 truncated", |_| support::Answer { breaks: true, ..ok("") }),
    ];
    for (rule, spoil) in rows {
        let world = World::default();
        let (a, ask, place) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)), world.place(usize::MAX));
        let origin = origin(&world, move |call| {
            let place = place.clone();
            async move {
                place.sleep(50).await;
                let body = format!("canary {}", call.number);
                Ok(support::Answer { body: body.as_bytes().into(), ..spoil(&call) })
            }
        });
        let request = a.counting();
        let visits = (0..100).map(|_| async { request.getting(&ask, &origin).await });
        let got = world.run(together(visits)).unwrap();
        let mut bodies: Vec<&str> = got.iter().map(Got::body).collect();
        bodies.sort_unstable();
        bodies.dedup();
        assert_eq!(bodies.len(), 100, "{rule}: everybody has an answer of their own");
        world.settle();
        assert_eq!((request.ops().puts, entries(&world).len()), (0, 0), "{rule}");
        // What turned out to be nobody else's is not waited for again.
        let before = world.now();
        world.run(together((0..3).map(|_| async { request.getting(&ask, &origin).await })));
        assert!(world.now().since(before) < 70, "{rule}: side by side");
    }
}

#[test]
fn a_thousand_interleaved_requests_keep_their_canaries() {
    let world = World::default();
    let a = isolate(&world, 0, "a");
    let place = world.place(usize::MAX);
    let visits = (0..1_000_u64).map(|n| {
        let (a, place) = (&a, place.clone());
        let private = n % 3 == 0;
        let ask =
            Rc::new(page(&(if private { "/private".to_owned() } else { format!("/{}", n / 2) }), FOREVER));
        let canary = if private { format!("private {n}") } else { format!("page {}", n / 2) };
        let told = canary.clone();
        let origin = origin(&a.world, move |call| {
            let (place, told) = (place.clone(), told.clone());
            if private {
                call.scope.borrow_mut().dynamic("cookies()");
            }
            async move {
                place.sleep(n % 37).await;
                Ok(ok(&told))
            }
        });
        async move {
            a.index().store.sleep(n % 101).await;
            let got = a.getting(&ask, &origin).await;
            (canary, got.body().to_owned())
        }
    });
    for (canary, body) in world.run(together(visits)).unwrap() {
        assert_eq!(body, canary, "T37");
    }
    world.settle();
    let leaked = world.dump().iter().any(|(_, _, value, _)| value.starts_with(b"private"));
    assert!(!leaked, "S8");
}

#[test]
fn a_follower_judges_what_it_gets() {
    // The tag is revalidated while the leader renders: its result is older than the follower's visit.
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/p", FOREVER)), counter(&world, 300));
    let leader = a.getting(&ask, &origin);
    let follower = async {
        a.index().store.sleep(100).await;
        a.revalidating(&["_N_T_/p"], How::Expire).await.unwrap();
        a.getting(&ask, &origin).await
    };
    let (leader, follower) = world.run(join(leader, follower)).unwrap();
    assert_eq!((leader.line(), follower.line()), ("MISS v1".to_owned(), "MISS v2".to_owned()), "S5");
    world.settle();
    assert_eq!(a.get(&ask, &origin).line(), "HIT v2", "S5");
}

#[test]
fn a_failing_leader_fails_for_itself() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)));
    let place = world.place(usize::MAX);
    let origin = origin(&world, move |call| {
        let place = place.clone();
        async move {
            place.sleep(100).await;
            if call.number == 1 { Err("boom".to_owned()) } else { Ok(ok("good")) }
        }
    });
    let visits = (0..2).map(|_| async { a.getting(&ask, &origin).await.line() });
    assert_eq!(world.run(together(visits)).unwrap(), ["FAILED ", "MISS good"], "T39");
}

// ---- failures

#[test]
fn a_failed_refresh_keeps_the_last_good_entry_and_backs_off() {
    let bad: [(&str, Result<support::Answer, &'static str>); 12] = [
        ("IS-6", Err("boom")),
        ("T2 500", Ok(answer(500, &[], "oops"))),
        ("T2 503", Ok(answer(503, &[("retry-after", "1")], ""))),
        ("T2 204", Ok(answer(204, &[], ""))),
        ("T2 empty 200", Ok(ok(""))),
        ("T2 truncated", Ok(support::Answer { breaks: true, ..ok("trunc") })),
        ("T2 truncated late", Ok(support::Answer { breaks: true, body_ms: 200, ..ok("trunc") })),
        ("T2 206", Ok(answer(206, &[("content-range", "bytes 0-1/9")], "pa"))),
        ("T2 304", Ok(answer(304, &[], ""))),
        ("T11", Ok(answer(200, &[("set-cookie", "a=1")], "mine"))),
        ("T1", Ok(answer(200, &[("cache-control", "private")], "mine"))),
        ("T13", Ok(answer(200, &[("vary", "*")], "mine"))),
    ];
    // Back-off: min(max(revalidate, 3), 30) s.
    for (revalidate, backoff) in [(1, 3_000), (10, 10_000), (100, 30_000)] {
        for (rule, bad) in &bad {
            let world = World::default();
            let a = isolate(&world, 0, "a");
            let ask = Rc::new(page("/", every(f64::from(revalidate))));
            let origin = script(&world, vec![Ok(ok("good")), bad.clone(), bad.clone(), Ok(ok("new"))]);
            a.get_settled(&ask, &origin);
            let good = stored(&world, &ask.key);
            world.pass(i64::from(revalidate) * 1_000 + 100);
            assert_eq!(a.get_settled(&ask, &origin).line(), "STALE good", "{rule}");
            assert_eq!(origin.calls(), 2, "{rule}");
            let failed_at = world.now();
            while world.now().since(failed_at) < backoff - 600 {
                assert_eq!(a.get_settled(&ask, &origin).line(), "STALE good", "{rule}");
                world.pass(500);
            }
            assert_eq!(origin.calls(), 2, "{rule}: held back for {backoff} ms");
            assert_eq!(stored(&world, &ask.key), good, "{rule}: neither bytes nor times move");
            world.pass(failed_at.since(world.now()) + backoff);
            assert_eq!(a.get_settled(&ask, &origin).line(), "STALE good", "{rule}");
            assert_eq!(origin.calls(), 3, "{rule}: tried again");
            world.pass(backoff + 1);
            assert_eq!(a.get_settled(&ask, &origin).line(), "STALE good", "{rule}");
            assert_eq!(a.get_settled(&ask, &origin).line(), "HIT new", "{rule}: recovered");
        }
    }
}

#[test]
fn a_page_that_becomes_dynamic_keeps_its_last_static_form() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", every(5.0))));
    let origin = origin(&world, |call| async move {
        if call.number > 1 {
            call.scope.borrow_mut().dynamic("cookies()");
        }
        Ok(ok(&format!("v{}", call.number)))
    });
    a.get_settled(&ask, &origin);
    world.pass(6_000);
    assert_eq!(a.get_settled(&ask, &origin).line(), "STALE v1", "IS-8");
    assert_eq!(a.get_settled(&ask, &origin).line(), "STALE v1", "IS-8");
    assert_eq!((origin.calls(), stored(&world, &ask.key).unwrap().1), (2, "v1".to_owned()), "IS-8");
}

const GOOD: &str = "s-maxage=10, stale-if-error=600";

#[test]
fn a_dead_origin_is_stood_in_for_within_its_window() {
    let dead: [Result<support::Answer, &'static str>; 3] =
        [Err("unreachable"), Ok(answer(502, &[], "bad gateway")), Ok(answer(500, &[], ""))];
    // Rows: rule, the origin's words, seconds since, whether the last good entry answers.
    let rows = [
        ("S7", GOOD, 5, true),
        ("S7", GOOD, 60, true),
        ("S7", GOOD, 609, true),
        ("S7", GOOD, 611, false),
        ("S7", "s-maxage=10", 60, false),
        ("S7", "s-maxage=10, stale-if-error=600, must-revalidate", 60, false),
        ("S7", "s-maxage=10, stale-if-error=600, proxy-revalidate", 60, false),
    ];
    for (rule, words, seconds, stands_in) in rows {
        for bad in &dead {
            let world = World::default();
            let (a, ask) = (isolate(&world, 0, "a"), Rc::new(proxied("/")));
            let origin =
                script(&world, vec![Ok(answer(200, &[("cache-control", words)], "good")), bad.clone()]);
            assert_eq!(a.get_settled(&ask, &origin).line(), "MISS good");
            world.pass(seconds * 1_000);
            let got = a.get_settled(&ask, &origin);
            assert_eq!(got.body() == "good", stands_in, "{rule} {words} {seconds}: {got:?}");
            if stands_in && seconds > 10 {
                assert_eq!(got.line(), "STALE good", "{rule}");
            }
            assert_eq!(stored(&world, &ask.key).unwrap().1, "good", "T2");
        }
    }
}

#[test]
fn a_dead_origin_is_not_asked_by_every_visitor() {
    // Rows: s-maxage, the back-off: min(max(revalidate, 3), 30) s.
    for (seconds, backoff) in [(1, 3_000), (10, 10_000), (100, 30_000)] {
        let world = World::default();
        let (a, ask) = (isolate(&world, 0, "a"), Rc::new(proxied("/p")));
        let words = format!("s-maxage={seconds}, stale-if-error=6000");
        let good = answer(200, &[("cache-control", &words)], "good");
        let origin = script(&world, vec![Ok(good.clone()), Err("unreachable"), Ok(good)]);
        a.get_settled(&ask, &origin);
        world.pass(seconds * 1_000 + 500);
        assert_eq!(a.get_settled(&ask, &origin).line(), "STALE good");
        let failed_at = world.now();
        while world.now().since(failed_at) < backoff - 600 {
            assert_eq!(a.get_settled(&ask, &origin).line(), "STALE good");
            world.pass(500);
        }
        assert_eq!(origin.calls(), 2, "held back for {backoff} ms");
        world.pass(700);
        assert_eq!(a.get_settled(&ask, &origin).line(), "REVALIDATED good");
        // A tag counts all the while.
        a.expire("_N_T_/p");
        assert_eq!(a.get_settled(&ask, &origin).line(), "MISS good", "S4");
    }
}

#[test]
fn an_entry_that_a_tag_expired_is_never_served() {
    let dead: [Result<support::Answer, &'static str>; 2] =
        [Err("unreachable"), Ok(answer(502, &[], "bad gateway"))];
    for bad in dead {
        for pass in [1_000, 60_000] {
            let world = World::default();
            let (a, ask) = (isolate(&world, 0, "a"), Rc::new(proxied("/p")));
            let good = answer(200, &[("cache-control", GOOD)], "good");
            let origin = script(&world, vec![Ok(good), bad.clone()]);
            a.get_settled(&ask, &origin);
            world.pass(1_000);
            a.expire("_N_T_/p");
            world.pass(pass);
            for reader in [&a, &isolate(&world, 1, "b")] {
                let got = reader.get_settled(&ask, &origin);
                assert_ne!(got.body(), "good", "S4, not even for a dead origin");
            }
        }
    }
}

#[test]
fn doubt_is_told_where_a_dead_origin_is_stood_in_for() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(proxied("/p")));
    let good = answer(200, &[("cache-control", GOOD)], "good");
    let origin = script(&world, vec![Ok(good), Err("unreachable")]);
    a.get_settled(&ask, &origin);
    isolate(&world, 1, "b").expire("other");
    world.pass(60_000);
    world.fail(Op::Bulk, "", u32::MAX, failed("boom"));
    let got = a.get_settled(&ask, &origin);
    assert!(matches!(got, Got::Stored { doubtful: true, state: CacheState::Stale, .. }), "Unknown: {got:?}");
}

#[test]
fn an_error_may_be_kept_where_nothing_good_is() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(proxied("/")));
    let error = || Ok(answer(503, &[("cache-control", "s-maxage=1, stale-while-revalidate=60")], "busy"));
    let good = || Ok(answer(200, &[("cache-control", "s-maxage=1, stale-while-revalidate=60")], "good"));
    let origin = script(&world, vec![error(), good(), error()]);
    assert_eq!(a.get_settled(&ask, &origin).line(), "MISS busy");
    assert_eq!(stored(&world, &ask.key).unwrap().0.status, 503);
    world.pass(5_000);
    assert_eq!(a.get_settled(&ask, &origin).line(), "STALE busy");
    world.pass(5_000);
    assert_eq!(a.get_settled(&ask, &origin).line(), "STALE good");
    assert_eq!(stored(&world, &ask.key).unwrap().1, "good", "T2: no error over a good entry");
}

#[test]
fn an_error_is_not_kept_where_the_store_could_not_say_what_is_there() {
    let world = World::default();
    let ask = Rc::new(proxied("/"));
    let words = [("cache-control", "s-maxage=60")];
    isolate(&world, 0, "a").get_settled(&ask, &script(&world, vec![Ok(answer(200, &words, "good"))]));
    for bad in [answer(503, &words, "busy"), answer(200, &words, ""), answer(204, &words, "")] {
        world.fail(Op::Get, ask.key.name(), 1, failed("boom"));
        isolate(&world, 1, "b").get_settled(&ask, &script(&world, vec![Ok(bad.clone())]));
        assert_eq!(stored(&world, &ask.key).unwrap().1, "good", "T2: {bad:?}");
    }
}

// ---- doubt

#[test]
fn tags_that_cannot_be_read_are_a_doubt_not_an_outage() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", every(900.0))), counter(&world, 0));
    a.get_settled(&ask, &origin);
    isolate(&world, 1, "c").expire("other");
    let b = isolate(&world, 2, "b");
    world.fail(Op::Bulk, "", u32::MAX, failed("boom"));
    let got = b.get_settled(&ask, &origin);
    let doubt = |body: &str| Got::Stored {
        state: CacheState::Stale,
        body: body.to_owned(),
        doubtful: true,
        why: Some(Why::TagsUnknown),
    };
    assert_eq!(got, doubt("v1"), "Unknown: never called fresh");
    assert_eq!(origin.calls(), 2);
    // Rendering more often would not cure it: the same back-off as for failures, 30 s here.
    for _ in 0..4 {
        isolate(&world, 1, "c").expire("other");
        world.pass(MEMO_MS);
        assert_eq!(b.get_settled(&ask, &origin), doubt("v2"));
    }
    assert_eq!(origin.calls(), 2, "Unknown: backs off");
    world.pass(30_000);
    b.get_settled(&ask, &origin);
    assert_eq!(origin.calls(), 3);
    // Past `expire` doubt is no excuse.
    world.pass(366 * 24 * HOUR);
    assert!(matches!(b.get(&ask, &origin), Got::Rendered { why: Why::TimeExpired, .. }), "S7");
}

#[test]
fn a_dead_store_ends_at_the_origin() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)), counter(&world, 0));
    for op in [Op::Get, Op::Bulk, Op::Put] {
        world.fail(op, "", u32::MAX, failed("boom"));
    }
    assert_eq!(a.get_settled(&ask, &origin).line(), "MISS v1");
    // What this isolate made is in its memory, whatever became of the put; but nothing says what became of its tags.
    let got = a.get_settled(&ask, &origin);
    assert!(matches!(&got, Got::Stored { doubtful: true, body, .. } if body == "v1"), "{got:?}");
}

// ---- writes

#[test]
fn a_pending_write_is_visible_to_its_own_isolate() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)));
    // Too large for the memory of bodies: only the pending write holds it.
    let large = "x".repeat(usize::try_from(LARGEST_BODY).unwrap() + 1);
    let origin = script(&world, vec![Ok(ok(&large)), Ok(ok("second"))]);
    world.slow_put("f1/e/", 3_000);
    a.get(&ask, &origin);
    world.pass(100);
    assert_eq!(entries(&world), Vec::<String>::new(), "still on its way");
    let request = a.counting();
    assert_eq!(request.get(&ask, &origin).line(), format!("HIT {large}"), "S5");
    assert_eq!(request.ops(), ops(0, 0, 0, 0));
    world.settle();
    let request = a.counting();
    assert_eq!(request.get(&ask, &origin).line(), format!("HIT {large}"));
    assert_eq!(request.ops().gets, 1, "from the store now");
    assert_eq!(origin.calls(), 1);
}

#[test]
fn a_put_is_tried_three_times_a_second_apart() {
    for error in [StoreError::RateLimited, failed("boom")] {
        for (faults, lands) in [(0, true), (1, true), (2, true), (3, false)] {
            let world = World::default();
            let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)), counter(&world, 0));
            world.fail(Op::Put, "f1/e/", faults, error.clone());
            let request = a.counting();
            request.get(&ask, &origin);
            let before = world.now();
            world.settle();
            let took = world.now().since(before);
            let (puts, pauses) = (request.ops().puts, i64::from(faults.min(2)));
            assert_eq!(puts, faults.min(2) + 1, "{error}");
            assert!((pauses * 1_000..pauses * 1_300 + 50).contains(&took), "{error} {faults}: {took}");
            assert_eq!(stored(&world, &ask.key).is_some(), lands, "{error} {faults}");
            // The isolate serves what it made either way.
            assert_eq!(a.get(&ask, &origin).line(), "HIT v1");
        }
    }
}

#[test]
fn an_older_put_tried_again_does_not_undo_a_newer_one() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/p", FOREVER)), counter(&world, 0));
    world.fail(Op::Put, "f1/e/", 1, failed("boom"));
    a.get(&ask, &origin);
    world.pass(300);
    a.expire("_N_T_/p");
    assert_eq!(a.get(&ask, &origin).line(), "MISS v2");
    world.settle();
    assert_eq!(stored(&world, &ask.key).unwrap().1, "v2", "T43");
    world.pass(70_000);
    assert_eq!(a.get(&ask, &origin).line(), "HIT v2", "T43");
}

#[test]
fn a_slow_render_does_not_replace_a_newer_entry() {
    // A visitor with a floor renders alone; a render that began before it ends after it.
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/p", FOREVER)));
    let place = world.place(usize::MAX);
    let origin = origin(&world, move |call| {
        let place = place.clone();
        async move {
            place.sleep(if call.number == 1 { 3_000 } else { 10 }).await;
            Ok(ok(&format!("v{}", call.number)))
        }
    });
    let second = async {
        a.index().store.sleep(100).await;
        let mut floors = Floors::default();
        floors.raise(&Tag::new("a"), a.now());
        a.asking(&ask, &a.visit_knowing(floors), &origin).await.line()
    };
    let (first, second) = world.run(join(a.getting(&ask, &origin), second)).unwrap();
    assert_eq!((first.line(), &*second), ("MISS v1".to_owned(), "MISS v2"));
    world.settle();
    assert_eq!(
        stored(&world, &ask.key).unwrap().1,
        "v2",
        "T43: admit skips what is older than what it knows"
    );
    assert_eq!(a.get(&ask, &origin).line(), "HIT v2", "T43");
}

#[test]
fn a_key_refreshed_a_moment_ago_is_not_refreshed_again_for_an_older_copy() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/p", every(900.0))));
    // Too large to be held in memory.
    let large = |text: &str| Ok(ok(&format!("{text}{}", "x".repeat(usize::try_from(LARGEST_BODY).unwrap()))));
    let origin = script(&world, vec![large("one"), large("two"), large("three")]);
    a.get_settled(&ask, &origin);
    let (old, body) = stored(&world, &ask.key).unwrap();
    world.pass(10_000);
    a.soften("_N_T_/p");
    world.pass(2_000);
    assert!(a.get_settled(&ask, &origin).line().starts_with("STALE one"));
    assert_eq!(origin.calls(), 2);
    // The store goes on returning the older copy, for a minute.
    plant(&world, &ask.key, &old, body.as_bytes());
    for _ in 0..5 {
        assert!(a.get_settled(&ask, &origin).line().starts_with("STALE one"));
        world.pass(10_000);
    }
    assert_eq!(origin.calls(), 2, "T43");
    world.pass(15_000);
    a.get_settled(&ask, &origin);
    assert_eq!(origin.calls(), 3, "a minute later it is refreshed again");
}

#[test]
fn what_is_too_large_is_served_and_not_stored() {
    let world = World::default();
    let mut a = isolate(&world, 0, "a");
    a.flow.config = Rc::new(Config { most_bytes: 4, ..Config::default() });
    for (body, lands) in [("four", true), ("five5", false)] {
        let ask = Rc::new(page(&format!("/{body}"), FOREVER));
        let origin = script(&world, vec![Ok(ok(body))]);
        assert_eq!(a.get_settled(&ask, &origin).body(), body, "T19");
        assert_eq!(stored(&world, &ask.key).is_some(), lands, "T19 {body}");
    }
}

#[test]
fn an_entry_outlives_its_expiry_by_a_day_or_its_window() {
    // Rows: the origin's words, seconds for which the store keeps it.
    let rows = [
        ("s-maxage=100", 100 + 86_400),
        ("s-maxage=100, stale-while-revalidate=50", 150 + 86_400),
        ("s-maxage=100, stale-if-error=200000", 100 + 200_000),
        ("s-maxage=40000000", 31_536_000),
    ];
    for (words, seconds) in rows {
        let world = World::default();
        let (a, ask) = (isolate(&world, 0, "a"), Rc::new(proxied("/")));
        a.get_settled(&ask, &script(&world, vec![Ok(answer(200, &[("cache-control", words)], "x"))]));
        let ttl = world.dump().into_iter().find(|(name, ..)| name == ask.key.name()).unwrap().3;
        assert_eq!(ttl, Some(seconds), "{words}");
    }
    // Counted from the put: what a slow render has used up is gone.
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", every(100.0))));
    let a = with_expire_time(a, 200.0);
    a.get_settled(&ask, &counter(&world, 50_000));
    assert_eq!(world.dump()[0].3, Some(150 + 86_400));
}

// ---- renders and revalidations that overlap

#[test]
fn a_render_that_began_before_a_revalidation_and_ended_after_it() {
    for (how, same) in [(How::Expire, true), (How::Expire, false), (MAX, true), (MAX, false)] {
        for at in (0..3_200).step_by(20) {
            let world = World::default();
            let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/p", FOREVER)));
            let other = if same { a.clone() } else { isolate(&world, 1, "b") };
            let (place, version) = (world.place(usize::MAX), Rc::new(Cell::new(1)));
            let data = Rc::clone(&version);
            let origin = origin(&world, move |_| {
                let (place, data) = (place.clone(), Rc::clone(&data));
                async move {
                    place.sleep(1_500).await;
                    let read = data.get();
                    place.sleep(1_500).await;
                    Ok(ok(&format!("data {read}")))
                }
            });
            let change = async {
                other.index().store.sleep(at).await;
                version.set(2);
                other.revalidating(&["_N_T_/p"], how).await
            };
            let visit = a.visit();
            let (_, changed) = world.run(join(a.asking(&ask, &visit, &origin), change)).unwrap();
            changed.unwrap();
            world.settle();
            world.pass(2 * LEAD + MEMO_MS);
            for reader in [&a, &other, &isolate(&world, 2, "c")] {
                // A refresh behind the first of them is not part of the question.
                let line = reader.get(&ask, &origin).line();
                assert_ne!(line, "HIT data 1", "T42: {how:?}, same isolate: {same}, at {at} ms");
                assert!(how == MAX || line != "STALE data 1", "T42: {same} {at}");
            }
        }
    }
}

// ---- nested cached inputs

/// A page that calls one cached function, as the glue does it. Bodies are `page1(inner1)`.
fn nesting(isolate: &Isolate, inner: &Origin, id: &'static str) -> Origin {
    let (isolate, inner) = (isolate.clone(), inner.clone());
    origin(&isolate.world.clone(), move |call| {
        let (isolate, inner) = (isolate.clone(), inner.clone());
        async move {
            let persisted = call.scope.borrow().dynamic_reason().is_none();
            let ask = Rc::new(Ask { persisted, ..data(id, call.visit.soft()) });
            let outcome = isolate.flow.run(&ask, &call.visit, &inner).await?;
            let mut scope = call.scope.borrow_mut();
            let body = match outcome {
                Outcome::Absent => unreachable!(),
                Outcome::Stored { entry, body, .. } => {
                    scope.absorb(&entry);
                    body
                }
                Outcome::Rendered { rendered, scope: nested, .. } => {
                    scope.absorb_scope(&nested.borrow());
                    rendered.live.0.body
                }
            };
            Ok(ok(&format!("page{}({})", call.number, String::from_utf8_lossy(&body))))
        }
    })
}

/// A cached function with a tag and a lifetime. Bodies are `inner1`, `inner2`…
fn cached(world: &World, tag: &'static str, life: Life) -> Origin {
    origin(world, move |call| async move {
        let mut scope = call.scope.borrow_mut();
        scope.tag(Tag::new(tag));
        scope.life(life);
        Ok(ok(&format!("inner{}", call.number)))
    })
}

fn life(revalidate: f64, expire: f64) -> Life {
    Life { stale: None, revalidate: Some(Seconds(revalidate)), expire: Some(Seconds(expire)) }
}

fn get_page(isolate: &Isolate, ask: &Rc<Ask>, origin: &Origin) -> String {
    let visit = isolate.visit();
    visit.enter_route(ask.implicit.clone());
    let got = isolate.world.run(isolate.asking(ask, &visit, origin)).unwrap();
    isolate.world.settle();
    got.line()
}

fn as_of(world: &World, ask: &Ask, tag: &str) -> UnixMillis {
    let (entry, _) = stored(world, &ask.key).unwrap();
    entry.tags.iter().find(|(known, _)| known.as_str() == tag).unwrap().1
}

#[test]
fn nested_inputs_hand_up_tags_lifetime_and_age() {
    let world = World::default();
    let a = isolate(&world, 0, "a");
    let inner = cached(&world, "posts", life(600.0, 3_600.0));
    let (first, second) = (Rc::new(page("/1", every(900.0))), Rc::new(page("/2", every(60.0))));
    let origin = nesting(&a, &inner, "list");
    assert_eq!(get_page(&a, &first, &origin), "MISS page1(inner1)");
    let (made, _) = stored(&world, &first.key).unwrap();
    let names: Vec<&str> = made.tags.iter().map(|(tag, _)| tag.as_str()).collect();
    assert_eq!(names.first(), Some(&"_N_T_/layout"), "TG-12: implicit ones first");
    assert_eq!(names.last(), Some(&"posts"), "CL-14");
    let expected = Lifetime { stale: Seconds(300.0), revalidate: Seconds(600.0), expire: Seconds(3_600.0) };
    assert_eq!(made.lifetime, expected, "CL-20: lowered by what is in it");
    // A page made later from the stored input is as old as that input, under each of its tags.
    world.pass(100_000);
    assert_eq!(get_page(&a, &second, &origin), "MISS page2(inner1)");
    let (later, _) = stored(&world, &second.key).unwrap();
    let age = as_of(&world, &data("list", Vec::new()), "posts");
    assert_eq!((later.oldest, as_of(&world, &second, "posts")), (age, age));
    assert_eq!(as_of(&world, &second, "_N_T_/2"), age, "read under the soft tags, so each counts as old");
    assert_eq!(later.created.since(age) / 1_000, 100);
    assert_eq!(later.lifetime.revalidate, Seconds(60.0), "CL-20");
    assert_eq!(inner.calls(), 1);
    // The tag of the input reaches both pages, and the input.
    world.pass(10_000);
    a.expire("posts");
    assert_eq!(get_page(&a, &first, &origin), "MISS page3(inner2)", "CL-14");
    // Inside the lead an input of something kept is made anew: elsewhere it would count as doubtful.
    assert_eq!(get_page(&a, &second, &origin), "MISS page4(inner3)", "CL-14");
    // After it, it is good for all.
    world.pass(10_000);
    let third = Rc::new(page("/3", every(60.0)));
    assert_eq!(get_page(&a, &third, &origin), "MISS page5(inner4)");
    assert_eq!(get_page(&a, &Rc::new(page("/4", every(60.0))), &origin), "MISS page6(inner4)");
}

#[test]
fn an_input_that_expires_soon_makes_its_page_dynamic() {
    for (expire, lands) in [(299.0, false), (300.0, true)] {
        let world = World::default();
        let a = isolate(&world, 0, "a");
        let inner = cached(&world, "posts", life(60.0, expire));
        let ask = Rc::new(page("/", every(900.0)));
        get_page(&a, &ask, &nesting(&a, &inner, "list"));
        assert_eq!(stored(&world, &ask.key).is_some(), lands, "CL-16: {expire}");
    }
}

#[test]
fn what_will_be_kept_is_not_made_from_stale_inputs() {
    // Rows: rule, what makes the input stale, and whether the page is itself kept.
    for (rule, by_tag, dynamic) in
        [("UC-19", false, false), ("FE-14", true, false), ("UN-5", false, true), ("UN-5", true, true)]
    {
        let world = World::default();
        let a = isolate(&world, 0, "a");
        let inner = cached(&world, "posts", life(60.0, 3_600.0));
        let ask = Rc::new(page("/", every(900.0)));
        let plain = nesting(&a, &inner, "list");
        get_page(&a, &ask, &plain);
        let touching = {
            let plain = plain.clone();
            origin(&world, move |call| {
                if dynamic {
                    call.scope.borrow_mut().dynamic("cookies()");
                }
                let plain = plain.clone();
                async move {
                    use freshtag::flow::Render as _;
                    let made = plain.render(call.how, call.visit, call.scope).await?;
                    Ok(made.live.0)
                }
            })
        };
        if by_tag {
            world.pass(1_500);
            a.soften("posts");
        } else {
            world.pass(61_000);
        }
        let other = Rc::new(page("/other", every(900.0)));
        let line = get_page(&a, &other, &touching);
        if dynamic {
            assert!(line.ends_with("(inner1)"), "{rule}: a live reader accepts stale: {line}");
        } else {
            assert!(line.ends_with("(inner2)"), "{rule}: made anew in the foreground: {line}");
        }
        assert_eq!(inner.calls(), 2, "{rule}: refreshed behind, or made anew");
    }
}

#[test]
fn a_page_rebuilt_from_an_old_nested_entry_before_the_news_of_revalidate_path() {
    let world = World::default();
    let (a, b) = (isolate(&world, 0, "a"), isolate(&world, 1, "b"));
    let inner = cached(&world, "posts", life(86_400.0, 864_000.0));
    get_page(&a, &Rc::new(page("/p", FOREVER)), &nesting(&a, &inner, "list"));
    world.pass(10_000);
    // Place 1 sees entries at once, marks and watermark a minute later.
    world.lag(1, "f1/x/", 60_000);
    world.lag(1, "f1/w", 60_000);
    a.expire("_N_T_/q");
    world.pass(5_000);
    let (ask, origin) = (Rc::new(page("/q", FOREVER)), nesting(&b, &inner, "list"));
    assert_eq!(get_page(&b, &ask, &origin), "MISS page1(inner1)", "it has not heard");
    assert!(stored(&world, &ask.key).unwrap().0.created > world.now().plus_ms(-5_000));
    world.pass(60_000 + MEMO_MS);
    assert_eq!(get_page(&b, &ask, &origin), "MISS page2(inner2)", "the news catches page and input");
    assert_eq!(get_page(&isolate(&world, 2, "c"), &ask, &origin), "HIT page2(inner2)");
}

#[test]
fn a_refresh_reads_its_inputs_under_the_soft_tags_of_the_route() {
    let world = World::default();
    let (b, c) = (isolate(&world, 1, "b"), isolate(&world, 2, "c"));
    let inner = cached(&world, "posts", life(86_400.0, 864_000.0));
    let (ask, origin) = (Rc::new(page("/p", FOREVER)), nesting(&b, &inner, "list"));
    assert_eq!(get_page(&b, &ask, &origin), "MISS page1(inner1)");
    world.pass(10_000);
    c.expire("_N_T_/p");
    world.pass(200);
    assert_eq!(get_page(&b, &ask, &origin), "MISS page2(inner2)");
    world.pass(900);
    // Inside the lead both may be older than the revalidation: page and input are made anew behind the reply.
    assert_eq!(get_page(&b, &ask, &origin), "STALE page2(inner2)");
    world.pass(LEAD + MEMO_MS);
    assert_eq!(get_page(&b, &ask, &origin), "HIT page3(inner3)");
}

#[test]
fn an_unstable_input_lowers_revalidate_alone() {
    let world = World::default();
    let a = isolate(&world, 0, "a");
    let ask = Rc::new(page("/", every(900.0)));
    let made = world.now().plus_ms(-5_000);
    let origin = origin(&world, move |call| async move {
        let mut scope = call.scope.borrow_mut();
        scope.absorb_call(&[], &[Tag::new("quote")], made, made, Some(Seconds(5.0)));
        Ok(ok("page"))
    });
    get_page(&a, &ask, &origin);
    let (entry, _) = stored(&world, &ask.key).unwrap();
    assert_eq!(entry.lifetime.revalidate, Seconds(5.0), "UN-8");
    assert_eq!(entry.lifetime.expire, Seconds::YEAR, "UN-8: its own expiry has no say");
    assert_eq!((entry.oldest, as_of(&world, &ask, "quote")), (made, made));
}

// ---- what the simulator found

#[test]
fn a_refresh_in_which_draft_mode_comes_on_keeps_nothing() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", every(10.0))));
    let origin = origin(&world, |call| async move {
        if call.how == Mode::Refresh {
            call.visit.set_bypass(true);
        }
        Ok(ok(&format!("v{}", call.number)))
    });
    a.get_settled(&ask, &origin);
    world.pass(11_000);
    assert_eq!(a.get_settled(&ask, &origin).line(), "STALE v1", "T29");
    assert_eq!(stored(&world, &ask.key).unwrap().1, "v1", "T29");
    assert_eq!(a.get(&ask, &origin).line(), "STALE v1", "T29");
}

#[test]
fn what_has_expired_stands_in_for_an_origin_that_failed_alone() {
    let fresh = "s-maxage=10, stale-while-revalidate=5, stale-if-error=600";
    let public = |body: &str| Ok(answer(200, &[("cache-control", fresh)], body));
    // Rows: how the refresh ends, what a visitor gets 5 s later, past the expiry.
    let rows = [
        (Ok(answer(200, &[("cache-control", "private")], "own")), "REVALIDATED v3"),
        (Ok(answer(503, &[], "down")), "STALE v1"),
        (Err("down"), "STALE v1"),
    ];
    for (refresh, line) in rows {
        let world = World::default();
        let (a, ask) = (isolate(&world, 0, "a"), Rc::new(proxied("/")));
        let origin = script(&world, vec![public("v1"), refresh, public("v3")]);
        a.get_settled(&ask, &origin);
        world.pass(11_000);
        assert_eq!(a.get_settled(&ask, &origin).line(), "STALE v1", "S7");
        world.pass(5_000);
        assert_eq!(a.get_settled(&ask, &origin).line(), line, "S7");
    }
}

// ---- the visitor who revalidated

#[test]
fn a_visitor_reads_their_own_write_where_nobody_has_heard() {
    let world = World::default();
    let (a, b) = (isolate(&world, 0, "a"), isolate(&world, 1, "b"));
    let (ask, origin) = (Rc::new(page("/p", FOREVER)), counter(&world, 0));
    a.get_settled(&ask, &origin);
    world.pass(60_000);
    world.lag(1, "", 60_000);
    world.lag(1, "f1/e/", 10_000);
    assert_eq!(b.get(&ask, &origin).line(), "HIT v1");
    world.pass(10_000);
    let at = a.now();
    a.expire("_N_T_/p");
    let mut floors = Floors::default();
    floors.raise(&Tag::new("_N_T_/p"), at);
    world.pass(500);
    let knowing = |n: &str| {
        let visit = b.visit_knowing(floors.clone());
        let got = world.run(b.asking(&ask, &visit, &origin)).unwrap();
        world.settle();
        assert_ne!(got.body(), "v1", "S5 {n}");
        got.line()
    };
    let request_puts = |line: &str| (line.to_owned(), stored(&world, &ask.key).unwrap().1);
    assert_eq!(request_puts(&knowing("first")), ("MISS v2".to_owned(), "v2".to_owned()));
    // Made within the lead it may still be older, by a clock that is ahead: they alone have it made once more.
    assert_eq!(b.get(&ask, &origin).line(), "HIT v2");
    world.pass(LEAD);
    assert_eq!(request_puts(&knowing("second")), ("MISS v3".to_owned(), "v3".to_owned()));
    // From now on this isolate has what is new enough for them.
    assert_eq!(knowing("third"), "HIT v3");
    assert_eq!(b.get(&ask, &origin).line(), "HIT v3");
    assert_eq!(origin.calls(), 3);
}

#[test]
fn a_visitor_with_a_floor_never_joins_a_render_that_began_before() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/p", FOREVER)), counter(&world, 500));
    let knowing = async {
        a.index().store.sleep(100).await;
        let mut floors = Floors::default();
        // Even where the tag is another one: nested data may carry it.
        floors.raise(&Tag::new("elsewhere"), a.now());
        a.asking(&ask, &a.visit_knowing(floors), &origin).await.line()
    };
    let (first, second) = world.run(join(a.getting(&ask, &origin), knowing)).unwrap();
    assert_eq!((first.line(), &*second), ("MISS v1".to_owned(), "MISS v2"), "S5");
}

#[test]
fn what_a_visitor_with_a_floor_renders_is_not_put_again_within_a_minute() {
    let world = World::default();
    let (a, origin) = (isolate(&world, 0, "a"), counter(&world, 0));
    // Too large for memory, so that the store is asked each time.
    let large = "x".repeat(usize::try_from(LARGEST_BODY).unwrap() + 1);
    let ask = Rc::new(page("/p", FOREVER));
    let big = script(&world, vec![Ok(ok(&large))]);
    a.get_settled(&ask, &big);
    let (old, body) = stored(&world, &ask.key).unwrap();
    world.pass(1_000);
    let mut floors = Floors::default();
    floors.raise(&Tag::new("_N_T_/p"), a.now());
    world.pass(1_000);
    let request = a.counting();
    let mut puts = Vec::new();
    for _ in 0..4 {
        let visit = request.visit_knowing(floors.clone());
        world.run(request.asking(&ask, &visit, &big)).unwrap();
        world.settle();
        puts.push(request.ops().puts);
        // The store goes on returning the older copy.
        plant(&world, &ask.key, &old, body.as_bytes());
        world.pass(20_000);
    }
    assert_eq!(puts, [1, 1, 1, 2], "once, and again when a minute has passed");
    assert_eq!(origin.calls(), 0);
}

#[test]
fn a_request_reads_as_if_its_revalidation_had_happened() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/p", FOREVER)), counter(&world, 0));
    a.get_settled(&ask, &origin);
    world.pass(5);
    let visit = a.visit();
    assert_eq!((visit.has_unwritten(), visit.own_floors()), (false, None));
    let id = visit.record(tags(&["_N_T_/p"]), MAX, a.now());
    let request = a.counting();
    let got = world.run(request.asking(&ask, &visit, &origin)).unwrap();
    assert_eq!(got.line(), "MISS v2", "RV-14: whatever the profile says");
    assert_eq!(request.ops().puts, 0, "nothing is written before the handler awaits it or returns");
    world.settle();
    // The same call again is one write, with the later time.
    world.pass(1_000);
    assert_eq!(visit.record(tags(&["_N_T_/p"]), MAX, a.now()), id, "RV-10");
    assert_ne!(visit.record(tags(&["_N_T_/p"]), How::Expire, a.now()), id, "RV-10");
    assert!(visit.has_unwritten());
    let request = a.counting();
    world.run(visit.settle(request.index())).unwrap().unwrap();
    assert!(!visit.has_unwritten());
    assert_eq!(request.ops(), ops(0, 1, 1, 2 + 2), "two marks, and a watermark each");
    assert_eq!(visit.own_floors().unwrap().of(&Tag::new("_N_T_/p")), visit.own_floors().unwrap().latest());
    // Written once: settling again writes nothing.
    let request = a.counting();
    world.run(visit.settle(request.index())).unwrap().unwrap();
    assert_eq!(request.ops(), ops(0, 0, 0, 0));
}

#[test]
fn a_revalidation_that_was_not_awaited_has_the_time_at_which_the_handler_returns() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/p", FOREVER)));
    let visit = a.visit();
    visit.record(tags(&["_N_T_/p"]), How::Expire, a.now());
    world.pass(400);
    // Data written after the call, a page made from what was there before it.
    let mut between = entry(&ask.key, &["_N_T_/p"], a.now().plus_ms(-100));
    between.by = "a".into();
    plant(&world, &ask.key, &between, b"body");
    world.run(visit.settle(a.index())).unwrap().unwrap();
    world.pass(2 * LEAD);
    assert!(matches!(a.get(&ask, &counter(&world, 0)), Got::Rendered { .. }));
}

#[test]
fn a_revalidation_that_fails_is_not_swallowed() {
    let world = World::default();
    let a = isolate(&world, 0, "a");
    world.fail(Op::Put, "f1/x/", u32::MAX, failed("boom"));
    let visit = a.visit();
    let id = visit.record(tags(&["lost"]), How::Expire, a.now());
    let report = world.run(visit.commit(a.index(), id)).unwrap().unwrap_err();
    assert_eq!(report.code(), ErrorCode::RevalidateFailed, "S6");
    assert!(report.message().contains("lost"), "S6");
    assert_eq!(world.run(visit.commit(a.index(), id)).unwrap(), Err(report), "S6: asked again, told again");
    // Begun and not waited for: whoever settles the request hears of it.
    let visit = a.visit();
    let id = visit.record(tags(&["lost"]), How::Expire, a.now());
    let (first, second) = world.run(join(visit.commit(a.index(), id), visit.settle(a.index()))).unwrap();
    assert!(first.is_err() && second.is_err(), "S6");
}

// ---- passing the cache by

#[test]
fn draft_mode_reads_and_writes_nothing() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)), counter(&world, 0));
    a.get_settled(&ask, &origin);
    let request = a.counting();
    let visit = request.visit();
    visit.set_bypass(true);
    for n in 2..5 {
        let got = world.run(request.asking(&ask, &visit, &origin)).unwrap();
        world.settle();
        assert_eq!(got.body(), format!("v{n}"), "T29");
        assert!(matches!(got, Got::Rendered { kept: false, why: Why::Bypass, .. }), "T29");
        assert_eq!(a.get(&ask, &origin).line(), "HIT v1", "T29");
    }
    assert_eq!(request.ops().puts, 0, "T29");
}

#[test]
fn what_saw_draft_mode_switched_is_not_kept() {
    // Rows: in draft mode before, then switched to; whether the answer may be kept, and is of the store for the next one.
    let rows: [(bool, &[bool], bool); 6] = [
        (false, &[], true),
        (false, &[true], false),
        (false, &[true, false], false),
        (false, &[false], false), // its answer ends the cookie
        (true, &[false], false),
        (true, &[true], false),
    ];
    for (before, switches, kept) in rows {
        let world = World::default();
        let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)));
        let origin = origin(&world, move |call| async move {
            for on in switches {
                call.visit.set_bypass(*on);
            }
            Ok(ok("one"))
        });
        let request = a.counting();
        let visit = request.visit();
        if before {
            visit.set_bypass(true);
        }
        let got = world.run(request.asking(&ask, &visit, &origin)).unwrap();
        world.settle();
        assert!(matches!(got, Got::Rendered { kept: k, .. } if k == kept), "T29 {before} {switches:?}");
        assert_eq!(request.ops().puts, u32::from(kept), "T29 {before} {switches:?}");
        assert!(!visit.bare().bypasses(), "DM-10: a refresh is never a draft");
    }
}

#[test]
fn a_draft_joins_nobody_and_nobody_joins_it() {
    let world = World::default();
    let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)), counter(&world, 40));
    let (draft, other) = (a.visit(), a.visit());
    draft.set_bypass(true);
    let both = join(a.asking(&ask, &draft, &origin), a.asking(&ask, &other, &origin));
    let (one, two) = world.run(both).unwrap();
    assert!(matches!(one, Got::Rendered { kept: false, .. }), "DM-9");
    assert!(matches!(two, Got::Rendered { kept: true, .. }), "DM-9");
    world.settle();
    assert_eq!(origin.calls(), 2, "DM-9");
    assert_eq!(a.get(&ask, &origin).line(), format!("HIT {}", two.body()), "T29");
}

#[test]
fn on_demand_a_page_is_made_anew_and_kept() {
    // Rows: rule, what is stored, what was demanded, what is told, whether it is then in the store.
    let rows = [
        ("IS-10", true, Demand::Yes, "REVALIDATED v2", "HIT v2"),
        ("IS-10", false, Demand::Yes, "REVALIDATED v1", "HIT v1"),
        ("IS-11", true, Demand::IfStored, "REVALIDATED v2", "HIT v2"),
        ("IS-11", false, Demand::IfStored, "ABSENT ", "MISS v1"),
        ("IS-10", true, Demand::No, "HIT v1", "HIT v1"),
    ];
    for (rule, warm, demand, line, then) in rows {
        let world = World::default();
        let (a, ask, origin) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)), counter(&world, 0));
        if warm {
            a.get_settled(&ask, &origin);
            world.pass(2_000);
        }
        let visit = a.visit();
        visit.set_bypass(true);
        visit.set_demand(demand);
        assert!(!visit.bypasses(), "DM-13");
        assert_eq!(
            world.run(a.asking(&ask, &visit, &origin)).unwrap().line(),
            line,
            "{rule} {warm} {demand:?}"
        );
        world.settle();
        if line.starts_with("REVALIDATED") {
            assert_eq!(origin.modes().last(), Some(&Mode::Prerender), "IS-10: with nothing of who asks");
        }
        assert_eq!(a.get(&ask, &origin).line(), then, "{rule} {warm} {demand:?}");
    }
}

#[test]
fn on_demand_what_is_in_a_page_is_made_anew_and_kept() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)));
    let inner = cached(&world, "t", life(60.0, 600.0));
    let outer = nesting(&a, &inner, "inner");
    assert_eq!(get_page(&a, &ask, &outer), "MISS page1(inner1)");
    world.pass(2_000);
    let visit = a.visit();
    visit.set_demand(Demand::Yes);
    let got = world.run(a.asking(&ask, &visit, &outer)).unwrap();
    assert_eq!(got.line(), "REVALIDATED page2(inner2)", "IS-10");
    world.settle();
    let data = Rc::new(data("inner", Vec::new()));
    assert_eq!(stored(&world, &data.key).unwrap().1, "inner2", "UN-4: all but draft mode still write");
    // A part that is not stored yet belongs to a page that is.
    let visit = a.visit();
    visit.set_demand(Demand::IfStored);
    let got = world.run(a.asking(&ask, &visit, &nesting(&a, &inner, "another"))).unwrap();
    assert_eq!(got.line(), "REVALIDATED page1(inner3)", "IS-11");
}

#[test]
fn on_demand_a_failure_keeps_the_page() {
    let world = World::default();
    let (a, ask) = (isolate(&world, 0, "a"), Rc::new(page("/", FOREVER)));
    let fails = Rc::new(Cell::new(0));
    let says = Rc::clone(&fails);
    let origin = origin(&world, move |_| {
        let how = says.get();
        async move {
            match how {
                0 => Ok(ok("good")),
                1 => Err("down".to_owned()),
                _ => Ok(answer(503, &[], "down")),
            }
        }
    });
    a.get_settled(&ask, &origin);
    for how in [1, 2] {
        fails.set(how);
        let visit = a.visit();
        visit.set_demand(Demand::Yes);
        let got = world.run(a.asking(&ask, &visit, &origin)).unwrap();
        assert!(matches!(got, Got::Failed(_) | Got::Rendered { kept: false, .. }), "IS-10 {how}");
        world.settle();
        assert_eq!(a.get(&ask, &origin).line(), "HIT good", "IS-10 {how}");
    }
}

#[test]
fn a_prerender_passes_stored_answers_by_and_keeps_its_own() {
    let world = World::default();
    let (a, origin) = (isolate(&world, 0, "a"), counter(&world, 0));
    let ask = Rc::new(page("/", FOREVER));
    a.get_settled(&ask, &origin);
    let fill = Rc::new(Ask { fresh: true, prerender: true, ..page("/", FOREVER) });
    world.pass(2_000);
    assert_eq!(a.get_settled(&fill, &origin).body(), "v2");
    assert_eq!(origin.modes(), [Mode::Live, Mode::Prerender]);
    assert_eq!(a.get(&ask, &origin).line(), "HIT v2");
    assert_eq!(stored(&world, &ask.key).unwrap().1, "v2");
}

#[test]
fn what_is_no_get_is_not_kept() {
    let world = World::default();
    let (a, origin) = (isolate(&world, 0, "a"), counter(&world, 0));
    let head = Rc::new(Ask { get: false, ..page("/", FOREVER) });
    let request = a.counting();
    assert_eq!(request.get_settled(&head, &origin).body(), "v1", "T14");
    assert_eq!((request.ops().puts, entries(&world).len()), (0, 0), "T14");
    let get = Rc::new(page("/", FOREVER));
    assert_eq!(a.get_settled(&get, &origin).line(), "MISS v2", "T14");
    assert_eq!(a.get(&head, &origin).line(), "HIT v2", "T14: HEAD comes from a GET's entry");
}

#[test]
fn the_origin_says_lifetime_and_tags() {
    let world = World::default();
    let a = isolate(&world, 0, "a");
    let headers = [
        ("cache-control", "s-maxage=60, stale-while-revalidate=30"),
        ("cache-tag", "news, sport"),
        ("x-next-cache-tags", "extra"),
        ("x-kept", "1"),
    ];
    let origin = script(&world, vec![Ok(answer(200, &headers, "x"))]);
    let ask = Rc::new(proxied("/"));
    a.get_settled(&ask, &origin);
    let (made, _) = stored(&world, &ask.key).unwrap();
    assert_eq!((made.lifetime.revalidate, made.lifetime.expire), (Seconds(60.0), Seconds(90.0)));
    let names: Vec<&str> = made.tags.iter().map(|(tag, _)| tag.as_str()).collect();
    assert!(["news", "sport", "extra"].iter().all(|tag| names.contains(tag)), "{names:?}");
    let kept: Vec<&str> = made.headers.iter().map(|(name, _)| &**name).collect();
    assert_eq!(kept, ["cache-control", "x-kept"], "T9: what an origin tells us is not for visitors");
    // Configuration speaks in its place, but not for what forbids keeping.
    let configured =
        Policy::Proxy(Proxied { life: Some(life(5.0, 50.0)), tags: tags(&["mine"]), ..Proxied::default() });
    for (words, lands) in [("", true), ("max-age=9", true), ("no-store", false), ("private", false)] {
        let ask = Rc::new(Ask { policy: configured.clone(), ..proxied(&format!("/configured/{words}")) });
        a.get_settled(&ask, &script(&world, vec![Ok(answer(200, &[("cache-control", words)], "x"))]));
        let found = stored(&world, &ask.key);
        assert_eq!(found.is_some(), lands, "{words}");
        if let Some((made, _)) = found {
            assert_eq!((made.lifetime.revalidate, made.lifetime.expire), (Seconds(5.0), Seconds(50.0)));
            assert!(made.tags.iter().any(|(tag, _)| tag.as_str() == "mine"));
        }
    }
}

#[test]
fn an_answer_without_a_lifetime_is_not_kept_whatever_the_request_says() {
    // T1: cacheability comes from the route and the response alone; there is no request header to look at.
    let world = World::default();
    let a = isolate(&world, 0, "a").counting();
    let rows: [(Ask, &[(&str, &str)]); 4] = [
        (page("/", RouteLife::Unsaid), &[]),
        (page("/", every(0.0)), &[]),
        (proxied("/"), &[]),
        (proxied("/"), &[("cache-control", "max-age=0")]),
    ];
    for (ask, headers) in rows {
        let got = a.get_settled(&Rc::new(ask), &script(&world, vec![Ok(answer(200, headers, "x"))]));
        assert!(matches!(got, Got::Rendered { kept: false, .. }), "T1");
    }
    assert_eq!(a.ops().puts, 0, "T1");
}

#[test]
fn what_another_program_left_under_a_key_is_a_miss() {
    let world = World::default();
    let (ask, origin) = (Rc::new(page("/", FOREVER)), counter(&world, 0));
    let other = keys().route("example.com", "/other");
    let good = entry(&other, &[], world.now());
    let cases: [(&str, Vec<u8>, Option<String>); 5] = [
        ("T4 another key's entry, as if digests were equal", b"other".to_vec(), Some(codec::encode(&good))),
        ("no metadata", b"text".to_vec(), None),
        ("foreign metadata", b"text".to_vec(), Some("{\"a\":1}".to_owned())),
        ("a frame longer than the value", b"\0\0\xff\xfftext".to_vec(), Some(codec::brief(&good))),
        ("empty", Vec::new(), None),
    ];
    for (n, (rule, value, metadata)) in cases.into_iter().enumerate() {
        world.tamper(ask.key.name(), &value, metadata.as_deref());
        let b = isolate(&world, n + 1, "b");
        assert_eq!(b.get_settled(&ask, &origin).line(), format!("MISS v{}", n + 1), "{rule}");
        world.pass(10);
    }
}
