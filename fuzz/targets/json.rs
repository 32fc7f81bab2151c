//! What is read as JSON is what another reader reads, and is printed and read as the same.
#![no_main]

use freshtag::json::{Json, quote};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let ours = Json::parse(text);
    match (&ours, serde_json::from_str::<Value>(text)) {
        (Some(ours), Ok(theirs)) => assert!(same(ours, &theirs), "{ours:?} {theirs:?}"),
        (Some(ours), Err(_)) => panic!("{ours:?} of what is no JSON"),
        // It goes as deep as we do, and reads numbers that are too large for us.
        (None, Ok(theirs)) => assert!(is_beyond(&theirs) || text.len() > 100, "{theirs:?}"),
        (None, Err(_)) => {}
    }
    if let Some(ours) = ours {
        let printed = ours.print();
        let read = serde_json::from_str(&printed).expect("what is printed is JSON");
        assert!(same(&ours, &read), "{printed}");
    }
    assert_eq!(quote(text), serde_json::to_string(text).unwrap());
});

fn same(ours: &Json, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (Json::Text(ours), Value::String(theirs)) => ours == theirs,
        (Json::Integer(ours), Value::Number(theirs)) => theirs.as_i64() == Some(*ours),
        (Json::Number(ours), Value::Number(theirs)) => {
            theirs.as_f64().is_some_and(|theirs| close(*ours, theirs))
        }
        (Json::List(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        (object @ Json::Object(members), Value::Object(theirs)) => {
            members.iter().all(|(name, _)| theirs.contains_key(name))
                && theirs.iter().all(|(name, theirs)| object.get(name).is_some_and(|ours| same(ours, theirs)))
        }
        _ => false,
    }
}

/// Long numbers are read to a last digit or two.
fn close(ours: f64, theirs: f64) -> bool {
    ours == theirs
        || ((ours - theirs) / theirs).abs() < 1e-12
        || (ours.abs() < 1e-290 && theirs.abs() < 1e-290)
}

fn is_beyond(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_none_or(|number| number.abs() > 1e290 || number == 0.0),
        Value::Array(list) => list.iter().any(is_beyond),
        Value::Object(members) => members.values().any(is_beyond),
        _ => false,
    }
}
