//! The language files, embedded and read once.

use crate::attribution::start_word;
use crate::fold::{Folded, folded, words};
use crate::lists::List;
use crate::phrase::{Phrases, Reach};
use crate::wish_forms::phrases_of;
use jiff::civil::Weekday;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;
use toml::{Table, Value};

/// The files, by the code of their language.
pub const FILES: [(&str, &str); 27] = [
    ("en", include_str!("languages/en.toml")),
    ("de", include_str!("languages/de.toml")),
    ("fr", include_str!("languages/fr.toml")),
    ("es", include_str!("languages/es.toml")),
    ("it", include_str!("languages/it.toml")),
    ("pt", include_str!("languages/pt.toml")),
    ("nl", include_str!("languages/nl.toml")),
    ("pl", include_str!("languages/pl.toml")),
    ("sv", include_str!("languages/sv.toml")),
    ("da", include_str!("languages/da.toml")),
    ("cs", include_str!("languages/cs.toml")),
    ("tr", include_str!("languages/tr.toml")),
    ("fi", include_str!("languages/fi.toml")),
    ("no", include_str!("languages/no.toml")),
    ("ja", include_str!("languages/ja.toml")),
    ("zh", include_str!("languages/zh.toml")),
    ("ru", include_str!("languages/ru.toml")),
    ("hu", include_str!("languages/hu.toml")),
    ("ro", include_str!("languages/ro.toml")),
    ("sk", include_str!("languages/sk.toml")),
    ("ko", include_str!("languages/ko.toml")),
    ("ar", include_str!("languages/ar.toml")),
    ("he", include_str!("languages/he.toml")),
    ("el", include_str!("languages/el.toml")),
    ("uk", include_str!("languages/uk.toml")),
    ("hr", include_str!("languages/hr.toml")),
    ("bg", include_str!("languages/bg.toml")),
];

/// The fields of a file that are no lists of phrases.
const OTHER_FIELDS: [&str; 14] = [
    "name",
    "common",
    "not_typos",
    "negation_follows",
    "reply.labels",
    "reply.attribution_starts",
    "dates.months",
    "dates.weekdays",
    "dates.numbers",
    "dates.day",
    "dates.week",
    "dates.month",
    "dates.quarter",
    "dates.year",
];

/// A word that a date is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateWord {
    Month(i8),
    Weekday(Weekday),
    Number(i64),
    Day,
    Week,
    MonthUnit,
    Quarter,
    Year,
}

#[derive(Debug, Default)]
pub struct Languages {
    pub phrases: Phrases,
    common: HashMap<String, u32>,
    negation_follows: u32,
    asks: u32,
    capital_nouns: u32,
    ordinal_dots: u32,
    /// The labels of the header lines that mail programs put above what they quote.
    pub labels: HashSet<String>,
    /// The words that lines such as `On Monday, Sam wrote:` begin with.
    pub attribution_starts: HashSet<String>,
    pub date_words: HashMap<String, Vec<DateWord>>,
    /// The opt-outs of one word that is too short to be known with a slip.
    pub short_opt_outs: Vec<String>,
    unlikely_atoms: HashMap<u32, u32>,
}

pub fn languages() -> &'static Languages {
    static ALL: LazyLock<Languages> = LazyLock::new(|| {
        let mut all = Languages::default();
        for (number, (code, text)) in FILES.iter().enumerate() {
            let number = u8::try_from(number).unwrap_or(u8::MAX);
            // A test reads every file: what is wrong in one is found there.
            if let Err(error) = all.add(number, text) {
                debug_assert!(false, "{code}: {error}");
            }
        }
        all.index_common();
        all
    });
    &ALL
}

impl Languages {
    pub fn negation_follows(&self, language: u8) -> bool {
        self.negation_follows & (1 << language) != 0
    }

    /// Whether the opt-out phrases of a language list nobody, because nothing has been trained in it: a user is asked.
    pub fn asks(&self, language: u8) -> bool {
        self.asks & (1 << language) != 0
    }

    /// Whether one of these languages writes an ordinal as a number and a dot.
    pub fn writes_ordinals(&self, languages: u32) -> bool {
        self.ordinal_dots & languages != 0
    }

    /// Whether a language writes every noun with a capital.
    pub fn has_capital_nouns(&self, language: u8) -> bool {
        self.capital_nouns & (1 << language) != 0
    }

    pub fn known(&self, words: &[Folded]) -> Vec<Vec<u32>> {
        self.phrases.all_atoms(words, true)
    }

    /// The words of the vocabulary that each word is, without a slip.
    pub fn known_exactly(&self, words: &[Folded]) -> Vec<Vec<u32>> {
        self.phrases.all_atoms(words, false)
    }

    /// The languages that a text seems to be written in, by its most common words. All, if nothing tells.
    pub fn likely(&self, known: &[Vec<u32>]) -> u32 {
        self.with_share(known, 6)
    }

    /// The languages that a sentence may be written in; more than those that are likely.
    pub fn possible(&self, known: &[Vec<u32>]) -> u32 {
        self.with_share(known, 4)
    }

    /// The languages with so many tenths of the common words that the commonest one has.
    fn with_share(&self, known: &[Vec<u32>], tenths: u32) -> u32 {
        let mut counts = [0_u32; 32];
        for mask in known.iter().flatten().filter_map(|atom| self.unlikely_atoms.get(atom)) {
            for (language, count) in counts.iter_mut().enumerate() {
                *count += u32::from(mask & (1 << language) != 0);
            }
        }
        let most = counts.iter().copied().max().unwrap_or(0);
        if most == 0 {
            return u32::MAX;
        }
        let is_likely = |count: u32| count * 10 >= most * tenths;
        (0..32).filter(|language| is_likely(counts[*language])).fold(0, |mask, language| mask | 1 << language)
    }

    fn index_common(&mut self) {
        let pairs: Vec<(u32, u32)> = self
            .common
            .iter()
            .filter_map(|(word, mask)| Some((*self.phrases.atoms_of(word, false).first()?, *mask)))
            .collect();
        self.unlikely_atoms = pairs.into_iter().collect();
    }

    fn add(&mut self, number: u8, text: &str) -> Result<(), String> {
        let file = read_file(text)?;
        for (list, phrases) in &file.lists {
            if matches!(list, List::OptOutWords | List::OptOutTextWords) {
                self.add_short_opt_outs(phrases);
            }
            for (place, phrase) in phrases.iter().enumerate() {
                let place = u16::try_from(place).unwrap_or(u16::MAX);
                self.phrases
                    .add(*list, number, place, Reach::Sentence, phrase)
                    .map_err(|error| format!("{phrase}: {error:?}"))?;
            }
        }
        for (list, reach, phrase) in phrases_of(&file.classes) {
            self.phrases
                .add(list, number, u16::MAX, reach, &phrase)
                .map_err(|error| format!("{phrase}: {error:?}"))?;
        }
        for word in file.other("common") {
            self.phrases.add_word(word);
            for word in words(word) {
                *self.common.entry(word.text).or_default() |= 1 << number;
            }
        }
        for word in file.other("not_typos") {
            self.phrases.add_word(word);
        }
        if file.negation_follows {
            self.negation_follows |= 1 << number;
        }
        if file.capital_nouns {
            self.capital_nouns |= 1 << number;
        }
        if file.ordinal_dots {
            self.ordinal_dots |= 1 << number;
        }
        if file.asks {
            self.asks |= 1 << number;
        }
        self.attribution_starts
            .extend(file.other("reply.attribution_starts").iter().map(|word| start_word(word)));
        self.labels.extend(file.other("reply.labels").iter().map(|label| label_key(label)));
        self.add_dates(&file)
    }

    fn add_short_opt_outs(&mut self, phrases: &[String]) {
        const LETTERS: std::ops::RangeInclusive<usize> = 4..=5;
        for phrase in phrases {
            let word = folded(phrase);
            let is_one =
                !phrase.contains(char::is_whitespace) && word.chars().all(|c| c.is_ascii_lowercase());
            if is_one && LETTERS.contains(&word.len()) && !self.short_opt_outs.contains(&word) {
                self.short_opt_outs.push(word);
            }
        }
    }

    fn add_dates(&mut self, file: &LanguageFile) -> Result<(), String> {
        use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
        let months = (1..=12).map(DateWord::Month).collect::<Vec<_>>();
        let days = [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday].map(DateWord::Weekday);
        let numbers = (1..=12).map(DateWord::Number).collect::<Vec<_>>();
        for (field, meanings) in
            [("dates.months", &months[..]), ("dates.weekdays", &days), ("dates.numbers", &numbers)]
        {
            let names = file.other(field);
            if names.len() > meanings.len()
                || field != "dates.numbers" && !names.is_empty() && names.len() != meanings.len()
            {
                return Err(format!("{field}: {} entries", names.len()));
            }
            for (names, meaning) in names.iter().zip(meanings) {
                names.split('|').for_each(|name| self.add_date_word(name, *meaning));
            }
        }
        for (field, meaning) in [
            ("dates.day", DateWord::Day),
            ("dates.week", DateWord::Week),
            ("dates.month", DateWord::MonthUnit),
            ("dates.quarter", DateWord::Quarter),
            ("dates.year", DateWord::Year),
        ] {
            file.other(field).iter().for_each(|name| self.add_date_word(name, meaning));
        }
        Ok(())
    }

    fn add_date_word(&mut self, name: &str, meaning: DateWord) {
        let known = self.date_words.entry(folded(name)).or_default();
        if !known.contains(&meaning) {
            known.push(meaning);
        }
    }
}

/// The label of a header line as it is compared: letters alone, in lower case.
pub fn label_key(label: &str) -> String {
    folded(&label.chars().filter(|c| c.is_alphabetic()).collect::<String>())
}

/// A file as it was read.
#[derive(Debug, Default)]
pub struct LanguageFile {
    pub lists: Vec<(List, Vec<String>)>,
    /// The classes of words that the forms of a wish are made of, by name.
    pub classes: BTreeMap<String, Vec<String>>,
    others: HashMap<&'static str, Vec<String>>,
    negation_follows: bool,
    pub asks: bool,
    capital_nouns: bool,
    ordinal_dots: bool,
}

impl LanguageFile {
    pub fn other(&self, field: &str) -> &[String] {
        self.others.get(field).map_or(&[], Vec::as_slice)
    }
}

pub fn read_file(text: &str) -> Result<LanguageFile, String> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let mut file = LanguageFile::default();
    for (name, value) in &table {
        match value {
            Value::Table(inner) => {
                for (field, value) in inner {
                    file.take(&format!("{name}.{field}"), value)?;
                }
            }
            value => file.take(name, value)?,
        }
    }
    Ok(file)
}

impl LanguageFile {
    fn take(&mut self, path: &str, value: &Value) -> Result<(), String> {
        if let Some(flag) = match path {
            "negation_follows" => Some(&mut self.negation_follows),
            "asks" => Some(&mut self.asks),
            "capital_nouns" => Some(&mut self.capital_nouns),
            "ordinal_dots" => Some(&mut self.ordinal_dots),
            _ => None,
        } {
            *flag = value.as_bool().ok_or_else(|| format!("{path}: true or false was expected"))?;
            return Ok(());
        }
        let texts = match value {
            Value::String(text) => vec![text.clone()],
            Value::Array(items) => items
                .iter()
                .map(|item| {
                    item.as_str().map(str::to_owned).ok_or_else(|| format!("{path}: texts were expected"))
                })
                .collect::<Result<_, _>>()?,
            _ => return Err(format!("{path}: a list of texts was expected")),
        };
        if let Some(class) = path.strip_prefix("wish.") {
            self.classes.insert(class.to_owned(), texts);
        } else if let Some((list, _)) = List::ALL.iter().find(|(_, known)| *known == path) {
            self.lists.push((*list, texts));
        } else if let Some(known) = OTHER_FIELDS.iter().find(|known| **known == path) {
            self.others.insert(known, texts);
        } else {
            return Err(format!("{path}: there is no such field"));
        }
        Ok(())
    }
}
