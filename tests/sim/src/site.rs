//! The site that is cached: pages, cached functions and their tags, drawn for a seed.

use std::rc::Rc;

use freshtag::cache::key::KeySpace;
use freshtag::cache::lifetime::Lifetime;
use freshtag::cache::scope::RouteLife;
use freshtag::cache::tag::Tag;
use freshtag::flow::{Ask, Policy, Proxied};
use freshtag::route::path_tags::{origin_soft_tags, route_soft_tags};
use freshtag::time::Seconds;

use crate::dice::Dice;
use crate::history::TagNo;
use crate::plan::Plan;

/// In which a page of the origin may be.
pub const LANGUAGES: [&str; 3] = ["de", "en", "fr"];

/// Everything that can be asked for.
pub struct Site {
    /// All tags, by number: data first, then each page's path.
    pub tags: Vec<Tag>,
    /// How many of them are of data.
    pub data_tags: usize,
    /// Pages.
    pub pages: Vec<Page>,
    /// Cached functions.
    pub functions: Vec<Function>,
    /// Tags that say nothing.
    pub padding: Vec<Tag>,
    /// Names in the store.
    pub keys: Rc<KeySpace>,
}

/// A page, of a route or of the origin.
pub struct Page {
    /// The question.
    pub ask: Ask,
    /// The tags of data that it reads itself.
    pub tags: Vec<TagNo>,
    /// The functions that it calls.
    pub functions: Vec<usize>,
    /// The tag of its path.
    pub path: TagNo,
    /// The soft tags of its route.
    pub soft: Vec<Tag>,
    /// How long it is fresh, in ms.
    pub revalidate: i64,
    /// How long it may be used, in ms.
    pub expire: i64,
    /// How long it may stand in after that, in ms.
    pub grace: i64,
    /// Whether it comes from the origin, and then whether it varies by language, and whether it has validators.
    pub origin: Option<(bool, bool)>,
}

/// A cached function.
pub struct Function {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub id: String,
    /// The tags of data that it reads.
    pub tags: Vec<TagNo>,
    /// How long its result is fresh, in seconds.
    pub revalidate: f64,
}

/// What kind of function.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `cached()`
    Cached,
    /// A `fetch` that is kept.
    Fetch,
    /// `unstable_cache()`
    Unstable,
}

impl Site {
    /// Draws a site.
    ///
    /// # Panics
    ///
    /// Never: the namespace is empty.
    #[must_use]
    pub fn draw(plan: &Plan, dice: &mut Dice) -> Self {
        let keys = Rc::new(KeySpace::new("").unwrap_or_else(|_| unreachable!()));
        let [routes, proxies, functions] = plan.counts;
        let mut tags: Vec<Tag> = (0..plan.tags).map(|n| Tag::new(&format!("t{n}"))).collect();
        let some = |dice: &mut Dice, most: i64| -> Vec<TagNo> {
            let count = dice.between(1, most);
            let mut list: Vec<_> = (0..count).map(|_| dice.index(plan.tags)).collect();
            list.sort_unstable();
            list.dedup();
            list
        };
        let functions: Vec<Function> = (0..functions)
            .map(|n| Function {
                kind: dice.pick(&[Kind::Cached, Kind::Cached, Kind::Fetch, Kind::Unstable]),
                id: format!("f{n}"),
                tags: some(dice, 2),
                revalidate: dice.pick(&[60.0, 900.0, 1e6]),
            })
            .collect();
        let mut pages = Vec::new();
        for n in 0..routes + proxies {
            let path = format!("/p{n}");
            let is_route = n < routes;
            tags.push(Tag::new(&format!("_N_T_{path}")));
            let revalidate = dice.pick(&[10, 60, 900, 1_000_000]);
            let soft = if is_route { route_soft_tags(&path, &path) } else { origin_soft_tags(&path) };
            let origin = (!is_route).then(|| (dice.chance(0.6), dice.chance(0.6)));
            let (grace, expire) = (dice.pick(&[0, 0, 600]), dice.pick(&[30, 600, 2_000_000]));
            let expire = if is_route { 31_536_000 } else { revalidate + expire };
            pages.push(Page {
                ask: if is_route {
                    route(&keys, &path, &soft, revalidate)
                } else {
                    proxy(&keys, &path, &soft)
                },
                tags: some(dice, 3),
                functions: if is_route && !functions.is_empty() {
                    (0..dice.below(3)).map(|_| dice.index(functions.len())).collect()
                } else {
                    Vec::new()
                },
                path: tags.len() - 1,
                soft,
                revalidate: revalidate * 1_000,
                expire: expire * 1_000,
                grace: if is_route { 0 } else { grace * 1_000 },
                origin,
            });
        }
        let padding =
            (0..plan.padding).map(|n| Tag::new(&format!("a-tag-that-nobody-revalidates-{n}"))).collect();
        Self { data_tags: plan.tags, tags, pages, functions, padding, keys }
    }

    /// The name of a tag.
    #[must_use]
    pub fn tag(&self, no: TagNo) -> &Tag {
        &self.tags[no]
    }
}

/// The lifetime of what says nothing of its own.
pub const LIFE: Lifetime =
    Lifetime { stale: Seconds(300.0), revalidate: Seconds(900.0), expire: Seconds(2_000_000.0) };

fn route(keys: &KeySpace, path: &str, soft: &[Tag], revalidate: i64) -> Ask {
    let life = if revalidate >= 1_000_000 {
        RouteLife::Forever
    } else {
        RouteLife::Every(Seconds(revalidate as f64))
    };
    Ask {
        key: keys.route("site.example", path),
        soft: Vec::new(),
        implicit: soft.to_vec(),
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

fn proxy(keys: &KeySpace, path: &str, soft: &[Tag]) -> Ask {
    let key = keys.proxy("site.example", path, "", "");
    Ask { key, policy: Policy::Proxy(Proxied::default()), ..route(keys, path, soft, 0) }
}
