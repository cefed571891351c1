use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};

use super::fixture::{World, message, world, world_with};
use crate::config::RateLimit;
use crate::{Credentials, Provider};

struct Client(BufReader<DuplexStream>);

impl Client {
    async fn connect(world: &World) -> Self {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let sandbox = world.sandbox.clone();
        tokio::spawn(async move { sandbox.serve_smtp(theirs).await });
        Self(BufReader::new(ours))
    }

    async fn signed_in(world: &World) -> Self {
        let mut client = Self::connect(world).await;
        assert_eq!(client.reply().await[..3], *"220");
        assert_eq!(client.say("EHLO app.test").await[..3], *"250");
        let plain = format!("\0{}\0{}", Credentials::SMTP_USER, Credentials::SMTP_PASSWORD);
        assert_eq!(
            client.say(&format!("AUTH PLAIN {}", STANDARD.encode(plain))).await,
            "235 2.7.0 signed in"
        );
        client
    }

    async fn send(&mut self, line: &str) {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
    }

    /// Reads all lines of one reply.
    async fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await.unwrap() == 0 {
                return reply;
            }
            let more = line.as_bytes().get(3) == Some(&b'-');
            reply.push_str(&line);
            if !more {
                return reply.trim_end().to_owned();
            }
        }
    }

    async fn say(&mut self, line: &str) -> String {
        self.send(line).await;
        self.reply().await
    }

    async fn deliver(&mut self, to: &str, message: &str) -> String {
        assert_eq!(self.say("MAIL FROM:<bounce@reply.test> BODY=8BITMIME").await[..3], *"250");
        assert_eq!(self.say(&format!("RCPT TO:<{to}>")).await[..3], *"250");
        assert_eq!(self.say("DATA").await[..3], *"354");
        self.say(&format!("{message}.")).await
    }
}

#[tokio::test]
async fn message_is_accepted_and_kept_each_time_it_comes() {
    let world = world();
    let mut client = Client::signed_in(&world).await;
    for _ in 0..2 {
        let reply = client.deliver("ann+silent@example.com", &message("ann@example.com", "one")).await;
        assert!(reply.starts_with("250 2.0.0 Ok: queued as "), "{reply}");
    }
    assert_eq!(client.say("QUIT").await, "221 2.0.0 bye");
    let observed = world.sandbox.observed();
    assert_eq!(observed.email_acceptances()[&("one@sender.test", "ann+silent@example.com")], 2);
    assert_eq!(observed.emails[0].tag.as_deref(), Some("tag-one"));
    assert_eq!(observed.duplicate_sends(), 1);
}

#[tokio::test]
async fn commands_out_of_order_are_refused() {
    let world = world();
    let mut client = Client::connect(&world).await;
    client.reply().await;
    assert_eq!(client.say("MAIL FROM:<a@b.test>").await[..9], *"503 5.5.1");
    assert_eq!(client.say("NONSENSE").await[..9], *"500 5.5.1");
    assert_eq!(client.say("STARTTLS").await[..9], *"502 5.5.1");
    let hello = client.say("EHLO app.test").await;
    assert!(hello.contains("SIZE ") && hello.contains("AUTH PLAIN LOGIN") && !hello.contains("STARTTLS"));
    assert_eq!(client.say("MAIL FROM:<a@b.test>").await[..9], *"530 5.7.0");
    assert_eq!(client.say("AUTH CRAM-MD5").await[..9], *"504 5.7.4");
    assert_eq!(client.say("AUTH LOGIN").await, "334 VXNlcm5hbWU6");
    assert_eq!(client.say(&STANDARD.encode("someone")).await, "334 UGFzc3dvcmQ6");
    assert_eq!(client.say(&STANDARD.encode("wrong")).await[..9], *"535 5.7.8");
    let mut client = Client::signed_in(&world).await;
    assert_eq!(client.say("RCPT TO:<a@b.test>").await[..9], *"503 5.5.1");
    assert_eq!(client.say("MAIL FROM:<a@b.test> SIZE=99999999").await[..9], *"552 5.3.4");
    assert_eq!(client.say("MAIL FROM:<a@b.test> SMTPUTF8=yes").await[..9], *"555 5.5.4");
    assert_eq!(client.say("MAIL FROM:<nobody>").await[..9], *"553 5.1.7");
    assert_eq!(client.say("MAIL FROM:<a@b.test>").await[..3], *"250");
    assert_eq!(client.say("MAIL FROM:<a@b.test>").await[..9], *"503 5.5.1");
    assert_eq!(client.say("DATA").await[..9], *"554 5.5.1");
    assert_eq!(client.say("RCPT TO:<a..b@b.test>").await[..9], *"501 5.1.3");
    assert_eq!(client.say("RCPT TO:<x+nosuchuser@b.test>").await[..9], *"550 5.1.1");
}

#[tokio::test]
async fn content_after_data_is_checked() {
    let world = world();
    let mut client = Client::signed_in(&world).await;
    let no_from = message("a@b.test", "x").replacen("From: Maya <maya@sender.test>\r\n", "", 1);
    assert_eq!(client.deliver("a+silent@b.test", &no_from).await[..9], *"550 5.7.1");
    let long_line = format!("{}{}\r\n", message("a@b.test", "x"), "y".repeat(999));
    assert_eq!(client.deliver("a+silent@b.test", &long_line).await[..9], *"550 5.6.0");
    let bare = format!("{}one\ntwo\r\n", message("a@b.test", "x"));
    assert_eq!(client.deliver("a+silent@b.test", &bare).await[..10], *"550 5.6.11");
    let stuffed = format!("{}..lone dot\r\n", message("a@b.test", "x"));
    assert_eq!(client.deliver("a+silent@b.test", &stuffed).await[..3], *"250");
    let mail = world.sandbox.latest_mail("a+silent@b.test").unwrap();
    assert!(world.sandbox.mail_content(mail).unwrap().0.contains("\r\n.lone dot"));
    assert_eq!(client.say("MAIL FROM:<a@b.test>").await[..3], *"250");
    assert_eq!(client.say("RCPT TO:<a+silent@b.test>").await[..3], *"250");
    client.say("DATA").await;
    let eight_bit = format!("{}caf\u{e9}\r\n", message("a@b.test", "x"));
    assert_eq!(client.say(&format!("{eight_bit}.")).await[..9], *"554 5.6.3");
}

#[tokio::test]
async fn size_outage_rate_limit_and_greylisting_get_their_codes() {
    let world = world_with(|config| {
        config.smtp.size_limit = 2_000;
        config.smtp.greylist_percent = 100;
        config.limits.smtp = vec![RateLimit { requests: 3, per: jiff::SignedDuration::from_secs(60) }];
    });
    let mut client = Client::signed_in(&world).await;
    assert_eq!(client.say("MAIL FROM:<a@b.test>").await[..3], *"250");
    assert_eq!(client.say("RCPT TO:<a+silent@b.test>").await[..9], *"451 4.7.1");
    client.say("RSET").await;
    world.clock.forward(2);
    let large = format!("{}{}", message("a@b.test", "x"), "line\r\n".repeat(400));
    assert_eq!(client.deliver("a+silent@b.test", &large).await[..9], *"552 5.3.4");
    assert_eq!(client.deliver("a+silent@b.test", &message("a@b.test", "x")).await[..3], *"250");
    assert_eq!(client.say("MAIL FROM:<a@b.test>").await[..9], *"450 4.2.1");
    world.clock.forward(61);
    assert_eq!(client.deliver("a+silent@b.test", &message("a@b.test", "x")).await[..3], *"250");
    world.sandbox.set_outage(Provider::Smtp, true);
    assert_eq!(client.say("MAIL FROM:<a@b.test>").await[..9], *"421 4.3.2");
    assert_eq!(Client::connect(&world).await.reply().await[..9], *"421 4.3.2");
}

#[tokio::test]
async fn message_with_a_lost_final_response_stays_accepted() {
    let world = world();
    let mut client = Client::signed_in(&world).await;
    world.sandbox.lose_answers(Provider::Smtp, 1);
    assert_eq!(client.deliver("a+silent@b.test", &message("a@b.test", "x")).await, "");
    assert_eq!(world.sandbox.observed().emails.len(), 1);
}

#[tokio::test]
async fn characters_beyond_ascii_need_smtputf8() {
    let world = world();
    let mut client = Client::signed_in(&world).await;
    assert_eq!(client.say("NOOP b\u{fc}cher").await[..9], *"500 5.5.2");
    assert_eq!(client.say("MAIL FROM:<j\u{f6}rg@b.test>").await[..9], *"553 5.6.7");
    assert_eq!(client.say("MAIL FROM:<a@b\u{fc}cher.test>").await[..9], *"553 5.6.7");
    assert_eq!(client.say("MAIL FROM:<a@b.test> BODY=8BITMIME").await[..3], *"250");
    assert_eq!(client.say("RCPT TO:<m\u{fc}ller+silent@b.test>").await[..9], *"553 5.6.7");
    client.say("RSET").await;
    let beyond = message("m\u{fc}ller@b.test", "x");
    assert_eq!(client.deliver("a+silent@b.test", &beyond).await[..9], *"550 5.6.7");

    assert_eq!(client.say("MAIL FROM:<j\u{f6}rg@b.test> SMTPUTF8").await[..3], *"250");
    assert_eq!(client.say("RCPT TO:<m\u{fc}ller+silent@b.test>").await[..3], *"250");
    client.say("DATA").await;
    assert_eq!(client.say(&format!("{beyond}.")).await[..9], *"554 5.6.3", "8BITMIME is asked for apart");
    assert_eq!(client.say("MAIL FROM:<j\u{f6}rg@b.test> BODY=8BITMIME SMTPUTF8").await[..3], *"250");
    assert_eq!(client.say("RCPT TO:<m\u{fc}ller+silent@b.test>").await[..3], *"250");
    client.say("DATA").await;
    assert_eq!(client.say(&format!("{beyond}.")).await[..3], *"250");
    assert_eq!(world.sandbox.observed().emails[0].recipient, "m\u{fc}ller+silent@b.test");

    let plain = world_with(|config| config.smtp.utf8 = false);
    let mut client = Client::signed_in(&plain).await;
    assert!(!client.say("EHLO app.test").await.contains("SMTPUTF8"));
    assert_eq!(client.say("MAIL FROM:<a@b.test> SMTPUTF8").await[..9], *"555 5.5.4");
}
