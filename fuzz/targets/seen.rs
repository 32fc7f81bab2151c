//! Whatever comes in the cookie: nothing but signed text counts. What is signed here reaches the reader behind the
//! signature.
#![no_main]

use freshtag::cache::seen::{Floors, MOST_TAGS};
use freshtag::cache::tag::Tag;
use freshtag::secret::Secret;
use freshtag::time::UnixMillis;
use libfuzzer_sys::fuzz_target;

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

fuzz_target!(|text: &str| {
    let secret = Secret::new("one");
    assert_eq!(Floors::verify(text, &secret, "f1", NOW), None);

    let signed = format!("{text}.{}", secret.signature("seen", format!("2:f1{text}").as_bytes()));
    assert_eq!(Floors::verify(&signed, &Secret::new("another"), "f1", NOW), None);
    assert_eq!(Floors::verify(&signed, &secret, "f1-x", NOW), None);
    let Some(floors) = Floors::verify(&signed, &secret, "f1", NOW) else { return };
    assert!(text.starts_with("1."));
    assert_eq!(Floors::verify(&signed, &secret, "f1", UnixMillis(i64::MAX)), None);

    let again = Floors::verify(&floors.sign(&secret, "f1", NOW), &secret, "f1", NOW).unwrap();
    assert_eq!(again, floors);
    assert_eq!(floors.is_empty(), floors.latest().is_none());
    // Taking more in lowers nothing, and there is an end to it.
    let mut raised = floors.clone();
    for at in 0..=MOST_TAGS {
        let tag = Tag::new(&format!("{at}"));
        let before = raised.of(&tag);
        raised.raise(&tag, NOW);
        assert!(raised.of(&tag) >= before.max(Some(NOW)));
    }
    raised.merge(&floors);
    assert!(raised.latest() >= floors.latest());
    assert!(raised.sign(&secret, "f1", NOW).len() < 2_048);
});
