//! How well `understanding` reads answers whose meaning is known: precision and recall of each kind and intent, how often a
//! quotation was cut fully, whether an answer was kept whole, how many bounces were recognised and acted upon. There are
//! three folders of answers in `infra/bench/understanding`: rules are tuned to `known` and `whole_mails`, never to `unseen`.
//!
//! A folder holds `sent/*.txt` (our own mails, subject in the first line), `mails/*.eml`, and what they mean in
//! `mails.jsonl` and `texts.jsonl`, one line each.

use crate::report::{Bound, Report};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};
use understanding::{
    Context, Intent, Kind, Mail, OurMessage, Text, TextChannel, TextEvent, Understood, understand,
    understand_text,
};

const OUR_ADDRESS: &str = "ada@northbeam.example";
const OUR_NAME: &str = "Ada Park";

#[derive(Debug, Deserialize)]
struct KnownMail {
    file: String,
    kind: String,
    intent: Option<String>,
    #[serde(default)]
    answer: Option<String>,
    #[serde(default)]
    quotes: bool,
    return_date: Option<String>,
    later_date: Option<String>,
    successor: Option<String>,
    bounced: Option<String>,
    bounce: Option<String>,
}

#[derive(Debug, Deserialize)]
struct KnownText {
    channel: String,
    text: String,
    kind: String,
    intent: Option<String>,
}

/// How often something was right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Share {
    right: usize,
    of: usize,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.right += usize::from(right);
        self.of += 1;
    }

    /// The share as a number from 0 to 1; 1 if there was nothing to be right about.
    fn value(self) -> f64 {
        if self.of == 0 {
            1.0
        } else {
            f64::from(u32::try_from(self.right).unwrap_or(0)) / f64::from(u32::try_from(self.of).unwrap_or(1))
        }
    }
}

/// How often a name was given rightly, and how often it was found where it belongs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Agreement {
    precision: Share,
    recall: Share,
}

/// What was counted.
#[derive(Debug, Clone, Default)]
struct Figures {
    kinds: BTreeMap<String, Agreement>,
    intents: BTreeMap<String, Agreement>,
    answers_whole: Share,
    quotations_cut: Share,
    bounces_recognised: Share,
    /// Bounces whose address and class (hard, soft, blocked) were both read rightly.
    bounces_acted_upon: Share,
    bounces_not_a_person: Share,
    return_dates: Share,
    later_dates: Share,
    successors: Share,
    /// Each disagreement in a line.
    wrong: Vec<String>,
}

impl Figures {
    fn shares(&self) -> Vec<(String, Share)> {
        let both = |(name, agreement): (&String, &Agreement)| {
            [
                (format!("{name}, precision"), agreement.precision),
                (format!("{name}, recall"), agreement.recall),
            ]
        };
        let named = self.kinds.iter().chain(&self.intents).flat_map(both);
        let others = [
            ("answers kept whole", self.answers_whole),
            ("quotations cut", self.quotations_cut),
            ("bounces recognised", self.bounces_recognised),
            ("bounces acted upon", self.bounces_acted_upon),
            ("bounces that no person wrote", self.bounces_not_a_person),
            ("return dates", self.return_dates),
            ("later dates", self.later_dates),
            ("successors", self.successors),
        ];
        named.chain(others.map(|(name, share)| (name.to_owned(), share))).collect()
    }

    fn note(&mut self, name: &str, what: &str, expected: &str, found: &str, from: &Understood) {
        let rule = from.rule.code();
        self.wrong.push(format!("{name}: {what} {expected} read as {found} ({rule}: {})", from.sentence));
    }

    fn count_kind(&mut self, name: &str, (kind, intent): (&str, Option<&str>), found: &Understood) {
        // A wish that a user is asked about is heard.
        let read_as = if found.is_possible_opt_out() { Kind::OptOut } else { found.kind };
        count(&mut self.kinds, Some(kind), Some(read_as.code()));
        count(&mut self.intents, intent, found.intent.map(Intent::code));
        let given = found.intent.map_or(found.kind.code(), Intent::code);
        if kind != read_as.code() || intent != found.intent.map(Intent::code) {
            self.note(name, "", intent.unwrap_or(kind), given, found);
        }
    }
}

fn count(all: &mut BTreeMap<String, Agreement>, expected: Option<&str>, found: Option<&str>) {
    let same = expected == found;
    if let Some(name) = expected {
        all.entry(name.to_owned()).or_default().recall.add(same);
    }
    if let Some(name) = found {
        all.entry(name.to_owned()).or_default().precision.add(same);
    }
}

/// The bounds of what is good enough already, checked on the answers that no rule was tuned to.
const BOUNDS: [(&str, f64); 6] = [
    ("opt_out, precision", 0.98),
    ("opt_out, recall", 0.94),
    ("interested, precision", 0.95),
    ("bounce, precision", 0.98),
    ("answers kept whole", 0.98),
    ("quotations cut", 0.95),
];

/// Measures the folders. What is read wrongly of those that rules are tuned to is listed on standard error.
pub fn run(report: &mut Report) -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("understanding");
    for tuned in ["known", "whole_mails"] {
        let known = measure(&folder.join(tuned))?;
        known.wrong.iter().for_each(|line| eprintln!("{line}"));
        for (name, share) in known.shares() {
            report.figure(format!("{}: {name}", tuned.replace('_', " ")), share.value());
        }
    }
    for (name, share) in measure(&folder.join("unseen"))?.shares() {
        let figure = format!("unseen: {name}");
        match BOUNDS.iter().find(|(bounded, _)| *bounded == name) {
            Some((_, least)) => report.bounded(figure, share.value(), Bound::AtLeast(*least)),
            None => report.figure(figure, share.value()),
        }
    }
    Ok(())
}

/// Reads everything in the folder and compares it with what it means.
fn measure(folder: &Path) -> io::Result<Figures> {
    let sent = sent(folder)?;
    let ours: Vec<OurMessage<'_>> = sent.iter().map(|(subject, text)| OurMessage { subject, text }).collect();
    let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    let context = Context {
        ours: &ours,
        received_at: Timestamp::UNIX_EPOCH,
        zone: &zone,
        our_addresses: &[OUR_ADDRESS],
        our_names: &[OUR_NAME],
        addressees: &[],
    };
    let mut figures = Figures::default();
    for known in lines::<KnownMail>(&folder.join("mails.jsonl"))? {
        let mail = Mail::parse(&fs::read(folder.join("mails").join(&known.file))?);
        let context = Context { received_at: mail.date.unwrap_or(Timestamp::UNIX_EPOCH), ..context.clone() };
        compare_mail(&mut figures, &known, &understand(&mail, &context));
    }
    for (number, known) in lines::<KnownText>(&folder.join("texts.jsonl"))?.into_iter().enumerate() {
        let channel = if known.channel == "sms" { TextChannel::Sms } else { TextChannel::Whatsapp };
        let found = understand_text(&Text { channel, event: TextEvent::Words(&known.text) }, &context);
        let name = format!("text {} {:?}", number + 1, known.text);
        figures.count_kind(&name, (&known.kind, known.intent.as_deref()), &found);
    }
    Ok(figures)
}

fn compare_mail(figures: &mut Figures, known: &KnownMail, found: &Understood) {
    let name = known.file.as_str();
    figures.count_kind(name, (&known.kind, known.intent.as_deref()), found);
    compare_answer(figures, known, found);
    let mut field =
        |share: fn(&mut Figures) -> &mut Share, what: &str, expected: Option<&str>, read: Option<String>| {
            let Some(expected) = expected else { return };
            let right = read.as_deref() == Some(expected);
            share(figures).add(right);
            if !right {
                figures.note(name, what, expected, read.as_deref().unwrap_or("nothing"), found);
            }
        };
    field(
        |all| &mut all.return_dates,
        "return date",
        known.return_date.as_deref(),
        found.return_date.map(|date| date.to_string()),
    );
    field(
        |all| &mut all.later_dates,
        "later date",
        known.later_date.as_deref(),
        found.later_date.map(|date| date.to_string()),
    );
    let successor = found.successor.clone().or_else(|| found.referred_to.clone());
    field(|all| &mut all.successors, "successor", known.successor.as_deref(), successor);
    if known.kind == Kind::Bounce.code() {
        compare_bounce(figures, known, found);
    }
}

fn compare_bounce(figures: &mut Figures, known: &KnownMail, found: &Understood) {
    figures.bounces_recognised.add(found.kind == Kind::Bounce);
    figures.bounces_not_a_person.add(found.kind != Kind::Person);
    let class = |bounce: &understanding::Bounce| match bounce.class {
        class if class.is_hard() => "hard",
        class if class.is_soft() => "soft",
        class if class.is_blocked() => "blocked",
        other => other.code(),
    };
    let expected = format!(
        "{} {}",
        known.bounce.as_deref().unwrap_or("any"),
        known.bounced.as_deref().unwrap_or("nobody")
    );
    let read: Vec<String> = found
        .bounces
        .iter()
        .map(|bounce| {
            let class = if known.bounce.is_some() { class(bounce) } else { "any" };
            let address = if known.bounced.is_some() {
                bounce.address.as_deref().unwrap_or("nobody")
            } else {
                "nobody"
            };
            format!("{class} {address}")
        })
        .collect();
    let right = read.iter().any(|read| read.eq_ignore_ascii_case(&expected));
    figures.bounces_acted_upon.add(right);
    if !right {
        figures.note(&known.file, "bounce", &expected, &read.join(", "), found);
    }
}

/// Compares the words, not the blanks and line ends between them.
fn compare_answer(figures: &mut Figures, known: &KnownMail, found: &Understood) {
    let Some(answer) = known.answer.as_deref().filter(|answer| !answer.trim().is_empty()) else { return };
    if !["person", "opt_out", "out_of_office"].contains(&known.kind.as_str()) {
        return;
    }
    let words = |text: &str| {
        let text = text.to_lowercase();
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    let (answer, fresh) = (words(answer), words(&found.fresh));
    let mut rest = fresh.iter();
    let whole = answer.iter().all(|word| rest.any(|other| other == word));
    figures.answers_whole.add(whole);
    if !whole {
        figures.note(&known.file, "answer", &answer.join(" "), &fresh.join(" "), found);
    }
    if known.quotes {
        // A signature and a notice of the company may stay.
        const BESIDE: usize = 45;
        let fresh_text = found.fresh.to_lowercase();
        let cut = fresh.len() <= answer.len() + BESIDE
            && !fresh_text.contains("go.northbeam.example")
            && !fresh_text.contains(OUR_ADDRESS);
        figures.quotations_cut.add(cut);
        if !cut {
            figures.note(
                &known.file,
                "quotation",
                "cut",
                &found.fresh.chars().take(300).collect::<String>().replace('\n', " / "),
                found,
            );
        }
    }
}

fn sent(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut files: Vec<_> =
        fs::read_dir(folder.join("sent"))?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files
        .iter()
        .map(|file| {
            let text = fs::read_to_string(file)?;
            let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
            Ok((first.trim_start_matches("Subject:").trim().to_owned(), rest.to_owned()))
        })
        .collect()
}

fn lines<T: for<'de> Deserialize<'de>>(file: &Path) -> io::Result<Vec<T>> {
    let text = fs::read_to_string(file)?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).map_err(io::Error::other)).collect()
}
