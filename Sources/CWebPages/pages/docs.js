// Shows openapi.yaml as a page. Everything is made of text nodes: nothing in the document can become markup.

import { parseYAML } from "./yaml.js";

const ITEM = /^(?:[*-]|\d+\.) /;
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

let api;

const h = (name, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
};
const code = (text) => h("code", {}, String(text));

/** What a node refers to, and under which name. */
function resolved(node) {
  let name = null;
  while (node?.$ref) {
    const path = node.$ref.replace(/^#\//, "").split("/");
    name = path.at(-1);
    node = path.reduce((parent, key) => parent?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], api);
  }
  return { node: node ?? {}, name };
}

// --- Text --------------------------------------------------------------------------------------------------------------

/** A few of Markdown's signs: paragraphs, lists, code, emphasis, links. */
function text(markdown) {
  const box = h("div", { className: "text" });
  const lines = (markdown ?? "").replace(/\s+$/, "").split("\n");
  for (let at = 0; at < lines.length; ) {
    const take = (test) => {
      const own = [];
      while (at < lines.length && test(lines[at], own.length)) own.push(lines[at++]);
      return own;
    };
    if (!lines[at].trim()) at++;
    else if (/^ {4}/.test(lines[at])) {
      const own = take((line) => /^ {4}/.test(line) || !line.trim());
      box.append(pre(own.map((line) => line.slice(4)).join("\n").trimEnd()));
    } else if (ITEM.test(lines[at])) {
      const own = take((line, count) => line.trim() && (count === 0 || ITEM.test(line) || /^ {2}/.test(line)));
      const items = own.join("\n").split(new RegExp(`\\n(?=${ITEM.source.slice(1)})`));
      const list = /^\d/.test(own[0]) ? "ol" : "ul";
      box.append(h(list, {}, ...items.map((item) => h("li", {}, ...inline(item.replace(ITEM, ""))))));
    } else box.append(h("p", {}, ...inline(take((line, count) => line.trim() && !(count && ITEM.test(line))).join(" "))));
  }
  return box;
}

function inline(markdown) {
  const signs = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:[^)\s]+|#[^)\s]*)\)/g;
  const nodes = [];
  let end = 0;
  for (const match of markdown.matchAll(signs)) {
    nodes.push(markdown.slice(end, match.index));
    const [whole, literal, strong, emphasis, label, href] = match;
    if (literal) nodes.push(code(literal));
    else if (strong) nodes.push(h("strong", {}, ...inline(strong)));
    else if (emphasis) nodes.push(h("em", {}, emphasis));
    else nodes.push(h("a", { href, rel: "noreferrer" }, label));
    end = match.index + whole.length;
  }
  return [...nodes, markdown.slice(end)];
}

const pre = (content) => h("pre", { tabIndex: 0 }, code(content));
const example = (value) => pre(typeof value === "string" ? value : JSON.stringify(value, null, 2));

// --- Schemas -----------------------------------------------------------------------------------------------------------

/** A schema in a few words. */
function brief(schema) {
  const { node, name } = resolved(schema);
  const words = [];
  if (name && api.components?.schemas?.[name] && node.properties) return [h("a", { href: `#schema-${name}` }, name)];
  const types = [node.type ?? []].flat();
  if (node.enum) words.push("one of ", ...joined(node.enum.map((value) => code(value)), ", "));
  else if (node.const !== undefined) words.push(code(node.const));
  else if (types.includes("array")) words.push("list of ", ...brief(node.items ?? {}));
  else if (node.oneOf ?? node.anyOf) words.push(...joined((node.oneOf ?? node.anyOf).map((part) => h("span", {}, ...brief(part))), " or "));
  else if (types.length > 0) words.push(types.join(" or ") + (node.format ? ` (${node.format})` : ""));
  else if (node.contentEncoding) words.push(`string (${node.contentEncoding})`);
  else words.push("bytes");
  const least = node.minimum ?? node.exclusiveMinimum;
  const most = node.maximum ?? node.exclusiveMaximum;
  if (least !== undefined) words.push(`, ${node.minimum === undefined ? "more than" : "at least"} ${least}`);
  if (most !== undefined) words.push(`, ${node.maximum === undefined ? "less than" : "at most"} ${most}`);
  if (node.maxItems !== undefined) words.push(`, at most ${node.maxItems}`);
  if (node.maxLength !== undefined) words.push(`, at most ${node.maxLength} characters`);
  if (node.default !== undefined) words.push("; default ", code(node.default));
  return words;
}

const joined = (nodes, separator) => nodes.flatMap((node, index) => (index ? [separator, node] : [node]));

function table(caption, rows) {
  const head = h("tr", {}, ...["Name", "Value", "Meaning"].map((title) => h("th", { scope: "col" }, title)));
  return h(
    "div",
    { className: "scroll" },
    h("table", { ariaLabel: caption }, h("thead", {}, head), h("tbody", {}, ...rows)),
  );
}

function row(name, where, isRequired, value, description) {
  const title = [code(name), where ? h("span", { className: "where" }, ` ${where}`) : null, isRequired ? h("span", { className: "required" }, " required") : null];
  return h("tr", {}, h("th", { scope: "row" }, ...title), h("td", {}, ...value), h("td", {}, text(description)));
}

function properties(schema, caption) {
  const { node } = resolved(schema);
  const rows = Object.entries(node.properties ?? {}).map(([name, property]) => {
    const own = resolved(property).node;
    return row(name, "", node.required?.includes(name), brief(property), property.description ?? own.description);
  });
  return rows.length > 0 ? table(caption, rows) : h("p", {}, ...brief(schema));
}

// --- Operations --------------------------------------------------------------------------------------------------------

function parameters(operation, shared) {
  const list = [...(shared ?? []), ...(operation.parameters ?? [])].map((parameter) => resolved(parameter).node);
  if (list.length === 0) return [];
  const rows = list.map((node) => row(node.name, node.in, node.required, brief(node.schema), node.description));
  return [h("h4", {}, "Parameters"), table("Parameters", rows)];
}

/** A body or an answer: for each media type its schema and examples. */
function content(types) {
  return Object.entries(types ?? {}).flatMap(([type, { schema, example: single, examples }]) => {
    const { node } = resolved(schema ?? {});
    const all = [
      ...(single === undefined ? [] : [[null, { value: single }]]),
      ...Object.entries(examples ?? {}).map(([name, value]) => [name, resolved(value).node]),
    ];
    return [
      h("h4", {}, code(type)),
      text(node.description),
      schema && (node.properties || node.type) ? properties(schema, type) : null,
      ...all.flatMap(([name, { summary, value }]) => [
        name ? h("p", { className: "quiet small" }, summary ?? name) : null,
        value === undefined ? null : example(value),
      ]),
    ];
  });
}

function requestBody(operation) {
  if (!operation.requestBody) return [];
  const { node } = resolved(operation.requestBody);
  return [h("h4", {}, "Body"), text(node.description), ...content(node.content)];
}

function responses(operation) {
  const list = Object.entries(operation.responses ?? {}).map(([status, response]) => {
    const { node } = resolved(response);
    const headers = Object.entries(node.headers ?? {}).map(([name, header]) => {
      const own = resolved(header).node;
      return row(name, "", false, brief(own.schema), own.description);
    });
    const [first] = (node.description ?? "").split("\n");
    return h(
      "details",
      {},
      h("summary", {}, code(status), " ", ...inline(first)),
      h("div", {}, text(node.description), ...content(node.content), ...(headers.length > 0 ? [h("h4", {}, "Headers"), table("Headers", headers)] : [])),
    );
  });
  return [h("h4", {}, "Answers"), ...list];
}

function article(path, method, item) {
  const operation = item[method];
  return h(
    "article",
    { className: "panel", id: operation.operationId },
    h("h3", {}, h("span", { className: `method ${method}` }, method.toUpperCase()), code(path)),
    h("p", { className: "quiet" }, operation.summary ?? ""),
    text(operation.description),
    ...parameters(operation, item.parameters),
    ...requestBody(operation),
    ...responses(operation),
  );
}

function schemas() {
  const list = Object.entries(api.components?.schemas ?? {}).map(([name, schema]) =>
    h("article", { className: "panel", id: `schema-${name}` }, h("h3", {}, code(name)), text(schema.description), properties(schema, name)),
  );
  return list.length > 0 ? [h("section", { id: "schemas" }, h("h2", {}, "Schemas"), ...list)] : [];
}

// --- The page ----------------------------------------------------------------------------------------------------------

function contents(groups) {
  const link = (href, ...children) => h("li", {}, h("a", { href }, ...children));
  return groups.flatMap(({ name, operations }) => [
    h("h2", {}, name),
    h(
      "ul",
      {},
      ...operations.map(({ path, method, item }) =>
        link(`#${item[method].operationId}`, h("span", { className: `method ${method}` }, method.toUpperCase()), h("span", {}, path)),
      ),
    ),
  ]);
}

function show() {
  const operations = Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, item, tag: item[method].tags?.[0] ?? "other" })),
  );
  const names = new Set([...(api.tags ?? []).map((tag) => tag.name), ...operations.map(({ tag }) => tag)]);
  const groups = [...names].map((name) => ({
    name,
    description: api.tags?.find((tag) => tag.name === name)?.description,
    operations: operations.filter(({ tag }) => tag === name),
  }));
  document.getElementById("version").textContent = api.info.version;
  document.getElementById("contents").append(...contents(groups));
  document.getElementById("content").replaceChildren(
    h("p", {}, h("strong", {}, api.info.summary ?? "")),
    text(api.info.description),
    ...groups.map(({ name, description, operations }) =>
      h("section", {}, h("h2", {}, name), text(description), ...operations.map(({ path, method, item }) => article(path, method, item))),
    ),
    ...schemas(),
  );
}

try {
  const response = await fetch("openapi.yaml");
  api = parseYAML(await response.text());
  show();
  // The place that the address names was not there yet when the page came.
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
} catch (error) {
  document.getElementById("content").replaceChildren(
    h("p", { className: "alert", role: "alert" }, `openapi.yaml can't be shown here: ${error.message}`),
  );
}
