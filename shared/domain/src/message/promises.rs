//! Prices, promises and secrets in a model's text: it may speak of one only where its sources do, in whatever words.

use crate::text_match::folded;

/// What a model may promise or ask for only if its sources do, each as the beginnings of words in the languages that leads
/// write in; a blank parts the words of a phrase.
const CONCEPTS: &[&[&str]] = &[
    &[
        "free of charge",
        "for free",
        "free trial",
        "zero",
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
    &["refund", "money", "profit", "ruckerstatt", "rembours", "reembols", "rimbors", "прибыл"],
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
    let (text, sources) = (spaced_words(text), spaced_words(sources));
    CONCEPTS.iter().find_map(|words| {
        let said = |text: &str| {
            words.iter().find_map(|word| Some((text.find(&format!(" {word}"))? + 1, word.len())))
        };
        let (at, length) = said(&text)?;
        let end = text[at + length..].find(' ').map_or(text.len(), |blank| at + length + blank);
        said(&sources).is_none().then(|| text[at..end].to_owned())
    })
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
        let new = || numbers(sentence).find(|number| !known.contains(number));
        speaks_of_money.then(new).flatten()
    })
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
            ("Thank you for your prompt answer.", None),
        ] {
            assert_eq!(found(text).as_deref(), what, "{text}");
        }
    }

    #[test]
    fn sum_needs_a_source_and_another_number_does_not() {
        assert_eq!(unfounded_sum("It is 49 EUR.", "It is 79 EUR."), Some("49".to_owned()));
        assert_eq!(unfounded_sum("Tuesday at 15:00 works. It is 79 EUR.", "It is 79 EUR."), None);
    }
}
