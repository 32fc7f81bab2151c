//! JSON, as much of it as is stored and told here: one reader, one writer.

use crate::hex::push;

/// Lists and objects inside each other, at most.
const DEEPEST: usize = 128;

/// A JSON value.
///
/// # Examples
///
/// ```
/// use freshtag::json::Json;
///
/// let mark = Json::parse(r#"{"t": 17, "by": "abc"}"#).unwrap();
/// assert_eq!(mark.integer("t"), Some(17));
/// assert_eq!(mark.text("by"), Some("abc"));
/// assert_eq!(Json::parse("{'t': 17}"), None);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without fraction and exponent that fits.
    Integer(i64),
    /// Any other number; never infinite.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Self>),
    /// An object, in the order written.
    Object(Vec<(String, Self)>),
}

impl Json {
    /// Reads one value (RFC 8259), `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader(text);
        let value = reader.value(DEEPEST)?;
        reader.0.is_empty().then_some(value)
    }

    /// A member of an object; of equal names the last.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// A member that is a string.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_text()
    }

    /// A member that is an integer.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_integer()
    }

    /// A member that is an integer and not negative.
    #[must_use]
    pub fn count(&self, name: &str) -> Option<u64> {
        u64::try_from(self.integer(name)?).ok()
    }

    /// The text of a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// An integer.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(integer) = self { Some(*integer) } else { None }
    }

    /// Any number.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            #[allow(clippy::cast_precision_loss)] // as JavaScript reads it
            Self::Integer(integer) => Some(*integer as f64),
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The elements of an array.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// The value as JSON.
    #[must_use]
    pub fn print(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(true) => "true".to_owned(),
            Self::Bool(false) => "false".to_owned(),
            Self::Integer(integer) => integer.to_string(),
            Self::Number(number) => print_number(*number),
            Self::Text(text) => quote(text),
            Self::List(list) => print_list(list.iter().map(Self::print)),
            Self::Object(members) => {
                let mut object = Printer::default();
                for (name, value) in members {
                    object.json(name, &value.print());
                }
                object.end()
            }
        }
    }
}

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

/// What is still to be read. Every method takes from the front, or gives `None` where the text is wrong.
struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    /// A value with the space around it, at most `depth` lists and objects deep.
    fn value(&mut self, depth: usize) -> Option<Json> {
        self.space();
        let value = match self.0.bytes().next()? {
            b'{' => self.object(depth.checked_sub(1)?)?,
            b'[' => self.list(depth.checked_sub(1)?)?,
            b'"' => Json::Text(self.string()?),
            b'a'..=b'z' => self.word()?,
            _ => self.number()?,
        };
        self.space();
        Some(value)
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        let mut members = Vec::new();
        self.eat('{');
        self.space();
        while !self.eat('}') {
            if !members.is_empty() && !self.eat(',') {
                return None;
            }
            self.space();
            let name = self.string()?;
            self.space();
            if !self.eat(':') {
                return None;
            }
            members.push((name, self.value(depth)?));
        }
        Some(Json::Object(members))
    }

    fn list(&mut self, depth: usize) -> Option<Json> {
        let mut list = Vec::new();
        self.eat('[');
        self.space();
        while !self.eat(']') {
            if !list.is_empty() && !self.eat(',') {
                return None;
            }
            list.push(self.value(depth)?);
        }
        Some(Json::List(list))
    }

    fn string(&mut self) -> Option<String> {
        if !self.eat('"') {
            return None;
        }
        let mut text = String::new();
        loop {
            let plain = self.0.bytes().position(|b| matches!(b, b'"' | b'\\' | 0..b' '))?;
            text.push_str(self.take(plain)?);
            match self.take(1)? {
                "\"" => return Some(text),
                "\\" => text.push(self.escaped()?),
                _ => return None,
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.take(1)? {
            "\"" => '"',
            "\\" => '\\',
            "/" => '/',
            "b" => '\u{8}',
            "f" => '\u{c}',
            "n" => '\n',
            "r" => '\r',
            "t" => '\t',
            "u" => return self.unicode(),
            _ => return None,
        })
    }

    /// What follows `\u`: one UTF-16 unit, or two that belong together.
    fn unicode(&mut self) -> Option<char> {
        let unit = self.unit()?;
        if unit & 0xfc00 != 0xd800 {
            return char::from_u32(unit);
        }
        if self.take(2)? != "\\u" {
            return None;
        }
        let low = self.unit().filter(|unit| unit & 0xfc00 == 0xdc00)?;
        char::from_u32(((unit & 0x3ff) << 10 | low & 0x3ff).saturating_add(0x1_0000))
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.take(4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, 16).ok()
    }

    fn word(&mut self) -> Option<Json> {
        match self.take_while(|b| b.is_ascii_lowercase())? {
            "true" => Some(Json::Bool(true)),
            "false" => Some(Json::Bool(false)),
            "null" => Some(Json::Null),
            _ => None,
        }
    }

    /// A number with at most 15 digits and a small exponent is read exactly, as are all that fit an `i64`.
    fn number(&mut self) -> Option<Json> {
        let text = self.take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))?;
        let size = text.strip_prefix('-').unwrap_or(text);
        let (decimal, exponent) = size.split_once(['e', 'E']).unwrap_or((size, "0"));
        let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let unsigned = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if !(digits(whole) && digits(fraction) && digits(unsigned))
            || (whole.len() > 1 && whole.starts_with('0'))
        {
            return None;
        }
        if size == whole
            && text != "-0"
            && let Ok(integer) = text.parse()
        {
            return Some(Json::Integer(integer));
        }
        let (mut significand, mut power) = (0_u64, exponent.parse::<i32>().ok()?);
        let digits = whole.bytes().map(|digit| (digit, 0)).chain(fraction.bytes().map(|digit| (digit, -1)));
        for (digit, place) in digits {
            // What is behind the nineteenth digit makes no difference.
            if significand < 1_000_000_000_000_000_000 {
                significand = significand.saturating_mul(10).saturating_add(u64::from(digit & 0xf));
                power = power.saturating_add(place);
            } else {
                power = power.saturating_add(place.saturating_add(1));
            }
        }
        #[allow(clippy::cast_precision_loss)] // rounded once
        let significand = significand as f64;
        let scale = 10_f64.powi(power.saturating_abs());
        let size = if power < 0 { significand / scale } else { significand * scale };
        size.is_finite().then_some(Json::Number(if text.starts_with('-') { -size } else { size }))
    }

    fn space(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\n', '\r', '\t']);
    }

    fn eat(&mut self, expected: char) -> bool {
        let rest = self.0.strip_prefix(expected);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> Option<&'a str> {
        let end = self.0.bytes().position(|b| !belongs(b)).unwrap_or(self.0.len());
        self.take(end)
    }

    fn take(&mut self, length: usize) -> Option<&'a str> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}
