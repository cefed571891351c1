//! Connecting a mailbox and keeping its token fresh: the application's use case, over providers in process and one stored
//! account. Other functions do their part in the middle of a renewal.

use super::mailbox_stage::{GMAIL, GRAPH, MailboxStage, OWNER, SetClock, client, letter, mailbox};
use crate::Providers;
use application::identity::stage_keys::StageKeys;
use application::ports::accounts::{AccountStore, BadSeal, SecretFields, Vault};
use application::ports::ids::Ids;
use application::ports::mailbox_grants::{
    AuthorizationCode, AuthorizationRequest, GrantFailure, GrantTokens, MailboxGrants,
};
use application::ports::mailboxes::{MailboxCursor, MailboxReader, PollLimits};
use application::ports::notifications::NotificationStore;
use application::ports::provider_calls::{AccountTrial, OpenAccount, TrialError};
use application::ports::store::{Page, PageRequest, StoreError, StoreResult};
use application::workspace::account_grant::{
    Access, GrantDates, GrantPorts, forget_grant, with_access, with_new_access,
};
use application::workspace::connect_mailbox::{
    ConnectPorts, NotConnected, Returned, connect, provider_page, redirect_uri,
};
use application::workspace::grant_request::BadGrantRequest;
use application::workspace::read_mailbox::{MailboxRead, read_mailbox};
use async_trait::async_trait;
use domain::event::{Event, EventKind};
use domain::workspace::account::{Account, AccountSettings};
use domain::workspace::account_fault::AccountFault;
use domain::workspace::notification::Notification;
use domain::{AccountId, NotificationId, UserId, WorkspaceId};
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use mailbox_fakes::{Client, Gmail, GrantRules, Graph};
use std::sync::{Arc, Mutex};
use ulid::Ulid;
use url::Url;

/// One account, as the store keeps it.
struct Stored {
    account: Mutex<Option<Account>>,
    /// So many saves are not answered.
    broken_saves: Mutex<usize>,
    told: Mutex<Vec<Notification>>,
    made: Mutex<u128>,
}

#[async_trait]
impl AccountStore for Stored {
    async fn get(&self, _: &WorkspaceId, _: &AccountId) -> StoreResult<Account> {
        self.account.lock().unwrap().clone().ok_or(StoreError::NotFound)
    }

    async fn save(&self, account: &Account, _: &Event) -> StoreResult<u64> {
        let mut broken = self.broken_saves.lock().unwrap();
        if *broken > 0 {
            *broken -= 1;
            return Err(StoreError::Unavailable("the store is silent".into()));
        }
        let mut stored = self.account.lock().unwrap();
        if stored.as_ref().is_none_or(|stored| stored.rev != account.rev) {
            return Err(StoreError::Conflict);
        }
        *stored = Some(Account { rev: account.rev + 1, ..account.clone() });
        Ok(account.rev + 1)
    }

    async fn delete(&self, _: &WorkspaceId, _: &AccountId, _: &Event) -> StoreResult<()> {
        Err(StoreError::NotFound)
    }

    async fn list(&self, _: &WorkspaceId) -> StoreResult<Vec<Account>> {
        Ok(self.account.lock().unwrap().iter().cloned().collect())
    }

    async fn workspace_of(&self, _: &AccountId) -> StoreResult<WorkspaceId> {
        Err(StoreError::NotFound)
    }

    async fn by_external_id(&self, _: &str, _: &str) -> StoreResult<Vec<(WorkspaceId, AccountId)>> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl NotificationStore for Stored {
    async fn put(&self, notification: &Notification, _: &Event) -> StoreResult<()> {
        let mut told = self.told.lock().unwrap();
        if told.iter().all(|known| known.id != notification.id) {
            told.push(notification.clone());
        }
        Ok(())
    }

    async fn get(
        &self,
        _: &WorkspaceId,
        _: Option<&UserId>,
        _: &NotificationId,
    ) -> StoreResult<Notification> {
        Err(StoreError::NotFound)
    }

    async fn list(&self, _: &WorkspaceId, _: &UserId, _: PageRequest) -> StoreResult<Page<Notification>> {
        Err(StoreError::NotFound)
    }

    async fn mark_read(
        &self,
        _: &WorkspaceId,
        _: &UserId,
        _: &[NotificationId],
        _: Timestamp,
    ) -> StoreResult<()> {
        Ok(())
    }
}

/// A seal that anybody can open, which is enough here.
impl Vault for Stored {
    fn seal(&self, _: &WorkspaceId, _: &AccountId, secret: &SecretFields) -> String {
        serde_json::to_string(&secret.0).unwrap()
    }

    fn open(&self, _: &WorkspaceId, _: &AccountId, sealed: &str) -> Result<SecretFields, BadSeal> {
        serde_json::from_str(sealed).map(SecretFields).map_err(|_| BadSeal)
    }
}

impl Ids for Stored {
    fn next(&self) -> Ulid {
        let mut made = self.made.lock().unwrap();
        *made += 1;
        Ulid::from(*made)
    }

    fn secret_bytes(&self, buffer: &mut [u8]) {
        let made = self.next().to_bytes();
        buffer.iter_mut().zip(made.iter().cycle()).for_each(|(byte, made)| *byte = *made);
    }
}

/// A provider in whose answer something happens first, once.
struct Between<'a> {
    providers: &'a Providers,
    first: Mutex<Option<BoxFuture<'a, ()>>>,
}

#[async_trait]
impl MailboxGrants for Between<'_> {
    fn needs_grant(&self, settings: &AccountSettings) -> bool {
        self.providers.needs_grant(settings)
    }

    fn authorization_url(
        &self,
        settings: &AccountSettings,
        asked: &AuthorizationRequest,
    ) -> Result<String, GrantFailure> {
        self.providers.authorization_url(settings, asked)
    }

    async fn exchange(
        &self,
        account: &OpenAccount,
        code: &AuthorizationCode,
    ) -> Result<GrantTokens, GrantFailure> {
        self.providers.exchange(account, code).await
    }

    async fn renew(&self, account: &OpenAccount) -> Result<GrantTokens, GrantFailure> {
        let first = self.first.lock().unwrap().take();
        if let Some(first) = first {
            first.await;
        }
        self.providers.renew(account).await
    }
}

struct World {
    on: MailboxStage,
    stored: Stored,
    gmail: Arc<Gmail>,
}

const SCOPES: &[&str] =
    &["https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/gmail.compose"];

/// A mailbox that was connected an hour ago, less the given minutes. Refresh tokens work once.
fn connected(minutes_left: i64) -> World {
    let rules = GrantRules { rotates: true, ..GrantRules::default() };
    let gmail = Arc::new(Gmail::new(OWNER, client(), rules));
    let served = gmail.clone();
    let on = MailboxStage::over(move |request, now| served.answer(request, now));
    let mut open = mailbox("google", GMAIL, gmail.grant(SCOPES, on.now()));
    let end = on.now() + SignedDuration::from_hours(1);
    open.secret.0.insert("access_expires_at".to_owned(), end.to_string());
    open.secret.0.insert("granted_at".to_owned(), on.now().to_string());
    on.clock.pass(SignedDuration::from_mins(60 - minutes_left));
    World { on, stored: stored(open), gmail }
}

fn stored(open: OpenAccount) -> Stored {
    let sealed = serde_json::to_string(&open.secret.0).unwrap();
    Stored {
        account: Mutex::new(Some(Account { sealed_secret: sealed, ..open.account })),
        broken_saves: Mutex::new(0),
        told: Mutex::default(),
        made: Mutex::new(0),
    }
}

impl Stored {
    fn open(&self) -> OpenAccount {
        let account = self.account.lock().unwrap().clone().unwrap();
        let secret = serde_json::from_str(&account.sealed_secret).map(SecretFields).unwrap();
        OpenAccount { account, secret }
    }

    fn secret(&self, name: &str) -> Option<String> {
        self.open().secret.get(name).map(str::to_owned)
    }

    fn change(&self, change: impl Fn(&mut OpenAccount)) {
        let mut open = self.open();
        change(&mut open);
        let sealed = serde_json::to_string(&open.secret.0).unwrap();
        let rev = open.account.rev + 1;
        *self.account.lock().unwrap() = Some(Account { sealed_secret: sealed, rev, ..open.account });
    }
}

fn ports<'a>(stored: &'a Stored, clock: &'a SetClock, grants: &'a dyn MailboxGrants) -> GrantPorts<'a> {
    GrantPorts { clock, ids: stored, accounts: stored, vault: stored, grants, notifications: stored }
}

impl World {
    async fn access(&self) -> Access {
        let grants = &self.on.providers;
        with_access(&ports(&self.stored, &self.on.clock, grants), self.stored.open()).await.unwrap()
    }

    /// Renews, and lets another function do its part before the provider answers.
    async fn access_while<'a>(&'a self, other: BoxFuture<'a, ()>) -> Access {
        let grants = Between { providers: &self.on.providers, first: Mutex::new(Some(other)) };
        with_access(&ports(&self.stored, &self.on.clock, &grants), self.stored.open()).await.unwrap()
    }
}

fn token(access: &Access) -> String {
    match access {
        Access::Ready(open) => open.secret.get("access_token").unwrap().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn token_that_lasts_is_used_as_it_is() {
    let world = connected(6);
    assert_eq!(Some(token(&world.access().await)), world.stored.secret("access_token"));
    assert_eq!((world.gmail.renewals(), world.stored.open().rev), (0, 1));
}

#[tokio::test]
async fn token_that_ends_soon_is_renewed_and_the_next_refresh_token_kept() {
    let world = connected(4);
    let before = (world.stored.secret("access_token"), world.stored.secret("refresh_token"));
    let new = token(&world.access().await);
    let after = (world.stored.secret("access_token"), world.stored.secret("refresh_token"));
    assert_eq!(after.0, Some(new));
    assert!(before.0 != after.0 && before.1 != after.1);
    assert_eq!(world.stored.secret("renewal"), None);
    // The next renewal works with the token that was stored.
    world.on.clock.pass(SignedDuration::from_mins(57));
    token(&world.access().await);
    assert_eq!(world.gmail.renewals(), 2);
}

#[tokio::test]
async fn function_that_comes_during_a_renewal_uses_the_former_token() {
    let world = connected(4);
    let former = world.stored.secret("access_token");
    let other = Box::pin(async { assert_eq!(Some(token(&world.access().await)), former) });
    let new = token(&world.access_while(other).await);
    assert_ne!(Some(new), former);
    assert_eq!(world.gmail.renewals(), 1);
}

#[tokio::test]
async fn function_that_needs_a_token_during_a_renewal_comes_back_soon() {
    let world = connected(0);
    let now = world.on.now();
    let other = Box::pin(async {
        let Access::Wait { until } = world.access().await else { panic!() };
        assert_eq!(until, now + SignedDuration::from_secs(5));
    });
    token(&world.access_while(other).await);
    token(&world.access().await);
    assert_eq!(world.gmail.renewals(), 1);
}

#[tokio::test]
async fn change_of_the_account_during_a_renewal_is_kept() {
    let world = connected(4);
    let other = Box::pin(async { world.stored.change(|open| open.account.name = "renamed".to_owned()) });
    let new = token(&world.access_while(other).await);
    assert_eq!(world.stored.open().name, "renamed");
    assert_eq!(world.stored.secret("access_token"), Some(new));
}

#[tokio::test]
async fn mailbox_that_is_connected_anew_during_a_renewal_keeps_its_new_grant() {
    let world = connected(4);
    let other = Box::pin(async {
        let tokens = world.gmail.grant(SCOPES, world.on.now());
        let end = world.on.now() + SignedDuration::from_hours(1);
        world.stored.change(|open| {
            let fields = &mut open.secret.0;
            fields.insert("refresh_token".to_owned(), tokens.0.clone());
            fields.insert("access_token".to_owned(), tokens.1.clone());
            fields.insert("access_expires_at".to_owned(), end.to_string());
            fields.remove("renewal");
        });
    });
    let access = world.access_while(other).await;
    assert_eq!(Some(token(&access)), world.stored.secret("access_token"));
    assert!(world.stored.told.lock().unwrap().is_empty(), "the refusal of the former grant is not believed");
}

#[tokio::test]
async fn crash_after_the_providers_answer_costs_a_grant_whose_tokens_work_once() {
    let world = connected(4);
    // The function asks and breaks off before it stores: the lease is there, and the stored refresh token was used.
    let open = world.stored.open();
    world.stored.change(|open| {
        let until = world.on.now() + SignedDuration::from_secs(60);
        open.secret.0.insert("renewal".to_owned(), format!("someone {until}"));
    });
    world.on.providers.renew(&open).await.unwrap();
    assert!(matches!(world.access().await, Access::Ready(_)), "the former token lasts for minutes");
    world.on.clock.pass(SignedDuration::from_secs(61));
    let Access::Lost { detail } = world.access().await else { panic!() };
    assert!(detail.contains("Connect the mailbox again"), "{detail}");
    assert_eq!(world.stored.told.lock().unwrap().len(), 1);
    let stored = world.stored.open();
    assert!(stored.failing().is_some() && stored.secret.get("refresh_token").is_none());
    // Nothing asks again, and nobody is told again.
    let renewals = world.gmail.renewals();
    assert!(matches!(world.access().await, Access::Lost { .. }));
    assert_eq!((world.gmail.renewals(), world.stored.told.lock().unwrap().len()), (renewals, 1));
}

#[tokio::test]
async fn crash_after_the_providers_answer_is_harmless_where_the_refresh_token_stays() {
    let gmail = Arc::new(Gmail::new(OWNER, client(), GrantRules::default()));
    let served = gmail.clone();
    let on = MailboxStage::over(move |request, now| served.answer(request, now));
    let world = World { stored: stored(mailbox("google", GMAIL, gmail.grant(SCOPES, on.now()))), on, gmail };
    world.on.providers.renew(&world.stored.open()).await.unwrap();
    token(&world.access().await);
}

#[tokio::test]
async fn suspended_function_does_not_lose_the_grant_that_another_has_renewed() {
    let world = connected(0);
    // The first function holds the lease and is suspended before its call; the lease ends, and another renews.
    let other = Box::pin(async {
        world.on.clock.pass(SignedDuration::from_secs(61));
        token(&world.access().await);
    });
    let access = world.access_while(other).await;
    assert_eq!(Some(token(&access)), world.stored.secret("access_token"));
    assert!(world.stored.told.lock().unwrap().is_empty());
    assert!(world.stored.open().failing().is_none());
}

#[tokio::test]
async fn tokens_that_cannot_be_stored_still_serve_this_call() {
    let world = connected(0);
    let other = Box::pin(async { *world.stored.broken_saves.lock().unwrap() = 1 });
    let access = world.access_while(other).await;
    assert_ne!(Some(token(&access)), world.stored.secret("access_token"));
}

#[tokio::test]
async fn busy_provider_is_asked_again_after_a_pause_and_by_nobody_before() {
    let world = connected(4);
    world.gmail.fail_next("POST /token", 503, "backendError", "");
    let former = world.stored.secret("access_token");
    for _ in 0..2 {
        assert_eq!(Some(token(&world.access().await)), former, "it is good for minutes more");
    }
    world.on.clock.pass(SignedDuration::from_mins(4));
    world.gmail.fail_next("POST /token", 503, "backendError", "");
    let again = world.on.now() + SignedDuration::from_secs(30);
    for _ in 0..2 {
        let Access::Wait { until } = world.access().await else { panic!("no token is good any more") };
        assert_eq!(until, again);
    }
    assert_eq!(world.gmail.renewals(), 0);
    assert!(world.stored.open().failing().is_none());
    world.on.clock.pass(SignedDuration::from_secs(30));
    token(&world.access().await);
    assert_eq!((world.gmail.renewals(), world.stored.secret("renewal")), (1, None));
}

#[tokio::test]
async fn refused_token_is_renewed_before_its_end() {
    let world = connected(30);
    world.gmail.void_access();
    let renew = async || {
        let grants = &world.on.providers;
        with_new_access(&ports(&world.stored, &world.on.clock, grants), world.stored.open()).await.unwrap()
    };
    let refused = world.stored.open();
    let new = token(&renew().await);
    assert_ne!(refused.secret.get("access_token"), Some(new.as_str()));
    // Whoever was refused with the former token gets the one that is there by now.
    let grants = &world.on.providers;
    let again = with_new_access(&ports(&world.stored, &world.on.clock, grants), refused).await.unwrap();
    assert_eq!((token(&again), world.gmail.renewals()), (new, 1));
    world.gmail.revoke();
    assert!(matches!(renew().await, Access::Lost { .. }));
}

#[tokio::test]
async fn loss_after_seven_days_names_the_app_in_testing() {
    let world = connected(0);
    world.on.clock.pass(SignedDuration::from_hours(7 * 24));
    world.gmail.revoke();
    let Access::Lost { detail } = world.access().await else { panic!() };
    assert!(detail.contains("in testing at Google"), "{detail}");
}

#[tokio::test]
async fn deleted_account_needs_no_token() {
    let world = connected(0);
    let open = world.stored.open();
    *world.stored.account.lock().unwrap() = None;
    let grants = &world.on.providers;
    let access = with_access(&ports(&world.stored, &world.on.clock, grants), open).await.unwrap();
    assert!(matches!(access, Access::Gone));
}

/// A mailbox that is not connected yet, and the workspace's keys.
struct Newcomer {
    on: MailboxStage,
    graph: Arc<Graph>,
    stored: Stored,
    keys: StageKeys,
}

const PUBLIC_URL: &str = "https://app.test";

impl Newcomer {
    fn new() -> Self {
        let client = Client { redirect_uri: redirect_uri(PUBLIC_URL), ..client() };
        let graph = Arc::new(Graph::new(GRAPH, OWNER, client, GrantRules::default()));
        let served = graph.clone();
        let on = MailboxStage::over(move |request, now| served.answer(request, now));
        let mut open = mailbox("microsoft", GRAPH, (String::new(), String::new()));
        open.secret.0.retain(|name, _| name == "client_secret");
        let keys = StageKeys { token: [1; 32], link: [2; 32], vault: [3; 32], others: vec![] };
        Self { on, graph, stored: stored(open), keys }
    }

    fn ports(&self) -> ConnectPorts<'_> {
        let grants = ports(&self.stored, &self.on.clock, &self.on.providers);
        ConnectPorts { grants, trial: &self.on.providers, keys: &self.keys, public_url: PUBLIC_URL }
    }

    fn page(&self, user: &UserId) -> String {
        provider_page(&self.ports(), &self.stored.open().account, user).unwrap()
    }

    /// Allows the access on the page, less some permissions. Returns the state and the code that come back.
    fn allow(&self, page: &str, unticked: &[&str]) -> (String, String) {
        let back = Url::parse(&self.graph.allow(page, unticked).unwrap()).unwrap();
        let of = |name: &str| back.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        (of("state"), of("code"))
    }

    async fn connect(&self, user: &UserId, state: &str, code: &str) -> Result<Account, NotConnected> {
        let workspace = self.stored.open().workspace.clone();
        connect(&self.ports(), (&workspace, user), (state, Returned::Code(code))).await
    }
}

fn user(name: &str) -> UserId {
    UserId::derived(Timestamp::UNIX_EPOCH, &[name])
}

#[tokio::test]
async fn mailbox_is_connected_from_the_click_to_the_stored_tokens() {
    let new = Newcomer::new();
    let not_yet = with_access(&new.ports().grants, new.stored.open()).await.unwrap();
    assert!(matches!(not_yet, Access::Lost { .. }), "{not_yet:?}");

    let joe = user("joe");
    let page = new.page(&joe);
    assert!(page.starts_with("https://graph.test/acme.test/oauth2/v2.0/authorize?"), "{page}");
    let (state, code) = new.allow(&page, &[]);
    let account = new.connect(&joe, &state, &code).await.unwrap();
    assert_eq!((account.works_since, account.last_error), (None, None));
    token(&with_access(&new.ports().grants, new.stored.open()).await.unwrap());
    assert!(new.stored.secret("refresh_token").is_some() && new.stored.secret("granted_at").is_some());

    let twice = new.connect(&joe, &state, &code).await;
    assert!(matches!(twice, Err(NotConnected::CodeVoid)), "a code works once: {twice:?}");
    assert!(new.stored.secret("refresh_token").is_some());
}

#[tokio::test]
async fn code_of_another_session_connects_nothing() {
    let new = Newcomer::new();
    let (joe, eve) = (user("joe"), user("eve"));
    let (state, code) = new.allow(&new.page(&joe), &[]);
    let stolen = new.connect(&eve, &state, &code).await;
    assert!(matches!(stolen, Err(NotConnected::Request(BadGrantRequest::OfAnother))), "{stolen:?}");
    // A code of Joe's in a request of Eve's own has another verifier.
    let (own, _) = new.allow(&new.page(&eve), &[]);
    let (_, code) = new.allow(&new.page(&joe), &[]);
    new.on.clock.pass(SignedDuration::from_mins(1));
    let mixed = new.connect(&eve, &own, &code).await;
    assert!(matches!(mixed, Err(NotConnected::CodeVoid)), "{mixed:?}");
    let forged = new.connect(&joe, &state[1..], &code).await;
    assert!(matches!(forged, Err(NotConnected::Request(BadGrantRequest::Forged))), "{forged:?}");
    let (state, code) = new.allow(&new.page(&joe), &[]);
    new.on.clock.pass(SignedDuration::from_mins(11));
    let late = new.connect(&joe, &state, &code).await;
    assert!(matches!(late, Err(NotConnected::Request(BadGrantRequest::TooOld))), "{late:?}");
}

#[tokio::test]
async fn code_with_another_verifier_is_refused_by_the_provider() {
    let new = Newcomer::new();
    let (_, code) = new.allow(&new.page(&user("joe")), &[]);
    let redirect_uri = redirect_uri(PUBLIC_URL);
    let stolen = AuthorizationCode { code, code_verifier: "x".repeat(43), redirect_uri };
    let refused = new.on.providers.exchange(&new.stored.open(), &stolen).await;
    assert!(matches!(refused, Err(GrantFailure::Lost { .. })), "{refused:?}");
}

#[tokio::test]
async fn permission_that_was_unticked_is_named_and_nothing_stored() {
    let new = Newcomer::new();
    let joe = user("joe");
    let (state, code) = new.allow(&new.page(&joe), &["https://graph.microsoft.com/Mail.Send"]);
    let less = new.connect(&joe, &state, &code).await;
    let Err(NotConnected::Grant(GrantFailure::PermissionsMissing(missing))) = less else {
        panic!("{less:?}")
    };
    assert_eq!(missing, ["Mail.Send"]);
    assert_eq!(new.stored.secret("refresh_token"), None);
    let elsewhere = new.page(&joe).replace("app.test", "evil.test");
    assert_eq!(new.graph.allow(&elsewhere, &[]), Err("redirect_uri_mismatch".to_owned()));
}

#[tokio::test]
async fn refusal_on_the_providers_page_says_who_has_to_act() {
    let new = Newcomer::new();
    let joe = user("joe");
    let workspace = new.stored.open().workspace.clone();
    let (state, _) = new.allow(&new.page(&joe), &[]);
    for (word, part) in [
        ("access_denied", "allow the access on the provider's page"),
        ("admin_policy_enforced", "Ask your administrator"),
        ("server_error", "tried again"),
        ("invalid_scope", "Check the client's id"),
        ("<b>\r\n", "Check the client's id"),
    ] {
        let ports = new.ports();
        let refused = connect(&ports, (&workspace, &joe), (&state, Returned::Error(word))).await.unwrap_err();
        assert!(refused.next_step().contains(part), "{word}: {refused:?}");
    }
}

#[tokio::test]
async fn grant_for_another_mailbox_is_not_stored() {
    let mut new = Newcomer::new();
    let client = Client { redirect_uri: redirect_uri(PUBLIC_URL), ..client() };
    new.graph = Arc::new(Graph::new(GRAPH, "boss@acme.test", client, GrantRules::default()));
    let served = new.graph.clone();
    new.on = MailboxStage::over(move |request, now| served.answer(request, now));
    let joe = user("joe");
    let (state, code) = new.allow(&new.page(&joe), &[]);
    let other = new.connect(&joe, &state, &code).await.unwrap_err();
    let NotConnected::OtherMailbox(detail) = &other else { panic!("{other:?}") };
    assert!(detail.contains("boss@acme.test"), "{detail}");
    assert_eq!(new.stored.secret("refresh_token"), None);
}

#[tokio::test]
async fn grant_is_not_stored_before_the_provider_says_whose_mailbox_it_is() {
    let new = Newcomer::new();
    let joe = user("joe");
    let (state, code) = new.allow(&new.page(&joe), &[]);
    new.graph.fail_next("mailFolders/inbox", 503, "serviceNotAvailable");
    let unseen = new.connect(&joe, &state, &code).await.unwrap_err();
    assert!(matches!(unseen, NotConnected::OwnerUnknown(_)), "{unseen:?}");
    assert!(unseen.to_string().contains("could not be asked whose mailbox it is"), "{unseen}");
    assert_eq!((new.stored.secret("refresh_token"), new.stored.open().rev), (None, 1));
}

/// A test that succeeds while somebody changes the account.
struct ChangedMeanwhile<'a>(&'a Stored);

#[async_trait]
impl AccountTrial for ChangedMeanwhile<'_> {
    async fn try_account(&self, _: &OpenAccount) -> Result<(), TrialError> {
        self.0.change(|open| {
            let AccountSettings::EmailSender { from_name, .. } = &mut open.account.settings else { panic!() };
            *from_name = "Somebody else".to_owned();
        });
        Ok(())
    }
}

#[tokio::test]
async fn grant_is_not_stored_at_settings_that_were_not_tested() {
    let new = Newcomer::new();
    let joe = user("joe");
    let (state, code) = new.allow(&new.page(&joe), &[]);
    let workspace = new.stored.open().workspace.clone();
    let ports = ConnectPorts { trial: &ChangedMeanwhile(&new.stored), ..new.ports() };
    let changed = connect(&ports, (&workspace, &joe), (&state, Returned::Code(&code))).await;
    assert!(matches!(changed, Err(NotConnected::SettingsChanged)), "{changed:?}");
    assert_eq!(new.stored.secret("refresh_token"), None);
}

#[tokio::test]
async fn disconnected_mailbox_keeps_its_client_and_waits_for_its_owner() {
    let new = Newcomer::new();
    let joe = user("joe");
    let (state, code) = new.allow(&new.page(&joe), &[]);
    let account = new.connect(&joe, &state, &code).await.unwrap();
    let dates = GrantDates::of(&new.stored.open().secret);
    assert!(dates.stands && dates.granted_at == Some(new.on.now()));
    let event = Event::system(EventKind::AccountChanged, new.on.now());
    let ports = new.ports();
    let account = forget_grant(&ports.grants, &account, &event).await.unwrap();
    assert_eq!(account.last_error.and_then(|last| last.fault), Some(AccountFault::NotConnected));
    let left: Vec<String> = new.stored.open().secret.0.into_keys().collect();
    assert_eq!(left, ["client_secret"]);
    let access = with_access(&ports.grants, new.stored.open()).await.unwrap();
    assert!(matches!(&access, Access::Lost { detail } if detail.contains("disconnected")), "{access:?}");
}

#[tokio::test]
async fn mailbox_is_read_with_renewed_access() {
    let world = connected(0);
    let grants = ports(&world.stored, &world.on.clock, &world.on.providers);
    let read = async |cursor: &MailboxCursor| {
        let reader = &world.on.providers;
        read_mailbox(&grants, reader, world.stored.open(), cursor, PollLimits::default()).await.unwrap()
    };
    let Access::Ready(open) = world.access().await else { panic!() };
    let cursor = world.on.providers.begin(&open, world.on.now()).await.unwrap();
    world.gmail.deliver(&letter("ann@lead.test", "Hi", "a@lead.test", ""), &["INBOX"], world.on.now());
    let MailboxRead::Read(poll, _) = read(&cursor).await else { panic!() };
    assert_eq!((poll.mails.len(), world.gmail.renewals()), (1, 1));
    // The token has ended, and then one is refused before its end.
    world.on.clock.pass(SignedDuration::from_hours(2));
    assert!(matches!(read(&cursor).await, MailboxRead::Read(..)));
    world.gmail.void_access();
    assert!(matches!(read(&cursor).await, MailboxRead::Read(..)));
    assert_eq!(world.gmail.renewals(), 3);
    world.gmail.forget_history();
    assert!(matches!(read(&cursor).await, MailboxRead::CursorVoid));
    world.gmail.revoke();
    assert!(matches!(read(&cursor).await, MailboxRead::Refused { .. }));
    assert!(world.stored.open().failing().is_some());
}
