//! Who may use `/_freshtag/…`, and what its requests say.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use freshtag::cache::profile::{ProfileOptions, Profiles, RawLife, RawSeconds};
use freshtag::cache::tag::Tag;
use freshtag::error::ErrorCode;
use freshtag::route::admin::{Action, Request, Revalidate, check, parse_revalidate};
use freshtag::secret::Secret;
use freshtag::time::Seconds;

const TOKEN: &str = "Bearer s3cret";

/// A request that may pass with the secret.
fn post() -> Request<'static> {
    Request {
        method: "POST",
        pathname: "/_freshtag/revalidate",
        host: Some("site.example"),
        authorization: Some(TOKEN),
        content_type: Some("application/json"),
        origin: None,
        sec_fetch_site: None,
    }
}

fn get(pathname: &'static str) -> Request<'static> {
    Request { method: "GET", pathname, content_type: None, ..post() }
}

/// The status: 200 where it may go on.
fn status(request: &Request<'_>, dev: bool, secret: Option<&str>) -> u16 {
    match check(request, dev, secret.map(Secret::new).as_ref()) {
        Ok(_) => 200,
        Err(refusal) => {
            assert!(
                !refusal.error.message().is_empty() && !refusal.error.message().contains("s3cret"),
                "T28"
            );
            refusal.status
        }
    }
}

#[test]
fn the_guard() {
    let secret = Some("s3cret");
    // Rows: rule, the request, FRESHTAG_DEV, the secret, the status.
    let rows = [
        ("with the secret", post(), false, secret, 200),
        ("no secret is set: absent", post(), false, None, 404),
        ("a default is not built in", Request { authorization: Some("Bearer "), ..post() }, false, None, 404),
        ("nor is an empty one", Request { authorization: None, ..post() }, false, Some(""), 401),
        ("no token", Request { authorization: None, ..post() }, false, secret, 401),
        ("a wrong token", Request { authorization: Some("Bearer s3cre"), ..post() }, false, secret, 401),
        ("a longer token", Request { authorization: Some("Bearer s3crets"), ..post() }, false, secret, 401),
        ("another scheme", Request { authorization: Some("Basic s3cret"), ..post() }, false, secret, 401),
        ("no scheme", Request { authorization: Some("s3cret"), ..post() }, false, secret, 401),
        (
            "two tokens",
            Request { authorization: Some("Bearer s3cret, Bearer x"), ..post() },
            false,
            secret,
            401,
        ),
        (
            "a scheme in another case",
            Request { authorization: Some("bearer s3cret"), ..post() },
            false,
            secret,
            200,
        ),
        ("spaces around", Request { authorization: Some("Bearer  s3cret "), ..post() }, false, secret, 200),
        (
            "wrong and unknown: no hint",
            Request { authorization: None, ..get("/_freshtag/x") },
            false,
            secret,
            401,
        ),
        // Development is open on a loopback name alone.
        ("dev, another host", Request { authorization: None, ..post() }, true, None, 404),
        ("dev, another host", Request { authorization: None, ..post() }, true, secret, 401),
        ("dev, another host", post(), true, secret, 200),
        (
            "loopback, not dev",
            Request { host: Some("localhost"), authorization: None, ..post() },
            false,
            None,
            404,
        ),
        (
            "loopback, not dev",
            Request { host: Some("localhost"), authorization: None, ..post() },
            false,
            secret,
            401,
        ),
        (
            "dev, loopback",
            Request { host: Some("localhost:8787"), authorization: None, ..post() },
            true,
            secret,
            200,
        ),
        // A POST says what it is, and does not come from another site: not even with the token.
        ("no content type", Request { content_type: None, ..post() }, false, secret, 415),
        (
            "a form",
            Request { content_type: Some("application/x-www-form-urlencoded"), ..post() },
            false,
            secret,
            415,
        ),
        (
            "plain text",
            Request { content_type: Some("text/plain; application/json"), ..post() },
            false,
            secret,
            415,
        ),
        ("nearly JSON", Request { content_type: Some("application/jsonp"), ..post() }, false, secret, 415),
        (
            "two types",
            Request { content_type: Some("application/json, text/plain"), ..post() },
            false,
            secret,
            415,
        ),
        (
            "a charset",
            Request { content_type: Some("Application/JSON ; charset=utf-8"), ..post() },
            false,
            secret,
            200,
        ),
        ("own origin", Request { origin: Some("https://site.example"), ..post() }, false, secret, 200),
        ("own origin", Request { origin: Some("http://SITE.example"), ..post() }, false, secret, 200),
        ("a foreign one", Request { origin: Some("https://evil.example"), ..post() }, false, secret, 403),
        (
            "a longer one",
            Request { origin: Some("https://site.example.evil.example"), ..post() },
            false,
            secret,
            403,
        ),
        ("another port", Request { origin: Some("https://site.example:8443"), ..post() }, false, secret, 403),
        ("null", Request { origin: Some("null"), ..post() }, false, secret, 403),
        ("empty", Request { origin: Some(""), ..post() }, false, secret, 403),
        ("another scheme", Request { origin: Some("file://site.example"), ..post() }, false, secret, 403),
        (
            "two",
            Request { origin: Some("https://site.example, https://evil.example"), ..post() },
            false,
            secret,
            403,
        ),
        ("same origin", Request { sec_fetch_site: Some("same-origin"), ..post() }, false, secret, 200),
        ("typed in", Request { sec_fetch_site: Some("none"), ..post() }, false, secret, 200),
        ("same site", Request { sec_fetch_site: Some("same-site"), ..post() }, false, secret, 403),
        ("cross site", Request { sec_fetch_site: Some("cross-site"), ..post() }, false, secret, 403),
        ("anything else", Request { sec_fetch_site: Some("Same-Origin"), ..post() }, false, secret, 403),
        (
            "a page elsewhere, to a developer's machine",
            Request { host: Some("localhost"), origin: Some("https://evil.example"), ..post() },
            true,
            None,
            403,
        ),
        (
            "a form elsewhere, to a developer's machine",
            Request { host: Some("localhost"), content_type: Some("text/plain"), ..post() },
            true,
            None,
            415,
        ),
        (
            "a host without a name",
            Request { host: None, origin: Some("https://site.example"), ..post() },
            false,
            secret,
            403,
        ),
        // No GET changes state, and no other method does anything.
        ("get", get("/_freshtag/revalidate"), false, secret, 405),
        ("get", get("/_freshtag/prerender"), false, secret, 405),
        ("head", Request { method: "HEAD", ..get("/_freshtag/stats") }, false, secret, 405),
        ("put", Request { method: "PUT", ..post() }, false, secret, 405),
        ("lower case", Request { method: "post", ..post() }, false, secret, 405),
        ("post", Request { pathname: "/_freshtag/stats", ..post() }, false, secret, 405),
        ("stats", get("/_freshtag/stats"), false, secret, 200),
        (
            "a GET of another site reads nothing without the token",
            Request { authorization: None, ..get("/_freshtag/stats") },
            false,
            secret,
            401,
        ),
    ];
    for (rule, request, dev, secret, expected) in rows {
        assert_eq!(status(&request, dev, secret), expected, "{rule}: {request:?}");
    }
}

#[test]
fn loopback_names() {
    let rows = [
        ("localhost", true),
        ("LocalHost:8787", true),
        ("127.0.0.1", true),
        ("127.0.0.1:80", true),
        ("127.255.0.9", true),
        ("[::1]", true),
        ("[::1]:8787", true),
        ("app.localhost", true),
        ("", false),
        ("localhost.evil.example", false),
        ("evil-localhost", false),
        ("127.0.0.1.evil.example", false),
        ("128.0.0.1", false),
        ("0.0.0.0", false),
        ("127.1", false),
        ("[::]", false),
        ("[::1", false),
        ("[::1].evil.test", false),
        ("[fe80::1]", false),
        ("192.168.0.1", false),
    ];
    for (host, open) in rows {
        let request = Request { host: Some(host), authorization: None, ..get("/_freshtag/stats") };
        assert_eq!(status(&request, true, None) == 200, open, "{host}");
    }
    let nobody = Request { host: None, authorization: None, ..get("/_freshtag/stats") };
    assert_eq!(status(&nobody, true, None), 404);
}

#[test]
fn actions_by_path() {
    let find = |request: Request<'static>| {
        check(&request, false, Some(&Secret::new("s3cret"))).map_err(|r| r.status)
    };
    let tag = |text: &str| Ok(Action::Tag(Tag::new(text)));
    let rows = [
        ("/_freshtag/entries", Ok(Action::Entries)),
        ("/_freshtag/stats", Ok(Action::Stats)),
        ("/_freshtag/tags/posts", tag("posts")),
        ("/_freshtag/tags/a%2Fb", tag("a/b")),
        ("/_freshtag/tags/a/b", tag("a/b")),
        ("/_freshtag/tags/_N_T_/blog/[id]/page", tag("_N_T_/blog/[id]/page")),
        ("/_freshtag/tags/caf%C3%A9", tag("café")),
        ("/_freshtag/tags/a+b", tag("a+b")),
        ("/_freshtag/tags/a%20b", tag("a b")),
        ("/_freshtag/tags/a&b=c", tag("a&b=c")),
        ("/_freshtag/tags/100%", tag("100%")),
        ("/_freshtag/tags/%FF", tag("\u{fffd}")),
        ("/_freshtag/tags", Ok(Action::Tags)),
        ("/_freshtag/entries/f1/e/route/a~b", Ok(Action::Entry)),
        ("/_freshtag/", Ok(Action::Page)),
        ("/_freshtag", Ok(Action::Page)),
        ("/_freshtag/Stats", Err(404)),
        ("/_freshtag//stats", Err(404)),
        ("/_freshtag/stats/", Err(404)),
        ("/x/_freshtag/stats", Err(404)),
    ];
    for (pathname, expected) in rows {
        assert_eq!(find(get(pathname)), expected, "{pathname}");
    }
    assert_eq!(find(post()), Ok(Action::Revalidate));
    assert_eq!(find(Request { pathname: "/_freshtag/prerender", ..post() }), Ok(Action::Prerender));
    assert_eq!(find(Request { pathname: "/_freshtag/sweep", ..post() }), Ok(Action::Sweep));
    assert_eq!(find(get("/_freshtag/sweep")), Err(405), "no GET changes state");
}

#[test]
fn the_page_is_for_anybody_where_there_is_an_admin() {
    let stranger = |host| Request { host: Some(host), authorization: None, ..get("/_freshtag") };
    let secret = Some("s3cret");
    // Rows: rule, the request, FRESHTAG_DEV, the secret, the status.
    let rows = [
        ("a secret is set", stranger("site.example"), false, secret, 200),
        ("a slash behind it", Request { pathname: "/_freshtag/", ..stranger("a") }, false, secret, 200),
        ("no secret is set", stranger("site.example"), false, None, 404),
        ("dev, loopback", stranger("localhost:8787"), true, None, 200),
        ("dev, another host: its data would be absent too", stranger("site.example"), true, None, 404),
        ("loopback, not dev", stranger("localhost"), false, None, 404),
        ("head", Request { method: "HEAD", ..stranger("a") }, false, secret, 200),
        ("post", Request { pathname: "/_freshtag", authorization: None, ..post() }, false, secret, 405),
        (
            "what it shows is not",
            Request { pathname: "/_freshtag/entries", ..stranger("a") },
            false,
            secret,
            401,
        ),
        ("below it", Request { pathname: "/_freshtag//", ..stranger("a") }, false, secret, 401),
    ];
    for (rule, request, dev, secret, expected) in rows {
        assert_eq!(status(&request, dev, secret), expected, "{rule}: {request:?}");
    }
}

fn profiles() -> Profiles {
    let blog = RawLife {
        stale: RawSeconds::Number(3_600.0),
        revalidate: RawSeconds::Number(900.0),
        expire: RawSeconds::Number(86_400.0),
    };
    let endless = RawLife { expire: RawSeconds::Number(f64::INFINITY), ..RawLife::default() };
    let user = [("blog".to_owned(), blog), ("endless".to_owned(), endless)];
    Profiles::new(&user, ProfileOptions::default()).unwrap()
}

#[test]
fn what_may_be_revalidated() {
    // Rows: rule, body, the first tag, the seconds until it expires: none is now.
    let rows = [
        ("RV-2", r#"{"tag":"posts"}"#, "posts", None),
        ("RV-2", r#"{"tag":"posts","profile":null}"#, "posts", None),
        ("RV-2", r#"{"tag":"café"}"#, "caf%C3%A9", None),
        ("TG-6", r#"{"tag":" posts "}"#, " posts ", None),
        ("RV-3", r#"{"tag":"posts","profile":"max"}"#, "posts", Some(31_536_000.0)),
        ("RV-3", r#"{"tag":"posts","profile":"blog"}"#, "posts", Some(86_400.0)),
        ("RV-3", r#"{"tag":"posts","profile":"seconds"}"#, "posts", Some(60.0)),
        ("RV-3", r#"{"tag":"posts","profile":{"expire":60}}"#, "posts", Some(60.0)),
        ("RV-3", r#"{"tag":"posts","profile":{"expire":0.5}}"#, "posts", Some(0.5)),
        ("RV-3", r#"{"tag":"posts","profile":{}}"#, "posts", Some(Seconds::INFINITE.0)),
        ("RV-3", r#"{"tag":"posts","profile":"endless"}"#, "posts", Some(Seconds::INFINITE.0)),
        ("RV-11", r#"{"tag":"posts","profile":{"expire":0}}"#, "posts", None),
        ("RV-11", r#"{"tag":"posts","profile":{"expire":-60}}"#, "posts", None),
        ("RV-7", r#"{"path":"/posts/1"}"#, "_N_T_/posts/1", None),
        ("RV-7", r#"{"path":"/posts/"}"#, "_N_T_/posts", None),
        ("RV-7", r#"{"path":"/","type":"layout"}"#, "_N_T_/layout", None),
        ("RV-7", r#"{"path":"/posts/[id]","type":"page"}"#, "_N_T_/posts/[id]/page", None),
        ("RV-7", r#"{"path":"/posts","type":null}"#, "_N_T_/posts", None),
    ];
    for (rule, body, tag, expire) in rows {
        let found = parse_revalidate(body, &profiles()).unwrap();
        let Revalidate { tags, expire: seconds } = found;
        assert_eq!((tags[0].as_str(), seconds.map(|s| s.0)), (tag, expire), "{rule}: {body}");
    }
    let long = format!(r#"{{"tag":"{}"}}"#, "x".repeat(256));
    assert!(parse_revalidate(&long, &profiles()).is_ok(), "TG-1");
    // RV-8: the root has an alias.
    let root = parse_revalidate(r#"{"path":"/"}"#, &profiles()).unwrap();
    assert_eq!(root.tags, [Tag::new("_N_T_/"), Tag::new("_N_T_/index")], "RV-8");
}

#[test]
fn what_is_refused_names_its_field() {
    use ErrorCode::{InvalidLife, InvalidPath, InvalidRequest, InvalidTag, UnknownProfile};
    let long_tag = format!(r#"{{"tag":"{}"}}"#, "x".repeat(300));
    let long_path = format!(r#"{{"path":"/{}"}}"#, "x".repeat(1_024));
    // Rows: body, code, a word of the message.
    let rows = [
        ("", InvalidRequest, "JSON"),
        ("{", InvalidRequest, "JSON"),
        ("{\"tag\":\"posts\"", InvalidRequest, "JSON"),
        ("[]", InvalidRequest, "JSON"),
        ("null", InvalidRequest, "JSON"),
        ("\"posts\"", InvalidRequest, "JSON"),
        ("{}", InvalidRequest, "tag or path"),
        (r#"{"tags":["posts"]}"#, InvalidRequest, "tag or path"),
        (r#"{"tag":"a","path":"/a"}"#, InvalidRequest, "not both"),
        (r#"{"tag":null,"path":"/a"}"#, InvalidRequest, "not both"),
        (r#"{"tag":""}"#, InvalidTag, "tag"),
        (r#"{"tag":7}"#, InvalidTag, "tag"),
        (r#"{"tag":null}"#, InvalidTag, "tag"),
        (r#"{"tag":["posts"]}"#, InvalidTag, "tag"),
        (&*long_tag, InvalidTag, "tag"),
        (r#"{"tag":"a","profile":"nope"}"#, UnknownProfile, "profile"),
        (r#"{"tag":"a","profile":"max "}"#, UnknownProfile, "profile"),
        (r#"{"tag":"a","profile":""}"#, UnknownProfile, "profile"),
        (r#"{"tag":"a","profile":60}"#, InvalidLife, "profile"),
        (r#"{"tag":"a","profile":[]}"#, InvalidLife, "profile"),
        (r#"{"tag":"a","profile":true}"#, InvalidLife, "profile"),
        (r#"{"tag":"a","profile":{"expire":"60"}}"#, InvalidLife, "profile"),
        (r#"{"tag":"a","profile":{"expire":false}}"#, InvalidLife, "profile"),
        (r#"{"tag":"a","profile":{"expire":null}}"#, InvalidLife, "profile"),
        (r#"{"tag":"a","profile":{"revalidate":60,"expire":10}}"#, InvalidLife, "profile"),
        (r#"{"path":"posts"}"#, InvalidPath, "path"),
        (r#"{"path":""}"#, InvalidPath, "path"),
        (r#"{"path":7}"#, InvalidPath, "path"),
        (r#"{"path":null}"#, InvalidPath, "path"),
        (&*long_path, InvalidPath, "path"),
        (r#"{"path":"/a","type":"route"}"#, InvalidRequest, "type"),
        (r#"{"path":"/a","type":7}"#, InvalidRequest, "type"),
        (r#"{"path":"/a","type":""}"#, InvalidRequest, "type"),
    ];
    for (body, code, word) in rows {
        let error = parse_revalidate(body, &profiles()).unwrap_err();
        assert_eq!(error.code(), code, "{body}: {error}");
        assert!(error.message().contains(word), "{body}: {error}");
    }
}
