//! What one step of a sequence does. A new kind begins here; the compiler then asks for the rest.

use crate::condition::{Condition, Goal};
use crate::ids::{StepId, TemplateId};
use crate::sequence::Channel;
use crate::task::TaskKind;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum StepKind {
    Email {
        /// Empty on a follow-up: the mail continues its thread as `Re: …`.
        #[serde(default)]
        subject: String,
        body: String,
        /// Where the text came from, for the template's usage figures.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<TemplateId>,
    },
    Sms {
        body: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<TemplateId>,
    },
    /// A person does it; the sequence goes on when it is done.
    Task {
        task: StepTask,
        title: String,
        /// What to say, or to paste.
        #[serde(default)]
        body: String,
    },
    /// Nothing but its delay.
    Wait,
    /// Goes on at `yes` or `no`, both further down.
    Branch {
        condition: Condition,
        yes: StepId,
        no: StepId,
    },
    /// Whoever reaches it, on the way here or before, is done.
    Goal {
        goal: Goal,
    },
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepTask {
    Call,
    Linkedin,
    /// From the person's own phone; the task has a link that opens the chat with its text.
    Whatsapp,
    Generic,
}

impl StepTask {
    pub fn kind(self) -> TaskKind {
        match self {
            Self::Call => TaskKind::Call,
            Self::Linkedin => TaskKind::Linkedin,
            Self::Whatsapp => TaskKind::Whatsapp,
            Self::Generic => TaskKind::Manual,
        }
    }
}

impl StepKind {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Email { .. } => "email",
            Self::Sms { .. } => "sms",
            Self::Task { .. } => "task",
            Self::Wait => "wait",
            Self::Branch { .. } => "branch",
            Self::Goal { .. } => "goal",
            Self::End => "end",
        }
    }

    /// Of a step that sends.
    pub fn channel(&self) -> Option<Channel> {
        match self {
            Self::Email { .. } => Some(Channel::Email),
            Self::Sms { .. } => Some(Channel::Sms),
            _ => None,
        }
    }

    /// Somebody turns to the lead: a message or a task.
    pub fn is_touch(&self) -> bool {
        matches!(self, Self::Email { .. } | Self::Sms { .. } | Self::Task { .. })
    }

    pub fn template(&self) -> Option<&TemplateId> {
        match self {
            Self::Email { template, .. } | Self::Sms { template, .. } => template.as_ref(),
            _ => None,
        }
    }

    /// A mail's subject or a task's title.
    pub fn headline(&self) -> &str {
        match self {
            Self::Email { subject, .. } => subject,
            Self::Task { title, .. } => title,
            _ => "",
        }
    }

    pub fn body(&self) -> &str {
        match self {
            Self::Email { body, .. } | Self::Sms { body, .. } | Self::Task { body, .. } => body,
            _ => "",
        }
    }

    /// Where it may go besides the step below.
    pub fn targets(&self) -> Vec<(&'static str, &StepId)> {
        match self {
            Self::Branch { yes, no, .. } => vec![("yes", yes), ("no", no)],
            _ => Vec::new(),
        }
    }
}
