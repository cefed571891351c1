//! Mail through any SMTP account: `MailSender`.

mod compose;
mod request;
mod response;
mod status_code;

use application::provider_calls::SenderClass;
pub(crate) use compose::compose;
pub(crate) use request::target;
pub(crate) use response::outcome;

pub(crate) const CLASS: SenderClass = SenderClass { key: None, status_query: false };

#[cfg(test)]
mod tests;
