//! What stands below an answer: legal notices, newsletters' footers, signatures. And wishes that are none for no more mail.

use super::{name, read, reply, said};
use crate::*;

#[test]
fn yes_above_a_footer_stays_a_yes() {
    let yes = "Yes, Tuesday at 10 works for me. Please call me.\n\nJonas Beck\nBeck Bau GmbH";
    for footer in [
        "This e-mail is confidential. If you have received it in error, please notify the sender, delete it from your system and do not contact us again about it.",
        "If you no longer wish to receive e-mails from Beck Bau, please reply with UNSUBSCRIBE.",
        "--\nTo unsubscribe from our mailing list, write to unsubscribe@beck-bau.test",
        "Unsubscribe from our newsletter | Manage preferences",
        "We process personal data. You have the right to object and to have your data erased.",
        "Wenn Sie keine weiteren E-Mails von uns erhalten möchten, antworten Sie bitte mit \"Abmelden\".",
        "Der Nutzung unserer Daten zu Werbezwecken wird widersprochen.",
        "Si vous n’êtes pas le destinataire de ce message, merci de le supprimer et de ne plus nous contacter à ce sujet.",
        "Si no desea recibir más comunicaciones nuestras, responda a este correo con el asunto BAJA.",
        "Se non desidera ricevere ulteriori comunicazioni, risponda a questa e-mail scrivendo CANCELLAMI.",
        "Caso não queira mais receber nossos e-mails, responda com REMOVER.",
        "Wilt u geen e-mails meer van ons ontvangen, laat het ons dan weten.",
        "Jeżeli nie chcesz otrzymywać od nas wiadomości, napisz WYPISZ.",
        "Ønsker du ikke at modtage flere mails fra os, så svar \"afmeld\" på denne mail.",
        "Vill du inte längre ha våra utskick? Svara STOPP.",
        "今後メールの配信を希望されない方は、件名に「配信停止」と書いてご返信ください。",
        "Bültenimizi artık almak istemiyorsanız buraya tıklayarak listeden çıkabilirsiniz.",
        "Pokud si nepřejete dostávat naše e-maily, odpovězte slovem STOP.",
    ] {
        let found = read(&reply(&format!("{yes}\n\n{footer}")));
        assert_eq!(name(&found), "interested", "{footer}: {found:?}");
        assert!(!found.is_possible_opt_out(), "{footer}");
    }
}

#[test]
fn wish_below_a_name_or_after_thanks_is_heard() {
    for text in [
        "No.\nThanks\nStop emailing me",
        "Not for us.\n\nMia Roth\n\nPS: please take me off your list",
        "Please take me off your list. If you have my address from a third party, tell me which.",
    ] {
        assert_eq!(name(&read(&reply(text))), "opt_out", "{text}");
    }
}

#[test]
fn wish_about_one_list_a_copy_or_somebody_else_is_no_opt_out() {
    for text in [
        "Add me to your list for the Tuesday session.",
        "Can you remove Tom from the cc please, he left us in spring.",
        "Please unsubscribe me from the other list only, I do want to keep hearing from you.",
        "Please take us off the mute list, we want to hear from you.",
        "Please do not send the invoice by post, a PDF by mail is enough.",
        "Setzen Sie mich bitte auf die Liste für Montag.",
        "Bitte nur vom Veranstaltungsnewsletter abmelden, alles andere möchte ich weiter bekommen.",
        "Désinscrivez-moi seulement de la liste des événements, je veux garder vos autres messages.",
        "Dadme de baja solo de la lista de eventos, lo demás quiero seguir recibiéndolo.",
        "Tolga Elisa dalla copia, non lavora più da noi.",
        "Tirem-me só da lista dos eventos, o resto quero continuar a receber.",
        "Haal me alleen van de lijst voor evenementen af, de rest wil ik blijven krijgen.",
        "Proszę mnie wypisać tylko z listy wydarzeń, resztę chcę nadal dostawać.",
        "Ta bara bort mig från listan för evenemang, resten vill jag ha kvar.",
        "イベントの案内だけ配信停止にしてください。ほかのお知らせは引き続き受け取りたいです。",
        "We are not interested.",
        "On the phone I already wrote this off, as I wrote to your colleague:\n\nwe are not interested.",
    ] {
        for found in [read(&reply(text)), said(text, TextChannel::Sms)] {
            assert!(!found.is_opt_out() && !found.is_possible_opt_out(), "{text}: {found:?}");
        }
    }
}

#[test]
fn short_opt_out_word_with_a_slip_asks_and_another_word_does_not() {
    for text in ["Stpo", "STPO!", "pls stpo", "stpo texting me", "Tsop"] {
        let found = said(text, TextChannel::Sms);
        assert!(
            found.is_possible_opt_out() && !found.is_opt_out() && !found.is_positive(),
            "{text}: {found:?}"
        );
    }
    for text in ["Shop", "Top!", "Step 2 please", "Quite good, thanks", "Spot on"] {
        assert!(!said(text, TextChannel::Sms).is_possible_opt_out(), "{text}");
    }
}
