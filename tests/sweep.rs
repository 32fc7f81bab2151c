//! Which entries a sweep takes away.
#![cfg(not(target_arch = "wasm32"))]

use freshtag::cache::codec::member;
use freshtag::cache::key::KeySpace;
use freshtag::cache::sweep::verdict;
use freshtag::error::Error;
use freshtag::time::UnixMillis;

/// The header of an entry made at second 1 with this `expire`, and what else it holds.
fn header(expire: &str, more: &str) -> String {
    format!(r#"{{"v":1,"k":"k","n":"proxy","st":200,"c":1000,"by":"b","l":[1,1,{expire}],"len":0{more}}}"#)
}

#[test]
fn what_goes_and_what_stays() {
    let (ten, never) = (header("10", ""), header("4294967294", ""));
    let stands_in = header("10", r#","ie":60"#);
    let brief = r#"{"v":1,"f":1,"c":1000,"l":[1,1,10],"st":200,"t":0,"len":0}"#;
    let (own, other) = ("f1-blog/e/proxy/a~1", "f2-blog/e/proxy/a~1");
    // Rows: rule, the name, the metadata, the second, why it goes.
    let rows = [
        ("fresh", own, &*ten, 5, None),
        ("at its last moment", own, &ten, 11, None),
        ("expired", own, &ten, 12, Some("expired")),
        ("endless", own, &never, 1_000_000_000, None),
        ("T13: it may stand in for a failing origin", own, &stands_in, 71, None),
        ("no longer", own, &stands_in, 72, Some("expired")),
        ("framed: its window is in the frame", own, brief, 1_000, None),
        ("no metadata", own, "null", 5, Some("unreadable")),
        ("not ours", own, r#"{"some":"thing"}"#, 5, Some("unreadable")),
        ("another format under our name", own, &ten.replace("\"v\":1", "\"v\":2"), 5, Some("unreadable")),
        ("another format", other, &ten, 5, Some("foreign")),
        ("another format, whatever it holds", other, "", 5, Some("foreign")),
    ];
    for (rule, name, metadata, second, expected) in rows {
        assert_eq!(verdict(name, metadata, "f1-blog/e/", UnixMillis(second * 1_000)), expected, "{rule}");
    }
}

#[test]
fn other_formats_of_the_same_namespace_alone() -> Result<(), Error> {
    let prefix = |namespace: &str, format| Ok(KeySpace::new(namespace)?.entries_prefix_of(format));
    assert_eq!(prefix("blog", '2')?, "f2-blog/e/");
    assert_eq!(prefix("", '0')?, "f0/e/");
    assert_eq!(prefix("blog", '1')?, KeySpace::new("blog")?.entries_prefix(None));
    Ok(())
}

#[test]
fn members_of_a_header() {
    let header = r#"{"h":[["a","\"b\""]],"g":["t",["u",5]]}"#;
    let rows = [("h", r#"[["a","\"b\""]]"#), ("g", r#"["t",["u",5]]"#), ("e", "null")];
    for (name, json) in rows {
        assert_eq!(member(header, name), json);
    }
    assert_eq!(member("broken", "h"), "null");
}
