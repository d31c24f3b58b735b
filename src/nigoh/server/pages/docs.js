"use strict";
// Shows /api/openapi.json. Everything is set as text: nothing that a description says becomes markup.

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

function resolve(schema, root) {
  if (!schema || !schema.$ref) return schema ?? {};
  return schema.$ref.replace(/^#\//, "").split("/").reduce((found, part) => found?.[part], root) ?? {};
}

function typeName(schema, root) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((each) => typeName(each, root)).join(" | ");
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.type === "array") return `${typeName(schema.items, root) || "any"}[]`;
  return [schema.type ?? "any", schema.format].filter(Boolean).join(" ");
}

function bounds(schema) {
  const said = { minimum: "≥", exclusiveMinimum: ">", maximum: "≤", exclusiveMaximum: "<", maxLength: "length ≤", minLength: "length ≥" };
  return Object.entries(said).filter(([key]) => key in schema).map(([key, sign]) => `${sign} ${schema[key]}`).join(", ");
}

function schemaTable(schema, root, seen = new Set()) {
  const found = resolve(schema, root);
  if (found.type === "array") return schemaTable(found.items, root, seen);
  const choices = (found.anyOf ?? found.oneOf ?? []).filter((each) => each.type !== "null");
  if (choices.length) return element("div", {}, ...choices.map((each) => schemaTable(each, root, seen)));
  if (!found.properties || seen.has(found)) return element("p", {}, element("code", {}, typeName(schema, root)));
  const inner = new Set(seen).add(found);
  const rows = Object.entries(found.properties).map(([name, property]) => {
    const needed = (found.required ?? []).includes(name) ? "" : " (optional)";
    const said = [property.description, bounds(property)].filter(Boolean).join(" · ");
    const nested = nestedOf(property, root);
    const more = nested && !inner.has(resolve(nested, root))
      ? element("details", {}, element("summary", {}, typeName(nested, root)), schemaTable(nested, root, inner)) : null;
    return element("tr", {}, element("td", {}, element("code", {}, name), needed),
      element("td", {}, element("code", {}, typeName(property, root))), element("td", {}, said, more));
  });
  return element("table", {}, element("tbody", {}, ...rows));
}

function nestedOf(property, root) {
  const all = [property, property.items, ...(property.anyOf ?? []), ...(property.oneOf ?? [])];
  return all.find((each) => each?.$ref && resolve(each, root).properties) ?? null;
}

function parameterTable(parameters) {
  const rows = parameters.map((parameter) => element("tr", {},
    element("td", {}, element("code", {}, parameter.name), parameter.required ? "" : " (optional)"),
    element("td", {}, parameter.in), element("td", {}, element("code", {}, typeName(parameter.schema))),
    element("td", {}, [parameter.description ?? parameter.schema?.description, bounds(parameter.schema ?? {})].filter(Boolean).join(" · "))));
  return element("table", {}, element("tbody", {}, ...rows));
}

function tryIt(path, parameters) {
  const inputs = parameters.filter((each) => each.in !== "header").map((each) => [each, element("input", { "aria-label": each.name, placeholder: each.name })]);
  const answer = element("pre", { hidden: "" });
  const button = element("button", { type: "submit" }, "Try it");
  const form = element("form", {}, ...inputs.map(([, input]) => input), " ", button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const query = new URLSearchParams();
    let address = path;
    for (const [parameter, input] of inputs) {
      if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (input.value) query.append(parameter.name, input.value);
    }
    const token = document.getElementById("token").value;
    answer.hidden = false;
    try {
      const response = await fetch(address + (query.size ? `?${query}` : ""), { headers: token ? { Authorization: `Bearer ${token}` } : {} });
      const kind = response.headers.get("content-type") ?? "";
      const text = /json|text/.test(kind) ? await response.text() : `(${kind})`;
      answer.textContent = `${response.status}\n${/json/.test(kind) ? JSON.stringify(JSON.parse(text), null, 2) : text}`;
    } catch (error) {
      answer.textContent = `It could not be asked: ${error.message}`;
    }
  });
  return element("div", {}, form, answer);
}

function operationDetails(path, method, operation, root) {
  const parameters = operation.parameters ?? [];
  const permissions = (operation["x-permissions"] ?? []).map((each) => element("span", { class: "permission" }, each));
  const body = element("div", { class: "body" });
  const details = element("details", { id: operation.operationId, "data-words": `${method} ${path} ${operation.summary ?? ""} ${(operation["x-permissions"] ?? []).join(" ")}`.toLowerCase() },
    element("summary", {}, element("span", { class: `method ${method}` }, method.toUpperCase()), element("span", { class: "path" }, path),
      element("span", { class: "what" }, operation.summary ?? ""), ...permissions), body);
  details.addEventListener("toggle", () => {
    if (!details.open || body.hasChildNodes()) return;
    body.append(element("p", {}, operation.description ?? ""));
    if (parameters.length) body.append(element("h3", {}, "Parameters"), parameterTable(parameters));
    for (const [kind, content] of Object.entries(operation.requestBody?.content ?? {})) {
      body.append(element("h3", {}, `Body: ${kind}`), schemaTable(content.schema, root));
    }
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      body.append(element("h3", {}, `${status === "default" ? "Errors" : status}: ${response.description ?? ""}`));
      for (const [kind, content] of Object.entries(response.content ?? {})) {
        body.append(element("p", {}, kind), content.schema ? schemaTable(content.schema, root) : "");
      }
    }
    if (method === "get") body.append(element("h3", {}, "Try it"), tryIt(path, parameters));
  });
  return details;
}

function show(root) {
  document.title = `${root.info.title} ${root.info.version}`;
  document.getElementById("about").textContent = root.info.description ?? "";
  const groups = new Map();
  for (const [path, operations] of Object.entries(root.paths)) {
    for (const method of METHODS.filter((each) => each in operations)) {
      const tag = operations[method].tags?.[0] ?? "other";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operationDetails(path, method, operations[method], root));
    }
  }
  const main = document.getElementById("operations");
  const contents = document.getElementById("contents");
  main.replaceChildren();
  for (const [tag, operations] of groups) {
    main.append(element("section", { id: `tag-${tag}` }, element("h2", {}, tag), ...operations));
    contents.append(element("a", { href: `#tag-${tag}` }, tag));
  }
}

function search(event) {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll("section")) {
    let any = false;
    for (const operation of section.querySelectorAll(":scope > details")) {
      operation.hidden = !words.every((word) => operation.dataset.words.includes(word));
      any = any || !operation.hidden;
    }
    section.hidden = !any;
  }
}

document.getElementById("search").addEventListener("input", search);
fetch("/api/openapi.json").then((response) => response.json()).then(show).catch((error) => {
  document.getElementById("operations").textContent = `The document cannot be read: ${error.message}`;
});
