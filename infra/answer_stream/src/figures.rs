//! What is counted, and its table.

use crate::sentences::Channel;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use understanding::{Kind, Understood};

/// What follows from an answer for its writer, as far as an opt-out goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A rule was sure: the writer is suppressed.
    Listed,
    /// A user is asked, and the writer is held until then.
    Asked,
    Heeded,
}

impl Outcome {
    pub fn of(understood: &Understood) -> Self {
        match understood.kind {
            Kind::OptOut => Self::Listed,
            Kind::PossibleOptOut => Self::Asked,
            _ => Self::Heeded,
        }
    }
}

/// How often something was so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    pub so: u32,
    pub of: u32,
}

impl Share {
    pub fn count(&mut self, so: bool) {
        self.count_for(1, so);
    }

    /// Counts one that stands for many.
    pub fn count_for(&mut self, many: u32, so: bool) {
        self.so += if so { many } else { 0 };
        self.of += many;
    }

    pub fn add(&mut self, other: Self) {
        self.so += other.so;
        self.of += other.of;
    }

    /// The share of a thousand; a thousand of nothing is none.
    pub fn per_thousand(self) -> f64 {
        f64::from(self.so) * 1000.0 / f64::from(self.of.max(1))
    }
}

impl Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.so, self.of))
    }
}

/// The columns of a language's line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Line {
    /// Suppressed who did not ask for it.
    pub wrongly_listed: Share,
    /// Held who did not ask for it.
    pub wrongly_asked: Share,
    /// Opt-outs that are listed or asked about.
    pub heard: Share,
    /// Opt-outs that a rule lists.
    pub listed: Share,
    /// Answers with a yes that are read as interest.
    pub yes_kept: Share,
    /// Answers whose every word is shown.
    pub whole: Share,
    /// Quotations of which no line is shown.
    pub cut: Share,
}

impl Line {
    pub fn add(&mut self, other: &Self) {
        for ((_, mine), (_, theirs)) in self.columns_mut().into_iter().zip(other.columns()) {
            mine.add(theirs);
        }
    }

    fn columns_mut(&mut self) -> [(&'static str, &mut Share); 7] {
        [
            ("suppressed who did not ask", &mut self.wrongly_listed),
            ("asked without cause", &mut self.wrongly_asked),
            ("heard", &mut self.heard),
            ("listed by rules", &mut self.listed),
            ("yes read as interest", &mut self.yes_kept),
            ("whole answers", &mut self.whole),
            ("quotations cut", &mut self.cut),
        ]
    }

    pub fn columns(mut self) -> [(&'static str, Share); 7] {
        self.columns_mut().map(|(name, share)| (name, *share))
    }
}

#[derive(Debug, Default)]
pub struct Figures {
    pub lines: BTreeMap<(String, Channel), Line>,
    /// Yeses above a footer that stay a yes, by language.
    pub above_footers: BTreeMap<String, Share>,
    /// Those yeses whose writers are neither listed nor asked about.
    pub unharmed_above_footers: Share,
    /// Bounces and complaints that are acted upon as they should be, by what they bring along.
    pub reports: BTreeMap<String, Share>,
    /// What was read wrongly, a line each; kept for the development half alone.
    pub wrong: Vec<String>,
}

impl Figures {
    pub fn add(&mut self, other: Self) {
        for (key, line) in other.lines {
            self.lines.entry(key).or_default().add(&line);
        }
        for (key, share) in other.above_footers {
            self.above_footers.entry(key).or_default().add(share);
        }
        self.unharmed_above_footers.add(other.unharmed_above_footers);
        for (key, share) in other.reports {
            self.reports.entry(key).or_default().add(share);
        }
        self.wrong.extend(other.wrong);
    }

    /// Each figure of the whole with its name.
    pub fn totals(&self) -> Vec<(String, Share)> {
        let mut totals = Vec::new();
        for channel in [Channel::Mail, Channel::Text] {
            let mut whole = Line::default();
            self.lines.iter().filter(|((_, its), _)| *its == channel).for_each(|(_, line)| whole.add(line));
            let columns = whole.columns().into_iter().filter(|(_, share)| share.of > 0);
            totals.extend(columns.map(|(name, share)| (format!("{}: {name}", channel.word()), share)));
        }
        let mut footers = Share::default();
        self.above_footers.values().for_each(|share| footers.add(*share));
        totals.push(("above footers: yes kept".to_owned(), footers));
        totals.push(("above footers: neither listed nor asked".to_owned(), self.unharmed_above_footers));
        totals.extend(self.reports.iter().map(|(what, share)| (format!("reports: {what}"), *share)));
        totals
    }
}

impl Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Line::default().columns().map(|(name, _)| name);
        writeln!(f, "{:<10}{}", "", names.map(|name| format!("{name:>27}")).concat())?;
        for ((language, channel), line) in &self.lines {
            let shares = line.columns().map(|(_, share)| format!("{share:>27}")).concat();
            writeln!(f, "{language} {:<7}{shares}", channel.word())?;
        }
        for (language, share) in &self.above_footers {
            writeln!(f, "{language} yes above footers {share}")?;
        }
        for (name, share) in self.totals() {
            writeln!(f, "{name:<44}{share:>12}{:>8.1} ‰", share.per_thousand())?;
        }
        Ok(())
    }
}
