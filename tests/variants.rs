//! Variants of one URL in the flow (RFC 9111 §4.1): a late store, a demand, a HEAD, and how many are kept (T10).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use std::rc::Rc;

use freshtag::cache::key::StoreKey;
use freshtag::cache::lifetime::Life;
use freshtag::cache::variant::Selection;
use freshtag::flow::{Ask, Demand, Mode, Policy, Proxied};
use freshtag::store::double::World;
use freshtag::time::Seconds;
use support::{
    Got, Isolate, Origin, Pairs, answer, entries, entry, isolate, keys, lifetime, origin, pairs, plant,
    proxied, script, stored,
};

const FRESH: (&str, &str) = ("cache-control", "s-maxage=60");
const LONG: (&str, &str) = ("cache-control", "s-maxage=9000");
const VARY: (&str, &str) = ("vary", "Accept-Language");

/// The question for `/` of somebody who reads this language.
fn asks(language: &str) -> Ask {
    with(pairs(&[("accept-language", language)]))
}

fn with(fields: Pairs) -> Ask {
    Ask { policy: Policy::Proxy(Proxied { fields, ..Proxied::default() }), ..proxied("/") }
}

fn chosen(language: &str) -> Selection {
    Selection::of(["accept-language"], &pairs(&[("accept-language", language)])).unwrap()
}

/// Plants a variant, under the URL or beside it.
fn plant_variant(world: &World, key: &StoreKey, language: &str) {
    let mut page = entry(key, &[], world.now());
    page.selection = Some(chosen(language));
    page.headers = pairs(&[FRESH, VARY]);
    plant(world, key, &page, language.as_bytes());
}

/// A world with `de` under the URL, and `en` beside it.
fn two() -> (World, StoreKey, StoreKey) {
    let world = World::default();
    let base = proxied("/").key;
    let variant = base.variant(chosen("en").as_str());
    plant_variant(&world, &base, "de");
    plant_variant(&world, &variant, "en");
    (world, base, variant)
}

/// One that answers after `ms` with `made`, which varies.
fn slow(world: &World, ms: u64) -> Origin {
    use freshtag::store::Store as _;
    let store = world.place(usize::MAX);
    origin(world, move |_| {
        let store = store.clone();
        async move {
            store.sleep(ms).await;
            Ok(answer(200, &[FRESH, VARY], "made"))
        }
    })
}

#[test]
fn a_late_store_that_leads_on_to_a_variant_is_raced() {
    // Rows: language, GET, ms of a read, of the render; what comes first, after how many ms; what stands for the URL then.
    let rows = [
        ("de", true, 300, 5_000, "HIT de", 300, "made"),
        ("en", true, 300, 5_000, "HIT en", 600, "made"),
        ("en", true, 300, 100, "MISS made", 350, "made"),
        ("en", true, 100, 5_000, "HIT en", 200, "de"),
        ("en", true, 200, 5_000, "HIT en", 400, "made"),
        ("en", false, 300, 5_000, "HIT en", 600, "de"),
        ("en", false, 300, 100, "MISS made", 350, "de"),
        ("fr", true, 300, 100, "MISS made", 350, "made"),
        ("fr", true, 300, 1_000, "MISS made", 1_250, "made"),
    ];
    for (language, get, reads, renders, line, after, stands) in rows {
        let row = format!("R1, §4.1 {language} {get} {reads} {renders}");
        let (world, base, variant) = two();
        world.slow_reads("f1/e/", reads);
        let (a, origin, began) = (isolate(&world, 0, "a"), slow(&world, renders), world.now());
        let got = a.get(&Rc::new(Ask { get, ..asks(language) }), &origin);
        assert_eq!((got.line(), world.now().since(began)), (line.to_owned(), after), "{row}");
        world.settle();
        world.slow_reads("f1/e/", 5);
        let (entry, body) = stored(&world, &base).unwrap();
        assert_eq!(body, stands, "{row}");
        let own = if stands == "made" { language } else { "de" };
        assert_eq!(entry.selection, Some(chosen(own)), "{row}: nobody else's");
        assert_eq!(stored(&world, &variant).unwrap().1, "en", "{row}");
        // Whatever stands for the URL now, each gets his own.
        let late = isolate(&world, 1, "b").get(&Rc::new(asks("it")), &script(&world, vec![Err("asked")]));
        assert_eq!(late, Got::Failed("asked".to_owned()), "{row}");
    }
}

#[test]
fn a_variant_stands_in_for_a_render_that_failed_first() {
    for (language, line) in [("de", "HIT de"), ("en", "HIT en"), ("fr", "FAILED ")] {
        let (world, ..) = two();
        world.slow_reads("f1/e/", 300);
        let origin = script(&world, vec![Err("unreachable")]);
        assert_eq!(isolate(&world, 0, "a").get_settled(&Rc::new(asks(language)), &origin).line(), line, "S7");
    }
}

#[test]
fn a_demand_makes_the_form_anew_that_it_asks_for() {
    // Rows: fields of the demand, only if stored, ms of a read; what is told, where it goes.
    let none = Pairs::new;
    let rows = [
        (none(), Demand::Yes, 5, "REVALIDATED made", Some(none())),
        (none(), Demand::Yes, 600, "REVALIDATED made", Some(none())),
        (none(), Demand::IfStored, 5, "REVALIDATED made", Some(none())),
        (pairs(&[("accept-language", "de")]), Demand::IfStored, 600, "REVALIDATED made", None),
    ];
    for (fields, demand, reads, line, own) in rows {
        let (world, base, variant) = two();
        world.slow_reads("f1/e/", reads);
        let (a, origin) = (isolate(&world, 0, "a"), slow(&world, 10));
        let visit = a.visit();
        visit.set_demand(demand);
        let got = world.run(a.asking(&Rc::new(with(fields)), &visit, &origin)).unwrap();
        world.settle();
        world.slow_reads("f1/e/", 5);
        assert_eq!((got.line(), origin.modes()), (line.to_owned(), vec![Mode::Prerender]), "IS-10 {reads}");
        let place = own.map_or(base.clone(), |own| {
            base.variant(Selection::of(["accept-language"], &own).unwrap().as_str())
        });
        assert_eq!(stored(&world, &place).unwrap().1, "made", "IS-10 {reads}");
        assert_eq!(stored(&world, &variant).unwrap().1, "en", "IS-10 {reads}");
    }
    let world = World::default();
    let (a, visit) = (isolate(&world, 0, "a"), isolate(&world, 0, "a").visit());
    visit.set_demand(Demand::IfStored);
    let got = world.run(a.asking(&Rc::new(asks("de")), &visit, &slow(&world, 0))).unwrap();
    assert_eq!(got, Got::Absent, "IS-11");
}

/// Asks `times` times, the question by its number, and says how much was written.
fn flood(a: &Isolate, times: usize, ask: impl Fn(usize) -> (Ask, Pairs)) -> u32 {
    let before = a.ops().puts;
    for n in 0..times {
        let (ask, headers) = ask(n);
        let headers: Vec<_> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let got = a.get_settled(&Rc::new(ask), &script(&a.world, vec![Ok(answer(200, &headers, "x"))]));
        assert_eq!(got.body(), "x", "T10: all are answered");
        if times <= 1_000 {
            a.world.pass(1_100); // a key is written once a second
        }
    }
    a.ops().puts - before
}

#[test]
fn what_a_visitor_can_make_of_one_url_is_bounded() {
    let vary = || pairs(&[LONG, VARY]);
    let url = proxied("/").key;
    let rsc = |n: usize| {
        let key = keys().proxy("example.com", "/", "", &format!("rsc:1:{n};"));
        let policy = Policy::Proxy(Proxied { url: Some(url.clone()), ..Proxied::default() });
        Ask { key, policy, ..proxied("/") }
    };
    type Make<'a> = &'a dyn Fn(usize) -> (Ask, Pairs);
    // Rows: rule, times, the question and its answer's headers; puts.
    let rows: [(&str, usize, Make<'_>, u32); 5] = [
        ("T10 Vary", 10_000, &|n| (asks(&format!("x-{n}")), vary()), 65),
        ("T10, T3 forms of a React page", 10_000, &|n| (rsc(n), pairs(&[LONG])), 64),
        ("T10 no Vary", 1_000, &|n| (asks(&format!("x-{n}")), pairs(&[LONG])), 1),
        (
            "T10 another Vary each time",
            1_000,
            &|n| {
                let name = format!("x-{n}");
                (with(pairs(&[(&name, "1")])), pairs(&[LONG, ("vary", &name)]))
            },
            65,
        ),
        (
            "T10 now this, now that",
            1_000,
            &|n| {
                let name = if n % 2 == 0 { "x-a" } else { "x-b" };
                (with(pairs(&[(name, &n.to_string())])), pairs(&[LONG, ("vary", name)]))
            },
            65,
        ),
    ];
    for (rule, times, make, puts) in rows {
        let world = World::default();
        let a = isolate(&world, 0, "a").counting();
        assert_eq!(flood(&a, times, make), puts, "{rule}");
        let usage = a.index().memory.usage();
        assert!(usage.keys <= 10_000 && usage.bodies <= 66, "{rule}: {usage:?}");
        assert!(entries(&world).len() <= 65, "{rule}");
        world.pass(9_001_000);
        assert!(flood(&a, 3, |n| make(n + times)) > 0, "{rule}: not for ever");
    }
}

#[test]
fn a_store_that_is_late_bounds_it_too() {
    let world = World::default();
    let a = isolate(&world, 0, "a").counting();
    world.slow_reads("f1/e/", 600);
    assert_eq!(flood(&a, 200, |n| (asks(&format!("x-{n}")), pairs(&[FRESH, VARY]))), 64, "T10, R1");
}

#[test]
fn a_flood_keeps_no_stored_variant_from_being_renewed() {
    let (world, _, variant) = two();
    let a = isolate(&world, 0, "a").counting();
    assert_eq!(flood(&a, 100, |n| (asks(&format!("x-{n}")), pairs(&[FRESH, VARY]))), 64);
    let mut old = entry(&variant, &[], world.now());
    (old.selection, old.lifetime) = (Some(chosen("en")), lifetime(0.0, 1.0, 600.0));
    plant(&world, &variant, &old, b"en");
    // A stale one behind the reply, an expired one before it.
    for (ms, line, then) in [(5_000, "STALE en", "new"), (700_000, "REVALIDATED new", "new")] {
        world.pass(ms);
        let origin = script(&world, vec![Ok(answer(200, &[FRESH, VARY], "new"))]);
        assert_eq!(a.get_settled(&Rc::new(asks("en")), &origin).line(), line, "T10");
        let (entry, body) = stored(&world, &variant).unwrap();
        assert_eq!((body.as_str(), entry.created.since(world.now()) > -5_000), (then, true), "T10");
    }
}

#[test]
fn a_rule_that_comes_later_counts_for_what_is_stored() {
    let rule = |of: &str, vary: &[&str]| {
        let vary = vary.iter().map(|&name| name.to_owned()).collect();
        let fields = pairs(&[("x-country", of), ("accept-language", "de")]);
        Ask { policy: Policy::Proxy(Proxied { fields, vary, ..Proxied::default() }), ..proxied("/") }
    };
    for headers in [vec![FRESH], vec![FRESH, VARY]] {
        let world = World::default();
        let a = isolate(&world, 0, "a");
        let get = |of: &str, vary: &[&str], body: &str| {
            let origin = script(&world, vec![Ok(answer(200, &headers, body))]);
            a.get_settled(&Rc::new(rule(of, vary)), &origin).line()
        };
        assert_eq!(get("at", &[], "all"), "MISS all");
        assert_eq!(get("ch", &[], "?"), "HIT all");
        assert_eq!(get("ch", &["X-Country"], "ch"), "MISS ch", "T5");
        assert_eq!(get("at", &["X-Country"], "at"), "MISS at", "T5");
        for own in ["ch", "at"] {
            assert_eq!(get(own, &["X-Country"], "?"), format!("HIT {own}"));
        }
        // What the key says already is no further field.
        assert!(get("ch", &["Accept-Encoding"], "?").starts_with("HIT"));
    }
}

#[test]
fn config_gives_no_life_to_an_error() {
    let life = Life { revalidate: Some(Seconds(600.0)), expire: Some(Seconds(900.0)), stale: None };
    for status in 200..=599_u16 {
        let world = World::default();
        let ask =
            Ask { policy: Policy::Proxy(Proxied { life: Some(life), ..Proxied::default() }), ..proxied("/") };
        let (a, ask) = (isolate(&world, 0, "a"), Rc::new(ask));
        a.get_settled(&ask, &script(&world, vec![Ok(answer(status, &[], "x"))]));
        let expected = matches!(status, 200 | 203 | 204 | 300 | 301 | 308 | 404 | 410);
        assert_eq!(stored(&world, &ask.key).is_some(), expected, "CPDoS {status}");
        // What says so itself is kept as it says.
        let own = Ask { key: keys().proxy("example.com", "/own", "", ""), ..(*ask).clone() };
        a.get_settled(&Rc::new(own.clone()), &script(&world, vec![Ok(answer(status, &[FRESH], "x"))]));
        let kept = stored(&world, &own.key).map(|(entry, _)| entry.lifetime.revalidate.0);
        let told = if expected { 600.0 } else { 60.0 };
        assert_eq!(kept, (!matches!(status, 206 | 304)).then_some(told), "§3 {status}");
    }
}

#[test]
fn a_head_or_a_part_that_fails_holds_nobody_back() {
    for get in [false, true] {
        let world = World::default();
        let (a, ask) = (isolate(&world, 0, "a"), proxied("/"));
        let mut old = entry(&ask.key, &[], world.now());
        (old.lifetime, old.stale_if_error) = (lifetime(0.0, 1.0, 1.0), Some(Seconds(600.0)));
        plant(&world, &ask.key, &old, b"old");
        world.pass(5_000);
        let bad = script(&world, vec![Err("refused")]);
        assert_eq!(a.get_settled(&Rc::new(Ask { get, ..ask.clone() }), &bad).line(), "STALE old");
        let good = script(&world, vec![Ok(answer(200, &[FRESH], "new"))]);
        let line = if get { "STALE old" } else { "REVALIDATED new" };
        assert_eq!(a.get_settled(&Rc::new(ask), &good).line(), line);
    }
}
