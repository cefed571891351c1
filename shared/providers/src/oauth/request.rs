//! The address of the provider's page, and the two requests for tokens. The client's secret travels in the body, over
//! TLS, as both providers document it.

use super::{AuthorizationServer, Client};
use crate::wire::{BadSettings, FORM};
use application::ports::mailbox_grants::{AuthorizationCode, AuthorizationRequest};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Method, Request};
use url::Url;
use url::form_urlencoded::Serializer;

pub(crate) fn authorization_url(
    server: &AuthorizationServer,
    client_id: &str,
    login_hint: &str,
    asked: &AuthorizationRequest,
) -> Result<String, BadSettings> {
    let mut url = Url::parse(&server.authorize_url)
        .map_err(|_| BadSettings("the address of the provider's page is not valid".to_owned()))?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", client_id)
        .append_pair("redirect_uri", &asked.redirect_uri)
        .append_pair("scope", &server.scopes.join(" "))
        .append_pair("state", &asked.state)
        .append_pair("code_challenge", &asked.code_challenge)
        .append_pair("code_challenge_method", "S256")
        .append_pair("login_hint", login_hint)
        .extend_pairs(server.more);
    Ok(url.into())
}

pub(crate) fn exchange(
    server: &AuthorizationServer,
    client: Client<'_>,
    code: &AuthorizationCode,
) -> Result<Request<Vec<u8>>, BadSettings> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code.code),
        ("redirect_uri", &code.redirect_uri),
        ("code_verifier", &code.code_verifier),
    ];
    token_request(server, client, &fields)
}

pub(crate) fn renewal(
    server: &AuthorizationServer,
    client: Client<'_>,
    refresh_token: &str,
) -> Result<Request<Vec<u8>>, BadSettings> {
    token_request(server, client, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
}

fn token_request(
    server: &AuthorizationServer,
    client: Client<'_>,
    fields: &[(&str, &str)],
) -> Result<Request<Vec<u8>>, BadSettings> {
    let mut form = Serializer::new(String::new());
    form.append_pair("client_id", client.id).append_pair("client_secret", client.secret).extend_pairs(fields);
    Request::builder()
        .method(Method::POST)
        .uri(&server.token_url)
        .header(CONTENT_TYPE, FORM)
        .header(ACCEPT, "application/json")
        .body(form.finish().into_bytes())
        .map_err(|_| BadSettings("the provider's address for tokens is not valid".to_owned()))
}
