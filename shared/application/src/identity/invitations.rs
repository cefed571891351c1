//! Invitations: a place in a team, offered by a link. The person who opens the link gives a name and chooses a password,
//! or gives the password of the login that they have; an account at a provider does for either.

use crate::identity::memberships::still_offers;
use crate::identity::one_time_token::{digest_of, new_token};
use crate::identity::password_reset::DeadLink;
use crate::identity::passwords::{hash_password, password_matches};
use crate::identity::provider_sign_in::SignInTicket;
use crate::ports::ids::Ids;
use crate::ports::logins::LoginStore;
use crate::ports::store::{StoreError, StoreResult, found};
use crate::ports::users::UserStore;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::invitation::{INVITATION_LASTS, Invitation};
use domain::workspace::login::{Login, MOST_WORKSPACES, Membership};
use domain::workspace::own_phone::PhoneProof;
use domain::workspace::user::User;
use domain::{InvitationId, LoginId, UserId, WorkspaceId};
use jiff::Timestamp;
use subtle::ConstantTimeEq;

pub fn invitation_link(public_url: &str, token: &str) -> String {
    format!("{public_url}/invitation#token={token}")
}

/// Stores an invitation with a new link, and returns the link's token. The invitation's earlier link is dead from
/// then on. The link counts while the admin who makes it stays one.
pub async fn create_invitation(
    users: &dyn UserStore,
    ids: &dyn Ids,
    invitation: &mut Invitation,
    (by, now): (Actor, Timestamp),
) -> StoreResult<String> {
    let token = new_token(&format!("{}.{}", invitation.workspace, invitation.id), ids);
    invitation.token_hash = digest_of(&token);
    if let Actor::User(maker) = &by {
        let maker = users.get(&invitation.workspace, maker).await?;
        (invitation.invited_by, invitation.offers_ended) = (maker.id, Some(maker.offers_ended));
    }
    invitation.expires_at = now.checked_add(INVITATION_LASTS).unwrap_or(now);
    let kind = if invitation.rev == 0 { EventKind::InvitationCreated } else { EventKind::InvitationRenewed };
    invitation.rev = users.save_invitation(invitation, &Event::new(kind, by, now)).await?;
    Ok(token)
}

/// Returns the invitation that this token opens, while it is valid.
pub async fn read_invitation(
    users: &dyn UserStore,
    token: &str,
    now: Timestamp,
) -> StoreResult<Result<Invitation, DeadLink>> {
    let mut parts = token.splitn(3, '.');
    let names = parts.next().zip(parts.next());
    let names = names.and_then(|(w, i)| WorkspaceId::parse(w).ok().zip(InvitationId::parse(i).ok()));
    let Some((workspace, id)) = names else { return Ok(Err(DeadLink)) };
    let Some(invitation) = found(users.invitation(&workspace, &id).await)? else { return Ok(Err(DeadLink)) };
    let is_its = digest_of(token).as_bytes().ct_eq(invitation.token_hash.as_bytes());
    if !bool::from(is_its) || invitation.expires_at <= now {
        return Ok(Err(DeadLink));
    }
    let of = (&invitation.workspace, &invitation.invited_by);
    let still = still_offers(users, of, (invitation.role, invitation.offers_ended)).await?;
    Ok(if still { Ok(invitation) } else { Err(DeadLink) })
}

/// Why nobody joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotJoined {
    DeadLink,
    /// The address has a login, and this is not its password. An invitation proves no ownership of a login: the link is
    /// known to the user who invites.
    WrongPassword,
    /// The password is right, and the login has a second factor, too.
    CodeNeeded,
    AlreadyInTeam,
    /// The account at the provider has another address than the invitation.
    OtherAddress,
    /// The provider does not say that it has checked the account's address.
    NotVerified,
    /// The address has a login, and the account at the provider is not connected to it.
    NotConnected,
    /// The login opens as many workspaces as one may.
    TooManyWorkspaces,
}

/// What shows that a login belongs to the person who accepts.
#[derive(Clone, Copy)]
pub enum Proof<'a> {
    /// The login's password; where the address has no login, the password of its new one.
    Password(&'a str),
    /// An account at a provider: one that is connected to the login, or a new login's, whose address is checked.
    Account(&'a SignInTicket),
    /// This login's password or account, and a code, in two requests of which this is the second.
    Code(&'a LoginId),
}

/// Accepts the invitation and creates the user: with a new login, or with the one that the address has and its password.
/// `Conflict` when another request changed or created the login meanwhile.
pub async fn join_by_invitation(
    (logins, users): (&dyn LoginStore, &dyn UserStore),
    ids: &dyn Ids,
    (token, name, proof): (&str, &str, Proof<'_>),
    now: Timestamp,
) -> StoreResult<Result<(Login, User), NotJoined>> {
    let invitation = match read_invitation(users, token, now).await? {
        Ok(invitation) => invitation,
        Err(DeadLink) => return Ok(Err(NotJoined::DeadLink)),
    };
    let known = logins.by_email(&invitation.email).await?;
    let user = User {
        id: UserId::new(ids.next()),
        workspace: invitation.workspace.clone(),
        login: known.as_ref().map_or_else(|| LoginId::new(ids.next()), |login| login.id.clone()),
        email: invitation.email.clone(),
        name: name.to_owned(),
        role: invitation.role,
        created_at: now,
        disabled: false,
        ai_off: false,
        phone: None,
        phone_proof: PhoneProof::default(),
        offers_ended: 0,
        rev: 0,
    };
    let mut login = match known {
        None => match proof {
            Proof::Password(password) => Login::of(&user, hash_password(password, ids)),
            Proof::Account(ticket) => {
                // A connected account signs in as its login, and that is of another address.
                if ticket.login(logins).await?.is_some() {
                    return Ok(Err(NotJoined::OtherAddress));
                }
                match ticket.verified_email() {
                    None => return Ok(Err(NotJoined::NotVerified)),
                    Some(email) if email != user.email => return Ok(Err(NotJoined::OtherAddress)),
                    Some(_) => Login::with_account(&user, ticket.identity(now)),
                }
            }
            Proof::Code(_) => return Ok(Err(NotJoined::WrongPassword)),
        },
        Some(login) if !is_proven(&login, proof) => {
            let is_account = matches!(proof, Proof::Account(_));
            return Ok(Err(if is_account { NotJoined::NotConnected } else { NotJoined::WrongPassword }));
        }
        Some(login) if login.membership(&user.workspace).is_some() => {
            return Ok(Err(NotJoined::AlreadyInTeam));
        }
        Some(login) if login.memberships.len() >= MOST_WORKSPACES => {
            return Ok(Err(NotJoined::TooManyWorkspaces));
        }
        Some(login) if login.has_second_factor() && !matches!(proof, Proof::Code(_)) => {
            return Ok(Err(NotJoined::CodeNeeded));
        }
        Some(mut login) => {
            login.put_first(Membership::of(&user));
            // Sessions and password links of before were opened by others, perhaps: they do not reach the new workspace.
            login.credentials = login.credentials.wrapping_add(1);
            login
        }
    };
    match users.accept(&invitation, &login, &user).await {
        Ok(()) => {
            login.rev += 1;
            Ok(Ok((login, User { rev: 1, ..user })))
        }
        Err(StoreError::Conflict) => {
            match found(users.invitation(&invitation.workspace, &invitation.id).await)? {
                Some(still) if still.rev == invitation.rev => Err(StoreError::Conflict),
                _ => Ok(Err(NotJoined::DeadLink)),
            }
        }
        Err(other) => Err(other),
    }
}

fn is_proven(login: &Login, proof: Proof<'_>) -> bool {
    match proof {
        Proof::Password(password) => password_matches(password, Some(&login.password_hash)),
        Proof::Account(ticket) => ticket.is_of(login),
        Proof::Code(proven) => login.id == *proven,
    }
}
