//! A map bounded by weight that forgets what was used least recently.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

pub(crate) struct Lru<V> {
    names: Names,
    /// By slot number; the names keep account of which are free.
    values: Vec<Option<V>>,
}

/// Everything that does not depend on what is kept, so that there is one copy of it.
struct Names {
    slots: HashMap<Rc<str>, Slot>,
    order: BTreeMap<u64, Rc<str>>,
    free: Vec<usize>,
    tick: u64,
    weight: usize,
    most: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    at: usize,
    weight: usize,
    tick: u64,
}

impl<V> Lru<V> {
    pub(crate) fn new(most: usize) -> Self {
        let names = Names {
            slots: HashMap::new(),
            order: BTreeMap::new(),
            free: Vec::new(),
            tick: 0,
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
        self.values.get(self.names.slots.get(key)?.at)?.as_ref()
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        let at = self.names.remove(key)?;
        self.take(at)
    }

    pub(crate) fn len(&self) -> usize {
        self.names.slots.len()
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
        let oldest = Rc::clone(self.order.first_key_value()?.1);
        self.remove(&oldest)
    }

    fn insert(&mut self, key: &str, weight: usize) -> usize {
        let at = self.free.pop().unwrap_or(self.slots.len());
        let key: Rc<str> = key.into();
        let tick = self.next_tick();
        self.order.insert(tick, Rc::clone(&key));
        self.slots.insert(key, Slot { at, weight, tick });
        self.weight = self.weight.saturating_add(weight);
        at
    }

    fn touch(&mut self, key: &str) -> Option<usize> {
        let tick = self.next_tick();
        let slot = self.slots.get_mut(key)?;
        if let Some(name) = self.order.remove(&slot.tick) {
            self.order.insert(tick, name);
        }
        slot.tick = tick;
        Some(slot.at)
    }

    fn remove(&mut self, key: &str) -> Option<usize> {
        let slot = self.slots.remove(key)?;
        self.order.remove(&slot.tick);
        self.weight = self.weight.saturating_sub(slot.weight);
        self.free.push(slot.at);
        Some(slot.at)
    }

    fn next_tick(&mut self) -> u64 {
        self.tick = self.tick.saturating_add(1);
        self.tick
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
