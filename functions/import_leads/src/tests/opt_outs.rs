//! A list that says who has opted out is heard, whatever else the import does.

use super::*;
use application::imports::fit::fit;
use domain::contact::country::Country;
use domain::lead::suppression::{Endings, StopSign};

const FILE: &str = "Id,First Name,Email,Phone,Email Opt Out,Do Not Call,Email hard bounce reason\n\
    1,Nora,nora@alpen.example,(518) 519-6001,1,0,\n\
    2,Jonas,jonas@bau.example,(518) 519-6002,0,1,\n\
    3,Ida,ida@optik.example,(518) 519-6003,0,0,\n\
    4,Lea,lea@praxis.example,,0,0,UNKNOWN_USER\n";

impl Scene {
    async fn listed(&self, scope: SuppressionScope) -> Option<Suppression> {
        let found = self.stage.ports.suppressions().find(&self.workspace, &[scope]).await.unwrap();
        found.into_iter().next()
    }

    async fn listed_address(&self, email: &str) -> Option<SuppressionReason> {
        self.listed(SuppressionScope::Email(email.to_owned())).await.map(|entry| entry.reason)
    }
}

#[tokio::test]
async fn opted_out_leads_of_a_list_are_created_and_listed() {
    let scene = Scene::new().await;
    let import = scene.upload(FILE, 4096, DuplicatePolicy::Skip, ImportState::Committing).await;
    // The first part comes twice: what it has listed does not keep its own rows out.
    scene.write_without_counting(&import).await;
    let done = scene.commit(&import).await;
    let counts = ImportCounts { rows: 4, created: 4, opted_out: 2, ..ImportCounts::default() };
    assert_eq!((done.state, done.counts), (ImportState::Done, counts));
    let marked: Vec<(String, bool)> =
        scene.leads().await.iter().map(|lead| (lead.display_name(), lead.do_not_contact)).collect();
    let expected = [("Ida", false), ("Jonas", false), ("Lea", false), ("Nora", true)];
    assert_eq!(marked, expected.map(|(name, marked)| (name.to_owned(), marked)));
    assert_eq!(scene.listed_address("nora@alpen.example").await, Some(SuppressionReason::OptedOut));
    assert_eq!(scene.listed_address("lea@praxis.example").await, Some(SuppressionReason::HardBounce));
    assert_eq!(scene.listed_address("jonas@bau.example").await, None);
    let number = scene.listed(SuppressionScope::Phone("+15185196002".to_owned())).await.unwrap();
    assert_eq!(
        (number.reason, number.source.as_deref()),
        (SuppressionReason::OptedOut, Some(import.id.as_str()))
    );
    assert!(
        !number.ends_everything(&Endings::default()),
        "a number that is not called says nothing of e-mail"
    );
    assert_eq!(scene.listed(SuppressionScope::Phone("+15185196001".to_owned())).await, None);
}

#[tokio::test]
async fn known_lead_that_the_list_says_has_opted_out_is_marked_although_rows_are_skipped() {
    let scene = Scene::new().await;
    let known = "email,first name,consent,consent date\nnora@alpen.example,Nora,yes,2024-05-06\n";
    let import = scene.upload(known, 4096, DuplicatePolicy::Skip, ImportState::Committing).await;
    scene.commit(&import).await;
    let nora = || async { scene.leads().await.swap_remove(0) };
    assert!(nora().await.consents.in_force(Channel::Email).is_some());
    let list = "Email Address,First Name,OPTIN_TIME,UNSUB_TIME\nnora@alpen.example,Eleonore,2026-01-02,2026-03-11 09:12:44\n";
    let import = scene.upload(list, 4096, DuplicatePolicy::Skip, ImportState::Committing).await;
    let done = scene.commit(&import).await;
    let counts = ImportCounts { rows: 1, duplicates: 1, opted_out: 1, ..ImportCounts::default() };
    assert_eq!(done.counts, counts);
    let after = nora().await;
    assert_eq!((after.display_name().as_str(), after.do_not_contact), ("Nora", true));
    assert_eq!(after.consents.in_force(Channel::Email), None, "the opt-in is older than the opt-out");
    assert_eq!(scene.listed_address("nora@alpen.example").await, Some(SuppressionReason::OptedOut));
}

#[tokio::test]
async fn list_leaves_a_stop_of_the_number_as_strong_as_it_is() {
    let scene = Scene::new().await;
    let scope = || SuppressionScope::Phone("+15185196002".to_owned());
    let stop = Suppression {
        workspace: scene.workspace.clone(),
        scope: scope(),
        reason: SuppressionReason::OptedOut,
        source: Some("SM1".to_owned()),
        created_by: None,
        created_at: scene.stage.clock.now(),
        expires_at: None,
        sign: Some(StopSign::Keyword),
    };
    let event = Event::system(EventKind::AddressSuppressed, stop.created_at);
    scene.stage.ports.suppressions().put(&stop, &event).await.unwrap();
    scene.stage.advance(jiff::SignedDuration::from_hours(1));
    let import = scene.upload(FILE, 4096, DuplicatePolicy::Skip, ImportState::Committing).await;
    scene.commit(&import).await;
    let listed = scene.listed(scope()).await.unwrap();
    assert!(listed.ends_everything(&Endings::default()), "{listed:?}");
    assert_eq!(listed.sign, Some(StopSign::Words), "the list says it in words");
}

#[tokio::test]
async fn rejected_row_is_heard_for_the_lead_that_is_known() {
    let scene = Scene::new().await;
    let known = "email,first name\nnora@alpen.example,Nora\n";
    let import = scene.upload(known, 4096, DuplicatePolicy::Skip, ImportState::Committing).await;
    scene.commit(&import).await;
    let (ports, now) = (&scene.stage.ports, scene.stage.clock.now());
    let mut fields = ports.custom_fields().get(&scene.workspace).await.unwrap();
    let id = CustomFieldId::derived(now, &["size"]);
    let key = "Size".to_owned();
    fields.fields.push(CustomField { id, key: key.clone(), label: key, kind: FieldKind::Number });
    let event = Event::system(EventKind::CustomFieldCreated, now);
    ports.custom_fields().save(&fields, &event).await.unwrap();
    let list = "email,Size,Unsubscribed\nnora@alpen.example,big,yes\n";
    let mut import = scene.upload(list, 4096, DuplicatePolicy::Skip, ImportState::Committing).await;
    propose_fields(&mut import.columns, &fields);
    import.rev = ports.imports().save(&import, &event).await.unwrap();
    let done = scene.commit(&import).await;
    let counts = ImportCounts { rows: 1, rejected: 1, opted_out: 1, ..ImportCounts::default() };
    assert_eq!(done.counts, counts);
    assert!(scene.leads().await[0].do_not_contact);
    assert_eq!(scene.listed_address("nora@alpen.example").await, Some(SuppressionReason::OptedOut));
}

#[tokio::test]
async fn column_that_says_it_far_down_is_asked_about_after_the_check_and_heard_without_one() {
    let scene = Scene::new().await;
    let rows: String = (0..300).map(|n| format!("l{n}@quay.example,\n")).collect();
    let file = format!("email,Please do not disturb\n{rows}zoe@quay.example,yes\n");
    let mut import = scene.upload(&file, 2048, DuplicatePolicy::Skip, ImportState::Mapped).await;
    let ports = &scene.stage.ports;
    let first = [file.as_bytes()[..2048].to_vec()];
    let fields = ports.custom_fields().get(&scene.workspace).await.unwrap();
    let home = Country::parse("US").unwrap();
    fit(&mut import, &first, false, (home, &fields));
    assert!(!import.columns[1].opt_out_question, "the first chunk does not show it");
    let event = Event::system(EventKind::ImportChecked, ports.clock().now());
    import.rev = ports.imports().save(&import, &event).await.unwrap();
    let check = ImportLeads::Check { workspace: scene.workspace.clone(), import: import.id.clone() };
    send_all(&*ports.outbox(), &[check], 0).await.unwrap();
    scene.stage.drain(Queue::Imports, &scene.handler()).await;
    let mut checked = ports.imports().get(&scene.workspace, &import.id).await.unwrap();
    assert_eq!((checked.columns[1].opt_out_question, checked.counts.opted_out), (true, 1));
    fit(&mut checked, &first, false, (home, &fields));
    assert!(checked.columns[1].opt_out_question, "it stays asked until there is an answer");
    checked.state = ImportState::Committing;
    checked.rev = ports.imports().save(&checked, &event).await.unwrap();
    let done = scene.commit(&checked).await;
    assert_eq!((done.counts.created, done.counts.opted_out, done.counts.warnings), (301, 1, 1));
    assert_eq!(scene.listed_address("zoe@quay.example").await, Some(SuppressionReason::OptedOut));
    assert_eq!(scene.listed_address("l7@quay.example").await, None);
}

#[tokio::test]
async fn row_that_repeats_another_is_heard_too() {
    let scene = Scene::new().await;
    let list = "email,Unsubscribed\nann@one.example,\nann@one.example,yes\n";
    let import = scene.upload(list, 4096, DuplicatePolicy::Skip, ImportState::Committing).await;
    let done = scene.commit(&import).await;
    let counts = ImportCounts { rows: 2, created: 1, duplicates: 1, opted_out: 1, ..ImportCounts::default() };
    assert_eq!(done.counts, counts);
    assert!(scene.leads().await[0].do_not_contact);
}

#[tokio::test]
async fn row_with_the_number_of_a_lead_who_has_opted_out_starts_closed_and_says_so() {
    let scene = Scene::new().await;
    let list = "email,first name,phone\nnora@alpen.example,Nora,+15185196007\n";
    let import = scene.upload(list, 4096, DuplicatePolicy::Skip, ImportState::Committing).await;
    scene.commit(&import).await;
    // The opt-out came by mail: the address is listed, the number is not.
    scene.list("nora@alpen.example").await;
    let list = "email,first name,phone\nnora2@alpen.example,Nora B,+15185196007\nmax@alpen.example,Max,+15185196008\n";
    let import = scene.upload(list, 4096, DuplicatePolicy::Skip, ImportState::Mapped).await;
    let check = ImportLeads::Check { workspace: scene.workspace.clone(), import: import.id.clone() };
    send_all(&*scene.stage.ports.outbox(), &[check], 0).await.unwrap();
    scene.stage.drain(Queue::Imports, &scene.handler()).await;
    let mut import = scene.stage.ports.imports().get(&scene.workspace, &import.id).await.unwrap();
    assert_eq!((import.counts.created, import.counts.warnings), (2, 1));
    import.state = ImportState::Committing;
    let event = Event::system(EventKind::LeadChanged, scene.stage.clock.now());
    import.rev = scene.stage.ports.imports().save(&import, &event).await.unwrap();
    let done = scene.commit(&import).await;
    let counts = ImportCounts { rows: 2, created: 2, warnings: 1, ..ImportCounts::default() };
    assert_eq!(done.counts, counts);
    let marked: Vec<(String, bool)> =
        scene.leads().await.iter().map(|lead| (lead.display_name(), lead.do_not_contact)).collect();
    let expected = [("Max", false), ("Nora", false), ("Nora B", true)];
    assert_eq!(marked, expected.map(|(name, marked)| (name.to_owned(), marked)));
}
