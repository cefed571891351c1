//! Company hold: once a lead has replied, the other leads of the company are held for some days, if the
//! workspace has set that. The planner holds each lead that comes due; besides, a job goes through the
//! register of the company's enrolled leads and holds them at once, so that users see it.

use crate::campaign::due_step::due_step;
use crate::campaign::enrol_ports::EnrolPorts;
use crate::ports::companies::CompanyStore;
use crate::ports::due::{DueWork, Hint};
use crate::ports::outbox::{Outbox, send_all};
use crate::ports::store::{PageRequest, StoreResult, found};
use crate::queue_messages::CampaignJob;
use crate::retry;

use domain::enrolment::key::EnrolmentKey;
use domain::event::{Event, EventKind};
use domain::lead::Lead;
use domain::lead::colleague_reply::ColleagueAnswered;
use domain::lead::company_hold::CompanyHold;
use domain::workspace::Workspace;
use domain::{CampaignId, LeadId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

const PAGE: usize = 25;

/// Returns the reply of a colleague at the lead's company, where the workspace holds companies. Otherwise nothing is
/// read.
pub(crate) async fn colleague_of(
    companies: &dyn CompanyStore,
    workspace: &Workspace,
    lead: &Lead,
) -> StoreResult<Option<ColleagueAnswered>> {
    let Some(company) = lead.company_domain().filter(|_| workspace.company_hold_days > 0) else {
        return Ok(None);
    };
    let held = companies.find(&workspace.id, &[company]).await?;
    Ok(held.first().and_then(|held| held.concerns(lead)))
}

/// Starts the hold of a company. From now on every lead of it that comes due is held, and a job goes through the
/// registered ones. Safe to repeat.
pub(crate) async fn start_company_hold(ports: &EnrolPorts, lead: &Lead, at: Timestamp) -> StoreResult<()> {
    if lead.company_domain().is_none() {
        return Ok(());
    }
    let workspace = ports.workspaces.get(&lead.workspace).await?;
    let Some(hold) = CompanyHold::from_reply(lead, workspace.company_hold_days, at) else { return Ok(()) };
    let now = ports.clock.now();
    if hold.until <= now {
        return Ok(());
    }
    let event = Event::system(EventKind::CompanyHeld, now).because(lead.id.as_str());
    ports.companies.put(&hold, &event).await?;
    let what = DueWork::HoldCompany { workspace: workspace.id, lead: lead.id.clone() };
    ports.due.put(&[Hint { at: now, what }]).await
}

/// Holds one page of the leads registered for the company. Leads that are in no campaign any more are taken off the
/// register.
pub async fn hold_page(
    ports: &EnrolPorts,
    outbox: &dyn Outbox,
    (workspace, answered): (&WorkspaceId, &LeadId),
    cursor: Option<String>,
) -> StoreResult<()> {
    let Some(who) = found(ports.leads.get(workspace, answered).await)? else { return Ok(()) };
    let Some(company) = who.company_domain() else { return Ok(()) };
    let now = ports.clock.now();
    let held = ports.companies.find(workspace, &[company]).await?;
    let Some(held) = held.first().filter(|held| held.until > now) else { return Ok(()) };
    let page = PageRequest { limit: PAGE, cursor };
    let page = ports.companies.registered_leads(workspace, company, page).await?;
    let mut gone = page.items.clone();
    for lead in ports.leads.get_many(workspace, &page.items).await? {
        if lead.active.is_empty() || lead.company_domain() != Some(company) {
            continue;
        }
        gone.retain(|other| *other != lead.id);
        let Some(colleague) = held.concerns(&lead) else { continue };
        for campaign in &lead.active {
            hold(ports, &lead, campaign, colleague).await?;
        }
    }
    ports.companies.unregister_leads(workspace, company, &gone).await?;
    if page.next_cursor.is_some() {
        let (workspace, lead) = (workspace.clone(), answered.clone());
        let message = CampaignJob::HoldCompany { workspace, lead, cursor: page.next_cursor };
        send_all(outbox, &[message], 0).await?;
    }
    Ok(())
}

async fn hold(
    ports: &EnrolPorts,
    lead: &Lead,
    campaign: &CampaignId,
    colleague: ColleagueAnswered,
) -> StoreResult<()> {
    let key =
        EnrolmentKey { workspace: lead.workspace.clone(), lead: lead.id.clone(), campaign: campaign.clone() };
    retry!(async {
        let Some(mut enrolment) = found(ports.enrolments.get(&key).await)? else { return Ok(()) };
        let now = ports.clock.now();
        if !enrolment.hold_for_company(colleague, now) {
            return Ok(());
        }
        let what = due_step(&enrolment, None);
        ports.due.put(&[Hint { at: colleague.until, what }]).await?;
        let event = Event::system(EventKind::EnrolmentHeld, now);
        // A step of this enrolment was just being taken.
        ports.enrolments.save(&enrolment, &event).await.map(drop)
    })
}

/// The life of a register entry. A lead enrolled for longer is held when it comes due.
const ENLISTED_FOR: SignedDuration = SignedDuration::from_hours(180 * 24);

/// Registers an enrolled lead for its company, where the workspace holds companies, so that the job finds it.
pub(crate) async fn register_lead(
    companies: &dyn CompanyStore,
    holds_companies: bool,
    lead: &Lead,
    now: Timestamp,
) -> StoreResult<()> {
    let until = now.checked_add(ENLISTED_FOR).unwrap_or(Timestamp::MAX);
    match lead.company_domain().filter(|_| holds_companies) {
        Some(company) => companies.register_lead(&lead.workspace, company, &lead.id, until).await,
        None => Ok(()),
    }
}

/// Moves an enrolled lead to the new company's register after its address has changed.
pub async fn change_company(
    companies: &dyn CompanyStore,
    workspace: &Workspace,
    (before, after): (&Lead, &Lead),
    now: Timestamp,
) -> StoreResult<()> {
    let minds = workspace.company_hold_days > 0 && !after.active.is_empty();
    if !minds || before.company_domain() == after.company_domain() {
        return Ok(());
    }
    register_lead(companies, minds, after, now).await?;
    match before.company_domain() {
        Some(company) => {
            companies.unregister_leads(&workspace.id, company, std::slice::from_ref(&after.id)).await
        }
        None => Ok(()),
    }
}
