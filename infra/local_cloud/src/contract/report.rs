//! The results of the checks.

use std::fmt;

use super::Difference;

/// One check and the difference that it found, if any.
#[derive(Debug, Clone)]
pub struct Check {
    pub name: String,
    pub difference: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Report {
    pub checks: Vec<Check>,
}

impl Report {
    pub fn differences(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.difference.is_some())
    }

    pub fn all_held(&self) -> bool {
        self.differences().next().is_none()
    }

    pub(super) fn add(&mut self, name: &str, held: Result<(), Difference>) {
        let difference = held.err().map(|difference| difference.to_string());
        self.checks.push(Check { name: name.to_owned(), difference });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            match &check.difference {
                None => writeln!(f, "  holds    {}", check.name)?,
                Some(difference) => writeln!(f, "  DIFFERS  {}\n           {difference}", check.name)?,
            }
        }
        let differing = self.differences().count();
        write!(f, "{} of {} checks hold", self.checks.len() - differing, self.checks.len())
    }
}
