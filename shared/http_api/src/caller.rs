//! The caller of a route, and the access that a route demands. A handler that touches a tenant takes a `Caller`;
//! without one it has no tenant to act on.

use crate::error::ApiError;
use axum::extract::FromRequestParts;
use domain::event::Actor;
use domain::workspace::user::Role;
use domain::{SessionId, UserId, WorkspaceId};
use http::request::Parts;

/// The access to a route: who may call it. A role includes the roles above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Every caller may call it: sign-in, public pages, health.
    Public,
    /// A caller with a valid signature of a provider or of ours may call it; the handler checks the signature.
    Signed,
    ReadOnly,
    Rep,
    Manager,
    Admin,
    Owner,
}

impl Access {
    pub fn least_role(self) -> Option<Role> {
        match self {
            Self::Public | Self::Signed => None,
            Self::ReadOnly => Some(Role::ReadOnly),
            Self::Rep => Some(Role::Rep),
            Self::Manager => Some(Role::Manager),
            Self::Admin => Some(Role::Admin),
            Self::Owner => Some(Role::Owner),
        }
    }
}

#[derive(Debug, Clone)]
pub struct Caller {
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub role: Role,
    pub session: SessionId,
}

impl Caller {
    pub fn actor(&self) -> Actor {
        Actor::User(self.user.clone())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| ApiError::internal("a public route asked for its caller"))
    }
}
