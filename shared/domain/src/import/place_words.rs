//! The country that an address names: at its end, or by the form of its post code.

use crate::contact::country::Country;

const US_STATES: &str = "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND \
OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC";

const US_STATE_NAMES: &str = "alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,florida,hawaii,idaho,\
illinois,indiana,iowa,kansas,kentucky,louisiana,maine,maryland,massachusetts,michigan,minnesota,mississippi,missouri,montana,\
nebraska,nevada,new hampshire,new jersey,new mexico,new york,north carolina,north dakota,ohio,oklahoma,oregon,pennsylvania,\
rhode island,south carolina,south dakota,tennessee,texas,utah,vermont,virginia,washington,west virginia,wisconsin,wyoming";

/// The country of an address such as `12 Oak St, Austin, TX 75001`, `1 Harbour Walk, Bristol BS1 5DB` or
/// `Hauptstr. 1, Köln, Germany`.
pub(super) fn country_of_address(text: &str) -> Option<Country> {
    let (before, last) = text.rsplit_once([',', '\n']).unwrap_or(("", text));
    let last = last.trim().trim_end_matches('.');
    // Two letters may be a state as well as a country, and a single word may be a town named like a country.
    let names_one = !before.is_empty() && last.chars().count() > 2 && !last.eq_ignore_ascii_case("georgia");
    if let Some(country) = Country::from_name(last).filter(|_| names_one) {
        return Some(country);
    }
    let words: Vec<&str> = last.split_whitespace().collect();
    match words.as_slice() {
        [.., state, code] if is_us_state_code(state) && is_zip(code) => Country::parse("US"),
        [.., outward, inward] if is_uk_post_code(outward, inward) => Country::parse("GB"),
        _ => None,
    }
}

/// The country of a state's full name. Two-letter codes do not count: they may be of Italy, Brazil or Australia as well.
pub(super) fn country_of_state(text: &str) -> Option<Country> {
    let text = text.trim();
    let named = US_STATE_NAMES.split(',').any(|state| state.eq_ignore_ascii_case(text));
    named.then(|| Country::parse("US")).flatten()
}

fn is_us_state_code(word: &str) -> bool {
    word.len() == 2 && US_STATES.split(' ').any(|state| state.eq_ignore_ascii_case(word))
}

fn is_zip(word: &str) -> bool {
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    match word.split_once('-') {
        Some((zip, more)) => digits(zip, 5) && digits(more, 4),
        None => digits(word, 5),
    }
}

fn is_uk_post_code(outward: &str, inward: &str) -> bool {
    let letters = outward.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = &outward[letters..];
    let area = (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest.as_bytes()[0].is_ascii_digit()
        && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let inner = inward.as_bytes();
    area && inner.len() == 3 && inner[0].is_ascii_digit() && inner[1..].iter().all(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_names_its_country_at_its_end_or_by_its_post_code() {
        for (text, wanted) in [
            ("12 Oak Street, Austin, TX 75001", Some("US")),
            ("12 Oak Street, Austin, TX 75001-1234", Some("US")),
            ("Milano, MI", None),
            ("1 Harbour Walk, Bristol BS1 5DB", Some("GB")),
            ("Hauptstr. 1, 50667 Köln, Germany", Some("DE")),
            ("10 Rue de la Paix, Paris, France", Some("FR")),
            ("Atlanta, Georgia", None),
            ("Austin", None),
            ("Lebanon", None),
            ("Wilmington, DE", None),
            ("", None),
        ] {
            assert_eq!(country_of_address(text), wanted.and_then(Country::parse), "{text}");
        }
    }

    #[test]
    fn state_of_the_united_states_is_recognised_by_its_name() {
        for text in ["texas", "New York"] {
            assert_eq!(country_of_state(text), Country::parse("US"), "{text}");
        }
        for text in ["Bavaria", "WA", "", "Victoria"] {
            assert_eq!(country_of_state(text), None, "{text}");
        }
    }
}
