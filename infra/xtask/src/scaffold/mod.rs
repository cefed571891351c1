//! Scaffolds of new functions and providers: the folder, and every line elsewhere that names it.

mod consumer;
mod edit;
mod provider;
mod route_group;

use crate::process::{cargo, run};
use crate::tree::root;
use anyhow::{Result, bail};
use edit::Edits;
pub use provider::ProviderKind;

pub fn new_route_group(name: &str) -> Result<()> {
    let name = parsed(name)?;
    apply(|edits| route_group::add(edits, &name))?;
    println!(
        "functions/{name} is there. Next: an action, its row in `routes()`, a test, then `cargo xtask generate`.\n\
         Its rights and variables are in template.yaml: take out what it does not need.\n\
         Take the new routes into the walk of infra/local_world/src/tests/everywhere.rs: it finds rights that are missing or idle."
    );
    Ok(())
}

pub fn new_consumer(name: &str, queue: &str) -> Result<()> {
    let (name, queue) = (parsed(name)?, parsed(queue)?);
    apply(|edits| consumer::add(edits, &name, &queue))?;
    println!(
        "functions/{name} takes from the {queue} queue. Next: what its message says (application/src/queue_messages.rs), what\n\
         `handle` does about it, what the compiler asks for, and who may send: {}_QUEUE_URL and sqs:SendMessage in template.yaml.",
        queue.to_uppercase()
    );
    Ok(())
}

pub fn new_provider(name: &str, kind: ProviderKind) -> Result<()> {
    let name = parsed(name)?;
    apply(|edits| provider::add(edits, &name, kind))?;
    match kind {
        ProviderKind::Lookup => println!(
            "shared/providers/src/{name} is there. Next: a variant in domain's `AccountSettings` and `AccountKind`, then what the\n\
             compiler asks for; its capability in calls.rs; its fake in infra/sandbox; docs/PROVIDERS.md."
        ),
        _ => println!(
            "shared/providers/src/{name} sends, and infra/sandbox/src/{name} takes. Next, in these two folders alone: its class, its\n\
             request, each of its errors and its webhooks as its documentation has them, with a test each; the fake as strict.\n\
             Then its rows in docs/PROVIDERS.md. An account names it as its `provider`."
        ),
    }
    Ok(())
}

fn apply(change: impl FnOnce(&mut Edits) -> Result<()>) -> Result<()> {
    let mut edits = Edits::at(&root());
    change(&mut edits)?;
    for path in edits.write()? {
        println!("wrote {path}");
    }
    run(cargo().args(["fmt", "--all"]))
}

/// Checks a name: one word in snake_case, for crate, folder and handler.
fn parsed(name: &str) -> Result<String> {
    let good = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !good
        || !name.starts_with(|c: char| c.is_ascii_lowercase())
        || name.ends_with('_')
        || name.contains("__")
    {
        bail!("{name:?} is not a name in snake_case");
    }
    Ok(name.to_owned())
}

fn pascal_case(name: &str) -> String {
    name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

/// Fills a text's blanks: the name in both spellings, and others.
fn filled(text: &str, name: &str, more: &[(&str, &str)]) -> String {
    let mut out = text.replace("__name__", name).replace("__Name__", &pascal_case(name));
    for (blank, value) in more {
        out = out.replace(blank, value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::route_line;
    use http_api::Routes;
    use local_host::{EventSource, Stack};
    use std::fs;
    use std::path::Path;
    use tempfile::TempDir;

    /// A copy of the files that the commands edit.
    fn copy() -> TempDir {
        let copy = TempDir::new().unwrap();
        for path in [
            "Cargo.toml",
            "template.yaml",
            "docs/PROVIDERS.md",
            "infra/bootstrap/Cargo.toml",
            "infra/bootstrap/src/registry.rs",
            "infra/sandbox/src/fakes.rs",
            "infra/sandbox/src/lib.rs",
            "shared/application/src/queue_messages.rs",
            "shared/providers/src/lib.rs",
            "shared/providers/src/registry.rs",
        ] {
            let to = copy.path().join(path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(root().join(path), to).unwrap();
        }
        copy
    }

    fn text(copy: &TempDir, path: &str) -> String {
        fs::read_to_string(copy.path().join(path)).unwrap()
    }

    fn stack(copy: &TempDir) -> Stack {
        Stack::read(&text(copy, "template.yaml"), &[]).unwrap()
    }

    #[test]
    fn route_group_gets_a_folder_and_every_line_that_names_it() {
        let copy = copy();
        let mut edits = Edits::at(copy.path());
        route_group::add(&mut edits, "notes_shared").unwrap();
        edits.write().unwrap();
        let stack = stack(&copy);
        let function = stack.function("notes_shared").unwrap();
        assert_eq!(function.logical_id, "NotesShared");
        assert!(function.policy.iter().any(|s| s.actions.iter().any(|a| a == "dynamodb:GetItem")));
        let routes = Routes::<()>::new().group("/api/notes_shared").gateway_routes();
        let lines: String = routes.iter().map(route_line).collect();
        let begin = "# routes of notes_shared: generated\n";
        let written = text(&copy, "template.yaml");
        assert!(
            written.contains(&format!("{begin}{lines}        # routes of notes_shared: end\n")),
            "{lines}"
        );
        assert!(text(&copy, "Cargo.toml").contains("notes_shared = { path = \"functions/notes_shared\" }\n"));
        assert!(text(&copy, "infra/bootstrap/Cargo.toml").contains("\nnotes_shared.workspace = true\n"));
        let registry = text(&copy, "infra/bootstrap/src/registry.rs");
        let routes = registry.rsplit("\n        routes:").next().unwrap().split(';').next().unwrap();
        assert!(routes.contains("notes_shared"), "{routes}");
        for file in ["Cargo.toml", "src/lib.rs", "src/tests.rs"] {
            let text = text(&copy, &format!("functions/notes_shared/{file}"));
            assert!(!text.contains("__"), "{file}: {text}");
        }
        let mut again = Edits::at(copy.path());
        assert!(route_group::add(&mut again, "notes_shared").is_err());
    }

    #[test]
    fn consumer_gets_queue_watched_dead_letters_and_message() {
        let copy = copy();
        let mut edits = Edits::at(copy.path());
        consumer::add(&mut edits, "deliver_webhook", "delivery").unwrap();
        edits.write().unwrap();
        let stack = stack(&copy);
        let function = stack.function("deliver_webhook").unwrap();
        assert!(
            matches!(&function.sources[..], [EventSource::Queue { queue, .. }] if queue.ends_with("DeliveryQueue"))
        );
        assert!(function.environment.contains_key("DELIVERY_QUEUE_URL"));
        let (_, queue) = stack.queues.iter().find(|(name, _)| name.ends_with("-DeliveryQueue")).unwrap();
        assert!(queue["VisibilityTimeout"].as_u64().unwrap() >= 6 * function.timeout_seconds);
        assert!(stack.queues.iter().any(|(name, _)| name.ends_with("-DeliveryDeadLetters")));
        let monitor = stack.function("monitor").unwrap();
        assert!(monitor.environment["DELIVERY_DEAD_LETTERS_URL"].ends_with("-DeliveryDeadLetters"));
        let looks = monitor.policy.iter().find(|s| s.actions == ["sqs:GetQueueAttributes"]).unwrap();
        assert!(looks.resources.iter().any(|queue| queue.ends_with("-DeliveryDeadLetters")));
        let messages = text(&copy, "shared/application/src/queue_messages.rs");
        for line in [
            "    Delivery,\n",
            "Self::Delivery => \"delivery\",",
            "DeliverWebhook => Delivery",
            "pub struct DeliverWebhook {",
        ] {
            assert!(messages.contains(line), "{line}");
        }
        let all = messages.split("pub const ALL: [Self; ").nth(1).unwrap();
        let count: usize = all.split(']').next().unwrap().parse().unwrap();
        assert_eq!(all.split("];").next().unwrap().matches("Self::").count(), count);
        let registry = text(&copy, "infra/bootstrap/src/registry.rs");
        assert!(registry.rsplit("\n        events:").next().unwrap().contains("deliver_webhook"));
    }

    /// The scaffolded code is not compiled here, so its fixed lines must equal those of a function that is.
    #[test]
    fn scaffolded_lines_equal_those_of_real_functions() {
        let lines_of = |text: &str| {
            let fixed = |line: &&str| {
                let line = line.trim();
                [
                    "application::ports!",
                    "pub struct App",
                    "pub fn handler(",
                    "queue_handler(",
                    "use queue_consumer",
                ]
                .iter()
                .any(|start| line.starts_with(start))
            };
            text.replace("App {}", "App {").lines().filter(fixed).map(str::to_owned).collect::<Vec<_>>()
        };
        let copy = copy();
        let mut edits = Edits::at(copy.path());
        route_group::add(&mut edits, "notes_shared").unwrap();
        consumer::add(&mut edits, "deliver_webhook", "delivery").unwrap();
        edits.write().unwrap();
        for (new, known, lines) in [("notes_shared", "revenue", 2), ("deliver_webhook", "enrich_lead", 5)] {
            let made = |file: &str| text(&copy, &format!("functions/{new}/src/{file}")).replace(new, known);
            let real = |file: &str| {
                fs::read_to_string(root().join(format!("functions/{known}/src/{file}"))).unwrap()
            };
            assert_eq!(lines_of(&made("lib.rs")), lines_of(&real("lib.rs")));
            assert_eq!(lines_of(&made("lib.rs")).len(), lines, "{new}");
        }
    }

    #[test]
    fn provider_gets_a_folder_a_module_and_a_row() {
        let copy = copy();
        let mut edits = Edits::at(copy.path());
        provider::add(&mut edits, "mapbox", ProviderKind::Lookup).unwrap();
        edits.write().unwrap();
        assert!(text(&copy, "shared/providers/src/lib.rs").contains("\nmod mapbox;\n"));
        assert!(text(&copy, "docs/PROVIDERS.md").contains("| `mapbox` | `mapbox` |"));
        for file in ["mod.rs", "request.rs", "response.rs", "tests.rs", "fixtures/answer.json"] {
            assert!(copy.path().join("shared/providers/src/mapbox").join(file).exists(), "{file}");
        }
    }

    /// The scaffolded files are compiled and tested where they stand; here they are only renamed.
    #[test]
    fn sending_provider_gets_two_folders_and_a_line_in_each_list() {
        let copy = copy();
        for (name, kind, settings) in [
            ("pigeon_post", ProviderKind::Sms, "SmsSender"),
            ("letters", ProviderKind::Email, "EmailSender"),
            ("chatter", ProviderKind::Whatsapp, "WhatsappSender"),
        ] {
            let mut edits = Edits::at(copy.path());
            provider::add(&mut edits, name, kind).unwrap();
            let written = edits.write().unwrap();
            let folders = [format!("shared/providers/src/{name}/"), format!("infra/sandbox/src/{name}/")];
            let elsewhere: Vec<&str> = written
                .iter()
                .map(String::as_str)
                .filter(|path| !folders.iter().any(|f| path.starts_with(f)))
                .collect();
            assert_eq!(
                elsewhere,
                [
                    "docs/PROVIDERS.md",
                    "infra/sandbox/src/fakes.rs",
                    "infra/sandbox/src/lib.rs",
                    "shared/providers/src/lib.rs",
                    "shared/providers/src/registry.rs",
                ]
            );
            let sender = pascal_case(name);
            for (path, line) in [
                ("shared/providers/src/registry.rs", format!("    {name}::{sender},\n")),
                ("shared/providers/src/lib.rs", format!("\nmod {name};\n")),
                ("infra/sandbox/src/lib.rs", format!("\nmod {name};\n")),
                ("infra/sandbox/src/fakes.rs", format!("    &crate::{name}::{sender},\n")),
                ("docs/PROVIDERS.md", format!("` | `{name}` | sends")),
                ("docs/PROVIDERS.md", format!("| {sender} | none | no | uncertain")),
            ] {
                assert!(text(&copy, path).contains(&line), "{path} lacks {line:?}");
            }
            let made = |path: &&String| folders.iter().any(|folder| path.starts_with(folder.as_str()));
            let made: Vec<&String> = written.iter().filter(made).collect();
            assert_eq!(made.len(), 10);
            for path in made {
                let text = text(&copy, path);
                assert!(
                    !text.to_lowercase().contains("newcomer") && !text.contains("crate::tests::new"),
                    "{path}"
                );
            }
            let request = text(&copy, &format!("shared/providers/src/{name}/request.rs"));
            assert!(request.contains(&format!("AccountKind = AccountKind::{settings};")));
            assert!(provider::add(&mut Edits::at(copy.path()), name, kind).is_err());
        }
        let webhooks = text(&copy, "shared/providers/src/pigeon_post/tests.rs");
        assert!(webhooks.contains("/api/webhooks/pigeon-post/c1"), "as an address spells it");
    }

    #[test]
    fn name_must_be_snake_case() {
        assert_eq!(pascal_case("deliver_webhook"), "DeliverWebhook");
        assert!(parsed("calls2").is_ok());
        for bad in ["", "Calls", "_calls", "calls_", "a__b", "a-b", "2calls"] {
            assert!(parsed(bad).is_err(), "{bad}");
        }
        assert!(Path::new(&root()).join("template.yaml").exists());
    }
}
