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
    fn code_without_a_place_tells_all_zones_of_its_country() {
        use crate::contact::phone_number::PhoneNumber;
        use crate::time::country_zone::zones_of;
        for digits in [
            "558001234567",
            "553001234567",
            "5540041234",
            "525512345678",
            "528001234567",
            "529001234567",
            "34900123456",
            "34902123456",
            "34803123456",
            "34928333444",
            "78001234567",
            "79161234567",
            "6281234567890",
        ] {
            let number = PhoneNumber::try_from(format!("+{digits}")).unwrap();
            let tells_a_place = ["525512345678", "34928333444"].contains(&digits);
            let all = zones_of(number.country().unwrap()).to_vec();
            assert_eq!(number.zones() == all, !tells_a_place, "{digits}: {:?}", number.zones());
        }
    }

    #[test]
    fn code_of_a_russian_or_indonesian_landline_tells_its_place() {
        let zones =
            |digits: &str| -> Vec<_> { of_area(digits).unwrap().iter().map(ZoneName::as_str).collect() };
        for (digits, zone) in [
            ("74951234567", "Europe/Moscow"),
            ("78121234567", "Europe/Moscow"),
            ("74012123456", "Europe/Kaliningrad"),
            ("73412123456", "Europe/Samara"),
            ("73432123456", "Asia/Yekaterinburg"),
            ("73832123456", "Asia/Krasnoyarsk"),
            ("74232123456", "Asia/Vladivostok"),
            ("74152123456", "Asia/Kamchatka"),
            ("622112345678", "Asia/Jakarta"),
            ("623612345678", "Asia/Makassar"),
            ("62967123456", "Asia/Jayapura"),
        ] {
            assert_eq!(zones(digits), [zone], "{digits}");
        }
        assert_eq!(of_area("79161234567"), None, "a mobile number");
        // The clocks of regions that have a zone of their own, which the table names by another.
        let at = "2027-01-05T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
        let offset = |zone: &str| jiff::tz::TimeZone::get(zone).unwrap().to_offset(at);
        for (region, digits) in [
            ("Europe/Saratov", "78452123456"),
            ("Europe/Volgograd", "78442123456"),
            ("Europe/Ulyanovsk", "78422123456"),
            ("Europe/Astrakhan", "78512123456"),
            ("Asia/Tomsk", "73822123456"),
            ("Asia/Novosibirsk", "73832123456"),
            ("Asia/Barnaul", "73852123456"),
            ("Asia/Novokuznetsk", "73843123456"),
            ("Asia/Chita", "73022123456"),
            ("Asia/Sakhalin", "74242123456"),
            ("Asia/Anadyr", "74272212345"),
        ] {
            assert_eq!(offset(zones(digits)[0]), offset(region), "{region}");
        }
    }

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
