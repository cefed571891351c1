use super::*;
use crate::contact::email_address::EmailAddress;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::{LeadId, WorkspaceId};
use crate::lead::engagement::{Action, Verdict};

fn now() -> Timestamp {
    "2027-01-05T10:00:00Z".parse().unwrap()
}

fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

fn lead() -> Lead {
    let mut lead = Lead::blank(LeadId::derived(now(), &["l"]), WorkspaceId::derived(now(), &["w"]), now());
    lead.first_name = Some("Ana".to_owned());
    lead.company = Some("Fish & Sons".to_owned());
    lead.email = Some(EmailAddress::parse("ana@example.com").unwrap());
    lead
}

fn full() -> Lead {
    let mut lead = lead();
    lead.phone = Some(PhoneNumber::parse("+442074960351", None).unwrap());
    lead.city = Some("Hull".to_owned());
    lead.category = Some("Restaurant".to_owned());
    lead.website = Some("https://fish.test".to_owned());
    (lead.rating, lead.reviews) = (Some(5.0), Some(2_000));
    lead.deliverability = Some(Deliverability::Deliverable);
    lead
}

#[test]
fn fit_goes_from_zero_to_a_hundred() {
    let blank = Lead::blank(LeadId::derived(now(), &["l"]), WorkspaceId::derived(now(), &["w"]), now());
    assert_eq!((score(&blank, now()).total, score(&blank, now()).fit), (0, 0));
    assert_eq!(score(&full(), now()).fit, 100);
    assert_eq!(score(&full(), now()).total, 30);
    let mut dead = full();
    dead.deliverability = Some(Deliverability::Undeliverable);
    assert_eq!(score(&dead, now()).fit, 70);
    let mut odd = full();
    odd.rating = Some(f64::NAN);
    assert_eq!(score(&odd, now()).fit, 80);
}

#[test]
fn reasons_add_up_and_engagement_cools() {
    let mut lead = full();
    for i in 0..3 {
        let view = Action::PreviewViewed { session: i.to_string() };
        lead.engagement.record(&i.to_string(), &view, Verdict::Human, now());
    }
    let hot = score(&lead, now());
    assert_eq!(hot.total, 80);
    assert_eq!(hot.reasons.iter().map(|r| u32::from(r.points)).sum::<u32>(), 80);
    assert_eq!(hot.reasons[0], ScoreReason { label: "Engaged today".to_owned(), points: 30 });
    assert_eq!(lead.temperature(now()), Temperature::Hot);
    let later: Vec<u8> = [1, 7, 30, 365].map(|n| score(&lead, now() + days(n)).total).to_vec();
    assert!(later.windows(2).all(|pair| pair[0] >= pair[1]), "{later:?}");
    assert_eq!(*later.last().unwrap(), 30);
    assert_eq!(lead.temperature(now() + days(365)), Temperature::Cold);
}

#[test]
fn quick_reply_counts_and_the_total_stays_within_a_hundred() {
    let mut lead = full();
    lead.engagement.response_hours = Some(3.0);
    assert_eq!(score(&lead, now()).total, 40);
    lead.engagement.response_hours = Some(30.0);
    assert_eq!(score(&lead, now()).total, 34);
    lead.engagement.response_hours = Some(1.0);
    lead.engagement.hot_since = Some(now());
    for i in 0..9 {
        lead.engagement.record(&i.to_string(), &Action::Replied, Verdict::Human, now());
    }
    assert_eq!(score(&lead, now()).total, 100);
}

#[test]
fn temperature_has_thresholds_and_does_not_flicker() {
    use Temperature::{Cold, Hot, Warm};
    for (total, before, expected) in [
        (70, Cold, Hot),
        (69, Warm, Warm),
        (69, Hot, Hot),
        (65, Hot, Hot),
        (64, Hot, Warm),
        (40, Cold, Warm),
        (39, Cold, Cold),
        (39, Warm, Warm),
        (35, Hot, Warm),
        (34, Warm, Cold),
        (34, Hot, Cold),
    ] {
        assert_eq!(temperature_of_score(total, before), expected, "{total} after {before:?}");
    }
}

/// Name, company and an address that nobody has verified: three short looks in one tab are 37 points.
#[test]
fn three_views_make_any_lead_hot_for_seven_days() {
    let mut lead = lead();
    for minute in 0..3 {
        let at = now() + SignedDuration::from_mins(minute);
        let view = Action::PreviewViewed { session: "tab".to_owned() };
        lead.engagement.record(&minute.to_string(), &view, Verdict::Human, at);
    }
    let third = now() + SignedDuration::from_mins(2);
    assert!(score(&lead, third).total < WARM_FROM);
    assert_eq!(lead.temperature(third), Temperature::Hot);
    assert_eq!(lead.hot(third), Some(Hot { by: HotBy::Views, until: third + days(7) }));
    let almost = third + days(7) - SignedDuration::from_secs(1);
    assert_eq!(
        (lead.temperature(almost), lead.temperature(third + days(7))),
        (Temperature::Hot, Temperature::Cold)
    );
    assert_eq!(lead.hot(third + days(7)), None);
}

#[test]
fn hot_score_ends_when_it_falls_below_the_threshold_less_five() {
    let mut lead = full();
    for i in 0..4 {
        lead.engagement.record(&i.to_string(), &Action::Replied, Verdict::Human, now());
    }
    lead.engagement.response_hours = Some(1.0);
    let hot = lead.hot(now()).unwrap();
    assert_eq!((hot.by, score(&lead, now()).total), (HotBy::Score, 80));
    lead.announced_temperature = Temperature::Hot;
    assert_eq!(lead.temperature(hot.until - SignedDuration::from_hours(2)), Temperature::Hot);
    assert_eq!(lead.temperature(hot.until), Temperature::Warm);
}

#[test]
fn lead_turns_hot_by_its_score_once() {
    let mut lead = full();
    for i in 0..2 {
        lead.engagement.record(&i.to_string(), &Action::Replied, Verdict::Human, now());
    }
    let was_hot = lead.hot(now()).is_some();
    assert!(was_hot && lead.note_hot_by_score(false, now()));
    assert!(!lead.note_hot_by_score(false, now()), "it was announced");
    assert_eq!(lead.engagement.hot_by_score_since, Some(now()));
    let mut viewed = full();
    viewed.engagement.hot_since = Some(now());
    assert!(!viewed.note_hot_by_score(true, now()), "it was hot by its views");
}

#[test]
fn refusal_counts_as_a_reply_and_warms_nobody() {
    let mut lead = full();
    let before = score(&lead, now()).total;
    lead.engagement.record_reply("no", false, now());
    lead.engagement.record_reply("no", false, now());
    assert_eq!((lead.engagement.messages, score(&lead, now()).total), (1, before));
    assert_eq!(lead.engagement.raw_score(), 0.0);
    assert!(lead.engagement.reread_reply("no", true, now()), "it was a yes after all");
    let warm = score(&lead, now()).total;
    assert!(warm > before && !lead.engagement.reread_reply("no", true, now()));
    assert!(lead.engagement.reread_reply("no", false, now()));
    assert_eq!((lead.engagement.messages, score(&lead, now()).total), (1, before));
}

#[test]
fn quick_reply_is_told_within_the_hour_and_never_within_none() {
    let told = |hours: f64| {
        let mut lead = lead();
        lead.engagement.response_hours = Some(hours);
        lead.engagement.last_action_at = Some(now());
        let reasons = score(&lead, now()).reasons.into_iter().map(|reason| reason.label);
        reasons.filter(|label| label.starts_with("Replied")).collect::<Vec<_>>()
    };
    assert_eq!(told(0.0), ["Replied within the hour"]);
    assert_eq!(told(0.9), ["Replied within the hour"]);
    assert_eq!(told(1.2), ["Replied within 2 h"]);
}
