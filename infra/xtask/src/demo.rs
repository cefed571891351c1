//! `cargo xtask demo`: the whole demo without a browser.

use anyhow::{Result, bail};
use clap::Args;
use local_world::DemoOptions;
use std::io::IsTerminal;
use std::path::PathBuf;

#[derive(Args)]
pub struct DemoArguments {
    /// A file of leads, CSV or JSON; the built-in sample if left out.
    #[arg(long)]
    leads: Option<PathBuf>,
    /// The number of days to run; 0 imports and stops there.
    #[arg(long, default_value_t = 21)]
    days: u32,
    /// The country of phone numbers without a country code: two letters.
    #[arg(long, default_value = "US")]
    country: String,
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How many of a thousand calls that functions make to the cloud fail or lose their response.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=200))]
    faults: u32,
    /// Prints one JSON object instead.
    #[arg(long)]
    json: bool,
}

pub fn demo(arguments: DemoArguments) -> Result<()> {
    crate::dev::show_logs("error");
    let DemoArguments { leads, days, country, seed, faults, json } = arguments;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(local_world::demo(&DemoOptions {
        leads,
        days,
        country,
        seed,
        faults,
        day_begins,
    }))?;
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        println!("{report}");
    }
    if !report.is_clean() {
        bail!("the demo's own checks failed");
    }
    Ok(())
}

/// Prints the day for a user at a terminal; a program that reads the output sees none of it.
fn day_begins(day: i64) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[Kday {day}");
    }
}
