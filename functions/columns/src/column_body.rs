//! The checks of a column that a request creates or changes, and what follows from it: its field, its secrets, its run.

use crate::App;
use application::StoreError;
use application::columns::runs::{Chosen, NewRun, start};
use application::ports::accounts::SecretFields;
use application::retry;
use domain::column::order::ordered;
use domain::column::recipe::{HookHeader, LookupSource, Recipe, secrets_of};
use domain::column::run::RunMode;
use domain::column::target::{ColumnTarget, FilledField};
use domain::column::{LeadColumn, Triggers};
use domain::event::{Event, EventKind};
use domain::lead::custom_field::{CustomField, FieldKind, LONGEST_NAME, MOST_FIELDS};
use domain::workspace::api_key::ApiScope;
use domain::{ColumnRunId, CustomFieldId};
use http_api::{ApiError, ApiResult, Caller, FieldErrors, utoipa};
use serde::Deserialize;

/// The field that a new column fills.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "to", deny_unknown_fields)]
pub enum NewTarget {
    /// A new custom field with this label, made with the column.
    #[serde(rename = "new_field")]
    New { label: String, kind: NewTargetKind },
    /// A custom field that is there, by its key.
    #[serde(rename = "custom_field")]
    Custom { key: String },
    /// A field that every lead has.
    #[serde(rename = "lead_field")]
    Fixed { field: FilledField },
}

/// The kind of a new field.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum NewTargetKind {
    Text {},
    Number {},
    Date {},
    Check {},
    Url {},
    Choice { options: Vec<String> },
}

impl NewTargetKind {
    fn kind(self) -> FieldKind {
        match self {
            Self::Text {} => FieldKind::Text,
            Self::Number {} => FieldKind::Number,
            Self::Date {} => FieldKind::Date,
            Self::Check {} => FieldKind::Check,
            Self::Url {} => FieldKind::Url,
            Self::Choice { options } => FieldKind::Choice { options },
        }
    }
}

/// A target, and the field that has to be made for it.
pub struct Targeted {
    pub target: ColumnTarget,
    pub new: Option<CustomField>,
}

impl App {
    /// Reads the target of a new column. Other columns must not fill the same field.
    pub async fn targeted(
        &self,
        caller: &Caller,
        target: NewTarget,
        errors: &mut FieldErrors,
    ) -> ApiResult<Option<Targeted>> {
        let fields = self.ports.custom_fields.get(&caller.workspace).await?;
        let targeted = match target {
            NewTarget::Fixed { field } => Targeted { target: ColumnTarget::LeadField { field }, new: None },
            NewTarget::Custom { key } => match fields.named(&key) {
                Some(field) => {
                    Targeted { target: ColumnTarget::CustomField { key: field.key.clone() }, new: None }
                }
                None => {
                    errors.add("target.key", "there is no such custom field");
                    return Ok(None);
                }
            },
            NewTarget::New { label, kind } => {
                let label = errors.required("target.label", &label, LONGEST_NAME);
                let id = CustomFieldId::new(self.ports.ids.next());
                let field = CustomField { id, key: label.clone(), label, kind: kind.kind() };
                for (part, why) in field.faults(fields.fields.iter()) {
                    errors.add(format!("target.{part}"), why);
                }
                if let Some(namesake) = field.namesake(fields.fields.iter()) {
                    errors.note_existing(&namesake.id);
                }
                if fields.fields.len() >= MOST_FIELDS {
                    errors.add("target", format!("needs a field, and a workspace has at most {MOST_FIELDS}"));
                }
                Targeted { target: ColumnTarget::CustomField { key: field.key.clone() }, new: Some(field) }
            }
        };
        Ok(Some(targeted))
    }

    /// Checks a column besides the others, and encrypts the secrets of its recipe.
    pub fn checked(
        &self,
        column: &mut LeadColumn,
        (before, others): (Option<&LeadColumn>, &[LeadColumn]),
        errors: &mut FieldErrors,
    ) {
        self.seal(column, before, errors);
        for (part, why) in column.faults() {
            errors.add(part, why);
        }
        let name = column.name.to_lowercase();
        if let Some(other) = others.iter().find(|other| other.name.to_lowercase() == name) {
            errors.add("name", "is taken by another column");
            errors.note_existing(&other.id);
        }
        if let Some(other) = others.iter().find(|other| other.target == column.target) {
            errors.add("target", format!("is filled by the column {} already", other.name));
            errors.note_existing(&other.id);
        }
        let all: Vec<LeadColumn> = others.iter().chain([&*column]).cloned().collect();
        if let Err(circle) = ordered(&all) {
            let place = if column.condition.is_some() { "condition" } else { "recipe" };
            errors.add(place, circle.to_string());
        }
        if let Recipe::Lookup { from: LookupSource::Colleague { field } } = &column.recipe
            && *field != column.target.name()
            && others.iter().any(|other| {
                other.target.name() == *field && other.rests_on().contains(&column.target.name())
            })
        {
            errors.add("recipe.from.field", "closes a circle with the column that fills it");
        }
    }

    /// Encrypts the secret headers. One without a value keeps the value that is stored.
    fn seal(&self, column: &mut LeadColumn, before: Option<&LeadColumn>, errors: &mut FieldErrors) {
        let Some(id) = secrets_of(&column.id) else { return };
        let workspace = column.workspace.clone();
        let Recipe::Webhook(hook) = &mut column.recipe else { return };
        let known: Vec<HookHeader> = match before.map(|before| &before.recipe) {
            // A secret goes to the host that it was given for, and to no other.
            Some(Recipe::Webhook(before)) if host_of(&before.url) == host_of(&hook.url) => {
                before.headers.clone()
            }
            _ => Vec::new(),
        };
        for (at, header) in hook.headers.iter_mut().enumerate() {
            header.sealed = None;
            if !header.secret {
                continue;
            }
            header.sealed = match header.value.take() {
                Some(value) => {
                    if !value.bytes().all(|b| (0x20..0x7f).contains(&b)) || value.len() > 2_000 {
                        errors.add(
                            format!("recipe.headers[{at}].value"),
                            "is plain text of at most 2,000 characters",
                        );
                    }
                    Some(self.ports.vault.seal(&workspace, &id, &SecretFields::one(&header.name, value)))
                }
                None => known.iter().find(|one| one.name == header.name).and_then(|one| one.sealed.clone()),
            };
        }
    }

    /// Makes the custom field of a new column, unless it was made by an attempt before.
    pub async fn make_field(&self, caller: &Caller, field: &CustomField) -> ApiResult<()> {
        retry!(async {
            let mut fields = self.ports.custom_fields.get(&caller.workspace).await?;
            if fields.get(&field.key).is_some() {
                return Ok(());
            }
            fields.fields.push(field.clone());
            let event = Event::new(EventKind::CustomFieldCreated, caller.actor(), self.ports.clock.now());
            self.ports.custom_fields.save(&fields, &event.because(field.id.as_str())).await?;
            Ok::<_, StoreError>(())
        })?;
        Ok(())
    }

    /// Starts a run over all leads for a formula: it costs nothing, and its values are as they should be from then on.
    pub async fn compute_all(&self, caller: &Caller, column: &LeadColumn) -> ApiResult<Option<ColumnRunId>> {
        if !column.recipe.is_computed() {
            return Ok(None);
        }
        let id = ColumnRunId::new(self.ports.ids.next());
        let new = NewRun {
            columns: vec![column.id.clone()],
            chosen: Chosen::All,
            mode: RunMode::default(),
            cap: None,
            by: Some(caller.user_or_key()),
        };
        Ok(Some(start(&self.ports, &caller.workspace, id, new).await?.id))
    }
}

/// Refuses a program that may not change leads, or not spend, where the column from now on does so by itself. A formula fills
/// all leads at once, and for nothing.
pub fn demand_filling(caller: &Caller, column: &LeadColumn) -> ApiResult<()> {
    let Triggers { on_new, on_change, schedule } = column.triggers;
    if column.recipe.is_computed() {
        return caller.demand(ApiScope::LeadsWrite);
    }
    if on_new || on_change || schedule.is_some() {
        caller.demand(ApiScope::LeadsWrite)?;
        caller.demand(ApiScope::BudgetSpend)?;
    }
    Ok(())
}

/// Answers that a workspace has as many columns as it may.
pub fn too_many() -> ApiError {
    let detail =
        format!("A workspace has at most {} columns. Delete one first.", domain::column::MOST_COLUMNS);
    ApiError::conflict("too_many_columns", detail)
}

fn host_of(url: &str) -> Option<&str> {
    url.split("://").nth(1)?.split(['/', '?', '#']).next()
}
