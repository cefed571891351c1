//! One packaged function as a process of its own: only its own environment, with its time and memory
//! measured.

use super::runtime_api::RuntimeApi;
use anyhow::{Context, Result, bail};
use local_host::FunctionDefinition;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const READY_WITHIN: Duration = Duration::from_secs(60);
const LOOK_WHETHER_IT_LIVES: Duration = Duration::from_millis(100);

pub struct Function {
    pub definition: FunctionDefinition,
    bootstrap: PathBuf,
    environment: BTreeMap<String, String>,
    log: PathBuf,
    api: RuntimeApi,
    child: Mutex<Option<Child>>,
    /// Held while an event is processed: an environment of Lambda has one at a time.
    generation: tokio::sync::Mutex<()>,
    figures: Mutex<Figures>,
}

/// The measurements of a function.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// The median of several starts: a machine with other work disturbs some.
    pub init_cpu_ms: f64,
    pub peak_mb: f64,
    pub invocations: u64,
    pub longest: Duration,
    /// The errors that it answered with, timeouts, and ends of its process.
    pub failures: Vec<String>,
}

impl Function {
    /// Starts the process several times, so that the start is measured well.
    pub async fn start(
        definition: FunctionDefinition,
        bootstrap: PathBuf,
        environment: BTreeMap<String, String>,
        log: PathBuf,
        starts: usize,
    ) -> Result<Self> {
        let api = RuntimeApi::start(&definition.name).await?;
        File::create(&log).with_context(|| log.display().to_string())?;
        let function = Self {
            definition,
            bootstrap,
            environment,
            log,
            api,
            child: Mutex::default(),
            generation: tokio::sync::Mutex::default(),
            figures: Mutex::default(),
        };
        let mut inits = Vec::new();
        for _ in 0..starts {
            function.stop();
            inits.push(function.launch().await?);
        }
        inits.sort_by(f64::total_cmp);
        let middle = inits.get(inits.len() / 2).copied().unwrap_or_default();
        function.figures.lock().unwrap_or_else(PoisonError::into_inner).init_cpu_ms = middle;
        Ok(function)
    }

    /// Starts the process; returns the milliseconds of CPU time until it asked for its first event.
    async fn launch(&self) -> Result<f64> {
        self.api.begin();
        let name = &self.definition.name;
        let log = OpenOptions::new().append(true).open(&self.log)?;
        let child = Command::new(&self.bootstrap)
            .env_clear()
            .envs(&self.environment)
            .env("AWS_LAMBDA_RUNTIME_API", self.api.address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", self.definition.memory_mb.to_string())
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "rehearsal")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "rehearsal")
            .env("_HANDLER", name)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| {
                let program = self.bootstrap.display();
                format!("{program} cannot be started; `cargo xtask package` makes it")
            })?;
        let id = child.id();
        *self.child.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        tokio::select! {
            ready = tokio::time::timeout(READY_WITHIN, self.api.ready()) => {
                ready.with_context(|| format!("{name} did not ask for an event in time"))??;
            }
            status = self.ended() => {
                let log = self.log();
                let last = log.lines().last().unwrap_or("it said nothing");
                bail!("{name} ended before it asked for an event: {status}; {last}")
            }
        }
        let used = cpu_ms(id);
        self.note_memory(id);
        Ok(used.unwrap_or_default())
    }

    /// Gives an event to the function, within its timeout. A process that hangs or dies is replaced, as
    /// Lambda does.
    pub async fn invoke(&self, event: &Value) -> Result<Value, String> {
        let _turn = self.generation.lock().await;
        let allowed = Duration::from_secs(self.definition.timeout_seconds);
        let began = Instant::now();
        let answer = tokio::select! {
            answer = self.api.invoke(event.to_string().into_bytes(), allowed) => {
                answer.unwrap_or_else(|_| Err("nobody answered".to_owned()))
            }
            status = self.ended() => self.replace(format!("its process ended: {status}")).await,
            () = tokio::time::sleep(allowed) => {
                self.replace(format!("cut off after {} s", allowed.as_secs())).await
            }
        };
        let id = self.child.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Child::id);
        id.into_iter().for_each(|id| self.note_memory(id));
        let mut figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        figures.invocations += 1;
        figures.longest = figures.longest.max(began.elapsed());
        if let Err(why) = &answer {
            figures.failures.push(why.clone());
        }
        answer
    }

    async fn replace(&self, why: String) -> Result<Value, String> {
        self.stop();
        match self.launch().await {
            Ok(_) => Err(why),
            Err(error) => Err(format!("{why}; and then: {error:#}")),
        }
    }

    /// Waits until the process has ended.
    async fn ended(&self) -> String {
        loop {
            let status = match self.child.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
                Some(child) => child.try_wait(),
                None => return "it was stopped".to_owned(),
            };
            match status {
                Ok(Some(status)) => return status.to_string(),
                Ok(None) => tokio::time::sleep(LOOK_WHETHER_IT_LIVES).await,
                Err(error) => return error.to_string(),
            }
        }
    }

    pub fn stop(&self) {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut child) = child {
            drop(child.kill());
            drop(child.wait());
        }
    }

    pub fn figures(&self) -> Figures {
        self.figures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Everything that it has logged.
    pub fn log(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    fn note_memory(&self, id: u32) {
        if let Some(peak) = peak_mb(id) {
            let mut figures = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
            figures.peak_mb = figures.peak_mb.max(peak);
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The CPU time of all threads of the process, from the scheduler's nanoseconds.
fn cpu_ms(id: u32) -> Option<f64> {
    let mut nanos = 0.0;
    for task in fs::read_dir(format!("/proc/{id}/task")).ok()? {
        let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        nanos += text.split_whitespace().next()?.parse::<f64>().ok()?;
    }
    Some(nanos / 1e6)
}

/// The peak resident memory of the process.
fn peak_mb(id: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}
