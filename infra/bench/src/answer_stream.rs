//! How a stream of ordinary answers with a few opt-outs in it is read: who is suppressed or asked about without cause, which
//! opt-outs are heard, what is shown of an answer, which bounces are acted upon.

use crate::report::{self, Report};
use answer_stream::{BOUNDS, Bound, Figures, Half, measure};

/// Measures both halves. What is wrong in the half that rules may be tuned to is listed on standard error.
pub fn run(report: &mut Report) -> anyhow::Result<()> {
    let mut both = Figures::default();
    for half in [Half::Development, Half::KeptBack] {
        let figures = measure(half, 1)?;
        eprintln!("{}\n{figures}", half.folder());
        figures.wrong.iter().for_each(|line| eprintln!("{line}"));
        for (name, share) in figures.totals() {
            report.figure(format!("{}: {name} ‰", half.folder().replace('_', " ")), share.per_thousand());
        }
        both.add(figures);
    }
    for (name, share) in both.totals() {
        let bound = BOUNDS.iter().find(|(bounded, _)| *bounded == name).map(|(_, bound)| match bound {
            Bound::Least(least) => report::Bound::AtLeast(*least),
            Bound::Most(most) => report::Bound::AtMost(*most),
        });
        match bound {
            Some(bound) => report.bounded(format!("{name} ‰"), share.per_thousand(), bound),
            None => report.figure(format!("{name} ‰"), share.per_thousand()),
        }
    }
    Ok(())
}
