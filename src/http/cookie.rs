//! The `Cookie` request field (RFC 6265 §4.2), as places in its text: nothing is copied and nothing decoded.

use super::block::{Block, WIDTH, blocks};
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
#[inline(always)]
pub fn each_pair(text: &[u8], mut visit: impl FnMut(Pair)) {
    let mut room = [0; WIDTH];
    let (whole, rest) = blocks(text, &mut room);
    let (mut left, mut piece) = (MOST_PAIRS, Piece::from(0));
    let (mut marks, mut percents, mut next) = (0, 0, 0_usize);
    loop {
        while marks == 0 {
            piece.percent |= percents != 0;
            let block = match whole.get(next) {
                Some(bytes) => Block::new(bytes),
                None if next == whole.len() => rest,
                None => return,
            };
            (marks, percents) = (block.bits_of_either(b';', b','), block.bits_of(b'%'));
            if next == whole.len() {
                // The end of the text ends a piece, too.
                marks |= 1_u32.wrapping_shl(text.len().wrapping_sub(next.wrapping_mul(WIDTH)) as u32);
            }
            next = next.wrapping_add(1);
        }
        let below = marks.wrapping_sub(1) & !marks;
        let mark = next.wrapping_sub(1).wrapping_mul(WIDTH).wrapping_add(marks.trailing_zeros() as usize);
        marks &= marks.wrapping_sub(1);
        if text.get(mark) == Some(&b',') {
            piece.comma = true;
            continue;
        }
        piece.percent |= percents & below != 0;
        percents &= !below;
        piece.end = mark;
        loop {
            let line = if piece.comma { piece.first_line(text) } else { piece };
            if let Some(pair) = line.pair(text) {
                left = left.wrapping_sub(1);
                visit(pair);
            }
            if left == 0 {
                return;
            }
            if line.end == mark {
                break;
            }
            piece.start = line.end.wrapping_add(JOINT.len());
        }
        piece = Piece::from(mark.wrapping_add(1));
    }
}

/// What stands between two semicolons.
#[derive(Clone, Copy)]
struct Piece {
    start: usize,
    end: usize,
    comma: bool,
    percent: bool,
}

impl Piece {
    #[inline(always)]
    fn from(start: usize) -> Self {
        Self { start, end: start, comma: false, percent: false }
    }

    /// Its cookie, if it is not empty.
    #[inline(always)]
    fn pair(self, text: &[u8]) -> Option<Pair> {
        let (start, end) = (trim_start(text, self.start, self.end), trim_end(text, self.start, self.end));
        if start >= end {
            return None;
        }
        let equals = find(text, start, end, b'=');
        let (name, value) = if equals < end {
            let value = Span { start: trim_start(text, equals.wrapping_add(1), end), end };
            (Span { start, end: trim_end(text, start, equals) }, Some(value))
        } else {
            (Span { start, end }, None)
        };
        Some(Pair { name, value, escaped: self.percent })
    }

    /// What of it came in one line, if lines were joined in it.
    #[cold]
    #[inline(never)]
    fn first_line(self, text: &[u8]) -> Self {
        let all = Span { start: self.start, end: self.end }.of(text);
        let mut joints = all.windows(JOINT.len()).enumerate().filter(|(_, two)| *two == JOINT);
        let found = joints.find(|(at, _)| {
            let behind = all.get(at.saturating_add(JOINT.len())..).unwrap_or_default();
            let token = behind.iter().take_while(|byte| is_tchar(**byte)).count();
            token > 0 && behind.get(token) == Some(&b'=')
        });
        let end = found.map_or(self.end, |(at, _)| self.start.saturating_add(at));
        Self { end, ..self }
    }
}

/// Where the first such byte is; `end` where there is none before that.
#[inline(always)]
fn find(text: &[u8], mut at: usize, end: usize, byte: u8) -> usize {
    while let Some(bytes) = text.get(at..end).and_then(|rest| rest.first_chunk()) {
        let bits = Block::new(bytes).bits_of(byte);
        if bits != 0 {
            return at.wrapping_add(bits.trailing_zeros() as usize);
        }
        at = at.wrapping_add(WIDTH);
    }
    while at < end && text.get(at) != Some(&byte) {
        at = at.wrapping_add(1);
    }
    at
}

/// What stands between two `Cookie` lines where the Workers runtime joined them.
const JOINT: &[u8] = b", ";

/// Where the first byte is that is neither a space nor a tab.
#[inline(always)]
fn trim_start(text: &[u8], mut start: usize, end: usize) -> usize {
    while start < end && is_space(text, start) {
        start = start.wrapping_add(1);
    }
    start
}

/// Where the spaces and tabs at the end begin.
#[inline(always)]
fn trim_end(text: &[u8], start: usize, mut end: usize) -> usize {
    while start < end && is_space(text, end.wrapping_sub(1)) {
        end = end.wrapping_sub(1);
    }
    end
}

#[inline(always)]
fn is_space(text: &[u8], at: usize) -> bool {
    matches!(text.get(at), Some(b' ' | b'\t'))
}

/// The last of the first [`MOST_PAIRS`] cookies whose name is `name`: looks for the name, from the end, and not at what
/// else there is.
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
    let (Some(first), Some(last)) = (name.first(), name.last()) else { return all_of(text, name).pop() };
    // Where a name can begin, and where it then has its last byte.
    let places = text.len().checked_sub(name.len())?.wrapping_add(1);
    let (heads, tails) = (text.get(..places)?, text.get(name.len().wrapping_sub(1)..)?);
    let mut room = ([0; WIDTH], [0; WIDTH]);
    let ((heads, head), (tails, tail)) = (blocks(heads, &mut room.0), blocks(tails, &mut room.1));
    let mut candidates = head.bits_of_both(*first, tail, *last);
    let mut index = heads.len();
    loop {
        while candidates == 0 {
            index = index.checked_sub(1)?;
            let (head, tail) = (Block::new(heads.get(index)?), Block::new(tails.get(index)?));
            candidates = head.bits_of_both(*first, tail, *last);
        }
        let bit = 31_u32.wrapping_sub(candidates.leading_zeros());
        candidates &= !1_u32.wrapping_shl(bit);
        match named_at(text, index.wrapping_mul(WIDTH).wrapping_add(bit as usize), name) {
            Named::No => {}
            Named::Yes(pair) if counts(text, pair.name.start) => return Some(pair),
            Named::Yes(_) | Named::Perhaps => return all_of(text, name).pop(),
        }
    }
}

/// Whether a cookie of some name begins at a place.
enum Named {
    No,
    Yes(Pair),
    /// There are commas, and perhaps lines that were joined.
    Perhaps,
}

#[inline(always)]
fn named_at(text: &[u8], start: usize, name: &[u8]) -> Named {
    let before = trim_end(text, 0, start).checked_sub(1).and_then(|at| text.get(at));
    let behind = start.wrapping_add(name.len());
    if !matches!(before, None | Some(b';' | b',')) || text.get(start..behind) != Some(name) {
        return Named::No;
    }
    let end = find(text, behind, text.len(), b';');
    let odd = name.iter().any(|byte| matches!(byte, b';' | b','));
    if odd || before == Some(&b',') || find(text, behind, end, b',') < end {
        return Named::Perhaps;
    }
    match (Piece { end, percent: true, ..Piece::from(start) }).pair(text) {
        Some(pair) if pair.name.of(text) == name => Named::Yes(pair),
        _ => Named::No,
    }
}

/// Every cookie of that name.
fn all_of(text: &[u8], name: &[u8]) -> Vec<Pair> {
    let mut found = Vec::new();
    each_pair(text, |pair| {
        if pair.name.of(text) == name {
            found.push(pair);
        }
    });
    found
}

/// Whether fewer than [`MOST_PAIRS`] end before `end`; `false` may be wrong.
fn counts(text: &[u8], end: usize) -> bool {
    let (whole, _) = text.as_chunks();
    let (mut separators, mut left) = (0, end);
    for bytes in whole {
        // A pair and what separates it from the next are two bytes at least.
        if (left >> 1).wrapping_add(separators) < MOST_PAIRS {
            return true;
        }
        let block = Block::new(bytes);
        let bits = block.bits_of_either(b';', b',');
        separators = separators.wrapping_add(bits.count_ones() as usize);
        left = left.saturating_sub(WIDTH);
    }
    false
}

/// Whether a name may occur twice among these. `false` is certain. `table` holds zeros, a power of two of them, more
/// than there are names.
///
/// # Examples
///
/// ```
/// use freshtag::http::cookie::{Span, may_repeat};
///
/// let (text, mut table) = (b"id=1; ok=2; id=3", [0; 8]);
/// let [id, ok, again] = [0, 6, 12].map(|start| Span { start, end: start + 2 });
/// assert!(!may_repeat(text, [id, ok], &mut table));
/// table.fill(0);
/// assert!(may_repeat(text, [id, ok, again], &mut table));
/// ```
#[inline(always)]
pub fn may_repeat(text: &[u8], names: impl IntoIterator<Item = Span>, table: &mut [u32]) -> bool {
    let mask = table.len().wrapping_sub(1);
    for name in names {
        let hash = name.hash(text);
        let mut at = hash as usize & mask;
        while let Some(place) = table.get_mut(at) {
            if *place == 0 {
                *place = hash;
                break;
            }
            if *place == hash {
                return true;
            }
            at = at.wrapping_add(1) & mask;
        }
    }
    false
}

impl Span {
    /// Of its length, its first 16 bytes and its last 8: never 0.
    #[inline(always)]
    fn hash(self, text: &[u8]) -> u32 {
        let length = self.end.wrapping_sub(self.start);
        let (low, high) = (self.eight(text, 0), if length > 8 { self.eight(text, 8) } else { 0 });
        let last = if length > 16 { self.eight(text, length.wrapping_sub(8)) } else { length as u64 };
        // Odd constants of MurmurHash3: the upper half of a product depends on every bit.
        let mixed = low.wrapping_mul(0xff51_afd7_ed55_8ccd) ^ high.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        let mixed = (mixed ^ mixed >> 32 ^ last).wrapping_mul(0xff51_afd7_ed55_8ccd);
        (mixed >> 32) as u32 | 1
    }

    /// Eight of its bytes from `at` on, zeros behind its end.
    #[inline(always)]
    fn eight(self, text: &[u8], at: usize) -> u64 {
        let start = self.start.wrapping_add(at);
        let Some(whole) = text.get(start..).and_then(|rest| rest.first_chunk()) else {
            let bytes = text.get(start..self.end).unwrap_or_default();
            return bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
        };
        let number = u64::from_le_bytes(*whole);
        match self.end.wrapping_sub(start) {
            behind @ 0..8 => number & !(u64::MAX << behind.wrapping_mul(8)),
            _ => number,
        }
    }
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
    let values = all_of(header.as_bytes(), name.as_bytes()).into_iter().filter_map(|pair| pair.value);
    values.filter_map(|value| header.get(value.start..value.end)).collect()
}
