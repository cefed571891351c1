//! The traits of a visitor: enough to tell people from machines, not enough to identify a person.

use crate::App;
use application::queue_messages::RecordVisit;
use axum::extract::FromRequestParts;
use domain::lead::engagement::Action;
use domain::lead::verdict::{LONGEST_USER_AGENT, Traits};
use domain::{LeadId, MessageId, WorkspaceId};
use http::header;
use http::request::Parts;
use http_api::{ClientNetwork, axum};
use std::convert::Infallible;

pub struct Visitor {
    traits: Traits,
    /// The workspace that this browser claims to be signed in to; a false claim can only take the browser's
    /// own visits off the count.
    signed_in_to: Option<String>,
}

/// The cookie that the app sets while a user is signed in.
const TEAM_COOKIE: &str = "leadflow_team";

fn cookie(parts: &Parts, name: &str) -> Option<String> {
    let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

fn says_prefetch(parts: &Parts) -> bool {
    ["purpose", "sec-purpose", "x-purpose", "x-moz"].into_iter().any(|name| {
        let said = parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        ["prefetch", "prerender", "preview"].iter().any(|word| said.to_ascii_lowercase().contains(word))
    })
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let ClientNetwork(network) = ClientNetwork::from_request_parts(parts, state).await?;
        let said = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let agent =
            parts.headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let traits = Traits {
            method: parts.method.to_string(),
            user_agent: agent.unwrap_or_default().chars().take(LONGEST_USER_AGENT).collect(),
            prefetch: says_prefetch(parts),
            part: parts.headers.contains_key(header::RANGE),
            fetched: said("sec-fetch-mode").is_some_and(|mode| mode != "navigate"),
            network: network.parse().ok(),
            ..Traits::default()
        };
        Ok(Self { traits, signed_in_to: cookie(parts, TEAM_COOKIE) })
    }
}

impl App {
    pub(crate) fn tracked(
        &self,
        visitor: Visitor,
        workspace: WorkspaceId,
        lead: LeadId,
        message: Option<MessageId>,
        event_id: String,
        action: Action,
    ) -> RecordVisit {
        let signed_in = visitor.signed_in_to.as_deref() == Some(workspace.as_str());
        RecordVisit {
            traits: Box::new(Traits { signed_in, ..visitor.traits }),
            workspace,
            lead,
            message,
            event_id,
            action,
            at: self.clock.now(),
        }
    }
}
