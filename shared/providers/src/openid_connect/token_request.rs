//! The exchange of a code for the token that says who signed in.

use super::preset::SignInClient;
use super::provider_document::ProviderDocument;
use crate::transport::Http;
use crate::wire::FORM;
use application::ports::sign_in_providers::{SignInCode, SignInFailure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request};
use serde::Deserialize;
use url::form_urlencoded::{Serializer, byte_serialize};

#[derive(Deserialize)]
struct Answer {
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

#[derive(Debug, thiserror::Error)]
#[error("status {0}")]
struct Status(http::StatusCode);

pub(super) async fn id_token(
    http: &dyn Http,
    client: &SignInClient,
    document: &ProviderDocument,
    code: &SignInCode,
) -> Result<String, SignInFailure> {
    let answer = http.send(request(client, document, code)?).await;
    let answer = answer.map_err(|error| SignInFailure::Unavailable(error.into()))?;
    let status = answer.status();
    if status.is_success() {
        let answer: Option<Answer> = serde_json::from_slice(answer.body()).ok();
        let token = answer.and_then(|answer| answer.id_token);
        return token.ok_or(SignInFailure::NotValid("there is no token"));
    }
    match serde_json::from_slice::<Refusal>(answer.body()) {
        Ok(refusal) if status.is_client_error() => {
            let is_code = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            Err(SignInFailure::Refused { code: refusal.error.chars().filter(is_code).take(40).collect() })
        }
        _ => Err(SignInFailure::Unavailable(Status(status).into())),
    }
}

fn request(
    client: &SignInClient,
    document: &ProviderDocument,
    code: &SignInCode,
) -> Result<Request<Vec<u8>>, SignInFailure> {
    let methods = document.token_endpoint_auth_methods_supported.as_deref();
    let in_body = match methods {
        Some(methods) => methods.iter().any(|method| method == "client_secret_post"),
        None => client.posts_its_secret(),
    };
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", &code.code)
        .append_pair("redirect_uri", &code.redirect_uri)
        .append_pair("client_id", &client.client_id);
    if client.takes_pkce() {
        form.append_pair("code_verifier", &code.code_verifier);
    }
    let mut request = Request::builder().method(Method::POST).uri(&document.token_endpoint);
    if in_body {
        form.append_pair("client_secret", &client.client_secret);
    } else {
        // Both are form-encoded before they are joined (RFC 6749, 2.3.1).
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encoded(&client.client_id), encoded(&client.client_secret));
        request = request.header(AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)));
    }
    request
        .header(CONTENT_TYPE, FORM)
        .header(ACCEPT, "application/json")
        .body(form.finish().into_bytes())
        .map_err(|_| SignInFailure::NotValid("the address for tokens"))
}
