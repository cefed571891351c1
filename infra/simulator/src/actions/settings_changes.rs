//! Settings that a user changes while people are under way: how much accounts may send, when they work, days off, caps.

use crate::chance::Chance;
use crate::plan::account_limits::{mailbox_hours, mailbox_limits};
use crate::plan::number_limits::limits;
use crate::plan::{PlannedAction, UserAction, caps, days_off};
use crate::profile::{Profile, Seed};
use crate::world::installation::Installation;
use anyhow::Result;
use serde_json::json;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    pub of: Of,
    /// What is drawn for it.
    pub number: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    MailboxLimits,
    MailboxHours,
    /// The limits of the number for texts, or of the one on WhatsApp.
    NumberLimits,
    DaysOff,
    Caps,
}

const ALL: [Of; 6] =
    [Of::MailboxLimits, Of::MailboxLimits, Of::MailboxHours, Of::NumberLimits, Of::DaysOff, Of::Caps];

pub fn settings(seed: Seed, days: i64) -> Vec<PlannedAction> {
    let Some(mut chance) = Chance::since(Profile::SettingsChanges, seed, "settings", 400) else {
        return Vec::new();
    };
    let action = |number| {
        // Mostly while the first of them get their slots.
        let days = if chance.per_mille(600) { 1 } else { days };
        let minutes = chance.between(0, days * 24 * 60);
        PlannedAction { minutes, what: UserAction::Set(Setting { of: *chance.pick(&ALL), number }) }
    };
    (0..6).map(action).collect()
}

pub async fn set(world: &Installation, Setting { of, number }: Setting) -> Result<()> {
    let api = world.signed_in().await?;
    let chance = &mut Chance::of(world.plan.seed, &format!("setting {number}"));
    let today = world.disorder.now().to_string();
    let mailboxes = world.with_roster(|roster| roster.mailboxes.clone());
    let numbers = [world.accounts.sms_sender.clone(), world.accounts.whatsapp_sender.clone()];
    match of {
        Of::DaysOff => {
            let days_off = days_off(&today, 4, chance);
            api.patch("/api/settings", json!({ "days_off": days_off })).await?;
        }
        Of::Caps => drop(api.patch("/api/settings", json!({ "caps": caps(chance) })).await?),
        Of::MailboxHours => {
            let path = format!("/api/settings/accounts/{}", chance.pick(&mailboxes));
            api.patch(&path, json!({ "hours": mailbox_hours(chance) })).await?;
        }
        Of::MailboxLimits | Of::NumberLimits => {
            let (account, new) = match of {
                Of::NumberLimits => (chance.pick(&numbers), Some(limits(chance))),
                _ => (chance.pick(&mailboxes), mailbox_limits(&today, chance)),
            };
            let path = format!("/api/settings/accounts/{account}");
            let known = api.get(&path).await?["limits"].clone();
            // Whose day began at another time, or who counted nothing, knows nothing of what went out that day.
            if let Some(mut new) = new.filter(|_| known.is_object()) {
                new["zone"] = known["zone"].clone();
                api.patch(&path, json!({ "limits": new })).await?;
            }
        }
    }
    Ok(())
}

/// Just now, of an account that has given slots away.
pub async fn tighten(world: &Installation, account: &str) -> Result<()> {
    let api = world.signed_in().await?;
    let path = format!("/api/settings/accounts/{account}");
    let zone = api.get(&path).await?["limits"]["zone"].clone();
    // Who counted nothing knows nothing of what went out that day.
    if zone.is_string() {
        let limits = json!({ "zone": zone, "per_day": 2, "gap_seconds": 900 });
        api.patch(&path, json!({ "limits": limits })).await?;
    }
    Ok(())
}
