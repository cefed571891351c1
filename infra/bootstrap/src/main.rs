//! The one program that is deployed: every function's `bootstrap`. Which of them it is, Lambda says in `_HANDLER`, as the template
//! sets it; what it may do is that function's role, whatever else is linked in.

use aws_platform::BoxError;

macro_rules! functions {
    (routes: $($route:ident),+; events: $($event:ident),+ $(,)?) => {
        async fn run(handler: &str) -> Result<(), BoxError> {
            match handler {
                $(stringify!($route) => {
                    let ports = aws_platform::start(stringify!($route)).await?;
                    http_api::run(http_api::router($route::routes(), $route::App::new(&ports), &ports)).await
                })+
                $(stringify!($event) => {
                    let ports = aws_platform::start(stringify!($event)).await?;
                    queue_consumer::run($event::handler(&ports)).await
                })+
                other => Err(format!("_HANDLER names no function of this program: {other:?}").into()),
            }
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($route)),+, $(stringify!($event)),+];
    };
}

functions! {
    routes: auth, leads, imports, templates, sequences, campaigns, emails, inbox, dashboard, notifications, tasks,
            revenue, settings, ops, tracking, provider_webhooks, web;
    events: import_leads, enrol_leads, enrich_lead, personalize_lead, send_message, ingest_event, project_events,
            due_steps, monitor, nightly
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    run(&std::env::var("_HANDLER").unwrap_or_default()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../template.yaml");

    #[test]
    fn every_handler_of_the_template_is_a_function_of_this_program() {
        let handlers = TEMPLATE.lines().filter_map(|line| line.trim().strip_prefix("Handler: "));
        let mut handlers: Vec<&str> = handlers.collect();
        let mut names = NAMES.to_vec();
        handlers.sort_unstable();
        names.sort_unstable();
        assert_eq!(handlers, names);
    }

    #[tokio::test]
    async fn a_handler_that_is_none_is_named() {
        let refused = run("leeds").await.unwrap_err();
        assert_eq!(refused.to_string(), "_HANDLER names no function of this program: \"leeds\"");
    }
}
