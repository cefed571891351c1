//! The most mails a second, from the concurrency that the template allows: that of the sender, and that of
//! the API which receives the reactions to mail.

use crate::cost::{CALL_SECONDS, CONVERSATION_SECONDS};
use anyhow::{Context, Result};
use local_host::{EventSource, Stack, TEMPLATE, as_json};
use std::fmt::Write;

/// The counted work of one mail.
pub struct Mail {
    /// Calls of the sending function to AWS.
    pub calls: f64,
    /// Requests that come back from outside: pixels, clicks, webhooks.
    pub requests: f64,
}

/// The settings of the columns in `OPERATIONS.md`.
const RAISED: [(&str, &[(&str, &str)]); 3] = [
    ("as the template has it, quota 10", &[]),
    ("quota 100", &[("SendConcurrency", "30")]),
    ("quota 1,000", &[("SendConcurrency", "500"), ("ApiRequestsPerSecond", "2000")]),
];

pub struct Ceiling {
    senders: usize,
    /// Mails a second by the senders, each of which sends the mails of one account, one after the other.
    sent: f64,
    /// Mails a second by the requests that the API accepts, if they were spread evenly.
    heard: f64,
}

impl Ceiling {
    pub fn per_second(&self) -> f64 {
        self.sent.min(self.heard)
    }

    pub fn of(parameters: &[(&str, &str)], mail: &Mail) -> Result<Self> {
        let mut given = vec![("PublicUrl", "https://leadflow.example")];
        given.extend(parameters);
        let stack = Stack::read(TEMPLATE, &given)?;
        let sources = &stack.function("send_message").context("nobody sends")?.sources;
        let senders = sources.iter().find_map(|source| match source {
            EventSource::Queue { max_concurrency, .. } => Some(*max_concurrency),
            _ => None,
        });
        let senders = senders.context("the sender has no queue")?;
        let most = "ApiRequestsPerSecond";
        let throttle = match parameters.iter().find(|(name, _)| *name == most) {
            Some((_, value)) => value.parse()?,
            None => as_json(TEMPLATE)?["Parameters"][most]["Default"]
                .as_f64()
                .context("the API has no throttle")?,
        };
        let seconds = CONVERSATION_SECONDS + mail.calls * CALL_SECONDS;
        Ok(Self { senders, sent: senders as f64 / seconds, heard: throttle / mail.requests })
    }
}

pub fn table(mail: &Mail) -> Result<String> {
    let mut text = "| setting | senders | they can send | the API can handle | mails a second | a million takes |\n|---|---:|---:|---:|---:|---:|\n".to_owned();
    for (name, parameters) in RAISED {
        let ceiling = Ceiling::of(parameters, mail)?;
        writeln!(
            text,
            "| {name} | {} | {:.0} | {:.0} | **{:.0}** | {:.1} hours |",
            ceiling.senders,
            ceiling.sent,
            ceiling.heard,
            ceiling.per_second(),
            1e6 / ceiling.per_second() / 3600.0,
        )?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ceiling_is_the_lower_of_sending_and_receiving() {
        let mail = Mail { calls: 12.5, requests: 2.0 };
        let default = Ceiling::of(&[], &mail).unwrap();
        assert_eq!((default.senders, default.per_second()), (2, 4.0));
        let raised = Ceiling::of(&[("SendConcurrency", "500")], &mail).unwrap();
        assert_eq!((raised.sent, raised.per_second()), (1000.0, 100.0));
    }
}
