//! The management API keeps to the limits of API Gateway.

use super::*;
use crate::names::{REGION, SOCKET_API, connections_arn};
use crate::{ACCESS_KEY, LARGEST_FRAME, Principal, SECRET_KEY, Statement};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http::Request;
use std::time::{Duration, UNIX_EPOCH};

fn ask(cloud: &LocalCloud, principal: &Principal, method: &str, id: &str, body: &[u8]) -> u16 {
    let url = format!("https://{SOCKET_API}.execute-api.{REGION}.amazonaws.com/live/@connections/{id}");
    let mut request = Request::builder().method(method).uri(url).body(body.to_vec()).unwrap();
    let identity = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test").into();
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let now = u64::try_from(cloud.clock().now().as_second()).unwrap();
    let parameters = v4::SigningParams::builder().identity(&identity).region(REGION).name("execute-api");
    let parameters =
        parameters.time(UNIX_EPOCH + Duration::from_secs(now)).settings(settings).build().unwrap().into();
    let uri = request.uri().to_string();
    let signable = SignableRequest::new(method, &uri, std::iter::empty(), SignableBody::Bytes(body)).unwrap();
    sign(signable, &parameters).unwrap().into_parts().0.apply_to_request_http1x(&mut request);
    cloud.signed_request(principal, request).unwrap().status().as_u16()
}

#[test]
fn text_reaches_its_connection_until_that_is_closed() {
    let (cloud, _) = cloud();
    let mut texts = cloud.establish_connection("one=");
    let post = |text: &[u8]| ask(&cloud, &Principal::root(), "POST", "one%3D", text);
    assert_eq!(post(b"hello"), 200);
    assert_eq!(texts.try_recv().unwrap(), "hello");
    assert_eq!(post(&vec![b'x'; LARGEST_FRAME]), 200);
    assert_eq!(post(&vec![b'x'; LARGEST_FRAME + 1]), 413);
    assert_eq!(ask(&cloud, &Principal::root(), "DELETE", "one%3D", b""), 204);
    assert_eq!(post(b"hello"), 410);
    assert_eq!(ask(&cloud, &Principal::root(), "DELETE", "one%3D", b""), 410);
    assert_eq!(ask(&cloud, &Principal::root(), "POST", "never", b""), 410);
}

#[test]
fn connection_is_over_after_ten_idle_minutes_or_two_hours() {
    let (cloud, clock) = cloud();
    let post = |id: &str| ask(&cloud, &Principal::root(), "POST", id, b"");
    let _idle = cloud.establish_connection("idle");
    let mut busy = cloud.establish_connection("busy");
    for minutes in (9..120).step_by(9) {
        clock.advance(9 * 60);
        assert!(cloud.note_activity("busy"), "after {minutes} minutes");
        assert_eq!(cloud.is_connected("idle"), minutes < 10, "after {minutes} minutes");
    }
    assert_eq!((post("idle"), post("busy")), (410, 200));
    clock.advance(9 * 60);
    assert_eq!(post("busy"), 410);
    assert!(busy.try_recv().is_ok_and(|text| text.is_empty()));
    assert!(matches!(busy.try_recv(), Err(tokio::sync::mpsc::error::TryRecvError::Disconnected)));
}

#[test]
fn caller_without_the_permission_reaches_no_connection() {
    let (cloud, _) = cloud();
    let mut texts = cloud.establish_connection("one");
    let statement = |stage: &str, method: &str| {
        Statement::new(["execute-api:ManageConnections"], [connections_arn(stage, method)])
    };
    let may = |stage: &str, method: &str| Principal::with_policy("push", vec![statement(stage, method)]);
    assert_eq!(ask(&cloud, &may("test", "POST"), "POST", "one", b"x"), 403);
    assert_eq!(ask(&cloud, &may("live", "POST"), "DELETE", "one", b""), 403);
    assert!(texts.try_recv().is_err());
    assert_eq!(ask(&cloud, &may("live", "POST"), "POST", "one", b"x"), 200);
}
