//! Fit with an ICP over the columns.

use super::*;
use domain::IcpId;
use domain::contact::phone_number::PhoneNumber;
use domain::icp::{FitAnswer, FitVerdict, Icp, IcpProfile};
use domain::lead::segment::FitField;

/// Rooms 2 to 8, not a chain (kept where not known); points for a phone number, a rating and a city.
fn profile() -> IcpProfile {
    serde_json::from_value(json!({
        "rules": [
            {"rule": {"all": [{"if": {"field": "custom.Seats", "at_least": "2"}},
                {"if": {"field": "custom.Seats", "at_most": "8"}}]}},
            {"rule": {"none": [{"if": {"field": "custom.Known", "is": ["yes"]}}]}, "not_known": "keep"},
        ],
        "weights": [
            {"rule": {"if": {"field": "phone", "filled": true}}, "points": 50},
            {"rule": {"if": {"field": "rating", "at_least": "4.6"}}, "points": 30},
            {"rule": {"if": {"field": "city", "is_not": ["Rome"]}}, "points": 20},
        ],
        "threshold": 60,
    }))
    .unwrap()
}

fn seats(number: u64, seats: &str, change: impl FnOnce(&mut Lead)) -> Lead {
    lead(number, |lead| {
        lead.custom.insert("Seats".to_owned(), seats.to_owned());
        change(lead);
    })
}

/// 1 has everything; 2 has no city; 3 is in Rome and has no rating; 4 has nine seats; 5 has none that are known; 6 is a
/// chain; 7 opted out; 8 is a chain with nine seats; 9 is said to be no chain.
fn leads() -> Vec<Lead> {
    let phone = |lead: &mut Lead| lead.phone = PhoneNumber::parse("+442079460018", None).ok();
    vec![
        seats(1, "4", |lead| {
            phone(lead);
            (lead.rating, lead.city) = (Some(4.8), Some("Bonn".to_owned()));
        }),
        seats(2, "4", |lead| {
            phone(lead);
            lead.rating = Some(4.1);
        }),
        seats(3, "2", |lead| lead.city = Some("Rome".to_owned())),
        seats(4, "9", phone),
        lead(5, phone),
        seats(6, "3", |lead| drop(lead.custom.insert("Known".to_owned(), "yes".to_owned()))),
        seats(7, "3", |lead| lead.do_not_contact = true),
        seats(8, "9", |lead| drop(lead.custom.insert("Known".to_owned(), "yes".to_owned()))),
        seats(9, "8", |lead| drop(lead.custom.insert("Known".to_owned(), "no".to_owned()))),
    ]
}

fn icp(main: bool) -> Icp {
    Icp {
        id: IcpId::new(Ulid(77)),
        workspace: workspace(),
        name: "Clinics".to_owned(),
        profile: profile(),
        main,
        version: 1,
        by: None,
        created_at: now(),
        updated_at: now(),
        rev: 1,
    }
}

#[test]
fn funnel_histogram_and_weights_count_the_leads_and_what_is_not_known() {
    let mut columns = columns(&leads());
    let (counts, judged) = columns.fit_counts(&profile(), &fields(), now(), (8, 0));
    let left: Vec<(usize, usize)> = counts.rules.iter().map(|rule| (rule.left, rule.not_known)).collect();
    assert_eq!(
        left,
        [(6, 1), (5, 4)],
        "one has no seats; of six that are left it is said of two whether they are chains"
    );
    assert_eq!(
        (counts.leads, counts.matching, counts.just_outside),
        (9, 4, 3),
        "7 opted out; 4, 5 and 6 are outside"
    );
    // 1 has 100, 2 has 50, 3 has 0, and 9 has 0.
    assert_eq!(counts.histogram, [2, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
    assert_eq!(counts.at_threshold, 1);
    let weights: Vec<(usize, usize)> =
        counts.weights.iter().map(|weight| (weight.met, weight.not_known)).collect();
    assert_eq!(weights, [(2, 0), (1, 2), (1, 2)], "no rating of 3 and 9, no city of 2 and 9");
    let shown: Vec<u64> = counts.sample.iter().map(|row| number(&columns.row(*row).id())).collect();
    assert_eq!((shown.len(), shown[0], shown[1]), (4, 1, 2), "best first");
    assert_eq!(judged.len(), 5, "with one that is just outside");
    assert_eq!(judged[1].answers.weights, [FitAnswer::Met, FitAnswer::NotMet, FitAnswer::NotKnown]);
    assert_eq!(judged[4].verdict, FitVerdict::JustOutside(0));
}

#[test]
fn sample_of_another_round_is_of_other_leads_and_spread_over_fit() {
    let many: Vec<Lead> = (1..=40).map(|number| seats(number, "4", |_| ())).collect();
    let mut columns = columns(&many);
    let sample = |columns: &mut LeadColumns, round| {
        let (counts, _) = columns.fit_counts(&profile(), &fields(), now(), (8, round));
        counts.sample
    };
    let (first, second) = (sample(&mut columns, 0), sample(&mut columns, 1));
    assert_eq!((first.len(), second.len()), (8, 8));
    assert!(first.iter().all(|row| !second.contains(row)), "{first:?} {second:?}");
    assert_eq!(sample(&mut columns, 5), first, "after five rounds it begins again");
}

#[test]
fn single_lead_is_judged_as_the_list_judges_it() {
    let mut all = columns(&leads());
    let wanted: Vec<Option<u8>> = leads().iter().map(|lead| fit_in(&mut all, lead)).collect();
    assert_eq!(wanted, [Some(100), Some(50), Some(0), None, None, None, None, None, Some(0)]);
    for (lead, wanted) in leads().iter().zip(wanted) {
        let (_, fit) = LeadColumns::of_lead(lead).fit_of_one(&profile(), &fields(), now()).unwrap();
        let points = if let FitVerdict::Fits(points) = fit.verdict { Some(points) } else { None };
        assert_eq!(points, wanted, "{:?}", lead.first_name);
    }
}

/// The fit that a page shows of a lead.
fn fit_in(columns: &mut LeadColumns, lead: &Lead) -> Option<u8> {
    let icps = [icp(true)];
    let page = fit_page(columns, &icps, json!({"all": []}), &[FitField::Main]);
    let at = page.leads.iter().position(|id| *id == lead.id).unwrap();
    page.fits[at][0]
}

fn fit_page(columns: &mut LeadColumns, icps: &[Icp], rule: Value, shown_fits: &[FitField]) -> Page {
    let rule: SegmentRule = serde_json::from_value(rule).unwrap();
    columns.page(&ListQuery {
        rule: &rule,
        words: "",
        sort: ListField::Fit(FitField::Main),
        descending: true,
        limit: 100,
        after: None,
        now: now(),
        fields: &fields(),
        icps,
        shown_fits,
    })
}

#[test]
fn list_is_sorted_and_filtered_by_fit_and_leads_that_do_not_fit_come_last() {
    let mut columns = columns(&leads());
    let icps = [icp(true)];
    let page = fit_page(&mut columns, &icps, json!({"all": []}), &[]);
    let order: Vec<u64> = page.leads.iter().map(number).collect();
    assert_eq!(order[..2], [1, 2]);
    assert_eq!(order.len(), 9);
    let found = |columns: &mut LeadColumns, rule: Value| {
        let page = fit_page(columns, &icps, rule, &[]);
        page.leads.iter().map(number).collect::<Vec<_>>()
    };
    assert_eq!(found(&mut columns, json!({"if": {"field": "fit", "at_least": "50"}})), [1, 2]);
    let of_one = icps[0].field();
    assert_eq!(found(&mut columns, json!({"if": {"field": of_one, "at_least": "60"}})), [1]);
    let mut filled = found(&mut columns, json!({"if": {"field": "fit", "filled": true}}));
    filled.sort_unstable();
    assert_eq!(filled, [1, 2, 3, 9]);
    assert_eq!(found(&mut columns, json!({"if": {"field": "fit", "at_most": "10"}})).len(), 2);
}
