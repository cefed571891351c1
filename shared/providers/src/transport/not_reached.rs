//! Why an address was not reached, in words for users.

use super::TransportError;
use application::ports::parts::NotReached;
use std::error::Error;

/// Describes why a page was not reached. The transport's own text speaks of providers, so the causes below it are
/// used.
pub fn not_reached(error: TransportError) -> NotReached {
    let (TransportError::NotSent(source) | TransportError::Ambiguous(source)) = error;
    let why = chain(source.as_ref());
    NotReached { bad_certificate: why.contains("certificate"), why }
}

/// Writes an error with its causes: what each of them prints, never what it holds.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source());
    let mut said: Vec<String> = causes.map(ToString::to_string).collect();
    said.dedup();
    said.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("invalid peer certificate: Expired")]
    struct Expired;

    #[test]
    fn refused_certificate_is_told_from_a_broken_connection() {
        let expired = not_reached(TransportError::NotSent(Box::new(Expired)));
        assert!(expired.bad_certificate, "{expired:?}");
        let down = not_reached(TransportError::NotSent("connection refused".into()));
        assert_eq!(down, NotReached { why: "connection refused".to_owned(), bad_certificate: false });
    }
}
