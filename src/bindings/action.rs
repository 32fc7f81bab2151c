//! Who may call an action, and what it is called.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::action::allowed::{self, doubt};
use crate::action::id::{self, Arguments, Kind};
use crate::action::origin::{Refusal, Request, Trust, check};

/// The compiled list of `allowedOrigins`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct AllowedOrigins(allowed::AllowedOrigins);

#[wasm_bindgen]
impl AllowedOrigins {
    /// Reads the patterns.
    #[wasm_bindgen(constructor)]
    #[must_use]
    #[allow(clippy::needless_pass_by_value)] // what crosses is owned
    pub fn new(patterns: Vec<String>) -> Self {
        Self(allowed::AllowedOrigins::new(patterns))
    }

    /// Whether an origin with this host is one of them.
    #[must_use]
    pub fn allows(&self, host: &str) -> bool {
        self.0.allows(host)
    }

    /// The verdict on a request as a number, in the order of `js/action_origin.js`. `trust`: 0 is the host
    /// alone, 1 a proxy, 2 as in Next.
    #[must_use]
    #[allow(clippy::needless_pass_by_value)] // what crosses is owned
    pub fn check(
        &self,
        origin: Option<String>,
        host: Option<String>,
        forwarded_host: Option<String>,
        sec_fetch_site: Option<String>,
        trust: u8,
    ) -> u8 {
        let request = Request {
            origin: origin.as_deref(),
            host: host.as_deref(),
            forwarded_host: forwarded_host.as_deref(),
            sec_fetch_site: sec_fetch_site.as_deref(),
        };
        let trust = [Trust::Host, Trust::Proxy].get(usize::from(trust)).copied().unwrap_or(Trust::Next);
        match check(&request, &self.0, trust) {
            Ok(action) => action.grounds() as u8,
            Err(Refusal::CrossOrigin(_)) => 3,
            Err(Refusal::NullOrigin) => 4,
            Err(Refusal::MalformedOrigin) => 5,
            Err(Refusal::CrossSite) => 6,
            Err(Refusal::NoHost(_)) => 7,
        }
    }
}

/// The entry of `allowedOrigins` that is this origin.
#[wasm_bindgen(js_name = originEntry)]
#[must_use]
pub fn origin_entry(origin: &str) -> Option<String> {
    crate::http::origin::Origin::parse(origin).map(|origin| origin.host().to_owned())
}

/// What is doubtful about a pattern: 1 where it never matches, 2 where it is too wide.
#[wasm_bindgen(js_name = originDoubt)]
#[must_use]
pub fn origin_doubt(pattern: &str) -> u8 {
    doubt(pattern).map_or(0, |doubt| doubt as u8)
}

/// The id of an action, or of a cached function. `used` has a byte for each argument, 0 where it is not used; without it
/// all are.
#[wasm_bindgen(js_name = actionId)]
#[must_use]
#[allow(clippy::needless_pass_by_value)] // what crosses is owned
pub fn action_id(salt: &str, file: &str, export_name: &str, used: Option<Vec<u8>>, cache: bool) -> String {
    let arguments =
        used.map_or(Arguments::ALL, |used| Arguments::used(used.into_iter().map(|byte| byte != 0)));
    id::action_id(salt, file, export_name, arguments, if cache { Kind::Cache } else { Kind::Action })
}
