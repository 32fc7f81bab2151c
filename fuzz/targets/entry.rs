//! A header that is read is printed and read as the same; what is no header of a key is no entry of it.
#![no_main]

use freshtag::cache::codec::{
    Brief, Place, brief, decode, decode_any, encode, frame, member, place, read_brief,
};
use freshtag::cache::sweep;
use freshtag::json::Json;
use freshtag::time::{Seconds, UnixMillis};
use libfuzzer_sys::fuzz_target;

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

fuzz_target!(|text: &str| {
    for name in ["h", "e", "g"] {
        assert!(Json::parse(&member(text, name)).is_some());
    }
    if let Some(shown) = read_brief(text) {
        assert!(decode_any(text).is_none() || Json::parse(text).is_some_and(|wire| wire.get("f").is_some()));
        let _ = shown.created.plus(shown.lifetime.expire);
    }
    let _ = sweep::verdict("f1/e/route/a~1", text, "f1/e/", NOW);

    let Some(entry) = decode_any(text) else {
        assert!(decode(text, "").is_none());
        return;
    };
    assert_eq!(decode(text, &entry.key).as_ref(), Some(&entry));
    assert_eq!(decode(text, &format!("{}x", entry.key)), None);
    assert!((200..=599).contains(&entry.status));
    for (name, value) in &entry.headers {
        assert!(!name.is_empty() && !value.contains(['\r', '\n', '\0']));
    }
    let _ = entry.age(entry.lifetime, 1_000, NOW);
    assert!((60..=31_536_000).contains(&entry.keep_for(NOW)));

    let printed = encode(&entry);
    let mut again = decode(&printed, &entry.key).unwrap();
    // Durations with sixteen digits and more are read to a last digit or two.
    let close =
        |a: Seconds, b: Seconds| a == b || ((a.0 - b.0) / b.0).abs() < 1e-12 || (a.0 - b.0).abs() < 1e-290;
    let (one, other) = (entry.lifetime, again.lifetime);
    assert!(close(one.stale, other.stale) && close(one.revalidate, other.revalidate));
    assert!(close(one.expire, other.expire));
    assert_eq!(entry.stale_if_error.is_some(), again.stale_if_error.is_some());
    (again.lifetime, again.stale_if_error) = (entry.lifetime, entry.stale_if_error);
    assert_eq!(again, entry);
    assert_eq!(place(&printed) == Place::Metadata, printed.len() <= 1_024);
    let framed = frame(&printed);
    assert_eq!(framed[..4], u32::try_from(printed.len()).unwrap().to_be_bytes());
    assert_eq!(&framed[4..], printed.as_bytes());
    let shown = read_brief(&brief(&entry)).unwrap();
    assert_eq!((shown.created, shown.len, shown.status), {
        let of = Brief::of(&entry);
        (of.created, of.len, of.status)
    });
});
