//! Seeds that once failed: each has found something. `cargo xtask ci` lives some of them again, `simulate --kept` all.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;

const LIST: &str = include_str!("regressions.txt");

/// The seed and what it found.
pub fn regressions() -> Result<BTreeMap<u64, &'static str>> {
    read(LIST)
}

fn read(list: &str) -> Result<BTreeMap<u64, &str>> {
    let mut seeds = BTreeMap::new();
    for line in list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (seed, found) = line.split_once(' ').with_context(|| format!("'{line}' lacks what it found"))?;
        let seed = seed.parse().with_context(|| format!("'{line}' does not begin with a seed"))?;
        ensure!(seeds.insert(seed, found.trim()).is_none(), "seed {seed} stands there twice");
    }
    Ok(seeds)
}

#[test]
fn a_line_is_a_seed_and_what_it_found() {
    let list = read("# seeds\n\n  4711  a text goes out twice\n12 a lead is forgotten\n").unwrap();
    assert_eq!(list, BTreeMap::from([(12, "a lead is forgotten"), (4711, "a text goes out twice")]));
    for bad in ["4711", "a text goes out twice", "1 this\n1 that"] {
        assert!(read(bad).is_err(), "{bad:?}");
    }
}
