//! JSON as serde_json reads and prints it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use freshtag::json::{Json, quote};
use proptest::prelude::*;
use serde_json::Value;

/// The same in the words of the reference.
fn reference(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(bool) => (*bool).into(),
        Json::Integer(integer) => (*integer).into(),
        Json::Number(number) => (*number).into(),
        Json::Text(text) => text.as_str().into(),
        Json::List(list) => list.iter().map(reference).collect(),
        Json::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), reference(value))).collect())
        }
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(Json::Integer),
        // Whole numbers are printed as integers.
        any::<i32>().prop_map(|number| Json::Number((f64::from(number) * 2.0 + 1.0) / 64.0)),
        any::<String>().prop_map(Json::Text),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Json::List),
            proptest::collection::btree_map(any::<String>(), inner, 0..8)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn prints_what_the_reference_reads_and_reads_it_back(json in any_json()) {
        let text = json.print();
        prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), reference(&json));
        let read = Json::parse(&text).unwrap();
        prop_assert_eq!(reference(&read), reference(&json));
    }

    #[test]
    fn reads_what_the_reference_prints(json in any_json()) {
        let pretty = serde_json::to_string_pretty(&reference(&json)).unwrap();
        prop_assert_eq!(Json::parse(&pretty).map(|read| reference(&read)), Some(reference(&json)));
    }

    #[test]
    fn takes_the_texts_the_reference_takes(text in r#"[-+0-9.eE{}\[\],:"\\u dD8cCtrufalsn\n]{0,12}"#) {
        let (ours, theirs) = (Json::parse(&text), serde_json::from_str::<Value>(&text).ok());
        prop_assert_eq!(ours.is_some(), theirs.is_some());
    }

    #[test]
    fn reads_numbers_as_the_reference_does(whole in -999_999_i64..999_999, fraction in 0_u32..1_000_000, e in -15_i32..16) {
        let text = format!("{whole}.{fraction:06}e{e}");
        prop_assert_eq!(Json::parse(&text).unwrap().as_number(), serde_json::from_str::<f64>(&text).ok());
    }

    #[test]
    fn quotes_as_the_reference_does(text in any::<String>()) {
        prop_assert_eq!(quote(&text), Value::from(text).to_string());
    }
}

#[test]
fn of_equal_names_the_last_counts() {
    assert_eq!(Json::parse(r#"{"a":1,"a":2}"#).unwrap().integer("a"), Some(2));
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Json::parse(&nested(128)).is_some());
    assert_eq!(Json::parse(&nested(129)), None);
    assert_eq!(Json::parse(&"[".repeat(100_000)), None);
}

#[test]
fn surrogates_come_in_pairs() {
    assert_eq!(Json::parse(r#""\ud83d\ude00""#), Some(Json::Text("😀".to_owned())));
    for lone in [r#""\ud83d""#, r#""\ude00""#, r#""\ud83d\ud83d""#, r#""\ud83dx""#, r#""\u+123""#] {
        assert_eq!(Json::parse(lone), None, "{lone}");
    }
}

#[test]
fn numbers_too_large_are_refused() {
    assert_eq!(Json::parse("1e999"), None);
    assert_eq!(Json::parse("9223372036854775808"), Some(Json::Number(9_223_372_036_854_775_808.0)));
    assert_eq!(Json::parse("-9223372036854775808"), Some(Json::Integer(i64::MIN)));
}

#[test]
fn numbers_are_printed_as_javascript_does() {
    let rows = [
        (0.000001, "0.000001"),
        (0.0000015, "0.0000015"),
        (0.00001, "0.00001"),
        (9e-7, "9e-7"),
        (1.5, "1.5"),
        (60.0, "60"),
    ];
    for (number, text) in rows {
        assert_eq!(freshtag::json::print_number(number), text);
    }
}
