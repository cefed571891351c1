//! `GET /api/templates/figures`: the results of messages made from each template.

use crate::App;
use application::StoreResult;
use application::ports::stats::{CampaignCounters, Counters, Metric, contacted, people};
use axum::extract::State;
use domain::TemplateId;
use domain::campaign::Campaign;
use domain::sequence::{SequenceVersion, Step};
use futures::{StreamExt, TryStreamExt, stream};
use http_api::{ApiResult, Caller, JsonBody, axum, utoipa};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

const AT_ONCE: usize = 8;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TemplateFiguresList {
    /// Templates that a launched campaign uses, in no particular order.
    pub items: Vec<TemplateFigures>,
}

/// Results of the steps and variants made from a template, in the present version of their campaign. Counts
/// leads, each once a step; opens and replies of machines are not counted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TemplateFigures {
    pub id: TemplateId,
    /// The number of launched campaigns that use it.
    pub campaigns: u64,
    /// Leads whose message the provider accepted.
    pub contacted: u64,
    /// Mails that have not bounced, and texts reported as delivered.
    pub delivered: u64,
    pub opened: u64,
    pub clicked: u64,
    /// Opens and clicks by machines, each visit once, which are left out of `opened` and `clicked`.
    pub machine_visits: u64,
    pub replied: u64,
    /// Leads who replied with anything but a refusal.
    pub positive: u64,
    pub opted_out: u64,
    /// Leads who reported the message as spam.
    pub complained: u64,
    pub bounced: u64,
}

#[utoipa::path(get, path = "/api/templates/figures", operation_id = "list_template_figures",
    responses((status = 200, body = TemplateFiguresList)))]
pub async fn list_template_figures(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> ApiResult<JsonBody<TemplateFiguresList>> {
    let mut campaigns = app.campaigns.list(&caller.workspace).await?;
    campaigns.retain(|campaign| campaign.launched_at.is_some());
    let read = campaigns.into_iter().map(|campaign| read(app.clone(), campaign));
    let mut figures: BTreeMap<TemplateId, (u64, Counters)> = BTreeMap::new();
    let mut read = stream::iter(read).buffer_unordered(AT_ONCE);
    while let Some(found) = read.try_next().await? {
        for (template, counters) in found {
            let (campaigns, sum) = figures.entry(template).or_default();
            *campaigns += 1;
            add(sum, &counters);
        }
    }
    let items = figures.into_iter().map(|(id, (campaigns, counters))| of(id, campaigns, &counters));
    Ok(JsonBody(TemplateFiguresList { items: items.collect() }))
}

async fn read(app: Arc<App>, campaign: Campaign) -> StoreResult<BTreeMap<TemplateId, Counters>> {
    let Campaign { workspace, sequence, sequence_version, .. } = &campaign;
    let version = app.sequences.version(workspace, sequence, *sequence_version).await?;
    if !version.steps.iter().any(|step| step.kind.templates().next().is_some()) {
        return Ok(BTreeMap::new());
    }
    Ok(by_template(&version, &app.stats.campaign(workspace, &campaign.id).await?))
}

fn by_template(version: &SequenceVersion, counted: &CampaignCounters) -> BTreeMap<TemplateId, Counters> {
    let mut found: BTreeMap<TemplateId, Counters> = BTreeMap::new();
    for step in &version.steps {
        for (template, counters) in made_from(step, counted) {
            add(found.entry(template.clone()).or_default(), counters);
        }
    }
    found
}

/// The template and counters of the step's text, or of its variants' texts, that were made from a template.
fn made_from<'a>(step: &'a Step, counted: &'a CampaignCounters) -> Vec<(&'a TemplateId, &'a Counters)> {
    static NONE: Counters = Counters::new();
    let variants = step.kind.variants();
    if variants.is_empty() {
        let counters = counted.steps.get(step.id.tail()).unwrap_or(&NONE);
        return step.kind.templates().map(|template| (template, counters)).collect();
    }
    let of = variants.iter().filter_map(|variant| Some((variant.template.as_ref()?, variant)));
    of.map(|(template, variant)| (template, counted.of_variant(step, variant))).collect()
}

fn add(sum: &mut Counters, counters: &Counters) {
    for (metric, count) in counters {
        *sum.entry(*metric).or_default() += count;
    }
}

fn of(id: TemplateId, campaigns: u64, counters: &Counters) -> TemplateFigures {
    let count = |metric| people(counters, &[metric]);
    TemplateFigures {
        id,
        campaigns,
        contacted: contacted(counters),
        delivered: people(
            counters,
            &[Metric::EmailsDelivered, Metric::SmsDelivered, Metric::WhatsappDelivered],
        ),
        opened: count(Metric::Opened),
        clicked: count(Metric::Clicked),
        machine_visits: count(Metric::MachineVisits),
        replied: count(Metric::Answered),
        positive: count(Metric::AnsweredWell),
        opted_out: count(Metric::LedToOptOut),
        complained: count(Metric::Complained),
        bounced: count(Metric::Bounced),
    }
}
