//! A text in doubt is read as the one that stores less. The last line is a targeted field, the others `Cache-Control`.
#![no_main]

use freshtag::http::cache_control::CacheControl;
use freshtag::http::vary::Vary;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.split('\n').collect();
    let control = CacheControl::parse(lines.iter().copied());
    for seconds in durations(&control).into_iter().flatten() {
        assert!((0.0..=2_147_483_648.0).contains(&seconds) && seconds.fract() == 0.0);
    }
    // Where nothing is quoted the plain reading is the one.
    if !text.contains('"') {
        let members = || {
            let members = lines.iter().flat_map(|line| line.split(','));
            members.map(|member| member.trim_matches([' ', '\t']).to_ascii_lowercase())
        };
        let name = |member: &str| {
            member.split('=').next().unwrap_or_default().trim_end_matches([' ', '\t']).to_owned()
        };
        let has = |flag: &str| members().any(|member| name(&member) == flag);
        let flags = [
            ("no-store", control.no_store),
            ("private", control.private),
            ("no-cache", control.no_cache),
            ("public", control.public),
            ("must-revalidate", control.must_revalidate),
            ("must-understand", control.must_understand),
            ("proxy-revalidate", control.proxy_revalidate),
            ("immutable", control.immutable),
            ("no-transform", control.no_transform),
        ];
        for (flag, read) in flags {
            assert_eq!(has(flag), read, "{flag}");
        }
        let smallest = |of: &str| {
            let told = members().filter(|member| name(member) == of).map(|member| {
                let digits =
                    member.strip_prefix(of).and_then(|rest| rest.strip_prefix('=')).unwrap_or_default();
                let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
                if is_number { digits.parse().unwrap_or(f64::MAX).min(2_147_483_648.0) } else { 0.0 }
            });
            told.reduce(f64::min)
        };
        assert_eq!(control.max_age.map(|seconds| seconds.0), smallest("max-age"));
        assert_eq!(control.s_maxage.map(|seconds| seconds.0), smallest("s-maxage"));
    }
    // A line more never lengthens anything.
    let fewer = CacheControl::parse(lines.iter().skip(1).copied());
    for (all, some) in durations(&control).into_iter().zip(durations(&fewer)) {
        assert!(some.is_none_or(|some| all.is_some_and(|all| all <= some)));
    }
    assert!(control.no_store >= fewer.no_store && control.private >= fewer.private);

    let targeted = lines.last().copied().unwrap_or_default();
    if let Some(control) = CacheControl::targeted(targeted) {
        assert!(
            targeted.is_ascii() && !targeted.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t')
        );
        for seconds in durations(&control).into_iter().flatten() {
            assert!((0.0..=2_147_483_648.0).contains(&seconds));
        }
        // Parameters say nothing, and neither does a repeated field.
        assert_eq!(CacheControl::targeted(&format!("{targeted}, x;a=1")), Some(control));
        assert_eq!(CacheControl::targeted(&format!("{targeted}, {targeted}")), Some(control));
        assert_eq!(CacheControl::targeted(&format!("{targeted},")), None);
    }

    match Vary::parse(lines.iter().copied()) {
        Vary::Any => {}
        Vary::Fields(fields) => {
            assert!(fields.len() <= 8 && fields.is_sorted_by(|a, b| a < b));
            assert_eq!(Vary::parse([&*fields.join(", ")]), Vary::Fields(fields.clone()));
            assert_eq!(Vary::parse(fields.iter().map(String::as_str).chain(["*"])), Vary::Any);
        }
    }
});

fn durations(control: &CacheControl) -> [Option<f64>; 4] {
    [control.max_age, control.s_maxage, control.stale_while_revalidate, control.stale_if_error]
        .map(|seconds| seconds.map(|seconds| seconds.0))
}
