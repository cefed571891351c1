//! Messages that were taken, whose answer was lost and whose reports wait for more than a day: a provider that is
//! asked does not know them.

use crate::trouble::disorder::Disorder;
use crate::trouble::kind::Kind;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const MINUTES_A_DAY: i64 = 24 * 60;

/// The messages whose reports are held back. Clones share one state.
#[derive(Clone, Default)]
pub struct LateReports(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    hidden: Vec<HiddenReports>,
    /// Tags of messages of which a provider has told since, and was told that it was heard.
    told: Vec<String>,
}

struct HiddenReports {
    tag: String,
    /// What it is called where others speak of it, and whom it went to.
    names: Vec<String>,
    until: Timestamp,
}

impl LateReports {
    /// Holds the reports on a message back until after its deadline.
    pub fn hide_reports(&self, disorder: &Disorder, tag: String, names: Vec<String>) {
        let minutes = disorder.draw(Kind::HeardLate, MINUTES_A_DAY + 20, 2 * MINUTES_A_DAY);
        let until = disorder.now() + SignedDuration::from_mins(minutes);
        disorder.log(format!("nothing is heard of {tag} until {until}"));
        self.state().hidden.push(HiddenReports { tag, names, until });
    }

    /// Until when nothing that says this comes through.
    pub fn hidden_until(&self, now: Timestamp, says: &str) -> Option<Timestamp> {
        let state = self.state();
        let about = |hidden: &&HiddenReports| {
            let named = |name: &String| says.contains(name.as_str());
            hidden.until > now && (says.contains(&hidden.tag) || hidden.names.iter().any(named))
        };
        state.hidden.iter().filter(about).map(|hidden| hidden.until).max()
    }

    /// A provider has told this, and we have said that we heard it.
    pub fn note_heard(&self, says: &str) {
        let mut state = self.state();
        let about = |hidden: &&HiddenReports| says.contains(&hidden.tag);
        let tags: Vec<String> = state.hidden.iter().filter(about).map(|hidden| hidden.tag.clone()).collect();
        state.told.extend(tags);
    }

    /// Since this was asked last.
    pub fn take_reported(&self) -> Vec<String> {
        std::mem::take(&mut self.state().told)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a mail is called, without angle brackets.
pub fn message_id(mail: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(mail);
    let named = |line: &str| {
        let (name, id) = line.split_once(':')?;
        name.eq_ignore_ascii_case("message-id").then(|| id.trim().trim_matches(['<', '>']).to_owned())
    };
    text.lines().take_while(|line| !line.is_empty()).find_map(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use local_cloud::VirtualClock;

    #[test]
    fn reports_on_hidden_message_wait_for_its_day() {
        let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
        let (disorder, late_reports) = (Disorder::new(1_u64, &[], clock), LateReports::default());
        let now = disorder.now();
        late_reports.hide_reports(&disorder, "msg_1".to_owned(), vec!["+12025550100".to_owned()]);
        let until = late_reports.hidden_until(now, "?message=msg_1&status=sent").unwrap();
        assert!(until.duration_since(now) > SignedDuration::from_hours(24));
        assert_eq!(late_reports.hidden_until(now, "To=+12025550100"), Some(until));
        assert_eq!(
            (late_reports.hidden_until(now, "msg_2"), late_reports.hidden_until(until, "msg_1")),
            (None, None)
        );
        late_reports.note_heard("?message=msg_1&status=sent");
        assert_eq!(
            (late_reports.take_reported(), late_reports.take_reported().len()),
            (vec!["msg_1".to_owned()], 0)
        );
    }

    #[test]
    fn message_id_is_read_from_mail() {
        let mail = b"From: a@b.example\r\nMessage-Id: <1@b.example>\r\n\r\nMessage-ID: <2@b.example>";
        assert_eq!(message_id(mail).as_deref(), Some("1@b.example"));
        assert_eq!(message_id(b"From: a@b.example\r\n\r\nhello"), None);
    }
}
