//! An address that somebody gives us to write to: stricter than one that a mail came from, which is what it is.

use super::{BadEmail, EmailAddress};
use crate::text_match::folded;

/// What people enter on both sides of the @ where they have no address: `test@test.com`, `none@none.com`.
const TWICE: [&str; 27] = [
    "aaa",
    "abc",
    "asd",
    "asdf",
    "dummy",
    "email",
    "example",
    "fake",
    "mail",
    "na",
    "name",
    "nil",
    "nobody",
    "noemail",
    "nomail",
    "none",
    "noone",
    "null",
    "qwerty",
    "sample",
    "test",
    "testing",
    "tests",
    "undefined",
    "unknown",
    "xxx",
    "xyz",
];
/// What they enter at one of these domains, at which nobody has a mailbox of such a name.
const ONCE: [&str; 20] = [
    "abc",
    "dummy",
    "email",
    "fake",
    "firstname",
    "mail",
    "me",
    "na",
    "name",
    "nobody",
    "noemail",
    "none",
    "noone",
    "sample",
    "test",
    "unknown",
    "user",
    "username",
    "you",
    "yourname",
];
const AT: [&str; 13] = [
    "company.com",
    "domain.com",
    "email.com",
    "example.com",
    "example.net",
    "example.org",
    "mydomain.com",
    "noemail.com",
    "nomail.com",
    "none.com",
    "test.com",
    "yourcompany.com",
    "yourdomain.com",
];

/// Cyrillic letters that look like Latin ones.
const LIKE_LATIN: &str = "аеіјорсѕухһԁԛԝӏ";

impl EmailAddress {
    /// Reads an address as people write it, with a name before it or a comment behind it. One that stands for a missing
    /// address is refused, and so is one with letters that only look like those that are meant.
    pub fn parse_given(text: &str) -> Result<Self, BadEmail> {
        let address = Self::parse(text).or_else(|why| Self::only_one_in(text).unwrap_or(Err(why)))?;
        if address.is_placeholder() {
            return Err(BadEmail::Placeholder);
        }
        if address.looks_like_another() {
            return Err(BadEmail::LooksLikeAnother);
        }
        Ok(address)
    }

    /// The parts of a text that may be addresses: `Anna <a@x.example>; b@y.example (home)`.
    pub fn parts_of(text: &str) -> impl Iterator<Item = &str> {
        text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '<' | '>' | '(' | ')' | '"'))
            .filter(|part| part.contains('@'))
    }

    fn only_one_in(text: &str) -> Option<Result<Self, BadEmail>> {
        // A line break in an address is no writing of people, but an attempt to add a header.
        if text.contains(char::is_control) {
            return None;
        }
        let has_frame = text.contains(['<', '(']);
        let mut found = Self::parts_of(text).filter_map(|part| Self::parse(part).ok());
        let first = found.next().filter(|_| has_frame)?;
        let another = found.any(|other| other != first);
        Some(if another { Err(BadEmail::Several) } else { Ok(first) })
    }

    /// Whether people enter the address where they have none.
    fn is_placeholder(&self) -> bool {
        let (local, domain) = (folded(self.local_part()), self.domain());
        let twice = domain.split_once('.').is_some_and(|(name, _)| folded(name) == local);
        twice && TWICE.contains(&local.as_str())
            || AT.contains(&domain) && ONCE.contains(&local.as_str())
            || domain.ends_with(".invalid")
    }

    /// Whether a word of it mixes scripts whose letters look alike, is made of Cyrillic letters that look Latin, or has
    /// accents that belong to no letter of any language, as a Turkish capital İ leaves.
    fn looks_like_another(&self) -> bool {
        if self.as_str().is_ascii() && !self.domain().contains("xn--") {
            return false;
        }
        let (domain, _) = idna::domain_to_unicode(self.domain());
        let ends_latin = domain
            .rsplit('.')
            .next()
            .is_some_and(|end| end.chars().all(|c| Script::of(c) != Script::Cyrillic));
        let is_letter = |c: &char| c.is_alphanumeric() || is_accent(*c);
        let address = format!("{}@{domain}", self.local_part());
        address.split(|c| !is_letter(&c)).any(|word| {
            let scripts: Vec<Script> =
                word.chars().map(Script::of).filter(|of| *of != Script::Other).collect();
            let is_mixed = scripts.windows(2).any(|two| two[0] != two[1]);
            let is_like_latin = !word.is_empty()
                && ends_latin
                && word.chars().all(|c| LIKE_LATIN.contains(c) || c.is_ascii_digit())
                && scripts.contains(&Script::Cyrillic);
            is_mixed || is_like_latin || word.chars().any(is_accent)
        })
    }
}

fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// The scripts whose letters can be taken for each other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    /// Signs of phonetics, such as `ɡ`.
    Phonetic,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    Lisu,
    Other,
}

impl Script {
    fn of(c: char) -> Self {
        match c {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Self::Latin,
            '\u{250}'..='\u{2af}' | '\u{1d00}'..='\u{1dbf}' => Self::Phonetic,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' | '\u{2c80}'..='\u{2cff}' => Self::Greek,
            '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{a640}'..='\u{a69f}' => Self::Cyrillic,
            '\u{531}'..='\u{58f}' => Self::Armenian,
            '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Self::Cherokee,
            '\u{a4d0}'..='\u{a4ff}' => Self::Lisu,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Result<String, BadEmail> {
        EmailAddress::parse_given(text).map(String::from)
    }

    #[test]
    fn address_is_read_without_what_nobody_sees() {
        for text in [
            "\u{200b}lena@nordlicht.example",
            "lena\u{200d}@nordlicht.example",
            "lena@nord\u{ad}licht.example",
            "lena\u{a0}@nordlicht.example",
            "lena @ nordlicht.example",
            "lena@nordlicht.example\u{3164}",
            "lena@nordlicht.example\u{180e}",
            "lena@nordlicht.example\u{e0020}",
            "le\u{61c}na\u{34f}@nordlicht\u{fe0f}.example",
            "\u{202a}lena@nordlicht.example\u{202c}",
            "lena＠nordlicht.example",
            "lena@nordlicht。example",
            "lena@nordlicht.example.",
            "Lena Brandt <lena@nordlicht.example>",
            "\"Brandt, Lena\" <Lena@nordlicht.example>",
            "lena@nordlicht.example (privat)",
            "<lena@nordlicht.example>",
        ] {
            assert_eq!(given(text).as_deref(), Ok("lena@nordlicht.example"), "{text:?}");
        }
        let decomposed = given("info@mu\u{308}ller-kiel.example");
        assert_eq!(decomposed, given("info@M\u{dc}LLER-KIEL.example"));
        assert_eq!(decomposed, given("info@xn--mller-kiel-9db.example"));
    }

    #[test]
    fn address_with_letters_that_only_look_alike_is_refused() {
        for text in [
            "l\u{435}na@nordlicht.example",
            "lena@nordli\u{441}ht.example",
            "\u{130}NFO@nordlicht.example",
            "info@F\u{130}RMA.example",
            "lena@\u{430}\u{440}\u{440}\u{4cf}\u{435}.com",
            "lena@\u{261}oogle.com",
            "len\u{3b1}@nordlicht.example",
        ] {
            assert_eq!(given(text), Err(BadEmail::LooksLikeAnother), "{text}");
        }
    }

    #[test]
    fn address_in_one_script_is_taken() {
        for text in [
            "jörg@bücher.example",
            "иван@пример.рф",
            "anna.иванова@пример.рф",
            "иванова@yandex.example",
            "info@δοκιμή.example",
            "田中@例え.example",
            "thúy@việt.example",
            "o'neill@example.com",
        ] {
            assert!(given(text).is_ok(), "{text}: {:?}", given(text));
        }
    }

    #[test]
    fn placeholder_is_no_address() {
        for text in [
            "test@test.com",
            "TEST@test.de",
            "none@none.com",
            "n.a@na.com",
            "no-email@noemail.com",
            "xxx@xxx.com",
            "you@example.com",
            "name@company.com",
            "asdf@asdf.org",
            "abc123@mail.invalid",
        ] {
            assert_eq!(given(text), Err(BadEmail::Placeholder), "{text}");
        }
        for text in [
            "anna@example.com",
            "mail@aa-optik.example",
            "bosch@bosch.de",
            "test@nordlicht.example",
            "mail@test.de",
        ] {
            assert!(given(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn two_addresses_are_none() {
        assert_eq!(given("Lena <lena@nordlicht.example>, jan@hafen.example"), Err(BadEmail::Several));
        assert_eq!(given("Lena <lena@a.example> (lena@a.example)").as_deref(), Ok("lena@a.example"));
        for text in ["anna\r\nBcc: <x@example.com>", "anna berg@example.com", "a@b@example.com"] {
            assert!(given(text).is_err(), "{text}");
        }
    }
}
