//! The `Cookie` request field (RFC 6265 §4.2), as places in its text: nothing is copied and nothing decoded.

use super::block::{Block, WIDTH};
use super::text::is_tchar;

/// How many pairs of a header count; what comes behind them is not there.
pub const MOST_PAIRS: usize = 512;

/// One cookie of a header.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pair {
    /// What stands before the first `=`, or all of it where there is none.
    pub name: Span,
    /// What stands behind it. A name without `=` has no value.
    pub value: Option<Span>,
    /// Whether there may be a `%` in it.
    pub escaped: bool,
}

/// A stretch of a text, in bytes: from `start` up to `end`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Span {
    /// Where it begins.
    pub start: usize,
    /// Where it has ended.
    pub end: usize,
}

impl Span {
    /// The bytes of `text` there.
    #[must_use]
    #[inline]
    pub fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// Hands the first [`MOST_PAIRS`] cookies of a header to `visit`, in order, repetitions too.
///
/// Only spaces and tabs are trimmed, and empty pieces are left out. Besides `;` a comma and a space before the next
/// `name=` separate too, because the Workers runtime joins two `Cookie` lines that way.
///
/// # Examples
///
/// ```
/// use freshtag::http::cookie::each_pair;
///
/// let text = b"id=1; theme=a,b, id=2";
/// let mut values = Vec::new();
/// each_pair(text, |pair| values.extend(pair.value.map(|value| value.of(text))));
/// assert_eq!(values, [&b"1"[..], b"a,b", b"2"]);
/// ```
#[inline]
pub fn each_pair(text: &[u8], mut visit: impl FnMut(Pair)) {
    let (mut left, mut block_at) = (MOST_PAIRS, 0_usize);
    let mut piece = Piece::default();
    while block_at < text.len() {
        let block = Block::at(text, block_at);
        let mut semicolons = block.bits_of(b';');
        let (mut commas, mut percents) = (block.bits_of(b','), block.bits_of(b'%'));
        while semicolons != 0 {
            let below = semicolons.wrapping_sub(1) & !semicolons;
            piece.end = block_at.saturating_add(semicolons.trailing_zeros() as usize);
            piece.comma |= commas & below != 0;
            piece.percent |= percents & below != 0;
            piece.each_pair(text, &mut left, &mut visit);
            if left == 0 {
                return;
            }
            piece = Piece { start: piece.end.saturating_add(1), ..Piece::default() };
            (commas, percents) = (commas & !below, percents & !below);
            semicolons &= semicolons.wrapping_sub(1);
        }
        piece.comma |= commas != 0;
        piece.percent |= percents != 0;
        block_at = block_at.saturating_add(WIDTH);
    }
    piece.end = text.len();
    piece.each_pair(text, &mut left, &mut visit);
}

/// What stands between two semicolons.
#[derive(Clone, Copy, Default)]
struct Piece {
    start: usize,
    end: usize,
    comma: bool,
    percent: bool,
}

impl Piece {
    #[inline]
    fn each_pair(self, text: &[u8], left: &mut usize, visit: &mut impl FnMut(Pair)) {
        let span = Span { start: self.start, end: self.end };
        if !self.comma {
            if let Some(pair) = Pair::of(text, span, self.percent) {
                *left = left.saturating_sub(1);
                visit(pair);
            }
            return;
        }
        let mut rest = Some(span);
        while let Some(span) = rest {
            let (line, behind) = cut_line(text, span);
            if let Some(pair) = Pair::of(text, line, self.percent) {
                *left = left.saturating_sub(1);
                visit(pair);
            }
            rest = behind.filter(|_| *left > 0);
        }
    }
}

impl Pair {
    /// The cookie that stands in a stretch, if that is not empty.
    #[inline]
    fn of(text: &[u8], span: Span, escaped: bool) -> Option<Self> {
        let span = trimmed(text, span);
        if span.start == span.end {
            return None;
        }
        let mut at = span.start;
        loop {
            let found = at.saturating_add(Block::at(text, at).bits_of(b'=').trailing_zeros() as usize);
            // Without one in the block, 32 zeros lead behind it.
            if found < at.saturating_add(WIDTH) {
                return Some(if found < span.end {
                    let name = trimmed(text, Span { start: span.start, end: found });
                    let value = trimmed(text, Span { start: found.saturating_add(1), end: span.end });
                    Self { name, value: Some(value), escaped }
                } else {
                    Self { name: span, value: None, escaped }
                });
            }
            at = at.saturating_add(WIDTH);
            if at >= span.end {
                return Some(Self { name: span, value: None, escaped });
            }
        }
    }
}

/// Cuts at the first `, ` that a token and `=` follow.
fn cut_line(text: &[u8], span: Span) -> (Span, Option<Span>) {
    let mut at = span.start;
    while at < span.end {
        let behind = at.saturating_add(2);
        if text.get(at..behind) == Some(b", ") && starts_a_pair(Span { start: behind, ..span }.of(text)) {
            return (Span { end: at, ..span }, Some(Span { start: behind, ..span }));
        }
        at = at.saturating_add(1);
    }
    (span, None)
}

fn starts_a_pair(text: &[u8]) -> bool {
    let token = text.iter().take_while(|byte| is_tchar(**byte)).count();
    token > 0 && text.get(token) == Some(&b'=')
}

/// The same without the spaces and tabs around it.
#[inline]
fn trimmed(text: &[u8], mut span: Span) -> Span {
    while span.start < span.end && is_space(text, span.start) {
        span.start = span.start.saturating_add(1);
    }
    while span.start < span.end && is_space(text, span.end.saturating_sub(1)) {
        span.end = span.end.saturating_sub(1);
    }
    span
}

#[inline]
fn is_space(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), Some(b' ' | b'\t'))
}

/// The last of the first [`MOST_PAIRS`] cookies whose name is `name`, searched from the end.
///
/// # Examples
///
/// ```
/// use freshtag::http::cookie::last_pair;
///
/// let text = b"id=1; theme=dark; id=2";
/// assert_eq!(last_pair(text, b"id").unwrap().value.unwrap().of(text), b"2");
/// assert_eq!(last_pair(text, b"i"), None);
/// ```
#[must_use]
pub fn last_pair(text: &[u8], name: &[u8]) -> Option<Pair> {
    let mut end = text.len();
    let mut comma = false;
    let mut block_end = text.len().next_multiple_of(WIDTH);
    loop {
        let Some(block_at) = block_end.checked_sub(WIDTH) else {
            let piece = Piece { start: 0, end, comma, percent: true };
            return piece.last_pair(text, name).and_then(|pair| counted(text, name, pair));
        };
        let block = Block::at(text, block_at);
        let (mut semicolons, mut commas) = (block.bits_of(b';'), block.bits_of(b','));
        while semicolons != 0 {
            let bit = 31_u32.saturating_sub(semicolons.leading_zeros());
            let above = u32::MAX.wrapping_shl(bit);
            let start = block_at.saturating_add(bit as usize).saturating_add(1);
            comma |= commas & above != 0;
            let piece = Piece { start, end, comma, percent: true };
            if let Some(pair) = piece.last_pair(text, name) {
                return counted(text, name, pair);
            }
            (semicolons, commas) = (semicolons & !above, commas & !above);
            end = start.saturating_sub(1);
            comma = false;
        }
        comma |= commas != 0;
        block_end = block_at;
    }
}

impl Piece {
    #[inline]
    fn last_pair(self, text: &[u8], name: &[u8]) -> Option<Pair> {
        if !self.comma {
            let mut start = self.start;
            while start < self.end && is_space(text, start) {
                start = start.saturating_add(1);
            }
            if text.get(start) != name.first().or(Some(&b'=')) {
                return None;
            }
        }
        let (mut left, mut last) = (MOST_PAIRS, None);
        self.each_pair(text, &mut left, &mut |pair| {
            if pair.name.of(text) == name {
                last = Some(pair);
            }
        });
        last
    }
}

/// The pair found from the end, if it counts; else the last one that does.
fn counted(text: &[u8], name: &[u8], found: Pair) -> Option<Pair> {
    if separators(text, found.name.start) < MOST_PAIRS {
        return Some(found);
    }
    let mut last = None;
    each_pair(text, |pair| {
        if pair.name.of(text) == name {
            last = Some(pair);
        }
    });
    last
}

/// At most how many pairs end before `end`.
fn separators(text: &[u8], end: usize) -> usize {
    // A pair and what separates it are two bytes at least.
    let most = end >> 1;
    if most < MOST_PAIRS {
        return most;
    }
    (0..end).step_by(WIDTH).fold(0, |sum: usize, at| {
        let block = Block::at(text, at);
        let bits = block.bits_of(b';') | block.bits_of(b',');
        sum.saturating_add(bits.count_ones() as usize)
    })
}

/// Every value that `header` gives the cookie `name`, in order and undecoded.
///
/// # Examples
///
/// ```
/// use freshtag::http::cookie::values_of;
///
/// assert_eq!(values_of("id=1; theme=a,b, id=2", "id"), ["1", "2"]);
/// ```
#[must_use]
pub fn values_of<'a>(header: &'a str, name: &str) -> Vec<&'a str> {
    let mut values = Vec::new();
    each_pair(header.as_bytes(), |pair| {
        if pair.name.of(header.as_bytes()) == name.as_bytes() {
            values.extend(pair.value.and_then(|value| header.get(value.start..value.end)));
        }
    });
    values
}
