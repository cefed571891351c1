//! The accounts that messages by hand leave from, in a workspace of three mailboxes and two numbers.

use super::*;
use application::bulk_messages::page::write_page;
use application::bulk_messages::start::BulkMessagePorts;
use application::campaign::quota_booking::note_sent;
use application::ports::accounts::SecretFields;
use application::queue_messages::CampaignJob;
use domain::AccountId;
use domain::capacity::quota::SendingLimits;
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::message::{Direction, Message};
use domain::time::time_zone::ZoneName;
use domain::time::weekly_hours::{MinuteRange, WorkingHours};
use domain::workspace::account::{Account, AccountSettings};
use serde_json::Value;

struct Scene {
    suite: Suite,
    mailboxes: Vec<AccountId>,
    numbers: Vec<AccountId>,
}

async fn scene() -> Scene {
    let (suite, _) = suite().await;
    let (mut mailboxes, mut numbers) = (Vec::new(), Vec::new());
    for name in ["anna", "ben", "cleo"] {
        let settings = AccountSettings::Resend {
            base_url: "https://api.resend.example".to_owned(),
            from_address: EmailAddress::parse(&format!("{name}@northquay.example")).unwrap(),
            from_name: name.to_owned(),
            reply_to: None,
        };
        mailboxes
            .push(suite.stage.account(&suite.workspace, settings, SecretFields::one("api_key", "re")).await);
    }
    for number in ["+447400123401", "+447400123402"] {
        let settings = AccountSettings::Twilio {
            base_url: "https://api.twilio.example".to_owned(),
            account_sid: format!("AC{}", "1".repeat(32)),
            from_number: PhoneNumber::try_from(number.to_owned()).unwrap(),
            places_calls: false,
        };
        numbers.push(
            suite.stage.account(&suite.workspace, settings, SecretFields::one("auth_token", "t")).await,
        );
    }
    Scene { suite, mailboxes, numbers }
}

impl Scene {
    async fn lead(&self, name: &str) -> Lead {
        let reached = |lead: &mut Lead| {
            lead.email = EmailAddress::parse(&format!("{name}@linden.example")).ok();
            lead.phone = PhoneNumber::try_from("+447400123456".to_owned()).ok();
        };
        self.suite.stage.lead(&self.suite.workspace, name, reached).await
    }

    async fn said(
        &self,
        lead: &Lead,
        direction: Direction,
        (channel, account, to): (Channel, &AccountId, &str),
    ) {
        let now = self.suite.stage.clock.now();
        let id = MessageId::derived(&lead.id, &[account.as_str(), to, &format!("{direction:?}")]);
        let message = Message {
            account: Some(account.clone()),
            to: to.to_owned(),
            accepted_at: Some(now).filter(|_| direction == Direction::Out),
            ..Message::blank(id, self.suite.workspace.clone(), direction, channel, now)
        };
        let event = Event::system(EventKind::LeadChanged, now);
        self.suite.stage.ports.messages().create(&message, &event).await.unwrap();
        self.suite.stage.advance(SignedDuration::from_secs(60));
    }

    /// The lead wrote to Ben's mailbox after Anna had written.
    async fn knows_ben(&self, name: &str) -> Lead {
        let lead = self.lead(name).await;
        let mail = |account| (Channel::Email, account, "");
        self.said(&lead, Direction::Out, mail(&self.mailboxes[0])).await;
        self.said(&lead, Direction::In, mail(&self.mailboxes[1])).await;
        lead
    }

    async fn change(&self, account: &AccountId, change: impl FnOnce(&mut Account)) -> Account {
        let accounts = self.suite.stage.ports.accounts();
        let mut stored = accounts.get(&self.suite.workspace, account).await.unwrap();
        change(&mut stored);
        let event = Event::system(EventKind::AccountChanged, self.suite.stage.clock.now());
        stored.rev = accounts.save(&stored, &event).await.unwrap();
        stored
    }

    async fn remove(&self, account: &AccountId) {
        let event = Event::system(EventKind::AccountDeleted, self.suite.stage.clock.now());
        self.suite.stage.ports.accounts().delete(&self.suite.workspace, account, &event).await.unwrap();
    }
}

fn mail(lead: &Lead) -> Value {
    json!({"lead_id": lead.id, "subject": "Hello", "body": "Are you open on Sundays?"})
}

#[tokio::test]
async fn message_leaves_from_the_mailbox_that_the_lead_wrote_to() {
    let scene = scene().await;
    let lead = scene.knows_ben("nora").await;
    let sent = scene.suite.post("/api/emails/send", mail(&lead)).await.expect(202);
    assert_eq!(sent["account_id"], json!(scene.mailboxes[1]));
    for field in ["account", "account_id"] {
        let mut chosen = mail(&lead);
        chosen[field] = json!(scene.mailboxes[2]);
        let sent = scene.suite.post("/api/emails/send", chosen).await.expect(202);
        assert_eq!(sent["account_id"], json!(scene.mailboxes[2]), "a user may choose another");
    }
    let mut wrong = mail(&lead);
    wrong["account"] = json!(scene.numbers[0]);
    assert_eq!(scene.suite.post("/api/emails/send", wrong).await.expect(422)["field"], "account");
}

#[tokio::test]
async fn text_leaves_from_the_number_that_the_lead_wrote_to() {
    let scene = scene().await;
    let lead = scene.lead("nora").await;
    let body = json!({"lead_id": lead.id, "channel": "sms", "body": "Hello"});
    assert_eq!(scene.suite.post("/api/emails/send", body.clone()).await.expect(422)["field"], "account");
    // One account at the provider hears for both numbers.
    scene.said(&lead, Direction::In, (Channel::Sms, &scene.numbers[0], "+447400123402")).await;
    let sent = scene.suite.post("/api/emails/send", body).await.expect(202);
    assert_eq!(sent["account_id"], json!(scene.numbers[1]));
}

#[tokio::test]
async fn message_to_a_lead_that_knows_no_mailbox_needs_a_choice() {
    let scene = scene().await;
    let lead = scene.lead("nora").await;
    assert_eq!(scene.suite.post("/api/emails/send", mail(&lead)).await.expect(422)["field"], "account");
    scene.remove(&scene.mailboxes[0]).await;
    scene.remove(&scene.mailboxes[1]).await;
    let sent = scene.suite.post("/api/emails/send", mail(&lead)).await.expect(202);
    assert_eq!(sent["account_id"], json!(scene.mailboxes[2]), "there is nothing to choose");
}

#[tokio::test]
async fn removed_mailbox_is_replaced_by_a_choice_alone() {
    let scene = scene().await;
    let lead = scene.knows_ben("nora").await;
    scene.remove(&scene.mailboxes[1]).await;
    scene.remove(&scene.mailboxes[2]).await;
    let refused = scene.suite.post("/api/emails/send", mail(&lead)).await.expect(422);
    assert_eq!(refused["field"], "account", "though one mailbox is left");
    let mut chosen = mail(&lead);
    chosen["account"] = json!(scene.mailboxes[0]);
    scene.suite.post("/api/emails/send", chosen).await.expect(202);
    let bulk = json!({"ids": [lead.id], "subject": "News", "body": "Hello"});
    let check = scene.suite.post("/api/emails/bulk/check", bulk.clone()).await.expect(200);
    assert_eq!(check["left_out"], json!({"sender_gone": 1}));
    let mut chosen = bulk;
    chosen["account"] = json!(scene.mailboxes[0]);
    assert_eq!(scene.suite.post("/api/emails/bulk/check", chosen).await.expect(200)["reached"], 1);
}

#[tokio::test]
async fn bulk_text_that_has_no_hours_wherever_its_lead_may_be_is_left_out() {
    let scene = scene().await;
    let reached = |phone: &'static str| {
        move |lead: &mut Lead| lead.phone = PhoneNumber::try_from(phone.to_owned()).ok()
    };
    let stage = &scene.suite.stage;
    let london = stage.lead(&scene.suite.workspace, "london", reached("+447400123456")).await;
    // Toll-free: somewhere in North America, where no hour of the account's is day everywhere.
    let somewhere = stage.lead(&scene.suite.workspace, "somewhere", reached("+18005550123")).await;
    let accounts = stage.ports.accounts();
    let mut number = accounts.get(&scene.suite.workspace, &scene.numbers[0]).await.unwrap();
    number.hours = Some(WorkingHours {
        zone: ZoneName::utc(),
        weekdays: vec![1, 2, 3, 4, 5],
        ranges: vec![MinuteRange { start: 9 * 60, end: 12 * 60 }],
    });
    accounts.save(&number, &Event::system(EventKind::AccountChanged, stage.clock.now())).await.unwrap();
    // In California it is night then.
    let west = stage.lead(&scene.suite.workspace, "west", reached("+19165550123")).await;
    let body = json!({"ids": [london.id, somewhere.id, west.id], "channel": "sms", "body": "Hello",
        "account": scene.numbers[0]});
    let check = scene.suite.post("/api/emails/bulk/check", body).await.expect(200);
    assert_eq!(
        (&check["reached"], &check["left_out"]),
        (&json!(1), &json!({"unknown_zone": 1, "window_never_opens": 1}))
    );
}

#[tokio::test]
async fn bulk_message_reaches_each_lead_from_the_mailbox_that_it_knows() {
    let scene = scene().await;
    let (elena, new) = (scene.knows_ben("nora").await, scene.lead("new").await);
    let body = json!({"ids": [elena.id, new.id], "subject": "News", "body": "{{ sender.name }} here",
        "account": scene.mailboxes[2]});
    let check = scene.suite.post("/api/emails/bulk/check", body.clone()).await.expect(200);
    let told: Vec<_> =
        check["previews"].as_array().unwrap().iter().map(|one| (&one["from"], &one["text"])).collect();
    let (ben, cleo) = (json!("ben <ben@northquay.example>"), json!("cleo <cleo@northquay.example>"));
    assert!(
        told.contains(&(&ben, &json!("ben here"))) && told.contains(&(&cleo, &json!("cleo here"))),
        "{told:?}"
    );
    scene.suite.post("/api/emails/bulk", body).await.expect(202);
    let ports = BulkMessagePorts::new(&scene.suite.stage.ports);
    for order in scene.suite.stage.messages(Queue::Enrolments) {
        let Ok(CampaignJob::Write { workspace, bulk_message, cursor, counts }) =
            serde_json::from_value(order)
        else {
            panic!("no page");
        };
        write_page(&ports, (&workspace, &bulk_message), cursor, counts).await.unwrap();
    }
    for (lead, from) in [(elena, 1), (new, 2)] {
        let file = scene.suite.stage.ports.leads().file(&scene.suite.workspace, &lead.id).await.unwrap();
        let of_bulk = file.messages.into_iter().find(|message| message.bulk_message.is_some());
        assert_eq!(of_bulk.unwrap().account, Some(scene.mailboxes[from].clone()));
    }
}

#[tokio::test]
async fn senders_tell_the_account_of_a_message_and_what_a_user_may_choose() {
    let scene = scene().await;
    let lead = scene.knows_ben("nora").await;
    let path = format!("/api/emails/senders?lead_id={}", lead.id);
    let of_mail = async |path: &str| scene.suite.get(path).await.expect(200)["channels"][0].clone();
    let told = of_mail(&path).await;
    assert_eq!((&told["account"], &told["gone"]), (&json!(scene.mailboxes[1]), &json!(false)));
    assert_eq!(told["choices"].as_array().unwrap().len(), 3);
    scene.change(&scene.mailboxes[1], |ben| ben.enabled = false).await;
    let told = of_mail(&path).await;
    let choices = told["choices"].as_array().unwrap();
    let ben = choices.iter().find(|choice| choice["account"] == json!(scene.mailboxes[1])).unwrap();
    assert_eq!((&told["account"], &ben["waits"]), (&json!(scene.mailboxes[1]), &json!("switched_off")));
    scene.remove(&scene.mailboxes[1]).await;
    let told = of_mail(&path).await;
    assert_eq!((&told["account"], &told["gone"]), (&Value::Null, &json!(true)));
    assert_eq!(of_mail("/api/emails/senders").await["account"], Value::Null);
}

#[tokio::test]
async fn every_account_that_is_offered_is_accepted_and_no_other() {
    let scene = scene().await;
    let lead = scene.knows_ben("nora").await;
    for off in [0, 1] {
        scene.change(&scene.mailboxes[off], |account| account.enabled = false).await;
    }
    let path = format!("/api/emails/senders?lead_id={}", lead.id);
    let told = scene.suite.get(&path).await.expect(200);
    let offered: Vec<_> =
        told["channels"][0]["choices"].as_array().unwrap().iter().map(|one| &one["account"]).collect();
    assert_eq!(offered.len(), 2, "Ben's, which the lead knows, and Cleo's: {offered:?}");
    for account in &scene.mailboxes {
        let mut chosen = mail(&lead);
        chosen["account"] = json!(account);
        let sent = scene.suite.post("/api/emails/send", chosen).await;
        if offered.contains(&&json!(account)) {
            let sent = sent.expect(202);
            assert_eq!((&sent["state"], &sent["account_id"]), (&json!("queued"), &json!(account)));
        } else {
            assert_eq!(sent.expect(422)["field"], "account");
        }
    }
}

#[tokio::test]
async fn account_at_its_limit_is_told_with_the_senders() {
    let scene = scene().await;
    let lead = scene.knows_ben("nora").await;
    let zone = ZoneName::parse("Europe/London").unwrap();
    let limits = SendingLimits { per_day: 1, ..SendingLimits::of_a_mailbox(zone) };
    let ben = scene.change(&scene.mailboxes[1], |ben| ben.limits = Some(limits.clone())).await;
    let path = format!("/api/emails/senders?lead_id={}", lead.id);
    let waits = async || {
        let told = scene.suite.get(&path).await.expect(200);
        let choices = told["channels"][0]["choices"].as_array().unwrap().clone();
        choices.into_iter().map(|choice| choice["waits"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(waits().await, [Value::Null, Value::Null, Value::Null]);
    let ports = &scene.suite.stage.ports;
    note_sent(&*ports.quotas(), &*scene.suite.stage.clock, (&ben, &limits)).await.unwrap();
    assert_eq!(waits().await.iter().filter(|waits| **waits == json!("at_limit")).count(), 1);
    scene.suite.post("/api/emails/send", mail(&lead)).await.expect(202);
}

#[tokio::test]
async fn texts_are_previewed_and_measured_with_the_name_of_the_user_who_writes_them() {
    let mut scene = scene().await;
    let lead = scene.lead("nora").await;
    let suite = &mut scene.suite;
    suite.user = suite.stage.add_user(&suite.workspace, "eve", Role::Admin).await;
    suite.sign_in(Role::Admin);
    let users = suite.stage.ports.users();
    let mut user = users.get(&suite.workspace, &suite.user).await.unwrap();
    let name = "Evangeline of the Harbour Practice";
    user.name = name.to_owned();
    users.save(&user, &Event::system(EventKind::UserChanged, suite.stage.clock.now())).await.unwrap();
    let number = json!(scene.numbers[0]);
    let bulk =
        json!({"ids": [lead.id], "channel": "sms", "body": "{{ sender.name }} here", "account": number});
    let check = scene.suite.post("/api/emails/bulk/check", bulk).await.expect(200);
    assert_eq!(check["previews"][0]["text"], json!(format!("{name} here")), "{check}");
    let text = |length| {
        let body = format!("{{{{ sender.name }}}}{}", "x".repeat(length));
        json!({"lead_id": lead.id, "channel": "sms", "body": body, "account": number})
    };
    let room = 1_600 - name.chars().count();
    assert_eq!(scene.suite.post("/api/emails/send", text(room + 1)).await.expect(422)["field"], "body");
    scene.suite.post("/api/emails/send", text(room)).await.expect(202);
}
