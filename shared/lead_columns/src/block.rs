//! Blocks: leads as they are kept in the bucket and in the table's changes.
//!
//! A block is a version, then changes one after the other, compressed. A change is its lead's id and revision, and the lead
//! as bytes with their length: blocks are merged without reading what they say of leads. What a reader does not know at the
//! end of a lead it passes over, and what is missing there it takes for none, zero or empty. So a field that is added at
//! the end of `ListedLead` closes no list.

use crate::LeadColumns;
use crate::listed::{ListedLead, OwnTexts};
use domain::LeadId;
use domain::lead::Lead;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// The version of the layout. A block of another one cannot be read, but for those of version 3, which had no lengths.
pub(crate) const VERSION: u8 = 4;
const WITHOUT_LENGTHS: u8 = 3;

/// The version of what leads say. It rises with every field of `ListedLead`, and with what a field means. Lists whose blocks
/// have an earlier one are read as they are, and made anew at night.
pub const FORM: u8 = 4;

/// The most bytes that a block may have once it is unpacked.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// How many times as long as its packed form a block is, as a rule.
const UNPACKED_TO_PACKED: usize = 4;

/// The zeros behind a lead's bytes, of which fields are read that are missing at its end.
const MISSING: [u8; 64] = [0; 64];

/// A change of the list.
#[expect(clippy::large_enum_variant, reason = "nearly all changes put a lead, and none is kept for long")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change<'a> {
    /// The lead is as this says.
    Put(#[serde(borrow)] ListedLead<'a>),
    /// The lead is gone.
    Removed(Removed),
}

/// What is kept of a lead that is gone: its id, its last revision, and when it went, in microseconds. An older state of
/// the lead that arrives late does not bring it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    pub id: [u8; 16],
    pub rev: u64,
    pub at: i64,
}

/// A change as a block holds it.
#[derive(Serialize)]
struct Entry<'a> {
    id: [u8; 16],
    rev: u64,
    removed_at: Option<i64>,
    /// The lead; empty if it is gone.
    lead: &'a [u8],
}

impl<'a> Entry<'a> {
    /// Takes the next change of a block. The id is taken as it lies there: `serde` would read it byte by byte.
    fn next(rest: &'a [u8]) -> Result<(Self, &'a [u8]), postcard::Error> {
        let (id, rest) = rest.split_first_chunk().ok_or(postcard::Error::DeserializeUnexpectedEnd)?;
        let (rev, rest) = postcard::take_from_bytes(rest)?;
        let (removed_at, rest) = postcard::take_from_bytes(rest)?;
        let (lead, rest) = postcard::take_from_bytes(rest)?;
        Ok((Self { id: *id, rev, removed_at, lead }, rest))
    }
}

/// A change as a block holds it, with what is needed to sort it and to tell which of two is newer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedChange {
    pub id: [u8; 16],
    pub rev: u64,
    /// When the lead went, in microseconds, if it is gone.
    pub removed_at: Option<i64>,
    lead: Vec<u8>,
}

impl PackedChange {
    /// Packs a lead as it is.
    pub fn put(lead: &Lead) -> Result<Self, BadBlock> {
        Self::of(&Change::Put(ListedLead::of(lead, &OwnTexts::of(lead))))
    }

    /// Packs the removal of a lead.
    pub fn removed(id: &LeadId, rev: u64, at: Timestamp) -> Result<Self, BadBlock> {
        let id = crate::listed::bits_of(id).to_be_bytes();
        Self::of(&Change::Removed(Removed { id, rev, at: at.as_microsecond() }))
    }

    fn of(change: &Change<'_>) -> Result<Self, BadBlock> {
        Ok(match change {
            Change::Put(lead) => {
                Self { id: lead.id, rev: lead.rev, removed_at: None, lead: postcard::to_allocvec(lead)? }
            }
            Change::Removed(gone) => {
                Self { id: gone.id, rev: gone.rev, removed_at: Some(gone.at), lead: Vec::new() }
            }
        })
    }

    fn entry(&self) -> Entry<'_> {
        Entry { id: self.id, rev: self.rev, removed_at: self.removed_at, lead: &self.lead }
    }

    /// The length of the change before it is compressed, with some bytes for its id and revision.
    pub fn size_bytes(&self) -> usize {
        self.lead.len() + 24
    }
}

impl From<Entry<'_>> for PackedChange {
    fn from(entry: Entry<'_>) -> Self {
        Self { id: entry.id, rev: entry.rev, removed_at: entry.removed_at, lead: entry.lead.to_vec() }
    }
}

/// Says why a block cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BadBlock {
    #[error("the block has version {0}, which is not known here")]
    Version(u8),
    #[error("the block is empty")]
    Empty,
    #[error("the block has more than {MOST_BYTES} bytes")]
    TooLarge,
    #[error("the block cannot be unpacked: {0}")]
    Packing(#[from] std::io::Error),
    #[error("the block's content cannot be read: {0}")]
    Content(#[from] postcard::Error),
}

/// Packs changes into a block.
pub fn pack<'a>(changes: impl IntoIterator<Item = &'a Change<'a>>) -> Result<Vec<u8>, BadBlock> {
    let changes = changes.into_iter().map(PackedChange::of).collect::<Result<Vec<_>, _>>()?;
    join(&changes)
}

/// Packs changes that were taken out of blocks into another block. `TooLarge` if nobody could read it.
pub fn join<'a>(changes: impl IntoIterator<Item = &'a PackedChange>) -> Result<Vec<u8>, BadBlock> {
    let mut plain = Vec::new();
    for change in changes {
        plain = postcard::to_extend(&change.entry(), plain)?;
    }
    if plain.len() as u64 > MOST_BYTES {
        return Err(BadBlock::TooLarge);
    }
    let mut packing = DeflateEncoder::new(vec![VERSION], Compression::fast());
    packing.write_all(&plain)?;
    Ok(packing.finish()?)
}

/// Unpacks a block, and calls back with each change in its order.
pub fn unpack(block: &[u8], mut met: impl FnMut(Change<'_>)) -> Result<(), BadBlock> {
    let mut padded = Vec::new();
    each(block, |entry| {
        if let Some(at) = entry.removed_at {
            met(Change::Removed(Removed { id: entry.id, rev: entry.rev, at }));
            return Ok(());
        }
        if let Ok((lead, _)) = postcard::take_from_bytes(entry.lead) {
            met(Change::Put(lead));
            return Ok(());
        }
        padded.clear();
        padded.extend_from_slice(entry.lead);
        padded.extend_from_slice(&MISSING);
        let (lead, _) = postcard::take_from_bytes(&padded)?;
        met(Change::Put(lead));
        Ok(())
    })
}

/// Takes a block's changes apart, in its order, without reading what they say of the leads.
pub fn split(block: &[u8]) -> Result<Vec<PackedChange>, BadBlock> {
    let mut changes = Vec::new();
    each(block, |entry| {
        changes.push(entry.into());
        Ok(())
    })?;
    Ok(changes)
}

fn each(block: &[u8], mut met: impl FnMut(Entry<'_>) -> Result<(), BadBlock>) -> Result<(), BadBlock> {
    let (version, packed) = block.split_first().ok_or(BadBlock::Empty)?;
    if ![VERSION, WITHOUT_LENGTHS].contains(version) {
        return Err(BadBlock::Version(*version));
    }
    let mut plain = Vec::with_capacity(packed.len() * UNPACKED_TO_PACKED);
    DeflateDecoder::new(packed).take(MOST_BYTES + 1).read_to_end(&mut plain)?;
    if plain.len() as u64 > MOST_BYTES {
        return Err(BadBlock::TooLarge);
    }
    let mut rest = plain.as_slice();
    while !rest.is_empty() {
        let (entry, left) = match *version {
            WITHOUT_LENGTHS => without_length(rest)?,
            _ => Entry::next(rest)?,
        };
        met(entry)?;
        rest = left;
    }
    Ok(())
}

/// Takes the next change of version 3, which was a `Change`: a byte that tells which, then its fields.
fn without_length(rest: &[u8]) -> Result<(Entry<'_>, &[u8]), BadBlock> {
    let (change, left): (Change<'_>, &[u8]) = postcard::take_from_bytes(rest)?;
    let entry = match change {
        Change::Put(lead) => {
            let bytes = &rest[1..rest.len() - left.len()];
            Entry { id: lead.id, rev: lead.rev, removed_at: None, lead: bytes }
        }
        Change::Removed(gone) => Entry { id: gone.id, rev: gone.rev, removed_at: Some(gone.at), lead: &[] },
    };
    Ok((entry, left))
}

impl LeadColumns {
    /// Takes in the changes of a block.
    pub fn take_in(&mut self, block: &[u8]) -> Result<(), BadBlock> {
        unpack(block, |change| match change {
            Change::Put(lead) => self.put(&lead),
            Change::Removed(gone) => {
                self.remove(&crate::listed::id_of(u128::from_be_bytes(gone.id)), gone.rev)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::WorkspaceId;

    fn lead(name: &str) -> Lead {
        let now = Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(now, &[name]), WorkspaceId::derived(now, &["w"]), now);
        lead.first_name = Some(name.to_owned());
        lead.notes = Some("called twice".to_owned());
        lead.rev = 7;
        lead
    }

    fn block(version: u8, plain: &[u8]) -> Vec<u8> {
        let mut packing = DeflateEncoder::new(vec![version], Compression::fast());
        packing.write_all(plain).unwrap();
        packing.finish().unwrap()
    }

    fn told(block: &[u8]) -> Vec<String> {
        let mut told = Vec::new();
        unpack(block, |change| told.push(format!("{change:?}"))).unwrap();
        told
    }

    #[test]
    fn block_of_version_3_is_read_and_merged() {
        let (ann, bob) = (lead("ann"), lead("bob"));
        let own = OwnTexts::of(&ann);
        let put = Change::Put(ListedLead::of(&ann, &own));
        let removed = Removed { id: [9; 16], rev: 3, at: 5 };
        let mut plain = postcard::to_allocvec(&put).unwrap();
        plain.extend(postcard::to_allocvec(&Change::Removed(removed)).unwrap());
        let former = block(WITHOUT_LENGTHS, &plain);
        assert_eq!(told(&former), [format!("{put:?}"), format!("{:?}", Change::Removed(removed))]);
        let mut changes = split(&former).unwrap();
        changes.push(PackedChange::put(&bob).unwrap());
        let merged = join(&changes).unwrap();
        assert_eq!(told(&merged)[..2], told(&former));
        assert_eq!(told(&merged).len(), 3);
    }

    #[test]
    fn lead_with_more_or_fewer_fields_at_its_end_is_read() {
        let ann = lead("ann");
        let change = PackedChange::put(&ann).unwrap();
        let known = told(&join([&change]).unwrap());
        let newer = PackedChange { lead: [change.lead.as_slice(), b"unknown"].concat(), ..change.clone() };
        assert_eq!(told(&join([&newer]).unwrap()), known);
        let length = "called twice".len() + 1;
        let older = PackedChange { lead: change.lead[..change.lead.len() - length].to_vec(), ..change };
        assert_eq!(told(&join([&older]).unwrap())[0], known[0].replace("called twice", ""));
    }

    #[test]
    fn block_that_nobody_could_read_is_not_written() {
        let change = PackedChange { id: [1; 16], rev: 1, removed_at: None, lead: vec![0; 33 << 20] };
        assert!(join([&change]).is_ok());
        assert!(matches!(join([&change, &change]), Err(BadBlock::TooLarge)));
    }

    #[test]
    fn block_of_an_unknown_version_is_refused() {
        assert!(matches!(split(&block(250, &[])), Err(BadBlock::Version(250))));
    }
}
