//! Until when a hit needs no other look.

use super::index::clean;
use super::memory::MEMO_MS;
use super::{Index, Store};
use crate::cache::entry::Entry;
use crate::cache::horizon::good_until;
use crate::time::UnixMillis;

impl<S: Store> Index<S> {
    /// As [`good_until`], of an entry that is in the same place up to `same`, for a reader who has no floors and is `under` no
    /// tags. `None` where its tags would have to be looked at now.
    pub(crate) fn good_until(&self, entry: &Entry, same: UnixMillis) -> Option<UnixMillis> {
        let now = self.store.now();
        let watermark = self.memory.young_watermark(now)?;
        let mut read = self.memory.with_watermark(|slot| slot.read_at)?;
        for (tag, as_of) in &entry.tags {
            if !clean(entry, *as_of, Some(&watermark)) {
                read = read.min(self.memory.marks_read(tag)?);
            }
        }
        Some(good_until(entry, same, read.plus_ms(MEMO_MS)))
    }
}
