//! Reactions: an emoji that a mail or chat program sends instead of an answer.

use crate::fold::is_emoji;
use crate::lists::List;
use crate::mail::Mail;
use crate::said::Said;
use crate::{Kind, Rule, Understood};

pub(crate) fn reaction(mail: &Mail, fresh: &str) -> Option<Understood> {
    if let Some(part) = mail.part("text/vnd.google.email-reaction+json") {
        let emoji = emojis(&part.text);
        return Some(understood(Rule::ReactionPart, Some(emoji).filter(|emoji| !emoji.is_empty()), fresh));
    }
    let said = Said::read(fresh);
    let phrase = said.hits(List::Reactions).next()?;
    let others = said.words.iter().filter(|word| !word.text.chars().any(is_emoji)).count();
    let by_subject = Said::read(&mail.subject).has(List::Reactions);
    // Such a mail holds the emoji, a name, and the sentence; perhaps a link.
    let emoji = Some(emojis(fresh)).filter(|emoji| !emoji.is_empty());
    (others <= 25 && (emoji.is_some() || by_subject))
        .then(|| understood(Rule::ReactionWording, emoji, said.sentence_text(phrase)))
}

/// What a reaction of a chat app is.
pub(crate) fn reacted(emoji: &str) -> Understood {
    let emoji: String = emoji.trim().chars().take(8).collect();
    understood(Rule::ReactionPart, Some(emoji.clone()).filter(|emoji| !emoji.is_empty()), &emoji)
}

fn understood(rule: Rule, emoji: Option<String>, sentence: &str) -> Understood {
    Understood { reaction: emoji, ..Understood::new(Kind::Reaction, rule, sentence) }
}

/// The first run of emoji.
fn emojis(text: &str) -> String {
    let is_part = |c: char| is_emoji(c) || matches!(c, '\u{FE0F}' | '\u{200D}' | '\u{1F3FB}'..='\u{1F3FF}');
    let Some(start) = text.find(is_emoji) else { return String::new() };
    text[start..].chars().take_while(|c| is_part(*c)).take(8).collect()
}
