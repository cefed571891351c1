//! Signature Version 4 as the server checks it: a request with a wrong signature fails here as it does on
//! AWS.

use hmac::{Hmac, Mac};
use http::Request;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::operation::{decode, encode, query};
use super::{errors, header};
use crate::connector::{ACCESS_KEY, SECRET_KEY};
use crate::names::REGION;
use crate::wire::ServiceError;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The largest allowed difference between the clocks of signer and server.
const MAX_SKEW: SignedDuration = SignedDuration::from_mins(15);

struct Authorization<'a> {
    date: &'a str,
    scope: String,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

/// Checks the signature of a request to a service. S3 alone takes the path as it is; the others encode it once more.
pub(crate) fn check(request: &Request<Vec<u8>>, service: &str, now: Timestamp) -> Result<(), ServiceError> {
    let malformed =
        |what: &str| errors::denied("AccessDenied", &format!("The request is not signed: {what}."));
    let pairs = query(request.uri().query().unwrap_or_default());
    let given = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let by_address = given("X-Amz-Signature").is_some();
    let text = match by_address {
        true => in_header(&given).ok_or_else(|| malformed("a parameter of the signature is missing"))?,
        false => header(request.headers(), "authorization")
            .ok_or_else(|| malformed("no Authorization header"))?
            .to_owned(),
    };
    let authorization = parse(&text, service)?;
    let time = match by_address {
        true => given("X-Amz-Date"),
        false => header(request.headers(), "x-amz-date"),
    };
    let time = time.ok_or_else(|| malformed("no X-Amz-Date"))?;
    let signed_at = parse_time(time).ok_or_else(|| malformed("X-Amz-Date is no time"))?;
    let age = now.duration_since(signed_at);
    if by_address {
        let valid = given("X-Amz-Expires").and_then(|seconds| seconds.parse::<i64>().ok());
        let valid = valid.filter(|seconds| (1..=604_800).contains(seconds));
        let valid = valid.ok_or_else(|| malformed("X-Amz-Expires is no time up to a week"))?;
        if age > SignedDuration::from_secs(valid) {
            return Err(errors::denied("AccessDenied", "Request has expired"));
        }
    }
    let skewed = if by_address { -age > MAX_SKEW } else { age.abs() > MAX_SKEW };
    if skewed || !time.starts_with(authorization.date) {
        return Err(errors::denied(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        ));
    }
    if !authorization.signed_headers.contains(&"host") {
        return Err(malformed("Host is not among the signed headers"));
    }
    let body_hash = match by_address {
        true => "UNSIGNED-PAYLOAD",
        false => header(request.headers(), "x-amz-content-sha256").ok_or_else(|| {
            ServiceError::bad("InvalidRequest", "Missing required header: x-amz-content-sha256")
        })?,
    };
    let actual = hex::encode(Sha256::digest(request.body()));
    if body_hash != "UNSIGNED-PAYLOAD" && body_hash != actual {
        return Err(ServiceError::bad(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        ));
    }
    if header(request.headers(), "content-length").is_some_and(|n| n != request.body().len().to_string()) {
        return Err(ServiceError::bad(
            "IncompleteBody",
            "The request body is not as long as Content-Length.",
        ));
    }
    let path = request.uri().path();
    let path = if service == "s3" { encode(&decode(path), true) } else { encode(path, true) };
    let canonical = canonical_request(request, &path, &authorization, body_hash)?;
    let expected = sign(&authorization, time, &canonical);
    if expected != authorization.signature {
        return Err(errors::denied(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        ));
    }
    Ok(())
}

/// The signature of a presigned URL in the format of the `Authorization` header.
fn in_header<'a>(given: &impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    Some(format!(
        "{} Credential={}, SignedHeaders={}, Signature={}",
        given("X-Amz-Algorithm")?,
        given("X-Amz-Credential")?,
        given("X-Amz-SignedHeaders")?,
        given("X-Amz-Signature")?,
    ))
}

fn parse<'a>(text: &'a str, service: &str) -> Result<Authorization<'a>, ServiceError> {
    let refuse = || errors::denied("AuthorizationHeaderMalformed", "The authorization header is malformed.");
    let parts = text.strip_prefix(ALGORITHM).ok_or_else(refuse)?;
    let part = |name: &str| {
        let mut parts = parts.split(',').map(str::trim);
        parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).ok_or_else(refuse)
    };
    let credential = part("Credential")?;
    let mut scope = credential.split('/');
    if scope.next() != Some(ACCESS_KEY) {
        return Err(errors::denied(
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ));
    }
    let scope: Vec<&str> = scope.collect();
    match scope[..] {
        [date, region, named, "aws4_request"] if region == REGION && named == service => Ok(Authorization {
            date,
            scope: scope.join("/"),
            signed_headers: part("SignedHeaders")?.split(';').collect(),
            signature: part("Signature")?,
        }),
        _ => Err(refuse()),
    }
}

fn canonical_request(
    request: &Request<Vec<u8>>,
    path: &str,
    authorization: &Authorization<'_>,
    body_hash: &str,
) -> Result<String, ServiceError> {
    let mut pairs: Vec<(String, String)> = query(request.uri().query().unwrap_or_default())
        .iter()
        .filter(|(name, _)| name != "X-Amz-Signature")
        .map(|(name, value)| (encode(name, false), encode(value, false)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut headers = String::new();
    for name in &authorization.signed_headers {
        let value = match (*name, header(request.headers(), name)) {
            (_, Some(value)) => value,
            ("host", None) => request.uri().authority().map(|a| a.as_str()).unwrap_or_default(),
            _ => {
                return Err(errors::denied(
                    "AccessDenied",
                    "There were headers that are signed and not sent.",
                ));
            }
        };
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        headers.push_str(&format!("{name}:{value}\n"));
    }
    Ok(format!(
        "{}\n{}\n{}\n{headers}\n{}\n{body_hash}",
        request.method(),
        path,
        pairs.join("&"),
        authorization.signed_headers.join(";"),
    ))
}

fn sign(authorization: &Authorization<'_>, time: &str, canonical: &str) -> String {
    let hash = hex::encode(Sha256::digest(canonical));
    let to_sign = format!("{ALGORITHM}\n{time}\n{}\n{hash}", authorization.scope);
    let mut key = format!("AWS4{SECRET_KEY}").into_bytes();
    for part in authorization.scope.split('/') {
        key = mac(&key, part);
    }
    hex::encode(mac(&key, &to_sign))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Parses a time such as `20260302T090000Z`.
fn parse_time(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?;
    let (date, time) = digits.split_once('T')?;
    let part = |text: &str, from: usize, to: usize| text.get(from..to).map(str::to_owned);
    let iso = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(date, 0, 4)?,
        part(date, 4, 6)?,
        part(date, 6, 8)?,
        part(time, 0, 2)?,
        part(time, 2, 4)?,
        part(time, 4, 6)?
    );
    iso.parse().ok()
}
