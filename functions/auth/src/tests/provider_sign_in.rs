//! Sign-in at a provider: connecting an account, signing in by it, and what is refused on the way.

use super::*;
use axum::body::Body;
use http_api::axum;
use providers::transport::InProcessHttp;
use providers::{OpenIdConnect, SignInClient};
use sandbox::{Sandbox, SandboxConfig};
use std::sync::Arc;
use tower::ServiceExt as _;

const GET: http::Method = http::Method::GET;
const POST: http::Method = http::Method::POST;
const MAYA: &str = "maya@gmail.example";

/// The product with the sandbox's identity providers.
struct World {
    suite: Suite,
    sandbox: Sandbox,
}

/// A browser that came back from a provider's page.
struct Back {
    cookie: String,
    /// What stands behind the `#` of the app's page: `ticket` or `problem`, and its value.
    name: String,
    value: String,
}

async fn world() -> World {
    world_of(SignUpRule::Open, false).await
}

async fn world_of(sign_up_rule: SignUpRule, is_new: bool) -> World {
    let mut sandbox = None;
    let app = |ports: &aws_platform::Connected| {
        let mut config = SandboxConfig::demo(ports.clock(), 7);
        config = config.with_urls(&ports.public_url(), "http://sandbox.example");
        let made = Sandbox::new(config);
        let clients = made.sign_in_clients().into_iter();
        let clients: Vec<SignInClient> = clients.map(|one| serde_json::from_value(one).unwrap()).collect();
        let router = made.router();
        let http = InProcessHttp::new(move |request: http::Request<Vec<u8>>| {
            let router = router.clone();
            async move {
                let answer = router.oneshot(request.map(Body::from)).await.unwrap();
                let (parts, body) = answer.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                Ok(http::Response::from_parts(parts, body.to_vec()))
            }
        });
        let providers = OpenIdConnect::new(Arc::new(http), ports.clock(), clients);
        sandbox = Some(made);
        App { sign_in_providers: Arc::new(providers), sign_up_rule, ..App::new(ports) }
    };
    let mut suite = match is_new {
        true => Suite::empty(routes(), app).await,
        false => Suite::new(routes(), app).await,
    };
    suite.sign_out();
    World { suite, sandbox: sandbox.unwrap() }
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.headers[name].to_str().unwrap()
}

impl World {
    /// Opens the provider's page; returns its address and the cookie.
    async fn start(&self, provider: &str) -> (String, String) {
        self.start_at(&format!("/api/auth/{provider}/start")).await
    }

    async fn start_at(&self, path: &str) -> (String, String) {
        let reply = self.suite.send(GET, path, None, &[]).await;
        let cookie = header(&reply, "set-cookie");
        assert!(cookie.contains("HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        assert!(cookie.starts_with("__Secure-"), "a page without HTTPS can set it: {cookie}");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (header(&reply, "location").to_owned(), cookie)
    }

    async fn come_back(&self, path: &str, cookie: &str) -> Back {
        let path = path.strip_prefix(&*self.suite.stage.ports.public_url()).unwrap_or(path);
        let reply = self.suite.send(GET, path, None, &[("cookie", cookie)]).await;
        let at = header(&reply, "location");
        let (name, value) = at.split_once("/signed-in#").unwrap().1.split_once('=').unwrap();
        Back { cookie: cookie.to_owned(), name: name.to_owned(), value: value.to_owned() }
    }

    /// Signs in at the provider as a person with this address.
    async fn at(&self, provider: &str, email: &str) -> Back {
        let (page, cookie) = self.start(provider).await;
        let back = self.sandbox.sign_in_at(&page, email).unwrap();
        let back = self.come_back(&back, &cookie).await;
        assert_eq!(back.name, "ticket", "{}", back.value);
        back
    }

    /// Signs in at the provider, which is wished to ask the person again.
    async fn afresh_at(&self, provider: &str, email: &str) -> Back {
        let (page, cookie) = self.start_at(&format!("/api/auth/{provider}/start?afresh=true")).await;
        self.come_back(&self.sandbox.sign_in_at(&page, email).unwrap(), &cookie).await
    }

    async fn sign_in(&self, back: &Back) -> Reply {
        let body = json!({"ticket": back.value});
        self.suite.send(POST, "/api/auth/provider-sign-in", Some(body), &[("cookie", &back.cookie)]).await
    }

    /// Posts with what came back and the cookie of its attempt.
    async fn post_with(&self, path: &str, back: &Back, mut body: Value) -> Reply {
        body["ticket"] = json!(back.value);
        self.suite.send(POST, path, Some(body), &[("cookie", &back.cookie)]).await
    }

    async fn sign_up(&self, back: &Back) -> Reply {
        let body = json!({"name": "Maya Lind", "workspace_name": "Harbour Labs"});
        self.post_with("/api/auth/provider-sign-up", back, body).await
    }

    async fn join(&self, back: &Back, token: &str) -> Reply {
        self.post_with("/api/auth/provider-invitation", back, json!({"token": token, "name": "Maya"})).await
    }

    async fn connect(&self, back: &Back, session: &Value) -> Reply {
        let token = format!("Bearer {}", session["access_token"].as_str().unwrap());
        let headers = [("cookie", back.cookie.as_str()), ("authorization", token.as_str())];
        self.suite.send(POST, "/api/auth/identities", Some(json!({"ticket": back.value})), &headers).await
    }

    async fn maya_connected(&self, provider: &str) -> Value {
        let session = self.suite.post("/api/auth/signup", maya()).await.expect(201);
        self.connect(&self.at(provider, MAYA).await, &session).await.expect(204);
        session
    }
}

#[tokio::test]
async fn account_at_each_provider_signs_in_once_it_is_connected() {
    for provider in ["google", "microsoft", "linkedin", "oidc"] {
        let world = world().await;
        let session = world.maya_connected(provider).await;
        let shown = bearer(&world.suite, GET, "/api/auth/identities", &session).await.expect(200);
        let row = &shown["items"][0];
        assert_eq!((&row["provider"], &row["email"]), (&json!(provider), &json!(MAYA)));
        let opened = world.sign_in(&world.at(provider, MAYA).await).await.expect(200);
        assert_eq!(opened["user"]["email"], "maya@harbour.example", "the login keeps its own address");
        me(&world.suite, &opened).await.expect(200);
    }
}

#[tokio::test]
async fn account_with_the_address_of_a_login_does_not_open_it() {
    let world = world().await;
    world.suite.post("/api/auth/signup", maya()).await.expect(201);
    let same = world.at("google", "maya@harbour.example").await;
    let refused = world.sign_in(&same).await.expect(403);
    assert_eq!(refused["code"], "not_connected");
    assert!(refused["detail"].as_str().unwrap().contains("connect it in your profile"));
}

#[tokio::test]
async fn account_that_is_connected_proves_the_address_where_the_provider_has_checked_the_same() {
    for (provider, email, proven) in [
        ("google", "maya@harbour.example", true),
        ("google", MAYA, false),
        ("microsoft", "maya@harbour.example", false),
    ] {
        let world = world().await;
        let session = world.suite.post("/api/auth/signup", maya()).await.expect(201);
        world.connect(&world.at(provider, email).await, &session).await.expect(204);
        let shown = me(&world.suite, &session).await.expect(200);
        assert_eq!(shown["user"]["email_proof"] == "proven", proven, "{provider} {email}");
    }
}

#[tokio::test]
async fn second_factor_is_asked_for_after_the_provider_too() {
    let world = world().await;
    let session = world.maya_connected("google").await;
    let two = second_factor::switched_on(&world.suite, session).await;
    let answer = world.sign_in(&world.at("google", MAYA).await).await.expect(200);
    assert!(answer.get("access_token").is_none(), "{answer}");
    let with = json!({"token": answer["second_factor"]["token"], "code": two.codes[0]});
    let opened = world.suite.post("/api/auth/totp/verify", with).await.expect(200);
    me(&world.suite, &opened).await.expect(200);
}

#[tokio::test]
async fn sign_in_by_what_a_provider_remembers_of_an_hour_ago_is_no_fresh_proof_but_one_afresh_is() {
    let world = world().await;
    let session = world.maya_connected("oidc").await;
    world.connect(&world.at("google", MAYA).await, &session).await.expect(204);
    let path = "/api/auth/identities/google";
    world.suite.stage.advance(SignedDuration::from_hours(1));
    let remembered = world.sign_in(&world.at("oidc", MAYA).await).await.expect(200);
    me(&world.suite, &remembered).await.expect(200);
    let refused = bearer(&world.suite, http::Method::DELETE, path, &remembered).await.expect(403);
    assert_eq!(refused["code"], "proof_needed");
    let afresh = world.sign_in(&world.afresh_at("oidc", MAYA).await).await.expect(200);
    bearer(&world.suite, http::Method::DELETE, path, &afresh).await.expect(204);
}

#[tokio::test]
async fn disconnected_account_signs_in_no_more_and_may_be_connected_elsewhere() {
    let world = world().await;
    let session = world.maya_connected("oidc").await;
    let other = json!({"email": "joe@elsewhere.example", "password": "another horse", "name": "Joe",
        "workspace_name": "Elsewhere"});
    let joe = world.suite.post("/api/auth/signup", other).await.expect(201);
    let taken = world.connect(&world.at("oidc", MAYA).await, &joe).await.expect(409);
    assert_eq!(taken["code"], "identity_taken");
    let second = world.connect(&world.at("oidc", "other@gmail.example").await, &session).await.expect(409);
    assert_eq!(second["code"], "provider_connected");
    let path = "/api/auth/identities/oidc";
    bearer(&world.suite, http::Method::DELETE, path, &joe).await.expect(404);
    bearer(&world.suite, http::Method::DELETE, path, &session).await.expect(204);
    world.sign_in(&world.at("oidc", MAYA).await).await.expect(403);
    assert!(stored(&world.suite).await.0.identities.is_empty());
    world.connect(&world.at("oidc", MAYA).await, &joe).await.expect(204);
    let opened = world.sign_in(&world.at("oidc", MAYA).await).await.expect(200);
    assert_eq!(opened["user"]["name"], "Joe");
    log_in(&world.suite, "correct horse").await.expect(200);
}

async fn reset_by_link(world: &World) -> Value {
    let token = reset_token(&world.suite, &stored(&world.suite).await, LinkDelivery::Mailed).await;
    let new = json!({"token": token, "password": "a better horse"});
    world.suite.post("/api/auth/reset", new).await.expect(200)
}

#[tokio::test]
async fn password_reset_by_a_link_disconnects_the_accounts_which_may_be_connected_again() {
    let world = world().await;
    world.maya_connected("oidc").await;
    let session = reset_by_link(&world).await;
    assert!(stored(&world.suite).await.0.identities.is_empty());
    world.sign_in(&world.at("oidc", MAYA).await).await.expect(403);
    world.connect(&world.at("oidc", MAYA).await, &session).await.expect(204);
    world.sign_in(&world.at("oidc", MAYA).await).await.expect(200);
}

#[tokio::test]
async fn first_password_of_a_login_set_by_a_link_keeps_the_account_that_signs_in() {
    let world = world().await;
    world.sign_up(&world.at("google", "maya@harbour.example").await).await.expect(201);
    reset_by_link(&world).await;
    world.sign_in(&world.at("google", "maya@harbour.example").await).await.expect(200);
    log_in(&world.suite, "a better horse").await.expect(200);
}

#[tokio::test]
async fn answer_of_the_provider_is_taken_once_and_from_the_browser_that_asked() {
    let world = world().await;
    world.maya_connected("google").await;
    let (page, cookie) = world.start("google").await;
    let (_, of_another) = world.start("google").await;
    let back = world.sandbox.sign_in_at(&page, MAYA).unwrap();
    for stranger in [&of_another, "", "__Secure-leadflow_sign_in=nonsense"] {
        assert_eq!(world.come_back(&back, stranger).await.value, "expired", "{stranger}");
    }
    let elsewhere = back.replace("/google/", "/oidc/");
    assert_eq!(world.come_back(&elsewhere, &cookie).await.value, "expired", "another provider's address");
    let first = world.come_back(&back, &cookie).await;
    assert_eq!(first.name, "ticket");
    assert_eq!(world.come_back(&back, &cookie).await.value, "expired", "replayed");
    let stolen = Back { cookie: of_another, name: String::new(), value: first.value.clone() };
    world.sign_in(&stolen).await.expect(410);
    world.sign_in(&first).await.expect(200);
    assert_eq!(world.sign_in(&first).await.expect(410)["code"], "ticket_expired");
}

#[tokio::test]
async fn attempt_and_ticket_are_dead_after_ten_minutes() {
    let world = world().await;
    world.maya_connected("google").await;
    let (page, cookie) = world.start("google").await;
    let ticket = world.at("google", MAYA).await;
    world.suite.stage.advance(SignedDuration::from_mins(10));
    let back = world.sandbox.sign_in_at(&page, MAYA).unwrap();
    assert_eq!(world.come_back(&back, &cookie).await.value, "expired");
    world.sign_in(&ticket).await.expect(410);
}

#[tokio::test]
async fn refusal_at_the_provider_and_a_code_that_is_spent_sign_nobody_in() {
    let world = world().await;
    let (page, cookie) = world.start("google").await;
    let back = world.sandbox.sign_in_at(&page, MAYA).unwrap();
    let (at, _) = back.split_once("code=").unwrap();
    let state = back.split_once("state=").unwrap().1;
    let refused = format!("{at}error=access_denied&state={state}");
    assert_eq!(world.come_back(&refused, &cookie).await.value, "refused");
    let (page, cookie) = world.start("google").await;
    let mine = world.sandbox.sign_in_at(&page, MAYA).unwrap();
    // The code of another attempt: neither its verifier nor its nonce is ours.
    let foreign = back.split_once("code=").unwrap().1.split('&').next().unwrap();
    let own = mine.split_once("code=").unwrap().1.split('&').next().unwrap();
    assert_eq!(world.come_back(&mine.replace(own, foreign), &cookie).await.value, "failed");
}

#[tokio::test]
async fn keys_of_a_provider_that_were_replaced_are_read_again() {
    let world = world().await;
    world.maya_connected("oidc").await;
    world.suite.stage.advance(SignedDuration::from_mins(2));
    world.sandbox.rotate_identity_keys();
    world.sign_in(&world.at("oidc", MAYA).await).await.expect(200);
}

#[tokio::test]
async fn installation_without_providers_offers_none() {
    let suite = suite().await;
    assert_eq!(suite.get("/api/auth/providers").await.expect(200)["items"], json!([]));
    suite.get("/api/auth/google/start").await.expect(404);
    suite.get("/api/auth/myspace/start").await.expect(404);
    let world = world().await;
    let offered = world.suite.get("/api/auth/providers").await.expect(200);
    let names: Vec<_> =
        offered["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Google", "Microsoft", "LinkedIn", "single sign-on"]);
}

#[tokio::test]
async fn account_with_a_checked_address_opens_a_workspace_without_a_password() {
    let world = world().await;
    let opened = world.sign_up(&world.at("google", MAYA).await).await.expect(201);
    assert_eq!((&opened["user"]["email"], &opened["user"]["role"]), (&json!(MAYA), &json!("owner")));
    me(&world.suite, &opened).await.expect(200);
    world.sign_in(&world.at("google", MAYA).await).await.expect(200);
    let password = json!({"email": MAYA, "password": ""});
    world.suite.post("/api/auth/login", password).await.expect(401);
    let disconnected =
        bearer(&world.suite, http::Method::DELETE, "/api/auth/identities/google", &opened).await;
    assert_eq!(disconnected.expect(409)["code"], "last_way_in");
    let twice = world.sign_up(&world.at("google", MAYA).await).await.expect(409);
    assert_eq!(twice["code"], "identity_taken");
}

#[tokio::test]
async fn account_whose_address_is_not_checked_opens_no_workspace_and_joins_none() {
    for (provider, email) in
        [("google", "unchecked@gmail.example"), ("oidc", "unchecked@a.example"), ("microsoft", MAYA)]
    {
        let world = world().await;
        let refused = world.sign_up(&world.at(provider, email).await).await.expect(403);
        assert_eq!(refused["code"], "email_not_verified", "{provider}");
        let token = invite(&world.suite, email).await;
        let refused = world.join(&world.at(provider, email).await, &token).await.expect(403);
        assert_eq!(refused["code"], "email_not_verified", "{provider}");
        accepted_by_password(&world, &token).await;
    }
}

async fn accepted_by_password(world: &World, token: &str) {
    world.suite.post("/api/auth/invitation", accepted(token, "a long password")).await.expect(201);
}

#[tokio::test]
async fn account_with_the_address_of_a_login_signs_nobody_up() {
    let world = world().await;
    world.suite.post("/api/auth/signup", maya()).await.expect(201);
    let refused = world.sign_up(&world.at("google", "maya@harbour.example").await).await.expect(409);
    assert_eq!(refused["code"], "email_taken");
    assert!(refused["detail"].as_str().unwrap().contains("Sign in, then connect"), "{refused}");
}

#[tokio::test]
async fn sign_up_by_an_account_needs_the_setup_code_and_an_open_installation() {
    let world = world_of(SignUpRule::First, true).await;
    let code = world.suite.stage.ports.keys().setup_code();
    let refused = world.sign_up(&world.at("google", MAYA).await).await.expect(403);
    assert_eq!(refused["code"], "setup_code_wrong");
    let with = json!({"name": "Maya", "workspace_name": "Harbour", "setup_code": code});
    let path = "/api/auth/provider-sign-up";
    world.post_with(path, &world.at("google", MAYA).await, with.clone()).await.expect(201);
    let late = world.post_with(path, &world.at("google", "joe@gmail.example").await, with).await.expect(403);
    assert_eq!(late["code"], "sign_up_closed");
}

#[tokio::test]
async fn invited_person_joins_by_an_account_with_the_invited_address() {
    let world = world().await;
    let token = invite(&world.suite, MAYA).await;
    let other = world.join(&world.at("google", "other@gmail.example").await, &token).await.expect(409);
    assert_eq!(other["code"], "other_address");
    let joined = world.join(&world.at("google", MAYA).await, &token).await.expect(201);
    assert_eq!((&joined["user"]["email"], &joined["user"]["role"]), (&json!(MAYA), &json!("rep")));
    me(&world.suite, &joined).await.expect(200);
    world.sign_in(&world.at("google", MAYA).await).await.expect(200);
    assert_eq!(world.join(&world.at("google", MAYA).await, &token).await.expect(410)["code"], "link_dead");
}

#[tokio::test]
async fn invited_person_with_a_login_joins_by_its_connected_account_alone() {
    let world = world().await;
    world.suite.post("/api/auth/signup", maya()).await.expect(201);
    let token = invite(&world.suite, "maya@harbour.example").await;
    let refused = world.join(&world.at("google", "maya@harbour.example").await, &token).await.expect(409);
    assert_eq!(refused["code"], "not_connected", "an address that is the same proves nothing");
    let session = log_in(&world.suite, "correct horse").await.expect(200);
    world.connect(&world.at("google", MAYA).await, &session).await.expect(204);
    let two = second_factor::switched_on(&world.suite, session).await;
    let asked = world.join(&world.at("google", MAYA).await, &token).await.expect(200);
    let with = json!({"token": asked["second_factor"]["token"], "code": two.codes[0]});
    let joined = world.suite.post("/api/auth/totp/verify", with).await.expect(200);
    assert_eq!(joined["user"]["email"], "maya@harbour.example");
    assert_eq!(stored(&world.suite).await.0.memberships.len(), 2);
    let elsewhere = invite(&world.suite, "someone@else.example").await;
    let other = world.join(&world.at("google", MAYA).await, &elsewhere).await.expect(409);
    assert_eq!(other["code"], "other_address");
}
