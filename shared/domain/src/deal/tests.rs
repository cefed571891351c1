use super::*;
use crate::money::Sums;
use crate::time::calendar_month::CalendarMonth;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn workspace() -> WorkspaceId {
    WorkspaceId::derived(at("2026-01-01T00:00:00Z"), &["northquay"])
}

fn lead() -> Lead {
    let id = LeadId::derived(at("2026-01-01T00:00:00Z"), &["ana"]);
    Lead::blank(id, workspace(), at("2026-01-01T00:00:00Z"))
}

fn euros(amount_minor: i64) -> Money {
    Money { amount_minor, currency: Currency::parse("EUR").unwrap() }
}

fn deal(value: Money) -> Deal {
    Deal {
        id: DealId::derived(&lead().id, &["1"]),
        workspace: workspace(),
        lead: lead().id,
        name: "Booking page".to_owned(),
        value,
        probability: None,
        close_on: "2026-03-31".parse().unwrap(),
        closed: None,
        open_since: at("2026-02-01T00:00:00Z"),
        created_at: at("2026-02-01T00:00:00Z"),
        rev: 0,
    }
}

#[test]
fn deal_is_won_with_its_lead_and_opened_when_the_move_is_undone() {
    let (mut lead, mut deal) = (lead(), deal(euros(90_000)));
    assert_eq!(deal.follow(&lead), Followed::Unchanged);
    lead.move_to(StageId::WON, at("2026-02-10T00:00:00Z"));
    let won = DealNews::Won { amount_minor: 90_000, currency: deal.value.currency };
    assert_eq!(deal.follow(&lead), Followed::Told(won));
    assert_eq!(deal.follow(&lead), Followed::Unchanged, "a repeat changes nothing");
    lead.move_to(StageId::QUALIFIED, at("2026-02-11T00:00:00Z"));
    assert_eq!(deal.follow(&lead), Followed::Told(DealNews::Reopened {}));
    assert!(deal.is_open());
}

#[test]
fn deal_is_lost_with_its_lead_for_the_same_reason() {
    let (mut lead, mut deal) = (lead(), deal(euros(90_000)));
    lead.move_to(StageId::LOST, at("2026-02-10T00:00:00Z"));
    lead.lost_reason = Some(LostReasonId::TOO_EXPENSIVE);
    let lost = DealNews::Lost { lost_reason: Some(LostReasonId::TOO_EXPENSIVE) };
    assert_eq!(deal.follow(&lead), Followed::Told(lost));
    lead.move_to(StageId::WON, at("2026-02-12T00:00:00Z"));
    let won = DealNews::Won { amount_minor: 90_000, currency: deal.value.currency };
    assert_eq!(deal.follow(&lead), Followed::Told(won), "the lead paid after all");
}

#[test]
fn deal_that_a_user_closed_stays_closed_whatever_becomes_of_the_lead() {
    let (mut lead, mut deal) = (lead(), deal(euros(90_000)));
    assert!(deal.close(DealOutcome::Lost, Some(LostReasonId::OTHER), at("2026-02-05T00:00:00Z")));
    assert!(!deal.close(DealOutcome::Won, None, at("2026-02-06T00:00:00Z")));
    for stage in [StageId::WON, StageId::NEW, StageId::LOST] {
        lead.move_to(stage, at("2026-02-10T00:00:00Z"));
        assert_eq!(deal.follow(&lead), Followed::Unchanged);
    }
    assert_eq!(deal.closed.as_ref().unwrap().lost_reason, Some(LostReasonId::OTHER));
}

#[test]
fn deal_added_to_a_client_and_a_deal_opened_by_hand_stay_open() {
    let (mut lead, mut first) = (lead(), deal(euros(90_000)));
    lead.move_to(StageId::WON, at("2026-01-15T00:00:00Z"));
    assert_eq!(first.follow(&lead), Followed::Unchanged, "it came after the lead was won");
    lead.move_to(StageId::LOST, at("2026-02-10T00:00:00Z"));
    assert!(matches!(first.follow(&lead), Followed::Told(DealNews::Lost { .. })));
    assert!(first.reopen(at("2026-02-11T00:00:00Z")));
    assert_eq!(first.follow(&lead), Followed::Unchanged);
    assert!(first.is_open() && !first.reopen(at("2026-02-12T00:00:00Z")));
}

#[test]
fn deal_goes_to_the_lead_that_absorbed_its_own() {
    let mut deal = deal(euros(100));
    let survivor = LeadId::derived(at("2026-01-01T00:00:00Z"), &["ben"]);
    let survivor = Lead::blank(survivor, workspace(), at("2026-01-01T00:00:00Z"));
    assert_eq!(deal.follow(&survivor), Followed::Moved);
    assert_eq!((&deal.lead, deal.id.lead()), (&survivor.id, lead().id));
}

#[test]
fn probability_is_the_deals_own_or_that_of_its_leads_stage() {
    let (stages, mut deal) = (Stages::usual(workspace()), deal(euros(100)));
    assert_eq!(deal.chance(StageId::QUALIFIED, &stages), 60);
    assert_eq!(deal.chance(StageId::WON, &stages), 0, "an open deal of a client has none of its own yet");
    deal.probability = Some(25);
    assert_eq!((deal.chance(StageId::NEW, &stages), deal.chance(StageId::WON, &stages)), (25, 25));
    deal.close(DealOutcome::Won, None, at("2026-02-05T00:00:00Z"));
    assert_eq!(deal.chance(StageId::NEW, &stages), 100);
}

#[test]
fn sums_weigh_each_value_and_keep_currencies_apart() {
    let mut sums = DealSums::default();
    sums.add(&deal(euros(1_005)), 50);
    sums.add(&deal(euros(1_000)), 10);
    let pounds = Money { amount_minor: 700, currency: Currency::parse("GBP").unwrap() };
    sums.add(&deal(pounds), 100);
    assert_eq!(sums.deals, 3);
    assert_eq!(sums.value, [euros(2_005), pounds].into_iter().collect::<Sums>());
    assert_eq!(sums.weighted, [euros(503 + 100), pounds].into_iter().collect::<Sums>());
}

#[test]
fn forecast_puts_open_deals_at_their_day_and_won_ones_at_their_closing() {
    let months: Vec<_> = ["2026-03", "2026-04"].map(|month| CalendarMonth::parse(month).unwrap()).into();
    let (open, mut won, mut late, mut lost) =
        (deal(euros(100)), deal(euros(30)), deal(euros(7)), deal(euros(9)));
    won.close(DealOutcome::Won, None, at("2026-04-02T00:00:00Z"));
    lost.close(DealOutcome::Lost, None, at("2026-04-02T00:00:00Z"));
    late.close_on = "2026-02-28".parse().unwrap();
    let all = [(&open, 40), (&won, 100), (&late, 40), (&lost, 0)];
    let (months, overdue) = forecast(all, &months);
    let euros_of = |sums: &Sums| sums.amount_minor(open.value.currency);
    let shown: Vec<_> = months
        .iter()
        .map(|month| {
            (euros_of(&month.open.value), euros_of(&month.open.weighted), euros_of(&month.won.value))
        })
        .collect();
    assert_eq!(shown, [(100, 40, 0), (0, 0, 30)]);
    assert_eq!((overdue.deals, euros_of(&overdue.value)), (1, 7));
}
