use super::*;
use crate::ids::{SequenceId, StepId, WorkspaceId};
use crate::sequence::SequenceVersion;
use crate::sequence::ab_test::Tried;
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

/// The look at 500 leads per variant, of whom so many replied.
fn seen(record: &VersionRecord, positive: [u64; 3], complained: [u64; 3]) -> AbTests {
    let step = &record.version.steps[0];
    let results = step.kind.variants().iter().zip(positive.into_iter().zip(complained));
    let tried: Vec<Tried> = results
        .map(|(variant, (positive, complained))| Tried {
            contacted: 500,
            positive,
            complained,
            paused: variant.paused,
            ..Tried::default()
        })
        .collect();
    let mut tests = AbTests { leads: 500, looks: Vec::new() };
    assert!(tests.look(step, &tried, NOW));
    tests
}

fn running(record: &VersionRecord) -> Vec<&str> {
    let variants = record.version.steps[0].kind.variants().iter();
    variants.filter(|variant| !variant.paused).map(|variant| variant.name.as_str()).collect()
}

#[test]
fn losers_are_paused_once_when_a_variant_is_ahead() {
    let mut record = record();
    let before = record.version.steps[0].clone();
    assert!(promote(&mut record, &AbTests::default(), NOW).is_empty(), "it was not looked at yet");
    let alike = seen(&record, [20, 22, 21], [0; 3]);
    assert!(promote(&mut record, &alike, NOW).is_empty());
    assert_eq!((running(&record).len(), record.patches.len()), (3, 0));
    let ahead = seen(&record, [10, 40, 9], [0; 3]);
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
    let found = seen(&first, [10, 40, 9], [0; 3]);
    assert!(promote(&mut first, &found, NOW).is_empty());
    let mut second = record();
    let loud = seen(&second, [10, 40, 9], [0, 12, 0]);
    assert!(promote(&mut second, &loud, NOW).is_empty());
    assert_eq!(running(&second), ["a", "b", "c"]);
}
