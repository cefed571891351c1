//! Texts that stand where a value is missing, such as `#N/A`, `NULL` and `-`: they are no values, wherever they come from.

use std::borrow::Cow;

/// What programs write for a value that is missing. The case counts, because `Null` and `Nan` are also names.
const OF_PROGRAMS: [&str; 12] = [
    "NULL",
    "null",
    "nil",
    "NaN",
    "nan",
    "NaT",
    "<NA>",
    "undefined",
    "UNDEFINED",
    "\\N",
    "0000-00-00",
    "0000-00-00 00:00:00",
];
/// What people and programs write for it, in any case.
const ABBREVIATED: [&str; 17] = [
    "n/a", "n.a.", "n.a", "n\\a", "n/d", "n.d.", "s/d", "s.d.", "s/o", "k.a.", "k. a.", "k.a", "k/a",
    "n.v.t.", "n/v", "tbd", "tba",
];
/// What stands in brackets for it: `(none)`, `<empty>`, `[blank]`.
const IN_BRACKETS: [&str; 16] = [
    "none",
    "null",
    "nil",
    "empty",
    "blank",
    "not set",
    "no value",
    "n/a",
    "na",
    "unknown",
    "undefined",
    "leer",
    "vide",
    "vacío",
    "vuoto",
    "nan",
];
/// Words for it that nobody has as a name.
const NO_NAMES: [&str; 36] = [
    "0",
    "unknown",
    "not available",
    "not applicable",
    "not provided",
    "not specified",
    "not set",
    "not found",
    "no data",
    "no name",
    "keine angabe",
    "keine angaben",
    "nicht angegeben",
    "nicht verfügbar",
    "unbekannt",
    "non renseigné",
    "non disponible",
    "inconnu",
    "sin datos",
    "no disponible",
    "desconocido",
    "non disponibile",
    "sconosciuto",
    "não informado",
    "desconhecido",
    "onbekend",
    "niet bekend",
    "okänd",
    "ukjent",
    "nieznane",
    "неизвестно",
    "нет данных",
    "不明",
    "なし",
    "未知",
    "없음",
];
/// Words for it that may be names.
const MAYBE_NAMES: [&str; 7] = ["none", "null", "nan", "na", "nichts", "ninguno", "nessuno"];

/// What statistics programs write for a value that is missing. In a text it may be North America, and as a country it is
/// Namibia.
const NOT_AVAILABLE: &str = "NA";

/// Tells whether a text of any field stands for a missing value.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    OF_PROGRAMS.contains(&text)
        || text.eq_ignore_ascii_case("[object object]")
        || is_only_dashes(text)
        || is_spreadsheet_error(text)
        || is_one_of(text, &ABBREVIATED)
        || within_brackets(text).is_some_and(|word| is_one_of(word, &IN_BRACKETS))
}

/// Tells whether a text stands for a missing number, date or choice: for anything but a text whose words are free.
pub fn is_placeholder_of_typed(text: &str) -> bool {
    is_placeholder(text) || text.trim() == NOT_AVAILABLE
}

/// Tells whether a text stands for a missing country.
pub fn is_placeholder_of_country(text: &str) -> bool {
    is_placeholder_of_text(text) && text.trim() != NOT_AVAILABLE
}

/// Tells whether a text stands for a missing name of a person.
pub fn is_placeholder_of_name(text: &str) -> bool {
    is_placeholder_of_typed(text) || is_one_of(text.trim(), &NO_NAMES)
}

/// Tells whether a text stands for a missing company, place or number: no field in which a word such as `None` is a name.
pub fn is_placeholder_of_text(text: &str) -> bool {
    is_placeholder_of_name(text) || is_one_of(text.trim(), &MAYBE_NAMES)
}

/// Tells whether a text stands for a missing phone number: it has no digit but zeros.
pub fn is_placeholder_of_phone(text: &str) -> bool {
    let is_zeros = |c: char| c == '0' || c.is_whitespace() || "+-/().".contains(c);
    is_placeholder_of_text(text) || !text.trim().is_empty() && text.chars().all(is_zeros)
}

fn is_one_of(text: &str, words: &[&str]) -> bool {
    // Longer texts are not made lower case for nothing.
    text.len() <= 40 && {
        let lower =
            if text.is_ascii() { Cow::Owned(text.to_ascii_lowercase()) } else { text.to_lowercase().into() };
        words.contains(&lower.as_ref())
    }
}

/// `-`, `--`, `—`, `...`, `?`, `/`, `___`.
fn is_only_dashes(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| matches!(c, '-' | '‐'..='―' | '−' | '_' | '.' | '…' | '?' | '/' | ' '))
}

/// The errors of spreadsheets in any language: `#N/A`, `#NV`, `#REF!`, `#BEZUG!`, `#DIV/0!`, `#¿NOMBRE?`, `#GETTING_DATA`.
fn is_spreadsheet_error(text: &str) -> bool {
    let Some(name) = text.strip_prefix('#') else { return false };
    let is_shouted =
        |c: char| c.is_uppercase() || matches!(c, '/' | '0' | '!' | '?' | '¡' | '¿' | '_' | '.' | ' ');
    let is_error = name.ends_with(['!', '?'])
        || matches!(
            name,
            "N/A" | "N/D" | "NV" | "NA" | "N/B" | "I/T" | "GETTING_DATA" | "BUSY" | "N/A N/A" | "Н/Д"
        );
    is_error && name.chars().any(char::is_alphabetic) && name.chars().all(is_shouted)
}

fn within_brackets(text: &str) -> Option<&str> {
    [('(', ')'), ('<', '>'), ('[', ']'), ('{', '}')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_missing_value_is_none() {
        for text in [
            "#N/A",
            "#NV",
            "#N/D",
            "#REF!",
            "#NAME?",
            "#VALUE!",
            "#DIV/0!",
            "#BEZUG!",
            "#WERT!",
            "#¿NOMBRE?",
            "NULL",
            "null",
            "n/a",
            "N/A",
            "N.A.",
            " - ",
            "—",
            "--",
            "...",
            "?",
            "undefined",
            "[object Object]",
            "NaN",
            "\\N",
            "(null)",
            "<empty>",
            "(not set)",
            "k.A.",
            "K. A.",
            "0000-00-00",
        ] {
            assert!(is_placeholder(text), "{text}");
            assert!(is_placeholder_of_name(text) && is_placeholder_of_text(text), "{text}");
        }
    }

    #[test]
    fn name_and_ordinary_text_is_a_value() {
        for text in
            ["Null", "Na", "None", "Nan", "Jennifer", "Null & Sons", "#1", "#hashtag", "#WIN", "A", "O", "李"]
        {
            assert!(!is_placeholder_of_name(text), "{text}");
        }
        for text in
            ["", "NA", "None Such Ltd", "C++", "-5", "no", "yes", "0", "***", "Unknown Pleasures", "4/5", "N"]
        {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn word_that_may_be_a_name_is_none_in_other_texts() {
        for text in ["None", "Null", "unknown", "Keine Angabe", "0", "Неизвестно"] {
            assert!(is_placeholder_of_text(text), "{text}");
        }
        assert!(!is_placeholder_of_text("Nantes"));
    }

    #[test]
    fn na_is_missing_where_it_cannot_be_a_word() {
        assert!(
            is_placeholder_of_typed("NA") && is_placeholder_of_name(" NA ") && is_placeholder_of_text("NA")
        );
        assert!(!is_placeholder_of_country("NA") && is_placeholder_of_country("N/A"));
    }

    #[test]
    fn phone_without_any_digit_but_zeros_is_none() {
        for text in ["0", "000 000", "-", "+00", "(000) 000-0000", "None"] {
            assert!(is_placeholder_of_phone(text), "{text}");
        }
        for text in ["", "12", "0171 3920012", "call me"] {
            assert!(!is_placeholder_of_phone(text), "{text}");
        }
    }
}
