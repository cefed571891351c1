//! Reads a phone number as people write it: its digits, whether it has a country code, and its extension.

use super::BadPhone;
use super::amount::written_as_amount;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// Whether it begins with a plus.
    pub international: bool,
    pub digits: String,
    /// The extension: what is dialled after the call is taken.
    pub extension: Option<String>,
}

/// Labels before a number that say nothing about it.
const LABELS: [&str; 10] = ["tel", "t", "phone", "ph", "p", "telefon", "mobile", "mobil", "m", "cell"];

/// Words and signs that introduce an extension.
const EXTENSIONS: [&str; 14] = [
    "x",
    "ext",
    "ext.",
    "extn",
    "extn.",
    "extension",
    "ex",
    "#",
    "dw",
    "durchwahl",
    "poste",
    "toestel",
    "int",
    "anexo",
];

impl Written {
    pub(super) fn read(text: &str) -> Result<Self, BadPhone> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadPhone::Empty);
        }
        if text.len() > 100 {
            return Err(BadPhone::NotANumber);
        }
        let plain = written_as_amount(text).transpose()?;
        let (text, extension) = without_extension(without_label(plain.as_deref().unwrap_or(text)))?;
        let digits = String::with_capacity(text.len() + 1);
        let mut written = Self { international: false, digits, extension: extension.map(str::to_owned) };
        for c in text.chars() {
            match c {
                '0'..='9' => written.digits.push(c),
                '+' | '\u{ff0b}' if written.digits.is_empty() => written.international = true,
                ' ' | '-' | '.' | '(' | ')' | '/' | '\t' => {}
                _ => match foreign_digit(c) {
                    Some(digit) => written.digits.push(digit),
                    None if is_punctuation(c) => {}
                    None => return Err(BadPhone::NotANumber),
                },
            }
        }
        if !(3..=20).contains(&written.digits.len()) {
            return Err(BadPhone::NotANumber);
        }
        if written.international && written.digits.starts_with("00") {
            written.digits.drain(..2);
        }
        Ok(written)
    }
}

fn without_label(text: &str) -> &str {
    if !text.as_bytes()[0].is_ascii_alphabetic() {
        return text;
    }
    let start = text.find(|c: char| c.is_ascii_digit() || c == '+' || c == '(').unwrap_or(text.len());
    let label = text[..start].trim_end_matches([' ', ':', '.']).to_ascii_lowercase();
    if LABELS.contains(&label.as_str()) { &text[start..] } else { text }
}

/// Separates the extension. Letters anywhere else make it no number: vanity spellings are not guessed.
fn without_extension(text: &str) -> Result<(&str, Option<&str>), BadPhone> {
    let Some(start) = text.find(|c: char| c.is_ascii_alphabetic() || matches!(c, '#' | ';')) else {
        return Ok((text, None));
    };
    let (number, rest) = text.split_at(start);
    let rest = rest.trim_start_matches(';');
    let word_end =
        rest.find(|c: char| c.is_ascii_digit() || matches!(c, ' ' | ':' | '=')).unwrap_or(rest.len());
    let (word, extension) = rest.split_at(word_end);
    let extension = extension.trim_matches([' ', ':', '=', '.']);
    let known = EXTENSIONS.contains(&word.to_ascii_lowercase().as_str());
    if known && extension.len() <= 8 && extension.bytes().all(|b| b.is_ascii_digit()) {
        Ok((number, Some(extension).filter(|extension| !extension.is_empty())))
    } else {
        Err(BadPhone::NotANumber)
    }
}

fn is_punctuation(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '[' | ']' | '~' | '_' | '\u{00ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2060}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        || matches!(c, '\u{ff08}' | '\u{ff09}' | '\u{ff0d}'..='\u{ff0f}' | '·' | '•' | '–' | '—')
}

fn foreign_digit(c: char) -> Option<char> {
    let zero = match c {
        '\u{0660}'..='\u{0669}' => 0x660,
        '\u{06f0}'..='\u{06f9}' => 0x6f0,
        '\u{0966}'..='\u{096f}' => 0x966,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        _ => return None,
    };
    char::from_digit(u32::from(c) - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extension_is_read() {
        let extension = |text| Written::read(text).unwrap().extension;
        assert_eq!(extension("732-356-7405x362").as_deref(), Some("362"));
        assert_eq!(extension("tel:+1-201-555-0123;ext=9").as_deref(), Some("9"));
        assert_eq!(extension("507-386-6661 ext. 5").as_deref(), Some("5"));
        assert_eq!(extension("507-386-6661"), None);
    }

    #[test]
    fn extensions_labels_and_punctuation_are_removed() {
        for (text, digits) in [
            ("(518)519-6001", "5185196001"),
            ("790.683.8637x94026", "7906838637"),
            ("507-386-6661 ext. 5", "5073866661"),
            ("507-386-6661 #77", "5073866661"),
            ("+49 30 123456 DW 12", "4930123456"),
            ("tel:+1-201-555-0123;ext=9", "12015550123"),
            ("Tel.: 030 123456", "030123456"),
            ("+00 49 30 123456", "4930123456"),
            ("\u{202a}+44\u{a0}20 7946 0000\u{202c}", "442079460000"),
            ("٠٣٠١٢٣٤٥٦", "030123456"),
        ] {
            assert_eq!(Written::read(text).map(|w| w.digits).as_deref(), Ok(digits), "{text}");
        }
        assert_eq!(Written::read(" "), Err(BadPhone::Empty));
        for text in ["1-800-FLOWERS", "call me", "12", "info@example.com", "n/a", "123456789012345678901"] {
            assert_eq!(Written::read(text), Err(BadPhone::NotANumber), "{text}");
        }
    }
}
