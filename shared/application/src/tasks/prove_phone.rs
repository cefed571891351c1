//! Proves that a user's own phone is theirs: the app rings it, a voice reads a code, and the user enters the code.
//!
//! The code is stored before the provider is asked, with the revision of the user: of two requests one is first. The price
//! of a minute is reserved before, and booked once the provider has accepted the call.

use crate::identity::one_time_token::digest_of;
use crate::ports::accounts::BadSeal;
use crate::ports::calls::CodeCall;
use crate::ports::ids::Ids;
use crate::ports::provider_calls::SendError;
use crate::ports::store::{StoreError, StoreResult};
use crate::retry;
use crate::tasks::call_costs::{TWILIO, booking};
use crate::tasks::place_call::{CallPorts, calling_account, open};
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Actor, Event, EventKind};
use domain::spend::{BookingOutcome, CallKind, Reservation, Reserving};
use domain::workspace::call_rules::NotRung;
use domain::workspace::own_phone::{CodeNotRead, EnteredCode};
use domain::{UserId, WorkspaceId};
use jiff::Timestamp;

/// The codes that there are: those of six digits.
const CODES: u64 = 1_000_000;

/// The reason why no code was read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    #[error("the number is not one that the workspace lets be called")]
    NotRung(NotRung),
    #[error("a code was read just now")]
    JustNow,
    #[error("a day's codes were read")]
    Often,
    #[error("no account places calls")]
    NoAccount,
    #[error("the month's cap leaves too little for a call")]
    CapReached,
    #[error("refused: {0}")]
    Refused(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Seal(#[from] BadSeal),
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
/// answer is lost, the phone may ring or not: the code counts.
pub async fn read_code(
    ports: &CallPorts,
    ids: &dyn Ids,
    (workspace, user): (&WorkspaceId, &UserId),
    number: PhoneNumber,
) -> Result<Timestamp, NotRead> {
    let now = ports.clock.now();
    ports.workspaces.get(workspace).await?.may_ring(&number, None).map_err(NotRead::NotRung)?;
    let account = calling_account(&*ports.accounts, workspace).await?.ok_or(NotRead::NoAccount)?;
    let open = open(ports, account)?;
    let mut user = ports.users.get(workspace, user).await?;
    let code = new_code(ids);
    let expires_at = user.expect_code(number.clone(), digest(&user.id, &code), now)?;
    let held = reserve_minute(ports, (workspace, &user.id), now).await?;
    let settle = async |bookings: &[_]| ports.caps.spend.settle(workspace, &held.id, bookings, now).await;
    let event = Event::new(EventKind::UserChanged, Actor::User(user.id.clone()), now);
    match ports.users.save(&user, &event).await {
        Ok(_) => {}
        Err(StoreError::Conflict) => {
            settle(&[]).await?;
            return Err(NotRead::JustNow);
        }
        Err(other) => return Err(other.into()),
    }
    match ports.call_placer.read_code(&open, &CodeCall { to: number, code }).await {
        Ok(_) => settle(&[booking(held.amount, BookingOutcome::Hit)]).await?,
        Err(SendError::Uncertain(_)) => settle(&[booking(held.amount, BookingOutcome::Lost)]).await?,
        Err(refusal) => {
            settle(&[]).await?;
            return Err(NotRead::Refused(refusal.to_string()));
        }
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
    let entered = digest(user, code);
    retry!(async {
        let mut user = ports.users.get(workspace, user).await?;
        let before = user.phone_proof.clone();
        let answer = user.enter_code(&entered, now);
        if user.phone_proof != before {
            let event = Event::new(EventKind::UserChanged, Actor::User(user.id.clone()), now);
            ports.users.save(&user, &event).await?;
        }
        Ok::<EnteredCode, StoreError>(answer)
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
        Reserving::Refused { .. } => Err(NotRead::CapReached),
    }
}

fn new_code(ids: &dyn Ids) -> String {
    let mut bytes = [0; 8];
    ids.secret_bytes(&mut bytes);
    format!("{:06}", u64::from_le_bytes(bytes) % CODES)
}

/// Makes the digest that is stored in place of a code. The user's id is in it, so that equal codes of two users differ.
fn digest(user: &UserId, code: &str) -> String {
    digest_of(&format!("{user}.{code}"))
}
