//! Opt-outs in custom values of earlier imports, from before such columns were recognised. An admin is asked about each
//! field whose name looks so and whose values say it of leads that may still be contacted. The answer is carried out by a
//! job, page by page, which may be repeated; or it says that the field tells nothing of opt-outs.

use crate::lead::suppressing::SuppressPorts;
use crate::lead::temperature_job::in_tonights_order;
use crate::lead::told_opt_outs::{ToldBy, list_told, mark_told};
use crate::ports::clock::Clock;
use crate::ports::custom_fields::CustomFieldStore;
use crate::ports::enrolments::EnrolmentStore;
use crate::ports::leads::LeadStore;
use crate::ports::notifications::NotificationStore;
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::StoreResult;
use crate::ports::workspaces::WorkspaceStore;
use crate::queue_messages::CampaignJob;
use domain::event::{Event, EventKind, UserOrKey};
use domain::import::opt_out_columns::{RowOptOuts, field_target, value_says};
use domain::lead::Lead;
use domain::lead::attributes::Target;
use domain::lead::custom_field::{CustomField, CustomFields};
use domain::lead::suppression::FROM_API;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::{CustomFieldId, NotificationId, WorkspaceId};
use jiff::Timestamp;
use std::sync::Arc;

/// The most leads that are looked at for an answer.
const MOST_COUNTED: usize = 20_000;
const EXAMPLES: usize = 5;

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
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// A field whose values say that leads have opted out which may still be contacted.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundOptOuts {
    pub field: CustomField,
    /// What its name makes of them.
    pub target: Target,
    pub leads: u64,
    /// The first of the values that say so, each once.
    pub examples: Vec<String>,
}

/// Finds the fields to ask about. The second value tells whether all leads were looked at.
pub async fn find_opt_outs(
    leads: &dyn LeadStore,
    fields: &CustomFields,
) -> StoreResult<(Vec<FoundOptOuts>, bool)> {
    let open = fields.fields.iter().filter(|field| !fields.answered_opt_outs.contains(&field.id));
    let found = |field: &CustomField| {
        let target = field_target(field)?;
        Some(FoundOptOuts { field: field.clone(), target, leads: 0, examples: Vec::new() })
    };
    let mut found: Vec<FoundOptOuts> = open.filter_map(found).collect();
    let (mut cursor, mut looked_at, mut is_whole) = (None, 0, found.is_empty());
    while !is_whole && looked_at < MOST_COUNTED {
        let (ids, next) = leads.ids(&fields.workspace, cursor).await?;
        for lead in leads.get_many(&fields.workspace, &ids).await? {
            for one in &mut found {
                if let Some(value) = is_news(&lead, &one.field, one.target) {
                    one.leads += 1;
                    if one.examples.len() < EXAMPLES && !one.examples.contains(value) {
                        one.examples.push(value.clone());
                    }
                }
            }
        }
        looked_at += ids.len();
        is_whole = next.is_none();
        cursor = next;
    }
    found.retain(|one| one.leads > 0);
    Ok((found, is_whole))
}

/// The lead's value, if it says what nobody has acted upon. A number alone is listed and leaves no mark on the lead, so
/// it counts until the field is answered.
fn is_news<'l>(lead: &'l Lead, field: &CustomField, target: Target) -> Option<&'l String> {
    let value = lead.custom.get(&field.key)?;
    let says = value_says(field, target, value);
    (!lead.do_not_contact && says.lists()).then_some(value)
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
    for lead in ports.leads.get_many(workspace, &ids).await? {
        let value = lead.custom.get(&field.key);
        let says = value.map_or_else(RowOptOuts::default, |value| value_says(field, target, value));
        if !says.lists() {
            continue;
        }
        let source = lead.import.as_ref().map_or(FROM_API, |import| import.as_str());
        let told = ToldBy { source, by: Some(by), at };
        list_told(&ports.suppressing, (&lead, &says), told, now).await?;
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
        match ask_in(ports, &workspace).await {
            Ok(found) => asked += found,
            Err(error) => {
                tracing::error!(workspace.id = %workspace, %error, "custom values could not be looked at")
            }
        }
    }
    Ok(asked)
}

async fn ask_in(ports: &EarlierOptOutPorts, workspace: &WorkspaceId) -> StoreResult<usize> {
    let fields = ports.custom_fields.get(workspace).await?;
    let (found, _) = find_opt_outs(&*ports.leads, &fields).await?;
    for one in &found {
        let now = ports.clock.now();
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
    Ok(found.len())
}
