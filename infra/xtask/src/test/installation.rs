//! A `dev` of its own for tests from outside: free ports, and a folder that is deleted afterwards.

use anyhow::{Context, Result, bail};
use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The speed of the clock: a minute of the schedules passes in ten seconds.
const SPEED: &str = "6";
const READY_WITHIN: Duration = Duration::from_secs(180);
const STOPPED_WITHIN: Duration = Duration::from_secs(20);
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

pub struct Installation {
    pub url: String,
    child: Child,
    lines: Receiver<String>,
    printed: Vec<String>,
    _data: TempDir,
}

impl Installation {
    /// Starts `dev` with these further arguments and waits until it answers.
    pub fn start(arguments: &[&str]) -> Result<Self> {
        let data = TempDir::new()?;
        let port = free_ports()?;
        let mut command = Command::new(env::current_exe()?);
        command
            .args(["dev", "--port", &port.to_string(), "--speed", SPEED, "--open-sign-up", "--data"])
            .arg(data.path())
            .args(arguments);
        command.current_dir(crate::tree::root()).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (sender, lines) = channel();
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|out| Box::new(out) as Box<dyn Read + Send>),
            child.stderr.take().map(|out| Box::new(out) as Box<dyn Read + Send>),
        ];
        for output in outputs.into_iter().flatten() {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        let url = format!("http://localhost:{port}");
        let mut installation = Self { url, child, lines, printed: Vec::new(), _data: data };
        installation.wait_until_ready(port)?;
        Ok(installation)
    }

    fn wait_until_ready(&mut self, port: u16) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            let ended = self.listen(BETWEEN_LOOKS);
            if healthy(port) {
                return Ok(());
            }
            if ended {
                let status = self.child.wait()?;
                bail!("`dev` ended with {status}:\n{}", self.last_lines(40));
            }
        }
        self.stop()?;
        bail!("`dev` was not ready after {} s:\n{}", READY_WITHIN.as_secs(), self.last_lines(40))
    }

    /// Reads the output for a while; true if there will be no more.
    fn listen(&mut self, span: Duration) -> bool {
        let until = Instant::now() + span;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => self.printed.push(line),
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => return true,
            }
        }
    }

    /// The demo account that `dev` prints once its workspace is complete.
    pub fn sign_in(&mut self) -> Result<(String, String)> {
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            let ended = self.listen(BETWEEN_LOOKS);
            if let Some(found) = sign_in_of(&self.printed) {
                return Ok(found);
            }
            if ended || Instant::now() > deadline {
                bail!("`dev` did not say how to sign in:\n{}", self.last_lines(40));
            }
        }
    }

    pub fn last_lines(&mut self, count: usize) -> String {
        self.listen(BETWEEN_LOOKS);
        self.printed[self.printed.len().saturating_sub(count)..].join("\n")
    }

    /// Stops `dev` as Ctrl-C does; by force if it does not react.
    pub fn stop(&mut self) -> Result<()> {
        let asked = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let deadline = Instant::now() + STOPPED_WITHIN;
        while asked.as_ref().is_ok_and(std::process::ExitStatus::success) && Instant::now() < deadline {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            self.listen(BETWEEN_LOOKS);
            thread::park_timeout(Duration::from_millis(20));
        }
        println!("`dev` did not stop by itself");
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) && self.child.kill().is_ok() {
            drop(self.child.wait());
        }
    }
}

/// Finds four free ports in a row: for the app, the sandbox, its mail server, its folder of sent mail.
fn free_ports() -> Result<u16> {
    for _ in 0..50 {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = first.local_addr()?.port();
        let free =
            |port: Option<u16>| port.is_some_and(|p| TcpListener::bind((Ipv4Addr::LOCALHOST, p)).is_ok());
        if (1..=3).all(|more| free(port.checked_add(more))) {
            return Ok(port);
        }
    }
    bail!("no four free ports in a row")
}

fn healthy(port: u16) -> bool {
    let ask = || -> Result<String> {
        let mut stream = TcpStream::connect(("localhost", port)).context("not listening yet")?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// Finds an address, and the word after it that follows `/`, `password` or `password:`.
fn sign_in_of(lines: &[String]) -> Option<(String, String)> {
    let mut words = lines.iter().flat_map(|line| line.split_whitespace());
    let email = words.find(|word| word.contains('@') && !word.contains("://") && !word.contains('<'))?;
    let named = |word: &str| {
        let word = word.trim_end_matches(':').to_lowercase();
        word == "/" || word == "password"
    };
    words.by_ref().find(|word| named(word))?;
    let password = words.find(|word| !named(word))?;
    let bare = |word: &str| word.trim_matches(|c| c == ',' || c == '"' || c == '`').to_owned();
    Some((bare(email), bare(password)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_is_read_from_the_output() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let maya = Some(("maya@northquay.example".to_owned(), "swift-otter-42".to_owned()));
        let one = "Open http://localhost:8787\nSign in: maya@northquay.example / swift-otter-42";
        assert_eq!(sign_in_of(&lines(one)), maya);
        let two = "  e-mail    maya@northquay.example\n  password: swift-otter-42\nCtrl-C stops";
        assert_eq!(sign_in_of(&lines(two)), maya);
        assert_eq!(sign_in_of(&lines("Open http://localhost:8787")), None);
    }

    #[test]
    fn four_free_ports_are_found() {
        assert!(free_ports().unwrap() > 1024);
    }
}
