//! The project's own commands: `cargo xtask <command>`.

mod bench;
mod ci;
mod contract;
mod demo;
mod deploy;
mod dev;
mod fuzz;
mod generate;
mod mutants;
mod package;
mod process;
mod read_log;
mod rehearse;
mod report;
mod reset_owner;
mod routes;
mod sbom;
mod scaffold;
mod simulate;
mod test;
mod tidy;
mod tree;
mod web;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The system's own allocator takes a sixth of the cost of a simulated life.
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
    /// Runs the whole demo without a browser and checks itself.
    Demo(demo::DemoArguments),
    /// Runs every test: Rust, web, and journeys in a browser against a real `dev`.
    Test {
        /// The parts to run; all if left out.
        parts: Vec<test::Part>,
        /// Runs only the tests that a change since this revision can break.
        #[arg(long)]
        since: Option<String>,
    },
    /// Checks everything that a change must pass besides its tests.
    Ci {
        /// Also builds the binaries that are deployed and checks their sizes.
        #[arg(long)]
        release: bool,
        /// Runs simulated lives with this program as it is built, without a build of their own.
        #[arg(long)]
        as_built: bool,
    },
    /// Checks the tree's shape: floors, sizes, names, template and folders.
    Tidy,
    /// Writes everything generated from the code: the template's routes, openapi.json, docs/TABLE.md, the web
    /// client's types.
    Generate {
        /// Writes nothing; fails if something is stale.
        #[arg(long)]
        check: bool,
    },
    /// Prints every route with the role that may call it.
    Routes,
    /// Builds every function for deployment into target/lambda and prints the sizes.
    Package(package::PackageArguments),
    /// Writes the list of all that is shipped, with versions, licences and digests, to target/sbom.cdx.json.
    Sbom,
    /// Runs every deployed program as a process of its own, connected as the template says, and plays the
    /// part of the demo that needs no provider.
    Rehearse(rehearse::RehearseArguments),
    /// Deploys with one command that asks nothing: checks account, region and packages first, and names what
    /// is wrong.
    Deploy(deploy::DeployArguments),
    /// Prints the setup code of a deployed stack, with the credentials of the AWS command line.
    SetupCode(deploy::setup_code::SetupCodeArguments),
    /// Makes a link by which the owner of an installation sets a new password, if nobody else can help.
    ResetOwner(reset_owner::ResetOwnerArguments),
    /// Prints the logs of changes that were copied from a bucket, and checks that no file was changed or is missing.
    ReadLog(read_log::ReadLogArguments),
    /// Measures speed and cost against their bounds, in release; fails if one is broken.
    Bench(bench::BenchArguments),
    /// Writes `docs/COST.md`: the cost of a million e-mails, from the ledger of a simulated campaign.
    Cost,
    /// Asks every route of openapi.json generated requests, right and wrong ones, and judges the answers.
    Fuzz(fuzz::FuzzArguments),
    /// Runs many simulated lives of the whole product from seeds, with everything going wrong, and checks
    /// them from outside.
    Simulate(simulate::SimulateArguments),
    /// Shows that the simulator catches bugs: builds the known ones in, each behind a switch, and turns on one after
    /// the other.
    Mutants(mutants::MutantsArguments),
    /// Runs the contract with AWS against another implementation of it, such as an emulator.
    Contract {
        /// The address of the implementation: `http://127.0.0.1:4566`.
        #[arg(long)]
        endpoint: String,
    },
    /// Makes a function that serves routes, and adds every line that names it.
    NewRouteGroup {
        /// One word in snake_case.
        name: String,
    },
    /// Makes a function with a queue of its own, and adds every line that names it.
    NewConsumer {
        /// The function's name, `verb_noun`.
        name: String,
        /// The queue's name, one word.
        #[arg(long)]
        queue: String,
    },
    /// Makes a provider's folder, for a sending provider also its fake, and adds every line that names them.
    NewProvider {
        /// One word in snake_case.
        name: String,
        #[arg(long, value_enum, default_value_t = scaffold::ProviderKind::Lookup)]
        kind: scaffold::ProviderKind,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Cargo gives its programs a deep stack by an environment variable; a program that is run without it has none.
    let ran = local_host::on_deep_stack(|| run(arguments.command));
    match ran.map_err(Into::into).flatten() {
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
        Command::Test { parts, since } => test::test(&parts, since.as_deref()),
        Command::Ci { release, as_built } => ci::ci(release, as_built),
        Command::Tidy => tidy::tidy(),
        Command::Generate { check } => generate::generate(check),
        Command::Routes => routes::print(),
        Command::Package(arguments) => package::package(&arguments).map(drop),
        Command::Sbom => sbom::sbom(),
        Command::Rehearse(arguments) => rehearse::rehearse(&arguments),
        Command::Deploy(arguments) => deploy::deploy(arguments),
        Command::SetupCode(arguments) => deploy::setup_code::setup_code(&arguments),
        Command::ResetOwner(arguments) => reset_owner::reset_owner(arguments),
        Command::ReadLog(arguments) => read_log::read(&arguments),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Cost => bench::cost(),
        Command::Fuzz(arguments) => fuzz::fuzz(&arguments),
        Command::Simulate(arguments) => simulate::simulate(&arguments),
        Command::Mutants(arguments) => mutants::mutants(&arguments),
        Command::Contract { endpoint } => contract::contract(&endpoint),
        Command::NewRouteGroup { name } => scaffold::new_route_group(&name),
        Command::NewConsumer { name, queue } => scaffold::new_consumer(&name, &queue),
        Command::NewProvider { name, kind } => scaffold::new_provider(&name, kind),
    }
}
