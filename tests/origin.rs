//! Who may call an action: the field, the patterns and the verdict (SA-7 to SA-10, T20 to T24).
#![cfg(not(target_arch = "wasm32"))]

use freshtag::action::allowed::{AllowedOrigins, Doubt, doubt};
use freshtag::action::origin::{Request, Trust, check};
use freshtag::http::origin::Origin;
use proptest::prelude::*;

#[test]
fn origins_are_read_as_browsers_write_them() {
    let rows: [(&str, &str, Option<&str>); 71] = [
        ("SA-7", "https://a.test", Some("a.test")),
        ("SA-7", "https://a.test:443", Some("a.test")),
        ("SA-7", "http://a.test:80", Some("a.test")),
        ("SA-7", "http://a.test:443", Some("a.test:443")),
        ("SA-7", "https://a.test:80", Some("a.test:80")),
        ("SA-7", "ws://a.test:80", Some("a.test")),
        ("SA-7", "wss://a.test:443", Some("a.test")),
        ("SA-7", "ftp://a.test:21", Some("a.test")),
        ("SA-7", "http://localhost:3000", Some("localhost:3000")),
        ("SA-7", "http://localhost:0", Some("localhost:0")),
        ("SA-7", "http://localhost:65535", Some("localhost:65535")),
        ("SA-7", "HTTPS://LOCAL.Test:443", Some("local.test")),
        ("SA-7", "http://LOCAL.test:8080", Some("local.test:8080")),
        ("SA-7", "https://xn--mnchen-3ya.test", Some("xn--mnchen-3ya.test")),
        ("SA-7", "https://a_b-c~d.test", Some("a_b-c~d.test")),
        ("SA-7", "https://a.test.", Some("a.test.")),
        ("SA-7", "chrome-extension://AbC", Some("AbC")),
        ("SA-7", "app://[2001:DB8::A]:443", Some("[2001:db8::a]:443")),
        ("SA-7", "capacitor://localhost:443", Some("localhost:443")),
        ("SA-7", "https://127.0.0.1:8787", Some("127.0.0.1:8787")),
        ("SA-7", "https://255.255.255.255", Some("255.255.255.255")),
        ("SA-7", "https://1.2.3.4.test", Some("1.2.3.4.test")),
        ("SA-7", "x+y.z-1://1", Some("1")),
        ("SA-7", "http://[::1]:3000", Some("[::1]:3000")),
        ("SA-7", "http://[::1]:80", Some("[::1]")),
        ("SA-7", "http://[::]", Some("[::]")),
        ("SA-7", "http://[2001:DB8::1:0:0:1]", Some("[2001:db8::1:0:0:1]")),
        ("SA-7", "http://[1:2:3:4:5:6:7:8]", Some("[1:2:3:4:5:6:7:8]")),
        ("SA-7", "http://[1:0:3:4:5:6:7:8]", Some("[1:0:3:4:5:6:7:8]")),
        ("SA-7", "http://[1:0:0:4::8]", Some("[1:0:0:4::8]")),
        ("SA-7", "http://[fe80::]", Some("[fe80::]")),
        ("T20", "null", Some("null")),
        ("T21", "", None),
        ("T21", "NULL", None),
        ("T21", "not-a-url", None),
        ("T21", "a.test", None),
        ("T21", "//a.test", None),
        ("T21", "://a.test", None),
        ("T21", "1http://a.test", None),
        ("T21", "ht/tp://a.test", None),
        ("T21", "https:a.test", None),
        ("T21", "https:///a.test", None),
        ("T21", "https://", None),
        ("T21", "https://:443", None),
        ("T21", "https://a.test/", None),
        ("T21", "https://a.test\\b", None),
        ("T21", "https://a.test?q", None),
        ("T21", "https://a.test#f", None),
        ("T21", "https://u@a.test", None),
        ("T21", "https://u:p@a.test", None),
        ("T21", "https://a.test:", None),
        ("T21", "https://a.test:x", None),
        ("T21", "https://a.test:+443", None),
        ("T21", "https://a.test:0443", None),
        ("T21", "https://a.test:65536", None),
        ("T21", "https://a.test:443:443", None),
        ("T21", "https://a%2etest", None),
        ("T21", "https://m\u{fc}nchen.test", None),
        ("T21", " https://a.test", None),
        ("T21", "https://a.test ", None),
        ("T21", "https://a.test, https://b.test", None),
        ("T21", "https://a.test,b.test", None),
        ("T21", "null, https://b.test", None),
        ("T21", "file://a.test", None),
        ("T21", "http://127.1", None),
        ("T21", "http://0x7f.0.0.1", None),
        ("T21", "http://a.0X1", None),
        ("T21", "http://127.0.0.256", None),
        ("T21", "http://127.0.0.01", None),
        ("T21", "http://127.0.0.1.", None),
        ("T21", "http://1.2.3.4.5", None),
    ];
    for (id, text, expected) in rows {
        let host = Origin::parse(text).map(|origin| origin.host().to_owned());
        assert_eq!(host.as_deref(), expected, "{id}: {text:?}");
    }
    for address in [
        "",
        ":",
        ":::",
        "1",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "::1::",
        "12345::",
        "g::",
        "01::",
        "::01",
        "0::1",
        "1::0",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1:0:0:4:5:6:7:8",
        "0:0:1::1:1:1:1",
        "1::2:0:0:0:5",
        "1:0:0:2::3:4",
        "::1.2.3.4",
        "::1%25eth0",
        ":1::2",
        "1::2:",
        "1::2]",
        "[1::2",
    ] {
        assert_eq!(Origin::parse(&format!("http://[{address}]")), None, "T21: [{address}]");
    }
    assert_eq!(Origin::parse("http://[::1"), None, "T21");
    assert_eq!(Origin::parse("http://::1]"), None, "T21");
    assert_eq!(Origin::parse("http://[::1]x"), None, "T21");
    assert_eq!(Origin::parse("http://[::1]:"), None, "T21");
}

#[test]
fn patterns_match_as_in_next() {
    let rows: [(&str, &str, &str, bool); 45] = [
        ("V-8", "a.com", "A.COM", true),
        ("V-8", "a.b.com", "*.b.com", true),
        ("V-8", "b.com", "*.b.com", false),
        ("V-8", "x.a.b.com", "*.b.com", false),
        ("V-8", "x.a.b.com", "**.b.com", true),
        ("V-8", "b.com", "**.b.com", false),
        ("V-8", "a.b.com:3000", "*.b.com", false),
        ("V-8", "a.b.com:3000", "*.b.com:3000", true),
        ("V-8", "a.b.com", "a.*.com", true),
        ("V-8", "a.b.com", "a.**.com", false),
        ("V-8", "a.b.com", "*.*.com", true),
        ("V-8", "a.com", "*", false),
        ("V-8", "null", "null", true),
        ("SA-10", "A.B.COM", "a.b.com", true),
        ("SA-10", "X.b.com", "*.B.com", true),
        ("SA-10", "a.com:80", "a.com", false),
        ("SA-10", "a.com", "a.com:80", false),
        ("SA-10", "a.com", "", false),
        ("SA-10", "", "", false),
        ("SA-10", "a.com", "**", false),
        ("SA-10", "*", "*", true),
        ("SA-10", "**", "**", true),
        ("SA-10", "*", "**", false),
        ("SA-10", "a.**.com", "a.**.com", true),
        ("SA-10", "*.b.com", "*.b.com", true),
        ("SA-10", "**.b.com", "*.b.com", true),
        ("SA-10", ".b.com", "*.b.com", false),
        ("SA-10", ".b.com", "**.b.com", true),
        ("SA-10", "a..b.com", "**.b.com", true),
        ("SA-10", "a..com", "a.*.com", false),
        ("SA-10", "a.com", "*.com", true),
        ("SA-10", "com", "*.com", false),
        ("SA-10", "a.b", "**.*", true),
        ("SA-10", "a.b", "*.**", false),
        ("SA-10", "x.a.b", "**.*.b", true),
        ("SA-10", "a.b", "**.*.b", false),
        ("SA-10", "a.com", "https://a.com", false),
        ("SA-10", "a.com", "a.com.", false),
        ("SA-10", "x.a.com", "*.a.com.", false),
        ("SA-10", "x.a.com", ".*.a.com", false),
        ("SA-10", "localhost:3000", "localhost:*", false),
        ("SA-10", "ab.com", "a*.com", false),
        ("SA-10", "null", "*", false),
        ("SA-10", "b\u{e4}.com", "B\u{e4}.com", true),
        ("SA-10", "\u{212a}.com", "k.com", false),
    ];
    for (id, host, pattern, expected) in rows {
        assert_eq!(AllowedOrigins::new([pattern]).allows(host), expected, "{id}: {host:?} {pattern:?}");
        let among = AllowedOrigins::new(["zz.test", "*.zz.test", pattern, "**.aa.test", pattern]);
        assert_eq!(among.allows(host), expected, "{id}: {host:?} {pattern:?} among others");
        let long = AllowedOrigins::new((0..100).map(|n| format!("*.{n}.test")).chain([pattern.to_owned()]));
        assert_eq!(long.allows(host), expected, "{id}: {host:?} {pattern:?} among many");
    }
    // A label that leads nowhere does not hide a wildcard beside it.
    let both = AllowedOrigins::new(["x.b.com", "a.*.com", "c.b.com"]);
    assert!(both.allows("a.b.com") && both.allows("c.b.com") && !both.allows("d.b.com"), "SA-10");
    assert!(!AllowedOrigins::default().allows("a.com"), "SA-10");
}

#[test]
fn a_doubtful_pattern_is_named() {
    let rows = [
        ("a.test", None),
        ("A.test:3000", None),
        ("localhost:3000", None),
        ("null", None),
        ("[::1]:3000", None),
        ("*.a.test", None),
        ("**.a.test:8080", None),
        ("a.*.b.test", None),
        ("*.com", Some(Doubt::TooWide)),
        ("**.com", Some(Doubt::TooWide)),
        ("*.*.com", Some(Doubt::TooWide)),
        ("a.*.com", Some(Doubt::TooWide)),
        ("a.*", Some(Doubt::TooWide)),
        ("", Some(Doubt::NeverMatches)),
        ("*", Some(Doubt::NeverMatches)),
        ("**", Some(Doubt::NeverMatches)),
        ("a.**.test", Some(Doubt::NeverMatches)),
        ("*.**", Some(Doubt::NeverMatches)),
        ("https://a.test", Some(Doubt::NeverMatches)),
        ("a.test/", Some(Doubt::NeverMatches)),
        (".a.test", Some(Doubt::NeverMatches)),
        ("a.test.", Some(Doubt::NeverMatches)),
        ("localhost:*", Some(Doubt::NeverMatches)),
        ("a*.test", Some(Doubt::NeverMatches)),
        (" a.test", Some(Doubt::NeverMatches)),
        ("b\u{e4}.test", Some(Doubt::NeverMatches)),
    ];
    for (pattern, expected) in rows {
        assert_eq!(doubt(pattern), expected, "T24: {pattern:?}");
    }
}

/// The verdict and, of a refusal, the entry that would allow it.
fn verdict(request: &Request<'_>, trust: Trust) -> (&'static str, Option<String>) {
    let allowed = AllowedOrigins::new(["proxy.test", "*.wild.test"]);
    match check(request, &allowed, trust) {
        Ok(action) => (action.grounds().as_str(), None),
        Err(refusal) => (refusal.as_str(), refusal.entry().map(str::to_owned)),
    }
}

#[test]
fn only_the_own_pages_run_actions() {
    let of = |origin, host, forwarded_host| Request { origin, host, forwarded_host, sec_fetch_site: None };
    let (a, host) = (Some("https://a.test"), Some("a.test"));
    let none = || None;
    let entry = |text: &str| Some(text.to_owned());
    use Trust::{Host, Next, Proxy};
    let rows = [
        ("SA-8", of(a, host, None), Host, "same-origin", none()),
        ("SA-8", of(None, host, None), Host, "no-origin", none()),
        ("SA-8", of(None, None, None), Host, "no-origin", none()),
        ("SA-8", of(Some("https://b.test"), host, None), Host, "cross-origin", entry("b.test")),
        ("SA-8", of(Some("https://B.test:444"), host, None), Host, "cross-origin", entry("b.test:444")),
        ("SA-8", of(Some("https://proxy.test"), host, None), Host, "allowed-origin", none()),
        ("SA-8", of(Some("https://x.wild.test"), None, None), Host, "allowed-origin", none()),
        ("SA-8", of(a, None, None), Host, "no-host", entry("a.test")),
        ("SA-8", of(a, Some(""), None), Host, "no-host", entry("a.test")),
        ("SA-7", of(Some("http://a.test"), host, None), Host, "same-origin", none()),
        (
            "SA-9",
            of(Some("http://LOCAL.test"), Some("LOCAL.test"), None),
            Host,
            "cross-origin",
            entry("local.test"),
        ),
        ("SA-9", of(a, Some("a.test:443"), None), Host, "cross-origin", entry("a.test")),
        (
            "SA-9",
            of(Some("https://a.test:443"), Some("a.test:443"), None),
            Host,
            "cross-origin",
            entry("a.test"),
        ),
        ("T20", of(Some("null"), host, None), Host, "null-origin", entry("null")),
        ("T20", of(Some("null"), None, None), Host, "null-origin", entry("null")),
        ("T20", of(Some("null"), Some("null"), None), Host, "null-origin", entry("null")),
        ("T20", of(Some("null"), Some("null"), None), Proxy, "null-origin", entry("null")),
        ("T20", of(Some("null"), Some("null"), None), Next, "same-origin", none()),
        ("T20", of(Some("http://null"), Some("null"), None), Host, "same-origin", none()),
        ("T20", of(Some("https://a.test."), host, None), Host, "cross-origin", entry("a.test.")),
        ("T21", of(Some("https://a.test, https://a.test"), host, None), Host, "malformed-origin", none()),
        ("T21", of(Some("a.test"), host, None), Host, "malformed-origin", none()),
        ("T21", of(Some(""), Some(""), None), Host, "malformed-origin", none()),
        ("T21", of(Some("not-a-url"), host, None), Next, "malformed-origin", none()),
        (
            "T23",
            of(Some("https://evil.test"), host, Some("evil.test")),
            Host,
            "cross-origin",
            entry("evil.test"),
        ),
        ("T23", of(a, host, Some("evil.test")), Host, "same-origin", none()),
        ("T23", of(a, Some("inner"), Some("a.test")), Proxy, "same-origin", none()),
        ("T23", of(a, Some("inner"), Some("a.test")), Next, "same-origin", none()),
        ("SA-7", of(a, Some("inner"), Some(" \ta.test\t, inner")), Proxy, "same-origin", none()),
        ("SA-7", of(a, host, Some("b.test")), Proxy, "cross-origin", entry("a.test")),
        ("SA-7", of(a, host, Some("b.test, a.test")), Next, "cross-origin", entry("a.test")),
        ("SA-7", of(a, host, Some("")), Proxy, "same-origin", none()),
        ("SA-7", of(a, host, Some(" , b.test")), Next, "same-origin", none()),
        ("T31", of(a, Some("inner"), Some("\u{a0}a.test")), Proxy, "cross-origin", entry("a.test")),
    ];
    for (id, request, trust, reason, entry) in rows {
        assert_eq!(verdict(&request, trust), (reason, entry), "{id}: {request:?} {trust:?}");
    }
}

#[test]
fn without_an_origin_the_browser_may_say_that_it_is_another_site() {
    let origins = [None, Some("https://a.test"), Some("https://b.test")];
    let sites =
        [None, Some("none"), Some("same-origin"), Some("same-site"), Some("CROSS-site"), Some("other")];
    for (row, origin) in origins.into_iter().enumerate() {
        for (column, sec_fetch_site) in sites.into_iter().enumerate() {
            let request = Request { origin, host: Some("a.test"), sec_fetch_site, ..Request::default() };
            let expected = match (row, column) {
                (0, 3 | 4) => "cross-site",
                (0, _) => "no-origin",
                (1, _) => "same-origin",
                _ => "cross-origin",
            };
            assert_eq!(verdict(&request, Trust::Host).0, expected, "T22: {request:?}");
            assert_eq!(verdict(&request, Trust::Proxy).0, expected, "T22: {request:?}");
            let expected = if row == 0 { "no-origin" } else { expected };
            assert_eq!(verdict(&request, Trust::Next).0, expected, "T22: {request:?}");
        }
    }
}

proptest! {
    #[test]
    fn an_address_of_version_6_is_taken_in_its_shortest_form(groups in prop::array::uniform8(prop_oneof![Just(0_u16), any::<u16>()])) {
        let address = std::net::Ipv6Addr::from(groups);
        // Rust prints the last two groups of some in decimal, which no URL has.
        let text = address.to_string();
        prop_assume!(!text.contains('.'));
        let origin = format!("http://[{text}]");
        let host = Origin::parse(&origin).map(|origin| origin.host().to_owned());
        prop_assert_eq!(host, Some(format!("[{text}]")));
        let full = groups.map(|group| format!("{group:x}")).join(":");
        prop_assert_eq!(Origin::parse(&format!("http://[{full}]")).is_some(), full == text);
    }

    #[test]
    fn an_entry_named_by_a_refusal_allows(text in "(https?|ftp|app)://[a-zA-Z0-9.:_~-]{0,12}|[ -~]{0,20}|null") {
        let request = Request { origin: Some(&text), host: Some("own.test"), ..Request::default() };
        let Err(refusal) = check(&request, &AllowedOrigins::default(), Trust::Host) else { return Ok(()) };
        if let Some(entry) = refusal.entry() {
            let allowed = AllowedOrigins::new([entry]);
            prop_assert_eq!(check(&request, &allowed, Trust::Host).map(|action| action.grounds().as_str()), Ok("allowed-origin"));
        }
    }
}
