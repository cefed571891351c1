//! Limits the webhooks of each account, once its signature has said that they are its own: the owner of an account must not take
//! the function from all others. They are never limited by the address that they come from, which is the provider's.

use application::Ports;
use domain::workspace::account::Account;
use http_api::{ApiError, ApiResult, TokenBuckets};
use jiff::Timestamp;

/// The webhooks of an account that one process takes at once, and how many more each second. Not every provider sends again what
/// is refused, so the limit lies far above what an account receives.
const OF_ACCOUNT: (u32, u32) = (3_000, 100);

pub struct Floods(TokenBuckets);

impl Floods {
    pub fn new(_: &impl Ports) -> Self {
        Self(TokenBuckets::new(OF_ACCOUNT.0, OF_ACCOUNT.1))
    }

    pub fn refuse(&self, account: &Account, now: Timestamp) -> ApiResult<()> {
        self.0.take(account.id.as_str(), now).map_err(ApiError::too_many_for)
    }
}
