//! The characters of a text whose charset is declared wrongly, by a name that nobody knows, or not at all.
//!
//! What is valid UTF-8 is UTF-8. Otherwise the declared charset counts, unless its reading has words of no language and
//! another one has: the words of the language files tell a Polish text from a French one.

use crate::fold::{folded, words};
use crate::language::{FILES, languages};
use crate::mail::LONGEST_TEXT;
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, ISO_2022_JP, ISO_8859_2, KOI8_R, SHIFT_JIS, UTF_8, UTF_16BE,
    UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254,
};
use std::collections::HashSet;
use std::sync::LazyLock;

/// The charsets that are tried where the declared one does not fit; of several that fit alike, the first.
const CANDIDATES: [&Encoding; 11] = [
    WINDOWS_1252,
    WINDOWS_1250,
    ISO_8859_2,
    WINDOWS_1254,
    WINDOWS_1251,
    KOI8_R,
    SHIFT_JIS,
    EUC_JP,
    GB18030,
    BIG5,
    EUC_KR,
];
/// The bytes that are looked at to choose a charset.
const LOOKED_AT: usize = 16 * 1024;
/// The most bytes that become text: no charset has longer characters than these, and no longer text is kept.
const MOST_BYTES: usize = 4 * LONGEST_TEXT;
/// The longest run of UTF-7 that is looked for where no charset says that there is one, and the longest that may be read
/// again from its second sign.
const LONGEST_RUN: usize = 64;

/// The text of bytes, as far as they tell; none if the declared charset should be read by the mail parser, which knows a
/// few more.
pub(crate) fn decoded(bytes: &[u8], declared: Option<&str>) -> Option<String> {
    let bytes = beginning(bytes);
    let name = declared.unwrap_or_default().trim_matches(['"', '\'', ' ']).to_ascii_lowercase();
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return Some(encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned());
    }
    if let Some(encoding) = wide(bytes) {
        return Some(encoding.decode_without_bom_handling(bytes).0.into_owned());
    }
    if bytes.is_ascii() {
        return Some(in_seven_bits(bytes, &name));
    }
    if READ_BY_PARSER.contains(&name.as_str()) {
        return None;
    }
    let is_named = !name.contains("ascii");
    let given =
        Encoding::for_label(name.as_bytes()).filter(|_| is_named).filter(|given| given.is_ascii_compatible());
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    let double = given.filter(|given| !given.is_single_byte() && *given != UTF_8);
    if is_utf8 && double.is_none_or(|double| fit(UTF_8, bytes) >= fit(double, bytes)) {
        return Some(String::from_utf8_lossy(bytes).into_owned());
    }
    let encoding = match given.filter(|given| *given != UTF_8) {
        Some(given) => better_than(given, bytes),
        None => best(bytes, WINDOWS_1252),
    };
    Some(encoding.decode_without_bom_handling(bytes).0.into_owned())
}

/// What is read of bytes, cut between two characters of UTF-8.
fn beginning(bytes: &[u8]) -> &[u8] {
    if bytes.len() <= MOST_BYTES {
        return bytes;
    }
    let is_inside = |at: &usize| bytes[*at] & 0b1100_0000 == 0b1000_0000;
    let end = (MOST_BYTES - 3..=MOST_BYTES).rev().find(|at| !is_inside(at)).unwrap_or(MOST_BYTES);
    &bytes[..end]
}

/// Charsets of old systems that have no other decoder.
const READ_BY_PARSER: [&str; 4] = ["cp850", "ibm850", "850", "cspc850multilingual"];

/// A text in UTF-16 that has no mark: every other byte is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let looked = &bytes[..bytes.len().min(400) & !1];
    let zeros = |at: usize| looked.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    let half = looked.len() / 2;
    let most = |count: usize| half >= 4 && count * 10 >= half * 8;
    match (most(zeros(0)), most(zeros(1))) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// A text whose bytes have seven bits: Japanese mail with its escapes, UTF-7, or as it stands.
fn in_seven_bits(bytes: &[u8], name: &str) -> String {
    let has = |escape: &[u8]| bytes.windows(escape.len()).any(|window| window == escape);
    if has(b"\x1b$B") || has(b"\x1b$@") || has(b"\x1b(J") || has(b"\x1b(I") {
        return ISO_2022_JP.decode_without_bom_handling(bytes).0.into_owned();
    }
    let text = String::from_utf8_lossy(bytes);
    let declared = name.contains("utf-7") || name.contains("utf7");
    if declared || text.contains('+') { seven(&text, declared) } else { text.into_owned() }
}

/// Reads UTF-7. Where no charset says that it is, only letters of European languages are read, because a telephone
/// number has the plus, too.
fn seven(text: &str, declared: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('+') {
        out.push_str(before);
        let end = behind.find(|c: char| !(c.is_ascii_alphanumeric() || c == '+' || c == '/'));
        let (run, after) = behind.split_at(end.unwrap_or(behind.len()));
        let ended = after.strip_prefix('-');
        if run.is_empty() && declared && ended.is_some() {
            out.push('+');
            rest = ended.unwrap_or(after);
            continue;
        }
        let letters = |c: char| matches!(c, '\u{c0}'..='\u{24f}' | '\u{400}'..='\u{4ff}');
        let is_long = run.len() > LONGEST_RUN;
        let read = (declared || !is_long && ended.is_some())
            .then(|| wide_letters(run))
            .flatten()
            .filter(|read| declared || read.chars().all(letters));
        match read {
            Some(read) => {
                out.push_str(&read);
                rest = ended.unwrap_or(after);
            }
            // What is read again must be short: a text of nothing but plus signs has a run behind each.
            None if is_long => {
                out.push('+');
                out.push_str(run);
                rest = after;
            }
            None => {
                out.push('+');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The characters of a run of base64 that holds UTF-16.
fn wide_letters(run: &str) -> Option<String> {
    use base64::Engine as _;
    use base64::alphabet::STANDARD;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let bytes = LENIENT.decode(run).ok()?;
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_be_bytes(*unit));
    let text: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
    (!text.is_empty()).then_some(text)
}

/// The declared charset, or another that has many more letters of the language.
fn better_than(given: &'static Encoding, bytes: &[u8]) -> &'static Encoding {
    let Some(own) = fit(given, bytes) else { return best(bytes, given) };
    let other = best(bytes, given);
    let is_better = fit(other, bytes).is_some_and(|other| other.0 > 2 * own.0);
    if is_better { other } else { given }
}

/// The charset that fits best; of several that fit alike, the first.
fn best(bytes: &[u8], first: &'static Encoding) -> &'static Encoding {
    let mut found: Option<(Fit, &'static Encoding)> = None;
    for encoding in std::iter::once(first).chain(CANDIDATES) {
        let fits = fit(encoding, bytes);
        if let Some(fit) = fits.filter(|fit| found.is_none_or(|(most, _)| *fit > most)) {
            found = Some((fit, encoding));
        }
    }
    found.map_or(first, |(_, encoding)| encoding)
}

/// The letters beyond ASCII of each language, as its file has them.
static ALPHABETS: LazyLock<Vec<HashSet<char>>> = LazyLock::new(|| {
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).collect();
    FILES.iter().map(|(_, text)| letters(text)).collect()
});

/// How well a charset fits: the letters that the language of the text has, those of words that are known again, and how
/// few signs stand inside of words.
type Fit = (usize, std::cmp::Reverse<usize>);

/// None if the bytes are no text in that charset.
fn fit(encoding: &'static Encoding, bytes: &[u8]) -> Option<Fit> {
    let bytes = &bytes[..bytes.len().min(LOOKED_AT)];
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    // The last character may be cut.
    let broken = broken && text.trim_end_matches('\u{fffd}').contains('\u{fffd}');
    if broken || text.chars().any(|c| matches!(c, '\u{80}'..='\u{9f}')) {
        return None;
    }
    let words = words(&text);
    let known = languages().known_exactly(&words);
    let likely = languages().likely(&known);
    let of_language = |alphabet: &HashSet<char>| text.chars().filter(|c| alphabet.contains(c)).count();
    let is_likely = |number: &usize| likely & (1 << number) != 0;
    let most = ALPHABETS
        .iter()
        .enumerate()
        .filter(|(number, _)| is_likely(number))
        .map(|(_, one)| (of_language(one), one));
    let Some((fitting, alphabet)) = most.max_by_key(|(count, _)| *count) else {
        return Some((0, std::cmp::Reverse(0)));
    };
    let is_letter = |c: char| alphabet.contains(&c);
    let in_known_words: usize = words
        .iter()
        .zip(&known)
        .filter(|(word, known)| {
            let written = &text[word.start..word.end];
            !known.is_empty() && !written.is_ascii() && written.chars().all(|c| c.is_ascii() || is_letter(c))
        })
        .map(|(word, _)| word.text.chars().count())
        .sum();
    let chars: Vec<char> = text.chars().collect();
    let is_sign = |c: char| !c.is_ascii() && (!c.is_alphabetic() || folded(&c.to_string()).is_empty());
    let signs = chars.windows(2).filter(|pair| pair[0].is_alphabetic() && is_sign(pair[1])).count();
    let mixed =
        |a: char, b: char| a.is_ascii_alphabetic() && !b.is_ascii() && b.is_alphabetic() && b > '\u{24f}';
    let mixtures = chars.windows(2).filter(|pair| mixed(pair[0], pair[1]) || mixed(pair[1], pair[0])).count();
    Some((fitting + in_known_words, std::cmp::Reverse(signs + mixtures)))
}

/// A header's value: its encoded words (RFC 2047) with the charsets that they have rather than name, and bytes that no
/// charset is named for.
pub(crate) fn header(raw: &[u8]) -> String {
    let mut out = String::new();
    // The bytes of neighbours that name the same charset are read as one: programs cut within characters.
    let mut held: Option<(String, Vec<u8>)> = None;
    let mut rest = raw;
    let flush = |held: &mut Option<(String, Vec<u8>)>, out: &mut String| {
        if let Some((name, bytes)) = held.take() {
            let text =
                decoded(&bytes, Some(&name)).unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned());
            out.push_str(&text);
        }
    };
    while let Some(at) = rest.windows(2).position(|two| two == b"=?") {
        let Some((name, bytes, length)) = encoded_word(&rest[at..]) else {
            flush(&mut held, &mut out);
            out.push_str(&plain(&rest[..at + 2]));
            rest = &rest[at + 2..];
            continue;
        };
        let between = &rest[..at];
        if held.is_none() || !between.iter().all(u8::is_ascii_whitespace) {
            flush(&mut held, &mut out);
            out.push_str(&plain(between));
        }
        match &mut held {
            Some((known, all)) if *known == name => all.extend(bytes),
            _ => {
                flush(&mut held, &mut out);
                held = Some((name, bytes));
            }
        }
        rest = &rest[at + length..];
    }
    flush(&mut held, &mut out);
    out.push_str(&plain(rest));
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain(bytes: &[u8]) -> String {
    decoded(bytes, None).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned())
}

/// The charset, the bytes and the length of an encoded word: `=?utf-8?q?J=C3=B6rg?=`.
fn encoded_word(raw: &[u8]) -> Option<(String, Vec<u8>, usize)> {
    const LONGEST: usize = 1_000;
    let raw = &raw[..raw.len().min(LONGEST)];
    let mut parts = raw.get(2..)?.splitn(3, |byte| *byte == b'?');
    let (name, how, behind) = (parts.next()?, parts.next()?, parts.next()?);
    let end = behind.windows(2).position(|two| two == b"?=")?;
    let text = &behind[..end];
    let bytes = match how {
        b"b" | b"B" => mail_parser::decoders::base64::base64_decode(text)?,
        b"q" | b"Q" => {
            let blanks: Vec<u8> = text.iter().map(|byte| if *byte == b'_' { b' ' } else { *byte }).collect();
            mail_parser::decoders::quoted_printable::quoted_printable_decode(&blanks)?
        }
        _ => return None,
    };
    // A language may stand behind the charset: `utf-8*en`.
    let name = String::from_utf8_lossy(name).split('*').next().unwrap_or_default().to_ascii_lowercase();
    Some((name, bytes, raw.len() - behind.len() + end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_whose_charset_is_named_wrongly_or_not_is_read_as_it_was_written() {
        let written = [
            (WINDOWS_1252, "Grüße aus Köln, bitte nicht mehr anrufen, das wäre schön für uns"),
            (WINDOWS_1250, "Proszę więcej nie dzwonić, dziękuję, pozdrawiam"),
            (WINDOWS_1251, "Здравствуйте, пришлите цены, спасибо"),
            (KOI8_R, "Здравствуйте, пришлите цены, спасибо"),
            (GB18030, "您好，请发资料，谢谢"),
            (SHIFT_JIS, "お世話になっております。資料を送ってください。"),
            (EUC_JP, "お世話になっております。資料を送ってください。"),
        ];
        for (encoding, text) in written {
            let bytes = encoding.encode(text).0.into_owned();
            for declared in [None, Some("utf-8"), Some("us-ascii"), Some("x-unknown"), Some("iso-8859-1")] {
                assert_eq!(decoded(&bytes, declared).as_deref(), Some(text), "{declared:?}");
            }
        }
        for declared in ["iso-8859-1", "windows-1250", "gb2312", "shift_jis", "us-ascii", "ansi"] {
            let text = "Größe für Łódź";
            assert_eq!(decoded(text.as_bytes(), Some(declared)).as_deref(), Some(text), "{declared}");
        }
    }

    #[test]
    fn text_in_seven_bits_is_read_with_its_escapes() {
        let japanese = ISO_2022_JP.encode("配信不能").0.into_owned();
        assert_eq!(decoded(&japanese, None).as_deref(), Some("配信不能"));
        for (bytes, declared, text) in [
            ("Gr+APwA3w-e +ACE-", "utf-7", "Grüße !"),
            ("Bitte l+APY-schen Sie mich", "us-ascii", "Bitte löschen Sie mich"),
            ("Call +49 30 1234-56 or +493012345-6", "us-ascii", "Call +49 30 1234-56 or +493012345-6"),
            ("a +- b", "unicode-1-1-utf-7", "a + b"),
        ] {
            assert_eq!(decoded(bytes.as_bytes(), Some(declared)).as_deref(), Some(text));
        }
        let wide: Vec<u8> = "Ja, gern".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&wide, Some("utf-16")).as_deref(), Some("Ja, gern"));
    }

    #[test]
    fn long_text_in_seven_bits_is_read_in_time_that_grows_with_its_length() {
        for (sign, declared) in [("+", None), ("+", Some("utf-7")), ("+2AA", Some("utf-7")), ("+2AA", None)] {
            let text = sign.repeat(MOST_BYTES / sign.len());
            let began = std::time::Instant::now();
            assert!(decoded(text.as_bytes(), declared).is_some(), "{sign} {declared:?}");
            assert!(began.elapsed().as_millis() < 1_000, "{sign} {declared:?}: {:?}", began.elapsed());
        }
        let mail = "+".repeat(MOST_BYTES);
        let mail = format!("From: mia@lead.test\nContent-Type: text/plain; charset=us-ascii\n\nSTOP\n{mail}");
        let began = std::time::Instant::now();
        let read = crate::Mail::parse(mail.as_bytes());
        assert!(
            read.text.starts_with("STOP\n+") && began.elapsed().as_millis() < 1_000,
            "{:?}",
            began.elapsed()
        );
    }

    #[test]
    fn text_too_long_to_be_read_whole_is_cut_between_two_characters() {
        for shift in 0..4 {
            let text = format!("{}{}", "a".repeat(shift), "€".repeat(MOST_BYTES / 3 + 2));
            let read = decoded(text.as_bytes(), Some("utf-8")).unwrap();
            assert!(text.starts_with(&read) && read.len() > MOST_BYTES - 4, "{shift}: {}", read.len());
        }
    }

    #[test]
    fn header_is_read_whatever_charset_it_names() {
        for (raw, text) in [
            (&b"=?utf-8?q?Gr=FC=DFe_und_L=F6schung?="[..], "Grüße und Löschung"),
            (b"=?iso-8859-1?q?Gr=C3=B6=C3=9Fe?=", "Größe"),
            (b"=?utf-8?b?R3LD?= =?utf-8?b?tsOfZQ==?= x", "Größe x"),
            (b"Gr\xf6\xdfe f\xfcr uns", "Größe für uns"),
            (b"=?utf-8?q?half", "=?utf-8?q?half"),
        ] {
            assert_eq!(header(raw), text);
        }
    }
}
