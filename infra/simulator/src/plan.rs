//! What a seed stands for: the people, the sequence, the time, what a user does meanwhile, what goes wrong.

use crate::addresses::{Move, from_before, moves, names};
use crate::agenda::{answers, chats, deeds, letters, meetings, pauses, qualified, redrives, rounds};
use crate::chance::Chance;
use crate::closings::{Closing, closings};
use crate::colleagues::{company_hold, hand_overs};
use crate::desk::{Errand, errands};
use crate::editions::editions;
use crate::holidays::{Whose, holidays};
use crate::kind::{Kind, Rule};
use crate::lateness::{endings, lateness};
use crate::lifts::{lifts, starts};
use crate::losses::{losses, rotations};
use crate::mailboxes::{mailbox_hours, mailbox_limits, second_mailbox};
use crate::meddling;
use crate::neighbours::{Neighbourly, Neighbours, neighbourly, neighbours};
use crate::numbers::{number_limits, with_a_minutes_limit};
use crate::occasions::{Occasions, bulk_messages, occasions};
use crate::places::{DAYTIME, PLACES};
use crate::pressure;
use crate::profile::{Profile, Seed};
use crate::rules::{HOLDING_UP, rules};
use crate::seldom;
use crate::settings::{Setting, settings};
use crate::stale;
use crate::steps::{Does, Step, bodies, edited, refine, step, vary};
use crate::troubles::{self, Trouble};
use jiff::Span;
use jiff::civil::Date;
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
    /// The mailbox that people's own letters go out by.
    pub letters_from: usize,
    /// How much the number for texts may send, and the one on WhatsApp.
    pub number_limits: [Option<Value>; 2],
    pub occasions: Occasions,
    /// Who else is in the installation.
    pub neighbours: Option<Neighbours>,
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
    /// For how many days who works with somebody who has answered is left alone.
    pub company_hold_days: i64,
    pub rules: Vec<Rule>,
    pub deeds: Vec<Deed>,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub number: usize,
    pub email: String,
    pub phone: String,
    pub place: usize,
}

/// What a user does, so many minutes after the launch.
#[derive(Debug, Clone)]
pub struct Deed {
    pub minutes: i64,
    pub what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    PauseCampaign,
    /// For so many minutes, after which it goes on by itself.
    PauseFor(Whose, i64),
    ResumeMailbox(usize),
    ResumeCampaign,
    StopSending,
    ResumeSending,
    EditSequence,
    /// Other steps, for everybody in one of three ways.
    Publish(&'static str),
    /// The version before, in the same ways.
    Republish(&'static str),
    /// Other words in the newest version.
    Patch,
    DeleteLead(usize),
    StopLead(usize),
    SuppressLead(usize),
    DoNotContact(usize),
    RemoveLead(usize),
    PauseLead(usize),
    ResumeLead(usize),
    QualifyLead(usize),
    SuppressDomain(usize),
    /// Into a second campaign, whatever became of the first.
    Encore(usize),
    Answer(usize),
    AskToStop(usize),
    Unsubscribe(usize),
    Pay(usize),
    TextBack(usize),
    /// As `TextBack`, on WhatsApp.
    ChatBack(usize),
    TextStop(usize),
    TextStart(usize),
    /// All that sequences ask for.
    DoTasks,
    /// What becomes of late messages.
    AnswerLate(&'static str),
    /// All dead letters, which queues keep for two weeks.
    Redrive,
    /// Whether messages arrived that nobody is sure of.
    AnswerQuestions,
    SwitchMailbox {
        first: bool,
        on: bool,
    },
    /// So many of them are the campaign's.
    ChooseMailboxes(usize),
    DeleteSecondMailbox,
    /// The mail provider and Stripe give new ones, and whoever knows only the old ones is turned away.
    RotateSecrets(u32),
    /// The user types in what is valid now.
    EnterSecrets,
    /// No provider that sends is to be reached for so many minutes.
    Outage(i64),
    /// Nobody is to get it any more, or one that was paused is sent again.
    TurnVariant(usize),
    /// A message outside every sequence, in so many minutes.
    Write {
        to: usize,
        minutes: i64,
    },
    /// What was written last.
    CallBack,
    /// To another user, by itself or as many at once.
    HandOver {
        lead: usize,
        many: bool,
    },
    Neighbour(Neighbourly),
    /// To everybody, in so many minutes.
    WriteToMany {
        minutes: i64,
        by_text: bool,
    },
    /// What was written to everybody last.
    CallBackMany,
    /// To ourselves, as that lead would get it.
    Test(usize),
    /// They are reached elsewhere.
    Move(Move),
    /// They say something from where they were reached before.
    FromBefore {
        lead: usize,
        stop: bool,
    },
    Rename(usize),
    Close(Closing),
    Set(Setting),
    /// Off the suppression list.
    Lift(usize),
    /// The same people, some with other numbers.
    ImportAgain,
    Run(Errand),
    Befall(Trouble),
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
pub type Turn = fn(&mut Plan, &mut Chance);

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
        let mut deeds = deeds(people.len(), days, &mut chance);
        let rounds = match steps.iter().any(|step| matches!(step.does, Does::Task(_))) {
            true => rounds(days, &mut chance),
            false => Vec::new(),
        };
        deeds.extend(editions(days, &rounds, &mut Chance::of(seed, "editions")));
        deeds.extend(rounds);
        deeds.extend(meetings(people.len(), days, &mut Chance::of(seed, "meetings")));
        if steps.iter().any(|step| matches!(step.does, Does::Goal(_))) {
            deeds.extend(qualified(people.len(), days, &mut Chance::of(seed, "goals")));
        }
        if steps.iter().any(|step| matches!(step.does, Does::Chat(_))) {
            deeds.extend(chats(people.len(), days, &mut Chance::of(seed, "chats")));
        }
        deeds.extend(holidays(people.len(), days, &mut Chance::of(seed, "holidays")));
        deeds.extend(losses(days, &mut Chance::of(seed, "losses")));
        if steps.iter().any(|step| step.variants > 1) {
            deeds.extend(pauses(days, &mut Chance::of(seed, "pauses")));
        }
        deeds.extend(answers(days, &mut Chance::of(seed, "answers")));
        deeds.extend(redrives(days, &mut Chance::of(seed, "dead letters")));
        deeds.extend(letters(people.len(), days, &mut Chance::of(seed, "letters")));
        deeds.extend(lateness(days, &mut Chance::of(seed, "lateness")));
        deeds.extend(rotations(days, &mut Chance::of(seed, "rotations")));
        deeds.extend(hand_overs(seed, people.len(), days));
        let moves = moves(seed, people.len(), days);
        deeds.extend(from_before(seed, &moves));
        deeds.extend(moves);
        deeds.extend(names(seed, people.len(), days));
        deeds.extend(closings(seed, people.len(), days));
        deeds.extend(lifts(seed, people.len(), days));
        deeds.extend(settings(seed, days));
        deeds.extend(starts(seed, people.len(), days));
        deeds.extend(errands(seed, people.len(), days));
        let neighbours = neighbours(seed, &people);
        deeds.extend(neighbourly(seed, days, neighbours.as_ref()));
        deeds.extend(bulk_messages(seed, people.len(), days));
        deeds.sort_by_key(|deed| deed.minutes);
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
            neighbours,
            second_mailbox: second_mailbox(seed, start),
            letters_from: 0,
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
            deeds,
        };
        pressure::put(&mut plan);
        match seed.profile {
            Profile::Troubles => plan.take_turn("troubles", &[troubles::put]),
            Profile::StaleReads => plan.take_turn("stale", &[stale::read_stale]),
            Profile::RareChains => plan.take_turn("seldom", &seldom::ROWS),
            Profile::Races => plan.take_turn("meddling", &meddling::MOMENTS),
            _ => {}
        }
        plan
    }

    /// Of these things one seed has one, the next seed the next.
    fn take_turn(&mut self, stream: &str, turns: &[Turn]) {
        let mut chance = Chance::of(self.seed, stream);
        turns[self.seed.generation(turns.len())](self, &mut chance);
        self.deeds.sort_by_key(|deed| deed.minutes);
    }

    /// Somebody who answers and somebody who does not, a step of every kind: short, and every function has work.
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
        let round = |minutes| Deed { minutes, what: What::DoTasks };
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
            second_mailbox: None,
            letters_from: 0,
            number_limits: [None, None],
            occasions: Occasions::default(),
            neighbours: None,
            keyed: false,
            when_mailbox_gone: "reassign",
            caps: json!({ "one_campaign": false }),
            when_uncertain: "hold",
            when_late: "hold",
            endings: json!({ "bounce": "everything", "text_stop": "everything" }),
            company_hold_days: 0,
            rules: Vec::new(),
            deeds: vec![round(30), round(120)],
        }
    }

    /// Nobody is put aside or held up on the way to a provider.
    pub fn is_prompt(&self) -> bool {
        let holds_up = |rule: &Rule| HOLDING_UP.contains(&rule.kind);
        self.seed.profile >= Profile::TwoTenants && !self.rules.iter().any(holds_up)
    }

    pub fn clocks_may_be_far_off(&self) -> bool {
        self.rules.iter().any(|rule| rule.kind == Kind::ClockFarOff)
    }

    pub fn requests_fail(&self) -> bool {
        self.rules.iter().any(|rule| rule.kind == Kind::RequestFails)
    }

    /// As a file to be imported.
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
    let mut file =
        String::from("First name,Last name,Email,Phone,Company,Address,City,State,Country,Time zone\n");
    for person in people {
        let (city, region, country, zone, _) = PLACES[person.place];
        let Person { number, email, phone, .. } = person;
        let line = format!(
            "Pat,Number{number},{email},{phone},{},{number} Main St,{city},{region},{country},{zone}\n",
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
