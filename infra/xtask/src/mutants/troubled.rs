//! More of the bugs, as in `list.rs`: those that need a trouble of their own to show themselves.

use super::list::{Mutant, OUTCOME, STATS, mutant};
use simulator::TROUBLED;

const PROVIDER_CALLS: &str = "shared/application/src/ports/provider_calls.rs";

pub const IN_TROUBLE: &[Mutant] = &[
    mutant(
        "blocked_is_booked_to_the_lead",
        PROVIDER_CALLS,
        "if stops_sender(&class) {",
        "let suppress = suppress || ($M && stops_sender(&class));
        if !$M && stops_sender(&class) {",
    )
    .from(TROUBLED),
    mutant(
        "who_is_blocked_waits_for_nothing",
        OUTCOME,
        "Some(waits) => waits.get(usize::from(tries.saturating_sub(1))),",
        "Some(waits) => waits
                .get(usize::from(tries.saturating_sub(1)))
                .map(|wait| if $M { &SignedDuration::ZERO } else { wait }),",
    )
    .from(TROUBLED),
    mutant(
        "what_sums_to_nothing_is_not_passed",
        STATS,
        "fresh.last().filter(|_| !sums.is_empty())",
        "fresh.last().filter(|_| if $M { sums.values().any(|by| *by != 0) } else { !sums.is_empty() })",
    )
    .from(5_000_174),
];
