//! The certificate that SNS signs with. It comes over TLS from the topic's own host and from no other, which is what makes
//! it genuine; its file's name changes with its content, so that it is fetched once.

use crate::transport::Http;
use crate::wire::get;
use application::ports::provider_events::Forged;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use der::asn1::{AnyRef, BitStringRef, GeneralizedTime, UtcTime};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use http::StatusCode;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

const FILE: &str = "/SimpleNotificationService-";
const LONGEST_NAME: usize = 100;
const LARGEST_FILE: usize = 16 * 1024;
/// SNS itself waits for an answer of ours for 15 seconds.
const FETCH: Duration = Duration::from_secs(5);
/// The most certificates that are kept: AWS has a few in use, one or two a region.
const MOST_KEPT: usize = 32;

/// The certificates that were fetched, oldest first. Each is asked again whether it is valid.
static KEPT: Mutex<Vec<(String, Arc<Certificate>)>> = Mutex::new(Vec::new());

#[derive(Debug)]
pub(super) struct Certificate {
    not_before: Timestamp,
    not_after: Timestamp,
    /// The RSA key, as PKCS #1 writes it.
    key: Vec<u8>,
}

impl Certificate {
    /// Returns the certificate at a URL that a message names, if the URL is one of this host's certificates.
    pub async fn at(http: &dyn Http, host: &str, url: &str) -> Result<Arc<Self>, Forged> {
        if !is_of(host, url) {
            return Err(Forged::BadCertificate);
        }
        let known =
            |kept: &[(String, Arc<Self>)]| kept.iter().find(|(at, _)| at == url).map(|(_, it)| it.clone());
        if let Some(known) = known(&KEPT.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(known);
        }
        let fetched = Arc::new(fetch(http, url).await?);
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if known(&kept).is_none() {
            if kept.len() >= MOST_KEPT {
                kept.remove(0);
            }
            kept.push((url.to_owned(), fetched.clone()));
        }
        Ok(fetched)
    }

    /// Returns the key, if the certificate is valid now.
    pub fn key_at(&self, now: Timestamp) -> Result<&[u8], Forged> {
        match (self.not_before..=self.not_after).contains(&now) {
            true => Ok(&self.key),
            false => Err(Forged::BadCertificate),
        }
    }
}

/// Whether the URL is that of a certificate of SNS at this host: `https`, no port, no user, no query, one file.
fn is_of(host: &str, url: &str) -> bool {
    let path = url.strip_prefix("https://").and_then(|rest| rest.strip_prefix(host));
    let name = path.and_then(|path| path.strip_prefix(FILE)).and_then(|name| name.strip_suffix(".pem"));
    name.is_some_and(|name| {
        (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

async fn fetch(http: &dyn Http, url: &str) -> Result<Certificate, Forged> {
    let asked = get(url, None).map_err(|_| Forged::BadCertificate)?;
    let answer =
        timeout(FETCH, http.send(asked)).await.map_err(|_| Forged::NoKey)?.map_err(|_| Forged::NoKey)?;
    match answer.status() {
        StatusCode::OK if answer.body().len() <= LARGEST_FILE => {
            read(answer.body()).ok_or(Forged::BadCertificate)
        }
        // There is no such file; a redirection leads elsewhere.
        status if status.is_success() || status.is_redirection() || status.is_client_error() => {
            Err(Forged::BadCertificate)
        }
        _ => Err(Forged::NoKey),
    }
}

/// Reads the first certificate of a PEM file.
fn read(pem: &[u8]) -> Option<Certificate> {
    let pem = std::str::from_utf8(pem).ok()?;
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let base64: String = body.split_whitespace().collect();
    let bytes = STANDARD.decode(base64).ok()?;
    let Parts { validity, public_key } = parts(&bytes).ok()?;
    let (not_before, not_after) = validity.sequence(|ends| Ok((time(ends)?, time(ends)?))).ok()?;
    let key = public_key.sequence(|info| {
        AnyRef::decode(info)?;
        BitStringRef::decode(info)
    });
    let key = key.ok()?.as_bytes()?.to_vec();
    Some(Certificate { not_before, not_after, key })
}

struct Parts<'a> {
    validity: AnyRef<'a>,
    public_key: AnyRef<'a>,
}

/// Finds the two parts of a certificate (RFC 5280, 4.1) that it takes to check a signature. The certificate's own
/// signature is none of them: its host vouches for it.
fn parts(bytes: &[u8]) -> der::Result<Parts<'_>> {
    let whole = AnyRef::decode(&mut SliceReader::new(bytes)?)?;
    let mut signed = SliceReader::new(whole.value())?;
    let content = AnyRef::decode(&mut signed)?;
    let mut fields = SliceReader::new(content.value())?;
    let mut next = AnyRef::decode(&mut fields)?;
    // The version stands before the serial number, or is left out.
    if next.tag() != Tag::Integer {
        next = AnyRef::decode(&mut fields)?;
    }
    next.tag().assert_eq(Tag::Integer)?;
    let (_algorithm, _issuer) = (AnyRef::decode(&mut fields)?, AnyRef::decode(&mut fields)?);
    let validity = AnyRef::decode(&mut fields)?;
    let _subject = AnyRef::decode(&mut fields)?;
    Ok(Parts { validity, public_key: AnyRef::decode(&mut fields)? })
}

fn time(reader: &mut SliceReader<'_>) -> der::Result<Timestamp> {
    let since = match reader.peek_tag()? {
        Tag::GeneralizedTime => GeneralizedTime::decode(reader)?.to_unix_duration(),
        _ => UtcTime::decode(reader)?.to_unix_duration(),
    };
    let seconds = i64::try_from(since.as_secs()).map_err(|_| Tag::UtcTime.value_error())?;
    Timestamp::from_second(seconds).map_err(|_| Tag::UtcTime.value_error())
}
