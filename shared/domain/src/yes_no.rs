//! Yes and no, as people and spreadsheets write them in many languages.

use crate::text_match::folded;

const YES: &str = "yes true y t x 1 on checked ja j wahr oui vrai si verdadero verdad vero waar sim verdadeiro tak prawda ano \
    pravda igen igaz da adevarat tacno evet dogru kylla tosi jah sant sand да истина ναι αληθης はい 是 예 כן نعم";
const NO: &str = "no false n f 0 off unchecked nein falsch non faux falso nee onwaar nao nie falsz ne nepravda nem hamis nu \
    netacno hayir yanlis ei epatosi vale nej falskt usant usand falsk nei нет ложь οχι いいえ 否 아니요 לא لا";

/// Reads a yes or a no; none if the text is neither.
pub fn read(text: &str) -> Option<bool> {
    let text = text.trim();
    match text {
        "✓" | "✔" | "☑" | "✅" | "☒" | "1.0" | "1,0" => return Some(true),
        "☐" | "✗" | "✘" | "0.0" | "0,0" => return Some(false),
        _ => {}
    }
    let word = folded(text);
    let is_one_of = |words: &str| words.split_whitespace().any(|known| known == word);
    if is_one_of(YES) {
        return Some(true);
    }
    is_one_of(NO).then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_read_in_many_languages() {
        for text in "WAHR ja VRAI oui VERDADERO sí VERO sì WAAR VERDADEIRO sim PRAWDA tak t TRUE Yes 1 on ☑ x ✓ evet 1.0 Да".split(' ') {
            assert_eq!(read(text), Some(true), "{text}");
        }
        for text in
            "FALSCH nein FAUX non FALSO ONWAAR nee não nie f FALSE 0 off No n hayır FAŁSZ 0,0".split(' ')
        {
            assert_eq!(read(text), Some(false), "{text}");
        }
        for text in ["", "-", "maybe", "10", "2026-01-02"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
