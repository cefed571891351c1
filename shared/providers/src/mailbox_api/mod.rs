//! What Google's and Microsoft's mail APIs have in common: the account that a call is made for, what an answer other than
//! success means for a reader, for a sender and for a test, and mails as bytes.

mod account;
mod header_block;
mod trouble;

pub(crate) use account::{ApiAccount, CLASS, MailboxApi, at, segment};
pub(crate) use header_block::{HeaderBlock, mail_of};
pub(crate) use trouble::{Trouble, object};
