//! Asking the origin on condition, and what its 304 confirms (RFC 9111 §4.3).

use super::{Render, Rendered};
use crate::cache::entry::Entry;
use crate::cache::freshness::{confirmed, is_about, validators};
use crate::store::Found;

/// A renderer that asks whether an entry is still what the origin has, where it can.
pub(super) fn conditional<R: Render>(
    render: &R,
    entry: &Entry,
    mut more: Vec<(Box<str>, Box<str>)>,
) -> Option<R> {
    let validators = validators(&entry.headers);
    if validators.is_empty() {
        return None;
    }
    more.extend(validators);
    render.with(&more)
}

/// Makes the whole response of a 304 to a conditional request and the stored one that it confirms (RFC 9111 §4.3.4); false
/// where it is about another one.
pub(super) fn confirm<B: Clone, R: Render<Body = B>>(
    render: &R,
    found: &Found<B>,
    answer: &mut Rendered<R::Live>,
) -> bool {
    if !is_about(&answer.headers, &found.entry.headers) {
        return false;
    }
    let Some(live) = render.live(found.body.clone()) else { return false };
    render.discard(std::mem::replace(&mut answer.live, live));
    answer.status = found.entry.status;
    answer.headers = confirmed(&found.entry.headers, &answer.headers);
    true
}
