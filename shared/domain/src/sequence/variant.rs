//! Variants: texts of one step that are tested against each other, and which lead gets which.
//!
//! The choice is weighted rendezvous hashing: every running variant draws a number for the enrolment and step
//! (the higher its weight, the higher the number tends to be), and the highest is sent. Nothing is stored,
//! and draws never change: another weight moves leads to or from that variant alone, and a pause moves only
//! those who would have got it.

use crate::enrolment::key::EnrolmentKey;
use crate::ids::{StepId, TemplateId, VariantId};
use crate::sequence::Step;
use crate::stable_hash::draw;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub const MAX_VARIANTS: usize = 6;
pub const MAX_WEIGHT: u8 = 100;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(from = "WrittenVariant")]
pub struct Variant {
    /// The id under which results are counted. A new variant without one gets it; other words in a new
    /// version make a new variant.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub id: VariantId,
    /// A name, for users to tell variants apart.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub name: String,
    /// Its share, 1 to 100, of the sum over variants that are not paused. 50 if left out.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub weight: u8,
    /// A paused variant is not sent any more.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub paused: bool,
    /// A mail's subject; empty on a follow-up, like a step's own.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub subject: String,
    pub body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateId>,
    /// The name under which WhatsApp approved the words, like a step's own; empty on other channels.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub template_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub language: String,
}

/// A variant as a request gives it, perhaps without an id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVariant {
    id: Option<VariantId>,
    #[serde(default)]
    name: String,
    weight: Option<u8>,
    #[serde(default)]
    paused: bool,
    #[serde(default)]
    subject: String,
    body: String,
    #[serde(default)]
    template: Option<TemplateId>,
    #[serde(default)]
    template_name: String,
    #[serde(default)]
    language: String,
}

impl From<WrittenVariant> for Variant {
    fn from(written: WrittenVariant) -> Self {
        let WrittenVariant { id, name, weight, paused, subject, body, template, template_name, language } =
            written;
        let id = id.unwrap_or_else(|| VariantId::of(&subject, (&template_name, &language), &body));
        let weight = weight.unwrap_or(50);
        Self { id, name, weight, paused, subject, body, template, template_name, language }
    }
}

impl VariantId {
    /// The id of a variant by its words: the same words are the same variant.
    pub fn of_words(subject: &str, body: &str) -> Self {
        Self::derived(Timestamp::UNIX_EPOCH, &[subject, body])
    }

    /// The id of a variant by its words and, on WhatsApp, the name and language of their approval.
    fn of(subject: &str, (approved, language): (&str, &str), body: &str) -> Self {
        match approved {
            "" => Self::of_words(subject, body),
            approved => Self::derived(Timestamp::UNIX_EPOCH, &[approved, language, body]),
        }
    }
}

impl Variant {
    pub fn has_same_text(&self, other: &Self) -> bool {
        (&self.subject, &self.body, self.approved()) == (&other.subject, &other.body, other.approved())
    }

    /// The approved name and language; both empty except on WhatsApp.
    pub fn approved(&self) -> (&str, &str) {
        (&self.template_name, &self.language)
    }
}

/// The words that a lead gets by a step that sends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Words<'a> {
    /// None if the step has no variants.
    pub variant: Option<&'a Variant>,
    /// A mail's subject or a task's title.
    pub headline: &'a str,
    pub body: &'a str,
}

impl Step {
    /// The words for this enrolment. `begun` is the variant of a message of this step that may have gone out
    /// already; a repeat uses the same one.
    pub fn words_for(&self, key: &EnrolmentKey, begun: Option<&VariantId>) -> Words<'_> {
        let variants = self.kind.variants();
        let kept = variants.iter().find(|variant| Some(&variant.id) == begun);
        match kept.or_else(|| draw_variant(variants, key, &self.id)) {
            Some(variant) => self.words_of(variant),
            None => Words { variant: None, headline: self.kind.headline(), body: self.kind.body() },
        }
    }

    pub fn words_of<'a>(&self, variant: &'a Variant) -> Words<'a> {
        Words { variant: Some(variant), headline: &variant.subject, body: &variant.body }
    }
}

/// The running variant with the highest draw.
fn draw_variant<'a>(variants: &'a [Variant], key: &EnrolmentKey, step: &StepId) -> Option<&'a Variant> {
    let EnrolmentKey { workspace, lead, campaign } = key;
    let number = |variant: &Variant| {
        let words =
            [workspace.as_str(), campaign.as_str(), lead.as_str(), step.as_str(), variant.id.as_str()];
        // The upper half of the bits, as a number strictly between 0 and 1.
        let share = (f64::from((draw(&words) >> 32) as u32) + 0.5) / 2_f64.powi(32);
        f64::from(variant.weight) / -share.ln()
    };
    let running = variants.iter().filter(|variant| !variant.paused);
    running.max_by(|a, b| number(a).total_cmp(&number(b)))
}

/// Gives a new id to each variant whose words were changed in a new version. Patches keep the id.
pub fn assign_variant_ids(before: &[Step], steps: &mut [Step]) {
    for step in steps {
        let Some(old) = before.iter().find(|old| old.id == step.id) else { continue };
        for variant in step.kind.variants_mut() {
            let known = old.kind.variants().iter().find(|known| known.id == variant.id);
            if known.is_some_and(|known| !known.has_same_text(variant)) {
                variant.id = VariantId::of(&variant.subject, variant.approved(), &variant.body);
            }
        }
    }
}

#[cfg(test)]
mod tests;
