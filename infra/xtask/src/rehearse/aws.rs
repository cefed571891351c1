//! AWS's JSON protocols at an address, as deployer and poller use them.

use anyhow::{Context, Result, bail};
use http::{Method, Request};
use local_cloud::names;
use providers::transport::{Http, Reach, ReqwestHttp};
use serde_json::{Value, json};

/// The session token of the deployer, who may do everything here.
pub const DEPLOYER: &str = "deployer";
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

pub struct Aws {
    endpoint: String,
    http: ReqwestHttp,
}

impl Aws {
    pub fn at(endpoint: &str) -> Self {
        let http = ReqwestHttp::new(Reach::Anywhere).with_largest_answer(LARGEST_ANSWER);
        Self { endpoint: endpoint.trim_end_matches('/').to_owned(), http }
    }

    /// Calls an operation; `target` is as in `X-Amz-Target`.
    pub async fn call(&self, target: &str, body: Value) -> Result<Value> {
        let service = match target.split('.').next().unwrap_or("") {
            "AmazonSQS" => "sqs",
            "secretsmanager" => "secretsmanager",
            _ => "dynamodb",
        };
        let version = if service == "secretsmanager" { "1.1" } else { "1.0" };
        let request = self.request(Method::POST, "/", service)?;
        let request = request.header("x-amz-target", target);
        let request = request.header("content-type", format!("application/x-amz-json-{version}"));
        self.send(request.body(body.to_string().into_bytes())?).await.with_context(|| target.to_owned())
    }

    pub async fn create_bucket(&self, name: &str) -> Result<()> {
        let request = self.request(Method::PUT, &format!("/{name}"), "s3")?;
        let place = format!("<LocationConstraint>{}</LocationConstraint>", names::REGION);
        let body = format!("<CreateBucketConfiguration>{place}</CreateBucketConfiguration>");
        self.send(request.body(body.into_bytes())?).await.map(drop)
    }

    /// Begins a request. Emulators check the scope of a signature, and nothing else of it.
    fn request(&self, method: Method, path: &str, service: &str) -> Result<http::request::Builder> {
        let scope = format!("Credential=rehearsal/20260101/{}/{service}/aws4_request", names::REGION);
        Ok(Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint))
            .header("authorization", format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"))
            .header("x-amz-date", "20260101T000000Z")
            .header("x-amz-security-token", DEPLOYER))
    }

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Value> {
        let answer = self.http.send(request).await?;
        let (status, body) = (answer.status(), answer.into_body());
        if !status.is_success() {
            bail!("{status}: {}", String::from_utf8_lossy(&body));
        }
        Ok(serde_json::from_slice(&body).unwrap_or_else(|_| json!({})))
    }
}
