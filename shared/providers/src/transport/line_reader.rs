//! A TCP stream that hands out one line at a time. The SMTP client reads ahead into a buffer that survives STARTTLS; so
//! an attacker's plaintext behind the server's "220 ready" would be taken for answers given under TLS. With this in
//! between, such bytes reach the TLS handshake instead, which refuses them.

use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

#[derive(Debug)]
pub(super) struct LineReader {
    inner: TcpStream,
    held: Vec<u8>,
    at: usize,
}

impl LineReader {
    pub(super) fn new(inner: TcpStream) -> Self {
        Self { inner, held: Vec::new(), at: 0 }
    }
}

impl AsyncRead for LineReader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.at == self.held.len() {
            let mut space = [0; 2048];
            let mut fresh = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut self.inner).poll_read(cx, &mut fresh))?;
            self.held.clear();
            self.held.extend_from_slice(fresh.filled());
            self.at = 0;
        }
        let waiting = &self.held[self.at..];
        let line = waiting.iter().position(|&b| b == b'\n').map_or(waiting.len(), |end| end + 1);
        let taken = line.min(out.remaining());
        out.put_slice(&waiting[..taken]);
        self.at += taken;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for LineReader {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for LineReader {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn bytes_behind_a_line_wait_for_the_next_read() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut server, _) = listener.accept().await.unwrap();
        server.write_all(b"220 ready\r\n250 smuggled\r\nrest").await.unwrap();
        drop(server);
        let mut reader = LineReader::new(client);
        let mut read = Vec::new();
        let mut space = [0; 100];
        loop {
            let count = reader.read(&mut space).await.unwrap();
            if count == 0 {
                break;
            }
            read.push(String::from_utf8_lossy(&space[..count]).into_owned());
        }
        assert_eq!(read[0], "220 ready\r\n");
        assert_eq!(read[1], "250 smuggled\r\n");
        assert_eq!(read[2..].concat(), "rest");
    }
}
