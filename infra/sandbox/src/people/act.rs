//! Carries out due actions: one function for each kind.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::browse::{Agent, Landed};
use super::letters::{self, Letter};
use super::rhythm::later;
use crate::agenda::{Action, Beacon};
use crate::inbound::{self, Delivery};
use crate::mail::{Mail, anchors, attribute, tags};
use crate::mail_webhooks::{self, Fate};
use crate::observed::{DeedKind, RETURNS};
use crate::phone;
use crate::sandbox::{AppClient, Sandbox};
use crate::sites;
use crate::stripe;
use crate::twilio::sid;
use crate::whatsapp;
use crate::world::Text;

const FORM: &str = "application/x-www-form-urlencoded";
/// How often a person retries to unsubscribe when the app fails.
const MOST_TRIES: u32 = 4;

pub(crate) async fn act(sandbox: &Sandbox, due: Timestamp, action: Action, app: &dyn AppClient) {
    tracing::trace!(%due, ?action, "sandbox acts");
    match action {
        Action::Open { mail } => open(sandbox, mail, app).await,
        Action::Click { who, mail, url } => click(sandbox, &who, mail, &url, app).await,
        Action::Scan { mail } => scan(sandbox, mail, app).await,
        Action::Visit { who, url, seconds, cta } => visit(sandbox, &who, &url, seconds, cta, app).await,
        Action::Beacon(beacon) => send_beacon(sandbox, &beacon, app).await,
        Action::OneClickUnsubscribe { mail, tries } => one_click(sandbox, mail, tries, app).await,
        Action::UnsubscribeOnPage { mail, tries } => unsubscribe_on_page(sandbox, mail, tries, app).await,
        Action::Reply { mail, body, stop } => {
            let kind = if stop { DeedKind::AskedToStop } else { DeedKind::Replied };
            post(sandbox, mail, kind, &body, app, |mail, at, roll| letters::reply(mail, &body, at, roll))
                .await;
        }
        Action::WriteElsewhere { mail, body } => {
            let letter = |mail: &Mail, at, roll: &mut _| letters::elsewhere(mail, &body, at, roll);
            post(sandbox, mail, DeedKind::WroteElsewhere, &body, app, letter).await;
        }
        Action::AutoReply { mail, language, back } => {
            let letter = |mail: &Mail, at, roll: &mut _| letters::auto_reply(mail, &language, back, at, roll);
            let day =
                |back: Timestamp| format!("{language}, {RETURNS}{}", back.to_zoned(TimeZone::UTC).date());
            let detail = back.map_or_else(|| language.clone(), day);
            post(sandbox, mail, DeedKind::SentAutoReply, &detail, app, letter).await;
        }
        Action::Bounce { mail, status, diagnostic } => {
            let fate = Fate::Bounced { status: &status, diagnostic: &diagnostic };
            if report(sandbox, mail, DeedKind::Bounced, fate, app).await {
                return;
            }
            let letter =
                |mail: &Mail, at, roll: &mut _| letters::bounce(mail, &status, &diagnostic, at, roll);
            post(sandbox, mail, DeedKind::Bounced, &diagnostic, app, letter).await;
        }
        Action::Complain { mail } => {
            report(sandbox, mail, DeedKind::AskedToStop, Fate::Complained, app).await;
        }
        Action::ReadText { text } => sandbox.world().texts[text].read = true,
        Action::SendText { from, to, body } => send_text(sandbox, &from, &to, &body, app).await,
        Action::TextStatus { text, status, error_code, token } => {
            report_status(sandbox, text, &status, error_code, token, app).await;
        }
        Action::Phone { call, step } => phone::act(sandbox, call, step, app).await,
        Action::Pay { who, link } => pay(sandbox, &who, link, app).await,
        Action::Deliver(delivery) => inbound::deliver(sandbox, delivery, app).await,
        Action::CallBack { url, body, tries } => sites::call_back(sandbox, url, body, tries, app).await,
    }
}

async fn open(sandbox: &Sandbox, id: usize, app: &dyn AppClient) {
    let mail = sandbox.world().mails[id].clone();
    sandbox.world().mails[id].read = true;
    for image in mail.images.iter().filter(|image| sandbox.absolute(image).is_some()) {
        let Some(answer) = sandbox.visit(app, &mail.to, Agent::Human, Method::GET, image, None).await else {
            continue;
        };
        record(sandbox, &mail.to, DeedKind::Opened, Some(&mail.message_id), image, answer.status().as_u16());
    }
}

async fn click(sandbox: &Sandbox, who: &str, mail: Option<usize>, url: &str, app: &dyn AppClient) {
    let about = mail.map(|mail| sandbox.world().mails[mail].message_id.clone());
    let Some(landed) = sandbox.follow(app, who, Agent::Human, url).await else { return };
    record(sandbox, who, DeedKind::Clicked, about.as_deref(), &landed.url, landed.status);
    if landed.url.contains("/stripe/pay/") {
        sandbox.world().life(who).pay_link = Some(landed.url);
        return;
    }
    if preview_token(&landed.body).is_some() {
        let first_time = sandbox.world().life(who).preview.replace(landed.url.clone()).is_none();
        let mut roll = sandbox.seed().roll(&["visits", who, &landed.url]);
        look_around(sandbox, who, &landed, roll.between(20, 150) as u32, roll.percent(25), app).await;
        let keen = sandbox.persona(who) == crate::Persona::Keen
            || sandbox.phone_persona(who) == crate::PhonePersona::Keen;
        if keen && first_time {
            plan_returns(sandbox, who, &landed.url, 2 + roll.below(2) as usize);
        }
    }
}

/// Plans `times` returns to the page, all within ten minutes of now.
pub(super) fn plan_returns(sandbox: &Sandbox, who: &str, url: &str, times: usize) {
    let mut roll = sandbox.seed().roll(&["returns", who, url]);
    let mut at = sandbox.now();
    for turn in 1..=times {
        at = later(at, roll.between(70, 180));
        let (seconds, cta) = (roll.between(15, 60) as u32, turn == times && roll.percent(60));
        let action = Action::Visit { who: who.to_owned(), url: url.to_owned(), seconds, cta };
        sandbox.world().agenda.add(at, action);
    }
}

async fn visit(sandbox: &Sandbox, who: &str, url: &str, seconds: u32, cta: bool, app: &dyn AppClient) {
    if let Some(landed) = sandbox.follow(app, who, Agent::Human, url).await {
        look_around(sandbox, who, &landed, seconds, cta, app).await;
    }
}

/// The behaviour of the preview page's script while a person reads: a view at once, time in slices of 15 s,
/// the call to action.
async fn look_around(
    sandbox: &Sandbox,
    who: &str,
    landed: &Landed,
    seconds: u32,
    cta: bool,
    app: &dyn AppClient,
) {
    let Some(token) = preview_token(&landed.body) else { return };
    if let Some(link) = anchors(&landed.body).into_iter().find(|link| link.url.contains("/stripe/pay/")) {
        sandbox.world().life(who).pay_link = Some(link.url);
    }
    let now = sandbox.now();
    let serial = sandbox.world().serial();
    let session = sandbox.seed().roll(&["session", who, &serial.to_string()]).hex(32);
    let beacon = |event: &str| Beacon {
        who: who.to_owned(),
        token: token.clone(),
        session: session.clone(),
        event: event.to_owned(),
        seconds: None,
        cta: None,
    };
    send_beacon(sandbox, &beacon("view"), app).await;
    let mut spent = 0;
    while spent < seconds {
        let slice = (seconds - spent).min(15);
        spent += slice;
        let time = Beacon { seconds: Some(slice), ..beacon("time") };
        sandbox.world().agenda.add(later(now, i64::from(spent)), Action::Beacon(time));
    }
    if cta {
        let name = first_call_to_action(&landed.body);
        let pressed = Beacon { cta: Some(name), ..beacon("cta") };
        sandbox.world().agenda.add(later(now, i64::from(seconds)), Action::Beacon(pressed));
    }
}

async fn send_beacon(sandbox: &Sandbox, beacon: &Beacon, app: &dyn AppClient) {
    let mut body = json!({"token": beacon.token, "event": beacon.event, "session": beacon.session});
    if let Some(seconds) = beacon.seconds {
        body["seconds"] = json!(seconds);
    }
    if let Some(cta) = &beacon.cta {
        body["cta"] = json!(cta);
    }
    let body = ("application/json", body.to_string().into_bytes());
    let url = "/api/preview/track";
    let answer = sandbox.visit(app, &beacon.who, Agent::Human, Method::POST, url, Some(body)).await;
    let status = answer.map_or(0, |answer| answer.status().as_u16());
    match beacon.event.as_str() {
        "view" => record(sandbox, &beacon.who, DeedKind::ViewedPreview, None, &beacon.session, status),
        "cta" => record(sandbox, &beacon.who, DeedKind::ClickedCallToAction, None, &beacon.session, status),
        _ => {}
    }
}

/// Fetches all URLs of a mail in a row, without running a script.
async fn scan(sandbox: &Sandbox, id: usize, app: &dyn AppClient) {
    let mail = sandbox.world().mails[id].clone();
    let urls = mail.links.iter().map(|link| &link.url).chain(&mail.images).chain(&mail.unsubscribe);
    for url in urls {
        if let Some(landed) = sandbox.follow(app, &mail.to, Agent::Scanner, url).await {
            record(sandbox, &mail.to, DeedKind::Scanned, Some(&mail.message_id), &landed.url, landed.status);
        }
    }
}

async fn one_click(sandbox: &Sandbox, id: usize, tries: u32, app: &dyn AppClient) {
    let mail = sandbox.world().mails[id].clone();
    let Some(url) = mail.unsubscribe.clone() else { return };
    let body = (FORM, b"List-Unsubscribe=One-Click".to_vec());
    let answer = sandbox.visit(app, &mail.to, Agent::MailboxProvider, Method::POST, &url, Some(body)).await;
    let status = answer.map_or(0, |answer| answer.status().as_u16());
    left(
        sandbox,
        &mail,
        "one-click",
        status,
        (tries < MOST_TRIES).then(|| Action::OneClickUnsubscribe { mail: id, tries: tries + 1 }),
    );
}

/// Opens the page and presses its button: nothing may happen before that.
async fn unsubscribe_on_page(sandbox: &Sandbox, id: usize, tries: u32, app: &dyn AppClient) {
    let mail = sandbox.world().mails[id].clone();
    let Some(url) = mail.unsubscribe_link().map(str::to_owned) else { return };
    let Some(landed) = sandbox.follow(app, &mail.to, Agent::Human, &url).await else { return };
    let again = (tries < MOST_TRIES).then(|| Action::UnsubscribeOnPage { mail: id, tries: tries + 1 });
    let status = match post_form(&landed) {
        None => landed.status,
        Some((target, fields)) => {
            let fields = serde_urlencoded::to_string(fields).unwrap_or_default().into_bytes();
            let body = Some((FORM, fields));
            let answer = sandbox.visit(app, &mail.to, Agent::Human, Method::POST, &target, body).await;
            answer.map_or(0, |answer| answer.status().as_u16())
        }
    };
    left(sandbox, &mail, "page", status, again);
}

fn left(sandbox: &Sandbox, mail: &Mail, how: &str, status: u16, again: Option<Action>) {
    if status >= 500
        && let Some(again) = again
    {
        let at = later(sandbox.now(), 60);
        sandbox.world().agenda.add(at, again);
        return;
    }
    sandbox.world().life(&mail.to).gone = true;
    record(sandbox, &mail.to, DeedKind::Unsubscribed, Some(&mail.message_id), how, status);
}

/// The target of the page's POST form, and its fields.
fn post_form(page: &Landed) -> Option<(String, Vec<(String, String)>)> {
    let is_post =
        |tag: &str| attribute(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
    let (form, rest) = tags(&page.body, "form").find(|(tag, _)| is_post(tag))?;
    let inside = rest.split("</form").next().unwrap_or(rest);
    let target =
        attribute(form, "action").filter(|action| !action.is_empty()).unwrap_or_else(|| page.url.clone());
    let inputs = tags(inside, "input").chain(tags(inside, "button"));
    let fields = inputs
        .filter_map(|(tag, _)| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
        .collect();
    Some((target, fields))
}

async fn post(
    sandbox: &Sandbox,
    id: usize,
    kind: DeedKind,
    detail: &str,
    app: &dyn AppClient,
    write: impl FnOnce(&Mail, Timestamp, &mut crate::seed::Roll) -> Letter,
) {
    let now = sandbox.now();
    let (mail, serial) = {
        let mut world = sandbox.world();
        (world.mails[id].clone(), world.serial())
    };
    let mut roll = sandbox.seed().roll(&["letter", &mail.to, &serial.to_string()]);
    let letter = write(&mail, now, &mut roll);
    let deed = {
        let mut world = sandbox.world();
        let deed = world.did(now, &mail.to, kind, Some(mail.message_id.clone()), detail);
        world.deeds[deed].letter = Some(letter.message_id);
        deed
    };
    if sandbox.arrives_in_mail_api(&letter.to, letter.raw.as_bytes())
        || sandbox.arrives_in_imap(&letter.to, &letter.raw, now)
    {
        // The app reads it there, or does not.
        let deed = &mut sandbox.world().deeds[deed];
        (deed.status, deed.answered_at) = (Some(200), Some(now));
        deed.mailbox = Some(letter.to.to_lowercase());
        return;
    }
    let arriving = mail_webhooks::Letter {
        from: &letter.from,
        to: &letter.to,
        subject: &letter.subject,
        raw: &letter.raw,
    };
    if let Some(delivery) = sandbox.received_by_provider(&roll.clone().uuid(), &arriving) {
        inbound::deliver(sandbox, delivery.about(deed), app).await;
        return;
    }
    let event = json!({
        "type": "email.received",
        "timestamp": now.to_string(),
        "data": {
            "from": letter.from,
            "to": [letter.to],
            "subject": letter.subject,
            "raw_base64": STANDARD.encode(&letter.raw),
        },
    });
    let id = format!("msg_{}", roll.hex(26));
    let delivery = Delivery::inbound_email(&sandbox.webhook_urls(), id, &event).about(deed);
    inbound::deliver(sandbox, delivery, app).await;
}

/// Has the provider that a mail went out by tell what became of it. False: it went out by none that tells.
async fn report(sandbox: &Sandbox, id: usize, kind: DeedKind, fate: Fate<'_>, app: &dyn AppClient) -> bool {
    let now = sandbox.now();
    let delivery = {
        let mut world = sandbox.world();
        let mail = world.mails[id].clone();
        let Some(delivery) = sandbox.reported(&mut world, &mail, fate) else { return false };
        let detail = if fate == Fate::Complained { "reported as spam" } else { "told by the provider" };
        let deed = world.did(now, &mail.to, kind, Some(mail.message_id.clone()), detail);
        delivery.about(deed)
    };
    inbound::deliver(sandbox, delivery, app).await;
    true
}

async fn send_text(sandbox: &Sandbox, from: &str, to: &str, body: &str, app: &dyn AppClient) {
    let now = sandbox.now();
    let word = body.trim().to_uppercase();
    let stop = matches!(
        word.as_str(),
        "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "REVOKE" | "OPTOUT"
    );
    let (sid, deed) = {
        let mut world = sandbox.world();
        let pair = (to.to_owned(), from.to_owned());
        let chat = sandbox.config().credentials.is_chat(to);
        if stop {
            if !chat {
                world.opted_out.insert(pair);
            }
            world.life(from).gone = true;
        } else if matches!(word.as_str(), "START" | "YES" | "UNSTOP") {
            world.opted_out.remove(&pair);
            world.life(from).gone = false;
        }
        let serial = world.serial();
        let sid = match chat {
            true => whatsapp::wamid(sandbox, serial),
            false => sid(sandbox.seed(), "SM", serial),
        };
        world.keep_text(Text {
            id: 0,
            sid: sid.clone(),
            at: now,
            updated: now,
            from: from.to_owned(),
            to: to.to_owned(),
            body: body.to_owned(),
            inbound: true,
            status: "received".into(),
            error_code: None,
            status_callback: None,
            service_sid: None,
            segments: 1,
            read: true,
            chat,
            tag: None,
        });
        let kind = if stop { DeedKind::TextedStop } else { DeedKind::TextedBack };
        let deed = world.did(now, from, kind, Some(sid.clone()), body);
        (sid, deed)
    };
    let delivery = Delivery::incoming_text(sandbox, &sid, from, to, body).about(deed);
    inbound::deliver(sandbox, delivery, app).await;
}

async fn report_status(
    sandbox: &Sandbox,
    id: usize,
    status: &str,
    error_code: Option<u32>,
    token: String,
    app: &dyn AppClient,
) {
    let text = {
        let mut world = sandbox.world();
        let now = sandbox.now();
        let text = &mut world.texts[id];
        if !matches!(text.status.as_str(), "delivered" | "undelivered" | "failed" | "read") {
            text.status = status.to_owned();
            text.error_code = error_code;
            text.updated = now;
        }
        text.clone()
    };
    if let Some(delivery) = Delivery::text_status(sandbox, &text, status, error_code, token) {
        inbound::deliver(sandbox, delivery, app).await;
    }
}

/// Pays through the link found in a mail or on the preview page, or without one.
async fn pay(sandbox: &Sandbox, who: &str, link: Option<String>, app: &dyn AppClient) {
    let now = sandbox.now();
    let link =
        link.or_else(|| sandbox.world().life(who).pay_link.clone()).or_else(|| link_in_mails(sandbox, who));
    let deed = {
        let mut world = sandbox.world();
        world.life(who).paid = true;
        world.did(now, who, DeedKind::Paid, None, link.as_deref().unwrap_or("no payment link"))
    };
    let mut deliveries = stripe::purchase(sandbox, who, link.as_deref(), deed).into_iter();
    if let Some(first) = deliveries.next() {
        inbound::deliver(sandbox, first, app).await;
    }
    let mut world = sandbox.world();
    for (index, delivery) in deliveries.enumerate() {
        world.agenda.add(later(now, 1 + index as i64), Action::Deliver(delivery));
    }
}

fn link_in_mails(sandbox: &Sandbox, who: &str) -> Option<String> {
    let world = sandbox.world();
    let mails = world.mailboxes.get(who)?;
    let mut links = mails.iter().rev().flat_map(|id| &world.mails[*id].links);
    links.find(|link| link.url.contains("/stripe/pay/")).map(|link| link.url.clone())
}

/// Records an action that the app has already answered.
fn record(sandbox: &Sandbox, who: &str, kind: DeedKind, about: Option<&str>, detail: &str, status: u16) {
    let now = sandbox.now();
    let mut world = sandbox.world();
    let deed = world.did(now, who, kind, about.map(str::to_owned), detail);
    world.deeds[deed].status = Some(status);
    world.deeds[deed].answered_at = (200..400).contains(&status).then_some(now);
}

fn preview_token(page: &str) -> Option<String> {
    tags(page, "body")
        .find_map(|(tag, _)| attribute(tag, "data-preview-token"))
        .filter(|token| !token.is_empty())
}

fn first_call_to_action(page: &str) -> String {
    let marked = ["a", "button"]
        .into_iter()
        .find_map(|name| tags(page, name).find_map(|(tag, _)| attribute(tag, "data-cta")));
    marked.unwrap_or_else(|| "primary".to_owned())
}
