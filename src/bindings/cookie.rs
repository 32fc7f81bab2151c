//! Cookie headers, over a buffer that JavaScript fills itself: a text that crosses by itself costs more than reading it.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::http::cookie::{self, MOST_PAIRS, Pair};

/// Numbers a pair takes: where its name begins and ends, and its value.
const NUMBERS: usize = 4;
/// Set in the last number: there may be a `%` in the value.
const ESCAPED: u32 = 1 << 31;

/// Finds the pairs of a header. The header is written to [`CookieScanner::text`], byte by byte as RFC 9110 has it; a
/// character beyond ASCII counts as one byte that is none of the syntax. What is found is left in
/// [`CookieScanner::spans`]. Both stay where they are; views over them end when the memory grows.
#[wasm_bindgen]
#[derive(Debug)]
pub struct CookieScanner {
    text: Box<[u8]>,
    spans: Box<[u32]>,
}

#[wasm_bindgen]
impl CookieScanner {
    /// Room for a header and a name of together `capacity` bytes.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let spans = vec![0; MOST_PAIRS.saturating_mul(NUMBERS)].into();
        Self { text: vec![0; capacity].into(), spans }
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

    /// Finds all pairs of the first `length` bytes; says how many there are.
    pub fn scan(&mut self, length: usize) -> usize {
        let Some(text) = self.text.get(..length) else { return 0 };
        let (mut places, mut count) = (self.spans.chunks_exact_mut(NUMBERS), 0_usize);
        cookie::each_pair(text, |pair| {
            if let Some(place) = places.next() {
                write(place, pair);
                count = count.saturating_add(1);
            }
        });
        count
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
