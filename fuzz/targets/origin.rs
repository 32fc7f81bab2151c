//! Origins are read as a plain reading of RFC 6454 has it, and a request is allowed for one of three reasons only. The
//! first line is the origin, then come host, forwarded host and the allowed ones.
#![no_main]

use std::net::{Ipv4Addr, Ipv6Addr};

use freshtag::action::allowed::AllowedOrigins;
use freshtag::action::origin::{Request, Trust, check};
use freshtag::http::origin::Origin;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.split('\n').collect();
    let line = |at: usize| lines.get(at).copied().filter(|line| *line != "-");
    let (origin, host, forwarded_host) = (line(0), line(1), line(2));
    let allowed = AllowedOrigins::new(lines.iter().skip(3));

    let read = origin.map(plainly);
    if let (Some(origin), Some(read)) = (origin, &read) {
        let host = Origin::parse(origin).map(|origin| origin.host().to_owned());
        assert_eq!(&host, read);
        // What was read stays what it is.
        if let Some(host) = host.filter(|host| host != "null") {
            let again = format!("x-scheme://{host}");
            assert_eq!(Origin::parse(&again).map(|origin| origin.host().to_owned()), plainly(&again));
        }
    }

    for trust in [Trust::Host, Trust::Proxy, Trust::Next] {
        for site in [None, Some("same-origin"), Some("Cross-Site"), Some("same-site")] {
            let request = Request { origin, host, forwarded_host, sec_fetch_site: site };
            let own = forwarded_host
                .filter(|_| trust != Trust::Host)
                .and_then(|list| list.split(',').next())
                .map(|first| first.trim_matches([' ', '\t']))
                .filter(|first| !first.is_empty())
                .or(host)
                .filter(|host| !host.is_empty());
            let expected = match &read {
                None if site.is_some_and(|site| site != "same-origin") && trust != Trust::Next => {
                    "cross-site"
                }
                None => "no-origin",
                Some(None) => "malformed-origin",
                Some(Some(from)) if own == Some(from) && (origin != Some("null") || trust == Trust::Next) => {
                    "same-origin"
                }
                Some(Some(from)) if allowed.allows(from) => "allowed-origin",
                Some(_) if origin == Some("null") => "null-origin",
                Some(_) if own.is_none() => "no-host",
                Some(_) => "cross-origin",
            };
            match check(&request, &allowed, trust) {
                Ok(action) => assert_eq!(action.grounds().as_str(), expected),
                Err(refusal) => {
                    assert_eq!(refusal.as_str(), expected);
                    if let Some(entry) = refusal.entry() {
                        assert!(check(&request, &AllowedOrigins::new([entry]), trust).is_ok());
                    }
                }
            }
        }
    }
});

/// The host of an origin, with the addresses read by the standard library.
fn plainly(text: &str) -> Option<String> {
    if text == "null" {
        return Some(text.to_owned());
    }
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let mut letters = scheme.chars();
    if !letters.next()?.is_ascii_lowercase()
        || !letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    {
        return None;
    }
    let default = match scheme.as_str() {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        "file" => return None,
        _ => None,
    };
    let end = match rest.strip_prefix('[') {
        Some(address) => address.find(']')? + 2,
        None => rest.find(':').unwrap_or(rest.len()),
    };
    let (host, port) = rest.split_at(end);
    let port = match port.strip_prefix(':') {
        Some(digits) => Some(digits.parse::<u16>().ok().filter(|port| port.to_string() == digits)?),
        None if port.is_empty() => None,
        None => return None,
    };

    let host =
        if default.is_some() || host.starts_with('[') { host.to_ascii_lowercase() } else { host.to_owned() };
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        let parsed: Ipv6Addr = address.parse().ok()?;
        // In the URL standard no group is decimal.
        let printed = parsed.to_string();
        let printed = match parsed.to_ipv4() {
            Some(_) if printed.contains('.') => {
                let [.., high, low] = parsed.segments();
                format!("{}{high:x}:{low:x}", printed.get(..=printed.rfind(':')?)?)
            }
            _ => printed,
        };
        if printed != address {
            return None;
        }
    } else {
        if host.is_empty() || !host.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)) {
            return None;
        }
        let last = host.strip_suffix('.').unwrap_or(&host).rsplit('.').next()?;
        let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
        let is_hex = |text: &str| text.chars().all(|c| c.is_ascii_hexdigit());
        if default.is_some() && (is_number(last) || last.strip_prefix("0x").is_some_and(is_hex)) {
            host.parse::<Ipv4Addr>().ok()?;
        }
    }
    Some(match port {
        Some(port) if Some(port) != default => format!("{host}:{port}"),
        _ => host,
    })
}
