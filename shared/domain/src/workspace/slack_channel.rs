//! The workspace's Slack channel: an incoming webhook that is told of notifications of the kinds that an admin has chosen.

use crate::ids::WorkspaceId;
use crate::workspace::notification::{Notification, NotificationKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// The one host of Slack's incoming webhooks. A user gives the address, so no other host is called.
const HOST: &str = "hooks.slack.com";
/// The longest address that is taken.
const LONGEST: usize = 300;
/// The most notifications that one text lists; the others are counted.
const MOST_LISTED: usize = 20;
/// The most characters of a title or detail in a text.
const MOST_CHARACTERS: usize = 200;

/// The address of an incoming webhook. Its path is the secret by which anyone may write to the channel.
#[derive(Clone, PartialEq, Eq)]
pub struct SlackUrl(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the address of an incoming webhook such as https://hooks.slack.com/services/T00/B00/xxxx")]
pub struct BadSlackUrl;

impl SlackUrl {
    pub fn parse(text: &str) -> Result<Self, BadSlackUrl> {
        let text = text.trim();
        let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST).ok_or(BadSlackUrl)?;
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && url.port().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let is_slack = url.scheme() == "https" && url.host_str() == Some(HOST) && is_bare;
        let path: Vec<&str> = url.path().split('/').collect();
        let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match path[..] {
            ["", "services", team, channel, secret]
                if is_slack && [team, channel, secret].iter().all(is_word) =>
            {
                Ok(Self(url.into()))
            }
            _ => Err(BadSlackUrl),
        }
    }

    /// The address itself, for the call and for sealing it.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// The last four characters, by which an admin tells one address from another.
    pub fn ending(&self) -> String {
        let characters: Vec<char> = self.0.chars().collect();
        characters[characters.len().saturating_sub(4)..].iter().collect()
    }
}

impl fmt::Debug for SlackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlackUrl(…)")
    }
}

/// Why Slack takes no more texts under an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SlackFault {
    /// Slack's admins do not allow it, or the address is no longer valid.
    Forbidden,
    /// The channel or the webhook is not there any more.
    NotFound,
    /// The channel is archived.
    Archived,
}

impl SlackFault {
    /// The fault that an answer of Slack tells; none where the webhook itself is in order.
    pub fn of_status(status: u16) -> Option<Self> {
        match status {
            403 => Some(Self::Forbidden),
            404 => Some(Self::NotFound),
            410 => Some(Self::Archived),
            _ => None,
        }
    }

    /// What went wrong and what to do, as a user reads it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Forbidden => {
                "Slack refuses the webhook. Make a new one in Slack, or ask an admin of Slack to allow it."
            }
            Self::NotFound => "Slack has no such webhook or channel any more. Make a new webhook in Slack.",
            Self::Archived => {
                "The Slack channel is archived. Unarchive it, or make a webhook for another one."
            }
        }
    }
}

/// A channel that was switched off, because Slack takes no more texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlackOff {
    pub at: Timestamp,
    pub fault: SlackFault,
}

/// The channel of a workspace, and what it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackChannel {
    pub workspace: WorkspaceId,
    /// The webhook's address, sealed.
    pub sealed_url: String,
    /// Its last four characters.
    pub ending: String,
    pub kinds: Vec<NotificationKind>,
    /// Whether the second line of a notification is told, too, which may quote a message.
    pub with_details: bool,
    pub off: Option<SlackOff>,
    pub rev: u64,
}

impl SlackChannel {
    /// Tells whether notifications of this kind go to the channel now.
    pub fn tells(&self, kind: NotificationKind) -> bool {
        self.off.is_none() && self.kinds.contains(&kind)
    }

    /// Writes one text about these notifications: a line for each, with a link into the app.
    pub fn text_of(&self, told: &[Notification], public_url: &str) -> String {
        let mut lines: Vec<String> = Vec::new();
        for one in told.iter().take(MOST_LISTED) {
            let title = escaped(&one.title);
            let place = match &one.lead {
                Some(lead) => format!("{public_url}/leads/{lead}"),
                None => format!("{public_url}/"),
            };
            lines.push(format!("<{place}|{title}>"));
            if self.with_details && !one.detail.trim().is_empty() {
                lines.push(format!("> {}", escaped(&one.detail)));
            }
        }
        if told.len() > MOST_LISTED {
            lines.push(format!("and {} more in <{public_url}/|leadflow>", told.len() - MOST_LISTED));
        }
        lines.join("\n")
    }
}

/// A space of no width: it keeps what stands before it apart from what follows.
const UNSEEN_SPACE: char = '\u{200B}';

/// Parts the beginnings of addresses in a text that others wrote, so that no program that shows it makes links of them.
pub fn without_links(text: &str) -> String {
    text.replace("://", &format!(":{UNSEEN_SPACE}//"))
}

/// Makes one line of a text that others wrote: nothing in it is a link, a mention or a mark of Slack's.
fn escaped(text: &str) -> String {
    let line = without_links(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut out = String::new();
    for (at, character) in line.chars().enumerate() {
        if at == MOST_CHARACTERS {
            out.push('…');
            break;
        }
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // It would end the words of a link.
            '|' => out.push('/'),
            '`' => out.push('\''),
            '*' | '_' | '~' => out.extend([UNSEEN_SPACE, character]),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{LeadId, NotificationId};

    const URL: &str = "https://hooks.slack.com/services/T0AB/B0CD/s3cretWORD";

    fn channel() -> SlackChannel {
        SlackChannel {
            workspace: WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]),
            sealed_url: String::new(),
            ending: "WORD".to_owned(),
            kinds: vec![NotificationKind::Reply],
            with_details: false,
            off: None,
            rev: 1,
        }
    }

    fn reply(title: &str, detail: &str) -> Notification {
        Notification {
            id: NotificationId::derived(Timestamp::UNIX_EPOCH, &[title]),
            workspace: channel().workspace,
            user: None,
            kind: NotificationKind::Reply,
            title: title.to_owned(),
            detail: detail.to_owned(),
            lead: Some(LeadId::derived(Timestamp::UNIX_EPOCH, &["lead"])),
            created_at: Timestamp::UNIX_EPOCH,
            read_at: None,
        }
    }

    #[test]
    fn only_incoming_webhooks_of_slack_are_taken() {
        let url = SlackUrl::parse(&format!(" {URL} ")).unwrap();
        assert_eq!((url.secret(), url.ending().as_str()), (URL, "WORD"));
        for bad in [
            "",
            "hooks.slack.com/services/T0/B0/x",
            "http://hooks.slack.com/services/T0/B0/x",
            "https://hooks.slack.com.evil.example/services/T0/B0/x",
            "https://evil.example/services/T0/B0/x",
            "https://hooks.slack.com:8443/services/T0/B0/x",
            "https://user@hooks.slack.com/services/T0/B0/x",
            "https://hooks.slack.com/services/T0/B0",
            "https://hooks.slack.com/services/T0/B0/",
            "https://hooks.slack.com/services/T0/../x",
            "https://hooks.slack.com/services/T0/B0/x?y=1",
            "https://hooks.slack.com/services/T0/B0/x#y",
            "https://169.254.169.254/services/T0/B0/x",
        ] {
            assert!(SlackUrl::parse(bad).is_err(), "{bad}");
        }
        assert!(SlackUrl::parse(&format!("{URL}{}", "x".repeat(LONGEST))).is_err());
    }

    #[test]
    fn address_is_not_in_debug_output() {
        assert!(!format!("{:?}", SlackUrl::parse(URL).unwrap()).contains("s3cret"));
    }

    #[test]
    fn text_has_titles_and_links_and_details_only_where_switched_on() {
        let told = [reply("Ann replied", "Please call me"), reply("Bob replied", "")];
        let text = channel().text_of(&told, "https://app.example");
        assert_eq!(text.lines().count(), 2);
        assert!(text.starts_with("<https://app.example/leads/lead_"), "{text}");
        assert!(text.contains("|Ann replied>") && !text.contains("call me"), "{text}");
        let with_details = SlackChannel { with_details: true, ..channel() };
        assert!(with_details.text_of(&told, "https://app.example").contains("\n> Please call me\n"));
    }

    #[test]
    fn names_cannot_mention_a_channel_or_make_a_link() {
        let text =
            channel().text_of(&[reply("<!channel> & <https://evil.example|A>\nB", "")], "https://a.example");
        let wanted = "|&lt;!channel&gt; &amp; &lt;https:\u{200B}//evil.example/A&gt; B>";
        assert!(text.starts_with("<https://a.example/leads/") && text.ends_with(wanted), "{text}");
    }

    #[test]
    fn names_cannot_be_set_in_bold_italic_struck_or_code() {
        let text = channel().text_of(&[reply("*A* _b_ ~c~ `d`", "")], "https://a.example");
        let wanted = "|\u{200B}*A\u{200B}* \u{200B}_b\u{200B}_ \u{200B}~c\u{200B}~ 'd'>";
        assert!(text.ends_with(wanted), "{text}");
    }

    #[test]
    fn many_notifications_are_one_text_that_counts_the_rest() {
        let told: Vec<_> = (0..25).map(|number| reply(&format!("Lead {number} replied"), "")).collect();
        let text = channel().text_of(&told, "https://app.example");
        assert_eq!(text.lines().count(), 21);
        assert!(text.ends_with("and 5 more in <https://app.example/|leadflow>"), "{text}");
    }

    #[test]
    fn channel_that_is_off_tells_nothing() {
        let off = Some(SlackOff { at: Timestamp::UNIX_EPOCH, fault: SlackFault::Archived });
        assert!(channel().tells(NotificationKind::Reply) && !channel().tells(NotificationKind::Health));
        assert!(!SlackChannel { off, ..channel() }.tells(NotificationKind::Reply));
    }
}
