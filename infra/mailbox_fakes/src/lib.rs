//! The mail APIs of Google and Microsoft in process, and a mailbox behind IMAP, for tests and for the sandbox.
//!
//! They are as strict as the real ones as far as a connector can notice: tokens expire and are checked for their
//! permissions, refresh tokens may work once only, a draft is sent once, unknown ids and void cursors are refused with
//! the real status and code, lists come in pages, and a mail's bytes stay as they are. Time is given with each request.

mod gmail;
mod graph;
mod imap;
mod mail;
mod oauth;
mod reply;
mod server;

pub use gmail::Gmail;
pub use graph::{Graph, Handshake, SentNotice};
pub use imap::{ImapAccount, ImapHost, ImapMailbox, ImapOffers, serve_imap};
pub use oauth::{Client, GrantRules};
pub use server::Server;

/// A request as a transport sends it, and the answer.
pub type Request = http::Request<Vec<u8>>;
pub type Response = http::Response<Vec<u8>>;
