//! A workspace that keeps its messages to a domain, and to a person, few: what is too much waits, and is never lost.

use super::scene::{World, accepted};
use application::{Clock, Ports};
use domain::capacity::contact_caps::Caps;
use domain::contact::channel::Channel;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::event::{Event, EventKind};
use jiff::SignedDuration;
use providers::transport::TransportError;
use test_stage::Stage;

fn event(world: &World) -> Event {
    Event::system(EventKind::SettingsChanged, world.stage.clock.now())
}

pub(super) async fn keep_to(world: &World, caps: Caps) {
    let workspaces = world.ports().workspaces();
    let mut workspace = workspaces.get(&world.workspace).await.unwrap();
    workspace.caps = caps;
    workspaces.save(&workspace, &event(world)).await.unwrap();
}

/// One mail each, to people of the same domain.
async fn mails() -> World {
    let stage = Stage::new().await;
    let (workspace, _) = stage.workspace("northquay").await;
    let settings = domain::workspace::account::AccountSettings::Resend {
        base_url: "https://api.resend.example".to_owned(),
        from_address: domain::contact::email_address::EmailAddress::parse("maya@northquay.example").unwrap(),
        from_name: "Maya".to_owned(),
        reply_to: None,
    };
    let secret = application::ports::accounts::SecretFields::one("api_key", "re_key");
    let mailbox = stage.account(&workspace, settings, secret).await;
    let world = World::over(stage, workspace, Channel::Email, mailbox).await;
    world.provider(|| Ok(super::scene::answer(200, &serde_json::json!({ "id": "49a3999c" }))));
    world
}

async fn hours(world: &World, count: usize) {
    for _ in 0..count {
        world.pass(3_600);
        world.run_due().await;
    }
}

async fn written_to(world: &World, keys: &[EnrolmentKey]) -> usize {
    let all = world.enrolments(keys).await;
    all.iter().filter(|enrolment| enrolment.generation() > 0).count()
}

#[tokio::test]
async fn domain_over_its_cap_gets_the_rest_on_later_days() {
    let world = mails().await;
    keep_to(&world, Caps { domain_per_day: Some(5), ..Caps::default() }).await;
    let keys = world.crowd().await;
    world.all_are_due(&keys).await;
    assert_eq!(world.calls(), 5);
    let midnight = "2026-11-21T00:00:00Z".parse().unwrap();
    for enrolment in world.enrolments(&keys).await {
        assert_eq!(*enrolment.state(), EnrolmentState::Scheduled);
        assert!(enrolment.generation() == 1 || enrolment.due().unwrap() >= midnight, "put off, not dropped");
    }
    hours(&world, 24 * 7).await;
    assert_eq!(written_to(&world, &keys).await, keys.len());
}

#[tokio::test]
async fn messages_to_a_full_domain_get_days_in_the_order_of_coming() {
    let world = mails().await;
    keep_to(&world, Caps { domain_per_day: Some(5), ..Caps::default() }).await;
    let keys = world.crowd().await;
    world.all_are_due(&keys).await;
    let mut days = std::collections::BTreeMap::new();
    for enrolment in world.enrolments(&keys).await.iter().filter(|enrolment| enrolment.generation() == 0) {
        *days.entry(enrolment.due().unwrap().to_zoned(jiff::tz::TimeZone::UTC).date()).or_insert(0) += 1;
    }
    assert_eq!(days.values().sum::<usize>(), keys.len() - 5);
    assert!(days.values().all(|people| *people <= 5), "{days:?}");
}

#[tokio::test]
async fn message_not_taken_does_not_count_under_a_cap() {
    let world = mails().await;
    let one = Caps {
        messages_per_day: Some(1),
        domain_per_day: Some(1),
        hours_apart: Some(24),
        one_campaign: true,
    };
    keep_to(&world, one).await;
    world.provider(|| Err(TransportError::NotSent("refused".into())));
    world.ask_and_run().await;
    assert_eq!(world.calls(), 1);
    world.provider(|| Ok(super::scene::answer(200, &serde_json::json!({ "id": "49a3999c" }))));
    world.pass(2);
    world.run().await;
    assert_eq!((world.calls(), world.enrolment().await.generation()), (2, 1));
}

/// A function that finds the claim expired repeats the message under its key, in the place under the caps that it has taken.
#[tokio::test]
async fn caps_are_given_back_after_the_outcome_is_written() {
    let answers =
        [(429, "rate_limit_exceeded", "send_postponed"), (403, "invalid_api_key", "enrolment_held")];
    for (status, name, words) in answers {
        let world = mails().await;
        keep_to(&world, Caps { messages_per_day: Some(9), ..Caps::default() }).await;
        world.provider(move || Ok(super::scene::answer(status, &serde_json::json!({ "name": name }))));
        let bucket = application::sending::workspace_bucket(&world.workspace);
        let taken = async || {
            let now = world.stage.clock.now();
            world.ports().limits().taken(&bucket, application::sending::DAY, now).await.unwrap()
        };
        world.ask().await;
        world.run_and_die_before(words).await;
        assert_eq!((world.calls(), taken().await), (1, 1), "{words}");
        world.provider(|| Ok(super::scene::answer(200, &serde_json::json!({ "id": "49a3999c" }))));
        world.pass(180);
        world.run().await;
        world.ask_and_run().await;
        assert_eq!(
            (world.calls(), world.enrolment().await.generation(), taken().await),
            (2, 1, 1),
            "{words}"
        );
    }
}

#[tokio::test]
async fn workspace_without_caps_pays_nothing_and_one_with_caps_a_unit_each() {
    let mut spent = Vec::new();
    let both = Caps { domain_per_day: Some(9), hours_apart: Some(1), ..Caps::default() };
    let whole = Caps { messages_per_day: Some(9), ..Caps::default() };
    for caps in [Caps::default(), both, whole] {
        let world = mails().await;
        keep_to(&world, caps).await;
        let before = world.stage.cloud.ledger().snapshot();
        world.ask_and_run().await;
        spent.push(world.stage.cloud.ledger().since(&before).write_units());
        assert_eq!(world.calls(), 1);
    }
    // The first of a day is a refused change, then a new item.
    assert!(spent[1] - spent[0] <= 3.0, "{spent:?}");
    assert!(spent[2] - spent[0] <= 2.0, "{spent:?}");
}

#[tokio::test]
async fn workspace_over_its_cap_sends_the_rest_on_later_days() {
    let world = mails().await;
    keep_to(&world, Caps { messages_per_day: Some(5), ..Caps::default() }).await;
    let mut keys = world.crowd().await;
    let ports = world.ports();
    let first = ports.campaigns().get(&world.workspace, &world.key.campaign).await.unwrap();
    let sequence = ports.sequences().get(&world.workspace, &first.sequence).await.unwrap();
    let mailboxes = first.mailboxes.clone();
    let second = world
        .stage
        .campaign("Winter", &sequence, domain::campaign::CampaignState::Active, |campaign| {
            campaign.mailboxes = mailboxes;
        })
        .await;
    let other =
        world.stage.lead(&world.workspace, "other", |lead| lead.first_name = Some("Bo".to_owned())).await;
    keys.push(world.stage.enrolment(&second, &sequence, &other.id).await.key().clone());
    world.all_are_due(&keys).await;
    assert_eq!(world.calls(), 5);
    let mut days = std::collections::BTreeMap::new();
    for enrolment in world.enrolments(&keys).await.iter().filter(|enrolment| enrolment.generation() == 0) {
        *days.entry(enrolment.due().unwrap().to_zoned(jiff::tz::TimeZone::UTC).date()).or_insert(0) += 1;
    }
    assert_eq!(days.values().sum::<usize>(), keys.len() - 5);
    assert!(days.values().all(|people| *people <= 5), "a day of their own: {days:?}");
    hours(&world, 24 * 7).await;
    assert_eq!(written_to(&world, &keys).await, keys.len());
}

#[tokio::test]
async fn message_refused_by_one_cap_takes_nothing_of_another() {
    let world = mails().await;
    keep_to(&world, Caps { messages_per_day: Some(9), domain_per_day: Some(2), ..Caps::default() }).await;
    let keys = world.crowd().await;
    world.all_are_due(&keys).await;
    assert_eq!(world.calls(), 2);
    let bucket = application::sending::workspace_bucket(&world.workspace);
    let now = world.stage.clock.now();
    let taken = world.ports().limits().taken(&bucket, application::sending::DAY, now).await.unwrap();
    assert_eq!(taken, 2);
}

#[tokio::test]
async fn lead_in_two_campaigns_is_not_written_to_by_both_at_once() {
    let world = World::new().await;
    keep_to(&world, Caps { hours_apart: Some(24), one_campaign: false, ..Caps::default() }).await;
    let ports = world.ports();
    let first = ports.campaigns().get(&world.workspace, &world.key.campaign).await.unwrap();
    let sequence = ports.sequences().get(&world.workspace, &first.sequence).await.unwrap();
    let sender = first.sms_sender.clone();
    let second = world
        .stage
        .campaign("Winter", &sequence, domain::campaign::CampaignState::Active, |campaign| {
            campaign.sms_sender = sender;
        })
        .await;
    let other = world.stage.enrolment(&second, &sequence, &world.key.lead).await.key().clone();
    let keys = [world.key.clone(), other];
    let clock = world.stage.clock.clone();
    let times = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = times.clone();
    world.provider(move || {
        seen.lock().unwrap().push(clock.now());
        Ok(accepted())
    });
    // In one batch: the file of the second was read before the first went out, or after.
    world.all_are_due(&keys).await;
    assert_eq!(times.lock().unwrap().len(), 1);
    hours(&world, 24 * 7).await;
    let times = times.lock().unwrap().clone();
    assert_eq!(times.len(), 4, "two campaigns of two texts");
    let day = SignedDuration::from_hours(24);
    assert!(times.windows(2).all(|two| two[1].duration_since(two[0]) >= day), "{times:?}");
}

#[tokio::test]
async fn number_shared_by_two_leads_gets_the_text_of_one_a_day() {
    let world = World::new().await;
    let ports = world.ports();
    let campaign = ports.campaigns().get(&world.workspace, &world.key.campaign).await.unwrap();
    let sequence = ports.sequences().get(&world.workspace, &campaign.sequence).await.unwrap();
    let ann = ports.leads().get(&world.workspace, &world.key.lead).await.unwrap();
    let phone = ann.phone.clone();
    let named = |lead: &mut domain::lead::Lead| {
        (lead.first_name, lead.phone) = (Some("Bob".to_owned()), phone);
    };
    let bob = world.stage.lead(&world.workspace, "bob", named).await;
    let other = world.stage.enrolment(&campaign, &sequence, &bob.id).await.key().clone();
    let keys = [world.key.clone(), other];
    world.all_are_due(&keys).await;
    assert_eq!(world.calls(), 1, "the same first text went out twice");
    let waits = world.enrolments(&keys).await.into_iter().find(|one| one.generation() == 0).unwrap();
    assert_eq!(*waits.state(), EnrolmentState::Scheduled);
    hours(&world, 23).await;
    assert_eq!(world.calls(), 1);
    hours(&world, 24 * 14).await;
    let left = world.enrolments(&keys).await;
    assert_eq!(world.calls(), 4, "nothing is dropped: two leads, two texts each: {left:?}");
}
