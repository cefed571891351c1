//! Notices of Microsoft's mailboxes, as Graph calls with them.

use super::{connect, suite};
use application::ports::accounts::SecretFields;
use application::queue_messages::Queue;
use application::workspace::mailbox_push::push_address;
use application::{Clock, Ports};
use domain::AccountId;
use domain::contact::email_address::EmailAddress;
use domain::workspace::account::AccountSettings;
use domain::workspace::mailbox_push::PushSubscription;
use domain::workspace::mailbox_reading::MailboxReading;
use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use test_stage::{Reply, Suite};

struct Mailbox {
    suite: Suite,
    account: AccountId,
    secret: String,
}

impl Mailbox {
    /// A mailbox that is subscribed to as `s1`, and was just read.
    async fn new() -> Self {
        let suite = suite().await;
        let settings = AccountSettings::EmailSender {
            provider: "microsoft".to_owned(),
            base_url: "https://graph.example".to_owned(),
            from_address: EmailAddress::parse("maya@northquay.example").unwrap(),
            from_name: "Maya".to_owned(),
            reply_to: None,
            account: None,
            fields: Default::default(),
        };
        let account = connect(&suite, settings, SecretFields::one("client_secret", "x")).await;
        let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
        let mut reading =
            MailboxReading::begin(suite.workspace.clone(), account.clone(), "microsoft maya".to_owned(), now);
        reading.push = Some(PushSubscription { id: "s1".to_owned(), expires_at: now, url: String::new() });
        reading.note_page("1".to_owned(), true, now);
        reading.note_read(true, now);
        ports.mailbox_readings().save(&reading).await.unwrap();
        let stored = ports.accounts().get(&suite.workspace, &account).await.unwrap();
        let address = push_address(&ports.public_url(), &ports.keys(), &stored);
        assert_eq!(address.url, format!("https://leadflow.example{}", path(&account)));
        Self { suite, account, secret: address.client_state }
    }

    async fn call(&self, query: &str, body: Vec<u8>) -> Reply {
        let path = format!("{}{query}", path(&self.account));
        self.suite.send_bytes(Method::POST, &path, body, &[("content-type", "application/json")]).await
    }

    async fn tell(&self, secret: &str, notices: Vec<Value>) -> Reply {
        let notices: Vec<Value> = notices
            .into_iter()
            .map(|mut notice| {
                notice["clientState"] = json!(secret);
                notice
            })
            .collect();
        self.call("", json!({ "value": notices }).to_string().into_bytes()).await
    }

    /// Returns what the polls that were queued are asked for.
    fn asked_for(&self) -> Vec<Value> {
        let messages = self.suite.stage.messages(Queue::Mailboxes);
        assert!(messages.iter().all(|message| message["account"] == self.account.as_str()));
        messages.into_iter().map(|message| message["noticed"]["news"].clone()).collect()
    }
}

fn path(account: &AccountId) -> String {
    format!("/api/webhooks/microsoft/{account}/mailbox")
}

fn mail(subscription: &str) -> Value {
    json!({ "subscriptionId": subscription, "changeType": "created", "resource": "x" })
}

fn life(subscription: &str, event: &str) -> Value {
    json!({ "subscriptionId": subscription, "lifecycleEvent": event })
}

#[tokio::test]
async fn handshake_gets_its_token_back_as_plain_text_and_only_for_a_mailbox_that_is_known() {
    let mailbox = Mailbox::new().await;
    let query = "?validationToken=Validation%3A+%3Cb%3E+%C3%BC";
    let reply = mailbox.call(query, Vec::new()).await;
    assert!(reply.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    assert_eq!(reply.expect(200), json!("Validation: <b> ü"));
    let stranger = AccountId::derived(mailbox.suite.stage.clock.now(), &["stranger"]);
    for unknown in [path(&stranger), format!("/api/webhooks/google/{}/mailbox", mailbox.account)] {
        let path = format!("{unknown}{query}");
        mailbox.suite.send_bytes(Method::POST, &path, Vec::new(), &[]).await.expect(404);
    }
    assert!(mailbox.asked_for().is_empty());
}

#[tokio::test]
async fn burst_of_notices_queues_one_poll_until_the_mailbox_is_read() {
    let mailbox = Mailbox::new().await;
    for _ in 0..5 {
        mailbox.tell(&mailbox.secret, vec![mail("s1"), mail("s1")]).await.expect(202);
    }
    assert_eq!(mailbox.asked_for(), [json!("read")]);
    // While it is read, what comes then is not seen by that poll: one more is queued.
    let readings = mailbox.suite.stage.ports.mailbox_readings();
    let now = mailbox.suite.stage.advance(SignedDuration::from_secs(5));
    let mut reading = readings.get(&mailbox.suite.workspace, &mailbox.account).await.unwrap().unwrap();
    reading.leased_until = Some(now + SignedDuration::from_secs(120));
    reading.rev = readings.save(&reading).await.unwrap();
    for _ in 0..3 {
        mailbox.tell(&mailbox.secret, vec![mail("s1")]).await.expect(202);
    }
    assert_eq!(mailbox.asked_for().len(), 1);
    reading.note_page("2".to_owned(), true, now);
    reading.note_read(true, now);
    readings.save(&reading).await.unwrap();
    mailbox.tell(&mailbox.secret, vec![mail("s1")]).await.expect(202);
    assert_eq!(mailbox.asked_for().len(), 1);
}

#[tokio::test]
async fn notice_about_the_subscription_asks_for_what_follows_unless_it_is_of_a_former_one() {
    let mailbox = Mailbox::new().await;
    let told = [
        (vec![life("s1", "reauthorizationRequired")], "renew"),
        (vec![mail("s1"), life("s1", "subscriptionRemoved")], "subscribe_anew"),
        (vec![life("s0", "subscriptionRemoved"), life("s1", "missed")], "read"),
    ];
    for (notices, news) in told {
        mailbox.tell(&mailbox.secret, notices).await.expect(202);
        assert_eq!(mailbox.asked_for(), [json!(news)]);
    }
}

#[tokio::test]
async fn forged_notice_is_refused_and_queues_nothing() {
    let mailbox = Mailbox::new().await;
    for forged in ["", "c13nt-state", &mailbox.secret[1..]] {
        mailbox.tell(forged, vec![mail("s1")]).await.expect(401);
    }
    let mixed = json!({ "value": [
        { "subscriptionId": "s1", "clientState": mailbox.secret }, { "subscriptionId": "s1", "clientState": "x" },
    ] });
    mailbox.call("", mixed.to_string().into_bytes()).await.expect(401);
    for odd in ["", "[]", "{\"value\":7}", "\u{fffd}"] {
        mailbox.call("", odd.as_bytes().to_vec()).await.expect(401);
    }
    assert!(mailbox.asked_for().is_empty());
}
