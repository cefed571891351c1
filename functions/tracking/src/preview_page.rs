//! A lead's preview page: the sender, the blocks of the page, a notice about tracking, and the unsubscribe link.

use crate::page::Page;
use axum::response::Response;
use domain::campaign::page_blocks::{PageBlock, PageQuestion, PageQuote, web_address};
use domain::lead::Lead;
use domain::lead::zone::days_zone;
use domain::sequence::merge_fields::MergeContext;
use domain::sequence::render::{Escaping, render};
use domain::workspace::Workspace;
use http::StatusCode;
use http_api::axum;
use jiff::Timestamp;
use maud::{Markup, html};
use url::Url;

pub struct Offer {
    pub workspace: Workspace,
    pub lead: Lead,
    pub opening_line: Option<String>,
    pub blocks: Vec<PageBlock>,
    pub shown: Shown,
    pub closes_at: Timestamp,
}

/// Whether the page is a lead's own, or a user's draft of it.
pub enum Shown {
    ToTheLead {
        token: String,
        opt_out: String,
    },
    /// Nothing is counted, and nobody can opt out by it.
    AsDraft,
}

pub fn preview_page(offer: &Offer) -> Response {
    let company = &offer.workspace.company;
    let context =
        MergeContext::from_lead(&offer.lead, company).with_opening_line(offer.opening_line.as_deref());
    let page = Filling { offer, context };
    let title = page.title();
    let counts = offer.workspace.tracking.is_off_for(&offer.lead).is_none();
    let body = html! {
        main {
            (made_by(offer))
            @for (number, block) in offer.blocks.iter().enumerate() {
                (page.block(number, block))
            }
        }
        div.rule { footer.foot {
            p { (what_is_counted(offer, counts)) }
            p.links { a href=(offer.shown.opt_out()) rel="nofollow" { "Do not contact me again" } (website(offer)) }
            p { (sender(offer)) }
        } }
    };
    let (preview_token, framed) = match &offer.shown {
        Shown::ToTheLead { token, .. } => (counts.then_some(token.as_str()), false),
        Shown::AsDraft => (None, true),
    };
    Page { status: StatusCode::OK, title: &title, preview_token, framed, body }.answer()
}

impl Shown {
    fn opt_out(&self) -> &str {
        match self {
            Self::ToTheLead { opt_out, .. } => opt_out,
            Self::AsDraft => "#",
        }
    }
}

/// The blocks of a page, filled in for its lead.
struct Filling<'a> {
    offer: &'a Offer,
    context: MergeContext,
}

impl Filling<'_> {
    fn filled(&self, text: &str) -> Option<String> {
        filled(text, &self.context)
    }

    /// The headline of the first hero, or else the one that every page can have.
    fn title(&self) -> String {
        let headline = self.offer.blocks.iter().find_map(|block| match block {
            PageBlock::Hero { headline, .. } => Some(headline),
            _ => None,
        });
        headline.and_then(|text| self.filled(text)).unwrap_or_else(|| headline_of(self.offer))
    }

    fn block(&self, number: usize, block: &PageBlock) -> Markup {
        let markup = match block {
            PageBlock::Hero { headline, text } => self.hero(headline, text),
            PageBlock::OpeningLine {} => {
                html! { @if let Some(line) = &self.offer.opening_line { p.lead { (line) } } }
            }
            PageBlock::Offer { heading, text } => html! { (self.heading(heading)) (self.paragraphs(text)) },
            PageBlock::Proof { heading, quotes } => self.proof(heading, quotes),
            PageBlock::Facts {} => facts(&self.offer.lead),
            PageBlock::Video { heading, url } => self.video(heading, url),
            PageBlock::Calendar { label } => self.button(label, Button::Booking),
            PageBlock::Payment { label } => self.button(label, Button::Payment),
            PageBlock::Faq { heading, items } => self.faq(heading, items),
        };
        // The app scrolls to the block that is being edited.
        match self.offer.shown {
            Shown::AsDraft => html! { div id=(format!("block-{number}")) { (markup) } },
            Shown::ToTheLead { .. } => markup,
        }
    }

    fn heading(&self, heading: &str) -> Markup {
        html! { @if let Some(heading) = self.filled(heading) { h2.part { (heading) } } }
    }

    fn paragraphs(&self, text: &str) -> Markup {
        let text = self.filled(text);
        html! { @for part in text.iter().flat_map(|text| text.split("\n\n")) { p.lead { (part) } } }
    }

    fn hero(&self, headline: &str, text: &str) -> Markup {
        let headline = self.filled(headline).unwrap_or_else(|| headline_of(self.offer));
        html! { h1 { (headline) } (self.paragraphs(text)) }
    }

    fn proof(&self, heading: &str, quotes: &[PageQuote]) -> Markup {
        let said =
            quotes.iter().filter_map(|quote| Some((self.filled(&quote.text)?, self.filled(&quote.by)?)));
        html! {
            (self.heading(heading))
            @for (text, by) in said {
                figure.card { blockquote { (text) } figcaption { (by) } }
            }
        }
    }

    fn video(&self, heading: &str, url: &str) -> Markup {
        let heading = self.filled(heading).unwrap_or_else(|| "Watch the video".to_owned());
        html! {
            @if let Some(url) = web_address(url) {
                a.card.video data-cta="video" href=(url) rel="noopener" {
                    span.play aria-hidden="true" {}
                    span { b { (heading) } " " span.hint { "on " (url.host_str().unwrap_or("its site")) } }
                }
            }
        }
    }

    /// The button of a link. If the company has neither booking nor payment link, the first button leads to its website.
    fn button(&self, label: &str, button: Button) -> Markup {
        let company = &self.offer.workspace.company;
        let booking = company.booking_link(&self.offer.lead.id).as_deref().and_then(web);
        let payment = company.payment_url.as_deref().and_then(web);
        let (url, kind, standard) = match button {
            Button::Booking => (booking.clone(), "booking", "Pick a time"),
            Button::Payment => {
                let url = payment.clone().map(|url| for_this_lead(url, &self.offer.lead));
                (url, "payment", "Get started")
            }
        };
        let instead = company.website.as_deref().and_then(web);
        let instead = instead.filter(|_| booking.is_none() && payment.is_none() && self.is_first(button));
        let label = self.filled(label).unwrap_or_else(|| standard.to_owned());
        html! {
            @if let Some(url) = url {
                a.act data-cta=(kind) href=(url) rel="noopener" { (label) }
            } @else if let Some(url) = instead {
                a.act data-cta="website" href=(url) rel="noopener" { "Have a look" }
            }
        }
    }

    fn is_first(&self, button: Button) -> bool {
        let first = self.offer.blocks.iter().find_map(|block| match block {
            PageBlock::Calendar { .. } => Some(Button::Booking),
            PageBlock::Payment { .. } => Some(Button::Payment),
            _ => None,
        });
        first == Some(button)
    }

    fn faq(&self, heading: &str, items: &[PageQuestion]) -> Markup {
        let asked =
            items.iter().filter_map(|item| Some((self.filled(&item.question)?, self.filled(&item.answer)?)));
        html! {
            (self.heading(heading))
            @for (question, answer) in asked {
                details.card {
                    summary { (question) }
                    @for part in answer.split("\n\n") { p { (part) } }
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Button {
    Booking,
    Payment,
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

fn headline_of(offer: &Offer) -> String {
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
    let closes = offer.closes_at.to_zoned(days_zone(&offer.lead)).strftime("%-d %B %Y");
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
