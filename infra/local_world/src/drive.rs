//! Virtual time: all work of an instant is done, then the clock jumps to the next thing that happens.

use crate::world::World;
use anyhow::Result;
use application::Clock;
use jiff::Timestamp;
use local_cloud::VirtualClock;

/// Lives until `end`. Answers how many jumps there were.
pub async fn live_until(world: &World, clock: &VirtualClock, end: Timestamp) -> Result<u64> {
    let app = world.app();
    let mut jumps = 0;
    loop {
        world.host.run_until_quiet().await?;
        let now = clock.now();
        if world.sandbox.next_due().is_some_and(|due| due <= now) {
            world.sandbox.run_due(now, &app).await;
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
                return Ok(jumps);
            }
        }
        jumps += 1;
    }
}
