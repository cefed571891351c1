//! Reads what the company's own website says about it: a few short statements of its first pages. It costs nothing, and is
//! read once for each address.

use crate::lead::enrichment::field_ports::{Asked, EnrichPorts};
use crate::lead::enrichment::field_work::{FieldWork, digest};
use crate::lead::enrichment::field_work::{NO_INPUT, SWITCHED_OFF};
use crate::ports::data_providers::{CrawlError, CrawlLimits, CrawledSite};
use crate::ports::store::StoreResult;
use domain::lead::Lead;
use domain::lead::enrichment::{Field, FieldResult, FieldStatus, FieldValue, Website};
use domain::workspace::Workspace;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use understanding::speaks_to_a_model;

const SOURCE: &str = "website";
/// The home page and the one that says most. Each lead of an import is looked up: it must not take long.
const LIMITS: CrawlLimits =
    CrawlLimits { pages: 2, bytes_a_page: 500_000, time: SignedDuration::from_secs(12) };
const ORDERS: &str = "its texts speak to a language model, as if to give it orders";
const MOST_STATEMENTS: usize = 6;
const LONGEST_STATEMENT: usize = 240;
const LONGEST_ADDRESS: usize = 500;
/// The fewest words of a statement besides the company's name.
const FEWEST_WORDS: usize = 3;
/// A line without an end of a sentence and of at most so many words is a heading.
const WORDS_OF_HEADING: usize = 8;
const DIGITS_OF_NUMBER: usize = 7;
/// What sentences have that are not about the company.
const NOT_ABOUT_IT: [&str; 11] = [
    "cookie",
    "privacy",
    "copyright",
    "©",
    "all rights reserved",
    "javascript",
    "your browser",
    "newsletter",
    "click here",
    "read more",
    "log in",
];

/// Returns the address of the company's site: the lead's website, else the company's domain in its e-mail address.
fn site_of(lead: &Lead) -> Option<&str> {
    let website = lead.website.as_deref().map(str::trim).filter(|website| !website.is_empty());
    website.or_else(|| lead.email.as_ref()?.company_domain())
}

/// Returns the digest of the site that is read for this lead.
pub(super) fn question(lead: &Lead) -> Option<String> {
    site_of(lead).map(|site| digest(&["website.1", site]))
}

pub(super) async fn ask(
    ports: &EnrichPorts,
    workspace: &Workspace,
    lead: &Lead,
    force: bool,
    is_first: bool,
) -> StoreResult<Asked> {
    let (now, field) = (ports.clock.now(), (Field::Website, SOURCE));
    let work = FieldWork::open(ports.fields(), lead, field, now, force, is_first).await?;
    if !workspace.enrichment_enabled {
        work.skip(SWITCHED_OFF).await?;
        return Ok(Asked::Settled);
    }
    let (Some(site), Some(digest)) = (site_of(lead), question(lead)) else {
        work.skip(NO_INPUT).await?;
        return Ok(Asked::Settled);
    };
    if work.answered(&digest).is_some() {
        return Ok(Asked::Settled);
    }
    let is_at = |address: &str| address.chars().take(LONGEST_ADDRESS).collect::<String>();
    match ports.site_crawler.crawl(site, &LIMITS).await {
        Ok(crawled) if gives_orders(&crawled) => work.not_found_because(&digest, ORDERS).await?,
        Ok(crawled) => {
            let address = is_at(crawled.pages.first().map_or(site, |page| &page.url));
            let statements = statements(&crawled, lead.company.as_deref());
            let said_nothing = statements.is_empty();
            let value = FieldValue::Website(Website { address, statements });
            match said_nothing {
                true => work.stands_in(value, &digest, (SOURCE, "it says nothing of use")).await?,
                false => work.found(value, &digest).await?,
            }
        }
        // There is a site, and its address is all that may be known of it.
        Err(error @ CrawlError::NotAllowed(_)) => {
            let value = FieldValue::Website(Website { address: is_at(site), statements: Vec::new() });
            work.stands_in(value, &digest, (SOURCE, &error.to_string())).await?;
        }
        Err(error @ (CrawlError::NotThere(_) | CrawlError::Refused(_))) => {
            work.not_found_because(&digest, &error.to_string()).await?;
        }
        Err(error @ CrawlError::Unavailable(_)) => {
            return work.failed_for_now(error.to_string(), &digest).await;
        }
    }
    Ok(Asked::Settled)
}

/// Tells whether a text of the site speaks to a model. It is seen here, where the text stands as a whole: of its sentences
/// some may be kept alone.
fn gives_orders(site: &CrawledSite) -> bool {
    let mut texts =
        site.pages.iter().flat_map(|page| page.text.lines().chain([&*page.title, &*page.description]));
    texts.any(speaks_to_a_model)
}

/// What a lead's opening line may know of the website: what it says and when it was read, or why nothing is known.
pub(crate) fn known(
    lead: &Lead,
    stored: Option<FieldResult>,
) -> (Option<(Website, Timestamp)>, Option<String>) {
    let unread = |why: &str| (None, Some(format!("its website was not read: {why}")));
    let Some(asked) = question(lead) else { return (None, Some("it has no website".to_owned())) };
    let Some(stored) = stored else { return (None, None) };
    match stored.status {
        FieldStatus::Skipped { reason } => unread(&reason),
        // What another site says is not about this company.
        _ if stored.input_digest != asked => (None, None),
        FieldStatus::Found { value: FieldValue::Website(site) } => (Some((site, stored.at)), None),
        FieldStatus::Found { .. } => (None, None),
        FieldStatus::NotFound => unread(stored.why.as_deref().unwrap_or("nothing was found")),
        FieldStatus::Failed { error, .. } => unread(&error),
    }
}

/// Returns what the site says about the company, sentence by sentence, those that name it first. A short heading goes with
/// the sentence below it: without it, a page about several companies says of all what it says of one.
fn statements(site: &CrawledSite, company: Option<&str>) -> Vec<String> {
    let company = company.unwrap_or_default().trim();
    let name: BTreeSet<String> = words(company).collect();
    let mut said: Vec<String> = Vec::new();
    for page in &site.pages {
        let described = sentences(&page.description).into_iter().map(str::to_owned);
        said.extend(described.filter(|sentence| tells(sentence, &name)));
        if tells(&page.title, &name) {
            said.push(page.title.trim().to_owned());
        }
        let (mut heading, mut alone) = (None, Vec::new());
        for line in page.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if is_heading(line) {
                alone.extend(heading.replace(line));
                continue;
            }
            for sentence in sentences(line).into_iter().filter(|sentence| tells(sentence, &name)) {
                said.push(match heading.take().filter(|heading| is_plain(heading)) {
                    Some(heading) => format!("{heading}: {sentence}"),
                    None => sentence.to_owned(),
                });
            }
            heading = None;
        }
        alone.extend(heading);
        said.extend(alone.into_iter().filter(|line| tells(line, &name)).map(str::to_owned));
    }
    let mut seen = BTreeSet::new();
    let mut said: Vec<String> = said.iter().map(|text| shortened(text)).collect();
    said.retain(|text| seen.insert(text.to_lowercase()));
    let lower = company.to_lowercase();
    said.sort_by_key(|text| lower.is_empty() || !text.to_lowercase().contains(&lower));
    said.truncate(MOST_STATEMENTS);
    said
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn is_heading(line: &str) -> bool {
    !line.ends_with(['.', '!', '?', '…']) && line.split_whitespace().count() <= WORDS_OF_HEADING
}

/// Splits a line at the ends of its sentences. A dot behind a short word is one of an abbreviation.
fn sentences(line: &str) -> Vec<&str> {
    const SHORT_WORD: usize = 3;
    let (mut found, mut from) = (Vec::new(), 0);
    for (at, end) in line.char_indices().filter(|(_, c)| ".!?".contains(*c)) {
        let behind = at + end.len_utf8();
        let word = line[from..at].chars().rev().take_while(|c| c.is_alphanumeric()).count();
        if line[behind..].starts_with(char::is_whitespace) && (end != '.' || word > SHORT_WORD) {
            found.push(line[from..behind].trim());
            from = behind;
        }
    }
    found.push(line[from..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// Tells whether a sentence says something about the company besides its name.
fn tells(sentence: &str, name: &BTreeSet<String>) -> bool {
    let lower = sentence.to_lowercase();
    is_plain(sentence)
        && !sentence.ends_with('?')
        && !NOT_ABOUT_IT.iter().any(|words| lower.contains(words))
        && words(sentence).filter(|word| !name.contains(word)).count() >= FEWEST_WORDS
}

/// Tells whether a text is words, and no address, number, markup or letters apart, by which texts are disguised.
fn is_plain(text: &str) -> bool {
    let letters = words(text).filter(|word| word.chars().count() == 1).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits < DIGITS_OF_NUMBER
        && 2 * letters <= words(text).count()
        && !text.contains(|c: char| c.is_control() || "@<>{}[]|\\`*#_".contains(c))
        && !text.contains("://")
        && !text.contains("www.")
}

/// Cuts a text behind a word.
fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_STATEMENT {
        return text.to_owned();
    }
    let mut short = String::new();
    for word in text.split_whitespace() {
        if short.chars().count() + word.chars().count() + 2 > LONGEST_STATEMENT {
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short + "…"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::data_providers::CrawledPage;
    use domain::contact::email_address::EmailAddress;
    use domain::{LeadId, WorkspaceId};

    fn page(title: &str, description: &str, text: &str) -> CrawledPage {
        let (url, title) = ("https://acme.example/".to_owned(), title.to_owned());
        CrawledPage { url, title, description: description.to_owned(), text: text.to_owned() }
    }

    fn said(pages: Vec<CrawledPage>) -> Vec<String> {
        statements(&CrawledSite { pages, ..CrawledSite::default() }, Some("Acme & Sons"))
    }

    #[test]
    fn statements_are_sentences_about_the_company_with_their_headings() {
        let home = page(
            "Acme & Sons",
            "Roofs and tiles in Dallas. Call 518 519 6001 for a quote.",
            "Acme & Sons\nSlate roofs since 1987. Ask St. Mary's for whom we worked! Do you need a roof?\n\
             We use cookies to make this site better.\nOur team\nTen roofers and their apprentices.\n\
             Write to info@acme.example for an offer.\nAll rights reserved by Acme & Sons.",
        );
        let about = page(
            "About us | Acme & Sons",
            "",
            "About Acme & Sons\nThe workshop of Acme & Sons was built in 1990.",
        );
        assert_eq!(
            said(vec![home, about]),
            [
                "Acme & Sons: Slate roofs since 1987.",
                "About Acme & Sons: The workshop of Acme & Sons was built in 1990.",
                "Roofs and tiles in Dallas.",
                "Ask St. Mary's for whom we worked!",
                "Our team: Ten roofers and their apprentices.",
            ]
        );
    }

    #[test]
    fn page_of_several_companies_says_of_each_what_stands_below_its_name() {
        let home = page(
            "Bolt",
            "",
            "Bolt Ltd\nBolts of every size for sale.\nAcme & Sons\nRoofs of every size for sale.",
        );
        assert_eq!(
            said(vec![home]),
            ["Acme & Sons: Roofs of every size for sale.", "Bolt Ltd: Bolts of every size for sale."]
        );
    }

    #[test]
    fn statements_are_few_and_short_however_much_a_site_says() {
        let long = "We repair roofs and many other things besides ".repeat(40);
        let many: String = (0..50).map(|n| format!("We repaired the roof of house {n}.\n")).collect();
        let found = said(vec![page("", "", &format!("{long}.\n{many}{many}"))]);
        assert_eq!(found.len(), MOST_STATEMENTS);
        assert!(found.iter().all(|text| text.chars().count() <= LONGEST_STATEMENT), "{found:?}");
        assert!(found[0].ends_with('…'), "{found:?}");
        assert!(said(vec![page("Acme & Sons", "", "Acme & Sons\nHome\nContact")]).is_empty());
    }

    #[test]
    fn site_is_the_website_else_the_domain_of_the_company() {
        let at = Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
        assert_eq!((site_of(&lead), question(&lead)), (None, None));
        lead.email = EmailAddress::parse("ann@gmail.com").ok();
        assert_eq!(site_of(&lead), None, "a free mail domain is no company's");
        lead.email = EmailAddress::parse("ann@acme.example").ok();
        assert_eq!(site_of(&lead), Some("acme.example"));
        lead.website = Some(" https://acme-roofs.example ".to_owned());
        assert_eq!(site_of(&lead), Some("https://acme-roofs.example"));
    }

    #[test]
    fn statements_of_a_site_that_the_lead_no_longer_names_are_no_facts() {
        let at = Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(at, &["l"]), WorkspaceId::derived(at, &["w"]), at);
        lead.website = Some("acme.example".to_owned());
        let site = Website { address: "https://acme.example/".to_owned(), statements: Vec::new() };
        let stored = FieldResult {
            field: Field::Website,
            status: FieldStatus::Found { value: FieldValue::Website(site.clone()) },
            source: SOURCE.to_owned(),
            at,
            input_digest: question(&lead).unwrap(),
            why: None,
            written_with: None,
        };
        assert_eq!(known(&lead, Some(stored.clone())), (Some((site, at)), None));
        lead.website = Some("other.example".to_owned());
        assert_eq!(known(&lead, Some(stored.clone())), (None, None));
        lead.website = None;
        assert_eq!(known(&lead, Some(stored)), (None, Some("it has no website".to_owned())));
    }
}
