//! Reservations that are left over: the work that made them broke off for good, its message in the dead letters. They are
//! settled at their full amount, because the calls may have been made; so no budget stays blocked, and no cap is passed.
//! The use of models by day does not count them: nobody knows whether a model was asked.

use crate::ports::clock::Clock;
use crate::ports::spend::SpendStore;
use crate::ports::store::{PageRequest, StoreResult};
use crate::ports::workspaces::WorkspaceStore;
use domain::WorkspaceId;
use domain::spend::{Booking, BookingOutcome, Reservation};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The age from which on no work is under way any more: a queue delivers a message for less than a day.
pub(crate) const LEFT_OVER_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// The name under which a month shows what such work cost.
pub const BROKEN_OFF: &str = "broken_off";
const PAGE: usize = 100;

crate::ports! {
    pub struct LeftOverPorts {
        pub clock: Arc<dyn Clock>,
        pub spend: Arc<dyn SpendStore>,
        pub workspaces: Arc<dyn WorkspaceStore>,
    }
}

/// Settles what is left over in all workspaces, until the time is up. Returns the number of reservations.
pub async fn settle_left_over(ports: &LeftOverPorts, until: Timestamp) -> StoreResult<usize> {
    let mut settled = 0;
    for workspace in ports.workspaces.ids().await? {
        if ports.clock.now() >= until {
            break;
        }
        match settle_left_over_of(ports, &workspace).await {
            Ok(count) => settled += count,
            Err(error) => {
                tracing::error!(workspace.id = %workspace, %error, "reservations were left over");
            }
        }
    }
    Ok(settled)
}

async fn settle_left_over_of(ports: &LeftOverPorts, workspace: &WorkspaceId) -> StoreResult<usize> {
    let now = ports.clock.now();
    let (mut settled, mut cursor) = (0, None);
    loop {
        let page = ports.spend.open(workspace, PageRequest { limit: PAGE, cursor }).await?;
        for reservation in &page.items {
            // The oldest come first.
            if now.duration_since(reservation.made_at) < LEFT_OVER_AFTER {
                return Ok(settled);
            }
            ports.spend.settle(workspace, &reservation.id, &[in_full(reservation)], now).await?;
            settled += 1;
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(settled);
        }
    }
}

fn in_full(reservation: &Reservation) -> Booking {
    Booking {
        provider: BROKEN_OFF.to_owned(),
        outcome: BookingOutcome::Lost,
        calls: 1,
        amount: reservation.amount,
        model: None,
    }
}
