//! The tags that a route and its path imply, and those that `revalidatePath` means (rules TG-9 to TG-12, RV-7, RV-8).

use crate::cache::tag::Tag;

const PREFIX: &str = "_N_T_";
/// Longest path that `revalidatePath` takes, in UTF-16 code units (RV-7).
const MAX_PATH_LENGTH: usize = 1024;
/// Layouts that a page of an origin is under, at most: its path is the visitor's, and may have any depth.
const MAX_LAYOUTS: usize = 8;

/// The soft tags of a request, in Next's order (TG-9).
///
/// `page` is the route's file path: it keeps groups and slots and ends in `/page` or `/route`. `pathname` is the
/// request's; an empty one implies nothing.
///
/// # Examples
///
/// ```
/// use freshtag::route::path_tags::implicit_tags;
///
/// let tags = implicit_tags("/blog/[slug]/page", "/blog/hello");
/// let tags: Vec<&str> = tags.iter().map(|tag| tag.as_str()).collect();
/// assert_eq!(
///     tags,
///     ["_N_T_/layout", "_N_T_/blog/layout", "_N_T_/blog/[slug]/layout", "_N_T_/blog/[slug]/page", "_N_T_/blog/hello"],
/// );
/// ```
#[must_use]
pub fn implicit_tags(page: &str, pathname: &str) -> Vec<Tag> {
    let mut tags = vec![path_tag("/layout")];
    if page.starts_with('/') {
        let ends = page.match_indices('/').map(|(at, _)| at).skip(1).chain([page.len()]);
        for prefix in ends.filter_map(|end| page.get(..end)) {
            add(&mut tags, file_tag(prefix));
        }
    }
    if !pathname.is_empty() {
        add(&mut tags, path_tag(pathname));
    }
    add_index_alias(&mut tags);
    tags
}

/// The soft tags of a route known by its pattern alone: those of its page and of its route handler together, so that
/// `revalidatePath(…, 'page')` and `…/route` both reach it.
///
/// `page_stem` is the pattern, groups and slots included, without `/page` or `/route`; `/` for the root.
///
/// # Examples
///
/// ```
/// use freshtag::route::path_tags::route_soft_tags;
///
/// let tags = route_soft_tags("/api", "/api");
/// let tags: Vec<&str> = tags.iter().map(|tag| tag.as_str()).collect();
/// assert_eq!(tags, ["_N_T_/layout", "_N_T_/api/layout", "_N_T_/api/page", "_N_T_/api", "_N_T_/api/route"]);
/// ```
#[must_use]
pub fn route_soft_tags(page_stem: &str, pathname: &str) -> Vec<Tag> {
    let stem = page_stem.strip_suffix('/').unwrap_or(page_stem);
    let mut tags = implicit_tags(&format!("{stem}/page"), pathname);
    for tag in implicit_tags(&format!("{stem}/route"), pathname) {
        add(&mut tags, tag);
    }
    tags
}

/// The soft tags of a page of an origin, whose files nobody knows: its path stands for its pattern. Of the layouts on
/// the way to it the first 8 count.
///
/// # Examples
///
/// ```
/// use freshtag::route::path_tags::origin_soft_tags;
///
/// let tags = origin_soft_tags("/blog/hello/");
/// let tags: Vec<&str> = tags.iter().map(|tag| tag.as_str()).collect();
/// assert_eq!(
///     tags,
///     ["_N_T_/layout", "_N_T_/blog/layout", "_N_T_/blog/hello/layout", "_N_T_/blog/hello", "_N_T_/blog/hello/page"],
/// );
/// ```
#[must_use]
pub fn origin_soft_tags(pathname: &str) -> Vec<Tag> {
    let path = pathname.trim_end_matches('/');
    let end = path.match_indices('/').map(|(at, _)| at).nth(MAX_LAYOUTS).unwrap_or(path.len());
    let mut tags = implicit_tags(path.get(..end).unwrap_or(path), if path.is_empty() { "/" } else { path });
    add(&mut tags, path_tag(&format!("{path}/page")));
    tags
}

/// The tags that `revalidatePath(path, kind)` expires at once (RV-7, RV-8).
///
/// # Examples
///
/// ```
/// use freshtag::cache::tag::Tag;
/// use freshtag::route::path_tags::revalidate_path_tags;
///
/// assert_eq!(revalidate_path_tags("/blog/", None).tags, [Tag::new("_N_T_/blog")]);
/// assert_eq!(revalidate_path_tags("/", Some("layout")).tags, [Tag::new("_N_T_/layout")]);
/// assert!(revalidate_path_tags("/blog/[slug]", None).warning.is_some());
/// ```
pub fn revalidate_path_tags(path: &str, kind: Option<&str>) -> PathTags {
    if path.encode_utf16().count() > MAX_PATH_LENGTH {
        let warning = format!(
            "revalidatePath received \"{path}\" which exceeded max length of {MAX_PATH_LENGTH}: nothing was revalidated."
        );
        return PathTags { tags: Vec::new(), warning: Some(warning) };
    }

    let trimmed = path.strip_suffix('/').filter(|rest| !rest.is_empty()).unwrap_or(path);
    let kind = kind.filter(|kind| !kind.is_empty());
    let tag = match kind {
        Some(kind) if trimmed.ends_with('/') => path_tag(&format!("{trimmed}{kind}")),
        Some(kind) => path_tag(&format!("{trimmed}/{kind}")),
        None => path_tag(trimmed),
    };
    let warning = (kind.is_none() && is_dynamic(path)).then(|| {
        format!(
            "a dynamic page path \"{path}\" was passed to \"revalidatePath\", but the \"type\" parameter is missing. \
             This has no effect by default: pass 'page' or 'layout'."
        )
    });
    let mut tags = vec![tag];
    add_index_alias(&mut tags);
    PathTags { tags, warning }
}

/// What a `revalidatePath` call comes to.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use = "the tags are to be expired, the warning to be shown"]
pub struct PathTags {
    /// The tags to expire; empty where the path is too long.
    pub tags: Vec<Tag>,
    /// Something the caller should read: the call has no effect.
    pub warning: Option<String>,
}

/// Whether a segment of `path` stands for a parameter, such as `[id]`.
fn is_dynamic(path: &str) -> bool {
    let is_parameter =
        |segment: &str| segment.len() > 2 && segment.starts_with('[') && segment.ends_with(']');
    path.split('/').skip(1).any(is_parameter)
}

/// Of every prefix of a file path the layout counts, but of the last the page or route itself.
fn file_tag(prefix: &str) -> Tag {
    if prefix.ends_with("/page") || prefix.ends_with("/route") {
        path_tag(prefix)
    } else if prefix.ends_with('/') {
        path_tag(&format!("{prefix}layout"))
    } else {
        path_tag(&format!("{prefix}/layout"))
    }
}

/// `/` and `/index` are one page.
fn add_index_alias(tags: &mut Vec<Tag>) {
    let (root, index) = (path_tag("/"), path_tag("/index"));
    if tags.contains(&root) {
        add(tags, index);
    } else if tags.contains(&index) {
        tags.push(root);
    }
}

fn path_tag(path: &str) -> Tag {
    Tag::new(&format!("{PREFIX}{path}"))
}

fn add(tags: &mut Vec<Tag>, tag: Tag) {
    if !tags.contains(&tag) {
        tags.push(tag);
    }
}
