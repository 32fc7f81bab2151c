//! `Range` and `If-None-Match`: a part lies in the body, and a tag is named where a plain reading finds it.
#![no_main]

use freshtag::http::etag::if_none_match;
use freshtag::http::range::{Wanted, wanted};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u64, &str)| {
    let (len, text) = input;
    for len in [len, len % 100] {
        match wanted(text, len) {
            Wanted::Part { start, end } => assert!(start < end && end <= len),
            Wanted::Nothing | Wanted::Whole => {}
        }
        assert_eq!(wanted(&text.to_ascii_uppercase(), len), wanted(&text.to_ascii_lowercase(), len));
        // Two ranges are none, whatever they are.
        assert_eq!(wanted(&format!("{text},0-1"), len), Wanted::Whole);
        for start in [0, len / 2, len] {
            let expected = if start < len { Wanted::Part { start, end: len } } else { Wanted::Nothing };
            assert_eq!(wanted(&format!("bytes={start}-"), len), expected);
        }
    }

    let ours = "\"ours\"";
    let found = if_none_match(text, ours);
    assert!(!found || text.contains(ours) || text.trim_matches([' ', '\t']) == "*");
    assert!(if_none_match(&format!("{ours}, {text}"), ours));
    assert!(if_none_match(&format!("W/{ours},{text}"), ours));
    if !text.contains('"') {
        assert!(if_none_match(&format!("{text}, {ours}"), ours));
    }
    assert_eq!(if_none_match(text, &format!("W/{ours}")), found);
    // What is no entity tag is none of ours.
    assert!(!if_none_match(ours, text) || text == ours || text == "W/\"ours\"");
});
