//! The project's own commands: `cargo xtask <command>`.

mod demo;
mod dev;
mod generate;
mod routes;
mod tree;

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
    /// Writes what is generated from the code: the template's routes, openapi.json, docs/TABLE.md, the web client's types.
    Generate {
        /// Writes nothing; fails when something is stale.
        #[arg(long)]
        check: bool,
    },
    /// Prints every route with who may call it.
    Routes,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Dev(arguments) => dev::dev(arguments),
        Command::Demo(arguments) => demo::demo(arguments),
        Command::Generate { check } => generate::generate(check),
        Command::Routes => routes::print(),
    }
}
