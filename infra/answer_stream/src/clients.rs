//! How mail clients lay out an answer and what it quotes.

use crate::draw::Draw;
use crate::frame::{Frame, US};

/// What stands between the answer and the quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Intro {
    /// "On … wrote:", as the named client words it.
    Said(&'static str),
    Headers,
    /// "-----Original Message-----", then headers.
    Original,
    /// A line of underscores, then headers.
    Underscores,
    /// "-------- Original message --------", then headers with a date.
    Dated,
    Proton,
    Zoho,
    /// Headers in columns, as Notes writes them.
    Columns,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Plain,
    Html,
    Both,
}

/// Whether there is a blank line between the answer and the introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Always,
    Sometimes,
    Never,
}

pub struct Client {
    intro: Intro,
    /// Whether each quoted line begins with `>`.
    marks: bool,
    gap: Gap,
    shape: Shape,
    pub is_mobile: bool,
    /// The opening of the quotation's element, where the client has one.
    element: &'static str,
}

const fn client(intro: Intro, marks: bool, gap: Gap, shape: Shape, element: &'static str) -> Client {
    Client { intro, marks, gap, shape, is_mobile: false, element }
}

const fn mobile(intro: Intro, marks: bool, gap: Gap, shape: Shape, element: &'static str) -> Client {
    Client { intro, marks, gap, shape, is_mobile: true, element }
}

const GMAIL: &str = r#"<div class="gmail_quote"><div dir="ltr" class="gmail_attr">"#;
const APPLE: &str = r#"<blockquote type="cite"><div>"#;
const OUTLOOK: &str =
    r#"<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><div>"#;
const OUTLOOK_WEB: &str =
    r#"<div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">"#;
const YAHOO: &str = r#"<div id="yahoo_quoted_4711" class="yahoo_quoted"><div>"#;
const GMX: &str =
    r#"<div name="quote" style="margin:10px 5px 5px 10px;border-left:2px solid #C3D9E5;"><div>"#;

pub const CLIENTS: [Client; 14] = [
    client(Intro::Said("gmail"), true, Gap::Sometimes, Shape::Both, GMAIL),
    client(Intro::Said("gmail"), true, Gap::Never, Shape::Plain, ""),
    mobile(Intro::Said("apple"), true, Gap::Always, Shape::Both, APPLE),
    client(Intro::Said("apple"), true, Gap::Never, Shape::Plain, ""),
    client(Intro::Headers, false, Gap::Always, Shape::Both, OUTLOOK),
    client(Intro::Original, false, Gap::Always, Shape::Plain, ""),
    mobile(Intro::Underscores, false, Gap::Always, Shape::Both, OUTLOOK_WEB),
    client(Intro::Said("thunderbird"), true, Gap::Sometimes, Shape::Plain, ""),
    client(Intro::Said("yahoo"), false, Gap::Sometimes, Shape::Both, YAHOO),
    client(Intro::Headers, false, Gap::Always, Shape::Html, GMX),
    mobile(Intro::Dated, false, Gap::Always, Shape::Both, "<div><div>"),
    client(Intro::Proton, true, Gap::Always, Shape::Plain, ""),
    client(Intro::Zoho, false, Gap::Always, Shape::Plain, ""),
    client(Intro::Columns, false, Gap::Always, Shape::Plain, ""),
];

/// A body with what is the writer's and what is quoted.
#[derive(Default)]
pub struct Body {
    pub plain: String,
    pub html: String,
    /// The lines that the writer did not write.
    pub quoted: Vec<String>,
}

impl Client {
    /// The answer above what we had written.
    pub fn answer_above(&self, own: &str, ours: &str, to: &str, frame: &Frame, draw: &mut Draw) -> Body {
        let intro = self.intro_lines(frame, to);
        let gap = match self.gap {
            Gap::Always => "\n\n",
            Gap::Never => "\n",
            Gap::Sometimes => ["\n", "\n\n"].get(draw.below(2)).copied().unwrap_or("\n"),
        };
        let mut body = Body::default();
        if self.shape != Shape::Html {
            let mut shown = intro.join("\n");
            if matches!(self.intro, Intro::Said("gmail")) {
                shown = wrapped(&shown, 76);
            }
            let quotation = if self.marks { marked(ours) } else { ours.to_owned() };
            body.plain = format!("{own}{gap}{shown}\n\n{quotation}\n");
        }
        if self.shape != Shape::Plain {
            let (head, ours) = (intro.iter().map(|line| escape(line)).collect::<Vec<_>>(), paragraphs(ours));
            let close = if self.element == APPLE { "</blockquote>" } else { "</div>" };
            let quotation = match self.element {
                GMAIL => format!("<blockquote class=\"gmail_quote\">{ours}</blockquote>"),
                _ => ours,
            };
            body.html = format!(
                "<html><body>{}{}{}</div>{quotation}{close}</body></html>",
                paragraphs(own),
                self.element,
                head.join("<br>\n")
            );
        }
        body.quoted = intro.into_iter().chain(ours.lines().map(str::to_owned)).collect();
        body
    }

    fn intro_lines(&self, frame: &Frame, to: &str) -> Vec<String> {
        let original = frame.one("original");
        match self.intro {
            Intro::Said(client) => vec![frame.said(client)],
            Intro::Headers => frame.headers(false, to),
            Intro::Original => under(format!("-----{original}-----"), frame.headers(false, to)),
            Intro::Underscores => under("_".repeat(32), frame.headers(false, to)),
            Intro::Dated => under(format!("-------- {original} --------"), frame.headers(true, to)),
            Intro::Proton => under(format!("------- {original} -------"), vec![frame.said("yahoo")]),
            Intro::Zoho => vec![format!("---- On Tue, 03 Mar 2026 10:12:33 +0100 {US} wrote ---")],
            Intro::Columns => {
                let column = |line: &String| match line.split_once(": ") {
                    Some((name, value)) => format!("{:<12}{value}", format!("{name}:")),
                    None => line.clone(),
                };
                frame.headers(true, to).iter().map(column).collect()
            }
        }
    }
}

/// The answer below a quotation with marks.
pub fn answer_below(own: &str, ours: &str, frame: &Frame) -> Body {
    let intro = frame.said("thunderbird");
    let plain = format!("{intro}\n{}\n\n{own}\n", marked(ours));
    let quoted = std::iter::once(intro).chain(ours.lines().map(str::to_owned)).collect();
    Body { plain, quoted, ..Body::default() }
}

/// The answer between two paragraphs of the quotation, with the greeting above it.
pub fn answer_inline(greeting: &str, own: &str, ours: &str, frame: &Frame) -> Body {
    let intro = frame.said("gmail");
    let (before, after) =
        ours.rsplit_once("\n\nAda Park").map_or((ours, ""), |(before, _)| (before, "Ada Park\nNorthbeam"));
    let plain = format!("{greeting}\n\n{intro}\n\n{}\n\n{own}\n\n{}\n", marked(before), marked(after));
    let quoted = std::iter::once(intro).chain(ours.lines().map(str::to_owned)).collect();
    Body { plain: plain.trim_start().to_owned(), quoted, ..Body::default() }
}

fn under(line: String, rest: Vec<String>) -> Vec<String> {
    std::iter::once(line).chain(rest).collect()
}

fn marked(text: &str) -> String {
    text.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// Breaks a long line at its last blank before the width, as plain bodies do.
fn wrapped(line: &str, width: usize) -> String {
    let end = line.char_indices().nth(width).map(|(at, _)| at);
    match end.and_then(|end| line.get(..end)?.rfind(' ')) {
        Some(blank) => {
            format!("{}\n{}", line.get(..blank).unwrap_or(line), line.get(blank + 1..).unwrap_or(""))
        }
        None => line.to_owned(),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn paragraphs(text: &str) -> String {
    let line = |line: &str| {
        if line.is_empty() {
            "<div><br></div>\n".to_owned()
        } else {
            format!("<div>{}</div>\n", escape(line))
        }
    };
    text.lines().map(line).collect()
}
