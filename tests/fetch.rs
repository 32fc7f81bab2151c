//! The option table of `fetch` (FE-4 to FE-8, FE-11), row by row.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use freshtag::cache::fetch::{Cache, FetchOptions, Misuse, Mode, Resolved, Why, resolve};
use freshtag::cache::profile::RawSeconds::{self, False, NotANumber, Number, Undefined};
use freshtag::time::Seconds;

/// The columns of FE-8: `fetchCache`, and `force-dynamic` without one.
const COLUMNS: [&str; 9] = [
    "none",
    "auto",
    "force-dynamic",
    "force-no-store",
    "only-no-store",
    "only-cache",
    "force-cache",
    "default-cache",
    "default-no-store",
];

fn asked(cache: &str, revalidate: RawSeconds) -> FetchOptions {
    FetchOptions { cache: Cache::parse(cache), revalidate, ..FetchOptions::default() }
}

#[test]
fn the_matrix() {
    // C: kept; N: fetched every time; T: throws. Taken from a production server of Next 16.4.6.
    let personal = FetchOptions { personal: true, ..asked("", Number(60.0)) };
    let rows = [
        ("none, or only tags", asked("", Undefined), "NCNNNCCCN"),
        ("cache default", asked("default", Undefined), "NCNNNCCCN"),
        ("cache force-cache", asked("force-cache", Undefined), "CCCCTCCCC"),
        ("cache no-store", asked("no-store", Undefined), "NNNNNTCNN"),
        ("cache no-cache", asked("no-cache", Undefined), "NNNNNNCNN"),
        ("cache reload", asked("reload", Undefined), "CCCNNCCCN"),
        ("revalidate 60", asked("", Number(60.0)), "CCCNNCCCC"),
        ("revalidate 0", asked("", Number(0.0)), "NNNNNNCNN"),
        ("revalidate false", asked("", False), "CCNNNCCCC"),
        ("POST or authorization header, revalidate 60", personal, "CCCNNCCCC"),
        ("no-store and 0", asked("no-store", Number(0.0)), "NNNNNTCNN"),
        ("FE-4 no-store and 60", asked("no-store", Number(60.0)), "NCNNNCCCN"),
        ("FE-4 no-store and false", asked("no-store", False), "NCNNNCCCN"),
        ("FE-4 force-cache and 0", asked("force-cache", Number(0.0)), "NCNNNCCCN"),
        ("force-cache and 60", asked("force-cache", Number(60.0)), "CCCNTCCCC"),
    ];
    for (row, options, expected) in rows {
        for (column, expected) in COLUMNS.into_iter().zip(expected.chars()) {
            let force_dynamic = column == "force-dynamic";
            let options = FetchOptions { mode: Mode::parse(column), force_dynamic, ..options.clone() };
            let found = match resolve(&options) {
                Ok(resolved) if resolved.keep.is_some() => 'C',
                Ok(_) => 'N',
                Err(_) => 'T',
            };
            assert_eq!(found, expected, "FE-8 {row}, {column}");
        }
    }
}

#[test]
fn how_long_and_why() {
    let endless = Some(Seconds::INFINITE);
    let in_mode = |mode: &str, options: FetchOptions| FetchOptions { mode: Mode::parse(mode), ..options };
    let inside = |enclosing: f64, options| FetchOptions { enclosing: Some(Seconds(enclosing)), ..options };
    let no_store = |options| FetchOptions { no_store: true, ..options };
    let rows = [
        ("FE-6.1", asked("force-cache", Undefined), endless, Why::Revalidate),
        ("FE-6.2", asked("no-store", Undefined), None, Why::Cache),
        ("FE-6.2", asked("no-cache", Number(60.0)), None, Why::Cache),
        ("FE-6.2", in_mode("force-no-store", asked("", Undefined)), None, Why::ForceNoStore),
        ("FE-6.2", in_mode("only-no-store", asked("", Undefined)), None, Why::OnlyNoStore),
        ("FE-6.3", asked("", Number(2.5)), Some(Seconds(2.5)), Why::Revalidate),
        ("FE-6.3", asked("", Number(-0.5)), None, Why::Revalidate),
        ("FE-6.3", asked("", Number(f64::INFINITY)), endless, Why::Revalidate),
        ("FE-6.3", asked("", False), endless, Why::Revalidate),
        ("FE-6.4", in_mode("force-cache", asked("no-store", Undefined)), endless, Why::ForceCache),
        ("FE-6.4", in_mode("force-cache", asked("", Number(60.0))), Some(Seconds(60.0)), Why::Revalidate),
        ("FE-6.5", in_mode("default-cache", asked("", Undefined)), endless, Why::DefaultCache),
        ("FE-6.5", no_store(in_mode("default-cache", asked("", Undefined))), None, Why::NoStoreCall),
        ("FE-6.5", in_mode("default-no-store", asked("", Undefined)), None, Why::DefaultNoStore),
        ("FE-6.5", no_store(asked("reload", Undefined)), None, Why::NoStoreCall),
        ("FE-6.5", in_mode("auto", asked("", Undefined)), endless, Why::AutoCache),
        ("FE-6.5", inside(60.0, asked("reload", Undefined)), Some(Seconds(60.0)), Why::AutoCache),
        ("FE-7 (b)", asked("", Undefined), None, Why::AutoNoCache),
        ("FE-7 (b)", inside(60.0, asked("default", Undefined)), None, Why::AutoNoCache),
        (
            "FE-7 (a)",
            FetchOptions { personal: true, ..inside(0.0, in_mode("auto", asked("", Undefined))) },
            None,
            Why::AutoNoCache,
        ),
        (
            "FE-9",
            FetchOptions { personal: true, ..in_mode("auto", asked("", Undefined)) },
            endless,
            Why::AutoCache,
        ),
    ];
    for (rule, options, keep, why) in rows {
        let Resolved { keep: found, why: told, .. } = resolve(&options).unwrap();
        assert_eq!((found, told), (keep, why), "{rule} {options:?}");
    }
}

#[test]
fn what_is_around_it() {
    let (minute, hour) = (Some(Seconds(60.0)), Some(Seconds(3600.0)));
    let fixed = |options| FetchOptions { force_static: true, ..options };
    let rows = [
        ("FE-11 lowers", asked("", Number(60.0)), hour, minute, false),
        ("FE-11 not the smaller one", asked("", Number(3600.0)), minute, None, false),
        ("FE-11 not an equal one", asked("", Number(60.0)), minute, None, false),
        ("FE-11 not of a live request", asked("", Number(60.0)), None, None, false),
        ("FE-11 not for ever", asked("", False), hour, None, false),
        ("FE-11 no-store ends it", asked("no-store", Undefined), hour, None, true),
        ("FE-11 0 ends it", asked("", Number(0.0)), hour, Some(Seconds(0.0)), true),
        ("FE-11 ended already", asked("", Number(0.0)), Some(Seconds(0.0)), None, false),
        ("FE-11 0 under force-static", fixed(asked("", Number(0.0))), hour, None, false),
        ("FE-11 60 under force-static", fixed(asked("", Number(60.0))), hour, minute, false),
        ("FE-12 a plain one", asked("", Undefined), hour, None, false),
        ("FE-4 a conflict is a plain one", asked("no-store", Number(60.0)), hour, None, false),
    ];
    for (rule, options, enclosing, lowers, dynamic) in rows {
        let found = resolve(&FetchOptions { enclosing, ..options }).unwrap();
        assert_eq!((found.lowers, found.dynamic), (lowers, dynamic), "{rule}");
    }
}

#[test]
fn conflicts_are_told() {
    let rows = [
        (asked("no-store", Number(60.0)), true),
        (asked("no-store", False), true),
        (asked("force-cache", Number(0.0)), true),
        (asked("force-cache", Number(-0.0)), true),
        (asked("no-store", Number(0.0)), false),
        (asked("no-store", Undefined), false),
        (asked("no-cache", Number(60.0)), false),
        (asked("force-cache", False), false),
        (asked("force-cache", Number(60.0)), false),
    ];
    for (options, conflict) in rows {
        assert_eq!(resolve(&options).unwrap().conflict, conflict, "FE-4 {options:?}");
    }
}

#[test]
fn what_cannot_be_meant() {
    let only = |mode: &str, options| FetchOptions { mode: Mode::parse(mode), ..options };
    let rows = [
        (asked("", Number(-1.0)), Misuse::Revalidate),
        (asked("", Number(f64::NAN)), Misuse::Revalidate),
        (asked("", NotANumber("\"60\"".to_owned())), Misuse::Revalidate),
        (asked("force-cache", NotANumber("null".to_owned())), Misuse::Revalidate),
        (only("only-no-store", asked("force-cache", Number(60.0))), Misuse::OnlyNoStore),
        (only("only-no-store", asked("force-cache", Undefined)), Misuse::OnlyNoStore),
        (only("only-cache", asked("no-store", Undefined)), Misuse::OnlyCache),
    ];
    for (options, misuse) in rows {
        assert_eq!(resolve(&options), Err(misuse), "FE-6 {options:?}");
    }
    // What is overruled is not looked at.
    let unseen = only("force-no-store", asked("", NotANumber("null".to_owned())));
    assert_eq!(resolve(&unseen).unwrap().keep, None);
    assert_eq!(Mode::parse("always"), None);
}

#[test]
fn a_misuse_has_a_name() {
    let names = [Misuse::OnlyCache, Misuse::OnlyNoStore, Misuse::Revalidate].map(Misuse::as_str);
    assert_eq!(names, ["only-cache", "only-no-store", "revalidate"], "FE-6");
}
