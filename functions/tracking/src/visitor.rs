//! What a visit tells of its visitor: enough to tell people from machines, not enough to know who it was.

use crate::App;
use application::queue_messages::IngestEvent;
use axum::extract::FromRequestParts;
use domain::engagement::Action;
use domain::{LeadId, MessageId, WorkspaceId};
use http::header;
use http::request::Parts;
use http_api::{ClientNetwork, axum};
use std::convert::Infallible;

pub struct Visitor {
    user_agent: String,
    method: String,
    network: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let ClientNetwork(network) = ClientNetwork::from_request_parts(parts, state).await?;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self {
            user_agent: agent.unwrap_or("").chars().take(400).collect(),
            method: parts.method.to_string(),
            network,
        })
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
    ) -> IngestEvent {
        IngestEvent::Tracked {
            workspace,
            lead,
            message,
            event_id,
            action,
            user_agent: visitor.user_agent,
            network: self.keys.blind(&visitor.network),
            method: visitor.method,
            at: self.clock.now(),
        }
    }
}
