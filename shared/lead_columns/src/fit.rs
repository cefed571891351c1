//! How well the leads of the columns fit an ICP: the answers of its rules and weights for all leads at once, as sets of
//! rows, and from them points, counts and a sample.

use crate::bits::Bits;
use crate::filter::Reading;
use crate::{DO_NOT_CONTACT, LeadColumns, ListedLead, OwnTexts};
use domain::icp::{
    FitAnswer, FitAnswers, FitVerdict, HISTOGRAM_BINS, IcpProfile, NotKnown, bin_of, fit_points, fit_verdict,
    may_be_missing,
};
use domain::lead::Lead;
use domain::lead::custom_field::CustomFields;
use domain::lead::segment::{ListField, SegmentCondition, SegmentRule, Test};
use jiff::Timestamp;

/// The leads about which a rule is true, and those about which it is false; it is not known about the others.
struct Answers {
    met: Bits,
    failed: Bits,
}

/// The leads that an ICP selects, and what they have.
struct Fitting {
    /// The leads left after each rule, and among the leads left before it those about which it is not known.
    funnel: Vec<RuleCount>,
    /// The leads that pass every rule, opted-out ones left out.
    rows: Bits,
    rules: Vec<Answers>,
    weights: Vec<Answers>,
    /// The points of each lead, before they are scaled.
    points: Vec<u16>,
}

/// What an ICP comes to over all leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitCounts {
    /// All leads.
    pub leads: usize,
    /// A row for each rule, in their order.
    pub rules: Vec<RuleCount>,
    /// The leads that pass every rule and did not opt out.
    pub matching: usize,
    /// The leads that fail one rule only.
    pub just_outside: usize,
    /// The matching leads by fit.
    pub histogram: [usize; HISTOGRAM_BINS],
    /// The matching leads whose fit is at least the threshold.
    pub at_threshold: usize,
    /// A row for each weight, in their order.
    pub weights: Vec<WeightCount>,
    /// Places of matching leads, the best first, which are spread over fit.
    pub sample: Vec<usize>,
    /// The place of a lead that is just outside.
    pub outside: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleCount {
    /// The leads left after this rule.
    pub left: usize,
    /// The leads about which it is not known, among those left before it.
    pub not_known: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeightCount {
    /// The matching leads that it adds points to.
    pub met: usize,
    /// The matching leads about which it is not known.
    pub not_known: usize,
}

/// What a lead has in a row of the columns, judged by an ICP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FitOfLead {
    pub answers: FitAnswers,
    pub verdict: FitVerdict,
}

impl LeadColumns {
    /// The columns of a single lead, by which it is judged as lists judge it.
    pub fn of_lead(lead: &Lead) -> Self {
        let mut columns = Self::default();
        columns.put(&ListedLead::of(lead, &OwnTexts::of(lead)));
        columns
    }

    /// Counts the leads of an ICP. `round` says which of the possible samples is taken.
    pub fn fit_counts(
        &mut self,
        profile: &IcpProfile,
        fields: &CustomFields,
        now: Timestamp,
        (sample, round): (usize, usize),
    ) -> (FitCounts, Vec<FitOfLead>) {
        let fitting = self.fitting(profile, &Reading::new(fields, &[], now));
        let total = profile.points();
        let mut histogram = [0; HISTOGRAM_BINS];
        let mut at_threshold = 0;
        let mut by_fit: Vec<(u8, usize)> = Vec::new();
        for row in fitting.rows.rows() {
            let points = fit_points(u32::from(fitting.points[row]), total);
            histogram[bin_of(points)] += 1;
            at_threshold += usize::from(points >= profile.threshold);
            by_fit.push((points, row));
        }
        // Of leads with the same fit the sample takes any, so their order does not matter but for its being the same.
        by_fit.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let places = spread(by_fit.len(), sample, round).map(|at| by_fit[at].1).collect::<Vec<_>>();
        let outside: Vec<usize> = self.just_outside(profile, &fitting);
        let one_outside = (!outside.is_empty()).then(|| outside[round % outside.len()]);
        let weights = fitting.weights.iter().map(|answers| {
            let (mut met, mut known) = (answers.met.clone(), answers.failed.clone());
            known.or(&answers.met);
            met.and(&fitting.rows);
            known.and(&fitting.rows);
            WeightCount { met: met.count(), not_known: by_fit.len() - known.count() }
        });
        let counts = FitCounts {
            leads: self.len(),
            matching: by_fit.len(),
            just_outside: outside.len(),
            histogram,
            at_threshold,
            weights: weights.collect(),
            sample: places,
            outside: one_outside,
            rules: fitting.funnel.clone(),
        };
        let shown = counts.sample.iter().chain(&counts.outside);
        let leads = shown.map(|row| self.judged(profile, &fitting, *row)).collect();
        (counts, leads)
    }

    /// Judges the only lead of the columns; none if there is no lead.
    pub fn fit_of_one(
        &mut self,
        profile: &IcpProfile,
        fields: &CustomFields,
        now: Timestamp,
    ) -> Option<(usize, FitOfLead)> {
        let row = self.live.rows().next()?;
        let fitting = self.fitting(profile, &Reading::new(fields, &[], now));
        Some((row, self.judged(profile, &fitting, row)))
    }

    /// The fit of every row; none for leads that do not fit.
    pub(crate) fn fits(&mut self, profile: &IcpProfile, with: &Reading<'_>) -> Vec<Option<u8>> {
        let fitting = self.fitting(profile, &with.within_icp());
        let total = profile.points();
        let mut fits = vec![None; self.ids.len()];
        for row in fitting.rows.rows() {
            fits[row] = Some(fit_points(u32::from(fitting.points[row]), total));
        }
        fits
    }

    fn fitting(&mut self, profile: &IcpProfile, with: &Reading<'_>) -> Fitting {
        let mut rows = self.live.clone();
        let (mut funnel, mut rules) = (Vec::new(), Vec::new());
        for rule in &profile.rules {
            let answers = self.answers(&rule.rule, with);
            let before = rows.count();
            let mut not_known = rows.clone();
            not_known.and_not(&answers.met);
            not_known.and_not(&answers.failed);
            match rule.not_known {
                NotKnown::LeaveOut => rows.and(&answers.met),
                NotKnown::Keep => rows.and_not(&answers.failed),
            }
            debug_assert!(rows.count() <= before);
            funnel.push(RuleCount { left: rows.count(), not_known: not_known.count() });
            rules.push(answers);
        }
        rows.and_not(&self.opted_out());
        let mut points = vec![0_u16; self.ids.len()];
        let mut weights = Vec::new();
        for weight in &profile.weights {
            let answers = self.answers(&weight.rule, with);
            for row in answers.met.rows() {
                points[row] = points[row].saturating_add(u16::from(weight.points));
            }
            weights.push(answers);
        }
        Fitting { funnel, rows, rules, weights, points }
    }

    fn opted_out(&self) -> Bits {
        Bits::of(&self.flags, |flags| flags & DO_NOT_CONTACT != 0)
    }

    /// The rows that fail one rule, and did not opt out.
    fn just_outside(&self, profile: &IcpProfile, fitting: &Fitting) -> Vec<usize> {
        let (mut once, mut twice) = (Bits::none(self.ids.len()), Bits::none(self.ids.len()));
        for (rule, answers) in profile.rules.iter().zip(&fitting.rules) {
            let failed = match rule.not_known {
                NotKnown::LeaveOut => answers.met.clone().not(),
                NotKnown::Keep => answers.failed.clone(),
            };
            let mut again = once.clone();
            again.and(&failed);
            twice.or(&again);
            once.or(&failed);
        }
        once.and_not(&twice);
        once.and(&self.live);
        once.and_not(&self.opted_out());
        once.rows().collect()
    }

    fn judged(&self, profile: &IcpProfile, fitting: &Fitting, row: usize) -> FitOfLead {
        let answer = |answers: &Answers| match (answers.met.has(row), answers.failed.has(row)) {
            (true, _) => FitAnswer::Met,
            (_, true) => FitAnswer::NotMet,
            _ => FitAnswer::NotKnown,
        };
        let answers = FitAnswers {
            rules: fitting.rules.iter().map(answer).collect(),
            weights: fitting.weights.iter().map(answer).collect(),
            opted_out: self.flags[row] & DO_NOT_CONTACT != 0,
        };
        FitOfLead { verdict: fit_verdict(profile, &answers), answers }
    }

    fn answers(&mut self, rule: &SegmentRule, with: &Reading<'_>) -> Answers {
        match rule {
            SegmentRule::All(rules) => {
                let mut all = Answers { met: self.live.clone(), failed: Bits::none(self.ids.len()) };
                for rule in rules {
                    let answers = self.answers(rule, with);
                    all.met.and(&answers.met);
                    all.failed.or(&answers.failed);
                }
                all
            }
            SegmentRule::Any(rules) => self.any_answer(rules, with),
            SegmentRule::None(rules) => {
                let Answers { met, failed } = self.any_answer(rules, with);
                Answers { met: failed, failed: met }
            }
            SegmentRule::If(condition) => self.answers_of(condition, with),
        }
    }

    fn any_answer(&mut self, rules: &[SegmentRule], with: &Reading<'_>) -> Answers {
        let mut any = Answers { met: Bits::none(self.ids.len()), failed: self.live.clone() };
        for rule in rules {
            let answers = self.answers(rule, with);
            any.met.or(&answers.met);
            any.failed.and(&answers.failed);
        }
        any
    }

    fn answers_of(&mut self, condition: &SegmentCondition, with: &Reading<'_>) -> Answers {
        let mut met = self.passing(condition, with);
        met.and(&self.live);
        let mut failed = self.live.clone();
        failed.and_not(&met);
        let field = ListField::named(&condition.field, with.fields);
        // Whether there is a value is known about every lead. A field that was deleted is known about none.
        if field.is_none_or(may_be_missing) && !matches!(condition.test, Test::Filled(_)) {
            let filled = SegmentCondition { field: condition.field.clone(), test: Test::Filled(true) };
            let known = self.passing(&filled, with);
            met.and(&known);
            failed.and(&known);
        }
        Answers { met, failed }
    }
}

/// Places of a sample: one of each of so many equal parts of a list, and in another round another one.
fn spread(length: usize, sample: usize, round: usize) -> impl Iterator<Item = usize> {
    let parts = sample.min(length);
    (0..parts).map(move |part| {
        let (start, end) = (part * length / parts, (part + 1) * length / parts);
        start + round % (end - start)
    })
}
