//! The versions of our own prompts, and the bounds of what a workspace adds to them.

use crate::spend::AiUse;

/// The most characters of a workspace's instructions for one prompt.
pub const LONGEST_INSTRUCTIONS: usize = 2_000;
/// The most characters of the house voice that a prompt is given.
pub(super) const LONGEST_VOICE: usize = 600;
/// The most characters of house voice and instructions together.
pub const LONGEST_STYLE: usize = LONGEST_VOICE + LONGEST_INSTRUCTIONS + 1;

/// Returns the version of our own text of a prompt. It is raised with each change of that text.
pub const fn built_in_version(prompt: AiUse) -> u32 {
    match prompt {
        AiUse::ReplyDraft => 2,
        AiUse::OpeningLine
        | AiUse::Rewrite
        | AiUse::Sequence
        | AiUse::IcpProposal
        | AiUse::Column
        | AiUse::AiReading => 1,
    }
}
