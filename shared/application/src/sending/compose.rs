//! Composing: from words and a lead's values to the very mail, SMS or WhatsApp message that goes out.

use crate::identity::links::{Links, preview_url};
use crate::lead::preview_links::preview_page;
use crate::ports::leads::LeadFile;
use crate::ports::provider_calls::{
    OpenAccount, OutgoingMail, OutgoingSms, OutgoingWhatsapp, WhatsappTemplate,
};
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::users::UserStore;
use crate::sending::ports::SendPorts;
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::Lead;
use domain::message::identity;
use domain::message::mail_body::{End, Footer, MailBody, MailParts, Quotation, is_trackable, mail_body};
use domain::message::whatsapp;
use domain::message::whatsapp::{Filled, WINDOW_CLOSED};
use domain::message::{Direction, Message, MessageState};
use domain::mutant;
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::render::{Escaping, TemplateError, fields_used, render};
use domain::workspace::tracking::{Tracked, Untracked};
use domain::workspace::{Company, Workspace};
use domain::{AccountId, CampaignId, MessageId, UserId};

/// A message that is ready to go, with the parts of it that its ledger row keeps.
pub struct Composed<M> {
    pub outgoing: M,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// The thread that a mail continues.
#[derive(Default)]
pub struct Thread<'a> {
    /// Oldest first.
    pub messages: Vec<&'a Message>,
    /// The subject, where none of them has one.
    pub topic: Option<&'a str>,
    /// The lead's message that a personal answer answers.
    pub answered: Option<&'a Message>,
}

#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("{0}")]
    Template(#[from] TemplateError),
    #[error("the lead has no address for this channel")]
    NoAddress,
    #[error("the account cannot send on this channel")]
    WrongAccount,
    #[error("the step sends no message")]
    SendsNothing,
    #[error("{0} {1}")]
    Unidentified(&'static str, &'static str),
    #[error("WhatsApp {WINDOW_CLOSED}")]
    WindowClosed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Composes a mail to the lead of the file, as `lead` describes it: a reply may go to another address than its own.
/// `untracked` is what the mail's campaign does not track.
pub async fn compose_mail(
    ports: &SendPorts,
    (workspace, untracked): (&Workspace, Untracked),
    account: &OpenAccount,
    (file, lead): (&LeadFile, &Lead),
    id: &MessageId,
    (subject, body): (&str, &str),
    thread: &Thread<'_>,
) -> Result<Composed<OutgoingMail>, ComposeError> {
    let mailbox = account.settings.mailbox().ok_or(ComposeError::WrongAccount)?;
    if let Some((field, why)) = workspace.company.lacks_for_mail() {
        return Err(ComposeError::Unidentified(field, why));
    }
    let to = lead.email.clone().ok_or(ComposeError::NoAddress)?;
    let links = links(ports, workspace, id);
    let unsubscribe = links.unsubscribe(Some(&to));
    let sender = account.settings.sender_name();
    let context = context(ports, workspace, (file, sender), &unsubscribe, &[subject, body]).await?;
    let own = subject.trim();
    let (subject, text) = render_mail(&context, (subject, body), thread)?;
    let references = references(thread, &subject);
    let address = workspace.tracking.address(&ports.public_url);
    let tracked_links = Links { public_url: &address, ..links };
    let tracked_by = (&tracked_links, workspace.tracking.of(lead, untracked));
    // What a user answers in a thread quotes what it answers, and carries none of a sequence's footer.
    let continues = |answered: &&Message| own.is_empty() || identity::same_subject(&answered.subject, own);
    let answered = thread.answered.filter(continues);
    let introduction = answered.map(|answered| introduction(workspace, lead, answered));
    let end = match (answered, &introduction) {
        (Some(answered), Some(introduction)) => {
            End::Quotation(Quotation { introduction, text: &answered.text })
        }
        _ => footer(&workspace.company, Some(&unsubscribe)),
    };
    let rendered = body_of(Some(tracked_by), Some(&unsubscribe), end, &text);
    let name = Some(lead.display_name()).filter(|name| !name.contains('@'));
    let outgoing = OutgoingMail {
        message_id: identity::internet_id(id, mailbox.address.domain()),
        to: to.clone(),
        to_name: name,
        from: mailbox.address.clone(),
        from_name: mailbox.name.to_owned(),
        reply_to: mailbox
            .reply_to
            .map(|base| identity::reply_address(base, id).unwrap_or_else(|| base.clone())),
        subject: subject.clone(),
        text: rendered.text,
        html: rendered.html,
        in_reply_to: references.last().cloned(),
        references,
        unsubscribe_url: Some(unsubscribe)
            .filter(|_| answered.is_none() && !mutant!("mail_without_unsubscribe")),
        tag: id.to_string(),
    };
    let from = format!("{} <{}>", mailbox.name, mailbox.address);
    Ok(Composed { outgoing, from, to: to.to_string(), subject, text })
}

/// The Message-IDs of the thread's mails, as far as the subject continues it.
fn references(thread: &Thread<'_>, subject: &str) -> Vec<String> {
    let in_thread =
        thread.messages.iter().filter(|message| identity::same_subject(&message.subject, subject));
    in_thread.filter_map(|message| message.internet_id.clone()).collect()
}

/// The footer of a mail that a sequence sends, or that opens a conversation.
pub(super) fn footer<'a>(company: &'a Company, unsubscribe: Option<&'a str>) -> End<'a> {
    let (name, postal_address) = (company.name.as_str(), company.postal_address.as_str());
    End::Footer(Footer { company: name, postal_address, unsubscribe_url: unsubscribe })
}

/// Says who wrote the answered message, and when, by the workspace's clock.
fn introduction(workspace: &Workspace, lead: &Lead, answered: &Message) -> String {
    let at = answered.created_at.to_zoned(workspace.default_zone.zone());
    let at = at.strftime("%a, %-d %b %Y at %H:%M");
    format!("On {at}, {} <{}> wrote:", lead.display_name(), answered.from)
}

/// Renders a mail's two bodies with what stands below the text. `tracked_by` gives the pixel and rewrites
/// links, except the one to unsubscribe and those that the way through us would change.
pub(super) fn body_of(
    tracked_by: Option<(&Links<'_>, Tracked)>,
    unsubscribe: Option<&str>,
    end: End<'_>,
    text: &str,
) -> MailBody {
    let clicks = tracked_by.filter(|(_, tracked)| tracked.clicks).map(|(links, _)| links);
    let rewrite = |target: &str| match clicks {
        Some(links) if Some(target) != unsubscribe && is_trackable(target) => links.click(target),
        _ => target.to_owned(),
    };
    let pixel = tracked_by.filter(|(_, tracked)| tracked.opens).map(|(links, _)| links.pixel());
    let hidden = clicks.map(Links::hidden);
    mail_body(
        text,
        &MailParts { rewrite: &rewrite, pixel_url: pixel.as_deref(), hidden_url: hidden.as_deref(), end },
    )
}

/// Renders a mail's subject and text, before links are rewritten and the footer is added.
pub(crate) fn render_mail(
    context: &MergeContext,
    (subject, body): (&str, &str),
    thread: &Thread<'_>,
) -> Result<(String, String), TemplateError> {
    let text = render(body, context, Escaping::None)?;
    let first = thread.answered.iter().chain(&thread.messages).find(|message| !message.subject.is_empty());
    let subject = match (subject.trim(), first, thread.topic) {
        ("", Some(first), _) => identity::reply_subject(&first.subject),
        ("", None, Some(topic)) => topic.to_owned(),
        (own, _, _) => render(own, context, Escaping::None)?,
    };
    Ok((subject, text))
}

pub async fn compose_sms(
    ports: &SendPorts,
    workspace: &Workspace,
    account: &OpenAccount,
    (file, author): (&LeadFile, Option<&UserId>),
    id: &MessageId,
    body: &str,
) -> Result<Composed<OutgoingSms>, ComposeError> {
    let from = number_on(account, Channel::Sms)?;
    let to = file.lead.phone.clone().ok_or(ComposeError::NoAddress)?;
    let links = links(ports, workspace, id);
    let sender = author_of(&*ports.users, workspace, author, body).await?;
    let with_sender = (file, sender.as_deref());
    let context = context(ports, workspace, with_sender, &links.unsubscribe(None), &[body]).await?;
    let text = render(body, &context, Escaping::None)?;
    let status_callback = links.status(&account.id, &account.settings);
    let outgoing = OutgoingSms { to: to.clone(), text: text.clone(), status_callback, tag: id.to_string() };
    Ok(Composed { outgoing, from: from.to_string(), to: to.to_string(), subject: String::new(), text })
}

/// The words of a WhatsApp message.
#[derive(Debug, Clone, Copy)]
pub enum Saying<'a> {
    /// An approved template: name, language, and its words with our fields.
    Template(&'a str, &'a str, &'a str),
    /// Free words, which only go out while `whatsapp::takes_free_text`.
    Freely(&'a str),
}

pub async fn compose_whatsapp(
    ports: &SendPorts,
    workspace: &Workspace,
    account: &OpenAccount,
    (file, author): (&LeadFile, Option<&UserId>),
    id: &MessageId,
    saying: Saying<'_>,
) -> Result<Composed<OutgoingWhatsapp>, ComposeError> {
    let from = number_on(account, Channel::Whatsapp)?;
    let to = file.lead.chat_recipient().ok_or(ComposeError::NoAddress)?;
    let links = links(ports, workspace, id);
    let (Saying::Template(_, _, words) | Saying::Freely(words)) = saying;
    let sender = author_of(&*ports.users, workspace, author, words).await?;
    let with_sender = (file, sender.as_deref());
    let context = context(ports, workspace, with_sender, &links.unsubscribe(None), &[words]).await?;
    let (text, template) = match saying {
        Saying::Freely(words) => (render(words, &context, Escaping::None)?, None),
        Saying::Template(name, language, words) => {
            let Filled { text, parameters } = whatsapp::fill(words, &context)?;
            let (name, language) = (name.to_owned(), language.to_owned());
            (text, Some(WhatsappTemplate { name, language, parameters }))
        }
    };
    let outgoing = OutgoingWhatsapp { to: to.clone(), text: text.clone(), template, tag: id.to_string() };
    Ok(Composed { outgoing, from: from.to_string(), to: to.to_string(), subject: String::new(), text })
}

/// Renders title and text of a task.
pub async fn compose_task(
    ports: &SendPorts,
    workspace: &Workspace,
    file: &LeadFile,
    title: &str,
    body: &str,
) -> Result<(String, String), ComposeError> {
    let context = context(ports, workspace, (file, None), "", &[title, body]).await?;
    Ok((render(title, &context, Escaping::None)?, render(body, &context, Escaping::None)?))
}

fn number_on(account: &OpenAccount, channel: Channel) -> Result<&PhoneNumber, ComposeError> {
    let settings = &account.settings;
    let number = settings.number().filter(|_| settings.kind().channel() == Some(channel));
    number.ok_or(ComposeError::WrongAccount)
}

fn links<'a>(ports: &'a SendPorts, workspace: &'a Workspace, id: &'a MessageId) -> Links<'a> {
    Links { keys: &ports.keys, public_url: &ports.public_url, workspace: &workspace.id, message: id }
}

/// The name of the user who wrote a text by hand, where its words name the sender: a number has no name of its own.
pub(crate) async fn author_of(
    users: &dyn UserStore,
    workspace: &Workspace,
    author: Option<&UserId>,
    words: &str,
) -> StoreResult<Option<String>> {
    let Some(author) = author.filter(|_| words.contains("sender")) else { return Ok(None) };
    // Words that cannot be read are refused when they are rendered.
    if !fields_used(words).is_ok_and(|fields| fields.contains("sender.name")) {
        return Ok(None);
    }
    Ok(found(users.get(&workspace.id, author).await)?.map(|user| user.name))
}

async fn context(
    ports: &SendPorts,
    workspace: &Workspace,
    (file, sender): (&LeadFile, Option<&str>),
    unsubscribe: &str,
    templates: &[&str],
) -> Result<MergeContext, ComposeError> {
    let mut context = MergeContext::from_lead(&file.lead, &workspace.company)
        .with_opening_line(file.opening_line())
        .with_sender(sender)
        .with("unsubscribe_url", unsubscribe);
    let mut wants_preview = false;
    for template in templates {
        wants_preview |= fields_used(template)?.contains("preview_url");
    }
    if wants_preview {
        let Lead { workspace, id, .. } = &file.lead;
        let page = match &file.preview {
            Some(page) => page.clone(),
            None => {
                let stores = (&*ports.previews, &*ports.leads);
                preview_page(stores, &*ports.ids, &*ports.clock, workspace, id).await?
            }
        };
        context = context.with("preview_url", &preview_url(&ports.public_url, &page.token));
    }
    Ok(context)
}

/// The thread of this campaign's mails that the lead got from this mailbox at the present address. A new one begins from
/// another mailbox, at another address, and where the last mails came back or may have gone elsewhere.
pub(crate) fn thread_of<'a>(
    file: &'a LeadFile,
    campaign: &CampaignId,
    mailbox: Option<&AccountId>,
) -> Thread<'a> {
    let ours = |message: &&Message| {
        message.channel == Channel::Email
            && message.direction == Direction::Out
            && message.campaign.as_ref() == Some(campaign)
            && message.accepted_at.is_some()
    };
    let goes_on = |message: &&Message| {
        let arrived = !matches!(message.state, MessageState::Bounced | MessageState::Failed);
        arrived
            && !message.tried_elsewhere
            && message.account.as_ref() == mailbox
            && file.lead.is_reached_at(&message.to)
    };
    let (messages, elsewhere): (Vec<_>, Vec<_>) = file.messages.iter().filter(ours).partition(goes_on);
    let topic = elsewhere.iter().find(|message| !message.subject.is_empty());
    Thread { messages, topic: topic.map(|message| identity::base_subject(&message.subject)), answered: None }
}
