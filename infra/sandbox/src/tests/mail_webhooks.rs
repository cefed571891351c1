//! Mail providers post replies and events; the product's connectors, written independently, verify and read them.

use super::connectors::{account, connected};
use super::fixture::{World, message, world};
use crate::{MailProvider, MailWebhook};
use application::Clock;
use application::ports::provider_calls::OpenAccount;
use application::ports::provider_events::{InboundEmail, ProviderEvent, WebhookReader, WebhookRequest};
use domain::contact::email_address::EmailAddress;
use domain::message::MessageState;
use domain::message::identity::internet_id;
use domain::workspace::account::{AccountSettings, InboundVia};
use domain::workspace::topic_arn::TopicArn;
use domain::workspace::webhook_public_key::WebhookPublicKey;
use domain::{LeadId, MessageId};
use providers::Providers;

const PASSWORD: &str = "a-password-of-the-webhook";

fn path_of(provider: MailProvider) -> String {
    format!("/api/webhooks/{}/account_1", provider.word())
}

/// Enters the webhook as in the provider's console.
fn enter(world: &World, provider: MailProvider, domain: &str) {
    let login =
        if provider == MailProvider::Postmark { format!("leadflow:{PASSWORD}@") } else { String::new() };
    let url = format!("http://{login}localhost:8787{}", path_of(provider));
    world.sandbox.set_mail_webhook(MailWebhook { provider, domain: domain.to_owned(), url });
}

/// The account that the app has for it.
fn open(provider: MailProvider) -> OpenAccount {
    let shown = provider.shown();
    let shown = shown.rsplit(' ').next().unwrap();
    let by = |via, topic_arn, public_keys| AccountSettings::InboundEmail {
        addresses: Vec::new(),
        via,
        topic_arn,
        public_keys,
    };
    match provider {
        MailProvider::Resend => {
            let settings = AccountSettings::Resend {
                base_url: "http://sandbox.test/resend".to_owned(),
                from_address: EmailAddress::parse("maya@sender.test").unwrap(),
                from_name: String::new(),
                reply_to: None,
            };
            let mut open = account(settings, "signing_secret", shown);
            open.secret.0.insert("api_key".to_owned(), crate::Credentials::RESEND_KEY.to_owned());
            open
        }
        MailProvider::Mailgun => account(by(InboundVia::Mailgun, None, Vec::new()), "signing_secret", shown),
        MailProvider::Postmark => {
            account(by(InboundVia::Postmark, None, Vec::new()), "signing_secret", PASSWORD)
        }
        MailProvider::Sendgrid => {
            let keys = vec![WebhookPublicKey::parse(shown).unwrap()];
            account(by(InboundVia::Sendgrid, None, keys), "signing_secret", "")
        }
        MailProvider::Ses => {
            let topic = TopicArn::parse(shown).unwrap();
            account(by(InboundVia::Ses, Some(topic), Vec::new()), "signing_secret", "")
        }
    }
}

/// Lets the sandbox do what is due now, and returns the provider's new requests.
async fn posted(world: &World, provider: MailProvider) -> Vec<WebhookRequest> {
    let path = path_of(provider);
    let before = world.app.calls(&path).len();
    world.sandbox.run_due(world.clock.now(), &*world.app).await;
    let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
    let read = |call: http::Request<Vec<u8>>| WebhookRequest {
        url: call.uri().to_string(),
        headers: call.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: call.into_body(),
    };
    world.app.calls(&path).into_iter().skip(before).map(read).collect()
}

/// Confirms the subscription that SNS asks for, as the app does.
async fn subscribed(world: &World, providers: &Providers) {
    let open = open(MailProvider::Ses);
    for request in posted(world, MailProvider::Ses).await {
        let verified = providers.verify(&open, &request, world.clock.now()).await.unwrap();
        assert!(providers.subscribe(&open, &verified).await.unwrap());
    }
}

/// Verifies a request, and that it is refused with another byte.
async fn read(
    world: &World,
    providers: &Providers,
    provider: MailProvider,
    request: &WebhookRequest,
) -> Vec<ProviderEvent> {
    let open = open(provider);
    let verified = providers.verify(&open, request, world.clock.now()).await.unwrap();
    let mut forged = request.clone();
    let at = forged.body.len() / 2;
    forged.body[at] ^= 1;
    // Postmark signs nothing, and Mailgun not the mail.
    if !matches!(provider, MailProvider::Postmark | MailProvider::Mailgun) {
        assert!(providers.verify(&open, &forged, world.clock.now()).await.is_err(), "{provider:?}");
    }
    match providers.announced_mail(&open.settings, &verified.payload) {
        Some(id) => {
            let raw = providers.fetch_announced(&open, &id).await.unwrap();
            providers.translate_upload(&open.settings, &verified.payload, &raw).unwrap()
        }
        None => providers.translate(&open.settings, &verified.payload).unwrap(),
    }
}

fn mail_in(events: Vec<ProviderEvent>) -> InboundEmail {
    match events.into_iter().next() {
        Some(ProviderEvent::EmailReceived(mail)) => *mail,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn reply_is_posted_as_each_provider_does_and_read_by_the_product() {
    for provider in MailProvider::ALL {
        let world = world();
        let providers = connected(&world);
        enter(&world, provider, "reply.test");
        subscribed(&world, &providers).await;
        world.mail("ann+silent@lead.example", 1);
        let mail = world.sandbox.latest_mail("ann+silent@lead.example").unwrap();
        world.sandbox.reply_to_mail(mail, "Yes, call me tomorrow.");
        let requests = posted(&world, provider).await;
        assert_eq!(requests.len(), 1, "{provider:?}");
        let read = mail_in(read(&world, &providers, provider, &requests[0]).await);
        assert_eq!(read.from.as_deref(), Some("ann+silent@lead.example"), "{provider:?}");
        assert!(read.to.iter().any(|to| to.ends_with("@reply.test")), "{provider:?}: {:?}", read.to);
        assert!(read.mail.plain().contains("Yes, call me tomorrow."), "{provider:?}");
        assert!(world.app.calls("/api/webhooks/inbound-email").is_empty(), "{provider:?}: it comes once");
    }
}

#[tokio::test]
async fn topic_delivers_nothing_until_the_app_has_confirmed_at_its_host() {
    let world = world();
    let providers = connected(&world);
    enter(&world, MailProvider::Ses, "reply.test");
    let url = format!("http://localhost:8787{}", path_of(MailProvider::Ses));
    let asked = posted(&world, MailProvider::Ses).await;
    assert_eq!(asked[0].header("x-amz-sns-message-type"), Some("SubscriptionConfirmation"));
    world.mail("ann+silent@lead.example", 1);
    let mail = world.sandbox.latest_mail("ann+silent@lead.example").unwrap();
    world.sandbox.reply_to_mail(mail, "Yes.");
    assert!(posted(&world, MailProvider::Ses).await.is_empty() && !world.sandbox.is_subscribed(&url));
    let open = open(MailProvider::Ses);
    let verified = providers.verify(&open, &asked[0], world.clock.now()).await.unwrap();
    assert!(providers.subscribe(&open, &verified).await.unwrap());
    assert!(world.sandbox.is_subscribed(&url));
    world.sandbox.reply_to_mail(mail, "Yes.");
    assert_eq!(posted(&world, MailProvider::Ses).await.len(), 1);
}

/// A mail with the Message-ID and the header that the product gives.
fn send(world: &World, to: &str, number: &str) -> (MessageId, usize) {
    let message_id = MessageId::derived(&LeadId::derived(world.clock.now(), &["l"]), &[number]);
    let raw = message(to, "x")
        .replace("<x@sender.test>", &format!("<{}>", internet_id(&message_id, "sender.test")))
        .replace("tag-x", message_id.as_str());
    world.sandbox.accept_mail("maya@sender.test", &[to.to_owned()], raw.as_bytes()).unwrap();
    (message_id, world.sandbox.latest_mail(to).unwrap())
}

#[tokio::test]
async fn fate_of_a_mail_is_told_by_those_providers_that_tell_it() {
    for provider in [MailProvider::Sendgrid, MailProvider::Ses] {
        let world = world();
        let providers = connected(&world);
        enter(&world, provider, "sender.test");
        subscribed(&world, &providers).await;
        let (id, mail) = send(&world, "ann+silent@lead.example", "1");
        world.clock.forward(5);
        let told = posted(&world, provider).await;
        let [ProviderEvent::MessageStatus { message, state, .. }] =
            &read(&world, &providers, provider, &told[0]).await[..]
        else {
            panic!("{provider:?}")
        };
        assert_eq!((message, *state), (&id, MessageState::Delivered), "{provider:?}");
        world.sandbox.bounce_mail(mail);
        let told = posted(&world, provider).await;
        let [ProviderEvent::MessageStatus { state: MessageState::Bounced, suppress: true, .. }] =
            &read(&world, &providers, provider, &told[0]).await[..]
        else {
            panic!("{provider:?}")
        };
        world.sandbox.report_as_spam(mail);
        let told = posted(&world, provider).await;
        let events = read(&world, &providers, provider, &told[0]).await;
        let [ProviderEvent::Complained { message, .. }] = &events[..] else { panic!("{events:?}") };
        assert_eq!(*message, id, "{provider:?}");
        assert!(world.app.calls("/api/webhooks/inbound-email").is_empty(), "no report of a server beside it");
    }
}

/// Answers the next requests with this status, and counts the attempts within four days.
async fn attempts(provider: MailProvider, status: u16) -> usize {
    let world = world();
    let providers = connected(&world);
    enter(&world, provider, "reply.test");
    subscribed(&world, &providers).await;
    world.mail("ann+silent@lead.example", 1);
    let mail = world.sandbox.latest_mail("ann+silent@lead.example").unwrap();
    let before = world.app.calls(&path_of(provider)).len();
    *world.app.webhook_failures.lock().unwrap() = vec![status; 50];
    world.sandbox.reply_to_mail(mail, "Yes.");
    world.live(4).await;
    world.app.calls(&path_of(provider)).len() - before
}

#[tokio::test]
async fn refused_webhook_is_tried_again_as_often_as_its_provider_does() {
    for (provider, status, expected) in [
        (MailProvider::Resend, 500, 8),
        (MailProvider::Mailgun, 500, 7),
        (MailProvider::Mailgun, 406, 1),
        (MailProvider::Postmark, 401, 11),
        (MailProvider::Postmark, 403, 1),
        (MailProvider::Sendgrid, 503, 9),
        (MailProvider::Sendgrid, 401, 1),
        (MailProvider::Ses, 503, 4),
        (MailProvider::Ses, 429, 4),
        (MailProvider::Ses, 401, 1),
    ] {
        assert_eq!(attempts(provider, status).await, expected, "{provider:?} after {status}");
    }
}

#[tokio::test]
async fn page_enters_a_webhook_and_shows_what_the_app_must_be_told() {
    let world = world();
    let form = "provider=sendgrid&domain=reply.test&url=http%3A%2F%2Flocalhost%3A8787%2Fapi%2Fwebhooks%2Fsendgrid%2Fa";
    let post = |form: &str| {
        let request =
            http::Request::post("/mail-webhooks").header("content-type", "application/x-www-form-urlencoded");
        world.call(request.body(axum::body::Body::from(form.to_owned())).unwrap())
    };
    assert_eq!(post(form).await.0, 303);
    assert_eq!(post("provider=sendgrid&domain=&url=http%3A%2F%2Fa").await.0, 400);
    assert_eq!(post("provider=pigeon&domain=a&url=http%3A%2F%2Fa").await.0, 422);
    let page = world.get("/").await.1.to_string();
    assert!(page.contains("SendGrid for") && page.contains(&MailProvider::Sendgrid.shown()), "{page}");
}
