//! What a demo prints: the funnel, steps, channels, endings, capacity, cost and checks.

use crate::checks::Findings;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::{self, Display};

#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub leads_imported: u64,
    pub rows_rejected: u64,
    pub duplicates: u64,
    pub enriched: i64,
    pub personalised: i64,
    pub sent: Sent,
    pub delivered: i64,
    pub opened: i64,
    pub clicked: i64,
    pub replied: i64,
    pub unsubscribed: i64,
    pub bounced: i64,
    pub hot: i64,
    pub paid: i64,
    pub mrr_minor: i64,
    pub duplicate_sends: u64,
    pub sends_after_stop: u64,
    pub counter_mismatches: u64,
    pub stuck: u64,
    pub unaccounted: u64,
    pub wru: f64,
    pub rru: f64,
    pub wall_seconds: f64,
    pub virtual_seconds: i64,
    #[serde(skip)]
    pub details: Details,
}

#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct Sent {
    pub email: i64,
    pub sms: i64,
}

#[derive(Debug, Default)]
pub struct Details {
    /// (step, channel) → sent, delivered, opened, clicked.
    pub steps: BTreeMap<(u16, &'static str), [u64; 4]>,
    pub ended: BTreeMap<String, u64>,
    pub by_function: BTreeMap<String, (f64, f64)>,
    pub sqs_requests: f64,
    pub events: u64,
    pub findings: Findings,
}

/// List prices in US dollars per million, as of late 2026, arm64.
const PER_WRU: f64 = 0.625e-6;
const PER_RRU: f64 = 0.125e-6;
const PER_SQS: f64 = 0.40e-6;

impl Report {
    pub fn is_clean(&self) -> bool {
        self.details.findings.is_clean()
    }

    /// Of this run's DynamoDB and SQS use, scaled to ten thousand messages.
    pub fn cost_per_10_000_sends(&self) -> Option<f64> {
        let sends = (self.sent.email + self.sent.sms) as f64;
        let spent = self.wru * PER_WRU + self.rru * PER_RRU + self.details.sqs_requests * PER_SQS;
        (sends > 0.0).then(|| spent / sends * 10_000.0)
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent = self.sent.email + self.sent.sms;
        writeln!(f, "\nFunnel")?;
        for (name, count) in [
            ("imported", i64::try_from(self.leads_imported).unwrap_or(i64::MAX)),
            ("enriched", self.enriched),
            ("personalised", self.personalised),
            ("messages sent", sent),
            ("delivered", self.delivered),
            ("opened", self.opened),
            ("clicked", self.clicked),
            ("human answers", self.replied),
            ("turned hot", self.hot),
            ("paid", self.paid),
        ] {
            writeln!(f, "  {name:<16}{count:>8}")?;
        }
        writeln!(
            f,
            "  rejected rows {}, duplicates {}, opt-outs {}, bounces {}",
            self.rows_rejected, self.duplicates, self.unsubscribed, self.bounced
        )?;
        writeln!(
            f,
            "  e-mails {}, texts {}, MRR {:.2}",
            self.sent.email,
            self.sent.sms,
            self.mrr_minor as f64 / 100.0
        )?;
        writeln!(f, "\nSteps             sent  delivered  opened  clicked")?;
        for ((step, channel), [sent, delivered, opened, clicked]) in &self.details.steps {
            writeln!(f, "  {} {channel:<10}{sent:>8}{delivered:>11}{opened:>8}{clicked:>9}", step + 1)?;
        }
        writeln!(f, "\nWhy sequences ended")?;
        for (reason, count) in &self.details.ended {
            writeln!(f, "  {reason:<16}{count:>8}")?;
        }
        writeln!(f, "\nCapacity           WRU         RRU")?;
        for (function, (wru, rru)) in &self.details.by_function {
            writeln!(f, "  {function:<20}{wru:>9.0}{rru:>12.1}")?;
        }
        writeln!(f, "  {:<20}{:>9.0}{:>12.1}", "all", self.wru, self.rru)?;
        if let Some(cost) = self.cost_per_10_000_sends() {
            writeln!(f, "  DynamoDB and SQS for 10,000 sends like these, import and all: ${cost:.3}")?;
        }
        let per_second = self.details.events as f64 / self.wall_seconds.max(0.001);
        let days = self.virtual_seconds as f64 / 86_400.0;
        writeln!(
            f,
            "\n{days:.1} days lived in {:.1} s, {per_second:.0} cloud calls a second",
            self.wall_seconds
        )?;
        let findings = self.details.findings.lines();
        if findings.is_empty() {
            return writeln!(
                f,
                "Checks passed: nothing sent twice, nothing after a stop, counters equal a recount, every message accounted for."
            );
        }
        writeln!(f, "CHECKS FAILED")?;
        for line in findings.iter().take(50) {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}
