//! The bugs that can be planted, and from which seed on each is found soon.

use freshtag::sabotage::Bug;

use crate::run::run;

/// Within so many seeds each must be found.
pub const ENOUGH: u64 = 10_000;

/// One bug.
pub struct Planted {
    /// Its name on the command line.
    pub name: &'static str,
    /// The bug.
    pub bug: Bug,
    /// The first seed, from 1 on, that found it when it was last looked for: the search begins here.
    pub seed: u64,
}

/// All of them: the eight of `reliability.md` §4, then the switches of the model that served to judge the design. Its
/// `NO_SEEN` is not among them: it costs reads and breaks nothing.
pub const BUGS: &[Planted] = &[
    planted("stamp-at-put", Bug::StampAtPut, 1),
    planted("equal-is-valid", Bug::EqualIsValid, 887),
    planted("cached-verdict", Bug::CachedVerdict, 1),
    planted("swallowed-429", Bug::Swallowed429, 35),
    planted("any-key", Bug::AnyKey, 63),
    planted("trusted-header", Bug::TrustedHeader, 61),
    planted("no-lead", Bug::NoLead, 433),
    planted("shared-promise", Bug::SharedPromise, 845),
    planted("shared-result", Bug::SharedResult, 16),
    planted("one-mark", Bug::OneMark, 66),
    planted("seen-all", Bug::SeenAll, 366),
    planted("no-remark", Bug::NoRemark, 2_746),
    planted("no-rewrite", Bug::NoRewrite, 2_920),
    planted("no-inflate", Bug::NoInflate, 252),
    planted("no-soft-age", Bug::NoSoftAge, 343),
];

const fn planted(name: &'static str, bug: Bug, seed: u64) -> Planted {
    Planted { name, bug, seed }
}

impl Planted {
    /// Looks for a seed that finds it, and finds nothing without it.
    ///
    /// # Errors
    ///
    /// Where there is none, or that seed fails without the bug too.
    pub fn find(&self) -> Result<String, String> {
        let found = (self.seed..self.seed + ENOUGH)
            .find_map(|seed| Some((seed, run(seed, Some(self.bug)).violation?)));
        let Some((seed, what)) = found else { return Err("is not found".to_owned()) };
        match run(seed, None).violation {
            Some(what) => Err(format!("seed {seed} fails without it: {what}")),
            None => Ok(format!("seed {seed}: {what}")),
        }
    }
}
