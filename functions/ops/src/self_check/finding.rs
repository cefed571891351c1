//! The result of one check: its state, what was seen, and how to fix it.

use application::ports::parts::PartFault;
use http_api::utoipa;
use serde::Serialize;

/// The states in rising order of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    Fine,
    /// The part is not set up, and nobody asked for it: this is no fault.
    NotSetUp,
    Warning,
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckGroup {
    Storage,
    Work,
    Address,
    Accounts,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PartCheck {
    /// Stable from check to check: `table`, `queue_send`, `account_twilio_account_…`.
    pub id: String,
    pub group: CheckGroup,
    pub name: String,
    pub state: CheckState,
    pub seen: String,
    /// How to fix it; absent if nothing is to be done.
    pub fix: Option<String>,
}

/// A part of the installation, before it was checked.
pub struct Part {
    id: String,
    group: CheckGroup,
    name: String,
}

/// The longest quotation of a provider's or server's own words.
const LONGEST_QUOTE: usize = 400;

impl Part {
    pub fn new(id: impl Into<String>, group: CheckGroup, name: impl Into<String>) -> Self {
        Self { id: id.into(), group, name: name.into() }
    }

    pub fn fine(self, seen: impl Into<String>) -> PartCheck {
        self.found(CheckState::Fine, seen.into(), None)
    }

    pub fn not_set_up(self, seen: impl Into<String>, fix: impl Into<String>) -> PartCheck {
        self.found(CheckState::NotSetUp, seen.into(), Some(fix.into()))
    }

    pub fn warning(self, seen: impl Into<String>, fix: impl Into<String>) -> PartCheck {
        self.found(CheckState::Warning, seen.into(), Some(fix.into()))
    }

    pub fn broken(self, seen: impl Into<String>, fix: impl Into<String>) -> PartCheck {
        self.found(CheckState::Broken, seen.into(), Some(fix.into()))
    }

    /// The result for a part that could not be checked. `missing` is the fix if the part does not exist.
    pub fn fault(self, fault: PartFault, missing: &str) -> PartCheck {
        match fault {
            PartFault::Missing => self.broken("It is not there.", missing),
            PartFault::Refused(said) => self.broken(
                format!("The function ops may not use it: {said}"),
                "Deploy again: the template grants it. If it is still refused, a permission boundary, an organisation's policy or the \
                 part's own policy forbids it.",
            ),
            PartFault::NoAnswer(said) => self.broken(
                format!("No answer: {said}"),
                "Check again. If nothing changes, look at https://health.aws.amazon.com and at the log of the function ops.",
            ),
        }
    }

    fn found(self, state: CheckState, seen: String, fix: Option<String>) -> PartCheck {
        let Self { id, group, name } = self;
        let seen = match seen.char_indices().nth(LONGEST_QUOTE) {
            Some((end, _)) => format!("{}…", &seen[..end]),
            None => seen,
        };
        PartCheck { id, group, name, state, seen, fix }
    }
}
