//! Opt-outs in custom values of earlier imports are found, and carried out once an admin has said what they are.

use super::*;
use application::lead::earlier_opt_outs::{
    EarlierOptOutPorts, ask_about_opt_outs, find_opt_outs, start_applying,
};
use domain::event::UserOrKey;
use domain::lead::attributes::Target;
use domain::lead::custom_field::{CustomField, FieldKind};
use domain::{CustomFieldId, UserId};

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
    let fields = ports.custom_fields().get(workspace).await.unwrap();
    let (found, is_whole) = find_opt_outs(&*ports.leads(), &fields).await.unwrap();
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
    let (found, _) = find_opt_outs(&*ports.leads(), &fields).await.unwrap();
    assert_eq!(found, []);
    let scopes = [0, 1].map(|n| SuppressionScope::Email(format!("l{n}@quay.example")));
    let listed = ports.suppressions().find(workspace, &scopes).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].scope, listed[0].reason), (&scopes[0], SuppressionReason::OptedOut));
}
