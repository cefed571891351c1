//! Turns a rendered text into a mail's parts, with paragraphs, links, pixel and footer, each escaped for its place.

use url::Url;

/// The parts that are added to a text.
pub struct MailParts<'a> {
    /// Given a link of the text, returns the link that the mail has instead.
    pub rewrite: &'a dyn Fn(&str) -> String,
    pub pixel_url: Option<&'a str>,
    /// A link without words, which readers do not see: only scanners follow it.
    pub hidden_url: Option<&'a str>,
    pub end: End<'a>,
}

/// What stands below the text.
pub enum End<'a> {
    /// Nothing, because the mail is to our own user.
    Bare,
    Footer(Footer<'a>),
    /// What a personal answer answers.
    Quotation(Quotation<'a>),
}

pub struct Footer<'a> {
    pub company: &'a str,
    pub postal_address: &'a str,
    pub unsubscribe_url: Option<&'a str>,
}

/// The message that is answered, under a line that says who wrote it, and when.
pub struct Quotation<'a> {
    /// `On Tue, 17 Nov 2026 at 10:00, Elena Lind <elena@linden.example> wrote:`.
    pub introduction: &'a str,
    pub text: &'a str,
}

/// The look of a mail where its reader's program has none of its own for HTML.
const BODY_STYLE: &str =
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:14px;line-height:1.5";
const QUOTATION_STYLE: &str = "margin:0 0 0 8px;border-left:2px solid #ccc;padding-left:10px;color:#555";

/// Both parts of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailBody {
    pub text: String,
    pub html: String,
}

pub fn mail_body(text: &str, parts: &MailParts<'_>) -> MailBody {
    let text = text.replace("\r\n", "\n");
    MailBody { text: plain_part(&text, parts), html: text_to_html(&text, parts) }
}

/// The plain text with rewritten links, and the footer after the customary signature mark.
pub fn plain_part(text: &str, parts: &MailParts<'_>) -> String {
    let mut out = String::with_capacity(text.len() + 200);
    for piece in pieces(text.trim_end()) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Link(link) => out.push_str(&(parts.rewrite)(link)),
        }
    }
    match &parts.end {
        End::Bare => {}
        End::Footer(footer) => out.push_str(&plain_footer(footer)),
        End::Quotation(quotation) => out.push_str(&plain_quotation(quotation)),
    }
    out.push('\n');
    out
}

fn plain_footer(footer: &Footer<'_>) -> String {
    let mut lines: Vec<String> = [footer.company, footer.postal_address].map(one_line).to_vec();
    lines.extend(footer.unsubscribe_url.map(|url| format!("Unsubscribe: {url}")));
    lines.retain(|line| !line.is_empty());
    if lines.is_empty() { String::new() } else { format!("\n\n-- \n{}", lines.join("\n")) }
}

/// Quotes each line; one that is a quotation already goes one level deeper.
fn plain_quotation(quotation: &Quotation<'_>) -> String {
    let text = quotation.text.replace("\r\n", "\n");
    let lines = text.trim_end().split('\n').map(str::trim_end);
    let quoted = lines.map(|line| match line {
        "" => ">".to_owned(),
        deeper if deeper.starts_with('>') => format!(">{deeper}"),
        line => format!("> {line}"),
    });
    format!("\n\n{}\n{}", quotation.introduction, quoted.collect::<Vec<_>>().join("\n"))
}

/// The HTML part: blank lines separate paragraphs, single ones break, and links become anchors.
pub fn text_to_html(text: &str, parts: &MailParts<'_>) -> String {
    let mut out = String::with_capacity(text.len() * 2 + 600);
    out.push_str("<!doctype html><html><head><meta charset=\"utf-8\"></head>");
    out.push_str(&format!("<body style=\"{BODY_STYLE}\">"));
    for paragraph in text.trim().split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
        out.push_str("<p>");
        for piece in pieces(paragraph.trim_matches('\n')) {
            match piece {
                Piece::Text(text) => out.push_str(&escape_html(text).replace('\n', "<br>\n")),
                Piece::Link(link) => {
                    let target = escape_html(&(parts.rewrite)(link));
                    out.push_str(&format!("<a href=\"{target}\">{}</a>", escape_html(link)));
                }
            }
        }
        out.push_str("</p>\n");
    }
    match &parts.end {
        End::Bare => {}
        End::Footer(footer) => out.push_str(&html_footer(footer)),
        End::Quotation(quotation) => out.push_str(&html_quotation(quotation)),
    }
    if let Some(hidden) = parts.hidden_url {
        let hidden = escape_html(hidden);
        out.push_str(&format!(
            "<a href=\"{hidden}\" rel=\"nofollow\" tabindex=\"-1\" aria-hidden=\"true\"></a>"
        ));
    }
    if let Some(pixel) = parts.pixel_url {
        let pixel = escape_html(pixel);
        out.push_str(&format!(
            "<img src=\"{pixel}\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block\">"
        ));
    }
    out.push_str("</body></html>\n");
    out
}

fn html_footer(footer: &Footer<'_>) -> String {
    let mut lines: Vec<String> =
        [footer.company, footer.postal_address].map(|line| escape_html(&one_line(line))).to_vec();
    let link = |url| format!("<a href=\"{}\">Unsubscribe</a>", escape_html(url));
    lines.extend(footer.unsubscribe_url.map(link));
    lines.retain(|line| !line.is_empty());
    if lines.is_empty() {
        return String::new();
    }
    format!("<p style=\"color:#666;font-size:12px\">{}</p>\n", lines.join("<br>\n"))
}

fn html_quotation(quotation: &Quotation<'_>) -> String {
    let introduction = escape_html(quotation.introduction);
    let text = escape_html(quotation.text.replace("\r\n", "\n").trim_end()).replace('\n', "<br>\n");
    format!(
        "<p>{introduction}</p>\n<blockquote type=\"cite\" style=\"{QUOTATION_STYLE}\">{text}</blockquote>\n"
    )
}

fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join(", ")
}

/// Escapes text, and attribute values in double quotes.
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The web addresses in a text, in order.
pub fn links_in(text: &str) -> Vec<&str> {
    let link = |piece| match piece {
        Piece::Link(link) => Some(link),
        Piece::Text(_) => None,
    };
    pieces(text).into_iter().filter_map(link).collect()
}

enum Piece<'a> {
    Text(&'a str),
    Link(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some(start) = next_link(rest) {
        let length = link_length(&rest[start..]);
        if start > 0 {
            out.push(Piece::Text(&rest[..start]));
        }
        out.push(Piece::Link(&rest[start..start + length]));
        rest = &rest[start + length..];
    }
    if !rest.is_empty() {
        out.push(Piece::Text(rest));
    }
    out
}

/// Finds the first link: a scheme, in capitals or not, before the name of a host or an address in brackets.
fn next_link(text: &str) -> Option<usize> {
    let is_start = |(at, _): &(usize, &str)| {
        let before = scheme_before(&text[..*at]);
        let after = text[at + "://".len()..].chars().next();
        before.is_some() && after.is_some_and(|c| c.is_alphanumeric() || c == '[')
    };
    let (colon, _) = text.match_indices("://").find(is_start)?;
    scheme_before(&text[..colon])
}

/// Returns where `http` or `https` begins that ends this text, unless it is the end of a longer word.
fn scheme_before(text: &str) -> Option<usize> {
    let start_of = |scheme: &str| {
        let start = text.len().checked_sub(scheme.len()).filter(|start| text.is_char_boundary(*start))?;
        let is_word = text[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        (is_word && text[start..].eq_ignore_ascii_case(scheme)).then_some(start)
    };
    start_of("https").or_else(|| start_of("http"))
}

/// Tells whether whatever follows this text continues a link that has begun in it.
pub(crate) fn ends_within_link(text: &str) -> bool {
    let word = &text
        [text.rfind(ends_link).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8))..];
    let start = word.match_indices("://").find_map(|(at, _)| scheme_before(&word[..at]));
    let Some(link) = start.map(|start| &word[start..]) else { return false };
    let is_closed = |open: char, close: char| link.matches(close).count() > link.matches(open).count();
    !is_closed('(', ')') && !is_closed('[', ']') && !is_closed('{', '}')
}

fn ends_link(c: char) -> bool {
    c.is_whitespace() || "<>\"`".contains(c)
}

/// Tells whether a click on this link can be counted: the way through our redirect leaves each of its bytes as it is.
/// A header carries no letters beyond ASCII, so a link with such letters stays as it was written.
pub fn is_trackable(link: &str) -> bool {
    let is_web = Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    is_web && link.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The length of the link; punctuation that ends a sentence, or closes a bracket opened before the link, is not part of it.
fn link_length(text: &str) -> usize {
    let end = text.find(ends_link).unwrap_or(text.len());
    let mut link = &text[..end];
    while let Some(last) = link.chars().next_back() {
        let unopened = |open: char, close: char| {
            last == close && link.matches(close).count() > link.matches(open).count()
        };
        if ".,;:!?'*_’”».".contains(last) || unopened('(', ')') || unopened('[', ']') || unopened('{', '}')
        {
            link = &link[..link.len() - last.len_utf8()];
        } else {
            break;
        }
    }
    link.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> MailBody {
        let rewrite = |link: &str| format!("https://t.test/?u={link}");
        let footer = Footer {
            company: "Fish & Sons",
            postal_address: "1 Quay St\nHull",
            unsubscribe_url: Some("https://t.test/u/1?a=b&c=d"),
        };
        mail_body(
            text,
            &MailParts {
                rewrite: &rewrite,
                pixel_url: Some("https://t.test/o/1"),
                hidden_url: None,
                end: End::Footer(footer),
            },
        )
    }

    fn answer(text: &str, answered: &str) -> MailBody {
        let introduction = "On Tue, 17 Nov 2026 at 10:00, Ana <ana@a.test> wrote:";
        let end = End::Quotation(Quotation { introduction, text: answered });
        mail_body(text, &MailParts { rewrite: &str::to_owned, pixel_url: None, hidden_url: None, end })
    }

    #[test]
    fn answer_quotes_what_it_answers_and_has_no_footer() {
        let body = answer("Gladly.\n", "How <much>?\r\n\r\n> Two minutes?\r\n");
        assert_eq!(
            body.text,
            "Gladly.\n\nOn Tue, 17 Nov 2026 at 10:00, Ana <ana@a.test> wrote:\n> How <much>?\n>\n>> Two minutes?\n"
        );
        assert!(body.html.contains(
            "<p>Gladly.</p>\n<p>On Tue, 17 Nov 2026 at 10:00, Ana &lt;ana@a.test&gt; wrote:</p>\n<blockquote"
        ));
        assert!(
            body.html.contains(">How &lt;much&gt;?<br>\n<br>\n&gt; Two minutes?</blockquote>"),
            "{}",
            body.html
        );
    }

    #[test]
    fn html_part_names_a_font() {
        assert!(body("Hi").html.contains("<body style=\"font-family:-apple-system,'Segoe UI',"));
    }

    #[test]
    fn html_part_has_paragraphs_links_footer_and_pixel() {
        let html = body("Hi <Ana>,\r\nsee https://a.test/x?y=1&z=2.\r\n\r\nBye").html;
        assert!(html.contains(
            "<p>Hi &lt;Ana&gt;,<br>\nsee <a href=\"https://t.test/?u=https://a.test/x?y=1&amp;z=2\">\
             https://a.test/x?y=1&amp;z=2</a>.</p>\n<p>Bye</p>"
        ));
        assert!(html.contains(
            "Fish &amp; Sons<br>\n1 Quay St, Hull<br>\n<a href=\"https://t.test/u/1?a=b&amp;c=d\">"
        ));
        assert!(html.ends_with("<img src=\"https://t.test/o/1\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block\"></body></html>\n"));
    }

    #[test]
    fn text_part_has_rewritten_links_and_the_same_footer() {
        let expected = "See https://t.test/?u=http://a.test!\n\n-- \nFish & Sons\n1 Quay St, Hull\n\
                        Unsubscribe: https://t.test/u/1?a=b&c=d\n";
        assert_eq!(body("See http://a.test!\n").text, expected);
    }

    #[test]
    fn link_ends_where_a_reader_would_end_it() {
        let links = "(see https://a.test/b_(c)) https://d.test/e, xhttps://no.test “https://f.test/?g=1”. https:// \
                     <https://h.test/> https://i.test/j?k=https://l.test";
        assert_eq!(
            links_in(links),
            [
                "https://a.test/b_(c)",
                "https://d.test/e",
                "https://f.test/?g=1",
                "https://h.test/",
                "https://i.test/j?k=https://l.test"
            ]
        );
    }

    #[test]
    fn link_is_found_in_capitals_and_with_an_address_for_its_host() {
        let links = "(8) https://[2001:db8::1]:8443/x HTTPS://SHOP.TEST/Caps https://müller.test/straße?ü=1, \
                     mailto:kim@a.test www.a.test ahttp://no.test https:// [https://a.test/s]; done.";
        assert_eq!(
            links_in(links),
            [
                "https://[2001:db8::1]:8443/x",
                "HTTPS://SHOP.TEST/Caps",
                "https://müller.test/straße?ü=1",
                "https://a.test/s"
            ]
        );
    }

    #[test]
    fn only_link_that_a_header_carries_unchanged_is_trackable() {
        for link in
            ["https://[2001:db8::1]:8443/x", "HTTPS://SHOP.TEST/Caps", "https://a.test/x;j=1?m[]=1&m[]=2"]
        {
            assert!(is_trackable(link), "{link}");
        }
        for link in
            ["https://müller.test/", "https://a.test/ü", "https://[zz]/", "mailto:a@b.test", "javascript:x"]
        {
            assert!(!is_trackable(link), "{link}");
        }
    }
}
