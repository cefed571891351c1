//! A reader of all pages, at rest, and what they show.

use anyhow::{Context, Result};
use local_world::Api;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// No list of a life has as many pages.
const MOST_PAGES: usize = 500;
/// A query of the leads' list, and the field of its rows that it asks about.
pub const FILTERS: [(&str, &str); 8] = [
    ("status", "status"),
    ("temperature", "temperature"),
    ("priority", "priority"),
    ("owner", "owner"),
    ("country", "country"),
    ("tag", "tags"),
    ("campaign", "active"),
    ("q", "email"),
];
/// An order of the leads' list, and the field that it follows.
pub const ORDERS: [(&str, &str); 5] = [
    ("updated", "updated_at"),
    ("score", "score"),
    ("last_contacted", "last_contacted_at"),
    ("follow_up", "follow_up_at"),
    ("company", "company"),
];
pub const STATES: [&str; 5] = ["pending", "moving", "waiting_task", "held", "ended"];
const LISTS: [&str; 10] = [
    "/api/leads",
    "/api/inbox?folder=open",
    "/api/inbox?folder=done",
    "/api/inbox/unmatched",
    "/api/tasks",
    "/api/notifications",
    "/api/settings/suppressions",
    "/api/clients",
    "/api/revenue/transactions",
    "/api/campaigns/held",
];
const PAGES: [&str; 14] = [
    "/api/auth/me",
    "/api/campaigns",
    "/api/sequences",
    "/api/imports",
    "/api/team",
    "/api/templates",
    "/api/dashboard/stats",
    "/api/dashboard/momentum",
    "/api/dashboard/hot-leads",
    "/api/dashboard/campaigns",
    "/api/analytics/dashboard",
    "/api/revenue",
    "/api/settings",
    "/api/settings/why",
];

#[derive(Default)]
pub struct Shown {
    /// The rows of all pages of a list, by its path.
    pub lists: BTreeMap<String, Vec<Value>>,
    /// What is no list, by path.
    pub pages: BTreeMap<String, Value>,
    /// What could not be read, and why.
    pub refused: Vec<String>,
}

impl Shown {
    pub fn rows(&self, path: &str) -> &[Value] {
        self.lists.get(path).map_or(&[], Vec::as_slice)
    }

    pub fn page(&self, path: &str) -> &Value {
        self.pages.get(path).unwrap_or(&Value::Null)
    }
}

/// A user's view of their workspace, so many rows at a time.
pub async fn read_everything(api: &Api, limit: i64) -> Shown {
    let mut reader = Reader { api, limit, shown: Shown::default() };
    for path in LISTS {
        reader.list(path).await;
    }
    for path in PAGES {
        reader.page(path).await;
    }
    reader.leads().await;
    reader.campaigns().await;
    reader.shown
}

struct Reader<'a> {
    api: &'a Api,
    limit: i64,
    shown: Shown,
}

impl Reader<'_> {
    async fn page(&mut self, path: &str) {
        match self.api.get(path).await {
            Ok(page) => drop(self.shown.pages.insert(path.to_owned(), page)),
            Err(error) => self.shown.refused.push(format!("{error:#}")),
        }
    }

    async fn list(&mut self, path: &str) {
        match self.all_pages(path).await {
            Ok(rows) => drop(self.shown.lists.insert(path.to_owned(), rows)),
            Err(error) => self.shown.refused.push(format!("{error:#}")),
        }
    }

    async fn all_pages(&self, path: &str) -> Result<Vec<Value>> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        let joined = if path.contains('?') { '&' } else { '?' };
        for _ in 0..MOST_PAGES {
            let mut page = self.api.get(&format!("{path}{joined}limit={}{cursor}", self.limit)).await?;
            rows.append(page["items"].as_array_mut().with_context(|| format!("{path} has no items"))?);
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={}", escaped(next)),
                None => return Ok(rows),
            }
        }
        anyhow::bail!("{path} has no last page")
    }

    async fn leads(&mut self) {
        for (order, _) in ORDERS {
            self.list(&format!("/api/leads?sort={order}&order=asc")).await;
            self.list(&format!("/api/leads?sort={order}&order=desc")).await;
        }
        for (query, value) in asked(self.shown.rows("/api/leads")) {
            self.list(&format!("/api/leads?{query}={}", escaped(&value))).await;
        }
        let leads: Vec<String> = ids(self.shown.rows("/api/leads"), "id");
        for lead in leads {
            for path in ["", "/timeline", "/why"] {
                self.page(&format!("/api/leads/{lead}{path}")).await;
            }
            self.page(&format!("/api/messages?lead={lead}")).await;
        }
        let inbox = ["open", "done"].map(|folder| format!("/api/inbox?folder={folder}"));
        for lead in inbox.iter().flat_map(|path| ids(self.shown.rows(path), "lead_id")).collect::<Vec<_>>() {
            self.page(&format!("/api/inbox/{lead}")).await;
        }
    }

    async fn campaigns(&mut self) {
        let campaigns = self.shown.page("/api/campaigns")["items"].as_array().cloned().unwrap_or_default();
        for campaign in ids(&campaigns, "id") {
            let path = format!("/api/campaigns/{campaign}");
            for page in ["", "/stats", "/why", "/variants"] {
                self.page(&format!("{path}{page}")).await;
            }
            let everybody = format!("{path}/enrolments");
            self.list(&everybody).await;
            for state in STATES {
                self.list(&format!("{everybody}?state={state}")).await;
            }
            for lead in ids(self.shown.rows(&everybody), "lead_id") {
                self.page(&format!("{everybody}/{lead}")).await;
            }
        }
    }
}

/// Each value that rows have of a field that can be asked for.
fn asked(rows: &[Value]) -> BTreeSet<(&'static str, String)> {
    let of_row = |row| FILTERS.iter().flat_map(move |(query, field)| values(row, query, field));
    rows.iter().flat_map(of_row).collect()
}

/// The values of one row; a row without an owner has a word of its own.
pub fn values(row: &Value, query: &'static str, field: &str) -> Vec<(&'static str, String)> {
    let several = row[field].as_array().map_or_else(|| vec![&row[field]], |values| values.iter().collect());
    let told = |value: &Value| match value.as_str() {
        Some(value) => Some((query, value.to_owned())),
        None => (query == "owner").then(|| (query, "none".to_owned())),
    };
    several.into_iter().filter_map(told).collect()
}

pub fn ids(rows: &[Value], name: &str) -> Vec<String> {
    rows.iter().filter_map(|row| row[name].as_str().map(str::to_owned)).collect()
}

fn escaped(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}
