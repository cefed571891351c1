//! The OpenAPI document of one group of routes, and of all groups together.

use crate::error::{FieldError, Problem};
use crate::error_codes::ProblemCode;
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "leadflow",
        version = "1",
        description = "Find, enrich and contact leads, and follow them to revenue.",
        license(name = "Apache-2.0 OR MIT")
    ),
    components(schemas(Problem, ProblemCode, FieldError))
)]
struct Base;

/// The document without any route.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = document.components.get_or_insert_with(Default::default);
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("lf_…")
        .description(Some("An API key of a program. Each operation names the scope that the key needs."))
        .build();
    components.add_security_scheme("api_key", SecurityScheme::Http(key));
    document
}

/// Adds the problem response to an operation, so that no handler needs to describe it.
pub(crate) fn answers_problems(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = "Done".to_owned();
        }
    }
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let problem =
        ResponseBuilder::new().description("What is wrong").content("application/problem+json", content);
    operation.responses.responses.insert("default".to_owned(), problem.build().into());
}
