//! Blocks: leads as they are kept in the bucket and in the table's changes.
//!
//! A block is a version, then leads one after the other, compressed. A reader that does not know the version makes the
//! columns anew from the table.

use crate::LeadColumns;
use crate::listed::ListedLead;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};

/// The version of the form in which leads are written. It rises with every change of `ListedLead`.
pub const VERSION: u8 = 1;

/// The most bytes that a block may have once it is unpacked.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// A change of the list.
#[expect(clippy::large_enum_variant, reason = "nearly all changes put a lead, and none is kept for long")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change<'a> {
    /// The lead is as this says.
    Put(#[serde(borrow)] ListedLead<'a>),
    /// The lead with this id is gone, as of this revision.
    Removed([u8; 16], u64),
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
    let mut packing = DeflateEncoder::new(vec![VERSION], Compression::fast());
    packing.write_all(&plain)?;
    Ok(packing.finish()?)
}

/// Unpacks a block, and calls back with each change in its order.
pub fn unpack(block: &[u8], mut met: impl FnMut(Change<'_>)) -> Result<(), BadBlock> {
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
        met(change);
        rest = left;
    }
    Ok(())
}

impl LeadColumns {
    /// Takes in the changes of a block.
    pub fn take_in(&mut self, block: &[u8]) -> Result<(), BadBlock> {
        unpack(block, |change| match change {
            Change::Put(lead) => self.put(&lead),
            Change::Removed(id, rev) => self.remove(&crate::listed::id_of(u128::from_be_bytes(id)), rev),
        })
    }
}
