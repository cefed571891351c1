//! Tells a text that speaks to a language model from one that speaks to us. It is read as it stands and, as far as it is
//! disguised, as a model would read it: without invisible signs, with look-alike letters and codes undone.

use crate::lists::List;
use crate::said::Said;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use unicode_normalization::UnicodeNormalization;

/// The most characters of a text that are looked at: a model is given no more of one.
const MOST_CHARS: usize = 8_000;
/// The fewest characters of a word that may be a code.
const SHORTEST_CODE: usize = 16;
/// The fewest words that are read backwards or with letters turned.
const FEWEST_WORDS: usize = 4;
/// The letters that stand apart in a row before they are taken for one word.
const SPACED_LETTERS: usize = 4;

/// What no person writes to another: the marks of prompts, chats, templates and of a model's answers.
const MARKS: &[&str] = &[
    "{{",
    "}}",
    "{%",
    "im_start",
    "im_end",
    "<|",
    "|>",
    "[inst]",
    "[/inst]",
    "<<sys>>",
    "/sys",
    "[system]",
    "[assistant]",
    "<system",
    "</system",
    "<facts",
    "</facts",
    "/facts ",
    "<draft",
    "</draft",
    "</answer",
    "</conversation",
    "<instruction",
    "</instruction",
    "<tool",
    "### instruction",
    "### system",
    "### response",
    "### assistant",
    "begin system",
    "end of facts",
    "facts_used",
    "[fact ",
    "\"fact\":",
    "\"number\":",
    "\"line\":",
    "\"value\":",
    "\"meaning\":",
    "\"text\":",
    "\"role\":",
    "function_call",
    "tool_call",
    "javascript:",
];

/// Names of who speaks in a chat. Each is a mark at the beginning of a line or behind a bracket alone: `Booking system:`
/// is none.
const ROLES: &[&str] = &["system:", "assistant:", "developer:"];
/// The fewest words behind such a name: `Assistant: Anna Berg` is a line of a signature.
const FEWEST_SAID: usize = 3;

/// Whether a text speaks to a language model that may read it, rather than to us.
pub fn speaks_to_a_model(text: &str) -> bool {
    let text: String = text.chars().take(MOST_CHARS).collect();
    let bare = bare(&text);
    if is_order(&text) || !is_same(&bare, &text) && is_order(&bare) {
        return true;
    }
    let undone = [joined(&bare), unescaped(&bare), decoded(&bare)];
    if undone
        .iter()
        .any(|reading| !reading.trim().is_empty() && !is_same(reading, &bare) && is_order(reading))
    {
        return true;
    }
    // A name is not read backwards.
    let is_latin = bare.chars().filter(|c| c.is_alphabetic()).all(|c| c.is_ascii());
    if !is_latin || bare.split_whitespace().count() < FEWEST_WORDS {
        return false;
    }
    let leet = bare.split_whitespace().filter(|word| is_leet(word)).count() > 1;
    is_long_order(&bare.chars().rev().collect::<String>())
        || is_long_order(&rotated(&bare))
        || leet && is_order(&bare.chars().map(letter_of).collect::<String>())
}

fn is_order(text: &str) -> bool {
    let lower = text.to_lowercase();
    MARKS.iter().any(|mark| lower.contains(mark))
        || has_role(&lower)
        || Said::has_phrase(text, List::ToModel, false)
}

/// Whether a reading that may be chance has a phrase that is none.
fn is_long_order(text: &str) -> bool {
    Said::has_phrase(text, List::ToModel, true)
}

/// Whether somebody of a chat speaks.
fn has_role(lower: &str) -> bool {
    ROLES.iter().flat_map(|role| lower.match_indices(role)).any(|(at, role)| {
        let before = lower[..at].trim_end_matches([' ', '\t', '#', '*', '-']);
        let opens = before.is_empty() || before.ends_with(['\n', '\r', '[', '(', '{', '<', '>', '|', '"']);
        let line = lower[at + role.len()..].lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        opens
            && line.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
                >= FEWEST_SAID
    })
}

/// Whether two texts differ in blanks alone.
fn is_same(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

/// Takes invisible signs out and gives each letter its plain form; letters in tags become letters.
fn bare(text: &str) -> String {
    let mixed = text.chars().any(|c| c.is_ascii_alphabetic());
    let plain = text.nfkc().filter_map(|c| match c {
        '\u{E0020}'..='\u{E007E}' => char::from_u32(u32::from(c) - 0xE0000),
        '\u{00AD}'
        | '\u{034F}'
        | '\u{061C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{E0000}'..='\u{E0FFF}' => None,
        c if mixed => Some(latin(c)),
        c => Some(c),
    });
    plain.collect()
}

/// Returns the Latin letter that a Cyrillic or Greek one looks like.
fn latin(c: char) -> char {
    const PAIRS: &[(&str, &str)] = &[
        ("аесорхуіјѕһԁԛԝкмтнвгп", "aecopxyijshdqwkmthbrn"),
        ("АВЕКМНОРСТХІЈЅУ", "ABEKMHOPCTXIJSY"),
        ("αβεικνορτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abeiknoptuxABEZHIKMNOPTYX"),
        ("ɡɑıⅼ", "gail"),
    ];
    let pair = PAIRS.iter().find_map(|(from, to)| from.chars().zip(to.chars()).find(|(from, _)| *from == c));
    pair.map_or(c, |(_, to)| to)
}

/// Joins letters that stand apart: `i g n o r e` is one word, and wider gaps part words; so is `i.g.n.o.r.e`.
fn joined(text: &str) -> String {
    let (mut out, mut row) = (String::new(), String::new());
    // The sign behind the text ends its last row.
    for piece in text.split([' ', '\u{a0}']).chain(["::"]) {
        let letters = piece.chars().count();
        match letters {
            0 => row.push(' '),
            1 => row.push_str(piece),
            _ => {
                if row.chars().filter(|c| c.is_alphanumeric()).count() >= SPACED_LETTERS {
                    out.push_str(&row);
                }
                row.clear();
                out.push(' ');
                out.push_str(&undotted(piece));
                out.push(' ');
            }
        }
    }
    out
}

/// Joins the letters of one word that signs part.
fn undotted(word: &str) -> String {
    let signs = ['.', '-', '_', '*', '·', '/'];
    let parted = word.contains(signs) && word.split(signs).all(|piece| piece.chars().count() <= 1);
    if parted { word.replace(signs, "") } else { word.to_owned() }
}

/// Undoes percent signs, entities and backslash codes.
fn unescaped(text: &str) -> String {
    let mut out: Vec<u8> = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match code_at(rest) {
            Some((c, length)) => {
                let mut buffer = [0; 4];
                // A percent code is a byte, and several make a letter.
                match rest.starts_with('%') {
                    true => out.push(c as u32 as u8),
                    false => out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes()),
                }
                rest = &rest[length..];
            }
            None => {
                out.extend_from_slice(&rest.as_bytes()[..first.len_utf8()]);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Returns the letter of the code that the text begins with, and the length of the code.
fn code_at(text: &str) -> Option<(char, usize)> {
    let hex = |from: usize, length: usize| {
        let digits = text.get(from..from + length)?;
        char::from_u32(u32::from_str_radix(digits, 16).ok()?).map(|c| (c, from + length))
    };
    if text.starts_with('%') {
        return hex(1, 2);
    }
    if text.starts_with("\\u") {
        return hex(2, 4);
    }
    if text.starts_with("\\x") {
        return hex(2, 2);
    }
    let inside = text.strip_prefix("&#")?.split_once(';')?.0;
    let number = match inside.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => inside.parse().ok()?,
    };
    char::from_u32(number).map(|c| (c, inside.len() + 3))
}

/// Undoes base64 and hexadecimal codes, and numbers or bits that stand for letters.
fn decoded(text: &str) -> String {
    let mut out = String::new();
    for word in text.split(|c: char| c.is_whitespace() || "\"'(),;:".contains(c)) {
        let word = word.trim_end_matches(['=', '.']);
        if word.len() < SHORTEST_CODE || !word.is_ascii() {
            continue;
        }
        let usable = word.len() - word.len() % 4;
        let bytes = hex_bytes(word).or_else(|| STANDARD_NO_PAD.decode(word).ok());
        let bytes = bytes.or_else(|| STANDARD_NO_PAD.decode(&word[..usable]).ok());
        if let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
            out.push_str(&text);
            out.push(' ');
        }
    }
    let radix = |radix: u32, length: usize| -> String {
        let of = |word: &str| {
            let number = u32::from_str_radix(word, radix).ok()?;
            char::from_u32(number).filter(|c| word.len() >= length && (c.is_ascii_graphic() || *c == ' '))
        };
        text.split([' ', ',']).filter_map(of).collect()
    };
    for (base, length) in [(2, 7), (10, 2), (16, 2)] {
        let letters = radix(base, length);
        if letters.len() >= SHORTEST_CODE {
            out.push_str(&letters);
            out.push(' ');
        }
    }
    out
}

fn hex_bytes(word: &str) -> Option<Vec<u8>> {
    let pairs = word.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

fn rotated(text: &str) -> String {
    let turn = |c: char, first: u8| char::from((c as u8 - first + 13) % 26 + first);
    text.chars()
        .map(|c| match c {
            'a'..='z' => turn(c, b'a'),
            'A'..='Z' => turn(c, b'A'),
            other => other,
        })
        .collect()
}

fn is_leet(word: &str) -> bool {
    let word = word.trim_matches(|c: char| c.is_ascii_punctuation() && !"@$!".contains(c));
    word.chars().any(char::is_alphabetic) && word.chars().any(|c| letter_of(c) != c)
}

/// Returns the letter that a digit or a sign looks like.
fn letter_of(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '8' => 'b',
        other => other,
    }
}
