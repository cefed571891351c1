//! One function's routes on a stage: `suite.post("/api/leads", body).await.expect(201)`.

use crate::stage::{START, Stage};
use application::Ports;
use application::identity::api_keys::new_secret;
use application::identity::sessions;
use application::{Clock, StoreError};
use axum::Router;
use axum::body::Body;
use domain::contact::email_address::EmailAddress;
use domain::event::{Actor, Event, EventKind};
use domain::workspace::api_key::{ApiKey, ApiScope};
use domain::workspace::login::{AddressProof, Login};
use domain::workspace::own_phone::PhoneProof;
use domain::workspace::user::{Role, User};
use domain::workspace::{Company, Sending, Workspace};
use domain::{ApiKeyId, LoginId, UserId, WorkspaceId};
use http::{Method, Request, StatusCode, header};
use http_api::Routes;
use http_api::SignedIn;
use http_body_util::BodyExt;
use jiff::Timestamp;
use local_cloud::SeededIds;
use serde_json::Value;
use tokio::sync::Mutex;
use tower::ServiceExt;

pub struct Suite {
    pub stage: Stage,
    pub workspace: WorkspaceId,
    pub user: UserId,
    router: Router,
    bearer: Mutex<Bearer>,
    /// The ids of sessions: those of the stage come in the order in which a test makes things.
    session_ids: SeededIds,
}

/// The sender of a suite's requests.
enum Bearer {
    Nobody,
    Token(String),
    /// A user of this workspace with this role, whose session begins with the next request.
    SigningIn(WorkspaceId, Role),
}

/// An answer, and the checks that a test makes of it.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: Vec<u8>,
    asked: String,
}

impl Suite {
    /// Creates a stage with one workspace whose owner is signed in.
    pub async fn new<A: Send + Sync + 'static>(
        routes: Routes<A>,
        app: impl FnOnce(&aws_platform::Connected) -> A,
    ) -> Self {
        Self::over(Stage::new().await, routes, app).await
    }

    /// Does the same on a stage that the test has made.
    pub async fn over<A: Send + Sync + 'static>(
        stage: Stage,
        routes: Routes<A>,
        app: impl FnOnce(&aws_platform::Connected) -> A,
    ) -> Self {
        let router = http_api::router(routes, app(&stage.ports), &stage.ports);
        let (workspace, user) = found(&stage, "northquay").await;
        let session_ids = SeededIds::new(stage.clock.clone(), 8);
        let mut suite =
            Self { stage, workspace, user, router, bearer: Mutex::new(Bearer::Nobody), session_ids };
        suite.sign_in(Role::Owner);
        suite
    }

    /// Creates a stage without any user.
    pub async fn empty<A: Send + Sync + 'static>(
        routes: Routes<A>,
        app: impl FnOnce(&aws_platform::Connected) -> A,
    ) -> Self {
        let stage = Stage::new().await;
        let router = http_api::router(routes, app(&stage.ports), &stage.ports);
        let now = stage.clock.now();
        let (workspace, user) = (WorkspaceId::derived(now, &["nobody"]), UserId::derived(now, &["nobody"]));
        let session_ids = SeededIds::new(stage.clock.clone(), 8);
        Self { stage, workspace, user, router, bearer: Mutex::new(Bearer::Nobody), session_ids }
    }

    /// Sends requests as a user with this role from now on.
    pub fn sign_in(&mut self, role: Role) {
        self.sign_in_to(self.workspace.clone(), role);
    }

    pub fn sign_in_to(&mut self, workspace: WorkspaceId, role: Role) {
        *self.bearer.get_mut() = Bearer::SigningIn(workspace, role);
    }

    /// Sends requests as a program with this API key from now on.
    pub fn use_key(&mut self, secret: &str) {
        *self.bearer.get_mut() = Bearer::Token(secret.to_owned());
    }

    /// Creates an API key with these scopes, and sends requests with it from now on.
    pub async fn use_new_key(&mut self, scopes: &[ApiScope]) -> ApiKeyId {
        let (ports, now) = (&self.stage.ports, self.stage.clock.now());
        let secret = new_secret(&*ports.ids());
        let key = ApiKey {
            id: ApiKeyId::new(ports.ids().next()),
            workspace: self.workspace.clone(),
            name: "Website form".to_owned(),
            prefix: secret.prefix,
            secret_hash: secret.hash,
            scopes: scopes.iter().copied().collect(),
            requests_per_minute: 100,
            created_by: self.user.clone(),
            created_at: now,
            expires_at: None,
            revoked_at: None,
            last_used_at: None,
            rev: 0,
        };
        let event = Event::new(EventKind::ApiKeyCreated, Actor::User(self.user.clone()), now);
        ports.api_keys().create(&key, &event).await.expect("a key is created");
        self.use_key(&secret.secret);
        key.id
    }

    pub fn sign_out(&mut self) {
        *self.bearer.get_mut() = Bearer::Nobody;
    }

    /// Creates another workspace, to test what it must not reach.
    pub async fn other_workspace(&self) -> WorkspaceId {
        found(&self.stage, "elsewhere").await.0
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body), &[]).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body), &[]).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None, &[]).await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let bytes = body.as_ref().map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let kind = body.is_some().then_some(("content-type", "application/json"));
        let headers: Vec<(&str, &str)> = kind.into_iter().chain(headers.iter().copied()).collect();
        self.send_bytes(method, path, bytes, &headers).await
    }

    pub async fn send_bytes(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder().method(&method).uri(path);
        if let Some(token) = self.token().await {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).expect("a test's request is well formed");
        let response = self.router.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body in memory is read").to_bytes().to_vec();
        let asked = format!("{method} {path}");
        assert!(
            names_its_charset(&parts.headers),
            "{asked}: a text without its character set: {:?}",
            parts.headers
        );
        Reply { status: parts.status, headers: parts.headers, body, asked }
    }
}

impl Suite {
    async fn token(&self) -> Option<String> {
        let mut bearer = self.bearer.lock().await;
        if let Bearer::SigningIn(workspace, role) = &*bearer {
            *bearer = Bearer::Token(self.open_session(workspace, *role).await);
        }
        match &*bearer {
            Bearer::Token(token) => Some(token.clone()),
            Bearer::Nobody | Bearer::SigningIn(..) => None,
        }
    }

    /// Begins a session of the suite's user, who has this role from now on, and returns its access token.
    async fn open_session(&self, workspace: &WorkspaceId, role: Role) -> String {
        let (ports, now) = (&self.stage.ports, self.stage.clock.now());
        let (logins, users) = (ports.logins(), ports.users());
        // In another workspace it is somebody else, who has founded it.
        let known = match *workspace == self.workspace {
            true => users.get(workspace, &self.user).await.ok(),
            false => users.list(workspace).await.expect("users are listed").into_iter().next(),
        };
        let user = match known {
            Some(user) if user.role == role => user,
            Some(user) => {
                let user = User { role, ..user };
                let event = Event::system(EventKind::UserChanged, now);
                let rev = users.save(&user, &event).await.expect("a user gets another role");
                User { rev, ..user }
            }
            None => {
                let name = self.user.as_str().to_lowercase();
                let user = User { id: self.user.clone(), ..new_user(workspace, &name, role, now) };
                users.add(&login_of(&user), &user).await.expect("a new user");
                user
            }
        };
        let login = logins.login(&user.login).await.expect("a user has a login");
        let device = Some("Firefox on Linux".to_owned());
        let (session, _) = sessions::open(&*logins, &self.session_ids, (&login, &user), (device, now), now)
            .await
            .expect("a session begins");
        let signed_in = SignedIn { user: user.id, login: login.id, role, session: session.id };
        http_api::issue(&ports.keys(), workspace, &signed_in, now)
    }
}

/// Tells whether an answer says how its characters are written, where a browser would have to guess. JSON is UTF-8 by its
/// standard, and knows no such word.
fn names_its_charset(headers: &http::HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let bare = kind.split(';').next().unwrap_or_default();
    let is_text = bare.starts_with("text/") || bare.ends_with("+xml") || bare.ends_with("/xml");
    !is_text || kind.to_ascii_lowercase().contains("charset=utf-8")
}

impl Reply {
    /// Checks that the request was refused because the key lacks this scope.
    #[track_caller]
    pub fn lacks(self, scope: ApiScope) {
        let problem = self.expect(403);
        assert_eq!(problem["code"], "scope_missing", "{problem}");
        let names = problem["detail"].as_str().is_some_and(|detail| detail.contains(scope.as_str()));
        assert!(names, "{scope}: {problem}");
    }

    /// Returns the body as JSON if the status is the expected one; else the test fails with the answer.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{}: {text}", self.asked);
        if self.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&self.body).unwrap_or(Value::String(text.into_owned()))
        }
    }
}

pub(crate) async fn found(stage: &Stage, name: &str) -> (WorkspaceId, UserId) {
    let now: Timestamp = START.parse().expect("a constant instant");
    let workspace = WorkspaceId::derived(now, &[name]);
    let user = UserId::derived(now, &[name]);
    let tenant = Workspace {
        id: workspace.clone(),
        name: name.to_owned(),
        company: Company {
            name: name.to_owned(),
            sender_name: "Maya".to_owned(),
            postal_address: "1 Quay Street, Bristol".to_owned(),
            ..Company::default()
        },
        default_country: domain::contact::country::Country::parse("GB").expect("a country"),
        default_zone: domain::time::time_zone::ZoneName::utc(),
        currency: domain::money::Currency::USD,
        ai_enabled: true,
        ai_reads_answers: false,
        ai_drafts_answers: false,
        enrichment_enabled: true,
        tracking: Default::default(),
        house_voice: String::new(),
        sending: Sending::Running,
        days_off: Vec::new(),
        caps: Default::default(),
        prices: Default::default(),
        when_uncertain: domain::workspace::WhenUncertain::Hold,
        when_late: domain::enrolment::late_rule::WhenLate::Hold,
        endings: domain::lead::suppression::Endings::for_everything(),
        consent: Default::default(),
        lead_access: Default::default(),
        calls: Default::default(),
        recording: Default::default(),
        two_steps_required: false,
        company_hold_days: 0,
        created_at: now,
        rev: 0,
    };
    let owner = User {
        id: user.clone(),
        workspace: workspace.clone(),
        login: LoginId::derived(now, &[name]),
        email: EmailAddress::parse(&format!("owner@{name}.example")).expect("an address"),
        name: "Owner".to_owned(),
        role: Role::Owner,
        created_at: now,
        disabled: false,
        ai_off: false,
        phone: None,
        phone_proof: PhoneProof::default(),
        offers_ended: 0,
        rev: 0,
    };
    // The second call finds the workspace already there.
    match stage.ports.users().sign_up(&tenant, (&login_of(&owner), &owner)).await {
        Ok(()) | Err(StoreError::Conflict) => {}
        Err(error) => panic!("a fresh table takes a workspace: {error}"),
    }
    (workspace, user)
}

pub(crate) async fn add_user(stage: &Stage, workspace: &WorkspaceId, name: &str, role: Role) -> UserId {
    let user = new_user(workspace, name, role, stage.clock.now());
    stage.ports.users().add(&login_of(&user), &user).await.expect("a new user");
    user.id
}

/// Makes the login of a user, whose address is proven.
fn login_of(user: &User) -> Login {
    Login { address: AddressProof::Proven, ..Login::of(user, String::new()) }
}

fn new_user(workspace: &WorkspaceId, name: &str, role: Role, now: Timestamp) -> User {
    User {
        id: UserId::derived(now, &[name]),
        workspace: workspace.clone(),
        login: LoginId::derived(now, &[name]),
        email: EmailAddress::parse(&format!("{name}@northquay.example")).expect("an address"),
        name: name.to_owned(),
        role,
        created_at: now,
        disabled: false,
        ai_off: false,
        phone: None,
        phone_proof: PhoneProof::default(),
        offers_ended: 0,
        rev: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn suite_has_an_owner_and_a_workspace() {
        let suite = Suite::new(Routes::<()>::new(), |_| ()).await;
        let owner = suite.stage.ports.users().get(&suite.workspace, &suite.user).await.unwrap();
        assert_eq!(owner.role, Role::Owner);
        assert_eq!(suite.get("/nowhere").await.expect(404)["code"], "not_found");
        assert_ne!(suite.other_workspace().await, suite.workspace);
    }
}
