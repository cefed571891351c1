//! Starting under Lambda: logs, configuration, one TLS stack, credentials, the secret; all before the first event.

use crate::BoxError;
use crate::aws_client::sdk_config;
use crate::config::Config;
use crate::connect::{Connected, Outside, connect};
use crate::random_ids::RandomIds;
use application::ports::clock::SystemClock;
use providers::transport::{LettreSmtp, PublicWeb, Reach, ReqwestHttp, SocketImap};
use std::sync::Arc;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Reads this function's configuration and secret and connects everything that it may use.
pub async fn start(function: &str) -> Result<Connected, BoxError> {
    let wanted = std::env::var("RUST_LOG").ok().and_then(|text| text.parse::<Targets>().ok());
    let lines = tracing_subscriber::fmt::layer().json().with_current_span(false).without_time();
    let wanted = wanted.unwrap_or_else(|| Targets::new().with_default(tracing::Level::INFO));
    tracing_subscriber::registry().with(lines.with_filter(wanted)).init();
    let config = Config::read(function, |name| std::env::var(name).ok())?;
    let clock = Arc::new(SystemClock);
    let aws = sdk_config()?;
    let aws_http = aws_door(aws_reach(aws.endpoint_url()));
    let outside = Outside {
        aws,
        http: Arc::new(ReqwestHttp::new(Reach::Public)),
        web: Arc::new(PublicWeb::default()),
        smtp: Arc::new(LettreSmtp::new(Reach::Public)),
        imap: Arc::new(SocketImap::new(Reach::Public)),
        ids: Arc::new(RandomIds::new(clock.clone())),
        clock,
        aws_http: Some(Arc::new(aws_http)),
        system_smtp: None,
        held: None,
    };
    connect(&config, outside).await
}

/// The largest object that is read from the bucket, a quarter of a function's memory. Objects there are ours and may
/// be larger than a provider's response: a part of an import, a mail with its attachments.
const LARGEST_BLOB: usize = 64 * 1024 * 1024;

/// Returns where the transport to the bucket and to open pages may connect to. If AWS has an address of its own, both
/// are there, too, and nothing else goes through this transport. The transports to providers keep to public addresses in any case.
fn aws_reach(endpoint: Option<&str>) -> Reach {
    if endpoint.is_some() { Reach::Anywhere } else { Reach::Public }
}

fn aws_door(reach: Reach) -> ReqwestHttp {
    ReqwestHttp::new(reach).with_largest_answer(LARGEST_BLOB)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use providers::transport::Http;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;

    /// Larger than a provider's response may be.
    const SIZE: usize = 5 * 1024 * 1024;

    fn a_bucket() -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let request = BufReader::new(&stream).lines().map_while(Result::ok);
                let lines = request.take_while(|line| !line.is_empty()).count();
                assert!(lines > 0, "a request without a line");
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {SIZE}\r\nconnection: close\r\n\r\n");
                // A client that accepts no more hangs up in between.
                stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&vec![7; SIZE])).ok();
            }
        });
        format!("http://{address}/blob")
    }

    #[tokio::test]
    async fn large_blob_is_read_through_the_buckets_transport_only() {
        let ask = |url: &str| Request::get(url).body(Vec::new()).unwrap();
        let url = a_bucket();
        let blob = aws_door(Reach::Anywhere).send(ask(&url)).await.unwrap();
        assert_eq!(blob.body().len(), SIZE);
        assert!(ReqwestHttp::new(Reach::Anywhere).send(ask(&url)).await.is_err());
    }
}
