//! The name of a topic of Amazon SNS, which says who may publish to us and which host signs for it.

use serde::{Deserialize, Serialize};
use std::fmt;

const LONGEST_NAME: usize = 256;

/// A topic that can deliver to a webhook: `arn:aws:sns:eu-west-1:123456789012:leadflow`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct TopicArn(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTopicArn {
    #[error("is not the ARN of an SNS topic such as arn:aws:sns:eu-west-1:123456789012:leadflow")]
    NoTopic,
    #[error("is the ARN of a FIFO topic, which cannot deliver to a webhook: make a standard topic")]
    Fifo,
}

impl TopicArn {
    pub fn parse(text: &str) -> Result<Self, BadTopicArn> {
        let text = text.trim();
        let parts: Vec<&str> = text.split(':').collect();
        let ["arn", partition, "sns", region, account, name] = parts[..] else {
            return Err(BadTopicArn::NoTopic);
        };
        if name.ends_with(".fifo") {
            return Err(BadTopicArn::Fifo);
        }
        let is_known = matches!(partition, "aws" | "aws-cn" | "aws-us-gov");
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        let is_name = (1..=LONGEST_NAME).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        match is_known && is_region(region) && is_account && is_name {
            true => Ok(Self(text.to_owned())),
            false => Err(BadTopicArn::NoTopic),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host that signs for the topic and confirms its subscriptions. No other one does.
    pub fn host(&self) -> String {
        let part = |number| self.0.split(':').nth(number).unwrap_or_default();
        let end = if part(1) == "aws-cn" { ".cn" } else { "" };
        format!("sns.{}.amazonaws.com{end}", part(3))
    }
}

/// Whether the text is a label of a host name that looks like a region: `eu-west-1`.
fn is_region(text: &str) -> bool {
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.len() <= 32 && text.split('-').count() >= 3 && text.split('-').all(is_part)
}

impl TryFrom<String> for TopicArn {
    type Error = BadTopicArn;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<TopicArn> for String {
    fn from(topic: TopicArn) -> Self {
        topic.0
    }
}

impl fmt::Display for TopicArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_of_a_topic_follows_from_its_region_and_partition() {
        let host = |text: &str| TopicArn::parse(text).unwrap().host();
        assert_eq!(host(" arn:aws:sns:eu-west-1:123456789012:mail "), "sns.eu-west-1.amazonaws.com");
        assert_eq!(host("arn:aws-cn:sns:cn-north-1:123456789012:mail"), "sns.cn-north-1.amazonaws.com.cn");
        assert_eq!(
            host("arn:aws-us-gov:sns:us-gov-west-1:123456789012:a_b"),
            "sns.us-gov-west-1.amazonaws.com"
        );
    }

    #[test]
    fn arn_that_could_lead_to_another_host_is_refused() {
        for bad in [
            "",
            "arn:aws:sqs:eu-west-1:123456789012:mail",
            "arn:aws:sns:evil.example/:123456789012:mail",
            "arn:aws:sns:eu-west-1.evil:123456789012:mail",
            "arn:aws:sns:eu-west-1@evil:123456789012:mail",
            "arn:aws:sns:-west-1:123456789012:mail",
            "arn:aws:sns:EU-west-1:123456789012:mail",
            "arn:evil:sns:eu-west-1:123456789012:mail",
            "arn:aws:sns:eu-west-1:12345678901:mail",
            "arn:aws:sns:eu-west-1:123456789012:",
            "arn:aws:sns:eu-west-1:123456789012:mail\nType",
            "arn:aws:sns:eu-west-1:123456789012:mail:1f2e",
        ] {
            assert_eq!(TopicArn::parse(bad), Err(BadTopicArn::NoTopic), "{bad:?}");
        }
        let fifo = TopicArn::parse("arn:aws:sns:eu-west-1:123456789012:mail.fifo");
        assert_eq!(fifo, Err(BadTopicArn::Fifo));
    }
}
