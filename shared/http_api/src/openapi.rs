//! The OpenAPI document of one group of routes, and of all groups together.

use crate::error::{FieldError, Problem};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "leadflow",
        version = "1",
        description = "Find, enrich and contact leads, and follow them to revenue.",
        license(name = "Apache-2.0 OR MIT")
    ),
    components(schemas(Problem, FieldError))
)]
struct Base;

/// The document without any route.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = document.components.get_or_insert_with(Default::default);
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    document
}
