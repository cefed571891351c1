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
