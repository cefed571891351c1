//! Virtual time: all work of an instant is done, then the clock jumps to the next event.

use crate::world::World;
use anyhow::Result;
use application::Clock;
use jiff::Timestamp;
use local_cloud::VirtualClock;
use sandbox::AppClient;

/// Runs the world until `end`, and reports each day that begins.
pub async fn live_until(
    world: &World,
    clock: &VirtualClock,
    end: Timestamp,
    day_begins: &(dyn Fn(Timestamp) + Sync),
) -> Result<()> {
    live_through(world, &world.app(), clock, end, day_begins).await
}

/// Like `live_until`, but the simulated people reach the product through `app`.
pub async fn live_through(
    world: &World,
    app: &dyn AppClient,
    clock: &VirtualClock,
    end: Timestamp,
    day_begins: &(dyn Fn(Timestamp) + Sync),
) -> Result<()> {
    let mut day = day_of(clock.now());
    loop {
        if day_of(clock.now()) != day {
            day = day_of(clock.now());
            day_begins(clock.now());
        }
        world.host.run_until_quiet().await?;
        let now = clock.now();
        if world.sandbox.next_due().is_some_and(|due| due <= now) {
            world.sandbox.run_due(now, app).await;
            continue;
        }
        let work = world.host.next_due(true).await?;
        let next = [work, world.sandbox.next_due()].into_iter().flatten().min();
        match next {
            Some(next) if next <= end => {
                tracing::debug!(%now, %next, "the clock jumps");
                clock.advance_to(next);
            }
            _ => {
                clock.advance_to(end);
                return Ok(());
            }
        }
    }
}

fn day_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}
