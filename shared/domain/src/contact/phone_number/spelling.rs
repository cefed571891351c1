//! Different spellings of one subscriber's number: countries have added and dropped digits, and WhatsApp
//! keeps some old spellings.

use std::borrow::Cow;

/// The digits of an international number in today's spelling.
pub(super) fn present_spelling(digits: &str) -> Cow<'_, str> {
    match digits.as_bytes() {
        // Brazil put a 9 before its mobile numbers, which began with 6 to 9.
        [b'5', b'5', _, _, b'6'..=b'9', rest @ ..] if rest.len() == 7 => {
            Cow::Owned(format!("{}9{}", &digits[..4], &digits[4..]))
        }
        // Mexico dropped the 1 before its mobile numbers.
        [b'5', b'2', b'1', rest @ ..] if rest.len() == 10 => Cow::Owned(format!("52{}", &digits[3..])),
        _ => Cow::Borrowed(digits),
    }
}

/// The number by which its subscriber is known. Argentina's mobile numbers have a 9 before the area code when
/// dialled from abroad, which people leave out. No fixed line has the digits after it, so those alone
/// identify the subscriber; the 9 is needed to dial.
pub(super) fn subscriber(e164: &str) -> Cow<'_, str> {
    match e164.strip_prefix("+549") {
        Some(rest) if rest.len() == 10 => Cow::Owned(format!("+54{rest}")),
        _ => Cow::Borrowed(e164),
    }
}
