//! Faults on the way to providers: a call is refused, lost, delayed or answered late, over HTTP, SMTP and IMAP.

use crate::trouble::attempts::{Asked, Attempts, Said, tag_in};
use crate::trouble::blocked_senders::{Blocking, by_mail, is_block_of_mail, is_block_over_http, over_http};
use crate::trouble::cloud_faults::{frozen, killed, timed_out};
use crate::trouble::disorder::{Crash, Disorder};
use crate::trouble::kind::Kind;
use crate::trouble::late_deliveries::{Delivery, LateDeliveries};
use crate::trouble::late_reports::{LateReports, message_id};
use crate::trouble::mailbox_faults::{MailboxCall, Tokens, imap_to};
use async_trait::async_trait;
use http::{Method, Request, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use local_world::{http_to, smtp_to};
use providers::transport::{
    Http, InProcessHttp, PipeImap, PipeSmtp, Smtp, SmtpEnvelope, SmtpFailure, SmtpReply, SmtpStage,
    SmtpTarget, TransportError,
};
use sandbox::Sandbox;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

/// What happens elsewhere while a provider's answer is on its way.
pub type Meanwhile = Arc<dyn Fn(Meantime) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

#[derive(Debug, Clone)]
pub enum Meantime {
    /// Webhooks come, and are taken in.
    Reported,
    /// The lead at this address or number is not to be written to.
    Stopped { to: String },
}

#[derive(Clone)]
pub struct Watchers {
    /// Told of everything that a provider may have taken.
    pub taken: Arc<dyn Fn() + Send + Sync>,
    pub meanwhile: Meanwhile,
}

#[derive(Clone)]
pub struct Outside {
    pub(super) disorder: Disorder,
    http: Arc<InProcessHttp>,
    smtp: Arc<PipeSmtp>,
    pub(super) imap: Arc<PipeImap>,
    watchers: Arc<Mutex<Option<Watchers>>>,
    refusals: Refusals,
    blocking: Blocking,
    pub(super) late_reports: LateReports,
    pub landing: LateDeliveries,
    pub(super) attempts: Attempts,
    pub tokens: Tokens,
    sandbox: Sandbox,
    /// What has come as far as a provider, by tag: who honours keys refuses nothing afterwards.
    passed_on: Arc<Mutex<BTreeSet<String>>>,
}

/// When a mailbox, by its address, was told that nothing is taken, or was told nothing.
pub type Refusals = Arc<Mutex<Vec<(Timestamp, String)>>>;

impl Outside {
    pub fn new(
        disorder: Disorder,
        (blocking, late_reports): (Blocking, LateReports),
        sandbox: &Sandbox,
    ) -> Self {
        let (http, smtp) = (Arc::new(http_to(sandbox)), Arc::new(smtp_to(sandbox)));
        let imap = Arc::new(imap_to(sandbox, &disorder));
        let watchers = Arc::default();
        let (refusals, attempts) = (Arc::default(), Attempts::default());
        let (passed_on, landing) = (Arc::default(), LateDeliveries::default());
        Self {
            disorder,
            http,
            smtp,
            imap,
            watchers,
            refusals,
            blocking,
            late_reports,
            landing,
            attempts,
            tokens: Tokens::default(),
            sandbox: sandbox.clone(),
            passed_on,
        }
    }

    pub fn refusals(&self) -> Refusals {
        self.refusals.clone()
    }

    pub fn attempts(&self) -> Attempts {
        self.attempts.clone()
    }

    fn refused(&self, mailbox: String) {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals.push((self.disorder.now(), mailbox));
    }

    /// None, once the life is over: they hold everything that holds this.
    pub fn watch(&self, watchers: Option<Watchers>) {
        *self.watchers.lock().unwrap_or_else(PoisonError::into_inner) = watchers;
    }

    fn watchers(&self) -> Option<Watchers> {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn may_be_taken(&self) {
        if let Some(watchers) = self.watchers() {
            (watchers.taken)();
        }
    }

    /// A message that comes as far as a provider for the first time; it counts as there from now on.
    fn is_first(&self, message: &[u8]) -> bool {
        let mut passed_on = self.passed_on.lock().unwrap_or_else(PoisonError::into_inner);
        tag_in(message).is_some_and(|tag| passed_on.insert(tag))
    }

    fn slow(&self, what: &str) {
        if self.disorder.strikes(Kind::ProviderSlow, || what.to_owned()) {
            let seconds = self.disorder.draw(Kind::ProviderSlow, 1, 15);
            let clock = self.disorder.clock();
            clock.advance_to(self.disorder.now() + SignedDuration::from_secs(seconds));
        }
    }

    /// Tells what is to become of this call.
    pub(super) async fn before(&self, what: &str, to: Option<&str>) -> Option<Crash> {
        let planned = self.disorder.call(|| format!("to {what}"));
        self.disorder.give_way_often().await;
        if planned == Some(Crash::KilledBefore) {
            killed(&self.disorder).await;
        }
        if self.disorder.strikes(Kind::KilledAtProvider, || format!("before {what}")) {
            killed(&self.disorder).await;
        }
        self.slow(what);
        if let (Some(to), Some(Watchers { meanwhile, .. })) = (to, self.watchers())
            && self.disorder.strikes(Kind::StoppedInCall, || format!("{what} to {to}"))
        {
            meanwhile(Meantime::Stopped { to: to.to_owned() }).await;
        }
        planned
    }

    /// What has been on its way comes to its provider. True where there was any.
    pub async fn land(&self) -> bool {
        let Some(cargo) = self.landing.arrive(self.disorder.now()) else { return false };
        let told = match cargo {
            Delivery::OverHttp(request) => match self.http.send(request).await {
                Ok(answer) => answer.status().to_string(),
                Err(error) => error.to_string(),
            },
            Delivery::ByMail(target, envelope, mail) => {
                match self.smtp.deliver(&target, &envelope, &mail).await {
                    Ok(reply) => reply.text,
                    Err(failure) => failure.to_string(),
                }
            }
        };
        self.may_be_taken();
        self.landing.landed();
        self.disorder.log(format!("what was on its way comes to its provider: {told}"));
        true
    }

    /// Delays the delivery: the function that made the call hears nothing, or dies of it.
    async fn delay_delivery(&self, tag: String, to: &str, cargo: Delivery) {
        self.landing.delay(&self.disorder, tag, to, cargo);
        self.may_be_taken();
        if self.disorder.draw(Kind::LandsLate, 0, 1) == 0 {
            timed_out(&self.disorder).await;
        }
    }

    /// A call about a message is about to be made: it stays on the way.
    fn lands_late(&self, message: &[u8], told: impl FnOnce() -> String) -> Option<String> {
        tag_in(message).filter(|_| self.disorder.strikes(Kind::LandsLate, told))
    }

    /// It was taken, and nothing is heard of it for more than a day.
    fn is_heard_late(&self, message: &[u8], to: &str, told: impl FnOnce() -> String) -> bool {
        let Some(tag) = tag_in(message).filter(|_| self.disorder.strikes(Kind::HeardLate, told)) else {
            return false;
        };
        let names = message_id(message).unwrap_or_else(|| to.to_owned());
        self.late_reports.hide_reports(&self.disorder, tag, vec![names]);
        true
    }

    /// True when the answer gets lost.
    pub(super) async fn after(&self, what: &str, planned: Option<Crash>) -> bool {
        self.may_be_taken();
        if self.disorder.strikes(Kind::WebhookEarly, || what.to_owned())
            && let Some(Watchers { meanwhile, .. }) = self.watchers()
        {
            meanwhile(Meantime::Reported).await;
        }
        if planned == Some(Crash::KilledAfter)
            || self.disorder.strikes(Kind::KilledAtProvider, || format!("after {what}"))
        {
            killed(&self.disorder).await;
        }
        if planned == Some(Crash::TimedOut) {
            timed_out(&self.disorder).await;
        }
        planned == Some(Crash::AnswerLost)
            || self.disorder.strikes(Kind::ProviderAnswerLost, || what.to_owned())
    }
}

#[async_trait]
impl Http for Outside {
    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        let call = MailboxCall::of(&self.sandbox, &request);
        if is_trial(&request) || (call.is_some() && !self.disorder.is_function_at_work()) {
            let answer = self.http.send(request).await;
            self.note_tokens(call.as_ref(), answer.as_ref().ok());
            // A function that goes on after it stood still may send by this call.
            call.iter().for_each(|_| self.may_be_taken());
            return answer;
        }
        self.disorder.stand_still().await;
        let mailbox = match &call {
            Some(MailboxCall::Send(mailbox)) => Some(mailbox.clone()),
            _ => mailed_from(request.body()),
        };
        let (began, about) = (self.disorder.now(), self.about(&request));
        let under_way = about.is_some().then(|| self.disorder.begin_call());
        let answer = self.ask(request, call.as_ref()).await;
        drop(under_way);
        if let Some((about, asked)) = about {
            let what = asked.unwrap_or_else(|| Asked::ToTake(classify_answer(&answer)));
            self.attempts.add(&self.disorder, began, about, what);
        }
        if let Some(mailbox) = mailbox
            && !answer.as_ref().is_ok_and(|answer| answer.status().is_success())
        {
            self.refused(mailbox);
        }
        self.disorder.take_turns().await;
        answer
    }
}

impl Outside {
    /// Which message a call is about, and by which account; nothing more where it is to be taken.
    fn about(&self, request: &Request<Vec<u8>>) -> Option<((String, String), Option<Asked>)> {
        let path = request.uri().path().to_owned();
        if request.method() == Method::GET {
            let mut fields = request.uri().query()?.split('&');
            let to = fields.find_map(|field| field.strip_prefix("To="))?;
            return Some(((to.to_owned(), path), Some(Asked::WhatBecame)));
        }
        let by = mailed_from(request.body()).unwrap_or(path);
        let tag = tag_in(request.body()).filter(|_| recipient_of(request.body()).is_some())?;
        Some(((tag, by), None))
    }

    fn note_tokens(&self, call: Option<&MailboxCall>, answer: Option<&Response<Vec<u8>>>) {
        if let (Some(call), Some(answer)) = (call, answer) {
            self.tokens.answered(self.disorder.now(), call, answer.status().as_u16());
        }
    }

    async fn ask(
        &self,
        request: Request<Vec<u8>>,
        call: Option<&MailboxCall>,
    ) -> Result<Response<Vec<u8>>, TransportError> {
        let what = request.uri().path().split('/').nth(1).unwrap_or_default().to_owned();
        let told = || what.clone();
        let to = recipient_of(request.body());
        let planned = self.before(&what, to.as_deref()).await;
        if self.disorder.strikes(Kind::ProviderSilent, told) {
            return Err(TransportError::Ambiguous("operation timed out".into()));
        }
        let asks = request.uri().query().filter(|_| request.method() == Method::GET).unwrap_or_default();
        if self.late_reports.hidden_until(self.disorder.now(), &asks.replace("%2B", "+")).is_some() {
            // It lists none to there yet.
            return Ok(Response::new(json!({ "messages": [] }).to_string().into_bytes()));
        }
        let is_out = to.is_some() && self.disorder.is_out_of_reach();
        if is_out || self.disorder.strikes(Kind::ProviderRefused, told) {
            return Err(TransportError::NotSent("connection refused".into()));
        }
        for (kind, status) in [
            (Kind::ProviderBusy, StatusCode::TOO_MANY_REQUESTS),
            (Kind::ProviderBroken, StatusCode::SERVICE_UNAVAILABLE),
        ] {
            if self.disorder.strikes(kind, told) {
                let mut response = Response::new(Vec::new());
                *response.status_mut() = status;
                return Ok(response);
            }
        }
        if let Some((status, refusal)) = to.as_deref().and_then(|to| self.block_of(&what, to)) {
            let mut response = Response::new(refusal.to_string().into_bytes());
            *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            return Ok(response);
        }
        if let Some(refusal) = to.as_ref().and_then(|_| refusal_of(&what))
            && self.is_first(request.body())
            && self.disorder.strikes(Kind::RefusedForGood, told)
        {
            let mut response = Response::new(refusal.to_string().into_bytes());
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(response);
        }
        if let Some(to) = &to
            && let Some(tag) = self.lands_late(request.body(), told)
        {
            self.delay_delivery(tag, to, Delivery::OverHttp(request)).await;
            return Err(TransportError::Ambiguous("operation timed out".into()));
        }
        if let Some(MailboxCall::Read(mailbox)) = call {
            if self.disorder.are_mailboxes_silent() {
                return Err(TransportError::Ambiguous("operation timed out".into()));
            }
            if self.sandbox.has_unread_letter(mailbox)
                && self.disorder.strikes(Kind::CursorForgotten, || mailbox.clone())
            {
                self.sandbox.forget_cursor(mailbox);
            }
        }
        let message = request.body().clone();
        let mut response = self.http.send(request).await?;
        self.note_tokens(call, Some(&response));
        if let Some(MailboxCall::Grant(mailbox) | MailboxCall::Renewal(mailbox)) = call
            && self.disorder.strikes(Kind::HeldAtRenewal, || mailbox.clone())
        {
            self.may_be_taken();
            match self.disorder.draw(Kind::HeldAtRenewal, 0, 1) {
                0 => killed(&self.disorder).await,
                _ => frozen(&self.disorder).await,
            }
        }
        let late = to.filter(|_| what != "resend" && response.status().is_success());
        let late = late.is_some_and(|to| self.is_heard_late(&message, &to, told));
        if self.after(&what, planned).await || late {
            return Err(TransportError::Ambiguous("connection reset".into()));
        }
        if self.disorder.strikes(Kind::ProviderHalf, told) {
            let half = response.body().len() / 2;
            response.body_mut().truncate(half);
        }
        Ok(response)
    }
}

impl Outside {
    fn block_of(&self, provider: &str, to: &str) -> Option<(u16, Value)> {
        over_http(provider, to).filter(|_| self.blocking.refuses(&self.disorder, provider, to))
    }
}

/// A provider that is busy, broken or not to be reached has taken nothing.
fn classify_answer(answer: &Result<Response<Vec<u8>>, TransportError>) -> Said {
    match answer {
        Ok(answer) if answer.status().is_success() => Said::Yes,
        Ok(answer) if is_block_over_http(answer.body()) => Said::Blocked,
        Ok(answer) if answer.status() == StatusCode::TOO_MANY_REQUESTS => Said::Later,
        Ok(answer) if answer.status().is_server_error() => Said::Down,
        Err(TransportError::NotSent(_)) => Said::Down,
        _ => Said::Otherwise,
    }
}

/// How providers say that they will not take this message, whoever else gets one.
fn refusal_of(provider: &str) -> Option<Value> {
    match provider {
        "twilio" => Some(json!({ "code": 30_007, "message": "Message filtered" })),
        "whatsapp" => Some(json!({ "error": { "code": 131_026, "message": "Message undeliverable" } })),
        "resend" => Some(json!({ "name": "validation_error", "message": "Invalid `to` field." })),
        _ => None,
    }
}

/// Whether an account works is asked without a message, and trouble is for messages.
fn is_trial(request: &Request<Vec<u8>>) -> bool {
    let uri = request.uri();
    let of_a_sender =
        ["/twilio/", "/whatsapp/", "/resend/"].iter().any(|sender| uri.path().starts_with(sender));
    let about_messages = uri.query().is_some_and(|query| query.contains("To="));
    request.method() == Method::GET && of_a_sender && !about_messages
}

/// The recipient of a message, as the APIs of Twilio, WhatsApp and Resend take it.
fn recipient_of(form: &[u8]) -> Option<String> {
    if form.first() == Some(&b'{') {
        let message: Value = serde_json::from_slice(form).ok()?;
        if let (Some(to), true) = (message["to"][0].as_str(), message["subject"].is_string()) {
            return Some(to.to_owned());
        }
        let is_chat = message["messaging_product"] == "whatsapp";
        return message["to"].as_str().filter(|_| is_chat).map(|digits| format!("+{digits}"));
    }
    let to = form.split(|byte| *byte == b'&').find_map(|field| field.strip_prefix(b"To="))?;
    Some(String::from_utf8_lossy(to).replace("%2B", "+"))
}

/// The sender as Resend takes it: `Maya <maya@northquay.example>`.
fn mailed_from(body: &[u8]) -> Option<String> {
    let message: Value = serde_json::from_slice(body).ok().filter(|_| body.first() == Some(&b'{'))?;
    let from = message["from"].as_str().filter(|_| message["subject"].is_string())?;
    Some(from.split_once('<').map_or(from, |(_, address)| address.trim_end_matches('>')).to_owned())
}

#[async_trait]
impl Smtp for Outside {
    async fn deliver(
        &self,
        target: &SmtpTarget,
        envelope: &SmtpEnvelope,
        message: &[u8],
    ) -> Result<SmtpReply, SmtpFailure> {
        self.disorder.stand_still().await;
        let began = self.disorder.now();
        let under_way = self.disorder.begin_call();
        let answer = self.hand_in(target, envelope, message).await;
        drop(under_way);
        let said = match &answer {
            Ok(_) => Said::Yes,
            Err(failure) if failure.stage == SmtpStage::Connect => Said::Down,
            Err(failure) if is_block_of_mail(failure) => Said::Blocked,
            // As a provider's 401: no word about the mail.
            Err(SmtpFailure { stage: SmtpStage::Auth, reply: Some(reply), .. }) if reply.code >= 500 => {
                Said::Otherwise
            }
            Err(failure) if failure.stage != SmtpStage::Rcpt && failure.stage != SmtpStage::FinalDot => {
                Said::Later
            }
            _ => Said::Otherwise,
        };
        if let Some(tag) = tag_in(message) {
            self.attempts.add(&self.disorder, began, (tag, envelope.from.clone()), Asked::ToTake(said));
        }
        // What is said of one person says nothing of the mailbox; of us, it does.
        let is_of_us = |failure: &SmtpFailure| failure.stage != SmtpStage::Rcpt || is_block_of_mail(failure);
        if answer.as_ref().is_err_and(is_of_us) {
            self.refused(envelope.from.clone());
        }
        self.disorder.take_turns().await;
        answer
    }

    /// Trouble is for messages: a try brings none.
    async fn log_in(&self, target: &SmtpTarget, from: &str) -> Result<(), SmtpFailure> {
        self.smtp.log_in(target, from).await
    }
}

impl Outside {
    async fn hand_in(
        &self,
        target: &SmtpTarget,
        envelope: &SmtpEnvelope,
        message: &[u8],
    ) -> Result<SmtpReply, SmtpFailure> {
        let told = || "smtp".to_owned();
        let planned = self.before("smtp", Some(&envelope.to)).await;
        if self.disorder.is_out_of_reach() || self.disorder.strikes(Kind::ProviderRefused, told) {
            return Err(SmtpFailure::broken(SmtpStage::Connect, "connection refused"));
        }
        if self.is_first(message) && self.disorder.strikes(Kind::RefusedForGood, told) {
            return Err(SmtpFailure::replied(SmtpStage::Rcpt, 550, "5.7.1 not wanted here"));
        }
        if self.blocking.refuses(&self.disorder, "smtp", &envelope.to) {
            return Err(by_mail(&envelope.to));
        }
        if self.disorder.strikes(Kind::ProviderBusy, told) {
            return Err(SmtpFailure::replied(SmtpStage::Mail, 450, "4.7.1 too many messages, slow down"));
        }
        if self.disorder.strikes(Kind::ProviderBroken, told) {
            return Err(SmtpFailure::replied(SmtpStage::Connect, 421, "4.3.2 down for maintenance"));
        }
        if self.disorder.strikes(Kind::ProviderSilent, told) {
            return Err(SmtpFailure::broken(SmtpStage::FinalDot, "operation timed out"));
        }
        if let Some(tag) = self.lands_late(message, told) {
            let cargo = Delivery::ByMail(target.clone(), envelope.clone(), message.to_vec());
            self.delay_delivery(tag, &envelope.to, cargo).await;
            return Err(SmtpFailure::broken(SmtpStage::FinalDot, "operation timed out"));
        }
        let reply = self.smtp.deliver(target, envelope, message).await;
        let late = reply.is_ok() && self.is_heard_late(message, &envelope.to, told);
        if (self.after("smtp", planned).await || late) && reply.is_ok() {
            return Err(SmtpFailure::broken(SmtpStage::FinalDot, "connection reset"));
        }
        reply
    }
}
