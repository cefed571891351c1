use super::*;
use crate::{LeadId, WorkspaceId};
use jiff::Timestamp;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn own(date: &str, yearly: bool) -> DayOff {
    DayOff { date: day(date), name: "Outing".to_owned(), yearly }
}

fn lead(country: Option<&str>, change: impl FnOnce(&mut Lead)) -> Lead {
    let now = Timestamp::UNIX_EPOCH;
    let mut lead = Lead::blank(LeadId::derived(now, &["l"]), WorkspaceId::derived(now, &["w"]), now);
    lead.country = country.and_then(Country::parse);
    change(&mut lead);
    lead
}

fn said(lead: &Lead, own: &[DayOff], date: &str) -> Option<String> {
    DaysOff::of(lead, own).on(day(date)).map(|occasion| occasion.to_string())
}

#[test]
fn day_is_off_by_country_and_by_workspace() {
    let american = lead(Some("US"), |_| {});
    let thanksgiving = said(&american, &[], "2026-11-26");
    assert_eq!(thanksgiving.as_deref(), Some("holiday: Thanksgiving Day (US)"));
    assert_eq!(said(&american, &[], "2026-11-27"), None);
    let days = [own("2026-11-27", false), own("2020-05-29", true)];
    assert_eq!(said(&american, &days, "2026-11-27").as_deref(), Some("day off: Outing"));
    assert_eq!(said(&american, &days, "2027-11-27"), None);
    assert_eq!(said(&american, &days, "2027-05-29").as_deref(), Some("day off: Outing"));
    let without = DaysOff::of(&american, &days).without_public();
    assert!(without.on(day("2026-11-26")).is_none() && without.on(day("2026-11-27")).is_some());
}

#[test]
fn region_comes_from_a_column_or_the_address_and_country_from_the_number() {
    let bavarian =
        lead(Some("DE"), |lead| drop(lead.custom.insert("Bundesland".to_owned(), "Bayern".to_owned())));
    assert!(said(&bavarian, &[], "2026-06-04").is_some(), "Corpus Christi");
    assert!(said(&lead(Some("DE"), |_| {}), &[], "2026-06-04").is_none());
    let address = |text: &str| lead(Some("US"), |lead| lead.address = Some(text.to_owned()));
    let patriots = "2027-04-19";
    assert!(said(&address("1 Beacon St, Boston, MA 02108, USA"), &[], patriots).is_some());
    assert!(said(&address("1 Main St, Houston, TX 77002"), &[], patriots).is_none());
    let berlin = lead(Some("DE"), |lead| lead.city = Some("Berlin".to_owned()));
    assert!(said(&berlin, &[], "2027-03-08").is_some(), "Women's Day");
    let by_number = lead(None, |lead| lead.phone = PhoneNumber::parse("+442074960351", None).ok());
    assert_eq!(said(&by_number, &[], "2026-12-28").as_deref(), Some("holiday: Boxing Day (GB)"));
    assert_eq!(said(&lead(None, |_| {}), &[], "2026-12-25"), None);
}

#[test]
fn list_with_a_nameless_day_a_repeated_day_or_too_many_is_refused() {
    let mut days = vec![own("2026-12-24", true), own("2027-12-24", false), own("2027-01-02", false)];
    days[2].name = " ".to_owned();
    assert_eq!(bad_days_off(&days), [(Some(1), BadDayOff::Twice), (Some(2), BadDayOff::BadName)]);
    days[1].date = day("2027-12-23");
    days[2].name = "New\nYear".to_owned();
    assert_eq!(bad_days_off(&days), [(Some(2), BadDayOff::BadName)]);
    let first = day("2027-01-01");
    let many: Vec<DayOff> =
        (0..201).map(|n| own(&(first + jiff::Span::new().days(n)).to_string(), false)).collect();
    assert_eq!(bad_days_off(&many), [(None, BadDayOff::TooMany)]);
    assert_eq!(bad_days_off(&many[..200]), []);
}

#[test]
fn working_days_jump_over_weekends_holidays_and_days_off() {
    let days = [own("2026-12-23", false)];
    let off = DaysOff::in_country(Country::parse("GB").unwrap(), &days);
    let after = |from: &str, count| off.working_day_after(day(from), count);
    // A Friday and a Saturday.
    assert_eq!(after("2026-11-20", 1), Some(day("2026-11-23")));
    assert_eq!(after("2026-11-21", 1), Some(day("2026-11-23")));
    assert_eq!(after("2026-11-20", 6), Some(day("2026-11-30")));
    // Wednesday is the workspace's own day off; Friday is Christmas, and Boxing Day moves to Monday.
    assert_eq!(after("2026-12-22", 1), Some(day("2026-12-24")));
    assert_eq!(after("2026-12-22", 2), Some(day("2026-12-29")));
    assert_eq!(after("2026-12-22", 0), Some(day("2026-12-22")));
}
