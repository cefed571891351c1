//! WhatsApp messages: matched to the lead however the number is spelled, and dated when they were written.

mod ids;

use crate::App;
use application::ingesting::ingest;
use application::lead::suppression_lookup::scopes_of;
use application::ports::leads::ActivityKind;
use application::queue_messages::{IngestEvent, Payload};
use application::{Clock, PageRequest, Ports};
use domain::campaign::CampaignState;
use domain::campaign::trigger_rule::{OnlyIf, Trigger, TriggerAction, TriggerRule, TriggerRules};
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::engagement::{Action, Verdict};
use domain::lead::suppression::{Endings, Ends, Suppression, SuppressionReason, SuppressionScope};
use domain::message::{Answered, Direction, Message, MessageState};
use domain::workspace::account::{AccountKind, AccountSettings};
use domain::{AccountId, LeadId, MessageId, RuleId, StepId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use local_cloud::Moment;
use serde_json::{Value, json};
use std::sync::Mutex;
use test_stage::Stage;

struct World {
    stage: Stage,
    workspace: WorkspaceId,
    user: UserId,
    account: AccountId,
    lead: LeadId,
    app: App,
}

impl World {
    /// An active enrolment of a lead with this number.
    async fn with(number: &str) -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let account = stage.whatsapp_account(&workspace).await;
        let sequence = stage.sequence(&workspace, Channel::Sms, &["first", "second"]).await;
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let phone = PhoneNumber::parse(number, None).ok();
        let lead = stage.lead(&workspace, "ann", |lead| lead.phone = phone).await;
        stage.enrolment(&campaign, &sequence, &lead.id).await;
        let app = App::new(&stage.ports);
        Self { workspace, user, account, lead: lead.id, app, stage }
    }

    fn now(&self) -> Timestamp {
        self.stage.clock.now()
    }

    /// Takes in a message now that was written so many hours ago.
    async fn told(&self, id: &str, from: &str, hours_ago: i64, message: Value) {
        ingest(&self.app.ports, &self.event(id, from, hours_ago, message)).await.unwrap();
    }

    fn event(&self, id: &str, from: &str, hours_ago: i64, mut message: Value) -> IngestEvent {
        let at = self.now() - SignedDuration::from_hours(hours_ago);
        if message.get("from").is_none() {
            message["from"] = json!(from);
        }
        message["id"] = json!(id);
        message["timestamp"] = json!(at.as_second().to_string());
        self.webhook(id, json!({ "messages": [message] }))
    }

    /// Makes the event of a webhook whose change has this value.
    fn webhook(&self, id: &str, mut value: Value) -> IngestEvent {
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] =
            json!({ "display_phone_number": "15005550006", "phone_number_id": "106540352242922" });
        let body = json!({ "entry": [{ "changes": [{ "field": "messages", "value": value }] }] });
        IngestEvent::Webhook {
            workspace: self.workspace.clone(),
            account: self.account.clone(),
            kind: AccountKind::Whatsapp,
            settings: None,
            received_at: self.now(),
            event_id: id.to_owned(),
            body: Payload::Inline(body.to_string()),
        }
    }

    /// Records a step's message that went out so many hours ago.
    async fn wrote_to(&self, lead: &LeadId, hours_ago: i64) -> MessageId {
        let at = self.now() - SignedDuration::from_hours(hours_ago);
        let id = MessageId::derived(lead, &["out"]);
        let blank = Message::blank(id.clone(), self.workspace.clone(), Direction::Out, Channel::Whatsapp, at);
        let step = Some(StepId::derived(at, &["first"]));
        let message = Message { step, accepted_at: Some(at), state: MessageState::Accepted, ..blank };
        let event = Event::system(EventKind::MessageAccepted, at);
        self.stage.ports.messages().create(&message, &event).await.unwrap();
        id
    }

    async fn listed(&self) -> Vec<Suppression> {
        let lead = self.stage.ports.leads().get(&self.workspace, &self.lead).await.unwrap();
        self.stage.ports.suppressions().find(&self.workspace, &scopes_of(&lead)).await.unwrap()
    }

    /// Adds a suppression entry as a user did it two days ago.
    async fn list_by_hand(&self, reason: Option<SuppressionReason>) {
        let Some(reason) = reason else { return };
        let lead = self.stage.ports.leads().get(&self.workspace, &self.lead).await.unwrap();
        let entry = Suppression {
            workspace: self.workspace.clone(),
            scope: SuppressionScope::of_lead(&lead, Channel::Whatsapp).unwrap(),
            reason,
            source: None,
            created_by: Some(self.user.clone().into()),
            created_at: self.now() - SignedDuration::from_hours(48),
            expires_at: None,
            sign: None,
        };
        let event = Event::system(EventKind::SuppressionAdded, self.now());
        self.stage.ports.suppressions().put(&entry, &event).await.unwrap();
    }

    async fn ended(&self) -> Option<EndReason> {
        let file = self.stage.ports.leads().file(&self.workspace, &self.lead).await.unwrap();
        match *file.enrolments[0].state() {
            EnrolmentState::Ended { reason } => Some(reason),
            _ => None,
        }
    }

    async fn heard(&self) -> Vec<Message> {
        let file = self.stage.ports.leads().file(&self.workspace, &self.lead).await.unwrap();
        file.messages.into_iter().filter(|message| message.direction == Direction::In).collect()
    }
}

fn words(text: &str) -> Value {
    json!({ "type": "text", "text": { "body": text } })
}

#[tokio::test]
async fn reply_and_stop_count_however_whatsapp_spells_the_number() {
    for (number, from) in [
        ("+55 31 98765-4321", "553187654321"),
        ("+52 55 1234 5678", "5215512345678"),
        ("+54 11 2345-6789", "5491123456789"),
        ("+54 9 11 2345-6789", "5491123456789"),
        ("+1 206 555 0101", "12065550101"),
    ] {
        let world = World::with(number).await;
        world.told("wamid.1", from, 0, words("Who is this?")).await;
        assert_eq!(world.ended().await, Some(EndReason::Replied), "{number}");
        let world = World::with(number).await;
        world.told("wamid.1", from, 0, words("STOP")).await;
        assert_eq!(world.ended().await, Some(EndReason::OptedOut), "{number}");
        assert_eq!(world.listed().await.len(), 1, "{number}");
        let unmatched = world.stage.ports.conversations();
        let unmatched = unmatched.unmatched(&world.workspace, PageRequest::first(5)).await.unwrap();
        assert!(unmatched.items.is_empty(), "{number}");
        world.told("wamid.2", from, 0, words("START")).await;
        assert!(world.listed().await.is_empty(), "{number}");
    }
}

/// A reply to a message that went to the former number comes from there, also after a user has corrected the
/// number.
#[tokio::test]
async fn reply_and_stop_from_a_former_number_count_for_the_lead() {
    for (said, reason, listed) in [("Who is this?", EndReason::Replied, 0), ("STOP", EndReason::OptedOut, 1)]
    {
        let world = World::with("+1 206 555 0101").await;
        let leads = world.stage.ports.leads();
        let before = leads.get(&world.workspace, &world.lead).await.unwrap();
        let after = Lead { phone: PhoneNumber::parse("+1 206 555 0177", None).ok(), ..before.clone() };
        leads
            .change_identity(&before, &after, &Event::system(EventKind::LeadChanged, world.now()))
            .await
            .unwrap();
        world.told("wamid.1", "12065550101", 0, words(said)).await;
        assert_eq!((world.ended().await, world.listed().await.len()), (Some(reason), listed));
        // Another lead has that number by now.
        let phone = before.phone.clone();
        let kim = world.stage.lead(&world.workspace, "kim", |lead| lead.phone = phone).await;
        world.told("wamid.2", "12065550101", 0, words("Now it is me")).await;
        assert_eq!(world.heard().await.len(), 1);
        let theirs = leads.file(&world.workspace, &kim.id).await.unwrap().messages;
        assert_eq!(theirs.len(), 1);
    }
}

#[tokio::test]
async fn late_message_keeps_its_own_time() {
    for (hours_ago, expected) in [(60, 60), (-5, 0)] {
        let world = World::with("+1 206 555 0101").await;
        world.told("wamid.1", "12065550101", hours_ago, words("Who is this?")).await;
        let at = world.now() - SignedDuration::from_hours(expected);
        let message = world.heard().await.remove(0);
        assert_eq!(message.created_at.as_second(), at.as_second());
        assert_eq!(message.account, Some(world.account.clone()));
        let conversation = world.stage.ports.conversations().get(&world.workspace, &world.lead).await;
        assert_eq!(conversation.unwrap().unwrap().last_at, message.created_at);
    }
}

/// The account may change between the provider's call and this one; if the event was a dead letter, that
/// takes days.
#[tokio::test]
async fn stop_counts_though_its_account_was_deleted_or_changed() {
    for gone in [true, false] {
        let world = World::with("+1 206 555 0101").await;
        let accounts = world.stage.ports.accounts();
        let mut account = accounts.get(&world.workspace, &world.account).await.unwrap();
        let mut stop = world.event("wamid.1", "12065550101", 0, words("STOP"));
        if let IngestEvent::Webhook { settings, .. } = &mut stop {
            *settings = Some(Box::new(account.settings.clone()));
        }
        if let AccountSettings::Whatsapp { phone_number_id, .. } = &mut account.settings {
            phone_number_id.push('7');
        }
        let event = Event::system(EventKind::LeadChanged, world.now());
        match gone {
            true => accounts.delete(&world.workspace, &world.account, &event).await.unwrap(),
            false => drop(accounts.save(&account, &event).await.unwrap()),
        }
        ingest(&world.app.ports, &stop).await.unwrap();
        assert_eq!(
            (world.listed().await.len(), world.ended().await),
            (1, Some(EndReason::OptedOut)),
            "{gone}"
        );
    }
}

/// Twilio's own opt-outs report a "yes" as a START.
#[tokio::test]
async fn start_without_an_opt_out_is_a_reply() {
    let world = World::with("+1 206 555 0101").await;
    world.told("wamid.1", "12065550101", 0, words("START")).await;
    assert_eq!(world.ended().await, Some(EndReason::Replied));
    assert_eq!(world.heard().await[0].text, "START");
    assert!(world.listed().await.is_empty());
}

#[tokio::test]
async fn older_start_does_not_lift_a_newer_stop() {
    let world = World::with("+1 206 555 0101").await;
    let from = "12065550101";
    world.told("wamid.1", from, 30, words("STOP")).await;
    world.told("wamid.2", from, 10, words("STOP")).await;
    world.told("wamid.3", from, 20, words("START")).await;
    assert_eq!(world.listed().await.len(), 1, "written between the two");
    world.told("wamid.4", from, 5, words("START")).await;
    assert!(world.listed().await.is_empty(), "written after them");
}

#[tokio::test]
async fn start_does_not_lift_an_entry_made_by_a_user() {
    const BY_PHONE: Option<SuppressionReason> = Some(SuppressionReason::OptedOut);
    const BY_HAND: Option<SuppressionReason> = Some(SuppressionReason::Manual);
    for (before, after) in [(BY_PHONE, None), (BY_HAND, None), (None, BY_PHONE)] {
        let world = World::with("+1 206 555 0101").await;
        world.list_by_hand(before).await;
        world.told("wamid.1", "12065550101", 30, words("STOP")).await;
        world.list_by_hand(after).await;
        world.told("wamid.2", "12065550101", 0, words("START")).await;
        let [listed] = world.listed().await.try_into().unwrap();
        assert_eq!(listed.created_by, Some(world.user.clone().into()), "{before:?}, {after:?}");
    }
}

/// A newer STOP is taken in right after the START has read the older one.
#[tokio::test]
async fn start_does_not_lift_a_concurrent_stop() {
    let world = World::with("+1 206 555 0101").await;
    let from = "12065550101";
    world.told("wamid.1", from, 30, words("STOP")).await;
    let [first] = world.listed().await.try_into().unwrap();
    let newer = Suppression { created_at: world.now(), ..first };
    let (suppressions, event) =
        (world.stage.ports.suppressions(), Event::system(EventKind::LeadChanged, world.now()));
    let (anew, listed) = (newer.clone(), suppressions.clone());
    let again = Mutex::new(Some(async move { listed.put(&anew, &event).await.unwrap() }));
    world.stage.cloud.faults().hold_up(move |moment, call| {
        let lifts = String::from_utf8_lossy(call.body).contains("number_opted_in");
        let once = if lifts && moment == Moment::Before { again.lock().unwrap().take() } else { None };
        once.map(|happens| Box::pin(happens) as _)
    });
    world.told("wamid.2", from, 20, words("START")).await;
    assert_eq!(world.listed().await, [newer]);
}

/// The provider heard no answer, or the event was a dead letter. Meanwhile the lead has had more events than
/// are remembered, is enrolled again, and has taken back any opt-out.
#[tokio::test]
async fn message_repeated_days_later_does_not_end_a_new_enrolment() {
    for said in ["How much is it?", "STOP"] {
        let world = World::with("+1 206 555 0101").await;
        world.told("wamid.1", "12065550101", 0, words(said)).await;
        assert!(world.ended().await.is_some(), "{said}");
        world.stage.advance(SignedDuration::from_hours(50));
        let (suppressions, event) =
            (world.stage.ports.suppressions(), Event::system(EventKind::LeadChanged, world.now()));
        for entry in world.listed().await {
            suppressions.lift(&entry, &event).await.unwrap();
        }
        let leads = world.stage.ports.leads();
        let mut ann = leads.get(&world.workspace, &world.lead).await.unwrap();
        for open in 0..24 {
            ann.engagement.record(&format!("open-{open}"), &Action::Opened, Verdict::Human, world.now());
        }
        leads.save(&ann, &event).await.unwrap();
        let sequence = world.stage.sequence(&world.workspace, Channel::Sms, &["anew"]).await;
        let campaign = world.stage.campaign("Winter", &sequence, CampaignState::Active, |_| {}).await;
        let anew = world.stage.enrolment(&campaign, &sequence, &world.lead).await.key().clone();
        let before = leads.get(&world.workspace, &world.lead).await.unwrap();
        world.told("wamid.1", "12065550101", 50, words(said)).await;
        assert!(world.stage.ports.enrolments().get(&anew).await.unwrap().is_active(), "{said}");
        let after = leads.get(&world.workspace, &world.lead).await.unwrap();
        assert_eq!(after.engagement, before.engagement, "{said}");
        assert_eq!((world.listed().await.len(), world.heard().await.len()), (0, 1), "{said}");
    }
}

#[tokio::test]
async fn repeated_start_does_not_lift_a_later_stop() {
    let world = World::with("+1 206 555 0101").await;
    for (id, said, listed) in [("1", "STOP", 1), ("2", "START", 0), ("3", "STOP", 1), ("2", "START", 1)] {
        world.stage.advance(SignedDuration::from_hours(1));
        world.told(id, "12065550101", 0, words(said)).await;
        assert_eq!(world.listed().await.len(), listed, "{id}");
    }
}

#[tokio::test]
async fn message_without_text_is_a_reply_but_not_positive() {
    let world = World::with("+1 206 555 0101").await;
    let rule = TriggerRule {
        id: RuleId::derived(world.now(), &["rule"]),
        name: "Ring them".to_owned(),
        when: Trigger::AnsweredPositively {},
        only: OnlyIf::default(),
        actions: vec![TriggerAction::Notify {}],
        enabled: true,
        created_by: world.user.clone(),
        created_at: world.now(),
    };
    let rules = TriggerRules { rules: vec![rule], ..TriggerRules::none(world.workspace.clone()) };
    let event = Event::system(EventKind::RuleCreated, world.now());
    world.stage.ports.rules().save(&rules, &event).await.unwrap();
    let from = "12065550101";
    let ours = world.wrote_to(&world.lead, 1).await;
    let answered = async || world.stage.ports.messages().get(&world.workspace, &ours).await.unwrap().answered;
    world.told("wamid.1", from, 0, json!({ "type": "image", "image": { "id": "1" } })).await;
    world.told("wamid.2", from, 0, json!({ "type": "unsupported" })).await;
    world.told("wamid.3", from, 0, json!({ "type": "reaction", "reaction": { "emoji": "👍" } })).await;
    assert_eq!(world.ended().await, Some(EndReason::Replied), "an answer all the same");
    let carried_out = async || {
        let file = world.stage.ports.leads().file(&world.workspace, &world.lead).await.unwrap();
        let is_rule = |kind: &ActivityKind| matches!(kind, ActivityKind::RuleCarriedOut { .. });
        file.activities.iter().filter(|activity| is_rule(&activity.kind)).count()
    };
    assert_eq!((carried_out().await, answered().await), (0, None));
    let captioned = json!({ "type": "image", "image": { "id": "1", "caption": "Yes please, call me. This is our shop" } });
    world.told("wamid.4", from, 0, captioned).await;
    assert_eq!((carried_out().await, answered().await), (1, Some(Answered::Positive)));
}

/// Two leads share a number: the writer is the one whom we had contacted last when the message was written.
#[tokio::test]
async fn late_reply_from_a_shared_number_goes_to_the_lead_contacted_before_it() {
    let world = World::with("+1 206 555 0101").await;
    let phone = PhoneNumber::parse("+1 206 555 0101", None).ok();
    let other = world.stage.lead(&world.workspace, "ben", |lead| lead.phone = phone).await;
    world.wrote_to(&world.lead, 3).await;
    world.wrote_to(&other.id, 1).await;
    world.told("wamid.1", "12065550101", 2, words("Who is this?")).await;
    assert_eq!(world.ended().await, Some(EndReason::Replied));
    assert_eq!(world.heard().await.len(), 1);
}

/// A lead in two campaigns, one by text and one by mail.
async fn by_text_and_mail(text_stop: Ends) -> World {
    let world = World::with("+1 206 555 0101").await;
    let ports = &world.stage.ports;
    let mut workspace = ports.workspaces().get(&world.workspace).await.unwrap();
    workspace.endings = Endings { text_stop, ..Endings::default() };
    ports
        .workspaces()
        .save(&workspace, &Event::system(EventKind::SettingsChanged, world.now()))
        .await
        .unwrap();
    world.stage.advance(SignedDuration::from_secs(1));
    let mails = world.stage.sequence(&world.workspace, Channel::Email, &["mail"]).await;
    let campaign = world.stage.campaign("By mail", &mails, CampaignState::Active, |_| {}).await;
    world.stage.enrolment(&campaign, &mails, &world.lead).await;
    world
}

#[tokio::test]
async fn stop_by_text_keeps_mail_if_configured_and_a_reply_never_does() {
    let left = async |world: &World| {
        let file = world.stage.ports.leads().file(&world.workspace, &world.lead).await.unwrap();
        let active: Vec<_> = file.enrolments.into_iter().filter(|one| one.is_active()).collect();
        assert_eq!(active.len(), file.lead.active.len());
        active.len()
    };
    for (ends, stays) in [(Ends::Everything, 0), (Ends::Channel, 1)] {
        let world = by_text_and_mail(ends).await;
        for _ in 0..2 {
            world.told("wamid.1", "12065550101", 0, words("STOP")).await;
        }
        assert_eq!(left(&world).await, stays, "{ends:?}");
        assert_eq!(world.listed().await.len(), 1);
    }
    let world = by_text_and_mail(Ends::Channel).await;
    world.told("wamid.1", "12065550101", 0, words("Who is this?")).await;
    assert_eq!(left(&world).await, 0, "an answer ends all");
}

impl World {
    async fn reported(&self, id: &str, value: Value) {
        ingest(&self.app.ports, &self.webhook(id, value)).await.unwrap();
    }

    async fn unmatched(&self) -> Vec<String> {
        let conversations = self.stage.ports.conversations();
        let all = conversations.unmatched(&self.workspace, PageRequest::first(5)).await.unwrap();
        all.items.into_iter().map(|reply| reply.from).collect()
    }

    async fn lead_now(&self) -> Lead {
        self.stage.ports.leads().get(&self.workspace, &self.lead).await.unwrap()
    }

    async fn notes(&self, lead: &LeadId) -> Vec<String> {
        let file = self.stage.ports.leads().file(&self.workspace, lead).await.unwrap();
        let note = |kind| if let ActivityKind::Note { text } = kind { Some(text) } else { None };
        file.activities.into_iter().filter_map(|activity| note(activity.kind)).collect()
    }

    /// Enrols another lead with the same number, in a campaign of texts.
    async fn with_same_number(&self, name: &str) -> LeadId {
        let phone = self.lead_now().await.phone;
        // Ids are derived from the time.
        self.stage.advance(SignedDuration::from_secs(1));
        let lead = self.stage.lead(&self.workspace, name, |lead| lead.phone = phone).await;
        let sequence = self.stage.sequence(&self.workspace, Channel::Sms, &["first", "second"]).await;
        let campaign = self.stage.campaign(name, &sequence, CampaignState::Active, |_| {}).await;
        self.stage.enrolment(&campaign, &sequence, &lead.id).await;
        lead.id
    }

    async fn is_stopped(&self, lead: &LeadId) -> bool {
        self.stage.ports.leads().get(&self.workspace, lead).await.unwrap().active.is_empty()
    }
}

const USER: &str = "US.13491208655302741918";

/// A message of a person whose number is hidden: only Meta's id names them.
fn by_user(text: &str, user: &str) -> Value {
    json!({ "type": "text", "text": { "body": text }, "from": null, "from_user_id": user })
}

#[tokio::test]
async fn user_id_that_came_with_a_number_stops_the_lead_later_without_it() {
    let world = World::with("+1 206 555 0101").await;
    let mut first = words("Who is this?");
    first["from_user_id"] = json!(USER);
    world.told("wamid.1", "12065550101", 0, first).await;
    world.told("wamid.2", "", 0, by_user("STOP", USER)).await;
    assert_eq!(world.listed().await.len(), 2, "the number and the id");
    assert_eq!(world.heard().await.len(), 2);
    assert!(world.unmatched().await.is_empty());
    // The id may stand where a number is expected.
    let mut third = words("Yes please");
    third["from"] = json!(USER);
    world.told("wamid.3", "", 0, third).await;
    assert_eq!(world.heard().await.len(), 3);
    assert!(world.heard().await.iter().all(|message| message.from == "+12065550101"));
}

#[tokio::test]
async fn unknown_user_id_goes_to_the_unmatched_and_never_becomes_a_number() {
    let world = World::with("+1 206 555 0101").await;
    world.told("wamid.1", "", 0, by_user("What does it cost?", "DE.99912345678901234567")).await;
    world.told("wamid.2", "", 0, by_user("STOP", "DE.99912345678901234567")).await;
    assert_eq!(world.unmatched().await, ["DE.99912345678901234567", "DE.99912345678901234567"]);
    assert_eq!((world.ended().await, world.listed().await.len()), (None, 0));
}

#[tokio::test]
async fn changed_number_moves_the_lead_and_lists_the_old_one() {
    let world = World::with("+1 206 555 0101").await;
    let system = json!({ "type": "system", "system": { "type": "user_changed_number", "wa_id": "12065550177",
        "body": "Ann changed from 12065550101 to 12065550177" } });
    for _ in 0..2 {
        world.told("wamid.1", "12065550101", 0, system.clone()).await;
    }
    let lead = world.lead_now().await;
    assert_eq!(lead.phone.as_ref().map(PhoneNumber::as_str), Some("+12065550177"));
    assert_eq!((world.ended().await, world.heard().await.len()), (None, 0), "it is no answer");
    assert!(world.listed().await.is_empty(), "the new number is open");
    let old = SuppressionScope::Phone("+12065550101".to_owned());
    let listed = world.stage.ports.suppressions().find(&world.workspace, &[old]).await.unwrap();
    assert_eq!(listed[0].reason, SuppressionReason::HardBounce);
    assert_eq!(world.notes(&world.lead).await.len(), 1);
}

#[tokio::test]
async fn changed_number_takes_the_opt_out_along_and_moves_nobody_of_several() {
    let change = json!({ "type": "system",
        "system": { "type": "user_changed_number", "new_wa_id": "12065550177" } });
    let world = World::with("+1 206 555 0101").await;
    world.told("wamid.1", "12065550101", 1, words("STOP")).await;
    world.told("wamid.2", "12065550101", 0, change.clone()).await;
    assert_eq!(world.lead_now().await.phone.unwrap().as_str(), "+12065550177");
    assert_eq!(world.listed().await[0].reason, SuppressionReason::OptedOut);

    let world = World::with("+1 206 555 0101").await;
    let bob = world.with_same_number("bob").await;
    world.told("wamid.1", "12065550101", 0, change).await;
    assert_eq!(world.lead_now().await.phone.unwrap().as_str(), "+12065550101");
    assert_eq!((world.notes(&world.lead).await.len(), world.notes(&bob).await.len()), (1, 1));
}

#[tokio::test]
async fn marketing_stopped_in_the_app_is_an_opt_out_until_it_is_resumed() {
    let world = World::with("+1 206 555 0101").await;
    let preference = |value: &str, at: Timestamp| {
        json!({ "user_preferences": [{ "wa_id": "12065550101", "category": "marketing_messages",
            "value": value, "detail": "User requested it", "timestamp": at.as_second() }] })
    };
    let (stopped, resumed) = (world.now() - SignedDuration::from_hours(3), world.now());
    world.reported("a", preference("stop", stopped)).await;
    assert_eq!((world.ended().await, world.listed().await.len()), (Some(EndReason::OptedOut), 1));
    assert_eq!(world.heard().await[0].text, "Stopped marketing messages in the app.");
    world.reported("b", preference("resume", resumed)).await;
    assert!(world.listed().await.is_empty());
    assert_eq!(world.heard().await.len(), 1);
}

#[tokio::test]
async fn message_written_on_our_phone_takes_over_and_an_old_chat_says_nothing() {
    let world = World::with("+1 206 555 0101").await;
    let at = world.now().as_second().to_string();
    let old = json!({ "history": [{ "threads": [{ "id": "12065550101", "messages": [{ "from": "12065550101",
        "id": "wamid.h", "timestamp": "1760000000", "type": "text", "text": { "body": "ok thanks" } }] }] }] });
    world.reported("h", old).await;
    assert_eq!((world.ended().await, world.heard().await.len()), (None, 0));
    let echo = |to: &str| {
        json!({ "message_echoes": [{ "from": "15005550006", "to": to, "id": "wamid.e", "timestamp": at,
            "type": "text", "text": { "body": "We come on Thursday." } }] })
    };
    world.reported("s", echo("12065550199")).await;
    assert_eq!(world.ended().await, None, "a chat with somebody else");
    for _ in 0..2 {
        world.reported("e", echo("12065550101")).await;
    }
    assert_eq!(world.ended().await, Some(EndReason::TakenOver));
    let file = world.stage.ports.leads().file(&world.workspace, &world.lead).await.unwrap();
    let said: Vec<_> = file.messages.iter().map(|m| (m.direction, m.text.as_str())).collect();
    assert_eq!(said, [(Direction::Out, "We come on Thursday.")]);
    assert_eq!(file.conversation.unwrap().last_direction, Direction::Out);
}

#[tokio::test]
async fn stop_from_a_shared_number_stops_everybody_who_has_it() {
    let world = World::with("+1 206 555 0101").await;
    let (bob, mia) = (world.with_same_number("bob").await, world.with_same_number("mia").await);
    world.told("wamid.1", "12065550101", 0, words("STOP")).await;
    for lead in [&world.lead, &bob, &mia] {
        assert!(world.is_stopped(lead).await);
        assert_eq!(world.notes(lead).await.len(), 1);
    }
}

#[tokio::test]
async fn answer_from_a_shared_number_stops_and_names_those_who_could_have_written() {
    let world = World::with("+1 206 555 0101").await;
    let (bob, mia) = (world.with_same_number("bob").await, world.with_same_number("mia").await);
    world.wrote_to(&world.lead, 2).await;
    world.wrote_to(&bob, 1).await;
    world.told("wamid.1", "12065550101", 0, words("Call me")).await;
    assert!(world.is_stopped(&world.lead).await && world.is_stopped(&bob).await);
    assert!(!world.is_stopped(&mia).await, "nobody has texted her");
    let told = world.notes(&bob).await;
    assert!(told.iter().any(|note| note.contains("is shared")), "filed with the last one: {told:?}");
    assert_eq!((world.notes(&world.lead).await.len(), world.notes(&mia).await.len()), (1, 0));
}

#[tokio::test]
async fn stop_withdraws_the_consent_for_the_number_and_start_renews_it() {
    let world = World::with("+1 206 555 0101").await;
    let withdrawn = async || {
        let lead = world.stage.ports.leads().get(&world.workspace, &world.lead).await.unwrap();
        Channel::ALL.map(|channel| lead.consents.get(channel).unwrap().withdrawn_at.is_some())
    };
    assert_eq!(withdrawn().await, [false, false, false]);
    world.told("wamid.1", "12065550101", 0, words("STOP")).await;
    assert_eq!(withdrawn().await, [false, true, true]);
    world.stage.advance(SignedDuration::from_hours(1));
    world.told("wamid.2", "12065550101", 0, words("START")).await;
    assert_eq!(withdrawn().await, [false, false, false]);
    world.told("wamid.1", "12065550101", 1, words("STOP")).await;
    assert_eq!(withdrawn().await, [false, false, false], "a repeat of the STOP says nothing new");
}

/// The person has switched the business's marketing messages off, or on again, in WhatsApp itself.
fn switched(world: &World, id: &str, value: &str) -> IngestEvent {
    let preference = json!({ "wa_id": "12065550101", "category": "marketing_messages", "value": value,
        "detail": "", "timestamp": world.now().as_second() });
    world.webhook(id, json!({ "user_preferences": [preference] }))
}

/// A text by SMS to an account at Twilio, which takes STOP and START itself.
fn texted(world: &World, account: &AccountId, id: &str, (text, word): (&str, Option<&str>)) -> IngestEvent {
    let mut form = vec![("MessageSid", id), ("From", "+12065550101"), ("To", "+15005550006"), ("Body", text)];
    form.extend(word.map(|word| ("OptOutType", word)));
    IngestEvent::Webhook {
        workspace: world.workspace.clone(),
        account: account.clone(),
        kind: AccountKind::Twilio,
        settings: None,
        received_at: world.now(),
        event_id: id.to_owned(),
        body: Payload::Inline(json!({ "url": "https://app.example/", "form": form }).to_string()),
    }
}

#[tokio::test]
async fn resume_lifts_what_its_own_switch_or_keyword_stopped_and_nothing_that_was_said_in_words() {
    for (said, listed) in [
        (vec!["switch off", "switch on"], 0),
        (vec!["switch off", "START"], 0),
        (vec!["STOP", "START"], 0),
        (vec!["STOP", "switch on"], 1),
        (vec!["Stop texting me", "START"], 1),
        (vec!["Stop texting me", "switch off", "switch on"], 1),
        (vec!["switch off", "Stop texting me", "switch on"], 1),
        (vec!["STOP", "Stop texting me", "START"], 1),
        (vec!["sms STOP", "sms START"], 0),
        (vec!["sms UNSUBSCRIBE", "sms UNSTOP"], 0),
        (vec!["sms Stop texting me", "sms START"], 1),
        // Words without spaces between them are no keyword.
        (vec!["sms もう連絡しないでください", "sms START"], 1),
        (vec!["sms STOP", "Stop texting me", "sms START"], 1),
        (vec!["Stop texting me", "sms STOP", "sms START"], 1),
    ] {
        let world = World::with("+1 206 555 0101").await;
        let twilio = world.stage.text_account(&world.workspace).await;
        for (at, said) in said.iter().enumerate() {
            let id = format!("wamid.{at}");
            let event = match (*said, said.strip_prefix("sms ")) {
                ("switch off", _) => switched(&world, &id, "stop"),
                ("switch on", _) => switched(&world, &id, "resume"),
                (_, Some(text)) => {
                    let word = match text {
                        "STOP" | "UNSUBSCRIBE" => Some("STOP"),
                        "START" | "UNSTOP" => Some("START"),
                        _ => None,
                    };
                    texted(&world, &twilio, &id, (text, word))
                }
                (text, None) => world.event(&id, "12065550101", 0, words(text)),
            };
            ingest(&world.app.ports, &event).await.unwrap();
            world.stage.advance(SignedDuration::from_mins(1));
        }
        assert_eq!(world.listed().await.len(), listed, "{said:?}");
    }
}

/// Words that arrive late, after the switch that was used after them.
#[tokio::test]
async fn words_that_arrive_after_a_later_switch_stay_when_it_is_taken_back() {
    let world = World::with("+1 206 555 0101").await;
    ingest(&world.app.ports, &switched(&world, "wamid.1", "stop")).await.unwrap();
    world.told("wamid.2", "12065550101", 5, words("Stop texting me")).await;
    world.stage.advance(SignedDuration::from_mins(1));
    ingest(&world.app.ports, &switched(&world, "wamid.3", "resume")).await.unwrap();
    assert_eq!(world.listed().await.len(), 1);
}

/// Entries of an earlier version do not tell how they were said: the message that caused them does.
#[tokio::test]
async fn entry_of_an_earlier_version_is_read_by_its_message() {
    for (said, listed) in [("STOP", 0), ("Stop texting me", 1)] {
        let world = World::with("+1 206 555 0101").await;
        world.told("wamid.1", "12065550101", 0, words(said)).await;
        let [entry] = world.listed().await.try_into().unwrap();
        let event = Event::system(EventKind::AddressSuppressed, world.now());
        let suppressions = world.stage.ports.suppressions();
        suppressions.lift(&entry, &event).await.unwrap();
        suppressions.put(&Suppression { sign: None, ..entry }, &event).await.unwrap();
        world.stage.advance(SignedDuration::from_mins(1));
        world.told("wamid.2", "12065550101", 0, words("START")).await;
        assert_eq!(world.listed().await.len(), listed, "{said}");
    }
}
