//! The workspace's own name in links: what is looked at, what is shown, and who is told when it stops working.

use super::*;
use application::workspace::tracking_domain::{DomainPorts, MARK_PATH, answer, check_tracking_domain};
use application::{Clock, PageRequest};
use domain::WorkspaceId;
use domain::event::Actor;
use domain::workspace::tracking_domain::{DomainName, DomainState, TrackingDomain};
use http::Response;
use providers::transport::TransportError;
use std::sync::{Arc, Mutex};

const DOMAIN: &str = "/api/settings/tracking/domain";

/// What the outside knows of `go.acme.com`: its records, and what answers there.
#[derive(Clone, Copy, PartialEq)]
enum Outside {
    NoRecord,
    AtAShop,
    Here,
    HereWithoutCertificate,
    NoNetwork,
}

fn set(suite: &Suite) -> Arc<Mutex<Outside>> {
    let outside = Arc::new(Mutex::new(Outside::NoRecord));
    let (told, keys) = (outside.clone(), suite.stage.ports.keys());
    suite.stage.providers_answer(move |request| {
        let outside = *told.lock().unwrap();
        let down = || Err(TransportError::NotSent("connection refused".into()));
        let ok = |body: String| Ok(Response::new(body.into_bytes()));
        let cname = |host: &str| ok(json!({"Status": 0, "Answer": [{"type": 5, "data": host}]}).to_string());
        let (host, path) = (request.uri().host().unwrap(), request.uri().path());
        if outside == Outside::NoNetwork {
            return down();
        }
        if host == "cloudflare-dns.com" {
            return match outside {
                Outside::AtAShop => cname("shops.example."),
                Outside::Here | Outside::HereWithoutCertificate => cname("leadflow.example."),
                Outside::NoRecord | Outside::NoNetwork => ok(json!({"Status": 3}).to_string()),
            };
        }
        assert_eq!(host, "go.acme.com", "nothing else is asked");
        let question = path.strip_prefix(&format!("{MARK_PATH}/")).unwrap();
        match outside {
            Outside::Here => ok(answer(&keys, question)),
            Outside::AtAShop => ok("<html>A shop</html>".to_owned()),
            Outside::HereWithoutCertificate => {
                Err(TransportError::NotSent("invalid peer certificate: NotValidForName".into()))
            }
            Outside::NoRecord | Outside::NoNetwork => down(),
        }
    });
    outside
}

async fn suite_with(outside: Outside) -> (Suite, Arc<Mutex<Outside>>) {
    let suite = suite().await;
    let shown = set(&suite);
    *shown.lock().unwrap() = outside;
    (suite, shown)
}

async fn check(suite: &Suite) -> Value {
    suite.post(&format!("{DOMAIN}/check"), json!({})).await.expect(200)
}

async fn alerts(suite: &Suite) -> Vec<(String, String)> {
    let page = PageRequest::first(20);
    let notifications = suite.stage.ports.notifications();
    let told = notifications.list(&suite.workspace, &suite.user, page).await.unwrap();
    told.items.into_iter().map(|one| (one.title, one.detail)).collect()
}

#[tokio::test]
async fn workspace_without_a_domain_is_shown_what_one_would_need() {
    let (suite, _) = suite_with(Outside::NoRecord).await;
    let none = json!({"domain": null, "state": null, "since": null, "found": [],
        "target": "leadflow.example", "standard_address": "https://leadflow.example"});
    assert_eq!(suite.get(DOMAIN).await.expect(200), none);
    assert_eq!(check(&suite).await, none, "there is nothing to look at");
}

#[tokio::test]
async fn domain_is_shown_in_the_state_that_dns_and_its_answer_tell() {
    let (mut suite, outside) = suite_with(Outside::NoRecord).await;
    let view = suite.put(DOMAIN, json!({"domain": "Go.Acme.com"})).await.expect(200);
    assert_eq!((&view["domain"], &view["state"]), (&json!("go.acme.com"), &json!("waiting_for_dns")));
    for (seen, state, found) in [
        (Outside::AtAShop, "wrong_target", json!(["shops.example."])),
        (Outside::HereWithoutCertificate, "bad_certificate", json!(["leadflow.example."])),
        (Outside::Here, "works", json!([])),
    ] {
        suite.stage.advance(SignedDuration::from_mins(15));
        suite.sign_in(Role::Owner);
        *outside.lock().unwrap() = seen;
        let view = check(&suite).await;
        assert_eq!((&view["state"], &view["found"]), (&json!(state), &found));
        assert_eq!(view["since"], suite.stage.clock.now().to_string());
        assert_eq!(suite.get(DOMAIN).await.expect(200), view, "the state is stored");
    }
    assert!(alerts(&suite).await.is_empty(), "nothing has stopped working");
}

#[tokio::test]
async fn name_that_is_no_domain_of_ones_own_is_refused() {
    let (suite, _) = suite_with(Outside::Here).await;
    for bad in ["", "https://go.acme.com", "acme", "127.0.0.1", "leadflow.example"] {
        let problem = suite.put(DOMAIN, json!({"domain": bad})).await.expect(422);
        assert_eq!(fields(&problem), ["domain"], "{bad}");
    }
    assert_eq!(suite.get(DOMAIN).await.expect(200)["domain"], json!(null));
}

#[tokio::test]
async fn team_is_told_once_a_day_that_its_domain_stopped_working() {
    let (mut suite, outside) = suite_with(Outside::Here).await;
    suite.put(DOMAIN, json!({"domain": "go.acme.com"})).await.expect(200);
    for seen in [Outside::NoNetwork, Outside::NoRecord, Outside::Here, Outside::AtAShop] {
        *outside.lock().unwrap() = seen;
        check(&suite).await;
    }
    let told = alerts(&suite).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, "Tracking domain go.acme.com no longer works");
    assert!(told[0].1.contains("New mails use https://leadflow.example again."), "{}", told[0].1);
    suite.stage.advance(SignedDuration::from_hours(24));
    suite.sign_in(Role::Owner);
    *outside.lock().unwrap() = Outside::Here;
    check(&suite).await;
    *outside.lock().unwrap() = Outside::AtAShop;
    check(&suite).await;
    let told = alerts(&suite).await;
    assert!(told.len() == 2 && told.iter().any(|(_, why)| why.contains("shops.example.")), "{told:?}");
}

#[tokio::test]
async fn domain_is_removed_and_settings_beside_it_stay() {
    let (suite, _) = suite_with(Outside::Here).await;
    suite.put(DOMAIN, json!({"domain": "go.acme.com"})).await.expect(200);
    let changed = json!({"tracking": {"opens": false}});
    suite.patch("/api/settings", changed).await.expect(200);
    assert_eq!(suite.get(DOMAIN).await.expect(200)["state"], "works", "another setting leaves it as it is");
    assert_eq!(suite.delete(DOMAIN).await.expect(200)["domain"], json!(null));
    assert_eq!(suite.get("/api/settings").await.expect(200)["tracking"]["opens"], false);
    suite.delete(DOMAIN).await.expect(200);
}

#[tokio::test]
async fn domain_of_another_workspace_is_refused_without_its_name_until_that_gives_it_up() {
    let (suite, _) = suite_with(Outside::Here).await;
    let (other, _) = suite.stage.workspace("southquay").await;
    let workspaces = suite.stage.ports.workspaces();
    let set = async |domain| {
        let read = workspaces.get(&other).await.unwrap();
        let event = Event::system(EventKind::SettingsChanged, suite.stage.clock.now());
        workspaces.set_tracking_domain(read, domain, &event).await.unwrap().unwrap();
    };
    let name = DomainName::parse("go.acme.com").unwrap();
    let domain = TrackingDomain::new(name, suite.stage.clock.now());
    set(Some(TrackingDomain { state: DomainState::Works, ..domain })).await;
    let problem = suite.put(DOMAIN, json!({"domain": "GO.acme.com."})).await.expect(409);
    assert_eq!((&problem["code"], fields(&problem)), (&json!("domain_taken"), vec!["domain"]));
    assert!(!problem.to_string().contains("southquay") && !problem.to_string().contains(other.as_str()));
    assert_eq!(suite.get(DOMAIN).await.expect(200)["domain"], json!(null));
    set(None).await;
    assert_eq!(suite.put(DOMAIN, json!({"domain": "go.acme.com"})).await.expect(200)["state"], "works");
}

#[tokio::test]
async fn domain_that_another_workspace_has_only_entered_is_free() {
    let (suite, outside) = suite_with(Outside::NoRecord).await;
    let (other, _) = suite.stage.workspace("southquay").await;
    let workspaces = suite.stage.ports.workspaces();
    let read = workspaces.get(&other).await.unwrap();
    let event = Event::system(EventKind::SettingsChanged, suite.stage.clock.now());
    let name = DomainName::parse("go.acme.com").unwrap();
    let entered = Some(TrackingDomain::new(name, suite.stage.clock.now()));
    workspaces.set_tracking_domain(read, entered, &event).await.unwrap().unwrap();
    let view = suite.put(DOMAIN, json!({"domain": "go.acme.com"})).await.expect(200);
    assert_eq!(view["state"], "waiting_for_dns");
    *outside.lock().unwrap() = Outside::Here;
    assert_eq!(check(&suite).await["state"], "works");
    let looked = |of: WorkspaceId| {
        let ports = DomainPorts::new(&suite.stage.ports);
        async move { check_tracking_domain(&ports, &of, Actor::System).await.unwrap() }
    };
    let theirs = looked(other.clone()).await.tracking.domain.unwrap();
    assert_eq!(theirs.state, DomainState::UsedElsewhere, "it works for the first one alone");
    let rev = workspaces.get(&other).await.unwrap().rev;
    looked(other.clone()).await;
    assert_eq!(workspaces.get(&other).await.unwrap().rev, rev, "the same look writes nothing");
    suite.delete(DOMAIN).await.expect(200);
    assert!(looked(other).await.tracking.domain.unwrap().works(), "it was given up");
}

#[tokio::test]
async fn domain_is_looked_at_a_limited_number_of_times_an_hour() {
    let (suite, _) = suite_with(Outside::NoRecord).await;
    suite.put(DOMAIN, json!({ "domain": "go.acme.com" })).await.expect(200);
    for _ in 1..60 {
        check(&suite).await;
    }
    let refused = suite.post(&format!("{DOMAIN}/check"), json!({})).await.expect(429);
    assert_eq!(refused["code"], "too_many_requests");
}
