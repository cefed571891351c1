//! The chain of invocations that one event has started, as Lambda counts it: each message that a function
//! sends carries its chain, and a function that comes up in its own chain too often is taken for a loop and
//! not invoked again.

use std::collections::BTreeMap;

/// The number of times that one chain may lead to the same function: Lambda stops it after about sixteen.
pub const MOST_LINKS: u32 = 16;

/// The event that began a chain, and how often the chain came to each function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    root: String,
    lineage: BTreeMap<String, u32>,
}

impl Chain {
    /// A new chain; `number` distinguishes it from all others of this host.
    pub fn new(seconds: i64, number: u64) -> Self {
        Self { root: format!("1-{seconds:08x}-{number:024x}"), lineage: BTreeMap::new() }
    }

    /// Reads `Root=…;Lineage=function:count|function:count`; None without a root.
    pub fn read(header: &str) -> Option<Self> {
        let field =
            |name: &str| header.split(';').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        let counts = field("Lineage").unwrap_or_default().split('|').filter_map(|part| {
            let (function, count) = part.split_once(':')?;
            Some((function.to_owned(), count.parse().ok()?))
        });
        Some(Self { root: field("Root")?.to_owned(), lineage: counts.collect() })
    }

    pub fn header(&self) -> String {
        let counts: Vec<String> =
            self.lineage.iter().map(|(function, count)| format!("{function}:{count}")).collect();
        format!("Root={};Sampled=0;Lineage={}", self.root, counts.join("|"))
    }

    /// Whether another invocation of this function would be one too many.
    pub fn is_loop_of(&self, function: &str) -> bool {
        self.lineage.get(&short(function)).is_some_and(|count| *count >= MOST_LINKS)
    }

    /// The chain as the function gets it that is invoked next.
    #[must_use]
    pub fn entered(mut self, function: &str) -> Self {
        *self.lineage.entry(short(function)).or_default() += 1;
        self
    }

    /// The chain of a batch: function by function, the highest count among the chains of its messages.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        for (function, count) in other.lineage {
            let known = self.lineage.entry(function).or_default();
            *known = count.max(*known);
        }
        self
    }
}

/// Shortens a function's name to a hash, since the header is limited.
fn short(function: &str) -> String {
    let hash = function
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seventeenth_invocation_of_a_function_in_a_chain_is_a_loop() {
        let mut chain = Chain::new(1_700_000_000, 1);
        for _ in 0..MOST_LINKS {
            assert!(!chain.is_loop_of("campaign_jobs"));
            chain = Chain::read(&chain.entered("campaign_jobs").header()).unwrap();
        }
        assert!(chain.is_loop_of("campaign_jobs"));
        assert!(!chain.is_loop_of("send_message"));
    }

    #[test]
    fn joined_chain_has_the_highest_counts() {
        let far = Chain::new(0, 1).entered("a").entered("a");
        let other = Chain::new(0, 2).entered("a").entered("b");
        let joined = far.clone().joined(other);
        assert_eq!(joined, far.entered("b"));
    }

    #[test]
    fn header_without_a_root_is_no_chain() {
        assert_eq!(Chain::read("Lineage=00000000:3"), None);
        assert!(Chain::read("Root=1-0-0;Sampled=0").is_some());
    }
}
