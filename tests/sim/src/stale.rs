//! S3 and S5: nothing is served that is made of what was read before a revalidation that should be known.

use crate::checks::Asked;
use crate::history::{Change, Made, Read};
use crate::plan::Weather;
use crate::world::World;

/// For how long an isolate believes what it has read of marks, in ms.
const MEMO_MS: i64 = 5_000;
/// What a request may take between its beginning and its reads, in ms.
const SLACK_MS: i64 = 2_500;
/// Until slow marks have been repeated, in ms.
pub(crate) const REPEAT_MS: i64 = 120_000;
/// For so long a visitor's cookie is sure to count, in ms.
const SEEN_MS: i64 = 110_000;

/// S3 to S5: nothing is made of what was read before a revalidation that should be known.
pub fn data(world: &World, asked: &Asked<'_>, made: &Made, number: usize, is_fresh: bool, doubtful: bool) {
    if !world.plan.clocks_agree() {
        return;
    }
    let oldest = made.reads.iter().min_by_key(|read| read.order);
    let path = oldest.map(|read| Read { tag: asked.page.path, ..*read });
    let doubtful = doubtful || made.doubtful;
    let mut history = world.history.borrow_mut();
    let mut found = None;
    for Read { tag, order, isolate } in made.reads.iter().copied().chain(path) {
        for change in history.changes.iter().filter(|change| change.tag == tag && change.order > order) {
            let Some((acked, acked_order)) = change.acked.zip(change.acked_order) else { continue };
            let mut wrong = |rule: &str| {
                found.get_or_insert_with(|| {
                    format!(
                        "{rule}: at {} isolate {} answers with render {number} of isolate {} at {}, which read tag {tag} before {change:?}; fresh: {is_fresh}, parts stale: {}, doubtful: {doubtful}",
                        asked.at,
                        asked.isolate.number(),
                        made.isolate,
                        made.began,
                        made.stale
                    )
                });
            };
            // What has a grace may be served stale; what is stale in a page that is not kept, too.
            let counts = change.grace.is_none() || (is_fresh && !made.stale);
            let is_own = change.isolate == asked.isolate.number() && asked.order > acked_order;
            // What another clock has dated within the lead is stale, and not yet expired, until the lead has passed: the
            // whole, or a part of what is not kept.
            let is_near = isolate != change.isolate && asked.at < acked + 2 * world.plan.lead + SLACK_MS;
            if is_own && counts && ((is_fresh && !made.stale) || !is_near) {
                wrong("S5");
            }
            if change.visitor == asked.visitor
                && asked.knows.contains(&change.order)
                && asked.at < change.at + SEEN_MS
                && !is_hidden(&history.changes, change, asked.isolate.number())
            {
                wrong("S5 visitor");
            }
            let delta = world.plan.delta() + MEMO_MS + SLACK_MS + repeat(world.plan.weather);
            let known = asked.at > acked + delta;
            if known && !doubtful && (counts || expired(&history.changes, change, asked.at, delta)) {
                wrong("S3");
            }
        }
    }
    if let Some(found) = found {
        history.blame(|| found);
    }
}

/// Whether the visitor's cookie holds another change of the tag in the place of this one: it keeps the latest time a tag, by
/// whatever clock, and whoever wrote that mark takes it for its own. It takes two changes by one visitor in two places, within
/// the difference of their clocks.
fn is_hidden(changes: &[Change], change: &Change, isolate: u64) -> bool {
    let mut others = changes.iter().filter(|other| other.order != change.order);
    others.any(|other| {
        (other.isolate, other.tag) == (isolate, change.tag)
            && other.told >= change.told
            && other.order < change.order
    })
}

/// The protocol promises Δ where puts commit within the lead. Where they do not, they are written again, and in the
/// meantime a later mark may be undone: that is waited for.
fn repeat(weather: Weather) -> i64 {
    if weather == Weather::Slow { REPEAT_MS } else { 0 }
}

/// Whether a grace has passed, on any clock. Two revalidations of a tag with a grace share one key, and whoever writes last
/// may not have read what the other wrote: then the end of the other's grace is lost, and its data stays stale, which is
/// never fresh.
fn expired(changes: &[Change], change: &Change, at: i64, delta: i64) -> bool {
    let is_rival =
        |other: &&Change| other.tag == change.tag && other.grace.is_some() && other.order != change.order;
    if changes.iter().any(|other| is_rival(&other)) {
        return false;
    }
    change.grace.is_some_and(|grace| at > change.at.saturating_add(grace).saturating_add(delta))
}
