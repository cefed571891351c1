//! Caps of a month tell once, whoever finds them reached, and calls of the same instant do not stand in for a cap.

use crate::scene::Scene;
use application::spend::paid_call::{CallToPay, reserve_call};
use application::{PageRequest, Ports};
use domain::contact::email_address::EmailAddress;
use domain::spend::{BudgetScope, CallPrice, SpendLimit, SpendSettings, Usd};
use domain::time::calendar_month::CalendarMonth;
use domain::workspace::login::Login;
use domain::workspace::notification::{Notification, NotificationKind};
use domain::workspace::user::{Role, User};
use domain::{LoginId, UserId};
use futures::future::{join_all, try_join_all};

struct Caps {
    scene: Scene,
    owner: UserId,
}

impl Caps {
    async fn new() -> Self {
        let scene = Scene::new(0).await;
        let owner = scene.stage.ports.users().list(&scene.workspace).await.unwrap().remove(0).id;
        Self { scene, owner }
    }

    async fn add(&self, name: &str, role: Role) -> UserId {
        let users = self.scene.stage.ports.users();
        let known = users.get(&self.scene.workspace, &self.owner).await.unwrap();
        let id = UserId::derived(self.now(), &[name]);
        let email = EmailAddress::parse(&format!("{name}@example.com")).unwrap();
        let login = LoginId::derived(self.now(), &[name]);
        let user = User { id: id.clone(), login, email, name: name.to_owned(), role, rev: 0, ..known };
        users.add(&Login::of(&user, String::new()), &user).await.unwrap();
        id
    }

    fn now(&self) -> jiff::Timestamp {
        self.scene.stage.ports.clock().now()
    }

    fn month(&self, cap: u64) -> SpendLimit {
        SpendSettings {
            month_cap: Some(Usd::cents(cap)),
            ..SpendSettings::usual(self.scene.workspace.clone())
        }
        .month(self.now())
    }

    /// Makes a call that costs so much, if the caps allow it.
    async fn call(&self, limits: &[SpendLimit], cents: u64) -> bool {
        let price = Usd::cents(cents);
        let call = CallToPay {
            workspace: &self.scene.workspace,
            provider: "hunter",
            work: &["test"],
            limits: limits.to_vec(),
            most: price,
            model: None,
        };
        let paid = reserve_call(&self.scene.ports.caps, call, self.now()).await.unwrap();
        let Ok(paid) = paid else { return false };
        paid.answered(CallPrice { hit: price, miss: price }, true, self.now()).await.unwrap();
        true
    }

    async fn told(&self, user: &UserId) -> Vec<String> {
        let store = &self.scene.ports.notifications;
        let page = store.list(&self.scene.workspace, user, PageRequest::first(50)).await.unwrap();
        let told = page.items.into_iter().filter(|one: &Notification| one.kind == NotificationKind::Spend);
        let mut titles: Vec<String> = told.map(|one| one.title).collect();
        titles.sort();
        titles
    }
}

#[tokio::test]
async fn many_calls_of_the_same_work_and_instant_are_all_made() {
    let caps = Caps::new().await;
    let limits = [caps.month(1_000)];
    let made = join_all((0..12).map(|_| caps.call(&limits, 1))).await;
    assert!(made.into_iter().all(|made| made));
    let scope = BudgetScope::Month { month: CalendarMonth::at(caps.now()) };
    let month = caps.scene.ports.spend.budgets(&caps.scene.workspace, &[scope]).await.unwrap().remove(0);
    assert_eq!((month.spent, month.reserved), (Usd::cents(12), Usd::ZERO));
}

#[tokio::test]
async fn months_cap_is_told_once_to_each_admin_at_four_fifths_and_when_it_is_reached() {
    let caps = Caps::new().await;
    let (admin, rep) = (caps.add("ann", Role::Admin).await, caps.add("rob", Role::Rep).await);
    let limits = [caps.month(100)];
    assert!(caps.call(&limits, 79).await && caps.call(&limits, 1).await);
    assert_eq!(caps.told(&caps.owner).await, [""; 0], "79 of 100 are not told");
    let small = join_all((0..8).map(|_| caps.call(&limits, 1))).await;
    assert_eq!(small, [true; 8]);
    let nearly = "The month: 80% of the cap of $1.00 is spent";
    assert_eq!(caps.told(&caps.owner).await, [nearly]);
    let large = join_all((0..8).map(|_| caps.call(&limits, 50))).await;
    assert_eq!(large, [false; 8]);
    let reached = "The month: the cap of $1.00 is reached";
    for user in [&caps.owner, &admin] {
        assert_eq!(caps.told(user).await, [nearly, reached]);
    }
    assert_eq!(caps.told(&rep).await, [""; 0]);
}

#[tokio::test]
async fn raised_cap_that_is_reached_again_is_told_again() {
    let caps = Caps::new().await;
    for cap in [100, 200] {
        try_join_all((0..3).map(|_| async { Ok::<_, ()>(caps.call(&[caps.month(cap)], 900).await) }))
            .await
            .unwrap();
    }
    let told = ["The month: the cap of $1.00 is reached", "The month: the cap of $2.00 is reached"];
    assert_eq!(caps.told(&caps.owner).await, told);
}

#[tokio::test]
async fn users_cap_is_told_to_the_user_and_the_admins() {
    let caps = Caps::new().await;
    let (rep, other) = (caps.add("rob", Role::Rep).await, caps.add("eve", Role::Rep).await);
    let settings = SpendSettings {
        user_cap: Some(Usd::cents(10)),
        ..SpendSettings::usual(caps.scene.workspace.clone())
    };
    let limits = [caps.month(1_000), settings.user(&rep, caps.now())];
    assert!(!caps.call(&limits, 11).await);
    assert_eq!(caps.told(&rep).await, ["Your month: the cap of $0.10 is reached"]);
    assert_eq!(caps.told(&caps.owner).await, ["rob's month: the cap of $0.10 is reached"]);
    assert_eq!(caps.told(&other).await, [""; 0]);
}

#[tokio::test]
async fn columns_cap_is_told_with_its_name_and_a_runs_cap_by_the_run_alone() {
    let caps = Caps::new().await;
    let column = caps.scene.title_column().await;
    let month = CalendarMonth::at(caps.now());
    let own = SpendLimit {
        scope: BudgetScope::Column { column: column.id.clone(), month },
        cap: Some(Usd::cents(10)),
    };
    assert!(!caps.call(&[own], 11).await);
    let told = ["Column Title's month: the cap of $0.10 is reached"];
    assert_eq!(caps.told(&caps.owner).await, told);
    let run = domain::ColumnRunId::derived(caps.now(), &["run"]);
    let of_run = SpendLimit { scope: BudgetScope::Run { run }, cap: Some(Usd::cents(1)) };
    let switched_off = caps.month(0);
    assert!(!caps.call(&[of_run], 11).await && !caps.call(&[switched_off], 11).await);
    assert_eq!(caps.told(&caps.owner).await, told, "nor is a cap of nothing");
}
