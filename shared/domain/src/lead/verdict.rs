//! The verdict on a visit (an open, click or page view): a person, or which kind of machine, and by which rule.
//!
//! A visit is judged by its own traits first: who sent it, with which headers, from which network, how soon after the
//! message (`judge`). A click is then judged among the other visits of its message (`judge_among`): a scanner that
//! looks like a browser gives itself away by following several links at once, or the hidden one. Both are pure, and
//! every visit is stored with its traits, so that stored visits can be judged again when the rules change.
//!
//! Rules that name programs and networks are data: `verdict/programs.toml` and `verdict/networks.toml`.

mod network;
mod program;
#[cfg(test)]
mod tests;

pub use network::{NetworkKind, NetworkRange};

use crate::lead::engagement::{Action, Verdict};
use jiff::{SignedDuration, Timestamp};
use program::{Program, ProgramKind, program_of};
use serde::{Deserialize, Serialize};

crate::codes! {
    /// The rule that gave a verdict.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum Rule {
        /// No rule speaks against a person.
        NothingAgainstIt = "nothing_against_it",
        /// A mail service loads pictures through its own servers, at the moment in which the mail is opened.
        ImageProxy = "image_proxy",
        /// A team member of the workspace is signed in in this browser.
        SignedIn = "signed_in",
        /// The visit comes from one of the workspace's own networks.
        OwnNetwork = "own_network",
        /// A link was followed that no reader can see.
        HiddenLink = "hidden_link",
        /// The same visitor followed the hidden link of the message.
        FollowedHiddenLink = "followed_hidden_link",
        /// A header says that the page is loaded before anybody wants to see it.
        PrefetchHeader = "prefetch_header",
        /// The browser says that it fetches a file, and not that a user goes there.
        NoNavigation = "no_navigation",
        /// The request only asks about the page, such as HEAD.
        Method = "method",
        /// The request asks for a part of the page.
        PartOfPage = "part_of_page",
        NoUserAgent = "no_user_agent",
        /// A chat app or social network fetches the link to show a preview.
        LinkPreview = "link_preview",
        /// A known mail or link scanner.
        ScannerProgram = "scanner_program",
        /// A robot, by its name or because it gives an address for questions.
        Robot = "robot",
        /// A program's library for requests.
        RequestLibrary = "request_library",
        /// The user agent is none of a browser.
        NoBrowser = "no_browser",
        /// The network of a maker of mail security.
        SecurityNetwork = "security_network",
        /// The network of a mail-privacy proxy.
        PrivacyNetwork = "privacy_network",
        /// A request from a data centre within a minute of sending.
        CloudAtTheGate = "cloud_at_the_gate",
        /// Apple Mail loads every picture, whether the mail is read or not.
        ApplePrivacy = "apple_privacy",
        /// Different links of the message were followed within one second.
        LinksWithinASecond = "links_within_a_second",
        /// Three or more links of the message were followed within ten seconds.
        LinksInBurst = "links_in_burst",
        /// The visit came within two seconds of sending.
        TooSoon = "too_soon",
        /// The same link was followed ten seconds before: it is the same click.
        SameClick = "same_click",
        /// There were more visits than are counted; this entry stands for those of its day.
        TooManyVisits = "too_many_visits",
    }
}

/// The traits of a visit, by which it is judged: enough to tell people from machines, not enough to identify a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traits {
    pub method: String,
    /// Its length is `LONGEST_USER_AGENT` characters at most.
    pub user_agent: String,
    /// A `Purpose`, `Sec-Purpose` or `X-Moz` header says that the page is not shown to anybody yet.
    #[serde(default, skip_serializing_if = "is_false")]
    pub prefetch: bool,
    /// The request asks for a part of the page.
    #[serde(default, skip_serializing_if = "is_false")]
    pub part: bool,
    /// The browser says that no user goes there: `Sec-Fetch-Mode` is not `navigate`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fetched: bool,
    /// The visitor's address; what is stored is only the network around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkRange>,
    /// A team member of the workspace is signed in in this browser.
    #[serde(default, skip_serializing_if = "is_false")]
    pub signed_in: bool,
    /// The address was in one of the workspace's own networks when the visit came.
    #[serde(default, skip_serializing_if = "is_false")]
    pub own_network: bool,
    /// There were more visits than are counted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub over_limit: bool,
}

pub const LONGEST_USER_AGENT: usize = 300;

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Traits {
    /// Notes whether the address is in one of the workspace's own networks, then leaves only the network around it.
    #[must_use]
    pub fn to_store(&self, own_networks: &[NetworkRange]) -> Self {
        let is_own = |network: NetworkRange| own_networks.iter().any(|own| own.contains(network));
        Self {
            own_network: self.network.is_some_and(is_own),
            network: self.network.map(NetworkRange::around),
            user_agent: self.user_agent.chars().take(LONGEST_USER_AGENT).collect(),
            ..self.clone()
        }
    }

    /// Tells whether the visit came from one of these networks. Of a stored visit only the surrounding network is
    /// known: within it, the answer of the moment of the visit counts while the network is one of the own.
    fn is_from(&self, own_networks: &[NetworkRange]) -> bool {
        let Some(network) = self.network else { return false };
        own_networks
            .iter()
            .any(|own| own.contains(network) || (self.own_network && network.around().contains(*own)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    Pixel,
    Link,
    /// A report of the page's own script, so a page was really shown.
    Beacon,
    /// A hidden link that no reader can see.
    HiddenLink,
}

impl RequestKind {
    fn of(action: &Action) -> Self {
        match action {
            Action::Opened => Self::Pixel,
            Action::Clicked { .. } => Self::Link,
            Action::HiddenLinkFollowed => Self::HiddenLink,
            Action::PreviewViewed { .. }
            | Action::TimeOnPage { .. }
            | Action::CallToAction { .. }
            | Action::Replied => Self::Beacon,
        }
    }
}

/// A verdict with its evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    pub verdict: Verdict,
    pub rule: Rule,
    /// The name of the program or network that was recognised, if the rule is about one.
    pub named: Option<&'static str>,
}

/// A visit that comes sooner than this after the provider accepted the message is a machine's.
pub const TOO_SOON: SignedDuration = SignedDuration::from_secs(2);
/// A request from a cloud network so soon comes from a scanner at the recipient's gateway.
pub const GATE_TIME: SignedDuration = SignedDuration::from_secs(60);
/// No person follows `BURST_LINKS` links of a message within this time.
pub const BURST: SignedDuration = SignedDuration::from_secs(10);
pub const BURST_LINKS: usize = 3;
/// No person follows two links of a message within this time.
pub const AT_ONCE: SignedDuration = SignedDuration::from_secs(1);

fn is(verdict: Verdict, rule: Rule) -> Option<Judged> {
    Some(Judged { verdict, rule, named: None })
}

/// Judges a visit by its own traits. `since_sent` is the time since the provider accepted the message; none if no
/// message is concerned.
pub fn judge(
    action: &Action,
    traits: &Traits,
    since_sent: Option<SignedDuration>,
    own_networks: &[NetworkRange],
) -> Judged {
    let kind = RequestKind::of(action);
    let agent = traits.user_agent.trim().to_ascii_lowercase();
    let soon = |limit: SignedDuration| since_sent.is_some_and(|since| since < limit);
    (traits.over_limit.then(|| is(Verdict::OverLimit, Rule::TooManyVisits)).flatten())
        .or_else(|| own_team(traits, own_networks))
        .or_else(|| by_request(kind, traits))
        .or_else(|| by_program(kind, &agent, soon(TOO_SOON)))
        .or_else(|| by_network(kind, traits.network, soon(GATE_TIME)))
        .or_else(|| {
            (kind != RequestKind::Beacon && soon(TOO_SOON)).then(|| is(Verdict::Scanner, Rule::TooSoon))?
        })
        .unwrap_or(Judged { verdict: Verdict::Human, rule: Rule::NothingAgainstIt, named: None })
}

fn own_team(traits: &Traits, own_networks: &[NetworkRange]) -> Option<Judged> {
    if traits.signed_in {
        return is(Verdict::OwnTeam, Rule::SignedIn);
    }
    traits.is_from(own_networks).then(|| is(Verdict::OwnTeam, Rule::OwnNetwork))?
}

fn by_request(kind: RequestKind, traits: &Traits) -> Option<Judged> {
    if kind == RequestKind::HiddenLink {
        is(Verdict::Scanner, Rule::HiddenLink)
    } else if traits.prefetch {
        is(Verdict::Prefetch, Rule::PrefetchHeader)
    } else if !matches!(traits.method.as_str(), "GET" | "POST") {
        is(Verdict::Scanner, Rule::Method)
    } else if traits.part {
        is(Verdict::Scanner, Rule::PartOfPage)
    } else if kind == RequestKind::Link && traits.fetched {
        is(Verdict::Prefetch, Rule::NoNavigation)
    } else {
        None
    }
}

fn by_program(kind: RequestKind, agent: &str, too_soon: bool) -> Option<Judged> {
    if agent.is_empty() {
        return is(Verdict::Scanner, Rule::NoUserAgent);
    }
    let pixel = kind == RequestKind::Pixel;
    if let Some(Program { name, kind: program, .. }) = program_of(agent) {
        let named = Some(name.as_str());
        let is = |verdict, rule| Some(Judged { verdict, rule, named });
        match program {
            ProgramKind::ImageProxy if pixel && too_soon => return is(Verdict::PrivacyProxy, Rule::TooSoon),
            ProgramKind::ImageProxy if pixel => return is(Verdict::Human, Rule::ImageProxy),
            // A mail program shows the pictures of a mail that is read, but opens links in a browser.
            ProgramKind::MailProgram if pixel => {}
            ProgramKind::Preview | ProgramKind::MailProgram => {
                return is(Verdict::Preview, Rule::LinkPreview);
            }
            ProgramKind::Scanner | ProgramKind::ImageProxy => {
                return is(Verdict::Scanner, Rule::ScannerProgram);
            }
            ProgramKind::Robot => return is(Verdict::Scanner, Rule::Robot),
            ProgramKind::Library => return is(Verdict::Scanner, Rule::RequestLibrary),
        }
    }
    if program::says_robot(agent) {
        return is(Verdict::Scanner, Rule::Robot);
    }
    if pixel {
        // Apple Mail's user agent says no more than this.
        return (agent == "mozilla/5.0").then(|| is(Verdict::PrivacyProxy, Rule::ApplePrivacy))?;
    }
    (!program::is_browser(agent)).then(|| is(Verdict::Scanner, Rule::NoBrowser))?
}

fn by_network(kind: RequestKind, network: Option<NetworkRange>, soon: bool) -> Option<Judged> {
    let known = network::known(network?.around())?;
    let named = Some(known.name.as_str());
    let is = |verdict, rule| Some(Judged { verdict, rule, named });
    match known.kind {
        NetworkKind::Security => is(Verdict::Scanner, Rule::SecurityNetwork),
        NetworkKind::Privacy if kind == RequestKind::Pixel => is(Verdict::PrivacyProxy, Rule::PrivacyNetwork),
        NetworkKind::Cloud if soon && kind != RequestKind::Beacon => {
            is(Verdict::Scanner, Rule::CloudAtTheGate)
        }
        NetworkKind::Privacy | NetworkKind::Cloud => None,
    }
}

/// A stored visit.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    pub id: &'a str,
    pub at: Timestamp,
    pub action: &'a Action,
    pub traits: &'a Traits,
    /// The verdict by its own traits.
    pub alone: Judged,
}

impl Visit<'_> {
    fn url(&self) -> Option<&str> {
        match self.action {
            Action::Clicked { url } => Some(url),
            _ => None,
        }
    }

    fn is_same_visitor(&self, other: &Self) -> bool {
        self.traits.network.map(NetworkRange::around) == other.traits.network.map(NetworkRange::around)
            && self.traits.user_agent == other.traits.user_agent
    }
}

/// Judges a visit among all visits of its message, in whatever order they are given. Visits that are machines' by
/// their own traits say nothing about a person's.
pub fn judge_among(visit: &Visit<'_>, of_message: &[Visit<'_>]) -> Judged {
    let Some(url) = visit.url().filter(|_| visit.alone.verdict == Verdict::Human) else { return visit.alone };
    let apart = |other: &Visit<'_>| other.at.duration_since(visit.at).abs();
    let trapped = of_message.iter().any(|other| {
        *other.action == Action::HiddenLinkFollowed && (apart(other) <= BURST || other.is_same_visitor(visit))
    });
    let clicks = || {
        let person = |other: &&Visit<'_>| other.alone.verdict == Verdict::Human && other.id != visit.id;
        of_message.iter().filter(person).filter_map(|other| Some((other, other.url()?)))
    };
    let links_within = |limit: SignedDuration| {
        let mut urls = vec![url];
        for (other, url) in clicks() {
            if apart(other) <= limit && !urls.contains(&url) {
                urls.push(url);
            }
        }
        urls.len()
    };
    let machine = |rule| Judged { verdict: Verdict::Scanner, rule, named: None };
    if trapped {
        machine(Rule::FollowedHiddenLink)
    } else if links_within(AT_ONCE) > 1 {
        machine(Rule::LinksWithinASecond)
    } else if links_within(BURST) >= BURST_LINKS {
        machine(Rule::LinksInBurst)
    } else if clicks().any(|(other, same)| {
        same == url && apart(other) <= BURST && (other.at, other.id) < (visit.at, visit.id)
    }) {
        Judged { verdict: Verdict::Repeat, rule: Rule::SameClick, named: None }
    } else {
        visit.alone
    }
}
