//! HTML as text. What stands in a quotation (a `blockquote`, or the containers that mail programs put around what they
//! quote) gets the mark `> ` in front of its lines, as in a plain mail.

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
const CUTS: [&str; 5] =
    ["divrplyfwdmsg", "appendonsend", "olk_src_body_section", "reply-intro", "x_divrplyfwdmsg"];

struct Writer {
    out: String,
    line: String,
    quoted: bool,
    blank: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
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
    let mut writer = Writer { out: String::new(), line: String::new(), quoted: false, blank: false };
    let mut open: Vec<(String, bool)> = Vec::new();
    let mut rest_is_quoted = false;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        writer.text(&decoded(&rest[..at]));
        rest = &rest[at..];
        if let Some(tail) = rest.strip_prefix("<!--") {
            rest = tail.split_once("-->").map_or("", |(_, tail)| tail);
            continue;
        }
        let is_tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        let end = rest.bytes().take(LONGEST_TAG).position(|b| b == b'>');
        let Some(end) = end.filter(|_| is_tag) else {
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
            if let Some(at) = open.iter().rposition(|(known, _)| *known == name) {
                open.truncate(at);
            }
            block(&mut writer, &name);
        } else {
            block(&mut writer, &name);
            let tag = tag.to_ascii_lowercase();
            rest_is_quoted |= CUTS.iter().any(|cut| names(&tag, cut));
            let quotes = name == "blockquote" || CONTAINERS.iter().any(|container| names(&tag, container));
            let is_void =
                ["br", "hr", "img", "meta", "link", "input", "col", "wbr", "o:p"].contains(&name.as_str());
            if !is_void && open.len() < MOST_OPEN {
                open.push((name, quotes));
            }
        }
        writer.set_quoted(rest_is_quoted || open.iter().any(|(_, quoted)| *quoted));
    }
    writer.text(&decoded(rest));
    writer.end_line(false);
    writer.out
}

fn name_of(tag: &str) -> (String, bool) {
    let (tag, is_end) = tag.strip_prefix('/').map_or((tag, false), |tag| (tag, true));
    let end = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
    (tag[..end.min(20)].to_ascii_lowercase(), is_end)
}

/// Whether one of the tag's attributes `id`, `class` or `name` has this word.
fn names(tag: &str, word: &str) -> bool {
    ["id=", "class=", "name="].iter().any(|attribute| {
        tag.match_indices(attribute).any(|(at, _)| {
            let value = tag[at + attribute.len()..].trim_start_matches(['"', '\'']);
            let end = value.find(['"', '\'']).unwrap_or(value.len());
            value[..end]
                .split_whitespace()
                .any(|class| class.trim_start_matches("x_") == word.trim_start_matches("x_"))
        })
    })
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
        ] {
            assert_eq!(
                to_text(html).trim_end_matches(['\n', '>', ' ']),
                expected.trim_end_matches(['\n', '>', ' ']),
                "{html}"
            );
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
}
