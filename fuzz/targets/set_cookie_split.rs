//! Taking a folded field apart loses nothing but separating commas and the space behind them.
#![no_main]

use freshtag::http::set_cookie::split;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = split(text).collect();
    let mut rest = Some(text);
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            rest =
                rest.and_then(|rest| rest.strip_prefix(',')).map(|rest| rest.trim_start_matches([' ', '\t']));
            assert!(line.contains('='));
        }
        rest = rest.and_then(|rest| rest.strip_prefix(line));
    }
    assert_eq!(rest, Some(""));
    assert_eq!(split(&lines.join(", ")).collect::<Vec<_>>(), lines);
});
