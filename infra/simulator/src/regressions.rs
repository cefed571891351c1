//! Seeds that once failed: each has found something, and is lived again by a test.

const LIST: &str = include_str!("regressions.txt");

/// The seed and what it found.
pub fn regressions() -> Vec<(u64, &'static str)> {
    let entry = |line: &'static str| {
        let (seed, what) = line.split_once(' ')?;
        Some((seed.parse().ok()?, what.trim()))
    };
    LIST.lines().filter_map(entry).collect()
}
