//! Links in messages, and public pages.

use crate::{App, routes};
use application::Clock;
use application::Ports;
use application::identity::links::Links;
use application::lead::preview_links::preview_page;
use application::queue_messages::Queue;
use application::workspace::tracking_domain::answer;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::{LeadId, MessageId};
use http::Method;
use jiff::SignedDuration;
use local_cloud::Service;
use serde_json::json;
use sha2::{Digest, Sha256};
use test_stage::{Reply, Suite};

mod campaign_page;
mod documented;
mod stop_limits;
mod stopped_digest;

const BROWSER: [(&str, &str); 1] = [("user-agent", "Mozilla/5.0 Firefox/143.0")];

struct Scene {
    suite: Suite,
    lead: Lead,
    message: MessageId,
}

async fn scene() -> Scene {
    let mut suite = Suite::new(routes(), App::new).await;
    suite.sign_out();
    let now = suite.stage.clock.now();
    let mut lead = Lead::blank(LeadId::derived(now, &["elena"]), suite.workspace.clone(), now);
    lead.first_name = Some("Elena".to_owned());
    lead.company = Some("Linden <Physio>".to_owned());
    lead.email = EmailAddress::parse("elena+x@linden.example").ok();
    lead.city = Some("Bristol".to_owned());
    (lead.rating, lead.reviews) = (Some(4.8), Some(212));
    suite.stage.ports.leads().create(&lead, &Event::system(EventKind::LeadChanged, now)).await.unwrap();
    let message = MessageId::derived(&lead.id, &["m"]);
    Scene { suite, lead, message }
}

impl Scene {
    fn path(&self, link: impl FnOnce(&Links<'_>) -> String) -> String {
        let ports = &self.suite.stage.ports;
        let links = Links {
            keys: &ports.keys(),
            public_url: &ports.public_url(),
            workspace: &self.suite.workspace,
            message: &self.message,
        };
        link(&links).strip_prefix("https://leadflow.example").unwrap().to_owned()
    }

    async fn get(&self, path: &str) -> Reply {
        self.suite.send(Method::GET, path, None, &BROWSER).await
    }

    /// What was queued of visits, and of stops.
    fn taken_in(&self) -> Vec<serde_json::Value> {
        let visits = self.suite.stage.messages(Queue::Visits);
        [visits, self.suite.stage.messages(Queue::Inbound)].concat()
    }

    async fn token(&self) -> String {
        let ports = &self.suite.stage.ports;
        let (stores, ids, clock) = ((&*ports.previews(), &*ports.leads()), &*ports.ids(), &*ports.clock());
        preview_page(stores, ids, clock, &self.suite.workspace, &self.lead.id).await.unwrap().token
    }

    async fn offer(&self) {
        let workspaces = &self.suite.stage.ports.workspaces();
        let mut workspace = workspaces.get(&self.suite.workspace).await.unwrap();
        workspace.company.offer_headline = "{{ company }} could take bookings".to_owned();
        workspace.company.offer_text = "People pick a time.\n\nYour phone stays free.".to_owned();
        workspace.company.booking_url = Some("https://cal.example/maya".to_owned());
        workspace.company.payment_url = Some("https://pay.example/stripe/pay/plink_1?x=1".to_owned());
        workspaces
            .save(&workspace, &Event::system(EventKind::LeadChanged, self.suite.stage.clock.now()))
            .await
            .unwrap();
    }
}

fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn open_is_recorded_with_the_traits_of_its_visitor() {
    let scene = scene().await;
    let reply = scene.get(&scene.path(|links| links.pixel())).await;
    assert_eq!((reply.status.as_u16(), header(&reply, "content-type")), (200, "image/gif"));
    assert!(reply.body.starts_with(b"GIF89a"));
    let events = scene.taken_in();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["lead"], scene.lead.id.as_str());
    assert_eq!(events[0]["message"], scene.message.as_str());
    assert_eq!(events[0]["action"], json!({"action": "opened"}));
    assert_eq!(events[0]["traits"]["user_agent"], BROWSER[0].1);
    assert_eq!(events[0]["traits"]["method"], "GET");
}

#[tokio::test]
async fn question_of_a_tracking_domain_is_answered_with_its_signature() {
    let scene = scene().await;
    let keys = scene.suite.stage.ports.keys();
    let reply = scene.get("/.well-known/leadflow/01KAG5T6M0").await;
    assert_eq!((reply.status.as_u16(), header(&reply, "cache-control")), (200, "no-store"));
    assert_eq!(reply.body, answer(&keys, "01KAG5T6M0").into_bytes());
    assert_ne!(answer(&keys, "01KAG5T6M0"), answer(&keys, "01KAG5T6M1"));
    let long = format!("/.well-known/leadflow/{}", "x".repeat(65));
    assert_eq!(scene.get(&long).await.status.as_u16(), 404);
}

/// A browser that opens the page, follows a link or shows a mail, and the headers that it sends.
#[tokio::test]
async fn own_team_and_prefetch_visits_are_marked() {
    let scene = scene().await;
    let click = scene.path(|links| links.click("https://northquay.example/"));
    let team = format!("theme=dark; leadflow_team={}", scene.suite.workspace);
    for (header, value, mark) in [
        ("cookie", team.as_str(), Some("signed_in")),
        ("cookie", "leadflow_team=workspace_another", None),
        ("sec-purpose", "prefetch;prerender", Some("prefetch")),
        ("purpose", "Prefetch", Some("prefetch")),
        ("x-moz", "prefetch", Some("prefetch")),
        ("range", "bytes=0-99", Some("part")),
        ("sec-fetch-mode", "no-cors", Some("fetched")),
        ("sec-fetch-mode", "navigate", None),
        ("accept-language", "en", None),
    ] {
        let headers = [BROWSER[0], (header, value)];
        assert_eq!(scene.suite.send(Method::GET, &click, None, &headers).await.status.as_u16(), 302);
        let event = scene.taken_in().remove(0);
        let marks = ["signed_in", "prefetch", "part", "fetched"];
        let marked: Vec<&str> = marks.into_iter().filter(|mark| event["traits"][*mark] == true).collect();
        assert_eq!(marked, mark.into_iter().collect::<Vec<_>>(), "{header}: {value}");
    }
    let token = scene.token().await;
    let beacon = json!({"token": token, "event": "view"});
    let headers = [BROWSER[0], ("cookie", team.as_str())];
    scene.suite.send(Method::POST, "/api/preview/track", Some(beacon), &headers).await.expect(204);
    assert_eq!(scene.taken_in()[0]["traits"]["signed_in"], true);
}

#[tokio::test]
async fn head_request_is_answered_and_recorded_as_such() {
    let scene = scene().await;
    let click = scene.path(|links| links.click("https://northquay.example/"));
    let page = format!("/preview/{}", scene.token().await);
    for (path, status) in [(&click, 302), (&page, 200)] {
        let reply = scene.suite.send(Method::HEAD, path, None, &BROWSER).await;
        assert_eq!((reply.status.as_u16(), reply.body.len()), (status, 0), "{path}");
        assert_eq!(header(&reply, "strict-transport-security"), "max-age=31536000", "{path}");
    }
    let events = scene.taken_in();
    assert_eq!((events.len(), &events[0]["traits"]["method"]), (1, &json!("HEAD")));
}

#[tokio::test]
async fn click_redirects_to_its_signed_url_only() {
    let scene = scene().await;
    let mut path = String::new();
    for target in [
        "https://shop.acme.example/go?u=https%3A%2F%2Fx.example%2Fa%3Fb%3D1%26c%3D2&n=5",
        "https://shop.acme.example/it's?q=a+b%2Bc#top",
        "https://shop.acme.example/x;jsessionid=1?m[]=1&m[]=2",
        "https://[2001:db8::1]:8443/x",
        "https://user@shop.acme.example/x",
        "HTTPS://SHOP.ACME.EXAMPLE/Caps",
        "https://shop.acme.example/r?name=M%26M%27s&c=Smith%20%26%20S%C3%B6hne",
        &format!("https://shop.acme.example/{}", "a".repeat(2_000)),
    ] {
        path = scene.path(|links| links.click(target));
        let reply = scene.get(&path).await;
        assert_eq!((reply.status.as_u16(), header(&reply, "location")), (302, target));
        assert_eq!(scene.taken_in()[0]["action"]["url"], target);
    }
    let (base, _) = path.split_once("?u=").unwrap();
    for target in ["?u=https%3A%2F%2Fevil.example", "", "?u="] {
        let reply = scene.get(&format!("{base}{target}")).await;
        assert_eq!((reply.status.as_u16(), header(&reply, "location")), (404, ""));
        assert_eq!(header(&reply, "content-type"), "text/html; charset=utf-8");
    }
    let script = scene.path(|links| links.click("javascript:alert(1)"));
    assert_eq!(scene.get(&script).await.status.as_u16(), 404);
    assert!(scene.taken_in().is_empty());
}

#[tokio::test]
async fn hidden_link_is_recorded_as_such() {
    let scene = scene().await;
    let path = scene.path(|links| links.hidden());
    assert_eq!(scene.get(&path).await.status.as_u16(), 200);
    assert_eq!(scene.taken_in()[0]["action"], json!({"action": "hidden_link_followed"}));
    let forged = format!("{}aaaaaaaaaaaaaaaa", &path[..path.len() - 16]);
    assert_eq!(scene.get(&forged).await.status.as_u16(), 404);
    assert!(scene.taken_in().is_empty());
}

#[tokio::test]
async fn unsubscribe_needs_one_post_and_viewing_changes_nothing() {
    let scene = scene().await;
    let path = scene.path(|links| links.unsubscribe(None));
    let page = scene.get(&path).await;
    assert!(header(&page, "content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(header(&page, "x-robots-tag"), "noindex, nofollow");
    let policy = header(&page, "content-security-policy").to_owned();
    let text = String::from_utf8(page.body).unwrap();
    let style = text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let digest = STANDARD.encode(Sha256::digest(style));
    assert!(policy.contains(&format!("style-src 'sha256-{digest}'")), "the page's own style is not allowed");
    assert!(text.contains("Stop all messages from northquay?"));
    assert_eq!(text.matches("<button").count(), 1);
    assert!(scene.taken_in().is_empty());

    let form = ("content-type", "application/x-www-form-urlencoded");
    let body = b"List-Unsubscribe=One-Click".to_vec();
    let first = scene.suite.send_bytes(Method::POST, &path, body, &[form]).await;
    assert_eq!(first.status.as_u16(), 200);
    let multipart = ("content-type", "multipart/form-data; boundary=b");
    let body =
        b"--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
            .to_vec();
    scene.suite.send_bytes(Method::POST, &path, body, &[multipart]).await.expect(200);
    let events = scene.taken_in();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["ingest"], "unsubscribed");
    assert_eq!(events[0]["event_id"], events[1]["event_id"]);
}

/// The link of a mail contains the address that it went to, sealed with our key.
#[tokio::test]
async fn unsubscribe_event_names_the_mails_address() {
    let scene = scene().await;
    let to = EmailAddress::parse("elena+x@linden.example").unwrap();
    let path = scene.path(|links| links.unsubscribe(Some(&to)));
    assert!(!path.contains("elena"));
    let page = String::from_utf8(scene.get(&path).await.body).unwrap();
    assert!(page.contains(&format!("action=\"{path}\"")), "{page}");
    scene.suite.send_bytes(Method::POST, &path, Vec::new(), &[]).await.expect(200);
    let forged = path.replace("?to=", "?to=A");
    assert!(!String::from_utf8(scene.get(&forged).await.body).unwrap().contains("?to="));
    scene.suite.send_bytes(Method::POST, &forged, Vec::new(), &[]).await.expect(200);
    let events = scene.taken_in();
    assert_eq!((&events[0]["to"], &events[1]["to"]), (&json!(to), &json!(null)));
}

#[tokio::test]
async fn unsigned_links_do_nothing() {
    let scene = scene().await;
    let forged = |path: String| format!("{}aaaaaaaaaaaaaaaa", &path[..path.len() - 16]);
    for path in [
        forged(scene.path(|links| links.pixel())),
        forged(scene.path(|links| links.unsubscribe(None))),
        "/u/a/b/c".to_owned(),
    ] {
        assert_eq!(scene.get(&path).await.status.as_u16(), 404, "{path}");
    }
    let path = forged(scene.path(|links| links.unsubscribe(None)));
    scene.suite.send_bytes(Method::POST, &path, Vec::new(), &[]).await.expect(404);
    // A pixel's signature is not valid for any other link.
    let (pixel, unsubscribe) =
        (scene.path(|links| links.pixel()), scene.path(|links| links.unsubscribe(None)));
    let signature = pixel.rsplit('/').next().unwrap();
    let mixed = format!("{}/{signature}", unsubscribe.rsplit_once('/').unwrap().0);
    scene.suite.send_bytes(Method::POST, &mixed, Vec::new(), &[]).await.expect(404);
    assert!(scene.taken_in().is_empty());
}

#[tokio::test]
async fn preview_page_shows_the_leads_offer() {
    let scene = scene().await;
    scene.offer().await;
    let token = scene.token().await;
    let page = scene.get(&format!("/preview/{token}")).await;
    assert_eq!(header(&page, "x-robots-tag"), "noindex, nofollow");
    assert!(header(&page, "content-security-policy").contains("script-src 'self'"));
    let text = page.expect(200).as_str().unwrap().to_owned();
    for part in [
        "Linden &lt;Physio&gt; could take bookings",
        "made this for Elena",
        "Rated 4.8 from 212 reviews",
        "https://cal.example/maya",
        &format!("client_reference_id={}", scene.lead.id),
        "prefilled_email=elena%2Bx%40linden.example",
        &format!("data-preview-token=\"{token}\""),
        "without cookies",
        "Do not contact me again",
        "1 Quay Street, Bristol",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(scene.taken_in().is_empty());
    // The unsubscribe link of the page works.
    let opt_out = text.split("href=\"https://leadflow.example/u/").nth(1).unwrap().split('"').next().unwrap();
    scene.suite.send_bytes(Method::POST, &format!("/u/{opt_out}"), Vec::new(), &[]).await.expect(200);
    assert_eq!(scene.taken_in()[0]["lead"], scene.lead.id.as_str());
}

#[tokio::test]
async fn preview_page_closes_when_revoked_or_expired() {
    let scene = scene().await;
    let path = format!("/preview/{}", scene.token().await);
    assert_eq!(scene.get(&path).await.status.as_u16(), 200);
    for nobodys in ["nobody".to_owned(), "x".repeat(3_000)] {
        assert_eq!(scene.get(&format!("/preview/{nobodys}")).await.status.as_u16(), 404);
    }
    scene.suite.stage.advance(SignedDuration::from_hours(24 * 181));
    assert_eq!(scene.get(&path).await.status.as_u16(), 410);
    let beacon = json!({"token": path.rsplit('/').next(), "event": "view"});
    assert_eq!(scene.suite.post("/api/preview/track", beacon).await.expect(410)["code"], "page_closed");
    let revoked = self::scene().await;
    let path = format!("/preview/{}", revoked.token().await);
    let previews = revoked.suite.stage.ports.previews();
    previews.revoke(&revoked.suite.workspace, &revoked.lead.id).await.unwrap();
    assert_eq!(revoked.get(&path).await.status.as_u16(), 410);
    // By then the table has deleted the token, and it leads there again.
    let until =
        revoked.suite.stage.advance(SignedDuration::from_hours(24 * 181)) + SignedDuration::from_hours(1);
    previews.reopen(&revoked.suite.workspace, &revoked.lead.id, until).await.unwrap();
    assert_eq!(revoked.get(&path).await.status.as_u16(), 200);
}

/// A sender that was at work when the lead was deleted wants to create a page.
#[tokio::test]
async fn deleted_lead_gets_no_preview_page() {
    let scene = scene().await;
    let (ports, workspace, lead) = (&scene.suite.stage.ports, &scene.suite.workspace, &scene.lead.id);
    let event = Event::system(EventKind::LeadDeleted, scene.suite.stage.clock.now());
    ports.leads().erase(workspace, lead, &event).await.unwrap();
    let token = scene.token().await;
    assert_eq!(ports.previews().of_lead(workspace, lead).await.unwrap(), None);
    assert_eq!(scene.get(&format!("/preview/{token}")).await.status, 404);
}

#[tokio::test]
async fn visit_is_reported_in_slices_and_repeats_are_recognised() {
    let scene = scene().await;
    let token = scene.token().await;
    let post = |body: serde_json::Value| scene.suite.post("/api/preview/track", body);
    let view = json!({"token": token, "event": "view", "session": "s1", "seq": 1});
    post(view.clone()).await.expect(204);
    post(view).await.expect(204);
    post(json!({"token": token, "event": "view", "session": "s1", "seq": 2})).await.expect(204);
    post(json!({"token": token, "event": "time", "session": "s1", "seq": 3, "seconds": 600}))
        .await
        .expect(204);
    for seq in [4, 5] {
        post(json!({"token": token, "event": "cta", "session": "s1", "seq": seq, "cta": "booking"}))
            .await
            .expect(204);
    }
    let events = scene.taken_in();
    assert_eq!(events.len(), 6);
    assert_eq!(events[4]["event_id"], events[5]["event_id"], "a button is pressed once in a visit");
    assert_eq!(events[0]["event_id"], events[1]["event_id"]);
    assert_ne!(events[0]["event_id"], events[2]["event_id"]);
    assert_eq!(events[3]["action"], json!({"action": "time_on_page", "session": "s1", "seconds": 15}));
    assert_eq!(events[4]["action"]["target"], "booking");
    // Without a sequence number every page load counts.
    let plain = json!({"token": token, "event": "view", "session": "s1"});
    post(plain.clone()).await.expect(204);
    post(plain).await.expect(204);
    let events = scene.taken_in();
    assert_ne!(events[0]["event_id"], events[1]["event_id"]);
}

#[tokio::test]
async fn visits_beyond_the_limit_of_a_page_are_queued_once_an_hour_as_one_of_the_day() {
    let scene = scene().await;
    let token = scene.token().await;
    let flood = async |scene: &Scene| {
        for n in 0..70 {
            let visit = json!({"token": token, "event": "view", "session": format!("s{n}")});
            scene.suite.post("/api/preview/track", visit).await.expect(204);
        }
        let events = scene.taken_in();
        let over = events.iter().filter(|event| event["traits"]["over_limit"] == true);
        let over: Vec<String> = over.map(|event| event["event_id"].to_string()).collect();
        (events.len() - over.len(), over)
    };
    let (counted, first) = flood(&scene).await;
    assert_eq!((counted, first.len()), (60, 1));
    scene.suite.stage.advance(SignedDuration::from_hours(1));
    assert_eq!(flood(&scene).await, (60, first.clone()), "another hour, and the same entry of the day");
    scene.suite.stage.advance(SignedDuration::from_hours(24));
    let (counted, next) = flood(&scene).await;
    assert!(counted == 60 && next.len() == 1 && next != first);
}

#[tokio::test]
async fn counting_a_visit_takes_one_write() {
    let scene = scene().await;
    let click = scene.path(|links| links.click("https://northquay.example/"));
    let ledger = scene.suite.stage.cloud.ledger();
    let before = ledger.snapshot();
    for _ in 0..10 {
        scene.get(&click).await;
    }
    let counted = ledger.since(&before).of_service(Service::DynamoDb);
    assert!((counted.write_units - 10.0).abs() < 0.01, "{counted:?} for ten visits");
    assert_eq!(counted.calls, 10);
}

#[tokio::test]
async fn slices_of_viewing_time_are_limited_apart_from_the_views_of_a_page() {
    let scene = scene().await;
    let token = scene.token().await;
    for seq in 0..250 {
        let slice = json!({"token": token, "event": "time", "session": "s", "seq": seq, "seconds": 15});
        scene.suite.post("/api/preview/track", slice).await.expect(204);
    }
    let events = scene.taken_in();
    assert_eq!(events.len(), 240, "no entry could tell of one too many");
    scene.suite.post("/api/preview/track", json!({"token": token, "event": "view"})).await.expect(204);
    assert_eq!(scene.taken_in().len(), 1, "a view is counted beside the time");
}

#[tokio::test]
async fn visits_of_one_mail_beyond_its_limit_are_not_counted_and_its_links_work() {
    let scene = scene().await;
    let click = scene.path(|links| links.click("https://northquay.example/"));
    for _ in 0..62 {
        assert_eq!(scene.get(&click).await.status.as_u16(), 302);
    }
    assert_eq!(scene.taken_in().len(), 61);
    let (stop, pixel) = (scene.path(|links| links.unsubscribe(None)), scene.path(|links| links.pixel()));
    assert_eq!(scene.get(&pixel).await.status.as_u16(), 200);
    scene.suite.send_bytes(Method::POST, &stop, Vec::new(), &[]).await.expect(200);
    assert_eq!(scene.suite.stage.messages(Queue::Inbound)[0]["ingest"], "unsubscribed");
}

#[tokio::test]
async fn invalid_visit_reports_are_refused() {
    let scene = scene().await;
    let token = scene.token().await;
    let post = |body: serde_json::Value| scene.suite.post("/api/preview/track", body);
    assert_eq!(post(json!({"token": token, "event": "time"})).await.expect(422)["field"], "seconds");
    assert_eq!(post(json!({"token": token, "event": "dance"})).await.expect(422)["field"], "event");
    assert_eq!(post(json!({"event": "view"})).await.expect(422)["field"], "token");
    post(json!({"token": "nobody", "event": "view"})).await.expect(404);
    assert!(scene.taken_in().is_empty());
}

#[tokio::test]
async fn preview_script_is_served_as_javascript() {
    let scene = scene().await;
    let reply = scene.get("/preview/page.js").await;
    assert_eq!(header(&reply, "content-type"), "text/javascript; charset=utf-8");
    assert!(String::from_utf8(reply.body).unwrap().contains("/api/preview/track"));
}
