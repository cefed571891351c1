use super::*;
use application::StoreError;
use application::ports::leads::{Activity, ActivityKind, Creation, LeadStore, Reached};
use domain::ids::derived_ulid;
use domain::lead::engagement::{Decaying, Taken};
use domain::lead::enrichment::{Field, FieldResult, FieldStatus, FieldValue, Place, Website};
use domain::time::time_zone::{ZoneFact, ZoneSource};
use domain::{ImportId, UserId};

fn full() -> Lead {
    let mut lead = lead(1);
    lead.job_title = Some("Owner".into());
    lead.website = Some("https://www.hanson.example.com".into());
    lead.address = Some("378 O'Donnell mountain, Evansbury, L19 8UP".into());
    lead.city = Some("Evansbury".into());
    lead.country = domain::contact::country::Country::parse("GB");
    lead.category = Some("Restaurant".into());
    lead.rating = Some(2.9);
    lead.reviews = Some(428);
    lead.source = Some("Referral".into());
    lead.tags = ["imported".to_owned()].into();
    lead.custom = [("Deal Stage".to_owned(), "New Lead".to_owned())].into();
    lead.import = Some(ImportId::derived(Still.now(), &["import"]));
    lead
}

#[tokio::test]
async fn lead_is_read_back_whole_and_costs_four_units() {
    let world = World::new();
    let mut lead = full();
    let created = event(EventKind::LeadCreated).because(lead.import.clone().unwrap().to_string());
    let (creation, units) = world.write_units(world.table.create(&lead, &created)).await;
    assert_eq!(creation.unwrap(), Creation::Created);
    assert!(units <= 4.0, "{units} write units");

    lead.zone = Some(ZoneFact {
        zone: ZoneName::parse("Europe/London").unwrap(),
        source: ZoneSource::Address,
        confidence: 90,
    });
    lead.engagement.heat = Some(Decaying { value: 20.5, at: later(5) });
    lead.engagement.clicks = 1;
    lead.engagement.seen = vec![Taken { id: "evt_1".into(), nth: Some(1), slice: false }];
    lead.follow_up_at = Some(later(3600));
    lead.notes = Some("Ring in spring".into());
    lead.rev = 1;
    assert_eq!(LeadStore::save(&world.table, &lead, &event(EventKind::LeadChanged)).await.unwrap(), 2);
    let read = LeadStore::get(&world.table, &workspace(), &lead.id).await.unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", Lead { rev: 2, ..lead.clone() }));
    assert_eq!((read.email, read.phone), (lead.email.clone(), lead.phone.clone()));
    let stale = LeadStore::save(&world.table, &lead, &event(EventKind::LeadChanged)).await;
    assert!(matches!(stale, Err(StoreError::Conflict)));
    let elsewhere = LeadStore::get(&world.table, &other_workspace(), &lead.id).await;
    assert!(matches!(elsewhere, Err(StoreError::NotFound)));
}

#[tokio::test]
async fn known_email_is_a_duplicate_and_a_repeat_is_not() {
    let world = World::new();
    let first = lead(1);
    let created = event(EventKind::LeadCreated);
    for _ in 0..2 {
        assert_eq!(world.table.create(&first, &created).await.unwrap(), Creation::Created);
    }
    let second = Lead { email: first.email.clone(), ..lead(2) };
    let duplicate = world.table.create(&second, &created).await.unwrap();
    assert_eq!(duplicate, Creation::Duplicate(first.id.clone()));
    let phone_only = Lead { email: None, phone: first.phone.clone(), ..lead(3) };
    let duplicate = world.table.create(&phone_only, &created).await.unwrap();
    assert_eq!(duplicate, Creation::Duplicate(first.id.clone()));
    let same_phone = Lead { phone: first.phone.clone(), ..lead(4) };
    assert_eq!(world.table.create(&same_phone, &created).await.unwrap(), Creation::Created);
    let phone = first.phone.as_ref().unwrap();
    let found = world.table.find_by_phone(&workspace(), phone).await.unwrap();
    assert_eq!(found, vec![first.id.clone(), same_phone.id.clone()]);
    let by_email = world.table.find_by_email(&workspace(), first.email.as_ref().unwrap()).await.unwrap();
    assert_eq!(by_email, Some(first.id));
}

#[tokio::test]
async fn one_of_two_leads_with_the_same_phone_alone_is_created() {
    let world = World::new();
    let created = event(EventKind::LeadCreated);
    let a = Lead { email: None, ..lead(1) };
    let b = Lead { email: None, phone: a.phone.clone(), ..lead(2) };
    let (a, b) = tokio::join!(world.table.create(&a, &created), world.table.create(&b, &created));
    let made = [a.unwrap(), b.unwrap()].iter().filter(|creation| **creation == Creation::Created).count();
    assert_eq!(made, 1);
}

#[tokio::test]
async fn interrupted_creation_is_completed_by_its_repeat_or_frees_its_email() {
    let world = World::new();
    let cut_off = lead(1);
    let known = &crate::lead_keys::known_by(&cut_off)[0];
    assert_eq!(world.table.name_lead(known, &cut_off, Still.now()).await.unwrap(), None);
    let other = Lead { email: cut_off.email.clone(), ..lead(2) };
    let duplicate = world.table.create(&other, &event(EventKind::LeadCreated)).await.unwrap();
    assert_eq!(duplicate, Creation::Duplicate(cut_off.id.clone()));
    let long_after = Event::system(EventKind::LeadCreated, later(7200));
    assert_eq!(world.table.create(&other, &long_after).await.unwrap(), Creation::Created);
    let repeat = world.table.create(&cut_off, &long_after).await.unwrap();
    assert_eq!(repeat, Creation::Duplicate(other.id));
}

#[tokio::test]
async fn changed_identity_moves_the_lookup_keys() {
    let world = World::new();
    let before = lead(1);
    world.table.create(&before, &event(EventKind::LeadCreated)).await.unwrap();
    world.table.create(&lead(2), &event(EventKind::LeadCreated)).await.unwrap();
    let before = Lead { rev: 1, ..before };
    let taken = Lead { email: lead(2).email, ..before.clone() };
    let refused = world.table.change_identity(&before, &taken, &event(EventKind::LeadChanged)).await;
    assert!(matches!(refused, Err(StoreError::Conflict)));

    let after = Lead { email: Some(EmailAddress::parse("new@example.com").unwrap()), ..before.clone() };
    assert_eq!(
        world.table.change_identity(&before, &after, &event(EventKind::LeadChanged)).await.unwrap(),
        2
    );
    let find = |lead: &Lead| {
        let email = lead.email.clone().unwrap();
        let table = world.table.clone();
        async move { table.find_by_email(&workspace(), &email).await.unwrap() }
    };
    assert_eq!(find(&before).await, None);
    assert_eq!(find(&after).await, Some(before.id.clone()));
    let former = async |lead: &Lead| {
        let email = lead.email.as_ref().unwrap();
        world.table.find_by_former(&workspace(), Reached::Email(email)).await.unwrap()
    };
    assert_eq!((former(&before).await, former(&after).await), (vec![before.id.clone()], vec![]));
    // A late repeat of the creation does not bring the old address back.
    world.table.create(&before, &event(EventKind::LeadCreated)).await.unwrap();
    assert_eq!(find(&before).await, None);
}

#[tokio::test]
async fn second_address_finds_the_lead_from_its_creation_or_its_change_on() {
    let world = World::new();
    let second = EmailAddress::parse("home@example.com").unwrap();
    let other = EmailAddress::parse("club@example.com").unwrap();
    let found = async |email: &EmailAddress| {
        world.table.find_by_former(&workspace(), Reached::Email(email)).await.unwrap()
    };
    let made = Lead { second_email: Some(second.clone()), ..lead(1) };
    world.table.create(&made, &event(EventKind::LeadCreated)).await.unwrap();
    assert_eq!(found(&second).await, std::slice::from_ref(&made.id));
    let before = world.table.get(&workspace(), &made.id).await.unwrap();
    assert_eq!(before.second_email, made.second_email);
    let after = Lead { second_email: Some(other.clone()), ..before.clone() };
    world.table.change_identity(&before, &after, &event(EventKind::LeadChanged)).await.unwrap();
    assert_eq!(found(&other).await, std::slice::from_ref(&made.id));
    LeadStore::erase(&world.table, &workspace(), &made.id, &event(EventKind::LeadDeleted)).await.unwrap();
    assert!(found(&second).await.is_empty() && found(&other).await.is_empty());
}

#[tokio::test]
async fn file_of_a_lead_with_too_many_timeline_entries_has_the_newest_and_all_that_is_no_entry() {
    let world = World::new();
    let lead = lead(1);
    world.table.create(&lead, &event(EventKind::LeadCreated)).await.unwrap();
    let put = async |id: &str| {
        let kind = ActivityKind::Note { text: "seen".into() };
        let entry = Activity { id: id.to_owned(), at: Still.now(), kind, actor: None };
        world.table.put_activity(&workspace(), &lead.id, &entry).await.unwrap();
    };
    let ids = async || -> Vec<String> {
        let file = world.table.file(&workspace(), &lead.id).await.unwrap();
        assert_eq!(file.lead.id, lead.id);
        file.activities.into_iter().map(|entry| entry.id).collect()
    };
    let visit = derived_ulid(Timestamp::UNIX_EPOCH, &["visit"]).to_string();
    put(&visit).await;
    let timed: Vec<String> = (0..35).map(|n| derived_ulid(later(n), &["note"]).to_string()).collect();
    for id in &timed[..29] {
        put(id).await;
    }
    assert_eq!(ids().await.len(), 30, "all of them, once each");
    for id in &timed[29..] {
        put(id).await;
    }
    let expected: Vec<&String> = std::iter::once(&visit).chain(&timed[5..]).collect();
    assert_eq!(ids().await.iter().collect::<Vec<_>>(), expected);
    put("paid_1").await;
    let known = ids().await;
    assert_eq!((known.len(), known.last().map(String::as_str)), (31, Some("paid_1")));
    assert!(!known.contains(&timed[5]) && known.contains(&timed[34]) && known.contains(&visit));
}

#[tokio::test]
async fn deleted_lead_leaves_nothing_but_its_id() {
    let world = World::new();
    let lead = lead(1);
    world.table.create(&lead, &event(EventKind::LeadCreated)).await.unwrap();
    let before = Lead { rev: 1, ..lead.clone() };
    let elsewhere = Lead { email: Some(EmailAddress::parse("new@example.com").unwrap()), ..before.clone() };
    world.table.change_identity(&before, &elsewhere, &event(EventKind::LeadChanged)).await.unwrap();
    let note = Activity {
        id: "note_1".into(),
        at: Still.now(),
        kind: ActivityKind::Note { text: "hello".into() },
        actor: Some(UserId::derived(Still.now(), &["user"]).into()),
    };
    world.table.put_activity(&workspace(), &lead.id, &note).await.unwrap();
    let repeat =
        world.table.put_activity(&workspace(), &lead.id, &Activity { at: later(9), ..note.clone() }).await;
    assert!(matches!(repeat, Err(StoreError::Conflict)));
    assert_eq!(world.table.file(&workspace(), &lead.id).await.unwrap().activities, vec![note]);
    LeadStore::erase(&world.table, &workspace(), &lead.id, &event(EventKind::LeadDeleted)).await.unwrap();
    assert!(matches!(world.table.file(&workspace(), &lead.id).await, Err(StoreError::NotFound)));
    let again = LeadStore::erase(&world.table, &workspace(), &lead.id, &event(EventKind::LeadDeleted)).await;
    assert!(matches!(again, Err(StoreError::NotFound)));
    let scan = world.table.client.scan().table_name("main").send().await.unwrap();
    let left: Vec<Vec<&str>> = scan.items().iter().map(|item| sorted(item.keys())).collect();
    assert_eq!(left, [["entity", "gone", "pk", "sk", "ttl", "v"]], "its id, and nothing of what was known");
}

fn sorted<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn deleted_lead_is_not_recreated_by_a_late_repeat_and_its_address_is_free() {
    let world = World::new();
    let (lead, created, deleted) = (full(), event(EventKind::LeadCreated), event(EventKind::LeadDeleted));
    world.table.create(&lead, &created).await.unwrap();
    LeadStore::erase(&world.table, &workspace(), &lead.id, &deleted).await.unwrap();
    let month = Event::system(EventKind::LeadCreated, later(30 * 86_400));
    assert_eq!(world.table.create(&lead, &month).await.unwrap(), Creation::Deleted);
    world.table.finish_erasure(&workspace(), &lead.id, &[]).await.unwrap();
    world.table.delete_leftovers(&workspace(), &lead.id).await.unwrap();
    let (email, phone) = (lead.email.as_ref().unwrap(), lead.phone.as_ref().unwrap());
    assert_eq!(world.table.find_by_email(&workspace(), email).await.unwrap(), None);
    assert!(world.table.find_by_phone(&workspace(), phone).await.unwrap().is_empty());
    assert!(matches!(world.table.get(&workspace(), &lead.id).await, Err(StoreError::NotFound)));
    assert!(world.table.get_many(&workspace(), std::slice::from_ref(&lead.id)).await.unwrap().is_empty());
    // The same person is imported anew, from another file.
    let anew = Lead { email: lead.email.clone(), phone: lead.phone.clone(), ..super::lead(2) };
    assert_eq!(world.table.create(&anew, &month).await.unwrap(), Creation::Created);
    assert_eq!(world.table.create(&lead, &month).await.unwrap(), Creation::Duplicate(anew.id));
}

#[tokio::test]
async fn address_taken_by_a_late_repeat_for_a_deleted_lead_is_free_again() {
    let world = World::new();
    let (lead, other) = (lead(1), lead(2));
    world.table.create(&lead, &event(EventKind::LeadCreated)).await.unwrap();
    LeadStore::erase(&world.table, &workspace(), &lead.id, &event(EventKind::LeadDeleted)).await.unwrap();
    // The repeat died before it saw that the lead is gone.
    let known = &crate::lead_keys::known_by(&lead)[0];
    assert_eq!(world.table.name_lead(known, &lead, Still.now()).await.unwrap(), None);
    let anew = Lead { email: lead.email.clone(), phone: None, ..other };
    let long_after = Event::system(EventKind::LeadCreated, later(7200));
    assert_eq!(world.table.create(&anew, &long_after).await.unwrap(), Creation::Created);
}

#[tokio::test]
async fn field_keeps_its_latest_result() {
    let world = World::new();
    let lead = lead(1);
    let place = Place {
        latitude: 53.0,
        longitude: -2.9815,
        zone: Some("Europe/London".into()),
        name: None,
        category: None,
        rating: Some(4.0),
        reviews: Some(12),
        phone: None,
        website: None,
        address: None,
        place_id: None,
    };
    let statements = vec!["Acme: Roofs since 1987.".into()];
    let site = Website { address: "https://acme.example/".into(), statements };
    for status in [
        FieldStatus::Failed { error: "429".into(), attempts: 2 },
        FieldStatus::Skipped { reason: "no input".into() },
        FieldStatus::NotFound,
        FieldStatus::Found { value: FieldValue::Place(place) },
        FieldStatus::Found { value: FieldValue::Website(site) },
    ] {
        let result = FieldResult {
            field: Field::Place,
            status,
            source: "serpapi".into(),
            at: Still.now(),
            input_digest: "abc".into(),
            why: None,
            written_with: None,
        };
        world.table.put_field(&workspace(), &lead.id, &result, &event(EventKind::FieldFound)).await.unwrap();
        let read = world.table.field(&workspace(), &lead.id, Field::Place).await.unwrap();
        assert_eq!(read, Some(result));
    }
    assert_eq!(world.table.field(&workspace(), &lead.id, Field::FirstLine).await.unwrap(), None);
}

#[tokio::test]
async fn lead_is_read_with_the_fields_that_are_known_in_the_asked_order() {
    let world = World::new();
    let lead = lead(1);
    let asked = [Field::Place, Field::EmailVerification, Field::FirstLine];
    let missing = world.table.get_with_fields(&workspace(), &lead.id, &asked).await;
    assert!(matches!(missing, Err(StoreError::NotFound)), "{missing:?}");
    world.table.create(&lead, &event(EventKind::LeadCreated)).await.unwrap();
    for field in [Field::FirstLine, Field::Place] {
        let result = FieldResult {
            field,
            status: FieldStatus::NotFound,
            source: "serpapi".into(),
            at: Still.now(),
            input_digest: "abc".into(),
            why: None,
            written_with: None,
        };
        world.table.put_field(&workspace(), &lead.id, &result, &event(EventKind::FieldFound)).await.unwrap();
    }
    let before = world.cloud.ledger().snapshot();
    let (read, known) = world.table.get_with_fields(&workspace(), &lead.id, &asked).await.unwrap();
    assert_eq!(world.cloud.ledger().since(&before).total().calls, 1);
    assert_eq!(read.id, lead.id);
    assert_eq!(known.iter().map(|result| result.field).collect::<Vec<_>>(), [Field::Place, Field::FirstLine]);
}

#[tokio::test]
async fn ids_of_all_leads_are_read_shard_by_shard() {
    let world = World::new();
    for n in 0..70 {
        world.table.create(&lead(n), &event(EventKind::LeadCreated)).await.unwrap();
    }
    let (ids, more) = world.table.ids(&workspace(), None).await.unwrap();
    assert_eq!((ids.len(), more), (70, None));
    assert_eq!(world.table.ids(&other_workspace(), None).await.unwrap().0.len(), 0);
}

#[tokio::test]
async fn campaigns_own_lines_stand_beside_the_leads_fields_and_go_with_the_lead() {
    let world = World::new();
    let (table, lead) = (&world.table, lead(1));
    table.create(&lead, &event(EventKind::LeadCreated)).await.unwrap();
    let line = |text: &str| FieldResult {
        field: Field::FirstLine,
        status: FieldStatus::Found { value: FieldValue::FirstLine { text: text.into(), facts: Vec::new() } },
        source: "chat_model".into(),
        at: Still.now(),
        input_digest: text.into(),
        why: None,
        written_with: None,
    };
    let (spring, autumn) = (campaign("spring").id, campaign("autumn").id);
    let stranger = super::lead(2).id;
    let (workspace, found) = (workspace(), event(EventKind::FieldFound));
    table.put_field(&workspace, &lead.id, &line("own"), &found).await.unwrap();
    for (id, text) in [(&spring, "first"), (&autumn, "autumn"), (&spring, "spring")] {
        table.put_campaign_line(&workspace, &lead.id, id, &line(text), &found).await.unwrap();
    }
    let own = table.field(&workspace, &lead.id, Field::FirstLine).await.unwrap();
    assert_eq!(own, Some(line("own")), "it is another item");
    let of_spring = table.campaign_line(&workspace, &lead.id, &spring).await.unwrap();
    assert_eq!(of_spring, Some(line("spring")), "the latest");
    let known = table.campaign_lines(&workspace, &[lead.id.clone(), stranger], &spring).await.unwrap();
    assert_eq!(known, [(lead.id.clone(), line("spring"))]);
    let file = LeadStore::file(table, &workspace, &lead.id).await.unwrap();
    assert_eq!(file.fields, [line("own")]);
    let mut lines = file.campaign_lines;
    lines.sort_by_key(|(_, line)| line.input_digest.clone());
    assert_eq!(lines, [(autumn.clone(), line("autumn")), (spring.clone(), line("spring"))]);
    LeadStore::erase(table, &workspace, &lead.id, &event(EventKind::LeadDeleted)).await.unwrap();
    for id in [&spring, &autumn] {
        assert_eq!(table.campaign_line(&workspace, &lead.id, id).await.unwrap(), None);
    }
}
