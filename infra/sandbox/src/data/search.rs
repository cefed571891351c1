//! A search among the people of all companies in the sample files.

use super::directory::{Firm, Person};
use crate::companies;

/// What the people have in common, in lower case. An empty list leaves it open.
#[derive(Default)]
pub(super) struct Wanted {
    pub titles: Vec<String>,
    pub levels: Vec<String>,
    pub places: Vec<String>,
    pub industries: Vec<String>,
    /// Ranges of employees, both ends among them.
    pub employees: Vec<(u64, u64)>,
    pub domains: Vec<String>,
    pub words: Vec<String>,
}

pub(super) fn people(wanted: &Wanted) -> Vec<Person> {
    let firms: Vec<Firm> = match wanted.domains.as_slice() {
        [] => {
            let mut hosts: Vec<&str> = companies::all().iter().map(|row| row.host.as_str()).collect();
            hosts.retain(|host| !host.is_empty());
            hosts.sort_unstable();
            hosts.dedup();
            hosts.into_iter().filter_map(Firm::at).collect()
        }
        domains => domains.iter().filter_map(|domain| Firm::at(domain)).collect(),
    };
    let firms = firms.into_iter().filter(|firm| fits_firm(wanted, firm));
    firms.flat_map(|firm| firm.staff()).filter(|person| fits_person(wanted, person)).collect()
}

fn fits_firm(wanted: &Wanted, firm: &Firm) -> bool {
    let texts = [&firm.name, &firm.industry, &firm.description].map(|text| text.to_lowercase());
    let place = format!("{}, {}", firm.city, firm.country).to_lowercase();
    let size = firm.employees;
    (wanted.industries.is_empty() || wanted.industries.iter().any(|industry| texts[1].contains(industry)))
        && (wanted.places.is_empty() || wanted.places.iter().any(|wanted| names(&place, wanted)))
        && (wanted.employees.is_empty()
            || wanted.employees.iter().any(|(from, to)| (*from..=*to).contains(&size)))
        && wanted.words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
}

/// Whether a place is the wanted one: `Texas, US` and `US` are found by their last part.
fn names(place: &str, wanted: &str) -> bool {
    let parts: Vec<&str> = wanted.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    parts
        .iter()
        .any(|part| place.contains(part) || (["us", "usa"].contains(part) && place.contains("united states")))
}

fn fits_person(wanted: &Wanted, person: &Person) -> bool {
    let title = person.title.to_lowercase();
    (wanted.titles.is_empty() || wanted.titles.iter().any(|asked| title.contains(asked)))
        && (wanted.levels.is_empty() || wanted.levels.iter().any(|level| level == person.level))
}
