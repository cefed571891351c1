//! The WebSocket API of the template: its stage, its routes, and the function that they call.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SocketApi {
    pub stage: String,
    /// `$connect`, `$default` and so on.
    pub routes: BTreeSet<String>,
    /// The logical id of the function.
    pub function: String,
}

impl SocketApi {
    /// Takes one of the API's resources, with its properties resolved.
    pub fn take(&mut self, kind: &str, properties: &Value) -> Result<()> {
        let text = |key: &str| {
            properties[key].as_str().map(str::to_owned).with_context(|| format!("{kind} has no {key}"))
        };
        match kind {
            "Api" if properties["ProtocolType"] == "WEBSOCKET" => {}
            "Api" => bail!("only a WebSocket API is known to this host"),
            "Stage" => self.stage = text("StageName")?,
            "Route" => {
                self.routes.insert(text("RouteKey")?);
            }
            _ => {
                let uri = text("IntegrationUri")?;
                let function = uri.split(":function:").nth(1).and_then(|rest| rest.split('/').next());
                self.function = function.context("IntegrationUri names no function")?.to_owned();
            }
        }
        Ok(())
    }
}
