//! The part of the product's story that needs no provider, played through the API of the deployed programs.

use super::Rehearsal;
use anyhow::{Context, Result, bail, ensure};
use async_trait::async_trait;
use http::{Request, Response};
use local_host::Gateway;
use local_world::Api;
use sandbox::AppClient;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

const LEADS: u64 = 1_000;
const ASKED_ABOUT: usize = 20;
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_AGAIN: Duration = Duration::from_millis(250);
const EMAIL: &str = "ada@rehearsal.example";
const PASSWORD: &str = "one rehearsal, no audience";
/// Data of leads and users in the story: a password, an address, a name.
pub const NEVER_LOGGED: [&str; 3] = [PASSWORD, "@firm-", "Person0"];

/// The gateway as a client: a request goes to the process that serves its route.
struct Edge(Arc<Gateway>);

#[async_trait]
impl AppClient for Edge {
    async fn call(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        self.0.call(request, "192.0.2.7").await
    }
}

pub async fn run(rehearsal: &Rehearsal) -> Result<()> {
    let mut api = Api::over(Arc::new(Edge(rehearsal.gateway.clone())));
    let mut told = Told { began: Instant::now() };

    let body = json!({
        "email": EMAIL, "password": PASSWORD, "name": "Ada", "workspace_name": "Rehearsal", "country": "GB",
        "setup_code": rehearsal.setup_code,
    });
    api.sign_up(EMAIL, PASSWORD, body).await?;
    api.sign_in().await?;
    told.that("signed up and in");

    let file =
        api.upload("/api/leads/import?country=GB&file_name=rehearsal.csv", "text/csv", file().into_bytes());
    let import = file.await?["id"].as_str().context("the import has an id")?.to_owned();
    let path = format!("/api/imports/{import}");
    let done = until("the import", &api, &path, |import| import["state"] == "done").await?;
    let created = done["counts"]["created"].as_u64();
    ensure!(created == Some(LEADS), "{LEADS} rows were sent, {created:?} leads were made: {done}");
    told.that(&format!("imported {LEADS} rows"));

    let list = until("the list", &api, "/api/leads?limit=50", |list| list["total"] == LEADS).await?;
    let lead = list["items"][0]["id"].as_str().context("a lead has an id")?.to_owned();
    let found = api.get("/api/leads?q=person-0042&limit=10").await?;
    ensure!(
        found["items"].as_array().is_some_and(|items| items.len() == 1),
        "one lead is called so: {found}"
    );
    told.that("listed and searched them");

    refused_without_mailbox(&api).await?;
    told.that("a campaign of mails was not launched: there is no mailbox");

    launch_tasks(&api).await?;
    told.that(&format!("launched a campaign of tasks with {ASKED_ABOUT} people"));
    let task = step_falls_due(rehearsal, &api).await?;
    told.that("their first step fell due, and the tasks are there");
    close(rehearsal, &api, &task).await?;
    told.that("a task was done, and the next step of its lead fell due");

    visit(&api, &lead).await?;
    told.that("a visit of a lead's page stands in its timeline");

    let counted = |numbers: &Value| numbers.to_string().contains(&format!(":{LEADS}"));
    until("the dashboard", &api, "/api/dashboard/stats", counted).await?;
    told.that("the stream has counted them");

    stays_outside(rehearsal, &api, &lead).await?;
    told.that("a mailbox on this machine's loopback was not called");

    for schedule in ["due_steps", "monitor", "nightly"] {
        rehearsal.fire(schedule).await?;
    }
    told.that("every schedule has run");

    checks_itself(rehearsal, &api).await?;
    told.that("the self-check found every part fine, but for the public address, which is made up");
    Ok(())
}

struct Told {
    began: Instant,
}

impl Told {
    fn that(&mut self, what: &str) {
        println!("{:>6.1} s  {what}", self.began.elapsed().as_secs_f64());
    }
}

fn file() -> String {
    let mut file = "first_name,last_name,email,company,city\n".to_owned();
    for n in 0..LEADS {
        file.push_str(&format!(
            "Person{n:04},Rehearsed,person-{n:04}@firm-{n:04}.example,Firm {n:04},Leeds\n"
        ));
    }
    file
}

fn at_once() -> Value {
    json!({ "amount": 0, "unit": "minutes" })
}

/// A campaign that may contact leads at any hour, so that the time of the rehearsal does not matter.
async fn draft(api: &Api, name: &str, steps: Value) -> Result<String> {
    let always = json!({ "weekdays": [1, 2, 3, 4, 5, 6, 7], "ranges": [{ "start": 0, "end": 1440 }], "on_holidays": "send" });
    let sequence =
        api.post("/api/sequences", json!({ "name": name, "steps": steps, "window": always })).await?;
    let campaign = api.post("/api/campaigns", json!({ "name": name, "sequence_id": sequence["id"] })).await?;
    Ok(campaign["id"].as_str().context("the campaign has an id")?.to_owned())
}

async fn refused_without_mailbox(api: &Api) -> Result<()> {
    let steps = json!([{ "kind": "email", "delay": at_once(), "subject": "Hello", "body": "Hello {{ first_name }}" }]);
    let campaign = draft(api, "Mails", steps).await?;
    match api.post(&format!("/api/campaigns/{campaign}/launch"), json!({})).await {
        Ok(launched) => bail!("a campaign of mails was launched without a mailbox: {launched}"),
        Err(refused) if refused.to_string().contains("422") => Ok(()),
        Err(other) => Err(other),
    }
}

/// Launches a campaign of two task steps: no provider is needed, and no sending window applies.
async fn launch_tasks(api: &Api) -> Result<()> {
    let step = |title: &str| json!({ "kind": "task", "task": "generic", "delay": at_once(), "title": title, "body": "" });
    let steps = json!([step("Look up {{ first_name }}"), step("Look again at {{ first_name }}")]);
    let campaign = draft(api, "Tasks", steps).await?;
    let page = api.get(&format!("/api/leads?limit={ASKED_ABOUT}")).await?;
    let leads: Vec<&Value> = page["items"].as_array().into_iter().flatten().map(|lead| &lead["id"]).collect();
    let path = format!("/api/campaigns/{campaign}/enrolments");
    let enrolled = api.post(&path, json!({ "lead_ids": leads })).await?;
    ensure!(enrolled["enrolled"] == ASKED_ABOUT, "{ASKED_ABOUT} people were to come in: {enrolled}");
    api.post(&format!("/api/campaigns/{campaign}/launch"), json!({})).await.map(drop)
}

/// Fires the due tick, which enqueues what is due; a consumer then opens the tasks. Returns one of them.
async fn step_falls_due(rehearsal: &Rehearsal, api: &Api) -> Result<Value> {
    let opened = |tasks: &Value| tasks["items"].as_array().is_some_and(|tasks| tasks.len() == ASKED_ABOUT);
    let tasks = every_minute(rehearsal, api, "the first step", opened).await?;
    Ok(tasks["items"][0].clone())
}

async fn close(rehearsal: &Rehearsal, api: &Api, task: &Value) -> Result<()> {
    let id = task["id"].as_str().context("a task has an id")?;
    api.patch(&format!("/api/tasks/{id}"), json!({ "done": true, "rev": task["rev"] })).await?;
    let again = |tasks: &Value| tasks.to_string().contains("Look again at");
    every_minute(rehearsal, api, "the second step", again).await.map(drop)
}

/// Checks that a provider's address, which users enter, never leads a deployed program to its own machine,
/// though AWS is there in a rehearsal.
async fn stays_outside(rehearsal: &Rehearsal, api: &Api, lead: &str) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let settings = json!({
        "kind": "smtp", "host": "127.0.0.1", "port": listener.local_addr()?.port(), "security": "start_tls",
        "username": "ada", "from_address": EMAIL, "from_name": "Ada", "reply_to": null,
    });
    let mailbox = json!({ "name": "Loopback", "secret": { "password": PASSWORD }, "settings": settings });
    let mailbox = api.post("/api/settings/accounts", mailbox).await?;
    let before = rehearsal.function("send_message")?.figures().invocations;
    let mail = json!({ "lead_id": lead, "subject": "A test", "body": "Hello", "account_id": mailbox["id"] });
    api.post("/api/emails/test", mail).await?;
    let deadline = Instant::now() + PATIENCE;
    while rehearsal.function("send_message")?.figures().invocations == before {
        ensure!(Instant::now() < deadline, "the test mail was not tried");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    let called = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
    ensure!(called.is_err(), "a mailbox at 127.0.0.1 was called");
    Ok(())
}

/// Fires the due tick until the open tasks are as they should be.
async fn every_minute(
    rehearsal: &Rehearsal,
    api: &Api,
    what: &str,
    are: impl Fn(&Value) -> bool,
) -> Result<Value> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        rehearsal.fire("due_steps").await?;
        let tasks = api.get("/api/tasks?limit=50").await?;
        if are(&tasks) {
            return Ok(tasks);
        }
        ensure!(Instant::now() < deadline, "{what} did not fall due; the open tasks are {tasks}");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Opens a lead's preview page.
async fn visit(api: &Api, lead: &str) -> Result<()> {
    let link = api.get(&format!("/api/leads/{lead}/preview")).await?;
    let token = link["url"].as_str().and_then(|url| url.rsplit('/').next()).context("a page has a link")?;
    let timeline = format!("/api/leads/{lead}/timeline");
    let stands = |timeline: &Value| timeline.to_string().contains("preview");
    ensure!(!stands(&api.get(&timeline).await?), "nobody has looked at the page yet");
    let seen = json!({ "token": token, "event": "view", "session": "s-1", "seq": 1 });
    api.post("/api/preview/track", seen).await?;
    until("the visit", api, &timeline, stands).await.map(drop)
}

/// Calls the self-check directly, as a deploy does, and by request, as the owner does. The public address is
/// made up here.
async fn checks_itself(rehearsal: &Rehearsal, api: &Api) -> Result<()> {
    let report = rehearsal.ask("ops", &json!({ "self_check": {} })).await?;
    let by_request = api.get("/api/ops/check").await?;
    let states = |report: &Value| {
        let checks = report["checks"].as_array().into_iter().flatten();
        checks.map(|check| (check["id"].clone(), check["state"].clone())).collect::<Vec<_>>()
    };
    ensure!(states(&report) == states(&by_request), "asked directly: {report}\nby request: {by_request}");
    let checks = report["checks"].as_array().with_context(|| format!("checks in {report}"))?;
    let faulty = |check: &&Value| check["group"] != "address" && check["state"] == "broken";
    let faulty: Vec<&Value> = checks.iter().filter(faulty).collect();
    ensure!(faulty.is_empty(), "the self-check found fault with {faulty:#?}");
    ensure!(
        checks.iter().any(|check| check["id"] == "schedule_nightly" && check["state"] == "fine"),
        "{report}"
    );
    Ok(())
}

/// Repeats a request until the answer is as it should be.
async fn until(what: &str, api: &Api, path: &str, is: impl Fn(&Value) -> bool) -> Result<Value> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = api.get(path).await?;
        if is(&answer) {
            return Ok(answer);
        }
        ensure!(Instant::now() < deadline, "{what} did not come about; {path} answers {answer}");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}
