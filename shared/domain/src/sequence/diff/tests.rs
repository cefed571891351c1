use super::*;
use crate::ids::SequenceId;
use crate::time::delay::{Delay, DelayUnit};
use crate::time::weekly_hours::SendingWindow;
use jiff::Timestamp;
use proptest::prelude::*;

fn id(name: &str) -> StepId {
    StepId::derived(Timestamp::UNIX_EPOCH, &[name])
}

fn mail(name: &str, body: &str) -> Step {
    let kind = StepKind::Email {
        subject: "Hi".to_owned(),
        body: body.to_owned(),
        template: None,
        variants: Vec::new(),
    };
    let delay = Delay { amount: 2, unit: DelayUnit::Days };
    Step { id: id(name), delay, not_before: None, not_after: None, kind }
}

fn version(steps: Vec<Step>) -> SequenceVersion {
    let sequence = SequenceId::derived(Timestamp::UNIX_EPOCH, &["s"]);
    SequenceVersion { sequence, version: 1, steps, window: SendingWindow::default() }
}

fn named(names: &[&str]) -> SequenceVersion {
    version(names.iter().map(|name| mail(name, "Hello")).collect())
}

/// Each row's name with what changed.
fn told(diff: &SequenceDiff, names: &[&str]) -> Vec<String> {
    let name = |row: &StepDiff| (*names.iter().find(|name| id(name) == row.id).unwrap()).to_owned();
    let word = |row: &StepDiff| match (row.from, row.to, row.moved) {
        (None, Some(_), _) => "added",
        (Some(_), None, _) => "removed",
        (_, _, true) => "moved",
        _ if row.fields.is_empty() => "same",
        _ => "changed",
    };
    diff.steps.iter().map(|row| format!("{} {}", name(row), word(row))).collect()
}

#[test]
fn added_removed_and_moved_steps_are_found_by_their_ids() {
    let names = ["a", "b", "c", "d", "new"];
    let told_of = |newer: &[&str]| told(&SequenceDiff::of(&named(&names[..4]), &named(newer)), &names);
    assert_eq!(told_of(&["a", "b", "c", "d"]), ["a same", "b same", "c same", "d same"]);
    assert_eq!(told_of(&["new", "a", "c", "d"]), ["new added", "a same", "b removed", "c same", "d same"]);
    // A step that goes to the top is one move, not three.
    assert_eq!(told_of(&["d", "a", "b", "c"]), ["d moved", "a same", "b same", "c same"]);
    assert_eq!(told_of(&["b"]), ["a removed", "b same", "c removed", "d removed"]);
    assert_eq!(told_of(&[]), ["a removed", "b removed", "c removed", "d removed"]);
}

#[test]
fn changed_words_alone_are_a_patch() {
    let older = named(&["a", "b"]);
    let mut newer = older.clone();
    assert!(SequenceDiff::of(&older, &newer).is_empty());
    newer.steps[1] = mail("b", "Good morning");
    let diff = SequenceDiff::of(&older, &newer);
    assert_eq!(diff.steps[1].fields, ["body"]);
    assert!(diff.is_patch() && !diff.is_empty());
    for change in [
        (|version: &mut SequenceVersion| version.steps[0].delay.amount = 3) as fn(&mut SequenceVersion),
        |version| version.steps[0].not_after = "2027-01-05".parse().ok(),
        |version| version.steps[0].kind = StepKind::Wait {},
        |version| version.steps.swap(0, 1),
        |version| drop(version.steps.pop()),
        |version| version.steps.push(mail("c", "Hello")),
        |version| version.window.weekdays = vec![6],
    ] {
        let mut more = newer.clone();
        change(&mut more);
        assert!(!SequenceDiff::of(&older, &more).is_patch(), "{more:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Applied to the older version, the rows give the newer one.
    #[test]
    fn diff_leads_from_the_older_version_to_the_newer(
        older in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
        newer in Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle(),
        cuts in (0..9_usize, 0..9_usize),
    ) {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let of = |order: &[usize], cut: usize| {
            named(&order.iter().take(cut).map(|at| names[*at]).collect::<Vec<_>>())
        };
        let (older, newer) = (of(&older, cuts.0), of(&newer, cuts.1));
        let diff = SequenceDiff::of(&older, &newer);
        let after: Vec<&StepId> = diff.steps.iter().filter(|row| row.to.is_some()).map(|row| &row.id).collect();
        prop_assert_eq!(after, newer.steps.iter().map(|step| &step.id).collect::<Vec<_>>());
        let mut before: Vec<u16> = diff.steps.iter().filter_map(|row| row.from).collect();
        before.sort_unstable();
        prop_assert_eq!(before, (0..).take(older.steps.len()).collect::<Vec<u16>>());
        // Steps that did not move stand in the old order.
        let still: Vec<u16> =
            diff.steps.iter().filter(|row| row.to.is_some() && !row.moved).filter_map(|row| row.from).collect();
        prop_assert!(still.windows(2).all(|two| two[0] < two[1]));
        prop_assert_eq!(diff.is_empty(), older.steps == newer.steps);
    }
}

#[test]
fn words_and_shares_of_variants_are_a_patch_and_other_variants_are_not() {
    let read = |variants| {
        let kind = serde_json::json!({ "kind": "sms", "variants": variants });
        let mut step = mail("a", "");
        step.kind = serde_json::from_value(kind).unwrap();
        version(vec![step])
    };
    let older = read(serde_json::json!([{ "body": "One" }, { "body": "Two" }]));
    let fields_of = |change: &dyn Fn(&mut Vec<Variant>)| {
        let mut newer = older.clone();
        let StepKind::Sms { variants, .. } = &mut newer.steps[0].kind else { unreachable!() };
        change(variants);
        let diff = SequenceDiff::of(&older, &newer);
        (diff.steps[0].fields.clone(), diff.is_patch())
    };
    assert_eq!(fields_of(&|_| {}), (vec![], true));
    assert_eq!(fields_of(&|all| all[1].paused = true), (vec!["variant_shares"], true));
    assert_eq!(fields_of(&|all| all[1].weight = 7), (vec!["variant_shares"], true));
    assert_eq!(fields_of(&|all| all[0].body.push('!')), (vec!["variant_words"], true));
    assert_eq!(fields_of(&|all| all.swap(0, 1)), (vec!["variants"], false));
    assert_eq!(fields_of(&|all| all.truncate(1)), (vec!["variants"], false));
}
