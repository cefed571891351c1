//! Fit with an ICP: what an ICP comes to over all leads while it is written, and how one lead fits and why.

use super::row::{lead_row, shown_text};
use crate::ports::leads::LeadRow;
use domain::icp::{FitAnswer, FitVerdict, IcpProfile, reason_text};
use domain::lead::Lead;
use domain::lead::custom_field::CustomFields;
use jiff::Timestamp;
use lead_columns::{FitCounts, FitOfLead, LeadColumns};

/// The leads that a preview shows.
const SAMPLE: usize = 8;

/// An ICP over all leads, with a few leads as examples.
#[derive(Debug, Clone)]
pub struct FitPreview {
    pub counts: FitCounts,
    /// The examples: at most eight leads that match, the best first, spread over fit.
    pub sample: Vec<SampledLead>,
    /// A lead that fails one rule only.
    pub outside: Option<SampledLead>,
}

#[derive(Debug, Clone)]
pub struct SampledLead {
    pub lead: LeadRow,
    pub fit: FitOfRow,
}

/// How a lead fits, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitOfRow {
    pub verdict: FitVerdict,
    /// Whether the lead opted out, or is not to be contacted for another reason.
    pub opted_out: bool,
    /// A reason for each rule, in their order.
    pub rules: Vec<Reason>,
    /// A reason for each weight, in their order.
    pub weights: Vec<Reason>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub answer: FitAnswer,
    /// What the lead has, in plain words.
    pub text: String,
    /// What the lead has in the field that the rule asks for first; none where it has nothing.
    pub value: Option<String>,
}

/// How one lead fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadFit {
    pub fit: FitOfRow,
    pub threshold: u8,
}

impl FitPreview {
    /// Counts the leads of the columns, and shows some of them; in another round it shows others.
    pub(super) fn of(
        columns: &mut LeadColumns,
        profile: &IcpProfile,
        fields: &CustomFields,
        now: Timestamp,
        round: usize,
    ) -> Self {
        let (counts, leads) = columns.fit_counts(profile, fields, now, (SAMPLE, round));
        let shown = counts.sample.iter().chain(&counts.outside);
        let mut shown = shown.zip(leads).map(|(row, fit)| SampledLead {
            lead: lead_row(columns.row(*row), now, &[], fields),
            fit: with_reasons(columns, *row, profile, fields, fit, now),
        });
        let sample = shown.by_ref().take(counts.sample.len()).collect();
        let outside = shown.next();
        Self { sample, outside, counts }
    }
}

impl LeadFit {
    /// Judges a lead as lists judge it.
    pub fn of(lead: &Lead, profile: &IcpProfile, fields: &CustomFields, now: Timestamp) -> Self {
        let mut columns = LeadColumns::of_lead(lead);
        let (row, fit) = columns.fit_of_one(profile, fields, now).expect("the columns have the lead");
        Self { fit: with_reasons(&columns, row, profile, fields, fit, now), threshold: profile.threshold }
    }
}

fn with_reasons(
    columns: &LeadColumns,
    row: usize,
    profile: &IcpProfile,
    fields: &CustomFields,
    fit: FitOfLead,
    now: Timestamp,
) -> FitOfRow {
    let value = |field: &str| shown_text(columns.row(row), field, now, fields);
    let reason = |(rule, answer): (&domain::lead::segment::SegmentRule, &FitAnswer)| Reason {
        answer: *answer,
        text: reason_text(rule, *answer, fields, value),
        value: rule.conditions().first().and_then(|condition| value(&condition.field)),
    };
    let rules = profile.rules.iter().map(|rule| &rule.rule).zip(&fit.answers.rules).map(reason).collect();
    let weights = profile.weights.iter().map(|weight| &weight.rule).zip(&fit.answers.weights);
    FitOfRow {
        verdict: fit.verdict,
        opted_out: fit.answers.opted_out,
        rules,
        weights: weights.map(reason).collect(),
    }
}
