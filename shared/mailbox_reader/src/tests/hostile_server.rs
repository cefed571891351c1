//! Servers that want to fill the memory, to overflow the stack or to talk for ever, and those that are no IMAP servers.

use super::scripted::{SMALL, in_time, now, ordinary, play, polled, uids};
use crate::connection::Command;
use crate::{Cursor, Limits, MailboxFailure, Session};

const COMMANDS: [&str; 5] = ["CAPABILITY", "LIST", "EXAMINE", "UID SEARCH", "UID FETCH"];

/// Answers a command with these bytes instead of what an ordinary server says.
fn instead(of: &'static str, bytes: Vec<u8>) -> impl FnMut(&str) -> Option<Vec<u8>> + Send {
    move |command| match command.starts_with(of) {
        true => Some(bytes.clone()),
        false => Some(ordinary(command).into_bytes()),
    }
}

async fn failure(of: &'static str, bytes: impl Into<Vec<u8>>) -> MailboxFailure {
    let bytes = bytes.into();
    let (result, read, held) = polled(instead(of, bytes)).await;
    assert!(read <= SMALL.conversation_bytes, "{of}: {read} bytes read");
    assert!(held <= SMALL.conversation_bytes, "{of}: {held} bytes held");
    result.map(|poll| uids(&poll)).unwrap_err()
}

#[tokio::test]
async fn endless_line_ends_the_conversation() {
    for command in COMMANDS {
        for start in ["* ", "* 1 FETCH (UID ", "* LIST () \"/\" ", "+ ", "a1 OK ", ""] {
            let line = format!("{start}{}", "a".repeat(1_000_000));
            let failure = failure(command, line).await;
            assert!(matches!(failure, MailboxFailure::TooMuch("a line")), "{command} {start} {failure}");
        }
    }
}

#[tokio::test]
async fn announced_literal_is_refused_before_a_byte_of_it_comes() {
    for length in ["8193", "4294967296", "9223372036854775808", "99999999999999999999999999999999"] {
        for line in [
            format!("* 7 FETCH (UID 7 BODY[]<0> {{{length}}}\r\n"),
            format!("* LIST () \"/\" {{{length}}}\r\n"),
            format!("* X-ODD {{{length}}}\r\n"),
        ] {
            for command in COMMANDS {
                let failure = failure(command, line.clone()).await;
                assert!(matches!(failure, MailboxFailure::TooMuch("a literal")), "{line} {failure}");
            }
        }
    }
}

#[tokio::test]
async fn many_literals_in_one_answer_are_refused() {
    let line = format!("* LIST ({} \"/\" a\r\n", "{1}\r\nx".repeat(200));
    assert!(matches!(failure("LIST", line).await, MailboxFailure::TooMuch("a literal")));
}

#[tokio::test]
async fn literal_that_never_comes_is_a_server_that_hung_up() {
    let hangs_up = |command: &str| match command.starts_with("UID FETCH") {
        true => Some(b"* 7 FETCH (UID 7 BODY[]<0> {8000}\r\nonly this".to_vec()),
        false if command.is_empty() => None,
        false => Some(ordinary(command).into_bytes()),
    };
    let (stream, _) = play(b"* PREAUTH ready\r\n", hangs_up);
    let mut session = Session::greet(stream, SMALL).await.unwrap();
    let reading = session.fetch_headers(&[7]);
    let waited = tokio::time::timeout(std::time::Duration::from_millis(50), reading).await;
    assert!(waited.is_err(), "the caller's time limit ends it");
    assert!(session.connection.bytes_held() < 32 * 1024);
    let after = session.fetch_headers(&[7]).await.unwrap_err();
    assert!(matches!(after, MailboxFailure::GivenUp), "{after}");
}

#[tokio::test]
async fn nested_lists_overflow_no_stack() {
    let levels = 100_000;
    let roomy = Limits { line_bytes: 1024 * 1024, conversation_bytes: 4 * 1024 * 1024, ..SMALL };
    for item in ["FLAGS ", "BODYSTRUCTURE ", "BODY[", "X-ODD "] {
        let deep = format!("* 7 FETCH ({item}{}{} UID 7)\r\n", "(".repeat(levels), ")".repeat(levels));
        let answer = format!("{deep}* LIST {}\r\n{{tag}} OK done\r\n", "(".repeat(levels));
        let (stream, _) = play(b"* PREAUTH ready\r\n", instead("UID FETCH", answer.into_bytes()));
        let mut session = Session::greet(stream, roomy).await.unwrap();
        let blocks = in_time(session.fetch_headers(&[7])).await.unwrap();
        let unreadable: Vec<u32> = blocks.unreadable.iter().map(|headers| headers.uid).collect();
        assert_eq!((blocks.read.len(), unreadable.as_slice()), (0, &[7][..]), "{item}");
        // Under ordinary bounds, such a line is not even read.
        assert!(matches!(failure("UID FETCH", deep).await, MailboxFailure::TooMuch(_)), "{item}");
    }
}

#[tokio::test]
async fn flood_of_untagged_answers_ends_the_conversation() {
    for line in
        ["* 1 EXISTS\r\n", "* OK still here\r\n", "* LIST () \"/\" a\r\n", "* SEARCH 7\r\n", "* X\r\n"]
    {
        for command in COMMANDS {
            let failure = failure(command, line.repeat(100_000)).await;
            assert!(matches!(failure, MailboxFailure::TooMuch("lines")), "{command} {line} {failure}");
        }
    }
    let long = format!("* LIST () \"/\" {}\r\n", "a".repeat(1000)).repeat(1000);
    assert!(matches!(failure("LIST", long).await, MailboxFailure::TooMuch("a conversation")));
}

#[tokio::test]
async fn one_of_many_lists_of_capabilities_is_kept() {
    let told = format!("{}{{tag}} OK done\r\n", "* CAPABILITY a a a\r\n".repeat(400));
    let (stream, _) = play(b"* PREAUTH ready\r\n", instead("NOOP", told.into_bytes()));
    let mut session = Session::greet(stream, SMALL).await.unwrap();
    let reply = in_time(session.connection.run(Command::new("NOOP", ""))).await.unwrap();
    assert_eq!(reply.data.len(), 1);
}

#[tokio::test]
async fn farewell_at_any_moment_is_told_as_such() {
    for command in COMMANDS {
        let told = failure(command, "* BYE [UNAVAILABLE] shutting down\r\n").await;
        assert!(matches!(&told, MailboxFailure::HungUp(text) if text.contains("shutting down")), "{told}");
        assert!(told.may_pass());
        let (result, ..) =
            polled(move |asked| (!asked.starts_with(command)).then(|| ordinary(asked).into_bytes())).await;
        assert!(matches!(result.unwrap_err(), MailboxFailure::HungUp(_)), "{command}");
    }
}

#[tokio::test]
async fn answer_that_is_no_imap_is_told_as_such() {
    for answer in [
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "220 mail.example ESMTP\r\n",
        "a99 OK done\r\n",
        "{tag}\r\n",
        "{tag} \r\n",
        "{tag} BYE now\r\n",
        "{tag} PREAUTH now\r\n",
        "{tag}OK done\r\n",
        "*OK done\r\n",
        "*\r\n",
        "* \r\n",
        "* (\r\n",
        "* 7\r\n",
        "+ go on\r\n",
        "\r\n",
        "* SEARCH seven\r\n",
        "* OK a\0b\r\n",
        "\u{16}\u{3}\u{1}\u{2}\n",
    ] {
        for command in COMMANDS {
            let told = failure(command, answer).await;
            assert!(matches!(told, MailboxFailure::NotImap(_)), "{command} {answer:?} {told}");
            assert!(!told.to_string().contains(char::is_control), "{told}");
        }
    }
}

#[tokio::test]
async fn greeting_of_another_service_is_told_as_such() {
    for greeting in
        ["220 mail.example ESMTP\r\n", "+OK POP3 ready\r\n", "SSH-2.0-x\r\n", "* NO ready\r\n", "\n"]
    {
        let (stream, _) = play(greeting.as_bytes(), |_| None);
        let failure = in_time(Session::greet(stream, SMALL)).await.err().unwrap();
        assert!(matches!(failure, MailboxFailure::NotImap(_)), "{greeting} {failure}");
    }
    let (stream, _) = play(b"* BYE too busy\r\n", |_| None);
    let failure = in_time(Session::greet(stream, SMALL)).await.err().unwrap();
    assert!(matches!(failure, MailboxFailure::HungUp(_)), "{failure}");
    let (stream, _) = play(&b"x".repeat(100_000), |_| None);
    let failure = in_time(Session::greet(stream, SMALL)).await.err().unwrap();
    assert!(matches!(failure, MailboxFailure::TooMuch(_)), "{failure}");
}

#[tokio::test]
async fn headers_without_end_are_not_read() {
    let long = format!("* 7 FETCH (UID 7 BODY[HEADER]<0> {{8000}}\r\n{}", "a".repeat(8000));
    let ended = format!("{long})\r\n{{tag}} OK done\r\n");
    let (result, read, _) = polled(instead("UID FETCH", ended.into_bytes())).await;
    let poll = result.unwrap();
    assert!(poll.mails[0].headers.is_cut);
    assert_eq!(poll.mails[0].headers.bytes.len(), SMALL.header_bytes);
    assert!(read < 10_000);
    assert!(matches!(failure("UID FETCH", long.repeat(20)).await, MailboxFailure::TooMuch(_)));
}

#[tokio::test]
async fn numbers_at_their_end_overflow_nothing() {
    let last = u32::MAX;
    let examined =
        format!("* {last} EXISTS\r\n* OK [UIDVALIDITY 1] v\r\n* OK [UIDNEXT {last}] n\r\n{{tag}} OK x\r\n");
    let (result, ..) = polled(instead("EXAMINE", examined.into_bytes())).await;
    assert_eq!(uids(&result.unwrap()), [7, 9]);
    for odd in ["0", "4294967296", "-1", "x"] {
        let examined =
            format!("* 2 EXISTS\r\n* OK [UIDVALIDITY {odd}] v\r\n* OK [UIDNEXT {odd}] n\r\n{{tag}} OK x\r\n");
        let (result, ..) = polled(instead("EXAMINE", examined.into_bytes())).await;
        assert!(result.is_ok(), "{odd}");
    }
    let (stream, _) = play(b"* PREAUTH ready\r\n", instead("EXAMINE", b"{tag} OK x\r\n".to_vec()));
    let mut session = Session::greet(stream, SMALL).await.unwrap();
    let cursor = in_time(Cursor::start(&mut session, &[], now())).await.unwrap();
    assert_eq!((cursor.folders()[0].uid_validity, cursor.folders()[0].next_uid), (0, 1));
}
