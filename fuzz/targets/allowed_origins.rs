//! The compiled list says what Next's loop over the patterns says. The first line is the host, the others are patterns.
#![no_main]

use freshtag::action::allowed::{AllowedOrigins, Doubt, doubt};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let host = lines.next().unwrap_or_default();
    let patterns: Vec<&str> = lines.collect();
    let allowed = AllowedOrigins::new(&patterns);
    let expected = |host: &str| patterns.iter().any(|pattern| matches_in_next(host, pattern));
    assert_eq!(allowed.allows(host), expected(host));
    // The patterns as hosts are close to what matches.
    for host in patterns.iter().take(8) {
        for host in [host, host.replace('*', "a").as_str(), host.trim_start_matches(['*', '.'])] {
            assert_eq!(allowed.allows(host), expected(host), "{host:?}");
        }
    }

    // A pattern that never matches does not match a host of a browser.
    let is_host = !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(&byte) || byte == b'.');
    let labels_are_full = host.split('.').all(|label| !label.is_empty());
    for pattern in patterns.iter().filter(|pattern| doubt(pattern) == Some(Doubt::NeverMatches)) {
        assert!(!is_host || !labels_are_full || !matches_in_next(host, pattern), "{host:?} {pattern:?}");
    }
});

/// `isCsrfOriginAllowed` for one pattern, step by step.
fn matches_in_next(host: &str, pattern: &str) -> bool {
    let (host, pattern) = (host.to_ascii_lowercase(), pattern.to_ascii_lowercase());
    !pattern.is_empty() && (host == pattern || matches_wildcard(&host, &pattern))
}

fn matches_wildcard(host: &str, pattern: &str) -> bool {
    let mut domain: Vec<&str> = host.split('.').collect();
    let mut parts: Vec<&str> = pattern.split('.').collect();
    if domain.len() < parts.len() || (parts.len() == 1 && (parts[0] == "*" || parts[0] == "**")) {
        return false;
    }
    while let Some(part) = parts.pop() {
        let label = domain.pop();
        match part {
            "" => return false,
            "*" if label.is_some_and(|label| !label.is_empty()) => {}
            "*" => return false,
            "**" => return parts.is_empty() && label.is_some(),
            _ if label == Some(part) => {}
            _ => return false,
        }
    }
    domain.is_empty()
}
