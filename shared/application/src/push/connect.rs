//! A page's way to its connection. A ticket is asked for with the access token and works once, within half a minute: the
//! address of a socket cannot carry the access token, because addresses are logged.

use crate::identity::one_time_token::{digest_of, new_token};
use crate::identity::webauthn::Site;
use crate::ports::clock::Clock;
use crate::ports::ids::Ids;
use crate::ports::lead_access::LeadAccessStore;
use crate::ports::logins::LoginStore;
use crate::ports::push::PushStore;
use crate::ports::store::{StoreError, StoreResult, found};
use domain::WorkspaceId;
use domain::workspace::push::{PushConnection, PushSession, PushTicket, TICKET_VALID};
use jiff::Timestamp;
use std::sync::Arc;

crate::ports! {
    /// What says whether a session may still be told anything.
    pub struct SessionPorts {
        logins: Arc<dyn LoginStore>,
        lead_access: Arc<dyn LeadAccessStore>,
    }
}

crate::ports! {
    pub struct ConnectPorts {
        push: Arc<dyn PushStore>,
        clock: Arc<dyn Clock>,
        sessions: SessionPorts = SessionPorts::new,
        public_url: Arc<str>,
    }
}

impl ConnectPorts {
    /// Tells whether a page of this origin is one of the app: at the public address, or anywhere on the machine of an
    /// installation that has no other address. Browsers name the origin of a page, and a page cannot change what they say.
    pub fn is_own_page(&self, origin: &str) -> bool {
        let (own, asks) = (without_default_port(&self.public_url), without_default_port(origin));
        let is_local = |url| matches!(Site::of(url).id, "localhost" | "127.0.0.1" | "[::1]");
        Site::of(own).origin.eq_ignore_ascii_case(asks) || (is_local(own) && is_local(asks))
    }
}

/// Leaves the port out that browsers do not name.
fn without_default_port(url: &str) -> &str {
    let port = if url.starts_with("https:") { ":443" } else { ":80" };
    url.trim_end_matches('/').strip_suffix(port).unwrap_or(url)
}

/// Makes a ticket for a session; the answer is its token.
pub async fn make_ticket(
    push: &dyn PushStore,
    ids: &dyn Ids,
    (workspace, of): (&WorkspaceId, PushSession),
    now: Timestamp,
) -> StoreResult<String> {
    let token = new_token(workspace.as_str(), ids);
    let expires_at = now.checked_add(TICKET_VALID).unwrap_or(now);
    let ticket = PushTicket { workspace: workspace.clone(), token_hash: digest_of(&token), of, expires_at };
    push.put_ticket(&ticket).await?;
    Ok(token)
}

/// Uses up a ticket and keeps the connection that it opens. False where the ticket opens none: it is unknown, used or
/// too old, or its session is over.
pub async fn open_connection(ports: &ConnectPorts, token: &str, connection: &str) -> StoreResult<bool> {
    let now = ports.clock.now();
    let workspace = token.split_once('.').and_then(|(workspace, _)| WorkspaceId::parse(workspace).ok());
    let Some(workspace) = workspace else { return Ok(false) };
    let ticket = match ports.push.take_ticket(&workspace, &digest_of(token)).await {
        Ok(ticket) if ticket.expires_at > now => ticket,
        Ok(_) | Err(StoreError::NotFound) => return Ok(false),
        Err(other) => return Err(other),
    };
    if !is_signed_in(&ports.sessions, &workspace, &ticket.of, now).await? {
        return Ok(false);
    }
    let opened = PushConnection { workspace, id: connection.to_owned(), of: ticket.of, opened_at: now };
    ports.push.put_connection(&opened).await?;
    Ok(true)
}

/// Tells whether a session still shows this workspace to a user who may see it.
pub(crate) async fn is_signed_in(
    ports: &SessionPorts,
    workspace: &WorkspaceId,
    of: &PushSession,
    now: Timestamp,
) -> StoreResult<bool> {
    Ok(session_state(ports, workspace, of, now).await? == SessionState::Shows)
}

/// What a session is for a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionState {
    /// It shows the workspace to a user who may see it.
    Shows,
    /// It shows another workspace for now.
    Elsewhere,
    /// It has ended, or the user may see the workspace no more.
    Over,
}

pub(crate) async fn session_state(
    ports: &SessionPorts,
    workspace: &WorkspaceId,
    of: &PushSession,
    now: Timestamp,
) -> StoreResult<SessionState> {
    let Some(session) = found(ports.logins.session(&of.login, &of.session).await)? else {
        return Ok(SessionState::Over);
    };
    let Some(login) = found(ports.logins.login(&of.login).await)? else { return Ok(SessionState::Over) };
    if !session.is_open(&login, now) || ports.lead_access.role(workspace, &of.user).await?.is_none() {
        return Ok(SessionState::Over);
    }
    let is_here = session.workspace == *workspace && session.user == of.user;
    Ok(if is_here { SessionState::Shows } else { SessionState::Elsewhere })
}
