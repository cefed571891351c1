//! Users by address and by workspace; their sessions by id.

use crate::errors::Cancelled;
use crate::item::{Head, Item, Stored, encode, number, plain_item, text, text_of};
use crate::keys::{self, Key, System, Tenant};
use crate::query::Query;
use crate::table::Table;
use crate::workspaces::registering;
use crate::write::{Write, absent, delete, put, saving, unchanged};
use application::ports::users::UserStore;
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use domain::contact::email_address::EmailAddress;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::Workspace;
use domain::workspace::invitation::{Invitation, PasswordReset};
use domain::workspace::user::{Role, Session, User};
use domain::{InvitationId, SessionId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl UserStore for Table {
    async fn sign_up(&self, workspace: &Workspace, owner: &User) -> StoreResult<()> {
        // Two attempts: another first sign-up may come between reading and writing the installation's item.
        for _ in 0..2 {
            let mut writes = opening(workspace, owner)?;
            if self.first_workspace().await?.is_none() {
                writes.push(installing(&workspace.id, workspace.created_at));
            }
            match self.transact(writes).await {
                Ok(()) => return Ok(()),
                Err(Cancelled::Other(error)) => return Err(error),
                Err(Cancelled::Conditions(failed)) if failed != [4] => return Err(StoreError::Conflict),
                Err(Cancelled::Conditions(_)) => {}
            }
        }
        Err(StoreError::Conflict)
    }

    async fn sign_up_first(&self, workspace: &Workspace, owner: &User) -> StoreResult<()> {
        let mut writes = opening(workspace, owner)?;
        writes.push(installing(&workspace.id, workspace.created_at));
        Ok(self.transact(writes).await?)
    }

    async fn first_workspace(&self) -> StoreResult<Option<WorkspaceId>> {
        let Some(item) = self.read_item(&keys::installation()).await? else { return Ok(None) };
        match WorkspaceId::parse(text_of(&item, "workspace").unwrap_or_default()) {
            Ok(first) => Ok(Some(first)),
            Err(_) => Err(crate::item::head(&item)?.corrupt("names no workspace")),
        }
    }

    async fn add(&self, user: &User) -> StoreResult<()> {
        let event = Event::system(EventKind::UserAdded, user.created_at);
        let writes = vec![signing_in(user), put(encode(user, 1, Some(&event))?, absent())];
        Ok(self.transact(writes).await?)
    }

    async fn by_email(&self, email: &EmailAddress) -> StoreResult<Option<User>> {
        let Some(pointer) = self.read_item(&keys::sign_in(email)).await? else { return Ok(None) };
        let workspace = WorkspaceId::parse(text_of(&pointer, "workspace").unwrap_or_default());
        let user = UserId::parse(text_of(&pointer, "user").unwrap_or_default());
        match (workspace, user) {
            (Ok(workspace), Ok(user)) => self.find(&keys::user(&workspace, &user)).await,
            _ => Err(crate::item::head(&pointer)?.corrupt("names no user")),
        }
    }

    async fn get(&self, workspace: &WorkspaceId, id: &UserId) -> StoreResult<User> {
        self.read(&keys::user(workspace, id)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<User>> {
        self.query_all(Query::table(&keys::users(workspace))).await
    }

    async fn save(&self, user: &User, event: &Event) -> StoreResult<u64> {
        self.save_entity(user, Some(event)).await
    }

    async fn invitations(&self, workspace: &WorkspaceId) -> StoreResult<Vec<Invitation>> {
        self.query_all(Query::table(&keys::invitations(workspace))).await
    }

    async fn invitation(&self, workspace: &WorkspaceId, id: &InvitationId) -> StoreResult<Invitation> {
        self.read(&keys::invitation(workspace, id)).await
    }

    async fn save_invitation(&self, invitation: &Invitation, event: &Event) -> StoreResult<u64> {
        self.save_entity(invitation, Some(event)).await
    }

    async fn revoke(&self, invitation: &Invitation, event: &Event) -> StoreResult<()> {
        self.delete_entity(invitation, event).await
    }

    async fn accept(&self, invitation: &Invitation, user: &User) -> StoreResult<()> {
        let event = Event::new(EventKind::InvitationAccepted, Actor::User(user.id.clone()), user.created_at);
        let event = event.because(invitation.id.as_str());
        let writes = vec![
            signing_in(user),
            put(encode(user, 1, Some(&event))?, absent()),
            delete(&invitation.key(), unchanged(invitation.rev)),
        ];
        Ok(self.transact(writes).await?)
    }

    async fn save_reset(&self, reset: &PasswordReset, event: &Event) -> StoreResult<()> {
        Ok(self.write(put(encode(reset, 1, Some(event))?, None)).await?)
    }

    async fn reset(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
        token_hash: &str,
    ) -> StoreResult<PasswordReset> {
        self.read(&keys::password_reset(workspace, user, token_hash)).await
    }

    async fn session(&self, id: &SessionId) -> StoreResult<Session> {
        self.read(&keys::session(id)).await
    }

    async fn save_session(&self, session: &Session) -> StoreResult<u64> {
        self.write(saving(session, None)?).await?;
        Ok(session.rev + 1)
    }
}

/// Makes the writes that open a workspace. Their order counts: the address comes first, the list of workspaces last.
fn opening(workspace: &Workspace, owner: &User) -> StoreResult<Vec<Write>> {
    let event = Event::new(EventKind::WorkspaceCreated, Actor::User(owner.id.clone()), workspace.created_at);
    Ok(vec![
        signing_in(owner),
        put(encode(workspace, 1, Some(&event))?, absent()),
        put(encode(owner, 1, Some(&event))?, absent()),
        registering(&workspace.id),
    ])
}

fn pointer(key: &Key<System>, entity: &str, workspace: &WorkspaceId) -> Item {
    Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text(entity)),
        ("v".to_owned(), number(1)),
        ("workspace".to_owned(), text(workspace.as_str())),
    ])
}

fn signing_in(user: &User) -> Write {
    let mut item = pointer(&keys::sign_in(&user.email), "sign_in", &user.workspace);
    item.insert("user".to_owned(), text(user.id.as_str()));
    put(item, absent())
}

fn installing(first: &WorkspaceId, at: Timestamp) -> Write {
    let mut item = pointer(&keys::installation(), "installation", first);
    item.insert("since".to_owned(), text(at.to_string()));
    put(item, absent())
}

plain_item! { UserItem of User, rev, {
    id: UserId,
    workspace: WorkspaceId,
    email: EmailAddress,
    name: String,
    role: Role,
    password_hash: String,
    #[serde(default)]
    credentials: u32,
    created_at: Timestamp,
    disabled: bool,
    #[serde(default)]
    ai_off: bool,
} }

impl Stored for User {
    const ENTITY: &'static str = "user";
    type Scope = Tenant;
    type Body = UserItem;

    fn key(&self) -> Key<Tenant> {
        keys::user(&self.workspace, &self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn body(&self, _rev: u64) -> UserItem {
        UserItem::of(self)
    }
    fn from_body(body: UserItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}

plain_item! { SessionItem of Session, rev, {
    id: SessionId,
    workspace: WorkspaceId,
    user: UserId,
    token_hash: String,
    #[serde(default)]
    credentials: u32,
    created_at: Timestamp,
    expires_at: Timestamp,
    revoked: bool,
} }

impl Stored for Session {
    const ENTITY: &'static str = "session";
    type Scope = System;
    type Body = SessionItem;

    fn key(&self) -> Key<System> {
        keys::session(&self.id)
    }
    fn rev(&self) -> u64 {
        self.rev
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
    fn body(&self, _rev: u64) -> SessionItem {
        SessionItem::of(self)
    }
    fn from_body(body: SessionItem, head: &Head) -> Result<Self, String> {
        Ok(body.into_entity(head.rev))
    }
}
