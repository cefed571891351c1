use axum::body::Body;
use http::Request;

use super::fixture::{World, world, world_with};
use crate::{DeedKind, Provider};

async fn post(world: &World, path: &str, form: &[(&str, &str)]) -> u16 {
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(serde_urlencoded::to_string(form).unwrap()))
        .unwrap();
    world.call(request).await.0
}

#[tokio::test]
async fn record_of_a_domain_leads_where_the_page_says() {
    let world = world_with(|config| config.app_url = "https://app.test".to_owned());
    let asked = "/dns-query?name=go.acme.example&type=CNAME";
    assert_eq!(world.get(asked).await.1["Status"], 3);
    for (leads_to, target) in [("app", "app.test."), ("elsewhere", "shops.example.")] {
        let form = [("name", "Go.Acme.example"), ("leads_to", leads_to)];
        assert_eq!(post(&world, "/domains", &form).await, 303);
        assert_eq!(world.get(asked).await.1["Answer"][0]["data"], target);
        assert_eq!(world.sandbox.leads_to_app("go.acme.example"), leads_to == "app");
    }
    assert!(page(&world, "/").await.contains("shops.example."));
    post(&world, "/domains", &[("name", "go.acme.example"), ("leads_to", "nowhere")]).await;
    assert_eq!(world.get(asked).await.1["Status"], 3);
    assert_eq!(post(&world, "/domains", &[("name", "x"), ("leads_to", "mars")]).await, 400);
}

async fn page(world: &World, path: &str) -> String {
    let (status, body) = world.get(path).await;
    assert_eq!(status, 200, "{path}");
    body.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn page_shows_mailboxes_and_phones_and_replies_by_hand() {
    let world = world();
    world.mail("ann+silent@example.com", 1);
    let front = page(&world, "/").await;
    assert!(front.contains("ann+silent@example.com") && front.contains("1 of 1"));
    let path = "/mailbox/ann%2Bsilent@example.com";
    let shown = page(&world, path).await;
    assert!(shown.contains("sandbox=\"allow-popups") && shown.contains("Content-Security-Policy"));
    assert!(shown.contains("List-Unsubscribe-Post"));
    for wish in ["open", "preview", "reply", "stop", "one_click", "unsubscribe", "absent", "bounce", "pay"] {
        assert_eq!(
            post(&world, path, &[("do", wish), ("mail", "0"), ("body", "Hello")]).await,
            303,
            "{wish}"
        );
    }
    assert_eq!(post(&world, path, &[("do", "click"), ("mail", "0"), ("url", "/t/x/1")]).await, 303);
    assert_eq!(post(&world, path, &[("do", "dance"), ("mail", "0")]).await, 400);
    world.live(1).await;
    let observed = world.sandbox.observed();
    for (kind, count) in [
        (DeedKind::Opened, 1),
        (DeedKind::ViewedPreview, 4),
        (DeedKind::Replied, 1),
        (DeedKind::AskedToStop, 1),
        (DeedKind::Unsubscribed, 2),
        (DeedKind::SentAutoReply, 1),
        (DeedKind::Bounced, 1),
        (DeedKind::Paid, 1),
        (DeedKind::ClickedCallToAction, 1),
    ] {
        assert_eq!(observed.count(kind), count, "{kind:?}");
    }
    assert!(page(&world, path).await.contains("pressed the call to action"));
    world.sandbox.text_us("+12125550123", None, "Hi");
    world.live(1).await;
    assert!(page(&world, "/phone/%2B12125550123").await.contains("They wrote"));
    assert_eq!(post(&world, "/phone/%2B12125550123", &[("do", "stop")]).await, 303);
    world.live(1).await;
    assert_eq!(world.sandbox.observed().count(DeedKind::TextedStop), 1);
    assert_eq!(world.get("/mailbox/nobody@example.com").await.0, 404);
}

#[tokio::test]
async fn page_sets_switches_and_webhook_urls() {
    let world = world();
    assert_eq!(post(&world, "/switches", &[("provider", "hunter"), ("on", "true")]).await, 303);
    assert!(page(&world, "/").await.contains("Bring hunter back"));
    assert!(world.sandbox.is_out(Provider::Hunter));
    let urls = [
        ("inbound_email", "http://localhost:8787/in"),
        ("twilio", "http://localhost:8787/sms"),
        ("stripe", "http://localhost:8787/pay"),
    ];
    assert_eq!(post(&world, "/webhooks", &urls).await, 303);
    assert_eq!(world.sandbox.webhook_urls().stripe, "http://localhost:8787/pay");
}

#[tokio::test]
async fn payment_page_accepts_test_cards_only() {
    let world = world();
    let path =
        "/stripe/pay/growth-4900-eur-month?client_reference_id=lead_7&prefilled_email=ann%40example.com";
    let shown = page(&world, path).await;
    assert!(
        shown.contains("EUR 49.00 a month") && shown.contains("ann@example.com") && shown.contains("lead_7")
    );
    assert_eq!(post(&world, path, &[("email", "ann@example.com"), ("card", "4000000000000002")]).await, 402);
    assert_eq!(
        post(&world, path, &[("email", "ann@example.com"), ("card", "4242 4242 4242 4242")]).await,
        200
    );
    world.live(1).await;
    let events = world.app.json("/api/webhooks/stripe");
    let session = events.iter().find(|event| event["type"] == "checkout.session.completed").unwrap();
    assert_eq!(session["data"]["object"]["client_reference_id"], "lead_7");
    assert_eq!(session["data"]["object"]["amount_total"], 4900);
}
