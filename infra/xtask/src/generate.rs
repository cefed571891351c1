//! Everything that is generated from the code, written or compared.

use crate::tree::root;
use anyhow::{Context, Result, bail};
use http_api::GatewayRoute;
use std::fs;
use std::path::Path;
use std::process::Command;

pub fn generate(check: bool) -> Result<()> {
    let mut stale = Vec::new();
    let template = root().join("template.yaml");
    let text = fs::read_to_string(&template).context("template.yaml")?;
    settle(&template, &with_routes(&text)?, check, &mut stale)?;
    let document = local_host::openapi().to_pretty_json()? + "\n";
    settle(&root().join("openapi.json"), &document, check, &mut stale)?;
    settle(&root().join("docs/TABLE.md"), &dynamo_store::table_doc(), check, &mut stale)?;
    web_types(check, &mut stale)?;
    if stale.is_empty() {
        return Ok(());
    }
    bail!("stale: {}. Run `cargo xtask generate` and commit what it writes.", stale.join(", "))
}

fn settle(path: &Path, wanted: &str, check: bool, stale: &mut Vec<String>) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|present| present == wanted) {
        return Ok(());
    }
    let name = path.strip_prefix(root()).unwrap_or(path).display().to_string();
    if check {
        stale.push(name);
    } else {
        fs::create_dir_all(path.parent().unwrap_or(path))?;
        fs::write(path, wanted).with_context(|| name.clone())?;
        println!("wrote {name}");
    }
    Ok(())
}

/// Puts each function's routes between its two markers.
fn with_routes(template: &str) -> Result<String> {
    let mut out = template.to_owned();
    for (function, routes) in local_host::gateway_routes() {
        let begin = format!("        # routes of {function}: generated\n");
        let end = format!("        # routes of {function}: end\n");
        let from = out.find(&begin).with_context(|| format!("template.yaml lacks the marker {begin:?}"))?
            + begin.len();
        let to =
            out[from..].find(&end).with_context(|| format!("template.yaml lacks the marker {end:?}"))? + from;
        out.replace_range(from..to, &routes.iter().map(route_line).collect::<String>());
    }
    Ok(out)
}

/// Writes a route as the template has it, on one line.
pub fn route_line(route: &GatewayRoute) -> String {
    let (name, method, path) = (pascal_case(&route.name), route.method.to_lowercase(), &route.path);
    format!(
        "        {name}: {{ Type: HttpApi, Properties: {{ ApiId: !Ref HttpApi, Method: {method}, Path: \"{path}\" }} }}\n"
    )
}

fn pascal_case(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

/// The TypeScript types of the API, if the generator's packages are installed.
fn web_types(check: bool, stale: &mut Vec<String>) -> Result<()> {
    let tool = root().join("web/tools/openapi");
    if !tool.join("node_modules").exists() {
        if tool.join("package.json").exists() {
            println!("skipped web/src/api/schema.d.ts: run `npm ci` in web/tools/openapi first");
        }
        return Ok(());
    }
    // The file is written beside the old one first: rewriting it unchanged would make a running build of the
    // app stale.
    let folder = tempfile::tempdir()?;
    let written = folder.path().join("schema.d.ts");
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", "generate", "--"]).arg(&written).current_dir(&tool);
    if !npm.status().context("npm")?.success() {
        bail!("the TypeScript types could not be generated");
    }
    settle(&root().join("web/src/api/schema.d.ts"), &fs::read_to_string(&written)?, check, stale)
}
