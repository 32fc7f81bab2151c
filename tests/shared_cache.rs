//! The rules of a shared cache as tables: RFC 9111, and of RFC 9110 what a cache answers.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use freshtag::cache::admit::{Admit, Prior, Reason, Response, admit};
use freshtag::cache::codec::{decode, encode};
use freshtag::cache::entry::Entry;
use freshtag::cache::freshness::{confirmed, current_age, origin_lifetime, validators};
use freshtag::cache::key::Kind;
use freshtag::cache::lifetime::NO_CACHE;
use freshtag::cache::variant::Selection;
use freshtag::http::date::HttpDate;
use freshtag::http::range::{Wanted, wanted};
use freshtag::http::upstream::{Asking, upstream_lines};
use freshtag::reply::{CacheState, Conditions, Head, Style, stored};
use freshtag::route::query_rule::listed;
use freshtag::time::{Seconds, UnixMillis};
use support::{LIFE, entry, keys, pairs};

/// Thu, 01 Jan 2026 00:00:00 GMT, and the half second that a date leaves out.
const NOW: UnixMillis = UnixMillis(1_767_225_600_500);
const DATE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
const MINUTE_LATER: &str = "Thu, 01 Jan 2026 00:01:00 GMT";
const MINUTE_EARLIER: &str = "Wed, 31 Dec 2025 23:59:00 GMT";

#[test]
fn how_long_a_response_is_fresh() {
    // Rows: rule, headers, seconds; nothing is no explicit freshness.
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<f64>);
    let rows: [Row<'_>; 32] = [
        ("§4.2.1", &[], None),
        ("§4.2.2 nothing is guessed", &[("last-modified", MINUTE_EARLIER), ("date", DATE)], None),
        ("§4.2.1 Expires", &[("expires", MINUTE_LATER), ("date", DATE)], Some(60.0)),
        ("§4.2.1 less Date", &[("expires", MINUTE_LATER), ("date", MINUTE_LATER)], Some(0.0)),
        ("§4.2.1 without a Date", &[("expires", MINUTE_LATER)], Some(60.0)),
        ("§4.2.1 a Date that is none", &[("expires", MINUTE_LATER), ("date", "foo")], Some(60.0)),
        ("§5.3 past", &[("expires", MINUTE_EARLIER), ("date", DATE)], Some(-60.0)),
        ("§5.3 no date", &[("expires", "0"), ("date", DATE)], Some(0.0)),
        ("§5.3 nor this", &[("expires", "Thu, 01 Jan 2026 00:01:00 +0000"), ("date", DATE)], Some(0.0)),
        ("§5.3 RFC 850", &[("expires", "Thursday, 01-Jan-26 00:01:00 GMT"), ("date", DATE)], Some(60.0)),
        ("§5.3 asctime", &[("expires", "Thu Jan  1 00:01:00 2026"), ("date", DATE)], Some(60.0)),
        ("§5.3 max-age wins", &[("expires", MINUTE_LATER), ("cache-control", "max-age=5")], Some(5.0)),
        ("§5.3 even 0", &[("expires", MINUTE_LATER), ("cache-control", "max-age=0")], Some(0.0)),
        ("§5.2.2.10 s-maxage", &[("cache-control", "max-age=5, s-maxage=9")], Some(9.0)),
        (
            "§4.2.1 the smaller one",
            &[("cache-control", "max-age=5"), ("cache-control", "max-age=9")],
            Some(5.0),
        ),
        ("§4.2.1 no number", &[("cache-control", "max-age=-5")], Some(0.0)),
        ("§1.2.2 too large", &[("cache-control", "max-age=99999999999999999999")], Some(2_147_483_648.0)),
        ("§5.2 in quotes", &[("cache-control", "a=\"max-age=5\"")], None),
        ("§4.2.3 Age", &[("cache-control", "max-age=60"), ("age", "20")], Some(40.0)),
        ("§4.2.3 apparent age", &[("cache-control", "max-age=100"), ("date", MINUTE_EARLIER)], Some(40.0)),
        ("§4.2.3 a Date ahead", &[("cache-control", "max-age=100"), ("date", MINUTE_LATER)], Some(100.0)),
        (
            "§4.2.3 the larger one",
            &[("cache-control", "max-age=100"), ("date", MINUTE_EARLIER), ("age", "70")],
            Some(30.0),
        ),
        ("§5.1 no number", &[("cache-control", "max-age=60"), ("age", "a")], Some(f64::NEG_INFINITY)),
        ("§5.1 negative", &[("cache-control", "max-age=60"), ("age", "-1")], Some(f64::NEG_INFINITY)),
        ("§5.1 empty", &[("cache-control", "max-age=60"), ("age", "")], Some(f64::NEG_INFINITY)),
        ("§5.1 a list", &[("cache-control", "max-age=60"), ("age", "0, 0")], Some(f64::NEG_INFINITY)),
        ("§5.1 two", &[("cache-control", "max-age=60"), ("age", "0"), ("age", "0")], Some(f64::NEG_INFINITY)),
        (
            "§5.1 too large",
            &[("cache-control", "max-age=60"), ("age", "99999999999999999999")],
            Some(60.0 - 4_294_967_295.0),
        ),
        ("RFC 9213", &[("cdn-cache-control", "max-age=9"), ("cache-control", "max-age=5")], Some(9.0)),
        ("RFC 9213 §2.2 no Expires", &[("cdn-cache-control", "public"), ("expires", MINUTE_LATER)], None),
        ("RFC 9213 §2.2 Age counts", &[("cdn-cache-control", "max-age=9"), ("age", "5")], Some(4.0)),
        (
            "RFC 9213 §2.2 no dictionary",
            &[("cdn-cache-control", "max-age=;"), ("expires", MINUTE_LATER), ("date", DATE)],
            Some(60.0),
        ),
    ];
    for (rule, headers, expected) in rows {
        let (found, _) = origin_lifetime(&pairs(headers), NOW);
        assert_eq!(found.map(|life| life.revalidate.0), expected, "{rule}");
    }
}

#[test]
fn what_is_admitted() {
    // Rows: rule, status, request had Authorization, headers, reason.
    type Row<'a> = (&'a str, u16, bool, &'a [(&'a str, &'a str)], Option<Reason>);
    let rows: [Row<'_>; 12] = [
        ("§5.2.2.3", 200, false, &[("cache-control", "must-understand")], None),
        ("§5.2.2.3", 599, false, &[("cache-control", "must-understand")], Some(Reason::Status(599))),
        ("§5.2.2.3", 299, false, &[("cache-control", "Must-Understand")], Some(Reason::Status(299))),
        ("§5.2.2.3", 599, false, &[], None),
        ("§3.5", 200, true, &[("cache-control", "max-age=9")], Some(Reason::Authorization)),
        ("§3.5", 200, true, &[("cdn-cache-control", "max-age=9, must-revalidate")], None),
        (
            "§3.5",
            200,
            true,
            &[("cdn-cache-control", "max-age=9"), ("cache-control", "public")],
            Some(Reason::Authorization),
        ),
        (
            "RFC 9213 §2.2",
            200,
            false,
            &[("cdn-cache-control", "max-age=9"), ("cache-control", "no-store")],
            None,
        ),
        (
            "RFC 9213 §2.2",
            200,
            false,
            &[("cdn-cache-control", "no-store"), ("cache-control", "max-age=9")],
            Some(Reason::Private),
        ),
        ("RFC 9213 §2.2", 200, false, &[("cdn-cache-control", "no-cache, max-age=9")], Some(Reason::Private)),
        ("T13", 200, false, &[("vary", "a,b,c,d,e,f,g")], None),
        ("T13", 200, false, &[("vary", "a,b,c,d,e,f,g,h")], Some(Reason::Vary("*".into()))),
    ];
    for (rule, status, authorization, headers, expected) in rows {
        let (headers, vary) = (pairs(headers), ["x-more".to_owned()]);
        let response = Response {
            kind: Kind::Proxy,
            get: true,
            authorization,
            status,
            headers: &headers,
            vary: &vary,
            lifetime: Some(LIFE),
            stale_if_error: None,
            dynamic: None,
            body_len: Some(10),
            most_bytes: 100,
            prior: &Prior::Nothing,
        };
        let reason = if let Admit::Skip(reason) = admit(&response) { Some(reason) } else { None };
        assert_eq!(reason, expected, "{rule}: {status} {headers:?}");
    }
}

#[test]
fn which_request_a_response_was_for() {
    let of = |vary: &[&str], request: &[(&str, &str)]| Selection::of(vary.iter().copied(), &pairs(request));
    for (rule, vary) in [("T13", &["*"][..]), ("§4.1", &[]), ("T3", &["RSC, Accept-Encoding"])] {
        assert_eq!(of(vary, &[("rsc", "1")]), None, "{rule}: {vary:?}");
    }
    // Rows: rule, Vary, two requests, whether one response fits both.
    type Row<'a> = (&'a str, &'a [&'a str], &'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)], bool);
    let rows: [Row<'_>; 13] = [
        ("§4.1", &["Foo"], &[("foo", "1")], &[("foo", "1"), ("bar", "2")], true),
        ("§4.1", &["Foo"], &[("foo", "1")], &[("foo", "2")], false),
        ("§4.1 absent", &["Foo"], &[], &[], true),
        ("§4.1 absent", &["Foo"], &[], &[("foo", "1")], false),
        ("T13 empty is there", &["Foo"], &[], &[("foo", "")], false),
        ("T13 raw bytes", &["Foo"], &[("foo", "1,2")], &[("foo", "1, 2")], false),
        ("T13 case", &["Foo"], &[("foo", "a")], &[("foo", "A")], false),
        ("T6 two lines are not one", &["Foo"], &[("foo", "1"), ("foo", "2")], &[("foo", "11:2")], false),
        ("T6 nor do fields mix", &["A, B"], &[("a", "1;"), ("b", "2")], &[("a", "1"), ("b", ";2")], false),
        ("T6 nor change places", &["A, B"], &[("a", "1")], &[("b", "1")], false),
        (
            "RFC 9110 §12.5.4",
            &["Accept-Language"],
            &[("accept-language", "en, de")],
            &[("accept-language", "EN ,de")],
            true,
        ),
        (
            "order matters to many",
            &["Accept-Language"],
            &[("accept-language", "en,de")],
            &[("accept-language", "de,en")],
            false,
        ),
        ("lines", &["A", "b, A"], &[("a", "1"), ("b", "2")], &[("b", "2"), ("a", "1")], true),
    ];
    for (rule, vary, one, other, same) in rows {
        let chosen = of(vary, one).unwrap();
        assert_eq!(chosen.again(&pairs(other)) == chosen, same, "{rule}: {one:?} {other:?}");
        assert_eq!(chosen.again(&pairs(one)), chosen, "{rule}");
        assert_eq!(Selection::read(chosen.as_str()), chosen, "{rule}");
    }
    let chosen = of(&["B, a"], &[]).unwrap();
    let fields = chosen.fields(&pairs(&[("a", "1"), ("c", "2"), ("b", "3"), ("b", "4")]));
    assert_eq!(fields, pairs(&[("a", "1"), ("b", "3"), ("b", "4")]), "T5: a refresh takes no other");
}

#[test]
fn a_variant_has_a_key_of_its_own() {
    let base = keys().proxy("example.com", "/a", "?b", "");
    let (one, other) = (base.variant("foo 1"), base.variant("foo 2"));
    assert!(base != one && one != other && one.name() != other.name());
    assert!(one.full().starts_with(base.full()) && one.name().len() == base.name().len());
    assert_eq!(one.name().split('~').next(), base.name().split('~').next(), "a listing shows them together");
    assert_ne!(keys().proxy("example.com", "/a", "?b", "foo 1").full(), one.full(), "T6");
}

#[test]
fn what_a_304_changes() {
    let kept =
        pairs(&[("etag", "\"a\""), ("x-a", "1"), ("x-b", "1"), ("age", "9"), ("content-encoding", "x")]);
    // Rows: rule, headers of the 304, those of the response that it confirms.
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)]);
    let own = [("etag", "\"a\""), ("x-a", "1"), ("x-b", "1"), ("content-encoding", "x")];
    let rows: [Row<'_>; 5] = [
        ("§4.2.3 its age is counted anew", &[], &own),
        ("§3.2", &[("x-a", "2")], &[own[0], own[2], own[3], ("x-a", "2")]),
        (
            "§3.2 every line",
            &[("x-a", "2"), ("x-a", "3")],
            &[own[0], own[2], own[3], ("x-a", "2"), ("x-a", "3")],
        ),
        (
            "§3.2 not what is of the bytes",
            &[("etag", "\"b\""), ("content-encoding", "y"), ("content-range", "z")],
            &own,
        ),
        ("§4.3.4 its own age", &[("age", "3")], &[own[0], own[1], own[2], own[3], ("age", "3")]),
    ];
    for (rule, told, expected) in rows {
        assert_eq!(confirmed(&kept, &pairs(told)), pairs(expected), "{rule}");
    }
    let asked = validators(&pairs(&[("last-modified", DATE), ("etag", "W/\"a\"")]));
    assert_eq!(asked, pairs(&[("if-none-match", "W/\"a\""), ("if-modified-since", DATE)]), "§4.3.1");
    assert_eq!(validators(&pairs(&[("date", DATE)])), [], "§4.3.1");
}

#[test]
fn ages() {
    // Rows: rule, headers, ms since it was asked for, Age.
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], i64, u32);
    let rows: [Row<'_>; 7] = [
        ("§5.1", &[], 0, 0),
        ("§5.1 whole seconds", &[], 2_999, 2),
        ("§4.2.3", &[("age", "30")], 2_000, 32),
        ("§4.2.3", &[("date", MINUTE_EARLIER)], 2_000, 62),
        ("§4.2.3 a Date ahead", &[("date", MINUTE_LATER)], 2_000, 2),
        ("a clock that goes back", &[("age", "30")], -5_000, 30),
        ("no number, kept by configuration", &[("age", "x")], 2_000, 2),
    ];
    for (rule, headers, since, expected) in rows {
        let mut page = entry(&keys().proxy("example.com", "/", "", ""), &[], NOW);
        page.headers = pairs(headers);
        assert_eq!(current_age(&page, NOW.plus_ms(since)), expected, "{rule}");
    }
}

/// The reply for a page of ten bytes.
fn reply(headers: &[(&str, &str)], conditions: Conditions<'_>) -> Head {
    let mut page = entry(&keys().proxy("example.com", "/", "", ""), &[], NOW);
    (page.kind, page.headers, page.body_len) = (Kind::Proxy, pairs(headers), 10);
    page.etag = headers.iter().find(|(name, _)| *name == "etag").map(|(_, etag)| (*etag).into());
    let style = Style { now: NOW, static_stale: Seconds(300.0) };
    stored(&page, CacheState::Hit, false, &conditions, &style)
}

#[test]
fn conditional_requests() {
    let (tagged, dated) = ([("etag", "\"a\""), ("last-modified", DATE)], [("last-modified", DATE)]);
    // Rows: rule (RFC 9110), headers, If-None-Match, If-Modified-Since, status.
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<&'a str>, Option<&'a str>, u16);
    let rows: [Row<'_>; 12] = [
        ("§13.1.2", &tagged, Some("\"a\""), None, 304),
        ("§13.1.2 weak", &tagged, Some("W/\"a\""), None, 304),
        ("§13.1.2 a list", &tagged, Some("\"b\", \"a\""), None, 304),
        ("§13.1.2 any", &tagged, Some("*"), None, 304),
        ("§13.1.2", &tagged, Some("\"b\""), None, 200),
        ("§13.2.2 tags first", &tagged, Some("\"b\""), Some(DATE), 200),
        ("§13.2.2 without a tag too", &dated, Some("\"b\""), Some(DATE), 200),
        ("§13.1.3", &dated, None, Some(DATE), 304),
        ("§13.1.3 later", &dated, None, Some(MINUTE_LATER), 304),
        ("§13.1.3 earlier", &dated, None, Some(MINUTE_EARLIER), 200),
        ("§13.1.3 no date", &dated, None, Some("yesterday"), 200),
        ("§13.1.3 nothing to compare", &[], None, Some(DATE), 200),
    ];
    for (rule, headers, if_none_match, if_modified_since, status) in rows {
        let conditions = Conditions { if_none_match, if_modified_since, ..Conditions::default() };
        assert_eq!(reply(headers, conditions).status, status, "{rule}");
        let ranged = Conditions { range: Some("bytes=0-1"), ..conditions };
        let expected = if status == 304 { 304 } else { 206 };
        assert_eq!(reply(headers, ranged).status, expected, "§13.2.2: conditions before parts, {rule}");
    }
}

#[test]
fn parts() {
    // Rows: rule (RFC 9110), Range, bytes there are, what is wanted.
    let part = |start, end| Wanted::Part { start, end };
    let rows = [
        ("§14.1.2", "bytes=0-0", 10, part(0, 1)),
        ("§14.1.2", "BYTES=2-", 10, part(2, 10)),
        ("§14.1.2 a suffix", "bytes=-3", 10, part(7, 10)),
        ("§14.1.2 a long one", "bytes=-30", 10, part(0, 10)),
        ("§14.1.2 cut", "bytes=8-18446744073709551615", 10, part(8, 10)),
        ("§14.1.2 more than fits", "bytes=8-99999999999999999999", 10, part(8, 10)),
        ("§15.5.17", "bytes=10-", 10, Wanted::Nothing),
        ("§15.5.17", "bytes=-0", 10, Wanted::Nothing),
        ("§15.5.17", "bytes=0-", 0, Wanted::Nothing),
        ("§14.2 last before first", "bytes=3-2", 10, Wanted::Whole),
        ("§14.2 several", "bytes=0-1,3-4", 10, Wanted::Whole),
        ("§14.2 another unit", "lines=0-1", 10, Wanted::Whole),
        ("§14.2 a sign", "bytes=+0-1", 10, Wanted::Whole),
        ("§14.2 space", "bytes= 0-1", 10, Wanted::Whole),
        ("§14.2 nothing", "bytes=-", 10, Wanted::Whole),
        ("§14.2 nothing", "bytes", 10, Wanted::Whole),
    ];
    for (rule, range, len, expected) in rows {
        assert_eq!(wanted(range, len), expected, "{rule}: {range}");
    }
    let head = reply(&[], Conditions { range: Some("bytes=2-4"), ..Conditions::default() });
    assert_eq!(
        (head.status, head.part, head.get("content-range")),
        (206, Some((2, 5)), Some("bytes 2-4/10"))
    );
    let head = reply(&[], Conditions { range: Some("bytes=10-"), ..Conditions::default() });
    assert_eq!((head.status, head.part, head.get("content-range")), (416, Some((0, 0)), Some("bytes */10")));
    // Rows: rule, validators, If-Range, status.
    type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, u16);
    let rows: [Row<'_>; 6] = [
        ("§13.1.5", &[("etag", "\"a\"")], "\"a\"", 206),
        ("§13.1.5", &[("etag", "\"a\"")], "\"b\"", 200),
        ("§13.1.5 strong alone", &[("etag", "W/\"a\"")], "W/\"a\"", 200),
        ("§13.1.5", &[("last-modified", DATE)], DATE, 206),
        ("§13.1.5 exactly", &[("last-modified", DATE)], MINUTE_LATER, 200),
        ("§13.1.5", &[], DATE, 200),
    ];
    for (rule, headers, if_range, status) in rows {
        let conditions =
            Conditions { range: Some("bytes=0-1"), if_range: Some(if_range), ..Conditions::default() };
        assert_eq!(reply(headers, conditions).status, status, "{rule}: {if_range}");
    }
}

#[test]
fn dates_of_http() {
    // Rows: text, whether it is one.
    let rows = [
        (DATE, true),
        ("Thursday, 01-Jan-26 00:00:00 GMT", true),
        ("Thu Jan  1 00:00:00 2026", true),
        ("Thu, 01 Jan 2026 00:00:00 UTC", false),
        ("Thu, 01 Jan 2026 00:00:00", false),
        ("Thu, 01 Jan 2026 00:00:00 +0100", false),
        ("0", false),
        ("", false),
    ];
    for (text, is_one) in rows {
        assert_eq!(
            HttpDate::parse(text).map(|date| date.to_string()),
            is_one.then(|| DATE.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn the_parameters_that_count() {
    // Rows: query, what is left of it.
    let rows = [
        ("", ""),
        ("?", ""),
        ("?page=1", "?page=1"),
        ("?a=1&page=1&b", "?page=1"),
        ("?page=2&page=1&sort", "?page=2&page=1&sort"),
        ("?%70age=1", ""),
        ("?Page=1&page%3D1&pages=1&=page", ""),
        ("?page==1", "?page==1"),
    ];
    for (search, expected) in rows {
        assert_eq!(listed(search, &["page".to_owned(), "sort".to_owned()]), expected, "T10 {search}");
    }
    // A parameter without a name is one all the same, but between two `&` there is none.
    for (search, expected) in [("", ""), ("?", ""), ("?&&", ""), ("?a&=1&", "?=1")] {
        assert_eq!(listed(search, &[String::new()]), expected, "T10 {search}");
    }
}

#[test]
fn a_selection_is_stored_where_there_is_one() {
    for selection in [None, Some(Selection::read("a 0f"))] {
        let page = Entry { selection, ..entry(&keys().proxy("example.com", "/", "", ""), &[], NOW) };
        let header = encode(&page);
        assert_eq!(header.contains("\"vy\""), page.selection.is_some());
        assert_eq!(decode(&header, &page.key), Some(page));
    }
}

#[test]
fn in_doubt_no_cache_on_the_way_may_keep_it() {
    let mut page = entry(&keys().proxy("example.com", "/", "", ""), &[], NOW);
    page.kind = Kind::Proxy;
    let told = ["cache-control", "cdn-cache-control", "surrogate-control", "expires"];
    page.headers = pairs(&told.map(|name| (name, "max-age=600")));
    let style = Style { now: NOW, static_stale: Seconds(300.0) };
    let head = stored(&page, CacheState::Stale, true, &Conditions::default(), &style);
    assert_eq!(told.map(|name| head.get(name)), [Some(NO_CACHE), None, None, None]);
}

#[test]
fn what_the_origin_is_asked_with() {
    let sent = pairs(&[
        ("accept-encoding", "deflate"),
        ("if-none-match", "\"a\""),
        ("x_forwarded_host", "b"),
        ("upgrade", "websocket"),
        ("connection", "rsc"),
        ("rsc", "1"),
        ("x_own", "c"),
    ]);
    // Rows: how, what goes on.
    let rows = [
        (Asking::AsIs, "accept-encoding: deflate\nif-none-match: \"a\"\nx_own: c\n"),
        (Asking::Part, "if-none-match: \"a\"\nx_own: c\naccept-encoding: identity\n"),
        (Asking::Whole, "x_own: c\naccept-encoding: gzip, br\n"),
    ];
    for (asking, lines) in rows {
        assert_eq!(upstream_lines(&sent, asking), lines, "T8, T15 {asking:?}");
    }
}
