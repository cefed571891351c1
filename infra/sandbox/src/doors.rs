//! The state in front of every provider: outages, rate limits, exhausted accounts, lost responses.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::config::{NumberQueue, RateLimit, RateLimits};
use crate::fakes;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    Smtp,
    Imap,
    Google,
    Microsoft,
    Resend,
    Twilio,
    Whatsapp,
    Serpapi,
    Hunter,
    Apollo,
    PeopleDataLabs,
    Zerobounce,
    Serper,
    Apify,
    Model,
    Stripe,
    /// One of `fakes`, by its name.
    Sender(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Outage,
    OutOfCredit,
    RateLimited { retry_after: SignedDuration },
}

#[derive(Debug, Default)]
pub(crate) struct Doors {
    switches: BTreeMap<Provider, Switches>,
    /// The recent requests of each account that a provider counts.
    recent: BTreeMap<(Provider, String), VecDeque<Timestamp>>,
    /// The time until which a number is busy sending what it has accepted.
    sends_until: BTreeMap<String, Timestamp>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Switches {
    outage: bool,
    out_of_credit: bool,
    answers_to_lose: u32,
    turned_away: u64,
    /// The credits that are left; no limit if none.
    credits: Option<u64>,
    credits_spent: u64,
}

impl Doors {
    pub fn set_outage(&mut self, provider: Provider, on: bool) {
        self.switches.entry(provider).or_default().outage = on;
    }

    pub fn set_out_of_credit(&mut self, provider: Provider, on: bool) {
        self.switches.entry(provider).or_default().out_of_credit = on;
    }

    /// Sets the credits that are left at a provider whose calls cost some.
    pub fn set_credits(&mut self, provider: Provider, credits: u64) {
        self.switches.entry(provider).or_default().credits = Some(credits);
    }

    pub fn spend_credits(&mut self, provider: Provider, credits: u64) {
        let switches = self.switches.entry(provider).or_default();
        switches.credits = switches.credits.map(|left| left.saturating_sub(credits));
        switches.credits_spent += credits;
    }

    pub fn credits_spent(&self, provider: Provider) -> u64 {
        self.switches.get(&provider).map_or(0, |switches| switches.credits_spent)
    }

    pub fn lose_answers(&mut self, provider: Provider, count: u32) {
        self.switches.entry(provider).or_default().answers_to_lose = count;
    }

    /// Whether the response to the request that was just carried out gets lost.
    pub fn answer_is_lost(&mut self, provider: Provider) -> bool {
        let switches = self.switches.entry(provider).or_default();
        let lost = switches.answers_to_lose > 0;
        switches.answers_to_lose = switches.answers_to_lose.saturating_sub(1);
        lost
    }

    pub fn is_out(&self, provider: Provider) -> bool {
        self.switches.get(&provider).is_some_and(|switches| switches.outage)
    }

    /// Counts a request that came during an outage; false if there is none.
    pub fn turn_away(&mut self, provider: Provider) -> bool {
        let switches = self.switches.entry(provider).or_default();
        switches.turned_away += u64::from(switches.outage);
        switches.outage
    }

    pub fn turned_away(&self, provider: Provider) -> u64 {
        self.switches.get(&provider).map_or(0, |switches| switches.turned_away)
    }

    /// Admits and counts one request of an account, or says why it is refused.
    pub fn admit(
        &mut self,
        (provider, account): (Provider, &str),
        limits: &RateLimits,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let switches = self.switches.get(&provider).copied().unwrap_or_default();
        if switches.outage {
            return Err(Refusal::Outage);
        }
        if switches.out_of_credit || switches.credits == Some(0) {
            return Err(Refusal::OutOfCredit);
        }
        let limits = of(limits, provider);
        let Some(longest) = limits.iter().map(|limit| limit.per).max() else { return Ok(()) };
        let recent = self.recent.entry((provider, account.to_owned())).or_default();
        while recent.front().is_some_and(|first| now.duration_since(*first) >= longest) {
            recent.pop_front();
        }
        for limit in limits {
            let inside = recent.iter().rev().take_while(|at| now.duration_since(**at) < limit.per).count();
            if inside >= limit.requests as usize {
                let oldest = recent[recent.len() - inside];
                return Err(Refusal::RateLimited { retry_after: limit.per - now.duration_since(oldest) });
            }
        }
        recent.push_back(now);
        Ok(())
    }

    /// How long a text waits behind those that its number has accepted before; `None`: for too long.
    pub fn line_up(
        &mut self,
        number: &str,
        segments: u32,
        queue: NumberQueue,
        now: Timestamp,
    ) -> Option<SignedDuration> {
        let begins = self.sends_until.get(number).map_or(now, |until| now.max(*until));
        let millis = u64::from(segments) * 1_000 / u64::from(queue.segments_per_second.max(1));
        let ends = begins + SignedDuration::from_millis(i64::try_from(millis).ok()?);
        if ends.duration_since(now) > queue.longest_wait {
            return None;
        }
        self.sends_until.insert(number.to_owned(), ends);
        Some(begins.duration_since(now))
    }
}

fn of(limits: &RateLimits, provider: Provider) -> &[RateLimit] {
    match provider {
        Provider::Smtp => &limits.smtp,
        Provider::Imap | Provider::Google | Provider::Microsoft => &[],
        Provider::Resend => &limits.resend,
        Provider::Twilio => &limits.twilio,
        Provider::Whatsapp => &limits.whatsapp,
        Provider::Serpapi => &limits.serpapi,
        Provider::Hunter => &limits.hunter,
        Provider::Apollo => &limits.apollo,
        Provider::PeopleDataLabs => &limits.people_data_labs,
        Provider::Zerobounce => &limits.zerobounce,
        Provider::Serper => &limits.serper,
        Provider::Apify => &limits.apify,
        Provider::Model => &limits.model,
        Provider::Stripe => &limits.stripe,
        Provider::Sender(name) => fakes::named(name).map_or(&[], |fake| fake.limits()),
    }
}

/// The seconds to wait, rounded up, as `Retry-After` needs them.
pub(crate) fn whole_seconds(wait: SignedDuration) -> i64 {
    wait.as_secs() + i64::from(wait.subsec_nanos() > 0)
}
