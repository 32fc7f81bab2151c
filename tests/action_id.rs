//! The ids of actions and cached functions (SA-11, SA-12).
#![cfg(not(target_arch = "wasm32"))]

use freshtag::action::id::{Arguments, Kind, action_id};

#[test]
fn ids_are_those_of_the_compiler() {
    let of = |file: &str, name: &str, arguments, kind| action_id("SALT", file, name, arguments, kind);
    let (actions, page) = ("/proj/app/actions.js", "/proj/app/page.js");
    let rows = [
        (
            "V-3",
            of(actions, "a", Arguments::count(0), Kind::Action),
            "008cd9fe5ee7e2d12bbffa5090f9bbab50a7dc5ba5",
        ),
        (
            "V-3",
            of(actions, "b", Arguments::count(2), Kind::Action),
            "600e0e629b0eec0ce59907f4f94571b7ca3af0dd73",
        ),
        (
            "V-3",
            of(actions, "c", Arguments::count(7), Kind::Action),
            "7fd0121cf56258469c0378f003bd6c8aff14cec8ca",
        ),
        ("V-3", of(actions, "d", Arguments::ALL, Kind::Action), "7fc654be54984824cb7098d58c70eb5f539f966f6d"),
        (
            "V-3",
            of(page, "$$RSC_SERVER_ACTION_0", Arguments::count(2), Kind::Action),
            "60a1964e3fd82aaa0ec9b95ca5e218481e5d3a49dc",
        ),
        (
            "V-3",
            of(page, "$$RSC_SERVER_CACHE_1", Arguments::count(1), Kind::Cache),
            "c0da7635c2de3b931b783be31acdd0d9ac301c82a2",
        ),
    ];
    for (id, made, expected) in rows {
        assert_eq!(made, expected, "{id}");
    }
}

#[test]
fn the_first_byte_says_which_arguments_are_used() {
    let byte = |arguments, kind| action_id("", "", "", arguments, kind).get(..2).map(str::to_owned);
    let used = |text: &str| Arguments::used(text.bytes().map(|byte| byte == b'1'));
    let rows = [
        (used(""), "00", "80"),
        (used("1"), "40", "c0"),
        (used("11"), "60", "e0"),
        (used("1010111"), "57", "d7"),
        (used("101011"), "56", "d6"),
        (used("000001"), "02", "82"),
        (used("0000000"), "00", "80"),
        (used("0000001"), "01", "81"),
        (used("00000000000000001"), "01", "81"),
        (Arguments::count(6), "7e", "fe"),
        (Arguments::count(7), "7f", "ff"),
        (Arguments::count(usize::MAX), "7f", "ff"),
        (Arguments::ALL, "7f", "ff"),
    ];
    for (arguments, action, cache) in rows {
        assert_eq!(byte(arguments, Kind::Action).as_deref(), Some(action), "SA-12: {arguments:?}");
        assert_eq!(byte(arguments, Kind::Cache).as_deref(), Some(cache), "SA-12: {arguments:?}");
    }
}
