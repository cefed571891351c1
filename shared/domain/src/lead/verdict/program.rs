//! Programs that fetch links and pictures, recognised by their user agent: `programs.toml`.

use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Program {
    pub name: String,
    pub kind: ProgramKind,
    /// A part of the user agent in lower case; with a leading `^`, its beginning.
    pattern: String,
    /// Words that contain the pattern and mean something else.
    #[serde(default)]
    except: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ProgramKind {
    /// Shows a picture of what a link leads to.
    Preview,
    /// Loads a mail's pictures when the mail is opened.
    ImageProxy,
    /// Shows mails to their reader, and looks at links for the reader.
    MailProgram,
    Scanner,
    Robot,
    /// A library by which programs make requests.
    Library,
}

#[derive(Deserialize)]
struct Programs {
    program: Vec<Program>,
}

static PROGRAMS: LazyLock<Vec<Program>> = LazyLock::new(|| {
    let read = toml::from_str::<Programs>(include_str!("programs.toml"));
    read.expect("a test reads the list of programs").program
});

/// Returns the first program of the list that fits this user agent, which is in lower case.
pub(super) fn program_of(agent: &str) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.fits(agent))
}

impl Program {
    fn fits(&self, agent: &str) -> bool {
        match self.pattern.strip_prefix('^') {
            Some(start) => agent.starts_with(start),
            None if self.except.is_empty() => agent.contains(&self.pattern),
            None => {
                let rest = self.except.iter().fold(agent.to_owned(), |rest, word| rest.replace(word, " "));
                rest.contains(&self.pattern)
            }
        }
    }
}

/// Tells whether a user agent gives an address for questions about it, or calls itself compatible: robots do, and of
/// browsers only Internet Explorer.
pub(super) fn says_robot(agent: &str) -> bool {
    let address = ["http://", "https://", "+http", "mailto:", "@"].iter().any(|sign| agent.contains(sign));
    let compatible =
        agent.contains("(compatible;") && !agent.contains("msie ") && !agent.contains("konqueror");
    address || compatible
}

/// Tells whether a user agent is one of a browser: they all begin with these words and say more.
pub(super) fn is_browser(agent: &str) -> bool {
    let Some((name, rest)) = agent.split_once('/') else { return false };
    matches!(name, "mozilla" | "opera")
        && rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim() != ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_in_lower_case_and_reached() {
        assert!(PROGRAMS.len() > 60);
        for (place, program) in PROGRAMS.iter().enumerate() {
            assert_eq!(program.pattern, program.pattern.to_ascii_lowercase(), "{}", program.name);
            let agent = program.pattern.trim_start_matches('^');
            let found = program_of(agent).map(|found| found.kind);
            assert_eq!(found, Some(program.kind), "{place}: {} is hidden by another entry", program.name);
        }
    }
}
