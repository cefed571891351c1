//! Reps who see their own leads, at every route of the product. The whole walk through the product is done again by a
//! colleague of the leads' owner and by the manager of another team, with all ids that the walk had: no answer has a
//! word of a lead, and no lead is another afterwards.
//!
//! A route is covered because the walk calls it (`permissions.rs` fails if it does not), and because this test counts the
//! routes that it has called. A new route is refused to these users until it says what it touches of leads.

use super::everywhere::walk;
use super::permissions::fits;
use super::story::Story;
use crate::api::Api;
use anyhow::{Context, Result, ensure};
use http::{Method, Request, StatusCode};
use http_api::{Access, LeadUse, RouteRow};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A word that every text of every lead has.
const MARKER: &str = "zqxcolleague";
/// The route that ends a member's access; what is asked after it is refused.
const LEAVE: &str = "/api/auth/leave";
const PASSWORD: &str = "a good long password";

/// A user of the workspace with a client of its own.
struct Member {
    id: String,
    api: Api,
}

/// The workspace after the walk: its leads are Ann's, who is in Max' team. Bob is in Zoe's.
struct Scene {
    story: Story,
    ann: Member,
    bob: Member,
    max: Member,
    zoe: Member,
    /// A lead with everything that a lead may have.
    lead: String,
    message: String,
    task: String,
    deal: String,
    leads: BTreeSet<String>,
}

fn id_of(value: &Value) -> Result<String> {
    Ok(value["id"].as_str().with_context(|| format!("an id in {value}"))?.to_owned())
}

async fn join(story: &Story, name: &str, role: &str) -> Result<Member> {
    let email = format!("{name}@northquay.example");
    let new = json!({ "email": email, "name": name, "role": role });
    let invited = story.api.post("/api/team", new).await?;
    let link = invited["link"].as_str().context("a link")?;
    let token = link.split_once("#token=").context("a token")?.1;
    let taken = json!({ "token": token, "name": name, "password": PASSWORD });
    let joined = story.api.post("/api/auth/invitation", taken).await?;
    let mut api = Api::over(story.recorder.clone());
    api.sign_in_as(&email, PASSWORD).await?;
    Ok(Member { id: id_of(&joined["user"])?, api })
}

async fn own_leads(story: &Story, teams: Value) -> Result<()> {
    let access = json!({ "reps_see": "own_leads", "teams": teams });
    story.api.patch("/api/settings", json!({ "lead_access": access })).await.map(drop)
}

/// Every lead with its revision.
async fn revisions(story: &Story) -> Result<BTreeMap<String, u64>> {
    story.world.host.run_until_quiet().await?;
    let list = story.api.get("/api/leads?limit=200").await?;
    let items = list["items"].as_array().context("leads")?;
    ensure!(list["next_cursor"].is_null(), "more leads than a page has");
    let row = |lead: &Value| Some((lead["id"].as_str()?.to_owned(), lead["rev"].as_u64()?));
    Ok(items.iter().filter_map(row).collect())
}

/// What happened to every lead: its messages, tasks, notes and enrolments.
async fn histories(scene: &Scene) -> Result<BTreeMap<String, Value>> {
    let mut all = BTreeMap::new();
    for lead in &scene.leads {
        all.insert(lead.clone(), scene.story.api.get(&format!("/api/leads/{lead}/timeline")).await?);
    }
    Ok(all)
}

impl Scene {
    async fn set() -> Result<Self> {
        let story = walk(Story::begin().await?).await?;
        let ann = join(&story, "ann", "rep").await?;
        let bob = join(&story, "bob", "rep").await?;
        let max = join(&story, "max", "manager").await?;
        let zoe = join(&story, "zoe", "manager").await?;
        let field = story.api.post("/api/fields", json!({ "label": "Word", "kind": "text" })).await?;
        let field = field["key"].as_str().context("a key")?.to_owned();
        let marked = |number: usize| {
            json!({
                "first_name": format!("{MARKER}first"), "last_name": format!("{MARKER}last{number}"),
                "company": format!("{MARKER}company"), "job_title": format!("{MARKER}title"),
                "city": format!("{MARKER}city"), "tags": [format!("{MARKER}tag")],
                "custom": { field.as_str(): format!("{MARKER}value") }, "owner": ann.id,
            })
        };
        let mut new = marked(0);
        new["email"] = json!(format!("{MARKER}@shared-domain.example"));
        new["phone"] = json!("+12025550177");
        let lead = id_of(&ann.api.post("/api/leads", new).await?)?;
        let note = json!({ "text": format!("{MARKER} note") });
        ann.api.post(&format!("/api/leads/{lead}/notes"), note).await?;
        let task = json!({ "lead_id": lead, "title": format!("{MARKER} task") });
        let task = id_of(&ann.api.post("/api/tasks", task).await?)?;
        let deal = json!({ "name": format!("{MARKER} deal"), "amount_minor": 90_000, "currency": "EUR", "close_on": "2026-12-31" });
        let deal = id_of(&ann.api.post(&format!("/api/leads/{lead}/deals"), deal).await?)?;
        let draft = json!({ "lead_id": lead, "subject": format!("{MARKER} draft"), "body": MARKER });
        let draft =
            ann.api.answer(Method::PUT, "/api/emails/draft", "application/json", draft.to_string().into());
        ensure!(draft.await?.status().is_success(), "Ann writes a draft");
        let mail = json!({
            "lead_id": lead, "subject": format!("{MARKER} mail"), "body": format!("{MARKER} text"),
            "account": story.accounts.mailbox,
        });
        let message = id_of(&ann.api.post("/api/emails/send", mail).await?)?;
        for (number, lead) in revisions(&story).await?.keys().enumerate() {
            story.api.patch(&format!("/api/leads/{lead}"), marked(number)).await?;
        }
        let mut story = story;
        story.live(5).await?;
        let leads = revisions(&story).await?.into_keys().collect();
        let mut scene = Self { story, ann, bob, max, zoe, lead, message, task, deal, leads };
        scene.set_teams().await?;
        for member in [&mut scene.ann, &mut scene.bob, &mut scene.max, &mut scene.zoe] {
            member.api.stay_signed_in().await?;
        }
        // Bob has a lead of his own, at the same company as one of Ann's.
        let own = json!({ "first_name": "Own", "email": "own@shared-domain.example" });
        scene.bob.api.post("/api/leads", own).await?;
        scene.story.world.host.run_until_quiet().await?;
        Ok(scene)
    }

    async fn set_teams(&self) -> Result<()> {
        let north = json!({ "name": "North", "members": [self.ann.id, self.max.id] });
        let south = json!({ "name": "South", "members": [self.bob.id, self.zoe.id] });
        own_leads(&self.story, json!([north, south])).await
    }

    /// Puts everybody back into their teams and roles, signed in.
    async fn restore(&mut self) -> Result<()> {
        let path = |member: &Member| format!("/api/team/{}", member.id);
        self.story.api.patch(&path(&self.max), json!({ "role": "manager" })).await?;
        self.story.api.patch(&path(&self.bob), json!({ "disabled": false })).await?;
        self.set_teams().await?;
        self.bob.api.sign_in_as("bob@northquay.example", PASSWORD).await
    }

    /// The requests of the walk to routes of signed-in users, each once, those that only read first and leaving last. Where
    /// the walk has deleted the lead since, another one stands in its place.
    fn requests(&self) -> Vec<Request<Vec<u8>>> {
        let (mut all, mut known) = (Vec::new(), BTreeSet::new());
        for request in self.story.recorder.succeeded() {
            let uri = self.with_living(&request.uri().to_string());
            let body = match std::str::from_utf8(request.body()) {
                Ok(text) => self.with_living(text).into_bytes(),
                Err(_) => request.body().clone(),
            };
            if !known.insert((request.method().clone().to_string(), uri.clone(), body.clone())) {
                continue;
            }
            let mut again = Request::builder().method(request.method()).uri(uri);
            if let Some(kind) = request.headers().get("content-type") {
                again = again.header("content-type", kind);
            }
            all.push(again.body(body).expect("a request that was sent before"));
        }
        all.sort_by_key(|request| match *request.method() {
            // Who has left is refused everything else.
            _ if request.uri().path() == LEAVE => 3,
            Method::GET => 0,
            Method::DELETE => 2,
            _ => 1,
        });
        all
    }

    /// Replaces the ids of leads that are gone, and of their messages, tasks and deals.
    fn with_living(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for (prefix, length, instead) in [
            ("lead_", 26, &self.lead),
            ("msg_", 46, &self.message),
            ("task_", 46, &self.task),
            ("deal_", 46, &self.deal),
        ] {
            let mut from = 0;
            while let Some(at) = out[from..].find(prefix).map(|at| at + from) {
                let end = at + prefix.len() + length;
                let id = out.get(at..end).unwrap_or_default().to_owned();
                let lead = id.get(prefix.len()..prefix.len() + 26).map(|ulid| format!("lead_{ulid}"));
                let is_id =
                    id.len() == prefix.len() + length && !id[prefix.len()..].contains(['_', '"', '/']);
                if is_id && lead.is_some_and(|lead| !self.leads.contains(&lead)) {
                    out.replace_range(at..end, instead);
                }
                from = at + prefix.len();
            }
        }
        out
    }
}

fn rows() -> Vec<RouteRow> {
    let all = local_host::all_routes().into_iter().flat_map(|(_, rows)| rows);
    all.filter(|row| row.access.least_role().is_some()).collect()
}

fn row_of<'a>(rows: &'a [RouteRow], request: &Request<Vec<u8>>) -> Option<&'a RouteRow> {
    let matching = |row: &&RouteRow| row.method == *request.method() && fits(&row.path, request.uri().path());
    // A path without a parameter comes before one that has one there.
    rows.iter().filter(matching).min_by_key(|row| row.path.matches('{').count())
}

async fn send(member: &Member, request: &Request<Vec<u8>>) -> Result<(StatusCode, String)> {
    let kind = request.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    let (method, path) = (request.method().clone(), request.uri().to_string());
    let body = request.body().clone();
    let answer = member.api.answer(method, &path, kind.unwrap_or("application/json"), body).await?;
    Ok((answer.status(), String::from_utf8_lossy(answer.body()).into_owned()))
}

/// Tells what is wrong with an answer to a user who sees none of the leads.
fn fault(row: &RouteRow, is_rep: bool, (status, body): (StatusCode, &str)) -> Option<&'static str> {
    let code = serde_json::from_str::<Value>(body).unwrap_or_default()["code"].clone();
    let is_above = is_rep && !matches!(row.access, Access::ReadOnly | Access::Rep)
        || matches!(row.access, Access::Admin | Access::Owner);
    if body.contains(MARKER) {
        return Some("has a word of a colleague's lead");
    }
    if is_above {
        return (status != StatusCode::FORBIDDEN).then_some("is open to a lower role");
    }
    match row.leads {
        LeadUse::AllLeads if code != "own_leads_only" => Some("is open, though it touches all leads"),
        LeadUse::Totals if is_rep && code != "own_leads_only" => Some("shows a rep totals of all leads"),
        LeadUse::OneLead(_) if status != StatusCode::NOT_FOUND => Some("finds a colleague's lead"),
        _ if status.is_server_error() => Some("fails"),
        _ => None,
    }
}

/// One walk serves both halves: it calls every route of the product, which takes most of the time.
#[tokio::test]
async fn leads_are_shown_to_their_owner_and_the_teams_manager_and_to_no_colleague() -> Result<()> {
    let mut scene = Scene::set().await?;
    manager_sees_the_leads_of_the_team_and_a_change_acts_with_the_next_request(&scene).await?;
    scene.restore().await?;
    no_route_shows_or_changes_a_colleagues_lead(scene).await
}

async fn no_route_shows_or_changes_a_colleagues_lead(scene: Scene) -> Result<()> {
    let (rows, requests) = (rows(), scene.requests());
    let (revs, told) = (revisions(&scene.story).await?, histories(&scene).await?);
    let (mut called, mut faults) = (BTreeSet::new(), Vec::new());
    for (member, is_rep) in [(&scene.bob, true), (&scene.zoe, false)] {
        for request in &requests {
            let Some(row) = row_of(&rows, request) else { continue };
            called.insert(row.operation.clone());
            let (status, body) = send(member, request).await?;
            if let Some(fault) = fault(row, is_rep, (status, &body)) {
                let asked = String::from_utf8_lossy(request.body()).chars().take(300).collect::<String>();
                let body: String = body.chars().take(600).collect();
                faults.push(format!("{} {} {asked} {fault}: {status} {body}", row.method, request.uri()));
            }
        }
    }
    assert!(faults.is_empty(), "{}:\n{}", faults.len(), faults.join("\n"));
    let missing: Vec<&String> =
        rows.iter().map(|row| &row.operation).filter(|operation| !called.contains(*operation)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "not called");
    let mut after = revisions(&scene.story).await?;
    after.retain(|lead, _| revs.contains_key(lead));
    assert_eq!(after, revs, "a lead was changed");
    for (lead, history) in histories(&scene).await? {
        assert_eq!(history, told[&lead], "{lead}");
    }
    let back = json!({ "disabled": false });
    scene.story.api.patch(&format!("/api/team/{}", scene.bob.id), back).await?;
    add_known_addresses(scene).await
}

/// A rep adds and imports a lead whose address is a colleague's: the rep is told so and nothing more, and what is new
/// belongs to the rep.
async fn add_known_addresses(mut scene: Scene) -> Result<()> {
    let address = format!("{MARKER}@shared-domain.example");
    let known = Request::post("/api/leads").body(json!({ "email": address }).to_string().into_bytes())?;
    let (status, body) = send(&scene.bob, &known).await?;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        body.contains("colleagues_lead") && !body.contains(MARKER) && !body.contains(&scene.lead),
        "{body}"
    );
    let bob = &scene.bob.api;
    let file = format!("first_name,email\nNewcomer,newcomer@bob.example\nStolen,{address}\n");
    let options = json!({ "duplicates": "overwrite" });
    let new = json!({ "file_name": "bob.csv", "size_bytes": file.len(), "options": options });
    let path = format!("/api/imports/{}", id_of(&bob.post("/api/imports", new).await?)?);
    bob.put(&format!("{path}/chunks/0"), "application/octet-stream", file.into_bytes()).await?;
    bob.post(&format!("{path}/detect"), json!({})).await?;
    let checked = bob.post(&format!("{path}/check"), json!({})).await?["counts"].clone();
    bob.post(&format!("{path}/commit"), json!({})).await?;
    scene.story.live(5).await?;
    scene.bob.api.stay_signed_in().await?;
    let (bob, owner) = (&scene.bob.api, &scene.story.api);
    let done = bob.get(&path).await?;
    for counts in [&checked, &done["counts"]] {
        let named = ["created", "updated", "duplicates", "warnings"].map(|name| counts[name].clone());
        assert_eq!(json!(named), json!([1, 0, 1, 1]), "{counts}");
    }
    let problems = bob.get(&format!("{path}/problems")).await?.to_string();
    assert!(problems.contains("belongs to a colleague's lead") && !problems.contains(MARKER), "{problems}");
    let theirs = owner.get(&format!("/api/leads/{}", scene.lead)).await?;
    assert_eq!(theirs["first_name"], format!("{MARKER}first"));
    let own = bob.get("/api/leads?q=newcomer").await?;
    assert_eq!((&own["total"], &own["items"][0]["owner"]), (&json!(1), &json!(scene.bob.id)), "{own}");
    Ok(())
}

/// Routes at which the walk shows words of leads, and so the manager of the team sees those of its members.
const SHOWN_TO_MANAGER: [&str; 11] = [
    "list_leads",
    "get_lead",
    "export_leads",
    "get_timeline",
    "list_conversations",
    "get_conversation",
    "list_tasks",
    "list_deals",
    "list_lead_deals",
    "list_hot_leads",
    "get_enrolment",
];

async fn manager_sees_the_leads_of_the_team_and_a_change_acts_with_the_next_request(
    scene: &Scene,
) -> Result<()> {
    let maya = Member { id: String::new(), api: scene.story.api.clone() };
    let rows = rows();
    let mut shown = BTreeSet::new();
    for request in scene.requests().iter().filter(|request| request.method() == Method::GET) {
        let Some(row) = row_of(&rows, request) else { continue };
        let (status, body) = send(&scene.max, request).await?;
        let is_open = matches!(row.leads, LeadUse::OneLead(_) | LeadUse::Narrowed | LeadUse::Totals);
        if is_open && row.access == Access::ReadOnly {
            assert!(!matches!(status.as_u16(), 401 | 403), "{} {body}", request.uri());
        }
        let is_shown = status.is_success() && body.contains(MARKER);
        if is_open && send(&maya, request).await?.1.contains(MARKER) {
            assert!(is_shown, "{} hides a lead of the team: {status} {body}", request.uri());
        }
        if is_shown {
            shown.insert(row.operation.clone());
        }
    }
    for operation in SHOWN_TO_MANAGER {
        assert!(shown.contains(operation), "{operation} shows the manager nothing: {shown:?}");
    }
    let leads = |member: &Member| {
        let api = member.api.clone();
        async move { api.get("/api/leads?limit=1").await.map(|list| list["total"].clone()) }
    };
    let all = json!(scene.leads.len());
    assert_eq!(leads(&scene.ann).await?, all);
    assert_eq!((leads(&scene.max).await?, leads(&scene.bob).await?), (all.clone(), json!(1)));
    let story = &scene.story;
    let south = json!({ "name": "South", "members": [scene.ann.id, scene.zoe.id] });
    own_leads(story, json!([south])).await?;
    assert_eq!(leads(&scene.zoe).await?, all, "Ann is in Zoe's team now");
    assert_eq!(leads(&scene.max).await?, json!(scene.leads.len() + 1), "a manager without a team sees all");
    let path = |member: &Member| format!("/api/team/{}", member.id);
    story.api.patch(&path(&scene.max), json!({ "role": "rep" })).await?;
    assert_eq!(leads(&scene.max).await?, json!(0), "the token says manager");
    story.api.patch(&path(&scene.bob), json!({ "disabled": true })).await?;
    assert!(leads(&scene.bob).await.is_err(), "a disabled user sees nothing");
    story.api.patch("/api/settings", json!({ "lead_access": { "reps_see": "all_leads" } })).await?;
    assert_eq!(leads(&scene.max).await?, json!(scene.leads.len() + 1));
    Ok(())
}
