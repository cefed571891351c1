//! Adding: who is bought, who is not, what it costs, and what the leads are.

use super::*;
use application::queue_messages::Queue;
use domain::LeadId;
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::lead::Lead;
use domain::lead::consent::ConsentBasis;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};

fn all(found: &Value) -> Value {
    json!({"search": found["id"], "ids": ids(found), "tags": ["roofers"]})
}

async fn add(suite: &Suite, body: Value) -> Value {
    suite.post("/api/prospects/add", body).await.expect(200)
}

fn outcomes(answer: &Value) -> Vec<&str> {
    answer["results"].as_array().unwrap().iter().map(|one| one["outcome"].as_str().unwrap()).collect()
}

async fn lead_of(suite: &Suite, answer: &Value, place: usize) -> Lead {
    let id = LeadId::parse(answer["results"][place]["lead"].as_str().unwrap()).unwrap();
    suite.stage.ports.leads().get(&suite.workspace, &id).await.unwrap()
}

#[tokio::test]
async fn estimate_tells_what_adding_costs_and_asks_nobody() {
    let suite = suite().await;
    let asked = apollo_answers(&suite);
    let found = search(&suite).await;
    let mut body = all(&found);
    body["dry_run"] = json!(true);
    let answer = add(&suite, body).await;
    let estimate = &answer["estimate"];
    assert_eq!(
        (&estimate["to_buy"], &estimate["without_address"], &estimate["most"]),
        (&json!(2), &json!(1), &json!(40_000)),
        "{answer}"
    );
    assert_eq!((&answer["left"], asked.counts()), (&json!(100_000_000), (1, 0)), "{answer}");
    let first: Value = add(&suite, json!({"search": found["id"], "first": 1, "dry_run": true})).await;
    assert_eq!(first["estimate"]["chosen"], 1, "{first}");
}

#[tokio::test]
async fn bought_prospect_is_a_lead_with_its_source_and_ground() {
    let suite = suite().await;
    let asked = apollo_answers(&suite);
    let found = search(&suite).await;
    let answer = add(&suite, all(&found)).await;
    assert_eq!(outcomes(&answer), ["added", "no_address", "no_address"], "{answer}");
    assert_eq!(answer["counts"], json!({"added": 1, "no_address": 2}), "{answer}");
    assert_eq!((&answer["cost"], asked.counts()), (&json!(20_000), (1, 2)), "Cy has no address to ask for");
    let ann = lead_of(&suite, &answer, 0).await;
    assert_eq!((ann.first_name.as_deref(), ann.last_name.as_deref()), (Some("Ann"), Some("Lee")));
    assert_eq!(ann.email.as_ref().unwrap().as_str(), "ann@acme.example");
    assert_eq!((ann.source.as_deref(), ann.tags.contains("roofers")), (Some("Apollo search"), true));
    let consent = ann.consents.get(Channel::Email).unwrap();
    assert_eq!(consent.basis, ConsentBasis::LegitimateInterest);
    assert!(consent.note.as_ref().unwrap().starts_with("found by Apollo, 20"), "{consent:?}");
    assert_eq!(calls(&suite, "apollo", BookingOutcome::Hit).await.1, Usd::micros(20_000));
    assert_eq!(calls(&suite, "apollo", BookingOutcome::Miss).await, (1, Usd::ZERO));
    assert_eq!(month(&suite).await.reserved, Usd::ZERO);
    assert!(!suite.stage.messages(Queue::Enrichment).is_empty(), "look-ups follow, as for every new lead");
}

#[tokio::test]
async fn prospect_that_was_added_is_not_bought_again_by_a_later_search() {
    let suite = suite().await;
    let asked = apollo_answers(&suite);
    let found = search(&suite).await;
    add(&suite, all(&found)).await;
    let again = search(&suite).await;
    let ann = &again["items"][0];
    assert_eq!((&ann["known_by"], &ann["price"]), (&json!("added_before"), &json!(0)), "{ann}");
    let answer = add(&suite, all(&again)).await;
    assert_eq!(outcomes(&answer), ["already", "no_address", "no_address"], "{answer}");
    assert_eq!((&answer["cost"], asked.counts()), (&json!(0), (2, 2)), "{answer}");
    suite.stage.messages(Queue::Enrichment);
}

#[tokio::test]
async fn repeat_of_a_request_adds_and_books_once() {
    let suite = suite().await;
    let asked = apollo_answers(&suite);
    let found = search(&suite).await;
    let first: Value = keyed(&suite, "/api/prospects/add", all(&found), "once").await.expect(200);
    let again: Value = keyed(&suite, "/api/prospects/add", all(&found), "once").await.expect(200);
    assert_eq!((&first, asked.counts()), (&again, (1, 2)));
    assert_eq!(month(&suite).await.spent, Usd::micros(20_000));
    suite.stage.messages(Queue::Enrichment);
}

#[tokio::test]
async fn cap_holds_and_the_rest_is_not_bought() {
    let suite = suite().await;
    cap(&suite, Usd::micros(30_000)).await;
    let asked = apollo_answers(&suite);
    let found = search(&suite).await;
    let answer = add(&suite, all(&found)).await;
    assert_eq!(outcomes(&answer), ["added", "over_cap", "no_address"], "{answer}");
    assert_eq!((&answer["left"], asked.counts()), (&json!(10_000), (1, 1)), "{answer}");
    suite.stage.messages(Queue::Enrichment);
}

#[tokio::test]
async fn lead_that_is_there_is_not_bought() {
    let suite = suite().await;
    let asked = apollo_answers(&suite);
    let lead = suite
        .stage
        .lead(&suite.workspace, "ann", |lead| {
            lead.first_name = Some("Ann".to_owned());
            lead.last_name = Some("Lee".to_owned());
            lead.company = Some("Acme Roofs".to_owned());
        })
        .await;
    let found = search(&suite).await;
    let answer = add(&suite, json!({"search": found["id"], "ids": [ids(&found)[0]]})).await;
    assert_eq!(
        (outcomes(&answer), &answer["results"][0]["lead"]),
        (vec!["already"], &json!(lead.id)),
        "{answer}"
    );
    assert_eq!((asked.counts(), &answer["cost"]), ((1, 0), &json!(0)));
}

#[tokio::test]
async fn bought_address_of_a_known_lead_makes_no_second_lead() {
    let suite = suite().await;
    apollo_answers(&suite);
    let lead = suite
        .stage
        .lead(&suite.workspace, "x", |lead| {
            lead.email = domain::contact::email_address::EmailAddress::parse("ann@acme.example").ok();
        })
        .await;
    let found = search(&suite).await;
    let answer = add(&suite, json!({"search": found["id"], "ids": [ids(&found)[0]]})).await;
    assert_eq!(
        (outcomes(&answer), &answer["results"][0]["lead"]),
        (vec!["already"], &json!(lead.id)),
        "{answer}"
    );
    assert_eq!(answer["cost"], 20_000, "Apollo does not tell the address before it is paid for");
}

async fn suppress(suite: &Suite, scope: SuppressionScope) {
    let now = suite.stage.clock.now();
    let entry = Suppression {
        workspace: suite.workspace.clone(),
        scope,
        reason: SuppressionReason::OptedOut,
        source: None,
        created_by: None,
        created_at: now,
        expires_at: None,
        sign: None,
    };
    let event = Event::system(EventKind::AddressSuppressed, now);
    suite.stage.ports.suppressions().put(&entry, &event).await.unwrap();
}

#[tokio::test]
async fn address_that_opted_out_is_never_added() {
    let suite = suite().await;
    let asked = apollo_answers(&suite);
    suppress(&suite, SuppressionScope::Email("ann@acme.example".to_owned())).await;
    let found = search(&suite).await;
    let ann = json!({"search": found["id"], "ids": [ids(&found)[0]]});
    assert_eq!(outcomes(&add(&suite, ann.clone()).await), ["suppressed"]);
    let again = add(&suite, ann).await;
    assert_eq!((outcomes(&again), asked.counts()), (vec!["suppressed"], (1, 1)), "it is not bought again");
    let leads = suite.stage.ports.leads().ids(&suite.workspace, None).await.unwrap();
    assert_eq!(leads.0, Vec::<LeadId>::new());
}

#[tokio::test]
async fn company_that_opted_out_is_not_even_asked_about() {
    let suite = suite().await;
    let asked = apollo_answers(&suite);
    suppress(&suite, SuppressionScope::Domain("acme.example".to_owned())).await;
    let found = search(&suite).await;
    let answer = add(&suite, all(&found)).await;
    assert_eq!(outcomes(&answer), ["suppressed", "suppressed", "no_address"], "{answer}");
    assert_eq!(asked.counts(), (1, 0));
}

#[tokio::test]
async fn erased_lead_is_never_added_again() {
    let suite = suite().await;
    let asked = apollo_answers(&suite);
    let found = search(&suite).await;
    let ann = json!({"search": found["id"], "ids": [ids(&found)[0]]});
    let lead = lead_of(&suite, &add(&suite, ann.clone()).await, 0).await;
    let leads = suite.stage.ports.leads();
    let event = Event::system(EventKind::LeadErased, suite.stage.clock.now());
    leads.erase(&suite.workspace, &lead.id, &event).await.unwrap();
    assert_eq!(outcomes(&add(&suite, ann).await), ["erased"]);
    let again = search(&suite).await;
    let ann = json!({"search": again["id"], "ids": [ids(&again)[0]]});
    assert_eq!((outcomes(&add(&suite, ann).await), asked.counts()), (vec!["erased"], (2, 1)));
    suite.stage.messages(Queue::Enrichment);
}

#[tokio::test]
async fn lost_answer_of_an_address_is_booked_in_full_and_not_asked_for_again() {
    let suite = suite().await;
    let asked = Asked::default();
    let counts = asked.clone();
    suite.stage.providers_answer(move |request| {
        if request.uri().path().contains("api_search") {
            return Ok(reply(200, &people()));
        }
        counts.addresses.fetch_add(1, Ordering::Relaxed);
        Ok(reply(200, &json!("cut off")))
    });
    let found = search(&suite).await;
    let ann = json!({"search": found["id"], "ids": [ids(&found)[0]]});
    let answer = add(&suite, ann.clone()).await;
    assert_eq!((outcomes(&answer), &answer["cost"]), (vec!["answer_lost"], &json!(20_000)), "{answer}");
    assert_eq!((outcomes(&add(&suite, ann).await), asked.counts().1), (vec!["answer_lost"], 1));
    assert_eq!(calls(&suite, "apollo", BookingOutcome::Lost).await, (1, Usd::micros(20_000)));
}

#[tokio::test]
async fn refused_account_charges_nothing_and_may_be_asked_again() {
    let suite = suite().await;
    suite.stage.providers_answer(|request| {
        Ok(match request.uri().path().contains("api_search") {
            true => reply(200, &people()),
            false => reply(422, &json!({"error": "You have insufficient credits. Please upgrade."})),
        })
    });
    let found = search(&suite).await;
    let ann = json!({"search": found["id"], "ids": [ids(&found)[0]]});
    let answer = add(&suite, ann.clone()).await;
    assert_eq!((outcomes(&answer), &answer["cost"]), (vec!["not_asked"], &json!(0)), "{answer}");
    apollo_answers(&suite);
    assert_eq!(outcomes(&add(&suite, ann).await), ["added"]);
    suite.stage.messages(Queue::Enrichment);
}

#[tokio::test]
async fn added_leads_are_enrolled_by_a_job() {
    let suite = suite().await;
    apollo_answers(&suite);
    let sequence = suite.stage.sequence(&suite.workspace, Channel::Email, &["Hello"]).await;
    let campaign = suite.stage.campaign("Roofers", &sequence, CampaignState::Draft, |_| ()).await;
    let found = search(&suite).await;
    let body = json!({"search": found["id"], "ids": [ids(&found)[0]], "campaign": campaign.id});
    let answer = add(&suite, body).await;
    assert!(answer["job"].as_str().unwrap().starts_with("job_"), "{answer}");
    let jobs = suite.stage.messages(Queue::Enrolments);
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    suite.stage.messages(Queue::Enrichment);
}

#[tokio::test]
async fn faults_of_adding_name_their_field() {
    let suite = suite().await;
    apollo_answers(&suite);
    let found = search(&suite).await;
    let (suite, found) = (&suite, &found);
    let faults = |more: Value| async move {
        let mut body = json!({"search": found["id"]});
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        let refused: Value = suite.post("/api/prospects/add", body).await.expect(422);
        fields(&refused).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(faults(json!({})).await, ["ids"]);
    assert_eq!(faults(json!({"ids": ["nobody"]})).await, ["ids"]);
    assert_eq!(faults(json!({"first": 51})).await, ["first"]);
    assert_eq!(faults(json!({"first": 1, "ids": ["x"]})).await, ["first"]);
    let tags: Vec<String> = (0..51).map(|n| format!("t{n}")).collect();
    assert_eq!(faults(json!({"first": 1, "tags": tags})).await, ["tags"]);
    let campaign = "campaign_01K00000000000000000000000";
    assert_eq!(faults(json!({"first": 1, "campaign": campaign})).await, ["campaign"]);
}
