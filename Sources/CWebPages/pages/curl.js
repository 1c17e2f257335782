// The command that asks for what the page shows.

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
const file = (name) => `@"${name.replace(/["\\]/g, "\\$&")}"`;

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** What makes curl send a prompt: words, or a file and the mask of a box in it, which the shell makes of base64. */
function promptFields({ text, image, mask }) {
  if (text !== undefined) return [`--form-string prompt=${quoted(text)}`];
  return [`-F ${quoted(`prompt_image=${file(image.name)}`)}`, `-F prompt_mask=@<(echo ${base64(mask)} | base64 -d)`];
}

/** For a shell such as bash or zsh. The key is not in it. */
export function curlCommand({ url, name, prompts, threshold, hasKey }) {
  return [
    "curl",
    ...(hasKey ? ['-H "Authorization: Bearer $CLIPSEG_KEY"'] : []),
    `-F ${quoted(`image=${file(name)}`)}`,
    ...prompts.flatMap(promptFields),
    `-F threshold=${threshold}`,
    quoted(url),
    "-o mask.png",
  ].join(" \\\n  ");
}
