//! The engine of one application and one store: what its requests share.

use std::rc::Rc;

use js_sys::{Array, Object};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use super::error::{fail, throw};
use super::life::{get, life, object, profiles, raw_tags, seconds_or_false, show, text};
use super::visit::{Visit, floors};
use crate::cache::key::KeySpace;
use crate::cache::lifetime::Life;
use crate::cache::profile::Profiles;
use crate::cache::scope::RouteLife;
use crate::cache::seen::Floors;
use crate::cache::tag::{self, Tag};
use crate::error::{Error, ErrorCode};
use crate::flow::{Config, Flow};
use crate::hex::hex;
use crate::json::quote;
use crate::route::method::{Method, MethodVerdict, decide};
use crate::route::path_rule::PathRule;
use crate::route::pattern::{Matched, Param, Router};
use crate::secret::Secret;
use crate::store::Index;
use crate::store::memory::{DEFAULT_BYTES, Memory};
use crate::time::Seconds;
use crate::worker::kv::{Body, Kv};
use crate::worker::platform;

/// How far clocks may differ, in ms, where nothing is configured.
const LEAD_MS: i64 = 1_000;

/// One application on one store, in one isolate.
#[wasm_bindgen]
pub struct Engine {
    pub(super) kv: Option<Kv>,
    pub(super) shared: Rc<Shared>,
}

/// What the requests of an engine share: settings, and memory that is bounded and keyed.
pub(super) struct Shared {
    pub(super) keys: Rc<KeySpace>,
    pub(super) namespace: String,
    pub(super) memory: Rc<Memory<Body, JsValue>>,
    pub(super) config: Rc<Config>,
    pub(super) profiles: Rc<Profiles>,
    /// The current one, which signs, then the previous one, which still verifies.
    pub(super) secrets: Vec<Secret>,
    pub(super) draft_secret: Option<Secret>,
    pub(super) preview: Option<String>,
    pub(super) build: String,
    pub(super) dev: bool,
    pub(super) debug: bool,
    pub(super) lead_ms: i64,
    pub(super) routes: Vec<Route>,
    pub(super) rules: Vec<Rule>,
    router: Router,
}

/// What the engine knows of a route module.
pub(super) struct Route {
    pub(super) pattern: String,
    pub(super) life: RouteLife,
    methods: Vec<Method>,
}

/// A configured rule for pages of the origin.
pub(super) struct Rule {
    pub(super) paths: PathRule,
    pub(super) life: Option<Life>,
    pub(super) tags: Vec<Tag>,
    /// Request fields on which the pages depend without saying so.
    pub(super) vary: Vec<String>,
    /// The parameters that count; all of them where this is not said.
    pub(super) query: Option<Vec<String>>,
}

#[wasm_bindgen]
impl Engine {
    /// Reads the configuration once. Without a store nothing is cached.
    #[wasm_bindgen(constructor)]
    pub fn new(kv: &JsValue, config: &JsValue) -> Result<Self, JsValue> {
        let kv = if kv.is_undefined() || kv.is_null() {
            None
        } else {
            let problem = |why| fail(ErrorCode::Config, format!("kv is not a Workers KV namespace: {why}"));
            Some(Kv::new(kv).map_err(problem)?)
        };
        Ok(Self { kv, shared: Rc::new(Shared::read(config).map_err(|error| throw(&error))?) })
    }

    /// The index of the route for a raw pathname; -1 for none, -2 for one that cannot be decoded.
    #[wasm_bindgen(js_name = matchRoute)]
    #[must_use]
    pub fn match_route(&self, pathname: &str) -> i32 {
        match self.shared.router.match_path(pathname) {
            Matched::Route(found) => i32::try_from(found.index).unwrap_or(-1),
            Matched::None => -1,
            Matched::Malformed => -2,
        }
    }

    /// The decoded parameters of a pathname.
    #[wasm_bindgen(js_name = routeParams)]
    #[must_use]
    pub fn route_params(&self, pathname: &str) -> JsValue {
        let params = object([]);
        if let Matched::Route(found) = self.shared.router.match_path(pathname) {
            for (name, param) in found.params {
                let value = match param {
                    Param::One(text) => JsValue::from(text),
                    Param::Many(texts) => texts.into_iter().map(JsValue::from).collect::<Array>().into(),
                };
                // `__proto__` is a legal name of a parameter: define, do not assign.
                let property =
                    object([("value", value), ("enumerable", true.into()), ("writable", true.into())]);
                let target: &Object = params.unchecked_ref();
                Object::define_property(target, &name.into(), property.unchecked_ref());
            }
        }
        params
    }

    /// Another number whenever what is known has changed in a way that could change an answer.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.shared.memory.epoch()
    }

    /// An entry was read without the engine, to be given again.
    pub fn looked(&self) {
        if let Some(kv) = &self.kv {
            kv.looked();
        }
    }

    /// What a route does with a method (NV-12): `[verdict, Allow]`.
    #[must_use]
    pub fn method(&self, index: usize, method: &str) -> Array {
        let implemented = self.shared.routes.get(index).map_or(&[][..], |route| &route.methods);
        let (verdict, allow) = match decide(method, implemented) {
            MethodVerdict::Run(_) => ("run", String::new()),
            MethodVerdict::RunGetForHead => ("head", String::new()),
            MethodVerdict::Options { allow } => ("options", allow),
            MethodVerdict::NotAllowed => ("not-allowed", String::new()),
            MethodVerdict::BadRequest => ("bad", String::new()),
        };
        Array::of2(&verdict.into(), &allow.into())
    }

    /// A request. `cookie` is its raw header, `pathname` is needed with one, `defer` is its `waitUntil`, and `watch`
    /// its timer.
    #[must_use]
    pub fn visit(
        &self,
        cookie: Option<String>,
        pathname: Option<String>,
        defer: &JsValue,
        watch: &JsValue,
    ) -> Visit {
        let kv = self.kv.as_ref().map(|kv| kv.of(watch));
        let Some(cookie) = cookie else { return Visit::new(&self.shared, kv, Floors::default(), defer) };
        let visit = Visit::new(&self.shared, kv, floors(&self.shared, &cookie), defer);
        let pathname = pathname.unwrap_or_default();
        if self.shared.gate().is_draft(&cookie, &pathname, platform::now()) {
            visit.inner.set_bypass(true);
        }
        visit
    }
}

impl Visit {
    /// The flow for this request, or `None` where there is no store.
    pub(super) fn flow(&self) -> Option<Flow<Kv>> {
        let index = Index {
            store: self.kv.clone()?,
            memory: Rc::clone(&self.shared.memory),
            keys: Rc::clone(&self.shared.keys),
            lead_ms: self.shared.lead_ms,
        };
        Some(Flow { index, config: Rc::clone(&self.shared.config) })
    }

    /// The flow, or the error that names the missing binding.
    pub(super) fn need_flow(&self) -> Result<Flow<Kv>, JsValue> {
        self.flow().ok_or_else(|| {
            fail(
                ErrorCode::Config,
                "there is no KV namespace: bind one as CACHE (wrangler kv namespace create CACHE)",
            )
        })
    }
}

impl Shared {
    fn read(config: &JsValue) -> Result<Self, Error> {
        let namespace = text(config, "namespace").unwrap_or_default();
        let profiles = profiles(config)?;
        let number = |name: &str, default: f64| match get(config, name) {
            value if value.is_undefined() => Ok(default),
            value => value.as_f64().filter(|n| *n >= 0.0 && n.is_finite()).ok_or_else(|| {
                Error::new(
                    ErrorCode::Config,
                    format!("{name} must be a number of at least 0, not {}", show(&value)),
                )
            }),
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
        // `as` saturates
        let (lead_ms, memory, most_bytes) = (
            number("leadMs", LEAD_MS as f64)? as i64,
            number("memory", DEFAULT_BYTES as f64)? as usize,
            number("maxEntryBytes", Config::default().most_bytes as f64)? as u64,
        );
        let stale_times = get(config, "staleTimes");
        let static_stale = if stale_times.is_object() { get(&stale_times, "static").as_f64() } else { None };
        let config_of_flow = Config {
            expire_time: get(config, "expireTime")
                .as_f64()
                .map_or(Seconds::YEAR, Seconds)
                .min(Seconds::INFINITE),
            static_stale: static_stale.map_or(Config::default().static_stale, Seconds),
            most_bytes,
        };
        let routes =
            list(config, "routes").iter().map(|route| Route::read(&route)).collect::<Result<Vec<_>, _>>()?;
        let patterns: Vec<String> = routes.iter().map(|route| route.pattern.clone()).collect();
        let rules = list(config, "originRules")
            .iter()
            .map(|rule| Rule::read(&rule, &profiles))
            .collect::<Result<Vec<_>, _>>()?;
        let some = |name: &str| text(config, name).filter(|text| !text.is_empty());
        let (secret, draft_secret) = (some("secret"), some("draftSecret"));
        // A previous secret alone opens nothing.
        let previous = some("previousSecret").filter(|_| secret.is_some());
        if draft_secret.is_some() && (draft_secret == secret || draft_secret == previous) {
            let message =
                "FRESHTAG_DRAFT_SECRET must not be FRESHTAG_SECRET: it stands in links. Make another one.";
            return Err(Error::new(ErrorCode::Config, message));
        }
        let mut secrets = Vec::new();
        for text in [&secret, &previous].into_iter().flatten() {
            secrets.push(Secret::new(text));
        }
        let me = platform::random().unwrap_or_else(|| platform::now().0.unsigned_abs());
        Ok(Self {
            keys: Rc::new(KeySpace::new(&namespace)?),
            namespace,
            memory: Rc::new(Memory::new(hex(&me.to_be_bytes()), memory)),
            config: Rc::new(config_of_flow),
            profiles: Rc::new(profiles),
            secrets,
            draft_secret: draft_secret.map(|secret| Secret::new(&secret)),
            preview: some("previewModeId"),
            build: text(config, "buildId").unwrap_or_default(),
            dev: get(config, "dev").is_truthy(),
            debug: get(config, "debug").is_truthy(),
            lead_ms,
            router: Router::new(&patterns)?,
            routes,
            rules,
        })
    }
}

impl Route {
    fn read(route: &JsValue) -> Result<Self, Error> {
        let pattern = text(route, "pattern").ok_or_else(|| {
            Error::new(ErrorCode::InvalidPath, "routes: a pattern must be a string such as \"/posts/[id]\"")
        })?;
        let revalidate = get(route, "revalidate");
        let life = if revalidate.is_undefined() {
            match text(route, "dynamic").as_deref() {
                Some("force-static") => RouteLife::Forever,
                _ => RouteLife::Unsaid,
            }
        } else if revalidate == JsValue::FALSE {
            RouteLife::Forever
        } else {
            let seconds = seconds_or_false(&revalidate).filter(|s| s.0 >= 0.0).ok_or_else(|| {
                let message = format!(
                    "route {pattern}: revalidate must be false or a number of seconds, not {}",
                    show(&revalidate)
                );
                Error::new(ErrorCode::Config, message)
            })?;
            RouteLife::Every(seconds)
        };
        let methods = list(route, "methods");
        let methods = methods.iter().filter_map(|m| Method::parse(&m.as_string()?)).collect();
        Ok(Self { pattern, life, methods })
    }

    /// The pattern without its leading slash's end: what implicit tags are built on.
    pub(super) fn stem(&self) -> &str {
        self.pattern.trim_end_matches('/')
    }
}

impl Rule {
    fn read(rule: &JsValue, profiles: &Profiles) -> Result<Self, Error> {
        let paths = PathRule::parse(&text(rule, "match").unwrap_or_default())?;
        let given = get(rule, "life");
        let tags = list(rule, "tags");
        let life = if given.is_undefined() { None } else { Some(life(&given, profiles)?) };
        let validated = tag::validate(raw_tags(&tags));
        if let Some(bad) = validated.rejected.first() {
            let message = format!("originRules: tag {} {}", quote(&bad.tag), bad.reason.message());
            return Err(Error::new(ErrorCode::InvalidTag, message));
        }
        let query = (!get(rule, "query").is_undefined()).then(|| names(rule, "query"));
        let life = life.map(|life| profiles.complete(life).into());
        Ok(Self { paths, life, tags: validated.valid, vary: names(rule, "vary"), query })
    }
}

/// A list of names in a rule.
fn names(rule: &JsValue, name: &str) -> Vec<String> {
    list(rule, name).iter().filter_map(|item| item.as_string()).collect()
}

fn list(object: &JsValue, name: &str) -> Array {
    get(object, name).dyn_into::<Array>().unwrap_or_default()
}
