// The Server Actions of an app: under which ids they answer, and whose calls they take.
import { referenceOf } from './action.js';
import { actionId } from './action_id.js';
import { compile, doubtsAbout } from './allowed_origins.js';
import { parseSize } from './body.js';
import { FreshtagError } from './errors.js';
import { perInstance } from './instance.js';

/** @typedef {import('./action.js').Definition} Definition */
/** @typedef {import('./app.js').AppOptions} AppOptions */

const NO_KEY =
  'A sealed Server Action needs NEXT_SERVER_ACTIONS_ENCRYPTION_KEY. Make one with `openssl rand -base64 32` and set it with `wrangler secret put NEXT_SERVER_ACTIONS_ENCRYPTION_KEY`.';

/** Where nothing is said there is nothing to compile when an app starts. @type {string[]} */
const NONE = [];
const MEGABYTE = 2 ** 20;

export class Actions {
  /** @type {Definition[]} */
  #definitions;
  /** The ids of the definitions, by the keys that salt them. @type {{ keys: string, table: Table } | undefined} */
  #last;
  #allowed;

  /** @param {AppOptions} options */
  constructor({ actions = [], serverActions = {} }) {
    this.#definitions = definitionsOf(actions);
    const { allowedOrigins = NONE, trustForwardedHost, bodySizeLimit } = serverActions;
    const limit = bodySizeLimit === undefined ? MEGABYTE : parseSize(bodySizeLimit);
    if (limit === undefined) {
      throw new FreshtagError(
        'CONFIG',
        'serverActions.bodySizeLimit must be a number of bytes or a text such as "1mb" (b, kb, mb, gb), and at least 1 byte.',
      );
    }
    this.bodySizeLimit = limit;
    this.#allowed = perInstance(() => compile(allowedOrigins));
    if (allowedOrigins !== NONE) {
      // Bad ones are refused here and not at the first call.
      this.#allowed();
      for (const doubt of doubtsAbout(allowedOrigins)) console.warn(`freshtag: ${doubt}`);
    }
    this.trustForwardedHost = trustForwardedHost === true;
  }

  /** From where calls are taken. */
  get allowedOrigins() {
    return this.#allowed();
  }

  /** As `serverAction` was given them. */
  get ids() {
    return this.#definitions.map(({ id }) => id);
  }

  /** Whether there are any. */
  get any() {
    return this.#definitions.length > 0;
  }

  /**
   * The actions under the keys of an environment: base64, several with commas between, the first one in use.
   * @param {Record<string, any>} env
   */
  in(env) {
    const keys = String(env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY ?? '');
    let last = this.#last;
    if (!last || last.keys !== keys) this.#last = last = { keys, table: new Table(this, this.#definitions, keys) };
    return last.table;
  }
}

/** Actions by id. */
export class Table {
  /** @type {Map<string, Definition>} */
  #byId = new Map();
  /** @type {Map<Definition, string>} */
  #ids = new Map();

  /**
   * @param {Actions} app
   * @param {Definition[]} definitions
   * @param {string} keys
   */
  constructor(app, definitions, keys) {
    this.app = app;
    this.keys = keys === '' ? [] : keys.split(/[\t ]*,[\t ]*/).filter((key) => key !== '');
    // An id that an older key salted still stands in pages that were stored.
    for (const salt of this.keys.length > 0 ? this.keys : ['']) {
      for (const definition of definitions) {
        const place = placeOf(definition);
        const colon = place.lastIndexOf(':');
        // No compiler says which arguments are used, so all are.
        const id = actionId({ salt, file: place.slice(0, colon), exportName: place.slice(colon + 1), rest: true });
        this.#byId.set(id, definition);
        if (!this.#ids.has(definition)) this.#ids.set(definition, id);
      }
    }
  }

  /** @param {string} id @returns {Definition | undefined} */
  get(id) {
    return this.#byId.get(id);
  }

  /** @param {Definition} definition */
  idOf(definition) {
    const id = this.#ids.get(definition);
    if (id !== undefined) return id;
    throw new FreshtagError('CONFIG', `Server Action "${definition.id}" is not in createApp({ actions }), so nobody can call it.`);
  }

  /** What new bound arguments are sealed with. */
  get sealingKey() {
    const [key] = this.keys;
    if (key === undefined) throw new FreshtagError('CONFIG', NO_KEY);
    return key;
  }
}

/** @param {unknown} actions @returns {Definition[]} */
function definitionsOf(actions) {
  if (typeof actions !== 'object' || actions === null) {
    throw new FreshtagError('CONFIG', 'actions must be an array of Server Actions, or a module that exports them.');
  }
  /** @type {Map<string, Definition>} */
  const byPlace = new Map();
  for (const [name, action] of Object.entries(actions)) {
    const definition = referenceOf(action)?.definition;
    if (!definition) throw new FreshtagError('CONFIG', `actions: "${name}" is not made by serverAction(fn, { id }).`);
    const place = placeOf(definition);
    const known = byPlace.get(place);
    if (known && known !== definition) throw new FreshtagError('CONFIG', `actions: two of them have the id "${definition.id}".`);
    byPlace.set(place, definition);
  }
  return [...byPlace.values()];
}

/** The file and the name it exports, which ids are made of. @param {Definition} definition */
function placeOf({ id }) {
  return id.includes(':') ? id : `${id}:default`;
}
