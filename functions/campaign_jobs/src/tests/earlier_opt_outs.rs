//! Opt-outs in custom values of earlier imports are found, and carried out once an admin has said what they are.

use super::*;
use application::lead::earlier_opt_outs::{
    EarlierOptOutPorts, FoundOptOuts, Reach, Search, SearchedStores, ask_about_opt_outs, find_opt_outs,
    start_applying,
};
use domain::event::UserOrKey;
use domain::lead::attributes::Target;
use domain::lead::custom_field::{CustomField, FieldKind};
use domain::{CustomFieldId, UserId};

impl World {
    /// The fields that an admin is asked about, and whether all leads were looked at.
    async fn asked(&self) -> (Vec<FoundOptOuts>, bool) {
        let ports = &self.stage.ports;
        let (leads, suppressions) = (ports.leads(), ports.suppressions());
        let stores = SearchedStores { leads: &*leads, suppressions: &*suppressions };
        let fields = ports.custom_fields().get(&self.workspace).await.unwrap();
        let reach = Reach { from: None, beyond_fields: false, goes_on: &|_| true };
        let Search { found, next } =
            find_opt_outs(stores, &fields, reach, ports.clock().now()).await.unwrap();
        (found, next.is_none())
    }

    async fn lead_with(&self, name: &str, custom: &[(&str, &str)]) {
        let now = self.stage.clock.now();
        let mut lead = Lead::blank(LeadId::derived(now, &[name]), self.workspace.clone(), now);
        lead.email = EmailAddress::parse(&format!("{name}@quay.example")).ok();
        lead.phone = PhoneNumber::try_from(format!("+4474001{:05}", name.len())).ok();
        lead.custom = custom.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let event = Event::system(EventKind::LeadCreated, now);
        self.stage.ports.leads().create(&lead, &event).await.unwrap();
    }
}

#[tokio::test]
async fn values_without_a_field_are_found_behind_the_leads_that_one_night_looks_at() {
    let world = World::new(0).await;
    let ports = &world.stage.ports;
    for n in 0..501 {
        world.lead_with(&format!("l{n}"), &[]).await;
    }
    // The last one of the order in which they are looked at.
    let (mut last, mut cursor, mut pages) = (None, None, 0);
    while pages == 0 || cursor.is_some() {
        let (ids, next) = ports.leads().ids(&world.workspace, cursor).await.unwrap();
        (last, cursor, pages) = (ids.last().cloned().or(last), next, pages + 1);
    }
    assert!(pages > 1, "there is more than one page of leads");
    let mut last = ports.leads().get(&world.workspace, &last.unwrap()).await.unwrap();
    last.custom = [("Werbesperre".to_owned(), "ja".to_owned())].into();
    let event = Event::system(EventKind::LeadChanged, ports.clock().now());
    ports.leads().save(&last, &event).await.unwrap();
    let job = EarlierOptOutPorts { leads_a_night: 1, ..EarlierOptOutPorts::new(ports) };
    let until = ports.clock().now().checked_add(SignedDuration::from_hours(1)).unwrap();
    assert_eq!(ask_about_opt_outs(&job, until).await.unwrap(), 0, "all leads are read on Sundays only");
    world.stage.advance(SignedDuration::from_hours(48));
    let until = ports.clock().now().checked_add(SignedDuration::from_hours(1)).unwrap();
    let mut nights = 0;
    while ask_about_opt_outs(&job, until).await.unwrap() == 0 {
        nights += 1;
        assert!(nights < 10, "the search does not go on where it ended");
    }
    assert!(nights > 0, "the first night looks at some leads only");
    let (found, _) = world.asked().await;
    let found: Vec<_> = found.iter().map(|one| (one.field.label.as_str(), one.leads)).collect();
    assert_eq!(found, [("Werbesperre", 1)]);
}

#[tokio::test]
async fn field_is_asked_about_for_what_is_clear_and_not_on_the_list_yet() {
    let world = World::new(0).await;
    let (ports, workspace) = (&world.stage.ports, &world.workspace);
    let now = ports.clock().now();
    let mut fields = ports.custom_fields().get(workspace).await.unwrap();
    for label in ["Do Not Call", "Opt-out details"] {
        let (id, label) = (CustomFieldId::derived(now, &[label]), label.to_owned());
        fields.fields.push(CustomField { id, key: label.clone(), label, kind: FieldKind::Text });
    }
    let event = Event::system(EventKind::CustomFieldChanged, now);
    ports.custom_fields().save(&fields, &event).await.unwrap();
    world.lead_with("a", &[("Do Not Call", "yes")]).await;
    world.lead_with("bb", &[("Do Not Call", "yes"), ("Opt-out details", "see the notes")]).await;
    let (found, _) = world.asked().await;
    assert_eq!(found.iter().map(|one| one.leads).collect::<Vec<_>>(), [2]);
    let number = PhoneNumber::try_from("+447400100001".to_owned()).unwrap();
    let listed = Suppression {
        workspace: workspace.clone(),
        scope: SuppressionScope::phone(&number),
        reason: SuppressionReason::OptedOut,
        source: None,
        created_by: None,
        created_at: now,
        expires_at: None,
        sign: None,
    };
    ports.suppressions().put(&listed, &event).await.unwrap();
    let (found, _) = world.asked().await;
    assert_eq!(found.iter().map(|one| one.leads).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn value_of_an_earlier_import_that_says_opted_out_is_asked_about_and_carried_out() {
    let world = World::new(0).await;
    let (ports, workspace) = (&world.stage.ports, &world.workspace);
    let now = ports.clock().now();
    let event = Event::system(EventKind::CustomFieldChanged, now);
    let id = CustomFieldId::derived(now, &["optout"]);
    let mut fields = ports.custom_fields().get(workspace).await.unwrap();
    for (id, label) in [(id.clone(), "Email Opt Out"), (CustomFieldId::derived(now, &["plan"]), "Plan")] {
        let (key, kind) = (label.to_owned(), FieldKind::Text);
        fields.fields.push(CustomField { id, key: key.clone(), label: key, kind });
    }
    ports.custom_fields().save(&fields, &event).await.unwrap();
    for (n, value) in ["1", "0", "WAHR", ""].into_iter().enumerate() {
        let mut lead = Lead::blank(LeadId::derived(now, &[&n.to_string()]), workspace.clone(), now);
        lead.email = EmailAddress::parse(&format!("l{n}@quay.example")).ok();
        lead.custom =
            [("Email Opt Out", value), ("Plan", "Gold")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        ports.leads().create(&lead, &Event::system(EventKind::LeadCreated, now)).await.unwrap();
    }
    let (found, is_whole) = world.asked().await;
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&one.field.id, one.target, one.leads, is_whole), (&id, Target::OptedOutEmail, 2, true));

    let job = EarlierOptOutPorts::new(ports);
    let until = now.checked_add(SignedDuration::from_hours(1)).unwrap();
    for _ in 0..2 {
        assert_eq!(ask_about_opt_outs(&job, until).await.unwrap(), 1);
    }
    let admin = UserId::derived(now, &["admin"]);
    let told = ports.notifications().list(workspace, &admin, PageRequest::first(10)).await.unwrap();
    assert_eq!(told.items.iter().filter(|one| one.title.contains("Email Opt Out")).count(), 1);

    let by: UserOrKey = admin.into();
    start_applying(&*ports.outbox(), (workspace, &id), (one.target, by, now)).await.unwrap();
    world.stage.drain(Queue::Enrolments, &crate::handler(ports)).await;
    let (found, _) = world.asked().await;
    assert_eq!(found, []);
    let scopes = [0, 1].map(|n| SuppressionScope::Email(format!("l{n}@quay.example")));
    let listed = ports.suppressions().find(workspace, &scopes).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].scope, listed[0].reason), (&scopes[0], SuppressionReason::OptedOut));
}
