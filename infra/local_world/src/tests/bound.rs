//! An enrolment changes to another version after its present step: its simulation must come true.

use super::story::Story;
use anyhow::{Context, Result};
use application::Clock;
use http::Method;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

async fn post(story: &Story, path: &str, body: Value) -> Result<Value> {
    story.ask(Method::POST, path, Some(body)).await
}

async fn get(story: &Story, path: &str) -> Result<Value> {
    story.ask(Method::GET, path, None).await
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().with_context(|| format!("words in {value}"))?.to_owned())
}

fn mail(subject: &str, minutes: u32) -> Value {
    json!({ "kind": "email", "delay": { "amount": minutes, "unit": "minutes" }, "subject": subject, "body": "Hello" })
}

/// The subjects and times of the lead's simulated mails.
async fn simulated(story: &mut Story, campaign: &str, lead: &str) -> Result<Vec<(String, Timestamp)>> {
    post(story, &format!("{campaign}/simulate"), json!({})).await?;
    story.live(1).await?;
    let people = get(story, &format!("{campaign}/simulation/people")).await?;
    let mut mails = Vec::new();
    for step in people["items"][0]["steps"].as_array().context("a way")? {
        // The step is skipped.
        let Some(at) = step["at"].as_str() else { continue };
        let version =
            step["version"].as_u64().map_or_else(String::new, |version| format!("?version={version}"));
        let place = step["step"].as_u64().context("a place")?;
        let words = format!("{campaign}/simulation/people/{lead}/steps/{place}{version}");
        mails.push((text(&get(story, &words).await?["subject"])?, at.parse()?));
    }
    Ok(mails)
}

/// The subjects and times of the mails that went out after `since`.
async fn sent(story: &Story, lead: &str, since: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    let timeline = get(story, &format!("/api/leads/{lead}/timeline")).await?;
    let mut mails = Vec::new();
    for item in timeline["items"].as_array().context("a timeline")? {
        let message = &item["message"];
        if let Some(at) = message["accepted_at"].as_str() {
            mails.push((text(&message["subject"])?, at.parse::<Timestamp>()?));
        }
    }
    mails.retain(|(_, at)| *at > since);
    Ok(mails)
}

#[tokio::test]
async fn simulation_of_a_pending_version_change_comes_true() -> Result<()> {
    let mut story = Story::begin_with(|config| config.people = false).await?;
    let new = json!({ "first_name": "Ida", "email": "ida@bound.example" });
    let lead = text(&post(&story, "/api/leads", new).await?["id"])?;
    let always = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }] });
    let steps = json!([mail("First", 0), mail("Second", 40), mail("Third", 40)]);
    let new = json!({ "name": "Two versions", "steps": steps, "window": always });
    let sequence = post(&story, "/api/sequences", new).await?;
    let path = format!("/api/sequences/{}", text(&sequence["id"])?);
    let campaign = format!("/api/campaigns/{}", story.campaign(&text(&sequence["id"])?).await?);
    post(&story, &format!("{campaign}/enrolments"), json!({ "lead_ids": [lead] })).await?;
    post(&story, &format!("{campaign}/launch"), json!({})).await?;
    story.live(15).await?;

    let [first, second, third] = [0, 1, 2].map(|n| sequence["steps"][n].clone());
    let mut third = third;
    (third["subject"], third["delay"]["amount"]) = (json!("Third, anew"), json!(20));
    // A step that has gone out already also stands further down, and is not sent again.
    let changed = json!([second, mail("Between", 60), first, third]);
    story.ask(Method::PATCH, &path, Some(json!({ "steps": changed }))).await?;
    post(&story, &format!("{path}/rollouts"), json!({ "people": "next_step" })).await?;
    story.live(5).await?;
    let bound = get(&story, &format!("{campaign}/enrolments/{lead}")).await?;
    assert_eq!(
        (&bound["enrolment"]["version"], &bound["enrolment"]["bound_for"]),
        (&json!(1), &json!(2)),
        "{bound}"
    );

    let since = story.clock.now();
    let planned = simulated(&mut story, &campaign, &lead).await?;
    story.live(180).await?;
    let happened = sent(&story, &lead, since).await?;
    let subjects = |mails: &[(String, Timestamp)]| -> Vec<String> {
        mails.iter().map(|(subject, _)| subject.clone()).collect()
    };
    assert_eq!(subjects(&happened).len(), 3, "{happened:?}");
    assert_eq!(subjects(&planned), subjects(&happened), "{planned:?}");
    for ((subject, planned), (_, happened)) in planned.iter().zip(&happened) {
        let apart = happened.duration_since(*planned).abs();
        assert!(apart <= SignedDuration::from_mins(5), "{subject}: {planned}, and went out {happened}");
    }
    Ok(())
}
