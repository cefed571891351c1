//! The texts of a version's messages and tasks, compiled once and rendered for many leads, to find missing
//! values and the length of an SMS. The sent messages are rendered by the same `CompiledTemplate`.

use crate::contact::channel::Channel;
use crate::enrolment::key::EnrolmentKey;
use crate::ids::{CampaignId, MessageId, VariantId};
use crate::lead::Lead;
use crate::message::sms::sms_segments;
use crate::message::whatsapp::Approved;
use crate::sequence::merge_fields::MergeContext;
use crate::sequence::render::{CompiledTemplate, Escaping, TemplateError};
use crate::sequence::variant::Words;
use crate::sequence::{SequenceVersion, Step};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

/// Gives a lead's values for a message.
pub type Values<'a> = Box<dyn Fn(&Lead, &MessageId) -> MergeContext + Send + Sync + 'a>;

pub struct Texts<'a> {
    values: Values<'a>,
    steps: &'a [Step],
    /// Each text by the position of its step and its variant.
    all: HashMap<(usize, Option<&'a VariantId>), Text<'a>>,
    /// The free text that replaces an approved template, by the position of its step.
    freely: HashMap<usize, CompiledTemplate<'a>>,
}

enum Text<'a> {
    /// A text that is the same for all leads.
    Plain(Written),
    /// A mail or a task: headline and body.
    Pair(Box<[CompiledTemplate<'a>; 2]>),
    Sms(CompiledTemplate<'a>),
    Chat(Approved<'a>),
    Broken(TemplateError),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Segments, if it is an SMS.
    pub segments: Option<u32>,
}

const OTHER: Written = Written { segments: None };

impl Written {
    fn of_sms(text: &str) -> Self {
        Self { segments: u32::try_from(sms_segments(text).segments).ok() }
    }
}

impl<'a> Texts<'a> {
    pub fn of(version: &'a SequenceVersion, values: Values<'a>) -> Self {
        let (mut all, mut freely) = (HashMap::new(), HashMap::new());
        for (place, step) in version.steps.iter().enumerate() {
            if !step.kind.is_touch() {
                continue;
            }
            let free_text = step.kind.texts().free_text;
            if !free_text.is_empty()
                && let Ok(text) = CompiledTemplate::compile(free_text, Escaping::None)
            {
                freely.insert(place, text);
            }
            for words in wordings(step) {
                let text = Text::of(step.kind.channel(), words).unwrap_or_else(Text::Broken);
                all.insert((place, words.variant.map(|variant| &variant.id)), text);
            }
        }
        Self { values, steps: &version.steps, all, freely }
    }

    /// Renders the words of the step at this position for a lead.
    pub fn write(
        &self,
        place: usize,
        words: &Words<'_>,
        (lead, message): (&Lead, &MessageId),
    ) -> Result<Written, TemplateError> {
        let values = || Arc::new((self.values)(lead, message));
        match self.all.get(&(place, words.variant.map(|variant| &variant.id))) {
            None => Ok(OTHER),
            Some(Text::Plain(written)) => Ok(*written),
            Some(Text::Broken(error)) => Err(error.clone()),
            Some(Text::Sms(text)) => Ok(Written::of_sms(&text.render(&values())?)),
            Some(Text::Chat(template)) => template.fill(&values()).map(|_| OTHER),
            Some(Text::Pair(parts)) => {
                let values = values();
                parts.iter().try_for_each(|part| part.render(&values).map(drop))?;
                Ok(OTHER)
            }
        }
    }

    /// The first missing field for which one of these steps would be held.
    pub fn missing(&self, steps: &[&Step], lead: &Lead, campaign: &CampaignId) -> Option<String> {
        let key = EnrolmentKey {
            workspace: lead.workspace.clone(),
            lead: lead.id.clone(),
            campaign: campaign.clone(),
        };
        steps.iter().find_map(|step| {
            let place = self.steps.iter().position(|own| own.id == step.id)?;
            let message = MessageId::for_step(&lead.id, campaign, &step.id);
            let written = self.write(place, &step.words_for(&key, None), (lead, &message)).map(drop);
            let free = || match self.freely.get(&place) {
                Some(text) => text.render(&Arc::new((self.values)(lead, &message))).map(drop),
                None => Ok(()),
            };
            match written.and_then(|()| free()) {
                Err(TemplateError::Missing { field }) => Some(field),
                _ => None,
            }
        })
    }
}

/// Every field that a message or task of the version names.
pub fn fields_named(version: &SequenceVersion) -> BTreeSet<String> {
    let touches = version.steps.iter().filter(|step| step.kind.is_touch());
    let freely = version.steps.iter().map(|step| step.kind.texts().free_text);
    let sources = touches.flat_map(wordings).flat_map(|words| [words.headline, words.body]).chain(freely);
    let mut fields = BTreeSet::new();
    for source in sources {
        if let Ok(template) = CompiledTemplate::compile(source, Escaping::None) {
            fields.extend(template.fields());
        }
    }
    fields
}

/// The step's own words, or those of its variants.
fn wordings(step: &Step) -> Vec<Words<'_>> {
    let variants = step.kind.variants();
    match variants.is_empty() {
        true => vec![Words { variant: None, headline: step.kind.headline(), body: step.kind.body() }],
        false => variants.iter().map(|variant| step.words_of(variant)).collect(),
    }
}

impl<'a> Text<'a> {
    fn of(channel: Option<Channel>, words: Words<'a>) -> Result<Self, TemplateError> {
        let template = |source| CompiledTemplate::compile(source, Escaping::None);
        let plain = |source: &str| !source.contains('{');
        Ok(match channel {
            Some(Channel::Sms) if plain(words.body) => Self::Plain(Written::of_sms(words.body.trim_end())),
            Some(Channel::Sms) => Self::Sms(template(words.body)?),
            Some(Channel::Whatsapp) if !plain(words.body) => Self::Chat(Approved::compile(words.body)?),
            _ if plain(words.headline) && plain(words.body) => Self::Plain(OTHER),
            _ => Self::Pair(Box::new([template(words.headline)?, template(words.body)?])),
        })
    }
}

impl fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} texts", self.all.len())
    }
}
