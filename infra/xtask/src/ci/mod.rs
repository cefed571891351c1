//! Everything that a change must pass besides its tests, the same on a laptop.

mod dependencies;
mod features;
mod licences;
mod looked_at;
mod python;
mod template_lint;

use crate::fuzz::FuzzArguments;
use crate::package::{self, PackageArguments};
use crate::process::{cargo, run};
use crate::report::Report;
use crate::web::Web;
use crate::{bench, fuzz, generate, sbom, simulate, tidy};
use anyhow::Result;
pub use python::tool;
use std::env;
use std::path::Path;

/// Tells whether clippy is the compiler of this build, as in `.ci/run`.
fn lints_are_in_the_build() -> bool {
    env::var_os("RUSTC_WORKSPACE_WRAPPER")
        .is_some_and(|wrapper| Path::new(&wrapper).ends_with("clippy-driver"))
        && env::var_os("CLIPPY_ARGS").is_some()
}

pub fn ci(release: bool, as_built: bool) -> Result<()> {
    let mut report = Report::default();
    report.check("format", || run(cargo().args(["fmt", "--all", "--check"])));
    report.check("tidy", tidy::tidy);
    report.check("one TLS stack", dependencies::check);
    report.check("one build of each dependency", features::check);
    report.check("licences", licences::check);
    report.check("dependencies that were looked at", looked_at::check);
    report.check("list of what is shipped", sbom::sbom);
    template_lint::add(&mut report);
    match Web::find() {
        Err(missing) => report.skip("web checks", &missing),
        Ok(web) => {
            if report.check("web packages", || web.install()) {
                report.check("web lint, types, boundaries", || web.script("check"));
                report.check("web size budgets", || {
                    web.build()?;
                    web.script("budgets")
                });
            }
        }
    }
    if lints_are_in_the_build() {
        report.skip("clippy", "it has compiled everything here, and a warning would have failed the build");
    } else {
        report.check("clippy", || {
            run(cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))
        });
    }
    report.check("generated files are fresh", || generate::generate(true));
    report.check("counts", bench::counts);
    if tool(fuzz::TOOL).is_some() {
        report.check("fuzzed API", || fuzz::fuzz(&FuzzArguments::of_a_landing()));
    } else {
        report.skip("fuzzed API", python::ENABLE);
    }
    report.check("simulated lives", || simulate::lives_of_a_landing(as_built));
    if release {
        report.check("deployed binaries", || {
            package::package(&PackageArguments { unchecked: false, architecture: None }).map(drop)
        });
    } else {
        report.check("record of the last package", || {
            if let Some(remark) = package::check_record()? {
                println!("{remark}");
            }
            Ok(())
        });
    }
    report.end()
}
