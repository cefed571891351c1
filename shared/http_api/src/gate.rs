//! The layers around every handler: the access check, the request's id, the error envelope, safe headers.

use crate::access_token;
use crate::caller::{Access, CalledBy, Caller, LeadUse, Program, RouteAccess, SignedIn};
use crate::client_network::ClientNetwork;
use crate::error::ApiError;
use crate::lead_sight::LeadSight;
use crate::method_table::MethodTable;
use crate::routes::KeyScopes;
use crate::token_buckets::TokenBuckets;
use application::identity::access_log::AccessLog;
use application::identity::api_keys::{KeyRefusal, accept_api_key, is_api_key};
use application::identity::session_checks::{SessionChecks, Standing, TokenOf};
use application::identity::stage_keys::StageKeys;
use application::ports::api_keys::ApiKeyStore;
use application::ports::lead_access::LeadAccessStore;
use application::ports::rate_limits::RateLimitStore;
use application::ports::store::found;
use application::ports::workspaces::WorkspaceStore;
use application::{Clock, Ids, Ports, StoreError};
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::lead::scope::LeadScope;
use domain::workspace::api_key::ApiScope;
use domain::workspace::lead_access::RepsSee;
use domain::workspace::user::Role;
use domain::{CallId, DealId, LeadId, MessageId, TaskId};
use http::{HeaderValue, StatusCode, header};
use std::sync::Arc;

/// The requests that one process takes at once from a user in one function, and how many more each second. A page of the app
/// makes some twenty.
const OF_USER: (u32, u32) = (600, 20);
/// The same for a network, which may be an office that loads the app in the morning.
const OF_NETWORK: (u32, u32) = (3_000, 50);

/// The parts of the composition that the layers need.
#[derive(Clone)]
pub struct Gate {
    /// `None` where all routes are public: nobody signs in there.
    pub(crate) sign_in: Option<SignIn>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) limits: Arc<dyn RateLimitStore>,
    pub(crate) api_keys: Arc<dyn ApiKeyStore>,
    pub(crate) lead_access: Arc<dyn LeadAccessStore>,
    pub(crate) workspaces: Arc<dyn WorkspaceStore>,
    pub(crate) sessions: Arc<SessionChecks>,
    /// The requests of each user, and those of each network to what anybody may call.
    pub(crate) users: Arc<TokenBuckets>,
    pub(crate) networks: Arc<TokenBuckets>,
    /// Whether the installation is reached by HTTPS; only then may browsers be ordered to use HTTPS alone.
    pub(crate) https: bool,
}

/// The means by which a function knows who asks.
#[derive(Clone)]
pub(crate) struct SignIn {
    pub keys: Arc<StageKeys>,
    access: AccessLog,
}

impl SignIn {
    fn new(ports: &impl Ports) -> Self {
        Self { keys: ports.keys(), access: AccessLog::new(ports) }
    }
}

impl Gate {
    /// Makes the gate of a function. One whose routes are all public has no keys of the installation, and asks for none.
    pub fn new(ports: &impl Ports, all_public: bool) -> Self {
        Self {
            sign_in: (!all_public).then(|| SignIn::new(ports)),
            clock: ports.clock(),
            ids: ports.ids(),
            limits: ports.limits(),
            api_keys: ports.api_keys(),
            lead_access: ports.lead_access(),
            workspaces: ports.workspaces(),
            sessions: Arc::new(SessionChecks::new(ports.logins(), ports.users(), ports.clock())),
            users: Arc::new(TokenBuckets::new(OF_USER.0, OF_USER.1)),
            networks: Arc::new(TokenBuckets::new(OF_NETWORK.0, OF_NETWORK.1)),
            https: ports.public_url().starts_with("https://"),
        }
    }

    /// Returns the means to know who asks, or 401 where nobody can sign in.
    pub(crate) fn sign_in(&self) -> Result<&SignIn, ApiError> {
        self.sign_in.as_ref().ok_or_else(|| ApiError::unauthorized("Nobody can sign in here."))
    }

    /// Refuses a network that asks too often for what anybody may call. What carries a signature is never limited so: the
    /// webhooks, opt-outs and one-click posts of all tenants come from the few addresses of their providers.
    fn limit_network(&self, access: Access, network: &ClientNetwork) -> Result<(), ApiError> {
        if access != Access::Public || !network.is_of_a_client() {
            return Ok(());
        }
        self.networks.take(&network.0, self.clock.now()).map_err(ApiError::too_many_for)
    }

    fn sight(&self, sign_in: &SignIn, scope: LeadScope) -> LeadSight {
        LeadSight { scope, store: self.lead_access.clone(), keys: sign_in.keys.clone() }
    }
}

/// The rule of one route: the least role of a user, the scopes of an API key, and what it touches of the leads.
#[derive(Clone)]
pub(crate) struct Rule {
    pub gate: Gate,
    pub access: RouteAccess,
    pub scopes: Option<KeyScopes>,
}

/// Checks whether the caller has the route's access, and passes the caller to the handler.
pub(crate) async fn authorise(
    State(rule): State<Rule>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let Some(least) = rule.access.access.least_role() else {
        rule.gate.limit_network(rule.access.access, &ClientNetwork::of(request.extensions()))?;
        return Ok(next.run(request).await);
    };
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let token = bearer
        .and_then(|v| v.strip_prefix("Bearer "))
        .ok_or_else(|| ApiError::unauthorized("Sign in first."))?;
    let caller = if is_api_key(token) {
        let scopes = rule.scopes.ok_or_else(ApiError::not_for_keys)?;
        let own = scopes.needed_for(request.method());
        let needed: Vec<ApiScope> = [own].into_iter().chain(rule.access.and_scope).collect();
        let network = ClientNetwork::of(request.extensions());
        called_by_key(&rule.gate, token, (&needed, &network)).await?
    } else {
        let caller = called_by_user(&rule, token, least).await?;
        see_leads(&rule, caller, least).await?
    };
    let (mut parts, body) = request.into_parts();
    if let LeadUse::OneLead(parameter) = rule.access.leads
        && !caller.leads().is_all()
    {
        let named = RawPathParams::from_request_parts(&mut parts, &()).await;
        let named = named.map_err(|_| ApiError::not_found("lead"))?;
        let named = named.iter().find(|(name, _)| *name == parameter).and_then(|(_, text)| lead_of(text));
        caller.check_lead(&named.ok_or(StoreError::NotFound)?).await?;
    }
    parts.extensions.insert(caller);
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// Finds out which leads the user sees. Where that differs between users, the role is the stored one and not the
/// token's, so that a change of it acts at once.
async fn see_leads(rule: &Rule, caller: Caller, least: Role) -> Result<Caller, ApiError> {
    if rule.access.leads == LeadUse::Nothing {
        return Ok(caller);
    }
    // A workspace that does not exist has no leads, so the usual access does.
    let read = found(rule.gate.workspaces.get(&caller.workspace).await)?.map(Arc::new);
    let access = read.as_ref().map(|workspace| workspace.lead_access.clone()).unwrap_or_default();
    let caller = Caller { read, ..caller };
    if access.reps_see == RepsSee::AllLeads {
        return Ok(caller.seeing(LeadScope::All));
    }
    let signed_in = caller.signed_in()?.clone();
    let role = rule.gate.lead_access.role(&caller.workspace, &signed_in.user).await?;
    let role = role.ok_or_else(|| ApiError::unauthorized("This user was disabled."))?;
    if role < least {
        return Err(ApiError::forbidden());
    }
    let scope = access.scope_of(&signed_in.user, role);
    let is_refused = match rule.access.leads {
        LeadUse::AllLeads => !scope.is_all(),
        LeadUse::Totals => !scope.is_all() && role == Role::Rep,
        LeadUse::Nothing | LeadUse::OneLead(_) | LeadUse::Narrowed => false,
    };
    if is_refused {
        return Err(ApiError::own_leads_only());
    }
    let by = CalledBy::User(SignedIn { role, ..signed_in });
    Ok(Caller { by, ..caller }.seeing(scope))
}

/// The lead that an id names, or whose message, task, deal or call it names.
fn lead_of(id: &str) -> Option<LeadId> {
    let lead = LeadId::parse(id).ok();
    let lead = lead.or_else(|| Some(MessageId::parse(id).ok()?.lead()));
    let lead = lead.or_else(|| Some(TaskId::parse(id).ok()?.lead()));
    lead.or_else(|| Some(DealId::parse(id).ok()?.lead())).or_else(|| Some(CallId::parse(id).ok()?.lead()))
}

/// Reads the access token. The role is the stored one, because it may have changed since the token was made.
async fn called_by_user(rule: &Rule, token: &str, least: Role) -> Result<Caller, ApiError> {
    let gate = &rule.gate;
    let sign_in = gate.sign_in()?;
    let claims = access_token::read(&sign_in.keys, token, gate.clock.now()).map_err(|bad| match bad {
        access_token::BadToken::Expired => is_over("token_expired", "The access token has expired."),
        access_token::BadToken::Invalid => ApiError::unauthorized("The access token is not valid."),
    })?;
    // Before anything is read: what is refused must cost nothing.
    gate.users.take(claims.sub.as_str(), gate.clock.now()).map_err(ApiError::too_many_for)?;
    if claims.lacks_second_factor && !rule.access.before_second_factor {
        let detail =
            "This workspace asks its members for two steps. Set up a passkey or an authenticator app first.";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "second_factor_needed", detail));
    }
    let of = TokenOf { login: claims.login, session: claims.sid, workspace: claims.ws, user: claims.sub };
    let role = match gate.sessions.standing(&of).await? {
        Standing::SignedIn(role) => role,
        Standing::Ended => return Err(ApiError::session_ended()),
        Standing::Disabled => return Err(ApiError::user_disabled()),
    };
    if role < least {
        return Err(ApiError::forbidden());
    }
    let by = CalledBy::User(SignedIn { user: of.user, login: of.login, role, session: of.session });
    Ok(Caller {
        workspace: of.workspace,
        by,
        sight: gate.sight(sign_in, LeadScope::none()),
        sessions: gate.sessions.clone(),
        read: None,
    })
}

async fn called_by_key(
    gate: &Gate,
    token: &str,
    (needed, network): (&[ApiScope], &ClientNetwork),
) -> Result<Caller, ApiError> {
    let sign_in = gate.sign_in()?;
    let ports = (&*gate.api_keys, &*gate.limits, &sign_in.access);
    let accepted = accept_api_key(ports, token, needed, (network.origin(), gate.clock.now()));
    let key = accepted.await?.map_err(|refusal| match refusal {
        KeyRefusal::Unknown => ApiError::unauthorized("There is no such API key."),
        KeyRefusal::Expired => is_over("key_expired", "This API key has expired. Create another one."),
        KeyRefusal::Revoked => is_over("key_revoked", "This API key was revoked."),
        KeyRefusal::ScopeMissing(scope) => ApiError::scope_missing(scope),
        KeyRefusal::TooMany(wait) => ApiError::too_many_for(wait),
    })?;
    let sight = gate.sight(sign_in, LeadScope::All);
    let by = CalledBy::Key(Program { key: key.id, scopes: key.scopes });
    Ok(Caller { workspace: key.workspace, by, sight, sessions: gate.sessions.clone(), read: None })
}

fn is_over(code: &'static str, detail: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, code, detail)
}

/// The policy of an answer that has none of its own: pages of the app, mails and previews do.
const NOTHING_RUNS: &str = "default-src 'none'; frame-ancestors 'none'";

/// The outermost layer lets the route table decide, gives the request its id, writes error bodies and logs each failure once. What it
/// logs as the route is the table's pattern, never the path that was asked for.
pub(crate) async fn envelope(
    State((gate, table)): State<(Gate, Arc<MethodTable>)>,
    request: Request,
    next: Next,
) -> Response {
    let request_id = format!("req_{}", gate.ids.next());
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().and_then(|path| table.at(path.as_str()));
    let route = path.map_or("unmatched", |path| path.pattern());
    let refusal = match path {
        Some(path) => path.refusal(&request),
        None => Some(table.unknown(request.uri().path())),
    };
    let (mut response, allow) = match refusal {
        Some(refusal) => (refusal.response, refusal.allow),
        None => (next.run(request).await, None),
    };
    let status = response.status();
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        if status.is_server_error() {
            let (code, chain) = (error.code, error.chain());
            tracing::error!(request.id = %request_id, http.method = %method, http.route = route, code, error = %chain, "request failed");
        }
        response = error.render(&request_id);
    }
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert("x-request-id", value);
    }
    if let Some(allow) = allow {
        headers.insert(header::ALLOW, allow);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if gate.https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NOTHING_RUNS));
    headers.entry(header::X_FRAME_OPTIONS).or_insert(HeaderValue::from_static("DENY"));
    response
}
