//! Requests that are delayed on their way: their caller has given up waiting, or is dead, when the provider takes
//! them.

use crate::trouble::disorder::Disorder;
use crate::trouble::kind::Kind;
use http::Request;
use jiff::{SignedDuration, Timestamp};
use providers::transport::{SmtpEnvelope, SmtpTarget};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub enum Delivery {
    OverHttp(Request<Vec<u8>>),
    ByMail(SmtpTarget, SmtpEnvelope, Vec<u8>),
}

/// A call about a message that has left us, and has not come to its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelayedDelivery {
    pub number: u64,
    pub tag: String,
    pub to: String,
}

/// All that is on its way. Clones are the same.
#[derive(Clone, Default)]
pub struct LateDeliveries(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    count: u64,
    on_the_way: Vec<(Timestamp, u64, Delivery)>,
    /// Since this was asked last.
    departed: Vec<DelayedDelivery>,
    /// What comes to its provider just now.
    lands: Option<u64>,
}

impl LateDeliveries {
    /// It comes to its provider in minutes, or in up to an hour.
    pub fn delay(&self, disorder: &Disorder, tag: String, to: &str, cargo: Delivery) {
        let seconds = disorder.draw(Kind::LandsLate, 60, 3_600);
        let at = disorder.now() + SignedDuration::from_secs(seconds);
        disorder.log(format!("{tag} to {to} is on its way until {at}"));
        let mut state = self.state();
        state.count += 1;
        let number = state.count;
        state.on_the_way.push((at, number, cargo));
        state.departed.push(DelayedDelivery { number, tag, to: to.to_owned() });
    }

    pub fn next(&self) -> Option<Timestamp> {
        self.state().on_the_way.iter().map(|(at, ..)| *at).min()
    }

    /// One that comes to its provider now, and lands until that is told.
    pub fn arrive(&self, now: Timestamp) -> Option<Delivery> {
        let mut state = self.state();
        let due = state.on_the_way.iter().position(|(at, ..)| *at <= now)?;
        let (_, number, cargo) = state.on_the_way.remove(due);
        state.lands = Some(number);
        Some(cargo)
    }

    pub fn landed(&self) {
        self.state().lands = None;
    }

    /// What has left since this was asked last, and what lands now.
    pub fn changes(&self) -> (Vec<DelayedDelivery>, Option<u64>) {
        let mut state = self.state();
        (std::mem::take(&mut state.departed), state.lands)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use local_cloud::VirtualClock;

    #[test]
    fn delayed_delivery_arrives_once_in_time() {
        let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
        let (disorder, landing) = (Disorder::new(1_u64, &[], clock.clone()), LateDeliveries::default());
        landing.delay(&disorder, "msg_1".to_owned(), "ann@x.example", Delivery::OverHttp(Request::default()));
        let (left, lands) = landing.changes();
        assert_eq!((left.len(), left[0].tag.as_str(), lands), (1, "msg_1", None));
        assert!(landing.arrive(disorder.now()).is_none());
        clock.advance_to(landing.next().unwrap());
        assert!(landing.arrive(disorder.now()).is_some());
        assert_eq!(landing.changes(), (Vec::new(), Some(left[0].number)));
        landing.landed();
        assert_eq!((landing.changes().1, landing.next()), (None, None));
    }
}
