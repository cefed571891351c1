use crate::block::{self, Change, PackedChange, Removed};
use crate::{LeadColumns, ListQuery, ListedLead, Page, TextField, listed::OwnTexts};
use domain::contact::channel::Channel;
use domain::contact::email_address::EmailAddress;
use domain::contact::phone_number::PhoneNumber;
use domain::lead::custom_field::{CustomField, CustomFields, FieldKind};
use domain::lead::engagement::Decaying;
use domain::lead::opt_out_hold::Doubt;
use domain::lead::segment::{ListField, SegmentRule};
use domain::lead::stage::StageId;
use domain::lead::{Lead, Priority};
use domain::time::time_zone::{ZoneFact, ZoneName, ZoneSource};
use domain::{CampaignId, CustomFieldId, LeadId, MessageId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use ulid::Ulid;

mod board;
mod companies;
mod fit;

fn now() -> Timestamp {
    "2026-11-28T12:00:00Z".parse().unwrap()
}

fn workspace() -> WorkspaceId {
    WorkspaceId::new(Ulid::from_parts(1, 1))
}

fn lead(number: u64, change: impl FnOnce(&mut Lead)) -> Lead {
    let at = now() - SignedDuration::from_hours(24 * 100) + SignedDuration::from_hours(number as i64);
    let id = LeadId::new(Ulid::from_parts(at.as_millisecond() as u64, u128::from(number)));
    let mut lead = Lead::blank(id, workspace(), at);
    lead.rev = 1;
    lead.first_name = Some(format!("Lead {number}"));
    change(&mut lead);
    lead
}

fn fields() -> CustomFields {
    let field = |number: u128, key: &str, kind| CustomField {
        id: CustomFieldId::new(Ulid(number)),
        key: key.to_owned(),
        label: key.to_owned(),
        kind,
    };
    let options = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let fields = vec![
        field(1, "Seats", FieldKind::Number),
        field(2, "Plan", FieldKind::Choice { options: options(&["Gold", "Silver"]) }),
        field(3, "Fairs", FieldKind::Choices { options: options(&["Bonn", "Lyon", "Rome"]) }),
        field(4, "Ends", FieldKind::Date),
        field(5, "Deal", FieldKind::Money { currency: domain::money::Currency::parse("EUR").unwrap() }),
        field(6, "Known", FieldKind::Check),
    ];
    CustomFields { fields, rev: 1, ..CustomFields::none(workspace()) }
}

fn put(columns: &mut LeadColumns, lead: &Lead) {
    columns.put(&ListedLead::of(lead, &OwnTexts::of(lead)));
}

fn columns(leads: &[Lead]) -> LeadColumns {
    let mut columns = LeadColumns::default();
    leads.iter().for_each(|lead| put(&mut columns, lead));
    columns
}

struct Asked<'a> {
    rule: Value,
    words: &'a str,
    sort: &'a str,
    descending: bool,
}

impl Default for Asked<'_> {
    fn default() -> Self {
        Self { rule: json!({"all": []}), words: "", sort: "created", descending: false }
    }
}

fn page(columns: &mut LeadColumns, asked: &Asked<'_>, limit: usize, after: Option<&crate::Position>) -> Page {
    let fields = fields();
    let rule: SegmentRule = serde_json::from_value(asked.rule.clone()).unwrap();
    assert_eq!(rule.faults(&fields), [], "{rule:?}");
    columns.page(&ListQuery {
        rule: &rule,
        words: asked.words,
        sort: ListField::named(asked.sort, &fields).unwrap(),
        descending: asked.descending,
        limit,
        after,
        now: now(),
        fields: &fields,
        icps: &[],
        shown_fits: &[],
    })
}

/// The numbers of the leads that a query finds, in its order.
fn found(columns: &mut LeadColumns, asked: &Asked<'_>) -> Vec<u64> {
    let page = page(columns, asked, 1_000, None);
    assert_eq!((page.total, page.next.is_none()), (page.leads.len(), true));
    page.leads.iter().map(number).collect()
}

fn number(id: &LeadId) -> u64 {
    (Ulid::from_string(id.ulid_text()).unwrap().random() & 0xffff) as u64
}

fn selects(leads: &[Lead], condition: Value) -> Vec<u64> {
    found(&mut columns(leads), &Asked { rule: json!({"if": condition}), ..Asked::default() })
}

fn custom(number: u64, key: &str, value: &str) -> Lead {
    lead(number, |lead| drop(lead.custom.insert(key.to_owned(), value.to_owned())))
}

#[test]
fn texts_are_compared_whatever_their_case() {
    let leads = [
        lead(1, |lead| lead.city = Some("Zürich".to_owned())),
        lead(2, |lead| lead.city = Some("ZÜRICH".to_owned())),
        lead(3, |lead| lead.city = Some("Bonn".to_owned())),
        lead(4, |_| ()),
    ];
    assert_eq!(selects(&leads, json!({"field": "city", "is": ["zürich"]})), [1, 2]);
    assert_eq!(selects(&leads, json!({"field": "city", "is_not": ["zürich"]})), [3, 4]);
    assert_eq!(selects(&leads, json!({"field": "city", "contains": "RICH"})), [1, 2]);
    assert_eq!(selects(&leads, json!({"field": "city", "lacks": "o"})), [1, 2, 4]);
    assert_eq!(selects(&leads, json!({"field": "city", "starts_with": "b"})), [3]);
    assert_eq!(selects(&leads, json!({"field": "city", "filled": false})), [4]);
    assert_eq!(selects(&leads, json!({"field": "city", "filled": true})), [1, 2, 3]);
}

fn may_have_opted_out(lead: &mut Lead) {
    let message = MessageId::derived(&lead.id, &["in"]);
    let doubt = Doubt { message: &message, channel: Channel::Email, sentence: "", at: now() };
    assert!(lead.hold_for(doubt));
}

/// Blocks of before have a bool there, which is stored as these numbers.
#[test]
fn bars_of_a_lead_are_bits_of_which_the_first_was_a_bool() {
    let bars = |lead: Lead| ListedLead::of(&lead, &OwnTexts::of(&lead)).contact_bars;
    assert_eq!(bars(lead(1, |_| ())), u8::from(false));
    assert_eq!(bars(lead(1, |lead| lead.do_not_contact = true)), u8::from(true));
    assert_eq!(bars(lead(1, may_have_opted_out)), 2);
    let both = |lead: &mut Lead| {
        lead.do_not_contact = true;
        may_have_opted_out(lead);
    };
    assert_eq!(bars(lead(1, both)), 3);
}

#[test]
fn fixed_fields_are_tested_by_what_they_hold() {
    let user = |number| UserId::new(Ulid::from_parts(5, number));
    let campaign = CampaignId::new(Ulid::from_parts(6, 7));
    let leads = [
        lead(1, |lead| {
            (lead.status, lead.priority) = (StageId::REPLIED, Priority::High);
            lead.owner = Some(user(1));
            lead.tags = ["VIP", "fair"].map(str::to_owned).into();
            lead.active = [campaign.clone()].into();
            (lead.rating, lead.reviews) = (Some(4.5), Some(10));
            lead.last_contacted_at = Some(now() - SignedDuration::from_hours(48));
        }),
        lead(2, |lead| {
            lead.do_not_contact = true;
            lead.owner = Some(user(2));
            lead.tags = ["fair"].map(str::to_owned).into();
            lead.follow_up_at = Some(now() + SignedDuration::from_hours(24));
        }),
        lead(3, may_have_opted_out),
    ];
    let one = user(1).to_string();
    for (condition, wanted) in [
        (json!({"field": "status", "is": ["replied", "won"]}), vec![1]),
        (json!({"field": "status", "is_not": ["replied"]}), vec![2, 3]),
        (json!({"field": "priority", "is": ["high"]}), vec![1]),
        (json!({"field": "do_not_contact", "is": ["yes"]}), vec![2]),
        (json!({"field": "possible_opt_out", "is": ["yes"]}), vec![3]),
        (json!({"field": "possible_opt_out", "is": ["no"]}), vec![1, 2]),
        (json!({"field": "owner", "is": [one]}), vec![1]),
        (json!({"field": "owner", "is": ["none"]}), vec![3]),
        (json!({"field": "owner", "filled": true}), vec![1, 2]),
        (json!({"field": "tag", "is": ["vip"]}), vec![1]),
        (json!({"field": "tag", "has_all": ["fair", "vip"]}), vec![1]),
        (json!({"field": "tag", "is_not": ["fair"]}), vec![3]),
        (json!({"field": "tag", "filled": false}), vec![3]),
        (json!({"field": "campaign", "is": [campaign.to_string()]}), vec![1]),
        (json!({"field": "rating", "at_least": "4.5"}), vec![1]),
        (json!({"field": "rating", "is": ["1", "4.5"]}), vec![1]),
        (json!({"field": "rating", "is_not": ["4.5"]}), vec![2, 3]),
        (json!({"field": "reviews", "is": ["7", "10"]}), vec![1]),
        (json!({"field": "score", "is": ["101"]}), vec![]),
        (json!({"field": "reviews", "at_most": "9"}), vec![]),
        (json!({"field": "reviews", "filled": false}), vec![2, 3]),
        (json!({"field": "last_contacted", "in_last_days": 2}), vec![1]),
        (json!({"field": "last_contacted", "in_last_days": 1}), vec![]),
        (json!({"field": "follow_up", "in_next_days": 1}), vec![2]),
        (json!({"field": "created", "at_least": "2020-01-01"}), vec![1, 2, 3]),
        (json!({"field": "created", "at_most": "2020-01-01"}), vec![]),
    ] {
        assert_eq!(selects(&leads, condition.clone()), wanted, "{condition}");
    }
}

#[test]
fn custom_fields_are_compared_as_their_kind_says() {
    let leads = [
        custom(1, "Seats", "9"),
        custom(2, "Seats", "10"),
        custom(3, "Seats", "a dozen"),
        custom(4, "Fairs", "Bonn; Rome"),
        custom(5, "Plan", "Gold"),
        custom(6, "Ends", "2026-12-01"),
        custom(7, "Deal", "49.50 EUR"),
        custom(8, "Known", "yes"),
        custom(9, "Known", "no"),
    ];
    for (condition, wanted) in [
        (json!({"field": "custom.Seats", "at_least": "9.5"}), vec![2]),
        (json!({"field": "custom.Seats", "is": ["9", "10"]}), vec![1, 2]),
        (json!({"field": "custom.Seats", "filled": true}), vec![1, 2, 3]),
        (json!({"field": "custom.Fairs", "is": ["Rome", "Lyon"]}), vec![4]),
        (json!({"field": "custom.Fairs", "has_all": ["Rome", "Lyon"]}), vec![]),
        (json!({"field": "custom.Plan", "is": ["gold"]}), vec![5]),
        (json!({"field": "custom.Ends", "in_next_days": 3}), vec![6]),
        (json!({"field": "custom.Ends", "is": ["2026-11-01", "2026-12-01"]}), vec![6]),
        (json!({"field": "custom.Deal", "at_most": "50 EUR"}), vec![7]),
        (json!({"field": "custom.Known", "is": ["no"]}), vec![9]),
    ] {
        assert_eq!(selects(&leads, condition.clone()), wanted, "{condition}");
    }
}

#[test]
fn groups_join_their_conditions() {
    let leads: Vec<Lead> = (1..=8)
        .map(|number| {
            lead(number, |lead| {
                lead.city = Some((if number % 2 == 0 { "Bonn" } else { "Rome" }).to_owned());
                lead.status = if number > 4 { StageId::WON } else { StageId::NEW };
            })
        })
        .collect();
    let bonn = json!({"if": {"field": "city", "is": ["Bonn"]}});
    let won = json!({"if": {"field": "status", "is": ["won"]}});
    let all = |rule: Value| found(&mut columns(&leads), &Asked { rule, ..Asked::default() });
    assert_eq!(all(json!({"all": [bonn, won]})), [6, 8]);
    assert_eq!(all(json!({"any": [bonn, won]})), [2, 4, 5, 6, 7, 8]);
    assert_eq!(all(json!({"none": [bonn, won]})), [1, 3]);
    assert_eq!(all(json!({"all": [won, {"none": [bonn]}]})), [5, 7]);
}

#[test]
fn search_finds_beginnings_of_words_and_forgives_one_error() {
    let leads = [
        lead(1, |lead| {
            (lead.first_name, lead.last_name) = (Some("Annabel".to_owned()), Some("Smith".to_owned()));
            lead.company = Some("Quay Dental".to_owned());
            lead.notes = Some("Met at the fair. Wants a Quote.".to_owned());
            lead.phone = Some("+442079460018".to_owned().try_into().unwrap());
        }),
        lead(2, |lead| {
            (lead.first_name, lead.last_name) = (Some("Anna".to_owned()), Some("Schmidt".to_owned()));
            lead.email = Some("a.schmidt@quay.example".to_owned().try_into().unwrap());
            lead.custom.insert("Plan".to_owned(), "Gold".to_owned());
        }),
    ];
    let mut columns = columns(&leads);
    for (words, wanted) in [
        ("anna", vec![1, 2]),
        ("ANNA quay", vec![1, 2]),
        ("anna schm", vec![2]),
        ("smiht", vec![1]),
        ("smth", vec![1]),
        ("smiith", vec![1]),
        ("smyth", vec![1]),
        ("smythe", vec![]),
        ("nna", vec![]),
        ("quote", vec![1]),
        ("gold", vec![2]),
        ("020 7946 0018", vec![1]),
        ("0018", vec![1]),
        ("anna dental", vec![1]),
        ("dentist", vec![]),
        ("…", vec![1, 2]),
    ] {
        assert_eq!(found(&mut columns, &Asked { words, ..Asked::default() }), wanted, "{words}");
    }
}

#[test]
fn leads_are_sorted_with_those_without_a_value_last() {
    let leads = [
        lead(1, |lead| lead.company = Some("beta".to_owned())),
        lead(2, |_| ()),
        lead(3, |lead| lead.company = Some("Alpha".to_owned())),
        lead(4, |lead| lead.company = Some("Beta".to_owned())),
        custom(5, "Seats", "10"),
        custom(6, "Seats", "9"),
    ];
    let mut columns = columns(&leads);
    let mut by =
        |sort: &str, descending| found(&mut columns, &Asked { sort, descending, ..Asked::default() });
    assert_eq!(by("company", false), [3, 1, 4, 2, 5, 6]);
    assert_eq!(by("company", true), [4, 1, 3, 6, 5, 2]);
    assert_eq!(by("custom.Seats", false), [6, 5, 1, 2, 3, 4]);
    assert_eq!(by("created", true), [6, 5, 4, 3, 2, 1]);
    assert_eq!(by("name", true), [6, 5, 4, 3, 2, 1]);
}

#[test]
fn leads_are_sorted_by_their_tags_campaigns_and_flags() {
    let tags = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let campaign = |number| CampaignId::new(Ulid(number));
    let leads = [
        lead(1, |lead| lead.tags = tags(&["vip", "Fair"])),
        lead(2, |lead| lead.active = [campaign(9)].into()),
        lead(3, |lead| lead.tags = tags(&["alpha"])),
        lead(4, |lead| lead.tags = tags(&["fair"])),
        lead(5, |lead| (lead.do_not_contact, lead.active) = (true, [campaign(8)].into())),
    ];
    let mut known = columns(&leads);
    let mut by = |sort: &str, descending| found(&mut known, &Asked { sort, descending, ..Asked::default() });
    assert_eq!(by("tag", false), [3, 4, 1, 2, 5]);
    assert_eq!(by("tag", true), [1, 4, 3, 5, 2]);
    assert_eq!(by("campaign", false), [5, 2, 1, 3, 4]);
    assert_eq!(by("do_not_contact", true), [5, 4, 3, 2, 1]);
    let held = [lead(1, |_| ()), lead(2, may_have_opted_out), lead(3, |_| ())];
    let asked = Asked { sort: "possible_opt_out", descending: true, ..Asked::default() };
    assert_eq!(found(&mut columns(&held), &asked), [2, 3, 1]);
}

#[test]
fn score_is_that_of_the_lead_and_sorts() {
    let heat = |value, days: i64| Some(Decaying { value, at: now() - SignedDuration::from_hours(24 * days) });
    let leads = [
        lead(1, |lead| lead.engagement.heat = heat(30.0, 20)),
        lead(2, |lead| lead.engagement.heat = heat(30.0, 1)),
        lead(3, |lead| {
            lead.website = Some("https://a.example".to_owned());
            lead.engagement.response_hours = Some(2.0);
            lead.engagement.hot_since = Some(now() - SignedDuration::from_hours(30));
        }),
        lead(4, |_| ()),
    ];
    let mut columns = columns(&leads);
    for (row, lead) in leads.iter().enumerate() {
        assert_eq!(columns.score(row, now()), domain::lead::score::score(lead, now()).total, "{}", lead.id);
    }
    let sorted = found(&mut columns, &Asked { sort: "score", descending: true, ..Asked::default() });
    let mut wanted: Vec<&Lead> = leads.iter().collect();
    wanted.sort_by_key(|lead| std::cmp::Reverse(domain::lead::score::score(lead, now()).total));
    assert_eq!(sorted, wanted.iter().map(|lead| number(&lead.id)).collect::<Vec<_>>());
}

#[test]
fn pages_hold_every_lead_once_while_others_come_in() {
    let named = |number: u64| {
        lead(number, |lead| {
            lead.company = (!number.is_multiple_of(3)).then(|| format!("Company {}", number * 7 % 10));
            lead.tags = (0..number % 3).map(|tag| format!("tag {}", (number + tag) * 7 % 10)).collect();
            lead.custom.insert("Seats".to_owned(), (number * 7 % 10).to_string());
        })
    };
    let sorts = ["company", "tag", "custom.Seats", "custom.Plan", "created", "updated"];
    for (sort, descending) in sorts.into_iter().flat_map(|sort| [(sort, false), (sort, true)]) {
        let mut columns = columns(&(1..=50).map(named).collect::<Vec<_>>());
        let asked = Asked { sort, descending, ..Asked::default() };
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = page(&mut columns, &asked, 7, after.as_ref());
            assert!(page.total >= 50);
            seen.extend(page.leads.iter().map(number).filter(|number| *number <= 50));
            put(&mut columns, &named(100 + seen.len() as u64));
            after = page.next;
            if after.is_none() || seen.len() > 60 {
                break;
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, (1..=50).collect::<Vec<_>>(), "{sort} {descending}");
    }
}

/// A page in order of creation is walked to if many rows match; of few the best are kept.
#[test]
fn pages_in_order_of_creation_are_those_of_the_sorted_ids_in_either_direction() {
    let numbers: Vec<u64> = (0..2_000).map(|n| n * 7_919 % 4_096).collect();
    let named = |number: &u64| lead(*number, |lead| lead.city = Some(format!("City {}", number % 40)));
    let mut columns = columns(&numbers.iter().map(named).collect::<Vec<_>>());
    columns.remove(&lead(numbers[5], |_| {}).id, 9);
    let few = json!({"if": {"field": "city", "is": ["City 7"]}});
    for (rule, descending) in
        [json!({"all": []}), few].into_iter().flat_map(|rule| [(rule.clone(), false), (rule, true)])
    {
        let is_few = rule.get("if").is_some();
        let mut wanted: Vec<u64> = numbers.clone();
        wanted.retain(|number| *number != numbers[5] && (!is_few || number % 40 == 7));
        wanted.sort_unstable();
        if descending {
            wanted.reverse();
        }
        let asked = Asked { rule, descending, ..Asked::default() };
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = page(&mut columns, &asked, 170, after.as_ref());
            assert_eq!(page.total, wanted.len());
            seen.extend(page.leads.iter().map(number));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert!(seen == wanted, "few: {is_few}, descending: {descending}");
    }
}

#[test]
fn list_with_room_for_more_or_fewer_leads_than_come_shows_those_that_came() {
    for room in [0, 1, 3, 5_000] {
        let mut leads = LeadColumns::default();
        leads.make_room(room);
        (1..=3).for_each(|number| put(&mut leads, &lead(number, |_| {})));
        assert_eq!((leads.len(), found(&mut leads, &Asked::default())), (3, vec![1, 2, 3]), "{room}");
        leads.shrink();
        put(&mut leads, &lead(4, |_| {}));
        assert_eq!(found(&mut leads, &Asked::default()), [1, 2, 3, 4], "{room}");
    }
}

#[test]
fn newer_revision_wins_and_a_removed_lead_stays_away() {
    let at = |rev, city: &str| {
        lead(1, |lead| {
            lead.rev = rev;
            lead.city = Some(city.to_owned());
        })
    };
    let mut columns = columns(&[at(2, "Bonn"), at(1, "Rome")]);
    let bonn = Asked { rule: json!({"if": {"field": "city", "is": ["Bonn"]}}), ..Asked::default() };
    assert_eq!(found(&mut columns, &bonn), [1]);
    put(&mut columns, &at(3, "Lyon"));
    assert_eq!(found(&mut columns, &bonn), [0; 0]);
    columns.remove(&at(4, "").id, 4);
    assert_eq!(columns.len(), 0);
    put(&mut columns, &at(3, "Bonn"));
    assert_eq!((columns.len(), found(&mut columns, &bonn)), (0, vec![]));
}

#[test]
fn block_gives_the_leads_back_and_an_unknown_one_is_refused() {
    let leads: Vec<Lead> = (1..=300).map(|number| custom(number, "Seats", &number.to_string())).collect();
    let own: Vec<OwnTexts> = leads.iter().map(OwnTexts::of).collect();
    let mut changes: Vec<Change<'_>> =
        leads.iter().zip(&own).map(|(lead, own)| Change::Put(ListedLead::of(lead, own))).collect();
    let gone = Ulid::from_string(leads[0].id.ulid_text()).unwrap().0.to_be_bytes();
    changes.push(Change::Removed(Removed { id: gone, rev: 9, at: 5 }));
    let packed = block::pack(&changes).unwrap();
    let mut read = Vec::new();
    block::unpack(&packed, |change| read.push(format!("{change:?}"))).unwrap();
    assert_eq!(read, changes.iter().map(|change| format!("{change:?}")).collect::<Vec<_>>());
    let mut columns = LeadColumns::default();
    columns.take_in(&packed).unwrap();
    assert_eq!(columns.len(), 299);
    let mut parts = block::split(&packed).unwrap();
    assert_eq!(
        parts.pop(),
        Some(PackedChange::removed(&leads[0].id, 9, Timestamp::from_microsecond(5).unwrap()).unwrap())
    );
    let revs: Vec<u64> = parts.iter().map(|part| part.rev).collect();
    assert_eq!(revs, leads.iter().map(|lead| lead.rev).collect::<Vec<_>>());
    columns.take_in(&block::join(&parts).unwrap()).unwrap();
    assert_eq!(columns.len(), 299, "what a block says once more brings no removed lead back");
    let mut other = packed.clone();
    other[0] = 99;
    assert!(matches!(columns.take_in(&other), Err(block::BadBlock::Version(99))));
    assert!(columns.take_in(&[]).is_err());
    assert!(columns.take_in(&packed[..packed.len() / 2]).is_err());
    assert!(columns.take_in(&[block::VERSION, 1, 2, 3]).is_err());
}

#[test]
fn list_tells_the_zone_of_the_number_and_not_one_that_was_stored_from_a_former_table() {
    let shown = |phone: &str, source| {
        let stored = lead(1, |lead| {
            let zone = ZoneName::parse("America/New_York").unwrap();
            lead.phone = PhoneNumber::parse(phone, None).ok();
            lead.zone = Some(ZoneFact { zone, source, confidence: 70 });
        });
        let own = OwnTexts::of(&stored);
        ListedLead::of(&stored, &own).texts[TextField::TimeZone as usize].map(str::to_owned)
    };
    let sacramento = "+19165550123";
    assert_eq!(shown(sacramento, ZoneSource::Phone).as_deref(), Some("America/Los_Angeles"));
    assert_eq!(shown(sacramento, ZoneSource::Given).as_deref(), Some("America/New_York"), "a user said so");
    assert_eq!(shown("+18005550123", ZoneSource::Phone), None, "it tells no place");
}

#[test]
fn row_shows_what_the_lead_has() {
    let whole = lead(7, |lead| {
        lead.last_name = Some("Doe".to_owned());
        lead.company = Some("Acme".to_owned());
        lead.country = domain::contact::country::Country::parse("DE");
        lead.status = StageId::QUALIFIED;
        lead.priority = Priority::High;
        lead.do_not_contact = true;
        lead.owner = Some(UserId::new(Ulid(3)));
        lead.tags = ["fair", "warm"].map(str::to_owned).into();
        lead.active = [CampaignId::new(Ulid(4))].into();
        lead.custom = [("Seats".to_owned(), "12".to_owned())].into();
        lead.engagement.heat = Some(Decaying { value: 30.0, at: now() });
        lead.follow_up_at = Some(now());
        lead.rev = 8;
    });
    let mut columns = columns(&[lead(1, |_| {}), whole.clone()]);
    let page = columns.page(&ListQuery {
        rule: &SegmentRule::everyone(),
        words: "doe",
        sort: ListField::named("created", &fields()).unwrap(),
        descending: false,
        limit: 1,
        after: None,
        now: now(),
        fields: &fields(),
        icps: &[],
        shown_fits: &[],
    });
    let row = columns.row(page.rows[0]);
    assert_eq!((row.id(), row.rev(), row.name()), (whole.id.clone(), 8, "Lead 7 Doe".into()));
    assert_eq!(row.text(TextField::Company), Some("Acme"));
    assert_eq!(row.text(TextField::Country), Some("DE"));
    assert_eq!(
        (row.status(), row.priority(), row.do_not_contact()),
        (StageId::QUALIFIED, Priority::High, true)
    );
    assert_eq!(row.owner(), whole.owner.as_ref().map(UserId::ulid_text));
    assert_eq!(row.tags().collect::<Vec<_>>(), ["fair", "warm"]);
    assert_eq!(row.active().collect::<Vec<_>>(), [Ulid(4).to_string()]);
    assert_eq!((row.custom("Seats"), row.custom("Plan")), (Some("12"), None));
    assert_eq!(row.custom_values().collect::<Vec<_>>(), [("Seats", "12")]);
    assert_eq!(row.score(now()), domain::lead::score::score(&whole, now()).total);
    assert_eq!(row.temperature(now()), whole.temperature(now()));
    assert_eq!((row.follow_up(), row.last_contacted()), (Some(now()), None));
    assert_eq!((row.created(), row.updated()), (whole.created_at, whole.updated_at));
    assert_eq!((columns.rev_of(&whole.id), columns.rev_of(&LeadId::new(Ulid(99)))), (Some(8), None));
}

#[test]
fn tags_and_campaigns_of_a_row_are_in_the_order_of_the_lead() {
    let campaigns: Vec<CampaignId> = (1..=2).map(|number| CampaignId::new(Ulid(number))).collect();
    let tags = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let leads = [
        lead(1, |lead| {
            lead.tags = tags(&["vip"]);
            lead.active = [campaigns[1].clone()].into();
        }),
        lead(2, |lead| {
            lead.tags = tags(&["fair", "vip"]);
            lead.active = campaigns.iter().cloned().collect();
        }),
    ];
    let mut columns = columns(&leads);
    let asked = Asked { rule: json!({"if": {"field": "tag", "is": ["fair"]}}), ..Asked::default() };
    let page = page(&mut columns, &asked, 10, None);
    let row = columns.row(page.rows[0]);
    assert_eq!(row.tags().collect::<Vec<_>>(), ["fair", "vip"]);
    let active: Vec<&str> = campaigns.iter().map(CampaignId::ulid_text).collect();
    assert_eq!(row.active().collect::<Vec<_>>(), active);
}
