//! What one step of a sequence does. A new kind begins here; the compiler then asks for the rest.

use crate::contact::channel::Channel;
use crate::ids::{StepId, TemplateId, VariantId};
use crate::sequence::condition::{Condition, Goal};
use crate::sequence::variant::Variant;
use crate::workspace::task::TaskKind;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum StepKind {
    Email {
        /// Empty on a follow-up: the mail continues its thread as `Re: …`.
        #[serde(default)]
        subject: String,
        /// Empty where there are variants.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(required = true))]
        body: String,
        /// Where the text came from, for the template's usage figures.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<TemplateId>,
        /// Two to six texts in place of the step's own, each for its share of the people.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        variants: Vec<Variant>,
    },
    Sms {
        /// Empty where there are variants.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(required = true))]
        body: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<TemplateId>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        variants: Vec<Variant>,
    },
    /// By the company's number on WhatsApp.
    Whatsapp {
        /// As it was approved under: a name and a language such as `en_US`. Empty, as the body, where there are variants.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(required = true))]
        template_name: String,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(required = true))]
        language: String,
        /// The template's words, with a field in the place of each of its parameters, in their order.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(required = true))]
        body: String,
        /// What is said instead within a day of the lead's last message there. Empty: the template, then as well.
        #[serde(default)]
        free_text: String,
        /// Two to six templates in place of the step's own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        variants: Vec<Variant>,
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
    Wait {},
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
    End {},
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

/// Where a step leads once it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOn<'a> {
    /// To the step below.
    Below,
    /// To one of these, as it decides.
    Either { yes: &'a StepId, no: &'a StepId },
    /// All is done.
    Nowhere,
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
            Self::Whatsapp { .. } => "whatsapp",
            Self::Task { .. } => "task",
            Self::Wait {} => "wait",
            Self::Branch { .. } => "branch",
            Self::Goal { .. } => "goal",
            Self::End {} => "end",
        }
    }

    /// Of a step that sends.
    pub fn channel(&self) -> Option<Channel> {
        match self {
            Self::Email { .. } => Some(Channel::Email),
            Self::Sms { .. } => Some(Channel::Sms),
            Self::Whatsapp { .. } => Some(Channel::Whatsapp),
            _ => None,
        }
    }

    /// Somebody turns to the lead: a message or a task.
    pub fn is_touch(&self) -> bool {
        self.channel().is_some() || matches!(self, Self::Task { .. })
    }

    /// A person may leave it out: it does not say itself where the lead goes, or that all is over.
    pub fn may_be_left_out(&self) -> bool {
        self.is_touch() || *self == Self::Wait {}
    }

    pub fn variants(&self) -> &[Variant] {
        match self {
            Self::Email { variants, .. } | Self::Sms { variants, .. } | Self::Whatsapp { variants, .. } => {
                variants
            }
            _ => &[],
        }
    }

    pub fn variants_mut(&mut self) -> &mut [Variant] {
        match self {
            Self::Email { variants, .. } | Self::Sms { variants, .. } | Self::Whatsapp { variants, .. } => {
                variants
            }
            _ => &mut [],
        }
    }

    /// What a variant is called: its name, else the letter of its place.
    pub fn label_of(&self, id: &VariantId) -> String {
        let place = self.variants().iter().zip('A'..).find(|(variant, _)| variant.id == *id);
        place.map_or_else(String::new, |(variant, letter)| match variant.name.as_str() {
            "" => letter.to_string(),
            name => name.to_owned(),
        })
    }

    /// Beside variants a step has no words of its own.
    pub fn has_only_variants(&self) -> bool {
        match self {
            Self::Email { subject, body, variants, .. } => {
                !variants.is_empty() && subject.is_empty() && body.is_empty()
            }
            Self::Sms { body, variants, .. } => !variants.is_empty() && body.is_empty(),
            Self::Whatsapp { template_name, body, variants, .. } => {
                !variants.is_empty() && template_name.is_empty() && body.is_empty()
            }
            _ => false,
        }
    }

    /// Where its texts came from.
    pub fn templates(&self) -> impl Iterator<Item = &TemplateId> {
        let own = match self {
            Self::Email { template, .. } | Self::Sms { template, .. } => template.as_ref(),
            _ => None,
        };
        own.into_iter().chain(self.variants().iter().filter_map(|variant| variant.template.as_ref()))
    }

    /// A mail's subject or a task's title; of variants the first one's.
    pub fn headline(&self) -> &str {
        match self {
            Self::Email { subject, variants, .. } => variants.first().map_or(subject, |first| &first.subject),
            Self::Task { title, .. } => title,
            _ => "",
        }
    }

    pub fn body(&self) -> &str {
        match self {
            Self::Email { body, .. }
            | Self::Sms { body, .. }
            | Self::Whatsapp { body, .. }
            | Self::Task { body, .. } => body,
            _ => "",
        }
    }

    /// Where a lead goes from here.
    pub fn onward(&self) -> WayOn<'_> {
        match self {
            Self::Email { .. }
            | Self::Sms { .. }
            | Self::Whatsapp { .. }
            | Self::Task { .. }
            | Self::Wait {}
            | Self::Goal { .. } => WayOn::Below,
            Self::Branch { yes, no, .. } => WayOn::Either { yes, no },
            Self::End {} => WayOn::Nowhere,
        }
    }

    /// It says itself which of several steps comes next.
    pub fn decides(&self) -> bool {
        matches!(self.onward(), WayOn::Either { .. })
    }

    /// What becomes of a lead here depends on what they did, and not on the lead as it is alone.
    pub fn asks_what_was_seen(&self) -> bool {
        match self {
            Self::Branch { condition, .. } => condition.asks_what_was_seen(),
            Self::Goal { goal } => goal.asks_what_was_seen(),
            Self::Email { .. }
            | Self::Sms { .. }
            | Self::Whatsapp { .. }
            | Self::Task { .. }
            | Self::Wait {}
            | Self::End {} => false,
        }
    }

    /// Where it may go besides the step below.
    pub fn targets(&self) -> Vec<(&'static str, &StepId)> {
        match self.onward() {
            WayOn::Either { yes, no } => vec![("yes", yes), ("no", no)],
            WayOn::Below | WayOn::Nowhere => Vec::new(),
        }
    }
}
