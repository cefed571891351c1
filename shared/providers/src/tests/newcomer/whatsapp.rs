//! The request for one message, as JSON: an approved template with its parameters, or free text.

use crate::accounts::{Unusable, secret, wrong_kind};
use crate::sends::Outgoing;
use crate::wire::{JSON, authorization, join, post};
use application::ports::provider_calls::{OpenAccount, SendError, SenderClass};
use domain::workspace::account::{AccountKind, AccountSettings};
use http::Request;
use serde_json::json;

pub(super) const KIND: AccountKind = AccountKind::WhatsappSender;

/// The promises of the provider's documentation, and no more: whether it honours an idempotency key, and for how
/// long; whether it can be asked for a message.
pub(super) const CLASS: SenderClass = SenderClass::PROMISES_NOTHING;

pub(super) fn message(account: &OpenAccount, outgoing: Outgoing<'_>) -> Result<Request<Vec<u8>>, SendError> {
    let (AccountSettings::WhatsappSender { base_url, from_number, .. }, Outgoing::Whatsapp(chat)) =
        (&account.settings, outgoing)
    else {
        return Err(wrong_kind(account).into());
    };
    let mut body = json!({
        "from": from_number.as_str(),
        "to": chat.to.as_str(),
        "reference": chat.tag,
    });
    match &chat.template {
        None => body["text"] = json!(chat.text),
        Some(template) => {
            body["template"] = json!({
                "name": template.name,
                "language": template.language,
                "parameters": template.parameters,
            });
        }
    }
    let key = authorization(&format!("Bearer {}", secret(account, "api_key")?)).map_err(Unusable::from)?;
    let request = post(&join(base_url, "/v1/messages"), key, JSON, body.to_string().into_bytes());
    Ok(request.map_err(Unusable::from)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use application::ports::accounts::SecretFields;
    use application::ports::provider_calls::{OutgoingWhatsapp, WhatsappTemplate};
    use domain::contact::phone_number::PhoneNumber;
    use std::collections::BTreeMap;

    fn account() -> OpenAccount {
        let settings = AccountSettings::WhatsappSender {
            provider: "newcomer".to_owned(),
            base_url: "https://api.example/".to_owned(),
            from_number: PhoneNumber::parse("+12025550142", None).unwrap(),
            account: None,
            fields: BTreeMap::new(),
        };
        crate::tests::account(settings, SecretFields::one("api_key", "k3y"))
    }

    fn chat(template: Option<WhatsappTemplate>) -> OutgoingWhatsapp {
        OutgoingWhatsapp {
            to: PhoneNumber::parse("+12025550177", None).unwrap().into(),
            text: "Hi Ann".to_owned(),
            template,
            tag: "msg_1".to_owned(),
        }
    }

    #[test]
    fn request_equals_the_documented_one() {
        let request = message(&account(), Outgoing::Whatsapp(&chat(None))).unwrap();
        assert_eq!(request.uri(), "https://api.example/v1/messages");
        assert_eq!(request.headers()["authorization"], "Bearer k3y");
        assert!(!format!("{request:?}").contains("k3y"));
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            body,
            json!({ "from": "+12025550142", "to": "+12025550177", "text": "Hi Ann", "reference": "msg_1" })
        );
        let template = WhatsappTemplate {
            name: "introduction".to_owned(),
            language: "en_US".to_owned(),
            parameters: vec!["Ann".to_owned()],
        };
        let chat = chat(Some(template));
        let request = message(&account(), Outgoing::Whatsapp(&chat)).unwrap();
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        assert!(body["text"].is_null());
        let wanted = json!({ "name": "introduction", "language": "en_US", "parameters": ["Ann"] });
        assert_eq!(body["template"], wanted);
        let again = message(&account(), Outgoing::Whatsapp(&chat)).unwrap();
        assert_eq!(request.body(), again.body(), "the same message, the same bytes");
    }

    #[test]
    fn message_known_to_be_refused_is_not_sent() {
        let mut bare = account();
        bare.secret = SecretFields::default();
        let refused = message(&bare, Outgoing::Whatsapp(&chat(None)));
        assert!(matches!(refused, Err(SendError::Account { .. })));
    }
}
