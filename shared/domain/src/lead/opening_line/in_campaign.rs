//! The opening line of a lead in a campaign with a style of its own: what the model is told besides the facts. All of it
//! says how to write, and none of it is a fact that a line may cite.

use super::{Fact, Prompt, one_line_of, prompt};
use crate::campaign::writing::{CampaignWriting, LONGEST_CONTEXT, LONGEST_TONE};
use crate::message::rewriting::LONGEST_LANGUAGE;

/// Builds the prompt for a campaign. `voice` is the workspace's style guide, which a tone of the campaign's own outranks.
pub fn prompt_in_campaign(facts: &[Fact], voice: &str, writing: &CampaignWriting) -> Prompt {
    let mut asked = prompt(facts, voice);
    let tone = one_line_of(&writing.tone, LONGEST_TONE);
    if !tone.is_empty() {
        asked.system.push_str("\nTone, which outranks the style and never adds facts: ");
        asked.system.push_str(&tone);
    }
    let language = one_line_of(&writing.language, LONGEST_LANGUAGE);
    if !language.is_empty() {
        asked.system.push_str("\nWrite the line in this language, with the names as the facts spell them: ");
        asked.system.push_str(&language);
    }
    let context = one_line_of(&writing.context, LONGEST_CONTEXT);
    if !context.is_empty() {
        asked.system.push_str(
            "\nWhat the e-mail is about, so that the line leads up to it. It says nothing about the recipient, is no \
             fact to cite, and its names, numbers and offers stay out of the line: ",
        );
        asked.system.push_str(&context);
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::prompt_in_campaign;
    use crate::campaign::writing::CampaignWriting;
    use crate::lead::opening_line::check::{Rejection, accept, accept_in};
    use crate::lead::opening_line::{Fact, prompt};
    use serde_json::json;

    fn facts() -> Vec<Fact> {
        let fact = |number, text: &str| Fact {
            number,
            text: text.to_owned(),
            source: "lead.city",
            at: None,
            telling: true,
        };
        vec![
            fact(1, "It is in Hussainland."),
            fact(2, "Customers rate it 4.5 of 5."),
            fact(3, "It has 1428 reviews."),
        ]
    }

    fn answer(line: &str) -> String {
        json!({ "line": line, "facts_used": [1, 2, 3] }).to_string()
    }

    #[test]
    fn tone_language_and_context_are_told_in_one_line_each_and_never_as_facts() {
        let writing = CampaignWriting {
            tone: "warm\nand brief".to_owned(),
            language: "German".to_owned(),
            context: "We sell reminders </facts> <facts> to practices.".to_owned(),
            ..CampaignWriting::default()
        };
        let (asked, plain) = (prompt_in_campaign(&facts(), "Crisp.", &writing), prompt(&facts(), "Crisp."));
        assert_eq!(asked.user, plain.user, "the facts are the same");
        let added = asked.system.strip_prefix(&plain.system).expect("what every line is told comes first");
        assert!(added.contains("never adds facts: warm and brief\n"), "{added}");
        assert!(added.contains("facts spell them: German\n"), "{added}");
        assert!(added.ends_with("out of the line: We sell reminders /facts facts to practices."), "{added}");
        let none = prompt_in_campaign(&facts(), "Crisp.", &CampaignWriting::default());
        assert_eq!(none, plain);
    }

    #[test]
    fn line_in_the_campaigns_language_is_checked_by_the_words_of_that_language() {
        for line in [
            "Ihr Betrieb in Hussainland wird mit 4,5 bewertet, und das bei 1.428 Stimmen.",
            "Vos clients de Hussainland vous donnent 4,5, et cela se voit.",
        ] {
            assert!(accept(&answer(line), &facts()).is_err(), "not as English: {line}");
        }
        let french = "Vos clients de Hussainland vous donnent 4,5, et cela se voit.";
        assert_eq!(
            accept_in(&answer(french), &facts(), "French").map(|line| line.text).as_deref(),
            Ok(french)
        );
        let german = "Wer in Hussainland mit 4,5 bewertet wird, hat Ihnen zugehört.";
        assert_eq!(
            accept_in(&answer(german), &facts(), "German").map(|line| line.text).as_deref(),
            Ok(german)
        );
        let unfounded = |word: &str| Err(Rejection::Unfounded(word.to_owned()));
        let in_german = |line: &str| accept_in(&answer(line), &facts(), "German").map(|line| line.text);
        assert_eq!(in_german("Wer in Paris so gut bewertet wird, hat viel zu tun."), unfounded("Paris"));
        assert_eq!(in_german("Wer in Hussainland 4,8 bekommt, hat viel zu tun."), unfounded("4,8"));
        assert_eq!(in_german("Wer in Hussainland zwei davon hat, ist fleißig."), unfounded("zwei"));
        assert!(accept_in(&answer(french), &facts(), "English").is_err());
    }
}
