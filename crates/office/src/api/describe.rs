//! An endpoint of the API together with its description. The table of endpoints and the OpenAPI document are made from the same list,
//! so neither can know an endpoint that the other does not.

use axum::{handler::Handler, http::Method};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        ContentBuilder, HttpMethod, ObjectBuilder, Ref, RefOr, Required, ResponseBuilder, Schema, Type,
        path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::{ArrayBuilder, SchemaType},
        security::SecurityRequirement,
    },
};

use crate::web::{Allow, Endpoint, Server};

pub struct Described {
    pub endpoint: Endpoint,
    summary: &'static str,
    words: &'static str,
    parameters: Vec<Parameter>,
    takes: Option<RefOr<Schema>>,
    gives: Option<(&'static str, RefOr<Schema>)>,
    pub schemas: Vec<(String, RefOr<Schema>)>,
}

pub fn get<H: Handler<T, Server>, T: 'static>(path: &'static str, summary: &'static str, handler: H) -> Described {
    Described::of(Endpoint::get(path, Allow::SignedIn, handler), summary)
}

pub fn post<H: Handler<T, Server>, T: 'static>(path: &'static str, summary: &'static str, handler: H) -> Described {
    Described::of(Endpoint::post(path, Allow::SignedIn, handler), summary)
}

pub fn patch<H: Handler<T, Server>, T: 'static>(path: &'static str, summary: &'static str, handler: H) -> Described {
    Described::of(Endpoint::patch(path, Allow::SignedIn, handler), summary)
}

pub fn delete<H: Handler<T, Server>, T: 'static>(path: &'static str, summary: &'static str, handler: H) -> Described {
    Described::of(Endpoint::delete(path, Allow::SignedIn, handler), summary)
}

impl Described {
    pub fn of(endpoint: Endpoint, summary: &'static str) -> Described {
        let parameters = path_parameters(endpoint.path);
        Described { endpoint, summary, words: "", parameters, takes: None, gives: None, schemas: Vec::new() }
    }

    pub fn words(mut self, words: &'static str) -> Described {
        self.words = words;
        self
    }

    pub fn query<Q: IntoParams>(mut self) -> Described {
        self.parameters.extend(Q::into_params(|| Some(ParameterIn::Query)));
        self
    }

    /// The body of the request.
    pub fn takes<B: ToSchema>(mut self) -> Described {
        self.takes = Some(self.schema_of::<B>());
        self
    }

    /// The body of the answer; 201 where the request makes something.
    pub fn gives<A: ToSchema>(mut self) -> Described {
        let status = if self.endpoint.method == Method::POST { "201" } else { "200" };
        self.gives = Some((status, self.schema_of::<A>()));
        self
    }

    /// The answer is a page of a list.
    pub fn lists<A: ToSchema>(mut self) -> Described {
        let items = self.schema_of::<A>();
        let next = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("Cursor of the next page; null where this is the last. A page may be short and still have a next one."));
        let page = ObjectBuilder::new()
            .property("items", ArrayBuilder::new().items(items))
            .property("next", next)
            .required("items")
            .required("next");
        self.gives = Some(("200", Schema::from(page.build()).into()));
        self
    }

    fn schema_of<S: ToSchema>(&mut self) -> RefOr<Schema> {
        let name = S::name().into_owned();
        self.schemas.push((name.clone(), S::schema()));
        S::schemas(&mut self.schemas);
        Ref::from_schema_name(name).into()
    }

    pub fn http_method(&self) -> HttpMethod {
        match self.endpoint.method {
            Method::POST => HttpMethod::Post,
            Method::PATCH => HttpMethod::Patch,
            Method::PUT => HttpMethod::Put,
            Method::DELETE => HttpMethod::Delete,
            _ => HttpMethod::Get,
        }
    }

    pub fn operation(&self) -> Operation {
        let path = self.endpoint.path;
        let noun = path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default();
        let id = format!(
            "{}_{}",
            self.endpoint.method.as_str().to_lowercase(),
            path.trim_start_matches("/api/v1/").replace(['/', '{', '}', '.'], "_")
        );
        let scope = self.endpoint.scope.key();
        let mut operation = OperationBuilder::new()
            .tag(noun)
            .operation_id(Some(id))
            .summary(Some(self.summary))
            .description(Some(format!("{} Token scope: `{scope}`.", self.words).trim().to_owned()))
            .security(SecurityRequirement::new("token", [scope]))
            .parameters(Some(self.parameters.clone()));
        if self.endpoint.method != Method::GET {
            operation = operation.parameter(idempotency_key());
        }
        if let Some(body) = &self.takes {
            let content = ContentBuilder::new().schema(Some(body.clone())).build();
            operation = operation
                .request_body(Some(RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True)).build()));
        }
        let done = ResponseBuilder::new().description("Done.");
        operation = match &self.gives {
            Some((status, schema)) => {
                operation.response(*status, done.content("application/json", ContentBuilder::new().schema(Some(schema.clone())).build()))
            }
            None => operation.response("200", done),
        };
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let refused = ResponseBuilder::new().description("What was wrong, and what to do.").content("application/problem+json", problem);
        operation.response("default", refused).build()
    }
}

pub fn path_parameters(path: &str) -> Vec<Parameter> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let number = |name: &str| ObjectBuilder::new().schema_type(if name == "id" { Type::Integer } else { Type::String });
    names
        .map(|name| {
            ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True).schema(Some(number(name))).build()
        })
        .collect()
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Up to 200 characters of your choice. A retry with the same key within 24 hours gets the same answer and changes nothing.",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}
