//! People whom WhatsApp names by an id, beside the number or in its place: an opt-out under one counts under both.

use super::*;
use domain::contact::chat_recipient::ChatUser;
use domain::message::unmatched::{Link, UnmatchedReply};

impl World {
    /// Takes in words that WhatsApp names both the number and the id with.
    async fn told_by_both(&self, id: &str, text: &str) {
        let mut message = words(text);
        message["from_user_id"] = json!(USER);
        self.told(id, "12065550101", 0, message).await;
    }

    async fn listed_under(&self, scope: SuppressionScope) -> bool {
        !self.stage.ports.suppressions().find(&self.workspace, &[scope]).await.unwrap().is_empty()
    }

    /// Whether number and id are listed.
    async fn both_listed(&self) -> [bool; 2] {
        let number = SuppressionScope::Phone("+12065550101".to_owned());
        [
            self.listed_under(number).await,
            self.listed_under(SuppressionScope::ChatUser(USER.to_owned())).await,
        ]
    }

    async fn knows_no_number(&self) {
        let leads = self.stage.ports.leads();
        let before = self.lead_now().await;
        let after = Lead { phone: None, ..before.clone() };
        let event = Event::system(EventKind::LeadChanged, self.now());
        leads.change_identity(&before, &after, &event).await.unwrap();
    }

    /// Links the only unmatched message to the lead, whose id is learnt.
    async fn is_linked(&self) {
        let conversations = self.stage.ports.conversations();
        let mut waiting =
            conversations.unmatched(&self.workspace, PageRequest::first(5)).await.unwrap().items;
        let reply: UnmatchedReply = waiting.pop().unwrap();
        let link =
            Link { lead: self.lead.clone(), learns_address: true, by: self.user.clone(), at: self.now() };
        let event = IngestEvent::Linked { workspace: self.workspace.clone(), reply: reply.id, link };
        ingest(&self.app.ports, &event).await.unwrap();
    }
}

#[tokio::test]
async fn stop_under_either_name_lists_both_and_start_under_either_allows_both() {
    for by_id in [true, false] {
        let world = World::with("+1 206 555 0101").await;
        world.told_by_both("wamid.1", "Who is this?").await;
        assert_eq!(world.lead_now().await.chat_user, ChatUser::parse(USER).ok());
        let said = async |id: &str, text: &str| match by_id {
            true => world.told(id, "", 0, by_user(text, USER)).await,
            false => world.told(id, "12065550101", 0, words(text)).await,
        };
        said("wamid.2", "STOP").await;
        assert_eq!(world.both_listed().await, [true, true], "by its id: {by_id}");
        world.stage.advance(SignedDuration::from_mins(1));
        said("wamid.3", "START").await;
        assert_eq!(world.both_listed().await, [false, false], "by its id: {by_id}");
    }
}

#[tokio::test]
async fn opt_out_under_the_id_holds_under_the_number_that_becomes_known_later() {
    let world = World::with("+1 206 555 0101").await;
    world.told("wamid.1", "", 0, by_user("STOP", USER)).await;
    assert_eq!(world.both_listed().await, [false, true], "nobody knows whose the id is");
    world.told_by_both("wamid.2", "Who is this?").await;
    assert_eq!(world.both_listed().await, [true, true]);
}

#[tokio::test]
async fn names_of_a_stranger_are_one_persons_before_any_lead_has_them() {
    let world = World::with("+1 206 555 0101").await;
    world.knows_no_number().await;
    world.told("wamid.1", "", 0, by_user("STOP", "DE.99912345678901234567")).await;
    let mut second = words("Hello?");
    second["from_user_id"] = json!("DE.99912345678901234567");
    world.told("wamid.2", "491713920012", 0, second).await;
    assert!(world.listed_under(SuppressionScope::Phone("+491713920012".to_owned())).await);
}

#[tokio::test]
async fn id_of_a_linked_message_finds_the_lead_and_its_number_joins_it() {
    let world = World::with("+1 206 555 0101").await;
    world.knows_no_number().await;
    world.told("wamid.1", "", 0, by_user("What does it cost?", USER)).await;
    world.is_linked().await;
    let lead = world.lead_now().await;
    assert_eq!(lead.address_on(Channel::Whatsapp).as_deref(), Some(USER), "it is answered there");
    assert_eq!(lead.address_on(Channel::Sms), None);
    world.told("wamid.2", "", 0, by_user("And by the month?", USER)).await;
    assert_eq!(world.heard().await.len(), 2);
    // The number comes beside the id, then alone.
    world
        .told("wamid.3", "12065550177", 0, {
            let mut third = words("This is my number");
            third["from_user_id"] = json!(USER);
            third
        })
        .await;
    world.told("wamid.4", "12065550177", 0, words("STOP")).await;
    assert_eq!(world.heard().await.len(), 4);
    let number = SuppressionScope::Phone("+12065550177".to_owned());
    assert!(world.listed_under(number).await && world.both_listed().await[1]);
}

#[tokio::test]
async fn refusal_for_an_opt_out_lists_both() {
    let world = World::with("+1 206 555 0101").await;
    world.told_by_both("wamid.1", "Who is this?").await;
    let sent = world.wrote_to(&world.lead, 1).await;
    let mut message = world.stage.ports.messages().get(&world.workspace, &sent).await.unwrap();
    message.to = "+12065550101".to_owned();
    let event = Event::system(EventKind::MessageAccepted, world.now());
    world.stage.ports.messages().save(&message, &event).await.unwrap();
    // The report names the person by the id alone.
    let report = json!({ "id": "wamid.9", "status": "failed", "recipient_user_id": USER,
        "biz_opaque_callback_data": sent, "errors": [{ "code": 131050, "title": "stopped" }] });
    world.reported("report.1", json!({ "statuses": [report] })).await;
    assert_eq!(world.both_listed().await, [true, true]);
}

#[tokio::test]
async fn changed_number_ends_the_id() {
    let world = World::with("+1 206 555 0101").await;
    world.told_by_both("wamid.1", "Who is this?").await;
    let change =
        json!({ "type": "system", "system": { "type": "user_changed_number", "wa_id": "12065550177" } });
    world.told("wamid.2", "12065550101", 0, change).await;
    let lead = world.lead_now().await;
    assert_eq!((lead.phone.unwrap().as_str(), lead.chat_user), ("+12065550177", None));
}
