//! Meetings that leads book at Cal.com and Calendly, in any order and more than once.

use crate::App;
use crate::tests::webhook;
use application::ingesting::ingest;
use application::ports::accounts::SecretFields;
use application::ports::leads::ActivityKind;
use application::ports::store::PageRequest;
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::enrolment::reasons::EndReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::meeting::MeetingNews;
use domain::time::time_zone::ZoneName;
use domain::workspace::account::{AccountKind, AccountSettings, BookingService};
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::{AccountId, WorkspaceId};
use serde_json::{Value, json};
use test_stage::Stage;

struct World {
    stage: Stage,
    workspace: WorkspaceId,
    account: AccountId,
    ann: Lead,
    enrolment: Enrolment,
}

impl World {
    /// A lead in a running sequence, and an account of a booking service.
    async fn new(via: BookingService) -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let settings = AccountSettings::Bookings { via };
        let account =
            stage.account(&workspace, settings, SecretFields::one("signing_secret", "s3cret")).await;
        let ann = stage.lead(&workspace, "ann", |lead| {
            lead.owner = Some(user);
            lead.phone = PhoneNumber::parse("+491713920071", None).ok();
        });
        let ann = ann.await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["one", "two"]).await;
        let campaign = stage.campaign("First", &sequence, CampaignState::Active, |_| {}).await;
        let enrolment = stage.enrolment(&campaign, &sequence, &ann.id).await;
        Self { stage, workspace, account, ann, enrolment }
    }

    async fn hears(&self, event_id: &str, body: &Value) {
        let ids = (&self.workspace, &self.account);
        let event = webhook(&self.stage, ids, AccountKind::Bookings, event_id, body);
        // Each webhook is handled twice.
        for _ in 0..2 {
            ingest(&App::new(&self.stage.ports).ports, &event).await.unwrap();
        }
    }

    async fn end_reason(&self) -> Option<EndReason> {
        let enrolment = self.stage.ports.enrolments().get(self.enrolment.key()).await.unwrap();
        match enrolment.state() {
            EnrolmentState::Ended { reason, .. } => Some(*reason),
            _ => None,
        }
    }

    async fn meetings(&self) -> Vec<Task> {
        let file = self.stage.ports.leads().file(&self.workspace, &self.ann.id).await.unwrap();
        let mut tasks = file.tasks;
        tasks.retain(|task| task.kind == TaskKind::Meeting);
        tasks.sort_by_key(|task| task.due_at);
        tasks
    }

    async fn news(&self) -> Vec<MeetingNews> {
        let file = self.stage.ports.leads().file(&self.workspace, &self.ann.id).await.unwrap();
        let news = file.activities.into_iter().filter_map(|entry| match entry.kind {
            ActivityKind::Meeting { news, .. } => Some(news),
            _ => None,
        });
        news.collect()
    }

    async fn notifications(&self) -> Vec<String> {
        let user = self.ann.owner.as_ref().unwrap();
        let page = PageRequest::first(20);
        let found = self.stage.ports.notifications().list(&self.workspace, user, page).await.unwrap();
        found.items.into_iter().map(|one| one.title).collect()
    }
}

fn cal_com(world: &World, trigger: &str, uid: &str, starts: &str, replaces: Option<&str>) -> Value {
    json!({
        "triggerEvent": trigger, "createdAt": world.stage.clock.now().to_string(),
        "payload": {
            "uid": uid, "title": "Intro", "startTime": starts, "rescheduleUid": replaces,
            "attendees": [{ "email": "ann@one.example", "name": "Ann" }],
            "metadata": { "videoCallUrl": "https://meet.example/x" },
        },
    })
}

#[tokio::test]
async fn booking_ends_the_sequences_and_becomes_a_task_due_when_the_meeting_begins() {
    let world = World::new(BookingService::CalCom).await;
    let event = cal_com(&world, "BOOKING_CREATED", "b1", "2030-05-06T09:00:00Z", None);
    world.hears("e1", &event).await;
    assert_eq!(world.end_reason().await, Some(EndReason::Booked));
    let meetings = world.meetings().await;
    let [task] = meetings.as_slice() else { panic!("{meetings:?}") };
    assert_eq!((task.title.as_str(), task.due_at.to_string()), ("Intro", "2030-05-06T09:00:00Z".to_owned()));
    assert_eq!((&task.owner, task.done_at), (&world.ann.owner, None));
    assert_eq!(task.link.as_deref(), Some("https://meet.example/x"));
    assert_eq!(world.news().await, [MeetingNews::Booked]);
    let told = world.notifications().await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with("booked a meeting"), "{told:?}");
}

#[tokio::test]
async fn notice_of_a_meeting_tells_the_time_on_the_workspaces_clock_and_names_it() {
    let world = World::new(BookingService::CalCom).await;
    let workspaces = world.stage.ports.workspaces();
    let mut workspace = workspaces.get(&world.workspace).await.unwrap();
    workspace.default_zone = ZoneName::parse("America/New_York").unwrap();
    let event = Event::system(EventKind::SettingsChanged, world.stage.clock.now());
    workspaces.save(&workspace, &event).await.unwrap();
    world.hears("e1", &cal_com(&world, "BOOKING_CREATED", "b1", "2030-05-06T19:00:00Z", None)).await;
    let user = world.ann.owner.as_ref().unwrap();
    let told = world.stage.ports.notifications();
    let told = told.list(&world.workspace, user, PageRequest::first(1)).await.unwrap().items;
    assert_eq!(told[0].detail, "Intro, 6 May 2030, 15:00 (America/New_York)");
}

#[tokio::test]
async fn meeting_that_is_moved_leaves_one_open_task_at_the_new_time() {
    let world = World::new(BookingService::CalCom).await;
    world.hears("e1", &cal_com(&world, "BOOKING_CREATED", "b1", "2030-05-06T09:00:00Z", None)).await;
    world
        .hears("e2", &cal_com(&world, "BOOKING_RESCHEDULED", "b2", "2030-05-07T09:00:00Z", Some("b1")))
        .await;
    let meetings = world.meetings().await;
    let state: Vec<_> = meetings.iter().map(|task| (task.due_at.to_string(), task.outcome)).collect();
    assert_eq!(
        state,
        [
            ("2030-05-06T09:00:00Z".to_owned(), Some(TaskOutcome::Cancelled)),
            ("2030-05-07T09:00:00Z".to_owned(), None)
        ]
    );
    assert_eq!(world.news().await.len(), 2);
}

#[tokio::test]
async fn meeting_that_is_called_off_before_its_booking_is_heard_of_has_no_open_task() {
    let world = World::new(BookingService::CalCom).await;
    world.hears("e2", &cal_com(&world, "BOOKING_CANCELLED", "b1", "2030-05-06T09:00:00Z", None)).await;
    world.hears("e1", &cal_com(&world, "BOOKING_CREATED", "b1", "2030-05-06T09:00:00Z", None)).await;
    let meetings = world.meetings().await;
    assert_eq!(meetings.iter().map(|task| task.outcome).collect::<Vec<_>>(), [Some(TaskOutcome::Cancelled)]);
    // Whoever books has answered, whatever became of the meeting.
    assert_eq!(world.end_reason().await, Some(EndReason::Booked));
}

#[tokio::test]
async fn booking_from_an_unknown_address_is_told_to_everybody_and_stops_nothing() {
    let world = World::new(BookingService::CalCom).await;
    let mut event = cal_com(&world, "BOOKING_CREATED", "b1", "2030-05-06T09:00:00Z", None);
    event["payload"]["attendees"] = json!([{ "email": "someone@else.example", "name": "Someone Else" }]);
    world.hears("e1", &event).await;
    assert_eq!(world.end_reason().await, None);
    assert_eq!(world.notifications().await, ["Someone Else booked a meeting"]);
    // The booking link carried the lead's id.
    event["payload"]["uid"] = json!("b2");
    event["payload"]["metadata"]["lead"] = json!(world.ann.id);
    world.hears("e2", &event).await;
    assert_eq!(world.end_reason().await, Some(EndReason::Booked));
}

#[tokio::test]
async fn id_of_another_workspaces_lead_in_the_link_finds_nobody() {
    let world = World::new(BookingService::CalCom).await;
    let (other, _) = world.stage.workspace("southquay").await;
    let eve = world.stage.lead(&other, "eve", |_| {}).await;
    let mut event = cal_com(&world, "BOOKING_CREATED", "b1", "2030-05-06T09:00:00Z", None);
    event["payload"]["attendees"] = json!([{ "email": "someone@else.example", "name": "Someone Else" }]);
    event["payload"]["metadata"]["lead"] = json!(eve.id);
    world.hears("e1", &event).await;
    let file = world.stage.ports.leads().file(&other, &eve.id).await.unwrap();
    assert!(file.tasks.is_empty());
    assert!(world.meetings().await.is_empty());
}

#[tokio::test]
async fn invitee_of_calendly_who_takes_another_time_has_one_meeting_in_either_order() {
    for turned in [false, true] {
        let world = World::new(BookingService::Calendly).await;
        let event = |event: &str, uri: &str, start: &str, old: Option<&str>, rescheduled: bool| {
            json!({
                "event": event, "created_at": world.stage.clock.now().to_string(),
                "payload": {
                    "uri": uri, "email": "ann@one.example", "name": "Ann", "rescheduled": rescheduled, "old_invitee": old,
                    "scheduled_event": { "name": "Intro", "start_time": start, "event_guests": [] },
                    "tracking": { "utm_content": null },
                },
            })
        };
        let (first, second) = ("2030-05-06T09:00:00Z", "2030-05-07T09:00:00Z");
        world.hears("e1", &event("invitee.created", "i1", first, None, false)).await;
        let mut both = vec![
            ("e2", event("invitee.canceled", "i1", first, None, true)),
            ("e3", event("invitee.created", "i2", second, Some("i1"), false)),
        ];
        if turned {
            both.reverse();
        }
        for (id, event) in &both {
            world.hears(id, event).await;
        }
        let open: Vec<_> = world.meetings().await.into_iter().filter(|task| task.done_at.is_none()).collect();
        assert_eq!(open.len(), 1, "{open:?}");
        assert_eq!(open[0].due_at.to_string(), second);
        let news = world.news().await;
        assert!(!news.contains(&MeetingNews::CalledOff) && news.len() == 2, "{news:?}");
    }
}

#[tokio::test]
async fn booking_by_number_alone_is_the_meeting_of_the_lead_with_that_number() {
    let world = World::new(BookingService::CalCom).await;
    let by_number = |trigger: &str| {
        let mut event = cal_com(&world, trigger, "b1", "2030-05-06T09:00:00Z", None);
        event["payload"]["attendees"] = json!([{ "email": "491713920071@sms.cal.com", "name": "Ann" }]);
        event
    };
    world.hears("e1", &by_number("BOOKING_CREATED")).await;
    assert_eq!(world.end_reason().await, Some(EndReason::Booked));
    assert_eq!(world.meetings().await.len(), 1);
    world.hears("e2", &by_number("BOOKING_CANCELLED")).await;
    let outcomes: Vec<_> = world.meetings().await.iter().map(|task| task.outcome).collect();
    assert_eq!(outcomes, [Some(TaskOutcome::Cancelled)]);
    assert_eq!(world.news().await, [MeetingNews::Booked, MeetingNews::CalledOff]);
}

#[tokio::test]
async fn seat_that_somebody_else_cancels_leaves_the_leads_meeting() {
    let world = World::new(BookingService::CalCom).await;
    let seat = |trigger: &str, who: &str| {
        let mut event = cal_com(&world, trigger, "b1", "2030-05-06T09:00:00Z", None);
        let payload = &mut event["payload"];
        payload["attendees"] = json!([{ "email": "bert@berg.example", "name": "Bert" }, { "email": "ann@one.example", "name": "Ann" }]);
        payload["responses"] = json!({ "email": { "value": who }, "name": { "value": who } });
        payload["attendeeSeatId"] = json!(who);
        payload["seatsPerTimeSlot"] = json!(10);
        event
    };
    world.hears("e1", &seat("BOOKING_CREATED", "bert@berg.example")).await;
    assert!(world.meetings().await.is_empty() && world.end_reason().await.is_none());
    world.hears("e2", &seat("BOOKING_CREATED", "ann@one.example")).await;
    assert_eq!(world.end_reason().await, Some(EndReason::Booked));
    world.hears("e3", &seat("BOOKING_CANCELLED", "bert@berg.example")).await;
    let outcomes: Vec<_> = world.meetings().await.iter().map(|task| task.outcome).collect();
    assert_eq!(outcomes, [None], "Ann's seat stands");
    world.hears("e4", &seat("BOOKING_CANCELLED", "ann@one.example")).await;
    let outcomes: Vec<_> = world.meetings().await.iter().map(|task| task.outcome).collect();
    assert_eq!(outcomes, [Some(TaskOutcome::Cancelled)]);
}

#[tokio::test]
async fn meeting_that_the_host_calls_off_is_not_told_as_the_leads_doing() {
    let world = World::new(BookingService::CalCom).await;
    let mut event = cal_com(&world, "BOOKING_CANCELLED", "b1", "2030-05-06T09:00:00Z", None);
    event["payload"]["organizer"] = json!({ "email": "maya@nq.example", "name": "Maya" });
    event["payload"]["cancelledBy"] = json!("maya@nq.example");
    world.hears("e1", &event).await;
    let told = world.notifications().await;
    assert!(told[0].starts_with("The meeting with") && told[0].ends_with("was called off"), "{told:?}");
}
