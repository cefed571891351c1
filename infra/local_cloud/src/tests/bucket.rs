use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use http::{Request, Response};
use serde_json::json;

use super::*;
use crate::names::{REGION, bucket_arn, object_arn};
use crate::{ACCESS_KEY, SECRET_KEY, Statement};

const KEY: &str = "/blobs/W%231/a%20b.txt";

struct Bucket {
    cloud: LocalCloud,
    secret: &'static str,
    principal: Principal,
}

impl Bucket {
    fn new() -> Self {
        let (cloud, _) = cloud();
        cloud.create_bucket("blobs").unwrap();
        Self { cloud, secret: SECRET_KEY, principal: Principal::root() }
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response<Vec<u8>> {
        let mut request =
            Request::builder().method(method).uri(format!("https://{}{path}", crate::s3_host()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body.to_vec()).unwrap();
        self.sign(&mut request);
        self.cloud.s3_request(&self.principal, request).unwrap()
    }

    fn sign(&self, request: &mut Request<Vec<u8>>) {
        let identity = Credentials::new(ACCESS_KEY, self.secret, None, None, "test").into();
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let now = self.cloud.clock().now().as_second();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name("s3")
            .time(UNIX_EPOCH + Duration::from_secs(u64::try_from(now).unwrap()))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let uri = request.uri().to_string();
        let headers = request.headers().iter().map(|(n, v)| (n.as_str(), v.to_str().unwrap()));
        let body = SignableBody::Bytes(request.body());
        let signable = SignableRequest::new(request.method().as_str(), uri, headers, body).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        instructions.apply_to_request_http1x(request);
    }
}

fn header<'a>(response: &'a Response<Vec<u8>>, name: &str) -> &'a str {
    response.headers().get(name).unwrap().to_str().unwrap()
}

#[test]
fn object_is_put_read_and_deleted() {
    let bucket = Bucket::new();
    let put = bucket.send("PUT", KEY, &[("content-type", "text/plain"), ("x-amz-meta-a", "b")], b"hello");
    assert_eq!((put.status().as_u16(), header(&put, "etag")), (200, "\"5d41402abc4b2a76b9719d911017c592\""));
    let got = bucket.send("GET", KEY, &[], b"");
    assert_eq!((got.body().as_slice(), header(&got, "content-type")), (b"hello".as_slice(), "text/plain"));
    assert_eq!(header(&got, "last-modified"), "Mon, 02 Mar 2026 09:00:00 GMT");
    let part = bucket.send("GET", KEY, &[("range", "bytes=1-3")], b"");
    assert_eq!((part.status().as_u16(), part.body().as_slice()), (206, b"ell".as_slice()));
    let head = bucket.send("HEAD", KEY, &[], b"");
    assert_eq!((head.body().len(), header(&head, "content-length")), (0, "5"));
    assert_eq!(bucket.send("DELETE", KEY, &[], b"").status(), 204);
    assert_eq!(bucket.send("DELETE", KEY, &[], b"").status(), 204);
    assert_eq!(bucket.send("GET", KEY, &[], b"").status(), 404);
}

#[test]
fn preconditions_prevent_lost_updates() {
    let bucket = Bucket::new();
    let first = bucket.send("PUT", KEY, &[("if-none-match", "*")], b"one");
    assert_eq!(first.status(), 200);
    assert_eq!(bucket.send("PUT", KEY, &[("if-none-match", "*")], b"two").status(), 412);
    let tag = header(&first, "etag");
    assert_eq!(bucket.send("PUT", KEY, &[("if-match", tag)], b"two").status(), 200);
    assert_eq!(bucket.send("PUT", KEY, &[("if-match", tag)], b"three").status(), 412);
    assert_eq!(bucket.send("PUT", "/blobs/new", &[("if-match", tag)], b"x").status(), 404);
    assert_eq!(bucket.send("GET", KEY, &[("if-match", tag)], b"").status(), 412);
    let now = bucket.send("HEAD", KEY, &[], b"");
    let now = header(&now, "etag").to_owned();
    assert_eq!(bucket.send("GET", KEY, &[("if-none-match", &now)], b"").status(), 304);
}

#[test]
fn keys_are_listed_in_pages_and_folded_at_a_delimiter() {
    let bucket = Bucket::new();
    for key in ["a/1", "a/2", "b/1", "c"] {
        bucket.send("PUT", &format!("/blobs/{key}"), &[], b"x");
    }
    let list = |query: &str| {
        let answer = bucket.send("GET", &format!("/blobs?list-type=2{query}"), &[], b"");
        String::from_utf8(answer.into_body()).unwrap()
    };
    let texts = |xml: &str, tag: &str| -> Vec<String> {
        let opening = format!("<{tag}>");
        xml.split(&opening).skip(1).map(|part| part.split('<').next().unwrap().to_owned()).collect()
    };
    let page = list("&max-keys=3");
    assert_eq!(texts(&page, "Key"), ["a/1", "a/2", "b/1"]);
    let token = &texts(&page, "NextContinuationToken")[0];
    assert_eq!(texts(&list(&format!("&continuation-token={token}")), "Key"), ["c"]);
    assert_eq!(texts(&list("&prefix=a%2F"), "Key"), ["a/1", "a/2"]);
    let folded = list("&delimiter=%2F");
    assert_eq!(
        (texts(&folded, "Key").len(), texts(&folded, "Prefix")[1..].to_vec()),
        (1, vec!["a/".into(), "b/".into()])
    );
}

#[test]
fn wrong_or_missing_signature_is_refused() {
    let mut bucket = Bucket::new();
    let unsigned = Request::get(format!("https://{}{KEY}", crate::s3_host())).body(Vec::new()).unwrap();
    assert_eq!(bucket.cloud.s3_request(&Principal::root(), unsigned).unwrap().status(), 403);
    let mut changed = Request::put(format!("https://{}{KEY}", crate::s3_host())).body(b"x".to_vec()).unwrap();
    bucket.sign(&mut changed);
    *changed.body_mut() = b"y".to_vec();
    assert_eq!(bucket.cloud.s3_request(&Principal::root(), changed).unwrap().status(), 400);
    bucket.secret = "another secret";
    let refused = bucket.send("PUT", KEY, &[], b"x");
    assert!(String::from_utf8_lossy(refused.body()).contains("SignatureDoesNotMatch"));
}

#[test]
fn missing_key_is_access_denied_without_list_permission() {
    let mut bucket = Bucket::new();
    let object = Statement::new(["s3:GetObject", "s3:PutObject"], [object_arn("blobs", "*")]);
    bucket.principal = Principal::with_policy("tracking", vec![object.clone()]);
    assert_eq!(bucket.send("PUT", KEY, &[], b"x").status(), 200);
    assert_eq!(bucket.send("DELETE", KEY, &[], b"").status(), 403);
    assert_eq!(bucket.send("GET", "/blobs/none", &[], b"").status(), 403);
    let list = Statement::new(["s3:ListBucket"], [bucket_arn("blobs")]);
    bucket.principal = Principal::with_policy("tracking", vec![object, list]);
    assert_eq!(bucket.send("GET", "/blobs/none", &[], b"").status(), 404);
}

#[test]
fn object_expires_at_the_midnight_after_its_days() {
    let (cloud, clock) = super::cloud();
    let rule = |days: i64| json!({ "Id": "all", "Status": "Enabled", "ExpirationInDays": days });
    let lifecycle = |rule| json!({ "LifecycleConfiguration": { "Rules": [rule] } });
    cloud.create_bucket_from("passing", &lifecycle(rule(90))).unwrap();
    cloud.create_bucket("kept").unwrap();
    let bucket = Bucket { cloud: cloud.clone(), secret: SECRET_KEY, principal: Principal::root() };
    for name in ["passing", "kept"] {
        assert_eq!(bucket.send("PUT", &format!("/{name}/a"), &[], b"x").status(), 200);
    }
    let names = || cloud.objects().unwrap().into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    // The objects were put at nine in the morning.
    clock.advance(91 * 86_400 - 9 * 3_600 - 1);
    assert_eq!((cloud.sweep_expired().unwrap(), names().len()), (0, 2));
    clock.advance(1);
    assert_eq!((cloud.sweep_expired().unwrap(), names()), (1, vec!["kept/a".to_owned()]));
    // A rule that is not understood is refused, not ignored.
    for odd in [rule(0), json!({ "Status": "Enabled", "ExpirationInDays": 1, "TagFilters": [] })] {
        assert!(cloud.create_bucket_from("passing", &lifecycle(odd.clone())).is_err(), "{odd}");
    }
}
