//! Prices of calls: asked for until they come, booked once, and given up.

use super::*;
use application::ports::due::DueWork;
use application::spend::left_over::{LeftOverPorts, settle_left_over};
use application::tasks::call_costs::{CallCostPorts, price_call};
use domain::CallId;
use domain::spend::{BookingOutcome, Budget, Reservation, Reserving, Tally, Usd};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::call_cost::{CallCost, CallCostState};
use http::{Request, Response};
use serde_json::{Value, json};

const PENDING: CallCostState = CallCostState::Pending;
const NO_LEGS: &[Value] = &[];

struct Scene {
    world: World,
    call: CallId,
}

fn leg(status: &str, seconds: u64, price: Option<&str>) -> Value {
    json!({"status": status, "duration": seconds.to_string(), "price": price, "price_unit": "USD"})
}

impl Scene {
    /// A call that was placed just now, with money set aside and an id at the provider.
    async fn new() -> Self {
        let scene = Self::unnamed().await;
        let mut cost = scene.cost().await;
        cost.name(Some("CA1"));
        scene.world.stage.ports.calls().save_cost(&cost).await.unwrap();
        scene
    }

    async fn unnamed() -> Self {
        let world = World::new(0).await;
        let account = world.calling_account().await;
        let (ports, now) = (&world.stage.ports, world.stage.clock.now());
        let call = CallId::derived(&LeadId::derived(now, &["ana"]), &["call"]);
        let cost = CallCost::placed((&world.workspace, &call), &account, Usd::cents(10), now);
        let settings = ports.spend().settings(&world.workspace).await.unwrap();
        let reservation = Reservation {
            workspace: world.workspace.clone(),
            id: cost.reservation(),
            limits: vec![settings.month(now)],
            amount: cost.set_aside(),
            made_at: now,
        };
        assert_eq!(ports.spend().reserve(&reservation).await.unwrap(), Reserving::Reserved);
        ports.calls().save_cost(&cost).await.unwrap();
        Self { world, call }
    }

    async fn cost(&self) -> CallCost {
        self.world.stage.ports.calls().cost(&self.world.workspace, &self.call).await.unwrap()
    }

    /// The call ends now after three started minutes, as a report of it says.
    async fn end(&self) {
        let mut cost = self.cost().await;
        let now = self.world.stage.clock.now();
        cost.hear_end(Some(130), now);
        assert!(cost.end(now));
        self.world.stage.ports.calls().save_cost(&cost).await.unwrap();
    }

    /// The provider knows the call with the leg to the user and those that it dialled.
    fn provider_tells(&self, parent: Value, children: &[Value]) {
        let listed = json!({"calls": children});
        self.world.stage.providers_answer(move |request: Request<Vec<u8>>| {
            assert_eq!(request.method(), "GET");
            let is_list = request.uri().query().is_some_and(|query| query.contains("ParentCallSid=CA1"));
            let body = if is_list { &listed } else { &parent };
            Ok(Response::builder().status(200).body(body.to_string().into_bytes()).unwrap())
        });
    }

    fn provider_refuses(&self, status: u16) {
        self.world.stage.providers_answer(move |_| {
            let body = br#"{"code":20404,"message":"gone"}"#.to_vec();
            Ok(Response::builder().status(status).body(body).unwrap())
        });
    }

    async fn price(&self) {
        assert!(self.is_priced_whole().await);
    }

    /// False where the job breaks off.
    async fn is_priced_whole(&self) -> bool {
        let ports = CallCostPorts::new(&self.world.stage.ports);
        price_call(&ports, (&self.world.workspace, &self.call)).await.is_ok()
    }

    /// Repeats the job if it breaks off. False if it did.
    async fn is_priced_at_once(&self) -> bool {
        let is_whole = self.is_priced_whole().await;
        if !is_whole {
            self.price().await;
        }
        is_whole
    }

    async fn month(&self) -> Budget {
        let spend = self.world.stage.ports.spend();
        let month = CalendarMonth::at(self.world.stage.clock.now());
        spend.budgets_in_month(&self.world.workspace, &month).await.unwrap().remove(0)
    }

    /// What the month has spent and set aside.
    async fn money(&self) -> (Usd, Usd) {
        let month = self.month().await;
        (month.spent, month.reserved)
    }

    async fn hints(&self) -> Vec<jiff::Timestamp> {
        let later = self.world.stage.clock.now() + SignedDuration::from_hours(24);
        let due = self.world.stage.ports.due().due(later, 100).await.unwrap();
        let hints = due.into_iter().flat_map(|pack| pack.hints);
        let (workspace, call) = (self.world.workspace.clone(), self.call.clone());
        let wanted = DueWork::PriceCall { workspace, call };
        hints.filter(|hint| hint.what == wanted).map(|hint| hint.at).collect()
    }
}

#[tokio::test]
async fn late_price_of_two_legs_is_booked_once_and_the_rest_given_back() {
    let scene = Scene::new().await;
    scene.price().await;
    assert_eq!(scene.money().await, (Usd::ZERO, Usd::cents(600)), "nobody asks before the end");
    scene.end().await;
    scene.provider_tells(leg("completed", 130, Some("-0.04200")), &[leg("completed", 119, None)]);
    scene.price().await;
    assert_eq!((scene.cost().await.state, scene.money().await), (PENDING, (Usd::ZERO, Usd::cents(30))));
    let next = scene.world.stage.clock.now() + SignedDuration::from_mins(5);
    assert_eq!(scene.hints().await, [next]);
    scene.price().await;
    assert_eq!(scene.cost().await.asked, 1, "a hint that comes twice asks once");
    scene.provider_tells(leg("completed", 130, Some("-0.04200")), &[leg("completed", 119, Some("-0.06100"))]);
    scene.world.stage.advance(SignedDuration::from_mins(5));
    let (workspace, call) = (scene.world.workspace.clone(), scene.call.clone());
    let job = CampaignJob::PriceCall { workspace, call, at: next };
    send_all(&*scene.world.stage.ports.outbox(), &[job], 0).await.unwrap();
    scene.world.run().await;
    let amount = Usd::micros(103_000);
    assert_eq!(scene.cost().await.state, CallCostState::Known { amount });
    assert_eq!(scene.money().await, (amount, Usd::ZERO));
    let tally = scene.month().await.tallies["calls"][&BookingOutcome::Hit];
    assert_eq!(tally, Tally { calls: 1, amount });
}

#[tokio::test]
async fn job_that_breaks_off_between_booking_and_marking_books_nothing_twice() {
    for price in ["-0.01400", "-9.50000"] {
        let scene = Scene::new().await;
        scene.end().await;
        scene.provider_tells(leg("completed", 40, Some(price)), NO_LEGS);
        let before = scene.cost().await;
        scene.price().await;
        let booked = scene.month().await;
        let marked = scene.cost().await;
        let unmarked = CallCost { rev: marked.rev, ..before };
        scene.world.stage.ports.calls().save_cost(&unmarked).await.unwrap();
        scene.price().await;
        assert_eq!(scene.month().await, booked, "{price}");
        assert_eq!(scene.cost().await.state, marked.state);
    }
}

#[tokio::test]
async fn job_that_breaks_off_at_any_write_books_a_call_once_when_it_is_repeated() {
    let (price, dear) = (Some("-0.04200"), Some("-9.50000"));
    let known = [(price, Usd::micros(42_000)), (dear, Usd::micros(9_500_000))];
    for (price, owed) in known.into_iter().chain([(Some("dear"), Usd::cents(30))]) {
        for nth in 0.. {
            let scene = Scene::new().await;
            scene.end().await;
            scene.world.break_off_at_write(nth);
            scene.provider_tells(leg("completed", 130, None), NO_LEGS);
            let first = scene.is_priced_at_once().await;
            assert_eq!(scene.money().await, (Usd::ZERO, Usd::cents(30)), "{price:?}, write {nth}");
            scene.world.stage.advance(SignedDuration::from_mins(5));
            // The minutes of the first reading stay.
            scene.provider_tells(leg("completed", 190, price), NO_LEGS);
            let second = scene.is_priced_at_once().await;
            scene.world.stage.cloud.faults().clear();
            scene.price().await;
            assert_eq!(scene.money().await, (owed, Usd::ZERO), "{price:?}, write {nth}");
            if first && second {
                assert!(nth >= 10, "both readings are saved, and move money, in more than {nth} writes");
                break;
            }
        }
    }
}

#[tokio::test]
async fn job_that_breaks_off_at_any_write_of_a_first_reading_books_a_call_once() {
    for (price, owed) in [(Some("-0.04200"), Usd::micros(42_000)), (Some("dear"), Usd::cents(30))] {
        for nth in 0.. {
            let scene = Scene::new().await;
            scene.end().await;
            scene.world.break_off_at_write(nth);
            scene.provider_tells(leg("completed", 130, price), NO_LEGS);
            let is_whole = scene.is_priced_at_once().await;
            scene.world.stage.cloud.faults().clear();
            scene.price().await;
            assert_eq!(scene.money().await, (owed, Usd::ZERO), "{price:?}, write {nth}");
            if is_whole {
                assert!(nth >= 5, "a price is saved and booked in more than {nth} writes");
                break;
            }
        }
    }
}

#[tokio::test]
async fn call_that_the_nightly_job_has_booked_in_full_is_not_booked_again() {
    let scene = Scene::new().await;
    scene.end().await;
    scene.world.stage.advance(SignedDuration::from_hours(24));
    let until = scene.world.stage.clock.now() + SignedDuration::from_hours(1);
    let ports = LeftOverPorts::new(&scene.world.stage.ports);
    assert_eq!(settle_left_over(&ports, until).await.unwrap(), 1);
    for price in [None, Some("-0.04200")] {
        scene.provider_tells(leg("completed", 130, price), NO_LEGS);
        scene.price().await;
        assert_eq!(scene.money().await, (Usd::cents(600), Usd::ZERO), "{price:?}");
        scene.world.stage.advance(SignedDuration::from_mins(5));
    }
    assert_eq!(scene.cost().await.state, CallCostState::Known { amount: Usd::micros(42_000) });
}

#[tokio::test]
async fn job_that_dies_after_its_question_is_followed_by_another_one() {
    let scene = Scene::new().await;
    scene.end().await;
    scene.provider_tells(leg("completed", 130, Some("-0.04200")), NO_LEGS);
    let next = scene.world.stage.clock.now() + SignedDuration::from_mins(5);
    for why in ["another one asks", "a repeat that dies plans no further one"] {
        scene.world.break_off_at_write(1);
        assert!(!scene.is_priced_whole().await);
        assert_eq!(scene.hints().await, [next], "{why}");
        scene.world.stage.advance(SignedDuration::from_mins(1));
    }
}

#[tokio::test]
async fn call_that_was_heard_of_is_asked_about_until_its_id_comes() {
    let scene = Scene::unnamed().await;
    scene.end().await;
    scene.price().await;
    assert_eq!((scene.cost().await.state, scene.money().await), (PENDING, (Usd::ZERO, Usd::cents(600))));
    let mut cost = scene.cost().await;
    cost.name(Some("CA1"));
    scene.world.stage.ports.calls().save_cost(&cost).await.unwrap();
    scene.world.stage.advance(SignedDuration::from_mins(5));
    scene.provider_tells(leg("completed", 130, Some("-0.04200")), NO_LEGS);
    scene.price().await;
    assert_eq!(scene.money().await, (Usd::micros(42_000), Usd::ZERO));
}

#[tokio::test]
async fn price_beyond_what_was_set_aside_is_booked_in_full() {
    let scene = Scene::new().await;
    scene.end().await;
    scene.provider_tells(leg("completed", 61, None), NO_LEGS);
    scene.price().await;
    assert_eq!(scene.money().await, (Usd::ZERO, Usd::cents(20)));
    scene.world.stage.advance(SignedDuration::from_mins(5));
    scene.provider_tells(leg("completed", 61, Some("-1.25000")), NO_LEGS);
    scene.price().await;
    let month = scene.month().await;
    assert_eq!((month.spent, month.reserved), (Usd::cents(125), Usd::ZERO));
    let tally = Tally { calls: 1, amount: Usd::cents(125) };
    assert_eq!(month.tallies["calls"][&BookingOutcome::Hit], tally);
}

#[tokio::test]
async fn price_that_never_comes_is_unknown_and_booked_at_the_workspaces_own_price() {
    let scene = Scene::new().await;
    scene.end().await;
    scene.provider_tells(leg("completed", 130, None), NO_LEGS);
    let mut asked = 0;
    while scene.cost().await.state == PENDING {
        let wait = scene.cost().await.ask_at.duration_since(scene.world.stage.clock.now());
        scene.world.stage.advance(wait);
        scene.price().await;
        asked += 1;
        assert!(asked < 10, "it is given up");
    }
    assert_eq!((asked, scene.cost().await.state), (5, CallCostState::Unknown));
    let month = scene.month().await;
    assert_eq!((month.spent, month.reserved), (Usd::cents(30), Usd::ZERO));
    let tally = Tally { calls: 1, amount: Usd::cents(30) };
    assert_eq!(month.tallies["calls"][&BookingOutcome::Lost], tally);
}

#[tokio::test]
async fn price_in_another_currency_is_unknown_at_once() {
    let scene = Scene::new().await;
    scene.end().await;
    let mut euros = leg("completed", 130, Some("-0.04200"));
    euros["price_unit"] = json!("EUR");
    scene.provider_tells(euros, NO_LEGS);
    scene.price().await;
    assert_eq!(scene.cost().await.state, CallCostState::Unknown);
    assert_eq!(scene.money().await, (Usd::cents(30), Usd::ZERO), "its minutes are booked at our own price");
    let known = scene.cost().await;
    scene.world.stage.advance(SignedDuration::from_mins(5));
    scene.price().await;
    assert_eq!(scene.cost().await, known, "nobody asks again");
}

#[tokio::test]
async fn call_whose_end_was_not_reported_is_asked_about_and_its_money_given_back() {
    let scene = Scene::unnamed().await;
    scene.world.stage.advance(SignedDuration::from_mins(69));
    scene.price().await;
    assert_eq!(scene.cost().await.state, PENDING);
    scene.world.stage.advance(SignedDuration::from_mins(1));
    scene.price().await;
    assert_eq!(
        (scene.cost().await.state, scene.money().await),
        (CallCostState::Unknown, (Usd::ZERO, Usd::ZERO))
    );
    let named = Scene::new().await;
    named.world.stage.advance(SignedDuration::from_mins(70));
    named.provider_tells(leg("no-answer", 0, None), NO_LEGS);
    named.price().await;
    let free = CallCostState::Known { amount: Usd::ZERO };
    assert_eq!((named.cost().await.state, named.money().await), (free, (Usd::ZERO, Usd::ZERO)));
}

#[tokio::test]
async fn provider_that_is_down_is_asked_again_and_money_stays_set_aside() {
    let scene = Scene::new().await;
    scene.end().await;
    scene.provider_refuses(503);
    scene.price().await;
    assert_eq!((scene.cost().await.state, scene.money().await), (PENDING, (Usd::ZERO, Usd::cents(600))));
    scene.world.stage.advance(SignedDuration::from_mins(5));
    scene.provider_tells(leg("in-progress", 0, None), NO_LEGS);
    scene.price().await;
    assert_eq!(scene.cost().await.asked, 1, "a call that goes on is no answer without a price");
    scene.world.stage.advance(SignedDuration::from_mins(5));
    scene.provider_refuses(404);
    scene.price().await;
    assert_eq!(
        (scene.cost().await.state, scene.money().await),
        (CallCostState::Unknown, (Usd::cents(30), Usd::ZERO)),
        "the minutes that the app heard of are booked"
    );
}

#[tokio::test]
async fn call_of_an_erased_lead_is_booked_at_the_minutes_that_were_told() {
    for nth in 0.. {
        let scene = Scene::new().await;
        let (workspace, now) = (&scene.world.workspace, scene.world.stage.clock.now());
        assert_eq!(scene.world.stage.lead(workspace, "ana", |_| {}).await.id, scene.call.lead());
        scene.end().await;
        scene.provider_tells(leg("completed", 130, None), NO_LEGS);
        scene.price().await;
        let ports = &scene.world.stage.ports;
        let event = Event::system(EventKind::LeadErased, now);
        ports.leads().erase(workspace, &scene.call.lead(), &event).await.unwrap();
        assert!(ports.calls().cost(workspace, &scene.call).await.is_err());
        scene.world.break_off_at_write(nth);
        let is_whole = scene.is_priced_at_once().await;
        scene.world.stage.cloud.faults().clear();
        scene.price().await;
        assert_eq!(scene.money().await, (Usd::cents(30), Usd::ZERO), "write {nth}");
        if is_whole {
            assert!(nth >= 3, "it is reserved, booked and given back in more than {nth} writes");
            return;
        }
    }
}

#[tokio::test]
async fn placing_that_broke_off_gives_its_money_back() {
    let scene = Scene::new().await;
    let other = CallId::derived(&scene.call.lead(), &["another call"]);
    let cost = CallCost { call: other.clone(), rev: 0, ..scene.cost().await };
    let ports = &scene.world.stage.ports;
    let reservation = Reservation {
        workspace: scene.world.workspace.clone(),
        id: cost.reservation(),
        limits: vec![ports.spend().settings(&scene.world.workspace).await.unwrap().month(cost.placed_at)],
        amount: cost.set_aside(),
        made_at: cost.placed_at,
    };
    assert_eq!(ports.spend().reserve(&reservation).await.unwrap(), Reserving::Reserved);
    assert_eq!(scene.money().await.1, Usd::cents(1_200));
    for _ in 0..2 {
        price_call(&CallCostPorts::new(ports), (&scene.world.workspace, &other)).await.unwrap();
        assert_eq!(scene.money().await, (Usd::ZERO, Usd::cents(600)), "only its own");
    }
}
