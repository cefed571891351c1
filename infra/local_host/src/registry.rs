//! The one list of functions that this host can run, by their name.

use anyhow::{Result, bail};
use application::Ports;
use axum::Router;
use http_api::{RouteRow, Routes};
use queue_consumer::Handler;

/// A function as it is called: with requests, or with events.
pub enum Served {
    Routes(Router),
    Events(Handler),
}

macro_rules! functions {
    (routes: $($route:ident),+; events: $($event:ident),+ $(,)?) => {
        pub fn build(name: &str, ports: &Ports) -> Result<Served> {
            Ok(match name {
                $(stringify!($route) => Served::Routes(http_api::router($route::routes(), $route::App::new(ports), ports)),)+
                $(stringify!($event) => Served::Events($event::handler(ports)),)+
                other => bail!("the template names a function {other} that this host does not have"),
            })
        }

        /// Every route of the product, by function.
        pub fn all_routes() -> Vec<(&'static str, Vec<RouteRow>)> {
            vec![$((stringify!($route), $route::routes().rows().to_vec())),+]
        }

        #[cfg(test)]
        pub fn function_names() -> Vec<&'static str> {
            vec![$(stringify!($route)),+, $(stringify!($event)),+]
        }

        /// The whole product's OpenAPI document.
        pub fn openapi() -> utoipa::openapi::OpenApi {
            let mut whole = http_api::document();
            $(whole.merge(Routes::openapi($route::routes()));)+
            whole
        }
    };
}

use http_api::utoipa;

functions! {
    routes: auth, leads, imports, templates, campaigns, emails, inbox, dashboard, notifications, tasks, revenue,
            settings, ops, tracking, provider_webhooks, web;
    events: import_leads, enrol_leads, enrich_lead, personalize_lead, send_message, ingest_event, project_events,
            due_steps, monitor, nightly
}
