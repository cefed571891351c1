//! Reactions: an emoji that a mail or chat program sends instead of an answer.

use crate::fold::is_emoji;
use crate::lists::List;
use crate::mail::Mail;
use crate::said::Said;
use crate::{Kind, Rule, Understood, opt_out};

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

/// A reaction that a phone writes out, because the other side has another app: `Liked “Hi Sam …”`, `👍 to “Hi Sam …”`.
/// Nothing but the quoted message and a few words stand in it.
pub(crate) fn in_text(text: &str) -> Option<Understood> {
    const MOST_WORDS: usize = 8;
    let is_mark = |c: char| "“”„‟\"«»‘’「」".contains(c);
    let text = text.trim();
    let open = text.find(is_mark)?;
    let (close, mark) = text.char_indices().rfind(|(_, c)| is_mark(*c))?;
    let quoted = text.get(open..close)?.trim_matches(|c: char| is_mark(c) || c.is_whitespace());
    let beside = format!("{} {}", &text[..open], &text[close + mark.len_utf8()..]);
    let said = Said::read(&beside);
    let emoji = Some(emojis(&beside)).filter(|emoji| !emoji.is_empty());
    let is_one = said.has(List::ReactionTexts) || emoji.is_some();
    let asks = opt_out::asks(&said) || beside.contains(['?', '!']);
    (is_one && !asks && !quoted.is_empty() && said.words.len() <= MOST_WORDS)
        .then(|| understood(Rule::ReactionWording, emoji, text))
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
