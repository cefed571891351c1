//! Tells whether a request asks for a page of the app. A browser that opens an address gets the app, which says itself where
//! it has no such page. A program that looks for a health check, documentation or discovery document must not take the
//! app for it: it gets 404.

use http::{HeaderMap, header};

/// The first parts of the addresses of the app's pages, as `web/src/routes.tsx` has them.
const PAGES: [&str; 26] = [
    "",
    "calls",
    "campaigns",
    "clients",
    "companies",
    "confirm-address",
    "forgot",
    "icp",
    "import",
    "inbox",
    "invitation",
    "leads",
    "pipeline",
    "prospects",
    "queue",
    "reset",
    "revenue",
    "second-step",
    "segments",
    "sequences",
    "settings",
    "sign-in",
    "sign-up",
    "signed-in",
    "targets",
    "templates",
];

/// The first parts of addresses that programs try on every server. What a browser asks for there is no page either.
const OF_PROGRAMS: [&str; 14] = [
    "authorize",
    "docs",
    "graphql",
    "healthz",
    "livez",
    "mcp",
    "metrics",
    "oauth",
    "openapi",
    "readyz",
    "register",
    "sse",
    "swagger",
    "token",
];

/// What a request says of HTML in its `Accept`.
#[derive(PartialEq)]
enum Html {
    Named,
    /// Anything will do, as with most programs that are not told what to ask for.
    Taken,
    Refused,
}

pub fn asks_for_page(path: &str, headers: &HeaderMap) -> bool {
    let first = path.split('/').next().unwrap_or("");
    if first.starts_with('.') || OF_PROGRAMS.contains(&first) {
        return false;
    }
    match html(headers) {
        Html::Named => true,
        Html::Taken => PAGES.contains(&first),
        Html::Refused => false,
    }
}

fn html(headers: &HeaderMap) -> Html {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let kinds: Vec<&str> = accepted.flat_map(|value| value.split(',')).collect();
    if kinds.iter().all(|kind| kind.trim().is_empty()) {
        return Html::Taken;
    }
    let mut found = Html::Refused;
    for kind in kinds {
        let mut parts = kind.split(';').map(str::trim);
        let name = parts.next().unwrap_or("").to_ascii_lowercase();
        let is_refused = parts.any(|part| part.strip_prefix("q=").and_then(|q| q.parse().ok()) == Some(0.0));
        match (name.as_str(), is_refused) {
            ("text/html", true) => return Html::Refused,
            ("text/html", false) => return Html::Named,
            ("*/*" | "text/*", false) => found = Html::Taken,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn pages_are_those_of_the_web_app() {
        let routes = include_str!("../../../web/src/routes.tsx");
        let paths = routes.lines().filter_map(|line| line.trim().strip_prefix("path: \"/"));
        let first = |path: &'static str| path.split(['/', '"']).next().unwrap_or("");
        let found: BTreeSet<&str> = paths.map(first).collect();
        assert_eq!(found, BTreeSet::from(PAGES));
        assert!(OF_PROGRAMS.iter().all(|name| !found.contains(name)));
    }
}
