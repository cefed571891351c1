//! The checks before anything is built or sent: who deploys, where to, and what that account allows.

use super::tools::{Aws, Tools, command};
use serde_json::Value;
use std::fmt;

/// A problem and its fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    what: String,
    mend: String,
}

impl Trouble {
    pub fn new(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { what: what.into(), mend: mend.into() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n    {}", self.what, self.mend)
    }
}

/// The intended deploy.
pub struct Target<'a> {
    pub stack: &'a str,
    pub region: &'a str,
    /// The number of concurrent invocations that the template's queues, stream and schedules may take
    /// together.
    pub runs_at_once: u64,
    /// Whether an existing secret was named, so that none is created.
    pub keeps_a_secret: bool,
    /// Whether the installation gets a sender of its own.
    pub has_sender: bool,
}

#[derive(Debug, Default)]
pub struct Preflight {
    pub account: Option<String>,
    /// Problems that prevent the deploy.
    pub problems: Vec<Trouble>,
    /// Notes about an account with which the deploy succeeds, but whose limits are lower than one may expect.
    pub notes: Vec<Trouble>,
}

/// Concurrency that is kept free for users, unsubscribes and webhooks.
const FOR_REQUESTS: u64 = 20;
const QUOTA_CODE: &str = "L-B99A9384";

impl Preflight {
    pub fn look(tools: &Tools, target: &Target<'_>) -> Self {
        let mut found = Self::default();
        found.sam(tools);
        let Some(line) = &tools.aws else {
            found.problem(
                "the AWS command line, `aws`, is not installed",
                "install it: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
            );
            return found;
        };
        let aws = Aws { line, region: target.region };
        match aws.ask(&["sts", "get-caller-identity"]) {
            Err(said) => {
                found.problems.push(no_identity(&said, target.region));
                return found;
            }
            Ok(identity) => found.account = identity["Account"].as_str().map(str::to_owned),
        }
        found.quota(&aws, target);
        found.mail(&aws);
        found.sender(target);
        found.stack(&aws, target);
        found
    }

    fn problem(&mut self, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.push(Trouble::new(what, mend));
    }

    fn note(&mut self, what: impl Into<String>, mend: impl Into<String>) {
        self.notes.push(Trouble::new(what, mend));
    }

    fn sam(&mut self, tools: &Tools) {
        let install = "install it: `pip install aws-sam-cli`, or \
                       https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html";
        let Some(line) = &tools.sam else {
            return self.problem("the SAM command line, `sam`, is not installed", install);
        };
        let version = command(line).arg("--version").output();
        let named = version.as_ref().is_ok_and(|o| o.status.success() && o.stdout.starts_with(b"SAM CLI"));
        if !named {
            self.problem("`sam --version` does not answer as the SAM command line does", install);
        }
    }

    fn quota(&mut self, aws: &Aws<'_>, target: &Target<'_>) {
        let wanted = target.runs_at_once + FOR_REQUESTS;
        let region = target.region;
        match aws.ask(&["lambda", "get-account-settings"]) {
            Err(said) => self.note(
                format!("how many functions may run at once could not be read: {said}"),
                format!("allow lambda:GetAccountSettings; {wanted} or more are wanted (Service Quotas, {QUOTA_CODE})"),
            ),
            Ok(settings) => match settings.pointer("/AccountLimit/ConcurrentExecutions").and_then(Value::as_u64) {
                Some(quota) if quota >= wanted => {}
                Some(quota) => self.note(
                    format!(
                        "this account may run {quota} functions at once; a busy campaign takes {}, and users and webhooks \
                         need {FOR_REQUESTS}, so some requests will be rejected",
                        target.runs_at_once
                    ),
                    format!(
                        "ask for more, which costs nothing: `aws service-quotas request-service-quota-increase \
                         --service-code lambda --quota-code {QUOTA_CODE} --desired-value 1000 --region {region}`, and \
                         then raise the Concurrency parameters as docs/OPERATIONS.md says"
                    ),
                ),
                None => self.note(
                    "AWS did not say how many functions may run at once",
                    format!("look at quota {QUOTA_CODE} in Service Quotas: {wanted} or more are wanted"),
                ),
            },
        }
    }

    fn mail(&mut self, aws: &Aws<'_>) {
        self.note(
            "AWS blocks port 25 from Lambda",
            "give mail accounts in Settings port 587 (STARTTLS) or 465 (TLS), or an account at a mail provider",
        );
        match aws.ask(&["sesv2", "get-account"]) {
            Err(said) => self.note(
                format!("what Amazon SES allows could not be read: {said}"),
                "this matters only where mail goes out through SES; allow ses:GetAccount to see it",
            ),
            Ok(account) => {
                let day = account.pointer("/SendQuota/Max24HourSend").and_then(Value::as_f64).unwrap_or(0.0);
                let second = account.pointer("/SendQuota/MaxSendRate").and_then(Value::as_f64).unwrap_or(0.0);
                if account["SendingEnabled"] == Value::Bool(false) {
                    self.note(
                        "Amazon SES has stopped this account's sending",
                        "answer the open case in the SES console, or send through another provider",
                    );
                } else if account["ProductionAccessEnabled"] == Value::Bool(false) {
                    self.note(
                        format!(
                            "Amazon SES keeps this account in its sandbox: {day:.0} mails a day, {second:.0} a second, and only \
                             to addresses that were verified"
                        ),
                        "where mail is to go out through SES, ask for production access in its console; other mail providers \
                         are not affected",
                    );
                } else {
                    self.note(
                        format!("Amazon SES allows this account {day:.0} mails a day, {second:.0} a second"),
                        "set no higher limits on an account in Settings that sends through SES",
                    );
                }
            }
        }
    }

    fn sender(&mut self, target: &Target<'_>) {
        if !target.has_sender {
            self.note(
                "the installation has no sender of its own, so no link to a new password and no invitation is mailed",
                "deploy with `--parameter SystemSender=accounts@example.com`, an address that is verified in Amazon SES; until then \
                 admins hand links over",
            );
        }
    }

    fn stack(&mut self, aws: &Aws<'_>, target: &Target<'_>) {
        let Target { stack, region, .. } = target;
        let stacks = match aws.ask(&["cloudformation", "describe-stacks", "--stack-name", stack]) {
            Err(said) if said.contains("does not exist") => return self.first_deploy(aws, target),
            Err(said) => {
                return self.problem(
                    format!("the stack {stack} cannot be looked at: {said}"),
                    "allow cloudformation:*, lambda:*, apigateway:*, dynamodb:*, sqs:*, s3:*, secretsmanager:*, logs:*, \
                     cloudwatch:*, sns:*, scheduler:* and iam:*Role* to who deploys, or use an administrator's credentials",
                );
            }
            Ok(stacks) => stacks,
        };
        let status = stacks.pointer("/Stacks/0/StackStatus").and_then(Value::as_str).unwrap_or("");
        match status {
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "DELETE_FAILED" | "REVIEW_IN_PROGRESS" => self.problem(
                format!("the stack {stack} is {status}: a deploy or its deletion failed, and such a stack cannot be updated"),
                format!(
                    "delete what is left of it, then deploy again: `aws cloudformation delete-stack --stack-name {stack} \
                     --region {region} && aws cloudformation wait stack-delete-complete --stack-name {stack} --region {region}`"
                ),
            ),
            "UPDATE_ROLLBACK_FAILED" => self.problem(
                format!("the stack {stack} is {status}: its last deploy could not be undone"),
                format!("`aws cloudformation continue-update-rollback --stack-name {stack} --region {region}`, then deploy again"),
            ),
            busy if busy.ends_with("_IN_PROGRESS") => self.problem(
                format!("the stack {stack} is {busy}: a deploy is running right now"),
                format!("wait until it is done: `aws cloudformation describe-stacks --stack-name {stack} --region {region}`"),
            ),
            _ => {}
        }
    }

    /// Finds an existing secret of the stack's name, which would make the first deploy fail.
    fn first_deploy(&mut self, aws: &Aws<'_>, target: &Target<'_>) {
        let Target { stack, region, keeps_a_secret, .. } = target;
        let name = format!("{stack}/stage");
        if !keeps_a_secret && aws.ask(&["secretsmanager", "describe-secret", "--secret-id", &name]).is_ok() {
            self.problem(
                format!("the secret {name} of an earlier stack {stack} is still there, so it cannot be made"),
                format!(
                    "go on with it by --parameter ExistingSecret={name}, or choose another --stack-name; or, to begin anew and give up the provider secrets of the earlier table: `aws \
                     secretsmanager delete-secret --secret-id {name} --force-delete-without-recovery --region {region}`"
                ),
            );
        }
    }
}

/// The problem behind a failed call that should say who deploys.
fn no_identity(said: &str, region: &str) -> Trouble {
    let is = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if is(&["Unable to locate credentials", "NoCredentials"]) {
        Trouble::new(
            "there are no AWS credentials here",
            "`aws configure` with an access key, or `aws sso login`; AWS_PROFILE chooses among several",
        )
    } else if is(&["ExpiredToken", "has expired", "RequestExpired", "refresh failed"]) {
        Trouble::new("the AWS credentials have expired", "`aws sso login`, or get new ones as you got these")
    } else if is(&["config profile"]) {
        Trouble::new(
            format!("the AWS profile is not known: {said}"),
            "set AWS_PROFILE to one of `aws configure list-profiles`",
        )
    } else if is(&["Could not connect to the endpoint", "Invalid region", "Could not resolve host"]) {
        Trouble::new(
            format!("AWS cannot be reached in the region {region}"),
            "look whether --region is spelled as in `eu-central-1`, and whether this machine is on line",
        )
    } else if is(&["InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClient"]) {
        Trouble::new(
            format!("AWS does not know these credentials in {region}"),
            "enter the access key anew with `aws configure`; if it works elsewhere, switch the region on for the account",
        )
    } else {
        Trouble::new(
            format!("AWS does not say whose credentials these are: {said}"),
            "make `aws sts get-caller-identity` work, then deploy again",
        )
    }
}
