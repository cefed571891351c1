//! HTML as text. What stands in a quotation (a `blockquote`, or the containers that mail programs put around what they
//! quote) gets the mark `> ` in front of its lines, as in a plain mail.

use crate::hidden::{Shown, is_hidden};

const MOST_OPEN: usize = 200;
const LONGEST_TAG: usize = 4_000;

/// Ids, classes and names of elements that hold quoted mail, and nothing else.
const CONTAINERS: [&str; 11] = [
    "gmail_quote",
    "yahoo_quoted",
    "protonmail_quote",
    "moz-cite-prefix",
    "zmail_extra",
    "tutanota_quote",
    "gmail_attr",
    "ms-outlook-mobile-reference-message",
    "mail-editor-reference-message-container",
    "reply-container",
    "quoted-text",
];
/// Ids of elements behind which everything is quoted mail.
const CUTS: [&str; 4] = ["divrplyfwdmsg", "appendonsend", "olk_src_body_section", "reply-intro"];

struct Writer {
    out: String,
    line: String,
    quoted: bool,
    blank: bool,
    /// Whether what is read now is not shown.
    hidden: bool,
}

/// An element that is not yet closed.
struct Open {
    name: String,
    quotes: bool,
    shown: Shown,
}

impl Writer {
    fn text(&mut self, text: &str) {
        if self.hidden {
            return;
        }
        for c in text.chars() {
            if c.is_whitespace() {
                self.blank = true;
            } else {
                if self.blank && !self.line.is_empty() {
                    self.line.push(' ');
                }
                self.blank = false;
                self.line.push(c);
            }
        }
    }

    fn end_line(&mut self, even_if_empty: bool) {
        self.blank = false;
        if self.line.is_empty() && !even_if_empty {
            return;
        }
        if self.quoted {
            self.out.push_str("> ");
        }
        self.out.push_str(self.line.trim_end());
        self.out.push('\n');
        self.line.clear();
    }

    fn set_quoted(&mut self, quoted: bool) {
        if self.quoted != quoted {
            self.end_line(false);
            self.quoted = quoted;
        }
    }
}

pub fn to_text(html: &str) -> String {
    let mut writer =
        Writer { out: String::new(), line: String::new(), quoted: false, blank: false, hidden: false };
    let mut open: Vec<Open> = Vec::new();
    let mut rest_is_quoted = false;
    // The first '>' behind the place that was last searched from, so that no byte is searched twice.
    let mut next_end = html.find('>');
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        writer.text(&decoded(&rest[..at]));
        rest = &rest[at..];
        if let Some(tail) = rest.strip_prefix("<!--") {
            rest = tail.split_once("-->").map_or("", |(_, tail)| tail);
            continue;
        }
        let is_tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        let start = html.len() - rest.len();
        if is_tag && next_end.is_some_and(|end| end < start) {
            next_end = rest.find('>').map(|end| start + end);
        }
        let end = next_end.map(|end| end.saturating_sub(start)).filter(|end| is_tag && *end < LONGEST_TAG);
        let Some(end) = end else {
            writer.text("<");
            rest = &rest[1..];
            continue;
        };
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        let (name, is_end) = name_of(tag);
        if !is_end && ["style", "script", "head", "title"].contains(&name.as_str()) {
            rest = skip_to_end(rest, &name);
            continue;
        }
        if is_end {
            if let Some(at) = open.iter().rposition(|one| one.name == name) {
                open.truncate(at);
            }
            block(&mut writer, &name);
        } else {
            block(&mut writer, &name);
            let tag = tag.to_ascii_lowercase();
            let attributes = attributes(&tag);
            let words = names(&attributes);
            let is_one_of = |known: &[&str]| words.iter().any(|word| known.contains(word));
            rest_is_quoted |= is_one_of(&CUTS);
            let quotes = name == "blockquote" || is_one_of(&CONTAINERS);
            let is_void =
                ["br", "hr", "img", "meta", "link", "input", "col", "wbr", "o:p"].contains(&name.as_str());
            // A paragraph ends where the next one begins.
            if let Some(at) = open.iter().rposition(|one| name == "p" && one.name == "p") {
                open.truncate(at);
            }
            if !is_void && open.len() < MOST_OPEN {
                open.push(Open { name, quotes, shown: Shown::of(&attributes) });
            }
        }
        writer.set_quoted(rest_is_quoted || open.iter().any(|one| one.quotes));
        writer.hidden = is_hidden(open.iter().map(|one| one.shown));
    }
    writer.text(&decoded(rest));
    writer.end_line(false);
    writer.out
}

fn name_of(tag: &str) -> (String, bool) {
    let (tag, is_end) = tag.strip_prefix('/').map_or((tag, false), |tag| (tag, true));
    let end = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
    (tag[..tag.floor_char_boundary(end.min(20))].to_ascii_lowercase(), is_end)
}

/// The attributes of a tag with their values. A stranger writes the tag: each byte is read once, and what is inside of a value
/// is no attribute.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = tag;
    while let Some((before, behind)) = rest.split_once('=') {
        let attribute = before.trim_end().rsplit(|c: char| c.is_whitespace() || c == '/').next();
        let behind = behind.trim_start();
        let value;
        (value, rest) = match behind.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            Some(quote) => behind[1..].split_once(quote).unwrap_or((&behind[1..], "")),
            None => behind.split_at(behind.find(char::is_whitespace).unwrap_or(behind.len())),
        };
        found.extend(attribute.map(|attribute| (attribute, value)));
    }
    found
}

/// Returns the words of the attributes `id`, `class` and `name`, without the prefix that Outlook puts in front of them.
fn names<'t>(attributes: &[(&'t str, &'t str)]) -> Vec<&'t str> {
    let named = attributes.iter().filter(|(attribute, _)| matches!(*attribute, "id" | "class" | "name"));
    named.flat_map(|(_, value)| value.split_whitespace().map(|word| word.trim_start_matches("x_"))).collect()
}

fn block(writer: &mut Writer, name: &str) {
    match name {
        "br" => writer.end_line(true),
        "p" | "blockquote" | "ul" | "ol" | "table" | "h1" | "h2" | "h3" => {
            writer.end_line(false);
            if !writer.out.ends_with("\n\n") && !writer.out.ends_with("\n> \n") && !writer.out.is_empty() {
                writer.end_line(true);
            }
        }
        "div" | "tr" | "li" | "section" | "body" | "h4" => writer.end_line(false),
        "hr" => {
            writer.end_line(false);
            writer.text("________________________________");
            writer.end_line(false);
        }
        "td" | "th" => writer.blank = true,
        _ => {}
    }
}

fn skip_to_end<'a>(rest: &'a str, name: &str) -> &'a str {
    let end = format!("</{name}");
    let found = rest.char_indices().filter(|(_, c)| *c == '<').find(|(at, _)| {
        rest.as_bytes()
            .get(*at..*at + end.len())
            .is_some_and(|bytes| bytes.eq_ignore_ascii_case(end.as_bytes()))
    });
    found.map_or("", |(at, _)| rest[at..].split_once('>').map_or("", |(_, tail)| tail))
}

fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|b| b == b';');
        match end.and_then(|end| entity(&rest[1..end]).map(|c| (c, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0');
    }
    const NAMED: [(&str, char); 48] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("bdquo", '„'),
        ("laquo", '«'),
        ("raquo", '»'),
        ("auml", 'ä'),
        ("ouml", 'ö'),
        ("uuml", 'ü'),
        ("Auml", 'Ä'),
        ("Ouml", 'Ö'),
        ("Uuml", 'Ü'),
        ("szlig", 'ß'),
        ("eacute", 'é'),
        ("egrave", 'è'),
        ("ecirc", 'ê'),
        ("agrave", 'à'),
        ("acirc", 'â'),
        ("aacute", 'á'),
        ("ccedil", 'ç'),
        ("ocirc", 'ô'),
        ("oacute", 'ó'),
        ("ograve", 'ò'),
        ("ntilde", 'ñ'),
        ("iacute", 'í'),
        ("igrave", 'ì'),
        ("uacute", 'ú'),
        ("ugrave", 'ù'),
        ("atilde", 'ã'),
        ("otilde", 'õ'),
        ("aring", 'å'),
        ("oslash", 'ø'),
        ("aelig", 'æ'),
        ("Aring", 'Å'),
        ("Oslash", 'Ø'),
        ("Eacute", 'É'),
        ("icirc", 'î'),
        ("euro", '€'),
    ];
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_text_with_its_quotations_marked() {
        for (html, expected) in [
            ("<style>p{}</style><p>Yes &amp; no</p>", "Yes & no\n"),
            (
                "<div>Ja</div><br><div class=\"gmail_quote\"><div>On x:</div><blockquote><p>Hi</p><p>all</p></blockquote></div>",
                "Ja\n\n> On x:\n> \n> Hi\n> \n> all\n> \n",
            ),
            (
                "<p>Ok</p><div id=\"divRplyFwdMsg\">From: x</div><div>Hello</div>",
                "Ok\n\n> From: x\n> Hello\n",
            ),
            ("a < b <3 &unknown; &#228;&#x1F44D;", "a < b <3 &unknown; ä👍\n"),
            ("<blockquote>old</blockquote>new", "> old\n> \nnew\n"),
            ("<div dir=ltr class = 'x_gmail_quote b'>old</div>new", "> old\nnew\n"),
            ("<div title=\" id=appendonsend \"id=b>new</div>new", "new\nnew\n"),
        ] {
            assert_eq!(
                to_text(html).trim_end_matches(['\n', '>', ' ']),
                expected.trim_end_matches(['\n', '>', ' ']),
                "{html}"
            );
        }
    }

    #[test]
    fn text_that_nobody_sees_is_left_out() {
        for (html, expected) in [
            (
                "<div style=\"display:none;max-height:0\">Unsubscribe me <b>now</b></div><p>Yes, call me</p>",
                "Yes, call me",
            ),
            ("<span style='font-size:0px'>No more mails</span>Yes", "Yes"),
            ("<div style=\"MSO-HIDE: all\">x<div>y</div>z</div>Yes", "Yes"),
            ("<p style=\"visibility:hidden\">x<p>Yes", "Yes"),
            ("<td style=\"font-size:0px\"><div style=\"font-size:13px\">Yes</div></td>", "Yes"),
            ("<div style=\"opacity:0\">x</div><div style=\"opacity:0.9\">Yes</div>", "Yes"),
        ] {
            assert_eq!(to_text(html).trim(), expected, "{html}");
        }
    }

    #[test]
    fn broken_html_is_read_to_its_end() {
        for html in [
            "<",
            "<a",
            "<!--",
            "</",
            "<style>",
            "<div ".repeat(3).as_str(),
            "&#99999999;",
            "&",
            "<p>".repeat(5_000).as_str(),
        ] {
            to_text(html);
        }
    }

    #[test]
    fn hostile_html_is_read_in_moments() {
        const LARGEST: usize = 262_144;
        let names = format!("<p {}>", "id=".repeat(1_331));
        let one_end = format!("{}>", "<a".repeat(LARGEST / 2));
        let began = std::time::Instant::now();
        for part in [&names, "<", "<a", "</", "<style", "<p id='", "<p id=\"a\"", "&", "<!--"] {
            to_text(&part.repeat(LARGEST / part.len()));
        }
        to_text(&one_end);
        assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    }
}
