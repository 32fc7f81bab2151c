//! Which of a route's handlers a request method runs (rules NV-12, NV-13).

/// What a request with this method comes to (NV-12). Methods are case-sensitive (RFC 9110 §9.1).
///
/// # Examples
///
/// ```
/// use freshtag::route::method::{Method, MethodVerdict, decide};
///
/// assert_eq!(decide("HEAD", &[Method::Get]), MethodVerdict::RunGetForHead);
/// assert_eq!(decide("OPTIONS", &[Method::Get]), MethodVerdict::Options { allow: "GET, HEAD, OPTIONS".to_owned() });
/// assert_eq!(decide("DELETE", &[Method::Get]), MethodVerdict::NotAllowed);
/// assert_eq!(decide("BREW", &[Method::Get]), MethodVerdict::BadRequest);
/// ```
pub fn decide(method: &str, implemented: &[Method]) -> MethodVerdict {
    let Some(method) = Method::parse(method) else {
        return MethodVerdict::BadRequest;
    };
    match method {
        _ if implemented.contains(&method) => MethodVerdict::Run(method),
        Method::Head if implemented.contains(&Method::Get) => MethodVerdict::RunGetForHead,
        Method::Options => MethodVerdict::Options { allow: allow(implemented) },
        _ => MethodVerdict::NotAllowed,
    }
}

/// Whether a handler's response carries a field that only middleware may set: the handler is wrong, 500 (NV-13).
///
/// # Examples
///
/// ```
/// use freshtag::route::method::is_middleware_only;
///
/// assert!(is_middleware_only("x-middleware-rewrite", "/elsewhere"));
/// assert!(is_middleware_only("x-middleware-next", "1"));
/// ```
#[must_use]
pub fn is_middleware_only(header: &str, value: &str) -> bool {
    header.eq_ignore_ascii_case("x-middleware-rewrite")
        || (header.eq_ignore_ascii_case("x-middleware-next") && value == "1")
}

/// A method that a route can implement.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Method {
    /// `DELETE`
    Delete,
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `OPTIONS`
    Options,
    /// `PATCH`
    Patch,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

impl Method {
    /// Every method, in alphabetical order.
    pub const ALL: [Self; 7] =
        [Self::Delete, Self::Get, Self::Head, Self::Options, Self::Patch, Self::Post, Self::Put];

    /// The method of this name, which is also the name of its export in a route module.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// What to do with a request because of its method.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use]
pub enum MethodVerdict {
    /// 400: no method that a route could have.
    BadRequest,
    /// 405 without a body.
    NotAllowed,
    /// 204 with this `Allow`.
    Options {
        /// Sorted, with what is answered without a handler.
        allow: String,
    },
    /// Run this handler.
    Run(Method),
    /// Run the handler of GET and drop the body.
    RunGetForHead,
}

fn allow(implemented: &[Method]) -> String {
    let is_answered = |method: &Method| {
        implemented.contains(method)
            || *method == Method::Options
            || (*method == Method::Head && implemented.contains(&Method::Get))
    };
    let names: Vec<&str> =
        Method::ALL.iter().filter(|method| is_answered(method)).map(|m| m.as_str()).collect();
    names.join(", ")
}
