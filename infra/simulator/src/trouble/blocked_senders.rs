//! Providers that refuse us for what we are: one of ours refuses everybody's mail, or one recipient's server refuses
//! ours alone; for hours, or for good.

use crate::trouble::disorder::Disorder;
use crate::trouble::kind::Kind;
use jiff::{SignedDuration, Timestamp};
use providers::transport::{SmtpFailure, SmtpStage};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The providers and recipients that take nothing of ours. Clones share one state.
#[derive(Clone, Default)]
pub struct Blocking(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Until when.
    providers: BTreeMap<&'static str, Timestamp>,
    /// Each recipient's decision at the first message; `None` means that it takes them.
    recipients: BTreeMap<String, Option<Timestamp>>,
}

impl Blocking {
    /// `end`: for good, if none is named.
    pub fn block(&self, disorder: &Disorder, provider: &'static str, end: Option<Timestamp>) {
        let end = end.unwrap_or(Timestamp::MAX);
        disorder.happens(Kind::AccountBlocked, &format!("{provider} until {end}"));
        self.state().providers.insert(provider, end);
    }

    /// Whether what goes there by this provider is refused now.
    pub fn refuses(&self, disorder: &Disorder, provider: &str, to: &str) -> bool {
        if !disorder.is_on() {
            return false;
        }
        let (now, mut state) = (disorder.now(), self.state());
        if state.providers.get(provider).is_some_and(|end| *end > now) {
            return true;
        }
        let decide = || {
            disorder.strikes(Kind::RecipientBlocks, || format!("{to} by {provider}")).then(|| {
                let hours = disorder.draw(Kind::RecipientBlocks, -20, 40);
                if hours > 0 { now + SignedDuration::from_hours(hours) } else { Timestamp::MAX }
            })
        };
        let end = *state.recipients.entry(to.to_owned()).or_insert_with(decide);
        end.is_some_and(|end| end > now)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A mail server's refusal of our address, our domain's records or mail like ours, at the recipient or the last dot.
pub fn by_mail(to: &str) -> SmtpFailure {
    match to.bytes().fold(0_usize, |sum, byte| sum + usize::from(byte)) % 3 {
        0 => SmtpFailure::replied(SmtpStage::Rcpt, 550, "5.7.606 Access denied, banned sending IP"),
        1 => SmtpFailure::replied(SmtpStage::FinalDot, 550, "5.7.26 This mail is unauthenticated"),
        _ => SmtpFailure::replied(SmtpStage::FinalDot, 554, "5.7.1 Message rejected as spam"),
    }
}

/// A provider's refusal over HTTP and its status; `None` for one that never refuses so.
pub fn over_http(provider: &str, to: &str) -> Option<(u16, Value)> {
    match provider {
        "twilio" if to.ends_with(['0', '2', '4', '6', '8']) => {
            Some((400, json!({ "code": 30_034, "message": "Message from an Unregistered Number" })))
        }
        "twilio" => Some((400, json!({ "code": 30_007, "message": "Message filtered" }))),
        "resend" => {
            Some((451, json!({ "name": "security_error", "message": "We may have found a security issue." })))
        }
        _ => None,
    }
}

pub fn is_block_of_mail(failure: &SmtpFailure) -> bool {
    let at_message = matches!(failure.stage, SmtpStage::Rcpt | SmtpStage::FinalDot);
    at_message && failure.reply.as_ref().is_some_and(|it| it.code >= 500 && it.text.starts_with("5.7."))
}

pub fn is_block_over_http(body: &[u8]) -> bool {
    let told: Value = serde_json::from_slice(body).unwrap_or_default();
    matches!(told["code"].as_u64(), Some(30_007 | 30_034)) || told["name"] == "security_error"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trouble::kind::Rule;
    use local_cloud::VirtualClock;

    #[test]
    fn blocking_recipient_and_blocked_account_refuse() {
        let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
        let rule = Rule { kind: Kind::RecipientBlocks, most: 1, times: 4 };
        let (disorder, blocking) = (Disorder::new(1_u64, &[rule], clock), Blocking::default());
        assert!(!blocking.refuses(&disorder, "smtp", "ann@x.example"), "nothing goes wrong yet");
        disorder.switch(true);
        for _ in 0..3 {
            assert!(blocking.refuses(&disorder, "smtp", "ann@x.example"));
            assert!(!blocking.refuses(&disorder, "smtp", "bob@x.example"));
        }
        blocking.block(&disorder, "smtp", None);
        assert!(blocking.refuses(&disorder, "smtp", "bob@x.example"));
        assert!(!blocking.refuses(&disorder, "twilio", "+12025550100"));
    }

    #[test]
    fn block_answers_are_recognized() {
        for to in ["a", "b", "c"] {
            assert!(is_block_of_mail(&by_mail(to)));
        }
        assert!(!is_block_of_mail(&SmtpFailure::replied(SmtpStage::Rcpt, 550, "5.1.1 no such user")));
        for (provider, to) in [("twilio", "+10"), ("twilio", "+11"), ("resend", "a@x.example")] {
            let (_, body) = over_http(provider, to).unwrap();
            assert!(is_block_over_http(body.to_string().as_bytes()));
        }
        assert!(!is_block_over_http(br#"{"code":21610}"#) && !is_block_over_http(b"<html>"));
    }
}
