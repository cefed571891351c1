//! Decides on every occasion whether something goes wrong there, and remembers what did.

use crate::chance::Chance;
use crate::trouble::function_clock::FunctionClock;
use crate::trouble::kind::{Kind, Rule};
use crate::world::trace::Trace;
use application::Clock;
use jiff::Timestamp;
use local_cloud::VirtualClock;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use tokio::sync::oneshot;

/// What each function runs on.
const MACHINES: i64 = 4;

/// These spare the launch: nobody would try it again.
const AFTER_THE_LAUNCH: [Kind; 2] = [Kind::BrownOut, Kind::RequestFails];

const PUTTING_ASIDE: [Kind; 6] = [
    Kind::Frozen,
    Kind::HeldAtClaim,
    Kind::HeldAtOneOff,
    Kind::HeldAtWrite,
    Kind::OneOffOverlaps,
    Kind::HeldAtRenewal,
];

/// The calls of a thousand at which whoever has made one gives way to what its invocation does besides.
const GIVES_WAY: u32 = 300;
/// A call to a provider lasts as long as so many calls to the cloud.
const AS_LONG_AS: u32 = 8;

/// What happened to an invocation that does not go on by itself.
pub enum Interrupt {
    Killed,
    /// Goes on when this is told, and no earlier.
    Frozen(oneshot::Sender<()>),
}

impl Interrupt {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Frozen(_) => "frozen",
        }
    }
}

/// One call of a run that is broken, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrashPoint {
    /// The call's number among all calls of functions to the cloud and to providers, from 0.
    pub at: usize,
    pub how: Crash,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    KilledBefore,
    KilledAfter,
    AnswerLost,
    TimedOut,
}

impl Crash {
    pub const ALL: [Self; 4] = [Self::KilledBefore, Self::KilledAfter, Self::AnswerLost, Self::TimedOut];
}

/// The next strike at an invocation, whatever else chance says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    FreezeAtClaim,
    /// After so many calls.
    FreezeIn(i64),
    KillIn(i64),
    /// A user's request, before one of its writes, after so many.
    FreezeAtWrite(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    Freeze,
    Kill,
}

#[derive(Clone)]
pub struct Disorder {
    state: Arc<Mutex<State>>,
    clock: Arc<VirtualClock>,
    function_clock: FunctionClock,
}

struct State {
    rules: BTreeMap<Kind, Rule>,
    chances: BTreeMap<Kind, Chance>,
    fired: BTreeMap<Kind, u32>,
    /// The strikes that count against each kind's bound, before the launch and anew since.
    spent: BTreeMap<Kind, u32>,
    list: Vec<String>,
    on: bool,
    /// Until then no provider that sends is to be reached.
    out_until: Option<Timestamp>,
    /// Until then no mailbox is to be read.
    silent_until: Option<Timestamp>,
    may_freeze: bool,
    launched: bool,
    deploys: bool,
    interrupt: Option<Interrupt>,
    /// The tasks that stand still because of it.
    standing: Vec<Waker>,
    /// Chooses the calls at which the messages of a batch take turns.
    turns: Chance,
    under_way: UnderWay,
    aim: Option<Aim>,
    /// The claim that the function put aside last was about to make: partition and sort key.
    held_claim: Option<(String, String)>,
    held_one_off: Option<(String, String)>,
    /// The partition of the lead that whoever was put aside last was about to write about.
    held_lead: Option<String>,
    /// All claims that somebody who was put aside is about to make.
    held_claims: Vec<(String, String)>,
    /// The seconds by which functions' clocks are ahead, on each of the machines they run on.
    ahead: BTreeMap<(String, i64), i64>,
    trace: Trace,
    /// The calls with their callers, in order.
    calls: Vec<String>,
    crashes: Vec<CrashPoint>,
}

/// The calls to providers about messages.
#[derive(Default)]
struct UnderWay {
    now: usize,
    most: usize,
}

/// A call to a provider that is under way, until this is dropped.
pub struct CallUnderWay(Disorder);

impl Drop for CallUnderWay {
    fn drop(&mut self) {
        self.0.state().under_way.now -= 1;
    }
}

impl State {
    fn crash_of(&self, call: usize) -> Option<Crash> {
        self.crashes.iter().find(|point| point.at == call).map(|point| point.how)
    }
}

impl Disorder {
    pub fn new(seed: impl Into<u64> + Copy, rules: &[Rule], clock: Arc<VirtualClock>) -> Self {
        let chances = Kind::ALL.iter().map(|kind| (*kind, Chance::of(seed, kind.name()))).collect();
        let state = State {
            rules: rules.iter().map(|rule| (rule.kind, *rule)).collect(),
            chances,
            fired: BTreeMap::new(),
            spent: BTreeMap::new(),
            list: Vec::new(),
            on: false,
            out_until: None,
            silent_until: None,
            may_freeze: false,
            launched: false,
            deploys: false,
            interrupt: None,
            standing: Vec::new(),
            turns: Chance::of(seed, "turns of a batch's messages"),
            under_way: UnderWay::default(),
            aim: None,
            held_claim: None,
            held_one_off: None,
            held_lead: None,
            held_claims: Vec::new(),
            ahead: BTreeMap::new(),
            trace: Trace::default(),
            calls: Vec::new(),
            crashes: Vec::new(),
        };
        let function_clock = FunctionClock::new(clock.clone());
        Self { state: Arc::new(Mutex::new(state)), clock, function_clock }
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

    pub fn function_clock(&self) -> &FunctionClock {
        &self.function_clock
    }

    /// The seconds by which the clock is ahead, of one of the machines that this function runs on.
    pub fn clock_of(&self, function: &str) -> i64 {
        let told = || function.to_owned();
        let machine = (function.to_owned(), self.draw(Kind::ClockOff, 0, MACHINES - 1));
        for (kind, least, most) in [(Kind::ClockFarOff, 120, 240), (Kind::ClockOff, 0, 2)] {
            if self.strikes(kind, told) {
                let ahead = self.draw(kind, least, most) * (2 * self.draw(kind, 0, 1) - 1);
                self.state().ahead.insert(machine.clone(), ahead);
            }
        }
        let state = self.state();
        if state.on { state.ahead.get(&machine).copied().unwrap_or(0) } else { 0 }
    }

    pub fn aim(&self, aim: Option<Aim>) {
        self.state().aim = aim;
    }

    /// A call begins: whether it is the one that was aimed at.
    pub fn hit(&self, claims: bool) -> Option<Hit> {
        let mut state = self.state();
        let hit = match state.aim? {
            Aim::FreezeAtClaim => claims.then_some(Hit::Freeze),
            Aim::FreezeIn(left) => (left <= 0).then_some(Hit::Freeze),
            Aim::KillIn(left) => (left <= 0).then_some(Hit::Kill),
            Aim::FreezeAtWrite(_) => None,
        };
        state.aim = match state.aim {
            _ if hit.is_some() => None,
            Some(Aim::FreezeIn(left)) => Some(Aim::FreezeIn(left - 1)),
            Some(Aim::KillIn(left)) => Some(Aim::KillIn(left - 1)),
            other => other,
        };
        hit
    }

    /// A user's request is about to write: whether it is the write that was aimed at.
    pub fn hits_write(&self) -> bool {
        let mut state = self.state();
        let Some(Aim::FreezeAtWrite(left)) = state.aim else { return false };
        state.aim = (left > 0).then_some(Aim::FreezeAtWrite(left - 1));
        left <= 0
    }

    /// All functions begin anew as soon as whoever is at work is gone.
    pub fn deploy(&self) {
        self.state().deploys = true;
    }

    pub fn take_deploy(&self) -> bool {
        std::mem::take(&mut self.state().deploys)
    }

    /// Suspends the function that made the claim of this one-off message.
    pub fn hold_one_off(&self, key: (String, String)) {
        self.state().held_one_off = Some(key);
    }

    pub fn take_held_one_off(&self) -> Option<(String, String)> {
        self.state().held_one_off.take()
    }

    pub fn hold_lead(&self, partition: Option<String>) {
        self.state().held_lead = partition;
    }

    pub fn take_held_lead(&self) -> Option<String> {
        self.state().held_lead.take()
    }

    pub fn hold_claim(&self, key: Option<(String, String)>) {
        self.state().held_claim = key;
    }

    pub fn take_held_claim(&self) -> Option<(String, String)> {
        self.state().held_claim.take()
    }

    /// Notes that the function suspended before this claim continues later.
    pub fn hold_also(&self, claim: (String, String)) {
        self.state().held_claims.push(claim);
    }

    pub fn let_go(&self, claim: &(String, String)) {
        let mut state = self.state();
        if let Some(at) = state.held_claims.iter().position(|held| held == claim) {
            state.held_claims.remove(at);
        }
    }

    pub fn is_held(&self, claim: &(String, String)) -> bool {
        self.state().held_claims.contains(claim)
    }

    /// Each kind may strike as often again as it may at all.
    pub fn renew(&self) {
        let mut state = self.state();
        state.spent.clear();
        state.launched = true;
    }

    /// Off, nothing goes wrong and nothing is drawn.
    pub fn switch(&self, on: bool) {
        self.state().on = on;
    }

    /// Only who is started by an event can be put aside.
    pub fn allow_freezing(&self, yes: bool) -> bool {
        std::mem::replace(&mut self.state().may_freeze, yes)
    }

    /// Whether a function that an event has started is at work, and no user's request.
    pub fn is_function_at_work(&self) -> bool {
        self.state().may_freeze
    }

    /// An occasion for a kind: true when it strikes.
    pub fn strikes(&self, kind: Kind, what: impl FnOnce() -> String) -> bool {
        let mut state = self.state();
        let spared = AFTER_THE_LAUNCH.contains(&kind) && !state.launched;
        if !state.on || spared || (PUTTING_ASIDE.contains(&kind) && !state.may_freeze) {
            return false;
        }
        let Some(rule) = state.rules.get(&kind).copied() else { return false };
        if state.spent.get(&kind).copied().unwrap_or(0) >= rule.most {
            return false;
        }
        let drawn = state
            .chances
            .get_mut(&kind)
            .is_some_and(|chance| chance.per_mille(kind.per_mille() * rule.times));
        if drawn {
            *state.spent.entry(kind).or_default() += 1;
            *state.fired.entry(kind).or_default() += 1;
            let line = format!("{} !! {}: {}", self.now(), kind.name(), what());
            state.list.push(line.clone());
            state.trace.log(line);
        }
        drawn
    }

    /// Something that is nobody's chance has gone wrong.
    pub fn happens(&self, kind: Kind, what: &str) {
        let mut state = self.state();
        *state.fired.entry(kind).or_default() += 1;
        let line = format!("{} !! {}: {what}", self.now(), kind.name());
        state.list.push(line.clone());
        state.trace.log(line);
    }

    pub fn is_on(&self) -> bool {
        self.state().on
    }

    pub fn out_of_reach_until(&self, end: Timestamp) {
        self.happens(Kind::Outage, &format!("until {end}"));
        self.state().out_until = Some(end);
    }

    pub fn is_out_of_reach(&self) -> bool {
        let state = self.state();
        state.on && state.out_until.is_some_and(|end| end > self.now())
    }

    pub fn mailboxes_silent_until(&self, end: Timestamp) {
        self.happens(Kind::MailboxSilent, &format!("until {end}"));
        self.state().silent_until = Some(end);
    }

    pub fn are_mailboxes_silent(&self) -> bool {
        let state = self.state();
        state.on && state.silent_until.is_some_and(|end| end > self.now())
    }

    /// A number for a struck kind: how long, how late.
    pub fn draw(&self, kind: Kind, low: i64, high: i64) -> i64 {
        self.state().chances.get_mut(&kind).map_or(low, |chance| chance.between(low, high))
    }

    /// These calls of this run will be broken.
    pub fn crash_at(&self, points: &[CrashPoint]) {
        self.state().crashes = points.to_vec();
    }

    /// A call begins. It is told what is to become of it.
    pub fn call(&self, who: impl FnOnce() -> String) -> Option<Crash> {
        let mut state = self.state();
        if !state.on {
            return None;
        }
        let at = state.calls.len();
        state.calls.push(who());
        let how = state.crash_of(at)?;
        let line = format!("{} !! {how:?}: call {at}, {}", self.now(), state.calls[at]);
        state.list.push(line.clone());
        state.trace.log(line);
        Some(how)
    }

    /// What is to become of the call that began last.
    pub fn this_call(&self) -> Option<Crash> {
        let state = self.state();
        let last = state.calls.len().checked_sub(1).filter(|_| state.on)?;
        state.crash_of(last)
    }

    pub fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    /// Interrupts the invocation. Of two calls at once each may be struck: a killed function is not merely put aside.
    pub fn interrupt(&self, interrupt: Interrupt) {
        let mut state = self.state();
        if !matches!(state.interrupt, Some(Interrupt::Killed)) {
            state.interrupt = Some(interrupt);
        }
    }

    /// Stands still while the invocation is interrupted: it goes on as a whole, or not at all.
    pub async fn stand_still(&self) {
        poll_fn(|context| {
            let mut state = self.state();
            if state.interrupt.is_none() {
                return Poll::Ready(());
            }
            state.standing.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    pub fn is_interrupted(&self) -> bool {
        self.state().interrupt.is_some()
    }

    /// Now and then gives way once to the other messages of the batch.
    pub async fn take_turns(&self) {
        if self.gives_way() {
            tokio::task::yield_now().await;
        }
        self.stand_still().await;
    }

    /// Gives way as often as during several calls.
    pub async fn give_way_often(&self) {
        for _ in 0..AS_LONG_AS {
            self.take_turns().await;
        }
    }

    pub fn gives_way(&self) -> bool {
        let mut state = self.state();
        state.on && state.turns.per_mille(GIVES_WAY)
    }

    pub fn begin_call(&self) -> CallUnderWay {
        let under_way = &mut self.state().under_way;
        under_way.now += 1;
        under_way.most = under_way.most.max(under_way.now);
        CallUnderWay(self.clone())
    }

    /// The most calls to providers about messages that were under way at one moment.
    pub fn most_calls_at_once(&self) -> usize {
        self.state().under_way.most
    }

    pub fn take_interrupt(&self) -> Option<Interrupt> {
        let mut state = self.state();
        let (interrupt, standing) = (state.interrupt.take(), std::mem::take(&mut state.standing));
        drop(state);
        // A part that is polled only when it is woken would stand still for ever.
        standing.into_iter().for_each(Waker::wake);
        interrupt
    }

    pub fn log(&self, line: impl AsRef<str>) {
        let line = format!("{} {}", self.now(), line.as_ref());
        self.state().trace.log(line);
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
