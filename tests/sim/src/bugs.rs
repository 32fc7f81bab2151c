//! The bugs that can be planted, and the seed that finds each.

use freshtag::sabotage::Bug;

use crate::run::run;

/// One bug.
pub struct Planted {
    /// Its name on the command line.
    pub name: &'static str,
    /// The bug.
    pub bug: Bug,
    /// The first seed that finds it, from 1 on.
    pub seed: u64,
    /// The check that finds it there.
    pub rule: &'static str,
}

/// All of them: the eight of `reliability.md` §4, then the switches of the model that served to judge the design.
pub const BUGS: &[Planted] = &[
    planted("stamp-at-put", Bug::StampAtPut, 1, "S5"),
    planted("equal-is-valid", Bug::EqualIsValid, 887, "S5"),
    planted("cached-verdict", Bug::CachedVerdict, 1, "S3"),
    planted("swallowed-429", Bug::Swallowed429, 35, "S6"),
    planted("any-key", Bug::AnyKey, 63, "S1"),
    planted("trusted-header", Bug::TrustedHeader, 61, "S1"),
    planted("no-lead", Bug::NoLead, 46, "S5"),
    planted("shared-promise", Bug::SharedPromise, 845, "L2"),
    planted("shared-result", Bug::SharedResult, 16, "S5"),
    planted("one-mark", Bug::OneMark, 1, "S3"),
    planted("seen-all", Bug::SeenAll, 366, "S3"),
    planted("no-remark", Bug::NoRemark, 1_700, "S3"),
    planted("no-rewrite", Bug::NoRewrite, 1_580, "S3"),
    planted("no-inflate", Bug::NoInflate, 252, "S3"),
    planted("no-soft-age", Bug::NoSoftAge, 176, "S5"),
];

const fn planted(name: &'static str, bug: Bug, seed: u64, rule: &'static str) -> Planted {
    Planted { name, bug, seed, rule }
}

impl Planted {
    /// Runs the seed with the bug, where it must be found, and without it, where nothing may be.
    ///
    /// # Errors
    ///
    /// What was not as it should be.
    pub fn find(&self) -> Result<String, String> {
        let seed = self.seed;
        match run(seed, None).violation {
            Some(what) => Err(format!("seed {seed} fails without it: {what}")),
            None => match run(seed, Some(self.bug)).violation {
                Some(what) if what.starts_with(self.rule) => Ok(format!("seed {seed}: {what}")),
                Some(what) => Err(format!("seed {seed} finds something else than {}: {what}", self.rule)),
                None => Err(format!("seed {seed} does not find it")),
            },
        }
    }
}
