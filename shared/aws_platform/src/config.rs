//! A function's configuration, from its environment. The template sets each variable where it is used; one that is
//! missing is an error at the start, not at three in the morning.

use application::ports::sign_up_rule::SignUpRule;
use application::queue_messages::Queue;
use domain::contact::email_address::EmailAddress;
use std::collections::BTreeMap;

/// The word for no bus, so that no events are published, for no system sender, or for no keys.
const NONE: &str = "none";
const FROM_TAG: &str = "from-tag";
/// The memory that is taken for that of a function on one machine, in MB.
const ON_ONE_MACHINE_MB: usize = 2_048;
/// The word for the host of the public address.
const PUBLIC_ADDRESS: &str = "public-address";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    pub function: String,
    pub stage: String,
    pub table: String,
    /// The public address; absent when a tag of the stage's secret holds it (`PUBLIC_URL=from-tag`).
    pub public_url: Option<String>,
    pub secret_id: String,
    /// Whether the function is given the stage's keys; one that needs none may not read the secret (`STAGE_KEYS=none`).
    pub has_keys: bool,
    /// The bucket's name; absent where the function does not use the bucket.
    pub bucket: Option<String>,
    /// The event bus; absent where the stage has none (`BUS_NAME=none`), and where the function publishes no events.
    pub bus: Option<String>,
    /// The rule for sign-ups; the strict one where the function is not given any.
    pub sign_up: SignUpRule,
    /// The host that a tracking domain's CNAME record names (`TRACKING_TARGET=public-address`, or absent: the host of the
    /// public address).
    pub tracking_target: Option<String>,
    /// The sender of mail about accounts (`SYSTEM_SENDER=none`: no such mail is sent).
    pub system_sender: Option<EmailAddress>,
    /// The address that pages connect to, `wss://…`; absent where the function neither names nor uses it.
    pub push_url: Option<String>,
    /// The memory of the function in MB, as Lambda tells it; absent on one machine.
    pub memory_mb: Option<usize>,
    pub queue_urls: BTreeMap<Queue, String>,
    pub dead_letter_urls: BTreeMap<Queue, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("configuration: {}", problems.join("; "))]
pub struct BadConfig {
    pub problems: Vec<String>,
}

impl Config {
    /// Reads the configuration. `read` returns a variable's value. The error names every problem, not just the first.
    pub fn read(function: &str, read: impl Fn(&str) -> Option<String>) -> Result<Self, BadConfig> {
        let mut problems = Vec::new();
        let optional = |name: &str, problems: &mut Vec<String>| match read(name) {
            Some(value) if value.trim().is_empty() => {
                problems.push(format!("{name} is empty"));
                None
            }
            other => other,
        };
        let required = |name: &str, problems: &mut Vec<String>| {
            optional(name, problems).unwrap_or_else(|| {
                if read(name).is_none() {
                    problems.push(format!("{name} is not set"));
                }
                String::new()
            })
        };
        let urls = |suffix: &str, problems: &mut Vec<String>| {
            let mut urls = BTreeMap::new();
            for queue in Queue::ALL {
                let name = format!("{}_{suffix}", queue.as_str().to_uppercase());
                if let Some(url) = optional(&name, problems) {
                    if !url.starts_with("https://") && !url.starts_with("http://") {
                        problems.push(format!("{name} is not a URL"));
                    }
                    urls.insert(queue, url);
                }
            }
            urls
        };
        let sign_up = match optional("SIGN_UP", &mut problems).as_deref() {
            None | Some("first") => SignUpRule::First,
            Some("open") => SignUpRule::Open,
            Some(_) => {
                problems.push("SIGN_UP is neither first nor open".to_owned());
                SignUpRule::First
            }
        };
        let system_sender = optional("SYSTEM_SENDER", &mut problems).filter(|sender| sender != NONE);
        let system_sender = system_sender.and_then(|sender| {
            let parsed = EmailAddress::parse(&sender).ok();
            if parsed.is_none() {
                problems.push("SYSTEM_SENDER is not an e-mail address".to_owned());
            }
            parsed
        });
        let keys = optional("STAGE_KEYS", &mut problems);
        if keys.as_ref().is_some_and(|word| word != NONE) {
            problems.push("STAGE_KEYS is not none".to_owned());
        }
        let config = Self {
            function: function.to_owned(),
            stage: required("STAGE", &mut problems),
            table: required("TABLE_NAME", &mut problems),
            public_url: Some(required("PUBLIC_URL", &mut problems)).filter(|url| url != FROM_TAG),
            secret_id: required("SECRET_ID", &mut problems),
            has_keys: keys.is_none(),
            bucket: optional("BUCKET_NAME", &mut problems),
            bus: optional("BUS_NAME", &mut problems).filter(|bus| bus != NONE),
            sign_up,
            tracking_target: optional("TRACKING_TARGET", &mut problems).filter(|host| host != PUBLIC_ADDRESS),
            system_sender,
            push_url: optional("PUSH_URL", &mut problems),
            memory_mb: read("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").and_then(|size| size.parse().ok()),
            queue_urls: urls("QUEUE_URL", &mut problems),
            dead_letter_urls: urls("DEAD_LETTERS_URL", &mut problems),
        };
        if config.public_url.as_ref().is_some_and(|url| !url.is_empty() && !url.starts_with("http")) {
            problems.push("PUBLIC_URL is not a URL".to_owned());
        }
        if config.push_url.as_ref().is_some_and(|url| !url.starts_with("wss://") && !url.starts_with("ws://"))
        {
            problems.push("PUSH_URL is not the URL of a WebSocket".to_owned());
        }
        if problems.is_empty() { Ok(config) } else { Err(BadConfig { problems }) }
    }

    /// Returns the bytes of lead lists that a process may hold; a list alone may be larger.
    pub fn lead_list_bytes(&self) -> usize {
        self.memory_mb.unwrap_or(ON_ONE_MACHINE_MB) * 1024 * 1024 / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_configuration_problem_is_named() {
        let read = |name: &str| match name {
            "STAGE" => Some("dev".to_owned()),
            "TABLE_NAME" => Some(" ".to_owned()),
            "PUBLIC_URL" => Some("ftp://x".to_owned()),
            "SEND_QUEUE_URL" => Some("send".to_owned()),
            "SIGN_UP" => Some("everybody".to_owned()),
            "SYSTEM_SENDER" => Some("leadflow".to_owned()),
            "STAGE_KEYS" => Some("all".to_owned()),
            _ => None,
        };
        let problems = Config::read("leads", read).unwrap_err().problems;
        assert_eq!(
            problems,
            [
                "SIGN_UP is neither first nor open",
                "SYSTEM_SENDER is not an e-mail address",
                "STAGE_KEYS is not none",
                "TABLE_NAME is empty",
                "SECRET_ID is not set",
                "SEND_QUEUE_URL is not a URL",
                "PUBLIC_URL is not a URL"
            ]
        );
    }

    #[test]
    fn half_of_a_functions_memory_is_for_lead_lists() {
        let config = |memory: Option<&str>| {
            let read = |name: &str| match name {
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE" => memory.map(str::to_owned),
                "PUBLIC_URL" => Some("https://leadflow.example".to_owned()),
                "STAGE" | "TABLE_NAME" | "SECRET_ID" => Some("dev".to_owned()),
                _ => None,
            };
            Config::read("leads", read).unwrap()
        };
        assert_eq!(config(Some("1024")).lead_list_bytes(), 512 << 20);
        assert_eq!(config(None).lead_list_bytes(), 1 << 30);
    }
}
