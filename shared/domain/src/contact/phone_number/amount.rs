//! A phone number that a spreadsheet or a program took for an amount: `491713920012.0`, `4.91713920012E+11`.

use super::BadPhone;

/// The fewest digits before a decimal sign by which a text is an amount and no number with a dot in it.
const CLEARLY_AN_AMOUNT: usize = 9;

/// Returns the number as it was before it became an amount; none if the text is no amount. An amount whose last digits
/// are lost is refused: with zeros in their place it would be another person's number.
pub(super) fn written_as_amount(text: &str) -> Option<Result<String, BadPhone>> {
    let (plus, rest) = if let Some(rest) = text.strip_prefix('+') { ("+", rest) } else { ("", text) };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix('+').unwrap_or(exponent))),
        None => (rest, None),
    };
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let zeros = fraction.bytes().all(|digit| digit == b'0');
    let number = |digits: &str| Ok(format!("{plus}{digits}"));
    let Some(exponent) = exponent else {
        let is_amount = match whole.len() {
            CLEARLY_AN_AMOUNT.. => zeros || fraction.len() <= 2,
            7.. => zeros && fraction.len() <= 2,
            _ => false,
        };
        return (is_amount && !fraction.is_empty()).then(|| match zeros {
            _ if whole.len() > CLEARLY_AN_AMOUNT && whole.ends_with("0000") => Err(BadPhone::DigitsLost),
            true => number(whole),
            false => Err(BadPhone::NotANumber),
        });
    };
    let places: usize = exponent.parse().ok().filter(|_| are_digits(exponent))?;
    Some(match fraction.split_at_checked(places) {
        None => Err(BadPhone::DigitsLost),
        Some((digits, rest)) if rest.bytes().all(|digit| digit == b'0') => {
            number(&format!("{whole}{digits}"))
        }
        Some(_) => Err(BadPhone::NotANumber),
    })
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_is_read_where_all_its_digits_are_there() {
        for (text, number) in [
            ("491713920012.0", "491713920012"),
            ("01713920013.0", "01713920013"),
            ("491713920016.00", "491713920016"),
            ("491713920018,0", "491713920018"),
            ("491713920018.000", "491713920018"),
            ("+491713920012.0", "+491713920012"),
            ("4.91713920015E+11", "491713920015"),
            ("4,91713920015e11", "491713920015"),
            ("4.917139200150E+11", "491713920015"),
        ] {
            assert_eq!(written_as_amount(text), Some(Ok(number.to_owned())), "{text}");
        }
    }

    #[test]
    fn amount_that_lost_digits_is_refused() {
        for text in ["4,91714E+11", "4.91714E+11", "5E+10", "491714000000.0", "4.9171392001E+11"] {
            assert_eq!(written_as_amount(text), Some(Err(BadPhone::DigitsLost)), "{text}");
        }
        assert_eq!(written_as_amount("491713920012.5"), Some(Err(BadPhone::NotANumber)));
    }

    #[test]
    fn number_with_dots_is_no_amount() {
        for text in
            ["+49 171.392.0017", "212.555.0199", "0171.3920012", "01.42.68.53.00", "030 123456", "555.0", "x"]
        {
            assert_eq!(written_as_amount(text), None, "{text}");
        }
    }
}
