//! The private bucket over signed HTTP. Its SDK would be the most expensive crate of all to build.

use crate::signing::Signer;
use application::ports::blobs::{Blobs, UploadTicket, unavailable};
use application::ports::parts::{Looked, PartFault};
use application::ports::store::{BoxError, StoreError, StoreResult};
use async_trait::async_trait;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignatureLocation, SigningSettings, UriPathNormalizationMode,
};
use http::{Method, Request, Response, StatusCode, header};
use providers::transport::Http;
use std::sync::Arc;
use std::time::Duration;

pub struct Bucket {
    pub http: Arc<dyn Http>,
    pub signer: Signer,
    /// The address that stands in for the public one.
    pub endpoint: Option<String>,
    pub name: Option<String>,
}

impl Bucket {
    async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(header::HeaderName, &str)],
        body: Vec<u8>,
    ) -> StoreResult<Response<Vec<u8>>> {
        let url = self.url(path)?;
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let mut request = request.body(body).map_err(unavailable)?;
        self.sign(&mut request).await.map_err(StoreError::Unavailable)?;
        self.http.send(request).await.map_err(unavailable)
    }

    /// Checks whether the bucket exists and is ours. The response to this request has no body.
    pub async fn look(&self) -> Looked<()> {
        let answer = self.call(Method::HEAD, "", &[], Vec::new()).await?;
        match answer.status() {
            StatusCode::OK => Ok(()),
            StatusCode::NOT_FOUND => Err(PartFault::Missing),
            status @ StatusCode::FORBIDDEN => Err(PartFault::Refused(status.to_string())),
            status => Err(PartFault::NoAnswer(status.to_string())),
        }
    }

    fn url(&self, path: &str) -> StoreResult<String> {
        let name = self.name.as_deref().ok_or_else(|| unavailable("this function has no BUCKET_NAME"))?;
        match &self.endpoint {
            Some(endpoint) => Ok(format!("{}/{name}{path}", endpoint.trim_end_matches('/'))),
            None => Ok(format!("https://s3.{}.amazonaws.com/{name}{path}", self.signer.region)),
        }
    }

    async fn sign(&self, request: &mut Request<Vec<u8>>) -> Result<(), BoxError> {
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        self.sign_with(request, settings, false).await
    }

    /// Signs a request that any holder of its address may make for a while; its body is not known yet.
    async fn sign_for_others(&self, request: &mut Request<Vec<u8>>, valid: Duration) -> Result<(), BoxError> {
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(valid);
        self.sign_with(request, settings, true).await
    }

    async fn sign_with(
        &self,
        request: &mut Request<Vec<u8>>,
        mut settings: SigningSettings,
        any_body: bool,
    ) -> Result<(), BoxError> {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        self.signer.sign(request, settings, any_body).await
    }
}

/// Makes the path of a key. Keys are ours: ids, slashes, dashes. Anything else is percent-encoded.
fn path_of(key: &str) -> String {
    let mut path = String::with_capacity(key.len() + 1);
    path.push('/');
    for byte in key.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

fn expect(response: &Response<Vec<u8>>, what: &str) -> StoreResult<()> {
    match response.status() {
        StatusCode::NOT_FOUND => Err(StoreError::NotFound),
        status if status.is_success() => Ok(()),
        status => Err(unavailable(format!("{what}: the bucket answered {status}"))),
    }
}

#[async_trait]
impl Blobs for Bucket {
    async fn put(&self, key: &str, content_type: &str, body: Vec<u8>) -> StoreResult<()> {
        let answer =
            self.call(Method::PUT, &path_of(key), &[(header::CONTENT_TYPE, content_type)], body).await?;
        expect(&answer, "put")
    }

    async fn put_new(&self, key: &str, content_type: &str, body: Vec<u8>) -> StoreResult<()> {
        let headers = [(header::CONTENT_TYPE, content_type), (header::IF_NONE_MATCH, "*")];
        let answer = self.call(Method::PUT, &path_of(key), &headers, body).await?;
        // 409 is S3's answer while somebody else puts the same object.
        match answer.status() {
            StatusCode::PRECONDITION_FAILED | StatusCode::CONFLICT => Err(StoreError::Conflict),
            _ => expect(&answer, "put"),
        }
    }

    async fn get(&self, key: &str) -> StoreResult<Vec<u8>> {
        let answer = self.call(Method::GET, &path_of(key), &[], Vec::new()).await?;
        expect(&answer, "get")?;
        Ok(answer.into_body())
    }

    async fn upload_ticket(
        &self,
        key: &str,
        content_type: &str,
        size_bytes: u64,
        valid: Duration,
    ) -> StoreResult<UploadTicket> {
        let headers = [
            (header::CONTENT_TYPE, content_type.to_owned()),
            (header::CONTENT_LENGTH, size_bytes.to_string()),
        ];
        let mut request = Request::put(self.url(&path_of(key))?);
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Vec::new()).map_err(unavailable)?;
        self.sign_for_others(&mut request, valid).await.map_err(StoreError::Unavailable)?;
        let headers = headers.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        Ok(UploadTicket { url: request.uri().to_string(), headers })
    }

    async fn delete(&self, key: &str) -> StoreResult<()> {
        let answer = self.call(Method::DELETE, &path_of(key), &[], Vec::new()).await?;
        match expect(&answer, "delete") {
            Err(StoreError::NotFound) => Ok(()),
            other => other,
        }
    }

    async fn list(&self, prefix: &str) -> StoreResult<Vec<String>> {
        let pages = self.pages(prefix).await?;
        Ok(pages.iter().flat_map(|page| between(page, "<Key>", "</Key>")).map(unescape).collect())
    }

    async fn total_bytes(&self, prefix: &str) -> StoreResult<u64> {
        let pages = self.pages(prefix).await?;
        let sizes = pages.iter().flat_map(|page| between(page, "<Size>", "</Size>"));
        sizes.map(|size| size.trim().parse::<u64>().map_err(unavailable)).sum()
    }
}

impl Bucket {
    /// Reads the list of the objects with this prefix, page by page, as the bucket writes it.
    async fn pages(&self, prefix: &str) -> StoreResult<Vec<String>> {
        let mut pages = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let encode = |text: &str| path_of(text)[1..].replace('/', "%2F");
            let mut query = format!("?list-type=2&prefix={}", encode(prefix));
            if let Some(token) = &token {
                query =
                    format!("?continuation-token={}&list-type=2&prefix={}", encode(token), encode(prefix));
            }
            let answer = self.call(Method::GET, &query, &[], Vec::new()).await?;
            expect(&answer, "list")?;
            let text = String::from_utf8_lossy(answer.body()).into_owned();
            token =
                between(&text, "<NextContinuationToken>", "</NextContinuationToken>").next().map(unescape);
            pages.push(text);
            if token.is_none() {
                return Ok(pages);
            }
        }
    }
}

fn between<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(open).skip(1).filter_map(move |rest| rest.split_once(close).map(|(inside, _)| inside))
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
