//! A cloud that fails now and then: calls are refused, or their responses are lost after the write. All
//! promises of the product must hold all the same.

use local_cloud::{Call, Fault, LocalCloud, Moment};
use std::sync::atomic::{AtomicU64, Ordering};

/// The functions whose calls fail: those started by queues, schedules, the stream and providers. A user at a
/// screen would try again.
pub const STRUCK: [&str; 16] = [
    "due_steps",
    "enrich_lead",
    "fill_columns",
    "fold_changes",
    "campaign_jobs",
    "import_leads",
    "ingest_event",
    "monitor",
    "nightly",
    "personalize_lead",
    "poll_mailboxes",
    "project_events",
    "provider_webhooks",
    "record_changes",
    "record_visits",
    "send_message",
];

/// Makes `per_mille` of those calls fail from now on; `seed` decides which.
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

/// Half of the faults refuse the call before anything happened, the other half lose the response of a call
/// that was done; either way the function fails here.
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

/// SplitMix64 of the seed and a running number.
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
