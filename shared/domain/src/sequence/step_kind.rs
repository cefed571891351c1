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

crate::codes! {
    /// The kind of a step without what it says.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum StepType {
        Email = "email",
        Sms = "sms",
        Whatsapp = "whatsapp",
        Task = "task",
        Wait = "wait",
        Branch = "branch",
        Goal = "goal",
        End = "end",
    }
}

/// What is done when a step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepAction {
    /// A message goes out on the step's channel.
    Send,
    /// A task is opened for a user; the sequence continues when it is closed.
    OpenTask(TaskKind),
    /// Nothing but that the lead moves on.
    Pass,
    /// The sequence ends for the lead.
    End,
}

/// How a step is treated: one row for each kind, which whatever treats kinds differently asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepBehaviour {
    pub step_type: StepType,
    pub action: StepAction,
    /// The channel, if the step sends.
    pub channel: Option<Channel>,
    /// The channel whose address or number the step needs; without it the step is skipped.
    pub needs: Option<Channel>,
    /// What the step would disturb at night, in a user's words; none for a step that may come at night.
    pub disturbs: Option<&'static str>,
    /// Whether the step addresses the lead, with a message or a task.
    pub is_touch: bool,
    /// Whether a user may skip the step: a branch, goal or end decides where the lead goes and may not be skipped.
    pub may_be_left_out: bool,
}

impl StepBehaviour {
    fn sends(step_type: StepType, channel: Channel) -> Self {
        Self {
            step_type,
            action: StepAction::Send,
            channel: Some(channel),
            needs: Some(channel),
            disturbs: channel.disturbs(),
            is_touch: true,
            may_be_left_out: true,
        }
    }

    fn asks_user(task: StepTask) -> Self {
        // A call or a chat needs the number that a text needs.
        let (needs, disturbs) = match task {
            StepTask::Call => (Some(Channel::Sms), Some("calls")),
            StepTask::Whatsapp => (Some(Channel::Sms), Channel::Whatsapp.disturbs()),
            StepTask::Linkedin | StepTask::Generic => (None, None),
        };
        Self {
            step_type: StepType::Task,
            action: StepAction::OpenTask(task.kind()),
            channel: None,
            needs,
            disturbs,
            is_touch: true,
            may_be_left_out: true,
        }
    }

    fn without_touch(step_type: StepType, action: StepAction, may_be_left_out: bool) -> Self {
        Self {
            step_type,
            action,
            channel: None,
            needs: None,
            disturbs: None,
            is_touch: false,
            may_be_left_out,
        }
    }
}

/// The texts of a step as they are written in it; empty where its kind has none.
#[derive(Debug, Clone, Copy, Default)]
pub struct StepTexts<'a> {
    /// A mail's subject or a task's title.
    pub headline: &'a str,
    pub body: &'a str,
    /// The name of an approved template, and its language.
    pub approved: (&'a str, &'a str),
    pub free_text: &'a str,
    pub template: Option<&'a TemplateId>,
    pub variants: &'a [Variant],
}

impl StepKind {
    /// Returns the row of this kind.
    pub fn behaviour(&self) -> StepBehaviour {
        match self {
            Self::Email { .. } => StepBehaviour::sends(StepType::Email, Channel::Email),
            Self::Sms { .. } => StepBehaviour::sends(StepType::Sms, Channel::Sms),
            Self::Whatsapp { .. } => StepBehaviour::sends(StepType::Whatsapp, Channel::Whatsapp),
            Self::Task { task, .. } => StepBehaviour::asks_user(*task),
            Self::Wait {} => StepBehaviour::without_touch(StepType::Wait, StepAction::Pass, true),
            Self::Branch { .. } => StepBehaviour::without_touch(StepType::Branch, StepAction::Pass, false),
            Self::Goal { .. } => StepBehaviour::without_touch(StepType::Goal, StepAction::Pass, false),
            Self::End {} => StepBehaviour::without_touch(StepType::End, StepAction::End, false),
        }
    }

    /// Returns what this step says.
    pub fn texts(&self) -> StepTexts<'_> {
        match self {
            Self::Email { subject, body, template, variants } => StepTexts {
                headline: subject,
                body,
                template: template.as_ref(),
                variants,
                ..StepTexts::default()
            },
            Self::Sms { body, template, variants } => {
                StepTexts { body, template: template.as_ref(), variants, ..StepTexts::default() }
            }
            Self::Whatsapp { template_name, language, body, free_text, variants } => StepTexts {
                body,
                approved: (template_name, language),
                free_text,
                variants,
                ..StepTexts::default()
            },
            Self::Task { title, body, .. } => StepTexts { headline: title, body, ..StepTexts::default() },
            Self::Wait {} | Self::Branch { .. } | Self::Goal { .. } | Self::End {} => StepTexts::default(),
        }
    }

    /// Removes white space around the texts that are one line.
    pub fn trim_lines(&mut self) {
        let variants: &mut [Variant] = match self {
            Self::Email { subject, variants, .. } => {
                *subject = subject.trim().to_owned();
                variants
            }
            Self::Sms { variants, .. } | Self::Whatsapp { variants, .. } => variants,
            Self::Task { title, .. } => {
                *title = title.trim().to_owned();
                &mut []
            }
            Self::Wait {} | Self::Branch { .. } | Self::Goal { .. } | Self::End {} => &mut [],
        };
        for variant in variants {
            variant.name = variant.name.trim().to_owned();
            variant.subject = variant.subject.trim().to_owned();
        }
    }

    pub fn step_type(&self) -> StepType {
        self.behaviour().step_type
    }

    pub fn as_str(&self) -> &'static str {
        self.step_type().as_str()
    }

    pub fn action(&self) -> StepAction {
        self.behaviour().action
    }

    /// The channel, if the step sends.
    pub fn channel(&self) -> Option<Channel> {
        self.behaviour().channel
    }

    pub fn is_touch(&self) -> bool {
        self.behaviour().is_touch
    }

    pub fn may_be_left_out(&self) -> bool {
        self.behaviour().may_be_left_out
    }

    pub fn variants(&self) -> &[Variant] {
        self.texts().variants
    }

    pub fn variants_mut(&mut self) -> &mut [Variant] {
        match self {
            Self::Email { variants, .. } | Self::Sms { variants, .. } | Self::Whatsapp { variants, .. } => {
                variants
            }
            Self::Task { .. } | Self::Wait {} | Self::Branch { .. } | Self::Goal { .. } | Self::End {} => {
                &mut []
            }
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
        let texts = self.texts();
        let own = [texts.headline, texts.body, texts.approved.0];
        !texts.variants.is_empty() && own.iter().all(|text| text.is_empty())
    }

    /// The templates that the step's texts came from.
    pub fn templates(&self) -> impl Iterator<Item = &TemplateId> {
        let StepTexts { template, variants, .. } = self.texts();
        template.into_iter().chain(variants.iter().filter_map(|variant| variant.template.as_ref()))
    }

    /// A mail's subject (of the first variant, if there are any) or a task's title.
    pub fn headline(&self) -> &str {
        let StepTexts { headline, variants, .. } = self.texts();
        match variants.first() {
            Some(first) if self.channel() == Some(Channel::Email) => &first.subject,
            _ => headline,
        }
    }

    pub fn body(&self) -> &str {
        self.texts().body
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
    pub fn needs_behaviour(&self) -> bool {
        match self {
            Self::Branch { condition, .. } => condition.needs_behaviour(),
            Self::Goal { goal } => goal.needs_behaviour(),
            Self::Email { .. }
            | Self::Sms { .. }
            | Self::Whatsapp { .. }
            | Self::Task { .. }
            | Self::Wait {}
            | Self::End {} => false,
        }
    }

    /// Replaces the ids of the steps that it names.
    pub fn rename_targets(&mut self, renamed: impl Fn(&StepId) -> StepId) {
        match self {
            Self::Branch { yes, no, .. } => (*yes, *no) = (renamed(yes), renamed(no)),
            Self::Email { .. }
            | Self::Sms { .. }
            | Self::Whatsapp { .. }
            | Self::Task { .. }
            | Self::Wait {}
            | Self::Goal { .. }
            | Self::End {} => {}
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
