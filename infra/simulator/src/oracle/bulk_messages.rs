//! What is written to many goes out in its account's turn and hours and inside the workspace's caps, and a text wakes nobody.

use super::one_off_messages::Went;
use super::raw::{Item, text};
use super::send_window::{Home, Rules, TOLERANCE, shut};
use super::{Oracle, account_limits, caps};
use jiff::Timestamp;

const JUDGE: &str = "bulk_messages";

/// Called as a provider has taken what is of no sequence, for the first time. What a person writes to one lead waits for
/// nobody's turn, and counts.
pub fn taken(oracle: &mut Oracle, now: Timestamp, (tag, to): (&str, &str), letter: &Item) {
    let (by, is_of_many) = (text(letter, "conn").to_owned(), !text(letter, "many").is_empty());
    let account = oracle.all("account").find(|(_, item)| text(item, "id") == by).map(|(key, _)| key.clone());
    let theirs = oracle.items.iter().find(|(_, item)| text(item, "id") == tag);
    let partition = theirs.map(|(key, _)| key.0.clone()).unwrap_or_default();
    let (tag_of, to_of) = (tag.to_owned(), to.to_owned());
    oracle.one_offs.went.push(Went {
        at: now,
        tag: tag_of,
        by,
        to: to_of,
        partition: partition.clone(),
        is_of_many,
    });
    if is_of_many {
        caps::check_latest(oracle, now, (tag, &partition));
    }
    let Some(account) = account.filter(|_| is_of_many) else { return };
    let home = oracle.homes.get(to).copied().unwrap_or(Home { zone: "UTC", country: "" });
    let wakes = text(letter, "ch") != "email";
    let shut = oracle.items.get(&account).and_then(|present| {
        let in_force = oracle.settings.in_force(&account, present, now);
        let rules = in_force.map(|sender| Rules {
            version: None,
            workspace: None,
            sender: Some(sender),
            home,
            wakes,
        });
        let shut: Option<Vec<&str>> =
            rules.map(|rules| shut(&rules, now, TOLERANCE + oracle.off, oracle.off)).collect();
        shut?.pop()
    });
    if let Some(shut) = shut {
        oracle.accuse(
            JUDGE,
            now,
            format!("{tag}, one of many, went out to {to} at {now}, {shut} in {}", home.zone),
        );
    }
    account_limits::check(oracle, now, &account, tag);
}

#[cfg(test)]
mod tests;
