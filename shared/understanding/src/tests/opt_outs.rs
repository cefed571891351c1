//! Wishes for no more that other words stand beside, and words of such wishes that are none.

use super::{read, reply, said};
use crate::language::{FILES, read_file};
use crate::*;

/// What a mail and a text of these words are.
fn both(text: &str) -> [Understood; 2] {
    [read(&reply(text)), said(text, TextChannel::Sms)]
}

#[test]
fn wish_that_denies_wanting_more_keeps_nothing() {
    for text in [
        "I am not interested in your services. Please remove me from your list.",
        "We are not interested in your product. Please stop emailing us.",
        "Please just take me off your list.",
        "Just unsubscribe me from this newsletter.",
        "I do not want to keep getting these emails.",
        "Je souhaite ne plus recevoir vos mails",
        "Je préfère ne plus recevoir vos mails",
        "Je voudrais ne plus recevoir vos mails",
        "Preferisco non continuare a ricevere le vostre mail",
        "Ik wil niet langer uw mails blijven ontvangen",
        "Jag vill inte fortsätta få era mejl",
        "Jeg vil ikke blive ved med at få jeres mails",
        "Ich will nicht weiter E-Mails von Ihnen bekommen",
        "No quiero seguir recibiendo sus correos",
        "Não quero continuar a receber os vossos emails",
        "Nie chcę dalej dostawać od was maili",
        "Nechci nadále dostávat vaše maily",
        "Artık maillerinizi almaya devam etmek istemiyorum",
        "We are not on board with this. Take us off your list.",
        "Juste une chose : retirez-moi de la liste",
        "Tag mig bare af listen",
        "Ta bara bort mig från listan, tack",
    ] {
        for found in both(text) {
            assert!(found.is_opt_out(), "{text}: {found:?}");
        }
    }
}

#[test]
fn wish_in_legal_or_polite_words_is_heard() {
    for text in [
        "Please have my data erased under GDPR Article 17.",
        "I want my personal data erased and no further contact.",
        "You have no right to store my data, delete it now.",
        "If you don't unsubscribe me immediately, I will report you to the ICO.",
        "Prosimy wypisać nas z listy.",
        "Prosimy o usunięcie naszego adresu z bazy.",
        "Ich mache von meinem Recht auf Löschung meiner Daten Gebrauch.",
        "Der Nutzung meiner Daten wird hiermit widersprochen.",
        "Ich habe den Newsletter nie abonniert, bitte löschen.",
        "Quiero ejercer mi derecho de supresión",
        "Ejerzo mis derechos de acceso y supresión, borren mis datos",
        "Esercito il mio diritto alla cancellazione",
        "Exerço o meu direito ao apagamento",
        "J'exerce mon droit d'accès et d'opposition, supprimez mes données",
        "U heeft geen recht mij te mailen, haal me van de lijst",
        "Ni har ingen rätt att mejla mig, ta bort mig från listan",
        "Ni har rätt, jag prenumererade. Ta bort mig från listan nu.",
        "I har ingen ret til at skrive, slet mig",
        "Nemáte právo mi psát, vymažte mě",
        "Máte právo poslat jeden mail, teď mě vymažte ze seznamu",
        "配信停止は今すぐお願いします",
        "配信停止は可能でしょうか。お願いします。",
        "Please remove me from your list and notify us once it is done.",
        "Mam prawo do usunięcia danych, proszę je usunąć",
        "Przysługuje mi prawo do usunięcia danych i z niego korzystam",
        "Non avete il diritto di scrivermi, cancellatemi",
        "Vous n'avez pas le droit de m'écrire, supprimez mon adresse",
        "Sie haben kein Recht, mir zu schreiben. Löschen Sie meine Daten.",
        "Haal me van de lijst en laat het ons weten",
        "I do not wish to continue receiving your emails. Please remove me.",
        "We are not interested in this, please take us off your mailing list.",
        "I still keep getting your emails. Unsubscribe me.",
        "I am on the do not call register, stop emailing me.",
        "I am done with this, take me off your list.",
        "We are a two-person shop in Leeds. Stop emailing us.",
        "I am the owner and I do not sign up in any lists. Unsubscribe me.",
        "Why do you keep sending me this? Stop.",
        "Remove me from the list of your newsletter only sent once, thanks",
        "Please just remove me from the newsletter.",
        "Only wrote to say: take me off this list.",
        "Please remove me from this email thread and your list.",
        "I told your company before: stop emailing me.",
        "You have my request from last week. Delete my data.",
        "You have had my request to be removed since May. Remove me.",
        "You may not contact me again, I withdraw my consent.",
        "If you do not stop I will go to the police.",
        "If you send another email I will report you.",
        "If you email me again, I will report you as spam.",
        "If you want to avoid a complaint, remove me now.",
        "You are getting reported. Stop emailing me.",
        "You received my opt out last week because I wrote STOP. Stop now.",
        "Reply STOP did not work. Remove me.",
        "I have sent you STOP three times, remove my number.",
        "To stop this I have to write to you? Remove me.",
        "Should you not stop, I will involve a lawyer.",
        "Bitte nur noch eins: nehmen Sie mich aus dem Verteiler.",
        "Ich möchte keine E-Mails mehr erhalten, auch nicht weiter kontaktiert werden.",
        "Ich möchte nicht weiterhin Werbung erhalten.",
        "Nehmen Sie mich bitte nur vom Verteiler, mehr will ich nicht.",
        "Hiermit mache ich von meinem Recht auf Widerspruch nach Art. 21 DSGVO Gebrauch.",
        "Ich fordere Sie auf, meine Daten zu löschen. Ich habe ein Recht auf Löschung.",
        "Sollten Sie mir noch eine Mail schicken, zeige ich Sie an.",
        "Ich habe mich nie für Ihren Newsletter angemeldet. Bitte entfernen Sie mich.",
        "Sie schicken mir Newsletter, die ich nie abonniert habe, tragen Sie mich aus.",
        "Veuillez ne plus m'écrire. Vos droits et les miens sont clairs.",
        "Je ne veux plus recevoir vos infos.",
        "Je voudrais ne plus recevoir vos messages.",
        "Je souhaite ne plus rester inscrit à vos listes.",
        "Merci de me retirer juste de cette liste.",
        "Merci de désinscrire cet expéditeur de votre liste.",
        "Solicito ejercer mi derecho de cancelación y oposición.",
        "Quiero dejar de recibir estos correos.",
        "No quiero seguir recibiendo sus mensajes.",
        "Deseo darme de baja de su lista.",
        "Vorrei non continuare a ricevere le vostre mail.",
        "Non voglio continuare a ricevere le vostre mail.",
        "Mi oppongo: diritto di opposizione art. 21 GDPR.",
        "Solicito, ao abrigo do direito de oposição, que não me contactem mais.",
        "Não quero continuar a receber estes emails.",
        "Pode remover-me? Peço que pode exercer já.",
        "Ik maak gebruik van mijn recht op verwijdering, u heeft geen recht mijn gegevens te gebruiken.",
        "Prosimy o wypisanie z newslettera.",
        "Prosimy o usunięcie z listy mailingowej.",
        "Prosimy nas wypisać.",
        "Prosimy o zaprzestanie wysyłki. Rezygnujemy.",
        "Hvis du ikke stopper, anmelder jeg dig. Slet mig.",
        "Pokud mi nepřestanete psát, nahlásím vás. Nechci od vás už nic.",
        "Máte právo mě smazat hned.",
        "Eğer mail atmayı bırakmazsanız şikayet ederim.",
        "Jos ette lopeta, teen valituksen. Poistakaa minut.",
        "Если вы не прекратите, я пожалуюсь. Удалите меня.",
        "원하지 않으니 그만 보내세요.",
        "원하지 않는 메일입니다. 수신거부 합니다.",
        "配信停止をお願いします。",
        "メール不要です。配信停止は早急にお願いします。",
        "配信停止は今すぐお願いします。",
        "Can you just take me off this list please",
        "I do not wish to go on hearing from you.",
        "I don't want to keep getting your mails.",
        "Please unsubscribe me from the list, I am in no hurry to buy.",
        "Bitte nur noch löschen.",
        "Ich möchte nicht weiter von Ihnen kontaktiert werden.",
        "Ich würde gern nicht weiter von Ihnen hören.",
        "Non voglio continuare a ricevere mail.",
        "No deseo seguir recibiendo sus correos.",
        "No quiero que me sigan escribiendo.",
        "Não desejo continuar recebendo seus emails.",
        "Nie chcę dalej otrzymywać waszych maili.",
        "Nechci dál dostávat vaše maily.",
    ] {
        for found in both(text) {
            assert!(found.is_opt_out() || found.is_possible_opt_out(), "{text}: {found:?}");
        }
    }
}

#[test]
fn message_that_did_not_arrive_lists_nobody() {
    for text in [
        "I did not receive your emails.",
        "We did not get your emails, could you resend?",
        "Ich habe keine weiteren Mails bekommen, bitte nochmal schicken",
        "Wir sind noch nicht eingetragen, bitte Link senden",
        "Die letzte Mail sollte schon ein Angebot sein, bitte senden",
        "Não recebi mais emails, pode reenviar?",
        "Ik heb geen mails ontvangen",
        "Jag har inte fått några mejl, skicka igen",
        "Jeg har ikke modtaget flere mails",
        "Nedostal jsem žádné maily",
        "Bir daha mail atar mısınız",
        "Inutile de relancer, j'ai signé hier",
        "メールは不要です、電話でお願いします",
        "Bitte keine Anrufe mehr vor 9 Uhr, danach gern",
        "I'd rather not get on a call, email is fine",
        "Please make sure the invoice does not go to the old address",
        "Z vašej ponuky ma zaujíma druhý balík",
        "Ne interesează produsele din lista de prețuri",
        "I never got your message, please send it again",
        "No recibí más correos, ¿me lo reenvía?",
        "Je n'ai pas reçu vos mails, pouvez-vous les renvoyer ?",
        "Je n'ai plus reçu de mail depuis mardi",
        "Non ho ricevuto altre mail, può rimandarle?",
        "Nie dostałem więcej maili, proszę wysłać jeszcze raz",
        "En ole saanut sähköpostejanne",
        "Не получил больше писем, пришлите ещё раз",
        "Maillerinizi almadım, tekrar gönderir misiniz",
        "Jeg har ikke fått flere eposter",
        "Nem kaptam több levelet",
        "Nu am primit mailuri",
        "We don't get your emails any more since Monday, please check",
        "Wir bekommen Ihre Mails nicht mehr, bitte prüfen",
    ] {
        for found in both(text) {
            assert!(!found.is_opt_out(), "{text}: {found:?}");
        }
    }
}

#[test]
fn words_of_a_wish_about_something_else_list_nobody() {
    for text in [
        "Yes please, send me the contract.",
        "We never got your email, could you send it again?",
        "I did not receive any further emails from you, please resend.",
        "Please don't call before noon.",
        "We asked you to write an offer, when does it come?",
        "You asked them to write, but nobody answered.",
        "I would prefer not to switch now, but send prices.",
        "No need to follow up, I will call you on Monday.",
        "I want out of my current contract, can you help?",
        "My assistant will take care of it, please call her.",
        "This is the last email I read today, it looks good.",
        "I am still getting your emails in spam, please send to my private address.",
        "How do I get off the waiting list and onto the trial?",
        "Please just call me, I never read email.",
        "Can you take us out of the free plan and into the paid one?",
        "We have been blocked by our firewall, please send the link again.",
        "I will report you the numbers tomorrow.",
        "I'm reporting back to my boss, he wants a quote.",
        "Our current provider keeps calling us, you are better.",
        "Please delete my previous answer, I am interested.",
        "Please erase the whiteboard.",
        "We don't want any more downtime, when can you start?",
        "Last I heard from you was in May, what happened?",
        "I don't need more information, send the contract.",
        "No more questions, we are good to go.",
        "We would like to opt out of our contract with Acme and move to you.",
        "Let's leave it, I don't want to receive the old format.",
        "Not get any further with this, can you help?",
        "My number is on the do not call list, but you may email me.",
        "I mark your mail as important, talk on Friday.",
        "Could you take me off mute?",
        "Please stop by my office.",
        "Ich habe mich noch nicht angemeldet, wie geht das?",
        "Bitte löschen Sie die Position 3 aus dem Angebot, dann passt es.",
        "Melden Sie sich nicht erst nächste Woche, sondern morgen bitte.",
        "Ich will nicht mehr lange warten, bitte schicken Sie das Angebot.",
        "Rufen Sie mich bitte nicht mehr heute an, morgen passt gut.",
        "Bitte schreiben Sie mir nicht auf Englisch.",
        "Nehmen Sie uns bitte als Kunden auf.",
        "Nicht vergessen, uns die Preise zu schicken.",
        "Wir wollen nicht mehr mit Excel arbeiten.",
        "Wir haben genug von dem alten System, zeigen Sie uns Ihres.",
        "Ich nehme Abstand vom Kauf, aber danke.",
        "Je n'ai pas reçu vos mails, pouvez-vous renvoyer ?",
        "Plus de mails de votre part dans ma boîte depuis lundi, renvoyez svp.",
        "Nous ne voulons plus travailler avec notre prestataire, appelez-moi.",
        "Je ne veux pas de démo, juste les tarifs.",
        "Nous n'avons plus de contact avec M. Durand, écrivez-moi.",
        "Il n'y a pas d'autres questions, envoyez le contrat.",
        "On arrête de travailler avec Acme, vos prix ?",
        "Aucun message reçu, merci de renvoyer.",
        "No quiero más reuniones, mándeme el precio.",
        "No me llame hoy, llámeme mañana.",
        "No he recibido más correos suyos, reenvíe por favor.",
        "Dar de baja nuestro contrato con Acme nos cuesta, ¿ayudan?",
        "Elimine la línea 3 del presupuesto y firmamos.",
        "Non ho ricevuto altre mail, può rimandare?",
        "Basta una mail con i prezzi.",
        "Basta che mi mandi il contratto.",
        "Non mi chiami oggi, domani va bene.",
        "Não quero mais esperar, mande a proposta.",
        "Pare por favor na portaria ao chegar.",
        "Basta enviar o contrato.",
        "Geen verdere vragen, stuur het contract.",
        "Ik wil niet langer wachten, bel me.",
        "Stop de auto maar op de parkeerplaats.",
        "Ik heb geen mails ontvangen, stuur ze opnieuw.",
        "Nie mam więcej pytań, proszę przysłać umowę.",
        "Proszę nie dzwonić dziś, jutro pasuje.",
        "Nie dostałem żadnych maili, proszę wysłać ponownie.",
        "Inga fler frågor, skicka avtalet.",
        "Sluta vänta, vi vill börja nu.",
        "Ring mig inte idag, ring i morgon.",
        "Ingen flere spørgsmål, send kontrakten.",
        "Jeg har ikke modtaget flere mails, send igen.",
        "Ring ikke i dag, ring i morgen.",
        "Už mi pište na nový e-mail, ten starý nečtu.",
        "Nevolejte mi dnes, zítra se hodí.",
        "Nedostal jsem žádné další maily, pošlete znovu.",
        "Konec roku se nám hodí.",
        "Dost dobré, pošlete nabídku.",
        "Už mi volejte jen na mobil.",
        "Artık Acme ile çalışmıyoruz, teklif gönderin.",
        "Sipariş iptal edin lütfen, yenisini göndereceğim.",
        "Bir daha mail atar mısınız, bulamadım.",
        "Bugün aramayın, yarın uygun.",
        "Yeter, teklifiniz iyi, anlaştık.",
        "En lähetä enää vanhaan osoitteeseen, soittakaa.",
        "En ole saanut sähköpostia, lähettäkää uudelleen.",
        "Riittää kun lähetätte hinnan.",
        "Ikke ring i dag, ring i morgen.",
        "Ikke send til gammel adresse, bruk denne.",
        "Больше вопросов нет, присылайте договор.",
        "Не звоните сегодня, позвоните завтра.",
        "Удалите пункт 3 из договора.",
        "Хватит одной лицензии.",
        "Ne hívjon ma, holnap jó.",
        "Nincs több kérdésem, küldje a szerződést.",
        "Elég lesz egy licenc.",
        "Nu mai am întrebări, trimiteți contractul.",
        "Nu mai lucrăm cu furnizorul vechi, vrem ofertă.",
        "Gata, am semnat contractul.",
        "Nu ne scrieți în engleză, vă rog.",
        "Nu am primit mesajul, trimiteți din nou.",
        "Nemám žiadne ďalšie otázky, pošlite zmluvu.",
        "Nevolajte mi dnes, zajtra áno.",
        "Žiadam zľavu z vašej ceny.",
        "Nepíšte mi po anglicky, prosím.",
        "Už mi nevolajte na pevnú, len na mobil.",
        "Koniec roka nám vyhovuje.",
        "더 이상 질문 없습니다. 계약서 보내주세요.",
        "더 이상 기존 업체를 사용하지 않아서 연락드립니다.",
        "메일 주소를 변경했으니 기존 주소는 삭제해 주세요.",
        "원치 않습니다만 가격은 알려주세요.",
        "もう少し詳しい資料を送ってください。",
        "本日は電話しないでください。明日お願いします。",
        "メールは不要です、電話でお願いします。",
        "请不要今天打电话，明天可以。",
        "不要再等了，请发合同。",
        "请停止发货，地址变了。",
        "没有更多问题，请发合同。",
    ] {
        for found in both(text) {
            assert!(!found.is_opt_out(), "{text}: {found:?}");
        }
    }
}

#[test]
fn word_of_one_language_alone_lists_nobody_in_another() {
    for text in [
        "Fine, thanks",
        "Fine",
        "fine thank you",
        "Fin",
        "red please",
        "Nix",
        "Gata",
        "All fine",
        "Enough said",
    ] {
        for found in both(text) {
            assert!(!found.is_opt_out(), "{text}: {found:?}");
        }
    }
    for text in ["STOP", "stop danke", "unsubscribe", "Bitte unsubscribe", "Abmelden bitte", "Dur"] {
        for found in both(text) {
            assert!(found.is_opt_out(), "{text}: {found:?}");
        }
    }
}

#[test]
fn word_that_may_be_about_an_appointment_asks() {
    for text in ["Cancel", "Cancel please", "Cancelar", "Annuler svp", "Iptal"] {
        for found in both(text) {
            assert!(found.is_possible_opt_out(), "{text}: {found:?}");
        }
    }
}

#[test]
fn phrase_of_a_language_without_training_asks() {
    for (code, text) in FILES {
        let trained = crate::training::crate_folder().join(format!("training/{code}.txt")).exists();
        assert_eq!(read_file(text).unwrap().asks, !trained, "{code}");
    }
}

#[test]
fn word_alone_below_a_sign_off_is_heard() {
    for text in [
        "Not for us.\nThanks\nSTOP",
        "Will be passed on.\n\nMia Roth\nRoth Clinics\n\nSTOP",
        "Kein Bedarf.\nGruß\nMia Roth\n\nAbmelden",
    ] {
        for found in both(text) {
            assert!(found.is_opt_out(), "{text}: {found:?}");
        }
    }
    let footer =
        "Yes, Tuesday works, please call me.\n\nBest\nMia Roth\nRoth Clinics\nhttps://roth.test/stop\nStop";
    assert!(!read(&reply(footer)).is_opt_out());
}

#[test]
fn opt_out_word_before_a_comma_or_behind_a_label_asks() {
    for text in [
        "Unsubscribe, I have retired from the practice in spring.",
        "Betreff: Abmelden",
        "Désabonnement - notre cabinet ferme en juin",
    ] {
        for found in both(text) {
            assert!(found.is_opt_out() || found.is_possible_opt_out(), "{text}: {found:?}");
        }
    }
    for text in ["Can I still unsubscribe, if I change my mind later?", "Basta, you have convinced me"] {
        for found in both(text) {
            assert!(!found.is_opt_out() && !found.is_possible_opt_out(), "{text}: {found:?}");
        }
    }
}

#[test]
fn refusal_whose_first_words_would_invite_is_heard() {
    for text in ["Schreiben Sie mir bitte nicht mehr.", "Kontaktieren Sie mich bitte nicht mehr."] {
        for found in both(text) {
            assert!(found.is_opt_out(), "{text}: {found:?}");
        }
    }
    for found in both("Schreiben Sie mir bitte.") {
        assert!(!found.is_opt_out() && !found.is_possible_opt_out(), "{found:?}");
    }
}

#[test]
fn wish_behind_a_sentence_that_ends_in_a_number_is_heard() {
    for text in [
        "See you on Tuesday at 10. Do not write to me again.",
        "Nos vemos el martes a las 10. No me escriba más.",
        "On se voit mardi à 10. Ne m'écrivez plus.",
    ] {
        for found in both(text) {
            assert!(found.is_opt_out() || found.is_possible_opt_out(), "{text}: {found:?}");
        }
    }
}

#[test]
fn opt_out_with_a_courtesy_that_looks_like_a_footer_is_heard() {
    for text in
        ["Deme de baja, si no es molestia.", "Me doy de baja, gracias.", "Não desejo ser mais incomodado"]
    {
        for found in both(text) {
            assert!(found.is_opt_out() || found.is_possible_opt_out(), "{text}: {found:?}");
        }
    }
}
