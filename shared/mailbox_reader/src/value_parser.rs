//! The values of a server's answer: atoms, quoted strings, literals, lists. Nothing here calls itself, so a list of a
//! hundred thousand levels costs a loop and no stack.

/// A piece of an answer. A text before a literal ends with the `{` of its length; the literal comes next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(Vec<u8>),
    Literal(Vec<u8>),
}

/// Reads value after value from an answer. `None` everywhere means that the answer is malformed there.
#[derive(Debug, Clone)]
pub(crate) struct ValueParser<'a> {
    parts: &'a [Part],
    /// What is unread of the text at the front of `parts`.
    text: &'a [u8],
}

impl<'a> ValueParser<'a> {
    pub(crate) fn new(parts: &'a [Part]) -> Self {
        let text = match parts.first() {
            Some(Part::Text(text)) => text.as_slice(),
            _ => &[],
        };
        Self { parts, text }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.first().copied()
    }

    pub(crate) fn skip_spaces(&mut self) {
        let spaces = self.text.iter().take_while(|byte| **byte == b' ').count();
        self.text = &self.text[spaces..];
    }

    /// Passes over one byte if it is next.
    pub(crate) fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.text = &self.text[1..])
    }

    /// Reads up to a space, a parenthesis, a quote or a literal.
    pub(crate) fn atom(&mut self) -> Option<&'a [u8]> {
        let ends = |byte: &u8| matches!(byte, b' ' | b'(' | b')' | b'"');
        let length = self.text.iter().position(ends).unwrap_or(self.text.len());
        let atom = &self.text[..length];
        (!atom.is_empty() && !self.at_literal()).then(|| {
            self.text = &self.text[length..];
            atom
        })
    }

    pub(crate) fn word(&mut self) -> Option<String> {
        self.atom().map(|atom| String::from_utf8_lossy(atom).to_ascii_uppercase())
    }

    pub(crate) fn number<N: std::str::FromStr>(&mut self) -> Option<N> {
        std::str::from_utf8(self.atom()?).ok()?.parse().ok()
    }

    /// Returns all that is left of the text.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.text
    }

    /// Reads a string in any of its three forms. `NIL` is no string: `Some(None)`.
    pub(crate) fn string(&mut self) -> Option<Option<Vec<u8>>> {
        if let Some(literal) = self.literal() {
            return Some(Some(literal.to_vec()));
        }
        if self.peek() == Some(b'"') {
            return self.quoted().map(Some);
        }
        let atom = self.atom()?;
        Some((!atom.eq_ignore_ascii_case(b"NIL")).then(|| atom.to_vec()))
    }

    fn quoted(&mut self) -> Option<Vec<u8>> {
        self.take(b'"')?;
        let mut plain = Vec::new();
        let mut bytes = self.text.iter().enumerate();
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'"' => {
                    self.text = &self.text[at + 1..];
                    return Some(plain);
                }
                b'\\' => plain.push(*bytes.next()?.1),
                byte => plain.push(*byte),
            }
        }
        None
    }

    fn at_literal(&self) -> bool {
        self.text == b"{" && matches!(self.parts.get(1), Some(Part::Literal(_)))
    }

    fn literal(&mut self) -> Option<&'a [u8]> {
        let (true, Some(Part::Literal(literal))) = (self.at_literal(), self.parts.get(1)) else {
            return None;
        };
        *self = Self::new(&self.parts[2..]);
        Some(literal)
    }

    /// Passes over one value with all that is nested in it.
    pub(crate) fn skip_value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            self.skip_spaces();
            match self.peek()? {
                b'(' => {
                    self.take(b'(')?;
                    depth += 1;
                }
                b')' => {
                    self.take(b')')?;
                    depth = depth.checked_sub(1)?;
                }
                _ => drop(self.string()?),
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Reads the name of a fetched item. What is in its brackets belongs to it: `BODY[HEADER.FIELDS (TO)]<0>`.
    pub(crate) fn item_name(&mut self) -> Option<String> {
        let mut name = Vec::new();
        let mut bracket = false;
        loop {
            if bracket && self.literal().is_some() {
                continue;
            }
            let byte = self.peek()?;
            if !bracket && matches!(byte, b' ' | b'(' | b')') {
                break;
            }
            bracket = (bracket || byte == b'[') && byte != b']';
            name.push(byte);
            self.take(byte)?;
        }
        (!name.is_empty()).then(|| String::from_utf8_lossy(&name).to_ascii_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> [Part; 1] {
        [Part::Text(text.as_bytes().to_vec())]
    }

    #[test]
    fn strings_are_read_in_every_form() {
        let parts = [Part::Text(b"one \"t\\\"w\\\\o\" nil {".to_vec()), Part::Literal(b"th(ree".to_vec())];
        let mut parser = ValueParser::new(&parts);
        let mut read = Vec::new();
        for _ in 0..4 {
            read.push(parser.string().unwrap().map(|bytes| String::from_utf8(bytes).unwrap()));
            parser.skip_spaces();
        }
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read, [some("one"), some("t\"w\\o"), None, some("th(ree")]);
        assert!(parser.rest().is_empty() && parser.string().is_none());
    }

    #[test]
    fn lists_of_any_depth_are_passed_over() {
        let deep = format!("{}{} end", "(".repeat(100_000), ")".repeat(100_000));
        let parts = text(&deep);
        let mut parser = ValueParser::new(&parts);
        assert!(parser.skip_value().is_some());
        assert_eq!(parser.rest(), b" end");
        for open in ["(", "((a)", ")", "(\"a)", ""] {
            assert!(ValueParser::new(&text(open)).skip_value().is_none(), "{open}");
        }
    }

    #[test]
    fn item_names_hold_their_brackets() {
        for (written, name) in [
            ("body[header.fields (To \"Cc\")]<0> x", "BODY[HEADER.FIELDS (TO \"CC\")]<0>"),
            ("UID 7", "UID"),
            ("FLAGS(a)", "FLAGS"),
        ] {
            assert_eq!(ValueParser::new(&text(written)).item_name().as_deref(), Some(name));
        }
        let parts = [
            Part::Text(b"BODY[HEADER.FIELDS ({".to_vec()),
            Part::Literal(b"To".to_vec()),
            Part::Text(b")] NIL".to_vec()),
        ];
        assert_eq!(ValueParser::new(&parts).item_name().as_deref(), Some("BODY[HEADER.FIELDS ()]"));
        assert!(ValueParser::new(&text("BODY[never ends")).item_name().is_none());
    }
}
