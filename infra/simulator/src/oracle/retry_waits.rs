//! Back-off: a message that was refused three times in a row is left alone for a while, and providers are not asked
//! again and again what became of a message.

use super::raw::{Item, path};
use super::{Oracle, sender_blocks};
use crate::trouble::attempts::{Asked, Attempt, Said};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const JUDGE: &str = "retry_waits";

/// So often in a row it may be tried within seconds.
const QUICK: usize = 3;
/// Then it waits for minutes, or together with everybody where its account as a whole seems to be down.
const ALONE: SignedDuration = SignedDuration::from_mins(10);
const TOGETHER: SignedDuration = SignedDuration::from_secs(30);
/// An account that has taken nothing so often in a row may have been left alone, and is for a while after.
const MAY_BE_DOWN: usize = 4;
/// While it is only just back.
const MAY_BE_DOWN_AGAIN: usize = 1;
const ONLY_JUST_BACK: SignedDuration = SignedDuration::from_mins(15);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Three messages to one number, each after a minute and a quarter of an hour, and each by two functions. What functions
/// asked that were then killed is not counted (`forget_looks`).
const MOST_LOOKS: usize = 12;

#[derive(Default)]
pub struct RetryWaits {
    /// The refusals of each message at each account; another account begins anew.
    refused: BTreeMap<(String, String), Refused>,
    failing: BTreeMap<String, Failing>,
    /// When a number was asked after within the hour. Several messages to it are asked after at one moment, each for itself.
    /// Each has its number among all looks.
    looks: BTreeMap<String, Vec<(Timestamp, usize)>>,
    /// The number of all looks, those that were forgotten included.
    pub looks_made: usize,
}

struct Refused {
    /// The refusals in a row.
    count: usize,
    last: Timestamp,
    /// The function that was refused last has not written so yet. If it never does, no other knows of that refusal.
    untold: bool,
}

/// An account.
struct Failing {
    /// What it did not take, in a row, and when that was often last.
    row: Vec<String>,
    often: Timestamp,
    /// Whether it refused often enough to be left alone until it takes something, for more
    /// than an hour where it sends little or asks for that.
    alone: bool,
    /// How often it was down since it last said anything else.
    down: usize,
    /// When it last took something after it may have been down, and when it began to take nothing since.
    back: Timestamp,
    began: Timestamp,
}

impl Failing {
    const NEVER: Self = Self {
        row: Vec::new(),
        often: Timestamp::MIN,
        alone: false,
        down: 0,
        back: Timestamp::MIN,
        began: Timestamp::MAX,
    };

    /// Whether the account may be left alone, by all that was said until now: it may be soon where it is only just back.
    fn may_be_down(&self) -> bool {
        self.row.len() >= MAY_BE_DOWN || self.alone || self.is_only_just_back()
    }

    fn is_only_just_back(&self) -> bool {
        !self.row.is_empty() && self.began.duration_since(self.back) < ONLY_JUST_BACK
    }

    fn was_down_lately(&self, now: Timestamp) -> bool {
        now.duration_since(self.often) < HOUR
    }

    /// Whether what it says now is said of the account: it has said so in a row, and of more than this message.
    fn is_down_for_all(&self, about: &str, now: Timestamp) -> bool {
        let again = self.alone || self.is_only_just_back() || self.was_down_lately(now);
        let often = if again { MAY_BE_DOWN_AGAIN } else { MAY_BE_DOWN };
        self.row.len() >= often && self.row.iter().any(|other| other != about)
    }

    /// Whether that ends an outage.
    fn answers(&mut self, said: Said, about: &str, at: Timestamp) -> bool {
        if said == Said::Yes {
            self.back = if self.may_be_down() { at } else { self.back };
            self.row.clear();
            self.alone = false;
        } else {
            self.began = if self.row.is_empty() { at } else { self.began };
            self.row.push(about.to_owned());
        }
        if self.row.len() >= MAY_BE_DOWN {
            self.often = at;
        }
        let again = self.is_only_just_back() || self.was_down_lately(at);
        self.alone |= self.row.len() >= if again { MAY_BE_DOWN_AGAIN + 1 } else { MAY_BE_DOWN };
        let was_down = self.down >= MAY_BE_DOWN;
        match said {
            Said::Down => self.down += 1,
            Said::Yes | Said::Later => self.down = 0,
            Said::Otherwise | Said::Blocked => {}
        }
        was_down && self.down == 0
    }
}

impl RetryWaits {
    /// Whether an account may be left alone, and no try of a message counts there.
    fn may_be_down(&self, account: &str) -> bool {
        self.failing.get(account).is_some_and(Failing::may_be_down)
    }

    /// What is wrong with this one.
    fn add(&mut self, attempt: &Attempt, off: SignedDuration) -> Option<String> {
        let Attempt { began, ended, about, by, what } = attempt;
        let Asked::ToTake(said) = what else {
            let looks = self.looks.entry(about.clone()).or_default();
            looks.retain(|(at, _)| began.duration_since(*at) < HOUR);
            if looks.last().is_none_or(|(at, _)| at != began) {
                looks.push((*began, self.looks_made));
                self.looks_made += 1;
            }
            return (looks.len() > MOST_LOOKS).then(|| {
                let times: Vec<String> = looks.iter().map(|(at, _)| at.strftime("%T").to_string()).collect();
                format!("{about} was asked after {} times in an hour: {}", times.len(), times.join(", "))
            });
        };
        let account = self.failing.entry(by.clone()).or_insert(Failing::NEVER);
        let least = if account.was_down_lately(*began) { TOGETHER } else { ALONE };
        let for_all = account.is_down_for_all(about, *began);
        if account.answers(*said, about, *ended) {
            // What waited together with everybody was not tried for itself.
            self.refused.retain(|(_, at), _| at != by);
        }
        let there = (about.clone(), by.clone());
        let (count, last) = self.refused.get(&there).map_or((0, *began), |it| (it.count, it.last));
        match said {
            Said::Later | Said::Down => {
                let own = if for_all { count } else { count + 1 };
                self.refused.insert(there, Refused { count: own, last: *ended, untold: !for_all });
            }
            Said::Yes | Said::Otherwise | Said::Blocked => drop(self.refused.remove(&there)),
        }
        let waited = began.duration_since(last);
        (count >= QUICK && waited + off + off < least)
            .then(|| format!("{about} was refused {count} times in a row, and tried again after {waited}"))
    }
}

/// Once somebody has said what became of a message it may go again, and its tries are counted anew.
pub fn task_written(oracle: &mut Oracle, task: &Item) {
    let answered = !path(task, &["sum", "done_at"]).is_empty();
    if answered && path(task, &["sum", "kind"]) == "resolve_uncertain" {
        forget_refusal(oracle, path(task, &["sum", "message"]));
    }
}

/// Also where whoever said so broke off before their task was done.
pub fn forget_refusal(oracle: &mut Oracle, message: &str) {
    oracle.retry_waits.refused.retain(|(about, _), _| about != message);
    sender_blocks::begins_anew(oracle, message);
}

/// A lead was moved to another version, and may come to the same step as if for the first time.
pub fn moved(oracle: &mut Oracle, lead: &str) {
    let theirs = format!("msg_{lead}");
    oracle.retry_waits.refused.retain(|(about, _), _| !about.starts_with(&theirs));
    sender_blocks::begins_anew(oracle, &theirs);
}

/// Called as the end of a claim is written, with how the tags begin of what goes out under it.
pub fn claim_ended(oracle: &mut Oracle, has_lapsed: bool, tags: &str) {
    for ((about, _), refused) in &mut oracle.retry_waits.refused {
        if refused.untold && about.starts_with(tags) {
            refused.count -= usize::from(has_lapsed);
            refused.untold = false;
        }
    }
}

/// Forgets the looks of a function that was killed, which are all after the first `before`. What it found is written when
/// all of its batch is done, so it was not: the next function that gets the batch has to ask again.
pub fn forget_looks(oracle: &mut Oracle, before: usize) {
    oracle.retry_waits.looks.values_mut().for_each(|looks| looks.retain(|(_, nth)| *nth < before));
}

/// Takes in the calls to providers about messages since it last looked.
pub fn look(oracle: &mut Oracle, now: Timestamp, attempts: &[Attempt]) {
    let off = oracle.off;
    for attempt in attempts {
        let for_all = oracle.retry_waits.may_be_down(&attempt.by);
        sender_blocks::asked(oracle, now, attempt, for_all);
        let wrong = oracle.retry_waits.add(attempt, off);
        oracle.accuse_all(JUDGE, now, wrong);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seconds: i64, about: &str, what: Asked) -> Attempt {
        let began = Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        Attempt { began, ended: began, about: about.to_owned(), by: "outbox".to_owned(), what }
    }

    #[test]
    fn three_refusals_require_a_wait() {
        let wrong = |times: &[i64]| {
            let mut retry_waits = RetryWaits::default();
            let off = SignedDuration::from_secs(2);
            let mut each = times.iter().map(|at| told(*at, "msg_1", Asked::ToTake(Said::Later)));
            each.any(|attempt| retry_waits.add(&attempt, off).is_some())
        };
        assert!(!wrong(&[0, 2, 6, 906]));
        assert!(wrong(&[0, 2, 6, 8]) && wrong(&[0, 2, 6, 66]));
        // The account as a whole is left alone.
        assert!(!wrong(&[0, 2, 6, 906, 940]) && wrong(&[0, 2, 6, 906, 908]));
        // Twice at one that is down, then at another.
        let mut retry_waits = RetryWaits::default();
        let mut elsewhere =
            [("outbox", 0), ("outbox", 60), ("maya", 700), ("maya", 702), ("maya", 706), ("maya", 708)]
                .map(|(by, at)| Attempt {
                    by: by.to_owned(),
                    ..told(at, "msg_1", Asked::ToTake(Said::Later))
                })
                .into_iter()
                .map(|attempt| retry_waits.add(&attempt, SignedDuration::from_secs(2)).is_some());
        assert!(elsewhere.by_ref().take(5).all(|wrong| !wrong) && elsewhere.next() == Some(true));
        // Down for hours, then busy: it is tried for itself from then on.
        let mut retry_waits = RetryWaits::default();
        let down = (0..9).map(|n| (n * 900, Said::Down));
        let busy = [(9_000, Said::Later), (9_002, Said::Later), (9_006, Said::Later), (9_008, Said::Later)];
        let wrong: Vec<bool> = (down.chain(busy))
            .map(|(at, said)| {
                retry_waits
                    .add(&told(at, "msg_1", Asked::ToTake(said)), SignedDuration::from_secs(2))
                    .is_some()
            })
            .collect();
        assert_eq!(wrong.iter().position(|wrong| *wrong), Some(12), "{wrong:?}");
        // Busy with all, then with this one: what it said to all is not counted as said of this one.
        let mut retry_waits = RetryWaits::default();
        let all = ["msg_2", "msg_3", "msg_4", "msg_5", "msg_1"].map(|about| (0, about));
        let own = [300, 302, 306, 308].map(|at| (at, "msg_1"));
        let wrong: Vec<bool> = (all.into_iter().chain([(200, "msg_2")]).chain(own))
            .map(|(at, about)| {
                let said = if at == 200 { Said::Yes } else { Said::Later };
                retry_waits.add(&told(at, about, Asked::ToTake(said)), SignedDuration::from_secs(2)).is_some()
            })
            .collect();
        assert_eq!(wrong.iter().position(|wrong| *wrong), Some(9), "{wrong:?}");
        // Down, back, and down again with all for more than an hour: no try of this one counts.
        let mut retry_waits = RetryWaits::default();
        let down = [(0, "msg_2"), (1, "msg_3"), (2, "msg_4"), (3, "msg_5")];
        let down = down.map(|(at, about)| (at, about, Said::Down));
        let again = [(3_700, "msg_2", Said::Yes), (3_760, "msg_2", Said::Down), (3_770, "msg_3", Said::Down)];
        let probes =
            [(8_000, "msg_1", Said::Down), (12_000, "msg_1", Said::Down), (16_000, "msg_2", Said::Yes)];
        let own = [17_000, 17_002, 17_006, 17_008].map(|at| (at, "msg_1", Said::Later));
        let wrong: Vec<bool> = (down.into_iter().chain(again).chain(probes).chain(own))
            .map(|(at, about, said)| {
                retry_waits.add(&told(at, about, Asked::ToTake(said)), SignedDuration::from_secs(2)).is_some()
            })
            .collect();
        assert_eq!(wrong.iter().position(|wrong| *wrong), Some(13), "{wrong:?}");
        let mut retry_waits = RetryWaits::default();
        let each = [Said::Later, Said::Later, Said::Yes, Said::Later, Said::Later];
        let attempts = each.map(|said| told(0, "msg_1", Asked::ToTake(said)));
        assert!(attempts.iter().all(|attempt| retry_waits.add(attempt, SignedDuration::ZERO).is_none()));
    }

    #[test]
    fn status_queries_of_killed_functions_are_not_counted() {
        let wrong = |killed: i64| {
            let mut oracle = Oracle::new(BTreeMap::new(), false);
            for look in 0..16 {
                let (asked, before) =
                    (told(60 * look, "+491", Asked::WhatBecame), oracle.retry_waits.looks_made);
                super::look(&mut oracle, asked.began, std::slice::from_ref(&asked));
                if look < killed {
                    forget_looks(&mut oracle, before);
                }
            }
            !oracle.violations().is_empty()
        };
        assert!(wrong(0) && wrong(3) && !wrong(4));
    }

    #[test]
    fn status_query_each_minute_is_reported() {
        let wrong = |minutes: i64| {
            let mut retry_waits = RetryWaits::default();
            let mut looks = (0..40).map(|look| told(60 * minutes * look, "msg_1", Asked::WhatBecame));
            looks.any(|look| retry_waits.add(&look, SignedDuration::ZERO).is_some())
        };
        assert!(wrong(1) && !wrong(15));
        // Three to one number, by five functions that break off one after the other.
        let mut retry_waits = RetryWaits::default();
        let mut looks = (0..15).map(|look| told(180 * (look / 3), "+491", Asked::WhatBecame));
        assert!(looks.all(|look| retry_waits.add(&look, SignedDuration::ZERO).is_none()));
    }
}
