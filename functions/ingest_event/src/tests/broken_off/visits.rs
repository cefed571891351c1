//! Visits by people and machines: what is stored of each, and what counts.

use super::*;
use application::ingesting::verdicts::{JudgeAgain, judge_again};
use application::ports::leads::Engaged;
use domain::contact::country::Country;
use domain::lead::engagement::Verdict;
use domain::lead::verdict::{NetworkRange, Rule};
use domain::workspace::tracking::Tracking;

struct Visitor {
    user_agent: &'static str,
    network: &'static str,
}

const PERSON: Visitor = Visitor { user_agent: BROWSER, network: "203.0.113.7" };
const WHATSAPP: Visitor = Visitor { user_agent: "WhatsApp/2.24.21.79 A", network: "198.51.100.9" };

fn click(name: &str) -> Action {
    Action::Clicked { url: format!("https://offer.example/{name}") }
}

impl World {
    async fn visit(&self, id: &str, millis: i64, action: Action, by: &Visitor) {
        let IngestEvent::Tracked(visit) = self.tracked(id, action, 0) else { unreachable!("it is a visit") };
        let RecordVisit { workspace, lead, message, event_id, action, .. } = *visit;
        let traits = Traits {
            method: "GET".to_owned(),
            user_agent: by.user_agent.to_owned(),
            network: by.network.parse().ok(),
            ..Traits::default()
        };
        let at = self.stage.clock.now() + SignedDuration::from_millis(millis);
        let message =
            message.or_else(|| (action == Action::HiddenLinkFollowed).then(|| self.message.clone()));
        let traits = Box::new(traits);
        let visit = RecordVisit { workspace, lead, message, event_id, action, traits, at };
        let event = IngestEvent::Tracked(Box::new(visit));
        ingest(&self.app.ports, &event).await.unwrap();
    }

    async fn own_networks(&self, networks: &[&str]) {
        let workspaces = self.stage.ports.workspaces();
        let mut workspace = workspaces.get(&self.workspace).await.unwrap();
        let own_networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        workspace.tracking = Tracking { own_networks, ..Tracking::default() };
        let event = Event::system(EventKind::SettingsChanged, self.stage.clock.now());
        workspaces.save(&workspace, &event).await.unwrap();
    }

    async fn judge_again(&self) -> usize {
        let workspace = self.stage.ports.workspaces().get(&self.workspace).await.unwrap();
        let own_networks: &[NetworkRange] = &workspace.tracking.own_networks;
        let at = self.stage.clock.now();
        let scope =
            JudgeAgain { workspace: &self.workspace, lead: &self.lead, message: None, own_networks, at };
        judge_again(&*self.stage.ports.leads(), scope).await.unwrap()
    }

    /// Clicks and opens of lead and message, machine events of the message, and the rule of each visit.
    async fn told(&self) -> ((u32, u32), (u32, u32, u32), Vec<Rule>) {
        let file = self.stage.ports.leads().file(&self.workspace, &self.lead).await.unwrap();
        let message = file.messages.iter().find(|message| message.id == self.message).unwrap();
        let mut visits: Vec<(jiff::Timestamp, Engaged)> = file
            .activities
            .iter()
            .filter_map(|activity| match &activity.kind {
                ActivityKind::Engaged(visit) => Some((activity.at, (**visit).clone())),
                _ => None,
            })
            .collect();
        visits.sort_by_key(|(at, _)| *at);
        let engagement = &file.lead.engagement;
        (
            (engagement.clicks, engagement.opens),
            (message.clicks, message.opens, message.machine_events),
            visits.into_iter().map(|(_, visit)| visit.rule).collect(),
        )
    }
}

#[tokio::test]
async fn click_right_after_a_preview_counts_once() {
    let world = World::new().await;
    world.visit("e1", 0, click("a"), &WHATSAPP).await;
    world.visit("e2", 900, click("a"), &PERSON).await;
    world.visit("e3", 2_000, click("a"), &PERSON).await;
    let (lead, message, rules) = world.told().await;
    assert_eq!((lead, message), ((1, 0), (1, 0, 1)));
    assert_eq!(rules, [Rule::LinkPreview, Rule::NothingAgainstIt, Rule::SameClick]);
    let file = world.stage.ports.leads().file(&world.workspace, &world.lead).await.unwrap();
    let networks: Vec<String> = file
        .activities
        .iter()
        .filter_map(|activity| match &activity.kind {
            ActivityKind::Engaged(visit) => visit.traits.network.map(|network| network.to_string()),
            _ => None,
        })
        .collect();
    assert!(networks.iter().all(|network| network.ends_with(".0/24")), "{networks:?}");
}

/// The first of several quick clicks looked like a person's until the others came.
#[tokio::test]
async fn burst_of_clicks_takes_the_first_ones_back() {
    let world = World::new().await;
    world.visit("e0", -60_000, Action::Opened, &PERSON).await;
    for (place, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
        world.visit(&format!("e{}", place + 1), 3_000 * place as i64, click(name), &PERSON).await;
    }
    let (lead, message, rules) = world.told().await;
    assert_eq!((lead, message), ((0, 1), (0, 1, 4)));
    assert_eq!(rules[1..], [Rule::LinksInBurst; 4]);
    let message = world.stage.ports.messages().get(&world.workspace, &world.message).await.unwrap();
    assert_eq!((message.first_clicked_at, message.first_opened_at.is_some()), (None, true));
}

#[tokio::test]
async fn hidden_link_shows_that_the_clicks_before_it_were_a_machines() {
    let world = World::new().await;
    world.visit("e1", 0, click("a"), &PERSON).await;
    world.visit("e2", 60_000, Action::HiddenLinkFollowed, &PERSON).await;
    let (lead, message, rules) = world.told().await;
    assert_eq!((lead, message), ((0, 0), (0, 0, 1)));
    assert_eq!(rules, [Rule::FollowedHiddenLink, Rule::HiddenLink]);
}

#[tokio::test]
async fn visits_judged_again_follow_the_own_networks_and_a_repeat_changes_nothing() {
    let world = World::new().await;
    world.visit("e1", 0, Action::Opened, &PERSON).await;
    world.visit("e2", 60_000, click("a"), &PERSON).await;
    let counted = world.told().await;
    assert_eq!((counted.0, counted.1), ((1, 1), (1, 1, 0)));
    let before = world.stage.ports.leads().get(&world.workspace, &world.lead).await.unwrap();
    world.own_networks(&["203.0.113.0/24"]).await;
    assert_eq!(world.judge_again().await, 2);
    let own = world.told().await;
    assert_eq!((own.0, own.1), ((0, 0), (0, 0, 2)));
    assert_eq!(own.2, [Rule::OwnNetwork; 2]);
    assert_eq!(world.judge_again().await, 0);
    world.own_networks(&[]).await;
    assert_eq!(world.judge_again().await, 2);
    assert_eq!(world.told().await, counted);
    let after = world.stage.ports.leads().get(&world.workspace, &world.lead).await.unwrap();
    let heat = |lead: &Lead| lead.engagement.heat_at(world.stage.clock.now());
    assert!((heat(&before) - heat(&after)).abs() < 1e-6);
}

#[tokio::test]
async fn visit_of_a_lead_that_is_not_tracked_is_not_recorded() {
    let world = World::new().await;
    let leads = world.stage.ports.leads();
    let mut lead = leads.get(&world.workspace, &world.lead).await.unwrap();
    lead.do_not_track = true;
    leads.save(&lead, &Event::system(EventKind::LeadChanged, world.stage.clock.now())).await.unwrap();
    world.visit("e1", 0, click("a"), &PERSON).await;
    assert_eq!(world.told().await, ((0, 0), (0, 0, 0), Vec::new()));
}

#[tokio::test]
async fn visit_by_a_mail_is_not_recorded_once_the_consent_that_the_law_asks_for_is_taken_back() {
    let world = World::new().await;
    let leads = world.stage.ports.leads();
    let changed = async |change: fn(&mut Lead)| {
        let mut lead = leads.get(&world.workspace, &world.lead).await.unwrap();
        change(&mut lead);
        leads.save(&lead, &Event::system(EventKind::LeadChanged, world.stage.clock.now())).await.unwrap();
    };
    changed(|lead| {
        lead.country = Country::parse("FR");
        lead.agree_to_tracking(jiff::civil::date(2026, 11, 2));
    })
    .await;
    world.visit("e1", 60_000, click("a"), &PERSON).await;
    let agreed = world.told().await;
    assert_eq!(agreed.0.0, 1, "{agreed:?}");
    changed(Lead::withdraw_tracking).await;
    world.visit("e2", 120_000, click("b"), &PERSON).await;
    world.visit("e3", 120_000, Action::Opened, &PERSON).await;
    world.visit("e4", 120_000, Action::HiddenLinkFollowed, &PERSON).await;
    assert_eq!(world.told().await, agreed, "nor is anything judged anew");
    // A page that the lead opens is no mail.
    world.visit("e5", 180_000, Action::PreviewViewed { session: "s1".to_owned() }, &PERSON).await;
    let lead = leads.get(&world.workspace, &world.lead).await.unwrap();
    assert_eq!((lead.engagement.clicks, lead.engagement.views), (1, 1));
}

#[tokio::test]
async fn loads_of_one_visit_have_one_entry_and_count_for_the_pattern_of_hot_leads() {
    let world = World::new().await;
    let load = || Action::PreviewViewed { session: "s1".to_owned() };
    for (second, id) in (0..).zip(["a", "b", "c", "b"]) {
        world.visit(id, second * 1_000, load(), &PERSON).await;
    }
    let file = world.stage.ports.leads().file(&world.workspace, &world.lead).await.unwrap();
    let entries = file.activities.iter().filter(|entry| matches!(entry.kind, ActivityKind::Engaged(_)));
    assert_eq!(entries.count(), 1);
    assert_eq!((file.lead.engagement.views, file.lead.engagement.recent_views.len()), (1, 3));
    assert!(file.lead.engagement.hot_since.is_some(), "a page that is loaded three times is looked at");
}

#[tokio::test]
async fn page_visits_by_a_machine_have_one_timeline_entry_each() {
    let world = World::new().await;
    for id in ["a", "b", "c"] {
        world.visit(id, 0, Action::PreviewViewed { session: "s1".to_owned() }, &WHATSAPP).await;
    }
    let file = world.stage.ports.leads().file(&world.workspace, &world.lead).await.unwrap();
    assert_eq!((file.activities.len(), file.lead.engagement.views), (1, 0));
}

#[tokio::test]
async fn visit_beyond_the_limit_is_stored_as_not_counted_and_stays_so() {
    let world = World::new().await;
    let IngestEvent::Tracked(mut visit) = world.tracked("a", click("one"), 0) else {
        unreachable!("a visit")
    };
    visit.traits.over_limit = true;
    ingest(&world.app.ports, &IngestEvent::Tracked(visit)).await.unwrap();
    assert_eq!(world.judge_again().await, 0);
    let file = world.stage.ports.leads().file(&world.workspace, &world.lead).await.unwrap();
    let ActivityKind::Engaged(stored) = &file.activities[0].kind else { unreachable!("a visit") };
    assert_eq!((stored.verdict, stored.rule), (Verdict::OverLimit, Rule::TooManyVisits));
    assert_eq!(file.lead.engagement.clicks, 0);
}
