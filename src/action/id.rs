//! The ids of actions and cached functions, as Next's compiler makes them (SA-11, SA-12).

use sha1::{Digest, Sha1};

use crate::hex::hex;

/// The id of an exported function: 42 digits of lower-case hexadecimal.
///
/// `salt` is the text of the encryption key, `file` the path of the module as the compiler names it. An action inside
/// of a component is exported as `$$RSC_SERVER_ACTION_0`, and counts its closure as its first argument.
///
/// # Examples
///
/// ```
/// use freshtag::action::id::{Arguments, Kind, action_id};
///
/// let id = action_id("SALT", "/proj/app/actions.js", "b", Arguments::count(2), Kind::Action);
/// assert_eq!(id, "600e0e629b0eec0ce59907f4f94571b7ca3af0dd73");
/// ```
#[must_use]
pub fn action_id(salt: &str, file: &str, export_name: &str, arguments: Arguments, kind: Kind) -> String {
    let mut digest = Sha1::new();
    for part in [salt, file, ":", export_name] {
        digest.update(part);
    }
    let mut id = hex(&[arguments.0 | kind as u8]);
    id.push_str(&hex(&digest.finalize()));
    id
}

/// Which arguments a function uses: a client drops the others before it sends them (SA-13).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Arguments(u8);

impl Arguments {
    /// All of them: there is a rest parameter, or the parameters are not known.
    pub const ALL: Self = Self(0x7f);

    /// Those of a function with so many parameters.
    #[must_use]
    pub fn count(count: usize) -> Self {
        Self::used(std::iter::repeat_n(true, count.min(7)))
    }

    /// One by one. From the seventh on there is one bit for all.
    #[must_use]
    pub fn used(list: impl IntoIterator<Item = bool>) -> Self {
        let bits = list.into_iter().enumerate().filter(|(_, used)| *used);
        Self(bits.fold(0, |bits, (at, _)| bits | 0x40_u8.checked_shr(at as u32).unwrap_or(0).max(1)))
    }
}

/// What kind of function it is: the first bit of its id.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `use server`
    Action = 0,
    /// `use cache`
    Cache = 0x80,
}
