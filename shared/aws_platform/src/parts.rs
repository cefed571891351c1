//! The self-check's inspection of the stack: each question reads and changes nothing. It has clients of its own, so
//! that only the function that asks pays for them.

use crate::blobs::Bucket;
use crate::config::Config;
use crate::secret::read_secret_text;
use application::identity::stage_keys::StageKeys;
use application::ports::parts::{
    Looked, NotReached, PageSeen, PartFault, PartInspector, SecretFacts, TableFacts,
};
use application::ports::queues::QueueDepth;
use application::queue_messages::Queue;
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{IndexStatus, TimeToLiveStatus};
use aws_sdk_sqs::types::QueueAttributeName;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use http::{Request, header};
use providers::transport::{Http, chain, not_reached};
use std::error::Error;
use std::sync::Arc;

/// A header that each function sets in its response; neither API Gateway nor a proxy sets it.
const REQUEST_ID: &str = "x-request-id";

pub struct Parts {
    pub aws: SdkConfig,
    pub config: Arc<Config>,
    pub keys: Arc<StageKeys>,
    pub bucket: Arc<Bucket>,
    pub http: Arc<dyn Http>,
    pub public_url: Arc<str>,
}

#[async_trait]
impl PartInspector for Parts {
    async fn table(&self) -> Looked<TableFacts> {
        let client = aws_sdk_dynamodb::Client::new(&self.aws);
        let name = &self.config.table;
        let answer = client.describe_table().table_name(name).send().await.map_err(fault)?;
        let table = answer.table().ok_or(PartFault::Missing)?;
        let expiry = client.describe_time_to_live().table_name(name).send().await.map_err(fault)?;
        let expiry = expiry
            .time_to_live_description()
            .filter(|expiry| expiry.time_to_live_status() == Some(&TimeToLiveStatus::Enabled));
        let stream = table.stream_specification().filter(|stream| stream.stream_enabled());
        let view = stream.map(|stream| stream.stream_view_type().map_or("", |view| view.as_str()).to_owned());
        let wanted = dynamo_store::definition().index.name;
        let index = table.global_secondary_indexes().iter().find(|index| index.index_name() == Some(wanted));
        Ok(TableFacts {
            name: name.clone(),
            status: table.table_status().map_or("", |status| status.as_str()).to_owned(),
            stream: view,
            index_is_active: index.is_some_and(|index| index.index_status() == Some(&IndexStatus::Active)),
            expires_by: expiry.and_then(|expiry| expiry.attribute_name()).map(str::to_owned),
        })
    }

    async fn queue(&self, queue: Queue) -> Looked<QueueDepth> {
        let client = aws_sdk_sqs::Client::new(&self.aws);
        let [waiting, in_flight, delayed] = counts(&client, self.config.queue_urls.get(&queue)).await?;
        let [dead, ..] = counts(&client, self.config.dead_letter_urls.get(&queue)).await?;
        Ok(QueueDepth { waiting, in_flight, delayed, dead })
    }

    async fn bucket(&self) -> Looked<()> {
        self.bucket.look().await
    }

    async fn event_bus(&self) -> Looked<Option<String>> {
        let Some(name) = &self.config.bus else { return Ok(None) };
        let client = aws_sdk_eventbridge::Client::new(&self.aws);
        client.describe_event_bus().name(name).send().await.map_err(fault)?;
        Ok(Some(name.clone()))
    }

    async fn secret(&self) -> Looked<SecretFacts> {
        let client = aws_sdk_secretsmanager::Client::new(&self.aws);
        let id = &self.config.secret_id;
        let answer = client.get_secret_value().secret_id(id).send().await.map_err(fault)?;
        Ok(match read_secret_text(answer.secret_string().unwrap_or("")) {
            Err(why) => SecretFacts::Unusable(why.to_string()),
            Ok(keys) if ring(&keys) == ring(&self.keys) => SecretFacts::AsStarted,
            Ok(_) => SecretFacts::Changed,
        })
    }

    async fn page(&self, path: &str) -> Result<PageSeen, NotReached> {
        let request = Request::get(format!("{}{path}", self.public_url)).body(Vec::new());
        let request =
            request.map_err(|error| NotReached { why: error.to_string(), bad_certificate: false })?;
        let answer = self.http.send(request).await.map_err(not_reached)?;
        let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        Ok(PageSeen {
            status: answer.status().as_u16(),
            content_type: kind.unwrap_or_default().to_owned(),
            is_ours: answer.headers().contains_key(REQUEST_ID),
            body: answer.into_body(),
        })
    }
}

/// Makes texts that are equal where the keys are, and reveal none of them.
fn ring(keys: &StageKeys) -> Vec<String> {
    keys.all().map(StageKeys::setup_code).collect()
}

async fn counts(client: &aws_sdk_sqs::Client, url: Option<&String>) -> Looked<[u64; 3]> {
    let names = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ];
    let url = url.ok_or_else(|| PartFault::NoAnswer("this function is not told its address".to_owned()))?;
    let request = client.get_queue_attributes().queue_url(url);
    let answer = request.set_attribute_names(Some(names.to_vec())).send().await.map_err(fault)?;
    let of = |name| answer.attributes().and_then(|all| all.get(&name)).and_then(|n| n.parse().ok());
    Ok(names.map(|name| of(name).unwrap_or(0)))
}

/// Classifies an error by its code: each service has its own word for the same thing.
fn fault<E, R>(error: SdkError<E, R>) -> PartFault
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let Some(code) = error.code() else { return PartFault::NoAnswer(chain(&error)) };
    let said = format!("{code}: {}", error.message().unwrap_or("without a reason"));
    let is = |words: &[&str]| words.iter().any(|word| code.contains(word));
    if is(&["NotFound", "DoesNotExist", "NonExistent"]) {
        PartFault::Missing
    } else if is(&["AccessDenied", "Unauthorized", "ExpiredToken", "UnrecognizedClient"]) {
        PartFault::Refused(said)
    } else {
        PartFault::NoAnswer(said)
    }
}
