//! A client's command, as words. Quoted strings and literals are words without their quotes; what stands in round brackets
//! is one word with them.

use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const LONGEST_LINE: usize = 8_192;
const LONGEST_LITERAL: usize = 4_096;

pub(super) struct Command {
    pub tag: String,
    pub words: Vec<String>,
}

/// Reads one command, asking for its literals. `None`: the client has left, or said what no server understands.
pub(super) async fn read<S>(stream: &mut S) -> io::Result<Option<Result<Command, String>>>
where
    S: AsyncBufRead + AsyncWrite + Unpin,
{
    let Some(mut line) = read_line(stream).await? else { return Ok(None) };
    let mut words = Vec::new();
    loop {
        let (text, length) = match literal(&line) {
            Some((before, length)) => (before.to_owned(), Some(length)),
            None => (line.clone(), None),
        };
        let Some(more) = split(&text) else { return Ok(Some(Err(tag_of(&words, &line)))) };
        words.extend(more);
        let Some(length) = length else { break };
        if length > LONGEST_LITERAL {
            return Ok(Some(Err(tag_of(&words, &line))));
        }
        say(stream, "+ go on\r\n").await?;
        let mut bytes = vec![0; length];
        stream.read_exact(&mut bytes).await?;
        words.push(String::from_utf8_lossy(&bytes).into_owned());
        let Some(next) = read_line(stream).await? else { return Ok(None) };
        line = next;
    }
    if words.len() < 2 || !is_tag(&words[0]) {
        return Ok(Some(Err(tag_of(&words, ""))));
    }
    let tag = words.remove(0);
    Ok(Some(Ok(Command { tag, words })))
}

fn tag_of(words: &[String], line: &str) -> String {
    let first = words.first().map_or_else(|| line.split(' ').next().unwrap_or_default(), String::as_str);
    if is_tag(first) { first.to_owned() } else { "*".to_owned() }
}

pub(super) async fn say<S: AsyncWrite + Unpin>(stream: &mut S, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes()).await?;
    stream.flush().await
}

/// Reads one line without its CRLF; `None` at the end, or if the line is not valid in IMAP.
pub(super) async fn read_line<S: AsyncBufRead + Unpin>(stream: &mut S) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await?;
    let text = line.strip_suffix(b"\r\n").filter(|text| text.len() <= LONGEST_LINE);
    Ok(text.and_then(|text| String::from_utf8(text.to_vec()).ok()))
}

fn literal(line: &str) -> Option<(&str, usize)> {
    let (before, length) = line.strip_suffix('}')?.rsplit_once('{')?;
    Some((before.strip_suffix(' ')?, length.parse().ok()?))
}

fn is_tag(tag: &str) -> bool {
    !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Splits words with one blank between two.
fn split(text: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text.strip_prefix(' ').unwrap_or(text);
    while !rest.is_empty() {
        let (word, after) = match rest.chars().next()? {
            '"' => quoted(&rest[1..])?,
            '(' => bracketed(rest)?,
            _ => {
                let end = rest.find(' ').unwrap_or(rest.len());
                let is_atom = |b: u8| b.is_ascii_graphic() && !b"\"{}".contains(&b);
                if end == 0 || !rest[..end].bytes().all(is_atom) {
                    return None;
                }
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        words.push(word);
        match after.strip_prefix(' ') {
            Some(more) if !more.is_empty() => rest = more,
            None if after.is_empty() => return Some(words),
            _ => return None,
        }
    }
    Some(words)
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut letters = text.char_indices();
    loop {
        match letters.next()? {
            (at, '"') => return Some((word, &text[at + 1..])),
            (_, '\\') => word.push(letters.next().filter(|(_, c)| "\"\\".contains(*c))?.1),
            (_, plain) if plain.is_ascii() && !plain.is_control() => word.push(plain),
            _ => return None,
        }
    }
}

fn bracketed(text: &str) -> Option<(String, &str)> {
    let mut depth = 0_u32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((text[..=at].to_owned(), &text[at + 1..]));
        }
    }
    None
}
