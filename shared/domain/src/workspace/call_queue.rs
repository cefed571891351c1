//! The order of the calls page: which lead to turn to first, and why. A row is worth the sum of its parts, and each part
//! says what it is for, so that a user can see why a lead comes before another.

use crate::ids::LeadId;
use crate::lead::score::score;
use crate::lead::zone::clock_of;
use crate::lead::{Lead, Priority};
use crate::message::conversation::Conversation;
use crate::planning::send_window::hours_of_calls;
use crate::time::time_zone::ZoneName;
use crate::time::weekly_hours::{MinuteRange, Week};
use crate::workspace::task::{Task, TaskKind, TaskOutcome};
use crate::workspace::task_plan::MOST_TRIES;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// The hours in which a lead may be called, on their own clock.
const WORKING_DAYS: Week<'static> =
    Week { weekdays: &[1, 2, 3, 4, 5], ranges: &[MinuteRange { start: 9 * 60, end: 18 * 60 }] };

/// The time from one weekend to the next: hours that do not open by then are not known.
const LONGEST_CLOSED: SignedDuration = SignedDuration::from_hours(24 * 7);

/// A call that fell due a moment ago is not late yet.
const LATE_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// The call of a hot lead has a day: the moment has passed, and the interest of the day before yesterday is cold.
const HOT_LATE_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// A row of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueRow {
    pub lead: LeadId,
    /// The task that closes the row; a reply that waits has none.
    pub task: Option<Task>,
    /// What makes it worth a call now, in one line.
    pub reason: String,
    /// When the task is due, or the reply came in.
    pub at: Timestamp,
    pub is_late: bool,
    pub hours: CallHours,
    /// The parts of its value, the greatest first.
    pub parts: Vec<ValuePart>,
}

/// One reason for a row's place, with its points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ValuePart {
    pub label: String,
    pub points: i32,
}

/// Whether it is a good time to call the lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallHours {
    Open {
        zone: ZoneName,
    },
    Closed {
        zone: ZoneName,
        opens_at: Timestamp,
    },
    /// The lead's time zone is not known, or there are no such hours in all of those in which it may be.
    Unknown,
}

impl CallHours {
    /// Returns the lead's hours: 9 to 18, Monday to Friday, on their own clock, and while it is day in every zone where
    /// the lead may be: at other times a call is refused.
    pub fn of(lead: &Lead, now: Timestamp) -> Self {
        let Some(clock) = clock_of(lead).filter(|clock| clock.fact.source.tells_the_time()) else {
            return Self::Unknown;
        };
        let opens = hours_of_calls(WORKING_DAYS, &clock).next_within(LONGEST_CLOSED, now);
        let zone = clock.fact.zone;
        match opens {
            Some(opens_at) if opens_at == now => Self::Open { zone },
            Some(opens_at) => Self::Closed { zone, opens_at },
            None => Self::Unknown,
        }
    }
}

impl QueueRow {
    pub fn value(&self) -> i32 {
        self.parts.iter().map(|part| part.points).sum()
    }

    /// Returns the row of a task; none for tasks that are no reason to speak with the lead. A client who looks at the
    /// preview page is not sold to any more.
    pub fn of_task(task: &Task, lead: &Lead, now: Timestamp) -> Option<Self> {
        let (reason, label, points) = worth(task, lead)?;
        let is_hot = task.kind == TaskKind::HotLead;
        if is_hot && lead.is_client() {
            return None;
        }
        let late_after = if is_hot { HOT_LATE_AFTER } else { LATE_AFTER };
        let is_late = now.duration_since(task.due_at) > late_after;
        let mut parts = vec![ValuePart { label: label.to_owned(), points }];
        if is_late {
            parts.push(ValuePart { label: "Late".to_owned(), points: 20 });
        } else if task.due_at > now {
            parts.push(ValuePart { label: "Due later".to_owned(), points: -30 });
        }
        if task.priority == Priority::High || lead.priority == Priority::High {
            parts.push(ValuePart { label: "High priority".to_owned(), points: 15 });
        }
        let (at, task) = (task.due_at, Some(task.clone()));
        Some(Self::with_lead(Self { task, reason, at, is_late, ..Self::blank(lead, parts) }, lead, now))
    }

    /// Returns the row of a reply that waits.
    pub fn of_reply(conversation: &Conversation, lead: &Lead, now: Timestamp) -> Self {
        let mut parts = vec![ValuePart { label: "A reply waits".to_owned(), points: 45 }];
        if lead.priority == Priority::High {
            parts.push(ValuePart { label: "High priority".to_owned(), points: 15 });
        }
        let (reason, at) = ("A reply waits".to_owned(), conversation.last_at);
        Self::with_lead(Self { reason, at, ..Self::blank(lead, parts) }, lead, now)
    }

    fn blank(lead: &Lead, parts: Vec<ValuePart>) -> Self {
        Self {
            lead: lead.id.clone(),
            task: None,
            reason: String::new(),
            at: lead.created_at,
            is_late: false,
            hours: CallHours::Unknown,
            parts,
        }
    }

    fn with_lead(mut row: Self, lead: &Lead, now: Timestamp) -> Self {
        let total = score(lead, now).total;
        let points = i32::from(total / 5);
        if points > 0 {
            row.parts.push(ValuePart { label: format!("Score {total}"), points });
        }
        row.hours = CallHours::of(lead, now);
        if let CallHours::Closed { .. } = row.hours {
            row.parts.push(ValuePart { label: "Outside their hours".to_owned(), points: -40 });
        }
        row.parts.sort_by_key(|part| std::cmp::Reverse(part.points));
        row
    }
}

/// Returns a task's reason, and what its kind is worth.
fn worth(task: &Task, lead: &Lead) -> Option<(String, &'static str, i32)> {
    if task.after == Some(TaskOutcome::Callback) {
        return Some(("Asked to be called back".to_owned(), "Asked to be called back", 60));
    }
    Some(match task.kind {
        TaskKind::HotLead => (hot_words(lead), "Hot lead", 50),
        TaskKind::Call if task.tries > 0 => {
            let try_words = format!("{}, try {} of {MOST_TRIES}", task.title, task.tries + 1);
            (try_words, "Call, tried before", 20)
        }
        TaskKind::Call => (task.title.clone(), "Call", 30),
        TaskKind::ChurnRisk => (task.title.clone(), "A client may leave", 40),
        TaskKind::FollowUp => (task.title.clone(), "Follow-up", 25),
        TaskKind::ResolveUncertain
        | TaskKind::AnswerDispute
        | TaskKind::PossibleOptOut
        | TaskKind::Meeting
        | TaskKind::Manual
        | TaskKind::Email
        | TaskKind::Linkedin
        | TaskKind::Whatsapp => return None,
    })
}

/// Says why the lead is hot. One that is hot by its score may have seen no preview page.
fn hot_words(lead: &Lead) -> String {
    match lead.engagement.views {
        0 => "Turned hot".to_owned(),
        1 => "Viewed the preview once".to_owned(),
        views => format!("Viewed the preview {views} times"),
    }
}

/// Puts the rows in the order of their value; of equal ones the one that has waited longest comes first. A reply of a lead
/// that has a task adds no row of its own.
pub fn rank(mut rows: Vec<QueueRow>) -> Vec<QueueRow> {
    let with_task: Vec<LeadId> =
        rows.iter().filter(|row| row.task.is_some()).map(|row| row.lead.clone()).collect();
    rows.retain(|row| row.task.is_some() || !with_task.contains(&row.lead));
    rows.sort_by(|a, b| {
        let by_value = b.value().cmp(&a.value());
        by_value.then(a.at.cmp(&b.at)).then_with(|| a.lead.as_str().cmp(b.lead.as_str()))
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::channel::Channel;
    use crate::contact::country::Country;
    use crate::contact::phone_number::PhoneNumber;
    use crate::ids::{TaskId, WorkspaceId};
    use crate::lead::stage::StageId;
    use crate::message::Direction;
    use crate::message::conversation::Folder;
    use crate::planning::send_window::is_awake;
    use crate::time::time_zone::{ZoneFact, ZoneSource};

    /// A Friday morning in London.
    fn now() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().unwrap()
    }

    fn lead(name: &str, zone: &str) -> Lead {
        let workspace = WorkspaceId::derived(now(), &["w"]);
        let mut lead = Lead::blank(LeadId::derived(now(), &[name]), workspace, now());
        let zone = ZoneName::parse(zone).unwrap();
        lead.zone = Some(ZoneFact { zone, source: ZoneSource::Given, confidence: 100 });
        lead
    }

    fn task(lead: &Lead, kind: TaskKind, due: &str) -> Task {
        let id = TaskId::derived(&lead.id, &[due]);
        let mut task = Task::about(lead, id, kind, "Ask about autumn".to_owned(), now());
        task.due_at = due.parse().unwrap();
        task
    }

    fn row(kind: TaskKind, name: &str, zone: &str, due: &str) -> QueueRow {
        let lead = lead(name, zone);
        QueueRow::of_task(&task(&lead, kind, due), &lead, now()).unwrap()
    }

    fn reply(lead: &Lead, at: &str) -> QueueRow {
        let conversation = Conversation {
            workspace: lead.workspace.clone(),
            lead: lead.id.clone(),
            lead_name: lead.display_name(),
            lead_deleted: false,
            folder: Folder::Open,
            channel: Channel::Email,
            last_direction: Direction::In,
            last_at: at.parse().unwrap(),
            snippet: "Ring me".to_owned(),
            unread: 1,
            understood: None,
            assignee: None,
            lead_owner: None,
            taken_in: Vec::new(),
            draft: None,
            rev: 1,
        };
        QueueRow::of_reply(&conversation, lead, now())
    }

    #[test]
    fn call_back_comes_before_a_hot_lead_a_reply_a_call_and_a_follow_up() {
        let at = "2026-11-20T09:55:00Z";
        let ann = lead("ann", "Europe/London");
        let mut asked = task(&ann, TaskKind::Call, at);
        asked.after = Some(TaskOutcome::Callback);
        let call_back = QueueRow::of_task(&asked, &ann, now()).unwrap();
        let rows = vec![
            row(TaskKind::FollowUp, "eve", "Europe/London", at),
            row(TaskKind::Call, "dan", "Europe/London", at),
            reply(&lead("cat", "Europe/London"), at),
            row(TaskKind::HotLead, "ben", "Europe/London", at),
            call_back.clone(),
        ];
        let mut expected = rows.clone();
        expected.reverse();
        assert_eq!(rank(rows), expected);
        assert_eq!(call_back.reason, "Asked to be called back");
    }

    #[test]
    fn late_call_comes_first_and_one_that_is_due_later_last() {
        let later = row(TaskKind::Call, "ann", "Europe/London", "2026-11-20T15:00:00Z");
        let due = row(TaskKind::Call, "ben", "Europe/London", "2026-11-20T09:50:00Z");
        let late = row(TaskKind::Call, "cat", "Europe/London", "2026-11-19T09:50:00Z");
        assert!(late.is_late && !due.is_late);
        assert_eq!(rank(vec![later.clone(), due.clone(), late.clone()]), [late, due, later]);
    }

    #[test]
    fn hot_call_is_late_after_a_day_and_not_after_an_hour() {
        let of = |due| row(TaskKind::HotLead, "ann", "Europe/London", due).is_late;
        assert!(of("2026-11-18T10:00:00Z") && !of("2026-11-20T09:00:00Z"));
    }

    #[test]
    fn client_is_not_offered_as_a_hot_call_and_is_called_for_anything_else() {
        let mut ann = lead("ann", "Europe/London");
        ann.move_to(StageId::WON, now());
        let of = |kind| QueueRow::of_task(&task(&ann, kind, "2026-11-20T09:55:00Z"), &ann, now());
        assert_eq!(of(TaskKind::HotLead), None);
        assert!(of(TaskKind::Call).is_some() && of(TaskKind::ChurnRisk).is_some());
    }

    #[test]
    fn hot_lead_without_a_view_of_the_preview_is_not_said_to_have_viewed_it() {
        let mut ann = lead("ann", "Europe/London");
        let reason = |ann: &Lead| {
            QueueRow::of_task(&task(ann, TaskKind::HotLead, "2026-11-20T09:55:00Z"), ann, now())
                .unwrap()
                .reason
        };
        assert_eq!(reason(&ann), "Turned hot");
        ann.engagement.views = 3;
        assert_eq!(reason(&ann), "Viewed the preview 3 times");
    }

    #[test]
    fn lead_outside_their_hours_waits_until_they_open() {
        let here = row(TaskKind::Call, "ann", "Europe/London", "2026-11-20T09:58:00Z");
        let asleep = row(TaskKind::HotLead, "ben", "America/Los_Angeles", "2026-11-20T09:00:00Z");
        let opens_at = "2026-11-20T17:00:00Z".parse().unwrap();
        assert!(matches!(&asleep.hours, CallHours::Closed { opens_at: at, .. } if *at == opens_at));
        assert_eq!(rank(vec![asleep.clone(), here.clone()]), [here, asleep]);
    }

    #[test]
    fn hours_open_on_monday_after_a_weekend() {
        let saturday = "2026-11-21T12:00:00Z".parse().unwrap();
        let hours = CallHours::of(&lead("ann", "Europe/London"), saturday);
        let monday = "2026-11-23T09:00:00Z".parse().unwrap();
        assert!(matches!(hours, CallHours::Closed { opens_at, .. } if opens_at == monday));
    }

    #[test]
    fn hours_are_open_only_when_a_call_is_not_refused() {
        let mut chinese = lead("ann", "Asia/Shanghai");
        (chinese.zone, chinese.phone) = (None, PhoneNumber::parse("+8613800138000", None).ok());
        let hours = |at: &str| CallHours::of(&chinese, at.parse().unwrap());
        // A Monday, 9:30 in Shanghai: in Urumqi it is 7:30.
        let ten = "2026-11-23T02:00:00Z".parse().unwrap();
        let early = "2026-11-23T01:30:00Z";
        assert!(!is_awake(&chinese, early.parse().unwrap()));
        assert!(
            matches!(hours(early), CallHours::Closed { opens_at, .. } if opens_at == ten),
            "{:?}",
            hours(early)
        );
        assert!(matches!(hours("2026-11-23T02:00:00Z"), CallHours::Open { .. }));
        for quarter in 0..7 * 96 {
            let at = ten + SignedDuration::from_mins(quarter * 15);
            let is_open = matches!(CallHours::of(&chinese, at), CallHours::Open { .. });
            assert!(!is_open || is_awake(&chinese, at), "{at}");
        }
        // A British lead with a toll-free number of North America may be where nothing of the working day is day.
        let mut far = lead("ben", "Europe/London");
        far.zone = None;
        (far.country, far.phone) = (Country::parse("GB"), PhoneNumber::parse("+18005550123", None).ok());
        assert_eq!(CallHours::of(&far, ten), CallHours::Unknown);
    }

    #[test]
    fn lead_without_a_zone_has_unknown_hours_and_loses_no_points() {
        let mut nowhere = lead("ann", "Europe/London");
        nowhere.zone = None;
        let row = QueueRow::of_task(&task(&nowhere, TaskKind::Call, "2026-11-20T09:58:00Z"), &nowhere, now());
        let row = row.unwrap();
        assert_eq!((&row.hours, row.value()), (&CallHours::Unknown, 30));
    }

    #[test]
    fn reply_of_a_lead_with_a_task_adds_no_row() {
        let ann = lead("ann", "Europe/London");
        let call =
            QueueRow::of_task(&task(&ann, TaskKind::Call, "2026-11-20T09:58:00Z"), &ann, now()).unwrap();
        let rows = vec![reply(&ann, "2026-11-20T09:00:00Z"), call.clone()];
        assert_eq!(rank(rows), [call]);
    }

    #[test]
    fn value_is_the_sum_of_parts_that_are_named() {
        let ann = lead("ann", "Europe/London");
        let mut urgent = task(&ann, TaskKind::Call, "2026-11-19T09:50:00Z");
        urgent.priority = Priority::High;
        let row = QueueRow::of_task(&urgent, &ann, now()).unwrap();
        let labels: Vec<&str> = row.parts.iter().map(|part| part.label.as_str()).collect();
        assert_eq!((labels.as_slice(), row.value()), (&["Call", "Late", "High priority"][..], 65));
    }

    #[test]
    fn tasks_without_a_conversation_are_not_in_the_queue() {
        let ann = lead("ann", "Europe/London");
        for kind in [TaskKind::Manual, TaskKind::Email, TaskKind::Linkedin, TaskKind::ResolveUncertain] {
            assert_eq!(QueueRow::of_task(&task(&ann, kind, "2026-11-20T09:58:00Z"), &ann, now()), None);
        }
    }
}
