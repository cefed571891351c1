//! Prints the whole product's routes and permissions on two screens.

use http_api::Access;

pub fn print() -> anyhow::Result<()> {
    let mut count = 0;
    for (function, rows) in local_host::all_routes() {
        println!("{function}");
        for row in rows {
            let access = match row.access {
                Access::Public => "anybody",
                Access::Signed => "signature",
                Access::ReadOnly => "read-only",
                Access::Rep => "rep",
                Access::Manager => "manager",
                Access::Admin => "admin",
                Access::Owner => "owner",
            };
            let scopes: Vec<&str> =
                [row.scope, row.and_scope].into_iter().flatten().map(|scope| scope.as_str()).collect();
            let scope = if row.scope.is_none() { "no key".to_owned() } else { scopes.join(" ") };
            println!(
                "  {:<6} {:<52} {access:<10} {scope:<18} {}",
                row.method.as_str(),
                row.path,
                row.operation
            );
            count += 1;
        }
    }
    println!("{count} routes");
    Ok(())
}
