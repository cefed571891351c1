//! The files of the app as a browser gets them.

use crate::files::{Files, Found};
use crate::serve_file::policy;
use crate::{App, routes};
use flate2::read::GzDecoder;
use http::Method;
use sha2::{Digest, Sha256};
use std::io::Read;
use test_stage::Suite;

const INDEX: &str = "<!doctype html><div id=\"root\"></div>";

fn built(path: &str) -> Option<Found> {
    let script: String = "export const a = 1;\n".repeat(100);
    let bytes = match path {
        "index.html" => INDEX.as_bytes().to_vec(),
        "boot.js" => b"(() => {})();".to_vec(),
        "assets/index-abc123.js" => script.into_bytes(),
        _ => return None,
    };
    let hash = Sha256::digest(&bytes).into();
    Some(Found { bytes: bytes.into(), hash })
}

async fn suite() -> Suite {
    let mut suite = Suite::new(routes(), |_| App { files: Files::new(built), policy: policy(None) }).await;
    suite.sign_out();
    suite
}

fn header<'a>(reply: &'a test_stage::Reply, name: &str) -> &'a str {
    reply.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_app_path_serves_the_page_uncached() {
    let suite = suite().await;
    for place in ["/", "/leads", "/leads/lead_01JD", "/settings/company", "/companies/quay.example"] {
        let reply = suite.get(place).await;
        assert_eq!(header(&reply, "cache-control"), "no-store", "{place}");
        assert_eq!(header(&reply, "content-type"), "text/html; charset=utf-8");
        let policy = header(&reply, "content-security-policy");
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(header(&reply, "x-content-type-options"), "nosniff");
        assert!(!header(&reply, "strict-transport-security").is_empty());
        assert_eq!(reply.expect(200), INDEX, "{place}");
    }
}

#[tokio::test]
async fn missing_file_is_404() {
    let suite = suite().await;
    for path in
        ["/assets/old-000000.js", "/assets/", "/api/junk", "/api", "/favicon.ico", "/t/o/x", "/preview/a/b"]
    {
        let reply = suite.get(path).await;
        assert_eq!(header(&reply, "content-type"), "application/problem+json", "{path}");
        assert_eq!(reply.expect(404)["code"], "not_found", "{path}");
    }
}

/// The `Accept` of a browser that opens an address.
const OPENS: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

#[tokio::test]
async fn address_that_programs_ask_for_is_404_whatever_they_accept() {
    let suite = suite().await;
    for path in [
        "/healthz",
        "/docs",
        "/docs/quick-start",
        "/mcp",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-authorization-server/mcp",
        "/.git/config",
    ] {
        for accept in ["*/*", "application/json", OPENS] {
            let reply = suite.send(Method::GET, path, None, &[("accept", accept)]).await;
            assert_eq!(header(&reply, "content-type"), "application/problem+json", "{path} {accept}");
            assert_eq!(reply.expect(404)["code"], "not_found", "{path} {accept}");
        }
    }
}

#[tokio::test]
async fn unknown_address_is_the_app_to_a_browser_and_404_to_a_program() {
    let suite = suite().await;
    let status = async |path: &str, accept: &str| {
        suite.send(Method::GET, path, None, &[("accept", accept)]).await.status.as_u16()
    };
    for (path, accept, expected) in [
        ("/no-such-page", OPENS, 200),
        ("/no-such-page", "*/*", 404),
        ("/no-such-page", "application/json, text/event-stream", 404),
        ("/leads/lead_01JD", "*/*", 200),
        ("/leads", "text/html;q=0, */*;q=0.1", 404),
        ("/leads", "application/json", 404),
        ("/leads", "text/html;q=0, application/json", 404),
        ("/boot.js", "application/json", 200),
    ] {
        assert_eq!(status(path, accept).await, expected, "{path} {accept}");
    }
}

#[tokio::test]
async fn asset_is_cached_compressed_and_tagged() {
    let suite = suite().await;
    let path = "/assets/index-abc123.js";
    let plain = suite.get(path).await;
    assert_eq!(header(&plain, "cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(header(&plain, "content-type"), "text/javascript; charset=utf-8");
    assert_eq!(header(&plain, "content-encoding"), "");
    let gzip = [("accept-encoding", "br;q=1.0, gzip;q=0.8")];
    for _ in 0..2 {
        let packed = suite.send(Method::GET, path, None, &gzip).await;
        assert_eq!(header(&packed, "content-encoding"), "gzip");
        assert!(packed.body.len() < plain.body.len());
        let mut text = Vec::new();
        GzDecoder::new(packed.body.as_slice()).read_to_end(&mut text).unwrap();
        assert_eq!(text, plain.body);
    }
    let refuses = [("accept-encoding", "gzip;q=0")];
    assert_eq!(header(&suite.send(Method::GET, path, None, &refuses).await, "content-encoding"), "");
    let known = [("if-none-match", header(&plain, "etag"))];
    let again = suite.send(Method::GET, path, None, &known).await;
    assert!(again.body.is_empty());
    assert_eq!(again.status.as_u16(), 304);
    assert_eq!(header(&suite.get("/boot.js").await, "cache-control"), "no-cache");
}

#[tokio::test]
async fn missing_app_build_says_how_to_build_it() {
    let suite = Suite::new(routes(), |_| App { files: Files::new(|_| None), policy: policy(None) }).await;
    let page = suite.get("/leads").await.expect(200);
    assert!(page.as_str().unwrap().contains("npm run build"));
}

#[test]
fn pages_may_connect_to_the_push_api_and_to_no_other_site() {
    let told = |address| policy(address).to_str().unwrap().rsplit("; ").next().unwrap().to_owned();
    assert_eq!(
        told(Some("wss://a1.execute-api.eu-west-1.amazonaws.com/live")),
        "connect-src 'self' wss://a1.execute-api.eu-west-1.amazonaws.com"
    );
    assert_eq!(told(None), "connect-src 'self'");
}
