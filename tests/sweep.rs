//! Which entries a sweep takes away.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use freshtag::cache::codec::{encode, member};
use freshtag::cache::entry::Entry;
use freshtag::cache::key::KeySpace;
use freshtag::cache::sweep::verdict;
use freshtag::error::Error;
use freshtag::time::{Seconds, UnixMillis};
use support::{entry, keys, lifetime};

/// The header of an entry made at second 1 with this `expire`.
fn header(expire: f64, stale_if_error: Option<Seconds>) -> String {
    let made = entry(&keys().proxy("example.com", "/", "", ""), &[], UnixMillis(1_000));
    encode(&Entry { lifetime: lifetime(1.0, 1.0, expire), stale_if_error, ..made })
}

#[test]
fn what_goes_and_what_stays() {
    let (ten, never) = (header(10.0, None), header(4_294_967_294.0, None));
    let stands_in = header(10.0, Some(Seconds(60.0)));
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
