//! The caller of a route, and the access that a route demands. A handler that touches a tenant takes a `Caller`;
//! without one it has no tenant to act on.

use crate::error::ApiError;
use axum::extract::FromRequestParts;
use domain::event::{Actor, UserOrKey};
use domain::workspace::user::Role;
use domain::{ApiKeyId, LoginId, SessionId, UserId, WorkspaceId};
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
    pub by: CalledBy,
}

/// A caller is a user at the app, or a program with an API key.
#[derive(Debug, Clone)]
pub enum CalledBy {
    User(SignedIn),
    Key(ApiKeyId),
}

/// A user with the session that the request belongs to.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub user: UserId,
    pub login: LoginId,
    pub role: Role,
    pub session: SessionId,
}

impl Caller {
    pub fn actor(&self) -> Actor {
        self.user_or_key().actor()
    }

    pub fn user_or_key(&self) -> UserOrKey {
        match &self.by {
            CalledBy::User(signed_in) => signed_in.user.clone().into(),
            CalledBy::Key(key) => key.clone().into(),
        }
    }

    /// Returns the user, for what is then theirs: a task that they add, a campaign that they create. A program owns
    /// nothing.
    pub fn user(&self) -> Option<&UserId> {
        match &self.by {
            CalledBy::User(signed_in) => Some(&signed_in.user),
            CalledBy::Key(_) => None,
        }
    }

    /// Returns the user where only a user makes sense: their drafts, their name under a message. The route table lets
    /// no key call such a route.
    pub fn signed_in(&self) -> Result<&SignedIn, ApiError> {
        match &self.by {
            CalledBy::User(signed_in) => Ok(signed_in),
            CalledBy::Key(_) => Err(ApiError::not_for_keys()),
        }
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
