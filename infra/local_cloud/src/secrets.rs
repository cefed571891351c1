//! Secrets Manager: secrets with versions, on SQLite.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::Clock;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::names::secret_arn;
use crate::wire::{Answer, ServiceError, decode, encode};
use crate::{Durability, OpenError, sqlite};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS secret_versions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        version_id TEXT NOT NULL,
        text TEXT,
        base64 TEXT,
        created_ms INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS secret_versions_by_name ON secret_versions(name, number);";

/// All secrets of one cloud.
pub(crate) struct Secrets {
    db: Mutex<Connection>,
    clock: Arc<dyn Clock>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    /// Name (CreateSecret) or `SecretId` (the others): a name or an ARN.
    name: Option<String>,
    secret_id: Option<String>,
    secret_string: Option<String>,
    secret_binary: Option<String>,
    client_request_token: Option<String>,
    version_id: Option<String>,
    version_stage: Option<String>,
}

struct Version {
    id: String,
    text: Option<String>,
    base64: Option<String>,
    created_ms: i64,
}

impl Secrets {
    pub(crate) fn in_memory(clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Self::with(Connection::open_in_memory()?, clock)
    }

    pub(crate) fn open(
        file: &Path,
        clock: Arc<dyn Clock>,
        durability: Durability,
    ) -> Result<Self, OpenError> {
        Self::with(sqlite::open(file, durability)?, clock)
    }

    fn with(db: Connection, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        db.execute_batch(TABLES)?;
        Ok(Self { db: Mutex::new(db), clock })
    }

    pub(crate) fn copy_to(&self, file: &Path) -> Result<(), ServiceError> {
        sqlite::copy(&self.db(), file)
    }

    pub(crate) fn execute(&self, operation: &str, body: &[u8]) -> Answer {
        let req: Request = decode(body)?;
        match operation {
            "CreateSecret" => self.create(&req),
            "PutSecretValue" | "UpdateSecret" => self.put(&req),
            "GetSecretValue" => self.get(&req),
            "DescribeSecret" => self.describe(&req),
            "DeleteSecret" => self.delete(&req),
            _ => {
                Err(ServiceError::bad("UnknownOperationException", format!("{operation} is not served here")))
            }
        }
    }

    fn create(&self, req: &Request) -> Answer {
        let name = req.name.as_deref().filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| invalid("You must provide a value for the Name parameter."))?;
        if self.latest(name)?.is_some() {
            return Err(ServiceError::bad(
                "ResourceExistsException",
                format!("The operation failed because the secret {name} already exists."),
            ));
        }
        let version = self.insert(name, req)?;
        encode(&json!({ "ARN": secret_arn(name), "Name": name, "VersionId": version }))
    }

    fn put(&self, req: &Request) -> Answer {
        let name = named(req)?;
        self.latest(&name)?.ok_or_else(not_found)?;
        let version = self.insert(&name, req)?;
        encode(&json!({
            "ARN": secret_arn(&name), "Name": name, "VersionId": version, "VersionStages": ["AWSCURRENT"]
        }))
    }

    fn get(&self, req: &Request) -> Answer {
        let name = named(req)?;
        let versions = self.versions(&name)?;
        if versions.is_empty() {
            return Err(not_found());
        }
        let at = match (&req.version_id, req.version_stage.as_deref()) {
            (Some(id), _) => versions.iter().position(|version| version.id == *id),
            (None, Some("AWSPREVIOUS")) => (versions.len() > 1).then_some(1),
            (None, Some("AWSCURRENT") | None) => Some(0),
            (None, Some(_)) => None,
        };
        let at = at.ok_or_else(not_found)?;
        let version = &versions[at];
        let stages: &[&str] = match at {
            0 => &["AWSCURRENT"],
            1 => &["AWSPREVIOUS"],
            _ => &[],
        };
        let mut answer = json!({
            "ARN": secret_arn(&name),
            "Name": name,
            "VersionId": version.id,
            "VersionStages": stages,
            "CreatedDate": version.created_ms as f64 / 1_000.0,
        });
        if let Some(text) = &version.text {
            answer["SecretString"] = json!(text);
        }
        if let Some(base64) = &version.base64 {
            answer["SecretBinary"] = json!(base64);
        }
        encode(&answer)
    }

    fn describe(&self, req: &Request) -> Answer {
        let name = named(req)?;
        let latest = self.latest(&name)?.ok_or_else(not_found)?;
        encode(&json!({
            "ARN": secret_arn(&name),
            "Name": name,
            "LastChangedDate": latest.created_ms as f64 / 1_000.0,
            "VersionIdsToStages": { latest.id: ["AWSCURRENT"] },
        }))
    }

    fn delete(&self, req: &Request) -> Answer {
        let name = named(req)?;
        self.latest(&name)?.ok_or_else(not_found)?;
        self.db().execute("DELETE FROM secret_versions WHERE name = ?1", [&name])?;
        let now = self.clock.now().as_millisecond() as f64 / 1_000.0;
        encode(&json!({ "ARN": secret_arn(&name), "Name": name, "DeletionDate": now }))
    }

    /// Inserts a version. A repeated token with the same value is the same version; with another value it is
    /// refused.
    fn insert(&self, name: &str, req: &Request) -> Result<String, ServiceError> {
        if req.secret_string.is_some() && req.secret_binary.is_some() {
            return Err(invalid("You can't specify both a binary secret value and a string secret value."));
        }
        let db = self.db();
        let id = match &req.client_request_token {
            Some(token) => token.clone(),
            None => {
                let last: i64 =
                    db.query_row("SELECT COALESCE(MAX(number), 0) FROM secret_versions", [], |row| {
                        row.get(0)
                    })?;
                hex::encode(&Sha256::digest(format!("secret {last}"))[..16])
            }
        };
        let known: Option<(Option<String>, Option<String>)> = db
            .query_row(
                "SELECT text, base64 FROM secret_versions WHERE name = ?1 AND version_id = ?2",
                params![name, id],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        match known {
            Some(value) if value == (req.secret_string.clone(), req.secret_binary.clone()) => {}
            Some(_) => {
                return Err(ServiceError::bad(
                    "ResourceExistsException",
                    "You can't use ClientRequestToken again with a different secret value.",
                ));
            }
            None => {
                db.execute(
                    "INSERT INTO secret_versions (name, version_id, text, base64, created_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![
                        name,
                        id,
                        req.secret_string,
                        req.secret_binary,
                        self.clock.now().as_millisecond()
                    ],
                )?;
            }
        }
        Ok(id)
    }

    fn latest(&self, name: &str) -> Result<Option<Version>, ServiceError> {
        Ok(self.versions(name)?.into_iter().next())
    }

    /// The versions of a secret, newest first.
    fn versions(&self, name: &str) -> Result<Vec<Version>, ServiceError> {
        let db = self.db();
        let mut statement = db.prepare_cached(
            "SELECT version_id, text, base64, created_ms FROM secret_versions WHERE name = ?1
             ORDER BY number DESC",
        )?;
        let rows = statement.query_map([name], |row| {
            Ok(Version { id: row.get(0)?, text: row.get(1)?, base64: row.get(2)?, created_ms: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn permissions(operation: &str, body: &[u8]) -> Result<Vec<(String, String)>, ServiceError> {
    let req: Request = decode(body)?;
    let name = req.name.clone().map_or_else(|| named(&req), Ok)?;
    Ok(vec![(format!("secretsmanager:{operation}"), secret_arn(&name))])
}

/// The name of a secret, from its name, its ARN, or its ARN without the random end.
fn named(req: &Request) -> Result<String, ServiceError> {
    let id = req.secret_id.as_deref().ok_or_else(|| invalid("You must provide a value for SecretId."))?;
    let name = id.split_once(":secret:").map_or(id, |(_, name)| name.strip_suffix("-Local1").unwrap_or(name));
    Ok(name.to_owned())
}

fn not_found() -> ServiceError {
    ServiceError::bad("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

fn invalid(message: &str) -> ServiceError {
    ServiceError::bad("InvalidParameterException", message)
}
