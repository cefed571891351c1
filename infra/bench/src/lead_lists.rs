//! The lead list from columns in memory: a first page after a cold start, and pages of a warm function.

use crate::report::{Bound, CpuClock, Report, peak_memory_mb};
use domain::icp::IcpProfile;
use domain::lead::Lead;
use domain::lead::custom_field::{CustomField, CustomFields, FieldKind};
use domain::lead::engagement::Decaying;
use domain::lead::segment::{ListField, SegmentRule};
use domain::lead::stage::StageId;
use domain::{CustomFieldId, LeadId, UserId, WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use lead_columns::block::{Change, pack};
use lead_columns::{LeadColumns, ListQuery, ListedLead, OwnTexts};
use serde_json::json;

const LEADS_A_BLOCK: u64 = 8_192;
/// The pages of each kind that are measured together.
const PAGES: u32 = 20;

pub fn run(report: &mut Report) -> anyhow::Result<()> {
    level(report, 10_000, (1.0, 40.0, 5.0))?;
    level(report, 100_000, (2.0, 200.0, 40.0))
}

/// A million leads: it takes a gigabyte and a minute.
pub fn large(report: &mut Report) -> anyhow::Result<()> {
    level(report, 1_000_000, (15.0, 2_000.0, 400.0))
}

fn level(report: &mut Report, leads: u64, (warm, cold, memory): (f64, f64, f64)) -> anyhow::Result<()> {
    let blocks: Vec<Vec<u8>> = (0..leads)
        .step_by(LEADS_A_BLOCK as usize)
        .map(|first| block(first..leads.min(first + LEADS_A_BLOCK)))
        .collect::<Result<_, _>>()?;
    let packed: usize = blocks.iter().map(Vec::len).sum();
    report.figure(format!("{leads} leads: bytes of a lead in its block"), packed as f64 / leads as f64);
    let (mut columns, mut cpu) = (LeadColumns::default(), CpuClock::default());
    let fields = fields();
    let everyone = json!({"all": []});
    cpu.measure(|| {
        columns.make_room(leads as usize);
        blocks.iter().try_for_each(|block| columns.take_in(block))?;
        columns.shrink();
        page(&mut columns, &fields, &everyone, "", "created");
        anyhow::Ok(())
    })?;
    report.bounded(
        format!("{leads} leads: first page of a cold function, CPU ms"),
        cpu.seconds() * 1e3,
        Bound::AtMost(cold),
    );
    for (name, rule, words, sort) in [
        ("default page", everyone.clone(), "", "created"),
        (
            "filter by stage and country",
            json!({"all": [
            {"if": {"field": "status", "is": ["new", "replied"]}}, {"if": {"field": "country", "is": ["DE"]}}]}),
            "",
            "created",
        ),
        (
            "filter by a custom number",
            json!({"if": {"field": "custom.Seats", "at_least": "500"}}),
            "",
            "created",
        ),
        (
            "text within a company's name",
            json!({"if": {"field": "company", "contains": "works 77"}}),
            "",
            "created",
        ),
        ("search of two words", everyone.clone(), "anna werke", "created"),
        ("search with a typing error", everyone.clone(), "shcmidt", "created"),
        ("sorted by company", everyone.clone(), "", "company"),
        ("sorted by score", everyone.clone(), "", "score"),
        ("sorted by a custom number", everyone.clone(), "", "custom.Seats"),
    ] {
        // What is made when first asked for, an order say, belongs to the first page of its kind.
        page(&mut columns, &fields, &rule, words, sort);
        let mut cpu = CpuClock::default();
        for _ in 0..PAGES {
            cpu.measure(|| page(&mut columns, &fields, &rule, words, sort));
        }
        report.bounded(
            format!("{leads} leads: {name}, CPU ms"),
            (cpu.seconds() * 1e3) / f64::from(PAGES),
            Bound::AtMost(warm),
        );
    }
    counted_fit(report, leads, &mut columns, &fields, warm);
    let mut cpu = CpuClock::default();
    for turn in 0..PAGES {
        let changed: Vec<Lead> =
            (0..10).map(|at| lead(u64::from(turn * 10 + at) * 37 % leads, 2 + u64::from(turn))).collect();
        cpu.measure(|| {
            for lead in &changed {
                columns.put(&ListedLead::of(lead, &OwnTexts::of(lead)));
            }
            page(&mut columns, &fields, &everyone, "", "company");
        });
    }
    report.bounded(
        format!("{leads} leads: page after ten changes, CPU ms"),
        (cpu.seconds() * 1e3) / f64::from(PAGES),
        Bound::AtMost(warm),
    );
    let held = columns.size_bytes() as f64 / 1e6;
    report.bounded(format!("{leads} leads: columns, MB"), held, Bound::AtMost(memory));
    report.figure(format!("{leads} leads: peak of the process with its blocks, MB"), peak_memory_mb());
    Ok(())
}

/// An ICP of four rules and four weights is counted: as much for each as for a page.
fn counted_fit(report: &mut Report, leads: u64, columns: &mut LeadColumns, fields: &CustomFields, each: f64) {
    let profile = json!({
        "rules": [
            {"rule": {"if": {"field": "country", "is": ["DE", "GB", "FR"]}}},
            {"rule": {"all": [{"if": {"field": "custom.Seats", "at_least": "20"}},
                {"if": {"field": "custom.Seats", "at_most": "800"}}]}},
            {"rule": {"none": [{"if": {"field": "status", "is": ["won"]}}]}, "not_known": "keep"},
            {"rule": {"if": {"field": "email", "filled": true}}},
        ],
        "weights": [
            {"rule": {"if": {"field": "job_title", "contains": "owner"}}, "points": 40},
            {"rule": {"if": {"field": "category", "is": ["Dentist", "Bakery"]}}, "points": 30},
            {"rule": {"if": {"field": "rating", "at_least": "4.5"}}, "points": 20},
            {"rule": {"if": {"field": "city", "is": ["Berlin"]}}, "points": 10},
        ],
        "threshold": 60,
    });
    let profile: IcpProfile = serde_json::from_value(profile).expect("the bench's ICP is one");
    let rules = (profile.rules.len() + profile.weights.len()) as f64;
    let (mut matching, mut cpu) = (0, CpuClock::default());
    columns.fit_counts(&profile, fields, now(), (8, 0));
    for round in 0..PAGES {
        let (counts, _) = cpu.measure(|| columns.fit_counts(&profile, fields, now(), (8, round as usize)));
        matching = counts.matching;
    }
    assert!(matching > 0, "the bench's ICP finds nobody");
    report.bounded(
        format!("{leads} leads: a rule of an ICP that is counted, CPU ms"),
        cpu.seconds() * 1e3 / f64::from(PAGES) / rules,
        Bound::AtMost(each),
    );
}

fn page(columns: &mut LeadColumns, fields: &CustomFields, rule: &serde_json::Value, words: &str, sort: &str) {
    let rule: SegmentRule = serde_json::from_value(rule.clone()).expect("the bench's rules are rules");
    let page = columns.page(&ListQuery {
        rule: &rule,
        words,
        sort: ListField::named(sort, fields).expect("the bench sorts by fields"),
        descending: sort == "score",
        limit: 50,
        after: None,
        now: now(),
        fields,
        icps: &[],
        shown_fits: &[],
    });
    assert!(!page.leads.is_empty(), "{rule:?} {words} finds nobody");
}

fn now() -> Timestamp {
    Timestamp::from_second(1_795_000_000).expect("a time in 2026")
}

fn fields() -> CustomFields {
    let id = CustomFieldId::derived(now(), &["seats"]);
    let seats =
        CustomField { id, key: "Seats".to_owned(), label: "Seats".to_owned(), kind: FieldKind::Number };
    CustomFields { fields: vec![seats], rev: 1, ..CustomFields::none(workspace()) }
}

pub fn workspace() -> WorkspaceId {
    WorkspaceId::derived(now(), &["workspace"])
}

pub fn block(numbers: std::ops::Range<u64>) -> anyhow::Result<Vec<u8>> {
    let leads: Vec<Lead> = numbers.map(|number| lead(number, 1)).collect();
    let own: Vec<OwnTexts> = leads.iter().map(OwnTexts::of).collect();
    let changes: Vec<Change<'_>> =
        leads.iter().zip(&own).map(|(lead, own)| Change::Put(ListedLead::of(lead, own))).collect();
    Ok(pack(&changes)?)
}

/// A lead as a CRM holds it: most texts its own, places and industries shared, one in five engaged.
pub fn lead(number: u64, rev: u64) -> Lead {
    const FIRST: [&str; 8] = ["Anna", "Ben", "Chloé", "Dmitri", "Elif", "Farid", "Grace", "Hugo"];
    const LAST: [&str; 10] =
        ["Schmidt", "Smith", "Moreau", "Rossi", "García", "Kowalski", "Jansen", "Novák", "Silva", "Yılmaz"];
    const CITIES: [&str; 6] = ["Berlin", "London", "Lyon", "Milano", "Madrid", "Kraków"];
    const COUNTRIES: [&str; 6] = ["DE", "GB", "FR", "IT", "ES", "PL"];
    const TRADES: [&str; 5] = ["Dentist", "Software", "Logistics", "Restaurant", "Bakery"];
    let pick = |of: &[&str], salt: u64| {
        of[(number.wrapping_mul(2_654_435_761).wrapping_add(salt * 97) >> 7) as usize % of.len()].to_owned()
    };
    let at = now() - SignedDuration::from_mins((number % 500_000) as i64);
    let mut lead = Lead::blank(LeadId::derived(at, &[&number.to_string()]), workspace(), at);
    lead.rev = rev;
    lead.first_name = Some(pick(&FIRST, 1));
    lead.last_name = Some(pick(&LAST, 2));
    lead.company = Some(format!("{} Works {}", pick(&LAST, 3), number / 3));
    if number.is_multiple_of(11) {
        lead.company = Some(format!("Werke {number}"));
    }
    lead.job_title = Some(pick(&["Owner", "Head of Sales", "Manager"], 4));
    lead.email = format!("person{number}@company{}.example", number / 3).try_into().ok();
    lead.phone = format!("+4930{:08}", number).try_into().ok();
    lead.city = Some(pick(&CITIES, 5));
    lead.country = domain::contact::country::Country::parse(&pick(&COUNTRIES, 6));
    lead.category = Some(pick(&TRADES, 7));
    lead.owner = Some(UserId::derived(now(), &[&(number % 7).to_string()]));
    lead.tags = [format!("list {}", number % 40)].into();
    lead.status = [StageId::NEW, StageId::CONTACTED, StageId::REPLIED, StageId::WON][number as usize % 4];
    lead.custom.insert("Seats".to_owned(), (number * 7 % 1_000).to_string());
    if number.is_multiple_of(5) {
        lead.engagement.heat = Some(Decaying { value: (number % 40) as f64, at });
        lead.engagement.last_action_at = Some(at);
    }
    lead
}
