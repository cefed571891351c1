//! The start page: all mailboxes and phones, newest first, people's latest actions, and the providers'
//! switches.

use axum::extract::{Query, State};
use maud::{Markup, html};
use serde::Deserialize;

use super::{deeds_line, frame, person_href, when};
use crate::domains;
use crate::doors::Provider;
use crate::mail_apis::Kind;
use crate::mail_webhooks::MailProvider;
use crate::people::{Persona, PhonePersona};
use crate::sandbox::Sandbox;

const MOST_ROWS: usize = 200;

#[derive(Deserialize)]
pub(super) struct Asked {
    q: Option<String>,
}

struct Row {
    who: String,
    persona: &'static str,
    tone: &'static str,
    latest: String,
    at: jiff::Timestamp,
    total: usize,
    unread: usize,
}

pub(super) async fn show(State(sandbox): State<Sandbox>, Query(asked): Query<Asked>) -> Markup {
    let wanted = asked.q.unwrap_or_default().to_lowercase();
    let mailboxes = mailboxes(&sandbox, &wanted);
    let phones = phones(&sandbox, &wanted);
    let urls = sandbox.webhook_urls();
    let (api_mailboxes, domains) = (sandbox.api_mailboxes(), domains::section(&sandbox));
    let world = sandbox.world();
    frame(
        "Mailboxes and phones",
        html! {
            h1 { "Everyone your app writes to" }
            p.meta {
                (world.mails.len()) " mails, " (world.texts.len()) " texts, " (world.deeds.len()) " things people did. "
                "Nothing here leaves this machine."
            }
            div.columns {
                div {
                    h2 #mailboxes { "Mailboxes" }
                    (table(&mailboxes, "No mail yet. Launch a campaign, and it arrives here."))
                    h2 #phones { "Phones" }
                    (table(&phones, "No texts yet. An SMS step sends the first one here."))
                }
                div {
                    h2 { "Lately" }
                    @if world.deeds.is_empty() { p.empty { "No one has done anything yet." } }
                    (deeds_line(world.deeds.iter().rev().take(30), true))
                    h2 #providers { "Providers" }
                    p.meta { "An outage answers every request with 503, over SMTP with 421." }
                    div.actions {
                        @for (provider, name) in PROVIDERS {
                            form method="post" action="/switches" {
                                input type="hidden" name="provider" value=(name);
                                @let out = sandbox.is_out(provider);
                                input type="hidden" name="on" value=(!out);
                                button type="submit" {
                                    @if out { "Bring " (name) " back" } @else { "Take " (name) " down" }
                                }
                            }
                        }
                    }
                    h2 { "Mailboxes at Google and Microsoft" }
                    p.meta {
                        "Any address has one. Connect it in the app with this API URL and this OAuth client; "
                        "its mails go to the people here, and their replies arrive in it."
                    }
                    @for kind in Kind::ALL {
                        p.meta {
                            b { (kind.name()) } ": " code { (kind.base_url(&sandbox)) } ", client "
                            code { (kind.client().0) } ", secret " code { (kind.client().1) }
                        }
                    }
                    h2 #mail-webhooks { "Mail that a provider posts" }
                    p.meta {
                        "A provider receives the mail of a domain, or of one address, and posts it to the app; Resend, SendGrid "
                        "and SES also tell what became of mails from there. Enter the address that the app shows for the account."
                    }
                    @for provider in MailProvider::ALL {
                        p.meta { b { (provider.name()) } ": " code { (provider.shown()) } }
                    }
                    @for known in &world.mail_webhooks {
                        p.meta {
                            (known.provider.name()) " for " code { (known.domain) }
                            @if known.provider == MailProvider::Ses {
                                @if world.sns_confirmed.contains(&known.url) { ", confirmed" } @else { ", not confirmed yet" }
                            }
                        }
                    }
                    form method="post" action="/mail-webhooks" {
                        label { "Provider" select name="provider" {
                            @for provider in MailProvider::ALL { option value=(provider.word()) { (provider.name()) } }
                        } }
                        label { "Domain or address" input name="domain" required; }
                        label { "Webhook" input name="url" type="url" required; }
                        button type="submit" { "Post mail there" }
                    }
                    @for (kind, address) in &api_mailboxes {
                        form method="post" action="/grants" {
                            input type="hidden" name="address" value=(address);
                            button type="submit" { "Take back the access to " (address) " at " (kind.name()) }
                        }
                    }
                    (domains)
                    h2 { "Webhooks go to" }
                    form method="post" action="/webhooks" {
                        label { "Inbound e-mail" input name="inbound_email" value=(urls.inbound_email); }
                        label { "Twilio" input name="twilio" value=(urls.twilio); }
                        label { "Stripe" input name="stripe" value=(urls.stripe); }
                        button type="submit" { "Send webhooks there" }
                    }
                }
            }
        },
    )
}

pub(super) const PROVIDERS: [(Provider, &str); 15] = [
    (Provider::Smtp, "smtp"),
    (Provider::Imap, "imap"),
    (Provider::Google, "google"),
    (Provider::Microsoft, "microsoft"),
    (Provider::Resend, "resend"),
    (Provider::Twilio, "twilio"),
    (Provider::Serpapi, "serpapi"),
    (Provider::Hunter, "hunter"),
    (Provider::Apollo, "apollo"),
    (Provider::PeopleDataLabs, "people_data_labs"),
    (Provider::Zerobounce, "zerobounce"),
    (Provider::Serper, "serper"),
    (Provider::Apify, "apify"),
    (Provider::Model, "model"),
    (Provider::Stripe, "stripe"),
];

fn mailboxes(sandbox: &Sandbox, wanted: &str) -> Vec<Row> {
    let world = sandbox.world();
    let rows = world.mailboxes.iter().filter(|(address, _)| address.contains(wanted)).filter_map(
        |(address, ids)| {
            let latest = &world.mails[*ids.last()?];
            let persona = sandbox.persona(address);
            Some(Row {
                who: address.clone(),
                persona: persona.name(),
                tone: tone(persona),
                latest: latest.subject.clone(),
                at: latest.at,
                total: ids.len(),
                unread: ids.iter().filter(|id| !world.mails[**id].read).count(),
            })
        },
    );
    newest_first(rows.collect())
}

fn phones(sandbox: &Sandbox, wanted: &str) -> Vec<Row> {
    let world = sandbox.world();
    let rows =
        world.phones.iter().filter(|(number, _)| number.contains(wanted)).filter_map(|(number, ids)| {
            let latest = &world.texts[*ids.last()?];
            let persona = sandbox.phone_persona(number);
            Some(Row {
                who: number.clone(),
                persona: persona.name(),
                tone: phone_tone(persona),
                latest: latest.body.clone(),
                at: latest.at,
                total: ids.len(),
                unread: ids.iter().filter(|id| !world.texts[**id].read).count(),
            })
        });
    newest_first(rows.collect())
}

fn newest_first(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.who.cmp(&b.who)));
    rows.truncate(MOST_ROWS);
    rows
}

pub(super) fn tone(persona: Persona) -> &'static str {
    match persona {
        Persona::Keen => "good",
        Persona::Annoyed
        | Persona::Bouncer
        | Persona::NoSuchUser
        | Persona::VanishedUser
        | Persona::Blocking => "bad",
        Persona::OutOfOffice => "held",
        Persona::Curious | Persona::Scanned => "cold",
        Persona::Silent => "",
    }
}

pub(super) fn phone_tone(persona: PhonePersona) -> &'static str {
    match persona {
        PhonePersona::Keen => "good",
        PhonePersona::Stopper
        | PhonePersona::Unreachable
        | PhonePersona::Landline
        | PhonePersona::Filtered => "bad",
        PhonePersona::Curious => "cold",
        PhonePersona::Silent => "",
    }
}

fn table(rows: &[Row], nothing: &str) -> Markup {
    html! {
        @if rows.is_empty() { p.empty { (nothing) } } @else {
            table {
                thead { tr { th { "Who" } th.kind { "Persona" } th.wide { "Latest" } th.when { "When" } th.count { "Unread" } } }
                tbody {
                    @for row in rows {
                        tr {
                            td {
                                span.dot.none[row.unread == 0] aria-hidden="true" {}
                                a.unread[row.unread > 0] href=(person_href(&row.who)) { (row.who) }
                            }
                            td.kind { span class={ "badge " (row.tone) } { (row.persona) } }
                            td.wide { (row.latest) }
                            td.when { (when(row.at)) }
                            td.count { (row.unread) " of " (row.total) }
                        }
                    }
                }
            }
        }
    }
}
