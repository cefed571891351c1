//! Asks the provider for the addresses of prospects, under one reservation: noted before each question and after it.

use crate::ports::provider_calls::{CallError, OpenAccount};
use crate::ports::store::{StoreError, StoreResult, found};
use crate::prospects::Asker;
use crate::prospects::as_lead::subject_of;
use crate::prospects::desk::ProspectDesk;
use crate::prospects::outcome::AddOutcome;
use crate::prospects::plan::{Planned, Todo};
use crate::workspace::account_answers::{note_refusal, note_works};
use domain::lead::data_field::DataField;
use domain::prospect::{Prospect, ProspectPaid, ProspectRecord, ProspectState};
use domain::spend::{Booking, BookingOutcome, CallPrice, Reservation, Reserving, Usd};
use futures::{FutureExt, StreamExt};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// The questions that are asked side by side: as many as the app adds in one request.
const AT_ONCE: usize = 6;
/// The time in which questions are begun. A call takes up to 25 s, and the function is ended after 29 s.
const BEGINS_QUESTIONS_FOR: SignedDuration = SignedDuration::from_secs(2);
/// The attempts at a request that may each reserve.
const ATTEMPTS: u32 = 5;
/// The times that less is reserved, because a cap leaves less than it did a moment ago.
const TRIES: usize = 3;

/// Money that is reserved for some of the questions.
pub(super) struct Reserved {
    id: Option<String>,
    /// The questions that it is enough for.
    pub questions: usize,
}

/// Settles what earlier attempts at the request have reserved, and reserves for as many of the questions as the caps leave
/// room for.
pub(super) async fn reserve(
    desk: &ProspectDesk<'_>,
    planned: &[Planned],
    price: CallPrice,
    asker: &Asker,
) -> StoreResult<Reserved> {
    let workspace = &desk.workspace.id;
    let mut nth = 0;
    let id = loop {
        let id = format!("{}#{nth}", asker.request);
        let bookings = bookings_of(planned.iter().filter_map(|one| one.record.as_ref()), &id);
        let settled = desk.ports.spend.settle(workspace, &id, &bookings, desk.ports.clock.now()).await;
        if found(settled)?.is_none() || nth == ATTEMPTS {
            break id;
        }
        nth += 1;
    };
    let wanted = planned.iter().filter(|one| one.todo == Todo::Buy).count();
    if wanted == 0 || price.most().is_zero() {
        return Ok(Reserved { id: None, questions: wanted });
    }
    let room = |left: Usd| usize::try_from(left.times(price.most())).unwrap_or(usize::MAX).min(wanted);
    // One at least is tried, so that a cap that leaves no room is told.
    let mut questions = desk.left(asker).await?.map_or(wanted, room).max(1);
    for _ in 0..TRIES {
        if questions == 0 {
            break;
        }
        let reservation = Reservation {
            workspace: workspace.clone(),
            id: id.clone(),
            limits: desk.limits(asker),
            amount: price.most() * questions as u64,
            made_at: desk.ports.clock.now(),
        };
        match desk.ports.spend.reserve(&reservation).await? {
            Reserving::Reserved => {
                desk.ports.caps.note_reserved(&reservation).await;
                return Ok(Reserved { id: Some(id), questions });
            }
            Reserving::Refused { left, scope } => {
                questions = room(left);
                if questions == 0 {
                    desk.ports.caps.note_refused(&reservation, &scope).await;
                }
            }
            Reserving::OpenAlready | Reserving::SettledAlready => break,
        }
    }
    Ok(Reserved { id: None, questions: 0 })
}

/// Asks as many questions as were reserved, and settles what they came to. Each prospect is then to be created, or done.
pub(super) async fn buy(
    desk: &ProspectDesk<'_>,
    planned: &mut [Planned],
    (account, price): (&OpenAccount, CallPrice),
    reserved: Reserved,
    asker: &Asker,
) -> StoreResult<()> {
    let request = reserved.id.clone().unwrap_or_else(|| asker.request.clone());
    let began = desk.ports.clock.now();
    let to_buy: Vec<&mut Planned> = planned.iter_mut().filter(|one| one.todo == Todo::Buy).collect();
    // Set once the provider refuses: further questions would be refused, too.
    let refused: Mutex<Option<String>> = Mutex::new(None);
    let mut asked = Vec::new();
    for (place, one) in to_buy.into_iter().enumerate() {
        if place < reserved.questions {
            asked.push(one);
        } else {
            one.todo = Todo::Done(AddOutcome::OverCap, None);
        }
    }
    let mut questions = Vec::with_capacity(asked.len());
    for one in &mut asked {
        questions.push(ask(desk, one, (account, price), (&request, began), &refused).boxed());
    }
    let done: Vec<StoreResult<()>> =
        futures::stream::iter(questions).buffer_unordered(AT_ONCE).collect().await;
    let now = desk.ports.clock.now();
    match refused.into_inner() {
        Ok(Some(why)) => {
            note_refusal((&*desk.ports.accounts, &*desk.ports.notifications), account, &why, now).await?;
        }
        _ if asked.iter().any(|one| one.record.as_ref().is_some_and(|record| record.paid.is_some())) => {
            note_works(&*desk.ports.accounts, account, now).await?;
        }
        _ => {}
    }
    // What was asked is booked, even if one of the records could not be written.
    if let Some(id) = &reserved.id {
        let bookings = bookings_of(asked.iter().filter_map(|one| one.record.as_ref()), id);
        desk.ports.spend.settle(&desk.workspace.id, id, &bookings, now).await?;
    }
    done.into_iter().collect()
}

async fn ask(
    desk: &ProspectDesk<'_>,
    one: &mut Planned,
    (account, price): (&OpenAccount, CallPrice),
    (request, began): (&str, Timestamp),
    refused: &Mutex<Option<String>>,
) -> StoreResult<()> {
    let is_refused = || refused.lock().is_ok_and(|why| why.is_some());
    let subject = subject_of(&one.prospect);
    if desk.ports.data_lookup.question(account, &subject, DataField::Email).is_none() {
        one.todo = Todo::Done(AddOutcome::NoAddress, None);
        return Ok(());
    }
    if is_refused() || desk.ports.clock.now().duration_since(began) > BEGINS_QUESTIONS_FOR {
        one.todo = Todo::Done(AddOutcome::NotAsked, None);
        return Ok(());
    }
    let paid = |outcome, amount| Some(ProspectPaid { outcome, amount });
    let mut record = ProspectRecord {
        workspace: desk.workspace.id.clone(),
        prospect: one.prospect.id.clone(),
        provider: account.settings.data_provider().unwrap_or_default().to_owned(),
        state: ProspectState::Asked {},
        request: request.to_owned(),
        // What it comes to if the answer is lost, at the price that is reserved.
        paid: paid(BookingOutcome::Lost, price.most()),
        at: desk.ports.clock.now(),
        rev: one.record.as_ref().map_or(0, |record| record.rev),
    };
    match desk.ports.prospects.save_record(&record).await {
        Ok(rev) => record.rev = rev,
        Err(StoreError::Conflict) => {
            one.todo = Todo::Done(AddOutcome::BeingAdded, None);
            return Ok(());
        }
        Err(other) => return Err(other),
    }
    let answer = desk.ports.data_lookup.look_up(account, &subject, DataField::Email).await;
    match answer {
        Ok(Some(told)) => {
            record.paid = paid(BookingOutcome::Hit, price.hit);
            let values = joined(&one.prospect, told.values);
            (record.state, one.todo) = match values.contains_key(&DataField::Email) {
                true => (ProspectState::Bought { values: values.clone() }, Todo::Create(values)),
                false => (ProspectState::NoEmail {}, Todo::Done(AddOutcome::NoAddress, None)),
            };
        }
        Ok(None) => {
            record.paid = paid(BookingOutcome::Miss, price.miss);
            record.state = ProspectState::NoEmail {};
            one.todo = Todo::Done(AddOutcome::NoAddress, None);
        }
        Err(CallError::Lost(_)) => {
            record.state = ProspectState::Lost {};
            one.todo = Todo::Done(AddOutcome::AnswerLost, None);
        }
        Err(error) => {
            if let (CallError::Account(why), Ok(mut refused)) = (&error, refused.lock()) {
                *refused = Some(why.clone());
            }
            tracing::warn!(%error, "a prospect's address could not be asked for");
            record.paid = None;
            record.state = ProspectState::Failed {};
            one.todo = Todo::Done(AddOutcome::NotAsked, None);
        }
    }
    record.at = desk.ports.clock.now();
    let saved = desk.ports.prospects.save_record(&record).await;
    if let Ok(rev) = &saved {
        record.rev = *rev;
    }
    one.record = Some(record);
    saved.map(drop)
}

/// Joins what the search told with what was bought, which counts more.
fn joined(prospect: &Prospect, bought: BTreeMap<DataField, String>) -> BTreeMap<DataField, String> {
    let told = prospect.values.clone().into_iter().filter(|(field, _)| !prospect.masked.contains(field));
    let mut values: BTreeMap<_, _> = told.chain(bought).collect();
    values.remove(&DataField::CompanyDescription);
    values
}

/// Sums up what the questions of a reservation came to, by outcome.
fn bookings_of<'r>(records: impl Iterator<Item = &'r ProspectRecord>, reservation: &str) -> Vec<Booking> {
    let mut sums: BTreeMap<(String, BookingOutcome), (u64, Usd)> = BTreeMap::new();
    for record in records.filter(|record| record.request == reservation) {
        if let Some(paid) = record.paid {
            let sum = sums.entry((record.provider.clone(), paid.outcome)).or_default();
            *sum = (sum.0 + 1, sum.1 + paid.amount);
        }
    }
    let booking =
        |((provider, outcome), (calls, amount))| Booking { provider, outcome, calls, amount, model: None };
    sums.into_iter().map(booking).collect()
}
