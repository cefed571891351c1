//! A cloud that fails now and then, for four days: all promises hold all the same.

use crate::{DemoOptions, demo};
use std::io::Write;

const LEADS: &str = "\
First name,Last name,Email,Phone,Company,Address,City,State,Country
Ann,Abel,ann@abel.example,+1 206 555 0101,Abel Dental,1 Pine St,Seattle,WA,US
Bob,Brand,bob@brand.example,+1 206 555 0102,Brand Dental,2 Pine St,Seattle,WA,US
Cy,Cole,cy@cole.example,+1 312 555 0103,Cole Clinic,3 Lake St,Chicago,IL,US
Dee,Dorn,dee@dorn.example,+1 312 555 0104,Dorn Clinic,4 Lake St,Chicago,IL,US
Eve,Ernst,eve@ernst.example,+1 212 555 0105,Ernst Care,5 Broad St,New York,NY,US
Fay,Fink,fay@fink.example,+1 212 555 0106,Fink Care,6 Broad St,New York,NY,US
Gus,Gold,gus@gold.example,+1 415 555 0107,Gold Smiles,7 Bay St,San Francisco,CA,US
Hal,Hart,hal@hart.example,+1 415 555 0108,Hart Smiles,8 Bay St,San Francisco,CA,US
";

async fn live(seed: u64) {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    file.write_all(LEADS.as_bytes()).unwrap();
    let options = DemoOptions {
        leads: Some(file.path().to_owned()),
        days: 4,
        country: "US".to_owned(),
        seed,
        faults: 30,
        day_begins: |_| {},
    };
    let report = demo(&options).await.unwrap();
    assert!(report.is_clean(), "seed {seed}:\n{report}");
    assert_eq!(report.leads_imported, 8, "seed {seed}:\n{report}");
    assert!(report.sent.email >= 8, "seed {seed}:\n{report}");
}

// A seed that once failed stays in this list.

#[tokio::test]
async fn failing_calls_lose_and_repeat_nothing() {
    live(1).await;
}

#[tokio::test]
async fn failing_calls_of_another_seed_lose_and_repeat_nothing() {
    live(2).await;
}
