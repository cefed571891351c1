//! Unauthenticated requests to every kind of address, through gateway and function: which of the two refuses,
//! and how.

use super::story::{APP, SANDBOX};
use crate::world::World;
use anyhow::Result;
use application::Clock;
use http::{Method, Request, Response, StatusCode, header};
use local_cloud::{LocalCloud, SeededIds, VirtualClock};
use sandbox::{Sandbox, SandboxConfig};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) async fn world() -> Result<World> {
    let clock: Arc<dyn Clock> = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse()?));
    let sandbox = Sandbox::new(SandboxConfig::demo(clock.clone(), 7).with_urls(APP, SANDBOX));
    let ids = Arc::new(SeededIds::new(clock.clone(), 7));
    World::in_process(LocalCloud::in_memory(clock.clone())?, clock, ids, sandbox, APP).await
}

async fn ask(world: &World, method: &str, path: &str) -> Response<Vec<u8>> {
    let request = Request::builder().method(method).uri(path).header("host", "localhost");
    world.host.call(request.body(Vec::new()).expect("a test's request is well formed")).await
}

fn json_of(answer: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(answer.body()).unwrap_or_default()
}

fn header_of(answer: &Response<Vec<u8>>, name: header::HeaderName) -> &str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

#[tokio::test]
async fn every_signed_in_route_is_reached_and_asks_who_is_there() -> Result<()> {
    let world = world().await?;
    let mut asked = 0;
    for (_, rows) in local_host::all_routes() {
        for row in rows.iter().filter(|row| row.access.least_role().is_some()) {
            let path = row.path.replace(['{', '}'], "");
            let answer = ask(&world, row.method.as_str(), &path).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{} {path}", row.method);
            asked += 1;
        }
    }
    assert!(asked > 140, "{asked}");
    Ok(())
}

#[tokio::test]
async fn an_unknown_path_in_a_group_is_a_problem_of_ours_whatever_the_method() -> Result<()> {
    let world = world().await?;
    for (method, path) in [
        ("GET", "/api/leads/1/nothing"),
        ("POST", "/api/leads/1/nothing"),
        ("PUT", "/api/emails/1/nothing"),
        ("DELETE", "/api/auth/nothing"),
        ("OPTIONS", "/api/team/1/2/3"),
    ] {
        let answer = ask(&world, method, path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(header_of(&answer, header::CONTENT_TYPE), "application/problem+json");
        assert_eq!(json_of(&answer)["code"], "not_found", "{method} {path}");
    }
    let answer = ask(&world, "POST", "/api/nothing").await;
    assert_eq!(
        (answer.status(), json_of(&answer)),
        (StatusCode::NOT_FOUND, json!({ "message": "Not Found" }))
    );
    Ok(())
}

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_told_which_it_takes() -> Result<()> {
    let world = world().await?;
    for (method, path, allow) in [
        ("PUT", "/api/leads", "GET, POST"),
        ("POST", "/api/leads/1", "GET, PATCH, DELETE"),
        ("HEAD", "/api/leads/1", "GET, PATCH, DELETE"),
        ("GET", "/api/auth/login", "POST"),
        ("PUT", "/api/auth/signup", "GET, POST"),
        ("HEAD", "/api/auth/signup", "GET, POST"),
        ("GET", "/api/preview/track", "POST"),
        ("PUT", "/api/preview/track", "POST"),
    ] {
        let answer = ask(&world, method, path).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        assert_eq!(header_of(&answer, header::ALLOW), allow, "{method} {path}");
        if method != "HEAD" {
            let problem = json_of(&answer);
            assert_eq!(problem["code"], "method_not_allowed");
            assert_eq!(problem["detail"], format!("This address accepts {allow}."));
        }
    }
    Ok(())
}

/// A browser asks before it calls from another site, and takes only an answer of success.
#[tokio::test]
async fn options_of_a_known_path_succeeds() -> Result<()> {
    let world = world().await?;
    for (path, allow) in [("/api/leads/1", "GET, PATCH, DELETE"), ("/api/auth/login", "POST")] {
        let answer = ask(&world, "OPTIONS", path).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{path}");
        assert_eq!(header_of(&answer, header::ALLOW), allow);
        assert_eq!(answer.body().len(), 0);
    }
    Ok(())
}

#[tokio::test]
async fn head_is_answered_where_anybody_may_get_a_page() -> Result<()> {
    let world = world().await?;
    for path in ["/health", "/"] {
        let answer = ask(&world, "HEAD", path).await;
        assert_eq!((answer.status(), answer.body().len()), (StatusCode::OK, 0), "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn path_that_programs_try_on_every_server_answers_404_instead_of_the_app() -> Result<()> {
    let world = world().await?;
    for path in ["/healthz", "/docs", "/mcp", "/.well-known/oauth-protected-resource", "/no-such-page"] {
        let answer = ask(&world, "GET", path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header_of(&answer, header::CONTENT_TYPE), "application/problem+json", "{path}");
    }
    let answer = ask(&world, "POST", "/mcp").await;
    assert_eq!(
        (answer.status(), json_of(&answer)),
        (StatusCode::NOT_FOUND, json!({ "message": "Not Found" }))
    );
    assert_eq!(ask(&world, "GET", "/leads").await.status(), StatusCode::OK);
    Ok(())
}

/// A route that is throttled alone cannot be reached by another path.
#[tokio::test]
async fn a_public_route_is_not_reached_through_its_group() -> Result<()> {
    let world = world().await?;
    let straight = ask(&world, Method::POST.as_str(), "/api/auth/login").await;
    assert_ne!(straight.status(), StatusCode::NOT_FOUND);
    for path in ["/api/auth/%6Cogin", "/api/auth/login%3Fx"] {
        let astray = ask(&world, "POST", path).await;
        assert_eq!(astray.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(json_of(&astray)["code"], "not_found", "{path}");
    }
    Ok(())
}

/// An address that many tenants share, such as that of a provider, is refused nothing that carries a signature.
#[tokio::test]
async fn network_that_floods_public_pages_waits_and_signed_links_of_all_work_on() -> Result<()> {
    let world = world().await?;
    let from = async |method: &str, path: &str, source: &str| -> Result<Response<Vec<u8>>> {
        let request = Request::builder().method(method).uri(path).header("host", "localhost");
        Ok(world.host.call_from(request.body(Vec::new())?, source).await)
    };
    let page = "/.well-known/leadflow/01KAG5T6M0";
    for _ in 0..3_000 {
        assert_eq!(from("GET", page, "192.0.2.77").await?.status(), StatusCode::OK);
    }
    let refused = from("GET", page, "192.0.2.77").await?;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header_of(&refused, header::RETRY_AFTER), "1");
    for (method, path) in
        [("POST", "/u/ws_1/msg_1/x"), ("GET", "/u/ws_1/msg_1/x"), ("GET", "/t/o/ws_1/msg_1/x")]
    {
        assert_eq!(
            from(method, path, "192.0.2.77").await?.status(),
            StatusCode::NOT_FOUND,
            "{method} {path}"
        );
    }
    assert_eq!(from("GET", page, "192.0.2.78").await?.status(), StatusCode::OK, "another network");
    assert_eq!(from("GET", page, "127.0.0.1").await?.status(), StatusCode::OK, "a proxy");
    Ok(())
}
