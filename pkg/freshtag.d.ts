/* tslint:disable */
/* eslint-disable */

/**
 * The compiled list of `allowedOrigins`.
 */
export class AllowedOrigins {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Whether an origin with this host is one of them.
     */
    allows(host: string): boolean;
    /**
     * The verdict on a request as a number, in the order of `js/action_origin.js`. `trust`: 0 is the host
     * alone, 1 a proxy, 2 as in Next.
     */
    check(origin: string | null | undefined, host: string | null | undefined, forwarded_host: string | null | undefined, sec_fetch_site: string | null | undefined, trust: number): number;
    /**
     * Reads the patterns.
     */
    constructor(patterns: string[]);
}

/**
 * Collects what one render says of its own caching.
 */
export class Collector {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * The render looked at its request.
     */
    dynamic(reason: string): void;
    /**
     * The first reason why it may not be kept.
     */
    isDynamic(): string | undefined;
    /**
     * `cacheLife(profile)`.
     */
    life(profile: any): void;
    /**
     * Lowers `revalidate` by that of an input, and tells what all inputs together have made of it.
     */
    lower(seconds?: number | null): number;
    /**
     * `cacheTag(...tags)`; returns those that were rejected.
     */
    tags(list: Array<any>): Array<any>;
}

export class ContainerStartupOptions {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
}

/**
 * Finds the pairs of a header. The header is written to [`CookieScanner::text`], one byte a character; one beyond ASCII
 * as any byte that is beyond ASCII, so that places in the bytes are places in the text. What is found is left in
 * [`CookieScanner::spans`]. Both stay where they are; views over them end when the memory grows.
 */
export class CookieScanner {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Finds the last pair of the first `length` bytes that has the name in the `name` bytes behind them.
     */
    find(length: number, name: number): boolean;
    /**
     * Room for a header and a name of together `capacity` bytes.
     */
    constructor(capacity: number);
    /**
     * Finds all pairs of the first `length` bytes. Says how many there are; negative where a name may occur twice.
     */
    scan(length: number): number;
    /**
     * Where four numbers a pair are left: begin and end of the name, begin and end of the value. The top bit of the
     * last says that the value may hold a `%`; it is 0 where there is no value.
     */
    spans(): number;
    /**
     * Where the header is to be written.
     */
    text(): number;
}

/**
 * One application on one store, in one isolate.
 */
export class Engine {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Whether a request may use an admin path: `undefined`, or `[status, json]` of the refusal.
     */
    adminCheck(method: string, pathname: string, request_headers: string): Array<any> | undefined;
    /**
     * Answers an admin request that [`Self::admin_check`] let pass: `[status, json]`.
     */
    admin(visit: Visit, method: string, pathname: string, search: string, request_headers: string, body: string): any;
    /**
     * Writes one recorded revalidation now; rejects with `REVALIDATE_FAILED`.
     */
    commit(visit: Visit, id: number): any;
    /**
     * Answers a call of a cached function: `['value', value]` where it ran here, else `['stored', body]`. For a
     * `fetch` the value is the visitor's branch of the body, or the whole Response where it is not kept, and what
     * was stored comes with status and header lines.
     * `outer`, the scope around the call, takes in its tags, lifetime and age. Rejects with what the function threw.
     */
    data(visit: Visit, outer: Collector, spec: any, render: Function): any;
    /**
     * Answers a link that switches draft mode: `[307, path, cookie value]`, the value empty where it ends, or
     * `[status, json]` of a refusal.
     */
    draftLink(method: string, pathname: string, search: string, request_headers: string): Array<any>;
    /**
     * What the names of entries begin with: ours, or those of another format of this namespace.
     */
    entriesPrefix(format?: string | null): string;
    /**
     * Another number whenever what is known has changed in a way that could change an answer.
     */
    epoch(): number;
    /**
     * An entry was read without the engine, to be given again.
     */
    looked(): void;
    /**
     * The index of the route for a raw pathname; -1 for none, -2 for one that cannot be decoded.
     */
    matchRoute(pathname: string): number;
    /**
     * Why a sweep may take an entry away, if it may.
     */
    maySweep(name: string, metadata: string): string | undefined;
    /**
     * What a route does with a method (NV-12): `[verdict, Allow]`.
     */
    method(index: number, method: string): Array<any>;
    /**
     * Reads the configuration once. Without a store nothing is cached.
     */
    constructor(kv: any, config: any);
    /**
     * Answers a request from the store or the origin. `fetch(how, header lines)` asks the origin, whose address comes
     * from configuration alone (T16). `[status, header lines, body, log line]`.
     */
    origin(visit: Visit, method: string, authority: string, pathname: string, search: string, request_headers: string, fetch: Function): any;
    /**
     * The decoded parameters of a pathname.
     */
    routeParams(pathname: string): any;
    /**
     * Answers a GET or HEAD of route `index`: `[status, header lines, body, log line]`, and for what anybody would get
     * from the same place, until when in ms that stays so while [`Self::epoch`] does. Rejects with what `render` threw.
     */
    route(visit: Visit, index: number, method: string, authority: string, pathname: string, if_none_match: string | null | undefined, prerender: boolean, render: Function): any;
    /**
     * Writes all that were recorded and not awaited, stamped now; rejects with `REVALIDATE_FAILED`.
     */
    settle(visit: Visit): any;
    /**
     * What the header of an entry says, as JSON.
     */
    showEntry(name: string, header: string): string;
    /**
     * `{ state, entry, ops }` of a key. `state` is `fresh`, `stale`, `expired` or `miss`.
     */
    storeGet(visit: Visit, key: string, soft_tags?: string[] | null, seen?: string | null): any;
    /**
     * Expires tags, or with `expire` seconds makes them stale now and expired then: `{ at, seen, ops }`.
     */
    storeRevalidate(visit: Visit, tags: Array<any>, expire?: number | null): any;
    /**
     * Stores `{ body, status, headers, tags, lifetime, created }`; `{ stored, reason, ops }`. Never rejects because of
     * the store.
     */
    storeSet(visit: Visit, key: string, value: any): any;
    /**
     * A request. `cookie` is its raw header, `pathname` is needed with one, `defer` is its `waitUntil`, and `watch`
     * its timer.
     */
    visit(cookie: string | null | undefined, pathname: string | null | undefined, defer: any, watch: any): Visit;
}

declare class IntoUnderlyingByteSource {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
}
export type { IntoUnderlyingByteSource };

declare class IntoUnderlyingSink {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
}
export type { IntoUnderlyingSink };

declare class IntoUnderlyingSource {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
}
export type { IntoUnderlyingSource };

/**
 * Configuration options for Cloudflare's minification features:
 * <https://www.cloudflare.com/website-optimization/>
 */
export class MinifyConfig {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
}

export class R2Range {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
}

/**
 * One request: what it may believe, what it revalidates, and who keeps it alive.
 */
export class Visit {
    private constructor();
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Makes this request one that makes its page anew, if `token` proves that it may (IS-10).
     */
    demand(token: string, pathname: string, if_stored: boolean): boolean;
    /**
     * A scope for code that runs outside of any render that could be kept: a POST, an action.
     */
    detached(): Collector;
    /**
     * A value for the cookie that enables draft mode.
     */
    draftToken(): string;
    /**
     * Whether this request is in draft mode now.
     */
    isDraft(): boolean;
    /**
     * `revalidatePath(path, type)`: `{ id, warning }`.
     */
    recordPath(path: any, kind: any): any;
    /**
     * `revalidateTag(tag, profile)`: checks both now, and hides older data from this request from here on.
     */
    recordTag(value: any, profile: any): number;
    /**
     * The `Set-Cookie` value that lets this visitor read what it wrote; nothing without a secret.
     */
    seenCookie(): string | undefined;
    /**
     * Enables draft mode for the rest of this request, or ends it (DM-4).
     */
    setDraft(on: boolean): void;
    /**
     * Whether this request is or was in draft mode: then its answer is for nobody else.
     */
    wasDraft(): boolean;
}

declare function __wbg_reset_state(): void;

export function __worker_init_state(): any;

/**
 * The id of an action, or of a cached function. `used` has a byte for each argument, 0 where it is not used; without it
 * all are.
 */
export function actionId(salt: string, file: string, export_name: string, used: Uint8Array | number[] | null | undefined, cache: boolean): string;

/**
 * An instance begins with this. Without one, what makes a new instance calls something that is not there.
 */
export function begin(): void;

/**
 * The text of `Cache-Control` (CL-21). `revalidate` is seconds or `false`.
 */
export function cacheControlHeader(revalidate: any, expire?: number | null): string;

/**
 * Who brings what the module waits for: `{ heard, trapped, instance }`. It is told of a trap that came between two things.
 */
declare function connect2(glue: any): void;
export { connect2 as connect }

/**
 * A token, for on-demand revalidation or draft mode. `life` is seconds.
 */
export function createBypassToken(secret: string, path: string | null | undefined, life: number | null | undefined, revalidate: boolean): string;

/**
 * What wait `id` comes to.
 */
export function heard(id: number, ok: boolean, value: any): void;

/**
 * The soft tags of a route and pathname (TG-9).
 */
export function implicitTags(page: string, pathname: string): string[];

/**
 * What is doubtful about a pattern: 1 where it never matches, 2 where it is too wide.
 */
export function originDoubt(pattern: string): number;

/**
 * The entry of `allowedOrigins` that is this origin.
 */
export function originEntry(origin: string): string | undefined;

/**
 * The cookie of a line, with what is present alone; `undefined` for a line that sets none (CK-8).
 */
export function parseSetCookie(line: string): any;

/**
 * The line that sets a cookie (CK-5). `expires` is in milliseconds since the epoch, `max_age` in seconds; `flags`: 1 is
 * secure, 2 HTTP only, 4 partitioned.
 */
export function printSetCookie(name: string, value: string, path: string | null | undefined, domain: string | null | undefined, expires: number | null | undefined, max_age: number | null | undefined, same_site: string | null | undefined, priority: string | null | undefined, flags: number): string;

/**
 * The three numbers of a profile, in seconds; gaps filled from the resolved default (CL-3, CL-5, CL-9).
 */
export function resolveCacheLife(profile: any, user: any, options: any): any;

/**
 * The option table of `fetch` (FE-4 to FE-8): `[seconds, reason, conflict, lowers, dynamic]`, 0 seconds where the answer
 * is not kept; or the name of a misuse. `flags`: 1 `force-dynamic`, 2 `force-static`, 4 `unstable_noStore` was called,
 * 8 the request is personal.
 */
export function resolveFetch(cache: string, revalidate: any, mode: string, flags: number, enclosing?: number | null): any;

/**
 * Makes the following call go to a new instance. Objects of this one then refuse to be used, and its promises never
 * settle.
 */
export function restart(): void;

/**
 * What `revalidatePath` records (RV-7): `{ tags, warning }`.
 */
export function revalidatePathTags(path: string, kind?: string | null): any;

/**
 * The key of a response (IC-6).
 */
export function routeCacheKey(kind: string, source_route: string, pathname: string): string;

/**
 * The lines of a folded `Set-Cookie` (CK-13).
 */
export function splitCookiesString(text: string): string[];

/**
 * The key of `unstable_cache` (UN-2).
 */
export function unstableCacheKey(source: string, parts: string[] | null | undefined, args: string, prefix: string): string;

/**
 * The usable tags of a list, encoded, and the others with the reason (TG-1 to TG-5).
 */
export function validateTags(list: Array<any>): any;

/**
 * What a token says: `[id, issued, expires, path]`, times in ms; `undefined` where it does not count.
 */
export function verifyBypassToken(token: string, secrets: string[], pathname: string | null | undefined, revalidate: boolean): Array<any> | undefined;

export type InitInput = RequestInfo | URL | Response | BufferSource | WebAssembly.Module;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_allowedorigins_free: (a: number, b: number) => void;
    readonly __wbg_collector_free: (a: number, b: number) => void;
    readonly __wbg_cookiescanner_free: (a: number, b: number) => void;
    readonly __wbg_engine_free: (a: number, b: number) => void;
    readonly __wbg_visit_free: (a: number, b: number) => void;
    readonly __worker_init_state: () => number;
    readonly actionId: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => void;
    readonly allowedorigins_allows: (a: number, b: number, c: number) => number;
    readonly allowedorigins_check: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number) => number;
    readonly allowedorigins_new: (a: number, b: number) => number;
    readonly begin: () => void;
    readonly cacheControlHeader: (a: number, b: number, c: number, d: number) => void;
    readonly collector_dynamic: (a: number, b: number, c: number) => void;
    readonly collector_isDynamic: (a: number, b: number) => void;
    readonly collector_life: (a: number, b: number, c: number) => void;
    readonly collector_lower: (a: number, b: number, c: number) => number;
    readonly collector_tags: (a: number, b: number) => number;
    readonly connect: (a: number) => void;
    readonly cookiescanner_find: (a: number, b: number, c: number) => number;
    readonly cookiescanner_new: (a: number) => number;
    readonly cookiescanner_scan: (a: number, b: number) => number;
    readonly cookiescanner_spans: (a: number) => number;
    readonly cookiescanner_text: (a: number) => number;
    readonly createBypassToken: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => void;
    readonly engine_admin: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number) => number;
    readonly engine_adminCheck: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => number;
    readonly engine_commit: (a: number, b: number, c: number) => number;
    readonly engine_data: (a: number, b: number, c: number, d: number, e: number) => number;
    readonly engine_draftLink: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => number;
    readonly engine_entriesPrefix: (a: number, b: number, c: number) => void;
    readonly engine_epoch: (a: number) => number;
    readonly engine_looked: (a: number) => void;
    readonly engine_matchRoute: (a: number, b: number, c: number) => number;
    readonly engine_maySweep: (a: number, b: number, c: number, d: number, e: number, f: number) => void;
    readonly engine_method: (a: number, b: number, c: number, d: number) => number;
    readonly engine_new: (a: number, b: number, c: number) => void;
    readonly engine_origin: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number) => number;
    readonly engine_route: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number) => number;
    readonly engine_routeParams: (a: number, b: number, c: number) => number;
    readonly engine_settle: (a: number, b: number) => number;
    readonly engine_showEntry: (a: number, b: number, c: number, d: number, e: number, f: number) => void;
    readonly engine_storeGet: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => number;
    readonly engine_storeRevalidate: (a: number, b: number, c: number, d: number, e: number) => number;
    readonly engine_storeSet: (a: number, b: number, c: number, d: number, e: number) => number;
    readonly engine_visit: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => number;
    readonly heard: (a: number, b: number, c: number) => void;
    readonly implicitTags: (a: number, b: number, c: number, d: number, e: number) => void;
    readonly init: () => void;
    readonly originDoubt: (a: number, b: number) => number;
    readonly originEntry: (a: number, b: number, c: number) => void;
    readonly parseSetCookie: (a: number, b: number) => number;
    readonly printSetCookie: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number, j: number, k: number, l: number, m: number, n: number, o: number, p: number, q: number, r: number) => void;
    readonly resolveCacheLife: (a: number, b: number, c: number, d: number) => void;
    readonly resolveFetch: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number) => number;
    readonly restart: () => void;
    readonly revalidatePathTags: (a: number, b: number, c: number, d: number) => number;
    readonly routeCacheKey: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => void;
    readonly splitCookiesString: (a: number, b: number, c: number) => void;
    readonly unstableCacheKey: (a: number, b: number, c: number, d: number, e: number, f: number, g: number, h: number, i: number) => void;
    readonly validateTags: (a: number) => number;
    readonly verifyBypassToken: (a: number, b: number, c: number, d: number, e: number, f: number, g: number) => number;
    readonly visit_demand: (a: number, b: number, c: number, d: number, e: number, f: number) => number;
    readonly visit_detached: (a: number) => number;
    readonly visit_draftToken: (a: number, b: number) => void;
    readonly visit_isDraft: (a: number) => number;
    readonly visit_recordPath: (a: number, b: number, c: number, d: number) => void;
    readonly visit_recordTag: (a: number, b: number, c: number, d: number) => void;
    readonly visit_seenCookie: (a: number, b: number) => void;
    readonly visit_setDraft: (a: number, b: number) => void;
    readonly visit_wasDraft: (a: number) => number;
    readonly wasm_bindgen_2fd25322496c264e___convert__closures_____invoke___wasm_bindgen_2fd25322496c264e___JsValue__core_ac54292952cf11a1___result__Result_____wasm_bindgen_2fd25322496c264e___JsError___true_: (a: number, b: number, c: number, d: number) => void;
    readonly __wbindgen_malloc: (a: number, b: number) => number;
    readonly __wbindgen_realloc: (a: number, b: number, c: number, d: number) => number;
    readonly __wbindgen_free: (a: number, b: number, c: number) => void;
    readonly __wbindgen_exn_store: (a: number) => void;
    readonly __wbindgen_destroy_closure: (a: number, b: number) => void;
    readonly __wbindgen_add_to_stack_pointer: (a: number) => number;
    readonly __wbindgen_start: () => void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * Instantiates the given `module`, which can either be bytes or
 * a precompiled `WebAssembly.Module`.
 *
 * @param {{ module: SyncInitInput }} module - Passing `SyncInitInput` directly is deprecated.
 *
 * @returns {InitOutput}
 */
export function initSync(module: { module: SyncInitInput } | SyncInitInput): InitOutput;

/**
 * If `module_or_path` is {RequestInfo} or {URL}, makes a request and
 * for everything else, calls `WebAssembly.instantiate` directly.
 *
 * @param {{ module_or_path: InitInput | Promise<InitInput> }} module_or_path - Passing `InitInput` directly is deprecated.
 *
 * @returns {Promise<InitOutput>}
 */
export default function __wbg_init (module_or_path?: { module_or_path: InitInput | Promise<InitInput> } | InitInput | Promise<InitInput>): Promise<InitOutput>;
