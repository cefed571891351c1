use super::*;
use crate::ids::LeadId;
use std::collections::BTreeMap;

fn soon(message: &MessageId, tries: u8) -> SignedDuration {
    within(SignedDuration::from_secs(1 << tries), message, tries)
}

fn waits(tries: u8) -> BTreeMap<i64, u32> {
    let now = "2026-11-20T10:00:00Z".parse().unwrap();
    let mut waits = BTreeMap::new();
    for n in 0..4_000 {
        let message = MessageId::derived(&LeadId::derived(now, &[&n.to_string()]), &["step"]);
        let wait = soon(&message, tries);
        assert_eq!(wait, soon(&message, tries), "a replay waits as long");
        *waits.entry(wait.as_secs()).or_default() += 1;
    }
    waits
}

#[test]
fn waits_of_many_messages_spread_over_the_whole_range() {
    for (tries, most) in [(1, 2), (2, 4), (3, 8)] {
        let waits = waits(tries);
        assert!(waits.keys().copied().eq(1..=most), "{waits:?}");
        let even = 4_000 / u32::try_from(most).unwrap();
        assert!(waits.values().all(|people| people.abs_diff(even) < even / 5), "{waits:?}");
    }
}

#[test]
fn wait_below_a_second_is_not_drawn() {
    let now = "2026-11-20T10:00:00Z".parse().unwrap();
    let message = MessageId::derived(&LeadId::derived(now, &["ana"]), &["step"]);
    for most in [SignedDuration::ZERO, SignedDuration::from_millis(300)] {
        assert_eq!(within(most, &message, 1), most);
    }
}

#[test]
fn each_attempt_draws_anew() {
    let now = "2026-11-20T10:00:00Z".parse().unwrap();
    let lead = LeadId::derived(now, &["ana"]);
    let message = |n: u32| MessageId::derived(&lead, &[&n.to_string()]);
    let same = (0..1_000).filter(|n| soon(&message(*n), 2) == soon(&message(*n), 3)).count();
    assert!(same < 250, "{same}");
}
