//! Tells the author of a message written by hand that it failed, came back or waits, after they saw it handed over. A
//! conversation that they thought answered is open again.

use crate::inbox::conversation_changes::remove_from_conversation;
use crate::ports::conversations::ConversationStore;
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::store::StoreResult;
use domain::NotificationId;
use domain::event::{Actor, Event, EventKind};
use domain::message::Message;
use domain::message::failure_class::FailureClass;
use domain::workspace::notification::{Notification, NotificationKind};
use jiff::Timestamp;

pub(crate) enum AuthorNotice<'a> {
    Failed,
    /// The provider accepted it, and reports later that it did not arrive.
    CameBack,
    Waits {
        class: FailureClass,
        detail: &'a str,
    },
}

/// Tells the author, and undoes the effect that the message had on its conversation as the last word.
pub(crate) async fn notify_and_reopen(
    (notifications, conversations, leads): (&dyn NotificationStore, &dyn ConversationStore, &dyn LeadStore),
    message: &Message,
    told: AuthorNotice<'_>,
    now: Timestamp,
) -> StoreResult<()> {
    notify_author(notifications, message, told, now).await?;
    if message.author.is_none() || message.bulk_message.is_some() || message.test {
        return Ok(());
    }
    remove_from_conversation((conversations, leads), message, &Actor::System, now).await
}

/// Tells the author. For a bulk message the author is told once for each reason, and not of each bounce.
pub(crate) async fn notify_author(
    notifications: &dyn NotificationStore,
    message: &Message,
    told: AuthorNotice<'_>,
    now: Timestamp,
) -> StoreResult<()> {
    let (class, detail) = match (&told, &message.failure) {
        (AuthorNotice::Waits { class, detail }, _) => (*class, *detail),
        (AuthorNotice::Failed | AuthorNotice::CameBack, Some(failure)) => (failure.class, &*failure.detail),
        (AuthorNotice::Failed | AuthorNotice::CameBack, None) => return Ok(()),
    };
    let Some(author) = &message.author else { return Ok(()) };
    let created_at = message.created_at.to_string();
    let (id, title) = match (&message.bulk_message, &told) {
        (Some(_), AuthorNotice::CameBack) => return Ok(()),
        (Some(bulk_message), told) => {
            let waits = matches!(told, AuthorNotice::Waits { .. });
            let id = NotificationId::derived(
                bulk_message.at(),
                &["not_sent", bulk_message.as_str(), class.as_str()],
            );
            let many = if waits { "is waiting" } else { "did not reach everyone" };
            (id, format!("Your bulk message {many}"))
        }
        (None, told) => {
            let (word, what) = match told {
                AuthorNotice::CameBack => ("came_back", "bounced"),
                AuthorNotice::Failed => ("not_sent", "was not sent"),
                AuthorNotice::Waits { .. } => ("waits", "waits for its account"),
            };
            let mut once = vec![word, message.id.as_str(), &created_at];
            // Each reason is told: one that waited for its account's day may lose the account.
            if matches!(told, AuthorNotice::Waits { .. }) && class != FailureClass::NoAccount {
                once.push(class.as_str());
            }
            let id = NotificationId::derived(message.created_at, &once);
            (id, format!("Your message to {} {what}", message.to))
        }
    };
    let notification = Notification {
        id,
        workspace: message.workspace.clone(),
        user: Some(author.clone()),
        kind: NotificationKind::NotSent,
        title,
        detail: detail.to_owned(),
        lead: Some(message.id.lead()),
        created_at: now,
        read_at: None,
    };
    let event = Event::system(EventKind::NotificationCreated, now).because(message.id.as_str());
    notifications.put(&notification, &event).await
}
