//! Schedules, and Lambda's retries of a failed invocation that nobody waits for.

use crate::host::Inner;
use crate::invoke::log_failure;
use crate::source::{Oddity, Source};
use anyhow::{Context, Result, bail};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// A firing that failed, or whose function was killed, and is due for a retry.
#[derive(Debug, Clone, PartialEq)]
pub struct Again {
    pub at: Timestamp,
    fired: Timestamp,
    attempts: u32,
}

impl Inner {
    pub async fn fire(&self, source: &Source, expression: &str, oddity: Oddity) -> Result<bool> {
        let now = self.clock.now();
        let firing = match source.next().filter(|at| *at <= now) {
            Some(at) => {
                // The next firing is set first, so that a function that is killed does not fire again early.
                source.set_next(Some(next_firing(expression, now)?));
                Again { at, fired: at, attempts: 0 }
            }
            None => {
                let mut again = source.again();
                let Some(due) = again.iter().position(|firing| firing.at <= now) else { return Ok(false) };
                again.remove(due)
            }
        };
        if oddity == Oddity::Dropped {
            return Ok(true);
        }
        let event = json!({ "source": "aws.scheduler", "time": firing.fired.to_string() });
        let repeated = firing.repeated(source.retries, now);
        // The retry is recorded first, so that a function that is killed is retried as well.
        source.again().extend(repeated.clone());
        match self.start(source, self.new_chain(), event, oddity).await {
            Ok(_) => source.again().retain(|firing| Some(firing) != repeated.as_ref()),
            Err(error) => log_failure(source, error.as_ref()),
        }
        Ok(true)
    }
}

impl Again {
    /// The first retry comes a minute after the failure, the second two after that; none once the event is
    /// too old.
    fn repeated(&self, (retries, age): (u32, SignedDuration), now: Timestamp) -> Option<Self> {
        let attempts = self.attempts + 1;
        let at = now + SignedDuration::from_mins(i64::from(attempts));
        let in_time = at.duration_since(self.fired) <= age;
        (attempts <= retries && in_time).then_some(Self { at, fired: self.fired, attempts })
    }
}

/// The next firing of `rate(n minutes)`, on whole multiples, and `cron(m h * * ? *)`, the forms that the
/// template uses.
pub fn next_firing(expression: &str, after: Timestamp) -> Result<Timestamp> {
    let inside = |name: &str| expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(rate) = inside("rate") {
        let (count, unit) = rate.split_once(' ').context("a rate is a number and a unit")?;
        let seconds = match unit.trim_end_matches('s') {
            "minute" => 60,
            "hour" => 3600,
            "day" => 86_400,
            other => bail!("unknown unit {other}"),
        };
        let period = count.parse::<i64>()? * seconds;
        return Ok(Timestamp::from_second((after.as_second().div_euclid(period) + 1) * period)?);
    }
    let cron: Vec<&str> = inside("cron").context("neither rate nor cron")?.split(' ').collect();
    let [minute, hour, "*", "*", "?", "*"] = cron.as_slice() else {
        bail!("only daily cron expressions are used")
    };
    let day = after.to_zoned(TimeZone::UTC).date();
    let at = day.at(hour.parse()?, minute.parse()?, 0, 0).to_zoned(TimeZone::UTC)?.timestamp();
    Ok(if at > after { at } else { at.checked_add(SignedDuration::from_hours(24))? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedule_fires_on_its_minute() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let next = |expression: &str, after: &str| next_firing(expression, at(after)).unwrap();
        assert_eq!(next("rate(1 minute)", "2026-11-20T09:00:00Z"), at("2026-11-20T09:01:00Z"));
        assert_eq!(next("rate(15 minutes)", "2026-11-20T09:14:59Z"), at("2026-11-20T09:15:00Z"));
        assert_eq!(next("cron(0 2 * * ? *)", "2026-11-20T02:00:00Z"), at("2026-11-21T02:00:00Z"));
        assert_eq!(next("cron(30 2 * * ? *)", "2026-11-20T01:00:00Z"), at("2026-11-20T02:30:00Z"));
        assert!(next_firing("cron(0 2 1 * ? *)", at("2026-11-20T02:00:00Z")).is_err());
    }

    #[test]
    fn failed_firing_is_retried_within_its_limits() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let fired = at("2026-11-20T09:00:00Z");
        let first = Again { at: fired, fired, attempts: 0 };
        let hours = SignedDuration::from_hours(6);
        let second = first.repeated((2, hours), fired).unwrap();
        assert_eq!(second.at, at("2026-11-20T09:01:00Z"));
        let third = second.repeated((2, hours), second.at).unwrap();
        assert_eq!(third.at, at("2026-11-20T09:03:00Z"));
        assert_eq!(third.repeated((2, hours), third.at), None);
        assert_eq!(first.repeated((0, hours), fired), None);
        assert_eq!(second.repeated((2, SignedDuration::from_secs(60)), second.at), None);
    }
}
