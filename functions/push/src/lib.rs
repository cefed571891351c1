//! The WebSocket API of open pages: a ticket opens a connection to a page of the app, and whatever a page sends keeps it open.

#[cfg(test)]
mod tests;

use application::Ports;
use application::push::connect::{ConnectPorts, open_connection};
use queue_consumer::{BoxError, Handler};
use serde_json::{Value, json};
use std::sync::Arc;

pub fn handler(ports: &impl Ports) -> Handler {
    let ports = Arc::new(ConnectPorts::new(ports));
    Arc::new(move |event| {
        let ports = ports.clone();
        Box::pin(async move { Ok(json!({ "statusCode": answer(&ports, &event).await? })) })
    })
}

/// Returns the sites that a browser names for the page that connects. A program names none: it shows a ticket, which no page of
/// another site has.
fn origins(event: &Value) -> impl Iterator<Item = &str> {
    let headers = event.get("headers").and_then(Value::as_object).into_iter().flatten();
    headers
        .filter(|(name, _)| name.eq_ignore_ascii_case("origin"))
        .map(|(_, value)| value.as_str().unwrap_or_default())
}

/// Answers an event of the API with a status; any but 200 refuses the connection.
async fn answer(ports: &ConnectPorts, event: &Value) -> Result<u16, BoxError> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    match text("/requestContext/routeKey") {
        Some("$connect") => {
            if origins(event).any(|origin| !ports.is_own_page(origin)) {
                return Ok(403);
            }
            let ticket = text("/queryStringParameters/ticket");
            let connection = text("/requestContext/connectionId");
            let (Some(ticket), Some(connection)) = (ticket, connection) else { return Ok(401) };
            Ok(if open_connection(ports, ticket, connection).await? { 200 } else { 401 })
        }
        Some("$default") => Ok(200),
        _ => Ok(400),
    }
}
