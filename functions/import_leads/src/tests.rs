//! A file becomes leads once, whatever is repeated, with the counts of its dry run.

mod opt_outs;

use crate::{App, handle};
use application::Clock;
use application::PageRequest;
use application::Ports;
use application::imports::commit::{Committed, commit_part};
use application::lead::deletion::{DeletionPorts, delete_lead};
use application::lead::list::LeadLists;
use application::ports::imports::blob_keys;
use application::ports::leads::{LeadQuery, LeadSort};
use application::ports::outbox::send_all;
use application::queue_messages::{ImportLeads, Queue};
use domain::campaign::CampaignState;
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::enrolment::EnrolmentState;
use domain::enrolment::reasons::EndReason;
use domain::event::{Event, EventKind};
use domain::import::detect::detect;
use domain::import::field_columns::propose_fields;
use domain::import::{
    BadValues, DuplicatePolicy, Import, ImportCounts, ImportOptions, ImportState, RowProblem,
};
use domain::lead::Lead;
use domain::lead::consent::ConsentBasis;
use domain::lead::custom_field::{CustomField, FieldKind};
use domain::lead::routing::{OwnerChoice, RoutedHow, Routing};
use domain::lead::scope::LeadScope;
use domain::lead::suppression::{Suppression, SuppressionReason, SuppressionScope};
use domain::workspace::login::Login;
use domain::workspace::own_phone::PhoneProof;
use domain::workspace::user::{Role, User};
use domain::{CustomFieldId, ImportId, LoginId, UserId, WorkspaceId};
use queue_consumer::{Handler, queue_handler};
use std::sync::Arc;
use test_stage::Stage;

const FILE: &str = "email,first name,phone,city\n\
    ann@one.example,Ann,(518) 519-6001,Troy\n\
    bob@two.example,Bob,not a phone,Albany\n\
    ANN@one.example,Annie,,Troy\n\
    nobody,Nobody,,\n\
    gone@three.example,Gone,,Utica\n\
    ,Cy,(518) 519-6002,Troy\n\
    dee@four.example,Dee,(518) 519-6002,Troy\n\
    ,Ed,(518) 519-6001,Troy\n";

struct Scene {
    stage: Stage,
    workspace: WorkspaceId,
    user: UserId,
    app: Arc<App>,
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let (workspace, user) = stage.workspace("northquay").await;
        let mut app = App::new(&stage.ports);
        app.commit.rows_a_part = 3;
        let scene = Self { stage, workspace, user, app: Arc::new(app) };
        scene.list("gone@three.example").await;
        scene
    }

    async fn list(&self, email: &str) {
        let now = self.stage.ports.clock().now();
        let entry = Suppression {
            workspace: self.workspace.clone(),
            scope: SuppressionScope::Email(email.to_owned()),
            reason: SuppressionReason::OptedOut,
            source: None,
            created_by: None,
            created_at: now,
            expires_at: None,
            sign: None,
        };
        self.stage
            .ports
            .suppressions()
            .put(&entry, &Event::system(EventKind::LeadChanged, now))
            .await
            .unwrap();
    }

    /// Writes all rows of the only part, then dies before it counts them.
    async fn write_without_counting(&self, import: &Import) {
        let ports = &self.app.commit;
        // The file is still there: it is deleted only after its last part was counted.
        let key = blob_keys::chunk(&self.workspace, &import.id, 0);
        let file = ports.blobs.get(&key).await.unwrap();
        commit_part(ports, &self.workspace, &import.id, 0, 0).await.unwrap();
        ports.blobs.put(&key, "text/csv", file).await.unwrap();
        let mut halfway = ports.imports.get(&self.workspace, &import.id).await.unwrap();
        (halfway.counts, halfway.chunks_done, halfway.state) =
            (ImportCounts::default(), 0, ImportState::Committing);
        ports
            .imports
            .save(&halfway, &Event::system(EventKind::LeadChanged, ports.clock.now()))
            .await
            .unwrap();
        self.stage.messages(Queue::Imports);
        self.stage.messages(Queue::Enrichment);
    }

    fn handler(&self) -> Handler {
        queue_handler(self.app.clone(), self.stage.ports.redelivery().clone(), handle)
    }

    /// Stores a file whose columns are known, in chunks of so many bytes.
    async fn upload(
        &self,
        file: &str,
        chunk: usize,
        duplicates: DuplicatePolicy,
        state: ImportState,
    ) -> Import {
        let ports = &self.stage.ports;
        let detected = detect(file.as_bytes(), true).unwrap();
        let mut import = Import {
            id: ImportId::new(ports.ids().next()),
            workspace: self.workspace.clone(),
            file_name: "leads.csv".to_owned(),
            size_bytes: file.len() as u64,
            content_hash: String::new(),
            state,
            format: Some(detected.format),
            columns: detected.columns,
            fits_whole: true,
            phone_question: None,
            options: ImportOptions {
                default_country: domain::contact::country::Country::parse("US"),
                country_chosen: true,
                duplicates,
                tag: Some("autumn".to_owned()),
                consent_basis: None,
                consent: Default::default(),
                enrich: true,
                campaign: None,
                values: domain::import::ValueOptions::default(),
            },
            counts: ImportCounts::default(),
            chunks: 0,
            chunks_done: 0,
            failure: None,
            created_by: Some(self.user.clone().into()),
            created_at: ports.clock().now(),
            finished_at: None,
            sees: None,
            rev: 0,
        };
        for bytes in file.as_bytes().chunks(chunk) {
            let key = blob_keys::chunk(&self.workspace, &import.id, import.chunks);
            ports.blobs().put(&key, "text/csv", bytes.to_vec()).await.unwrap();
            import.chunks += 1;
        }
        let event = Event::system(EventKind::ImportCreated, ports.clock().now());
        import.rev = ports.imports().save(&import, &event).await.unwrap();
        import
    }

    async fn commit(&self, import: &Import) -> Import {
        let first =
            ImportLeads::Commit { workspace: self.workspace.clone(), import: import.id.clone(), chunk: 0 };
        send_all(&*self.stage.ports.outbox(), &[first], 0).await.unwrap();
        self.stage.drain(Queue::Imports, &self.handler()).await;
        self.stage.ports.imports().get(&self.workspace, &import.id).await.unwrap()
    }

    async fn leads(&self) -> Vec<Lead> {
        let query = LeadQuery { sort: LeadSort::Created, limit: 200, ..LeadQuery::default() };
        let page =
            LeadLists::new(&self.stage.ports).page(&self.workspace, &LeadScope::All, &query).await.unwrap();
        let ids: Vec<_> = page.leads.into_iter().map(|row| row.id).collect();
        let mut leads = self.stage.ports.leads().get_many(&self.workspace, &ids).await.unwrap();
        leads.sort_by_key(Lead::display_name);
        leads
    }

    async fn names(&self) -> Vec<String> {
        self.leads().await.iter().map(Lead::display_name).collect()
    }
}

fn expected() -> ImportCounts {
    ImportCounts {
        rows: 8,
        created: 4,
        duplicates: 2,
        rejected: 1,
        warnings: 1,
        suppressed: 1,
        updated: 0,
        opted_out: 0,
    }
}

#[tokio::test]
async fn import_writes_rows_in_chunks_and_parts() {
    let scene = Scene::new().await;
    let import = scene.upload(FILE, 97, DuplicatePolicy::Skip, ImportState::Committing).await;
    assert!(import.chunks > 2);
    let done = scene.commit(&import).await;
    assert_eq!((done.state, done.chunks_done, done.counts), (ImportState::Done, import.chunks, expected()));
    assert!(done.finished_at.is_some());
    assert_eq!(scene.names().await, ["Ann", "Bob", "Cy", "Dee"]);
    let ann = &scene.leads().await[0];
    assert_eq!((ann.import.as_ref(), ann.source.as_deref()), (Some(&import.id), Some("leads.csv")));
    assert!(ann.tags.contains("autumn"));
    // The import enqueues one message a lead and a notification, and lists the problems with their lines.
    assert_eq!(scene.stage.messages(Queue::Enrichment).len(), 4);
    assert!(scene.stage.messages(Queue::Ai).is_empty());
    let told =
        scene.stage.ports.notifications().list(&scene.workspace, &scene.user, PageRequest::first(10)).await;
    assert_eq!(told.unwrap().items[0].detail, "4 leads created, 2 duplicates, 1 suppressed, 1 rows rejected");
    let mut problems = Vec::new();
    for chunk in 0..import.chunks {
        let key = blob_keys::problems(&scene.workspace, &import.id, chunk);
        let Ok(lines) = scene.stage.ports.blobs().get(&key).await else { continue };
        let lines = String::from_utf8(lines).unwrap();
        problems.extend(lines.lines().map(|line| serde_json::from_str::<RowProblem>(line).unwrap()));
    }
    let lines: Vec<_> = problems.iter().map(|p| (p.line, p.row.is_empty())).collect();
    assert_eq!(lines, [(3, true), (5, false)]);
}

#[tokio::test]
async fn dry_run_counts_like_the_commit_and_writes_nothing() {
    let scene = Scene::new().await;
    let import = scene.upload(FILE, 4096, DuplicatePolicy::Skip, ImportState::Mapped).await;
    let check = ImportLeads::Check { workspace: scene.workspace.clone(), import: import.id.clone() };
    send_all(&*scene.stage.ports.outbox(), &[check], 0).await.unwrap();
    assert_eq!(scene.stage.drain(Queue::Imports, &scene.handler()).await, 1);
    let checked = scene.stage.ports.imports().get(&scene.workspace, &import.id).await.unwrap();
    assert_eq!((checked.state, checked.counts), (ImportState::Checked, expected()));
    assert!(scene.leads().await.is_empty());
}

#[tokio::test]
async fn interrupted_part_is_completed_by_its_repeat() {
    let scene = Scene::new().await;
    let import = scene.upload(FILE, 97, DuplicatePolicy::Skip, ImportState::Committing).await;
    let (workspace, id) = (&scene.workspace, &import.id);
    let ports = &scene.app.commit;
    // Some of the part's leads were written, then the function died: nothing else happened.
    commit_part(ports, workspace, id, 0, 0).await.unwrap();
    let mut halfway = ports.imports.get(workspace, id).await.unwrap();
    (halfway.counts, halfway.chunks_done) = (ImportCounts::default(), 0);
    ports.imports.save(&halfway, &Event::system(EventKind::LeadChanged, ports.clock.now())).await.unwrap();
    scene.stage.messages(Queue::Imports);
    let done = scene.commit(&import).await;
    assert_eq!((done.state, done.counts), (ImportState::Done, expected()));
    assert_eq!(scene.names().await, ["Ann", "Bob", "Cy", "Dee"]);
    // Every message comes once more: nothing is written or enqueued.
    scene.stage.messages(Queue::Enrichment);
    for chunk in 0..import.chunks {
        let again = commit_part(ports, workspace, id, chunk, 0).await.unwrap();
        assert!(matches!(again, Committed::Gone(_)));
    }
    assert!(scene.stage.messages(Queue::Imports).is_empty());
    assert!(scene.stage.messages(Queue::Enrichment).is_empty());
    assert_eq!(scene.leads().await.len(), 4);
}

#[tokio::test]
async fn repeated_part_does_not_recreate_an_erased_lead() {
    let scene = Scene::new().await;
    let file = "email,first name\nann@one.example,Ann\nbob@one.example,Bob\n";
    let import = scene.upload(file, 999, DuplicatePolicy::Skip, ImportState::Committing).await;
    let (workspace, ports) = (&scene.workspace, &scene.app.commit);
    // Then the first lead is erased, and the part comes back from the dead letters.
    scene.write_without_counting(&import).await;
    let ann = scene.leads().await.swap_remove(0);
    let deleted = Event::system(EventKind::LeadDeleted, ports.clock.now());
    ports.leads.erase(workspace, &ann.id, &deleted).await.unwrap();
    let done = scene.commit(&import).await;
    let counts = ImportCounts { rows: 2, created: 2, ..ImportCounts::default() };
    assert_eq!((done.state, done.counts), (ImportState::Done, counts));
    assert_eq!(scene.names().await, ["Bob"]);
    let asked = scene.stage.messages(Queue::Enrichment);
    assert!(!format!("{asked:?}").contains(ann.id.as_str()), "{asked:?}");
}

#[tokio::test]
async fn repeated_part_counts_a_lead_whose_old_address_is_suppressed_as_created() {
    let scene = Scene::new().await;
    let file = "email,first name\nann@one.example,Ann\ngone@three.example,Gone\n";
    let import = scene.upload(file, 999, DuplicatePolicy::Skip, ImportState::Committing).await;
    scene.write_without_counting(&import).await;
    let ports = &scene.stage.ports;
    let ann = scene.leads().await.swap_remove(0);
    let mut moved = ann.clone();
    moved.email = EmailAddress::parse("ann@two.example").ok();
    let event = Event::system(EventKind::LeadChanged, ports.clock().now());
    ports.leads().change_identity(&ann, &moved, &event).await.unwrap();
    scene.list("ann@one.example").await;
    let done = scene.commit(&import).await;
    let counts = ImportCounts { rows: 2, created: 1, suppressed: 1, ..ImportCounts::default() };
    assert_eq!((done.state, done.counts), (ImportState::Done, counts));
    assert_eq!(scene.names().await, ["Ann"]);
}

/// Imports a file that names a deleted lead. Returns the import, the lead with its mark, and the first problem.
async fn imported_over_a_deleted_lead(policy: DuplicatePolicy) -> (Scene, Import, Lead, RowProblem) {
    imported_days_after_a_deletion(policy, 0).await
}

async fn imported_days_after_a_deletion(
    policy: DuplicatePolicy,
    days: i64,
) -> (Scene, Import, Lead, RowProblem) {
    let scene = Scene::new().await;
    let first = "email,first name\nann@one.example,Ann\n";
    let import = scene.upload(first, 999, DuplicatePolicy::Skip, ImportState::Committing).await;
    scene.commit(&import).await;
    let ann = scene.leads().await.swap_remove(0);
    let deletion = DeletionPorts::new(&scene.stage.ports);
    delete_lead(&deletion, (&scene.workspace, &ann.id), None).await.unwrap();
    let later = scene.stage.clock.now() + jiff::SignedDuration::from_hours(24 * days);
    scene.stage.clock.advance_to(later);
    let second = "email,first name,city\nann@one.example,Anna,Troy\nbob@one.example,Bob,Troy\n";
    let import = scene.upload(second, 999, policy, ImportState::Committing).await;
    let done = scene.commit(&import).await;
    let ports = &scene.stage.ports;
    let key = blob_keys::problems(&scene.workspace, &import.id, 0);
    let problems = String::from_utf8(ports.blobs().get(&key).await.unwrap()).unwrap();
    let problem = serde_json::from_str(problems.lines().next().unwrap()).unwrap();
    let ann = ports.leads_with_deleted().get(&scene.workspace, &ann.id).await.unwrap();
    (scene, done, ann, problem)
}

#[tokio::test]
async fn import_that_skips_known_leads_leaves_a_deleted_one_deleted_and_says_so() {
    let (scene, done, ann, problem) = imported_over_a_deleted_lead(DuplicatePolicy::Skip).await;
    assert!(ann.is_deleted());
    let counts = ImportCounts { rows: 2, created: 1, duplicates: 1, warnings: 1, ..ImportCounts::default() };
    assert_eq!(done.counts, counts);
    assert_eq!(scene.names().await, ["Bob"]);
    assert_eq!((problem.line, problem.field.as_str()), (2, "email"));
    assert!(problem.reason.contains("restore the lead to import the row"), "{problem:?}");
}

#[tokio::test]
async fn import_that_updates_known_leads_restores_a_deleted_one_and_says_so() {
    for (policy, name) in [(DuplicatePolicy::UpdateEmpty, "Ann"), (DuplicatePolicy::Overwrite, "Anna")] {
        let (scene, done, ann, problem) = imported_over_a_deleted_lead(policy).await;
        assert_eq!((ann.deleted, ann.city.as_deref()), (None, Some("Troy")));
        let counts = ImportCounts { rows: 2, created: 1, updated: 1, warnings: 1, ..ImportCounts::default() };
        assert_eq!(done.counts, counts);
        assert_eq!(scene.names().await, [name, "Bob"]);
        assert!(problem.reason.contains("the row restores it"), "{problem:?}");
    }
}

#[tokio::test]
async fn import_leaves_a_lead_deleted_that_is_about_to_be_erased() {
    let (scene, done, ann, problem) = imported_days_after_a_deletion(DuplicatePolicy::Overwrite, 30).await;
    assert!(ann.is_deleted());
    let counts = ImportCounts { rows: 2, created: 1, duplicates: 1, warnings: 1, ..ImportCounts::default() };
    assert_eq!(done.counts, counts);
    assert_eq!(scene.names().await, ["Bob"]);
    assert!(problem.reason.contains("being erased"), "{problem:?}");
}

#[tokio::test]
async fn dry_run_remarks_on_a_deleted_lead() {
    let (scene, ..) = imported_over_a_deleted_lead(DuplicatePolicy::Skip).await;
    let file = "email,first name\nann@one.example,Ann\n";
    let import = scene.upload(file, 999, DuplicatePolicy::Overwrite, ImportState::Mapped).await;
    let check = ImportLeads::Check { workspace: scene.workspace.clone(), import: import.id.clone() };
    send_all(&*scene.stage.ports.outbox(), &[check], 0).await.unwrap();
    scene.stage.drain(Queue::Imports, &scene.handler()).await;
    let checked = scene.stage.ports.imports().get(&scene.workspace, &import.id).await.unwrap();
    let counts = ImportCounts { rows: 1, updated: 1, warnings: 1, ..ImportCounts::default() };
    assert_eq!(checked.counts, counts);
}

#[tokio::test]
async fn chunk_out_of_order_is_refused() {
    let scene = Scene::new().await;
    let import = scene.upload(FILE, 97, DuplicatePolicy::Skip, ImportState::Committing).await;
    let ports = &scene.app.commit;
    let early = commit_part(ports, &scene.workspace, &import.id, 1, 0).await.unwrap();
    assert_eq!(early, Committed::TooEarly);
    assert!(scene.leads().await.is_empty());
}

#[tokio::test]
async fn import_with_a_missing_chunk_fails() {
    let scene = Scene::new().await;
    let import = scene.upload(FILE, 97, DuplicatePolicy::Skip, ImportState::Committing).await;
    let key = blob_keys::chunk(&scene.workspace, &import.id, 1);
    scene.stage.ports.blobs().delete(&key).await.unwrap();
    let failed = scene.commit(&import).await;
    assert_eq!(failed.state, ImportState::Failed);
    assert_eq!(failed.failure.as_deref(), Some("a part of the file is missing"));
}

#[tokio::test]
async fn known_lead_is_updated_as_the_policy_allows() {
    let scene = Scene::new().await;
    let first = scene.upload(
        "email,city\nann@one.example,Troy\n",
        999,
        DuplicatePolicy::Skip,
        ImportState::Committing,
    );
    scene.commit(&first.await).await;
    let file =
        "email,city,phone,company\nann@one.example,Albany,(518) 519-6001,Acme\nann@one.example,Utica,,\n";
    scene.stage.messages(Queue::Enrichment);
    for (policy, city, company, counts, asked) in [
        (DuplicatePolicy::Skip, "Troy", None, (0, 2), 0),
        (DuplicatePolicy::UpdateEmpty, "Troy", Some("Acme"), (1, 1), 1),
        (DuplicatePolicy::Overwrite, "Albany", Some("Acme"), (1, 1), 1),
    ] {
        let import = scene.upload(file, 999, policy, ImportState::Committing).await;
        let done = scene.commit(&import).await;
        assert_eq!((done.counts.updated, done.counts.duplicates), counts, "{policy:?}");
        // Only a lead that changed is enriched again.
        assert_eq!(scene.stage.messages(Queue::Enrichment).len(), asked, "{policy:?}");
        let leads = scene.leads().await;
        assert_eq!(leads.len(), 1);
        assert_eq!(
            (leads[0].city.as_deref(), leads[0].company.as_deref()),
            (Some(city), company),
            "{policy:?}"
        );
    }
    // The second file brought the phone number, and with it the key.
    let phone = scene.leads().await[0].phone.clone().unwrap();
    let found = scene.stage.ports.leads().find_by_phone(&scene.workspace, &phone).await.unwrap();
    assert_eq!(found.len(), 1);
}

/// The status has the same effect as on the lead's page.
#[tokio::test]
async fn imported_closing_status_ends_enrolments() {
    for (word, policy, leaves) in [
        ("lost", DuplicatePolicy::Overwrite, Some(EndReason::Removed)),
        ("won", DuplicatePolicy::Overwrite, Some(EndReason::Won)),
        ("do not contact", DuplicatePolicy::UpdateEmpty, Some(EndReason::Suppressed)),
        ("qualified", DuplicatePolicy::Overwrite, None),
        ("lost", DuplicatePolicy::UpdateEmpty, None),
    ] {
        let scene = Scene::new().await;
        let sequence = scene.stage.sequence(&scene.workspace, Channel::Email, &["Hello"]).await;
        let campaign = scene.stage.campaign("Autumn", &sequence, CampaignState::Active, |_| {}).await;
        let lead = scene.stage.lead(&scene.workspace, "ann", |_| {}).await;
        let enrolment = scene.stage.enrolment(&campaign, &sequence, &lead.id).await;
        let email = lead.email.as_ref().unwrap();
        let file = format!("email,status\n{email},{word}\n");
        let import = scene.upload(&file, 999, policy, ImportState::Committing).await;
        scene.commit(&import).await;
        let there = scene.stage.ports.enrolments().get(enrolment.key()).await.unwrap();
        match leaves {
            Some(reason) => assert_eq!(*there.state(), EnrolmentState::Ended { reason }, "{word}"),
            None => assert!(there.is_active(), "{word}"),
        }
    }
}

#[tokio::test]
async fn typed_columns_are_committed_as_the_dry_run_has_counted_them() {
    let scene = Scene::new().await;
    let ports = &scene.stage.ports;
    let now = ports.clock().now();
    let field = |label: &str, kind| CustomField {
        id: CustomFieldId::derived(now, &[label]),
        key: label.to_owned(),
        label: label.to_owned(),
        kind,
    };
    let mut fields = ports.custom_fields().get(&scene.workspace).await.unwrap();
    fields.fields.push(field("Plan", FieldKind::Choice { options: vec!["Gold".to_owned()] }));
    fields.fields.push(field("Seats", FieldKind::Number));
    ports.custom_fields().save(&fields, &Event::system(EventKind::CustomFieldCreated, now)).await.unwrap();
    let file = "email,first name,Plan,Seats\nann@one.example,Ann,gold,7.50\nbob@one.example,Bob,Tin,8\n";
    for (policy, expected) in [
        (BadValues::Reject, ImportCounts { rows: 2, created: 1, rejected: 1, ..ImportCounts::default() }),
        (
            BadValues::LeaveOut,
            ImportCounts { rows: 2, created: 1, duplicates: 1, warnings: 1, ..ImportCounts::default() },
        ),
    ] {
        let mut import = scene.upload(file, 40, DuplicatePolicy::Skip, ImportState::Mapped).await;
        propose_fields(&mut import.columns, &fields);
        import.options.values.bad_values = policy;
        let event = Event::system(EventKind::ImportChanged, now);
        import.rev = ports.imports().save(&import, &event).await.unwrap();
        let check = ImportLeads::Check { workspace: scene.workspace.clone(), import: import.id.clone() };
        send_all(&*ports.outbox(), &[check], 0).await.unwrap();
        scene.stage.drain(Queue::Imports, &scene.handler()).await;
        let mut checked = ports.imports().get(&scene.workspace, &import.id).await.unwrap();
        assert_eq!(checked.counts, expected, "{policy:?}");
        assert_eq!(checked.columns[2].unknown_options[0].option, "Tin");
        checked.state = ImportState::Committing;
        ports.imports().save(&checked, &event).await.unwrap();
        let done = scene.commit(&import).await;
        assert_eq!((done.state, done.counts), (ImportState::Done, expected), "{policy:?}");
        assert!(done.columns.iter().all(|column| column.unknown_options.is_empty()));
    }
    let leads = scene.leads().await;
    let custom = |place: usize| format!("{:?}", leads[place].custom);
    assert_eq!(custom(0), r#"{"Plan": "Gold", "Seats": "7.5"}"#);
    assert_eq!(custom(1), r#"{"Seats": "8"}"#, "the row's other values stay");
}

/// Adds a rep to the workspace.
async fn rep(scene: &Scene, name: &str) -> UserId {
    let now = scene.stage.ports.clock().now();
    let user = User {
        id: UserId::derived(now, &[name]),
        workspace: scene.workspace.clone(),
        login: LoginId::derived(now, &[name]),
        email: EmailAddress::parse(&format!("{name}@northquay.example")).unwrap(),
        name: name.to_owned(),
        role: Role::Rep,
        created_at: now,
        disabled: false,
        ai_off: false,
        phone: None,
        phone_proof: PhoneProof::default(),
        offers_ended: 0,
        rev: 0,
    };
    scene.stage.ports.users().add(&Login::of(&user, String::new()), &user).await.unwrap();
    user.id
}

/// Every second row is known already: its turn must go to the next new lead, or one rep would get them all.
#[tokio::test]
async fn imported_leads_are_shared_evenly_whatever_rows_are_known() {
    let scene = Scene::new().await;
    let users = vec![rep(&scene, "ben").await, rep(&scene, "kim").await];
    let store = scene.stage.ports.routing();
    let otherwise = OwnerChoice::RoundRobin { users: users.clone() };
    let routing = Routing { otherwise, ..store.get(&scene.workspace).await.unwrap() };
    let event = Event::system(EventKind::RoutingChanged, scene.stage.ports.clock().now());
    store.save(&routing, &event).await.unwrap();
    let row = |n: usize| format!("lead{n}@one.example,Lead{n:02}\n");
    let known: String = (0..20).step_by(2).map(row).collect();
    let known = format!("email,first name\n{known}");
    let before = scene.upload(&known, 1_000, DuplicatePolicy::Skip, ImportState::Committing).await;
    scene.commit(&before).await;
    let all: String = (0..20).map(row).collect();
    let all = format!("email,first name\n{all}");
    let import = scene.upload(&all, 1_000, DuplicatePolicy::Skip, ImportState::Committing).await;
    let done = scene.commit(&import).await;
    assert_eq!((done.counts.created, done.counts.duplicates), (10, 10));
    let leads = scene.leads().await;
    for which in [&before.id, &import.id] {
        let mine = || leads.iter().filter(|lead| lead.import.as_ref() == Some(which));
        let of = |user: &UserId| mine().filter(|lead| lead.owner.as_ref() == Some(user)).count();
        assert_eq!((of(&users[0]), of(&users[1])), (5, 5));
    }
    assert!(leads.iter().all(|lead| lead.routed.as_ref().is_some_and(|by| by.how == RoutedHow::RoundRobin)));
}

#[tokio::test]
async fn imported_leads_have_the_consent_of_their_row_or_of_the_import() {
    let scene = Scene::new().await;
    let file = "email,first name,consent,consent date\n\
        ann@one.example,Ann,yes,2026-02-03\nbob@two.example,Bob,no,\ncy@three.example,Cy,,\n";
    let mut import = scene.upload(file, 1_000, DuplicatePolicy::Skip, ImportState::Committing).await;
    import.options.consent.basis = Some(ConsentBasis::LegitimateInterest);
    import.options.consent.channels = Channel::ALL.into();
    let event = Event::system(EventKind::ImportChanged, scene.stage.ports.clock().now());
    import.rev = scene.stage.ports.imports().save(&import, &event).await.unwrap();
    scene.commit(&import).await;
    let leads = scene.leads().await;
    let of = |place: usize| leads[place].consents.get(Channel::Sms);
    assert_eq!(
        of(0).map(|consent| (consent.basis, consent.on)),
        Some((ConsentBasis::Consent, "2026-02-03".parse().unwrap()))
    );
    assert_eq!(of(1), None);
    assert_eq!(of(2).map(|consent| consent.basis), Some(ConsentBasis::LegitimateInterest));
    assert_eq!(of(2).map(|consent| consent.by.clone()), Some(Some(scene.user.clone().into())));
}
