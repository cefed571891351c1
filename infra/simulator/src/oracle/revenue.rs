//! Checks at rest that each payment is booked once, a client's sums are those of its transactions and subscriptions,
//! and a lead that paid is won, with a notification.

use super::Oracle;
use super::raw::{Item, path, text};
use super::stops::STOP_TAKES;
use jiff::Timestamp;
use sandbox::{Deed, DeedKind, Observed};

pub fn at_rest(oracle: &Oracle, observed: &Observed, now: Timestamp) -> Vec<String> {
    let mut wrong: Vec<String> = booked(oracle, observed, now).into_iter().collect();
    wrong.extend(clients(oracle));
    wrong.extend(won(oracle));
    wrong
}

fn booked(oracle: &Oracle, observed: &Observed, now: Timestamp) -> Option<String> {
    let paid: Vec<&Deed> = observed.deeds.iter().filter(|deed| deed.kind == DeedKind::Paid).collect();
    let is_over =
        |deed: &&&Deed| deed.money_told_at.is_some_and(|at| now.duration_since(at) > STOP_TAKES + oracle.off);
    let least = paid.iter().filter(is_over).count();
    let booked = oracle.all("transaction").count();
    let differs = booked < least || booked > paid.len();
    differs.then(|| format!("{} payments, of which {booked} are booked", paid.len()))
}

/// Two sums of what lies with each client.
fn clients(oracle: &Oracle) -> Vec<String> {
    let mut wrong = Vec::new();
    for (key, client) in oracle.all("client") {
        let id = text(client, "id");
        let theirs = |entity| oracle.all(entity).filter(|(_, item)| text(item, "client") == id);
        let sum: i64 = theirs("transaction").filter_map(|(_, item)| minor(item, "amount")).sum();
        let collected = in_all(client, "collected");
        if collected != Some(sum) {
            wrong.push(format!("{} has paid {collected:?}, and {sum} is booked", key.1));
        }
        let active = theirs("subscription").filter(|(_, item)| text(item, "status") == "active");
        let monthly: Option<Vec<f64>> = active.map(|(_, item)| monthly(item)).collect();
        let monthly = monthly.map(|each| each.iter().sum::<f64>().round() as i64);
        let mrr = in_all(client, "mrr");
        if mrr != monthly {
            wrong.push(format!("{} brings in {mrr:?} a month, and subscribes to {monthly:?}", key.1));
        }
    }
    wrong
}

/// Unless a person says otherwise afterwards, and here they say of some that they are qualified, or lost.
fn won(oracle: &Oracle) -> Vec<String> {
    let mut wrong = Vec::new();
    for (_, transaction) in oracle.all("transaction") {
        let id = text(transaction, "lead");
        let booked = transaction.0["ev"]["M"]["t"]["N"].as_str().and_then(|at| at.parse().ok());
        let booked = booked.and_then(|at| Timestamp::from_nanosecond(at).ok());
        let is_open = |(key, lead): &(&super::Key, &Item)| {
            let said_since = || {
                let staged = oracle.leads.staged.get(&key.0);
                booked.zip(staged).is_some_and(|(booked, staged)| *staged + oracle.off >= booked)
            };
            match path(lead, &["core", "s"]) {
                "won" | "qualified" => false,
                "lost" => !said_since(),
                _ => text(lead, "entity") == "lead",
            }
        };
        let pk = |key: &super::Key| format!("lead_{}", super::raw::lead_of(&key.0)) == id;
        let mut leads = oracle.items.iter().filter(|(key, _)| key.1 == "LEAD" && pk(key));
        if let Some((_, lead)) = leads.find(is_open) {
            wrong.push(format!("{id} has paid, and is {}", path(lead, &["core", "s"])));
        }
        let tells = |note: &Item| text(note, "kind") == "payment" && text(note, "lead") == id;
        let told = oracle.all("notification").any(|(_, note)| tells(note));
        let is_gone = oracle.deleted.contains(id.trim_start_matches("lead_"));
        if !id.is_empty() && !told && !is_gone {
            wrong.push(format!("nobody was told that {id} has paid"));
        }
    }
    wrong
}

/// The money that a client's sums hold. A life has one currency.
fn in_all(client: &Item, name: &str) -> Option<i64> {
    let sums = client.0[name]["M"].as_object()?;
    sums.values().map(|sum| sum["N"].as_str()?.parse::<i64>().ok()).sum()
}

fn minor(item: &Item, name: &str) -> Option<i64> {
    item.0[name]["M"]["amount_minor"]["N"].as_str()?.parse().ok()
}

fn monthly(subscription: &Item) -> Option<f64> {
    let part = |name: &str| subscription.0["monthly"]["M"][name]["N"].as_str()?.parse::<f64>().ok();
    Some(part("numerator")? / part("denominator")?)
}
