//! How a lead fits, as the API shows it.

use application::lead::list::{FitOfRow, Reason};
use domain::icp::{FitAnswer, FitVerdict};
use http_api::utoipa;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FitView {
    pub verdict: VerdictView,
    /// 0 to 100; none unless the lead fits.
    pub points: Option<u8>,
    /// Whether the lead opted out, or is not to be contacted for another reason. Such a lead never fits.
    pub opted_out: bool,
    /// The place of the only rule that fails, if the lead is just outside.
    pub failed_rule: Option<usize>,
    /// What is said of the lead by each rule, in their order.
    pub rules: Vec<FitReason>,
    /// What is said of the lead by each weight, in their order.
    pub weights: Vec<FitReason>,
}

/// Whether a lead fits.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictView {
    Fits,
    /// It fails one rule only.
    JustOutside,
    DoesNotFit,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FitReason {
    pub answer: FitAnswer,
    /// What the lead has, in plain words, such as `Rooms is 9, the limit is 8`.
    pub text: String,
    /// What the lead has in the field that is asked for first; none where it has nothing.
    pub value: Option<String>,
}

impl From<Reason> for FitReason {
    fn from(reason: Reason) -> Self {
        Self { answer: reason.answer, text: reason.text, value: reason.value }
    }
}

impl From<FitOfRow> for FitView {
    fn from(fit: FitOfRow) -> Self {
        let (verdict, points, failed_rule) = match fit.verdict {
            FitVerdict::Fits(points) => (VerdictView::Fits, Some(points), None),
            FitVerdict::JustOutside(rule) => (VerdictView::JustOutside, None, Some(rule)),
            FitVerdict::DoesNotFit => (VerdictView::DoesNotFit, None, None),
        };
        Self {
            verdict,
            points,
            opted_out: fit.opted_out,
            failed_rule,
            rules: fit.rules.into_iter().map(FitReason::from).collect(),
            weights: fit.weights.into_iter().map(FitReason::from).collect(),
        }
    }
}
