//! Two requests have one key where they are one, and a key fits the store. Two halves, split by an empty line, are the
//! lines of two requests.
#![no_main]

use freshtag::cache::key::{KeySpace, StoreKey};
use freshtag::cache::tag::{RawTag, Tag, encode_header_safe, validate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let keys = KeySpace::new("fuzz").unwrap();
    let (one, other) = text.split_once("\n\n").unwrap_or((text, ""));
    let (first, these) = requests(&keys, one);
    let (second, those) = requests(&keys, other);
    for (parts, key) in these.iter().chain(&those) {
        assert!(key.name().len() <= 512 && key.name().starts_with("f1-fuzz/e/"), "{parts:?}");
        assert!(key.name().bytes().all(|byte| matches!(byte, b'!'..=b'~')));
        for (others, other) in these.iter().chain(&those) {
            assert_eq!(parts == others, key.full() == other.full(), "{parts:?} {others:?}");
            // The address in a fetch key is for people alone.
            if parts != others {
                assert_ne!(key.name(), other.name());
            }
        }
    }

    for one in &first {
        let tag = Tag::new(one);
        assert_eq!(encode_header_safe(tag.as_str()), tag.as_str());
        assert!(tag.as_str().bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')));
        for name in [keys.hard_mark(&tag), keys.soft_marks(&tag)] {
            assert!(name.len() <= 512);
        }
        for other in &second {
            let other = Tag::new(other);
            assert_eq!(tag == other, keys.hard_mark(&tag) == keys.hard_mark(&other));
            assert_ne!(keys.hard_mark(&tag), keys.soft_marks(&other));
            assert_ne!(keys.hard_mark(&tag), keys.watermark());
        }
    }
    let raw = text.split('\n').map(|line| RawTag::Text(line.to_owned(), line.encode_utf16().count()));
    let sorted = validate(raw);
    assert_eq!(sorted.valid.len() + sorted.rejected.len(), text.split('\n').count());
    assert!(sorted.valid.len() <= 128 && sorted.valid.iter().all(|tag| tag.as_str().len() <= 256 * 9));
});

/// The lines, and every key that can be made of them.
fn requests<'a>(keys: &KeySpace, text: &'a str) -> ([&'a str; 4], Vec<(Vec<&'a str>, StoreKey)>) {
    let mut lines = text.split('\n');
    let [a, b, c, d] = [(); 4].map(|()| lines.next().unwrap_or_default());
    let made = vec![
        (vec!["route", a, b], keys.route(a, b)),
        (vec!["proxy", a, b, c, d], keys.proxy(a, b, c, d)),
        (vec!["variant", a, b, c, d, a], keys.proxy(a, b, c, d).variant(a)),
        (vec!["data", a, b, c], keys.data(a, b, c)),
        (vec!["fetch", "", b], keys.fetch(a, b)),
        (vec!["fetch", a], keys.plain(a)),
    ];
    ([a, b, c, d], made)
}
