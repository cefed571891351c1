//! The request for one mail, as JSON.

use crate::accounts::{Unusable, secret, wrong_kind};
use crate::mail_headers::{body, name, own_headers, subject};
use crate::sends::Outgoing;
use crate::wire::{JSON, authorization, join, post};
use application::ports::provider_calls::{OpenAccount, SendError, SenderClass};
use domain::message::failure_class::FailureClass;
use domain::workspace::account::{AccountKind, AccountSettings};
use http::Request;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const KIND: AccountKind = AccountKind::EmailSender;

/// The promises of the provider's documentation, and no more: whether it honours an idempotency key, and for how
/// long; whether it can be asked for a message; whether a mail keeps the Message-ID that we give it.
pub(super) const CLASS: SenderClass = SenderClass { own_message_id: true, ..SenderClass::PROMISES_NOTHING };

pub(super) fn message(account: &OpenAccount, outgoing: Outgoing<'_>) -> Result<Request<Vec<u8>>, SendError> {
    let (AccountSettings::EmailSender { base_url, .. }, Outgoing::Mail(mail)) = (&account.settings, outgoing)
    else {
        return Err(wrong_kind(account).into());
    };
    let headers: BTreeMap<&str, String> = own_headers(mail, " ")?.into_iter().collect();
    let whole = json!({
        "from": { "address": mail.from.as_str(), "name": name(&mail.from_name) },
        "to": mail.to.as_str(),
        "reply_to": mail.reply_to.as_ref().map_or(Value::Null, |address| json!(address.as_str())),
        "subject": subject(mail)?,
        "text": body(&mail.text),
        "html": body(&mail.html),
        "headers": headers,
        "reference": mail.tag,
    });
    let key = authorization(&format!("Bearer {}", secret(account, "api_key")?)).map_err(Unusable::from)?;
    let request = post(&join(base_url, "/v1/messages"), key, JSON, whole.to_string().into_bytes());
    Ok(request.map_err(Unusable::from)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use application::ports::accounts::SecretFields;
    use application::ports::provider_calls::OutgoingMail;
    use domain::contact::email_address::EmailAddress;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    fn account() -> OpenAccount {
        let settings = AccountSettings::EmailSender {
            provider: "newcomer".to_owned(),
            base_url: "https://api.example/".to_owned(),
            from_address: address("joe@acme.test"),
            from_name: "Joe".to_owned(),
            reply_to: None,
            account: None,
            fields: BTreeMap::new(),
        };
        crate::tests::account(settings, SecretFields::one("api_key", "k3y"))
    }

    fn mail(subject: &str) -> OutgoingMail {
        OutgoingMail {
            from: address("joe@acme.test"),
            from_name: "Joe".to_owned(),
            message_id: "msg_1@acme.test".to_owned(),
            to: address("ann@lead.test"),
            to_name: None,
            reply_to: Some(address("reply@in.acme.test")),
            subject: subject.to_owned(),
            text: "Hi Ann".to_owned(),
            html: "<p>Hi Ann</p>".to_owned(),
            in_reply_to: None,
            references: Vec::new(),
            unsubscribe_url: Some("https://app.acme.test/u/token".to_owned()),
            tag: "msg_1".to_owned(),
        }
    }

    #[test]
    fn request_equals_the_documented_one() {
        let request = message(&account(), Outgoing::Mail(&mail("Hello"))).unwrap();
        assert_eq!(request.uri(), "https://api.example/v1/messages");
        assert_eq!(request.headers()["authorization"], "Bearer k3y");
        assert!(!format!("{request:?}").contains("k3y"));
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            body,
            json!({
                "from": { "address": "joe@acme.test", "name": "Joe" },
                "to": "ann@lead.test",
                "reply_to": "reply@in.acme.test",
                "subject": "Hello",
                "text": "Hi Ann",
                "html": "<p>Hi Ann</p>",
                "headers": {
                    "List-Unsubscribe": "<https://app.acme.test/u/token>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                    "X-Leadflow-Message": "msg_1",
                },
                "reference": "msg_1",
            })
        );
        let again = message(&account(), Outgoing::Mail(&mail("Hello"))).unwrap();
        assert_eq!(request.body(), again.body(), "the same message, the same bytes");
    }

    #[test]
    fn message_known_to_be_refused_is_not_sent() {
        let long = mail(&"x".repeat(501));
        let refused = message(&account(), Outgoing::Mail(&long));
        assert!(matches!(refused, Err(SendError::Rejected { class: FailureClass::BadContent, .. })));
        let mut bare = account();
        bare.secret = SecretFields::default();
        let refused = message(&bare, Outgoing::Mail(&mail("Hello")));
        assert!(matches!(refused, Err(SendError::Account { .. })));
    }
}
