//! HTTP fields, row by row. Ids are rules of this project (T9…) or names of the public HTTP cache test suite.
#![cfg(not(target_arch = "wasm32"))]

use freshtag::http::cache_control::CacheControl;
use freshtag::http::cookie::values_of;
use freshtag::http::etag::if_none_match;
use freshtag::http::headers::{
    connection_listed, hop_by_hop, is_forwarding_header, is_internal_request_header,
    is_internal_response_header,
};
use freshtag::http::upstream::{Asking, upstream_lines};
use freshtag::http::vary::Vary;
use freshtag::time::Seconds;
use proptest::prelude::*;

fn none() -> CacheControl {
    CacheControl::default()
}

fn max_age(seconds: f64) -> CacheControl {
    CacheControl { max_age: Some(Seconds(seconds)), ..none() }
}

fn s_maxage(seconds: f64) -> CacheControl {
    CacheControl { s_maxage: Some(Seconds(seconds)), ..none() }
}

#[test]
fn cache_control_is_read_per_directive() {
    let no_store = CacheControl { no_store: true, ..none() };
    let private = CacheControl { private: true, ..none() };
    let rows: [(&str, &[&str], CacheControl); 44] = [
        ("none", &[], none()),
        ("empty", &["", " ,\t, "], none()),
        ("freshness-max-age", &["max-age=3600"], max_age(3600.0)),
        ("freshness-max-age-case-insenstive", &["MaX-aGe=3600"], max_age(3600.0)),
        ("freshness-max-age-extension", &["foobar, max-age=3600"], max_age(3600.0)),
        ("freshness-max-age-max-minus-1", &["max-age=2147483647"], max_age(2_147_483_647.0)),
        ("freshness-max-age-max", &["max-age=2147483648"], max_age(2_147_483_648.0)),
        ("freshness-max-age-max-plus-1", &["max-age=2147483649"], max_age(2_147_483_648.0)),
        ("freshness-max-age-max-plus", &["max-age=99999999999"], max_age(2_147_483_648.0)),
        ("hostile number", &["max-age=184467440737095516159999"], max_age(2_147_483_648.0)),
        ("freshness-max-age-negative", &["max-age=-3600"], max_age(0.0)),
        ("freshness-max-age-quoted", &["max-age=\"3600\""], max_age(3600.0)),
        ("freshness-max-age-single-quoted", &["max-age='3600'"], max_age(0.0)),
        ("freshness-max-age-ignore-quoted", &["extension=\"max-age=3600\", max-age=1"], max_age(1.0)),
        ("freshness-max-age-ignore-quoted-rev", &["max-age=1, extension=\"max-age=3600\""], max_age(1.0)),
        ("freshness-max-age-ignore-quoted-all", &["extension=\"max-age=3600\", max-age=\"1\""], max_age(1.0)),
        ("freshness-max-age-leading-zero", &["max-age=003600"], max_age(3600.0)),
        ("freshness-max-age-decimal-zero", &["max-age=3600.0"], max_age(0.0)),
        ("freshness-max-age-decimal-five", &["max-age=3600.5"], max_age(0.0)),
        ("freshness-max-age-space-before-equals", &["max-age =3600"], max_age(0.0)),
        ("freshness-max-age-space-after-equals", &["max-age= 3600"], max_age(0.0)),
        ("freshness-max-age-a100", &["max-age=a3600"], max_age(0.0)),
        ("freshness-max-age-100a", &["max-age=3600a"], max_age(0.0)),
        ("no argument", &["max-age"], max_age(0.0)),
        ("empty argument", &["max-age="], max_age(0.0)),
        ("plus", &["max-age=+5"], max_age(0.0)),
        ("other digits", &["max-age=٣"], max_age(0.0)),
        ("freshness-max-age-multiple-line", &["max-age=3600", "max-age=1800"], max_age(1800.0)),
        ("freshness-max-age-two-stale-fresh-sameline", &["max-age=1, max-age=1800"], max_age(1.0)),
        ("freshness-max-age-two-fresh-stale-sameline", &["max-age=1800, max-age=1"], max_age(1.0)),
        ("good and bad", &["max-age=1800, max-age=x"], max_age(0.0)),
        ("s-maxage", &["s-maxage=60"], s_maxage(60.0)),
        ("spaces around", &["\t s-maxage=60 \t"], s_maxage(60.0)),
        ("other spaces are text", &["\u{a0}no-store", "\u{b}no-store"], none()),
        ("no-store in another case", &["No-Store"], no_store),
        (
            "a bad directive hides nothing",
            &["max-age=lolz, no-store"],
            CacheControl { no_store: true, ..max_age(0.0) },
        ),
        ("a comma in quotes separates nothing", &["foo=\"a, no-store, b\""], none()),
        ("an escaped quote ends nothing", &[r#"foo="a\", no-store", private"#], private),
        ("a quote never closed hides nothing", &["foo=\"a, no-store"], no_store),
        ("nor one that ends in a backslash", &["foo=\"a, no-store, \\"], no_store),
        ("private with fields", &["private=\"set-cookie, x\""], private),
        ("no-cache with fields", &["no-cache=\"set-cookie\""], CacheControl { no_cache: true, ..none() }),
        ("space before an argument", &["no-store =x"], no_store),
        (
            "all",
            &[
                "no-store, no-cache, private, public, must-revalidate, must-understand, proxy-revalidate",
                "immutable, no-transform",
                "max-age=1, s-maxage=2, stale-while-revalidate=3, stale-if-error=4",
            ],
            CacheControl {
                no_store: true,
                no_cache: true,
                private: true,
                public: true,
                must_revalidate: true,
                must_understand: true,
                proxy_revalidate: true,
                immutable: true,
                no_transform: true,
                max_age: Some(Seconds(1.0)),
                s_maxage: Some(Seconds(2.0)),
                stale_while_revalidate: Some(Seconds(3.0)),
                stale_if_error: Some(Seconds(4.0)),
            },
        ),
    ];
    for (id, lines, expected) in rows {
        assert_eq!(CacheControl::parse(lines.iter().copied()), expected, "{id}: {lines:?}");
    }
}

#[test]
fn a_targeted_field_is_a_dictionary() {
    let rows = [
        ("RFC 9213 2.1", "max-age=600", Some(max_age(600.0))),
        ("RFC 9213 2.1", "  max-age=600  ", Some(max_age(600.0))),
        ("RFC 9213 2.1", "max-age=600\t,\tfoo", Some(max_age(600.0))),
        ("RFC 9213 2.1", "none", Some(none())),
        ("RFC 9213 2.1", "no-store", Some(CacheControl { no_store: true, ..none() })),
        ("RFC 9213 2.1", "no-store=?1", Some(CacheControl { no_store: true, ..none() })),
        ("RFC 9213 2.1", "no-store=?0", Some(none())),
        ("RFC 9213 2.1", "private=\"x\"", Some(CacheControl { private: true, ..none() })),
        ("RFC 9213 2.1", "max-age=600;x=1; y;z=\"\\\"\"", Some(max_age(600.0))),
        ("RFC 9213 2.1", "max-age=60.5", Some(none())),
        ("RFC 9213 2.1", "max-age=\"60\"", Some(none())),
        ("RFC 9213 2.1", "max-age", Some(none())),
        ("RFC 9213 2.1", "max-age=-5", Some(max_age(0.0))),
        ("RFC 9213 2.1", "max-age=999999999999999", Some(max_age(2_147_483_648.0))),
        ("RFC 8941 4.2.2", "max-age=1, max-age=600", Some(max_age(600.0))),
        ("RFC 8941 4.2.2", "no-store, no-store=?0", Some(none())),
        ("RFC 8941 4.2.2", "a=(1 2.0 \"x\" tok/en:; p  :aGk=: ?0);q, b=(), *k=-1", Some(none())),
        // wrong somewhere: ignored as a whole
        ("RFC 9213 2.2", "", None),
        ("RFC 9213 2.2", "   ", None),
        ("RFC 9213 2.2", "Max-Age=600", None),
        ("RFC 9213 2.2", "max-age=600,", None),
        ("RFC 9213 2.2", ",max-age=600", None),
        ("RFC 9213 2.2", "max-age=600,,no-store", None),
        ("RFC 9213 2.2", "max-age=600 no-store", None),
        ("RFC 9213 2.2", "max-age =600", None),
        ("RFC 9213 2.2", "max-age= 600", None),
        ("RFC 9213 2.2", "max-age=600, x=", None),
        ("RFC 9213 2.2", "max-age=600a", None),
        ("RFC 9213 2.2", "max-age=1234567890123456", None),
        ("RFC 9213 2.2", "max-age=1.", None),
        ("RFC 9213 2.2", "max-age=1.2345", None),
        ("RFC 9213 2.2", "max-age=1234567890123.1", None),
        ("RFC 9213 2.2", "max-age=-", None),
        ("RFC 9213 2.2", "max-age=600, x=\"open", None),
        ("RFC 9213 2.2", "max-age=600, x=\"a\\b\"", None),
        ("RFC 9213 2.2", "max-age=600, x=\"é\"", None),
        ("RFC 9213 2.2", "max-age=600, x=?2", None),
        ("RFC 9213 2.2", "max-age=600, x=:aGk=", None),
        ("RFC 9213 2.2", "max-age=600, x=(1", None),
        ("RFC 9213 2.2", "max-age=600, x=(1,2)", None),
        ("RFC 9213 2.2", "max-age=600;P=1", None),
        ("RFC 9213 2.2", "max-age=600 ;p", None),
        ("RFC 9213 2.2", "max-age=@1", None),
        ("RFC 9213 2.2", "\tmax-age=600", None),
    ];
    for (id, value, expected) in rows {
        assert_eq!(CacheControl::targeted(value), expected, "{id}: {value:?}");
    }
}

#[test]
fn if_none_match_compares_weakly() {
    let rows = [
        ("RFC 9110 13.1.2", r#""a""#, r#""a""#, true),
        ("RFC 9110 13.1.2", r#"W/"a""#, r#""a""#, true),
        ("RFC 9110 13.1.2", r#""a""#, r#"W/"a""#, true),
        ("RFC 9110 13.1.2", r#"W/"a""#, r#"W/"a""#, true),
        ("RFC 9110 13.1.2", r#""b""#, r#""a""#, false),
        ("RFC 9110 13.1.2", r#""A""#, r#""a""#, false),
        ("RFC 9110 13.1.2", r#""b", "c",W/"a""#, r#""a""#, true),
        ("RFC 9110 13.1.2", r#" ,, "b"	, "a" "#, r#""a""#, true),
        ("RFC 9110 13.1.2", "*", r#""a""#, true),
        ("RFC 9110 13.1.2", " * ", r#""a""#, true),
        ("RFC 9110 13.1.2", r#"*, "b""#, r#""a""#, false),
        ("RFC 9110 13.1.2", "", r#""a""#, false),
        ("RFC 9110 8.8.3", r#""a,b""#, r#""b""#, false),
        ("RFC 9110 8.8.3", r#""a,b""#, r#""a,b""#, true),
        ("RFC 9110 8.8.3", r#""x, "a", "b""#, r#""a""#, true),
        ("RFC 9110 8.8.3", r#""a\""#, r#""a\""#, true),
        ("RFC 9110 8.8.3", r#""""#, r#""""#, true),
        ("RFC 9110 8.8.3", r#""é""#, r#""é""#, true),
        ("RFC 9110 8.8.3", "a", "a", false),
        ("RFC 9110 8.8.3", r#"a, "a""#, r#""a""#, true),
        ("RFC 9110 8.8.3", r#""a"x"#, r#""a""#, false),
        ("RFC 9110 8.8.3", r#""a" "b""#, r#""b""#, false),
        ("RFC 9110 8.8.3", r#"w/"a""#, r#""a""#, false),
        ("RFC 9110 8.8.3", r#"W/ "a""#, r#""a""#, false),
        ("RFC 9110 8.8.3", r#""a"#, r#""a""#, false),
        ("RFC 9110 8.8.3", r#""a b""#, r#""a b""#, false),
    ];
    for (id, header, etag, expected) in rows {
        assert_eq!(if_none_match(header, etag), expected, "{id}: {header} for {etag}");
    }
}

#[test]
fn vary_is_any_where_in_doubt() {
    let eight = "a, b, c, d, e, f, g, h";
    type Row<'a> = (&'a str, &'a [&'a str], Option<&'a [&'a str]>);
    let rows: [Row<'_>; 20] = [
        ("T13", &[], Some(&[])),
        ("T13", &["", " , "], Some(&[])),
        ("T13", &["Accept"], Some(&["accept"])),
        ("T13", &["RSC, Accept", "accept"], Some(&["accept", "rsc"])),
        ("T13", &["a,,b"], Some(&["a", "b"])),
        ("T13", &["*"], None),
        ("T13", &["*, *"], None),
        ("T13", &["*", "*"], None),
        ("T13", &[", *"], None),
        ("T13", &["", "*"], None),
        ("T13", &["*, Foo"], None),
        ("T13", &["Foo, *"], None),
        ("T13", &["Foo Bar"], None),
        ("T13", &["Foo\u{a0}"], None),
        ("T13", &["\"Foo\""], None),
        ("T13", &[eight], Some(&["a", "b", "c", "d", "e", "f", "g", "h"])),
        ("T13", &[eight, "A, B, C"], Some(&["a", "b", "c", "d", "e", "f", "g", "h"])),
        ("T13", &[eight, "i"], None),
        ("T13", &["i", eight, "j"], None),
        ("T13", &["*foo"], Some(&["*foo"])),
    ];
    for (id, lines, fields) in rows {
        let expected = fields.map_or(Vary::Any, |fields| {
            Vary::Fields(fields.iter().map(|field| (*field).to_owned()).collect())
        });
        assert_eq!(Vary::parse(lines.iter().copied()), expected, "{id}: {lines:?}");
    }
}

#[test]
fn internal_fields_stay_on_their_side() {
    let rows = [
        // id, name, internal in a request, internal in a response
        ("T9", "x-middleware-subrequest", true, true),
        ("T9", "x-middleware-subrequest-id", true, true),
        ("T9", "x-invoke-path", true, true),
        ("T9", "x-vinext-mw-ctx", true, true),
        ("T9", "x-isr", true, true),
        ("T9", "x-isr-revalidate", true, true),
        ("T9", "x-nextjs-data", true, false),
        ("T9", "x-prerender-revalidate", true, false),
        ("T9", "x-prerender-revalidate-if-generated", true, false),
        ("WK-5", "x-middleware-rewrite", true, true),
        ("WK-5", "x-middleware-redirect", true, true),
        ("WK-5", "x-middleware-set-cookie", true, true),
        ("WK-5", "x-middleware-skip", true, true),
        ("WK-5", "x-middleware-override-headers", true, true),
        ("WK-5", "x-middleware-next", true, true),
        ("WK-5", "x-now-route-matches", true, true),
        ("WK-5", "x-matched-path", true, true),
        ("WK-5", "next-resume", true, true),
        ("WK-5", "x-next-resume-state-length", true, true),
        ("WK-5", "x-action-forwarded", true, false),
        ("WK-5", "x-next-revalidated-tags", true, true),
        ("WK-5", "x-next-revalidate-tag-token", true, true),
        ("design 5", "x-next-cache-tags", true, true),
        ("design 5", "cache-tag", false, true),
        // what Next's client and server need to see
        ("passes", "rsc", false, false),
        ("passes", "next-router-state-tree", false, false),
        ("passes", "next-router-prefetch", false, false),
        ("passes", "next-router-segment-prefetch", false, false),
        ("passes", "next-url", false, false),
        ("passes", "next-action", false, false),
        ("passes", "x-nextjs-stale-time", true, false),
        ("design 5", "x-nextjs-cache", true, true),
        ("T9", "x-middleware", false, false),
        ("T9", "x-nextjs", false, false),
        ("T9", "", false, false),
        ("T9", "é", false, false),
        ("T9", "x-isé", false, false),
    ];
    for (id, name, request, response) in rows {
        for name in [name.to_owned(), name.to_ascii_uppercase(), title_case(name)] {
            assert_eq!(is_internal_request_header(&name), request, "{id}: {name}");
            assert_eq!(is_internal_response_header(&name), response, "{id}: {name}");
        }
    }
}

#[test]
fn forwarding_fields_are_known() {
    let rows = [
        ("T8", "X-Forwarded-Host", true),
        ("T8", "x-forwarded-proto", true),
        ("T8", "x-forwarded-port", true),
        ("T8", "x-forwarded-for", true),
        ("T8", "Forwarded", true),
        ("T8", "X-Original-URL", true),
        ("T8", "X-Rewrite-URL", true),
        ("T8", "host", false),
        ("T8", "x-forward", false),
        ("T8", "cf-connecting-ip", false),
    ];
    for (id, name, expected) in rows {
        assert_eq!(is_forwarding_header(name), expected, "{id}: {name}");
    }
}

#[test]
fn fields_of_one_connection_are_known() {
    let rows = [
        ("T15", "Connection", true),
        ("T15", "Keep-Alive", true),
        ("T15", "Proxy-Authenticate", true),
        ("T15", "Proxy-Authorization", true),
        ("T15", "Proxy-Connection", true),
        ("T15", "TE", true),
        ("T15", "Trailer", true),
        ("T15", "Transfer-Encoding", true),
        ("T15", "Upgrade", true),
        ("T15", "Content-Encoding", false),
        ("T15", "tea", false),
        ("T15", "", false),
    ];
    for (id, name, expected) in rows {
        assert_eq!(hop_by_hop(name), expected, "{id}: {name}");
    }
    let rows: [(&str, &[&str], &[&str]); 4] = [
        ("T15", &["close"], &["close"]),
        ("T15", &["Keep-Alive, X-A", "\tx-b "], &["keep-alive", "x-a", "x-b"]),
        ("T15", &[" , ,a b,c"], &["c"]),
        ("T15", &[], &[]),
    ];
    for (id, lines, expected) in rows {
        assert_eq!(connection_listed(lines.iter().copied()), expected, "{id}: {lines:?}");
    }
}

#[test]
fn cookies_are_found_by_name() {
    let rows: [(&str, &str, &str, &[&str]); 19] = [
        ("RFC 6265 4.2", "a=1", "a", &["1"]),
        ("RFC 6265 4.2", "a=1; b=2", "b", &["2"]),
        ("T32", "a=1;a=2 ; a=3", "a", &["1", "2", "3"]),
        ("RFC 6265 4.2", "\ta \t=\t1 ", "a", &["1"]),
        ("T31", "a=\u{a0}1", "a", &["\u{a0}1"]),
        ("T31", "\u{a0}a=1", "a", &[]),
        ("RFC 6265 4.2", "A=1", "a", &[]),
        ("RFC 6265 4.2", "aa=1; xa=2; a", "a", &[]),
        ("RFC 6265 4.2", "a=b=c", "a", &["b=c"]),
        ("RFC 6265 4.2", "a=%20\"x\"", "a", &["%20\"x\""]),
        ("RFC 6265 4.2", "a=", "a", &[""]),
        ("RFC 6265 4.2", "=1", "", &["1"]),
        // two lines, joined by the runtime
        ("RFC 6265 4.2", "a=1, b=2", "a", &["1"]),
        ("RFC 6265 4.2", "a=1, b=2", "b", &["2"]),
        ("RFC 6265 4.2", "a=1; b=2, a=3; c=4", "a", &["1", "3"]),
        ("RFC 6265 4.2", "a=x, y; b=1", "a", &["x, y"]),
        ("RFC 6265 4.2", "a=x,y=1", "a", &["x,y=1"]),
        ("RFC 6265 4.2", "a=1, , b=2", "b", &["2"]),
        ("RFC 6265 4.2", "", "a", &[]),
    ];
    for (id, header, name, expected) in rows {
        let found = values_of(header, name);
        assert_eq!(found, expected, "{id}: {header:?}, {name}");
    }
}

#[test]
fn only_space_and_tab_are_trimmed_from_cookies() {
    let unicode = (0..=0xffff_u32).filter_map(char::from_u32).filter(|c| c.is_whitespace());
    let others: Vec<char> = unicode.chain(['\u{feff}']).filter(|c| !matches!(c, ' ' | '\t')).collect();
    assert_eq!(others.len(), 24, "T31");
    for space in others {
        for header in
            [format!("{space}__Host-a=1"), format!("__Host-a{space}=1"), format!("__Host-{space}a=1")]
        {
            assert_eq!(values_of(&header, "__Host-a").len(), 0, "T31: {header:?}");
        }
        let value = format!("{space}1{space}");
        assert_eq!(values_of(&format!("a={value}"), "a"), [value], "T31");
    }
}

fn title_case(name: &str) -> String {
    let capital =
        |part: &str| part.get(..1).map(|head| head.to_ascii_uppercase() + part.get(1..).unwrap_or(""));
    name.split('-').map(|part| capital(part).unwrap_or_else(|| part.to_owned())).collect::<Vec<_>>().join("-")
}

/// Text that gets past the first character of these grammars.
fn field() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("max-age"),
        Just("no-store"),
        Just("W/"),
        Just("\""),
        Just("\\"),
        Just(","),
        Just(", "),
        Just("="),
        Just(";"),
        Just("60"),
        Just("-"),
        Just("."),
        Just("("),
        Just(")"),
        Just(":"),
        Just("?1"),
        Just("*"),
        Just("a"),
        Just("é"),
        Just(" "),
        Just("\t"),
    ];
    let pieces = prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat());
    prop_oneof![4 => pieces, 1 => any::<String>()]
}

#[test]
fn what_goes_on_to_the_origin() {
    // Rows: id, name, whether it goes on, whether it does where the whole response is wanted.
    let rows = [
        ("plain", "accept", true, true),
        ("plain", "cookie", true, true),
        ("T9", "x-middleware-subrequest", false, false),
        ("T9", "x-prerender-revalidate", false, false),
        ("T8", "x-forwarded-host", false, false),
        ("T8", "forwarded", false, false),
        ("T15", "connection", false, false),
        ("T15", "te", false, false),
        ("T15 listed", "x-own", false, false),
        ("framing", "host", false, false),
        ("framing", "content-length", false, false),
        ("RFC 9110 §13.1", "if-none-match", true, false),
        ("RFC 9110 §13.1", "if-modified-since", true, false),
        ("RFC 9110 §13.1", "if-match", true, false),
        ("RFC 9110 §13.1", "if-unmodified-since", true, false),
    ];
    let listing = ("connection".into(), "close, X-Own".into());
    for (id, name, part, whole) in rows {
        for (is_whole, goes) in [(false, part), (true, whole)] {
            let asking = if is_whole { Asking::Whole } else { Asking::AsIs };
            let lines = upstream_lines(&[listing.clone(), (name.into(), "a: b".into())], asking);
            let own = if is_whole { "accept-encoding: gzip, br\n" } else { "" };
            let expected = if goes { format!("{name}: a: b\n{own}") } else { own.to_owned() };
            assert_eq!(lines, expected, "{id} {name} {is_whole}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_a_field(a in field(), b in field()) {
        let control = CacheControl::parse([a.as_str(), b.as_str()]);
        for seconds in [control.max_age, control.s_maxage].into_iter().flatten() {
            prop_assert!((0.0..=2_147_483_648.0).contains(&seconds.0));
        }
        let _ = CacheControl::targeted(&a);
        let _ = if_none_match(&a, &b);
        let _ = Vary::parse([a.as_str(), b.as_str()]);
        let _ = connection_listed([a.as_str()]);
        let _ = values_of(&a, "a");
        let _ = is_internal_request_header(&a) | is_internal_response_header(&a) | hop_by_hop(&a);
    }

    /// RFC 9111 5.2: two lines say what one line with a comma says, as long as quotes are closed.
    #[test]
    fn lines_join(a in "[a-z=0-9, -]{0,30}", b in field()) {
        prop_assert_eq!(CacheControl::parse([a.as_str(), b.as_str()]), CacheControl::parse([format!("{a},{b}").as_str()]));
        prop_assert_eq!(Vary::parse([a.as_str(), b.as_str()]), Vary::parse([format!("{a},{b}").as_str()]));
    }

    /// No text in front, quoted or not, closed or not, hides a `no-store` on a line of its own.
    #[test]
    fn nothing_hides_no_store(a in field(), b in field()) {
        prop_assert!(CacheControl::parse([a.as_str(), "no-store", b.as_str()]).no_store);
    }

    #[test]
    fn our_own_entity_tag_matches(opaque in "[!#-~]{0,20}", before in "(\"[!#-~]{0,5}\" ?, ?){0,3}") {
        let etag = format!("\"{opaque}\"");
        for header in [format!("{before}{etag}"), format!("{before}W/{etag}, \"x\"")] {
            prop_assert!(if_none_match(&header, &etag));
        }
    }

    /// A cookie is found in whatever place, and the values come in order.
    #[test]
    fn cookies_come_in_order(values in prop::collection::vec("[!#-+\\--:<-\\[\\]-~]{0,8}", 0..6)) {
        for separator in ["; ", ";", ", "] {
            let pairs: Vec<String> = values.iter().map(|value| format!("n={value}{separator}other=x")).collect();
            let header = pairs.join(separator);
            prop_assert_eq!(values_of(&header, "n"), values.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}

#[test]
fn long_fields_take_linear_time() {
    let n = 120_000;
    for piece in ["\"", "\\\"", "a, ", "\"a, \\", ", ", "a=b, ", "W/\"", "\"a ,", "(", "a;"] {
        let text = piece.repeat(n / piece.len());
        let _ = CacheControl::parse([text.as_str(), format!("\"{text}").as_str()]);
        let _ = CacheControl::targeted(&format!("a={text}"));
        let _ = if_none_match(&text, "\"x\"");
        let _ = connection_listed([text.as_str(), format!("\"{text}").as_str()]);
        let _ = values_of(&text, "zzz");
    }
}
