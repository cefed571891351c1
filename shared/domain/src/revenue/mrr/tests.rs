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
        is_unsure: false,
        ends_at: None,
        started_at: at,
        ended_at: None,
        as_of: at,
        reported: crate::revenue::SubscriptionReport::Created,
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
