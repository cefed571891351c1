//! Mailboxes at Google and Microsoft behind the APIs of `mailbox_fakes`. Every address has one, from the moment that its
//! owner opens the provider's page, where one clicks *Allow*. What is sent from it reaches the people here, and what they
//! answer arrives in it. Mailboxes and tokens last as long as the process: after a restart they are connected again.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use mail_parser::MessageParser;
use mailbox_fakes::{Client, Gmail, GrantRules, Graph};
use maud::{Markup, html};
use std::collections::HashMap;

use crate::config::Credentials;
use crate::doors::Provider;
use crate::graph_notices;
use crate::page::provider_frame;
use crate::sandbox::Sandbox;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Google,
    Microsoft,
}

enum Server {
    Google(Gmail),
    Microsoft(Graph),
}

struct Mailbox {
    address: String,
    server: Server,
    /// How many sent mails of each Message-ID people have got.
    carried: HashMap<String, usize>,
}

#[derive(Default)]
pub(crate) struct MailApis(Vec<Mailbox>);

/// Codes and tokens of one mailbox are numbered from a multiple of this, by which it is found again.
const NUMBERS: u64 = 1_000_000;
/// Microsoft's number for a grant that its owner has taken back.
const REVOKED: u32 = 50_173;

impl Kind {
    pub const ALL: [Self; 2] = [Self::Google, Self::Microsoft];

    pub fn name(self) -> &'static str {
        match self {
            Self::Google => "Google",
            Self::Microsoft => "Microsoft",
        }
    }

    pub fn base_url(self, sandbox: &Sandbox) -> String {
        format!("{}/{}", sandbox.config().public_url, self.name().to_lowercase())
    }

    /// The OAuth client's id and secret.
    pub fn client(self) -> (&'static str, &'static str) {
        match self {
            Self::Google => (Credentials::GOOGLE_CLIENT_ID, Credentials::GOOGLE_CLIENT_SECRET),
            Self::Microsoft => (Credentials::MICROSOFT_CLIENT_ID, Credentials::MICROSOFT_CLIENT_SECRET),
        }
    }

    fn provider(self) -> Provider {
        match self {
            Self::Google => Provider::Google,
            Self::Microsoft => Provider::Microsoft,
        }
    }

    fn is_page(self, path: &str) -> bool {
        match self {
            Self::Google => path == "/o/oauth2/v2/auth",
            Self::Microsoft => path.ends_with("/oauth2/v2.0/authorize"),
        }
    }

    fn server(self, sandbox: &Sandbox, address: &str, first: u64) -> Server {
        let (id, secret) = self.client();
        let redirect_uri = format!("{}/settings/accounts/connected", sandbox.config().app_url);
        let client = Client { id: id.to_owned(), secret: secret.to_owned(), redirect_uri };
        match self {
            Self::Google => {
                Server::Google(Gmail::new(address, client, GrantRules::default()).numbered_from(first))
            }
            Self::Microsoft => {
                let rules = GrantRules { rotates: true, ..GrantRules::default() };
                let graph = Graph::new(&self.base_url(sandbox), address, client, rules);
                Server::Microsoft(graph.numbered_from(first))
            }
        }
    }
}

impl Server {
    fn kind(&self) -> Kind {
        match self {
            Self::Google(_) => Kind::Google,
            Self::Microsoft(_) => Kind::Microsoft,
        }
    }

    fn sent(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Google(gmail) => gmail.sent(),
            Self::Microsoft(graph) => graph.sent(),
        }
    }

    fn fault_of_page(&self, page: &str) -> Option<&'static str> {
        match self {
            Self::Google(gmail) => gmail.fault_of_page(page),
            Self::Microsoft(graph) => graph.fault_of_page(page),
        }
    }

    fn allow(&self, page: &str, unticked: &[&str]) -> Result<String, String> {
        match self {
            Self::Google(gmail) => gmail.allow(page, unticked),
            Self::Microsoft(graph) => graph.allow(page, unticked),
        }
    }

    fn refuse(&self, page: &str) -> Result<String, String> {
        match self {
            Self::Google(gmail) => gmail.refuse(page),
            Self::Microsoft(graph) => graph.refuse(page),
        }
    }

    /// Takes the access back, as the owner does in the settings of the provider's account.
    fn revoke(&self) {
        match self {
            Self::Google(gmail) => gmail.revoke(),
            Self::Microsoft(graph) => graph.revoke(REVOKED),
        }
    }

    fn forget_changes(&self) {
        match self {
            Self::Google(gmail) => gmail.forget_history(),
            Self::Microsoft(graph) => graph.forget_links(),
        }
    }
}

impl MailApis {
    /// Returns the place of an address's mailbox, which is made if there is none.
    fn mailbox_of_address(&mut self, sandbox: &Sandbox, kind: Kind, address: &str) -> usize {
        let is_it = |held: &Mailbox| held.server.kind() == kind && held.address == address;
        if let Some(known) = self.0.iter().position(is_it) {
            return known;
        }
        let place = self.0.len();
        let server = kind.server(sandbox, address, place as u64 * NUMBERS);
        self.0.push(Mailbox { address: address.to_owned(), server, carried: HashMap::new() });
        place
    }

    /// Returns the place of the mailbox that a code or a token belongs to.
    fn of_token(&self, kind: Kind, token: &str) -> Option<usize> {
        place_of(token).filter(|place| self.0.get(*place).is_some_and(|held| held.server.kind() == kind))
    }

    fn mailboxes_at(&self, address: &str) -> impl Iterator<Item = &Mailbox> {
        self.0.iter().filter(move |held| held.address.eq_ignore_ascii_case(address))
    }
}

fn place_of(token: &str) -> Option<usize> {
    let number: u64 = token.rsplit('-').next()?.parse().ok()?;
    usize::try_from(number / NUMBERS).ok()
}

pub(crate) fn routes() -> Router<Sandbox> {
    let of = |kind: Kind| {
        Router::new().fallback(
            async move |State(sandbox): State<Sandbox>,
                        method: Method,
                        uri: Uri,
                        headers: HeaderMap,
                        body: Bytes| {
                answer(&sandbox, kind, Asked { method, uri, headers, body }).await
            },
        )
    };
    Router::new().nest("/google", of(Kind::Google)).nest("/microsoft", of(Kind::Microsoft))
}

struct Asked {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

async fn answer(sandbox: &Sandbox, kind: Kind, asked: Asked) -> Response {
    if sandbox.turns_away(kind.provider()) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if kind.is_page(asked.uri.path()) {
        return match asked.method {
            Method::POST => decided(sandbox, kind, &asked),
            _ => consent_page(sandbox, kind, &asked),
        };
    }
    let Some(request) = asked.into_request() else { return StatusCode::BAD_REQUEST.into_response() };
    let token = token_of(&request);
    validate_address(sandbox, token.as_deref(), &request).await;
    let answered = call(sandbox, kind, token.as_deref(), &request);
    if sandbox.answer_is_lost(kind.provider()) {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    answered
}

/// The address under which a fake knows the request: the one without the sandbox's prefix.
fn own_address(uri: &Uri) -> String {
    format!("https://provider.test{}", uri.path_and_query().map_or("/", |own| own.as_str()))
}

fn query_of(uri: &Uri) -> HashMap<String, String> {
    url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect()
}

fn consent_page(sandbox: &Sandbox, kind: Kind, asked: &Asked) -> Response {
    let query = query_of(&asked.uri);
    let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let page = own_address(&asked.uri);
    if let Some(fault) = kind.server(sandbox, "", 0).fault_of_page(&page) {
        return refused_page(kind, fault);
    }
    let content = html! {
        h1 { "leadflow wants to use your mailbox" }
        p.meta { "This page stands for the one of " (kind.name()) ". Nothing here leaves this machine." }
        form method="post" {
            label { "Mailbox" input name="address" type="email" required value=(of("login_hint")); }
            p { "leadflow will be allowed to:" }
            @for scope in of("scope").split(' ') {
                label { input type="checkbox" name="scope" value=(scope) checked; " " (scope) }
            }
            div.actions {
                button type="submit" name="choice" value="allow" { "Allow" }
                button type="submit" name="choice" value="refuse" { "Cancel" }
            }
        }
    };
    page_answer(StatusCode::OK, provider_frame(kind.name(), content))
}

/// Returns to the app with what the owner has chosen.
fn decided(sandbox: &Sandbox, kind: Kind, asked: &Asked) -> Response {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&asked.body).into_owned().collect();
    let value = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let address = value("address").unwrap_or_default().trim().to_lowercase();
    if !address.contains('@') {
        return refused_page(kind, "invalid_request");
    }
    let query = query_of(&asked.uri);
    let wanted = query.get("scope").map(String::as_str).unwrap_or_default();
    let ticked = |scope: &&str| form.iter().any(|(key, value)| key == "scope" && value == scope);
    let unticked: Vec<&str> = wanted.split(' ').filter(|scope| !ticked(scope)).collect();
    let mut apis = sandbox.mail_apis();
    let place = apis.mailbox_of_address(sandbox, kind, &address);
    let server = &apis.0[place].server;
    let page = own_address(&asked.uri);
    let back = match value("choice") {
        Some("allow") => server.allow(&page, &unticked),
        _ => server.refuse(&page),
    };
    match back {
        Ok(back) => (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response(),
        Err(fault) => refused_page(kind, &fault),
    }
}

fn refused_page(kind: Kind, fault: &str) -> Response {
    let content = html! {
        h1 { "Access blocked" }
        p { "The request of this app is not valid." }
        p { "Error 400: " code { (fault) } }
    };
    page_answer(StatusCode::BAD_REQUEST, provider_frame(kind.name(), content))
}

fn page_answer(status: StatusCode, page: Markup) -> Response {
    (status, page).into_response()
}

impl Asked {
    /// The request as a fake takes it.
    fn into_request(self) -> Option<mailbox_fakes::Request> {
        let mut request = http::Request::builder().method(self.method).uri(own_address(&self.uri));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(self.body.to_vec()).ok()
    }
}

/// The access token, code or refresh token that a request came with.
fn token_of(request: &mailbox_fakes::Request) -> Option<String> {
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(bearer) = bearer {
        return Some(bearer.to_owned());
    }
    let mut form: HashMap<String, String> =
        url::form_urlencoded::parse(request.body()).into_owned().collect();
    form.remove("code").or_else(|| form.remove("refresh_token"))
}

/// Has Graph ask the address that a request wants to subscribe, and note what it answered.
async fn validate_address(sandbox: &Sandbox, token: Option<&str>, request: &mailbox_fakes::Request) {
    let Some(place) = token.and_then(|token| sandbox.mail_apis().of_token(Kind::Microsoft, token)) else {
        return;
    };
    let asked = match &sandbox.mail_apis().0[place].server {
        Server::Microsoft(graph) => graph_notices::handshake(sandbox, graph, request),
        Server::Google(_) => None,
    };
    let Some(asked) = asked else { return };
    let Some(told) = graph_notices::shake_hands(sandbox, &asked).await else { return };
    if let Server::Microsoft(graph) = &sandbox.mail_apis().0[place].server {
        graph.hear_handshake(&asked, &told);
    }
}

/// A call of the API or a request for tokens.
fn call(sandbox: &Sandbox, kind: Kind, token: Option<&str>, request: &mailbox_fakes::Request) -> Response {
    let now = sandbox.now();
    let sends = request.method() == Method::POST && request.uri().path().ends_with("/send");
    let mut apis = sandbox.mail_apis();
    let place = token.and_then(|token| apis.of_token(kind, token));
    // A token of a former process is as void as any that was never given.
    let nobody;
    let server = match place {
        Some(place) => &apis.0[place].server,
        None => {
            nobody = kind.server(sandbox, "", 0);
            &nobody
        }
    };
    let answered = match server {
        Server::Google(gmail) => gmail.answer(request, now),
        Server::Microsoft(graph) => graph.answer(request, now),
    };
    let new = place.filter(|_| sends).map(|place| apis.0[place].take_new()).unwrap_or_default();
    drop(apis);
    if let Some(raw) = whole_mail(request, &answered) {
        sandbox.note_read(&raw);
    }
    for (from, to, raw) in new {
        if let Err(error) = sandbox.accept_mail(&from, &to, &raw) {
            tracing::warn!(error, "a mail from a mailbox reaches nobody");
        }
    }
    answered.map(axum::body::Body::from).into_response()
}

/// Returns the mail that an answer hands out whole.
fn whole_mail(request: &mailbox_fakes::Request, answered: &mailbox_fakes::Response) -> Option<Vec<u8>> {
    let is_read = request.method() == Method::GET && answered.status().is_success();
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    match () {
        () if is_read && path.ends_with("/$value") => Some(answered.body().clone()),
        () if is_read && query.contains("format=raw") => {
            let message: serde_json::Value = serde_json::from_slice(answered.body()).ok()?;
            URL_SAFE.decode(message["raw"].as_str()?).ok()
        }
        () => None,
    }
}

impl Mailbox {
    /// Returns the mails that were sent since the last time, each with its sender and recipients. Two of one Message-ID
    /// are two mails.
    fn take_new(&mut self) -> Vec<(String, Vec<String>, Vec<u8>)> {
        let (mut new, mut seen) = (Vec::new(), HashMap::<String, usize>::new());
        for raw in self.server.sent() {
            let Some(mail) = MessageParser::default().parse(&raw) else { continue };
            let id = mail.message_id().unwrap_or_default();
            let nth = seen.entry(id.to_owned()).or_default();
            *nth += 1;
            let carried = self.carried.entry(id.to_owned()).or_default();
            if *nth <= *carried {
                continue;
            }
            *carried = *nth;
            let lists = [mail.to(), mail.cc(), mail.bcc()];
            let people = lists.into_iter().flatten().flat_map(|list| list.iter());
            let to = people.filter_map(|one| Some(one.address()?.to_lowercase())).collect();
            new.push((self.address.clone(), to, raw));
        }
        new
    }
}

impl Sandbox {
    /// The mailboxes whose owners have been on the provider's page, by provider and address.
    pub(crate) fn api_mailboxes(&self) -> Vec<(Kind, String)> {
        self.mail_apis().0.iter().map(|held| (held.server.kind(), held.address.clone())).collect()
    }

    /// Returns the address of the mailbox at Google or Microsoft that a token belongs to.
    pub fn mailbox_of_token(&self, token: &str) -> Option<String> {
        let apis = self.mail_apis();
        Some(apis.0.get(place_of(token)?)?.address.clone())
    }

    /// Takes the grant of this mailbox back, as its owner may on the provider's page. False: there is none of this
    /// address.
    pub fn revoke_grant(&self, address: &str) -> bool {
        self.mail_apis().mailboxes_at(address).inspect(|held| held.server.revoke()).count() > 0
    }

    /// Makes the mailbox forget what it has told of its changes: whoever reads on is told to begin anew.
    pub fn forget_cursor(&self, address: &str) {
        let is_held =
            self.mail_apis().mailboxes_at(address).map(|held| held.server.forget_changes()).count() > 0;
        if !is_held {
            self.number_imap_anew(address);
        }
    }

    /// Puts a mail into the mailbox of this address at Google or Microsoft. False: there is none.
    pub(crate) fn arrives_in_mail_api(&self, address: &str, raw: &[u8]) -> bool {
        let now = self.now();
        let (mut arrived, mut notices) = (false, Vec::new());
        for held in self.mail_apis().mailboxes_at(address) {
            match &held.server {
                Server::Google(gmail) => drop(gmail.deliver(raw, &["INBOX", "UNREAD"], now)),
                Server::Microsoft(graph) => {
                    graph.deliver(raw, "inbox", now);
                    notices.extend(graph.take_notices());
                }
            }
            arrived = true;
        }
        graph_notices::post_notices(self, notices);
        arrived
    }
}
