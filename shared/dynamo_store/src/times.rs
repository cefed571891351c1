//! Instants in the table: whole nanoseconds where an item must stay small, fixed-width text where they sort.

use jiff::{SignedDuration, Timestamp};

/// Writes an instant as 16 digits of microseconds: it sorts as text until the year 2286; what lies before 1970 counts
/// as 1970.
pub(crate) fn sortable(at: Timestamp) -> String {
    format!("{:016}", at.as_microsecond().max(0))
}

/// The days after which items that tell of people but do not belong to them expire, as the bucket's objects do
/// (`template.yaml`).
const PASSING_DAYS: i64 = 90;

/// Returns when an item expires that nobody needs to delete.
pub(crate) fn passes(at: Timestamp) -> Timestamp {
    at.checked_add(SignedDuration::from_hours(24 * PASSING_DAYS)).unwrap_or(Timestamp::MAX)
}

/// Returns whole seconds for the expiry attribute, rounded up so that nothing expires early.
pub(crate) fn expiry_second(at: Timestamp) -> i64 {
    at.as_second() + i64::from(at.subsec_nanosecond() > 0)
}

pub(crate) mod nanos {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        // Nanoseconds fit 64 bits until 2262.
        match i64::try_from(at.as_nanosecond()) {
            Ok(nanos) => serializer.serialize_i64(nanos),
            Err(_) => Err(serde::ser::Error::custom("an instant after the year 2262")),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Timestamp::from_nanosecond(i64::deserialize(deserializer)?.into()).map_err(D::Error::custom)
    }
}

pub(crate) mod maybe_nanos {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => super::nanos::serialize(at, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Timestamp>, D::Error> {
        match Option::<i64>::deserialize(d)? {
            Some(nanos) => Timestamp::from_nanosecond(nanos.into()).map(Some).map_err(D::Error::custom),
            None => Ok(None),
        }
    }
}
