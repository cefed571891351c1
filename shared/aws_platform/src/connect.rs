//! Fills every port from a configuration and the outside: AWS behind its SDK's configuration, the transports to
//! providers, time and randomness. On one machine the same code gets an embedded cloud and a virtual clock.

mod ports;

use crate::BoxError;
use crate::blobs::Bucket;
use crate::bus::Bus;
use crate::config::Config;
use crate::pages::Pages;
use crate::queues::Queues;
use crate::secret::{read_secret_text, read_sign_in_clients, read_system_smtp, tagged_address};
use crate::signing::Signer;
use crate::system_mail::{OwnSender, Ses};
use application::identity::stage_keys::StageKeys;
use application::lead::list::LeadCache;
use application::ports::sign_up_rule::SignUpRule;
use application::{Clock, Ids};
use dynamo_store::Table;
use providers::transport::{Http, Imap, Smtp, Web};
use providers::{OpenIdConnect, Providers, SignInClient, SmtpAccount};
use std::sync::Arc;

pub struct Outside {
    pub aws: aws_config::SdkConfig,
    pub http: Arc<dyn Http>,
    /// The web beyond the providers.
    pub web: Arc<dyn Web>,
    pub smtp: Arc<dyn Smtp>,
    pub imap: Arc<dyn Imap>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// The own transport to the bucket and to open pages, where it differs from the one to providers.
    pub aws_http: Option<Arc<dyn Http>>,
    /// The operator's SMTP account for mail about accounts, on one machine; else the stage's secret may have one.
    pub system_smtp: Option<SmtpAccount>,
    /// Why nothing may be sent from here, if so: no link that it carries would lead here.
    pub held: Option<Arc<str>>,
}

/// Every port, implemented over what is connected here.
#[derive(Clone)]
pub struct Connected {
    /// The stage's keys; absent where the function is given none.
    keys: Option<Arc<StageKeys>>,
    public_url: Arc<str>,
    stage: Arc<str>,
    sign_up: SignUpRule,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    table: Arc<Table>,
    queues: Arc<Queues>,
    bus: Arc<Bus>,
    bucket: Arc<Bucket>,
    pages: Arc<Pages>,
    system_mail: Arc<OwnSender>,
    providers: Arc<Providers>,
    sign_in: Arc<OpenIdConnect>,
    aws: aws_config::SdkConfig,
    config: Arc<Config>,
    lead_cache: Arc<LeadCache>,
}

/// Connects everything. It reads the stage's secret once, if the function is given keys; everything else waits for its first
/// use.
pub async fn connect(config: &Config, outside: Outside) -> Result<Connected, BoxError> {
    let Outside { aws, http, web, smtp, imap, clock, ids, aws_http, system_smtp, held } = outside;
    let secrets = aws_sdk_secretsmanager::Client::new(&aws);
    let secret = if config.has_keys { Some(Secret::read(&secrets, &config.secret_id).await?) } else { None };
    let Secret { keys, sign_in, system_smtp: of_secret } = secret.unwrap_or_default();
    let system_smtp = system_smtp.or(of_secret);
    let public_url = match &config.public_url {
        Some(url) => url.clone(),
        None => tagged_address(&secrets, &config.secret_id).await?,
    };
    let signer = |service| Signer {
        clock: clock.clone(),
        credentials: aws.credentials_provider(),
        region: aws.region().map_or_else(|| "us-east-1".to_owned(), ToString::to_string),
        service,
    };
    let aws_http = aws_http.unwrap_or_else(|| http.clone());
    let pages = Pages {
        http: aws_http.clone(),
        signer: signer("execute-api"),
        endpoint: aws.endpoint_url().map(str::to_owned),
        address: config.push_url.clone(),
    };
    let bucket = Bucket {
        http: aws_http,
        signer: signer("s3"),
        endpoint: aws.endpoint_url().map(str::to_owned),
        name: config.bucket.clone(),
    };
    let endpoint = aws.endpoint_url().map(str::to_owned);
    let system_mail = OwnSender {
        from: config.system_sender.clone(),
        ses: Ses { http: http.clone(), signer: signer("ses"), endpoint },
        smtp: system_smtp,
        mail_servers: smtp.clone(),
        clock: clock.clone(),
        held: held.clone(),
    };
    Ok(Connected {
        keys: keys.map(Arc::new),
        public_url: public_url.trim_end_matches('/').into(),
        stage: config.stage.as_str().into(),
        sign_up: config.sign_up,
        table: Arc::new(Table::new(&aws, config.table.as_str())),
        queues: Arc::new(Queues::new(aws_sdk_sqs::Client::new(&aws), config)),
        bus: Arc::new(Bus { client: aws_sdk_eventbridge::Client::new(&aws), name: config.bus.clone() }),
        bucket: Arc::new(bucket),
        pages: Arc::new(pages),
        system_mail: Arc::new(system_mail),
        sign_in: Arc::new(OpenIdConnect::new(http.clone(), clock.clone(), sign_in)),
        providers: Arc::new(Providers { http, web, smtp, imap, clock: clock.clone(), held }),
        clock,
        ids,
        aws,
        config: Arc::new(config.clone()),
        lead_cache: Arc::new(LeadCache::of(config.lead_list_bytes())),
    })
}

/// The contents of the stage's secret.
#[derive(Default)]
struct Secret {
    keys: Option<StageKeys>,
    sign_in: Vec<SignInClient>,
    system_smtp: Option<SmtpAccount>,
}

impl Secret {
    async fn read(secrets: &aws_sdk_secretsmanager::Client, id: &str) -> Result<Self, BoxError> {
        let answer = secrets.get_secret_value().secret_id(id).send().await?;
        let text = answer.secret_string().unwrap_or("");
        let keys = Some(read_secret_text(text)?);
        // Sending does not stop because a registration for sign-ins is wrong.
        let sign_in = read_sign_in_clients(text).unwrap_or_else(|error| {
            tracing::error!(%error, "no sign-in at a provider is offered");
            Vec::new()
        });
        let system_smtp = read_system_smtp(text).unwrap_or_else(|error| {
            tracing::error!(%error, "mail about accounts goes out by SES, if at all");
            None
        });
        Ok(Self { keys, sign_in, system_smtp })
    }
}

#[cfg(test)]
mod tests;
