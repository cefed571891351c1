//! A pattern of digits as a table: a numbering plan asks ten of them for every number of an import.

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use std::sync::OnceLock;

/// Compiled when it is first asked. (The phonenumber crate's own cache holds a hundred patterns: a file of ten countries
/// would compile for every row.)
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

    /// The digits begin with what the pattern describes.
    pub(super) fn begins(&self, digits: &str) -> bool {
        self.end(digits, true).is_some()
    }

    /// How many digits at the beginning it takes, preferring its first alternative.
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
