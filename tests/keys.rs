//! Next's keys for data and routes, rule by rule (UN-2, IC-6, V-2). Values were taken from Next 16.4.6.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashMap;

use freshtag::cache::data_key::{route_cache_key, unstable_cache_key};
use proptest::prelude::*;

#[test]
fn data_keys_are_nexts() {
    let odd = "\"\u{2028}\u{7f}\u{1}\u{8}\u{c}\n\r\t\\/é😀";
    type Row<'a> = (&'a str, &'a str, Option<&'a [&'a str]>, &'a str, &'a str, &'a str);
    let rows: [Row<'_>; 4] = [
        (
            "UN-2",
            "x",
            Some(&["a", "b"]),
            "[1]",
            "",
            "a8073fd92f5dfc2f84d9381aee196b1f321d6e543b6d3a7ab1cbdb8c2098a025",
        ),
        (
            "UN-2",
            "async()=>1",
            None,
            "[]",
            "p:",
            "f687bae19fa6ede0738206a6697036385558d20c6ab4c42a94b115c32a96bd4a",
        ),
        (
            "UN-2",
            odd,
            Some(&["a,b"]),
            r#"[{"q":"\""}]"#,
            "",
            "e884c8522bab3db18a4e04a508f2cca96456a46386eec0c938be73968e7332c8",
        ),
        (
            "UN-2",
            "x",
            Some(&[]),
            "[null]",
            "",
            "8744b73211dbc980c7064199fcc594ae39698f324f830021c78fbb1a696ec2d4",
        ),
    ];
    for (rule, source, parts, args, prefix, expected) in rows {
        let parts: Option<Vec<String>> =
            parts.map(|parts| parts.iter().map(|part| (*part).to_owned()).collect());
        assert_eq!(
            unstable_cache_key(source, parts.as_deref(), args, prefix),
            expected,
            "{rule}: {source:?}"
        );
    }
}

#[test]
fn parts_are_joined_as_next_joins_them() {
    let key = |parts: &[&str]| {
        let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        unstable_cache_key("x", Some(&parts), "[]", "")
    };
    assert_eq!(key(&["a,b"]), key(&["a", "b"]), "UN-2");
    assert_eq!(key(&["false"]), unstable_cache_key("x", None, "[]", ""), "UN-2");
    assert_ne!(key(&["a"]), key(&["b"]), "UN-2");
}

#[test]
fn route_keys_are_nexts() {
    let rows = [
        (
            "V-2",
            "APP_PAGE",
            "/page",
            "/",
            "c6377dd9ce6a1c2cd100eb4344e843eb4639b9ed26f84643f77680e9eb454c4b/$/index",
        ),
        (
            "IC-6",
            "APP_PAGE",
            "/blog/[slug]/page",
            "/blog/a",
            "598124ea42a7fa20b1ca4e05fb72834de73e98d2ec5bfb5863d326020e1250db/$/blog/a",
        ),
        (
            "IC-6",
            "APP_ROUTE",
            "/index/route",
            "/index",
            "0459a3d236b3834d1c61692f067786bace08ba426249b9c8ec51632ea3883b9a/$/index/index",
        ),
        (
            "IC-6",
            "APP_ROUTE",
            "/index/[x]/route",
            "/index/a",
            "868484aab638977cf8b71671b38db33dc171fc95d7f28b04a413d6a85a4d3d81/$/index/index/a",
        ),
        (
            "IC-6",
            "PAGES",
            "/indexed",
            "/indexed",
            "c13b2a56a5b132dd0b463519651eaeffc9e058ea63a221da7defe48ab74df7d5/$/indexed",
        ),
        (
            "IC-6",
            "APP_PAGE",
            "/a/page",
            "a",
            "98e68c4391443dcc3efcbcc663f8589c4bc6f22456d35028c88fc5149d6001f4/$/a",
        ),
    ];
    for (rule, kind, source, pathname, expected) in rows {
        let expected = format!("/route-cache/{kind}/{expected}");
        assert_eq!(route_cache_key(kind, source, pathname), expected, "{rule}: {source} at {pathname}");
    }
}

proptest! {
    /// IC-6: no two paths of a route share a key.
    #[test]
    fn route_keys_are_injective(paths in prop::collection::vec("(/index|/indexed|/a){0,3}", 2..6)) {
        let mut seen = HashMap::new();
        for path in paths {
            let path = if path.is_empty() { "/".to_owned() } else { path };
            let key = route_cache_key("APP_PAGE", "/page", &path);
            prop_assert_eq!(seen.entry(key).or_insert(path.clone()), &path);
        }
    }
}
