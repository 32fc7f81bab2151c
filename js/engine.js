// One engine per app and KV binding, for as long as the isolate lives.
import { Engine } from '#wasm';
import { instance, outlived } from './instance.js';
import { checkedRules } from './origin_rules.js';
import { buildIdOf, isDev, previewModeIdOf } from './settings.js';
import { Watch } from './watch.js';

/** @typedef {import('./contract.js').Engine} EngineType */
/** @typedef {import('./contract.js').EngineConfig} EngineConfig */
/** @typedef {import('./app.js').AppOptions} AppOptions */
/** @typedef {import('./route.js').Route} Route */

const NO_KV =
  'freshtag: there is no KV binding CACHE, so nothing is cached. Create one with `wrangler kv namespace create CACHE` and add it to wrangler.toml as [[kv_namespaces]] with binding = "CACHE".';

/** What of an environment may make it another engine. */
const NAMES = [
  'FRESHTAG_NAMESPACE', 'FRESHTAG_SECRET', 'FRESHTAG_SECRET_PREVIOUS', 'FRESHTAG_DRAFT_SECRET', '__NEXT_PREVIEW_MODE_ID',
  'CF_VERSION_METADATA', 'FRESHTAG_DEV', 'FRESHTAG_DEBUG', 'NEXT_PRIVATE_DEBUG_CACHE', 'ORIGIN',
];

/** Stands for an absent binding. */
const NONE = {};

export class Engines {
  /** @type {WeakMap<object, { settings: string, of: number, engine: EngineType, from: unknown[] }>} */
  #byBinding = new WeakMap();
  #options;
  #routes;

  /**
   * @param {AppOptions} options
   * @param {Route[]} routes
   */
  constructor(options, routes) {
    this.#options = options;
    this.#routes = routes;
  }

  /**
   * @param {Record<string, any>} env
   * @returns {EngineType}
   */
  get(env) {
    const fromEnv = {
      namespace: this.#options.namespace ?? env.FRESHTAG_NAMESPACE,
      secret: this.#options.secret ?? env.FRESHTAG_SECRET,
      previousSecret: this.#options.previousSecret ?? env.FRESHTAG_SECRET_PREVIOUS,
      draftSecret: this.#options.draftSecret ?? env.FRESHTAG_DRAFT_SECRET,
      previewModeId: previewModeIdOf(this.#options, env),
      buildId: buildIdOf(this.#options, env),
      dev: isDev(env),
      debug: isSet(env.FRESHTAG_DEBUG) || isSet(env.NEXT_PRIVATE_DEBUG_CACHE),
    };
    const settings = JSON.stringify(fromEnv);
    const binding = env.CACHE ?? NONE;
    const known = this.#byBinding.get(binding);
    if (known?.settings === settings && known.of === instance()) {
      if (!isOf(known.from, env)) known.from = NAMES.map((name) => env[name]);
      return known.engine;
    }
    if (binding === NONE && !known) console.error(NO_KV);
    const engine = newEngine(env.CACHE, { ...this.#fromOptions(), ...fromEnv });
    this.#byBinding.set(binding, { settings, of: instance(), engine, from: NAMES.map((name) => env[name]) });
    return engine;
  }

  /**
   * The engine that `get` would give, where that is plain to see; none where somebody develops.
   * @param {Record<string, any>} env
   * @returns {EngineType | undefined}
   */
  known(env) {
    const known = env.CACHE && this.#byBinding.get(env.CACHE);
    return known && known.of === instance() && isOf(known.from, env) && !isDev(env) ? known.engine : undefined;
  }

  #fromOptions() {
    const { cacheLife, staleTimes, expireTime, leadMs, memory, maxEntryBytes, originRules } = this.#options;
    const routes = this.#routes.map((route) => route.config);
    return { cacheLife, staleTimes, expireTime, leadMs, memory, maxEntryBytes, originRules: checkedRules(originRules), routes };
  }
}

/**
 * @param {any} kv
 * @param {EngineConfig} config
 * @returns {EngineType}
 */
export function newEngine(kv, config) {
  const defined = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
  return /** @type {any} */ (new OutlivedEngine(kv, /** @type {any} */ (defined)));
}

/** The timer of each request. @type {WeakMap<object, Watch>} */
const watches = new WeakMap();

/** An engine whose promises end when the module traps. */
class OutlivedEngine extends Engine {
  /** @param {any} cookie @param {any} pathname @param {import('./contract.js').Defer} defer @param {any} [begun] */
  visit(cookie, pathname, defer, begun) {
    const watch = new Watch(begun);
    // What goes on behind a reply is lost with its instance, which the log says.
    const behind = (/** @type {Promise<unknown>} */ task) => defer(outlived(task, watch).catch(() => {}));
    const visit = super.visit(cookie, pathname, behind, watch);
    watches.set(visit, watch);
    return visit;
  }
}

for (const name of ['route', 'origin', 'data', 'commit', 'settle', 'admin', 'storeGet', 'storeSet', 'storeRevalidate']) {
  Object.defineProperty(OutlivedEngine.prototype, name, {
    value(/** @type {unknown[]} */ ...args) {
      const result = /** @type {any} */ (Engine.prototype)[name].apply(this, args);
      // What need not wait is here.
      if (!(result instanceof Promise)) return result;
      // The module hands over visits of its own.
      return outlived(result, watches.get(/** @type {object} */ (args[0])) ?? new Watch());
    },
  });
}

/** What was read of the store for a visit. @param {object} visit */
export const readFor = (visit) => watches.get(visit)?.read;

/** @param {unknown[]} from @param {Record<string, any>} env */
function isOf(from, env) {
  for (let at = 0; at < NAMES.length; at++) if (from[at] !== env[NAMES[at]]) return false;
  return true;
}

/** @param {unknown} value */
function isSet(value) {
  return Boolean(value) && value !== '0' && value !== 'false';
}
