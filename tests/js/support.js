// One app per test, in a namespace of its own, asked as the runtime asks it.
import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import { createApp } from 'freshtag';
import { vi } from 'vitest';

/**
 * @param {Record<string, any>} routes
 * @param {object} [options] of createApp
 * @param {Record<string, any>} [bindings] over those of wrangler.toml
 */
export function site(routes, options = {}, bindings = {}) {
  const namespace = `t${crypto.randomUUID().slice(0, 8)}`;
  const app = createApp({ routes, namespace, ...options });
  const all = { ...env, FRESHTAG_DEV: '1', ...bindings };

  /** Asks, reads the body, and waits for what the Worker does afterwards. */
  const ask = async (path, init) => {
    const ctx = createExecutionContext();
    const response = await app.fetch(new Request(`http://localhost${path}`, init), all, ctx);
    const text = await response.text();
    await waitOnExecutionContext(ctx);
    const { status, headers } = response;
    return { status, text, headers, header: (name) => headers.get(name), cache: headers.get('x-nextjs-cache') };
  };
  const json = async (path, init) => JSON.parse((await ask(path, init)).text);
  const admin = (what, body) =>
    ask(`/_freshtag/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { ask, json, admin, app, env: all };
}

/** A page that counts its renders. */
export function counter(more = {}) {
  let renders = 0;
  return { GET: () => new Response(`render ${++renders}`), ...more };
}

/** Runs code in a route handler and says what came of it: its value, or `Error: …`. */
export async function inHandler(code, { method = 'GET', module = {}, init = {}, options } = {}) {
  const handler = async (request, context) => {
    try {
      return Response.json({ value: (await code(request, context)) ?? null });
    } catch (error) {
      return Response.json({ error: String(error), code: error?.code, digest: error?.digest });
    }
  };
  const answer = await site({ '/page/[id]': { [method]: handler, ...module } }, options).ask('/page/1?q=2', { method, ...init });
  return { ...answer, ...(answer.text.startsWith('{') && JSON.parse(answer.text)) };
}

/** Keeps what is logged out of the report, and returns it. */
export function silence() {
  const lines = [];
  for (const level of ['log', 'warn', 'error']) {
    vi.spyOn(console, level).mockImplementation((...args) => lines.push(args.map((arg) => arg?.message ?? String(arg)).join(' ')));
  }
  return lines;
}

/** A KV whose methods fail or change on demand. */
export function wrapKv(kv, overrides) {
  return new Proxy(kv, {
    get(target, name) {
      const own = overrides[name];
      if (own) return (...args) => own(target, ...args);
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
