//! What surrounds an answer in a language: names and times for the gaps of a sentence, greetings, signatures, footers, and
//! how the mail clients introduce a quotation.

use crate::draw::Draw;
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Our mailbox, as a client writes it into a quotation.
pub const US: &str = "Ada Park <ada@northbeam.example>";

/// One language's file of `frames`: a line for each word, its choices with ` | ` between them.
pub struct Frame(BTreeMap<String, Vec<String>>);

impl Frame {
    pub fn load(file: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(file)?;
        let lines = text.lines().filter_map(|line| line.split_once(" = "));
        let choices = |all: &str| all.split(" | ").map(|one| one.replace("\\n", "\n")).collect();
        Ok(Self(lines.map(|(key, all)| (key.to_owned(), choices(all))).collect()))
    }

    pub fn all(&self, key: &str) -> &[String] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    pub fn one(&self, key: &str) -> &str {
        self.all(key).first().map_or("", String::as_str)
    }

    pub fn any(&self, key: &str, draw: &mut Draw) -> String {
        let chosen = draw.of(self.all(key)).to_owned();
        self.fill(&chosen, draw)
    }

    /// Fills the gaps of a sentence: `{name}`, `{day}`, `{time}`, `{place}`, `{firm}`, `{mail}`, `{phone}`, `{n}`.
    pub fn fill(&self, sentence: &str, draw: &mut Draw) -> String {
        let mut filled = sentence.replace("\\n", "\n");
        for key in ["name", "day", "time", "place", "firm", "mail", "phone"] {
            let gap = format!("{{{key}}}");
            if filled.contains(&gap) {
                filled = filled.replace(&gap, draw.of(self.all(key)));
            }
        }
        filled.replace("{n}", &(2 + draw.below(38)).to_string())
    }

    /// The line with which a client introduces what we said.
    pub fn said(&self, client: &str) -> String {
        let lines = self.all("said").iter().filter_map(|line| line.split_once(": "));
        let found =
            lines.filter(|(name, _)| *name == client).map(|(_, line)| line.replace("{us}", US)).next();
        found.unwrap_or_default()
    }

    /// The header lines above a quotation: from, sent or date, to, subject.
    pub fn headers(&self, dated: bool, to: &str) -> Vec<String> {
        let names = self.all("headers");
        let name = |at: usize| names.get(at).map_or("", String::as_str);
        let when = if dated { name(4) } else { name(1) };
        vec![
            format!("{}: {US}", name(0)),
            format!("{when}: {}", self.one("sent")),
            format!("{}: {to}", name(2)),
            format!("{}: {}", name(3), self.one("subject")),
        ]
    }
}
