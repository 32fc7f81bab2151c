//! A map bounded by weight that forgets what was used least recently.

use std::collections::HashMap;
use std::rc::Rc;

pub(crate) struct Lru<V> {
    names: Names,
    /// By slot number.
    values: Vec<Option<V>>,
}

/// Everything that does not depend on what is kept, so that there is one copy of it: a table of names, and their
/// slots as a list from the least to the most recently used.
struct Names {
    table: HashMap<Rc<str>, usize>,
    slots: Vec<Slot>,
    free: Vec<usize>,
    oldest: usize,
    newest: usize,
    weight: usize,
    most: usize,
}

struct Slot {
    name: Rc<str>,
    weight: usize,
    older: usize,
    newer: usize,
}

/// No slot.
const END: usize = usize::MAX;

impl<V> Lru<V> {
    pub(crate) fn new(most: usize) -> Self {
        let names = Names {
            table: HashMap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            oldest: END,
            newest: END,
            weight: 0,
            most,
        };
        Self { names, values: Vec::new() }
    }

    /// Puts a value and returns what had to go for it. A value heavier than the whole map is not kept.
    pub(crate) fn put(&mut self, key: &str, value: V, weight: usize) -> Vec<V> {
        let mut gone: Vec<V> = self.remove(key).into_iter().collect();
        if weight > self.names.most {
            gone.push(value);
            return gone;
        }
        while let Some(at) = self.names.make_room(weight) {
            gone.extend(self.take(at));
        }
        let at = self.names.insert(key, weight);
        if at >= self.values.len() {
            self.values.resize_with(at.saturating_add(1), || None);
        }
        if let Some(slot) = self.values.get_mut(at) {
            *slot = Some(value);
        }
        gone
    }

    /// Looks up a value and marks it as used.
    pub(crate) fn get(&mut self, key: &str) -> Option<&mut V> {
        let at = self.names.touch(key)?;
        self.values.get_mut(at)?.as_mut()
    }

    /// Looks up a value without marking it.
    pub(crate) fn peek(&self, key: &str) -> Option<&V> {
        self.values.get(*self.names.table.get(key)?)?.as_ref()
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        let at = self.names.remove(key)?;
        self.take(at)
    }

    /// What all values may weigh together.
    pub(crate) fn most(&self) -> usize {
        self.names.most
    }

    pub(crate) fn len(&self) -> usize {
        self.names.table.len()
    }

    pub(crate) fn weight(&self) -> usize {
        self.names.weight
    }

    fn take(&mut self, at: usize) -> Option<V> {
        self.values.get_mut(at)?.take()
    }
}

impl Names {
    /// Gives up the least recently used slot if `weight` does not fit yet.
    fn make_room(&mut self, weight: usize) -> Option<usize> {
        if self.weight.saturating_add(weight) <= self.most {
            return None;
        }
        let oldest = Rc::clone(&self.slots.get(self.oldest)?.name);
        self.remove(&oldest)
    }

    fn insert(&mut self, key: &str, weight: usize) -> usize {
        let name: Rc<str> = key.into();
        let slot = Slot { name: Rc::clone(&name), weight, older: END, newer: END };
        let at = self.free.pop().unwrap_or(self.slots.len());
        match self.slots.get_mut(at) {
            Some(freed) => *freed = slot,
            None => self.slots.push(slot),
        }
        self.table.insert(name, at);
        self.weight = self.weight.saturating_add(weight);
        self.link(at);
        at
    }

    fn touch(&mut self, key: &str) -> Option<usize> {
        let at = *self.table.get(key)?;
        if at != self.newest {
            self.unlink(at);
            self.link(at);
        }
        Some(at)
    }

    fn remove(&mut self, key: &str) -> Option<usize> {
        let at = self.table.remove(key)?;
        self.unlink(at);
        self.free.push(at);
        self.weight = self.weight.saturating_sub(self.slots.get(at)?.weight);
        Some(at)
    }

    /// Puts a slot at the newest end.
    fn link(&mut self, at: usize) {
        let newest = self.newest;
        if let Some(slot) = self.slots.get_mut(at) {
            (slot.older, slot.newer) = (newest, END);
        }
        match self.slots.get_mut(newest) {
            Some(slot) => slot.newer = at,
            None => self.oldest = at,
        }
        self.newest = at;
    }

    fn unlink(&mut self, at: usize) {
        let Some((older, newer)) = self.slots.get(at).map(|slot| (slot.older, slot.newer)) else { return };
        match self.slots.get_mut(older) {
            Some(slot) => slot.newer = newer,
            None => self.oldest = newer,
        }
        match self.slots.get_mut(newer) {
            Some(slot) => slot.older = older,
            None => self.newest = older,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lru;

    #[test]
    fn forgets_the_least_recently_used() {
        let mut lru = Lru::new(10);
        assert!(lru.put("a", 1, 4).is_empty());
        assert!(lru.put("b", 2, 4).is_empty());
        assert_eq!(lru.get("a"), Some(&mut 1));
        assert_eq!(lru.put("c", 3, 4), [2]);
        assert_eq!((lru.peek("a"), lru.peek("b"), lru.len(), lru.weight()), (Some(&1), None, 2, 8));
        assert_eq!(lru.put("a", 5, 2), [1]);
        assert_eq!(lru.put("d", 9, 11), [9]);
        assert_eq!((lru.len(), lru.weight()), (2, 6));
        assert_eq!((lru.peek("a"), lru.peek("c"), lru.peek("d")), (Some(&5), Some(&3), None));
    }
}
