use super::*;
use application::ports::accounts::AccountStore;
use application::ports::circuit_breakers::BreakerStore;
use application::ports::imports::ImportStore;
use application::ports::mailbox_readings::MailboxReadingStore;
use application::ports::notifications::NotificationStore;
use application::ports::preview_pages::PreviewStore;
use application::ports::sequences::SequenceStore;
use application::ports::suppressions::SuppressionStore;
use application::ports::templates::TemplateStore;
use application::{PageRequest, StoreError};
use domain::capacity::circuit_breaker::Breaker;
use domain::contact::channel::Channel;
use domain::import::{DuplicatePolicy, FileFormat, Import, ImportCounts, ImportOptions, ImportState};
use domain::lead::attributes::Target;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::sequence::rollout;
use domain::sequence::rollout::{People, Rollout, StepMapping};
use domain::sequence::step_kind::StepKind;
use domain::sequence::template::Template;
use domain::sequence::{Patch, Sequence, Step, VersionRecord};
use domain::time::delay::{Delay, DelayUnit};
use domain::time::weekly_hours::SendingWindow;
use domain::workspace::account::{Account, AccountSettings};
use domain::workspace::mailbox_push::PushSubscription;
use domain::workspace::mailbox_reading::{FailingMail, MailboxReading};
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::preview_page::PreviewPage;
use domain::{AccountId, CampaignId, ImportId, NotificationId, RolloutId, StepId, TemplateId, UserId};
use local_cloud::Moment;
use std::collections::BTreeSet;

fn mail(subject: &str) -> StepKind {
    StepKind::Email { subject: subject.into(), body: "…".into(), template: None, variants: Vec::new() }
}

pub(crate) fn sequence() -> Sequence {
    Sequence {
        id: SequenceId::derived(Still.now(), &["sequence"]),
        workspace: workspace(),
        name: "Restaurants".into(),
        version: 1,
        steps: vec![Step {
            id: StepId::derived(Still.now(), &["step"]),
            delay: Delay { amount: 2, unit: DelayUnit::WorkingDays },
            not_before: None,
            not_after: None,
            kind: mail("Hello {{first_name}}"),
        }],
        window: SendingWindow::default(),
        archived: false,
        created_at: Still.now(),
        updated_at: Still.now(),
        rev: 0,
    }
}

#[tokio::test]
async fn version_of_a_sequence_stays_when_the_sequence_changes() {
    let world = World::new();
    let mut sequence = sequence();
    sequence.rev =
        SequenceStore::save(&world.table, &sequence, &event(EventKind::SequenceCreated)).await.unwrap();
    let first = sequence.pinned();
    sequence.steps[0].kind = mail("Changed without a new number");
    sequence.rev =
        SequenceStore::save(&world.table, &sequence, &event(EventKind::SequenceChanged)).await.unwrap();
    assert_eq!(world.table.version(&workspace(), &sequence.id, 1).await.unwrap(), first);
    sequence.version = 2;
    sequence.rev =
        SequenceStore::save(&world.table, &sequence, &event(EventKind::SequenceChanged)).await.unwrap();
    assert_eq!(world.table.version(&workspace(), &sequence.id, 2).await.unwrap(), sequence.pinned());
    assert_eq!(SequenceStore::get(&world.table, &workspace(), &sequence.id).await.unwrap(), sequence);
    assert_eq!(SequenceStore::list(&world.table, &workspace()).await.unwrap(), vec![sequence.clone()]);
    let missing = world.table.version(&workspace(), &sequence.id, 3).await;
    assert!(matches!(missing, Err(StoreError::NotFound)));
    let stale = Sequence { rev: 1, version: 3, ..sequence };
    let refused = SequenceStore::save(&world.table, &stale, &event(EventKind::SequenceChanged)).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
}

#[tokio::test]
async fn template_is_stored_and_deleted() {
    let world = World::new();
    let mut template = Template {
        id: TemplateId::derived(Still.now(), &["t"]),
        workspace: workspace(),
        name: "First touch".into(),
        category: "Cold".into(),
        channel: Channel::Sms,
        subject: String::new(),
        body: "Hello".into(),
        favourite: true,
        created_at: Still.now(),
        updated_at: Still.now(),
        rev: 0,
    };
    template.rev =
        TemplateStore::save(&world.table, &template, &event(EventKind::TemplateCreated)).await.unwrap();
    assert_eq!(TemplateStore::get(&world.table, &workspace(), &template.id).await.unwrap(), template);
    let deleted = event(EventKind::TemplateDeleted);
    TemplateStore::delete(&world.table, &template, &deleted).await.unwrap();
    assert!(TemplateStore::list(&world.table, &workspace()).await.unwrap().is_empty());
}

pub(crate) fn suppression(n: usize) -> Suppression {
    Suppression {
        workspace: workspace(),
        scope: SuppressionScope::Email(format!("person{n}@example.com")),
        reason: SuppressionReason::OptedOut,
        source: Some("msg".into()),
        created_by: None,
        created_at: Still.now(),
        expires_at: None,
        sign: None,
    }
}

#[tokio::test]
async fn suppressed_address_keeps_its_first_reason() {
    let world = World::new();
    let (first, put) = (suppression(1), event(EventKind::AddressSuppressed));
    SuppressionStore::put(&world.table, &first, &put).await.unwrap();
    let second = Suppression { reason: SuppressionReason::Manual, ..first.clone() };
    SuppressionStore::put(&world.table, &second, &put).await.unwrap();
    let scopes = [
        SuppressionScope::Domain("example.com".into()),
        first.scope.clone(),
        SuppressionScope::Phone("+15185196001".into()),
    ];
    assert_eq!(
        SuppressionStore::find(&world.table, &workspace(), &scopes).await.unwrap(),
        vec![first.clone()]
    );
    assert!(SuppressionStore::find(&world.table, &other_workspace(), &scopes).await.unwrap().is_empty());

    for n in 2..12 {
        SuppressionStore::put(&world.table, &suppression(n), &put).await.unwrap();
    }
    let (mut count, mut cursor) = (0, None);
    loop {
        let page = PageRequest { limit: 4, cursor };
        let page = SuppressionStore::list(&world.table, &workspace(), page).await.unwrap();
        count += page.items.len();
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(count, 11);
    let lifted = event(EventKind::SuppressionLifted);
    SuppressionStore::lift(&world.table, &first, &lifted).await.unwrap();
    assert!(SuppressionStore::find(&world.table, &workspace(), &scopes).await.unwrap().is_empty());
    let again = SuppressionStore::lift(&world.table, &first, &lifted).await;
    assert!(matches!(again, Err(StoreError::NotFound)), "{again:?}");
}

/// A user who removes the entry that they read does not remove what the lead has said since.
#[tokio::test]
async fn lift_fails_when_the_address_was_suppressed_again_since_it_was_read() {
    use SuppressionReason::{HardBounce, Manual, OptedOut};
    let (put, lifted) = (event(EventKind::AddressSuppressed), event(EventKind::SuppressionLifted));
    for (was, is) in [(HardBounce, OptedOut), (Manual, OptedOut), (OptedOut, OptedOut)] {
        for meanwhile in [false, true] {
            let world = World::new();
            let read = Suppression { reason: was, ..suppression(1) };
            let since = Suppression { reason: is, created_at: later(60), ..suppression(1) };
            SuppressionStore::put(&world.table, &read, &put).await.unwrap();
            let table = world.table.clone();
            let (anew, event) = (since.clone(), put.clone());
            let listed_anew = async move { SuppressionStore::put(&table, &anew, &event).await.unwrap() };
            if meanwhile {
                let once = std::sync::Mutex::new(Some(listed_anew));
                world.cloud.faults().hold_up(move |moment, call| {
                    let is_it = moment == Moment::Before && call.operation == "DeleteItem";
                    let happens = if is_it { once.lock().unwrap().take() } else { None };
                    happens.map(|happens| Box::pin(happens) as _)
                });
            } else {
                listed_anew.await;
            }
            let answer = SuppressionStore::lift(&world.table, &read, &lifted).await;
            assert!(matches!(answer, Err(StoreError::Conflict)), "{was:?} {is:?}: {answer:?}");
            let scopes = [since.scope.clone()];
            let there = SuppressionStore::find(&world.table, &workspace(), &scopes).await.unwrap();
            assert_eq!((there[0].reason, there[0].created_at), (since.reason, since.created_at));
        }
    }
}

#[tokio::test]
async fn stronger_suppression_replaces_a_weaker_one() {
    use SuppressionReason::{Complaint, HardBounce, Manual, OptedOut};
    let world = World::new();
    let put = event(EventKind::AddressSuppressed);
    let ends = Some(later(86_400));
    for (reason, expires_at, kept, kept_ends) in [
        (HardBounce, ends, HardBounce, ends),
        (HardBounce, None, HardBounce, None),
        (HardBounce, ends, HardBounce, None),
        (Manual, None, Manual, None),
        (OptedOut, None, OptedOut, None),
        (Complaint, None, OptedOut, None),
        (Manual, None, OptedOut, None),
        (HardBounce, None, OptedOut, None),
    ] {
        let entry = Suppression { reason, expires_at, ..suppression(1) };
        SuppressionStore::put(&world.table, &entry, &put).await.unwrap();
        let scopes = std::slice::from_ref(&entry.scope);
        let found = SuppressionStore::find(&world.table, &workspace(), scopes).await.unwrap();
        assert_eq!((found[0].reason, found[0].expires_at), (kept, kept_ends), "{reason:?}");
    }
}

#[tokio::test]
async fn repeated_opt_out_counts_from_the_later_time() {
    let world = World::new();
    let put = event(EventKind::AddressSuppressed);
    for (said, kept) in [(60, 60), (120, 120), (90, 120)] {
        let entry = Suppression { created_at: later(said), ..suppression(1) };
        SuppressionStore::put(&world.table, &entry, &put).await.unwrap();
        let scopes = std::slice::from_ref(&entry.scope);
        let found = SuppressionStore::find(&world.table, &workspace(), scopes).await.unwrap();
        assert_eq!(found[0].created_at, later(kept));
    }
}

#[tokio::test]
async fn number_suppressed_by_a_user_stays_theirs_in_either_order() {
    let put = event(EventKind::AddressSuppressed);
    let scope = SuppressionScope::Phone("+493012345".to_owned());
    let said = Suppression {
        scope: scope.clone(),
        reason: SuppressionReason::OptedOut,
        created_by: None,
        expires_at: None,
        ..suppression(1)
    };
    let by = UserId::derived(Still.now(), &["maya"]);
    let listed = Suppression {
        reason: SuppressionReason::Manual,
        created_by: Some(by.clone().into()),
        ..said.clone()
    };
    for order in [[&said, &listed], [&listed, &said]] {
        let world = World::new();
        for entry in order {
            SuppressionStore::put(&world.table, entry, &put).await.unwrap();
        }
        let scopes = std::slice::from_ref(&scope);
        let found = SuppressionStore::find(&world.table, &workspace(), scopes).await.unwrap();
        assert_eq!(
            (found[0].reason, &found[0].created_by),
            (SuppressionReason::OptedOut, &Some(by.clone().into()))
        );
    }
}

pub(crate) fn import() -> Import {
    Import {
        id: ImportId::derived(Still.now(), &["import"]),
        workspace: workspace(),
        file_name: "leads.csv".into(),
        size_bytes: 120_000,
        content_hash: "abc".into(),
        state: ImportState::Mapped,
        format: Some(FileFormat::Csv {
            delimiter: ';',
            encoding: "windows-1252".into(),
            encoding_sure: true,
            header: true,
            lines_above: 0,
        }),
        columns: vec![domain::import::Column {
            header: "E-Mail".into(),
            samples: vec!["a@example.com".into()],
            target: Some(Target::Email),
            fits: 1,
            of: 1,
            ..Default::default()
        }],
        fits_whole: true,
        phone_question: None,
        options: ImportOptions {
            default_country: domain::contact::country::Country::parse("US"),
            country_chosen: true,
            duplicates: DuplicatePolicy::Skip,
            tag: None,
            consent_basis: None,
            consent: Default::default(),
            enrich: true,
            campaign: None,
            values: domain::import::ValueOptions::default(),
        },
        counts: ImportCounts { rows: 3, ..ImportCounts::default() },
        chunks: 1,
        chunks_done: 0,
        failure: None,
        created_by: None,
        created_at: Still.now(),
        finished_at: None,
        sees: None,
        rev: 0,
    }
}

#[tokio::test]
async fn import_is_saved_under_its_revision() {
    let world = World::new();
    let mut import = import();
    import.rev = ImportStore::save(&world.table, &import, &event(EventKind::ImportCreated)).await.unwrap();
    assert_eq!(ImportStore::get(&world.table, &workspace(), &import.id).await.unwrap(), import);
    assert_eq!(ImportStore::list(&world.table, &workspace()).await.unwrap(), vec![import]);
}

#[tokio::test]
async fn notifications_of_user_and_workspace_are_read_as_one() {
    let world = World::new();
    let users = [UserId::derived(Still.now(), &["a"]), UserId::derived(Still.now(), &["b"])];
    let note = |n: i64| Notification {
        id: NotificationId::derived(later(n), &["n"]),
        workspace: workspace(),
        user: [Some(users[0].clone()), Some(users[1].clone()), None][n as usize % 3].clone(),
        kind: NotificationKind::HotLead,
        title: format!("note {n}"),
        detail: String::new(),
        lead: None,
        created_at: later(n),
        read_at: None,
    };
    for n in (0..9).chain([4]) {
        NotificationStore::put(&world.table, &note(n), &event(EventKind::NotificationCreated)).await.unwrap();
    }
    let list = |cursor| {
        let (table, user) = (world.table.clone(), users[0].clone());
        async move {
            let page = PageRequest { limit: 4, cursor };
            NotificationStore::list(&table, &workspace(), &user, page).await.unwrap()
        }
    };
    let titles = |page: &application::Page<Notification>| {
        page.items.iter().map(|note| note.title.clone()).collect::<Vec<_>>()
    };
    let first = list(None).await;
    assert_eq!(titles(&first), ["note 8", "note 6", "note 5", "note 3"]);
    let second = list(first.next_cursor).await;
    assert_eq!((titles(&second), second.next_cursor), (vec!["note 2".into(), "note 0".into()], None));

    let ids = [note(8).id, note(6).id, note(7).id];
    world.table.mark_read(&workspace(), &users[0], &ids, later(60)).await.unwrap();
    world.table.mark_read(&workspace(), &users[0], &ids, later(90)).await.unwrap();
    let read: Vec<_> = list(None).await.items.iter().filter_map(|note| note.read_at).collect();
    assert_eq!(read, [later(60), later(60)]);
}

#[tokio::test]
async fn preview_page_is_found_by_token_and_by_lead() {
    let world = World::new();
    let page = PreviewPage {
        token: "AbCd_1234".into(),
        workspace: workspace(),
        lead: lead(1).id,
        created_at: Still.now(),
        expires_at: later(86_400),
        revoked: false,
    };
    PreviewStore::create(&world.table, &page).await.unwrap();
    let second = PreviewPage { token: "other".into(), ..page.clone() };
    assert!(matches!(PreviewStore::create(&world.table, &second).await, Err(StoreError::Conflict)));
    assert_eq!(world.table.by_token("AbCd_1234").await.unwrap(), page);
    assert!(matches!(world.table.by_token("other").await, Err(StoreError::NotFound)));
    assert_eq!(world.table.of_lead(&workspace(), &page.lead).await.unwrap(), Some(page.clone()));
    world.table.revoke(&workspace(), &page.lead).await.unwrap();
    assert!(world.table.by_token("AbCd_1234").await.unwrap().revoked);
    world.table.reopen(&workspace(), &page.lead, later(200_000)).await.unwrap();
    let open = PreviewPage { expires_at: later(200_000), ..page.clone() };
    assert_eq!(world.table.by_token("AbCd_1234").await.unwrap(), open);
    let nobody = lead(2).id;
    assert!(matches!(world.table.reopen(&workspace(), &nobody, later(1)).await, Err(StoreError::NotFound)));
}

pub(crate) fn account(name: &str, settings: AccountSettings) -> Account {
    Account {
        id: AccountId::derived(Still.now(), &[name]),
        workspace: workspace(),
        name: name.into(),
        settings,
        sealed_secret: "sealed".into(),
        hours: None,
        limits: None,
        enabled: true,
        pause: None,
        works_since: Some(Still.now()),
        last_error: None,
        created_at: Still.now(),
        rev: 0,
    }
}

pub(crate) fn inbound(addresses: &[&str]) -> AccountSettings {
    let parse = |address: &&str| EmailAddress::parse(address).unwrap();
    AccountSettings::InboundEmail {
        addresses: addresses.iter().map(parse).collect(),
        via: Default::default(),
        topic_arn: None,
        public_keys: Vec::new(),
    }
}

#[tokio::test]
async fn account_is_found_by_id_and_by_its_external_id() {
    let world = World::new();
    let mut first = account("first", inbound(&["in@acme.example", "re@acme.example"]));
    first.rev = AccountStore::save(&world.table, &first, &event(EventKind::AccountCreated)).await.unwrap();
    assert_eq!(world.table.workspace_of(&first.id).await.unwrap(), workspace());
    let by_external_id = |account: &'static str| {
        let table = world.table.clone();
        async move {
            let named = table.by_external_id("inbound_email", account).await.unwrap();
            named.into_iter().map(|(_, id)| id).collect::<BTreeSet<_>>()
        }
    };
    assert_eq!(by_external_id("in@acme.example").await, BTreeSet::from([first.id.clone()]));

    let second = account("second", inbound(&["in@acme.example", "new@acme.example"]));
    AccountStore::save(&world.table, &second, &event(EventKind::AccountCreated)).await.unwrap();
    let both = BTreeSet::from([first.id.clone(), second.id.clone()]);
    assert_eq!(
        by_external_id("in@acme.example").await,
        both,
        "nobody keeps an account for themselves by naming it first"
    );
    assert_eq!(by_external_id("new@acme.example").await, BTreeSet::from([second.id.clone()]));

    first.settings = inbound(&["in@acme.example"]);
    AccountStore::save(&world.table, &first, &event(EventKind::AccountChanged)).await.unwrap();
    assert!(by_external_id("re@acme.example").await.is_empty());
    let removed = event(EventKind::AccountDeleted);
    AccountStore::delete(&world.table, &workspace(), &first.id, &removed).await.unwrap();
    assert_eq!(by_external_id("in@acme.example").await, BTreeSet::from([second.id.clone()]));
    assert!(matches!(world.table.workspace_of(&first.id).await, Err(StoreError::NotFound)));
    assert_eq!(AccountStore::list(&world.table, &workspace()).await.unwrap().len(), 1);
}

pub(crate) fn breaker() -> Breaker {
    let account = account("outbox", inbound(&["in@acme.example"])).id;
    let mut breaker = Breaker::closed(workspace(), account);
    while !breaker.is_down() {
        breaker.failed(false, None, None, Still.now());
    }
    breaker
}

#[tokio::test]
async fn breaker_is_saved_under_its_revision() {
    let world = World::new();
    let (breaker, event) = (breaker(), event(EventKind::ProviderDown));
    let read = || BreakerStore::get(&world.table, &breaker.workspace, &breaker.account);
    assert_eq!(read().await.unwrap(), None);
    let rev = BreakerStore::save(&world.table, &breaker, &event).await.unwrap();
    let again = BreakerStore::save(&world.table, &breaker, &event).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "somebody else was first");
    let stored = Breaker { rev, ..breaker.clone() };
    assert_eq!(read().await.unwrap(), Some(stored.clone()));
    BreakerStore::save(&world.table, &stored, &event).await.unwrap();
    assert!(matches!(BreakerStore::save(&world.table, &stored, &event).await, Err(StoreError::Conflict)));
    assert_eq!(BreakerStore::list(&world.table, &workspace()).await.unwrap().len(), 1);
    BreakerStore::forget(&world.table, &breaker.workspace, &breaker.account).await.unwrap();
    assert_eq!(read().await.unwrap(), None);
}

pub(crate) fn mailbox_reading() -> MailboxReading {
    let account = account("outbox", inbound(&["in@acme.example"])).id;
    let mut reading =
        MailboxReading::begin(workspace(), account, "imap.acme.example".to_owned(), Still.now());
    reading.take_lease(Still.now(), None);
    reading.note_page("cursor".to_owned(), true, Still.now());
    reading.note_failure("not reached", false, Still.now());
    reading
}

#[tokio::test]
async fn mailbox_reading_is_saved_under_its_revision() {
    let world = World::new();
    let reading = MailboxReading {
        failing: vec![FailingMail { mail: "0a1b2c3d4e5f6071".to_owned(), polls: 2 }],
        push: Some(PushSubscription {
            id: "s1".to_owned(),
            expires_at: Still.now(),
            url: "https://leadflow.example/notices".to_owned(),
        }),
        push_retry_at: Some(Still.now()),
        ..mailbox_reading()
    };
    let read = || MailboxReadingStore::get(&world.table, &reading.workspace, &reading.account);
    assert_eq!(read().await.unwrap(), None);
    let rev = MailboxReadingStore::save(&world.table, &reading).await.unwrap();
    let again = MailboxReadingStore::save(&world.table, &reading).await;
    assert!(matches!(again, Err(StoreError::Conflict)), "another function was first");
    assert_eq!(read().await.unwrap(), Some(MailboxReading { rev, ..reading.clone() }));
    assert_eq!(MailboxReadingStore::list(&world.table, &workspace()).await.unwrap().len(), 1);
    MailboxReadingStore::forget(&world.table, &reading.workspace, &reading.account).await.unwrap();
    assert_eq!(read().await.unwrap(), None);
}

pub(crate) fn version() -> VersionRecord {
    VersionRecord {
        workspace: workspace(),
        version: sequence().pinned(),
        made_at: Still.now(),
        made_by: Some(UserId::derived(Still.now(), &["ada"]).into()),
        patches: vec![],
        promoted: vec![],
        rev: 0,
    }
}

pub(crate) fn rollout() -> Rollout {
    let step = |name: &str| StepId::derived(Still.now(), &[name]);
    let mapping =
        [(step("gone"), rollout::StepTarget::Step(step("step"))), (step("last"), rollout::StepTarget::Exit)];
    Rollout {
        id: RolloutId::derived(Still.now(), &["rollout"]),
        workspace: workspace(),
        sequence: sequence().id,
        version: 2,
        people: People::Now,
        mapping: StepMapping(mapping.into()),
        campaigns: vec![CampaignId::derived(Still.now(), &["spring"])],
        under_way: 412,
        by: UserId::derived(Still.now(), &["ada"]),
        ordered_at: Still.now(),
        finished_at: None,
        rev: 0,
    }
}

#[tokio::test]
async fn patch_changes_the_texts_of_a_version_and_its_sequence_together_or_not_at_all() {
    let world = World::new();
    let mut sequence = sequence();
    sequence.rev =
        SequenceStore::save(&world.table, &sequence, &event(EventKind::SequenceCreated)).await.unwrap();
    let mut record = world.table.version_record(&workspace(), &sequence.id, 1).await.unwrap();
    assert_eq!((&record.version, record.patches.len()), (&sequence.pinned(), 0));
    let before = record.version.steps.clone();
    sequence.steps[0].kind = mail("Good morning {{first_name}}");
    record.version = sequence.pinned();
    let by = UserId::derived(Still.now(), &["ada"]);
    record.patches.push(Patch { at: Still.now(), by: Some(by.into()), before });
    let stale = Sequence { rev: 7, ..sequence.clone() };
    let refused = world.table.patch(&record, Some(&stale), &event(EventKind::SequencePatched)).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));
    assert!(world.table.version_record(&workspace(), &sequence.id, 1).await.unwrap().patches.is_empty());
    world.table.patch(&record, Some(&sequence), &event(EventKind::SequencePatched)).await.unwrap();
    assert_eq!(world.table.version(&workspace(), &sequence.id, 1).await.unwrap(), sequence.pinned());
    let shown = SequenceStore::get(&world.table, &workspace(), &sequence.id).await.unwrap();
    assert_eq!((shown.steps, shown.rev), (sequence.steps.clone(), 2));
    let next = Sequence { version: 2, rev: 2, ..sequence.clone() };
    SequenceStore::save(&world.table, &next, &event(EventKind::SequenceChanged)).await.unwrap();
    let versions = world.table.versions(&workspace(), &sequence.id).await.unwrap();
    let patches: Vec<_> = versions.iter().map(|of| (of.version.version, of.patches.len())).collect();
    assert_eq!(patches, [(2, 0), (1, 1)]);
}

#[tokio::test]
async fn rollouts_are_listed_newest_first_and_apart_from_versions() {
    let world = World::new();
    let first = rollout();
    let second = Rollout { id: RolloutId::derived(later(60), &["second"]), ..first.clone() };
    for one in [&first, &second] {
        assert_eq!(world.table.save_rollout(one, &event(EventKind::RolloutOrdered)).await.unwrap(), 1);
    }
    let ids = |found: Vec<Rollout>| found.into_iter().map(|one| one.id).collect::<Vec<_>>();
    let latest = world.table.rollouts(&workspace(), &first.sequence, 20).await.unwrap();
    assert_eq!(ids(latest), [second.id.clone(), first.id.clone()]);
    let one = world.table.rollouts(&workspace(), &first.sequence, 1).await.unwrap();
    assert_eq!(ids(one), [second.id]);
    let read = world.table.rollout(&workspace(), &first.sequence, &first.id).await.unwrap();
    assert_eq!(read, Rollout { rev: 1, ..first.clone() });
    assert!(world.table.versions(&workspace(), &first.sequence).await.unwrap().is_empty());
}
