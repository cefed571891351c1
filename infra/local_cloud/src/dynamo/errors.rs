//! The engine's errors as DynamoDB sends them.

use dynoxide::DynoxideError;
use serde_json::Value;

use crate::wire::ServiceError;

impl From<DynoxideError> for ServiceError {
    fn from(error: DynoxideError) -> Self {
        let code = error.error_type().rsplit('#').next().unwrap_or("InternalServerError").to_owned();
        let enveloped = matches!(error, DynoxideError::EnvelopedValidation(_));
        let mut message = error.to_string();
        if enveloped {
            message.insert_str(0, "1 validation error detected: ");
        }
        let mut answer = Self::new(error.status_code(), code, message);
        if let Ok(Value::Object(body)) = serde_json::from_str(&error.to_json()) {
            answer
                .extra
                .extend(body.into_iter().filter(|(key, _)| key == "Item" || key == "CancellationReasons"));
        }
        answer
    }
}

/// Reads a request body. The engine marks in its messages which of DynamoDB's errors applies.
pub(super) fn request<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, ServiceError> {
    serde_json::from_slice(body).map_err(|error| {
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or(&text);
        let marked = [
            ("VALIDATION_REQUEST:", "ValidationException", "1 validation error detected: "),
            ("VALIDATION_AS_READ:", "ValidationException", ""),
            ("VALIDATION:", "ValidationException", ""),
            ("SERIALIZATION_AS_READ:", "SerializationException", ""),
            ("SERIALIZATION:", "SerializationException", ""),
        ];
        for (mark, code, before) in marked {
            if let Some(message) = text.strip_prefix(mark) {
                return ServiceError::bad(code, format!("{before}{message}"));
            }
        }
        let refused_value = ["missing field", "unknown variant", "invalid type: null", "AttributeValue"];
        let code = match refused_value.iter().any(|part| text.contains(part)) {
            true => "ValidationException",
            false => "SerializationException",
        };
        ServiceError::bad(code, text)
    })
}
