//! The request for one message, as JSON: an approved template with its parameters, or free text, to a number or to
//! Meta's id of a person.

use crate::wire::{BadSettings, JSON, authorization, get, join, post};
use application::ports::provider_calls::OutgoingWhatsapp;
use domain::contact::chat_recipient::ChatRecipient;
use http::Request;
use serde_json::{Value, json};

/// Asks for the number as it is displayed.
pub(crate) fn number(
    base_url: &str,
    phone_number_id: &str,
    access_token: &str,
) -> Result<Request<Vec<u8>>, BadSettings> {
    let url = phone_number_url(base_url, phone_number_id, "?fields=display_phone_number")?;
    get(&url, Some(authorization(&format!("Bearer {access_token}"))?))
}

fn phone_number_url(base_url: &str, phone_number_id: &str, rest: &str) -> Result<String, BadSettings> {
    if phone_number_id.is_empty() || !phone_number_id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadSettings("the phone number's id is not one".to_owned()));
    }
    Ok(join(base_url, &format!("/{phone_number_id}{rest}")))
}

pub(crate) fn message(
    base_url: &str,
    phone_number_id: &str,
    access_token: &str,
    message: &OutgoingWhatsapp,
) -> Result<Request<Vec<u8>>, BadSettings> {
    let url = phone_number_url(base_url, phone_number_id, "/messages")?;
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "biz_opaque_callback_data": message.tag,
    });
    match &message.to {
        ChatRecipient::Number(number) => body["to"] = json!(number.as_str().trim_start_matches('+')),
        ChatRecipient::User(user) => body["recipient"] = json!(user),
    }
    match &message.template {
        None => {
            body["type"] = json!("text");
            body["text"] = json!({ "body": message.text, "preview_url": true });
        }
        Some(template) => {
            let mut sent = json!({ "name": template.name, "language": { "code": template.language } });
            if !template.parameters.is_empty() {
                let text = |value: &String| json!({ "type": "text", "text": value });
                let parameters: Vec<Value> = template.parameters.iter().map(text).collect();
                sent["components"] = json!([{ "type": "body", "parameters": parameters }]);
            }
            body["type"] = json!("template");
            body["template"] = sent;
        }
    }
    let key = authorization(&format!("Bearer {access_token}"))?;
    post(&url, key, JSON, body.to_string().into_bytes())
}
