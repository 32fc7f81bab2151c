//! The header of an entry: its text, its two places, what corruption does to it, and what time makes of it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use freshtag::cache::codec::{
    FRAME_LIMIT, METADATA_LIMIT, Place, brief, decode, decode_any, encode, frame, place, read_brief,
};
use freshtag::cache::decide::{Decision, Why};
use freshtag::cache::entry::{Age, Entry};
use freshtag::cache::key::{FORMAT, Kind, StoreKey};
use freshtag::cache::lifetime::Lifetime;
use freshtag::cache::tag::Tag;
use freshtag::cache::variant::Selection;
use freshtag::store::Store as _;
use freshtag::store::double::World;
use freshtag::time::{Seconds, UnixMillis};
use proptest::prelude::*;
use support::{LIFE, entry, isolate, keys, lifetime, pairs, plant, stored};

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

fn key() -> StoreKey {
    keys().route("example.com", "/posts/1")
}

/// One with every field filled.
fn full() -> Entry {
    Entry {
        status: 404,
        headers: pairs(&[("content-type", "text/html; charset=utf-8"), ("link", "</a\"b>; rel=\"x\\y\"")]),
        tags: vec![(Tag::new("posts"), NOW), (Tag::new("café, [id]"), NOW.plus_ms(-90_000))],
        told: vec![Tag::new("told"), Tag::new("[\"é\"]")],
        oldest: NOW.plus_ms(-90_000),
        seen: Some("00ff".into()),
        lifetime: Lifetime { stale: Seconds::INFINITE, revalidate: Seconds(1.5), expire: Seconds(86_400.0) },
        selection: Some(Selection::read("accept-language 0f0f")),
        stale_if_error: Some(Seconds(600.0)),
        etag: Some("\"abc\"".into()),
        body_len: 5_000_000_000,
        ..entry(&key(), &[], NOW)
    }
}

/// As large as Next's limits on tags allow.
fn large() -> Entry {
    let tags = (0..128).map(|n| (Tag::new(&format!("{n:0256}")), NOW.plus_ms(-i64::from(n)))).collect();
    Entry { tags, ..full() }
}

/// A header of exactly so many bytes.
fn of_bytes(bytes: usize) -> Entry {
    let mut made = entry(&key(), &[], NOW);
    made.headers = pairs(&[("x", "")]);
    let missing = bytes - encode(&made).len();
    made.headers = pairs(&[("x", &"v".repeat(missing))]);
    assert_eq!(encode(&made).len(), bytes);
    made
}

#[test]
fn every_field_survives_its_text() {
    for made in [entry(&key(), &[], NOW), full(), large(), of_bytes(1_024)] {
        assert_eq!(decode(&encode(&made), key().full()), Some(made));
    }
}

proptest! {
    #[test]
    fn whatever_is_written_is_read(
        (name, by, seen) in ("\\PC{0,40}", "\\PC{0,9}", proptest::option::of("\\PC{0,9}")),
        // A length that JavaScript can count.
        (status, kind, len) in (200..600_u16, 0..4_usize, 0..1_u64 << 53),
        headers in proptest::collection::vec(("[a-z][a-z0-9-]{0,9}", "[ -~\u{a0}-\u{ff}\t]{0,30}"), 0..5),
        tags in proptest::collection::vec(("\\PC{0,20}", any::<i64>()), 0..6),
        (created, oldest) in (any::<i64>(), any::<i64>()),
        life in (-5_000_i64..5_000_000_000_000, 0..5_000_000_000_000_i64, 0..5_000_000_000_000_i64),
        (grace, etag) in (proptest::option::of(0..1_000_000_i64), proptest::option::of("[!-~]{1,20}")),
        selection in proptest::option::of("[a-z,]{1,20} [0-9a-f]{64}"),
    ) {
        #[allow(clippy::cast_precision_loss)]
        let seconds = |ms: i64| Seconds(ms as f64 / 1_000.0);
        let kinds = [Kind::Data, Kind::Fetch, Kind::Proxy, Kind::Route];
        let made = Entry {
            key: name.as_str().into(),
            kind: kinds[kind],
            status,
            headers: headers.iter().map(|(n, v)| (n.as_str().into(), v.as_str().into())).collect(),
            tags: tags.iter().map(|(tag, at)| (Tag::new(tag), UnixMillis(*at))).collect(),
            told: tags.iter().skip(1).map(|(tag, _)| Tag::new(tag)).collect(),
            created: UnixMillis(created),
            oldest: UnixMillis(oldest),
            by: by.as_str().into(),
            seen: seen.map(Into::into),
            lifetime: Lifetime { stale: seconds(life.0), revalidate: seconds(life.1), expire: seconds(life.2) },
            selection: selection.as_deref().map(Selection::read),
            stale_if_error: grace.map(seconds),
            etag: etag.map(Into::into),
            body_len: len,
        };
        let text = encode(&made);
        prop_assert_eq!(decode(&text, &name), Some(made.clone()));
        prop_assert_eq!(decode_any(&text), Some(made));
        prop_assert_eq!(decode(&text, &format!("{name}x")), None);
        prop_assert_eq!(read_brief(&text), None, "a header is no brief");
    }

    #[test]
    fn any_text_at_all_is_no_crash(text in "\\PC{0,60}") {
        prop_assert_eq!(decode_any(&text), None);
        prop_assert_eq!(read_brief(&text), None);
    }
}

#[test]
fn a_flipped_bit_is_a_miss() {
    for made in [entry(&key(), &["a"], NOW), full(), of_bytes(METADATA_LIMIT), large()] {
        let text = encode(&made).into_bytes();
        // Of a large one some bytes.
        for at in (0..text.len()).step_by(1 + text.len() / 2_000 * 50) {
            for bit in 0..8 {
                let mut bytes = text.clone();
                bytes[at] ^= 1 << bit;
                let read = decode(&String::from_utf8_lossy(&bytes), key().full());
                assert_eq!(read, None, "T19: bit {bit} of byte {at}");
            }
            assert_eq!(decode(&String::from_utf8_lossy(&text[..at]), key().full()), None, "T19: {at} bytes");
        }
    }
}

#[test]
fn what_a_store_writes_in_its_own_way_is_the_same_entry() {
    for made in [entry(&key(), &["a", "é"], NOW), full()] {
        let text = encode(&made);
        let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
        for own in [parsed.to_string(), serde_json::to_string_pretty(&parsed).unwrap()] {
            assert_ne!(own, text);
            assert_eq!(decode(&own, key().full()).as_ref(), Some(&made));
        }
        let other = text.replace("\"x\":1", "\"x\":2");
        assert_eq!(decode(&other, key().full()), None);
        let more = text.replace("}", ",\"c\":179}");
        assert_eq!(decode(&more, key().full()), None, "a member behind the sum");
        let none = &text[..text.rfind(",\"x\"").unwrap()];
        assert_eq!(decode(&format!("{none}}}"), key().full()), None, "a header without a sum");
    }
}

#[test]
fn of_many_damaged_entries_none_is_taken() {
    // `MUTANTS=1000000 cargo test --release --test entry` for more.
    let mutants = std::env::var("MUTANTS").map_or(20_000, |text| text.parse().unwrap());
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % below
    };
    let texts: Vec<Vec<u8>> = (0..100)
        .map(|n| {
            let mut made = if n % 2 == 0 { full() } else { entry(&key(), &["a"], NOW) };
            made.created = NOW.plus_ms(n);
            made.headers.push(("x-n".into(), "v".repeat(random(90)).into()));
            encode(&made).into_bytes()
        })
        .collect();
    let mut harmless = 0;
    for n in 0..mutants {
        let text = &texts[n % texts.len()];
        let mut bytes = text.clone();
        match n / texts.len() % 5 {
            // Some bits, some bytes in a row, what was cut off, what came twice, and a half of another one.
            0 => (0..=random(4)).for_each(|_| bytes[random(text.len())] ^= 1 << random(8)),
            1 => {
                let at = random(text.len());
                bytes[at..]
                    .iter_mut()
                    .take(random(16))
                    .for_each(|byte| *byte = u8::try_from(random(256)).unwrap());
            }
            2 => bytes.truncate(random(text.len())),
            3 => {
                let (from, to) = (random(text.len()), random(text.len()));
                let part = text[from..].iter().take(random(40)).copied().collect::<Vec<_>>();
                bytes.splice(to..to, part);
            }
            _ => {
                let (other, at) = (&texts[random(texts.len())], random(text.len()));
                bytes.truncate(at);
                bytes.extend(other.iter().skip(at));
            }
        }
        if texts.contains(&bytes) {
            harmless += 1;
            continue;
        }
        let read = decode(&String::from_utf8_lossy(&bytes), key().full());
        // What says the same in other words is no other entry.
        let same = read.is_none() || read == decode(&String::from_utf8_lossy(text), key().full());
        assert!(same, "T19: mutant {n}: {}", String::from_utf8_lossy(&bytes));
    }
    assert!(harmless < mutants / 5, "{harmless}");
}

#[test]
fn what_is_cut_short_is_nothing() {
    for made in [entry(&key(), &["a"], NOW), full()] {
        let text = encode(&made);
        for at in 0..text.len() {
            assert_eq!(decode(&String::from_utf8_lossy(&text.as_bytes()[..at]), key().full()), None, "{at}");
        }
        assert_eq!(decode(&format!("{text}x"), key().full()), None);
    }
}

#[test]
fn what_a_response_would_refuse_is_nothing() {
    let good = encode(&full());
    assert!(decode(&good, key().full()).is_some());
    // Rows: rule, a part of the text, what stands there instead.
    let rows = [
        ("foreign version", format!("\"v\":{FORMAT}"), format!("\"v\":{}", FORMAT + 1)),
        ("foreign version", format!("\"v\":{FORMAT}"), "\"v\":\"1\"".to_owned()),
        ("no version", format!("\"v\":{FORMAT}"), "\"y\":1".to_owned()),
        ("T4 foreign key", "posts/1".to_owned(), "posts/2".to_owned()),
        ("foreign kind", "\"n\":\"route\"".to_owned(), "\"n\":\"page\"".to_owned()),
        ("T41", "\"st\":404".to_owned(), "\"st\":600".to_owned()),
        ("T41", "\"st\":404".to_owned(), "\"st\":199".to_owned()),
        ("T41", "\"st\":404".to_owned(), "\"st\":101".to_owned()),
        ("T41", "\"st\":404".to_owned(), "\"st\":-200".to_owned()),
        ("T41", "\"st\":404".to_owned(), "\"st\":65736".to_owned()),
        ("T41", "\"st\":404".to_owned(), "\"st\":200.5".to_owned()),
        ("T41", "text/html".to_owned(), "a\\r\\nset-cookie: b".to_owned()),
        ("T41", "text/html".to_owned(), "a\\nb".to_owned()),
        ("T41", "text/html".to_owned(), "a\\u0000b".to_owned()),
        ("T41", "text/html".to_owned(), "\u{100}".to_owned()),
        ("T41", "\"content-type\"".to_owned(), "\"content type\"".to_owned()),
        ("T41", "\"content-type\"".to_owned(), "\"\"".to_owned()),
        ("T41", "\"content-type\"".to_owned(), "\"a\\nb\"".to_owned()),
        ("T41", "\"content-type\"".to_owned(), "\"é\"".to_owned()),
        ("T41", "\"\\\"abc\\\"\"".to_owned(), "\"a\\nb\"".to_owned()),
        ("lifetime", "1.5".to_owned(), "1e999".to_owned()),
        ("lifetime", "1.5".to_owned(), "null".to_owned()),
        ("lifetime", "1.5,".to_owned(), String::new()),
        ("window", "\"ie\":600".to_owned(), "\"ie\":\"600\"".to_owned()),
        ("length", "\"len\":5000000000".to_owned(), "\"len\":-1".to_owned()),
        ("created", format!("\"c\":{}", NOW.0), "\"c\":1.5".to_owned()),
        ("tags", "\"posts\"".to_owned(), "7".to_owned()),
        ("tags", "\"posts\"".to_owned(), "[\"posts\"]".to_owned()),
        ("tags", "\"posts\"".to_owned(), "[\"posts\",\"1\"]".to_owned()),
        ("tags", "\"g\":[".to_owned(), "\"g\":1,\"q\":[".to_owned()),
    ];
    for (rule, part, instead) in rows {
        assert!(good.contains(&part), "{part} is in {good}");
        let text = good.replacen(&part, &instead, 1);
        assert_eq!(decode(&text, key().full()), None, "{rule}: {instead}");
    }
    for text in ["", "null", "[]", "1", "\"x\"", "{}"] {
        assert_eq!(decode(text, key().full()), None, "{text}");
    }
}

#[test]
fn a_header_stands_in_metadata_up_to_exactly_1024_bytes() {
    assert_eq!((METADATA_LIMIT, place(&"x".repeat(1_024))), (1_024, Place::Metadata));
    assert_eq!(place(&"x".repeat(1_025)), Place::Frame);
    // Bytes count, not characters.
    assert_eq!((place(&"é".repeat(512)), place(&"é".repeat(513))), (Place::Metadata, Place::Frame));
    for (bytes, framed) in [(1_023, false), (1_024, false), (1_025, true), (40_000, true)] {
        let world = World::default();
        let made = of_bytes(bytes);
        let body: std::rc::Rc<[u8]> = b"body".as_slice().into();
        let store = world.place(0);
        let put = async { store.put_entry(key().name(), &encode(&made), &brief(&made), &body, 60).await };
        world.run(put).unwrap().unwrap();
        let (_, metadata, value, ttl) = world.dump().remove(0);
        let metadata = metadata.unwrap();
        assert!(metadata.len() <= METADATA_LIMIT, "{bytes}");
        assert_eq!(ttl, Some(60));
        if framed {
            let expected = [&frame(&encode(&made)), b"body".as_slice()].concat();
            assert_eq!(&*value, expected, "{bytes}");
            let told = read_brief(&metadata).unwrap();
            assert_eq!((told.created, told.lifetime, told.status), (NOW, LIFE, 200));
            assert_eq!((told.tags, told.len), (0, 4));
        } else {
            assert_eq!((&*value, metadata), (b"body".as_slice(), encode(&made)), "{bytes}");
        }
        assert_eq!(stored(&world, &key()), Some((made, "body".to_owned())), "{bytes}");
    }
}

#[test]
fn the_largest_header_is_framed_and_small_enough() {
    let text = encode(&large());
    assert_eq!(place(&text), Place::Frame);
    assert!(text.len() < FRAME_LIMIT / 10, "{}", text.len());
    assert!(brief(&large()).len() < METADATA_LIMIT);
    assert_eq!(frame(&text)[..4], u32::try_from(text.len()).unwrap().to_be_bytes());
    assert_eq!(read_brief(&brief(&large())).map(|told| told.tags), Some(130));
}

#[test]
fn a_damaged_frame_is_a_miss() {
    let made = large();
    let value = [&frame(&encode(&made)), b"body".as_slice()].concat();
    let read = |value: &[u8], metadata: Option<&str>| {
        let world = World::default();
        world.tamper(key().name(), value, metadata);
        isolate(&world, 0, "a").read(&key(), &[])
    };
    let brief = brief(&made);
    assert!(read(&value, Some(&brief)).found.is_some());
    assert!(read(&value, None).found.is_some(), "the frame says it all");
    for at in (0..value.len() - 4).step_by(97).chain(0..8) {
        let snapshot = read(&value[..at], Some(&brief));
        assert!(snapshot.found.is_none(), "{at}");
        assert_eq!(snapshot.decision, Decision::Render(Why::Absent), "{at}");
    }
    // The four bytes of the length, bit by bit.
    for bit in 0..32 {
        let mut flipped = value.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(read(&flipped, Some(&brief)).found.is_none(), "{bit}");
    }
}

#[test]
fn another_keys_entry_under_a_colliding_name_is_a_miss() {
    // T4: as if the digests of two keys were equal.
    let other = keys().route("example.com", "/secret");
    for made in [entry(&other, &[], NOW), Entry { tags: large().tags, ..entry(&other, &[], NOW) }] {
        let world = World::default();
        plant(&world, &other, &made, b"secret");
        let (_, metadata, value, _) = world.dump().remove(0);
        world.tamper(key().name(), &value, metadata.as_deref());
        let a = isolate(&world, 0, "a");
        assert!(a.read(&other, &[]).found.is_some());
        let snapshot = a.read(&key(), &[]);
        assert!(snapshot.found.is_none(), "T4");
        assert_eq!(snapshot.decision, Decision::Render(Why::Absent), "T4");
        assert_eq!(stored(&world, &key()), None, "T4");
    }
}

#[test]
fn time_alone() {
    use Age::{Expired, Fresh, FromFuture, Stale};
    let life = lifetime(0.0, 10.0, 60.0);
    // Rows: rule, lifetime, age in ms, verdict.
    let rows = [
        ("IS-1", life, 0, Fresh),
        ("IS-1", life, 10_000, Fresh),
        ("IS-1", life, 10_001, Stale),
        ("IS-1", life, 60_000, Stale),
        ("IS-1", life, 60_001, Expired),
        ("UC-19", life, i64::MAX / 4, Expired),
        ("UC-20", lifetime(0.0, 0.0, 60.0), 1, Stale),
        ("UC-20", lifetime(0.0, -1.0, 60.0), 0, Stale),
        ("CL-8", lifetime(0.0, 900.0, 0.0), 1, Expired), // the smaller limit wins
        ("CL-2", Lifetime::INFINITE, i64::MAX / 4, Fresh),
        ("CL-6", lifetime(0.0, 0.25, 1.0), 250, Fresh),
        ("CL-6", lifetime(0.0, 0.25, 1.0), 251, Stale),
        ("two clocks", life, -1_000, Fresh),
        ("two clocks", life, -1_001, FromFuture),
    ];
    for (rule, life, age, expected) in rows {
        let made = entry(&key(), &[], NOW.plus_ms(-age));
        assert_eq!(made.age(life, 1_000, NOW), expected, "{rule}: {life:?} {age}");
    }
}

#[test]
fn the_store_keeps_it_a_day_longer() {
    const DAY: u32 = 86_400;
    const YEAR: u32 = 31_536_000;
    // Rows: expire, stale-if-error, age in s, seconds.
    let rows = [
        (100.0, None, 0, 100 + DAY),
        (100.0, None, 40, 60 + DAY),
        (100.0, None, 1_000, DAY),
        (100.0, Some(10.0), 0, 100 + DAY),
        (100.0, Some(200_000.0), 0, 100 + 200_000),
        (1e12, None, 0, YEAR),
        (4_294_967_294.0, None, 0, YEAR),
        (100.0, Some(1e300), 0, YEAR),
        (-1e300, None, 0, DAY),
        (1.9, None, 0, DAY + 1),
    ];
    for (expire, window, age, expected) in rows {
        let mut made = entry(&key(), &[], NOW.plus_ms(-age * 1_000));
        made.lifetime = lifetime(0.0, 0.0, expire);
        made.stale_if_error = window.map(Seconds);
        assert_eq!(made.keep_for(NOW), expected, "{expire} {window:?} {age}");
    }
}
