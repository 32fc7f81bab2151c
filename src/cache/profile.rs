//! `cacheLife` profiles: the presets, what the user adds, and what may be written (rules CL-1 to CL-9, RV-3, RV-4).

use crate::cache::lifetime::{JsNumber, Life, Lifetime};
use crate::error::{Error, ErrorCode};
use crate::time::Seconds;

const DEFAULT: &str = "default";
const DEFAULT_STALE: Seconds = Seconds(300.0);
const DEFAULT_REVALIDATE: Seconds = Seconds(900.0);

/// Name, stale, revalidate, expire (CL-1). The default profile is made by `default_profile`.
const PRESETS: [(&str, f64, f64, f64); 6] = [
    ("seconds", 30.0, 1.0, 60.0),
    ("minutes", 300.0, 60.0, 3600.0),
    ("hours", 300.0, 3600.0, 86_400.0),
    ("days", 300.0, 86_400.0, 604_800.0),
    ("weeks", 300.0, 604_800.0, 2_592_000.0),
    ("max", 300.0, 2_592_000.0, 31_536_000.0),
];

/// Checks the object of an inline `cacheLife({ … })` (CL-5 to CL-8).
///
/// # Errors
///
/// `INVALID_CACHE_LIFE` names the field and what to pass instead.
///
/// # Examples
///
/// ```
/// use freshtag::cache::profile::{RawLife, RawSeconds, validate};
/// use freshtag::time::Seconds;
///
/// let life = validate(&RawLife { expire: RawSeconds::Number(f64::INFINITY), ..RawLife::default() });
/// assert_eq!(life.map(|life| life.expire), Ok(Some(Seconds::INFINITE)));
///
/// let error = validate(&RawLife { stale: RawSeconds::False, ..RawLife::default() });
/// assert!(error.is_err_and(|error| error.message().contains("`Infinity` instead of `false`")));
/// ```
pub fn validate(raw: &RawLife) -> Result<Life, Error> {
    check(raw, None)
}

/// Every profile that a name can mean: presets and the user's own.
///
/// # Examples
///
/// ```
/// use freshtag::cache::profile::{ProfileOptions, Profiles, RawLife, RawSeconds};
/// use freshtag::time::Seconds;
///
/// # fn main() -> Result<(), freshtag::error::Error> {
/// let blog = RawLife { revalidate: RawSeconds::Number(60.0), ..RawLife::default() };
/// let profiles = Profiles::new(&[("blog".to_owned(), blog)], ProfileOptions::default())?;
///
/// let lifetime = profiles.complete(profiles.resolve_name("blog")?);
/// assert_eq!(lifetime.revalidate, Seconds(60.0));
/// assert_eq!(lifetime.stale, Seconds(300.0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Profiles {
    /// A handful: looked through one by one.
    named: Vec<(String, Life)>,
    default: Lifetime,
}

impl Profiles {
    /// Puts the user's profiles over the presets.
    ///
    /// A profile with a preset's name replaces it as a whole (CL-5). The resolved `default` has no gaps (CL-3).
    ///
    /// # Errors
    ///
    /// `INVALID_CACHE_LIFE` for a profile, named `cacheLife.<profile>.<field>`; `CONFIG` for an option.
    pub fn new(user: &[(String, RawLife)], options: ProfileOptions) -> Result<Self, Error> {
        let static_stale = duration("staleTimes.static", options.static_stale)?;
        let expire_time = duration("expireTime", options.expire_time)?;

        let presets = PRESETS.iter().map(|&(name, stale, revalidate, expire)| {
            let lifetime =
                Lifetime { stale: Seconds(stale), revalidate: Seconds(revalidate), expire: Seconds(expire) };
            (name.to_owned(), Life::from(lifetime))
        });
        let mut named: Vec<(String, Life)> = presets.collect();
        for (name, raw) in user {
            put(&mut named, name, check(raw, Some(name))?);
        }

        // CL-3: a user who redefines `default` and says nothing about `expire` gets a limit; one who does not, none.
        let (written, expire) = match find(&named, DEFAULT) {
            Some(life) => (*life, expire_time.unwrap_or(Seconds::YEAR)),
            None => (Life::default(), Seconds::INFINITE),
        };
        let stale = static_stale.unwrap_or(DEFAULT_STALE);
        let default = Lifetime::or(written, Lifetime { stale, revalidate: DEFAULT_REVALIDATE, expire });
        put(&mut named, DEFAULT, default.into());
        Ok(Self { named, default })
    }

    /// The lifetime of what says nothing about itself (CL-3).
    #[must_use]
    pub fn default_lifetime(&self) -> Lifetime {
        self.default
    }

    /// Fills the gaps of `life` from the default profile (CL-5).
    #[must_use]
    pub fn complete(&self, life: Life) -> Lifetime {
        Lifetime::or(life, self.default)
    }

    /// What `cacheLife(name)` says (CL-9). The name is looked up exactly.
    ///
    /// # Errors
    ///
    /// `UNKNOWN_PROFILE` shows how to configure the name, or the known name without its spaces.
    pub fn resolve_name(&self, name: &str) -> Result<Life, Error> {
        if let Some(life) = find(&self.named, name) {
            return Ok(*life);
        }
        let trimmed = name.trim();
        let fix = if find(&self.named, trimmed).is_some() {
            format!("Did you mean \"{trimmed}\" without the spaces?")
        } else {
            format!("Add it to the options: cacheLife: {{ \"{name}\": {{ revalidate: 900 }} }}")
        };
        let message = format!("Unknown `cacheLife()` profile \"{name}\" is not configured.\n{fix}");
        Err(Error::new(ErrorCode::UnknownProfile, message))
    }

    /// After how many seconds `revalidateTag(tag, name)` makes old data unusable: of a profile only `expire` counts,
    /// and `None` means stale now but never expired (RV-3).
    ///
    /// # Errors
    ///
    /// `UNKNOWN_PROFILE`, at the call and not when the response is gone (RV-4).
    pub fn revalidation_expire(&self, name: &str) -> Result<Option<Seconds>, Error> {
        self.resolve_name(name).map(|life| life.expire)
    }
}

/// Options outside `cacheLife` that the default profile depends on. `None` and `Undefined` mean the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileOptions {
    /// `staleTimes.static`; 300 s if absent.
    pub static_stale: Option<RawSeconds>,
    /// `expireTime`; a year if absent.
    pub expire_time: Option<RawSeconds>,
}

/// A profile as the caller wrote it. Other keys of the object are ignored (CL-8).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawLife {
    /// `stale`
    pub stale: RawSeconds,
    /// `revalidate`
    pub revalidate: RawSeconds,
    /// `expire`
    pub expire: RawSeconds,
}

/// Any JavaScript value where seconds are expected.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RawSeconds {
    /// `undefined`, or no such key.
    #[default]
    Undefined,
    /// `false`
    False,
    /// Any other value that is not a number, as it prints.
    NotANumber(String),
    /// A number; NaN and the infinities too.
    Number(f64),
}

/// CL-6, CL-7. `profile` is the name in the configuration, `None` for an inline object.
fn check(raw: &RawLife, profile: Option<&str>) -> Result<Life, Error> {
    let life = Life {
        stale: field(Field::Stale, &raw.stale, profile)?,
        revalidate: field(Field::Revalidate, &raw.revalidate, profile)?,
        expire: field(Field::Expire, &raw.expire, profile)?,
    };
    match (life.revalidate, life.expire) {
        (Some(revalidate), Some(expire)) if revalidate > expire => {
            let (names, revalidate, expire) =
                (place("expire", profile), JsNumber(revalidate.0), JsNumber(expire.0));
            Err(invalid(format!(
                "{names} is {expire}, but must not be less than `revalidate`, which is {revalidate}: `expire` says \
                 how many seconds from the start the entry can no longer be used. Raise `expire` or lower `revalidate`."
            )))
        }
        _ => Ok(life),
    }
}

fn find<'a>(named: &'a [(String, Life)], name: &str) -> Option<&'a Life> {
    named.iter().find(|(known, _)| known == name).map(|(_, life)| life)
}

fn put(named: &mut Vec<(String, Life)>, name: &str, life: Life) {
    named.retain(|(known, _)| known != name);
    named.push((name.to_owned(), life));
}

fn field(field: Field, raw: &RawSeconds, profile: Option<&str>) -> Result<Option<Seconds>, Error> {
    let place = place(field.name(), profile);
    match *raw {
        RawSeconds::Undefined => Ok(None),
        RawSeconds::False => Err(invalid(format!(
            "{place}: Pass `Infinity` instead of `false` if you {}.",
            field.meaning_of_false()
        ))),
        RawSeconds::NotANumber(ref printed) => {
            Err(invalid(format!("{place} must be a number of seconds, received {printed}.")))
        }
        RawSeconds::Number(f64::INFINITY) => Ok(Some(Seconds::INFINITE)),
        RawSeconds::Number(number) if number.is_finite() => Ok(Some(Seconds(number))),
        RawSeconds::Number(number) => {
            let number = JsNumber(number);
            Err(invalid(format!(
                "{place} must be a finite number of seconds or Infinity, received {number}."
            )))
        }
    }
}

/// A duration of the configuration outside profiles (CL-2). Here `false` is just not a number.
fn duration(name: &str, raw: Option<RawSeconds>) -> Result<Option<Seconds>, Error> {
    let received = match raw.unwrap_or_default() {
        RawSeconds::Undefined => return Ok(None),
        RawSeconds::Number(f64::INFINITY) => return Ok(Some(Seconds::INFINITE)),
        RawSeconds::Number(number) if number.is_finite() => return Ok(Some(Seconds(number))),
        RawSeconds::Number(number) => JsNumber(number).to_string(),
        RawSeconds::False => "false".to_owned(),
        RawSeconds::NotANumber(printed) => printed,
    };
    let message = format!("`{name}` must be a finite number of seconds or Infinity, received {received}.");
    Err(Error::new(ErrorCode::Config, message))
}

#[derive(Clone, Copy)]
enum Field {
    Expire,
    Revalidate,
    Stale,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::Expire => "expire",
            Self::Revalidate => "revalidate",
            Self::Stale => "stale",
        }
    }

    fn meaning_of_false(self) -> &'static str {
        match self {
            Self::Expire => "want to cache on the server forever without checking with the origin",
            Self::Revalidate => "do not want to revalidate by time",
            Self::Stale => "want to cache on the client forever without checking with the server",
        }
    }
}

fn place(field: &str, profile: Option<&str>) -> String {
    profile.map_or_else(
        || format!("`cacheLife()` option \"{field}\""),
        |profile| format!("\"cacheLife.{profile}.{field}\""),
    )
}

fn invalid(message: String) -> Error {
    Error::new(ErrorCode::InvalidLife, message)
}
