//! The parts of a signed link.

use crate::App;
use application::identity::links::Links;
use axum::extract::{self, FromRequestParts, Path};
use domain::{MessageId, WorkspaceId};
use http::request::Parts;
use http_api::axum;
use serde::Deserialize;
use std::convert::Infallible;

/// A link's parts as the path has them; nothing in it is trusted before its signature was checked.
pub struct SignedMessage {
    pub workspace: WorkspaceId,
    pub message: MessageId,
    pub signature: String,
    /// The address that the message went to, in an unsubscribe link: sealed, and empty if the link does not
    /// say.
    pub to: String,
}

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    to: String,
}

/// `None` if the path names no message at all.
pub struct InPath(pub Option<SignedMessage>);

impl<S: Send + Sync> FromRequestParts<S> for InPath {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<(String, String, String)>::from_request_parts(parts, state).await.ok();
        let query = extract::Query::<Query>::from_request_parts(parts, state).await.ok();
        let to = query.map(|extract::Query(query)| query.to).unwrap_or_default();
        Ok(Self(path.and_then(|Path((workspace, message, signature))| {
            let workspace = WorkspaceId::parse(&workspace).ok()?;
            let message = MessageId::parse(&message).ok()?;
            Some(SignedMessage { workspace, message, signature, to })
        })))
    }
}

impl App {
    pub(crate) fn links<'a>(&'a self, workspace: &'a WorkspaceId, message: &'a MessageId) -> Links<'a> {
        Links { keys: &self.keys, public_url: &self.public_url, workspace, message }
    }
}
