//! What is written when a tag is revalidated, and what it means for an entry.
//!
//! There is no read-modify-write on the store, and the last put to arrive wins, so a mark is a time that only
//! ever needs to grow. It is written with a lead, which covers clock differences and a put's way to the store.

use std::cmp::Reverse;
use std::mem;

use crate::json::{Json, Printer, print_list};
use crate::sabotage::{self, Bug};
use crate::time::UnixMillis;

/// The most soft marks kept for a tag.
pub const MOST_SOFT: usize = 4;

/// What the marks of one tag say of data read at `as_of`.
///
/// Equal times count as invalid: a Worker's clock stands still between I/O.
///
/// # Examples
///
/// ```
/// use freshtag::cache::mark::{judge, HardMark, Reader, TagMarks, TagState};
/// use freshtag::time::UnixMillis;
///
/// let marks = TagMarks { hard: Some(HardMark { t: UnixMillis(10_000), by: "a".into(), exact: None }), soft: vec![] };
/// let reader = Reader { me: "b", own: None, lead_ms: 1_000, now: UnixMillis(20_000) };
/// assert_eq!(judge(&marks, UnixMillis(10_000), &reader), TagState::Expired);
/// assert_eq!(judge(&marks, UnixMillis(10_001), &reader), TagState::Valid);
/// ```
#[must_use]
pub fn judge(marks: &TagMarks, as_of: UnixMillis, reader: &Reader<'_>) -> TagState {
    // Only what one isolate wrote, rendered and asks about compares without the lead; and not what it read while the mark
    // was on its way, which may have undone a later one of somebody else's.
    let sure = |exact: &UnixMillis| reader.own.is_some_and(|landed| as_of <= *exact || as_of > landed);
    let exact = |by: &str, exact: Option<UnixMillis>| exact.filter(sure).filter(|_| by == reader.me);
    let reaches = |time: UnixMillis| {
        if sabotage::is(Bug::EqualIsValid) { time > as_of } else { time >= as_of }
    };
    let mut state = TagState::Valid;
    if let Some(mark) = &marks.hard {
        let own = exact(&mark.by, mark.exact);
        if reaches(own.unwrap_or(mark.t)) {
            let before_lead = as_of <= mark.t.plus_ms(reader.lead_ms.saturating_neg());
            let lead_passed = reader.now >= mark.t.plus_ms(reader.lead_ms);
            if own.is_some() || before_lead || lead_passed {
                return TagState::Expired;
            }
            // Rendered inside the lead: it may be older or newer than the revalidation. Stale, so that nobody
            // renders in a loop while the lead lasts.
            state = TagState::Stale;
        }
    }
    for mark in &marks.soft {
        if reaches(exact(&mark.by, mark.exact).unwrap_or(mark.s)) {
            if mark.x <= reader.now {
                return TagState::Expired;
            }
            state = TagState::Stale;
        }
    }
    state
}

/// Who asks [`judge`], and when.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The isolate that asks.
    pub me: &'a str,
    /// Where this isolate rendered the entry, and read the tag's data itself (`as_of >= created`): when the last put of its
    /// own marks had ended.
    pub own: Option<UnixMillis>,
    /// The lead with which marks are written, in ms.
    pub lead_ms: i64,
    /// The time of the question.
    pub now: UnixMillis,
}

/// What a tag says of an entry.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum TagState {
    /// Nothing against it.
    Valid,
    /// May be served while a new one is made.
    Stale,
    /// Must not be served.
    Expired,
}

/// The last immediate expiry of a tag.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HardMark {
    /// Data from this moment or before is expired.
    pub t: UnixMillis,
    /// The isolate that wrote it.
    pub by: Box<str>,
    /// The time without lead: on a first attempt only, as a later one may overwrite somebody else's mark.
    pub exact: Option<UnixMillis>,
}

/// A revalidation with a grace: stale now, expired later.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SoftMark {
    /// Data from this moment or before is stale.
    pub s: UnixMillis,
    /// From this moment on it is expired.
    pub x: UnixMillis,
    /// The isolate that wrote it.
    pub by: Box<str>,
    /// As in [`HardMark::exact`].
    pub exact: Option<UnixMillis>,
}

/// "Look": somebody revalidated something up to this time. It never says "valid".
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Watermark {
    /// Rounded up, and ahead of the clock, so that it covers the marks it announces.
    pub t: UnixMillis,
    /// Fresh for every attempt to write it.
    pub id: Box<str>,
}

/// Everything known of one tag.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TagMarks {
    /// The latest immediate expiry.
    pub hard: Option<HardMark>,
    /// Revalidations with a grace.
    pub soft: Vec<SoftMark>,
}

impl TagMarks {
    /// Takes in what somebody else knows. Times never go back.
    pub fn merge(&mut self, other: Self, now: UnixMillis) {
        if let Some(mark) = other.hard {
            self.hard = Some(match self.hard.take() {
                None => mark,
                Some(known) => {
                    let (mut last, first) = if mark.t > known.t { (mark, known) } else { (known, mark) };
                    blur(&mut last.exact, &last.by, &first.by, first.exact, first.t);
                    last
                }
            });
        }
        self.soft.extend(other.soft);
        self.soft = fold_soft(mem::take(&mut self.soft), now);
    }

    /// The latest time at which this tag says anything.
    #[must_use]
    pub fn latest(&self) -> Option<UnixMillis> {
        self.hard.iter().map(|m| m.t).chain(self.soft.iter().map(|m| m.s)).max()
    }
}

/// Reduces soft marks to at most [`MOST_SOFT`] that say the same, or a little more.
///
/// A mark whose expiry has passed is *not* dropped, for it still keeps older data expired; of several such the
/// one that reaches furthest stands for all. The result is sorted, growing in `s` and `x`.
#[must_use]
pub fn fold_soft(marks: Vec<SoftMark>, now: UnixMillis) -> Vec<SoftMark> {
    let passed_or = |mark: &SoftMark| mark.x.max(now);
    // The strongest of equals first: later `s`, then sooner expiry. There are a handful: insertion is enough.
    let order = |mark: &SoftMark| (Reverse(mark.s), passed_or(mark), mark.exact.is_none());
    let mut all: Vec<SoftMark> = Vec::new();
    for mark in marks {
        let at = all.partition_point(|known| order(known) <= order(&mark));
        all.insert(at, mark);
    }
    let mut kept: Vec<SoftMark> = Vec::new();
    for mark in all {
        match kept.last_mut().filter(|stronger| passed_or(stronger) <= passed_or(&mark)) {
            Some(stronger) => blur(&mut stronger.exact, &stronger.by, &mark.by, mark.exact, mark.s),
            None => kept.push(mark),
        }
    }
    kept.reverse();
    while kept.len() > MOST_SOFT {
        merge_closest(&mut kept);
    }
    kept
}

/// A mark that stands for another one, too, is exact only where the other one says nothing behind its moment.
fn blur(
    exact: &mut Option<UnixMillis>,
    by: &str,
    other_by: &str,
    other_exact: Option<UnixMillis>,
    other: UnixMillis,
) {
    let reaches = other_exact.filter(|_| by == other_by).unwrap_or(other);
    *exact = exact.filter(|exact| reaches <= *exact);
}

/// Replaces the two neighbours with the closest expiries by one that is at least as strict as both.
fn merge_closest(marks: &mut Vec<SoftMark>) {
    let gap = |pair: &[SoftMark]| match pair {
        [a, b] => b.x.since(a.x),
        _ => i64::MAX,
    };
    let Some((at, _)) = marks.windows(2).enumerate().min_by_key(|(_, pair)| gap(pair)) else { return };
    let earlier = marks.remove(at);
    if let Some(later) = marks.get_mut(at) {
        later.x = earlier.x.min(later.x);
        later.exact = None;
    }
}

impl HardMark {
    /// As it is stored.
    #[must_use]
    pub fn text(&self) -> String {
        let mut wire = Printer::default();
        wire.integer("t", self.t.0);
        wire.text("by", &self.by);
        wire.maybe("e", self.exact.map(|e| e.0));
        wire.end()
    }

    /// Reads [`Self::text`].
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let wire = Json::parse(text)?;
        Some(Self { t: time(&wire, "t")?, by: wire.text("by")?.into(), exact: time(&wire, "e") })
    }
}

impl SoftMark {
    /// A list as it is stored.
    #[must_use]
    pub fn list_text(list: &[Self]) -> String {
        print_list(list.iter().map(|mark| {
            let mut wire = Printer::default();
            wire.integer("s", mark.s.0);
            wire.integer("x", mark.x.0);
            wire.text("by", &mark.by);
            wire.maybe("e", mark.exact.map(|e| e.0));
            wire.end()
        }))
    }

    /// Reads [`Self::list_text`].
    #[must_use]
    pub fn read_list(text: &str) -> Option<Vec<Self>> {
        let one = |wire: &Json| {
            let by = wire.text("by")?.into();
            Some(Self { s: time(wire, "s")?, x: time(wire, "x")?, by, exact: time(wire, "e") })
        };
        Json::parse(text)?.as_list()?.iter().map(one).collect()
    }
}

impl Watermark {
    /// As it is stored.
    #[must_use]
    pub fn text(&self) -> String {
        let mut wire = Printer::default();
        wire.integer("t", self.t.0);
        wire.text("id", &self.id);
        wire.end()
    }

    /// Reads [`Self::text`].
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let wire = Json::parse(text)?;
        Some(Self { t: time(&wire, "t")?, id: wire.text("id")?.into() })
    }
}

fn time(wire: &Json, name: &str) -> Option<UnixMillis> {
    wire.integer(name).map(UnixMillis)
}
