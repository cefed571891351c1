//! The preview page of a campaign: blocks in an order that a user chooses. What they say of the lead is filled in when
//! the page is shown.

use crate::ids::{CampaignId, UserId, WorkspaceId};
use crate::sequence::render::check;
use crate::workspace::Company;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;

/// The most blocks of one page.
pub const MOST_BLOCKS: usize = 20;
/// The most quotes of a proof, and the most questions of an FAQ.
pub const MOST_ENTRIES: usize = 8;
const LONGEST_LINE: usize = 160;
const LONGEST_TEXT: usize = 2_000;
/// The most bytes of all texts of a page: an item of the table has 400 KB.
const MOST_BYTES: usize = 200_000;

/// The page that a campaign's leads see in place of the standard one, which is made from the company's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignPage {
    pub campaign: CampaignId,
    pub workspace: WorkspaceId,
    pub blocks: Vec<PageBlock>,
    /// The last day on which the page is shown, by the campaign's time zone.
    pub closes_on: Option<Date>,
    pub by: Option<UserId>,
    pub updated_at: Timestamp,
    pub rev: u64,
}

/// A part of the page. Texts may hold merge fields; a text whose field has no value for the lead is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PageBlock {
    /// The heading of the page. An empty headline names the company and the lead's business.
    Hero {
        headline: String,
        text: String,
    },
    /// The opening line that was written for the lead from facts; left out without one.
    OpeningLine {},
    Offer {
        heading: String,
        text: String,
    },
    /// What others say.
    Proof {
        heading: String,
        quotes: Vec<PageQuote>,
    },
    /// What is known of the lead's business: its name, address and rating.
    Facts {},
    /// A link to a video, which opens on its own site.
    Video {
        heading: String,
        url: String,
    },
    /// The button to the company's booking link; left out without one.
    Calendar {
        label: String,
    },
    /// The button to the company's payment link; left out without one.
    Payment {
        label: String,
    },
    Faq {
        heading: String,
        items: Vec<PageQuestion>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PageQuote {
    pub text: String,
    /// The author of these words.
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PageQuestion {
    pub question: String,
    pub answer: String,
}

impl CampaignPage {
    /// Whether it is still shown on that day.
    pub fn is_open_on(&self, day: Date) -> bool {
        self.closes_on.is_none_or(|last| day <= last)
    }
}

/// The blocks of the standard page.
pub fn standard_blocks(company: &Company) -> Vec<PageBlock> {
    vec![
        PageBlock::Hero { headline: company.offer_headline.clone(), text: String::new() },
        PageBlock::OpeningLine {},
        PageBlock::Offer { heading: String::new(), text: company.offer_text.clone() },
        PageBlock::Facts {},
        PageBlock::Calendar { label: String::new() },
        PageBlock::Payment { label: String::new() },
    ]
}

/// Returns what is wrong with the blocks: the field, such as `blocks[2].quotes[0].by`, and why.
pub fn faults(blocks: &[PageBlock]) -> Vec<(String, String)> {
    let mut found = Faults::default();
    match blocks.len() {
        0 => found.add("blocks", "needs a block at least"),
        MOST_BLOCKS.. if blocks.len() > MOST_BLOCKS => {
            found.add("blocks", format!("has {}, and a page has at most {MOST_BLOCKS}", blocks.len()));
        }
        _ => {}
    }
    for (number, block) in blocks.iter().enumerate().take(MOST_BLOCKS) {
        block.check(&format!("blocks[{number}]"), &mut found);
    }
    if found.bytes > MOST_BYTES {
        let (kilobytes, most) = (found.bytes / 1_000, MOST_BYTES / 1_000);
        found.add("blocks", format!("has {kilobytes} KB of text, and a page has at most {most} KB"));
    }
    found.list
}

impl PageBlock {
    fn check(&self, at: &str, found: &mut Faults) {
        match self {
            Self::OpeningLine {} | Self::Facts {} => {}
            Self::Hero { headline, text } => {
                found.line(&format!("{at}.headline"), headline);
                found.text(&format!("{at}.text"), text);
            }
            Self::Offer { heading, text } => {
                found.line(&format!("{at}.heading"), heading);
                found.text(&format!("{at}.text"), text);
            }
            Self::Proof { heading, quotes } => {
                found.line(&format!("{at}.heading"), heading);
                found.count(&format!("{at}.quotes"), quotes.len());
                for (number, quote) in quotes.iter().enumerate().take(MOST_ENTRIES) {
                    found.required(&format!("{at}.quotes[{number}].text"), &quote.text);
                    found.text(&format!("{at}.quotes[{number}].text"), &quote.text);
                    found.required(&format!("{at}.quotes[{number}].by"), &quote.by);
                    found.line(&format!("{at}.quotes[{number}].by"), &quote.by);
                }
            }
            Self::Video { heading, url } => {
                found.line(&format!("{at}.heading"), heading);
                if web_address(url).is_none() {
                    found.add(&format!("{at}.url"), "is not an address that begins with https://");
                }
            }
            Self::Calendar { label } | Self::Payment { label } => found.line(&format!("{at}.label"), label),
            Self::Faq { heading, items } => {
                found.line(&format!("{at}.heading"), heading);
                found.count(&format!("{at}.items"), items.len());
                for (number, item) in items.iter().enumerate().take(MOST_ENTRIES) {
                    found.required(&format!("{at}.items[{number}].question"), &item.question);
                    found.line(&format!("{at}.items[{number}].question"), &item.question);
                    found.required(&format!("{at}.items[{number}].answer"), &item.answer);
                    found.text(&format!("{at}.items[{number}].answer"), &item.answer);
                }
            }
        }
    }
}

/// Returns the address of a video: https, with a host, and of a length that a page can show.
pub fn web_address(text: &str) -> Option<Url> {
    let url =
        Url::parse(text.trim()).ok().filter(|url| url.scheme() == "https" && url.host_str().is_some())?;
    Some(url).filter(|url| url.as_str().len() <= LONGEST_TEXT && url.username().is_empty())
}

#[derive(Default)]
struct Faults {
    list: Vec<(String, String)>,
    /// The size of all texts that were looked at.
    bytes: usize,
}

impl Faults {
    fn add(&mut self, field: &str, why: impl Into<String>) {
        self.list.push((field.to_owned(), why.into()));
    }

    fn required(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.add(field, "is required");
        }
    }

    fn count(&mut self, field: &str, entries: usize) {
        if entries == 0 || entries > MOST_ENTRIES {
            self.add(field, format!("has {entries}, and 1 to {MOST_ENTRIES} are possible"));
        }
    }

    fn line(&mut self, field: &str, text: &str) {
        self.template(field, text, LONGEST_LINE);
    }

    fn text(&mut self, field: &str, text: &str) {
        self.template(field, text, LONGEST_TEXT);
    }

    fn template(&mut self, field: &str, text: &str, longest: usize) {
        self.bytes += text.len();
        if text.chars().count() > longest {
            self.add(field, format!("is longer than {longest} characters"));
        } else if let Err(error) = check(text) {
            self.add(field, error.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault_of(block: PageBlock) -> Vec<(String, String)> {
        faults(&[block])
    }

    #[test]
    fn standard_page_has_no_fault_and_says_the_companys_offer() {
        let company = Company {
            offer_headline: "{{ company }} could take bookings".to_owned(),
            offer_text: "People pick a time.".to_owned(),
            ..Company::default()
        };
        let blocks = standard_blocks(&company);
        assert_eq!(faults(&blocks), []);
        assert!(
            matches!(&blocks[0], PageBlock::Hero { headline, .. } if *headline == company.offer_headline)
        );
        assert!(matches!(&blocks[2], PageBlock::Offer { text, .. } if *text == company.offer_text));
    }

    #[test]
    fn page_without_blocks_or_with_too_many_is_refused() {
        assert_eq!(faults(&[]), [("blocks".to_owned(), "needs a block at least".to_owned())]);
        let many = vec![PageBlock::Facts {}; MOST_BLOCKS + 1];
        assert_eq!(faults(&many)[0].1, "has 21, and a page has at most 20");
        assert_eq!(faults(&many[..MOST_BLOCKS]), []);
    }

    #[test]
    fn page_of_more_text_than_the_table_takes_is_refused() {
        let item = || PageQuestion { question: "Q".to_owned(), answer: "я".repeat(2_000) };
        let faq = || PageBlock::Faq { heading: String::new(), items: (0..8).map(|_| item()).collect() };
        let found = faults(&(0..7).map(|_| faq()).collect::<Vec<_>>());
        assert_eq!(
            found,
            [("blocks".to_owned(), "has 224 KB of text, and a page has at most 200 KB".to_owned())]
        );
        assert_eq!(faults(&[faq()]), []);
    }

    #[test]
    fn unknown_merge_field_is_refused_where_it_stands() {
        let text = "Dear {{ frist_name }}".to_owned();
        let found = faults(&[PageBlock::Facts {}, PageBlock::Offer { heading: String::new(), text }]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "blocks[1].text");
        assert!(found[0].1.contains("frist_name"), "{}", found[0].1);
    }

    #[test]
    fn quote_without_a_name_and_empty_faq_are_refused() {
        let quotes = vec![PageQuote { text: "Great".to_owned(), by: " ".to_owned() }];
        let found = fault_of(PageBlock::Proof { heading: String::new(), quotes });
        assert_eq!(found, [("blocks[0].quotes[0].by".to_owned(), "is required".to_owned())]);
        let found = fault_of(PageBlock::Faq { heading: String::new(), items: Vec::new() });
        assert_eq!(found, [("blocks[0].items".to_owned(), "has 0, and 1 to 8 are possible".to_owned())]);
    }

    #[test]
    fn video_must_be_an_https_address() {
        for url in
            ["", "javascript:alert(1)", "http://video.example/1", "https://", "https://me@video.example/1"]
        {
            let found = fault_of(PageBlock::Video { heading: String::new(), url: url.to_owned() });
            assert_eq!(found[0].0, "blocks[0].url", "{url}");
        }
        let url = "https://video.example/watch?v=1".to_owned();
        assert_eq!(fault_of(PageBlock::Video { heading: String::new(), url }), []);
    }

    #[test]
    fn page_is_open_on_its_last_day_and_not_on_the_next() {
        let page = CampaignPage {
            campaign: CampaignId::parse("campaign_01KAG5T6M00000000000000000").unwrap(),
            workspace: WorkspaceId::parse("ws_01KAG5T6M00000000000000000").unwrap(),
            blocks: vec![PageBlock::Facts {}],
            closes_on: Some(jiff::civil::date(2027, 3, 5)),
            by: None,
            updated_at: Timestamp::UNIX_EPOCH,
            rev: 0,
        };
        assert!(page.is_open_on(jiff::civil::date(2027, 3, 5)));
        assert!(!page.is_open_on(jiff::civil::date(2027, 3, 6)));
        assert!(CampaignPage { closes_on: None, ..page }.is_open_on(jiff::civil::date(2099, 1, 1)));
    }
}
