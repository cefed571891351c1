//! The requests that start a run, ask for its state and read what it found.

use crate::question::Question;
use serde_json::Value;

/// The items that are read of a run.
const MOST_ITEMS: &str = "100";
/// The seconds after which Apify ends a run.
const TIMEOUT_SECONDS: &str = "600";

/// Makes the request that starts a run. An actor is named by its owner and its own name, or by its id.
pub(super) fn start(actor: &str, input: &str) -> Result<Question, String> {
    let actor = actor.trim().replacen('/', "~", 1);
    let is_name = !actor.is_empty()
        && actor.len() <= 150
        && actor.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b))
        && actor.matches('~').count() <= 1;
    if !is_name {
        return Err("an actor is named as owner/name or by its id".to_owned());
    }
    let input: Value =
        serde_json::from_str(input).map_err(|_| "the input of the actor is no JSON".to_owned())?;
    if !input.is_object() {
        return Err("the input of the actor is no JSON object".to_owned());
    }
    let question = Question::post(format!("/acts/{actor}/runs"));
    Ok(question.with("timeout", TIMEOUT_SECONDS).with("maxItems", MOST_ITEMS).with_body(input))
}

pub(super) fn status(run: &str) -> Result<Question, String> {
    Ok(Question::get(format!("/actor-runs/{}", id(run)?)))
}

pub(super) fn items(dataset: &str) -> Result<Question, String> {
    let question = Question::get(format!("/datasets/{}/items", id(dataset)?));
    Ok(question.with("clean", "true").with("format", "json").with("limit", MOST_ITEMS))
}

fn id(text: &str) -> Result<&str, String> {
    let is_id = !text.is_empty() && text.len() <= 60 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_id { Ok(text) } else { Err("the id of the run is not one of Apify's".to_owned()) }
}
