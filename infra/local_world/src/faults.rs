//! A cloud that fails now and then: calls that are refused, answers that get lost after the write. What the product
//! promises must hold all the same.

use local_cloud::{Call, Fault, LocalCloud, Moment};
use std::sync::atomic::{AtomicU64, Ordering};

/// Whose calls fail: what queues, schedules, the stream and providers start. Who waits at a screen would try again.
pub const STRUCK: [&str; 11] = [
    "due_steps",
    "enrich_lead",
    "enrol_leads",
    "import_leads",
    "ingest_event",
    "monitor",
    "nightly",
    "personalize_lead",
    "project_events",
    "provider_webhooks",
    "send_message",
];

/// From now on `per_mille` of those calls fail, which ones is a matter of `seed`.
pub fn let_calls_fail(cloud: &LocalCloud, per_mille: u32, seed: u64) {
    let count = AtomicU64::new(0);
    cloud.faults().inject(move |moment, call| {
        if moment != Moment::Before || !STRUCK.contains(&call.principal) {
            return None;
        }
        let roll = mixed(seed, count.fetch_add(1, Ordering::Relaxed));
        (roll % 1000 < u64::from(per_mille)).then(|| fault(call, roll / 1000))
    });
}

/// Refused before anything happened, as often as done without an answer: in both cases the function breaks off here.
fn fault(call: &Call<'_>, roll: u64) -> Fault {
    match roll % 4 {
        0 => Fault::Throttle,
        1 => Fault::Fail {
            status: 500,
            code: "InternalServerError".to_owned(),
            message: format!("{} failed on purpose", call.operation),
        },
        _ => Fault::LoseResponse,
    }
}

/// SplitMix64 of a number that counts.
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
