//! The event bus: what happened, as ids and codes, for whoever subscribes in this account.

use application::outbox::{BusEvent, EventBus};
use application::store::BoxError;
use async_trait::async_trait;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;

pub struct Bus {
    pub client: aws_sdk_eventbridge::Client,
    pub name: Option<String>,
}

/// Of one PutEvents call.
const MOST_ENTRIES: usize = 10;

#[async_trait]
impl EventBus for Bus {
    async fn publish(&self, events: Vec<BusEvent>) -> Result<(), BoxError> {
        let name = self.name.as_deref().ok_or("this function has no BUS_NAME")?;
        for batch in events.chunks(MOST_ENTRIES) {
            let entries = batch.iter().map(|event| {
                PutEventsRequestEntry::builder()
                    .event_bus_name(name)
                    .source("leadflow")
                    .detail_type(&event.kind)
                    .detail(event.detail.to_string())
                    .build()
            });
            let answer = self.client.put_events().set_entries(Some(entries.collect())).send().await?;
            if answer.failed_entry_count() > 0 {
                return Err(format!("{} events were refused", answer.failed_entry_count()).into());
            }
        }
        Ok(())
    }
}
