//! Words such as `stop` with a slip of a finger: `stpo`, `stoop`, `bjaa`. They are too short to be sure, therefore they list
//! nobody, and a user is asked. Longer words with a slip are known as what they are (`phrase.rs`).

use crate::fold::{is_one_slip, words};
use crate::language::languages;
use crate::opt_out;
use crate::said::Said;
use crate::spoken::Spoken;

/// The longest text that is looked at, in words.
const LONGEST: usize = 8;
const LETTERS: std::ops::RangeInclusive<usize> = 4..=6;
/// Keys that lie beside each other.
const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// The sentence that would be an opt-out if one of its words had no slip.
pub(crate) fn misspelt(spoken: &Spoken, names: &[String], is_text: bool) -> Option<String> {
    let body = spoken.body.trim();
    let said = words(body);
    if said.len() > LONGEST {
        return None;
    }
    let known = languages().known_exactly(&said);
    let unknown = said.iter().zip(&known).filter(|(word, known)| {
        known.is_empty() && LETTERS.contains(&word.text.chars().count()) && !names.contains(&word.text)
    });
    unknown.flat_map(|(word, _)| languages().short_opt_outs.iter().map(move |meant| (word, meant))).find_map(
        |(word, meant)| {
            if !is_slip_of_a_finger(meant, &word.text) {
                return None;
            }
            let mended = format!("{}{meant}{}", &body[..word.start], &body[word.end..]);
            let mended = Spoken { body: mended, ..Spoken::default() };
            opt_out::in_words(&mended, names, is_text)?;
            let said = Said::read(body);
            let at = said.words.iter().position(|one| one.start == word.start)?;
            Some(said.text_of(&said.sentence_of(at)).to_owned())
        },
    )
}

/// Whether somebody who meant one word may have typed the other: two letters changed places, one was typed twice or
/// beside its key, or one too many or too few.
fn is_slip_of_a_finger(meant: &str, typed: &str) -> bool {
    if !is_one_slip(meant, typed) {
        return false;
    }
    let (meant, typed): (Vec<char>, Vec<char>) = (meant.chars().collect(), typed.chars().collect());
    let differ: Vec<usize> =
        (0..meant.len().min(typed.len())).filter(|at| meant[*at] != typed[*at]).collect();
    match differ.as_slice() {
        [at] if meant.len() == typed.len() => {
            are_neighbours(meant[*at], typed[*at]) || sound_alike(meant[*at], typed[*at])
        }
        _ => meant.first() == typed.first() || meant.len() == typed.len(),
    }
}

/// `Stob`, `sdop`: letters that are heard as one another.
fn sound_alike(a: char, b: char) -> bool {
    ["bp", "dt", "gk", "ck"].iter().any(|pair| pair.contains(a) && pair.contains(b))
}

fn are_neighbours(a: char, b: char) -> bool {
    let place = |c: char| ROWS.iter().enumerate().find_map(|(row, keys)| Some((row, keys.find(c)?)));
    match (place(a), place(b)) {
        (Some((row, at)), Some((other_row, other))) if row == other_row => at.abs_diff(other) == 1,
        // A lower row lies half a key to the right.
        (Some((row, at)), Some((lower, below))) if row + 1 == lower => at == below || at == below + 1,
        (Some((lower, below)), Some((row, at))) if row + 1 == lower => at == below || at == below + 1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slip_of_a_finger_is_told_from_another_word() {
        for typed in ["stpo", "tsop", "stopo", "sttop", "stoo", "srop", "stob", "sdop"] {
            assert!(is_slip_of_a_finger("stop", typed), "{typed}");
        }
        for typed in ["shop", "stem", "spot", "mtop", "estop"] {
            assert!(!is_slip_of_a_finger("stop", typed), "{typed}");
        }
    }
}
