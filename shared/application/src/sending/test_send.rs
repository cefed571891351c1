//! Queues a test mail to one of the workspace's own mailboxes, as a lead would get it.

use crate::identity::links::with_dead_links;
use crate::inbox::compose_by_hand::WritePorts;
use crate::ports::leads::LeadFile;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::StoreResult;
use crate::sending::compose::{Thread, render_mail};
use crate::sending::one_off::queue::queue_one_off;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::event::Actor;
use domain::message::{Direction, Message};
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::render::TemplateError;
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use domain::{MessageId, UserId};
use jiff::SignedDuration;

/// The limit of test mails of one person in an hour.
pub const MOST_TESTS: u32 = 20;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

pub struct TestMail {
    pub subject: String,
    pub text: String,
    pub from: Account,
    /// One of the workspace's own mailboxes.
    pub to: EmailAddress,
    pub author: UserId,
}

pub enum Untested {
    /// The words cannot be rendered with this lead's values.
    CannotRender(TemplateError),
    TooMany(SignedDuration),
}

/// Queues the mail without the delay in which other messages can be recalled.
pub async fn send_test(
    (ports, limits): (&WritePorts, &dyn RateLimitStore),
    (workspace, file): (&Workspace, &LeadFile),
    mail: TestMail,
    public_url: &str,
) -> StoreResult<Result<Message, Untested>> {
    let (lead, now) = (&file.lead, ports.clock.now());
    let id = MessageId::new(&lead.id, ports.ids.next());
    let values = MergeContext::from_lead(lead, &workspace.company)
        .with_opening_line(file.opening_line())
        .with_sender(mail.from.settings.sender_name());
    let values = with_dead_links(values, public_url, (&workspace.id, &id));
    if let Err(error) = render_mail(&values, (&mail.subject, &mail.text), &Thread::default()) {
        return Ok(Err(Untested::CannotRender(error)));
    }
    let bucket = format!("tests/{}/{}", workspace.id, mail.author);
    if let Err(wait) = limits.take(&bucket, MOST_TESTS, HOUR, now).await? {
        return Ok(Err(Untested::TooMany(wait)));
    }
    let actor = Actor::User(mail.author.clone());
    let message = Message {
        test: true,
        account: Some(mail.from.id),
        author: Some(mail.author),
        to: mail.to.to_string(),
        subject: mail.subject,
        text: mail.text,
        ..Message::blank(id, workspace.id.clone(), Direction::Out, Channel::Email, now)
    };
    queue_one_off((&*ports.messages, &*ports.due, &*ports.outbox), &message, actor).await?;
    Ok(Ok(message))
}
