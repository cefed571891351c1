//! Messages that were taken and whose answer was lost, of which nobody hears for more than a day: whoever is asked does not
//! know, and what is told of them waits.

use crate::chance::Chance;
use crate::disorder::Disorder;
use crate::kind::Kind;
use crate::meddling::{crowd, often};
use crate::plan::{Deed, Plan, What};
use crate::pressure::{mails_first, send_soon};
use crate::steps::Does;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const MINUTES_A_DAY: i64 = 24 * 60;

/// Of what nothing is heard. Clones are the same.
#[derive(Clone, Default)]
pub struct Silence(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    hushed: Vec<Hushed>,
    /// Tags of messages of which a provider has told since, and was told that it was heard.
    told: Vec<String>,
}

struct Hushed {
    tag: String,
    /// What it is called where others speak of it, and whom it went to.
    names: Vec<String>,
    until: Timestamp,
}

impl Silence {
    /// From now on until after its deadline.
    pub fn hush(&self, disorder: &Disorder, tag: String, names: Vec<String>) {
        let minutes = disorder.draw(Kind::HeardLate, MINUTES_A_DAY + 20, 2 * MINUTES_A_DAY);
        let until = disorder.now() + SignedDuration::from_mins(minutes);
        disorder.tell(format!("nothing is heard of {tag} until {until}"));
        self.state().hushed.push(Hushed { tag, names, until });
    }

    /// Until when nothing that says this comes through.
    pub fn hides(&self, now: Timestamp, says: &str) -> Option<Timestamp> {
        let state = self.state();
        let about = |hushed: &&Hushed| {
            let named = |name: &String| says.contains(name.as_str());
            hushed.until > now && (says.contains(&hushed.tag) || hushed.names.iter().any(named))
        };
        state.hushed.iter().filter(about).map(|hushed| hushed.until).max()
    }

    /// A provider has told this, and we have said that we heard it.
    pub fn heard(&self, says: &str) {
        let mut state = self.state();
        let about = |hushed: &&Hushed| says.contains(&hushed.tag);
        let tags: Vec<String> = state.hushed.iter().filter(about).map(|hushed| hushed.tag.clone()).collect();
        state.told.extend(tags);
    }

    /// Since this was asked last.
    pub fn told(&self) -> Vec<String> {
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

/// Who gets them says nothing by themselves; some answer days later.
pub fn heard_after_the_deadline(plan: &mut Plan, chance: &mut Chance) {
    crowd(plan, "silent", chance);
    mails_first(plan, chance);
    for step in plan.steps.iter_mut().skip(1).take(3) {
        let does = *chance.pick(&[Does::Text, Does::Chat(false), Does::Mail]);
        send_soon(step, does, chance.between(0, 8));
    }
    plan.days = plan.days.max(5);
    (plan.second_mailbox, plan.mailbox_limits) = (None, None);
    plan.when_uncertain = *chance.pick(&["hold", "hold", "resend"]);
    for lead in 0..plan.people.len() {
        if chance.per_mille(400) {
            let minutes = chance.between(MINUTES_A_DAY, 3 * MINUTES_A_DAY);
            plan.deeds.push(Deed { minutes, what: What::Answer(lead) });
        }
    }
    often(plan, 20, &[(Kind::HeardLate, 1)]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use local_cloud::VirtualClock;

    #[test]
    fn nothing_that_names_it_comes_through_until_its_day_is_over() {
        let clock = Arc::new(VirtualClock::at("2026-11-16T09:00:00Z".parse().unwrap()));
        let (disorder, silence) = (Disorder::new(1_u64, &[], clock), Silence::default());
        let now = disorder.now();
        silence.hush(&disorder, "msg_1".to_owned(), vec!["+12025550100".to_owned()]);
        let until = silence.hides(now, "?message=msg_1&status=sent").unwrap();
        assert!(until.duration_since(now) > SignedDuration::from_hours(24));
        assert_eq!(silence.hides(now, "To=+12025550100"), Some(until));
        assert_eq!((silence.hides(now, "msg_2"), silence.hides(until, "msg_1")), (None, None));
        silence.heard("?message=msg_1&status=sent");
        assert_eq!((silence.told(), silence.told().len()), (vec!["msg_1".to_owned()], 0));
    }

    #[test]
    fn a_mail_has_a_name() {
        let mail = b"From: a@b.example\r\nMessage-Id: <1@b.example>\r\n\r\nMessage-ID: <2@b.example>";
        assert_eq!(message_id(mail).as_deref(), Some("1@b.example"));
        assert_eq!(message_id(b"From: a@b.example\r\n\r\nhello"), None);
    }
}
