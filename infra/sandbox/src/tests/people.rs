use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use mail_parser::MessageParser;

use super::fixture::{World, world};
use crate::{Credentials, DeedKind, Persona, Sandbox, SandboxConfig, signatures};

/// The raw mails that the app was given, as text with decoded bodies.
fn letters(world: &World) -> Vec<String> {
    let events = world.app.json("/api/webhooks/inbound-email");
    let raw =
        |event: &serde_json::Value| STANDARD.decode(event["data"]["raw_base64"].as_str().unwrap()).unwrap();
    events.iter().map(|event| String::from_utf8(raw(event)).unwrap()).collect()
}

#[test]
fn personas_are_stable_with_realistic_shares() {
    let world = world();
    let again = Sandbox::new(SandboxConfig::demo(world.clock.clone(), 7));
    let other = Sandbox::new(SandboxConfig::demo(world.clock.clone(), 8));
    let mut shares: BTreeMap<Persona, u32> = BTreeMap::new();
    let mut changed = 0;
    for n in 0..4000 {
        let address = format!("person{n}@firm{}.test", n % 37);
        let persona = world.sandbox.persona(&address);
        assert_eq!(persona, again.persona(&address.to_uppercase()));
        changed += u32::from(persona != other.persona(&address));
        *shares.entry(persona).or_default() += 1;
    }
    assert!(changed > 2000);
    for (persona, percent) in
        [(Persona::Silent, 35), (Persona::Curious, 25), (Persona::Keen, 12), (Persona::Annoyed, 8)]
    {
        let share = shares[&persona] / 40;
        assert!(share.abs_diff(percent) <= 2, "{persona:?} {share}");
    }
}

#[tokio::test]
async fn sandbox_that_has_nothing_due_counts_no_change() {
    let world = world();
    world.sandbox.set_secrets(world.sandbox.secrets());
    let before = world.sandbox.changes();
    let done = world.sandbox.run_due(world.sandbox.now(), &*world.app).await;
    assert_eq!((done, world.sandbox.changes()), (0, before));
    world.sandbox.set_secrets(world.sandbox.secrets());
    assert!(world.sandbox.changes() > before);
}

#[tokio::test]
async fn keen_person_opens_clicks_views_three_times_and_replies() {
    let world = world();
    for number in 1..=3 {
        world.mail("ann+keen@example.com", number);
        world.live(3).await;
    }
    let views: Vec<_> = world
        .sandbox
        .observed()
        .deeds
        .into_iter()
        .filter(|deed| deed.kind == DeedKind::ViewedPreview)
        .collect();
    assert!(views.windows(3).any(|w| w[2].at.duration_since(w[0].at).as_secs() <= 600), "{views:?}");
    let beacons = world.app.json("/api/preview/track");
    assert!(beacons.iter().any(|b| b["event"] == "time" && b["seconds"].as_u64().unwrap() <= 15));
    let sessions: std::collections::BTreeSet<_> =
        beacons.iter().filter(|b| b["event"] == "view").map(|b| b["session"].to_string()).collect();
    assert!(sessions.len() >= 3);
    let letters = letters(&world);
    let reply = &letters[0];
    assert!(reply.contains("In-Reply-To: <m") && reply.contains("References: <m"), "{reply}");
    let parsed = MessageParser::default().parse(reply.as_bytes()).unwrap();
    assert_eq!(parsed.subject(), Some("Re: A page for you"));
    assert!(parsed.body_text(0).unwrap().contains("> "), "quotes the mail");
    let call = &world.app.calls("/api/webhooks/inbound-email")[0];
    let (id, at) = (
        call.headers()["webhook-id"].to_str().unwrap(),
        call.headers()["webhook-timestamp"].to_str().unwrap(),
    );
    let expected = signatures::standard_webhooks(
        Credentials::INBOUND_EMAIL_SECRET,
        id,
        at.parse().unwrap(),
        call.body(),
    );
    assert_eq!(call.headers()["webhook-signature"], expected.as_str());
}

#[tokio::test]
async fn annoyed_people_opt_out_in_three_ways_and_never_by_get() {
    let world = world();
    for n in 0..24 {
        world.mail(&format!("p{n}+annoyed@example.com"), 1);
    }
    world.live(3).await;
    for n in 0..24 {
        world.mail(&format!("p{n}+annoyed@example.com"), 2);
    }
    world.live(3).await;
    let observed = world.sandbox.observed();
    let gone = observed.count(DeedKind::Unsubscribed) + observed.count(DeedKind::AskedToStop);
    assert_eq!(gone, 24);
    let posts: Vec<_> =
        world.app.calls("/u/").into_iter().filter(|call| call.method() == Method::POST).collect();
    assert_eq!(posts.len(), observed.count(DeedKind::Unsubscribed));
    assert!(posts.iter().any(|call| call.body() == b"List-Unsubscribe=One-Click"));
    assert!(posts.iter().any(|call| call.body() == b"confirm=yes"));
}

#[test]
fn run_due_future_is_send() {
    fn sendable(_: impl Send) {}
    let world = world();
    sendable(world.sandbox.run_due(jiff::Timestamp::UNIX_EPOCH, &*world.app));
}

#[test]
fn person_signs_with_the_name_of_the_address() {
    for (address, name) in
        [("ann.lee+keen@x.test", "Ann Lee"), ("info@alder-sons.nl", "Alder Sons"), ("42@x.test", "")]
    {
        assert_eq!(crate::people::display_name(address), name);
    }
}

#[tokio::test]
async fn bounce_is_a_delivery_report_about_the_original() {
    let world = world();
    let id = world.mail("bob+bouncer@example.com", 1);
    world.live(1).await;
    let letter = &letters(&world)[0];
    for part in [
        "multipart/report; report-type=delivery-status",
        "Action: failed",
        "Final-Recipient: rfc822; bob+bouncer@example.com",
        &format!("Message-ID: <{id}@sender.test>"),
        "To: <bounce@reply.test>",
    ] {
        assert!(letter.contains(part), "{part} in {letter}");
    }
}

#[tokio::test]
async fn out_of_office_is_sent_once_and_a_scanner_is_no_human() {
    let world = world();
    world.mail("eva+ooo@firma.de", 1);
    world.live(1).await;
    world.mail("eva+ooo@firma.de", 2);
    world.live(1).await;
    let notes = letters(&world);
    assert_eq!(notes.len(), 1);
    let parsed = MessageParser::default().parse(notes[0].as_bytes()).unwrap();
    assert!(parsed.body_text(0).unwrap().contains("nicht im Büro"), "{}", notes[0]);
    world.mail("sam+scanned@example.com", 1);
    let before = world.app.calls.lock().unwrap().len();
    world.clock.forward(20);
    let now = application::Clock::now(world.clock.as_ref());
    world.sandbox.run_due(now, &*world.app).await;
    let calls = world.app.calls.lock().unwrap().split_off(before);
    assert!(calls.len() >= 3);
    assert!(calls.iter().all(|call| call.method() == Method::GET));
    assert!(
        calls.iter().all(|call| call.headers()["user-agent"]
            .to_str()
            .unwrap()
            .to_lowercase()
            .contains("bot")
            || call.headers()["user-agent"].to_str().unwrap().contains("bot"))
    );
}

#[tokio::test]
async fn payment_is_signed_and_names_the_lead() {
    let world = world();
    world.sandbox.pay(
        "Ann@Example.com",
        Some("http://localhost:8788/stripe/pay/growth-4900-eur-month?client_reference_id=lead_1"),
    );
    world.live(1).await;
    let calls = world.app.calls("/api/webhooks/stripe");
    let mut kinds = std::collections::BTreeSet::new();
    for call in &calls {
        let header = call.headers()["stripe-signature"].to_str().unwrap();
        let at = header[2..].split(',').next().unwrap().parse().unwrap();
        assert_eq!(header, signatures::stripe(Credentials::STRIPE_WEBHOOK_SECRET, at, call.body()));
        let event: serde_json::Value = serde_json::from_slice(call.body()).unwrap();
        kinds.insert(event["type"].as_str().unwrap().to_owned());
        let object = &event["data"]["object"];
        match event["type"].as_str().unwrap() {
            "checkout.session.completed" => {
                assert_eq!(object["client_reference_id"], "lead_1");
                assert_eq!(object["customer_details"]["email"], "ann@example.com");
            }
            "invoice.paid" => assert!(object["parent"]["subscription_details"]["subscription"].is_string()),
            _ => assert!(object["items"]["data"][0]["current_period_end"].is_i64()),
        }
    }
    assert_eq!(kinds.len(), 3);
    assert!(world.sandbox.observed().deeds[0].money_told_at.is_some());
}

/// Each event in turn is the only one that the app accepts, however often the others are retried.
#[tokio::test]
async fn money_is_reported_by_the_invoice_or_else_by_the_checkout() {
    for (link, money) in [("49-eur-month", "invoice.paid"), ("49-eur-once", "checkout.session.completed")] {
        let events = [
            "checkout.session.completed",
            "customer.subscription.created",
            "invoice.paid",
            "payment_intent.succeeded",
        ];
        for heard in events {
            let world = world();
            world.app.hears_only.lock().unwrap().replace(format!(r#""type":"{heard}""#));
            world
                .sandbox
                .pay("ann@example.com", Some(&format!("http://localhost:8788/stripe/pay/growth-{link}")));
            world.live(4).await;
            let deed = &world.sandbox.observed().deeds[0];
            assert_eq!(deed.money_told_at.is_some(), heard == money, "{link}: {heard}");
            assert_eq!(deed.answered_at.is_some(), heard == "checkout.session.completed");
        }
    }
}

#[tokio::test]
async fn webhook_is_retried_under_the_same_id() {
    let world = world();
    world.app.webhook_failures.lock().unwrap().extend([503, 500]);
    world.mail("ann+silent@example.com", 1);
    let mail = world.sandbox.latest_mail("ann+silent@example.com").unwrap();
    world.sandbox.reply_to_mail(mail, "Yes");
    world.live(1).await;
    let calls = world.app.calls("/api/webhooks/inbound-email");
    assert_eq!(calls.len(), 3);
    assert!(calls.iter().all(|call| call.headers()["webhook-id"] == calls[0].headers()["webhook-id"]));
    let deed = &world.sandbox.observed().deeds[0];
    assert_eq!((deed.kind, deed.status), (DeedKind::Replied, Some(200)));
    assert_eq!(deed.answered_at.unwrap().duration_since(deed.at).as_secs(), 305);
    world.mail("ann+silent@example.com", 2);
    assert_eq!(world.sandbox.observed().sends_after_stop(jiff::SignedDuration::ZERO).len(), 1);
}

#[tokio::test]
async fn same_seed_gives_the_same_run_and_a_snapshot_continues_it() {
    let run = async |restart: bool| {
        let mut world = world();
        for n in 0..30 {
            world.mail(&format!("p{n}@example.com"), 1);
        }
        if restart {
            let kept = serde_json::to_string(&world.sandbox.snapshot()).unwrap();
            world.sandbox = Sandbox::new(world.sandbox.config().clone());
            world.sandbox.restore(serde_json::from_str(&kept).unwrap());
        }
        world.live(21).await;
        serde_json::to_string(&world.sandbox.observed()).unwrap()
    };
    let first = run(false).await;
    assert!(first.contains("opened"));
    assert_eq!(first, run(false).await);
    assert_eq!(first, run(true).await);
}
