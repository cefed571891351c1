//! Faults at calls of functions to the cloud: calls that fail, get lost, or are the last that a function makes.

use crate::trouble::brown_outs::BrownOuts;
use crate::trouble::concurrent_requests;
use crate::trouble::disorder::{Aim, Crash, Disorder, Hit, Interrupt};
use crate::trouble::kind::Kind;
use crate::trouble::late_writes::{LateWrites, is_write};
use jiff::SignedDuration;
use local_cloud::{Call, Cancellation, Fault, LocalCloud, Moment, Pause, Service};
use local_world::STRUCK;
use serde_json::Value;
use std::time::Duration;

/// The shortest of the functions' times.
const FUNCTION_LASTS: SignedDuration = SignedDuration::from_secs(29);

/// How far a read may be behind.
const LAG: Duration = Duration::from_secs(5);

pub fn install(cloud: &LocalCloud, disorder: &Disorder, late_writes: &LateWrites) {
    let state = disorder.clone();
    let late = late_writes.clone();
    let brown_outs = BrownOuts::default();
    cloud.faults().inject(move |moment, call| {
        if moment == Moment::Before {
            state.mix(call.principal);
            state.mix(call.operation);
        }
        if moment == Moment::After {
            return None;
        }
        let struck = STRUCK.contains(&call.principal);
        brown_outs.fault(&state, call, struck).or_else(|| match struck {
            true => late.fault(&state, call).or_else(|| fault(&state, call)),
            false => concurrent_requests::fault(&state, call),
        })
    });
    let gate = Gate { disorder: disorder.clone(), late: late_writes.clone() };
    cloud.faults().hold_up(move |moment, call| match moment {
        Moment::Before if gate.disorder.is_interrupted() => Some(gate.clone().hold_back(OwnCall::of(call))),
        Moment::Before => gate.pause(moment, call),
        Moment::After => gate.pause(moment, call).or_else(|| gate.turn(call)),
    });
}

/// Holds callers up before their calls and before they hear the answer.
#[derive(Clone)]
struct Gate {
    disorder: Disorder,
    late: LateWrites,
}

/// A call whose caller has to wait before it is made.
struct OwnCall {
    service: Service,
    operation: String,
    principal: String,
    resource: String,
    body: Vec<u8>,
}

impl OwnCall {
    fn of(call: &Call<'_>) -> Self {
        Self {
            service: call.service,
            operation: call.operation.to_owned(),
            principal: call.principal.to_owned(),
            resource: call.resource.to_owned(),
            body: call.body.to_owned(),
        }
    }

    fn as_call(&self) -> Call<'_> {
        let Self { service, operation, principal, resource, body } = self;
        Call { service: *service, operation, principal, resource, body }
    }
}

impl Gate {
    /// Holds back a call that begins while its invocation is interrupted by another one. It is made when the invocation
    /// goes on, and something may go wrong at it then.
    fn hold_back(self, call: OwnCall) -> Pause {
        Box::pin(async move {
            self.disorder.stand_still().await;
            if let Some(pause) = self.pause(Moment::Before, &call.as_call()) {
                pause.await;
            }
        })
    }

    /// Lets other messages of the same batch go on before the caller hears the answer.
    fn turn(&self, call: &Call<'_>) -> Option<Pause> {
        let takes_turns = call.principal == "send_message" && self.disorder.gives_way();
        takes_turns.then(|| -> Pause { Box::pin(tokio::task::yield_now()) })
    }

    fn pause(&self, moment: Moment, call: &Call<'_>) -> Option<Pause> {
        let Self { disorder: state, late } = self;
        if !STRUCK.contains(&call.principal) {
            if moment == Moment::Before && is_write(call) && state.hits_write() {
                return Some(frozen(state));
            }
            return (moment == Moment::Before && state.hit(false) == Some(Hit::Kill)).then(|| killed(state));
        }
        if moment == Moment::After && late.kills() {
            return Some(killed(state));
        }
        hold_up(state, moment, call)
    }
}

fn fault(disorder: &Disorder, call: &Call<'_>) -> Option<Fault> {
    if disorder.this_call() == Some(Crash::AnswerLost) {
        return Some(Fault::LoseResponse);
    }
    let what = || format!("{} {}", call.principal, call.operation);
    if disorder.strikes(Kind::Throttled, what) {
        return Some(throttled(disorder, call));
    }
    if disorder.strikes(Kind::ServerError, what) {
        let message = format!("{} failed on purpose", call.operation);
        return Some(Fault::Fail { status: 500, code: "InternalServerError".to_owned(), message });
    }
    if disorder.strikes(Kind::AnswerLost, what) {
        return Some(Fault::LoseResponse);
    }
    match call.operation {
        "TransactWriteItems" => {
            let why = match () {
                () if disorder.strikes(Kind::Conflict, what) => Some(Cancellation::Conflict),
                () if disorder.strikes(Kind::TransactionThrottled, what) => Some(Cancellation::Throttled),
                () => None,
            };
            why.map(Fault::TransactionCancelled)
        }
        "PutItem" | "UpdateItem" | "DeleteItem" => {
            disorder.strikes(Kind::WriteConflict, what).then(|| Fault::Fail {
                status: 400,
                code: "TransactionConflictException".to_owned(),
                message: "Transaction is ongoing for the item".to_owned(),
            })
        }
        "BatchGetItem" | "BatchWriteItem" => {
            disorder.strikes(Kind::HalfBatch, what).then_some(Fault::Unprocessed)
        }
        "Query" | "GetItem" => disorder.strikes(read_behind(call)?, what).then_some(Fault::Behind(LAG)),
        "SendMessage" | "SendMessageBatch" if call.service == Service::Sqs => {
            let rolls_out = String::from_utf8_lossy(call.body).contains("roll_out");
            let late = match rolls_out && disorder.strikes(Kind::RolloutLate, what) {
                true => Some(disorder.draw(Kind::RolloutLate, 10, 1_800)),
                false if disorder.strikes(Kind::MessageLate, what) => {
                    Some(disorder.draw(Kind::MessageLate, 1, 3_600))
                }
                false => None,
            };
            late.map(|seconds| Fault::DelayVisibility(Duration::from_secs(seconds.unsigned_abs())))
        }
        _ => None,
    }
}

/// Which kind of stale read this one can be; none for what always has the newest.
fn read_behind(call: &Call<'_>) -> Option<Kind> {
    let body = String::from_utf8_lossy(call.body);
    match () {
        () if body.contains("\"IndexName\"") => Some(Kind::StaleIndex),
        () if body.contains("\"ConsistentRead\":true") => None,
        () => Some(Kind::StaleTable),
    }
}

/// DynamoDB has several words for it: of a key or a table, of an account, of what is asked of it too fast.
fn throttled(disorder: &Disorder, call: &Call<'_>) -> Fault {
    let code = match disorder.draw(Kind::Throttled, 0, 2) {
        0 => "RequestLimitExceeded",
        1 => "ThrottlingException",
        _ => return Fault::Throttle,
    };
    if call.service != Service::DynamoDb {
        return Fault::Throttle;
    }
    Fault::Fail { status: 400, code: code.to_owned(), message: "throttled on purpose".to_owned() }
}

fn hold_up(disorder: &Disorder, moment: Moment, call: &Call<'_>) -> Option<Pause> {
    let planned = match moment {
        Moment::Before => disorder.call(|| format!("{} {}", call.principal, call.operation)),
        Moment::After => disorder.this_call(),
    };
    if matches!(
        (moment, planned),
        (Moment::Before, Some(Crash::KilledBefore)) | (Moment::After, Some(Crash::KilledAfter))
    ) {
        return Some(killed(disorder));
    }
    if moment == Moment::After && planned == Some(Crash::TimedOut) {
        return Some(timed_out(disorder));
    }
    let what = || format!("{} {moment:?} {}", call.principal, call.operation);
    // Before another makes the same claim its first holder is gone, at one of the next calls.
    if moment == Moment::After
        && claim_of(call).is_some_and(|claim| disorder.is_held(&claim))
        && disorder.strikes(Kind::KilledWithClaim, what)
    {
        disorder.aim(Some(Aim::KillIn(disorder.draw(Kind::KilledWithClaim, 0, 2))));
    }
    if moment == Moment::After
        && let Some(one_off) = one_off_of(call)
        && disorder.strikes(Kind::OneOffOverlaps, what)
    {
        disorder.hold_one_off(one_off);
        return Some(frozen(disorder));
    }
    let hands_mail_over = call.principal == "poll_mailboxes" && call.operation == "SendMessageBatch";
    if moment == Moment::After && hands_mail_over && disorder.strikes(Kind::PollKilled, what) {
        return Some(killed(disorder));
    }
    if moment == Moment::Before {
        let claim = claim_of(call);
        let held = claim.is_some() && disorder.strikes(Kind::HeldAtClaim, what);
        let hit = disorder.hit(claim.is_some());
        if hit == Some(Hit::Kill) {
            return Some(killed(disorder));
        }
        if held || hit == Some(Hit::Freeze) {
            disorder.hold_claim(claim);
            return Some(frozen(disorder));
        }
        let one_off = one_off_of(call);
        if one_off.is_some() && disorder.strikes(Kind::HeldAtOneOff, what) {
            disorder.hold_claim(one_off);
            return Some(frozen(disorder));
        }
        let lead = lead_written(call);
        if lead.is_some() && disorder.strikes(Kind::HeldAtWrite, what) {
            disorder.hold_lead(lead);
            return Some(frozen(disorder));
        }
        let hands_over = call.principal == "due_steps" && call.operation == "SendMessageBatch";
        if hands_over && disorder.strikes(Kind::KilledAtQueue, what) {
            return Some(killed(disorder));
        }
    }
    if disorder.strikes(Kind::Killed, what) {
        return Some(killed(disorder));
    }
    if disorder.strikes(Kind::Deployed, what) {
        disorder.deploy();
        return Some(killed(disorder));
    }
    if disorder.strikes(Kind::TimedOut, what) {
        return Some(timed_out(disorder));
    }
    disorder.strikes(Kind::Frozen, what).then(|| frozen(disorder))
}

/// The key of the enrolment that a call is about to claim, or of the task that it is about to create.
fn claim_of(call: &Call<'_>) -> Option<(String, String)> {
    if call.principal != "send_message" || !matches!(call.operation, "PutItem" | "TransactWriteItems") {
        return None;
    }
    let request: Value = serde_json::from_slice(call.body).ok()?;
    let claims = |item: &&Value| item["ev"]["M"]["k"]["S"] == "step_claimed";
    let is_new_task = |item: &&Value| item["entity"]["S"] == "task" && item["rev"]["N"] == "1";
    let mut written =
        request["TransactItems"].as_array().into_iter().flatten().map(|write| &write["Put"]["Item"]);
    let alone = Some(&request["Item"]).filter(|item| claims(item) || is_new_task(item));
    let item = alone.or_else(|| written.find(is_new_task))?;
    let part = |name: &str| Some(item[name]["S"].as_str()?.to_owned());
    part("pk").zip(part("sk"))
}

/// The partition of the lead that a call is about to write about.
fn lead_written(call: &Call<'_>) -> Option<String> {
    if !matches!(call.operation, "PutItem" | "UpdateItem" | "TransactWriteItems") {
        return None;
    }
    let request: Value = serde_json::from_slice(call.body).ok()?;
    let of = |write: &Value| {
        let keys = [&write["Item"], &write["Key"]];
        keys.into_iter()
            .filter_map(|key| key["pk"]["S"].as_str())
            .find(|pk| pk.contains("#L#"))
            .map(str::to_owned)
    };
    let writes = request["TransactItems"].as_array().into_iter().flatten();
    let each = |write: &Value| ["Put", "Update", "ConditionCheck"].iter().find_map(|kind| of(&write[*kind]));
    of(&request).or_else(|| writes.into_iter().find_map(each))
}

/// The key of the one-off message that a call is about to claim.
fn one_off_of(call: &Call<'_>) -> Option<(String, String)> {
    if call.principal != "send_message" || call.operation != "PutItem" {
        return None;
    }
    let request: Value = serde_json::from_slice(call.body).ok()?;
    let item = &request["Item"];
    let is_letter = item["entity"]["S"] == "message" && !item["camp"]["S"].is_string();
    let part = |name: &str| Some(item[name]["S"].as_str()?.to_owned());
    part("pk").zip(part("sk")).filter(|_| is_letter && item["ev"]["M"]["k"]["S"] == "message_claimed")
}

/// Kills the function at this call: it never returns.
pub fn killed(disorder: &Disorder) -> Pause {
    disorder.interrupt(Interrupt::Killed);
    Box::pin(std::future::pending())
}

/// Stops the function at this call as `killed` does, after as long as a function may take.
pub fn timed_out(disorder: &Disorder) -> Pause {
    let clock = disorder.clock();
    clock.advance_to(disorder.now() + FUNCTION_LASTS);
    killed(disorder)
}

/// Suspends the function at this call.
pub fn frozen(disorder: &Disorder) -> Pause {
    let (thaw, thawed) = tokio::sync::oneshot::channel();
    disorder.interrupt(Interrupt::Frozen(thaw));
    Box::pin(async move { drop(thawed.await) })
}
