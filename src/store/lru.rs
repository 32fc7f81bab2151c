//! A map bounded by weight that forgets what was used least recently.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

pub(crate) struct Lru<V> {
    slots: HashMap<Rc<str>, Slot<V>>,
    order: BTreeMap<u64, Rc<str>>,
    tick: u64,
    weight: usize,
    most: usize,
}

struct Slot<V> {
    value: V,
    weight: usize,
    tick: u64,
}

impl<V> Lru<V> {
    pub(crate) fn new(most: usize) -> Self {
        Self { slots: HashMap::new(), order: BTreeMap::new(), tick: 0, weight: 0, most }
    }

    /// Puts a value and returns what had to go for it. A value heavier than the whole map is not kept.
    pub(crate) fn put(&mut self, key: &str, value: V, weight: usize) -> Vec<V> {
        let mut gone: Vec<V> = self.remove(key).into_iter().collect();
        if weight > self.most {
            gone.push(value);
            return gone;
        }
        while self.weight.saturating_add(weight) > self.most {
            let Some((_, oldest)) = self.order.first_key_value() else { break };
            let oldest = Rc::clone(oldest);
            gone.extend(self.remove(&oldest));
        }
        let key: Rc<str> = key.into();
        let tick = self.next_tick();
        self.order.insert(tick, Rc::clone(&key));
        self.slots.insert(key, Slot { value, weight, tick });
        self.weight = self.weight.saturating_add(weight);
        gone
    }

    /// Looks up a value and marks it as used.
    pub(crate) fn get(&mut self, key: &str) -> Option<&mut V> {
        let tick = self.next_tick();
        let slot = self.slots.get_mut(key)?;
        if let Some(name) = self.order.remove(&slot.tick) {
            self.order.insert(tick, name);
        }
        slot.tick = tick;
        Some(&mut slot.value)
    }

    /// Looks up a value without marking it.
    pub(crate) fn peek(&self, key: &str) -> Option<&V> {
        self.slots.get(key).map(|slot| &slot.value)
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<V> {
        let slot = self.slots.remove(key)?;
        self.order.remove(&slot.tick);
        self.weight = self.weight.saturating_sub(slot.weight);
        Some(slot.value)
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn weight(&self) -> usize {
        self.weight
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
    }
}
