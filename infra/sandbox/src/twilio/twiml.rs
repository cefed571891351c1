//! TwiML, as far as this Twilio obeys it: `Gather` with `Say`, `Say`, `Dial` with one `Number`, `Hangup`. Anything else is
//! refused, and so is an attribute that is not known, so that a slip shows here and not on a real phone.

use roxmltree::{Document, Node};

use super::number::is_e164;
use super::send::is_public_url;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verb {
    Hangup,
    /// Says something, waits for one digit, and asks at the address what to do.
    Gather {
        action: String,
        timeout: i64,
    },
    /// Says something and goes on: with the bridge, where it is said to a leg that is being dialled.
    Say(String),
    Dial(DialVerb),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DialVerb {
    pub caller: String,
    pub number: String,
    pub timeout: i64,
    pub action: Option<String>,
    pub reports: Option<String>,
    pub events: Vec<String>,
    /// The address that says what the lead hears before the two are connected.
    pub whisper: Option<String>,
    pub recording: Option<RecordVerb>,
    /// Whether the user heard something before.
    pub said: bool,
}

/// The recording of a dialled call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordVerb {
    pub reports: String,
    pub events: Vec<String>,
}

/// Reads a document, which must have at most one verb, besides a `Say` before a `Dial`.
pub(crate) fn parse(text: &str) -> Result<Verb, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let root = document.root_element();
    if root.tag_name().name() != "Response" {
        return Err(format!("the root is {}", root.tag_name().name()));
    }
    known(&root, &[])?;
    let verbs: Vec<Node<'_, '_>> = elements(&root)?;
    match verbs.as_slice() {
        [] => Ok(Verb::Hangup),
        [verb] => read(verb),
        [first, second] if first.tag_name().name() == "Say" && second.tag_name().name() == "Dial" => {
            say(first)?;
            Ok(Verb::Dial(DialVerb { said: true, ..dial(second)? }))
        }
        _ => Err("this Twilio obeys one verb at a time".to_owned()),
    }
}

fn read(verb: &Node<'_, '_>) -> Result<Verb, String> {
    match verb.tag_name().name() {
        "Hangup" => known(verb, &[]).map(|()| Verb::Hangup),
        "Gather" => {
            known(verb, &["numDigits", "timeout", "method", "action"])?;
            if verb.attribute("numDigits") != Some("1") {
                return Err("numDigits is not 1".to_owned());
            }
            let said = elements(verb)?;
            let is_said = |node: &&Node<'_, '_>| node.tag_name().name() == "Say" && node.text().is_some();
            if said.is_empty() || !said.iter().all(|node| is_said(&node)) {
                return Err("a Gather says nothing".to_owned());
            }
            let action = address(verb, "action")?.ok_or("a Gather has no action")?;
            Ok(Verb::Gather { action, timeout: seconds(verb, 5)? })
        }
        "Say" => say(verb).map(Verb::Say),
        "Dial" => dial(verb).map(Verb::Dial),
        other => Err(format!("the verb {other} is not obeyed here")),
    }
}

/// Returns what is said.
fn say(verb: &Node<'_, '_>) -> Result<String, String> {
    known(verb, &["language"])?;
    let said = verb.text().map(str::trim).filter(|text| !text.is_empty());
    said.map(str::to_owned).ok_or_else(|| "a Say says nothing".to_owned())
}

fn dial(verb: &Node<'_, '_>) -> Result<DialVerb, String> {
    let record = [
        "record",
        "recordingStatusCallback",
        "recordingStatusCallbackMethod",
        "recordingStatusCallbackEvent",
    ];
    known(
        verb,
        &[&["callerId", "answerOnBridge", "timeout", "timeLimit", "method", "action"][..], &record].concat(),
    )?;
    if verb.attribute("answerOnBridge").is_some_and(|bridge| !matches!(bridge, "true" | "false")) {
        return Err("answerOnBridge is neither true nor false".to_owned());
    }
    if verb.attribute("timeLimit").is_some_and(|limit| !matches!(limit.parse::<u32>(), Ok(1..=14_400))) {
        return Err("the timeLimit is not 1 to 14400 seconds".to_owned());
    }
    let nouns = elements(verb)?;
    let [number] = nouns.as_slice() else { return Err("a Dial has not one noun".to_owned()) };
    if number.tag_name().name() != "Number" {
        return Err(format!("the noun {} is not dialled here", number.tag_name().name()));
    }
    known(number, &["statusCallback", "statusCallbackMethod", "statusCallbackEvent", "url", "method"])?;
    let e164 = |text: Option<&str>| text.map(str::trim).filter(|text| is_e164(text)).map(str::to_owned);
    let events = number.attribute("statusCallbackEvent").unwrap_or("completed").split(' ');
    let events: Vec<String> = events.map(str::to_owned).collect();
    if let Some(odd) = events.iter().find(|event| !EVENTS.contains(&event.as_str())) {
        return Err(format!("{odd} is no event of a call"));
    }
    Ok(DialVerb {
        caller: e164(verb.attribute("callerId")).ok_or("the callerId is not a number")?,
        number: e164(number.text()).ok_or("13224: the dialled number is not one")?,
        timeout: seconds(verb, 30)?,
        action: address(verb, "action")?,
        reports: address(number, "statusCallback")?,
        events,
        whisper: address(number, "url")?,
        recording: recording(verb)?,
        said: false,
    })
}

fn recording(verb: &Node<'_, '_>) -> Result<Option<RecordVerb>, String> {
    match verb.attribute("record") {
        None | Some("do-not-record") => return Ok(None),
        Some(
            "record-from-answer"
            | "record-from-answer-dual"
            | "record-from-ringing"
            | "record-from-ringing-dual",
        ) => {}
        Some(other) => return Err(format!("record is {other}")),
    }
    let reports = address(verb, "recordingStatusCallback")?.ok_or("a recording is reported to nobody")?;
    let events = verb.attribute("recordingStatusCallbackEvent").unwrap_or("completed").split(' ');
    let events: Vec<String> = events.map(str::to_owned).collect();
    match events.iter().find(|event| !matches!(event.as_str(), "in-progress" | "completed" | "absent")) {
        Some(odd) => Err(format!("{odd} is no event of a recording")),
        None => Ok(Some(RecordVerb { reports, events })),
    }
}

pub(super) const EVENTS: [&str; 4] = ["initiated", "ringing", "answered", "completed"];

fn elements<'a, 'b>(node: &Node<'a, 'b>) -> Result<Vec<Node<'a, 'b>>, String> {
    let text =
        |node: &Node<'_, '_>| node.is_text() && node.text().is_some_and(|text| !text.trim().is_empty());
    match node.children().find(text) {
        Some(text) => Err(format!("text where none belongs: {:?}", text.text())),
        None => Ok(node.children().filter(Node::is_element).collect()),
    }
}

fn known(node: &Node<'_, '_>, names: &[&str]) -> Result<(), String> {
    match node.attributes().find(|attribute| !names.contains(&attribute.name())) {
        Some(odd) => Err(format!("{} has no attribute {}", node.tag_name().name(), odd.name())),
        None => Ok(()),
    }
}

fn address(node: &Node<'_, '_>, name: &str) -> Result<Option<String>, String> {
    match node.attribute(name) {
        Some(url) if !is_public_url(url) => Err(format!("{name} is no address")),
        other => Ok(other.map(str::to_owned)),
    }
}

fn seconds(node: &Node<'_, '_>, usual: i64) -> Result<i64, String> {
    match node.attribute("timeout").map(str::parse) {
        None => Ok(usual),
        Some(Ok(seconds @ 1..=600)) => Ok(seconds),
        Some(_) => Err("the timeout is not 1 to 600 seconds".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_that_a_real_phone_would_fail_on_are_refused() {
        for bad in [
            "<Response>",
            "<response/>",
            "hello",
            "<Response>Hello</Response>",
            "<Response><Record/></Response>",
            "<Response><Hangup/><Hangup/></Response>",
            "<Response><Hangup loud=\"yes\"/></Response>",
            "<Response><Gather numDigits=\"1\" action=\"http://localhost/a\"/></Response>",
            "<Response><Gather numDigits=\"1\"><Say>Hi</Say></Gather></Response>",
            "<Response><Dial callerId=\"+14155552671\"><Number>0207 496</Number></Dial></Response>",
            "<Response><Dial><Number>+442074960351</Number></Dial></Response>",
            "<Response><Dial callerId=\"+14155552671\" timeout=\"0\"><Number>+442074960351</Number></Dial></Response>",
            "<Response><Say></Say></Response>",
            "<Response><Say>Hi</Say><Hangup/></Response>",
            "<Response><Dial callerId=\"+14155552671\" record=\"yes\"><Number>+442074960351</Number></Dial></Response>",
            "<Response><Dial callerId=\"+14155552671\" record=\"record-from-answer-dual\"><Number>+442074960351</Number></Dial></Response>",
            "<Response><Dial callerId=\"+14155552671\" action=\"junk\"><Number>+442074960351</Number></Dial></Response>",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(parse("<Response/>"), Ok(Verb::Hangup));
        let good =
            "<Response><Dial callerId=\"+14155552671\"><Number>+442074960351</Number></Dial></Response>";
        assert!(matches!(parse(good), Ok(Verb::Dial(_))));
    }
}
