//! Runs our contract with AWS against an independent emulator.

use anyhow::{Result, bail};
use std::time::{SystemTime, UNIX_EPOCH};

pub fn contract(endpoint: &str) -> Result<()> {
    let run_id = format!("{:x}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(local_cloud::contract::against(endpoint, &run_id));
    println!("{report}");
    if report.all_held() { Ok(()) } else { bail!("{endpoint} differs from what we rely on") }
}
