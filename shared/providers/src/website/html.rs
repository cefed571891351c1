//! A web page as its reader sees it: lines of text without scripts, styles and menus, its title, its links.

use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

#[derive(Debug, Default)]
pub(super) struct Page {
    pub title: String,
    /// The description that the page gives search engines.
    pub description: String,
    pub lines: Vec<String>,
    pub links: Vec<Link>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub href: String,
    pub text: String,
}

/// Elements that go with everything in them. Menus are among them, but their links are followed.
const DROPPED: [&str; 16] = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "audio", "video",
    "select", "textarea", "button", "dialog", "nav",
];
/// Elements within a line of text. All others begin a new one.
const INLINE: [&str; 29] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "wbr",
];
const MOST_LINKS: usize = 500;
/// The longest title, description and line, in characters.
const LONGEST_TITLE: usize = 200;
const LONGEST_DESCRIPTION: usize = 500;
const LONGEST_LINE: usize = 2_000;

pub(super) fn read_page(html: &str) -> Page {
    let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    while let TokenizerResult::Script(()) = tokenizer.feed(&input) {}
    tokenizer.end();
    let mut state = tokenizer.sink.state.into_inner();
    state.end_line();
    state.page.title = squeezed(&state.page.title, LONGEST_TITLE);
    state.page.description = squeezed(&state.page.description, LONGEST_DESCRIPTION);
    for link in &mut state.page.links {
        link.text = squeezed(&link.text, LONGEST_TITLE);
    }
    state.page
}

#[derive(Default)]
struct Reader {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    page: Page,
    line: String,
    /// The dropped element that is open, and how many of its name are open within each other.
    dropped: Option<(String, u32)>,
    in_title: bool,
    in_link: bool,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::TagToken(tag) => return state.tag(&tag),
            Token::CharacterTokens(text) => state.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        let begins = tag.kind == TagKind::StartTag;
        if name == "a" {
            self.in_link = begins && self.link(tag);
        }
        if name == "title" {
            self.in_title = begins && self.page.title.is_empty();
        }
        if name == "meta" && self.page.description.is_empty() {
            self.page.description = description(tag).unwrap_or_default();
        }
        match &mut self.dropped {
            Some((open, depth)) if open == name => {
                match (begins, tag.self_closing) {
                    (true, false) => *depth += 1,
                    (true, true) => {}
                    (false, _) => *depth -= 1,
                }
                if *depth == 0 {
                    self.dropped = None;
                }
            }
            Some(_) => {}
            None if begins && !tag.self_closing && DROPPED.contains(&name) => {
                self.end_line();
                self.dropped = Some((name.to_owned(), 1));
            }
            None if !INLINE.contains(&name) => self.end_line(),
            None => {}
        }
        if begins && !tag.self_closing {
            match name {
                "script" => return TokenSinkResult::RawData(RawKind::ScriptData),
                "style" | "iframe" | "noscript" | "noembed" | "noframes" => {
                    return TokenSinkResult::RawData(RawKind::Rawtext);
                }
                "title" | "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
                _ => {}
            }
        }
        TokenSinkResult::Continue
    }

    /// Notes the link; false if it has no address.
    fn link(&mut self, tag: &Tag) -> bool {
        let href = tag.attrs.iter().find(|attribute| &*attribute.name.local == "href");
        match href.map(|attribute| attribute.value.trim()) {
            Some(href) if !href.is_empty() && self.page.links.len() < MOST_LINKS => {
                self.page.links.push(Link { href: href.to_owned(), text: String::new() });
                true
            }
            _ => false,
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_title {
            self.page.title.push_str(text);
            return;
        }
        let is_script = self.dropped.as_ref().is_some_and(|(name, _)| name != "nav" && name != "button");
        if let Some(link) = self.page.links.last_mut().filter(|_| self.in_link && !is_script) {
            link.text.push_str(text);
        }
        if self.dropped.is_none() {
            self.line.push_str(text);
        }
    }

    fn end_line(&mut self) {
        let line = squeezed(&std::mem::take(&mut self.line), LONGEST_LINE);
        if !line.is_empty() {
            self.page.lines.push(line);
        }
    }
}

/// Returns the description of the page, if the element gives one.
fn description(tag: &Tag) -> Option<String> {
    let value = |name: &str| {
        let attribute = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
        attribute.map(|attribute| attribute.value.trim().to_owned())
    };
    let name = value("name").or_else(|| value("property"))?.to_lowercase();
    matches!(name.as_str(), "description" | "og:description").then(|| value("content")).flatten()
}

fn squeezed(text: &str, longest: usize) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(longest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_is_read_as_its_reader_sees_it() {
        let page = read_page(
            "<!doctype html><html><head><title> Acme &amp; Sons\n roofing </title><meta charset=utf-8>
             <meta name=Description content=' Roofs &amp;
 tiles in Dallas. '><meta property=og:description content=Other><style>p{color:red}</style>
             <script>var x = '<p>not text</p>';</script></head><body><nav><a href=/about>About <b>us</b></a></nav>
             <h1>Roofs</h1>since <b>19</b>87<p>We repair&nbsp;roofs.<br>Call <a href='tel:+1-202-555-0101'>us</a>
             <noscript>Enable scripts <a href=/no>no</a></noscript><svg><text>icon</text></svg><!-- hidden -->
             <ul><li>Slate<li>Tiles</ul><footer>12 Main St</footer>",
        );
        assert_eq!(page.title, "Acme & Sons roofing");
        assert_eq!(page.description, "Roofs & tiles in Dallas.");
        assert_eq!(
            page.lines,
            ["Roofs", "since 1987", "We repair roofs.", "Call us", "Slate", "Tiles", "12 Main St"]
        );
        let link = |href: &str, text: &str| Link { href: href.to_owned(), text: text.to_owned() };
        assert_eq!(page.links, [link("/about", "About us"), link("tel:+1-202-555-0101", "us")]);
    }

    #[test]
    fn broken_page_is_read_as_far_as_it_goes() {
        assert_eq!(read_page("<p>open <b>bold<p>next</nav><nav>menu").lines, ["open bold", "next"]);
        assert!(read_page("<script>while(1){").lines.is_empty());
        assert!(read_page("").lines.is_empty());
    }
}
