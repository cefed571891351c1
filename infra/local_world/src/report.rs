//! The report of a demo: funnel, steps, channels, ends of enrolments, capacity, cost and checks.

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
    /// Opening lines that use the default text because too little was known of the lead.
    pub fallback_lines: i64,
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
    /// Runs of functions started by queues, the stream and schedules, and those started by requests.
    pub invocations: (u64, u64),
    /// Changes in the table's stream.
    pub events: u64,
    pub cloud_calls: u64,
    pub findings: Findings,
}

/// List prices in US dollars a unit, as of late 2026, arm64.
const PER_WRU: f64 = 0.625e-6;
const PER_RRU: f64 = 0.125e-6;
const PER_SQS: f64 = 0.40e-6;
const PER_INVOCATION: f64 = 0.20e-6;
const PER_GB_SECOND: f64 = 13.333_4e-6;
const PER_REQUEST: f64 = 1.00e-6;
/// A run of a function is assumed to take 60 ms at 256 MB: mostly it waits for the cloud and for providers.
const GB_SECONDS_A_RUN: f64 = 0.25 * 0.060;

impl Report {
    pub fn is_clean(&self) -> bool {
        self.details.findings.is_clean()
    }

    /// The cost of this run's use of DynamoDB, SQS, Lambda and the HTTP API, scaled to ten thousand messages.
    pub fn cost_per_10_000_sends(&self) -> Option<Cost> {
        let sends = (self.sent.email + self.sent.sms) as f64;
        if sends <= 0.0 {
            return None;
        }
        let scale = 10_000.0 / sends;
        let (by_events, by_requests) = self.details.invocations;
        let runs = (by_events + by_requests) as f64;
        Some(Cost {
            dynamodb: scale * (self.wru * PER_WRU + self.rru * PER_RRU),
            sqs: scale * self.details.sqs_requests * PER_SQS,
            lambda: scale * runs * (PER_INVOCATION + GB_SECONDS_A_RUN * PER_GB_SECOND),
            http_api: scale * by_requests as f64 * PER_REQUEST,
        })
    }
}

/// Costs in US dollars.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    pub dynamodb: f64,
    pub sqs: f64,
    pub lambda: f64,
    pub http_api: f64,
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sent = self.sent.email + self.sent.sms;
        writeln!(f, "\nFunnel")?;
        for (name, count) in [
            ("imported", i64::try_from(self.leads_imported).unwrap_or(i64::MAX)),
            ("enriched", self.enriched),
            ("personalised", self.personalised),
            ("  or fallback", self.fallback_lines),
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
            let Cost { dynamodb, sqs, lambda, http_api } = cost;
            let sum = dynamodb + sqs + lambda + http_api;
            writeln!(f, "\nAWS for 10,000 sends like these, import and answers included: about ${sum:.2}")?;
            writeln!(
                f,
                "  DynamoDB ${dynamodb:.2}, SQS ${sqs:.2}, Lambda ${lambda:.2} at 60 ms a run on 256 MB, HTTP API ${http_api:.2}"
            )?;
        }
        let per_second = self.details.events as f64 / self.wall_seconds.max(0.001);
        let days = self.virtual_seconds as f64 / 86_400.0;
        writeln!(
            f,
            "\n{days:.1} days lived in {:.1} s, {per_second:.0} events a second ({} events, {} cloud calls)",
            self.wall_seconds, self.details.events, self.details.cloud_calls
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
