//! The places where people live.

/// City, region, country, zone, and how phone numbers begin there: all tell the same zone.
pub const PLACES: [(&str, &str, &str, &str, &str); 10] = [
    ("Seattle", "WA", "US", "America/Los_Angeles", "+120655501"),
    ("Chicago", "IL", "US", "America/Chicago", "+131255501"),
    ("New York", "NY", "US", "America/New_York", "+121255501"),
    ("Phoenix", "AZ", "US", "America/Phoenix", "+160255501"),
    ("Denver", "CO", "US", "America/Denver", "+130355501"),
    ("London", "", "GB", "Europe/London", "+4477009001"),
    ("Berlin", "", "DE", "Europe/Berlin", "+493023125"),
    ("Amsterdam", "", "NL", "Europe/Amsterdam", "+3161234561"),
    ("Sydney", "NSW", "AU", "Australia/Sydney", "+6149157015"),
    ("Mumbai", "", "IN", "Asia/Kolkata", "+9198765432"),
];

/// The first of two places where it is day when the shortest run begins.
pub const DAYTIME: usize = 5;
