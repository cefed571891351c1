//! What Google's and Microsoft's mail APIs have in common: the account that a call is made for, what an answer other than
//! success means for a reader, for a sender and for a test, and mails as bytes.

mod account;
mod failing_mail;
mod header_block;
mod trouble;

pub(crate) use account::{ApiAccount, CLASS, MailboxApi, at, segment};
pub(crate) use failing_mail::{ask_twice, own_trouble};
pub(crate) use header_block::{HeaderBlock, mail_of, mail_of_known};
pub(crate) use trouble::{Trouble, object};
