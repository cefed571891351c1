//! The settings of one queue, parsed from its attributes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::errors;
use crate::names::queue_name;
use crate::wire::ServiceError;

pub(super) type Attributes = BTreeMap<String, String>;

/// Attributes that a caller may set, with the range of the numeric ones.
const SETTABLE: &[(&str, Option<(i64, i64)>)] = &[
    ("VisibilityTimeout", Some((0, 43_200))),
    ("DelaySeconds", Some((0, 900))),
    ("MessageRetentionPeriod", Some((60, 1_209_600))),
    ("ReceiveMessageWaitTimeSeconds", Some((0, 20))),
    ("MaximumMessageSize", Some((1_024, 1_048_576))),
    ("RedrivePolicy", None),
    ("RedriveAllowPolicy", None),
    ("Policy", None),
    ("KmsMasterKeyId", None),
    ("KmsDataKeyReusePeriodSeconds", None),
    ("SqsManagedSseEnabled", None),
];

#[derive(Debug, Clone)]
pub(super) struct Queue {
    pub id: i64,
    pub name: String,
    /// The attributes as callers set them, without defaults.
    pub attributes: Attributes,
    pub created_ms: i64,
    pub modified_ms: i64,
    pub purged_ms: Option<i64>,
}

/// The dead-letter queue, and the number of receives after which messages go there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Redrive {
    pub target: String,
    pub max_receives: i64,
}

impl Queue {
    pub(super) fn visibility_seconds(&self) -> i64 {
        self.number("VisibilityTimeout", 30)
    }

    pub(super) fn delay_seconds(&self) -> i64 {
        self.number("DelaySeconds", 0)
    }

    pub(super) fn retention_seconds(&self) -> i64 {
        self.number("MessageRetentionPeriod", 345_600)
    }

    pub(super) fn max_bytes(&self) -> usize {
        usize::try_from(self.number("MaximumMessageSize", 1_048_576)).unwrap_or(1_048_576)
    }

    pub(super) fn redrive(&self) -> Option<Redrive> {
        redrive_policy(self.attributes.get("RedrivePolicy")?).ok()
    }

    /// Messages sent before this time have expired.
    pub(super) fn oldest_kept_ms(&self, now_ms: i64) -> i64 {
        now_ms - self.retention_seconds() * 1_000
    }

    /// Settings with their defaults, as GetQueueAttributes shows them.
    pub(super) fn shown(&self) -> Attributes {
        let mut shown: Attributes = [
            ("VisibilityTimeout", self.visibility_seconds()),
            ("DelaySeconds", self.delay_seconds()),
            ("MessageRetentionPeriod", self.retention_seconds()),
            ("ReceiveMessageWaitTimeSeconds", self.number("ReceiveMessageWaitTimeSeconds", 0)),
            ("MaximumMessageSize", self.number("MaximumMessageSize", 1_048_576)),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_string()))
        .into();
        shown.insert("SqsManagedSseEnabled".into(), "true".into());
        shown.extend(self.attributes.clone());
        shown
    }

    fn number(&self, name: &str, default: i64) -> i64 {
        self.attributes.get(name).and_then(|value| value.parse().ok()).unwrap_or(default)
    }
}

/// Checks names and ranges; an empty value unsets.
pub(super) fn check(attributes: &Attributes) -> Result<(), ServiceError> {
    for (name, value) in attributes {
        let Some((_, range)) = SETTABLE.iter().find(|(settable, _)| settable == name) else {
            return Err(errors::invalid_attribute_name(name));
        };
        if let Some((least, most)) = range {
            let number: Option<i64> = value.parse().ok();
            if !number.is_some_and(|number| (*least..=*most).contains(&number)) {
                return Err(errors::invalid_attribute_value(name));
            }
        }
        if name == "RedrivePolicy" && !value.is_empty() {
            redrive_policy(value)?;
        }
    }
    Ok(())
}

/// Reads `{"deadLetterTargetArn": …, "maxReceiveCount": n}`; the count may be text.
fn redrive_policy(json: &str) -> Result<Redrive, ServiceError> {
    let refuse = || {
        errors::invalid_value(format!(
            "Value {json} for parameter RedrivePolicy is invalid. Reason: it needs deadLetterTargetArn and a \
             maxReceiveCount from 1 to 1000."
        ))
    };
    let policy: Value = serde_json::from_str(json).map_err(|_| refuse())?;
    let count = &policy["maxReceiveCount"];
    let max_receives = count.as_i64().or_else(|| count.as_str()?.parse().ok());
    match (policy["deadLetterTargetArn"].as_str(), max_receives) {
        (Some(arn), Some(max_receives)) if (1..=1_000).contains(&max_receives) => {
            Ok(Redrive { target: queue_name(arn).to_owned(), max_receives })
        }
        _ => Err(refuse()),
    }
}

/// A redrive policy as the attribute wants it.
pub fn redrive_attribute(target_arn: &str, max_receives: u32) -> String {
    json!({ "deadLetterTargetArn": target_arn, "maxReceiveCount": max_receives }).to_string()
}
