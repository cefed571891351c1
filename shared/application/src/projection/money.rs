//! The money that a change moves, in each currency on its own: recurring revenue and its movements, and what was
//! collected.

use crate::ports::changes::Change;
use crate::ports::stats::{Metric, Scope};
use domain::money::{Currency, Money, Sums};
use domain::revenue::{Client, Transaction};
use jiff::civil::Date;
use std::collections::BTreeSet;

pub(super) fn moved(change: &Change, day: Date) -> Vec<(Scope, Metric, i64)> {
    let moved = match change {
        Change::Client { old, new } => client_moves(old.as_deref(), new),
        Change::Transaction { new } => transaction_moves(new),
        _ => Vec::new(),
    };
    let moved = moved.into_iter().filter(|(_, _, by)| *by != 0);
    moved
        .flat_map(|(currency, metric, by)| {
            [Scope::TotalIn(currency), Scope::DayIn(day, currency)].map(|scope| (scope, metric, by))
        })
        .collect()
}

fn client_moves(old: Option<&Client>, new: &Client) -> Vec<(Currency, Metric, i64)> {
    let none = Sums::default();
    let (mrr, ending) = old.map_or((&none, &none), |old| (&old.mrr, &old.ending));
    let disputed = (old.map(Client::disputed).unwrap_or_default(), new.disputed());
    let all = [mrr, ending, &new.mrr, &new.ending, &disputed.0, &disputed.1];
    let currencies: BTreeSet<Currency> =
        all.into_iter().flat_map(Sums::iter).map(|money| money.currency).collect();
    let moves = |currency| {
        let (before, after) = (mrr.amount_minor(currency), new.mrr.amount_minor(currency));
        let change =
            |before: &Sums, after: &Sums| after.amount_minor(currency) - before.amount_minor(currency);
        let mut moved = vec![
            (currency, Metric::MrrMinor, after - before),
            (currency, Metric::EndingMinor, change(ending, &new.ending)),
            (currency, Metric::DisputedMinor, change(&disputed.0, &disputed.1)),
            (currency, Metric::Subscribed, i64::from(after > 0) - i64::from(before > 0)),
        ];
        moved.extend(movement(before, after).map(|(metric, by)| (currency, metric, by)));
        moved
    };
    currencies.into_iter().flat_map(moves).collect()
}

/// Returns the movement of monthly recurring revenue by kind, always as a positive amount.
fn movement(before: i64, after: i64) -> Option<(Metric, i64)> {
    match (before, after) {
        (before, after) if before == after => None,
        (before, after) if before <= 0 => Some((Metric::MrrNewMinor, after - before)),
        (before, after) if after <= 0 => Some((Metric::MrrChurnMinor, before - after)),
        (before, after) if after > before => Some((Metric::MrrExpansionMinor, after - before)),
        (before, after) => Some((Metric::MrrContractionMinor, before - after)),
    }
}

/// Refunds and chargebacks are booked with negative amounts.
fn transaction_moves(transaction: &Transaction) -> Vec<(Currency, Metric, i64)> {
    let Money { amount_minor, currency } = transaction.amount;
    vec![(currency, Metric::CollectedMinor, amount_minor)]
}
