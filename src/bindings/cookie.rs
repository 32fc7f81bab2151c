//! Cookie headers, over a buffer that JavaScript fills itself: a text that crosses by itself costs more than reading it.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::http::cookie::{self, MOST_PAIRS, Pair, Span};

/// Numbers a pair takes: where its name begins and ends, and its value.
const NUMBERS: usize = 4;
/// Set in the last number: there may be a `%` in the value.
const ESCAPED: u32 = 1 << 31;

/// Finds the pairs of a header. The header is written to [`CookieScanner::text`], one byte a character; one beyond ASCII
/// as any byte that is beyond ASCII, so that places in the bytes are places in the text. What is found is left in
/// [`CookieScanner::spans`]. Both stay where they are; views over them end when the memory grows.
#[wasm_bindgen]
#[derive(Debug)]
pub struct CookieScanner {
    text: Box<[u8]>,
    spans: Box<[u32]>,
    table: Box<[u32]>,
}

#[wasm_bindgen]
impl CookieScanner {
    /// Room for a header and a name of together `capacity` bytes.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let numbers = |each: usize| vec![0; MOST_PAIRS.saturating_mul(each)].into();
        Self { text: vec![0; capacity].into(), spans: numbers(NUMBERS), table: numbers(2) }
    }

    /// Where the header is to be written.
    pub fn text(&mut self) -> *mut u8 {
        self.text.as_mut_ptr()
    }

    /// Where four numbers a pair are left: begin and end of the name, begin and end of the value. The top bit of the
    /// last says that the value may hold a `%`; it is 0 where there is no value.
    pub fn spans(&mut self) -> *mut u32 {
        self.spans.as_mut_ptr()
    }

    /// Finds all pairs of the first `length` bytes. Says how many there are; negative where a name may occur twice.
    pub fn scan(&mut self, length: usize) -> i32 {
        let Some(text) = self.text.get(..length) else { return 0 };
        let mut count = 0_usize;
        cookie::each_pair(text, |pair| {
            let at = count.wrapping_mul(NUMBERS);
            if let Some(place) = self.spans.get_mut(at..at.wrapping_add(NUMBERS)) {
                write(place, pair);
                count = count.wrapping_add(1);
            }
        });
        let table = self.table.get_mut(..count.next_power_of_two().wrapping_mul(2)).unwrap_or_default();
        table.fill(0);
        let names = self.spans.chunks_exact(NUMBERS).take(count).map(|place| match place {
            [start, end, ..] => Span { start: *start as usize, end: *end as usize },
            _ => Span { start: 0, end: 0 },
        });
        let count = count as i32;
        if cookie::may_repeat(text, names, table) { count.wrapping_neg() } else { count }
    }

    /// Finds the last pair of the first `length` bytes that has the name in the `name` bytes behind them.
    pub fn find(&mut self, length: usize, name: usize) -> bool {
        let Some((text, rest)) = self.text.split_at_checked(length) else { return false };
        let found = rest.get(..name).and_then(|name| cookie::last_pair(text, name));
        if let (Some(pair), Some(place)) = (found, self.spans.get_mut(..NUMBERS)) {
            write(place, pair);
        }
        found.is_some()
    }
}

#[inline]
fn write(place: &mut [u32], Pair { name, value, escaped }: Pair) {
    let [name_start, name_end, value_start, value_end] = place else { return };
    (*name_start, *name_end) = (name.start as u32, name.end as u32);
    (*value_start, *value_end) = match value {
        Some(value) => (value.start as u32, value.end as u32 | if escaped { ESCAPED } else { 0 }),
        None => (0, 0),
    };
}
