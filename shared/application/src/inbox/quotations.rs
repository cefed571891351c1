//! The lines of a message that quote another. They are found here alone, with what is known of our own messages, and every
//! page folds what the API names.

use domain::contact::channel::Channel;
use domain::message::{Direction, Message};
use serde::Serialize;
use understanding::{OurWords, quoted_lines};

/// Lines of a message's text that quote another message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotedLines {
    /// The number of the first line; the first of the text is 0.
    pub from: u32,
    /// The number of the line behind the last.
    pub to: u32,
}

/// Our mails to a lead, which an answer may quote without a mark.
#[derive(Debug, Default)]
pub struct Quotations {
    ours: OurWords,
}

impl Quotations {
    /// Prepares the mails of ours that are among a lead's messages.
    pub fn among(messages: &[Message]) -> Self {
        let is_mail = |message: &&Message| message.channel == Channel::Email;
        let mails = || messages.iter().filter(is_mail);
        if !mails().any(|mail| mail.direction == Direction::In) {
            return Self::default();
        }
        let ours = mails().filter(|mail| mail.direction == Direction::Out);
        Self { ours: OurWords::new(&ours.map(|mail| mail.text.as_str()).collect::<Vec<_>>()) }
    }

    /// The quoted lines of a message; none of our own, and of a text.
    pub fn of(&self, message: &Message) -> Vec<QuotedLines> {
        match message.direction {
            Direction::In => self.of_text(&message.text, message.channel),
            Direction::Out => Vec::new(),
        }
    }

    pub fn of_text(&self, text: &str, channel: Channel) -> Vec<QuotedLines> {
        if channel != Channel::Email {
            return Vec::new();
        }
        let number = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
        let ranges = quoted_lines(text, &self.ours).into_iter();
        ranges.map(|lines| QuotedLines { from: number(lines.start), to: number(lines.end) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u32, u32)> {
        let found = Quotations::default().of_text(text, Channel::Email);
        found.into_iter().map(|lines| (lines.from, lines.to)).collect()
    }

    #[test]
    fn lines_of_a_quotation_are_named_and_answers_between_them_are_not() {
        assert_eq!(lines("Yes\nOn 20 Nov 2026, Maya <a@b.test> wrote:\n> Hello\n> Maya"), [(1, 4)]);
        assert_eq!(lines("> What does it cost?\r\n79\r\n> And then?\r\nNothing"), [(0, 1), (2, 3)]);
        assert!(lines("> only a quotation").is_empty() && lines("STOP").is_empty());
        assert!(Quotations::default().of_text("a\n> b", Channel::Sms).is_empty());
    }
}
