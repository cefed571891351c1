//! The use of AI by day: an item of counters for each day, use and model. It is counted in the transaction that settles a
//! reservation, so that a repeat counts nothing. Calls of a model without a price have no reservation: they are counted
//! after the call, and one whose worker breaks off in between is missed.

use crate::item::{Item, head, number, number_of, text, text_of};
use crate::keys::spend as keys;
use crate::write::{Expression, Write, update};
use application::StoreResult;
use domain::WorkspaceId;
use domain::spend::{AiUse, AiUseOfDay, Booking, BookingOutcome, ModelTokens, Usd};
use jiff::Timestamp;
use jiff::tz::TimeZone;

const ENTITY: &str = "ai_use";
const DAY: &str = "day";
const USE: &str = "use";
const MODEL: &str = "model";
const ANSWERED: &str = "answered";
const LOST: &str = "lost";
const TURNED_DOWN: &str = "turned_down";
const PROMPT: &str = "prompt_tokens";
const COMPLETION: &str = "completion_tokens";
const COST: &str = "cost";

/// Makes the writes that count calls of models on the day of `at`: one for each use and model.
pub(super) fn counting(workspace: &WorkspaceId, bookings: &[Booking], at: Timestamp) -> Vec<Write> {
    let mut sums: Vec<AiUseOfDay> = Vec::new();
    let day = at.to_zoned(TimeZone::UTC).date();
    for booking in bookings {
        let Some(used) = &booking.model else { continue };
        let place = sums.iter().position(|sum| sum.ai_use == used.ai_use && sum.model == used.model);
        let place = place.unwrap_or_else(|| {
            sums.push(AiUseOfDay {
                day,
                ai_use: used.ai_use,
                model: used.model.clone(),
                answered: 0,
                lost: 0,
                turned_down: 0,
                tokens: ModelTokens::default(),
                cost: Usd::ZERO,
            });
            sums.len() - 1
        });
        let Some(sum) = sums.get_mut(place) else { continue };
        match booking.outcome {
            BookingOutcome::Hit | BookingOutcome::Miss => sum.answered += booking.calls,
            BookingOutcome::Lost => sum.lost += booking.calls,
        }
        sum.turned_down += used.turned_down;
        sum.tokens.prompt += used.tokens.prompt;
        sum.tokens.completion += used.tokens.completion;
        sum.cost = sum.cost + booking.amount;
    }
    sums.iter().map(|sum| adding(workspace, sum)).collect()
}

fn adding(workspace: &WorkspaceId, sum: &AiUseOfDay) -> Write {
    let counters = [
        (ANSWERED, sum.answered),
        (LOST, sum.lost),
        (TURNED_DOWN, sum.turned_down),
        (PROMPT, sum.tokens.prompt),
        (COMPLETION, sum.tokens.completion),
        (COST, sum.cost.as_micros()),
    ];
    let mut change = Expression::new(
        "SET #entity = :entity, #v = :v, #day = :day, #use = :use, #model = :model ADD #n0 :n0, #n1 :n1, #n2 :n2, #n3 :n3, #n4 :n4, #n5 :n5",
    )
    .name("#entity", "entity")
    .name("#v", "v")
    .name("#day", DAY)
    .name("#use", USE)
    .name("#model", MODEL)
    .value(":entity", text(ENTITY))
    .value(":v", number(1))
    .value(":day", text(sum.day.to_string()))
    .value(":use", text(sum.ai_use.as_str()))
    .value(":model", text(sum.model.as_str()));
    for (nth, (name, count)) in counters.into_iter().enumerate() {
        change = change.name(&format!("#n{nth}"), name).value(&format!(":n{nth}"), number(count));
    }
    update(&keys::ai_use(workspace, sum.day, sum.ai_use, &sum.model), change, None)
}

pub(super) fn read(item: &Item) -> StoreResult<AiUseOfDay> {
    let head = head(item)?;
    let count = |name: &str| number_of(item, name).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    let day = text_of(item, DAY).and_then(|day| day.parse().ok());
    let ai_use = text_of(item, USE).and_then(AiUse::parse);
    Ok(AiUseOfDay {
        day: day.ok_or_else(|| head.corrupt("has no day"))?,
        ai_use: ai_use.ok_or_else(|| head.corrupt("has no use that is known"))?,
        model: text_of(item, MODEL).unwrap_or_default().to_owned(),
        answered: count(ANSWERED),
        lost: count(LOST),
        turned_down: count(TURNED_DOWN),
        tokens: ModelTokens { prompt: count(PROMPT), completion: count(COMPLETION) },
        cost: Usd::micros(count(COST)),
    })
}
