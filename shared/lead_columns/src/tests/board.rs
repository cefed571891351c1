//! The board: the first cards of every stage, and how many leads each has.

use super::*;
use domain::lead::segment::SegmentRule;

const LEADS: u64 = 10_000;

/// Leads over all the stages, among them those that a workspace has added; every ninth is older than the others.
fn many() -> (LeadColumns, Vec<StageId>) {
    let stages: Vec<StageId> = (0..20).map(StageId::numbered).collect();
    let mut columns = LeadColumns::default();
    for number in 0..LEADS {
        let lead = lead(number, |lead| {
            lead.city = (number % 3 == 0).then(|| "Bonn".to_owned());
            lead.rating = Some((number % 50) as f64 / 10.0);
            let stage = stages[(number * number % 19) as usize];
            lead.move_to(stage, now() - SignedDuration::from_hours(if number % 9 == 0 { 2_000 } else { 24 }));
        });
        columns.put(&ListedLead::of(&lead, &OwnTexts::of(&lead)));
    }
    (columns, stages)
}

fn rule(rule: Value) -> SegmentRule {
    serde_json::from_value(rule).unwrap()
}

#[test]
fn board_of_ten_thousand_leads_has_what_a_list_of_each_stage_has() {
    let (mut columns, stages) = many();
    let fields = fields();
    let bonn = rule(json!({"if": {"field": "city", "is": ["Bonn"]}}));
    let recent = rule(json!({"if": {"field": "stage_since", "in_last_days": 30}}));
    let query = |rule: &SegmentRule, columns: &mut LeadColumns, board: bool| {
        let list = ListQuery {
            rule,
            words: "",
            sort: ListField::named("rating", &fields).unwrap(),
            descending: true,
            limit: 50,
            after: None,
            now: now(),
            fields: &fields,
            icps: &[],
            shown_fits: &[],
        };
        if board { columns.board(&list, &stages, &recent) } else { vec![columns.page(&list)] }
    };
    let board = query(&bonn, &mut columns, true);
    let mut leads = 0;
    for (stage, shown) in stages.iter().zip(&board) {
        let mut conditions =
            vec![bonn.clone(), rule(json!({"if": {"field": "status", "is": [stage.to_string()]}}))];
        if stage.is_closed() {
            conditions.push(recent.clone());
        }
        let listed = query(&SegmentRule::All(conditions), &mut columns, false).remove(0);
        assert_eq!((shown.total, &shown.leads), (listed.total, &listed.leads), "{stage}");
        assert_eq!(shown.next, listed.next, "{stage}");
        assert!(shown.leads.len() <= 50);
        leads += shown.total;
    }
    let old =
        rule(json!({"all": [bonn, {"none": [recent]}, {"if": {"field": "status", "is": ["won", "lost"]}}]}));
    let left_out = query(&old, &mut columns, false)[0].total;
    assert!(left_out > 0 && leads > 3_000);
    assert_eq!(leads + left_out, query(&bonn, &mut columns, false)[0].total);
}

#[test]
fn stages_are_filtered_and_sorted_by_with_those_that_a_workspace_has_added() {
    let own = StageId::numbered(7);
    let mut columns = LeadColumns::default();
    for (number, stage) in [(1, StageId::WON), (2, own), (3, StageId::QUALIFIED), (4, StageId::NEW)] {
        let lead = lead(number, |lead| {
            lead.move_to(stage, now() - SignedDuration::from_hours(24 * i64::try_from(number).unwrap()));
        });
        columns.put(&ListedLead::of(&lead, &OwnTexts::of(&lead)));
    }
    let names = |columns: &mut LeadColumns, asked: Value, sort: &str| -> Vec<String> {
        let fields = fields();
        let page = columns.page(&ListQuery {
            rule: &rule(asked),
            words: "",
            sort: ListField::named(sort, &fields).unwrap(),
            descending: false,
            limit: 9,
            after: None,
            now: now(),
            fields: &fields,
            icps: &[],
            shown_fits: &[],
        });
        page.rows.iter().map(|row| columns.row(*row).name().into_owned()).collect()
    };
    let all = json!({"all": []});
    assert_eq!(names(&mut columns, all.clone(), "status"), ["Lead 4", "Lead 3", "Lead 2", "Lead 1"]);
    assert_eq!(names(&mut columns, all, "stage_since"), ["Lead 4", "Lead 3", "Lead 2", "Lead 1"]);
    let is = |values: Value| json!({"if": {"field": "status", "is": values}});
    assert_eq!(names(&mut columns, is(json!(["stage_7"])), "name"), ["Lead 2"]);
    let longer = json!({"none": [{"if": {"field": "stage_since", "in_last_days": 2}}]});
    assert_eq!(names(&mut columns, longer, "name"), ["Lead 3", "Lead 4"]);
    assert!(names(&mut columns, json!({"if": {"field": "lost_reason", "filled": true}}), "name").is_empty());
}
