//! The page of payments: every purchase at Stripe, and buttons for what may become of it.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::{frame, person_href, when};
use crate::sandbox::Sandbox;
use crate::stripe::{Later, Sale, debit};

const MOST_ROWS: usize = 100;

pub(super) async fn show(State(sandbox): State<Sandbox>) -> Markup {
    let sales = sandbox.world().sales.clone();
    frame(
        "Payments",
        html! {
            h1 { "Payments at Stripe" }
            p.meta { "Each button sends the events that Stripe would send, signed with the webhook's secret." }
            h2 { "A new purchase" }
            form method="post" action="/payments" {
                label { "E-mail of the customer" input type="email" name="email" required; }
                label {
                    "Plan: name, amount in minor units, currency, and month, year or once"
                    input name="plan" required value="growth-4900-usd-month";
                }
                div.actions {
                    button type="submit" name="by" value="card" { "Pay by card" }
                    button type="submit" name="by" value="debit" { "Promise a direct debit, once" }
                }
            }
            h2 { "Purchases" }
            @if sales.is_empty() { p.empty { "No purchase yet." } }
            @for (index, sale) in sales.iter().enumerate().rev().take(MOST_ROWS) { (row(index, sale)) }
        },
    )
}

fn row(index: usize, sale: &Sale) -> Markup {
    html! {
        section {
            h3 { a href=(person_href(&sale.email)) { (sale.email) } " · " (sale.price.shown()) }
            p.meta { (when(sale.now)) " · " (state(sale)) }
            form method="post" action="/payments/later" {
                input type="hidden" name="sale" value=(index);
                div.actions {
                    @for later in Later::ALL.iter().filter(|later| later.may_happen_to(sale)) {
                        button type="submit" name="later" value=(later.word()) { (later.label()) }
                    }
                }
            }
        }
    }
}

fn state(sale: &Sale) -> String {
    let state = &sale.state;
    let mut words = vec![
        match (state.is_pending, state.has_failed) {
            (true, _) => "direct debit under way",
            (_, true) => "direct debit failed",
            _ => "paid",
        }
        .to_owned(),
    ];
    if state.refunded > 0 {
        words.push(format!("{} of {} refunded", state.refunded, sale.price.unit_amount));
    }
    words.extend(state.dispute.as_ref().map(|made| format!("dispute: {}", made.status.replace('_', " "))));
    if state.renewals > 0 {
        words.push(format!("renewed {} times", state.renewals));
    }
    if state.has_ended {
        words.push("subscription ended".to_owned());
    } else if state.cancels {
        words.push("cancelled at the period's end".to_owned());
    }
    words.join(", ")
}

#[derive(Deserialize)]
pub(super) struct Purchase {
    email: String,
    plan: String,
    by: String,
}

pub(super) async fn buy(State(sandbox): State<Sandbox>, Form(purchase): Form<Purchase>) -> Response {
    let plan: String =
        purchase.plan.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    let link = format!("{}/stripe/pay/{plan}", sandbox.config().public_url);
    let email = purchase.email.trim().to_lowercase();
    match purchase.by.as_str() {
        _ if !email.contains('@') => return StatusCode::BAD_REQUEST.into_response(),
        "card" => sandbox.pay(&email, Some(&link)),
        "debit" => debit(&sandbox, &email, &link),
        _ => return StatusCode::BAD_REQUEST.into_response(),
    }
    Redirect::to("/payments").into_response()
}

#[derive(Deserialize)]
pub(super) struct WhatHappens {
    sale: usize,
    later: String,
}

pub(super) async fn later(State(sandbox): State<Sandbox>, Form(what): Form<WhatHappens>) -> Response {
    let happened = Later::parse(&what.later).is_some_and(|later| sandbox.happens_later(what.sale, later));
    if happened { Redirect::to("/payments").into_response() } else { StatusCode::CONFLICT.into_response() }
}
