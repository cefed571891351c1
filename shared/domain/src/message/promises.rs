//! Prices, promises and secrets in a model's text: it may speak of one only where its sources do, in whatever words.

use crate::text_match::folded;

/// What a model may promise or ask for only if its sources do, each as the beginnings of words in the languages that leads
/// write in; a blank parts the words of a phrase, and one at the end ends a word.
const CONCEPTS: &[&[&str]] = &[
    &[
        "free of charge",
        "for free",
        "free trial",
        "free ",
        "zero",
        "no cost",
        "no charge",
        "without charge",
        "complimentary",
        "kostenlos",
        "gratis",
        "umsonst",
        "gratuit",
        "bezplat",
        "darmow",
        "zdarma",
        "bedava",
        "ucretsiz",
        "ilmai",
        "ingyen",
        "бесплат",
    ],
    &[
        "discount",
        "rebate",
        "half price",
        "half the price",
        "halber preis",
        "halben preis",
        "moitie prix",
        "mitad de precio",
        "meta prezzo",
        "voucher",
        "cheap",
        "rabatt",
        "remise",
        "descuento",
        "sconto",
        "desconto",
        "korting",
        "slev",
        "indirim",
        "alennu",
        "kedvezm",
        "скидк",
    ],
    &["refund", "money ", "profit ", "profits ", "ruckerstatt", "rembours", "reembols", "rimbors", "прибыл"],
    &["guarant", "garant", "warrant", "takuu", "гарант"],
    &["invoic", "rechnung", "factur", "fattur", "fatur"],
    &[
        "password",
        "passwort",
        "passcode",
        "mot de passe",
        "contrasena",
        "senha",
        "wachtwoord",
        "haslo",
        "losenord",
    ],
    &["system prompt", "instruction", "anweisung"],
    &["bought by", "acquired by"],
];

/// Phrases in which `free` speaks of time or of a choice.
const NO_PRICE: &[&str] = &[
    "feel free",
    "free to",
    "free time",
    "free times",
    "free slot",
    "free slots",
    "are you free",
    "you are free",
    "you re free",
    "free on monday",
    "free on tuesday",
    "free on wednesday",
    "free on thursday",
    "free on friday",
];

/// Words that make a number beside them a sum of money.
const PRICE_WORDS: &[&str] = &[
    "price",
    "prices",
    "priced",
    "pricing",
    "cost",
    "costs",
    "fee",
    "fees",
    "pay",
    "pays",
    "kostet",
    "kosten",
    "preis",
    "preise",
    "prix",
    "coute",
    "coutent",
    "tarif",
    "precio",
    "precios",
    "cuesta",
    "cuestan",
    "prezzo",
    "prezzi",
    "costa",
    "costano",
    "preco",
    "precos",
    "custa",
    "custam",
    "prijs",
    "prijzen",
    "kost",
    "cena",
    "ceny",
    "kosztuje",
    "pris",
    "priser",
    "kostar",
    "koster",
    "fiyat",
    "hinta",
    "цена",
    "стоит",
];
/// The most words from a price word to a number beside it.
const BESIDE: usize = 3;

/// Signs and words that make a number a sum of money or a share.
const MONEY: &[&str] = &[
    "€",
    "$",
    "£",
    "¥",
    "%",
    "eur",
    "euro",
    "usd",
    "dollar",
    "gbp",
    "pound",
    "chf",
    "percent",
    "per cent",
    "prozent",
    "pour cent",
    "por ciento",
    "per cento",
    "por cento",
    "procent",
    "avro",
    "ユーロ",
    "欧元",
    "евро",
];

/// Returns a price, promise or secret of which the text speaks and the sources do not, by the text's word for it.
pub fn unfounded_promise(text: &str, sources: &str) -> Option<String> {
    let (text, sources) = (priced_words(text), priced_words(sources));
    CONCEPTS.iter().find_map(|words| {
        let said = |text: &str| {
            words.iter().find_map(|word| Some((text.find(&format!(" {word}"))? + 1, word.trim_end().len())))
        };
        let (at, length) = said(&text)?;
        let end = text[at + length..].find(' ').map_or(text.len(), |blank| at + length + blank);
        said(&sources).is_none().then(|| text[at..end].to_owned())
    })
}

/// Returns the words without the phrases in which `free` is no price.
fn priced_words(text: &str) -> String {
    let words = spaced_words(text) + " ";
    NO_PRICE.iter().fold(words, |words, phrase| words.replace(&format!(" {phrase} "), " "))
}

/// Returns the words in lower case and without accents, with a blank before each.
fn spaced_words(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.flat_map(|word| [" ".to_owned(), folded(word)]).collect()
}

/// Returns the first number of a sum or a share that the text has and the sources have not.
pub fn unfounded_sum(text: &str, sources: &str) -> Option<String> {
    let known: Vec<String> = numbers(sources).collect();
    text.split_inclusive(['!', '?', '\n']).flat_map(|part| part.split_inclusive(". ")).find_map(|sentence| {
        let lower = sentence.to_lowercase();
        let speaks_of_money = MONEY.iter().any(|sign| lower.contains(sign));
        let is_new = |number: &String| !known.contains(number);
        if speaks_of_money {
            return numbers(sentence).find(is_new);
        }
        numbers_beside_a_price(sentence).into_iter().find(is_new)
    })
}

fn numbers_beside_a_price(sentence: &str) -> Vec<String> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let is_price = |word: &&str| PRICE_WORDS.contains(&folded(word).as_str());
    let beside = |at: usize| words[at.saturating_sub(BESIDE)..words.len().min(at + BESIDE + 1)].iter();
    let found = words.iter().enumerate().filter(|(at, _)| beside(*at).any(is_price));
    found.flat_map(|(_, word)| numbers(word)).collect()
}

fn numbers(text: &str) -> impl Iterator<Item = String> + '_ {
    let pieces = text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','));
    let digits = |piece: &str| piece.chars().filter(char::is_ascii_digit).collect::<String>();
    pieces.map(digits).filter(|digits| !digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{unfounded_promise, unfounded_sum};

    #[test]
    fn price_promise_or_secret_needs_a_source() {
        let found = |text: &str| unfounded_promise(text, "We sell reminders. Prices on request.");
        for (text, what) in [
            ("Everything is free of charge.", Some("free of charge")),
            ("We guarantee it.", Some("guarantee")),
            ("Alles ist kostenlos.", Some("kostenlos")),
            ("Tout est gratuit.", Some("gratuit")),
            ("Send us your password.", Some("password")),
            ("The price is on request.", None),
            ("Our reminders are gratis.", Some("gratis")),
            ("Feel free to answer.", None),
            ("You are free to choose, and we keep a free slot.", None),
            ("Are you free on Tuesday?", None),
            ("The freelance team is back.", None),
            ("It is free for you.", Some("free")),
            ("Your first month is free!", Some("free")),
            ("There is no cost.", Some("no cost")),
            ("A complimentary check.", Some("complimentary")),
            ("Now at half price.", Some("half price")),
            ("It saves you money.", Some("money")),
            ("A profit of a million.", Some("profit")),
            ("It is more profitable.", None),
            ("Thank you for your prompt answer.", None),
        ] {
            assert_eq!(found(text).as_deref(), what, "{text}");
        }
    }

    #[test]
    fn offer_that_is_free_is_a_source_in_all_languages_and_feel_free_is_none() {
        for text in [
            "Die Prüfung ist kostenlos.",
            "Le contrôle est gratuit.",
            "Il controllo è gratis.",
            "It is free.",
        ] {
            assert_eq!(unfounded_promise(text, "The first check is free."), None, "{text}");
            assert!(unfounded_promise(text, "Feel free to answer.").is_some(), "{text}");
        }
    }

    #[test]
    fn number_beside_a_word_for_a_price_is_a_sum() {
        for text in [
            "The price is 49.",
            "It costs just 49 a month.",
            "Das kostet nur 49.",
            "Le prix est de 49.",
            "49 es el precio.",
        ] {
            assert_eq!(unfounded_sum(text, "It is 79 EUR."), Some("49".to_owned()), "{text}");
        }
        let text = "On Tuesday at 15:00 we can talk about what you need and about the price.";
        assert_eq!(unfounded_sum(text, "It is 79 EUR."), None);
    }

    #[test]
    fn sum_needs_a_source_and_another_number_does_not() {
        assert_eq!(unfounded_sum("It is 49 EUR.", "It is 79 EUR."), Some("49".to_owned()));
        assert_eq!(unfounded_sum("Tuesday at 15:00 works. It is 79 EUR.", "It is 79 EUR."), None);
    }
}
