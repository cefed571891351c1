//! The parts of a user's signed link.

use crate::App;
use application::digest::stop::StopLink;
use axum::extract::{FromRequestParts, Path};
use domain::{UserId, WorkspaceId};
use http::request::Parts;
use http_api::axum;
use std::convert::Infallible;

/// A link's parts as the path has them; nothing in it is trusted before `checked`.
pub struct SignedUser {
    named: Option<(WorkspaceId, UserId)>,
    pub signature: String,
}

impl SignedUser {
    /// The user that the link names; none where it names none or the signature is not ours.
    pub fn checked(&self, app: &App) -> Option<(WorkspaceId, UserId)> {
        let (workspace, user) = self.named.as_ref()?;
        let link = StopLink { keys: &app.keys, public_url: &app.public_url, workspace, user };
        link.is_signed(&self.signature).then(|| (workspace.clone(), user.clone()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedUser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<(String, String, String)>::from_request_parts(parts, state).await.ok();
        let (workspace, user, signature) = path.map(|Path(parts)| parts).unwrap_or_default();
        let named = WorkspaceId::parse(&workspace).ok().zip(UserId::parse(&user).ok());
        Ok(Self { named, signature })
    }
}
