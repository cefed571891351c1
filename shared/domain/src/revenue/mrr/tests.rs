use super::*;
use crate::ids::{ClientId, WorkspaceId};
use jiff::Timestamp;

fn of(amount: i64, interval: Interval, count: u32, quantity: u32) -> Fraction {
    monthly(amount, interval, count, quantity).unwrap()
}

fn subscription(monthly: Fraction, status: SubscriptionStatus) -> Subscription {
    let at = Timestamp::UNIX_EPOCH;
    Subscription {
        workspace: WorkspaceId::derived(at, &["w"]),
        client: ClientId::derived(at, &["c"]),
        external_id: "sub_1".to_owned(),
        status,
        monthly,
        currency: Currency::USD,
        cancel_at_period_end: false,
        started_at: at,
        ended_at: None,
        as_of: at,
        rev: 0,
    }
}

#[test]
fn every_interval_has_its_monthly_value() {
    assert_eq!(of(120_000, Interval::Year, 1, 1).hundredths(), 1_000_000);
    assert_eq!(of(1_000, Interval::Week, 1, 1).hundredths(), 433_333);
    assert_eq!(of(9_000, Interval::Month, 3, 2).hundredths(), 600_000);
    assert_eq!(of(100, Interval::Day, 1, 1).hundredths(), 304_167);
    assert_eq!(of(1_000, Interval::Year, 1, 1).hundredths(), 8_333);
    assert_eq!(of(12_000, Interval::Year, 1, 1).rounded(), 1_000);
    assert_eq!(of(1_000, Interval::Year, 1, 1), Fraction { numerator: 250, denominator: 3 });
    assert_eq!(monthly(1_000, Interval::Month, 0, 1), None);
    assert_eq!(monthly(i64::MAX, Interval::Week, 1, u32::MAX), None);
}

#[test]
fn sum_is_rounded_once() {
    let third = of(1_000, Interval::Year, 1, 1);
    let counted = [SubscriptionStatus::Active, SubscriptionStatus::PastDue, SubscriptionStatus::Active];
    let ignored = [
        SubscriptionStatus::Trialing,
        SubscriptionStatus::Incomplete,
        SubscriptionStatus::Unpaid,
        SubscriptionStatus::Paused,
        SubscriptionStatus::Canceled,
    ];
    let all: Vec<Subscription> =
        counted.into_iter().chain(ignored).map(|status| subscription(third, status)).collect();
    assert_eq!(total(&all, Currency::USD), Some(Fraction::whole(250)));
    assert_eq!(mrr(&all, Currency::USD).unwrap().amount_minor, 250);
    assert_eq!(mrr(&all, Currency::parse("EUR").unwrap()).unwrap().amount_minor, 0);
    assert_eq!(Fraction { numerator: -5, denominator: 2 }.rounded(), -3);
}

#[test]
fn movements_have_their_kinds_and_add_up() {
    use MovementKind::*;
    let whole = Fraction::whole;
    let moved = |before, after, paid| {
        movement(whole(before), whole(after), paid).map(|m| (m.kind, m.amount.rounded()))
    };
    assert_eq!(moved(0, 2_000, false), Some((New, 2_000)));
    assert_eq!(moved(0, 500, true), Some((Reactivation, 500)));
    assert_eq!(moved(3_000, 6_000, true), Some((Expansion, 3_000)));
    assert_eq!(moved(5_000, 3_000, true), Some((Contraction, 2_000)));
    assert_eq!(moved(1_300, 0, true), Some((Churn, 1_300)));
    assert_eq!(moved(700, 700, true), None);
    assert_eq!(moved(0, 0, false), None);
    let states = [0, 2_000, 3_500, 2_800, 0, 500];
    let sum: i64 = states
        .windows(2)
        .filter_map(|pair| moved(pair[0], pair[1], pair[0] > 0 || pair[1] == 500))
        .map(|(kind, amount)| if matches!(kind, Contraction | Churn) { -amount } else { amount })
        .sum();
    assert_eq!(sum, 500);
}
