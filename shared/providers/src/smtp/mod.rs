//! Mail through any SMTP account: `MailSender`.

mod compose;
mod request;
mod response;
mod status_code;

pub(crate) use compose::compose;
pub(crate) use request::target;
pub(crate) use response::outcome;

#[cfg(test)]
mod tests;
