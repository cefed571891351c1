use super::*;
use application::StoreError;
use application::ports::auto_enrol::AutoEnrolStore;
use application::ports::campaigns::CampaignStore;
use application::ports::enrolments::EnrolmentStore;
use application::ports::leads::LeadStore;
use application::ports::preview_pages::PreviewStore;
use domain::UserId;
use domain::campaign::auto_enrol::{AutoEnrolState, Look};
use domain::campaign::auto_enrol_rule::AutoEnrolRule;
use domain::campaign::enrol_progress::EnrolCount;
use domain::campaign::enrol_progress::EnrolOutcome;
use domain::campaign::page_blocks::{CampaignPage, PageBlock, PageQuestion};
use domain::enrolment::EnrolmentState;
use domain::lead::filter::LeadFilter;
use std::collections::BTreeSet;

#[tokio::test]
async fn campaign_is_saved_under_its_revision() {
    let world = World::new();
    let mut spring = campaign("spring");
    assert_eq!(
        CampaignStore::save(&world.table, &spring, &event(EventKind::CampaignCreated)).await.unwrap(),
        1
    );
    let twice = CampaignStore::save(&world.table, &spring, &event(EventKind::CampaignCreated)).await;
    assert!(matches!(twice, Err(StoreError::Conflict)));
    spring = CampaignStore::get(&world.table, &workspace(), &spring.id).await.unwrap();
    spring.move_to(CampaignState::Active, later(1)).unwrap();
    assert_eq!(
        CampaignStore::save(&world.table, &spring, &event(EventKind::CampaignLaunched)).await.unwrap(),
        2
    );
    let listed = CampaignStore::list(&world.table, &workspace()).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].state, CampaignState::Active);
    assert!(CampaignStore::list(&world.table, &other_workspace()).await.unwrap().is_empty());
}

#[test]
fn campaign_stored_without_a_rule_for_mailboxes_that_are_gone_holds_its_leads() {
    let stored = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/golden/campaign.json"));
    let mut image: serde_json::Value = serde_json::from_str(&stored.unwrap()).unwrap();
    let read = |image: &serde_json::Value| {
        let campaign: Campaign = crate::item::decode(crate::change::read_image(image).unwrap()).unwrap();
        campaign.when_mailbox_gone
    };
    assert_eq!(read(&image), WhenMailboxGone::Reassign, "what a user has chosen stays");
    image.as_object_mut().unwrap().remove("when_mailbox_gone");
    assert_eq!(read(&image), WhenMailboxGone::Hold);
}

pub(crate) fn page(name: &str) -> CampaignPage {
    CampaignPage {
        campaign: campaign(name).id,
        workspace: workspace(),
        blocks: vec![
            PageBlock::Hero { headline: "For {{ company }}".into(), text: String::new() },
            PageBlock::OpeningLine {},
            PageBlock::Faq {
                heading: "Questions".into(),
                items: vec![PageQuestion { question: "How long?".into(), answer: "A week.".into() }],
            },
        ],
        closes_on: Some(jiff::civil::date(2027, 3, 5)),
        by: None,
        updated_at: Still.now(),
        rev: 0,
    }
}

#[tokio::test]
async fn page_of_a_campaign_is_saved_under_its_revision_and_deleted() {
    let world = World::new();
    let (table, changed) = (&world.table, event(EventKind::CampaignChanged));
    let page = page("spring");
    assert_eq!(table.save_campaign_page(&page, &changed).await.unwrap(), 1);
    assert!(matches!(table.save_campaign_page(&page, &changed).await, Err(StoreError::Conflict)));
    let stored = table.campaign_page(&workspace(), &page.campaign).await.unwrap().unwrap();
    assert_eq!(stored, CampaignPage { rev: 1, ..page.clone() });
    assert_eq!(table.campaign_page(&other_workspace(), &page.campaign).await.unwrap(), None);
    assert!(matches!(table.delete_campaign_page(&page, &changed).await, Err(StoreError::Conflict)));
    table.delete_campaign_page(&stored, &changed).await.unwrap();
    assert_eq!(table.campaign_page(&workspace(), &page.campaign).await.unwrap(), None);
}

#[tokio::test]
async fn draft_of_a_page_is_the_users_own_and_leaves_the_page_as_it_is() {
    let world = World::new();
    let (page, ada) = (page("spring"), UserId::derived(Still.now(), &["ada"]));
    world.table.put_draft(&page, &ada, later(60)).await.unwrap();
    let other = CampaignPage { blocks: vec![PageBlock::Facts {}], ..page.clone() };
    world.table.put_draft(&other, &ada, later(60)).await.unwrap();
    let found = world.table.draft(&workspace(), &page.campaign, &ada).await.unwrap().unwrap();
    assert_eq!(found.blocks, other.blocks);
    let bob = UserId::derived(Still.now(), &["bob"]);
    assert_eq!(world.table.draft(&workspace(), &page.campaign, &bob).await.unwrap(), None);
    assert_eq!(world.table.campaign_page(&workspace(), &page.campaign).await.unwrap(), None);
}

#[tokio::test]
async fn auto_enrol_filter_is_stored_and_its_state_is_one_small_item() {
    let world = World::new();
    let filter = LeadFilter { tag: vec!["webinar".into()], unowned: true, ..LeadFilter::default() };
    let auto_enrol = Some(AutoEnrolRule { filter, per_day: 50 });
    let spring = Campaign { auto_enrol: auto_enrol.clone(), ..campaign("spring") };
    CampaignStore::save(&world.table, &spring, &event(EventKind::CampaignCreated)).await.unwrap();
    let stored = CampaignStore::get(&world.table, &workspace(), &spring.id).await.unwrap();
    assert_eq!(stored.auto_enrol, auto_enrol);

    let none = AutoEnrolStore::get(&world.table, &workspace(), &spring.id).await.unwrap();
    assert_eq!(none, None);
    let mut auto_enrol_state = AutoEnrolState::unused(workspace(), spring.id.clone());
    auto_enrol_state.reserve(jiff::civil::date(2026, 11, 20), 50, 7);
    let mut look = Look { at: later(0), matched: 9, ..Look::default() };
    look.count_left_out(EnrolOutcome::Suppressed);
    auto_enrol_state.look = Some(look);
    let looked = event(EventKind::CampaignLooked);
    let save = AutoEnrolStore::save(&world.table, &auto_enrol_state, &looked);
    let (rev, units) = world.write_units(save).await;
    assert_eq!((rev.unwrap(), units), (1, 1.0));
    let twice =
        AutoEnrolStore::save(&world.table, &auto_enrol_state, &event(EventKind::CampaignLooked)).await;
    assert!(matches!(twice, Err(StoreError::Conflict)));
    auto_enrol_state.rev = 1;
    let (listed, units) = world.read_units(AutoEnrolStore::list(&world.table, &workspace())).await;
    assert_eq!((listed.unwrap(), units <= 1.0), (vec![auto_enrol_state], true));
    assert!(AutoEnrolStore::list(&world.table, &other_workspace()).await.unwrap().is_empty());
}

#[tokio::test]
async fn enrol_job_counts_cost_one_unit_a_page_and_are_listed_newest_first() {
    let world = World::new();
    let spring = campaign("spring").id;
    let count = |job: usize, enrolled| EnrolCount {
        workspace: workspace(),
        campaign: spring.clone(),
        job: format!("job_{job:02}"),
        started_at: later(job as i64),
        finished_at: None,
        outcomes: [(EnrolOutcome::Enrolled, enrolled), (EnrolOutcome::WindowNeverOpens, 2)].into(),
    };
    let counted = event(EventKind::EnrolmentsCounted);
    for job in 1..=12 {
        world.table.put_count(&count(job, 25), &counted).await.unwrap();
    }
    let (again, units) = world.write_units(world.table.put_count(&count(12, 50), &counted)).await;
    again.unwrap();
    assert_eq!(units, 1.0);
    let (counts, units) = world.read_units(world.table.counts(&workspace(), &spring)).await;
    let counts = counts.unwrap();
    assert_eq!((&counts[0], &counts[9], counts.len()), (&count(12, 50), &count(3, 25), 10));
    assert!(units <= 0.5, "{units} read units");
    assert!(world.table.counts(&other_workspace(), &spring).await.unwrap().is_empty());
}

#[tokio::test]
async fn all_leads_of_a_campaign_are_read_from_the_list_alone() {
    let world = World::new();
    let spring = campaign("spring");
    let mut expected = BTreeSet::new();
    for n in 0..30 {
        let lead = lead(n);
        LeadStore::create(&world.table, &lead, &event(EventKind::LeadCreated)).await.unwrap();
        let state = if n % 2 == 0 { EnrolmentState::Pending } else { EnrolmentState::Scheduled };
        let stored = LeadStore::get(&world.table, &workspace(), &lead.id).await.unwrap();
        world
            .table
            .enrol(&stored, &enrolment(&lead, &spring, state), &event(EventKind::LeadEnrolled))
            .await
            .unwrap();
        expected.insert(lead.id);
    }
    let (everybody, units) = world.read_units(world.table.leads_of_campaign(&workspace(), &spring.id)).await;
    assert_eq!(everybody.unwrap(), expected);
    assert!(units <= 8.0, "{units} read units");
    assert!(world.table.leads_of_campaign(&other_workspace(), &spring.id).await.unwrap().is_empty());
}
