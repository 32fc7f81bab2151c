//! Whatever comes in a cookie: nothing but signed text verifies. What is signed here reaches the reader behind the signature.
#![no_main]

use freshtag::draft::gate::Gate;
use freshtag::draft::token::{MOST_BYTES, Purpose, verify};
use freshtag::secret::Secret;
use freshtag::time::UnixMillis;
use libfuzzer_sys::fuzz_target;

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

fuzz_target!(|text: &str| {
    let secrets = [Secret::new("one"), Secret::new("another")];
    let read = |token: &str, secrets: &[Secret]| verify(token, Purpose::Draft, None, secrets, NOW);

    // Nobody knows the key, so nothing that is made up verifies.
    assert_eq!(read(text, &secrets), None);
    assert!(!Gate { secrets: &secrets, preview: None }.is_draft(text, "/", NOW));

    let signed = format!("{text}.{}", secrets[1].signature("draft", text.as_bytes()));
    let found = read(&signed, &secrets);
    assert_eq!(read(&signed, &secrets[..1]), None);
    assert_eq!(verify(&signed, Purpose::Revalidate, None, &secrets, NOW), None);
    if let Some(found) = found {
        assert!(signed.len() <= MOST_BYTES && text.starts_with("1."));
        assert!(found.expires() > NOW);
        let scope = found.scope().unwrap_or_default();
        assert!(found.covers(scope) && found.covers(&format!("{scope}/x")) && !found.covers("x"));
    }
});
