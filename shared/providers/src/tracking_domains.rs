//! `TrackingDomainProbe`: what the public DNS says of a domain, and what answers there. Both are asked at once. The request
//! passes the transport of provider calls, which reaches public addresses only, with TLS and without redirects.

use crate::Providers;
use crate::dns::{NoAnswer, RecordType, records};
use crate::transport::{Http, not_reached};
use crate::wire::get;
use application::ports::parts::NotReached;
use application::ports::tracking_domains::{DomainLook, LONGEST_ANSWER, TrackingDomainProbe};
use async_trait::async_trait;
use domain::workspace::tracking_domain::DomainName;
use std::net::IpAddr;
use std::time::Duration;

/// The time limit of the request to the domain.
const PATIENCE: Duration = Duration::from_secs(8);
/// The records that are told: they explain a state to a user.
const MOST_TOLD: usize = 4;

#[async_trait]
impl TrackingDomainProbe for Providers {
    async fn look_at_domain(&self, domain: &DomainName, path: &str) -> DomainLook {
        let (records, page) = futures::join!(told(&*self.http, domain), page(&*self.http, domain, path));
        DomainLook { records: records.ok(), page }
    }
}

/// Returns the targets of the CNAME record, else the addresses. Where DNS hides the record, as providers of DNS with a
/// proxy do, there are only addresses.
async fn told(http: &dyn Http, domain: &DomainName) -> Result<Vec<String>, NoAnswer> {
    let name = domain.as_str();
    let mut found = records(http, name, RecordType::Cname).await?;
    found.retain(|target| target.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)));
    if found.is_empty() {
        found = records(http, name, RecordType::A).await?;
        found.extend(records(http, name, RecordType::Aaaa).await?);
        found.retain(|address| address.parse::<IpAddr>().is_ok());
    }
    found.truncate(MOST_TOLD);
    Ok(found)
}

async fn page(http: &dyn Http, domain: &DomainName, path: &str) -> Result<String, NotReached> {
    let failed = |why: String| NotReached { why, bad_certificate: false };
    let request = get(&format!("https://{}{path}", domain.as_str()), None)
        .map_err(|error| failed(error.to_string()))?;
    let late = |_| failed(format!("nothing came within {} s", PATIENCE.as_secs()));
    let answer = tokio::time::timeout(PATIENCE, http.send(request)).await.map_err(late)?;
    let answer = answer.map_err(not_reached)?;
    let is_text = answer.status().is_success() && answer.body().len() <= LONGEST_ANSWER;
    Ok(std::str::from_utf8(answer.body()).ok().filter(|_| is_text).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{no_smtp, providers};
    use crate::transport::{InProcessHttp, TransportError};
    use http::{Request, Response};

    type Answer = Result<Response<Vec<u8>>, TransportError>;

    async fn look(answer: impl Fn(&Request<Vec<u8>>) -> Answer + Send + Sync + 'static) -> DomainLook {
        let http = InProcessHttp::new(move |request| {
            let answered = answer(&request);
            async move { answered }
        });
        let domain = DomainName::parse("go.acme.com").unwrap();
        providers(http, no_smtp()).look_at_domain(&domain, "/.well-known/leadflow/q1").await
    }

    fn ok(status: u16, body: &str) -> Answer {
        Ok(Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap())
    }

    fn dns(request: &Request<Vec<u8>>, kind: &str, body: &str) -> Answer {
        let asks = request.uri().query().unwrap_or_default().ends_with(&format!("type={kind}"));
        ok(200, if asks { body } else { r#"{"Status":0}"# })
    }

    fn is_dns(request: &Request<Vec<u8>>) -> bool {
        request.uri().host() == Some("cloudflare-dns.com")
    }

    #[tokio::test]
    async fn target_and_answer_of_a_domain_are_returned() {
        let seen = look(|request| {
            if is_dns(request) {
                return dns(
                    request,
                    "CNAME",
                    r#"{"Status":0,"Answer":[{"type":5,"data":"app.example.com."}]}"#,
                );
            }
            assert_eq!(request.uri(), "https://go.acme.com/.well-known/leadflow/q1");
            ok(200, "abcdefgh")
        });
        let (records, page) = (Some(vec!["app.example.com.".to_owned()]), Ok("abcdefgh".to_owned()));
        assert_eq!(seen.await, DomainLook { records, page });
    }

    #[tokio::test]
    async fn addresses_are_told_where_there_is_no_cname() {
        let answer = r#"{"Status":0,"Answer":[{"type":1,"data":"192.0.2.7"},{"type":1,"data":"<script>"}]}"#;
        let seen =
            look(move |request| if is_dns(request) { dns(request, "A", answer) } else { ok(404, "no") });
        let seen = seen.await;
        assert_eq!(seen.records, Some(vec!["192.0.2.7".to_owned()]));
        assert_eq!(seen.page, Ok(String::new()), "an answer of another status has no text");
    }

    #[tokio::test]
    async fn redirect_and_long_text_are_no_answer() {
        for (status, body) in [(302, "abcdefgh".to_owned()), (200, "x".repeat(101))] {
            let seen =
                look(move |request| if is_dns(request) { ok(503, "") } else { ok(status, &body) }).await;
            assert_eq!(seen, DomainLook { records: None, page: Ok(String::new()) });
        }
    }

    #[tokio::test]
    async fn refused_certificate_and_silence_are_told_apart() {
        for (text, bad_certificate) in
            [("invalid peer certificate: Expired", true), ("connection refused", false)]
        {
            let seen = look(move |request| {
                if is_dns(request) {
                    ok(200, r#"{"Status":3}"#)
                } else {
                    Err(TransportError::NotSent(text.into()))
                }
            });
            let seen = seen.await;
            assert_eq!(seen.records, Some(Vec::new()), "a name that does not exist has no records");
            assert_eq!(seen.page.unwrap_err().bad_certificate, bad_certificate, "{text}");
        }
    }
}
