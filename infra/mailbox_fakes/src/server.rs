//! What both providers' servers have in common: one mailbox behind a lock, its authorization server, the troubles that a
//! test orders, and what was asked.

use crate::Response;
use crate::oauth::{Client, GrantRules, Oauth};
use crate::reply::{Asked, Troubles};
use jiff::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A provider's server in process, for one mailbox.
pub struct Server<M>(Mutex<State<M>>);

pub(crate) struct State<M> {
    pub oauth: Oauth,
    pub troubles: Troubles,
    pub mailbox: M,
    asked: Vec<String>,
}

impl<M> Server<M> {
    pub(crate) fn over(mailbox: M, client: Client, rules: GrantRules) -> Self {
        let oauth = Oauth::new(client, rules);
        Self(Mutex::new(State { oauth, troubles: Troubles::default(), mailbox, asked: Vec::new() }))
    }

    /// Numbers codes and tokens from here on, so that those of several mailboxes differ.
    pub fn numbered_from(self, first: u64) -> Self {
        self.state().oauth.made = first;
        self
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State<M>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the owner allow the access on the page at this address. Returns where the page returns to.
    pub fn allow(&self, page: &str, unticked: &[&str]) -> Result<String, String> {
        self.state().oauth.allow(page, unticked)
    }

    /// Returns what is wrong with the address of the page, if anything is.
    pub fn fault_of_page(&self, page: &str) -> Option<&'static str> {
        self.state().oauth.fault_of_page(page)
    }

    /// Returns where the page returns to when the owner refuses the access.
    pub fn refuse(&self, page: &str) -> Result<String, String> {
        let state = self.state();
        if let Some(fault) = state.oauth.fault_of_page(page) {
            return Err(fault.to_owned());
        }
        let page = url::Url::parse(page).map_err(|error| error.to_string())?;
        let asked = page.query_pairs().find(|(name, _)| name == "state").map(|(_, value)| value.into_owned());
        let mut back =
            url::Url::parse(&state.oauth.client.redirect_uri).map_err(|error| error.to_string())?;
        let mut query = back.query_pairs_mut();
        query.append_pair("error", "access_denied").append_pair("state", &asked.unwrap_or_default());
        drop(query);
        Ok(back.into())
    }

    /// Gives a grant of these permissions, and returns its refresh token and an access token.
    pub fn grant(&self, scopes: &[&str], now: Timestamp) -> (String, String) {
        let mut state = self.state();
        (state.oauth.grant(scopes, now), state.oauth.access(now))
    }

    /// Ends the troubles that were ordered.
    pub fn repair(&self) {
        self.state().troubles.end();
    }

    /// Voids the access tokens alone.
    pub fn void_access(&self) {
        self.state().oauth.void_access();
    }

    /// Returns how often a refresh token was handed in.
    pub fn renewals(&self) -> usize {
        self.state().oauth.renewals
    }

    /// Returns what was asked, as method and path.
    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }
}

impl<M> State<M> {
    /// Notes what is asked, and returns the answer that a test has ordered for it.
    pub fn take_trouble(&mut self, asked: &Asked<'_>) -> Option<Response> {
        self.asked.push(asked.line());
        self.troubles.take(&asked.line_with_query())
    }
}
