//! Decides by its headers alone whether a mail is read whole: it comes from a lead, answers one of our messages, says
//! that a mail came back, or was written to a lead by hand. Everything else in the mailbox is private.

use crate::ingesting::{from_its_writer, is_nobody, is_ours};
use crate::lead::change::find_by_present_or_former_email;
use crate::mailbox_polling::ports::PollPorts;
use crate::ports::mailboxes::{MailPlace, NewMail};
use crate::ports::provider_events::InboundEmail;
use crate::ports::store::{StoreResult, found};
use domain::contact::email_address::EmailAddress;
use domain::message::identity::{AnswerHeaders, candidates};
use domain::workspace::own_addresses::{Nearness, OwnAddresses};
use domain::{LeadId, WorkspaceId};

/// The most of our messages that a mail's references may name.
const MOST_NAMED: usize = 20;
const MOST_RECIPIENTS: usize = 20;
/// The senders of reports about mails that came back.
const REPORTERS: [&str; 4] = ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"];

/// A mail that is read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Matched {
    pub is_by_hand: bool,
    /// The lead that its headers name. `None`: it says that a mail came back, and which one is told by its body.
    pub lead: Option<LeadId>,
}

/// Tells whether the mail is read whole, and whose it is. `own` are the workspace's mailboxes.
pub(super) async fn matched(
    ports: &PollPorts,
    workspace: &WorkspaceId,
    own: &OwnAddresses,
    mail: &NewMail,
) -> StoreResult<Option<Matched>> {
    let headers = headers_of(ports, mail);
    let is_by_hand = mail.place == MailPlace::Sent;
    if !is_by_hand && is_report(&headers) {
        return Ok(Some(Matched { is_by_hand, lead: None }));
    }
    let lead = match is_by_hand {
        true if is_ours(&headers) => None,
        true => lead_written_to(ports, workspace, own, &headers).await?,
        false => lead_of_answer(ports, workspace, own, &headers).await?,
    };
    Ok(lead.map(|lead| Matched { is_by_hand, lead: Some(lead) }))
}

pub(super) fn headers_of(ports: &PollPorts, mail: &NewMail) -> InboundEmail {
    let mut block = mail.headers.clone();
    block.extend_from_slice(b"\r\n\r\n");
    ports.webhooks.read_mail(&block)
}

async fn lead_of_answer(
    ports: &PollPorts,
    workspace: &WorkspaceId,
    own: &OwnAddresses,
    headers: &InboundEmail,
) -> StoreResult<Option<LeadId>> {
    let headers = from_its_writer(headers, own);
    let from = headers.from.as_deref().and_then(|from| EmailAddress::parse(from).ok());
    if from.as_ref().is_some_and(|from| own.nearness(from) == Nearness::Own) {
        return Ok(None);
    }
    let named = candidates(&AnswerHeaders {
        recipients: headers.to.clone(),
        in_reply_to: headers.in_reply_to.clone().unwrap_or_default(),
        references: headers.references.join(" "),
    });
    for id in named.into_iter().filter_map(|candidate| candidate.message).take(MOST_NAMED) {
        if found(ports.messages.get(workspace, &id).await)?.is_some() {
            return Ok(Some(id.lead()));
        }
    }
    match from {
        // What programs write to the mailbox's user, codes and links to new passwords among it, stays private, whoever has
        // made a lead of the program's address.
        Some(from) if is_nobody(&from) => Ok(None),
        Some(from) => find_by_present_or_former_email(&*ports.leads, workspace, &from).await,
        None => Ok(None),
    }
}

async fn lead_written_to(
    ports: &PollPorts,
    workspace: &WorkspaceId,
    own: &OwnAddresses,
    headers: &InboundEmail,
) -> StoreResult<Option<LeadId>> {
    for to in headers.to.iter().take(MOST_RECIPIENTS) {
        let Ok(to) = EmailAddress::parse(to) else { continue };
        if own.nearness(&to) == Nearness::Own {
            continue;
        }
        if let Some(lead) = find_by_present_or_former_email(&*ports.leads, workspace, &to).await? {
            return Ok(Some(lead));
        }
    }
    Ok(None)
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
