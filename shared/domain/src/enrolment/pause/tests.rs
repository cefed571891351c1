use super::*;

const NOW: &str = "2026-11-20T10:00:00Z";

fn read(text: &str, zone: &str) -> Result<String, BadUntil> {
    let zone = ZoneName::parse(zone).unwrap();
    read_until(text, &zone, NOW.parse().unwrap()).map(|at| at.to_string())
}

#[test]
fn day_and_time_are_read_by_the_workspaces_clock() {
    assert_eq!(read("2026-12-01", "Europe/Berlin").unwrap(), "2026-11-30T23:00:00Z");
    assert_eq!(read(" 2026-12-01T09:00 ", "America/New_York").unwrap(), "2026-12-01T14:00:00Z");
    assert_eq!(read("2026-11-20T11:10", "Europe/Berlin").unwrap(), "2026-11-20T10:10:00Z");
}

#[test]
fn time_with_an_offset_is_that_instant() {
    assert_eq!(read("2026-12-01T09:00:00Z", "America/New_York").unwrap(), "2026-12-01T09:00:00Z");
    assert_eq!(read("2026-12-01T09:00:00+05:30", "UTC").unwrap(), "2026-12-01T03:30:00Z");
}

#[test]
fn time_in_a_clock_change_is_the_first_after_the_gap_or_the_first_of_two() {
    assert_eq!(read("2027-03-14T02:30", "America/New_York").unwrap(), "2027-03-14T07:00:00Z");
    assert_eq!(read("2027-11-07T01:30", "America/New_York").unwrap(), "2027-11-07T05:30:00Z");
}

#[test]
fn past_too_far_or_unreadable_end_is_refused_with_its_reason() {
    assert_eq!(read("2026-11-20T10:00", "UTC"), Err(BadUntil::Past));
    assert_eq!(read("2026-11-20", "UTC"), Err(BadUntil::Past));
    assert_eq!(read("2026-11-20T10:09", "UTC"), Err(BadUntil::TooSoon));
    assert_eq!(read("2027-11-20T10:00", "UTC").unwrap(), "2027-11-20T10:00:00Z");
    assert_eq!(read("2027-11-20T10:01", "UTC"), Err(BadUntil::TooFar));
    for text in ["", "tomorrow", "2026-13-01", "09:00"] {
        assert_eq!(read(text, "UTC"), Err(BadUntil::Unreadable), "{text}");
    }
}
