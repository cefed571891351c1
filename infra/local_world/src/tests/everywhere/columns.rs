//! Columns that fill themselves: by a formula, a website, a model, and a webhook that calls back later.

use super::{Story, id_of};
use anyhow::Result;
use serde_json::{Value, json};

/// The sandbox's program that answers webhooks.
const HOOKS: &str = "https://hooks.sandbox.leadflow.test";

/// Makes columns, previews and estimates them, runs, pauses, resumes and stops runs, and looks at the cells.
pub(super) async fn walk(story: &mut Story) -> Result<()> {
    let mut few = Vec::new();
    for name in ["harbour-physiotherapy", "lighthouse-veterinary", "maple-dental"] {
        let new = json!({ "email": format!("columns@{name}.example"), "website": format!("https://{name}.example"),
            "company": name, "category": "Clinic", "city": "Boston" });
        few.push(id_of(&story.post("/api/leads", new).await?)?);
    }
    let formula = json!({ "kind": "formula", "expression": "company | upper" });
    let preview = json!({ "recipe": formula, "leads": few });
    let seen = story.post("/api/columns/preview", preview).await?;
    assert_eq!(seen["items"].as_array().map(Vec::len), Some(few.len()), "{seen}");
    let shout = new_column(story, "Shout", formula, json!({})).await?;
    let prompt = json!({ "kind": "ai", "prompt": "Say what {{ company }} in {{ city }} does.",
        "output": { "type": "text", "max_words": 30 }, "context": ["category"] });
    let asked = json!({ "recipe": prompt, "leads": few, "spend": true });
    let answered = story.post("/api/columns/preview", asked).await?;
    assert_eq!(answered["items"].as_array().map(Vec::len), Some(1), "{answered}");
    let pitch = new_column(story, "Pitch", prompt, json!({})).await?;
    let site = json!({ "kind": "enrichment", "field": "company_description", "providers": [{ "provider": "website" }] });
    let about = new_column(story, "About", site, json!({ "on_new": true })).await?;
    let hook = json!({ "kind": "webhook", "method": "post", "url": format!("{HOOKS}/later"), "wait": "callback",
        "headers": [{ "name": "X-Key", "value": "sandbox-webhook-key", "secret": true }],
        "body": "{\"callback\": \"{{ callback_url }}\", \"company\": \"{{ company }}\"}", "answer": "/value" });
    let score = new_column(story, "Score", hook, json!({})).await?;
    let path = format!("/api/columns/{score}");
    let changed = story.patch(&path, json!({ "fresh_days": 7 })).await?;
    assert_eq!(changed["recipe"]["headers"], json!([{ "name": "X-Key", "secret": true }]), "{changed}");
    assert_eq!(story.get(&path).await?["fresh_days"], 7);
    let all = [&shout, &pitch, &about, &score];
    let estimate = json!({ "columns": all, "ids": few });
    let estimate = story.post("/api/columns/estimate", estimate).await?;
    assert_eq!(estimate["leads"], few.len(), "{estimate}");
    let run = json!({ "columns": all, "ids": few, "cap": 5_000_000 });
    let run = id_of(&story.post("/api/columns/runs", run.clone()).await?)?;
    let path = format!("/api/columns/runs/{run}");
    story.post(&format!("{path}/pause"), json!({})).await?;
    story.post(&format!("{path}/cap"), json!({ "cap": 9_000_000 })).await?;
    assert_eq!(story.post(&format!("{path}/resume"), json!({})).await?["state"], "running");
    story.live(10).await?;
    let done = story.get(&path).await?;
    assert_eq!((&done["state"], &done["done"]), (&json!("done"), &json!(few.len())), "{done}");
    assert_eq!(done["counts"][&score], json!({ "found": few.len(), "waiting": 0 }), "{done}");
    assert_eq!(done["counts"][&shout], json!({ "found": few.len() }), "{done}");
    let cells = story.get(&format!("/api/columns/cells?leads={}&run={run}", few.join(","))).await?;
    assert!(cells["items"].as_array().is_some_and(|cells| cells.len() >= few.len()), "{cells}");
    let failed =
        story.get(&format!("/api/columns/cells?run={run}&state=failed,answer_lost&limit=10")).await?;
    assert_eq!(failed["items"], json!([]), "{failed}");
    let cell = format!("/api/columns/{score}/cells/{}", few[0]);
    let found = story.get(&cell).await?;
    assert_eq!(
        (&found["state"], &found["steps"][0]["outcome"]),
        (&json!("found"), &json!("started")),
        "{found}"
    );
    let again = id_of(&story.post(&format!("{cell}/run"), json!({})).await?)?;
    story.post(&format!("/api/columns/runs/{again}/stop"), json!({})).await?;
    // A column that fills itself is filled for a new lead.
    let new = json!({ "email": "columns@walk.example", "company": "Walk" });
    story.post("/api/leads", new).await?;
    story.live(5).await?;
    let runs = story.get("/api/columns/runs").await?;
    assert!(runs["items"].as_array().is_some_and(|runs| runs.len() >= 3), "{runs}");
    for column in all {
        story.delete(&format!("/api/columns/{column}")).await?;
    }
    assert_eq!(story.get("/api/columns").await?["items"], json!([]));
    Ok(())
}

async fn new_column(story: &Story, name: &str, recipe: Value, triggers: Value) -> Result<String> {
    let target = json!({ "to": "new_field", "label": name, "kind": { "kind": "text" } });
    let column = json!({ "name": name, "target": target, "recipe": recipe, "triggers": triggers });
    id_of(&story.post("/api/columns", column).await?)
}
