//! A lead in an active campaign, whose mailbox is connected and was read once: at Google, at Microsoft, or behind IMAP.

use application::ports::accounts::SecretFields;
use application::ports::outbox::send_all;
use application::ports::provider_events::WebhookRequest;
use application::ports::store::PageRequest;
use application::queue_messages::{PollMailbox, Queue};
use application::sending::due_tick::{DuePorts, enqueue_due};
use application::{Clock, Ports};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::key::EnrolmentKey;
use domain::event::{Event, EventKind};
use domain::message::Message;
use domain::workspace::account::{Account, AccountSettings};
use domain::workspace::mailbox_push::{Noticed, PushNews};
use domain::workspace::mailbox_reading::MailboxReading;
use domain::workspace::notification::Notification;
use domain::{AccountId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use local_cloud::{Fault, Moment};
use mailbox_fakes::{Client, Gmail, GrantRules, Graph, ImapAccount, Request, Response};
use queue_consumer::Handler;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use test_stage::Stage;

pub const OWNER: &str = "maya@northquay.example";
pub const LEAD: &str = "ann@one.example";
const GMAIL_SCOPES: &[&str] =
    &["https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/gmail.compose"];
const GRAPH_SCOPES: &[&str] = &[
    "https://graph.microsoft.com/Mail.ReadWrite",
    "https://graph.microsoft.com/Mail.Send",
    "https://graph.microsoft.com/User.Read",
];

/// The provider of the mailbox.
pub trait Server: Send + Sync + Sized + 'static {
    /// Connects the mailbox.
    fn connect(stage: &Stage, workspace: &WorkspaceId) -> impl Future<Output = (Self, AccountId)>;
    /// Lets the provider answer, again or for the first time.
    fn serve(self: &Arc<Self>, stage: &Stage, fetched: &Fetched);
    fn deliver(&self, raw: &[u8], now: Timestamp);
    fn send_by_hand(&self, raw: &[u8], now: Timestamp);
    /// Does not hand out this of any mail until `repair`.
    fn refuse(&self, what: Refused);
    fn repair(&self);
}

/// What a server does not hand out of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    Headers,
    /// The mail as it is. Its beginning is handed out.
    Whole,
    /// All of a mail besides its headers.
    Text,
}

/// How many mails were fetched whole.
pub type Fetched = Arc<AtomicUsize>;

fn client() -> Client {
    Client { id: "id".to_owned(), secret: "secret".to_owned(), redirect_uri: String::new() }
}

async fn by_grant(
    (stage, workspace): (&Stage, &WorkspaceId),
    (provider, base_url): (&str, &str),
    (refresh, access): (String, String),
) -> AccountId {
    let fields = [("client_id", "id"), ("tenant", "northquay.example")];
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let settings = AccountSettings::EmailSender {
        provider: provider.to_owned(),
        base_url: base_url.to_owned(),
        from_address: EmailAddress::parse(OWNER).unwrap(),
        from_name: "Maya".to_owned(),
        reply_to: None,
        account: None,
        fields: fields.into_iter().map(own).collect::<BTreeMap<_, _>>(),
    };
    let until = stage.clock.now() + SignedDuration::from_hours(1);
    let secret = [
        ("client_secret", "secret".to_owned()),
        ("refresh_token", refresh),
        ("access_token", access),
        ("access_expires_at", until.to_string()),
    ];
    let secret = SecretFields(secret.map(|(name, value)| (name.to_owned(), value)).into());
    stage.account(workspace, settings, secret).await
}

/// Lets an API answer, and counts the mails that are fetched as they are.
fn serve_api(
    stage: &Stage,
    fetched: &Fetched,
    answer: impl Fn(&Request, Timestamp) -> Response + Send + 'static,
) {
    let (clock, fetched) = (stage.clock.clone(), fetched.clone());
    stage.providers_answer(move |request| {
        let uri = request.uri();
        let is_raw = uri.query().is_some_and(|query| query.contains("format=raw"));
        fetched.fetch_add(usize::from(is_raw || uri.path().ends_with("/$value")), Ordering::Relaxed);
        Ok(answer(&request, clock.now()))
    });
}

impl Server for Gmail {
    async fn connect(stage: &Stage, workspace: &WorkspaceId) -> (Self, AccountId) {
        let gmail = Self::new(OWNER, client(), GrantRules::default());
        let grant = gmail.grant(GMAIL_SCOPES, stage.clock.now());
        let account = by_grant((stage, workspace), ("google", "https://gmail.example"), grant).await;
        (gmail, account)
    }

    fn serve(self: &Arc<Self>, stage: &Stage, fetched: &Fetched) {
        let served = self.clone();
        serve_api(stage, fetched, move |request, now| served.answer(request, now));
    }

    fn deliver(&self, raw: &[u8], now: Timestamp) {
        Self::deliver(self, raw, &["INBOX"], now);
    }

    fn send_by_hand(&self, raw: &[u8], now: Timestamp) {
        Self::send_by_hand(self, raw, now);
    }

    fn refuse(&self, what: Refused) {
        let formats: &[&str] = match what {
            Refused::Headers => &["format=metadata"],
            Refused::Whole => &["format=raw"],
            Refused::Text => &["format=raw", "format=full", "format=minimal"],
        };
        formats.iter().for_each(|format| self.fail_always(format, 500, "backendError"));
    }

    fn repair(&self) {
        Self::repair(self);
    }
}

impl Server for Graph {
    async fn connect(stage: &Stage, workspace: &WorkspaceId) -> (Self, AccountId) {
        let base_url = "https://graph.example";
        let graph = Self::new(base_url, OWNER, client(), GrantRules::default());
        let grant = graph.grant(GRAPH_SCOPES, stage.clock.now());
        let account = by_grant((stage, workspace), ("microsoft", base_url), grant).await;
        (graph, account)
    }

    fn serve(self: &Arc<Self>, stage: &Stage, fetched: &Fetched) {
        let (served, push) = (self.clone(), stage.ports.mailbox_push());
        serve_api(stage, fetched, move |request, now| {
            if let Some(asked) = served.handshake_of(request) {
                let call = WebhookRequest { url: asked.url.clone(), headers: Vec::new(), body: Vec::new() };
                let told = push.handshake("microsoft", &call).unwrap_or_default().into_bytes();
                let answer = http::Response::builder().header("content-type", "text/plain").body(told);
                served.hear_handshake(&asked, &answer.unwrap());
            }
            served.answer(request, now)
        });
    }

    fn deliver(&self, raw: &[u8], now: Timestamp) {
        Self::deliver(self, raw, "inbox", now);
    }

    fn send_by_hand(&self, raw: &[u8], now: Timestamp) {
        Self::deliver(self, raw, "sentitems", now);
    }

    fn refuse(&self, what: Refused) {
        let questions: &[&str] = match what {
            Refused::Headers => &["$select=internetMessageHeaders"],
            Refused::Whole => &["/$value"],
            Refused::Text => &["/$value", "$select=body"],
        };
        questions.iter().for_each(|question| self.fail_always(question, 500, "ErrorItemCorrupt"));
    }

    fn repair(&self) {
        Self::repair(self);
    }
}

impl Server for ImapAccount {
    async fn connect(stage: &Stage, workspace: &WorkspaceId) -> (Self, AccountId) {
        let account = stage.mailbox_with_imap(workspace).await;
        (Self::new("maya", "hunter2"), account)
    }

    fn serve(self: &Arc<Self>, stage: &Stage, fetched: &Fetched) {
        let fetched = fetched.clone();
        self.listen(move |command| {
            fetched.fetch_add(usize::from(command.contains("BODY.PEEK[]")), Ordering::Relaxed);
        });
        stage.mail.hold(Some(self.clone()));
    }

    fn deliver(&self, raw: &[u8], now: Timestamp) {
        self.mailbox().deliver("INBOX", raw, now);
    }

    fn send_by_hand(&self, raw: &[u8], now: Timestamp) {
        self.mailbox().send_by_hand(raw, now);
    }

    fn refuse(&self, what: Refused) {
        Self::refuse(
            self,
            match what {
                Refused::Headers => Some("HEADER.FIELDS"),
                Refused::Whole => Some("BODY.PEEK[]<0.8388608>"),
                Refused::Text => Some("BODY.PEEK[]"),
            },
        );
    }

    fn repair(&self) {
        Self::refuse(self, None);
    }
}

pub struct World<S> {
    pub stage: Stage,
    pub workspace: WorkspaceId,
    pub user: UserId,
    pub account: AccountId,
    pub key: EnrolmentKey,
    pub server: Arc<S>,
    pub fetched: Fetched,
    poll: Handler,
    ingest: Handler,
}

impl<S: Server> World<S> {
    pub async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let (server, account) = S::connect(&stage, &workspace).await;
        let sequence = stage.sequence(&workspace, Channel::Email, &["first", "second"]).await;
        let campaign = stage
            .campaign("Autumn", &sequence, CampaignState::Active, |campaign| {
                campaign.mailboxes = vec![account.clone()];
            })
            .await;
        let lead = stage.lead(&workspace, "ann", |_| {}).await;
        let key = stage.enrolment(&campaign, &sequence, &lead.id).await.key().clone();
        let server = Arc::new(server);
        let fetched = Fetched::default();
        server.serve(&stage, &fetched);
        let (poll, ingest) = (poll_mailboxes::handler(&stage.ports), ingest_event::handler(&stage.ports));
        let world = Self { stage, workspace, user, account, key, server, fetched, poll, ingest };
        world.ask_and_poll().await;
        world
    }

    pub async fn ask(&self) {
        let message = PollMailbox::due(self.workspace.clone(), self.account.clone());
        send_all(&*self.stage.ports.outbox(), &[message], 0).await.unwrap();
    }

    /// Has the mailbox read because its provider has told of this.
    pub async fn notice(&self, news: PushNews) {
        let message = PollMailbox {
            noticed: Some(Noticed { at: self.stage.clock.now(), news }),
            ..PollMailbox::due(self.workspace.clone(), self.account.clone())
        };
        send_all(&*self.stage.ports.outbox(), &[message], 0).await.unwrap();
    }

    pub async fn notifications(&self) -> Vec<Notification> {
        let page = PageRequest { limit: 50, cursor: None };
        self.stage.ports.notifications().list(&self.workspace, &self.user, page).await.unwrap().items
    }

    pub async fn poll(&self) -> usize {
        self.stage.drain(Queue::Mailboxes, &self.poll).await
    }

    pub async fn ask_and_poll(&self) {
        self.ask().await;
        assert_eq!(self.poll().await, 1);
    }

    /// Changes the account as its settings page does.
    pub async fn change(&self, change: impl FnOnce(&mut Account)) {
        let accounts = self.stage.ports.accounts();
        let mut account = accounts.get(&self.workspace, &self.account).await.unwrap();
        change(&mut account);
        let event = Event::system(EventKind::AccountChanged, self.stage.clock.now());
        accounts.save(&account, &event).await.unwrap();
    }

    /// Lets minutes pass in which the tick finds what is due.
    pub async fn minutes(&self, minutes: usize) {
        for _ in 0..minutes {
            self.stage.advance(SignedDuration::from_mins(1));
            enqueue_due(&DuePorts::new(&self.stage.ports)).await.unwrap();
            self.poll().await;
        }
    }

    pub async fn ingest(&self) -> usize {
        self.stage.drain(Queue::Inbound, &self.ingest).await
    }

    pub async fn reading(&self) -> MailboxReading {
        let readings = self.stage.ports.mailbox_readings();
        readings.get(&self.workspace, &self.account).await.unwrap().unwrap()
    }

    pub async fn messages(&self) -> Vec<Message> {
        self.stage.ports.leads().file(&self.workspace, &self.key.lead).await.unwrap().messages
    }

    pub async fn state(&self) -> EnrolmentState {
        self.stage.ports.enrolments().get(&self.key).await.unwrap().state().clone()
    }

    pub async fn unmatched(&self) -> usize {
        let page = PageRequest { limit: 50, cursor: None };
        self.stage.ports.conversations().unmatched(&self.workspace, page).await.unwrap().items.len()
    }

    pub fn arrives(&self, raw: &[u8]) {
        self.server.deliver(raw, self.stage.clock.now());
    }

    pub fn is_sent_by_hand(&self, raw: &[u8]) {
        self.server.send_by_hand(raw, self.stage.clock.now());
    }

    pub fn fetched(&self) -> usize {
        self.fetched.load(Ordering::Relaxed)
    }

    /// Lets nothing answer any more once a call is done whose body has these words.
    pub fn dies_after(&self, words: &'static str) -> Arc<AtomicBool> {
        let alive = Arc::new(AtomicBool::new(false));
        let (revived, struck) = (alive.clone(), AtomicBool::new(false));
        self.stage.cloud.faults().inject(move |moment, call| {
            if moment == Moment::After && String::from_utf8_lossy(call.body).contains(words) {
                struck.store(true, Ordering::Relaxed);
            }
            let dies = struck.load(Ordering::Relaxed) && !revived.load(Ordering::Relaxed);
            dies.then(|| Fault::Fail { status: 400, code: "Gone".to_owned(), message: String::new() })
        });
        alive
    }
}

pub fn letter(from: &str, to: &str, id: &str, more: &str) -> Vec<u8> {
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: Hello\r\nMessage-ID: <{id}>\r\n{more}\
         Content-Type: text/plain; charset=utf-8\r\n\r\nPlease call me.\r\n"
    )
    .into_bytes()
}
