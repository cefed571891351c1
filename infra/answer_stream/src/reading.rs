//! Has the answers read by `understanding` and compares what it says with what they are.

use crate::figures::{Figures, Line, Outcome};
use crate::frame::Frame;
use crate::item::{Item, LEAD};
use crate::sentences::{Channel, Label};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use understanding::{
    Context, Mail, OurMessage, Text, TextChannel, TextEvent, Understood, understand, understand_text,
};

static ZONE: TimeZone = TimeZone::UTC;

fn context<'a>(ours: &'a [OurMessage<'a>]) -> Context<'a> {
    Context {
        ours,
        received_at: Timestamp::from_second(1_772_612_045).unwrap_or(Timestamp::UNIX_EPOCH),
        zone: &ZONE,
        our_addresses: &["ada@northbeam.example"],
        our_names: &["Ada Park"],
        addressees: &[LEAD],
    }
}

/// Reads a mail, with or without our own at hand.
pub fn read_mail(mail: &str, ours: &[OurMessage<'_>]) -> Understood {
    understand(&Mail::parse(mail.as_bytes()), &context(ours))
}

fn read_text(words: &str, is_chat: bool, ours: &[OurMessage<'_>]) -> Understood {
    let channel = if is_chat { TextChannel::Whatsapp } else { TextChannel::Sms };
    understand_text(&Text { channel, event: TextEvent::Words(words) }, &context(ours))
}

/// Counts one answer; what is wrong is noted if its words may be looked at.
pub fn count(
    figures: &mut Figures,
    language: &str,
    channel: Channel,
    item: &Item,
    frame: &Frame,
    may_look: bool,
) {
    let ours = [OurMessage { subject: frame.one("subject"), text: frame.one("ours") }];
    let ours: &[OurMessage<'_>] = if item.ours_is_known { &ours } else { &[] };
    let understood = match channel {
        Channel::Mail => read_mail(&item.content, ours),
        Channel::Text => read_text(&item.content, item.is_chat, ours),
    };
    let line = figures.lines.entry((language.to_owned(), channel)).or_default();
    for fault in judge(line, channel, item, &understood) {
        if may_look {
            let said = item.answer.split_whitespace().collect::<Vec<_>>().join(" ");
            let (rule, sentence) = (understood.rule.code(), &understood.sentence);
            let word = channel.word();
            figures.wrong.push(format!("{language} {word}: {fault}: {said} [{rule}: {sentence}]"));
        }
    }
}

fn judge(line: &mut Line, channel: Channel, item: &Item, understood: &Understood) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: &str| faults.push(what.to_owned());
    let outcome = Outcome::of(understood);
    if item.label == Label::OptOut {
        line.heard.count(outcome != Outcome::Heeded);
        line.listed.count(outcome == Outcome::Listed);
        match outcome {
            Outcome::Heeded => fault("opt-out not heard"),
            Outcome::Asked => fault("opt-out only asked about"),
            Outcome::Listed => {}
        }
    } else {
        line.wrongly_listed.count_for(item.stands_for, outcome == Outcome::Listed);
        line.wrongly_asked.count_for(item.stands_for, outcome == Outcome::Asked);
        match outcome {
            Outcome::Listed => fault("suppressed"),
            Outcome::Asked => fault("asked without cause"),
            Outcome::Heeded => {}
        }
    }
    if item.label == Label::Yes {
        line.yes_kept.count_for(item.stands_for, understood.is_positive());
        if !understood.is_positive() {
            fault("yes not read as interest");
        }
    }
    if channel == Channel::Mail {
        let shown = squeezed(&understood.fresh);
        let whole = item.answer.lines().all(|said| shown.contains(&squeezed(said)));
        line.whole.count_for(item.stands_for, whole);
        if !whole {
            fault("answer not whole");
        }
        if !item.quoted.is_empty() {
            let own = squeezed(&item.answer);
            let is_shown = |said: &&String| {
                let said = squeezed(said);
                said.chars().count() >= SHORTEST_TOLD && shown.contains(&said) && !own.contains(&said)
            };
            let left = item.quoted.iter().find(is_shown);
            line.cut.count_for(item.stands_for, left.is_none());
            if let Some(left) = left {
                fault(&format!("quotation shown ({left})"));
            }
        }
    }
    faults
}

/// A shorter quoted line may be the writer's own by accident.
const SHORTEST_TOLD: usize = 10;

/// A text without its blanks and line ends.
fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}
