//! The first message that a campaign would send if it were launched now, by the rules of the simulation.

use crate::campaign::enrol_ports::EnrolPorts;
use crate::campaign::simulation::making::Start;
use crate::ports::rate_limits::RateLimitStore;
use crate::ports::store::StoreResult;
use domain::campaign::Campaign;
use domain::forecast::campaign_simulation::{SimulatedMessage, first_message};

/// The most leads that are looked at in one request: a second or two, also where the table is slow.
const MOST_LOOKED_AT: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchForecast {
    /// The first message; `None` where no lead gets one.
    pub first: Option<SimulatedMessage>,
    /// The leads that were looked at.
    pub people: usize,
    /// Whether there are more leads: the first message to one of these may go out sooner.
    pub cut_off: bool,
}

/// Forecasts the first message of a campaign with its present leads and accounts. Where the workspace or the campaign is
/// paused, it begins at the set end of the pause, or now if it has none.
pub async fn forecast_launch(
    ports: &EnrolPorts,
    limits: &dyn RateLimitStore,
    public_url: &str,
    campaign: Campaign,
) -> StoreResult<LaunchForecast> {
    let asked_at = ports.clock.now();
    let Start { planning, sender, crowd, capacity, now, .. } =
        Start::read(ports, limits, campaign, asked_at, MOST_LOOKED_AT).await?;
    let texts = crowd.texts(&planning, &sender.company, public_url);
    let first = first_message(crowd.lead_forecasts(&planning, &texts, now), capacity);
    Ok(LaunchForecast { first, people: crowd.people.len(), cut_off: crowd.cut_off })
}
