//! Calls of cached functions inside of a render, as `src/bindings/data.rs` makes them for JavaScript.

use std::cell::RefCell;
use std::rc::Rc;

use freshtag::cache::lifetime::Lifetime;
use freshtag::cache::scope::Collected;
use freshtag::flow::{Ask, Outcome, Policy, Scope, Visit};
use freshtag::reply::CacheState;
use freshtag::time::Seconds;

use crate::checks;
use crate::origin::{Source, What};
use crate::render::number_of;
use crate::site::{Function, Kind, LIFE, Site};

/// What a call came to.
pub struct Called {
    /// The render that its value is of.
    pub number: usize,
    /// Whether the value was stale.
    pub stale: bool,
    /// Whether its tags were unknown.
    pub doubtful: bool,
}

/// Calls a function within a render.
///
/// # Errors
///
/// What the function failed with.
pub async fn call(source: &Source, visit: &Rc<Visit>, outer: &Scope, no: usize) -> Result<Called, String> {
    let (flow, site) = (source.request.isolate.flow(), Rc::clone(source.request.isolate.site()));
    let function = &site.functions[no];
    let persisted = outer.borrow().dynamic_reason().is_none();
    let ask = Rc::new(ask(&site, function, visit, persisted));
    let render = Source { what: What::Function(no), more: Vec::new(), language: None, ..source.clone() };
    let outcome = Box::pin(flow.run(&ask, visit, &render)).await?;
    let mut outer = outer.borrow_mut();
    Ok(match outcome {
        Outcome::Absent => return Err("absent".to_owned()),
        Outcome::Stored { entry, body, state, doubtful, .. } => {
            if persisted && state == CacheState::Stale {
                outer.dynamic("a stale input that could not be renewed");
            }
            // A value that breaks off cannot be decoded: the call fails.
            if body.broken || body.bytes.len() as u64 != entry.body_len {
                return Err("a stored value broke off".to_owned());
            }
            let world = source.request.isolate.world();
            let number = checks::is_of(world, &entry, &body.bytes, &function.id);
            if function.kind == Kind::Cached {
                outer.absorb(&entry);
            } else {
                let own = tags(&site, function);
                outer.absorb_call(&entry.tags, &own, entry.created, entry.oldest, limit(function));
            }
            let number = number.ok_or("a stored value is nobody's")?;
            Called { number, stale: state == CacheState::Stale, doubtful }
        }
        Outcome::Rendered { rendered, scope, .. } => {
            absorb(&mut outer, &scope, &site, function);
            let number = number_of(&rendered.live.body).ok_or("no number")?;
            Called { number, stale: false, doubtful: false }
        }
    })
}

fn absorb(outer: &mut Collected, scope: &Rc<RefCell<Collected>>, site: &Site, function: &Function) {
    let scope = scope.borrow();
    if function.kind == Kind::Cached {
        outer.absorb_scope(&scope);
    } else {
        let own = tags(site, function);
        outer.absorb_call(scope.tags(), &own, scope.started, scope.oldest, limit(function));
    }
}

/// What it lowers the lifetime of its surroundings to (UN-8).
fn limit(function: &Function) -> Option<Seconds> {
    (function.kind == Kind::Unstable).then_some(Seconds(function.revalidate))
}

fn tags(site: &Site, function: &Function) -> Vec<freshtag::cache::tag::Tag> {
    function.tags.iter().map(|tag| site.tag(*tag).clone()).collect()
}

fn ask(site: &Site, function: &Function, visit: &Visit, persisted: bool) -> Ask {
    let own = Lifetime { revalidate: Seconds(function.revalidate), ..Lifetime::INFINITE };
    let (key, default, policy) = match function.kind {
        Kind::Cached => (site.keys.data("", &function.id, "[]"), LIFE, Policy::Data { own: None }),
        Kind::Fetch => (site.keys.fetch("https://api.example", &function.id), own, Policy::Fetch(own)),
        Kind::Unstable => (site.keys.data("", &function.id, "u"), own, Policy::Data { own: Some(own) }),
    };
    Ask {
        key,
        soft: visit.soft(),
        implicit: if function.kind == Kind::Cached { Vec::new() } else { tags(site, function) },
        default,
        policy,
        get: true,
        authorization: false,
        persisted,
        forgiving: function.kind != Kind::Cached,
        fresh: false,
        prerender: false,
        quiet: false,
    }
}
