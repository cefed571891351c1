//! The choice of pages: those whose address or link says that they tell what the company does.

use super::html::Link;
use crate::transport::WebAddress;

/// Words in the addresses and links of such pages, by what the page is about, the most telling first. Words are in lower
/// case, as they stand in addresses, in English, German, French, Spanish, Italian, Portuguese, Dutch and Polish.
const TOPICS: [(&str, &[&str]); 4] = [
    (
        "about",
        &[
            "about",
            "company",
            "who-we-are",
            "our-story",
            "history",
            "ueber",
            "über",
            "uber-uns",
            "unternehmen",
            "firma",
            "a-propos",
            "apropos",
            "qui-sommes",
            "entreprise",
            "nosotros",
            "quienes",
            "quiénes",
            "empresa",
            "chi-siamo",
            "azienda",
            "sobre",
            "quem-somos",
            "over-ons",
            "wie-zijn",
            "o-nas",
            "o-firmie",
        ],
    ),
    (
        "services",
        &[
            "service",
            "what-we-do",
            "product",
            "solution",
            "treatment",
            "leistung",
            "angebot",
            "produkt",
            "prestation",
            "offre",
            "produit",
            "servicio",
            "producto",
            "servizi",
            "prodotti",
            "serviço",
            "servico",
            "produto",
            "dienst",
            "aanbod",
            "uslugi",
            "usługi",
            "oferta",
        ],
    ),
    (
        "team",
        &[
            "team",
            "people",
            "staff",
            "leadership",
            "management",
            "mitarbeiter",
            "ansprechpartner",
            "equipe",
            "équipe",
            "equipo",
            "squadra",
            "medewerkers",
            "zespol",
            "zespół",
            "practitioner",
            "doctors",
        ],
    ),
    (
        "contact",
        &[
            "contact",
            "impressum",
            "imprint",
            "kontakt",
            "contatt",
            "contacto",
            "contato",
            "mentions-legales",
            "locations",
        ],
    ),
];
/// Endings of files that are no pages.
const FILES: [&str; 12] =
    [".pdf", ".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".zip", ".mp4", ".doc", ".docx", ".ics"];

/// Chooses up to `most` pages: the best of each topic in their order, then further ones in the order of the page.
pub(super) fn choose(
    home: &WebAddress,
    links: &[Link],
    most: usize,
    allows: impl Fn(&WebAddress) -> bool,
) -> Vec<WebAddress> {
    let mut found: Vec<(usize, WebAddress)> = Vec::new();
    for link in links {
        let Ok(address) = home.join(&link.href) else { continue };
        let path = address.path().to_lowercase();
        let is_page = address.is_same_site(home)
            && (address.is_https() || !home.is_https())
            && address != *home
            && !found.iter().any(|(_, known)| known.path() == address.path())
            && !FILES.iter().any(|ending| path.ends_with(ending));
        let topic = is_page.then(|| topic(&address, &link.text)).flatten();
        if let Some(topic) = topic.filter(|_| allows(&address)) {
            found.push((topic, address));
        }
    }
    let mut chosen: Vec<(usize, WebAddress)> = Vec::new();
    for topic in 0..TOPICS.len() {
        // The shortest path is the overview of its topic.
        let best =
            found.iter().filter(|(of, _)| *of == topic).min_by_key(|(_, address)| address.path().len());
        chosen.extend(best.cloned());
    }
    let further = found.into_iter().filter(|page| !chosen.contains(page)).collect::<Vec<_>>();
    chosen.into_iter().chain(further).map(|(_, address)| address).take(most).collect()
}

fn topic(address: &WebAddress, text: &str) -> Option<usize> {
    let path = percent_decoded(address.path()).to_lowercase();
    let text = text.to_lowercase().replace(' ', "-");
    TOPICS.iter().position(|(_, words)| {
        words.iter().any(|word| path.contains(word) || (text.len() <= 40 && text.contains(word)))
    })
}

fn percent_decoded(path: &str) -> String {
    // A path has no `+` for a space, so none is read as one.
    let pairs = format!("p={}", path.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(pairs.as_bytes())
        .next()
        .map_or_else(String::new, |(_, path)| path.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(links: &[(&str, &str)], most: usize) -> Vec<String> {
        let home = WebAddress::parse("https://acme.example/").unwrap();
        let link = |(href, text): &(&str, &str)| Link { href: (*href).to_owned(), text: (*text).to_owned() };
        let links: Vec<Link> = links.iter().map(link).collect();
        let chosen = choose(&home, &links, most, |address| !address.path().starts_with("/secret"));
        chosen.iter().map(|address| address.path().to_owned()).collect()
    }

    #[test]
    fn pages_that_say_what_the_company_does_come_first() {
        let links = [
            ("/blog", "News"),
            ("/kontakt", "Kontakt"),
            ("/leistungen/dach/ziegel", "Ziegel"),
            ("/leistungen", "Leistungen"),
            ("/%C3%BCber-uns", "Wir"),
            ("/%C3%BCber-uns#top", "Wir"),
            ("/p/17", "Unser Team"),
            ("/about.pdf", "About"),
            ("/secret/about", "About"),
            ("https://other.example/about", "About"),
            ("http://acme.example/about", "About"),
            ("mailto:info@acme.example", "Contact"),
            ("/", "About"),
        ];
        assert_eq!(
            chosen(&links, 9),
            ["/%C3%BCber-uns", "/leistungen", "/p/17", "/kontakt", "/leistungen/dach/ziegel"]
        );
        assert_eq!(chosen(&links, 2), ["/%C3%BCber-uns", "/leistungen"]);
        assert!(chosen(&links, 0).is_empty());
    }
}
