//! The lines of a message that every page folds.

use super::*;

#[tokio::test]
async fn unmarked_quotation_of_our_mail_is_the_same_lines_in_list_thread_and_message() {
    let (suite, lead) = suite().await;
    let now = suite.stage.clock.now();
    let ours = "Hello Elena, your clinic answers nine calls in ten.\nWould a short page with bookings help you on Mondays?";
    let event = Event::system(EventKind::LeadChanged, now);
    for (place, direction, text) in [
        ("ours", Direction::Out, ours.to_owned()),
        ("quoting", Direction::In, format!("Yes, please call me.\n\n{ours}")),
    ] {
        let id = MessageId::derived(&lead.id, &[place]);
        let message = Message {
            text,
            understood: (direction == Direction::In)
                .then(|| Understanding::by_rule(ReplyKind::Person, "no_sign", "Yes, please call me.")),
            ..Message::blank(id, suite.workspace.clone(), direction, Channel::Email, now)
        };
        suite.stage.ports.messages().create(&message, &event).await.unwrap();
    }
    let id = MessageId::derived(&lead.id, &["quoting"]).to_string();
    let of = |messages: &serde_json::Value| {
        let found = messages.as_array().unwrap().iter().find(|message| message["id"] == id.as_str());
        found.unwrap()["quoted"].clone()
    };
    let thread = suite.get(&format!("/api/inbox/{}", lead.id)).await.expect(200);
    let folded = of(&thread["messages"]);
    assert_eq!(folded, json!([{"from": 2, "to": 4}]));
    let list = suite.get(&format!("/api/messages?lead={}", lead.id)).await.expect(200);
    assert_eq!(of(&list["items"]), folded);
    let path = format!("/api/messages/{id}");
    assert_eq!(suite.get(&path).await.expect(200)["quoted"], folded);
    let corrected = suite.put(&format!("{path}/understanding"), json!({"kind": "out_of_office"})).await;
    assert_eq!(corrected.expect(200)["quoted"], folded);
}
