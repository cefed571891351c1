//! The request for one text message, as JSON.

use crate::accounts::{Unusable, secret, wrong_kind};
use crate::sends::Outgoing;
use crate::wire::{JSON, authorization, join, post};
use application::ports::provider_calls::{OpenAccount, SendError, SenderClass};
use domain::message::failure_class::FailureClass;
use domain::workspace::account::{AccountKind, AccountSettings};
use http::Request;
use serde_json::json;

pub(super) const KIND: AccountKind = AccountKind::SmsSender;

/// The promises of the provider's documentation, and no more: whether it honours an idempotency key, and for how
/// long; whether it can be asked for a message.
pub(super) const CLASS: SenderClass = SenderClass::PROMISES_NOTHING;

/// The longest text in characters.
const LONGEST: usize = 1_600;

pub(super) fn message(account: &OpenAccount, outgoing: Outgoing<'_>) -> Result<Request<Vec<u8>>, SendError> {
    let (AccountSettings::SmsSender { base_url, from_number, .. }, Outgoing::Sms(sms)) =
        (&account.settings, outgoing)
    else {
        return Err(wrong_kind(account).into());
    };
    if sms.text.chars().count() > LONGEST {
        let detail = format!("the text is longer than {LONGEST} characters");
        return Err(SendError::refused(FailureClass::TooLarge, None, detail, false));
    }
    let body = json!({
        "from": from_number.as_str(),
        "to": sms.to.as_str(),
        "text": sms.text,
        "reference": sms.tag,
        "report_to": sms.status_callback,
    });
    let key = authorization(&format!("Bearer {}", secret(account, "api_key")?)).map_err(Unusable::from)?;
    let request = post(&join(base_url, "/v1/messages"), key, JSON, body.to_string().into_bytes());
    Ok(request.map_err(Unusable::from)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use application::ports::accounts::SecretFields;
    use application::ports::provider_calls::OutgoingSms;
    use domain::contact::phone_number::PhoneNumber;
    use std::collections::BTreeMap;

    fn account() -> OpenAccount {
        let settings = AccountSettings::SmsSender {
            provider: "newcomer".to_owned(),
            base_url: "https://api.example/".to_owned(),
            from_number: PhoneNumber::parse("+12025550142", None).unwrap(),
            account: None,
            fields: BTreeMap::new(),
        };
        crate::tests::account(settings, SecretFields::one("api_key", "k3y"))
    }

    fn sms(text: &str) -> OutgoingSms {
        OutgoingSms {
            to: PhoneNumber::parse("+12025550177", None).unwrap(),
            text: text.to_owned(),
            status_callback: "https://app.example/api/webhooks/newcomer/c1?message=msg_1".to_owned(),
            tag: "msg_1".to_owned(),
        }
    }

    #[test]
    fn request_equals_the_documented_one() {
        let request = message(&account(), Outgoing::Sms(&sms("Hi"))).unwrap();
        assert_eq!(request.uri(), "https://api.example/v1/messages");
        assert_eq!(request.headers()["authorization"], "Bearer k3y");
        assert!(!format!("{request:?}").contains("k3y"));
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            body,
            json!({
                "from": "+12025550142", "to": "+12025550177", "text": "Hi", "reference": "msg_1",
                "report_to": "https://app.example/api/webhooks/newcomer/c1?message=msg_1",
            })
        );
        let again = message(&account(), Outgoing::Sms(&sms("Hi"))).unwrap();
        assert_eq!(request.body(), again.body(), "the same message, the same bytes");
    }

    #[test]
    fn message_known_to_be_refused_is_not_sent() {
        let long = sms(&"x".repeat(LONGEST + 1));
        let refused = message(&account(), Outgoing::Sms(&long));
        assert!(matches!(refused, Err(SendError::Rejected { class: FailureClass::TooLarge, .. })));
        let mut bare = account();
        bare.secret = SecretFields::default();
        let refused = message(&bare, Outgoing::Sms(&sms("Hi")));
        assert!(matches!(refused, Err(SendError::Account { .. })));
    }
}
