//! The IANA names of the time zones that Windows, Outlook and Exchange name in their own way, by the table `windowsZones`
//! of CLDR.

/// Lines of `Windows name = IANA name`.
static ZONES: &str = include_str!("windows_zones.txt");

/// Returns the zone with this name in Windows, in any case, such as `Europe/Berlin` for `W. Europe Standard Time`.
pub(crate) fn iana_name(windows: &str) -> Option<&'static str> {
    let mut zones = ZONES.lines().filter_map(|line| line.split_once(" = "));
    zones.find(|(known, _)| known.eq_ignore_ascii_case(windows)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn every_windows_name_means_a_zone_that_exists() {
        for line in ZONES.lines() {
            let (windows, iana) = line.split_once(" = ").unwrap();
            assert!(TimeZone::get(iana).is_ok(), "{line}");
            assert_eq!(iana_name(&windows.to_uppercase()), Some(iana));
        }
        assert_eq!(iana_name("Berlin"), None);
    }
}
