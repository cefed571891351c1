//! The score of a draft before it is sent: 100 points less what readers and mail filters mind, each with its reason. It is
//! made of rules alone, so that the same text always has the same score, and it works without a model.

use serde::Serialize;

/// A score with its reasons, the heaviest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftScore {
    /// 0–100.
    pub points: u8,
    pub remarks: Vec<DraftRemark>,
}

/// What takes points from a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftRemark {
    pub code: &'static str,
    /// What to do about it.
    pub advice: String,
    /// The points that it takes.
    pub takes: u8,
}

const LONGEST_SUBJECT: usize = 60;
const SHORTEST_TEXT: usize = 20;
const LONG_TEXT: usize = 150;
const VERY_LONG_TEXT: usize = 250;
const LONG_SENTENCE: usize = 22;
const MOST_LINKS: usize = 2;
const MOST_SPAM_WORDS: usize = 5;

/// Words and phrases that mail filters weigh.
const SPAM_WORDS: &[&str] = &[
    "100% free",
    "act now",
    "best price",
    "buy now",
    "cash bonus",
    "cheap",
    "click here",
    "double your",
    "earn money",
    "exclusive deal",
    "for free",
    "free money",
    "guaranteed",
    "hurry",
    "limited time",
    "lowest price",
    "make money",
    "no obligation",
    "no risk",
    "once in a lifetime",
    "risk-free",
    "special promotion",
    "this is not spam",
    "urgent",
    "winner",
];

/// Openings that say nothing but that nobody has answered.
const NUDGES: &[&str] = &[
    "bumping this",
    "checking in",
    "circling back",
    "did you get my",
    "following up on my last",
    "just a reminder",
    "to the top of your inbox",
    "touching base",
];

/// Scores a mail.
pub fn score_mail(subject: &str, text: &str) -> DraftScore {
    let mut remarks = Vec::new();
    let mut add = |code, takes, advice: String| remarks.push(DraftRemark { code, advice, takes });
    let (subject, text) = (subject.trim(), text.trim());
    let (whole, words) = (format!("{subject}\n{text}"), text.split_whitespace().count());
    let lower = whole.to_lowercase();

    if subject.is_empty() {
        add("no_subject", 25, "Give it a subject.".to_owned());
    } else if subject.chars().count() > LONGEST_SUBJECT {
        let advice = format!("Shorten the subject to {LONGEST_SUBJECT} characters: phones cut the rest.");
        add("long_subject", 8, advice);
    }
    if words < SHORTEST_TEXT {
        add("short_text", 10, format!("Say what it is about: {words} words are few."));
    } else if words > VERY_LONG_TEXT {
        add("long_text", 20, format!("Shorten it: few people read {words} words of a stranger."));
    } else if words > LONG_TEXT {
        add("long_text", 10, format!("Shorten it below {LONG_TEXT} words; it has {words}."));
    }
    let longest = sentences(text).map(|sentence| sentence.split_whitespace().count()).max().unwrap_or(0);
    if longest > LONG_SENTENCE {
        let advice = format!("Split the longest sentence: it has {longest} words.");
        add("long_sentence", if longest > 2 * LONG_SENTENCE { 8 } else { 4 }, advice);
    }
    let spam: Vec<&str> = SPAM_WORDS.iter().copied().filter(|word| has_phrase(&lower, word)).collect();
    if !spam.is_empty() {
        let named = spam.iter().take(MOST_SPAM_WORDS).map(|word| format!("“{word}”")).collect::<Vec<_>>();
        let takes = u8::try_from(5 * spam.len().min(MOST_SPAM_WORDS)).unwrap_or(25);
        add("spam_words", takes, format!("Leave out what filters weigh: {}.", named.join(", ")));
    }
    let shouted = text.split(|c: char| !c.is_alphanumeric()).filter(|word| is_shouted(word)).count();
    if shouted > 1 || subject.len() > 5 && is_shouted_whole(subject) {
        add("capitals", 10, "Write in small letters: whole words in capitals look like shouting.".to_owned());
    }
    if whole.matches('!').count() > 1 {
        add("exclamation_marks", 5, "Keep one exclamation mark at most.".to_owned());
    }
    let links = lower.matches("http://").count() + lower.matches("https://").count();
    if links > MOST_LINKS {
        add("links", 8, format!("Keep {MOST_LINKS} links at most; it has {links}."));
    }
    match text.matches('?').count() {
        0 => add(
            "no_question",
            10,
            "Ask for one thing: a mail without a question gets fewer answers.".to_owned(),
        ),
        1 | 2 => {}
        asked => add("many_questions", 6, format!("Ask one thing; it asks {asked}.")),
    }
    if !whole.contains("{{") {
        let advice = "Name something of theirs, such as {{company}} or {{first_line}}.".to_owned();
        add("not_personal", 10, advice);
    }
    let (ours, theirs) = (count_words(&lower, OURS), count_words(&lower, THEIRS));
    if ours > 3 && ours > 2 * theirs {
        add(
            "about_us",
            6,
            "Write about them: it says “I” and “we” more than twice as often as “you”.".to_owned(),
        );
    }
    if let Some(nudge) = NUDGES.iter().find(|nudge| has_phrase(&lower, nudge)) {
        let advice = format!("Bring something new instead of “{nudge}”.");
        add("nudge", 8, advice);
    }

    remarks.sort_by_key(|remark| std::cmp::Reverse(remark.takes));
    let taken: u32 = remarks.iter().map(|remark| u32::from(remark.takes)).sum();
    DraftScore { points: u8::try_from(100_u32.saturating_sub(taken)).unwrap_or(0), remarks }
}

const OURS: &[&str] = &["i", "we", "our", "us", "my", "ours"];
const THEIRS: &[&str] = &["you", "your", "yours"];

fn count_words(lower: &str, wanted: &[&str]) -> usize {
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| wanted.contains(word)).count()
}

/// Whether the phrase stands in the text as whole words.
fn has_phrase(lower: &str, phrase: &str) -> bool {
    lower.match_indices(phrase).any(|(at, _)| {
        let before = lower[..at].chars().next_back();
        let after = lower[at + phrase.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['.', '!', '?', '\n'])
}

/// Whether a word is written in capitals, and is no abbreviation.
fn is_shouted(word: &str) -> bool {
    word.chars().count() > 4 && word.chars().all(|c| c.is_uppercase())
}

fn is_shouted_whole(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::score_mail;

    const GOOD: &str = "Hi {{first_name}},\n\n{{first_line}} Most practices of your size lose a slot a day to \
                        patients who do not turn up. A text the evening before brings half of them back.\n\nWould a \
                        short call on Tuesday suit you?";

    fn codes(subject: &str, text: &str) -> Vec<&'static str> {
        score_mail(subject, text).remarks.into_iter().map(|remark| remark.code).collect()
    }

    #[test]
    fn short_personal_mail_with_one_question_loses_nothing() {
        let score = score_mail("Gaps in {{company}}'s diary", GOOD);
        assert_eq!((score.points, score.remarks), (100, Vec::new()));
    }

    #[test]
    fn each_fault_is_told_with_what_to_do_the_heaviest_first() {
        let text = "ACT NOW!!! We have the BEST PRICE and SPECIAL PROMOTION, we guarantee that our team and we will \
                    do whatever we can, click here http://a.example http://b.example http://c.example";
        let codes = codes("", text);
        assert_eq!(codes.first(), Some(&"no_subject"));
        for code in [
            "spam_words",
            "capitals",
            "exclamation_marks",
            "links",
            "no_question",
            "not_personal",
            "about_us",
        ] {
            assert!(codes.contains(&code), "{code}: {codes:?}");
        }
        assert!(score_mail("", text).points < 20);
    }

    #[test]
    fn words_within_words_are_no_spam() {
        assert!(!codes("Cheapside", &GOOD.replace("slot", "cheaply made slot")).contains(&"spam_words"));
        assert!(codes("A cheap slot", GOOD).contains(&"spam_words"));
    }

    #[test]
    fn long_texts_long_sentences_and_nudges_take_points() {
        let long = format!("Just checking in, {{{{first_name}}}}. {}?", "word ".repeat(160));
        assert_eq!(codes("Hello", &long), ["long_text", "long_sentence", "nudge"]);
        let longer = format!("{{{{first_name}}}} {}?", "one two. ".repeat(140));
        assert_eq!(codes("Hello", &longer), ["long_text"]);
        assert_eq!(score_mail("Hello", &longer).points, 80);
    }

    #[test]
    fn any_text_is_scored() {
        for text in ["", "!", "?????", "ß", "{{", &"a".repeat(20_000)] {
            assert!(score_mail(text, text).points <= 100);
        }
    }
}
