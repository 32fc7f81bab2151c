//! JSON, as much of it as is stored and told here: one reader, one writer.

mod printer;

pub use printer::{Printer, print_list, print_number, quote};

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
