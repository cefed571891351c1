//! An accepted e-mail, parsed as a mail program does: headers, bodies, links, images.

use jiff::Timestamp;
use mail_parser::{HeaderValue, MessageParser};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mail {
    pub id: usize,
    pub at: Timestamp,
    /// The envelope's recipient, lower case.
    pub to: String,
    /// The envelope's sender, to which bounces go.
    pub return_path: String,
    pub from: String,
    pub from_name: Option<String>,
    pub reply_to: Option<String>,
    pub subject: String,
    /// The Message-ID without angle brackets.
    pub message_id: String,
    pub in_reply_to: Option<String>,
    pub references: Vec<String>,
    pub html: Option<String>,
    pub text: String,
    /// The https address of List-Unsubscribe.
    pub unsubscribe: Option<String>,
    pub one_click: bool,
    /// The header `X-Leadflow-Message`.
    pub tag: Option<String>,
    pub links: Vec<Link>,
    pub images: Vec<String>,
    pub headers: String,
    pub size: usize,
    pub read: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Link {
    pub url: String,
    pub words: String,
}

impl Mail {
    pub fn answer_address(&self) -> &str {
        self.reply_to.as_deref().unwrap_or(&self.from)
    }

    /// The link that a reader would take for the unsubscribe link.
    pub fn unsubscribe_link(&self) -> Option<&str> {
        let named = self.links.iter().find(|link| {
            let words = link.words.to_lowercase();
            words.contains("unsubscribe") || words.contains("opt out") || link.url.contains("/u/")
        });
        named.map(|link| link.url.as_str()).or(self.unsubscribe.as_deref())
    }

    /// The links that a reader sees: a link without words is not one.
    pub fn visible_links(&self) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(|link| !link.words.is_empty())
    }

    /// All links except the unsubscribe link, which a reader may be curious about.
    pub fn content_links(&self) -> impl Iterator<Item = &Link> {
        let leave = self.unsubscribe_link().map(str::to_owned);
        let is_content = move |link: &&Link| Some(&link.url) != leave.as_ref() && !link.url.contains("/u/");
        self.visible_links().filter(is_content)
    }
}

/// The reason for which a receiving server refuses the content after DATA.
pub(crate) struct Malformed(pub &'static str);

/// Reads a message for one recipient.
pub(crate) fn read(raw: &[u8], return_path: &str, to: &str, at: Timestamp) -> Result<Mail, Malformed> {
    let head = header_block(raw);
    check_headers(&head)?;
    let message = MessageParser::default().parse(raw).ok_or(Malformed("550 5.6.0 message has no headers"))?;
    let sender = message.from().and_then(|from| from.first());
    let from = sender
        .and_then(|sender| sender.address())
        .filter(|address| address.contains('@'))
        .ok_or(Malformed("550 5.7.1 From header is missing or has no address"))?
        .to_lowercase();
    let has_html = message.parts.iter().any(|part| part.is_text_html());
    let html = has_html.then(|| message.body_html(0)).flatten().map(|body| body.into_owned());
    let text = message.body_text(0).map(|body| body.into_owned()).unwrap_or_default();
    let (links, images) = match &html {
        Some(html) => (anchors(html), image_sources(html)),
        None => (bare_links(&text), Vec::new()),
    };
    let unsubscribe = message.header_raw("List-Unsubscribe").and_then(https_in_angles);
    let one_click = message
        .header_raw("List-Unsubscribe-Post")
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("List-Unsubscribe=One-Click"));
    Ok(Mail {
        id: 0,
        at,
        to: to.to_lowercase(),
        return_path: return_path.to_owned(),
        from,
        from_name: sender.and_then(|sender| sender.name()).map(str::to_owned),
        reply_to: message
            .reply_to()
            .and_then(|list| list.first())
            .and_then(|one| one.address())
            .map(str::to_owned),
        subject: message.subject().unwrap_or_default().to_owned(),
        message_id: message.message_id().unwrap_or_default().to_owned(),
        in_reply_to: ids(message.in_reply_to()).pop(),
        references: ids(message.references()),
        html,
        text,
        unsubscribe,
        one_click,
        tag: message.header_raw("X-Leadflow-Message").map(|value| value.trim().to_owned()),
        links,
        images,
        headers: head,
        size: raw.len(),
        read: false,
    })
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(one) => vec![one.to_string()],
        HeaderValue::TextList(list) => list.iter().map(|id| id.to_string()).collect(),
        _ => Vec::new(),
    }
}

fn header_block(raw: &[u8]) -> String {
    let end = raw.windows(4).position(|window| window == b"\r\n\r\n").map_or(raw.len(), |at| at + 2);
    String::from_utf8_lossy(&raw[..end]).into_owned()
}

/// The checks that large receivers make before anything else.
fn check_headers(head: &str) -> Result<(), Malformed> {
    let names: Vec<String> = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name.trim().to_ascii_lowercase())
        .collect();
    let count = |name: &str| names.iter().filter(|each| *each == name).count();
    if count("from") != 1 {
        return Err(Malformed("550 5.7.1 From header is missing or appears more than once"));
    }
    if count("message-id") != 1 {
        return Err(Malformed("550 5.7.1 Messages without exactly one Message-ID are not accepted"));
    }
    if count("date") != 1 {
        return Err(Malformed("550 5.7.1 Messages without exactly one Date are not accepted"));
    }
    for single in ["to", "cc", "subject", "reply-to", "in-reply-to", "references", "sender", "mime-version"] {
        if count(single) > 1 {
            return Err(Malformed("550 5.7.1 A header that may appear once appears twice"));
        }
    }
    Ok(())
}

fn https_in_angles(header: &str) -> Option<String> {
    let unfolded: String = header.split_whitespace().collect();
    unfolded
        .split('<')
        .filter_map(|part| part.split_once('>'))
        .map(|(uri, _)| uri.to_owned())
        .find(|uri| uri.starts_with("https://") || uri.starts_with("http://"))
}

/// The `href` and text of every `<a>`.
pub(crate) fn anchors(html: &str) -> Vec<Link> {
    tags(html, "a")
        .filter_map(|(tag, rest)| {
            let url = attribute(tag, "href")?;
            let inner = rest.find("</a").map_or("", |end| &rest[..end]);
            is_web(&url).then(|| Link { url, words: visible_words(inner) })
        })
        .collect()
}

fn image_sources(html: &str) -> Vec<String> {
    tags(html, "img").filter_map(|(tag, _)| attribute(tag, "src")).filter(|url| is_web(url)).collect()
}

pub(crate) fn bare_links(text: &str) -> Vec<Link> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')'))
        .filter(|word| is_web(word))
        .map(|word| word.trim_end_matches(['.', ',', ';', '!', '?']).to_owned())
        .map(|url| Link { words: url.clone(), url })
        .collect()
}

fn is_web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://") || url.starts_with('/')
}

/// Each opening tag of that name, with the text after it.
pub(crate) fn tags<'a>(html: &'a str, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    html.split('<').filter_map(move |piece| {
        let head = piece.get(..name.len())?;
        let after = piece.as_bytes().get(name.len())?;
        let is_tag =
            head.eq_ignore_ascii_case(name) && matches!(after, b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/');
        if !is_tag {
            return None;
        }
        let end = piece.find('>')?;
        let start = piece.as_ptr() as usize - html.as_ptr() as usize;
        Some((&piece[name.len()..end], &html[start + end + 1..]))
    })
}

/// The decoded value of an attribute inside a tag.
pub(crate) fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].find(name) {
        let start = from + found;
        from = start + name.len();
        let bounded = start == 0 || lower.as_bytes()[start - 1].is_ascii_whitespace();
        let Some(rest) = tag[from..].trim_start().strip_prefix('=') else { continue };
        if !bounded {
            continue;
        }
        let rest = rest.trim_start();
        let value = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => rest[1..].split(quote).next().unwrap_or_default(),
            _ => rest.split([' ', '\t', '\r', '\n', '>']).next().unwrap_or_default(),
        };
        return Some(decode_entities(value));
    }
    None
}

pub(crate) fn decode_entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let named = text
        .replace("&#38;", "&amp;")
        .replace("&#x26;", "&amp;")
        .replace("&#61;", "=")
        .replace("&#x3D;", "=")
        .replace("&#x2F;", "/")
        .replace("&#47;", "/")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ");
    named.replace("&amp;", "&")
}

fn visible_words(html: &str) -> String {
    let mut words = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => words.push(c),
            _ => {}
        }
    }
    decode_entities(words.trim())
}
