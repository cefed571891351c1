//! A reply to a mail that came from another address than the lead's own.

use super::keyed::keyed;
use application::inbox::compose_by_hand::{WritePorts, Written, write};
use application::{Clock, Ports};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::{Event, EventKind};
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::message::conversation::Seen;
use domain::message::understanding::{ReplyKind, Understanding};
use domain::message::{Direction, Message, MessageState};
use domain::{MessageId, UserId};
use serde_json::json;

const PRIVATE: &str = "ann@private.example";

#[tokio::test]
async fn reply_is_sent_there_in_the_thread_of_that_address_unless_it_opts_out_first() {
    for opts_out in [false, true] {
        let (world, sent, _) = keyed(0).await;
        let (ports, now) = (world.ports(), world.stage.clock.now());
        let lead = ports.leads().get(&world.workspace, &world.key.lead).await.unwrap();
        let question = Message {
            from: PRIVATE.to_owned(),
            subject: "Bookings".to_owned(),
            text: "How much is it?".to_owned(),
            internet_id: Some("1@private.example".to_owned()),
            understood: Some(Understanding::by_rule(ReplyKind::Person, "no_sign", "How much is it?")),
            ..Message::blank(
                MessageId::derived(&lead.id, &["in"]),
                world.workspace.clone(),
                Direction::In,
                Channel::Email,
                now,
            )
        };
        let event = Event::system(EventKind::MessageReceived, now);
        ports.messages().create(&question, &event).await.unwrap();
        let written = Written {
            channel: Channel::Email,
            subject: String::new(),
            text: "79 a month.".to_owned(),
            account: None,
            author: UserId::derived(now, &["maya"]),
            send_at: None,
            seen: Seen::All,
            reply_address: EmailAddress::parse(PRIVATE).ok(),
            request: None,
        };
        let reply = write(&WritePorts::new(ports), &lead, written).await.unwrap().unwrap();
        if opts_out {
            let entry = Suppression {
                workspace: world.workspace.clone(),
                scope: SuppressionScope::Email(PRIVATE.to_owned()),
                reason: SuppressionReason::OptedOut,
                source: None,
                created_by: None,
                created_at: now,
                expires_at: None,
                sign: None,
            };
            ports.suppressions().put(&entry, &event).await.unwrap();
        }
        world.pass(11);
        world.run().await;
        let stored = world.one(&reply.id).await;
        if opts_out {
            assert_eq!((stored.state, sent.lock().unwrap().len()), (MessageState::Failed, 0));
            continue;
        }
        assert_eq!((stored.state, stored.to.as_str()), (MessageState::Accepted, PRIVATE));
        let mail: serde_json::Value = serde_json::from_slice(&sent.lock().unwrap()[0].1).unwrap();
        assert!(mail["to"].to_string().contains(PRIVATE), "{mail}");
        assert_eq!(mail["headers"]["In-Reply-To"], "<1@private.example>");
        let own = ports.leads().get(&world.workspace, &world.key.lead).await.unwrap();
        assert_eq!(json!(own.email), json!(lead.email), "the lead's own address stays");
    }
}
