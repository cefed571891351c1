//! Meetings among what arrives.

use super::World;
use application::Clock;
use application::ports::accounts::SecretFields;
use domain::workspace::account::{AccountKind, AccountSettings, BookingService};
use serde_json::json;

impl World {
    /// A meeting is booked, moved and called off.
    pub(super) async fn meetings_arrive(&self) {
        let settings = AccountSettings::Bookings { via: BookingService::CalCom };
        let secret = SecretFields::one("signing_secret", "a-secret-of-the-webhook");
        let bookings = self.stage.account(&self.workspace, settings, secret).await;
        self.lead("meets", None).await;
        for (trigger, uid, before) in [
            ("BOOKING_CREATED", "b1", None),
            ("BOOKING_RESCHEDULED", "b2", Some("b1")),
            ("BOOKING_CANCELLED", "b2", None),
        ] {
            let body = json!({
                "triggerEvent": trigger, "createdAt": self.stage.clock.now().to_string(),
                "payload": {
                    "uid": uid, "title": "Intro", "startTime": "2030-05-06T09:00:00Z", "rescheduleUid": before,
                    "attendees": [{ "email": "meets@one.example", "name": "Meg" }],
                },
            });
            let id = format!("{trigger}-{uid}");
            self.takes_in(self.webhook((&bookings, AccountKind::Bookings), &id, &body)).await;
        }
    }
}
