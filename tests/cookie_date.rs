//! Dates of cookies (RFC 6265 §5.1.1) and of HTTP (RFC 9110 §5.6.7), row by row and against a calendar that counts.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::arithmetic_side_effects)]

use freshtag::http::date::HttpDate;
use freshtag::time::UnixMillis;
use proptest::prelude::*;

fn read(text: &str) -> Option<String> {
    HttpDate::parse_cookie_date(text).map(|date| date.to_string())
}

const JUNE: &str = "Wed, 09 Jun 2021 10:18:14 GMT";

#[test]
fn a_date_is_read_as_browsers_read_it() {
    let rows = [
        // the three formats of HTTP
        ("IMF-fixdate", "Wed, 09 Jun 2021 10:18:14 GMT", JUNE),
        ("RFC 850", "Wednesday, 09-Jun-21 10:18:14 GMT", JUNE),
        ("asctime", "Wed Jun  9 10:18:14 2021", JUNE),
        // tokens in any order, and whatever stands between
        ("nothing else", "9 Jun 2021 10:18:14", JUNE),
        ("year first", "2021 10:18:14 jun 09", JUNE),
        ("month last", "10:18:14 09 2021 JUNE", JUNE),
        ("delimiters around", "\t ;,9-Jun/2021_10:18:14)~", JUNE),
        ("the day's name may be wrong", "Mon, 09 Jun 2021 10:18:14 GMT", JUNE),
        ("other words", "x y9 z: 09 nope Jun é 2021 at 10:18:14", JUNE),
        ("a control character belongs to a token", "09\0 Jun 2021\u{1} 10:18:14\u{7f}", JUNE),
        ("zones are not read", "09 Jun 2021 10:18:14 PST", JUNE),
        ("nor offsets", "09 Jun 2021 10:18:14 +0200", JUNE),
        // what may follow the digits or the three letters (erratum 4148)
        ("tails", "9th June 2021! 10:18:14pm", JUNE),
        ("any tail", "9Aug junk 2021x 10:18:14:99", JUNE),
        ("other letters", "9é Juné 2021é 10:18:14é", JUNE),
        // the first of each kind counts
        ("times", "10:18:14 9 Jun 2021 11:11:11", JUNE),
        ("a second time is a day", "10:18:14 11:00:00 9 Jun 2021", "Fri, 11 Jun 2021 10:18:14 GMT"),
        ("days", "9 10 Jun 10:18:14 2021", "Wed, 09 Jun 2010 10:18:14 GMT"),
        ("months", "9 Jun Jul 2021 10:18:14", JUNE),
        ("years", "9 Jun 2021 2022 10:18:14", JUNE),
        ("five digits are no year", "9 Jun 20210 2021 10:18:14", JUNE),
        ("a fraction is a day where none was", "10:18:14.12 9 Jun 2021", "Sat, 12 Jun 2021 10:18:14 GMT"),
        // fields
        ("one digit each", "9 Jun 2021 1:2:3", "Wed, 09 Jun 2021 01:02:03 GMT"),
        ("midnight", "9 Jun 2021 0:0:0", "Wed, 09 Jun 2021 00:00:00 GMT"),
        ("last second", "9 Jun 2021 23:59:59", "Wed, 09 Jun 2021 23:59:59 GMT"),
        ("two digits of a year from 70", "9 Jun 70 00:00:00", "Tue, 09 Jun 1970 00:00:00 GMT"),
        ("to 99", "9 Jun 99 00:00:00", "Wed, 09 Jun 1999 00:00:00 GMT"),
        ("from 00", "9 Jun 00 00:00:00", "Fri, 09 Jun 2000 00:00:00 GMT"),
        ("to 69", "9 Jun 69 00:00:00", "Sun, 09 Jun 2069 00:00:00 GMT"),
        ("by its value, not its digits", "9 Jun 0069 00:00:00", "Sun, 09 Jun 2069 00:00:00 GMT"),
        ("three digits", "9 Jun 099 00:00:00", "Wed, 09 Jun 1999 00:00:00 GMT"),
        ("first year", "1 Jan 1601 00:00:00", "Mon, 01 Jan 1601 00:00:00 GMT"),
        ("last year", "31 Dec 9999 23:59:59", "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("leap day", "29 Feb 2020 00:00:00", "Sat, 29 Feb 2020 00:00:00 GMT"),
        ("leap day of a fourth century", "29 Feb 2000 00:00:00", "Tue, 29 Feb 2000 00:00:00 GMT"),
        ("before the epoch", "Thu Jan 1 00:00:00 1914", "Thu, 01 Jan 1914 00:00:00 GMT"),
    ];
    for (id, text, expected) in rows {
        assert_eq!(read(text).as_deref(), Some(expected), "{id}: {text:?}");
    }
}

#[test]
fn what_is_no_date_is_none() {
    let rows = [
        ("empty", ""),
        ("delimiters alone", " ,;-/"),
        ("a word", "tomorrow"),
        ("a number", "1623233894"),
        ("no time", "9 Jun 2021"),
        ("no day", "Jun 2021 10:18:14"),
        ("no month", "9 2021 10:18:14"),
        ("no year", "9 Jun 10:18:14"),
        ("ISO 8601", "2021-06-09T10:18:14Z"),
        ("month as a number", "09 06 2021 10:18:14"),
        ("hour 24", "9 Jun 2021 24:00:00"),
        ("minute 60", "9 Jun 2021 23:60:00"),
        ("second 60", "9 Jun 2021 23:59:60"),
        ("no seconds", "9 Jun 2021 10:18"),
        ("three digits of a second", "9 Jun 2021 10:18:014"),
        ("three digits of an hour", "9 Jun 2021 010:18:14"),
        ("empty field", "9 Jun 2021 10::14"),
        ("space in a time", "9 Jun 2021 10: 18:14"),
        ("day 0", "0 Jun 2021 10:18:14"),
        ("day 32", "32 Jan 2021 10:18:14"),
        ("day 99", "99 Jan 2021 10:18:14"),
        ("31 June", "31 Jun 2021 10:18:14"),
        ("30 February", "30 Feb 2020 10:18:14"),
        ("29 February in a common year", "29 Feb 2021 10:18:14"),
        ("in a century", "29 Feb 1900 10:18:14"),
        ("three digits of a day", "009 Jun 2021 10:18:14"),
        ("two letters", "9 Ju 2021 10:18:14"),
        ("a letter in front", "9 xJun 2021 10:18:14"),
        ("other letters", "9 Jún 2021 10:18:14"),
        ("other digits", "９ Jun 2021 10:18:14"),
        ("year 1600", "9 Jun 1600 10:18:14"),
        ("year 100", "9 Jun 100 10:18:14"),
        ("an offset where a year was expected", "9 Jun 10:18:14 +0200 2021"),
        ("five digits", "9 Jun 02021 10:18:14"),
        ("one digit", "10:18:14 9 Jun 1"),
        ("no-break space separates nothing", "9\u{a0}Jun\u{a0}2021\u{a0}10:18:14"),
    ];
    for (id, text) in rows {
        assert_eq!(read(text), None, "{id}: {text:?}");
    }
}

#[test]
fn delimiters_are_those_of_the_grammar() {
    for byte in 0..=255_u8 {
        let c = char::from(byte);
        let is_delimiter = matches!(byte, 0x09 | 0x20..=0x2f | 0x3b..=0x40 | 0x5b..=0x60 | 0x7b..=0x7e);
        let text = format!("09{c}Jun{c}2021{c}10:18:14");
        assert_eq!(read(&text).as_deref(), is_delimiter.then_some(JUNE), "{byte:#04x}: {text:?}");
    }
}

#[test]
fn a_moment_is_printed_as_http_prints_it() {
    let rows = [
        (0, Some("Thu, 01 Jan 1970 00:00:00 GMT")),
        (999, Some("Thu, 01 Jan 1970 00:00:00 GMT")),
        (-1, Some("Wed, 31 Dec 1969 23:59:59 GMT")),
        (1_623_233_894_567, Some(JUNE)),
        (951_782_400_000, Some("Tue, 29 Feb 2000 00:00:00 GMT")),
        (-2_203_891_200_000, Some("Thu, 01 Mar 1900 00:00:00 GMT")),
        (2_147_483_648_000, Some("Tue, 19 Jan 2038 03:14:08 GMT")),
        (-11_644_473_600_000, Some("Mon, 01 Jan 1601 00:00:00 GMT")),
        (-11_644_473_600_001, None),
        (253_402_300_799_999, Some("Fri, 31 Dec 9999 23:59:59 GMT")),
        (253_402_300_800_000, None),
        (8_640_000_000_000_000, None),
        (i64::MAX, None),
        (i64::MIN, None),
    ];
    for (ms, expected) in rows {
        let printed = HttpDate::new(UnixMillis(ms)).map(|date| date.to_string());
        assert_eq!(printed.as_deref(), expected, "{ms}");
    }
    assert_eq!(HttpDate::new(HttpDate::FIRST.at()), Some(HttpDate::FIRST));
    assert_eq!(HttpDate::new(HttpDate::LAST.at()), Some(HttpDate::LAST));
}

/// Every day of two cycles of 400 years, counted from the first.
#[test]
fn the_calendar_is_gregorian() {
    let months = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let (mut at, mut days) = (HttpDate::FIRST.at(), 0);
    for year in 1601..=2400 {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (name, length) in names.iter().zip(months) {
            for day in 1..=length + i64::from(is_leap && *name == "Feb") {
                let printed = HttpDate::new(at).unwrap().to_string();
                let expected = format!("{}, {day:02} {name} {year} 00:00:00 GMT", weekdays[days % 7]);
                assert_eq!(printed, expected);
                assert_eq!(HttpDate::parse_cookie_date(&printed).map(HttpDate::at), Some(at), "{printed}");
                (at, days) = (at.plus_ms(86_400_000), days + 1);
            }
        }
    }
}

proptest! {
    #[test]
    fn printed_and_read_is_the_same(seconds in -11_644_473_600..=253_402_300_799_i64, ms in 0..1000_i64) {
        let date = HttpDate::new(UnixMillis(seconds * 1000 + ms)).unwrap();
        prop_assert_eq!(date.at(), UnixMillis(seconds * 1000));
        prop_assert_eq!(HttpDate::parse_cookie_date(&date.to_string()), Some(date));
        let (printed, hour) = (date.to_string(), format!("{:02}", seconds.rem_euclid(86_400) / 3600));
        prop_assert_eq!((printed.len(), &printed[17..19]), (29, &*hour));
    }

    #[test]
    fn any_text_is_a_date_or_not(text in any::<String>(), close in "([0-9]{1,5}|[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}|jan|FEB|mars| |,|-){0,12}") {
        for text in [text, close] {
            if let Some(date) = HttpDate::parse_cookie_date(&text) {
                prop_assert!((HttpDate::FIRST..=HttpDate::LAST).contains(&date));
                prop_assert_eq!(HttpDate::new(date.at()), Some(date));
            }
        }
    }
}
