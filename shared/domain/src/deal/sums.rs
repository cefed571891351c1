//! Sums of deals: their number, their value and what of it is expected, each currency on its own.

use super::Deal;
use crate::money::{Money, Sums};

/// What some deals come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DealSums {
    pub deals: usize,
    pub value: Sums,
    /// Each value times its probability, rounded to the minor unit.
    pub weighted: Sums,
}

impl DealSums {
    /// Adds a deal with the probability that it counts with, in percent.
    pub fn add(&mut self, deal: &Deal, chance: u8) {
        self.deals += 1;
        self.value.add(deal.value);
        self.weighted.add(weighted(deal.value, chance));
    }

    /// Adds other sums.
    pub fn join(&mut self, other: &Self) {
        self.deals += other.deals;
        other.value.iter().for_each(|money| self.value.add(money));
        other.weighted.iter().for_each(|money| self.weighted.add(money));
    }
}

fn weighted(value: Money, chance: u8) -> Money {
    let hundredfold = i128::from(value.amount_minor) * i128::from(chance);
    let amount = (hundredfold + 50).div_euclid(100);
    Money { amount_minor: i64::try_from(amount).unwrap_or(i64::MAX), ..value }
}
