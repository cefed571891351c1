//! The page: every mailbox and phone of the sandbox, and buttons for what its owner might do.

mod act;
mod index;
mod mailbox;
mod payments;
mod phone;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use crate::bookings;
use crate::domains;
use crate::observed::{Deed, DeedKind};
use crate::sandbox::Sandbox;
use crate::sites::push_service;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/", get(index::show))
        .route("/mailbox/{address}", get(mailbox::show).post(act::on_mail))
        .route("/phone/{number}", get(phone::show).post(act::on_phone))
        .route("/switches", post(act::switch_provider))
        .route("/webhooks", post(act::set_webhooks))
        .route("/mail-webhooks", post(act::set_mail_webhook))
        .route("/domains", post(domains::set_record))
        .route("/grants", post(act::revoke_grant))
        .route("/booking", get(bookings::show).post(bookings::book))
        .route("/booking/{index}", post(bookings::change))
        .route("/booking/webhooks", post(bookings::set_webhook))
        .route("/payments", get(payments::show).post(payments::buy))
        .route("/payments/later", post(payments::later))
        .route("/push", get(push_service::taken).post(push_service::subscribe))
        .route("/observed.json", get(observed))
        .route("/pulse", get(pulse))
        .route("/style.css", get(async || asset("text/css; charset=utf-8", include_str!("style.css"))))
        .route(
            "/refresh.js",
            get(async || asset("text/javascript; charset=utf-8", include_str!("refresh.js"))),
        )
}

fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind)], text)
}

/// A text that changes whenever a page would look different.
async fn pulse(State(sandbox): State<Sandbox>) -> String {
    let world = sandbox.world();
    let read = world.mails.iter().filter(|mail| mail.read).count();
    let (mails, texts, deeds, sales) = (&world.mails, &world.texts, &world.deeds, &world.sales);
    format!("{}.{}.{}.{}.{read}", mails.len(), texts.len(), deeds.len(), sales.len())
}

async fn observed(State(sandbox): State<Sandbox>) -> impl IntoResponse {
    axum::Json(sandbox.observed())
}

fn not_found(what: &str) -> Response {
    let page = frame(
        "Not found",
        html! { h1 { "Nothing here" } p { (what) } p { a href="/" { "All mailboxes and phones" } } },
    );
    (StatusCode::NOT_FOUND, page).into_response()
}

/// Makes a page of the sandbox, which loads itself anew when something happens.
pub(crate) fn frame(title: &str, content: Markup) -> Markup {
    framed(title, content, true)
}

/// Makes a page that stands for one of a provider: it does not load itself anew while something happens elsewhere.
pub(crate) fn provider_frame(title: &str, content: Markup) -> Markup {
    framed(title, content, false)
}

fn framed(title: &str, content: Markup, refreshes: bool) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · sandbox" }
                link rel="stylesheet" href="/style.css";
                @if refreshes { script src="/refresh.js" defer {} }
            }
            body {
                header.bar {
                    a.name href="/" { "Sandbox" }
                    a href="/#mailboxes" { "Mailboxes" }
                    a href="/#phones" { "Phones" }
                    a href="/payments" { "Payments" }
                    a href="/booking" { "Meetings" }
                    a href="/#providers" { "Providers" }
                    form method="get" action="/" role="search" {
                        input type="search" name="q" placeholder="Find an address or number" aria-label="Find an address or number";
                    }
                }
                main { (content) }
            }
        }
    }
}

fn when(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (at.strftime("%a %d %b %H:%M")) } }
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'@' => (byte as char).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn person_href(who: &str) -> String {
    let page = if who.starts_with('+') { "phone" } else { "mailbox" };
    format!("/{page}/{}", percent_encoded(who))
}

fn did_what(deed: &Deed) -> &'static str {
    match deed.kind {
        DeedKind::Opened => "opened the mail",
        DeedKind::Clicked => "clicked",
        DeedKind::Scanned => "had a link fetched by a scanner",
        DeedKind::ViewedPreview => "viewed the preview page",
        DeedKind::ClickedCallToAction => "pressed the call to action",
        DeedKind::Replied => "replied",
        DeedKind::WroteElsewhere => "wrote from another address",
        DeedKind::AskedToStop => "asked to be removed",
        DeedKind::Unsubscribed => "unsubscribed",
        DeedKind::SentAutoReply => "answered automatically",
        DeedKind::Bounced => "bounced",
        DeedKind::TextedBack => "texted back",
        DeedKind::TextedStop => "texted STOP",
        DeedKind::Paid => "paid",
    }
}

/// People's actions, newest first, as a list.
fn deeds_line<'a>(deeds: impl Iterator<Item = &'a Deed>, with_names: bool) -> Markup {
    html! {
        ol.line {
            @for deed in deeds {
                li.failed[deed.status.is_some_and(|status| status >= 400 || status == 0)] {
                    @if with_names { a href=(person_href(&deed.who)) { (deed.who) } " " }
                    (did_what(deed))
                    @match deed.status {
                        None => { " " span.meta { "not delivered yet" } }
                        Some(status) if status >= 400 || status == 0 => { " " span.bad { "the app answered " (status) } }
                        Some(_) => {}
                    }
                    div.meta { (when(deed.at)) @if let Some(detail) = notable_detail(deed) { " · " (shortened(detail)) } }
                }
            }
        }
    }
}

/// The detail of an action, if it means something to a reader: sessions and pixel addresses do not.
fn notable_detail(deed: &Deed) -> Option<&str> {
    let dull =
        matches!(deed.kind, DeedKind::Opened | DeedKind::ViewedPreview | DeedKind::ClickedCallToAction);
    (!dull && !deed.detail.is_empty()).then_some(deed.detail.as_str())
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 90 { text.to_owned() } else { text.chars().take(89).chain(['…']).collect() }
}
