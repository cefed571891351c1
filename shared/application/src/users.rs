//! Users and their sessions.

use crate::store::StoreResult;
use async_trait::async_trait;
use domain::email_address::EmailAddress;
use domain::user::{Session, User};
use domain::workspace::Workspace;
use domain::{SessionId, UserId, WorkspaceId};

#[async_trait]
pub trait UserStore: Send + Sync {
    /// One transaction: the address (unique over the installation), the workspace, its owner, and the installation's
    /// own item when it is the first. `Conflict` when the address is known.
    async fn sign_up(&self, workspace: &Workspace, owner: &User) -> StoreResult<()>;
    /// As `sign_up`, and `Conflict` also when the installation has an owner.
    async fn sign_up_first(&self, workspace: &Workspace, owner: &User) -> StoreResult<()>;
    /// Whose owner has installed this: the workspace of the first sign-up.
    async fn installers(&self) -> StoreResult<Option<WorkspaceId>>;
    /// One transaction: the address and the user, in a workspace that exists.
    async fn add(&self, user: &User) -> StoreResult<()>;
    async fn by_email(&self, email: &EmailAddress) -> StoreResult<Option<User>>;
    async fn get(&self, workspace: &WorkspaceId, id: &UserId) -> StoreResult<User>;
    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<User>>;
    async fn save(&self, user: &User) -> StoreResult<u64>;

    async fn session(&self, id: &SessionId) -> StoreResult<Session>;
    async fn save_session(&self, session: &Session) -> StoreResult<u64>;
}
