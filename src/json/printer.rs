//! JSON as it is written.

use crate::hex::push;

/// Prints an object, member by member.
///
/// # Examples
///
/// ```
/// use freshtag::json::Printer;
///
/// let mut mark = Printer::default();
/// mark.integer("t", 17);
/// mark.text("by", "abc");
/// assert_eq!(mark.end(), r#"{"t":17,"by":"abc"}"#);
/// ```
#[derive(Debug, Default)]
pub struct Printer {
    /// Without the last brace.
    text: String,
}

impl Printer {
    /// Adds a member whose value is JSON already.
    pub fn json(&mut self, name: &str, value: &str) {
        self.text.push(if self.text.is_empty() { '{' } else { ',' });
        self.text.push_str(&quote(name));
        self.text.push(':');
        self.text.push_str(value);
    }

    /// Adds a string.
    pub fn text(&mut self, name: &str, value: &str) {
        self.json(name, &quote(value));
    }

    /// Adds an integer.
    pub fn integer(&mut self, name: &str, value: i64) {
        self.json(name, &value.to_string());
    }

    /// Adds an integer that is not negative.
    pub fn count(&mut self, name: &str, value: u64) {
        self.json(name, &value.to_string());
    }

    /// Adds an integer or `null`.
    pub fn maybe(&mut self, name: &str, value: Option<i64>) {
        match value {
            Some(value) => self.integer(name, value),
            None => self.json(name, "null"),
        }
    }

    /// Its text so far, without the last brace.
    #[must_use]
    pub fn so_far(&self) -> &str {
        &self.text
    }

    /// The whole object.
    #[must_use]
    pub fn end(mut self) -> String {
        if self.text.is_empty() {
            self.text.push('{');
        }
        self.text.push('}');
        self.text
    }
}

/// Prints an array of values that are JSON already.
pub fn print_list(values: impl IntoIterator<Item = String>) -> String {
    let mut text = String::from("[");
    for value in values {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&value);
    }
    text.push(']');
    text
}

/// Prints a finite number; a whole one without a fraction, as metadata is small.
#[must_use]
pub fn print_number(number: f64) -> String {
    #[allow(clippy::cast_possible_truncation)] // compared
    let whole = number as i64;
    #[allow(clippy::cast_precision_loss, clippy::float_cmp)] // the same number or not
    if whole as f64 == number {
        return whole.to_string();
    }
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format(number);
    // ECMA-262 §6.1.6.1.20: exponents begin below 1e-6.
    match text.strip_suffix("e-6") {
        Some(digits) if number > 0.0 => ["0.00000", &digits.replace('.', "")].concat(),
        _ => text.to_owned(),
    }
}

/// Prints a string, escaped as `JSON.stringify` does.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len().saturating_add(2));
    quoted.push('"');
    for char in text.chars() {
        let short = match char {
            '"' | '\\' => char,
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\u{8}' => 'b',
            '\u{c}' => 'f',
            '\0'..=' ' if char != ' ' => {
                quoted.push_str("\\u00");
                push(&mut quoted, u8::try_from(char).unwrap_or_default(), b'a');
                continue;
            }
            _ => {
                quoted.push(char);
                continue;
            }
        };
        quoted.push('\\');
        quoted.push(short);
    }
    quoted.push('"');
    quoted
}
