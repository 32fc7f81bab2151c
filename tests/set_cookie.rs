//! `Set-Cookie`, row by row. Ids are rules of this project (CK-5…, T30…).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use freshtag::error::{Error, ErrorCode};
use freshtag::http::set_cookie::{Priority, SameSite, SetCookie, SetCookieBuilder, split};
use freshtag::time::{Seconds, UnixMillis};
use proptest::prelude::*;

/// A cookie in one line that shows each text in quotes.
fn show(cookie: &SetCookie<'_>) -> String {
    let mut parts = vec![format!("{:?}={:?}", cookie.name(), cookie.value())];
    parts.extend(cookie.path().map(|path| format!("path={path:?}")));
    parts.extend(cookie.expires().map(|at| format!("expires={}", at.0)));
    parts.extend(cookie.max_age().map(|seconds| format!("maxAge={seconds}")));
    parts.extend(cookie.domain().map(|domain| format!("domain={domain:?}")));
    parts.extend(cookie.secure().then(|| "secure".to_owned()));
    parts.extend(cookie.http_only().then(|| "httpOnly".to_owned()));
    parts.extend(cookie.same_site().map(|it| format!("sameSite={}", it.as_str())));
    parts.extend(cookie.partitioned().then(|| "partitioned".to_owned()));
    parts.extend(cookie.priority().map(|it| format!("priority={}", it.as_str())));
    parts.join(" ")
}

fn parsed(line: &str) -> Option<String> {
    SetCookie::parse(line).map(|cookie| show(&cookie))
}

fn a<'a>() -> SetCookieBuilder<'a> {
    SetCookie::builder("a", "1")
}

fn message(cookie: &SetCookieBuilder<'_>) -> String {
    let error = cookie.clone().build().unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidCookie);
    error.message().to_owned()
}

#[test]
fn a_cookie_is_printed_in_order_and_encoded() {
    let all = || a().priority(Priority::High).partitioned().same_site(SameSite::Strict).http_only().secure();
    let rows = [
        ("CK-5", a(), "a=1"),
        (
            "CK-5",
            all().domain("example.com").max_age(Seconds(5.0)).expires(UnixMillis(0)).path("/x"),
            "a=1; Path=/x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=5; Domain=example.com; Secure; HttpOnly; SameSite=strict; Partitioned; Priority=high",
        ),
        ("CK-5", SetCookie::builder("a", ""), "a="),
        (
            "CK-5",
            SetCookie::builder("a", "b; c=d, \"e\" %41 + \u{e9}\u{1f36a}\r\n"),
            "a=b%3B%20c%3Dd%2C%20%22e%22%20%2541%20%2B%20%C3%A9%F0%9F%8D%AA%0D%0A",
        ),
        ("CK-5", SetCookie::builder("a", "AZaz09-_.!~*'()"), "a=AZaz09-_.!~*'()"),
        ("CK-5", SetCookie::builder("a", "/?:@&=+$,#[]"), "a=%2F%3F%3A%40%26%3D%2B%24%2C%23%5B%5D"),
        ("CK-5", SetCookie::builder("!#$%&'*+-.^_`|~09AZaz", ""), "!#$%&'*+-.^_`|~09AZaz="),
        ("CK-6", a().path("").domain(""), "a=1"),
        ("CK-6", a().path("/a b,c=d").domain(".example.com"), "a=1; Path=/a b,c=d; Domain=.example.com"),
        ("CK-6", a().expires(UnixMillis(1_623_233_894_999)), "a=1; Expires=Wed, 09 Jun 2021 10:18:14 GMT"),
        ("CK-6", a().expires(UnixMillis(-1)), "a=1; Expires=Wed, 31 Dec 1969 23:59:59 GMT"),
        ("CK-6", a().max_age(Seconds(0.0)), "a=1; Max-Age=0"),
        ("CK-6", a().max_age(Seconds(-0.0)), "a=1; Max-Age=0"),
        ("CK-6", a().max_age(Seconds(-1.0)), "a=1; Max-Age=-1"),
        ("CK-6", a().max_age(Seconds(9_007_199_254_740_991.0)), "a=1; Max-Age=9007199254740991"),
        ("CK-6", a().max_age(Seconds(-9_007_199_254_740_991.0)), "a=1; Max-Age=-9007199254740991"),
        ("CK-6", a().max_age(Seconds(1.0)).max_age(Seconds(2.0)), "a=1; Max-Age=2"),
        ("CK-7", a().same_site(SameSite::Lax), "a=1; SameSite=lax"),
        ("CK-7", a().same_site(SameSite::None).priority(Priority::Low), "a=1; SameSite=none; Priority=low"),
        ("CK-7", a().priority(Priority::Medium), "a=1; Priority=medium"),
    ];
    for (id, builder, expected) in rows {
        let cookie = builder.build().unwrap_or_else(|error| panic!("{id}: {expected}: {error}"));
        assert_eq!(cookie.to_string(), expected, "{id}");
        assert_eq!(SetCookie::parse(expected), Some(cookie), "{id}: {expected}");
    }
}

#[test]
fn what_cannot_be_printed_is_an_error_that_names_the_attribute() {
    let long = "x".repeat(1025);
    let rows = [
        ("CK-5", SetCookie::builder("", "1"), "name: "),
        ("CK-5", SetCookie::builder("a b", "1"), "name: "),
        ("CK-5", SetCookie::builder("foo[bar]", "1"), "name: "),
        ("CK-5", SetCookie::builder("é", "1"), "name: "),
        ("T30", SetCookie::builder("a=1; Path", "/"), "name: "),
        ("T30", a().path("/; Domain=evil.example"), "path: "),
        ("T30", a().path("/\r\nSet-Cookie: b=1"), "path: "),
        ("T30", a().path("/\t"), "path: "),
        ("T30", a().path("/é"), "path: "),
        ("T30", a().path(" /"), "path: "),
        ("T30", a().path("/ "), "path: "),
        ("T30", a().path(&long), "path: "),
        ("T30", a().domain("a.example; Secure"), "domain: "),
        ("T30", a().domain("a.example,b.example"), "domain: "),
        ("T30", a().domain("a example"), "domain: "),
        ("T30", a().domain("bücher.example"), "domain: "),
        ("T30", a().domain(&long), "domain: "),
        ("CK-6", a().max_age(Seconds(f64::NAN)), "maxAge: "),
        ("CK-6", a().max_age(Seconds(f64::INFINITY)), "maxAge: "),
        ("CK-6", a().max_age(Seconds(f64::NEG_INFINITY)), "maxAge: "),
        ("CK-6", a().max_age(Seconds(1.5)), "maxAge: "),
        ("CK-6", a().max_age(Seconds(9_007_199_254_740_992.0)), "maxAge: "),
        ("CK-6", a().max_age(Seconds(-9_007_199_254_740_992.0)), "maxAge: "),
        ("CK-6", a().expires(UnixMillis(253_402_300_800_000)), "expires: "),
        ("CK-6", a().expires(UnixMillis(-11_644_473_600_001)), "expires: "),
        ("CK-6", a().expires(UnixMillis::FAR_FUTURE), "expires: "),
    ];
    for (id, builder, expected) in rows {
        let message = message(&builder);
        assert!(message.starts_with(expected), "{id}: {message} for {builder:?}");
    }
    let most = "x".repeat(1024);
    assert!(a().path(&most).domain(&most).build().is_ok());

    let texts = ["", "true", "Strict ", " lax", "lax;", "noné", "highest", "ſtrict"];
    for text in texts {
        let errors: [Error; 2] =
            [text.parse::<SameSite>().unwrap_err(), text.parse::<Priority>().unwrap_err()];
        for (error, expected) in errors.iter().zip(["sameSite: ", "priority: "]) {
            assert_eq!(error.code(), ErrorCode::InvalidCookie, "CK-7");
            assert!(error.message().starts_with(expected), "CK-7: {error}");
        }
    }
    for text in ["strict", "STRICT", "sTrIcT"] {
        assert_eq!(text.parse(), Ok(SameSite::Strict), "CK-7: {text}");
    }
}

#[test]
fn prefixes_promise_attributes_in_any_case() {
    for prefix in ["__Host-", "__host-", "__HOST-", "__hOsT-"] {
        for rest in ["", "a", "Http-a"] {
            let name = format!("{prefix}{rest}");
            let cookie = || SetCookie::builder(&name, "1");
            let rows = [
                (cookie(), Some("secure: ")),
                (cookie().path("/"), Some("secure: ")),
                (cookie().secure(), Some("path: ")),
                (cookie().secure().path("/a"), Some("path: ")),
                (cookie().secure().path("//"), Some("path: ")),
                (cookie().secure().path("/").domain("example.com"), Some("domain: ")),
                (cookie().secure().path("/").domain(""), None),
                (cookie().secure().path("/").http_only(), None),
            ];
            for (builder, expected) in rows {
                let error = builder.clone().build().err();
                let starts =
                    error.as_ref().map(|error| error.message().split_inclusive(": ").next().unwrap());
                assert_eq!(starts, expected, "T35: {builder:?}");
            }
        }
    }
    for name in ["__Secure-a", "__secure-a", "__SECURE-", "__sEcUrE-a"] {
        let cookie = SetCookie::builder(name, "1").path("/x").domain("example.com");
        assert!(message(&cookie).starts_with("secure: "), "T35: {name}");
        assert!(cookie.secure().build().is_ok(), "T35: {name}");
    }
    // A name that only looks like it promises nothing.
    for name in ["_Host-a", "__Host", "__Hosta-", "x__Host-a", "__Secure", "__Secure_a", "-__Secure-"] {
        assert!(SetCookie::builder(name, "1").build().is_ok(), "T35: {name}");
    }
}

#[test]
fn a_line_is_read_as_browsers_read_it() {
    let long = "x".repeat(1025);
    let rows = [
        ("CK-8", "a=1", Some(r#""a"="1""#)),
        (
            "CK-8",
            "a=1; Path=/x; Domain=.Example.com; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=5; Secure; HttpOnly; SameSite=Lax; Partitioned; Priority=High",
            Some(
                r#""a"="1" path="/x" expires=1000 maxAge=5 domain=".Example.com" secure httpOnly sameSite=lax partitioned priority=high"#,
            ),
        ),
        (
            "CK-8",
            "a=1;PATH=/;sEcUrE;HTTPONLY;max-AGE=1",
            Some(r#""a"="1" path="/" maxAge=1 secure httpOnly"#),
        ),
        (
            "CK-8",
            "a=1; maxage=5; max_age=5; same-site=lax; http-only; Pathé=/; Path2=/; ; =; =/",
            Some(r#""a"="1""#),
        ),
        (
            "CK-8",
            "a=1; Secure=false; HttpOnly=; Partitioned=0",
            Some(r#""a"="1" secure httpOnly partitioned"#),
        ),
        ("CK-8", "a=1; SameSite=true; Priority=urgent", Some(r#""a"="1""#)),
        ("CK-8", "a=1; SameSite; Priority; Path; Domain; Expires; Max-Age", Some(r#""a"="1""#)),
        ("CK-8", "a=1; SameSite=STRICT; Priority=lOw", Some(r#""a"="1" sameSite=strict priority=low"#)),
        ("CK-8", "a=1; Path=/a=b; Domain= x y ", Some(r#""a"="1" path="/a=b" domain="x y""#)),
        ("CK-8", "a=1; Path=%2F%3B; Domain=%41", Some(r#""a"="1" path="%2F%3B" domain="%41""#)),
        ("CK-8", "a=1; Path=/é", Some("\"a\"=\"1\" path=\"/é\"")),
        // of a repeated one the last counts, unless it cannot be read
        ("CK-8", "a=1; Path=/x; Path=/y", Some(r#""a"="1" path="/y""#)),
        ("CK-8", "a=1; Path=/x; Path=; Domain=x; Domain", Some(r#""a"="1""#)),
        ("CK-8", "a=1; SameSite=lax; SameSite=nope; Priority=low; Priority=", Some(r#""a"="1""#)),
        ("CK-8", "a=1; Max-Age=5; Max-Age=x; Max-Age=7; Max-Age=1.5", Some(r#""a"="1" maxAge=7"#)),
        (
            "CK-8",
            "a=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Expires=never",
            Some(r#""a"="1" expires=1000"#),
        ),
        ("CK-8", "a=1; Expires=Wednesday, 09-Nov-99 23:12:40 GMT", Some(r#""a"="1" expires=942189160000"#)),
        ("CK-8", "a=1; Max-Age=-5", Some(r#""a"="1" maxAge=-5"#)),
        ("CK-8", "a=1; Max-Age=-0", Some(r#""a"="1" maxAge=0"#)),
        ("CK-8", "a=1; Max-Age=00000000000000000000000000007", Some(r#""a"="1" maxAge=7"#)),
        ("CK-8", "a=1; Max-Age=9007199254740992", Some(r#""a"="1" maxAge=9007199254740991"#)),
        ("CK-8", "a=1; Max-Age=99999999999999999999999999999", Some(r#""a"="1" maxAge=9007199254740991"#)),
        ("CK-8", "a=1; Max-Age=-99999999999999999999999999999", Some(r#""a"="1" maxAge=-9007199254740991"#)),
        (
            "CK-8",
            "a=1; Max-Age=+5; Max-Age=-; Max-Age=--5; Max-Age=5s; Max-Age=0x5; Max-Age=1e3; Max-Age=5 5; Max-Age=٣",
            Some(r#""a"="1""#),
        ),
        // the pair
        ("CK-2", "a", Some(r#""a"="true""#)),
        ("CK-2", "a; Path=/", Some(r#""a"="true" path="/""#)),
        ("CK-2", "a=b=c", Some(r#""a"="b=c""#)),
        ("CK-2", "Path=/; Path=/x", Some(r#""Path"="/" path="/x""#)),
        ("CK-3", "a=\"b c\"; Path=/", Some(r#""a"="\"b c\"" path="/""#)),
        ("CK-3", "a=b+c, d=e", Some(r#""a"="b+c, d=e""#)),
        ("CK-3", "%61=%61", Some(r#""%61"="a""#)),
        ("CK-3", "foo[bar]=1", Some(r#""foo[bar]"="1""#)),
        ("CK-3", "é=ü", Some("\"é\"=\"ü\"")),
        ("CK-9", "a=%2525", Some(r#""a"="%25""#)),
        ("CK-9", "a=100%25", Some(r#""a"="100%""#)),
        ("CK-9", "a=%3B%20Path%3D%2Fx", Some(r#""a"="; Path=/x""#)),
        ("CK-9", "a=%E2%82%AC%00%0a", Some("\"a\"=\"€\\0\\n\"")),
        ("CK-10", "a=%zz; Path=/x", Some(r#""a"="%zz" path="/x""#)),
        ("CK-11", "a=; Max-Age=0; Path=/; HttpOnly", Some(r#""a"="" path="/" maxAge=0 httpOnly"#)),
        ("CK-11", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", Some(r#""a"="" expires=0"#)),
        ("CK-12", "a=1; a=2; Path=/", Some(r#""a"="1" path="/""#)),
        ("T34", "a=%", Some(r#""a"="%""#)),
        ("T34", "a=%2", Some(r#""a"="%2""#)),
        ("T34", "a=%2g%41", Some(r#""a"="%2g%41""#)),
        ("T34", "a=%+1%41", Some(r#""a"="%+1%41""#)),
        ("T34", "a=%c3%28", Some(r#""a"="%c3%28""#)),
        ("T34", "a=%ED%A0%80", Some(r#""a"="%ED%A0%80""#)),
        ("T34", "a=%F8%80%80%80", Some(r#""a"="%F8%80%80%80""#)),
        ("T34", "a=%é1", Some("\"a\"=\"%é1\"")),
        // space and tab alone are white space
        ("T31", " \ta\t =\t 1 2 \t;\t Path \t=\t /x \t", Some(r#""a"="1 2" path="/x""#)),
        ("T31", "a=1; Path=\u{a0}/", Some("\"a\"=\"1\" path=\"\\u{a0}/\"")),
        ("T31", "a=1; \u{a0}Path=/", Some(r#""a"="1""#)),
        ("T31", "a=1;\u{feff}Secure", Some(r#""a"="1""#)),
        ("T35", "__Host-a=1; Domain=example.com", Some(r#""__Host-a"="1" domain="example.com""#)),
        // no cookie at all
        ("CK-8", "", None),
        ("CK-8", ";", None),
        ("CK-8", " \t", None),
        ("CK-8", "=1", None),
        ("CK-8", " =1; Path=/", None),
        ("CK-8", "; a=1", None),
        ("T34", "a=1\n", None),
        ("T34", "a=1; Path=/\r\nSet-Cookie: b=2", None),
        ("T34", "a=1; Comment=\u{7f}", None),
        ("T34", "\0a=1", None),
    ];
    for (id, line, expected) in rows {
        assert_eq!(parsed(line).as_deref(), expected, "{id}: {line:?}");
    }
    for attribute in ["Path", "Domain", "SameSite", "Secure"] {
        let line = format!("a=1; {attribute}= \t{long}");
        assert_eq!(parsed(&line).as_deref(), Some(r#""a"="1""#), "CK-8: {attribute}");
    }
    let line = format!("a={long}; Path=/y; Path={}; Path={long}", &long[1..]);
    assert_eq!(SetCookie::parse(&line).unwrap().path(), Some(&long[1..]), "CK-8");
}

#[test]
fn control_characters_make_no_cookie() {
    for byte in 0..=127_u8 {
        let c = char::from(byte);
        for line in
            [format!("a{c}b=1"), format!("a=1{c}2"), format!("a=1; P{c}ath=/"), format!("a=1; Path=/{c}x")]
        {
            let is_control = c.is_ascii_control() && c != '\t';
            assert_eq!(SetCookie::parse(&line).is_none(), is_control, "T34: {line:?}");
        }
    }
}

#[test]
fn nothing_that_can_be_printed_injects() {
    let (mut printed, mut refused) = (0, 0);
    for byte in 0..=255_u8 {
        let c = char::from(byte);
        for text in [format!("{c}xy"), format!("x{c}y"), format!("xy{c}")] {
            let fields = [
                ("name: ", SetCookie::builder(&text, "1")),
                ("value: ", SetCookie::builder("a", &text)),
                ("path: ", a().path(&text)),
                ("domain: ", a().domain(&text)),
            ];
            for (field, builder) in fields {
                let cookie = match builder.clone().build() {
                    Ok(cookie) => cookie,
                    Err(error) => {
                        assert!(
                            error.message().starts_with(field) && field != "value: ",
                            "T30: {error} for {builder:?}"
                        );
                        refused += 1;
                        continue;
                    }
                };
                let line = cookie.to_string();
                assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')), "T30: {line:?}");
                let attributes = usize::from(field == "path: " || field == "domain: ");
                assert_eq!(line.matches(';').count(), attributes, "T30: {line:?}");
                let again = SetCookie::parse(&line).unwrap();
                assert_eq!(again, cookie, "T30: {line:?}");
                let found = match field {
                    "name: " => Some(again.name()),
                    "value: " => Some(again.value()),
                    "path: " => again.path(),
                    _ => again.domain(),
                };
                assert_eq!(found, Some(text.as_str()), "T30: {line:?}");
                printed += 1;
            }
        }
    }
    // 77 characters of a token; any value; 94 inside a path, and a space that is inside; 92 in a domain.
    assert_eq!((printed, printed + refused), (3 * 77 + 3 * 256 + 3 * 93 + 1 + 3 * 92, 256 * 4 * 3), "T30");
}

#[test]
fn unicode_space_stays_in_a_name() {
    let spaces: Vec<char> = ('\0'..=char::MAX).filter(|c| c.is_whitespace()).collect();
    assert_eq!(spaces.len(), 25, "T31");
    for space in spaces.into_iter().chain(['\u{feff}']) {
        // As text, and as the bytes of its UTF-8 read as Latin-1.
        let latin: String = space.to_string().bytes().map(char::from).collect();
        for space in [space.to_string(), latin] {
            for name in [format!("{space}__Host-a"), format!("__Host-a{space}"), format!("__Host{space}-a")] {
                assert!(message(&SetCookie::builder(&name, "1")).starts_with("name: "), "T31: {name:?}");

                let line = format!("{name}=1; Path=/");
                let found = SetCookie::parse(&line);
                match found.as_ref().map(SetCookie::name) {
                    None => assert!(space.chars().all(|c| c.is_ascii_control()), "T31: {name:?}"),
                    Some(kept) => assert_eq!(kept, name.trim_matches([' ', '\t']), "T31"),
                }
            }
        }
    }
}

#[test]
fn folded_lines_are_taken_apart() {
    let rows: [(&str, &str, &[&str]); 29] = [
        ("CK-13", "", &[]),
        ("CK-13", "a=1", &["a=1"]),
        ("CK-13", "a=1, b=2", &["a=1", "b=2"]),
        ("CK-13", "a=1,b=2,c=3", &["a=1", "b=2", "c=3"]),
        ("CK-13", "a=1,b", &["a=1,b"]),
        ("CK-13", "a=1,,b=2", &["a=1,", "b=2"]),
        ("CK-13", "a=1 , b=2", &["a=1 ", "b=2"]),
        ("CK-13", "a=1, \t b=2", &["a=1", "b=2"]),
        ("CK-13", " a=1,b=2 ", &[" a=1", "b=2 "]),
        ("CK-13", "a=1,", &["a=1,"]),
        ("CK-13", "a=1, ", &["a=1, "]),
        ("CK-13", ",", &[","]),
        ("CK-13", " ", &[" "]),
        ("CK-13", ",a=1", &["", "a=1"]),
        ("CK-13", "a=1,=2", &["a=1", "=2"]),
        ("CK-13", "a,b=1", &["a", "b=1"]),
        ("CK-13", "a=1,b c=2", &["a=1", "b c=2"]),
        ("CK-13", "a=1,b;c=2", &["a=1,b;c=2"]),
        ("CK-13", "a=1,b,c=2", &["a=1,b", "c=2"]),
        ("CK-13", "a=1,b;c,d=2", &["a=1,b;c", "d=2"]),
        ("CK-13", "a=\"1,b=2\"", &["a=\"1", "b=2\""]),
        (
            "CK-13",
            "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/, b=2; Expires=Wed, 09 Jun 2021 10:18:14 GMT",
            &[
                "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/",
                "b=2; Expires=Wed, 09 Jun 2021 10:18:14 GMT",
            ],
        ),
        (
            "CK-13",
            "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT, b=2",
            &["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=2"],
        ),
        (
            "CK-13",
            "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT,b",
            &["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT,b"],
        ),
        ("CK-13", "a=é,ü=b", &["a=é", "ü=b"]),
        ("T31", "a=1,\u{a0}b=2", &["a=1", "\u{a0}b=2"]),
        ("T31", "a=1,\u{feff} b=2", &["a=1", "\u{feff} b=2"]),
        ("T31", "a=1,\nb=2", &["a=1", "\nb=2"]),
        ("T31", "a=1, \u{3000}b=2", &["a=1", "\u{3000}b=2"]),
    ];
    for (id, text, expected) in rows {
        assert_eq!(split(text).collect::<Vec<_>>(), expected, "{id}: {text:?}");
    }
}

/// A method that looks at the rest of the text for each of its parts would not end in a lifetime of this test.
#[test]
fn long_texts_take_their_length() {
    for part in [
        ";",
        ",",
        "=",
        " ",
        "\t;",
        ", ",
        ",=",
        "a=1,",
        ",a",
        ";path=",
        "%",
        "%41",
        "a,b;",
        "é",
        "; Expires=1 jan",
    ] {
        let text = part.repeat(1 << 18);
        let _ = SetCookie::parse(&text);
        assert!(SetCookie::parse(&format!("a=1; Path={text}")).is_some(), "T36: {part:?}");
        assert!(SetCookie::parse(&format!("a{text}")).is_some(), "T36: {part:?}");
        assert!(split(&text).count() > 0, "T36: {part:?}");
    }
    let value = "\u{1f36a}".repeat(1 << 16);
    assert_eq!(
        SetCookie::builder("a", &value).build().unwrap().to_string().len(),
        2 + 12 * value.len() / 4,
        "T36"
    );
}

/// Name, value, path, domain; moment and age; and which of the enumerations and flags.
fn options() -> impl Strategy<Value = (String, String, String, String, [Option<i64>; 2], [usize; 5])> {
    (
        "[a-zA-Z_!#$%&'*+.^`|~-]{1,12}",
        prop_oneof![any::<String>(), "[ -~]{0,20}"],
        prop_oneof!["/[!-:<-~]{0,20}", "|/|[!-:<-~]|[!-:<-~][ -:<-~]{0,9}[!-:<-~]"],
        "[!-+--:<-~]{0,20}",
        [
            proptest::option::of(-11_644_473_600_000..=253_402_300_799_999_i64),
            proptest::option::of(-9_007_199_254_740_991..=9_007_199_254_740_991_i64),
        ],
        [0..4_usize, 0..4, 0..2, 0..2, 0..2],
    )
}

proptest! {
    #[test]
    fn printed_and_read_is_the_same((name, value, path, domain, [expires, age], flags) in options()) {
        let mut builder = SetCookie::builder(&name, &value).path(&path).domain(&domain);
        if let Some(ms) = expires {
            builder = builder.expires(UnixMillis(ms));
        }
        if let Some(seconds) = age {
            builder = builder.max_age(Seconds(seconds as f64));
        }
        let [same_site, priority, secure, http_only, partitioned] = flags;
        if let Some(it) = [SameSite::Lax, SameSite::None, SameSite::Strict].get(same_site) {
            builder = builder.same_site(*it);
        }
        if let Some(it) = [Priority::High, Priority::Low, Priority::Medium].get(priority) {
            builder = builder.priority(*it);
        }
        for (set, with) in [
            (secure, SetCookieBuilder::secure as fn(_) -> _),
            (http_only, SetCookieBuilder::http_only),
            (partitioned, SetCookieBuilder::partitioned),
        ] {
            builder = if set == 1 { with(builder) } else { builder };
        }
        let cookie = builder.build().unwrap();
        let line = cookie.to_string();
        prop_assert_eq!(SetCookie::parse(&line), Some(cookie.clone()), "CK-5: {}", line);
        prop_assert_eq!((cookie.name(), cookie.value(), cookie.max_age()), (&*name, &*value, age));
        // A comma in a path separates lines where `=` follows it: folding is what breaks it, not printing.
        if !path.contains(',') {
            let folded = format!("{line}, {line}");
            prop_assert_eq!(split(&folded).collect::<Vec<_>>(), [&line, &line], "CK-13");
        }
    }

    /// What was read is printed and read as the same, even where a builder would refuse it.
    #[test]
    fn any_text_is_read(
        text in any::<String>(),
        close in "[a-z%=é]{0,9}=?[ -~é\u{a0}]{0,9}(;[ \t]?(path|DOMAIN|expires|max-age|Secure|samesite|priority|a)[ =]{0,2}(/|-?[0-9]{1,20}|lax|low|[ -~é]{0,9}|9 jan 2[0-9]{3} 1:2:3)?){0,6}",
    ) {
        for text in [text, close] {
            let Some(cookie) = SetCookie::parse(&text) else {
                continue;
            };
            let line = cookie.to_string();
            prop_assert_eq!(SetCookie::parse(&line), Some(cookie), "T34: {}", line);
        }
    }

    #[test]
    fn split_loses_nothing_but_commas_and_space(text in prop_oneof![any::<String>(), "[ab=;, \t\u{a0}]{0,40}"]) {
        let lines: Vec<&str> = split(&text).collect();
        prop_assert_eq!(lines.is_empty(), text.is_empty());
        let mut rest = text.as_str();
        for (at, line) in lines.iter().enumerate() {
            if at > 0 {
                rest = rest.strip_prefix(',').unwrap().trim_start_matches([' ', '\t']);
            }
            rest = rest.strip_prefix(line).unwrap();
        }
        prop_assert_eq!(rest, "", "CK-13");
        let joined = lines.join(", ");
        prop_assert_eq!(split(&joined).collect::<Vec<_>>(), lines, "CK-13");
    }
}
