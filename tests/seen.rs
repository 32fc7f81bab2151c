//! Read your own writes: the signed cookie and the floors in it (S5).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use freshtag::cache::seen::{COOKIE, Floors, MAX_AGE, MOST_TAGS, set_cookie};
use freshtag::cache::tag::Tag;
use freshtag::secret::Secret;
use freshtag::time::UnixMillis;
use proptest::prelude::*;

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

fn floors(list: &[(&str, i64)]) -> Floors {
    let mut floors = Floors::default();
    for (tag, ms) in list {
        floors.raise(&Tag::new(tag), NOW.plus_ms(*ms));
    }
    floors
}

fn secret() -> Secret {
    Secret::new("a secret of the test")
}

fn verify(value: &str, now: UnixMillis) -> Option<Floors> {
    Floors::verify(value, &secret(), "f1", now)
}

#[test]
fn floors_only_rise() {
    let mut low = floors(&[("a", 5), ("a", 3), ("b", 1)]);
    assert_eq!(low.of(&Tag::new("a")), Some(NOW.plus_ms(5)));
    assert_eq!(low.of(&Tag::new("b")), Some(NOW.plus_ms(1)));
    assert_eq!(low.of(&Tag::new("c")), None);
    assert_eq!(low.latest(), Some(NOW.plus_ms(5)));
    low.merge(&floors(&[("a", 4), ("b", 9), ("c", 2)]));
    let found = ["a", "b", "c"].map(|tag| low.of(&Tag::new(tag)).unwrap().since(NOW));
    assert_eq!(found, [5, 9, 2]);
    assert!(!low.is_empty() && Floors::default().is_empty());
    assert_eq!(Floors::default().latest(), None);
}

#[test]
fn beyond_32_tags_one_floor_stands_for_all() {
    let mut many = Floors::default();
    for n in 0..MOST_TAGS {
        many.raise(&Tag::new(&format!("tag-{n}")), NOW.plus_ms(i64::try_from(n).unwrap()));
    }
    assert_eq!(many.of(&Tag::new("other")), None);
    // One that is known already needs no room.
    many.raise(&Tag::new("tag-0"), NOW.plus_ms(50));
    assert_eq!(many.of(&Tag::new("other")), None);
    many.raise(&Tag::new("one more"), NOW.plus_ms(10));
    assert_eq!(many.of(&Tag::new("other")), Some(NOW.plus_ms(50)), "the latest of all, for every tag");
    assert_eq!(many.of(&Tag::new("tag-31")), Some(NOW.plus_ms(50)));
    let read = verify(&many.sign(&secret(), "f1", NOW), NOW).unwrap();
    assert_eq!(read, many.clone().carry());
    // A floor for all survives a merge in either direction.
    let mut single = floors(&[("a", 1)]);
    single.merge(&many);
    assert_eq!(single.of(&Tag::new("other")), Some(NOW.plus_ms(50)));
    many.merge(&floors(&[("a", 100)]));
    assert_eq!(many.of(&Tag::new("a")), Some(NOW.plus_ms(100)));
    assert_eq!(many.of(&Tag::new("other")), Some(NOW.plus_ms(50)));
}

#[test]
fn a_full_cookie_is_small() {
    let mut many = Floors::default();
    for n in 0..MOST_TAGS {
        many.raise(&Tag::new(&format!("{n}{}", "x".repeat(256))), NOW);
    }
    let value = many.sign(&secret(), "f1", NOW);
    assert!(set_cookie(&value, true).len() < 1_300, "{}", value.len());
    assert!(
        value.bytes().all(|b| b.is_ascii_alphanumeric() || b".-*".contains(&b)),
        "a cookie-value: {value}"
    );
}

#[test]
fn it_counts_for_120_seconds() {
    let value = floors(&[("a", 5)]).sign(&secret(), "f1", NOW);
    for (ms, counts) in [(0, true), (119_999, true), (120_000, true), (120_001, false), (-5_000, true)] {
        assert_eq!(verify(&value, NOW.plus_ms(ms)).is_some(), counts, "{ms}");
    }
    assert_eq!(MAX_AGE, 120);
}

#[test]
fn a_forged_cookie_is_ignored() {
    let value = floors(&[("a", 5), ("b", 6)]).sign(&secret(), "f1", NOW);
    assert!(verify(&value, NOW).is_some());
    assert_eq!(Floors::verify(&value, &Secret::new("another"), "f1", NOW), None, "S5: another secret");
    assert_eq!(Floors::verify(&value, &secret(), "f1-other", NOW), None, "S5: another namespace");
    assert_eq!(Floors::verify(&value, &secret(), "f", NOW), None, "S5: the namespace cannot be shifted");
    // Every single bit flipped, every truncation, every byte inserted.
    for at in 0..value.len() {
        for bit in 0..7 {
            let mut bytes = value.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let forged = String::from_utf8(bytes).unwrap();
            // The MAC's own letters may be written in either case.
            if !forged.eq_ignore_ascii_case(&value) || at < value.rfind('.').unwrap() {
                assert_eq!(verify(&forged, NOW), None, "{at} {bit}");
            }
        }
        assert_eq!(verify(&value[..at], NOW), None, "{at}");
        assert_eq!(verify(&format!("{}0{}", &value[..at], &value[at..]), NOW), None, "{at}");
    }
    let (text, mac) = value.rsplit_once('.').unwrap();
    for odd in
        ["", ".", "..", "1", text, mac, &format!("{text}."), &format!(".{mac}"), "1.2.é", "\u{fffd}.00"]
    {
        assert_eq!(verify(odd, NOW), None, "{odd:?}");
    }
}

#[test]
fn what_is_signed_but_not_ours_is_ignored() {
    use std::fmt::Write as _;
    // Texts that a later version might sign.
    let sign = |text: &str| {
        let mac = secret().mac("seen", format!("2:f1{text}").as_bytes());
        let mac = mac.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        format!("{text}.{mac}")
    };
    let now = NOW.0;
    assert_eq!(verify(&sign(&format!("1.{now}")), NOW), Some(Floors::default()));
    for text in [
        format!("2.{now}"),
        "1".to_owned(),
        "1.x".to_owned(),
        format!("1.{now}.zz-1"),
        format!("1.{now}.1"),
        format!("1.{now}.1-x"),
        format!("1.{now}."),
    ] {
        assert_eq!(verify(&sign(&text), NOW), None, "{text}");
    }
}

#[test]
fn the_cookies_attributes() {
    assert_eq!(COOKIE, "__freshtag_seen");
    let line = set_cookie("v", true);
    assert_eq!(line, "__freshtag_seen=v; Path=/; Max-Age=120; HttpOnly; Secure; SameSite=Lax");
    assert!(!set_cookie("v", false).contains("Secure"), "plain HTTP on a loopback host");
}

#[test]
fn a_secret_does_not_print_and_is_bound_to_its_purpose() {
    assert!(!format!("{:?}", secret()).contains("test"), "T28");
    assert_ne!(secret().mac("seen", b"x"), secret().mac("draft", b"x"), "T28");
    assert!(!secret().verifies("seen", b"x", &secret().signature("draft", b"x")), "T28");
    assert!(!secret().verifies("seen", b"x", ""), "T27");
    assert!(
        !Secret::new("a").matches("b") && !Secret::new("a").matches("") && Secret::new("a").matches("a"),
        "T27"
    );
}

proptest! {
    #[test]
    fn what_is_signed_is_read(list in proptest::collection::vec(("[a-zé~]{0,9}", 0..100_000_i64), 0..60)) {
        let mut made = Floors::default();
        for (tag, ms) in &list {
            made.raise(&Tag::new(tag), NOW.plus_ms(*ms));
        }
        let read = verify(&made.sign(&secret(), "f1", NOW), NOW);
        prop_assert_eq!(read, Some(made.clone().carry()));
        for (tag, ms) in &list {
            prop_assert!(made.of(&Tag::new(tag)) >= Some(NOW.plus_ms(*ms)), "never less than was raised");
        }
    }

    #[test]
    fn any_text_at_all_is_no_crash(text in ".{0,80}") {
        prop_assert_eq!(verify(&text, NOW), None);
    }
}

#[test]
fn tags_have_floors_of_their_own() {
    // 64 bits of a digest: that two of a thousand agree by chance would be news.
    let mut floors = Floors::default();
    floors.raise(&Tag::new("posts"), UnixMillis(1_000));
    for n in 0..1_000 {
        assert_eq!(floors.of(&Tag::new(&format!("posts-{n}"))), None, "{n}");
    }
}
