//! What an origin answers: nothing that says it is one visitor's is kept, and no field of a connection goes on. The lines
//! before an empty one are the response's, those behind it the request's.
#![no_main]

use freshtag::cache::admit::{Admit, Prior, Response, admit};
use freshtag::cache::entry::Entry;
use freshtag::cache::freshness::{
    confirmed, current_age, governing, origin_lifetime, origin_tags, validators,
};
use freshtag::cache::key::Kind;
use freshtag::cache::lifetime::Lifetime;
use freshtag::cache::variant::Selection;
use freshtag::http::headers::{
    first, hop_by_hop, is_forwarding_header, is_internal_response_header, passed_on, values,
};
use freshtag::http::upstream::upstream_lines;
use freshtag::http::vary::Vary;
use freshtag::reply::parse_lines;
use freshtag::time::{Seconds, UnixMillis};
use libfuzzer_sys::fuzz_target;

const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

fuzz_target!(|input: (u16, &str)| {
    let (status, text) = input;
    let (told, asked) = text.split_once("\n\n").unwrap_or((text, ""));
    let (told, asked) = (parse_lines(told), parse_lines(asked));

    let (lifetime, stale_if_error) = origin_lifetime(&told, NOW);
    let (control, is_targeted) = governing(&told);
    assert!(!is_targeted || first(&told, "cdn-cache-control").is_some());
    if let Some(lifetime) = lifetime {
        assert!(!control.no_store && !control.private);
        assert!(!lifetime.revalidate.0.is_nan() && lifetime.expire >= lifetime.revalidate);
        // Years have four digits.
        assert!(lifetime.revalidate.0 <= 3e11);
    }
    assert!(stale_if_error.is_none() || !(control.must_revalidate || control.proxy_revalidate));

    let answer = admit(&Response {
        kind: Kind::Proxy,
        get: true,
        authorization: first(&asked, "authorization").is_some(),
        status,
        headers: &told,
        vary: &[],
        lifetime,
        stale_if_error,
        dynamic: None,
        body_len: Some(1),
        most_bytes: 100,
        prior: &Prior::Nothing,
    });
    if let Admit::Keep { lifetime, .. } = answer {
        assert!(status >= 200 && status != 206 && status != 304);
        assert!(lifetime.revalidate.0 > 0.0);
        assert!(first(&told, "set-cookie").is_none());
        assert!(!control.no_store && !control.private && !control.no_cache);
        assert!(
            first(&asked, "authorization").is_none()
                || control.public
                || control.s_maxage.is_some()
                || control.must_revalidate
        );
        let Vary::Fields(fields) = Vary::parse(values(&told, "vary")) else {
            panic!("what varies on anything is kept");
        };
        assert!(!fields.iter().any(|field| field == "cookie" || field == "authorization"));
    }

    let kept = passed_on(&told);
    assert!(kept.iter().all(|(name, _)| !hop_by_hop(name) && !is_internal_response_header(name)));
    assert_eq!(passed_on(&kept), kept);
    let sent = upstream_lines(&asked, true);
    for line in sent.lines() {
        let (name, _) = line.split_once(": ").unwrap();
        assert!(!hop_by_hop(name) && !is_forwarding_header(name) && name != "host");
    }
    assert!(validators(&told).len() <= 2);
    assert!(origin_tags(&told).len() <= 128);
    let merged = confirmed(&told, &asked);
    for (name, value) in &merged {
        assert!(told.iter().chain(&asked).any(|field| field.0 == *name && field.1 == *value));
    }
    assert_eq!(first(&merged, "etag"), first(&told, "etag"));

    let selection = Selection::of(values(&told, "vary"), &asked);
    if let Some(selection) = &selection {
        assert_eq!(selection.again(&asked), *selection);
        assert_eq!(Selection::read(selection.as_str()), *selection);
        assert_eq!(selection.again(&selection.fields(&asked)), *selection);
    }
    let lasting = Lifetime { stale: Seconds(0.0), revalidate: Seconds(1.0), expire: Seconds(1.0) };
    let entry = Entry {
        key: "k".into(),
        kind: Kind::Proxy,
        status: 200,
        headers: told,
        tags: vec![],
        created: NOW,
        oldest: NOW,
        by: "a".into(),
        seen: None,
        lifetime: lifetime.unwrap_or(lasting),
        selection,
        stale_if_error,
        etag: None,
        body_len: 1,
    };
    assert!(current_age(&entry, NOW.plus_ms(5_000)) >= current_age(&entry, NOW));
    let _ = entry.keep_for(NOW);
});
