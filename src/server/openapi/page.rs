//! `/docs`: the description as a page, with a form to try each operation.

use askama::Template;
use serde_json::Value;

use crate::publish::assets;

/// The page of a description.
pub fn render(document: &Value) -> Result<String, askama::Error> {
    let groups = document["tags"].as_array().into_iter().flatten().map(|tag| Group {
        name: text(&tag["name"]),
        description: text(&tag["description"]),
        operations: operations(document, &tag["name"]),
    });
    let shapes = document["components"]["schemas"].as_object().into_iter().flatten();
    let page = DocsPage {
        description: text(&document["info"]["description"]),
        version: text(&document["info"]["version"]),
        groups: groups.collect(),
        shapes: shapes.map(|(name, schema)| shape(name, schema)).collect(),
        // Relative to `/docs`, so that they are right below any base address.
        stylesheet: assets::stylesheet_path().trim_start_matches('/'),
        script: assets::docs_script_path().trim_start_matches('/'),
    };
    page.render()
}

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage {
    description: String,
    version: String,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
    stylesheet: &'static str,
    script: &'static str,
}

struct Group {
    name: String,
    description: String,
    operations: Vec<Operation>,
}

struct Operation {
    /// Unique on the page.
    id: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    parameters: Vec<Parameter>,
    /// The shape of the body it takes.
    body: Option<String>,
    answers: Vec<Answer>,
}

impl Operation {
    /// Whether a form works without scripts: nothing has to be put into the path, and browsers can send it.
    fn is_plain(&self) -> bool {
        self.method == "GET" && !self.path.contains('{') && !self.path.contains("/admin/")
    }
}

struct Parameter {
    name: String,
    place: String,
    description: String,
    is_required: bool,
    kind: String,
    choices: Vec<String>,
}

struct Answer {
    status: String,
    description: String,
    content_type: String,
    shape: Option<String>,
}

/// A named shape: an object's fields, or the values of a word.
struct Shape {
    name: String,
    description: String,
    fields: Vec<Field>,
    values: Vec<String>,
}

struct Field {
    name: String,
    kind: String,
    description: String,
}

/// A text of the description, without the marks of Markdown around names.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('`', "")
}

fn operations(document: &Value, tag: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if operation["tags"].as_array().is_some_and(|tags| tags.contains(tag)) {
                found.push(self::operation(path, method, operation));
            }
        }
    }
    found
}

fn operation(path: &str, method: &str, operation: &Value) -> Operation {
    let parameters = operation["parameters"].as_array().into_iter().flatten().map(|parameter| Parameter {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        description: text(&parameter["description"]),
        is_required: parameter["required"] == true,
        kind: kind(&parameter["schema"]),
        choices: parameter["schema"]["enum"].as_array().into_iter().flatten().map(text).collect(),
    });
    let answers = operation["responses"].as_object().into_iter().flatten().map(|(status, response)| {
        let (content_type, content) = response["content"]
            .as_object()
            .and_then(|content| content.iter().next())
            .map_or((String::new(), &Value::Null), |(name, content)| (name.clone(), content));
        Answer {
            status: status.clone(),
            description: text(&response["description"]),
            content_type,
            shape: reference(&content["schema"]),
        }
    });
    let body = operation["requestBody"]["content"]["application/json"]["schema"].clone();
    Operation {
        id: format!("{method}{}", path.replace(|c: char| !c.is_ascii_alphanumeric(), "-")),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        parameters: parameters.collect(),
        body: reference(&body),
        answers: answers.collect(),
    }
}

fn shape(name: &str, schema: &Value) -> Shape {
    let parts = schema["allOf"].as_array().map_or(vec![schema], |parts| parts.iter().collect());
    let mut fields = Vec::new();
    for part in parts {
        if let Some(other) = reference(part) {
            fields.push(Field { name: "…".to_owned(), kind: other, description: "and all its fields".to_owned() });
        }
        for (name, field) in part["properties"].as_object().into_iter().flatten() {
            fields.push(Field { name: name.clone(), kind: kind(field), description: text(&field["description"]) });
        }
    }
    let values = schema["enum"].as_array().into_iter().flatten().map(text);
    Shape { name: name.to_owned(), description: text(&schema["description"]), fields, values: values.collect() }
}

/// The name of the shape a schema refers to.
fn reference(schema: &Value) -> Option<String> {
    Some(schema["$ref"].as_str()?.rsplit('/').next()?.to_owned())
}

/// A schema in a few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return name;
    }
    let either = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(either) = either {
        return either.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    let word = |word: &Value| match (word.as_str(), schema["format"].as_str()) {
        (Some("string"), Some("date-time")) => "time".to_owned(),
        (Some("array"), _) => format!("list of {}", kind(&schema["items"])),
        (Some(word), _) => word.to_owned(),
        (None, _) => "anything".to_owned(),
    };
    match &schema["type"] {
        Value::Array(words) => words.iter().map(word).collect::<Vec<_>>().join(" or "),
        other => word(other),
    }
}
