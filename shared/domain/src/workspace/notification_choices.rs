//! What a user is told outside the app, and when: the kinds for each channel, and the quiet hours. The app itself lists every
//! notification; whom a notification is for is decided where it is made.

use crate::ids::{UserId, WorkspaceId};
use crate::time::time_zone::ZoneName;
use crate::workspace::notification::{Notification, NotificationKind};
use crate::workspace::web_push::PUSHED_FOR;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The hours of a user's clock in which nothing is pushed, such as from 20 to 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    pub from: u8,
    pub to: u8,
}

impl QuietHours {
    /// None where an hour is none of the day's, or where both are the same: whether that is always or never is unclear.
    pub fn new(from: u8, to: u8) -> Option<Self> {
        (from < 24 && to < 24 && from != to).then_some(Self { from, to })
    }

    fn cover(self, hour: u8) -> bool {
        if self.from < self.to {
            (self.from..self.to).contains(&hour)
        } else {
            hour >= self.from || hour < self.to
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationChoices {
    pub workspace: WorkspaceId,
    pub user: UserId,
    /// The kinds that a browser shows while the app is open behind other windows.
    pub browser: Vec<NotificationKind>,
    /// The kinds that are pushed to the user's devices.
    pub pushed: Vec<NotificationKind>,
    pub quiet: Option<QuietHours>,
    /// Whether a hot lead is pushed in quiet hours, too.
    pub hot_leads_always: bool,
    pub rev: u64,
}

impl NotificationChoices {
    /// The choices of a user who has chosen nothing.
    pub fn usual(workspace: WorkspaceId, user: UserId) -> Self {
        let both = vec![NotificationKind::HotLead, NotificationKind::Reply];
        Self {
            workspace,
            user,
            browser: both.clone(),
            pushed: both,
            quiet: QuietHours::new(20, 7),
            hot_leads_always: false,
            rev: 0,
        }
    }

    /// Tells whether a notification is pushed now: its kind is chosen, it is news, it was not read in the app, and the user's
    /// clock does not say that the hour is quiet.
    pub fn pushes(&self, one: &Notification, clock: &ZoneName, now: Timestamp) -> bool {
        let is_chosen = self.pushed.contains(&one.kind);
        let is_news = one.read_at.is_none() && now.duration_since(one.created_at) < PUSHED_FOR;
        let hour = u8::try_from(now.to_zoned(clock.zone()).hour()).unwrap_or_default();
        let is_quiet = self.quiet.is_some_and(|quiet| quiet.cover(hour)) && !self.goes_through(one);
        is_chosen && is_news && !is_quiet
    }

    /// The time for which a push service keeps a text about these notifications for a device that is off: while they are news,
    /// and no longer than until quiet hours begin, unless one of them goes through.
    pub fn keep_for(&self, told: &[Notification], clock: &ZoneName, now: Timestamp) -> SignedDuration {
        let oldest = told.iter().map(|one| one.created_at).min().unwrap_or(now);
        let news_for = PUSHED_FOR - now.duration_since(oldest);
        let quiet_at = self.next_quiet(clock, now).filter(|_| !told.iter().any(|one| self.goes_through(one)));
        let awake_for = quiet_at.map_or(news_for, |at| at.duration_since(now));
        news_for.min(awake_for).max(SignedDuration::ZERO)
    }

    fn goes_through(&self, one: &Notification) -> bool {
        self.hot_leads_always && one.kind == NotificationKind::HotLead
    }

    /// When the user's clock next says that quiet hours begin.
    fn next_quiet(&self, clock: &ZoneName, now: Timestamp) -> Option<Timestamp> {
        let hour = i8::try_from(self.quiet?.from).ok()?;
        let today = now.to_zoned(clock.zone()).date();
        let begins = |day: Date| day.at(hour, 0, 0, 0).to_zoned(clock.zone()).ok().map(|at| at.timestamp());
        [Some(today), today.tomorrow().ok()].into_iter().flatten().filter_map(begins).find(|at| *at > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::NotificationId;
    use NotificationKind::{Health, HotLead, Reply};

    fn usual() -> NotificationChoices {
        let at = Timestamp::UNIX_EPOCH;
        NotificationChoices::usual(WorkspaceId::derived(at, &["w"]), UserId::derived(at, &["u"]))
    }

    fn notification(kind: NotificationKind, created_at: &str) -> Notification {
        let created_at = created_at.parse().unwrap();
        Notification {
            id: NotificationId::derived(created_at, &["n"]),
            workspace: usual().workspace,
            user: None,
            kind,
            title: "Ann".to_owned(),
            detail: String::new(),
            lead: None,
            created_at,
            read_at: None,
        }
    }

    fn pushes(choices: &NotificationChoices, kind: NotificationKind, now: &str) -> bool {
        let berlin = ZoneName::parse("Europe/Berlin").unwrap();
        choices.pushes(&notification(kind, now), &berlin, now.parse().unwrap())
    }

    #[test]
    fn hot_leads_and_replies_are_pushed_unless_the_user_chooses_others() {
        let noon = "2026-11-30T12:00:00Z";
        assert!(pushes(&usual(), HotLead, noon) && pushes(&usual(), Reply, noon));
        assert!(!pushes(&usual(), Health, noon));
        let other = NotificationChoices { pushed: vec![Health], ..usual() };
        assert!(pushes(&other, Health, noon) && !pushes(&other, Reply, noon));
    }

    #[test]
    fn nothing_is_pushed_in_quiet_hours_of_the_users_clock_but_a_hot_lead_that_may() {
        for (now, is_quiet) in [
            ("2026-11-30T18:59:59Z", false),
            ("2026-11-30T19:00:00Z", true),
            ("2026-12-01T05:59:59Z", true),
            ("2026-12-01T06:00:00Z", false),
        ] {
            assert_eq!(pushes(&usual(), Reply, now), !is_quiet, "{now}");
            assert_eq!(pushes(&usual(), HotLead, now), !is_quiet, "{now}");
            let always = NotificationChoices { hot_leads_always: true, ..usual() };
            assert!(pushes(&always, HotLead, now), "{now}");
            assert_eq!(pushes(&always, Reply, now), !is_quiet, "{now}");
            assert!(pushes(&NotificationChoices { quiet: None, ..usual() }, Reply, now), "{now}");
        }
        let by_day = NotificationChoices { quiet: QuietHours::new(9, 17), ..usual() };
        assert!(!pushes(&by_day, Reply, "2026-11-30T08:00:00Z"));
        assert!(pushes(&by_day, Reply, "2026-11-30T16:00:00Z"));
    }

    #[test]
    fn text_is_kept_while_it_is_news_and_until_quiet_hours_begin_unless_a_hot_lead_goes_through() {
        let berlin = ZoneName::parse("Europe/Berlin").unwrap();
        let always = NotificationChoices { hot_leads_always: true, ..usual() };
        let never_quiet = NotificationChoices { quiet: None, ..usual() };
        for (choices, kind, made, now, minutes) in [
            (usual(), Reply, "2026-11-30T12:00:00Z", "2026-11-30T12:30:00Z", 210),
            (usual(), Reply, "2026-11-30T18:00:00Z", "2026-11-30T18:30:00Z", 30),
            (usual(), HotLead, "2026-11-30T18:00:00Z", "2026-11-30T18:30:00Z", 30),
            (always.clone(), Reply, "2026-11-30T18:00:00Z", "2026-11-30T18:30:00Z", 30),
            (always.clone(), HotLead, "2026-11-30T18:00:00Z", "2026-11-30T18:30:00Z", 210),
            (always, HotLead, "2026-11-30T23:30:00Z", "2026-11-30T23:30:00Z", 240),
            (never_quiet, Reply, "2026-11-30T18:00:00Z", "2026-11-30T18:30:00Z", 210),
            (usual(), Reply, "2026-11-30T10:00:00Z", "2026-11-30T16:00:00Z", 0),
        ] {
            let told = [notification(kind, made)];
            let kept = choices.keep_for(&told, &berlin, now.parse().unwrap());
            assert_eq!(kept, SignedDuration::from_mins(minutes), "{kind:?} {now}");
        }
        let after_midnight = NotificationChoices { quiet: QuietHours::new(1, 7), ..usual() };
        let late = "2026-11-30T22:30:00Z";
        let kept = after_midnight.keep_for(&[notification(Reply, late)], &berlin, late.parse().unwrap());
        assert_eq!(kept, SignedDuration::from_mins(90));
    }

    #[test]
    fn quiet_hours_begin_and_end_at_different_hours_of_the_day() {
        assert_eq!(QuietHours::new(24, 7), None);
        assert_eq!(QuietHours::new(20, 24), None);
        assert_eq!(QuietHours::new(7, 7), None);
    }

    #[test]
    fn notification_that_was_read_or_is_old_is_not_pushed() {
        let berlin = ZoneName::parse("Europe/Berlin").unwrap();
        let one = notification(Reply, "2026-11-30T10:00:00Z");
        let at = |time: &str| usual().pushes(&one, &berlin, time.parse().unwrap());
        assert!(at("2026-11-30T13:59:59Z") && !at("2026-11-30T14:00:00Z"));
        let read = Notification { read_at: Some(one.created_at), ..one.clone() };
        assert!(!usual().pushes(&read, &berlin, "2026-11-30T10:00:01Z".parse().unwrap()));
    }
}
