//! The roster of a life: the ids that the product has given to the plan's people and things, and who is signed in.

use crate::plan::{Person, Plan};
use crate::world::installation::Installation;
use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use local_world::Api;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Shorter than any access token is good for.
pub const SIGNED_IN_FOR: SignedDuration = SignedDuration::from_mins(10);

#[derive(Clone, Default)]
pub struct Roster {
    pub sequence: String,
    pub campaign: String,
    /// A second one, that people are enrolled in later.
    pub second_campaign: String,
    /// The mailboxes of both campaigns.
    pub mailboxes: Vec<String>,
    /// What was written outside every sequence.
    pub one_offs: Vec<String>,
    /// What was written to many.
    pub bulk_messages: Vec<String>,
    /// How often other steps were saved.
    pub edition: u32,
    /// Conversations as a user has seen them: whose, and what had come in last.
    pub seen: Vec<(String, String)>,
    /// The present addresses of people whose address or number a user has changed.
    pub moved: BTreeMap<usize, Person>,
    /// Ids of the leads by the plan's number.
    pub leads: BTreeMap<usize, String>,
    signed_in: Option<(Timestamp, Api)>,
}

impl Roster {
    pub fn of(mailboxes: Vec<String>) -> Self {
        Self { mailboxes, ..Self::default() }
    }

    pub fn lead(&self, number: usize) -> Result<&str> {
        self.leads.get(&number).map(String::as_str).context("there is no such lead")
    }

    /// The person's number for a lead's id without its prefix.
    pub fn number_of(&self, lead: &str) -> Option<usize> {
        self.leads.iter().find(|(_, id)| id.ends_with(lead)).map(|(number, _)| *number)
    }
}

impl Installation {
    pub fn person(&self, number: usize) -> Result<&Person> {
        person(&self.plan, number)
    }

    /// The product's API, in the name of somebody who is signed in.
    pub async fn signed_in(&self) -> Result<Api> {
        let now = self.disorder.now();
        let known = self.with_roster(|roster| roster.signed_in.clone());
        let (since, mut api) = known.unwrap_or((Timestamp::MIN, self.api.clone()));
        if now.duration_since(since) < SIGNED_IN_FOR {
            return Ok(api);
        }
        api.stay_signed_in().await?;
        self.with_roster(|roster| roster.signed_in = Some((now, api.clone())));
        Ok(api)
    }
}

fn person(plan: &Arc<Plan>, number: usize) -> Result<&Person> {
    plan.people.iter().find(|person| person.number == number).context("there is no such person")
}
