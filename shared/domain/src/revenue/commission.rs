//! Commissions: what team members earn from the money that their clients paid.
//!
//! A client's money is credited to one team member, or shared. Each payment keeps the credits of its moment, and a
//! refund or a chargeback takes those of its payment, so money that goes back is taken from who had it. A month's
//! earnings are a rate of what was credited in it; once the month is closed they are stored and never change.

use crate::ids::{UserId, WorkspaceId};
use crate::money::{Currency, Money, Sums};
use crate::revenue::{Client, Transaction};
use crate::time::calendar_month::CalendarMonth;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub const MOST_TIERS: usize = 6;
/// The most team members who share a client's money.
pub const MOST_CREDITS: usize = 5;
/// The most team members with a rate of their own.
pub const MOST_OWN_RATES: usize = 200;
/// A month is closed only once the payments of its last minutes have been booked.
pub const CLOSED_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// Providers tell of a payment for some days until we have heard it; none is booked later than this.
pub const BOOKED_WITHIN: SignedDuration = SignedDuration::from_hours(35 * 24);

/// A team member's share of a client's money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Credit {
    pub user: UserId,
    /// The share in percent, 1 to 100. The shares of a client are 100 together.
    pub percent: u8,
}

impl Credit {
    pub fn whole(user: UserId) -> Self {
        Self { user, percent: 100 }
    }
}

impl Client {
    /// Credits the lead's owner with the client's money, unless somebody is credited already.
    pub fn credit_owner(&mut self, owner: Option<&UserId>) {
        if self.credits.is_empty() {
            self.credits.extend(owner.cloned().map(Credit::whole));
        }
    }
}

/// Says what is wrong with the credits of a client, if anything is.
pub fn fault_of(credits: &[Credit]) -> Option<String> {
    let users: BTreeSet<_> = credits.iter().map(|credit| &credit.user).collect();
    let sum: u32 = credits.iter().map(|credit| u32::from(credit.percent)).sum();
    if credits.len() > MOST_CREDITS {
        Some(format!("are at most {MOST_CREDITS}"))
    } else if users.len() < credits.len() {
        Some("names a team member twice".to_owned())
    } else if credits.iter().any(|credit| credit.percent == 0) {
        Some("needs a share of at least 1 percent for each".to_owned())
    } else if !credits.is_empty() && sum != 100 {
        Some(format!("must be 100 percent together, not {sum}"))
    } else {
        None
    }
}

/// Splits an amount by the credits to the last minor unit: what is left over by rounding goes to the first.
pub fn split(amount_minor: i64, credits: &[Credit]) -> Vec<i64> {
    let part = |credit: &Credit| {
        let part = i128::from(amount_minor) * i128::from(credit.percent) / 100;
        i64::try_from(part).unwrap_or_default()
    };
    let mut parts: Vec<i64> = credits.iter().map(part).collect();
    let given: i64 = parts.iter().sum();
    if let Some(first) = parts.first_mut() {
        *first += amount_minor - given;
    }
    parts
}

/// A part of the rate: money from this sum upwards, up to the next tier, earns this much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CommissionTier {
    /// Minor units of the workspace's currency, counted from the start of each month. The first tier starts at 0.
    pub from_minor: i64,
    /// Hundredths of a percent: 1500 is 15 %.
    pub basis_points: u16,
}

/// How much team members earn, stored as one item of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommissionPlan {
    pub workspace: WorkspaceId,
    /// The tiers for everybody; without any nobody earns a commission.
    pub tiers: Vec<CommissionTier>,
    /// Tiers of single team members, in place of those for everybody.
    pub own: BTreeMap<UserId, Vec<CommissionTier>>,
    pub rev: u64,
}

impl CommissionPlan {
    pub fn none(workspace: WorkspaceId) -> Self {
        Self { workspace, tiers: Vec::new(), own: BTreeMap::new(), rev: 0 }
    }

    pub fn tiers_of(&self, user: &UserId) -> &[CommissionTier] {
        self.own.get(user).unwrap_or(&self.tiers)
    }

    /// Computes what a team member earns from the money credited in a month.
    pub fn earned(&self, user: &UserId, credited: Money, currency_of_workspace: Currency) -> Money {
        let tiers = self.tiers_of(user);
        // The sums of the tiers are in one currency. Money in another one earns the first rate.
        let tiers = if credited.currency == currency_of_workspace {
            tiers
        } else {
            tiers.get(..1).unwrap_or_default()
        };
        Money { amount_minor: earned_by(tiers, credited.amount_minor), currency: credited.currency }
    }
}

/// Says what is wrong with the tiers, if anything is.
pub fn fault_of_tiers(tiers: &[CommissionTier]) -> Option<String> {
    if tiers.len() > MOST_TIERS {
        Some(format!("are at most {MOST_TIERS}"))
    } else if tiers.first().is_some_and(|tier| tier.from_minor != 0) {
        Some("must start with a tier from 0".to_owned())
    } else if tiers.windows(2).any(|pair| pair[1].from_minor <= pair[0].from_minor) {
        Some("must each start above the one before".to_owned())
    } else if tiers.iter().any(|tier| tier.basis_points > 10_000) {
        Some("must have rates of at most 100 percent".to_owned())
    } else {
        None
    }
}

/// Adds up what each tier earns, rounded once. More refunds than payments cost the first rate.
fn earned_by(tiers: &[CommissionTier], credited: i64) -> i64 {
    let Some(first) = tiers.first() else { return 0 };
    let mut hundredths: i128 = 0;
    if credited < 0 {
        hundredths = i128::from(credited) * i128::from(first.basis_points);
    }
    for (place, tier) in tiers.iter().enumerate().filter(|_| credited > 0) {
        let end = tiers.get(place + 1).map_or(i64::MAX, |next| next.from_minor).min(credited);
        let within = i128::from(end) - i128::from(tier.from_minor);
        hundredths += within.max(0) * i128::from(tier.basis_points);
    }
    let half = if hundredths < 0 { -5_000 } else { 5_000 };
    i64::try_from((hundredths + half) / 10_000).unwrap_or_default()
}

/// What a team member earned in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earnings {
    pub user: UserId,
    /// The member's share of the month's payments, less refunds and chargebacks.
    pub credited: Sums,
    pub earned: Sums,
    /// The part of `credited` that refunds and chargebacks took back, as a negative sum.
    pub taken_back: Sums,
}

/// The earnings of a closed month. They stay as they are, whatever is paid, refunded or changed later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommissionStatement {
    pub workspace: WorkspaceId,
    pub month: CalendarMonth,
    pub earnings: Vec<Earnings>,
    /// Money of the month that nobody is credited with.
    pub not_credited: Sums,
    pub closed_by: UserId,
    pub closed_at: Timestamp,
}

/// Computes the earnings of a month from the transactions that were booked in it.
pub fn earnings<'a>(
    plan: &CommissionPlan,
    currency: Currency,
    transactions: impl IntoIterator<Item = &'a Transaction>,
) -> (Vec<Earnings>, Sums) {
    let mut of_user: BTreeMap<UserId, (Sums, Sums)> = BTreeMap::new();
    let mut not_credited = Sums::default();
    for transaction in transactions {
        let Money { amount_minor, currency } = transaction.amount;
        if transaction.credits.is_empty() {
            not_credited.add(transaction.amount);
        }
        for (credit, part) in transaction.credits.iter().zip(split(amount_minor, &transaction.credits)) {
            let (credited, taken_back) = of_user.entry(credit.user.clone()).or_default();
            let part = Money { amount_minor: part, currency };
            credited.add(part);
            if part.amount_minor < 0 {
                taken_back.add(part);
            }
        }
    }
    let each = of_user.into_iter().map(|(user, (credited, taken_back))| {
        let earned = credited.iter().map(|sum| plan.earned(&user, sum, currency)).collect();
        Earnings { user, credited, earned, taken_back }
    });
    (each.collect(), not_credited)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ClientId, LeadId};
    use crate::revenue::TransactionKind;
    use proptest::prelude::*;

    fn user(name: &str) -> UserId {
        UserId::derived(Timestamp::UNIX_EPOCH, &[name])
    }

    fn workspace() -> WorkspaceId {
        WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["north"])
    }

    const fn tier(from_minor: i64, basis_points: u16) -> CommissionTier {
        CommissionTier { from_minor, basis_points }
    }

    fn plan(tiers: &[CommissionTier]) -> CommissionPlan {
        CommissionPlan { tiers: tiers.to_vec(), ..CommissionPlan::none(workspace()) }
    }

    fn paid(amount_minor: i64, code: &str, credits: &[(&str, u8)]) -> Transaction {
        let at = Timestamp::UNIX_EPOCH;
        Transaction {
            workspace: workspace(),
            client: ClientId::derived(at, &["linden"]),
            lead: Some(LeadId::derived(at, &["elena"])),
            external_id: "in_1".to_owned(),
            also_known_as: Vec::new(),
            kind: if amount_minor < 0 { TransactionKind::Refund } else { TransactionKind::Payment },
            amount: Money { amount_minor, currency: Currency::parse(code).unwrap() },
            credits: credits
                .iter()
                .map(|(name, percent)| Credit { user: user(name), percent: *percent })
                .collect(),
            of_payment: None,
            at,
            booked_at: at,
        }
    }

    fn earned(plan: &CommissionPlan, of: &str, transactions: &[Transaction]) -> Vec<String> {
        let (each, _) = earnings(plan, Currency::USD, transactions);
        let own = each.into_iter().find(|earnings| earnings.user == user(of)).expect("earnings");
        own.earned.iter().map(|money| money.to_string()).collect()
    }

    #[test]
    fn refund_takes_back_what_its_payment_earned() {
        let plan = plan(&[tier(0, 1_500)]);
        let all = [paid(110_600, "USD", &[("amy", 100)]), paid(-7_900, "USD", &[("amy", 100)])];
        assert_eq!(earned(&plan, "amy", &all), ["154.05 USD"]);
        assert_eq!(earned(&plan, "amy", &all[1..]), ["-11.85 USD"]);
    }

    #[test]
    fn tier_counts_for_the_money_above_it_only() {
        let plan = plan(&[tier(0, 1_000), tier(100_000, 2_000)]);
        assert_eq!(earned(&plan, "amy", &[paid(100_000, "USD", &[("amy", 100)])]), ["100.00 USD"]);
        assert_eq!(earned(&plan, "amy", &[paid(150_000, "USD", &[("amy", 100)])]), ["200.00 USD"]);
        assert_eq!(earned(&plan, "amy", &[paid(150_000, "EUR", &[("amy", 100)])]), ["150.00 EUR"]);
    }

    #[test]
    fn own_tiers_replace_those_for_everybody() {
        let mut plan = plan(&[tier(0, 1_000)]);
        plan.own.insert(user("ben"), vec![tier(0, 500)]);
        let all = [paid(10_000, "USD", &[("amy", 60), ("ben", 40)])];
        assert_eq!(earned(&plan, "amy", &all), ["6.00 USD"]);
        assert_eq!(earned(&plan, "ben", &all), ["2.00 USD"]);
    }

    #[test]
    fn money_without_credits_is_told_apart() {
        let (each, rest) = earnings(&plan(&[tier(0, 1_000)]), Currency::USD, &[paid(7_900, "USD", &[])]);
        assert!(each.is_empty());
        assert_eq!(rest.amount_minor(Currency::USD), 7_900);
    }

    #[test]
    fn faults_of_credits_and_tiers_are_named() {
        let credits = |each: &[(&str, u8)]| paid(1, "USD", each).credits;
        assert_eq!(fault_of(&credits(&[])), None);
        assert_eq!(fault_of(&credits(&[("amy", 70), ("ben", 30)])), None);
        for wrong in [&[("amy", 70)][..], &[("amy", 50), ("amy", 50)], &[("amy", 100), ("ben", 0)]] {
            assert!(fault_of(&credits(wrong)).is_some(), "{wrong:?}");
        }
        assert_eq!(fault_of_tiers(&[tier(0, 10_000), tier(1, 0)]), None);
        for wrong in [&[tier(1, 5)][..], &[tier(0, 5), tier(0, 6)], &[tier(0, 10_001)]] {
            assert!(fault_of_tiers(wrong).is_some(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn shares_of_an_amount_add_up_to_it(amount in any::<i64>(), first in 1_u8..99) {
            let credits = [Credit { user: user("amy"), percent: first }, Credit { user: user("ben"), percent: 100 - first }];
            let parts = split(amount, &credits);
            prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(amount));
        }

        #[test]
        fn more_money_never_earns_less(a in 0_i64..1_000_000_000, b in 0_i64..1_000_000_000) {
            let tiers = [tier(0, 1_500), tier(50_000, 700), tier(9_000_000, 3_000)];
            let (less, more) = (a.min(b), a.max(b));
            prop_assert!(earned_by(&tiers, less) <= earned_by(&tiers, more));
        }
    }
}
