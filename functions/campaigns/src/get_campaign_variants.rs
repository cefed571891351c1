//! `GET /api/campaigns/{id}/variants`: the results of each variant, how certain they are, and whether one is
//! ahead.

use crate::App;
use application::campaign::version_sent::version_sent;
use application::ports::stats::{CampaignCounters, Counters, Metric, contacted, people, tried};
use axum::extract::State;
use domain::sequence::Step;
use domain::sequence::ab_test::{Finding, Rate, SAMPLE_FLOOR, Tried, compare};
use domain::sequence::step_kind::StepType;
use domain::sequence::variant::Variant;
use domain::{CampaignId, StepId, VariantId};
use http_api::{ApiResult, Caller, JsonBody, PathOf, axum, utoipa};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignVariants {
    /// The number of leads that a variant must have reached before it is compared.
    pub sample_floor: u64,
    /// The steps with variants, in the campaign's present version.
    pub steps: Vec<StepVariants>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepVariants {
    pub step: u16,
    pub id: StepId,
    pub kind: StepType,
    pub variants: Vec<VariantResult>,
    pub verdict: Finding,
    /// The leading variant; only with the verdicts `ahead` and `mixed`.
    pub leader: Option<VariantId>,
}

/// One variant's results in leads, each counted once: no lead gets two messages of one step. Opens and
/// replies of machines are not counted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct VariantResult {
    pub id: VariantId,
    /// Its name, or the letter of its position.
    pub label: String,
    pub subject: String,
    pub weight: u8,
    pub paused: bool,
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
    /// Shares of `contacted`.
    pub rates: VariantRates,
    /// The probability that this variant has the highest rate of positive replies; none below the sample
    /// floor.
    pub best: Option<f64>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct VariantRates {
    pub delivered: f64,
    pub opened: f64,
    pub clicked: f64,
    pub replied: f64,
    pub opted_out: f64,
    pub complained: f64,
    pub bounced: f64,
    pub positive: f64,
    /// The bounds of the 95 % interval for the true rate of positive replies.
    pub positive_low: f64,
    pub positive_high: f64,
}

#[utoipa::path(get, path = "/api/campaigns/{id}/variants", operation_id = "get_campaign_variants",
    params(("id" = CampaignId, Path)), responses((status = 200, body = CampaignVariants)))]
pub async fn get_campaign_variants(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
) -> ApiResult<JsonBody<CampaignVariants>> {
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    let number = version_sent(&*app.sequences, &campaign).await?;
    let version = app.sequences.version(&caller.workspace, &campaign.sequence, number).await?;
    let counted = app.stats.campaign(&caller.workspace, &id).await?;
    let steps = version.steps.iter().zip(0_u16..).filter(|(step, _)| !step.kind.variants().is_empty());
    let steps = steps.map(|(step, place)| step_variants(step, place, &counted)).collect();
    Ok(JsonBody(CampaignVariants { sample_floor: SAMPLE_FLOOR, steps }))
}

fn step_variants(step: &Step, place: u16, counted: &CampaignCounters) -> StepVariants {
    let variants = step.kind.variants();
    let tried: Vec<Tried> = variants.iter().map(|variant| tried(counted, step, variant)).collect();
    let found = compare(&tried);
    let rows = variants.iter().zip(found.rates.iter().zip(&found.best));
    StepVariants {
        step: place,
        id: step.id.clone(),
        kind: step.kind.step_type(),
        variants: rows
            .map(|(variant, (rate, best))| {
                result(step, variant, counted.of_variant(step, variant), *rate, *best)
            })
            .collect(),
        verdict: found.verdict,
        leader: found.leader.map(|leader| variants[leader].id.clone()),
    }
}

fn result(
    step: &Step,
    variant: &Variant,
    counters: &Counters,
    rate: Rate,
    best: Option<f64>,
) -> VariantResult {
    let contacted = contacted(counters);
    let of = |count: u64| if contacted == 0 { 0.0 } else { count as f64 / contacted as f64 };
    let count = |metric| people(counters, &[metric]);
    let delivered =
        people(counters, &[Metric::EmailsDelivered, Metric::SmsDelivered, Metric::WhatsappDelivered]);
    let (opened, clicked) = (count(Metric::Opened), count(Metric::Clicked));
    let (replied, opted_out) = (count(Metric::Answered), count(Metric::LedToOptOut));
    let (complained, bounced) = (count(Metric::Complained), count(Metric::Bounced));
    VariantResult {
        id: variant.id.clone(),
        label: step.kind.label_of(&variant.id),
        subject: variant.subject.clone(),
        weight: variant.weight,
        paused: variant.paused,
        contacted,
        delivered,
        opened,
        clicked,
        machine_visits: count(Metric::MachineVisits),
        replied,
        positive: count(Metric::AnsweredWell),
        opted_out,
        complained,
        bounced,
        rates: VariantRates {
            delivered: of(delivered),
            opened: of(opened),
            clicked: of(clicked),
            replied: of(replied),
            opted_out: of(opted_out),
            complained: of(complained),
            bounced: of(bounced),
            positive: rate.observed,
            positive_low: rate.low,
            positive_high: rate.high,
        },
        best,
    }
}
