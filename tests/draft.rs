//! Draft mode: tokens, where they count, and paths that stay on their host. Ids are rules of Next and threats (T).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use freshtag::draft::gate::Gate;
use freshtag::draft::path::LocalPath;
use freshtag::draft::token::{LIFE, MOST_BYTES, Purpose, VerifiedBypass, create, verify};
use freshtag::error::ErrorCode;
use freshtag::route::draft::{Link, Switch, check, is_prefetch};
use freshtag::secret::Secret;
use freshtag::time::{Seconds, UnixMillis};
use proptest::prelude::*;

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);
const ID: [u8; 16] = [0xab; 16];

fn secret() -> Secret {
    Secret::new("a secret of the test")
}

fn path(text: &str) -> LocalPath {
    LocalPath::parse(text).unwrap()
}

fn token(purpose: Purpose, scope: Option<&str>) -> String {
    create(purpose, ID, scope.map(path).as_ref(), NOW, LIFE, &secret()).unwrap()
}

fn read(token: &str, now: UnixMillis) -> Option<VerifiedBypass> {
    verify(token, Purpose::Draft, None, &[secret()], now)
}

// ---- tokens

#[test]
fn a_token_says_what_it_was_made_of() {
    let found = read(&token(Purpose::Draft, Some("/blog/é x~!;,\"%2F/")), NOW).unwrap();
    assert_eq!(found.id(), "ab".repeat(16));
    assert_eq!((found.issued(), found.expires()), (NOW, NOW.plus_ms(86_400_000)));
    assert_eq!(found.scope(), Some("/blog/%C3%A9%20x~!;,%22%2F"), "as it stands in a URL");
    assert_eq!(read(&token(Purpose::Draft, None), NOW).unwrap().scope(), None);
    assert_eq!(read(&token(Purpose::Draft, Some("/")), NOW).unwrap().scope(), None);
}

#[test]
fn a_token_counts_for_its_time_its_purpose_and_its_secrets() {
    let (draft, other) = (token(Purpose::Draft, None), Secret::new("another"));
    let just_before = NOW.plus_ms(86_399_999);
    // Rows: rule, purpose, secrets, now, whether it counts.
    let rows = [
        ("DM-5", Purpose::Draft, vec![secret()], NOW, true),
        ("DM-5", Purpose::Draft, vec![secret()], just_before, true),
        ("DM-5", Purpose::Draft, vec![secret()], just_before.plus_ms(1), false),
        ("DM-5", Purpose::Draft, vec![secret()], NOW.plus_ms(-60_000), true), // a clock that is behind
        ("T28", Purpose::Revalidate, vec![secret()], NOW, false),
        ("T28", Purpose::Draft, vec![other.clone()], NOW, false),
        ("T28", Purpose::Draft, vec![other, secret()], NOW, true), // made before the secret was changed
        ("T28", Purpose::Draft, vec![], NOW, false),
    ];
    for (rule, purpose, secrets, now, counts) in rows {
        let found = verify(&draft, purpose, Some("/x"), &secrets, now);
        assert_eq!(found.is_some(), counts, "{rule} {purpose:?} {} {now:?}", secrets.len());
    }
    let revalidate = token(Purpose::Revalidate, None);
    assert!(read(&revalidate, NOW).is_none(), "T28");
    assert!(verify(&revalidate, Purpose::Revalidate, None, &[secret()], NOW).is_some());
}

#[test]
fn what_is_signed_and_no_token_does_not_count() {
    let whole = format!("1.{}.{}.{}.", "0".repeat(32), NOW.0, NOW.plus(LIFE).0);
    // Rows: what stands under a good signature, whether it counts.
    let rows = [
        (whole.clone(), true),
        (format!("{whole}~2Fx"), true),
        (format!("{whole}x"), false), // no path
        (whole.replacen('1', "2", 1), false),
        ("1.0.0".to_owned(), false),
    ];
    for (text, counts) in rows {
        let signed = format!("{text}.{}", secret().signature("draft", text.as_bytes()));
        assert_eq!(verify(&signed, Purpose::Draft, None, &[secret()], NOW).is_some(), counts, "T27 {text}");
    }
}

#[test]
fn a_scope_covers_its_path_and_what_is_below() {
    // Rows: scope, pathname, whether it counts.
    let rows = [
        ("/blog", "/blog", true),
        ("/blog", "/blog/", true),
        ("/blog", "/blog/x", true),
        ("/blog", "/blogx", false),
        ("/blog", "/blo", false),
        ("/blog", "/", false),
        ("/blog", "/x/blog", false),
        ("/blog", "/Blog", false),
        ("/blog", "/bl%6Fg", false),
        ("/blog", "/blog%2Fx", false),
        ("/blog/", "/blog", true),
        ("/blog/", "/blog/x", true),
        ("/blog/", "/blogx", false),
        ("/", "/", true),
        ("/", "/anything", true),
        ("/a/b", "/a/b/c", true),
        ("/a/b", "/a", false),
        ("/é", "/%C3%A9/x", true),
        ("/a%2Fb", "/a%2Fb", true),
        ("/a%2Fb", "/a/b", false),
        ("/blog", "", false),
    ];
    for (scope, pathname, counts) in rows {
        let token = token(Purpose::Draft, Some(scope));
        let found = verify(&token, Purpose::Draft, Some(pathname), &[secret()], NOW);
        assert_eq!(found.is_some(), counts, "{scope} {pathname}");
    }
}

#[test]
fn what_makes_no_token_says_which_field() {
    let made = |scope: &str, life: f64| {
        let path = path(scope);
        create(Purpose::Draft, ID, Some(&path), NOW, Seconds(life), &secret())
            .map_err(|error| (error.code(), error.message().to_owned()))
    };
    for life in [0.0, -1.0, 0.0001, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let (code, message) = made("/", life).unwrap_err();
        assert_eq!(code, ErrorCode::Config, "{life}");
        assert!(message.starts_with("expiresIn"), "{life}");
    }
    for scope in ["/a?b", "/a#b", &format!("/{}", "é".repeat(100)), &format!("/{}", "a".repeat(400))] {
        let (code, message) = made(scope, 60.0).unwrap_err();
        assert_eq!(code, ErrorCode::InvalidPath, "{scope}");
        assert!(message.starts_with("path "), "{message}");
    }
    let longest = made(&format!("/{}", "a".repeat(381)), 60.0).unwrap();
    assert!((MOST_BYTES - 8..=MOST_BYTES).contains(&longest.len()), "{}", longest.len());
    assert!(read(&longest, NOW).is_some());
}

#[test]
fn what_is_no_token_is_none() {
    let good = token(Purpose::Draft, None);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let resigned = |text: &str| format!("{text}.{}", secret().signature("draft", text.as_bytes()));
    assert!(read(&resigned(signed), NOW).is_some());
    let upper = format!("{signed}.{}", signature.to_uppercase());
    let long = "x".repeat(MOST_BYTES + 1);
    for bad in ["", ".", "1", signed, signature, &upper, &format!("{good}."), &format!(" {good}"), &long] {
        assert!(read(bad, NOW).is_none(), "{bad}");
    }
    // Signed, but not of this format.
    for text in
        ["", "2.id.0.9999999999999.", "1.id.0.", "1.id.x.9999999999999.", "1.id.0.9999999999999.~f", "1"]
    {
        assert!(read(&resigned(text), NOW).is_none(), "{text}");
    }
    let too_long = format!("1.id.0.9999999999999.{}", "a".repeat(MOST_BYTES));
    assert!(read(&resigned(&too_long), NOW).is_none());
}

proptest! {
    /// T27: a token with another byte, or a part of one, is none.
    #[test]
    fn every_changed_byte_is_refused(at in any::<proptest::sample::Index>(), bits in 1_u8..=255, scope in "(/[a-zé%~!.;]{0,9}){0,3}") {
        let scope = scope.starts_with('/').then_some(&*scope).filter(|s| LocalPath::parse(s).is_ok());
        let good = token(Purpose::Draft, scope);
        prop_assert!(read(&good, NOW).is_some());
        let mut bytes = good.clone().into_bytes();
        let place = at.index(bytes.len());
        bytes[place] ^= bits;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(read(&changed, NOW).is_none(), "{} {}", place, changed);
        }
        prop_assert!(read(&good[..place], NOW).is_none());
        prop_assert!(read(&good[place + 1..], NOW).is_none());
    }

    /// A token passes through a cookie and `encodeURIComponent` as it is, and its scope is what was asked for.
    #[test]
    fn a_token_is_plain_text(scope in "/[ -~é]{0,40}") {
        let Ok(path) = LocalPath::parse(&scope) else { return Ok(()) };
        let Ok(token) = create(Purpose::Draft, ID, Some(&path), NOW, LIFE, &secret()) else { return Ok(()) };
        prop_assert!(token.len() <= MOST_BYTES);
        prop_assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b)), "{}", token);
        let found = read(&token, NOW).unwrap();
        prop_assert_eq!(found.scope().unwrap_or_default(), path.as_str().trim_end_matches('/'));
    }

    #[test]
    fn no_text_is_a_token(text in "\\PC{0,80}|1(\\.[0-9a-f]{0,40}){0,6}") {
        prop_assert!(read(&text, NOW).is_none());
    }
}

// ---- the gate

#[test]
fn a_cookie_opens_the_gate_once() {
    let (secrets, good) = ([secret()], token(Purpose::Draft, Some("/blog")));
    let ours = Gate { secrets: &secrets, preview: None };
    let theirs = Gate { secrets: &secrets, preview: Some("0123abcd") };
    let name = "__prerender_bypass";
    // Rows: rule, the gate, the header, the path, whether it opens.
    let rows = [
        ("DM-5", ours, format!("a=b; {name}={good}; c"), "/blog/x", true),
        ("DM-5", ours, format!("{name}={good}"), "/", false),
        ("DM-6", ours, format!("{name}=wrong"), "/blog", false),
        ("DM-6", ours, format!("{name}="), "/blog", false),
        ("DM-6", ours, name.to_owned(), "/blog", false),
        ("T32", ours, format!("{name}={good}; {name}={good}"), "/blog", false),
        ("T32", ours, format!("{name}=x; {name}={good}"), "/blog", false),
        ("T32", ours, format!("{name}={good}; {name}="), "/blog", false),
        ("T32", ours, format!("{name}={good}, {name}={good}"), "/blog", false), // two lines, joined by the runtime
        ("T28", ours, format!("{name}={}", token(Purpose::Revalidate, None)), "/", false),
        ("DM-5", ours, format!("{name}=0123abcd"), "/", false),
        ("DM-5", theirs, format!("{name}=0123abcd"), "/", true),
        ("DM-5", theirs, format!("{name}=0123abce"), "/", false),
        ("DM-5", theirs, format!("{name}={good}"), "/blog", false),
        ("T32", theirs, format!("{name}=0123abcd; {name}=0123abcd"), "/", false),
    ];
    for (rule, gate, header, pathname, opens) in rows {
        assert_eq!(gate.is_draft(&header, pathname, NOW), opens, "{rule} {header} {pathname}");
    }
}

#[test]
fn what_enables_draft_mode() {
    let secrets = [secret(), Secret::new("the one before")];
    let ours = Gate { secrets: &secrets, preview: None };
    let value = ours.issue(Some(ID), NOW).unwrap();
    assert!(
        verify(&value, Purpose::Draft, Some("/"), &secrets[..1], NOW).is_some(),
        "T28: the current one signs"
    );
    let theirs = Gate { preview: Some("0123abcd"), ..ours };
    assert_eq!(theirs.issue(None, NOW).unwrap(), "0123abcd", "DM-2");
    // Without randomness there is no token, least of all one of zeros.
    assert_eq!(ours.issue(None, NOW).unwrap_err().code(), ErrorCode::Config);
    let none = Gate { secrets: &[], preview: None };
    let error = none.issue(Some(ID), NOW).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Config);
    assert!(error.message().contains("FRESHTAG_SECRET"), "T28");
}

// ---- links

#[test]
fn a_path_stays_on_its_host() {
    // Rows: what is asked for, what it is in a header; nothing where it is refused.
    let rows: &[(&str, Option<&str>)] = &[
        ("/", Some("/")),
        ("/a/b?c=d&e#f", Some("/a/b?c=d&e#f")),
        ("/é", Some("/%C3%A9")),
        ("/a b", Some("/a%20b")),
        ("/a%20b", Some("/a%20b")),
        ("/a//b", Some("/a//b")),
        ("/100%", Some("/100%")),
        ("/%zz%4", Some("/%zz%4")),
        ("/?next=https://evil.test", Some("/?next=https://evil.test")),
        ("", None),
        ("a", None),
        ("evil.test", None),
        ("https://evil.test", None),
        ("javascript:alert(1)", None),
        (" /a", None),
        ("//evil.test", None),
        ("///evil.test", None),
        ("/\\evil.test", None),
        ("\\evil.test", None),
        ("\\\\evil.test", None),
        ("/a\\b", None),
        ("/%5Cevil.test", None),
        ("/%5cevil.test", None),
        ("/%255Cevil.test", None),
        ("/%25255Cevil.test", None),
        ("/%2Fevil.test", None),
        ("/%2fevil.test", None),
        ("/%252Fevil.test", None),
        ("/%25%32%46evil.test", None),
        ("%2F%2Fevil.test", None),
        ("%2Fa", None),
        ("/\tevil.test", None),
        ("/\n/evil.test", None),
        ("/a\r\nset-cookie: x=1", None),
        ("/a%0d%0aset-cookie: x=1", None),
        ("/a%250d%250aset-cookie: x=1", None),
        ("/a%00", None),
        ("/a\u{7f}", None),
        ("/%09/evil.test", None),
    ];
    for (asked, expected) in rows {
        let parsed = LocalPath::parse(asked);
        assert_eq!(parsed.as_ref().ok().map(LocalPath::as_str), *expected, "T16 {asked:?}");
        if let Err(error) = parsed {
            assert_eq!(error.code(), ErrorCode::InvalidPath, "T16 {asked:?}");
            assert!(error.message().starts_with("path "), "T16 {asked:?}");
        }
    }
}

proptest! {
    /// T16: what is accepted begins with one slash and holds nothing that a browser drops or turns into a slash.
    #[test]
    fn an_accepted_path_is_harmless_however_often_it_is_decoded(text in "/?[/\\\\%2Ff5Cc09a\\t\\n é.]{0,24}") {
        let Ok(path) = LocalPath::parse(&text) else { return Ok(()) };
        let mut text = path.as_str().to_owned();
        for _ in 0..12 {
            prop_assert!(text.starts_with('/') && !text.starts_with("//"), "{}", text);
            prop_assert!(!text.contains(|c: char| c == '\\' || c.is_ascii_control()), "{}", text);
            text = once_decoded(&text);
        }
    }
}

/// Each escape of an ASCII character, decoded: the naive way.
fn once_decoded(text: &str) -> String {
    let mut out = String::new();
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let digits: String = chars.iter().skip(at + 1).take(2).collect();
        let value = (digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .then(|| u8::from_str_radix(&digits, 16).unwrap());
        match value {
            Some(byte) if chars[at] == '%' && byte.is_ascii() => {
                out.push(char::from(byte));
                at += 3;
            }
            _ => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out
}

#[test]
fn links_switch_draft_mode() {
    let secret = Secret::new("for links");
    let on = |path: &str| Ok((true, path.to_owned()));
    let off = |path: &str| Ok((false, path.to_owned()));
    // Rows: rule, method, path, query, prefetched, with a secret: what it does, or the status.
    let rows = [
        ("T28", "GET", "enable", "?secret=for+links", false, true, on("/")),
        ("T28", "GET", "enable", "?path=/a%3Fb&secret=for%20links", false, true, on("/a?b")),
        ("T28", "GET", "enable", "?secret=for+links", false, false, Err(404)),
        ("T28", "GET", "enable", "", false, false, Err(404)),
        ("T28", "GET", "enable", "", false, true, Err(401)),
        ("T28", "GET", "enable", "?secret=", false, true, Err(401)),
        ("T28", "GET", "enable", "?secret=wrong&path=//evil.test", false, true, Err(401)),
        ("T16", "GET", "enable", "?secret=for+links&path=//evil.test", false, true, Err(400)),
        ("T16", "GET", "enable", "?secret=for+links&path=/%255cevil.test", false, true, Err(400)),
        ("DM-12", "GET", "enable", "?secret=for+links", true, true, Err(503)),
        ("DM-12", "HEAD", "enable", "?secret=for+links", false, true, Err(405)),
        ("DM-12", "POST", "enable", "?secret=for+links", false, true, Err(405)),
        ("DM-3", "GET", "disable", "", false, false, off("/")),
        ("DM-3", "GET", "disable", "?path=/a", false, true, off("/a")),
        ("T16", "GET", "disable", "?path=https://evil.test", false, true, Err(400)),
        ("DM-12", "GET", "disable", "", true, false, Err(503)),
        ("DM-12", "HEAD", "disable", "", false, false, Err(405)),
        ("T28", "GET", "", "", false, true, Err(404)),
        ("T28", "GET", "enable/", "?secret=for+links", false, true, Err(404)),
    ];
    for (rule, method, name, search, prefetch, with, expected) in rows {
        let pathname = format!("/_freshtag/draft/{name}");
        let link = Link { method, pathname: &pathname, search, prefetch };
        let found = check(&link, with.then_some(&secret));
        if let Err(refusal) = &found {
            assert!(!refusal.error.message().contains("wrong"), "T28");
        }
        let found =
            found.map(|Switch { on, path }| (on, path.as_str().to_owned())).map_err(|refusal| refusal.status);
        assert_eq!(found, expected, "{rule} {method} {name} {search}");
    }
}

#[test]
fn what_is_loaded_ahead_of_time() {
    // Rows: a header, whether it says so.
    let rows = [
        ("sec-purpose", "prefetch", true),
        ("sec-purpose", "prefetch;prerender", true),
        ("sec-purpose", "Prefetch", true),
        ("purpose", "prefetch", true),
        ("purpose", "preview", false),
        ("next-router-prefetch", "1", true),
        ("x-purpose", "prefetch", false),
    ];
    for (name, value, expected) in rows {
        assert_eq!(is_prefetch(name, value), expected, "DM-12 {name}: {value}");
    }
}
