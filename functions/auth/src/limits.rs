//! How often the door may be tried, per address and per network; neither is stored readable.

use crate::App;
use http_api::{ApiError, ApiResult, ClientNetwork};
use jiff::SignedDuration;

const QUARTER_HOUR: SignedDuration = SignedDuration::from_mins(15);

impl App {
    /// 429 when this address or this network has tried too often. `what` keeps the doors apart.
    pub async fn limit(&self, what: &str, address: Option<&str>, network: &ClientNetwork) -> ApiResult<()> {
        if let Some(address) = address {
            self.take(format!("{what}/address/{}", self.keys.blind(address)), 10).await?;
        }
        self.take(format!("{what}/network/{}", self.keys.blind(&network.0)), 100).await
    }

    /// A refresh token cannot be guessed, and an office behind one address opens many tabs: only a flood is refused.
    pub async fn limit_refreshes(&self, network: &ClientNetwork) -> ApiResult<()> {
        self.take(format!("refresh/network/{}", self.keys.blind(&network.0)), 1_000).await
    }

    async fn take(&self, bucket: String, allowed: u32) -> ApiResult<()> {
        match self.limits.take(&bucket, allowed, QUARTER_HOUR, self.clock.now()).await? {
            Ok(()) => Ok(()),
            Err(wait) => Err(ApiError::too_many_requests(wait.as_secs().max(1).unsigned_abs())),
        }
    }
}
