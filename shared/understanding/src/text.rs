//! Texts and chat messages: a person's words, a reaction, and the notices that a chat app sends in their place.

use crate::fold::words;
use crate::machine::{Seen, died, machine_by_model};
use crate::mail::Mail;
use crate::misspelt::misspelt;
use crate::opt_out;
use crate::reaction::{self, reacted};
use crate::said::Said;
use crate::spoken::spoken;
use crate::{Context, Kind, Rule, Understood, verdict};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextChannel {
    Sms,
    Whatsapp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEvent<'a> {
    /// A person's words, typed or chosen from buttons that we offered.
    Words(&'a str),
    /// An emoji on one of our messages; empty when it is taken back.
    Reaction(&'a str),
    /// A picture, a contact, a place; or a kind that cannot be shown.
    Wordless,
    /// The person has switched off marketing messages in the app, or pressed its button for that.
    MarketingStopped,
    /// A notice of the app, such as a changed number.
    Notice(&'a str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'a> {
    pub channel: TextChannel,
    pub event: TextEvent<'a>,
}

pub fn understand_text(text: &Text<'_>, context: &Context<'_>) -> Understood {
    match text.event {
        TextEvent::Words(words) => in_words(words, context),
        TextEvent::Reaction(emoji) => reacted(emoji),
        TextEvent::Wordless => Understood::new(Kind::Person, Rule::Wordless, ""),
        TextEvent::MarketingStopped => Understood::new(Kind::OptOut, Rule::MarketingStopped, ""),
        TextEvent::Notice(notice) => Understood {
            new_number: number_in(notice),
            ..Understood::new(Kind::AutoAcknowledgement, Rule::NumberChanged, notice)
        },
    }
}

fn in_words(text: &str, context: &Context<'_>) -> Understood {
    const LONGEST: usize = 16 * 1024;
    let text = text[..text.floor_char_boundary(LONGEST)].trim();
    if let Some(found) = reaction::in_text(text) {
        return Understood { fresh: text.to_owned(), quotes: true, ..found };
    }
    let spoken = spoken(text, context);
    let names: Vec<String> =
        context.our_names.iter().flat_map(|name| words(name)).map(|word| word.text).collect();
    let body = Said::read(&spoken.body);
    let wish = opt_out::in_words(&spoken, &names, true).and_then(|wish| verdict::weighed(wish, &body, true));
    let mut found = match wish {
        Some(wish) => wish.understood(),
        None => {
            let said = Said::read(text);
            let (mail, subject) = (Mail::default(), Said::read(""));
            let seen = Seen {
                mail: &mail,
                said: &said,
                body: &said,
                subject: &subject,
                spoken: &spoken,
                quotes: false,
            };
            let wish = || verdict::clear_opt_out(&said, true, context);
            if let Some(sentence) = misspelt(&spoken, &names, true) {
                let found = Understood::new(Kind::PossibleOptOut, Rule::OptOutMisspelt, &sentence);
                return Understood { fresh: text.to_owned(), ..found };
            }
            if let Some(sentence) = died(&body) {
                let found = Understood::new(Kind::PossibleOptOut, Rule::DepartureWording, sentence);
                return Understood { fresh: text.to_owned(), ..found };
            }
            match machine_by_model(&seen, true, context) {
                Some(found) => wish().unwrap_or(found),
                None => verdict::person(&said, "", true, context),
            }
        }
    };
    found.fresh = text.to_owned();
    found
}

/// The last telephone number of a notice: `Lena changed from 491713920012 to 491713920014`.
fn number_in(notice: &str) -> Option<String> {
    const LONGEST: usize = 1_000;
    let notice = &notice[..notice.floor_char_boundary(LONGEST)];
    let numbers = notice.split(|c: char| !c.is_ascii_digit() && !" -()".contains(c));
    let mut digits = numbers.map(|number| number.chars().filter(char::is_ascii_digit).collect::<String>());
    digits.rfind(|number| (7..=15).contains(&number.len()))
}
