//! The access token of a mailbox that is used by a grant, renewed in time and by one function alone.
//!
//! **What is stored.** The tokens stand in the account's sealed secret beside the client's secret: `refresh_token`,
//! `access_token`, `access_expires_at`, and while a renewal is under way `renewal`, its lease. Every change is a save of
//! the account under the revision that was read, so of two writers one is told of the conflict.
//!
//! **One renewal.** An access token lasts about an hour. Five minutes before its end whoever needs it takes the lease: a
//! name and an end, 60 seconds ahead, written into the secret. Only one function can. It asks the provider, and writes
//! the new tokens and the end of the lease in one save. Everyone else goes on with the token that is there, which is good
//! for minutes more. Only if it has expired as well do they wait (`Access::Wait`), and the message comes back within
//! seconds: no try is counted, and nothing is lost.
//!
//! **A provider that does not answer** is asked again after a while, and not by the next function at once: the lease
//! stays for so long as a *pause*, and everyone does what they do during a renewal.
//!
//! **Other changes of the account meanwhile,** such as its name or a noted failure, make the save of the tokens fail. It
//! is made again on the account as it is then, as long as its refresh token is the one that was exchanged. If it is
//! another, the owner has connected the mailbox anew, and the new grant wins.
//!
//! **A crash between the provider's answer and the save.** The lease ends and the next function exchanges the stored
//! refresh token again. Google keeps a refresh token, and Microsoft lets the former one work for a while, so the exchange
//! succeeds. A provider that takes each refresh token once refuses it, and the grant is lost: the mailbox is held, and its
//! owner connects it again. No message goes out twice by that, and none is lost.
//!
//! **A refusal is believed** only while the refused token is still the stored one. A function that was suspended for long
//! between its lease and its call meets a refusal because another has renewed since; it reads what that one has stored.
//!
//! **A lost grant** is noted at the account as a failure that needs a user, which holds its messages, and its owner is
//! told once for each grant. The refresh token is deleted: nothing asks with it again.

use crate::ports::accounts::{AccountStore, SecretFields, Vault};
use crate::ports::clock::Clock;
use crate::ports::ids::Ids;
use crate::ports::mailbox_grants::{ACCESS_TOKEN, GrantFailure, GrantTokens, MailboxGrants, REFRESH_TOKEN};
use crate::ports::notifications::NotificationStore;
use crate::ports::provider_calls::OpenAccount;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::retry;
use domain::NotificationId;
use domain::event::{Event, EventKind};
use domain::mutant;
use domain::workspace::account::Account;
use domain::workspace::account_fault::AccountFault;
use domain::workspace::notification::{Notification, NotificationKind};
use jiff::{SignedDuration, Timestamp};

/// How long before its end an access token is renewed.
const RENEWED_BEFORE: SignedDuration = SignedDuration::from_mins(5);
/// The least that an access token must last to be used: longer than the longest call.
const LASTS_A_CALL: SignedDuration = SignedDuration::from_secs(40);
/// The end of a lease: after it the holder's call is certainly over, or the holder was suspended.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// The wait of those who need a token that another function is renewing.
const SOON: SignedDuration = SignedDuration::from_secs(5);

/// The pause after a renewal that the provider did not answer, unless the provider names one.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// The name of a lease that nobody holds any more: a pause.
const PAUSED: &str = "paused";

const NEVER_CONNECTED: &str = "the mailbox is not connected yet";

const EXPIRES_AT: &str = "access_expires_at";
const GRANTED_AT: &str = "granted_at";
const REFRESH_EXPIRES_AT: &str = "refresh_expires_at";
const RENEWAL: &str = "renewal";

#[derive(Clone, Copy)]
pub struct GrantPorts<'a> {
    pub clock: &'a dyn Clock,
    pub ids: &'a dyn Ids,
    pub accounts: &'a dyn AccountStore,
    pub vault: &'a dyn Vault,
    pub grants: &'a dyn MailboxGrants,
    pub notifications: &'a dyn NotificationStore,
}

/// Whether an account may be used now.
#[derive(Debug)]
pub enum Access {
    /// The account with an access token that lasts for a call. Accounts without a grant are always ready.
    Ready(Box<OpenAccount>),
    /// Another function renews the token, or the provider is busy: the caller comes back then.
    Wait { until: Timestamp },
    /// A user has to do something. It is noted at the account, and its owner was told.
    Lost { detail: String },
    /// The account was deleted.
    Gone,
}

/// Returns the account with an access token that lasts for a call, renewed if it ends soon.
pub async fn with_access(ports: &GrantPorts<'_>, account: OpenAccount) -> StoreResult<Access> {
    if !ports.grants.needs_grant(&account.settings)
        || lasts(&account.secret, RENEWED_BEFORE, ports.clock.now())
    {
        return Ok(Access::Ready(Box::new(account)));
    }
    renewed(ports, account, None).await
}

/// Renews a token that the provider has refused before its end. One that was renewed since is returned as it is.
pub async fn with_new_access(ports: &GrantPorts<'_>, account: OpenAccount) -> StoreResult<Access> {
    let refused = account.secret.get(ACCESS_TOKEN).map(str::to_owned);
    renewed(ports, account, refused.as_deref()).await
}

/// Stores what the exchange of a code has brought: the mailbox is connected. Returns `None` and stores nothing if the
/// account has other settings than `tested`, whose mailbox was seen to be the one that the access is to.
pub async fn store_grant(
    ports: &GrantPorts<'_>,
    tested: &Account,
    tokens: GrantTokens,
    event: &Event,
) -> StoreResult<Option<Account>> {
    retry!(async {
        let mut account = ports.accounts.get(&tested.workspace, &tested.id).await?;
        if account.settings != tested.settings {
            return Ok(None);
        }
        let mut secret = opened(ports, &account)?;
        for former in [RENEWAL, REFRESH_EXPIRES_AT] {
            secret.0.remove(former);
        }
        secret.0.insert(GRANTED_AT.to_owned(), ports.clock.now().to_string());
        tokens.clone().put_into(&mut secret);
        account.forget_tries();
        save(ports, account, &secret, event).await.map(|open| Some(open.account))
    })
}

/// Deletes the tokens of a grant: the mailbox is disconnected, and waits for its owner.
pub async fn forget_grant(ports: &GrantPorts<'_>, account: &Account, event: &Event) -> StoreResult<Account> {
    retry!(async {
        let mut account = ports.accounts.get(&account.workspace, &account.id).await?;
        let mut secret = opened(ports, &account)?;
        drop_tokens(&mut secret);
        account.forget_tries();
        account.note_failed_try(
            AccountFault::NotConnected,
            "the mailbox was disconnected",
            ports.clock.now(),
        );
        save(ports, account, &secret, event).await.map(|open| open.account)
    })
}

/// Removes everything that came of a grant from an account's secret.
pub fn drop_tokens(secret: &mut SecretFields) {
    for field in [ACCESS_TOKEN, EXPIRES_AT, REFRESH_TOKEN, REFRESH_EXPIRES_AT, GRANTED_AT, RENEWAL] {
        secret.0.remove(field);
    }
}

/// A grant as far as its secret may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantDates {
    /// Whether there is a token to renew the access with.
    pub stands: bool,
    /// The time of connecting. `None`: it never was, or was disconnected.
    pub granted_at: Option<Timestamp>,
    /// When the grant ends whatever is done, where the provider has told it.
    pub ends_at: Option<Timestamp>,
}

impl GrantDates {
    pub fn of(secret: &SecretFields) -> Self {
        let time = |name| secret.get(name).and_then(|at| at.parse().ok());
        Self {
            stands: secret.get(REFRESH_TOKEN).is_some(),
            granted_at: time(GRANTED_AT),
            ends_at: time(REFRESH_EXPIRES_AT),
        }
    }
}

/// The step that follows from what is stored.
enum Found {
    /// Nothing is left to do.
    Settled(Access),
    /// The lease is taken: this function renews.
    Leased { open: Box<OpenAccount>, lease: String },
}

async fn renewed(ports: &GrantPorts<'_>, account: OpenAccount, refused: Option<&str>) -> StoreResult<Access> {
    let taken = retry!(async { take_lease(ports, &account, refused).await });
    let (open, lease) = match taken {
        // Writers kept coming first; whoever needs the token looks again.
        Err(StoreError::Conflict) => return Ok(wait(ports, SOON)),
        Err(error) => return Err(error),
        Ok(Found::Settled(access)) => return Ok(access),
        Ok(Found::Leased { open, lease }) => (*open, lease),
    };
    match ports.grants.renew(&open).await {
        Ok(tokens) => store_tokens(ports, open, tokens).await,
        Err(failure) => not_renewed(ports, open, &lease, failure, refused.is_some()).await,
    }
}

/// Takes the lease, unless a token is there that serves, or another function holds the lease.
async fn take_lease(
    ports: &GrantPorts<'_>,
    account: &OpenAccount,
    refused: Option<&str>,
) -> StoreResult<Found> {
    let Some(stored) = found(ports.accounts.get(&account.workspace, &account.id).await)? else {
        return Ok(Found::Settled(Access::Gone));
    };
    let mut secret = opened(ports, &stored)?;
    let now = ports.clock.now();
    let serves = |secret: &SecretFields, least| {
        lasts(secret, least, now) && refused.is_none_or(|refused| secret.get(ACCESS_TOKEN) != Some(refused))
    };
    if serves(&secret, RENEWED_BEFORE) {
        return Ok(Found::Settled(ready(stored, secret)));
    }
    if let Some((holder, until)) = lease_of(&secret).filter(|(_, until)| *until > now) {
        let soon = now.checked_add(SOON).unwrap_or(until);
        let access = match serves(&secret, LASTS_A_CALL) {
            true => ready(stored, secret),
            false if holder == PAUSED => Access::Wait { until },
            false => Access::Wait { until: until.min(soon) },
        };
        return Ok(Found::Settled(access));
    }
    if secret.get(REFRESH_TOKEN).is_none() {
        let detail = stored.last_error.as_ref().filter(|last| last.over_at.is_none());
        let detail = detail.map_or(NEVER_CONNECTED, |last| &last.detail).to_owned();
        return Ok(Found::Settled(Access::Lost { detail }));
    }
    let until = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
    let lease = format!("{} {until}", ports.ids.next());
    secret.0.insert(RENEWAL.to_owned(), lease.clone());
    let event = Event::system(EventKind::AccountGrantRenewed, now);
    let open = save(ports, stored, &secret, &event).await?;
    Ok(Found::Leased { open: Box::new(open), lease })
}

/// Stores the new tokens in the place of the ones that they were exchanged for.
async fn store_tokens(ports: &GrantPorts<'_>, open: OpenAccount, tokens: GrantTokens) -> StoreResult<Access> {
    let exchanged = open.secret.get(REFRESH_TOKEN).map(str::to_owned);
    let mut first = Some(open.clone());
    let stored = retry!(async {
        let OpenAccount { account, mut secret } = match first.take() {
            Some(open) => open,
            None => {
                let account = ports.accounts.get(&open.workspace, &open.id).await?;
                OpenAccount { secret: opened(ports, &account)?, account }
            }
        };
        if secret.get(REFRESH_TOKEN) != exchanged.as_deref() {
            return Ok(OpenAccount { account, secret });
        }
        secret.0.remove(RENEWAL);
        let next = tokens.refresh_token.clone().filter(|_| !mutant!("refresh_token_not_saved"));
        GrantTokens { refresh_token: next, ..tokens.clone() }.put_into(&mut secret);
        let event = Event::system(EventKind::AccountGrantRenewed, ports.clock.now());
        save(ports, account, &secret, &event).await
    });
    match stored {
        Ok(open) if lasts(&open.secret, LASTS_A_CALL, ports.clock.now()) => Ok(Access::Ready(Box::new(open))),
        Ok(_) => Ok(wait(ports, SOON)),
        Err(StoreError::NotFound) => Ok(Access::Gone),
        Err(error) => {
            // The lease ends by itself, and the stored refresh token is tried again then. This call has its token.
            tracing::error!(account.id = %open.id, error = %error.in_full(), "renewed tokens could not be stored");
            let mut open = open;
            tokens.put_into(&mut open.secret);
            Ok(Access::Ready(Box::new(open)))
        }
    }
}

/// Gives the lease back after a renewal that brought nothing, and notes a grant that is lost. Where another try may
/// succeed, the lease becomes a pause.
async fn not_renewed(
    ports: &GrantPorts<'_>,
    open: OpenAccount,
    lease: &str,
    failure: GrantFailure,
    is_refused: bool,
) -> StoreResult<Access> {
    let now = ports.clock.now();
    let detail = detail_of(&open, &failure, now);
    let after = if let GrantFailure::Unavailable { after, .. } = &failure { *after } else { None };
    let again = now.checked_add(after.unwrap_or(PAUSE)).unwrap_or(Timestamp::MAX);
    let stored = retry!(async {
        let mut account = ports.accounts.get(&open.workspace, &open.id).await?;
        let mut secret = opened(ports, &account)?;
        if secret.get(RENEWAL) != Some(lease) {
            return Ok((OpenAccount { account, secret }, false));
        }
        let is_lost = failure.needs_a_person();
        let mut kind = EventKind::AccountGrantRenewed;
        if is_lost {
            secret.0.remove(RENEWAL);
            // Its owner is told first: nothing renews a grant that is noted as lost.
            tell_owner(ports, &open, &detail, now).await?;
            kind = EventKind::AccountFailed;
            let is_gone = matches!(failure, GrantFailure::Lost { .. });
            let fault = if is_gone { AccountFault::NotConnected } else { AccountFault::LoginRefused };
            account.note_failed_try(fault, &detail, now);
        } else {
            secret.0.insert(RENEWAL.to_owned(), format!("{PAUSED} {again}"));
        }
        if matches!(failure, GrantFailure::Lost { .. }) {
            secret.0.remove(REFRESH_TOKEN);
            secret.0.remove(ACCESS_TOKEN);
        }
        Ok((save(ports, account, &secret, &Event::system(kind, now)).await?, is_lost))
    });
    let (open, is_lost) = match stored {
        Err(StoreError::NotFound) => return Ok(Access::Gone),
        other => other?,
    };
    if is_lost {
        return Ok(Access::Lost { detail });
    }
    tracing::warn!(account.id = %open.id, error = %failure, "a mailbox's token could not be renewed");
    if !is_refused && lasts(&open.secret, LASTS_A_CALL, now) {
        return Ok(Access::Ready(Box::new(open)));
    }
    Ok(Access::Wait { until: again })
}

/// A refresh token of a Google app that is in testing dies after seven days.
const TESTING: std::ops::RangeInclusive<i64> = 6 * 24 + 20..=8 * 24;

/// Describes a failure, with the likely cause where the grant's age tells it.
fn detail_of(open: &OpenAccount, failure: &GrantFailure, now: Timestamp) -> String {
    let detail = format!("{failure}. {}", failure.next_step());
    let granted: Option<Timestamp> = open.secret.get(GRANTED_AT).and_then(|at| at.parse().ok());
    let hours = granted.map(|at| now.duration_since(at).as_hours());
    let is_of_testing = matches!(failure, GrantFailure::Lost { .. })
        && open.settings.provider() == "google"
        && hours.is_some_and(|hours| TESTING.contains(&hours));
    match is_of_testing {
        true => format!(
            "{detail} It had lasted seven days: the app is probably in testing at Google; publish it."
        ),
        false => detail,
    }
}

/// Tells users of the workspace, once for each grant.
async fn tell_owner(
    ports: &GrantPorts<'_>,
    open: &OpenAccount,
    detail: &str,
    now: Timestamp,
) -> StoreResult<()> {
    let granted = open.secret.get(GRANTED_AT);
    let at = granted.and_then(|at| at.parse().ok()).unwrap_or(open.created_at);
    let notification = Notification {
        id: NotificationId::derived(at, &[open.id.as_str(), "grant"]),
        workspace: open.workspace.clone(),
        user: None,
        kind: NotificationKind::Health,
        title: format!("{} is no longer connected", open.name),
        detail: detail.to_owned(),
        lead: None,
        created_at: now,
        read_at: None,
    };
    ports.notifications.put(&notification, &Event::system(EventKind::HealthNoted, now)).await
}

/// Whether the access token is good for so long.
fn lasts(secret: &SecretFields, least: SignedDuration, now: Timestamp) -> bool {
    let end: Option<Timestamp> = secret.get(EXPIRES_AT).and_then(|at| at.parse().ok());
    secret.get(ACCESS_TOKEN).is_some() && end.is_some_and(|end| end.duration_since(now) >= least)
}

/// The holder of the lease and its end.
fn lease_of(secret: &SecretFields) -> Option<(&str, Timestamp)> {
    let (holder, until) = secret.get(RENEWAL)?.split_once(' ')?;
    Some((holder, until.parse().ok()?))
}

fn ready(account: Account, secret: SecretFields) -> Access {
    Access::Ready(Box::new(OpenAccount { account, secret }))
}

fn wait(ports: &GrantPorts<'_>, so_long: SignedDuration) -> Access {
    Access::Wait { until: ports.clock.now().checked_add(so_long).unwrap_or(Timestamp::MAX) }
}

fn opened(ports: &GrantPorts<'_>, account: &Account) -> StoreResult<SecretFields> {
    let opened = ports.vault.open(&account.workspace, &account.id, &account.sealed_secret);
    opened.map_err(|bad| StoreError::Corrupt { key: account.id.to_string(), why: bad.to_string() })
}

async fn save(
    ports: &GrantPorts<'_>,
    mut account: Account,
    secret: &SecretFields,
    event: &Event,
) -> StoreResult<OpenAccount> {
    account.sealed_secret = ports.vault.seal(&account.workspace, &account.id, secret);
    account.rev = ports.accounts.save(&account, event).await?;
    Ok(OpenAccount { account, secret: secret.clone() })
}
