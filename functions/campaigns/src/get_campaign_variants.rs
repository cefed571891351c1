//! `GET /api/campaigns/{id}/variants`: the results of each variant, how certain they are, and what was seen when they were
//! compared.

use crate::App;
use application::campaign::version_sent::version_sent;
use application::ports::stats::{CampaignCounters, Counters, Metric, contacted, people, tried};
use axum::extract::State;
use domain::sequence::Step;
use domain::sequence::ab_look::{AbTests, proposed_leads};
use domain::sequence::ab_test::{Finding, Rate, Tried, rates};
use domain::sequence::step_kind::StepType;
use domain::sequence::variant::Variant;
use domain::{CampaignId, StepId, VariantId};
use http_api::{ApiError, ApiResult, Caller, JsonBody, PathOf, QueryOf, axum, utoipa};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The rate of positive replies and the difference that a number of leads is proposed for, in percent.
const USUAL_RATE: f64 = 3.0;
const USUAL_DIFFERENCE: f64 = 3.0;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VariantsQuery {
    /// The expected rate of positive replies, in percent; 3 if left out.
    base_rate: Option<f64>,
    /// The difference that is worth finding, in percentage points; 3 if left out.
    difference: Option<f64>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CampaignVariants {
    /// The leads that each variant must reach before the variants are compared, once; fixed at launch.
    pub leads_per_variant: u64,
    /// The leads per variant with which the asked difference from the asked rate is found in four of five tests.
    pub proposed_leads: u64,
    /// The steps with variants, in the campaign's present version.
    pub steps: Vec<StepVariants>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StepVariants {
    pub step: u16,
    pub id: StepId,
    pub kind: StepType,
    pub variants: Vec<VariantResult>,
    /// What was seen when each variant had reached its leads; `too_early` before, whatever the figures are.
    pub verdict: Finding,
    /// When the variants were compared; later figures change nothing.
    pub compared_at: Option<Timestamp>,
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
    /// The probability that this variant has the highest rate of positive replies, as it was when the variants were
    /// compared; none before.
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
    params(("id" = CampaignId, Path), VariantsQuery), responses((status = 200, body = CampaignVariants)))]
pub async fn get_campaign_variants(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CampaignId>,
    QueryOf(query): QueryOf<VariantsQuery>,
) -> ApiResult<JsonBody<CampaignVariants>> {
    let share = |percent: Option<f64>, usual: f64, name: &str| match percent.unwrap_or(usual) {
        percent if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err(ApiError::invalid(format!("query.{name}"), "is from 0 to 100")),
    };
    let base = share(query.base_rate, USUAL_RATE, "base_rate")?;
    let difference = share(query.difference, USUAL_DIFFERENCE, "difference")?;
    let campaign = app.campaigns.get(&caller.workspace, &id).await?;
    let number = version_sent(&*app.sequences, &campaign).await?;
    let version = app.sequences.version(&caller.workspace, &campaign.sequence, number).await?;
    let counted = app.stats.campaign(&caller.workspace, &id).await?;
    let steps = version.steps.iter().zip(0_u16..).filter(|(step, _)| !step.kind.variants().is_empty());
    let tests = &campaign.ab_tests;
    let steps = steps.map(|(step, place)| step_variants(step, place, (&counted, tests))).collect();
    let proposed_leads = proposed_leads(base, difference);
    Ok(JsonBody(CampaignVariants { leads_per_variant: tests.leads, proposed_leads, steps }))
}

fn step_variants(step: &Step, place: u16, (counted, tests): (&CampaignCounters, &AbTests)) -> StepVariants {
    let variants = step.kind.variants();
    let tried: Vec<Tried> = variants.iter().map(|variant| tried(counted, step, variant)).collect();
    let look = tests.look_of(step);
    let rows = variants.iter().zip(rates(&tried));
    StepVariants {
        step: place,
        id: step.id.clone(),
        kind: step.kind.step_type(),
        variants: rows
            .map(|(variant, rate)| {
                let best = look.and_then(|look| look.chance_of(&variant.id));
                result(step, variant, counted.of_variant(step, variant), rate, best)
            })
            .collect(),
        verdict: look.map_or(Finding::TooEarly, |look| look.finding),
        compared_at: look.map(|look| look.at),
        leader: look.and_then(|look| look.leader.clone()),
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
