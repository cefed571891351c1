//! Reads `template.yaml` itself, so that what runs here is what is deployed. Knows the resource types and
//! functions that the template uses and refuses others.

use crate::cors::Cors;
use crate::filter::Filter;
use crate::socket_api::SocketApi;
use anyhow::{Context, Result, anyhow, bail, ensure};
use jiff::SignedDuration;
use local_cloud::{Statement, names};
use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;
use std::collections::BTreeMap;

/// The template of this source tree.
pub const TEMPLATE: &str = include_str!("../../../template.yaml");
/// The parameters that this machine sets besides stage and address: the concurrency of an account with a
/// raised quota, and a bus.
pub const LOCAL: [(&str, &str); 10] = [
    ("ImportConcurrency", "4"),
    ("CampaignJobsConcurrency", "4"),
    ("EnrichmentConcurrency", "5"),
    ("ColumnConcurrency", "5"),
    ("AiConcurrency", "5"),
    ("SendConcurrency", "10"),
    ("InboundConcurrency", "10"),
    ("VisitConcurrency", "10"),
    ("FoldConcurrency", "10"),
    ("EventBus", "default"),
];
const STACK: &str = "leadflow-local";

/// A template with its functions resolved for this machine.
#[derive(Debug, Clone, Default)]
pub struct Stack {
    pub functions: Vec<FunctionDefinition>,
    /// Names of the tables with their resolved properties.
    pub tables: Vec<(String, Value)>,
    pub queues: Vec<(String, Value)>,
    pub buckets: Vec<(String, Value)>,
    pub secrets: Vec<String>,
    /// The CORS settings: which other sites' pages may call the API.
    pub cors: Option<Cors>,
    /// The WebSocket API of open pages.
    pub socket: Option<SocketApi>,
}

#[derive(Debug, Clone)]
pub struct FunctionDefinition {
    pub logical_id: String,
    /// The name of folder and crate, from `CodeUri`.
    pub name: String,
    pub environment: BTreeMap<String, String>,
    /// The permissions that the template grants. Those that SAM adds for a mapping are for its poller, not
    /// for the function.
    pub policy: Vec<Statement>,
    pub sources: Vec<EventSource>,
    pub timeout_seconds: u64,
    pub memory_mb: u64,
    /// Lambda does not stop the function when its own chain of messages leads back to it.
    pub may_recurse: bool,
    /// The number of retries that Lambda makes of a failed invocation that nobody waits for, and the age
    /// after which it makes none.
    pub async_retries: (u32, SignedDuration),
}

impl FunctionDefinition {
    pub fn timeout(&self) -> SignedDuration {
        SignedDuration::from_secs(self.timeout_seconds.cast_signed())
    }

    pub fn routes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sources.iter().filter_map(|source| match source {
            EventSource::Route { method, path } => Some((method.as_str(), path.as_str())),
            _ => None,
        })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum EventSource {
    Route {
        method: String,
        path: String,
    },
    /// `window` is the time for which a batch that is not full is gathered, from its first message or record
    /// on.
    Queue {
        queue: String,
        batch_size: usize,
        window: SignedDuration,
        max_concurrency: usize,
    },
    /// `retries` is the number after which a record is skipped, and lost; with none it is retried until it
    /// expires.
    Stream {
        table: String,
        batch_size: usize,
        window: SignedDuration,
        retries: Option<u32>,
        filter: Filter,
    },
    Schedule {
        expression: String,
    },
}

struct Resolver<'a> {
    resources: &'a Map<String, Value>,
    conditions: &'a Map<String, Value>,
    parameters: BTreeMap<String, String>,
}

impl Stack {
    pub fn read(text: &str, parameters: &[(&str, &str)]) -> Result<Self> {
        let template = as_json(text)?;
        let none = Map::new();
        let section = |name: &str| template.get(name).and_then(Value::as_object).unwrap_or(&none);
        let mut given: BTreeMap<String, String> = BTreeMap::new();
        for (name, parameter) in section("Parameters") {
            if let Some(default) = parameter.get("Default") {
                given.insert(
                    name.clone(),
                    default.as_str().map_or_else(|| default.to_string(), str::to_owned),
                );
            }
        }
        given.extend(parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let resolver = Resolver {
            resources: section("Resources"),
            conditions: section("Conditions"),
            parameters: given,
        };
        let globals = template.pointer("/Globals/Function").cloned().unwrap_or_default();
        let mut stack = Self::default();
        for (id, resource) in resolver.resources {
            let properties = resource.get("Properties").cloned().unwrap_or_default();
            let place = || format!("resource {id}");
            if let Some(condition) = resource.get("Condition")
                && !resolver.holds(condition).with_context(place)?
            {
                continue;
            }
            match resource.get("Type").and_then(Value::as_str).unwrap_or("") {
                "AWS::Serverless::Function" => {
                    stack.functions.push(resolver.function(id, &properties, &globals).with_context(place)?);
                }
                "AWS::DynamoDB::Table" => {
                    stack
                        .tables
                        .push((resolver.name_of(id)?, resolver.resolve(&properties).with_context(place)?));
                }
                "AWS::SQS::Queue" => {
                    stack
                        .queues
                        .push((resolver.name_of(id)?, resolver.resolve(&properties).with_context(place)?));
                }
                "AWS::S3::Bucket" => {
                    stack
                        .buckets
                        .push((resolver.name_of(id)?, resolver.resolve(&properties).with_context(place)?));
                }
                "AWS::SecretsManager::Secret" => stack.secrets.push(resolver.name_of(id)?),
                "AWS::Serverless::HttpApi" => {
                    let cors = properties.get("CorsConfiguration").unwrap_or(&Value::Null);
                    stack.cors = Cors::read(resolver.resolve(cors)?).with_context(place)?;
                }
                "AWS::ApiGatewayV2::DomainName" | "AWS::ApiGatewayV2::ApiMapping" => {}
                kind if kind.starts_with("AWS::ApiGatewayV2::") => {
                    let properties = resolver.resolve(&properties).with_context(place)?;
                    let part = kind.trim_start_matches("AWS::ApiGatewayV2::");
                    stack.socket.get_or_insert_default().take(part, &properties).with_context(place)?;
                }
                "AWS::Lambda::Permission"
                | "AWS::Logs::LogGroup"
                | "AWS::Logs::MetricFilter"
                | "AWS::Budgets::Budget"
                | "AWS::CloudWatch::Alarm"
                | "AWS::S3::BucketPolicy"
                | "AWS::SNS::Topic" => {}
                other => bail!("{} has type {other}, which this host does not know", place()),
            }
        }
        Ok(stack)
    }

    pub fn function(&self, name: &str) -> Option<&FunctionDefinition> {
        self.functions.iter().find(|function| function.name == name)
    }
}

impl Resolver<'_> {
    fn function(&self, id: &str, properties: &Value, globals: &Value) -> Result<FunctionDefinition> {
        let code = properties.get("CodeUri").and_then(Value::as_str).unwrap_or("");
        let name = code.strip_prefix("target/lambda/").map(|rest| rest.trim_end_matches('/'));
        let name = name.with_context(|| format!("CodeUri {code:?} is not target/lambda/<function>/"))?;
        let mut environment = BTreeMap::new();
        for source in [globals, properties] {
            for (key, value) in
                source.pointer("/Environment/Variables").and_then(Value::as_object).into_iter().flatten()
            {
                environment.insert(key.clone(), text(&self.resolve(value)?)?);
            }
        }
        let mut policy = Vec::new();
        for document in properties.get("Policies").and_then(Value::as_array).into_iter().flatten() {
            for statement in document.get("Statement").and_then(Value::as_array).into_iter().flatten() {
                let statement = self.resolve(statement)?;
                if statement.is_null() {
                    continue;
                }
                if statement.get("Effect") != Some(&json!("Allow")) {
                    bail!("only Allow statements are used");
                }
                policy.push(Statement::new(texts(&statement["Action"])?, texts(&statement["Resource"])?));
            }
        }
        let mut sources = Vec::new();
        for (event, definition) in properties.get("Events").and_then(Value::as_object).into_iter().flatten() {
            sources.push(self.source(definition).with_context(|| format!("event {event}"))?);
        }
        let own_or_global = |key: &str| properties.get(key).or(globals.get(key));
        let asynchronous = |key: &str, default: u64| {
            own_or_global("EventInvokeConfig").and_then(|config| config.get(key)?.as_u64()).unwrap_or(default)
        };
        let retries = u32::try_from(asynchronous("MaximumRetryAttempts", 2))?;
        let age = i64::try_from(asynchronous("MaximumEventAgeInSeconds", 21_600))?;
        let limit = |key: &str, default: u64| match own_or_global(key) {
            Some(value) => Ok(text(&self.resolve(value)?)?.parse().with_context(|| key.to_owned())?),
            None => anyhow::Ok(default),
        };
        Ok(FunctionDefinition {
            logical_id: id.to_owned(),
            name: name.to_owned(),
            environment,
            policy,
            sources,
            timeout_seconds: limit("Timeout", 3)?,
            memory_mb: limit("MemorySize", 128)?,
            may_recurse: own_or_global("RecursiveLoop").is_some_and(|word| word == "Allow"),
            async_retries: (retries, SignedDuration::from_secs(age)),
        })
    }

    fn source(&self, definition: &Value) -> Result<EventSource> {
        let properties = self.resolve(definition.get("Properties").unwrap_or(&Value::Null))?;
        let number = |pointer: &str, default: u64| {
            let given = properties.pointer(pointer).and_then(whole_number).unwrap_or(default);
            usize::try_from(given).unwrap_or(1)
        };
        let named = |key: &str| text(&properties[key]).map(|arn| last_part(&arn));
        let seconds = number("/MaximumBatchingWindowInSeconds", 0);
        ensure!(seconds <= 300, "a batching window of {seconds} s: Lambda takes up to 300");
        let window = SignedDuration::from_secs(seconds as i64);
        let reports = || match texts(&properties["FunctionResponseTypes"])?.as_slice() {
            [one] if one == "ReportBatchItemFailures" => Ok(()),
            _ => Err(anyhow!("a mapping must report its batch item failures")),
        };
        Ok(match definition.get("Type").and_then(Value::as_str).unwrap_or("") {
            "HttpApi" => EventSource::Route {
                method: text(&properties["Method"])?.to_uppercase(),
                path: text(&properties["Path"])?,
            },
            "SQS" => {
                reports()?;
                let batch_size = number("/BatchSize", 10);
                ensure!(
                    batch_size <= 10 || !window.is_zero(),
                    "a batch of {batch_size} messages: Lambda takes more than 10 only with MaximumBatchingWindowInSeconds"
                );
                EventSource::Queue {
                    queue: named("Queue")?,
                    batch_size,
                    window,
                    max_concurrency: number("/ScalingConfig/MaximumConcurrency", 2),
                }
            }
            "DynamoDB" => {
                reports()?;
                let arn = text(&properties["Stream"])?;
                let table =
                    arn.split(":table/").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
                EventSource::Stream {
                    table: table.to_owned(),
                    batch_size: number("/BatchSize", 100),
                    window,
                    retries: properties["MaximumRetryAttempts"]
                        .as_u64()
                        .and_then(|most| most.try_into().ok()),
                    filter: Filter::read(&properties)?,
                }
            }
            "ScheduleV2" => EventSource::Schedule { expression: text(&properties["ScheduleExpression"])? },
            other => bail!("event type {other:?} is not known to this host"),
        })
    }

    /// The name that a resource has on this machine.
    fn name_of(&self, id: &str) -> Result<String> {
        let resource = self.resources.get(id).with_context(|| format!("there is no resource {id}"))?;
        let named = ["TableName", "QueueName", "BucketName", "Name"];
        let given = named.iter().find_map(|key| resource.pointer(&format!("/Properties/{key}")));
        match given {
            Some(name) => text(&self.resolve(name)?),
            None if resource["Type"] == "AWS::S3::Bucket" => Ok(format!("{STACK}-{}", id.to_lowercase())),
            None => Ok(format!("{STACK}-{id}")),
        }
    }

    fn reference(&self, id: &str) -> Result<String> {
        if let Some(value) = self.parameters.get(id) {
            return Ok(value.clone());
        }
        Ok(match id {
            "AWS::StackName" => STACK.to_owned(),
            "AWS::Region" => names::REGION.to_owned(),
            "AWS::AccountId" => names::ACCOUNT.to_owned(),
            "AWS::Partition" => "aws".to_owned(),
            "AWS::URLSuffix" => "amazonaws.com".to_owned(),
            _ => {
                let name = self.name_of(id)?;
                match self.resources[id]["Type"].as_str().unwrap_or("") {
                    "AWS::SQS::Queue" => names::queue_url(&name),
                    "AWS::ApiGatewayV2::Api" => names::SOCKET_API.to_owned(),
                    _ => name,
                }
            }
        })
    }

    fn attribute(&self, id: &str, attribute: &str) -> Result<String> {
        let name = self.name_of(id)?;
        let kind = self.resources[id]["Type"].as_str().unwrap_or("");
        Ok(match (kind, attribute) {
            ("AWS::DynamoDB::Table", "Arn") => names::table_arn(&name),
            ("AWS::DynamoDB::Table", "StreamArn") => names::stream_arn(&name, "local"),
            ("AWS::SQS::Queue", "Arn") => names::queue_arn(&name),
            ("AWS::SQS::Queue", "QueueName") => name,
            ("AWS::S3::Bucket", "Arn") => names::bucket_arn(&name),
            ("AWS::Serverless::Function", "Arn") => names::function_arn(id),
            // This machine serves the WebSocket API at the address of the others.
            ("AWS::ApiGatewayV2::Api", "ApiEndpoint") => {
                let address = self.parameters.get("PublicUrl").context("there is no PublicUrl")?;
                address.replacen("http", "ws", 1)
            }
            ("AWS::Logs::LogGroup", "Arn") => {
                format!("arn:aws:logs:{}:{}:log-group:{name}", names::REGION, names::ACCOUNT)
            }
            _ => bail!("{kind} {id} has no attribute {attribute} here"),
        })
    }

    fn holds(&self, condition: &Value) -> Result<bool> {
        if let Some(name) = condition.as_str() {
            let named = self.conditions.get(name).with_context(|| format!("there is no condition {name}"))?;
            return self.holds(named);
        }
        if let Some(inner) = condition.get("Fn::Not").and_then(|list| list.get(0)) {
            return Ok(!self.holds(inner)?);
        }
        if let Some([a, b]) = condition.get("Fn::Equals").and_then(Value::as_array).map(Vec::as_slice) {
            return Ok(self.resolve(a)? == self.resolve(b)?);
        }
        bail!("this condition is not known here: {condition}")
    }

    fn resolve(&self, value: &Value) -> Result<Value> {
        Ok(match value {
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.resolve(item)).collect::<Result<_>>()?)
            }
            Value::Object(map) if map.len() == 1 => {
                let (key, inner) = map.iter().next().context("a map of one entry has one")?;
                match key.as_str() {
                    "Ref" if inner == "AWS::NoValue" => Value::Null,
                    "Ref" => Value::String(self.reference(inner.as_str().context("Ref takes a name")?)?),
                    "Fn::GetAtt" => {
                        let path = inner.as_str().context("GetAtt takes Resource.Attribute")?;
                        let (id, attribute) =
                            path.split_once('.').context("GetAtt takes Resource.Attribute")?;
                        Value::String(self.attribute(id, attribute)?)
                    }
                    "Fn::Sub" => Value::String(self.substitute(inner.as_str().context("Sub takes a text")?)?),
                    "Fn::Select" => {
                        let (place, list) = (self.resolve(&inner[0])?, self.resolve(&inner[1])?);
                        let place = whole_number(&place).and_then(|place| usize::try_from(place).ok());
                        let chosen = place.and_then(|place| list.get(place)).cloned();
                        chosen.with_context(|| format!("Select finds nothing in {list}"))?
                    }
                    "Fn::Split" => {
                        let (mark, whole) =
                            (text(&self.resolve(&inner[0])?)?, text(&self.resolve(&inner[1])?)?);
                        Value::from_iter(whole.split(&mark))
                    }
                    "Fn::If" => {
                        let branch = if self.holds(&inner[0])? { 1 } else { 2 };
                        self.resolve(&inner[branch])?
                    }
                    function if function.starts_with("Fn::") => bail!("{function} is not known here"),
                    _ => Value::Object(Map::from_iter([(key.clone(), self.resolve(inner)?)])),
                }
            }
            Value::Object(map) => {
                let resolved = map.iter().map(|(key, inner)| Ok((key.clone(), self.resolve(inner)?)));
                Value::Object(resolved.collect::<Result<_>>()?)
            }
            other => other.clone(),
        })
    }

    fn substitute(&self, text: &str) -> Result<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after.split_once('}').context("Sub has an open ${")?;
            out.push_str(before);
            out.push_str(&match name.split_once('.') {
                Some((id, attribute)) => self.attribute(id, attribute)?,
                None => self.reference(name)?,
            });
            rest = tail;
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// A template as it is written, with `!Ref Table` as `{"Ref": "Table"}`.
pub fn as_json(text: &str) -> Result<Value> {
    plain(serde_yaml_ng::from_str(text).context("the template is not YAML")?)
}

/// Replaces YAML's short tags by the maps that they stand for.
fn plain(yaml: Yaml) -> Result<Value> {
    Ok(match yaml {
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let key = if name == "Ref" { name.to_owned() } else { format!("Fn::{name}") };
            json!({ key: plain(tagged.value)? })
        }
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(plain).collect::<Result<_>>()?),
        Yaml::Mapping(map) => {
            let mut out = Map::new();
            for (key, value) in map {
                let key = key.as_str().context("a key of the template is not a text")?.to_owned();
                out.insert(key, plain(value)?);
            }
            Value::Object(out)
        }
        other => serde_json::to_value(other)?,
    })
}

fn text(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        other => bail!("expected a text, found {other}"),
    }
}

/// Reads a number; a parameter's value is a text, whatever its type.
fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn texts(value: &Value) -> Result<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}

fn last_part(arn: &str) -> String {
    arn.rsplit(':').next().unwrap_or(arn).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn template_of_this_tree_is_read() {
        let stack =
            Stack::read(TEMPLATE, &[("Stage", "local"), ("PublicUrl", "http://localhost:8787")]).unwrap();
        let send = stack.function("send_message").unwrap();
        assert_eq!(send.environment["STAGE"], "local");
        assert_eq!(send.environment["PUBLIC_URL"], "http://localhost:8787");
        assert!(
            send.sources
                .iter()
                .any(|s| matches!(s, EventSource::Queue { queue, .. } if queue.ends_with("SendQueue")))
        );
        assert!(stack.queues.len() >= 12 && stack.tables.len() == 1 && stack.buckets.len() == 1);
    }
}
