//! Wishes in forms rather than in wordings, and sentences of the same words that are about something else.

use super::{reply, said};
use crate::*;

fn read(text: &str) -> Understood {
    super::read(&reply(text))
}

#[test]
fn threat_if_the_writer_is_not_deleted_is_heard_in_every_language() {
    for text in [
        "Unless you delete my number I'll report you.",
        "If you don't stop I'll report you.",
        "Wenn Sie mich nicht löschen, melde ich Sie.",
        "Si vous ne me retirez pas, je porte plainte.",
        "Si no me borran, los denuncio.",
        "Se non mi cancellate, vi denuncio.",
        "Se não me removerem, faço queixa.",
        "Als u mij niet verwijdert, dien ik een klacht in.",
        "Jeśli mnie nie usuniecie, zgłoszę to do UODO.",
        "Om ni inte tar bort mig anmäler jag er.",
        "Hvis I ikke sletter mig, klager jeg til Datatilsynet.",
        "Hvis dere ikke sletter meg, klager jeg til Datatilsynet.",
        "Pokud mě nesmažete, podám stížnost na úřad.",
        "Ak ma nevymažete, podám sťažnosť.",
        "Ha nem törölnek, feljelentést teszek.",
        "Если вы меня не удалите, я подам жалобу.",
        "Beni listeden çıkarmazsanız şikayet edeceğim.",
        "Jos ette poista minua, teen valituksen.",
        "Dacă nu mă ștergeți, fac plângere.",
        "번호를 삭제하지 않으면 신고하겠습니다.",
        "再发我就投诉你们。",
        "番号を消さないなら通報します。",
    ] {
        for found in [read(text), said(text, TextChannel::Sms)] {
            assert!(found.is_opt_out() || found.is_possible_opt_out(), "{text}: {found:?}");
        }
    }
}

#[test]
fn wish_in_a_form_that_no_phrase_spells_out_lists_the_writer() {
    for text in [
        "Scrap my details, and that goes for the shop's inbox too.",
        "Ich bitte Sie letztmalig, mich zu streichen.",
        "Finger weg von meiner Nummer, keine SMS mehr!",
        "Nous vous serions reconnaissants de ne plus nous démarcher.",
        "Mon mari est décédé, cessez de lui écrire.",
        "Les agradeceríamos que no nos escribieran más.",
        "Mi número no pinta nada en su base.",
        "Vi saremmo grati se non ci scriveste più.",
        "Agradecíamos que não nos escrevessem mais.",
        "Wij zouden het op prijs stellen als u ons niet meer benadert.",
        "Mąż zmarł, proszę do niego nie pisać.",
        "Min man är död, skriv inte till honom mer.",
        "もうご連絡はいりません。",
        "夫は亡くなりました。もう送らないでください。",
    ] {
        let found = read(text);
        assert!(found.is_opt_out(), "{text}: {found:?}");
    }
}

#[test]
fn words_of_somebody_else_in_quotation_marks_list_nobody() {
    for text in [
        "Our accountant says \"take me off your list\" to every salesman, what is your price?",
        "Mein Schwager schreibt auf jede Werbung „Hiermit widerspreche ich“, was kostet es denn?",
        "Mio cognato risponde «cancellatemi dalla lista» a tutti, io prima leggo.",
    ] {
        assert!(!read(text).is_opt_out(), "{text}: {:?}", read(text));
    }
    assert!(read("“Please take me off your list”").is_opt_out());
}

#[test]
fn somebody_named_in_a_wish_is_asked_about() {
    let found = read("Remove Gudrun from the list, she has left.");
    assert!(found.is_possible_opt_out(), "{found:?}");
}

#[test]
fn wish_about_an_address_a_paper_a_language_or_a_way_to_be_reached_lists_nobody() {
    for text in [
        "Stop sending mail to my old address, use this one.",
        "Please don't call, email is fine.",
        "Please don't write in English, my chef only reads Italian.",
        "Please stop calling me Mr, it's Mrs.",
        "Bitte löschen Sie meine letzte Nachricht, die war falsch.",
        "Bitte schreiben Sie mir nicht mehr auf Englisch.",
        "Wir verschicken keine Newsletter mehr.",
        "Notre numéro a changé, effacez l'ancien.",
        "Je ne veux pas recevoir la facture deux fois.",
        "No me mande la versión larga.",
        "No me llame más a este número, use el móvil.",
        "Me quita usted un peso de encima, ¿qué hay que hacer?",
        "Cancelli il mio ultimo messaggio, era sbagliato.",
        "Não enviem mais nada para o endereço antigo.",
        "Ons nummer is veranderd, wis het oude.",
        "Proszę usunąć moją ostatnią wiadomość, to pomyłka.",
        "Ring inte, mejla hellre.",
        "9時前には電話しないでください。",
    ] {
        assert!(!read(text).is_opt_out(), "{text}: {:?}", read(text));
    }
}
