//! The behaviour of AWS that we rely on, as checks that run against any endpoint: this cloud, an emulator,
//! the real one.

mod batches;
mod conditions;
mod events;
mod expressions;
mod indexes;
mod items;
mod queries;
mod queue_batches;
mod queues;
mod redrive;
mod remote;
mod report;
mod secrets;
mod streams;
mod transactions;
mod visibility;
mod world;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;

pub use remote::against;
pub use report::{Check, Report};
use world::{Difference, World};

/// SDK clients of one endpoint.
#[derive(Debug, Clone)]
pub struct Clients {
    pub dynamodb: aws_sdk_dynamodb::Client,
    pub streams: aws_sdk_dynamodbstreams::Client,
    pub sqs: aws_sdk_sqs::Client,
    pub secrets: aws_sdk_secretsmanager::Client,
    pub events: aws_sdk_eventbridge::Client,
}

impl Clients {
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            dynamodb: aws_sdk_dynamodb::Client::new(config),
            streams: aws_sdk_dynamodbstreams::Client::new(config),
            sqs: aws_sdk_sqs::Client::new(config),
            secrets: aws_sdk_secretsmanager::Client::new(config),
            events: aws_sdk_eventbridge::Client::new(config),
        }
    }
}

/// A function that lets time pass: it moves a virtual clock, or really waits.
pub type LetPass = Arc<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Runs every check. `run_id` keeps the names of this run apart from those of an earlier one.
pub async fn run(clients: Clients, let_pass: LetPass, run_id: &str) -> Report {
    let world = World::new(clients, let_pass, run_id);
    let mut report = Report::default();
    let created = world.create_table().await;
    let ready = created.is_ok();
    report.add("dynamodb: the table is created", created);
    if ready {
        items::run(&world, &mut report).await;
        expressions::run(&world, &mut report).await;
        conditions::run(&world, &mut report).await;
        queries::run(&world, &mut report).await;
        indexes::run(&world, &mut report).await;
        batches::run(&world, &mut report).await;
        transactions::run(&world, &mut report).await;
        streams::run(&world, &mut report).await;
    }
    queues::run(&world, &mut report).await;
    visibility::run(&world, &mut report).await;
    queue_batches::run(&world, &mut report).await;
    redrive::run(&world, &mut report).await;
    secrets::run(&world, &mut report).await;
    events::run(&world, &mut report).await;
    report
}

/// The result of a check.
type Held = Result<(), Difference>;

/// Runs checks by name and records their results.
macro_rules! checks {
    ($group:literal, $($check:ident),+ $(,)?) => {
        pub(super) async fn run(world: &super::World, report: &mut super::Report) {
            $(
                let name = format!("{}: {}", $group, stringify!($check).replace('_', " "));
                report.add(&name, $check(world).await);
            )+
        }
    };
}

/// Ends the check if the two differ.
macro_rules! same {
    ($left:expr, $right:expr) => {
        match (&$left, &$right) {
            (left, right) => {
                if left != right {
                    return Err(super::Difference::new(format!(
                        "{} is {left:?}, expected {right:?}",
                        stringify!($left)
                    )));
                }
            }
        }
    };
}

pub(crate) use {checks, same};
