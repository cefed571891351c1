//! A task: something that a user should do about a lead.

use crate::contact::phone_number::PhoneNumber;
use crate::enrolment::reasons::EndReason;
use crate::ids::{CallId, CampaignId, LeadId, MessageId, StepId, TaskId, UserId, WorkspaceId};
use crate::lead::hand_over::follow_owner;
use crate::lead::{Lead, Priority};
use crate::workspace::task_plan::Repeat;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub id: TaskId,
    pub workspace: WorkspaceId,
    /// The lead's name, copied so that lists need not read the lead.
    pub lead_name: String,
    /// Whether the lead is deleted, copied like its name: the task is then in no list.
    pub lead_deleted: bool,
    pub kind: TaskKind,
    pub title: String,
    /// The message that the task is about.
    pub message: Option<MessageId>,
    /// The text to say or to paste.
    pub body: String,
    /// A link to where it is done, such as a call or a chat.
    pub link: Option<String>,
    /// The campaign whose sequence waits for this task.
    pub campaign: Option<CampaignId>,
    pub owner: Option<UserId>,
    /// The lead's owner, copied like its name: what its former owner had goes to the new one.
    pub lead_owner: Option<UserId>,
    pub due_at: Timestamp,
    pub done_at: Option<Timestamp>,
    /// The outcome of a closed task.
    pub outcome: Option<TaskOutcome>,
    /// The user who closed it.
    pub done_by: Option<UserId>,
    /// What was noted when it was closed.
    pub note: Option<String>,
    /// The length of the call.
    pub call_seconds: Option<u32>,
    /// The call that the app placed for it.
    pub call: Option<CallId>,
    pub priority: Priority,
    pub repeat: Option<Repeat>,
    /// The minutes before it is due at which its owner is reminded.
    pub remind_minutes: Option<u32>,
    /// The outcome of the task that this one follows: a call back, or a call that is tried again.
    pub after: Option<TaskOutcome>,
    /// The calls before this one that reached nobody.
    pub tries: u8,
    pub created_at: Timestamp,
    pub rev: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    HotLead,
    FollowUp,
    ResolveUncertain,
    /// A client has cancelled and can still be kept.
    ChurnRisk,
    /// A payment is disputed, and the bank takes evidence for some days.
    AnswerDispute,
    /// A message may be an opt-out, and a user has to say whether it is.
    PossibleOptOut,
    /// A meeting that the lead has booked.
    Meeting,
    Manual,
    Call,
    Email,
    Linkedin,
    Whatsapp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskOutcome {
    Done,
    /// The task will not be done.
    Cancelled,
    Connected,
    NoAnswer,
    Busy,
    Voicemail,
    WrongNumber,
    Gatekeeper,
    Callback,
    NotInterested,
    Booked,
    DoNotCall,
}

impl TaskOutcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Connected => "connected",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Voicemail => "voicemail",
            Self::WrongNumber => "wrong_number",
            Self::Gatekeeper => "gatekeeper",
            Self::Callback => "callback",
            Self::NotInterested => "not_interested",
            Self::Booked => "booked",
            Self::DoNotCall => "do_not_call",
        }
    }

    /// The reason for which this outcome ends every sequence of the lead, as a written reply would; none for other outcomes.
    pub fn ends(self) -> Option<EndReason> {
        match self {
            Self::Booked => Some(EndReason::Booked),
            Self::NotInterested => Some(EndReason::Replied),
            Self::DoNotCall => Some(EndReason::OptedOut),
            _ => None,
        }
    }

    /// Whether the lead itself was on the phone.
    pub fn has_reached(self) -> bool {
        matches!(
            self,
            Self::Connected | Self::Callback | Self::NotInterested | Self::Booked | Self::DoNotCall
        )
    }
}

impl Task {
    /// A task about a lead, for its owner, due at once, with the link to where it is done.
    pub fn about(lead: &Lead, id: TaskId, kind: TaskKind, title: String, now: Timestamp) -> Self {
        let task = Self {
            id,
            workspace: lead.workspace.clone(),
            lead_name: lead.display_name(),
            lead_deleted: lead.is_deleted(),
            kind,
            title,
            message: None,
            body: String::new(),
            link: None,
            campaign: None,
            owner: lead.owner.clone(),
            lead_owner: lead.owner.clone(),
            due_at: now,
            done_at: None,
            outcome: None,
            done_by: None,
            note: None,
            call_seconds: None,
            call: None,
            priority: Priority::Normal,
            repeat: None,
            remind_minutes: None,
            after: None,
            tries: 0,
            created_at: now,
            rev: 0,
        };
        Self { link: task.link_to(lead), ..task }
    }

    /// Updates what is copied from the lead, and the link to where the task is done. True if anything changed.
    pub fn copy_lead_fields(&mut self, lead: &Lead) -> bool {
        let now = (lead.display_name(), lead.is_deleted(), self.link_to(lead));
        let is_news = (&self.lead_name, self.lead_deleted, &self.link) != (&now.0, now.1, &now.2);
        (self.lead_name, self.lead_deleted, self.link) = now;
        is_news
    }

    /// Gives the task to the lead's present owner if it was the former one's, or that of a user who does not see the lead.
    /// True if anything changed.
    pub fn follow_owner(&mut self, lead: &Lead, sees: impl Fn(&UserId) -> bool) -> bool {
        follow_owner((&mut self.owner, &mut self.lead_owner), lead, sees)
    }

    fn link_to(&self, lead: &Lead) -> Option<String> {
        match self.kind {
            TaskKind::Whatsapp => lead.phone.as_ref().map(|phone| whatsapp_link(phone, &self.body)),
            TaskKind::Call | TaskKind::HotLead => lead.phone.as_ref().map(|phone| format!("tel:{phone}")),
            TaskKind::Linkedin => linkedin_page(lead),
            TaskKind::Meeting => Some(self.body.clone()).filter(|place| place.starts_with("https://")),
            TaskKind::FollowUp
            | TaskKind::ResolveUncertain
            | TaskKind::ChurnRisk
            | TaskKind::AnswerDispute
            | TaskKind::PossibleOptOut
            | TaskKind::Email
            | TaskKind::Manual => None,
        }
    }

    pub fn is_call(&self) -> bool {
        matches!(self.kind, TaskKind::Call | TaskKind::HotLead)
    }

    /// Whether a call was made: the list of calls shows it.
    pub fn is_logged_call(&self) -> bool {
        self.is_call() && self.outcome.is_some_and(|outcome| outcome != TaskOutcome::Cancelled)
    }

    pub fn close(&mut self, outcome: TaskOutcome, at: Timestamp) {
        self.done_at = Some(at);
        self.outcome = Some(outcome);
    }
}

impl TaskId {
    /// The only task of this enrolment's step.
    pub fn for_step(lead: &LeadId, campaign: &CampaignId, step: &StepId) -> Self {
        Self::derived(lead, &["step", campaign.as_str(), step.as_str()])
    }

    /// The task to say whether this message is an opt-out of the lead.
    pub fn for_possible_opt_out(lead: &LeadId, message: &MessageId) -> Self {
        Self::derived(lead, &["possible-opt-out", message.as_str()])
    }
}

/// Whether a change of the lead alters the copies on its tasks and conversation.
pub fn changes_lead_copies(before: &Lead, after: &Lead) -> bool {
    let told = |lead: &Lead| {
        (lead.display_name(), lead.is_deleted(), lead.phone.clone(), linkedin_page(lead), lead.owner.clone())
    };
    told(before) != told(after)
}

/// A link that opens a WhatsApp chat with this number, with the text written but not sent.
fn whatsapp_link(phone: &PhoneNumber, text: &str) -> String {
    let digits: String = phone.to_string().chars().filter(char::is_ascii_digit).collect();
    let mut link = format!("https://wa.me/{digits}?text=");
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            link.push(char::from(byte));
        } else {
            link.push_str(&format!("%{byte:02X}"));
        }
    }
    link
}

fn linkedin_page(lead: &Lead) -> Option<String> {
    linkedin_link(lead.linkedin.iter().chain(&lead.website).chain(lead.custom.values()))
}

/// The first of these texts that is a LinkedIn address, with or without its `https://`.
fn linkedin_link<'a>(texts: impl IntoIterator<Item = &'a String>) -> Option<String> {
    texts.into_iter().find_map(|text| {
        let text = text.trim();
        let bare = text.split_once("://").map_or(text, |(_, bare)| bare);
        let (host, page) = bare.split_once('/')?;
        let host = host.to_ascii_lowercase();
        let is_host = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
        let is_there = is_host && (host == "linkedin.com" || host.ends_with(".linkedin.com"));
        let is_plain = !page.is_empty() && bare.chars().all(|c| c.is_ascii_graphic());
        (is_there && is_plain).then(|| format!("https://{host}/{page}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linkedin_address_is_found_and_nothing_else_is_taken_for_one() {
        let of =
            |texts: &[&str]| linkedin_link(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        let ada = Some("https://uk.linkedin.com/in/ada".to_owned());
        assert_eq!(of(&["https://a.example", "12", "http://UK.linkedin.com/in/ada"]), ada);
        assert_eq!(of(&[" uk.linkedin.com/in/ada "]), ada);
        assert_eq!(of(&["javascript://linkedin.com/%0Aa()"]), Some("https://linkedin.com/%0Aa()".to_owned()));
        for other in [
            "linkedin.com",
            "linkedin.com/",
            "linkedin.com/in/ada lovelace",
            "notlinkedin.com/in/ada",
            "a.example/linkedin.com/in/ada",
            "a.example\\.linkedin.com/in/ada",
        ] {
            assert_eq!(of(&[other]), None, "{other}");
        }
    }

    #[test]
    fn call_of_a_hot_lead_has_the_number_to_call() {
        let now = Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(now, &["ann"]), WorkspaceId::derived(now, &["w"]), now);
        let link = |lead: &Lead| {
            let id = TaskId::derived(&lead.id, &["hot"]);
            Task::about(lead, id, TaskKind::HotLead, "Call while the lead is hot".to_owned(), now).link
        };
        assert_eq!(link(&lead), None);
        lead.phone = PhoneNumber::parse("+44 20 7496 0351", None).ok();
        assert_eq!(link(&lead).as_deref(), Some("tel:+442074960351"));
    }

    #[test]
    fn whatsapp_link_has_digits_and_encoded_text() {
        let phone = PhoneNumber::parse("+44 20 7496 0351", None).unwrap();
        let link = whatsapp_link(&phone, "Hi Ana & co, 50% off?\nÜ");
        assert_eq!(link, "https://wa.me/442074960351?text=Hi%20Ana%20%26%20co%2C%2050%25%20off%3F%0A%C3%9C");
    }
}
