//! What people write, and what WhatsApp reports about them. A person is named by a number or by Meta's id for one
//! business (`DE.1349…`), which stands alone where a person with a user name shows no number. Either may stand where the
//! other is expected, so an id is never read as a number.

use application::ports::provider_events::{ChatNews, ChatNotice, ProviderEvent, WrittenOnPhone};
use domain::contact::channel::Channel;
use domain::contact::chat_recipient::ChatUser;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct Written {
    from: Option<String>,
    from_user_id: Option<String>,
    /// The recipient, where a colleague wrote the message.
    to: Option<String>,
    to_user_id: Option<String>,
    id: String,
    /// The time in seconds. A webhook may be days late.
    timestamp: Option<Value>,
    #[serde(rename = "type")]
    kind: String,
    text: Option<Body>,
    button: Option<Button>,
    interactive: Option<Interactive>,
    reaction: Option<Reaction>,
    image: Option<Media>,
    video: Option<Media>,
    document: Option<Media>,
    system: Option<System>,
}

#[derive(Deserialize)]
struct Body {
    body: String,
}

#[derive(Deserialize)]
struct Button {
    text: String,
}

#[derive(Deserialize)]
struct Interactive {
    button_reply: Option<Chosen>,
    list_reply: Option<Chosen>,
}

#[derive(Deserialize)]
struct Chosen {
    title: String,
}

#[derive(Deserialize)]
struct Reaction {
    emoji: Option<String>,
}

#[derive(Deserialize)]
struct Media {
    caption: Option<String>,
}

#[derive(Deserialize)]
struct System {
    #[serde(rename = "type")]
    kind: Option<String>,
    /// The new number; older versions of the API call it `new_wa_id`.
    wa_id: Option<String>,
    new_wa_id: Option<String>,
    marketing: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Contact {
    wa_id: Option<String>,
    user_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Preference {
    wa_id: Option<String>,
    user_id: Option<String>,
    category: String,
    value: String,
    timestamp: Option<Value>,
}

/// The account's side of one webhook, and the people whom the webhook names.
pub(super) struct Chat<'a> {
    pub ours: String,
    pub known: &'a [Contact],
}

impl Chat<'_> {
    /// Translates an inbound message. Whatever a lead sends is a reply, also without words.
    pub fn received(&self, written: Written) -> Option<ProviderEvent> {
        let (from, user) = self.person(written.from.as_deref(), written.from_user_id.as_deref())?;
        if let Some(system) = &written.system {
            let news = news_of(system)?;
            let at = time(written.timestamp.as_ref());
            return Some(self.notice((from, user), news, written.id, at));
        }
        let (text, wordless) = said(&written)?;
        Some(ProviderEvent::TextReceived {
            channel: Channel::Whatsapp,
            from,
            user,
            to: self.ours.clone(),
            opt_out: None,
            text,
            wordless,
            at: time(written.timestamp.as_ref()),
            provider_id: written.id,
        })
    }

    /// Translates a person's choice about marketing messages. It has no id of its own.
    pub fn preferred(&self, preference: &Preference) -> Option<ProviderEvent> {
        let of_marketing = preference.category == "marketing_messages";
        let news = marketing(&preference.value).filter(|_| of_marketing)?;
        let (from, user) = self.person(preference.wa_id.as_deref(), preference.user_id.as_deref())?;
        let at = time(preference.timestamp.as_ref());
        let when = at.map_or(0, Timestamp::as_second);
        let id = format!("preference:{}:{}:{when}", user.as_deref().unwrap_or(&from), preference.value);
        Some(self.notice((from, user), news, id, at))
    }

    pub fn written_on_phone(&self, written: Written) -> Option<ProviderEvent> {
        let (to, user) = self.person(written.to.as_deref(), written.to_user_id.as_deref())?;
        let (text, _) = said(&written)?;
        Some(ProviderEvent::WrittenOnPhone(WrittenOnPhone {
            channel: Channel::Whatsapp,
            from: self.ours.clone(),
            to,
            user,
            text,
            at: time(written.timestamp.as_ref()),
            provider_id: written.id,
        }))
    }

    fn notice(
        &self,
        (from, user): (String, Option<String>),
        news: ChatNews,
        provider_id: String,
        at: Option<Timestamp>,
    ) -> ProviderEvent {
        let (channel, to) = (Channel::Whatsapp, self.ours.clone());
        ProviderEvent::ChatNotice(ChatNotice { channel, from, user, to, news, provider_id, at })
    }

    /// Returns the number, else the id, and the id where there is one. `None`: nobody is named.
    fn person(&self, number: Option<&str>, user: Option<&str>) -> Option<(String, Option<String>)> {
        let listed = |id: &str| {
            let same = |contact: &&Contact| contact.wa_id.as_deref() == Some(id);
            self.known.iter().find(same)?.user_id.as_deref()
        };
        let user = user.or_else(|| listed(number?)).or(number).filter(|text| ChatUser::parse(text).is_ok());
        let number = number.filter(|text| is_number(text)).map(with_plus);
        let user = user.map(str::to_owned);
        Some((number.or_else(|| user.clone())?, user))
    }
}

fn is_number(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || "+ -()".contains(c))
}

fn news_of(system: &System) -> Option<ChatNews> {
    match system.kind.as_deref()? {
        "user_changed_number" | "customer_changed_number" => {
            let to = system.wa_id.as_deref().or(system.new_wa_id.as_deref())?;
            is_number(to).then(|| ChatNews::NumberChanged { to: with_plus(to) })
        }
        "user_preference_changed" => marketing(system.marketing.as_deref()?),
        _ => None,
    }
}

fn marketing(value: &str) -> Option<ChatNews> {
    match value {
        "stop" => Some(ChatNews::MarketingStopped),
        "resume" => Some(ChatNews::MarketingResumed),
        _ => None,
    }
}

/// Returns the words, or what stands for them, and whether there were none. `None`: it is no message.
fn said(written: &Written) -> Option<(String, bool)> {
    let words = match written.kind.as_str() {
        // These are no replies: a chat that was only opened, a deleted message, a reaction that is taken back, a notice
        // of the app.
        "system" | "request_welcome" | "revoke" => return None,
        "reaction" => {
            let emoji = written.reaction.as_ref()?.emoji.clone();
            Some(emoji.filter(|emoji| !emoji.is_empty())?)
        }
        "text" => written.text.as_ref().map(|text| text.body.clone()),
        "button" => written.button.as_ref().map(|button| button.text.clone()),
        "interactive" => {
            let chosen = written.interactive.as_ref();
            let chosen = chosen.and_then(|it| it.button_reply.as_ref().or(it.list_reply.as_ref()));
            chosen.map(|chosen| chosen.title.clone())
        }
        _ => {
            let media = [&written.image, &written.video, &written.document];
            media.into_iter().flatten().find_map(|media| media.caption.clone())
        }
    };
    let wordless = written.kind == "reaction" || words.is_none();
    let stands_for_it = || match written.kind.as_str() {
        "unsupported" => "[a message that WhatsApp does not show here]".to_owned(),
        kind => format!("[{}]", crate::wire::excerpt(kind)),
    };
    Some((words.unwrap_or_else(stands_for_it), wordless))
}

/// Reads seconds, which are a text in one field and a number in another.
fn time(seconds: Option<&Value>) -> Option<Timestamp> {
    let seconds = match seconds? {
        Value::String(text) => text.parse().ok()?,
        other => other.as_i64()?,
    };
    Timestamp::from_second(seconds).ok()
}

/// Normalises a number as WhatsApp writes or shows it: digits, and perhaps characters between them.
pub(super) fn with_plus(number: &str) -> String {
    format!("+{}", number.chars().filter(char::is_ascii_digit).collect::<String>())
}
