//! Kept seeds: lives that once failed. Each stands for one kind of finding; `cargo xtask ci` lives all of them again.

use crate::profile::Seed;
use anyhow::{Context, Result, anyhow, ensure};
use std::collections::BTreeMap;

const LIST: &str = include_str!("regressions.txt");

/// Reads the kept seeds with what each of them found.
pub fn regressions() -> Result<BTreeMap<Seed, &'static str>> {
    read(LIST)
}

fn read(list: &str) -> Result<BTreeMap<Seed, &str>> {
    let mut seeds = BTreeMap::new();
    for line in list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.splitn(3, ' ');
        let (profile, number) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let profile: crate::Profile = profile.parse().map_err(|why: String| anyhow!(why))?;
        let number = number.parse().with_context(|| format!("'{line}' has no seed's number"))?;
        let found = words.next().with_context(|| format!("'{line}' lacks what it found"))?;
        ensure!(seeds.insert(profile.seed(number), found).is_none(), "'{line}' stands there twice");
    }
    Ok(seeds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;

    #[test]
    fn line_holds_profile_number_and_finding() {
        let list =
            read("# seeds\n\nraces 4711 a text goes out twice\nshort 12 a lead is forgotten\n").unwrap();
        let expected = [
            (Profile::Short.seed(12), "a lead is forgotten"),
            (Profile::Races.seed(4711), "a text goes out twice"),
        ];
        assert_eq!(list, BTreeMap::from(expected));
        for bad in ["races 4711", "4711 a text goes out twice", "short 1 this\nshort 1 that"] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn kept_seeds_are_few() {
        assert!(regressions().unwrap().len() <= 12, "one a kind: drop those that a test of their own holds");
    }
}
