//! `POST /api/fields`: adds a custom field.

use crate::App;
use application::retry;
use axum::extract::State;
use domain::CustomFieldId;
use domain::event::{Event, EventKind};
use domain::lead::custom_field::{CustomField, FieldKind, LONGEST_NAME, MOST_FIELDS};
use domain::money::Currency;
use http::StatusCode;
use http_api::{ApiError, ApiResult, Caller, FieldErrors, JsonBody, axum, utoipa};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewField {
    /// The name that users read. It is the field's key for good: leads that have a value under this name already keep
    /// it, and templates say `custom.deal_size` for "Deal size".
    label: String,
    #[serde(default)]
    kind: KindName,
    /// The options of a choice, in the order in which they are offered.
    options: Option<Vec<String>>,
    /// The currency of amounts that name none; of money only.
    currency: Option<String>,
}

/// The kind of a custom field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KindName {
    #[default]
    Text,
    Number,
    Date,
    Choice,
    Choices,
    Check,
    Url,
    Money,
    Person,
}

#[utoipa::path(post, path = "/api/fields", operation_id = "create_field", request_body = NewField,
    responses((status = 201, body = CustomField)))]
pub async fn create_field(
    State(app): State<Arc<App>>,
    caller: Caller,
    JsonBody(new): JsonBody<NewField>,
) -> ApiResult<(StatusCode, JsonBody<CustomField>)> {
    let id = CustomFieldId::new(app.ids.next());
    let added = retry!(async {
        let mut fields = app.custom_fields.get(&caller.workspace).await?;
        let mut errors = FieldErrors::default();
        let label = errors.required("label", &new.label, LONGEST_NAME);
        let field = CustomField {
            id: id.clone(),
            key: label.clone(),
            label,
            kind: kind(&mut errors, new.kind, new.options.clone(), new.currency.as_deref()),
        };
        if errors.is_empty() {
            for (part, why) in field.faults(fields.fields.iter()) {
                errors.add(part, why);
            }
            if let Some(namesake) = field.namesake(fields.fields.iter()) {
                errors.note_existing(&namesake.id);
            }
        }
        if let Err(faults) = errors.finish() {
            return Ok(Err(faults));
        }
        if fields.fields.len() >= MOST_FIELDS {
            let detail = format!("A workspace has at most {MOST_FIELDS} custom fields. Delete one first.");
            return Ok(Err(ApiError::conflict("too_many_fields", detail)));
        }
        fields.fields.push(field.clone());
        let event = Event::new(EventKind::CustomFieldCreated, caller.actor(), app.clock.now());
        app.custom_fields.save(&fields, &event.because(id.as_str())).await?;
        Ok(Ok(field))
    });
    Ok((StatusCode::CREATED, JsonBody(added??)))
}

/// Makes the kind from the parts of a request; parts that belong to another kind are refused.
pub fn kind(
    errors: &mut FieldErrors,
    name: KindName,
    options: Option<Vec<String>>,
    currency: Option<&str>,
) -> FieldKind {
    if options.is_some() && !matches!(name, KindName::Choice | KindName::Choices) {
        errors.add("options", "belong to choices only");
    }
    if currency.is_some() && name != KindName::Money {
        errors.add("currency", "belongs to money only");
    }
    let options = options.unwrap_or_default();
    match name {
        KindName::Text => FieldKind::Text,
        KindName::Number => FieldKind::Number,
        KindName::Date => FieldKind::Date,
        KindName::Choice => FieldKind::Choice { options },
        KindName::Choices => FieldKind::Choices { options },
        KindName::Check => FieldKind::Check,
        KindName::Url => FieldKind::Url,
        KindName::Person => FieldKind::Person,
        KindName::Money => {
            let known = Currency::parse(currency.unwrap_or_default());
            let read = errors.take("currency", known.ok_or("is not a currency code such as EUR"));
            FieldKind::Money { currency: read.unwrap_or(Currency::USD) }
        }
    }
}
