//! The difference between two versions of a sequence, step by step, by the steps' ids.

use crate::ids::{StepId, TemplateId};
use crate::sequence::step_kind::{StepAction, StepKind};
use crate::sequence::variant::Variant;
use crate::sequence::{SequenceVersion, Step};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceDiff {
    /// The steps in the newer order; a removed step stands where it stood.
    pub steps: Vec<StepDiff>,
    pub window_changed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDiff {
    pub id: StepId,
    /// Its position in the older version; none if it was added.
    pub from: Option<u16>,
    /// Its position in the newer version; none if it was removed.
    pub to: Option<u16>,
    /// Whether it changed its place among the others; as few steps as possible count as moved.
    pub moved: bool,
    /// The changed fields of a step that both versions have. `variants` means other variants, or another order.
    pub fields: Vec<&'static str>,
}

/// The fields that a patch may change: words, their templates, and the shares of variants.
const PATCHED: [&str; 9] = [
    "subject",
    "title",
    "body",
    "template",
    "template_name",
    "language",
    "free_text",
    "variant_words",
    "variant_shares",
];

impl StepDiff {
    pub fn is_unchanged(&self) -> bool {
        self.from.is_some() && self.to.is_some() && !self.moved && self.fields.is_empty()
    }

    fn is_patch(&self) -> bool {
        let kept = self.from.is_some() && self.to.is_some() && !self.moved;
        kept && self.fields.iter().all(|field| PATCHED.contains(field))
    }
}

impl SequenceDiff {
    pub fn of(older: &SequenceVersion, newer: &SequenceVersion) -> Self {
        let places = |version: &SequenceVersion| -> BTreeMap<StepId, u16> {
            version.steps.iter().zip(0_u16..).map(|(step, place)| (step.id.clone(), place)).collect()
        };
        let (before, after) = (places(older), places(newer));
        let kept: Vec<u16> = newer.steps.iter().filter_map(|step| before.get(&step.id).copied()).collect();
        let still = longest_rising(&kept);
        let mut steps: Vec<StepDiff> = Vec::with_capacity(newer.steps.len());
        for step in &newer.steps {
            let from = before.get(&step.id).copied();
            steps.push(StepDiff {
                id: step.id.clone(),
                from,
                to: after.get(&step.id).copied(),
                moved: from.is_some_and(|from| !still.contains(&from)),
                fields: older.step(&step.id).map(|old| changed_fields(old, step)).unwrap_or_default(),
            });
        }
        for (place, step) in older.steps.iter().enumerate().filter(|(_, step)| !after.contains_key(&step.id))
        {
            let above = place.checked_sub(1).map(|above| &older.steps[above].id);
            let at = steps.iter().position(|row| Some(&row.id) == above).map_or(0, |above| above + 1);
            let from = before.get(&step.id).copied();
            let removed = StepDiff { id: step.id.clone(), from, to: None, moved: false, fields: Vec::new() };
            steps.insert(at, removed);
        }
        Self { steps, window_changed: older.window != newer.window }
    }

    pub fn is_empty(&self) -> bool {
        !self.window_changed && self.steps.iter().all(StepDiff::is_unchanged)
    }

    /// Whether only words or shares of variants differ, so that the change may be applied to a version in use.
    pub fn is_patch(&self) -> bool {
        !self.window_changed && self.steps.iter().all(StepDiff::is_patch)
    }
}

fn changed_fields(old: &Step, new: &Step) -> Vec<&'static str> {
    let mut fields = Vec::new();
    let mut differ = |name, differs: bool| {
        if differs {
            fields.push(name);
        }
    };
    differ("delay", old.delay != new.delay);
    differ("not_before", old.not_before != new.not_before);
    differ("not_after", old.not_after != new.not_after);
    if old.kind.step_type() == new.kind.step_type() {
        let (before, after) = (old.kind.texts(), new.kind.texts());
        match (&old.kind, &new.kind) {
            (StepKind::Task { task, .. }, StepKind::Task { task: task_, .. }) => {
                differ("task", task != task_)
            }
            (StepKind::Branch { condition, .. }, StepKind::Branch { condition: condition_, .. }) => {
                differ("condition", condition != condition_);
            }
            (StepKind::Goal { goal }, StepKind::Goal { goal: goal_ }) => differ("goal", goal != goal_),
            _ => {}
        }
        let is_task = matches!(new.kind.action(), StepAction::OpenTask(_));
        differ(if is_task { "title" } else { "subject" }, before.headline != after.headline);
        differ("template_name", before.approved.0 != after.approved.0);
        differ("language", before.approved.1 != after.approved.1);
        differ("body", before.body != after.body);
        differ("free_text", before.free_text != after.free_text);
        differ("template", before.template != after.template);
        for ((name, to), (_, to_)) in old.kind.targets().into_iter().zip(new.kind.targets()) {
            differ(name, to != to_);
        }
    } else {
        differ("kind", true);
    }
    let (before, after) = (old.kind.variants(), new.kind.variants());
    let same_ones = before.iter().map(|variant| &variant.id).eq(after.iter().map(|variant| &variant.id));
    let pairs = || before.iter().zip(after).filter(|_| same_ones);
    differ("variants", !same_ones);
    differ("variant_words", pairs().any(|(old, new)| words_of(old) != words_of(new)));
    differ("variant_shares", pairs().any(|(old, new)| (old.weight, old.paused) != (new.weight, new.paused)));
    // A field of a kind that is not compared above.
    if fields.is_empty() && old.kind != new.kind {
        fields.push("kind");
    }
    fields
}

fn words_of(variant: &Variant) -> (&str, &str, &str, Option<&TemplateId>, (&str, &str)) {
    let Variant { name, subject, body, template, .. } = variant;
    (name, subject, body, template.as_ref(), variant.approved())
}

/// The longest rising subsequence; a sequence has few steps.
fn longest_rising(numbers: &[u16]) -> Vec<u16> {
    let mut best: Vec<Vec<u16>> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let below = (0..at).filter(|other| numbers[*other] < *number).map(|other| &best[other]);
        let mut run = below.max_by_key(|run| run.len()).cloned().unwrap_or_default();
        run.push(*number);
        best.push(run);
    }
    best.into_iter().max_by_key(Vec::len).unwrap_or_default()
}

#[cfg(test)]
mod tests;
