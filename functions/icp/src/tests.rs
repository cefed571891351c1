//! Tests of the icp routes.

use test_stage::Suite;

#[tokio::test]
async fn unknown_route_is_not_found() {
    let suite = Suite::new(crate::routes(), crate::App::new).await;
    suite.get("/api/icp/nowhere").await.expect(404);
}
