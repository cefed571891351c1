//! The account that an answer leaves from, in a workspace of three mailboxes.

use super::*;
use application::ports::accounts::SecretFields;
use domain::workspace::account::AccountSettings;

/// Elena's latest mail came to Ben; three mailboxes are there.
async fn asked_ben() -> (Suite, Lead, Vec<AccountId>) {
    let (suite, lead) = suite().await;
    let mut mailboxes = Vec::new();
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
    suite.stage.advance(SignedDuration::from_secs(60));
    let now = suite.stage.clock.now();
    let id = MessageId::derived(&lead.id, &["in", "ben"]);
    let asked = Message {
        from: "elena@linden.example".to_owned(),
        account: Some(mailboxes[1].clone()),
        subject: "Re: Bookings".to_owned(),
        text: "And on Sundays?".to_owned(),
        understood: Some(Understanding::by_rule(ReplyKind::Person, "no_sign", "And on Sundays?")),
        ..Message::blank(id, suite.workspace.clone(), Direction::In, Channel::Email, now)
    };
    let event = Event::system(EventKind::LeadChanged, now);
    suite.stage.ports.messages().create(&asked, &event).await.unwrap();
    (suite, lead, mailboxes)
}

#[tokio::test]
async fn answer_leaves_from_the_mailbox_that_the_lead_wrote_to() {
    let (suite, lead, mailboxes) = asked_ben().await;
    let path = format!("/api/inbox/{}/answer", lead.id);
    let answer = suite.post(&path, json!({"text": "We are"})).await.expect(202);
    assert_eq!(answer["account_id"], json!(mailboxes[1]));
    let chosen = json!({"text": "We are", "account": mailboxes[2]});
    assert_eq!(suite.post(&path, chosen).await.expect(202)["account_id"], json!(mailboxes[2]));
}

#[tokio::test]
async fn answer_for_a_removed_mailbox_waits_for_the_users_choice() {
    let (suite, lead, mailboxes) = asked_ben().await;
    let event = Event::system(EventKind::AccountDeleted, suite.stage.clock.now());
    suite.stage.ports.accounts().delete(&suite.workspace, &mailboxes[1], &event).await.unwrap();
    let path = format!("/api/inbox/{}/answer", lead.id);
    assert_eq!(suite.post(&path, json!({"text": "We are"})).await.expect(422)["field"], "account");
    let chosen = json!({"text": "We are", "account": mailboxes[0]});
    assert_eq!(suite.post(&path, chosen).await.expect(202)["account_id"], json!(mailboxes[0]));
}
