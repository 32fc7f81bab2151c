//! A date that can be read is printed and read as the same.
#![no_main]

use freshtag::http::date::HttpDate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Some(date) = HttpDate::parse_cookie_date(text) else {
        return;
    };
    assert!((HttpDate::FIRST..=HttpDate::LAST).contains(&date));
    assert_eq!(HttpDate::new(date.at()), Some(date));
    let printed = date.to_string();
    assert_eq!(printed.len(), 29);
    assert_eq!(HttpDate::parse_cookie_date(&printed), Some(date));
});
