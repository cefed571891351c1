use super::*;
use crate::logins::{LoginItem, SessionItem};
use application::StoreError;
use application::ports::api_keys::ApiKeyStore;
use application::ports::logins::LoginStore;
use application::ports::users::UserStore;
use application::ports::workspaces::{DomainTaken, WorkspaceStore};
use domain::contact::country::Country;
use domain::money::Currency;
use domain::workspace::api_key::{ApiKey, ApiScope};
use domain::workspace::identity::{Identity, SignInProvider};
use domain::workspace::login::{AddressProof, Login, Membership, Session};
use domain::workspace::own_phone::PhoneProof;
use domain::workspace::passkey::Passkey;
use domain::workspace::second_factor::AuthenticatorApp;
use domain::workspace::tracking_domain::{DomainName, DomainState, TrackingDomain};
use domain::workspace::user::{Role, User};
use domain::workspace::{Company, Sending, Workspace};
use domain::{ApiKeyId, LoginId, SessionId, UserId};
use std::collections::BTreeSet;

pub(crate) fn a_workspace(id: WorkspaceId) -> Workspace {
    Workspace {
        id,
        name: "Acme".into(),
        company: Company { name: "Acme".into(), ..Company::default() },
        default_country: Country::parse("US").unwrap(),
        default_zone: ZoneName::utc(),
        currency: Currency::USD,
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
        created_at: Still.now(),
        rev: 0,
    }
}

pub(crate) fn user(workspace: WorkspaceId, name: &str) -> User {
    User {
        id: UserId::derived(Still.now(), &[name]),
        workspace,
        login: LoginId::derived(Still.now(), &[name]),
        email: EmailAddress::parse(&format!("{name}@acme.example")).unwrap(),
        name: name.into(),
        role: Role::Owner,
        created_at: Still.now(),
        disabled: false,
        ai_off: false,
        phone: None,
        phone_proof: PhoneProof::default(),
        offers_ended: 0,
        rev: 0,
    }
}

/// A login that was made before addresses were proven.
pub(crate) fn login(user: &User) -> Login {
    Login { address: AddressProof::NeverAsked, ..Login::of(user, "$argon2id$…".into()) }
}

/// A login with an authenticator app, a passkey and an account at a provider.
pub(crate) fn login_with_more(user: &User) -> Login {
    let authenticator = AuthenticatorApp { secret: "sealed".into(), last_step: 7, since: Still.now() };
    let passkey = Passkey {
        id: "4b".repeat(16),
        credential: "Y3JlZGVudGlhbA".into(),
        public_key: "cHVibGljIGtleQ".into(),
        counter: 3,
        name: "Ada's phone".into(),
        added_at: Still.now(),
        used_at: Some(Still.now()),
    };
    Login {
        authenticator: Some(authenticator),
        passkeys: vec![passkey],
        recovery_codes: vec!["5e".repeat(32)],
        identities: vec![google()],
        ..login(user)
    }
}

fn google() -> Identity {
    Identity {
        provider: SignInProvider::Google,
        key: "9f".repeat(32),
        email: Some("ada@gmail.example".into()),
        connected_at: Still.now(),
    }
}

#[tokio::test]
async fn account_at_a_provider_belongs_to_one_login_until_it_is_disconnected() {
    let world = World::new();
    let (ada, bea) = (user(workspace(), "ada"), user(other_workspace(), "bea"));
    for (at, user) in [(workspace(), &ada), (other_workspace(), &bea)] {
        world.table.sign_up(&a_workspace(at), (&login(user), user)).await.unwrap();
    }
    let event = event(EventKind::IdentityConnected);
    let with = async |user: &User, identities: Vec<Identity>| {
        let login = Login { identities, ..world.table.login(&user.login).await.unwrap() };
        (login, UserStore::get(&world.table, &user.workspace, &user.id).await.unwrap())
    };
    let (login, user) = with(&ada, vec![google()]).await;
    world.table.connect(&login, &user, &google(), &event).await.unwrap();
    let found = world.table.by_identity(&google().key).await.unwrap().unwrap();
    assert_eq!((&found.id, &found.identities), (&ada.login, &vec![google()]));
    let (login, user) = with(&bea, vec![google()]).await;
    let taken = world.table.connect(&login, &user, &google(), &event).await;
    assert!(matches!(taken, Err(StoreError::Conflict)));
    assert!(world.table.login(&bea.login).await.unwrap().identities.is_empty());
    let (login, user) = with(&ada, vec![]).await;
    world.table.disconnect(&login, &user, &[google()], &event).await.unwrap();
    assert!(world.table.by_identity(&google().key).await.unwrap().is_none());
    let (login, user) = with(&bea, vec![google()]).await;
    world.table.connect(&login, &user, &google(), &event).await.unwrap();
    assert_eq!(world.table.by_identity(&google().key).await.unwrap().unwrap().id, bea.login);
}

#[tokio::test]
async fn address_signs_up_once_in_the_whole_installation() {
    let world = World::new();
    let first = user(workspace(), "ada");
    world.table.sign_up(&a_workspace(workspace()), (&login(&first), &first)).await.unwrap();
    let again = User {
        id: UserId::derived(later(1), &["ada"]),
        login: LoginId::derived(later(1), &["ada"]),
        workspace: other_workspace(),
        ..first.clone()
    };
    let refused = world.table.sign_up(&a_workspace(other_workspace()), (&login(&again), &again)).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    assert_eq!(WorkspaceStore::ids(&world.table).await.unwrap(), vec![workspace()]);
    let second = user(other_workspace(), "bob");
    world.table.sign_up(&a_workspace(other_workspace()), (&login(&second), &second)).await.unwrap();
    let eve = user(workspace(), "eve");
    world.table.add(&login(&eve), &eve).await.unwrap();
    let bob = user(workspace(), "bob");
    assert!(matches!(world.table.add(&login(&bob), &bob).await, Err(StoreError::Conflict)));

    let opened = world.table.by_email(&first.email).await.unwrap().unwrap();
    assert_eq!((&opened.memberships, opened.rev), (&vec![Membership::of(&first)], 1));
    let mut ada = UserStore::get(&world.table, &workspace(), &first.id).await.unwrap();
    assert_eq!(ada.rev, 1);
    ada.role = Role::Admin;
    assert_eq!(UserStore::save(&world.table, &ada, &event(EventKind::UserChanged)).await.unwrap(), 2);
    assert!(matches!(
        UserStore::save(&world.table, &ada, &event(EventKind::UserChanged)).await,
        Err(StoreError::Conflict)
    ));
    let read = UserStore::get(&world.table, &workspace(), &first.id).await.unwrap();
    assert_eq!((read.role, read.rev), (Role::Admin, 2));
    assert_eq!(UserStore::list(&world.table, &workspace()).await.unwrap().len(), 2);
    let nobody = EmailAddress::parse("nobody@acme.example").unwrap();
    assert!(world.table.by_email(&nobody).await.unwrap().is_none());
}

fn domain(name: &str) -> Option<TrackingDomain> {
    let domain = TrackingDomain::new(DomainName::parse(name).unwrap(), Still.now());
    Some(TrackingDomain { state: DomainState::Works, ..domain })
}

#[tokio::test]
async fn tracking_domain_belongs_to_one_workspace_until_that_gives_it_up() {
    let world = World::new();
    let changed = event(EventKind::SettingsChanged);
    for (id, owner) in [(workspace(), "ada"), (other_workspace(), "bob")] {
        world
            .table
            .sign_up(&a_workspace(id.clone()), (&login(&user(id.clone(), owner)), &user(id, owner)))
            .await
            .unwrap();
    }
    let set = async |id: WorkspaceId, domain| {
        let read = WorkspaceStore::get(&world.table, &id).await.unwrap();
        let set = world.table.set_tracking_domain(read, domain, &changed).await.unwrap();
        let stored = WorkspaceStore::get(&world.table, &id).await.unwrap();
        set.map(|set| {
            assert_eq!((set.rev, &set.tracking.domain), (stored.rev, &stored.tracking.domain));
            stored.tracking.domain.map(|domain| domain.name.as_str().to_owned())
        })
    };
    let of = |name: &str| Ok(Some(name.to_owned()));
    let in_state =
        |state: DomainState, name: &str| domain(name).map(|domain| TrackingDomain { state, ..domain });
    let entered = |name: &str| in_state(DomainState::WaitingForDns, name);
    assert_eq!(set(other_workspace(), entered("go.acme.com")).await, of("go.acme.com"), "it is nobody's yet");
    assert_eq!(set(workspace(), domain("go.acme.com")).await, of("go.acme.com"));
    let taken = async |id: WorkspaceId, name: &str| {
        let name = DomainName::parse(name).unwrap();
        world.table.is_domain_taken(&id, &name).await.unwrap()
    };
    assert!(taken(other_workspace(), "go.acme.com").await && !taken(workspace(), "go.acme.com").await);
    assert!(!taken(other_workspace(), "go.bob.com").await);
    assert_eq!(set(other_workspace(), domain("go.bob.com")).await, of("go.bob.com"));
    assert_eq!(set(other_workspace(), domain("go.acme.com")).await, Err(DomainTaken));
    assert_eq!(set(workspace(), domain("go.acme.com")).await, of("go.acme.com"), "it is its own");
    let kept = WorkspaceStore::get(&world.table, &other_workspace()).await.unwrap();
    assert_eq!(kept.tracking.domain, domain("go.bob.com"), "a refusal changes nothing");
    assert_eq!(set(workspace(), domain("go.bob.com")).await, Err(DomainTaken), "nor gives anything up");
    assert_eq!(set(workspace(), domain("t.acme.com")).await, of("t.acme.com"));
    assert_eq!(set(other_workspace(), domain("go.acme.com")).await, of("go.acme.com"), "it was given up");
    assert_eq!(set(workspace(), None).await, Ok(None));
    assert_eq!(set(other_workspace(), domain("t.acme.com")).await, of("t.acme.com"));
    for unreached in [DomainState::OtherServer, DomainState::NotReached, DomainState::BadCertificate] {
        assert_eq!(set(other_workspace(), in_state(unreached, "t.acme.com")).await, of("t.acme.com"));
        let refused = set(workspace(), domain("t.acme.com")).await;
        assert_eq!(refused, Err(DomainTaken), "a failing answer loses no domain: {unreached:?}");
    }
    assert_eq!(
        set(other_workspace(), entered("t.acme.com")).await,
        of("t.acme.com"),
        "its record was taken away"
    );
    assert_eq!(set(workspace(), domain("t.acme.com")).await, of("t.acme.com"), "so it is taken over");
    assert_eq!(set(other_workspace(), None).await, Ok(None));
    assert!(taken(other_workspace(), "t.acme.com").await, "what is another's is not given up");
}

#[tokio::test]
async fn tracking_domain_is_claimed_with_its_workspace_or_not_at_all() {
    let world = World::new();
    let changed = event(EventKind::SettingsChanged);
    for (id, owner) in [(workspace(), "ada"), (other_workspace(), "bob")] {
        world
            .table
            .sign_up(&a_workspace(id.clone()), (&login(&user(id.clone(), owner)), &user(id, owner)))
            .await
            .unwrap();
    }
    let old = WorkspaceStore::get(&world.table, &workspace()).await.unwrap();
    WorkspaceStore::save(&world.table, &old, &changed).await.unwrap();
    let late = world.table.set_tracking_domain(old, domain("go.acme.com"), &changed).await;
    assert!(matches!(late, Err(StoreError::Conflict)));
    let other = WorkspaceStore::get(&world.table, &other_workspace()).await.unwrap();
    assert!(world.table.set_tracking_domain(other, domain("go.acme.com"), &changed).await.unwrap().is_ok());
}

#[tokio::test]
async fn two_simultaneous_first_sign_ups_both_succeed() {
    let world = World::new();
    let (ada, bob) = (user(workspace(), "ada"), user(other_workspace(), "bob"));
    let (first, second) = (a_workspace(workspace()), a_workspace(other_workspace()));
    let (of_ada, of_bob) = (login(&ada), login(&bob));
    let (a, b) = tokio::join!(
        world.table.sign_up(&first, (&of_ada, &ada)),
        world.table.sign_up(&second, (&of_bob, &bob))
    );
    a.unwrap();
    b.unwrap();
    assert_eq!(WorkspaceStore::ids(&world.table).await.unwrap().len(), 2);
}

#[tokio::test]
async fn one_of_two_simultaneous_exclusive_sign_ups_succeeds() {
    let world = World::new();
    assert_eq!(world.table.first_workspace().await.unwrap(), None);
    let (ada, bob) = (user(workspace(), "ada"), user(other_workspace(), "bob"));
    let (first, second) = (a_workspace(workspace()), a_workspace(other_workspace()));
    let (of_ada, of_bob) = (login(&ada), login(&bob));
    let (a, b) = tokio::join!(
        world.table.sign_up_first(&first, (&of_ada, &ada)),
        world.table.sign_up_first(&second, (&of_bob, &bob))
    );
    assert!(a.is_ok() != b.is_ok());
    let there = WorkspaceStore::ids(&world.table).await.unwrap();
    assert_eq!(world.table.first_workspace().await.unwrap(), there.first().cloned());
    assert_eq!(there.len(), 1);
}

#[tokio::test]
async fn workspace_is_saved_under_its_revision() {
    let world = World::new();
    let ada = user(workspace(), "ada");
    world.table.sign_up(&a_workspace(workspace()), (&login(&ada), &ada)).await.unwrap();
    let mut read = WorkspaceStore::get(&world.table, &workspace()).await.unwrap();
    read.sending = Sending::Stopped { since: later(1), until: Some(later(9)) };
    assert_eq!(
        WorkspaceStore::save(&world.table, &read, &event(EventKind::SendingStopped)).await.unwrap(),
        2
    );
    let stopped = WorkspaceStore::get(&world.table, &workspace()).await.unwrap();
    assert_eq!(stopped.sending, Sending::Stopped { since: later(1), until: Some(later(9)) });
}

fn ada_session() -> Session {
    Session {
        id: SessionId::derived(Still.now(), &["s"]),
        login: LoginId::derived(Still.now(), &["ada"]),
        workspace: workspace(),
        user: UserId::derived(Still.now(), &["ada"]),
        token_hash: "a".into(),
        former_token: None,
        credentials: 0,
        device: Some("Firefox on Linux".into()),
        created_at: Still.now(),
        proven_at: Still.now(),
        used_at: Still.now(),
        expires_at: later(86_400),
        revoked: false,
        rev: 0,
    }
}

#[test]
fn login_and_session_that_were_stored_before_there_were_passkeys_are_read() {
    let ada = LoginItem::of(&login(&user(workspace(), "ada")));
    let mut old = serde_json::to_value(ada).unwrap();
    old["second_factor"] = serde_json::json!({"secret": "sealed", "last_step": 7, "recovery_codes": ["5e"],
        "since": "2026-01-01T00:00:00Z"});
    let read: LoginItem = serde_json::from_value(old).unwrap();
    assert_eq!(read.into_entity(1).authenticator.unwrap().secret, "sealed");
    let mut old = serde_json::to_value(SessionItem::of(&ada_session())).unwrap();
    old.as_object_mut().unwrap().remove("proven_at").unwrap();
    let read: SessionItem = serde_json::from_value(old).unwrap();
    assert_eq!(read.into_entity(1).proven_at, Timestamp::UNIX_EPOCH);
}

#[tokio::test]
async fn session_is_saved_under_its_revision() {
    let world = World::new();
    let session = ada_session();
    assert_eq!(world.table.save_session(&session).await.unwrap(), 1);
    let next = Session { token_hash: "b".into(), rev: 1, ..session.clone() };
    assert_eq!(world.table.save_session(&next).await.unwrap(), 2);
    assert!(matches!(world.table.save_session(&next).await, Err(StoreError::Conflict)));
    let read = world.table.session(&session.login, &session.id).await.unwrap();
    assert_eq!((read.token_hash.as_str(), read.rev, read.expires_at), ("b", 2, later(86_400)));
    let listed = world.table.sessions(&session.login).await.unwrap();
    assert_eq!(listed.iter().map(|session| &session.id).collect::<Vec<_>>(), [&session.id]);
    assert!(world.table.sessions(&LoginId::derived(Still.now(), &["bob"])).await.unwrap().is_empty());
}

#[tokio::test]
async fn login_opens_a_second_workspace_with_its_user_or_not_at_all() {
    let world = World::new();
    let ada = user(workspace(), "ada");
    world.table.sign_up(&a_workspace(workspace()), (&login(&ada), &ada)).await.unwrap();
    let there = User { id: UserId::derived(later(1), &["ada"]), workspace: other_workspace(), ..ada.clone() };
    let mut opened = world.table.login(&ada.login).await.unwrap();
    opened.put_first(Membership::of(&there));
    world.table.add(&opened, &there).await.unwrap();
    let again = User { id: UserId::derived(later(2), &["ada"]), ..there.clone() };
    assert!(matches!(world.table.add(&opened, &again).await, Err(StoreError::Conflict)), "a stale login");
    assert_eq!(UserStore::list(&world.table, &other_workspace()).await.unwrap().len(), 1);
    let stored = world.table.login(&ada.login).await.unwrap();
    assert_eq!((stored.memberships, stored.rev), (vec![Membership::of(&there), Membership::of(&ada)], 2));
}

#[tokio::test]
async fn new_password_is_stored_with_its_user_or_not_at_all() {
    let world = World::new();
    let ada = user(workspace(), "ada");
    world.table.sign_up(&a_workspace(workspace()), (&login(&ada), &ada)).await.unwrap();
    let opened = world.table.login(&ada.login).await.unwrap();
    let kept = UserStore::get(&world.table, &workspace(), &ada.id).await.unwrap();
    let changed = Login { credentials: 1, ..opened };
    let event = event(EventKind::PasswordChanged);
    world.table.save_login_of(&changed, &kept, &event).await.unwrap();
    let stale = Login { credentials: 2, rev: 2, ..changed };
    let refused = world.table.save_login_of(&stale, &kept, &event).await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "the user was changed meanwhile");
    assert_eq!(world.table.login(&ada.login).await.unwrap().credentials, 1);
}

#[tokio::test]
async fn api_key_is_found_by_its_digest_and_a_noted_use_leaves_its_revision() {
    let world = World::new();
    let key = ApiKey {
        id: ApiKeyId::derived(Still.now(), &["k"]),
        workspace: workspace(),
        name: "Website form".into(),
        prefix: "lf_01020304".into(),
        secret_hash: "5e".repeat(32),
        scopes: BTreeSet::from([ApiScope::LeadsRead, ApiScope::LeadsWrite]),
        requests_per_minute: 60,
        created_by: UserId::derived(Still.now(), &["ada"]),
        created_at: Still.now(),
        expires_at: Some(later(86_400)),
        revoked_at: None,
        last_used_at: None,
        rev: 0,
    };
    let keys: &dyn ApiKeyStore = &world.table;
    keys.create(&key, &event(EventKind::ApiKeyCreated)).await.unwrap();
    let twice = keys.create(&key, &event(EventKind::ApiKeyCreated)).await;
    assert!(matches!(twice, Err(StoreError::Conflict)));
    assert!(keys.by_hash(&"5f".repeat(32)).await.unwrap().is_none());
    let read = keys.by_hash(&key.secret_hash).await.unwrap().unwrap();
    assert_eq!((read.rev, &read.scopes, read.expires_at), (1, &key.scopes, key.expires_at));
    keys.note_use(&read, later(3_600)).await.unwrap();
    // An earlier use that was noted late changes nothing.
    keys.note_use(&read, later(60)).await.unwrap();
    let revoked = ApiKey { revoked_at: Some(later(7_200)), ..keys.get(&workspace(), &key.id).await.unwrap() };
    assert_eq!((revoked.rev, revoked.last_used_at), (1, Some(later(3_600))));
    assert_eq!(keys.save(&revoked, &event(EventKind::ApiKeyRevoked)).await.unwrap(), 2);
    let stale = keys.save(&revoked, &event(EventKind::ApiKeyRevoked)).await;
    assert!(matches!(stale, Err(StoreError::Conflict)));
    assert_eq!(keys.by_hash(&key.secret_hash).await.unwrap().unwrap().revoked_at, Some(later(7_200)));
    assert!(keys.list(&other_workspace()).await.unwrap().is_empty());
    assert_eq!(keys.list(&workspace()).await.unwrap().len(), 1);
}
