//! The deployed programs, in the folder that the template names for each function, measured against Lambda's
//! limits.

mod elf;
mod record;

pub use elf::Architecture;
#[cfg(test)]
pub use elf::tests::program;
pub use record::check as check_record;

use crate::process::{cargo, read, run};
use crate::sbom;
use crate::tree::root;
use crate::web::Web;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use local_host::PROGRAMS;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The profile for deployed programs in the root manifest.
const PROFILE: &str = "deploy";
/// The package of the programs.
pub const PACKAGE: &str = "bootstrap";
/// Options of the link that make a program smaller: nothing is relocated when it starts, and identical code
/// is merged. Rust's linker can do the latter for x86_64 only.
const SMALLER: &[&str] = if cfg!(target_arch = "x86_64") {
    &["-C", "relocation-model=static", "-C", "link-arg=-Wl,--icf=all"]
} else {
    &["-C", "relocation-model=static"]
};
/// The largest zipped size of a program; a larger one starts slower.
const LARGEST: u64 = 9_500_000;
/// The version of the C library in the runtime `provided.al2023`.
const GLIBC: (u32, u32) = (2, 34);
/// The advice for every system that is not what Lambda runs: to build in Lambda's own container image.
const ELSEWHERE: &str =
    "build in Lambda's own image, whatever this machine is: docs/OPERATIONS.md, \"Package in a container\"";

/// The program that holds a function.
pub fn program_of(function: &str) -> Option<&'static str> {
    PROGRAMS.iter().find(|program| program.functions.contains(&function)).map(|program| program.name)
}

#[derive(Args)]
pub struct PackageArguments {
    /// Does not check sizes: `bench` does, after it has measured everything else.
    #[arg(long)]
    pub unchecked: bool,
    /// The architecture that the functions are to run on: refuses binaries for any other. This machine's if
    /// left out.
    #[arg(long)]
    pub architecture: Option<Architecture>,
}

/// Builds every function and puts it where the template looks for it.
pub fn package(arguments: &PackageArguments) -> Result<Architecture> {
    ensure!(cfg!(target_os = "linux"), "Lambda runs Linux programs and this is another system: {ELSEWHERE}");
    let wanted = arguments.architecture.or(Architecture::of_this_machine());
    let wanted = wanted.with_context(|| format!("Lambda has no machines like this one: {ELSEWHERE}"))?;
    ensure!(
        Some(wanted) == Architecture::of_this_machine(),
        "a build on this machine is not for {wanted}: leave out --architecture, or {ELSEWHERE}"
    );
    let functions = functions()?;
    let built = read(cargo().args(["metadata", "--format-version", "1", "--no-deps", "--locked"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&built)?;
    let target =
        Path::new(metadata["target_directory"].as_str().context("cargo has a target folder")?).to_owned();
    // The flags are for the programs and not for what runs while they are built, so the system is named, even if it is this
    // one. All programs are linked side by side, each on a processor of its own.
    let system = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut command = cargo();
    command.env("LEADFLOW_WEB_BUILD", web_build()?).env("CARGO_ENCODED_RUSTFLAGS", SMALLER.join("\u{1f}"));
    command.args(["build", "--profile", PROFILE, "--locked", "--target", &system]);
    command.args(["--package", PACKAGE, "--bins", "--features", "packaged"]);
    run(&mut command)?;
    let mut sizes = BTreeMap::new();
    for program in PROGRAMS {
        let binary = fs::read(target.join(&system).join(PROFILE).join(program.name)).context(program.name)?;
        // Every function has a folder, as the template says; each program is uploaded once, because sam compares
        // what the folders hold.
        for name in program.functions {
            let bootstrap = bootstrap(&packaged_folder(), name);
            fs::create_dir_all(bootstrap.parent().context("a bootstrap lies in a folder")?)?;
            write_executable(&bootstrap, &binary)?;
        }
        let size = record::Size { bytes: binary.len() as u64, zipped_bytes: zipped_size(&binary) };
        let (bytes, zipped) = (megabytes(size.bytes), megabytes(size.zipped_bytes));
        println!("{}: {bytes:.2} MB, zipped {zipped:.2} MB", program.name);
        sizes.insert(program.name.to_owned(), size);
    }
    let packaged = inspect(&packaged_folder(), &functions);
    record::write(wanted, sizes)?;
    sbom::sbom()?;
    match packaged.architecture(Some(wanted)) {
        Err(problem) if !arguments.unchecked => bail!("{problem}"),
        _ => {
            println!(
                "{} functions under target/lambda, for {wanted}. Deploy with `cargo xtask deploy --stage … --region … \
                 --skip-package`, or with sam and `--parameter-overrides Stage=… Architecture={wanted}`",
                functions.len()
            );
            Ok(wanted)
        }
    }
}

/// The folder in which the template expects each function's program.
pub fn packaged_folder() -> PathBuf {
    root().join("target/lambda")
}

fn bootstrap(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).join("bootstrap")
}

/// The packages in the folder to deploy, and what of them Lambda would not accept or start.
pub struct Inspection {
    architectures: Vec<Architecture>,
    problems: Vec<String>,
}

pub fn inspect(folder: &Path, functions: &[String]) -> Inspection {
    let mut found = Inspection { architectures: vec![], problems: vec![] };
    let mut before: Vec<Vec<u8>> = Vec::new();
    for name in functions {
        let Ok(binary) = fs::read(bootstrap(folder, name)) else {
            found.problems.push(format!("{name} is not packaged: run `cargo xtask package`"));
            continue;
        };
        match elf::architecture(&binary) {
            Ok(architecture) if !found.architectures.contains(&architecture) => {
                found.architectures.push(architecture);
            }
            Ok(_) => {}
            Err(what) => {
                found.problems.push(format!("{name} is {what}, Lambda starts Linux programs: {ELSEWHERE}"));
                continue;
            }
        }
        // Most folders hold the same program, which is inspected once.
        if before.contains(&binary) {
            continue;
        }
        let zipped_bytes = zipped_size(&binary);
        if zipped_bytes > LARGEST {
            let (is, most) = (megabytes(zipped_bytes), megabytes(LARGEST));
            found.problems.push(format!("{name} is {is:.2} MB zipped, at most {most:.2} MB are wanted"));
        }
        if let Some((major, minor)) = elf::needed_glibc(&binary).filter(|needed| *needed > GLIBC) {
            let (most, least) = GLIBC;
            found.problems.push(format!(
                "{name} needs version {major}.{minor} of the GNU C library, Lambda has {most}.{least}, because this \
                 system is newer than Lambda's: {ELSEWHERE}"
            ));
        }
        before.push(binary);
    }
    found
}

impl Inspection {
    /// The architecture that all packages are built for; the wanted one, if one is wanted.
    pub fn architecture(&self, wanted: Option<Architecture>) -> Result<Architecture, String> {
        let mut problems = self.problems.clone();
        match (self.architectures.as_slice(), wanted) {
            ([found], Some(wanted)) if *found != wanted => problems.push(format!(
                "the functions are built for {found}, not for {wanted}: deploy with --architecture {found}, or package on \
                 a machine or in a container for {wanted}"
            )),
            ([found], _) if problems.is_empty() => return Ok(*found),
            ([_, _, ..], _) => problems.push(
                "the functions are built for different architectures: run `cargo xtask package` anew".to_owned(),
            ),
            _ => {}
        }
        Err(problems.join("; "))
    }
}

/// A source that changed after packaging, if there is one.
pub fn newer_source(folder: &Path, functions: &[String], root: &Path) -> Option<PathBuf> {
    let packaged =
        functions.iter().filter_map(|name| bootstrap(folder, name).metadata().ok()?.modified().ok());
    let oldest = packaged.min()?;
    [
        "Cargo.toml",
        "Cargo.lock",
        "functions",
        "infra/bootstrap",
        "shared",
        "web/src",
        "web/public",
        "web/index.html",
    ]
    .into_iter()
    .find_map(|part| changed_after(&root.join(part), oldest))
}

fn changed_after(path: &Path, moment: std::time::SystemTime) -> Option<PathBuf> {
    if path.is_dir() {
        return fs::read_dir(path).ok()?.flatten().find_map(|entry| changed_after(&entry.path(), moment));
    }
    (path.metadata().ok()?.modified().ok()? > moment).then(|| path.to_owned())
}

/// Builds the web app if Node is installed, and names the build by its entry, which names every file by its
/// content.
fn web_build() -> Result<String> {
    match Web::find() {
        Ok(web) => {
            web.install()?;
            web.build()?;
        }
        Err(missing) => println!("packaged without a fresh web app: {missing}"),
    }
    let entry = fs::read(root().join("web/dist/index.html")).unwrap_or_default();
    Ok(format!("{:016x}", digest(&entry)))
}

/// FNV-1a: distinguishes builds, protects nothing.
fn digest(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Every folder that is deployed as a function.
pub fn functions() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("functions"))? {
        let entry = entry?;
        if entry.path().join("Cargo.toml").exists() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn write_executable(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// The size as the deploy tool zips: deflated, with the archive's two entries.
fn zipped_size(bytes: &[u8]) -> u64 {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("a write to memory does not fail").len() as u64 + 150
}

pub fn zipped_megabytes(program: &Path) -> Result<f64> {
    Ok(megabytes(zipped_size(&fs::read(program)?)))
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use Architecture::{Arm64, X86_64};

    fn folder(programs: &[(&str, &[u8])]) -> (tempfile::TempDir, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        for (name, program) in programs {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(bootstrap(folder.path(), name), program).unwrap();
        }
        (folder, programs.iter().map(|(name, _)| (*name).to_owned()).collect())
    }

    fn refused(programs: &[(&str, &[u8])], wanted: Option<Architecture>) -> String {
        let (folder, names) = folder(programs);
        inspect(folder.path(), &names).architecture(wanted).unwrap_err()
    }

    #[test]
    fn packages_of_one_architecture_are_accepted() {
        let (folder, names) =
            folder(&[("auth", &program(Arm64, "")), ("leads", &program(Arm64, "\0GLIBC_2.34\0"))]);
        assert_eq!(inspect(folder.path(), &names).architecture(None), Ok(Arm64));
        assert_eq!(inspect(folder.path(), &names).architecture(Some(Arm64)), Ok(Arm64));
    }

    #[test]
    fn package_that_lambda_cannot_start_is_refused_with_its_fix() {
        let mac = refused(&[("auth", b"\xcf\xfa\xed\xfe\x0c\0\0\x01")], None);
        assert!(mac.starts_with("auth is a macOS program (Mach-O)") && mac.contains("container"), "{mac}");
        let newer = refused(&[("auth", &program(X86_64, "\0GLIBC_2.39\0"))], None);
        assert!(newer.contains("needs version 2.39") && newer.contains("has 2.34"), "{newer}");
        assert!(newer.contains("Package in a container"), "{newer}");
        let other = refused(&[("auth", &program(X86_64, ""))], Some(Arm64));
        assert!(
            other.contains("built for x86_64, not for arm64: deploy with --architecture x86_64"),
            "{other}"
        );
        let both = refused(&[("auth", &program(X86_64, "")), ("leads", &program(Arm64, ""))], None);
        assert!(both.contains("different architectures"), "{both}");
    }

    #[test]
    fn missing_package_is_named() {
        let (folder, _) = folder(&[("auth", &program(X86_64, ""))]);
        let names = ["auth".to_owned(), "leads".to_owned()];
        let missing = inspect(folder.path(), &names).architecture(None).unwrap_err();
        assert_eq!(missing, "leads is not packaged: run `cargo xtask package`");
    }

    #[test]
    fn source_newer_than_its_package_is_found() {
        let (folder, names) = folder(&[("auth", &program(X86_64, ""))]);
        let tree = tempfile::tempdir().unwrap();
        let source = tree.path().join("shared/domain/src/lead.rs");
        fs::create_dir_all(source.parent().unwrap()).unwrap();
        let file = fs::File::create(&source).unwrap();
        let packaged = bootstrap(folder.path(), "auth").metadata().unwrap().modified().unwrap();
        let minute = std::time::Duration::from_secs(60);
        file.set_modified(packaged - minute).unwrap();
        assert_eq!(newer_source(folder.path(), &names, tree.path()), None);
        file.set_modified(packaged + minute).unwrap();
        assert_eq!(newer_source(folder.path(), &names, tree.path()), Some(source));
    }

    #[test]
    fn zipped_size_is_smaller_than_the_program() {
        assert!(zipped_size(&[7; 10_000]) < 500);
    }

    #[test]
    fn functions_are_found_by_their_folders_and_each_has_one_program() {
        let names = functions().unwrap();
        assert!(names.len() > 20 && names.contains(&"send_message".to_owned()));
        let mut packaged: Vec<&str> =
            PROGRAMS.iter().flat_map(|program| program.functions).copied().collect();
        packaged.sort_unstable();
        assert_eq!(names, packaged);
    }
}
