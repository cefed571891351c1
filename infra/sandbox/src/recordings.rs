//! Recordings of calls: made while the two talk, reported, handed out in parts as MP3, and deleted.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::phone;
use crate::sandbox::{AppClient, Sandbox};
use crate::twilio::twiml::RecordVerb;
use crate::twilio::{Refused, enter, sid};

/// A recording of the lead's leg.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Recording {
    pub reports: String,
    pub events: Vec<String>,
    /// None until the two are connected.
    pub sid: Option<String>,
    /// None until the call has ended.
    pub seconds: Option<i64>,
    pub deleted: bool,
}

impl Recording {
    pub fn wanted(verb: RecordVerb) -> Self {
        let RecordVerb { reports, events } = verb;
        Self { reports, events, sid: None, seconds: None, deleted: false }
    }

    /// Ends the recording. False where none was made.
    pub fn end(&mut self, seconds: i64) -> bool {
        self.seconds = Some(seconds).filter(|_| self.sid.is_some());
        self.seconds.is_some()
    }
}

/// Begins the recording that is wanted of this call, if any.
pub(crate) async fn begin(sandbox: &Sandbox, id: usize, app: &dyn AppClient) {
    {
        let mut world = sandbox.world();
        let serial = world.serial();
        let Some(recording) = world.calls[id].lead.as_mut().and_then(|leg| leg.recording.as_mut()) else {
            return;
        };
        recording.sid = Some(sid(sandbox.seed(), "RE", serial));
    }
    tell(sandbox, id, "in-progress", app).await;
}

/// Reports how far the recording is, if its sender asked for this event.
pub(crate) async fn tell(sandbox: &Sandbox, id: usize, event: &str, app: &dyn AppClient) {
    let call = sandbox.world().calls[id].clone();
    let Some(recording) = call.lead.and_then(|leg| leg.recording) else { return };
    let Some(made) = recording.sid.filter(|_| recording.events.iter().any(|asked| asked == event)) else {
        return;
    };
    let account = sandbox.config().credentials.twilio_account_sid.clone();
    let mut form = [
        ("AccountSid", account.as_str()),
        ("CallSid", &call.sid),
        ("RecordingSid", &made),
        ("RecordingStatus", event),
        ("RecordingChannels", "2"),
        ("RecordingSource", "DialVerb"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    if let Some(seconds) = recording.seconds {
        form.push(("RecordingDuration".to_owned(), seconds.to_string()));
    }
    phone::report(sandbox, id, recording.reports, form, app).await;
}

/// Hands out the sound, or a range of it.
pub(crate) async fn fetch(
    State(sandbox): State<Sandbox>,
    Path((account, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let found = match find(&sandbox, (&account, &name, ".mp3"), &headers) {
        Ok(found) => found,
        Err(refused) => return refused.into_response(),
    };
    let sound = silence(found.seconds.unwrap_or_default());
    let sound_of = |status: StatusCode, bytes: &[u8]| {
        let answer = Response::builder().status(status).header(header::CONTENT_TYPE, "audio/mpeg");
        (answer.header(header::ACCEPT_RANGES, "bytes"), Body::from(bytes.to_vec()))
    };
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).and_then(range_of);
    let (answer, body) = match range {
        None => sound_of(StatusCode::OK, &sound),
        Some((first, _)) if first >= sound.len() => {
            let (answer, _) = sound_of(StatusCode::RANGE_NOT_SATISFIABLE, &[]);
            (answer.header(header::CONTENT_RANGE, format!("bytes */{}", sound.len())), Body::empty())
        }
        Some((first, last)) => {
            let last = last.min(sound.len() - 1);
            let (answer, body) = sound_of(StatusCode::PARTIAL_CONTENT, &sound[first..=last]);
            (answer.header(header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", sound.len())), body)
        }
    };
    answer.body(body).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Reads `bytes=0-1048575`.
fn range_of(text: &str) -> Option<(usize, usize)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let last = if last.is_empty() { usize::MAX } else { last.parse().ok()? };
    Some((first.parse().ok()?, last)).filter(|(first, last)| first <= last)
}

/// Deletes a recording; one that is being made is refused, as by the real one.
pub(crate) async fn delete(
    State(sandbox): State<Sandbox>,
    Path((account, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let found = match find(&sandbox, (&account, &name, ".json"), &headers) {
        Ok(found) => found,
        Err(refused) => return refused.into_response(),
    };
    if found.seconds.is_none() {
        return Refused::bad(21220, "A recording in progress cannot be deleted").into_response();
    }
    let mut world = sandbox.world();
    let recordings = world.calls.iter_mut().filter_map(|call| call.lead.as_mut()?.recording.as_mut());
    for recording in recordings.filter(|recording| recording.sid == found.sid) {
        recording.deleted = true;
    }
    StatusCode::NO_CONTENT.into_response()
}

/// Finds the recording that a request of the account names, with this ending.
fn find(
    sandbox: &Sandbox,
    (account, name, ending): (&str, &str, &str),
    headers: &HeaderMap,
) -> Result<Recording, Refused> {
    enter(sandbox, account, headers)?;
    let world = sandbox.world();
    let mut recordings = world.calls.iter().filter_map(|call| call.lead.as_ref()?.recording.as_ref());
    let sid = name.strip_suffix(ending);
    let found = recordings.find(|one| !one.deleted && sid.is_some() && one.sid.as_deref() == sid);
    found
        .cloned()
        .ok_or_else(|| Refused::not_found(&format!("/2010-04-01/Accounts/{account}/Recordings/{name}")))
}

/// A silent MP3 of that length: frames of 104 bytes and 26 ms, at 32 kilobits a second, one channel.
fn silence(seconds: i64) -> Vec<u8> {
    let mut frame = [0_u8; 104];
    frame[..4].copy_from_slice(&[0xFF, 0xF3, 0x40, 0xC4]);
    let frames = usize::try_from(seconds.max(1) * 22_050 / 576).unwrap_or(1);
    frame.repeat(frames)
}
