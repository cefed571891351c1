//! Mails to users about their access to leadflow: an invitation, a new password, the proof of an address. No ledger, no
//! tracking and no limit of a campaign applies to them; a user who misses one asks for it again.
//!
//! Their links open a login, so they go out by the installation's own sender alone, never by a mailbox of a workspace: a
//! mailbox keeps what it sends, and its readers would enter in the user's name. Without such a sender nothing goes out: an
//! admin hands the link over, or the operator does.

use crate::identity::address_proof::AddressLink;
use crate::identity::invitations::{invitation_link, read_invitation};
use crate::identity::memberships::active_user;
use crate::identity::password_reset::{create_reset_token, reset_link};
use crate::ports::provider_calls::{OutgoingMail, SendError};
use crate::ports::store::{StoreResult, found};
use crate::sending::ports::SendPorts;
use crate::sending::sent::Sent;
use domain::LoginId;
use domain::contact::email_address::EmailAddress;
use domain::event::Actor;
use domain::message::mail_body::{End, MailParts, mail_body};
use domain::workspace::invitation::LinkDelivery;
use jiff::{SignedDuration, Timestamp};

/// The purpose that the sealed address of a user who has forgotten the password is bound to.
pub const FORGOTTEN: &str = "forgotten password";
/// The purpose that the sealed token of an invitation is bound to.
pub const INVITED: &str = "invitation";
/// The purpose that the sealed id of a login is bound to whose address is to be proven.
pub const ADDRESS_ASKED: &str = "address to prove";
/// A user who waits for longer has asked again, or was handed the link.
const WORTH_SENDING: SignedDuration = SignedDuration::from_mins(30);
/// The most mails to one user in an hour, so that nobody fills a mailbox by asking in another's name.
const MOST_RESETS: u32 = 5;
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const TRY_AGAIN_SECONDS: u32 = 60;
/// The sender's name.
const PRODUCT: &str = "leadflow";

struct AccountMail {
    to: EmailAddress,
    to_name: String,
    subject: String,
    text: String,
}

/// Sends the link to a new password. Only the mailbox learns whether there is such a user.
pub(super) async fn send_reset_link(
    ports: &SendPorts,
    sealed: &str,
    asked_at: Timestamp,
) -> StoreResult<Sent> {
    let Some(own) = ports.system_mail.address() else { return Ok(no_sender()) };
    let now = ports.clock.now();
    let address = ports.keys.open(FORGOTTEN, sealed).and_then(|text| EmailAddress::parse(&text).ok());
    let Some(address) = address.filter(|_| now.duration_since(asked_at) <= WORTH_SENDING) else {
        return Ok(Sent::Done);
    };
    let Some(login) = ports.logins.by_email(&address).await? else { return Ok(Sent::Done) };
    let Some(user) = active_user(&*ports.users, &login).await? else { return Ok(Sent::Done) };
    let bucket = format!("forgotten/{}", login.id);
    if ports.limits.take(&bucket, MOST_RESETS, HOUR, now).await?.is_err() {
        return Ok(Sent::Done);
    }
    let mailed = (LinkDelivery::Mailed, now);
    let token =
        create_reset_token(&*ports.users, &*ports.ids, (&login, &user), Actor::System, mailed).await?;
    let link = reset_link(&ports.public_url, &token);
    let text = format!(
        "Hello {},\n\nyou asked to reset your leadflow password. Choose a new one within an hour:\n\n{link}\n\nThe link works once. If you did not ask for it, ignore this mail: your password stays the same.",
        plain_name(&user.name, "there")
    );
    let subject = "Reset your leadflow password".to_owned();
    send(ports, own, AccountMail { to: user.email, to_name: user.name, subject, text }).await
}

/// Sends the link that proves a login's address.
pub(super) async fn send_address_link(
    ports: &SendPorts,
    sealed: &str,
    asked_at: Timestamp,
) -> StoreResult<Sent> {
    let Some(own) = ports.system_mail.address() else { return Ok(no_sender()) };
    let now = ports.clock.now();
    let id = ports.keys.open(ADDRESS_ASKED, sealed).and_then(|text| LoginId::parse(&text).ok());
    let Some(id) = id.filter(|_| now.duration_since(asked_at) <= WORTH_SENDING) else {
        return Ok(Sent::Done);
    };
    let Some(login) = found(ports.logins.login(&id).await)? else { return Ok(Sent::Done) };
    let Some(user) = active_user(&*ports.users, &login).await? else { return Ok(Sent::Done) };
    let link = AddressLink::new(&login, now).address(&ports.keys, &ports.public_url);
    let text = format!(
        "Hello {},\n\nconfirm that this is the address of your leadflow login. Open the link within a day, where you are signed in:\n\n{link}\n\nIf you have no such login, somebody entered your address by mistake: ignore this mail.",
        plain_name(&user.name, "there")
    );
    let subject = "Confirm your address".to_owned();
    send(ports, own, AccountMail { to: login.email, to_name: user.name, subject, text }).await
}

pub(super) async fn send_invitation(
    ports: &SendPorts,
    sealed: &str,
    asked_at: Timestamp,
) -> StoreResult<Sent> {
    let Some(own) = ports.system_mail.address() else { return Ok(no_sender()) };
    let now = ports.clock.now();
    let token = ports.keys.open(INVITED, sealed);
    let Some(token) = token.filter(|_| now.duration_since(asked_at) <= WORTH_SENDING) else {
        return Ok(Sent::Done);
    };
    let Ok(invitation) = read_invitation(&*ports.users, &token, now).await? else { return Ok(Sent::Done) };
    let workspace = ports.workspaces.get(&invitation.workspace).await?;
    let inviter = ports.users.get(&invitation.workspace, &invitation.invited_by).await?;
    let link = invitation_link(&ports.public_url, &token);
    let by = plain_name(&inviter.name, "Somebody");
    let team = plain_name(&workspace.name, "a workspace");
    let text = format!(
        "Hello {},\n\n{} invited you to join {} on leadflow. Accept the invitation within seven days:\n\n{link}\n\nThe link works once.",
        plain_name(&invitation.name, "there"),
        by,
        team
    );
    let subject = format!("{by} invited you to join {team} on leadflow");
    let mail = AccountMail { to: invitation.email, to_name: invitation.name, subject, text };
    send(ports, own, mail).await
}

/// Returns a name that somebody has typed as these mails show it. One that has a link, an address or a line break in it is
/// left out: anybody who may sign up would write to strangers in the installation's name.
fn plain_name<'a>(name: &'a str, instead: &'a str) -> &'a str {
    let is_link = |word: &str| {
        let host = word.split('/').next().unwrap_or_default();
        let (before, after) = host.rsplit_once('.').unwrap_or_default();
        !before.is_empty() && after.len() > 1 && after.chars().all(char::is_alphabetic)
    };
    let is_odd = name.contains("://") || name.contains('@') || name.chars().any(char::is_control);
    match is_odd || name.trim().is_empty() || name.split_whitespace().any(is_link) {
        true => instead,
        false => name,
    }
}

fn no_sender() -> Sent {
    tracing::warn!("a mail about an account did not go out: the installation has no sender of its own");
    Sent::Done
}

async fn send(ports: &SendPorts, own: &EmailAddress, mail: AccountMail) -> StoreResult<Sent> {
    match ports.system_mail.send(&outgoing(ports, own, mail)).await {
        Ok(()) => Ok(Sent::Done),
        Err(SendError::Retryable { .. } | SendError::Down { .. } | SendError::TooFast { .. }) => {
            Ok(Sent::later(TRY_AGAIN_SECONDS, "the sender takes nothing now"))
        }
        Err(error) => {
            tracing::warn!(%error, "a mail about an account did not go out");
            Ok(Sent::Done)
        }
    }
}

fn outgoing(ports: &SendPorts, from: &EmailAddress, mail: AccountMail) -> OutgoingMail {
    let body = mail_body(
        &mail.text,
        &MailParts { rewrite: &str::to_owned, pixel_url: None, hidden_url: None, end: End::Bare },
    );
    let id = format!("account-{}", ports.ids.next()).to_ascii_lowercase();
    OutgoingMail {
        from: from.clone(),
        from_name: PRODUCT.to_owned(),
        message_id: format!("{id}@{}", from.domain()),
        to: mail.to,
        to_name: Some(mail.to_name),
        reply_to: None,
        subject: mail.subject,
        text: body.text,
        html: body.html,
        in_reply_to: None,
        references: Vec::new(),
        unsubscribe_url: None,
        tag: id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_with_a_link_or_a_line_break_is_left_out() {
        for name in [
            "Northquay",
            "Dr. Ann O'Neil",
            "Kim & Söhne GmbH",
            "J. R. Reed",
            "Studio 4.2",
            "Müller-Lüdenscheidt",
        ] {
            assert_eq!(plain_name(name, "a workspace"), name);
        }
        let links = [
            "Pay now http://evil.example/login",
            "evil.example",
            "see www.evil.example/x",
            "Bcc: a@b.example",
        ];
        for name in links.into_iter().chain(["a\r\nBcc", "\u{7}", " "]) {
            assert_eq!(plain_name(name, "a workspace"), "a workspace", "{name:?}");
        }
    }
}
