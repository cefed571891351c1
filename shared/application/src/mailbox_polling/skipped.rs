//! A mail that is skipped because nothing of it is handed out: users are told which one, as far as it belongs to a lead. Of
//! any other mail nothing is stored, so they are told only that there is one.

use crate::mailbox_polling::matching::{Matched, headers_of};
use crate::mailbox_polling::ports::PollPorts;
use crate::ports::mailboxes::NewMail;
use crate::ports::store::{StoreResult, found};
use domain::event::{Event, EventKind};
use domain::workspace::account::Account;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::{NotificationId, UserId};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The most letters of a sender or a subject that are shown.
const LONGEST_SHOWN: usize = 120;

/// Tells users of a mail that is skipped, once. `digest` is what the mail is remembered by; `matched` is missing where its
/// headers are not handed out either.
pub(super) async fn tell_skipped(
    ports: &PollPorts,
    account: &Account,
    (mail, digest): (&NewMail, &str),
    matched: Option<&Matched>,
) -> StoreResult<()> {
    let now = ports.clock.now();
    let lead = match matched.and_then(|matched| matched.lead.as_ref()) {
        Some(id) => found(ports.leads.get(&account.workspace, id).await)?,
        None => None,
    };
    let user: Option<UserId> = lead.as_ref().and_then(|lead| lead.owner.clone());
    let (what, advice) = match (matched, &lead) {
        (Some(matched), Some(_)) => (describe(ports, mail, matched), OF_A_LEAD),
        (Some(Matched { lead: None, .. }), _) => ("A report about a mail that came back".to_owned(), REPORT),
        _ => ("A mail whose sender is not told".to_owned(), UNKNOWN),
    };
    let notification = Notification {
        id: NotificationId::derived(account.created_at, &[account.id.as_str(), "skipped", digest]),
        workspace: account.workspace.clone(),
        user,
        kind: NotificationKind::Health,
        title: format!("A mail in {} cannot be read", account.name),
        detail: format!(
            "{what} is not handed out by the mail server. Three tries failed, and it is skipped. {advice}"
        ),
        lead: lead.map(|lead| lead.id),
        created_at: now,
        read_at: None,
    };
    tracing::warn!(account.id = %account.id, "a mail is skipped that cannot be read");
    ports.notifications.put(&notification, &Event::system(EventKind::HealthNoted, now)).await
}

const OF_A_LEAD: &str = "Open it in the mailbox. If it is an answer, end the lead's campaigns here.";
const REPORT: &str = "Look for it in the mailbox. If an address no longer exists, correct it at its lead.";
const UNKNOWN: &str =
    "Look through the newest mails in the mailbox. If one is from a lead, end the lead's campaigns here.";

/// Names a lead's mail by its sender, or the recipients of one that was written by hand, its subject and its date.
fn describe(ports: &PollPorts, mail: &NewMail, matched: &Matched) -> String {
    let headers = headers_of(ports, mail);
    let whose = match matched.is_by_hand {
        true => format!("to {}", shown(&headers.to.join(", "))),
        false => format!("from {}", shown(headers.from.as_deref().unwrap_or("an unknown sender"))),
    };
    let subject = match shown(&headers.mail.subject) {
        subject if subject.is_empty() => "without a subject".to_owned(),
        subject => format!("“{subject}”"),
    };
    format!("The mail {whose}, {subject}{},", mail.received_at.map(date_in_words).unwrap_or_default())
}

fn date_in_words(at: Timestamp) -> String {
    format!(", of {}", at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC"))
}

fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(LONGEST_SHOWN).collect()
}
