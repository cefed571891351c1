//! The Message resource as JSON.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::seed::Seed;
use crate::world::Text;

/// An id of `SM` and 32 hex digits, derived from a serial number.
pub(crate) fn sid(seed: Seed, prefix: &str, serial: u64) -> String {
    format!("{prefix}{}", seed.roll(&["sid", prefix, &serial.to_string()]).hex(32))
}

pub(super) fn message(account: &str, text: &Text) -> Value {
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}", text.sid);
    let sent = !matches!(text.status.as_str(), "queued" | "accepted" | "sending");
    json!({
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": text.body,
        "date_created": rfc2822(text.at),
        "date_sent": sent.then(|| rfc2822(text.at)),
        "date_updated": rfc2822(text.updated),
        "direction": if text.inbound { "inbound" } else { "outbound-api" },
        "error_code": text.error_code,
        "error_message": Value::Null,
        "from": text.from,
        "messaging_service_sid": text.service_sid,
        "num_media": "0",
        "num_segments": text.segments.to_string(),
        "price": Value::Null,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": {"media": format!("{uri}/Media.json")},
        "to": text.to,
        "uri": format!("{uri}.json"),
    })
}

fn rfc2822(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
