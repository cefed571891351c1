//! The transports over this machine's own sockets: how far a failed call got, and which hosts are refused.

use super::smtp_server::{Received, Script, serve};
use crate::transport::{
    Http, LettreSmtp, Reach, ReqwestHttp, Secret, Smtp, SmtpEnvelope, SmtpFailure, SmtpReply, SmtpStage,
    SmtpTarget, TransportError,
};
use domain::workspace::account::SmtpSecurity;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers every connection's first request with these bytes and hangs up.
async fn web(answer: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/path?api_key=k3y", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            if stream.read(&mut request).await.is_ok() {
                // The client may hang up before it has read everything.
                stream.write_all(&answer).await.ok();
            }
        }
    });
    url
}

async fn call(reach: Reach, url: &str) -> Result<http::Response<Vec<u8>>, TransportError> {
    let request = http::Request::post(url).body(b"body".to_vec()).unwrap();
    ReqwestHttp::new(reach).send(request).await
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn response_comes_back_whole_and_a_redirect_is_not_followed() {
    let url =
        web(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\n\r\nok".to_vec())
            .await;
    let answer = call(Reach::Anywhere, &url).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (302, b"ok".as_slice()));
    assert_eq!(answer.headers()["location"], "http://127.0.0.1:1/");
}

#[tokio::test]
async fn refused_connection_is_not_sent_and_a_missing_answer_ambiguous() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let unsent = call(Reach::Anywhere, &format!("http://{closed}/?api_key=k3y")).await.unwrap_err();
    assert!(matches!(unsent, TransportError::NotSent(_)), "{unsent:?}");
    let url = web(Vec::new()).await;
    let lost = call(Reach::Anywhere, &url).await.unwrap_err();
    assert!(matches!(lost, TransportError::Ambiguous(_)), "{lost:?}");
    let cut = web(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec()).await;
    let cut = call(Reach::Anywhere, &cut).await.unwrap_err();
    assert!(matches!(cut, TransportError::Ambiguous(_)), "{cut:?}");
    for error in [unsent, lost, cut] {
        assert!(!format!("{error:?} {}", chain(&error)).contains("k3y"), "{}", chain(&error));
    }
}

#[tokio::test]
async fn endless_response_is_cut_off() {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 3 << 20);
    let url = web([head.into_bytes(), vec![b'x'; 3 << 20]].concat()).await;
    assert!(matches!(call(Reach::Anywhere, &url).await, Err(TransportError::Ambiguous(_))));
    let patient = ReqwestHttp::new(Reach::Anywhere).with_largest_answer(4 << 20);
    let answer = patient.send(http::Request::get(&url).body(Vec::new()).unwrap()).await.unwrap();
    assert_eq!(answer.body().len(), 3 << 20);
}

#[tokio::test]
async fn public_reach_refuses_this_machine() {
    let url = web(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    for url in
        [url.clone(), url.replace("http:", "https:"), url.replace("http://127.0.0.1", "https://localhost")]
    {
        let refused = call(Reach::Public, &url).await.unwrap_err();
        assert!(matches!(refused, TransportError::NotSent(_)), "{url}: {refused:?}");
    }
    let smtp = LettreSmtp::new(Reach::Public);
    let refused = smtp.deliver(&target("127.0.0.1", 25, SmtpSecurity::Tls), &envelope(), b"x").await;
    assert_eq!(refused.unwrap_err().stage, SmtpStage::Target);
}

#[tokio::test]
async fn public_reach_refuses_addresses_in_every_way_of_writing() {
    for host in
        ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "169.254.0xa9fe", "0251.254.169.254", "[::1]"]
    {
        let refused = call(Reach::Public, &format!("https://{host}:1/")).await.unwrap_err();
        assert!(matches!(refused, TransportError::NotSent(_)), "{host}: {refused:?}");
        assert!(chain(&refused).contains("no address that may be called"), "{host}: {}", chain(&refused));
    }
}

struct MailServer {
    port: u16,
    connections: Arc<AtomicUsize>,
    received: Arc<Mutex<Received>>,
}

async fn mail_server(script: Script) -> MailServer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = MailServer {
        port: listener.local_addr().unwrap().port(),
        connections: Arc::default(),
        received: Arc::default(),
    };
    let (connections, received) = (server.connections.clone(), server.received.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            connections.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(serve(stream, script, received.clone()));
        }
    });
    server
}

fn target(host: &str, port: u16, security: SmtpSecurity) -> SmtpTarget {
    SmtpTarget { host: host.to_owned(), port, security, username: String::new(), password: Secret::new("") }
}

fn envelope() -> SmtpEnvelope {
    SmtpEnvelope { from: "joe@acme.test".to_owned(), to: "ann@lead.test".to_owned(), utf8: false }
}

async fn deliver(smtp: &LettreSmtp, server: &MailServer, text: &str) -> Result<SmtpReply, SmtpFailure> {
    let target = target("127.0.0.1", server.port, SmtpSecurity::None);
    smtp.deliver(&target, &envelope(), text.as_bytes()).await
}

#[tokio::test]
async fn smtp_connection_is_reused_until_it_fails() {
    let server = mail_server(&[]).await;
    let smtp = LettreSmtp::new(Reach::Anywhere);
    for text in ["Subject: 1\r\n\r\none\r\n", "Subject: 2\r\n\r\ntwo\r\n.\r\n"] {
        assert_eq!(deliver(&smtp, &server, text).await.unwrap().code, 250);
        assert_eq!(server.received.lock().unwrap().message, text);
    }
    assert_eq!(server.connections.load(Ordering::Relaxed), 1);

    let refusing = mail_server(&[("RCPT", "550 5.1.1 no")]).await;
    for _ in 0..2 {
        assert_eq!(deliver(&smtp, &refusing, "x").await.unwrap_err().stage, SmtpStage::Rcpt);
    }
    assert_eq!(refusing.connections.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn dead_kept_connection_is_replaced() {
    let server = mail_server(&[("NOOP", "hang up")]).await;
    let smtp = LettreSmtp::new(Reach::Anywhere);
    for _ in 0..2 {
        assert_eq!(deliver(&smtp, &server, "x").await.unwrap().code, 250);
    }
    assert_eq!(server.connections.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn mail_in_the_clear_stays_on_this_machine() {
    let smtp = LettreSmtp::new(Reach::Anywhere);
    let failure =
        smtp.deliver(&target("192.0.2.1", 25, SmtpSecurity::None), &envelope(), b"x").await.unwrap_err();
    assert_eq!(failure.stage, SmtpStage::Target);
    let server = mail_server(&[("EHLO", "250 mx.test")]).await;
    let target = target("127.0.0.1", server.port, SmtpSecurity::StartTls);
    let failure = smtp.deliver(&target, &envelope(), b"x").await.unwrap_err();
    assert_eq!((failure.stage, failure.reply.unwrap().code), (SmtpStage::StartTls, 530));
}
