//! What the stream must be read as well as: one table, held by the test of this crate and shown by the bench.

#[derive(Debug, Clone, Copy)]
pub enum Bound {
    /// So many of a thousand, or more.
    Least(f64),
    /// So many of a thousand, or fewer.
    Most(f64),
}

impl Bound {
    pub fn holds(self, per_thousand: f64) -> bool {
        match self {
            Self::Least(least) => per_thousand >= least,
            Self::Most(most) => per_thousand <= most,
        }
    }
}

/// The figures of both halves together, by the names of `Figures::totals`.
pub const BOUNDS: [(&str, Bound); 18] = [
    ("mails: suppressed who did not ask", Bound::Most(1.7)),
    ("mails: asked without cause", Bound::Most(3.4)),
    ("mails: heard", Bound::Least(980.0)),
    ("mails: listed by rules", Bound::Least(928.0)),
    ("mails: yes read as interest", Bound::Least(912.0)),
    ("mails: whole answers", Bound::Least(1000.0)),
    ("mails: quotations cut", Bound::Least(1000.0)),
    ("texts: suppressed who did not ask", Bound::Most(0.1)),
    ("texts: asked without cause", Bound::Most(6.0)),
    ("texts: heard", Bound::Least(982.0)),
    ("texts: listed by rules", Bound::Least(941.0)),
    ("texts: yes read as interest", Bound::Least(910.0)),
    ("above footers: yes kept", Bound::Least(1000.0)),
    ("above footers: neither listed nor asked", Bound::Least(1000.0)),
    ("reports: bounces with id and address acted upon", Bound::Least(1000.0)),
    ("reports: bounces with our id alone acted upon", Bound::Least(857.0)),
    ("reports: complaints acted upon", Bound::Least(1000.0)),
    ("reports: not ours or no report, read as such", Bound::Least(875.0)),
];
