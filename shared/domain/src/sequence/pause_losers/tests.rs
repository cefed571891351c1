use super::*;
use crate::ids::{SequenceId, StepId, WorkspaceId};
use crate::sequence::SequenceVersion;
use crate::time::weekly_hours::SendingWindow;
use serde_json::json;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A version with one mail in three variants and one without variants.
fn record() -> VersionRecord {
    let id = |name: &str| StepId::derived(NOW, &[name]);
    let variant = |name: &str| {
        let id = VariantId::derived(NOW, &[name]);
        json!({"id": id, "name": name, "weight": 50, "subject": "Hi", "body": name, "paused": false, "template": null})
    };
    let delay = json!({"amount": 0, "unit": "days"});
    let steps = json!([
        {"id": id("first"), "delay": delay, "kind": "email", "subject": "", "body": "",
         "variants": [variant("a"), variant("b"), variant("c")]},
        {"id": id("second"), "delay": delay, "kind": "email", "subject": "", "body": "Again"},
    ]);
    let (sequence, window) = (SequenceId::derived(NOW, &["s"]), SendingWindow::default());
    VersionRecord {
        workspace: WorkspaceId::derived(NOW, &["w"]),
        version: SequenceVersion {
            sequence,
            version: 1,
            steps: serde_json::from_value(steps).unwrap(),
            window,
        },
        made_at: NOW,
        made_by: None,
        patches: Vec::new(),
        promoted: Vec::new(),
        rev: 1,
    }
}

/// Results with 500 leads per variant and so many positive replies.
fn answered<'a>(positive: &'a [(&'a str, u64)]) -> impl Fn(&Step, &Variant) -> Tried + 'a {
    move |_, variant| {
        let positive = positive.iter().find(|(name, _)| *name == variant.name).unwrap().1;
        Tried { contacted: 500, positive, paused: variant.paused, ..Tried::default() }
    }
}

fn running(record: &VersionRecord) -> Vec<&str> {
    let variants = record.version.steps[0].kind.variants().iter();
    variants.filter(|variant| !variant.paused).map(|variant| variant.name.as_str()).collect()
}

#[test]
fn losers_are_paused_once_when_a_variant_is_ahead() {
    let mut record = record();
    let before = record.version.steps[0].clone();
    assert!(promote(&mut record, answered(&[("a", 20), ("b", 22), ("c", 21)]), NOW).is_empty());
    assert_eq!((running(&record).len(), record.patches.len()), (3, 0));
    let ahead = answered(&[("a", 10), ("b", 40), ("c", 9)]);
    let leaders = promote(&mut record, &ahead, NOW);
    assert_eq!(leaders, [(VariantId::derived(NOW, &["b"]), "b".to_owned())]);
    assert_eq!(running(&record), ["b"]);
    assert_eq!((record.patches[0].by.as_ref(), &record.patches[0].before), (None, &vec![before.clone()]));
    // A user resumes them, and they stay resumed.
    record.version.steps[0] = before;
    assert!(!may_promote(&record));
    assert!(promote(&mut record, &ahead, NOW).is_empty());
    assert_eq!((running(&record).len(), record.patches.len()), (3, 1));
}

#[test]
fn no_winner_is_promoted_that_was_paused_or_makes_leads_opt_out() {
    let mut first = record();
    first.version.steps[0].kind.variants_mut()[1].paused = true;
    assert!(promote(&mut first, answered(&[("a", 10), ("b", 40), ("c", 9)]), NOW).is_empty());
    let mut second = record();
    let loud = |step: &Step, variant: &Variant| {
        let tried = answered(&[("a", 10), ("b", 40), ("c", 9)])(step, variant);
        Tried { complained: if variant.name == "b" { 12 } else { 0 }, ..tried }
    };
    assert!(promote(&mut second, loud, NOW).is_empty());
    assert_eq!(running(&second), ["a", "b", "c"]);
}
