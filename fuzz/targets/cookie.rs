//! The cookies of a header lie in it in order, and every way to look for one finds the same.
#![no_main]

use freshtag::http::cookie::{MOST_PAIRS, Pair, each_pair, last_pair, may_repeat, values_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let mut pairs = Vec::new();
    each_pair(text, |pair| pairs.push(pair));
    assert!(pairs.len() <= MOST_PAIRS);
    let mut at = 0;
    for pair in &pairs {
        for span in [Some(pair.name), pair.value].into_iter().flatten() {
            assert!(at <= span.start && span.start <= span.end && span.end <= text.len());
            at = span.end;
        }
        assert!(pair.escaped || !pair.value.is_some_and(|value| value.of(text).contains(&b'%')));
    }

    for pair in pairs.iter().take(16) {
        let name = pair.name.of(text);
        let same = || pairs.iter().filter(|pair| pair.name.of(text) == name);
        let places = |pair: &Pair| (pair.name, pair.value);
        assert_eq!(last_pair(text, name).as_ref().map(places), same().last().map(places));
        if same().count() > 1 {
            assert!(may_repeat(text, pairs.iter().map(|pair| pair.name), &mut [0; 2 * MOST_PAIRS]));
        }
        if let (Ok(header), Ok(name)) = (str::from_utf8(text), str::from_utf8(name)) {
            let values = same().filter_map(|pair| pair.value).map(|value| value.of(text));
            assert!(values.eq(values_of(header, name).into_iter().map(str::as_bytes)));
        }
    }
});
