//! Handles a reply on any channel: stops or holds the lead's enrolments first, then records the reply.

use crate::campaign::due_step::due_step;
use crate::campaign::planning_context::PlanningContext;
use crate::ingesting::answer_drafts::ask_for_draft;
use crate::ingesting::attribution::{Noted, note};
use crate::ingesting::context::{IngestPorts, Origin};
use crate::ingesting::filing::update_conversation;
use crate::ingesting::hold::{Held, ask_users, hold_person};
use crate::ingesting::model_reading::ask_model;
use crate::ingesting::opt_out::{Why, opt_out, opt_out_for, show_opt_out, suppress};
use crate::ingesting::rules::carry_out_rules;
use crate::ingesting::understood::in_a_line;
use crate::lead::change::change_lead;
use crate::lead::company_hold::start_company_hold;
use crate::lead::hot::announce_turn;
use crate::ports::due::Hint;
use crate::ports::store::{StoreError, StoreResult, found, unless_taken};
use domain::campaign::trigger_rule::Happened;
use domain::contact::channel::Channel;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::EndReason;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::opt_out_hold::Doubt;
use domain::lead::out_of_office::Absence;
use domain::lead::response_time::working_hours;
use domain::lead::stage::StageId;
use domain::lead::suppression::{SuppressionReason, SuppressionScope};
use domain::lead::zone::days_zone;
use domain::message::conversation::snippet;
use domain::message::inbound_outcome::Became;
use domain::message::understanding::{Intent, ReplyKind, Understanding};
use domain::message::{Direction, Message};
use domain::mutant;
use domain::planning::send_window::hours_for;
use domain::time::days_off::DaysOff;
use domain::time::opening_hours::Opening;
use domain::time::weekly_hours::SendingWindow;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::task::{Task, TaskKind};
use domain::{AccountId, CampaignId, MessageId, NotificationId, TaskId};
use jiff::Timestamp;
use jiff::civil::Date;

/// An inbound message that belongs to a lead.
pub(super) struct Answer<'a> {
    pub lead: &'a Lead,
    pub channel: Channel,
    pub understood: &'a Understanding,
    /// The writer's words without what they quote.
    pub own_words: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    /// The account that the lead wrote to, where that is known.
    pub wrote_to: Option<AccountId>,
    pub subject: &'a str,
    pub text: &'a str,
    pub internet_id: Option<&'a str>,
    pub in_reply_to: Option<&'a str>,
    pub campaign: Option<CampaignId>,
    /// Our message that it answers, where that is known.
    pub answers: Option<&'a Message>,
    /// Another lead, who has written it: our mail was passed on. Their opt-out is theirs, and the lead is asked about.
    pub opts_out: Option<&'a Lead>,
    /// The time when it was written, as far as the provider tells.
    pub at: Timestamp,
    /// The provider's id, the same for every repeat of this message.
    pub external_id: &'a str,
    /// The bucket key of the mail as it was read, or of the raw message.
    pub blob: Option<&'a str>,
    /// Whether that mail has an HTML version.
    pub has_html: bool,
}

impl Answer<'_> {
    /// Tells whether the reply comes from a present address of the lead, and not from a former one.
    fn is_from_present_address(&self) -> bool {
        self.answers.is_none_or(|message| self.lead.is_reached_at(&message.to))
    }

    pub(super) fn snippet(&self) -> String {
        snippet(in_a_line(self.understood, self.own_words, self.subject))
    }
}

const LONGEST_KEPT: usize = 16 * 1024;

pub(super) async fn handle_reply(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    answer: &Answer<'_>,
) -> StoreResult<()> {
    let lead = answer.lead;
    origin.findings.became(answer.understood.kind.into());
    origin.findings.concerns(&lead.id);
    let message = match find_recorded_reply(ports, lead, answer.external_id).await? {
        // A repeated reply, perhaps long after, stops nothing that began since. What follows here may still be
        // missing, and is the same as it would have been then.
        Some(_) if origin.was_handled() => return Ok(()),
        Some(message) => message,
        None => stop_and_record(ports, origin, answer).await?,
    };
    let understood = answer.understood;
    if let Some(noted) = Noted::of(understood) {
        let whose = (origin.workspace, &lead.id);
        let answers = answer.answers.map(|message| &message.id);
        note(ports, whose, answers, noted, (message.created_at, message.id.as_str())).await?;
    }
    update_conversation(ports, origin, answer, &message).await?;
    // A deleted lead is stopped, suppressed and recorded like any other, and shown nowhere until it is restored.
    if lead.is_deleted() {
        return Ok(());
    }
    if understood.kind.is_answer() || understood.kind == ReplyKind::OptOut {
        notify(ports, answer, &message).await?;
    }
    if understood.kind == ReplyKind::PossibleOptOut {
        ask_users(ports, (lead, &message.id), (&understood.sentence, origin.received_at)).await?;
    }
    if let Some(day) = understood.later_on.filter(|_| understood.intent == Some(Intent::Later)) {
        remind(ports, answer, (&message, day)).await?;
    }
    if understood.is_positive() {
        let mut lead = lead.clone();
        lead.advance_status(StageId::REPLIED, origin.received_at);
        let happened = Happened::AnsweredPositively { message: message.id.clone() };
        carry_out_rules(&ports.rules, &lead, &[happened], origin.received_at).await?;
    }
    ask_for_draft(ports, &message, understood).await?;
    ask_model(ports, &message, (understood, answer.own_words)).await
}

/// Returns the recorded reply if it was handled before. Then its stop is done, because the stop comes first.
pub(super) async fn find_recorded_reply(
    ports: &IngestPorts,
    lead: &Lead,
    external_id: &str,
) -> StoreResult<Option<Message>> {
    // It may have come to a lead that was merged into this one since.
    for lead_id in std::iter::once(&lead.id).chain(&lead.absorbed) {
        let id = MessageId::of_inbound(lead_id, external_id);
        if let Some(message) = found(ports.messages.get(&lead.workspace, &id).await)? {
            return Ok(Some(message));
        }
    }
    Ok(None)
}

async fn stop_and_record(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    answer: &Answer<'_>,
) -> StoreResult<Message> {
    let id = MessageId::of_inbound(&answer.lead.id, answer.external_id);
    stop_or_hold(ports, origin, answer, &id).await?;
    let message = inbound_message(origin, answer, id);
    let event =
        Event::new(EventKind::MessageReceived, Actor::Lead, origin.received_at).because(origin.event_id);
    match ports.messages.create(&message, &event).await {
        Ok(()) => Ok(message),
        // The same reply was handled twice at the same time.
        Err(StoreError::Conflict) => ports.messages.get(origin.workspace, &message.id).await,
        Err(other) => Err(other),
    }
}

async fn stop_or_hold(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    answer: &Answer<'_>,
    id: &MessageId,
) -> StoreResult<()> {
    let (workspace, lead) = (origin.workspace, &answer.lead.id);
    let event = Event::new(EventKind::LeadAnswered, Actor::Lead, origin.received_at).because(id.as_str());
    match answer.understood.kind {
        // The stop and the engagement are one write, so a repeat leaves alone what began since.
        ReplyKind::Person | ReplyKind::Calendar | ReplyKind::Reaction => {
            let why = if answer.understood.is_booking() { EndReason::Booked } else { EndReason::Replied };
            let mut turned_hot = None;
            let mut engaged = |lead: &mut Lead| {
                let was_hot = lead.hot(answer.at).is_some();
                let is_news = record_in_engagement(lead, answer, id);
                let turns = is_news && lead.note_hot_by_score(was_hot, answer.at);
                turned_hot = turns.then(|| lead.clone());
                is_news
            };
            if !mutant!("reply_does_not_stop") {
                ports.enrolments.stop_and(workspace, lead, why, &event, &mut engaged).await?;
            }
            if let Some(lead) = &turned_hot {
                announce_turn(&ports.hot, lead, answer.at).await?;
            }
            start_company_hold(&ports.enrol, answer.lead, answer.at).await
        }
        // The hold is part of the stop, so a repeat leaves alone what users have decided since.
        ReplyKind::PossibleOptOut => {
            let (channel, sentence) = (answer.channel, answer.understood.sentence.as_str());
            let doubt = Doubt { message: id, channel, sentence, at: answer.at };
            if let Some(writer) = answer.opts_out {
                let (whose, when) = ((writer, [None, Some(answer.from)]), (channel, answer.at));
                opt_out(ports, origin, whose, when, id.as_str()).await?;
                show_opt_out(ports, origin, &writer.id, id.as_str()).await?;
            }
            let from = answer.opts_out.is_none().then_some(answer.from);
            let held = Held { lead: answer.lead, from, doubt };
            let mut engaged = |lead: &mut Lead| record_in_engagement(lead, answer, id);
            hold_person(ports, origin, &held, &mut engaged).await?;
            start_company_hold(&ports.enrol, answer.lead, answer.at).await
        }
        // It was done once, and a user may have lifted it since.
        ReplyKind::OptOut if origin.was(Became::OptOut) => Ok(()),
        ReplyKind::LeftCompany if origin.was(Became::LeftCompany) => Ok(()),
        ReplyKind::OptOut => {
            // The message it answers may be unknown yet, or have gone to another address: the sender's address counts
            // as the lead's, too.
            let had_at = answer.answers.map(|message| message.to.as_str());
            let suppressed = (answer.lead, [had_at, Some(answer.from)]);
            let why = Why::of_message(answer.understood, answer.own_words);
            opt_out_for(ports, origin, suppressed, (answer.channel, answer.at), (why, id.as_str())).await?;
            show_opt_out(ports, origin, lead, id.as_str()).await
        }
        ReplyKind::LeftCompany => {
            if let Some(scope) = SuppressionScope::of_recipient(answer.channel, answer.from) {
                suppress(ports, origin, (scope, answer.at), SuppressionReason::Manual, id.as_str()).await?;
            }
            if !answer.is_from_present_address() {
                return Ok(());
            }
            ports.enrolments.stop(workspace, lead, EndReason::Unreachable, &event).await.map(drop)
        }
        ReplyKind::OutOfOffice => {
            let absence = note_out_of_office(ports, origin, answer).await?;
            hold_all(ports, origin, answer, absence).await
        }
        ReplyKind::AutoAcknowledgement | ReplyKind::Challenge | ReplyKind::Bounce | ReplyKind::Complaint => {
            Ok(())
        }
    }
}

/// Notes the out of office on the lead, so that the planner holds each step that comes due before the return,
/// also one being sent now or enrolled later.
async fn note_out_of_office(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    answer: &Answer<'_>,
) -> StoreResult<Option<Absence>> {
    let noted_at = origin.received_at;
    let absence = Absence { returns_on: answer.understood.returns_on, noted_at };
    let change = |lead: &mut Lead| {
        let merged = lead.away.map_or(absence, |known| known.followed_by(absence));
        if lead.away.replace(merged) == Some(merged) {
            return None;
        }
        Some(Event::new(EventKind::LeadAway, Actor::Lead, noted_at).because(origin.event_id))
    };
    let lead = found(change_lead(&*ports.leads, origin.workspace, &answer.lead.id, change).await)?;
    Ok(lead.and_then(|lead| lead.away))
}

/// Holds all of the lead's enrolments at once, so that users see it; an open task holds what would follow it.
async fn hold_all(
    ports: &IngestPorts,
    origin: &Origin<'_>,
    answer: &Answer<'_>,
    absence: Option<Absence>,
) -> StoreResult<()> {
    let now = ports.clock.now();
    for campaign_id in &answer.lead.active {
        let key = EnrolmentKey {
            workspace: origin.workspace.clone(),
            lead: answer.lead.id.clone(),
            campaign: campaign_id.clone(),
        };
        let mut enrolment = match ports.enrolments.get(&key).await {
            Ok(enrolment) if enrolment.is_active() => enrolment,
            Ok(_) | Err(StoreError::NotFound) => continue,
            Err(other) => return Err(other),
        };
        let campaign = ports.campaigns.get(origin.workspace, campaign_id).await?;
        let planning = PlanningContext::of_enrolment(&ports.enrol, campaign, &enrolment).await?;
        let hours = hours_for(answer.lead, &planning.campaign, &planning.version, &planning.calendar);
        let until = absence.and_then(|absence| absence.until(&hours));
        let is_back = until.is_some_and(|until| until <= now);
        if is_back || !enrolment.hold_while_away(until, now) {
            continue;
        }
        if let Some(at) = until {
            let what = due_step(&enrolment, Some(&planning.version));
            ports.due.put(&[Hint { at, what }]).await?;
        }
        let event =
            Event::new(EventKind::EnrolmentHeld, Actor::Lead, origin.received_at).because(origin.event_id);
        // Another writer changed the enrolment first; the planner sees the lead's out of office at its next
        // step.
        unless_taken(ports.enrolments.save(&enrolment, &event).await.map(drop))?;
    }
    Ok(())
}

/// Records the reply in the lead's engagement. It is part of the same write as the stop, and happens once.
fn record_in_engagement(lead: &mut Lead, answer: &Answer<'_>, id: &MessageId) -> bool {
    if lead.engagement.has_seen(id.as_str()) && !mutant!("reply_counts_each_delivery") {
        return false;
    }
    let at = answer.at;
    let warms = answer.understood.warms();
    // A thumb, up or down, says too little to count as a message, and what may be an opt-out no more.
    if matches!(answer.understood.kind, ReplyKind::Reaction | ReplyKind::PossibleOptOut) {
        lead.engagement.note(id.to_string());
    } else {
        lead.engagement.record_reply(id.as_str(), warms, at);
    }
    // A person who writes a mail is no longer out of office.
    if answer.channel == Channel::Email {
        lead.away = None;
    }
    lead.advance_status(StageId::REPLIED, at);
    if warms && lead.engagement.response_hours.is_none() {
        let zone = days_zone(lead);
        let (window, days_off) = (SendingWindow::default(), DaysOff::of(lead, &[]));
        let opening = Opening { week: window.week(), zone, days_off };
        let hours = |since| working_hours(since, at, &opening);
        let sent_at = answer.answers.and_then(|message| message.accepted_at);
        lead.engagement.response_hours = sent_at.or(lead.last_contacted_at).map(hours);
    }
    true
}

fn inbound_message(origin: &Origin<'_>, answer: &Answer<'_>, id: MessageId) -> Message {
    Message {
        campaign: answer.campaign.clone(),
        account: Some(origin.account.clone()),
        from: answer.from.to_owned(),
        to: answer.to.to_owned(),
        wrote_to: answer.wrote_to.clone(),
        subject: answer.subject.chars().take(300).collect(),
        text: clip(answer.text, LONGEST_KEPT),
        blob: answer.blob.map(str::to_owned),
        has_html: answer.has_html,
        internet_id: answer.internet_id.map(str::to_owned),
        in_reply_to: answer.in_reply_to.map(str::to_owned),
        provider_id: Some(answer.external_id.to_owned()),
        understood: Some(answer.understood.clone()),
        ..Message::blank(id, origin.workspace.clone(), Direction::In, answer.channel, answer.at)
    }
}

pub(super) fn clip(text: &str, longest: usize) -> String {
    let mut end = text.len().min(longest);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

async fn notify(ports: &IngestPorts, answer: &Answer<'_>, message: &Message) -> StoreResult<()> {
    let (id, at) = (&message.id, message.created_at);
    let verb = match answer.understood.kind {
        ReplyKind::OptOut => "opted out",
        ReplyKind::PossibleOptOut => "may have opted out",
        _ => "replied",
    };
    let notification = Notification {
        id: NotificationId::derived(at, &[id.as_str()]),
        workspace: message.workspace.clone(),
        user: answer.lead.owner.clone(),
        kind: NotificationKind::Reply,
        title: format!("{} {verb}", answer.lead.display_name()),
        detail: answer.snippet(),
        lead: Some(answer.lead.id.clone()),
        created_at: at,
        read_at: None,
    };
    let event = Event::system(EventKind::NotificationCreated, at).because(id.as_str());
    ports.notifications.put(&notification, &event).await
}

/// Makes a task to write again on the day that the lead named, in the morning where they are.
async fn remind(
    ports: &IngestPorts,
    answer: &Answer<'_>,
    (message, day): (&Message, Date),
) -> StoreResult<()> {
    let Ok(morning) = day.at(9, 0, 0, 0).to_zoned(days_zone(answer.lead)) else { return Ok(()) };
    let title = format!("{} asked to be contacted on {day}", answer.lead.display_name());
    let id = TaskId::derived(&answer.lead.id, &["later", message.id.as_str()]);
    let task = Task {
        message: Some(message.id.clone()),
        body: answer.understood.sentence.clone(),
        due_at: morning.timestamp(),
        ..Task::about(answer.lead, id, TaskKind::FollowUp, title, message.created_at)
    };
    let event = Event::system(EventKind::TaskCreated, message.created_at).because(message.id.as_str());
    unless_taken(ports.tasks.save(&task, &event).await.map(drop))
}
