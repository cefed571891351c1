//! AWS's JSON protocols: the service and operation that a request names, and the format of answers and
//! errors.

use serde::Serialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    DynamoDb,
    Streams,
    Sqs,
    Events,
    Secrets,
    S3,
    /// The management API of WebSocket APIs.
    Connections,
}

impl Service {
    /// Splits an `X-Amz-Target` header.
    pub(crate) fn of_target(target: &str) -> Option<(Self, &str)> {
        let (prefix, operation) = target.rsplit_once('.')?;
        let service = match prefix {
            "DynamoDB_20120810" => Self::DynamoDb,
            "DynamoDBStreams_20120810" => Self::Streams,
            "AmazonSQS" => Self::Sqs,
            "AWSEvents" => Self::Events,
            "secretsmanager" => Self::Secrets,
            _ => return None,
        };
        Some((service, operation))
    }

    fn error_namespace(self) -> &'static str {
        match self {
            Self::DynamoDb | Self::Streams => "com.amazonaws.dynamodb.v20120810#",
            Self::Sqs => "com.amazonaws.sqs#",
            Self::Events | Self::Secrets | Self::S3 | Self::Connections => "",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Events | Self::Secrets => "application/x-amz-json-1.1",
            _ => "application/x-amz-json-1.0",
        }
    }
}

/// An answer as it would travel.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub(crate) fn ok(service: Service, body: Vec<u8>) -> Self {
        Self { status: 200, headers: vec![("content-type", service.content_type().to_owned())], body }
    }
}

/// An error a service answers with.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ServiceError {
    pub status: u16,
    pub code: String,
    pub message: String,
    /// SQS's older name of the error, sent in a header beside the newer one.
    pub query_code: Option<&'static str>,
    /// Members beside type and message, such as `CancellationReasons`.
    pub extra: Map<String, Value>,
}

impl ServiceError {
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), query_code: None, extra: Map::new() }
    }

    /// An error that is the caller's mistake (400).
    pub fn bad(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    pub fn internal(source: impl std::fmt::Display) -> Self {
        Self::new(500, "InternalServerError", source.to_string())
    }

    pub(crate) fn query(mut self, code: &'static str) -> Self {
        self.query_code = Some(code);
        self
    }

    pub(crate) fn denied(principal_arn: &str, action: &str, resource: &str) -> Self {
        Self::bad(
            "AccessDeniedException",
            format!(
                "User: {principal_arn} is not authorized to perform: {action} on resource: {resource} \
                 because no identity-based policy allows the {action} action"
            ),
        )
    }

    pub(crate) fn throttled(service: Service) -> Self {
        match service {
            Service::DynamoDb | Service::Streams => Self::bad(
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded",
            ),
            Service::Sqs => {
                Self::bad("RequestThrottled", "The request was denied due to request throttling.")
                    .query("RequestThrottled")
            }
            Service::S3 => Self::new(503, "SlowDown", "Please reduce your request rate."),
            Service::Connections => Self::new(429, "LimitExceededException", ""),
            Service::Events | Service::Secrets => Self::bad("ThrottlingException", "Rate exceeded"),
        }
    }

    pub(crate) fn into_reply(self, service: Service) -> Reply {
        let namespace = match self.code.as_str() {
            "AccessDeniedException" | "SerializationException" | "UnknownOperationException" => {
                "com.amazon.coral.service#"
            }
            "ValidationException" if service == Service::DynamoDb => "com.amazon.coral.validate#",
            _ => service.error_namespace(),
        };
        let message_key = match self.code.as_str() {
            "TransactionCanceledException" | "SerializationException" => "Message",
            _ if service == Service::Secrets => "Message",
            _ => "message",
        };
        let mut body = Map::new();
        body.insert("__type".into(), json!(format!("{namespace}{}", self.code)));
        body.insert(message_key.into(), json!(self.message));
        body.extend(self.extra);
        let mut headers = vec![("content-type", service.content_type().to_owned())];
        if let Some(code) = self.query_code {
            let fault = if self.status < 500 { "Sender" } else { "Receiver" };
            headers.push(("x-amzn-query-error", format!("{code};{fault}")));
        }
        Reply { status: self.status, headers, body: Value::Object(body).to_string().into_bytes() }
    }
}

impl From<rusqlite::Error> for ServiceError {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(error)
    }
}

/// A service's answer in JSON, or its error.
pub(crate) type Answer = Result<Vec<u8>, ServiceError>;

pub(crate) fn encode(value: &impl Serialize) -> Answer {
    serde_json::to_vec(value).map_err(ServiceError::internal)
}

pub(crate) fn decode<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, ServiceError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|e| ServiceError::bad("SerializationException", e.to_string()))
}
