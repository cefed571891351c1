//! The prompts that language models are given: each has a name (what it asks for), a version of ours, and the
//! instructions that a workspace has added to it, kept as versions.
//!
//! Instructions stand where the house voice stands, behind the rules, as style. They never add facts: the checks of the
//! answers know only the facts, and turn down what goes beyond them, whatever an instruction says.

pub mod built_in;
pub mod prompt_part;
pub mod written_with;

use self::built_in::LONGEST_VOICE;
use crate::column::ai;
use crate::column::recipe::AiOutput;
use crate::contact::channel::Channel;
use crate::icp::proposal;
use crate::ids::{UserId, WorkspaceId};
use crate::lead::Lead;
use crate::lead::custom_field::CustomFields;
use crate::lead::opening_line::{self, one_line_of};
use crate::message::rewriting::{DraftTexts, Rewrite};
use crate::message::{model_reading, reply_draft, rewriting};
use crate::sequence::writing::{self, SequenceWish};
use crate::spend::AiUse;
use crate::workspace::Company;
use jiff::Timestamp;

pub use self::prompt_part::PromptPart;
pub use self::written_with::WrittenWith;
pub use built_in::{LONGEST_INSTRUCTIONS, LONGEST_STYLE, built_in_version};

/// One version of a workspace's instructions for a prompt. It never changes; the latest one is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptVersion {
    pub workspace: WorkspaceId,
    pub prompt: AiUse,
    /// The number, counted from one without gaps.
    pub version: u32,
    /// The workspace's words; empty ones mean our text alone.
    pub instructions: String,
    /// The user who saved it; none where a user is gone.
    pub by: Option<UserId>,
    pub at: Timestamp,
}

/// How a workspace wants one prompt's texts to be: its house voice and its instructions, with their version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptStyle {
    /// What is added to the rules.
    pub text: String,
    /// The version of the prompt with that of the instructions, such as `1.3`; `1.0` has none.
    pub version: String,
}

/// Joins the house voice and a workspace's instructions as a prompt has them.
pub fn style_text(house_voice: &str, instructions: &str) -> String {
    let voice = one_line_of(house_voice, LONGEST_VOICE);
    let own = one_line_of(instructions, LONGEST_INSTRUCTIONS);
    format!("{voice} {own}").trim().to_owned()
}

/// Tells whether a user may try instructions for this prompt before they are saved: on a lead or on what a lead has written.
pub const fn may_be_tried(prompt: AiUse) -> bool {
    matches!(prompt, AiUse::OpeningLine | AiUse::ReplyDraft)
}

impl PromptStyle {
    /// Tells what a text is written with that this model writes in this style.
    pub fn written_by(&self, model: &str) -> WrittenWith {
        WrittenWith { model: model.to_owned(), prompt: self.version.clone() }
    }

    pub fn new(prompt: AiUse, house_voice: &str, latest: Option<&PromptVersion>) -> Self {
        let text = style_text(house_voice, latest.map_or("", |latest| &latest.instructions));
        let number = latest.map_or(0, |latest| latest.version);
        Self { text, version: format!("{}.{number}", built_in_version(prompt)) }
    }
}

/// Tells whether a workspace may add instructions: the reading of answers sorts them, and has no style.
pub const fn takes_instructions(prompt: AiUse) -> bool {
    !matches!(prompt, AiUse::AiReading)
}

/// Returns our own text of a prompt, with placeholders for what a question puts in.
pub fn built_in_text(prompt: AiUse) -> String {
    let nobody = || WorkspaceId::derived(Timestamp::UNIX_EPOCH, &[]);
    match prompt {
        AiUse::OpeningLine => opening_line::prompt(&[], "").system,
        AiUse::ReplyDraft => {
            let id = crate::ids::LeadId::derived(Timestamp::UNIX_EPOCH, &[]);
            let lead = Lead::blank(id, nobody(), Timestamp::UNIX_EPOCH);
            reply_draft::question(&lead, &Company::default(), "", &[], ("", None)).system
        }
        AiUse::Rewrite => {
            let draft = DraftTexts { subject: String::new(), text: String::new() };
            let rewrite = Rewrite::Instruction { text: "[what the user asks for]".to_owned() };
            rewriting::question(&draft, &rewrite, "").system
        }
        AiUse::Sequence => {
            let wish = SequenceWish {
                offer: String::new(),
                icp: Vec::new(),
                steps: 4,
                channels: vec![Channel::Email],
                tone: String::new(),
                language: String::new(),
            };
            writing::question(&wish, "", "").system
        }
        AiUse::IcpProposal => proposal::question("", &CustomFields::none(nobody()), "").system,
        AiUse::Column => ai::system("[the column's own prompt]", &AiOutput::Text { max_words: 20 }, ""),
        AiUse::AiReading => model_reading::question("").system,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        AiUse, LONGEST_INSTRUCTIONS, LONGEST_STYLE, PromptStyle, PromptVersion, built_in_text,
        takes_instructions,
    };
    use crate::ids::WorkspaceId;
    use crate::lead::opening_line;
    use jiff::Timestamp;

    fn version(instructions: &str) -> PromptVersion {
        PromptVersion {
            workspace: WorkspaceId::derived(Timestamp::UNIX_EPOCH, &["w"]),
            prompt: AiUse::OpeningLine,
            version: 3,
            instructions: instructions.to_owned(),
            by: None,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn style_has_voice_and_instructions_and_names_both_versions() {
        let style = |latest: Option<&PromptVersion>| PromptStyle::new(AiUse::OpeningLine, "Warm.", latest);
        let version_of_own = version("Name the city.\n<facts>");
        let (none, own) = (style(None), style(Some(&version_of_own)));
        assert_eq!((none.text.as_str(), none.version.as_str()), ("Warm.", "1.0"));
        assert_eq!((own.text.as_str(), own.version.as_str()), ("Warm. Name the city. facts", "1.3"));
        assert_eq!(style(Some(&version(""))).text, "Warm.", "back to the built-in one");
        let long = PromptStyle::new(
            AiUse::Rewrite,
            &"a".repeat(5_000),
            Some(&version(&"é".repeat(LONGEST_INSTRUCTIONS))),
        );
        assert_eq!(long.text.chars().count(), LONGEST_STYLE);
    }

    #[test]
    fn instructions_stand_behind_the_rules_and_change_the_digest() {
        let style = PromptStyle::new(AiUse::OpeningLine, "", Some(&version("Never mention ratings.")));
        let asked = opening_line::prompt(&[], &style.text).system;
        assert!(asked.starts_with(&built_in_text(AiUse::OpeningLine)), "{asked}");
        assert!(asked.ends_with("Style, which never adds facts: Never mention ratings."), "{asked}");
        let digest = |voice: &str| opening_line::input_digest(&[], voice, "small");
        assert_ne!(digest(&style.text), digest(""));
    }

    #[test]
    fn every_prompt_has_a_text_of_ours_and_all_but_the_reading_take_instructions() {
        for prompt in AiUse::ALL {
            assert!(built_in_text(*prompt).len() > 200, "{prompt}");
            assert_eq!(takes_instructions(*prompt), *prompt != AiUse::AiReading);
        }
    }
}
