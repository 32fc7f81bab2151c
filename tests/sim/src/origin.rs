//! Who renders: handlers, cached functions and an origin, slow and failing as drawn. Every body says which render it is of.

use std::rc::Rc;

use freshtag::cache::lifetime::Life;
use freshtag::flow::{Mode, Rendered, Scope, Visit};
use freshtag::http::headers::first;
use freshtag::time::Seconds;

use crate::data;
use crate::history::{Made, Read, TagNo};
use crate::isolate::Request;
use crate::render::Live;
use crate::site::{Kind, Page};
use crate::world::World;

type Fields = Vec<(Box<str>, Box<str>)>;

/// A renderer for one request.
#[derive(Clone)]
pub struct Source {
    /// Who asks.
    pub request: Request,
    /// What it renders.
    pub what: What,
    /// The visitor, and the language of the request.
    pub visitor: usize,
    /// The language of the request.
    pub language: Option<&'static str>,
    /// Header fields with which the origin is asked beside those of the visitor.
    pub more: Fields,
}

/// What is rendered, by number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum What {
    /// A page.
    Page(usize),
    /// A cached function.
    Function(usize),
}

impl Source {
    pub(crate) fn world(&self) -> &Rc<World> {
        self.request.isolate.world()
    }

    pub(crate) fn page(&self) -> Option<&Page> {
        if let What::Page(no) = self.what { self.request.isolate.site().pages.get(no) } else { None }
    }

    /// Notes that a render begins.
    pub(crate) fn begin(
        &self,
        how: Mode,
        visit: &Visit,
        scope: &Scope,
        language: Option<&'static str>,
    ) -> usize {
        let world = self.world();
        let site = self.request.isolate.site();
        let mut history = world.history.borrow_mut();
        history.counts.renders += 1;
        let number = history.made.len();
        let key = match self.what {
            What::Page(no) => site.pages[no].ask.key.full().into(),
            What::Function(no) => site.functions[no].id.as_str().into(),
        };
        let filler = " ".repeat(world.below(40) as usize + world.plan.bulk);
        let body = format!("render {number};{key};{language:?};{filler}");
        let (expire, grace) = self.page().map_or((i64::MAX / 4, 0), |page| (page.expire, page.grace));
        history.made.push(Made {
            key,
            isolate: self.request.isolate.number(),
            began: world.now(),
            ended: None,
            started: scope.borrow().started.0,
            reads: Vec::new(),
            language,
            secret: visit.bypasses(),
            stale: false,
            doubtful: false,
            body: body.as_bytes().into(),
            tags: Vec::new(),
            expire,
            grace,
            version: 0,
            status: 200,
            visitor: (how == Mode::Live).then_some(self.visitor),
            behind: how == Mode::Refresh,
        });
        number
    }

    /// Reads the data of a tag.
    fn look(&self, number: usize, tag: TagNo) {
        let (order, isolate) = (self.world().clock.tick(), self.request.isolate.number());
        let read = Read { tag, order, isolate };
        merge(&mut self.world().history.borrow_mut().made[number].reads, read);
    }

    async fn read_all(&self, number: usize, tags: &[TagNo], scope: Option<&Scope>, pause: i64) {
        let site = self.request.isolate.site();
        for tag in tags {
            if let Some(scope) = scope {
                scope.borrow_mut().tag(site.tag(*tag).clone());
            }
            self.look(number, *tag);
            if self.world().chance(0.3) {
                self.world().clock.sleep(pause).await;
            }
        }
    }

    fn fail(&self, number: usize) -> Option<u16> {
        let world = self.world();
        if !world.strikes(|f| f.origin) {
            return None;
        }
        let mut history = world.history.borrow_mut();
        let key = Rc::clone(&history.made[number].key);
        history.failed.insert((self.request.isolate.number(), key), world.now());
        Some(if world.chance(0.5) { 0 } else { 503 })
    }

    /// Makes a response somebody's own, if that is drawn. Its fields.
    fn own(&self, number: usize, visit: &Visit, scope: &Scope) -> Fields {
        let world = self.world();
        if !world.strikes(|f| f.private) {
            return Vec::new();
        }
        let is_page_of_origin = self.page().is_some_and(|page| page.origin.is_some());
        let kind = world.below(if is_page_of_origin { 4 } else { 6 });
        world.history.borrow_mut().made[number].secret = true;
        let field = match kind {
            0 => ("set-cookie", "id=1"),
            1 => ("cache-control", "private, max-age=60"),
            2 => ("cache-control", "no-store, s-maxage=600"),
            3 => ("vary", "cookie"),
            4 => {
                scope.borrow_mut().dynamic("cookies()");
                return Vec::new();
            }
            _ => {
                visit.set_bypass(!visit.bypasses());
                return Vec::new();
            }
        };
        vec![(field.0.into(), field.1.into())]
    }

    pub(crate) async fn render_page(
        &self,
        no: usize,
        number: usize,
        visit: &Rc<Visit>,
        scope: &Scope,
        language: Option<&'static str>,
    ) -> Result<Rendered<Live>, String> {
        let (world, site) = (Rc::clone(self.world()), Rc::clone(self.request.isolate.site()));
        let page = &site.pages[no];
        let most = if world.strikes(|f| f.hangs) { 60_000 } else { world.plan.render };
        let first_part = if world.chance(0.3) { 0 } else { world.lasts(most) };
        let second_part = world.lasts(most);
        world.clock.sleep(first_part).await;
        if let Some(status) = self.fail(number) {
            return self.failed(number, status);
        }
        let from_route = page.origin.is_none().then_some(scope);
        self.read_all(number, &page.tags, from_route, second_part / 4).await;
        for function in &page.functions {
            let inner = data::call(self, visit, scope, *function).await?;
            let mut history = world.history.borrow_mut();
            let inner_made = history.made[inner.number].clone();
            let made = &mut history.made[number];
            for read in inner_made.reads {
                merge(&mut made.reads, read);
            }
            made.stale |= inner.stale || inner_made.stale;
            made.doubtful |= inner.doubtful || inner_made.doubtful;
            made.secret |= inner_made.secret;
        }
        world.clock.sleep(second_part / 2).await;
        for tag in &site.padding {
            scope.borrow_mut().tag(tag.clone());
        }
        let mut headers = self.own(number, visit, scope);
        headers.push(("x-render".into(), number.to_string().into()));
        let mut status = 200;
        if let Some((varies, validates)) = page.origin {
            let version = self.version(page);
            world.history.borrow_mut().made[number].version = version;
            status = self.fields(page, &mut headers, varies, validates, version, language);
        }
        let cut = world.strikes(|f| f.cut);
        let ms = if world.chance(0.3) { world.lasts(world.plan.render) } else { 0 };
        let mut history = world.history.borrow_mut();
        let made = &mut history.made[number];
        made.ended = Some(world.now());
        made.secret |= visit.bypasses();
        made.status = status;
        let body = if status == 304 { [].into() } else { Rc::clone(&made.body) };
        Ok(Rendered { status, headers, live: Live { body, ms, cut, world: Rc::clone(&world) } })
    }

    /// What an origin says of its page.
    fn fields(
        &self,
        page: &Page,
        headers: &mut Fields,
        varies: bool,
        validates: bool,
        version: u64,
        language: Option<&'static str>,
    ) -> u16 {
        let site = self.request.isolate.site();
        let mut add = |name: &str, value: String| headers.push((name.into(), value.into()));
        let (fresh, grace) = (page.revalidate / 1_000, page.grace / 1_000);
        let behind = page.expire / 1_000 - fresh;
        let said = format!("s-maxage={fresh}, stale-while-revalidate={behind}, stale-if-error={grace}");
        add("cache-control", said);
        let tags: Vec<_> = page.tags.iter().map(|tag| site.tag(*tag).as_str()).collect();
        add("cache-tag", tags.join(","));
        if varies {
            add("vary", "accept-language".to_owned());
        }
        if validates {
            let etag = format!("\"v{version}-{}\"", language.unwrap_or("none"));
            let known = first(&self.more, "if-none-match") == Some(&*etag);
            headers.push(("etag".into(), etag.into()));
            return if known { 304 } else { 200 };
        }
        200
    }

    fn version(&self, page: &Page) -> u64 {
        let changed = self.world().changed.borrow();
        page.tags.iter().chain([&page.path]).map(|tag| changed[*tag]).max().unwrap_or(0)
    }

    pub(crate) async fn render_function(
        &self,
        no: usize,
        number: usize,
        scope: &Scope,
    ) -> Result<Rendered<Live>, String> {
        let (world, site) = (Rc::clone(self.world()), Rc::clone(self.request.isolate.site()));
        let function = &site.functions[no];
        world.clock.sleep(world.lasts(world.plan.render / 4)).await;
        if let Some(status) = self.fail(number) {
            return self.failed(number, if function.kind == Kind::Fetch { status } else { 0 });
        }
        // The tags of the others are given by who calls them.
        let own = (function.kind == Kind::Cached).then_some(scope);
        if own.is_some() {
            let life = Life { revalidate: Some(Seconds(function.revalidate)), ..Life::default() };
            scope.borrow_mut().life(life);
        }
        self.read_all(number, &function.tags, own, world.plan.render / 8).await;
        world.clock.sleep(world.lasts(world.plan.render / 4)).await;
        let mut history = world.history.borrow_mut();
        history.made[number].ended = Some(world.now());
        let body = Rc::clone(&history.made[number].body);
        let headers = vec![("x-render".into(), number.to_string().into())];
        let headers = if function.kind == Kind::Fetch { headers } else { Vec::new() };
        Ok(Rendered {
            status: 200,
            headers,
            live: Live { body, ms: 0, cut: false, world: Rc::clone(&world) },
        })
    }

    fn failed(&self, number: usize, status: u16) -> Result<Rendered<Live>, String> {
        if status == 0 {
            return Err(format!("render {number} failed"));
        }
        let world = Rc::clone(self.world());
        world.history.borrow_mut().made[number].status = status;
        let body = format!("render {number};error").as_bytes().into();
        world.history.borrow_mut().made[number].body = Rc::clone(&body);
        let headers = vec![("x-render".into(), number.to_string().into())];
        Ok(Rendered { status, headers, live: Live { body, ms: 0, cut: false, world } })
    }
}

fn merge(reads: &mut Vec<Read>, read: Read) {
    match reads.iter_mut().find(|known| known.tag == read.tag) {
        Some(known) if known.order > read.order => *known = read,
        Some(_) => {}
        None => reads.push(read),
    }
}
