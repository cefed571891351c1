//! Microsoft Graph for one mailbox.

mod subscriptions;

pub use subscriptions::{Handshake, SentNotice};

use crate::mail::{addresses, has_recipient, header, headers, message_id, text_and_attachments};
use crate::oauth::{Checked, Client, GrantRules};
use crate::reply::{Asked, bytes, json};
use crate::server::Server;
use crate::{Request, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use subscriptions::Subscriptions;

const LARGEST: usize = 4 * 1024 * 1024;
const FOLDERS: [&str; 5] = ["inbox", "junkemail", "sentitems", "drafts", "outbox"];

pub type Graph = Server<GraphMailbox>;

/// The items of a mailbox in their folders, and the subscriptions to them.
pub struct GraphMailbox {
    base_url: String,
    address: String,
    items: Vec<Item>,
    /// The number of the last change.
    change: u64,
    /// Delta links up to this number are forgotten.
    forgotten: u64,
    made: u64,
    subscriptions: Subscriptions,
    /// Whether a sent draft stays in the outbox until `settle`.
    slow: bool,
}

struct Item {
    number: u64,
    folder: &'static str,
    raw: Vec<u8>,
    is_draft: bool,
    at: Timestamp,
    change: u64,
}

impl Item {
    /// The id that stays, or the one that changes with the folder.
    fn id(&self, immutable: bool) -> String {
        if immutable {
            format!("AAkALg{}=", self.number)
        } else {
            format!("AAMkAG-{}-{}", self.folder, self.number)
        }
    }

    fn described(&self, immutable: bool, wanted: &str) -> Value {
        let person = |(name, address): (Option<String>, String)| json!({ "emailAddress": { "name": name.unwrap_or_else(|| address.clone()), "address": address } });
        let people = |name: &str| addresses(&self.raw, name).into_iter().map(person).collect::<Vec<_>>();
        let id = message_id(&self.raw).map(|id| format!("<{id}>"));
        let all = json!({
            "id": self.id(immutable),
            "subject": header(&self.raw, "subject"),
            "from": people("from").first(),
            "sender": people("from").first(),
            "replyTo": people("reply-to"),
            "toRecipients": people("to"),
            "ccRecipients": people("cc"),
            "receivedDateTime": self.at.to_string(),
            "sentDateTime": self.at.to_string(),
            "internetMessageId": id,
            "conversationId": format!("conv-{}", crate::mail::bare_subject(&self.raw)),
            "isDraft": self.is_draft,
            "parentFolderId": format!("folder-{}", self.folder),
        });
        let Value::Object(all) = all else { return all };
        let is_wanted =
            |name: &str| wanted.is_empty() || name == "id" || wanted.split(',').any(|one| one == name);
        Value::Object(all.into_iter().filter(|(name, _)| is_wanted(name)).collect::<Map<_, _>>())
    }
}

fn refusal(status: u16, code: &str, message: &str) -> Response {
    json(
        status,
        &json!({ "error": { "code": code, "message": message, "innerError": { "request-id": "0" } } }),
    )
}

fn not_found() -> Response {
    refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.")
}

impl Server<GraphMailbox> {
    pub fn new(base_url: &str, address: &str, client: Client, rules: GrantRules) -> Self {
        let mailbox = GraphMailbox {
            base_url: base_url.to_owned(),
            address: address.to_owned(),
            items: Vec::new(),
            change: 0,
            forgotten: 0,
            made: 0,
            subscriptions: Subscriptions::default(),
            slow: false,
        };
        Self::over(mailbox, client, rules)
    }

    pub fn revoke(&self, code: u32) {
        self.state().oauth.revoke(json!({ "error": "invalid_grant", "error_codes": [code] }));
    }

    /// Lets a mail arrive in a folder, given by its well-known name.
    pub fn deliver(&self, raw: &[u8], folder: &'static str, now: Timestamp) {
        let mut state = self.state();
        let number = state.mailbox.add(raw.to_vec(), folder, false, now);
        if folder == "inbox" {
            state.mailbox.subscriptions.tell_of_mail(number, now);
        }
    }

    /// Keeps sent drafts in the outbox until `settle`.
    pub fn be_slow(&self) {
        self.state().mailbox.slow = true;
    }

    /// Sends what is in the outbox.
    pub fn settle(&self) {
        let mut state = self.state();
        let mailbox = &mut state.mailbox;
        mailbox.slow = false;
        let waiting: Vec<u64> =
            mailbox.items.iter().filter(|item| item.folder == "outbox").map(|item| item.number).collect();
        for number in waiting {
            mailbox.move_to_sent(number);
        }
    }

    /// Forgets the state of every delta link.
    pub fn forget_links(&self) {
        let mut state = self.state();
        let mailbox = &mut state.mailbox;
        mailbox.change += 1;
        mailbox.forgotten = mailbox.change;
    }

    pub fn fail_next(&self, what: &str, status: u16, code: &str) {
        self.state().troubles.add(what, refusal(status, code, "as ordered"));
    }

    /// Answers each such request with this error, until `repair`. The query counts, too.
    pub fn fail_always(&self, what: &str, status: u16, code: &str) {
        self.state().troubles.add_lasting(what, refusal(status, code, "as ordered"));
    }

    /// Throttles the next request whose method and path contain `what`.
    pub fn throttle_next(&self, what: &str, seconds: u32) {
        self.throttle_after(0, what, seconds);
    }

    /// Does so after this many such requests were answered.
    pub fn throttle_after(&self, after: usize, what: &str, seconds: u32) {
        let mut answer =
            refusal(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.");
        answer.headers_mut().insert("retry-after", seconds.into());
        self.state().troubles.add_after(after, what, answer);
    }

    pub fn sent(&self) -> Vec<Vec<u8>> {
        self.state().mailbox.mails_in("sentitems")
    }

    pub fn drafts(&self) -> usize {
        self.state().mailbox.mails_in("drafts").len()
    }

    pub fn answer(&self, request: &Request, now: Timestamp) -> Response {
        let asked = Asked::of(request);
        let mut state = self.state();
        if let Some(answer) = state.take_trouble(&asked) {
            return answer;
        }
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        if let [_, "oauth2", "v2.0", "token"] = path.as_slice() {
            return state.oauth.token(request, now);
        }
        let ["v1.0", rest @ ..] = path.as_slice() else { return not_found() };
        let needed: &[&str] = match (asked.method, rest) {
            (_, ["me"]) => &["User.Read"],
            ("POST", ["me", "messages", _, "send"]) => &["Mail.Send"],
            ("GET", _) | (_, ["subscriptions", ..]) => &["Mail.Read", "Mail.ReadWrite"],
            _ => &["Mail.ReadWrite"],
        };
        match state.oauth.check(asked.bearer, needed, now) {
            Checked::Allowed => {}
            Checked::BadToken => {
                return refusal(401, "InvalidAuthenticationToken", "Access token has expired.");
            }
            Checked::NoPermission => return refusal(403, "ErrorAccessDenied", "Access is denied."),
        }
        match (asked.method, rest) {
            ("GET", ["me"]) => {
                let address = &state.mailbox.address;
                json(200, &json!({ "mail": address, "userPrincipalName": address }))
            }
            ("POST", ["me", "messages"]) => state.mailbox.create(&asked, request, now),
            ("POST", ["me", "messages", id, "send"]) => state.mailbox.send(&asked, id),
            ("GET", ["me", "messages", id, "$value"]) => match state.mailbox.item(&asked, id) {
                Some(item) => bytes(200, "text/plain", item.raw.clone()),
                None => not_found(),
            },
            ("GET", ["me", "messages", id]) => state.mailbox.get(&asked, id),
            ("DELETE", ["me", "messages", id]) => state.mailbox.delete(&asked, id),
            ("GET", ["me", "mailFolders", folder]) if FOLDERS.contains(folder) => {
                json(200, &json!({ "id": format!("folder-{folder}") }))
            }
            ("GET", ["me", "mailFolders", folder, "messages"]) => state.mailbox.list(&asked, folder),
            ("GET", ["me", "mailFolders", folder, "messages", "delta"]) => {
                state.mailbox.delta(&asked, folder)
            }
            ("POST", ["subscriptions"]) => state.mailbox.subscriptions.subscribe(&asked, now),
            ("PATCH", ["subscriptions", id]) => state.mailbox.subscriptions.renew(&asked, id, now),
            ("DELETE", ["subscriptions", id]) => state.mailbox.subscriptions.unsubscribe(id, now),
            _ => refusal(404, "ResourceNotFound", "Resource not found."),
        }
    }
}

fn wants_immutable_ids(asked: &Asked<'_>) -> bool {
    asked.prefer.iter().any(|wish| wish == "IdType=\"ImmutableId\"")
}

impl GraphMailbox {
    fn add(&mut self, raw: Vec<u8>, folder: &'static str, is_draft: bool, at: Timestamp) -> u64 {
        self.made += 1;
        self.change += 1;
        self.items.push(Item { number: self.made, folder, raw, is_draft, at, change: self.change });
        self.made
    }

    fn mails_in(&self, folder: &str) -> Vec<Vec<u8>> {
        self.items.iter().filter(|item| item.folder == folder).map(|item| item.raw.clone()).collect()
    }

    fn item(&self, asked: &Asked<'_>, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id(wants_immutable_ids(asked)) == id)
    }

    fn move_to_sent(&mut self, number: u64) {
        self.change += 1;
        let change = self.change;
        if let Some(item) = self.items.iter_mut().find(|item| item.number == number) {
            (item.folder, item.is_draft, item.change) = ("sentitems", false, change);
        }
    }

    fn create(&mut self, asked: &Asked<'_>, request: &Request, now: Timestamp) -> Response {
        let content_type = request.headers().get("content-type").and_then(|value| value.to_str().ok());
        if content_type != Some("text/plain") {
            return refusal(400, "BadRequest", "This fake takes MIME alone.");
        }
        if asked.body.len() > LARGEST {
            return refusal(
                413,
                "ErrorMessageSizeExceeded",
                "The message exceeds the maximum supported size.",
            );
        }
        let Ok(raw) = STANDARD.decode(asked.body) else {
            return refusal(
                400,
                "ErrorMimeContentInvalidBase64String",
                "Invalid base64 string for MIME content.",
            );
        };
        let number = self.add(raw, "drafts", true, now);
        let made = self.items.iter().find(|item| item.number == number);
        json(201, &made.map(|item| item.described(wants_immutable_ids(asked), "")).unwrap_or_default())
    }

    fn send(&mut self, asked: &Asked<'_>, id: &str) -> Response {
        let Some(item) = self.item(asked, id).filter(|item| item.folder == "drafts") else {
            return not_found();
        };
        if !has_recipient(&item.raw) {
            return refusal(400, "ErrorInvalidRecipients", "At least one recipient is not valid.");
        }
        let number = item.number;
        if self.slow {
            if let Some(item) = self.items.iter_mut().find(|item| item.number == number) {
                item.folder = "outbox";
            }
        } else {
            self.move_to_sent(number);
        }
        bytes(202, "text/plain", Vec::new())
    }

    fn get(&self, asked: &Asked<'_>, id: &str) -> Response {
        let Some(item) = self.item(asked, id) else { return not_found() };
        let wanted = asked.query("$select").unwrap_or_default();
        let mut told = item.described(wants_immutable_ids(asked), wanted);
        if wanted.split(',').any(|name| name == "internetMessageHeaders") && item.folder != "sentitems" {
            let all = headers(&item.raw).into_iter();
            let all: Vec<Value> = all.map(|(name, value)| json!({ "name": name, "value": value })).collect();
            told["internetMessageHeaders"] = json!(all);
        }
        if wanted.split(',').any(|name| name == "bodyPreview") {
            let (text, _) = text_and_attachments(&item.raw);
            told["bodyPreview"] = json!(text.chars().take(255).collect::<String>());
        }
        if wanted.split(',').any(|name| name == "body") {
            let (text, _) = text_and_attachments(&item.raw);
            let as_text = asked.prefer.iter().any(|wish| wish == "outlook.body-content-type=\"text\"");
            let kind = if as_text { "text" } else { "html" };
            told["body"] = json!({ "contentType": kind, "content": text });
        }
        json(200, &told)
    }

    fn delete(&mut self, asked: &Asked<'_>, id: &str) -> Response {
        let Some(number) = self.item(asked, id).map(|item| item.number) else { return not_found() };
        self.items.retain(|item| item.number != number);
        bytes(204, "text/plain", Vec::new())
    }

    fn list(&self, asked: &Asked<'_>, folder: &str) -> Response {
        let filter = asked.query("$filter").unwrap_or_default();
        let sought = filter.strip_prefix("internetMessageId eq '<").and_then(|rest| rest.strip_suffix(">'"));
        let Some(sought) = sought else {
            return refusal(400, "BadRequest", "This fake filters by internetMessageId alone.");
        };
        let is_it = |item: &&Item| item.folder == folder && message_id(&item.raw).as_deref() == Some(sought);
        let wanted = asked.query("$select").unwrap_or_default();
        let found =
            self.items.iter().filter(is_it).map(|item| item.described(wants_immutable_ids(asked), wanted));
        json(200, &json!({ "value": found.collect::<Vec<_>>() }))
    }

    /// Answers one page of a round. A link's token holds what the first request has asked for.
    fn delta(&self, asked: &Asked<'_>, folder: &str) -> Response {
        if !FOLDERS.contains(&folder) {
            return not_found();
        }
        let token = asked.query("$skiptoken").or(asked.query("$deltatoken"));
        let (after, until, from, since, wanted) = match token {
            Some(token) => {
                let parts: Vec<&str> = token.split('|').collect();
                let [after, until, from, since, wanted] = parts.as_slice() else {
                    return refusal(400, "badRequest", "The token is not valid.");
                };
                let numbers = (after.parse::<u64>(), until.parse::<u64>(), from.parse::<u64>());
                let (Ok(after), Ok(until), Ok(from)) = numbers else {
                    return refusal(400, "badRequest", "The token is not valid.");
                };
                (after, until, from, (*since).to_owned(), (*wanted).to_owned())
            }
            None => {
                if asked.query("changeType").is_some_and(|kind| kind != "created") {
                    return refusal(400, "badRequest", "This fake tells what was created.");
                }
                let filter = asked.query("$filter").unwrap_or_default();
                let since = filter.strip_prefix("receivedDateTime ge ").unwrap_or_default().to_owned();
                let wanted = asked.query("$select").unwrap_or_default().to_owned();
                (0, self.change, 0, since, wanted)
            }
        };
        if token.is_some() && after < self.forgotten {
            return refusal(410, "syncStateNotFound", "The sync state generation is not found.");
        }
        let until = if until == 0 { self.change } else { until };
        let earliest: Option<Timestamp> = since.parse().ok();
        let is_new = |item: &&Item| {
            item.folder == folder
                && item.change > after
                && item.change <= until
                && earliest.is_none_or(|earliest| item.at >= earliest)
        };
        let all: Vec<&Item> = self.items.iter().filter(is_new).collect();
        let wish = asked.prefer.iter().find_map(|wish| wish.strip_prefix("odata.maxpagesize=")?.parse().ok());
        let most: usize = wish.unwrap_or(10);
        let page = all.iter().skip(from as usize).take(most);
        let page: Vec<Value> = page.map(|item| item.described(wants_immutable_ids(asked), &wanted)).collect();
        let next = from + page.len() as u64;
        let link = |name: &str, token: String| {
            let path = format!("{}/v1.0/me/mailFolders/{folder}/messages/delta", self.base_url);
            let mut url = url::Url::parse(&path).expect("the base URL is one");
            url.query_pairs_mut().append_pair(name, &token);
            url.to_string()
        };
        let mut answer = json!({ "value": page });
        if (next as usize) < all.len() {
            let token = format!("{after}|{until}|{next}|{since}|{wanted}");
            answer["@odata.nextLink"] = json!(link("$skiptoken", token));
        } else {
            answer["@odata.deltaLink"] = json!(link("$deltatoken", format!("{until}|0|0|{since}|{wanted}")));
        }
        json(200, &answer)
    }
}
