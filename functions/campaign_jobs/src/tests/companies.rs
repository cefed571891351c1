//! Holding colleagues: leads that were enrolled with the setting on are found by their company, page by page.

use super::*;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::lead::company_hold::CompanyHold;

impl World {
    async fn minds_companies(&self) {
        let workspaces = self.ports().workspaces();
        let mut tenant = workspaces.get(&self.workspace).await.unwrap();
        tenant.company_hold_days = 5;
        let event = Event::system(EventKind::SettingsChanged, self.stage.clock.now());
        workspaces.save(&tenant, &event).await.unwrap();
    }

    async fn of_the_company(&self) -> Vec<Enrolment> {
        let page = PageRequest::first(200);
        self.ports()
            .enrolments()
            .of_campaign(&self.workspace, &self.campaign, None, page)
            .await
            .unwrap()
            .items
    }

    /// Records a reply of the company's first lead and returns that lead.
    async fn one_answers(&self) -> LeadId {
        let lead = self.of_the_company().await.remove(0).key().lead.clone();
        let lead = self.ports().leads().get(&self.workspace, &lead).await.unwrap();
        let now = self.stage.clock.now();
        let event = Event::system(EventKind::LeadAnswered, now);
        self.ports().enrolments().stop(&self.workspace, &lead.id, EndReason::Replied, &event).await.unwrap();
        let hold = CompanyHold::from_reply(&lead, 5, now).unwrap();
        self.ports().companies().put(&hold, &event).await.unwrap();
        lead.id
    }

    async fn hold_company(&self, lead: &LeadId) {
        let (workspace, lead) = (self.workspace.clone(), lead.clone());
        let message = CampaignJob::HoldCompany { workspace, lead, cursor: None };
        send_all(&*self.ports().outbox(), &[message], 0).await.unwrap();
        self.run().await;
    }

    async fn kept_waiting(&self) -> usize {
        let is_held = |one: &Enrolment| {
            matches!(
                *one.state(),
                EnrolmentState::Held { reason: HoldReason::CompanyAnswered, until: Some(_) }
            )
        };
        self.of_the_company().await.iter().filter(|one| is_held(one)).count()
    }
}

async fn under_way(people: usize, minds: bool) -> World {
    let world = World::new(people).await.with_mailbox().await;
    if minds {
        world.minds_companies().await;
    }
    world.launch().await;
    world.start().await;
    world.run().await;
    world.stage.advance(SignedDuration::from_secs(31));
    world.run().await;
    world
}

#[tokio::test]
async fn colleagues_are_held_over_several_pages_and_a_repeat_writes_nothing() {
    let world = under_way(30, true).await;
    let ann = world.one_answers().await;
    world.hold_company(&ann).await;
    assert_eq!(world.kept_waiting().await, 29);
    let due = world.of_the_company().await.into_iter().filter_map(|one| one.due()).max().unwrap();
    assert_eq!(due.duration_since(world.stage.clock.now()), SignedDuration::from_hours(5 * 24));
    let before = world.stage.cloud.ledger().snapshot();
    world.hold_company(&ann).await;
    assert_eq!(world.stage.cloud.ledger().since(&before).write_units(), 0.0);

    // A user releases one of them: the same reply does not hold it again.
    let one = world.of_the_company().await.into_iter().find(|one| one.is_active()).unwrap();
    let mut released = one.clone();
    released.resume(world.stage.clock.now()).unwrap();
    let event = Event::system(EventKind::EnrolmentResumed, world.stage.clock.now());
    world.ports().enrolments().save(&released, &event).await.unwrap();
    world.hold_company(&ann).await;
    assert_eq!(world.kept_waiting().await, 28);
}

#[tokio::test]
async fn ended_and_deleted_leads_leave_the_companys_list() {
    let world = under_way(3, true).await;
    let company = "one.example";
    let registered_leads = || async {
        let page = PageRequest::first(9);
        world.ports().companies().registered_leads(&world.workspace, company, page).await.unwrap().items.len()
    };
    assert_eq!(registered_leads().await, 3);
    let ann = world.one_answers().await;
    world.hold_company(&ann).await;
    assert_eq!(registered_leads().await, 2);
    let event = Event::system(EventKind::LeadDeleted, world.stage.clock.now());
    let other = world
        .of_the_company()
        .await
        .into_iter()
        .find(|one| one.key().lead != ann)
        .unwrap()
        .key()
        .lead
        .clone();
    world.ports().enrolments().stop(&world.workspace, &other, EndReason::Removed, &event).await.unwrap();
    world.ports().leads().erase(&world.workspace, &other, &event).await.unwrap();
    assert_eq!(registered_leads().await, 1);
}

#[tokio::test]
async fn leads_enrolled_with_the_setting_off_are_not_listed_by_company() {
    let world = under_way(3, false).await;
    let page = PageRequest::first(9);
    let registered_leads =
        world.ports().companies().registered_leads(&world.workspace, "one.example", page).await.unwrap();
    assert!(registered_leads.items.is_empty());
}

#[tokio::test]
async fn simulation_holds_colleagues_too() {
    let world = under_way(3, true).await;
    world.one_answers().await;
    let simulation = world.simulated().await;
    let until = world.stage.clock.now() + SignedDuration::from_hours(5 * 24);
    let last = simulation.result.unwrap().last_message.unwrap();
    assert!(last >= until, "{last} is before {until}");
}
