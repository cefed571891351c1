//! The explanation for a lead: what happened, what is next and when, and why.

use super::suite;
use application::Ports;
use application::ports::leads::{Activity, ActivityKind, Engaged};
use domain::campaign::{Campaign, CampaignState};
use domain::contact::channel::Channel;
use domain::enrolment::reasons::HoldReason;
use domain::enrolment::{Enrolment, EnrolmentState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::engagement::{Action, Verdict};
use domain::lead::verdict::{Rule, Traits};
use domain::message::{Direction, Message, MessageState};
use domain::{CampaignId, MessageId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::Suite;

fn rules(checks: &Value) -> Vec<(&str, bool)> {
    fn one(check: &Value) -> (&str, bool) {
        (check["rule"].as_str().unwrap(), check["passed"].as_bool().unwrap())
    }
    checks.as_array().unwrap().iter().map(one).collect()
}

async fn ana(suite: &Suite) -> Lead {
    suite.stage.lead(&suite.workspace, "ana", |lead| lead.first_name = Some("Ana".to_owned())).await
}

/// Gives the workspace a mailbox and enrols the lead in each of these campaigns.
async fn enrolled(suite: &Suite, lead: &Lead, campaigns: &[&str]) -> Vec<Enrolment> {
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello", "Again"]).await;
    let mailbox = suite.stage.mailbox(&suite.workspace).await;
    let mut enrolments = Vec::new();
    for name in campaigns {
        let sends_by = |campaign: &mut Campaign| campaign.mailboxes = vec![mailbox.clone()];
        let campaign = suite.stage.campaign(name, &sequence, CampaignState::Active, sends_by).await;
        enrolments.push(suite.stage.enrolment(&campaign, &sequence, &lead.id).await);
    }
    enrolments
}

#[tokio::test]
async fn lead_in_no_campaign_gets_the_general_checks() {
    let suite = suite().await;
    let path = format!("/api/leads/{}/why", ana(&suite).await.id);
    let why = suite.get(&path).await.expect(200);
    assert_eq!(
        rules(&why["checks"]),
        [
            ("workspace_sending", true),
            ("may_be_contacted", true),
            ("reachable", true),
            ("in_a_campaign", false)
        ]
    );
    assert_eq!(why["next"], json!({"what": "nothing", "at": null}));
    assert_eq!(why["enrolments"], json!([]));
    let silent = |lead: &mut Lead| (lead.email, lead.do_not_contact) = (None, true);
    let ben = suite.stage.lead(&suite.workspace, "ben", silent).await;
    let why = suite.get(&format!("/api/leads/{}/why", ben.id)).await.expect(200);
    assert_eq!(why["checks"][1]["seen"], "marked as do not contact");
    assert_eq!(
        why["checks"][2]["seen"],
        "email: no e-mail address, sms: no phone number, whatsapp: no phone number"
    );
    assert_eq!(rules(&why["checks"])[1..3], [("may_be_contacted", false), ("reachable", false)]);
}

#[tokio::test]
async fn each_campaign_shows_past_and_next_action() {
    let suite = suite().await;
    let lead = ana(&suite).await;
    let now = suite.stage.ports.clock().now();
    let [enrolment, held] = &enrolled(&suite, &lead, &["Spring", "Autumn"]).await[..] else { unreachable!() };
    let (spring, autumn) = (enrolment.key().campaign.clone(), held.key().campaign.clone());
    let sent = MessageId::derived(&lead.id, &["sent"]);
    let mut message = Message::blank(sent, suite.workspace.clone(), Direction::Out, Channel::Email, now);
    message.campaign = Some(spring.clone());
    (message.state, message.accepted_at, message.step_index) = (MessageState::Accepted, Some(now), Some(0));
    let event = Event::system(EventKind::LeadChanged, now);
    suite.stage.ports.messages().create(&message, &event).await.unwrap();
    let next_day = now + SignedDuration::from_hours(30);
    let mut onward = enrolment.clone();
    onward.advance(now, enrolment.step().clone(), Some(next_day));
    suite.stage.ports.enrolments().save(&onward, &event).await.unwrap();

    let until = now + SignedDuration::from_hours(2);
    let state = EnrolmentState::Held { reason: HoldReason::OutOfOffice, until: Some(until) };
    let mut away = held.clone();
    away.rebuild_with(|it| (it.state, it.due) = (state, Some(until)));
    suite.stage.ports.enrolments().save(&away, &event).await.unwrap();

    let why = suite.get(&format!("/api/leads/{}/why", lead.id)).await.expect(200);
    assert_eq!(rules(&why["checks"]).last(), Some(&("in_a_campaign", true)));
    let of = |campaign: &CampaignId| {
        let all = why["enrolments"].as_array().unwrap();
        all.iter().find(|one| one["enrolment"]["campaign"] == campaign.as_str()).unwrap().clone()
    };
    let (spring, autumn) = (of(&spring), of(&autumn));
    assert_eq!(spring["enrolment"]["campaign_name"], "Spring");
    assert_eq!(spring["step_kind"], "email");
    let told: Vec<&str> =
        spring["happened"].as_array().unwrap().iter().map(|what| what["what"].as_str().unwrap()).collect();
    assert_eq!(told, ["enrolled", "message"]);
    assert_eq!(spring["happened"][1]["state"], "accepted");
    assert_eq!(spring["next"]["what"], "send");
    assert!(spring["next"]["at"].as_str().unwrap() >= next_day.to_string().as_str(), "{}", spring["next"]);
    assert!(!rules(&spring["checks"]).last().unwrap().1, "something makes it wait");
    assert_eq!(autumn["next"], json!({"what": "look_again", "at": until}));
    assert_eq!(rules(&autumn["checks"]).last(), Some(&("enrolment_not_held", false)));
    assert_eq!(why["next"], autumn["next"], "the soonest");
}

#[tokio::test]
async fn ended_enrolment_has_no_next_action() {
    let suite = suite().await;
    let lead = ana(&suite).await;
    enrolled(&suite, &lead, &["Spring"]).await;
    suite.post(&format!("/api/leads/{}/stop", lead.id), json!({})).await.expect(200);
    let why = suite.get(&format!("/api/leads/{}/why", lead.id)).await.expect(200);
    let spring = &why["enrolments"][0];
    assert_eq!(
        (&spring["next"]["what"], &spring["happened"][1]["reason"]),
        (&json!("nothing"), &json!("removed"))
    );
    assert_eq!(rules(&spring["checks"]), [("enrolment_open", false)]);
    assert_eq!(rules(&why["checks"]).last(), Some(&("in_a_campaign", false)));
}

#[tokio::test]
async fn explanation_reads_the_lead_once_and_each_campaign_twice() {
    let suite = suite().await;
    let lead = ana(&suite).await;
    suite.get("/api/fields").await.expect(200);
    let read = async || {
        let before = suite.stage.cloud.ledger().snapshot();
        suite.get(&format!("/api/leads/{}/why", lead.id)).await.expect(200);
        let spent = suite.stage.cloud.ledger().since(&before);
        assert_eq!(spent.write_units(), 0.0);
        spent.read_units()
    };
    let without = read().await;
    assert!(without <= 10.0, "{without} read units in no campaign");
    enrolled(&suite, &lead, &["Spring"]).await;
    let with_one = read().await;
    assert!(with_one - without <= 3.0, "{} read units a campaign", with_one - without);
}

#[tokio::test]
async fn explanation_names_out_of_office() {
    let suite = suite().await;
    let mut lead = ana(&suite).await;
    let now = suite.stage.ports.clock().now();
    let path = format!("/api/leads/{}", lead.id);
    assert_eq!(suite.get(&path).await.expect(200)["away"], json!(null));
    enrolled(&suite, &lead, &["Spring"]).await;
    lead = suite.stage.ports.leads().get(&suite.workspace, &lead.id).await.unwrap();
    let day = (now + SignedDuration::from_hours(24 * 9)).strftime("%F").to_string();
    lead.away = Some(domain::lead::out_of_office::Absence { returns_on: day.parse().ok(), noted_at: now });
    suite.stage.ports.leads().save(&lead, &Event::system(EventKind::LeadAway, now)).await.unwrap();
    assert_eq!(
        suite.get(&path).await.expect(200)["away"],
        json!({ "returns_on": day, "noted_at": now.to_string() })
    );
    let why = suite.get(&format!("{path}/why")).await.expect(200);
    let one = &why["enrolments"][0];
    assert_eq!(rules(&one["checks"]).last(), Some(&("not_away", false)));
    assert!(one["next"]["at"].as_str().unwrap() > day.as_str(), "{}", one["next"]);
}

#[tokio::test]
async fn explanation_names_what_switched_tracking_off_and_which_clicks_were_left_out() {
    let suite = suite().await;
    let lead = ana(&suite).await;
    let now = suite.stage.ports.clock().now();
    let campaign = enrolled(&suite, &lead, &["Spring"]).await[0].key().campaign.clone();
    let (ports, event) = (&suite.stage.ports, Event::system(EventKind::LeadChanged, now));
    let sent = MessageId::derived(&lead.id, &["sent"]);
    let blank = Message::blank(sent.clone(), suite.workspace.clone(), Direction::Out, Channel::Email, now);
    let message = Message { campaign: Some(campaign.clone()), ..blank };
    ports.messages().create(&message, &event).await.unwrap();
    let click = |verdict, rule| Engaged {
        action: Action::Clicked { url: "https://northquay.example/".to_owned() },
        verdict,
        rule,
        named: None,
        message: Some(sent.clone()),
        traits: Traits::default(),
        seconds_after_sending: Some(40),
    };
    for (id, visit) in [
        ("a", click(Verdict::Scanner, Rule::LinksWithinASecond)),
        ("b", click(Verdict::Scanner, Rule::LinksWithinASecond)),
        ("c", click(Verdict::Human, Rule::NothingAgainstIt)),
        ("d", Engaged { message: None, ..click(Verdict::Scanner, Rule::Robot) }),
    ] {
        let kind = ActivityKind::Engaged(Box::new(visit));
        let activity = Activity { id: id.to_owned(), at: now, kind, actor: None };
        ports.leads().put_activity(&suite.workspace, &lead.id, &activity).await.unwrap();
    }
    let tracking = async || {
        let why = suite.get(&format!("/api/leads/{}/why", lead.id)).await.expect(200);
        why["enrolments"][0]["tracking"].clone()
    };
    let left_out = json!([{"what": "click", "count": 2, "verdict": "scanner", "rule": "links_within_a_second",
        "named": null}]);
    assert_eq!(tracking().await, json!({"opens_off": null, "clicks_off": null, "left_out": left_out}));
    let mut changed = ports.campaigns().get(&suite.workspace, &campaign).await.unwrap();
    changed.untracked.opens = true;
    ports.campaigns().save(&changed, &event).await.unwrap();
    assert_eq!(tracking().await["opens_off"], "campaign");
    let mut workspace = ports.workspaces().get(&suite.workspace).await.unwrap();
    workspace.tracking.clicks = false;
    ports.workspaces().save(&workspace, &event).await.unwrap();
    let told = tracking().await;
    assert_eq!((&told["opens_off"], &told["clicks_off"]), (&json!("campaign"), &json!("workspace")));
}

#[tokio::test]
async fn missing_consent_is_named_with_the_rule_that_asks_for_it() {
    let suite = suite().await;
    let in_germany = |lead: &mut Lead| {
        lead.country = domain::contact::country::Country::parse("DE");
        lead.consents = Default::default();
    };
    let lead = suite.stage.lead(&suite.workspace, "ana", in_germany).await;
    enrolled(&suite, &lead, &["Autumn"]).await;
    let why = suite.get(&format!("/api/leads/{}/why", lead.id)).await.expect(200);
    let checks = &why["enrolments"][0]["checks"];
    assert_eq!(rules(checks).last(), Some(&("consent_recorded", false)), "{checks}");
    let seen = checks.as_array().unwrap().last().unwrap()["seen"].as_str().unwrap();
    assert!(seen.starts_with("no basis for e-mail is recorded; German law"), "{seen}");
}
