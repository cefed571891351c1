//! The names of the API keys that did something to a lead: history shows a program by its key's name.

use crate::App;
use domain::event::UserOrKey;
use domain::{ApiKeyId, WorkspaceId};
use http_api::ApiResult;
use std::collections::BTreeMap;

/// The names of the workspace's keys, by id.
#[derive(Default)]
pub struct KeyNames(BTreeMap<ApiKeyId, String>);

impl App {
    /// Reads the names if a key is among those who acted; most leads are never touched by a program.
    pub async fn key_names<'a>(
        &self,
        workspace: &WorkspaceId,
        mut acted: impl Iterator<Item = &'a UserOrKey>,
    ) -> ApiResult<KeyNames> {
        if !acted.any(|by| by.key().is_some()) {
            return Ok(KeyNames::default());
        }
        let keys = self.api_keys.list(workspace).await?;
        Ok(KeyNames(keys.into_iter().map(|key| (key.id, key.name)).collect()))
    }
}

impl KeyNames {
    pub fn program(&self, by: Option<&UserOrKey>) -> Option<String> {
        let key = by?.key()?;
        Some(self.0.get(&key).cloned().unwrap_or_else(|| "an API key".to_owned()))
    }
}
