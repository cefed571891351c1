//! The project's own commands: `cargo xtask <command>`.

mod ci;
mod contract;
mod demo;
mod dev;
mod generate;
mod package;
mod process;
mod report;
mod routes;
mod test;
mod tidy;
mod tree;
mod web;

use clap::{Parser, Subcommand};

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
    Test,
    /// Everything a change must pass beside its tests.
    Ci {
        /// Also builds the release binaries and checks their sizes.
        #[arg(long)]
        release: bool,
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
    Package,
    /// Runs the contract with AWS against another implementation of it, such as an emulator.
    Contract {
        /// Where it listens: `http://127.0.0.1:4566`.
        #[arg(long)]
        endpoint: String,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Dev(arguments) => dev::dev(arguments),
        Command::Demo(arguments) => demo::demo(arguments),
        Command::Test => test::test(),
        Command::Ci { release } => ci::ci(release),
        Command::Tidy => tidy::tidy(),
        Command::Generate { check } => generate::generate(check),
        Command::Routes => routes::print(),
        Command::Package => package::package(),
        Command::Contract { endpoint } => contract::contract(&endpoint),
    }
}
