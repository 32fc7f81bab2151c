//! The laws that hold for every input, and where each is tried.
//!
//! | law | tests |
//! | --- | --- |
//! | an entry that is written is read as the same | `entry.rs`: `whatever_is_written_is_read`; fuzz target `entry` |
//! | what is flipped or cut in a header or a frame is a miss or the same key's entry, never another one's | `any_flip_or_cut_of_a_header`, `any_flip_or_cut_of_a_frame` here; `entry.rs`; `js/faults.test.js` T19 |
//! | a body of another length than its entry says fails, and never passes for whole | `js/whole_body.test.js` |
//! | store keys are injective, variants and fetches too | `keys_and_variants_are_injective` here; `keys_store.rs`; fuzz target `key` |
//! | `decide` never takes back with time what it has said | `an_entry_never_gets_younger` here |
//! | a tag that expired an entry once expires it ever after | `once_expired_stays_expired` here; `protocol.rs`: `folding_never_unexpires`; fuzz target `mark` |
//! | a floor is never lowered | `floors_only_rise` here; fuzz target `seen` |
//! | a cookie that is printed is read as the same | `set_cookie.rs`, `cookie_date.rs`; fuzz targets `set_cookie`, `cookie_date` |
//! | a token with a changed byte is refused | `draft.rs`: `every_changed_byte_is_refused`; fuzz target `draft_token` |
//! | sealed arguments with a changed bit are refused | `node/sealed.test.js` T26; in workerd `js/core_sealed.test.js` T26; `npm run oracle -- --only decryptBoundArgs` |
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

mod support;

use freshtag::cache::codec::{brief, decode, encode, frame};
use freshtag::cache::decide::{Decision, Reading, TagVerdict, decide};
use freshtag::cache::entry::Entry;
use freshtag::cache::key::StoreKey;
use freshtag::cache::mark::{HardMark, Reader, SoftMark, TagMarks, TagState, judge};
use freshtag::cache::seen::Floors;
use freshtag::cache::tag::Tag;
use freshtag::store::double::World;
use freshtag::time::UnixMillis;
use proptest::prelude::*;
use proptest::sample::Index;
use support::{LEAD, entry, isolate, keys, lifetime, pairs};

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

fn key() -> StoreKey {
    keys().route("example.com", "/posts/1")
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let headers = proptest::collection::vec(("[a-z]{1,9}", "[ -~]{0,20}"), 0..4);
    let tags = proptest::collection::vec("\\PC{0,9}", 0..4);
    let life = (0..1_000_i64, 0..1_000_i64, 0..1_000_i64);
    (headers, tags, life, 0..1_u64 << 40).prop_map(|(headers, tags, life, body_len)| {
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        #[allow(clippy::cast_precision_loss)]
        let lifetime = lifetime(life.0 as f64, life.1 as f64, life.2 as f64);
        Entry { headers: pairs(&headers), lifetime, body_len, ..entry(&key(), &tags, NOW) }
    })
}

proptest! {
    #[test]
    fn any_flip_or_cut_of_a_header(made in any_entry(), at in any::<Index>(), bit in 0..8_u8) {
        let text = encode(&made);
        let cut = &text.as_bytes()[..at.index(text.len())];
        prop_assert_eq!(str::from_utf8(cut).ok().and_then(|cut| decode(cut, key().full())), None);
        let mut flipped = text.into_bytes();
        let at = at.index(flipped.len());
        flipped[at] ^= 1 << bit;
        if let Ok(text) = String::from_utf8(flipped) {
            let read = decode(&text, key().full());
            prop_assert!(read.is_none_or(|read| *read.key == *key().full()));
        }
    }

    #[test]
    fn any_flip_or_cut_of_a_frame(made in any_entry(), at in any::<Index>(), bit in 0..8_u8) {
        let header = encode(&made);
        let value = [&frame(&header), b"body".as_slice()].concat();
        let read = |value: &[u8]| {
            let world = World::default();
            world.tamper(key().name(), value, Some(&brief(&made)));
            isolate(&world, 0, "a").read(&key(), &[]).found
        };
        prop_assert!(read(&value).is_some());
        prop_assert!(read(&value[..at.index(value.len() - 4)]).is_none());
        // The length is another one: neither a longer header nor a shorter one is one.
        let mut flipped = value.clone();
        flipped[at.index(4)] ^= 1 << bit;
        prop_assert!(read(&flipped).is_none());
        let mut flipped = value;
        flipped[4 + at.index(header.len())] ^= 1 << bit;
        prop_assert!(read(&flipped).is_none_or(|found| *found.entry.key == *key().full()));
    }

    #[test]
    fn keys_and_variants_are_injective(
        (a, b) in (("[a|1:]{0,2}", "[a|1:]{0,2}", "[a|1:]{0,2}"), ("[a|1:]{0,2}", "[a|1:]{0,2}", "[a|1:]{0,2}")),
    ) {
        let keys = keys();
        let made = |(a, b, c): &(String, String, String)| {
            [
                (vec!["proxy", a, b, "", "", c], keys.proxy(a, b, "", "").variant(c)),
                (vec!["proxy", a, b, c, ""], keys.proxy(a, b, c, "")),
                (vec!["proxy", a, b, "", c], keys.proxy(a, b, "", c)),
                (vec!["proxy", a, "", "", "", b, c], keys.proxy(a, "", "", "").variant(b).variant(c)),
                (vec!["data", a, b, c], keys.data(a, b, c)),
                (vec!["fetch", "", b], keys.fetch(a, b)),
                (vec!["fetch", a], keys.plain(a)),
            ]
            .map(|(parts, key)| (parts.into_iter().map(str::to_owned).collect::<Vec<_>>(), key))
        };
        let all: Vec<_> = made(&a).into_iter().chain(made(&b)).collect();
        for (parts, key) in &all {
            for (others, other) in &all {
                prop_assert_eq!(parts == others, key.full() == other.full(), "{:?} {:?}", parts, others);
                prop_assert!(parts == others || key.name() != other.name());
            }
        }
    }

    /// But for an entry from the future, whose doubt time resolves.
    #[test]
    fn an_entry_never_gets_younger(
        made in any_entry(),
        (first, later) in (-LEAD..2_000_000, 0..2_000_000_i64),
        tags in prop_oneof![
            Just(TagVerdict::Valid), Just(TagVerdict::Unknown),
            Just(TagVerdict::Stale(Tag::new("a"))), Just(TagVerdict::Expired(Tag::new("a"))),
        ],
        (persisted, own) in (any::<bool>(), any::<bool>()),
    ) {
        let said = |ms: i64| {
            let lifetime = own.then(|| lifetime(0.0, 500.0, 700.0));
            let reading = Reading { now: NOW.plus_ms(ms), lead_ms: LEAD, persisted, lifetime };
            match decide(Some(&made), &tags, &reading) {
                Decision::Serve => 0,
                Decision::ServeThenRefresh(_) => 1,
                Decision::Render(_) => 2,
            }
        };
        prop_assert!(said(first) <= said(first + later));
    }

    /// Whatever is revalidated after that, by whomever, and however long it takes. Within the lead of the last mark it may
    /// count as stale.
    #[test]
    fn once_expired_stays_expired(
        as_of in 0..4_000_i64,
        // When, by which isolate, at the first try, and after what grace if any.
        list in proptest::collection::vec(
            (0..4_000_i64, any::<bool>(), any::<bool>(), proptest::option::of(0..4_000_i64)), 1..9),
        (own, waits) in (any::<bool>(), proptest::collection::vec(0..2_000_i64, 9)),
    ) {
        let (mut marks, mut now, mut expired) = (TagMarks::default(), 0, false);
        for ((at, mine, is_first, grace), wait) in list.into_iter().zip(waits) {
            now = now.max(at) + wait;
            let (stamp, by) = (UnixMillis(at + LEAD), Box::from(if mine { "a" } else { "b" }));
            let exact = is_first.then_some(UnixMillis(at));
            let heard = match grace {
                None => TagMarks { hard: Some(HardMark { t: stamp, by, exact }), soft: vec![] },
                Some(grace) => {
                    TagMarks { hard: None, soft: vec![SoftMark { s: stamp, x: UnixMillis(at + grace), by, exact }] }
                }
            };
            marks.merge(heard, UnixMillis(now));
            let said = |now| {
                let reader = Reader { me: "a", own: own.then_some(UnixMillis(i64::MIN)), lead_ms: LEAD, now: UnixMillis(now) };
                judge(&marks, UnixMillis(as_of), &reader)
            };
            prop_assert!(!expired || said(now) != TagState::Valid, "{:?}", marks);
            prop_assert!(!expired || said(now + 2 * LEAD) == TagState::Expired, "{:?}", marks);
            expired |= said(now) == TagState::Expired;
        }
    }

    #[test]
    fn floors_only_rise(list in proptest::collection::vec(("[a-c]{1,2}", 0..1_000_i64), 0..50), cut in any::<Index>()) {
        let mut floors = Floors::default();
        for (tag, t) in &list {
            let before: Vec<_> = list.iter().map(|(tag, _)| floors.of(&Tag::new(tag))).collect();
            floors.raise(&Tag::new(tag), UnixMillis(*t));
            prop_assert!(floors.of(&Tag::new(tag)) >= Some(UnixMillis(*t)));
            prop_assert!(list.iter().zip(before).all(|((tag, _), before)| floors.of(&Tag::new(tag)) >= before));
        }
        // Two halves say no less together.
        let half = |part: &[(String, i64)]| {
            let mut floors = Floors::default();
            part.iter().for_each(|(tag, t)| floors.raise(&Tag::new(tag), UnixMillis(*t)));
            floors
        };
        let (one, other) = list.split_at(cut.index(list.len() + 1));
        let mut merged = half(one);
        merged.merge(&half(other));
        for (tag, t) in &list {
            prop_assert!(merged.of(&Tag::new(tag)) >= Some(UnixMillis(*t)));
        }
        prop_assert_eq!(merged.latest(), list.iter().map(|(_, t)| UnixMillis(*t)).max());
    }
}
