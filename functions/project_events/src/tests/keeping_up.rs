//! The copies of a lead's name and number in the inbox and on tasks follow the lead.

use super::{Scene, all_done};
use application::Ports;
use application::ports::due::DueWork;
use application::queue_messages::Queue;
use application::tasks::follow_up::make_follow_up;
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::consent::Consents;
use domain::lead::enrichment::{Field, FieldResult, FieldStatus, FieldValue};
use domain::lead::stage::StageId;
use domain::message::Direction;
use domain::message::conversation::{Conversation, Folder};
use domain::workspace::task::{Task, TaskKind, TaskOutcome};
use domain::workspace::user::Role;
use domain::{LeadId, TaskId, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

impl Scene {
    fn ann_id(&self) -> LeadId {
        LeadId::derived(self.stage.ports.clock().now(), &["ann"])
    }

    async fn ann(&self) -> Lead {
        self.stage.ports.leads().get(&self.workspace, &self.ann_id()).await.unwrap()
    }

    async fn renamed(&self, first_name: &str, phone: &str) -> Lead {
        let before = self.ann().await;
        let mut after = before.clone();
        after.first_name = Some(first_name.to_owned());
        after.phone = PhoneNumber::parse(phone, None).ok();
        let event = Event::system(EventKind::LeadChanged, self.stage.ports.clock().now());
        self.stage.ports.leads().change_identity(&before, &after, &event).await.unwrap();
        self.ann().await
    }

    async fn task(&self, lead: &Lead, name: &str, kind: TaskKind) -> TaskId {
        let now = self.stage.ports.clock().now();
        let id = TaskId::derived(&lead.id, &[name]);
        let mut task = Task::about(lead, id.clone(), kind, "Ask about autumn".to_owned(), now);
        task.copy_lead_fields(lead);
        self.stage.ports.tasks().save(&task, &Event::system(EventKind::TaskCreated, now)).await.unwrap();
        id
    }

    async fn on_task(&self, task: &TaskId) -> (String, Option<String>, u64) {
        let task = self.stage.ports.tasks().get(&self.workspace, task).await.unwrap();
        (task.lead_name, task.link, task.rev)
    }

    async fn converse(&self, lead: &Lead) {
        let now = self.stage.ports.clock().now();
        let conversation = Conversation {
            workspace: self.workspace.clone(),
            lead: lead.id.clone(),
            lead_name: lead.display_name(),
            lead_deleted: false,
            folder: Folder::Open,
            channel: Channel::Email,
            last_direction: Direction::In,
            last_at: now,
            snippet: "Yes".to_owned(),
            unread: 1,
            understood: None,
            assignee: None,
            lead_owner: None,
            taken_in: Vec::new(),
            draft: None,
            rev: 0,
        };
        let event = Event::system(EventKind::ConversationAnswered, now);
        self.stage.ports.conversations().save(&conversation, &event).await.unwrap();
    }

    async fn in_inbox(&self) -> (String, u32, u64) {
        let found = self.stage.ports.conversations().get(&self.workspace, &self.ann_id()).await.unwrap();
        let found = found.unwrap();
        (found.lead_name, found.unread, found.rev)
    }
}

#[tokio::test]
async fn changed_name_and_number_reach_the_inbox_and_open_tasks() {
    let scene = Scene::new().await;
    let ann = scene.renamed("Ann", "+12065550100").await;
    let call = scene.task(&ann, "call", TaskKind::Call).await;
    let chat = scene.task(&ann, "chat", TaskKind::Whatsapp).await;
    let done = scene.task(&ann, "done", TaskKind::Call).await;
    let mut closed = scene.stage.ports.tasks().get(&scene.workspace, &done).await.unwrap();
    let now = scene.stage.ports.clock().now();
    closed.close(TaskOutcome::Connected, now);
    scene.stage.ports.tasks().save(&closed, &Event::system(EventKind::TaskDone, now)).await.unwrap();
    scene.converse(&ann).await;
    assert_eq!(scene.project(&scene.stage.stream()).await, all_done());
    assert_eq!(scene.in_inbox().await, ("Ann".to_owned(), 1, 1), "nothing to bring up to date");

    scene.renamed("Anna", "+12065550199").await;
    assert_eq!(scene.project(&scene.stage.stream()).await, all_done());
    assert_eq!(scene.in_inbox().await, ("Anna".to_owned(), 1, 2));
    assert_eq!(scene.on_task(&call).await, ("Anna".to_owned(), Some("tel:+12065550199".to_owned()), 2));
    assert_eq!(scene.on_task(&chat).await.1.as_deref(), Some("https://wa.me/12065550199?text="));
    let there = scene.on_task(&done).await;
    assert_eq!(there.1.as_deref(), Some("tel:+12065550100"), "it was done by the number of then");
    // The projection's own writes cause no further ones, and a repeat changes nothing.
    scene.project(&scene.stage.stream()).await;
    assert_eq!((scene.in_inbox().await.2, scene.on_task(&call).await.2), (2, 2));

    // A reopened task gets the present number.
    let mut open = scene.stage.ports.tasks().get(&scene.workspace, &done).await.unwrap();
    (open.done_at, open.outcome) = (None, None);
    scene.stage.ports.tasks().save(&open, &Event::system(EventKind::TaskReopened, now)).await.unwrap();
    scene.project(&scene.stage.stream()).await;
    assert_eq!(scene.on_task(&done).await.1.as_deref(), Some("tel:+12065550199"));
}

#[tokio::test]
async fn copy_made_from_an_older_lead_catches_up() {
    let scene = Scene::new().await;
    let ann = scene.renamed("Ann", "+12065550100").await;
    scene.renamed("Anna", "+12065550199").await;
    scene.project(&scene.stage.stream()).await;
    let call = scene.task(&ann, "call", TaskKind::Call).await;
    scene.converse(&ann).await;
    scene.project(&scene.stage.stream()).await;
    assert_eq!(scene.on_task(&call).await, ("Anna".to_owned(), Some("tel:+12065550199".to_owned()), 2));
    assert_eq!(scene.in_inbox().await.0, "Anna");
}

#[tokio::test]
async fn copies_of_a_deleted_lead_do_not_block_the_batch() {
    let scene = Scene::new().await;
    let ann = scene.renamed("Ann", "+12065550100").await;
    scene.task(&ann, "call", TaskKind::Call).await;
    scene.renamed("Anna", "+12065550199").await;
    let event = Event::system(EventKind::LeadDeleted, scene.stage.ports.clock().now());
    scene.stage.ports.leads().erase(&scene.workspace, &ann.id, &event).await.unwrap();
    assert_eq!(scene.project(&scene.stage.stream()).await, all_done());
}

impl Scene {
    /// Marks the lead as held for a missing value, as the sender does.
    async fn lacks_a_value(&self) {
        let mut ann = self.ann().await;
        ann.lacks_value = true;
        let event = Event::system(EventKind::ValueWanted, self.stage.ports.clock().now());
        self.stage.ports.leads().save(&ann, &event).await.unwrap();
    }

    async fn has_line(&self) {
        let now = self.stage.ports.clock().now();
        let value = FieldValue::FirstLine { text: "I read your paper.".to_owned(), facts: Vec::new() };
        let result = FieldResult {
            field: Field::FirstLine,
            status: FieldStatus::Found { value },
            source: "chat_model".to_owned(),
            at: now,
            input_digest: String::new(),
            why: None,
            written_with: None,
        };
        let event = Event::system(EventKind::FieldFound, now);
        let leads = self.stage.ports.leads();
        leads.put_field(&self.workspace, &self.ann_id(), &result, &event).await.unwrap();
    }

    /// Runs the projection and returns the number of orders to release the lead.
    async fn released(self) -> usize {
        let ann = json!(self.ann_id());
        assert_eq!(self.project(&self.stage.stream()).await, all_done());
        // A sender that is about to hold the lead has done so by then.
        assert!(self.stage.messages(Queue::Enrolments).is_empty());
        self.stage.advance(SignedDuration::from_secs(90));
        let orders = self.stage.messages(Queue::Enrolments);
        assert!(orders.iter().all(|order| order["do"] == "release_lead" && order["lead"] == ann));
        orders.len()
    }
}

#[tokio::test]
async fn filled_in_value_releases_the_held_lead() {
    let scene = Scene::new().await;
    scene.renamed("Ann", "+12065550100").await;
    scene.has_line().await;
    assert_eq!(scene.released().await, 0, "she lacks nothing");
    let scene = Scene::new().await;
    scene.lacks_a_value().await;
    assert_eq!(scene.released().await, 0, "nothing was filled in");
    let scene = Scene::new().await;
    scene.lacks_a_value().await;
    scene.renamed("Ann", "+12065550100").await;
    scene.renamed("Anna", "+12065550100").await;
    assert_eq!(scene.released().await, 1, "a name that changes is no new value");
    let scene = Scene::new().await;
    scene.lacks_a_value().await;
    scene.has_line().await;
    assert_eq!(scene.released().await, 1);
}

#[tokio::test]
async fn recorded_consent_releases_a_lead_that_is_enrolled() {
    for (enrolled, agreed, orders) in [(true, true, 1), (false, true, 0), (true, false, 0)] {
        let scene = Scene::new().await;
        let mut ann = scene.ann().await;
        let now = scene.stage.ports.clock().now();
        let campaign = domain::CampaignId::derived(now, &["autumn"]);
        ann.active = enrolled.then_some(campaign).into_iter().collect();
        let event = Event::system(EventKind::LeadChanged, now);
        ann.rev = scene.stage.ports.leads().save(&ann, &event).await.unwrap();
        scene.project(&scene.stage.stream()).await;
        if agreed {
            ann.consents = Consents::on([Channel::Sms], &test_stage::written_consent(now));
        } else {
            ann.notes = Some("Called".to_owned());
        }
        scene.stage.ports.leads().save(&ann, &event).await.unwrap();
        assert_eq!(scene.released().await, orders, "enrolled {enrolled}, agreed {agreed}");
    }
}

impl Scene {
    async fn hand_over(&self, to: Option<&UserId>) -> Lead {
        let mut lead = self.ann().await;
        lead.owner = to.cloned();
        let event = Event::system(EventKind::LeadChanged, self.stage.ports.clock().now());
        self.stage.ports.leads().save(&lead, &event).await.unwrap();
        self.ann().await
    }

    async fn give_task(&self, id: &TaskId, to: &UserId) {
        let mut task = self.stage.ports.tasks().get(&self.workspace, id).await.unwrap();
        task.owner = Some(to.clone());
        let event = Event::system(EventKind::TaskChanged, self.stage.ports.clock().now());
        self.stage.ports.tasks().save(&task, &event).await.unwrap();
    }

    async fn has_task(&self, id: &TaskId) -> Option<UserId> {
        self.stage.ports.tasks().get(&self.workspace, id).await.unwrap().owner
    }

    async fn assignee(&self) -> Option<UserId> {
        self.stage.ports.conversations().get(&self.workspace, &self.ann_id()).await.unwrap().unwrap().assignee
    }
}

#[tokio::test]
async fn open_tasks_and_the_conversation_go_with_the_lead_to_its_new_owner() {
    let scene = Scene::new().await;
    let user = async |name: &str| scene.stage.add_user(&scene.workspace, name, Role::Rep).await;
    let (max, eve, kim) = (user("max").await, user("eve").await, user("kim").await);
    let ann = scene.hand_over(Some(&max)).await;
    let call = scene.task(&ann, "call", TaskKind::Call).await;
    let given = scene.task(&ann, "given", TaskKind::Manual).await;
    scene.give_task(&given, &kim).await;
    let done = scene.task(&ann, "done", TaskKind::Call).await;
    let now = scene.stage.ports.clock().now();
    let mut closed = scene.stage.ports.tasks().get(&scene.workspace, &done).await.unwrap();
    closed.close(TaskOutcome::Connected, now);
    scene.stage.ports.tasks().save(&closed, &Event::system(EventKind::TaskDone, now)).await.unwrap();
    // It was begun while nobody owned the lead, and catches up.
    scene.converse(&ann).await;
    scene.project(&scene.stage.stream()).await;
    assert_eq!(scene.assignee().await, Some(max.clone()));

    scene.hand_over(Some(&eve)).await;
    assert_eq!(scene.project(&scene.stage.stream()).await, all_done());
    assert_eq!(scene.has_task(&call).await, Some(eve.clone()));
    assert_eq!(scene.assignee().await, Some(eve.clone()));
    assert_eq!(scene.has_task(&given).await, Some(kim), "it was given to another user on purpose");
    assert_eq!(scene.has_task(&done).await, Some(max), "it says who had the call");

    // Whoever does not see the lead keeps nothing of it.
    scene.stage.reps_see_own_leads(&scene.workspace).await;
    let bob = user("bob").await;
    scene.hand_over(Some(&bob)).await;
    scene.project(&scene.stage.stream()).await;
    let all = (scene.has_task(&call).await, scene.has_task(&given).await, scene.assignee().await);
    assert_eq!(all, (Some(bob.clone()), Some(bob.clone()), Some(bob)));
    scene.hand_over(None).await;
    scene.project(&scene.stage.stream()).await;
    assert_eq!((scene.has_task(&call).await, scene.assignee().await), (None, None));
}

impl Scene {
    async fn change_ann(&self, change: impl FnOnce(&mut Lead)) -> Lead {
        let mut lead = self.ann().await;
        change(&mut lead);
        let event = Event::system(EventKind::LeadChanged, self.stage.ports.clock().now());
        self.stage.ports.leads().save(&lead, &event).await.unwrap();
        self.ann().await
    }

    /// The times of the hints of follow-up dates.
    async fn follow_ups(&self) -> Vec<Timestamp> {
        let far = self.stage.ports.clock().now() + SignedDuration::from_hours(24 * 365);
        let packs = self.stage.ports.due().due(far, 100).await.unwrap();
        let hints = packs.into_iter().flat_map(|pack| pack.hints);
        hints.filter(|hint| matches!(hint.what, DueWork::FollowUp { .. })).map(|hint| hint.at).collect()
    }
}

#[tokio::test]
async fn follow_up_that_came_while_the_lead_was_lost_or_not_to_be_contacted_acts_again() {
    let scene = Scene::new().await;
    let long_ago = scene.stage.ports.clock().now() - SignedDuration::from_hours(30);
    type Change = fn(&mut Lead);
    let ends: [(Change, Change); 2] = [
        (|lead| lead.status = StageId::LOST, |lead| lead.status = StageId::REPLIED),
        (|lead| lead.do_not_contact = true, |lead| lead.do_not_contact = false),
    ];
    for (date, (end, revive)) in [long_ago, long_ago + SignedDuration::from_hours(1)].into_iter().zip(ends) {
        let lead = scene.change_ann(|lead| lead.follow_up_at = Some(date)).await;
        scene.change_ann(end).await;
        scene.project(&scene.stage.stream()).await;
        assert!(!scene.follow_ups().await.contains(&date), "nothing acts while it is so");
        scene.change_ann(revive).await;
        assert_eq!(scene.project(&scene.stage.stream()).await, all_done());
        assert!(scene.follow_ups().await.contains(&date));
        let ports = &scene.stage.ports;
        let stores = (&*ports.leads(), &*ports.tasks(), &*ports.notifications());
        make_follow_up(stores, (&scene.workspace, &lead.id), date).await.unwrap();
        let tasks = ports.leads().file(&scene.workspace, &lead.id).await.unwrap().tasks;
        assert!(tasks.iter().any(|task| task.kind == TaskKind::FollowUp && task.due_at == date));
    }
}

#[tokio::test]
async fn move_of_a_lead_that_was_erased_meanwhile_is_not_recorded() {
    let scene = Scene::new().await;
    let now = scene.stage.ports.clock().now();
    scene.project(&scene.stage.stream()).await;
    let lead = scene.change_ann(|lead| assert!(lead.move_to(StageId::WON, now))).await;
    let event = Event::system(EventKind::LeadErased, now);
    scene.stage.ports.leads().erase(&scene.workspace, &lead.id, &event).await.unwrap();
    assert_eq!(scene.project(&scene.stage.stream()).await, all_done());
    let early = now - SignedDuration::from_hours(24);
    let moves = scene.stage.ports.stages().moves_since(&scene.workspace, early, 10).await.unwrap();
    assert!(moves.iter().all(|made| made.lead != lead.id), "{moves:?}");
}
