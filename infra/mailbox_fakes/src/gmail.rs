//! Gmail's API for one mailbox.

use crate::mail::{bare_subject, has_recipient, header, headers, message_id, text_and_attachments};
use crate::oauth::{Checked, Client, GrantRules};
use crate::reply::{Asked, bytes, json};
use crate::server::Server;
use crate::{Request, Response};
use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};

const LARGEST: usize = 35 * 1024 * 1024;
const READING: &[&str] = &["gmail.readonly", "gmail.modify"];
const DRAFTING: &[&str] = &["gmail.compose", "gmail.modify"];

pub type Gmail = Server<GmailMailbox>;

/// The mails and drafts of a mailbox, and the history of its changes.
pub struct GmailMailbox {
    address: String,
    messages: Vec<Message>,
    /// The drafts' ids, and those of their messages.
    drafts: Vec<(String, String)>,
    /// The number of the last change.
    history: u64,
    /// Changes up to this number are forgotten.
    forgotten: u64,
    made: u64,
}

#[derive(Clone)]
struct Message {
    id: String,
    thread: String,
    labels: Vec<String>,
    raw: Vec<u8>,
    at: Timestamp,
    history: u64,
    /// Deleted: the history still tells that it was added.
    is_gone: bool,
}

impl Message {
    fn has(&self, label: &str) -> bool {
        self.labels.iter().any(|own| own == label)
    }
}

fn refusal(status: u16, reason: &str, message: &str) -> Response {
    let error = json!({
        "code": status,
        "message": message,
        "errors": [{ "domain": "global", "reason": reason, "message": message }],
    });
    json(status, &json!({ "error": error }))
}

fn not_found() -> Response {
    refusal(404, "notFound", "Requested entity was not found.")
}

impl Server<GmailMailbox> {
    pub fn new(address: &str, client: Client, rules: GrantRules) -> Self {
        let mailbox = GmailMailbox {
            address: address.to_owned(),
            messages: Vec::new(),
            drafts: Vec::new(),
            history: 1_000,
            forgotten: 0,
            made: 0,
        };
        Self::over(mailbox, client, rules)
    }

    pub fn revoke(&self) {
        self.state()
            .oauth
            .revoke(json!({ "error": "invalid_grant", "error_description": "Token has been revoked." }));
    }

    /// Lets a mail arrive, with these labels. Returns its id.
    pub fn deliver(&self, raw: &[u8], labels: &[&str], now: Timestamp) -> String {
        self.state().mailbox.add(raw.to_vec(), labels, None, now)
    }

    /// Lets the owner send a mail by hand.
    pub fn send_by_hand(&self, raw: &[u8], now: Timestamp) -> String {
        self.state().mailbox.add(raw.to_vec(), &["SENT"], None, now)
    }

    pub fn delete(&self, id: &str) {
        self.state().mailbox.remove(id);
    }

    /// Lets the owner delete all that was sent.
    pub fn forget_sent(&self) {
        let mut state = self.state();
        state
            .mailbox
            .messages
            .iter_mut()
            .filter(|message| message.has("SENT"))
            .for_each(|message| message.is_gone = true);
    }

    /// Forgets all changes up to now.
    pub fn forget_history(&self) {
        let mut state = self.state();
        let mailbox = &mut state.mailbox;
        mailbox.forgotten = mailbox.history + 1;
        mailbox.history += 2;
    }

    /// Answers the next request whose method and path contain `what` with this error.
    pub fn fail_next(&self, what: &str, status: u16, reason: &str, message: &str) {
        self.state().troubles.add(what, refusal(status, reason, message));
    }

    /// Answers each such request with this error, until `repair`. The query counts, too.
    pub fn fail_always(&self, what: &str, status: u16, reason: &str) {
        self.state().troubles.add_lasting(what, refusal(status, reason, "as ordered"));
    }

    /// The mails with the label SENT, as they were sent.
    pub fn sent(&self) -> Vec<Vec<u8>> {
        self.state().mailbox.sent().map(|message| message.raw.clone()).collect()
    }

    /// The threads of the mails with the label SENT.
    pub fn sent_threads(&self) -> Vec<String> {
        self.state().mailbox.sent().map(|message| message.thread.clone()).collect()
    }

    pub fn drafts(&self) -> usize {
        self.state().mailbox.drafts.len()
    }

    pub fn answer(&self, request: &Request, now: Timestamp) -> Response {
        let asked = Asked::of(request);
        let mut state = self.state();
        if let Some(answer) = state.take_trouble(&asked) {
            return answer;
        }
        if asked.line() == "POST /token" {
            return state.oauth.token(request, now);
        }
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        let ["gmail", "v1", "users", "me", rest @ ..] = path.as_slice() else { return not_found() };
        let needed: &[&str] = match (asked.method, rest) {
            (_, ["profile"]) => &[],
            ("GET", ["drafts", _]) => &["gmail.readonly", "gmail.compose", "gmail.modify"],
            (_, ["drafts", ..]) => DRAFTING,
            _ => READING,
        };
        match state.oauth.check(asked.bearer, needed, now) {
            Checked::Allowed => {}
            Checked::BadToken => return refusal(401, "authError", "Invalid Credentials"),
            Checked::NoPermission => {
                let message = "Request had insufficient authentication scopes.";
                return refusal(403, "insufficientPermissions", message);
            }
        }
        match (asked.method, rest) {
            ("GET", ["profile"]) => state.mailbox.profile(),
            ("GET", ["history"]) => state.mailbox.changes(&asked),
            ("GET", ["messages"]) => state.mailbox.list(&asked),
            ("GET", ["messages", id]) => state.mailbox.get(&asked, id),
            ("POST", ["drafts"]) => state.mailbox.create(&asked, now),
            ("POST", ["drafts", "send"]) => state.mailbox.send(&asked, now),
            ("GET", ["drafts", id]) => match state.mailbox.drafts.iter().find(|(draft, _)| draft == id) {
                Some((draft, message)) => json(200, &json!({ "id": draft, "message": { "id": message } })),
                None => not_found(),
            },
            ("DELETE", ["drafts", id]) => state.mailbox.discard(id),
            _ => not_found(),
        }
    }
}

impl GmailMailbox {
    fn sent(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(|message| message.has("SENT"))
    }

    fn next(&mut self, what: &str) -> String {
        self.made += 1;
        format!("{what}{}", self.made)
    }

    fn add(&mut self, raw: Vec<u8>, labels: &[&str], thread: Option<String>, at: Timestamp) -> String {
        let id = self.next("m");
        self.history += 3;
        let thread = thread.unwrap_or_else(|| format!("t-{id}"));
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        self.messages.push(Message {
            id: id.clone(),
            thread,
            labels,
            raw,
            at,
            history: self.history,
            is_gone: false,
        });
        id
    }

    fn remove(&mut self, id: &str) {
        self.messages
            .iter_mut()
            .filter(|message| message.id == id)
            .for_each(|message| message.is_gone = true);
    }

    fn profile(&self) -> Response {
        let profile = json!({
            "emailAddress": self.address,
            "messagesTotal": self.messages.len(),
            "historyId": self.history.to_string(),
        });
        json(200, &profile)
    }

    fn changes(&self, asked: &Asked<'_>) -> Response {
        let Some(start) = asked.query("startHistoryId").and_then(|id| id.parse::<u64>().ok()) else {
            return refusal(400, "required", "Required parameter: startHistoryId");
        };
        if start < self.forgotten || start > self.history {
            return not_found();
        }
        let added = self.messages.iter().filter(|message| message.history > start);
        let record = |message: &Message| {
            let brief = json!({ "id": message.id, "threadId": message.thread, "labelIds": message.labels });
            json!({ "id": message.history.to_string(), "messagesAdded": [{ "message": brief }] })
        };
        let Some((page, next)) = page(asked, added.map(record).collect()) else { return bad_page() };
        let mut answer = json!({ "historyId": self.history.to_string() });
        // Without a change there is no list.
        if !page.is_empty() {
            answer["history"] = json!(page);
        }
        if let Some(next) = next {
            answer["nextPageToken"] = json!(next);
        }
        json(200, &answer)
    }

    fn list(&self, asked: &Asked<'_>) -> Response {
        let q = asked.query("q").unwrap_or_default();
        let after = q.strip_prefix("after:").and_then(|at| at.parse::<i64>().ok());
        let sought = q.strip_prefix("rfc822msgid:");
        let everywhere = asked.query("includeSpamTrash") == Some("true");
        let is_in = |message: &&Message| {
            !message.is_gone
                && (everywhere || !message.has("SPAM") && !message.has("TRASH"))
                && after.is_none_or(|after| message.at.as_second() > after - 1)
                && sought.is_none_or(|id| message_id(&message.raw).as_deref() == Some(id))
        };
        // The newest come first.
        let found = self.messages.iter().rev().filter(is_in);
        let found = found.map(|message| json!({ "id": message.id, "threadId": message.thread })).collect();
        let Some((page, next)) = page(asked, found) else { return bad_page() };
        let mut answer = json!({ "resultSizeEstimate": page.len() });
        if !page.is_empty() {
            answer["messages"] = json!(page);
        }
        if let Some(next) = next {
            answer["nextPageToken"] = json!(next);
        }
        json(200, &answer)
    }

    fn get(&self, asked: &Asked<'_>, id: &str) -> Response {
        let is_it = |message: &&Message| message.id == id && !message.is_gone;
        let Some(message) = self.messages.iter().find(is_it) else { return not_found() };
        let mut answer = json!({
            "id": message.id,
            "threadId": message.thread,
            "labelIds": message.labels,
            "historyId": message.history.to_string(),
            "internalDate": message.at.as_millisecond().to_string(),
            "sizeEstimate": message.raw.len(),
        });
        let told = |(name, value): (String, String)| json!({ "name": name, "value": value });
        let all = headers(&message.raw);
        let snippet: String = text_and_attachments(&message.raw).0.chars().take(200).collect();
        answer["snippet"] =
            json!(snippet.trim().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
        match asked.query("format").unwrap_or("full") {
            "minimal" => {}
            "raw" => answer["raw"] = json!(URL_SAFE.encode(&message.raw)),
            "metadata" => {
                let wanted = asked.all("metadataHeaders");
                let is_wanted =
                    |name: &str| wanted.is_empty() || wanted.iter().any(|one| one.eq_ignore_ascii_case(name));
                let some: Vec<Value> =
                    all.into_iter().filter(|(name, _)| is_wanted(name)).map(told).collect();
                answer["payload"] = json!({ "mimeType": "text/plain", "headers": some });
            }
            "full" => {
                let (text, attachments) = text_and_attachments(&message.raw);
                let body = json!({ "size": text.len(), "data": URL_SAFE.encode(&text) });
                let text = json!({ "partId": "0", "mimeType": "text/plain", "filename": "", "body": body });
                let attached = attachments.into_iter().map(|name| {
                    json!({ "mimeType": "application/octet-stream", "filename": name, "body": { "attachmentId": "a1" } })
                });
                let parts: Vec<Value> = std::iter::once(text).chain(attached).collect();
                let all: Vec<Value> = all.into_iter().map(told).collect();
                answer["payload"] = json!({ "mimeType": "multipart/mixed", "headers": all, "parts": parts });
            }
            _ => return refusal(400, "invalidParameter", "Invalid value for format"),
        }
        json(200, &answer)
    }

    fn create(&mut self, asked: &Asked<'_>, now: Timestamp) -> Response {
        let Some(body) = asked.json() else { return refusal(400, "parseError", "Parse Error") };
        let Some(raw) = body.pointer("/message/raw").and_then(Value::as_str) else {
            return refusal(400, "invalidArgument", "'raw' RFC822 payload message string required");
        };
        let Ok(raw) = URL_SAFE_NO_PAD.decode(raw.trim_end_matches('=')) else {
            return refusal(400, "invalidArgument", "Invalid value for ByteString");
        };
        if raw.len() > LARGEST {
            return refusal(413, "uploadTooLarge", "Request payload size exceeds the limit");
        }
        let mut thread = None;
        if let Some(id) = body.pointer("/message/threadId").and_then(Value::as_str) {
            let known: Vec<&Message> = self.messages.iter().filter(|message| message.thread == id).collect();
            if known.is_empty() {
                return not_found();
            }
            // A mail joins a thread only if its headers and its subject say so, too.
            let names = [header(&raw, "references"), header(&raw, "in-reply-to")];
            let is_answer = known.iter().any(|message| {
                let id = message_id(&message.raw).unwrap_or_default();
                names.iter().flatten().any(|ids| ids.contains(&format!("<{id}>")))
                    && bare_subject(&message.raw) == bare_subject(&raw)
            });
            thread = is_answer.then(|| id.to_owned());
        }
        let message = self.add(raw, &["DRAFT"], thread, now);
        let draft = self.next("r-");
        self.drafts.push((draft.clone(), message.clone()));
        json(200, &json!({ "id": draft, "message": { "id": message, "labelIds": ["DRAFT"] } }))
    }

    fn send(&mut self, asked: &Asked<'_>, now: Timestamp) -> Response {
        let body = asked.json().unwrap_or_default();
        let id = body.get("id").and_then(Value::as_str).unwrap_or_default();
        let Some(at) = self.drafts.iter().position(|(draft, _)| draft == id) else { return not_found() };
        let message = self.drafts[at].1.clone();
        let Some(place) = self.messages.iter().position(|one| one.id == message) else { return not_found() };
        if !has_recipient(&self.messages[place].raw) {
            return refusal(400, "invalidArgument", "Recipient address required");
        }
        self.drafts.remove(at);
        let Message { raw, thread, .. } = self.messages[place].clone();
        self.remove(&message);
        let id = self.add(raw, &["SENT"], Some(thread.clone()), now);
        json(200, &json!({ "id": id, "threadId": thread, "labelIds": ["SENT"] }))
    }

    fn discard(&mut self, id: &str) -> Response {
        let Some(at) = self.drafts.iter().position(|(draft, _)| draft == id) else { return not_found() };
        let (_, message) = self.drafts.remove(at);
        self.remove(&message);
        bytes(204, "text/plain", Vec::new())
    }
}

fn bad_page() -> Response {
    refusal(400, "invalidArgument", "Invalid pageToken")
}

/// Cuts one page out of a list. The token of the next page is its first place; another token is none of ours.
fn page(asked: &Asked<'_>, all: Vec<Value>) -> Option<(Vec<Value>, Option<String>)> {
    let most = asked.query("maxResults").and_then(|most| most.parse().ok()).unwrap_or(100).min(500);
    let from = match asked.query("pageToken") {
        Some(token) => token.parse::<usize>().ok().filter(|from| *from <= all.len())?,
        None => 0,
    };
    let next = (all.len() > from + most).then(|| (from + most).to_string());
    Some((all.into_iter().skip(from).take(most).collect(), next))
}
