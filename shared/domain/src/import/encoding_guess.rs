//! Guesses the encoding of a file from its bytes, and says whether the guess is sure.
//!
//! A byte-order mark, valid UTF-8 and the zero bytes of UTF-16 are sure. Everything else is 8-bit text of some country,
//! and nothing in it says which. Each encoding that can be meant is tried, and the texts are judged by what people
//! write: accented letters stand among letters, a capital begins a word, one word is in one script. The guess is sure
//! only if its text is good and no other encoding gives a different text that is nearly as good; otherwise a user
//! chooses.

use super::decode::Encoding;

/// The most bytes above 0x7f that are judged.
const ENOUGH: usize = 4_000;
/// The least worth of a byte in a good text, and the lead that it needs before the next best one.
const GOOD: f64 = 1.5;
const LEAD: f64 = 0.4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guess {
    pub encoding: Encoding,
    pub is_sure: bool,
}

pub(super) fn guess(bytes: &[u8]) -> Guess {
    let sure = |encoding| Guess { encoding, is_sure: true };
    match bytes {
        [0xff, 0xfe, ..] => return sure(Encoding::UTF_16LE),
        [0xfe, 0xff, ..] => return sure(Encoding::UTF_16BE),
        [0xef, 0xbb, 0xbf, ..] => return sure(Encoding::UTF_8),
        _ => {}
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return sure(encoding);
    }
    match std::str::from_utf8(bytes) {
        // The last character may be cut.
        Err(error) if error.error_len().is_some() || error.valid_up_to() + 4 < bytes.len() => {
            eight_bit(bytes)
        }
        _ => sure(Encoding::UTF_8),
    }
}

/// UTF-16 without a mark: its commas and line breaks have a zero byte each, which no text in 8 bits has.
fn unmarked_utf16(bytes: &[u8]) -> Option<Encoding> {
    let bytes = &bytes[..bytes.len().min(64 * 1024) & !1];
    if bytes.len() < 8 || !bytes.contains(&0) {
        return None;
    }
    let breaks = |encoding: Encoding| {
        // The last character may be cut in two.
        let text = [0, 2].into_iter().find_map(|cut| encoding.text_of(&bytes[..bytes.len() - cut]))?;
        let odd = text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')).count();
        let breaks = text.chars().filter(|c| matches!(c, '\n' | '\r' | ',' | ';' | '\t' | '|')).count();
        (odd == 0 && breaks > 0).then_some(breaks)
    };
    let (little, big) = (breaks(Encoding::UTF_16LE), breaks(Encoding::UTF_16BE));
    match (little, big) {
        (None, None) => None,
        (little, big) => Some(if little >= big { Encoding::UTF_16LE } else { Encoding::UTF_16BE }),
    }
}

fn eight_bit(bytes: &[u8]) -> Guess {
    let sample = lines_with_high_bytes(bytes);
    let high = sample.iter().filter(|byte| **byte >= 0x80).count().max(1);
    let mut texts: Vec<(Encoding, String, f64)> = Encoding::all()
        .filter(|encoding| *encoding != Encoding::UTF_8 && !encoding.is_utf16())
        .filter_map(|encoding| {
            let text = encoding.text_of(&sample)?;
            let worth = worth_of(&text, encoding, &sample) / high as f64;
            Some((encoding, text, worth))
        })
        .collect();
    // The sort is stable: of equals the first known one is guessed.
    texts.sort_by(|a, b| b.2.total_cmp(&a.2));
    let Some((encoding, text, worth)) = texts.first() else {
        return Guess { encoding: Encoding::named("windows-1252"), is_sure: false };
    };
    let next = texts.iter().find(|(_, other, _)| other != text).map_or(f64::MIN, |(_, _, worth)| *worth);
    Guess { encoding: *encoding, is_sure: *worth >= GOOD && worth - next >= LEAD }
}

/// The lines in which encodings differ, up to `ENOUGH` such bytes.
fn lines_with_high_bytes(bytes: &[u8]) -> Vec<u8> {
    let (mut sample, mut high) = (Vec::new(), 0);
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')).collect();
    for line in lines {
        let of_line = line.iter().filter(|byte| **byte >= 0x80).count();
        // The last line may end in the middle of a character.
        let is_whole = line.ends_with(b"\n") || line.ends_with(b"\r") || sample.is_empty();
        if of_line > 0 && is_whole && line.len() <= 64 * 1024 {
            sample.extend_from_slice(line);
            high += of_line;
        }
        if high >= ENOUGH {
            break;
        }
    }
    sample
}

/// Sums up how good the text's characters beyond ASCII are, each weighed by its bytes.
fn worth_of(text: &str, encoding: Encoding, bytes: &[u8]) -> f64 {
    if encoding.is_multi_byte() {
        return worth_of_pairs(text, encoding, bytes);
    }
    let mut before = None;
    let mut sum = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_ascii() {
            sum += worth_of_letter(before, c, chars.peek().copied());
        }
        before = Some(c);
    }
    f64::from(sum)
}

fn worth_of_letter(before: Option<char>, c: char, after: Option<char>) -> i32 {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let (left, right) = (before.filter(|c| c.is_alphabetic()), after.filter(|c| c.is_alphabetic()));
    if c.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&c) {
        return -20;
    }
    if !c.is_alphabetic() {
        return match c {
            '\u{a0}' | '–' | '—' | '…' | '“' | '”' | '„' | '«' | '»' | '€' | '°' => 1,
            '’' | '‘' | '´' => 1,
            _ if is_letter(before) || is_letter(after) => -4,
            _ => -1,
        };
    }
    let script = Script::of(c);
    if left.into_iter().chain(right).any(|other| Script::of(other) != script) {
        return -4;
    }
    // A capital in the middle of a word that goes on in small letters.
    if c.is_uppercase() && left.is_some_and(char::is_lowercase) {
        return -4;
    }
    // A word written the other way round: a small letter first, then capitals.
    if c.is_lowercase() && left.is_none() && right.is_some_and(|other| other.is_uppercase()) {
        return -4;
    }
    match script {
        Script::Latin => {
            let neighbours = left.into_iter().chain(right).filter(|other| !other.is_ascii()).count();
            worth_of_accent(c) - 3 * i32::try_from(neighbours).unwrap_or(2)
        }
        Script::Cyrillic if is_russian(c) => 3,
        Script::Cyrillic if "іїєґІЇЄҐў".contains(c) => 2,
        Script::Greek => 3,
        Script::Cyrillic | Script::Other => -3,
    }
}

fn is_russian(c: char) -> bool {
    ('а'..='я').contains(&c) || ('А'..='Я').contains(&c) || matches!(c, 'ё' | 'Ё')
}

/// How usual an accented letter is in names and places of Europe. Letters that take each other's place in different
/// encodings are worth the same: nothing but a person tells them apart.
fn worth_of_accent(c: char) -> i32 {
    match c {
        'ä' | 'ö' | 'ü' | 'ß' | 'é' | 'á' | 'í' | 'ó' | 'ç' | 'â' | 'ô' | 'î' | 'ú' | 'Ä' | 'Ö' | 'Ü'
        | 'É' | 'Á' | 'ë' | 'ý' => 3,
        'è' | 'ê' | 'ã' | 'à' | 'ñ' | 'å' | 'ø' | 'æ' | 'õ' | 'û' | 'ò' | 'ì' | 'ù' | 'ï' | 'Å' | 'Ø'
        | 'Æ' | 'À' | 'È' | 'Ñ' | 'œ' => 3,
        'č' | 'ć' | 'ę' | 'ă' | 'ń' | 'ĺ' | 'ř' | 'ő' | 'ű' | 'ň' | 'ě' | 'ů' | 'ď' | 'š' | 'ž' | 'ť'
        | 'ł' | 'ą' | 'ś' | 'ź' | 'ż' | 'đ' | 'Č' | 'Ć' | 'Š' | 'Ž' | 'Ł' | 'Ś' | 'Ż' | 'Ř' | 'Ő' => {
            3
        }
        'ğ' | 'ı' | 'ş' | 'İ' | 'Ş' | 'Ğ' | 'ţ' => 3,
        _ => 1,
    }
}

/// Judges text of which each character beyond ASCII has two bytes or more.
fn worth_of_pairs(text: &str, encoding: Encoding, bytes: &[u8]) -> f64 {
    let mut sum = 0.0;
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_ascii() {
            let beside_latin =
                before.into_iter().chain(chars.peek().copied()).any(|c: char| c.is_ascii_alphabetic());
            sum += f64::from(match c {
                _ if c.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&c) => -20,
                // Half-width katakana take one byte.
                '\u{ff61}'..='\u{ff9f}' => -1,
                _ if beside_latin => -4,
                // Kana are Japanese; an encoding of Chinese has them, too.
                '\u{3040}'..='\u{30ff}' if is_japanese(encoding) => 6,
                '\u{3040}'..='\u{30ff}' => 0,
                '\u{ac00}'..='\u{d7a3}' => 5,
                '\u{4e00}'..='\u{9fff}' => 3,
                '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff60}' => 2,
                _ => -3,
            });
        }
        before = Some(c);
    }
    // Characters in everyday use have the first part of each table.
    sum + 2.0 * everyday_pairs(encoding, bytes) as f64
}

fn is_japanese(encoding: Encoding) -> bool {
    matches!(encoding.name(), "shift_jis" | "euc-jp")
}

/// Counts the pairs of bytes that stand for a Chinese character in everyday use.
fn everyday_pairs(encoding: Encoding, bytes: &[u8]) -> usize {
    let everyday = match encoding.name() {
        "shift_jis" => 0x88..=0x97,
        "gb18030" => 0xb0..=0xd7,
        "big5" => 0xa4..=0xc6,
        "euc-jp" => 0xb0..=0xcf,
        _ => return 0,
    };
    let (mut count, mut place) = (0, 0);
    while place < bytes.len() {
        let is_pair = bytes[place] >= 0x80;
        count += usize::from(is_pair && everyday.contains(&bytes[place]));
        place += if is_pair { 2 } else { 1 };
    }
    count
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Other,
}

impl Script {
    fn of(c: char) -> Self {
        match c {
            'A'..='Z' | 'a'..='z' | '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' => Self::Latin,
            '\u{370}'..='\u{3ff}' => Self::Greek,
            '\u{400}'..='\u{52f}' => Self::Cyrillic,
            _ => Self::Other,
        }
    }
}
