//! Stores users, invitations and password resets.

use crate::ports::store::StoreResult;
use async_trait::async_trait;
use domain::event::Event;
use domain::workspace::Workspace;
use domain::workspace::invitation::{Invitation, PasswordReset};
use domain::workspace::login::Login;
use domain::workspace::user::User;
use domain::{InvitationId, UserId, WorkspaceId};

#[async_trait]
pub trait UserStore: Send + Sync {
    /// Creates a workspace in one transaction: the address and the accounts at providers (unique over the installation),
    /// the login, the workspace, its owner, and the installation's own item when it is the first. `Conflict` when the
    /// address or an account is known.
    async fn sign_up(&self, workspace: &Workspace, owner: (&Login, &User)) -> StoreResult<()>;
    /// Does what `sign_up` does, and returns `Conflict` also when the installation has an owner.
    async fn sign_up_first(&self, workspace: &Workspace, owner: (&Login, &User)) -> StoreResult<()>;
    /// Returns the workspace whose owner has installed this: that of the first sign-up.
    async fn first_workspace(&self) -> StoreResult<Option<WorkspaceId>>;
    /// Adds a user to an existing workspace, in one transaction with the login: a new one with its address and accounts, or one that
    /// is known and opens one workspace more.
    async fn add(&self, login: &Login, user: &User) -> StoreResult<()>;
    async fn get(&self, workspace: &WorkspaceId, id: &UserId) -> StoreResult<User>;
    /// Returns a user as they were up to a moment ago: one that was just written may be missing.
    async fn get_lately(&self, workspace: &WorkspaceId, id: &UserId) -> StoreResult<Option<User>>;
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<User>>;
    async fn save(&self, user: &User, event: &Event) -> StoreResult<u64>;
    /// Saves a user who is no active owner any more. MUST change nothing where the other one, who stays an owner, was
    /// changed since they were read: `Conflict`.
    async fn save_former_owner(&self, user: &User, stays: &User, event: &Event) -> StoreResult<u64>;

    async fn invitations(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Invitation>>;
    async fn invitation(&self, workspace: &WorkspaceId, id: &InvitationId) -> StoreResult<Invitation>;
    async fn save_invitation(&self, invitation: &Invitation, event: &Event) -> StoreResult<u64>;
    /// Deletes an invitation. MUST leave it where it was changed since it was read: `Conflict`.
    async fn revoke(&self, invitation: &Invitation, event: &Event) -> StoreResult<()>;
    /// Does what `add` does, and deletes the invitation in the same transaction. `Conflict` when it was used, changed or
    /// revoked, or the login was changed or created by another request.
    async fn accept(&self, invitation: &Invitation, login: &Login, user: &User) -> StoreResult<()>;

    async fn save_reset(&self, reset: &PasswordReset, event: &Event) -> StoreResult<()>;
    /// Finds a password reset by the digest of its token.
    async fn reset(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        token_hash: &str,
    ) -> StoreResult<PasswordReset>;
}
