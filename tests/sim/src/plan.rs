//! What is drawn for a seed before it runs: the places, their clocks, how the store and the origin behave.

use crate::dice::Dice;

/// The kind of trouble a seed is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Weather {
    /// Clocks differ and puts commit within the lead. Everything is checked.
    Fair,
    /// Likewise, with clocks off by seconds and a lead of 12 s.
    Hostile,
    /// A part of the puts takes longer than the lead: S3 waits for their repetition.
    Slow,
    /// One clock steps by a minute: what compares two clocks is not checked.
    Step,
}

/// Everything drawn.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it is about.
    pub weather: Weather,
    /// Data centres.
    pub colos: usize,
    /// Isolates in each.
    pub isolates: usize,
    /// By how much the clock of each data centre is off, in ms.
    pub skews: Vec<i64>,
    /// Clocks stand still for so long, in ms.
    pub grain: i64,
    /// `leadMs`.
    pub lead: i64,
    /// How long a text's put takes to commit, in ms, at most.
    pub commit: i64,
    /// How likely a put is one of the slow ones, of 2 to 11 s.
    pub slow: f64,
    /// How long an entry's put takes to commit, in ms, at most.
    pub entry_commit: i64,
    /// How long a data centre keeps what it read, in ms; absence too.
    pub ttl: i64,
    /// How long a commit takes to be seen elsewhere, in ms, at most: for 95, 99 and 100 of 100.
    pub visible: [i64; 3],
    /// Whether a data centre may see an older value than it has seen.
    pub goes_back: bool,
    /// How long a read takes, in ms, at most.
    pub read: i64,
    /// The faults while there is chaos.
    pub faults: Faults,
    /// Tags of data.
    pub tags: usize,
    /// Route pages, origin pages, cached functions.
    pub counts: [usize; 3],
    /// Tags on everything that say nothing: headers grow beyond metadata.
    pub padding: usize,
    /// Bytes that make bodies long.
    pub bulk: usize,
    /// How long a render takes, in ms, at most.
    pub render: i64,
    /// Visitors.
    pub visitors: usize,
    /// Between two visits, in ms, at most.
    pub gap: i64,
    /// How likely a request revalidates something.
    pub writes: f64,
    /// How long there is chaos, in ms.
    pub chaos: i64,
    /// How many visits there are at most while there is.
    pub visits: usize,
}

/// How likely is what.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// A read fails.
    pub get: f64,
    /// A read is never answered.
    pub get_hangs: f64,
    /// A bulk read misses some keys.
    pub partial: f64,
    /// A put fails before it commits.
    pub before: f64,
    /// A put fails after it has committed.
    pub after: f64,
    /// A put is never answered, whether it commits or not.
    pub put_hangs: f64,
    /// An entry comes back as something else.
    pub corrupt: f64,
    /// An entry comes back with a bit of its header flipped.
    pub flips: f64,
    /// A body breaks off.
    pub breaks: f64,
    /// An isolate ends at any moment.
    pub kill: f64,
    /// A request's client leaves at any moment.
    pub leave: f64,
    /// A render fails, or answers 5xx.
    pub origin: f64,
    /// A render takes up to a minute.
    pub hangs: f64,
    /// A render's body is cut.
    pub cut: f64,
    /// A response is for one visitor alone.
    pub private: f64,
}

impl Plan {
    /// The plan of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        Self::draw(&mut Dice::new(seed))
    }

    /// Draws a plan.
    #[must_use]
    pub fn draw(dice: &mut Dice) -> Self {
        let weather = match dice.below(100) {
            0..=64 => Weather::Fair,
            65..=76 => Weather::Hostile,
            77..=98 => Weather::Slow,
            _ => Weather::Step,
        };
        let small = dice.chance(0.7);
        let colos = if small { dice.between(1, 4) } else { dice.between(1, 12) } as usize;
        let lead =
            if weather == Weather::Hostile { 12_000 } else { dice.pick(&[1_000, 1_000, 1_000, 2_500]) };
        // What the lead covers is shared out between clocks, the way to the store, and clocks that stand still.
        let skew = match weather {
            Weather::Hostile => 5_000,
            _ => dice.between(0, lead / 2 - 1),
        };
        let grain = if dice.chance(0.35) { dice.pick(&[10, 100, 250]).min((lead - skew) / 4) } else { 1 };
        let commit = dice.between(5, (lead - skew - 2 * grain).max(6)).min(5_000);
        let skews = (0..colos).map(|_| dice.between(-(skew / 2), skew / 2)).collect();
        let long = dice.chance(0.04);
        let first = dice.pick(&[0, 5_000, 30_000, 60_000]);
        let visible = if long { [first, 300_000, 3_600_000] } else { [first, first, first] };
        let ttl = dice.pick(&[30_000, 60_000]);
        let delta = visible[2] + ttl;
        let chaos = (delta * 3 + dice.between(60_000, 600_000)).max(120_000);
        let visits = dice.between(40, 260) as usize;
        let busy = dice.pick(&[1, 1, 4]);
        let mut plan = Self {
            weather,
            colos,
            isolates: dice.between(1, if small { 2 } else { 4 }) as usize,
            skews,
            grain,
            lead,
            commit,
            slow: if weather == Weather::Slow { dice.pick(&[0.05, 0.35]) } else { 0.0 },
            entry_commit: dice.pick(&[400, 5_000, 20_000]),
            ttl,
            visible,
            goes_back: dice.chance(0.3),
            read: dice.pick(&[3, 30, 30, 400]),
            faults: Faults::draw(dice, weather),
            tags: dice.between(1, 4) as usize,
            counts: [dice.between(1, 3), dice.between(0, 1), dice.between(0, 4)].map(|n| n as usize),
            padding: if dice.chance(0.1) { dice.between(20, 60) as usize } else { 0 },
            bulk: if dice.chance(0.02) { 300_000 } else { 0 },
            render: dice.pick(&[20, 400, 1_500, 4_000]),
            visitors: dice.between(1, 4) as usize,
            gap: (2 * chaos / visits as i64 / busy).max(1),
            writes: dice.pick(&[0.03, 0.1, 0.3]),
            chaos,
            visits,
        };
        if weather == Weather::Slow {
            plan.faults.end(Dice::new(chaos.unsigned_abs()));
        }
        plan
    }

    /// The longest that a commit stays unseen somewhere, in ms.
    #[must_use]
    pub fn delta(&self) -> i64 {
        self.visible[2] + self.ttl
    }

    /// Whether two clocks can be compared.
    #[must_use]
    pub fn clocks_agree(&self) -> bool {
        self.weather != Weather::Step
    }
}

impl Faults {
    /// Where puts are slow, those who write are left alone: a slow put that undoes another is repeated by whoever wrote it,
    /// and who has died cannot.
    fn end(&mut self, mut dice: Dice) {
        if dice.chance(0.4) {
            (self.kill, self.leave) = (dice.pick(&[0.02, 0.1]), dice.pick(&[0.0, 0.3]) * dice.part());
        }
    }

    fn draw(dice: &mut Dice, weather: Weather) -> Self {
        if dice.chance(0.25) {
            return Self::default();
        }
        let mut some = |often: f64, most: &[f64]| {
            if dice.chance(often) { dice.pick(most) * dice.part() } else { 0.0 }
        };
        let slow = weather == Weather::Slow;
        Self {
            get: some(0.3, &[0.05, 0.3, 1.0]),
            get_hangs: some(0.2, &[0.02, 0.2]),
            partial: some(0.2, &[0.1, 0.5]),
            before: some(0.3, &[0.1, 0.5]),
            after: some(0.3, &[0.1, 0.5]),
            put_hangs: some(0.15, &[0.05, 0.2]),
            corrupt: some(0.2, &[0.02, 0.2]),
            flips: some(0.1, &[0.02, 0.2]),
            breaks: some(0.15, &[0.02, 0.2]),
            // See `end`.
            kill: if slow { 0.0 } else { some(0.4, &[0.02, 0.1]) },
            leave: if slow { 0.0 } else { some(0.3, &[0.05, 0.3]) },
            origin: some(0.4, &[0.1, 0.5]),
            hangs: some(0.15, &[0.02, 0.1]),
            cut: some(0.2, &[0.05, 0.3]),
            private: some(0.5, &[0.1, 0.5]),
        }
    }
}
