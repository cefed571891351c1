//! Servers that mean well and say things in their own way.

use super::scripted::{SMALL, asks_for, cursor, in_time, mail, now, ordinary, play, polled, uids};
use crate::{Cursor, FolderName, FolderRole, Limits, MailboxFailure, Session, poll};

fn bytes(text: impl Into<String>) -> Option<Vec<u8>> {
    Some(text.into().into_bytes())
}

#[tokio::test]
async fn news_between_answers_change_nothing() {
    let news = "* 3 EXISTS\r\n* 1 RECENT\r\n* 2 EXPUNGE\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 4 FETCH (UID 99 BODY[]<0> {2}\r\nhi)\r\n* OK [ALERT] backup at {5}\r\n* NO careful\r\n* FLAGS (\\Seen)\r\n* VANISHED 1:4\r\n";
    let (result, ..) = polled(move |command| bytes(format!("{news}{}", ordinary(command)))).await;
    let poll = result.unwrap();
    assert_eq!(uids(&poll), [7, 9]);
    assert!(poll.is_complete());
    assert_eq!(poll.mails[0].headers.message_id().as_deref(), Some("7@firm.example"));
}

#[tokio::test]
async fn keywords_in_small_letters_are_understood() {
    let small = |command: &str| {
        let words = [
            "OK",
            "CAPABILITY",
            "LIST",
            "EXISTS",
            "UIDVALIDITY",
            "UIDNEXT",
            "SEARCH",
            "FETCH",
            "UID",
            "BODY",
        ];
        bytes(words.iter().fold(ordinary(command), |text, word| text.replace(word, &word.to_lowercase())))
    };
    let (result, ..) = polled(small).await;
    assert_eq!(uids(&result.unwrap()), [7, 9]);
}

#[tokio::test]
async fn lines_that_end_without_a_carriage_return_are_understood() {
    let bare = |command: &str| bytes(ordinary(command).replace("done\r\n", "done\n"));
    let (result, ..) = polled(bare).await;
    assert_eq!(uids(&result.unwrap()), [7, 9]);
}

#[tokio::test]
async fn folder_names_come_and_go_in_every_form() {
    let listed = "* LIST (\\Junk) {1}\r\n/ {4}\r\nSp\"m\r\n* LIST (\\Sent) \"/\" \"Gel\u{f6}st\"\r\n* LIST () \"/\" {3}\r\na\nb\r\n* LIST () NIL R&-D [x]\r\n* LIST () \"/\" {0}\r\n\r\n";
    let mut literal = false;
    let answer = move |command: &str| {
        if literal {
            literal = false;
            return bytes("* 0 EXISTS\r\n* OK [UIDVALIDITY 3] v\r\n* OK [UIDNEXT 4] n\r\n{tag} OK done\r\n");
        }
        if command.starts_with("LIST") {
            return bytes(format!("{listed}{{tag}} OK done\r\n"));
        }
        literal = command.ends_with('}');
        bytes(if literal { "+ go on\r\n".to_owned() } else { ordinary(command) })
    };
    let (stream, heard) = play(b"* PREAUTH ready\r\n", answer);
    let mut session = Session::greet(stream, SMALL).await.unwrap();
    let folders = in_time(session.folders()).await.unwrap();
    let names: Vec<String> = folders.iter().map(|folder| folder.name.to_string()).collect();
    assert_eq!(names, ["Sp\"m", "Gel\u{f6}st", "R&D [x]"]);
    assert_eq!(folders[1].role, Some(FolderRole::Sent));
    for folder in &folders {
        in_time(session.examine(&folder.name)).await.unwrap();
    }
    let heard = heard.lock().unwrap();
    let sent: Vec<_> =
        heard.iter().filter(|line| line.contains("EXAMINE") || line.contains('\u{f6}')).collect();
    assert_eq!(sent, ["a3 EXAMINE \"Sp\\\"m\"", "a4 EXAMINE {7}", "Gel\u{f6}st", "a5 EXAMINE \"R&-D [x]\""]);
}

#[tokio::test]
async fn mail_that_is_not_handed_out_spoils_no_other() {
    let answer = |command: &str| match command.starts_with("UID FETCH") {
        true if asks_for(command, 7) => bytes("{tag} NO some messages could not be fetched\r\n"),
        _ => bytes(ordinary(command)),
    };
    let (result, ..) = polled(answer).await;
    let poll = result.unwrap();
    assert_eq!(uids(&poll), [9]);
    let [refused] = poll.unreadable.as_slice() else { panic!("{:?}", poll.unreadable) };
    assert_eq!((&refused.folder, refused.headers.uid), (&FolderName::inbox(), 7));
    assert!(refused.headers.bytes.is_empty() && refused.uid_validity > 0);
    let broken = |command: &str| match command.starts_with("UID FETCH") {
        true if asks_for(command, 7) => bytes(format!("* 7 FETCH (UID 7 BODY[\r\n{}{{tag}} OK\r\n", mail(9))),
        _ => bytes(ordinary(command)),
    };
    let (result, ..) = polled(broken).await;
    let poll = result.unwrap();
    assert_eq!((uids(&poll), poll.unreadable.len()), (vec![9], 1));
}

#[tokio::test]
async fn server_that_hands_out_nothing_is_asked_again_later() {
    for (told, busy) in
        [("[UNAVAILABLE] later", true), ("Account exceeded bandwidth limits", true), ("no", false)]
    {
        let answer = move |command: &str| match command.starts_with("UID FETCH") {
            true => bytes(format!("{{tag}} NO {told}\r\n")),
            false => bytes(ordinary(command)),
        };
        let (result, ..) = polled(answer).await;
        if busy {
            assert!(matches!(result.unwrap_err(), MailboxFailure::Busy), "{told}");
        } else {
            let poll = result.unwrap();
            assert!(
                !poll.is_complete() && matches!(poll.problems[0].failure, MailboxFailure::Refused { .. })
            );
            assert_eq!(poll.cursor.folders()[0].next_uid, 6);
        }
    }
}

#[tokio::test]
async fn server_without_uidnext_is_asked_for_its_last_mail() {
    let answer = |command: &str| match command {
        "UID FETCH * (UID)" => bytes("* 2 FETCH (UID 9)\r\n{tag} OK done\r\n"),
        command if command.starts_with("EXAMINE") => {
            bytes("* 2 EXISTS\r\n* OK [UIDVALIDITY 1] v\r\n{tag} OK x\r\n")
        }
        command => bytes(ordinary(command)),
    };
    let (result, ..) = polled(answer).await;
    let poll = result.unwrap();
    assert_eq!((uids(&poll), poll.cursor.folders()[0].next_uid), (vec![7, 9], 10));
    // Its last mail is deleted: the numbers do not begin anew.
    let emptied = |command: &str| match command.starts_with("EXAMINE") {
        true => bytes("* 0 EXISTS\r\n* OK [UIDVALIDITY 1] v\r\n{tag} OK x\r\n"),
        false => bytes(ordinary(command)),
    };
    let (result, ..) = polled(emptied).await;
    let poll = result.unwrap();
    assert!(poll.mails.is_empty() && poll.numbered_anew.is_empty() && poll.is_complete());
    assert_eq!(poll.cursor.folders()[0].next_uid, 6);
}

#[tokio::test]
async fn uidnext_that_goes_back_begins_the_folder_anew() {
    let answer = |command: &str| match command.starts_with("EXAMINE") {
        true => bytes("* 2 EXISTS\r\n* OK [UIDVALIDITY 1] v\r\n* OK [UIDNEXT 4] n\r\n{tag} OK x\r\n"),
        false if command.starts_with("UID SEARCH") => bytes("* SEARCH 1 2 3 4 5\r\n{tag} OK x\r\n"),
        false if command.starts_with("UID FETCH") => {
            bytes(format!("{}{}{}{{tag}} OK x\r\n", mail(1), mail(2), mail(3)))
        }
        false => bytes(ordinary(command)),
    };
    let (stream, heard) = play(b"* PREAUTH ready\r\n", answer);
    let mut session = Session::greet(stream, SMALL).await.unwrap();
    let poll = in_time(poll(&mut session, &cursor(), now())).await.unwrap();
    assert_eq!((uids(&poll), poll.numbered_anew.as_slice()), (vec![1, 2, 3], &[FolderName::inbox()][..]));
    let heard = heard.lock().unwrap();
    assert!(heard.iter().any(|line| line.ends_with("UID SEARCH UID 1:3 SINCE 6-Feb-2026")), "{heard:?}");
}

#[tokio::test]
async fn failure_in_a_later_folder_keeps_what_was_read() {
    let stored = serde_json::to_string(&cursor()).unwrap();
    let junk =
        r#"{"name":"Junk","role":"junk","uid_validity":1,"next_uid":6,"read_at":"2026-02-07T08:00:00Z"}"#;
    let cursor = serde_json::from_str(&stored.replace("}]}", &format!("}},{junk}]}}"))).unwrap();
    let answer = |command: &str| match command {
        "EXAMINE \"Junk\"" => bytes("* BYE enough\r\n"),
        command => bytes(ordinary(command)),
    };
    let (stream, _) = play(b"* PREAUTH ready\r\n", answer);
    let mut session = Session::greet(stream, SMALL).await.unwrap();
    let poll = in_time(poll(&mut session, &cursor, now())).await.unwrap();
    assert_eq!(uids(&poll), [7, 9]);
    assert!(!poll.is_complete());
    assert!(matches!(poll.problems[0].failure, MailboxFailure::HungUp(_)));
    assert_eq!(poll.cursor.folders()[1].next_uid, 6);
}

#[tokio::test]
async fn junk_folder_that_is_removed_is_no_problem_and_is_read_on_when_it_comes_back() {
    let stored = serde_json::to_string(&cursor()).unwrap();
    let junk =
        r#"{"name":"Junk","role":"junk","uid_validity":1,"next_uid":6,"read_at":"2026-02-07T08:00:00Z"}"#;
    let cursor = serde_json::from_str(&stored.replace("}]}", &format!("}},{junk}]}}"))).unwrap();
    let polled = async |cursor: &Cursor, is_there: bool| {
        let answer = move |command: &str| match command {
            "EXAMINE \"Junk\"" if !is_there => bytes("{tag} NO [NONEXISTENT] no such folder\r\n"),
            command => bytes(ordinary(&command.replace("EXAMINE \"Junk\"", "EXAMINE \"INBOX\""))),
        };
        let (stream, _) = play(b"* PREAUTH ready\r\n", answer);
        let mut session = Session::greet(stream, SMALL).await.unwrap();
        in_time(poll(&mut session, cursor, now())).await.unwrap()
    };
    let gone = polled(&cursor, false).await;
    assert!(gone.is_complete(), "{:?}", gone.problems);
    assert_eq!((uids(&gone), gone.cursor.folders()[1].next_uid), (vec![7, 9], 6));
    let back = polled(&gone.cursor, true).await;
    assert_eq!((uids(&back), back.is_complete()), (vec![7, 9], true));
    assert_eq!(back.mails[0].role, Some(FolderRole::Junk));
}

#[tokio::test]
async fn failure_between_two_batches_keeps_the_first() {
    let answer = |command: &str| match command.starts_with("UID FETCH") && asks_for(command, 9) {
        true => bytes("* BYE enough\r\n"),
        false => bytes(ordinary(command)),
    };
    let one_at_once = Limits { conversation_bytes: 6 * 1024, ..SMALL };
    let (stream, _) = play(b"* PREAUTH ready\r\n", answer);
    let mut session = Session::greet(stream, one_at_once).await.unwrap();
    let poll = in_time(poll(&mut session, &cursor(), now())).await.unwrap();
    assert_eq!((uids(&poll), poll.cursor.folders()[0].next_uid), (vec![7], 8));
    assert!(matches!(poll.problems[0].failure, MailboxFailure::HungUp(_)));
    assert!(!poll.is_complete());
}

#[tokio::test]
async fn server_that_lists_no_folders_is_read_all_the_same() {
    let answer = |command: &str| match command.starts_with("LIST") {
        true => bytes("{tag} NO not for you\r\n"),
        false => bytes(ordinary(command)),
    };
    let (result, ..) = polled(answer).await;
    assert_eq!(uids(&result.unwrap()), [7, 9]);
}

#[tokio::test]
async fn session_that_has_read_its_fill_refuses_another_poll() {
    let (stream, _) = play(b"* PREAUTH ready\r\n", |command| bytes(ordinary(command)));
    let mut session = Session::greet(stream, SMALL).await.unwrap();
    let mut polls = 0;
    let failure = loop {
        match in_time(poll(&mut session, &cursor(), now())).await {
            Ok(poll) => polls += usize::from(poll.is_complete()),
            Err(failure) => break failure,
        }
    };
    assert!(polls > 10 && matches!(failure, MailboxFailure::TooMuch(_)), "{polls} {failure}");
}

#[tokio::test]
async fn mails_that_arrive_during_a_poll_wait_for_the_next() {
    let answer = |command: &str| match command.starts_with("UID SEARCH") {
        true => bytes("* 4 EXISTS\r\n* SEARCH 7 12 9 3 13 7\r\n{tag} OK done\r\n"),
        false => bytes(ordinary(command)),
    };
    let (result, ..) = polled(answer).await;
    let poll = result.unwrap();
    assert_eq!((uids(&poll), poll.cursor.folders()[0].next_uid), (vec![7, 9], 12));
    assert!(poll.is_complete());
}

#[tokio::test]
async fn large_folder_is_searched_in_windows_and_never_without_end() {
    let large = |command: &str, next: u32, found: &'static str| match command {
        command if command.starts_with("EXAMINE") => bytes(format!(
            "* 50000 EXISTS\r\n* OK [UIDVALIDITY 1] v\r\n* OK [UIDNEXT {next}] n\r\n{{tag}} OK x\r\n"
        )),
        command if command.starts_with("UID SEARCH UID 20006:") => {
            bytes(format!("* SEARCH {found}\r\n{{tag}} OK x\r\n"))
        }
        command if command.starts_with("UID SEARCH") => bytes("* SEARCH\r\n{tag} OK x\r\n"),
        command if command.starts_with("UID FETCH 30000") => {
            bytes(format!("{}{{tag}} OK x\r\n", mail(30_000)))
        }
        command => bytes(ordinary(command)),
    };
    let (stream, heard) = play(b"* PREAUTH ready\r\n", move |command| large(command, 60_001, "30000"));
    let mut session = Session::greet(stream, SMALL).await.unwrap();
    let whole = in_time(poll(&mut session, &cursor(), now())).await.unwrap();
    assert_eq!((uids(&whole), whole.cursor.folders()[0].next_uid), (vec![30_000], 60_001));
    assert!(whole.is_complete());
    let searches: Vec<String> = heard
        .lock()
        .unwrap()
        .iter()
        .filter_map(|line| line.split_once("SEARCH UID "))
        .map(|(_, range)| range.to_owned())
        .collect();
    assert_eq!(searches, ["6:20005", "20006:40005", "40006:60000"]);
    let (result, ..) = polled(move |command| large(command, u32::MAX, "")).await;
    let part = result.unwrap();
    assert!(part.more && !part.is_complete());
    assert_eq!(part.cursor.folders()[0].next_uid, 400_006);
}
