//! The hand-written sentences: a line each, with what it is and where it is written, then the words.

use std::path::Path;
use std::{fs, io};

/// What the writer wants, as far as an opt-out goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    Yes,
    Other,
    OptOut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    Mail,
    Text,
}

impl Channel {
    pub fn word(self) -> &'static str {
        match self {
            Self::Mail => "mails",
            Self::Text => "texts",
        }
    }
}

pub struct Sentence {
    pub label: Label,
    /// `None` if it is written in mails and in texts.
    pub only: Option<Channel>,
    /// Whether it is so seldom written that the stream has it once.
    pub is_rare: bool,
    pub words: String,
}

impl Sentence {
    pub fn is_written_in(&self, channel: Channel) -> bool {
        self.only.is_none_or(|only| only == channel)
    }

    /// Reads `y`, `o` or `x` (yes, another answer, an opt-out), then `m` or `t` (only in mails, only in texts), then `r` if
    /// it is rare, a blank, and the words.
    fn read(line: &str) -> Option<Self> {
        let (code, words) = line.split_once(' ')?;
        let (code, is_rare) = code.strip_suffix('r').map_or((code, false), |code| (code, true));
        let label = match code.get(..1)? {
            "y" => Label::Yes,
            "o" => Label::Other,
            "x" => Label::OptOut,
            _ => return None,
        };
        let only = match code.get(1..)? {
            "" => None,
            "m" => Some(Channel::Mail),
            "t" => Some(Channel::Text),
            _ => return None,
        };
        Some(Self { label, only, is_rare, words: words.trim().to_owned() })
    }
}

/// Loads one language; a line that is neither a comment nor a sentence is an error.
pub fn load(file: &Path) -> io::Result<Vec<Sentence>> {
    let text = fs::read_to_string(file)?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let wrong = |line: &str| io::Error::other(format!("{}: no sentence: {line}", file.display()));
    lines.map(|line| Sentence::read(line).ok_or_else(|| wrong(line))).collect()
}
