//! `cargo xtask reset-owner`: the operator makes a link by which a user sets a new password, and switches two-step
//! sign-in off where the user has lost the app and the recovery codes. Meant for users whom no other user can help.

use crate::deploy::tools::{Aws, Tools};
use crate::tree::root;
use anyhow::{Context, Result, anyhow, bail, ensure};
use application::identity::memberships::active_user;
use application::identity::password_reset::{create_reset_token, reset_link};
use application::identity::second_factor::remove_second_factors;
use application::ports::clock::SystemClock;
use application::ports::logins::LoginStore;
use application::{Clock, Ids};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_platform::RandomIds;
use aws_types::region::Region;
use clap::Args;
use domain::contact::email_address::EmailAddress;
use domain::event::Actor;
use domain::workspace::invitation::LinkDelivery;
use dynamo_store::Table;
use local_cloud::{Durability, LocalCloud, Principal};
use local_host::{Stack, TEMPLATE};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Args)]
pub struct ResetOwnerArguments {
    /// The e-mail address that the user signs in with.
    #[arg(long)]
    email: String,
    /// The stack of a deployed installation, reached with the credentials of the AWS command line.
    #[arg(long, requires = "region")]
    stack: Option<String>,
    #[arg(long, requires = "stack")]
    region: Option<String>,
    /// The folder of a stopped installation on this machine; `.leadflow` if left out.
    #[arg(long, conflicts_with = "stack")]
    data: Option<PathBuf>,
    /// The address of the installation on this machine.
    #[arg(long, default_value = "http://localhost:8787", conflicts_with = "stack")]
    url: String,
    /// Switches the user's two-step sign-in off.
    #[arg(long)]
    two_step_off: bool,
}

pub fn reset_owner(arguments: ResetOwnerArguments) -> Result<()> {
    let email = EmailAddress::parse(&arguments.email).map_err(|error| anyhow!("--email: {error}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (table, url) = match arguments.stack.as_deref().zip(arguments.region.as_deref()) {
        Some((stack, region)) => {
            let line = Tools::find().aws.context("the command line of AWS is missing: install it")?;
            deployed(&Aws { line: &line, region }, stack)?
        }
        None => {
            let data = arguments.data.unwrap_or_else(|| root().join(".leadflow"));
            (on_this_machine(&data, &clock)?, arguments.url)
        }
    };
    println!("{}", runtime.block_on(link(&table, &email, (&url, arguments.two_step_off), &clock))?);
    println!("It works once, within a day. The password stays the same until the link is used.");
    Ok(())
}

fn on_this_machine(data: &Path, clock: &Arc<dyn Clock>) -> Result<Table> {
    let cloud = data.join("cloud");
    ensure!(
        cloud.is_dir(),
        "there is no installation in {}: name its folder with --data, or a deployed one with --stack and --region",
        data.display()
    );
    let cloud = LocalCloud::open(&cloud, clock.clone(), Durability::PowerLoss);
    let cloud = cloud.with_context(|| {
        format!("the installation in {} does not open: if it runs, stop it first", data.display())
    })?;
    let stack = Stack::read(TEMPLATE, &[("Stage", "local")])?;
    let (name, _) = stack.tables.first().context("the template has a table")?;
    Ok(Table::new(&cloud.sdk_config_for(Principal::root()), name.as_str()))
}

/// The table of the stack, which may be a restored one, and the stack's address.
fn deployed(aws: &Aws<'_>, stack: &str) -> Result<(Table, String)> {
    let described = aws.ask(&["cloudformation", "describe-stacks", "--stack-name", stack]);
    let described = described.map_err(|said| anyhow!("{stack}: {said}"))?;
    let output = |key: &str| {
        let mut outputs =
            described.pointer("/Stacks/0/Outputs").and_then(Value::as_array).into_iter().flatten();
        let found = outputs.find(|output| output["OutputKey"] == key)?["OutputValue"].as_str()?;
        Some(found.to_owned())
    };
    let table =
        output("TableName").with_context(|| format!("{stack} has no output TableName: deploy it again"))?;
    let url = output("Url").with_context(|| format!("{stack} has no output Url: deploy it again"))?;
    let keys = aws.ask(&["configure", "export-credentials", "--format", "process"]);
    let keys = keys.map_err(|said| anyhow!("the AWS command line hands out no credentials: {said}"))?;
    let key = |name: &str| keys[name].as_str().map(str::to_owned);
    let (Some(id), Some(secret)) = (key("AccessKeyId"), key("SecretAccessKey")) else {
        bail!("the AWS command line hands out no credentials: sign in to it first");
    };
    let keys = Credentials::new(id, secret, key("SessionToken"), None, "aws configure export-credentials");
    let config = aws_platform::sdk_config()?.into_builder();
    let config = config.region(Region::new(aws.region.to_owned()));
    let config = config.credentials_provider(SharedCredentialsProvider::new(keys)).build();
    Ok((Table::new(&config, table), url))
}

async fn link(
    table: &Table,
    email: &EmailAddress,
    (url, two_step_off): (&str, bool),
    clock: &Arc<dyn Clock>,
) -> Result<String> {
    if two_step_off {
        let login = table.by_email(email).await?.with_context(|| format!("no user signs in as {email}"))?;
        if let Some(user) = active_user(table, &login).await? {
            remove_second_factors(table, (login, user), clock.now()).await?;
        }
    }
    let login = table.by_email(email).await?.with_context(|| format!("no user signs in as {email}"))?;
    let Some(user) = active_user(table, &login).await? else {
        bail!("{email} is deactivated in every workspace");
    };
    let ids: Arc<dyn Ids> = Arc::new(RandomIds::new(clock.clone()));
    let made = (LinkDelivery::HandedOver, clock.now());
    let token = create_reset_token(table, &*ids, (&login, &user), Actor::System, made).await?;
    Ok(reset_link(url.trim_end_matches('/'), &token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use application::identity::password_reset::reset_password;
    use application::identity::sign_up::{SignUp, SignUpBy, SignUpPorts, sign_up};
    use application::ports::sign_up_rule::SignUpRule;
    use domain::workspace::identity::{Identity, SignInProvider};
    use domain::workspace::passkey::Passkey;
    use domain::workspace::second_factor::AuthenticatorApp;

    const EMAIL: &str = "maya@northquay.example";

    /// Leaves an installation as `dev --serve` does.
    async fn an_installation(data: &std::path::Path, clock: &Arc<dyn Clock>) {
        let cloud = LocalCloud::open(&data.join("cloud"), clock.clone(), Durability::ProcessDeath).unwrap();
        let stack = Stack::read(TEMPLATE, &[("Stage", "local")]).unwrap();
        let (name, properties) = &stack.tables[0];
        cloud.create_table_from(name, properties).unwrap();
        let table = Arc::new(Table::new(&cloud.sdk_config_for(Principal::root()), name.as_str()));
        let ids = Arc::new(RandomIds::new(clock.clone()));
        let (users, templates, sequences) = (table.clone(), table.clone(), table);
        let ports = SignUpPorts { users, templates, sequences, clock: clock.clone(), ids };
        let account = SignUp {
            email: EmailAddress::parse(EMAIL).unwrap(),
            by: SignUpBy::Password("a forgotten password".to_owned()),
            name: "Maya".to_owned(),
            workspace_name: "Northquay".to_owned(),
            country: None,
            zone: None,
            currency: None,
        };
        sign_up(&ports, SignUpRule::First, account).await.unwrap();
        let busy = on_this_machine(data, clock).err().unwrap().to_string();
        assert!(busy.contains("if it runs, stop it first"), "{busy}");
    }

    /// A fake AWS command line with these answers.
    fn aws_line(folder: &Path, outputs: &str, keys: &str) -> Vec<std::ffi::OsString> {
        let script = folder.join("aws");
        let text = format!(
            "case \"$*\" in\n'cloudformation describe-stacks --stack-name leadflow-prod --region eu-central-1'*)\n\
             echo '{{\"Stacks\": [{{\"Outputs\": {outputs}}}]}}';;\n\
             'configure export-credentials'*) {keys};;\n*) echo \"no answer to $*\" >&2; exit 1;;\nesac\n"
        );
        std::fs::write(&script, text).unwrap();
        vec!["/bin/sh".into(), script.into()]
    }

    #[test]
    fn address_and_table_are_read_from_the_stack() {
        let folder = tempfile::tempdir().unwrap();
        let all = r#"[{"OutputKey": "Url", "OutputValue": "https://abc.example"},
            {"OutputKey": "TableName", "OutputValue": "restored"}]"#;
        let keys = r#"echo '{"Version": 1, "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "never told"}'"#;
        let asked = |stack: &str, outputs: &str, keys: &str| {
            let line = aws_line(folder.path(), outputs, keys);
            deployed(&Aws { line: &line, region: "eu-central-1" }, stack).map(|(_, url)| url)
        };
        assert_eq!(asked("leadflow-prod", all, keys).unwrap(), "https://abc.example");
        for (stack, outputs, keys, why) in [
            ("leadflow-pord", all, keys, "leadflow-pord: no answer to"),
            ("leadflow-prod", "[]", keys, "leadflow-prod has no output TableName: deploy it again"),
            ("leadflow-prod", all, "echo expired >&2; exit 1", "hands out no credentials: expired"),
            ("leadflow-prod", all, "echo '{}'", "hands out no credentials: sign in to it first"),
        ] {
            let said = asked(stack, outputs, keys).unwrap_err().to_string();
            assert!(said.contains(why), "{why:?} is not in: {said}");
            assert!(!said.contains("never told"), "{said}");
        }
    }

    #[tokio::test]
    async fn last_owner_signs_in_after_the_operators_link() {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let told = on_this_machine(folder.path(), &clock).err().unwrap().to_string();
        assert!(told.contains("there is no installation"), "{told}");
        an_installation(folder.path(), &clock).await;
        let table = on_this_machine(folder.path(), &clock).unwrap();
        let nobody = EmailAddress::parse("nobody@northquay.example").unwrap();
        link(&table, &nobody, ("http://localhost", true), &clock).await.unwrap_err();
        let address = EmailAddress::parse(EMAIL).unwrap();
        let mut login = table.by_email(&address).await.unwrap().unwrap();
        let since = clock.now();
        login.authenticator = Some(AuthenticatorApp { secret: "lost".to_owned(), last_step: 0, since });
        login.passkeys = vec![Passkey {
            id: "lost".to_owned(),
            credential: String::new(),
            public_key: String::new(),
            counter: 0,
            name: "Lost phone".to_owned(),
            added_at: since,
            used_at: None,
        }];
        login.identities = vec![Identity {
            provider: SignInProvider::Google,
            key: "lost".to_owned(),
            email: None,
            connected_at: since,
        }];
        table.save_login(&login).await.unwrap();
        link(&table, &address, ("http://localhost/", false), &clock).await.unwrap();
        assert!(table.by_email(&address).await.unwrap().unwrap().has_second_factor(), "it was not asked for");
        let link = link(&table, &address, ("http://localhost/", true), &clock).await.unwrap();
        assert!(!table.by_email(&address).await.unwrap().unwrap().has_second_factor());
        let token = link.strip_prefix("http://localhost/reset#token=").unwrap();
        let ids = RandomIds::new(clock.clone());
        let spent =
            reset_password((&table, &table, SignUpRule::First), &ids, (token, "a new password"), clock.now())
                .await
                .unwrap();
        let login = spent.unwrap().0;
        assert_eq!((login.email, login.identities), (address, vec![]));
    }
}
