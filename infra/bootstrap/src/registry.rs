//! The one list of functions, by their name. What is deployed runs from it, and so does one machine.

use application::Ports;
use http_api::axum::Router;
use http_api::utoipa;
use http_api::{Direct, GatewayRoute, RouteRow, Routes};
use queue_consumer::Handler;

/// A function as it is called: with requests, or with events.
pub enum Served {
    Routes(Router),
    Events(Handler),
}

/// A program that is deployed for some of the functions.
pub struct Program {
    pub name: &'static str,
    pub functions: &'static [&'static str],
}

macro_rules! programs {
    ($($program:ident {
        $(routes: $($route:ident),+;)?
        $(events: $($event:ident),+;)?
    })+) => {
        $(pub mod $program {
            use super::{Ports, Served};

            pub(super) const FUNCTIONS: &[&str] = &[$($(stringify!($route),)+)? $($(stringify!($event),)+)?];

            /// A function of this program over what it may use; `None` if none is called so.
            pub fn build(name: &str, ports: &impl Ports) -> Option<Served> {
                Some(match name {
                    $($(stringify!($route) => Served::Routes(http_api::router($route::routes(), $route::App::new(ports), ports)),)+)?
                    $($(stringify!($event) => Served::Events($event::handler(ports)),)+)?
                    _ => return None,
                })
            }
        })+

        /// The programs that are deployed.
        pub const PROGRAMS: &[Program] = &[$(Program { name: stringify!($program), functions: $program::FUNCTIONS }),+];

        pub const FUNCTIONS: &[&str] = &[$($($(stringify!($route),)+)? $($(stringify!($event),)+)?)+];

        /// A function over what it may use, whichever program has it; `None` if none is called so.
        pub fn build(name: &str, ports: &impl Ports) -> Option<Served> {
            None$(.or_else(|| $program::build(name, ports)))+
        }

        /// Every route of the product, by function.
        pub fn all_routes() -> Vec<(&'static str, Vec<RouteRow>)> {
            vec![$($($((stringify!($route), $route::routes().rows().to_vec()),)+)?)+]
        }

        /// The routes that the template needs, by function.
        pub fn gateway_routes() -> Vec<(&'static str, Vec<GatewayRoute>)> {
            vec![$($($((stringify!($route), $route::routes().gateway_routes()),)+)?)+]
        }

        #[cfg(test)]
        fn documents() -> Vec<(&'static str, utoipa::openapi::OpenApi)> {
            vec![$($($((stringify!($route), Routes::openapi($route::routes())),)+)?)+]
        }

        /// The whole product's OpenAPI document.
        pub fn openapi() -> utoipa::openapi::OpenApi {
            let mut whole = http_api::document();
            $($($(whole.merge(Routes::openapi($route::routes()));)+)?)+
            whole
        }
    };
}

/// Returns the question that a caller with the right to invoke the function `ops` can ask besides its HTTP requests.
pub fn direct(name: &str, ports: &impl Ports) -> Option<Direct> {
    (name == "ops").then(|| ops::direct(ports))
}

programs! {
    for_leads {
        routes: leads, imports, columns, icp, prospects;
        events: import_leads, fold_changes;
    }
    for_campaigns {
        routes: templates, sequences, campaigns, emails, dashboard;
        events: campaign_jobs;
    }
    for_inbox {
        routes: inbox, tasks, notifications, tracking, provider_webhooks, revenue;
        events: poll_mailboxes;
    }
    for_workspace {
        routes: auth, settings, ops, web;
        events: monitor, nightly;
    }
    for_events {
        events: enrich_lead, fill_columns, personalize_lead, send_message, ingest_event, record_visits, project_events, record_changes,
            push, due_steps;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The groups' documents are laid over one another: a name that means two things would silently mean one of them.
    #[test]
    fn a_name_means_one_thing_in_the_whole_api() {
        let (mut schemas, mut operations, mut clashes) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for (function, document) in documents() {
            let known = document.components.map(|components| components.schemas).unwrap_or_default();
            for (name, schema) in known {
                let shape = serde_json::to_value(schema).expect("a schema is plain data");
                let (first, seen) = schemas.entry(name.clone()).or_insert((function, shape.clone()));
                if *seen != shape {
                    clashes.push(format!("schema {name} of {first} and {function}"));
                }
            }
        }
        for (function, rows) in all_routes() {
            for row in rows {
                if let Some(first) = operations.insert(row.operation.clone(), function) {
                    clashes.push(format!("operation {} of {first} and {function}", row.operation));
                }
            }
        }
        assert_eq!(clashes, Vec::<String>::new());
    }
}
