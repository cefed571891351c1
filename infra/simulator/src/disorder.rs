//! Decides on every occasion whether something goes wrong there, and remembers what did.

use crate::chance::Chance;
use crate::kind::{Kind, Rule};
use crate::trace::Trace;
use application::Clock;
use jiff::Timestamp;
use local_cloud::VirtualClock;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// What happened to an invocation that does not go on by itself.
pub enum Interrupt {
    Killed,
    /// Goes on when this is told, and no earlier.
    Frozen(oneshot::Sender<()>),
}

/// Where one call of a run is broken, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrashPoint {
    /// Of all calls that functions make to the cloud and to providers, counted from 0.
    pub at: usize,
    pub how: Crash,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    KilledBefore,
    KilledAfter,
    AnswerLost,
}

impl Crash {
    pub const ALL: [Self; 3] = [Self::KilledBefore, Self::KilledAfter, Self::AnswerLost];
}

#[derive(Clone)]
pub struct Disorder {
    state: Arc<Mutex<State>>,
    clock: Arc<VirtualClock>,
}

struct State {
    rules: BTreeMap<Kind, Rule>,
    chances: BTreeMap<Kind, Chance>,
    fired: BTreeMap<Kind, u32>,
    list: Vec<String>,
    on: bool,
    may_freeze: bool,
    interrupt: Option<Interrupt>,
    trace: Trace,
    /// Who made which call, in order.
    calls: Vec<String>,
    crash: Option<CrashPoint>,
}

impl Disorder {
    pub fn new(seed: u64, rules: &[Rule], clock: Arc<VirtualClock>) -> Self {
        let chances = Kind::ALL.iter().map(|kind| (*kind, Chance::of(seed, kind.name()))).collect();
        let state = State {
            rules: rules.iter().map(|rule| (rule.kind, *rule)).collect(),
            chances,
            fired: BTreeMap::new(),
            list: Vec::new(),
            on: false,
            may_freeze: false,
            interrupt: None,
            trace: Trace::default(),
            calls: Vec::new(),
            crash: None,
        };
        Self { state: Arc::new(Mutex::new(state)), clock }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn clock(&self) -> &VirtualClock {
        &self.clock
    }

    /// Off, nothing goes wrong and nothing is drawn.
    pub fn switch(&self, on: bool) {
        self.state().on = on;
    }

    /// Only who is started by an event can be put aside.
    pub fn allow_freezing(&self, yes: bool) -> bool {
        std::mem::replace(&mut self.state().may_freeze, yes)
    }

    /// An occasion for a kind: true when it strikes.
    pub fn strikes(&self, kind: Kind, what: impl FnOnce() -> String) -> bool {
        let mut state = self.state();
        if !state.on || (kind == Kind::Frozen && !state.may_freeze) {
            return false;
        }
        let Some(rule) = state.rules.get(&kind).copied() else { return false };
        if state.fired.get(&kind).copied().unwrap_or(0) >= rule.most {
            return false;
        }
        let drawn = state.chances.get_mut(&kind).is_some_and(|chance| chance.per_mille(kind.per_mille()));
        if drawn {
            *state.fired.entry(kind).or_default() += 1;
            let line = format!("{} !! {}: {}", self.now(), kind.name(), what());
            state.list.push(line.clone());
            state.trace.tell(line);
        }
        drawn
    }

    /// A number for a struck kind: how long, how late.
    pub fn draw(&self, kind: Kind, low: i64, high: i64) -> i64 {
        self.state().chances.get_mut(&kind).map_or(low, |chance| chance.between(low, high))
    }

    /// One call of this run will be broken.
    pub fn crash_at(&self, point: Option<CrashPoint>) {
        self.state().crash = point;
    }

    /// A call begins. It is told what is to become of it.
    pub fn call(&self, who: impl FnOnce() -> String) -> Option<Crash> {
        let mut state = self.state();
        if !state.on {
            return None;
        }
        let at = state.calls.len();
        state.calls.push(who());
        let how = state.crash.filter(|point| point.at == at).map(|point| point.how)?;
        let line = format!("{} !! {how:?}: call {at}, {}", self.now(), state.calls[at]);
        state.list.push(line.clone());
        state.trace.tell(line);
        Some(how)
    }

    /// What is to become of the call that began last.
    pub fn this_call(&self) -> Option<Crash> {
        let state = self.state();
        let last = state.calls.len().checked_sub(1).filter(|_| state.on)?;
        state.crash.filter(|point| point.at == last).map(|point| point.how)
    }

    pub fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    /// Of two calls under way at once each may be struck: who is killed is not merely put aside.
    pub fn interrupt(&self, interrupt: Interrupt) {
        let mut state = self.state();
        if !matches!(state.interrupt, Some(Interrupt::Killed)) {
            state.interrupt = Some(interrupt);
        }
    }

    pub fn take_interrupt(&self) -> Option<Interrupt> {
        self.state().interrupt.take()
    }

    pub fn tell(&self, line: impl AsRef<str>) {
        let line = format!("{} {}", self.now(), line.as_ref());
        self.state().trace.tell(line);
    }

    pub fn mix(&self, text: &str) {
        self.state().trace.mix(text);
    }

    pub fn fired(&self) -> BTreeMap<Kind, u32> {
        self.state().fired.clone()
    }

    pub fn list(&self) -> Vec<String> {
        self.state().list.clone()
    }

    pub fn trace(&self) -> Trace {
        self.state().trace.clone()
    }
}
