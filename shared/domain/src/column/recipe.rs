//! A recipe: how a column finds its value.

use crate::column::{ai, formula, json_template};
use crate::ids::AccountId;
use crate::lead::data_field::DataField;
use crate::sequence::merge_fields::custom_name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The name of the website crawl among the providers: it needs no account and costs nothing.
pub const WEBSITE: &str = "website";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Recipe {
    /// An expression over the lead's fields, such as `rating * 20 if rating else 0`.
    Formula { expression: String },
    /// A value that is known already, somewhere else than in the field.
    Lookup { from: LookupSource },
    /// A language model's answer to a prompt.
    Ai {
        /// The task, with merge fields. The model is given their values as numbered facts.
        prompt: String,
        output: AiOutput,
        /// Further fields whose values the model is given, as templates spell them.
        #[serde(default)]
        context: Vec<String>,
    },
    /// Providers that are asked in turn, until one knows a valid value.
    Enrichment { field: DataField, providers: Vec<WaterfallStep> },
    /// A user's own address that is called.
    Webhook(WebhookRecipe),
    /// An actor that is run, at Apify.
    Actor {
        /// The actor's name or id, such as `apify~website-content-crawler`.
        actor: String,
        /// The input as JSON, whose texts may have merge fields.
        input: String,
        /// The place of the value in the list of what was found, such as `/0/text`.
        answer: String,
    },
}

/// The place that a look-up takes its value from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "source", deny_unknown_fields)]
pub enum LookupSource {
    /// What is noted about the lead's company.
    Company { part: CompanyPart },
    /// What was found about the lead's location.
    Location { part: LocationPart },
    /// The same field of another lead of the company, by its name in templates.
    Colleague { field: String },
}

crate::codes! {
    /// A part of what is noted about a company.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum CompanyPart {
        Name = "name",
        Domain = "domain",
        Parent = "parent",
        Note = "note",
    }
}

crate::codes! {
    /// A part of what was found about a location.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum LocationPart {
        Name = "name",
        Category = "category",
        Rating = "rating",
        Reviews = "reviews",
        Phone = "phone",
        Website = "website",
        Address = "address",
    }
}

/// What a model answers with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum AiOutput {
    /// A text of at most so many words.
    Text { max_words: u32 },
    /// One of the options.
    Choice { options: Vec<String> },
    /// A number.
    Number {},
    /// Yes or no.
    Check {},
}

/// A provider in a waterfall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WaterfallStep {
    /// The provider, such as `hunter`; `website` is the company's own.
    pub provider: String,
    /// The least confidence, 0–100, with which its value is taken.
    #[serde(default)]
    pub min_confidence: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WebhookRecipe {
    pub method: HookMethod,
    /// An `https` address, with merge fields.
    pub url: String,
    #[serde(default)]
    pub headers: Vec<HookHeader>,
    /// The body as JSON, whose texts may have merge fields; `callback_url` is one of them.
    #[serde(default)]
    pub body: Option<String>,
    /// The place of the value in the answer, such as `/data/score`.
    pub answer: String,
    pub wait: HookWait,
}

crate::codes! {
    /// How an address is called.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum HookMethod {
        Get = "get",
        Post = "post",
    }
}

crate::codes! {
    /// When a webhook answers.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum HookWait {
        AtOnce = "at_once",
        /// Later, by calling the `callback_url` that it was given.
        Callback = "callback",
    }
}

/// A header of a webhook's request. A secret value is stored encrypted, and never shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HookHeader {
    pub name: String,
    /// The value; left out where it is secret and stored already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    #[serde(default)]
    pub secret: bool,
    /// The encrypted value. It is none of a request's or answer's parts.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<String>,
}

impl Recipe {
    /// Returns the names of the fields that the recipe itself names, as templates spell them.
    pub fn names(&self) -> BTreeSet<String> {
        match self {
            Self::Formula { expression } => formula::names(expression).unwrap_or_default(),
            Self::Lookup { .. } | Self::Enrichment { .. } => BTreeSet::new(),
            Self::Ai { prompt, context, .. } => {
                let named = ai::names(prompt).unwrap_or_default();
                named.into_iter().chain(context.iter().map(|name| plain_name(name))).collect()
            }
            Self::Webhook(hook) => {
                let mut names = json_template::text_names(&hook.url).unwrap_or_default();
                names
                    .extend(hook.body.iter().flat_map(|body| json_template::names(body).unwrap_or_default()));
                names.remove(json_template::CALLBACK_URL);
                names
            }
            Self::Actor { input, .. } => json_template::names(input).unwrap_or_default(),
        }
    }

    /// Tells whether the recipe asks no one: its value is computed again whenever it is looked at.
    pub fn is_computed(&self) -> bool {
        matches!(self, Self::Formula { .. } | Self::Lookup { .. })
    }

    /// Returns the recipe's kind in requests.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Formula { .. } => "formula",
            Self::Lookup { .. } => "lookup",
            Self::Ai { .. } => "ai",
            Self::Enrichment { .. } => "enrichment",
            Self::Webhook(_) => "webhook",
            Self::Actor { .. } => "actor",
        }
    }
}

/// Spells a field's name as templates do: `custom.Deal size` is `custom.deal_size`.
pub fn plain_name(name: &str) -> String {
    match name.strip_prefix("custom.") {
        Some(key) => format!("custom.{}", custom_name(key)),
        None => name.to_owned(),
    }
}

/// Returns the id under which the secrets of a column are encrypted, as those of an account are.
pub fn secrets_of(column: &crate::ids::ColumnId) -> Option<AccountId> {
    AccountId::parse(&format!("{}_{}", AccountId::PREFIX, column.ulid_text())).ok()
}
