use super::*;
use crate::contract::{self, Clients};

#[tokio::test]
async fn local_cloud_keeps_the_contract() {
    let (cloud, clock) = cloud();
    let clients = Clients::new(&cloud.sdk_config_for(Principal::root()));
    let let_pass: contract::LetPass = Arc::new(move |duration| {
        clock.advance(i64::try_from(duration.as_secs()).unwrap());
        Box::pin(std::future::ready(()))
    });
    let report = contract::run(clients, let_pass, "test").await;
    assert!(report.all_held(), "{report}");
}
