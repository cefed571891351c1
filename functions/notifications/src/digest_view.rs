//! A user's digest, in requests and answers.

use application::digest::compose::Digest;
use domain::LeadId;
use domain::time::time_zone::ZoneName;
use domain::workspace::digest::{DigestPart, DigestSettings};
use http_api::{ApiResult, FieldErrors, utoipa};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DigestSettingsView {
    /// The hour of the user's clock at which the digest comes, 0–23; none where it is off.
    pub hour: Option<u8>,
    /// The user's clock; the workspace's if left out.
    pub zone: Option<ZoneName>,
    pub workspace_zone: ZoneName,
    pub parts: Vec<DigestPart>,
    /// Whether this installation sends mails of its own. Where it does not, no digest goes out.
    pub mails_go_out: bool,
    pub rev: u64,
}

impl DigestSettingsView {
    pub fn of(settings: DigestSettings, workspace_zone: ZoneName, mails_go_out: bool) -> Self {
        let DigestSettings { hour, zone, parts, rev, .. } = settings;
        Self { hour, zone, workspace_zone, parts, mails_go_out, rev }
    }
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DigestSettingsBody {
    /// The hour, 0–23; none switches the digest off.
    hour: Option<u8>,
    /// An IANA time zone such as `Europe/Berlin`; the workspace's if left out.
    #[serde(default)]
    zone: Option<String>,
    /// What the digest lists, at least one part.
    parts: Vec<DigestPart>,
    #[serde(default)]
    pub rev: Option<u64>,
}

impl DigestSettingsBody {
    /// The settings with these changes; the day of the last digest stays.
    pub fn parse(self, known: DigestSettings) -> ApiResult<DigestSettings> {
        let mut errors = FieldErrors::default();
        if self.hour.is_some_and(|hour| hour > 23) {
            errors.add("hour", "is from 0 to 23");
        }
        let zone = self.zone.map(|zone| errors.take("zone", ZoneName::parse_given(&zone)));
        if self.parts.is_empty() {
            errors.add("parts", "names at least one part");
        }
        errors.finish()?;
        let parts = DigestPart::ALL.into_iter().filter(|part| self.parts.contains(part)).collect();
        Ok(DigestSettings { hour: self.hour, zone: zone.flatten(), parts, ..known })
    }
}

/// The digest as it would be mailed now.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DigestPreview {
    pub day: Date,
    /// The mail's subject; empty where there is nothing to tell, and no mail goes out.
    pub subject: String,
    pub parts: Vec<DigestPartView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DigestPartView {
    pub part: DigestPart,
    /// How many there are, up to 100.
    pub count: usize,
    /// The first ten.
    pub lines: Vec<DigestLineView>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DigestLineView {
    pub text: String,
    pub lead_id: LeadId,
}

impl From<Digest> for DigestPreview {
    fn from(digest: Digest) -> Self {
        let subject = digest.subject();
        let parts = digest.parts.into_iter().map(|part| DigestPartView {
            part: part.part,
            count: part.count,
            lines: part
                .lines
                .into_iter()
                .map(|line| DigestLineView { text: line.text, lead_id: line.lead })
                .collect(),
        });
        Self { day: digest.day, subject, parts: parts.collect() }
    }
}
