//! Which route an HTTP API chooses for a request.
//!
//! A full match of path and method comes before a greedy one, `{proxy+}`; of two that match alike the path with more fixed parts wins, and
//! at one path the method itself before `ANY`. Where a more specific path does not have the method, the next one is looked at. What no route
//! matches is not found, and no function hears of it.

use anyhow::{Result, bail, ensure};

/// The routes of all functions.
#[derive(Debug, Default)]
pub(crate) struct Routing(Vec<Route>);

#[derive(Debug)]
struct Route {
    method: String,
    path: String,
    parts: Vec<Part>,
    function: usize,
}

/// One part of a path.
#[derive(Debug)]
enum Part {
    Greedy(String),
    Parameter(String),
    Fixed(String),
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Chosen<'a> {
    pub function: usize,
    /// The route's method and path as the template spells them.
    pub key: String,
    /// Names of the template, with values as the request spells them.
    pub parameters: Vec<(String, &'a str)>,
}

impl Routing {
    pub fn add(&mut self, method: &str, path: &str, function: usize) -> Result<()> {
        let parts: Vec<Part> = path.split('/').skip(1).map(Part::read).collect();
        ensure!(path.starts_with('/'), "route {method} {path}: a path begins with a slash");
        let greedy = parts.iter().rposition(|part| matches!(part, Part::Greedy(_)));
        ensure!(
            greedy.is_none_or(|at| at + 1 == parts.len()),
            "route {method} {path}: the greedy part is last"
        );
        let alike = |route: &&Route| {
            route.method == method && route.parts.iter().map(Part::shape).eq(parts.iter().map(Part::shape))
        };
        let taken = self.0.iter().find(alike);
        if let Some(taken) = taken {
            bail!("route {method} {path} is there as {} already", taken.path);
        }
        self.0.push(Route { method: method.to_owned(), path: path.to_owned(), parts, function });
        Ok(())
    }

    pub fn choose<'a>(&self, method: &str, path: &'a str) -> Option<Chosen<'a>> {
        let asked: Vec<&str> = path.split('/').skip(1).collect();
        let matching = self.0.iter().filter(|route| route.takes(method, &asked));
        let route = matching.max_by_key(|route| route.rank())?;
        let parameters = route.parts.iter().zip(&asked).enumerate().filter_map(|(at, (part, value))| {
            match part {
                Part::Fixed(_) => None,
                Part::Parameter(name) => Some((name.clone(), *value)),
                // The rest of the path, from the byte after the slash before it.
                Part::Greedy(name) => {
                    let before: usize = asked[..at].iter().map(|part| part.len() + 1).sum();
                    Some((name.clone(), &path[before + 1..]))
                }
            }
        });
        let key = format!("{} {}", route.method, route.path);
        Some(Chosen { function: route.function, key, parameters: parameters.collect() })
    }
}

impl Route {
    fn takes(&self, method: &str, asked: &[&str]) -> bool {
        let long_enough = match self.parts.last() {
            Some(Part::Greedy(_)) => asked.len() >= self.parts.len(),
            _ => asked.len() == self.parts.len(),
        };
        (self.method == "ANY" || self.method == method)
            && long_enough
            && self.parts.iter().zip(asked).enumerate().all(|(at, (part, value))| match part {
                Part::Fixed(text) => text == value,
                Part::Parameter(_) => !value.is_empty(),
                Part::Greedy(_) => asked[at..].len() > 1 || !value.is_empty(),
            })
    }

    /// The route of the largest rank is chosen: a full match, then more specific parts, then a method of its own.
    fn rank(&self) -> (bool, Vec<u8>, bool) {
        let full = !matches!(self.parts.last(), Some(Part::Greedy(_)));
        (full, self.parts.iter().map(Part::weight).collect(), self.method != "ANY")
    }
}

impl Part {
    fn read(text: &str) -> Self {
        let name = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        match name.map(|name| (name, name.strip_suffix('+'))) {
            Some((_, Some(name))) => Self::Greedy(name.to_owned()),
            Some((name, None)) => Self::Parameter(name.to_owned()),
            None => Self::Fixed(text.to_owned()),
        }
    }

    fn weight(&self) -> u8 {
        match self {
            Self::Greedy(_) => 0,
            Self::Parameter(_) => 1,
            Self::Fixed(_) => 2,
        }
    }

    /// Returns the part without the name that a variable has: two routes of one shape cannot be told apart.
    fn shape(&self) -> (u8, &str) {
        let text = if let Self::Fixed(text) = self { text } else { "" };
        (self.weight(), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routing(routes: &[&str]) -> Routing {
        let mut routing = Routing::default();
        for (at, route) in routes.iter().enumerate() {
            let (method, path) = route.split_once(' ').unwrap();
            routing.add(method, path, at).unwrap();
        }
        routing
    }

    /// The example of API Gateway's documentation on routes of HTTP APIs.
    #[test]
    fn documented_routes_are_chosen_as_documented() {
        let routing =
            routing(&["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}"]);
        let chosen = |method: &str, path: &str| routing.choose(method, path).map(|found| found.key);
        assert_eq!(chosen("GET", "/pets/dog/1").unwrap(), "GET /pets/dog/1");
        assert_eq!(chosen("GET", "/pets/dog/2").unwrap(), "GET /pets/dog/{id}");
        assert_eq!(chosen("GET", "/pets/cat/1").unwrap(), "GET /pets/{proxy+}");
        assert_eq!(chosen("POST", "/test/5").unwrap(), "ANY /{proxy+}");
        assert_eq!(chosen("GET", "/"), None);
    }

    #[test]
    fn a_group_takes_what_has_no_route_of_its_own() {
        let routing = routing(&[
            "GET /{proxy+}",
            "ANY /api/leads",
            "ANY /api/leads/{proxy+}",
            "POST /api/leads/import",
            "GET /api/leads",
        ]);
        let chosen = |method: &str, path: &str| routing.choose(method, path).map(|found| found.key);
        assert_eq!(chosen("GET", "/api/leads").unwrap(), "GET /api/leads");
        assert_eq!(chosen("PUT", "/api/leads").unwrap(), "ANY /api/leads");
        assert_eq!(chosen("POST", "/api/leads/import").unwrap(), "POST /api/leads/import");
        assert_eq!(chosen("GET", "/api/leads/import").unwrap(), "ANY /api/leads/{proxy+}");
        assert_eq!(chosen("OPTIONS", "/api/leads/1/why").unwrap(), "ANY /api/leads/{proxy+}");
        assert_eq!(chosen("GET", "/api/leadsx").unwrap(), "GET /{proxy+}");
        assert_eq!(chosen("POST", "/api/leadsx"), None);
        assert_eq!(chosen("PUT", "/api/leads/"), None);
        assert_eq!(chosen("OPTIONS", "/"), None);
    }

    #[test]
    fn a_greedy_parameter_is_the_rest_of_the_path() {
        let routing = routing(&["ANY /api/leads/{proxy+}", "GET /u/{workspace}/{message}"]);
        let parameters = |path| routing.choose("GET", path).unwrap().parameters;
        assert_eq!(parameters("/api/leads/1/why"), [("proxy".to_owned(), "1/why")]);
        let named = [("workspace".to_owned(), "a"), ("message".to_owned(), "b%20c")];
        assert_eq!(parameters("/u/a/b%20c"), named);
    }

    #[test]
    fn a_route_twice_is_refused() {
        let mut routing = routing(&["GET /a/{id}"]);
        assert!(routing.add("GET", "/a/{name}", 1).is_err());
        assert!(routing.add("ANY", "/a/{id}", 1).is_ok());
        assert!(routing.add("GET", "/{proxy+}/a", 1).is_err());
    }
}
