//! Workers KV as it may behave: one register a key, where the last put to arrive wins, and a cache in each data centre
//! that sees it late and remembers absence too.

use std::collections::HashMap;
use std::rc::Rc;

use crate::dice::mix;
use crate::plan::Plan;

/// A value with its metadata: they come and go together.
#[derive(Clone, Debug)]
pub struct Value {
    /// The bytes.
    pub bytes: Rc<[u8]>,
    /// JSON.
    pub metadata: Option<Rc<str>>,
}

struct Version {
    at: i64,
    colo: usize,
    value: Value,
}

#[derive(Default)]
struct Register {
    versions: Vec<Version>,
    accepted: Option<i64>,
}

#[derive(Clone, Copy)]
struct Copy {
    version: Option<usize>,
    at: i64,
}

/// The store of one run.
#[derive(Default)]
pub struct Kv {
    keys: HashMap<Rc<str>, Register>,
    copies: HashMap<(usize, Rc<str>), Copy>,
    salt: u64,
    /// Visibility is kept to this from the end of the chaos on.
    pub calm: bool,
}

impl Kv {
    /// An empty store; `salt` decides who sees what when.
    #[must_use]
    pub fn new(salt: u64) -> Self {
        Self { salt, ..Self::default() }
    }

    /// Whether a put that arrives now is one too many for its key.
    pub fn refuses(&mut self, key: &str, now: i64) -> bool {
        let register = self.register(key);
        if register.accepted.is_some_and(|at| now - at < 1_000) {
            return true;
        }
        register.accepted = Some(now);
        false
    }

    /// A put lands.
    pub fn commit(&mut self, key: &str, colo: usize, value: Value, now: i64) {
        self.register(key).versions.push(Version { at: now, colo, value });
    }

    /// What a data centre sees of a key.
    pub fn see(&mut self, key: &str, colo: usize, now: i64, plan: &Plan) -> Option<Value> {
        let (name, register) = self.keys.get_key_value(key).map_or((None, None), |(n, r)| (Some(n), Some(r)));
        let versions = register.map_or(&[][..], |register| &register.versions);
        let place = (colo, name.map_or_else(|| key.into(), Rc::clone));
        let known = self.copies.get(&place).copied();
        if let Some(copy) = known
            && now - copy.at < plan.ttl
        {
            // Its own write shows at once nine times of ten.
            let own = versions.iter().enumerate().rev().find(|(at, v)| {
                v.colo == colo && v.at > copy.at && chance(self.salt, &place.1, *at, colo, now) < 0.9
            });
            match own {
                Some((at, _)) if Some(at) > copy.version => {
                    // It is as young as that write: what others write after it shows when that has aged.
                    let young = Copy { version: Some(at), at: versions[at].at };
                    self.copies.insert(place, young);
                    return Some(versions[at].value.clone());
                }
                _ => return copy.version.map(|at| versions[at].value.clone()),
            }
        }
        let seen = versions.iter().enumerate().rev().find(|(at, v)| {
            let own = v.colo == colo && chance(self.salt, &place.1, *at, colo, 0) < 0.9;
            own || v.at + delay(self.salt, &place.1, *at, colo, plan, self.calm) <= now
        });
        let mut version = seen.map(|(at, _)| at);
        if !plan.goes_back {
            version = version.max(known.and_then(|copy| copy.version));
        }
        self.copies.insert(place, Copy { version, at: now });
        version.map(|at| versions[at].value.clone())
    }

    /// Everything that was ever committed to a key, with the moment.
    pub fn history(&self, key: &str) -> impl Iterator<Item = (i64, &Value)> {
        let versions = self.keys.get(key).map_or(&[][..], |register| &register.versions);
        versions.iter().map(|version| (version.at, &version.value))
    }

    /// Any value that was committed to another key with the same beginning.
    pub fn other(&self, key: &str, prefix: &str, chosen: u64) -> Option<Value> {
        let mut names: Vec<_> =
            self.keys.keys().filter(|name| ***name != *key && name.starts_with(prefix)).collect();
        names.sort_unstable();
        let name = names.get(chosen.checked_rem(names.len() as u64)? as usize)?;
        self.keys[*name].versions.last().map(|version| version.value.clone())
    }

    fn register(&mut self, key: &str) -> &mut Register {
        if !self.keys.contains_key(key) {
            self.keys.insert(key.into(), Register::default());
        }
        self.keys.entry(key.into()).or_default()
    }
}

/// From 0 to 1, the same for the same question.
fn chance(salt: u64, key: &str, version: usize, colo: usize, now: i64) -> f64 {
    let mut hash = mix(salt ^ (version as u64) << 32 ^ (colo as u64) << 8 ^ now.cast_unsigned() << 16);
    for byte in key.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    (mix(hash) >> 11) as f64 / (1_u64 << 53) as f64
}

/// How long after its commit a version is seen by a data centre.
fn delay(salt: u64, key: &str, version: usize, colo: usize, plan: &Plan, calm: bool) -> i64 {
    let drawn = chance(salt ^ 0x5EE_DE1A, key, version, colo, 0);
    let [most, more, longest] = plan.visible;
    let bound = match drawn {
        0.99.. if !calm => longest,
        0.95.. if !calm => more,
        _ => most,
    };
    let part = chance(salt ^ 0x0DE1_A7ED, key, version, colo, 0);
    (bound as f64 * part) as i64
}
