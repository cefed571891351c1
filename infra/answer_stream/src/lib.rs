//! A stream of answers as it comes back to somebody who writes to small businesses, and how well `understanding` reads it:
//! who is suppressed without having asked, which opt-outs are heard, what is shown of an answer.
//!
//! The sentences are hand-written in ten languages by somebody who did not write the rules, and every person, firm and
//! address is made up. One answer in fifty is an opt-out. Each opt-out is put into one text and one mail; the ordinary
//! sentences are put into many, with other names and times, greetings, signatures, footers and quotations. Rare ones,
//! which speak of lists and subscriptions in another sense, are put into one.
//!
//! Rules may be tuned to `development`, never to `kept_back`: of that half nothing is told but figures. The halves share no
//! sentence, footer or report.

mod bounds;
mod clients;
mod draw;
mod figures;
mod footers;
mod frame;
mod item;
mod reading;
mod reports;
mod sentences;

pub use bounds::{BOUNDS, Bound};
pub use figures::{Figures, Line, Share};
pub use sentences::Channel;

use draw::Draw;
use frame::Frame;
use item::Item;
use sentences::{Label, Sentence};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

pub const LANGUAGES: [&str; 10] = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "ja"];

/// Ordinary answers to one opt-out.
const ORDINARY_TO_ONE: usize = 49;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// What rules may be tuned to.
    Development,
    /// What nobody who writes rules looks at.
    KeptBack,
}

impl Half {
    pub fn folder(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::KeptBack => "kept_back",
        }
    }
}

/// Reads one half. Of its ordinary answers one may be read for so many others of the same sentence: 1 reads them all.
pub fn measure(half: Half, each: u32) -> io::Result<Figures> {
    let folder = root().join(half.folder());
    let may_look = half == Half::Development;
    let mut figures = Figures::default();
    for language in LANGUAGES {
        for channel in [Channel::Mail, Channel::Text] {
            let (items, frame) = items(half, language, channel, each)?;
            for item in &items {
                reading::count(&mut figures, language, channel, item, &frame, may_look);
            }
        }
    }
    footers::count(&mut figures, &folder.join("footers.txt"), may_look)?;
    reports::count(&mut figures, &folder.join("reports.txt"), may_look)?;
    Ok(figures)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The answers of a language that come by a channel, and what surrounds them.
fn items(half: Half, language: &str, channel: Channel, each: u32) -> io::Result<(Vec<Item>, Frame)> {
    let file = format!("{language}.txt");
    let sentences = sentences::load(&root().join(half.folder()).join(&file))?;
    let frame = Frame::load(&root().join("frames").join(&file))?;
    let mut draw = Draw::new(&format!("{} {file} {}", half.folder(), channel.word()));
    let items = stream(&sentences, channel, &frame, each, &mut draw);
    Ok((items, frame))
}

/// The opt-outs, each once, and the ordinary answers of a channel, no two alike.
fn stream(sentences: &[Sentence], channel: Channel, frame: &Frame, each: u32, draw: &mut Draw) -> Vec<Item> {
    let written = sentences.iter().filter(|sentence| sentence.is_written_in(channel));
    let (asking, ordinary): (Vec<_>, Vec<_>) = written.partition(|sentence| sentence.label == Label::OptOut);
    let mut items: Vec<Item> =
        asking.iter().map(|sentence| Item::new(channel, sentence, frame, draw)).collect();
    let (rare, frequent): (Vec<_>, Vec<_>) = ordinary.into_iter().partition(|sentence| sentence.is_rare);
    items.extend(rare.iter().map(|sentence| Item::new(channel, sentence, frame, draw)));
    let mut wanted = (asking.len() * ORDINARY_TO_ONE).saturating_sub(rare.len());
    let mut told: BTreeSet<String> = items.iter().map(|item| item.content.clone()).collect();
    // A short sentence has few variants: where they are used up the next one takes its turn.
    for sentence in frequent.iter().cycle().take(wanted * 4) {
        let mut item = Item::new(channel, sentence, frame, draw);
        let stands_for = each.min(u32::try_from(wanted).unwrap_or(u32::MAX));
        if stands_for == 0 {
            break;
        }
        if told.insert(item.content.clone()) {
            wanted -= stands_for as usize;
            item.stands_for = stands_for;
            items.push(item);
        }
    }
    items
}

#[cfg(test)]
mod tests;
