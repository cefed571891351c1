//! Blocks: leads as they are kept in the bucket and in the table's changes.
//!
//! A block is a version, then leads one after the other, compressed. A reader that does not know the version makes the
//! columns anew from the table.

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

/// The version of the form in which leads are written. It rises with every change of `ListedLead` or `Change`,
/// and of what their values mean.
pub const VERSION: u8 = 3;

/// The most bytes that a block may have once it is unpacked.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

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

/// A change as a block holds it, with what is needed to sort it and to tell which of two is newer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedChange {
    pub id: [u8; 16],
    pub rev: u64,
    /// When the lead went, in microseconds, if it is gone.
    pub removed_at: Option<i64>,
    bytes: Vec<u8>,
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
        Ok(Self::with(change, postcard::to_allocvec(change)?))
    }

    fn with(change: &Change<'_>, bytes: Vec<u8>) -> Self {
        match change {
            Change::Put(lead) => Self { id: lead.id, rev: lead.rev, removed_at: None, bytes },
            Change::Removed(gone) => Self { id: gone.id, rev: gone.rev, removed_at: Some(gone.at), bytes },
        }
    }

    /// The length of the change before it is compressed.
    pub fn size_bytes(&self) -> usize {
        self.bytes.len()
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
    let mut plain = Vec::new();
    for change in changes {
        plain = postcard::to_extend(change, plain)?;
    }
    compress(&plain)
}

/// Packs changes that were taken out of blocks into another block.
pub fn join<'a>(changes: impl IntoIterator<Item = &'a PackedChange>) -> Result<Vec<u8>, BadBlock> {
    let mut plain = Vec::new();
    changes.into_iter().for_each(|change| plain.extend_from_slice(&change.bytes));
    compress(&plain)
}

fn compress(plain: &[u8]) -> Result<Vec<u8>, BadBlock> {
    let mut packing = DeflateEncoder::new(vec![VERSION], Compression::fast());
    packing.write_all(plain)?;
    Ok(packing.finish()?)
}

/// Unpacks a block, and calls back with each change in its order.
pub fn unpack(block: &[u8], mut met: impl FnMut(Change<'_>)) -> Result<(), BadBlock> {
    each(block, |change, _| met(change))
}

/// Takes a block's changes apart, in its order, without reading what they say of the leads.
pub fn split(block: &[u8]) -> Result<Vec<PackedChange>, BadBlock> {
    let mut changes = Vec::new();
    each(block, |change, bytes| changes.push(PackedChange::with(&change, bytes.to_vec())))?;
    Ok(changes)
}

fn each(block: &[u8], mut met: impl FnMut(Change<'_>, &[u8])) -> Result<(), BadBlock> {
    let (version, packed) = block.split_first().ok_or(BadBlock::Empty)?;
    if *version != VERSION {
        return Err(BadBlock::Version(*version));
    }
    let mut plain = Vec::new();
    DeflateDecoder::new(packed).take(MOST_BYTES + 1).read_to_end(&mut plain)?;
    if plain.len() as u64 > MOST_BYTES {
        return Err(BadBlock::TooLarge);
    }
    let mut rest = plain.as_slice();
    while !rest.is_empty() {
        let (change, left) = postcard::take_from_bytes(rest)?;
        met(change, &rest[..rest.len() - left.len()]);
        rest = left;
    }
    Ok(())
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
