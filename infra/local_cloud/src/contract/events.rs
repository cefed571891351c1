//! The bus: events are accepted, invalid ones named, ten at a time.

use aws_sdk_eventbridge::types::PutEventsRequestEntry;

use super::world::code;
use super::{Held, World, checks, same};

checks!(
    "events",
    good_events_pass_and_bad_ones_are_named,
    ten_events_at_most,
    a_bus_is_described_and_a_missing_one_is_named
);

fn event(detail: &str) -> PutEventsRequestEntry {
    PutEventsRequestEntry::builder().source("contract").detail_type("Tried").detail(detail).build()
}

async fn good_events_pass_and_bad_ones_are_named(world: &World) -> Held {
    let put = world.clients.events.put_events().entries(event("{\"a\":1}")).entries(event("no JSON"));
    let put = put.send().await?;
    same!(put.failed_entry_count, 1);
    let codes: Vec<Option<String>> =
        put.entries.unwrap_or_default().into_iter().map(|entry| entry.error_code).collect();
    same!(codes, [None, Some("MalformedDetail".to_owned())]);
    Ok(())
}

async fn a_bus_is_described_and_a_missing_one_is_named(world: &World) -> Held {
    let bus = world.clients.events.describe_event_bus().name("default").send().await?;
    same!(bus.name(), Some("default"));
    let none = world.clients.events.describe_event_bus().name("no-such-bus").send().await;
    same!(code(&none), "ResourceNotFoundException");
    Ok(())
}

async fn ten_events_at_most(world: &World) -> Held {
    let put = world.clients.events.put_events().set_entries(Some(vec![event("{}"); 11])).send().await;
    same!(code(&put), "ValidationException");
    Ok(())
}
