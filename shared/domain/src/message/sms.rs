//! SMS: the encoding and segments of a text, which set its price; and the word that allows texts again.

use serde::Serialize;

/// The size of a text as it will be billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SmsSegments {
    pub encoding: SmsEncoding,
    /// Septets, or UTF-16 units.
    pub units: usize,
    pub segments: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SmsEncoding {
    /// 160 septets in a single segment, 153 in each of several.
    Gsm7,
    /// 70 UTF-16 units in a single segment, 67 in each of several; a single character outside GSM-7 is enough.
    Ucs2,
}

const GSM7: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Characters of the extension table: two septets each, because of the escape.
const GSM7_EXTENDED: &str = "\u{c}^{}\\[~]|€";

pub fn sms_segments(text: &str) -> SmsSegments {
    let septets: Option<Vec<usize>> = text
        .chars()
        .map(|c| match () {
            () if GSM7.contains(c) => Some(1),
            () if GSM7_EXTENDED.contains(c) => Some(2),
            () => None,
        })
        .collect();
    let (encoding, widths, alone, joined) = match septets {
        Some(widths) => (SmsEncoding::Gsm7, widths, 160, 153),
        None => (SmsEncoding::Ucs2, text.chars().map(char::len_utf16).collect(), 70, 67),
    };
    let units = widths.iter().sum();
    let segments = match units {
        0 => 0,
        n if n <= alone => 1,
        _ => packed(&widths, joined),
    };
    SmsSegments { encoding, units, segments }
}

/// Fills segments with characters; a character of two units is not split.
fn packed(widths: &[usize], room: usize) -> usize {
    let (mut segments, mut used) = (1, 0);
    for width in widths {
        if used + width > room {
            segments += 1;
            used = 0;
        }
        used += width;
    }
    segments
}

/// Whether the whole text is the word by which carriers allow texts between a pair of numbers again. `YES` is none
/// here: it is an answer far more often.
pub fn is_start_word(text: &str) -> bool {
    let word = text.trim_matches(|c: char| !c.is_alphanumeric()).to_uppercase();
    matches!(word.as_str(), "START" | "UNSTOP")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> (SmsEncoding, usize, usize) {
        let found = sms_segments(text);
        (found.encoding, found.units, found.segments)
    }

    #[test]
    fn segments_are_counted_as_billed() {
        use SmsEncoding::{Gsm7, Ucs2};
        assert_eq!(counted(""), (Gsm7, 0, 0));
        assert_eq!(counted(&"a".repeat(160)), (Gsm7, 160, 1));
        assert_eq!(counted(&"a".repeat(161)), (Gsm7, 161, 2));
        assert_eq!(counted(&"a".repeat(307)), (Gsm7, 307, 3));
        assert_eq!(counted(&"€".repeat(80)), (Gsm7, 160, 1));
        // 152 characters and the two septets of one sign: the sign moves to the next segment whole.
        assert_eq!(counted(&format!("{}€{}", "a".repeat(152), "b".repeat(152))), (Gsm7, 306, 3));
        assert_eq!(counted("It’s"), (Ucs2, 4, 1));
        assert_eq!(counted(&"’".repeat(70)), (Ucs2, 70, 1));
        assert_eq!(counted(&"’".repeat(71)), (Ucs2, 71, 2));
        assert_eq!(counted(&"🐟".repeat(36)), (Ucs2, 72, 2));
        assert_eq!(GSM7.chars().count() + 1, 128);
    }

    #[test]
    fn only_the_whole_text_is_a_start_word() {
        for word in ["START", "start.", " Unstop "] {
            assert!(is_start_word(word), "{word}");
        }
        for text in ["yes", "start it", "when do we start?", "ok", ""] {
            assert!(!is_start_word(text), "{text}");
        }
    }
}
