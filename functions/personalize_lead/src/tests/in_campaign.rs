//! A campaign with a style of its own has an opening line of its own for each lead, under its own budget.

use super::*;
use application::lead::opening_line::{PersonalizePorts, personalize};
use domain::CampaignId;
use domain::campaign::writing::CampaignWriting;
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::sequence::Sequence;
use domain::spend::{Budget, BudgetScope};
use futures::future::join_all;
use std::sync::Mutex;

const OTHER: &str = "A restaurant in Hussainland with a rating of 4.5 is no accident.";
const DEFAULT: &str = "I came across Burton-Henderson in Hussainland and wanted to get in touch.";
const USED_UP: &str = "the campaign's budget is used up";

fn warm() -> CampaignWriting {
    CampaignWriting { tone: "warm and brief".to_owned(), ..CampaignWriting::default() }
}

/// A budget for so many calls. Each costs at most the same here: the model tells no tokens, so it is booked in full.
fn budget_of(each: Usd, calls: u64) -> CampaignWriting {
    CampaignWriting { budget: Some(each * calls + Usd::micros(1)), ..warm() }
}

impl Scene {
    /// A campaign in which the lead is enrolled.
    pub(super) async fn campaign(&self, writing: CampaignWriting) -> Campaign {
        let (campaign, sequence) = self.campaign_without_leads(writing).await;
        self.stage.enrolment(&campaign, &sequence, &self.lead).await;
        campaign
    }

    async fn campaign_without_leads(&self, writing: CampaignWriting) -> (Campaign, Sequence) {
        let sequence = self.stage.sequence(&self.workspace, Channel::Email, &["Hello"]).await;
        let change = |campaign: &mut Campaign| campaign.writing = writing;
        (self.stage.campaign("Autumn", &sequence, CampaignState::Active, change).await, sequence)
    }

    async fn set(&self, campaign: &CampaignId, writing: CampaignWriting) {
        let campaigns = self.stage.ports.campaigns();
        let mut campaign = campaigns.get(&self.workspace, campaign).await.unwrap();
        campaign.writing = writing;
        let event = Event::system(EventKind::CampaignChanged, self.stage.ports.clock().now());
        campaigns.save(&campaign, &event).await.unwrap();
    }

    fn line_order(&self, campaign: &CampaignId) -> PersonalizeLead {
        let (workspace, lead) = (self.workspace.clone(), self.lead.clone());
        PersonalizeLead { workspace, lead, campaign: Some(campaign.clone()), force: false, attempt: 0 }
    }

    async fn send_for(&self, campaign: &CampaignId) -> usize {
        send_all(&*self.stage.ports.outbox(), &[self.line_order(campaign)], 0).await.unwrap();
        self.drain().await
    }

    async fn line_in(&self, campaign: &CampaignId) -> Option<FieldResult> {
        self.stage.ports.leads().campaign_line(&self.workspace, &self.lead, campaign).await.unwrap()
    }

    async fn text_in(&self, campaign: &CampaignId) -> (String, Option<String>) {
        let result = self.line_in(campaign).await.expect("a line");
        (result.status.opening_line().expect("a text").to_owned(), result.why)
    }

    async fn own_line(&self) -> Option<FieldResult> {
        self.stage.ports.leads().field(&self.workspace, &self.lead, Field::FirstLine).await.unwrap()
    }

    async fn budget(&self, campaign: &CampaignId) -> Budget {
        let scope = BudgetScope::Campaign { campaign: campaign.clone() };
        self.stage.ports.spend().budgets(&self.workspace, &[scope]).await.unwrap().remove(0)
    }

    async fn month_spent(&self) -> Usd {
        let month = CalendarMonth::at(self.stage.ports.clock().now());
        let budgets = self.stage.ports.spend().budgets_in_month(&self.workspace, &month).await.unwrap();
        budgets.first().map_or(Usd::ZERO, |month| month.spent)
    }
}

/// What one answer costs in the campaign.
async fn price_of_a_line() -> Usd {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[GOOD]);
    let campaign = scene.campaign(warm()).await;
    scene.send_for(&campaign.id).await;
    scene.budget(&campaign.id).await.spent
}

#[tokio::test]
async fn campaigns_line_is_written_once_beside_the_leads_and_paid_by_both_budgets() {
    let scene = Scene::new(|_| {}).await.connect().await;
    let campaign = scene.campaign(warm()).await;
    let prompts: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = prompts.clone();
    scene.model_says(&[GOOD]);
    scene.send_for(&campaign.id).await;
    assert_eq!(scene.text_in(&campaign.id).await, (GOOD.to_owned(), None));
    assert_eq!(scene.own_line().await, None, "the lead's own line is another");
    let paid = scene.budget(&campaign.id).await;
    assert!(paid.spent > Usd::ZERO && paid.reserved.is_zero(), "{paid:?}");
    assert_eq!(scene.month_spent().await, paid.spent, "the month pays for campaigns, too");
    scene.send_for(&campaign.id).await;
    assert_eq!((scene.asked(), scene.budget(&campaign.id).await.spent), (1, paid.spent), "a repeat");

    scene.stage.providers_answer(move |request| {
        seen.lock().unwrap().push(String::from_utf8_lossy(request.body()).into_owned());
        let content = json!({ "line": OTHER, "facts_used": [2, 3, 4] }).to_string();
        let message = json!({ "role": "assistant", "content": content });
        let body = json!({ "choices": [{ "message": message, "finish_reason": "stop" }] });
        Ok(Response::new(body.to_string().into_bytes()))
    });
    let context = "Table plans for restaurants.".to_owned();
    scene.set(&campaign.id, CampaignWriting { context, ..warm() }).await;
    scene.send_for(&campaign.id).await;
    assert_eq!(scene.text_in(&campaign.id).await.0, OTHER, "other settings ask another question");
    let asked = prompts.lock().unwrap().concat();
    assert!(asked.contains("warm and brief") && asked.contains("Table plans for restaurants."), "{asked}");
}

#[tokio::test]
async fn campaign_without_style_or_ai_and_lead_outside_it_ask_nothing() {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[GOOD]);
    let campaign = scene.campaign(CampaignWriting::default()).await;
    scene.send_for(&campaign.id).await;
    scene.set(&campaign.id, CampaignWriting { ai: false, ..warm() }).await;
    scene.send_for(&campaign.id).await;
    scene.set(&campaign.id, warm()).await;
    let stranger = scene.stage.lead(&scene.workspace, "bob", |_| {}).await.id;
    let order = PersonalizeLead { lead: stranger.clone(), ..scene.line_order(&campaign.id) };
    send_all(&*scene.stage.ports.outbox(), &[order], 0).await.unwrap();
    scene.drain().await;
    let leads = scene.stage.ports.leads();
    assert_eq!(leads.campaign_line(&scene.workspace, &stranger, &campaign.id).await.unwrap(), None);
    assert_eq!((scene.asked(), scene.line_in(&campaign.id).await), (0, None));
    scene.send_for(&campaign.id).await;
    assert_eq!(scene.asked(), 1, "in the campaign, with a style and AI");
}

#[tokio::test]
async fn leads_own_line_orders_those_of_its_campaigns() {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[GOOD, OTHER]);
    let campaign = scene.campaign(warm()).await;
    assert_eq!(scene.send(false).await, 2, "the lead's line, and the campaign's");
    assert_eq!(scene.line().await.0, GOOD);
    assert_eq!(scene.text_in(&campaign.id).await.0, OTHER);
    scene.set(&campaign.id, CampaignWriting::default()).await;
    assert_eq!(scene.send(false).await, 1, "a campaign without a style has no line of its own");
}

#[tokio::test]
async fn budget_that_is_used_up_leaves_the_default_text_until_it_is_raised() {
    let each = price_of_a_line().await;
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[GOOD, OTHER]);
    let campaign = scene.campaign(CampaignWriting { budget: Some(Usd::ZERO), ..warm() }).await;
    for _ in 0..2 {
        scene.send_for(&campaign.id).await;
        assert_eq!(scene.text_in(&campaign.id).await, (DEFAULT.to_owned(), Some(USED_UP.to_owned())));
    }
    assert_eq!(
        (scene.asked(), scene.month_spent().await),
        (0, Usd::ZERO),
        "a refused call is reserved nowhere"
    );

    scene.set(&campaign.id, budget_of(each, 1)).await;
    scene.send_for(&campaign.id).await;
    assert_eq!(scene.text_in(&campaign.id).await, (GOOD.to_owned(), None));
    // With nothing left the earlier line stays, whatever is asked now.
    let tone = "crisp and brief".to_owned();
    scene.set(&campaign.id, CampaignWriting { tone, ..budget_of(each, 1) }).await;
    scene.send_for(&campaign.id).await;
    assert_eq!((scene.text_in(&campaign.id).await.0.as_str(), scene.asked()), (GOOD, 1));
}

/// The cap of the month holds for a campaign's lines as for all others.
#[tokio::test]
async fn months_cap_skips_a_campaigns_line() {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[GOOD]);
    let campaign = scene.campaign(warm()).await;
    let none = SpendSettings { month_cap: Some(Usd::ZERO), ..SpendSettings::usual(scene.workspace.clone()) };
    let event = Event::system(EventKind::SpendSettingsChanged, scene.stage.ports.clock().now());
    scene.stage.ports.spend().save_settings(&none, &event).await.unwrap();
    scene.send_for(&campaign.id).await;
    let skipped = FieldStatus::Skipped { reason: "the month's cap is reached".to_owned() };
    assert_eq!(scene.line_in(&campaign.id).await.map(|line| line.status), Some(skipped));
    assert_eq!(scene.asked(), 0);
}

#[tokio::test]
async fn workers_side_by_side_never_spend_more_than_the_campaigns_budget() {
    const LEADS: usize = 16;
    const CALLS: usize = 5;
    let each = price_of_a_line().await;
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[GOOD]);
    let (campaign, sequence) =
        scene.campaign_without_leads(budget_of(each, u64::try_from(CALLS).unwrap())).await;
    let mut orders = Vec::new();
    for nth in 0..LEADS {
        let alike = |lead: &mut Lead| {
            lead.company = Some("Burton-Henderson".to_owned());
            lead.category = Some("Restaurant".to_owned());
            lead.city = Some("Hussainland".to_owned());
            lead.rating = Some(4.5);
            lead.first_name = None;
        };
        let lead = scene.stage.lead(&scene.workspace, &format!("lead{nth}"), alike).await.id;
        scene.stage.enrolment(&campaign, &sequence, &lead).await;
        orders.push(PersonalizeLead { lead, ..scene.line_order(&campaign.id) });
    }
    let ports = PersonalizePorts::new(&scene.stage.ports);
    // Each order comes twice, as a queue may deliver it.
    let workers = orders.iter().chain(&orders).map(|order| personalize(&ports, order, true));
    for asked in join_all(workers).await {
        asked.unwrap();
    }
    let budget = scene.budget(&campaign.id).await;
    let cap = each * u64::try_from(CALLS).unwrap() + Usd::micros(1);
    assert!(budget.spent + budget.reserved <= cap, "{budget:?} of {cap}");
    assert_eq!((scene.asked(), budget.spent), (CALLS, each * u64::try_from(CALLS).unwrap()), "all of it");
    let leads = scene.stage.ports.leads();
    let ids: Vec<LeadId> = orders.into_iter().map(|order| order.lead).collect();
    let lines = leads.campaign_lines(&scene.workspace, &ids, &campaign.id).await.unwrap();
    let written = lines.iter().filter(|(_, line)| !line.is_default_text()).count();
    assert!((1..=CALLS).contains(&written), "{written} lines of {CALLS} calls");
    let why: Vec<_> = lines.iter().filter_map(|(_, line)| line.why.as_deref()).collect();
    assert!(!why.is_empty() && why.iter().all(|why| *why == USED_UP), "{why:?}");
}

/// A user changes the tone while the model writes in the former one.
#[tokio::test]
async fn line_in_the_former_tone_is_not_kept() {
    let scene = Scene::new(|_| {}).await.connect().await;
    scene.model_says(&[GOOD, OTHER]);
    let campaign = scene.campaign(warm()).await;
    let (campaigns, workspace, id) =
        (scene.stage.ports.campaigns(), scene.workspace.clone(), campaign.id.clone());
    let once = AtomicUsize::new(0);
    let asked = scene.asked.clone();
    scene.stage.cloud.faults().hold_up(move |moment, _| {
        let is_it = moment == Moment::Before && asked.load(Ordering::Relaxed) == 1;
        if !is_it || once.fetch_add(1, Ordering::Relaxed) > 0 {
            return None;
        }
        let (campaigns, workspace, id) = (campaigns.clone(), workspace.clone(), id.clone());
        Some(Box::pin(async move {
            let mut campaign = campaigns.get(&workspace, &id).await.unwrap();
            campaign.writing.tone = "crisp".to_owned();
            let event = Event::system(EventKind::CampaignChanged, campaign.created_at);
            campaigns.save(&campaign, &event).await.unwrap();
        }))
    });
    assert_eq!(scene.send_for(&campaign.id).await, 0, "asked once more");
    assert_eq!(scene.line_in(&campaign.id).await, None);
    scene.stage.advance(SignedDuration::from_secs(2));
    scene.drain().await;
    assert_eq!((scene.text_in(&campaign.id).await.0.as_str(), scene.asked()), (OTHER, 2));
}
