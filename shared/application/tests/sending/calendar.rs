//! A text that falls due on a day off, at night or while its account rests is put off, and costs no look more.

use super::scene::World;
use application::queue_messages::SendMessage;
use application::sending::{SendPorts, send_batch};
use application::{Clock, Ports};
use domain::contact::country::Country;
use domain::event::{Event, EventKind};
use domain::time::days_off::DayOff;
use domain::time::time_zone::ZoneName;
use domain::time::weekly_hours::MinuteRange;
use domain::time::weekly_hours::WorkingHours;

/// Six days after a Friday, at nine.
const THANKSGIVING: i64 = 6 * 24 * 60 * 60;

/// When the first text is due after it was asked for, and how often the provider was called.
async fn asked(world: &World) -> (String, usize) {
    world.ask_and_run().await;
    (world.enrolment().await.due().map(|due| due.to_string()).unwrap_or_default(), world.calls())
}

async fn american(world: &World) {
    let leads = world.ports().leads();
    let mut ann = leads.get(&world.workspace, &world.key.lead).await.unwrap();
    ann.country = Country::parse("US");
    leads.save(&ann, &Event::system(EventKind::LeadChanged, world.stage.clock.now())).await.unwrap();
}

#[tokio::test]
async fn step_waits_on_a_public_holiday_of_the_lead() {
    let world = World::new().await;
    american(&world).await;
    world.pass(THANKSGIVING);
    world.falls_due().await;
    let (due, calls) = asked(&world).await;
    assert!(due.starts_with("2026-11-27T09:0") && calls == 0, "{due}, {calls} calls");
    world.pass(24 * 60 * 60 + 10 * 60);
    world.run_due().await;
    assert_eq!(world.calls(), 1);
}

#[tokio::test]
async fn step_waits_on_a_day_off_of_the_workspace() {
    let world = World::new().await;
    let workspaces = world.ports().workspaces();
    let mut workspace = workspaces.get(&world.workspace).await.unwrap();
    let name = "Company outing".to_owned();
    workspace.days_off.push(DayOff { date: "2025-11-20".parse().unwrap(), name, yearly: true });
    workspaces
        .save(&workspace, &Event::system(EventKind::SettingsChanged, world.stage.clock.now()))
        .await
        .unwrap();
    let (due, calls) = asked(&world).await;
    assert!(due.starts_with("2026-11-23T09:0") && calls == 0, "{due}, {calls} calls");
}

#[tokio::test]
async fn text_waits_for_the_hours_of_its_account() {
    let world = World::new().await;
    let accounts = world.ports().accounts();
    let mut account = accounts.list(&world.workspace).await.unwrap().remove(0);
    account.hours = Some(WorkingHours {
        zone: ZoneName::parse("America/New_York").unwrap(),
        weekdays: vec![1, 2, 3, 4, 5],
        ranges: vec![MinuteRange { start: 9 * 60, end: 17 * 60 }],
    });
    accounts
        .save(&account, &Event::system(EventKind::AccountChanged, world.stage.clock.now()))
        .await
        .unwrap();
    let (due, calls) = asked(&world).await;
    assert!(due.starts_with("2026-11-20T14:0") && calls == 0, "{due}, {calls} calls");
}

#[tokio::test]
async fn batch_reads_the_campaigns_accounts_once() {
    for messages in [1, 3] {
        let world = World::new().await;
        let read = || {
            let partitions = world.stage.cloud.ledger().partitions();
            let accounts = partitions.into_iter().filter(|(key, _)| key.ends_with("#ACCOUNTS"));
            accounts.map(|(_, used)| used.read_units).sum::<f64>()
        };
        world.ports().accounts().list(&world.workspace).await.unwrap();
        let before = read();
        assert!(before > 0.0, "the accounts lie elsewhere");
        let due = world.stage.clock.now();
        let step = SendMessage::Step { enrolment: world.key.clone(), generation: 0, due, slot: None };
        send_batch(&SendPorts::new(world.ports()), &vec![step; messages]).await;
        assert_eq!((world.calls(), read() - before), (1, 1.0), "{messages} messages");
    }
}
