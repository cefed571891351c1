//! WhatsApp's rules. A lead who has not written lately gets only approved templates, whose parameters alone
//! vary; one who has may get free text for a day.

use crate::contact::channel::Channel;
use crate::ids::AccountId;
use crate::message::{Direction, Message};
use crate::sequence::merge_fields::MergeContext;
use crate::sequence::render::{CompiledTemplate, Escaping, TemplateError};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

pub const MAX_TEMPLATE_CHARS: usize = 1_024;
pub const MAX_TEXT_CHARS: usize = 4_096;

/// WhatsApp's 24 hours, less a margin for clock differences and delivery.
const OPEN_FOR: SignedDuration = SignedDuration::from_mins(24 * 60 - 10);

/// The reason why a free text cannot go out.
pub const WINDOW_CLOSED: &str =
    "accepts free text only within 24 hours of the lead's last message to that number";

/// Whether the lead wrote to this number of ours lately, so that it takes free text; another number of ours does not count.
pub fn takes_free_text(messages: &[Message], ours: &AccountId, now: Timestamp) -> bool {
    recent_inbound(messages, now).any(|message| message.account.as_ref() == Some(ours))
}

/// The number of ours that the lead wrote to last, if it still takes free text: the chat continues there.
pub fn open_chat(messages: &[Message], now: Timestamp) -> Option<&AccountId> {
    recent_inbound(messages, now).max_by_key(|message| message.created_at)?.account.as_ref()
}

fn recent_inbound(messages: &[Message], now: Timestamp) -> impl Iterator<Item = &Message> {
    messages.iter().filter(move |message| {
        message.channel == Channel::Whatsapp
            && message.direction == Direction::In
            && now.duration_since(message.created_at) < OPEN_FOR
    })
}

pub fn is_template_name(name: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
    (1..=512).contains(&name.len()) && name.bytes().all(allowed)
}

/// Whether it is a language code such as `en` or `en_US`.
pub fn is_language(code: &str) -> bool {
    let (language, country) = code.split_once('_').map_or((code, None), |(a, b)| (a, Some(b)));
    (2..=3).contains(&language.len())
        && language.bytes().all(|c| c.is_ascii_lowercase())
        && country.is_none_or(|country| country.len() == 2 && country.bytes().all(|c| c.is_ascii_uppercase()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    Fixed(&'a str),
    /// One parameter: a merge field with its braces and filters.
    Field(&'a str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartsError {
    #[error(
        "an approved template's words are always the same: it has fields, but no conditions and no comments"
    )]
    NotFixed,
    #[error(
        "begins or ends with a field, or has two without a word between them: WhatsApp approves no such template"
    )]
    Bare,
}

/// The template's words as fixed parts and parameters.
pub fn parts(body: &str) -> Result<Vec<Part<'_>>, PartsError> {
    let mut parts = Vec::new();
    let mut rest = body.trim();
    if rest.contains("{%") || rest.contains("{#") {
        return Err(PartsError::NotFixed);
    }
    while let Some(start) = rest.find("{{") {
        let Some(length) = field_length(&rest[start..]) else { break };
        let (fixed, field) = rest.split_at(start);
        let (field, after) = field.split_at(length);
        if fixed.trim().is_empty() || after.trim().is_empty() {
            return Err(PartsError::Bare);
        }
        parts.extend([Part::Fixed(fixed), Part::Field(field)]);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Fixed(rest));
    }
    Ok(parts)
}

/// The length from `{{` to its `}}`, which may also occur in a quoted text.
fn field_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix("{{")?;
    let mut quote = None;
    for (at, c) in inside.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if inside[at..].starts_with("}}") => return Some(at + 4),
            None => {}
        }
    }
    None
}

/// A template filled in for one lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// The text as the lead reads it.
    pub text: String,
    pub parameters: Vec<String>,
}

/// A compiled template, to be filled in for many leads.
pub struct Approved<'a>(Vec<Piece<'a>>);

enum Piece<'a> {
    Fixed(&'a str),
    Field(&'a str, Box<CompiledTemplate<'a>>),
}

impl<'a> Approved<'a> {
    pub fn compile(body: &'a str) -> Result<Self, TemplateError> {
        let failed = |why: PartsError| TemplateError::Failed { line: 1, detail: why.to_string() };
        let compiled = |part| match part {
            Part::Fixed(words) => Ok(Piece::Fixed(words)),
            Part::Field(field) => {
                Ok(Piece::Field(field, Box::new(CompiledTemplate::compile(field, Escaping::None)?)))
            }
        };
        parts(body).map_err(failed)?.into_iter().map(compiled).collect::<Result<_, _>>().map(Self)
    }

    /// Fills in the parameters; each becomes one line, and an empty one is an error.
    pub fn fill(&self, context: &Arc<MergeContext>) -> Result<Filled, TemplateError> {
        let (mut text, mut parameters) = (String::new(), Vec::new());
        for piece in &self.0 {
            match piece {
                Piece::Fixed(words) => text.push_str(words),
                Piece::Field(field, template) => {
                    let value = template.render(context)?;
                    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
                    if value.is_empty() {
                        let field = field.trim_matches(['{', '}', ' ']).to_owned();
                        return Err(TemplateError::Missing { field });
                    }
                    text.push_str(&value);
                    parameters.push(value);
                }
            }
        }
        Ok(Filled { text, parameters })
    }
}

pub fn fill(body: &str, context: &MergeContext) -> Result<Filled, TemplateError> {
    Approved::compile(body)?.fill(&Arc::new(context.clone()))
}

#[cfg(test)]
mod tests;
