//! Composing a test mail: the words that a lead would get, marked as a test. Nothing in it is tracked, and no link acts for
//! the lead.

use crate::identity::links::with_dead_links;
use crate::ports::leads::LeadFile;
use crate::ports::provider_calls::{OpenAccount, OutgoingMail};
use crate::sending::compose::{ComposeError, Composed, Thread, body_of, footer, render_mail};
use crate::sending::ports::SendPorts;
use domain::contact::email_address::EmailAddress;
use domain::message::Message;
use domain::message::identity::internet_id;
use domain::sequence::merge_fields::MergeContext;
use domain::workspace::Workspace;

const MARK: &str = "[Test] ";

pub(super) fn test_mail(
    ports: &SendPorts,
    workspace: &Workspace,
    account: &OpenAccount,
    file: &LeadFile,
    message: &Message,
) -> Result<Composed<OutgoingMail>, ComposeError> {
    let mailbox = account.settings.mailbox().ok_or(ComposeError::WrongAccount)?;
    let to = EmailAddress::parse(&message.to).map_err(|_| ComposeError::NoAddress)?;
    let company = &workspace.company;
    let values = MergeContext::from_lead(&file.lead, company)
        .with_opening_line(file.opening_line())
        .with_sender(account.settings.sender_name());
    let values = with_dead_links(values, &ports.public_url, (&workspace.id, &message.id));
    // An attempt that was put back has left its own subject behind.
    let words = (message.subject.trim_start_matches(MARK), message.text.as_str());
    let (subject, text) = render_mail(&values, words, &Thread::default())?;
    let subject = format!("{MARK}{subject}");
    let unsubscribe = values.get("unsubscribe_url");
    let rendered = body_of(None, unsubscribe, footer(company, unsubscribe), &text);
    let outgoing = OutgoingMail {
        message_id: internet_id(&message.id, mailbox.address.domain()),
        to: to.clone(),
        to_name: None,
        from: mailbox.address.clone(),
        from_name: mailbox.name.to_owned(),
        reply_to: None,
        subject: subject.clone(),
        text: rendered.text,
        html: rendered.html,
        in_reply_to: None,
        references: Vec::new(),
        unsubscribe_url: None,
        tag: message.id.to_string(),
    };
    let from = format!("{} <{}>", mailbox.name, mailbox.address);
    Ok(Composed { outgoing, from, to: to.to_string(), subject, text })
}
