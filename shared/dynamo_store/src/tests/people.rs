use super::*;
use application::StoreError;
use application::ports::users::UserStore;
use application::ports::workspaces::WorkspaceStore;
use domain::contact::country::Country;
use domain::money::Currency;
use domain::workspace::user::{Role, Session, User};
use domain::workspace::{Company, Sending, Workspace};
use domain::{SessionId, UserId};

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
        company_hold_days: 0,
        created_at: Still.now(),
        rev: 0,
    }
}

pub(crate) fn user(workspace: WorkspaceId, name: &str) -> User {
    User {
        id: UserId::derived(Still.now(), &[name]),
        workspace,
        email: EmailAddress::parse(&format!("{name}@acme.example")).unwrap(),
        name: name.into(),
        role: Role::Owner,
        password_hash: "$argon2id$…".into(),
        credentials: 0,
        created_at: Still.now(),
        disabled: false,
        rev: 0,
    }
}

#[tokio::test]
async fn address_signs_up_once_in_the_whole_installation() {
    let world = World::new();
    let first = user(workspace(), "ada");
    world.table.sign_up(&a_workspace(workspace()), &first).await.unwrap();
    let again =
        User { id: UserId::derived(later(1), &["ada"]), workspace: other_workspace(), ..first.clone() };
    let refused = world.table.sign_up(&a_workspace(other_workspace()), &again).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    assert_eq!(WorkspaceStore::ids(&world.table).await.unwrap(), vec![workspace()]);
    let second = user(other_workspace(), "bob");
    world.table.sign_up(&a_workspace(other_workspace()), &second).await.unwrap();
    world.table.add(&user(workspace(), "eve")).await.unwrap();
    assert!(matches!(world.table.add(&user(workspace(), "bob")).await, Err(StoreError::Conflict)));

    let mut ada = world.table.by_email(&first.email).await.unwrap().unwrap();
    assert_eq!((ada.id.clone(), ada.workspace.clone(), ada.rev), (first.id.clone(), workspace(), 1));
    ada.role = Role::Admin;
    assert_eq!(UserStore::save(&world.table, &ada).await.unwrap(), 2);
    assert!(matches!(UserStore::save(&world.table, &ada).await, Err(StoreError::Conflict)));
    let read = UserStore::get(&world.table, &workspace(), &first.id).await.unwrap();
    assert_eq!((read.role, read.rev), (Role::Admin, 2));
    assert_eq!(UserStore::list(&world.table, &workspace()).await.unwrap().len(), 2);
    let nobody = EmailAddress::parse("nobody@acme.example").unwrap();
    assert!(world.table.by_email(&nobody).await.unwrap().is_none());
}

#[tokio::test]
async fn two_simultaneous_first_sign_ups_both_succeed() {
    let world = World::new();
    let (ada, bob) = (user(workspace(), "ada"), user(other_workspace(), "bob"));
    let (first, second) = (a_workspace(workspace()), a_workspace(other_workspace()));
    let (a, b) = tokio::join!(world.table.sign_up(&first, &ada), world.table.sign_up(&second, &bob));
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
    let (a, b) =
        tokio::join!(world.table.sign_up_first(&first, &ada), world.table.sign_up_first(&second, &bob));
    assert!(a.is_ok() != b.is_ok());
    let there = WorkspaceStore::ids(&world.table).await.unwrap();
    assert_eq!(world.table.first_workspace().await.unwrap(), there.first().cloned());
    assert_eq!(there.len(), 1);
}

#[tokio::test]
async fn workspace_is_saved_under_its_revision() {
    let world = World::new();
    world.table.sign_up(&a_workspace(workspace()), &user(workspace(), "ada")).await.unwrap();
    let mut read = WorkspaceStore::get(&world.table, &workspace()).await.unwrap();
    read.sending = Sending::Stopped { since: later(1), until: Some(later(9)) };
    assert_eq!(
        WorkspaceStore::save(&world.table, &read, &event(EventKind::SendingStopped)).await.unwrap(),
        2
    );
    let stopped = WorkspaceStore::get(&world.table, &workspace()).await.unwrap();
    assert_eq!(stopped.sending, Sending::Stopped { since: later(1), until: Some(later(9)) });
}

#[tokio::test]
async fn session_is_saved_under_its_revision() {
    let world = World::new();
    let session = Session {
        id: SessionId::derived(Still.now(), &["s"]),
        workspace: workspace(),
        user: UserId::derived(Still.now(), &["ada"]),
        token_hash: "a".into(),
        credentials: 0,
        created_at: Still.now(),
        expires_at: later(86_400),
        revoked: false,
        rev: 0,
    };
    assert_eq!(world.table.save_session(&session).await.unwrap(), 1);
    let next = Session { token_hash: "b".into(), rev: 1, ..session.clone() };
    assert_eq!(world.table.save_session(&next).await.unwrap(), 2);
    assert!(matches!(world.table.save_session(&next).await, Err(StoreError::Conflict)));
    let read = world.table.session(&session.id).await.unwrap();
    assert_eq!((read.token_hash.as_str(), read.rev, read.expires_at), ("b", 2, later(86_400)));
}
