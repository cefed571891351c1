//! `cargo xtask setup-code`: prints the code that the first user of a deployed installation needs to become
//! its owner, read with the operator's credentials. A deploy ends with it.

use super::tools::{Aws, Tools};
use anyhow::{Context, Result, anyhow};
use clap::Args;

#[derive(Args)]
pub struct SetupCodeArguments {
    /// The stack's name.
    #[arg(long, default_value = "leadflow-prod")]
    stack: String,
    #[arg(long)]
    region: String,
}

pub fn setup_code(SetupCodeArguments { stack, region }: &SetupCodeArguments) -> Result<()> {
    let line = Tools::find().aws.context("the command line of AWS is missing: install it")?;
    println!("{}", code_of(&Aws { line: &line, region }, stack)?);
    Ok(())
}

/// Reads the code from the stack's secret.
fn code_of(aws: &Aws<'_>, stack: &str) -> Result<String> {
    let secret = format!("{stack}/stage");
    let answer = aws.ask(&["secretsmanager", "get-secret-value", "--secret-id", &secret]);
    let answer = answer.map_err(|said| anyhow!("the secret {secret} cannot be read: {said}"))?;
    let text = answer["SecretString"].as_str().unwrap_or_default();
    let keys = aws_platform::read_secret_text(text).map_err(|error| anyhow!("{error}"))?;
    Ok(keys.setup_code())
}

/// The text at the end of every deploy; after the first sign-up the code is of no use.
pub fn first_sign_up(aws: &Aws<'_>, url: &str, stack: &str) -> String {
    let region = aws.region;
    match code_of(aws, stack) {
        Ok(code) => format!("The first user to sign up there becomes the owner: {url}/sign-up#code={code}"),
        Err(error) => format!(
            "The first user to sign up at {url}/sign-up, with the setup code, becomes the owner. Anyone who may read the secret gets the code from\n    \
             cargo xtask setup-code --stack {stack} --region {region}\n    ({error})"
        ),
    }
}
