//! A session as the API shows it: two tokens, the user, the workspace.

use crate::App;
use application::identity::memberships::count_open_workspaces;
use application::identity::sessions;
use application::identity::sessions::RefreshToken;
use application::identity::sign_in_challenge::{AfterCode, Challenge};
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::scope::LeadScope;
use domain::workspace::Workspace;
use domain::workspace::access_record::AccessKind;
use domain::workspace::login::{Login, Membership, Session};
use domain::workspace::user::{Role, User};
use domain::{UserId, WorkspaceId};
use http_api::{
    ACCESS_TOKEN_MINUTES, ApiResult, Device, JsonBody, SignedIn, issue, issue_for_set_up, utoipa,
};
use jiff::Timestamp;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SessionView {
    /// The token to send as `Authorization: Bearer …`.
    pub access_token: String,
    /// Works once, and is exchanged for the next pair of tokens.
    pub refresh_token: String,
    /// Seconds until the access token expires.
    pub expires_in: i64,
    pub user: UserView,
    pub workspace: WorkspaceView,
    /// The leads that the user sees.
    pub sees: SeenLeads,
    /// Whether the workspace asks for a second factor that the login does not have. It has to be set up before anything else.
    pub second_factor_needed: bool,
}

/// What follows a right password: a session, or the second step.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum SignInAnswer {
    Session(Box<SessionView>),
    SecondStep(SecondStep),
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SecondStep {
    pub second_factor: SecondFactorChallenge,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SecondFactorChallenge {
    /// The token to send with the code.
    pub token: String,
    /// Whether an app's code is taken. A recovery code is taken in any case.
    pub app: bool,
    /// Whether a passkey is taken.
    pub passkey: bool,
    pub expires_at: Timestamp,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Me {
    pub user: UserView,
    pub workspace: WorkspaceView,
    /// The leads that the user sees.
    pub sees: SeenLeads,
    /// Whether the workspace asks for a second factor that the login does not have.
    pub second_factor_needed: bool,
}

fn lacks_second_factor(login: &Login, workspace: &Workspace) -> bool {
    workspace.two_steps_required && !login.has_second_factor()
}

/// The leads that a user sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeenLeads {
    All,
    /// Those of the user's team.
    Team,
    /// The user's own.
    Own,
}

impl SeenLeads {
    fn of(user: &User, workspace: &Workspace) -> Self {
        match (workspace.lead_access.scope_of(&user.id, user.role), user.role) {
            (LeadScope::All, _) => Self::All,
            (LeadScope::Owners(_), Role::Rep) => Self::Own,
            (LeadScope::Owners(_), _) => Self::Team,
        }
    }
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UserView {
    pub id: UserId,
    pub email: EmailAddress,
    pub name: String,
    pub role: Role,
    pub email_proof: EmailProof,
    /// The number of the user's own phone, from which they call leads.
    pub phone: Option<PhoneNumber>,
    /// Whether the user proved by a code that the phone is theirs. One that is not proven does not ring.
    pub phone_proven: bool,
    /// The code that was read to a phone and can still be entered.
    pub phone_code: Option<PendingPhoneCode>,
    /// How many workspaces the user's login opens: those that have not deactivated it.
    pub workspaces: usize,
}

/// Whether the user has shown that mails to the address reach them. Invitations are mailed only for those who have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmailProof {
    Proven,
    /// A link is mailed on request.
    Unproven,
    /// Not proven, and this installation has no sender for the link.
    NoSender,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PendingPhoneCode {
    pub phone: PhoneNumber,
    /// The code cannot be entered from then on.
    pub expires_at: Timestamp,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WorkspaceView {
    pub id: WorkspaceId,
    pub name: String,
    pub currency: String,
    pub zone: String,
    pub country: String,
}

impl UserView {
    fn of(user: User, email_proof: EmailProof, workspaces: usize, now: Timestamp) -> Self {
        let phone_proven = user.proven_phone().is_some();
        let phone_code = user
            .expected_code(now)
            .map(|code| PendingPhoneCode { phone: code.number.clone(), expires_at: code.expires_at });
        Self {
            id: user.id,
            email: user.email,
            name: user.name,
            role: user.role,
            email_proof,
            phone_proven,
            phone_code,
            phone: user.phone,
            workspaces,
        }
    }
}

impl From<Workspace> for WorkspaceView {
    fn from(workspace: Workspace) -> Self {
        Self {
            id: workspace.id,
            name: workspace.name,
            currency: workspace.currency.to_string(),
            zone: workspace.default_zone.to_string(),
            country: workspace.default_country.to_string(),
        }
    }
}

impl App {
    /// Opens a new session for a user whose password was right, or asks for the code of the second step.
    pub async fn sign_in_by_password(
        &self,
        who: (Login, User),
        device: Device,
    ) -> ApiResult<JsonBody<SignInAnswer>> {
        self.sign_in_or_ask(who, (device, self.clock.now())).await
    }

    /// Opens a new session for this user, who has shown at that time that it is them, or asks for the code of the second step.
    pub async fn sign_in_or_ask(
        &self,
        (login, user): (Login, User),
        (device, proven_at): (Device, Timestamp),
    ) -> ApiResult<JsonBody<SignInAnswer>> {
        if login.has_second_factor() {
            return Ok(JsonBody(self.second_step(&login, AfterCode::SignIn(Membership::of(&user)))));
        }
        let JsonBody(session) = self.sign_in_since((login, user), (device, proven_at)).await?;
        Ok(JsonBody(SignInAnswer::Session(Box::new(session))))
    }

    pub fn second_step(&self, login: &Login, then: AfterCode) -> SignInAnswer {
        let challenge = Challenge::new(login, then, self.clock.now());
        let second_factor = SecondFactorChallenge {
            token: challenge.seal(&self.keys),
            app: login.authenticator.is_some(),
            passkey: !login.passkeys.is_empty(),
            expires_at: challenge.expires_at,
        };
        SignInAnswer::SecondStep(SecondStep { second_factor })
    }

    /// Opens a new session for this user, who has just shown that it is them.
    pub async fn sign_in(&self, who: (Login, User), device: Device) -> ApiResult<JsonBody<SessionView>> {
        self.sign_in_since(who, (device, self.clock.now())).await
    }

    /// Opens a new session for this user, who has just come in, and has shown at that time that it is them.
    pub async fn sign_in_since(
        &self,
        who: (Login, User),
        (device, proven_at): (Device, Timestamp),
    ) -> ApiResult<JsonBody<SessionView>> {
        let signed_in = (AccessKind::SignedIn, who.1.id.clone().into());
        self.access.note(&who.1.workspace, signed_in, device.origin(), None).await;
        self.sign_in_proven(who, (device, proven_at)).await
    }

    /// Opens a new session for this user, who has shown at that time that it is them.
    pub async fn sign_in_proven(
        &self,
        (login, user): (Login, User),
        (device, proven_at): (Device, Timestamp),
    ) -> ApiResult<JsonBody<SessionView>> {
        let workspace = self.workspaces.get(&user.workspace).await?;
        let (who, now) = ((&login, &user), self.clock.now());
        let opened = sessions::open(&*self.logins, &*self.ids, who, (device.name, proven_at), now).await?;
        self.session_view(opened, (&login, user), workspace).await.map(JsonBody)
    }

    /// Returns the signed-in user as the app shows them.
    pub async fn me(&self, login: &Login, user: User, workspace: Workspace) -> ApiResult<Me> {
        let sees = SeenLeads::of(&user, &workspace);
        let second_factor_needed = lacks_second_factor(login, &workspace);
        let user = self.user_view(login, user).await?;
        Ok(Me { user, workspace: workspace.into(), sees, second_factor_needed })
    }

    async fn user_view(&self, login: &Login, user: User) -> ApiResult<UserView> {
        let workspaces = count_open_workspaces(&*self.users, login).await?;
        let email_proof = match self.has_proven_address(login) {
            true => EmailProof::Proven,
            false if self.system_mail.address().is_some() => EmailProof::Unproven,
            false => EmailProof::NoSender,
        };
        Ok(UserView::of(user, email_proof, workspaces, self.clock.now()))
    }

    pub async fn session_view(
        &self,
        (session, refresh): (Session, RefreshToken),
        (login, user): (&Login, User),
        workspace: Workspace,
    ) -> ApiResult<SessionView> {
        let now = self.clock.now();
        let signed_in =
            SignedIn { user: user.id.clone(), login: login.id.clone(), role: user.role, session: session.id };
        let second_factor_needed = lacks_second_factor(login, &workspace);
        let issue = if second_factor_needed { issue_for_set_up } else { issue };
        Ok(SessionView {
            access_token: issue(&self.keys, &workspace.id, &signed_in, now),
            second_factor_needed,
            refresh_token: refresh.0,
            expires_in: ACCESS_TOKEN_MINUTES * 60,
            sees: SeenLeads::of(&user, &workspace),
            user: self.user_view(login, user).await?,
            workspace: workspace.into(),
        })
    }
}
