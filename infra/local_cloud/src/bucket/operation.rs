//! Reads an S3 request: bucket, key and operation from method, host, path and query.

use http::{Method, Request};

use super::header;

/// The bucket and key that a request is about.
pub(super) struct Target {
    pub bucket: String,
    pub key: Option<String>,
    pub query: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    PutObject,
    GetObject,
    HeadObject,
    DeleteObject,
    ListObjects,
    CreateBucket,
    HeadBucket,
    Other,
}

impl Target {
    pub(super) fn of(request: &Request<Vec<u8>>) -> Self {
        let uri = request.uri();
        let path = decode(uri.path().strip_prefix('/').unwrap_or(uri.path()));
        let host = header(request.headers(), "host").or(uri.host()).unwrap_or_default();
        let (bucket, key) = match host.split_once(".s3.") {
            Some((bucket, _)) => (bucket.to_owned(), path),
            None => match path.split_once('/') {
                Some((bucket, key)) => (bucket.to_owned(), key.to_owned()),
                None => (path, String::new()),
            },
        };
        let key = Some(key).filter(|key| !key.is_empty());
        Self { bucket, key, query: query(uri.query().unwrap_or_default()) }
    }
}

impl Operation {
    pub(super) fn of(request: &Request<Vec<u8>>, target: &Target) -> Self {
        match (request.method(), &target.key) {
            (&Method::PUT, Some(_)) => Self::PutObject,
            (&Method::GET, Some(_)) => Self::GetObject,
            (&Method::HEAD, Some(_)) => Self::HeadObject,
            (&Method::DELETE, Some(_)) => Self::DeleteObject,
            (&Method::GET, None) => Self::ListObjects,
            (&Method::PUT, None) => Self::CreateBucket,
            (&Method::HEAD, None) => Self::HeadBucket,
            _ => Self::Other,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PutObject => "PutObject",
            Self::GetObject => "GetObject",
            Self::HeadObject => "HeadObject",
            Self::DeleteObject => "DeleteObject",
            Self::ListObjects => "ListObjectsV2",
            Self::CreateBucket => "CreateBucket",
            Self::HeadBucket => "HeadBucket",
            Self::Other => "Other",
        }
    }

    pub(super) fn action(self) -> &'static str {
        match self {
            Self::PutObject => "s3:PutObject",
            Self::GetObject | Self::HeadObject => "s3:GetObject",
            Self::DeleteObject => "s3:DeleteObject",
            Self::ListObjects | Self::HeadBucket => "s3:ListBucket",
            Self::CreateBucket => "s3:CreateBucket",
            Self::Other => "s3:Other",
        }
    }
}

/// The decoded pairs of a query.
pub(super) fn query(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// Percent-decoding; `+` stays, as S3 keys may contain it.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => hex::decode([*high, *low]).ok(),
            _ => None,
        };
        match escaped {
            Some(byte) => {
                bytes.extend(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Percent-encoding as signatures need it.
pub(super) fn encode(text: &str, keep_slash: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            b'/' if keep_slash => encoded.push('/'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
