//! Web Push: a browser shows a user's notifications also while the app is closed. A push device is such a browser; its browser's
//! maker runs the push service that carries what is pushed.

use crate::ids::WorkspaceId;
use crate::workspace::notification::{Notification, NotificationKind};
use crate::workspace::push::PushSession;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use url::Url;

/// The most push devices of one user; the oldest makes room.
pub const MOST_DEVICES: usize = 10;
/// The time for which a notification is pushed: what is older is no news on a lock screen.
pub const PUSHED_FOR: SignedDuration = SignedDuration::from_hours(4);
/// The hosts of push services, and the domains below which they have hosts. A browser gives the address, so no other host is
/// called.
const HOSTS: [&str; 2] = ["fcm.googleapis.com", "updates.push.services.mozilla.com"];
const DOMAINS: [&str; 2] = [".push.apple.com", ".notify.windows.com"];
/// The longest address that is taken.
const LONGEST: usize = 1_000;
/// The most characters of a pushed title.
const MOST_CHARACTERS: usize = 120;

/// The address at a push service under which one browser is reached. It is told to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct PushEndpoint {
    url: String,
    host: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an https address of a push service of Google, Mozilla, Apple or Microsoft")]
pub struct BadPushEndpoint;

impl PushEndpoint {
    pub fn parse(text: &str) -> Result<Self, BadPushEndpoint> {
        let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST).ok_or(BadPushEndpoint)?;
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && url.port().is_none()
            && url.fragment().is_none()
            && url.path() != "/";
        let host = url.host_str().unwrap_or_default().to_owned();
        let is_known = HOSTS.contains(&host.as_str()) || DOMAINS.iter().any(|domain| host.ends_with(domain));
        if url.scheme() != "https" || !is_bare || !is_known {
            return Err(BadPushEndpoint);
        }
        Ok(Self { url: url.into(), host })
    }

    /// The address itself, for the call and for sealing it.
    pub fn secret(&self) -> &str {
        &self.url
    }

    /// The push service alone, which may be logged.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The origin, which a token for the push service names.
    pub fn origin(&self) -> String {
        format!("https://{}", self.host)
    }
}

impl fmt::Debug for PushEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushEndpoint({}/…)", self.host)
    }
}

/// A browser that a user lets notify them also while the app is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushDevice {
    pub workspace: WorkspaceId,
    /// A digest of its address: a browser that is added again is the same device.
    pub id: String,
    /// The session in which it was added. The device goes with it.
    pub of: PushSession,
    /// The browser and the system: `Firefox on Linux`.
    pub name: Option<String>,
    /// Its address and keys, sealed.
    pub sealed: String,
    /// The public key of this installation to which its push service binds it.
    pub server_key: String,
    pub added_at: Timestamp,
}

/// What is pushed: a title and a page of the app, and no text of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedText {
    pub title: String,
    /// The page that a click opens, beginning with a slash.
    pub path: String,
    /// What it is about: a text about the same replaces this one on the screen.
    pub tag: String,
    pub is_urgent: bool,
    /// The time for which the push service keeps it for a device that is off.
    pub keep_for: SignedDuration,
}

impl PushedText {
    /// Writes one text about these notifications: several at once are one text, led by a hot lead. None where there are none.
    pub fn of(told: &[Notification], keep_for: SignedDuration) -> Option<Self> {
        let first = told.iter().find(|one| one.kind == NotificationKind::HotLead).or(told.first())?;
        let title = match told.len() {
            1 => shortened(&first.title),
            count => format!("{}, and {} more", shortened(&first.title), count - 1),
        };
        let path = match &first.lead {
            Some(lead) if told.len() == 1 => format!("/leads/{lead}"),
            _ => "/".to_owned(),
        };
        let is_urgent =
            told.iter().any(|one| matches!(one.kind, NotificationKind::HotLead | NotificationKind::Reply));
        Some(Self { title, path, tag: first.id.to_string(), is_urgent, keep_for })
    }

    /// The text that shows a user that a device works.
    pub fn test() -> Self {
        Self {
            title: "leadflow notifies you on this device".to_owned(),
            path: "/settings/notifications".to_owned(),
            tag: "test".to_owned(),
            is_urgent: true,
            keep_for: SignedDuration::from_mins(1),
        }
    }
}

fn shortened(title: &str) -> String {
    let line = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(MOST_CHARACTERS).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LeadId, NotificationId};

    #[test]
    fn only_addresses_of_push_services_are_taken() {
        for good in [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
            "https://web.push.apple.com/QGuQ",
            "https://wns2-par02p.notify.windows.com/w/?token=Bw%3d",
        ] {
            assert!(PushEndpoint::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "fcm.googleapis.com/fcm/send/a",
            "http://fcm.googleapis.com/fcm/send/a",
            "https://fcm.googleapis.com/",
            "https://fcm.googleapis.com:8443/fcm/send/a",
            "https://user@fcm.googleapis.com/fcm/send/a",
            "https://fcm.googleapis.com/fcm/send/a#b",
            "https://fcm.googleapis.com.evil.example/fcm/send/a",
            "https://evilpush.apple.com.example/x",
            "https://notpush.apple.com/x",
            "https://push.apple.com/x",
            "https://evil.example/.push.apple.com",
            "https://storage.googleapis.com/x",
            "https://169.254.169.254/latest",
        ] {
            assert!(PushEndpoint::parse(bad).is_err(), "{bad}");
        }
        let long = format!("https://fcm.googleapis.com/fcm/send/{}", "x".repeat(LONGEST));
        assert!(PushEndpoint::parse(&long).is_err());
    }

    #[test]
    fn address_is_not_in_debug_output() {
        let endpoint = PushEndpoint::parse("https://fcm.googleapis.com/fcm/send/s3cret").unwrap();
        assert_eq!(format!("{endpoint:?}"), "PushEndpoint(fcm.googleapis.com/…)");
    }

    fn notification(kind: NotificationKind, title: &str, minute: i64) -> Notification {
        let at = Timestamp::from_second(minute * 60).unwrap();
        Notification {
            id: NotificationId::derived(at, &[title]),
            workspace: WorkspaceId::derived(at, &["w"]),
            user: None,
            kind,
            title: title.to_owned(),
            detail: "Please call me".to_owned(),
            lead: Some(LeadId::derived(at, &[title])),
            created_at: at,
            read_at: None,
        }
    }

    #[test]
    fn one_notification_opens_its_lead_and_several_are_one_text_led_by_a_hot_lead() {
        let keep_for = SignedDuration::from_mins(7);
        let reply = notification(NotificationKind::Reply, "Ann\nreplied", 10);
        let hot = notification(NotificationKind::HotLead, "Bob is hot", 20);
        let one = PushedText::of(std::slice::from_ref(&reply), keep_for).unwrap();
        assert_eq!((one.title.as_str(), one.is_urgent), ("Ann replied", true));
        assert_eq!(one.path, format!("/leads/{}", reply.lead.clone().unwrap()));
        assert_eq!(one.keep_for, keep_for);
        let both = PushedText::of(&[reply, hot], keep_for).unwrap();
        assert_eq!((both.title.as_str(), both.path.as_str()), ("Bob is hot, and 1 more", "/"));
        assert_eq!(PushedText::of(&[], keep_for), None);
        let health = [notification(NotificationKind::Health, &"x".repeat(500), 29)];
        let quiet = PushedText::of(&health, keep_for).unwrap();
        assert_eq!((quiet.title.chars().count(), quiet.is_urgent), (MOST_CHARACTERS + 1, false));
    }
}
