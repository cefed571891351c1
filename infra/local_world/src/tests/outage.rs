//! A mail server that is down in the first hour of a campaign.

use super::story::Story;
use crate::seed;
use anyhow::{Context, Result};
use application::Clock;
use domain::capacity::circuit_breaker::{OPENS_AFTER, allowance};
use jiff::Timestamp;
use sandbox::{ObservedEmail, Provider};
use std::collections::BTreeMap;
use std::fmt::Write;

const PEOPLE: usize = 240;
/// The probes of an open circuit breaker in an hour: after 30 seconds, 1, 2, 4, 8 and then 10 minutes each.
const PROBES_AN_HOUR: u64 = 9;

fn people() -> Result<String> {
    let mut file = "First name,Last name,Email,Company,City,State,Country\n".to_owned();
    for n in 0..PEOPLE {
        writeln!(file, "P{n},Walker,p{n}+silent@walk.example,Walk {n},Seattle,WA,US")?;
    }
    Ok(file)
}

fn since(mails: &[ObservedEmail], at: Timestamp) -> Vec<Timestamp> {
    mails.iter().map(|mail| mail.at).filter(|mail| *mail >= at).collect()
}

#[tokio::test]
async fn hour_long_outage_costs_few_calls_and_delays_every_mail() -> Result<()> {
    let mut story = Story::begin().await?;
    seed::import(&story.api, "people.csv", people()?.into_bytes(), "US").await?;
    story.live(30).await?;
    let sequence = story.sequence(6_000).await?;
    let campaign = story.campaign(&sequence).await?;
    seed::enrol_all(&story.api, &campaign).await?;
    story.live(2).await?;
    story.world.sandbox.set_outage(Provider::Smtp, true);
    seed::launch(&story.api, &campaign).await?;
    story.live(60).await?;
    let away = story.world.sandbox.turned_away(Provider::Smtp);
    let opens = u64::from(OPENS_AFTER);
    assert!(away > opens, "it is asked again now and then: {away}");
    assert!(away <= opens + PROBES_AN_HOUR, "{away} calls in an hour in which {PEOPLE} were due");
    assert_eq!(story.world.sandbox.observed().emails.len(), 0);

    let accounts = story.api.get("/api/settings/accounts?kind=smtp").await?;
    assert_eq!(accounts["items"][0]["health"]["state"], "down", "{accounts}");
    let told = story.api.get("/api/notifications").await?.to_string();
    assert_eq!(told.matches("does not accept messages").count(), 1, "{told}");
    let moving =
        story.api.get(&format!("/api/campaigns/{campaign}/enrolments?state=moving&limit=100")).await?;
    let waits = moving["items"].as_array().into_iter().flatten().find(|item| item["step"] == 0);
    let lead =
        waits.and_then(|item| item["lead_id"].as_str()).with_context(|| format!("who waits in {moving}"))?;
    let why = story.api.get(&format!("/api/campaigns/{campaign}/enrolments/{lead}")).await?;
    let last = why["checks"].as_array().and_then(|checks| checks.last()).context("a check")?;
    assert_eq!((&last["rule"], &last["passed"]), (&"provider_takes_messages".into(), &false.into()), "{why}");

    let ends = story.clock.now();
    story.world.sandbox.set_outage(Provider::Smtp, false);
    story.live(45).await?;
    let mails = story.world.sandbox.observed().emails;
    let after = since(&mails, ends);
    let back = *after.iter().min().context("it goes on")?;
    let mut minutes: BTreeMap<u32, u32> = BTreeMap::new();
    for at in &after {
        let minute = u32::try_from(at.duration_since(back).as_secs() / 60)?;
        *minutes.entry(minute).or_default() += 1;
    }
    for (minute, count) in &minutes {
        // The probe that found the server working came before all others.
        assert!(*count <= allowance(*minute) + 1, "{count} mails in minute {minute}: {minutes:?}");
    }
    let mut each: BTreeMap<&str, u32> = BTreeMap::new();
    for mail in &mails {
        *each.entry(&mail.recipient).or_default() += 1;
    }
    assert_eq!(each.len(), PEOPLE, "everybody was written to");
    assert!(each.values().all(|count| *count == 1), "{each:?}");
    assert_eq!(story.world.sandbox.observed().duplicate_sends(), 0);
    let told = story.api.get("/api/notifications").await?.to_string();
    assert_eq!(told.matches("accepts messages again").count(), 1, "{told}");
    Ok(())
}
