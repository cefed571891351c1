//! Brown-outs: one operation of a cloud service fails for minutes for every caller; now and then all operations of
//! the table do.

use crate::trouble::disorder::Disorder;
use crate::trouble::kind::Kind;
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Call, Fault, Service};
use std::sync::{Mutex, PoisonError};

/// Those that go on, or are over.
#[derive(Default)]
pub struct BrownOuts(Mutex<Vec<BrownOut>>);

struct BrownOut {
    service: Service,
    /// `None`: whatever is asked of it.
    operation: Option<String>,
    until: Timestamp,
    is_throttled: bool,
}

impl BrownOuts {
    /// `may_begin`: a call with which one may begin.
    pub fn fault(&self, disorder: &Disorder, call: &Call<'_>, may_begin: bool) -> Option<Fault> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = disorder.now();
        if may_begin && disorder.strikes(Kind::BrownOut, || format!("{:?} {}", call.service, call.operation))
        {
            let minutes = disorder.draw(Kind::BrownOut, 1, 20);
            let operation = (disorder.draw(Kind::BrownOut, 0, 4) > 0).then(|| call.operation.to_owned());
            let is_throttled = disorder.draw(Kind::BrownOut, 0, 1) == 0;
            let until = now + SignedDuration::from_mins(minutes);
            all.push(BrownOut { service: call.service, operation, until, is_throttled });
        }
        let concerns = |it: &&BrownOut| {
            let is_it = it.operation.as_deref().is_none_or(|operation| operation == call.operation);
            it.until > now && it.service == call.service && is_it
        };
        let found = all.iter().find(concerns).filter(|_| disorder.is_on())?;
        if found.is_throttled {
            return Some(Fault::Throttle);
        }
        let message = format!("{} is out of order on purpose", call.operation);
        Some(Fault::Fail { status: 500, code: "InternalServerError".to_owned(), message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trouble::kind::Rule;
    use local_cloud::VirtualClock;
    use std::sync::Arc;

    #[test]
    fn brown_out_hits_all_callers_for_minutes() {
        let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
        let rule = Rule { kind: Kind::BrownOut, most: 1, times: 1_000 };
        let (disorder, brown_outs) = (Disorder::new(1_u64, &[rule], clock.clone()), BrownOuts::default());
        disorder.switch(true);
        // Not before the launch.
        disorder.renew();
        let call = |principal| Call {
            service: Service::Sqs,
            operation: "SendMessage",
            principal,
            resource: "*",
            body: b"{}",
        };
        assert!(brown_outs.fault(&disorder, &call("leads"), false).is_none());
        assert!(brown_outs.fault(&disorder, &call("monitor"), true).is_some());
        assert!(brown_outs.fault(&disorder, &call("leads"), false).is_some());
        let other = Call { service: Service::DynamoDb, ..call("leads") };
        assert!(brown_outs.fault(&disorder, &other, true).is_none());
        clock.advance_to(disorder.now() + SignedDuration::from_mins(20));
        assert!(brown_outs.fault(&disorder, &call("leads"), false).is_none());
    }
}
