// What all pages share: escaping, the frame, the style sheet and the list of things to try.
import { draftMode, formField, imageTags } from 'freshtag';

import { setDraft } from './actions.js';

export const SITE = 'http://127.0.0.1:8787';

/** Text that is already HTML. */
class Markup {
  constructor(text) {
    this.text = text;
  }
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(value) {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(escape).join('');
  return String(value ?? '').replace(/[&<>"']/g, (char) => ENTITIES[char]);
}

/** Template tag: everything put into the text is escaped, save what this tag made. */
export function html(parts, ...values) {
  return new Markup(String.raw({ raw: parts }, ...values.map(escape)));
}

/** Tells one render from another. */
export function stamp() {
  return { at: new Date().toISOString(), id: crypto.randomUUID().slice(0, 8) };
}

/** A day, for people and for programs. */
export function when(date) {
  const text = new Date(date).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return html`<time datetime="${date}">${text}</time>`;
}

/** The command that revalidates what `order` names. */
export function revalidateWith(order) {
  return `curl -X POST ${SITE}/_freshtag/revalidate \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify(order)}'`;
}

const NAV = [['/', 'Posts'], ['/now', 'Now'], ['/settings', 'Settings'], ['/api/quote', 'Quote']];

/** The hidden field by which a form calls a Server Action. */
export async function hidden(action) {
  const { name, value } = await formField(action);
  return html`<input type="hidden" name="${name}" value="${value}">`;
}

/** A whole page as a Response. `theme`: light, dark or system. `script`: the address of one, for those who have scripts. */
export async function page({ path, theme = 'system', script, title, summary, rendered, kept, body, tries }) {
  const { isEnabled } = await draftMode();
  const document = html`<!doctype html>
<html lang="en" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${summary}">
<title>${path === '/' ? title : `${title} · Notes from the edge`}</title>
${new Markup(await imageTags())}
<style>${STYLE}</style>${script ? html`
<script type="module" src="${script}"></script>` : ''}
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header>
<a class="brand" href="/">freshtag</a>
<nav aria-label="Pages">
${NAV.map(([href, name]) => html`<a href="${href}"${href === path ? html` aria-current="page"` : ''}>${name}</a> `)}
</nav>
</header>
${isEnabled ? html`<form class="draft" method="post" action="/" aria-label="Draft mode">${await hidden(setDraft.bind(null, false))}
<p>You see what is not published.</p><button>Leave draft mode</button></form>` : ''}
<main id="main">
<h1>${title}</h1>
<p class="summary">${summary}</p>
<p class="rendered">
<span>Rendered <time datetime="${rendered.at}">${rendered.at.replace('T', ' ').replace('Z', ' UTC')}</time></span>
<span>Render <code>${rendered.id}</code></span>
<span class="kept">${kept}</span>
</p>
${body}
</main>
<footer aria-labelledby="try">
<h2 id="try">Try it</h2>
${tries.map(
  ({ does, run }) => html`<p>${does}</p>
<pre tabindex="0" role="group" aria-label="Command"><code>${run}</code></pre>
`,
)}<p class="small">The answer’s <code>x-nextjs-cache</code> header says what happened; what is never stored has none. On another port, change the address.</p>
</footer>
</body>
</html>
`;
  return new Response(document.text, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    },
  });
}

const STYLE = html`
:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf7, #131716); --ink: light-dark(#1d2423, #e6e9e6); --soft: light-dark(#56605d, #a0aaa6);
  --line: light-dark(#dedcd4, #2d3432); --panel: light-dark(#f1f0ea, #1b201f); --accent: light-dark(#0b6b51, #5fd3ae);
  --edge: light-dark(#7c8682, #74807b);
}
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 44rem; padding: 0 1.25rem 3rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.65 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; overflow-wrap: break-word; }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
code, pre, .rendered time { font: .875em/1.6 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
h1, h2 { line-height: 1.2; text-wrap: balance; letter-spacing: -.01em; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; padding: .4rem .8rem; background: var(--paper); z-index: 1; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; justify-content: space-between;
  padding: 1.25rem 0; border-bottom: 1px solid var(--line); }
.brand { font-weight: 700; color: var(--ink); text-decoration: none; }
nav a { display: inline-block; padding: .35rem 0; margin-left: 1.1rem; text-decoration: none; }
nav a:first-child { margin-left: 0; }
nav a:hover { text-decoration: underline; }
nav a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: underline; text-decoration-thickness: 2px; text-decoration-color: var(--accent); }
h1 { font-size: clamp(1.9rem, 1.4rem + 2.4vw, 2.7rem); margin: 2.2rem 0 .5rem; }
.summary { margin: 0 0 1.5rem; color: var(--soft); font-size: 1.125rem; text-wrap: pretty; }
.rendered { display: flex; flex-wrap: wrap; gap: .15rem 1.5rem; margin: 0 0 2rem; padding: .8rem 1rem; background: var(--panel);
  border-left: 3px solid var(--accent); border-radius: 4px; font-size: .9375rem; }
.rendered time { font-weight: 600; white-space: nowrap; }
.rendered .kept { flex-basis: 100%; color: var(--soft); }
.posts { list-style: none; margin: 0; padding: 0; }
.posts li { padding: 1.25rem 0; border-top: 1px solid var(--line); }
.posts li:first-child { border-top: 0; padding-top: 0; }
.posts h2 { margin: 0 0 .3rem; font-size: 1.3rem; }
.posts p { margin: 0; text-wrap: pretty; }
.date { color: var(--soft); font-size: .9375rem; }
.posts .date { margin-top: .3rem; }
article p { margin: 0 0 1.15rem; text-wrap: pretty; }
.next { margin-top: 2rem; }
form h2 { font-size: 1.3rem; margin: 2rem 0 .5rem; }
form p { margin: 0 0 .75rem; }
.choices { display: flex; flex-wrap: wrap; gap: .6rem; }
button { min-height: 2.75rem; padding: .4rem 1.1rem; font: inherit; color: var(--ink); background: var(--panel);
  border: 1px solid var(--edge); border-radius: 4px; cursor: pointer; }
button:hover { border-color: var(--accent); color: var(--accent); }
button[aria-current] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); font-weight: 600; }
button[aria-disabled=true] { opacity: .6; cursor: default; }
.draft { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; justify-content: space-between; margin-top: 1rem;
  padding: .6rem 1rem; border: 1px dashed var(--accent); border-radius: 4px; }
.draft p { margin: 0; font-weight: 600; }
.unpublished { margin-left: .4rem; padding: .05rem .45rem; border: 1px solid var(--edge); border-radius: 3px; font-size: .75rem; font-weight: 400;
  letter-spacing: 0; vertical-align: .2em; }
.drafts { margin-top: 1.5rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
section h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; }
.comments { list-style: none; margin: 0 0 1.5rem; padding: 0; }
.comments li { padding: .8rem 0; border-top: 1px solid var(--line); }
.comments li:first-child { border-top: 0; }
.comments p { margin: 0; white-space: pre-line; }
label { display: block; margin: 0 0 .75rem; }
input:not([type=hidden]), textarea { display: block; width: 100%; min-height: 2.75rem; margin-top: .2rem; padding: .4rem .7rem; font: inherit;
  color: var(--ink); background: var(--paper); border: 1px solid var(--edge); border-radius: 4px; }
textarea { min-height: 7rem; resize: vertical; }
.comment [role=status] { min-height: 1.65em; margin: -.25rem 0 .5rem; color: var(--soft); }
.comment [role=status].error { color: var(--ink); font-weight: 600; }
button[aria-current]::before { content: "✓ " / ""; color: var(--accent); }
footer { margin-top: 3rem; padding-top: 1.5rem; border-top: 1px solid var(--line); font-size: .9375rem; }
footer h2 { font-size: 1.125rem; margin: 0 0 .75rem; }
footer p { margin: .75rem 0 .3rem; }
pre { margin: 0; padding: .65rem .85rem; background: var(--panel); border: 1px solid var(--line); border-radius: 4px; overflow-x: auto; }
pre code { font-size: .8125rem; }
.small { color: var(--soft); margin-top: 1.25rem; }
`;
