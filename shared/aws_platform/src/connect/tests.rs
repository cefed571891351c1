//! The public address, as a function reads it at its start.

use super::*;
use crate::aws_client::{answering, sdk_config};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

async fn address(tags: &str) -> Result<String, BoxError> {
    let body = format!(r#"{{"Name":"leadflow/stage","Tags":{tags}}}"#);
    let (url, _) = answering("secretsmanager.DescribeSecret", 0, body);
    let keys = Credentials::new("key", "secret", None, None, "test");
    let config = sdk_config().unwrap().into_builder().endpoint_url(url);
    let config = config.credentials_provider(SharedCredentialsProvider::new(keys)).build();
    tagged_address(&aws_sdk_secretsmanager::Client::new(&config), "leadflow/stage").await
}

#[tokio::test]
async fn public_address_is_read_from_the_secrets_tag_or_the_start_fails() {
    let tags = r#"[{"Key":"owner","Value":"ops"},{"Key":"public_url","Value":"https://a.example"}]"#;
    assert_eq!(address(tags).await.unwrap(), "https://a.example");
    for tags in ["[]", r#"[{"Key":"public_url","Value":""}]"#] {
        assert!(address(tags).await.unwrap_err().to_string().contains("PUBLIC_URL"), "{tags}");
    }
}
