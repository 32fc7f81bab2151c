//! A path is the route's that comes first among those that a plain matcher finds. The first line is the path, the others
//! are patterns; and each line is a rule of a path, or a query.
#![no_main]

use freshtag::route::path_rule::PathRule;
use freshtag::route::path_tags::{implicit_tags, origin_soft_tags, revalidate_path_tags};
use freshtag::route::pattern::{Matched, Param, Router};
use freshtag::route::query_rule::listed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let path = lines.next().unwrap_or_default();
    let patterns: Vec<String> = lines.map(str::to_owned).collect();
    if let Ok(router) = Router::new(&patterns) {
        let fits: Vec<usize> = (0..patterns.len()).filter(|at| matches(&patterns[*at], path)).collect();
        match router.match_path(path) {
            Matched::None => assert!(fits.is_empty(), "{path:?}"),
            Matched::Malformed => assert!(!fits.is_empty() && path.contains(['%', '\0'])),
            Matched::Route(found) => {
                assert!(fits.contains(&found.index), "{fits:?} {found:?}");
                for (name, value) in &found.params {
                    assert!(patterns[found.index].contains(name.as_str()));
                    let parts = match value {
                        Param::One(part) => std::slice::from_ref(part),
                        Param::Many(parts) => parts,
                    };
                    assert!(
                        !parts.is_empty()
                            && parts.iter().all(|part| !part.is_empty() && !part.contains('\0'))
                    );
                }
            }
        }
        // The order in which they are told says nothing.
        let backwards: Vec<String> = patterns.iter().rev().cloned().collect();
        let place = |matched: Matched| match matched {
            Matched::Route(found) => Some(Ok(found)),
            Matched::Malformed => Some(Err(())),
            Matched::None => None,
        };
        let one = place(router.match_path(path));
        let other = place(Router::new(&backwards).unwrap().match_path(path));
        match (one, other) {
            (Some(Ok(one)), Some(Ok(other))) => {
                assert_eq!(patterns[one.index], backwards[other.index]);
                assert_eq!(one.params, other.params);
            }
            (one, other) => assert_eq!(one, other),
        }
    }

    for pattern in &patterns {
        if let Ok(rule) = PathRule::parse(pattern) {
            let (before, after) = pattern.split_once('*').unwrap_or((pattern, ""));
            let expected = if pattern.contains('*') {
                path.len() >= before.len() + after.len() && path.starts_with(before) && path.ends_with(after)
            } else {
                path == pattern
            };
            assert_eq!(rule.matches(path), expected);
        }
    }

    let kept = listed(path, &patterns);
    assert_eq!(listed(&kept, &patterns), kept);
    for parameter in kept.strip_prefix('?').unwrap_or(&kept).split('&').filter(|_| !kept.is_empty()) {
        assert!(patterns.iter().any(|name| parameter.split('=').next() == Some(name)));
        assert!(path.contains(parameter));
    }

    // A revalidated path reaches the entries of that path.
    let tags = origin_soft_tags(path);
    assert!(tags.len() <= 16);
    let _ = implicit_tags(path, path);
    if path.starts_with('/') && path.len() < 100 && !path.ends_with("//") {
        let revalidated = revalidate_path_tags(path, None).tags;
        assert!(revalidated.iter().all(|tag| tags.contains(tag)), "{revalidated:?} {tags:?}");
    }
});

/// Segment by segment, from the left.
fn matches(pattern: &str, path: &str) -> bool {
    let Some(path) = path.strip_prefix('/') else { return false };
    let parts: Vec<&str> = path.split('/').filter(|_| !path.is_empty()).collect();
    if parts.iter().any(|part| part.is_empty()) {
        return false;
    }
    let own = pattern.strip_prefix('/').unwrap_or(pattern);
    let segments: Vec<&str> = own
        .split('/')
        .filter(|segment| !segment.is_empty() && !(segment.starts_with('(') && segment.ends_with(')')))
        .collect();
    for (at, segment) in segments.iter().enumerate() {
        if segment.starts_with("[[...") {
            return true;
        }
        let Some(part) = parts.get(at) else { return false };
        if segment.starts_with("[...") {
            return true;
        }
        if !segment.starts_with('[') && url_form(segment) != *part {
            return false;
        }
    }
    parts.len() == segments.len()
}

fn url_form(literal: &str) -> String {
    let stays = |byte: u8| (b'!'..=b'~').contains(&byte) && !b"\"#<>?^`{}".contains(&byte);
    literal
        .bytes()
        .map(|byte| if stays(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
