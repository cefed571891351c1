//! The caller of a route, and the access that a route demands. A handler that touches a tenant takes a `Caller`;
//! without one it has no tenant to act on.

use crate::error::ApiError;
use crate::lead_sight::LeadSight;
use crate::other_ids::OtherId;
use application::StoreResult;
use application::identity::session_checks::{SessionChecks, Standing, TokenOf};
use application::ports::workspaces::WorkspaceStore;
use axum::extract::FromRequestParts;
use domain::event::{Actor, UserOrKey};
use domain::workspace::Workspace;
use domain::workspace::api_key::ApiScope;
use domain::workspace::user::Role;
use domain::{ApiKeyId, LoginId, SessionId, UserId, WorkspaceId};
use http::request::Parts;
use std::collections::BTreeSet;
use std::sync::Arc;

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

/// The part of the leads that a route touches. By it the gate decides about callers who do not see all leads: reps who
/// see their own, and managers and read-only users of a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadUse {
    /// The route touches leads whoever owns them: only callers who see all leads may call it. This holds for every route
    /// that says nothing else.
    AllLeads,
    /// The route has figures of the workspace or acts on the whole of it, and shows no lead: reps who see their own leads
    /// may not call it, managers of a team may.
    Totals,
    /// The route carries nothing of leads.
    Nothing,
    /// The route is about the lead that this parameter of its path names, or whose message, task or call it names. The gate
    /// answers 404 where the caller does not see that lead.
    OneLead(&'static str),
    /// The handler narrows what it reads and does to `Caller::leads`.
    Narrowed,
}

/// The access that a route demands, and what it touches of the leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteAccess {
    pub access: Access,
    pub leads: LeadUse,
    /// Whether it may be called by a user whose workspace asks for two steps, before they have set the second one up.
    pub before_second_factor: bool,
    /// A scope that a program needs besides the route's own.
    pub and_scope: Option<ApiScope>,
    /// The fields of its body and query that have ids of other resources.
    pub other_ids: &'static [OtherId],
}

impl RouteAccess {
    fn of(access: Access, leads: LeadUse) -> Self {
        Self { access, leads, before_second_factor: false, and_scope: None, other_ids: &[] }
    }

    /// A program needs this scope, too: what the route does reaches another resource, or costs money.
    pub fn and_scope(self, scope: ApiScope) -> Self {
        Self { and_scope: Some(scope), ..self }
    }

    /// Says what the route does with the ids of other resources that its body and query have.
    pub fn naming(self, other_ids: &'static [OtherId]) -> Self {
        Self { other_ids, ..self }
    }

    /// The route is needed to set up a second factor, or to leave without.
    pub fn before_second_factor(self) -> Self {
        Self { before_second_factor: true, ..self }
    }
}

impl Access {
    /// The route has totals and shows no lead.
    pub fn with_totals(self) -> RouteAccess {
        RouteAccess::of(self, LeadUse::Totals)
    }

    /// The route carries nothing of leads.
    pub fn without_leads(self) -> RouteAccess {
        RouteAccess::of(self, LeadUse::Nothing)
    }

    /// The route is about the lead that this parameter of its path names.
    pub fn of_lead(self, parameter: &'static str) -> RouteAccess {
        RouteAccess::of(self, LeadUse::OneLead(parameter))
    }

    /// The handler narrows what it reads and does to `Caller::leads`.
    pub fn narrowed(self) -> RouteAccess {
        RouteAccess::of(self, LeadUse::Narrowed)
    }

    /// Says what the route does with the ids of other resources that its body and query have.
    pub fn naming(self, other_ids: &'static [OtherId]) -> RouteAccess {
        RouteAccess::from(self).naming(other_ids)
    }

    /// A program needs this scope, too: what the route does reaches another resource, or costs money.
    pub fn and_scope(self, scope: ApiScope) -> RouteAccess {
        RouteAccess::from(self).and_scope(scope)
    }
}

impl From<Access> for RouteAccess {
    fn from(access: Access) -> Self {
        Self::of(access, LeadUse::AllLeads)
    }
}

#[derive(Debug, Clone)]
pub struct Caller {
    pub workspace: WorkspaceId,
    pub by: CalledBy,
    pub(crate) sight: LeadSight,
    pub(crate) sessions: Arc<SessionChecks>,
    /// The workspace, where the gate has read it to find out which leads the caller sees.
    pub(crate) read: Option<Arc<Workspace>>,
}

/// A caller is a user at the app, or a program with an API key.
#[derive(Debug, Clone)]
pub enum CalledBy {
    User(SignedIn),
    Key(Program),
}

/// A program by its key, with what the key allows.
#[derive(Debug, Clone)]
pub struct Program {
    pub key: ApiKeyId,
    pub scopes: BTreeSet<ApiScope>,
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
            CalledBy::Key(program) => program.key.clone().into(),
        }
    }

    /// Tells whether the caller may do what the scope is for. Scopes bind programs only; a user's role is the route's to
    /// demand.
    pub fn may(&self, scope: ApiScope) -> bool {
        match &self.by {
            CalledBy::User(_) => true,
            CalledBy::Key(program) => program.scopes.contains(&scope),
        }
    }

    /// Refuses a program whose key lacks the scope. A handler asks where only what is stored tells that it is needed; for
    /// what the request names, the route's row says it (`RouteAccess::naming`).
    pub fn demand(&self, scope: ApiScope) -> Result<(), ApiError> {
        if self.may(scope) { Ok(()) } else { Err(ApiError::scope_missing(scope)) }
    }

    /// Refuses a user who has not given the password, a code or a passkey within the last minutes. It is demanded before
    /// access is made that lasts: a key, an invitation, a role, a link that sets a password. A user whose session ended, or
    /// who was disabled or lost the role since the gate has looked, is refused, too.
    pub async fn demand_proof(&self) -> Result<(), ApiError> {
        let SignedIn { user, login, session, role } = self.signed_in()?.clone();
        let of = TokenOf { login, session, workspace: self.workspace.clone(), user };
        match self.sessions.proof(&of).await? {
            (Standing::SignedIn(now), _) if now < role => Err(ApiError::forbidden()),
            (Standing::SignedIn(_), true) => Ok(()),
            (Standing::SignedIn(_), false) => Err(ApiError::proof_needed()),
            (Standing::Ended, _) => Err(ApiError::session_ended()),
            (Standing::Disabled, _) => Err(ApiError::user_disabled()),
        }
    }

    /// Returns the workspace as the gate has read it for this request. It is read here where the gate did not: a program
    /// calls, or the route carries nothing of leads.
    pub async fn read_workspace(&self, workspaces: &dyn WorkspaceStore) -> StoreResult<Workspace> {
        match &self.read {
            Some(read) => Ok(Workspace::clone(read)),
            None => workspaces.get(&self.workspace).await,
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
