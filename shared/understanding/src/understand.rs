//! The order in which the kinds of mail are tried.

use crate::bounce::bounce;
use crate::calendar::calendar;
use crate::fold::words;
use crate::machine::{Seen, automatic_header, died, is_plain_challenge, machine, machine_by_model};
use crate::mail::Mail;
use crate::misspelt::misspelt;
use crate::quoted_text::{Fresh, OurWords, below_headers, fresh_text};
use crate::reaction::reaction;
use crate::said::Said;
use crate::spoken::spoken;
use crate::{Context, Kind, Rule, Understood, html, offer, opt_out, report, verdict};

/// Says what an inbound mail is.
pub fn understand(mail: &Mail, context: &Context<'_>) -> Understood {
    let fresh = own_words(mail, context);
    let mut found = kind_of(mail, &fresh, context);
    found.fresh = fresh.text;
    found.quotes = fresh.quotes;
    found
}

/// The writer's own words. A mail with text and HTML says the same twice; where the HTML marks a quotation that the text
/// does not, its shorter beginning counts.
fn own_words(mail: &Mail, context: &Context<'_>) -> Fresh {
    let texts: Vec<&str> = context.ours.iter().map(|ours| ours.text).collect();
    let ours = OurWords::new(&texts);
    let of_text = of_plain(&mail.plain(), mail.text.trim().is_empty(), &ours);
    if mail.html.is_empty() || mail.text.trim().is_empty() {
        return of_text;
    }
    let of_html = fresh_text(&html::to_text(&mail.html), &ours);
    let (long, short) = (words(&of_text.text), words(&of_html.text));
    let is_beginning = !short.is_empty()
        && short.len() < long.len()
        && short.iter().zip(&long).all(|(a, b)| a.text == b.text);
    if is_beginning && of_html.quotes { of_html } else { of_text }
}

/// The writer's own words of the plain text. Where it was made of HTML, all below the headers that a program puts above what it
/// quotes is marked, an answer included.
fn of_plain(text: &str, is_of_html: bool, ours: &OurWords) -> Fresh {
    let fresh = fresh_text(text, ours);
    if !is_of_html || !fresh.quotes || !words(&fresh.text).is_empty() {
        return fresh;
    }
    below_headers(text, ours).unwrap_or(fresh)
}

fn kind_of(mail: &Mail, fresh: &Fresh, context: &Context<'_>) -> Understood {
    if let Some(returned) = report::complaint(mail) {
        return Understood {
            returned: Some(returned),
            ..Understood::new(Kind::Complaint, Rule::AbuseReport, "Feedback-Type: abuse")
        };
    }
    if let Some(kind) = report::other_feedback(mail) {
        let told = format!("Feedback-Type: {kind}");
        return Understood::new(Kind::AutoAcknowledgement, Rule::AbuseReport, &told);
    }
    if let Some(found) = bounce(mail, context) {
        return found;
    }
    if let Some(found) = calendar(mail, context.zone).or_else(|| reaction(mail, &fresh.text)) {
        return found;
    }
    let spoken = spoken(&fresh.text, context);
    let said = Said::read(&fresh.text);
    let body = Said::read(&spoken.body);
    let subject = Said::read(&mail.subject);
    let names: Vec<String> = [mail.from_name.as_str()]
        .iter()
        .chain(context.our_names)
        .flat_map(|name| words(name))
        .map(|word| word.text)
        .collect();
    if let Some(found) = opt_out::by_client(mail, &fresh.text) {
        return found.understood();
    }
    let seen =
        Seen { mail, said: &said, body: &body, subject: &subject, spoken: &spoken, quotes: fresh.quotes };
    // What a machine writes is no wish of a person; without a header, a wish in words goes first.
    let by_header = automatic_header(mail).is_some().then(|| machine(&seen, context)).flatten();
    if let Some(found) = by_header {
        return found;
    }
    let wish = opt_out::in_words(&spoken, &names, false)
        .and_then(|wish| verdict::weighed(wish, &body, false))
        .or_else(|| opt_out::in_subject(mail, &body, context, &names));
    if let Some(wish) = wish {
        return wish.understood();
    }
    let texts: Vec<&str> = context.ours.iter().map(|ours| ours.text).collect();
    if let Some(sentence) = offer::agreed(&mail.plain(), &OurWords::new(&texts)) {
        return Understood::new(Kind::PossibleOptOut, Rule::OptOutWording, &sentence);
    }
    if let Some(found) = machine(&seen, context).or_else(|| machine_by_model(&seen, false, context)) {
        let may_be_a_wish = found.kind != Kind::Challenge || !is_plain_challenge(&seen);
        let wish = may_be_a_wish.then(|| verdict::clear_opt_out(&body, false, context)).flatten();
        return wish.unwrap_or(found);
    }
    if let Some(sentence) = misspelt(&spoken, &names, false) {
        return Understood::new(Kind::PossibleOptOut, Rule::OptOutMisspelt, &sentence);
    }
    if let Some(sentence) = died(&body) {
        return Understood::new(Kind::PossibleOptOut, Rule::DepartureWording, sentence);
    }
    if said.is_empty() && !fresh.text.contains(['?', '？']) {
        return Understood::new(Kind::Person, Rule::Wordless, "");
    }
    verdict::person(&body, &mail.from, false, context)
}
