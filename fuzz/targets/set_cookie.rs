//! A cookie that can be read is printed and read as the same, and so is one that can be built of what was read.
#![no_main]

use freshtag::http::set_cookie::SetCookie;
use freshtag::time::Seconds;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some(cookie) = SetCookie::parse(text) else {
        return;
    };
    let line = cookie.to_string();
    assert!(!line.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t'));
    assert_eq!(SetCookie::parse(&line).as_ref(), Some(&cookie));

    let mut builder = SetCookie::builder(cookie.name(), cookie.value())
        .path(cookie.path().unwrap_or_default())
        .domain(cookie.domain().unwrap_or_default());
    if let Some(at) = cookie.expires() {
        builder = builder.expires(at);
    }
    if let Some(seconds) = cookie.max_age() {
        builder = builder.max_age(Seconds(seconds as f64));
    }
    if let Some(same_site) = cookie.same_site() {
        builder = builder.same_site(same_site);
    }
    if let Some(priority) = cookie.priority() {
        builder = builder.priority(priority);
    }
    if cookie.secure() {
        builder = builder.secure();
    }
    if cookie.http_only() {
        builder = builder.http_only();
    }
    if cookie.partitioned() {
        builder = builder.partitioned();
    }
    if let Ok(built) = builder.build() {
        assert_eq!(built, cookie);
        assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    }
});
