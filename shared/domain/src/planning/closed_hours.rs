//! What was found of messages and tasks that have no hours where a lead may be. To see that nothing opens, every day of a
//! year is looked at in each zone; leads who may be in the same zones are therefore judged once.

use crate::lead::zone::LeadClock;
use crate::time::time_zone::ZoneName;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What was judged, and in which zones its leads may be.
type Judged = (Vec<ZoneName>, String);

/// The judgements on one set of rules; clones share them.
#[derive(Debug, Clone, Default)]
pub struct ClosedHours(Arc<Mutex<HashMap<Judged, bool>>>);

impl ClosedHours {
    /// Whether `what` has no hours for leads with this clock, as `look` finds the first time.
    pub fn of(&self, clock: &LeadClock, what: String, look: impl FnOnce() -> bool) -> bool {
        let key = (clock.may_be.clone(), what);
        if let Some(found) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return *found;
        }
        let found = look();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found);
        found
    }
}

/// What was found follows from the rules: two sets of rules are equal whether or not anybody has looked.
impl PartialEq for ClosedHours {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for ClosedHours {}
