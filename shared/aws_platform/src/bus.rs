//! The event bus: events as ids and codes, for subscribers in this AWS account. Where the stage has no bus,
//! nothing is sent.

use application::ports::outbox::{BusEvent, EventBus};
use application::ports::store::BoxError;
use async_trait::async_trait;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;

pub struct Bus {
    pub client: aws_sdk_eventbridge::Client,
    pub name: Option<String>,
}

/// The most entries of one PutEvents call.
const MOST_ENTRIES: usize = 10;

#[async_trait]
impl EventBus for Bus {
    async fn publish(&self, events: Vec<BusEvent>) -> Result<(), BoxError> {
        let Some(name) = self.name.as_deref() else { return Ok(()) };
        for batch in events.chunks(MOST_ENTRIES) {
            let entries = batch.iter().map(|event| {
                PutEventsRequestEntry::builder()
                    .event_bus_name(name)
                    .source("leadflow")
                    .detail_type(event.kind.as_str())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws_client::{answering, sdk_config};
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use domain::event::EventKind;
    use std::sync::atomic::Ordering;

    #[tokio::test]
    async fn events_are_published_and_without_a_bus_aws_is_not_called() {
        let (url, asked) =
            answering("AWSEvents.PutEvents", 0, r#"{"FailedEntryCount":0,"Entries":[]}"#.to_owned());
        let keys = Credentials::new("key", "secret", None, None, "test");
        let config = sdk_config().unwrap().into_builder().endpoint_url(url);
        let config = config.credentials_provider(SharedCredentialsProvider::new(keys)).build();
        let client = aws_sdk_eventbridge::Client::new(&config);
        let event = || BusEvent { kind: EventKind::MessageAccepted, detail: serde_json::json!({}) };
        Bus { client: client.clone(), name: None }.publish(vec![event()]).await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 0);
        Bus { client, name: Some("default".to_owned()) }.publish(vec![event()]).await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }
}
