//! Checks table, stream, bucket, bus and secret.

use super::CheckGroup::Storage;
use super::finding::{Part, PartCheck};
use crate::App;
use application::ports::parts::{Looked, SecretFacts, TableFacts};

const STREAM_VIEW: &str = "NEW_AND_OLD_IMAGES";
const TABLE_GONE: &str = "Restore it as docs/OPERATIONS.md says under \"Backup and restore\", and deploy with TableArn and TableStreamArn.";

impl App {
    pub(super) async fn check_storage(&self) -> Vec<PartCheck> {
        let (table, bucket, bus, secret) = futures::join!(
            self.within(self.parts.table()),
            self.within(self.parts.bucket()),
            self.within(self.parts.event_bus()),
            self.within(self.parts.secret()),
        );
        vec![
            table_check(&table),
            stream_check(table),
            bucket_check(bucket),
            bus_check(bus),
            secret_check(secret),
        ]
    }
}

fn table_check(table: &Looked<TableFacts>) -> PartCheck {
    let part = Part::new("table", Storage, "Table");
    let facts = match table {
        Ok(facts) => facts,
        Err(fault) => return part.fault(fault.clone(), TABLE_GONE),
    };
    let name = &facts.name;
    if !matches!(facts.status.as_str(), "ACTIVE" | "UPDATING") {
        let fix = format!(
            "Wait until `aws dynamodb describe-table --table-name {name}` says ACTIVE. If it never does, {}",
            TABLE_GONE.to_lowercase()
        );
        return part.broken(format!("Its state is {}.", facts.status), fix);
    }
    if !facts.index_is_active {
        return part.broken(
            "Its index `list`, from which all lists are read, is not there or still being filled.",
            format!("Look at it in `aws dynamodb describe-table --table-name {name}`. While it is CREATING, wait; if it is missing, deploy again."),
        );
    }
    if facts.expires_by.as_deref() != Some("ttl") {
        return part.warning(
            "Items do not expire: those that should be gone after 90 days stay.",
            format!(
                "`aws dynamodb update-time-to-live --table-name {name} --time-to-live-specification Enabled=true,AttributeName=ttl`"
            ),
        );
    }
    part.fine("It is active, with its index and its expiry.")
}

fn stream_check(table: Looked<TableFacts>) -> PartCheck {
    let part = Part::new("stream", Storage, "Stream of changes");
    let facts = match table {
        Ok(facts) => facts,
        Err(fault) => return part.fault(fault, "Fix the table first."),
    };
    let fix = format!(
        "`aws dynamodb update-table --table-name {name} --stream-specification StreamEnabled=true,StreamViewType={STREAM_VIEW}`; then deploy \
         with `--parameter TableArn=…` and `--parameter TableStreamArn=…` as `aws dynamodb describe-table --table-name {name}` tells \
         TableArn and LatestStreamArn, so that project_events reads the new stream.",
        name = facts.name
    );
    match facts.stream.as_deref() {
        Some(STREAM_VIEW) => part.fine("It is on, with old and new images."),
        Some(other) => part.broken(format!("It shows {other} only: counters cannot tell what changed."), fix),
        None => part.broken("It is off: no counter, notification or event follows what happens.", fix),
    }
}

fn bucket_check(bucket: Looked<()>) -> PartCheck {
    let part = Part::new("bucket", Storage, "Bucket");
    let fix = "Create it again under the name in the stack's output BucketName: `aws s3 mb s3://<BucketName>`. Files that were uploaded \
               and large mails that lay in it are lost; imports can be uploaded again.";
    match bucket {
        Ok(()) => part.fine("It is there."),
        Err(fault) => part.fault(fault, fix),
    }
}

fn bus_check(bus: Looked<Option<String>>) -> PartCheck {
    let part = Part::new("event_bus", Storage, "Event bus");
    match bus {
        Ok(Some(name)) => part.fine(format!("Events go to the bus {name}.")),
        Ok(None) => part.not_set_up(
            "No bus is set; the app needs none.",
            "To send events to your own subscribers, deploy with `--parameter EventBus=default`.",
        ),
        Err(fault) => part.fault(
            fault,
            "Create the bus that the parameter EventBus names (`aws events create-event-bus --name …`), or deploy with `--parameter \
             EventBus=` to send none.",
        ),
    }
}

fn secret_check(secret: Looked<SecretFacts>) -> PartCheck {
    let part = Part::new("secret", Storage, "Secret with the master key");
    match secret {
        Ok(SecretFacts::AsStarted) => part.fine("It can be read and is the one that functions use."),
        Ok(SecretFacts::Changed) => part.warning(
            "It was changed after this function started: some functions may use the former keys.",
            "Deploy with any change of a parameter, such as LogRetentionDays, so that all functions start anew (docs/OPERATIONS.md, \
             \"Secrets\").",
        ),
        Ok(SecretFacts::Unusable(why)) => part.broken(
            format!("Functions that start from now on fail, because it cannot be used: {why}."),
            "Put back what was there before: `aws secretsmanager list-secret-version-ids --secret-id <stack>/stage` names the version AWSPREVIOUS, \
             and `aws secretsmanager update-secret-version-stage` makes it the current one.",
        ),
        Err(fault) => part.fault(
            fault,
            "No function that starts from now on works. If it is marked for deletion: `aws secretsmanager restore-secret --secret-id \
             <stack>/stage`. Else create it with the master key that you keep.",
        ),
    }
}
