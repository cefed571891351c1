//! The function dies at its first call to the cloud, then at its second, and so on; or the call is done and
//! its response is lost. Each time the event is delivered again, and the result must be the same as if it had
//! come once.

mod rules;
mod visits;

use crate::App;
use application::Clock;
use application::PageRequest;
use application::Ports;
use application::ingesting::ingest;
use application::lead::suppression_lookup::scopes_of;
use application::ports::accounts::SecretFields;
use application::ports::leads::ActivityKind;
use application::queue_messages::{IngestEvent, Payload, RecordVisit};
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::engagement::{Action, Engagement};
use domain::lead::suppression::SuppressionScope;
use domain::lead::verdict::Traits;
use domain::message::{Direction, Message, MessageState};
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use domain::workspace::account::{AccountKind, AccountSettings};
use domain::{AccountId, LeadId, MessageId, UserId, WorkspaceId};
use jiff::SignedDuration;
use local_cloud::{Fault, Moment};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use test_stage::Stage;

const PHONE: &str = "+12065550101";
const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Safari/605.1.15";

struct World {
    stage: Stage,
    workspace: WorkspaceId,
    user: UserId,
    lead: LeadId,
    message: MessageId,
    texts: AccountId,
    payments: AccountId,
    app: App,
}

impl World {
    /// A lead who was sent the first of two texts an hour ago.
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let texts = stage.text_account(&workspace).await;
        let stripe = AccountSettings::Stripe { account_id: None, livemode: false };
        let payments =
            stage.account(&workspace, stripe, SecretFields::one("signing_secret", "whsec_x")).await;
        let sequence = stage.sequence(&workspace, Channel::Sms, &["first", "second"]).await;
        let sender = |campaign: &mut Campaign| campaign.sms_sender = Some(texts.clone());
        let campaign = stage.campaign("Autumn", &sequence, CampaignState::Active, sender).await;
        let ann = |lead: &mut Lead| {
            lead.first_name = Some("Ann".to_owned());
            lead.phone = PhoneNumber::try_from(PHONE.to_owned()).ok();
        };
        let lead = stage.lead(&workspace, "ann", ann).await;
        stage.enrolment(&campaign, &sequence, &lead.id).await;
        let now = stage.clock.now();
        let step = &sequence.steps[0];
        let message = Message {
            state: MessageState::Accepted,
            campaign: Some(campaign.id.clone()),
            step: Some(step.id.clone()),
            step_index: Some(0),
            account: Some(texts.clone()),
            from: "+15005550006".to_owned(),
            to: PHONE.to_owned(),
            text: "Hello".to_owned(),
            provider_id: Some("SM1".to_owned()),
            attempts: 1,
            accepted_at: Some(now),
            ..Message::blank(
                MessageId::for_step(&lead.id, &campaign.id, &step.id),
                workspace.clone(),
                Direction::Out,
                Channel::Sms,
                now,
            )
        };
        stage
            .ports
            .messages()
            .create(&message, &Event::system(EventKind::MessageAccepted, now))
            .await
            .unwrap();
        stage.advance(SignedDuration::from_hours(1));
        let app = App::new(&stage.ports);
        Self { workspace, user, lead: lead.id, message: message.id, texts, payments, app, stage }
    }

    fn tracked(&self, event_id: &str, action: Action, minutes: i64) -> IngestEvent {
        IngestEvent::Tracked(Box::new(RecordVisit {
            workspace: self.workspace.clone(),
            lead: self.lead.clone(),
            message: matches!(action, Action::Opened | Action::Clicked { .. }).then(|| self.message.clone()),
            event_id: event_id.to_owned(),
            action,
            traits: Box::new(Traits {
                method: "GET".to_owned(),
                user_agent: BROWSER.to_owned(),
                ..Traits::default()
            }),
            at: self.stage.clock.now() + SignedDuration::from_mins(minutes),
        }))
    }

    fn text(&self, body: &str) -> IngestEvent {
        let form = json!([["MessageSid", "SM9"], ["From", PHONE], ["To", "+15005550006"], ["Body", body]]);
        self.webhook("SM9", &form)
    }

    fn report(&self, status: &str, code: &str) -> IngestEvent {
        let form = json!([["MessageSid", "SM1"], ["MessageStatus", status], ["ErrorCode", code]]);
        self.webhook(&format!("SM1-{status}"), &form)
    }

    fn stripe(&self, kind: &str, object: &Value) -> IngestEvent {
        let at = self.stage.clock.now();
        let body = json!({
            "id": format!("evt_{kind}"), "object": "event", "type": kind, "livemode": false,
            "created": at.as_second(), "data": { "object": object },
        });
        IngestEvent::Webhook {
            workspace: self.workspace.clone(),
            account: self.payments.clone(),
            kind: AccountKind::Stripe,
            settings: None,
            received_at: at,
            event_id: format!("evt_{kind}"),
            body: Payload::Inline(body.to_string()),
        }
    }

    fn checkout(&self) -> IngestEvent {
        let session = json!({
            "id": "cs_1", "mode": "subscription", "payment_status": "paid", "client_reference_id": self.lead.as_str(),
            "customer": "cus_1", "customer_details": { "email": "billing@corp.example", "name": "Corp" },
            "amount_total": 4900, "currency": "usd", "payment_intent": null, "invoice": null,
        });
        self.stripe("checkout.session.completed", &session)
    }

    fn invoice(&self) -> IngestEvent {
        let invoice = json!({
            "id": "in_1", "customer": "cus_1", "customer_email": "billing@corp.example", "customer_name": "Corp",
            "amount_paid": 4900, "currency": "usd",
        });
        self.stripe("invoice.paid", &invoice)
    }

    fn webhook(&self, event_id: &str, form: &Value) -> IngestEvent {
        let url = format!("https://leadflow.example/api/webhooks/twilio?message={}", self.message);
        IngestEvent::Webhook {
            workspace: self.workspace.clone(),
            account: self.texts.clone(),
            kind: AccountKind::Twilio,
            settings: None,
            received_at: self.stage.clock.now(),
            event_id: event_id.to_owned(),
            body: Payload::Inline(json!({ "url": url, "form": form }).to_string()),
        }
    }

    /// Everything that a user would see, without revisions.
    async fn facts(&self) -> Vec<String> {
        let ports = &self.stage.ports;
        let file = ports.leads().file(&self.workspace, &self.lead).await.unwrap();
        let mut facts = vec![format!("{:?} {:?}", file.lead.status, file.lead.priority)];
        facts.push(format!("{:?}", file.lead.engagement));
        for enrolment in &file.enrolments {
            facts.push(format!(
                "enrolment {} {:?} {:?}",
                enrolment.generation(),
                enrolment.state().clone(),
                enrolment.failed().clone()
            ));
        }
        for message in &file.messages {
            let Message { id, state, opens, clicks, machine_events, delivered_at, understood, text, .. } =
                message;
            let first = (message.first_opened_at, message.first_clicked_at);
            let led_to = (message.answered, message.opted_out);
            facts.push(format!(
                "{id} {state:?} {opens} {clicks} {machine_events} {first:?} {led_to:?} {delivered_at:?} {understood:?} {text}"
            ));
        }
        for activity in &file.activities {
            let kind = match &activity.kind {
                ActivityKind::Engaged(visit) => format!("{:?} {:?}", visit.action, visit.verdict),
                other => format!("{other:?}"),
            };
            facts.push(format!("activity {} {kind}", activity.id));
        }
        let page = || PageRequest::first(50);
        for task in ports.tasks().open(&self.workspace, None, page()).await.unwrap().items {
            facts.push(format!("task {}", task.title));
        }
        for note in ports.notifications().list(&self.workspace, &self.user, page()).await.unwrap().items {
            facts.push(format!("told {}", note.title));
        }
        for entry in ports.suppressions().find(&self.workspace, &scopes_of(&file.lead)).await.unwrap() {
            facts.push(format!("suppressed {:?} {:?}", entry.scope, entry.reason));
        }
        for booked in ports.revenue().transactions(&self.workspace, page()).await.unwrap().items {
            facts.push(format!("booked {:?} {:?}", booked.amount, booked.kind));
        }
        if let Some(client) = ports.revenue().client_by_external(&self.workspace, "cus_1").await.unwrap() {
            facts.push(format!("client {:?} {:?} {:?}", client.lead, client.collected, client.mrr));
        }
        let total = ports.conversations().get(&self.workspace, &self.lead).await;
        facts.push(format!("unread {:?}", total.map(|c| c.map(|c| c.unread)).ok().flatten()));
        facts
    }
}

/// Takes in all events; processing of the last one fails at call `at`, if it makes so many, and it is
/// delivered again.
async fn lived(
    ruled: bool,
    events: fn(&World) -> Vec<IngestEvent>,
    broken: Option<(usize, bool)>,
) -> (Vec<String>, bool) {
    let world = World::new().await;
    if ruled {
        world.make_rules().await;
    }
    let events = events(&world);
    let (last, before) = events.split_last().expect("there is an event");
    for event in before {
        ingest(&world.app.ports, event).await.unwrap();
    }
    let mut broke = false;
    if let Some((at, lost)) = broken {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        world.stage.cloud.faults().inject(move |moment, _| {
            let here = moment == Moment::Before && counted.fetch_add(1, Ordering::Relaxed) >= at;
            let dead = Fault::Fail { status: 400, code: "Dead".to_owned(), message: String::new() };
            here.then(|| {
                if lost && counted.load(Ordering::Relaxed) == at + 1 { Fault::LoseResponse } else { dead }
            })
        });
        // The call may succeed all the same: not every failed write is a required one.
        drop(ingest(&world.app.ports, last).await);
        world.stage.cloud.faults().clear();
        broke = count.load(Ordering::Relaxed) > at;
    }
    ingest(&world.app.ports, last).await.unwrap();
    if broken.is_none() {
        ingest(&world.app.ports, last).await.unwrap();
    }
    (world.facts().await, broke)
}

async fn is_as_if_it_came_once(events: fn(&World) -> Vec<IngestEvent>, expected: &str) {
    is_as_if_once(false, events, expected).await;
}

async fn is_as_if_once(ruled: bool, events: fn(&World) -> Vec<IngestEvent>, expected: &str) {
    let (once, _) = lived(ruled, events, None).await;
    assert!(once.iter().any(|fact| fact.contains(expected)), "{expected}: {once:#?}");
    for lost in [false, true] {
        for at in 0.. {
            let (again, broke) = lived(ruled, events, Some((at, lost))).await;
            if !broke {
                assert!(at > 2, "the event makes more calls than {at}");
                break;
            }
            assert_eq!(again, once, "call {at}, {}", if lost { "answer lost" } else { "refused" });
        }
    }
}

/// The response of the call to the provider was lost, and the first report proves that the message went out.
#[tokio::test]
async fn report_of_an_uncertain_message_adds_its_provider_id() {
    let world = World::new().await;
    let messages = world.stage.ports.messages();
    let mut lost = messages.get(&world.workspace, &world.message).await.unwrap();
    (lost.state, lost.accepted_at, lost.provider_id) = (MessageState::Uncertain, None, None);
    let event = Event::system(EventKind::MessageUncertain, world.stage.clock.now());
    messages.save(&lost, &event).await.unwrap();
    ingest(&world.app.ports, &world.report("sent", "")).await.unwrap();
    let told = messages.get(&world.workspace, &world.message).await.unwrap();
    assert_eq!((told.state, told.provider_id.as_deref()), (MessageState::Accepted, Some("SM1")));
}

/// The message was uncertain for an hour, until an open proved that it went out; the function that took in
/// the open failed midway. The repeated open and the click after it must not count as too quick for a person.
#[tokio::test]
async fn quick_click_after_a_proving_open_counts_as_human() {
    let world = World::new().await;
    let messages = world.stage.ports.messages();
    let mut proven = messages.get(&world.workspace, &world.message).await.unwrap();
    proven.accepted_at = Some(world.stage.clock.now());
    let event = Event::system(EventKind::MessageAccepted, world.stage.clock.now());
    messages.save(&proven, &event).await.unwrap();
    ingest(&world.app.ports, &world.tracked("e1", Action::Opened, 0)).await.unwrap();
    world.stage.advance(SignedDuration::from_secs(2));
    let url = "https://offer.example/a".to_owned();
    ingest(&world.app.ports, &world.tracked("e2", Action::Clicked { url }, 0)).await.unwrap();
    let told = messages.get(&world.workspace, &world.message).await.unwrap();
    assert_eq!((told.opens, told.clicks, told.machine_events), (1, 1, 0));
}

#[tokio::test]
async fn click_interrupted_at_any_call_counts_once() {
    let url = "https://offer.example/a".to_owned();
    is_as_if_it_came_once(
        |world| vec![world.tracked("e1", Action::Clicked { url: "https://offer.example/a".to_owned() }, 0)],
        &url,
    )
    .await;
}

/// The SDK repeats a write whose response it missed, and is refused because the item has changed: by its own
/// first write.
#[tokio::test]
async fn click_that_conflicts_with_its_own_write_counts_once() {
    let world = World::new().await;
    let click = |id: &str, n: i64| {
        world.tracked(id, Action::Clicked { url: format!("https://offer.example/{n}") }, n)
    };
    ingest(&world.app.ports, &click("e1", 0)).await.unwrap();
    let first = AtomicBool::new(true);
    world.stage.cloud.faults().inject(move |moment, call| {
        let is_message = String::from_utf8_lossy(call.body).contains(r#""entity":{"S":"message"}"#);
        let is_it = moment == Moment::After && call.operation == "PutItem" && is_message;
        (is_it && first.swap(false, Ordering::Relaxed)).then(|| Fault::Fail {
            status: 400,
            code: "ConditionalCheckFailedException".to_owned(),
            message: "The conditional request failed".to_owned(),
        })
    });
    ingest(&world.app.ports, &click("e2", 60)).await.unwrap();
    let message = world.stage.ports.messages().get(&world.workspace, &world.message).await.unwrap();
    assert_eq!((message.clicks, message.machine_events), (2, 0));
}

/// The provider got no answer to its first report and repeats it minutes later.
#[tokio::test]
async fn reply_reported_twice_is_notified_once() {
    let world = World::new().await;
    for _ in 0..2 {
        ingest(&world.app.ports, &world.text("How much is it?")).await.unwrap();
        world.stage.advance(SignedDuration::from_mins(2));
    }
    let told = world.stage.ports.notifications();
    let told = told.list(&world.workspace, &world.user, PageRequest::first(5)).await.unwrap().items;
    assert_eq!(told.len(), 1);
    let conversations = world.stage.ports.conversations();
    let conversation = conversations.get(&world.workspace, &world.lead).await.unwrap().unwrap();
    let file = world.stage.ports.leads().file(&world.workspace, &world.lead).await.unwrap();
    let heard: Vec<_> = file.messages.iter().filter(|message| message.direction == Direction::In).collect();
    assert_eq!((heard.len(), conversation.unread), (1, 1));
    assert_eq!(conversation.last_at, heard[0].created_at);
}

/// The lead remembers only its latest events, and a page that is being read reports every few seconds.
#[tokio::test]
async fn events_repeated_after_long_reading_count_once() {
    let world = World::new().await;
    let session = || "s".to_owned();
    let visit = Action::PreviewViewed { session: session() };
    let call = Action::CallToAction { session: session(), target: "book".to_owned() };
    let click = Action::Clicked { url: "https://offer.example/a".to_owned() };
    let all: Vec<_> = [Action::Opened, click, visit, call].into_iter().enumerate().collect();
    let take_in = async |named: &str, n: usize, action: Action| {
        ingest(&world.app.ports, &world.tracked(&format!("{named}{n}"), action, 0)).await.unwrap();
    };
    for (n, action) in all.clone() {
        take_in("event", n, action).await;
    }
    for n in 0..40 {
        take_in("slice", n, Action::TimeOnPage { session: session(), seconds: 15 }).await;
    }
    for (n, action) in all {
        take_in("event", n, action).await;
    }
    let lead = world.stage.ports.leads().get(&world.workspace, &world.lead).await.unwrap();
    let Engagement { opens, clicks, views, cta_clicks, recent_views, .. } = lead.engagement;
    assert_eq!((opens, clicks, views, cta_clicks, recent_views.len()), (1, 1, 1, 1, 1));
    let message = world.stage.ports.messages().get(&world.workspace, &world.message).await.unwrap();
    assert_eq!((message.opens, message.clicks), (1, 1));
}

/// One delivery stalls between the lead and the message; another takes in the same event meanwhile, and then
/// a click.
#[tokio::test]
async fn open_taken_in_twice_at_once_counts_once() {
    let world = World::new().await;
    let opened = world.tracked("e1", Action::Opened, 0);
    let stands_still = Arc::new(tokio::sync::Notify::new());
    let (begun, first) = (Arc::new(tokio::sync::Notify::new()), AtomicBool::new(true));
    let (thaw, standing) = (stands_still.clone(), begun.clone());
    world.stage.cloud.faults().hold_up(move |moment, call| {
        let is_message = String::from_utf8_lossy(call.body).contains(r#""entity":{"S":"message"}"#);
        let is_it = moment == Moment::Before && call.operation == "PutItem" && is_message;
        (is_it && first.swap(false, Ordering::Relaxed)).then(|| {
            let (thaw, standing) = (thaw.clone(), standing.clone());
            let pause: local_cloud::Pause = Box::pin(async move {
                standing.notify_one();
                thaw.notified().await;
            });
            pause
        })
    });
    let meanwhile = async {
        begun.notified().await;
        ingest(&world.app.ports, &opened).await.unwrap();
        let click = Action::Clicked { url: "https://offer.example/a".to_owned() };
        ingest(&world.app.ports, &world.tracked("e2", click, 60)).await.unwrap();
        stands_still.notify_one();
    };
    let (taken, ()) = tokio::join!(ingest(&world.app.ports, &opened), meanwhile);
    taken.unwrap();
    let message = world.stage.ports.messages().get(&world.workspace, &world.message).await.unwrap();
    assert_eq!((message.opens, message.clicks), (1, 1));
}

#[tokio::test]
async fn visit_that_turns_the_lead_hot_interrupted_at_any_call_counts_once() {
    is_as_if_it_came_once(
        |world| {
            let visit = |n: i64| Action::PreviewViewed { session: format!("s{n}") };
            (1..=3).map(|n| world.tracked(&format!("v{n}"), visit(n), n)).collect()
        },
        "told Ann",
    )
    .await;
}

#[tokio::test]
async fn reply_interrupted_at_any_call_counts_once() {
    is_as_if_it_came_once(|world| vec![world.text("Yes please call me tomorrow")], "Replied").await;
    is_as_if_it_came_once(|world| vec![world.text("Yes please call me tomorrow")], "(Some(Positive), false)")
        .await;
}

/// The first reply decides how our message was taken.
#[tokio::test]
async fn refusal_followed_by_a_yes_interrupted_at_any_call_stays_a_refusal() {
    let no_then_yes = |world: &World| {
        let again =
            json!([["MessageSid", "SM10"], ["From", PHONE], ["To", "+15005550006"], ["Body", "Well, yes"]]);
        vec![world.text("No thanks"), world.webhook("SM10", &again)]
    };
    is_as_if_it_came_once(no_then_yes, "(Some(Refusal), false)").await;
}

#[tokio::test]
async fn opt_out_by_text_interrupted_at_any_call_counts_once() {
    is_as_if_it_came_once(|world| vec![world.text("STOP")], "suppressed").await;
    is_as_if_it_came_once(|world| vec![world.text("STOP")], "(None, true)").await;
}

#[tokio::test]
async fn delivery_report_interrupted_at_any_call_counts_once() {
    is_as_if_it_came_once(|world| vec![world.report("delivered", "")], "Delivered").await;
}

#[tokio::test]
async fn invalid_number_report_interrupted_at_any_call_counts_once() {
    is_as_if_it_came_once(|world| vec![world.report("undelivered", "30005")], "Bounced").await;
}

/// A user has removed the number from the suppression list since.
#[tokio::test]
async fn invalid_number_report_repeated_days_later_changes_nothing() {
    let world = World::new().await;
    let report = world.report("undelivered", "30005");
    let scope = SuppressionScope::phone(&PhoneNumber::try_from(PHONE.to_owned()).unwrap());
    let suppressions = world.stage.ports.suppressions();
    let listed = async || suppressions.find(&world.workspace, std::slice::from_ref(&scope)).await.unwrap();
    ingest(&world.app.ports, &report).await.unwrap();
    let entry = listed().await.pop().unwrap();
    suppressions.lift(&entry, &Event::system(EventKind::LeadChanged, world.stage.clock.now())).await.unwrap();
    world.stage.advance(SignedDuration::from_hours(72));
    ingest(&world.app.ports, &report).await.unwrap();
    assert_eq!(listed().await, Vec::new());
}

#[tokio::test]
async fn landline_report_interrupted_at_any_call_ends_the_enrolment_once() {
    let reported: fn(&World) -> Vec<IngestEvent> = |world| vec![world.report("undelivered", "30006")];
    is_as_if_it_came_once(reported, "enrolment 0 Ended { reason: Failed } {Sms}").await;
}

#[tokio::test]
async fn opt_out_by_link_interrupted_at_any_call_counts_once() {
    is_as_if_it_came_once(
        |world| {
            vec![IngestEvent::Unsubscribed {
                workspace: world.workspace.clone(),
                lead: world.lead.clone(),
                message: Some(world.message.clone()),
                to: None,
                event_id: "u1".to_owned(),
                at: world.stage.clock.now(),
            }]
        },
        "OptedOut",
    )
    .await;
}

#[tokio::test]
async fn invoice_after_its_checkout_interrupted_at_any_call_is_booked_once() {
    is_as_if_it_came_once(|world| vec![world.checkout(), world.invoice()], "booked").await;
}

#[tokio::test]
async fn checkout_after_its_invoice_interrupted_at_any_call_wins_the_lead() {
    is_as_if_it_came_once(|world| vec![world.invoice(), world.checkout()], "Won").await;
}

#[tokio::test]
async fn reply_from_a_shared_number_is_retried_while_the_table_fails() {
    let world = World::new().await;
    let shares = |lead: &mut Lead| lead.phone = PhoneNumber::try_from(PHONE.to_owned()).ok();
    let other = world.stage.lead(&world.workspace, "bob", shares).await;
    let file = format!("#L#{}", world.lead.ulid_text());
    world.stage.cloud.faults().inject(move |moment, call| {
        let asked = moment == Moment::Before && call.operation == "Query";
        (asked && String::from_utf8_lossy(call.body).contains(&file)).then(|| Fault::Fail {
            status: 400,
            code: "Dead".to_owned(),
            message: String::new(),
        })
    });
    let heard = ingest(&world.app.ports, &world.text("Yes please call me")).await;
    let conversations = world.stage.ports.conversations();
    let others = conversations.get(&world.workspace, &other.id).await.unwrap();
    assert!(heard.is_err() && others.is_none(), "{heard:?} {others:?}");
}

#[tokio::test]
async fn response_time_is_counted_in_working_hours() {
    let world = World::new().await;
    let leads = world.stage.ports.leads();
    let mut lead = leads.get(&world.workspace, &world.lead).await.unwrap();
    let zone = ZoneName::parse("Europe/London").unwrap();
    lead.zone = Some(ZoneFact { zone, source: ZoneSource::Given, confidence: 100 });
    leads.save(&lead, &Event::system(EventKind::LeadChanged, world.stage.clock.now())).await.unwrap();
    // Our message went out on a Friday at nine of the lead's clock; the reply came on Monday at ten.
    world.stage.advance(SignedDuration::from_hours(72));
    ingest(&world.app.ports, &world.text("Yes please call me tomorrow")).await.unwrap();
    let lead = world.stage.ports.leads().get(&world.workspace, &world.lead).await.unwrap();
    let hours = lead.engagement.response_hours.unwrap();
    assert!((hours - 9.0).abs() < 0.1, "{hours}");
}

/// The lead opted out on their preview page, so the event names no message: it counts for the last one.
#[tokio::test]
async fn opt_out_without_a_message_counts_for_the_last_one() {
    is_as_if_it_came_once(
        |world| {
            vec![IngestEvent::Unsubscribed {
                workspace: world.workspace.clone(),
                lead: world.lead.clone(),
                message: None,
                to: None,
                event_id: "u2".to_owned(),
                at: world.stage.clock.now(),
            }]
        },
        "(None, true)",
    )
    .await;
}
