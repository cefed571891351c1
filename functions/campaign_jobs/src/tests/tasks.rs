//! Follow-up dates and reminders: what their jobs make, and when.

use super::*;
use application::{StoreResult, ports::due::DueWork};
use domain::TaskId;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::task::{Task, TaskKind};
use jiff::Timestamp;

async fn someone(world: &World) -> Lead {
    let task_owner = domain::UserId::derived(world.stage.clock.now(), &["owner"]);
    let change = |lead: &mut Lead| lead.owner = Some(task_owner);
    world.stage.lead(&world.workspace, "ann", change).await
}

async fn told(world: &World, lead: &Lead) -> Vec<Notification> {
    let page = PageRequest::first(50);
    let user = lead.owner.clone().unwrap();
    world.ports().notifications().list(&world.workspace, &user, page).await.unwrap().items
}

async fn send(world: &World, job: CampaignJob) -> StoreResult<()> {
    send_all(&*world.ports().outbox(), &[job], 0).await?;
    world.run().await;
    Ok(())
}

/// A task that is due in an hour, of which its owner is reminded a quarter of an hour before.
async fn planned(world: &World, lead: &Lead) -> (Task, Timestamp) {
    let now = world.stage.clock.now();
    let id = TaskId::derived(&lead.id, &["call"]);
    let mut task = Task::about(lead, id, TaskKind::Call, "Call Ann".to_owned(), now);
    task.due_at = now + SignedDuration::from_hours(1);
    task.remind_minutes = Some(15);
    task.rev = world.ports().tasks().save(&task, &Event::system(EventKind::TaskCreated, now)).await.unwrap();
    let at = task.remind_at().unwrap();
    (task, at)
}

fn reminder(task: &Task, at: Timestamp) -> CampaignJob {
    CampaignJob::RemindTask { workspace: task.workspace.clone(), task: task.id.clone(), at }
}

#[tokio::test]
async fn reminder_is_one_notification_for_the_owner_however_often_its_job_comes() {
    let world = World::new(0).await;
    let lead = someone(&world).await;
    let (task, at) = planned(&world, &lead).await;
    world.stage.advance(SignedDuration::from_mins(46));
    for _ in 0..2 {
        send(&world, reminder(&task, at)).await.unwrap();
    }
    let told = told(&world, &lead).await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind, told[0].detail.as_str()), (NotificationKind::TaskDue, "Due in 15 minutes"));
}

#[tokio::test]
async fn reminder_of_a_task_that_was_moved_or_closed_tells_nobody() {
    let world = World::new(0).await;
    let lead = someone(&world).await;
    let (task, at) = planned(&world, &lead).await;
    world.stage.advance(SignedDuration::from_mins(46));
    let changed = Event::system(EventKind::TaskChanged, world.stage.clock.now());
    let mut moved = Task { due_at: task.due_at + SignedDuration::from_hours(1), ..task.clone() };
    moved.rev = world.ports().tasks().save(&moved, &changed).await.unwrap();
    send(&world, reminder(&task, at)).await.unwrap();
    moved.close(domain::workspace::task::TaskOutcome::Done, changed.at);
    moved.due_at = task.due_at;
    world.ports().tasks().save(&moved, &changed).await.unwrap();
    send(&world, reminder(&task, at)).await.unwrap();
    assert_eq!(told(&world, &lead).await, []);
}

#[tokio::test]
async fn due_follow_up_date_goes_through_the_queue_and_becomes_a_task() {
    let world = World::new(0).await;
    let mut lead = someone(&world).await;
    let at = world.stage.clock.now() + SignedDuration::from_mins(30);
    lead.follow_up_at = Some(at);
    let due = world.ports().due();
    application::tasks::follow_up::plan_follow_up(&*due, &lead).await.unwrap();
    let event = Event::system(EventKind::LeadChanged, world.stage.clock.now());
    lead.rev = world.ports().leads().save(&lead, &event).await.unwrap();
    world.stage.advance(SignedDuration::from_mins(31));
    let packs = due.due(world.stage.clock.now(), 10).await.unwrap();
    let hints: Vec<_> = packs.into_iter().flat_map(|pack| pack.hints).collect();
    let what = DueWork::FollowUp { workspace: world.workspace.clone(), lead: lead.id.clone() };
    assert_eq!(hints, [application::ports::due::Hint { at, what }]);
    send(&world, CampaignJob::FollowUp { workspace: world.workspace.clone(), lead: lead.id.clone(), at })
        .await
        .unwrap();
    let page = PageRequest::first(10);
    let open = world.ports().tasks().open(&world.workspace, None, page).await.unwrap().items;
    assert_eq!((open.len(), open[0].kind, &open[0].owner), (1, TaskKind::FollowUp, &lead.owner));
    assert_eq!(told(&world, &lead).await.len(), 1);
}
