//! Until when an answer stays the same: a row for each bound, and that nothing else ends it. And what moves the epoch.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]

mod support;

use std::rc::Rc;

use freshtag::cache::entry::Entry;
use freshtag::cache::horizon::good_until;
use freshtag::cache::scope::RouteLife;
use freshtag::cache::seen::Floors;
use freshtag::cache::tag::Tag;
use freshtag::flow::{Ask, Config, Demand, Outcome, Visit};
use freshtag::reply::{CacheState, Conditions, Head, Style, stored};
use freshtag::store::How;
use freshtag::store::double::{Ops, World};
use freshtag::time::{Seconds, UnixMillis};
use proptest::prelude::*;
use support::{
    FOREVER, Isolate, MAX, counter, data, entry, grace, isolate, keys, lifetime, page, proxied, tags,
};

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);
const NEVER: i64 = 1 << 40;

#[test]
fn each_bound_ends_it() {
    type Row = (&'static str, (f64, f64), [i64; 2], i64);
    // Rows: id, revalidate and expire in s, and in ms from when it was made: held, believed; what comes of it.
    let rows: [Row; 7] = [
        ("IS-1 revalidate, at which it is fresh", (2.0, 60.0), [NEVER, NEVER], 2_001),
        ("UC-20 expire, at which it is served", (60.0, 2.0), [NEVER, NEVER], 2_001),
        ("a fraction", (0.25, 60.0), [NEVER, NEVER], 251),
        ("memory gives it up", (60.0, 60.0), [1_500, NEVER], 1_500),
        ("its tags have to be looked at", (60.0, 60.0), [NEVER, 1_400], 1_400),
        ("the least of all", (3.0, 4.0), [2_000, 1_000], 1_000),
        ("CL-2 for ever", (f64::INFINITY, f64::INFINITY), [30_000, NEVER], 30_000),
    ];
    for (id, (revalidate, expire), [held, believed], until) in rows {
        let life = lifetime(1.0, revalidate, expire);
        let entry = Entry { lifetime: life, ..entry(&keys().route("", "/"), &[], NOW) };
        let [held, believed] = [held, believed].map(|ms| NOW.plus_ms(ms));
        assert_eq!(good_until(&entry, held, believed).since(NOW), until, "{id}");
    }
}

/// What a visit gets: from when it was asked, until when it is good, and the head at that time.
struct Seen {
    head: Option<Head>,
    line: Option<(Box<str>, CacheState)>,
    until: Option<UnixMillis>,
}

fn look(a: &Isolate, ask: &Rc<Ask>, visit: &Rc<Visit>) -> Seen {
    let (origin, style) = (counter(&a.world, 0), Style { now: a.now(), static_stale: Seconds(300.0) });
    let outcome = a.world.run(a.flow.run(ask, visit, &origin)).unwrap();
    match outcome {
        Ok(Outcome::Stored { entry, state, doubtful, good_until, .. }) => {
            let head = stored(&entry, state, doubtful, &Conditions::default(), &style);
            let made = entry.created.0.to_string().into();
            Seen { head: Some(head), line: Some((made, state)), until: good_until }
        }
        _ => Seen { head: None, line: None, until: None },
    }
}

/// An isolate that has made and holds a page with the tag `a`.
fn made(world: &World, life: RouteLife) -> (Isolate, Rc<Ask>) {
    let (a, mut ask) = (isolate(world, 0, "a"), page("/", life));
    ask.implicit = tags(&["a"]);
    let ask = Rc::new(ask);
    a.get_settled(&ask, &counter(world, 0));
    (a, ask)
}

fn read_twice(isolate: &Isolate, ask: &Rc<Ask>) {
    for _ in 0..2 {
        isolate.get_settled(ask, &counter(&isolate.world, 0));
    }
}

/// What made an isolate believe what it believes, and how it then ends: at that moment something is read, or the answer is
/// another one.
#[test]
fn what_an_isolate_believes_ends_it() {
    let marked = |how: How| {
        let world = World::default();
        let (a, ask) = made(&world, FOREVER);
        a.revalidate(&["other"], how).unwrap();
        world.pass(5_000);
        // The watermark is read at the first, the marks are read as the page is older than it.
        look(&a, &ask, &a.visit());
        world.pass(700);
        (a, ask)
    };
    let fresh = |life| made(&World::default(), life);
    let held = || {
        let world = World::default();
        let (_, ask) = made(&world, FOREVER);
        let b = isolate(&world, 1, "b");
        read_twice(&b, &ask);
        // All that is believed is younger than the body.
        world.pass(27_000);
        look(&b, &ask, &b.visit());
        (b, ask)
    };
    // Rows: id, the isolate, and how many ms after now it ends at least and at most.
    let rows = [
        ("the watermark's memo", fresh(FOREVER), 4_900..5_000),
        ("IS-1", fresh(RouteLife::Every(Seconds(2.0))), 1_900..2_002),
        ("marks that had to be read", marked(How::Expire), 4_200..4_302),
        ("RV-3 with a grace", marked(grace(60.0)), 4_200..4_302),
        ("memory gives the body up", held(), 2_500..3_000),
    ];
    for (id, (a, ask), expected) in rows {
        let seen = look(&a, &ask, &a.visit());
        let until = seen.until.unwrap_or_else(|| panic!("{id}: nothing"));
        let left = until.since(a.now());
        assert!(expected.contains(&left), "{id}: {left}");
        a.world.pass(left - 1);
        let same = a.counting();
        let last = look(&same, &ask, &same.visit());
        assert_eq!(
            (last.line, last.head, same.ops()),
            (seen.line.clone(), seen.head, Ops::default()),
            "{id}"
        );
        a.world.pass(until.since(a.now()));
        let other = a.counting();
        let then = look(&other, &ask, &other.visit());
        assert!(then.line != seen.line || other.ops() != Ops::default(), "{id}");
    }
}

#[test]
fn what_a_mark_reaches_is_no_plain_hit() {
    for (id, how) in [("RV-1", How::Expire), ("RV-3", grace(1.0)), ("RV-2", MAX)] {
        let world = World::default();
        let (a, ask) = made(&world, FOREVER);
        assert!(look(&a, &ask, &a.visit()).until.is_some(), "{id}");
        a.revalidate(&["a"], how).unwrap();
        assert_eq!(look(&a, &ask, &a.visit()).until, None, "{id}");
    }
}

#[test]
fn only_what_anybody_gets_from_the_same_place() {
    let world = World::default();
    let (a, ask) = made(&world, FOREVER);
    let floors = |tag: &str| {
        let mut floors = Floors::default();
        floors.raise(&Tag::new(tag), UnixMillis(1));
        floors
    };
    let draft = a.visit();
    draft.set_bypass(true);
    let demand = a.visit();
    demand.set_demand(Demand::Yes);
    // Rows: who asks, and whether it is good for a while.
    let rows = [
        ("anybody", a.visit(), true),
        ("whoever revalidated something else", a.visit_knowing(floors("b")), false),
        ("DM-9: a draft", draft, false),
        ("anybody still", a.visit(), true),
        ("IS-10: on demand", demand, false),
    ];
    for (id, visit, good) in rows {
        assert_eq!(look(&a, &ask, &visit).until.is_some(), good, "{id}");
    }
    let b = isolate(&world, 1, "b");
    assert!(look(&b, &ask, &b.visit()).until.is_none(), "from the store, until it is in memory");
    let c = isolate(&world, 1, "c").holding_nothing();
    assert!(look(&c, &ask, &c.visit()).until.is_some(), "from the store each time");
    let results = [Rc::new(data("f", Vec::new())), Rc::new(proxied("/p"))];
    for ask in results {
        read_twice(&a, &ask);
        assert!(look(&a, &ask, &a.visit()).until.is_none(), "no route: {}", ask.key.full());
    }
}

/// What moves the epoch: whatever may make a hit from memory another answer. What happens to other pages that are made for
/// each visitor does not.
#[test]
fn the_epoch_moves_with_what_is_known() {
    type Act = fn(&Isolate, &Rc<Ask>);
    fn elsewhere(a: &Isolate) -> Isolate {
        isolate(&a.world, 1, "b")
    }
    let rows: [(&str, Act, bool); 13] = [
        ("a hit", |a, ask| drop(look(a, ask, &a.visit())), false),
        ("own, at once", |a, _| a.expire("a"), true),
        ("RV-3 own", |a, _| a.soften("other"), true),
        (
            "marks are read, and nothing else",
            |a, _| {
                elsewhere(a).expire("a");
                a.world.pass(60_000);
                a.world.run(a.index().marks_of(&Tag::new("a"))).unwrap().unwrap();
            },
            true,
        ),
        (
            "marks that are known are read",
            |a, _| {
                a.world.run(a.index().marks_of(&Tag::new("a"))).unwrap().unwrap();
            },
            false,
        ),
        (
            "the watermark is another one",
            |a, ask| {
                elsewhere(a).expire("other");
                a.world.pass(5_000);
                look(a, ask, &a.visit());
            },
            true,
        ),
        (
            "the watermark is the same",
            |a, ask| {
                a.world.pass(5_000);
                look(a, ask, &a.visit());
            },
            false,
        ),
        (
            "another page is written",
            |a, _| {
                a.get_settled(&Rc::new(page("/other", FOREVER)), &counter(&a.world, 0));
            },
            true,
        ),
        (
            "a page is taken into memory",
            |a, _| {
                let other = Rc::new(page("/other", FOREVER));
                elsewhere(a).get_settled(&other, &counter(&a.world, 0));
                read_twice(a, &other);
            },
            true,
        ),
        (
            "a result is written",
            |a, _| {
                a.get_settled(&Rc::new(data("f", Vec::new())), &counter(&a.world, 0));
            },
            true,
        ),
        (
            "a page that nobody may keep",
            |a, _| {
                let failing = support::script(&a.world, vec![Ok(support::answer(500, &[], "no"))]);
                a.get_settled(&Rc::new(page("/fails", FOREVER)), &failing);
            },
            false,
        ),
        (
            "a refresh",
            |a, ask| {
                a.world.pass(901_000);
                a.get_settled(ask, &counter(&a.world, 0));
            },
            true,
        ),
        (
            "a draft",
            |a, ask| {
                let visit = a.visit();
                visit.set_bypass(true);
                look(a, ask, &visit);
                a.world.settle();
            },
            false,
        ),
    ];
    for (id, act, moves) in rows {
        let world = World::default();
        let (a, ask) = made(&world, RouteLife::Every(Seconds(900.0)));
        let before = a.index().memory.epoch();
        act(&a, &ask);
        assert_eq!(a.index().memory.epoch() != before, moves, "{id}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever was revalidated, where and when: while the epoch is the same and time has not come, the answer is the same
    /// and nothing is read, but for an entry that memory does not hold.
    #[test]
    fn before_it_nothing_changes(
        (revalidate, expire) in (1..9_000_i64, 1..9_000_i64),
        events in proptest::collection::vec((0..6_u8, 0..4_000_u64), 0..8),
        part in 0.0..1.0_f64,
        holds in any::<bool>(),
    ) {
        let world = World::default();
        let (mut a, mut ask) = (isolate(&world, 0, "a"), page("/", RouteLife::Every(Seconds(revalidate as f64 / 1_000.0))));
        if !holds {
            a = a.holding_nothing();
        }
        let ops = Ops { gets: u32::from(!holds), ..Ops::default() };
        a.flow.config = Rc::new(Config { expire_time: Seconds(expire as f64 / 1_000.0), ..Config::default() });
        ask.implicit = tags(&["a"]);
        let (b, ask) = (isolate(&world, 1, "b"), Rc::new(ask));
        read_twice(&a, &ask);
        for (event, ms) in events {
            match event {
                0 => drop(a.revalidate(&["a"], How::Expire)),
                1 => drop(a.revalidate(&["other"], grace(1.0))),
                2 => drop(b.revalidate(&["a"], grace(2.0))),
                3 => drop(b.revalidate(&["other"], How::Expire)),
                _ => read_twice(&a, &ask),
            }
            world.pass(ms as i64);
        }
        read_twice(&a, &ask);
        let (seen, epoch) = (look(&a, &ask, &a.visit()), a.index().memory.epoch());
        let left = seen.until.map_or(0, |until| until.since(a.now()));
        if left > 0 {
            world.pass(((left - 1) as f64 * part) as i64);
            let same = a.counting();
            let again = look(&same, &ask, &same.visit());
            prop_assert_eq!((again.line, again.head), (seen.line, seen.head));
            // A read takes its time, after which it may be over.
            if holds || seen.until.is_some_and(|until| a.now() < until) {
                prop_assert_eq!(again.until, seen.until);
            }
            prop_assert_eq!((same.ops(), a.index().memory.epoch()), (ops, epoch));
        }
    }
}
