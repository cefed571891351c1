//! The chain of invocations that one event has set off, as Lambda counts it: each message that a function sends carries what led
//! to it, and a function that comes up in its own chain too often is taken for a loop and not invoked again.

use std::collections::BTreeMap;

/// How often one chain may lead to the same function: Lambda stops it after about sixteen times.
pub const MOST_LINKS: u32 = 16;

/// Where a chain began, and how often it came to each function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    root: String,
    lineage: BTreeMap<String, u32>,
}

impl Chain {
    /// `number` tells it from every other of this host.
    pub fn new(seconds: i64, number: u64) -> Self {
        Self { root: format!("1-{seconds:08x}-{number:024x}"), lineage: BTreeMap::new() }
    }

    /// Reads `Root=…;Lineage=function:count|function:count`; none where there is no root.
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

    /// True where one more invocation of this function would be one too many.
    pub fn is_loop_of(&self, function: &str) -> bool {
        self.lineage.get(&short(function)).is_some_and(|count| *count >= MOST_LINKS)
    }

    /// As the function finds it that is invoked next.
    #[must_use]
    pub fn entered(mut self, function: &str) -> Self {
        *self.lineage.entry(short(function)).or_default() += 1;
        self
    }

    /// What a batch is part of: the longest of the chains of its messages, function by function.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        for (function, count) in other.lineage {
            let known = self.lineage.entry(function).or_default();
            *known = count.max(*known);
        }
        self
    }
}

/// A header has no room for names.
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
    fn the_seventeenth_link_of_one_function_is_a_loop() {
        let mut chain = Chain::new(1_700_000_000, 1);
        for _ in 0..MOST_LINKS {
            assert!(!chain.is_loop_of("enrol_leads"));
            chain = Chain::read(&chain.entered("enrol_leads").header()).unwrap();
        }
        assert!(chain.is_loop_of("enrol_leads"));
        assert!(!chain.is_loop_of("send_message"));
    }

    #[test]
    fn a_batch_is_as_far_as_the_farthest_of_its_messages() {
        let far = Chain::new(0, 1).entered("a").entered("a");
        let other = Chain::new(0, 2).entered("a").entered("b");
        let joined = far.clone().joined(other);
        assert_eq!(joined, far.entered("b"));
    }

    #[test]
    fn a_header_without_a_root_begins_no_chain() {
        assert_eq!(Chain::read("Lineage=00000000:3"), None);
        assert!(Chain::read("Root=1-0-0;Sampled=0").is_some());
    }
}
