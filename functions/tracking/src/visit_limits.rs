//! How many visits are counted. A link and a page are open to the world, and each visit is work and money: so they are
//! counted before anything is queued, for each message or page and for each visitor's network. A visit too many is shown
//! once a day as *not counted*.

use crate::App;
use application::StoreResult;
use application::queue_messages::RecordVisit;
use domain::lead::engagement::Action;
use jiff::{SignedDuration, Timestamp};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Longer than any page is open, and than a mail is looked at.
const IN_ALL: SignedDuration = SignedDuration::from_hours(24 * 400);

/// The visits of one message or page that are counted in an hour, and those of a page in all.
const MOST_AN_HOUR: u32 = 60;
const MOST_IN_ALL: u32 = 500;
/// The slices of viewing time of one page in an hour: one viewer's, at 15 seconds each.
const MOST_SLICES_AN_HOUR: u32 = 240;
/// The reports of pages from one network in an hour: an office with several viewers. Pictures and links of mails are not
/// counted by network, because mail services load those of all their users from a few networks.
const MOST_FROM_A_NETWORK: u32 = 1_200;

/// The place of a visit: the message or the page, by its token, and the network that reports of pages come from.
pub struct Place<'a> {
    pub key: &'a str,
    pub network: Option<&'a str>,
}

impl App {
    /// Enqueues the visit if it is counted, or is the first of the day that is not. A failure is only logged, for the
    /// visitor waits for a picture, a link or a page.
    pub(crate) async fn count_visit(&self, place: Place<'_>, visit: RecordVisit) {
        let counted = match self.is_within_limits(&place, &visit).await {
            Ok(true) => self.enqueue(visit).await,
            Ok(false) => self.note_excess(&place, visit).await,
            Err(error) => Err(error),
        };
        if let Err(error) = counted {
            tracing::error!(%error, "a visit was not counted");
        }
    }

    async fn is_within_limits(&self, place: &Place<'_>, visit: &RecordVisit) -> StoreResult<bool> {
        let is_slice = matches!(visit.action, Action::TimeOnPage { .. });
        let mut buckets = Vec::new();
        if let Some(network) = place.network {
            let network = self.keys.keyed_digest(network);
            buckets.push((format!("visits/network/{network}"), MOST_FROM_A_NETWORK, HOUR));
        }
        if is_slice {
            buckets.push((format!("visits/time/{}", place.key), MOST_SLICES_AN_HOUR, HOUR));
        } else {
            buckets.push((format!("visits/hour/{}", place.key), MOST_AN_HOUR, HOUR));
            // The visits of a message are bounded in all where they are recorded.
            if place.network.is_some() {
                buckets.push((format!("visits/all/{}", place.key), MOST_IN_ALL, IN_ALL));
            }
        }
        for (bucket, allowed, window) in buckets {
            if self.limits.take(&bucket, allowed, window, visit.at).await?.is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Enqueues the first visit of a day that is not counted, as one that is not.
    async fn note_excess(&self, place: &Place<'_>, mut visit: RecordVisit) -> StoreResult<()> {
        // Time on a page is only added up: it has no entry that could tell.
        if matches!(visit.action, Action::TimeOnPage { .. }) {
            return Ok(());
        }
        let day = day_of(visit.at);
        if !self.limits.first_time(&format!("visits/excess/{}/{day}", place.key), visit.at, DAY).await? {
            return Ok(());
        }
        visit.traits.over_limit = true;
        self.enqueue(visit).await
    }
}

fn day_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY.as_secs())
}
