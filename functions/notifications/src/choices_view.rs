//! What a user is told outside the app, in requests and answers.

use domain::workspace::notification::NotificationKind;
use domain::workspace::notification_choices::{NotificationChoices, QuietHours};
use http_api::{ApiResult, FieldErrors, utoipa};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NotificationChoicesView {
    /// The kinds that a browser shows while the app is open behind other windows.
    pub browser: Vec<NotificationKind>,
    /// The kinds that are pushed to the user's devices.
    pub pushed: Vec<NotificationKind>,
    /// The hours in which nothing is pushed; none where there are no quiet hours.
    pub quiet: Option<QuietHoursView>,
    /// Whether a hot lead is pushed in quiet hours, too.
    pub hot_leads_always: bool,
    pub rev: u64,
}

/// Hours of the user's clock, which is that of the digest.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHoursView {
    /// The hour at which they begin, 0–23.
    pub from: u8,
    /// The hour at which they end, 0–23, on the next day if it is before the other.
    pub to: u8,
}

impl From<NotificationChoices> for NotificationChoicesView {
    fn from(choices: NotificationChoices) -> Self {
        let NotificationChoices { browser, pushed, quiet, hot_leads_always, rev, .. } = choices;
        let quiet = quiet.map(|QuietHours { from, to }| QuietHoursView { from, to });
        Self { browser, pushed, quiet, hot_leads_always, rev }
    }
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationChoicesBody {
    browser: Vec<NotificationKind>,
    pushed: Vec<NotificationKind>,
    /// The hours in which nothing is pushed; none if left out.
    #[serde(default)]
    quiet: Option<QuietHoursView>,
    hot_leads_always: bool,
    #[serde(default)]
    pub rev: Option<u64>,
}

impl NotificationChoicesBody {
    pub fn parse(self, known: NotificationChoices) -> ApiResult<NotificationChoices> {
        let mut errors = FieldErrors::default();
        let quiet = self.quiet.and_then(|QuietHoursView { from, to }| {
            errors.take(
                "quiet",
                QuietHours::new(from, to).ok_or("begins and ends at different hours from 0 to 23"),
            )
        });
        errors.finish()?;
        let once = |mut kinds: Vec<NotificationKind>| {
            let mut seen = Vec::new();
            kinds.retain(|kind| {
                let is_new = !seen.contains(kind);
                seen.push(*kind);
                is_new
            });
            kinds
        };
        let (browser, pushed) = (once(self.browser), once(self.pushed));
        Ok(NotificationChoices { browser, pushed, quiet, hot_leads_always: self.hot_leads_always, ..known })
    }
}
