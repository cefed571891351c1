//! A campaign that resumes after a long pause: one question for all late leads, no task for each, and no
//! message before the decision.

use super::*;
use application::ports::enrolments::EnrolmentFilter;
use domain::enrolment::late_rule::{LateAnswer, WhenLate};
use domain::enrolment::resume_order::Resumption;
use domain::{LeadId, StepId, UserId};

const PEOPLE: usize = 120;

impl World {
    /// Leaves the enrolments as they are when they fell due, so many minutes apart, while the campaign was
    /// paused.
    pub async fn kept_back(&self, minutes: i64) {
        let ports = self.ports();
        let all = self.everybody().await;
        let now = self.stage.clock.now();
        let event = Event::system(EventKind::EnrolmentHeld, now);
        for (number, mut enrolment) in all.into_iter().enumerate() {
            let due = now + SignedDuration::from_mins(minutes * i64::try_from(number).unwrap());
            enrolment.rebuild_with(|it| it.due = Some(due));
            enrolment.hold(HoldReason::CampaignPaused, None, due).unwrap();
            ports.enrolments().save(&enrolment, &event).await.unwrap();
        }
        let packs = ports.due().due(now + SignedDuration::from_hours(24 * 7), 1000).await.unwrap();
        ports.due().delete(&packs).await.unwrap();
    }

    pub async fn everybody(&self) -> Vec<domain::enrolment::Enrolment> {
        let page = PageRequest::first(200);
        let all = self.ports().enrolments().of_campaign(&self.workspace, &self.campaign, None, page).await;
        all.unwrap().items
    }

    pub async fn scheduled_anew(&self) -> f64 {
        self.resumed(None).await
    }

    pub async fn resumed(&self, resumed: Option<Resumption>) -> f64 {
        let before = self.stage.cloud.ledger().snapshot();
        let (workspace, campaign) = (self.workspace.clone(), self.campaign.clone());
        let schedule = CampaignJob::Schedule { workspace, campaign, cursor: None, second: false, resumed };
        send_all(&*self.ports().outbox(), &[schedule], 0).await.unwrap();
        self.run().await;
        self.stage.cloud.ledger().since(&before).write_units()
    }

    async fn answer(&self, then: WhenLate) -> f64 {
        let now = self.stage.clock.now();
        let mut campaign = self.ports().campaigns().get(&self.workspace, &self.campaign).await.unwrap();
        campaign.late_answer = Some(LateAnswer { planned_before: now, then });
        self.ports().campaigns().save(&campaign, &Event::system(EventKind::LateAnswered, now)).await.unwrap();
        self.scheduled_anew().await
    }

    async fn notes(&self) -> usize {
        let anybody = UserId::derived(self.stage.clock.now(), &["anybody"]);
        let notes = self.ports().notifications();
        notes.list(&self.workspace, &anybody, PageRequest::first(50)).await.unwrap().items.len()
    }
}

#[tokio::test]
async fn one_decision_covers_all_late_leads_at_one_write_each() {
    let world = World::new(PEOPLE).await.with_mailbox().await;
    world.launched().await;
    world.kept_back(30).await;
    world.stage.advance(SignedDuration::from_hours(24 * 7));
    let wrote = world.scheduled_anew().await;
    let people = f64::from(u32::try_from(PEOPLE).unwrap());
    assert!(wrote <= people * 1.1 + 5.0, "{wrote} WRU for {people} people");
    let late = |held: &domain::enrolment::Enrolment| {
        *held.state() == domain::enrolment::EnrolmentState::Held { reason: HoldReason::Late, until: None }
    };
    assert!(world.everybody().await.iter().all(late));
    assert_eq!((world.due_hints().await, world.notes().await), (0, 1));
    let tasks = world.ports().tasks().open(&world.workspace, None, PageRequest::first(10)).await.unwrap();
    assert!(tasks.items.is_empty());

    assert!(world.scheduled_anew().await < 5.0, "who is asked about already is left alone");
    assert!(world.answer(WhenLate::Hold).await < 5.0);
    let wrote = world.answer(WhenLate::Send).await;
    // The index moves them from the held to the active ones.
    assert!(wrote <= people * 3.2 + 5.0, "{wrote} WRU for {people} people");
    assert_eq!(world.people(EnrolmentFilter::Moving).await, PEOPLE);
    assert_eq!(world.due_hints().await, PEOPLE);
    let at: Vec<Option<StepId>> = world.everybody().await.into_iter().map(|one| one.step().clone()).collect();
    assert!(at.iter().all(|step| *step == at[0]), "nobody has lost their step");
}

#[tokio::test]
async fn resumed_campaign_schedules_leads_in_due_order_over_time() {
    let world = World::new(PEOPLE).await.with_mailbox().await;
    world.launched().await;
    // They fell due from Monday at ten, over twenty hours.
    world.stage.advance(SignedDuration::from_hours(3 * 24 + 1));
    let since = world.stage.clock.now();
    world.kept_back(10).await;
    let order: Vec<LeadId> = {
        let mut all = world.everybody().await;
        all.sort_by_key(|enrolment| enrolment.late_since());
        all.into_iter().map(|enrolment| enrolment.key().lead.clone()).collect()
    };
    world.stage.advance(SignedDuration::from_hours(24));
    let at = world.stage.clock.now();
    let wrote = world.resumed(Some(Resumption { since, at })).await;
    let people = f64::from(u32::try_from(PEOPLE).unwrap());
    assert!(wrote <= people * 3.2 + 5.0, "{wrote} WRU for {people} people");
    let mut all = world.everybody().await;
    let due =
        |lead: &LeadId| all.iter().find(|one| one.key().lead == *lead).and_then(|one| one.due()).unwrap();
    let dues: Vec<_> = order.iter().map(due).collect();
    assert!(dues.is_sorted(), "{dues:?}");
    assert!(dues[0] >= at && dues[PEOPLE - 1] <= at + SignedDuration::from_hours(1));
    let most = dues.iter().map(|from| dues.iter().filter(|other| *other == from).count()).max().unwrap();
    assert!(most <= 4, "{most} at one moment");
    let waits = all.drain(..).filter(|enrolment| enrolment.due() > Some(at));
    assert!(waits.map(|enrolment| enrolment.late_since()).all(|owed| owed.is_none()), "planned anew");
}
