//! The zone that somebody may have meant who named none: by its city, an abbreviation, an offset, or a slip at its end.

use crate::text_match::folded;
use jiff::tz;

/// Lines of `Windows name = IANA name`: the table that calendars in mails are read with.
static OF_WINDOWS: &str = include_str!("../../../../understanding/src/windows_zones.txt");

/// Abbreviations, with the most populous zone that uses each.
const ABBREVIATIONS: [(&str, &str); 38] = [
    ("cest", "Europe/Berlin"),
    ("mez", "Europe/Berlin"),
    ("mesz", "Europe/Berlin"),
    ("hnec", "Europe/Paris"),
    ("heec", "Europe/Paris"),
    ("bst", "Europe/London"),
    ("west", "Europe/Lisbon"),
    ("eest", "Europe/Athens"),
    ("oez", "Europe/Athens"),
    ("msk", "Europe/Moscow"),
    ("trt", "Europe/Istanbul"),
    ("et", "America/New_York"),
    ("edt", "America/New_York"),
    ("ct", "America/Chicago"),
    ("cst", "America/Chicago"),
    ("cdt", "America/Chicago"),
    ("mt", "America/Denver"),
    ("mdt", "America/Denver"),
    ("pt", "America/Los_Angeles"),
    ("pst", "America/Los_Angeles"),
    ("pdt", "America/Los_Angeles"),
    ("akst", "America/Anchorage"),
    ("akdt", "America/Anchorage"),
    ("ast", "America/Halifax"),
    ("adt", "America/Halifax"),
    ("brt", "America/Sao_Paulo"),
    ("art", "America/Argentina/Buenos_Aires"),
    ("ist", "Asia/Kolkata"),
    ("sgt", "Asia/Singapore"),
    ("hkt", "Asia/Hong_Kong"),
    ("jst", "Asia/Tokyo"),
    ("kst", "Asia/Seoul"),
    ("gst", "Asia/Dubai"),
    ("sast", "Africa/Johannesburg"),
    ("aest", "Australia/Sydney"),
    ("aedt", "Australia/Sydney"),
    ("nzst", "Pacific/Auckland"),
    ("nzdt", "Pacific/Auckland"),
];

/// The letters of a place that must be right for a slip behind them to be forgiven.
const SURE_LETTERS: usize = 3;

/// Returns the zone with this name in Windows, such as `Europe/Berlin` for `W. Europe Standard Time`.
pub(super) fn of_windows(text: &str) -> Option<&'static str> {
    let mut zones = OF_WINDOWS.lines().filter_map(|line| line.split_once(" = "));
    zones.find(|(windows, _)| windows.eq_ignore_ascii_case(text)).map(|(_, name)| name)
}

/// Returns the name of a zone that a text is near to.
pub(super) fn near(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 60 {
        return None;
    }
    let key = folded(text);
    let abbreviated = ABBREVIATIONS.iter().find(|(short, _)| *short == key);
    abbreviated.map(|(_, name)| (*name).to_owned()).or_else(|| by_offset(text)).or_else(|| by_place(text))
}

/// Reads `GMT+2`, `UTC+02:00` and `+0200` as the zone without summer time, whose name has the other sign: `Etc/GMT-2`.
fn by_offset(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let rest = lower.trim_start_matches(['(', ' ']);
    let rest = ["gmt", "utc"].iter().find_map(|name| rest.strip_prefix(name)).unwrap_or(rest).trim();
    let (sign, digits) = match rest.split_at_checked(1)? {
        ("+", digits) => ('-', digits),
        ("-", digits) => ('+', digits),
        _ => return None,
    };
    let digits = digits.trim_end_matches(')').trim_end_matches("00").trim_end_matches(':');
    let hours: u8 = if digits.len() > 2 { None } else { digits.parse().ok() }?;
    (1..=14).contains(&hours).then(|| format!("Etc/GMT{sign}{hours}"))
}

/// Finds the zone of a city, and the only zone of a continent that begins as the text does.
fn by_place(text: &str) -> Option<String> {
    let place = |name: &str| folded(name.rsplit('/').next().unwrap_or(name));
    let wanted = place(text);
    if wanted.len() < SURE_LETTERS {
        return None;
    }
    // Names of one part are old ones, such as `Cuba`.
    let names: Vec<String> =
        tz::db().available().map(|name| name.as_str().to_owned()).filter(|name| name.contains('/')).collect();
    if let Some(name) = names.iter().find(|name| place(name) == wanted) {
        return Some(name.clone());
    }
    let area = text.split_once('/').map(|(area, _)| folded(area));
    let alike = |name: &&String| {
        let in_area =
            area.as_ref().is_none_or(|area| name.split('/').next().is_some_and(|of| folded(of) == *area));
        let known = place(name);
        let same = known.chars().zip(wanted.chars()).take_while(|(one, two)| one == two).count();
        let slips = known.chars().count().max(wanted.chars().count()) - same;
        in_area && same >= SURE_LETTERS && slips <= same
    };
    let mut near = names.iter().filter(alike);
    let first = near.next()?;
    near.next().is_none().then(|| first.clone())
}

#[cfg(test)]
mod tests {
    use super::super::{UnknownZone, ZoneName};

    #[test]
    fn zone_is_known_by_its_old_new_and_windows_name() {
        for (given, expected) in [
            ("Europe/Kyiv", "Europe/Kyiv"),
            ("UTC", "UTC"),
            ("america/new_york", "America/New_York"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("pacific standard time", "America/Los_Angeles"),
            ("Etc/GMT+5", "Etc/GMT+5"),
        ] {
            assert_eq!(ZoneName::parse_given(given).unwrap().as_str(), expected, "{given}");
        }
        for old in ["Europe/Kiev", "Asia/Calcutta", "US/Pacific"] {
            assert!(ZoneName::parse_given(old).is_ok(), "{old}");
        }
    }

    #[test]
    fn refusal_names_the_zone_that_is_near() {
        for (given, expected) in [
            ("CEST", "Europe/Berlin"),
            ("PDT", "America/Los_Angeles"),
            ("GMT+2", "Etc/GMT-2"),
            ("UTC-05:00", "Etc/GMT+5"),
            ("+0900", "Etc/GMT-9"),
            ("Berlin", "Europe/Berlin"),
            ("new york", "America/New_York"),
            ("Amercia/New_York", "America/New_York"),
            ("Europe/Berln", "Europe/Berlin"),
            ("Europe/Zürich", "Europe/Zurich"),
        ] {
            let near = ZoneName::parse(expected).unwrap();
            assert_eq!(ZoneName::parse_given(given), Err(UnknownZone::Near(near)), "{given}");
        }
    }

    #[test]
    fn refusal_of_what_is_near_to_nothing_names_an_example() {
        for given in ["Europe/Atlantis", "", "x", "GMT+25", "+", "é", "somewhere over the rainbow"] {
            let error = ZoneName::parse_given(given).unwrap_err();
            assert_eq!(error.to_string(), "is not an IANA time zone such as Europe/Berlin", "{given}");
        }
    }
}
