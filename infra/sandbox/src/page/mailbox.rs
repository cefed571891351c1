//! The page of one mailbox: each mail as its reader sees it, and the reader's buttons.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::index::tone;
use super::{deeds_line, frame, not_found, when};
use crate::mail::Mail;
use crate::sandbox::Sandbox;

/// The policy prevents loading inside the frame: viewing this page is no open.
const FRAME_HEAD: &str = "<meta http-equiv=\"Content-Security-Policy\" \
     content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"><base target=\"_blank\">";

pub(super) async fn show(State(sandbox): State<Sandbox>, Path(address): Path<String>) -> Response {
    let address = address.to_lowercase();
    let persona = sandbox.persona(&address);
    let world = sandbox.world();
    let Some(ids) = world.mailboxes.get(&address) else {
        return not_found("No mail has arrived at this address.");
    };
    let deeds: Vec<_> = world.deeds.iter().rev().filter(|deed| deed.who == address).take(60).collect();
    frame(&address, html! {
        h1 { (address) }
        p { span class={ "badge " (tone(persona)) } { (persona.name()) } " " span.meta { (ids.len()) @if ids.len() == 1 { " mail" } @else { " mails" } } }
        div.columns {
            div { @for id in ids.iter().rev() { (one(&world.mails[*id])) } }
            div {
                h2 { "What they did" }
                @if deeds.is_empty() { p.empty { "Nothing yet." } }
                (deeds_line(deeds.into_iter(), false))
                h2 { "Payment" }
                p.meta { "Uses the payment link of the last mail or of the preview page, if there was one." }
                div.actions { form method="post" { (button("pay", "Pay")) } }
            }
        }
    })
    .into_response()
}

fn one(mail: &Mail) -> Markup {
    html! {
        article {
            h3.unread[!mail.read] { (mail.subject) }
            p.meta { "From " (mail.from_name.as_deref().unwrap_or("")) " " (mail.from) " · " (when(mail.at)) " · " (mail.size) " bytes" }
            @match &mail.html {
                Some(body) => iframe title={ "Mail: " (mail.subject) } sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc={ (FRAME_HEAD) (body) } {},
                None => pre { (mail.text) },
            }
            form method="post" {
                input type="hidden" name="mail" value=(mail.id);
                label { "Answer" textarea name="body" {} }
                div.actions {
                    button.primary type="submit" name="do" value="reply" { "Send the answer" }
                    (button("elsewhere", "Write from another address"))
                    (button("open", "Open with images"))
                    (button("preview", "View the preview three times"))
                    (button("stop", "Ask to be removed"))
                    @if mail.one_click { (button("one_click", "Unsubscribe with one click")) }
                    @if mail.unsubscribe_link().is_some() { (button("unsubscribe", "Unsubscribe on the page")) }
                    (button("absent", "Answer as absent"))
                    (button("bounce", "Bounce"))
                    (button("spam", "Report as spam"))
                }
            }
            @if !mail.links.is_empty() {
                ul.links {
                    @for link in mail.visible_links() {
                        li {
                            form method="post" {
                                input type="hidden" name="mail" value=(mail.id);
                                input type="hidden" name="url" value=(link.url);
                                button type="submit" name="do" value="click" aria-label={ "Click " (link.words) } { "Click" }
                            }
                            span { (link.words) }
                            code { (link.url) }
                        }
                    }
                }
            }
            details { summary { "Headers" } pre { (mail.headers) } }
            @if mail.html.is_some() && !mail.text.is_empty() { details { summary { "As plain text" } pre { (mail.text) } } }
        }
    }
}

fn button(what: &str, label: &str) -> Markup {
    html! { button type="submit" name="do" value=(what) { (label) } }
}
