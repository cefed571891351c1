//! A pattern of digits, compiled to a table: a numbering plan asks ten of them for every number of an import.

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use std::sync::OnceLock;

/// A pattern that is compiled when it is first used. (The phonenumber crate's own cache holds a hundred
/// patterns, so a file with ten countries would compile some for every row.)
pub(super) struct Pattern {
    source: String,
    table: OnceLock<Option<dense::DFA<Vec<u32>>>>,
}

impl Pattern {
    pub(super) fn new(source: &str) -> Self {
        Self { source: source.to_owned(), table: OnceLock::new() }
    }

    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Whether the digits begin with what the pattern describes.
    pub(super) fn begins(&self, digits: &str) -> bool {
        self.end(digits, true).is_some()
    }

    /// How many leading digits the pattern takes, preferring its first alternative.
    pub(super) fn length_at_start(&self, digits: &str) -> Option<usize> {
        self.end(digits, false)
    }

    fn end(&self, digits: &str, earliest: bool) -> Option<usize> {
        let table = self.table.get_or_init(|| {
            dense::Builder::new()
                .configure(dense::Config::new().start_kind(StartKind::Anchored))
                .syntax(syntax::Config::new().unicode(false).utf8(false).ignore_whitespace(true))
                .build(&self.source)
                .ok()
        });
        let input = Input::new(digits).anchored(Anchored::Yes).earliest(earliest);
        table.as_ref()?.try_search_fwd(&input).ok()?.map(|found| found.offset())
    }
}
