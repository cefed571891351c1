//! Decides by its headers alone whether a mail is read whole: it comes from a lead, answers one of our messages, says
//! that a mail came back, or was written to a lead by hand. Everything else in the mailbox is private.

use crate::ingesting::is_ours;
use crate::lead::change::find_by_present_or_former_email;
use crate::mailbox_polling::ports::PollPorts;
use crate::ports::mailboxes::{MailPlace, NewMail};
use crate::ports::provider_events::InboundEmail;
use crate::ports::store::{StoreResult, found};
use domain::WorkspaceId;
use domain::contact::email_address::EmailAddress;
use domain::message::identity::{AnswerHeaders, candidates};

/// The most of our messages that a mail's references may name.
const MOST_NAMED: usize = 20;
const MOST_RECIPIENTS: usize = 20;
/// The senders of reports about mails that came back.
const REPORTERS: [&str; 4] = ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matched {
    Received,
    SentByHand,
}

/// Tells whether the mail is read whole. `own` are the addresses of the workspace's mailboxes.
pub(super) async fn matched(
    ports: &PollPorts,
    workspace: &WorkspaceId,
    own: &[EmailAddress],
    mail: &NewMail,
) -> StoreResult<Option<Matched>> {
    let mut block = mail.headers.clone();
    block.extend_from_slice(b"\r\n\r\n");
    let headers = ports.webhooks.read_mail(&block);
    let is_matched = match mail.place {
        MailPlace::Sent if is_ours(&headers) => false,
        MailPlace::Sent => goes_to_a_lead(ports, workspace, own, &headers).await?,
        MailPlace::Received | MailPlace::Junk => is_for_us(ports, workspace, own, &headers).await?,
    };
    let how = if mail.place == MailPlace::Sent { Matched::SentByHand } else { Matched::Received };
    Ok(is_matched.then_some(how))
}

async fn is_for_us(
    ports: &PollPorts,
    workspace: &WorkspaceId,
    own: &[EmailAddress],
    headers: &InboundEmail,
) -> StoreResult<bool> {
    if is_report(headers) {
        return Ok(true);
    }
    let from = headers.from.as_deref().and_then(|from| EmailAddress::parse(from).ok());
    if from.as_ref().is_some_and(|from| own.contains(from)) {
        return Ok(false);
    }
    let named = candidates(&AnswerHeaders {
        recipients: headers.to.clone(),
        in_reply_to: headers.in_reply_to.clone().unwrap_or_default(),
        references: headers.references.join(" "),
    });
    for id in named.into_iter().filter_map(|candidate| candidate.message).take(MOST_NAMED) {
        if found(ports.messages.get(workspace, &id).await)?.is_some() {
            return Ok(true);
        }
    }
    match from {
        Some(from) => is_lead(ports, workspace, &from).await,
        None => Ok(false),
    }
}

async fn goes_to_a_lead(
    ports: &PollPorts,
    workspace: &WorkspaceId,
    own: &[EmailAddress],
    headers: &InboundEmail,
) -> StoreResult<bool> {
    for to in headers.to.iter().take(MOST_RECIPIENTS) {
        let Ok(to) = EmailAddress::parse(to) else { continue };
        if !own.contains(&to) && is_lead(ports, workspace, &to).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn is_lead(ports: &PollPorts, workspace: &WorkspaceId, address: &EmailAddress) -> StoreResult<bool> {
    Ok(find_by_present_or_former_email(&*ports.leads, workspace, address).await?.is_some())
}

/// Whether the mail says that another one came back, was delayed or complained of. Which one is told by its body.
fn is_report(mail: &InboundEmail) -> bool {
    let header = |name: &str| mail.mail.header(name);
    let kind = header("content-type").unwrap_or_default().to_ascii_lowercase();
    let is_report = kind.starts_with("multipart/report") && !kind.contains("disposition-notification");
    let from = mail.from.as_deref().unwrap_or_default().to_ascii_lowercase();
    let local = from.split('@').next().unwrap_or_default();
    is_report
        || REPORTERS.contains(&local)
        || header("x-failed-recipients").is_some()
        || header("return-path") == Some("<>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(from: &str, headers: &[(&str, &str)]) -> InboundEmail {
        let named = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        InboundEmail {
            from: Some(from.to_owned()),
            to: Vec::new(),
            internet_id: None,
            in_reply_to: None,
            references: Vec::new(),
            mail: understanding::Mail { headers: headers.iter().map(named).collect(), ..Default::default() },
        }
    }

    #[test]
    fn report_is_told_by_type_sender_or_empty_return_path() {
        let of = |from, headers: &[(&str, &str)]| is_report(&mail(from, headers));
        assert!(of("x@a.example", &[("content-type", "multipart/report; report-type=delivery-status")]));
        assert!(of("x@a.example", &[("content-type", "Multipart/Report; report-type=feedback-report")]));
        assert!(of("MAILER-DAEMON@a.example", &[]) && of("postmaster@a.example", &[]));
        assert!(of("x@a.example", &[("return-path", " <>")]));
        assert!(of("x@a.example", &[("x-failed-recipients", "ann@b.example")]));
        assert!(!of(
            "x@a.example",
            &[("content-type", "multipart/report; report-type=disposition-notification")]
        ));
        assert!(!of("postmasters@a.example", &[("return-path", "<x@a.example>")]));
    }
}
