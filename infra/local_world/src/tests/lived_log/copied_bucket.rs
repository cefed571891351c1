//! A copy of the bucket, without anything else of an installation.

use super::super::story::Story;
use anyhow::{Result, anyhow};
use application::ports::blobs::{Blobs, UploadTicket};
use application::{StoreError, StoreResult};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

#[derive(Default)]
pub struct CopiedBucket(Mutex<BTreeMap<String, Vec<u8>>>);

impl CopiedBucket {
    pub fn of(story: &Story) -> Result<Self> {
        let all = story.world.host.cloud().objects().map_err(|error| anyhow!("{error:?}"))?;
        let key = |name: String| name.split_once('/').map(|(_, key)| key.to_owned());
        let named = all.into_iter().filter_map(|(name, body)| Some((key(name)?, body)));
        Ok(Self(Mutex::new(named.collect())))
    }
}

#[async_trait]
impl Blobs for CopiedBucket {
    async fn put(&self, key: &str, _: &str, body: Vec<u8>) -> StoreResult<()> {
        self.0.lock().unwrap().insert(key.to_owned(), body);
        Ok(())
    }
    async fn put_new(&self, _: &str, _: &str, _: Vec<u8>) -> StoreResult<()> {
        Err(StoreError::Conflict)
    }
    async fn get(&self, key: &str) -> StoreResult<Vec<u8>> {
        self.0.lock().unwrap().get(key).cloned().ok_or(StoreError::NotFound)
    }
    async fn upload_ticket(&self, _: &str, _: &str, _: u64, _: Duration) -> StoreResult<UploadTicket> {
        Err(StoreError::NotFound)
    }
    async fn delete(&self, key: &str) -> StoreResult<()> {
        self.0.lock().unwrap().remove(key);
        Ok(())
    }
    async fn list(&self, prefix: &str) -> StoreResult<Vec<String>> {
        let all = self.0.lock().unwrap();
        Ok(all.keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }
}
