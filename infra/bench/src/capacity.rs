//! The cost of a lead, an e-mail and an event in the table, from the ledger of a run of the deployed
//! functions. The work is that of a campaign of a thousand leads in four time zones: the mails of a zone
//! within ten minutes, 25 a minute, ten to a message batch; half of them opened, an eighth clicked, a
//! twenty-fifth replied to, as many bounced. The stream is read when the functions of an instant are done, a
//! hundred records at most, as the template's window has it.

use crate::ledger_lines::Cost;
use crate::report::{Bound, Report};
use crate::trial::{Provider, Trial, three_mails};
use anyhow::{Result, ensure};

/// The leads in each of two files: a thousand in all.
const LEADS: u64 = 500;
const CITIES: u64 = 4;

pub const A_LEAD: f64 = 4.0;
pub const A_MAIL: f64 = 5.0;
/// Each visit, an opened mail too, has an entry of its own with its verdict and what the visitor showed of itself, so that
/// it can be judged again. Each reply and bounce is kept for 90 days as it arrived, so that it can be read again: 3 to 4
/// units for the record and 1 for its place at the lead, which is 0.2 units an event in this mixture. One to two units say
/// how many visits a page or message has had in the hour (`docs/adr/0121-visits-have-a-queue-and-limits.md`).
pub const AN_EVENT: f64 = 4.6;

/// The cost of one piece of work, with the most that it may write.
pub struct Price {
    pub what: &'static str,
    pub cost: Cost,
    pub most_writes: Option<f64>,
}

pub fn run(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for Price { what, cost, most_writes } in runtime.block_on(measure(LEADS, LEADS, CITIES))? {
        let name = format!("{what}, {} of them: WRU", cost.units);
        match most_writes {
            Some(most) => report.bounded(name, cost.writes, Bound::AtMost(most)),
            None => report.figure(name, cost.writes),
        }
        report.figure("  RRU", cost.reads);
        for (label, writes, reads) in
            cost.split.iter().filter(|(_, writes, reads)| *writes >= 0.005 || *reads >= 0.1)
        {
            if *writes >= 0.005 {
                report.figure(format!("    {label}: WRU"), *writes);
            }
            if *reads >= 0.1 {
                report.figure(format!("    {label}: RRU"), *reads);
            }
        }
    }
    Ok(())
}

async fn import(trial: &Trial, leads: u64) -> Result<Cost> {
    let mark = trial.mark();
    trial.import("plain", leads, false).await?;
    Ok(trial.cost(&mark, leads))
}

pub async fn measure(plain: u64, leads: u64, cities: u64) -> Result<Vec<Price>> {
    let mut trial = Trial::open(Provider::Sandbox).await?;
    trial.cities = cities;
    let mut prices = Vec::new();
    let mut price = |what, cost, most_writes| prices.push(Price { what, cost, most_writes });

    if plain > 0 {
        let imported = import(&trial, plain).await?;
        price("lead imported", imported, Some(A_LEAD));
    }

    let mark = trial.mark();
    trial.import("asked", leads, true).await?;
    trial.work_until(trial.later(1)?).await?;
    price("lead imported, enriched and personalised", trial.cost(&mark, leads), None);

    let people = plain + leads;
    let mark = trial.mark();
    let campaign = trial.enrol("Three mails", three_mails()).await?;
    price("lead enrolled", trial.cost(&mark, people), None);

    let mark = trial.mark();
    trial.launch(&campaign).await?;
    price("enrolment launched", trial.cost(&mark, people), None);

    let mark = trial.mark();
    trial.work_until(trial.later(28)?).await?;
    let first = trial.mails() as u64;
    ensure!(first == people, "{first} of {people} mails were sent");
    price("first e-mail to a lead, with its preview page", trial.cost(&mark, first), None);

    trial.work_until(trial.later(20)?).await?;
    let events = trial.mark();
    let mut taken_in = 0;
    for (what, one_in, deed) in DEEDS {
        let mark = trial.mark();
        for mail in (0..trial.mails()).filter(|mail| mail % one_in.0 == one_in.1) {
            deed(&trial, mail);
        }
        trial.people_act().await?;
        let count = trial.events(&mark);
        taken_in += count;
        price(what, trial.cost(&mark, count), None);
    }
    price("event from outside, all kinds", trial.cost(&events, taken_in), Some(AN_EVENT));

    // The second mail goes out three working days after the first; nobody reacts to it yet.
    let mark = trial.mark();
    trial.work_until(trial.later(34)?).await?;
    let second = trial.mails() as u64 - first;
    ensure!(second > leads / 2, "{second} second mails were sent");
    price("e-mail sent", trial.cost_of_sending(&mark, second), Some(A_MAIL));

    trial.work_until(trial.later(44)?).await?;
    let mark = trial.mark();
    trial.work_until(trial.later(72)?).await?;
    let last = trial.mails() as u64 - first - second;
    price("last e-mail to a lead, with the end of its sequence", trial.cost(&mark, last), None);
    Ok(prices)
}

pub type Deed = fn(&Trial, usize);

/// The reactions: each `(one_in, first)` selects every `one_in`th mail, beginning with `first`.
pub const DEEDS: [(&str, (usize, usize), Deed); 4] = [
    ("mail opened", (2, 0), |trial, mail| trial.world.sandbox.open_mail(mail)),
    ("link clicked, page read", (8, 0), |trial, mail| {
        if let Some(link) = trial.world.sandbox.mail_links(mail).first() {
            trial.world.sandbox.click_link(mail, link);
        }
    }),
    ("reply received", (25, 3), |trial, mail| {
        trial.world.sandbox.reply_to_mail(mail, "Sounds good, call me tomorrow.");
    }),
    ("bounce received", (25, 5), |trial, mail| trial.world.sandbox.bounce_mail(mail)),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(what: &str, cost: &Cost, most: f64) {
        assert!(cost.writes <= most, "{what}: {:.2} write units, for {:#?}", cost.writes, cost.split);
    }

    #[tokio::test]
    async fn lead_stays_below_its_cost_bound() {
        let trial = Trial::open(Provider::Sandbox).await.unwrap();
        holds("lead imported", &import(&trial, 200).await.unwrap(), A_LEAD);
    }

    #[tokio::test]
    async fn mails_and_events_stay_below_their_cost_bounds() {
        let prices = measure(0, 140, 1).await.unwrap();
        let bounded: Vec<&Price> = prices.iter().filter(|price| price.most_writes.is_some()).collect();
        assert_eq!(bounded.len(), 2);
        for Price { what, cost, most_writes } in bounded {
            holds(what, cost, most_writes.unwrap());
        }
    }
}
