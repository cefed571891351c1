//! Where a request comes from, as far as limits need it: the address API Gateway saw, never a header.

use axum::extract::FromRequestParts;
use http::request::Parts;
use lambda_http::request::RequestContext;
use std::convert::Infallible;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientNetwork(pub String);

impl<S: Send + Sync> FromRequestParts<S> for ClientNetwork {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
            _ => None,
        };
        Ok(Self(address.unwrap_or_else(|| "unknown".to_owned())))
    }
}
