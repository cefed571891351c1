//! Sends a digest. Its day is taken by a conditional write before the call: a function that is killed afterwards sends none
//! that day rather than two. Where the sender certainly took nothing, the day is given back and the mail comes again.

use crate::digest::DigestPorts;
use crate::digest::compose::compose;
use crate::digest::stop::StopLink;
use crate::ports::provider_calls::{OutgoingMail, SendError};
use crate::ports::store::{StoreError, StoreResult, found};
use domain::event::{Event, EventKind};
use domain::message::mail_body::{End, MailParts, mail_body};
use domain::workspace::digest::DigestSettings;
use domain::{UserId, WorkspaceId};
use jiff::civil::Date;

/// What became of an order to send a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestSent {
    /// It is sent, or there is nothing to send.
    Done,
    /// The sender takes nothing now; the order comes again.
    Later,
}

/// The name of the sender.
const PRODUCT: &str = "leadflow";

pub async fn send_digest(
    ports: &DigestPorts,
    (workspace, user): (&WorkspaceId, &UserId),
    day: Date,
) -> StoreResult<DigestSent> {
    let Some(from) = ports.system_mail.address() else { return Ok(DigestSent::Done) };
    let now = ports.clock.now();
    let Some(of) = found(ports.workspaces.get(workspace).await)? else { return Ok(DigestSent::Done) };
    let settings = ports.digests.settings(workspace, user).await?;
    let today = now.to_zoned(settings.zone_or(&of.default_zone).zone()).date();
    // An order that has waited until the next day is no news, and the user may have switched the digest off since.
    if settings.hour.is_none() || settings.last_day == Some(day) || today != day {
        return Ok(DigestSent::Done);
    }
    let Some(digest) = compose(ports, &settings, &of.default_zone, now).await? else {
        return Ok(DigestSent::Done);
    };
    // All that is read comes before the day is taken: an order that fails here comes again.
    let recipient = ports.users.get(workspace, user).await?;
    let event = Event::system(EventKind::DigestSent, now);
    let taken = DigestSettings { last_day: Some(day), ..settings.clone() };
    let rev = match ports.digests.save(&taken, &event).await {
        Ok(rev) => rev,
        // Another delivery has it, or the user has changed something; the order of the next quarter sees what.
        Err(StoreError::Conflict) => return Ok(DigestSent::Done),
        Err(other) => return Err(other),
    };
    if digest.parts.is_empty() {
        return Ok(DigestSent::Done);
    }
    let stop = StopLink { keys: &ports.keys, public_url: &ports.public_url, workspace, user }.url();
    let text = format!(
        "{}\n\nChange what is in this mail: {url}/settings/notifications\nStop it: {stop}",
        digest.text(&recipient.name, &ports.public_url),
        url = ports.public_url,
    );
    let body = mail_body(
        &text,
        &MailParts { rewrite: &str::to_owned, pixel_url: None, hidden_url: None, end: End::Bare },
    );
    let id = format!("digest-{}", ports.ids.next()).to_ascii_lowercase();
    let mail = OutgoingMail {
        from: from.clone(),
        from_name: PRODUCT.to_owned(),
        message_id: format!("{id}@{}", from.domain()),
        to: recipient.email,
        to_name: Some(recipient.name),
        reply_to: None,
        subject: digest.subject(),
        text: body.text,
        html: body.html,
        in_reply_to: None,
        references: Vec::new(),
        unsubscribe_url: Some(stop),
        tag: id,
    };
    match ports.system_mail.send(&mail).await {
        Ok(()) => Ok(DigestSent::Done),
        Err(SendError::Retryable { .. } | SendError::Down { .. } | SendError::TooFast { .. }) => {
            let given_back = DigestSettings { rev, ..settings };
            ports.digests.save(&given_back, &Event::system(EventKind::SettingsChanged, now)).await?;
            Ok(DigestSent::Later)
        }
        Err(error) => {
            tracing::warn!(workspace.id = %workspace, %error, "a digest did not go out");
            Ok(DigestSent::Done)
        }
    }
}
