//! The last step of a deploy: the installation checks itself, called with the deployer's credentials, and
//! each fault is printed with its fix.

use super::tools::Aws;
use anyhow::Result;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;

const ANSWER: &str = "self-check.json";

/// Prints the self-check. `folder` is where the command line may put the answer. A fault undoes nothing: a
/// domain may not point here yet.
pub fn print_report(aws: &Aws<'_>, function: Option<&str>, folder: &Path, out: &mut dyn Write) -> Result<()> {
    let report = match function {
        Some(function) => ask(aws, function, folder),
        None => {
            Err(("the stack has no output SelfCheckFunction".to_owned(), "deploy the template of this tree"))
        }
    };
    match report {
        Ok(report) => show(&report, out),
        Err((said, mend)) => {
            writeln!(
                out,
                "\nThe self-check did not run: {said}\n    {mend}; the owner finds it in the app under Settings, Self-check"
            )?;
            Ok(())
        }
    }
}

fn ask(aws: &Aws<'_>, function: &str, folder: &Path) -> Result<Value, (String, &'static str)> {
    let answer = folder.join(ANSWER);
    let path = answer.to_string_lossy();
    let question =
        ["lambda", "invoke", "--function-name", function, "--cli-binary-format", "raw-in-base64-out"];
    let question = [question.as_slice(), &["--payload", r#"{"self_check":{}}"#, &path]].concat();
    let invoked = aws.ask(&question).map_err(|said| (said, "allow lambda:InvokeFunction"))?;
    let text =
        fs::read_to_string(&answer).map_err(|error| (error.to_string(), "look whether the disk is full"));
    fs::remove_file(&answer).ok();
    let report: Value = serde_json::from_str(&text?)
        .map_err(|_| ("its answer is no JSON".to_owned(), "look at the log of the function ops"))?;
    if invoked.get("FunctionError").is_some() {
        let why = report["errorMessage"].as_str().unwrap_or("it failed").to_owned();
        return Err((why, "look at the log of the function ops"));
    }
    Ok(report)
}

fn show(report: &Value, out: &mut dyn Write) -> Result<()> {
    let list = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    let text = |of: &Value, field: &str| of[field].as_str().unwrap_or_default().to_owned();
    let (checks, promises) = (list("checks"), list("promises"));
    let broken = checks.iter().filter(|check| check["state"] == "broken").count();
    let verdict = match broken {
        0 => "nothing is broken".to_owned(),
        1 => "1 is broken".to_owned(),
        broken => format!("{broken} are broken"),
    };
    let parts = if checks.len() == 1 { "part" } else { "parts" };
    writeln!(out, "\nSelf-check: {} {parts} looked at, {verdict}.", checks.len())?;
    for state in ["broken", "warning"] {
        for check in checks.iter().filter(|check| check["state"] == state) {
            writeln!(
                out,
                "{state}: {}: {}\n    {}",
                text(check, "name"),
                text(check, "seen"),
                text(check, "fix")
            )?;
        }
    }
    for promise in promises.iter().filter(|promise| promise["state"] == "broken") {
        writeln!(out, "does not hold: {}", text(promise, "name"))?;
    }
    Ok(())
}
