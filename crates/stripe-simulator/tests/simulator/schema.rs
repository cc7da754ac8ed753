//! Every answer of every test is held against Stripe's specification, where that is at hand.
//!
//! It is looked for in the folder that `KEYTILL_SHARED` names, or in `../shared` beside the repository. Without it, each
//! object must at least have the fields listed in `required.rs`.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::Value;

use crate::required::REQUIRED;

/// Fields that Stripe sends and its specification leaves out: they are in the recorded answers.
const RECORDED_ONLY: &[&str] = &[
    "shared_payment_granted_token",
    "destination",
    "dispute",
    "order",
    "stripe_js",
    "payment_method_configuration_details",
];

/// A file of the shared folder about Stripe, as JSON.
pub(crate) fn shared(file: &str) -> Option<Value> {
    let text = shared_text(file)?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}")))
}

/// The same as text.
pub(crate) fn shared_text(file: &str) -> Option<String> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared"));
    let folder = std::env::var_os("KEYTILL_SHARED").map_or_else(beside, PathBuf::from);
    std::fs::read_to_string(folder.join("stripe").join(file)).ok()
}

fn specification() -> Option<&'static Value> {
    static READ: OnceLock<Option<Value>> = OnceLock::new();
    READ.get_or_init(|| shared("openapi.json")).as_ref()
}

/// Panics if an answer to the secret key is not what the API may answer.
pub(crate) fn check(method: &str, path: &str, status: u16, body: &Value) {
    check_required(body, path);
    let Some(spec) = specification() else { return };
    let mut faults = Vec::new();
    if status == 200 {
        // What the specification does not have, such as tokens, cannot be held against it.
        let Some(schema) = answer_schema(spec, method, path) else { return };
        validate(spec, body, schema, "", &mut faults);
    } else {
        validate(spec, body, &spec["components"]["schemas"]["error"], "", &mut faults);
    }
    assert!(faults.is_empty(), "{method} {path} {status}\n{}\n{body:#}", faults.join("\n"));
}

/// Looks at every object inside `value`.
fn check_required(value: &Value, path: &str) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| check_required(item, path)),
        Value::Object(fields) => {
            let kind = fields.get("object").and_then(Value::as_str).filter(|_| !fields.contains_key("deleted"));
            let required = REQUIRED.iter().find(|(name, _)| Some(*name) == kind).map_or(&[][..], |(_, names)| names);
            for name in required {
                assert!(fields.contains_key(*name), "{path}: a {} without {name}", kind.unwrap_or_default());
            }
            fields.values().for_each(|field| check_required(field, path));
        }
        _ => {}
    }
}

fn answer_schema<'s>(spec: &'s Value, method: &str, path: &str) -> Option<&'s Value> {
    let steps: Vec<&str> = path.trim_matches('/').split('/').collect();
    let fits = |known: &str| {
        let known: Vec<&str> = known.trim_matches('/').split('/').collect();
        known.len() == steps.len() && known.iter().zip(&steps).all(|(a, b)| a == b || a.starts_with('{'))
    };
    let paths = spec["paths"].as_object()?;
    // A path without braces is the more exact one.
    let mut found: Vec<&String> = paths.keys().filter(|known| fits(known)).collect();
    found.sort_by_key(|known| known.matches('{').count());
    let found = found.first()?;
    paths[*found][method.to_lowercase()]["responses"]["200"]["content"]["application/json"].get("schema")
}

fn validate(spec: &Value, value: &Value, schema: &Value, at: &str, faults: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap_or_default();
        return validate(spec, value, &spec["components"]["schemas"][name], at, faults);
    }
    if value.is_null() {
        if schema["nullable"] != true && schema.get("type").is_some() {
            faults.push(format!("{at} may not be null"));
        }
        return;
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        return validate_any(spec, value, choices, at, faults);
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        validate(spec, value, part, at, faults);
    }
    let choices = schema["enum"].as_array().filter(|_| schema["x-open-enum"] != true);
    if choices.is_some_and(|choices| !choices.contains(value)) {
        faults.push(format!("{at} is {value}, which is not one of its values"));
    }
    match schema["type"].as_str() {
        Some("object") => validate_object(spec, value, schema, at, faults),
        Some("array") => {
            let Some(items) = value.as_array() else { return faults.push(format!("{at} is no list")) };
            for (n, item) in items.iter().enumerate() {
                validate(spec, item, &schema["items"], &format!("{at}.{n}"), faults);
            }
        }
        Some("string") if !value.is_string() => faults.push(format!("{at} is no text")),
        Some("integer") if !value.is_i64() => faults.push(format!("{at} is no integer")),
        Some("number") if !value.is_number() => faults.push(format!("{at} is no number")),
        Some("boolean") if !value.is_boolean() => faults.push(format!("{at} is neither true nor false")),
        _ => {}
    }
}

/// One of the choices must fit; the faults of the nearest one are told.
fn validate_any(spec: &Value, value: &Value, choices: &[Value], at: &str, faults: &mut Vec<String>) {
    let told = choices.iter().map(|choice| {
        let mut found = Vec::new();
        validate(spec, value, choice, at, &mut found);
        found
    });
    // Another type altogether is further away than any wrong field.
    let other_type = format!("{at} is no ");
    let distance = |found: &Vec<String>| (found.iter().any(|fault| fault.starts_with(&other_type)), found.len());
    faults.extend(told.min_by_key(distance).unwrap_or_default());
}

fn validate_object(spec: &Value, value: &Value, schema: &Value, at: &str, faults: &mut Vec<String>) {
    let Some(fields) = value.as_object() else { return faults.push(format!("{at} is no object")) };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        // The specification marks some fields that are left out when they say nothing.
        if !fields.contains_key(name) && schema["properties"][name]["x-absent"] != true {
            faults.push(format!("{at}.{name} is missing"));
        }
    }
    for (name, field) in fields {
        let at = format!("{at}.{name}");
        if let Some(known) = schema["properties"].get(name) {
            validate(spec, field, known, &at, faults);
        } else if schema["additionalProperties"].is_object() {
            validate(spec, field, &schema["additionalProperties"], &at, faults);
        } else if schema.get("properties").is_some()
            && schema["additionalProperties"] != true
            && schema.get("x-stub").is_none()
            && !RECORDED_ONLY.contains(&name.as_str())
        {
            faults.push(format!("{at} is not in the specification"));
        }
    }
}

#[test]
fn the_embedded_lists_of_fields_are_those_of_the_specification() {
    assert!(REQUIRED.iter().all(|(_, names)| names.contains(&"object")));
    let Some(spec) = specification() else { return };
    for (object, names) in REQUIRED {
        let required: Vec<&str> = spec["components"]["schemas"][object]["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(required, *names, "{object}");
    }
}
