//! The project's own commands: `cargo xtask <command>`.

mod bench;
mod ci;
mod contract;
mod demo;
mod deploy;
mod dev;
mod generate;
mod mutants;
mod package;
mod process;
mod rehearse;
mod report;
mod reset_owner;
mod routes;
mod scaffold;
mod simulate;
mod test;
mod tidy;
mod tree;
mod web;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// A sixth of what a simulated life costs is allocation with the system's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Run, prove and build leadflow.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs everything on this machine.
    Dev(dev::DevArguments),
    /// Lives the whole story without a browser and checks itself.
    Demo(demo::DemoArguments),
    /// Every test: Rust, web, and the story in a browser against a real `dev`.
    Test {
        /// Only these; all if left out.
        parts: Vec<test::Part>,
    },
    /// Everything a change must pass beside its tests.
    Ci {
        /// Also builds the binaries that are deployed and checks their sizes.
        #[arg(long)]
        release: bool,
        /// Lives are lived by this program as it is built, not in a build of their own.
        #[arg(long)]
        as_built: bool,
    },
    /// Checks the tree's shape: floors, sizes, names, template and folders.
    Tidy,
    /// Writes what is generated from the code: the template's routes, openapi.json, docs/TABLE.md, the web client's types.
    Generate {
        /// Writes nothing; fails when something is stale.
        #[arg(long)]
        check: bool,
    },
    /// Prints every route with who may call it.
    Routes,
    /// Builds every function for deployment into target/lambda and prints the sizes.
    Package(package::PackageArguments),
    /// Runs every deployed program as a process of its own, connected as the template says, and tells what needs no provider.
    Rehearse(rehearse::RehearseArguments),
    /// Deploys with one command that asks nothing: looks at account, region and what is packaged first, and says what is wrong.
    Deploy(deploy::DeployArguments),
    /// Prints what the first sign-up of a deployed stack needs, with the credentials of the AWS command line.
    SetupCode(deploy::setup_code::SetupCodeArguments),
    /// Makes a link by which the owner of an installation chooses a new password, where nobody else can.
    ResetOwner(reset_owner::ResetOwnerArguments),
    /// Measures speed and cost against their bounds, in release; fails when one is broken.
    Bench(bench::BenchArguments),
    /// Writes `docs/COST.md`: what a million e-mails cost, by the ledger of a campaign that is lived through.
    Cost,
    /// Lives many lives of the whole product from seeds, with everything going wrong, and judges them from outside.
    Simulate(simulate::SimulateArguments),
    /// Shows that the simulator catches bugs: builds many into a copy of the tree and switches on one after the other.
    Mutants(mutants::MutantsArguments),
    /// Runs the contract with AWS against another implementation of it, such as an emulator.
    Contract {
        /// Where it listens: `http://127.0.0.1:4566`.
        #[arg(long)]
        endpoint: String,
    },
    /// Makes a function that serves routes, and every line that names it.
    NewRouteGroup {
        /// One word in snake_case.
        name: String,
    },
    /// Makes a function with a queue of its own, and every line that names it.
    NewConsumer {
        /// What it does, `verb_noun`.
        name: String,
        /// The queue's word.
        #[arg(long)]
        queue: String,
    },
    /// Makes a provider's folder; for who sends also its fake's, and every line that names them.
    NewProvider {
        /// One word in snake_case.
        name: String,
        #[arg(long, value_enum, default_value_t = scaffold::ProviderKind::Lookup)]
        kind: scaffold::ProviderKind,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Dev(arguments) => dev::dev(arguments),
        Command::Demo(arguments) => demo::demo(arguments),
        Command::Test { parts } => test::test(&parts),
        Command::Ci { release, as_built } => ci::ci(release, as_built),
        Command::Tidy => tidy::tidy(),
        Command::Generate { check } => generate::generate(check),
        Command::Routes => routes::print(),
        Command::Package(arguments) => package::package(&arguments).map(drop),
        Command::Rehearse(arguments) => rehearse::rehearse(&arguments),
        Command::Deploy(arguments) => deploy::deploy(arguments),
        Command::SetupCode(arguments) => deploy::setup_code::setup_code(&arguments),
        Command::ResetOwner(arguments) => reset_owner::reset_owner(arguments),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Cost => bench::cost(),
        Command::Simulate(arguments) => simulate::simulate(&arguments),
        Command::Mutants(arguments) => mutants::mutants(&arguments),
        Command::Contract { endpoint } => contract::contract(&endpoint),
        Command::NewRouteGroup { name } => scaffold::new_route_group(&name),
        Command::NewConsumer { name, queue } => scaffold::new_consumer(&name, &queue),
        Command::NewProvider { name, kind } => scaffold::new_provider(&name, kind),
    }
}
