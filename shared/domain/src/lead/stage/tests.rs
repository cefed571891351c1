use super::*;
use crate::lead::Lead;
use crate::{LeadId, WorkspaceId};
use jiff::{Timestamp, ToSpan};
use ulid::Ulid;

fn at(days: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + (days * 24).hours()
}

fn lead_in(stage: StageId) -> Lead {
    let mut lead = Lead::blank(LeadId::new(Ulid(1)), WorkspaceId::new(Ulid(2)), at(0));
    lead.move_to(stage, at(1));
    lead
}

#[test]
fn stage_is_read_from_the_word_that_it_writes_and_from_no_other_spelling() {
    for number in 0..=u8::MAX {
        let id = StageId::numbered(number);
        assert_eq!(StageId::parse(&id.to_string()), Some(id));
    }
    assert_eq!(StageId::numbered(7).to_string(), "stage_7");
    for wrong in ["", "New", "stage_", "stage_5", "stage_07", "stage_+7", "stage_256", "stage_7 ", "reason_7"]
    {
        assert_eq!(StageId::parse(wrong), None, "{wrong}");
    }
    let refused = serde_json::from_str::<StageId>("\"asleep\"").unwrap_err().to_string();
    assert!(refused.contains("'asleep' is not one of new, contacted"), "{refused}");
}

#[test]
fn app_moves_a_lead_forward_and_never_out_of_a_stage_that_a_user_has_put_it_in() {
    let own = StageId::numbered(9);
    let mut lead = lead_in(StageId::NEW);
    for stage in [StageId::CONTACTED, StageId::REPLIED] {
        assert!(lead.advance_status(stage, at(2)));
        assert!(!lead.advance_status(StageId::CONTACTED, at(3)));
    }
    for further in [own, StageId::QUALIFIED, StageId::WON, StageId::LOST] {
        let mut lead = lead_in(further);
        assert!(
            !lead.advance_status(StageId::CONTACTED, at(3)) && !lead.advance_status(StageId::REPLIED, at(3))
        );
        assert_eq!((lead.status, lead.stage_since), (further, at(1)));
    }
    let mut own = lead_in(own);
    assert!(own.advance_status(StageId::WON, at(4)) && !own.advance_status(StageId::LOST, at(5)));
    let mut lost = lead_in(StageId::LOST);
    lost.lost_reason = Some(LostReasonId::TOO_EARLY);
    assert!(lost.advance_status(StageId::WON, at(4)));
    assert_eq!((lost.stage_since, lost.lost_reason), (at(4), None));
}

#[test]
fn time_in_the_stage_begins_with_each_move_and_not_with_a_repeat() {
    let mut lead = lead_in(StageId::QUALIFIED);
    assert!(!lead.move_to(StageId::QUALIFIED, at(8)));
    assert_eq!(lead.stage_since, at(1));
    assert!(lead.move_to(StageId::NEW, at(9)));
    assert_eq!(lead.stage_since, at(9));
}

#[test]
fn move_that_is_taken_back_soon_leaves_the_lead_where_it_was_since_then() {
    let begun = at(9);
    let moved = || {
        let mut lead = lead_in(StageId::QUALIFIED);
        lead.move_to(StageId::WON, begun);
        lead
    };
    let mut lead = moved();
    lead.move_to(StageId::QUALIFIED, begun + TAKEN_BACK_WITHIN);
    assert_eq!((lead.stage_since, lead.stage_before), (at(1), None));
    let mut late = moved();
    let end = begun + TAKEN_BACK_WITHIN + SignedDuration::from_secs(1);
    late.move_to(StageId::QUALIFIED, end);
    assert_eq!(late.stage_since, end);
    let mut early = moved();
    early.move_to(StageId::QUALIFIED, at(8));
    assert_eq!(early.stage_since, at(8), "the move was not made yet");
    let mut other = moved();
    other.move_to(StageId::REPLIED, begun);
    assert_eq!(other.stage_since, begun, "it was not there before");
}

#[test]
fn move_that_is_taken_back_is_recorded_at_the_time_of_that() {
    let won = {
        let mut lead = lead_in(StageId::QUALIFIED);
        lead.move_to(StageId::WON, at(9));
        lead
    };
    let mut back = won.clone();
    back.updated_at = at(9) + SignedDuration::from_secs(8);
    back.move_to(StageId::QUALIFIED, back.updated_at);
    let made = StageMove::between(&won, &back).expect("a move");
    assert_eq!((made.entered_at, made.at), (at(9), back.updated_at));
}

#[test]
fn stage_that_comes_with_a_merge_is_no_move() {
    let open = lead_in(StageId::QUALIFIED);
    let mut merged = Lead { absorbed: [LeadId::new(Ulid(3))].into(), ..open.clone() };
    merged.move_to(StageId::WON, at(9));
    assert_eq!(StageMove::between(&open, &merged), None);
    assert_eq!(StageMove::between(&merged, &open), None, "nor does it go back when the merge is undone");
}

#[test]
fn stage_is_meant_by_its_name_in_any_case_or_by_its_code_while_it_is_there() {
    let mut stages = Stages::usual(WorkspaceId::new(Ulid(2)));
    let demo = stages.next_stage().unwrap();
    stages.stages.insert(
        4,
        Stage { id: demo, name: "Demo booked".to_owned(), probability: 70, stale_after_days: Some(9) },
    );
    assert_eq!(demo.to_string(), "stage_6");
    assert_eq!(stages.meant(" DEMO Booked "), Some(demo));
    assert_eq!(stages.meant("stage_6"), Some(demo));
    assert_eq!(stages.meant("stage_7"), None);
    assert_eq!(stages.meant("won"), Some(StageId::WON));
}

#[test]
fn numbers_of_stages_end_where_a_byte_ends() {
    let mut stages = Stages::usual(WorkspaceId::new(Ulid(2)));
    let given = std::iter::from_fn(|| stages.next_stage()).count();
    assert_eq!(given, 250);
    assert_eq!(std::iter::from_fn(|| stages.next_reason()).count(), 250);
}
