//! A renamed option gets its new name in the leads, page by page.

use super::*;
use application::lead::deletion::{DeletionPorts, delete_lead, restore_lead};
use application::lead::option_rename::{OptionPorts, RenameProgress, rename_page};
use domain::CustomFieldId;
use domain::event::UserOrKey;
use domain::lead::custom_field::{CustomField, FieldKind, OptionRename};

const LEADS: usize = 503;

async fn world() -> (World, CustomFieldId) {
    let world = World::new(0).await;
    let ports = &world.stage.ports;
    let now = ports.clock().now();
    let id = CustomFieldId::derived(now, &["plan"]);
    let kind = FieldKind::Choice { options: vec!["Premium".to_owned(), "Tin".to_owned()] };
    let mut fields = ports.custom_fields().get(&world.workspace).await.unwrap();
    let plan = CustomField { id: id.clone(), key: "Plan".to_owned(), label: "Tariff".to_owned(), kind };
    fields.fields.push(plan);
    fields.renames.push(OptionRename {
        field: id.clone(),
        names: [("Gold".to_owned(), "Premium".to_owned())].into(),
        looked_at: 0,
        changed: 0,
        started_by: None::<UserOrKey>,
        started_at: now,
    });
    let event = Event::system(EventKind::CustomFieldChanged, now);
    ports.custom_fields().save(&fields, &event).await.unwrap();
    for n in 0..LEADS {
        let mut lead = Lead::blank(LeadId::derived(now, &[&n.to_string()]), world.workspace.clone(), now);
        lead.email = EmailAddress::parse(&format!("l{n}@quay.example")).ok();
        lead.custom = [("Plan".to_owned(), if n % 5 == 0 { "Gold" } else { "Tin" }.to_owned())].into();
        let event = Event::system(EventKind::LeadCreated, now);
        ports.leads().create(&lead, &event).await.unwrap();
    }
    (world, id)
}

async fn plans(world: &World) -> BTreeMap<String, usize> {
    let (mut cursor, mut counted) = (None, BTreeMap::new());
    let leads = world.stage.ports.leads();
    loop {
        let (ids, next) = leads.ids(&world.workspace, cursor).await.unwrap();
        for lead in leads.get_many(&world.workspace, &ids).await.unwrap() {
            *counted.entry(lead.custom["Plan"].clone()).or_default() += 1;
        }
        cursor = next;
        if cursor.is_none() {
            return counted;
        }
    }
}

#[tokio::test]
async fn renamed_option_reaches_all_leads_that_have_it_and_nothing_else() {
    let (world, field) = world().await;
    let ports = &world.stage.ports;
    let options = OptionPorts::new(ports);
    let first = || rename_page(&options, &world.workspace, &field, RenameProgress::default());
    let known = || async { ports.custom_fields().get(&world.workspace).await.unwrap().renames };
    first().await.unwrap();
    let [halfway]: [OptionRename; 1] = known().await.try_into().unwrap();
    assert!(halfway.looked_at < LEADS as u64 && halfway.changed > 0, "{halfway:?}");
    // The first page comes once more.
    first().await.unwrap();
    world.stage.drain(Queue::Enrolments, &crate::handler(ports)).await;
    let wanted: BTreeMap<String, usize> = [("Premium".to_owned(), 101), ("Tin".to_owned(), 402)].into();
    assert_eq!(plans(&world).await, wanted);
    assert!(known().await.is_empty(), "the renaming is over");
    first().await.unwrap();
    assert!(world.stage.messages(Queue::Enrolments).is_empty(), "a late repeat does nothing");
}

#[tokio::test]
async fn deleted_lead_has_the_new_name_of_its_option_when_it_is_restored() {
    let (world, field) = world().await;
    let ports = &world.stage.ports;
    let gold = LeadId::derived(ports.clock().now(), &["0"]);
    let (deletion, whose) = (DeletionPorts::new(ports), (&world.workspace, &gold));
    delete_lead(&deletion, whose, None).await.unwrap();
    let options = OptionPorts::new(ports);
    rename_page(&options, &world.workspace, &field, RenameProgress::default()).await.unwrap();
    world.stage.drain(Queue::Enrolments, &crate::handler(ports)).await;
    assert!(ports.custom_fields().get(&world.workspace).await.unwrap().renames.is_empty());
    let restored = restore_lead(&deletion, whose, None).await.unwrap();
    assert_eq!(restored.custom["Plan"], "Premium");
}
