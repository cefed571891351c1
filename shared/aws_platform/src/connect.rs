//! Fills every port from a configuration and what is outside: AWS behind its SDK's configuration, the two transports
//! to providers, time and randomness. On one machine the same code gets an embedded cloud and a virtual clock.

use crate::BoxError;
use crate::blobs::Bucket;
use crate::bus::Bus;
use crate::config::Config;
use crate::queues::Queues;
use crate::secret::read_secret_text;
use crate::vault::SealedVault;
use application::{Clock, Ids, Ports};
use dynamo_store::Table;
use providers::Providers;
use providers::transport::{Http, Smtp};
use std::sync::Arc;

pub struct Outside {
    pub aws: aws_config::SdkConfig,
    pub http: Arc<dyn Http>,
    pub smtp: Arc<dyn Smtp>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// The bucket's own way out, where it differs from that to providers.
    pub bucket_http: Option<Arc<dyn Http>>,
}

/// Reads the stage's secret once; everything else waits for its first use.
pub async fn connect(config: &Config, outside: Outside) -> Result<Ports, BoxError> {
    let Outside { aws, http, smtp, clock, ids, bucket_http } = outside;
    let secrets = aws_sdk_secretsmanager::Client::new(&aws);
    let answer = secrets.get_secret_value().secret_id(&config.secret_id).send().await?;
    let secret = read_secret_text(answer.secret_string().unwrap_or(""))?;
    let keys = Arc::new(secret.keys);
    let public_url = config.public_url.clone().or(secret.public_url);
    let public_url =
        public_url.ok_or("neither PUBLIC_URL nor the stage's secret tells the public address")?;

    let table = Arc::new(Table::new(aws_sdk_dynamodb::Client::new(&aws), config.table.as_str()));
    let queues = Arc::new(Queues::new(aws_sdk_sqs::Client::new(&aws), config));
    let providers = Arc::new(Providers { http: http.clone(), smtp, clock: clock.clone() });
    let bucket = Bucket {
        http: bucket_http.unwrap_or(http),
        clock: clock.clone(),
        credentials: aws.credentials_provider(),
        region: aws.region().map_or_else(|| "us-east-1".to_owned(), ToString::to_string),
        name: config.bucket.clone(),
    };
    Ok(Ports {
        keys: keys.clone(),
        public_url: public_url.trim_end_matches('/').into(),
        stage: config.stage.as_str().into(),
        blobs: Arc::new(bucket),
        outbox: queues.clone(),
        redelivery: queues.clone(),
        bus: Arc::new(Bus { client: aws_sdk_eventbridge::Client::new(&aws), name: config.bus.clone() }),
        queues,
        vault: Arc::new(SealedVault::new(keys, ids.clone())),
        clock,
        ids,
        campaigns: table.clone(),
        changes: table.clone(),
        connections: table.clone(),
        conversations: table.clone(),
        due: table.clone(),
        enrolments: table.clone(),
        imports: table.clone(),
        leads: table.clone(),
        limits: table.clone(),
        messages: table.clone(),
        notifications: table.clone(),
        previews: table.clone(),
        revenue: table.clone(),
        sequences: table.clone(),
        stats: table.clone(),
        suppressions: table.clone(),
        tasks: table.clone(),
        templates: table.clone(),
        users: table.clone(),
        workspaces: table,
        mail: providers.clone(),
        sms: providers.clone(),
        places: providers.clone(),
        verifier: providers.clone(),
        model: providers.clone(),
        webhooks: providers,
    })
}
