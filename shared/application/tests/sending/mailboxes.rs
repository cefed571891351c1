//! A campaign with several mailboxes: each lead knows one of them, for as long as it is there.

use super::scene::{World, answer};
use application::ports::accounts::SecretFields;
use application::ports::due::{DueWork, Hint};
use application::queue_messages::{SendMessage, Slot};
use application::{Clock, Ports};
use domain::AccountId;
use domain::campaign::WhenMailboxGone;
use domain::capacity::circuit_breaker::{Breaker, BreakerState};
use domain::capacity::contact_caps::Caps;
use domain::capacity::quota::SendingLimits;
use domain::contact::channel::{Channel, Touch};
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::enrolment::reasons::{EndReason, HoldReason};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::message::{Message, MessageState};
use domain::sequence::step_kind::StepKind;
use domain::time::time_zone::ZoneName;
use domain::workspace::account::{Account, AccountSettings};
use jiff::SignedDuration;
use providers::transport::TransportError;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use test_stage::Stage;

type Mails = Arc<Mutex<Vec<Value>>>;

/// Three mails, the follow-ups in the thread of the first, from so many mailboxes.
async fn among(count: usize) -> (World, Vec<AccountId>, Mails) {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let mut mailboxes = Vec::new();
    for n in 0..count {
        let settings = AccountSettings::Resend {
            base_url: "https://api.resend.example".to_owned(),
            from_address: EmailAddress::parse(&format!("maya{n}@northquay.example")).unwrap(),
            from_name: "Maya".to_owned(),
            reply_to: None,
        };
        let secret = SecretFields::one("api_key", "re_key");
        mailboxes.push(stage.account(&workspace, settings, secret).await);
    }
    let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second", "third"]).await;
    let mut steps = sequence.steps.clone();
    for step in &mut steps[1..] {
        step.kind = StepKind::Email {
            subject: String::new(),
            body: "Again".to_owned(),
            template: None,
            variants: Vec::new(),
        };
    }
    let sequence = stage.steps(&sequence, steps).await;
    let first = mailboxes[0].clone();
    let world = World::enrolled(stage, workspace, Channel::Email, first, sequence).await;
    choose(&world, &mailboxes).await;
    let (mails, taken) = (Mails::default(), Mails::default());
    let seen = mails.clone();
    world.provider_reading(move |request| {
        let mail: Value = serde_json::from_slice(request.body()).unwrap();
        seen.lock().unwrap().push(mail.clone());
        taken.lock().unwrap().push(mail);
        let id = format!("id-{}", taken.lock().unwrap().len());
        Ok(answer(200, &json!({ "id": id })))
    });
    (world, mailboxes, mails)
}

async fn choose(world: &World, mailboxes: &[AccountId]) {
    let campaigns = world.ports().campaigns();
    let mut campaign = campaigns.get(&world.workspace, &world.key.campaign).await.unwrap();
    campaign.mailboxes = mailboxes.to_vec();
    campaigns.save(&campaign, &event(world)).await.unwrap();
}

/// A user chooses what becomes of leads whose mailbox is gone.
async fn when_gone(world: &World, way: WhenMailboxGone) {
    let campaigns = world.ports().campaigns();
    let mut campaign = campaigns.get(&world.workspace, &world.key.campaign).await.unwrap();
    campaign.when_mailbox_gone = way;
    campaigns.save(&campaign, &event(world)).await.unwrap();
}

fn event(world: &World) -> Event {
    Event::system(EventKind::AccountChanged, world.stage.clock.now())
}

async fn change(world: &World, mailbox: &AccountId, change: impl FnOnce(&mut Account)) {
    let accounts = world.ports().accounts();
    let mut stored = accounts.get(&world.workspace, mailbox).await.unwrap();
    change(&mut stored);
    accounts.save(&stored, &event(world)).await.unwrap();
}

/// So many days, looking every hour.
async fn days(world: &World, count: usize) {
    hours(world, count * 24).await;
}

async fn hours(world: &World, count: usize) {
    for _ in 0..count {
        world.pass(3_600);
        world.run_due().await;
    }
}

fn from(mail: &Value) -> String {
    mail["from"].as_str().unwrap().to_owned()
}

/// Answers the thread of the mail before it. That one has a Message-ID of the provider's, so that none can be named.
fn answers(mail: &Value) -> bool {
    assert_eq!(mail["headers"]["In-Reply-To"], Value::Null);
    mail["subject"].as_str().unwrap().starts_with("Re: ")
}

#[tokio::test]
async fn lead_is_written_to_from_one_mailbox_all_the_way() {
    let (world, mailboxes, mails) = among(4).await;
    assert_eq!(*world.enrolment().await.mailbox(), None);
    world.ask_and_run().await;
    let chosen = world.enrolment().await.mailbox().clone().unwrap();
    assert!(mailboxes.contains(&chosen));
    assert_eq!(world.message().await.unwrap().account.as_ref(), Some(&chosen));
    // Others come that would be chosen by now.
    days(&world, 10).await;
    let mails = mails.lock().unwrap().clone();
    assert_eq!(mails.len(), 3);
    assert!(mails.iter().all(|mail| from(mail) == from(&mails[0])));
    assert!(!answers(&mails[0]) && answers(&mails[1]) && answers(&mails[2]));
    assert_eq!(mails[2]["subject"], "Re: first");
    assert_eq!(*world.enrolment().await.mailbox(), Some(chosen));
}

#[tokio::test]
async fn mail_costs_no_more_for_the_choice_of_its_mailbox() {
    let mut spent = Vec::new();
    for count in [1, 5] {
        let (world, _, _) = among(count).await;
        let before = world.stage.cloud.ledger().snapshot();
        world.ask_and_run().await;
        spent.push(world.stage.cloud.ledger().since(&before).write_units());
        assert_eq!(world.calls(), 1);
    }
    assert_eq!(spent[0], spent[1]);
}

#[tokio::test]
async fn leads_due_together_are_spread_over_mailboxes_by_free_capacity() {
    let (world, mailboxes, mails) = among(2).await;
    let zone = ZoneName::parse("America/Los_Angeles").unwrap();
    for (mailbox, per_day) in mailboxes.iter().zip([4, 6]) {
        let limits = SendingLimits {
            per_day,
            gap_seconds: 0,
            jitter_seconds: 0,
            ..SendingLimits::of_a_mailbox(zone.clone())
        };
        change(&world, mailbox, |stored| stored.limits = Some(limits)).await;
    }
    let keys = crowd(&world, 12).await;
    let now = world.stage.clock.now();
    let touch = Some(Touch { channel: Channel::Email, opening: true });
    let hint = |enrolment: &EnrolmentKey| Hint {
        at: now,
        what: DueWork::Step { enrolment: enrolment.clone(), generation: 0, touch, mailbox: None },
    };
    world.ports().due().put(&keys.iter().map(hint).collect::<Vec<_>>()).await.unwrap();
    let before = world.stage.cloud.ledger().snapshot();
    world.hand_over().await;
    let spent = world.stage.cloud.ledger().since(&before).write_units();
    assert!(spent <= 5.0, "{spent}: two accounts' slots, and the hints that are deleted");
    world.run().await;
    let mut shares: BTreeMap<String, usize> = BTreeMap::new();
    for mail in mails.lock().unwrap().iter() {
        *shares.entry(from(mail)).or_default() += 1;
    }
    assert_eq!(shares.into_values().collect::<Vec<_>>(), [4, 6]);
    for key in &keys {
        let enrolment = world.ports().enrolments().get(key).await.unwrap();
        assert!(enrolment.mailbox().is_some(), "who waits has one as well");
    }
    days(&world, 5).await;
    assert!(mails.lock().unwrap().len() >= keys.len());
}

async fn crowd(world: &World, count: usize) -> Vec<EnrolmentKey> {
    let ports = world.ports();
    let campaign = ports.campaigns().get(&world.workspace, &world.key.campaign).await.unwrap();
    let sequence = ports.sequences().get(&world.workspace, &campaign.sequence).await.unwrap();
    let mut keys = vec![world.key.clone()];
    for n in 1..count {
        let named = |lead: &mut Lead| lead.first_name = Some(format!("P{n}"));
        let lead = world.stage.lead(&world.workspace, &format!("p{n}"), named).await;
        keys.push(world.stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone());
    }
    keys
}

#[tokio::test]
async fn bounced_mail_is_not_continued_as_a_thread() {
    let (world, _, mails) = among(1).await;
    world.ask_and_run().await;
    let mut message = world.message().await.unwrap();
    assert!(message.raise_state(MessageState::Bounced, world.stage.clock.now()));
    world.ports().messages().save(&message, &event(&world)).await.unwrap();
    days(&world, 10).await;
    let mails = mails.lock().unwrap().clone();
    assert_eq!(mails.len(), 3);
    assert!(!answers(&mails[1]) && answers(&mails[2]));
    assert_eq!(mails[1]["subject"], "first");
}

/// It is known to have arrived, and at which of their addresses is not.
#[tokio::test]
async fn mail_to_a_former_address_is_not_continued_as_a_thread() {
    let (world, _, mails) = among(1).await;
    world.ask_and_run().await;
    let message = world.message().await.unwrap();
    let to = message.to.clone();
    let given_up = Message { given_up: true, to: "former@northwind.example".into(), ..message.clone() };
    let mut again = message;
    again.follows(&given_up);
    world.ports().messages().save(&again, &event(&world)).await.unwrap();
    days(&world, 10).await;
    let mails = mails.lock().unwrap().clone();
    assert_eq!((mails.len(), again.to), (3, to));
    assert!(!answers(&mails[1]) && answers(&mails[2]));
}

#[tokio::test]
async fn follow_up_waits_for_a_mailbox_that_is_switched_off_where_no_user_has_chosen_another() {
    let (world, _, mails) = among(2).await;
    world.ask_and_run().await;
    let own = world.enrolment().await.mailbox().clone().unwrap();
    change(&world, &own, |stored| stored.enabled = false).await;
    days(&world, 10).await;
    hours(&world, 3).await;
    let held = world.enrolment().await.state().clone();
    assert!(matches!(held, EnrolmentState::Held { reason: HoldReason::Mailbox, until: Some(_) }), "{held:?}");
    assert_eq!(mails.lock().unwrap().len(), 1);
    change(&world, &own, |stored| stored.enabled = true).await;
    days(&world, 10).await;
    let mails = mails.lock().unwrap().clone();
    assert!(mails.len() == 3 && mails.iter().all(|mail| from(mail) == from(&mails[0])), "{mails:?}");
}

#[tokio::test]
async fn mail_from_another_mailbox_begins_a_new_thread() {
    let (world, mailboxes, mails) = among(2).await;
    when_gone(&world, WhenMailboxGone::Reassign).await;
    world.ask_and_run().await;
    let first = world.enrolment().await.mailbox().clone().unwrap();
    world.ports().accounts().delete(&world.workspace, &first, &event(&world)).await.unwrap();
    days(&world, 10).await;
    let mails = mails.lock().unwrap().clone();
    assert_eq!(mails.len(), 3);
    assert!(from(&mails[1]) != from(&mails[0]) && from(&mails[1]) == from(&mails[2]));
    assert_eq!(mails[1]["subject"], "first");
    assert!(answers(&mails[2]));
    assert_eq!(*world.enrolment().await.mailbox(), mailboxes.into_iter().find(|known| *known != first));
}

/// A campaign under way whose mailbox is deleted, for each of the ways: nobody is left behind.
#[tokio::test]
async fn lead_of_a_deleted_mailbox_waits_moves_or_leaves_as_the_campaign_says() {
    for way in [WhenMailboxGone::Hold, WhenMailboxGone::Reassign, WhenMailboxGone::Exit] {
        let (world, _, mails) = among(2).await;
        let keys = crowd(&world, 6).await;
        when_gone(&world, way).await;
        world.all_are_due(&keys).await;
        assert_eq!(mails.lock().unwrap().len(), 6);
        let gone = world.enrolment().await.mailbox().clone().unwrap();
        world.ports().accounts().delete(&world.workspace, &gone, &event(&world)).await.unwrap();
        // Up to noon of a Wednesday.
        days(&world, 12).await;
        hours(&world, 3).await;
        for enrolment in world.enrolments(&keys).await {
            let lead = world.ports().leads().get(&world.workspace, &enrolment.key().lead).await.unwrap();
            let address = lead.email.unwrap();
            let of = |mail: &&Value| mail["to"][0] == address.as_str();
            let count = mails.lock().unwrap().iter().filter(of).count();
            let knew_it = count < 3 || enrolment.mailbox().as_ref() == Some(&gone);
            let state = enrolment.state();
            match way {
                WhenMailboxGone::Hold if knew_it => {
                    assert!(
                        matches!(state, EnrolmentState::Held { reason: HoldReason::Mailbox, until: Some(_) }),
                        "{state:?}"
                    );
                }
                WhenMailboxGone::Exit if knew_it => {
                    assert_eq!(*state, EnrolmentState::Ended { reason: EndReason::MailboxGone });
                }
                _ => {
                    assert_eq!(*state, EnrolmentState::Ended { reason: EndReason::Finished });
                    assert_eq!(count, 3);
                    assert_ne!(enrolment.mailbox().as_ref(), Some(&gone));
                }
            }
        }
        let sent = mails.lock().unwrap().len();
        assert!(if way == WhenMailboxGone::Reassign { sent == 18 } else { sent < 18 }, "{way:?}: {sent}");
    }
}

#[tokio::test]
async fn lead_without_any_mailbox_waits_until_there_is_one() {
    let (world, mailboxes, mails) = among(2).await;
    world.ask_and_run().await;
    for mailbox in &mailboxes {
        change(&world, mailbox, |stored| stored.enabled = false).await;
    }
    // At noon: at night it waits for the window.
    days(&world, 5).await;
    hours(&world, 3).await;
    assert_eq!(mails.lock().unwrap().len(), 1);
    let held = world.enrolment().await.state().clone();
    assert!(matches!(held, EnrolmentState::Held { reason: HoldReason::Mailbox, until: Some(_) }), "{held:?}");
    let own = world.enrolment().await.mailbox().clone().unwrap();
    let other = mailboxes.iter().find(|known| **known != own).unwrap();
    // Taken out of the campaign it is gone as well.
    change(&world, &own, |stored| stored.enabled = true).await;
    choose(&world, std::slice::from_ref(other)).await;
    days(&world, 1).await;
    assert_eq!(mails.lock().unwrap().len(), 1);
    choose(&world, &mailboxes).await;
    days(&world, 7).await;
    let mails = mails.lock().unwrap().clone();
    assert_eq!(mails.len(), 3);
    assert!(mails.iter().all(|mail| from(mail) == from(&mails[0])), "its own is back");
}

fn on_mondays() -> domain::time::weekly_hours::WorkingHours {
    domain::time::weekly_hours::WorkingHours {
        zone: ZoneName::utc(),
        weekdays: vec![1],
        ranges: vec![domain::time::weekly_hours::MinuteRange { start: 0, end: 24 * 60 }],
    }
}

/// Down for so many hours; nought: it works.
async fn breaker_is_open(world: &World, mailbox: &AccountId, hours: i64) {
    let breakers = world.ports().breakers();
    let now = world.stage.clock.now();
    let stored = breakers.get(&world.workspace, mailbox).await.unwrap();
    let mut breaker = stored.unwrap_or_else(|| Breaker::closed(world.workspace.clone(), mailbox.clone()));
    breaker.state = match hours {
        0 => BreakerState::Closed,
        hours => BreakerState::Open { until: now + SignedDuration::from_hours(hours) },
    };
    breakers.save(&breaker, &event(world)).await.unwrap();
}

#[tokio::test]
async fn new_lead_does_not_wait_for_a_mailbox_that_is_down() {
    let (world, mailboxes, mails) = among(2).await;
    for mailbox in &mailboxes {
        breaker_is_open(&world, mailbox, 3).await;
    }
    world.ask_and_run().await;
    let chosen = world.enrolment().await.mailbox().clone().expect("chosen while both were down");
    let other = mailboxes.iter().find(|mailbox| **mailbox != chosen).unwrap();
    breaker_is_open(&world, other, 0).await;
    breaker_is_open(&world, &chosen, 2_000).await;
    hours(&world, 5).await;
    assert_eq!(mails.lock().unwrap().len(), 1);
    assert_eq!(world.enrolment().await.mailbox().as_ref(), Some(other));
    // Who knows it does.
    breaker_is_open(&world, other, 2_000).await;
    breaker_is_open(&world, &chosen, 0).await;
    days(&world, 7).await;
    assert_eq!(mails.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn mailbox_chosen_late_keeps_its_own_hours() {
    let (world, mailboxes, mails) = among(2).await;
    change(&world, &mailboxes[0], |stored| stored.hours = Some(on_mondays())).await;
    breaker_is_open(&world, &mailboxes[1], 2_000).await;
    let at = world.stage.clock.now();
    world.ask_and_run().await;
    assert!(mails.lock().unwrap().is_empty(), "it works on Mondays");
    assert!(world.enrolment().await.due().unwrap() > at + SignedDuration::from_hours(24));
    days(&world, 4).await;
    assert!(from(&mails.lock().unwrap()[0]).contains("maya0@"));
}

#[tokio::test]
async fn uncertain_mail_is_reconciled_after_its_mailbox_is_gone() {
    for way in [WhenMailboxGone::Hold, WhenMailboxGone::Reassign, WhenMailboxGone::Exit] {
        let (world, _, mails) = among(2).await;
        when_gone(&world, way).await;
        world.provider(|| Err(TransportError::Ambiguous("gone".into())));
        world.ask_and_run().await;
        let message = world.message().await.unwrap();
        assert_eq!(message.state, MessageState::Uncertain);
        let gone = message.account.unwrap();
        world.ports().accounts().delete(&world.workspace, &gone, &event(&world)).await.unwrap();
        days(&world, 4).await;
        let state = world.enrolment().await.state().clone();
        let asked = matches!(state, EnrolmentState::Held { reason: HoldReason::Uncertain, until: None });
        assert!(asked, "{way:?}: {state:?}");
        assert_eq!((world.tasks().await.len(), mails.lock().unwrap().len()), (1, 0));
    }
}

#[tokio::test]
async fn unused_slot_is_given_back() {
    let (world, mailboxes, mails) = among(1).await;
    let limits = SendingLimits {
        per_day: 4,
        gap_seconds: 0,
        jitter_seconds: 0,
        ..SendingLimits::of_a_mailbox(ZoneName::utc())
    };
    change(&world, &mailboxes[0], |stored| stored.limits = Some(limits)).await;
    let workspaces = world.ports().workspaces();
    let mut workspace = workspaces.get(&world.workspace).await.unwrap();
    workspace.caps = Caps { domain_per_day: Some(1), ..Caps::default() };
    workspaces.save(&workspace, &event(&world)).await.unwrap();
    let keys = crowd(&world, 4).await;
    // Of another domain, and last in line.
    let ports = world.ports();
    let campaign = ports.campaigns().get(&world.workspace, &world.key.campaign).await.unwrap();
    let sequence = ports.sequences().get(&world.workspace, &campaign.sequence).await.unwrap();
    let elsewhere = |lead: &mut Lead| {
        lead.first_name = Some("Zoe".to_owned());
        lead.email = EmailAddress::parse("zoe@elsewhere.example").ok();
    };
    let lead = world.stage.lead(&world.workspace, "zoe", elsewhere).await;
    hinted(&world, &keys).await;
    assert_eq!(mails.lock().unwrap().len(), 1, "the domain has had its mail of the day");
    let quota = ports.quotas().get(&world.workspace, &mailboxes[0]).await.unwrap().unwrap();
    assert_eq!((quota.taken, quota.taken_new), (1, 1));
    let key = world.stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone();
    hinted(&world, &[key]).await;
    assert_eq!(mails.lock().unwrap().len(), 2);
}

/// Slots are taken for all of them together.
async fn hinted(world: &World, keys: &[EnrolmentKey]) {
    let at = world.stage.clock.now();
    let touch = Some(Touch { channel: Channel::Email, opening: true });
    let step =
        |key: &EnrolmentKey| DueWork::Step { enrolment: key.clone(), generation: 0, touch, mailbox: None };
    let hints: Vec<Hint> = keys.iter().map(|key| Hint { at, what: step(key) }).collect();
    world.ports().due().put(&hints).await.unwrap();
    world.run_due().await;
}

#[tokio::test]
async fn slots_account_becomes_the_leads_mailbox_within_its_hours() {
    let (world, mailboxes, mails) = among(3).await;
    let at = world.stage.clock.now();
    let limits = SendingLimits::of_a_mailbox(ZoneName::parse("UTC").unwrap());
    let order = |sender: &AccountId| SendMessage::Step {
        enrolment: world.key.clone(),
        generation: 0,
        due: at,
        slot: Some(Slot { sender: sender.clone(), at, opening: true, limits: limits.clone() }),
    };
    change(&world, &mailboxes[1], |stored| stored.hours = Some(on_mondays())).await;
    application::ports::outbox::send_all(&*world.ports().outbox(), &[order(&mailboxes[1])], 0).await.unwrap();
    world.run().await;
    assert!(mails.lock().unwrap().is_empty(), "it works on Mondays");
    let enrolment = world.enrolment().await;
    assert_eq!(enrolment.mailbox().as_ref(), Some(&mailboxes[1]));
    assert!(enrolment.due().unwrap() > at + SignedDuration::from_hours(24));
    days(&world, 4).await;
    assert!(from(&mails.lock().unwrap()[0]).contains("maya1@"));
}

/// Lets the mailbox fail for so many hours, tried again and again.
async fn fails(world: &World, mailbox: &AccountId, hours: i64) {
    let now = world.stage.clock.now();
    change(world, mailbox, |stored| {
        stored.last_error = None;
        for ago in (0..=hours).rev() {
            stored.note_error("no route", now - SignedDuration::from_hours(ago));
        }
    })
    .await;
    breaker_is_open(world, mailbox, 1).await;
}

#[tokio::test]
async fn lead_of_a_mailbox_that_failed_for_a_day_continues_from_another() {
    let (world, mailboxes, mails) = among(2).await;
    when_gone(&world, WhenMailboxGone::Reassign).await;
    world.ask_and_run().await;
    let own = world.enrolment().await.mailbox().clone().unwrap();
    let other = mailboxes.iter().find(|known| **known != own).unwrap();
    days(&world, 3).await;
    world.falls_due().await;
    fails(&world, &own, 23).await;
    world.ask_turn(1).await;
    world.run().await;
    let waits = world.enrolment().await;
    assert_eq!((waits.mailbox().as_ref(), waits.generation()), (Some(&own), 1), "not for less than a day");
    world.falls_due().await;
    fails(&world, &own, 24).await;
    world.ask_turn(1).await;
    world.run().await;
    assert_eq!(world.enrolment().await.mailbox().as_ref(), Some(other));
    let mails = mails.lock().unwrap().clone();
    assert_eq!(mails.len(), 2);
    assert!(!answers(&mails[1]), "an answer goes to whom it answers");
}

#[tokio::test]
async fn lead_of_a_failed_mailbox_leaves_or_waits_as_the_campaign_says() {
    for way in [WhenMailboxGone::Exit, WhenMailboxGone::Hold] {
        let (world, _, mails) = among(2).await;
        when_gone(&world, way).await;
        world.ask_and_run().await;
        let own = world.enrolment().await.mailbox().clone().unwrap();
        days(&world, 3).await;
        world.falls_due().await;
        fails(&world, &own, 24).await;
        world.ask_turn(1).await;
        world.run().await;
        let enrolment = world.enrolment().await;
        assert_eq!((enrolment.mailbox().as_ref(), mails.lock().unwrap().len()), (Some(&own), 1));
        let left = *enrolment.state() == EnrolmentState::Ended { reason: EndReason::MailboxGone };
        assert_eq!(left, way == WhenMailboxGone::Exit, "{:?}", enrolment.state());
        assert!(left || *enrolment.state() == EnrolmentState::Scheduled, "{:?}", enrolment.state());
    }
}

/// Makes the lead's own mailbox and so many others fail for a day, at the second step.
async fn at_the_second_step(way: WhenMailboxGone, failing: usize) -> (World, AccountId, Mails) {
    let (world, mailboxes, mails) = among(2).await;
    let campaigns = world.ports().campaigns();
    let mut campaign = campaigns.get(&world.workspace, &world.key.campaign).await.unwrap();
    campaign.when_mailbox_gone = way;
    campaigns.save(&campaign, &event(&world)).await.unwrap();
    world.ask_and_run().await;
    let own = world.enrolment().await.mailbox().clone().unwrap();
    days(&world, 3).await;
    world.falls_due().await;
    let others = mailboxes.iter().filter(|known| **known != own).take(failing);
    for mailbox in others.chain([&own]) {
        fails(&world, mailbox, 24).await;
    }
    (world, own, mails)
}

#[tokio::test]
async fn leads_stay_where_they_are_while_all_mailboxes_fail() {
    for way in [WhenMailboxGone::Exit, WhenMailboxGone::Reassign, WhenMailboxGone::Hold] {
        let (world, own, mails) = at_the_second_step(way, 1).await;
        world.ask_turn(1).await;
        world.run().await;
        let enrolment = world.enrolment().await;
        assert_eq!((enrolment.mailbox().as_ref(), enrolment.generation()), (Some(&own), 1), "{way:?}");
        assert_eq!(*enrolment.state(), EnrolmentState::Scheduled, "{way:?}");
        hours(&world, 30).await;
        assert_eq!(mails.lock().unwrap().len(), 2, "{way:?}: it goes out by its own once that is back");
        assert_eq!(world.enrolment().await.mailbox().as_ref(), Some(&own), "{way:?}");
    }
}

#[tokio::test]
async fn uncertain_mail_is_repeated_by_its_failing_mailbox() {
    let (world, own, mails) = at_the_second_step(WhenMailboxGone::Exit, 0).await;
    change(&world, &own, |stored| stored.last_error = None).await;
    breaker_is_open(&world, &own, 0).await;
    world.provider(|| Err(TransportError::Ambiguous("gone".into())));
    world.ask_turn(1).await;
    world.run().await;
    let second = world.enrolment().await.present_message().unwrap();
    let state = || async { world.ports().messages().get(&world.workspace, &second).await.unwrap().state };
    assert_eq!(state().await, MessageState::Uncertain);
    fails(&world, &own, 24).await;
    breaker_is_open(&world, &own, 0).await;
    let taken = mails.clone();
    world.provider_reading(move |request| {
        taken.lock().unwrap().push(serde_json::from_slice(request.body()).unwrap());
        Ok(answer(200, &json!({ "id": "again" })))
    });
    for _ in 0..4 {
        world.pass(150);
        world.run().await;
    }
    assert_eq!(state().await, MessageState::Accepted);
    let mails = mails.lock().unwrap().clone();
    assert_eq!((mails.len(), from(&mails[0])), (2, from(&mails[1])));
    assert_ne!(*world.enrolment().await.state(), EnrolmentState::Ended { reason: EndReason::MailboxGone });
}

#[tokio::test]
async fn lead_of_another_campaign_keeps_its_mailbox_at_no_more_cost() {
    let mut spent = Vec::new();
    for known in [None, Some(0), Some(1), Some(2), Some(3)] {
        let (world, mailboxes, mails) = among(4).await;
        let (leads, now) = (world.ports().leads(), world.stage.clock.now());
        let mut lead = leads.get(&world.workspace, &world.key.lead).await.unwrap();
        lead.mailbox = known.map(|known| mailboxes[known].clone());
        leads.save(&lead, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
        let before = world.stage.cloud.ledger().snapshot();
        world.ask_and_run().await;
        spent.push(world.stage.cloud.ledger().since(&before).write_units());
        let chosen = world.enrolment().await.mailbox().clone().unwrap();
        if let Some(known) = known {
            assert_eq!(chosen, mailboxes[known]);
        }
        assert_eq!(mails.lock().unwrap().len(), 1);
        days(&world, 10).await;
        let lead = leads.get(&world.workspace, &world.key.lead).await.unwrap();
        assert_eq!((lead.mailbox, lead.active.len()), (Some(chosen), 0), "it is known once that is over");
    }
    assert!(spent.iter().all(|units| *units == spent[0]), "{spent:?}");
}
