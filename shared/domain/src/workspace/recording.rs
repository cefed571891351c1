//! The recording of a call: when one is made, the notice that is spoken before it, and how long it is kept.
//!
//! A call is never recorded without a notice to the lead, wherever the lead is: some countries and states ask for the
//! agreement of all who talk, and a phone's number does not tell for sure where its owner is. A lead who hears the notice
//! and does not want it hangs up.

use crate::contact::country::Country;
use crate::contact::phone_number::PhoneNumber;
use crate::ids::{AccountId, CallId, UserId, WorkspaceId};
use crate::lead::Lead;
use crate::workspace::call::LONGEST;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The most countries in which calls are not recorded.
pub const MOST_COUNTRIES: usize = 250;
/// The most days for which recordings are kept.
pub const MOST_DAYS: u16 = 1_095;

/// A workspace's choices about recordings of calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordingRules {
    /// Whether calls are recorded. Off at first.
    pub enabled: bool,
    /// Calls to leads in these countries, or to their numbers, are not recorded.
    pub countries_off: Vec<Country>,
    /// The days after which a recording is deleted.
    pub keep_days: u16,
}

impl Default for RecordingRules {
    fn default() -> Self {
        Self { enabled: false, countries_off: Vec::new(), keep_days: 90 }
    }
}

impl RecordingRules {
    /// Tells whether they are as at sign-up: nothing is recorded.
    pub fn are_usual(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the notice with which a call to this number of the lead is recorded; none where it is not recorded. A
    /// lead whose country nobody knows is recorded with a notice, too.
    pub fn notice(&self, lead: &Lead, number: &PhoneNumber) -> Option<RecordingNotice> {
        let countries = [number.country(), lead.country];
        let is_off = countries.into_iter().flatten().any(|country| self.countries_off.contains(&country));
        (self.enabled && !is_off).then(|| RecordingNotice::in_country(countries.into_iter().flatten().next()))
    }

    /// Recordings made before this time are deleted.
    pub fn kept_since(&self, now: Timestamp) -> Timestamp {
        let days = SignedDuration::from_hours(24 * i64::from(self.keep_days));
        now.checked_sub(days).unwrap_or(Timestamp::MIN)
    }
}

/// The notice that the lead hears before the two phones are connected, in the language of the lead's country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordingNotice {
    /// The language as a tag such as `de-DE`.
    pub language: &'static str,
    pub text: &'static str,
}

impl RecordingNotice {
    /// The notice in English, which the user hears, too.
    pub const ENGLISH: Self = Self { language: "en-GB", text: "This call is recorded." };

    fn in_country(country: Option<Country>) -> Self {
        let (language, text) = match country.as_ref().map(Country::as_str) {
            Some("DE" | "AT" | "LI") => ("de-DE", "Dieser Anruf wird aufgezeichnet."),
            Some("FR" | "MC") => ("fr-FR", "Cet appel est enregistré."),
            Some("ES" | "MX" | "AR" | "CO" | "CL" | "PE" | "UY") => ("es-ES", "Esta llamada se graba."),
            Some("IT" | "SM") => ("it-IT", "Questa chiamata viene registrata."),
            Some("NL") => ("nl-NL", "Dit gesprek wordt opgenomen."),
            Some("PT") => ("pt-PT", "Esta chamada é gravada."),
            Some("BR") => ("pt-BR", "Esta chamada é gravada."),
            Some("PL") => ("pl-PL", "Ta rozmowa jest nagrywana."),
            Some("SE") => ("sv-SE", "Det här samtalet spelas in."),
            Some("DK") => ("da-DK", "Denne samtale optages."),
            _ => return Self::ENGLISH,
        };
        Self { language, text }
    }
}

/// A recording at the provider; the sound itself stays there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecording {
    pub call: CallId,
    pub workspace: WorkspaceId,
    /// The user who called.
    pub user: UserId,
    pub account: AccountId,
    /// The provider's id of the recording.
    pub provider_id: String,
    pub state: RecordingState,
    pub seconds: Option<u32>,
    /// When the first report of it came.
    pub made_at: Timestamp,
    pub rev: u64,
}

/// How far a recording is, in the order in which it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// The call goes on, or the provider still prepares the recording.
    Recording,
    /// It can be played.
    Ready,
    /// There is nothing to hear, because nobody spoke or the provider failed.
    Empty,
    /// A user deleted it, or it was kept long enough.
    Deleted,
}

impl RecordingState {
    fn rank(self) -> u8 {
        match self {
            Self::Recording => 0,
            Self::Ready | Self::Empty => 1,
            Self::Deleted => 2,
        }
    }
}

impl CallRecording {
    /// Whether its call is over, also where the provider's report of that was lost.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.state != RecordingState::Recording || now.duration_since(self.made_at) > LONGEST
    }

    /// Takes what the provider reports. True if anything is new; a deleted recording stays deleted.
    pub fn hear(&mut self, state: RecordingState, seconds: Option<u32>) -> bool {
        if state.rank() <= self.state.rank() {
            return false;
        }
        self.state = state;
        self.seconds = seconds.or(self.seconds);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LeadId;

    fn lead(country: Option<&str>) -> Lead {
        let now = Timestamp::UNIX_EPOCH;
        let mut lead = Lead::blank(LeadId::derived(now, &["ana"]), WorkspaceId::derived(now, &["w"]), now);
        lead.country = country.and_then(Country::parse);
        lead
    }

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text, None).unwrap()
    }

    const BERLIN: &str = "+493012345678";
    const LONDON: &str = "+442074960351";

    #[test]
    fn nothing_is_recorded_until_it_is_switched_on() {
        assert_eq!(RecordingRules::default().notice(&lead(Some("GB")), &number(LONDON)), None);
    }

    #[test]
    fn notice_is_spoken_in_every_country_and_in_an_unknown_one() {
        let rules = RecordingRules { enabled: true, ..RecordingRules::default() };
        let notice = |country, number_: &str| rules.notice(&lead(country), &number(number_)).unwrap();
        assert_eq!(notice(Some("GB"), LONDON), RecordingNotice::ENGLISH);
        assert_eq!(RecordingNotice::in_country(None), RecordingNotice::ENGLISH);
        assert_eq!(notice(None, BERLIN).language, "de-DE");
        for country in Country::all() {
            assert!(!RecordingNotice::in_country(Some(country)).text.is_empty(), "{country}");
        }
    }

    #[test]
    fn call_is_not_recorded_where_the_number_or_the_lead_is_in_a_country_that_is_off() {
        let germany = vec![Country::parse("DE").unwrap()];
        let rules = RecordingRules { enabled: true, countries_off: germany, keep_days: 90 };
        assert_eq!(rules.notice(&lead(None), &number(BERLIN)), None);
        assert_eq!(rules.notice(&lead(Some("DE")), &number(LONDON)), None);
        assert!(rules.notice(&lead(Some("GB")), &number(LONDON)).is_some());
    }

    #[test]
    fn reports_in_any_order_end_in_the_same_state_and_bring_no_deleted_recording_back() {
        let now = Timestamp::UNIX_EPOCH;
        let first = CallRecording {
            call: CallId::derived(&LeadId::derived(now, &["ana"]), &["call"]),
            workspace: WorkspaceId::derived(now, &["w"]),
            user: UserId::derived(now, &["maya"]),
            account: AccountId::derived(now, &["twilio"]),
            provider_id: "RE1".to_owned(),
            state: RecordingState::Recording,
            seconds: None,
            made_at: now,
            rev: 0,
        };
        let mut in_order = first.clone();
        assert!(!in_order.hear(RecordingState::Recording, None));
        assert!(in_order.hear(RecordingState::Ready, Some(41)));
        assert!(!in_order.hear(RecordingState::Ready, Some(41)), "a repeat is no news");
        let mut reversed = CallRecording { state: RecordingState::Ready, seconds: Some(41), ..first };
        reversed.hear(RecordingState::Recording, None);
        assert_eq!(reversed, in_order);
        in_order.state = RecordingState::Deleted;
        assert!(!in_order.hear(RecordingState::Ready, Some(41)));
    }
}
