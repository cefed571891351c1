//! Faults of mailboxes that are read: their servers break off, forget how far they were read or are silent, mails are
//! moved before they are read; and the tokens that renewals bring, or that get lost with whoever asked for them.

use crate::trouble::attempts::Asked;
use crate::trouble::disorder::Disorder;
use crate::trouble::kind::Kind;
use crate::trouble::provider_faults::Outside;
use async_trait::async_trait;
use http::{Method, Request, header};
use jiff::Timestamp;
use mailbox_fakes::{ImapHost, ImapMailbox, ImapOffers, serve_imap};
use providers::transport::{Imap, ImapLimits, ImapSession, ImapTarget, MailboxFailure, PipeImap, SentCopy};
use sandbox::Sandbox;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

const PIPE_BYTES: usize = 64 * 1024;

/// The mail server, which breaks off now and then.
#[derive(Clone)]
struct FaultyImap {
    sandbox: Sandbox,
    disorder: Disorder,
}

/// The way to the mailboxes behind the mail server.
pub fn imap_to(sandbox: &Sandbox, disorder: &Disorder) -> PipeImap {
    let host = FaultyImap { sandbox: sandbox.clone(), disorder: disorder.clone() };
    PipeImap::new(move |_| {
        let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
        let host = host.clone();
        tokio::spawn(async move {
            if let Err(error) = serve_imap(&host, theirs).await {
                tracing::debug!(%error, "an IMAP session broke");
            }
        });
        Ok(ours)
    })
}

impl ImapHost for FaultyImap {
    fn offers(&self) -> ImapOffers {
        self.sandbox.offers()
    }

    /// Changes a mailbox in which a letter waits right before it is read.
    fn lets_in(&self, user: &str, password: &str) -> bool {
        let waits = self.sandbox.has_unread_letter(user);
        if waits && self.disorder.strikes(Kind::MailMoved, || user.to_owned()) {
            self.sandbox.move_newest_to_junk(user);
        }
        if waits && self.disorder.strikes(Kind::CursorForgotten, || user.to_owned()) {
            self.sandbox.forget_cursor(user);
        }
        self.sandbox.lets_in(user, password)
    }

    fn with_mailbox(&self, user: &str, work: &mut dyn FnMut(&mut ImapMailbox)) {
        self.sandbox.with_mailbox(user, work);
    }

    fn opened(&self, user: &str, folder: &str) {
        self.sandbox.opened(user, folder);
    }

    fn handed_out(&self, raw: &str) {
        self.sandbox.handed_out(raw);
    }

    fn breaks_off(&self, command: &str) -> bool {
        self.disorder.strikes(Kind::MailboxBreaksOff, || command.to_owned())
    }
}

fn silent() -> MailboxFailure {
    MailboxFailure::HungUp("operation timed out".to_owned())
}

#[async_trait]
impl Imap for Outside {
    /// A mailbox is read. The server may be silent, or break off before it greets.
    async fn open(&self, target: &ImapTarget, limits: ImapLimits) -> Result<ImapSession, MailboxFailure> {
        self.disorder.stand_still().await;
        if self.disorder.are_mailboxes_silent()
            || self.disorder.strikes(Kind::ProviderSilent, || "imap".to_owned())
        {
            return Err(silent());
        }
        self.imap.open(target, limits).await
    }

    async fn find_sent(&self, target: &ImapTarget, message_id: &str) -> Result<SentCopy, MailboxFailure> {
        self.disorder.stand_still().await;
        let told = || "imap".to_owned();
        let about = (message_id.to_owned(), target.host.clone());
        self.attempts.add(&self.disorder, self.disorder.now(), about, Asked::WhatBecame);
        let planned = self.before("imap", None).await;
        if self.disorder.strikes(Kind::ProviderRefused, told)
            || self.disorder.strikes(Kind::ProviderSilent, told)
            || self.late_reports.hidden_until(self.disorder.now(), message_id).is_some()
        {
            return Err(silent());
        }
        if self.disorder.strikes(Kind::ProviderBroken, told) {
            let said = "[SERVERBUG] internal error".to_owned();
            return Err(MailboxFailure::Refused { command: "UID SEARCH", said });
        }
        let found = self.imap.find_sent(target, message_id).await;
        if self.after("imap", planned).await {
            return Err(MailboxFailure::HungUp("connection reset".to_owned()));
        }
        found
    }
}

/// A request to Google or Microsoft, as far as it concerns a mailbox, by the mailbox's address.
pub enum MailboxCall {
    /// Tokens are asked for by the code of a new grant.
    Grant(String),
    /// Tokens are asked for by the one before.
    Renewal(String),
    Read(String),
    Send(String),
}

impl MailboxCall {
    pub fn of(sandbox: &Sandbox, request: &Request<Vec<u8>>) -> Option<Self> {
        let path = request.uri().path();
        if !path.starts_with("/google/") && !path.starts_with("/microsoft/") {
            return None;
        }
        if path.ends_with("/token") {
            let form: HashMap<String, String> =
                url::form_urlencoded::parse(request.body()).into_owned().collect();
            return match form.get("refresh_token") {
                Some(token) => sandbox.mailbox_of_token(token).map(Self::Renewal),
                None => sandbox.mailbox_of_token(form.get("code")?).map(Self::Grant),
            };
        }
        let bearer = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
        let is_read = *request.method() == Method::GET;
        sandbox.mailbox_of_token(bearer).map(if is_read { Self::Read } else { Self::Send })
    }
}

/// What became of a mailbox's grant at its provider.
#[derive(Debug, Clone)]
pub struct TokenEvent {
    pub at: Timestamp,
    pub mailbox: String,
    pub what: TokenAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenAnswer {
    /// The owner has allowed the access, and tokens were given. The function that has asked may not live to store them.
    Granted,
    /// Tokens were given for those before, likewise.
    Renewed,
    /// The stored token is worth nothing any more.
    Refused,
    /// The owner has taken the grant back.
    Revoked,
}

#[derive(Clone, Default)]
pub struct Tokens(Arc<Mutex<Vec<TokenEvent>>>);

impl Tokens {
    pub fn answered(&self, at: Timestamp, call: &MailboxCall, status: u16) {
        let (mailbox, what) = match (call, status) {
            (MailboxCall::Grant(mailbox), 200) => (mailbox.clone(), TokenAnswer::Granted),
            (MailboxCall::Renewal(mailbox), 200) => (mailbox.clone(), TokenAnswer::Renewed),
            (MailboxCall::Renewal(mailbox), 400) => (mailbox.clone(), TokenAnswer::Refused),
            _ => return,
        };
        self.add(TokenEvent { at, mailbox, what });
    }

    pub fn revoked(&self, at: Timestamp, mailbox: &str) {
        self.add(TokenEvent { at, mailbox: mailbox.to_owned(), what: TokenAnswer::Revoked });
    }

    fn add(&self, event: TokenEvent) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// All since this was asked last.
    pub fn take(&self) -> Vec<TokenEvent> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
