//! Dictionaries of structured fields (RFC 8941 §4.2.2), as far as cache directives need them: every field is checked,
//! but of the values only booleans and integers are kept.

/// The members in order, a repeated key included; `None` for anything else than a dictionary.
pub(super) fn parse(field: &str) -> Option<Vec<(&str, Item)>> {
    let mut rest = Cursor(field.trim_start_matches(' '));
    let mut members = Vec::new();
    while !rest.is_at_end() {
        let key = rest.key()?;
        let item = if rest.eat('=') { rest.item_or_inner_list()? } else { Item::Boolean(true) };
        rest.parameters()?;
        members.push((key, item));

        let is_last = rest.skip([' ', '\t']).is_at_end();
        if !is_last && (!rest.eat(',') || rest.skip([' ', '\t']).is_at_end()) {
            return None; // two members without a comma, or a comma without a member behind it
        }
    }
    Some(members)
}

/// A value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Item {
    Boolean(bool),
    Integer(i64),
    Other,
}

/// What is still to be read. Every method takes from the front, or gives `None` where the text is wrong.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn eat(&mut self, expected: char) -> bool {
        let rest = self.0.strip_prefix(expected);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn skip<const N: usize>(&mut self, these: [char; N]) -> &mut Self {
        self.0 = self.0.trim_start_matches(these);
        self
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.0.find(|c| !belongs(c)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at_checked(end).unwrap_or((self.0, ""));
        self.0 = rest;
        taken
    }

    /// §4.2.3.3
    fn key(&mut self) -> Option<&'a str> {
        let key = self.take_while(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.*".contains(c));
        key.starts_with(|c: char| c.is_ascii_lowercase() || c == '*').then_some(key)
    }

    /// §4.2.1.1
    fn item_or_inner_list(&mut self) -> Option<Item> {
        if !self.eat('(') {
            return self.bare_item();
        }
        loop {
            self.skip([' ']);
            if self.eat(')') {
                return Some(Item::Other);
            }
            self.bare_item()?;
            self.parameters()?;
            if !self.0.starts_with([' ', ')']) {
                return None;
            }
        }
    }

    /// §4.2.3.2. Parameters mean nothing here (RFC 9213 §2.1).
    fn parameters(&mut self) -> Option<()> {
        while self.eat(';') {
            self.skip([' ']).key()?;
            if self.eat('=') {
                self.bare_item()?;
            }
        }
        Some(())
    }

    /// §4.2.3.1
    fn bare_item(&mut self) -> Option<Item> {
        match self.0.chars().next()? {
            '-' | '0'..='9' => self.number(),
            '"' => self.string(),
            '?' => self.boolean(),
            ':' => self.bytes(),
            '*' | 'a'..='z' | 'A'..='Z' => {
                self.take_while(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:/".contains(c));
                Some(Item::Other)
            }
            _ => None,
        }
    }

    /// §4.2.4: at most 15 digits, or 12 and 3 behind the point.
    fn number(&mut self) -> Option<Item> {
        let is_negative = self.eat('-');
        let whole = self.take_while(|c| c.is_ascii_digit());
        if self.eat('.') {
            let fraction = self.take_while(|c| c.is_ascii_digit());
            let is_decimal = (1..=12).contains(&whole.len()) && (1..=3).contains(&fraction.len());
            return is_decimal.then_some(Item::Other);
        }
        let number: i64 = if whole.len() <= 15 {
            whole.parse().ok()?
        } else {
            return None;
        };
        Some(Item::Integer(if is_negative { number.saturating_neg() } else { number }))
    }

    /// §4.2.5
    fn string(&mut self) -> Option<Item> {
        self.eat('"');
        loop {
            self.take_while(|c| matches!(c, ' '..='~') && c != '"' && c != '\\');
            if self.eat('"') {
                return Some(Item::Other);
            }
            if !(self.eat('\\') && (self.eat('"') || self.eat('\\'))) {
                return None;
            }
        }
    }

    /// §4.2.7
    fn bytes(&mut self) -> Option<Item> {
        self.eat(':');
        self.take_while(|c| c.is_ascii_alphanumeric() || "+/=".contains(c));
        self.eat(':').then_some(Item::Other)
    }

    /// §4.2.8
    fn boolean(&mut self) -> Option<Item> {
        self.eat('?');
        let is_true = self.eat('1');
        (is_true || self.eat('0')).then_some(Item::Boolean(is_true))
    }
}
