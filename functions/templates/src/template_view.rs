//! A template as the API shows it.

use domain::TemplateId;
use domain::contact::channel::Channel;
use domain::sequence::Sequence;
use domain::sequence::render::fields_used;
use domain::sequence::template::Template;
use http_api::utoipa;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TemplateView {
    pub id: TemplateId,
    pub name: String,
    pub category: String,
    pub channel: Channel,
    pub subject: String,
    pub body: String,
    pub favourite: bool,
    /// The merge fields in subject and body.
    pub fields: BTreeSet<String>,
    /// The number of steps in present sequences that were made from it.
    pub used_in_steps: usize,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub rev: u64,
}

impl TemplateView {
    pub fn of(template: Template, used_in_steps: usize) -> Self {
        let mut fields = fields_used(&template.subject).unwrap_or_default();
        fields.extend(fields_used(&template.body).unwrap_or_default());
        Self {
            id: template.id,
            name: template.name,
            category: template.category,
            channel: template.channel,
            subject: template.subject,
            body: template.body,
            favourite: template.favourite,
            fields,
            used_in_steps,
            created_at: template.created_at,
            updated_at: template.updated_at,
            rev: template.rev,
        }
    }
}

/// The number of steps of these sequences that were made from each template.
pub fn uses(sequences: &[Sequence]) -> BTreeMap<TemplateId, usize> {
    let mut uses = BTreeMap::new();
    let steps = sequences.iter().filter(|sequence| !sequence.archived).flat_map(|sequence| &sequence.steps);
    for template in steps.flat_map(|step| step.kind.templates()) {
        *uses.entry(template.clone()).or_default() += 1;
    }
    uses
}
