//! A deploy against fakes of `sam` and `aws` that fail in one way after the other.

use super::*;
use crate::package::program;
use std::fs;
use tempfile::TempDir;

/// Two fake programs, as shell scripts that are run by `sh`.
struct Bench {
    folder: TempDir,
    sam: String,
    aws: Vec<(&'static str, String)>,
    arguments: DeployArguments,
    installed: (bool, bool),
}

const IDENTITY: &str = r#"echo '{"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/ada"}'"#;
const QUOTA: &str = r#"echo '{"AccountLimit": {"ConcurrentExecutions": 1000}}'"#;
const MAIL: &str = r#"echo '{"ProductionAccessEnabled": true, "SendingEnabled": true, "SendQuota": {"Max24HourSend": 50000, "MaxSendRate": 14}}'"#;
const NO_STACK: &str =
    "echo 'An error occurred (ValidationError): Stack with id leadflow-prod does not exist' >&2; exit 254";
const NO_SECRET: &str = "echo 'An error occurred (ResourceNotFoundException)' >&2; exit 254";

const ALL_FINE: &str = r#"{"state": "fine", "promises": [{"name": "Frontend loads", "state": "fine", "seen": "All that it rests on is fine."}], "checks": [{"name": "Table", "state": "fine", "seen": "It is active."}]}"#;

/// A script line that writes the function's answer into the given file, as the command line does.
fn self_check(report: &str) -> String {
    format!(r#"echo '{report}' > self-check.json; echo '{{"StatusCode": 200}}'"#)
}

impl Bench {
    /// A bench on which all is well, the stack is new, and the functions are packaged for arm64.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bench = Self {
            folder,
            sam: "exit 0".to_owned(),
            aws: vec![],
            arguments: DeployArguments {
                stage: "prod".to_owned(),
                region: "eu-central-1".to_owned(),
                stack_name: None,
                architecture: None,
                parameters: vec![],
                skip_package: true,
                check: false,
            },
            installed: (true, true),
        };
        bench.packaged(&program(Architecture::Arm64, ""));
        let url = r#"{"Stacks": [{"StackStatus": "CREATE_COMPLETE", "Outputs": [{"OutputKey": "Url", "OutputValue": "https://abc.example"}, {"OutputKey": "SelfCheckFunction", "OutputValue": "leadflow-prod-Ops-1"}]}]}"#;
        // There is a stack only after `sam deploy`.
        let described = format!("if [ -f deployed ]; then echo '{url}'; else {NO_STACK}; fi");
        bench
            .answering("sts get-caller-identity", IDENTITY)
            .answering("lambda get-account-settings", QUOTA)
            .answering("sesv2 get-account", MAIL)
            .answering("secretsmanager describe-secret", NO_SECRET)
            .answering("cloudformation describe-stacks", &described)
            .answering("lambda invoke", &self_check(ALL_FINE))
    }

    fn packaged(&self, program: &[u8]) {
        fs::create_dir_all(self.folder.path().join("auth")).unwrap();
        fs::write(self.folder.path().join("auth/bootstrap"), program).unwrap();
    }

    fn answering(mut self, question: &'static str, answer: &str) -> Self {
        self.aws.retain(|(asked, _)| *asked != question);
        self.aws.push((question, answer.to_owned()));
        self
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn script(&self, name: &str, text: &str) -> Vec<std::ffi::OsString> {
        let folder = self.folder.path();
        let path = folder.join(name);
        let head = format!("cd '{}'\necho \"$0 $*\" >> calls\n", folder.display());
        fs::write(&path, head + text).unwrap();
        vec!["/bin/sh".into(), path.into()]
    }

    fn run(&self) -> Result<String, String> {
        let answers = self.aws.iter().map(|(asked, answer)| format!("'{asked}'*) {answer};;\n"));
        let aws = format!(
            "case \"$*\" in\n{}*) echo \"no answer to $*\" >&2; exit 1;;\nesac\n",
            answers.collect::<String>()
        );
        let sam = format!(
            "case \"$1\" in\n--version) echo 'SAM CLI, version 1.170.0';;\ndeploy) touch deployed; {};;\nesac\n",
            self.sam
        );
        let deployment = Deployment {
            arguments: self.arguments.clone(),
            tools: Tools {
                sam: self.installed.0.then(|| self.script("sam", &sam)),
                aws: self.installed.1.then(|| self.script("aws", &aws)),
            },
            folder: self.folder.path().to_owned(),
            functions: vec!["auth".to_owned()],
            sources: self.folder.path().join("sources"),
        };
        let mut said = Vec::new();
        let ended = deployment.run(&mut said);
        let said = String::from_utf8(said).unwrap();
        ended.map(|()| said).map_err(|error| format!("{error:#}"))
    }

    fn calls(&self, program: &str) -> Vec<String> {
        let calls = fs::read_to_string(self.folder.path().join("calls")).unwrap_or_default();
        let begins = format!("{}/{program} ", self.folder.path().display());
        calls.lines().filter_map(|call| call.strip_prefix(&begins)).map(str::to_owned).collect()
    }

    /// Asserts that the deploy fails, says all of these, and nothing was deployed.
    #[track_caller]
    fn refused(self, words: &[&str]) {
        let error = self.run().unwrap_err();
        for word in words {
            assert!(error.contains(word), "{word:?} is not in: {error}");
        }
        assert!(!self.calls("sam").iter().any(|call| call.starts_with("deploy")), "{:?}", self.calls("sam"));
    }

    /// Asserts that the deploy succeeds and says all of these.
    #[track_caller]
    fn deploys(&self, words: &[&str]) {
        let said = self.run().unwrap();
        for word in words {
            assert!(said.contains(word), "{word:?} is not in: {said}");
        }
    }
}

#[test]
fn deploy_ends_with_the_sign_up_link() {
    let secret = format!(r#"{{"master_key": "{}"}}"#, "m".repeat(64));
    let code = aws_platform::read_secret_text(&secret).unwrap().setup_code();
    assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4]);
    let told = format!("echo '{}'", serde_json::json!({ "SecretString": secret }));
    let bench = Bench::new().answering("secretsmanager get-secret-value", &told);
    bench.deploys(&[&format!("https://abc.example/sign-up#code={code}")]);
    assert!(!bench.run().unwrap().contains("mmmm"), "the secret itself is not told");
    Bench::new().deploys(&["cargo xtask setup-code --stack leadflow-prod --region eu-central-1"]);
}

#[test]
fn deploy_asks_nothing_and_names_every_value() {
    let bench = Bench::new().with(|b| b.arguments.parameters = vec!["AlarmEmail=ops@example.com".to_owned()]);
    bench.deploys(&[
        "account 123456789012",
        "Deployed: https://abc.example",
        "https://abc.example/sign-up",
        "port 25",
    ]);
    let sam = bench.calls("sam");
    assert_eq!(
        sam.last().unwrap(),
        "deploy --template-file template.yaml --stack-name leadflow-prod --region eu-central-1 --resolve-s3 --capabilities \
         CAPABILITY_IAM --no-confirm-changeset --no-fail-on-empty-changeset --parameter-overrides Stage=prod \
         Architecture=arm64 AlarmEmail=ops@example.com"
    );
    assert!(bench.calls("aws").iter().all(|call| call.ends_with("--region eu-central-1 --output json")));
}

#[test]
fn deploy_ends_with_the_self_check_and_its_fixes() {
    let bench = Bench::new();
    bench.deploys(&["Self-check: 1 part looked at, nothing is broken."]);
    let asked = bench.calls("aws").into_iter().find(|call| call.starts_with("lambda invoke")).unwrap();
    assert!(
        asked.starts_with(
            "lambda invoke --function-name leadflow-prod-Ops-1 --cli-binary-format raw-in-base64-out --payload {\"self_check\":{}}"
        ),
        "{asked}"
    );
    let faulty = r#"{"state": "broken", "promises": [{"name": "SMS can be sent", "state": "broken", "seen": "Queue send: It is not there."}],
        "checks": [{"name": "Queue send", "state": "broken", "seen": "It is not there.", "fix": "Create it again."},
                   {"name": "Event bus", "state": "not_set_up", "seen": "Nobody is told.", "fix": "Name one."},
                   {"name": "Queue ai", "state": "warning", "seen": "2 messages failed for good.", "fix": "Put them back."}]}"#;
    let bench = Bench::new().answering("lambda invoke", &self_check(&faulty.replace('\n', " ")));
    bench.deploys(&[
        "Self-check: 3 parts looked at, 1 is broken.",
        "broken: Queue send: It is not there.\n    Create it again.",
        "warning: Queue ai: 2 messages failed for good.\n    Put them back.",
        "does not hold: SMS can be sent",
    ]);
    assert!(!bench.run().unwrap().contains("Event bus"), "what is not set up is no fault");
}

#[test]
fn failed_self_check_is_reported_and_the_deploy_stands() {
    let denied = "echo 'AccessDeniedException' >&2; exit 254";
    Bench::new().answering("lambda invoke", denied).deploys(&[
        "Deployed: ",
        "AccessDeniedException",
        "lambda:InvokeFunction",
        "Settings, Self-check",
    ]);
    let failed = r#"echo '{"errorMessage": "Task timed out after 29.00 seconds"}' > self-check.json; echo '{"StatusCode": 200, "FunctionError": "Unhandled"}'"#;
    Bench::new().answering("lambda invoke", failed).deploys(&[
        "Deployed: ",
        "Task timed out",
        "log of the function ops",
    ]);
}

#[test]
fn check_option_deploys_nothing() {
    let bench = Bench::new().with(|b| b.arguments.check = true);
    bench.deploys(&["Nothing stands in the way"]);
    assert_eq!(bench.calls("sam"), ["--version"]);
}

#[test]
fn missing_programs_are_all_named() {
    Bench::new().with(|b| b.installed = (false, false)).refused(&[
        "`sam`, is not",
        "pip install aws-sam-cli",
        "`aws`, is not",
    ]);
}

#[test]
fn missing_expired_and_unknown_credentials_are_distinguished() {
    let refused = |stderr: &str, words: &[&str]| {
        let answer = format!("echo '{stderr}' >&2; exit 253");
        Bench::new().answering("sts get-caller-identity", &answer).refused(words);
    };
    refused(
        "Unable to locate credentials. You can configure credentials",
        &["no AWS credentials", "aws configure"],
    );
    refused(
        "An error occurred (ExpiredToken): The security token has expired",
        &["have expired", "aws sso login"],
    );
    refused("An error occurred (InvalidClientTokenId)", &["does not know these credentials in eu-central-1"]);
    refused("The config profile (work) could not be found", &["profile is not known", "list-profiles"]);
    refused("Something else", &["Something else", "aws sts get-caller-identity"]);
}

#[test]
fn unknown_region_is_named() {
    let answer = r#"echo 'Could not connect to the endpoint URL: "https://sts.eu-midle-1.amazonaws.com/"' >&2; exit 255"#;
    let bench = Bench::new().with(|b| b.arguments.region = "eu-midle-1".to_owned());
    bench
        .answering("sts get-caller-identity", answer)
        .refused(&["in the region eu-midle-1", "--region is spelled"]);
}

#[test]
fn small_quota_is_reported_with_its_fix() {
    let small = r#"echo '{"AccountLimit": {"ConcurrentExecutions": 10}}'"#;
    let bench = Bench::new().answering("lambda get-account-settings", small);
    bench.deploys(&[
        "may run 10 functions at once",
        "request-service-quota-increase",
        "still: this account may run 10",
    ]);
    let denied = "echo 'AccessDeniedException' >&2; exit 254";
    let bench = Bench::new().answering("lambda get-account-settings", denied);
    bench.deploys(&["could not be read: AccessDeniedException", "lambda:GetAccountSettings"]);
}

#[test]
fn ses_limits_are_reported() {
    let sandbox = r#"echo '{"ProductionAccessEnabled": false, "SendingEnabled": true, "SendQuota": {"Max24HourSend": 200, "MaxSendRate": 1}}'"#;
    Bench::new()
        .answering("sesv2 get-account", sandbox)
        .deploys(&["sandbox: 200 mails a day, 1 a second", "production access"]);
    let paused = r#"echo '{"ProductionAccessEnabled": true, "SendingEnabled": false}'"#;
    Bench::new().answering("sesv2 get-account", paused).deploys(&["stopped this account's sending"]);
    Bench::new().deploys(&["50000 mails a day, 14 a second"]);
}

#[test]
fn stuck_stack_is_named_with_its_fix() {
    let refused = |status: &str, words: &[&str]| {
        let answer = format!(r#"echo '{{"Stacks": [{{"StackStatus": "{status}"}}]}}'"#);
        Bench::new().answering("cloudformation describe-stacks", &answer).refused(words);
    };
    refused(
        "ROLLBACK_COMPLETE",
        &["cannot be updated", "aws cloudformation delete-stack --stack-name leadflow-prod"],
    );
    refused("UPDATE_ROLLBACK_FAILED", &["continue-update-rollback"]);
    refused("UPDATE_IN_PROGRESS", &["a deploy is running right now", "wait until it is done"]);
    let denied = "echo 'AccessDenied: not authorized to perform cloudformation:DescribeStacks' >&2; exit 254";
    Bench::new()
        .answering("cloudformation describe-stacks", denied)
        .refused(&["cannot be looked at", "allow cloudformation"]);
}

#[test]
fn secret_of_an_earlier_stack_is_found_before_the_deploy() {
    let there = r#"echo '{"Name": "leadflow-prod/stage"}'"#;
    let kept = Bench::new().answering("secretsmanager describe-secret", there);
    kept.with(|b| b.arguments.parameters = vec!["ExistingSecret=leadflow-prod/stage".to_owned()])
        .deploys(&["Deployed: "]);
    Bench::new().answering("secretsmanager describe-secret", there).refused(&[
        "leadflow-prod/stage of an earlier stack",
        "choose another --stack-name",
        "delete-secret",
    ]);
}

#[test]
fn package_for_another_system_is_refused() {
    let asked = Bench::new().with(|b| b.arguments.architecture = Some(Architecture::X86_64));
    asked.refused(&["built for arm64, not for x86_64", "--architecture arm64"]);
    let mac = Bench::new();
    mac.packaged(b"\xcf\xfa\xed\xfe\x0c\0\0\x01");
    mac.refused(&["auth is a macOS program", "Package in a container"]);
    let none = Bench::new();
    fs::remove_file(none.folder.path().join("auth/bootstrap")).unwrap();
    none.refused(&["auth is not packaged", "cargo xtask package"]);
}

#[test]
fn package_older_than_its_sources_is_refused() {
    let bench = Bench::new();
    let source = bench.folder.path().join("sources/shared/lead.rs");
    fs::create_dir_all(source.parent().unwrap()).unwrap();
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    fs::File::create(&source).unwrap().set_modified(later).unwrap();
    bench.refused(&["lead.rs has changed since", "leave out --skip-package"]);
}

#[test]
fn unknown_parameter_is_refused() {
    let refused = |given: &str, words: &[&str]| {
        Bench::new().with(|b| b.arguments.parameters = vec![given.to_owned()]).refused(words);
    };
    refused("AlarmMail=ops@example.com", &["no such parameter", "AlarmEmail"]);
    refused("AlarmEmail", &["NAME=VALUE is expected"]);
    refused("Architecture=x86_64", &["use --architecture"]);
    Bench::new().with(|b| b.arguments.stage = "Prod".to_owned()).refused(&["--stage", "lower-case"]);
}

#[test]
fn failed_deploy_names_its_first_failure() {
    let events = r#"{"StackEvents": [
        {"LogicalResourceId": "leadflow-prod", "ResourceStatus": "ROLLBACK_IN_PROGRESS", "ResourceStatusReason": "The following resource(s) failed", "ResourceType": "AWS::CloudFormation::Stack"},
        {"LogicalResourceId": "Bucket", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "Resource creation cancelled", "ResourceType": "AWS::S3::Bucket"},
        {"LogicalResourceId": "AuthRole", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "User ada is not authorized to perform iam:CreateRole", "ResourceType": "AWS::IAM::Role"},
        {"LogicalResourceId": "leadflow-prod", "ResourceStatus": "CREATE_IN_PROGRESS", "ResourceStatusReason": "User Initiated", "ResourceType": "AWS::CloudFormation::Stack"},
        {"LogicalResourceId": "Old", "ResourceStatus": "CREATE_FAILED", "ResourceStatusReason": "of another time", "ResourceType": "AWS::S3::Bucket"}]}"#;
    let bench = Bench::new().with(|b| b.sam = "exit 1".to_owned());
    let bench = bench.answering("cloudformation describe-stack-events", &format!("echo '{events}'"));
    let error = bench.run().unwrap_err();
    assert!(
        error.contains("AuthRole failed: User ada is not authorized to perform iam:CreateRole"),
        "{error}"
    );
    assert!(
        error.contains("use an administrator's credentials") && error.contains("run the same command again"),
        "{error}"
    );
}

#[test]
fn stack_without_an_address_is_no_installation() {
    let answer = format!("if [ -f deployed ]; then echo '{{\"Stacks\": [{{}}]}}'; else {NO_STACK}; fi");
    let error = Bench::new().answering("cloudformation describe-stacks", &answer).run().unwrap_err();
    assert!(error.contains("no output Url") && error.contains("another project"), "{error}");
}

#[test]
fn concurrency_of_queues_stream_and_schedules_is_counted() {
    assert_eq!(
        runs_at_once(&[]).unwrap(),
        10 * 2 + 2 * 4 + 3,
        "queues, two readers of four shards, schedules"
    );
    assert!(parameter_names(TEMPLATE).any(|name| name == "PublicUrl"));
    assert!(!parameter_names(TEMPLATE).any(|name| name == "Type" || name == "HasPublicUrl"));
}
