//! The digest: a mail on working days that tells a user what waits. Each user chooses the hour of their own clock and what it
//! lists; the day of the last one is kept, so that there is one a day.

use crate::ids::{UserId, WorkspaceId};
use crate::time::days_off::DaysOff;
use crate::time::time_zone::ZoneName;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// The hour at which the digest comes unless its user chooses another.
pub const USUAL_HOUR: u8 = 8;

/// A part of the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DigestPart {
    /// Leads that turned hot, of which the user has not read in the app.
    HotLeads,
    /// Conversations in which the lead spoke last.
    Replies,
    /// Today's meetings.
    Meetings,
    /// Tasks that are due by the end of today.
    Tasks,
}

impl DigestPart {
    pub const ALL: [Self; 4] = [Self::HotLeads, Self::Replies, Self::Meetings, Self::Tasks];

    /// How many there are, as the mail says it.
    pub fn counted(self, count: usize) -> String {
        let (one, many) = match self {
            Self::HotLeads => ("hot lead", "hot leads"),
            Self::Replies => ("reply waits", "replies wait"),
            Self::Meetings => ("meeting today", "meetings today"),
            Self::Tasks => ("task due", "tasks due"),
        };
        format!("{count} {}", if count == 1 { one } else { many })
    }
}

/// When a user gets the digest, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestSettings {
    pub workspace: WorkspaceId,
    pub user: UserId,
    /// The hour of the user's clock, 0–23; none where the user wants no digest.
    pub hour: Option<u8>,
    /// The user's clock; the workspace's where none was chosen.
    pub zone: Option<ZoneName>,
    pub parts: Vec<DigestPart>,
    /// The day of the last digest, by the user's clock.
    pub last_day: Option<Date>,
    pub rev: u64,
}

impl DigestSettings {
    /// The settings of a user who has chosen nothing.
    pub fn usual(workspace: WorkspaceId, user: UserId) -> Self {
        Self {
            workspace,
            user,
            hour: Some(USUAL_HOUR),
            zone: None,
            parts: DigestPart::ALL.to_vec(),
            last_day: None,
            rev: 0,
        }
    }

    /// The user's clock.
    pub fn zone_or<'a>(&'a self, workspace: &'a ZoneName) -> &'a ZoneName {
        self.zone.as_ref().unwrap_or(workspace)
    }

    /// The day whose digest is due now: a working day in its hour, of which none was sent yet.
    pub fn due_day(&self, workspace_zone: &ZoneName, days_off: DaysOff<'_>, now: Timestamp) -> Option<Date> {
        let local = now.to_zoned(self.zone_or(workspace_zone).zone());
        let day = local.date();
        let is_hour = self.hour.and_then(|hour| i8::try_from(hour).ok()) == Some(local.hour());
        let is_free =
            matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || days_off.on(day).is_some();
        (is_hour && !is_free && self.last_day != Some(day)).then_some(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::country::Country;
    use crate::time::days_off::DayOff;

    fn settings() -> DigestSettings {
        let at = Timestamp::UNIX_EPOCH;
        DigestSettings::usual(WorkspaceId::derived(at, &["w"]), UserId::derived(at, &["u"]))
    }

    fn due(settings: &DigestSettings, days_off: &[DayOff], now: &str) -> Option<String> {
        let berlin = ZoneName::parse("Europe/Berlin").unwrap();
        let days_off = DaysOff::in_country(Country::parse("DE").unwrap(), days_off);
        settings.due_day(&berlin, days_off, now.parse().unwrap()).map(|day| day.to_string())
    }

    #[test]
    fn digest_is_due_in_its_hour_of_the_users_clock() {
        let usual = settings();
        assert_eq!(due(&usual, &[], "2026-11-30T07:00:00Z").as_deref(), Some("2026-11-30"));
        assert_eq!(due(&usual, &[], "2026-11-30T07:59:59Z").as_deref(), Some("2026-11-30"));
        assert_eq!(due(&usual, &[], "2026-11-30T06:59:59Z"), None);
        assert_eq!(due(&usual, &[], "2026-11-30T08:00:00Z"), None);
        let kolkata = DigestSettings { zone: ZoneName::parse("Asia/Kolkata"), ..settings() };
        assert_eq!(due(&kolkata, &[], "2026-11-30T02:30:00Z").as_deref(), Some("2026-11-30"));
        assert_eq!(due(&kolkata, &[], "2026-11-30T02:29:00Z"), None);
        let late =
            DigestSettings { hour: Some(23), zone: ZoneName::parse("America/Los_Angeles"), ..settings() };
        assert_eq!(due(&late, &[], "2026-12-01T07:30:00Z").as_deref(), Some("2026-11-30"));
    }

    #[test]
    fn no_digest_is_due_on_free_days_nor_where_it_is_off_nor_twice() {
        assert_eq!(due(&settings(), &[], "2026-11-28T07:30:00Z"), None, "a Saturday");
        let free =
            [DayOff { date: jiff::civil::date(2026, 11, 30), name: "Quay day".to_owned(), yearly: false }];
        assert_eq!(due(&settings(), &free, "2026-11-30T07:30:00Z"), None);
        assert_eq!(due(&settings(), &[], "2026-12-25T07:30:00Z"), None, "a public holiday, and a Friday");
        let off = DigestSettings { hour: None, ..settings() };
        assert_eq!(due(&off, &[], "2026-11-30T07:30:00Z"), None);
        let sent = DigestSettings { last_day: Some(jiff::civil::date(2026, 11, 30)), ..settings() };
        assert_eq!(due(&sent, &[], "2026-11-30T07:30:00Z"), None);
        assert_eq!(due(&sent, &[], "2026-12-01T07:30:00Z").as_deref(), Some("2026-12-01"));
    }
}
