//! What may be kept, and for how long: threats T1 to T14 as tables, and the lifetimes of routes (CL).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use std::rc::Rc;

use freshtag::cache::admit::{Admit, Prior, Reason, Response, admit};
use freshtag::cache::entry::Entry;
use freshtag::cache::freshness::{may_stand_in, origin_lifetime, origin_tags};
use freshtag::cache::key::Kind;
use freshtag::cache::lifetime::{Life, Lifetime};
use freshtag::cache::scope::{Collected, RouteLife};
use freshtag::cache::tag::Tag;
use freshtag::cache::variant::VARIANT_HEADERS;
use freshtag::time::{Seconds, UnixMillis};
use proptest::prelude::*;
use support::{LIFE, Pairs, entry, keys, lifetime, pairs, tags};

use RouteLife::{Every, Forever, Unsaid};

/// A GET of a page of the origin, with a lifetime, over nothing.
fn plain<'a>(headers: &'a Pairs, prior: &'a Prior) -> Response<'a> {
    Response {
        kind: Kind::Proxy,
        get: true,
        authorization: false,
        status: 200,
        headers,
        vary: &[],
        lifetime: Some(LIFE),
        stale_if_error: None,
        dynamic: None,
        body_len: Some(10),
        most_bytes: 100,
        prior,
    }
}

fn kept() -> Admit {
    Admit::Keep { lifetime: LIFE, stale_if_error: None }
}

fn prior(status: u16, body_len: u64) -> Prior {
    let key = keys().route("example.com", "/");
    let mut entry = entry(&key, &[], UnixMillis(0));
    (entry.status, entry.body_len) = (status, body_len);
    Prior::Entry(Rc::new(entry))
}

#[test]
fn only_a_lifetime_turns_storing_on() {
    let with = |lifetime| {
        let (headers, prior) = (pairs(&[]), Prior::Nothing);
        admit(&Response { lifetime, ..plain(&headers, &prior) })
    };
    assert_eq!(with(Some(LIFE)), kept());
    // Rows: rule, lifetime.
    let rows = [
        ("T1", None),
        ("T1", Some(lifetime(300.0, 0.0, 100.0))),
        ("T1", Some(lifetime(300.0, -1.0, 100.0))),
        ("T1", Some(lifetime(300.0, 100.0, 0.0))),
        ("T1", Some(lifetime(300.0, 100.0, -5.0))),
        ("T1", Some(lifetime(300.0, f64::NAN, f64::NAN))),
    ];
    for (rule, given) in rows {
        assert_eq!(with(given), Admit::Skip(Reason::NoLifetime), "{rule}: {given:?}");
    }
    let (headers, prior) = (pairs(&[("cache-control", "public, s-maxage=60")]), Prior::Nothing);
    let page = Response { kind: Kind::Route, lifetime: None, ..plain(&headers, &prior) };
    assert_eq!(admit(&page), Admit::Skip(Reason::NoLifetime), "T1: a route's lifetime is not in its headers");
    let looked = Response { dynamic: Some("cookies()"), ..plain(&headers, &prior) };
    assert_eq!(admit(&looked), Admit::Skip(Reason::Dynamic("cookies()".into())), "T1");
}

#[test]
fn cookies_and_authorization() {
    let private = || Admit::Skip(Reason::Private);
    let auth = || Admit::Skip(Reason::Authorization);
    let vary = |field: &str| Admit::Skip(Reason::Vary(field.into()));
    // Rows: rule, whether the request has Authorization, response headers, answer.
    type Row<'a> = (&'a str, bool, &'a [(&'a str, &'a str)], Admit);
    let rows: [Row<'_>; 24] = [
        ("T5", false, &[], kept()),
        ("T5", true, &[], auth()),
        ("T5", true, &[("cache-control", "max-age=60")], auth()),
        ("T5", true, &[("cache-control", "public")], kept()),
        ("T5", true, &[("cache-control", "s-maxage=60")], kept()),
        ("T5", true, &[("cache-control", "must-revalidate")], kept()),
        ("T5", true, &[("cache-control", "proxy-revalidate")], auth()),
        ("T5", true, &[("cache-control", "public, private")], private()),
        ("T5", false, &[("vary", "cookie")], vary("cookie")),
        ("T5", false, &[("vary", "Authorization")], vary("authorization")),
        ("T11", false, &[("set-cookie", "a=1")], Admit::Skip(Reason::SetCookie)),
        ("T11", false, &[("Set-Cookie", "a=1")], Admit::Skip(Reason::SetCookie)),
        ("T11", false, &[("SET-COOKIE", "")], Admit::Skip(Reason::SetCookie)),
        ("T11", true, &[("cache-control", "public"), ("set-cookie", "a=1")], Admit::Skip(Reason::SetCookie)),
        ("T1", false, &[("cache-control", "no-store")], private()),
        ("T1", false, &[("cache-control", "private")], private()),
        ("T1", false, &[("cache-control", "s-maxage=60, PRIVATE=\"set-cookie\"")], private()),
        ("T1", false, &[("cache-control", "s-maxage=60"), ("cache-control", "no-store")], private()),
        ("T1", false, &[("cache-control", "no-cache")], private()),
        ("T13", false, &[("vary", "*")], vary("*")),
        ("T13", false, &[("vary", "*, *")], vary("*")),
        ("T13", false, &[("vary", "Accept-Encoding, *")], vary("*")),
        ("T13", false, &[("vary", "accept-encoding"), ("vary", "*")], vary("*")),
        ("T13", false, &[("vary", ", ,accept-encoding,")], kept()),
    ];
    for (rule, authorization, headers, expected) in rows {
        let (headers, prior) = (pairs(headers), Prior::Nothing);
        let response = Response { authorization, ..plain(&headers, &prior) };
        assert_eq!(admit(&response), expected, "{rule}: {authorization} {headers:?}");
    }
}

#[test]
fn vary_is_covered_by_the_key_or_refused() {
    let refused = |kind: Kind, vary: &str| {
        let (headers, prior) = (pairs(&[("vary", vary)]), Prior::Nothing);
        match admit(&Response { kind, ..plain(&headers, &prior) }) {
            Admit::Keep { .. } => None,
            Admit::Skip(Reason::Vary(field)) => Some(field.to_string()),
            Admit::Skip(other) => Some(format!("{other:?}")),
        }
    };
    for name in VARIANT_HEADERS {
        assert_eq!(refused(Kind::Proxy, name), None, "T3: in the key, whatever Vary says");
        assert_eq!(refused(Kind::Proxy, &name.to_ascii_uppercase()), None, "T13: in any case");
        assert_eq!(refused(Kind::Route, name), Some(name.to_owned()), "T3: not in a route's key");
    }
    assert_eq!(refused(Kind::Proxy, &VARIANT_HEADERS.join(", ")), None, "T3");
    assert_eq!(refused(Kind::Route, "Accept-Encoding"), None, "T13: bodies are kept decoded");
    assert_eq!(refused(Kind::Proxy, "rsc, accept-language"), None, "RFC 9111 §4.1: it has variants");
    assert_eq!(
        refused(Kind::Route, "accept-language"),
        Some("accept-language".to_owned()),
        "a route has none"
    );
    assert_eq!(refused(Kind::Proxy, "accept-language, Cookie"), Some("cookie".to_owned()), "T5");
    let nine: Vec<String> = (0..9).map(|n| format!("x-{n}")).collect();
    assert_eq!(refused(Kind::Proxy, &nine.join(",")), Some("*".to_owned()), "T13: at most 8 fields");
    assert_eq!(refused(Kind::Proxy, "bad field"), Some("*".to_owned()), "T13");
}

#[test]
fn methods_and_parts() {
    let (headers, nothing) = (pairs(&[]), Prior::Nothing);
    let head = Response { get: false, ..plain(&headers, &nothing) };
    assert_eq!(admit(&head), Admit::Skip(Reason::Method), "T14");
    for status in [100, 101, 103, 199, 206, 304] {
        let part = Response { status, ..plain(&headers, &nothing) };
        assert_eq!(admit(&part), Admit::Skip(Reason::Status(status)), "T14");
        let part = Response { kind: Kind::Route, ..part };
        assert_eq!(admit(&part), Admit::Skip(Reason::Status(status)), "T14");
    }
    // Any final status may be kept where it has explicit freshness; a route's 5xx has none.
    for status in [200, 201, 203, 204, 205, 207, 299, 301, 302, 307, 308, 400, 404, 410, 451, 499] {
        for kind in [Kind::Proxy, Kind::Route] {
            assert_eq!(
                admit(&Response { status, kind, ..plain(&headers, &nothing) }),
                kept(),
                "T14 {status}"
            );
        }
    }
    for status in [500, 503, 599] {
        assert_eq!(admit(&Response { status, ..plain(&headers, &nothing) }), kept(), "T14 {status}");
        for kind in [Kind::Route, Kind::Data, Kind::Fetch] {
            let error = Response { status, kind, ..plain(&headers, &nothing) };
            assert_eq!(admit(&error), Admit::Skip(Reason::Status(status)), "T14 {status}");
        }
    }
}

#[test]
fn nothing_worse_takes_the_place_of_something_good() {
    let empty = || Admit::Skip(Reason::EmptyOverGood);
    let status = |status| Admit::Skip(Reason::Status(status));
    // Rows: rule, what stands there, status and bytes of the response, answer.
    let rows = [
        ("T2", prior(200, 10), 200, Some(10), kept()),
        ("T2", prior(200, 10), 200, Some(1), kept()),
        ("T2", prior(200, 10), 200, None, kept()), // not known yet: asked again at its end
        ("T2", prior(200, 10), 200, Some(0), empty()),
        ("T2", prior(200, 10), 204, None, empty()),
        ("T2", prior(200, 10), 204, Some(0), empty()),
        ("T2", prior(299, 10), 204, Some(0), empty()),
        ("T2", prior(200, 10), 404, Some(0), empty()),
        ("T2", prior(200, 10), 404, Some(10), kept()), // a page that is gone is gone
        ("T2", prior(200, 10), 500, Some(10), status(500)),
        ("T2", prior(200, 10), 503, Some(10), status(503)),
        ("T2", prior(200, 0), 204, Some(0), kept()), // it was empty before
        ("T2", prior(200, 0), 503, Some(10), status(503)),
        ("T2", prior(404, 10), 200, Some(0), kept()),
        ("T2", prior(404, 10), 503, Some(10), kept()),
        ("T2", prior(503, 10), 204, Some(0), kept()),
        ("T2", prior(503, 10), 500, Some(10), kept()),
        ("T2", Prior::Nothing, 200, Some(0), kept()),
        ("T2", Prior::Nothing, 503, Some(10), kept()),
        ("T2", Prior::Unknown, 200, Some(0), empty()),
        ("T2", Prior::Unknown, 204, None, empty()),
        ("T2", Prior::Unknown, 503, Some(10), status(503)),
        ("T2", Prior::Unknown, 200, Some(10), kept()),
        ("T2", Prior::Unknown, 404, Some(10), kept()),
    ];
    for (rule, prior, status, body_len, expected) in rows {
        let headers = pairs(&[]);
        let response = Response { status, body_len, ..plain(&headers, &prior) };
        assert_eq!(admit(&response), expected, "{rule}: {status} {body_len:?} over {prior:?}");
    }
}

#[test]
fn what_is_too_large_is_not_kept() {
    let (headers, nothing) = (pairs(&[]), Prior::Nothing);
    for (body_len, expected) in
        [(None, kept()), (Some(100), kept()), (Some(101), Admit::Skip(Reason::TooLarge))]
    {
        assert_eq!(admit(&Response { body_len, ..plain(&headers, &nothing) }), expected, "T19");
    }
}

#[test]
fn a_route_may_say_no_cache_to_browsers() {
    let (headers, nothing) = (pairs(&[("cache-control", "no-cache")]), Prior::Nothing);
    assert_eq!(admit(&Response { kind: Kind::Route, ..plain(&headers, &nothing) }), kept());
}

#[test]
fn reasons_have_names_of_one_token() {
    let reasons = [
        Reason::Authorization,
        Reason::Bypass,
        Reason::Dynamic("x".into()),
        Reason::EmptyOverGood,
        Reason::Method,
        Reason::NoLifetime,
        Reason::Older,
        Reason::Private,
        Reason::SetCookie,
        Reason::Status(500),
        Reason::TooLarge,
        Reason::Truncated,
        Reason::Vary("x".into()),
    ];
    let mut names: Vec<&str> = reasons.iter().map(Reason::as_str).collect();
    assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
    names.dedup();
    assert_eq!(names.len(), reasons.len());
}

// ---- lifetimes of routes

const YEAR: f64 = 31_536_000.0;
const NEVER: f64 = 4_294_967_294.0;

fn said(revalidate: f64, expire: f64) -> Life {
    Life { stale: None, revalidate: Some(Seconds(revalidate)), expire: Some(Seconds(expire)) }
}

fn nested(life: Life) -> Entry {
    let key = keys().data("", "f", "[]");
    let mut entry = entry(&key, &["nested"], UnixMillis(500));
    entry.lifetime = Lifetime::or(life, Lifetime::INFINITE);
    entry
}

#[test]
fn a_routes_lifetime_is_what_it_was_told_lowered_by_what_is_in_it() {
    // Rows: rule, the module's word, cacheLife calls, cached inputs, revalidate and expire.
    type Row<'a> = (&'a str, RouteLife, &'a [Life], &'a [Life], Option<(f64, f64)>);
    let rows: [Row<'_>; 17] = [
        ("CL-20 nobody says anything", Unsaid, &[], &[], None),
        ("CL-20 a finite revalidate takes expireTime", Every(Seconds(60.0)), &[], &[], Some((60.0, 1_000.0))),
        ("CL-20 never", Forever, &[], &[], Some((NEVER, NEVER))),
        ("CL-20 revalidate = 0 is dynamic", Every(Seconds(0.0)), &[], &[], None),
        ("CL-20 so is less", Every(Seconds(-1.0)), &[], &[], None),
        ("CL-20 inputs alone", Unsaid, &[], &[said(60.0, 600.0)], Some((60.0, 600.0))),
        ("CL-20 the smaller wins", Every(Seconds(30.0)), &[], &[said(60.0, 600.0)], Some((30.0, 600.0))),
        ("CL-20 either way", Every(Seconds(90.0)), &[], &[said(60.0, 600.0)], Some((60.0, 600.0))),
        ("CL-20 under never too", Forever, &[], &[said(60.0, 600.0)], Some((60.0, 600.0))),
        (
            "CL-20 of several inputs the smallest",
            Unsaid,
            &[],
            &[said(60.0, 900.0), said(90.0, 600.0)],
            Some((60.0, 600.0)),
        ),
        ("CL-20 an input of revalidate 0", Every(Seconds(60.0)), &[], &[said(0.0, 600.0)], None),
        (
            "CL-11 its own calls count",
            Unsaid,
            &[said(60.0, 600.0), said(90.0, 500.0)],
            &[],
            Some((60.0, 500.0)),
        ),
        ("CL-16 an input that expires too soon", Every(Seconds(60.0)), &[], &[said(60.0, 299.9)], None),
        ("CL-16 the limit itself", Every(Seconds(60.0)), &[], &[said(60.0, 300.0)], Some((60.0, 300.0))),
        ("CL-16 one of several", Forever, &[], &[said(60.0, 600.0), said(1.0, 60.0)], None),
        ("CL-16 its own word is no input", Unsaid, &[said(60.0, 100.0)], &[], Some((60.0, 100.0))),
        ("CL-20 an input without an end", Unsaid, &[], &[said(60.0, NEVER)], Some((60.0, 1_000.0))),
    ];
    for (rule, own, calls, inputs, expected) in rows {
        let mut scope = Collected::new(LIFE, UnixMillis(1_000), None);
        calls.iter().for_each(|life| scope.life(*life));
        inputs.iter().for_each(|life| scope.absorb(&nested(*life)));
        let found = scope.route_lifetime(own, Seconds(1_000.0)).map(|l| (l.revalidate.0, l.expire.0));
        assert_eq!(found, expected, "{rule}");
    }
}

#[test]
fn a_cached_functions_lifetime_is_explicit_per_field() {
    // Rows: rule, calls, inputs, stale, revalidate, expire. The default is 300, 900, 86,400.
    type Row<'a> = (&'a str, &'a [Life], &'a [Life], (f64, f64, f64));
    let rows: [Row<'_>; 6] = [
        ("CL-11", &[], &[], (300.0, 900.0, 86_400.0)),
        ("CL-11", &[said(60.0, 600.0), said(90.0, 500.0)], &[], (300.0, 60.0, 500.0)),
        ("CL-12", &[], &[said(60.0, 3_600.0)], (300.0, 60.0, 3_600.0)),
        ("CL-12", &[], &[said(9_000.0, YEAR)], (300.0, 900.0, 86_400.0)),
        ("CL-13", &[said(86_400.0, 604_800.0)], &[said(60.0, 3_600.0)], (300.0, 86_400.0, 604_800.0)),
        (
            "CL-13",
            &[Life { revalidate: Some(Seconds(5_000.0)), ..Life::default() }],
            &[said(60.0, 3_600.0)],
            (300.0, 5_000.0, 3_600.0),
        ),
    ];
    for (rule, calls, inputs, (stale, revalidate, expire)) in rows {
        let mut scope = Collected::new(LIFE, UnixMillis(1_000), None);
        calls.iter().for_each(|life| scope.life(*life));
        inputs.iter().for_each(|life| scope.absorb(&nested(*life)));
        assert_eq!(scope.lifetime(), lifetime(stale, revalidate, expire), "{rule}");
    }
}

#[test]
fn a_render_collects_tags_with_the_age_of_their_data() {
    let start = UnixMillis(1_000);
    let mut scope = Collected::new(LIFE, start, Some("w".into()));
    scope.tag(Tag::new("own"));
    scope.tag(Tag::new("nested"));
    scope.absorb(&nested(Life::default()));
    scope.tag(Tag::new("nested"));
    // A tag keeps the earliest moment, and says nothing later than the render's start.
    let mut later = nested(Life::default());
    later.tags = vec![(Tag::new("later"), UnixMillis(2_000))];
    later.oldest = UnixMillis(2_000);
    scope.absorb(&later);
    let found: Vec<(&str, i64)> = scope.tags().iter().map(|(tag, t)| (tag.as_str(), t.0)).collect();
    assert_eq!(found, [("own", 1_000), ("nested", 500), ("later", 1_000)], "CL-14, T42");
    assert_eq!((scope.oldest, scope.started), (UnixMillis(500), start));
    // An input without a tag has an age too.
    let mut bare = Collected::new(LIFE, start, None);
    bare.absorb(&Entry { tags: Vec::new(), ..nested(Life::default()) });
    assert_eq!((bare.oldest, bare.tags_with(&tags(&["soft"]))[0].1), (UnixMillis(500), UnixMillis(500)));
    // Implicit tags come first, as old as the oldest data; one of them is not repeated.
    let with: Vec<(Tag, UnixMillis)> = scope.tags_with(&tags(&["_N_T_/layout", "own"]));
    let with: Vec<(&str, i64)> = with.iter().map(|(tag, t)| (tag.as_str(), t.0)).collect();
    assert_eq!(with, [("_N_T_/layout", 500), ("own", 500), ("nested", 500), ("later", 1_000)], "TG-12");
    // What a nested render collected counts as well, even if nothing of it is kept.
    let mut outer = Collected::new(LIFE, UnixMillis(3_000), None);
    scope.life(said(60.0, 600.0));
    outer.absorb_scope(&scope);
    assert_eq!((outer.oldest, outer.tags().len()), (UnixMillis(500), 3));
    assert_eq!(outer.lifetime().revalidate, Seconds(60.0), "CL-12");
    // The first reason stays.
    assert_eq!(outer.dynamic_reason(), None);
    outer.dynamic("cookies()");
    outer.dynamic("headers()");
    assert_eq!(outer.dynamic_reason(), Some("cookies()"));
}

#[test]
fn at_most_128_tags_are_kept_beside_the_implicit_ones() {
    let mut scope = Collected::new(LIFE, UnixMillis(1_000), None);
    for n in 0..200 {
        scope.tag(Tag::new(&format!("tag-{n}")));
    }
    let with = scope.tags_with(&tags(&["a", "b", "tag-0"]));
    assert_eq!(with.len(), 3 + 128, "TG-2");
    assert_eq!(with.last().unwrap().0.as_str(), "tag-128", "TG-2: an implicit one is not counted");
}

proptest! {
    /// Whatever inputs a render takes in, in whatever order, no tag is younger than its youngest excuse.
    #[test]
    fn as_of_is_a_minimum(list in proptest::collection::vec((0..4_u8, 0..3_000_i64), 0..12)) {
        let mut scope = Collected::new(LIFE, UnixMillis(1_000), None);
        for (tag, at) in &list {
            let mut inner = nested(Life::default());
            inner.tags = vec![(Tag::new(&tag.to_string()), UnixMillis(*at))];
            inner.oldest = UnixMillis(*at);
            scope.absorb(&inner);
        }
        for (tag, as_of) in scope.tags() {
            let earliest = list.iter().filter(|(n, _)| n.to_string() == tag.as_str()).map(|(_, at)| *at).min();
            prop_assert_eq!(Some(as_of.0), earliest.map(|at| at.min(1_000)));
        }
        let oldest = list.iter().map(|(_, at)| *at).chain([1_000]).min();
        prop_assert_eq!(Some(scope.oldest.0), oldest);
    }
}

// ---- what an origin says

#[test]
fn an_origins_lifetime() {
    // Rows: rule, headers, revalidate and expire, stale-if-error.
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<(f64, f64)>, Option<f64>);
    let rows: [Row<'_>; 20] = [
        ("none", &[], None, None),
        ("no explicit freshness", &[("cache-control", "public")], None, None),
        ("max-age", &[("cache-control", "max-age=60")], Some((60.0, 60.0)), None),
        ("s-maxage wins", &[("cache-control", "max-age=5, s-maxage=60")], Some((60.0, 60.0)), None),
        ("s-maxage=0 wins", &[("cache-control", "max-age=5, s-maxage=0")], Some((0.0, 0.0)), None),
        (
            "stale-while-revalidate",
            &[("cache-control", "s-maxage=60, stale-while-revalidate=30")],
            Some((60.0, 90.0)),
            None,
        ),
        (
            "stale-if-error",
            &[("cache-control", "s-maxage=60, stale-if-error=30")],
            Some((60.0, 60.0)),
            Some(30.0),
        ),
        (
            "must-revalidate allows nothing stale",
            &[("cache-control", "s-maxage=60, stale-while-revalidate=30, stale-if-error=9, must-revalidate")],
            Some((60.0, 60.0)),
            None,
        ),
        (
            "nor does proxy-revalidate",
            &[(
                "cache-control",
                "s-maxage=60, stale-while-revalidate=30, stale-if-error=9, proxy-revalidate",
            )],
            Some((60.0, 60.0)),
            None,
        ),
        ("age", &[("cache-control", "s-maxage=60"), ("age", "20")], Some((40.0, 40.0)), None),
        ("too old", &[("cache-control", "s-maxage=60"), ("age", "90")], Some((-30.0, -30.0)), None),
        ("no-store", &[("cache-control", "s-maxage=60, no-store")], None, None),
        ("private", &[("cache-control", "s-maxage=60, private")], None, None),
        (
            "the targeted field wins",
            &[("cache-control", "s-maxage=5"), ("cdn-cache-control", "max-age=60")],
            Some((60.0, 60.0)),
            None,
        ),
        (
            "even over no-store",
            &[("cache-control", "no-store"), ("cdn-cache-control", "max-age=60")],
            Some((60.0, 60.0)),
            None,
        ),
        ("it can forbid", &[("cache-control", "s-maxage=60"), ("cdn-cache-control", "no-store")], None, None),
        (
            "a broken one is none",
            &[("cache-control", "s-maxage=60"), ("cdn-cache-control", "max-age=;")],
            Some((60.0, 60.0)),
            None,
        ),
        (
            "an empty one is none",
            &[("cache-control", "s-maxage=60"), ("cdn-cache-control", "")],
            Some((60.0, 60.0)),
            None,
        ),
        (
            "two lines are one list",
            &[("cdn-cache-control", "max-age=60"), ("cdn-cache-control", "stale-while-revalidate=5")],
            Some((60.0, 65.0)),
            None,
        ),
        ("other fields say nothing", &[("last-modified", "Thu, 01 Dec 2033 16:00:00 GMT")], None, None),
    ];
    for (rule, headers, expected, grace) in rows {
        let (found, window) = origin_lifetime(&pairs(headers), UnixMillis(0));
        assert_eq!(found.map(|l| (l.revalidate.0, l.expire.0)), expected, "{rule}");
        assert_eq!(window.map(|s| s.0), grace, "{rule}");
        assert!(found.is_none_or(|l| l.stale.is_infinite()), "CL-22: it says nothing of a client's copy");
    }
}

#[test]
fn an_origins_tags() {
    let names = |headers: &[(&str, &str)]| -> Vec<String> {
        origin_tags(&pairs(headers)).iter().map(|tag| tag.as_str().to_owned()).collect()
    };
    assert_eq!(names(&[("cache-tag", "a, b ,c"), ("x-next-cache-tags", "d")]), ["a", "b", "c", "d"]);
    assert_eq!(names(&[("cache-tag", " ,, a b,")]), ["a b"], "TG-6");
    assert_eq!(names(&[("cache-tag", &"x".repeat(257)), ("cache-tag", "é")]), ["%C3%A9"], "TG-1, TG-4");
    assert_eq!(names(&[("cache-tag", &"x".repeat(256))]).len(), 1, "TG-1");
    let many: Vec<String> = (0..200).map(|n| n.to_string()).collect();
    assert_eq!(names(&[("cache-tag", &many.join(","))]).len(), 128, "TG-2");
    assert_eq!(names(&[("x-cache-tag", "a")]), Vec::<String>::new());
}

#[test]
fn what_may_stand_in_for_a_dead_origin() {
    let key = keys().route("example.com", "/");
    let mut entry = entry(&key, &[], UnixMillis(0));
    entry.lifetime = lifetime(0.0, 10.0, 20.0);
    // Rows: rule, window, age in ms, answer.
    let rows = [
        ("S7", None, 1, false),
        ("S7", Some(0.0), 1, false),
        ("S7", Some(30.0), 49_999, true),
        ("S7", Some(30.0), 50_000, true),
        ("S7", Some(30.0), 50_001, false),
    ];
    for (rule, window, age, expected) in rows {
        entry.stale_if_error = window.map(Seconds);
        assert_eq!(may_stand_in(&entry, age), expected, "{rule}: {window:?} {age}");
    }
}
