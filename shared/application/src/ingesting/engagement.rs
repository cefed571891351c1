//! Handles opens, clicks and page views: each gets a verdict and is stored with it, and counts only if a person did it.
//! Three page views in ten minutes make a lead hot, and so does a high score.

use crate::inbox::message_change::change_message;
use crate::ingesting::context::{IngestError, IngestPorts, known_message};
use crate::ingesting::rules::carry_out_rules;
use crate::ingesting::verdicts::{self, JudgeAgain, judge_again};
use crate::lead::change::change_lead;
use crate::lead::hot::announce_hot;
use crate::ports::leads::{Activity, ActivityKind, Engaged};
use crate::ports::store::{StoreResult, found, unless_taken};
use crate::queue_messages::RecordVisit;
use crate::sending::uncertain::record_sent;
use domain::campaign::trigger_rule::{Deed, Happened};
use domain::event::{Actor, Event, EventKind};
use domain::ids::derived_ulid;
use domain::lead::engagement::{Action, Verdict};
use domain::lead::verdict::{Judged, NetworkRange, Traits, Visit, judge, judge_among};
use domain::lead::{Lead, Priority};
use domain::message::Message;
use domain::mutant;
use domain::workspace::tracking_law::lacking_for;
use domain::{LeadId, MessageId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// The visits that are recorded of one message, and of a lead's pages. What comes after is a machine that follows its
/// links all day.
const MOST_VISITS: u32 = 500;

/// Records a visit. What comes again changes nothing.
pub async fn record_visit(ports: &IngestPorts, event: &RecordVisit) -> Result<(), IngestError> {
    let RecordVisit { workspace, lead, message, event_id, action, traits, at } = event;
    let sent = match message {
        Some(id) => known_message(ports, workspace, id).await?,
        None => None,
    };
    if sent.as_ref().is_some_and(|sent| sent.opens + sent.clicks + sent.machine_events >= MOST_VISITS) {
        return Ok(());
    }
    let own_networks = found(ports.workspaces.get(workspace).await)?
        .map_or_else(Vec::new, |workspace| workspace.tracking.own_networks);
    let (visit, judged) =
        judged(ports, event, sent.as_ref(), traits.to_store(&own_networks), &own_networks).await?;
    if let Some(sent) = &sent {
        record_sent(&ports.settle, workspace, &sent.id, Actor::System, *at).await?;
    }
    let known = was_counted(ports, (workspace, lead), event_id, action).await?;
    let (mut counted, mut hot, mut is_tracked, mut is_full) = (false, false, true, false);
    let cause = message.as_ref().map_or(event_id.as_str(), MessageId::as_str);
    let changed = change_lead(&*ports.leads, workspace, lead, |lead: &mut Lead| {
        let lacks_consent = is_of_mail(action) && lacking_for(lead).is_some();
        is_tracked = !lead.do_not_track && !lacks_consent;
        let pages = lead.engagement.views.saturating_add(lead.engagement.cta_clicks);
        is_full = message.is_none() && pages >= MOST_VISITS;
        if known || !is_tracked || is_full {
            return None;
        }
        let was_hot = lead.hot(*at).is_some();
        let recorded = lead.engagement.record(event_id, action, judged.verdict, *at);
        counted = recorded.counted;
        hot = recorded.turned_hot || counted && lead.note_hot_by_score(was_hot, *at);
        if hot {
            lead.priority = Priority::High;
        }
        let name = if hot { EventKind::LeadTurnedHot } else { event_name(action) };
        counted.then(|| Event::new(name, Actor::Lead, *at).because(cause))
    })
    .await;
    let Some(mut changed) = found(changed)?.filter(|_| is_tracked && !is_full) else { return Ok(()) };
    // After a broken attempt this very event may have turned the lead hot without an alert.
    hot |= turned_hot_at(&changed, *at);
    if let Some(sent) = &sent {
        note_on_message(ports, workspace, &sent.id, (event_id, *at), action, judged, counted).await?;
    }
    if let Some(id) = entry_of(event, judged.verdict, &changed) {
        let kind = ActivityKind::Engaged(Box::new(visit));
        let activity = Activity { id, at: *at, kind, actor: None };
        unless_taken(ports.leads.put_activity(workspace, lead, &activity).await)?;
    }
    // This click may show that those before it were a machine's too, or that this one is.
    if matches!(action, Action::Clicked { .. } | Action::HiddenLinkFollowed) {
        let own_networks = own_networks.as_slice();
        let scope = JudgeAgain { workspace, lead, message: message.as_ref(), own_networks, at: *at };
        if message.is_some() && judge_again(&*ports.leads, scope).await? > 0 {
            let Some(again) = found(ports.leads.get(workspace, lead).await)? else { return Ok(()) };
            changed = again;
        }
    }
    let mut happened = Vec::new();
    if let (Some(deed), Some(nth)) = (deed(action), changed.engagement.nth(event_id)) {
        happened.push(Happened::Did { deed, nth });
    }
    // A click that shows to be a machine's has not made anybody hot.
    hot &= turned_hot_at(&changed, *at) && changed.hot(*at).is_some();
    if hot {
        happened.push(Happened::TurnedHot { since: *at });
    }
    carry_out_rules(&ports.rules, &changed, &happened, *at).await?;
    // The task is written last and shows that all of this is done: where it is missing, the repair job announces the
    // lead.
    if hot && !changed.is_deleted() {
        let stores = (&*ports.leads, &*ports.notifications, &*ports.tasks);
        announce_hot(stores, &changed, *at, *at).await?;
    }
    Ok(())
}

/// Whether the action tells what a lead did with a mail, which the law of some countries lets nobody record without the
/// lead's consent. A mail may have gone out before the lead took it back.
fn is_of_mail(action: &Action) -> bool {
    match action {
        Action::Opened | Action::Clicked { .. } | Action::HiddenLinkFollowed => true,
        Action::PreviewViewed { .. }
        | Action::TimeOnPage { .. }
        | Action::CallToAction { .. }
        | Action::Replied => false,
    }
}

fn turned_hot_at(lead: &Lead, at: Timestamp) -> bool {
    lead.engagement.hot_since == Some(at) || lead.engagement.hot_by_score_since == Some(at)
}

/// Judges the visit among those of its message that are stored, and returns it as it will be stored.
async fn judged(
    ports: &IngestPorts,
    event: &RecordVisit,
    sent: Option<&Message>,
    traits: Traits,
    own_networks: &[NetworkRange],
) -> StoreResult<(Engaged, Judged)> {
    let RecordVisit { workspace, lead, message, event_id, action, at, .. } = event;
    let since_sent = sent.map(|message| at.duration_since(message.sent_before(*at)));
    let seconds_after_sending = since_sent.map(|since| since.as_secs());
    let alone = judge(action, &traits, seconds_after_sending.map(SignedDuration::from_secs), own_networks);
    let mut judged = alone;
    if let (Action::Clicked { .. }, Some(sent)) = (action, sent)
        && let Some(file) = found(ports.leads.file(workspace, lead).await)?
    {
        let others: Vec<Visit<'_>> = file
            .activities
            .iter()
            .filter(|other| matches!(&other.kind, ActivityKind::Engaged(other) if other.message.as_ref() == Some(&sent.id)))
            .filter_map(|other| verdicts::visit(other, own_networks))
            .collect();
        judged = judge_among(&Visit { id: event_id, at: *at, action, traits: &traits, alone }, &others);
    }
    let engaged = Engaged {
        action: action.clone(),
        verdict: judged.verdict,
        rule: judged.rule,
        named: judged.named.map(str::to_owned),
        message: message.clone(),
        traits,
        seconds_after_sending,
    };
    Ok((engaged, judged))
}

/// Tells whether the visit gets a timeline entry of its own. Slices of viewing time are only added up.
fn has_entry(action: &Action) -> bool {
    !matches!(action, Action::TimeOnPage { .. } | Action::Replied)
}

/// The id of the timeline entry that the event makes, if it makes one. Loads of the page within one visit have one entry;
/// they count for the pattern of hot leads, and are remembered there. A person's first load has the entry, by which it can
/// be taken back; what machines do to a page has one a day.
fn entry_of(event: &RecordVisit, verdict: Verdict, lead: &Lead) -> Option<String> {
    let RecordVisit { event_id, action, .. } = event;
    match action {
        _ if !has_entry(action) => None,
        _ if verdict == Verdict::OverLimit => Some(event_id.clone()),
        Action::PreviewViewed { .. } | Action::CallToAction { .. } if verdict != Verdict::Human => {
            let day = event.at.as_second().div_euclid(24 * 60 * 60).to_string();
            let parts = [event.lead.as_str(), event_name(action).as_str(), &day];
            Some(derived_ulid(Timestamp::UNIX_EPOCH, &parts).to_string())
        }
        Action::PreviewViewed { .. } => {
            let is_further = lead.engagement.has_seen(event_id) && lead.engagement.nth(event_id).is_none();
            (!is_further).then(|| event_id.clone())
        }
        _ => Some(event_id.clone()),
    }
}

/// Tells whether this event was counted before. The lead knows only its latest events; for one that comes again much
/// later, the timeline entry tells, which is written last.
async fn was_counted(
    ports: &IngestPorts,
    (workspace, lead): (&WorkspaceId, &LeadId),
    event_id: &str,
    action: &Action,
) -> StoreResult<bool> {
    Ok(has_entry(action) && ports.leads.has_activity(workspace, lead, event_id).await?)
}

/// Returns the deed that a trigger rule can wait for, if the action is one.
fn deed(action: &Action) -> Option<Deed> {
    match action {
        Action::Opened => Some(Deed::Opened),
        Action::Clicked { .. } => Some(Deed::Clicked),
        Action::PreviewViewed { .. } => Some(Deed::PageViewed),
        Action::CallToAction { .. } => Some(Deed::CallToAction),
        Action::HiddenLinkFollowed | Action::TimeOnPage { .. } | Action::Replied => None,
    }
}

fn event_name(action: &Action) -> EventKind {
    match action {
        Action::Opened => EventKind::MessageOpened,
        Action::Clicked { .. } => EventKind::LinkClicked,
        Action::HiddenLinkFollowed => EventKind::HiddenLinkFollowed,
        Action::PreviewViewed { .. } => EventKind::PreviewViewed,
        Action::TimeOnPage { .. } => EventKind::PreviewRead,
        Action::CallToAction { .. } => EventKind::CallToActionClicked,
        Action::Replied => EventKind::LeadReplied,
    }
}

async fn note_on_message(
    ports: &IngestPorts,
    workspace: &WorkspaceId,
    id: &MessageId,
    (event_id, at): (&str, Timestamp),
    action: &Action,
    judged: Judged,
    counted: bool,
) -> StoreResult<()> {
    change_message(&*ports.messages, workspace, id, |message| {
        // It is written already: by an attempt whose answer was lost, or by another delivery of the same event at the
        // same time.
        if message.has_counted(event_id) {
            return None;
        }
        let human = judged.verdict == Verdict::Human || mutant!("machine_counts_as_person");
        match action {
            // After a broken attempt the event is known to the lead, and perhaps not to the message.
            Action::Opened if human && (counted || message.first_opened_at.is_none()) => {
                message.opens += 1;
                message.first_opened_at = message.first_opened_at.or(Some(at));
            }
            Action::Clicked { .. } if human && (counted || message.first_clicked_at.is_none()) => {
                message.clicks += 1;
                message.first_clicked_at = message.first_clicked_at.or(Some(at));
                // A lead who clicked has read the message, whether or not images were loaded.
                message.first_opened_at = message.first_opened_at.or(Some(at));
            }
            Action::Opened | Action::Clicked { .. } if !human && judged.verdict.is_machine() => {
                message.machine_events += 1;
            }
            _ => return None,
        }
        message.remember(event_id);
        Some(Event::new(event_name(action), Actor::Lead, at).because(judged.rule.as_str()))
    })
    .await
    .map(drop)
}
