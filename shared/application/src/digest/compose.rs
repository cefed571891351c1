//! What a user's digest lists: names and links of what waits for the user, and nothing of a lead that the user does not see.

use crate::digest::DigestPorts;
use crate::ports::store::{PageRequest, StoreResult};
use domain::lead::scope::LeadScope;
use domain::message::conversation::Conversation;
use domain::time::time_zone::ZoneName;
use domain::workspace::digest::{DigestPart, DigestSettings};
use domain::workspace::notification::NotificationKind;
use domain::workspace::slack_channel::without_links;
use domain::workspace::task::{Task, TaskKind};
use domain::{LeadId, UserId, WorkspaceId};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// The most lines of a part; what is beyond is counted.
const MOST_LINES: usize = 10;
/// The most that is counted.
const MOST_COUNTED: usize = 100;
/// A lead that turned hot longer ago is no news: a weekend lies between two digests.
const NEWS: SignedDuration = SignedDuration::from_hours(72);

/// A digest as it is mailed and previewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub day: Date,
    /// The parts that have something, in their order.
    pub parts: Vec<ListedPart>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPart {
    pub part: DigestPart,
    pub lines: Vec<DigestLine>,
    /// How many there are, up to 100.
    pub count: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestLine {
    pub text: String,
    pub lead: LeadId,
}

impl DigestLine {
    /// The page in the app that it is about, beginning with a slash.
    fn path(&self, part: DigestPart) -> String {
        match part {
            DigestPart::Replies => format!("/inbox?lead={}", self.lead),
            DigestPart::HotLeads | DigestPart::Meetings | DigestPart::Tasks => {
                format!("/leads/{}", self.lead)
            }
        }
    }
}

impl Digest {
    /// The mail's subject, such as "2 replies wait, 1 task due".
    pub fn subject(&self) -> String {
        let counted = self.parts.iter().map(|part| part.part.counted(part.count));
        counted.collect::<Vec<_>>().join(", ")
    }

    /// The mail's text, from the greeting to the list.
    pub fn text(&self, name: &str, public_url: &str) -> String {
        let mut out = format!("Hello {name},\n\nthis is your {}.", self.day.strftime("%A, %-d %B"));
        for part in &self.parts {
            out.push_str(&format!("\n\n{}", part.part.counted(part.count)));
            for line in &part.lines {
                out.push_str(&format!("\n- {}\n  {public_url}{}", line.text, line.path(part.part)));
            }
            if part.count > part.lines.len() {
                out.push_str(&format!("\n- and {} more: {public_url}/", part.count - part.lines.len()));
            }
        }
        out
    }
}

/// Composes a user's digest for the day that it is on the user's clock. None where the user is not there or deactivated.
pub async fn compose(
    ports: &DigestPorts,
    settings: &DigestSettings,
    workspace_zone: &ZoneName,
    now: Timestamp,
) -> StoreResult<Option<Digest>> {
    let (workspace, user) = (&settings.workspace, &settings.user);
    let Some(role) = ports.lead_access.role(workspace, user).await? else { return Ok(None) };
    let sees = ports.lead_access.access(workspace).await?.scope_of(user, role);
    let zone = settings.zone_or(workspace_zone).zone();
    let day = now.to_zoned(zone.clone()).date();
    let starts_at = day.to_zoned(zone.clone()).map_or(now, |start| start.timestamp());
    let ends_at = day.saturating_add(1.day()).to_zoned(zone).map_or(now, |end| end.timestamp());
    let mut parts = Vec::new();
    for part in DigestPart::ALL {
        if !settings.parts.contains(&part) {
            continue;
        }
        let all = match part {
            DigestPart::HotLeads => hot_leads(ports, (workspace, user), &sees, now).await?,
            DigestPart::Replies => replies(ports, (workspace, user), &sees).await?,
            DigestPart::Meetings => {
                let is_theirs = |task: &Task| is_of(task, user, &sees) && is_meeting(task);
                let zone = settings.zone_or(workspace_zone).zone();
                let meetings =
                    ports.tasks.due(workspace, starts_at..ends_at, &is_theirs, MOST_COUNTED).await?;
                let at = |task: &Task| task.due_at.to_zoned(zone.clone()).strftime("%H:%M").to_string();
                meetings
                    .iter()
                    .map(|task| line_of(task.id.lead(), &format!("{} {}", at(task), named(task))))
                    .collect()
            }
            DigestPart::Tasks => {
                let is_due = |task: &Task| is_of(task, user, &sees) && !is_meeting(task);
                let due = ports.tasks.due(workspace, Timestamp::MIN..ends_at, &is_due, MOST_COUNTED).await?;
                due.iter().map(|task| line_of(task.id.lead(), &named(task))).collect()
            }
        };
        let (count, mut lines): (usize, Vec<DigestLine>) = (all.len(), all);
        lines.truncate(MOST_LINES);
        if count > 0 {
            parts.push(ListedPart { part, lines, count });
        }
    }
    Ok(Some(Digest { day, parts }))
}

/// Tells whether a task is this user's, about a lead that the user sees.
fn is_of(task: &Task, user: &UserId, sees: &LeadScope) -> bool {
    task.owner.as_ref() == Some(user) && sees.sees(task.lead_owner.as_ref())
}

fn is_meeting(task: &Task) -> bool {
    task.kind == TaskKind::Meeting
}

fn named(task: &Task) -> String {
    format!("{}: {}", task.lead_name, task.title)
}

/// One line of a text that others wrote: no address in it becomes a link.
fn line_of(lead: LeadId, text: &str) -> DigestLine {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    DigestLine { text: without_links(&line), lead }
}

/// The hot leads of which the user has not read in the app.
async fn hot_leads(
    ports: &DigestPorts,
    (workspace, user): (&WorkspaceId, &UserId),
    sees: &LeadScope,
    now: Timestamp,
) -> StoreResult<Vec<DigestLine>> {
    let latest = ports.notifications.list(workspace, user, PageRequest::first(MOST_COUNTED)).await?.items;
    let hot: Vec<_> = latest
        .into_iter()
        .filter(|one| one.kind == NotificationKind::HotLead && one.read_at.is_none())
        .filter(|one| now.duration_since(one.created_at) <= NEWS)
        .collect();
    let leads: Vec<LeadId> = hot.iter().filter_map(|one| one.lead.clone()).collect();
    let owners = ports.lead_access.owners(workspace, &leads).await?;
    let seen = hot.into_iter().filter_map(|one| {
        let lead = one.lead?;
        let owner = owners.get(&lead)?;
        sees.sees(owner.as_ref()).then(|| line_of(lead.clone(), &one.title))
    });
    Ok(seen.collect())
}

/// The conversations that wait for the user, and those that wait for nobody in particular.
async fn replies(
    ports: &DigestPorts,
    (workspace, user): (&WorkspaceId, &UserId),
    sees: &LeadScope,
) -> StoreResult<Vec<DigestLine>> {
    let is_seen = |one: &Conversation| sees.sees(one.lead_owner.as_ref());
    let waiting = ports.conversations.waiting(workspace, Some(user), &is_seen, MOST_COUNTED).await?;
    Ok(waiting.into_iter().map(|one| line_of(one.lead, &one.lead_name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_in_a_name_does_not_become_a_link() {
        let lead = LeadId::derived(Timestamp::UNIX_EPOCH, &["lead"]);
        let line = line_of(lead, "12:00 Ann\nhttps://evil.example: Intro");
        assert_eq!(line.text, "12:00 Ann https:\u{200B}//evil.example: Intro");
    }
}
