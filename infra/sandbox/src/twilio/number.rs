//! The phone numbers that can exist: E.164, and the rules of the North American plan.

/// Whether this is `+` and 8 to 15 digits; under +1 exactly ten, with area code and exchange starting 2 to 9.
pub(super) fn is_e164(number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else { return false };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !(8..=15).contains(&digits.len()) {
        return false;
    }
    match digits.as_bytes() {
        [b'0', ..] => false,
        [b'1', rest @ ..] => {
            rest.len() == 10 && (b'2'..=b'9').contains(&rest[0]) && (b'2'..=b'9').contains(&rest[3])
        }
        _ => true,
    }
}

/// Twilio's magic recipients, which its test credentials answer with an error.
pub(super) fn magic_recipient(number: &str) -> Option<(u32, &'static str)> {
    match number {
        "+15005550001" => Some((21211, "is not a valid phone number")),
        "+15005550002" => Some((21612, "is not currently reachable using the 'From' phone number")),
        "+15005550003" => Some((21408, "is in a region for which permission has not been enabled")),
        "+15005550004" => Some((21610, "has unsubscribed")),
        "+15005550009" => Some((21614, "is not a mobile number")),
        _ => None,
    }
}

/// The number of segments of a text: 160 or 153 GSM-7 characters, 70 or 67 UCS-2 units each.
pub(super) fn segments(body: &str) -> u32 {
    let units: Option<usize> = body.chars().map(gsm_units).sum();
    let (units, single, joined) = match units {
        Some(units) => (units, 160, 153),
        None => (body.encode_utf16().count(), 70, 67),
    };
    if units <= single { 1 } else { units.div_ceil(joined) as u32 }
}

fn gsm_units(c: char) -> Option<usize> {
    const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
    const EXTENDED: &str = "^{}\\[~]|€";
    if c.is_ascii_alphanumeric() || BASIC.contains(c) {
        Some(1)
    } else if EXTENDED.contains(c) {
        Some(2)
    } else {
        None
    }
}
