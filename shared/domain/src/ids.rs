//! Ids with a type of their own, so that `lead_01K…` cannot be passed as a campaign's. Their text sorts by creation time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use ulid::Ulid;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not an id of the form {prefix}_…")]
pub struct BadId {
    pub prefix: &'static str,
    pub text: String,
}

/// A ULID with the time `at` and a digest of `parts` in place of randomness: the same input gives the same id.
pub fn derived_ulid(at: Timestamp, parts: &[&str]) -> Ulid {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    Ulid::from_parts(millis, u128::from_be_bytes(digest16(parts)) >> 48)
}

fn digest16(parts: &[&str]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut out = [0; 16];
    out.copy_from_slice(&hash.finalize()[..16]);
    out
}

fn is_crockford(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_digit() || (b.is_ascii_uppercase() && !matches!(b, b'I' | b'L' | b'O' | b'U')))
}

macro_rules! text_form {
    ($name:ident) => {
        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = BadId;
            fn try_from(text: String) -> Result<Self, BadId> {
                Self::parse(&text)
            }
        }
        impl std::str::FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                Self::parse(text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            pub fn new(ulid: Ulid) -> Self {
                Self(format!(concat!($prefix, "_{}"), ulid))
            }

            /// The same instant and parts always give the same id.
            pub fn derived(at: Timestamp, parts: &[&str]) -> Self {
                Self::new(derived_ulid(at, parts))
            }

            /// When it was made.
            pub fn at(&self) -> Timestamp {
                let millis = Ulid::from_string(self.ulid_text()).map_or(0, |ulid| ulid.timestamp_ms());
                i64::try_from(millis)
                    .ok()
                    .and_then(|millis| Timestamp::from_millisecond(millis).ok())
                    .unwrap_or(Timestamp::UNIX_EPOCH)
            }

            pub fn parse(text: &str) -> Result<Self, BadId> {
                match text.strip_prefix(concat!($prefix, "_")) {
                    Some(rest) if rest.len() == 26 && is_crockford(rest) => Ok(Self(text.to_owned())),
                    _ => Err(BadId { prefix: $prefix, text: text.chars().take(60).collect() }),
                }
            }

            /// The 26 characters after the prefix.
            pub fn ulid_text(&self) -> &str {
                &self.0[$prefix.len() + 1..]
            }
        }
        text_form!($name);
    };
}

/// The id of something in a lead's partition. Its text begins with the lead's own 26 characters, so that the
/// lead is known without a look-up.
macro_rules! id_within_lead {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// The same lead and parts always give the same id.
            pub fn derived(lead: &LeadId, parts: &[&str]) -> Self {
                let tail = Ulid::from_bytes(digest16(parts)).to_string();
                Self(format!(concat!($prefix, "_{}{}"), lead.ulid_text(), &tail[6..]))
            }

            pub fn new(lead: &LeadId, ulid: Ulid) -> Self {
                Self(format!(concat!($prefix, "_{}{}"), lead.ulid_text(), &ulid.to_string()[6..]))
            }

            pub fn parse(text: &str) -> Result<Self, BadId> {
                match text.strip_prefix(concat!($prefix, "_")) {
                    Some(rest) if rest.len() == 46 && is_crockford(rest) => Ok(Self(text.to_owned())),
                    _ => Err(BadId { prefix: $prefix, text: text.chars().take(80).collect() }),
                }
            }

            pub fn lead(&self) -> LeadId {
                let start = $prefix.len() + 1;
                LeadId(format!("lead_{}", &self.0[start..start + 26]))
            }
        }
        text_form!($name);
    };
}

id!(WorkspaceId, "ws");
id!(UserId, "user");
id!(
    /// What one person signs in with; it is a user in each of their workspaces.
    LoginId,
    "login"
);
id!(LeadId, "lead");
id!(ImportId, "import");
id!(TemplateId, "template");
id!(SequenceId, "sequence");
id!(StepId, "step");
id!(VariantId, "variant");
id!(CampaignId, "campaign");
id!(AccountId, "account");
id!(NotificationId, "notification");
id!(AccessRecordId, "access");
id!(ClientId, "client");
id!(DraftId, "draft");
id!(RolloutId, "rollout");
id!(BulkMessageId, "bulk_message");
id!(RuleId, "rule");
id!(CustomFieldId, "field");
id!(RoutingRuleId, "routing_rule");
id!(SegmentId, "segment");
id!(ColumnId, "column");
id!(ColumnRunId, "column_run");
id!(IcpId, "icp");
id!(ProspectSearchId, "prospect_search");
id!(
    /// A saved view of the lead list.
    LeadViewId,
    "view"
);
id!(InvitationId, "invitation");
id!(InboundId, "inbound");
id!(UnmatchedId, "unmatched");
id!(ApiKeyId, "key");
id!(
    /// A sign-in on one device, which is one family of refresh tokens.
    SessionId,
    "session"
);
id_within_lead!(MessageId, "msg");
id_within_lead!(TaskId, "task");
id_within_lead!(DealId, "deal");
id_within_lead!(
    /// A call that the app places between a user and a lead.
    CallId,
    "call"
);

impl StepId {
    /// Enough characters to tell the steps of one sequence apart.
    pub fn tail(&self) -> &str {
        let text = self.ulid_text();
        &text[text.len() - 8..]
    }
}

impl VariantId {
    /// Enough characters to tell the variants of one step apart.
    pub fn tail(&self) -> &str {
        let text = self.ulid_text();
        &text[text.len() - 8..]
    }
}

impl MessageId {
    /// The only message of this enrolment's step: a second send would need the same id.
    pub fn for_step(lead: &LeadId, campaign: &CampaignId, step: &StepId) -> Self {
        Self::derived(lead, &[campaign.as_str(), step.as_str()])
    }

    /// The message that a user wrote with this request: a repeated request has the same id.
    pub fn written(lead: &LeadId, request: &str) -> Self {
        Self::derived(lead, &["written", request])
    }

    /// The message that the lead has sent and the provider names so: a repeated delivery has the same id.
    pub fn of_inbound(lead: &LeadId, external_id: &str) -> Self {
        Self::derived(lead, &["in", external_id])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_parses_back_and_refuses_other_kinds() {
        let lead = LeadId::derived(Timestamp::UNIX_EPOCH, &["import", "7"]);
        assert_eq!(LeadId::parse(lead.as_str()), Ok(lead.clone()));
        assert_eq!(lead.at(), Timestamp::UNIX_EPOCH);
        assert!(CampaignId::parse(lead.as_str()).is_err());
        assert!(LeadId::parse("lead_01").is_err());
        let step = StepId::derived(Timestamp::UNIX_EPOCH, &["a"]);
        let campaign = CampaignId::derived(Timestamp::UNIX_EPOCH, &["c"]);
        let message = MessageId::for_step(&lead, &campaign, &step);
        assert_eq!(message.lead(), lead);
        assert_eq!(MessageId::parse(message.as_str()), Ok(message));
    }

    #[test]
    fn derived_ids_sort_by_time_and_differ_by_part() {
        let early = LeadId::derived("2026-11-20T09:00:00Z".parse().unwrap(), &["z"]);
        let late = LeadId::derived("2026-11-20T09:00:01Z".parse().unwrap(), &["a"]);
        assert!(early < late);
        assert_ne!(
            LeadId::derived(Timestamp::UNIX_EPOCH, &["ab", "c"]),
            LeadId::derived(Timestamp::UNIX_EPOCH, &["a", "bc"])
        );
    }
}
