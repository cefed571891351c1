//! Least privilege, both ways: on a walk through the whole product nothing is denied, and no permission is
//! unused. What the routes write is in the log, and they call the cloud as often as their table says.

use super::calls::judge_routes;
use super::everywhere::walk;
use super::lived_log::{Witness, judge_log};
use super::story::Story;
use anyhow::Result;
use application::queue_messages::Queue;
use local_cloud::{Permission, Principal, Statement};
use std::collections::BTreeSet;

#[tokio::test]
async fn every_route_succeeds_and_every_permission_is_used() -> Result<()> {
    let story = Story::begin().await?;
    let witness = Witness::of(&story);
    let mut story = walk(story).await?;
    let routes = judge_routes(&story.recorder.calls());
    bury_and_redrive(&mut story).await?;
    judge_log(&story, &witness).await?;
    assert_eq!(routes_not_walked(&story), Vec::<String>::new());
    let cloud = story.world.host.cloud();
    assert!(cloud.denied_permissions().is_empty(), "refused: {:#?}", cloud.denied_permissions());
    assert_eq!(granted_in_vain(&story), Vec::<String>::new());
    routes
}

/// Puts one unreadable message into each queue, until it is a dead letter; then redrives it.
async fn bury_and_redrive(story: &mut Story) -> Result<()> {
    let sqs = story.world.host.cloud().queues();
    for queue in &story.world.host.stack().queues {
        if queue.1.get("RedrivePolicy").is_some() {
            sqs.send(&queue.0, "no message of ours").map_err(|error| anyhow::anyhow!("{error:?}"))?;
        }
    }
    // A message is tried ten times, in the slowest queue an hour and a half apart.
    story.live(920).await?;
    for queue in Queue::ALL {
        let path = format!("/api/ops/queues/{}", queue.as_str());
        let letters = story.api.get(&format!("{path}/dead-letters")).await?;
        assert_eq!(letters["total"], 1, "{letters}");
        story.api.post(&format!("{path}/redrive"), serde_json::json!({})).await?;
    }
    Ok(())
}

/// The route at which a relay asks for a place to upload a large mail, with a signature; `provider_webhooks`
/// has its test.
const UPLOADS: &str = "/api/webhooks/{provider}/{account}/uploads";

fn routes_not_walked(story: &Story) -> Vec<String> {
    let asked = story.recorder.asked();
    let walked = |method: &http::Method, path: &str| {
        asked.iter().any(|(m, p, status)| m == method && *status < 400 && fits(path, p))
    };
    local_host::all_routes()
        .into_iter()
        .flat_map(|(_, rows)| rows)
        .filter(|row| !walked(&row.method, &row.path) && row.path != UPLOADS)
        .map(|row| format!("{} {}", row.method, row.path))
        .collect()
}

pub(super) fn fits(pattern: &str, path: &str) -> bool {
    if pattern == "/{proxy+}" {
        return path != "/" && !path.starts_with("/api/");
    }
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(path).all(|(a, b)| a.starts_with('{') || *a == b)
}

/// Permissions for paths that the walk does not take, and why they are needed.
const RARE: [(&str, &str, &str); 56] = [
    (
        "push",
        "dynamodb:DeleteItem",
        "a page connects over a socket, which the walk has none of: see `push.rs`",
    ),
    ("push", "dynamodb:GetItem", "the same"),
    ("push", "dynamodb:PutItem", "the same"),
    ("record_changes", "execute-api:ManageConnections", "the same page is told of a change"),
    ("dashboard", "dynamodb:BatchGetItem", "a rep who sees own leads only: whose leads the tasks are about"),
    ("notifications", "dynamodb:BatchGetItem", "the same, of notifications"),
    ("emails", "s3:GetObject", "the workspace has blocks of leads, from which it lists them"),
    ("monitor", "s3:GetObject", "the same, where an alert of a hot lead is missing"),
    (
        "import_leads",
        "dynamodb:Query",
        "blocks of leads are lost: the list is read from the table by its index",
    ),
    ("settings", "dynamodb:Query", "the same"),
    ("icp", "dynamodb:Query", "the same"),
    ("icp", "dynamodb:BatchGetItem", "the same"),
    ("prospects", "dynamodb:Query", "the same"),
    ("nightly", "dynamodb:BatchGetItem", "the same"),
    ("nightly", "dynamodb:Query", "the same"),
    ("fold_changes", "dynamodb:BatchGetItem", "blocks of leads are lost: they are made from the table"),
    ("fold_changes", "s3:GetObject", "another writer has put the log file that it is about to put"),
    ("fold_changes", "sqs:SendMessage", "a fold's time is up, and the rest goes back to the queue"),
    ("record_changes", "dynamodb:GetItem", "an open page is told of a change, and its session is read"),
    ("record_changes", "dynamodb:BatchWriteItem", "connections of pages that are over are forgotten"),
    ("auth", "dynamodb:DeleteItem", "a sign-out that failed is forgotten, so that its key may be used again"),
    (
        "emails",
        "dynamodb:Query",
        "on the table: a person settles a campaign's message; who it sends by is read",
    ),
    ("nightly", "sqs:SendMessage", "a column's schedule asks for a run over all leads"),
    ("fill_columns", "dynamodb:Query", "on the index: that run takes all leads"),
    ("fill_columns", "s3:PutObject", "it keeps their ids"),
    (
        "fill_columns",
        "s3:ListBucket",
        "a column looks at the lead's colleagues, whose list is read from blocks",
    ),
    ("columns", "s3:GetObject", "a run is for leads by a filter, and their list is read from blocks"),
    ("columns", "s3:ListBucket", "the same"),
    ("enrich_lead", "dynamodb:BatchGetItem", "an address turns out dead while its lead is under way"),
    (
        "enrich_lead",
        "dynamodb:DeleteItem",
        "who is deleted while something is looked up leaves nothing behind",
    ),
    ("fill_columns", "dynamodb:DeleteItem", "the same"),
    ("fill_columns", "sqs:SendMessage", "a column has filled an address, which is looked up"),
    ("import_leads", "sqs:SendMessage", "a column fills itself for the leads of an import"),
    ("prospects", "sqs:SendMessage", "a column fills itself for a prospect that is added"),
    ("campaign_jobs", "dynamodb:BatchWriteItem", "what lies with a lead whose deletion broke off"),
    ("campaign_jobs", "dynamodb:DeleteItem", "that lead itself"),
    ("campaign_jobs", "s3:DeleteObject", "a large mail of theirs"),
    ("ingest_event", "s3:DeleteObject", "a large mail that is nobody's answer"),
    ("ingest_event", "s3:PutObject", "a received mail that its provider only announces is fetched"),
    ("record_visits", "dynamodb:BatchGetItem", "a rule that a visit meets enrols the lead"),
    ("record_visits", "dynamodb:DeleteItem", "the same, and the start breaks off"),
    ("provider_webhooks", "dynamodb:PutItem", "Mailgun signs a token and not the mail: it is taken once"),
    ("provider_webhooks", "sqs:SendMessage", "a notice of Microsoft, with the secret of its mailbox"),
    ("ingest_event", "s3:ListBucket", "a large mail was taken in before, and its message comes again"),
    ("leads", "s3:DeleteObject", "a lead is deleted that has sent a large mail"),
    (
        "campaign_jobs",
        "dynamodb:Query",
        "on the table: how many leads there are, where everybody is enrolled",
    ),
    ("monitor", "dynamodb:BatchGetItem", "more leads turned hot than were announced: they are looked at"),
    ("monitor", "dynamodb:GetItem", "whether a hot lead's task is there"),
    (
        "monitor",
        "dynamodb:Query",
        "on the index: hot leads nobody announced, campaigns whose people have all ended",
    ),
    ("send_message", "dynamodb:DeleteItem", "who is deleted while they are written to leaves nothing behind"),
    (
        "send_message",
        "dynamodb:UpdateItem",
        "the room that a domain, a person or the workspace has, where that is limited",
    ),
    ("monitor", "sqs:SendMessage", "digests are due, where the installation sends mails of its own"),
    ("settings", "sqs:SendMessage", "an invitation is mailed, where the installation sends mails of its own"),
    ("send_message", "dynamodb:Query", "on the index: what such a digest lists"),
    ("send_message", "sqs:SendMessage", "who came without a slot gets one of the coming minutes"),
    ("tasks", "dynamodb:UpdateItem", "who asks not to be called is listed already, by their own STOP"),
];

/// Kinds of objects that the walk does not read or write, where the function uses another kind in the same way.
const RARE_OBJECTS: [(&str, &str, &str, &str); 3] = [
    (
        "campaign_jobs",
        "s3:PutObject",
        "ws_*/bulk_messages/*",
        "a message goes to all leads of a filter: their ids are kept",
    ),
    (
        "fill_columns",
        "s3:GetObject",
        "lead_blocks/*",
        "a column looks at the lead's colleagues, who are in blocks",
    ),
    (
        "inbox",
        "s3:GetObject",
        "lead_blocks/*",
        "leads are suggested for an answer, in a workspace that has blocks",
    ),
];

fn granted_in_vain(story: &Story) -> Vec<String> {
    let used = story.world.host.cloud().used_permissions();
    let none = BTreeSet::new();
    let mut vain = Vec::new();
    for function in &story.world.host.stack().functions {
        let used = used.get(&function.name).unwrap_or(&none);
        for statement in &function.policy {
            for (action, resource) in pairs(statement) {
                let alone =
                    Principal::with_policy("x", vec![Statement::new([action.as_str()], [resource.as_str()])]);
                // The function reads the public address from the secret's tag if it was not given; on one
                // machine it is given.
                let rare = action == "secretsmanager:DescribeSecret"
                    || RARE.iter().any(|(name, rare, _)| *name == function.name && *rare == action)
                    || RARE_OBJECTS.iter().any(|(name, rare, kind, _)| {
                        *name == function.name
                            && *rare == action
                            && resource.split_once('/').is_some_and(|(_, key)| key == *kind)
                    });
                if !rare && !used.iter().any(|(action, resource)| alone.may(action, resource)) {
                    vain.push(format!("{}: {action} on {resource}", function.name));
                }
            }
        }
    }
    vain
}

fn pairs(statement: &Statement) -> Vec<Permission> {
    let all = |action: &String| {
        statement.resources.iter().map(|resource| (action.clone(), resource.clone())).collect::<Vec<_>>()
    };
    statement.actions.iter().flat_map(all).collect()
}
