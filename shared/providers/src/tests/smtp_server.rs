//! A server at the other end of a pipe that answers by a script and keeps what it was given.

use crate::transport::PipeSmtp;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

#[derive(Debug, Default)]
pub(crate) struct Received {
    pub commands: Vec<String>,
    /// The message as delivered, dots unstuffed, without the final dot.
    pub message: String,
}

/// A server's script: the first matching prefix of a command line gives the reply. `hang up` closes without one, `say
/// nothing` does neither. The final dot is `.`.
pub(crate) type Script = &'static [(&'static str, &'static str)];

pub(crate) fn server(script: Script) -> (PipeSmtp, Arc<Mutex<Received>>) {
    let received = Arc::new(Mutex::new(Received::default()));
    let kept = received.clone();
    let smtp = PipeSmtp::new(move |_| {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let kept = kept.clone();
        tokio::spawn(async move {
            // The client may leave in the middle of a reply.
            serve(theirs, script, kept).await.ok();
        });
        Ok(ours)
    });
    (smtp, received)
}

pub(crate) async fn serve(
    pipe: impl AsyncRead + AsyncWrite + Unpin,
    script: Script,
    kept: Arc<Mutex<Received>>,
) -> std::io::Result<()> {
    let mut pipe = BufReader::new(pipe);
    let reply = |line: &str| {
        let scripted = script.iter().find(|(prefix, _)| line.starts_with(prefix)).map(|(_, reply)| *reply);
        scripted.unwrap_or(match line {
            "banner" => "220 mx.test ESMTP",
            "DATA" => "354 go on",
            line if line.starts_with("EHLO") => "250-mx.test\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 100000",
            line if line.starts_with("AUTH") => "235 2.7.0 welcome",
            _ => "250 2.0.0 ok",
        })
    };
    let mut line = "banner".to_owned();
    loop {
        let answer = reply(&line);
        if answer == "hang up" {
            return Ok(());
        }
        if answer == "say nothing" {
            return std::future::pending().await;
        }
        pipe.write_all(format!("{answer}\r\n").as_bytes()).await?;
        if line == "DATA" && answer.starts_with("354") {
            let mut message = String::new();
            loop {
                let mut text = String::new();
                if pipe.read_line(&mut text).await? == 0 {
                    return Ok(());
                }
                if text == ".\r\n" {
                    break;
                }
                message.push_str(text.strip_prefix('.').unwrap_or(&text));
            }
            kept.lock().unwrap().message = message;
            line = ".".to_owned();
            continue;
        }
        line.clear();
        if pipe.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        line.truncate(line.trim_end().len());
        kept.lock().unwrap().commands.push(line.clone());
    }
}
