//! `MailSender` through any SMTP account, and `MailboxReader` where it has an IMAP server.

mod account;
mod compose;
mod imap_mailbox;
mod request;
mod response;
mod sent_folder;
mod status_code;

pub use account::SmtpAccount;
use application::ports::declarations::Declaration;
use application::ports::provider_calls::SenderClass;
pub(crate) use compose::compose;
use domain::workspace::account::AccountKind;
pub(crate) use imap_mailbox::ImapMailbox;
pub(crate) use request::target;
pub(crate) use response::outcome;
pub(crate) use sent_folder::{imap_target, seen};

pub(crate) const DECLARED: Declaration = Declaration {
    kind: AccountKind::Smtp,
    secrets: &["password", "imap_password"],
    fields: &[],
    reports: false,
    brings_mail_with: None,
    by_grant: false,
    api_url: None,
    check: Declaration::anything_goes,
};

pub(crate) const CLASS: SenderClass = SenderClass::PROMISES_NOTHING;
/// The class of an account with an IMAP server where its sent mail can be looked up.
pub(crate) const CLASS_WITH_IMAP: SenderClass =
    SenderClass { status_query: true, asked_elsewhere: true, ..CLASS };

#[cfg(test)]
mod tests;
