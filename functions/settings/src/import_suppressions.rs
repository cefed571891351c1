//! `POST /api/settings/suppressions/import`: puts the addresses, numbers and domains of a pasted list or a file on the
//! suppression list, and tells of each line what was done. What is wrong in one line stops no other, and to send the same
//! lines again does nothing twice.

use crate::App;
use crate::add_suppression::OWN;
use crate::suppression_view::{SuppressionKind, shown};
use application::lead::suppressing::own_addresses;
use axum::extract::State;
use domain::contact::country::Country;
use domain::lead::suppression::{SuppressionReason, SuppressionScope};
use domain::lead::suppression_line::{ListLine, ListedEntry, read_line};
use futures::{StreamExt, TryStreamExt};
use http_api::{ApiError, ApiResult, Caller, JsonBody, axum, utoipa};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The most lines of a request; a longer list is sent in parts.
const MOST_LINES: usize = 500;
/// The most characters of a line.
const LONGEST_LINE: usize = 2_000;
/// The characters of a line that the answer repeats.
const REPEATED: usize = 120;
/// The entries that are added at once.
const AT_ONCE: usize = 8;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuppressionLines {
    /// The lines, at most 500. A line is an address, a number or a domain, several addresses, or a row of a table: its e-mail
    /// addresses count, without one its numbers, without these its domains. Our own export can be sent back.
    lines: Vec<String>,
    /// The number of the first line, for parts of a longer list; 1 if left out.
    first_line: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineOutcome {
    Added,
    /// The entry was on the list before.
    AlreadyListed,
    /// An earlier line has asked for the same entry.
    Repeated,
    /// The value cannot be listed; `problem` says why.
    Refused,
    /// The line is empty, or names columns.
    Skipped,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LineResult {
    /// A line with several values has a result for each of them.
    pub line: u32,
    /// The beginning of the line as it was sent.
    pub text: String,
    pub outcome: LineOutcome,
    pub scope: Option<SuppressionKind>,
    /// The entry as the list has it.
    pub value: Option<String>,
    pub problem: Option<String>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ImportedSuppressions {
    pub items: Vec<LineResult>,
}

#[utoipa::path(post, path = "/api/settings/suppressions/import", operation_id = "import_suppressions",
    request_body = SuppressionLines, responses((status = 200, body = ImportedSuppressions)))]
pub async fn import_suppressions(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(sent): JsonBody<SuppressionLines>,
) -> ApiResult<JsonBody<ImportedSuppressions>> {
    if sent.lines.len() > MOST_LINES {
        return Err(ApiError::invalid(
            "lines",
            format!("has more than {MOST_LINES} lines: send them in parts"),
        ));
    }
    let home = caller.read_workspace(&*app.workspaces).await?.default_country;
    let (mut items, entries) = read(sent, home);
    let scopes: Vec<SuppressionScope> = entries.iter().map(|(_, entry)| entry.scope.clone()).collect();
    let known = match scopes.is_empty() {
        true => Vec::new(),
        false => app.suppressions.find(&caller.workspace, &scopes).await?,
    };
    let own = own_addresses(&app.suppressing, &caller.workspace).await?;
    let (app, caller, own) = (&app, &caller, &own);
    let added = entries.into_iter().map(|(place, ListedEntry { scope, reason })| async move {
        let reason = reason.unwrap_or(SuppressionReason::Manual);
        Ok::<_, ApiError>((place, app.suppress(caller, own, scope, reason).await?))
    });
    let added: HashMap<usize, _> = futures::stream::iter(added).buffered(AT_ONCE).try_collect().await?;
    for (place, added) in added {
        let item = &mut items[place];
        match added {
            Some(entry) if known.iter().any(|before| before.scope == entry.scope) => {
                item.outcome = LineOutcome::AlreadyListed;
            }
            Some(_) => {}
            None => {
                item.outcome = LineOutcome::Refused;
                item.problem = Some(format!("{} {OWN}", item.value.take().unwrap_or_default()));
            }
        }
    }
    Ok(JsonBody(ImportedSuppressions { items }))
}

/// Reads the lines: a result for each value, as if all were added, and the entries to add with the places of their
/// results.
fn read(sent: SuppressionLines, home: Country) -> (Vec<LineResult>, Vec<(usize, ListedEntry)>) {
    let first = sent.first_line.unwrap_or(1);
    let mut items: Vec<LineResult> = Vec::new();
    let mut entries: Vec<(usize, ListedEntry)> = Vec::new();
    let mut seen: BTreeSet<SuppressionScope> = BTreeSet::new();
    for (number, text) in (first..).zip(sent.lines) {
        let result = |outcome| LineResult {
            line: number,
            text: text.trim().chars().take(REPEATED).collect(),
            outcome,
            scope: None,
            value: None,
            problem: None,
        };
        let refused = |why| LineResult { problem: Some(why), ..result(LineOutcome::Refused) };
        if text.chars().count() > LONGEST_LINE {
            items.push(refused(format!("is longer than {LONGEST_LINE} characters")));
            continue;
        }
        let ListLine::Values(values) = read_line(&text, home, number == 1) else {
            items.push(result(LineOutcome::Skipped));
            continue;
        };
        for value in values {
            let item = match value {
                Err(why) => refused(why),
                Ok(entry) => {
                    let (scope, value) = shown(entry.scope.clone());
                    let is_new = seen.insert(entry.scope.clone());
                    let outcome = if is_new { LineOutcome::Added } else { LineOutcome::Repeated };
                    if is_new {
                        entries.push((items.len(), entry));
                    }
                    LineResult { scope: Some(scope), value: Some(value), ..result(outcome) }
                }
            };
            items.push(item);
        }
    }
    (items, entries)
}
