//! Dates of cookies (RFC 6265 §5.1.1) in, dates of HTTP (RFC 9110 §5.6.7) out.

use std::fmt;
// Years have four digits here, so nothing comes near to wrapping; in wasm, saturating costs five times the code.
use std::num::Wrapping as N;

use crate::time::UnixMillis;

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_SECONDS: i64 = 86_400;

/// A whole second of the years 1601 to 9999, which every reader of HTTP dates understands.
///
/// Printed as an IMF-fixdate (RFC 9110 §5.6.7).
///
/// # Examples
///
/// ```
/// use freshtag::http::date::HttpDate;
/// use freshtag::time::UnixMillis;
///
/// let date = HttpDate::new(UnixMillis(784_111_777_999)).unwrap();
/// assert_eq!(date.to_string(), "Sun, 06 Nov 1994 08:49:37 GMT");
/// assert_eq!(date.at(), UnixMillis(784_111_777_000));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct HttpDate {
    /// Since the Unix epoch.
    seconds: i64,
}

impl HttpDate {
    /// 1601-01-01 00:00:00.
    pub const FIRST: Self = Self { seconds: -11_644_473_600 };
    /// 9999-12-31 23:59:59.
    pub const LAST: Self = Self { seconds: 253_402_300_799 };

    /// The second that holds this moment; `None` before the year 1601 and after 9999.
    #[must_use]
    pub fn new(at: UnixMillis) -> Option<Self> {
        Self::from_seconds(at.0.div_euclid(1000))
    }

    /// Reads a date of HTTP (RFC 9110 §5.6.7), in any of its three formats: it ends with `GMT`, or, as C's `asctime` has
    /// it, with the year. What else stands in it is read as leniently as a cookie's.
    ///
    /// # Examples
    ///
    /// ```
    /// use freshtag::http::date::HttpDate;
    ///
    /// let date = HttpDate::parse("Sunday, 06-Nov-94 08:49:37 GMT");
    /// assert_eq!(date, HttpDate::parse("Sun Nov  6 08:49:37 1994"));
    /// assert_eq!(HttpDate::parse("Sun, 06 Nov 1994 08:49:37 +0100"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (_, end) = text.rsplit_once(' ')?;
        let is_year = end.len() == 4 && end.bytes().all(|byte| byte.is_ascii_digit());
        if end == "GMT" || is_year { Self::parse_cookie_date(text) } else { None }
    }

    /// Reads a date as a browser reads `Expires`: the first time, day, month and year in it, in any order and
    /// whatever stands between (RFC 6265 §5.1.1). The zone is not read: it is always UTC.
    ///
    /// # Examples
    ///
    /// ```
    /// use freshtag::http::date::HttpDate;
    ///
    /// let date = HttpDate::parse_cookie_date("Wednesday, 09-Nov-99 23:12:40 GMT").unwrap();
    /// assert_eq!(date.to_string(), "Tue, 09 Nov 1999 23:12:40 GMT");
    /// assert_eq!(HttpDate::parse_cookie_date("31 Feb 2030 00:00:00"), None);
    /// ```
    #[must_use]
    pub fn parse_cookie_date(text: &str) -> Option<Self> {
        let (mut time, mut day, mut month, mut year) = (None, None, None, None);
        for token in text.as_bytes().split(|byte| is_delimiter(*byte)) {
            // A token is the first of these that is still missing.
            let _ = fill(&mut time, hms(token))
                || fill(&mut day, number(token, 1, 2))
                || fill(&mut month, month_of(token))
                || fill(&mut year, number(token, 2, 4));
        }
        let year = match year? {
            short @ 70..=99 => N(short) + N(1900),
            short @ 0..=69 => N(short) + N(2000),
            full => N(full),
        };
        let ([hour, minute, second], date) = (time?, Civil { year: year.0, month: month?, day: day? });
        let days = date.days();
        if hour > 23 || minute > 59 || second > 59 || Civil::of(days) != date {
            return None;
        }
        Self::from_seconds((((N(days) * N(24) + N(hour)) * N(60) + N(minute)) * N(60) + N(second)).0)
    }

    /// The moment, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn at(self) -> UnixMillis {
        UnixMillis((N(self.seconds) * N(1000)).0)
    }

    fn from_seconds(seconds: i64) -> Option<Self> {
        Some(Self { seconds }).filter(|date| (Self::FIRST..=Self::LAST).contains(date))
    }
}

impl fmt::Display for HttpDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.seconds.div_euclid(DAY_SECONDS), self.seconds.rem_euclid(DAY_SECONDS));
        let Civil { year, month, day } = Civil::of(days);
        // The epoch was a Thursday.
        let weekday = name(&DAYS, (N(days) + N(4)).0.rem_euclid(7));
        let month = name(&MONTHS, (N(month) - N(1)).0);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT")
    }
}

fn name(names: &[&'static str], at: i64) -> &'static str {
    usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or_default()
}

/// Gives an empty slot what was found; whether it did.
fn fill<T>(slot: &mut Option<T>, found: Option<T>) -> bool {
    let fits = slot.is_none() && found.is_some();
    if fits {
        *slot = found;
    }
    fits
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x20..=0x2f | 0x3b..=0x40 | 0x5b..=0x60 | 0x7b..=0x7e)
}

/// `time`: three numbers of one or two digits between colons.
fn hms(token: &[u8]) -> Option<[i64; 3]> {
    let (hour, rest) = digits(token, 1, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(b":")?, 1, 2)?;
    let (second, _) = digits(rest.strip_prefix(b":")?, 1, 2)?;
    Some([hour, minute, second])
}

/// The month that a token begins with, from 1.
fn month_of(token: &[u8]) -> Option<i64> {
    let three = token.get(..3)?;
    let at = MONTHS.iter().position(|month| month.as_bytes().eq_ignore_ascii_case(three))?;
    Some((N(i64::try_from(at).ok()?) + N(1)).0)
}

/// `day-of-month` and `year`: so many digits, and behind them whatever is no digit (erratum 4148).
fn number(token: &[u8], least: usize, most: usize) -> Option<i64> {
    digits(token, least, most).map(|(number, _)| number)
}

/// All the digits at the front as a number if there are so many of them, and what follows.
fn digits(token: &[u8], least: usize, most: usize) -> Option<(i64, &[u8])> {
    let count = token.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(least..=most).contains(&count) {
        return None;
    }
    let (digits, rest) = token.split_at_checked(count)?;
    let number = digits.iter().fold(N(0), |number, digit| number * N(10) + N(i64::from(digit & 0x0f)));
    Some((number.0, rest))
}

/// A day of the Gregorian calendar, from year 1 on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Civil {
    year: i64,
    /// From 1.
    month: i64,
    /// From 1.
    day: i64,
}

/// Days from 0000-03-01 to the Unix epoch. Years are counted from March, so that a leap day ends one.
const EPOCH: i64 = 719_468;

impl Civil {
    /// Days since the Unix epoch; a day that its month does not have counts on into the next.
    fn days(self) -> i64 {
        let (year, month) = (N(self.year), N(self.month));
        let year = if self.month <= 2 { year - N(1) } else { year };
        let before = days_before((month + N(9)).0 % 12);
        let leap_days = N(year.0 / 4) - N(year.0 / 100) + N(year.0 / 400);
        (year * N(365) + leap_days + N(before) + N(self.day) - N(1) - N(EPOCH)).0
    }

    /// The day so many days after the Unix epoch.
    fn of(days: i64) -> Self {
        let days = (N(days) + N(EPOCH)).0;
        // 400 years are 146,097 days.
        let (era, day) = (days / 146_097, days % 146_097);
        let year = (N(day) - N(day / 1460) + N(day / 36_524) - N(day / 146_096)).0 / 365;
        let day = (N(day) - N(year) * N(365) - N(year / 4) + N(year / 100)).0;
        let month = (N(day) * N(5) + N(2)).0 / 153;
        let day = (N(day) - N(days_before(month)) + N(1)).0;
        let (year, month) = (N(era) * N(400) + N(year), N(month));
        let (year, month) = if month.0 < 10 { (year, month + N(3)) } else { (year + N(1), month - N(9)) };
        Self { year: year.0, month: month.0, day }
    }
}

/// Days of a year that begins in March before its month, counted from 0.
fn days_before(month: i64) -> i64 {
    (N(month) * N(153) + N(2)).0 / 5
}
