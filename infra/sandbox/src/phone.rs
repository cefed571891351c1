//! Phones that ring: the people who hold them, and what happens in a call, step by step, with its reports.
//!
//! A number of the form `…55501xx`, of which there are none in the world, says itself how it is answered: `1x` picks up,
//! `2x` is busy, `3x` does not answer, `4x` has a voicemail, `5x` hangs up at once, `6x` is out of reach.
//! What the legs cost is in `call_prices`.

use http::{Method, Request, header};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::agenda::Action;
use crate::inbound::{self, Delivery, Via};
use crate::people::later;
use crate::recordings::{self, Recording};
use crate::sandbox::{AppClient, Sandbox};
use crate::seed::Seed;
use crate::signatures;
use crate::twilio::sid;
use crate::twilio::twiml::{self, DialVerb, Verb};

/// A call to a user's phone, with the leg to the lead that it may get.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PhoneCall {
    pub sid: String,
    pub to: String,
    pub from: String,
    pub at: Timestamp,
    pub status: String,
    pub script: String,
    pub timeout: i64,
    pub reports: Option<String>,
    pub events: Vec<String>,
    pub answered_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// The reports so far, which number the next.
    pub told: u32,
    pub lead: Option<LeadLeg>,
    /// What a voice said to who picked up, in a call that only says something.
    #[serde(default)]
    pub heard: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LeadLeg {
    pub sid: String,
    pub to: String,
    pub caller: String,
    pub timeout: i64,
    pub action: Option<String>,
    pub reports: Option<String>,
    pub events: Vec<String>,
    pub answered_at: Option<Timestamp>,
    #[serde(default)]
    pub ended_at: Option<Timestamp>,
    pub status: String,
    #[serde(default)]
    pub whisper: Option<String>,
    #[serde(default)]
    pub recording: Option<Recording>,
}

impl PhoneCall {
    pub fn seconds(&self) -> i64 {
        let ended = self.ended_at.or(self.answered_at);
        self.answered_at.zip(ended).map_or(0, |(from, to)| to.duration_since(from).as_secs())
    }
}

impl LeadLeg {
    pub fn seconds(&self) -> i64 {
        let ended = self.ended_at.or(self.answered_at);
        self.answered_at.zip(ended).map_or(0, |(from, to)| to.duration_since(from).as_secs())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PhoneStep {
    UserRings,
    UserAnswers,
    UserPresses,
    LeadRings,
    LeadAnswers,
    /// The lead hangs up.
    LeadEnds,
    /// The user hangs up, or the app ends the call.
    Ends,
    /// The recording is prepared, some time after the call.
    RecordingReady,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    PicksUp,
    Busy,
    NoAnswer,
    Voicemail,
    HangsUp,
    OutOfReach,
}

impl Answering {
    pub(crate) fn of(seed: Seed, number: &str) -> Self {
        let named = number.len().checked_sub(7).and_then(|at| number.get(at..));
        if let Some(tens) = named.and_then(|tail| tail.strip_prefix("55501")).and_then(|tail| tail.get(..1)) {
            match tens {
                "1" => return Self::PicksUp,
                "2" => return Self::Busy,
                "3" => return Self::NoAnswer,
                "4" => return Self::Voicemail,
                "5" => return Self::HangsUp,
                "6" => return Self::OutOfReach,
                _ => {}
            }
        }
        match seed.roll(&["answers", number]).below(100) {
            0..45 => Self::PicksUp,
            45..55 => Self::Busy,
            55..75 => Self::NoAnswer,
            75..92 => Self::Voicemail,
            92..97 => Self::HangsUp,
            _ => Self::OutOfReach,
        }
    }
}

pub(crate) async fn act(sandbox: &Sandbox, id: usize, step: PhoneStep, app: &dyn AppClient) {
    if step == PhoneStep::RecordingReady {
        return recordings::tell(sandbox, id, "completed", app).await;
    }
    let Some(call) = sandbox.world().calls.get(id).filter(|call| call.ended_at.is_none()).cloned() else {
        return;
    };
    match step {
        PhoneStep::RecordingReady => {}
        PhoneStep::UserRings => user_rings(sandbox, id, &call, app).await,
        PhoneStep::UserAnswers => user_answers(sandbox, id, &call, app).await,
        PhoneStep::UserPresses => user_presses(sandbox, id, &call, app).await,
        PhoneStep::LeadRings => lead_rings(sandbox, id, &call, app).await,
        PhoneStep::LeadAnswers => lead_answers(sandbox, id, &call, app).await,
        PhoneStep::LeadEnds => lead_ends(sandbox, id, "completed", app).await,
        PhoneStep::Ends => end(sandbox, id, "completed", app).await,
    }
}

async fn user_rings(sandbox: &Sandbox, id: usize, call: &PhoneCall, app: &dyn AppClient) {
    tell(sandbox, id, "initiated", app).await;
    match Answering::of(sandbox.seed(), &call.to) {
        Answering::Busy => return end(sandbox, id, "busy", app).await,
        Answering::OutOfReach => return end(sandbox, id, "failed", app).await,
        _ => {}
    }
    sandbox.world().calls[id].status = "ringing".to_owned();
    tell(sandbox, id, "ringing", app).await;
    let rings = match Answering::of(sandbox.seed(), &call.to) {
        Answering::NoAnswer => call.timeout,
        Answering::Voicemail => 25,
        _ => 4,
    };
    plan(sandbox, id, rings.min(call.timeout), PhoneStep::UserAnswers);
}

async fn user_answers(sandbox: &Sandbox, id: usize, call: &PhoneCall, app: &dyn AppClient) {
    let answering = Answering::of(sandbox.seed(), &call.to);
    if answering == Answering::NoAnswer || answering == Answering::Voicemail && call.timeout < 25 {
        return end(sandbox, id, "no-answer", app).await;
    }
    {
        let mut world = sandbox.world();
        let call = &mut world.calls[id];
        (call.status, call.answered_at) = ("in-progress".to_owned(), Some(sandbox.now()));
    }
    tell(sandbox, id, "answered", app).await;
    match (twiml::parse(&call.script), answering) {
        (Ok(Verb::Gather { .. }), Answering::PicksUp) => plan(sandbox, id, 3, PhoneStep::UserPresses),
        (Ok(Verb::Gather { timeout, .. }), Answering::Voicemail) => {
            plan(sandbox, id, timeout, PhoneStep::Ends)
        }
        (Ok(Verb::Dial(dial)), _) => dials(sandbox, id, dial),
        (Ok(Verb::Say(said)), Answering::PicksUp) => {
            sandbox.world().calls[id].heard = Some(said);
            plan(sandbox, id, 20, PhoneStep::Ends);
        }
        _ => plan(sandbox, id, 1, PhoneStep::Ends),
    }
}

async fn user_presses(sandbox: &Sandbox, id: usize, call: &PhoneCall, app: &dyn AppClient) {
    let Ok(Verb::Gather { action, .. }) = twiml::parse(&call.script) else { return };
    let mut form = form_of(sandbox, call, "in-progress");
    form.extend([("Digits".to_owned(), "1".to_owned()), ("msg".to_owned(), "Gather End".to_owned())]);
    match ask(sandbox, &action, &form, app).await {
        Some(Verb::Dial(dial)) => dials(sandbox, id, dial),
        _ => end(sandbox, id, "completed", app).await,
    }
}

fn dials(sandbox: &Sandbox, id: usize, dial: DialVerb) {
    let mut world = sandbox.world();
    let serial = world.serial();
    let DialVerb { caller, number, timeout, action, reports, events, whisper, recording, said: _ } = dial;
    let sid = sid(sandbox.seed(), "CA", serial);
    let leg = LeadLeg {
        sid,
        to: number,
        caller,
        timeout,
        action,
        reports,
        events,
        answered_at: None,
        ended_at: None,
        status: "queued".to_owned(),
        whisper,
        recording: recording.map(Recording::wanted),
    };
    world.calls[id].lead = Some(leg);
    drop(world);
    plan(sandbox, id, 1, PhoneStep::LeadRings);
}

async fn lead_rings(sandbox: &Sandbox, id: usize, call: &PhoneCall, app: &dyn AppClient) {
    let Some(leg) = &call.lead else { return };
    tell_of_lead(sandbox, id, "initiated", "initiated", app).await;
    let is_own = sandbox.config().credentials.twilio_numbers.contains(&leg.caller);
    let rings = match Answering::of(sandbox.seed(), &leg.to) {
        _ if !is_own => return lead_ends(sandbox, id, "failed", app).await,
        Answering::Busy => return lead_ends(sandbox, id, "busy", app).await,
        Answering::OutOfReach => return lead_ends(sandbox, id, "failed", app).await,
        Answering::NoAnswer => leg.timeout,
        Answering::Voicemail => 22,
        Answering::PicksUp | Answering::HangsUp => 8,
    };
    if let Some(leg) = &mut sandbox.world().calls[id].lead {
        leg.status = "ringing".to_owned();
    }
    tell_of_lead(sandbox, id, "ringing", "ringing", app).await;
    plan(sandbox, id, rings.min(leg.timeout), PhoneStep::LeadAnswers);
}

async fn lead_answers(sandbox: &Sandbox, id: usize, call: &PhoneCall, app: &dyn AppClient) {
    let Some(leg) = &call.lead else { return };
    let talks = match Answering::of(sandbox.seed(), &leg.to) {
        Answering::NoAnswer => return lead_ends(sandbox, id, "no-answer", app).await,
        Answering::HangsUp => 2,
        Answering::Voicemail => 20,
        _ => sandbox.seed().roll(&["talks", &leg.sid]).between(40, 90),
    };
    if let Some(leg) = &mut sandbox.world().calls[id].lead {
        (leg.status, leg.answered_at) = ("in-progress".to_owned(), Some(sandbox.now()));
    }
    // What the app says is heard before the two are connected; a leg that is told nothing is hung up.
    if let Some(whisper) = &leg.whisper {
        let mut form = form_of(sandbox, call, "in-progress");
        form[1].1.clone_from(&leg.sid);
        if !matches!(ask(sandbox, whisper, &form, app).await, Some(Verb::Say(_))) {
            return lead_ends(sandbox, id, "completed", app).await;
        }
    }
    recordings::begin(sandbox, id, app).await;
    tell_of_lead(sandbox, id, "answered", "in-progress", app).await;
    plan(sandbox, id, talks, PhoneStep::LeadEnds);
}

/// Ends the leg to the lead; the provider asks what the user hears next, and hangs up unless told otherwise.
async fn lead_ends(sandbox: &Sandbox, id: usize, status: &str, app: &dyn AppClient) {
    let Some(leg) = close_leg(sandbox, id, Some(status)) else { return };
    tell_of_lead(sandbox, id, "completed", status, app).await;
    if let Some(action) = &leg.action {
        let call = sandbox.world().calls[id].clone();
        let mut form = form_of(sandbox, &call, "in-progress");
        form.push(("DialCallSid".to_owned(), leg.sid.clone()));
        form.push(("DialCallStatus".to_owned(), status.to_owned()));
        if status == "completed" {
            form.push(("DialCallDuration".to_owned(), talked(sandbox, &leg).to_string()));
        }
        ask(sandbox, action, &form, app).await;
    }
    end(sandbox, id, "completed", app).await;
}

async fn end(sandbox: &Sandbox, id: usize, status: &str, app: &dyn AppClient) {
    let is_up = close_leg(sandbox, id, None).map(|leg| leg.answered_at.is_some());
    if let Some(is_up) = is_up {
        let of_lead = if is_up { "completed" } else { "canceled" };
        tell_of_lead(sandbox, id, "completed", of_lead, app).await;
    }
    {
        let mut world = sandbox.world();
        let call = &mut world.calls[id];
        if call.ended_at.is_some() {
            return;
        }
        let is_given_up = status == "completed" && call.answered_at.is_none();
        call.status = if is_given_up { "canceled" } else { status }.to_owned();
        call.ended_at = Some(sandbox.now());
    }
    tell(sandbox, id, "completed", app).await;
}

/// Ends the leg to the lead with this status; with the user's leg, if none is given.
fn close_leg(sandbox: &Sandbox, id: usize, status: Option<&str>) -> Option<LeadLeg> {
    let mut world = sandbox.world();
    let leg = world.calls[id].lead.as_mut().filter(|leg| leg.ended_at.is_none())?;
    leg.ended_at = Some(sandbox.now());
    let with_user = if leg.answered_at.is_some() { "completed" } else { "canceled" };
    leg.status = status.unwrap_or(with_user).to_owned();
    let seconds = talked(sandbox, leg);
    let is_recorded = leg.recording.as_mut().is_some_and(|recording| recording.end(seconds));
    let leg = leg.clone();
    drop(world);
    if is_recorded {
        plan(sandbox, id, 3, PhoneStep::RecordingReady);
    }
    Some(leg)
}

fn talked(sandbox: &Sandbox, leg: &LeadLeg) -> i64 {
    leg.answered_at.map_or(0, |at| sandbox.now().duration_since(at).as_secs())
}

fn plan(sandbox: &Sandbox, id: usize, seconds: i64, step: PhoneStep) {
    let at = later(sandbox.now(), seconds);
    sandbox.world().agenda.add(at, Action::Phone { call: id, step });
}

/// Reports the user's leg, if its sender asked for this event.
async fn tell(sandbox: &Sandbox, id: usize, event: &str, app: &dyn AppClient) {
    let call = sandbox.world().calls[id].clone();
    let Some(url) = call.reports.clone().filter(|_| call.events.iter().any(|asked| asked == event)) else {
        return;
    };
    let status = if event == "initiated" { "initiated" } else { call.status.as_str() };
    let mut form = form_of(sandbox, &call, status);
    if call.status == "completed" {
        form.push(("CallDuration".to_owned(), call.seconds().to_string()));
    }
    report(sandbox, id, url, form, app).await;
}

async fn tell_of_lead(sandbox: &Sandbox, id: usize, event: &str, status: &str, app: &dyn AppClient) {
    let call = sandbox.world().calls[id].clone();
    let Some(leg) = &call.lead else { return };
    let Some(url) = leg.reports.clone().filter(|_| leg.events.iter().any(|asked| asked == event)) else {
        return;
    };
    let account = sandbox.config().credentials.twilio_account_sid.clone();
    let mut form = [
        ("AccountSid", account.as_str()),
        ("CallSid", &leg.sid),
        ("ParentCallSid", &call.sid),
        ("CallStatus", status),
        ("Direction", "outbound-dial"),
        ("From", &leg.caller),
        ("To", &leg.to),
        ("ApiVersion", "2010-04-01"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    if status == "completed" {
        form.push(("CallDuration".to_owned(), talked(sandbox, leg).to_string()));
    }
    report(sandbox, id, url, form, app).await;
}

pub(crate) async fn report(
    sandbox: &Sandbox,
    id: usize,
    url: String,
    mut form: Vec<(String, String)>,
    app: &dyn AppClient,
) {
    let told = {
        let call = &mut sandbox.world().calls[id];
        call.told += 1;
        call.told
    };
    form.push(("SequenceNumber".to_owned(), (told - 1).to_string()));
    form.push(("CallbackSource".to_owned(), "call-progress-events".to_owned()));
    let token = sid(sandbox.seed(), "token", (id as u64) << 16 | u64::from(told));
    let body = serde_urlencoded::to_string(form).unwrap_or_default();
    inbound::deliver(sandbox, Delivery::new(Via::Twilio, token, url, body), app).await;
}

fn form_of(sandbox: &Sandbox, call: &PhoneCall, status: &str) -> Vec<(String, String)> {
    [
        ("AccountSid", sandbox.config().credentials.twilio_account_sid.as_str()),
        ("CallSid", &call.sid),
        ("CallStatus", status),
        ("Direction", "outbound-api"),
        ("From", &call.from),
        ("To", &call.to),
        ("ApiVersion", "2010-04-01"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

/// Asks the app what to do. An answer that is none ends the call, as the real one does with an apology.
async fn ask(sandbox: &Sandbox, url: &str, form: &[(String, String)], app: &dyn AppClient) -> Option<Verb> {
    let token = &sandbox.config().credentials.twilio_auth_token;
    let request = Request::builder()
        .method(Method::POST)
        .uri(url)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8")
        .header(header::USER_AGENT, "TwilioProxy/1.1")
        .header("x-twilio-signature", signatures::twilio(token, url, form))
        .body(serde_urlencoded::to_string(form).unwrap_or_default().into_bytes());
    let answer = app.call(request.ok()?).await;
    let is_xml = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/xml"));
    if !answer.status().is_success() || !is_xml {
        tracing::warn!(
            status = answer.status().as_u16(),
            "11200: the app does not say what to do with a call"
        );
        return None;
    }
    twiml::parse(&String::from_utf8_lossy(answer.body()))
        .inspect_err(|why| tracing::warn!(why, "12100: the app's instructions cannot be read"))
        .ok()
}
