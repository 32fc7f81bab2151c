//! The operator's requests: none goes on without the secret, and a body that is accepted names tags. Lines: method, path,
//! host, authorization, content type, origin, Sec-Fetch-Site; the rest is the body.
#![no_main]

use freshtag::cache::profile::{ProfileOptions, Profiles};
use freshtag::draft::path::LocalPath;
use freshtag::route::admin::{Action, Request, check, parse_revalidate};
use freshtag::route::draft::is_prefetch;
use freshtag::route::method::{MethodVerdict, decide};
use freshtag::secret::Secret;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(8, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (method, pathname) = (line(), line());
    let mut maybe = || Some(line()).filter(|line| *line != "-");
    let request = Request {
        method,
        pathname,
        host: maybe(),
        authorization: maybe(),
        content_type: maybe(),
        origin: maybe(),
        sec_fetch_site: maybe(),
    };
    let body = maybe().unwrap_or_default();

    let secret = Secret::new("correct horse");
    let knows = request.authorization.is_some_and(|value| value.contains("correct horse"));
    assert!(check(&request, false, None).is_err());
    for dev in [false, true] {
        match check(&request, dev, Some(&secret)) {
            Ok(Action::Page) => assert!(matches!(method, "GET" | "HEAD")),
            Ok(action) => {
                let host = request.host.unwrap_or_default().to_ascii_lowercase();
                let local =
                    host.contains("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
                assert!(knows || (dev && local), "{request:?}");
                let posts = matches!(action, Action::Prerender | Action::Revalidate | Action::Sweep);
                assert_eq!(method, if posts { "POST" } else { "GET" });
                assert!(!posts || matches!(request.sec_fetch_site, None | Some("same-origin" | "none")));
            }
            Err(refusal) => assert!((400..500).contains(&refusal.status)),
        }
    }

    let profiles = Profiles::new(&[], ProfileOptions::default()).unwrap();
    if let Ok(found) = parse_revalidate(body, &profiles) {
        assert!(!found.tags.is_empty());
        assert!(found.expire.is_none_or(|expire| expire.0 > 0.0));
        assert!(
            found.tags.iter().all(|tag| tag.as_str().bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')))
        );
    }
    let _ = LocalPath::parse(pathname);
    let _ = is_prefetch(method, pathname);
    if let MethodVerdict::Run(_) = decide(method, &[]) {
        panic!("nothing is implemented");
    }
});
