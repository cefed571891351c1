//! The number of visits that are counted. A link and a page are open to the world, and each visit is work and money: so they are
//! counted before anything is queued, for each message or page and hour, with one write. The first visit too many in an
//! hour is recorded as *not counted*. How many are recorded in all is bounded where they are recorded.

use crate::App;
use application::StoreResult;
use application::queue_messages::RecordVisit;
use domain::ids::derived_ulid;
use domain::lead::engagement::Action;
use jiff::{SignedDuration, Timestamp};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The visits of one message or page that are counted in an hour.
const MOST_AN_HOUR: u32 = 60;
/// The slices of viewing time of one page in an hour: one viewer's, at 15 seconds each.
const MOST_SLICES_AN_HOUR: u32 = 240;

impl App {
    /// Enqueues the visit if it is counted, or is the first of the hour that is not. `place`: the message or the page, by its
    /// token. A failure is only logged, for the visitor waits for a picture, a link or a page.
    pub(crate) async fn count_visit(&self, place: &str, visit: RecordVisit) {
        if let Err(error) = self.enqueue_counted(place, visit).await {
            tracing::error!(%error, "a visit was not counted");
        }
    }

    async fn enqueue_counted(&self, place: &str, mut visit: RecordVisit) -> StoreResult<()> {
        let is_slice = matches!(visit.action, Action::TimeOnPage { .. });
        let (what, most) = if is_slice { ("slices", MOST_SLICES_AN_HOUR) } else { ("visits", MOST_AN_HOUR) };
        let bucket = format!("{what}/{place}/{}", number_of(HOUR, visit.at));
        let count = self.limits.count(&bucket, HOUR.saturating_mul(2), visit.at).await?;
        if count > most {
            // Time on a page is only added up: it has no entry that could tell.
            if is_slice || count > most + 1 {
                return Ok(());
            }
            visit.traits.over_limit = true;
            // One entry a day tells of it.
            let day = number_of(DAY, visit.at).to_string();
            visit.event_id = derived_ulid(Timestamp::UNIX_EPOCH, &[place, "over", &day]).to_string();
        }
        self.enqueue(visit).await
    }
}

/// Numbers the hours, or the days, from 1970.
fn number_of(span: SignedDuration, at: Timestamp) -> i64 {
    at.as_second().div_euclid(span.as_secs())
}
