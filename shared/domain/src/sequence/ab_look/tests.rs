use super::*;
use serde_json::json;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn step(names: &[&str]) -> Step {
    let variant = |name: &&str| json!({"id": VariantId::derived(NOW, &[name]), "name": name, "subject": "Hi", "body": name});
    let variants: Vec<_> = names.iter().map(variant).collect();
    let step = json!({"id": StepId::derived(NOW, &["first"]), "delay": {"amount": 0, "unit": "days"}, "kind": "email",
        "subject": "", "body": "", "variants": variants});
    serde_json::from_value(step).unwrap()
}

fn tried(positive: u64, contacted: u64) -> Tried {
    Tried { contacted, positive, ..Tried::default() }
}

#[test]
fn nothing_is_seen_before_each_variant_reached_its_leads_and_then_once() {
    let (step, mut tests) = (step(&["a", "b"]), AbTests::default());
    assert!(
        !tests.look(&step, &[tried(10, 999), tried(90, 1_500)], NOW),
        "a difference that anybody would see"
    );
    assert!(tests.is_open(&step) && tests.look_of(&step).is_none());
    assert!(tests.look(&step, &[tried(30, 1_000), tried(31, 1_500)], NOW));
    let seen = tests.look_of(&step).unwrap().clone();
    assert_eq!((seen.finding, &seen.leader), (Finding::NoDifference, &None));
    // The figures of later do not change what was seen.
    assert!(!tests.look(&step, &[tried(30, 2_000), tried(130, 2_000)], NOW));
    assert_eq!(tests.look_of(&step), Some(&seen));
}

#[test]
fn variant_that_is_added_begins_another_test() {
    let (two, three, mut tests) = (step(&["a", "b"]), step(&["a", "b", "c"]), AbTests::default());
    assert!(tests.look(&two, &[tried(20, 1_000), tried(60, 1_000)], NOW));
    let b = VariantId::derived(NOW, &["b"]);
    assert_eq!(tests.look_of(&two).unwrap().leader, Some(b));
    assert!(tests.is_open(&three) && tests.look_of(&three).is_none());
    assert!(!tests.look(&three, &[tried(20, 1_000), tried(60, 1_000), tried(0, 10)], NOW));
    let mut paused = three.clone();
    paused.kind.variants_mut()[2].paused = true;
    assert!(tests.look_of(&paused).is_some(), "those that run were compared");
}

#[test]
fn leads_are_proposed_from_the_rate_and_the_difference() {
    assert_eq!(proposed_leads(0.03, 0.03), 797);
    assert_eq!(proposed_leads(0.03, 0.02), 1_606);
    assert_eq!((proposed_leads(0.5, 0.5), proposed_leads(0.03, 0.0)), (FEWEST_LEADS, MOST_LEADS));
}

/// A draw of a lead's answer; a small generator of its own, the same in each run.
struct Leads(u64);

impl Leads {
    fn answers(&mut self, per_mille: u64) -> bool {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % 1_000 < per_mille
    }
}

/// Lives a test to 2,000 leads a variant, with a look after every twenty, and returns whether a winner was ever called.
fn winner_of(step: &Step, leads: &mut Leads, rates: [u64; 2]) -> bool {
    let (mut tests, mut all) = (AbTests::default(), [tried(0, 0); 2]);
    for round in 0..2_000 {
        for (one, rate) in all.iter_mut().zip(rates) {
            one.contacted += 1;
            one.positive += u64::from(leads.answers(rate));
        }
        if round % 20 == 19 && tests.look(step, &all, NOW) {
            break;
        }
    }
    tests.look_of(step).is_some_and(|look| look.leader.is_some())
}

#[test]
fn equal_variants_have_a_winner_in_at_most_one_of_twenty_lives() {
    let (step, mut leads) = (step(&["a", "b"]), Leads(7));
    let lives = 2_000;
    let found = (0..lives).filter(|life| {
        let rate = [10, 30, 60, 100][life % 4];
        winner_of(&step, &mut leads, [rate, rate])
    });
    let found = found.count();
    assert!(found * 20 <= lives, "{found} of {lives}");
}

#[test]
fn difference_worth_finding_is_found() {
    let (step, mut leads) = (step(&["a", "b"]), Leads(11));
    let found = (0..100).filter(|_| winner_of(&step, &mut leads, [30, 60])).count();
    assert!(found >= 80, "{found} of 100");
}
