//! The checks of a chat request, with the errors of the real API.

use serde_json::Value;

pub(super) struct Chat {
    pub model: String,
    /// Pairs of role and text.
    pub messages: Vec<(String, String)>,
    pub format: Format,
    pub max_tokens: Option<usize>,
}

pub(super) enum Format {
    Text,
    AnyJson,
    Schema(Value),
}

pub(super) struct Bad {
    pub status: u16,
    pub param: Option<&'static str>,
    pub code: Option<&'static str>,
    pub message: String,
}

impl Chat {
    pub fn prompt(&self) -> String {
        self.messages.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

pub(super) fn parse(body: &Value, models: &[String]) -> Result<Chat, Bad> {
    let Some(model) = body["model"].as_str().filter(|model| !model.is_empty()) else {
        return Err(bad(None, None, "you must provide a model parameter"));
    };
    let reasons = ["o1", "o3", "o4", "gpt-5"].iter().any(|family| model.starts_with(family));
    if !models.iter().any(|known| known == model) {
        let message = format!("The model `{model}` does not exist or you do not have access to it.");
        return Err(Bad { status: 404, param: None, code: Some("model_not_found"), message });
    }
    let messages = messages(&body["messages"])?;
    if reasons && !body["max_tokens"].is_null() {
        let text = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
        return Err(bad(Some("max_tokens"), Some("unsupported_parameter"), text));
    }
    if let Some(temperature) = body["temperature"].as_f64() {
        if reasons && (temperature - 1.0).abs() > f64::EPSILON {
            let text = "Unsupported value: 'temperature' does not support this value with this model.";
            return Err(bad(Some("temperature"), Some("unsupported_value"), text));
        }
        if !(0.0..=2.0).contains(&temperature) {
            let text = "Invalid 'temperature': expected a value between 0 and 2.";
            return Err(bad(Some("temperature"), Some("decimal_above_max_value"), text));
        }
    }
    let format = format(&body["response_format"], &messages)?;
    let most =
        [&body["max_completion_tokens"], &body["max_tokens"]].into_iter().find(|value| !value.is_null());
    let max_tokens = match most {
        None => None,
        Some(most) => match most.as_u64() {
            Some(most @ 1..) => Some(most as usize),
            _ => {
                let text = "Invalid 'max_tokens': expected an integer of at least 1.";
                return Err(bad(Some("max_tokens"), Some("integer_below_min_value"), text));
            }
        },
    };
    Ok(Chat { model: model.to_owned(), messages, format, max_tokens })
}

fn messages(value: &Value) -> Result<Vec<(String, String)>, Bad> {
    if value.is_null() {
        return Err(bad(
            Some("messages"),
            Some("missing_required_parameter"),
            "Missing required parameter: 'messages'.",
        ));
    }
    let list = value.as_array().filter(|list| !list.is_empty());
    let list =
        list.ok_or_else(|| bad(Some("messages"), Some("empty_array"), "Invalid 'messages': empty array."))?;
    list.iter()
        .map(|message| {
            let role = message["role"].as_str().unwrap_or_default();
            if !matches!(role, "system" | "developer" | "user" | "assistant" | "tool" | "function") {
                let text = format!("Invalid value: '{role}' for a message's role.");
                return Err(bad(Some("messages"), Some("invalid_value"), &text));
            }
            let text = match &message["content"] {
                Value::String(text) => text.clone(),
                Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
                Value::Null if role == "assistant" => String::new(),
                _ => {
                    let text = "Invalid value for 'content': expected a string.";
                    return Err(bad(Some("messages"), Some("invalid_type"), text));
                }
            };
            Ok((role.to_owned(), text))
        })
        .collect()
}

fn format(value: &Value, messages: &[(String, String)]) -> Result<Format, Bad> {
    match value["type"].as_str() {
        None if value.is_null() => Ok(Format::Text),
        Some("text") => Ok(Format::Text),
        Some("json_object") => {
            let says_json = messages.iter().any(|(_, text)| text.to_lowercase().contains("json"));
            let text = "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
            if says_json { Ok(Format::AnyJson) } else { Err(bad(Some("messages"), None, text)) }
        }
        Some("json_schema") => schema(&value["json_schema"]),
        _ => Err(bad(
            Some("response_format"),
            Some("invalid_value"),
            "Invalid value for 'response_format.type'.",
        )),
    }
}

fn schema(value: &Value) -> Result<Format, Bad> {
    let missing = |what: &str| {
        let text = format!("Missing required parameter: 'response_format.json_schema{what}'.");
        bad(Some("response_format"), Some("missing_required_parameter"), &text)
    };
    if !value.is_object() {
        return Err(missing(""));
    }
    let name = value["name"].as_str().filter(|name| !name.is_empty()).ok_or_else(|| missing(".name"))?;
    let wrong = |why: String| {
        let text = format!("Invalid schema for response_format '{name}': {why}");
        bad(Some("response_format"), Some("invalid_json_schema"), &text)
    };
    if name.len() > 64 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
        return Err(bad(
            Some("response_format"),
            Some("invalid_value"),
            "Invalid 'response_format.json_schema.name'.",
        ));
    }
    let schema = &value["schema"];
    if value["strict"].as_bool() == Some(true) {
        if schema["type"] != "object" {
            return Err(wrong("schema must be a JSON Schema of 'type: \"object\"'.".into()));
        }
        check_strict(schema).map_err(wrong)?;
    }
    Ok(Format::Schema(schema.clone()))
}

/// Checks a strict schema: every object closed, every property required, no defaults.
fn check_strict(schema: &Value) -> Result<(), String> {
    if !schema["default"].is_null() {
        return Err("'default' is not permitted.".into());
    }
    if let Some(properties) = schema["properties"].as_object() {
        if schema["additionalProperties"] != false {
            return Err("'additionalProperties' is required to be supplied and to be false.".into());
        }
        for (name, inner) in properties {
            let required =
                schema["required"].as_array().is_some_and(|list| list.iter().any(|each| each == name));
            if !required {
                return Err(format!("'required' must include every key in properties. Missing '{name}'."));
            }
            check_strict(inner)?;
        }
    }
    if schema["items"].is_object() {
        check_strict(&schema["items"])?;
    }
    for variant in schema["anyOf"].as_array().into_iter().flatten() {
        check_strict(variant)?;
    }
    Ok(())
}

fn bad(param: Option<&'static str>, code: Option<&'static str>, message: &str) -> Bad {
    Bad { status: 400, param, code, message: message.to_owned() }
}
