//! Builders for tests of the store and the flow: isolates, entries, questions, and an origin that counts.
#![allow(dead_code)] // every test file uses a part of it

use std::cell::RefCell;
use std::rc::Rc;
use std::task::Poll;

use freshtag::cache::codec::{self, Place as HeaderPlace};
use freshtag::cache::decide::{Reading, TagVerdict, Why};
use freshtag::cache::entry::Entry;
use freshtag::cache::key::{KeySpace, Kind, StoreKey};
use freshtag::cache::lifetime::Lifetime;
use freshtag::cache::scope::RouteLife;
use freshtag::cache::seen::Floors;
use freshtag::cache::tag::Tag;
use freshtag::error::Error;
use freshtag::flow::{
    Ask, Bytes, Config, Flow, Mode, Outcome, Policy, Proxied, Render, Rendered, Scope, Visit,
};
use freshtag::reply::CacheState;
use freshtag::route::path_tags::route_soft_tags;
use freshtag::store::double::{Ops, Place, World};
use freshtag::store::memory::{DEFAULT_BYTES, Memory};
use freshtag::store::{How, Index, Snapshot, Store as _, Under};
use freshtag::time::{Seconds, UnixMillis};
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;

pub(crate) const LEAD: i64 = 1_000;
/// stale, revalidate, expire of what the builders make.
pub(crate) const LIFE: Lifetime =
    Lifetime { stale: Seconds(300.0), revalidate: Seconds(900.0), expire: Seconds(86_400.0) };
/// Longer than any test waits.
pub(crate) const FOREVER: RouteLife = RouteLife::Forever;

pub(crate) type Body = Rc<[u8]>;
pub(crate) type Pairs = Vec<(Box<str>, Box<str>)>;

/// One isolate: a place's view of the store, and a memory of its own.
#[derive(Clone)]
pub(crate) struct Isolate {
    pub(crate) world: World,
    pub(crate) flow: Flow<Place>,
}

/// An isolate called `name` at a place.
pub(crate) fn isolate(world: &World, place: usize, name: &str) -> Isolate {
    skewed(world, place, name, 0)
}

/// One whose clock is off by `ms`.
pub(crate) fn skewed(world: &World, place: usize, name: &str, ms: i64) -> Isolate {
    let index = Index {
        store: world.place(place).skewed(ms),
        memory: Rc::new(Memory::new(name, DEFAULT_BYTES)),
        keys: Rc::new(KeySpace::new("").unwrap()),
        lead_ms: LEAD,
    };
    Isolate { world: world.clone(), flow: Flow { index, config: Rc::new(Config::default()) } }
}

impl Isolate {
    pub(crate) fn index(&self) -> &Index<Place> {
        &self.flow.index
    }

    /// The same isolate serving a request of its own: operations are counted from zero.
    pub(crate) fn counting(&self) -> Self {
        let mut same = self.clone();
        same.flow.index.store = self.flow.index.store.counting();
        same
    }

    /// One whose memory holds no body.
    pub(crate) fn holding_nothing(mut self) -> Self {
        let memory = Memory::new(&*self.index().memory.me, 0);
        self.flow.index.memory = Rc::new(memory);
        self
    }

    pub(crate) fn with_lead(mut self, ms: i64) -> Self {
        self.flow.index.lead_ms = ms;
        self
    }

    pub(crate) fn now(&self) -> UnixMillis {
        self.index().store.now()
    }

    pub(crate) fn ops(&self) -> Ops {
        self.index().store.ops()
    }

    pub(crate) fn reading(&self) -> Reading {
        Reading { now: self.now(), lead_ms: self.index().lead_ms, persisted: false, lifetime: None }
    }

    /// Reads a key as a visitor without a cookie does.
    pub(crate) fn read(&self, key: &StoreKey, soft: &[Tag]) -> Snapshot<Body> {
        let floors = Floors::default();
        let reading = self.reading();
        self.world.run(self.index().read(key, Under { soft, own: &[] }, &floors, &reading)).unwrap()
    }

    /// What the tags of a stored entry say.
    pub(crate) fn verdict(&self, key: &StoreKey) -> TagVerdict {
        let snapshot = self.read(key, &[]);
        assert!(snapshot.found.is_some(), "{} is stored", key.name());
        snapshot.tags
    }

    pub(crate) async fn revalidating(&self, names: &[&str], how: How) -> Result<(), Error> {
        let now = self.now();
        self.index().revalidate(&tags(names), how, now, &self.world.defer()).await
    }

    /// Revalidates and waits for the acknowledgement.
    pub(crate) fn revalidate(&self, names: &[&str], how: How) -> Result<(), Error> {
        self.world.run(self.revalidating(names, how)).unwrap()
    }

    pub(crate) fn expire(&self, name: &str) {
        self.revalidate(&[name], How::Expire).unwrap();
    }

    /// `revalidateTag(name, 'max')`
    pub(crate) fn soften(&self, name: &str) {
        self.revalidate(&[name], MAX).unwrap();
    }

    /// A request without a cookie.
    pub(crate) fn visit(&self) -> Rc<Visit> {
        Rc::new(Visit::new(Floors::default(), self.world.defer()))
    }

    /// The request of a visitor who knows of revalidations.
    pub(crate) fn visit_knowing(&self, floors: Floors) -> Rc<Visit> {
        Rc::new(Visit::new(floors, self.world.defer()))
    }

    pub(crate) async fn asking(&self, ask: &Rc<Ask>, visit: &Rc<Visit>, origin: &Origin) -> Got {
        Got::of(self.flow.run(ask, visit, origin).await)
    }

    /// Asks as a visitor without a cookie.
    pub(crate) async fn getting(&self, ask: &Rc<Ask>, origin: &Origin) -> Got {
        self.asking(ask, &self.visit(), origin).await
    }

    /// Asks and waits for the answer, not for what goes on behind it.
    pub(crate) fn get(&self, ask: &Rc<Ask>, origin: &Origin) -> Got {
        self.world.run(self.getting(ask, origin)).unwrap()
    }

    /// Asks, and lets everything behind the answer end.
    pub(crate) fn get_settled(&self, ask: &Rc<Ask>, origin: &Origin) -> Got {
        let got = self.get(ask, origin);
        self.world.settle();
        got
    }
}

/// `max`, as Next's preset has it.
pub(crate) const MAX: How = How::StaleThenExpire(Seconds::YEAR);

/// `{ expire: seconds }`
pub(crate) fn grace(seconds: f64) -> How {
    How::StaleThenExpire(Seconds(seconds))
}

pub(crate) fn tags(names: &[&str]) -> Vec<Tag> {
    names.iter().map(|name| Tag::new(name)).collect()
}

pub(crate) fn keys() -> KeySpace {
    KeySpace::new("").unwrap()
}

pub(crate) fn lifetime(stale: f64, revalidate: f64, expire: f64) -> Lifetime {
    Lifetime { stale: Seconds(stale), revalidate: Seconds(revalidate), expire: Seconds(expire) }
}

pub(crate) fn pairs(list: &[(&str, &str)]) -> Pairs {
    list.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

/// An entry made now by an isolate that no test has.
pub(crate) fn entry(key: &StoreKey, tags: &[&str], now: UnixMillis) -> Entry {
    Entry {
        key: key.full().into(),
        kind: Kind::Route,
        status: 200,
        headers: Vec::new(),
        tags: tags.iter().map(|tag| (Tag::new(tag), now)).collect(),
        told: Vec::new(),
        created: now,
        oldest: now,
        by: "elsewhere".into(),
        seen: None,
        lifetime: LIFE,
        selection: None,
        stale_if_error: None,
        etag: None,
        body_len: 4,
    }
}

/// Stores an entry without counting an operation.
pub(crate) fn plant(world: &World, key: &StoreKey, entry: &Entry, body: &[u8]) {
    let header = codec::encode(entry);
    match codec::place(&header) {
        HeaderPlace::Metadata => world.tamper(key.name(), body, Some(&header)),
        HeaderPlace::Frame => {
            let value = [&codec::frame(&header), body].concat();
            world.tamper(key.name(), &value, Some(&codec::brief(entry)));
        }
    }
}

/// The entry that is stored under a key, with its body.
pub(crate) fn stored(world: &World, key: &StoreKey) -> Option<(Entry, String)> {
    let reader = world.place(usize::MAX);
    let stored = world.run(reader.entry(key.name())).unwrap().unwrap()?;
    let entry = codec::decode(&stored.header?, key.full())?;
    Some((entry, String::from_utf8_lossy(&stored.body).into_owned()))
}

/// Names of all stored entries.
pub(crate) fn entries(world: &World) -> Vec<String> {
    let prefix = keys().entries_prefix(None);
    world.dump().into_iter().map(|(name, ..)| name).filter(|name| name.starts_with(&prefix)).collect()
}

/// The question for a route handler's page.
pub(crate) fn page(path: &str, life: RouteLife) -> Ask {
    Ask {
        key: keys().route("example.com", path),
        soft: Vec::new(),
        implicit: route_soft_tags(path, path),
        default: LIFE,
        policy: Policy::Route(life),
        get: true,
        authorization: false,
        persisted: false,
        forgiving: false,
        fresh: false,
        prerender: false,
        quiet: false,
    }
}

/// The question for a cached function, read under the soft tags of the route that calls it.
pub(crate) fn data(id: &str, soft: Vec<Tag>) -> Ask {
    Ask {
        key: keys().data("", id, "[]"),
        soft,
        implicit: Vec::new(),
        policy: Policy::Data { own: None },
        ..page("/", RouteLife::Unsaid)
    }
}

/// The question for a page of the origin.
pub(crate) fn proxied(path: &str) -> Ask {
    Ask {
        key: keys().proxy("example.com", path, "", ""),
        policy: Policy::Proxy(Proxied::default()),
        ..page(path, RouteLife::Unsaid)
    }
}

/// What a visitor got.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Got {
    /// From the store, or from another request's render.
    Stored { state: CacheState, body: String, doubtful: bool, why: Option<Why> },
    /// Rendered for this request; whether it may be kept, as far as its head tells.
    Rendered { state: CacheState, status: u16, body: String, kept: bool, why: Why },
    /// Nothing is stored, and nothing was to be made.
    Absent,
    /// The renderer failed, and nothing could stand in.
    Failed(String),
}

impl Got {
    fn of(outcome: Result<Outcome<Live, Body>, String>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match outcome {
            Ok(Outcome::Absent) => Self::Absent,
            Ok(Outcome::Stored { body, state, doubtful, why, .. }) => {
                Self::Stored { state, body: text(&body), doubtful, why }
            }
            Ok(Outcome::Rendered { rendered, kept, state, why, .. }) => Self::Rendered {
                state,
                status: rendered.status,
                body: text(&rendered.live.0.body),
                kept: kept.is_ok(),
                why,
            },
            Err(error) => Self::Failed(error),
        }
    }

    pub(crate) fn body(&self) -> &str {
        match self {
            Self::Stored { body, .. } | Self::Rendered { body, .. } => body,
            Self::Absent | Self::Failed(_) => "",
        }
    }

    /// `x-nextjs-cache`, and the body.
    pub(crate) fn line(&self) -> String {
        let state = match self {
            Self::Stored { state, .. } | Self::Rendered { state, .. } => state.as_str(),
            Self::Absent => "ABSENT",
            Self::Failed(_) => "FAILED",
        };
        format!("{state} {}", self.body())
    }
}

/// What a render answers with.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Pairs,
    pub(crate) body: Body,
    /// How long the body takes after the head, in ms.
    pub(crate) body_ms: u64,
    /// Whether the body fails before its end.
    pub(crate) breaks: bool,
}

/// Runs all to their ends. Unlike `join_all` it needs no wakers, which the double has not.
pub(crate) async fn together<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        let mut pending = false;
        for (future, result) in running.iter_mut().filter(|(_, result)| result.is_none()) {
            match future.as_mut().poll(cx) {
                Poll::Ready(value) => *result = Some(value),
                Poll::Pending => pending = true,
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    running.into_iter().filter_map(|(_, result)| result).collect()
}

/// A 200 with this body, at once.
pub(crate) fn ok(body: &str) -> Answer {
    answer(200, &[], body)
}

pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    Answer { status, headers: pairs(headers), body: body.as_bytes().into(), body_ms: 0, breaks: false }
}

/// One call of the renderer.
pub(crate) struct Call {
    /// Counted from 1.
    pub(crate) number: usize,
    pub(crate) how: Mode,
    pub(crate) visit: Rc<Visit>,
    pub(crate) scope: Scope,
}

type Rendering = LocalBoxFuture<'static, Result<Answer, String>>;

/// A renderer that remembers how it was called.
#[derive(Clone)]
pub(crate) struct Origin {
    store: Place,
    render: Rc<dyn Fn(Call) -> Rendering>,
    calls: Rc<RefCell<Vec<Mode>>>,
}

/// The live value: the answer whose body is still to come.
pub(crate) struct Live(pub(crate) Answer);

/// One that answers as the function says.
pub(crate) fn origin<F>(world: &World, render: impl Fn(Call) -> F + 'static) -> Origin
where
    F: Future<Output = Result<Answer, String>> + 'static,
{
    Origin {
        store: world.place(usize::MAX),
        render: Rc::new(move |call| render(call).boxed_local()),
        calls: Rc::default(),
    }
}

/// One whose bodies are `v1`, `v2`…, each `ms` after the call.
pub(crate) fn counter(world: &World, ms: u64) -> Origin {
    let store = world.place(usize::MAX);
    origin(world, move |call| {
        let store = store.clone();
        async move {
            store.sleep(ms).await;
            Ok(ok(&format!("v{}", call.number)))
        }
    })
}

/// One that gives these answers in turn, the last one again and again.
pub(crate) fn script(world: &World, answers: Vec<Result<Answer, &'static str>>) -> Origin {
    origin(world, move |call| {
        let answer = answers.get(call.number - 1).or(answers.last()).cloned();
        async move { answer.unwrap().map_err(str::to_owned) }
    })
}

impl Origin {
    /// How often it was called.
    pub(crate) fn calls(&self) -> usize {
        self.calls.borrow().len()
    }

    pub(crate) fn modes(&self) -> Vec<Mode> {
        self.calls.borrow().clone()
    }
}

impl Render for Origin {
    type Live = Live;
    type Body = Body;
    type Error = String;

    async fn render(&self, how: Mode, visit: Rc<Visit>, scope: Scope) -> Result<Rendered<Live>, String> {
        self.calls.borrow_mut().push(how);
        let answer = (self.render)(Call { number: self.calls(), how, visit, scope }).await?;
        Ok(Rendered { status: answer.status, headers: answer.headers.clone(), live: Live(answer) })
    }

    fn collect(
        &self,
        live: Live,
        most: u64,
        _: bool,
    ) -> (Live, LocalBoxFuture<'static, Option<Bytes<Body>>>) {
        let (answer, store) = (live.0.clone(), self.store.clone());
        let collecting = async move {
            store.sleep(answer.body_ms).await;
            let len = answer.body.len() as u64;
            (!answer.breaks && len <= most).then_some(Bytes { body: answer.body, len, etag: None })
        };
        (live, collecting.boxed_local())
    }
}
