//! Bugs that are planted on purpose, one at a time, to see that the simulator in `tests/sim/` finds them.
//!
//! Without the feature `sabotage` nothing here does anything, and nothing of it is compiled into anything; with it there is
//! no module for the web.

/// A bug that can be planted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bug {
    /// An entry is dated when it is stored, not when its render began.
    StampAtPut,
    /// Equal times count as valid.
    EqualIsValid,
    /// What marks said once counts for ever.
    CachedVerdict,
    /// A refused write of a mark passes for a good one.
    Swallowed429,
    /// An entry is not asked which key it is of.
    AnyKey,
    /// A header is believed whatever format it is in.
    TrustedHeader,
    /// Marks are written without a lead.
    NoLead,
    /// A follower waits for its leader and for nothing else.
    SharedPromise,
    /// A follower takes what its leader made, whatever it knows.
    SharedResult,
    /// An immediate expiry and one with a grace stand in one place.
    OneMark,
    /// What was made under this watermark counts as clean, however old its parts are.
    SeenAll,
    /// A mark that was slow is not written again.
    NoRemark,
    /// A watermark that was slow is not written again.
    NoRewrite,
    /// A watermark is not ahead of the clock.
    NoInflate,
    /// What goes into an entry does not make it older for the tags of its route.
    NoSoftAge,
}

/// Whether a bug is planted.
#[cfg(not(feature = "sabotage"))]
pub(crate) const fn is(_: Bug) -> bool {
    false
}

#[cfg(feature = "sabotage")]
pub(crate) fn is(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// Plants a bug in this thread, or none.
#[cfg(feature = "sabotage")]
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

/// The bug that is planted in this thread.
#[cfg(feature = "sabotage")]
#[must_use]
pub fn planted() -> Option<Bug> {
    PLANTED.get()
}

#[cfg(feature = "sabotage")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

#[cfg(all(feature = "sabotage", target_arch = "wasm32"))]
compile_error!("sabotage is for tests on a host: no module for the web may have it");
