//! The `Cookie` field: the scanner against a plain reading of the rules, and the search from the end against the scanner.

#![allow(clippy::arithmetic_side_effects, clippy::type_complexity)]

use std::collections::HashSet;

use freshtag::http::cookie::{MOST_PAIRS, Pair, Span, each_pair, last_pair, may_repeat, values_of};
use proptest::prelude::*;

fn pairs(text: &[u8]) -> Vec<Pair> {
    let mut found = Vec::new();
    each_pair(text, |pair| found.push(pair));
    found
}

/// Names and values as texts; a name alone has none.
fn texts(text: &str) -> Vec<(&str, Option<&str>)> {
    let at = |span: Span| &text[span.start..span.end];
    pairs(text.as_bytes()).into_iter().map(|pair| (at(pair.name), pair.value.map(at))).collect()
}

/// The same, read piece by piece without any haste.
fn plainly(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut pieces = Vec::new();
    for mut piece in text.split(';') {
        while let Some(at) = joint(piece) {
            pieces.push(&piece[..at]);
            piece = &piece[at + 2..];
        }
        pieces.push(piece);
    }
    let mut found = Vec::new();
    for piece in pieces {
        let piece = piece.trim_matches([' ', '\t']);
        if piece.is_empty() {
            continue;
        }
        found.push(match piece.split_once('=') {
            None => (piece, None),
            Some((name, value)) => {
                (name.trim_end_matches([' ', '\t']), Some(value.trim_start_matches([' ', '\t'])))
            }
        });
    }
    found.truncate(MOST_PAIRS);
    found
}

/// Where two lines were joined first.
fn joint(piece: &str) -> Option<usize> {
    let is_token = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    piece
        .match_indices(", ")
        .map(|(at, _)| at)
        .find(|at| piece[at + 2..].split_once('=').is_some_and(|(name, _)| is_token(name)))
}

#[test]
fn headers_are_cut_as_the_rules_say() {
    let long = "n".repeat(40);
    let long_percent = format!("{long}%");
    let long_pair = format!("a=1; {long} = {long}%;b");
    let rows: [(&str, &str, &[(&str, Option<&str>)]); 21] = [
        ("CK-1", "a=1; b=2;c=3", &[("a", Some("1")), ("b", Some("2")), ("c", Some("3"))]),
        ("CK-1", "a=1;; ;\t; b=2;", &[("a", Some("1")), ("b", Some("2"))]),
        ("CK-1", " a=1 ;\tb = 2\t", &[("a", Some("1")), ("b", Some("2"))]),
        ("CK-1", "a b=1", &[("a b", Some("1"))]),
        ("CK-1", "", &[]),
        ("CK-1", " ", &[]),
        ("CK-1", ";", &[]),
        ("CK-2", "a", &[("a", None)]),
        ("CK-2", "a=", &[("a", Some(""))]),
        ("CK-2", "a= \t", &[("a", Some(""))]),
        ("CK-2", "=x", &[("", Some("x"))]),
        ("CK-2", "=", &[("", Some(""))]),
        ("CK-2", "a==b=c=", &[("a", Some("=b=c="))]),
        ("CK-3", "a=\"x y\"+%20; %61=1", &[("a", Some("\"x y\"+%20")), ("%61", Some("1"))]),
        ("CK-3", "a=1,b=2; c=x, y", &[("a", Some("1,b=2")), ("c", Some("x, y"))]),
        (
            "CK-3",
            "a=1, b=2, c; d=4, e=5",
            &[("a", Some("1")), ("b", Some("2, c")), ("d", Some("4")), ("e", Some("5"))],
        ),
        ("CK-3", "flag, a=1", &[("flag", None), ("a", Some("1"))]),
        ("CK-3", "a=1, , b=2", &[("a", Some("1,")), ("b", Some("2"))]),
        ("CK-4", "a=1; A=2; a=3", &[("a", Some("1")), ("A", Some("2")), ("a", Some("3"))]),
        ("CK-4", "constructor=1; __proto__=2", &[("constructor", Some("1")), ("__proto__", Some("2"))]),
        ("CK-1", &long_pair, &[("a", Some("1")), (&long, Some(&long_percent)), ("b", None)]),
    ];
    for (id, header, expected) in rows {
        assert_eq!(texts(header), expected, "{id}: {header:?}");
    }
}

#[test]
fn only_values_with_a_percent_sign_are_marked() {
    let marked = |text: &str| pairs(text.as_bytes()).iter().map(|pair| pair.escaped).collect::<Vec<_>>();
    assert_eq!(marked("a=1; b=%20; c=3"), [false, true, false], "CK-3");
    assert_eq!(marked("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=1%; b=2"), [true, false], "CK-3");
    assert_eq!(marked("a=1; bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb=2; c=%"), [false, false, true], "CK-3");
}

#[test]
fn what_is_behind_the_cap_is_not_there() {
    let many =
        |n: usize, separator: &str| (0..n).map(|i| format!("n{i}=1")).collect::<Vec<_>>().join(separator);
    for separator in ["; ", ";", ", ", ";;;;; "] {
        let text = format!("first=1{separator}{}{separator}first=2", many(MOST_PAIRS - 2, separator));
        assert_eq!(pairs(text.as_bytes()).len(), MOST_PAIRS, "T36");
        assert_eq!(values_of(&text, "first"), ["1", "2"], "T36");
        let text = format!("first=1{separator}{}{separator}first=2", many(MOST_PAIRS - 1, separator));
        assert_eq!(pairs(text.as_bytes()).len(), MOST_PAIRS, "T36");
        assert_eq!(values_of(&text, "first"), ["1"], "T36");
        let value = last_pair(text.as_bytes(), b"first").and_then(|pair| pair.value);
        assert_eq!(value.map(|value| value.of(text.as_bytes())), Some(&b"1"[..]), "T36: {separator:?}");
        assert_eq!(last_pair(text.as_bytes(), format!("n{}", MOST_PAIRS - 1).as_bytes()), None, "T36");
    }
}

/// Were one of these quadratic, the test would not end.
#[test]
fn time_grows_with_the_length() {
    for piece in ["a=1; ", ";", "a, ", "a=1, b=2", ", a", "x", " ", "=", "a=%; ", ",  ", ", a="] {
        let text = piece.repeat(400_000 / piece.len());
        assert!(pairs(text.as_bytes()).len() <= MOST_PAIRS, "T36");
        let _ = (last_pair(text.as_bytes(), b"zz"), last_pair(text.as_bytes(), b"a"));
    }
}

#[test]
fn no_name_holds_what_separates() {
    let text = b"a=1; b = 2; c; d=4, e=5; f=g=h";
    for name in ["a=1", "a=", "b ", " b", "c;", "c; d", "d=4, e", "f=g", "=", ";", " ", ""] {
        assert_eq!(last_pair(text, name.as_bytes()), None, "CK-1: {name:?}");
    }
    let joined = b", a; x=1; , a=2";
    let last = last_pair(joined, b", a").map(|pair| (pair.name, pair.value));
    assert_eq!(last, Some((Span { start: 0, end: 3 }, None)), "CK-3");
    for name in ["a", "b", "c", "d", "e", "f"] {
        assert!(last_pair(text, name.as_bytes()).is_some(), "CK-1: {name:?}");
    }
}

/// Texts in which every rule has its say: short pieces of syntax, and stretches that fill blocks of sixteen.
fn header() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[;=, \t%]",
        2 => "; ?",
        1 => Just(", ".to_owned()),
        3 => "[abé=]{1,3}",
        2 => "[a-c]{10,40}",
        1 => "[a-c]=[a-z%0-9]{0,20}; ",
        1 => ", [ab]=1",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn the_scanner_reads_what_a_plain_reading_reads(text in header()) {
        prop_assert_eq!(texts(&text), plainly(&text));
    }

    #[test]
    fn the_search_from_the_end_finds_the_last(text in header(), absent in "[a-d é=;, \t]{0,3}") {
        let all = pairs(text.as_bytes());
        let names = all.iter().map(|pair| pair.name.of(text.as_bytes())).chain([absent.as_bytes()]);
        for name in names {
            let last = all.iter().rev().find(|pair| pair.name.of(text.as_bytes()) == name);
            let found = last_pair(text.as_bytes(), name);
            prop_assert_eq!(found.as_ref().map(|pair| (pair.name, pair.value)), last.map(|pair| (pair.name, pair.value)));
            let has_percent = |pair: &Pair| pair.value.is_some_and(|value| value.of(text.as_bytes()).contains(&b'%'));
            prop_assert!(found.is_none_or(|pair| pair.escaped || !has_percent(&pair)));
        }
    }

    #[test]
    fn names_that_are_said_to_differ_do(text in header()) {
        let names: Vec<Span> = pairs(text.as_bytes()).iter().map(|pair| pair.name).collect();
        let distinct: HashSet<&[u8]> = names.iter().map(|name| name.of(text.as_bytes())).collect();
        let mut table = vec![0; (names.len() + 1).next_power_of_two() * 2];
        let repeats = may_repeat(text.as_bytes(), names.iter().copied(), &mut table);
        prop_assert!(repeats || distinct.len() == names.len());
        // Two hashes of 31 bits that agree by chance would be news.
        prop_assert_eq!(repeats, distinct.len() < names.len());
    }

    #[test]
    fn any_bytes_are_a_header(text in prop::collection::vec(any::<u8>(), 0..200), name in prop::collection::vec(any::<u8>(), 0..4)) {
        for pair in pairs(&text) {
            prop_assert!(pair.name.start <= pair.name.end && pair.name.end <= text.len());
            prop_assert!(pair.value.is_none_or(|value| pair.name.end < value.start && value.end <= text.len()));
        }
        let _ = last_pair(&text, &name);
    }
}

#[test]
fn names_are_told_apart_by_each_byte_that_is_looked_at() {
    // Of a long name the first 16 bytes and the last 8.
    for length in 1..=40 {
        for at in (0..length).filter(|at| *at < 16 || *at + 8 >= length) {
            let name = "n".repeat(length);
            let text = format!("{name};{}o{}", &name[..at], &name[at + 1..]);
            let names = [0, length + 1].map(|start| Span { start, end: start + length });
            assert!(!may_repeat(text.as_bytes(), names, &mut [0; 8]), "{text}");
        }
    }
}
