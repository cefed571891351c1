//! Codes of an authenticator app: TOTP (RFC 6238) with HMAC-SHA-1, six digits and steps of 30 seconds, which is what
//! every such app can do.

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha1::Sha1;
use subtle::ConstantTimeEq;

const STEP_SECONDS: i64 = 30;
const DIGITS: u32 = 6;
/// How many steps the clock of the user's device may be early or late.
const DRIFT: u64 = 1;

/// Returns the step at which this code is valid now, if it is later than the step whose code was accepted last.
pub(crate) fn step_of(secret: &[u8], code: &str, now: Timestamp, last_step: u64) -> Option<u64> {
    let current = u64::try_from(now.as_second() / STEP_SECONDS).unwrap_or(0);
    let steps = current.saturating_sub(DRIFT)..=current + DRIFT;
    steps
        .filter(|step| *step > last_step)
        .find(|step| code_at(secret, *step, DIGITS).as_bytes().ct_eq(code.as_bytes()).into())
}

fn code_at(secret: &[u8], step: u64, digits: u32) -> String {
    let mut mac = <Hmac<Sha1> as Mac>::new_from_slice(secret).expect("HMAC takes any key length");
    mac.update(&step.to_be_bytes());
    let mac = mac.finalize().into_bytes();
    let offset = usize::from(mac[19] & 15);
    let word = [mac[offset] & 0x7f, mac[offset + 1], mac[offset + 2], mac[offset + 3]];
    let number = u32::from_be_bytes(word) % 10u32.pow(digits);
    format!("{number:0width$}", width = digits as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: the vectors of SHA-1.
        for (second, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code_at(SECRET, second / 30, 8), code);
            assert_eq!(code_at(SECRET, second / 30, 6), code[2..]);
        }
    }

    #[test]
    fn code_is_valid_one_step_early_and_late_and_no_longer() {
        let code = code_at(SECRET, 100, 6);
        let step = |second| step_of(SECRET, &code, at(second), 0);
        assert_eq!((step(98 * 30 + 29), step(99 * 30), step(3_000)), (None, Some(100), Some(100)));
        assert_eq!((step(101 * 30 + 29), step(102 * 30)), (Some(100), None));
    }

    #[test]
    fn code_of_an_accepted_step_or_an_earlier_one_is_void() {
        let (code, next) = (code_at(SECRET, 100, 6), code_at(SECRET, 101, 6));
        for last in [100, 101] {
            assert_eq!(step_of(SECRET, &code, at(3_000), last), None);
        }
        assert_eq!(step_of(SECRET, &next, at(3_000), 100), Some(101));
    }

    #[test]
    fn anything_but_the_six_digits_is_no_code() {
        let code = code_at(SECRET, 100, 6);
        for wrong in ["", &code[..5], &format!("{code}0"), &format!(" {code}"), "000000"] {
            assert_eq!(step_of(SECRET, wrong, at(3_000), 0), None, "{wrong}");
        }
    }
}
