//! How well a lead fits: from the answers of rules and weights to a verdict.

use super::{IcpProfile, NotKnown};

/// The bins of a histogram of fit: 0 to 9, 10 to 19 and so on; 100 is in the last one.
pub const HISTOGRAM_BINS: usize = 10;

crate::codes! {
    /// What a rule says of a lead.
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    pub enum FitAnswer {
        Met = "met",
        NotMet = "not_met",
        /// A value that is asked for is missing.
        NotKnown = "not_known",
    }
}

/// What the rules and weights of an ICP say of one lead, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitAnswers {
    pub rules: Vec<FitAnswer>,
    pub weights: Vec<FitAnswer>,
    /// Whether the lead opted out, or is not to be contacted for another reason.
    pub opted_out: bool,
}

/// Whether a lead fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FitVerdict {
    /// It passes all rules, and has so many points of 100.
    Fits(u8),
    /// It fails one rule only: the one at this place.
    JustOutside(usize),
    DoesNotFit,
}

/// Judges a lead by the answers of an ICP.
pub fn fit_verdict(profile: &IcpProfile, answers: &FitAnswers) -> FitVerdict {
    let failed = profile.rules.iter().zip(&answers.rules).enumerate();
    let mut failed = failed.filter(|(_, (rule, answer))| !passes(rule.not_known, **answer));
    match (answers.opted_out, failed.next(), failed.next()) {
        (false, None, _) => {
            let met = profile.weights.iter().zip(&answers.weights);
            let met = met.filter(|(_, answer)| **answer == FitAnswer::Met);
            FitVerdict::Fits(fit_points(
                met.map(|(weight, _)| u32::from(weight.points)).sum(),
                profile.points(),
            ))
        }
        (false, Some((at, _)), None) => FitVerdict::JustOutside(at),
        _ => FitVerdict::DoesNotFit,
    }
}

fn passes(not_known: NotKnown, answer: FitAnswer) -> bool {
    match answer {
        FitAnswer::Met => true,
        FitAnswer::NotMet => false,
        FitAnswer::NotKnown => not_known == NotKnown::Keep,
    }
}

/// Scales points to 100, rounded half up. Where nothing adds to fit, every lead that passes has 100.
pub fn fit_points(met: u32, of: u32) -> u8 {
    match (100 * met + of / 2).checked_div(of) {
        Some(points) => u8::try_from(points.min(100)).unwrap_or(100),
        None => 100,
    }
}

/// The bin of a histogram that points are counted in.
pub fn bin_of(points: u8) -> usize {
    (usize::from(points) / 10).min(HISTOGRAM_BINS - 1)
}
