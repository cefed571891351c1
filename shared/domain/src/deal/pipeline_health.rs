//! The health of a pipeline: how fast leads go through its stages, how many of them go on, and how long they have waited.

use crate::ids::LeadId;
use crate::lead::stage::{Stage, StageId, StageMove, Stages};
use jiff::Timestamp;
use std::collections::BTreeMap;

const HOURS_A_DAY: i64 = 24;

/// The leads that left a stage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StageFlow {
    pub left: usize,
    /// Those that went to a later stage, won included.
    pub went_on: usize,
    pub lost: usize,
    /// The median time that they were in the stage.
    pub median_hours: Option<i64>,
}

/// Returns what the moves since then say of a stage. A move that was taken back does not count.
pub fn stage_flow(stages: &Stages, stage: StageId, moves: &[StageMove], since: Timestamp) -> StageFlow {
    let place = |id: StageId| stages.stages.iter().position(|stage| stage.id == id);
    let (mut flow, mut hours) = (StageFlow::default(), Vec::new());
    let of_leads = standing_moves(moves).into_values().flatten();
    for made in of_leads.filter(|made| made.from == stage && made.at >= since) {
        flow.left += 1;
        match made.to {
            StageId::LOST => flow.lost += 1,
            StageId::WON => flow.went_on += 1,
            to => flow.went_on += usize::from(place(to) > place(stage)),
        }
        hours.push(hours_between(made.entered_at, made.at));
    }
    flow.median_hours = median(hours);
    flow
}

/// Leads that were won, and the time from their first known stage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wins {
    pub won: usize,
    pub median_hours: Option<i64>,
}

/// Returns the leads that were won since then. Their first stage is that of the earliest of their moves.
pub fn wins(moves: &[StageMove], since: Timestamp) -> Wins {
    let mut first: BTreeMap<&LeadId, Timestamp> = BTreeMap::new();
    for made in moves {
        first.entry(&made.lead).or_insert(made.entered_at);
    }
    let won = winning_moves(moves).filter(|made| made.at >= since);
    let hours: Vec<i64> = won.map(|made| hours_between(first[&made.lead], made.at)).collect();
    Wins { won: hours.len(), median_hours: median(hours) }
}

/// Returns the moves by which leads were won, of moves in the order of their time. A lead that was moved back was not won; a
/// move that was taken back changes nothing.
pub fn winning_moves(moves: &[StageMove]) -> impl Iterator<Item = &StageMove> {
    let last = standing_moves(moves).into_values().filter_map(|mut of_lead| of_lead.pop());
    last.filter(|made| made.to == StageId::WON)
}

/// Returns the moves of each lead without those that were taken back, of moves in the order of their time.
fn standing_moves(moves: &[StageMove]) -> BTreeMap<&LeadId, Vec<&StageMove>> {
    let mut of_leads: BTreeMap<&LeadId, Vec<&StageMove>> = BTreeMap::new();
    for made in moves {
        let of_lead = of_leads.entry(&made.lead).or_default();
        if of_lead.last().is_some_and(|last| made.takes_back(last)) {
            of_lead.pop();
        } else {
            of_lead.push(made);
        }
    }
    of_leads
}

/// The open leads of a stage by the time that they have been in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StageAges {
    pub under_7_days: usize,
    pub under_30_days: usize,
    pub under_90_days: usize,
    pub over_90_days: usize,
    /// Those that are in it for longer than the workspace wants.
    pub stale: usize,
}

impl StageAges {
    pub fn add(&mut self, stage: &Stage, since: Timestamp, now: Timestamp) {
        let days = hours_between(since, now) / HOURS_A_DAY;
        match days {
            ..7 => self.under_7_days += 1,
            7..30 => self.under_30_days += 1,
            30..90 => self.under_90_days += 1,
            _ => self.over_90_days += 1,
        }
        if stage.stale_after_days.is_some_and(|limit| days >= i64::from(limit)) {
            self.stale += 1;
        }
    }
}

fn hours_between(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_hours().max(0)
}

/// The middle of some numbers: of two, the lower one.
fn median(mut numbers: Vec<i64>) -> Option<i64> {
    numbers.sort_unstable();
    numbers.get(numbers.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::WorkspaceId;
    use jiff::SignedDuration;

    fn at(day: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day)
    }

    fn workspace() -> WorkspaceId {
        WorkspaceId::derived(at(0), &["northquay"])
    }

    fn moved(lead: &str, from: StageId, to: StageId, (entered, left): (i64, i64)) -> StageMove {
        let lead = LeadId::derived(at(0), &[lead]);
        StageMove {
            workspace: workspace(),
            lead,
            owner: None,
            from,
            to,
            entered_at: at(entered),
            at: at(left),
        }
    }

    #[test]
    fn flow_counts_who_left_a_stage_since_then_and_where_they_went() {
        let stages = Stages::usual(workspace());
        let moves = [
            moved("early", StageId::REPLIED, StageId::WON, (0, 5)),
            moved("ana", StageId::REPLIED, StageId::QUALIFIED, (10, 12)),
            moved("ben", StageId::REPLIED, StageId::CONTACTED, (10, 14)),
            moved("cat", StageId::REPLIED, StageId::LOST, (10, 20)),
            moved("dan", StageId::REPLIED, StageId::WON, (10, 40)),
            moved("eve", StageId::NEW, StageId::WON, (10, 40)),
        ];
        let flow = stage_flow(&stages, StageId::REPLIED, &moves, at(9));
        let wanted = StageFlow { left: 4, went_on: 2, lost: 1, median_hours: Some(4 * 24) };
        assert_eq!(flow, wanted);
        assert_eq!(stage_flow(&stages, StageId::QUALIFIED, &moves, at(9)), StageFlow::default());
    }

    #[test]
    fn move_that_is_taken_back_at_once_is_in_no_flow() {
        let stages = Stages::usual(workspace());
        let there = moved("ana", StageId::QUALIFIED, StageId::WON, (4, 10));
        let back = |minutes: i64| StageMove {
            at: at(10) + SignedDuration::from_mins(minutes),
            ..moved("ana", StageId::WON, StageId::QUALIFIED, (10, 10))
        };
        let left =
            |back: StageMove| stage_flow(&stages, StageId::QUALIFIED, &[there.clone(), back], at(0)).left;
        assert_eq!((left(back(2)), left(back(6))), (0, 1));
    }

    #[test]
    fn time_to_win_begins_with_the_first_stage_and_a_win_that_was_undone_is_none() {
        let moves = [
            moved("ana", StageId::NEW, StageId::REPLIED, (0, 4)),
            moved("ana", StageId::REPLIED, StageId::WON, (4, 10)),
            moved("ben", StageId::NEW, StageId::WON, (2, 11)),
            moved("ben", StageId::WON, StageId::NEW, (11, 12)),
        ];
        assert_eq!(wins(&moves, at(0)), Wins { won: 1, median_hours: Some(240) });
        assert_eq!(wins(&moves, at(11)), Wins::default());
    }

    #[test]
    fn move_out_of_won_that_is_taken_back_leaves_the_win_where_it_was() {
        let won = moved("ana", StageId::REPLIED, StageId::WON, (4, 10));
        let out = moved("ana", StageId::WON, StageId::REPLIED, (10, 20));
        let back = |minutes: i64| StageMove {
            at: at(20) + SignedDuration::from_mins(minutes),
            ..moved("ana", StageId::REPLIED, StageId::WON, (20, 20))
        };
        let dates = |moves: &[StageMove]| winning_moves(moves).map(|made| made.at).collect::<Vec<_>>();
        assert_eq!(dates(&[won.clone(), out.clone(), back(2)]), [at(10)]);
        assert!(dates(&[out.clone(), back(2)]).is_empty(), "the win was before");
        assert_eq!(dates(&[won, out, back(6)]), [back(6).at], "it is won anew");
    }

    #[test]
    fn ages_are_whole_days_and_stale_follows_the_stage() {
        let stages = Stages::usual(workspace());
        let (replied, new) = (stages.stage(StageId::REPLIED).unwrap(), stages.stage(StageId::NEW).unwrap());
        let (mut ages, mut of_new) = (StageAges::default(), StageAges::default());
        for day in [100, 94, 93, 71, 70, 11, 10, 0] {
            ages.add(replied, at(day), at(100));
            of_new.add(new, at(day), at(100));
        }
        let counts =
            StageAges { under_7_days: 2, under_30_days: 2, under_90_days: 2, over_90_days: 2, stale: 6 };
        assert_eq!(ages, counts);
        assert_eq!(of_new, StageAges { stale: 0, ..counts });
    }
}
