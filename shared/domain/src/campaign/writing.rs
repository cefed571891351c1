//! How a campaign writes: whether a model writes for it, in which tone and language, about what offer, and what that may
//! cost. A campaign with a tone, language or context of its own has an opening line of its own for each enrolled lead;
//! any other uses the lead's.

use super::Campaign;
use crate::ai_prompt::written_with::WrittenWith;
use crate::lead::Lead;
use crate::lead::enrichment::{CitedFact, FieldResult, FieldStatus, FieldValue};
use crate::lead::opening_line::fallback_line;
use crate::message::rewriting::LONGEST_LANGUAGE;
use crate::spend::{BudgetScope, SpendLimit, Usd};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub const LONGEST_TONE: usize = 200;
pub const LONGEST_CONTEXT: usize = 2_000;
/// The highest budget: a million dollars.
const HIGHEST_BUDGET: Usd = Usd::cents(100_000_000);
const SWITCHED_OFF: &str = "AI is switched off for this campaign";

/// A campaign's writing settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CampaignWriting {
    /// Whether a model writes for this campaign. Without it, mails have the default text as their opening line.
    #[serde(default = "on")]
    pub ai: bool,
    /// How the model writes, such as `warm and brief`; up to 200 characters, and empty for the workspace's own voice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tone: String,
    /// The language of opening lines, such as `German`; empty for the model's choice, which is mostly English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// What the campaign offers and to whom, up to 2,000 characters. It is no source of facts about a lead.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub context: String,
    /// The most that models may cost for this campaign, in millionths of a US dollar; unlimited if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Usd>,
}

fn on() -> bool {
    true
}

impl Default for CampaignWriting {
    fn default() -> Self {
        let none = String::new;
        Self { ai: true, tone: none(), language: none(), context: none(), budget: None }
    }
}

impl CampaignWriting {
    /// Tells whether nothing is set.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// The settings without blanks around their texts.
    #[must_use]
    pub fn trimmed(self) -> Self {
        let [tone, language, context] =
            [self.tone, self.language, self.context].map(|text| text.trim().to_owned());
        Self { tone, language, context, ..self }
    }

    /// The faults of the settings, each with its field.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let texts = [
            ("tone", &self.tone, LONGEST_TONE),
            ("language", &self.language, LONGEST_LANGUAGE),
            ("context", &self.context, LONGEST_CONTEXT),
        ];
        let too_long = texts.into_iter().filter(|(_, text, longest)| text.chars().count() > *longest);
        let mut faults: Vec<_> = too_long
            .map(|(field, _, longest)| (field, format!("must have at most {longest} characters")))
            .collect();
        if self.budget.is_some_and(|budget| budget > HIGHEST_BUDGET) {
            faults.push(("budget", format!("is more than {HIGHEST_BUDGET}")));
        }
        faults
    }

    /// Whether the campaign has a tone, language or context of its own.
    pub fn has_style(&self) -> bool {
        [&self.tone, &self.language, &self.context].into_iter().any(|text| !text.is_empty())
    }

    /// Whether an opening line of its own is written for each lead of the campaign.
    pub fn writes_lines(&self) -> bool {
        self.ai && self.has_style()
    }

    /// Everything that decides how a line is written, for its digest.
    pub fn style(&self, voice: &str) -> String {
        [voice, &self.tone, &self.language, &self.context].map(|text| format!("{text:?}")).join("\n")
    }

    /// Chooses the opening line for a lead: a user's, else the campaign's own, else the lead's, else a default text that
    /// stands in for either. None while nothing was written.
    pub fn line_for(
        &self,
        lead: &Lead,
        own: Option<&FieldResult>,
        of_campaign: Option<&FieldResult>,
    ) -> Option<LineUsed> {
        if let Some(own) = own.filter(|own| own.is_by_user())
            && let Some(line) = LineUsed::of(own, LineSource::User)
        {
            return Some(line);
        }
        if !self.ai {
            let (text, why) = (fallback_line(lead), Some(SWITCHED_OFF.to_owned()));
            return Some(LineUsed {
                text,
                facts: Vec::new(),
                from: LineSource::DefaultText,
                why,
                written: None,
            });
        }
        let of_campaign = of_campaign.filter(|_| self.has_style());
        let campaigns = of_campaign.and_then(|result| LineUsed::of(result, LineSource::Campaign));
        let leads = own.and_then(|result| LineUsed::of(result, LineSource::Lead));
        let is_written = |line: &LineUsed| line.from != LineSource::DefaultText;
        match (campaigns, leads) {
            (Some(campaigns), _) if is_written(&campaigns) => Some(campaigns),
            (Some(campaigns), Some(leads)) if is_written(&leads) => {
                Some(LineUsed { why: campaigns.why, ..leads })
            }
            (campaigns, leads) => campaigns.or(leads),
        }
    }
}

/// The opening line that a campaign uses for a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineUsed {
    pub text: String,
    /// The facts that it rests on.
    pub facts: Vec<CitedFact>,
    pub from: LineSource,
    /// Why it is not the campaign's own, or not a model's.
    pub why: Option<String>,
    /// What a model wrote it with; none for a user's and the default text.
    pub written: Option<LineWritten>,
}

/// The time at which a model wrote an opening line, and what it was written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineWritten {
    pub with: WrittenWith,
    pub at: Timestamp,
}

/// What an opening line was written for, or by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineSource {
    /// The lead in this campaign.
    Campaign,
    /// The lead, whatever the campaign.
    Lead,
    /// The lead, by a user.
    User,
    /// The default text, which is true of every lead.
    DefaultText,
}

impl LineUsed {
    fn of(result: &FieldResult, from: LineSource) -> Option<Self> {
        let FieldStatus::Found { value: FieldValue::FirstLine { text, facts } } = &result.status else {
            return None;
        };
        let from = if result.is_default_text() { LineSource::DefaultText } else { from };
        let with = result.written_with.clone().filter(|_| from != LineSource::DefaultText);
        let written = with.map(|with| LineWritten { with, at: result.at });
        Some(Self { text: text.clone(), facts: facts.clone(), from, why: result.why.clone(), written })
    }
}

impl Campaign {
    /// The limit of everything that models cost for the campaign.
    pub fn spend_limit(&self) -> SpendLimit {
        SpendLimit { scope: BudgetScope::Campaign { campaign: self.id.clone() }, cap: self.writing.budget }
    }
}

#[cfg(test)]
mod tests;
