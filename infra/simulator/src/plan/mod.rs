//! The plan of a seed: the people, the sequence, the time, what users do meanwhile, and what goes wrong.

pub mod account_limits;
pub mod agenda;
pub mod automations;
pub mod full_batches;
pub mod full_days;
pub mod lateness;
pub mod mailboxes;
pub mod number_limits;
pub mod outages;
pub mod pauses;
pub mod places;
pub mod profile_agenda;
pub mod races;
pub mod rare_chains;
pub mod second_tenant;
pub mod stale_reads;
pub mod steps;
pub mod trouble_rules;
pub mod troubles;
pub mod user_action;

use crate::chance::Chance;
use crate::plan::account_limits::{mailbox_hours, mailbox_limits, second_mailbox};
use crate::plan::agenda::{
    actions, answers, chat_replies, one_offs, pauses, people_actions, qualified, redrives, task_rounds,
};
use crate::plan::automations::{AutomationPlan, occasions};
use crate::plan::lateness::{endings, lateness};
use crate::plan::number_limits::{number_limits, with_a_minutes_limit};
use crate::plan::outages::{outages, rotations};
use crate::plan::pauses::pauses_that_end;
use crate::plan::places::{DAYTIME, PLACES};
use crate::plan::profile_agenda::{
    bulk_messages, closings, company_hold, edits, from_before, hand_overs, inbox_actions, moves, names,
    second_tenant_actions, settings, starts, unsuppressions,
};
use crate::plan::second_tenant::{SecondTenantPlan, second_tenant};
use crate::plan::steps::{Does, Step, bodies, edited, refine, step, vary};
use crate::plan::trouble_rules::{HOLDING_UP, rules};
use crate::plan::user_action::{PlannedAction, UserAction};
use crate::profile::{Profile, Seed};
use crate::trouble::kind::{Kind, Rule};
use jiff::Span;
use jiff::civil::Date;
use local_world::MailboxKind;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub struct Plan {
    pub seed: Seed,
    pub start: &'static str,
    pub days: i64,
    pub people: Vec<Person>,
    pub steps: Vec<Step>,
    pub window: Value,
    /// The workspace's own, and when its mailbox works.
    pub days_off: Vec<Value>,
    pub mailbox_hours: Value,
    /// How much it may send; as the installation has it if absent.
    pub mailbox_limits: Option<Value>,
    /// A second mailbox, and how much it may send.
    pub second_mailbox: Option<Value>,
    /// Mailboxes that are sent from and read, in place of the one that only sends.
    pub mailboxes: Vec<MailboxKind>,
    /// The mailbox that people's own letters go out by.
    pub one_offs_from: usize,
    /// How much the number for texts may send, and the one on WhatsApp.
    pub number_limits: [Option<Value>; 2],
    pub occasions: AutomationPlan,
    /// The second workspace in the installation.
    pub second_tenant: Option<SecondTenantPlan>,
    /// Whether that one is a provider's that honours keys.
    pub keyed: bool,
    pub when_mailbox_gone: &'static str,
    /// How often anybody is turned to.
    pub caps: Value,
    /// What becomes of a message when nobody finds out whether it went out.
    pub when_uncertain: &'static str,
    /// And of one that a pause or an outage has made late.
    pub when_late: &'static str,
    /// What ends with a dead address, and with STOP.
    pub endings: Value,
    /// The days for which a company is held after a reply.
    pub company_hold_days: i64,
    pub rules: Vec<Rule>,
    pub actions: Vec<PlannedAction>,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub number: usize,
    pub email: String,
    pub phone: String,
    pub place: usize,
}

const PERSONAS: [&str; 12] = [
    "silent", "silent", "silent", "curious", "curious", "curious", "keen", "annoyed", "vanished", "bouncer",
    "ooo", "scanned",
];

/// Mondays, and days before clocks change.
const STARTS: [&str; 5] = [
    "2026-11-16T06:00:00Z",
    "2026-10-22T05:00:00Z",
    "2026-10-29T12:00:00Z",
    "2027-03-11T20:00:00Z",
    "2027-03-25T08:00:00Z",
];

/// What a life is made for.
pub type Scenario = fn(&mut Plan, &mut Chance);

impl Plan {
    pub fn of(seed: Seed) -> Self {
        let mut chance = Chance::of(seed, "plan");
        let short = is_short(seed);
        let people = if short { 3 + chance.below(4) } else { 6 + chance.below(9) };
        let mut people = (0..people).map(|number| person(number, &mut chance)).collect::<Vec<_>>();
        let company_hold_days = company_hold(seed, &mut people);
        let count = if short { 3 + chance.below(4) } else { 4 + chance.below(6) };
        let mut steps: Vec<Step> = (0..count).map(|number| step(number, count, &mut chance)).collect();
        vary(&mut steps, &mut Chance::of(seed, "variants"));
        let days = if short { chance.between(4, 9) } else { chance.between(7, 21) };
        let rules = rules(seed, &mut chance);
        let mut actions = actions(people.len(), days, &mut chance);
        let task_rounds = match steps.iter().any(|step| matches!(step.does, Does::Task(_))) {
            true => task_rounds(days, &mut chance),
            false => Vec::new(),
        };
        actions.extend(edits(days, &task_rounds, &mut Chance::of(seed, "editions")));
        actions.extend(task_rounds);
        actions.extend(people_actions(people.len(), days, &mut Chance::of(seed, "meetings")));
        if steps.iter().any(|step| matches!(step.does, Does::Goal(_))) {
            actions.extend(qualified(people.len(), days, &mut Chance::of(seed, "goals")));
        }
        if steps.iter().any(|step| matches!(step.does, Does::Chat(_))) {
            actions.extend(chat_replies(people.len(), days, &mut Chance::of(seed, "chats")));
        }
        actions.extend(pauses_that_end(people.len(), days, &mut Chance::of(seed, "holidays")));
        actions.extend(outages(days, &mut Chance::of(seed, "losses")));
        if steps.iter().any(|step| step.variants > 1) {
            actions.extend(pauses(days, &mut Chance::of(seed, "pauses")));
        }
        actions.extend(answers(days, &mut Chance::of(seed, "answers")));
        actions.extend(redrives(days, &mut Chance::of(seed, "dead letters")));
        actions.extend(one_offs(people.len(), days, &mut Chance::of(seed, "letters")));
        actions.extend(lateness(days, &mut Chance::of(seed, "lateness")));
        actions.extend(rotations(days, &mut Chance::of(seed, "rotations")));
        actions.extend(hand_overs(seed, people.len(), days).into_iter().flatten());
        let moves = moves(seed, people.len(), days).unwrap_or_default();
        actions.extend(from_before(seed, &moves).into_iter().flatten());
        actions.extend(moves);
        actions.extend(names(seed, people.len(), days).into_iter().flatten());
        actions.extend(closings(seed, people.len(), days).into_iter().flatten());
        actions.extend(unsuppressions(seed, people.len(), days).into_iter().flatten());
        actions.extend(settings(seed, days).into_iter().flatten());
        actions.extend(starts(seed, people.len(), days).into_iter().flatten());
        actions.extend(inbox_actions(seed, people.len(), days).into_iter().flatten());
        let second_tenant = second_tenant(seed, &people);
        actions.extend(second_tenant_actions(seed, days, second_tenant.as_ref()));
        actions.extend(bulk_messages(seed, people.len(), days).into_iter().flatten());
        actions.sort_by_key(|action| action.minutes);
        let start = STARTS[chance.below(STARTS.len())];
        refine(seed, (start, days), &mut steps);
        let mut window = window(&mut chance);
        let mut chance = Chance::of(seed, "calendar");
        if chance.per_mille(300) {
            window["on_holidays"] = json!("send");
        }
        let mut plan = Self {
            seed,
            start,
            days,
            window,
            days_off: days_off(start, days, &mut chance),
            mailbox_hours: mailbox_hours(&mut chance),
            mailbox_limits: with_a_minutes_limit(
                seed,
                mailbox_limits(start, &mut Chance::of(seed, "limits")),
            ),
            number_limits: number_limits(seed),
            occasions: occasions(seed),
            second_tenant,
            second_mailbox: second_mailbox(seed, start),
            mailboxes: Vec::new(),
            one_offs_from: 0,
            keyed: Chance::of(seed, "keyed").per_mille(500),
            caps: caps(&mut Chance::of(seed, "caps")),
            when_mailbox_gone: *Chance::of(seed, "gone").pick(&["hold", "reassign", "reassign", "exit"]),
            when_uncertain: if chance.per_mille(300) { "resend" } else { "hold" },
            when_late: *Chance::of(seed, "late").pick(&["hold", "hold", "send", "skip"]),
            endings: endings(&mut Chance::of(seed, "endings")),
            company_hold_days,
            people,
            steps,
            rules,
            actions,
        };
        full_days::put(&mut plan);
        match seed.profile {
            Profile::Mailboxes => plan.add_scenario("mailboxes", &[mailboxes::connect]),
            Profile::FullBatches => plan.add_scenario("full batches", &[full_batches::fill]),
            Profile::Troubles => plan.add_scenario("troubles", &[troubles::put]),
            Profile::StaleReads => plan.add_scenario("stale", &[stale_reads::read_stale]),
            Profile::RareChains => plan.add_scenario("seldom", &rare_chains::CHAINS),
            Profile::Races => plan.add_scenario("meddling", &races::RACES),
            _ => {}
        }
        plan
    }

    /// Adds one of these scenarios; following seeds take turns.
    fn add_scenario(&mut self, stream: &str, turns: &[Scenario]) {
        let mut chance = Chance::of(self.seed, stream);
        turns[self.seed.generation(turns.len())](self, &mut chance);
        self.actions.sort_by_key(|action| action.minutes);
    }

    /// One lead that replies and one that does not, and a step of every kind: short, and every function has work. Each of the
    /// two is written to from a mailbox of its own, at the same time.
    pub fn smallest() -> Self {
        let person = |number: usize, persona: &str| Person {
            number,
            email: format!("pat{number}+{persona}@practice{number}.example"),
            phone: format!("{}{number:02}", PLACES[DAYTIME + number].4),
            place: DAYTIME + number,
        };
        let does = [
            (Does::Mail, 0),
            (Does::Task("call"), 0),
            (Does::Wait, 20),
            (Does::Goal("qualified"), 0),
            (Does::Branch("opened", 5, 7), 0),
            (Does::Mail, 0),
            (Does::End, 0),
            (Does::Text, 0),
            (Does::Chat(false), 0),
        ];
        let step =
            |(id, (does, amount))| Step { id, does, amount, unit: "minutes", variants: 0, days: [None; 2] };
        let steps = does.into_iter().enumerate().map(step).collect();
        let round = |minutes| PlannedAction::at(minutes, UserAction::DoTasks);
        Self {
            seed: Profile::Ordinary.seed(1),
            start: STARTS[0],
            days: 1,
            people: vec![person(0, "keen"), person(1, "silent")],
            steps,
            window: json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }] }),
            days_off: Vec::new(),
            mailbox_hours: Value::Null,
            mailbox_limits: None,
            second_mailbox: Some(json!({ "zone": "UTC", "per_day": 20_000 })),
            mailboxes: Vec::new(),
            one_offs_from: 0,
            number_limits: [None, None],
            occasions: AutomationPlan::default(),
            second_tenant: None,
            keyed: false,
            when_mailbox_gone: "reassign",
            caps: json!({ "one_campaign": false }),
            when_uncertain: "hold",
            when_late: "hold",
            endings: json!({ "bounce": "everything", "text_stop": "everything" }),
            company_hold_days: 0,
            rules: Vec::new(),
            actions: vec![round(30), round(120)],
        }
    }

    /// Whether no function is suspended or held up on the way to a provider, nor waits for another to renew a token.
    pub fn is_prompt(&self) -> bool {
        let holds_up = |rule: &Rule| HOLDING_UP.contains(&rule.kind);
        let waits = self.mailboxes.iter().any(|kind| kind.is_by_grant());
        self.seed.profile >= Profile::TwoTenants && !waits && !self.rules.iter().any(holds_up)
    }

    pub fn clocks_may_be_far_off(&self) -> bool {
        self.rules.iter().any(|rule| rule.kind == Kind::ClockFarOff)
    }

    pub fn has_moves(&self) -> bool {
        self.actions.iter().any(|action| matches!(action.what, UserAction::Move(_)))
    }

    pub fn requests_fail(&self) -> bool {
        self.rules.iter().any(|rule| rule.kind == Kind::RequestFails)
    }

    /// The people as a file to be imported.
    pub fn csv(&self) -> String {
        csv_of(&self.people)
    }

    pub fn step_bodies(&self, word: &str) -> Value {
        bodies(&self.steps, word)
    }

    /// The steps as they are after so many editions, each made from the one before.
    pub fn edition(&self, number: u32) -> Vec<Step> {
        let edit = |steps: Vec<Step>, edition| {
            edited(&steps, edition, &mut Chance::of(self.seed, &format!("edition {edition}")))
        };
        (1..=number).fold(self.steps.clone(), edit)
    }
}

pub fn company(number: usize) -> String {
    format!("Practice {number}")
}

pub fn csv_of(people: &[Person]) -> String {
    let mut file = "First name,Last name,Email,Phone,Company,Address,City,State,Country,Time zone,Consent basis,Consent channels\n".to_owned();
    for person in people {
        let (city, region, country, zone, _) = PLACES[person.place];
        let Person { number, email, phone, .. } = person;
        let line = format!(
            "Pat,Number{number},{email},{phone},{},{number} Main St,{city},{region},{country},{zone},written consent,email sms whatsapp\n",
            company(*number)
        );
        file.push_str(&line);
    }
    file
}

pub fn person(number: usize, chance: &mut Chance) -> Person {
    let place = chance.below(PLACES.len());
    let persona = chance.pick(&PERSONAS);
    let phone = format!("{}{number:02}", PLACES[place].4);
    let has_phone = !chance.per_mille(150);
    let has_email = !has_phone || !chance.per_mille(80);
    Person {
        number,
        email: if has_email {
            format!("pat{number}+{persona}@practice{number}.example")
        } else {
            String::new()
        },
        phone: if has_phone { phone } else { String::new() },
        place,
    }
}

fn window(chance: &mut Chance) -> Value {
    let range = |start: u32, end: u32| json!({ "start": start, "end": end });
    match chance.below(5) {
        0 => json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [range(0, 1440)] }),
        1 => json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [range(20 * 60, 3 * 60)] }),
        2 => {
            json!({ "weekdays": [2, 4, 6], "ranges": [range(8 * 60, 11 * 60), range(14 * 60, 16 * 60 + 30)] })
        }
        _ => json!({ "weekdays": [1, 2, 3, 4, 5], "ranges": [range(9 * 60, 17 * 60)] }),
    }
}

/// Up to three, now and then one that began years ago.
pub fn days_off(start: &str, days: i64, chance: &mut Chance) -> Vec<Value> {
    let Ok(first) = start.get(..10).unwrap_or_default().parse::<Date>() else { return Vec::new() };
    let mut found: BTreeMap<Date, Value> = BTreeMap::new();
    for _ in 0..chance.below(4) {
        let Ok(day) = first.checked_add(Span::new().days(chance.between(0, days))) else { continue };
        let yearly = chance.per_mille(300);
        let date = if yearly { format!("2020{}", &day.to_string()[4..]) } else { day.to_string() };
        found.insert(day, json!({ "date": date, "name": "Closed", "yearly": yearly }));
    }
    found.into_values().collect()
}

/// People have domains of their own here: one mail a day to each is the least.
pub fn caps(chance: &mut Chance) -> Value {
    let mut caps = json!({ "one_campaign": chance.per_mille(300) });
    if chance.per_mille(250) {
        caps["hours_apart"] = json!(1 + chance.below(20));
    }
    if chance.per_mille(200) {
        caps["messages_per_day"] = json!(4 + chance.below(8));
    }
    if chance.per_mille(250) {
        caps["domain_per_day"] = json!(1 + chance.below(2));
    }
    caps
}

/// Three lives of four are short from that profile on: what takes two people and two days to go wrong is found
/// at a third of the price.
fn is_short(seed: Seed) -> bool {
    seed.profile >= Profile::Short && !(u64::from(seed) / 10).is_multiple_of(4)
}

/// Numbers end in two digits; nobody in a plan has one as high.
const APART: usize = 70;

/// Returns the same person with another address and number, at the same company and in the same place.
pub fn elsewhere(person: &Person) -> Person {
    let (_, rest) = person.email.split_once('+').unwrap_or_default();
    let email = if rest.is_empty() { String::new() } else { format!("kim{}+{rest}", person.number) };
    let phone = if person.phone.is_empty() {
        String::new()
    } else {
        format!("{}{:02}", PLACES[person.place].4, person.number + APART)
    };
    Person { email, phone, ..person.clone() }
}
