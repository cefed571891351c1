//! What a change of many leads says of their opt-outs: a tag such as `unsubscribed`, or a value that denies consent.

use crate::App;
use crate::bulk_change::BulkAction;
use crate::lead_fields::{self, CustomInput};
use application::StoreResult;
use application::lead::suppressing::own_addresses;
use application::lead::told_opt_outs::{ToldBy, list_told};
use domain::import::opt_out_columns::RowOptOuts;
use domain::lead::Lead;
use domain::lead::custom_field::CustomFields;
use domain::lead::suppression::FROM_API;
use domain::workspace::own_addresses::OwnAddresses;
use http_api::{ApiResult, Caller};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What the action may say, with the workspace's own addresses, which are never listed.
pub struct BulkOptOuts {
    /// What its value says of a lead that did not have it; a tag says it by itself.
    value: RowOptOuts,
    /// None if the action says nothing of opt-outs.
    own: Option<OwnAddresses>,
}

impl BulkOptOuts {
    pub async fn of(
        app: &App,
        caller: &Caller,
        action: &BulkAction,
        fields: &CustomFields,
    ) -> ApiResult<Self> {
        let value = match action {
            BulkAction::Fill { field, value: Some(value) } => {
                let given = BTreeMap::from([(field.clone(), CustomInput::Text(value.clone()))]);
                let after = BTreeMap::from([(field.clone(), value.clone())]);
                lead_fields::opt_outs(&given, fields, (&BTreeMap::new(), &after))
            }
            _ => RowOptOuts::default(),
        };
        let mut may_say = value;
        if let BulkAction::Tag { add, .. } = action {
            may_say.hear_tags(add);
        }
        let own = match may_say.lists() {
            true => Some(own_addresses(&app.suppressing, &caller.workspace).await?),
            false => None,
        };
        Ok(Self { value, own })
    }

    /// Marks the changed lead, and puts what the change says on the suppression list before the lead's enrolments end.
    pub async fn list(
        &self,
        (app, caller): (&App, &Caller),
        (before, after): (&Lead, &mut Lead),
        now: Timestamp,
    ) -> StoreResult<()> {
        let Some(own) = &self.own else { return Ok(()) };
        let mut says = if after.custom == before.custom { RowOptOuts::default() } else { self.value };
        says.hear_tags(after.tags.difference(&before.tags));
        after.do_not_contact |= says.do_not_contact();
        after.consents.withdraw(&says.channels(), now);
        let by = caller.user_or_key();
        let told = ToldBy { source: FROM_API, by: Some(&by), at: now };
        list_told((&app.suppressing, own), (after, &says), told, now).await
    }
}
