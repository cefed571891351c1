//! One subscriber, several spellings: countries have added and dropped digits, and WhatsApp keeps names of its own from
//! before that.

use std::borrow::Cow;

/// The digits of an international number as they are dialled today.
pub(super) fn todays(digits: &str) -> Cow<'_, str> {
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

/// Argentina's mobile numbers have a 9 before the area code when dialled from abroad, which people leave out. No fixed
/// line has the digits behind it, so those alone say whose the number is; to dial it the 9 is needed.
pub(super) fn subscriber(e164: &str) -> Cow<'_, str> {
    match e164.strip_prefix("+549") {
        Some(rest) if rest.len() == 10 => Cow::Owned(format!("+54{rest}")),
        _ => Cow::Borrowed(e164),
    }
}
