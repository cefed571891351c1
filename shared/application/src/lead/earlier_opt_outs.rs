//! Opt-outs in custom values of earlier imports, from before such columns were recognised. An admin is asked about each
//! field whose name looks so and whose values say it of leads that may still be contacted. The answer is carried out by a
//! job, page by page, which may be repeated; or it says that the field tells nothing of opt-outs.

mod search;

pub use search::{FoundOptOuts, Reach, Search, SearchedStores, find_opt_outs};

use crate::lead::suppressing::SuppressPorts;
use crate::lead::temperature_job::in_tonights_order;
use crate::lead::told_opt_outs::{ToldBy, list_told, mark_told, own_if_listing};
use crate::ports::clock::Clock;
use crate::ports::custom_fields::CustomFieldStore;
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::StoreResult;
use crate::ports::suppressions::SuppressionStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::CampaignJob;
use crate::retry;
use domain::event::{Event, EventKind, UserOrKey};
use domain::import::opt_out_columns::{RowOptOuts, value_says};
use domain::lead::Lead;
use domain::lead::attributes::Target;
use domain::lead::custom_field::{CustomFields, MOST_FIELDS};
use domain::lead::suppression::FROM_API;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::{CustomFieldId, NotificationId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// The most leads of a workspace that are looked at for an answer, and in a night: the next night goes on behind them.
pub const MOST_LOOKED_AT: usize = 20_000;

/// The night of the week in which values without a field are looked for: that reads all leads, and most of such values are
/// heard as they are written.
const KEYS_ON: Weekday = Weekday::Sunday;

crate::ports! {
    #[derive(Clone)]
    pub struct EarlierOptOutPorts {
        pub clock: Arc<dyn Clock>,
        pub custom_fields: Arc<dyn CustomFieldStore>,
        pub enrolments: Arc<dyn EnrolmentStore>,
        pub leads: Arc<dyn LeadStore>,
        pub notifications: Arc<dyn NotificationStore>,
        pub outbox: Arc<dyn Outbox>,
        pub suppressing: SuppressPorts = SuppressPorts::new,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub leads_a_night: usize = leads_a_night,
    }
}

fn leads_a_night(_: &impl crate::Ports) -> usize {
    MOST_LOOKED_AT
}

/// Queues the job that carries the values out. The field is answered by it.
pub async fn start_applying(
    outbox: &dyn Outbox,
    (workspace, field): (&WorkspaceId, &CustomFieldId),
    (target, by, at): (Target, UserOrKey, Timestamp),
) -> StoreResult<()> {
    let (workspace, field) = (workspace.clone(), field.clone());
    let job = CampaignJob::ApplyOptOuts { workspace, field, target, by, at, cursor: None };
    send_all(outbox, &[job], 0).await
}

/// Carries out what one page of leads has in the field, and queues the next page.
pub async fn apply_page(
    ports: &EarlierOptOutPorts,
    (workspace, id): (&WorkspaceId, &CustomFieldId),
    (target, by, at): (Target, &UserOrKey, Timestamp),
    cursor: Option<String>,
) -> StoreResult<()> {
    let fields = ports.custom_fields.get(workspace).await?;
    let Some(field) = fields.fields.iter().find(|field| field.id == *id) else { return Ok(()) };
    let (ids, next) = ports.leads.ids(workspace, cursor).await?;
    let now = ports.clock.now();
    let leads = ports.leads.get_many(workspace, &ids).await?;
    let said = |lead: Lead| {
        let says = value_says(field, target, lead.custom.get(&field.key)?);
        says.lists().then_some((lead, says))
    };
    let told: Vec<(Lead, RowOptOuts)> = leads.into_iter().filter_map(said).collect();
    let own = own_if_listing(&ports.suppressing, workspace, told.iter().map(|(_, says)| says)).await?;
    for (lead, says) in told {
        let source = lead.import.as_ref().map_or(FROM_API, |import| import.as_str());
        let told = ToldBy { source, by: Some(by), at };
        list_told((&ports.suppressing, &own), (&lead, &says), told, now).await?;
        let stores = (&*ports.leads, &*ports.enrolments);
        mark_told(stores, (workspace, &lead.id), (says, told), &|_| true, now).await?;
    }
    if next.is_some() {
        let (workspace, field, by) = (workspace.clone(), id.clone(), by.clone());
        let job = CampaignJob::ApplyOptOuts { workspace, field, target, by, at, cursor: next };
        send_all(&*ports.outbox, &[job], 0).await?;
    }
    Ok(())
}

/// Notifies the workspaces of fields that they should be asked about, each field once. Returns how many were found.
pub async fn ask_about_opt_outs(ports: &EarlierOptOutPorts, until: Timestamp) -> StoreResult<usize> {
    let mut asked = 0;
    for workspace in in_tonights_order(ports.workspaces.ids().await?, ports.clock.now()) {
        if ports.clock.now() >= until {
            break;
        }
        match ask_in(ports, &workspace, until).await {
            Ok(found) => asked += found,
            Err(error) => {
                tracing::error!(workspace.id = %workspace, %error, "custom values could not be looked at")
            }
        }
    }
    Ok(asked)
}

async fn ask_in(ports: &EarlierOptOutPorts, workspace: &WorkspaceId, until: Timestamp) -> StoreResult<usize> {
    let fields = ports.custom_fields.get(workspace).await?;
    let stores = SearchedStores { leads: &*ports.leads, suppressions: &*ports.suppressions };
    let goes_on = |looked_at| looked_at < ports.leads_a_night && ports.clock.now() < until;
    let now = ports.clock.now();
    let from = fields.opt_out_search.clone();
    let beyond_fields = from.is_some() || now.to_zoned(TimeZone::UTC).weekday() == KEYS_ON;
    let reach = Reach { from, beyond_fields, goes_on: &goes_on };
    let mut search = find_opt_outs(stores, &fields, reach, now).await?;
    let known = keep(ports, &search, &fields, now).await?;
    search.found.retain(|one| known.fields.iter().any(|field| field.id == one.field.id));
    for one in &search.found {
        let notification = Notification {
            id: NotificationId::derived(Timestamp::UNIX_EPOCH, &[one.field.id.as_str(), "opt-outs"]),
            workspace: workspace.clone(),
            user: None,
            kind: NotificationKind::Health,
            title: format!("{} may say who has opted out", one.field.label),
            detail: format!(
                "{} leads have a value there that says so, and may be contacted. Answer in Settings, Custom fields.",
                one.leads
            ),
            lead: None,
            created_at: now,
            read_at: None,
        };
        ports.notifications.put(&notification, &Event::system(EventKind::HealthNoted, now)).await?;
    }
    Ok(search.found.len())
}

/// Keeps where the search goes on, and adds text fields for the values that it has found and that have no field, so that
/// an admin can answer. Returns the fields with them.
async fn keep(
    ports: &EarlierOptOutPorts,
    search: &Search,
    fields: &CustomFields,
    now: Timestamp,
) -> StoreResult<CustomFields> {
    let changed = |before: &CustomFields| {
        let mut fields = before.clone();
        for one in &search.found {
            let others = fields.fields.iter();
            let is_new = fields.named(&one.field.key).is_none() && one.field.faults(others).is_empty();
            if is_new && fields.fields.len() < MOST_FIELDS {
                fields.fields.push(one.field.clone());
            }
        }
        fields.opt_out_search.clone_from(&search.next);
        fields
    };
    if changed(fields) == *fields {
        return Ok(fields.clone());
    }
    retry!(async {
        let before = ports.custom_fields.get(&fields.workspace).await?;
        let after = changed(&before);
        let is_new = after.fields.len() > before.fields.len();
        let kind = if is_new { EventKind::CustomFieldCreated } else { EventKind::CustomFieldChanged };
        let rev = ports.custom_fields.save(&after, &Event::system(kind, now)).await?;
        Ok(CustomFields { rev, ..after })
    })
}
