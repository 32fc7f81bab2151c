//! What everything in a run shares.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::clock::Clock;
use crate::dice::Dice;
use crate::history::History;
use crate::kv::Kv;
use crate::plan::{Faults, Plan};

/// Where the isolates' clocks start: late in 2026.
pub const START: i64 = 1_795_000_000_000;

/// One run's shared state.
pub struct World {
    /// True time, and the tasks on it.
    pub clock: Clock,
    /// All chance.
    pub dice: RefCell<Dice>,
    /// What was drawn.
    pub plan: Plan,
    /// The central store and what each place sees of it.
    pub kv: RefCell<Kv>,
    /// What happened.
    pub history: RefCell<History>,
    /// Whether faults have stopped.
    pub calm: Cell<bool>,
    /// By how much each data centre's clock is off now, in ms.
    pub skews: RefCell<Vec<i64>>,
    /// The order of the last change of each tag.
    pub changed: RefCell<Vec<u64>>,
    numbers: Cell<u64>,
}

impl World {
    /// A run that has not begun.
    #[must_use]
    pub fn new(plan: Plan, mut dice: Dice, tags: usize) -> Rc<Self> {
        let kv = Kv::new(dice.bits());
        Rc::new(Self {
            clock: Clock::default(),
            dice: RefCell::new(dice),
            kv: RefCell::new(kv),
            history: RefCell::default(),
            calm: Cell::new(false),
            skews: RefCell::new(plan.skews.clone()),
            changed: RefCell::new(vec![0; tags]),
            plan,
            numbers: Cell::new(0),
        })
    }

    /// True time in ms.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// What a data centre's clock says.
    #[must_use]
    pub fn told(&self, colo: usize) -> i64 {
        let exact = START + self.now() + self.skews.borrow()[colo];
        exact - exact.rem_euclid(self.plan.grain)
    }

    /// A number that was not given before.
    #[must_use]
    pub fn number(&self) -> u64 {
        let next = self.numbers.get() + 1;
        self.numbers.set(next);
        next
    }

    /// Whether a fault happens now.
    pub fn strikes(&self, which: impl Fn(&Faults) -> f64) -> bool {
        !self.calm.get() && self.dice.borrow_mut().chance(which(&self.plan.faults))
    }

    /// A duration in ms, short ones more often than long ones; on coarse clocks a multiple of what they show.
    pub fn lasts(&self, most: i64) -> i64 {
        let mut dice = self.dice.borrow_mut();
        let part = dice.part();
        let ms = (most as f64 * part * part) as i64;
        if self.plan.grain > 1 { ms - ms % self.plan.grain } else { ms }
    }

    /// A number below `n`.
    pub fn below(&self, n: u64) -> u64 {
        self.dice.borrow_mut().below(n)
    }

    /// True with this probability.
    pub fn chance(&self, p: f64) -> bool {
        self.dice.borrow_mut().chance(p)
    }
}
