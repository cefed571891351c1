//! Places a call between a user and a lead, and ends it.
//!
//! The call is stored before the provider is asked, with the revision of the user's call before it: of two requests one
//! is first, and a user has one call at a time. Money is set aside before. The provider is asked once. An answer that is
//! lost leaves the call as "not known" until a report of the provider tells more, or the user gives it up.

use crate::Clock;
use crate::identity::stage_keys::StageKeys;
use crate::lead::suppression_lookup::entries_against_call;
use crate::ports::accounts::{AccountStore, BadSeal, Vault};
use crate::ports::calls::{CallPlacer, CallStore, OutgoingCall};
use crate::ports::due::DueStore;
use crate::ports::leads::LeadStore;
use crate::ports::provider_calls::{CallError, OpenAccount, SendError};
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::suppressions::SuppressionStore;
use crate::ports::users::UserStore;
use crate::ports::workspaces::WorkspaceStore;
use crate::retry;
use crate::spend::caps::Caps;
use crate::tasks::call_costs::{EndedCall, NotSetAside, give_back, note_answer, note_end, set_aside};
use domain::contact::channel::Channel;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Actor, Event, EventKind};
use domain::lead::Lead;
use domain::lead::do_not_contact::{ContactBar, contact_bar};
use domain::message::sender::{KnownSender, known_sender};
use domain::planning::send_window::is_awake;
use domain::workspace::Workspace;
use domain::workspace::account::Account;
use domain::workspace::call::{Call, CallLeg, CallRequest, CallSide, LeadNumber};
use domain::workspace::call_rules::NotRung;
use domain::{AccountId, CallId, TaskId, UserId, WorkspaceId};
use jiff::Timestamp;
use std::sync::Arc;

crate::ports! {
    #[derive(Clone)]
    pub struct CallPorts {
        pub calls: Arc<dyn CallStore>,
        pub call_placer: Arc<dyn CallPlacer>,
        pub users: Arc<dyn UserStore>,
        pub leads: Arc<dyn LeadStore>,
        pub accounts: Arc<dyn AccountStore>,
        pub vault: Arc<dyn Vault>,
        pub suppressions: Arc<dyn SuppressionStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
        pub caps: Caps = Caps::new,
        pub due: Arc<dyn DueStore>,
        pub limits: Arc<dyn RateLimitStore>,
        pub keys: Arc<StageKeys>,
        pub clock: Arc<dyn Clock>,
        pub public_url: Arc<str>,
    }
}

/// The call that a user asks for. A repeat of the request has the same id.
pub struct NewCall<'a> {
    pub id: CallId,
    pub user: &'a UserId,
    pub lead: &'a Lead,
    pub number: LeadNumber,
    pub task: Option<TaskId>,
}

/// The reason why the provider was not asked for a call, or refused it.
#[derive(Debug, thiserror::Error)]
pub enum NotPlaced {
    #[error("the lead must not be contacted")]
    DoNotContact,
    #[error("the lead may have opted out")]
    PossibleOptOut,
    #[error("the lead is on the suppression list")]
    Suppressed,
    #[error("it is night where the lead is")]
    QuietHours,
    /// The side whose phone is not rung, and the reason.
    #[error("the number is not one that the workspace lets be called")]
    NotRung(CallSide, NotRung),
    #[error("the user has no phone number")]
    NoPhone,
    #[error("the user has not proven that the phone is theirs")]
    PhoneNotProven,
    #[error("no account places calls")]
    NoAccount,
    #[error("the user's call goes on")]
    GoesOn,
    #[error("this call was placed before, and another one since")]
    PlacedBefore,
    #[error("this call was turned down before")]
    TurnedDown,
    #[error("the month's cap leaves too little for a call")]
    CapReached,
    #[error("refused: {0}")]
    Refused(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seal(#[from] BadSeal),
}

impl From<NotSetAside> for NotPlaced {
    fn from(reason: NotSetAside) -> Self {
        match reason {
            NotSetAside::CapReached => Self::CapReached,
            NotSetAside::Before => Self::TurnedDown,
            NotSetAside::Store(error) => Self::Store(error),
        }
    }
}

pub async fn place_call(ports: &CallPorts, new: NewCall<'_>) -> Result<Call, NotPlaced> {
    let (workspace, now) = (&new.lead.workspace, ports.clock.now());
    let before = ports.calls.of_user(workspace, new.user).await?;
    if let Some(before) = &before {
        if before.id == new.id {
            return Ok(before.clone());
        }
        if before.earlier.contains(&new.id) {
            return Err(NotPlaced::PlacedBefore);
        }
        if before.end(now).is_none() {
            return Err(NotPlaced::GoesOn);
        }
    }
    let Some(number) = new.number.of(new.lead) else { return Err(NotPlaced::Suppressed) };
    let rules = may_call((&*ports.suppressions, &*ports.workspaces), new.lead, number, now).await?;
    let user = ports.users.get(workspace, new.user).await?;
    let phone = match user.proven_phone() {
        Some(phone) => phone.clone(),
        None if user.phone.is_some() => return Err(NotPlaced::PhoneNotProven),
        None => return Err(NotPlaced::NoPhone),
    };
    rules.may_ring(&phone, None).map_err(|why| NotPlaced::NotRung(CallSide::User, why))?;
    let account = account_for(ports, new.lead).await?.ok_or(NotPlaced::NoAccount)?;
    let open = open(ports, account)?;
    let (whose, spend) = ((workspace, &new.id), &*ports.caps.spend);
    let cost = set_aside(&ports.caps, &*ports.due, whose, &open.id, now).await?;
    let mut call = Call {
        id: new.id.clone(),
        workspace: workspace.clone(),
        user: new.user.clone(),
        account: open.id.clone(),
        number: new.number,
        number_digest: Some(Call::digest(&new.id, number)),
        task: new.task,
        request: CallRequest::Asked,
        provider_id: None,
        user_leg: CallLeg::Waiting,
        lead_leg: CallLeg::Waiting,
        seconds: None,
        placed_at: now,
        earlier: before.as_ref().map(Call::with_earlier).unwrap_or_default(),
        rev: before.map_or(0, |before| before.rev),
    };
    let event = Event::new(EventKind::CallPlaced, Actor::User(new.user.clone()), now);
    match ports.calls.save(&call, Some(&event.because(new.lead.id.as_str()))).await {
        Ok(rev) => call.rev = rev,
        Err(StoreError::Conflict) => {
            let first = ports.calls.of_user(workspace, new.user).await?;
            // The same request that came twice has set aside once.
            if !first.is_some_and(|first| first.with_earlier().contains(&new.id)) {
                give_back(spend, whose, now).await?;
            }
            return Err(NotPlaced::GoesOn);
        }
        Err(other) => return Err(other.into()),
    }
    ports.calls.save_cost(&cost).await?;
    let reports = reports_to(&ports.public_url, &call);
    let answer = ports.call_placer.ring(&open, &OutgoingCall { to: phone, reports }).await;
    let (request, provider_id) = match &answer {
        Ok(accepted) => (CallRequest::Accepted, accepted.provider_id.clone()),
        Err(SendError::Uncertain(_)) => (CallRequest::NotKnown, None),
        Err(_) => (CallRequest::Refused, None),
    };
    let is_refused = request == CallRequest::Refused;
    let now = ports.clock.now();
    let noted = change_call(&*ports.calls, &call, |call| {
        call.request = request;
        call.provider_id = provider_id.clone().or(call.provider_id.take());
        true
    });
    let noted = noted.await?;
    // The user may have given the call up before the answer came, when it had no id yet to be ended by.
    let is_over = noted.as_ref().is_none_or(|noted| noted.end(now).is_some());
    // A report may have brought the id that the answer did not.
    let provider_id = provider_id.or_else(|| noted.as_ref()?.provider_id.clone());
    if let Some(provider_id) = &provider_id
        && is_over
        && let Err(error) = ports.call_placer.hang_up(&open, provider_id).await
    {
        tracing::warn!(account.id = %open.id, %error, "a call that was given up rings on");
    }
    let noted_cost = note_answer((&*ports.calls, spend), &cost, (provider_id.as_deref(), is_refused), now);
    if let Err(error) = noted_cost.await {
        tracing::warn!(account.id = %open.id, %error, "the price of a call is asked for when it must be over");
    }
    if is_over {
        note_over(ports, &Call { provider_id, ..noted.as_ref().unwrap_or(&call).clone() }).await;
    }
    match answer {
        Ok(_) | Err(SendError::Uncertain(_)) => Ok(noted.unwrap_or(call)),
        Err(refusal) => Err(NotPlaced::Refused(refusal.to_string())),
    }
}

/// Ends the user's call. One whose id at the provider is not known is given up, and so is one that cannot be ended
/// there any more, because its account is gone or refused, or its secret cannot be read: the user would otherwise place
/// no other call for hours.
pub async fn hang_up(ports: &CallPorts, call: &Call) -> Result<Call, HangUpError> {
    if let Some(provider_id) = &call.provider_id
        && call.end(ports.clock.now()).is_none()
    {
        match end_at_provider(ports, call, provider_id).await {
            Ok(()) => {}
            Err(
                error @ (HangUpError::Seal(_)
                | HangUpError::Store(StoreError::NotFound)
                | HangUpError::Provider(CallError::Account(_) | CallError::Rejected(_))),
            ) => tracing::warn!(account.id = %call.account, %error, "a call is given up and not ended"),
            Err(other) => return Err(other),
        }
    }
    let ended = change_call(&*ports.calls, call, |call| call.hear(CallSide::User, CallLeg::Cancelled, None));
    let ended = ended.await?.unwrap_or_else(|| call.clone());
    // The id may have come after the call was read.
    if call.provider_id.is_none()
        && let Some(provider_id) = &ended.provider_id
        && let Err(error) = end_at_provider(ports, call, provider_id).await
    {
        tracing::warn!(account.id = %call.account, %error, "a call is given up and not ended");
    }
    note_over(ports, &ended).await;
    Ok(ended)
}

/// Has the price of a call asked for that was ended from the app. One without an id at the provider cannot be asked for:
/// a report may still bring the id. A fault stops nothing, because the price is also asked for when the call must be over.
async fn note_over(ports: &CallPorts, call: &Call) {
    if call.provider_id.is_none() {
        return;
    }
    let ended = EndedCall {
        workspace: &call.workspace,
        call: &call.id,
        account: &call.account,
        provider_id: call.provider_id.as_deref(),
        seconds: call.seconds,
    };
    if let Err(error) = note_end((&*ports.calls, &*ports.due), ended, ports.clock.now()).await {
        tracing::warn!(account.id = %call.account, %error, "the price of a call is asked for when it must be over");
    }
}

async fn end_at_provider(ports: &CallPorts, call: &Call, provider_id: &str) -> Result<(), HangUpError> {
    let account = ports.accounts.get(&call.workspace, &call.account).await?;
    Ok(ports.call_placer.hang_up(&open(ports, account)?, provider_id).await?)
}

#[derive(Debug, thiserror::Error)]
pub enum HangUpError {
    #[error(transparent)]
    Provider(#[from] CallError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seal(#[from] BadSeal),
}

/// Changes a call that may be reported about at the same time. Returns it as stored; none where the user's next call has
/// taken its place.
pub(crate) async fn change_call(
    calls: &dyn CallStore,
    known: &Call,
    change: impl Fn(&mut Call) -> bool + Send + Sync,
) -> StoreResult<Option<Call>> {
    retry!(async {
        let stored = calls.of_user(&known.workspace, &known.user).await?;
        let Some(mut call) = stored.filter(|stored| stored.id == known.id) else { return Ok(None) };
        if change(&mut call) {
            call.rev = calls.save(&call, None).await?;
        }
        Ok(Some(call))
    })
}

/// The account through which users call a lead that knows none of the workspace's numbers: the oldest that places calls.
pub async fn calling_account(
    accounts: &dyn AccountStore,
    workspace: &WorkspaceId,
) -> StoreResult<Option<Account>> {
    Ok(calling_accounts(accounts, workspace).await?.into_iter().next())
}

/// The account that this lead is called through: the one whose number it knows from texts, else the oldest.
async fn account_for(ports: &CallPorts, lead: &Lead) -> StoreResult<Option<Account>> {
    let mut all = calling_accounts(&*ports.accounts, &lead.workspace).await?;
    if all.len() > 1 {
        let messages = found(ports.leads.file(&lead.workspace, &lead.id).await)?.map(|file| file.messages);
        let known = match known_sender(&messages.unwrap_or_default(), &all, Channel::Sms) {
            Some(KnownSender::There(account)) => Some(account.id.clone()),
            Some(KnownSender::Gone(_)) | None => None,
        };
        // The sort keeps the order of the others.
        all.sort_by_key(|account| Some(&account.id) != known.as_ref());
    }
    Ok(all.into_iter().next())
}

/// The accounts that are switched on for calls and not paused, the oldest first.
async fn calling_accounts(accounts: &dyn AccountStore, workspace: &WorkspaceId) -> StoreResult<Vec<Account>> {
    let mut all = accounts.list(workspace).await?;
    all.retain(|account| {
        account.enabled && account.pause.is_none() && account.settings.calls_from().is_some()
    });
    all.sort_by(|one, other| one.created_at.cmp(&other.created_at).then_with(|| one.id.cmp(&other.id)));
    Ok(all)
}

/// Whether this lead may be called at this number now. Whatever closes every channel closes this one, and calls and
/// texts are one channel: the number. Returns the workspace that allows it.
pub(crate) async fn may_call(
    (suppressions, workspaces): (&dyn SuppressionStore, &dyn WorkspaceStore),
    lead: &Lead,
    number: &PhoneNumber,
    now: Timestamp,
) -> Result<Workspace, NotPlaced> {
    if lead.is_deleted() {
        return Err(NotPlaced::DoNotContact);
    }
    let listed = entries_against_call(suppressions, lead, number).await?;
    let workspace = workspaces.get(&lead.workspace).await?;
    let there = Lead { phone: Some(number.clone()), ..lead.clone() };
    match contact_bar(&there, Channel::Sms, (&listed, &workspace.endings), now) {
        None => {}
        Some(ContactBar::DoNotContact) => return Err(NotPlaced::DoNotContact),
        Some(ContactBar::MayHaveOptedOut(_)) => return Err(NotPlaced::PossibleOptOut),
        Some(ContactBar::Listed(_) | ContactBar::Unreachable(_)) => return Err(NotPlaced::Suppressed),
    }
    if !is_awake(&there, now) {
        return Err(NotPlaced::QuietHours);
    }
    workspace.may_ring(number, lead.country).map_err(|why| NotPlaced::NotRung(CallSide::Lead, why))?;
    Ok(workspace)
}

/// The address to which the provider reports about this call.
pub(crate) fn reports_to(public_url: &str, call: &Call) -> String {
    let (account, id, user): (&AccountId, _, _) = (&call.account, &call.id, &call.user);
    format!("{public_url}/api/webhooks/twilio-voice/{account}?call={id}&user={user}")
}

pub(super) fn open(ports: &CallPorts, account: Account) -> Result<OpenAccount, BadSeal> {
    let secret = ports.vault.open(&account.workspace, &account.id, &account.sealed_secret)?;
    Ok(OpenAccount { account, secret })
}
