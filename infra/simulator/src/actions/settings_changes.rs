//! Changes of settings while leads are under way: limits and hours of accounts, days off, caps.

use crate::chance::Chance;
use crate::plan::account_limits::{mailbox_hours, mailbox_limits};
use crate::plan::number_limits::limits;
use crate::plan::user_action::{Setting, SettingKind};
use crate::plan::{caps, days_off};
use crate::world::installation::Installation;
use anyhow::Result;
use serde_json::json;

pub async fn set(world: &Installation, Setting { of, number }: Setting) -> Result<()> {
    let api = world.signed_in().await?;
    let chance = &mut Chance::of(world.plan.seed, &format!("setting {number}"));
    let today = world.disorder.now().to_string();
    let mailboxes = world.with_roster(|roster| roster.mailboxes.clone());
    let numbers = [world.accounts.sms_sender.clone(), world.accounts.whatsapp_sender.clone()];
    match of {
        SettingKind::DaysOff => {
            let days_off = days_off(&today, 4, chance);
            api.patch("/api/settings", json!({ "days_off": days_off })).await?;
        }
        SettingKind::Caps => drop(api.patch("/api/settings", json!({ "caps": caps(chance) })).await?),
        SettingKind::MailboxHours => {
            let path = format!("/api/settings/accounts/{}", chance.pick(&mailboxes));
            api.patch(&path, json!({ "hours": mailbox_hours(chance) })).await?;
        }
        SettingKind::MailboxLimits | SettingKind::NumberLimits => {
            let (account, new) = match of {
                SettingKind::NumberLimits => (chance.pick(&numbers), Some(limits(chance))),
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
