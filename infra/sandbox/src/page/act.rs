//! The page's buttons: each puts one action on the agenda and shows the page again.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::index::PROVIDERS;
use super::person_href;
use crate::config::WebhookUrls;
use crate::mail_webhooks::MailWebhook;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
pub(super) struct Wish {
    r#do: String,
    mail: Option<usize>,
    body: Option<String>,
    url: Option<String>,
    to: Option<String>,
}

pub(super) async fn on_mail(
    State(sandbox): State<Sandbox>,
    Path(address): Path<String>,
    Form(wish): Form<Wish>,
) -> Response {
    let address = address.to_lowercase();
    let body = wish.body.as_deref().map(str::trim).filter(|body| !body.is_empty());
    let mail = wish
        .mail
        .or_else(|| sandbox.latest_mail(&address))
        .filter(|mail| sandbox.mail_is_for(*mail, &address));
    match (wish.r#do.as_str(), mail) {
        ("pay", _) => sandbox.pay(&address, None),
        ("open", Some(mail)) => sandbox.open_mail(mail),
        ("preview", Some(mail)) => sandbox.view_preview_three_times(mail),
        ("stop", Some(mail)) => sandbox.ask_to_stop(mail),
        ("one_click", Some(mail)) => sandbox.unsubscribe_one_click(mail),
        ("unsubscribe", Some(mail)) => sandbox.unsubscribe_on_page(mail),
        ("absent", Some(mail)) => sandbox.send_auto_reply(mail, "en"),
        ("spam", Some(mail)) => sandbox.report_as_spam(mail),
        ("bounce", Some(mail)) => sandbox.bounce_mail(mail),
        ("reply", Some(mail)) => sandbox.reply_to_mail(mail, body.unwrap_or("Yes, tell me more.")),
        ("elsewhere", Some(mail)) => sandbox.write_from_elsewhere(mail, body.unwrap_or("Who are you?")),
        ("click", Some(mail)) => match &wish.url {
            Some(url) => sandbox.click_link(mail, url),
            None => return StatusCode::BAD_REQUEST.into_response(),
        },
        _ => return StatusCode::BAD_REQUEST.into_response(),
    }
    Redirect::to(&person_href(&address)).into_response()
}

pub(super) async fn on_phone(
    State(sandbox): State<Sandbox>,
    Path(number): Path<String>,
    Form(wish): Form<Wish>,
) -> Response {
    let to = wish.to.as_deref();
    let body = wish.body.as_deref().map(str::trim).filter(|body| !body.is_empty());
    match wish.r#do.as_str() {
        "text" => sandbox.text_us(&number, to, body.unwrap_or("Ok")),
        "stop" => sandbox.text_us(&number, to, "STOP"),
        "start" => sandbox.text_us(&number, to, "START"),
        "tap" => match &wish.url {
            Some(url) => sandbox.tap_link(&number, url),
            None => return StatusCode::BAD_REQUEST.into_response(),
        },
        _ => return StatusCode::BAD_REQUEST.into_response(),
    }
    Redirect::to(&person_href(&number)).into_response()
}

pub(super) async fn set_mail_webhook(
    State(sandbox): State<Sandbox>,
    Form(webhook): Form<MailWebhook>,
) -> Response {
    if webhook.domain.trim().is_empty() || !webhook.url.starts_with("http") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    sandbox.set_mail_webhook(webhook);
    Redirect::to("/#mail-webhooks").into_response()
}

#[derive(Deserialize)]
pub(super) struct Switch {
    provider: String,
    on: bool,
}

pub(super) async fn switch_provider(State(sandbox): State<Sandbox>, Form(switch): Form<Switch>) -> Response {
    match PROVIDERS.iter().find(|(_, name)| *name == switch.provider) {
        Some((provider, _)) => sandbox.set_outage(*provider, switch.on),
        None => return StatusCode::BAD_REQUEST.into_response(),
    }
    Redirect::to("/#providers").into_response()
}

pub(super) async fn set_webhooks(State(sandbox): State<Sandbox>, Form(urls): Form<WebhookUrls>) -> Redirect {
    sandbox.set_webhook_urls(urls);
    Redirect::to("/#providers")
}

#[derive(Deserialize)]
pub(super) struct Grant {
    address: String,
}

pub(super) async fn revoke_grant(State(sandbox): State<Sandbox>, Form(grant): Form<Grant>) -> Response {
    match sandbox.revoke_grant(&grant.address) {
        true => Redirect::to("/#providers").into_response(),
        false => StatusCode::NOT_FOUND.into_response(),
    }
}
