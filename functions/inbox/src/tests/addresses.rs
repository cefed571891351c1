//! Replies to leads that wrote from another address than their own, and addresses that are remembered.

use super::*;
use application::ports::leads::Reached;
use domain::contact::chat_recipient::ChatUser;

const PRIVATE: &str = "elena@private.example";

/// Elena writes once more, from this address.
async fn writes_from(suite: &Suite, lead: &Lead, from: &str) {
    let at = suite.stage.advance(SignedDuration::from_mins(1));
    let id = MessageId::derived(&lead.id, &["in", from]);
    let mail = Message {
        from: from.to_owned(),
        to: "maya@northquay.example".to_owned(),
        subject: "Re: Bookings".to_owned(),
        text: "From my own mailbox: how much?".to_owned(),
        internet_id: Some(format!("2@{from}")),
        understood: Some(Understanding::by_rule(ReplyKind::Person, "no_sign", "how much?")),
        ..Message::blank(id, suite.workspace.clone(), Direction::In, Channel::Email, at)
    };
    let event = Event::system(EventKind::MessageReceived, at);
    suite.stage.ports.messages().create(&mail, &event).await.unwrap();
}

fn path(lead: &Lead) -> String {
    format!("/api/inbox/{}", lead.id)
}

async fn answer(suite: &Suite, lead: &Lead, body: serde_json::Value) -> test_stage::Reply {
    suite.post(&format!("{}/answer", path(lead)), body).await
}

#[tokio::test]
async fn reply_goes_to_the_address_that_the_latest_mail_came_from() {
    let (suite, lead) = suite().await;
    let thread = suite.get(&path(&lead)).await.expect(200);
    assert_eq!(
        (&thread["reply_to"], &thread["unknown_address"]),
        (&json!("elena@linden.example"), &json!(null))
    );
    writes_from(&suite, &lead, PRIVATE).await;
    let thread = suite.get(&path(&lead)).await.expect(200);
    assert_eq!((&thread["reply_to"], &thread["unknown_address"]), (&json!(PRIVATE), &json!(PRIVATE)));
    let sent = answer(&suite, &lead, json!({"text": "79 a month."})).await.expect(202);
    assert_eq!(sent["to"], PRIVATE);
    let thread = suite.get(&path(&lead)).await.expect(200);
    assert_eq!(thread["reply_to"], PRIVATE, "the reply there changes nothing");
}

/// A mail that an earlier version recorded as from our own group, through which the lead's answer came.
#[tokio::test]
async fn reply_to_an_answer_through_our_own_group_goes_to_the_lead() {
    let (suite, lead) = suite().await;
    suite.stage.inbound_mail(&suite.workspace).await;
    const GROUP: &str = "sales@northquay.example";
    writes_from(&suite, &lead, GROUP).await;
    let thread = suite.get(&path(&lead)).await.expect(200);
    let told = (&thread["reply_to"], &thread["unknown_address"]);
    assert_eq!(told, (&json!("elena@linden.example"), &json!(null)));
    let sent = answer(&suite, &lead, json!({"text": "79 a month."})).await.expect(202);
    assert_eq!(sent["to"], "elena@linden.example");
    answer(&suite, &lead, json!({"text": "79.", "to": GROUP})).await.expect(422);
    let remembered = suite.post(&format!("{}/addresses", path(&lead)), json!({"address": GROUP})).await;
    remembered.expect(422);
}

#[tokio::test]
async fn reply_goes_to_no_address_but_the_leads_and_those_it_wrote_from() {
    let (suite, lead) = suite().await;
    writes_from(&suite, &lead, PRIVATE).await;
    let own = answer(&suite, &lead, json!({"text": "79.", "to": "elena@linden.example"})).await.expect(202);
    assert_eq!(own["to"], "elena@linden.example");
    for to in ["someone@else.example", "nobody"] {
        let problem = answer(&suite, &lead, json!({"text": "79.", "to": to})).await.expect(422);
        assert_eq!(problem["errors"][0]["field"], "to");
    }
    let by_text = json!({"text": "79.", "to": PRIVATE, "channel": "sms"});
    answer(&suite, &lead, by_text).await.expect(422);
}

async fn list(suite: &Suite, address: &str, reason: SuppressionReason) {
    let entry = Suppression {
        workspace: suite.workspace.clone(),
        scope: SuppressionScope::Email(address.to_owned()),
        reason,
        source: None,
        created_by: None,
        created_at: suite.stage.clock.now(),
        expires_at: None,
        sign: None,
    };
    let event = Event::system(EventKind::AddressSuppressed, entry.created_at);
    suite.stage.ports.suppressions().put(&entry, &event).await.unwrap();
}

#[tokio::test]
async fn opt_out_of_either_address_refuses_the_reply_and_a_bounce_only_of_its_own() {
    for (listed, reason, refused) in [
        ("elena@linden.example", SuppressionReason::OptedOut, true),
        (PRIVATE, SuppressionReason::OptedOut, true),
        (PRIVATE, SuppressionReason::HardBounce, true),
        ("elena@linden.example", SuppressionReason::HardBounce, false),
    ] {
        let (suite, lead) = suite().await;
        writes_from(&suite, &lead, PRIVATE).await;
        list(&suite, listed, reason).await;
        let reply = answer(&suite, &lead, json!({"text": "79 a month."})).await;
        assert_eq!(reply.status.is_client_error(), refused, "{listed} {reason:?}");
        let thread = suite.get(&path(&lead)).await.expect(200);
        assert_eq!(thread["channels"][0]["open"], !refused, "{listed} {reason:?}");
    }
}

#[tokio::test]
async fn remembered_address_is_matched_and_no_longer_offered() {
    let (suite, lead) = suite().await;
    writes_from(&suite, &lead, PRIVATE).await;
    let remember = async |address: &str| {
        suite.post(&format!("{}/addresses", path(&lead)), json!({ "address": address })).await
    };
    remember("someone@else.example").await.expect(422);
    for _ in 0..2 {
        assert_eq!(remember(PRIVATE).await.status.as_u16(), 204);
    }
    let address = EmailAddress::parse(PRIVATE).unwrap();
    let leads = suite.stage.ports.leads();
    let found = leads.find_by_former(&suite.workspace, Reached::Email(&address)).await.unwrap();
    assert_eq!(found, std::slice::from_ref(&lead.id));
    let thread = suite.get(&path(&lead)).await.expect(200);
    assert_eq!((&thread["reply_to"], &thread["unknown_address"]), (&json!(PRIVATE), &json!(null)));
    let file = leads.file(&suite.workspace, &lead.id).await.unwrap();
    assert_eq!(file.activities.len(), 1, "the timeline says it once");
}

#[tokio::test]
async fn address_of_another_lead_is_not_remembered() {
    let (suite, lead) = suite().await;
    writes_from(&suite, &lead, PRIVATE).await;
    let other = |other: &mut Lead| other.email = EmailAddress::parse(PRIVATE).ok();
    suite.stage.lead(&suite.workspace, "kim", other).await;
    let problem = suite.post(&format!("{}/addresses", path(&lead)), json!({"address": PRIVATE})).await;
    assert_eq!(problem.expect(409)["code"], "duplicate_lead");
}

#[tokio::test]
async fn answer_on_whatsapp_goes_to_the_id_of_a_lead_whose_number_is_unknown() {
    let (suite, lead) = suite().await;
    let (ports, now) = (&suite.stage.ports, suite.stage.clock.now());
    let before = ports.leads().get(&suite.workspace, &lead.id).await.unwrap();
    let account = suite.stage.whatsapp_account(&suite.workspace).await;
    let event = Event::system(EventKind::LeadChanged, now);
    let lead = Lead { phone: None, chat_user: ChatUser::parse("DE.1349").ok(), ..before.clone() };
    ports.leads().change_identity(&before, &lead, &event).await.unwrap();
    let heard = Message {
        from: "DE.1349".to_owned(),
        account: Some(account),
        text: "How much is it?".to_owned(),
        ..Message::blank(
            MessageId::derived(&lead.id, &["in", "chat"]),
            suite.workspace.clone(),
            Direction::In,
            Channel::Whatsapp,
            now,
        )
    };
    ports.messages().create(&heard, &event).await.unwrap();
    let path = format!("/api/inbox/{}", lead.id);
    let thread = suite.get(&path).await.expect(200);
    assert_eq!((&thread["lead"]["whatsapp"], &thread["lead"]["phone"]), (&json!("DE.1349"), &json!(null)));
    let open = thread["channels"].as_array().unwrap().iter().map(|one| one["open"] == json!(true));
    assert_eq!(open.collect::<Vec<_>>(), [true, false, true], "{thread}");
    let answer = json!({"channel": "whatsapp", "text": "Nine euros a month."});
    let sent = suite.post(&format!("{path}/answer"), answer).await.expect(202);
    assert_eq!(sent["to"], "DE.1349");
}
