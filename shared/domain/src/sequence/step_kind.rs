//! The kinds of steps of a sequence. A new kind begins here; the compiler asks for most of the rest.

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
        /// The text; empty if there are variants.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(required = true))]
        body: String,
        /// The template that the text came from, for its usage figures.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<TemplateId>,
        /// Two to six texts in place of the step's own, each for its share of the leads.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        variants: Vec<Variant>,
    },
    Sms {
        /// The text; empty if there are variants.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(required = true))]
        body: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<TemplateId>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        variants: Vec<Variant>,
    },
    /// A message from the company's WhatsApp number.
    Whatsapp {
        /// The name under which the template was approved; its language, such as `en_US`, is in `language`.
        /// Both, and the body, are empty if there are variants.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(required = true))]
        template_name: String,
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(required = true))]
        language: String,
        /// The template's words, with a merge field in place of each parameter, in their order.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(required = true))]
        body: String,
        /// The text sent instead within a day of the lead's last message there. Empty: the template is sent then too.
        #[serde(default)]
        free_text: String,
        /// Two to six templates in place of the step's own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        variants: Vec<Variant>,
    },
    /// A user does it; the sequence continues when the task is closed.
    Task {
        task: StepTask,
        title: String,
        /// The text to say or to paste.
        #[serde(default)]
        body: String,
    },
    /// Nothing happens but the delay.
    Wait {},
    /// The sequence continues at `yes` or `no`, both further down.
    Branch {
        condition: Condition,
        yes: StepId,
        no: StepId,
    },
    /// Ends the sequence for a lead who reaches the goal, here or anywhere before.
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
    /// A chat from the user's own phone; the task has a link that opens it with the text.
    Whatsapp,
    Generic,
}

/// The way on from a step that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOn<'a> {
    /// The step below comes next.
    Below,
    /// The step decides between these two.
    Either { yes: &'a StepId, no: &'a StepId },
    /// The sequence is finished.
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

    /// The channel, if the step sends.
    pub fn channel(&self) -> Option<Channel> {
        match self {
            Self::Email { .. } => Some(Channel::Email),
            Self::Sms { .. } => Some(Channel::Sms),
            Self::Whatsapp { .. } => Some(Channel::Whatsapp),
            _ => None,
        }
    }

    /// Whether the step addresses the lead, with a message or a task.
    pub fn is_touch(&self) -> bool {
        self.channel().is_some() || matches!(self, Self::Task { .. })
    }

    /// Whether a user may skip the step: a branch, goal or end decides where the lead goes and may not be skipped.
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

    /// A variant's label: its name, else the letter of its position.
    pub fn label_of(&self, id: &VariantId) -> String {
        let place = self.variants().iter().zip('A'..).find(|(variant, _)| variant.id == *id);
        place.map_or_else(String::new, |(variant, letter)| match variant.name.as_str() {
            "" => letter.to_string(),
            name => name.to_owned(),
        })
    }

    /// Whether the step has variants and, as it must then be, no words of its own.
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

    /// The templates that the step's texts came from.
    pub fn templates(&self) -> impl Iterator<Item = &TemplateId> {
        let own = match self {
            Self::Email { template, .. } | Self::Sms { template, .. } => template.as_ref(),
            _ => None,
        };
        own.into_iter().chain(self.variants().iter().filter_map(|variant| variant.template.as_ref()))
    }

    /// A mail's subject (of the first variant, if there are any) or a task's title.
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

    /// The way on after this step.
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

    /// Whether the step decides which of several steps comes next.
    pub fn decides(&self) -> bool {
        matches!(self.onward(), WayOn::Either { .. })
    }

    /// Whether the result depends on what the lead did, and not only on the lead's own fields.
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

    /// The steps it may lead to besides the one below, by the field that names them.
    pub fn targets(&self) -> Vec<(&'static str, &StepId)> {
        match self.onward() {
            WayOn::Either { yes, no } => vec![("yes", yes), ("no", no)],
            WayOn::Below | WayOn::Nowhere => Vec::new(),
        }
    }
}
