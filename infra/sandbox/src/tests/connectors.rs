//! The product's connectors against the fakes: both were written independently, from the same documentation.

use super::fixture::{World, world, world_with};
use crate::{Credentials, ImapRules, Provider, SandboxConfig};
use application::Clock;
use application::ports::accounts::SecretFields;
use application::ports::provider_calls::{
    CallError, EmailVerifier, MailSender, OpenAccount, OutgoingMail, OutgoingSms, OutgoingWhatsapp,
    PlaceLookup, Prompt, SendError, Sender, SmsSender, StatusQuery, TextModel, WhatsappSender,
    WhatsappTemplate,
};
use application::ports::provider_events::{ProviderEvent, WebhookReader, WebhookRequest};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::message::MessageState;
use domain::message::failure_class::FailureClass;
use domain::workspace::account::{Account, AccountSettings, ApiKeyHeader, ImapServer, SmtpSecurity};
use domain::{AccountId, LeadId, MessageId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use providers::Providers;
use providers::transport::{InProcessHttp, InProcessWeb, PipeImap, PipeSmtp, TransportError};
use serde_json::json;
use std::sync::Arc;
use tower::ServiceExt as _;

pub(super) const BASE: &str = "http://sandbox.test";

pub(super) fn connected(world: &World) -> Providers {
    let (web, mail) = (world.sandbox.clone(), world.sandbox.clone());
    let http = InProcessHttp::new(move |request: http::Request<Vec<u8>>| {
        let router = web.router();
        async move {
            let (parts, body) =
                router.oneshot(request.map(axum::body::Body::from)).await.unwrap().into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
            Ok(http::Response::from_parts(parts, body))
        }
    });
    let smtp = PipeSmtp::new(move |_| {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let sandbox = mail.clone();
        tokio::spawn(async move { sandbox.serve_smtp(theirs).await.ok() });
        Ok(ours)
    });
    let sent = world.sandbox.clone();
    let imap = PipeImap::new(move |_| {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let sandbox = sent.clone();
        tokio::spawn(async move { sandbox.serve_imap(theirs).await.ok() });
        Ok(ours)
    });
    let sites = world.sandbox.clone();
    let web = InProcessWeb::new(InProcessHttp::new(move |request| {
        let sites = sites.clone();
        async move {
            let answered = sites.answer_web(request).await;
            answered.ok_or_else(|| TransportError::NotSent("no such host".into()))
        }
    }));
    let (http, smtp, imap) = (Arc::new(http), Arc::new(smtp), Arc::new(imap));
    Providers { http, web: Arc::new(web), smtp, imap, clock: world.clock.clone(), held: None }
}

pub(super) fn account(settings: AccountSettings, field: &str, secret: &str) -> OpenAccount {
    let at = Timestamp::UNIX_EPOCH;
    OpenAccount {
        account: Account {
            id: AccountId::derived(at, &["c"]),
            workspace: WorkspaceId::derived(at, &["w"]),
            name: String::new(),
            settings,
            sealed_secret: String::new(),
            hours: None,
            limits: None,
            enabled: true,
            pause: None,
            works_since: Some(at),
            last_error: None,
            created_at: at,
            rev: 1,
        },
        secret: SecretFields::one(field, secret),
    }
}

pub(super) fn mailbox(password: &str) -> OpenAccount {
    let settings = AccountSettings::Smtp {
        host: "sandbox.test".to_owned(),
        port: 587,
        security: SmtpSecurity::StartTls,
        username: Credentials::SMTP_USER.to_owned(),
        from_address: EmailAddress::parse(Credentials::SMTP_USER).unwrap(),
        from_name: "Maya Röhl".to_owned(),
        reply_to: EmailAddress::parse("r@reply.sandbox.leadflow.test").ok(),
        imap: None,
    };
    account(settings, "password", password)
}

fn mail(to: &str) -> OutgoingMail {
    OutgoingMail {
        from: EmailAddress::parse(Credentials::SMTP_USER).unwrap(),
        from_name: "Maya Röhl".to_owned(),
        message_id: format!("m1.{}@sender.test", to.split(['@', '+']).next().unwrap()),
        to: EmailAddress::parse(to).unwrap(),
        to_name: Some("Ann, \"the\" Lead".to_owned()),
        reply_to: EmailAddress::parse("r@reply.sandbox.leadflow.test").ok(),
        subject: "Grüße — a page for you".to_owned(),
        text: "Hi\n.\nbye".to_owned(),
        html: "<p>Hi</p><a href=\"http://localhost:8787/t/x/1\">your preview</a>".to_owned(),
        in_reply_to: None,
        references: Vec::new(),
        unsubscribe_url: Some("http://localhost:8787/u/x".to_owned()),
        tag: "msg_tag".to_owned(),
    }
}

pub(super) fn webhook(world: &World, path: &str) -> Vec<WebhookRequest> {
    let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
    let read = |call: http::Request<Vec<u8>>| WebhookRequest {
        url: call.uri().to_string(),
        headers: call.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: call.into_body(),
    };
    world.app.calls(path).into_iter().map(read).collect()
}

/// Asserts that a webhook is verified and translated, and refused as forged when a byte of its body changes.
pub(super) async fn understood(
    providers: &Providers,
    settings: &AccountSettings,
    secret: &SecretFields,
    request: &WebhookRequest,
    now: Timestamp,
) -> Vec<ProviderEvent> {
    let mut open = mailbox("");
    (open.account.settings, open.secret) = (settings.clone(), secret.clone());
    let verified = providers.verify(&open, request, now).await.unwrap();
    let mut forged = request.clone();
    forged.body[0] ^= 1;
    assert!(providers.verify(&open, &forged, now).await.is_err());
    providers.translate(settings, &verified.payload).unwrap()
}

type Change = fn(&mut SandboxConfig);

/// The response to a mail was lost; the mailbox keeps a copy, or does not.
#[tokio::test]
async fn mail_with_a_lost_response_is_found_in_the_sent_folder() {
    let marked = |config: &mut SandboxConfig| config.imap = ImapRules::default();
    let named = |config: &mut SandboxConfig| {
        (config.imap.special_use, config.imap.auth_plain) = (false, false);
        config.imap.sent_folder = "[Mail]/Gesendete Elemente".to_owned();
    };
    let kept_nowhere = |config: &mut SandboxConfig| config.imap.keeps_sent = false;
    let unknown = |config: &mut SandboxConfig| {
        config.imap.special_use = false;
        config.imap.sent_folder = "Outgoing".to_owned();
    };
    let changes: [(Change, bool); 4] =
        [(marked, true), (named, true), (kept_nowhere, false), (unknown, false)];
    for (change, is_found) in changes {
        let world = world_with(change);
        let providers = connected(&world);
        let mut account = mailbox(Credentials::SMTP_PASSWORD);
        let AccountSettings::Smtp { imap, .. } = &mut account.settings else { panic!() };
        let host = "sandbox.test".to_owned();
        *imap = Some(ImapServer {
            host,
            port: 143,
            security: SmtpSecurity::StartTls,
            username: None,
            folder: None,
        });
        world.sandbox.lose_answers(Provider::Smtp, 1);
        let sent = mail("ann+silent@example.com");
        let lost = providers.send_mail(&account, &sent).await;
        assert!(matches!(lost, Err(SendError::Uncertain(_))), "{lost:?}");
        let sought = |internet_id: &str| StatusQuery {
            to: sent.to.as_str().to_owned(),
            text: sent.text.clone(),
            internet_id: Some(internet_id.to_owned()),
            since: world.clock.now(),
            others: Vec::new(),
        };
        let seen = providers.look_up(&account, &sought(&sent.message_id)).await.unwrap();
        assert_eq!(seen.map(|seen| seen.state), is_found.then_some(MessageState::Accepted));
        assert_eq!(providers.look_up(&account, &sought("m1.an@sender.test")).await.unwrap(), None);

        account.secret = SecretFields::one("password", "wrong");
        let stranger = providers.look_up(&account, &sought(&sent.message_id)).await;
        assert!(matches!(stranger, Err(CallError::Account(_))), "{stranger:?}");
        world.sandbox.set_outage(Provider::Imap, true);
        let silent = providers.look_up(&account, &sought(&sent.message_id)).await;
        assert!(matches!(silent, Err(CallError::Unavailable(_))), "{silent:?}");
    }
}

/// Addresses in every alphabet: one beyond ASCII goes out only if the server says that it accepts it.
#[tokio::test]
async fn address_beyond_ascii_is_sent_or_refused_for_certain() {
    let international = OutgoingMail {
        to: EmailAddress::parse("m\u{fc}ller+silent@b\u{fc}cher.test").unwrap(),
        ..mail("ann@example.com")
    };
    let world = world();
    let providers = connected(&world);
    providers.send_mail(&mailbox(Credentials::SMTP_PASSWORD), &international).await.unwrap();
    providers
        .send_mail(&mailbox(Credentials::SMTP_PASSWORD), &mail("ann+silent@b\u{fc}cher.test"))
        .await
        .unwrap();
    let to: Vec<_> = world.sandbox.observed().emails.into_iter().map(|mail| mail.recipient).collect();
    assert_eq!(to, ["m\u{fc}ller+silent@xn--bcher-kva.test", "ann+silent@xn--bcher-kva.test"]);

    let plain = world_with(|config| config.smtp.utf8 = false);
    let providers = connected(&plain);
    let refused = providers.send_mail(&mailbox(Credentials::SMTP_PASSWORD), &international).await;
    let Err(SendError::Rejected { class, detail, suppress: false, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(class, FailureClass::AddressNotSupported);
    assert!(detail.contains("SMTPUTF8") && !detail.contains("ller"), "{detail}");
    providers
        .send_mail(&mailbox(Credentials::SMTP_PASSWORD), &mail("ann+silent@b\u{fc}cher.test"))
        .await
        .unwrap();
    assert_eq!(plain.sandbox.observed().emails.len(), 1);
}

#[tokio::test]
async fn smtp_mail_is_accepted_and_refusals_are_classified() {
    let world = world();
    let providers = connected(&world);
    providers.send_mail(&mailbox(Credentials::SMTP_PASSWORD), &mail("ann+silent@example.com")).await.unwrap();
    let seen = world.sandbox.observed().emails;
    assert_eq!((seen.len(), seen[0].recipient.as_str()), (1, "ann+silent@example.com"));

    let dead =
        providers.send_mail(&mailbox(Credentials::SMTP_PASSWORD), &mail("bob+nosuchuser@example.com")).await;
    assert!(matches!(dead, Err(SendError::Rejected { suppress: true, .. })), "{dead:?}");
    let blocked =
        providers.send_mail(&mailbox(Credentials::SMTP_PASSWORD), &mail("flo+blocking@example.com")).await;
    assert!(
        matches!(&blocked, Err(SendError::Blocked { class: FailureClass::BlockedReputation, .. })),
        "{blocked:?}"
    );
    let wrong = providers.send_mail(&mailbox("guess"), &mail("cy@example.com")).await;
    assert!(matches!(wrong, Err(SendError::Account { .. })), "{wrong:?}");
    world.sandbox.lose_answers(Provider::Smtp, 1);
    let lost =
        providers.send_mail(&mailbox(Credentials::SMTP_PASSWORD), &mail("di+silent@example.com")).await;
    assert!(matches!(lost, Err(SendError::Uncertain(_))), "{lost:?}");
    world.sandbox.set_outage(Provider::Smtp, true);
    let down = providers.send_mail(&mailbox(Credentials::SMTP_PASSWORD), &mail("ed@example.com")).await;
    assert!(matches!(down, Err(SendError::Down { .. })), "{down:?}");
}

pub(super) fn http_mailbox(key: &str) -> OpenAccount {
    let settings = AccountSettings::Resend {
        base_url: format!("{BASE}/resend"),
        from_address: EmailAddress::parse(&format!("maya@{}", Credentials::RESEND_DOMAIN)).unwrap(),
        from_name: "Maya, \"the\" Röhl".to_owned(),
        reply_to: None,
    };
    account(settings, "api_key", key)
}

fn http_mail(to: &str) -> OutgoingMail {
    let from = EmailAddress::parse(&format!("maya@{}", Credentials::RESEND_DOMAIN)).unwrap();
    OutgoingMail { from, references: vec!["root@a.test".to_owned()], ..mail(to) }
}

#[tokio::test]
async fn http_mail_is_accepted_once_per_key() {
    let world = world();
    let providers = connected(&world);
    let mailbox = http_mailbox(Credentials::RESEND_KEY);
    let class = providers.class(&mailbox.settings);
    assert!(class.key.is_some_and(|key| key.identical_body && key.window < SignedDuration::from_hours(24)));
    world.sandbox.lose_answers(Provider::Resend, 1);
    let lost = providers.send_mail(&mailbox, &http_mail("ann+silent@lead.example")).await;
    assert!(matches!(lost, Err(SendError::Uncertain(_))), "{lost:?}");
    // A request with the same key is still being processed: neither refused nor uncertain again.
    let under_way = providers.send_mail(&mailbox, &http_mail("ann+silent@lead.example")).await;
    assert!(matches!(under_way, Err(SendError::Retryable { .. })), "{under_way:?}");
    world.clock.forward(5);
    let again = providers.send_mail(&mailbox, &http_mail("ann+silent@lead.example")).await.unwrap();
    assert!(again.provider_id.is_some());
    let seen = world.sandbox.observed().emails;
    assert_eq!((seen.len(), seen[0].tag.as_deref()), (1, Some("msg_tag")));
    assert_eq!(seen[0].subject, "Grüße — a page for you");

    let other = OutgoingMail { subject: "Other".to_owned(), ..http_mail("ann+silent@lead.example") };
    let known = providers.send_mail(&mailbox, &other).await;
    assert!(
        matches!(known, Err(SendError::Uncertain(_))),
        "something went out, and it is not this: {known:?}"
    );
    let hurried = providers.send_mail(&mailbox, &other).await;
    assert!(matches!(hurried, Err(SendError::TooFast { .. })), "{hurried:?}");
    world.clock.forward(1);
    let fresh = |tag: &str| OutgoingMail { tag: tag.to_owned(), ..http_mail("bo+silent@lead.example") };
    let wrong = providers.send_mail(&http_mailbox("re_guess"), &fresh("m2")).await;
    assert!(matches!(wrong, Err(SendError::Account { .. })), "{wrong:?}");
    let foreign = OutgoingMail { from: EmailAddress::parse("a@elsewhere.test").unwrap(), ..fresh("m3") };
    assert!(matches!(providers.send_mail(&mailbox, &foreign).await, Err(SendError::Account { .. })));
    world.clock.forward(1);
    let to = EmailAddress::parse("dee+blocking@lead.example").unwrap();
    let blocked = providers.send_mail(&mailbox, &OutgoingMail { to, ..fresh("m7") }).await;
    assert!(matches!(blocked, Err(SendError::Blocked { .. })), "{blocked:?}");
    let nobody = OutgoingMail { to: EmailAddress::parse("cy@test.com").unwrap(), ..fresh("m4") };
    assert!(matches!(providers.send_mail(&mailbox, &nobody).await, Err(SendError::Rejected { .. })));
    world.sandbox.set_out_of_credit(Provider::Resend, true);
    assert!(matches!(providers.send_mail(&mailbox, &fresh("m5")).await, Err(SendError::Down { .. })));
    world.sandbox.set_outage(Provider::Resend, true);
    assert!(matches!(providers.send_mail(&mailbox, &fresh("m6")).await, Err(SendError::Uncertain(_))));
}

#[tokio::test]
async fn bounces_and_replies_are_translated() {
    let world = world();
    let providers = connected(&world);
    let keen = ["bob", "cy", "di", "ed", "flo", "gus"].map(|name| format!("{name}+keen@example.com"));
    for to in keen.iter().map(String::as_str).chain(["ann+bouncer@example.com"]) {
        providers.send_mail(&mailbox(Credentials::SMTP_PASSWORD), &mail(to)).await.unwrap();
    }
    let settings = AccountSettings::InboundEmail {
        addresses: Vec::new(),
        via: Default::default(),
        topic_arn: None,
        public_keys: Vec::new(),
    };
    let secret = SecretFields::one("signing_secret", Credentials::INBOUND_EMAIL_SECRET);
    const REPORT: &str = "message/delivery-status";
    let (mut bounces, mut replies) = (Vec::new(), Vec::new());
    for _ in 0..300 {
        let heard = webhook(&world, "/api/webhooks/inbound-email").len();
        let Some(next) = world.sandbox.next_due() else { break };
        world.clock.set(next.max(world.clock.now()));
        world.sandbox.run_due(world.clock.now(), &*world.app).await;
        for request in webhook(&world, "/api/webhooks/inbound-email").into_iter().skip(heard) {
            assert!(providers.account_hint("inbound_email", &request).is_some());
            for event in understood(&providers, &settings, &secret, &request, world.clock.now()).await {
                match event {
                    ProviderEvent::EmailReceived(mail) if mail.mail.part(REPORT).is_some() => {
                        bounces.push(*mail)
                    }
                    ProviderEvent::EmailReceived(mail) => replies.push(*mail),
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    let returned = bounces[0].mail.parts.iter().map(|part| part.text.as_str()).collect::<String>();
    for told in ["<m1.ann@sender.test>", "msg_tag", "ann+bouncer@example.com", "Status: 5"] {
        assert!(returned.contains(told), "{told}: {returned}");
    }
    let reply = &replies[0];
    let writer = reply.from.as_deref().unwrap();
    assert!(keen.iter().any(|address| address == writer), "{reply:?}");
    let name = writer.split('+').next().unwrap();
    assert_eq!(reply.in_reply_to.as_deref(), Some(format!("m1.{name}@sender.test").as_str()));
    assert!(!reply.mail.plain().is_empty());
}

#[tokio::test]
async fn texts_are_sent_reported_and_replied_to() {
    let world = world();
    let providers = connected(&world);
    let settings = AccountSettings::Twilio {
        base_url: format!("{BASE}/twilio"),
        account_sid: Credentials::TWILIO_ACCOUNT_SID.to_owned(),
        from_number: PhoneNumber::parse(Credentials::TWILIO_NUMBER, None).unwrap(),
        places_calls: false,
    };
    let ours = account(settings.clone(), "auth_token", Credentials::TWILIO_AUTH_TOKEN);
    let message = MessageId::derived(&LeadId::derived(Timestamp::UNIX_EPOCH, &["l"]), &["m"]);
    let sms = OutgoingSms {
        to: PhoneNumber::parse("+12025550177", None).unwrap(),
        text: "Hi ☂".to_owned(),
        status_callback: format!("http://localhost:8787/api/webhooks/twilio/account_1?message={message}"),
        tag: message.to_string(),
    };
    let accepted = providers.send_sms(&ours, &sms).await.unwrap();
    assert!(accepted.provider_id.as_ref().unwrap().starts_with("SM"));
    let stranger = account(settings.clone(), "auth_token", "guess");
    assert!(matches!(providers.send_sms(&stranger, &sms).await, Err(SendError::Account { .. })));

    // The text whose response was lost is found by its words; a text known as another message is not taken
    // for it.
    world.clock.forward(60);
    let lost = OutgoingSms { text: "Hi again".to_owned(), ..sms.clone() };
    world.sandbox.lose_answers(Provider::Twilio, 1);
    assert!(matches!(providers.send_sms(&ours, &lost).await, Err(SendError::Uncertain(_))));
    let since = world.clock.now();
    let sought = |text: &str, others: Vec<String>| StatusQuery {
        to: sms.to.to_string(),
        text: text.to_owned(),
        internet_id: None,
        since,
        others,
    };
    let seen = providers.look_up(&ours, &sought("Hi again", Vec::new())).await.unwrap().unwrap();
    let sid = seen.provider_id.unwrap();
    assert!(sid.starts_with("SM") && Some(&sid) != accepted.provider_id.as_ref());
    let others = vec![sid];
    assert_eq!(providers.look_up(&ours, &sought("Hi again", others)).await.unwrap(), None);
    assert_eq!(providers.look_up(&ours, &sought("Something else", Vec::new())).await.unwrap(), None);
    let stranger = account(settings.clone(), "auth_token", "guess");
    let refused = providers.look_up(&stranger, &sought("Hi again", Vec::new())).await;
    assert!(matches!(refused, Err(CallError::Account(_))), "{refused:?}");

    world.sandbox.text_us("+12025550177", None, "STOP");
    world.live(2).await;
    let mut states = Vec::new();
    let mut stopped = false;
    for request in webhook(&world, "/api/webhooks/twilio") {
        let sid = providers.account_hint("twilio", &request);
        assert_eq!(sid.as_deref(), Some(Credentials::TWILIO_ACCOUNT_SID));
        for event in understood(&providers, &settings, &ours.secret, &request, world.clock.now()).await {
            match event {
                ProviderEvent::MessageStatus { message: found, state, .. } => {
                    assert_eq!(found, message);
                    states.push(state);
                }
                ProviderEvent::TextReceived { from, text, .. } => {
                    assert_eq!(from, "+12025550177");
                    stopped |= text == "STOP";
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(states.iter().any(|state| *state >= MessageState::Delivered), "{states:?}");
    assert!(stopped);
    let refused = providers.send_sms(&ours, &sms).await;
    assert!(matches!(
        &refused,
        Err(SendError::Rejected { class: FailureClass::OptedOut, suppress: true, .. })
    ));
}

#[tokio::test]
async fn enrichment_finds_location_verdict_and_opening_line() {
    let world = world();
    let providers = connected(&world);
    let serpapi = AccountSettings::SerpApi { base_url: format!("{BASE}/serpapi") };
    let ours = account(serpapi.clone(), "api_key", Credentials::SERPAPI_KEY);
    let mut found = 0;
    for number in 1..20 {
        let address = format!("{number} Main St, Dallas, TX 75201, United States");
        if let Some(place) = providers.find_place(&ours, Some("Ace Roofing"), &address).await.unwrap() {
            assert!(place.zone.is_some() && place.name.is_some(), "{place:?}");
            found += 1;
        }
    }
    assert!(found > 10, "{found}");
    let stranger = account(serpapi, "api_key", "guess");
    assert!(matches!(providers.find_place(&stranger, None, "x").await, Err(CallError::Account(_))));
    world.sandbox.set_out_of_credit(Provider::Serpapi, true);
    assert!(matches!(providers.find_place(&ours, None, "y").await, Err(CallError::Account(_))));

    let hunter = AccountSettings::Hunter { base_url: format!("{BASE}/hunter") };
    let ours = account(hunter, "api_key", Credentials::HUNTER_KEY);
    for (to, objected) in [("ann+keen@example.com", false), ("objected@example.com", true)] {
        let email = EmailAddress::parse(to).unwrap();
        let verification = match providers.verify_email(&ours, &email).await {
            Err(CallError::Unavailable(_)) => providers.verify_email(&ours, &email).await.unwrap(),
            first => first.unwrap(),
        };
        assert_eq!(verification.objected, objected);
    }

    let model = AccountSettings::ChatModel {
        base_url: format!("{BASE}/openai/v1"),
        model: Credentials::MODEL.to_owned(),
        api_key_header: ApiKeyHeader::Bearer,
    };
    let ours = account(model, "api_key", Credentials::MODEL_KEY);
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["first_line"],
        "properties": {"first_line": {"type": "string"}},
    });
    let prompt = Prompt {
        system: "You write one first line. Answer in JSON.".to_owned(),
        user: "1. The business is called Ace Roofing.\n2. It is in Dallas.".to_owned(),
        max_tokens: 300,
        schema: Some(("first_line".to_owned(), schema)),
    };
    let completion = providers.complete(&ours, &prompt).await.unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&completion.text).unwrap()["first_line"].is_string());
    assert!(completion.completion_tokens > 0);
}

#[tokio::test]
async fn purchase_is_translated_to_payment_subscription_and_name() {
    let world = world();
    let providers = connected(&world);
    let lead = LeadId::derived(Timestamp::UNIX_EPOCH, &["l"]);
    let link = format!("http://localhost:8788/stripe/pay/growth-4900-eur-month?client_reference_id={lead}");
    world.sandbox.pay("ann@example.com", Some(&link));
    world.live(1).await;
    let settings = AccountSettings::Stripe { account_id: None, livemode: false };
    let secret = SecretFields::one("signing_secret", Credentials::STRIPE_WEBHOOK_SECRET);
    let (mut money, mut named, mut monthly) = (Vec::new(), None, Vec::new());
    for request in webhook(&world, "/api/webhooks/stripe") {
        let hint = providers.account_hint("stripe", &request);
        assert_eq!(hint.as_deref(), Some(Credentials::STRIPE_ACCOUNT));
        let signed_at = world.clock.now() - jiff::SignedDuration::from_hours(24);
        for event in understood(&providers, &settings, &secret, &request, signed_at).await {
            match event {
                ProviderEvent::CheckedOut(checkout) => named = checkout.reference.filter(|_| checkout.paid),
                ProviderEvent::Payment(payment) => {
                    money.push((payment.external_id, payment.amount.amount_minor));
                }
                ProviderEvent::SubscriptionChanged(state) => monthly.push(state.monthly.numerator),
                other => panic!("{other:?}"),
            }
        }
    }
    money.dedup();
    assert_eq!(money.iter().map(|(_, amount)| *amount).collect::<Vec<_>>(), [4900]);
    assert!(monthly.iter().all(|amount| *amount == 4900) && !monthly.is_empty());
    assert_eq!(named.as_deref(), Some(lead.as_str()));
}

#[tokio::test]
async fn chat_begins_with_a_template_and_continues_freely_for_a_day() {
    let world = world();
    let providers = connected(&world);
    let settings = AccountSettings::Whatsapp {
        base_url: format!("{BASE}/whatsapp/v23.0"),
        phone_number_id: Credentials::WHATSAPP_PHONE_NUMBER_ID.to_owned(),
        from_number: PhoneNumber::parse(Credentials::WHATSAPP_NUMBER, None).unwrap(),
    };
    let mut ours = account(settings.clone(), "access_token", Credentials::WHATSAPP_TOKEN);
    ours.secret.0.insert("app_secret".to_owned(), Credentials::WHATSAPP_APP_SECRET.to_owned());
    let message = MessageId::derived(&LeadId::derived(Timestamp::UNIX_EPOCH, &["l"]), &["m"]);
    let chat = |template: Option<(&str, &[&str])>| OutgoingWhatsapp {
        to: PhoneNumber::parse("+12025550177", None).unwrap().into(),
        text: "Hi Ann".to_owned(),
        template: template.map(|(name, parameters)| WhatsappTemplate {
            name: name.to_owned(),
            language: "en_US".to_owned(),
            parameters: parameters.iter().map(|text| (*text).to_owned()).collect(),
        }),
        tag: message.to_string(),
    };
    let refused = async |outgoing: &OutgoingWhatsapp| match providers.send_whatsapp(&ours, outgoing).await {
        Err(SendError::Rejected { class, .. }) => class,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&chat(None)).await, FailureClass::WindowClosed);
    for wrong in [("introduction", &["Ann"][..]), ("unheard_of", &[])] {
        let later = providers.send_whatsapp(&ours, &chat(Some(wrong))).await;
        assert!(matches!(later, Err(SendError::Retryable { .. })), "{later:?}");
    }
    let stranger = account(settings.clone(), "access_token", "guess");
    let first = chat(Some(("introduction", &["Ann", "Bright Dental"])));
    assert!(matches!(providers.send_whatsapp(&stranger, &first).await, Err(SendError::Account { .. })));
    let accepted = providers.send_whatsapp(&ours, &first).await.unwrap();
    assert!(accepted.provider_id.unwrap().starts_with("wamid."));
    let again = providers.send_whatsapp(&ours, &chat(Some(("nudge", &[])))).await;
    assert!(matches!(again, Err(SendError::Retryable { .. })), "{again:?}");
    world.clock.forward(60);
    let paused = providers.send_whatsapp(&ours, &chat(Some(("too_pushy", &["Ann"])))).await;
    assert!(matches!(paused, Err(SendError::Retryable { .. })), "{paused:?}");

    world.sandbox.text_us("+12025550177", Some(Credentials::WHATSAPP_NUMBER), "Stop");
    world.sandbox.run_due(world.clock.now(), &*world.app).await;
    world.clock.forward(60);
    providers.send_whatsapp(&ours, &chat(None)).await.expect("they have just written");
    world.live(2).await;
    assert_eq!(refused(&chat(None)).await, FailureClass::WindowClosed);

    let (mut states, mut stopped) = (Vec::new(), false);
    for request in webhook(&world, "/api/webhooks/whatsapp") {
        let number = providers.account_hint("whatsapp", &request);
        assert_eq!(number.as_deref(), Some(Credentials::WHATSAPP_PHONE_NUMBER_ID));
        for event in understood(&providers, &settings, &ours.secret, &request, world.clock.now()).await {
            match event {
                ProviderEvent::MessageStatus { message: found, state, .. } => {
                    assert_eq!(found, message);
                    states.push(state);
                }
                ProviderEvent::TextReceived { channel: Channel::Whatsapp, from, to, text, .. } => {
                    assert_eq!((from.as_str(), to.as_str()), ("+12025550177", Credentials::WHATSAPP_NUMBER));
                    stopped |= text.eq_ignore_ascii_case("stop");
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(states.contains(&MessageState::Delivered), "{states:?}");
    assert!(stopped);
}
