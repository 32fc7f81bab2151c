//! Next's own keys for data and routes (rules UN-2, IC-6), which its adapters and tools expect to see.

use sha2::{Digest, Sha256};

use crate::hex::hex;
use crate::json::{print_list, quote};

/// Part of every data key: the version of its format.
const VERSION: &str = "v4";

/// The key of one `unstable_cache` call, in lower-case hexadecimal (UN-2).
///
/// `fn_source` is the callback's source text, `key_parts` is `None` where the caller passed no array, `args_json` is
/// `JSON.stringify(args)`, `prefix` is `fetchCacheKeyPrefix` or empty.
///
/// Two callbacks with one source that close over different values share a key unless their `key_parts` differ.
///
/// # Examples
///
/// ```
/// use freshtag::cache::data_key::unstable_cache_key;
///
/// let parts = ["a".to_owned(), "b".to_owned()];
/// let key = unstable_cache_key("x", Some(&parts), "[1]", "");
/// assert_eq!(key, "a8073fd92f5dfc2f84d9381aee196b1f321d6e543b6d3a7ab1cbdb8c2098a025");
/// ```
#[must_use]
pub fn unstable_cache_key(
    fn_source: &str,
    key_parts: Option<&[String]>,
    args_json: &str,
    prefix: &str,
) -> String {
    let parts = key_parts.map_or_else(|| "false".to_owned(), |parts| parts.join(","));
    let call = format!("{fn_source}-{parts}-{args_json}");
    sha256_hex(&print_list([VERSION, prefix, &call].map(quote)))
}

/// The key of a route's response (IC-6).
///
/// `kind` is `APP_PAGE`, `APP_ROUTE` or `PAGES`; `source_route` is the module's path with groups and slots; `pathname`
/// is the request's, never a pattern.
///
/// # Examples
///
/// ```
/// use freshtag::cache::data_key::route_cache_key;
///
/// assert!(route_cache_key("APP_PAGE", "/page", "/").ends_with("/$/index"));
/// ```
#[must_use]
pub fn route_cache_key(kind: &str, source_route: &str, pathname: &str) -> String {
    let source = sha256_hex(source_route);
    let path = match pathname {
        "/" => "/index".to_owned(),
        // So that the page `/index` is not the root.
        _ if pathname == "/index" || pathname.starts_with("/index/") => format!("/index{pathname}"),
        _ if pathname.starts_with('/') => pathname.to_owned(),
        _ => format!("/{pathname}"),
    };
    format!("/route-cache/{kind}/{source}/${path}")
}

fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text))
}
