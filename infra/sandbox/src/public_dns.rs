//! The part of the public internet that tells where a domain's mail is: a resolver that answers over HTTPS in JSON, as
//! `cloudflare-dns.com/dns-query` does, and files of settings in Mozilla's form. The domains are made up; those of `domains`
//! have the records that the page gives them.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;

use crate::sandbox::Sandbox;

/// The records: a name, their type, and their data as a zone file writes it.
const ZONE: &[(&str, &str, &str)] = &[
    ("at-google.example", "MX", "1 aspmx.l.google.com."),
    ("at-google.example", "MX", "5 alt1.aspmx.l.google.com."),
    ("at-microsoft.example", "MX", "0 at-microsoft-example.mail.protection.outlook.com."),
    ("at-strato.example", "MX", "5 smtpin.rzone.de."),
    ("with-records.example", "MX", "10 mx.with-records.example."),
    ("_imaps._tcp.with-records.example", "SRV", "0 1 993 imap.with-records.example."),
    ("_submissions._tcp.with-records.example", "SRV", "0 1 465 smtp.with-records.example."),
];

/// The domain that serves a file of settings.
const WITH_FILE: &str = "with-file.example";

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/dns-query", get(resolve)).route("/mail/config-v1.1.xml", get(settings_file))
}

#[derive(Deserialize)]
struct Question {
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

async fn resolve(
    State(sandbox): State<Sandbox>,
    Query(Question { name, kind }): Query<Question>,
) -> Response {
    let number = match kind.as_str() {
        "A" => 1,
        "CNAME" => 5,
        "AAAA" => 28,
        "MX" => 15,
        "SRV" => 33,
        _ => return StatusCode::BAD_REQUEST.into_response(),
    };
    let name = name.to_ascii_lowercase();
    let alias = sandbox.domain_target(&name);
    let is_known = alias.is_some() || ZONE.iter().any(|(known, ..)| *known == name);
    let record = |data: &str| json!({ "name": name, "type": number, "TTL": 300, "data": data });
    let zone =
        ZONE.iter().filter(|(known, of, _)| *known == name && *of == kind).map(|(_, _, data)| record(data));
    let answers: Vec<_> =
        zone.chain(alias.iter().filter(|_| kind == "CNAME").map(|target| record(target))).collect();
    let body = if answers.is_empty() {
        json!({ "Status": if is_known { 0 } else { 3 }, "TC": false, "RD": true, "RA": true })
    } else {
        json!({ "Status": 0, "TC": false, "RD": true, "RA": true, "Answer": answers })
    };
    ([(header::CONTENT_TYPE, "application/dns-json")], body.to_string()).into_response()
}

#[derive(Deserialize)]
struct Owner {
    emailaddress: String,
}

async fn settings_file(Query(owner): Query<Owner>) -> Response {
    if owner.emailaddress.rsplit('@').next() != Some(WITH_FILE) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let server = |tag: &str, kind: &str, host: &str, port: u16| {
        format!(
            "<{tag} type=\"{kind}\"><hostname>{host}.{WITH_FILE}</hostname><port>{port}</port>\
             <socketType>SSL</socketType><username>%EMAILADDRESS%</username>\
             <authentication>password-cleartext</authentication></{tag}>"
        )
    };
    let file = format!(
        "<?xml version=\"1.0\"?><clientConfig version=\"1.1\"><emailProvider id=\"{WITH_FILE}\">\
         <domain>{WITH_FILE}</domain><displayName>Harbour Mail</displayName>{}{}</emailProvider></clientConfig>",
        server("incomingServer", "imap", "imap", 993),
        server("outgoingServer", "smtp", "smtp", 465),
    );
    ([(header::CONTENT_TYPE, "text/xml")], file).into_response()
}
