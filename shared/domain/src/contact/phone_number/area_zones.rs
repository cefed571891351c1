//! The time zones in which the owner of a number may be, as far as its area code tells. People keep their numbers when they
//! move: the zone of an area code is where most of its owners are, and the law of the United States goes by it.

use crate::time::time_zone::ZoneName;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The digits of the longest beginning in the table.
const LONGEST: usize = 6;

/// Area codes of the North American plan that belong to no place: toll-free and personal numbers, which many of its
/// countries share.
const OF_NO_PLACE: [&str; 23] = [
    "500", "521", "522", "523", "524", "525", "526", "527", "528", "529", "533", "544", "566", "577", "588",
    "800", "822", "833", "844", "855", "866", "877", "888",
];

/// The zones of the area code with which these digits begin, the most populous first; none if no code tells a place.
pub(super) fn of_area(digits: &str) -> Option<&'static [ZoneName]> {
    static TABLE: OnceLock<HashMap<&'static str, Vec<ZoneName>>> = OnceLock::new();
    let entry = |line: &'static str| {
        let (zones, codes) = line.split_once(": ")?;
        let zones: Vec<ZoneName> = zones.split(' ').filter_map(ZoneName::parse).collect();
        Some(codes.split(' ').map(move |code| (code, zones.clone())).collect::<Vec<_>>())
    };
    let lines = || include_str!("area_zones.txt").lines().filter(|line| !line.starts_with('#'));
    let table = TABLE.get_or_init(|| lines().filter_map(entry).flatten().collect());
    (1..=LONGEST.min(digits.len()))
        .rev()
        .find_map(|length| table.get(digits.get(..length)?))
        .map(Vec::as_slice)
}

/// Whether the number is one of the North American plan that belongs to no place, nor to one country.
pub(super) fn is_of_no_place(digits: &str) -> bool {
    let code = digits.strip_prefix('1').and_then(|national| national.get(..3));
    code.is_some_and(|code| OF_NO_PLACE.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = include_str!("area_zones.txt").lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let (zones, codes) = line.split_once(": ").unwrap();
            for code in codes.split(' ') {
                assert!(code.len() <= LONGEST && code.bytes().all(|digit| digit.is_ascii_digit()), "{line}");
                let names: Vec<_> = of_area(code).unwrap().iter().map(ZoneName::as_str).collect();
                assert_eq!(names.len(), zones.split(' ').count(), "{line}");
                assert!(!is_of_no_place(code), "{code}");
            }
        }
    }
}
