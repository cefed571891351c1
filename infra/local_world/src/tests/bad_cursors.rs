//! A bad cursor is answered alike by every list of the API document that takes one.

use super::bad_input::send;
use super::story::Story;
use anyhow::{Context, Result};
use http::Method;
use serde_json::{Value, json};

const DOCUMENT: &str = include_str!("../../../../openapi.json");

/// What a list must be asked with besides its cursor.
fn query_of(path: &str) -> &'static str {
    match path {
        "/api/leads/board" => "status=new&",
        "/api/columns/cells" => "leads=lead_01M7HSBBM0YEW9W2K9Z1FK586Z&",
        _ => "",
    }
}

/// Lists without pages: the file takes the parameters of the list that it exports, and duplicates were not looked for yet.
const WITHOUT_PAGES: [&str; 2] = ["/api/leads/export.csv", "/api/leads/duplicates"];

#[tokio::test]
async fn bad_cursor_is_a_422_on_the_same_field_of_every_list() -> Result<()> {
    let story = Story::begin().await?;
    let campaign = story.campaign(&story.sequence(5).await?).await?;
    let document: Value = serde_json::from_str(DOCUMENT)?;
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().context("paths")? {
        let parameters = item["get"]["parameters"].as_array().into_iter().flatten();
        let mut in_query = parameters.filter(|parameter| parameter["in"] == "query");
        if !in_query.any(|parameter| parameter["name"] == "cursor") || WITHOUT_PAGES.contains(&path.as_str())
        {
            continue;
        }
        let named = path.replace("{name}", "opening_line");
        let named = named.replace("/imports/{id}", "/imports/import_01M7HSBBM0YEW9W2K9Z1FK586Z");
        let named = named.replace("{id}", &campaign);
        // The second one is well formed, and belongs to another list.
        for cursor in ["rubbish", "eyJsIjoiQSIsInAiOiJCIn0"] {
            let uri = format!("{named}?{}cursor={cursor}", query_of(path));
            let (status, problem) = send(&story, Method::GET, &uri, "application/json", "").await?;
            assert_eq!(
                (status, &problem["code"], &problem["field"], &problem["errors"][0]["detail"]),
                (
                    422,
                    &json!("invalid_value"),
                    &json!("query.cursor"),
                    &json!("must be the next_cursor of a page of this list, asked with the same query")
                ),
                "{uri}: {problem}"
            );
            asked += 1;
        }
    }
    assert!(asked > 50, "{asked}");
    Ok(())
}
