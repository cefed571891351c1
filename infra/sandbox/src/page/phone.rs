//! The page of one phone: the conversation, what a voice said in calls, and a field to reply.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use maud::html;

use super::index::phone_tone;
use super::{frame, not_found, when};
use crate::mail::bare_links;
use crate::sandbox::Sandbox;

pub(super) async fn show(State(sandbox): State<Sandbox>, Path(number): Path<String>) -> Response {
    let persona = sandbox.phone_persona(&number);
    let world = sandbox.world();
    let ids = world.phones.get(&number);
    let texts: Vec<_> = ids.into_iter().flatten().map(|id| &world.texts[*id]).collect();
    let calls = world.calls.iter().filter(|call| call.to == number);
    let heard: Vec<_> = calls.filter_map(|call| call.heard.as_ref().map(|said| (call.at, said))).collect();
    if texts.is_empty() && heard.is_empty() {
        return not_found("No text has arrived at this number, and no voice has said anything there.");
    }
    let links: Vec<_> =
        texts.iter().filter(|text| !text.inbound).flat_map(|text| bare_links(&text.body)).collect();
    let ours = texts.iter().rev().find(|text| !text.inbound).map(|text| text.from.as_str());
    frame(&number, html! {
        h1 { (number) }
        p { span class={ "badge " (phone_tone(persona)) } { (persona.name()) } }
        ol.line {
            @for text in &texts {
                li.ours[!text.inbound].failed[text.error_code.is_some()] {
                    div.meta { @if text.inbound { "They wrote" } @else { "From " (text.from) } " · " (when(text.at)) }
                    blockquote { (text.body) }
                    @if !text.inbound {
                        div.meta {
                            (text.status) @if let Some(code) = text.error_code { " " (code) }
                            ", " (text.segments) @if text.segments == 1 { " segment" } @else { " segments" }
                        }
                    }
                }
            }
        }
        @if !heard.is_empty() {
            h2 { "Heard in calls" }
            ol.line {
                @for (at, said) in heard.iter().rev() {
                    li.ours { div.meta { "A voice said · " (when(*at)) } blockquote { (said) } }
                }
            }
        }
        h2 { "Answer" }
        form method="post" {
            @if let Some(ours) = ours { input type="hidden" name="to" value=(ours); }
            label { "Text" textarea name="body" {} }
            div.actions {
                button.primary type="submit" name="do" value="text" { "Send the text" }
                button type="submit" name="do" value="stop" { "Text STOP" }
                button type="submit" name="do" value="start" { "Text START" }
            }
        }
        @if !links.is_empty() {
            h2 { "Links" }
            ul.links {
                @for link in &links {
                    li {
                        form method="post" {
                            input type="hidden" name="url" value=(link.url);
                            button type="submit" name="do" value="tap" { "Tap" }
                        }
                        code { (link.url) }
                    }
                }
            }
        }
    })
    .into_response()
}
