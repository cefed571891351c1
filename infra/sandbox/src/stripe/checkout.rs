//! The hosted payment page behind a payment link.

use axum::Form;
use axum::extract::{OriginalUri, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::Price;
use crate::doors::Provider;
use crate::page::frame;
use crate::sandbox::Sandbox;

#[derive(Deserialize)]
pub(super) struct Asked {
    prefilled_email: Option<String>,
    client_reference_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Payment {
    email: String,
    card: String,
}

pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Path(plan): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    if sandbox.turns_away(Provider::Stripe) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    form(&Price::of_plan(&plan), &asked, None).into_response()
}

pub(super) async fn submit(
    State(sandbox): State<Sandbox>,
    OriginalUri(uri): OriginalUri,
    Path(plan): Path<String>,
    Query(asked): Query<Asked>,
    Form(payment): Form<Payment>,
) -> Response {
    let price = Price::of_plan(&plan);
    let refusal = match payment.card.replace(' ', "").as_str() {
        "4242424242424242" => None,
        "4000000000000002" => Some("Your card was declined."),
        "4000000000009995" => Some("Your card has insufficient funds."),
        _ => Some("Your card number is invalid. In this world only test cards work."),
    };
    if let Some(refusal) = refusal {
        return (StatusCode::PAYMENT_REQUIRED, form(&price, &asked, Some(refusal))).into_response();
    }
    if !payment.email.contains('@') {
        return (StatusCode::BAD_REQUEST, form(&price, &asked, Some("Your email is incomplete.")))
            .into_response();
    }
    let link = format!("{}{uri}", sandbox.config().public_url);
    sandbox.pay(&payment.email, Some(&link));
    frame(
        "Payment received",
        html! {
            section.paper {
                h1 { "Payment received" }
                p { (price.shown()) " from " (payment.email) ". The receipt is on its way." }
            }
        },
    )
    .into_response()
}

fn form(price: &Price, asked: &Asked, refusal: Option<&str>) -> Markup {
    let reference = asked.client_reference_id.as_deref();
    frame(
        "Pay",
        html! {
            section.paper {
                h1 { "Subscribe to " (price.name) }
                p.figure { (price.shown()) }
                @if let Some(refusal) = refusal { p.bad role="alert" { (refusal) } }
                form method="post" {
                    label { "Email" input type="email" name="email" required value=(asked.prefilled_email.as_deref().unwrap_or("")); }
                    label { "Card number" input name="card" inputmode="numeric" required value="4242 4242 4242 4242"; }
                    button.primary type="submit" { "Pay " (price.shown()) }
                }
                p.meta {
                    "A pretend payment page. 4000 0000 0000 0002 is declined."
                    @if let Some(reference) = reference { " Reference " (reference) "." }
                }
            }
        },
    )
}
