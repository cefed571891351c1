//! Reading of mailboxes over IMAP, so that answers, bounces and mails that a user writes by hand are seen.
//!
//! **How IMAP numbers mails.** In each folder every mail has a number, its UID, which grows from mail to mail and is
//! never given out twice. So "everything up to UID 411 was read" is all that has to be remembered of a folder, and what
//! is new is what lies between there and UIDNEXT, the number that the next mail will get. This holds as long as the
//! folder's UIDVALIDITY is the same. When a folder is deleted and made again, restored or moved to another server, it
//! gets another UIDVALIDITY, and the old numbers then mean nothing.
//!
//! **The cursor** ([`Cursor`]) holds that pair of numbers for each folder that is watched: the inbox, junk (where
//! answers land, too), sent mail (a mail that the user writes to a lead by hand), and folders that the user has chosen.
//! [`Cursor::start`] takes UIDNEXT as it is, so reading starts at the moment of connecting. [`poll`] reports the headers
//! of what has arrived since and returns a new cursor. What may happen in between:
//!
//! * *A crash before the new cursor is stored:* the next poll reports the same mails again. Their key, folder with
//!   UIDVALIDITY and UID, is the same, by which the caller recognises them.
//! * *Another UIDVALIDITY,* or a UIDNEXT that went back: the folder is read again from the day before it was last read
//!   completely. Digests of the last 64 Message-IDs are kept in the cursor, and mails with one of them are left out.
//!   What arrived before the connection is left out, too. The poll says so (`numbered_anew`): where more than 64 mails
//!   came in those days, some may be reported twice, under other keys.
//! * *A chosen folder that is gone* is a problem of this folder; the others are read. Junk and sent mail are looked for
//!   under another name; where there is none, nothing is missing. When a folder comes back, reading goes on where it was.
//! * *Mails that arrive during a poll* have numbers from UIDNEXT on, and belong to the next one. *Deleted mails* leave
//!   gaps, and a gap is nothing to wait for.
//! * *Thousands of new mails* are reported in pages, oldest first; `more` says that another poll should follow at once,
//!   in a new session.
//!
//! **The server is hostile** until shown otherwise, because a user has typed in its address. [`Limits`] bounds what is
//! read and held, nothing recurses, and a text is never a command. ADR 68 tells why no IMAP library does it.
//! **Private mail stays private:** headers alone are read, until a caller asks for the body of one mail.
//!
//! A caller connects by itself: a socket with TLS, or `Session::start_tls` and then TLS, or a pipe. [`propose_settings`]
//! tells from an address where its mailbox is.

mod connection;
mod cursor;
mod fetch;
mod folder_name;
mod folders;
mod limits;
mod login;
mod mailbox_failure;
mod mailbox_settings;
mod poll;
mod response;
mod search;
mod session;
mod value_parser;

#[cfg(test)]
mod tests;

pub use cursor::{Cursor, FolderCursor};
pub use fetch::{HeaderBlock, HeaderBlocks, READ_HEADERS, WholeMail};
pub use folder_name::FolderName;
pub use folders::{Examined, Folder, FolderRole, folders_in_role};
pub use limits::Limits;
pub use login::Credentials;
pub use mailbox_failure::MailboxFailure;
pub use mailbox_settings::{
    MailServer, MailboxSettings, Security, SignIn, SrvRecord, propose_settings, settings_of_autoconfig,
    settings_of_srv, sign_in_at,
};
pub use poll::{FolderProblem, NewMail, Poll, poll};
pub use session::Session;
