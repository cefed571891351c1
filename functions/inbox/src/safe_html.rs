//! Makes a stranger's HTML fit to be shown: what is known to be harmless is written anew, everything else is left out.
//! The frame that shows it forbids scripts, forms and foreign contents besides, so that neither stands alone.

use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

/// Elements that lay out text. Those with a `/` have no end.
const KEPT: &[&str] = &[
    "a",
    "abbr",
    "address",
    "article",
    "b",
    "big",
    "blockquote",
    "br/",
    "caption",
    "center",
    "cite",
    "code",
    "col/",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr/",
    "i",
    "img/",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr/",
];

/// Elements that go with everything in them.
const DROPPED: &[&str] = &[
    "applet", "audio", "canvas", "iframe", "map", "math", "noembed", "noframes", "noscript", "object",
    "script", "select", "svg", "template", "textarea", "title", "video", "xmp",
];

const ATTRIBUTES: &[&str] = &[
    "align",
    "alt",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "class",
    "color",
    "colspan",
    "dir",
    "face",
    "height",
    "lang",
    "nowrap",
    "rowspan",
    "size",
    "style",
    "title",
    "valign",
    "width",
];

/// Writes the HTML anew, without anything that is not known to be harmless.
pub fn safe_html(html: &str) -> String {
    let tokenizer = Tokenizer::new(Writer::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    while let TokenizerResult::Script(()) = tokenizer.feed(&input) {}
    tokenizer.end();
    tokenizer.sink.state.into_inner().out
}

#[derive(Default)]
struct Writer {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    out: String,
    /// The dropped element that is open, and how many of its name are open within each other.
    dropped: Option<(String, u32)>,
    in_style: bool,
}

impl TokenSink for Writer {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                state.take_tag(&tag);
                if tag.kind == TagKind::StartTag {
                    return contents(&tag.name);
                }
            }
            Token::CharacterTokens(text) => state.take_text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// How a browser reads the contents of an element: markup in these is text.
fn contents(name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => TokenSinkResult::RawData(RawKind::Rawtext),
        "plaintext" => TokenSinkResult::Plaintext,
        _ => TokenSinkResult::Continue,
    }
}

impl State {
    fn take_tag(&mut self, tag: &Tag) {
        let (name, begins) = (tag.name.as_ref(), tag.kind == TagKind::StartTag);
        if let Some((dropped, depth)) = &mut self.dropped {
            if name == dropped {
                *depth = if begins { *depth + 1 } else { *depth - 1 };
            }
            self.dropped.take_if(|(_, depth)| *depth == 0);
            return;
        }
        if DROPPED.contains(&name) {
            if begins && !tag.self_closing {
                self.dropped = Some((name.to_owned(), 1));
            }
            return;
        }
        let is_void = KEPT.iter().any(|kept| kept.strip_suffix('/') == Some(name));
        if !is_void && !KEPT.contains(&name) {
            return;
        }
        if name == "style" {
            self.in_style = begins;
        }
        if begins {
            self.write_start(tag);
        } else if !is_void {
            self.out.push_str(&format!("</{name}>"));
        }
    }

    fn write_start(&mut self, tag: &Tag) {
        let name = tag.name.as_ref();
        self.out.push('<');
        self.out.push_str(name);
        for attribute in &tag.attrs {
            let key = attribute.name.local.as_ref();
            let value = attribute.value.trim();
            let takes = match (name, key) {
                ("a", "href") => leads(value, &["https:", "http:", "mailto:", "tel:"]),
                ("img", "src") => leads(value, &["https:", "data:image/"]),
                _ => ATTRIBUTES.contains(&key),
            };
            if takes {
                self.out.push_str(&format!(" {key}=\"{}\"", escaped(value)));
            }
        }
        if name == "a" {
            self.out.push_str(" target=\"_blank\" rel=\"noopener noreferrer nofollow\"");
        }
        self.out.push('>');
    }

    fn take_text(&mut self, text: &str) {
        if self.dropped.is_some() {
            return;
        }
        if self.in_style {
            // Style is read as it is: nothing in it may end the element.
            self.out.push_str(&text.replace('<', ""));
        } else {
            self.out.push_str(&escaped(text));
        }
    }
}

fn leads(value: &str, schemes: &[&str]) -> bool {
    schemes
        .iter()
        .any(|scheme| value.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

fn escaped(text: &str) -> String {
    domain::message::mail_body::escape_html(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_of_a_mail_stays() {
        let mail = "<!doctype html><html><head><style>p{color:red}</style></head><body bgcolor=red><p class=\"a b\" \
                    style=\"margin:0\">Hi <b>you</b> &amp; all<br>bye</p><table width=\"100%\"><tr><td>1</td></tr></table>";
        assert_eq!(
            safe_html(mail),
            "<style>p{color:red}</style><p class=\"a b\" style=\"margin:0\">Hi <b>you</b> &amp; all<br>bye</p>\
             <table width=\"100%\"><tr><td>1</td></tr></table>"
        );
    }

    #[test]
    fn nothing_that_acts_is_left() {
        for hostile in [
            "<script>alert(1)</script>",
            "<script>if (1<2) document.write('<b>')</script>",
            "<meta http-equiv=refresh content='0;url=https://evil.example'>",
            "<base href=https://evil.example>",
            "<form action=https://evil.example><input name=a><button>Go</button></form>",
            "<object data=https://evil.example/x.swf><param name=a></object><embed src=https://evil.example>",
            "<svg onload=alert(1)><script>alert(1)</script></svg>",
            "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
            "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
            "<link rel=stylesheet href=https://evil.example/a.css><link rel=dns-prefetch href=//evil.example>",
            "<img src=x onerror=alert(1)><img srcset='https://evil.example/a 2x'>",
            "<p onclick=alert(1) ONMOUSEOVER=alert(1)>x</p>",
            "<a href=\"java&#10;script:alert(1)\">x</a><a href=' javascript:alert(1)'>x</a><a href=data:text/html,x>x</a>",
            "<a ping=https://evil.example href=https://a.example>x</a>",
            "<video poster=https://evil.example/a src=https://evil.example/b></video>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
            "<style><!--</style><img src=x onerror=alert(1)>--></style>",
            "<textarea><img src=x onerror=alert(1)></textarea>",
            "<scr<script>ipt>alert(1)</script>",
            "<plaintext><img src=x onerror=alert(1)>",
        ] {
            let safe = safe_html(hostile).to_lowercase();
            let acts = [
                "<script",
                "<meta",
                "<base",
                "<form",
                "<input",
                "<object",
                "<embed",
                "<svg",
                "<math",
                "<iframe",
                "<link",
                "javascript:",
                "data:text",
                "evil.example",
                " on",
                "ping",
                "srcset",
                "<video",
            ];
            let tags: String = safe
                .split('>')
                .filter_map(|part| part.rsplit_once('<'))
                .map(|(_, tag)| format!("<{tag} "))
                .collect();
            let found = acts.iter().find(|act| tags.contains(*act));
            assert_eq!(found, None, "{hostile} became {safe}");
        }
    }

    #[test]
    fn link_opens_apart_and_image_of_another_host_is_named_with_https_only() {
        assert_eq!(
            safe_html("<a href='https://a.example/?x=1&y=2' target=_top>x</a>"),
            "<a href=\"https://a.example/?x=1&amp;y=2\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">x</a>"
        );
        assert_eq!(safe_html("<img src=http://a.example/1.gif alt=A>"), "<img alt=\"A\">");
        assert_eq!(safe_html("<img src=cid:1>"), "<img>");
    }

    #[test]
    fn huge_and_deep_mail_is_written_in_time() {
        let deep = "<div>".repeat(40_000) + &"x".repeat(50_000) + &"<table><tr><td>".repeat(10_000);
        let begun = std::time::Instant::now();
        assert!(safe_html(&deep).len() >= deep.len());
        assert!(safe_html(&"<a href='".repeat(30_000)).len() < 400_000);
        assert!(begun.elapsed().as_secs() < 5);
    }
}
