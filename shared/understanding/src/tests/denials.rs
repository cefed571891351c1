//! Opt-outs that are denied, asked about, or wanted only if something else is not.

use super::{read, reply, said};
use crate::*;

fn both(text: &str) -> [Understood; 2] {
    [read(&reply(text)), said(text, TextChannel::Sms)]
}

#[test]
fn denied_opt_out_neither_lists_nor_holds() {
    let mut wrong = Vec::new();
    for text in DENIED {
        for found in both(text) {
            if found.is_opt_out() || found.is_possible_opt_out() {
                wrong.push(format!("{text}: {:?} {:?}", found.kind, found.rule));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const DENIED: [&str; 115] = [
    "Please don't remove me from your list",
    "Please don't remove me from your list.",
    "Please don't remove me from your list, I was on leave. Tuesday works, call me at 10.",
    "Please never remove me from this list. Call me Tuesday.",
    "Why did you remove me from your list? I want the offer.",
    "I never asked you to stop emailing me. Please send the offer.",
    "I never asked you to stop texting me. Please send the offer.",
    "I would be sad if you removed me from your list. Call me.",
    "If you can, do not take me off the list just yet, call me on Tuesday.",
    "No need to remove me from the list, Tuesday works.",
    "I did not opt out",
    "I did not unsubscribe, why no more mails?",
    "We didn't unsubscribe. Please send the offer again.",
    "Hi Ada, don't unsubscribe me. Let's talk on Tuesday.",
    "Please do not stop emailing me.",
    "Who told you to remove me? I am interested.",
    "Why was I removed from your list?",
    "I don't want to be removed from your list.",
    "Why don't I get your emails any more?",
    "Please keep me on your list.",
    "Nobody asked you to remove me. I want the offer.",
    "pls dont take me off",
    "Ne me désinscrivez pas",
    "Ne me désinscrivez pas, votre offre m'intéresse.",
    "Merci de ne pas me retirer de votre liste.",
    "Pourquoi m'avez-vous désinscrit ?",
    "Je ne me suis pas désinscrit.",
    "Je ne vous ai jamais demandé d'arrêter.",
    "Ce serait dommage si vous me retiriez de la liste.",
    "Haal mij niet van de lijst, ik heb interesse. Bel dinsdag.",
    "Schrijf mij alstublieft niet uit.",
    "Waarom heeft u mij van de lijst gehaald?",
    "Ik heb me niet afgemeld.",
    "Ik heb u nooit gevraagd om te stoppen.",
    "Het zou jammer zijn als u mij van de lijst haalt.",
    "Non cancellatemi dalla lista, mi interessa.",
    "Non cancellatemi dalla lista",
    "Perché mi avete cancellato dalla lista?",
    "Non mi sono mai disiscritto.",
    "Non vi ho mai chiesto di smettere di scrivermi.",
    "Mi dispiacerebbe se mi cancellaste.",
    "Bitte löschen Sie mich nicht aus Ihrer Liste.",
    "Nehmen Sie mich bitte nicht vom Verteiler.",
    "Ich habe mich nicht abgemeldet.",
    "Warum haben Sie mich aus dem Verteiler genommen?",
    "Ich habe Sie nie gebeten aufzuhören.",
    "Es wäre schade, wenn Sie mich vom Verteiler nehmen.",
    "Ich möchte mich nicht abmelden.",
    "No me borren de la lista, por favor.",
    "Por favor, no me den de baja.",
    "¿Por qué me han dado de baja?",
    "No me he dado de baja.",
    "Nunca les pedí que dejaran de escribirme.",
    "Sería una pena que me borraran de la lista.",
    "Não me remova da lista, por favor.",
    "Porque fui removido da lista?",
    "Não me descadastrei.",
    "Nunca pedi para pararem de escrever.",
    "Ficaria triste se me removessem da lista.",
    "Proszę nie usuwać mnie z listy.",
    "Nie usuwajcie mnie z listy.",
    "Dlaczego usunęliście mnie z listy?",
    "Nie wypisywałem się z listy.",
    "Nigdy nie prosiłem o usunięcie z listy.",
    "Ta inte bort mig från listan.",
    "Varför har ni tagit bort mig från listan?",
    "Jag har inte avregistrerat mig.",
    "Jag har aldrig bett er att sluta.",
    "Det vore synd om ni tog bort mig från listan.",
    "Slet mig ikke fra listen.",
    "Hvorfor har I slettet mig fra listen?",
    "Jeg har ikke afmeldt mig.",
    "Jeg har aldrig bedt jer om at stoppe.",
    "Det ville være ærgerligt, hvis I fjernede mig fra listen.",
    "Ikke fjern meg fra listen.",
    "Hvorfor har dere fjernet meg fra listen?",
    "Jeg har ikke meldt meg av.",
    "Det ville være synd om dere fjernet meg fra listen.",
    "Nemažte mě prosím ze seznamu.",
    "Proč jste mě vyřadili ze seznamu?",
    "Neodhlásil jsem se.",
    "Nikdy jsem vás nežádal, abyste přestali psát.",
    "Mrzelo by mě, kdybyste mě smazali ze seznamu.",
    "Nevymažte ma zo zoznamu.",
    "Nevyraďujte ma zo zoznamu, prosím.",
    "Prečo ste ma vymazali zo zoznamu?",
    "Neodhlásil som sa.",
    "Lütfen beni listeden çıkarmayın.",
    "Beni neden listeden çıkardınız?",
    "Abonelikten çıkmadım.",
    "Beni listeden silerseniz üzülürüm.",
    "Älkää poistako minua listalta.",
    "Miksi poistitte minut listalta?",
    "En ole perunut tilausta.",
    "En ole pyytänyt teitä lopettamaan.",
    "Не удаляйте меня из списка.",
    "Почему вы удалили меня из рассылки?",
    "Я не отписывался.",
    "Я никогда не просил вас перестать писать.",
    "Было бы жаль, если вы меня удалите из списка.",
    "Ne töröljenek a listáról.",
    "Miért töröltek a listáról?",
    "Nem iratkoztam le.",
    "Nu mă ștergeți de pe listă, vă rog.",
    "De ce m-ați șters din listă?",
    "Nu m-am dezabonat.",
    "リストから外さないでください。",
    "なぜリストから削除したのですか。",
    "配信停止をお願いしていません。",
    "不要把我从名单中删除。",
    "为什么把我从名单中删除？",
    "我没有退订。",
    "명단에서 삭제하지 마세요.",
    "왜 명단에서 삭제했습니까?",
    "수신거부한 적이 없습니다.",
];

const HEARD: [&str; 26] = [
    "I don't want this, remove me",
    "I don't want this. Remove me from your list.",
    "Don't you dare write again",
    "Never write again",
    "Never write to me again.",
    "If you do not remove me from your list, I will report you.",
    "Why have you not removed me from your list?",
    "Don't make me ask again, remove me from your list.",
    "I'm not interested, please remove me from your list.",
    "I would be grateful if you removed me from your list.",
    "I never asked for this, remove me from your list.",
    "No, don't. Remove me from your list.",
    "Please don't write to me, remove me from your list.",
    "Why do I get your emails? Remove me.",
    "Ich will das nicht, löschen Sie mich aus Ihrer Liste.",
    "Warum haben Sie mich noch nicht gelöscht? Löschen Sie mich.",
    "Je ne veux pas de ça, désinscrivez-moi.",
    "Si no me borran de la lista, los denuncio.",
    "No me interesa, bórrenme de la lista.",
    "Non mi interessa, cancellatemi dalla lista.",
    "Ik heb geen interesse, haal mij van de lijst.",
    "Não quero isto, removam-me da lista.",
    "Nie chcę tego, usuńcie mnie z listy.",
    "Jag vill inte ha det här, ta bort mig från listan.",
    "Не интересно, удалите меня из списка.",
    "興味がありません。リストから削除してください。",
];

const CONDITIONAL: [&str; 15] = [
    "If you can guarantee 20% then yes, otherwise please remove me from your list.",
    "Did you remove me from your list?",
    "Do you have a unit in Leeds? If not, please remove me from your list.",
    "If this is about selling our data, please remove me from your list.",
    "Unless you are from the council, please remove me from your list.",
    "Wenn Sie 20 % garantieren können, gern, sonst nehmen Sie mich bitte vom Verteiler.",
    "Si vous pouvez garantir 20 %, oui, sinon retirez-moi de votre liste.",
    "Si pueden garantizar el 20 %, bien; de lo contrario, bórrenme de la lista.",
    "Se garantite il 20 % sì, altrimenti cancellatemi dalla lista.",
    "Kunt u 20 % garanderen? Zo niet, haal mij dan van de lijst.",
    "Jeśli gwarantujecie 20 %, tak, w przeciwnym razie usuńcie mnie z listy.",
    "Om ni kan garantera 20 %, ja, annars ta bort mig från listan.",
    "Hvis I kan garantere 20 %, ja, ellers slet mig fra listen.",
    "Pokud zaručíte 20 %, ano, jinak mě vymažte ze seznamu.",
    "Если гарантируете 20 %, да, иначе удалите меня из списка.",
];

#[test]
fn opt_out_with_a_negation_elsewhere_is_heard() {
    let mut wrong = Vec::new();
    for text in HEARD {
        wrong.extend(
            both(text)
                .into_iter()
                .filter(|found| !(found.is_opt_out() || found.is_possible_opt_out()))
                .map(|found| (text, found.kind, found.rule)),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn opt_out_that_hangs_on_something_else_asks() {
    let mut wrong = Vec::new();
    for text in CONDITIONAL {
        wrong.extend(
            both(text)
                .into_iter()
                .filter(|found| !(found.is_possible_opt_out()))
                .map(|found| (text, found.kind, found.rule)),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
