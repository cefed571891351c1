//! Sentences that a model writes about imported leads, in a column or as their opening lines: most rest on more than the
//! company's name, and a lead without one has a reason.

use super::story::Story;
use crate::seed;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The companies of the sample export of a CRM, a line each.
const COMPANIES: &str = include_str!("../../../sandbox/src/companies/companies.csv");
/// Every so many of the first thousand is imported.
const EVERY: usize = 10;

/// A share of the sample as users export it: names and websites, and nothing of what the sites say.
fn share() -> String {
    let mut file = "First Name,Last Name,Company,Email,Website\n".to_owned();
    for row in COMPANIES.lines().skip(1).take(1_000).step_by(EVERY) {
        // A name with a comma is in quotation marks.
        let (company, rest) = match row.strip_prefix('"').and_then(|row| row.split_once("\",")) {
            Some((company, rest)) => (format!("\"{company}\""), rest),
            None => row.split_once(',').map(|(company, rest)| (company.to_owned(), rest)).unwrap_or_default(),
        };
        let parts: Vec<&str> = rest.split(',').collect();
        let [host, first, last, email, ..] = parts[..] else { continue };
        file.push_str(&format!("{first},{last},{company},{email},http://{host}/\n"));
    }
    file
}

#[tokio::test]
async fn most_leads_of_an_export_get_a_sentence_from_facts_and_the_rest_a_reason() -> Result<()> {
    let (mut story, leads) = imported(5).await?;
    let site = json!({ "kind": "enrichment", "field": "company_description", "providers": [{ "provider": "website" }] });
    let about = column(&story, "About", site).await?;
    let pitch = json!({ "kind": "ai", "prompt": "One friendly sentence for {{ company }}.",
        "output": { "type": "text", "max_words": 30 }, "context": ["custom.About", "website"] });
    let pitch = column(&story, "Pitch", pitch).await?;
    let run = json!({ "columns": [about, pitch], "ids": leads, "cap": 5_000_000 });
    let run = story.api.post("/api/columns/runs", run).await?;
    story.live(10).await?;
    let run = story.api.get(&format!("/api/columns/runs/{}", run["id"].as_str().context("an id")?)).await?;
    assert_eq!(run["state"], "done", "{run}");
    let (mut on_site, mut grounded) = (0, 0);
    for lead in &leads {
        let cell = |column: &str| format!("/api/columns/{column}/cells/{lead}");
        let read = story.api.get(&cell(&about)).await?;
        let said = story.api.get(&cell(&pitch)).await?;
        for cell in [&read, &said] {
            let why = |cell: &Value| {
                cell["why"].is_string() || cell["error"].is_string() || cell["steps"][0]["why"].is_string()
            };
            assert!(cell["state"] == "found" || why(cell), "no value and no reason: {cell}");
        }
        let facts =
            said["steps"].as_array().and_then(|steps| steps.last()?["why"].as_str()).unwrap_or_default();
        let cites = |label: &str| said["state"] == "found" && facts.contains(label);
        on_site += usize::from(cites("about: "));
        grounded += usize::from(cites("about: ") || cites("website: "));
        assert!(!cites("about: ") || read["state"] == "found", "{said}");
    }
    assert!(on_site * 100 >= leads.len() * 75, "{on_site} of {} sentences rest on a website", leads.len());
    assert!(grounded * 100 >= leads.len() * 80, "{grounded} of {} rest on more than the name", leads.len());
    Ok(())
}

/// Imports the share and lives for these minutes.
async fn imported(minutes: i64) -> Result<(Story, Vec<String>)> {
    let mut story = Story::begin().await?;
    seed::import(&story.api, "export.csv", share().into_bytes(), "US").await?;
    story.live(minutes).await?;
    let list = story.api.get("/api/leads?limit=200").await?;
    let leads: Vec<String> = list["items"]
        .as_array()
        .context("leads")?
        .iter()
        .filter_map(|lead| Some(lead["id"].as_str()?.to_owned()))
        .collect();
    assert_eq!(leads.len(), 1_000 / EVERY);
    Ok((story, leads))
}

#[tokio::test]
async fn most_leads_of_an_export_get_an_opening_line_from_facts_and_the_rest_a_reason() -> Result<()> {
    let (story, leads) = imported(10).await?;
    let (mut on_site, mut grounded, mut reasons) = (0, 0, BTreeMap::<String, usize>::new());
    for lead in &leads {
        let lead = story.api.get(&format!("/api/leads/{lead}")).await?;
        let of = |field: &str| lead["enrichment"].as_array()?.iter().find(|result| result["field"] == field);
        let (line, site) =
            (of("first_line").context("an opening line")?, of("website").context("a website")?);
        let facts = line["value"]["facts"].as_array().context("facts")?;
        let cites = |beginning: &str| {
            let begins = |fact: &Value| fact["text"].as_str().is_some_and(|text| text.starts_with(beginning));
            facts.iter().any(|fact| begins(fact) && fact["source"] == "website" && fact["at"].is_string())
        };
        let (said, address) = (cites("What its website says about it: "), cites("Its website is "));
        assert!(!said || site["value"]["statements"][0].is_string(), "{site}");
        on_site += usize::from(said);
        grounded += usize::from(said || address);
        if line["source"] == "fallback" {
            let why = line["detail"].as_str().context("a default text has its reason")?;
            *reasons.entry(why.to_owned()).or_default() += 1;
        } else {
            assert!(said || address, "a line from the name alone: {line}");
        }
    }
    let left = reasons.values().sum::<usize>();
    assert_eq!(grounded + left, leads.len(), "{reasons:?}");
    assert!(on_site * 100 >= leads.len() * 75, "{on_site} of {} lines rest on a website", leads.len());
    assert!(grounded * 100 >= leads.len() * 80, "{grounded} of {}; the rest: {reasons:?}", leads.len());
    Ok(())
}

async fn column(story: &Story, name: &str, recipe: Value) -> Result<String> {
    let target = json!({ "to": "new_field", "label": name, "kind": { "kind": "text" } });
    let column = json!({ "name": name, "target": target, "recipe": recipe });
    let made = story.api.post("/api/columns", column).await?;
    Ok(made["id"].as_str().context("an id")?.to_owned())
}
