//! `PATCH /api/fields/{id}`: changes a custom field's label, kind or options. Leads keep their values, except where an
//! option is renamed: a job then goes through the leads that have it.

use crate::App;
use crate::create_field::{KindName, kind};
use crate::rule_uses::{refuse_in_use, uses_of};
use application::lead::option_rename::start_option_rename;
use application::retry;
use axum::extract::State;
use domain::CustomFieldId;
use domain::event::{Event, EventKind};
use domain::lead::custom_field::{CustomField, FieldKind, LONGEST_NAME, OptionRename};
use domain::lead::filter::LeadFilter;
use domain::lead::segment::SegmentRule;
use domain::workspace::api_key::ApiScope;
use http_api::{ApiError, ApiResult, Caller, FieldError, FieldErrors, JsonBody, PathOf, axum, utoipa};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldChanges {
    label: Option<String>,
    /// Another kind. Values that it cannot read stay as text until they are changed.
    kind: Option<KindName>,
    /// The new options, instead of the former ones.
    options: Option<Vec<String>>,
    /// The former names of options that have another name in `options`, with that name. Leads that have the option get
    /// the new name, in the background.
    #[serde(default)]
    renamed_options: BTreeMap<String, String>,
    currency: Option<String>,
}

#[utoipa::path(patch, path = "/api/fields/{id}", operation_id = "change_field",
    params(("id" = CustomFieldId, Path)), request_body = FieldChanges,
    responses((status = 200, body = CustomField)))]
pub async fn change_field(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathOf(id): PathOf<CustomFieldId>,
    JsonBody(changes): JsonBody<FieldChanges>,
) -> ApiResult<JsonBody<CustomField>> {
    let is_renaming = !changes.renamed_options.is_empty();
    if is_renaming {
        // A job changes the leads that have the option.
        caller.demand(ApiScope::LeadsWrite)?;
    }
    let changed = retry!(async {
        let mut fields = app.custom_fields.get(&caller.workspace).await?;
        let Some(place) = fields.fields.iter().position(|field| field.id == id) else {
            return Ok(Err(ApiError::not_found("field")));
        };
        let known = fields.renames.iter().find(|rename| rename.field == id);
        // A repeat of a request whose job could not be queued queues it again.
        if is_renaming && known.is_some_and(|rename| rename.names == changes.renamed_options) {
            return Ok(Ok(fields.fields[place].clone()));
        }
        let mut errors = FieldErrors::default();
        let field = changed(&mut errors, &fields.fields[place], &changes);
        if known.is_some() && (is_renaming || field.kind != fields.fields[place].kind) {
            let detail = "Options of this field are being renamed in the leads. Wait until that is done.";
            return Ok(Err(ApiError::conflict("options_are_being_renamed", detail)));
        }
        if is_renaming {
            let had = fields.fields[place].kind.options().unwrap_or_default();
            let gets = field.kind.options().unwrap_or_default();
            for why in OptionRename::faults(&changes.renamed_options, had, gets) {
                errors.add("renamed_options", why);
            }
        }
        if errors.is_empty() {
            let others = fields.fields.iter().filter(|other| other.id != id);
            for (part, why) in field.faults(others.clone()) {
                errors.add(part, why);
            }
            if let Some(namesake) = field.namesake(others) {
                errors.note_existing(&namesake.id);
            }
        }
        if let Err(faults) = errors.finish() {
            return Ok(Err(faults));
        }
        if is_renaming
            && let Err(refused) =
                refuse_used_options(&app, &caller, &field.key, &changes.renamed_options).await
        {
            return Ok(Err(refused));
        }
        fields.fields[place] = field.clone();
        if is_renaming {
            fields.renames.push(OptionRename {
                field: id.clone(),
                names: changes.renamed_options.clone(),
                looked_at: 0,
                changed: 0,
                started_by: Some(caller.user_or_key()),
                started_at: app.clock.now(),
            });
        }
        let event = Event::new(EventKind::CustomFieldChanged, caller.actor(), app.clock.now());
        app.custom_fields.save(&fields, &event.because(id.as_str())).await?;
        Ok(Ok(field))
    });
    let field = changed??;
    if is_renaming {
        start_option_rename(&*app.outbox, &caller.workspace, &id).await?;
    }
    Ok(JsonBody(field))
}

/// Answers 409 where a segment, an ICP, a view or an automatic enrolment selects by an option that gets another name: with its
/// former name, a condition such as “is not” would select just the leads that it leaves out.
async fn refuse_used_options(
    app: &App,
    caller: &Caller,
    key: &str,
    renamed: &BTreeMap<String, String>,
) -> ApiResult<()> {
    let names = |rule: &SegmentRule| renamed.keys().any(|option| rule.names_option(key, option));
    let segments = app.segments.list(&caller.workspace).await?;
    let mut uses: Vec<FieldError> = segments
        .iter()
        .filter(|segment| names(&segment.rule))
        .map(|segment| FieldError {
            field: segment.id.to_string(),
            detail: format!("the segment “{}”", segment.name),
        })
        .collect();
    let icps = app.icps.list(&caller.workspace).await?;
    uses.extend(
        icps.iter()
            .filter(|icp| icp.profile.all_rules().any(names))
            .map(|icp| FieldError {
                field: icp.id.to_string(), detail: format!("the ICP “{}”", icp.name)
            }),
    );
    let is_used = |filter: &LeadFilter| filter.rule.as_ref().is_some_and(names);
    uses.extend(uses_of(app, caller, is_used).await?);
    refuse_in_use("The option is", uses)
}

fn changed(errors: &mut FieldErrors, field: &CustomField, changes: &FieldChanges) -> CustomField {
    let mut field = field.clone();
    if let Some(label) = &changes.label {
        field.label = errors.required("label", label, LONGEST_NAME);
    }
    let asked = changes.kind.is_some() || changes.options.is_some() || changes.currency.is_some();
    if asked {
        let name = changes.kind.unwrap_or_else(|| name_of(&field.kind));
        let has_options = matches!(name, KindName::Choice | KindName::Choices);
        let known = field.kind.options().map(<[String]>::to_vec).filter(|_| has_options);
        let currency = match &field.kind {
            FieldKind::Money { currency } if name == KindName::Money => Some(currency.to_string()),
            _ => None,
        };
        let (options, currency) = (changes.options.clone().or(known), changes.currency.clone().or(currency));
        field.kind = kind(errors, name, options, currency.as_deref());
    }
    field
}

fn name_of(kind: &FieldKind) -> KindName {
    match kind {
        FieldKind::Text => KindName::Text,
        FieldKind::Number => KindName::Number,
        FieldKind::Date => KindName::Date,
        FieldKind::Choice { .. } => KindName::Choice,
        FieldKind::Choices { .. } => KindName::Choices,
        FieldKind::Check => KindName::Check,
        FieldKind::Url => KindName::Url,
        FieldKind::Money { .. } => KindName::Money,
        FieldKind::Person => KindName::Person,
    }
}
