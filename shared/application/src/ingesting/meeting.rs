//! Meetings that leads book: a booking ends every sequence of the lead, as an answer does, and becomes a task of its owner
//! that is due when the meeting begins. The task's id is made from the booking, so that each exists once: a meeting that was
//! called off before its booking was heard of has a closed task, which the booking does not open.

use crate::ingesting::context::{IngestPorts, Origin};
use crate::ingesting::news::{News, close_task, open_task};
use crate::ingesting::payment::{event, find_lead};
use crate::lead::company_hold::start_company_hold;
use crate::ports::leads::{ActivityKind, Reached};
use crate::ports::provider_events::{MeetingReport, MeetingState};
use crate::ports::store::{StoreResult, found};
use crate::tasks::reminder::plan_reminder;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::reasons::EndReason;
use domain::event::EventKind;
use domain::lead::Lead;
use domain::lead::meeting::MeetingNews;
use domain::workspace::notification::NotificationKind;
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{LeadId, TaskId};

const REMIND_MINUTES: u32 = 15;

pub(super) async fn record_meeting(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    meeting: &MeetingReport,
) -> StoreResult<()> {
    let lead = guest(ports, origin, meeting).await?;
    match (meeting.state, &lead) {
        (MeetingState::Booked, Some(lead)) => book(ports, origin, lead, meeting).await?,
        (MeetingState::Cancelled | MeetingState::Moved, Some(lead)) => {
            call_off(ports, origin, lead, meeting, &meeting.booking).await?;
        }
        (_, None) => {}
    }
    let (news, title) = match (meeting.state, &meeting.replaces) {
        (MeetingState::Booked, None) => (MeetingNews::Booked, "{} booked a meeting"),
        (MeetingState::Booked, Some(_)) => (MeetingNews::Moved, "{} moved a meeting"),
        (MeetingState::Cancelled, _) if meeting.by_host => {
            (MeetingNews::CalledOff, "The meeting with {} was called off")
        }
        (MeetingState::Cancelled, _) => (MeetingNews::CalledOff, "{} called off a meeting"),
        // The new booking tells it.
        (MeetingState::Moved, _) => return Ok(()),
    };
    let kind = match news {
        MeetingNews::CalledOff => EventKind::MeetingCalledOff,
        _ => EventKind::MeetingBooked,
    };
    let at = origin.written_at(Some(meeting.at));
    let word = if news == MeetingNews::CalledOff { "off" } else { "booked" };
    let mut reached_at = meeting.emails.iter().chain(&meeting.phones).map(String::as_str);
    let someone = meeting.name.as_deref().or_else(|| reached_at.next()).unwrap_or("Somebody");
    // The notice may be for several users: it is told on the workspace's clock, and names it.
    let zone = ports.workspaces.get(origin.workspace).await?.default_zone;
    let starts = meeting.starts_at.to_zoned(zone.zone()).strftime("%-d %b %Y, %H:%M").to_string();
    let told = News {
        id: &format!("meeting-{word}-{}", meeting_task(origin, lead.as_ref(), &meeting.booking)),
        cause: &meeting.booking,
        at,
        kind: NotificationKind::Meeting,
        title,
        detail: format!("{}, {starts} ({zone})", meeting.title),
        activity: ActivityKind::Meeting { title: meeting.title.clone(), starts_at: meeting.starts_at, news },
    };
    told.tell(ports, origin, lead.as_ref(), someone, &event(origin, kind, at, &meeting.booking)).await
}

/// Finds the lead by the id that the booking link carried, else by the first known address of a guest, else by a number
/// that is one lead's alone.
async fn guest(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    meeting: &MeetingReport,
) -> StoreResult<Option<Lead>> {
    if let Some(lead) = find_lead(ports, origin, meeting.reference.as_deref(), None).await? {
        return Ok(Some(lead));
    }
    for email in meeting.emails.iter().take(10) {
        if let Some(lead) = find_lead(ports, origin, None, Some(email)).await? {
            return Ok(Some(lead));
        }
    }
    for number in meeting.phones.iter().take(10).filter_map(|text| PhoneNumber::parse(text, None).ok()) {
        let mut ids = ports.leads.find_by_phone(origin.workspace, &number).await?;
        if ids.is_empty() {
            ids = ports.leads.find_by_former(origin.workspace, Reached::Phone(&number)).await?;
        }
        if let [only] = ids.as_slice()
            && let Some(lead) = super::context::lead(ports, origin, only).await?
        {
            return Ok(Some(lead));
        }
    }
    Ok(None)
}

async fn book(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &Lead,
    meeting: &MeetingReport,
) -> StoreResult<()> {
    let at = origin.written_at(Some(meeting.at));
    let event = event(origin, EventKind::MeetingBooked, at, &meeting.booking);
    // Whatever began since the booking was handled, a user has begun.
    if !origin.was_handled() {
        ports.enrolments.stop(origin.workspace, &lead.id, EndReason::Booked, &event).await?;
        start_company_hold(&ports.enrol, lead, at).await?;
    }
    if let Some(before) = &meeting.replaces {
        call_off(ports, origin, lead, meeting, before).await?;
    }
    let id = task_id(origin, &lead.id, &meeting.booking);
    let task = task(lead, id, meeting);
    plan_reminder(&*ports.due, &task, ports.clock.now()).await?;
    open_task(ports, &task, &event).await
}

/// Closes the task of a booking. One that is not heard of yet gets a closed task.
async fn call_off(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    lead: &Lead,
    meeting: &MeetingReport,
    booking: &str,
) -> StoreResult<()> {
    let at = origin.written_at(Some(meeting.at));
    let event = event(origin, EventKind::MeetingCalledOff, at, booking);
    // The lead that booked may have been merged into this one since.
    for booked_by in std::iter::once(&lead.id).chain(&lead.absorbed) {
        let id = task_id(origin, booked_by, booking);
        if found(ports.tasks.get(origin.workspace, &id).await)?.is_some() {
            return close_task(ports, origin, &id, &event).await;
        }
    }
    let id = task_id(origin, &lead.id, booking);
    let mut task = task(lead, id.clone(), meeting);
    task.close(TaskOutcome::Cancelled, at);
    open_task(ports, &task, &event).await?;
    // The booking may have been handled at the same time.
    close_task(ports, origin, &id, &event).await
}

fn task(lead: &Lead, id: TaskId, meeting: &MeetingReport) -> Task {
    let mut task = Task::about(lead, id, TaskKind::Meeting, meeting.title.clone(), meeting.at);
    task.due_at = meeting.starts_at;
    task.body = meeting.link.clone().unwrap_or_default();
    task.link.clone_from(&meeting.link);
    task.remind_minutes = Some(REMIND_MINUTES);
    task
}

fn task_id(origin: &Origin<'_>, lead: &LeadId, booking: &str) -> TaskId {
    TaskId::derived(lead, &["meeting", origin.account.as_str(), booking])
}

fn meeting_task(origin: &Origin<'_>, lead: Option<&Lead>, booking: &str) -> String {
    lead.map_or_else(|| booking.to_owned(), |lead| task_id(origin, &lead.id, booking).to_string())
}
