//! The pages of a company's website. Each says what the row of the sample file says, and nothing else.

use axum::http::StatusCode;
use maud::{DOCTYPE, Markup, html};

use crate::companies::{self, Company};

use super::answer;

/// The name of a business from the maps: its site is named after it, `alderplumber.example`.
pub(super) fn name_of_listing(host: &str) -> Option<&str> {
    let name = host.strip_suffix(".example")?;
    (name.len() > 3 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())).then_some(name)
}

pub(super) fn page(host: &str, path: &str) -> http::Response<Vec<u8>> {
    let mut rows = companies::at_host(host);
    let listing;
    if rows.is_empty() {
        listing = Company { company: name_of_listing(host).unwrap_or(host).to_owned(), ..Company::default() };
        return html_page(host, path, &[&listing]);
    }
    // A host of several companies says of each what its row says, once.
    rows.dedup_by(|one, other| one.company == other.company);
    html_page(host, path, &rows)
}

fn html_page(host: &str, path: &str, rows: &[&Company]) -> http::Response<Vec<u8>> {
    let (title, content) = match path.trim_end_matches('/') {
        "/robots.txt" => return answer(StatusCode::OK, "text/plain", "User-agent: *\nAllow: /\n"),
        "" => ("", html! { @for row in rows { (home(row)) } }),
        "/about" => ("About us", html! { @for row in rows { (about(row)) } }),
        "/team" => ("Our team", html! { @for row in rows { (team(row)) } }),
        "/contact" => ("Contact", html! { @for row in rows { (contact(row)) } }),
        _ => return answer(StatusCode::NOT_FOUND, "text/html", "<h1>Not found</h1>"),
    };
    let name = rows.first().map_or(host, |row| row.company.as_str());
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { @if !title.is_empty() { (title) " | " } (name) }
                style { "body{font-family:sans-serif;margin:2rem}" }
                script { "window.visits = (window.visits || 0) + 1;" }
            }
            body {
                nav {
                    a href="/" { "Home" } " "
                    a href="/about" { "About us" } " "
                    a href="/team" { "Our team" } " "
                    a href="/contact" { "Contact" }
                }
                main { (content) }
            }
        }
    };
    answer(StatusCode::OK, "text/html; charset=utf-8", &document.into_string())
}

fn home(row: &Company) -> Markup {
    html! {
        h1 { (row.company) }
        @if !row.category.is_empty() {
            p { (row.category) @if !row.city.is_empty() { " in " (row.city) @if !row.country.is_empty() { ", " (row.country) } } "." }
        }
        @if !row.note.is_empty() { p { (row.note) } }
    }
}

fn about(row: &Company) -> Markup {
    html! {
        h2 { "About " (row.company) }
        @if !row.note.is_empty() { p { (row.note) } }
        @if !row.category.is_empty() { p { (row.company) ": " (row.category) } }
        @if !row.address.is_empty() { p { (row.address) } }
    }
}

fn team(row: &Company) -> Markup {
    html! {
        h2 { "The people of " (row.company) }
        @if !row.last_name.is_empty() { p { (row.first_name) " " (row.last_name) } }
    }
}

fn contact(row: &Company) -> Markup {
    let digits: String = row.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    html! {
        h2 { "Contact " (row.company) }
        @if !row.phone.is_empty() { p { "Phone: " a href=(format!("tel:{digits}")) { (row.phone) } } }
        @if !row.email.is_empty() { p { "E-mail: " a href=(format!("mailto:{}", row.email)) { (row.email) } } }
        @if !row.address.is_empty() { p { (row.address) } }
        @if !row.city.is_empty() { p { (row.city) @if !row.country.is_empty() { ", " (row.country) } } }
    }
}
