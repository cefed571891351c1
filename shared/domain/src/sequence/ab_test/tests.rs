use super::*;
use proptest::prelude::*;

fn tried(positive: u64, contacted: u64) -> Tried {
    Tried { contacted, positive, ..Tried::default() }
}

fn verdict(tried: &[Tried]) -> (Finding, Option<usize>) {
    let found = compare(tried, 100);
    (found.verdict, found.leader)
}

/// Compares with quantiles of the beta distribution computed by its continued fraction.
#[test]
fn intervals_are_those_of_the_beta_distribution() {
    for (positive, contacted, low, high) in [
        (0, 10, 0.0, 0.217_196),
        (1, 10, 0.011_012, 0.381_315),
        (5, 10, 0.223_529, 0.776_471),
        (10, 10, 0.782_804, 1.0),
        (3, 120, 0.007_090, 0.065_205),
        (12, 400, 0.016_502, 0.050_248),
        (40, 1_000, 0.029_154, 0.053_502),
        (900, 100_000, 0.008_429, 0.009_600),
        (0, 0, 0.0, 1.0),
    ] {
        let rate = rates(&[tried(positive, contacted)])[0];
        let close = (rate.low - low).abs() < 2e-6 && (rate.high - high).abs() < 2e-6;
        assert!(close, "{positive} of {contacted}: {rate:?}");
    }
}

#[test]
fn chance_to_be_best_is_the_integral_over_both_rates() {
    for (one, two, expected) in [
        (tried(12, 200), tried(4, 200), 0.980_989),
        (tried(10, 150), tried(10, 150), 0.5),
        (tried(9, 300), tried(3, 250), 0.927_708),
    ] {
        let best = compare(&[one, two], 100).best;
        assert!((best[0].unwrap() - expected).abs() < 2e-6, "{best:?}");
        assert!((best[0].unwrap() + best[1].unwrap() - 1.0).abs() < 1e-6, "{best:?}");
    }
}

#[test]
fn no_variant_is_ahead_before_every_running_one_went_to_enough_leads() {
    assert_eq!(verdict(&[]), (Finding::TooEarly, None));
    assert_eq!(verdict(&[tried(30, 500)]), (Finding::TooEarly, None));
    assert_eq!(verdict(&[tried(30, 500), tried(0, 99)]), (Finding::TooEarly, None));
    assert_eq!(verdict(&[tried(30, 500), tried(0, 100)]), (Finding::Ahead, Some(0)));
    assert_eq!(verdict(&[tried(5, 500), tried(30, 500)]), (Finding::Ahead, Some(1)));
    assert_eq!(verdict(&[tried(10, 500), tried(12, 500)]), (Finding::NoDifference, None));
    // A variant that was paused early is not waited for and not compared.
    let early = Tried { paused: true, ..tried(0, 3) };
    let found = compare(&[tried(5, 500), early, tried(30, 500)], 100);
    assert_eq!((found.verdict, found.leader, found.best[1]), (Finding::Ahead, Some(2), None));
}

#[test]
fn best_variant_that_makes_most_leads_opt_out_is_mixed() {
    let loud = Tried { turned_away: 25, ..tried(40, 500) };
    let calm = Tried { turned_away: 4, ..tried(15, 500) };
    assert_eq!(verdict(&[loud, calm]), (Finding::Mixed, Some(0)));
    let as_many = Tried { turned_away: 24, ..calm };
    assert_eq!(verdict(&[loud, as_many]), (Finding::Ahead, Some(0)));
    // Complaints are rare, so a few are enough.
    let reported = Tried { complained: 6, turned_away: 4, ..loud };
    assert_eq!(verdict(&[reported, calm]), (Finding::Mixed, Some(0)));
    let both = Tried { complained: 5, ..calm };
    assert_eq!(verdict(&[reported, both]), (Finding::Ahead, Some(0)));
}

proptest! {
    #[test]
    fn rate_lies_in_its_interval_and_chances_add_up(
        figures in proptest::collection::vec((0_u64..400, 100_u64..5_000), 2..=6),
    ) {
        let all: Vec<Tried> =
            figures.into_iter().map(|(positive, contacted)| tried(positive.min(contacted), contacted)).collect();
        let found = compare(&all, 100);
        for (rate, one) in rates(&all).iter().zip(&all) {
            prop_assert!(rate.low <= rate.observed && rate.observed <= rate.high, "{one:?}: {rate:?}");
        }
        // Grid points that two variants share count half for each: with six variants the loss is still negligible.
        let sum: f64 = found.best.iter().flatten().sum();
        prop_assert!((sum - 1.0).abs() < 1e-3, "{sum}");
    }
}
