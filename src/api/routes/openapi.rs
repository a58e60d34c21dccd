//! `/api/v1/openapi.json`: the description of the API for programs (OpenAPI 3.1). It is written by hand, and held against
//! the routes by a test.

use hyper::StatusCode;
use hyper::header::CACHE_CONTROL;

use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::route;

/// The document.
const DOCUMENT: &str = include_str!("../openapi.json");

pub const ROUTES: &[Route] = &[route!("GET", "/api/v1/openapi.json", get, open)];

async fn get(_: Api, _: Call) -> Result<Reply, Problem> {
    let mut reply = Reply::bytes(StatusCode::OK, "application/json", DOCUMENT.as_bytes().to_vec());
    reply.set(CACHE_CONTROL, "public, max-age=3600");
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::DOCUMENT;
    use crate::api::routes;

    fn document() -> Value {
        serde_json::from_str(DOCUMENT).unwrap()
    }

    #[test]
    fn the_document_tells_of_every_route_and_of_nothing_else() {
        let document = document();
        let told: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
                methods
                    .map(|method| (path.clone(), method.to_uppercase()))
                    .collect::<Vec<_>>()
            })
            .collect();
        let served: BTreeSet<(String, String)> = routes::all()
            .iter()
            .map(|route| (route.path.to_owned(), route.method.to_owned()))
            .collect();
        let missing: Vec<_> = served.difference(&told).collect();
        let invented: Vec<_> = told.difference(&served).collect();
        assert!(
            missing.is_empty() && invented.is_empty(),
            "not told: {missing:?}; not served: {invented:?}"
        );
    }

    #[test]
    fn what_is_open_to_all_is_told_so() {
        let document = document();
        for route in routes::all() {
            let told = &document["paths"][route.path][route.method.to_lowercase()]["security"];
            let is_open = told.as_array().is_some_and(Vec::is_empty);
            assert_eq!(is_open, route.is_open, "{} {}: {told}", route.method, route.path);
        }
    }

    #[test]
    fn no_list_is_told_bare() {
        let document = document();
        let operations = document["paths"].as_object().unwrap().values();
        for operation in operations.flat_map(|item| item.as_object().unwrap().values()) {
            let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
            assert_ne!(schema["type"], "array", "{}", operation["operationId"]);
        }
    }

    /// Every reference of the document.
    fn references<'a>(value: &'a Value, all: &mut Vec<&'a str>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| match value.as_str() {
                Some(to) if name == "$ref" => all.push(to),
                _ => references(value, all),
            }),
            Value::Array(values) => values.iter().for_each(|value| references(value, all)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_name_is_used_once() {
        let document = document();
        let mut all = Vec::new();
        references(&document, &mut all);
        assert!(all.len() > 50);
        for to in all {
            let pointer = to.strip_prefix('#').unwrap_or(to);
            assert!(document.pointer(pointer).is_some(), "{to}");
        }
        let mut seen = BTreeSet::new();
        for item in document["paths"].as_object().unwrap().values() {
            for operation in item.as_object().unwrap().values() {
                if let Some(id) = operation["operationId"].as_str() {
                    assert!(seen.insert(id), "{id} is there twice");
                }
            }
        }
    }
}
