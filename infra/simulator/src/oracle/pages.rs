//! Checks at rest that pages show what is stored. Each list has each of its rows once, on whatever page; each filter
//! takes
//! the rows that match and no others; a row, a page and a figure say the same of one thing.

use super::raw::{Item, lead_of, number, path, text};
use super::tenant_isolation::owner_of;
use super::{Key, Oracle};
use crate::world::page_reader::{FILTERS, ORDERS, STATES, Shown, ids, values};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const JUDGE: &str = "pages";

/// What a lead's row and page both say.
const OF_LEADS: [&str; 13] = [
    "name",
    "company",
    "email",
    "phone",
    "city",
    "country",
    "status",
    "priority",
    "do_not_contact",
    "owner",
    "tags",
    "active",
    "last_contacted_at",
];
/// The points by which the list may lag: four opens, and less than a minute on a page, that change nothing else.
const BEHIND: i64 = 13;
/// What is counted no further.
const LOOKED_AT: usize = 200;

/// Checks the pages of the workspace with this partition.
pub fn check(oracle: &mut Oracle, owner: &str, shown: &Shown, now: Timestamp) {
    let mut wrong: Vec<String> = shown.refused.clone();
    wrong.extend(lists(oracle, owner, shown, now));
    wrong.extend(leads(shown));
    wrong.extend(labels(shown));
    wrong.extend(people(oracle, owner, shown));
    wrong.extend(timeline_faults(oracle, owner, shown));
    wrong.extend(figures(oracle, owner, shown));
    oracle.accuse_all(JUDGE, now, wrong.into_iter().map(|what| format!("shown: {what}")));
}

/// What is stored of a kind in this workspace, but what was of leads that are gone.
fn stored<'a>(
    oracle: &'a Oracle,
    owner: &'a str,
    entity: &'a str,
) -> impl Iterator<Item = (&'a Key, &'a Item)> {
    let is_left = |key: &Key| !oracle.deleted.contains(lead_of(&key.0));
    oracle.all(entity).filter(move |(key, _)| owner_of(&key.0) == owner && is_left(key))
}

fn differs(what: &str, shown: Vec<String>, there: impl IntoIterator<Item = String>) -> Option<String> {
    let mut there: Vec<String> = there.into_iter().collect();
    let mut sorted = shown;
    sorted.sort();
    there.sort();
    (sorted != there).then(|| format!("{what} has {sorted:?}, and there are {there:?}"))
}

fn lists(oracle: &Oracle, owner: &str, shown: &Shown, now: Timestamp) -> Vec<String> {
    let lead = |key: &Key| format!("lead_{}", lead_of(&key.0));
    let list =
        |path: &str, field: &str, there: Vec<String>| differs(path, ids(shown.rows(path), field), there);
    let mut wrong = Vec::new();
    wrong.extend(list("/api/leads", "id", stored(oracle, owner, "lead").map(|(key, _)| lead(key)).collect()));
    for folder in ["open", "done"] {
        let in_it = |item: &Item| path(item, &["sum", "folder"]) == folder;
        let there = stored(oracle, owner, "conversation").filter(|(_, item)| in_it(item));
        let there = there.map(|(key, _)| lead(key)).collect();
        wrong.extend(list(&format!("/api/inbox?folder={folder}"), "lead_id", there));
    }
    let open = stored(oracle, owner, "task").filter(|(_, task)| path(task, &["sum", "done_at"]).is_empty());
    let open = open.map(|(_, task)| path(task, &["sum", "id"]).to_owned()).collect();
    wrong.extend(list("/api/tasks", "id", open));
    let me = shown.page("/api/auth/me")["user"]["id"].as_str().unwrap_or_default();
    let mine = |note: &Item| ["", me].contains(&text(note, "user"));
    let lasts = |note: &Item| note.0["ttl"].is_null() || number(note, "ttl") > now.as_second();
    let notes = stored(oracle, owner, "notification").filter(|(_, note)| mine(note) && lasts(note));
    let notes = notes.map(|(_, note)| text(note, "id").to_owned()).collect();
    wrong.extend(list("/api/notifications", "id", notes));
    let listed = stored(oracle, owner, "suppression");
    let listed = listed.map(|(key, _)| key.1.split_once('#').map_or("", |(_, value)| value).to_owned());
    wrong.extend(list("/api/settings/suppressions", "value", listed.collect()));
    let clients = stored(oracle, owner, "client").map(|(key, _)| format!("client_{}", key.1)).collect();
    wrong.extend(list("/api/clients", "id", clients));
    let money =
        stored(oracle, owner, "transaction").map(|(_, item)| text(item, "external_id").to_owned()).collect();
    wrong.extend(list("/api/revenue/transactions", "id", money));
    wrong
}

/// Filters and orders of the leads' list, and each lead's row against its page.
fn leads(shown: &Shown) -> Vec<String> {
    let rows = shown.rows("/api/leads");
    let mut wrong = Vec::new();
    let of_filters = shown.lists.keys().filter_map(|path| path.strip_prefix("/api/leads?"));
    let of_filters = of_filters.filter_map(|query| query.split_once('='));
    for (query, escaped) in of_filters.filter(|(query, _)| *query != "sort") {
        let Some((query, field)) = FILTERS.into_iter().find(|(known, _)| *known == query) else { continue };
        let value: String = url::form_urlencoded::parse(format!("v={escaped}").as_bytes())
            .map(|(_, value)| value.into_owned())
            .collect();
        let answers = |row: &&Value| values(row, query, field).contains(&(query, value.clone()));
        let there: Vec<Value> = rows.iter().filter(answers).cloned().collect();
        let path = format!("/api/leads?{query}={escaped}");
        let found = ids(shown.rows(&path), "id");
        // Words are found wherever they stand.
        let of_others = |id: &String| query == "q" && !ids(&there, "id").contains(id);
        let found: Vec<String> = found.into_iter().filter(|id| !of_others(id)).collect();
        wrong.extend(differs(&path, found, ids(&there, "id")));
    }
    for (order, field) in ORDERS {
        for (direction, falls) in [("asc", false), ("desc", true)] {
            let path = format!("/api/leads?sort={order}&order={direction}");
            let sorted = shown.rows(&path);
            wrong.extend(differs(&path, ids(sorted, "id"), ids(rows, "id")));
            let pairs = sorted.windows(2).map(|pair| (key_of(&pair[0][field]), key_of(&pair[1][field])));
            // Whoever has no value comes last, whichever way.
            let fits = |(a, b): &(Option<String>, Option<String>)| match (a, b) {
                (Some(a), Some(b)) => {
                    if falls {
                        a >= b
                    } else {
                        a <= b
                    }
                }
                (None, Some(_)) => false,
                _ => true,
            };
            wrong.extend(pairs.filter(|pair| !fits(pair)).map(|pair| format!("{path} has {pair:?}")));
        }
    }
    for row in rows {
        let page = shown.page(&format!("/api/leads/{}", row["id"].as_str().unwrap_or_default()));
        wrong.extend(unlike(&row["id"], row, page, &OF_LEADS));
        wrong.extend(colder(row, page));
    }
    wrong
}

/// What sorts as the value does.
fn key_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Number(number) => Some(format!("{:020}", number.as_u64().unwrap_or_default())),
        // Of an instant the fraction may be left out.
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(at) => Some(format!("{:030}", at.as_nanosecond())),
            Err(_) => Some(text.to_lowercase()),
        },
        other => Some(other.to_string()),
    }
}

fn unlike(of: &Value, row: &Value, page: &Value, fields: &[&str]) -> Vec<String> {
    let differing = fields.iter().filter(|field| row[**field] != page[**field]);
    differing
        .map(|field| format!("{of} has {field} {} in its row and {} on its page", row[*field], page[*field]))
        .collect()
}

/// The list may be behind by little, and not by what a lead is called.
fn colder(row: &Value, page: &Value) -> Option<String> {
    let of = |lead: &Value| (lead["score"].as_i64().unwrap_or_default(), lead["temperature"].clone());
    let (listed, own) = (of(row), of(page));
    let fits = (own.0 - listed.0).abs() <= BEHIND && (listed.1 == own.1 || listed.0 != own.0);
    (!fits).then(|| format!("{} is {listed:?} in its row and {own:?} on its page", row["id"]))
}

/// Inbox and tasks name a lead as its page does, and tasks are done where it is reached.
fn labels(shown: &Shown) -> Vec<String> {
    let lists = ["/api/inbox?folder=open", "/api/inbox?folder=done", "/api/tasks"];
    let mut wrong = Vec::new();
    for (list, row) in lists.iter().flat_map(|list| shown.rows(list).iter().map(move |row| (list, row))) {
        let (id, link) =
            (row["lead_id"].as_str().unwrap_or_default(), row["link"].as_str().unwrap_or_default());
        let page = shown.page(&format!("/api/leads/{id}"));
        if row["lead_name"] != page["name"] {
            wrong.push(format!("{list} calls {id} {}, who is {}", row["lead_name"], page["name"]));
        }
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let called = link.strip_prefix("tel:").or_else(|| link.strip_prefix("https://wa.me/"));
        let called = called.map(|number| digits(number.split('?').next().unwrap_or_default()));
        if called.is_some_and(|number| number != digits(page["phone"].as_str().unwrap_or_default())) {
            wrong.push(format!("{list} has {link} for {id}, who is reached at {}", page["phone"]));
        }
    }
    wrong
}

/// A campaign's people by state, and where each stands.
fn people(oracle: &Oracle, owner: &str, shown: &Shown) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut held = BTreeSet::new();
    for campaign in shown.page("/api/campaigns")["items"].as_array().into_iter().flatten() {
        let id = campaign["id"].as_str().unwrap_or_default();
        let everybody = format!("/api/campaigns/{id}/enrolments");
        let sort = format!("N#{}", id.trim_start_matches("campaign_"));
        let theirs = || stored(oracle, owner, "enrolment").filter(|(key, _)| key.1 == sort);
        let told = |key: &Key, state: &str| format!("lead_{} {state}", lead_of(&key.0));
        let rows = |path: &str| {
            let row = |row: &Value| Some(format!("{} {}", row["lead_id"].as_str()?, row["state"].as_str()?));
            shown.rows(path).iter().filter_map(row).collect::<Vec<String>>()
        };
        let state = |item: &Item| {
            if text(item, "state") == "claimed" {
                "sending".to_owned()
            } else {
                text(item, "state").to_owned()
            }
        };
        wrong.extend(differs(
            &everybody,
            rows(&everybody),
            theirs().map(|(key, item)| told(key, &state(item))),
        ));
        for word in STATES {
            let path = format!("{everybody}?state={word}");
            let is_so =
                |state: &str| state == word || word == "moving" && ["scheduled", "sending"].contains(&state);
            let there = theirs().filter(|(_, item)| is_so(&state(item)));
            wrong.extend(differs(&path, rows(&path), there.map(|(key, item)| told(key, &state(item)))));
        }
        for row in shown.rows(&everybody) {
            let lead = row["lead_id"].as_str().unwrap_or_default();
            let page = &shown.page(&format!("{everybody}/{lead}"))["enrolment"];
            wrong.extend(unlike(
                &row["lead_id"],
                row,
                page,
                &["state", "hold_reason", "held_until", "end_reason", "step_id", "due", "lead_name"],
            ));
            let goes_on = ["active", "paused"].contains(&campaign["state"].as_str().unwrap_or_default());
            if row["state"] == "held" && goes_on {
                held.insert(format!("{id} {lead}"));
            }
        }
    }
    let row = |row: &Value| Some(format!("{} {}", row["campaign_id"].as_str()?, row["lead_id"].as_str()?));
    let path = "/api/campaigns/held";
    wrong.extend(differs(path, shown.rows(path).iter().filter_map(row).collect(), held));
    wrong
}

/// Checks that each lead's timeline has its messages and tasks, and its conversation what was written.
fn timeline_faults(oracle: &Oracle, owner: &str, shown: &Shown) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut of_lead: BTreeMap<&str, [Vec<String>; 3]> = BTreeMap::new();
    for (key, message) in stored(oracle, owner, "message") {
        let lead = of_lead.entry(lead_of(&key.0)).or_default();
        lead[0].push(text(message, "id").to_owned());
        if message.0["test"]["BOOL"] != true {
            lead[1].push(text(message, "id").to_owned());
        }
    }
    for (key, task) in stored(oracle, owner, "task") {
        of_lead.entry(lead_of(&key.0)).or_default()[0].push(path(task, &["sum", "id"]).to_owned());
    }
    for (key, _) in stored(oracle, owner, "enrolment") {
        of_lead.entry(lead_of(&key.0)).or_default()[2].push(key.1.replace("N#", "campaign_"));
    }
    for lead in ids(shown.rows("/api/leads"), "id") {
        let there = of_lead.remove(lead.trim_start_matches("lead_")).unwrap_or_default();
        let [told, messages, enrolments] = there;
        let rows = |page: &Value, list: &str| page[list].as_array().cloned().unwrap_or_default();
        let story = shown.page(&format!("/api/leads/{lead}/timeline"));
        let entries = ids(&rows(story, "items"), "id");
        let left_out = told.iter().filter(|id| !entries.contains(id));
        wrong.extend(left_out.map(|id| format!("the story of {lead} leaves out {id}")));
        wrong.extend(differs(
            &format!("the story of {lead}"),
            ids(&rows(story, "enrolments"), "campaign"),
            enrolments.clone(),
        ));
        let why = rows(shown.page(&format!("/api/leads/{lead}/why")), "enrolments");
        let why = why.iter().filter_map(|row| row["enrolment"]["campaign"].as_str().map(str::to_owned));
        wrong.extend(differs(&format!("why of {lead}"), why.collect(), enrolments));
        let path = format!("/api/messages?lead={lead}");
        wrong.extend(differs(&path, ids(&rows(shown.page(&path), "items"), "id"), messages.clone()));
        let path = format!("/api/inbox/{lead}");
        if let Some(thread) = shown.pages.get(&path) {
            wrong.extend(differs(&path, ids(&rows(thread, "messages"), "id"), messages));
        }
    }
    wrong
}

/// Figures, and the lists that they are figures of.
fn figures(oracle: &Oracle, owner: &str, shown: &Shown) -> Vec<String> {
    let stats = shown.page("/api/dashboard/stats");
    let revenue = shown.page("/api/revenue");
    let enrolments =
        |is: &dyn Fn(&Item) -> bool| stored(oracle, owner, "enrolment").filter(|(_, item)| is(item)).count();
    let campaigns = shown.page("/api/campaigns")["items"].as_array().cloned().unwrap_or_default();
    let sum = |field: &str| {
        let amounts = shown
            .rows("/api/clients")
            .iter()
            .flat_map(|client| client[field].as_array().into_iter().flatten())
            .map(|money| money["amount_minor"].as_i64().unwrap_or_default());
        amounts.sum::<i64>()
    };
    let hot = shown.rows("/api/leads").iter().filter(|lead| lead["temperature"] == "hot");
    let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
    let list = |path: &str| count(shown.rows(path).len().min(LOOKED_AT));
    let is_open = |message: &Item| text(message, "state") == "uncertain" && message.0["test"]["BOOL"] != true;
    let uncertain = stored(oracle, owner, "message").filter(|(_, message)| is_open(message));
    let told = [
        ("leads", &stats["leads"], count(shown.rows("/api/leads").len())),
        ("clients", &stats["clients"], count(shown.rows("/api/clients").len())),
        ("mrr", &stats["mrr"]["amount_minor"], sum("mrr")),
        ("in flight", &stats["in_flight"], count(enrolments(&|item| text(item, "state") != "ended"))),
        ("held", &stats["held"], count(enrolments(&|item| text(item, "state") == "held"))),
        ("uncertain", &stats["uncertain"], count(uncertain.count())),
        (
            "active campaigns",
            &stats["active_campaigns"],
            count(campaigns.iter().filter(|one| one["state"] == "active").count()),
        ),
        ("hot leads", &stats["hot_leads"], count(hot.clone().count())),
        ("open conversations", &stats["inbox_open"], list("/api/inbox?folder=open")),
        ("open tasks", &stats["tasks_open"], list("/api/tasks")),
        ("mrr of revenue", &revenue["currencies"][0]["mrr"]["amount_minor"], sum("mrr")),
        ("collected", &revenue["currencies"][0]["collected"]["amount_minor"], sum("collected")),
    ];
    let differing = told.iter().filter(|(_, told, found)| told.as_i64() != Some(*found));
    let mut wrong: Vec<String> =
        differing.map(|(name, told, found)| format!("{name} is told as {told}, and is {found}")).collect();
    let hot = hot.filter_map(|lead| lead["id"].as_str().map(str::to_owned));
    let page = shown.page("/api/dashboard/hot-leads")["items"].as_array().cloned().unwrap_or_default();
    wrong.extend(differs("/api/dashboard/hot-leads", ids(&page, "lead_id"), hot));
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn accused_of(shown: &Shown) -> Vec<String> {
        let mut oracle = Oracle::new(BTreeMap::new(), false);
        for id in ["1", "2"] {
            let lead = Item(json!({ "entity": { "S": "lead" } }));
            oracle.items.insert((format!("W#w#L#{id}"), "LEAD".to_owned()), lead);
        }
        check(&mut oracle, "W#w", shown, Timestamp::UNIX_EPOCH);
        oracle.violations().iter().map(ToString::to_string).collect()
    }

    fn row(id: &str, status: &str, score: i64, temperature: &str) -> Value {
        json!({ "id": id, "status": status, "score": score, "temperature": temperature })
    }

    /// Two leads that exist, each with a page that says the same as its row.
    fn told(rows: &[Value], only: &[Value]) -> Shown {
        let mut shown = Shown::default();
        for row in rows {
            let id = row["id"].as_str().unwrap();
            let enrolments = json!({ "items": [], "enrolments": [] });
            shown.pages.insert(format!("/api/leads/{id}"), row.clone());
            shown.pages.insert(format!("/api/leads/{id}/timeline"), enrolments.clone());
            shown.pages.insert(format!("/api/leads/{id}/why"), enrolments.clone());
            shown.pages.insert(format!("/api/messages?lead={id}"), enrolments);
        }
        let figures = [
            "leads",
            "clients",
            "in_flight",
            "held",
            "uncertain",
            "active_campaigns",
            "hot_leads",
            "inbox_open",
            "tasks_open",
        ];
        let mut stats: Value = figures.iter().map(|name| ((*name).to_owned(), json!(0))).collect();
        stats["leads"] = json!(2);
        let hot = rows.iter().filter(|row| row["temperature"] == "hot");
        let hot: Vec<Value> = hot.map(|row| json!({ "lead_id": row["id"] })).collect();
        stats["hot_leads"] = json!(hot.len());
        shown.pages.insert("/api/dashboard/hot-leads".to_owned(), json!({ "items": hot }));
        stats["mrr"] = json!({ "amount_minor": 0 });
        shown.pages.insert("/api/dashboard/stats".to_owned(), stats);
        let closed_channels = json!({ "amount_minor": 0 });
        shown.pages.insert(
            "/api/revenue".to_owned(),
            json!({ "currencies": [{ "mrr": closed_channels, "collected": closed_channels }] }),
        );
        for (order, _) in ORDERS {
            for direction in ["asc", "desc"] {
                shown.lists.insert(format!("/api/leads?sort={order}&order={direction}"), rows.to_vec());
            }
        }
        let mut by_score = rows.to_vec();
        by_score.sort_by_key(|row| row["score"].as_i64());
        shown.lists.insert("/api/leads?sort=score&order=asc".to_owned(), by_score.clone());
        by_score.reverse();
        shown.lists.insert("/api/leads?sort=score&order=desc".to_owned(), by_score);
        shown.lists.insert("/api/leads".to_owned(), rows.to_vec());
        shown.lists.insert("/api/leads?status=new".to_owned(), only.to_vec());
        shown
    }

    #[test]
    fn filter_with_wrong_rows_is_reported() {
        let both = [row("lead_1", "new", 3, "cold"), row("lead_2", "won", 60, "hot")];
        assert_eq!(accused_of(&told(&both, &both[..1])), Vec::<String>::new());
        assert_eq!(accused_of(&told(&both, &both)).len(), 1);
        assert_eq!(accused_of(&told(&both, &[])).len(), 1);
    }

    #[test]
    fn row_that_differs_from_page_is_reported() {
        let mut lead = row("lead_1", "new", 3, "cold");
        (lead["name"], lead["phone"]) = (json!("Ann"), json!("+12065550100"));
        let found = |name: &str, link: &str| {
            let mut shown = Shown::default();
            shown.pages.insert("/api/leads/lead_1".to_owned(), lead.clone());
            let task = json!({ "lead_id": "lead_1", "lead_name": name, "link": link });
            shown.lists.insert("/api/tasks".to_owned(), vec![task]);
            labels(&shown).len()
        };
        assert_eq!((found("Ann", ""), found("Ann", "tel:+12065550100")), (0, 0));
        assert_eq!((found("Ann", "https://wa.me/12065550100?text=at%2010"), found("Ben", "")), (0, 1));
        assert_eq!(
            (found("Ann", "tel:+12065550199"), found("Ann", "https://wa.me/1206555019?text=9")),
            (1, 1)
        );
    }

    #[test]
    fn repeated_or_missing_row_is_reported() {
        let both = [row("lead_1", "new", 3, "cold"), row("lead_2", "won", 60, "hot")];
        for rows in [vec![both[0].clone(), both[0].clone(), both[1].clone()], vec![both[0].clone()]] {
            let mut shown = told(&both, &both[..1]);
            shown.lists.insert("/api/leads?sort=company&order=asc".to_owned(), rows);
            assert_eq!(accused_of(&shown).len(), 1);
        }
    }

    #[test]
    fn wrong_order_is_reported() {
        let both = [row("lead_1", "new", 3, "cold"), row("lead_2", "won", 60, "hot")];
        let mut shown = told(&both, &both[..1]);
        shown.lists.insert("/api/leads?sort=score&order=desc".to_owned(), both.to_vec());
        assert_eq!(accused_of(&shown).len(), 1);
    }

    #[test]
    fn slightly_stale_row_is_allowed() {
        let both = [row("lead_1", "new", 3, "cold"), row("lead_2", "won", 60, "hot")];
        let after = |score: i64, temperature: &str| {
            let mut shown = told(&both, &both[..1]);
            shown.pages.insert("/api/leads/lead_1".to_owned(), row("lead_1", "new", score, temperature));
            accused_of(&shown).len()
        };
        assert_eq!((after(16, "warm"), after(17, "warm"), after(3, "warm")), (0, 1, 1));
    }
}
