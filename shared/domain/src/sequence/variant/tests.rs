use super::*;
use crate::ids::{CampaignId, LeadId, WorkspaceId};
use crate::sequence::step_kind::StepKind;
use crate::time::delay::{Delay, DelayUnit};
use proptest::prelude::*;

fn at() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn variant(body: &str, weight: u8) -> Variant {
    let id = VariantId::of_words("", body);
    Variant {
        id,
        name: String::new(),
        weight,
        paused: false,
        subject: String::new(),
        body: body.to_owned(),
        template: None,
        template_name: String::new(),
        language: String::new(),
    }
}

fn step(variants: Vec<Variant>) -> Step {
    let kind = StepKind::Sms { body: String::new(), template: None, variants };
    let delay = Delay { amount: 0, unit: DelayUnit::Days };
    Step { id: StepId::derived(at(), &["s"]), delay, not_before: None, not_after: None, kind }
}

fn key(number: usize) -> EnrolmentKey {
    EnrolmentKey {
        workspace: WorkspaceId::derived(at(), &["w"]),
        lead: LeadId::derived(at(), &[&number.to_string()]),
        campaign: CampaignId::derived(at(), &["c"]),
    }
}

/// The variants that the first so many leads get.
fn dealt(step: &Step, count: usize) -> Vec<String> {
    (0..count).map(|number| step.words_for(&key(number), None).body.to_owned()).collect()
}

#[test]
fn shares_follow_the_weights_and_each_lead_keeps_its_variant() {
    let step = step(vec![variant("a", 60), variant("b", 30), variant("c", 10)]);
    let dealt = dealt(&step, 4_000);
    assert_eq!(dealt, self::dealt(&step, 4_000));
    for (body, share) in [("a", 0.6), ("b", 0.3), ("c", 0.1)] {
        let got = dealt.iter().filter(|got| *got == body).count() as f64 / 4_000.0;
        assert!((got - share).abs() < 0.03, "{body}: {got}");
    }
    // Another step draws anew for the same leads.
    let mut other = step.clone();
    other.id = StepId::derived(at(), &["other"]);
    let same = dealt.iter().zip(self::dealt(&other, 4_000)).filter(|(one, two)| *one == two).count();
    assert!((1_500..2_200).contains(&same), "{same}");
}

#[test]
fn patched_words_move_no_lead_and_a_begun_message_keeps_its_variant() {
    let before = step(vec![variant("a", 50), variant("b", 50)]);
    let mut patched = before.clone();
    patched.kind.variants_mut()[0].body = "a, better".to_owned();
    for (old, new) in dealt(&before, 200).iter().zip(dealt(&patched, 200)) {
        assert_eq!(old == "a", new == "a, better");
    }
    let begun = before.kind.variants()[0].id.clone();
    patched.kind.variants_mut()[0].paused = true;
    for number in 0..50 {
        assert_eq!(patched.words_for(&key(number), None).body, "b");
        assert_eq!(patched.words_for(&key(number), Some(&begun)).body, "a, better");
    }
}

#[test]
fn step_without_variants_has_its_own_words() {
    let kind = StepKind::Sms { body: "Hello".to_owned(), template: None, variants: Vec::new() };
    let step = Step { kind, ..step(Vec::new()) };
    assert_eq!(step.words_for(&key(1), None), Words { variant: None, headline: "", body: "Hello" });
}

#[test]
fn variant_without_an_id_is_known_by_its_words_and_changed_words_get_a_new_id() {
    let read = |body: &str| serde_json::from_value::<Variant>(serde_json::json!({ "body": body })).unwrap();
    assert_eq!(read("a"), variant("a", 50));
    let before = [step(vec![variant("a", 50), variant("b", 50)])];
    let mut after = before.clone();
    after[0].kind.variants_mut()[0].weight = 10;
    assign_variant_ids(&before, &mut after);
    assert_eq!(after[0].kind.variants()[0].id, before[0].kind.variants()[0].id);
    after[0].kind.variants_mut()[1].body = "c".to_owned();
    assign_variant_ids(&before, &mut after);
    assert_eq!(after[0].kind.variants()[1].id, VariantId::of_words("", "c"));
    assert_eq!(after[0].kind.label_of(&VariantId::of_words("", "c")), "B");
    // The same words that were approved twice are two variants.
    let approved = |name: &str| {
        let written = serde_json::json!({ "template_name": name, "language": "en", "body": "a" });
        serde_json::from_value::<Variant>(written).unwrap()
    };
    assert_ne!(approved("greeting").id, approved("question").id);
    assert_ne!(approved("greeting").id, read("a").id);
    let before = [step(vec![approved("greeting"), approved("question")])];
    let mut after = before.clone();
    after[0].kind.variants_mut()[0].language = "de".to_owned();
    assign_variant_ids(&before, &mut after);
    assert_ne!(after[0].kind.variants()[0].id, before[0].kind.variants()[0].id);
    assert_eq!(after[0].kind.variants()[1].id, before[0].kind.variants()[1].id);
}

proptest! {
    /// The fewest possible leads move: only to the variant that got more share or from the one that got less.
    #[test]
    fn changed_weight_or_pause_moves_leads_only_to_or_from_that_variant(
        weights in proptest::collection::vec(1_u8..=100, 2..=6),
        which in 0_usize..6,
        weight in 0_u8..=100,
    ) {
        let which = which % weights.len();
        let variants = weights.iter().zip('a'..).map(|(weight, name)| variant(&name.to_string(), *weight));
        let before = step(variants.collect());
        let mut after = before.clone();
        let changed = &mut after.kind.variants_mut()[which];
        let (name, was) = (changed.body.clone(), changed.weight);
        (changed.weight, changed.paused) = (weight.max(1), weight == 0);
        for (old, new) in dealt(&before, 25).into_iter().zip(dealt(&after, 25)) {
            if old != new {
                let moved = if weight > was { &new } else { &old };
                prop_assert_eq!(moved, &name);
            }
        }
    }
}
