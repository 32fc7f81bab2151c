//! Whether the answer to a `fetch` is kept, and what that does to what is made of it (FE-4 to FE-8, FE-11).

use super::profile::RawSeconds;
use crate::time::Seconds;

/// Reads the option table of Next's `fetch`.
///
/// # Errors
///
/// [`Misuse`], where the options are none, or contradict the route's `fetchCache`.
///
/// # Examples
///
/// ```
/// use freshtag::cache::fetch::{FetchOptions, Mode, resolve};
/// use freshtag::cache::profile::RawSeconds;
/// use freshtag::time::Seconds;
///
/// let minute = FetchOptions { revalidate: RawSeconds::Number(60.0), ..FetchOptions::default() };
/// assert_eq!(resolve(&minute)?.keep, Some(Seconds(60.0)));
/// assert_eq!(resolve(&FetchOptions::default())?.keep, None);
/// let never = FetchOptions { mode: Some(Mode::ForceNoStore), ..minute };
/// assert_eq!(resolve(&never)?.keep, None);
/// # Ok::<(), freshtag::cache::fetch::Misuse>(())
/// ```
pub fn resolve(options: &FetchOptions) -> Result<Resolved, Misuse> {
    let (mut cache, mut asked) = (options.cache, &options.revalidate);
    let conflict = match (cache, asked) {
        (Cache::ForceCache, RawSeconds::Number(seconds)) => *seconds == 0.0,
        (Cache::NoStore, RawSeconds::Number(seconds)) => *seconds > 0.0,
        (Cache::NoStore, RawSeconds::False) => true,
        _ => false,
    };
    // FE-4
    if conflict {
        (cache, asked) = (Cache::Unset, &RawSeconds::Undefined);
    }
    let mode = options.mode;
    let unset = *asked == RawSeconds::Undefined;
    let refuses = matches!(cache, Cache::NoCache | Cache::NoStore)
        || matches!(mode, Some(Mode::ForceNoStore | Mode::OnlyNoStore));
    let falsy = unset || matches!(asked, RawSeconds::False | RawSeconds::Number(0.0));
    let unasked = mode.is_none() && cache == Cache::Unset && falsy;
    let forced = cache == Cache::ForceCache && unset;
    // FE-6.1 to FE-6.3
    let mut seconds = match asked {
        _ if forced => Some(Seconds::INFINITE),
        _ if refuses || (unasked && options.force_dynamic) => Some(Seconds(0.0)),
        RawSeconds::Undefined => None,
        RawSeconds::False => Some(Seconds::INFINITE),
        RawSeconds::Number(seconds) if *seconds > -1.0 => Some(Seconds(*seconds).min(Seconds::INFINITE)),
        RawSeconds::Number(_) | RawSeconds::NotANumber(_) => return Err(Misuse::Revalidate),
    };
    // FE-7: what `force-dynamic` says is said.
    let plain =
        mode.is_none() && matches!(cache, Cache::Unset | Cache::Default) && unset && seconds.is_none();
    let automatic = plain || (options.personal && options.enclosing == Some(Seconds(0.0)));
    let mut why =
        if cache == Cache::NoStore || cache == Cache::NoCache { Why::Cache } else { Why::Revalidate };
    // FE-6.4
    match mode {
        Some(Mode::ForceNoStore) => why = Why::ForceNoStore,
        Some(Mode::OnlyNoStore) => {
            if cache == Cache::ForceCache || seconds.is_some_and(|seconds| seconds.0 > 0.0) {
                return Err(Misuse::OnlyNoStore);
            }
            why = Why::OnlyNoStore;
        }
        Some(Mode::OnlyCache) if cache == Cache::NoStore => return Err(Misuse::OnlyCache),
        Some(Mode::ForceCache) if seconds.is_none_or(|seconds| seconds.0 == 0.0) => {
            (seconds, why) = (Some(Seconds::INFINITE), Why::ForceCache);
        }
        _ => {}
    }
    // FE-6.5
    let (seconds, why) = match (seconds, mode) {
        (Some(seconds), _) => (seconds, why),
        (None, Some(Mode::DefaultCache)) if !options.no_store => (Seconds::INFINITE, Why::DefaultCache),
        (None, Some(Mode::DefaultNoStore)) => (Seconds(0.0), Why::DefaultNoStore),
        (None, _) if options.no_store => (Seconds(0.0), Why::NoStoreCall),
        (None, _) if automatic => (Seconds(0.0), Why::AutoNoCache),
        (None, _) => (options.enclosing.unwrap_or(Seconds::INFINITE), Why::AutoCache),
    };
    // FE-11
    let passes = automatic || (options.force_static && seconds.0 == 0.0);
    let shorter = !passes && options.enclosing.is_some_and(|enclosing| seconds < enclosing);
    let own = options.revalidate == RawSeconds::Number(seconds.0);
    Ok(Resolved {
        keep: (seconds.0 > 0.0).then_some(seconds),
        why,
        conflict,
        lowers: (shorter && own).then_some(seconds),
        dynamic: shorter && seconds.0 == 0.0 && !options.force_dynamic,
    })
}

/// What the answer depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchOptions {
    /// `cache` of the call.
    pub cache: Cache,
    /// `next.revalidate` of the call.
    pub revalidate: RawSeconds,
    /// `fetchCache` of the route, or what a Server Action and an `unstable_cache` put in its place (FE-5).
    pub mode: Option<Mode>,
    /// Whether the route says `dynamic = 'force-dynamic'`.
    pub force_dynamic: bool,
    /// Whether the route says `dynamic = 'force-static'`.
    pub force_static: bool,
    /// Whether `unstable_noStore` was called.
    pub no_store: bool,
    /// Whether the request carries credentials, or is neither GET nor HEAD (FE-7).
    pub personal: bool,
    /// `revalidate` of what is being made, so far, if that will be kept.
    pub enclosing: Option<Seconds>,
}

/// `cache` of a `fetch`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Cache {
    /// Not given.
    #[default]
    Unset,
    /// `default`
    Default,
    /// `force-cache`
    ForceCache,
    /// `no-cache`
    NoCache,
    /// `no-store`
    NoStore,
    /// `reload` and `only-if-cached`, of which Next makes nothing (FE-8).
    Other,
}

impl Cache {
    /// The option of that name.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        match name {
            "" => Self::Unset,
            "default" => Self::Default,
            "force-cache" => Self::ForceCache,
            "no-cache" => Self::NoCache,
            "no-store" => Self::NoStore,
            _ => Self::Other,
        }
    }
}

/// `fetchCache` of a route.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// `auto`: not the same as none (FE-8).
    Auto,
    /// `default-cache`
    DefaultCache,
    /// `default-no-store`
    DefaultNoStore,
    /// `force-cache`
    ForceCache,
    /// `force-no-store`
    ForceNoStore,
    /// `only-cache`
    OnlyCache,
    /// `only-no-store`
    OnlyNoStore,
}

impl Mode {
    /// The mode of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "auto" => Self::Auto,
            "default-cache" => Self::DefaultCache,
            "default-no-store" => Self::DefaultNoStore,
            "force-cache" => Self::ForceCache,
            "force-no-store" => Self::ForceNoStore,
            "only-cache" => Self::OnlyCache,
            "only-no-store" => Self::OnlyNoStore,
            _ => return None,
        })
    }
}

/// What becomes of a `fetch`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolved {
    /// For how long its answer counts as fresh, if it is kept.
    pub keep: Option<Seconds>,
    /// Which rule said so.
    pub why: Why,
    /// Whether `cache` and `revalidate` contradicted each other, and neither counted (FE-4).
    pub conflict: bool,
    /// The `revalidate` that what is being made gets from it.
    pub lowers: Option<Seconds>,
    /// Whether what is being made cannot be kept because of it.
    pub dynamic: bool,
}

/// Which rule decided about a `fetch`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Why {
    /// Nothing forbids it.
    AutoCache,
    /// Nobody asked for it.
    AutoNoCache,
    /// Its own `cache`.
    Cache,
    /// The route's mode.
    DefaultCache,
    /// The route's mode.
    DefaultNoStore,
    /// The route's mode.
    ForceCache,
    /// The route's mode.
    ForceNoStore,
    /// `unstable_noStore()`
    NoStoreCall,
    /// The route's mode.
    OnlyNoStore,
    /// Its own `revalidate`.
    Revalidate,
}

impl Why {
    /// The reason as Next logs it; empty for [`Self::Cache`] and [`Self::Revalidate`], which name the option.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AutoCache => "auto cache",
            Self::AutoNoCache => "auto no cache",
            Self::Cache => "cache",
            Self::DefaultCache => "fetchCache = default-cache",
            Self::DefaultNoStore => "fetchCache = default-no-store",
            Self::ForceCache => "fetchCache = force-cache",
            Self::ForceNoStore => "fetchCache = force-no-store",
            Self::NoStoreCall => "noStore call",
            Self::OnlyNoStore => "fetchCache = only-no-store",
            Self::Revalidate => "revalidate",
        }
    }
}

/// Options that cannot be meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Misuse {
    /// `cache: 'no-store'` under `fetchCache = 'only-cache'`.
    OnlyCache,
    /// Something to be kept under `fetchCache = 'only-no-store'`.
    OnlyNoStore,
    /// `revalidate` is no number of at least 0, and not `false`.
    Revalidate,
}

impl Misuse {
    /// One token.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnlyCache => "only-cache",
            Self::OnlyNoStore => "only-no-store",
            Self::Revalidate => "revalidate",
        }
    }
}
