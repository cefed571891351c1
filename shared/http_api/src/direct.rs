//! A direct question to a route function, for callers who may invoke it in AWS. No request from outside can
//! be such an event: API Gateway writes the event itself, and what a caller sends stands within it.

use axum::Router;
use lambda_http::lambda_runtime::{self, LambdaEvent, service_fn};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Error};
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use tower::ServiceExt;

type Answer = Pin<Box<dyn Future<Output = Result<Value, serde_json::Error>> + Send>>;

/// A direct question, recognised by the only key of its event, and its answer.
#[derive(Clone)]
pub struct Direct {
    key: &'static str,
    answer: Arc<dyn Fn(Value) -> Answer + Send + Sync>,
}

impl Direct {
    pub fn new(key: &'static str, answer: impl Fn(Value) -> Answer + Send + Sync + 'static) -> Self {
        Self { key, answer: Arc::new(answer) }
    }

    /// Answers the event, if it is the question. `None`: the event is a request.
    pub fn ask(&self, event: &Value) -> Option<Answer> {
        let event = event.as_object().filter(|event| event.len() == 1)?;
        event.get(self.key).map(|question| (self.answer)(question.clone()))
    }
}

/// Does what `run` does, and answers the direct question, too.
pub async fn run_with(router: Router, direct: Direct) -> Result<(), Error> {
    let service = service_fn(move |event: LambdaEvent<Value>| {
        let (router, direct) = (router.clone(), direct.clone());
        async move {
            let LambdaEvent { payload, context, .. } = event;
            if let Some(answer) = direct.ask(&payload) {
                return Ok::<_, Error>(answer.await?);
            }
            let request: LambdaRequest = serde_json::from_str(&payload.to_string())?;
            let answer = Adapter::from(router).oneshot(LambdaEvent::new(request, context)).await?;
            Ok(serde_json::to_value(answer)?)
        }
    });
    lambda_runtime::run(service).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_an_event_with_that_single_key_is_the_question() {
        let direct = Direct::new("self_check", |_| Box::pin(async { Ok(Value::Null) }));
        assert!(direct.ask(&json!({ "self_check": {} })).is_some());
        let request = json!({ "version": "2.0", "rawPath": "/", "body": "{\"self_check\":{}}" });
        assert!(direct.ask(&request).is_none());
        assert!(direct.ask(&json!({ "self_check": {}, "version": "2.0" })).is_none());
        assert!(direct.ask(&json!("self_check")).is_none());
    }
}
