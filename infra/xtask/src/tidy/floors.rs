//! The floors and what each may depend on: dependencies run from adapters to application to domain, and never
//! back.

use super::Finding;
use super::manifest::dependencies;
use super::rust_source::{code, is_test};
use crate::tree::Tree;

struct Floor {
    folder: &'static str,
    /// Crates that it may not depend on: whole names, or beginnings that end in `*`.
    crates: &'static [&'static str],
    /// Words that its shipped code may not contain.
    words: &'static [&'static str],
    why: &'static str,
}

const AWS: &[&str] = &["aws*", "lambda*", "serde_dynamo", "dynamo_store", "dynoxide*", "local_cloud"];
const NETWORK: &[&str] = &["http*", "hyper*", "axum", "tower*", "reqwest", "lettre", "rustls*", "providers"];
const LEAF: &[&str] = &["domain", "application", "providers", "http_api", "dynamo_store", "aws*"];
const CLOCKS: &[&str] = &["Timestamp::now", "Zoned::now", "SystemTime::now", "Instant::now"];
const RANDOM: &[&str] = &["getrandom", "rand", "fastrand", "uuid"];

const FLOORS: &[Floor] = &[
    Floor {
        folder: "shared/domain/",
        crates: &["tokio", "futures", "async-trait", "application", "queue_consumer", "tracing"],
        words: &["async fn", "async move", ".await", "std::fs", "std::net", "std::env", "std::thread"],
        why: "the domain does no I/O, is not async and knows nothing of those above it",
    },
    Floor { folder: "shared/domain/", crates: AWS, words: &[], why: "the domain knows no AWS" },
    Floor { folder: "shared/domain/", crates: NETWORK, words: &[], why: "the domain knows no HTTP" },
    Floor {
        folder: "shared/domain/",
        crates: RANDOM,
        words: CLOCKS,
        why: "the domain reads neither clock nor randomness",
    },
    Floor {
        folder: "shared/understanding/",
        crates: LEAF,
        words: &["async fn", ".await", "std::net", "std::env"],
        why: "what a message says is told without I/O, and without leads",
    },
    Floor {
        folder: "shared/mailbox_reader/",
        crates: LEAF,
        words: &["std::env"],
        why: "a protocol on a stream knows nothing of ours",
    },
    Floor { folder: "shared/application/", crates: AWS, words: &[], why: "the application knows no AWS" },
    Floor {
        folder: "shared/application/",
        crates: NETWORK,
        words: &["std::fs", "std::net", "std::env"],
        why: "the application knows no HTTP and no provider",
    },
    Floor {
        folder: "shared/providers/",
        crates: AWS,
        words: &[],
        why: "a connector knows its provider, not where it runs",
    },
    Floor {
        folder: "shared/http_api/",
        crates: &["aws_platform", "dynamo_store", "providers", "queue_consumer", "aws-sdk*"],
        words: &[],
        why: "the kit of route functions knows ports only",
    },
    Floor {
        folder: "shared/queue_consumer/",
        crates: &["aws_platform", "dynamo_store", "providers", "http_api", "aws-sdk*"],
        words: &[],
        why: "the kit of consumers knows ports only",
    },
    Floor {
        folder: "functions/",
        crates: &[
            "aws_platform",
            "bootstrap",
            "dynamo_store",
            "providers",
            "local_cloud",
            "local_host",
            "sandbox",
            "aws-*",
            "reqwest",
            "lettre",
        ],
        words: &["aws_platform", "aws_sdk", "time::sleep", "std::env"],
        why: "a function sees application, domain and its kit; infra/bootstrap starts it",
    },
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for floor in FLOORS {
        for (path, text) in tree.under(floor.folder, "Cargo.toml") {
            for (line, name) in dependencies(text) {
                if floor.crates.iter().any(|pattern| matches(pattern, name)) {
                    findings.push(Finding::line(path, line, format!("depends on {name}: {}", floor.why)));
                }
            }
        }
        for (path, line, text) in shipped_lines(tree, floor.folder) {
            if let Some(word) = floor.words.iter().find(|word| text.contains(*word)) {
                findings.push(Finding::line(path, line, format!("says {word}: {}", floor.why)));
            }
        }
    }
    findings.extend(clocks(tree));
    findings.extend(keys(tree));
    findings.extend(snapshots(tree));
    findings
}

/// Lines of deployed code, without build scripts.
fn shipped_lines<'a>(tree: &'a Tree, folder: &'a str) -> impl Iterator<Item = (&'a str, usize, &'a str)> {
    let deployed = |path: &str| !is_test(path) && !path.ends_with("/build.rs");
    let files = tree.under(folder, ".rs").filter(move |(path, _)| deployed(path));
    files.flat_map(|(path, text)| code(text).map(move |(number, line)| (path, number, line)))
}

/// All time comes from the clock port, which alone reads the system's clock.
fn clocks(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in ["shared/", "functions/"] {
        for (path, line, text) in shipped_lines(tree, folder) {
            if path != "shared/application/src/ports/clock.rs"
                && CLOCKS.iter().any(|word| text.contains(word))
            {
                findings.push(Finding::line(path, line, "asks the system's clock: time comes from the port"));
            }
        }
    }
    findings
}

/// A text such as `"L#…"` is a key of the table; only one module spells them.
fn keys(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in ["shared/", "functions/"] {
        for (path, line, text) in shipped_lines(tree, folder) {
            let may = ["shared/dynamo_store/src/keys.rs", "shared/dynamo_store/src/keys/"];
            if !may.iter().any(|start| path.starts_with(start)) && spells_key(text) {
                findings.push(Finding::line(path, line, "spells a key: only dynamo_store/src/keys.rs does"));
            }
        }
    }
    findings
}

/// An entity with private fields moves through its methods. The store alone rebuilds it from a snapshot.
fn snapshots(tree: &Tree) -> Vec<Finding> {
    const WORDS: [&str; 3] = ["EnrolmentSnapshot", "Enrolment::rebuild(", ".rebuild_with("];
    let mut findings = Vec::new();
    for folder in ["shared/", "functions/", "infra/"] {
        for (path, line, text) in shipped_lines(tree, folder) {
            let may = ["shared/domain/src/enrolment.rs", "shared/dynamo_store/", "infra/xtask/"];
            let rebuilds = WORDS.iter().any(|word| text.contains(word));
            if rebuilds && !may.iter().any(|start| path.starts_with(start)) {
                findings.push(Finding::line(path, line, "rebuilds an entity: only the store and tests do"));
            }
        }
    }
    findings
}

fn spells_key(line: &str) -> bool {
    line.split('"').skip(1).any(|text| {
        let word = text.split('#').next().unwrap_or_default();
        text.contains('#') && (1..=6).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase())
    })
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(texts)).into_iter().map(|f| format!("{}:{} {}", f.path, f.line, f.what)).collect()
    }

    #[test]
    fn domain_that_depends_on_upper_floors_is_found() {
        let manifest =
            "[dependencies]\naws-sdk-sqs.workspace = true\ntokio.workspace = true\nserde.workspace = true";
        let code = "//! Rules.\nasync fn a() {}\nlet now = Timestamp::now();\n#[cfg(test)]\nmod tests {\n    async fn b() {}\n}\n";
        let found = found(&[("shared/domain/Cargo.toml", manifest), ("shared/domain/src/lead.rs", code)]);
        assert_eq!(found.len(), 5, "{found:#?}");
        assert!(found[0].starts_with("shared/domain/Cargo.toml:3 depends on tokio"));
        assert!(found[1].starts_with("shared/domain/src/lead.rs:2 says async fn"));
    }

    #[test]
    fn function_that_uses_the_platform_is_found() {
        let line = "use aws_platform::start;\n";
        assert_eq!(found(&[("functions/leads/src/lib.rs", line)]).len(), 1);
        let manifest = "[dependencies]\naws_platform.workspace = true\ndynamo_store.workspace = true\n";
        assert_eq!(found(&[("functions/leads/Cargo.toml", manifest)]).len(), 2);
    }

    #[test]
    fn entity_rebuilt_outside_the_store_is_found() {
        let line = "Enrolment::rebuild(EnrolmentSnapshot { rev, ..enrolment.snapshot() })";
        assert_eq!(
            found(&[("shared/dynamo_store/src/a.rs", line), ("functions/b/src/tests.rs", line)]).len(),
            0
        );
        assert_eq!(found(&[("shared/application/src/a.rs", line), ("infra/bench/src/b.rs", line)]).len(), 2);
    }

    #[test]
    fn table_key_outside_its_file_is_found() {
        let line = r##"let key = format!("W#{workspace}#L#{lead}");"##;
        assert_eq!(found(&[("shared/dynamo_store/src/keys.rs", line)]), Vec::<String>::new());
        assert_eq!(found(&[("shared/dynamo_store/src/leads.rs", line)]).len(), 1);
        assert_eq!(
            found(&[("functions/web/src/page.rs", r##"let colour = "#FFF"; let raw = r#"x"#;"##)]).len(),
            0
        );
    }
}
