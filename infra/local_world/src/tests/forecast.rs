//! A simulation that was made before a campaign comes true day by day and word by word.

use super::story::Story;
use crate::seed;
use anyhow::{Context, Result};
use application::{PageRequest, Ports};
use domain::message::Direction;
use domain::{CampaignId, LeadId, WorkspaceId};
use http::Method;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const DAY: i64 = 24 * 60;

async fn begin(people: &[(&str, &str)]) -> Result<Story> {
    let mut story = Story::begin().await?;
    // All leads are at one domain, and no colleague is held because another lead replied.
    let settings = json!({ "company_hold_days": 0 });
    story.ask(Method::PATCH, "/api/settings", Some(settings)).await?;
    let row = |(name, phone): &(&str, &str)| format!("{name},{name}@clinic.example,{phone},US\n");
    let rows: String = people.iter().map(row).collect();
    let file = format!("first_name,email,phone,country\n{rows}");
    seed::import(&story.api, "people.csv", file.into_bytes(), "US").await?;
    story.live(5).await?;
    Ok(story)
}

async fn post(story: &Story, path: &str, body: Value) -> Result<Value> {
    story.ask(Method::POST, path, Some(body)).await
}

/// Creates a campaign with all leads.
async fn campaign(story: &Story, steps: Value) -> Result<String> {
    let made = post(story, "/api/sequences", json!({ "name": "Replayed", "steps": steps })).await?;
    let sequence = made["id"].as_str().context("the sequence's id")?;
    let campaign = story.campaign(sequence).await?;
    seed::enrol_all(&story.api, &campaign).await?;
    Ok(campaign)
}

fn delay(amount: u32, unit: &str) -> Value {
    json!({ "amount": amount, "unit": unit })
}

/// The number of messages on each day, and the text by lead and step.
#[derive(Debug, Default, PartialEq)]
struct Told {
    days: BTreeMap<Date, u32>,
    words: BTreeMap<(String, u16), (String, String)>,
}

impl Told {
    fn full_days(&self) -> Vec<Date> {
        self.days.iter().filter(|(_, messages)| **messages == 3).map(|(day, _)| *day).collect()
    }

    fn add(&mut self, who: (&LeadId, u16), at: Timestamp, (subject, text): (&str, &str)) {
        *self.days.entry(at.to_zoned(jiff::tz::TimeZone::UTC).date()).or_default() += 1;
        self.words.insert((who.0.to_string(), who.1), (subject.to_owned(), text.to_owned()));
    }
}

#[tokio::test]
async fn simulation_predicts_times_and_texts_for_leads_who_do_not_react() -> Result<()> {
    let names: Vec<String> = (0..7).map(|n| format!("p{n}+silent")).collect();
    let people: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let mut story = begin(&people).await?;
    // All leads are at one domain, whose cap is three a day.
    let caps = json!({ "caps": { "domain_per_day": 3, "one_campaign": true } });
    story.ask(Method::PATCH, "/api/settings", Some(caps)).await?;
    let steps = json!([
        { "kind": "email", "delay": delay(0, "minutes"), "subject": "Empty slots, {{ first_name }}", "body": "Hello {{ first_name }}" },
        { "kind": "sms", "delay": delay(1, "days"), "body": "Hi" },
        { "kind": "email", "delay": delay(1, "days"), "subject": "", "body": "Well, {{ first_name }}?" },
    ]);
    let campaign = campaign(&story, steps).await?;
    let path = format!("/api/campaigns/{campaign}");
    post(&story, &format!("{path}/simulate"), json!({})).await?;
    story.live(1).await?;
    let simulated = simulated(&story, &path).await?;
    assert!(simulated.days.len() >= 5 && simulated.days.values().all(|most| *most <= 3), "{simulated:?}");
    post(&story, &format!("{path}/launch"), json!({})).await?;
    story.live(14 * DAY).await?;
    let happened = happened(&story, &campaign).await?;
    assert_eq!(happened.words, simulated.words);
    // Deferred leads queue in the order in which they are looked at: the last few may swap their places, and
    // so their days.
    assert_eq!(happened.full_days(), simulated.full_days());
    Ok(())
}

async fn simulated(story: &Story, path: &str) -> Result<Told> {
    let mut told = Told::default();
    let people = story.ask(Method::GET, &format!("{path}/simulation/people"), None).await?;
    for person in people["items"].as_array().context("people")? {
        let lead: LeadId = serde_json::from_value(person["lead_id"].clone())?;
        for step in person["steps"].as_array().context("steps")? {
            let Some(at) = step["at"].as_str() else {
                assert_eq!(step["because"], "no_phone", "{step}");
                continue;
            };
            let place = u16::try_from(step["step"].as_u64().context("a place")?)?;
            let text = format!("{path}/simulation/people/{lead}/steps/{place}");
            let text = story.ask(Method::GET, &text, None).await?;
            let words =
                (text["subject"].as_str().context("a subject")?, text["text"].as_str().context("a text")?);
            told.add((&lead, place), at.parse()?, words);
        }
    }
    Ok(told)
}

async fn happened(story: &Story, campaign: &str) -> Result<Told> {
    let mut told = Told::default();
    let ports = story.world.host.ports();
    let workspace: WorkspaceId = ports.workspaces().ids().await?.pop().context("a workspace")?;
    let campaign: CampaignId = campaign.parse().map_err(|_| anyhow::anyhow!("no campaign's id"))?;
    let all = ports.enrolments().of_campaign(&workspace, &campaign, None, PageRequest::first(100)).await?;
    for enrolment in all.items {
        let file = ports.leads().file(&workspace, &enrolment.key().lead).await?;
        for message in file.messages.iter().filter(|message| message.direction == Direction::Out) {
            let at = message.accepted_at.with_context(|| format!("{message:?}"))?;
            let place = message.step_index.context("a step")?;
            told.add((&file.lead.id, place), at, (&message.subject, &message.text));
        }
    }
    Ok(told)
}
