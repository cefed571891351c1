//! A number that may have lost its plus, or the zero before its area code, in a number cell: it is read where only one
//! reading is likely, and refused where it may be somebody else's.

use super::{BadPhone, PhoneNumber, international, national, plan};
use crate::contact::country::Country;

/// Countries whose numbers have nine or ten digits behind a zero that is always written. Ten digits without it may be a
/// North American number as well, and more digits a number of any country that has lost its plus.
const ALWAYS_WRITE_THE_ZERO: [&str; 20] = [
    "AT", "AU", "BE", "CH", "DE", "FI", "FR", "GB", "IE", "IL", "JP", "KR", "MY", "NL", "NZ", "SE", "TH",
    "TW", "UA", "ZA",
];

/// Countries with numbers of eleven digits behind a zero that people leave out.
const LEAVE_THE_ZERO_OUT: [&str; 2] = ["BR", "CN"];

/// How sure it is that a number is one of the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surety {
    /// Most numbers beside it are.
    Guess,
    /// Its owner lives there.
    Owner,
    /// A user has said so of these digits.
    Answer,
}

/// Reads digits that begin neither with a plus nor with a zero, as of a country where numbers begin with a zero. None
/// leaves them to the usual reading.
pub(super) fn read(digits: &str, region: Country, surety: Surety) -> Option<Result<PhoneNumber, BadPhone>> {
    if digits.starts_with('0') {
        return None;
    }
    if !PhoneNumber::begins_with_zero(region) {
        let is_doubtful =
            surety != Surety::Answer && lacks_its_plus(digits, region) && !begins_as_dialled(digits, region);
        let is_two = || {
            let (abroad, at_home) = (international(digits), national(digits, region));
            at_home.is_ok() && abroad != at_home
        };
        return (is_doubtful && is_two()).then_some(Err(BadPhone::SeveralCountries));
    }
    // A number that begins with the country's own calling code has lost its plus.
    if PhoneNumber::is_dialled(digits, region)
        && let Ok(number) = international(digits)
    {
        return Some(Ok(number));
    }
    let at_home = national(digits, region);
    Some(match at_home {
        Ok(_) if surety != Surety::Answer && lacks_its_plus(digits, region) => {
            Err(BadPhone::SeveralCountries)
        }
        Ok(_)
            if surety == Surety::Guess && always_writes_the_zero(region) && may_be_north_american(digits) =>
        {
            Err(BadPhone::SeveralCountries)
        }
        Err(why) if digits.len() == 11 && digits.starts_with('1') => international(digits).map_err(|_| why),
        at_home => at_home,
    })
}

/// Whether the digits begin with what is dialled before a number within the country, such as 8 in Russia.
fn begins_as_dialled(digits: &str, region: Country) -> bool {
    plan::of_region(region).is_none_or(|home| !home.trunk().is_empty() && digits.starts_with(home.trunk()))
}

/// Whether the digits are as well a number of another country behind a plus that is missing.
fn lacks_its_plus(digits: &str, region: Country) -> bool {
    let leaves_out = LEAVE_THE_ZERO_OUT.contains(&region.as_str());
    !leaves_out && PhoneNumber::without_plus(digits).is_some()
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
        assert_eq!(PhoneNumber::parse_answered("41791234567", germany).unwrap().as_str(), "+4941791234567");
    }

    #[test]
    fn number_of_another_country_without_its_plus_is_not_made_the_owners() {
        let germany = Country::parse("DE").unwrap();
        for (text, readings) in [
            ("436641234567", ["+436641234567", "+49436641234567"]),
            ("41791234567", ["+41791234567", "+4941791234567"]),
            ("41791234567.0", ["+41791234567", "+4941791234567"]),
        ] {
            assert_eq!(PhoneNumber::parse_of(text, germany), Err(BadPhone::SeveralCountries), "{text}");
            let found = PhoneNumber::readings(text, germany);
            assert_eq!(found.iter().map(PhoneNumber::as_str).collect::<Vec<_>>(), readings, "{text}");
        }
        for (text, number) in [("1713920025", "+491713920025"), ("491713920025", "+491713920025")] {
            assert_eq!(PhoneNumber::parse_of(text, germany).unwrap().as_str(), number);
        }
    }

    #[test]
    fn no_mobile_number_of_any_country_becomes_another_ones_by_a_missing_plus() {
        let examples: Vec<(String, Country)> = phonenumber::metadata::DATABASE
            .iter()
            .filter_map(|metadata| {
                let example = metadata.descriptors().mobile().and_then(|mobile| mobile.example())?;
                Some((format!("{}{example}", metadata.country_code()), Country::parse(metadata.id())?))
            })
            .filter(|(digits, _)| digits.len() >= 11 && international(digits).is_ok())
            .collect();
        assert!(examples.len() > 150, "{}", examples.len());
        for region in Country::all().filter(|region| !LEAVE_THE_ZERO_OUT.contains(&region.as_str())) {
            // 8 and ten digits are how a Russian number is dialled at home.
            let foreign = examples.iter().filter(|(digits, _)| !begins_as_dialled(digits, region));
            for (digits, owner) in foreign {
                if let Ok(read) = PhoneNumber::parse_of(digits, region) {
                    let meant = international(digits).unwrap();
                    assert_eq!(read, meant, "{digits} of {owner} in {region}");
                }
            }
        }
    }
}
