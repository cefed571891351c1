//! A lead's preview page: the sender, the offer, its buttons, a notice about tracking, and the unsubscribe
//! link.

use crate::page::Page;
use axum::response::Response;
use domain::lead::Lead;
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::render::{Escaping, render};
use domain::workspace::Workspace;
use http::StatusCode;
use http_api::axum;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use url::Url;

pub struct Offer {
    pub workspace: Workspace,
    pub lead: Lead,
    pub opening_line: Option<String>,
    pub opt_out: String,
    pub token: String,
    pub closes_at: Timestamp,
}

pub fn preview_page(offer: &Offer) -> Response {
    let company = &offer.workspace.company;
    let context =
        MergeContext::from_lead(&offer.lead, company).with_opening_line(offer.opening_line.as_deref());
    let headline = filled(&company.offer_headline, &context).unwrap_or_else(|| headline(offer));
    let text = filled(&company.offer_text, &context);
    let counts = offer.workspace.tracking.is_off_for(&offer.lead).is_none();
    let body = html! {
        main {
            (made_by(offer))
            h1 { (headline) }
            @if let Some(line) = &offer.opening_line { p.lead { (line) } }
            @for part in text.iter().flat_map(|text| text.split("\n\n")) { p.lead { (part) } }
            (facts(&offer.lead))
            (calls_to_action(offer))
        }
        div.rule { footer.foot {
            p { (what_is_counted(offer, counts)) }
            p.links { a href=(offer.opt_out) rel="nofollow" { "Do not contact me again" } (website(offer)) }
            p { (sender(offer)) }
        } }
    };
    let preview_token = counts.then_some(offer.token.as_str());
    Page { status: StatusCode::OK, title: &headline, preview_token, body }.answer()
}

/// Fills in merge fields; a text whose field has no value is left out instead of shown with its braces.
fn filled(text: &str, context: &MergeContext) -> Option<String> {
    let rendered = render(text, context, Escaping::None).ok()?;
    Some(rendered.replace("\r\n", "\n").trim().to_owned()).filter(|text| !text.is_empty())
}

/// The name of the lead's company, else of the lead.
fn business(lead: &Lead) -> String {
    lead.company.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| lead.display_name())
}

fn headline(offer: &Offer) -> String {
    match offer.workspace.company.name.trim() {
        "" => format!("For {}", business(&offer.lead)),
        name => format!("What {name} can do for {}", business(&offer.lead)),
    }
}

fn made_by(offer: &Offer) -> Markup {
    let company = &offer.workspace.company;
    let names = [company.sender_name.trim(), company.name.trim()];
    let known: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let whom = offer.lead.first_name.clone().unwrap_or_else(|| business(&offer.lead));
    html! {
        @if let Some((first, rest)) = known.split_first() {
            p.by {
                span.face aria-hidden="true" { (initials(first)) }
                span { b { (first) } @for name in rest { ", " (name) } ", made this for " (whom) }
            }
        }
    }
}

fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|word| word.chars().next());
    letters.take(2).flat_map(char::to_uppercase).collect()
}

fn facts(lead: &Lead) -> Markup {
    let place = lead.address.clone().or_else(|| lead.city.clone());
    let rating = lead.rating.map(|rating| match lead.reviews {
        Some(reviews) => format!("Rated {rating:.1} from {reviews} reviews"),
        None => format!("Rated {rating:.1}"),
    });
    html! {
        @if place.is_some() || rating.is_some() {
            section.card {
                h2 { (business(lead)) }
                @if let Some(place) = place { p { (place) } }
                @if let Some(rating) = rating { p { (rating) } }
            }
        }
    }
}

fn calls_to_action(offer: &Offer) -> Markup {
    let company = &offer.workspace.company;
    let booking = company.booking_url.as_deref().and_then(web);
    let payment = company.payment_url.as_deref().and_then(web).map(|url| for_this_lead(url, &offer.lead));
    let neither = booking.is_none() && payment.is_none();
    let site = company.website.as_deref().and_then(web).filter(|_| neither);
    html! {
        @if let Some(url) = booking { a.act data-cta="booking" href=(url) rel="noopener" { "Pick a time" } }
        @if let Some(url) = payment { a.act data-cta="payment" href=(url) rel="noopener" { "Get started" } }
        @if let Some(url) = site { a.act data-cta="website" href=(url) rel="noopener" { "Have a look" } }
    }
}

/// Adds the lead's id, so that the payment names the lead, whatever address pays.
fn for_this_lead(mut url: Url, lead: &Lead) -> Url {
    url.query_pairs_mut().append_pair("client_reference_id", lead.id.as_str());
    if let Some(email) = &lead.email {
        url.query_pairs_mut().append_pair("prefilled_email", email.as_str());
    }
    url
}

fn web(text: &str) -> Option<Url> {
    Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn website(offer: &Offer) -> Markup {
    let url = offer.workspace.company.website.as_deref().and_then(web);
    html! { @if let Some(url) = url { a href=(url) rel="noopener" { (url.host_str().unwrap_or("Website")) } } }
}

fn what_is_counted(offer: &Offer, counts: bool) -> String {
    let zone = offer.lead.zone.as_ref().map_or(TimeZone::UTC, |fact| fact.zone.zone());
    let closes = offer.closes_at.to_zoned(zone).strftime("%-d %B %Y");
    let counted = if counts {
        "We count visits to this page, the time spent on it and the buttons pressed, without cookies."
    } else {
        "Visits to this page are not counted."
    };
    format!("Made from what we know of {}. {counted} It closes on {closes}.", business(&offer.lead))
}

fn sender(offer: &Offer) -> String {
    let company = &offer.workspace.company;
    let parts = [company.name.trim(), company.postal_address.trim()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
