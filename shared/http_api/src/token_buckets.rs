//! Limits of requests that one process keeps for itself: a token bucket for each user, network or account. Nothing is read or
//! written for them, so that a request which only reads stays one, and a flood costs no more than its refusals. Each process
//! and each function counts alone; what must hold for the whole installation is a `RateLimitStore`'s.
//!
//! A bucket is kept as the time at which it is full again. Each request moves that time on; a request that would move it too far
//! finds no token.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The most buckets that are kept. Full ones are forgotten first.
const MOST: usize = 20_000;

pub struct TokenBuckets {
    /// The time in which one token comes back.
    each: SignedDuration,
    /// The time in which an empty bucket is full again.
    whole: SignedDuration,
    full_at: Mutex<HashMap<String, Timestamp>>,
}

impl TokenBuckets {
    /// Makes buckets of `size` tokens, of which `per_second` come back in a second.
    pub fn new(size: u32, per_second: u32) -> Self {
        let each = SignedDuration::from_nanos(1_000_000_000 / i64::from(per_second.max(1)));
        let whole = each * i32::try_from(size).unwrap_or(i32::MAX);
        Self { each, whole, full_at: Mutex::default() }
    }

    /// Takes a token of this bucket, or returns how long it takes until there is one.
    pub fn take(&self, bucket: &str, now: Timestamp) -> Result<(), SignedDuration> {
        let mut buckets = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(bucket) {
            buckets.retain(|_, full_at| *full_at > now);
            if buckets.len() >= MOST {
                buckets.clear();
            }
        }
        let fullest = now.checked_add(self.whole).unwrap_or(Timestamp::MAX);
        // A clock that was set back must not close a bucket until it has caught up.
        let known = buckets.get(bucket).copied().filter(|full_at| *full_at <= fullest);
        let full_at = known.map_or(now, |full_at| full_at.max(now));
        let then = full_at.checked_add(self.each).unwrap_or(Timestamp::MAX);
        if then > fullest {
            return Err(then.duration_since(fullest));
        }
        buckets.insert(bucket.to_owned(), then);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_000 + millis).unwrap()
    }

    #[test]
    fn tokens_that_are_used_up_come_back_one_by_one() {
        let buckets = TokenBuckets::new(3, 2);
        for _ in 0..3 {
            assert_eq!(buckets.take("ann", at(0)), Ok(()));
        }
        assert_eq!(buckets.take("ann", at(0)), Err(SignedDuration::from_millis(500)));
        assert_eq!(buckets.take("bob", at(0)), Ok(()), "each has a bucket of their own");
        assert_eq!(buckets.take("ann", at(200)), Err(SignedDuration::from_millis(300)));
        assert_eq!(buckets.take("ann", at(500)), Ok(()));
        assert!(buckets.take("ann", at(500)).is_err());
        for _ in 0..3 {
            assert_eq!(buckets.take("ann", at(60_000)), Ok(()), "no more than the bucket holds");
        }
        assert!(buckets.take("ann", at(60_000)).is_err());
    }

    #[test]
    fn clock_that_is_set_back_closes_no_bucket() {
        let buckets = TokenBuckets::new(3, 1);
        assert_eq!(buckets.take("ann", at(3_600_000)), Ok(()));
        for _ in 0..3 {
            assert_eq!(buckets.take("ann", at(0)), Ok(()));
        }
        assert_eq!(buckets.take("ann", at(0)), Err(SignedDuration::from_secs(1)));
    }

    #[test]
    fn number_of_buckets_is_bounded() {
        let buckets = TokenBuckets::new(1, 1);
        for number in 0..=MOST {
            assert_eq!(buckets.take(&number.to_string(), at(0)), Ok(()));
        }
        let kept = buckets.full_at.lock().unwrap().len();
        assert!(kept <= MOST, "{kept}");
    }
}
