//! The country of a file's phone numbers that have no code, judged by the other numbers in the file.

use crate::contact::country::Country;
use crate::contact::phone_number::{BadPhone, PhoneNumber};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most numbers without a code that are tried in each possible country.
const TRIED: usize = 400;
const EXAMPLES: usize = 5;

/// The question to the user when the file speaks against reading its numbers as those of the workspace's country, or some
/// of them may belong to several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhoneQuestion {
    /// Numbers without a code, in rows that name no country.
    pub without_code: u32,
    pub examples: Vec<String>,
    /// The possible countries, likeliest first.
    pub candidates: Vec<PhoneCandidate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhoneCandidate {
    pub country: Country,
    /// Numbers of the file that are written with this country's code.
    pub with_code: u32,
    /// How many of the numbers without a code would be valid there, of the `of` that were tried.
    pub valid: u32,
    pub of: u32,
}

impl PhoneCandidate {
    fn share(&self) -> f64 {
        f64::from(self.valid) / f64::from(self.of.max(1))
    }
}

/// Evidence collected row by row.
#[derive(Debug, Default)]
pub struct PhoneEvidence {
    with_code: BTreeMap<Country, u32>,
    without_code: u32,
    tried: Vec<String>,
    american: u32,
    /// Numbers that would be valid behind a plus, by the country that they would then belong to.
    without_plus: BTreeMap<Country, u32>,
}

impl PhoneEvidence {
    /// Notes a number; `of_row` is the country that the row names.
    pub fn take(&mut self, text: &str, of_row: Option<Country>) {
        match PhoneNumber::written_for(text) {
            Some(Some(country)) => *self.with_code.entry(country).or_default() += 1,
            Some(None) if of_row.is_none() => {
                self.without_code += 1;
                self.american += u32::from(is_written_as_in_america(text));
                if let Some(country) = PhoneNumber::without_plus(text) {
                    *self.without_plus.entry(country).or_default() += 1;
                }
                if self.tried.len() < TRIED {
                    self.tried.push(text.to_owned());
                }
            }
            Some(None) | None => {}
        }
    }

    /// The question to ask; none if nothing speaks against the workspace's own country, `home`.
    pub fn question(&self, home: Country) -> Option<PhoneQuestion> {
        if self.without_code == 0 {
            return None;
        }
        let mut countries: Vec<Country> = self.with_code.keys().copied().collect();
        // Numbers written the American way point there if numbers at home are written otherwise.
        let mostly_american =
            self.american * 5 >= self.without_code * 4 && PhoneNumber::begins_with_zero(home);
        let is_unclear =
            |text: &String| PhoneNumber::parse(text, Some(home)) == Err(BadPhone::SeveralCountries);
        let unclear: Vec<&String> = self.tried.iter().filter(|text| is_unclear(text)).collect();
        let may_be_of =
            |country: Country| unclear.iter().any(|text| PhoneNumber::parse_answered(text, country).is_ok());
        countries.extend(Country::parse("US").filter(|us| mostly_american || may_be_of(*us)));
        countries.extend(unclear.iter().filter_map(|text| PhoneNumber::without_plus(text)));
        let lost_plus = self.without_plus.iter().filter(|(_, count)| **count * 2 >= self.without_code);
        countries.extend(lost_plus.map(|(country, _)| *country));
        countries.push(home);
        countries.sort_unstable();
        countries.dedup();
        let mut candidates: Vec<PhoneCandidate> =
            countries.into_iter().map(|country| self.candidate(country)).collect();
        let coded: u32 = self.with_code.values().sum();
        let of_home = candidates.iter().find(|candidate| candidate.country == home)?.clone();
        let at_home = |country: Country| PhoneNumber::share_code(country, home);
        let elsewhere = mostly_american || self.with_code.keys().any(|country| !at_home(*country));
        if !elsewhere && unclear.is_empty() && of_home.valid * 2 >= of_home.of {
            return None;
        }
        // A country is likelier if nearly all codes are its own, or if the numbers fit there clearly better than at home.
        let likelier = |candidate: &PhoneCandidate| {
            let most_say_so = candidate.with_code * 5 >= coded * 4 && candidate.with_code > 0;
            let says_so = most_say_so || mostly_american && candidate.country.as_str() == "US";
            says_so && candidate.share() * 1.25 >= of_home.share()
                || candidate.share() > of_home.share() + 0.1
        };
        candidates.sort_by(|one, other| {
            let rank = |candidate: &PhoneCandidate| {
                let likely = !at_home(candidate.country) && likelier(candidate);
                (likely, candidate.country == home, candidate.with_code, candidate.valid)
            };
            rank(other).cmp(&rank(one))
        });
        let others = self.tried.iter().filter(|text| !is_unclear(text));
        let examples = unclear.into_iter().chain(others).take(EXAMPLES).cloned().collect();
        Some(PhoneQuestion { without_code: self.without_code, examples, candidates })
    }

    fn candidate(&self, country: Country) -> PhoneCandidate {
        let valid =
            self.tried.iter().filter(|text| PhoneNumber::parse_answered(text, country).is_ok()).count();
        PhoneCandidate {
            country,
            with_code: self.with_code.get(&country).copied().unwrap_or(0),
            valid: u32::try_from(valid).unwrap_or(u32::MAX),
            of: u32::try_from(self.tried.len()).unwrap_or(u32::MAX),
        }
    }
}

impl PhoneQuestion {
    /// The country by which the numbers are read until a user answers.
    pub fn best(&self) -> Option<Country> {
        self.candidates.first().map(|candidate| candidate.country)
    }
}

/// Whether the digits are grouped three, three and four.
fn is_written_as_in_america(text: &str) -> bool {
    let number = text.split(['x', 'X', '#', 'e', 'E']).next().unwrap_or("");
    let mut groups = number.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty());
    let lengths = [groups.next(), groups.next(), groups.next()].map(|group| group.map_or(0, str::len));
    lengths == [3, 3, 4] && groups.next().is_none() && !number.trim_start_matches('(').starts_with(['0', '1'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        Country::parse(code).unwrap()
    }

    fn asked(home: &str, numbers: &[&str]) -> Option<PhoneQuestion> {
        let mut evidence = PhoneEvidence::default();
        numbers.iter().for_each(|number| evidence.take(number, None));
        evidence.question(country(home))
    }

    const AMERICAN: [&str; 6] = [
        "732-356-7405x362",
        "(518)519-6001",
        "+1-202-555-0142",
        "001-903-405-6413x95376",
        "212.555.0199",
        "790.683.8637x94026",
    ];

    #[test]
    fn numbers_beside_american_ones_are_read_as_american() {
        let question = asked("GB", &AMERICAN).unwrap();
        assert_eq!((question.best(), question.without_code), (Some(country("US")), 4));
        assert_eq!(question.examples[0], "732-356-7405x362");
        assert_eq!(question.candidates[0].with_code, 2);
        assert_eq!(question.candidates[1].country, country("GB"));
        // In a workspace at home in the United States nothing speaks against that country.
        assert_eq!(asked("US", &AMERICAN), None);
        assert_eq!(asked("CA", &AMERICAN), None, "Canada is called by the same code");
        // No number has a code, and all are written as only there.
        let bare = ["732-356-7405", "(212)555-0199", "202-555-0142"];
        assert_eq!(asked("DE", &bare).and_then(|question| question.best()), Some(country("US")));
    }

    #[test]
    fn numbers_of_home_beside_foreign_ones_stay_and_the_user_is_asked() {
        let mixed = ["020 7946 0018", "0117 496 0123", "07911 123456", "+49 30 901820", "+33 1 42 68 53 00"];
        let question = asked("GB", &mixed).unwrap();
        assert_eq!(question.best(), Some(country("GB")));
        assert_eq!(question.candidates.len(), 3);
        assert_eq!(asked("GB", &["020 7946 0018", "+44 20 7946 0018"]), None);
        assert_eq!(asked("GB", &["+1 202 555 0142", "n/a", ""]), None, "each says where it belongs");
    }

    #[test]
    fn numbers_that_may_be_american_are_asked_about_and_stay_at_home_until_then() {
        let question = asked("DE", &["2025550144", "030 901820", "0171 3920012"]).unwrap();
        assert_eq!(question.best(), Some(country("DE")));
        assert_eq!(question.examples[0], "2025550144");
        assert!(question.candidates.iter().any(|candidate| candidate.country == country("US")));
    }

    #[test]
    fn numbers_that_lost_their_plus_belong_to_the_country_of_their_code() {
        let german = ["491713920031", "491713920032.0", "4.91713920033E+11"];
        assert_eq!(asked("DE", &german), None);
        assert_eq!(asked("US", &german).and_then(|question| question.best()), Some(country("DE")));
    }

    #[test]
    fn foreign_numbers_that_lost_their_plus_are_asked_about_although_they_would_be_valid_at_home() {
        let among = |question: &PhoneQuestion| -> Vec<Country> {
            question.candidates.iter().map(|candidate| candidate.country).collect()
        };
        let swiss = asked("DE", &["41791234567", "41791234568"]).unwrap();
        assert_eq!(among(&swiss), [country("DE"), country("CH")]);
        assert_eq!(swiss.candidates[1].valid, 2);
        let one_of_three = asked("DE", &["17025550143.0", "030 901820", "0171 3920012"]).unwrap();
        assert_eq!(among(&one_of_three), [country("DE"), country("US")]);
        assert_eq!(one_of_three.examples[0], "17025550143.0");
    }

    #[test]
    fn number_in_a_row_with_a_country_raises_no_question() {
        let mut evidence = PhoneEvidence::default();
        evidence.take("732-356-7405", Some(country("US")));
        evidence.take("+1-202-555-0142", None);
        assert_eq!(evidence.question(country("GB")), None);
    }
}
