//! SendGrid's signature: ECDSA over a time and the body as it came, without anything between them.

use application::ports::provider_events::{Forged, WebhookRequest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::workspace::webhook_public_key::WebhookPublicKey;
use jiff::Timestamp;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};

const SIGNATURE: &str = "x-twilio-email-event-webhook-signature";
const TIME: &str = "x-twilio-email-event-webhook-timestamp";
const LONGEST_TIME: usize = 20;
/// SendGrid tries to post a mail for three days. It does not say whether a later attempt is signed anew, so an older
/// time is no replay; a repeat changes nothing, because its id follows from the body.
const OLDEST_SECONDS: i64 = 72 * 3_600;
const FUTURE_SECONDS: i64 = 300;

pub(super) fn verify(
    request: &WebhookRequest,
    keys: &[WebhookPublicKey],
    now: Timestamp,
) -> Result<(), Forged> {
    let signature = request.header(SIGNATURE).ok_or(Forged::Missing)?;
    let sent = request.header(TIME).ok_or(Forged::Missing)?;
    if sent.len() > LONGEST_TIME || !sent.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Forged::Mismatch);
    }
    let signature = STANDARD.decode(signature.trim()).map_err(|_| Forged::Mismatch)?;
    let signed = [sent.as_bytes(), &request.body].concat();
    let is_by = |key: &WebhookPublicKey| {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.point()).verify(&signed, &signature).is_ok()
    };
    if !keys.iter().any(is_by) {
        return Err(Forged::Mismatch);
    }
    let sent: i64 = sent.parse().map_err(|_| Forged::OutsideTolerance)?;
    let age = now.as_second().saturating_sub(sent);
    if (-FUTURE_SECONDS..=OLDEST_SECONDS).contains(&age) { Ok(()) } else { Err(Forged::OutsideTolerance) }
}
