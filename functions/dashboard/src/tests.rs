//! The routes of the dashboard.

use crate::{App, routes};
use application::Clock;
use application::Ports;
use application::ports::stats::{Counted, Delta, Metric, Scope};
use domain::TaskId;
use domain::campaign::{Campaign, CampaignState};
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::money::Currency;
use domain::time::time_zone::ZoneName;
use domain::workspace::task::{Task, TaskKind};
use domain::{CampaignId, SequenceId};
use jiff::SignedDuration;
use serde_json::json;
use test_stage::Suite;

async fn suite() -> Suite {
    Suite::new(routes(), App::new).await
}

async fn count(suite: &Suite, batch: &str, counted: &[(Scope, Metric, i64)]) {
    let deltas: Vec<Delta> = counted
        .iter()
        .map(|(scope, metric, by)| Delta {
            workspace: suite.workspace.clone(),
            scope: scope.clone(),
            metric: *metric,
            by: *by,
        })
        .collect();
    let ports = &suite.stage.ports;
    let record = Counted { sequence: "1".to_owned(), deltas };
    ports.stats().apply(batch, ports.clock().now(), &[record]).await.unwrap();
}

fn day(text: &str) -> Scope {
    Scope::Day(text.parse().unwrap())
}

#[tokio::test]
async fn stats_show_the_counters() {
    let suite = suite().await;
    let counted = [
        (Scope::Total, Metric::LeadsCreated, 40),
        (Scope::Total, Metric::LeadsDeleted, 1),
        (Scope::TotalIn(Currency::USD), Metric::MrrMinor, 7_900),
        (Scope::TotalIn(Currency::parse("JPY").unwrap()), Metric::MrrMinor, 90_000),
        (Scope::Total, Metric::InFlight, 12),
        (day("2026-11-20"), Metric::EmailsSent, 5),
        (day("2026-11-14"), Metric::EmailsSent, 3),
        (day("2026-11-13"), Metric::EmailsSent, 4),
        (day("2026-11-06"), Metric::EmailsSent, 90),
    ];
    count(&suite, "a", &counted).await;
    let stats = suite.get("/api/dashboard/stats").await.expect(200);
    assert_eq!((&stats["leads"], &stats["in_flight"]), (&json!(39), &json!(12)));
    assert_eq!(stats["mrr"], json!({"amount_minor": 7_900, "currency": "USD"}));
    assert_eq!(stats["today"]["emails_sent"], 5);
    assert_eq!(stats["week"]["emails_sent"], 8);
    assert_eq!(stats["last_week"]["emails_sent"], 4);
    let momentum = suite.get("/api/dashboard/momentum").await.expect(200);
    let sent = momentum["items"].as_array().unwrap().iter().find(|item| item["metric"] == "emails_sent");
    assert_eq!(sent.unwrap(), &json!({"metric": "emails_sent", "current": 8, "before": 4, "change": 1.0}));
    let timeline = suite.get("/api/dashboard/timeline?days=2").await.expect(200);
    assert_eq!(
        timeline["days"][0],
        json!({"date": "2026-11-19", "counters": timeline["days"][0]["counters"]})
    );
    assert_eq!(timeline["days"][0]["counters"]["emails_sent"], 0);
    assert_eq!(timeline["days"][1]["counters"]["emails_sent"], 5);
}

#[tokio::test]
async fn analytics_show_rates_with_their_counts() {
    let mut suite = suite().await;
    let counted = [
        (day("2026-11-20"), Metric::EmailsSent, 50),
        (day("2026-11-20"), Metric::EmailsDelivered, 48),
        (day("2026-11-20"), Metric::LeadsContacted, 40),
        (day("2026-11-20"), Metric::LeadsReplied, 10),
        (day("2026-11-20"), Metric::LeadsWon, 2),
    ];
    count(&suite, "a", &counted).await;
    let analytics = suite.get("/api/analytics/dashboard").await.expect(200);
    assert_eq!(analytics["rates"]["replied"], json!({"count": 10, "of": 40, "rate": 0.25}));
    assert_eq!(analytics["channels"][0]["delivered"]["count"], 48);
    assert_eq!(analytics["channels"][1]["delivered"]["rate"], json!(null));
    assert_eq!(analytics["funnel"][7], json!({"stage": "won", "count": 2}));
    assert_eq!(analytics["queues"]["dead"], 0);
    suite.sign_in_to(suite.other_workspace().await, domain::workspace::user::Role::Owner);
    let theirs = suite.get("/api/analytics/dashboard").await.expect(200);
    assert_eq!(theirs["queues"], json!(null), "of all workspaces, so for who has installed this");
}

#[tokio::test]
async fn summaries_and_hot_leads_are_listed() {
    let suite = suite().await;
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let event = Event::system(EventKind::LeadChanged, now);
    let id = CampaignId::derived(now, &["autumn"]);
    let campaign = Campaign {
        id: id.clone(),
        workspace: suite.workspace.clone(),
        name: "Autumn".to_owned(),
        state: CampaignState::Active,
        state_since: now,
        paused_until: None,
        sequence: SequenceId::derived(now, &["s"]),
        sequence_version: 1,
        mailboxes: Vec::new(),
        when_mailbox_gone: Default::default(),
        sms_sender: None,
        whatsapp_sender: None,
        zone: ZoneName::utc(),
        lead_tag: None,
        only_verified: false,
        untracked: Default::default(),
        writing: Default::default(),
        promotes_winner: false,
        ab_tests: Default::default(),
        late_answer: None,
        auto_enrol: None,
        owner: None,
        created_at: now,
        launched_at: Some(now),
        rev: 0,
    };
    ports.campaigns().save(&campaign, &event).await.unwrap();
    let of_it = |metric, by| (Scope::Campaign(id.clone()), metric, by);
    count(&suite, "a", &[of_it(Metric::Enrolled, 20), of_it(Metric::Replied, 5)]).await;
    let hot_since = |hours: i64| {
        move |lead: &mut Lead| {
            lead.first_name = Some("Elena".to_owned());
            lead.engagement.hot_since = Some(now - SignedDuration::from_hours(hours));
        }
    };
    let lead = suite.stage.lead(&suite.workspace, "elena", hot_since(1)).await;
    suite.stage.lead(&suite.workspace, "ben", hot_since(7 * 24)).await;
    let id = TaskId::derived(&lead.id, &["hot"]);
    let task = Task::about(&lead, id.clone(), TaskKind::HotLead, "Call Elena".to_owned(), now);
    ports.tasks().save(&task, &event).await.unwrap();
    suite.stage.record_changes().await;
    let campaigns = suite.get("/api/dashboard/campaigns").await.expect(200);
    assert_eq!(campaigns["items"][0]["name"], "Autumn");
    assert_eq!(campaigns["items"][0]["reply_rate"]["rate"], 0.25);
    let hot = suite.get("/api/dashboard/hot-leads").await.expect(200);
    assert_eq!((&hot["items"][0]["lead_name"], &hot["total"]), (&json!("Elena"), &json!(1)), "{hot}");
    let until = (now + SignedDuration::from_hours(7 * 24 - 1)).to_string();
    assert_eq!((&hot["items"][0]["until"], &hot["items"][0]["task_id"]), (&json!(until), &json!(id)));
    assert_eq!(suite.get("/api/dashboard/stats").await.expect(200)["hot_leads"], 1);
}

#[tokio::test]
async fn invalid_span_is_refused_with_the_field() {
    let suite = suite().await;
    for (query, field) in [
        ("from=2026-11-20&to=2026-11-01", "query.from"),
        ("from=yesterday", "query.from"),
        ("days=0", "query.days"),
        ("days=9&from=2026-11-01", "query.days"),
        ("from=2020-01-01", "query.from"),
    ] {
        let refused = suite.get(&format!("/api/dashboard/timeline?{query}")).await.expect(422);
        assert_eq!(refused["field"], field, "{query}");
    }
}

#[tokio::test]
async fn figures_need_a_sign_in_and_belong_to_the_workspace() {
    let mut suite = suite().await;
    suite.refuses_those_who_may_not(routes().rows()).await;
    count(&suite, "a", &[(Scope::Total, Metric::LeadsCreated, 40)]).await;
    let other = suite.other_workspace().await;
    suite.sign_in_to(other, domain::workspace::user::Role::Owner);
    assert_eq!(suite.get("/api/dashboard/stats").await.expect(200)["leads"], 0);
}
