//! Domains that a workspace may use for tracking: where the DNS record of each leads, as its owner sets it on the page. One
//! that leads to the app is answered by the app, with a certificate that is right.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use crate::sandbox::Sandbox;

/// The host to which records lead that are wrong.
const A_SHOP: &str = "shops.example.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadsTo {
    App,
    Elsewhere,
}

impl Sandbox {
    /// Sets where the domain's record leads, or removes the record.
    pub fn set_domain(&self, name: &str, leads_to: Option<LeadsTo>) {
        let name = name.trim().trim_end_matches('.').to_ascii_lowercase();
        let mut world = self.world();
        match leads_to {
            Some(leads_to) => world.domains.insert(name, leads_to),
            None => world.domains.remove(&name),
        };
    }

    /// Whether requests to this host reach the app.
    pub fn leads_to_app(&self, host: &str) -> bool {
        self.world().domains.get(host) == Some(&LeadsTo::App)
    }

    /// The target of the domain's record, as a zone file writes it.
    pub(crate) fn domain_target(&self, name: &str) -> Option<String> {
        let leads_to = self.world().domains.get(name).copied()?;
        let app = self.config().app_url.split("://").nth(1).unwrap_or_default();
        Some(match leads_to {
            LeadsTo::App => format!("{}.", app.split(':').next().unwrap_or(app)),
            LeadsTo::Elsewhere => A_SHOP.to_owned(),
        })
    }
}

#[derive(Deserialize)]
pub(crate) struct Record {
    name: String,
    leads_to: String,
}

pub(crate) async fn set_record(State(sandbox): State<Sandbox>, Form(record): Form<Record>) -> Response {
    let leads_to = match record.leads_to.as_str() {
        "app" => Some(LeadsTo::App),
        "elsewhere" => Some(LeadsTo::Elsewhere),
        "nowhere" => None,
        _ => return StatusCode::BAD_REQUEST.into_response(),
    };
    sandbox.set_domain(&record.name, leads_to);
    Redirect::to("/#domains").into_response()
}

pub(crate) fn section(sandbox: &Sandbox) -> Markup {
    let domains = sandbox.world().domains.clone();
    html! {
        h2 #domains { "Domains" }
        p.meta { "Where the CNAME record of a domain leads. The app looks at a tracking domain on request and every quarter of an hour." }
        @for (name, leads_to) in &domains {
            p.meta {
                code { (name) } " leads to "
                @match leads_to { LeadsTo::App => "the app", LeadsTo::Elsewhere => { code { (A_SHOP) } } }
            }
        }
        form method="post" action="/domains" {
            label { "Domain" input name="name" placeholder="go.acme.example" required; }
            div.actions {
                button type="submit" name="leads_to" value="app" { "Lead to the app" }
                button type="submit" name="leads_to" value="elsewhere" { "Lead elsewhere" }
                button type="submit" name="leads_to" value="nowhere" { "Remove the record" }
            }
        }
    }
}
