//! A number that may have lost its plus, or the zero before its area code, in a number cell: it is read where only one
//! reading is likely, and refused where it may be somebody else's.

use super::{BadPhone, PhoneNumber, international, national};
use crate::contact::country::Country;

/// Countries whose numbers have nine or ten digits behind a zero that is always written. Ten digits without it may be a
/// North American number as well, and more digits a number of any country that has lost its plus.
const ALWAYS_WRITE_THE_ZERO: [&str; 20] = [
    "AT", "AU", "BE", "CH", "DE", "FI", "FR", "GB", "IE", "IL", "JP", "KR", "MY", "NL", "NZ", "SE", "TH",
    "TW", "UA", "ZA",
];

/// Reads digits that begin neither with a plus nor with a zero, as of a country where numbers begin with a zero. None
/// leaves them to the usual reading. `is_sure` tells that the country is the number's own, and no guess.
pub(super) fn read(digits: &str, region: Country, is_sure: bool) -> Option<Result<PhoneNumber, BadPhone>> {
    if digits.starts_with('0') || !PhoneNumber::begins_with_zero(region) {
        return None;
    }
    // A number that begins with the country's own calling code has lost its plus.
    if PhoneNumber::is_dialled(digits, region)
        && let Ok(number) = international(digits)
    {
        return Some(Ok(number));
    }
    let at_home = national(digits, region);
    Some(match at_home {
        Ok(_) if !is_sure && always_writes_the_zero(region) && may_be_foreign(digits) => {
            Err(BadPhone::SeveralCountries)
        }
        Err(why) if digits.len() == 11 && digits.starts_with('1') => international(digits).map_err(|_| why),
        at_home => at_home,
    })
}

fn may_be_foreign(digits: &str) -> bool {
    may_be_north_american(digits) || PhoneNumber::without_plus(digits).is_some()
}

fn may_be_north_american(digits: &str) -> bool {
    digits.len() == 10 && international(&format!("1{digits}")).is_ok()
}

fn always_writes_the_zero(region: Country) -> bool {
    ALWAYS_WRITE_THE_ZERO.contains(&region.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_in(region: &str, text: &str) -> String {
        match PhoneNumber::parse(text, Country::parse(region)) {
            Ok(number) => number.to_string(),
            Err(why) => format!("{why:?}"),
        }
    }

    #[test]
    fn number_that_lost_its_plus_does_not_get_a_second_code() {
        for (region, text, number) in [
            ("DE", "491713920031", "+491713920031"),
            ("DE", "4915112345678", "+4915112345678"),
            ("DE", "493012345610", "+493012345610"),
            ("DE", "4989123456", "+4989123456"),
            ("DE", "49 171 3920031", "+491713920031"),
            ("DE", "491713920012.0", "+491713920012"),
            ("AT", "436641234567", "+436641234567"),
            ("CH", "41791234567", "+41791234567"),
            ("GB", "447911123456", "+447911123456"),
            ("IT", "393331234567", "+393331234567"),
            ("IN", "919876543210", "+919876543210"),
            // The area code of Leer, and an Indian number that begins with the digits of the calling code.
            ("DE", "0491 97878 12", "+494919787812"),
            ("IN", "9198765432", "+919198765432"),
        ] {
            assert_eq!(read_in(region, text), number, "{text} in {region}");
        }
    }

    #[test]
    fn number_that_may_belong_elsewhere_is_not_guessed() {
        for (region, text, read) in [
            ("DE", "2025550144", "SeveralCountries"),
            ("DE", "2025550144.0", "SeveralCountries"),
            ("DE", "(202) 555-0144", "SeveralCountries"),
            ("GB", "2079460018", "SeveralCountries"),
            // Valid in Germany without a zero, and in the United States, Switzerland or France behind a plus.
            ("DE", "17025550143.0", "SeveralCountries"),
            ("DE", "41791234567", "SeveralCountries"),
            ("DE", "33612345678", "SeveralCountries"),
            ("DE", "041791234567", "+4941791234567"),
            ("DE", "+41791234567", "+41791234567"),
            ("CH", "41791234567", "+41791234567"),
            ("DE", "12025550143", "+12025550143"),
            ("DE", "12025550143.0", "+12025550143"),
            ("DE", "1713920025", "+491713920025"),
            ("DE", "02025550144", "+492025550144"),
            ("US", "2025550144.0", "+12025550144"),
            ("DE", "4,91714E+11", "DigitsLost"),
        ] {
            assert_eq!(read_in(region, text), read, "{text} in {region}");
        }
        let germany = Country::parse("DE").unwrap();
        assert_eq!(PhoneNumber::parse_of("2025550144", germany).unwrap().as_str(), "+492025550144");
        assert_eq!(PhoneNumber::parse_of("41791234567", germany).unwrap().as_str(), "+4941791234567");
    }
}
