//! API keys at every route of the product, by the route table that serves.

use super::story::Story;
use crate::api::Api;
use anyhow::{Context, Result};
use application::Clock;
use domain::workspace::api_key::ApiScope;
use http::{Method, StatusCode};
use http_api::RouteRow;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Every signed-in route of the product.
pub(super) fn signed_in_rows() -> Vec<RouteRow> {
    let all = local_host::all_routes().into_iter().flat_map(|(_, rows)| rows);
    all.filter(|row| row.access.least_role().is_some()).collect()
}

pub(super) async fn key(story: &Story, scopes: &[ApiScope], days: Option<u32>) -> Result<(String, Api)> {
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    let new =
        json!({ "name": "program", "scopes": scopes, "requests_per_minute": 1_000, "expires_in_days": days });
    let created = story.api.post("/api/keys", new).await?;
    let secret = created["secret"].as_str().context("a secret")?;
    Ok((created["id"].as_str().context("an id")?.to_owned(), story.api.with_key(secret)))
}

/// Calls the route with `{}` as its body, and returns the answer's status and problem.
async fn call(program: &Api, row: &RouteRow) -> Result<(StatusCode, Value)> {
    call_with(program, row, ("", json!({}))).await
}

/// Calls the route with a query and a body.
pub(super) async fn call_with(
    program: &Api,
    row: &RouteRow,
    (query, body): (&str, Value),
) -> Result<(StatusCode, Value)> {
    call_with_bytes(program, row, (query, body.to_string().into_bytes())).await
}

/// Calls the route with a query and a body as it is, whether it is JSON or not.
pub(super) async fn call_with_bytes(
    program: &Api,
    row: &RouteRow,
    (query, body): (&str, Vec<u8>),
) -> Result<(StatusCode, Value)> {
    let path = row.path.replace(['{', '}'], "") + query;
    let body = if row.method == Method::GET { Vec::new() } else { body };
    let answer = program.answer(row.method.clone(), &path, "application/json", body).await?;
    Ok((answer.status(), serde_json::from_slice(answer.body()).unwrap_or_default()))
}

#[tokio::test]
async fn key_passes_the_routes_of_its_scope_and_is_refused_at_every_other() -> Result<()> {
    let story = Story::begin().await?;
    let rows = signed_in_rows();
    let mut needed = BTreeSet::new();
    for scope in ApiScope::ALL {
        let (_, program) = key(&story, &[*scope], None).await?;
        for row in &rows {
            let (status, problem) = call(&program, row).await?;
            let line = format!("{} {} with {scope}: {status} {problem}", row.method, row.path);
            match row.scope {
                Some(own) if own == *scope && row.and_scope.is_some() => {
                    let and = row.and_scope.map(ApiScope::as_str).context("a second scope")?;
                    assert_eq!(problem["code"], "scope_missing", "{line}");
                    assert!(problem["detail"].as_str().is_some_and(|d| d.contains(and)), "{line}");
                }
                Some(own) if own == *scope => {
                    needed.insert(own);
                    assert!(status != StatusCode::UNAUTHORIZED && status != StatusCode::FORBIDDEN, "{line}");
                    assert!(!status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS, "{line}");
                }
                Some(other) => {
                    assert_eq!(
                        (status, &problem["code"]),
                        (StatusCode::FORBIDDEN, &json!("scope_missing")),
                        "{line}"
                    );
                    assert!(problem["detail"].as_str().is_some_and(|d| d.contains(other.as_str())), "{line}");
                }
                None => {
                    assert_eq!(
                        (status, &problem["code"]),
                        (StatusCode::FORBIDDEN, &json!("not_for_keys")),
                        "{line}"
                    );
                }
            }
        }
    }
    for row in rows {
        let Some((own, and)) = row.scope.zip(row.and_scope) else { continue };
        needed.extend([own, and]);
        let (_, program) = key(&story, &[own, and], None).await?;
        let (status, problem) = call(&program, &row).await?;
        let line = format!("{} {} with {own} and {and}: {status} {problem}", row.method, row.path);
        assert!(status != StatusCode::UNAUTHORIZED && status != StatusCode::FORBIDDEN, "{line}");
    }
    assert_eq!(needed, ApiScope::ALL.iter().copied().collect(), "a scope that no route needs");
    Ok(())
}

#[tokio::test]
async fn revoked_expired_and_unknown_keys_are_refused_at_every_route() -> Result<()> {
    let mut story = Story::begin().await?;
    let rows: Vec<_> = signed_in_rows().into_iter().filter(|row| row.scope.is_some()).collect();
    let (id, revoked) = key(&story, ApiScope::ALL, None).await?;
    story.api.delete(&format!("/api/keys/{id}")).await?;
    let (_, expired) = key(&story, ApiScope::ALL, Some(1)).await?;
    let unknown = story.api.with_key(&format!("lf_{}", "0".repeat(48)));
    let misspelled = story.api.with_key("lf_none");
    story.clock.advance_to(story.clock.now() + SignedDuration::from_hours(24));
    story.api.sign_in().await?;
    let cases = [
        (&revoked, "key_revoked"),
        (&expired, "key_expired"),
        (&unknown, "unauthorized"),
        (&misspelled, "unauthorized"),
    ];
    for row in &rows {
        for (program, code) in cases {
            let (status, problem) = call(program, row).await?;
            let line = format!("{} {}: {problem}", row.method, row.path);
            assert_eq!((status, &problem["code"]), (StatusCode::UNAUTHORIZED, &json!(code)), "{line}");
        }
    }
    assert!(rows.len() > 80, "{}", rows.len());
    Ok(())
}

#[test]
fn route_that_reads_needs_the_read_scope_and_route_that_writes_the_write_scope() {
    for row in signed_in_rows() {
        if let Some(scope) = row.scope {
            assert_eq!(scope.only_reads(), row.method == Method::GET, "{} {}", row.method, row.path);
        }
    }
}

/// The operations that cost money, or have something cost money later.
const SPENDING: [&str; 8] = [
    "add_prospects",
    "cap_column_run",
    "enrich_lead",
    "personalize_lead",
    "resume_column_run",
    "run_cell",
    "search_prospects",
    "start_column_run",
];
const COLUMNS: [&str; 3] = ["change_column", "create_column", "delete_column"];
const FIELDS: [&str; 4] = ["change_field", "create_field", "delete_field", "sort_fields"];

#[test]
fn routes_that_spend_or_change_fields_and_columns_demand_the_scope_for_it() {
    let operations = |chosen: &dyn Fn(&RouteRow) -> bool| {
        let rows = signed_in_rows();
        rows.iter().filter(|row| chosen(row)).map(|row| row.operation.clone()).collect::<BTreeSet<_>>()
    };
    let spending = operations(&|row| row.and_scope == Some(ApiScope::BudgetSpend));
    assert_eq!(spending, SPENDING.map(str::to_owned).into());
    assert_eq!(
        operations(&|row| row.scope == Some(ApiScope::ColumnsWrite)),
        COLUMNS.map(str::to_owned).into()
    );
    assert_eq!(operations(&|row| row.scope == Some(ApiScope::FieldsWrite)), FIELDS.map(str::to_owned).into());
}

#[test]
fn no_key_may_call_routes_of_sign_in_team_keys_secrets_and_operations() {
    let closed =
        ["/api/auth", "/api/team", "/api/keys", "/api/ops", "/api/notifications", "/api/settings/accounts"];
    let mut seen = BTreeSet::new();
    for row in signed_in_rows() {
        let group = closed.iter().find(|group| row.path.starts_with(**group));
        if let Some(group) = group {
            seen.insert(*group);
            assert_eq!(row.scope, None, "{} {}", row.method, row.path);
        }
        if row.path.starts_with("/api/settings") && !row.path.starts_with("/api/settings/suppressions") {
            assert_eq!(row.scope, None, "{} {}", row.method, row.path);
        }
    }
    assert_eq!(seen.len(), closed.len(), "{seen:?}");
}

#[tokio::test]
async fn key_of_another_workspace_sees_nothing_of_this_one() -> Result<()> {
    let mut story = Story::begin().await?;
    let new = json!({ "first_name": "Ann", "email": "ann@one.example" });
    let lead = story.api.post("/api/leads", new).await?["id"].as_str().context("an id")?.to_owned();
    let mut other = Api::over(story.recorder.clone());
    let owner = json!({
        "email": "owner@other.example", "password": "a good long password", "name": "Olga", "workspace_name": "Other",
        "country": "GB",
    });
    other.sign_up("owner@other.example", "a good long password", owner).await?;
    story.api = other;
    let (_, program) = key(&story, ApiScope::ALL, None).await?;
    assert_eq!(program.get("/api/leads").await?["items"], json!([]));
    let answer =
        program.answer(Method::GET, &format!("/api/leads/{lead}"), "application/json", vec![]).await?;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    Ok(())
}
