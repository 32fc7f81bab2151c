//! Until when an answer stays the same, as far as time alone can change it.

use super::entry::Entry;
use crate::time::UnixMillis;

/// The first moment at which a plain hit of a route, whose head tells no age, may be another answer if nothing becomes
/// known meanwhile. `same` is when memory gives the body up, if it has it, and `believed` when what was read of the
/// entry's tags has to be read again.
///
/// No mark has a say: one that reaches the entry makes it stale at once, and time alone lets none reach further.
///
/// # Examples
///
/// ```
/// # use freshtag::cache::{entry::Entry, horizon::good_until, key::Kind, lifetime::Lifetime};
/// use freshtag::time::{Seconds, UnixMillis};
///
/// # let lifetime = Lifetime { stale: Seconds(1.0), revalidate: Seconds(10.0), expire: Seconds(20.0) };
/// # let entry = Entry {
/// #     key: "".into(), kind: Kind::Route, status: 200, headers: vec![], tags: vec![], told: vec![],
/// #     created: UnixMillis(0), oldest: UnixMillis(0), by: "".into(), seen: None, lifetime, selection: None,
/// #     stale_if_error: None, etag: None, body_len: 0,
/// # };
/// // `revalidate` is 10 s, and at that age the entry is still fresh.
/// assert_eq!(good_until(&entry, UnixMillis(30_000), UnixMillis(12_000)), UnixMillis(10_001));
/// assert_eq!(good_until(&entry, UnixMillis(30_000), UnixMillis(5_000)), UnixMillis(5_000));
/// ```
#[must_use]
pub fn good_until(entry: &Entry, same: UnixMillis, believed: UnixMillis) -> UnixMillis {
    let fresh = entry.lifetime.revalidate.min(entry.lifetime.expire);
    entry.created.plus(fresh).plus_ms(1).min(same).min(believed)
}
