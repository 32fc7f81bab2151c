//! Route patterns such as `/posts/[id]`, and which of them a path is.

use std::borrow::Cow;
use std::mem::discriminant;

use crate::error::{Error, ErrorCode};
use crate::http::percent::{decode_component, encode};

/// A set of patterns. `[id]` takes one segment, a final `[...rest]` one or more, a final `[[...rest]]` any number;
/// groups such as `(shop)` are no part of the path.
///
/// # Examples
///
/// ```
/// use freshtag::route::pattern::{Match, Matched, Param, Router};
///
/// # fn main() -> Result<(), freshtag::error::Error> {
/// let router = Router::new(&["/posts/[id]".to_owned(), "/posts/new".to_owned()])?;
/// let id = ("id".to_owned(), Param::One("a/b".to_owned()));
/// assert_eq!(router.match_path("/posts/a%2Fb"), Matched::Route(Match { index: 0, params: vec![id] }));
/// assert_eq!(router.match_path("/posts/new"), Matched::Route(Match { index: 1, params: vec![] }));
/// assert_eq!(router.match_path("/posts"), Matched::None);
/// assert_eq!(router.match_path("/posts/%ff"), Matched::Malformed);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Router {
    /// By precedence: the first that matches is the one.
    routes: Vec<Route>,
}

impl Router {
    /// Reads the patterns. [`Match::index`] will be the place in this list.
    ///
    /// Next's precedence: segment by segment, a literal comes before `[id]`, that before `[...rest]`, and that before
    /// `[[...rest]]`.
    ///
    /// # Errors
    ///
    /// `INVALID_PATH` names the pattern that cannot be read, or the two that cannot be told apart.
    pub fn new(patterns: &[String]) -> Result<Self, Error> {
        let parse = |(index, pattern): (usize, &String)| {
            Ok(Route { segments: segments_of(pattern)?, index, pattern: pattern.clone() })
        };
        let mut routes: Vec<Route> = Vec::new();
        for pattern in patterns.iter().enumerate() {
            let route = parse(pattern)?;
            let place = routes.partition_point(|known| known.segments <= route.segments);
            routes.insert(place, route);
        }
        refuse_ambiguity(&routes)?;
        Ok(Self { routes })
    }

    /// Finds the route of a path.
    ///
    /// `raw_pathname` is as the request wrote it: matching is on the raw text, so that `%2F` separates nothing;
    /// only parameters are decoded, each segment on its own. A path with an empty segment matches nothing, hence one
    /// with a trailing slash neither. Takes time linear in the path and the number of routes.
    pub fn match_path(&self, raw_pathname: &str) -> Matched {
        let Some(path) = raw_pathname.strip_prefix('/') else {
            return Matched::None;
        };
        let segments: Vec<&str> = if path.is_empty() { Vec::new() } else { path.split('/').collect() };
        if segments.iter().any(|segment| segment.is_empty()) {
            return Matched::None;
        }
        let Some(route) = self.routes.iter().find(|route| route.matches(&segments)) else {
            return Matched::None;
        };
        match route.params(&segments) {
            Some(params) => Matched::Route(Match { index: route.index, params }),
            None => Matched::Malformed,
        }
    }
}

/// Whose a path is.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub enum Matched {
    /// This route's.
    Route(Match),
    /// A route's, but a parameter is no percent-encoded UTF-8, or has a NUL: to be answered with 400.
    Malformed,
    /// Nobody's.
    None,
}

/// A route and what its parameters are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Match {
    /// Place of the pattern in the list given to [`Router::new`].
    pub index: usize,
    /// Name and value, in the pattern's order. An optional catch-all that took nothing is absent.
    pub params: Vec<(String, Param)>,
}

/// The decoded value of a parameter.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Param {
    /// Of `[id]`.
    One(String),
    /// Of `[...rest]` and `[[...rest]]`.
    Many(Vec<String>),
}

#[derive(Clone, Debug)]
struct Route {
    segments: Vec<Segment>,
    index: usize,
    pattern: String,
}

/// One segment of a pattern. The order of the variants is their precedence.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Segment {
    /// As URLs spell it.
    Literal(String),
    One(String),
    Many(String),
    Any(String),
}

impl Segment {
    fn name(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::One(name) | Self::Many(name) | Self::Any(name) => Some(name),
        }
    }
}

impl Route {
    fn matches(&self, path: &[&str]) -> bool {
        let mut rest = path.iter();
        for segment in &self.segments {
            match (segment, rest.next()) {
                (Segment::Any(_), _) | (Segment::Many(_), Some(_)) => return true,
                (Segment::One(_), Some(_)) => {}
                (Segment::Literal(literal), Some(part)) if literal == part => {}
                _ => return false,
            }
        }
        rest.next().is_none()
    }

    /// The parameters of a path that matches, or `None` if one cannot be decoded.
    fn params(&self, path: &[&str]) -> Option<Vec<(String, Param)>> {
        let mut params = Vec::new();
        for (at, segment) in self.segments.iter().enumerate() {
            let rest = path.get(at..).unwrap_or_default();
            let param = match (segment, rest) {
                (Segment::Literal(_), _) | (_, []) => continue,
                (Segment::One(name), [part, ..]) => (name.clone(), Param::One(decode(part)?)),
                (Segment::Any(name) | Segment::Many(name), parts) => {
                    let parts = parts.iter().map(|part| decode(part)).collect::<Option<_>>()?;
                    (name.clone(), Param::Many(parts))
                }
            };
            params.push(param);
        }
        Some(params)
    }
}

fn segments_of(pattern: &str) -> Result<Vec<Segment>, Error> {
    let refuse =
        |why: &str| Err(Error::new(ErrorCode::InvalidPath, format!("Route pattern \"{pattern}\": {why}.")));
    let Some(path) = pattern.strip_prefix('/') else {
        return refuse("it must start with `/`");
    };

    let mut segments: Vec<Segment> = Vec::new();
    for part in path.split('/').filter(|_| !path.is_empty()) {
        if part.is_empty() {
            return refuse("an empty segment matches nothing; remove the extra `/`");
        }
        if part.starts_with('(') && part.ends_with(')') {
            continue;
        }
        if matches!(segments.last(), Some(Segment::Any(_) | Segment::Many(_))) {
            return refuse("a catch-all must be the last segment");
        }
        let Some(segment) = segment_of(part) else {
            return refuse("a parameter is a whole segment: `[name]`, `[...name]` or `[[...name]]`");
        };
        if segment.name().is_some_and(|name| segments.iter().any(|earlier| earlier.name() == Some(name))) {
            return refuse("two parameters have the same name");
        }
        segments.push(segment);
    }
    Ok(segments)
}

fn segment_of(part: &str) -> Option<Segment> {
    let inside = |text: &str, open: &str, close: &str| {
        text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).map(str::to_owned)
    };
    let segment = if let Some(name) = inside(part, "[[...", "]]") {
        Segment::Any(name)
    } else if let Some(name) = inside(part, "[...", "]") {
        Segment::Many(name)
    } else if let Some(name) = inside(part, "[", "]") {
        Segment::One(name)
    } else {
        return (!part.contains(['[', ']'])).then(|| Segment::Literal(as_in_url(part)));
    };
    let is_name =
        |name: &str| !name.is_empty() && !name.starts_with(['.', '…']) && !name.contains(['[', ']']);
    segment.name().is_some_and(is_name).then_some(segment)
}

/// Next's rules. `routes` are sorted, so that routes which begin alike are neighbours.
fn refuse_ambiguity(routes: &[Route]) -> Result<(), Error> {
    for (a, b) in routes.iter().zip(routes.iter().skip(1)) {
        let differing = a.segments.iter().zip(&b.segments).find(|(x, y)| x != y);
        let why = match differing {
            None if a.segments.len() == b.segments.len() => "match the same paths",
            Some((Segment::Many(_), Segment::Any(_))) => "both take the rest of the path",
            Some((x, y)) if discriminant(x) == discriminant(y) && x.name().is_some() => {
                "name one parameter differently"
            }
            _ => continue,
        };
        return Err(clash(a, b, why));
    }
    for route in routes {
        let Some((Segment::Any(_), before)) = route.segments.split_last() else {
            continue;
        };
        if let Ok(at) = routes.binary_search_by(|other| other.segments.as_slice().cmp(before))
            && let Some(other) = routes.get(at)
        {
            return Err(clash(other, route, "match the same path"));
        }
    }
    Ok(())
}

fn clash(a: &Route, b: &Route, why: &str) -> Error {
    let message = format!("Route patterns \"{}\" and \"{}\" {why}.", a.pattern, b.pattern);
    Error::new(ErrorCode::InvalidPath, message)
}

/// A literal as URL parsers write it in a path (WHATWG URL, path percent-encode set), so that `/café` matches itself.
fn as_in_url(literal: &str) -> String {
    encode(literal, |byte| matches!(byte, b'!'..=b'~') && !b"\"#<>?^`{}".contains(&byte))
}

/// `decodeURIComponent`, but `None` for NUL too.
fn decode(segment: &str) -> Option<String> {
    decode_component(segment).filter(|text| !text.contains('\0')).map(Cow::into_owned)
}
