// The part of YAML 1.2 that openapi.yaml is written in: block mappings and sequences, flow collections, plain, quoted, literal
// and folded scalars, comments. No anchors, tags or documents; what is not known is an error that names its line.

const KEY = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^\s"'[\]{}#&*!|>%@`,?-].*?|-\S.*?))\s*:(?=\s|$)/;
const BLOCK = /^([|>])([-+]?)\s*(?:#.*)?$/;
const ESCAPES = { 0: "\0", a: "\x07", b: "\b", t: "\t", n: "\n", v: "\v", f: "\f", r: "\r", e: "\x1b", _: "\xa0" };

export function parseYAML(text) {
  const lines = text.split(/\r?\n/);
  let at = 0;

  const fail = (problem) => {
    throw new SyntaxError(`line ${at + 1}: ${problem}`);
  };
  const indentOf = (line) => line.length - line.trimStart().length;
  const isEmpty = (line) => /^\s*(#|$)/.test(line);

  function skipEmpty() {
    while (at < lines.length && isEmpty(lines[at])) at++;
  }

  /** Whatever begins at the next line that is indented at least so far; null if there is none. */
  function node(least) {
    skipEmpty();
    if (at === lines.length) return null;
    const indent = indentOf(lines[at]);
    if (indent < least) return null;
    const content = lines[at].slice(indent);
    if (/^-(\s|$)/.test(content)) return sequence(indent);
    if (KEY.test(content)) return mapping(indent);
    at++;
    return value(content, least - 1);
  }

  function sequence(indent) {
    const items = [];
    for (skipEmpty(); at < lines.length && indentOf(lines[at]) === indent; skipEmpty()) {
      const dash = /^-(\s+|$)/.exec(lines[at].slice(indent));
      if (!dash) break;
      // The rest of the line stands where the dash was, as if it were a line of its own.
      lines[at] = " ".repeat(indent + dash[0].length) + lines[at].slice(indent + dash[0].length);
      items.push(node(indent + 1));
    }
    return items;
  }

  function mapping(indent) {
    const entries = {};
    for (skipEmpty(); at < lines.length && indentOf(lines[at]) === indent; skipEmpty()) {
      const content = lines[at].slice(indent);
      const match = KEY.exec(content);
      if (!match) fail("a key is expected");
      const [whole, double, single, plain] = match;
      const key = plain ?? (double === undefined ? single.replaceAll("''", "'") : unescaped(double));
      if (Object.hasOwn(entries, key)) fail(`the key ${key} is there twice`);
      const rest = content.slice(whole.length).trim();
      at++;
      entries[key] = !rest || rest.startsWith("#") ? below(indent) : value(rest, indent);
    }
    if (at < lines.length && indentOf(lines[at]) > indent) fail("the indentation fits nothing");
    return entries;
  }

  /** What a key has below it. A sequence may be as far left as the key itself. */
  function below(indent) {
    skipEmpty();
    const isSequence = at < lines.length && indentOf(lines[at]) === indent && /^\s*-(\s|$)/.test(lines[at]);
    return isSequence ? sequence(indent) : node(indent + 1);
  }

  /** A value that begins with `start` and may go on in lines that are indented further than `indent`. */
  function value(start, indent) {
    const block = BLOCK.exec(start);
    if (block) return blockScalar(indent, block[1] === ">", block[2]);
    let content = start;
    const isWhole = /^["'[{]/.test(start) ? isClosed : () => false;
    while (!isWhole(content) && at < lines.length && lines[at].trim() && indentOf(lines[at]) > indent) {
      content += ` ${lines[at++].trim()}`;
    }
    const reader = new FlowReader(content, fail);
    const result = /^["'[{]/.test(content) ? reader.value() : plainScalar(content.replace(/\s#.*/, "").trim());
    if (/^["'[{]/.test(content)) reader.end();
    if (/^[&*!%@`]/.test(start)) fail(`${start[0]} is not known here`);
    return result;
  }

  function isClosed(content) {
    try {
      new FlowReader(content, fail).value();
      return true;
    } catch {
      return false;
    }
  }

  function blockScalar(indent, isFolded, chomping) {
    const own = [];
    while (at < lines.length && (!lines[at].trim() || indentOf(lines[at]) > indent)) own.push(lines[at++]);
    const first = own.find((line) => line.trim());
    const width = first === undefined ? 0 : indentOf(first);
    let result = own.map((line) => line.slice(width)).join("\n");
    const end = /\n*$/.exec(result)[0];
    result = result.slice(0, result.length - end.length);
    if (isFolded) result = result.replace(/(\S)\n(?=\S)/g, "$1 ").replace(/\n\n/g, "\n");
    return result + { "": result ? "\n" : "", "-": "", "+": `${end}\n` }[chomping];
  }

  const result = node(0);
  skipEmpty();
  if (at < lines.length) fail("the indentation fits nothing");
  return result;
}

function plainScalar(text) {
  if (/^(null|Null|NULL|~|)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text)) return Number(text);
  return text;
}

function unescaped(text) {
  return text.replace(/\\(x..|u.{4}|U.{8}|[^])/g, (_, code) =>
    code.length > 1 ? String.fromCodePoint(parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
  );
}

/** Values on one line: quoted, `[a, b]`, `{a: b}`, and plain ones within these. */
class FlowReader {
  constructor(text, fail) {
    Object.assign(this, { text, fail, at: 0 });
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at += match[0].length;
    return match;
  }

  end() {
    if (!this.match(/\s*(#.*)?$/y)) this.fail(`${this.text.slice(this.at)} is too much`);
  }

  value() {
    this.match(/\s*/y);
    const double = this.match(/"((?:[^"\\]|\\.)*)"/y);
    if (double) return unescaped(double[1]);
    const single = this.match(/'((?:[^']|'')*)'/y);
    if (single) return single[1].replaceAll("''", "'");
    if (this.match(/\[/y)) return this.members("]", () => this.value());
    if (this.match(/\{/y)) return Object.fromEntries(this.members("}", () => this.entry()));
    const plain = this.match(/(?:[^,[\]{}:#"']|:(?!\s|$)|(?<=\S)[#"'])+/y);
    if (!plain) this.fail("a value is expected");
    return plainScalar(plain[0].trim());
  }

  entry() {
    const key = this.value();
    if (!this.match(/\s*:(\s+|$)/y)) this.fail("a colon is expected");
    return [key, this.value()];
  }

  members(close, read) {
    const members = [];
    for (;;) {
      this.match(/\s*/y);
      if (this.text[this.at] === close) break;
      members.push(read());
      if (!this.match(/\s*,/y)) break;
    }
    this.match(/\s*/y);
    if (this.text[this.at++] !== close) this.fail(`${close} is missing`);
    return members;
  }
}
