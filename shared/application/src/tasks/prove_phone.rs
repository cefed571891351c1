//! Proves that a user's own phone is theirs: the app rings it, a voice reads a code, and the user enters the code.
//!
//! The code is stored before the provider is asked, with the revision of the user: of two requests one is first. The price
//! of a minute is reserved before, and booked once the provider has accepted the call. A call that the provider refuses counts
//! for the user alone, whose next calls it bounds; a number's codes of the day are used up only by calls that may have rung it. Events say which number was asked for
//! and confirmed, by a keyed digest: whoever was rung and complains can be answered.

use crate::lead::suppression_lookup::scopes_of_phone;
use crate::ports::calls::CodeCall;
use crate::ports::ids::Ids;
use crate::ports::provider_calls::SendError;
use crate::ports::store::{StoreError, StoreResult};
use crate::retry;
use crate::tasks::call_costs::{TWILIO, booking};
use crate::tasks::place_call::{CallPorts, NotPlaced, calling_account, open};
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Actor, Event, EventKind};
use domain::lead::suppression::SuppressionReason;
use domain::spend::{BookingOutcome, CallKind, Reservation, Reserving};
use domain::workspace::call::CallSide;
use domain::workspace::own_phone::{CODES_A_DAY, CodeNotRead, EnteredCode, ReadCode};
use domain::{UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};

/// The codes that there are: those of six digits.
const CODES: u64 = 1_000_000;
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The most calls for one user in a day that the provider refuses.
const REFUSED_A_DAY: u32 = 20;

/// The reason why no code was read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    #[error("a code was read just now")]
    JustNow,
    #[error("a day's codes were read")]
    Often,
    #[error("a day's calls were refused")]
    Refused,
    #[error(transparent)]
    NotPlaced(#[from] NotPlaced),
}

impl From<StoreError> for NotRead {
    fn from(error: StoreError) -> Self {
        Self::NotPlaced(error.into())
    }
}

impl From<CodeNotRead> for NotRead {
    fn from(reason: CodeNotRead) -> Self {
        match reason {
            CodeNotRead::JustNow => Self::JustNow,
            CodeNotRead::Often => Self::Often,
        }
    }
}

/// Rings a phone that the user says is theirs, and has a code read. Returns when the code expires. Where the provider's
/// answer is lost, the phone may ring or not: the code counts. Where the provider refuses, nothing has changed.
pub async fn read_code(
    ports: &CallPorts,
    ids: &dyn Ids,
    (workspace, user): (&WorkspaceId, &UserId),
    number: PhoneNumber,
) -> Result<Timestamp, NotRead> {
    let now = ports.clock.now();
    let rules = ports.workspaces.get(workspace).await?;
    rules.may_ring(&number, None).map_err(|why| NotPlaced::NotRung(CallSide::User, why))?;
    if has_opted_out(ports, workspace, &number).await? {
        return Err(NotPlaced::Suppressed.into());
    }
    let account = calling_account(&*ports.accounts, workspace).await?.ok_or(NotPlaced::NoAccount)?;
    let open = open(ports, account).map_err(NotPlaced::from)?;
    let mut user = ports.users.get(workspace, user).await?;
    let (code, before) = (new_code(ids), user.phone_proof.code.clone());
    let digest = digest(ports, &user.id, &code);
    let expires_at = user.expect_code(number.clone(), digest.clone(), now)?;
    let refused = format!("refused phone codes/{workspace}/{}", user.id);
    if ports.limits.taken(&refused, DAY, now).await? >= REFUSED_A_DAY {
        return Err(NotRead::Refused);
    }
    let bucket = format!("own phone/{}", ports.keys.keyed_digest(&number.subscriber()));
    if ports.limits.take(&bucket, CODES_A_DAY, DAY, now).await?.is_err() {
        return Err(NotRead::Often);
    }
    let held = match reserve_minute(ports, (workspace, &user.id), now).await {
        Ok(held) => held,
        Err(refusal) => {
            ports.limits.give_back(&bucket, DAY, now).await?;
            return Err(refusal);
        }
    };
    let settle = async |bookings: &[_]| ports.caps.spend.settle(workspace, &held.id, bookings, now).await;
    if let Err(error) =
        ports.users.save(&user, &event(ports, EventKind::PhoneCodeAsked, (&user.id, &number))).await
    {
        settle(&[]).await?;
        ports.limits.give_back(&bucket, DAY, now).await?;
        return Err(not_saved(ports, (workspace, &user.id), error, now).await);
    }
    let settled = match ports.call_placer.read_code(&open, &CodeCall { to: number, code }).await {
        Ok(_) => settle(&[booking(held.amount, BookingOutcome::Hit)]).await,
        Err(SendError::Uncertain(_)) => settle(&[booking(held.amount, BookingOutcome::Lost)]).await,
        Err(refusal) => {
            settle(&[]).await?;
            ports.limits.take(&refused, REFUSED_A_DAY, DAY, now).await?.ok();
            ports.limits.give_back(&bucket, DAY, now).await?;
            take_back(ports, (workspace, &user.id), (&digest, before)).await?;
            return Err(NotPlaced::Refused(refusal.to_string()).into());
        }
    };
    // The phone rings by now. What stays reserved is booked when its time is over.
    if let Err(error) = settled {
        tracing::warn!(account.id = %open.id, %error, "the price of a call that reads a code is booked later");
    }
    Ok(expires_at)
}

/// Takes the code that a user entered, and counts it where it is wrong.
pub async fn enter_code(
    ports: &CallPorts,
    (workspace, user): (&WorkspaceId, &UserId),
    code: &str,
) -> StoreResult<EnteredCode> {
    let now = ports.clock.now();
    let entered = digest(ports, user, code);
    retry!(async {
        let mut user = ports.users.get(workspace, user).await?;
        let before = user.phone_proof.clone();
        let answer = user.enter_code(&entered, now);
        if user.phone_proof != before {
            let event = match &answer {
                EnteredCode::Right(number) => event(ports, EventKind::PhoneConfirmed, (&user.id, number)),
                EnteredCode::Wrong | EnteredCode::NoneExpected => {
                    Event::new(EventKind::UserChanged, Actor::User(user.id.clone()), now)
                }
            };
            ports.users.save(&user, &event).await?;
        }
        Ok::<EnteredCode, StoreError>(answer)
    })
}

fn event(ports: &CallPorts, kind: EventKind, (user, number): (&UserId, &PhoneNumber)) -> Event {
    let event = Event::new(kind, Actor::User(user.clone()), ports.clock.now());
    event.because(ports.keys.keyed_digest(number.as_str()))
}

/// Tells whether the number is on the suppression list. That a text to it bounces says nothing about calls.
async fn has_opted_out(
    ports: &CallPorts,
    workspace: &WorkspaceId,
    number: &PhoneNumber,
) -> StoreResult<bool> {
    let listed = ports.suppressions.find(workspace, &scopes_of_phone(number)).await?;
    Ok(listed.iter().any(|entry| entry.reason != SuppressionReason::HardBounce))
}

/// Tells why a user was not saved: another code may have been asked for meanwhile, or something else changed.
async fn not_saved(
    ports: &CallPorts,
    (workspace, user): (&WorkspaceId, &UserId),
    error: StoreError,
    now: Timestamp,
) -> NotRead {
    let newest = ports.users.get(workspace, user).await;
    match newest {
        Ok(user) if user.phone_proof.read_at.last() == Some(&now) => NotRead::JustNow,
        Ok(_) | Err(_) => error.into(),
    }
}

/// Takes a code back that the provider refused to read.
async fn take_back(
    ports: &CallPorts,
    (workspace, user): (&WorkspaceId, &UserId),
    (digest, before): (&str, Option<ReadCode>),
) -> StoreResult<()> {
    retry!(async {
        let mut user = ports.users.get(workspace, user).await?;
        if user.take_code_back(digest, before.clone()) {
            let event = Event::system(EventKind::UserChanged, ports.clock.now());
            ports.users.save(&user, &event).await?;
        }
        Ok::<(), StoreError>(())
    })
}

async fn reserve_minute(
    ports: &CallPorts,
    (workspace, user): (&WorkspaceId, &UserId),
    now: Timestamp,
) -> Result<Reservation, NotRead> {
    let settings = ports.caps.spend.settings(workspace).await?;
    let reservation = Reservation {
        workspace: workspace.clone(),
        id: format!("own_phone#{user}#{now}"),
        limits: vec![settings.month(now)],
        amount: settings.prices.call(TWILIO, CallKind::Minute).hit,
        made_at: now,
    };
    match ports.caps.reserve(&reservation).await? {
        Reserving::Reserved => Ok(reservation),
        // The same moment has the same id: another request is ahead.
        Reserving::OpenAlready | Reserving::SettledAlready => Err(NotRead::JustNow),
        Reserving::Refused { .. } => Err(NotPlaced::CapReached.into()),
    }
}

fn new_code(ids: &dyn Ids) -> String {
    let mut bytes = [0; 8];
    ids.secret_bytes(&mut bytes);
    format!("{:06}", u64::from_le_bytes(bytes) % CODES)
}

/// Makes the digest that is stored in place of a code. It is keyed, because there are few codes, and has the user's id in it,
/// so that equal codes of two users differ.
fn digest(ports: &CallPorts, user: &UserId, code: &str) -> String {
    ports.keys.keyed_digest(&format!("phone code {user}.{code}"))
}
