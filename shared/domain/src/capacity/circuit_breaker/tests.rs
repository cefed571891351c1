use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn breaker(name: &str) -> Breaker {
    let workspace = WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]);
    Breaker::closed(workspace, AccountId::derived(Timestamp::UNIX_EPOCH, &[name]))
}

fn opened() -> Breaker {
    let mut breaker = breaker("mail");
    for second in 0..i64::from(OPENS_AFTER) {
        assert!(!breaker.is_down());
        assert!(breaker.failed(false, None, None, at(second)));
    }
    breaker
}

fn until(breaker: &Breaker) -> Timestamp {
    match breaker.state {
        BreakerState::Open { until } | BreakerState::Probing { until } => until,
        other => panic!("{other:?} is not down"),
    }
}

#[test]
fn breaker_opens_after_failures_in_a_row_only() {
    let mut breaker = opened();
    assert!(breaker.is_down());
    assert_eq!(breaker.admit(1, at(5)), Pass::Wait { until: until(&breaker) });
    let Health::Down { since, next_try } = breaker.health(at(5)) else { panic!("it is down") };
    assert_eq!((since, next_try), (at(4), until(&breaker)));
    assert!(!breaker.failed(false, None, None, at(6)), "what began before tells nothing new");
    assert!(!breaker.answered(false, "m", at(6)));

    let mut sometimes = self::breaker("sometimes");
    for second in 0..40 {
        sometimes.failed(false, None, None, at(second));
        if second % 4 == 3 {
            assert!(sometimes.answered(false, "m", at(second)));
        }
    }
    let mut seldom = self::breaker("seldom");
    for hour in 0..20 {
        seldom.failed(false, None, None, at(hour * 3600));
    }
    assert_eq!((sometimes.state, seldom.state), (BreakerState::Closed, BreakerState::Closed));
}

#[test]
fn breaker_without_failures_stores_nothing() {
    let mut breaker = breaker("mail");
    for n in 0..1_000 {
        assert_eq!(breaker.admit(10, at(n)), Pass::Free);
        assert!(!breaker.answered(false, &n.to_string(), at(n)));
    }
    assert_eq!(breaker, self::breaker("mail"));
}

#[test]
fn one_probe_at_a_time_and_each_failure_lengthens_the_wait() {
    let mut breaker = opened();
    let mut spans = Vec::new();
    for _ in 0..8 {
        let now = until(&breaker);
        assert_eq!(breaker.admit(10, now), Pass::Probe);
        assert_eq!(breaker.admit(1, now), Pass::Wait { until: now + PROBE_LASTS }, "others wait for it");
        assert!(breaker.failed(true, None, None, now));
        spans.push(until(&breaker).duration_since(now).as_secs());
    }
    for (span, least) in spans.iter().zip([60, 120, 240, 480, 600, 600, 600, 600]) {
        assert!((least..=least * 6 / 5).contains(span), "{spans:?}");
    }
    assert_eq!(breaker.since, Some(at(4)), "it is one outage");
}

#[test]
fn probe_without_an_outcome_is_followed_by_another() {
    let mut breaker = opened();
    let now = until(&breaker);
    assert_eq!(breaker.admit(1, now), Pass::Probe);
    assert_eq!(breaker.admit(1, now + PROBE_LASTS), Pass::Probe);
}

#[test]
fn wait_that_the_provider_asks_for_is_kept() {
    let mut breaker = opened();
    let now = until(&breaker);
    breaker.admit(1, now);
    breaker.failed(true, Some(SignedDuration::from_hours(1)), None, now);
    assert_eq!(until(&breaker), now + SignedDuration::from_hours(1));
}

#[test]
fn recovering_breaker_admits_more_each_minute_and_closes_once_nothing_waits() {
    let mut breaker = opened();
    let from = until(&breaker);
    breaker.admit(1, from);
    assert!(breaker.answered(true, "m", from));
    for minute in 0..8 {
        let now = from + SignedDuration::from_mins(i64::from(minute));
        let end = now + SignedDuration::from_mins(1);
        assert_eq!(breaker.admit(7, now), Pass::Ration { calls: 7, until: end });
        let rest = allowance(minute) - 7;
        assert_eq!(breaker.admit(u32::MAX, now), Pass::Ration { calls: rest, until: end });
        assert_eq!(breaker.admit(1, now), Pass::Wait { until: end });
    }
    assert_eq!(breaker.health(from + SignedDuration::from_mins(8)), Health::Recovering { since: from });
    assert_eq!(breaker.admit(1, from + SignedDuration::from_mins(9)), Pass::Free);
    assert_eq!((breaker.openings, breaker.since), (0, None));
}

#[test]
fn recovering_breaker_opens_sooner() {
    let mut breaker = opened();
    let now = until(&breaker);
    breaker.admit(1, now);
    breaker.answered(true, "m", now);
    breaker.failed(false, None, None, now);
    assert!(!breaker.is_down());
    breaker.failed(false, None, None, now);
    assert!(breaker.is_down());
    let span = until(&breaker).duration_since(now).as_secs();
    assert!(span >= 60, "{span}: not as patient as the first time");
    assert_eq!(breaker.since, Some(now));
}

#[test]
fn immediate_retries_are_a_tenth_of_the_answered_calls() {
    let mut breaker = breaker("mail");
    let burst = (0..100).filter(|_| breaker.spend_retry()).count();
    assert_eq!(burst, usize::from(MOST_RETRIES));
    let mut repeats = 0;
    for n in 0..10_000 {
        breaker.answered(false, &format!("message {n}"), at(n));
        repeats += usize::from(breaker.spend_retry());
    }
    assert!((800..1_200).contains(&repeats), "{repeats}");
}

/// A run through one hour of outage and the hours around it.
struct Hour {
    breaker: Breaker,
    /// The number of messages that the account may send in an hour, if it has limits.
    limit: Option<u32>,
    /// When each message is tried next, which one it is, and how often it was tried.
    agenda: BTreeSet<(Timestamp, u32)>,
    failed: Vec<Timestamp>,
    opened: Option<Timestamp>,
    taken: BTreeMap<u32, Timestamp>,
    /// Calls by the minute of a recovery.
    recovery: BTreeMap<(Timestamp, u32), u32>,
}

impl Hour {
    fn live(
        name: &str,
        (an_hour, limit): (u32, Option<u32>),
        down: (Timestamp, Timestamp),
        end: Timestamp,
    ) -> Self {
        let mut hour = Self {
            breaker: breaker(name),
            limit,
            agenda: BTreeSet::new(),
            failed: Vec::new(),
            opened: None,
            taken: BTreeMap::new(),
            recovery: BTreeMap::new(),
        };
        let all = u32::try_from(end.as_second()).unwrap() * an_hour / 3600;
        for n in 0..all {
            hour.agenda.insert((at(i64::from(n) * 3600 / i64::from(an_hour)), n));
        }
        while let Some((now, message)) = hour.agenda.pop_first() {
            hour.turn_of(now, message, down);
        }
        assert_eq!(hour.taken.len(), all as usize, "nothing is lost");
        hour
    }

    fn turn_of(&mut self, now: Timestamp, message: u32, (from, to): (Timestamp, Timestamp)) {
        let who = message.to_string();
        let probe = match self.breaker.admit(1, now) {
            Pass::Wait { until } => {
                assert!(until > now, "a wait that is over is no wait");
                self.agenda.insert((self.breaker.retry_at(until, &who), message));
                return;
            }
            Pass::Probe => true,
            Pass::Ration { calls, until } => {
                assert!(calls == 1 && until > now);
                let BreakerState::Recovering { from, minute, .. } = self.breaker.state else {
                    panic!("no ramp")
                };
                *self.recovery.entry((from, minute)).or_default() += 1;
                false
            }
            Pass::Free => false,
        };
        if now < from || now >= to {
            self.breaker.answered(probe, &who, now);
            assert!(self.taken.insert(message, now).is_none(), "taken twice");
            return;
        }
        self.failed.push(now);
        self.breaker.failed(probe, None, self.limit, now);
        let again = match self.breaker.state {
            BreakerState::Open { until } => {
                self.opened.get_or_insert(now);
                self.breaker.retry_at(until, &who)
            }
            _ => {
                let quick = self.breaker.spend_retry();
                now + if quick { SignedDuration::from_secs(2) } else { SignedDuration::from_mins(15) }
            }
        };
        self.agenda.insert((again, message));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn outage_of_an_hour_costs_a_hundredth_of_its_messages_and_loses_none(
        an_hour in 1_000u32..2_500,
        begins in 600i64..1_800,
        name in "[a-z]{1,8}",
    ) {
        let down = (at(begins), at(begins + 3_600));
        let hour = Hour::live(&name, (an_hour, None), down, at(3 * 3_600));
        let opened = hour.opened.expect("it opens");
        let before = hour.failed.iter().filter(|call| **call <= opened).count();
        prop_assert_eq!(before, usize::from(OPENS_AFTER));
        let once_open = hour.failed.len() - before;
        prop_assert!(once_open as u32 * 100 <= an_hour, "{} calls of {}", once_open, an_hour);
        prop_assert!(!hour.recovery.is_empty());
        for ((from, minute), calls) in &hour.recovery {
            prop_assert!(*from >= down.1);
            prop_assert!(*calls <= allowance(*minute), "{} calls in minute {}", calls, minute);
        }
        let first = hour.taken.values().filter(|taken| **taken >= down.1).min().expect("it comes back");
        prop_assert!(first.duration_since(down.1) <= LONGEST_SPAN * 6 / 5 + SignedDuration::from_mins(1));
        // All waiting messages are out soon afterwards, by no more calls than there are messages.
        let last_waiting = hour.taken.iter().filter(|(message, _)| i64::from(**message) * 3600 / i64::from(an_hour) < begins + 3_600);
        let last = last_waiting.map(|(_, taken)| *taken).max().expect("somebody waited");
        prop_assert!(last.duration_since(down.1) < SignedDuration::from_mins(40), "{}", last.duration_since(down.1));
    }
}

/// Calls while the breaker was open, and how long after the end of the outage the first message went out.
fn cost_of_an_hour(an_hour: u32, name: &str) -> (u32, SignedDuration) {
    let (begins, ends) = (at(1_000), at(1_000 + 3_600));
    let hour = Hour::live(name, (an_hour, Some(an_hour)), (begins, ends), at(6 * 3_600));
    let opened = hour.opened.expect("it opens");
    let once_open = hour.failed.iter().filter(|call| **call > opened && **call < ends).count();
    let back = hour.taken.values().filter(|taken| **taken >= ends).min().expect("it comes back");
    (u32::try_from(once_open).expect("few"), back.duration_since(ends))
}

#[test]
fn outage_costs_a_hundredth_of_the_hourly_limit_and_at_least_one_call() {
    for an_hour in [40, 60, 100, 150, 199, 200, 300, 400, 500, 600, 700, 800, 899, 900, 1_000, 2_000, 5_000] {
        let costs = ["a", "b", "mail", "texts", "second"].map(|name| cost_of_an_hour(an_hour, name));
        let calls = costs.map(|(calls, _)| calls);
        let latest = costs.map(|(_, back)| back.as_secs() / 60).into_iter().max().expect("five of them");
        let (least, most) = (calls.iter().min().expect("five"), calls.iter().max().expect("five"));
        println!(
            "{an_hour} an hour: {least} to {most} calls in an hour of outage, back {latest} min after it"
        );
        let allowed = (an_hour / 100).max(1);
        assert!(
            calls.iter().all(|calls| *calls <= allowed),
            "{an_hour} an hour: {calls:?}, {allowed} allowed"
        );
        assert!(latest <= 85, "{an_hour} an hour: found to be back after {latest} minutes");
    }
}

#[test]
fn wait_for_a_probe_is_at_most_as_long_as_the_outage_so_far_and_the_first_wait() {
    for an_hour in [Some(10), Some(100), Some(250), Some(600), Some(5_000), None] {
        let mut breaker = breaker("mail");
        for second in 0..i64::from(OPENS_AFTER) {
            breaker.failed(false, None, an_hour, at(second));
        }
        let began = at(i64::from(OPENS_AFTER) - 1);
        let first = until(&breaker).duration_since(began);
        assert!(first <= SignedDuration::from_mins(24), "{an_hour:?}: {first}");
        for _ in 0..8 {
            let now = until(&breaker);
            breaker.admit(1, now);
            breaker.failed(true, None, an_hour, now);
            let (wait, lasted) = (until(&breaker).duration_since(now), now.duration_since(began));
            // Each span may be up to a fifth longer.
            assert!(wait <= (lasted + first) * 6 / 5, "{an_hour:?}: {wait} after {lasted}");
            assert!(wait <= SignedDuration::from_mins(72), "{an_hour:?}: {wait}");
        }
    }
}
