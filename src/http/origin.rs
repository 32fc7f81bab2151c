//! The `Origin` field, as a browser writes it (RFC 6454 §6.2).

use std::borrow::Cow;

/// Where a request comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Origin<'a> {
    /// `null`: a page that has no origin, such as one in a sandboxed frame.
    Null,
    /// The host, with its port where that is not the default one of the scheme.
    Host(Cow<'a, str>),
}

impl<'a> Origin<'a> {
    /// Reads the value of an `Origin` field.
    ///
    /// Only a serialised origin is one: `scheme://host[:port]` in ASCII, a host of letters, digits and `-._~`, an IPv4
    /// address of four numbers, or an IPv6 address in brackets in its shortest form. What a browser never sends is
    /// `None`: two values, user names, paths, spaces, `%`. Names are in lower case where the scheme
    /// has a default port, and kept as they are where it has none, as the URL Standard does.
    ///
    /// # Examples
    ///
    /// ```
    /// use freshtag::http::origin::Origin;
    ///
    /// let host = |text| Origin::parse(text).map(|origin| origin.host().to_owned());
    /// assert_eq!(host("https://A.test:443").as_deref(), Some("a.test"));
    /// assert_eq!(host("http://a.test:443").as_deref(), Some("a.test:443"));
    /// assert_eq!(host("null").as_deref(), Some("null"));
    /// assert_eq!(host("https://a.test, https://b.test"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        if text == "null" {
            return Some(Self::Null);
        }
        let (scheme, authority) = text.split_once("://")?;
        let default_port = PORTS.iter().find(|(name, _)| scheme.eq_ignore_ascii_case(name));
        // Of a file there is no origin but `null`.
        if !is_scheme(scheme) || scheme.eq_ignore_ascii_case("file") {
            return None;
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let number = default_port.is_some() && ends_in_number(host);
        if !(if number { is_ipv4(host) } else { is_host(host) }
            && port.is_none_or(|port| is_decimal(port, 65_535)))
        {
            return None;
        }
        Some(Self::Host(match default_port {
            None if !host.starts_with('[') => Cow::Borrowed(authority),
            Some((_, default)) if port == Some(default) => lower_case(host),
            _ => lower_case(authority),
        }))
    }

    /// The host, with its port where that is not the default one of the scheme; or `null`.
    #[must_use]
    pub fn host(&self) -> &str {
        match self {
            Self::Null => "null",
            Self::Host(host) => host,
        }
    }
}

/// With its ASCII letters in lower case, as names of hosts are compared (RFC 9110 §4.2.3).
pub(crate) fn lower_case(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether this may stand in a host that is a name (`unreserved` of RFC 3986 §2.3).
pub(crate) fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// The schemes whose port may be left out (URL Standard, special schemes).
const PORTS: [(&str, &str); 5] =
    [("https", "443"), ("http", "80"), ("wss", "443"), ("ws", "80"), ("ftp", "21")];

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').is_some_and(is_ipv6),
        None => !host.is_empty() && host.bytes().all(is_host_byte),
    }
}

/// Whether a host would be read as an IPv4 address, such as `1`, `127.1` and `0x7f.1` (URL Standard, "ends in a number").
fn ends_in_number(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x").or(last.strip_prefix("0X"));
    match hex {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

fn is_ipv4(host: &str) -> bool {
    host.split('.').count() == 4 && host.split('.').all(|octet| is_decimal(octet, 255))
}

/// Whether this is a number up to `most` without superfluous zeros.
fn is_decimal(text: &str, most: u32) -> bool {
    let digit = |value: u32, byte: u8| {
        let digit = byte.is_ascii_digit().then(|| byte.wrapping_sub(b'0'))?;
        Some(value.wrapping_mul(10).wrapping_add(u32::from(digit)))
    };
    (1..=5).contains(&text.len())
        && (text == "0" || !text.starts_with('0'))
        && text.bytes().try_fold(0, digit).is_some_and(|value| value <= most)
}

/// Whether this is an IPv6 address as the URL Standard prints it: the first of the longest runs of zeros is `::`.
fn is_ipv6(text: &str) -> bool {
    let Some((before, after)) = text.split_once("::") else {
        return groups(text).is_some_and(|(count, zeros)| count == 8 && zeros < 2);
    };
    let (Some((left, first)), Some((right, second))) = (groups(before), groups(after)) else {
        return false;
    };
    let gap = 8_usize.saturating_sub(left.saturating_add(right));
    let next_to_gap = |group: Option<&str>| group == Some("0");
    gap > first.max(1)
        && gap >= second
        && !next_to_gap(before.rsplit(':').next())
        && !next_to_gap(after.split(':').next())
}

/// How many groups these are, and how many zeros follow each other at most.
fn groups(text: &str) -> Option<(usize, usize)> {
    let (mut count, mut run, mut longest) = (0_usize, 0_usize, 0);
    for group in text.split(':').filter(|_| !text.is_empty()) {
        let digits = group.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !digits || !(1..=4).contains(&group.len()) || (group.len() > 1 && group.starts_with('0')) {
            return None;
        }
        run = if group == "0" { run.saturating_add(1) } else { 0 };
        longest = run.max(longest);
        count = count.saturating_add(1);
    }
    Some((count, longest))
}
