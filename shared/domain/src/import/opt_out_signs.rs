//! What makes a column that is not read as one of opt-outs look as if it were, and what a value under any name says
//! where nobody can be asked: in a request, in a tag, in an object in JSON and in the later rows of a file.

use super::json_rows::{self, Leaf};
use super::opt_out_columns::RowOptOuts;
use super::opt_out_names::{is_named_so, is_soft, is_state, known_target, manner_of, target_for};
use super::opt_out_words::{self, Manner, Says};
use super::{Column, Target, clean};

/// How a value is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heard {
    /// It says nothing of opt-outs.
    Nothing,
    /// It says it clearly under a name that only looks so, or by a word that means nothing else.
    Likely,
    /// It says it under a name that is known.
    Known,
}

impl RowOptOuts {
    /// Takes a value under any name, where nobody can be asked what it means. This is the one judgement of all ways by
    /// which a value comes: known names count, others only beside a value that says it clearly.
    pub fn hear(&mut self, name: &str, text: &str) -> Heard {
        let text = clean::line(text);
        if let Some(leaves) = json_rows::leaves(&text) {
            return leaves.iter().map(|leaf| self.hear_leaf(name, leaf)).max().unwrap_or(Heard::Nothing);
        }
        if let Some(target) = known_target(name) {
            return self.take_heard(Heard::Known, (target, name), &text);
        }
        if is_named_so(name) && says_clearly(name, &text) {
            return self.take_heard(Heard::Likely, (target_for(name), name), &text);
        }
        if self.take_plain_word(&text) { Heard::Likely } else { Heard::Nothing }
    }

    /// Takes the value of a key, by the key's name or by that of the whole path to it.
    pub(super) fn hear_leaf(&mut self, name: &str, leaf: &Leaf) -> Heard {
        let path = format!("{name} {}", leaf.path);
        if known_target(&path).is_none() && known_target(&leaf.key).is_some() {
            return self.hear(&leaf.key, &leaf.text);
        }
        self.hear(&path, &leaf.text)
    }

    /// Takes the tags that a lead has not had before.
    pub fn hear_tags<'t>(&mut self, new: impl IntoIterator<Item = &'t String>) {
        for tag in new {
            self.take_plain_word(tag);
        }
    }

    fn take_heard(&mut self, heard: Heard, (target, name): (Target, &str), text: &str) -> Heard {
        let mut says = Self::default();
        says.take_as(target, name, text);
        self.add(says);
        if says.lists() { heard } else { Heard::Nothing }
    }
}

/// Whether a value under this name says that somebody has opted out, or would say it with other words.
pub fn may_mean_opt_outs(name: &str, text: &str) -> bool {
    let heard = RowOptOuts::default().hear(name, text);
    heard != Heard::Nothing || known_target(name).is_some() || is_named_so(name)
}

fn says_clearly(name: &str, text: &str) -> bool {
    matches!(opt_out_words::read(text, manner_of(name)), Says::OptedOut | Says::Bounced)
}

/// Whether an object in JSON has a key of a known name that says it.
pub(super) fn has_known_key(header: &str, text: &str) -> bool {
    let leaves = json_rows::leaves(text).unwrap_or_default();
    leaves.iter().any(|leaf| RowOptOuts::default().hear_leaf(header, leaf) == Heard::Known)
}

/// The target of a column that nothing else names, whose name says that it is about a state and whose cells have a word
/// for an opt-out: `Subscription status`; or whose name tells of a permission that a cell denies: `Subscribed`.
pub(super) fn state_target<'v>(header: &str, values: impl Iterator<Item = &'v str>) -> Option<Target> {
    let is_permission = known_target(header).is_some();
    if !is_permission && !is_state(header) {
        return None;
    }
    let says =
        |value: &str| opt_out_words::word(value).is_some() || is_permission && says_clearly(header, value);
    let found = values.map(str::trim).any(says);
    found.then(|| match target_for(header) {
        Target::DoNotContact if !is_permission => Target::OptedOutEmail,
        target => target,
    })
}

/// What makes a column that is not read as one of opt-outs look as if it were.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    is_named: bool,
    /// Whether its cells are not read as another field's.
    is_free: bool,
    /// Whether only words that are known count.
    is_soft: bool,
    manner: Manner,
}

impl Signs {
    /// The signs of a column with this header; none for one that is read as opt-outs already, or as the consent, which
    /// may be denied.
    pub fn of(header: &str, target: Option<Target>) -> Option<Self> {
        if target.is_some_and(|target| target.is_opt_out() || target == Target::ConsentBasis) {
            return None;
        }
        let is_free = matches!(target, None | Some(Target::Ignore));
        Some(Self { is_free, ..Self::beyond(header) })
    }

    /// The signs of a value beyond the columns of the file, which has a name of its own at most.
    pub fn beyond(name: &str) -> Self {
        Self {
            is_named: is_named_so(name),
            is_free: false,
            is_soft: is_soft(name) && known_target(name).is_none(),
            manner: manner_of(name),
        }
    }

    /// Whether this cell makes the column look so.
    pub fn are_in(self, text: &str) -> bool {
        let text = text.trim();
        if text.is_empty() {
            return false;
        }
        // A fixed field reads such words itself, or means something else by them: Baja is a town.
        if self.is_free && opt_out_words::word(text) == Some(Says::OptedOut) {
            return true;
        }
        self.is_named
            && match opt_out_words::read(text, self.manner) {
                Says::Nothing => false,
                Says::OptedOut | Says::Bounced => true,
                Says::Unclear => !self.is_soft && is_wording(text),
            }
    }
}

/// Whether a cell of a column with this header, which is not read as opt-outs, makes the column look so. An object in
/// JSON does by a key that looks so; keys of known names are heard without a question.
pub(super) fn asks(signs: Signs, header: &str, text: &str) -> bool {
    match json_rows::leaves(text) {
        Some(leaves) => {
            leaves.iter().any(|leaf| RowOptOuts::default().hear_leaf(header, leaf) == Heard::Likely)
        }
        None => signs.are_in(text),
    }
}

/// Whether the text is words, and no rate, count or key such as the token of a link.
fn is_wording(text: &str) -> bool {
    let is_word = |part: &&str| part.chars().count() > 1 && part.chars().all(char::is_alphabetic);
    !text.contains(|c: char| c.is_ascii_digit()) || text.split_whitespace().filter(is_word).count() > 1
}

impl Column {
    /// Whether this cell makes the column look as if it said who has opted out.
    pub fn looks_like_opt_outs(&self, text: &str) -> bool {
        Signs::of(&self.header, self.target).is_some_and(|signs| asks(signs, &self.header, text))
    }
}
