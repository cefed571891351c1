//! One answer of the stream, and how it is put together from a sentence and what surrounds it.

use crate::clients::{Body, CLIENTS, answer_below, answer_inline};
use crate::draw::Draw;
use crate::frame::Frame;
use crate::sentences::{Channel, Label, Sentence};

pub const LEAD: &str = "lead@quarryside.example";

pub struct Item {
    pub label: Label,
    /// A whole mail, or the words of a text.
    pub content: String,
    /// What must be shown of it, line by line.
    pub answer: String,
    /// What must not be shown of it.
    pub quoted: Vec<String>,
    /// Whether a text came by WhatsApp rather than by SMS.
    pub is_chat: bool,
    /// Whether the mail that it answers is at hand.
    pub ours_is_known: bool,
    /// How many answers of the whole stream it is read for.
    pub stands_for: u32,
}

impl Item {
    pub fn new(channel: Channel, sentence: &Sentence, frame: &Frame, draw: &mut Draw) -> Self {
        match channel {
            Channel::Mail => mail(sentence, frame, draw),
            Channel::Text => text(sentence, frame, draw),
        }
    }
}

/// A text: an ordinary one in many moods, an opt-out as it was written.
fn text(sentence: &Sentence, frame: &Frame, draw: &mut Draw) -> Item {
    let mut words = frame.fill(&sentence.words, draw);
    if sentence.label != Label::OptOut {
        if draw.percent(25) {
            words = words.trim_end_matches(['.', '!', '。']).to_owned();
        }
        if draw.percent(20) {
            words = words.to_lowercase();
        }
        if draw.percent(10) {
            words = mistyped(&words, draw);
        }
        if draw.percent(20) {
            words = format!("{} {words}", frame.any("opener", draw));
        }
        if draw.percent(25) {
            words = format!("{words} {}", frame.any("closer", draw));
        }
    }
    let answer = words.clone();
    Item {
        label: sentence.label,
        content: words,
        answer,
        quoted: Vec::new(),
        is_chat: draw.percent(50),
        ours_is_known: draw.percent(60),
        stands_for: 1,
    }
}

/// Swaps two neighbouring letters inside a long word.
fn mistyped(text: &str, draw: &mut Draw) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let inside = |at: &usize| {
        letters.get(at - 2..at + 3).is_some_and(|near| near.iter().all(char::is_ascii_lowercase))
    };
    let places: Vec<usize> = (2..letters.len().saturating_sub(2)).filter(inside).collect();
    if let Some(at) = places.get(draw.below(places.len())) {
        letters.swap(*at, at + 1);
    }
    letters.into_iter().collect()
}

fn mail(sentence: &Sentence, frame: &Frame, draw: &mut Draw) -> Item {
    let words = frame.fill(&sentence.words, draw);
    let greeting = if draw.percent(60) { frame.any("greeting", draw) } else { String::new() };
    let client = CLIENTS.get(draw.below(CLIENTS.len())).unwrap_or(&CLIENTS[0]);
    let ending = ending(client.is_mobile, frame, draw);
    let below = |greeting: &str| {
        let parts = [greeting, &words, &ending];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
    };
    let ours = frame.one("ours");
    let body = match draw.below(100) {
        0..15 => Body { plain: format!("{}\n", below(&greeting)), ..Body::default() },
        15..23 => answer_below(&below(&greeting), ours, frame),
        23..30 => answer_inline(&greeting, &below(""), ours, frame),
        _ => client.answer_above(&below(&greeting), ours, LEAD, frame, draw),
    };
    let subject = format!("{}: {}", frame.one("reply"), frame.one("subject"));
    Item {
        label: sentence.label,
        content: raw(&subject, &frame.any("name", draw), &body),
        answer: format!("{greeting}\n{words}"),
        quoted: body.quoted,
        is_chat: false,
        ours_is_known: draw.percent(70),
        stands_for: 1,
    }
}

/// What follows the answer's words: a closing, a signature or a phone's line, a footer.
fn ending(is_mobile: bool, frame: &Frame, draw: &mut Draw) -> String {
    let mut parts = Vec::new();
    let signs = draw.percent(65);
    if draw.percent(70) {
        parts.push(frame.any("close", draw));
    }
    if is_mobile && draw.percent(70) {
        parts.push(frame.any("mobile", draw));
    } else if signs {
        parts.push(frame.any("signature", draw));
    }
    if signs && draw.percent(25) {
        parts.push(frame.any("footer", draw));
    }
    parts.join("\n")
}

/// Writes the mail as it travels.
pub fn raw(subject: &str, name: &str, body: &Body) -> String {
    let head = format!(
        "From: {name} <{LEAD}>\nTo: Ada Park <ada@northbeam.example>\nSubject: {subject}\n\
         Date: Wed, 04 Mar 2026 09:14:05 +0100\nMessage-ID: <answer@quarryside.example>\n\
         In-Reply-To: <first@northbeam.example>\nMIME-Version: 1.0\n"
    );
    let part = |kind: &str, text: &str| {
        format!("Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n")
    };
    match (body.plain.is_empty(), body.html.is_empty()) {
        (false, false) => format!(
            "{head}Content-Type: multipart/alternative; boundary=\"=_b\"\n\n--=_b\n{}\n--=_b\n{}\n--=_b--\n",
            part("plain", &body.plain),
            part("html", &body.html)
        ),
        (true, false) => format!("{head}{}", part("html", &body.html)),
        _ => format!("{head}{}", part("plain", &body.plain)),
    }
}
