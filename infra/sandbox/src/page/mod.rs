//! The page: every mailbox and phone of this world, and what its owner might do by hand.

mod style;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};

use crate::sandbox::Sandbox;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/", get(index)).route("/style.css", get(stylesheet))
}

async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], style::CSS)
}

/// The shell of every page.
pub(crate) fn frame(title: &str, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · sandbox" }
                link rel="stylesheet" href="/style.css";
            }
            body { main { (content) } }
        }
    }
}

async fn index(State(sandbox): State<Sandbox>) -> Markup {
    let world = sandbox.world();
    frame(
        "Mailboxes and phones",
        html! {
            h1 { "Mailboxes" }
            ul { @for address in world.mailboxes.keys() { li { (address) } } }
            h1 { "Phones" }
            ul { @for number in world.phones.keys() { li { (number) } } }
        },
    )
}
