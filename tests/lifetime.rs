//! Lifetimes and profiles, rule by rule (CL, V-5, RV-3, RV-4). Values were taken from Next 16.4.6.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use freshtag::cache::lifetime::{Life, Lifetime, NO_CACHE, Prerender, cache_control, stale_time_header};
use freshtag::cache::profile::{ProfileOptions, Profiles, RawLife, RawSeconds, validate};
use freshtag::error::{Error, ErrorCode};
use freshtag::time::Seconds;
use proptest::prelude::*;

use RawSeconds::{False, NotANumber, Number, Undefined};

const NEVER: f64 = 4_294_967_294.0;
const YEAR: f64 = 31_536_000.0;

fn lifetime(stale: f64, revalidate: f64, expire: f64) -> Lifetime {
    Lifetime { stale: Seconds(stale), revalidate: Seconds(revalidate), expire: Seconds(expire) }
}

fn life(stale: Option<f64>, revalidate: Option<f64>, expire: Option<f64>) -> Life {
    Life { stale: stale.map(Seconds), revalidate: revalidate.map(Seconds), expire: expire.map(Seconds) }
}

fn raw(stale: RawSeconds, revalidate: RawSeconds, expire: RawSeconds) -> RawLife {
    RawLife { stale, revalidate, expire }
}

fn profiles(user: &[(&str, RawLife)], options: ProfileOptions) -> Result<Profiles, Error> {
    let user: Vec<(String, RawLife)> =
        user.iter().map(|(name, raw)| ((*name).to_owned(), raw.clone())).collect();
    Profiles::new(&user, options)
}

fn presets() -> Profiles {
    profiles(&[], ProfileOptions::default()).unwrap()
}

#[test]
fn presets_are_nexts() {
    let rows = [
        ("CL-1", "default", 300.0, 900.0, NEVER),
        ("CL-1", "seconds", 30.0, 1.0, 60.0),
        ("CL-1", "minutes", 300.0, 60.0, 3600.0),
        ("CL-1", "hours", 300.0, 3600.0, 86_400.0),
        ("CL-1", "days", 300.0, 86_400.0, 604_800.0),
        ("CL-1", "weeks", 300.0, 604_800.0, 2_592_000.0),
        ("CL-1", "max", 300.0, 2_592_000.0, YEAR),
    ];
    for (rule, name, stale, revalidate, expire) in rows {
        let expected = life(Some(stale), Some(revalidate), Some(expire));
        assert_eq!(presets().resolve_name(name), Ok(expected), "{rule}: {name}");
    }
}

#[test]
fn the_default_profile_is_filled() {
    let expire_time = |seconds| ProfileOptions { expire_time: Some(Number(seconds)), ..Default::default() };
    let static_stale = |seconds| ProfileOptions { static_stale: Some(Number(seconds)), ..Default::default() };
    let none = ProfileOptions::default;
    let rows = [
        ("CL-3", None, none(), lifetime(300.0, 900.0, NEVER)),
        ("CL-3", None, expire_time(10.0), lifetime(300.0, 900.0, NEVER)),
        ("CL-3", Some(raw(Number(1.0), Undefined, Undefined)), none(), lifetime(1.0, 900.0, YEAR)),
        ("CL-3", Some(RawLife::default()), none(), lifetime(300.0, 900.0, YEAR)),
        ("CL-3", Some(raw(Undefined, Number(5.0), Undefined)), expire_time(7.0), lifetime(300.0, 5.0, 7.0)),
        ("CL-3", Some(raw(Undefined, Undefined, Number(9.0))), expire_time(7.0), lifetime(300.0, 900.0, 9.0)),
        ("CL-3", Some(raw(Number(2.0), Undefined, Undefined)), static_stale(5.0), lifetime(2.0, 900.0, YEAR)),
        ("CL-2", Some(RawLife::default()), expire_time(f64::INFINITY), lifetime(300.0, 900.0, NEVER)),
        ("CL-2", None, static_stale(f64::INFINITY), lifetime(NEVER, 900.0, NEVER)),
        ("CL-4", None, static_stale(60.0), lifetime(60.0, 900.0, NEVER)),
        ("CL-8", Some(raw(Undefined, Undefined, Number(0.0))), none(), lifetime(300.0, 900.0, 0.0)),
    ];
    for (rule, written, options, expected) in rows {
        let user: Vec<(&str, RawLife)> = written.into_iter().map(|raw| ("default", raw)).collect();
        let profiles = profiles(&user, options).unwrap();
        assert_eq!(profiles.default_lifetime(), expected, "{rule}");
        assert_eq!(profiles.resolve_name("default"), Ok(expected.into()), "{rule}");
    }

    let sixty = profiles(&[], static_stale(60.0)).unwrap();
    assert_eq!(sixty.resolve_name("hours").unwrap().stale, Some(Seconds(300.0)), "CL-4");
}

#[test]
fn a_profile_replaces_its_preset() {
    let own = [("days", raw(Number(1.0), Undefined, Undefined)), ("empty", RawLife::default())];
    let profiles = profiles(&own, ProfileOptions::default()).unwrap();

    let rows = [
        ("CL-5", "days", life(Some(1.0), None, None), lifetime(1.0, 900.0, NEVER)),
        ("CL-9", "empty", Life::default(), lifetime(300.0, 900.0, NEVER)),
    ];
    for (rule, name, written, complete) in rows {
        let resolved = profiles.resolve_name(name).unwrap();
        assert_eq!((resolved, profiles.complete(resolved)), (written, complete), "{rule}: {name}");
    }
    let inline = validate(&raw(Undefined, Undefined, Number(500.0))).unwrap();
    assert_eq!(profiles.complete(inline), lifetime(300.0, 900.0, 500.0), "CL-8");
}

#[test]
fn values_are_checked() {
    let text = || NotANumber("\"60\"".to_owned());
    let null = || NotANumber("null".to_owned());
    type Row = (&'static str, RawLife, Result<Life, &'static [&'static str]>);
    let rows: [Row; 17] = [
        ("CL-6", RawLife::default(), Ok(Life::default())),
        (
            "CL-6",
            raw(False, Undefined, Undefined),
            Err(&["stale", "Pass `Infinity` instead of `false`", "client"]),
        ),
        ("CL-6", raw(Undefined, False, Undefined), Err(&["revalidate", "Pass `Infinity`", "by time"])),
        ("CL-6", raw(Undefined, Undefined, False), Err(&["expire", "Pass `Infinity`", "server"])),
        ("CL-6", raw(text(), Undefined, Undefined), Err(&["stale", "must be a number of seconds", "\"60\""])),
        (
            "CL-6",
            raw(Undefined, null(), Undefined),
            Err(&["revalidate", "must be a number of seconds", "null"]),
        ),
        ("CL-6", raw(Undefined, Undefined, Number(f64::NAN)), Err(&["expire", "finite", "NaN"])),
        (
            "CL-6",
            raw(Number(f64::NEG_INFINITY), Undefined, Undefined),
            Err(&["stale", "finite", "-Infinity"]),
        ),
        ("CL-6", raw(Number(f64::NAN), text(), Undefined), Err(&["stale"])),
        ("CL-6", raw(Undefined, text(), False), Err(&["revalidate"])),
        ("CL-6", raw(Number(-1.0), Number(0.5), Number(0.5)), Ok(life(Some(-1.0), Some(0.5), Some(0.5)))),
        ("CL-6", raw(Number(0.0), Number(0.0), Number(0.0)), Ok(life(Some(0.0), Some(0.0), Some(0.0)))),
        ("CL-2", raw(Undefined, Number(f64::INFINITY), Undefined), Ok(life(None, Some(NEVER), None))),
        ("CL-7", raw(Undefined, Number(10.0), Number(10.0)), Ok(life(None, Some(10.0), Some(10.0)))),
        ("CL-7", raw(Undefined, Number(11.0), Number(10.0)), Err(&["expire", "11", "10"])),
        ("CL-7", raw(Undefined, Number(f64::INFINITY), Number(10.0)), Err(&["expire", "4294967294"])),
        ("CL-7", raw(Number(99.0), Undefined, Number(10.0)), Ok(life(Some(99.0), None, Some(10.0)))),
    ];
    for (rule, written, expected) in rows {
        match (validate(&written), expected) {
            (Ok(life), Ok(expected)) => assert_eq!(life, expected, "{rule}: {written:?}"),
            (Err(error), Err(parts)) => {
                assert_eq!(error.code(), ErrorCode::InvalidLife, "{rule}: {written:?}");
                assert!(parts.iter().all(|part| error.message().contains(part)), "{rule}: {error}");
            }
            (found, _) => panic!("{rule}: {written:?} gave {found:?}"),
        }
    }
}

#[test]
fn configuration_errors_name_their_place() {
    let user = [("blog", raw(Undefined, Undefined, Number(f64::NAN)))];
    let error = profiles(&user, ProfileOptions::default()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidLife, "CL-6");
    assert!(error.message().contains("cacheLife.blog.expire"), "CL-6: {error}");

    for bad in [Number(f64::NAN), Number(f64::NEG_INFINITY), False, NotANumber("null".to_owned())] {
        let stale = ProfileOptions { static_stale: Some(bad.clone()), ..Default::default() };
        let expire = ProfileOptions { expire_time: Some(bad), ..Default::default() };
        for (name, options) in [("staleTimes.static", stale), ("expireTime", expire)] {
            let error = profiles(&[], options).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Config, "CL-2");
            assert!(error.message().contains(name), "CL-2: {error}");
        }
    }
}

#[test]
fn names_are_looked_up_exactly() {
    let rows = [
        ("CL-9", "bolg", "cacheLife: { \"bolg\": "),
        ("CL-9", "Days", "cacheLife"),
        ("CL-9", "", "cacheLife"),
        ("CL-9", " days ", "Did you mean \"days\" without the spaces?"),
        ("RV-4", "bolg", "not configured"),
    ];
    for (rule, name, hint) in rows {
        for error in
            [presets().resolve_name(name).unwrap_err(), presets().revalidation_expire(name).unwrap_err()]
        {
            assert_eq!(error.code(), ErrorCode::UnknownProfile, "{rule}: {name:?}");
            assert!(error.message().contains(hint), "{rule}: {error}");
        }
    }
}

#[test]
fn revalidation_uses_expire_alone() {
    let own = [
        ("never", raw(Undefined, Undefined, Number(f64::INFINITY))),
        ("open", raw(Undefined, Number(1.0), Undefined)),
        ("now", raw(Undefined, Undefined, Number(0.0))),
    ];
    let profiles = profiles(&own, ProfileOptions::default()).unwrap();
    let rows = [
        ("RV-3", "max", Some(YEAR)),
        ("RV-3", "seconds", Some(60.0)),
        ("RV-3", "never", Some(NEVER)),
        ("RV-3", "open", None),
        ("RV-3", "now", Some(0.0)),
    ];
    for (rule, name, expire) in rows {
        assert_eq!(profiles.revalidation_expire(name), Ok(expire.map(Seconds)), "{rule}: {name}");
    }
}

#[test]
fn calls_combine_to_the_smallest() {
    let named = |name| presets().resolve_name(name).unwrap();
    let one = life(Some(1000.0), None, None);
    let rows = [
        ("CL-11", vec![named("days"), named("hours"), one], life(Some(300.0), Some(3600.0), Some(86_400.0))),
        ("CL-11", vec![named("hours"), named("days")], life(Some(300.0), Some(3600.0), Some(86_400.0))),
        ("CL-11", vec![one], one),
        ("CL-11", vec![], Life::default()),
    ];
    for (rule, calls, expected) in rows {
        assert_eq!(calls.into_iter().fold(Life::default(), Life::min), expected, "{rule}");
    }
}

#[test]
fn an_explicit_field_wins_over_nested_ones() {
    let named = |name| presets().resolve_name(name).unwrap();
    let rows = [
        ("CL-13", Life::default(), named("minutes"), lifetime(300.0, 60.0, 3600.0)),
        ("CL-13", named("days"), named("minutes"), lifetime(300.0, 86_400.0, 604_800.0)),
        ("CL-13", named("seconds"), named("hours"), lifetime(30.0, 1.0, 60.0)),
        ("CL-13", life(None, Some(86_400.0), None), named("seconds"), lifetime(30.0, 86_400.0, 60.0)),
        ("CL-12", Life::default(), Life::default(), lifetime(300.0, 900.0, NEVER)),
        ("CL-12", Life::default(), life(None, Some(5.0), None), lifetime(300.0, 5.0, NEVER)),
        ("CL-12", Life::default(), named("weeks"), lifetime(300.0, 900.0, 2_592_000.0)),
    ];
    for (rule, outer, inner, expected) in rows {
        let implicit = presets().default_lifetime().lower(inner);
        assert_eq!(Lifetime::or(outer, implicit), expected, "{rule}: {outer:?} around {inner:?}");
    }
}

#[test]
fn short_lives_are_left_out_of_prerenders() {
    let rows = [
        // rule, lifetime, static, runtime, shell
        ("CL-16", lifetime(300.0, 900.0, NEVER), true, true, true),
        ("CL-16", lifetime(300.0, 0.0, NEVER), false, true, false),
        ("CL-16", lifetime(300.0, 900.0, 299.9), false, true, false),
        ("CL-16", lifetime(300.0, 900.0, 300.0), true, true, true),
        ("CL-16", lifetime(29.9, 900.0, NEVER), false, false, false),
        ("CL-16", lifetime(30.0, 900.0, NEVER), true, true, false),
        ("CL-16", lifetime(299.9, 900.0, NEVER), true, true, false),
        ("CL-16", lifetime(30.0, 1.0, 60.0), false, true, false),
        ("CL-16", lifetime(300.0, 60.0, 3600.0), true, true, true),
    ];
    for (rule, lifetime, is_static, runtime, shell) in rows {
        let found = [Prerender::Static, Prerender::Runtime, Prerender::Shell].map(|way| lifetime.fits(way));
        assert_eq!(found, [is_static, runtime, shell], "{rule}: {lifetime:?}");
    }
}

#[test]
fn stale_time_is_sent_as_it_is() {
    let rows = [
        ("CL-17", 60.0, "60"),
        ("CL-17", 10.0, "10"),
        ("CL-17", 0.0, "0"),
        ("CL-17", 1.5, "1.5"),
        ("CL-17", NEVER, "300"),
    ];
    for (rule, stale, expected) in rows {
        assert_eq!(stale_time_header(Seconds(stale), Seconds(300.0)), expected, "{rule}: {stale}");
    }
}

#[test]
fn cache_control_is_nexts() {
    let rows = [
        ("V-5", Some(60.0), Some(YEAR), "s-maxage=60, stale-while-revalidate=31535940"),
        ("V-5", Some(900.0), Some(3600.0), "s-maxage=900, stale-while-revalidate=2700"),
        ("V-5", Some(60.0), Some(60.0), "s-maxage=60"),
        ("V-5", Some(60.0), Some(30.0), "s-maxage=60"),
        ("V-5", Some(60.0), None, "s-maxage=60"),
        ("V-5", None, None, "s-maxage=31536000"),
        ("V-5", None, Some(NEVER), "s-maxage=31536000"),
        ("V-5", Some(0.0), None, NO_CACHE),
        ("CL-21", Some(0.0), Some(60.0), NO_CACHE),
        ("CL-21", Some(-0.0), None, NO_CACHE),
        ("CL-21", Some(1.5), None, "s-maxage=1.5"),
        ("CL-21", Some(1.1), Some(3.3), "s-maxage=1.1, stale-while-revalidate=2.1999999999999997"),
        ("CL-21", Some(-1.0), Some(0.0), "s-maxage=-1, stale-while-revalidate=1"),
        ("CL-21", Some(0.1 + 0.2), None, "s-maxage=0.30000000000000004"),
        ("CL-21", Some(1e18), None, "s-maxage=1000000000000000000"),
        ("CL-21", Some(1e21), None, "s-maxage=1e+21"),
        ("CL-21", Some(1.25e25), None, "s-maxage=1.25e+25"),
        ("CL-21", Some(f64::MAX), None, "s-maxage=1.7976931348623157e+308"),
        ("CL-21", Some(0.000_01), None, "s-maxage=0.00001"),
        ("CL-21", Some(1e-7), None, "s-maxage=1e-7"),
        ("CL-21", Some(1.5e-9), None, "s-maxage=1.5e-9"),
        ("CL-21", Some(5e-324), None, "s-maxage=5e-324"),
    ];
    for (rule, revalidate, expire, expected) in rows {
        let found = cache_control(revalidate.map(Seconds), expire.map(Seconds));
        assert_eq!(found, expected, "{rule}: {revalidate:?}, {expire:?}");
    }
    assert_eq!(NO_CACHE, "private, no-cache, no-store, max-age=0, must-revalidate", "CL-21");
}

#[test]
fn a_routes_lifetime_becomes_cache_control() {
    let rows = [
        // rule, lifetime, expireTime, Cache-Control
        ("CL-20", Lifetime::INFINITE, Some(YEAR), "s-maxage=31536000"),
        ("CL-20", lifetime(300.0, 60.0, NEVER), Some(YEAR), "s-maxage=60, stale-while-revalidate=31535940"),
        ("CL-20", lifetime(300.0, 60.0, NEVER), None, "s-maxage=60"),
        ("CL-20", lifetime(300.0, 60.0, 3600.0), Some(YEAR), "s-maxage=60, stale-while-revalidate=3540"),
        ("CL-20", lifetime(300.0, 0.0, 3600.0), Some(YEAR), NO_CACHE),
        ("CL-20", lifetime(300.0, NEVER, 3600.0), Some(YEAR), "s-maxage=31536000"),
        ("CL-22", lifetime(0.0, 60.0, 3600.0), Some(YEAR), "s-maxage=60, stale-while-revalidate=3540"),
    ];
    for (rule, lifetime, expire_time, expected) in rows {
        assert_eq!(lifetime.cache_control(expire_time.map(Seconds)), expected, "{rule}: {lifetime:?}");
    }
}

fn any_life() -> impl Strategy<Value = Life> {
    let seconds = || proptest::option::of(-1e10..1e10);
    (seconds(), seconds(), seconds()).prop_map(|(stale, revalidate, expire)| life(stale, revalidate, expire))
}

proptest! {
    /// CL-11: the order of calls, and repeating one, makes no difference.
    #[test]
    fn smallest_of_lives_is_a_semilattice(a in any_life(), b in any_life(), c in any_life()) {
        prop_assert_eq!(a.min(b), b.min(a));
        prop_assert_eq!(a.min(b).min(c), a.min(b.min(c)));
        prop_assert_eq!(a.min(a), a);
        prop_assert_eq!(a.min(Life::default()), a);
    }

    /// CL-12: lowering never raises a field.
    #[test]
    fn lowering_never_raises(a in any_life(), b in any_life()) {
        let before = Lifetime::INFINITE.lower(a);
        let after = before.lower(b);
        prop_assert!(after.stale <= before.stale);
        prop_assert!(after.revalidate <= before.revalidate);
        prop_assert!(after.expire <= before.expire);
    }

    /// CL-21: numbers survive printing.
    #[test]
    fn printed_numbers_read_back(number in any::<f64>().prop_filter("a positive number", |n| n.is_finite() && *n > 0.0)) {
        let printed = cache_control(Some(Seconds(number)), None);
        prop_assert_eq!(printed.strip_prefix("s-maxage=").and_then(|text| text.parse().ok()), Some(number));
    }
}
