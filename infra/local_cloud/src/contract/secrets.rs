//! Secrets: the current value, the one before, and their errors.

use super::world::code;
use super::{Held, World, checks, same};

checks!("secrets", a_secret_has_a_current_and_a_previous_value, missing_and_existing_secrets_are_named_so);

async fn a_secret_has_a_current_and_a_previous_value(world: &World) -> Held {
    let (secrets, name) = (&world.clients.secrets, world.name("secret"));
    let created = secrets.create_secret().name(&name).secret_string("one").send().await?;
    let first = secrets.get_secret_value().secret_id(&name).send().await?;
    same!(first.secret_string.as_deref(), Some("one"));
    secrets.put_secret_value().secret_id(&name).secret_string("two").send().await?;
    let by_arn = secrets.get_secret_value().set_secret_id(created.arn).send().await?;
    same!(by_arn.secret_string.as_deref(), Some("two"));
    let previous = secrets.get_secret_value().secret_id(&name).version_stage("AWSPREVIOUS").send().await?;
    same!(previous.secret_string.as_deref(), Some("one"));
    Ok(())
}

async fn missing_and_existing_secrets_are_named_so(world: &World) -> Held {
    let (secrets, name) = (&world.clients.secrets, world.name("existing"));
    let missing = secrets.get_secret_value().secret_id(world.name("missing")).send().await;
    same!(code(&missing), "ResourceNotFoundException");
    secrets.create_secret().name(&name).secret_string("one").send().await?;
    let again = secrets.create_secret().name(&name).secret_string("two").send().await;
    same!(code(&again), "ResourceExistsException");
    Ok(())
}
