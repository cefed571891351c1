//! Users by workspace, their invitations and password resets.

use crate::errors::Cancelled;
use crate::item::{Head, Item, Stored, encode, number, plain_item, text, text_of};
use crate::keys::{self, Key, Tenant};
use crate::logins::{connecting, signing_in};
use crate::query::Query;
use crate::table::Table;
use crate::workspaces::registering;
use crate::write::{Expression, Write, absent, delete, put, saving, unchanged, update};
use application::ports::users::UserStore;
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::Workspace;
use domain::workspace::invitation::{Invitation, PasswordReset};
use domain::workspace::login::Login;
use domain::workspace::own_phone::PhoneProof;
use domain::workspace::user::{Role, User};
use domain::{InvitationId, LoginId, UserId, WorkspaceId};
use jiff::Timestamp;

#[async_trait]
impl UserStore for Table {
    async fn sign_up(&self, workspace: &Workspace, owner: (&Login, &User)) -> StoreResult<()> {
        // Two attempts: another first sign-up may come between reading and writing the installation's item.
        for _ in 0..2 {
            let mut writes = opening(workspace, owner)?;
            let last = writes.len();
            if self.first_workspace().await?.is_none() {
                writes.push(installing(&workspace.id, workspace.created_at));
            }
            match self.transact(writes).await {
                Ok(()) => return Ok(()),
                Err(Cancelled::Other(error)) => return Err(error),
                Err(Cancelled::Conditions(failed)) if failed != [last] => return Err(StoreError::Conflict),
                Err(Cancelled::Conditions(_)) => {}
            }
        }
        Err(StoreError::Conflict)
    }

    async fn sign_up_first(&self, workspace: &Workspace, owner: (&Login, &User)) -> StoreResult<()> {
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

    async fn add(&self, login: &Login, user: &User) -> StoreResult<()> {
        let event = Event::system(EventKind::UserAdded, user.created_at);
        let mut writes = opening_one_more(login)?;
        writes.push(put(encode(user, 1, Some(&event))?, absent()));
        Ok(self.transact(writes).await?)
    }

    async fn get(&self, workspace: &WorkspaceId, id: &UserId) -> StoreResult<User> {
        self.read(&keys::user(workspace, id)).await
    }

    async fn get_lately(&self, workspace: &WorkspaceId, id: &UserId) -> StoreResult<Option<User>> {
        self.find_lately(&keys::user(workspace, id)).await
    }

    async fn list(&self, workspace: &WorkspaceId) -> StoreResult<Vec<User>> {
        self.query_all(Query::table(&keys::users(workspace))).await
    }

    async fn save(&self, user: &User, event: &Event) -> StoreResult<u64> {
        self.save_entity(user, Some(event)).await
    }

    async fn save_former_owner(&self, user: &User, stays: &User, event: &Event) -> StoreResult<u64> {
        // An update that changes nothing checks the other owner in the same transaction.
        let same = Expression::new("SET #rev = :rev").name("#rev", "rev").value(":rev", number(stays.rev));
        let check = update(&stays.key(), same, unchanged(stays.rev));
        self.transact(vec![saving(user, Some(event))?, check]).await?;
        Ok(user.rev + 1)
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

    async fn accept(&self, invitation: &Invitation, login: &Login, user: &User) -> StoreResult<()> {
        let event = Event::new(EventKind::InvitationAccepted, Actor::User(user.id.clone()), user.created_at);
        let event = event.because(invitation.id.as_str());
        let mut writes = opening_one_more(login)?;
        writes.push(put(encode(user, 1, Some(&event))?, absent()));
        writes.push(delete(&invitation.key(), unchanged(invitation.rev)));
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
}

/// Makes the writes that open a workspace. Their order counts: the address comes first, the list of workspaces last.
fn opening(workspace: &Workspace, (login, owner): (&Login, &User)) -> StoreResult<Vec<Write>> {
    let event = Event::new(EventKind::WorkspaceCreated, Actor::User(owner.id.clone()), workspace.created_at);
    let mut writes = vec![
        signing_in(login),
        put(encode(login, 1, None)?, absent()),
        put(encode(workspace, 1, Some(&event))?, absent()),
        put(encode(owner, 1, Some(&event))?, absent()),
        registering(&workspace.id),
    ];
    writes.extend(login.identities.iter().map(|identity| connecting(identity, login)));
    Ok(writes)
}

/// Makes the writes of a login that opens one workspace more: with its address and accounts when the login is new.
fn opening_one_more(login: &Login) -> StoreResult<Vec<Write>> {
    Ok(match login.rev {
        0 => {
            let connected = login.identities.iter().map(|identity| connecting(identity, login));
            let new = [signing_in(login), put(encode(login, 1, None)?, absent())];
            new.into_iter().chain(connected).collect()
        }
        _ => vec![saving(login, None)?],
    })
}

fn installing(first: &WorkspaceId, at: Timestamp) -> Write {
    let key = keys::installation();
    let item = Item::from([
        ("pk".to_owned(), text(key.pk())),
        ("sk".to_owned(), text(key.sk())),
        ("entity".to_owned(), text("installation")),
        ("v".to_owned(), number(1)),
        ("workspace".to_owned(), text(first.as_str())),
        ("since".to_owned(), text(at.to_string())),
    ]);
    put(item, absent())
}

plain_item! { UserItem of User, rev, {
    id: UserId,
    workspace: WorkspaceId,
    login: LoginId,
    email: EmailAddress,
    name: String,
    role: Role,
    created_at: Timestamp,
    disabled: bool,
    #[serde(default)]
    ai_off: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<PhoneNumber>,
    #[serde(default, skip_serializing_if = "PhoneProof::is_none")]
    phone_proof: PhoneProof,
    #[serde(default, skip_serializing_if = "is_zero")]
    offers_ended: u32,
} }

fn is_zero(number: &u32) -> bool {
    *number == 0
}

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
