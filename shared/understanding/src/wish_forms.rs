//! The forms that a wish for no more messages takes in any language: rows of classes of words (`delete .. me`,
//! `not .. reach .. more`). A language file says which words each class has; a form with a class that a language lacks is
//! none of it.

use crate::lists::List;
use crate::phrase::Reach;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use toml::{Table, Value};

/// The forms of one list of phrases.
#[derive(Debug)]
struct Forms {
    list: List,
    reach: Reach,
    forms: Vec<String>,
}

/// The fields of the file, with the list that each adds to and how far its forms reach.
const FIELDS: [(&str, List, Reach); 4] = [
    ("requests", List::WishRequests, Reach::Clause),
    ("refusals", List::WishRefusals, Reach::Clause),
    ("conditions", List::WishConditions, Reach::Sentence),
    ("except", List::WishExcept, Reach::Sentence),
];

fn forms() -> &'static [Forms] {
    static ALL: LazyLock<Vec<Forms>> = LazyLock::new(|| {
        let file: Table = include_str!("wish_forms.toml").parse().unwrap_or_default();
        let texts = |field: &str| {
            let all = file.get(field).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            all.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        FIELDS.map(|(field, list, reach)| Forms { list, reach, forms: texts(field) }).into()
    });
    &ALL
}

/// The phrases that the forms are in a language with these classes.
pub(crate) fn phrases_of(classes: &BTreeMap<String, Vec<String>>) -> Vec<(List, Reach, String)> {
    let all = forms().iter().flat_map(|of| of.forms.iter().map(move |form| (of.list, of.reach, form)));
    all.filter_map(|(list, reach, form)| Some((list, reach, phrase_of(form, classes)?))).collect()
}

/// `<delete> .. <me>` as `remove|erase .. me|us`.
fn phrase_of(form: &str, classes: &BTreeMap<String, Vec<String>>) -> Option<String> {
    let (mut phrase, mut rest) = (String::new(), form);
    while let Some((before, behind)) = rest.split_once('<') {
        let (class, after) = behind.split_once('>')?;
        let words = classes.get(class).filter(|words| !words.is_empty())?;
        phrase.push_str(before);
        // An underscore parts the words of one alternative.
        phrase.push_str(&words.join("|").replace(' ', "_"));
        rest = after;
    }
    phrase.push_str(rest);
    Some(phrase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{FILES, read_file};
    use std::collections::BTreeSet;

    #[test]
    fn form_is_a_phrase_where_a_language_has_all_its_classes() {
        let classes = BTreeMap::from([
            ("delete".to_owned(), vec!["erase".to_owned(), "take off".to_owned()]),
            ("me".to_owned(), vec!["us".to_owned()]),
        ]);
        assert_eq!(phrase_of("^<delete> .. <me>$", &classes).as_deref(), Some("^erase|take_off .. us$"));
        assert_eq!(phrase_of("<delete> .. <list>", &classes), None);
    }

    #[test]
    fn each_class_of_a_language_stands_in_a_form_and_each_form_in_a_language() {
        let all: Vec<&String> = forms().iter().flat_map(|of| &of.forms).collect();
        assert!(forms().iter().all(|of| !of.forms.is_empty()));
        let mut used: BTreeSet<&String> = BTreeSet::new();
        for (code, text) in FILES {
            let classes = read_file(text).unwrap().classes;
            for class in classes.keys() {
                assert!(all.iter().any(|form| form.contains(&format!("<{class}>"))), "{code}: {class}");
            }
            used.extend(all.iter().copied().filter(|form| phrase_of(form, &classes).is_some()));
        }
        let unused: Vec<_> = all.iter().filter(|form| !used.contains(*form)).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }
}
