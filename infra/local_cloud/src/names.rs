//! The names of this cloud: its region, its account, and the ARNs and URLs of its resources.

pub const REGION: &str = "eu-west-1";
pub const ACCOUNT: &str = "000000000000";
/// The only WebSocket API of this cloud.
pub const SOCKET_API: &str = "socketapi1";
/// The only bus of this cloud.
pub const DEFAULT_BUS: &str = "default";

pub fn table_arn(table: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}")
}

pub fn index_arn(table: &str, index: &str) -> String {
    format!("{}/index/{index}", table_arn(table))
}

pub fn stream_arn(table: &str, label: &str) -> String {
    format!("{}/stream/{label}", table_arn(table))
}

pub fn queue_arn(queue: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}")
}

pub fn queue_url(queue: &str) -> String {
    format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{queue}")
}

/// A queue's name from its URL, its ARN, or the bare name.
pub fn queue_name(address: &str) -> &str {
    address.rsplit(['/', ':']).next().unwrap_or(address)
}

pub fn bus_arn(bus: &str) -> String {
    format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}")
}

/// Secrets Manager appends six characters that a policy matches with `-??????` or `*`.
pub fn secret_arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-Local1")
}

/// The connections of the WebSocket API in this stage, for requests of this method.
pub fn connections_arn(stage: &str, method: &str) -> String {
    format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:{SOCKET_API}/{stage}/{method}/@connections/*")
}

pub fn function_arn(function: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}")
}

pub fn bucket_arn(bucket: &str) -> String {
    format!("arn:aws:s3:::{bucket}")
}

pub fn object_arn(bucket: &str, key: &str) -> String {
    format!("arn:aws:s3:::{bucket}/{key}")
}

/// A table's name from its name or its ARN.
pub fn table_name(name_or_arn: &str) -> &str {
    match name_or_arn.split_once(":table/") {
        Some((_, rest)) => rest.split('/').next().unwrap_or(rest),
        None => name_or_arn,
    }
}
