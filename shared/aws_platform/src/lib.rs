//! The composition root on AWS: configuration, SDK clients, and every port filled.

use application::Ports;

pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Reads this function's configuration and secret and connects everything it may use.
pub async fn start(_function: &str) -> Result<Ports, BoxError> {
    Err("the composition root has no stores to connect".into())
}
