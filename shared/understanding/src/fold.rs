//! Text as words that can be compared: lower case, without accents, typographic quotes, emoji variants.
//!
//! `Désabonnez-moi!` becomes `desabonnez moi`, `Don’t` becomes `dont`, `E-Mails` becomes `emails`. Scripts that do not
//! separate words (Chinese, Japanese) have one word a character, so that the same phrases work in them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word and the place in the text that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    pub text: String,
    pub start: usize,
    pub end: usize,
}

/// The most words that are read of one text: an answer does not come after so many.
pub const MOST_WORDS: usize = 2_500;
const LONGEST_WORD: usize = 40;
/// What may follow an English apostrophe without starting a word: `we're`, `don't`, `it's`.
const CONTRACTIONS: [&str; 7] = ["t", "s", "m", "re", "ll", "ve", "d"];

pub fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F300}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B50}' | '\u{2B55}')
        && !matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

fn is_word_of_its_own(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9F}')
        || is_emoji(c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '´' | '`')
}

/// Whether a text is written in a script that has no blanks between words.
pub fn is_unspaced(text: &str) -> bool {
    text.chars().any(|c| is_word_of_its_own(c) && !is_emoji(c))
}

/// Lower case without accents; letters and digits alone.
pub fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            'ø' => out.push('o'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            'ς' => out.push('σ'),
            // Arabic letters that are written for one another, and the stroke that lengthens a word.
            'ى' => out.push('ي'),
            'ة' => out.push('ه'),
            'ـ' => {}
            c if c.is_alphanumeric() || is_emoji(c) => out.push(c),
            _ => {}
        }
    }
    out
}

/// The words of a text, at most [`MOST_WORDS`].
pub fn words(text: &str) -> Vec<Folded> {
    let mut out: Vec<Folded> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        if out.len() >= MOST_WORDS {
            return out;
        }
        let alone = is_word_of_its_own(c);
        let goes_on = c.is_alphanumeric() || is_combining_mark(c);
        if goes_on && !alone {
            start.get_or_insert(at);
            continue;
        }
        if let Some(from) = start {
            if is_apostrophe(c) && joins(text, from, at, c) {
                continue;
            }
            push(&mut out, text, from, at);
            start = None;
        }
        if alone {
            push(&mut out, text, at, at + c.len_utf8());
        }
    }
    if let Some(from) = start {
        push(&mut out, text, from, text.len());
    }
    join_email(out)
}

/// Whether an apostrophe stands within a word (`don't`) rather than between two (`l'adresse`).
fn joins(text: &str, from: usize, at: usize, mark: char) -> bool {
    let rest = &text[at + mark.len_utf8()..];
    let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let after = rest[..end].to_lowercase();
    CONTRACTIONS.contains(&after.as_str()) && text[from..at].chars().count() <= 8
}

fn push(out: &mut Vec<Folded>, text: &str, start: usize, end: usize) {
    let cut = text[start..end].char_indices().nth(LONGEST_WORD).map_or(end, |(at, _)| start + at);
    let folded = folded(&text[start..cut]);
    if !folded.is_empty() {
        out.push(Folded { text: folded, start, end });
    }
}

/// `e-mail` and `e mails` count as `email` and `emails`.
fn join_email(words: Vec<Folded>) -> Vec<Folded> {
    let mut out: Vec<Folded> = Vec::with_capacity(words.len());
    for word in words {
        match out.last_mut() {
            Some(last) if last.text == "e" && word.text.starts_with("mail") => {
                last.text = format!("e{}", word.text);
                last.end = word.end;
            }
            _ => out.push(word),
        }
    }
    out
}

/// Whether two words differ by one slip: a letter too many, too few, another, or two that changed places.
pub fn is_one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long.iter()).take_while(|(a, b)| a == b).count();
    if short.len() < long.len() {
        return short[same..] == long[same + 1..];
    }
    if same == short.len() || short[same + 1..] == long[same + 1..] {
        return true;
    }
    same + 1 < short.len()
        && short[same] == long[same + 1]
        && short[same + 1] == long[same]
        && short[same + 2..] == long[same + 2..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        words(text).into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_lose_case_accents_and_marks() {
        for (text, expected) in [
            ("Désabonnez-moi!", "desabonnez moi"),
            ("Don’t E-MAIL me, we're off", "dont email me were off"),
            ("l’adresse d'un ami", "l adresse d un ami"),
            ("Grüße, Łukasz İPTAL", "grusse lukasz iptal"),
            ("请发 资料", "请 发 资 料"),
            ("“STOP” 👍🏽", "stop 👍"),
            ("", ""),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn one_slip_is_told_from_two() {
        for (a, b) in
            [("unsubscribe", "unsubcribe"), ("remove", "remvoe"), ("abmelden", "abmeldne"), ("stop", "stopp")]
        {
            assert!(is_one_slip(a, b) && is_one_slip(b, a), "{a} {b}");
        }
        for (a, b) in [("unsubscribe", "subscribe"), ("remove", "remoev5"), ("", "ab")] {
            assert!(!is_one_slip(a, b), "{a} {b}");
        }
    }
}
