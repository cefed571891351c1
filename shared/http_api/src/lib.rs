//! The kit that every route function shares: the route table, access checks, one error envelope, paging, idempotency.

mod access_token;
mod ai_answer;
mod all_faults;
mod caller;
mod client_network;
mod clone_request;
mod csv_file;
mod device;
mod direct;
mod error;
mod error_codes;
mod field_errors;
mod gate;
mod gateway_routes;
mod idempotency;
mod if_match;
mod json_body;
mod json_fault;
mod lead_sight;
mod method_table;
mod openapi;
mod other_ids;
mod paging;
mod public_address;
mod query_faults;
mod routes;
mod token_buckets;

pub use access_token::{ACCESS_TOKEN_MINUTES, AccessClaims, BadToken, issue, issue_for_set_up, read};
pub use ai_answer::not_asked;
pub use caller::{Access, CalledBy, Caller, LeadUse, Program, RouteAccess, SignedIn};
pub use client_network::ClientNetwork;
pub use clone_request::CloneRequest;
pub use csv_file::{LARGEST_CSV_FILE, csv_file};
pub use device::Device;
pub use direct::{Direct, run_with};
pub use error::{ApiError, ApiResult, BAD_CURSOR, FieldError, Problem};
pub use field_errors::{FieldErrors, given};
pub use gate::Gate;
pub use gateway_routes::GatewayRoute;
pub use idempotency::KeyedId;
pub use if_match::IfMatch;
pub use json_body::{JsonBody, PathOf, QueryOf, RawBody, json_parameter};
pub use lead_sight::Owned;
pub use openapi::document;
pub use other_ids::{IdUse, OtherId};
pub use paging::{PageBody, PageQuery};
pub use public_address::only_this_machine_reaches;
pub use routes::{KeyScopes, PathHandlers, RouteRow, Routes};
pub use token_buckets::TokenBuckets;

/// Re-exported so that a function's crate names one kit only.
pub use axum;
pub use utoipa;
#[doc(hidden)]
pub use utoipa_axum;

#[cfg(feature = "openapi")]
pub use documented_routes as routes;
#[cfg(not(feature = "openapi"))]
pub use undocumented_routes as routes;

use std::sync::Arc;

/// The router of one function: what `lambda_http::run` serves, and what tests and the local host call.
pub fn router<A: Send + Sync + 'static>(
    routes: Routes<A>,
    app: A,
    ports: &impl application::Ports,
) -> axum::Router {
    let is_public = |row: &RouteRow| row.access.least_role().is_none();
    let gate = Gate::new(ports, routes.rows().iter().all(is_public));
    routes.into_router(Arc::new(app), gate)
}

/// Serves a router under Lambda until it is shut down.
pub async fn run(router: axum::Router) -> Result<(), lambda_http::Error> {
    lambda_http::run(router).await
}
