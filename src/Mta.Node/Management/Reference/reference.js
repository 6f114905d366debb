// Shows the OpenAPI document as a page. Everything is put in as text, never as markup.
"use strict";

const methods = ["get", "put", "post", "patch", "delete"];

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  Object.entries(attributes ?? {}).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children.filter(child => child !== undefined && child !== null));
  return made;
}

function nameOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  const types = [].concat(schema.type ?? "any").join(" or ");
  return schema.items ? `list of ${nameOf(schema.items)}` : types + (schema.format ? ` (${schema.format})` : "");
}

function table(title, heads, rows) {
  if (rows.length === 0) return null;
  return element("div", {}, element("h4", {}, title), element("table", {},
    element("thead", {}, element("tr", {}, ...heads.map(head => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows.map(row => element("tr", {}, ...row.map(cell => element("td", {}, cell ?? "")))))));
}

function operation(path, method, what) {
  const answers = Object.entries(what.responses ?? {}).map(([code, answer]) =>
    [code, answer.description, nameOf(Object.values(answer.content ?? {})[0]?.schema)]);
  const body = nameOf(Object.values(what.requestBody?.content ?? {})[0]?.schema);
  return element("details", { id: what.operationId ?? "" },
    element("summary", {}, element("span", { class: "role" }, what["x-mta-role"] ?? ""),
      element("span", { class: "method" }, method.toUpperCase()), element("span", { class: "path" }, path)),
    element("p", {}, what.summary ?? ""),
    what.description ? element("p", {}, what.description) : null,
    table("Parameters", ["name", "in", "type", "meaning"], (what.parameters ?? []).map(p => [p.name + (p.required ? " *" : ""), p.in, nameOf(p.schema), p.description])),
    body ? element("p", {}, "Body: ", element("code", {}, body)) : null,
    table("Answers", ["status", "meaning", "type"], answers));
}

function schema(name, what) {
  return element("details", { id: `schema-${name}` }, element("summary", {}, element("span", { class: "path" }, name)),
    element("p", {}, what.description ?? ""),
    table("Fields", ["name", "type", "meaning"], Object.entries(what.properties ?? {}).map(([field, type]) => [field, nameOf(type), type.description])));
}

async function show() {
  const main = document.getElementById("reference");
  const answer = await fetch("/openapi/v1.json");
  const whole = await answer.json();
  const groups = new Map();
  for (const [path, item] of Object.entries(whole.paths)) {
    for (const method of methods.filter(m => item[m])) {
      const tag = item[method].tags?.[0] ?? "Other";
      groups.set(tag, [...(groups.get(tag) ?? []), operation(path, method, item[method])]);
    }
  }
  main.prepend(element("h1", {}, whole.info.title), element("p", {}, whole.info.description ?? ""));
  groups.forEach((operations, tag) => main.append(element("section", {}, element("h2", {}, tag), ...operations)));
  main.append(element("section", {}, element("h2", {}, "Types"), ...Object.entries(whole.components?.schemas ?? {}).map(([name, what]) => schema(name, what))));
  main.setAttribute("aria-busy", "false");
}

show().catch(problem => document.getElementById("reference").append(element("p", { role: "alert" }, `The document cannot be shown: ${problem.message}`)));
